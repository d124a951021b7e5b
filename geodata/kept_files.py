"""Files written without losing what was there."""

from __future__ import annotations

from itertools import count
from pathlib import Path


def write_keeping(path: Path, text: str) -> Path | None:
    """Write `text`; a file that is there with other content is kept beside it.

    Returns
    -------
    Path or None
        What the other content is kept as: ``requests.csv.old``, ``requests.csv.old2`` and so on, the first that
        holds nothing else. None where there was none.
    """
    content = text.encode()
    kept = _moved_aside(path) if path.exists() and path.read_bytes() != content else None
    path.write_bytes(content)
    return kept


def _moved_aside(path: Path) -> Path:
    content = path.read_bytes()
    names = (path.with_name(f"{path.name}.old{number if number > 1 else ''}") for number in count(1))
    kept = next(name for name in names if not name.exists() or (name.is_file() and name.read_bytes() == content))
    return path.replace(kept)
