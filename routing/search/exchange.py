"""Rows of one run and rows of another change places, where both runs can be kept and it costs little enough."""

from __future__ import annotations

from routing.search.arrays import Problem
from routing.search.compiled import compiled
from routing.search.coupling import unlink
from routing.search.runs import commit
from routing.search.state import BROKEN, COST, ELEMENT, HUB_BEFORE, LENGTH, State
from routing.search.timing import evaluate


@compiled
def exchange(
    problem: Problem,
    state: State,
    run: int,
    first: int,
    last: int,
    other: int,
    gap: int,
    end: int,
    margin: int,
) -> None:
    """Let rows first..last-1 of `run` and gap..end-1 of `other` change places, if that costs less than `margin`."""
    if not (_may_move(problem, state, run, first, last, other) and _may_move(problem, state, other, gap, end, run)):
        return
    cost = evaluate(problem, state, run, _draft_of(problem, state, run, first, last, other, gap, end))
    if cost - state.run[run, COST] - state.run[other, COST] >= margin:
        return
    cost += evaluate(problem, state, other, _draft_of(problem, state, other, gap, end, run, first, last))
    if cost - state.run[run, COST] - state.run[other, COST] >= margin:
        return
    # The drafts are written before either run changes: the second waits in `copy`.
    size = _draft_of(problem, state, other, gap, end, run, first, last)
    for i in range(size):
        state.copy[i] = state.draft[i]
    _let_go(problem, state, run, first, last)
    _let_go(problem, state, other, gap, end)
    if not commit(problem, state, run, _draft_of(problem, state, run, first, last, other, gap, end)):
        state.tally[BROKEN] = 1
        return
    for i in range(size):
        state.draft[i] = state.copy[i]
    if not commit(problem, state, other, size):
        state.tally[BROKEN] = 1


@compiled
def _may_move(problem: Problem, state: State, run: int, first: int, last: int, other: int) -> bool:
    """Whether nothing in these rows must stay, and the other run's driver may serve them.

    The other half of a round trip must be in neither run: then it stands where it is, and has said when this half
    must be unloaded, or can be loaded.
    """
    if state.run[other, LENGTH] + last - first + 8 >= state.at.shape[1]:
        return False
    for row in range(first, last):
        stop = state.at[run, row, ELEMENT]
        if stop == len(problem.place):
            continue
        if problem.frozen[stop] or not problem.can[problem.kind_of[other], stop]:
            return False
        half = problem.partner[stop]
        if half >= 0 and (state.run_of[half] == run or state.run_of[half] == other):
            return False
    return True


@compiled
def _let_go(problem: Problem, state: State, run: int, first: int, last: int) -> None:
    for row in range(first, last):
        stop = state.at[run, row, ELEMENT]
        if stop < len(problem.place):
            state.run_of[stop] = -1
            unlink(problem, state, stop)


@compiled
def _draft_of(problem: Problem, state: State, run: int, first: int, last: int, other: int, gap: int, end: int) -> int:
    """Write `run` with the rows gap..end-1 of `other` instead of its own first..last-1 to the draft."""
    n = len(problem.place)
    size = 0
    if first == 1 and gap < end and state.at[other, gap, HUB_BEFORE] > 0:
        state.draft[0], size = n, 1  # what these rows deliver was loaded there, and is now loaded here
    size = _append(problem, state, size, run, 1, first)
    size = _append(problem, state, size, other, gap, end)
    size = _append(problem, state, size, run, last, state.run[run, LENGTH] + 1)
    if size > 0 and state.draft[size - 1] != n:
        state.draft[size] = n  # to unload; where there is nothing to unload it is dropped
        size += 1
    return size


@compiled
def _append(problem: Problem, state: State, size: int, run: int, first: int, last: int) -> int:
    """Write rows to the draft, of two hub visits in a row only one."""
    n = len(problem.place)
    for row in range(first, last):
        element = state.at[run, row, ELEMENT]
        if element == n and size > 0 and state.draft[size - 1] == n:
            continue
        state.draft[size] = element
        size += 1
    return size
