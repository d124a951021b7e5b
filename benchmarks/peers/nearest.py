"""The nearest day that every peer can model, and what was given up for it."""

from __future__ import annotations

from routing import Day, Driver, Request, TrafficClock


def nearest(day: Day) -> tuple[Day, tuple[str, ...]]:
    """Return `day` without what the peers have no model of, and a phrase for each thing left out.

    Drivers start and end at the hub while it is open; its lanes are unlimited and take no time.
    """
    given_up = []
    hub = day.hub.replace(lanes=None, base=0, per_document=0, processing=0, windows=((_opens(day), day.hub.closes),))
    changed = day.replace(
        hub=hub,
        traffic=TrafficClock(),
        drivers=tuple(_plain_driver(day, driver) for driver in day.drivers),
        requests=tuple(_plain_request(request) for request in day.requests),
    )
    if day.hub.lanes is not None:
        given_up.append("lanes are unlimited")
    if day.hub.base or day.hub.per_document:
        given_up.append("lane service takes no time")
    if len(day.hub.windows) > 1:
        given_up.append("the hub does not close in between")
    if not day.traffic.is_flat:
        given_up.append("no traffic")
    drivers = tuple(zip(day.drivers, changed.drivers, strict=True))
    for field, phrase in (
        ("breaks", "no breaks"),
        ("start", "drivers start at the hub"),
        ("end", "drivers end at the hub"),
        ("shift", "drivers are out only while the hub is open"),
        ("max_stops", "no limit of stops"),
        ("skills", "no skills"),
    ):
        if any(getattr(before, field) != getattr(after, field) for before, after in drivers):
            given_up.append(phrase)
    requests = tuple(zip(day.requests, changed.requests, strict=True))
    for field, phrase in (
        ("due_at_hub", "pickups are due when the hub closes"),
        ("round_trip_of", "round trips are not tied"),
        ("skills", "no skills"),
    ):
        if any(getattr(before, field) != getattr(after, field) for before, after in requests):
            given_up.append(phrase)
    return changed, tuple(dict.fromkeys(given_up))


def _opens(day: Day) -> int:
    return day.hub.windows[0][0]


def _plain_driver(day: Day, driver: Driver) -> Driver:
    # Peers end a run with an unloading, or cannot tell a run that carries no pickup home after the hub has closed.
    shift = (max(driver.shift[0], _opens(day)), min(driver.shift[1], day.hub.closes))
    return driver.replace(
        start=day.hub.place,
        end=day.hub.place,
        shift=shift if shift[0] < shift[1] else driver.shift,
        breaks=(),
        max_stops=None,
        skills=frozenset(),
        history=(),
    )


def _plain_request(request: Request) -> Request:
    return request.replace(due_at_hub=None, round_trip_of=None, skills=frozenset())
