"""The word that was probably meant."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches
from pathlib import Path


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """Return ``; did you mean 'x'?`` for the known word most like `word`, nothing where none is like it.

    Examples
    --------
    >>> did_you_mean("vrom", ["pyvrp", "vroom"])
    "; did you mean 'vroom'?"
    >>> did_you_mean("r1", ["R1", "RC1"])
    "; did you mean 'R1'?"
    >>> did_you_mean("x", ["pyvrp", "vroom"])
    ''
    """
    cased = {each.casefold(): each for each in known}
    close = get_close_matches(word.casefold(), cased, n=1)
    return f"; did you mean {cased[close[0]]!r}?" if close else ""


def path_meant(path: Path) -> str:
    """Return the same for a path that does not exist, from what lies beside it."""
    if path.exists() or not path.parent.is_dir():
        return ""
    return did_you_mean(path.name, sorted(each.name for each in path.parent.iterdir()))
