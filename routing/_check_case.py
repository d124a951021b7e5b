"""What is judged: the day and the plan with their ids looked up, the past told from the planned."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

from routing.model import Day, Driver, Request
from routing.plan import Plan, Run
from routing.visits import Visit


@dataclass(frozen=True)
class Journey:
    """One run with its driver; its first `past` visits are history and not judged."""

    run: Run
    driver: Driver
    past: int

    @property
    def visits(self) -> tuple[Visit, ...]:
        """All visits, past and planned."""
        return self.run.visits

    @property
    def planned(self) -> tuple[Visit, ...]:
        """The visits that are judged."""
        return self.run.visits[self.past :]


@dataclass(frozen=True)
class Move:
    """A request in a visit: served there, loaded there or unloaded there."""

    request: str
    driver: str
    visit: Visit
    planned: bool


class Case:
    """The day and the plan, with everything that more than one rule looks up."""

    def __init__(self, day: Day, plan: Plan) -> None:
        self.day = day
        self.plan = plan
        self.requests: dict[str, Request] = {request.id: request for request in day.requests}
        self.drivers: dict[str, Driver] = {driver.id: driver for driver in day.drivers}
        self.clock = _Clock(day.traffic.profile)

    @cached_property
    def journeys(self) -> tuple[Journey, ...]:
        """The runs that can be judged: those with visits and a driver of this day."""
        return tuple(
            Journey(run, self.drivers[run.driver], self.past(run))
            for run in self.plan.runs
            if run.driver in self.drivers and run.visits
        )

    def past(self, run: Run) -> int:
        """How many visits at the head of `run` are its driver's history, unchanged."""
        driver = self.drivers.get(run.driver)
        past = 0
        for stated, happened in zip(run.visits, driver.history if driver else (), strict=False):
            if stated != happened:
                break
            past += 1
        return past

    @cached_property
    def visits(self) -> tuple[tuple[str, Visit, bool], ...]:
        """Each visit with its driver and whether it is planned; history from the day, not from the plan."""
        happened = [(driver.id, visit, False) for driver in self.day.drivers for visit in driver.history]
        planned = [(run.driver, visit, True) for run in self.plan.runs for visit in run.visits[self.past(run) :]]
        return (*happened, *planned)

    @cached_property
    def served(self) -> tuple[Move, ...]:
        """Each request of each stop."""
        return tuple(
            Move(request, driver, visit, planned)
            for driver, visit, planned in self.visits
            if visit.type == "stop"
            for request in visit.requests
        )

    def documents(self, ids: tuple[str, ...]) -> int:
        """How many documents the known among `ids` have together."""
        return sum(self.requests[request].documents for request in ids if request in self.requests)

    def has_place(self, visit: Visit) -> bool:
        """Whether the visit's place is one of the day's."""
        return 0 <= visit.place < len(self.day.places)

    def metres(self, visits: tuple[Visit, ...]) -> int:
        """Length of the legs between `visits`; legs from or to unknown places count nothing."""
        matrix = self.day.travel.metres
        return sum(int(matrix[a.place, b.place]) for a, b in self._legs(visits))

    def _legs(self, visits: tuple[Visit, ...]) -> Iterator[tuple[Visit, Visit]]:
        for before, after in pairwise(visits):
            if before.place != after.place and self.has_place(before) and self.has_place(after):
                yield before, after

    def arrival(self, leave: int, origin: int, destination: int) -> int:
        """When a leg that starts at `leave` arrives, by the traffic clock."""
        if origin == destination:
            return leave
        return self.clock.arrival(leave, int(self.day.travel.seconds[origin, destination]))


class _Clock:
    """The traffic clock by its formula, ``ceil(F^-1(F(t) + b))``, with F counted in thousandths of seconds."""

    def __init__(self, profile: tuple[tuple[int, int], ...]) -> None:
        self._starts = [start for start, _ in profile]
        self._factors = [factor for _, factor in profile]
        self._done = [0]
        for k in range(1, len(profile)):
            self._done.append(self._done[-1] + self._factors[k - 1] * (self._starts[k] - self._starts[k - 1]))

    def arrival(self, leave: int, free_flow: int) -> int:
        k = max(bisect_right(self._starts, leave) - 1, 0)
        done = self._done[k] + self._factors[k] * (leave - self._starts[k]) + 1000 * free_flow
        k = max(bisect_right(self._done, done) - 1, 0)
        return self._starts[k] - (self._done[k] - done) // self._factors[k]
