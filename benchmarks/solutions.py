"""Answers to classical instances: their files, and what they are worth in the instance's own numbers.

`evaluate` looks at routes alone and shares nothing with the search or with `routing.check`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.formats.text import Line, Lines

if TYPE_CHECKING:
    from benchmarks.instance import Instance
    from routing import Plan

Routes = tuple[tuple[int, ...], ...]
WRITTEN_HERE = "Comment: written by kurir"
"""Tells an answer of this program from a published one; a ``.sol`` may have such lines after its cost."""
TOLERANCE = 1e-6
"""By this much a time in double precision may be late."""


@dataclass(frozen=True)
class Evaluation:
    """What routes are worth.

    Attributes
    ----------
    cost
        The objective in the instance's own convention.
    distance
        Length of all legs.
    vehicles
        Routes that serve anyone.
    faults
        Why the routes are no answer, one sentence each; empty when they are.
    """

    cost: float
    distance: float
    vehicles: int
    faults: tuple[str, ...]

    @property
    def feasible(self) -> bool:
        """Whether nothing is at fault."""
        return not self.faults


def routes_of(plan: Plan) -> Routes:
    """Return the customers of each run in order; a 0 between them is a reload at the depot."""
    routes = []
    for run in plan.runs:
        route: list[int] = []
        for visit in run.visits:
            if visit.type == "stop":
                route.append(visit.place)
            elif visit.type == "hub" and route and route[-1] != 0:
                route.append(0)
        routes.append(tuple(route[:-1] if route[-1:] == [0] else route))
    return tuple(route for route in routes if route)


def evaluate(instance: Instance, routes: Sequence[Sequence[int]]) -> Evaluation:
    """Judge `routes` in the numbers of `instance`.

    Parameters
    ----------
    routes
        Customers from 1 in order of visit; 0 inside a route is a reload.
    """
    used = [tuple(route) for route in routes if any(route)]
    unknown = sorted({stop for route in used for stop in route if not 0 <= stop <= instance.customers})
    if unknown:
        return Evaluation(0.0, 0.0, len(used), tuple(f"customer {stop} does not exist" for stop in unknown))
    faults = [*_attendance_faults(instance, used)]
    if len(used) > instance.vehicles:
        faults.append(f"{len(used)} vehicles are used, there are {instance.vehicles}")
    for number, route in enumerate(used, 1):
        faults += [f"route {number}: {fault}" for fault in _route_faults(instance, route)]
    distance = sum(_length(instance, route) for route in used)
    cost = instance.cost_per_vehicle * len(used) + instance.cost_per_distance * distance
    # Whole where the convention is; else without the noise of adding doubles.
    cost = int(cost) if instance.is_whole and cost == int(cost) else round(cost, 6)
    return Evaluation(cost, round(distance, 6), len(used), tuple(faults))


def _attendance_faults(instance: Instance, routes: Sequence[Sequence[int]]) -> Iterator[str]:
    visits = Counter(stop for route in routes for stop in route if stop)
    for customer in range(1, instance.customers + 1):
        if visits[customer] != 1:
            yield f"customer {customer} is visited {visits[customer]} times"


def _length(instance: Instance, route: Sequence[int]) -> float:
    path = [0, *route, 0]
    return float(sum(instance.distance[a, b].item() for a, b in pairwise(path)))


def _trips(route: Sequence[int]) -> list[list[int]]:
    trips: list[list[int]] = [[]]
    for stop in route:
        if stop:
            trips[-1].append(stop)
        else:
            trips.append([])
    return [trip for trip in trips if trip]


def _route_faults(instance: Instance, route: Sequence[int]) -> Iterator[str]:
    trips = _trips(route)
    if len(trips) > 1 and not instance.reloads:
        yield f"it makes {len(trips)} trips: vehicles do not reload here"
    now = instance.earliest[0].item()
    for trip in trips:
        yield from _load_faults(instance, trip)
        # Leaving as early as can be is never worse: every later moment follows from it without loss.
        now = max([now, *(instance.release[stop].item() for stop in trip)])
        place = 0
        for stop in trip:
            now = max(now + instance.duration[place, stop].item(), instance.earliest[stop].item())
            if now > instance.latest[stop].item() + _tolerance(instance):
                yield f"service at {stop} begins at {now:g}, after {instance.latest[stop]:g}"
            now += instance.service[stop].item()
            place = stop
        now += instance.duration[place, 0].item()
    if now > instance.latest[0].item() + _tolerance(instance):
        yield f"it ends at {now:g}, after the depot closes at {instance.latest[0]:g}"


def _load_faults(instance: Instance, trip: Sequence[int]) -> Iterator[str]:
    load = sum(int(instance.delivery[stop]) for stop in trip)
    most = load
    for stop in trip:
        load += int(instance.pickup[stop]) - int(instance.delivery[stop])
        most = max(most, load)
    if most > instance.capacity:
        yield f"the trip from {trip[0]} carries {most}, more than the capacity {instance.capacity}"


def _tolerance(instance: Instance) -> float:
    return 0 if instance.is_whole else TOLERANCE


def write_solution(path: Path, routes: Sequence[Sequence[int]], cost: float) -> None:
    """Write a VRPLIB ``.sol``: a line per route, the cost, and a comment that says whose it is."""
    lines = [f"Route #{number}: {' '.join(map(str, route))}" for number, route in enumerate(routes, 1)]
    path.write_text("\n".join([*lines, f"Cost {cost:.12g}", WRITTEN_HERE]) + "\n", encoding="utf-8")


def is_written_here(path: Path) -> bool:
    """Whether `write_solution` wrote the file at `path`."""
    return WRITTEN_HERE.encode() in path.read_bytes().splitlines()


def read_solution(path: Path) -> tuple[Routes, float | None]:
    """Read a VRPLIB ``.sol``: its routes and the cost it states, if any.

    Raises
    ------
    InvalidInput
        Naming the line at fault.
    """
    routes: list[tuple[int, ...]] = []
    cost: float | None = None
    for line in Lines.of_file(path):
        head, _, rest = line.text.partition(":")
        words = head.lower().split() or [""]
        if words[0].startswith("route"):
            routes.append(_stops(line, rest))
        elif words[0] == "cost":
            cost = line.number_in(rest or head.split(maxsplit=1)[-1], "Cost")
    return tuple(routes), cost


def _stops(line: Line, text: str) -> tuple[int, ...]:
    return tuple(line.whole(word, "Route") for word in text.split())
