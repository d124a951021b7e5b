"""Fewer runs: dissolve one, and search until its stops have found places in the others.

After Christiaens and Vanden Berghe (2020): each stop counts how often an iteration ended without it. The run whose
stops were least often absent is dissolved, and a change is taken where the stops it leaves out were absent less often
than those left out before: what is hard to place stays placed.
"""

from __future__ import annotations

from routing.search.anneal import NO_LIMIT, change, undo
from routing.search.arrays import BEGAN, CAPACITY, MAX_TRIPS, Problem
from routing.search.compiled import compiled
from routing.search.dice import exponential
from routing.search.memory import keep, remember_best, to_bank
from routing.search.ruin import drop_marked, drop_second_halves, mark
from routing.search.state import (
    BANKED,
    BROKEN,
    CLOSED,
    ELEMENT,
    ITERATIONS,
    LENGTH,
    MARK,
    PENALTY,
    TOTAL,
    USED,
    State,
)

AT_ONCE = 60
"""So many unserved stops at most are tried again in one iteration."""


@compiled
def shrink(problem: Problem, state: State, iterations: int, temperature: int) -> None:
    """Dissolve runs one after the other; the best becomes the solution of fewest runs that serves all.

    Does nothing more once no run can be dissolved.
    """
    state.tally[CLOSED] = 1
    for _ in range(iterations):
        if state.tally[BANKED] == 0 and not _dissolve_one(problem, state):
            break
        _iterate(problem, state, temperature)
        state.tally[ITERATIONS] += 1
        if state.tally[BANKED] == 0:
            remember_best(state)
    state.tally[CLOSED] = 0


@compiled
def _iterate(problem: Problem, state: State, temperature: int) -> None:
    total, penalty, absences = state.tally[TOTAL], state.tally[PENALTY], _absences(state)
    limit = total + (temperature * exponential(state.random) >> 16)
    count, good = change(problem, state, AT_ONCE, limit - total, NO_LIMIT)
    now = _absences(state)
    for i in range(state.tally[BANKED]):
        state.absent[state.bank[i]] += 1
    if good and (now < absences or (now == absences and state.tally[TOTAL] < limit)):
        keep(state)
    else:
        undo(problem, state, count, total, penalty)


@compiled
def _absences(state: State) -> int:
    """How often the stops that are unserved now were so before; each counts at least once."""
    total = 0
    for i in range(state.tally[BANKED]):
        total += 1 + state.absent[state.bank[i]]
    return total


@compiled
def _dissolve_one(problem: Problem, state: State) -> bool:
    """Put the stops of the run that is easiest to do without in the bank; False where no run can be spared."""
    if state.tally[USED] < 2 or not _would_fit(problem, state):
        return False
    best, chosen = NO_LIMIT, -1
    for run in range(len(problem.kind_of)):
        if state.run[run, LENGTH] > 0 and problem.kinds[problem.kind_of[run], BEGAN] == 0:
            worth = _hardness(problem, state, run)
            if worth < best:
                best, chosen = worth, run
    return chosen >= 0 and _dissolve(problem, state, chosen)


@compiled
def _hardness(problem: Problem, state: State, run: int) -> int:
    """How often the stops of the run were absent; a run with stops that must stay is never chosen."""
    total = 0
    for i in range(1, state.run[run, LENGTH] + 1):
        stop = state.at[run, i, ELEMENT]
        if stop < len(problem.place):
            total += NO_LIMIT if problem.frozen[stop] else 1 + state.absent[stop]
            if total >= NO_LIMIT:
                return NO_LIMIT
    return total


@compiled
def _would_fit(problem: Problem, state: State) -> bool:
    """Whether one run less could carry all the documents; unknown, so True, where runs may have several trips."""
    room = 0
    for kind in range(len(problem.kinds)):
        if problem.kinds[kind, MAX_TRIPS] > 1:
            return True
        room = max(room, problem.kinds[kind, CAPACITY])
    room *= state.tally[USED] - 1
    return problem.returns.sum() <= room and problem.pickups.sum() <= room


@compiled
def _dissolve(problem: Problem, state: State, run: int) -> bool:
    total, penalty = state.tally[TOTAL], state.tally[PENALTY]
    state.tally[MARK] += 1
    state.tally[BROKEN] = 0
    count = 0
    for i in range(1, state.run[run, LENGTH] + 1):
        stop = state.at[run, i, ELEMENT]
        if stop < len(problem.place):
            count = mark(problem, state, stop, count)
    count = drop_second_halves(problem, state, drop_marked(problem, state, run, count))
    if state.tally[BROKEN]:
        undo(problem, state, count, total, penalty)
        return False
    for i in range(count):
        to_bank(problem, state, state.removed[i])
    keep(state)
    return True
