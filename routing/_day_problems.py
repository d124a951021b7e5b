"""What must hold between the parts of a day: ids used once, places and requests that exist, one return per pickup."""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from routing.errors import Problem

if TYPE_CHECKING:
    from routing.model import Day


def day_problems(day: Day) -> Iterator[Problem]:
    """Yield every contradiction between parts that are sound in themselves."""
    yield from _date_problems(day.date)
    yield from _duplicates("place", (place.id for place in day.places))
    yield from _duplicates("request", (request.id for request in day.requests))
    yield from _duplicates("driver", (driver.id for driver in day.drivers))
    yield from _place_problems(day)
    yield from _round_trip_problems(day)
    yield from _history_problems(day)
    if day.travel.places != len(day.places):
        given, wanted = day.travel.places, len(day.places)
        yield Problem("travel times", "seconds", f"cover {given} places: expected {wanted}")


def _date_problems(date: str) -> Iterator[Problem]:
    try:
        # The standard library reads other ISO forms too, such as weeks.
        wrong = datetime.date.fromisoformat(date).isoformat() != date
    except (TypeError, ValueError):
        wrong = True
    if wrong:
        yield Problem("day", "date", f"is {date!r}: expected YYYY-MM-DD")


def _duplicates(what: str, ids: Iterable[str]) -> Iterator[Problem]:
    for name, times in Counter(ids).items():
        if times > 1:
            yield Problem(f"{what} {name}", "id", f"is used {times} times: expected once")


def _place_problems(day: Day) -> Iterator[Problem]:
    known = range(len(day.places))
    named = [(f"request {request.id}", "place", request.place) for request in day.requests]
    named += [(f"driver {driver.id}", "start", driver.start) for driver in day.drivers]
    named += [(f"driver {driver.id}", "end", driver.end) for driver in day.drivers if driver.end is not None]
    named += [(f"driver {driver.id}", "history", visit.place) for driver in day.drivers for visit in driver.history]
    named.append(("hub", "place", day.hub.place))
    for where, name, place in named:
        if place not in known:
            yield Problem(where, name, f"is {place}: expected an index of one of {len(known)} places")


def _round_trip_problems(day: Day) -> Iterator[Problem]:
    pickups = {request.id for request in day.requests if request.kind == "pickup"}
    taken: set[str] = set()
    for request in day.requests:
        pickup = request.round_trip_of
        if pickup is None:
            continue
        where = f"request {request.id}"
        if pickup not in pickups:
            yield Problem(where, "round_trip_of", f"is {pickup!r}: expected the id of a pickup of this day")
        elif pickup in taken:
            yield Problem(where, "round_trip_of", f"is {pickup!r}, which another return has already: one per pickup")
        taken.add(pickup)


def _history_problems(day: Day) -> Iterator[Problem]:
    known = {request.id for request in day.requests}
    for driver in day.drivers:
        where = f"driver {driver.id}"
        if driver.history and driver.history[0].type != "start":
            yield Problem(where, "history", f"begins with a {driver.history[0].type}: expected the start")
        if driver.history and day.now is None:
            yield Problem(where, "history", "is there although the day has no `now`: expected both or neither")
        for visit in driver.history:
            for request in (*visit.requests, *visit.loaded, *visit.unloaded):
                if request not in known:
                    yield Problem(where, "history", f"names request {request!r}, which the day does not have")
