"""Which pieces of solutions seen can be put together anew."""

from __future__ import annotations

from typing import Any

from routing.search.arrays import Problem
from routing.search.pool import Pool
from routing.search.run_pool import RunPool, runs_are_independent
from routing.search.trip_pool import TripPool, trips_stand_alone


def pool_of(problem: Problem, stays_whole: bool) -> Pool[Any] | None:
    """Return an empty pool of what solutions of this day can be made of: trips, else runs; None where of neither.

    Of trips where the day is not split: on larger ones there are too many to choose from.
    """
    if stays_whole and trips_stand_alone(problem):
        return TripPool()
    return RunPool() if runs_are_independent(problem) else None
