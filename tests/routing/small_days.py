"""Days small enough to be solved to proven optimality, by class, from a seed."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

from routing import Costs, Day, Driver, Hub, Place, Request, TravelTimes
from tests.routing.random_days import random_day

LATE = 3000


def vrptw(seed: int) -> Day:
    """All returns, one trip, distance only: vehicle routing with time windows."""
    rng = Random(seed)
    count = rng.randint(5, 6)
    travel = _planar(rng, count + 1)
    requests = [
        Request(f"R{i}", "return", i, rng.randint(1, 4), _window(rng), rng.randint(0, 60)) for i in range(1, count + 1)
    ]
    drivers = [Driver(f"D{k}", 0, 0, (0, LATE), rng.randint(6, 9), max_trips=1, cost_km=1000) for k in range(2)]
    return _day(travel, requests, drivers, Hub(0, ((0, LATE),)))


def multi_trip(seed: int) -> Day:
    """Returns that become ready through the day, several trips; distance, and time in every other."""
    rng = Random(seed)
    count = 5
    travel = _planar(rng, count + 1)
    requests = [
        Request(
            f"R{i}", "return", i, rng.randint(1, 3), _window(rng), rng.randint(0, 60), ready_at=rng.randint(0, 1200)
        )
        for i in range(1, count + 1)
    ]
    drivers = [
        Driver(f"D{k}", 0, 0, (0, LATE), rng.randint(3, 6), cost_km=1000, cost_hour=3600 * (seed % 2)) for k in range(2)
    ]
    return _day(travel, requests, drivers, Hub(0, ((0, LATE),), base=rng.choice((0, 30))))


def pickup_and_delivery(seed: int) -> Day:
    """A return and a pickup at most doors, both in one stop; vehicles cost."""
    rng = Random(seed)
    doors = rng.randint(3, 4)
    travel = _planar(rng, doors + 1)
    requests = []
    for place in range(1, doors + 1):
        window, service = _window(rng), rng.randint(0, 60)
        requests.append(Request(f"R{place}", "return", place, rng.randint(1, 4), window, service))
        if place > 1:
            requests.append(Request(f"P{place}", "pickup", place, rng.randint(1, 4), window))
    drivers = [
        Driver(f"D{k}", 0, 0, (0, LATE), rng.randint(6, 8), max_trips=1, cost_run=2000, cost_km=1000) for k in range(2)
    ]
    day = _day(travel, requests, drivers, Hub(0, ((0, LATE),)))
    return day.replace(one_stop_per_door=True)


def full_rules(seed: int) -> Day:
    """A few requests under all rules at once: lanes, breaks, traffic, round trips, open ends, limits, paid time."""
    rng = Random(seed)
    while True:
        day = random_day(rng)
        if len(day.requests) <= 5:
            break
    drivers = [
        driver.replace(cost_km=1000 * rng.randint(0, 3), cost_hour=3600 * rng.choice((0, 1, 5)))
        for driver in day.drivers[:2]
    ]
    costs = Costs(unserved_base=100_000, unserved_per_priority=rng.choice((0, 20)))
    return day.replace(drivers=drivers, costs=costs)


CLASSES: dict[str, Callable[[int], Day]] = {
    "vrptw": vrptw,
    "multi_trip": multi_trip,
    "pickup_and_delivery": pickup_and_delivery,
    "full_rules": full_rules,
}


def _planar(rng: Random, count: int) -> TravelTimes:
    at = [(rng.randint(0, 400), rng.randint(0, 400)) for _ in range(count)]
    legs = [[round(((a - c) ** 2 + (b - d) ** 2) ** 0.5) for c, d in at] for a, b in at]
    return TravelTimes(legs, [[7 * leg for leg in row] for row in legs])  # type: ignore[arg-type]


def _window(rng: Random) -> tuple[tuple[int, int], ...]:
    if rng.random() < 0.3:
        return ((0, LATE),)
    opens = rng.randint(0, 1800)
    return ((opens, opens + rng.randint(100, 700)),)


def _day(travel: TravelTimes, requests: list[Request], drivers: list[Driver], hub: Hub) -> Day:
    places = [Place(f"p{i}", 106.7, -6.3) for i in range(travel.places)]
    costs = Costs(unserved_base=100_000, unserved_per_priority=0)
    return Day("2026-03-02", places, requests, drivers, hub, travel, costs=costs)  # type: ignore[arg-type]
