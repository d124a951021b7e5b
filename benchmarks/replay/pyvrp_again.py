"""One request more, by PyVRP: the problem built anew and searched from the solution before."""

from __future__ import annotations

import time
from typing import Any

import pyvrp

from benchmarks.peers.batches import batches
from benchmarks.peers.pyvrp_peer import problem_of
from routing import Day


def add_one(day: Day, seconds: float, seed: int) -> dict[str, Any]:
    """Return how long it takes until a solution with the last request too is there, in milliseconds.

    It knows no lanes, breaks, traffic or round trips, so its task is the easier one.
    """
    # The last client stands alone, so that without it the others are the same.
    stops = batches(day)
    before, _, _ = problem_of(day, stops[:-1])
    params = pyvrp.SolveParams()
    found = pyvrp.solve(
        before, pyvrp.stop.MaxRuntime(seconds), seed=seed, collect_stats=False, display=False, params=params
    )
    kept = [(_activities(route), route.vehicle_type()) for route in found.best.routes()]
    began = time.perf_counter()
    after, _, _ = problem_of(day, stops)
    start = pyvrp.Solution(after, [pyvrp.Route(after, activities, kind) for activities, kind in kept])
    again = pyvrp.solve(
        after, pyvrp.stop.MaxIterations(1), seed=seed, collect_stats=False, display=False, params=params,
        initial_solution=start,
    )  # fmt: skip
    return {
        "pyvrp_add_milliseconds": round(1000 * (time.perf_counter() - began), 1),
        "clients": len(stops),
        "feasible": bool(again.best.is_feasible()),
    }


def _activities(route: pyvrp.Route) -> list[pyvrp.Activity]:
    return [pyvrp.Activity(each.type, each.idx) for each in list(route.schedule())[1:-1]]
