"""What couples runs: the calendar of the lanes, and the hand-overs of round trips."""

from __future__ import annotations

from routing.search.arrays import NEVER, Problem
from routing.search.compiled import compiled
from routing.search.state import BEGIN, ELEMENT, FINISH, HUB_AFTER, HUB_BEFORE, LANE, LENGTH, State


@compiled
def take_slots(problem: Problem, state: State, run: int) -> None:
    """Enter the lane time of the run's hub visits, as scheduled, into the calendar."""
    if problem.lanes == 0:
        return
    at = state.at[run]
    row = at[0, HUB_AFTER]
    while row > 0:
        take_slot(state, at[row, LANE], at[row, BEGIN], at[row, FINISH], run)
        row = at[row + 1, HUB_AFTER]


@compiled
def take_slot(state: State, lane: int, begin: int, end: int, run: int) -> None:
    """Enter lane time into the calendar."""
    slots = state.slots[lane]
    i = state.slot_count[lane]
    while i > 0 and slots[i - 1, 0] > begin:
        slots[i, 0], slots[i, 1], slots[i, 2] = slots[i - 1, 0], slots[i - 1, 1], slots[i - 1, 2]
        i -= 1
    slots[i, 0], slots[i, 1], slots[i, 2] = begin, end, run
    state.slot_count[lane] += 1


@compiled
def lift_slots(problem: Problem, state: State, run: int) -> None:
    """Give up the lane time of the run."""
    for lane in range(problem.lanes):
        slots = state.slots[lane]
        kept = 0
        for i in range(state.slot_count[lane]):
            if slots[i, 2] == run:
                continue
            if kept != i:
                slots[kept, 0], slots[kept, 1], slots[kept, 2] = slots[i, 0], slots[i, 1], slots[i, 2]
            kept += 1
        state.slot_count[lane] = kept


@compiled
def link(problem: Problem, state: State, run: int) -> None:
    """Tell the other halves of the run's round trips when it unloads and loads."""
    if not problem.linked:
        return
    at = state.at[run]
    for i in range(1, state.run[run, LENGTH] + 1):
        stop = at[i, ELEMENT]
        if stop == len(problem.place) or problem.partner[stop] < 0:
            continue
        other = problem.partner[stop]
        if problem.is_second[stop]:
            loads = at[at[i, HUB_BEFORE], BEGIN]
            state.due[other] = min(problem.due[other], loads - problem.processing)
        else:
            unloaded = at[at[i, HUB_AFTER], FINISH]
            state.ready[other] = max(problem.ready[other], unloaded + problem.processing)


@compiled
def unlink(problem: Problem, state: State, stop: int) -> None:
    """Tell the other half of a round trip that `stop` is not served."""
    other = problem.partner[stop]
    if other < 0:
        return
    if problem.is_second[stop]:
        state.due[other] = problem.due[other]
    else:
        state.ready[other] = NEVER
