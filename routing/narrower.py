"""Narrower days: each plan of one is a plan of the day itself, and on a small day one of them may show a better one.

The search leaves as early as it can, then as late as the end allows, and takes all requests of a door together. Where
breaks, closings or traffic make it cheaper to leave later altogether, or a door is better served in part, it does not
look there of itself. On a day with a later shift, or without one of the requests of a door, it does.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from random import Random

from routing.model import Day, Driver
from routing.plan import Plan

SMALL_DAY = 12
"""A day with up to so many requests is searched to the end in no time: what is left of it goes to narrower days."""
MOMENTS = 16
"""Shifts begin at one of so many moments of them, at first all at the same share, ..."""
MIXTURES = 16
"""... then so many times each somewhere else."""


def may_be_narrowed(day: Day) -> bool:
    """Whether `day` is small, and of a kind that narrower days are looked at for."""
    return len(day.requests) <= SMALL_DAY and (day.one_stop_per_door or bool(_movable(day)))


def narrower(day: Day, plan: Plan) -> tuple[Day, ...]:
    """Return the days to search besides a small `day` of which `plan` is the best plan so far."""
    return (*_without_part_of_a_door(day, plan), *_with_later_shifts(day))


def _without_part_of_a_door(day: Day, plan: Plan) -> Iterator[Day]:
    if not (day.one_stop_per_door and plan.unserved):
        return
    at_door = Counter(request.place for request in day.requests)
    for request in day.requests:
        if at_door[request.place] > 1:
            yield day.replace(requests=tuple(each for each in day.requests if each is not request))


def _with_later_shifts(day: Day) -> Iterator[Day]:
    movable = _movable(day)
    for turn in range(1, MOMENTS) if movable else ():
        yield _from(day, dict.fromkeys(movable, turn))
    if len(day.drivers) > 1:
        random = Random(0)  # noqa: S311
        for _ in range(MIXTURES if movable else 0):
            yield _from(day, {name: random.choice((0, random.randrange(MOMENTS))) for name in movable})


def _movable(day: Day) -> list[str]:
    """Drivers whose waiting costs something, and who have not left."""
    return [driver.id for driver in day.drivers if driver.cost_hour and not driver.history]


def _from(day: Day, turns: Mapping[str, int]) -> Day:
    return day.replace(drivers=tuple(_later(driver, turns.get(driver.id, 0)) for driver in day.drivers))


def _later(driver: Driver, turn: int) -> Driver:
    opens, closes = driver.shift
    return driver.replace(shift=(opens + (closes - opens) * turn // MOMENTS, closes))
