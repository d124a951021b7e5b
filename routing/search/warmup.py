"""Compile the search before a budget starts, on a small day that needs all of it."""

from __future__ import annotations

import time
from functools import cache
from importlib import import_module

import numpy as np


@cache
def warm_up() -> float:
    """Compile everything, or load it from the cache on disk, and load CP-SAT; see `routing.search.warm_up`."""
    began = time.monotonic()
    import_module("ortools.sat.python.cp_model")  # up to half a second that a budget should not pay for

    from routing.batching import Stop
    from routing.model import Day, Driver, Hub, Place, Request
    from routing.search import fleet
    from routing.search.answer import runs_of
    from routing.search.budget import Budget
    from routing.search.build import build
    from routing.search.construct import first_solution
    from routing.search.engine import improve
    from routing.search.handle import Core
    from routing.search.loading import load
    from routing.search.state import new_state
    from routing.travel import TravelTimes

    legs = np.abs(np.subtract.outer(np.arange(4), np.arange(4))) * 100
    day = Day(
        date="2026-01-01",
        places=tuple(Place(str(i), 0.0, 0.0) for i in range(4)),
        requests=(Request("a", "pickup", 1), Request("b", "return", 2), Request("c", "return", 3)),
        drivers=(Driver("d", 0, 0, (0, 86_400), 10, cost_run=1, cost_km=1000),),
        hub=Hub(0, lanes=1, base=60),
        travel=TravelTimes(legs, legs),
    )
    stops = [Stop((i,)) for i in range(3)]
    problem = build(day, stops)
    found = first_solution(problem, np.arange(3))
    budget = Budget(time.monotonic(), None, 100, 1)
    improve(problem, found, budget, 1, lambda _: None, lambda: False)
    core = Core(problem, new_state(problem, 1))
    load(core, found)
    fleet.shrink(*core.handles, 1, 1)
    runs_of(day, stops, core)
    return time.monotonic() - began
