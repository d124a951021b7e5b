"""Numbers in sentences."""

from __future__ import annotations


def counted(number: int, name: str) -> str:
    """Return so many things in words.

    Examples
    --------
    >>> counted(1, "driver"), counted(1200, "stop")
    ('1 driver', '1,200 stops')
    """
    return f"{number:,} {name}{'' if number == 1 else 's'}"
