"""What the fields of a value must be: each check settles the field in its plain form or says what it expected."""

from __future__ import annotations

import math
import operator
from collections.abc import Iterable
from itertools import pairwise
from typing import Any

from routing.errors import Findings

Window = tuple[int, int]
LATEST = 10**8
"""No time lies beyond this many seconds: late enough for any real day and for benchmarks in fine units."""


class Fields:
    """Checks the fields of one frozen dataclass while it is made, and gathers all that is wrong with them.

    A field that can be read is set to its plain form (a Python int, a tuple, a frozenset); one that cannot
    is left as it is and noted.
    """

    def __init__(self, owner: object, where: str) -> None:
        self._owner = owner
        self._findings = Findings(where)

    def expect(self, holds: bool, name: str, message: str) -> bool:
        """Note `message` against the field unless `holds`; say whether it held."""
        return self._findings.expect(holds, name, message)

    def raise_if_any(self) -> None:
        """Raise `InvalidInput` when anything was noted."""
        self._findings.raise_if_any()

    def text(self, name: str, *, optional: bool = False) -> None:
        """Expect text that is not empty."""
        value = getattr(self._owner, name)
        if value is None and optional:
            return
        if self.expect(isinstance(value, str), name, f"is {value!r}: expected text"):
            self.expect(bool(value), name, "is empty")

    def whole(self, name: str, least: int, most: int, *, optional: bool = False) -> None:
        """Expect a whole number within [least, most]."""
        value = getattr(self._owner, name)
        if value is None and optional:
            return
        number = as_whole(value)
        fits = number is not None and least <= number <= most
        if self.expect(fits, name, f"is {value!r}: expected a whole number from {least} to {most}"):
            self._set(name, number)

    def number(self, name: str, least: float, most: float, unit: str) -> None:
        """Expect a finite number within [least, most]."""
        value = getattr(self._owner, name)
        try:
            number = math.nan if isinstance(value, bool | str | bytes) else float(value)
        except (TypeError, ValueError, OverflowError):
            number = math.nan
        if self.expect(least <= number <= most, name, f"is {value!r}: expected {unit} between {least} and {most}"):
            self._set(name, number)

    def words(self, name: str) -> None:
        """Expect a set of words."""
        value = getattr(self._owner, name)
        listed = as_tuple(value)
        fits = listed is not None and all(isinstance(word, str) and word for word in listed)
        if self.expect(fits, name, f"is {value!r}: expected several words, each a text that is not empty"):
            self._set(name, frozenset(listed or ()))

    def several(self, name: str, kind: type) -> bool:
        """Expect any number of values of one class; say whether they are."""
        value = getattr(self._owner, name)
        listed = as_tuple(value)
        if not self.expect(listed is not None, name, f"is {value!r}: expected several of {kind.__name__}"):
            return False
        strangers = [each for each in listed or () if not isinstance(each, kind)]
        for each in strangers:
            self.expect(False, name, f"holds {each!r}: expected {kind.__name__} only")
        if not strangers:
            self._set(name, listed)
        return not strangers

    def one(self, name: str, kind: type) -> bool:
        """Expect a value of one class; say whether it is."""
        value = getattr(self._owner, name)
        return self.expect(isinstance(value, kind), name, f"is {value!r}: expected {kind.__name__}")

    def window(self, name: str) -> None:
        """Expect one [earliest, latest]."""
        value = getattr(self._owner, name)
        window = as_wholes(value, 2)
        if self.expect(window is not None, name, f"is {value!r}: expected [earliest, latest] in whole seconds"):
            self._set(name, window)
            self._expect_ordered(name, window or ())

    def windows(self, name: str, *, may_touch: bool = False) -> None:
        """Expect at least one [earliest, latest], disjoint and in order."""
        value = getattr(self._owner, name)
        listed = as_tuple(value)
        windows = [as_wholes(window, 2) for window in listed or ()]
        readable = [window for window in windows if window is not None]
        if listed is None or len(readable) < len(windows):
            self.expect(False, name, f"is {value!r}: expected a list of [earliest, latest] in whole seconds")
            return
        self._set(name, tuple(readable))
        self.expect(bool(windows), name, "is empty: expected at least one [earliest, latest]")
        for window in readable:
            self._expect_ordered(name, window)
        for before, after in pairwise(readable):
            apart = before[1] <= after[0] if may_touch else before[1] < after[0]
            wrong = "overlap" if may_touch else "overlap, touch"
            self.expect(apart, name, f"{list(before)} and {list(after)} {wrong} or are out of order")

    def _expect_ordered(self, name: str, window: tuple[int, ...]) -> None:
        earliest, latest = window
        self.expect(
            0 <= earliest <= latest <= LATEST,
            name,
            f"[{earliest}, {latest}] is the wrong way round or not of this day: expected 0 <= earliest <= latest",
        )

    def _set(self, name: str, value: object) -> None:
        object.__setattr__(self._owner, name, value)


def as_whole(value: Any) -> int | None:
    """Return a whole number (of Python or NumPy) as int, None for anything else."""
    if isinstance(value, bool):
        return None
    try:
        return operator.index(value)
    except TypeError:
        return None


def as_wholes(value: Any, count: int) -> tuple[int, ...] | None:
    """Return `count` whole numbers as a tuple, None for anything else."""
    listed = as_tuple(value)
    if listed is None or len(listed) != count:
        return None
    numbers = [as_whole(each) for each in listed]
    return tuple(number for number in numbers if number is not None) if None not in numbers else None


def as_tuple(value: Any) -> tuple[Any, ...] | None:
    """Return what can be gone through as a tuple, None for text and anything else."""
    if isinstance(value, str | bytes) or not isinstance(value, Iterable):
        return None
    return tuple(value)
