"""How the core is compiled: ahead of the clock, without the GIL, cached on disk by the hash of its sources.

numba's own cache does not notice a change in a callee that lives in another file, so every edit of this package
gets a cache folder of its own. The folder lies in the user's cache directory, never beside the sources, so a
read-only install works.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

import numba

Function = TypeVar("Function", bound=Callable[..., Any])


def compiled(function: Function) -> Function:
    """Compile `function` with numba when first called: no GIL, no fast-math (same result on every machine)."""
    before = numba.config.CACHE_DIR
    numba.config.CACHE_DIR = str(cache_folder())
    try:
        made: Function = numba.njit(cache=True, nogil=True, error_model="numpy")(function)
    finally:
        numba.config.CACHE_DIR = before
    return made


@cache
def cache_folder() -> Path:
    """Return the folder of this version's compiled code; a temporary one where none can be written."""
    digest = hashlib.sha256(numba.__version__.encode())
    for source in sorted(Path(__file__).parent.glob("*.py")):
        digest.update(source.read_bytes())
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
