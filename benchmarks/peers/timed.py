"""The order of stops that a peer answers, timed and priced as a `routing.Plan`.

For days with unlimited lanes, no breaks and no traffic; `routing.check` then judges the plan. `routing.retime` would
not do: it prepares the whole search for each order (2.5 s for 5,000 requests, for each of 25 answers of a run), and
where stops have several windows its way out is not always the shortest.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from benchmarks.peers.answer import Leg, PeerRun
from routing import CostBreakdown, Day, Driver, Plan, Request, Run, Unserved, Visit


class DoesNotFit(Exception):
    """A stop cannot begin in any of its windows, or the run ends after the shift."""


@dataclass(frozen=True)
class _Step:
    """One visit to come: where, how long, when it may begin, and what it moves."""

    visit: Visit
    lasts: int
    windows: tuple[tuple[int, int], ...]
    not_before: int = 0


def plan_of(day: Day, runs: Sequence[PeerRun]) -> Plan:
    """Return the plan in which each driver serves in the order of `runs`.

    A driver is out for the shortest time that the order allows; of alike ones, the one that ends first.

    Raises
    ------
    DoesNotFit
        When the order cannot be kept in time.
    """
    drivers = {driver.id: driver for driver in day.drivers}
    requests = {request.id: request for request in day.requests}
    made = tuple(_run(day, drivers[run.driver], run.legs, requests) for run in runs if any(run.legs))
    served = {request for run in made for request in run.requests}
    out = [request for request in day.requests if request.id not in served]
    return Plan(
        runs=made,
        unserved=tuple(Unserved(request.id, "left-out", "the peer leaves it out") for request in out),
        cost=_cost(day, made, drivers, [request for request in day.requests if request.id in served], out),
    )


def _run(day: Day, driver: Driver, legs: Sequence[Leg], requests: dict[str, Request]) -> Run:
    steps = _steps(day, legs, requests)
    # The order is kept sooner or later; how long it takes, which is paid, depends on the windows of its stops.
    _, leave = min((end - leave, leave) for leave, end in _departures(day, driver, steps))
    visits = _walk(day, driver, steps, leave)
    metres = sum(int(day.travel.metres[a.place, b.place]) for a, b in pairwise(visits))
    paid = visits[-1].end - visits[0].end
    cost = driver.cost_run + _priced(driver.cost_km, metres, 1000) + _priced(driver.cost_hour, paid, 3600)
    return Run(driver=driver.id, visits=visits, metres=metres, paid_seconds=paid, cost=cost)


def _steps(day: Day, legs: Sequence[Leg], requests: dict[str, Request]) -> list[_Step]:
    """Return stops and the hub visits between, before and after them that move anything."""
    trips: list[list[Leg]] = [[]]
    for leg in legs:
        if leg:
            trips[-1].append(leg)
        else:
            trips.append([])
    steps: list[_Step] = []
    aboard: tuple[str, ...] = ()
    load = 0
    for trip in [*trips, []]:
        moved = [requests[each] for leg in trip for each in leg]
        loaded = tuple(each.id for each in moved if each.kind == "return")
        if loaded or aboard:
            load = sum(requests[each].documents for each in loaded)
            steps.append(_hub_step(day, loaded, aboard, load, requests))
            aboard = ()
        for leg in trip:
            load += sum(_taken(requests[each]) for each in leg)
            steps.append(_stop_step(day, leg, load, requests))
        aboard += tuple(each.id for each in moved if each.kind == "pickup")
    return steps


def _taken(request: Request) -> int:
    return request.documents if request.kind == "pickup" else -request.documents


def _hub_step(
    day: Day, loaded: tuple[str, ...], unloaded: tuple[str, ...], load: int, requests: dict[str, Request]
) -> _Step:
    visit = Visit("hub", day.hub.place, 0, 0, 0, load, loaded=loaded, unloaded=unloaded)
    lasts = day.hub.lane_service(sum(requests[each].documents for each in (*loaded, *unloaded)))
    windows = tuple((opens, closes - lasts) for opens, closes in day.hub.windows if closes - lasts >= opens)
    return _Step(visit, lasts, windows, max([requests[each].ready_at or 0 for each in loaded], default=0))


def _stop_step(day: Day, leg: Leg, load: int, requests: dict[str, Request]) -> _Step:
    first = requests[leg[0]]
    lasts = day.places[first.place].access + sum(requests[each].service for each in leg)
    return _Step(Visit("stop", first.place, 0, 0, 0, load, requests=leg), lasts, first.windows)


def _begin(step: _Step, arrive: int) -> tuple[int, int]:
    """Return when the visit begins, and the last moment of that window."""
    for opens, closes in step.windows:
        if closes >= max(arrive, step.not_before):
            return max(arrive, opens, step.not_before), closes
    raise DoesNotFit(f"{step.visit.type} at place {step.visit.place}, reached at {arrive}")


def _departures(day: Day, driver: Driver, steps: Sequence[_Step]) -> list[tuple[int, int]]:
    """Return when the run may leave and end: for each choice of windows that can be had, the latest way out.

    A choice of windows takes least time if the run ends as early as it can and leaves as late as that end allows. Then
    either something begins at the last moment of its window, or nobody waits and all may be a little later, no dearer.
    To leave after both puts something in a later window, so there are no more choices than windows.

    Raises
    ------
    DoesNotFit
        When there is none.
    """
    found: list[tuple[int, int]] = []
    earliest = driver.shift[0]
    while True:
        try:
            leave = _latest_start(day, driver, steps, earliest)
            begun, end = _kept(day, driver, steps, leave)
        except DoesNotFit:
            if found:
                return found
            raise
        found.append((leave, end))
        earliest = leave + 1 + min((closes - begin for begin, closes in begun), default=driver.shift[1] - end)


def _kept(day: Day, driver: Driver, steps: Sequence[_Step], leave: int) -> tuple[list[tuple[int, int]], int]:
    """Return when each visit begins and its window closes, and when the run ends, if it leaves at `leave`."""
    seconds = day.travel.seconds
    place, now = driver.start, leave
    begun = []
    for step in steps:
        begin, closes = _begin(step, now + int(seconds[place, step.visit.place]))
        begun.append((begin, closes))
        place, now = step.visit.place, begin + step.lasts
    now += int(seconds[place, place if driver.end is None else driver.end])
    if now > driver.shift[1]:
        raise DoesNotFit(f"driver {driver.id} ends at {now}, after the shift")
    return begun, now


def _latest_start(day: Day, driver: Driver, steps: Sequence[_Step], earliest: int) -> int:
    """Return how late the run may leave and still end when it would if it left at `earliest`, in the same windows."""
    seconds = day.travel.seconds
    begun, now = _kept(day, driver, steps, earliest)
    place = driver.end
    for step, (_, closes) in zip(reversed(steps), reversed(begun), strict=True):
        onwards = 0 if place is None else int(seconds[step.visit.place, place])
        now = min(now - onwards - step.lasts, closes)
        place = step.visit.place
    return now - (0 if place is None else int(seconds[driver.start, place]))


def _walk(day: Day, driver: Driver, steps: Sequence[_Step], leave: int) -> tuple[Visit, ...]:
    seconds = day.travel.seconds
    visits = [Visit("start", driver.start, leave, leave, leave, 0)]
    for step in steps:
        arrive = visits[-1].end + int(seconds[visits[-1].place, step.visit.place])
        begin, _ = _begin(step, arrive)
        visits.append(replace(step.visit, arrive=arrive, begin=begin, end=begin + step.lasts))
    end = driver.end if driver.end is not None else visits[-1].place
    arrive = visits[-1].end + int(seconds[visits[-1].place, end])
    visits.append(Visit("end", end, arrive, arrive, arrive, 0))
    return tuple(visits)


def _priced(rate: int, amount: int, per: int) -> int:
    return (2 * rate * amount + per) // (2 * per)


def _cost(
    day: Day, runs: Iterable[Run], drivers: dict[str, Driver], served: list[Request], out: list[Request]
) -> CostBreakdown:
    by_run = sum(drivers[run.driver].cost_run for run in runs)
    distance = sum(_priced(drivers[run.driver].cost_km, run.metres, 1000) for run in runs)
    time = sum(_priced(drivers[run.driver].cost_hour, run.paid_seconds, 3600) for run in runs)
    unserved = sum(day.costs.unserved(request) for request in out)
    return CostBreakdown(
        total=by_run + distance + time + unserved,
        runs=by_run,
        distance=distance,
        time=time,
        unserved=unserved,
        point_to_point=sum(_single_trip(day, request) for request in served),
    )


def _single_trip(day: Day, request: Request) -> int:
    ends = (request.place, day.hub.place) if request.kind == "pickup" else (day.hub.place, request.place)
    return max(day.costs.tariff_min, _priced(day.costs.tariff_km, int(day.travel.metres[ends]), 1000))
