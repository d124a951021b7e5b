"""A classical instance as a `routing.Day`, so that the one search solves both.

A customer's delivery is a return, its pickup a pickup at the same place; the depot is a hub with
unlimited lanes that take no time, and where every driver starts and ends. Money is counted finely
enough that nothing of the objective is rounded away.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import numpy as np
import numpy.typing as npt

from benchmarks.instance import Instance, Numbers
from routing.errors import InvalidInput, Problem
from routing.model import LATEST, Costs, Day, Driver, Hub, Place, Request
from routing.travel import TravelTimes

SCALE = 10_000
"""Double-precision instances are solved in ten-thousandths of their unit."""


def as_day(instance: Instance) -> Day:
    """Return `instance` for the engine: place k is location k.

    Numbers in double precision are scaled by 10,000 and rounded against the plan (legs and services
    up, windows inwards), so that what is feasible here is feasible in the instance's own numbers.

    Raises
    ------
    InvalidInput
        When its times lie beyond what a day holds.
    """
    scale = 1 if instance.is_whole else SCALE
    windows = [
        (_ceiled(early, scale), min(_floored(late, scale), LATEST))
        for early, late in zip(instance.earliest, instance.latest, strict=True)
    ]
    _expect_windows(instance, windows)
    seconds = _scaled_up(instance.duration, scale)
    metres = _held(instance.distance, scale, _nearest)
    run_cost, km_cost = _fleet_costs(instance, scale)
    longest_detour = run_cost + 2 * int(metres.max()) * km_cost // 1000
    loads, capacity = _loads(instance)
    return Day(
        date="2000-01-01",
        places=_places(instance, scale),
        requests=_requests(instance, windows, loads, scale),
        drivers=tuple(
            Driver(
                id=str(number),
                start=0,
                end=0,
                shift=windows[0],
                capacity=capacity,
                max_trips=None if instance.reloads else 1,
                cost_run=run_cost,
                cost_km=km_cost,
            )
            for number in range(1, min(instance.vehicles, instance.customers) + 1)
        ),
        hub=Hub(place=0, windows=(windows[0],)),
        travel=TravelTimes(seconds=seconds, metres=metres),
        # More than everyone served alone: nothing is worth leaving a customer out.
        costs=Costs(unserved_base=instance.customers * longest_detour + 1, unserved_per_priority=0),
        one_stop_per_door=instance.kind == "VRPSPDTW",
    )


def _ceiled(value: float, scale: int) -> int:
    return int(np.ceil(value * scale))


def _floored(value: float, scale: int) -> int:
    return int(np.floor(value * scale))


def _scaled_up(values: Numbers, scale: int) -> npt.NDArray[np.int32]:
    return _held(values, scale, np.ceil)


def _nearest(values: Numbers) -> Numbers:
    nearest: Numbers = np.floor(values + 0.5)
    return nearest


def _held(values: Numbers, scale: int, whole: Callable[[Numbers], Numbers]) -> npt.NDArray[np.int32]:
    """Return whole numbers as a day holds them; what lies beyond becomes the largest, which it refuses.

    Row by row, and read-only so that the day need not copy it: of a large matrix, what is in between would take more
    memory than all that stays.
    """
    held = np.empty(values.shape, np.int32)
    for row, given in zip(np.atleast_2d(held), np.atleast_2d(values), strict=True):
        row[:] = np.minimum(whole(given * scale), np.iinfo(np.int32).max)
    held.flags.writeable = False
    return held


def _expect_windows(instance: Instance, windows: list[tuple[int, int]]) -> None:
    for location, (early, late) in enumerate(windows):
        if early > late:
            message = f"begins at {early}: expected whole-number times up to {LATEST}, or another rounding"
            raise InvalidInput([Problem(f"{instance.name} location {location}", "time window", message)])


def _fleet_costs(instance: Instance, scale: int) -> tuple[int, int]:
    """Return the cost of a run and of 1000 scaled units of distance, in the same whole unit of money."""
    per_run, per_distance = Decimal(str(instance.cost_per_vehicle)), Decimal(str(instance.cost_per_distance))
    fineness = 10 ** max(_decimals(per_run), _decimals(per_distance))
    return int(per_run * fineness * scale), int(per_distance * fineness * 1000)


def _decimals(value: Decimal) -> int:
    return max(0, -int(value.normalize().as_tuple().exponent))


def _loads(instance: Instance) -> tuple[npt.NDArray[np.int64], int]:
    """Return deliveries and pickups, shape (2, locations), and the capacity.

    A customer without a delivery is given the least possible one: every customer then takes part in
    the one trip from the depot. Loads and capacity grow so much that it never counts.
    """
    loads = np.stack([instance.delivery, instance.pickup])
    without = instance.delivery == 0
    without[0] = False
    slack = int(without.sum()) + 1
    if slack == 1:
        return loads, instance.capacity
    loads = loads * slack
    loads[0][without] = 1
    return loads, instance.capacity * slack + slack - 1


def _places(instance: Instance, scale: int) -> tuple[Place, ...]:
    # One stop per door spends the service once per stop, as access does.
    access = _scaled_up(instance.service, scale) if instance.kind == "VRPSPDTW" else np.zeros_like(instance.delivery)
    positions = _positions(instance)
    return tuple(
        Place(id=str(location), lon=float(lon), lat=float(lat), access=int(access[location]))
        for location, (lon, lat) in enumerate(positions)
    )


def _positions(instance: Instance) -> Numbers:
    """Return coordinates shrunk to a tenth of a degree; the shape of the map is kept."""
    if instance.coordinates is None:
        return np.zeros((instance.customers + 1, 2))
    offsets: Numbers = instance.coordinates - instance.coordinates.min(axis=0)
    return offsets * (0.1 / max(1.0, float(offsets.max())))


def _requests(
    instance: Instance, windows: list[tuple[int, int]], loads: npt.NDArray[np.int64], scale: int
) -> tuple[Request, ...]:
    shared = instance.kind == "VRPSPDTW"
    service = np.zeros_like(instance.delivery) if shared else _scaled_up(instance.service, scale)
    requests = []
    for customer in range(1, instance.customers + 1):
        release = _ceiled(instance.release[customer], scale)
        requests.append(
            Request(
                id=f"{customer}",
                kind="return",
                place=customer,
                documents=int(loads[0][customer]),
                windows=(windows[customer],),
                service=int(service[customer]),
                ready_at=release or None,
            )
        )
        if loads[1][customer]:
            requests.append(
                Request(
                    id=f"{customer}p",
                    kind="pickup",
                    place=customer,
                    documents=int(loads[1][customer]),
                    windows=(windows[customer],),
                )
            )
    return tuple(requests)
