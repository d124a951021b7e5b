"""First solutions: stops inserted one by one."""

from __future__ import annotations

from routing.search import anneal, memory
from routing.search.arrays import I64, Problem
from routing.search.handle import Core
from routing.search.loading import load
from routing.search.state import new_state
from routing.search.zones import Solution, present


def first_solution(problem: Problem, order: I64, start: Solution | None = None) -> Solution:
    """Insert all stops in the given order into what `start` has; return what came of it."""
    core = Core(problem, new_state(problem, 1))
    load(core, start)
    for _ in range(2):  # once more for returns whose pickups came after them
        anneal.construct(*core.handles, order, 0, len(order))
    memory.remember_best(core.handles[1])
    return present(problem, core.state)
