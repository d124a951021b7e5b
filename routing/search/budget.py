"""What a search may spend, and how: a little at a time, for compiled code cannot be interrupted."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

CHUNK_SECONDS = 0.05
CHUNK_ITERATIONS = 2000
"""Compiled code runs for about so long, or so many iterations, at a time."""
FIRST_GUESS = 20_000
"""Iterations per second and worker, until some have been done."""

Stop = Callable[[], bool]
"""Asked all the time by every thread; returning True ends the search."""


@dataclass(frozen=True)
class Budget:
    """What the search may spend: wall time until a moment of `time.monotonic`, or iterations; and threads."""

    began: float
    until: float | None
    iterations: int | None
    workers: int

    def is_over(self) -> bool:
        """Whether its wall time is spent; how many iterations are left is up to who counts them."""
        return self.until is not None and time.monotonic() >= self.until

    def part(self, share: float, spent: int) -> Budget:
        """So large a share of what is left after so many iterations."""
        if self.until is not None:
            now = time.monotonic()
            return replace(self, began=now, until=now + share * max(0.0, self.until - now))
        return replace(self, iterations=round(share * ((self.iterations or 0) - spent)))

    def expected(self, done: int) -> float:
        """How many iterations the whole budget will allow, where it is time going by those `done` so far."""
        if self.until is None:
            return self.iterations or 0
        now = time.monotonic()
        speed = done / max(1e-6, now - self.began) if done else FIRST_GUESS * self.workers
        return speed * max(0.0, self.until - self.began)


@dataclass(frozen=True)
class Share:
    """The part of a budget that one of several zones has in one of several slices."""

    budget: Budget
    slice: int
    slices: int
    zone: int
    zones: int

    def chunks(self, stop: Stop) -> Iterator[tuple[float, int]]:
        """Yield how much of the slice is over, and how many iterations to do next."""
        return self._counted(stop) if self.budget.until is None else self._timed(self.budget.until, stop)

    def _counted(self, stop: Stop) -> Iterator[tuple[float, int]]:
        every = self.slices * self.zones
        mine = self.slice * self.zones + self.zone
        iterations = self.budget.iterations or 0
        count = iterations * (mine + 1) // every - iterations * mine // every
        for done in range(0, count, CHUNK_ITERATIONS):
            if stop():
                return
            yield done / count, min(CHUNK_ITERATIONS, count - done)

    def _timed(self, until: float, stop: Stop) -> Iterator[tuple[float, int]]:
        began = time.monotonic()
        left = (until - began) / (self.slices - self.slice)
        lasts = left * min(1.0, self.budget.workers / self.zones)
        count, last = 50, began
        while last < began + lasts and last < until and not stop():
            yield min(1.0, (last - began) / lasts), count
            now = time.monotonic()
            ratio = CHUNK_SECONDS / max(now - last, 1e-6)
            count = max(1, round(count * min(4.0, max(0.25, ratio))))
            last = now
