"""Puts a known solution into empty arrays: its lane time first, then each run as it was planned."""

from __future__ import annotations

import numpy as np

from routing.search.arrays import I64, Problem
from routing.search.compiled import compiled
from routing.search.coupling import lift_slots, take_slot
from routing.search.handle import Core
from routing.search.memory import keep, remember_best
from routing.search.ruin import drop_orphans
from routing.search.runs import empty, place_draft, release_idle_slots, settle_run
from routing.search.state import LENGTH, State
from routing.search.zones import Solution, hand_overs, served_by


def load(core: Core, solution: Solution | None) -> None:
    """Put `solution`, if any, into a fresh core; stops of a run that cannot be kept go to the bank.

    Drivers under way with pickups on board hold lane time from the beginning, the earliest there is. It is given up
    here before the planned lane time is taken, for the calendar must not hold two at once.
    """
    empty(*core.handles)
    if solution is None:
        return
    _know_hand_overs(core.problem, core.state, solution)
    ends = np.cumsum([0, *(len(each) for each in solution.elements)])
    elements = np.concatenate([np.zeros(0, np.int64), *solution.elements])
    run_of = np.repeat(np.arange(core.problem.runs), [len(each) for each in solution.lane_time])
    slots = np.column_stack([run_of, np.concatenate([np.zeros((0, 3), np.int64), *solution.lane_time])])
    _place_all(*core.handles, elements, ends, slots)


def _know_hand_overs(problem: Problem, state: State, solution: Solution) -> None:
    """Let both halves of each round trip know of the other before either is placed."""
    if not problem.linked:
        return
    loaded, unloaded = hand_overs(problem, solution)
    served = served_by(problem, solution)
    second = np.flatnonzero((problem.partner >= 0) & (problem.is_second == 1))
    second = second[served[second] & served[problem.partner[second]]]
    first = problem.partner[second]
    state.ready[second] = np.maximum(problem.ready[second], unloaded[first] + problem.processing)
    state.due[first] = np.minimum(problem.due[first], loaded[second] - problem.processing)


@compiled
def _place_all(problem: Problem, state: State, elements: I64, ends: I64, slots: I64) -> None:
    for run in range(len(problem.kind_of)):
        lift_slots(problem, state, run)
    for i in range(len(slots) if problem.lanes > 0 else 0):
        take_slot(state, slots[i, 1], slots[i, 2], slots[i, 3], slots[i, 0])
    slot = 0
    for run in range(len(problem.kind_of)):
        hubs = 0
        while slot < len(slots) and slots[slot, 0] == run:
            state.floors[hubs] = slots[slot, 2]
            slot, hubs = slot + 1, hubs + 1
        wanted = elements[ends[run] : min(ends[run + 1], ends[run] + len(state.draft))]
        state.draft[: len(wanted)] = wanted
        placed = len(wanted) > 0 and place_draft(problem, state, run, len(wanted))
        if not placed and state.run[run, LENGTH] > 0:
            settle_run(problem, state, run)
    release_idle_slots(problem, state)
    drop_orphans(problem, state)
    keep(state)
    remember_best(state)
