"""VROOM 1.15 by way of pyvroom: construction heuristics and local search, one trip per vehicle."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import numpy as np

from benchmarks.peers.answer import Answer, Leg, Runs, Unsupported
from benchmarks.peers.batches import Batch, batches
from benchmarks.peers.money import Money
from benchmarks.peers.slots import Slot, Slots, slots_of

if TYPE_CHECKING:
    from routing import Day, Driver

EXPLORATION = 5
"""The most thorough level."""
LARGEST = 2**32 - 1


def solve(day: Day, seconds: float, seed: int) -> Answer:  # noqa: ARG001
    """Return VROOM's runs; it takes no seed, gives the same answer each time and nothing on the way.

    A vehicle makes one trip: drivers with several get a vehicle for each part of their shift. An hour is paid on the
    road, never for a wait or a service.

    Raises
    ------
    Unsupported
        For costs beyond what VROOM can count.
    """
    import vroom

    stops = batches(day)
    fleet = slots_of(day, stops)
    problem = vroom.Input()
    profiles = _set_matrices(problem, day)
    unit = Money.of(day).unit
    for number, slot in enumerate(fleet.slots):
        problem.add_vehicle(_vehicle(day, number, slot, unit, profiles[_price(slot.driver)]))
    # A job that is ready in no part of the day is left out: VROOM has no words for it.
    jobs = [(number, stop, fleet.first_part(stop)) for number, stop in enumerate(stops)]
    problem.add_job([_job(number, stop, part) for number, stop, part in jobs if part < len(fleet.cuts)])
    answer = problem.solve(exploration_level=EXPLORATION, nb_threads=1, timeout=timedelta(seconds=seconds))
    paid = ("hours are paid on the road only",) if any(driver.cost_hour for driver in day.drivers) else ()
    return Answer(_runs(answer, fleet, stops), (), fleet.given_up + paid)


def _set_matrices(problem: Any, day: Day) -> dict[tuple[int, int], str]:
    """Give durations, and costs of the way (metres and seconds on the road, priced), for drivers of each price.

    Returns the name of the profile that goes with a price.
    """
    money = Money.of(day)
    profiles: dict[tuple[int, int], str] = {}
    for driver in day.drivers:
        if _price(driver) in profiles:
            continue
        name = f"riders-{len(profiles) + 1}"
        costs = day.travel.metres.astype(np.int64) * money.per_metre(driver)
        costs += day.travel.seconds.astype(np.int64) * money.per_second(driver)
        if costs.max() > LARGEST:
            raise Unsupported("costs of a leg beyond 32 bits")
        problem.set_durations_matrix(name, day.travel.seconds)
        problem.set_costs_matrix(name, costs.astype(np.uint32))
        profiles[_price(driver)] = name
    return profiles


def _price(driver: Driver) -> tuple[int, int]:
    return driver.cost_km, driver.cost_hour


def _vehicle(day: Day, number: int, slot: Slot, unit: int, profile: str) -> Any:
    import vroom

    return vroom.Vehicle(
        number,
        start=day.hub.place,
        end=day.hub.place,
        profile=profile,
        capacity=[slot.driver.capacity],
        # A skill for each part of the day that has begun: what is ready in it may be carried from then on.
        skills=set(range(slot.part + 1)),
        time_window=vroom.TimeWindow(*slot.window),
        costs=vroom.VehicleCosts(fixed=slot.driver.cost_run * unit),
    )


def _job(number: int, stop: Batch, part: int) -> Any:
    import vroom

    return vroom.Job(
        number,
        location=stop.place,
        default_service=stop.service,
        delivery=[stop.delivery],
        pickup=[stop.pickup],
        skills={part},
        time_windows=[vroom.TimeWindow(*window) for window in stop.windows],
    )


def _runs(answer: Any, fleet: Slots, stops: tuple[Batch, ...]) -> Runs:
    legs: dict[int, list[Leg]] = {}
    for row in answer.routes.to_dict("records"):
        if row["type"] == "job":
            legs.setdefault(int(row["vehicle_id"]), []).append(stops[int(row["id"])].requests)
    return fleet.runs(dict(legs))
