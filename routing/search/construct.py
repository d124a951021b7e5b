"""First solutions: stops inserted one by one, and known solutions put into a fresh core."""

from __future__ import annotations

import numpy as np

from routing.search import anneal, coupling, memory, ruin, runs
from routing.search.arrays import I64, Problem
from routing.search.handle import Core
from routing.search.state import State, new_state
from routing.search.zones import Solution, hand_overs, present, served_by


def first_solution(problem: Problem, order: I64, start: Solution | None = None) -> Solution:
    """Insert all stops in the given order into what `start` has; return what came of it."""
    core = Core(problem, new_state(problem, 1))
    load(core, start)
    for _ in range(2):  # once more for returns whose pickups came after them
        anneal.construct(*core.handles, order, 0, len(order))
    memory.remember_best(core.handles[1])
    return present(problem, core.state)


def load(core: Core, start: Solution | None) -> None:
    """Put `start` into a fresh core; stops of a run that cannot be kept go to the bank."""
    state = core.state
    runs.empty(*core.handles)
    if start is None:
        return
    for run, visits in enumerate(start.lane_time):
        for lane, begin, end in visits if core.problem.lanes else ():
            coupling.take_slot(core.handles[1], lane, begin, end, run)
    know_hand_overs(core.problem, state, start)
    for run, elements in enumerate(start.elements):
        if len(elements):
            state.draft[: len(elements)] = elements
            begins = start.lane_time[run][:, 1]
            state.floors[: len(begins)] = begins
            runs.place_draft(*core.handles, run, len(elements))
    runs.release_idle_slots(*core.handles)
    ruin.drop_orphans(*core.handles)
    memory.keep(core.handles[1])
    memory.remember_best(core.handles[1])


def know_hand_overs(problem: Problem, state: State, start: Solution) -> None:
    """Let both halves of each round trip know of the other before either is placed."""
    if not problem.linked:
        return
    loaded, unloaded = hand_overs(problem, start)
    served = served_by(problem, start)
    second = np.flatnonzero((problem.partner >= 0) & (problem.is_second == 1))
    second = second[served[second] & served[problem.partner[second]]]
    first = problem.partner[second]
    state.ready[second] = np.maximum(problem.ready[second], unloaded[first] + problem.processing)
    state.due[first] = np.minimum(problem.due[first], loaded[second] - problem.processing)
