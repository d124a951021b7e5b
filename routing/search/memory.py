"""What the search remembers: runs as they were before this iteration, the unserved stops, and the best so far."""

from __future__ import annotations

from routing.search.arrays import Problem
from routing.search.compiled import compiled
from routing.search.state import (
    ACCEPTED,
    BANKED,
    BEST_PENALTY,
    BEST_TOTAL,
    LENGTH,
    PENALTY,
    RUN_COLUMNS,
    TOTAL,
    TOUCHED,
    State,
)


@compiled
def touch(state: State, run: int) -> None:
    """Save the run before this iteration changes it."""
    if state.touched_mark[run]:
        return
    state.touched_mark[run] = 1
    state.touched[state.tally[TOUCHED]] = run
    state.tally[TOUCHED] += 1
    for column in range(RUN_COLUMNS):
        state.saved_run[run, column] = state.run[run, column]
    length = state.run[run, LENGTH]
    state.saved_at[run, : length + 2] = state.at[run, : length + 2]


@compiled
def keep(state: State) -> None:
    """Accept what this iteration changed."""
    for i in range(state.tally[TOUCHED]):
        run = state.touched[i]
        state.touched_mark[run] = 0
        if not state.dirty_mark[run]:
            state.dirty_mark[run] = 1
            state.dirty[state.tally[ACCEPTED]] = run
            state.tally[ACCEPTED] += 1
    state.tally[TOUCHED] = 0


@compiled
def remember_best(state: State) -> None:
    """Copy the runs that changed since the last best one; the cost does not grow with the number of runs."""
    for i in range(state.tally[ACCEPTED]):
        run = state.dirty[i]
        state.dirty_mark[run] = 0
        length = state.run[run, LENGTH]
        state.best_at[run, : length + 2] = state.at[run, : length + 2]
        for column in range(RUN_COLUMNS):
            state.best_run[run, column] = state.run[run, column]
    state.tally[ACCEPTED] = 0
    state.tally[BEST_TOTAL] = state.tally[TOTAL]
    state.tally[BEST_PENALTY] = state.tally[PENALTY]


@compiled
def to_bank(problem: Problem, state: State, stop: int) -> None:
    """Put `stop` among the unserved, at its penalty."""
    if state.bank_at[stop] < 0:
        state.bank_at[stop] = state.tally[BANKED]
        state.bank[state.tally[BANKED]] = stop
        state.tally[BANKED] += 1
        state.tally[PENALTY] += problem.penalty[stop]
        state.tally[TOTAL] += problem.penalty[stop]


@compiled
def from_bank(problem: Problem, state: State, stop: int) -> None:
    """Take `stop` from the unserved."""
    at = state.bank_at[stop]
    if at >= 0:
        last = state.bank[state.tally[BANKED] - 1]
        state.bank[at] = last
        state.bank_at[last] = at
        state.bank_at[stop] = -1
        state.tally[BANKED] -= 1
        state.tally[PENALTY] -= problem.penalty[stop]
        state.tally[TOTAL] -= problem.penalty[stop]
