"""Single trips that were seen, put together anew, where all that matters of a trip is when it is out.

Where alike drivers begin and end at the hub, and a trip costs its way alone, any trips go together of which no more are
out at a time than there are drivers: then who drives which is a matter of colouring intervals.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from routing.search.arrays import (
    COST_METRE,
    COST_RUN,
    END,
    I32,
    I64,
    MAX_METRES,
    MAX_STOPS,
    MAX_TRIPS,
    NEVER,
    START,
    Problem,
)
from routing.search.pool import Pool
from routing.search.run_pool import runs_are_independent
from routing.search.state import ELEMENT, LEFT, LENGTH, SHARED, State

if TYPE_CHECKING:
    from ortools.sat.python import cp_model


@dataclass(frozen=True)
class PooledTrip:
    """A trip that was seen: its stops in order, how late it can leave the hub to be back when it was, and its cost."""

    stops: I64
    leaves: int
    returns: int
    cost: int

    @property
    def key(self) -> tuple[bytes, int]:
        """What it shares with the same stops in another order that are back at the same moment."""
        return np.sort(self.stops).tobytes(), self.returns

    @property
    def rank(self) -> tuple[int, ...]:
        """The cheapest is kept, of these the one that leaves last."""
        return self.cost, -self.leaves


def trips_stand_alone(problem: Problem) -> bool:
    """Whether trips go together whoever drives them, as long as no more are out than there are drivers."""
    if not (problem.multi_trip and problem.plain and problem.flat and runs_are_independent(problem)):
        return False
    if len(problem.kinds) != 1 or len(problem.hub_opens) != 1 or not problem.can.all():
        return False
    kind = problem.kinds[0]
    bounded = min(kind[MAX_TRIPS], kind[MAX_STOPS], kind[MAX_METRES]) < NEVER
    return bool(kind[START] == kind[END] == problem.hub and kind[COST_RUN] == 0 and not bounded)


class TripPool(Pool[PooledTrip]):
    """The cheapest order seen of each set of stops in a trip that is back at a certain moment."""

    MOST = 2_500
    SEEN_FROM = 4
    TOGETHER_AFTER = (14, 18, 21)

    @staticmethod
    def pieces(problem: Problem, state: State, stops: I64) -> list[PooledTrip]:
        """Return the trips as they stand; `stops` says which stops of the whole day those of `problem` are."""
        found = []
        for index in np.flatnonzero(state.run[:, LENGTH]):
            rows = state.at[index, : state.run[index, LENGTH] + 1]
            hubs = np.flatnonzero(rows[1:, ELEMENT] == problem.stops) + 1
            for first, last in pairwise([0, *hubs, len(rows)]):
                if first + 1 < last:
                    shared = bool(state.run[index, SHARED])
                    found.append(_pooled(problem, rows[first:last], stops, shared))
        return found

    def _limit(
        self, model: cp_model.CpModel, problem: Problem, pieces: Sequence[PooledTrip], takes: list[cp_model.IntVar]
    ) -> None:
        """Allow no more trips at a time than there are drivers."""
        out = [
            model.new_optional_fixed_size_interval_var(trip.leaves, trip.returns - trip.leaves, take, "")
            for trip, take in zip(pieces, takes, strict=True)
        ]
        model.add_cumulative(out, [1] * len(out), problem.runs)

    def _runs(self, problem: Problem, chosen: Sequence[PooledTrip]) -> tuple[tuple[I64, ...], tuple[I64, ...]]:
        """Give each trip, in the order in which they leave, to who has been back longest."""
        drivers: list[list[PooledTrip]] = [[] for _ in range(problem.runs)]
        back = [(0, driver) for driver in range(problem.runs)]
        for trip in sorted(chosen, key=lambda each: each.leaves):
            _, driver = heapq.heappop(back)
            drivers[driver].append(trip)
            heapq.heappush(back, (trip.returns, driver))
        elements = tuple(np.array(list(_elements(problem, trips)), np.int64) for trips in drivers)
        visits = [int(np.count_nonzero(each == problem.stops)) for each in elements]
        return elements, tuple(np.full((count, 3), -1, np.int64) for count in visits)


def _elements(problem: Problem, trips: Sequence[PooledTrip]) -> Iterator[int]:
    """Yield a run's elements: hub visits around all trips, of which those that move nothing are dropped later."""
    for trip in trips:
        yield problem.stops
        yield from trip.stops.tolist()
    if trips:
        yield problem.stops


def _pooled(problem: Problem, rows: I32, stops: I64, shared: bool) -> PooledTrip:
    """Return the trip that leaves where the first row is; where no stops are shared it leaves as late as it can."""
    trip = rows[1:, ELEMENT].tolist()
    places = [problem.hub, *problem.place[trip].tolist(), problem.hub]
    metres = int(problem.metres[places[:-1], places[1:]].sum(dtype=np.int64))
    leaves, returns = int(rows[0, LEFT]), int(rows[-1, LEFT] + problem.seconds[places[-2], problem.hub])
    if not shared:
        leaves = min(_latest_leave(problem, trip, places, returns), int(problem.hub_closes[0]))
    return PooledTrip(stops[trip], leaves, returns, metres * int(problem.kinds[0, COST_METRE]))


def _latest_leave(problem: Problem, trip: list[int], places: list[int], returns: int) -> int:
    """When the hub is left at the latest to be back at `returns`, which is known to be possible."""
    late, place = returns, problem.hub
    for stop, here in zip(reversed(trip), reversed(places[1:-1]), strict=True):
        late -= int(problem.seconds[here, place] + problem.access[stop] + problem.service[stop])
        late, place = _last_opening(problem, stop, late), here
    return late - int(problem.seconds[problem.hub, place])


def _last_opening(problem: Problem, stop: int, moment: int) -> int:
    """The last moment until `moment` at which the stop may begin."""
    windows = range(problem.window_at[stop], problem.window_at[stop + 1])
    return max(min(moment, int(problem.closes[each])) for each in windows if problem.opens[each] <= moment)
