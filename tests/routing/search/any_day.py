"""Random days for the search: everything of `random_days` and more, in the morning and under way."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random

from routing import Costs, Day, Plan, TrafficClock, Visit
from tests.routing.random_days import random_day, random_plan


def any_day(rng: Random, *, live: bool = True) -> Day:
    """A little day with every feature somewhere; with `live`, half of the time it is under way."""
    day = _varied(random_day(rng), rng)
    if not live or rng.random() < 0.5:
        return day
    plan = random_plan(day, rng)
    if day.one_stop_per_door or not plan.runs:
        return day
    return under_way(day, plan, rng.randint(0, max(run.visits[-2].end for run in plan.runs)))


def _varied(day: Day, rng: Random) -> Day:
    """The same day with other penalties, free time or free ways, drivers alike, no traffic, mandatory shared doors."""
    costs = Costs(
        unserved_base=rng.choice((0, 500, 20_000, 1_000_000)), unserved_per_priority=rng.choice((0, 10, 100_000))
    )
    factor = {name: rng.choice((0, 1, 1)) for name in ("cost_run", "cost_km", "cost_hour")}
    drivers = [
        driver.replace(**{name: getattr(driver, name) * factor[name] for name in factor}) for driver in day.drivers
    ]
    if rng.random() < 0.3:
        drivers += [drivers[0].replace(id=f"T{number}") for number in range(rng.randint(1, 3))]
    day = day.replace(costs=costs, drivers=drivers)
    if rng.random() < 0.3:
        day = day.replace(traffic=TrafficClock(((0, 1000),)))
    if rng.random() < 0.15 and not any(request.round_trip_of for request in day.requests):
        day = day.replace(one_stop_per_door=True)
    if rng.random() < 0.3:
        day = day.replace(hub=day.hub.replace(lanes=None, base=0, per_document=rng.choice((0, 3))))
    return day


def under_way(day: Day, plan: Plan, now: int) -> Day:
    """The day at `now`, with what has begun of the plan as history: also the visit that a driver is bound for.

    A driver who is on the way home has the end in its history too.
    """
    histories: dict[str, Sequence[Visit]] = {}
    for run in plan.runs:
        begun = sum(visit.end < now for visit in run.visits[:-1])
        if begun:
            histories[run.driver] = run.visits[: begun + 1]
    drivers = [driver.replace(history=histories.get(driver.id, ())) for driver in day.drivers]
    return day.replace(drivers=drivers, now=now)
