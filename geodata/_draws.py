"""Choices from uniform numbers: nothing but numpy's PCG64 decides, so every machine draws the same."""

from __future__ import annotations

import zlib
from bisect import bisect_right
from collections.abc import Sequence
from itertools import accumulate
from typing import TypeVar

import numpy as np

Thing = TypeVar("Thing")


class Draws:
    """One stream of choices.

    Parameters
    ----------
    seed
        Of the whole day.
    matter
        What is drawn: each matter has a stream of its own, so that more of one leaves the others alone.
    """

    def __init__(self, seed: int, matter: str) -> None:
        self._generator = np.random.Generator(np.random.PCG64([seed, zlib.crc32(matter.encode())]))

    def share(self) -> float:
        """Return a number from [0, 1)."""
        return float(self._generator.random())

    def below(self, count: int) -> int:
        """Return a whole number from 0 to ``count - 1``."""
        return int(self.share() * count)

    def step(self, least: int, most: int, size: int) -> int:
        """Return one of least, least + size, ... up to most."""
        return least + size * self.below((most - least) // size + 1)

    def member(self, things: Sequence[Thing]) -> Thing:
        """Return one of the things."""
        return things[self.below(len(things))]

    def one_of(self, weighted: Sequence[tuple[Thing, float]]) -> Thing:
        """Return one of the things by weight."""
        sums = list(accumulate(weight for _, weight in weighted))
        return weighted[min(bisect_right(sums, self.share() * sums[-1]), len(weighted) - 1)][0]

    def some(self, count: int, things: Sequence[Thing]) -> list[Thing]:
        """Return `count` different things, in their own order."""
        ranked = sorted((self.share(), number) for number in range(len(things)))
        return [things[number] for number in sorted(number for _, number in ranked[:count])]
