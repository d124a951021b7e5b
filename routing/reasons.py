"""Why a request is unserved: a catalogue of codes, each with one plain sentence and the numbers behind it.

The codes of `OF_THE_DAY` follow from the day alone: whatever the plan, no driver could serve the request. Those of
`OF_THE_PLAN` depend on what else is served; `routing.explain` tells them apart by trying.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from routing.model import Day, Driver, Request
from routing.plan import Unserved
from routing.start import Start, start_of, unloaded_at

OF_THE_DAY = {
    "no-driver": "the day has no drivers, or the runs of all have ended",
    "no-skill": "no driver has the skills that the request asks for",
    "capacity-too-small": "the request has more documents than any able driver can carry",
    "pickup-unserved": "the document comes in by a pickup that is itself unserved",
    "pickup-on-the-way": "the document is still on its way to the hub with the driver who has picked it up",
    "beyond-limits": "the request alone exceeds the trips, stops or metres of every able driver",
    "window-unreachable": "no able driver can be at the door before its last window closes",
    "not-ready-in-time": "the document is ready too late to be at the door before its last window closes",
    "misses-hub-closing": "no able driver can be at the hub with it, or for it, before the hub closes or it is due",
    "outside-shifts": "no able driver is back before the shift ends, even with nothing else to do",
}
OF_THE_PLAN = {
    "fits-after-all": "the plan has room for the request: the search has not found it",
    "not-worth-it": "the plan has room, but serving the request costs more than leaving it out",
    "lanes-full": "the lanes of the hub are taken when it would have to be loaded or unloaded",
    "limits-reached": "the able drivers have used up their trips, stops or metres",
    "capacity-full": "the able drivers who pass have no room on board",
    "dropped-for-priority": "requests that matter more take the place in which it would fit",
    "no-time-left": "the drivers' time, trips, capacity or the lanes are spent on other requests",
}
CATALOGUE = OF_THE_DAY | OF_THE_PLAN


@dataclass(frozen=True)
class _Limit:
    """What stops a driver with nothing else to do, after how many steps towards serving the request."""

    steps: int
    moment: int
    code: str
    text: str


def unserved(day: Day, missing: Iterable[str]) -> tuple[Unserved, ...]:
    """Return an `Unserved` with its reason for each request id in `missing`, in the order of the day's requests."""
    left_out = set(missing)
    alike = _unlike_drivers(day)
    on_the_way = {name: driver.id for driver in day.drivers for name in start_of(day, driver).pickups}
    return tuple(
        _reason(day, request, left_out, alike, on_the_way) for request in day.requests if request.id in left_out
    )


def _unlike_drivers(day: Day) -> list[tuple[Driver, Start]]:
    """Return one driver of each kind who can still do something, with where planning starts for it."""
    found: dict[Any, tuple[Driver, Start]] = {}
    for driver in day.drivers:
        start = start_of(day, driver)
        if not start.finished:
            kind = (driver.end, driver.shift, driver.capacity, driver.skills, driver.max_trips, driver.max_stops)
            state = (start.place, start.time, start.trips, start.stops, start.metres)
            found.setdefault((kind, state, driver.max_distance), (driver, start))
    return list(found.values())


def _reason(
    day: Day,
    request: Request,
    left_out: set[str],
    drivers: Sequence[tuple[Driver, Start]],
    on_the_way: dict[str, str],
) -> Unserved:
    able = [each for each in drivers if request.skills <= each[0].skills]
    return (
        _driver_reason(request, drivers, able)
        or _pickup_reason(request, left_out, on_the_way)
        or _limit_reason(day, request, able)
        or because(
            request, "no-time-left", "every driver's time, trips, capacity or the lanes are spent on other requests"
        )
    )


def _driver_reason(
    request: Request, drivers: Sequence[tuple[Driver, Start]], able: Sequence[tuple[Driver, Start]]
) -> Unserved | None:
    if not drivers:
        return because(request, "no-driver", "there is no driver who could still serve it on this day")
    if not able:
        return because(request, "no-skill", f"no driver has all of: {', '.join(sorted(request.skills))}")
    most = max(driver.capacity for driver, _ in able)
    if request.documents > most:
        text = f"has {request.documents} documents, but no able driver carries over {most}"
        return because(request, "capacity-too-small", text)
    return None


def _pickup_reason(request: Request, left_out: set[str], on_the_way: dict[str, str]) -> Unserved | None:
    first = request.round_trip_of
    if first in left_out:
        return because(request, "pickup-unserved", f"its document comes in by {first}, which is unserved")
    if first in on_the_way:
        text = f"its document comes in by {first}, which driver {on_the_way[first]} has not unloaded yet"
        return because(request, "pickup-on-the-way", text)
    return None


def _limit_reason(day: Day, request: Request, able: Sequence[tuple[Driver, Start]]) -> Unserved | None:
    """Say what stops the driver who gets furthest, where even with nothing else to do none gets all the way."""
    limits = [_limit(day, request, driver, start) for driver, start in able]
    hit = [limit for limit in limits if limit is not None]
    if len(hit) < len(limits):
        return None
    nearest = max(hit, key=lambda limit: (limit.steps, -limit.moment))
    return because(request, nearest.code, nearest.text)


def _limit(day: Day, request: Request, driver: Driver, start: Start) -> _Limit | None:
    """What keeps `driver` from serving the request with nothing else to do, None where nothing does."""
    beyond = _beyond_limits(day, request, driver, start)
    if beyond is not None:
        return _Limit(0, 0, "beyond-limits", beyond)
    if request.kind == "return":
        return _limit_of_return(day, request, driver, start)
    return _limit_of_pickup(day, request, driver, start)


def _beyond_limits(day: Day, request: Request, driver: Driver, start: Start) -> str | None:
    door, hub = request.place, day.hub.place
    way = [start.place, door, hub] if request.kind == "pickup" else [start.place, hub, door]
    way += [] if driver.end is None else [driver.end]
    metres = start.metres + sum(int(day.travel.metres[one, other]) for one, other in pairwise(way))
    if driver.max_distance is not None and metres > driver.max_distance:
        return f"is {metres} m there and back, but driver {driver.id} may go {driver.max_distance} m"
    if driver.max_stops is not None and start.stops + 1 > driver.max_stops:
        return f"needs one more stop, but driver {driver.id} has made all {driver.max_stops} allowed"
    trips = start.trips + (request.kind == "return")
    if driver.max_trips is not None and trips > driver.max_trips:
        return f"needs {trips} trips of driver {driver.id}, but {driver.max_trips} are allowed"
    return None


def _limit_of_return(day: Day, request: Request, driver: Driver, start: Start) -> _Limit | None:
    at_hub = _arrival(day, start.time, start.place, day.hub.place)
    ready = ready_of(day, request)
    service = day.hub.lane_service(request.documents)
    early, loads = _hub_begin(day, at_hub, service), _hub_begin(day, max(at_hub, ready), service)
    closes = request.windows[-1][1]
    if early is None:
        text = f"driver {driver.id} is at the hub at {clock(at_hub)} at the earliest, too late to load it"
        return _Limit(1, at_hub, "misses-hub-closing", f"{text} before it closes at {clock(day.hub.closes)}")
    if loads is None:
        text = f"{_is_ready(request, ready)}, too late to be loaded before the hub closes at {clock(day.hub.closes)}"
        return _Limit(1, ready, "not-ready-in-time", text)
    there = _arrival(day, loads + service, day.hub.place, request.place)
    begin = _door_begin(request, there)
    if begin is None:
        text = f"can be at the door at {clock(there)} at the earliest, but its last window closes at {clock(closes)}"
        without = _door_begin(request, _arrival(day, early + service, day.hub.place, request.place))
        if without is None:
            return _Limit(2, there, "window-unreachable", text)
        return _Limit(2, there, "not-ready-in-time", f"{_is_ready(request, ready)} and {text}")
    return _after_shift(day, driver, begin + _at_door(day, request), request.place, 3)


def _limit_of_pickup(day: Day, request: Request, driver: Driver, start: Start) -> _Limit | None:
    there = _arrival(day, start.time, start.place, request.place)
    begin = _door_begin(request, there)
    if begin is None:
        closes = clock(request.windows[-1][1])
        text = f"the first driver could be at the door at {clock(there)}, but its last window closes at {closes}"
        return _Limit(1, there, "window-unreachable", text)
    back = _arrival(day, begin + _at_door(day, request), request.place, day.hub.place)
    service = day.hub.lane_service(request.documents)
    unloads = _hub_begin(day, back, service)
    due = day.hub.closes if request.due_at_hub is None else request.due_at_hub
    if unloads is None or unloads + service > due:
        done = clock((back if unloads is None else unloads) + service)
        text = f"could be unloaded at {done} at the earliest, but must be by {clock(min(due, day.hub.closes))}"
        return _Limit(2, back, "misses-hub-closing", text)
    return _after_shift(day, driver, unloads + service, day.hub.place, 3)


def _after_shift(day: Day, driver: Driver, leaves: int, place: int, steps: int) -> _Limit | None:
    home = leaves if driver.end is None else _arrival(day, leaves, place, driver.end)
    if home <= driver.shift[1]:
        return None
    text = f"driver {driver.id} would be back at {clock(home)}, but the shift ends at {clock(driver.shift[1])}"
    return _Limit(steps, home, "outside-shifts", text)


def ready_of(day: Day, request: Request) -> int:
    """When a return can be loaded at the earliest: its pickup, if any, is brought in by who has nothing else to do."""
    ready = request.ready_at or 0
    if request.round_trip_of is None:
        return ready
    brought = unloaded_at(day).get(request.round_trip_of)
    if brought is None:
        pickup = next(each for each in day.requests if each.id == request.round_trip_of)
        starts = ((driver, start_of(day, driver)) for driver in day.drivers if pickup.skills <= driver.skills)
        ends = (_unloaded_first(day, pickup, start) for _, start in starts if not start.finished)
        brought = min((end for end in ends if end is not None), default=None)
    return ready if brought is None else max(ready, brought + day.hub.processing)


def _unloaded_first(day: Day, pickup: Request, start: Start) -> int | None:
    begin = _door_begin(pickup, _arrival(day, start.time, start.place, pickup.place))
    if begin is None:
        return None
    back = _arrival(day, begin + _at_door(day, pickup), pickup.place, day.hub.place)
    unloads = _hub_begin(day, back, day.hub.lane_service(pickup.documents))
    return None if unloads is None else unloads + day.hub.lane_service(pickup.documents)


def _is_ready(request: Request, ready: int) -> str:
    comes = "" if request.round_trip_of is None else f"comes in by {request.round_trip_of} and "
    return f"{comes}is ready at {clock(ready)}"


def _at_door(day: Day, request: Request) -> int:
    return day.places[request.place].access + request.service


def _hub_begin(day: Day, moment: int, service: int) -> int | None:
    begins = (max(moment, opens) for opens, closes in day.hub.windows if max(moment, opens) + service <= closes)
    return next(begins, None)


def _door_begin(request: Request, moment: int) -> int | None:
    return next((max(moment, opens) for opens, closes in request.windows if moment <= closes), None)


def _arrival(day: Day, leaves: int, origin: int, target: int) -> int:
    return leaves if origin == target else day.traffic.arrival(leaves, int(day.travel.seconds[origin, target]))


def because(request: Request, code: str, text: str) -> Unserved:
    """Return the request as unserved for a reason of the catalogue."""
    return Unserved(request.id, code, f"{request.id}: {text}")


def clock(moment: int) -> str:
    """Return a moment as ``HH:MM``, with seconds where there are any."""
    hours, minutes, seconds = moment // 3600, moment // 60 % 60, moment % 60
    return f"{hours:02d}:{minutes:02d}" + (f":{seconds:02d}" if seconds else "")
