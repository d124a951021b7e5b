"""Little days, and plans for them made by following an order step by step; exact, simple and for tests only.

Nothing here is shared with the search or with the checker: the clock counts second by second, lanes are
found by trying each moment at which something changes.
"""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from routing import (
    Break,
    CostBreakdown,
    Costs,
    Day,
    Driver,
    Hub,
    Place,
    Plan,
    Request,
    Run,
    TrafficClock,
    TravelTimes,
    Unserved,
    Visit,
    check,
)


class Infeasible(Exception):
    """The next step cannot be taken: no window is left for it."""


@dataclass(frozen=True)
class Step:
    """One visit to come: at the hub, at a door, or a pause."""

    type: str
    ids: tuple[str, ...] = ()
    on_arrival: bool = False
    wait_until: int = 0


def hub(*loads: str, wait_until: int = 0) -> Step:
    """Unload every pickup, then load these returns."""
    return Step("hub", loads, wait_until=wait_until)


def stop(*ids: str, wait_until: int = 0) -> Step:
    """Serve these requests of one door in one stop."""
    return Step("stop", ids, wait_until=wait_until)


def pause(*, on_arrival: bool = False, wait_until: int = 0) -> Step:
    """Take the next break, where the driver is or at the place of the next step."""
    return Step("break", on_arrival=on_arrival, wait_until=wait_until)


def hm(text: str) -> int:
    """Seconds after midnight of ``HH:MM``."""
    hours, minutes = text.split(":")
    return int(hours) * 3600 + int(minutes) * 60


def arrival(day: Day, leave: int, origin: int, destination: int) -> int:
    """When a leg arrives, counted second by second."""
    return count_arrival(day.traffic.profile, leave, int(day.travel.seconds[origin, destination]))


def count_arrival(profile: Sequence[tuple[int, int]], leave: int, free_flow: int) -> int:
    """The first whole second by which the speed factor has summed up to the leg's free-flow time."""
    moment, left = leave, 1000 * free_flow
    while left > 0:
        left -= next((factor for start, factor in reversed(profile) if start <= moment), profile[0][1])
        moment += 1
    return moment


class Builder:
    """Builds the runs of a day one after the other; lanes and round trips look at the runs built before."""

    def __init__(self, day: Day) -> None:
        self.day = day
        self.requests = {request.id: request for request in day.requests}
        self.runs: dict[str, list[Visit]] = {}
        for driver in day.drivers:
            if driver.history:
                self.runs[driver.id] = list(driver.history)

    def run(self, driver_id: str, steps: Sequence[Step], *, leave: int | None = None) -> list[Visit]:
        """Follow `steps` from the start (or from where history ends) and add the run."""
        driver = next(driver for driver in self.day.drivers if driver.id == driver_id)
        visits = list(driver.history)
        if not visits:
            moment = max(driver.shift[0] if leave is None else leave, self.day.now or 0)
            visits = [Visit("start", driver.start, moment, moment, moment, 0)]
        others = {name: run for name, run in self.runs.items() if name != driver_id}
        for index, step in enumerate(steps):
            visits.append(self._visit(driver, visits, step, steps[index + 1 :], others))
        home = visits[-1].place if driver.end is None else driver.end
        at = self._arrive(visits, driver, home)
        visits.append(Visit("end", home, at, at, at, visits[-1].load_after))
        if at > driver.shift[1]:
            raise Infeasible("after the shift")
        self.runs[driver_id] = visits
        return visits

    def _arrive(self, visits: list[Visit], driver: Driver, place: int) -> int:
        leave = visits[-1].end
        if len(visits) == len(driver.history):
            leave = max(leave, self.day.now or 0)
        return arrival(self.day, leave, visits[-1].place, place)

    def _visit(
        self,
        driver: Driver,
        visits: list[Visit],
        step: Step,
        following: Sequence[Step],
        others: Mapping[str, list[Visit]],
    ) -> Visit:
        place = visits[-1].place
        if step.type == "hub":
            place = self.day.hub.place
        elif step.type == "stop":
            place = self.requests[step.ids[0]].place
        elif step.on_arrival:
            place = self._place_after(driver, place, following)
        arrive = self._arrive(visits, driver, place)
        ready = max(arrive, step.wait_until)
        if step.type == "break":
            return self._pause(driver, visits, place, arrive, ready)
        if step.type == "hub":
            return self._hub(visits, step, arrive, ready, others)
        begin = self._open(step, ready)
        lasts = self.day.places[place].access + sum(self.requests[name].service for name in step.ids)
        return Visit("stop", place, arrive, begin, begin + lasts, self._load(visits, step.ids), requests=step.ids)

    def _place_after(self, driver: Driver, place: int, following: Sequence[Step]) -> int:
        for step in following:
            if step.type == "hub":
                return self.day.hub.place
            if step.type == "stop":
                return self.requests[step.ids[0]].place
        return place if driver.end is None else driver.end

    def _pause(self, driver: Driver, visits: list[Visit], place: int, arrive: int, ready: int) -> Visit:
        taken = [visit.begin for visit in visits if visit.type == "break"]
        left = [each for each in driver.breaks if not any(_within([(each.earliest, each.latest)], t) for t in taken)]
        due = next((each for each in left if each.latest >= ready), None)
        if due is None:
            raise Infeasible("no break left")
        begin = max(ready, due.earliest)
        return Visit("break", place, arrive, begin, begin + due.length, visits[-1].load_after)

    def _open(self, step: Step, ready: int) -> int:
        moments = [ready, *(earliest for name in step.ids for earliest, _ in self.requests[name].windows)]
        for moment in sorted(moments):
            if moment >= ready and all(_within(self.requests[name].windows, moment) for name in step.ids):
                return moment
        raise Infeasible("no window")

    def _hub(
        self, visits: list[Visit], step: Step, arrive: int, ready: int, others: Mapping[str, list[Visit]]
    ) -> Visit:
        unloaded = tuple(name for name in on_board(self.requests, visits) if self.requests[name].kind == "pickup")
        for name in step.ids:
            ready = max(ready, self._ready(self.requests[name], [*others.values(), visits]))
        moved = sum(self.requests[name].documents for name in (*unloaded, *step.ids))
        lasts = self.day.hub.base + self.day.hub.per_document * moved
        due = min((self._due(self.requests[name]) for name in unloaded), default=10**9)
        begin, lane = self._lane(ready, lasts, due, others)
        load = self._load(visits, ()) - sum(self.requests[name].documents for name in unloaded)
        load += sum(self.requests[name].documents for name in step.ids)
        place = self.day.hub.place
        return Visit("hub", place, arrive, begin, begin + lasts, load, lane=lane, loaded=step.ids, unloaded=unloaded)

    def _due(self, request: Request) -> int:
        return self.day.hub.windows[-1][1] if request.due_at_hub is None else request.due_at_hub

    def _ready(self, request: Request, runs: Iterable[list[Visit]]) -> int:
        ready = request.ready_at or 0
        if request.round_trip_of is None:
            return ready
        for run in runs:
            for visit in run:
                if request.round_trip_of in visit.unloaded:
                    return max(ready, visit.end + self.day.hub.processing)
        raise Infeasible("the pickup is not unloaded yet")

    def _lane(self, ready: int, lasts: int, due: int, others: Mapping[str, list[Visit]]) -> tuple[int, int | None]:
        """The first moment and lane that are free for `lasts` seconds while the hub is open."""
        services = [visit for run in others.values() for visit in run if visit.type == "hub"]
        moments = [ready, *(opens for opens, _ in self.day.hub.windows), *(visit.end for visit in services)]
        for moment in sorted(each for each in moments if each >= ready):
            if not any(opens <= moment and moment + lasts <= closes for opens, closes in self.day.hub.windows):
                continue
            if moment + lasts > due:
                raise Infeasible("too late at the hub")
            if self.day.hub.lanes is None:
                return moment, None
            for lane in range(self.day.hub.lanes):
                if not any(v.lane == lane and moment < v.end and v.begin < moment + lasts for v in services):
                    return moment, lane
        raise Infeasible("the hub is closed")

    def _load(self, visits: list[Visit], ids: Iterable[str]) -> int:
        load = sum(self.requests[name].documents for name in on_board(self.requests, visits))
        for name in ids:
            pickup = self.requests[name].kind == "pickup"
            load += self.requests[name].documents if pickup else -self.requests[name].documents
        return load

    def plan(self) -> Plan:
        """The plan of the runs built so far, with all figures."""
        return state(self.day, self.runs)


def on_board(requests: Mapping[str, Request], visits: Iterable[Visit]) -> list[str]:
    """Ids on board after `visits`, in the order in which they came."""
    ids: list[str] = []
    for visit in visits:
        ids = [name for name in ids if name not in visit.unloaded and name not in visit.requests]
        ids += [name for name in visit.requests if requests[name].kind == "pickup"]
        ids += visit.loaded
    return ids


def build(day: Day, orders: Mapping[str, Sequence[Step]], *, leave: Mapping[str, int] | None = None) -> Plan:
    """Follow the orders, driver by driver; every request in none of them is unserved."""
    builder = Builder(day)
    for driver, steps in orders.items():
        builder.run(driver, steps, leave=(leave or {}).get(driver))
    return builder.plan()


def state(day: Day, runs: Mapping[str, Sequence[Visit]]) -> Plan:
    """The plan of these visits: metres, paid time, costs and the unserved follow from them."""
    requests = {request.id: request for request in day.requests}
    drivers = {driver.id: driver for driver in day.drivers}
    made, parts = [], Counter[str]()
    for name, visits in runs.items():
        driver = drivers[name]
        metres = sum(int(day.travel.metres[a.place, b.place]) for a, b in itertools.pairwise(visits))
        paid = visits[-1].end - visits[0].end
        paid -= sum(visit.end - visit.begin for visit in visits if visit.type == "break")
        distance, time = half_up(driver.cost_km * metres, 1000), half_up(driver.cost_hour * paid, 3600)
        made.append(Run(name, tuple(visits), metres, paid, driver.cost_run + distance + time))
        parts.update(runs=driver.cost_run, distance=distance, time=time)
    served = {name for visits in runs.values() for visit in visits for name in visit.requests}
    left = [request for request in day.requests if request.id not in served]
    parts["unserved"] = sum(
        day.costs.unserved_base + day.costs.unserved_per_priority * request.priority for request in left
    )
    parts["total"] = sum(parts.values())
    parts["point_to_point"] = sum(single_trip(day, requests[name]) for name in served)
    names = ("total", "runs", "distance", "time", "unserved", "point_to_point")
    return Plan(
        runs=tuple(made),
        unserved=tuple(Unserved(request.id, "no-time", "no driver has time left") for request in left),
        cost=CostBreakdown(*(parts[name] for name in names)),
    )


def restate(day: Day, plan: Plan) -> Plan:
    """Let all figures and the unserved follow from the plan's visits."""
    return state(day, {run.driver: run.visits for run in plan.runs})


def single_trip(day: Day, request: Request) -> int:
    """What one courier trip for `request` alone costs."""
    ends = (request.place, day.hub.place)
    metres = int(day.travel.metres[ends if request.kind == "pickup" else ends[::-1]])
    return max(day.costs.tariff_min, half_up(day.costs.tariff_km * metres, 1000))


def half_up(numerator: int, denominator: int) -> int:
    """The quotient rounded half up."""
    whole, rest = divmod(numerator, denominator)
    return whole + (2 * rest >= denominator)


def _within(windows: Iterable[tuple[int, int]], moment: int) -> bool:
    return any(earliest <= moment <= latest for earliest, latest in windows)


def codes(day: Day, plan: Plan) -> set[str]:
    """The codes of all violations."""
    return {violation.code for violation in check(day, plan)}


def change_visit(plan: Plan, driver: str, index: int, /, **changes: object) -> Plan:
    """Change fields of one visit and nothing else."""
    visits = list(run_of(plan, driver).visits)
    visits[index] = replace(visits[index], **changes)  # type: ignore[arg-type]
    return change_run(plan, driver, visits=tuple(visits))


def change_run(plan: Plan, driver: str, /, **changes: object) -> Plan:
    """Change fields of one run and nothing else."""
    runs = tuple(replace(run, **changes) if run.driver == driver else run for run in plan.runs)  # type: ignore[arg-type]
    return plan.replace(runs=runs)


def change_request(day: Day, name: str, /, **changes: object) -> Day:
    """Change fields of one request of the day."""
    return day.replace(requests=tuple(each.replace(**changes) if each.id == name else each for each in day.requests))


def change_driver(day: Day, name: str, /, **changes: object) -> Day:
    """Change fields of one driver of the day."""
    return day.replace(drivers=tuple(each.replace(**changes) if each.id == name else each for each in day.drivers))


def run_of(plan: Plan, driver: str) -> Run:
    """The run of one driver."""
    return next(run for run in plan.runs if run.driver == driver)


def index_of(plan: Plan, driver: str, request: str, *, loaded: bool = False) -> int:
    """Which visit of a driver's run serves a request, or loads it."""
    ids = [visit.loaded if loaded else visit.requests for visit in run_of(plan, driver).visits]
    return next(index for index, names in enumerate(ids) if request in names)


def travel_between(count: int) -> TravelTimes:
    """Asymmetric matrices without regard for the triangle inequality, at least 240 s apart."""
    seconds = [
        [0 if i == j else 240 + 60 * abs(i - j) + 7 * ((3 * i + 5 * j) % 4) for j in range(count)] for i in range(count)
    ]
    metres = [[0 if i == j else 6 * seconds[i][j] + (13 * i + 7 * j) % 50 for j in range(count)] for i in range(count)]
    return TravelTimes(seconds, metres)  # type: ignore[arg-type]


def mixed_day() -> Day:
    """A day with everything: pickups, returns, lanes, breaks, traffic, round trips, skills, an open end.

    The hub is place 0, drivers live at 10 and 11.
    """
    requests = (
        Request("R1", "return", 1, 2, ((hm("08:00"), hm("12:00")),), 60),
        Request("R2", "return", 2, 1, ((hm("07:00"), hm("09:30")),), 45, ready_at=hm("07:40")),
        Request("P1", "pickup", 2, 1, ((hm("07:00"), hm("10:00")),), 50),
        Request(
            "P2", "pickup", 3, 2, ((hm("08:00"), hm("08:10")), (hm("09:00"), hm("11:00"))), 70, due_at_hub=hm("12:00")
        ),
        Request("P3", "pickup", 3, 1, ((hm("07:00"), hm("11:00")),), 30),
        Request("R3", "return", 4, 1, ((hm("08:00"), hm("15:00")),), 60, ready_at=hm("08:00"), round_trip_of="P2"),
        Request("R4", "return", 5, 3, ((hm("07:30"), hm("12:00")),), 60, skills=frozenset({"lift"})),
        Request("P4", "pickup", 6, 1, ((hm("08:00"), hm("12:00")),), 60),
        Request("R5", "return", 7, 1, ((hm("08:00"), hm("09:00")),), 60, priority=5),
        Request("R6", "return", 8, 1, ((hm("13:00"), hm("15:00")),), 60),
        Request("R7", "return", 9, 1, ((hm("12:45"), hm("15:00")),), 60),
    )
    drivers = (
        Driver(
            "D1", 10, 10, (hm("07:00"), hm("16:00")), 5, breaks=(Break(hm("11:30"), hm("12:30"), 1800),),
            cost_run=20_000, cost_km=1_500, cost_hour=12_001, max_trips=2, max_stops=4, max_distance=45_000,
        ),
        Driver(
            "D2", 11, 11, (hm("07:00"), hm("15:00")), 4, frozenset({"lift", "night"}),
            breaks=(Break(hm("08:00"), hm("08:40"), 600), Break(hm("14:00"), hm("14:30"), 900)),
            cost_run=21_000, cost_km=1_333, cost_hour=10_007,
        ),
        Driver("D3", 0, None, (hm("07:00"), hm("16:00")), 3, cost_run=22_000, cost_km=1_711, cost_hour=9_999),
    )  # fmt: skip
    return Day(
        date="2026-03-02",
        places=tuple(Place(f"p{i}", 106.7 + i / 1000, -6.3, access=15 * (i % 4)) for i in range(12)),
        requests=requests,
        drivers=drivers,
        hub=Hub(
            0,
            ((hm("07:00"), hm("12:00")), (hm("13:00"), hm("16:00"))),
            lanes=2,
            base=40,
            per_document=15,
            processing=900,
        ),
        travel=travel_between(12),
        traffic=TrafficClock(((0, 1000), (hm("07:30"), 700), (hm("08:30"), 1000), (hm("12:00"), 850))),
        costs=Costs(tariff_min=9_000, tariff_km=2_551),
    )


MIXED_ORDERS: dict[str, list[Step]] = {
    "D1": [
        hub("R1", "R2", "R7"), stop("R1"), stop("R2", "P1"), stop("P2", "P3"), hub(),
        pause(on_arrival=True), stop("R7"),
    ],
    "D2": [hub("R4"), pause(), stop("R4"), stop("P4"), hub("R3"), stop("R3")],
    "D3": [hub("R6"), stop("R6")],
}  # fmt: skip
MIXED_LEAVE = {"D1": hm("07:20"), "D2": hm("07:10"), "D3": hm("13:00")}


def mixed_plan(day: Day | None = None) -> Plan:
    """The plan for `mixed_day` (or for one that differs from it) that `MIXED_ORDERS` describes."""
    return build(day or mixed_day(), MIXED_ORDERS, leave=MIXED_LEAVE)
