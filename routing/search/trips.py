"""Whole trips change runs: one to an idle run or among another's trips, two change places, or all after a moment do.

Every trip begins and ends at the hub, so moving it costs next to nothing; what it changes is how much time there is.
Inserting stop by stop cannot do that: the first stop of a trip costs a trip of its own.
"""

from __future__ import annotations

from routing.search.arrays import Problem
from routing.search.compiled import compiled
from routing.search.dice import below
from routing.search.exchange import exchange
from routing.search.state import ELEMENT, LEFT, LENGTH, TOUCHED, USED, State

TO_IDLE, TO_USED, SWAP, TAILS = range(4)


@compiled
def move_trips(problem: Problem, state: State, margin: int) -> None:
    """Try one exchange of trips between a run of this iteration and another; take it if it costs less than `margin`."""
    if state.tally[TOUCHED] == 0:
        return
    run = state.touched[below(state.random, state.tally[TOUCHED])]
    length = state.run[run, LENGTH]
    if length == 0:
        return
    first = _trip_start(problem, state, run, 1 + below(state.random, length))
    if first == 0:
        return
    way = below(state.random, 4)
    other = idle_run(problem, state) if way == TO_IDLE else -1
    if other < 0:
        other = _used_run(problem, state)
    if other == run:
        return
    last = length + 1 if way == TAILS else _trip_end(problem, state, run, first)
    gap = _gap_at(problem, state, other, state.at[run, first, LEFT])
    end = gap
    if way == TAILS:
        end = state.run[other, LENGTH] + 1
    elif way == SWAP:
        end = _trip_end(problem, state, other, gap)
    exchange(problem, state, run, first, last, other, gap, end, margin)


@compiled
def _trip_start(problem: Problem, state: State, run: int, row: int) -> int:
    """The row of the hub visit at or before `row`, 0 where there is none."""
    while row > 0 and state.at[run, row, ELEMENT] != len(problem.place):
        row -= 1
    return row


@compiled
def _trip_end(problem: Problem, state: State, run: int, first: int) -> int:
    """The row of the hub visit after `first`, or one past the last."""
    row, length = first + 1, state.run[run, LENGTH]
    while row <= length and state.at[run, row, ELEMENT] != len(problem.place):
        row += 1
    return min(row, length + 1)


@compiled
def _gap_at(problem: Problem, state: State, run: int, moment: int) -> int:
    """The row of the first hub visit that leaves at or after `moment`, or at times of the one before it."""
    gap, before = state.run[run, LENGTH] + 1, 0
    for row in range(1, state.run[run, LENGTH] + 1):
        if state.at[run, row, ELEMENT] == len(problem.place):
            if state.at[run, row, LEFT] >= moment:
                gap = row
                break
            before = row
    return before if before > 0 and below(state.random, 2) == 0 else gap


@compiled
def idle_run(problem: Problem, state: State) -> int:
    """An idle run of a random kind, -1 where that kind has none."""
    kind = below(state.random, len(problem.kinds))
    first = problem.kind_at[kind] + state.used[kind]
    return state.order[first] if first < problem.kind_at[kind + 1] else -1


@compiled
def _used_run(problem: Problem, state: State) -> int:
    rank = below(state.random, max(1, state.tally[USED]))
    for kind in range(len(problem.kinds)):
        if rank < state.used[kind]:
            return state.order[problem.kind_at[kind] + rank]
        rank -= state.used[kind]
    return state.touched[0]
