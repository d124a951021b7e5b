"""Ranges of whole numbers as an operator types them."""

from __future__ import annotations

from routing.errors import InvalidInput, Problem

MOST = 1000
"""Numbers in a range."""


def numbers_in(text: str, option: str) -> tuple[int, ...]:
    """Return the numbers in ``8:30`` (8 to 30), ``8:30:2`` (every second) or ``8,12,16``, each once, ascending.

    Raises
    ------
    InvalidInput
        Naming `option` where `text` is none of these.

    Examples
    --------
    >>> numbers_in("8:12:2", "--drivers"), numbers_in("3,1", "--lanes")
    ((8, 10, 12), (1, 3))
    """
    found: set[int] = set()
    for part in text.split(","):
        ends = part.strip().split(":")
        if len(ends) > 3 or not all(end.isdecimal() and int(end) > 0 for end in ends):
            raise _no_range(text, option, "numbers from 1 up, as in 8:30, 8:30:2 or 8,12,16")
        first, last, step = int(ends[0]), int(ends[min(1, len(ends) - 1)]), int(ends[2]) if len(ends) == 3 else 1
        if last < first:
            raise _no_range(text, option, f"the smaller number first, as in {last}:{first}")
        if last - first > MOST * step:
            raise _no_range(text, option, f"at most {MOST} numbers")
        found.update(range(first, last + 1, step))
    return tuple(sorted(found))


def _no_range(text: str, option: str, expected: str) -> InvalidInput:
    return InvalidInput([Problem("", option, f"is {text!r}: expected {expected}")])
