"""The kept state: a day under way and its plan in the search's arrays, so that one stop more costs milliseconds.

The arrays have room for some requests that are not there yet. A request that comes in, or is only asked about, takes
such a room in place; nothing is built anew. `routing.live.follow` keeps the rest up to date.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from routing._under_way import disjoint
from routing.batching import Stop
from routing.live.view import unchecked
from routing.model import Day, Request, Window
from routing.plan import Run
from routing.start import Start, start_of, unloaded_at
from routing.visits import Visit

if TYPE_CHECKING:
    from routing.search.arrays import Problem
    from routing.search.zones import Solution

ROOM = 200
"""Requests that can come in before the arrays are built anew."""
WINDOWS = 4
"""Windows that such a request may have."""
NO_DAY = 10**8
ROOM_ID = "\0room{}"


@dataclass(frozen=True)
class Spot:
    """Where a stop could go: the run, when it would begin there, the added cost in cost units."""

    run: int
    begin: int
    cost: int


@dataclass(frozen=True)
class Standing:
    """Where documents are that have been moved: on board, by run; coming in; brought in, and when."""

    carried: dict[str, int]
    coming: set[str]
    brought: dict[str, int]


def standing_of(day: Day, starts: Sequence[Start]) -> Standing:
    """Return where the documents of `day` are."""
    carried = {name: run for run, start in enumerate(starts) for name in start.returns}
    return Standing(carried, {name for start in starts for name in start.pickups}, unloaded_at(day))


class Board:
    """One day with one plan, in arrays; `room` is for how many requests more."""

    def __init__(self, day: Day, *, room: int = ROOM) -> None:
        from routing.search import warm_up
        from routing.search.build import build
        from routing.search.handle import Core
        from routing.search.state import new_state

        warm_up()
        served = served_in(day)
        self.requests: list[Request] = [*day.requests, *_rooms(day, room)]
        self.free = list(range(len(self.requests) - 1, len(day.requests) - 1, -1))
        self.day = unchecked(day, requests=self.requests)
        self.stops = tuple(Stop((i,)) for i, request in enumerate(self.requests) if request.id not in served)
        self.stop_of = {self.requests[stop.requests[0]].id: u for u, stop in enumerate(self.stops)}
        self.starts = [start_of(day, driver) for driver in day.drivers]
        self.standing = standing_of(day, self.starts)
        problem = build(self.day, self.stops)
        problem = problem._replace(blocked=disjoint(problem.blocked))
        self.problem = _apart(problem) if room else problem
        self.core = Core(self.problem, new_state(self.problem, 1))
        self._found, self._told = np.zeros((2, len(day.drivers), 3), np.int64)
        self.widened = set[int]()
        self._written: dict[int, tuple[Any, Run]] = {}

    def load(self, ahead: Mapping[str, Sequence[Visit]]) -> None:
        """Put the planned visits of each driver in place; what cannot be kept waits to be placed."""
        from routing.live.offers import keep_what_fits
        from routing.search.loading import load
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
                keep_what_fits(*self.core.handles, run, wanted)

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
        from routing.search.handle import Core
        from routing.search.loading import load
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

    def waiting(self) -> list[int]:
        """Stops that no run serves, the most important and most urgent first, returns after their pickups."""
        state, problem = self.core.state, self.problem
        found = [u for name, u in self.stop_of.items() if state.run_of[u] < 0 and not name.startswith("\0")]

        def rank(u: int) -> tuple[int, int, int, int]:
            last = int(problem.closes[problem.window_at[u + 1] - 1])
            return int(problem.is_second[u]), -int(problem.penalty[u]), last, u

        return sorted(found, key=rank)

    def name_of(self, stop: int) -> str:
        """Id of the stop's request."""
        return self.requests[self.stops[stop].requests[0]].id

    def place(self, stop: int) -> int:
        """Put the stop where it costs least; return the run, or -1 where it fits nowhere."""
        from routing.live.offers import place

        return int(place(*self.core.handles, stop, self._found))

    def place_late(self, stop: int, steps: Sequence[int]) -> int:
        """Put the stop where it is late by as few of these steps as possible; return the step, or -1."""
        from routing.live.offers import place_late

        step = int(place_late(*self.core.handles, stop, np.array(steps, np.int64), self._found)) if steps else -1
        if step >= 0:
            self.widened.add(stop)
        return step

    def options(self, stop: int, most: int | None = None) -> list[Spot]:
        """Where the stop could go, one spot per run that could take it, at most `most`, the cheapest first."""
        from routing.live.offers import options
        from routing.search.arrays import FINE

        wanted = len(self.starts) if most is None else most
        count = options(*self.core.handles, stop, wanted, self._found, self._told)
        spots = [Spot(int(run), int(begin), round(int(cost) / FINE)) for run, begin, cost in self._told[:count]]
        return sorted(spots, key=lambda spot: (spot.cost, spot.run))

    def set_windows(self, stop: int, windows: Sequence[Window]) -> None:
        """Give the stop other windows, at most as many as it has room for."""
        first, last = self.problem.window_at[stop], self.problem.window_at[stop + 1]
        padded = [*windows, *[windows[-1]] * (last - first - len(windows))]
        self.problem.opens[first:last] = [earliest for earliest, _ in padded]
        self.problem.closes[first:last] = [latest for _, latest in padded]

    def can_take(self, request: Request, windows: int = WINDOWS) -> bool:
        """Whether the request can be written into the arrays where there is room for so many windows."""
        problem = self.problem
        return (
            len(request.windows) <= windows
            and (request.round_trip_of is None or bool(problem.linked))
            and (request.due_at_hub is None or not problem.plain)
        )

    def take_in(self, request: Request) -> int:
        """Give the request a room and return its stop."""
        index = self.free.pop()
        stop = self.stop_of.pop(self.requests[index].id)
        self.stop_of[request.id] = stop
        self.write(stop, request)
        return stop

    def let_go(self, stop: int) -> None:
        """Take back what `take_in` did, for a stop that is on no run."""
        index = self.stops[stop].requests[0]
        self.retire(stop)
        self.requests[index] = _room(self.day, ROOM_ID.format(index))
        self.stop_of[self.requests[index].id] = stop
        self.free.append(index)

    def retire(self, stop: int) -> None:
        """Let nobody serve the stop any more; it is on no run."""
        problem, other = self.problem, self.problem.partner[stop]
        del self.stop_of[self.name_of(stop)]
        self._unpair(stop)
        if other >= 0:
            self.core.state.due[other] = problem.due[other]
        problem.can[:, stop] = problem.penalty[stop] = problem.on_board[stop] = 0

    def write(self, stop: int, request: Request) -> None:
        """Make `stop` the stop of `request`, as things stand."""
        from routing.search.arrays import FINE, NEVER
        from routing.search.build import ON_BOARD

        problem, state, day, standing = self.problem, self.core.state, self.day, self.standing
        self.requests[self.stops[stop].requests[0]] = request
        self.widened.discard(stop)
        carrier = standing.carried.get(request.id)
        problem.place[stop] = request.place
        problem.access[stop] = day.places[request.place].access
        problem.service[stop] = request.service
        problem.returns[stop] = request.documents if request.kind == "return" else 0
        problem.pickups[stop] = request.documents if request.kind == "pickup" else 0
        problem.penalty[stop] = (day.costs.unserved(request) + (0 if carrier is None else ON_BOARD)) * FINE
        problem.on_board[stop] = carrier is not None
        due = NEVER if request.due_at_hub is None or request.due_at_hub >= day.hub.closes else request.due_at_hub
        ready = request.ready_at or 0
        if request.round_trip_of in standing.brought:
            ready = max(ready, standing.brought[request.round_trip_of] + day.hub.processing)
        problem.ready[stop] = state.ready[stop] = ready
        problem.due[stop] = state.due[stop] = due
        self.set_windows(stop, request.windows)
        for run in range(len(day.drivers)):
            problem.can[problem.kind_of[run], stop] = self._is_able(run, request, carrier)
        if problem.is_second[stop]:
            self._unpair(stop)
        first = self.stop_of.get(request.round_trip_of or "", -1)
        if first >= 0 and carrier is None:
            self._pair(first, stop)

    def _is_able(self, run: int, request: Request, carrier: int | None) -> bool:
        """Whether the driver may serve it: what is on board stays there, and a return waits for its document."""
        if self.starts[run].finished or request.round_trip_of in self.standing.coming:
            return False
        return request.skills <= self.day.drivers[run].skills and carrier in (None, run)

    def _unpair(self, stop: int) -> None:
        other = self.problem.partner[stop]
        for each in (stop, other) if other >= 0 else ():
            self.problem.partner[each], self.problem.is_second[each] = -1, 0

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
        from routing.search.answer import timed_run
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
        return self._as_written(run, leave) or self._write_run(run, leave)

    def _as_written(self, run: int, leave: int) -> Run | None:
        """The run as it was written before, where nothing of it is different."""
        known, written = self._written.get(run, (None, None))
        return written if known == self._seen(run, leave) else None

    def _write_run(self, run: int, leave: int) -> Run:
        from routing.search.answer import _RunBuilder

        written = _RunBuilder(self.day, self.day.drivers[run], self.stops, self.core, run, leave).run()
        self._written[run] = self._seen(run, leave), written
        return written

    def _seen(self, run: int, leave: int) -> Any:
        """All that a run's visits are written from."""
        from routing.search.state import BEGIN, ELEMENT, FINISH, JOINED, LANE, LENGTH, PAUSES

        state = self.core.state
        rows = state.at[run, 1 : state.run[run, LENGTH] + 1][:, [ELEMENT, JOINED, BEGIN, FINISH, LANE]]
        pauses = state.pauses[: state.tally[PAUSES]]
        stops = rows[rows[:, 0] < len(self.stops), 0].tolist()
        asked = [self.requests[self.stops[stop].requests[0]] for stop in stops]
        return leave, rows.tobytes(), pauses.tobytes(), asked, self.day.drivers[run]

    def ahead(self, happened: Mapping[str, int]) -> dict[str, tuple[Visit, ...]]:
        """Return the planned visits per driver, as the board has them now."""
        runs = (self.settled(run) for run in range(len(self.day.drivers)))
        return {run.driver: run.visits[happened[run.driver] :] for run in runs if run and run.driver in happened}

    def cannot_go_on(self, run: int) -> bool:
        """Whether the driver has begun and can neither bring nor unload what is on board, nor come home in time."""
        start, state = self.starts[run], self.core.state
        if not start.began or start.finished:
            return False
        stuck = any(state.run_of[self.stop_of[name]] < 0 for name in start.returns if name in self.stop_of)
        return stuck or self._cannot_be_timed(run)

    def cannot_begin(self, run: int) -> bool:
        """Whether the run has not begun and cannot be kept as it was put together."""
        from routing.search.state import LENGTH

        return not self.starts[run].began and bool(self.core.state.run[run, LENGTH]) and self._cannot_be_timed(run)

    def _cannot_be_timed(self, run: int) -> bool:
        from routing.search.runs import settle_run

        return int(settle_run(*self.core.handles, run)) < 0


def _apart(problem: Problem) -> Problem:
    """Make each driver a kind of its own, so that one can be changed without the others."""
    kind_of, runs = problem.kind_of, np.arange(problem.runs + 1, dtype=np.int64)
    return problem._replace(
        kinds=problem.kinds[kind_of],
        breaks=problem.breaks[kind_of],
        can=problem.can[kind_of],
        kind_of=runs[:-1].copy(),
        kind_at=runs,
        kind_runs=runs[:-1].copy(),
    )


def served_in(day: Day) -> set[str]:
    """Ids of what history has settled at the door."""
    return {name for driver in day.drivers for visit in driver.history for name in visit.requests}


def _rooms(day: Day, count: int) -> list[Request]:
    return [_room(day, ROOM_ID.format(len(day.requests) + number)) for number in range(count)]


def _room(day: Day, name: str) -> Request:
    windows: Any = tuple((10**7 + 2 * i, 10**7 + 2 * i) for i in range(WINDOWS))
    return Request(name, "pickup", day.hub.place, windows=windows)
