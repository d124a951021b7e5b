"""Days of any size on a made-up town: doors on a plane, one hub, riders who start there."""

from __future__ import annotations

from random import Random

import numpy as np

from routing import Break, Costs, Day, Driver, Hub, Place, Request, TrafficClock, TravelTimes

MORNING, EVENING = 8 * 3600, 16 * 3600


def town_day(requests: int, *, seed: int = 1, drivers: int = 0, lanes: int | None = 2, plain: bool = False) -> Day:
    """A working day with pickups and returns, some at shared doors, some as round trips; breaks and traffic.

    Parameters
    ----------
    requests, drivers
        How many; by default a driver for each 25 requests and one more.
    lanes
        Of the hub.
    plain
        Without breaks and traffic.
    """
    rng = Random(seed)
    doors = max(2, requests * 3 // 4)
    travel = _plane(rng, doors + 1)
    asked = [_request(rng, number, doors) for number in range(requests)]
    for number in range(1, requests, 7):
        if asked[number].kind == "return" and asked[number - 1].kind == "pickup":
            asked[number] = asked[number].replace(round_trip_of=asked[number - 1].id)
    lunch = (Break(11 * 3600, 13 * 3600, 1800),)
    riders = [
        Driver(
            f"D{number:02d}", 0, 0, (MORNING, EVENING), 30, breaks=() if plain else lunch,
            cost_run=20_000, cost_km=1500, cost_hour=12_000,
        )
        for number in range(drivers or requests // 25 + 1)
    ]  # fmt: skip
    rush = TrafficClock(((0, 1000), (7 * 3600, 700), (9 * 3600, 1000), (15 * 3600, 800)))
    return Day(
        date="2026-03-02",
        places=tuple(Place(f"p{i}", 106.7, -6.3, access=30) for i in range(doors + 1)),
        requests=tuple(asked),
        drivers=tuple(riders),
        hub=Hub(0, ((MORNING, 12 * 3600), (13 * 3600, EVENING)), lanes, base=60, per_document=5, processing=1800),
        travel=travel,
        traffic=TrafficClock() if plain else rush,
        costs=Costs(),
    )


def _plane(rng: Random, count: int) -> TravelTimes:
    at = np.array([[rng.uniform(0, 12_000), rng.uniform(0, 12_000)] for _ in range(count)])
    at[0] = 6000
    metres = np.hypot(*(at[:, None, :] - at[None, :, :]).transpose(2, 0, 1)).round().astype(np.int64)
    return TravelTimes((metres // 7).astype(np.int32), metres.astype(np.int32))


def _request(rng: Random, number: int, doors: int) -> Request:
    opens = rng.choice((MORNING, MORNING, 9 * 3600, 10 * 3600, 13 * 3600))
    window = ((opens, min(opens + rng.choice((2, 4, 8)) * 3600, EVENING)),)
    place, documents, priority = rng.randint(1, doors), rng.randint(1, 3), rng.choice((0, 0, 10))
    if rng.random() < 0.5:
        return Request(f"P{number:04d}", "pickup", place, documents, window, 60, priority)
    ready = rng.choice((None, max(MORNING, opens - 1800)))
    return Request(f"R{number:04d}", "return", place, documents, window, 60, priority, ready_at=ready)
