"""VROOM 1.15 by way of pyvroom: construction heuristics and local search, one trip per vehicle."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import numpy as np

from benchmarks.peers.answer import PeerRun, Unsupported
from benchmarks.peers.batches import Batch, batches

if TYPE_CHECKING:
    from routing import Day, Driver

EXPLORATION = 5
"""The most thorough level."""
LARGEST = 2**32 - 1


def solve(day: Day, seconds: float, seed: int) -> tuple[PeerRun, ...]:  # noqa: ARG001
    """Return VROOM's runs; it takes no seed and gives the same answer each time.

    Raises
    ------
    Unsupported
        For several trips, goods that are not ready at the start, and costs that fit no whole number.
    """
    import vroom

    if any(driver.max_trips != 1 for driver in day.drivers):
        raise Unsupported("several trips per vehicle")
    stops = batches(day)
    if any(stop.ready_at > day.hub.windows[0][0] for stop in stops):
        raise Unsupported("goods that become ready during the day")
    problem = vroom.Input()
    _set_matrices(problem, day)
    for number, driver in enumerate(day.drivers):
        problem.add_vehicle(_vehicle(day, number, driver))
    problem.add_job([_job(number, stop) for number, stop in enumerate(stops)])
    answer = problem.solve(exploration_level=EXPLORATION, nb_threads=1, timeout=timedelta(seconds=seconds))
    return _runs(day, answer, stops)


def _set_matrices(problem: Any, day: Day) -> None:
    """Give durations, and lengths in cost units: VROOM pays an hour on the road, never a wait or a service."""
    if any(driver.cost_hour for driver in day.drivers) or len({driver.cost_km for driver in day.drivers}) > 1:
        raise Unsupported("paid hours and drivers of different price")
    costs = day.travel.metres.astype(np.int64) * (day.drivers[0].cost_km // 1000)
    if day.drivers[0].cost_km % 1000 or costs.max() > LARGEST:
        raise Unsupported("costs per metre that are no whole number")
    problem.set_durations_matrix("car", day.travel.seconds)
    problem.set_costs_matrix("car", costs)


def _vehicle(day: Day, number: int, driver: Driver) -> Any:
    import vroom

    return vroom.Vehicle(
        number,
        start=day.hub.place,
        end=day.hub.place,
        capacity=[driver.capacity],
        time_window=vroom.TimeWindow(*driver.shift),
        costs=vroom.VehicleCosts(fixed=driver.cost_run),
    )


def _job(number: int, stop: Batch) -> Any:
    import vroom

    return vroom.Job(
        number,
        location=stop.place,
        default_service=stop.service,
        delivery=[stop.delivery],
        pickup=[stop.pickup],
        time_windows=[vroom.TimeWindow(*window) for window in stop.windows],
    )


def _runs(day: Day, answer: Any, stops: tuple[Batch, ...]) -> tuple[PeerRun, ...]:
    legs: dict[int, list[tuple[str, ...]]] = {}
    for row in answer.routes.to_dict("records"):
        if row["type"] == "job":
            legs.setdefault(int(row["vehicle_id"]), []).append(stops[int(row["id"])].requests)
    return tuple(PeerRun(day.drivers[vehicle].id, tuple(order)) for vehicle, order in legs.items())
