"""Why a request is unserved: a catalogue of codes, each with one plain sentence and the numbers behind it."""

from __future__ import annotations

from collections.abc import Iterable

from routing.model import Day, Request
from routing.plan import Unserved

CATALOGUE = {
    "no-driver": "the day has no drivers",
    "no-skill": "no driver has the skills that the request asks for",
    "capacity-too-small": "the request has more documents than any able driver can carry",
    "pickup-unserved": "the document comes in by a pickup that is itself unserved",
    "window-unreachable": "no able driver can be at the door before its last window closes",
    "not-ready-in-time": "the document is ready too late to be at the door before its last window closes",
    "misses-hub-closing": "the document cannot be back at the hub before it must have been unloaded",
    "no-time-left": "the drivers' time, trips, capacity or the lanes are spent on other requests",
}


def unserved(day: Day, missing: Iterable[str]) -> tuple[Unserved, ...]:
    """Return an `Unserved` with its reason for each request id in `missing`, in the order of the day's requests."""
    left_out = set(missing)
    return tuple(_reason(day, request, left_out) for request in day.requests if request.id in left_out)


def _reason(day: Day, request: Request, left_out: set[str]) -> Unserved:
    if not day.drivers:
        return _because(request, "no-driver", "there is no driver on this day")
    able = [driver for driver in day.drivers if request.skills <= driver.skills]
    if not able:
        return _because(request, "no-skill", f"no driver has all of: {', '.join(sorted(request.skills))}")
    most = max(driver.capacity for driver in able)
    if request.documents > most:
        return _because(
            request, "capacity-too-small", f"has {request.documents} documents, but no driver carries over {most}"
        )
    if request.round_trip_of in left_out:
        return _because(
            request, "pickup-unserved", f"its document comes in by {request.round_trip_of}, which is unserved"
        )
    closes = request.windows[-1][1]
    first = min(day.traffic.arrival(d.shift[0], _way(day, d.start, request.place)) for d in able)
    if first > closes:
        text = (
            f"the first driver could be at the door at {_clock(first)}, but its last window closes at {_clock(closes)}"
        )
        return _because(request, "window-unreachable", text)
    return _hub_reason(day, request, closes) or _because(
        request, "no-time-left", "every driver's time, trips, capacity or the lanes are spent on other requests"
    )


def _hub_reason(day: Day, request: Request, closes: int) -> Unserved | None:
    service = day.hub.lane_service(request.documents)
    if request.kind == "return":
        return _loading_reason(day, request, closes, service)
    due = min(day.hub.closes, request.due_at_hub if request.due_at_hub is not None else day.hub.closes)
    leaves = request.windows[0][0] + day.places[request.place].access + request.service
    back = day.traffic.arrival(leaves, _way(day, request.place, day.hub.place)) + service
    if back > due:
        text = f"could be unloaded at {_clock(back)} at the earliest, but must be by {_clock(due)}"
        return _because(request, "misses-hub-closing", text)
    return None


def _loading_reason(day: Day, request: Request, closes: int, service: int) -> Unserved | None:
    ready = request.ready_at or 0
    loads = next((max(o, ready) for o, c in day.hub.windows if max(o, ready) + service <= c), None)
    if loads is None:
        text = f"is ready at {_clock(ready)}, too late to be loaded before the hub closes at {_clock(day.hub.closes)}"
        return _because(request, "not-ready-in-time", text)
    there = day.traffic.arrival(loads + service, _way(day, day.hub.place, request.place))
    if there > closes:
        text = f"can be at the door at {_clock(there)} at the earliest, but its last window closes at {_clock(closes)}"
        return _because(request, "not-ready-in-time", text)
    return None


def _way(day: Day, origin: int, target: int) -> int:
    return int(day.travel.seconds[origin, target])


def _because(request: Request, code: str, text: str) -> Unserved:
    return Unserved(request.id, code, f"{request.id}: {text}")


def _clock(moment: int) -> str:
    return f"{moment // 3600:02d}:{moment // 60 % 60:02d}"
