"""What each rule costs the search in iterations per second, on the same requests."""

from __future__ import annotations

import time
from collections.abc import Callable

from benchmarks.rules.bench import Answer, Bars, Bench, Row
from routing import Day, TrafficClock

Turn = Callable[[Day, Day], Day]
"""Turns a rule on: from the day so far and the day with all rules."""


def plain(day: Day) -> Day:
    """Return the same requests, riders and hub without the rules of `RULES`."""
    hub = day.hub.replace(windows=((day.hub.windows[0][0], day.hub.closes),), lanes=None)
    return day.replace(
        requests=tuple(request.replace(round_trip_of=None) for request in day.requests),
        drivers=tuple(driver.replace(breaks=(), cost_hour=0) for driver in day.drivers),
        hub=hub,
        traffic=TrafficClock(),
    )


def _paid(now: Day, full: Day) -> Day:
    pairs = zip(now.drivers, full.drivers, strict=True)
    return now.replace(drivers=tuple(driver.replace(cost_hour=ruled.cost_hour) for driver, ruled in pairs))


def _traffic(now: Day, full: Day) -> Day:
    return now.replace(traffic=full.traffic)


def _breaks(now: Day, full: Day) -> Day:
    pairs = zip(now.drivers, full.drivers, strict=True)
    drivers = tuple(driver.replace(breaks=ruled.breaks) for driver, ruled in pairs)
    return now.replace(drivers=drivers, hub=now.hub.replace(windows=full.hub.windows))


def _round_trips(now: Day, full: Day) -> Day:
    pairs = zip(now.requests, full.requests, strict=True)
    linked = tuple(request.replace(round_trip_of=ruled.round_trip_of) for request, ruled in pairs)
    return now.replace(requests=linked)


def _lanes(now: Day, full: Day) -> Day:
    return now.replace(hub=now.hub.replace(lanes=full.hub.lanes))


RULES: dict[str, Turn] = {
    "paid time": _paid,
    "traffic": _traffic,
    "breaks and closings": _breaks,
    "round trips": _round_trips,
    "lanes": _lanes,
}
"""In the order in which they are turned on; with the last one all are."""


def asked_speed(bench: Bench) -> Answer:
    """Search the day with the rules turned on one after the other, and each alone."""
    full = bench.day()
    now = bare = plain(full)
    rows = [_row(bench, "plain", bare) | {"alone_per_s": None}]
    for name, turn in RULES.items():
        now = turn(now, full)
        alone = _row(bench, f"{name} alone", turn(bare, full))
        rows.append(_row(bench, f"+ {name}", now) | {"alone_per_s": alone["per_s"]})
    for row in rows:
        row["of_plain_%"] = round(100 * row["per_s"] / max(1, rows[0]["per_s"]))
        row["of_plain_by_cpu_%"] = round(100 * row["per_cpu_s"] / max(1, rows[0]["per_cpu_s"]))
    return Answer(
        "speed",
        "Iterations per second with the rules turned on one after the other",
        rows,
        Bars([row["rules"] for row in rows], {"all so far": [float(row["per_s"]) for row in rows]}, "iterations per s"),
        "Each row has the rules of the rows above it too; the last one has all. 'Alone': the rule on the plain day. By "
        "CPU: iterations per second of processor time, which other work on the machine disturbs less.",
    )


def _row(bench: Bench, name: str, day: Day) -> Row:
    spent = time.process_time()
    plan = bench.solve(day, name)
    spent = time.process_time() - spent
    return {
        "rules": name,
        "served": plan.served,
        "iterations": plan.iterations,
        "per_s": round(plan.iterations / max(plan.seconds, 1e-3)),
        "per_cpu_s": round(plan.iterations / max(spent, 1e-3)),
    }
