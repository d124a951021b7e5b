"""What it is worth to know the lanes while searching: days on which they bind, planned with them and without.

The plan made without lanes is repaired afterwards, first come, first served.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from benchmarks.punctuality import lane_waits
from benchmarks.rules.bench import Answer, Bars, Bench, Row, operating_cost
from benchmarks.rules.repair import repaired
from geodata import demand
from geodata.figures import key_figures
from geodata.profiles import HALF_HOUR, HOUR
from routing import Day, Plan, Request

LANE_BASE, LANE_PER_DOCUMENT = 45_000, 7_500
"""Seconds at a slow counter, times the requests of a lane: busy for half of the day, however large that is."""
OPENS, NOON, REOPENS, CLOSES = 7 * HOUR, 12 * HOUR, 13 * HOUR, 16 * HOUR
WAVES = (9 * HOUR, 11 * HOUR, REOPENS)
LUNCH_FROM, LUNCH_TO = 11 * HOUR, 13 * HOUR + HALF_HOUR


def ordinary(day: Day) -> Day:
    """The day as it is, with the counters' usual speed: lanes hardly bind."""
    return day.replace(hub=replace(day.hub, base=demand.LANE_BASE, per_document=demand.LANE_PER_DOCUMENT))


def opening(day: Day) -> Day:
    """All riders begin at the hub when it opens, and all that is not a round trip has been ready since yesterday."""
    shift = (OPENS, CLOSES + HOUR)
    drivers = (driver.replace(start=day.hub.place, shift=shift) for driver in day.drivers)
    requests = (_by_noon(request) if _is_plain_return(request) else request for request in day.requests)
    return day.replace(drivers=tuple(drivers), requests=tuple(requests))


def waves(day: Day) -> Day:
    """What is not a round trip becomes ready in three waves and is wanted within the three hours after."""
    turn = iter(range(len(day.requests)))
    requests = (
        _in_wave(request, WAVES[next(turn) % len(WAVES)]) if _is_plain_return(request) else request
        for request in day.requests
    )
    return day.replace(requests=tuple(requests))


def lunch(day: Day) -> Day:
    """The hub closes from 11:00 to 13:30, and every other early pickup must be in before."""
    turn = iter(range(len(day.requests)))
    requests = (
        _due_before_lunch(request) if _is_early_pickup(request) and next(turn) % 2 == 0 else request
        for request in day.requests
    )
    hub = day.hub.replace(windows=((OPENS, LUNCH_FROM), (LUNCH_TO, CLOSES)))
    return day.replace(requests=tuple(requests), hub=hub)


DAYS: dict[str, Callable[[Day], Day]] = {
    "ordinary": ordinary,
    "all load at opening": opening,
    "waves of ready documents": waves,
    "closed for lunch": lunch,
}


def asked_lanes(bench: Bench) -> Answer:
    """Compare, on each day with one lane and with two, the search that knows the lanes with the repaired one."""
    rows = [row for name in DAYS for lanes in (1, 2) for row in _compared(bench, name, lanes)]
    labels = [f"{name}, {lanes}" for name in ("ordinary", "opening", "waves", "lunch") for lanes in (1, 2)]
    unserved = {
        "lanes in the search": [float(row["unserved"]) for row in rows if row["plan"] == NATIVE],
        "first come, first served afterwards": [float(row["unserved"]) for row in rows if row["plan"] == REFILLED],
    }
    return Answer(
        "lanes",
        "Lanes in the search, or first come, first served afterwards",
        rows,
        Bars(labels, unserved, "requests left out"),
        "Half of the requests per lane; the lanes are so slow that they are busy for about half of the time, except on "
        "the ordinary day. "
        "'Repaired': the plan made as if there were no queue, each run in its order, vehicles first come, first "
        "served, what cannot be on time dropped one by one; 'refilled': with all put back that still fits. Cost is "
        "without penalties; queue is time spent waiting for a lane although the hub is open and the documents are "
        "ready, over all riders.",
    )


NATIVE, REFILLED = "lanes in the search", "repaired and refilled"


def _compared(bench: Bench, name: str, lanes: int) -> Iterator[Row]:
    day = binding_day(bench, name, lanes)
    yield _row(name, NATIVE, day, bench.solve(day, f"{name}, {lanes}: with lanes"))
    blind = day.replace(hub=day.hub.replace(lanes=None))
    unaware = bench.solve(blind, f"{name}, {lanes}: without lanes")
    yield _row(name, "no lanes at all (cannot be)", blind, unaware) | {"lanes": lanes}
    mended = repaired(day, unaware.runs)
    yield _row(name, "repaired", day, mended.plan)
    yield _row(name, REFILLED, day, mended.refilled)


def binding_day(bench: Bench, name: str, lanes: int) -> Day:
    """Return one of `DAYS` with so many slow lanes, and half of the requests for each."""
    each = max(1, bench.requests // 2)
    day = bench.day(requests=each * lanes, lanes=lanes)
    return DAYS[name](day.replace(hub=replace(day.hub, base=LANE_BASE // each, per_document=LANE_PER_DOCUMENT // each)))


def _row(name: str, which: str, day: Day, plan: Plan) -> Row:
    figures = key_figures(day, plan)
    waits = [end - begin for begin, end in lane_waits(day, plan)] if day.hub.lanes is not None else []
    return {
        "day": name,
        "lanes": day.hub.lanes,
        "plan": which,
        "served": figures.served,
        "unserved": figures.unserved,
        "cost": operating_cost(plan),
        "penalties": plan.cost.unserved,
        "riders": figures.drivers,
        "queue_min": round(sum(waits) / 60),
        "longest_queue_min": round(max(waits, default=0) / 60),
        "lanes_busy_%": None if figures.lane_use is None else round(100 * figures.lane_use),
    }


def _is_plain_return(request: Request) -> bool:
    return request.kind == "return" and request.round_trip_of is None


def _is_early_pickup(request: Request) -> bool:
    return request.kind == "pickup" and request.windows[0][0] <= 8 * HOUR


def _by_noon(request: Request) -> Request:
    return request.replace(ready_at=None, windows=((OPENS + HALF_HOUR, NOON),))


def _in_wave(request: Request, ready: int) -> Request:
    return request.replace(ready_at=ready, windows=((ready, ready + 3 * HOUR),))


def _due_before_lunch(request: Request) -> Request:
    earliest = request.windows[0][0]
    return request.replace(due_at_hub=LUNCH_FROM, windows=((earliest, LUNCH_FROM - HALF_HOUR),))
