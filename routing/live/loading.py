"""Puts planned runs into empty arrays: their lane time first, then each run as it was planned."""

from __future__ import annotations

import numpy as np

from routing.search.arrays import I64, Problem
from routing.search.compiled import compiled
from routing.search.construct import know_hand_overs
from routing.search.coupling import lift_slots, take_slot
from routing.search.handle import Core
from routing.search.memory import keep, remember_best
from routing.search.ruin import drop_orphans
from routing.search.runs import empty, place_draft, release_idle_slots, settle_run
from routing.search.state import LENGTH, State
from routing.search.zones import Solution


def load(core: Core, solution: Solution) -> None:
    """Put the solution into a fresh core; stops of a run that cannot be kept wait to be placed.

    Drivers under way with pickups on board hold lane time from the beginning, the earliest there is. It is given up
    here before the planned lane time is taken, for the calendar must not hold two at once.
    """
    runs = range(core.problem.runs)
    ends = np.cumsum([0, *(len(each) for each in solution.elements)])
    slots = [(run, *slot) for run in runs for slot in solution.lane_time[run]]
    empty(*core.handles)
    know_hand_overs(core.problem, core.state, solution)
    elements = np.concatenate([np.zeros(0, np.int64), *solution.elements])
    _place_all(*core.handles, elements, ends, np.array(slots, np.int64).reshape(-1, 4))


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
