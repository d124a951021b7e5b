"""Random events for a live day: what a day could bring, and some that make no sense at all."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

from routing import Day, Dispatcher, Driver, Place, Request
from tests.routing.search.any_day import any_day

STEPS = ("left", "arrived", "served", "failed", "in_lane", "out_of_lane", "break", "back", "ended")


def live_day(rng: Random) -> tuple[Day, list[Request]]:
    """A random day that a dispatcher takes, as `open_day` gives it."""
    while True:
        day = any_day(rng, live=False)
        if not day.one_stop_per_door:
            return open_day(day, rng)


def open_day(day: Day, rng: Random) -> tuple[Day, list[Request]]:
    """Hold back some requests, with the returns of round trips that go with them, to come in during the day."""
    later = [request for request in day.requests if rng.random() < 0.4]
    names = {request.id for request in later}
    later += [r for r in day.requests if r.round_trip_of in names and r.id not in names]
    names = {request.id for request in later}
    first = [request for request in day.requests if request.id not in names]
    order = sorted(later, key=lambda request: request.round_trip_of is not None)
    return day.replace(requests=first), order


def one_event(live: Dispatcher, later: list[Request], rng: Random) -> None:
    """Tell the dispatcher something; drivers mostly do what is planned, mostly late."""
    at = live.now + rng.choice((0, 1, 20, 60, 200))
    roll = rng.random()
    if roll < 0.6:
        _report(live, rng, at)
    elif roll < 0.8 and later:
        live.add(later.pop(0), at=at)
    else:
        rng.choice(_OTHERS)(live, rng, at)


def _report(live: Dispatcher, rng: Random, at: int) -> None:
    names = [driver.id for driver in live.day().drivers if not driver.id.startswith("lane ")]
    if not names:
        return
    driver = rng.choice(names)
    if rng.random() < 0.15:
        place = rng.choice((None, rng.randrange(len(live.day().places))))
        live.progress(driver, rng.choice(STEPS), at, place)
        return
    live.progress(driver, _sensible_step(live, driver, rng), at)


def _sensible_step(live: Dispatcher, driver: str, rng: Random) -> str:
    state = live.next_stops(driver)
    if state.bound is None:
        return "break" if state.visits and state.visits[0].type == "break" else "left"
    if not state.there:
        return "arrived"
    if state.bound.type == "stop":
        return rng.choice(("served", "served", "served", "failed"))
    if state.bound.loaded or state.bound.unloaded:
        return "out_of_lane"
    return "in_lane" if state.visits and state.visits[0].type == "hub" else "left"


def _any_request(live: Dispatcher, rng: Random) -> str | None:
    names = [request.id for request in live.day().requests]
    return rng.choice(names) if names else None


def _cancel(live: Dispatcher, rng: Random, at: int) -> None:
    if name := _any_request(live, rng):
        live.cancel(name, at=at)


def _change(live: Dispatcher, rng: Random, at: int) -> None:
    if name := _any_request(live, rng):
        live.change(name, at=at, windows=((at, at + rng.randint(0, 900)),), documents=rng.randint(1, 3))


def _ready(live: Dispatcher, rng: Random, at: int) -> None:
    returns = [request.id for request in live.day().requests if request.kind == "return"]
    if returns:
        live.document_ready(rng.choice(returns), at + rng.choice((0, 0, 300)))


def _off(live: Dispatcher, rng: Random, at: int) -> None:
    if rng.random() < 0.3:
        names = [driver.id for driver in live.day().drivers if not driver.id.startswith("lane ")]
        if names:
            live.driver_off(rng.choice(names), at, documents_back_at=rng.choice((None, at + 100)))


def _lane(live: Dispatcher, rng: Random, at: int) -> None:
    lanes = live.day().hub.lanes
    if lanes:
        if rng.random() < 0.5:
            live.lane_closed(rng.randrange(lanes), at, until=rng.choice((None, at + 300)))
        else:
            live.lane_opened(rng.randrange(lanes), at)


def _driver(live: Dispatcher, rng: Random, at: int) -> None:
    name = f"E{live.seq}"
    live.add_driver(Driver(name, 0, 0, (0, 3000), 5, cost_run=500, cost_km=1000, cost_hour=3600), at=at)


def _place(live: Dispatcher, rng: Random, at: int) -> None:
    count = len(live.day().places)
    ways = [[rng.randint(1, 80) for _ in range(count)] for _ in range(4)]
    index = live.add_place(
        Place(f"new {live.seq}", 106.7, -6.3),
        seconds_from=ways[0], seconds_to=ways[1], metres_from=ways[2], metres_to=ways[3],
    )  # fmt: skip
    live.add(Request(f"X{live.seq}", "pickup", index), at=at)


def _replan(live: Dispatcher, rng: Random, at: int) -> None:
    live.replan(iterations=40, seed=rng.randint(0, 99))


def _quote(live: Dispatcher, rng: Random, at: int) -> None:
    kind = rng.choice(("pickup", "return"))
    live.quote(Request("?", kind, rng.randrange(len(live.day().places)), service=5), at=at)


_OTHERS: tuple[Callable[[Dispatcher, Random, int], None], ...] = (
    _cancel, _change, _ready, _off, _lane, _driver, _place, _replan, _replan, _quote,
)  # fmt: skip
