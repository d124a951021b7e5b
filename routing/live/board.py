"""The kept state: a day under way and its plan in the search's arrays, so that one stop more costs milliseconds.

The arrays have room for some requests that are not there yet. A request that comes in, or is only asked about, takes
such a room in place; nothing is built anew.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from routing.batching import Stop
from routing.live.view import unchecked
from routing.model import Day, Request, Window
from routing.plan import Run
from routing.start import start_of
from routing.visits import Visit

if TYPE_CHECKING:
    from routing.search.zones import Solution

ROOM = 64
"""Requests that can come in before the arrays are built anew."""
WINDOWS = 4
"""Windows that such a request may have."""
NO_DAY = 10**8
ROOM_ID = "\0room{}"


@dataclass(frozen=True)
class Spot:
    """Where a stop could go: the run, the added cost in cost units, row and way in the search's terms."""

    run: int
    cost: int
    row: int
    way: int


class Board:
    """One day with one plan, in arrays; `room` is for how many requests more."""

    def __init__(self, day: Day, *, room: int = ROOM) -> None:
        from routing.search import warm_up
        from routing.search.build import build
        from routing.search.handle import Core
        from routing.search.state import new_state

        warm_up()
        served = {name for driver in day.drivers for visit in driver.history for name in visit.requests}
        self.requests: list[Request] = [*day.requests, *_rooms(day, room)]
        self.free = list(range(len(self.requests) - 1, len(day.requests) - 1, -1))
        self.day = unchecked(day, requests=self.requests)
        self.stops = tuple(Stop((i,)) for i, request in enumerate(self.requests) if request.id not in served)
        self.stop_of = {self.requests[stop.requests[0]].id: u for u, stop in enumerate(self.stops)}
        self.starts = [start_of(day, driver) for driver in day.drivers]
        problem = build(self.day, self.stops)
        self.problem = problem._replace(blocked=_disjoint(problem.blocked))
        self.core = Core(self.problem, new_state(self.problem, 1))
        self.found = np.zeros((len(day.drivers), 3), np.int64)

    def load(self, ahead: Mapping[str, Sequence[Visit]]) -> None:
        """Put the planned visits of each driver in place; what cannot be kept waits to be placed."""
        from routing.search.engine import load
        from routing.search.state import LENGTH
        from routing.search.zones import Solution

        elements, lane_time, seen = [], [], set[int]()
        for driver in self.day.drivers:
            visits = ahead.get(driver.id, ())
            elements.append(np.array(list(self._elements(driver.id, visits, seen)), np.int64))
            slots = [self._slot(visit) for visit in visits if visit.type == "hub"]
            lane_time.append(np.array(slots, np.int64).reshape(-1, 3))
        load(self.core, Solution(tuple(elements), tuple(lane_time), 0))
        for run, wanted in enumerate(elements):
            planned = any(element < len(self.stops) for element in wanted)
            if planned and self.core.state.run[run, LENGTH] <= self._idle_length(run):
                self._load_what_fits(run, wanted)

    def _slot(self, visit: Visit) -> tuple[int, int, int]:
        """Lane time to hold for a planned hub visit; none, which is some after all days, where others have it now."""
        if visit.lane is None:
            return -1, visit.begin, visit.end
        for lane, begin, end in self.problem.blocked:
            if lane == visit.lane and begin < visit.end and visit.begin < end:
                return visit.lane, NO_DAY, NO_DAY
        return visit.lane, visit.begin, visit.end

    def restore(self, solution: Solution) -> None:
        """Go back to runs that the board had before; the dice roll on."""
        from routing.search.engine import load
        from routing.search.handle import Core
        from routing.search.state import new_state

        dice = self.core.state.random.copy()
        self.core = Core(self.problem, new_state(self.problem, 1))
        load(self.core, solution)
        self.core.state.random[:] = dice

    def _idle_length(self, run: int) -> int:
        return 1 if self.starts[run].pickups_on_board else 0

    def _elements(self, driver: str, visits: Sequence[Visit], seen: set[int]) -> Iterator[int]:
        run = next(i for i, each in enumerate(self.day.drivers) if each.id == driver)
        can = self.problem.can[self.problem.kind_of[run]]
        for visit in visits:
            if visit.type == "hub":
                yield len(self.stops)
            for name in visit.requests:
                stop = self.stop_of.get(name, -1)
                if stop >= 0 and stop not in seen and can[stop]:
                    seen.add(stop)
                    yield stop

    def _load_what_fits(self, run: int, wanted: Iterable[int]) -> None:
        """Keep the run's order and leave out only what cannot be kept any more."""
        from routing.live.offers import extend

        kept: list[int] = []
        for element in wanted:
            trial = [*kept, int(element)]
            partner = -1 if element == len(self.stops) else int(self.problem.partner[element])
            if partner >= 0 and self.is_orphan(int(element)) and partner not in kept:
                continue
            if element == len(self.stops) or extend(*self.core.handles, run, np.array(trial, np.int64)):
                kept = trial

    def waiting(self) -> list[int]:
        """Stops that no run serves, the most important and most urgent first, returns after their pickups."""
        state, problem = self.core.state, self.problem
        found = [u for name, u in self.stop_of.items() if state.run_of[u] < 0 and not name.startswith("\0")]

        def rank(u: int) -> tuple[int, int, int, int]:
            last = int(problem.closes[problem.window_at[u + 1] - 1])
            return int(problem.is_second[u]), -int(problem.penalty[u]), last, u

        return sorted(found, key=rank)

    def place(self, stop: int) -> int:
        """Put the stop where it costs least; return the run, or -1 where it fits nowhere."""
        from routing.live.offers import ALL_RUNS, accept, offers
        from routing.search.timing import INFEASIBLE

        if self.is_orphan(stop):
            return -1
        run = int(offers(*self.core.handles, stop, ALL_RUNS, self.found))
        for _ in range(3):
            if run < 0:
                return -1
            _, row, way = (int(value) for value in self.found[run])
            if accept(*self.core.handles, stop, run, row, way):
                return run
            self.found[run, 0] = INFEASIBLE
            run = int(np.argmin(self.found[:, 0]))
            if self.found[run, 0] >= INFEASIBLE:
                return -1
        return -1

    def place_all(self, stops: Sequence[int]) -> None:
        """Place the stops one by one; those that fit nowhere go on waiting."""
        for stop in stops:
            self.place(stop)

    def is_orphan(self, stop: int) -> bool:
        """Whether the stop brings back a document that no run fetches."""
        problem, partner = self.problem, self.problem.partner[stop]
        return bool(partner >= 0 and problem.is_second[stop] and self.core.state.run_of[partner] < 0)

    def spots(self, stop: int) -> list[Spot]:
        """Where the stop could go, one spot per run that could take it, the cheapest first."""
        from routing.live.offers import ALL_RUNS, offers
        from routing.search.arrays import FINE
        from routing.search.timing import INFEASIBLE

        if self.is_orphan(stop) or offers(*self.core.handles, stop, ALL_RUNS, self.found) < 0:
            return []
        runs = np.flatnonzero(self.found[:, 0] < INFEASIBLE)
        spots = [
            Spot(int(run), round(int(self.found[run, 0]) / FINE), int(self.found[run, 1]), int(self.found[run, 2]))
            for run in runs
        ]
        return sorted(spots, key=lambda spot: (spot.cost, spot.run))

    def tried(self, stop: int, spot: Spot) -> tuple[int, int]:
        """When the stop would begin at that spot, -1 where it cannot be kept after all; and what the run would cost."""
        from routing.live.offers import tried
        from routing.search.arrays import FINE

        begin, cost = tried(*self.core.handles, stop, spot.run, spot.row, spot.way)
        return int(begin), round(int(cost) / FINE)

    def widen(self, stop: int, seconds: int) -> None:
        """Let the stop begin so much later than its last window."""
        self.problem.closes[self.problem.window_at[stop + 1] - 1] += seconds

    def set_windows(self, stop: int, windows: Sequence[Window]) -> None:
        """Give the stop other windows, at most as many as it has room for."""
        first, last = self.problem.window_at[stop], self.problem.window_at[stop + 1]
        padded = [*windows, *[windows[-1]] * (last - first - len(windows))]
        self.problem.opens[first:last] = [earliest for earliest, _ in padded]
        self.problem.closes[first:last] = [latest for _, latest in padded]

    def has_room_for(self, request: Request) -> bool:
        """Whether the request can be taken in without building the arrays anew."""
        problem = self.problem
        return (
            bool(self.free)
            and len(request.windows) <= WINDOWS
            and (request.round_trip_of is None or bool(problem.linked))
            and (request.due_at_hub is None or not problem.plain)
            and request.round_trip_of not in {name for start in self.starts for name in start.pickups}
            and request.place < len(problem.seconds)
        )

    def take_in(self, request: Request) -> int:
        """Give the request a room and return its stop."""
        index = self.free.pop()
        stop = self.stop_of.pop(self.requests[index].id)
        self.requests[index] = request
        self.stop_of[request.id] = stop
        self._write(stop, request)
        return stop

    def let_go(self, stop: int) -> None:
        """Take back what `take_in` did, for a stop that is on no run."""
        index = self.stops[stop].requests[0]
        del self.stop_of[self.requests[index].id]
        other = self.problem.partner[stop]
        if other >= 0:
            self.problem.partner[other] = self.problem.partner[stop] = -1
            self.problem.is_second[stop] = 0
            self.core.state.due[other] = self.problem.due[other]
        name = ROOM_ID.format(index)
        self.requests[index] = _room(self.day, name)
        self.stop_of[name] = stop
        self.free.append(index)

    def _write(self, stop: int, request: Request) -> None:
        from routing.search.arrays import FINE, NEVER
        from routing.start import unloaded_at

        problem, state, day = self.problem, self.core.state, self.day
        problem.place[stop] = request.place
        problem.access[stop] = day.places[request.place].access
        problem.service[stop] = request.service
        problem.returns[stop] = request.documents if request.kind == "return" else 0
        problem.pickups[stop] = request.documents if request.kind == "pickup" else 0
        problem.penalty[stop] = day.costs.unserved(request) * FINE
        due = NEVER if request.due_at_hub is None or request.due_at_hub >= day.hub.closes else request.due_at_hub
        ready = request.ready_at or 0
        brought = unloaded_at(day)
        if request.round_trip_of in brought:
            ready = max(ready, brought[request.round_trip_of] + day.hub.processing)
        problem.ready[stop] = state.ready[stop] = ready
        problem.due[stop] = state.due[stop] = due
        self.set_windows(stop, request.windows)
        for run, driver in enumerate(day.drivers):
            able = request.skills <= driver.skills and not self.starts[run].finished
            problem.can[problem.kind_of[run], stop] = able
        first = self.stop_of.get(request.round_trip_of or "", -1)
        if first >= 0:
            self._pair(first, stop)

    def _pair(self, first: int, second: int) -> None:
        from routing.search.arrays import NEVER
        from routing.search.coupling import link

        self.problem.partner[first], self.problem.partner[second] = second, first
        self.problem.is_second[second] = 1
        self.core.state.ready[second] = NEVER
        if self.core.state.run_of[first] >= 0:
            link(*self.core.handles, int(self.core.state.run_of[first]))

    def settled(self, run: int) -> Run | None:
        """Time the run for good and write it as visits; None where it cannot be kept, or is not used."""
        from routing.search.answer import _RunBuilder, timed_run
        from routing.search.runs import settle_run
        from routing.search.state import LENGTH

        driver = self.day.drivers[run]
        if self.starts[run].finished:
            return timed_run(self.day, driver, driver.history)
        if self.core.state.run[run, LENGTH] == 0 and not driver.history:
            return None
        leave = int(settle_run(*self.core.handles, run))
        if leave < 0:
            return None
        return _RunBuilder(self.day, driver, self.stops, self.core, run, leave).run()

    def ahead(self, happened: Mapping[str, int]) -> dict[str, tuple[Visit, ...]]:
        """Return the planned visits per driver, as the board has them now."""
        runs = (self.settled(run) for run in range(len(self.day.drivers)))
        return {run.driver: run.visits[happened[run.driver] :] for run in runs if run and run.driver in happened}

    def cannot_go_on(self, run: int) -> bool:
        """Whether the driver has begun and can neither bring nor unload what is on board, nor come home in time."""
        from routing.search.runs import settle_run

        start, state = self.starts[run], self.core.state
        if not start.began or start.finished:
            return False
        stuck = any(state.run_of[self.stop_of[name]] < 0 for name in start.returns if name in self.stop_of)
        return stuck or int(settle_run(*self.core.handles, run)) < 0


def _disjoint(blocked: Any) -> Any:
    """Join lane time that overlaps: what has happened may, and so may closings, but the calendar has no room for it."""
    joined: list[list[int]] = []
    for lane, begin, end in sorted(tuple(int(each) for each in row) for row in blocked):
        if joined and joined[-1][0] == lane and begin <= joined[-1][2]:
            joined[-1][2] = max(joined[-1][2], end)
        else:
            joined.append([lane, begin, end])
    return np.array(joined, np.int64).reshape(-1, 3)


def _rooms(day: Day, count: int) -> list[Request]:
    return [_room(day, ROOM_ID.format(len(day.requests) + number)) for number in range(count)]


def _room(day: Day, name: str) -> Request:
    windows: Any = tuple((10**7 + 2 * i, 10**7 + 2 * i) for i in range(WINDOWS))
    return Request(name, "pickup", day.hub.place, windows=windows)
