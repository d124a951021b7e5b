"""How the core is compiled: ahead of the clock, without the GIL, cached on disk by the hash of its sources.

numba's own cache does not notice a change in a callee that lives in another file, so every edit of a module that
compiled code comes from gets a cache folder of its own. The folder lies in the user's cache directory, never beside
the sources, so a read-only install works.
"""

from __future__ import annotations

import hashlib
import os
import re
import tempfile
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

import numba

Function = TypeVar("Function", bound=Callable[..., Any])


def inlined(function: Function) -> Function:
    """Compile `function` into whatever calls it."""
    return compiled(function, inline="always")


def compiled(function: Function, inline: str = "never") -> Function:
    """Compile `function` with numba when first called: no GIL, no fast-math (same result on every machine)."""
    before = numba.config.CACHE_DIR
    numba.config.CACHE_DIR = str(cache_folder())
    try:
        made: Function = numba.njit(cache=True, nogil=True, error_model="numpy", inline=inline)(function)
    finally:
        numba.config.CACHE_DIR = before
    return made


def _sources() -> list[str]:
    """The texts of the modules with compiled functions, and of all that these import from here, in order of name."""
    texts = {path.stem: path.read_text(encoding="utf-8") for path in Path(__file__).parent.glob("*.py")}
    kept = {name for name, text in texts.items() if re.search("^@(compiled|inlined)$", text, re.MULTILINE)}
    asked = list(kept)
    while asked:
        imported = set(re.findall(r"^from routing\.search\.(\w+) import", texts[asked.pop()], re.MULTILINE)) - kept
        kept |= imported
        asked += imported
    return [texts[name] for name in sorted(kept)]


@cache
def cache_folder() -> Path:
    """Return the folder of this version's compiled code; a temporary one where none can be written."""
    digest = hashlib.sha256(numba.__version__.encode())
    for source in _sources():
        digest.update(source.encode())
    base = os.environ.get("KURIR_CACHE_DIR") or os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    folder = Path(base) / "kurir" / digest.hexdigest()[:16]
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            return folder
    except OSError:
        return Path(tempfile.mkdtemp(prefix="kurir-"))


def is_cached() -> bool:
    """Whether this version has been compiled on this machine before."""
    return any(cache_folder().rglob("*.nbi"))
