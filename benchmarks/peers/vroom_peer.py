"""VROOM 1.15 by way of pyvroom: construction heuristics and local search, one trip per vehicle."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from benchmarks.peers.answer import Answer, Leg, Runs, Terms
from benchmarks.peers.batches import Batch, batches
from benchmarks.peers.money import Money
from benchmarks.peers.slots import Slot, Slots, slots_of

if TYPE_CHECKING:
    from routing import Day, Driver

EXPLORATION = 5
"""The most thorough level."""
LARGEST = 2**32 - 1
HIGHEST_PRIORITY = 100
Price = tuple[int, int]
"""Per kilometre and per hour."""
Matrix = npt.NDArray[np.int64]


def solve(day: Day, terms: Terms) -> Answer:
    """Return VROOM's runs; it takes no seed, gives the same answer each time and nothing on the way.

    A vehicle makes one trip: drivers with several get a vehicle for each part of their shift. An hour is paid on the
    road, never for a wait or a service. Costs are as coarse as VROOM's 32 bits for their sum ask. What leaving somebody
    out costs is a priority, of which VROOM serves as much as it can before it looks at costs.
    """
    import vroom

    stops = batches(day)
    fleet = slots_of(day, stops)
    problem = vroom.Input()
    legs = _leg_costs(day)
    coarse = _coarseness(day, legs.values(), len(stops) + len(fleet.slots))
    profiles = _set_matrices(problem, day, legs, coarse)
    for number, slot in enumerate(fleet.slots):
        fixed = Money.of(day).per_run(slot.driver) // coarse
        problem.add_vehicle(_vehicle(day, number, slot, fixed, profiles[_price(slot.driver)]))
    # A job that is ready in no part of the day is left out: VROOM has no words for it.
    dearest = max(stop.penalty for stop in stops)
    jobs = [(number, stop, fleet.first_part(stop)) for number, stop in enumerate(stops)]
    problem.add_job([_job(number, stop, part, dearest) for number, stop, part in jobs if part < len(fleet.cuts)])
    patience = timedelta(seconds=terms.seconds)
    answer = problem.solve(exploration_level=EXPLORATION, nb_threads=terms.threads, timeout=patience)
    paid = ("hours are paid on the road only",) if any(driver.cost_hour for driver in day.drivers) else ()
    return Answer(_runs(answer, fleet, stops), (), fleet.given_up() + paid)


def _leg_costs(day: Day) -> dict[Price, Matrix]:
    """Return what each leg costs (metres and seconds on the road, priced) drivers of each price."""
    money = Money.of(day)
    costs = {}
    for price, driver in {_price(driver): driver for driver in day.drivers}.items():
        costs[price] = day.travel.metres.astype(np.int64) * money.per_metre(driver)
        costs[price] += day.travel.seconds.astype(np.int64) * money.per_second(driver)
    return costs


def _coarseness(day: Day, costs: Iterable[Matrix], visits: int) -> int:
    """Return what to divide costs by: a leg to and one from each visit must sum to 32 bits, or VROOM refuses."""
    dearest = max(int(matrix.max()) for matrix in costs)
    dearest = max(dearest, *(Money.of(day).per_run(driver) for driver in day.drivers))
    return 1 + 2 * visits * dearest // LARGEST


def _set_matrices(problem: Any, day: Day, costs: Mapping[Price, Matrix], coarse: int) -> dict[Price, str]:
    """Give durations and costs of legs; return the name of the profile that goes with a price."""
    profiles = {price: f"riders-{number}" for number, price in enumerate(costs, 1)}
    for price, name in profiles.items():
        problem.set_durations_matrix(name, day.travel.seconds)
        problem.set_distances_matrix(name, day.travel.metres)
        problem.set_costs_matrix(name, (costs[price] // coarse).astype(np.uint32))
    return profiles


def _price(driver: Driver) -> Price:
    return driver.cost_km, driver.cost_hour


def _vehicle(day: Day, number: int, slot: Slot, fixed: int, profile: str) -> Any:
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
        costs=vroom.VehicleCosts(fixed=fixed),
        max_distance=LARGEST if slot.max_distance is None else min(slot.max_distance, LARGEST),
    )


def _job(number: int, stop: Batch, part: int, dearest: int) -> Any:
    import vroom

    return vroom.Job(
        number,
        location=stop.place,
        default_service=stop.service,
        delivery=[stop.delivery],
        pickup=[stop.pickup],
        skills={part},
        # In proportion, as those of jobs are summed; at least 1.
        priority=-(-HIGHEST_PRIORITY * stop.penalty // dearest) if dearest else 0,
        time_windows=[vroom.TimeWindow(*window) for window in stop.windows],
    )


def _runs(answer: Any, fleet: Slots, stops: tuple[Batch, ...]) -> Runs:
    legs: dict[int, list[Leg]] = {}
    for row in answer.routes.to_dict("records"):
        if row["type"] == "job":
            legs.setdefault(int(row["vehicle_id"]), []).append(stops[int(row["id"])].requests)
    return fleet.runs(dict(legs))
