"""From the arrays of a finished search to a `Plan`: visits, times, loads and costs."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from routing.batching import Stop
from routing.errors import InternalError
from routing.model import Day, Driver, Request
from routing.plan import CostBreakdown, Plan, Run, Unserved
from routing.search.handle import Core
from routing.search.runs import settle_run
from routing.search.state import BEGIN, ELEMENT, FINISH, JOINED, LANE, LENGTH, PAUSES
from routing.start import start_of
from routing.visits import Visit


def runs_of(day: Day, stops: Sequence[Stop], core: Core) -> tuple[Run, ...]:
    """Return the runs as they stand in the core's state, settled for good.

    Raises
    ------
    InternalError
        When a run cannot be kept after all, which would be a bug.
    """
    found = []
    for index, driver in enumerate(day.drivers):
        if core.state.run[index, LENGTH] == 0 and not driver.history:
            continue
        if start_of(day, driver).finished:
            found.append(timed_run(day, driver, driver.history))
            continue
        leave = settle_run(*core.handles, index)
        if leave < 0:
            raise InternalError(f"the run of driver {driver.id} cannot be kept as planned")
        found.append(_RunBuilder(day, driver, stops, core, index, int(leave)).run())
    return tuple(found)


class _RunBuilder:
    """Writes one settled run as visits."""

    def __init__(self, day: Day, driver: Driver, stops: Sequence[Stop], core: Core, index: int, leave: int) -> None:
        self.day, self.driver, self.stops, self.hub = day, driver, stops, core.problem.stops
        start = start_of(day, driver)
        self.at = core.state.at[index, 1 : core.state.run[index, LENGTH] + 1]
        count = int(core.state.tally[PAUSES])
        self.pauses = [tuple(int(value) for value in row) for row in core.state.pauses[:count]]
        self.load = start.returns_on_board + start.pickups_on_board
        self.carried = list(start.pickups)
        self.place, self.time = start.place, leave
        self.visits = list(driver.history) or [Visit("start", self.place, leave, leave, leave, 0)]

    def run(self) -> Run:
        for i, row in enumerate(self.at):
            self._pause(i, on_arrival=0)
            if row[ELEMENT] == self.hub:
                self._hub(i)
            elif row[JOINED]:
                self._share_stop(i)
            else:
                self._stop(i)
        self._end()
        return timed_run(self.day, self.driver, tuple(self.visits))

    def _pause(self, i: int, *, on_arrival: int) -> None:
        for before, side, begin, end in self.pauses:
            if before == i and side == on_arrival:
                self.visits.append(Visit("break", self.place, self.time, begin, end, self.load))
                self.time = end

    def _travel(self, i: int, place: int) -> None:
        if place != self.place:
            self.time = self.day.traffic.arrival(self.time, int(self.day.travel.seconds[self.place, place]))
        self.place = place
        self._pause(i, on_arrival=1)

    def _requests(self, i: int) -> list[Request]:
        return [self.day.requests[index] for index in self.stops[int(self.at[i][ELEMENT])].requests]

    def _stop(self, i: int) -> None:
        requests = self._requests(i)
        self._travel(i, requests[0].place)
        self._serve(requests)
        begin, end = int(self.at[i][BEGIN]), int(self.at[i][FINISH])
        served = tuple(request.id for request in requests)
        self.visits.append(Visit("stop", self.place, self.time, begin, end, self.load, requests=served))
        self.time = end

    def _share_stop(self, i: int) -> None:
        requests = self._requests(i)
        self._serve(requests)
        before, end = self.visits.pop(), int(self.at[i][FINISH])
        served = (*before.requests, *(request.id for request in requests))
        self.visits.append(Visit("stop", self.place, before.arrive, before.begin, end, self.load, requests=served))
        self.time = end

    def _serve(self, requests: Sequence[Request]) -> None:
        for request in requests:
            if request.kind == "pickup":
                self.load += request.documents
                self.carried.append(request.id)
            else:
                self.load -= request.documents

    def _hub(self, i: int) -> None:
        self._travel(i, self.day.hub.place)
        documents = {request.id: request.documents for request in self.day.requests}
        loaded = self._loaded_at(i)
        self.load += sum(documents[name] for name in loaded) - sum(documents[name] for name in self.carried)
        lane = int(self.at[i][LANE]) if self.day.hub.lanes is not None else None
        begin, end = int(self.at[i][BEGIN]), int(self.at[i][FINISH])
        unloaded, self.carried = tuple(self.carried), []
        visit = Visit("hub", self.place, self.time, begin, end, self.load, lane, (), loaded, unloaded)
        self.visits.append(visit)
        self.time = end

    def _loaded_at(self, i: int) -> tuple[str, ...]:
        carried = {name for visit in self.driver.history for name in visit.loaded}
        loaded: list[str] = []
        for j in range(i + 1, len(self.at)):
            if self.at[j][ELEMENT] == self.hub:
                break
            loaded += [r.id for r in self._requests(j) if r.kind == "return" and r.id not in carried]
        return tuple(loaded)

    def _end(self) -> None:
        self._pause(len(self.at), on_arrival=0)
        self._travel(len(self.at), self.place if self.driver.end is None else self.driver.end)
        self.visits.append(Visit("end", self.place, self.time, self.time, self.time, self.load))


def timed_run(day: Day, driver: Driver, visits: tuple[Visit, ...]) -> Run:
    """Return the run of these visits with its metres, paid seconds and cost."""
    metres = sum(int(day.travel.metres[one.place, other.place]) for one, other in pairwise(visits))
    pauses = sum(visit.end - visit.begin for visit in visits if visit.type == "break")
    paid = visits[-1].end - visits[0].begin - pauses
    cost = driver.cost_run + _rounded(driver.cost_km * metres, 1000) + _rounded(driver.cost_hour * paid, 3600)
    return Run(driver.id, visits, metres, paid, cost)


def _rounded(amount: int, parts: int) -> int:
    return (2 * amount + parts) // (2 * parts)


def costs_of(day: Day, runs: Sequence[Run], unserved: Sequence[Unserved]) -> CostBreakdown:
    """Return what the runs and the unserved requests cost, and the served ones as single courier trips."""
    drivers = {driver.id: driver for driver in day.drivers}
    requests = {request.id: request for request in day.requests}
    fixed = sum(drivers[run.driver].cost_run for run in runs)
    distance = sum(_rounded(drivers[run.driver].cost_km * run.metres, 1000) for run in runs)
    time = sum(_rounded(drivers[run.driver].cost_hour * run.paid_seconds, 3600) for run in runs)
    penalties = sum(day.costs.unserved(requests[each.request]) for each in unserved)
    single = sum(_single_trip(day, requests[name]) for run in runs for name in run.requests)
    return CostBreakdown(fixed + distance + time + penalties, fixed, distance, time, penalties, single)


def _single_trip(day: Day, request: Request) -> int:
    ends = (request.place, day.hub.place) if request.kind == "pickup" else (day.hub.place, request.place)
    metres = int(day.travel.metres[ends])
    return max(day.costs.tariff_min, _rounded(day.costs.tariff_km * metres, 1000))


def plan_of(day: Day, runs: tuple[Run, ...], unserved: tuple[Unserved, ...]) -> Plan:
    """Return the plan of these runs with its costs."""
    return Plan(runs=runs, unserved=unserved, cost=costs_of(day, runs, unserved))
