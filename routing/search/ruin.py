"""Which stops leave: adjacent strings of near runs (Christiaens and Vanden Berghe 2020)."""

from __future__ import annotations

from routing.search.arrays import PICKUPS0, Problem
from routing.search.compiled import compiled
from routing.search.coupling import unlink
from routing.search.dice import below
from routing.search.inplace import take_out
from routing.search.memory import keep, to_bank
from routing.search.runs import commit
from routing.search.state import BROKEN, ELEMENT, LENGTH, MARK, SERVED, STOPS, USED, State

STRING_LONGEST = 10
STRING_SHORTEST = 3
"""Strings are at most as long as runs are on average, within these bounds."""
REMOVED_ON_AVERAGE = 10
WHOLE_RUN = 12
"""One ruin in so many takes the whole run of its first stop, ..."""
WHOLE_LONGEST = 25
"""... where it has no more stops: what strings cannot do is do without a run."""


@compiled
def ruin(problem: Problem, state: State) -> int:
    """Remove strings of stops around a random one from the runs near it.

    Returns
    -------
    int
        How many stops were removed; they stand first in `state.removed` and bear the mark of this iteration.
    """
    state.tally[MARK] += 1
    served, used = state.tally[SERVED], max(state.tally[USED], 1)
    if served == 0:
        return 0
    longest = min(STRING_LONGEST, max(STRING_SHORTEST, served // used))
    strings = 1 + below(state.random, max(1, 4 * REMOVED_ON_AVERAGE // (1 + longest)))
    seed = below(state.random, problem.place.shape[0])
    count = 0
    around = problem.around if below(state.random, 2) else problem.near
    whole = problem.multi_trip == 0 and below(state.random, WHOLE_RUN) == 0
    for i in range(-1, around.shape[1]):
        stop = seed if i < 0 else around[seed, i]
        if stop < 0 or strings == 0:
            break
        run = state.run_of[stop]
        if run < 0 or state.touched_mark[run]:
            continue
        length = 1 + below(state.random, min(longest, state.run[run, STOPS]))
        if whole and state.run[run, STOPS] <= WHOLE_LONGEST:
            length, whole = state.run[run, STOPS], False
        before = count
        count = _mark_string(problem, state, run, state.position_of[stop], length, count)
        if count > before:
            state.gap[run] = state.position_of[state.removed[before]]
        count = drop_marked(problem, state, run, count)
        strings -= 1
    return drop_second_halves(problem, state, count)


@compiled
def _mark_string(problem: Problem, state: State, run: int, position: int, length: int, count: int) -> int:
    """Mark `length` stops around `position`; half of the time some inside the string stay (split string)."""
    stops = state.run[run, STOPS]
    kept = 0
    if length > 1 and length < stops and below(state.random, 2) == 0:
        kept = 1
        while length + kept < stops and kept < length and below(state.random, 100) > 0:
            kept += 1
    span = length + kept
    rank = 0
    for i in range(1, position):
        if state.at[run, i, ELEMENT] < len(problem.place):
            rank += 1
    first = min(max(0, rank - below(state.random, span)), stops - span)
    hole = first + (1 + below(state.random, length - 1) if kept > 0 else span)
    rank = -1
    for i in range(1, state.run[run, LENGTH] + 1):
        element = state.at[run, i, ELEMENT]
        if element == len(problem.place):
            continue
        rank += 1
        if first <= rank < first + span and not hole <= rank < hole + kept:
            count = mark(problem, state, element, count)
    return count


@compiled
def mark(problem: Problem, state: State, stop: int, count: int) -> int:
    """List `stop` as removed, unless it must stay or is listed already."""
    if problem.frozen[stop] or state.marks[stop] == state.tally[MARK]:
        return count
    state.marks[stop] = state.tally[MARK]
    state.removed[count] = stop
    return count + 1


@compiled
def drop_marked(problem: Problem, state: State, run: int, count: int) -> int:
    """Commit the run without its marked stops; where that cannot be kept, all of its stops go.

    It cannot where the triangle inequality fails or a break is no longer taken on the way.
    """
    if problem.plain and take_out(problem, state, run):
        return _let_go(problem, state, run, count)
    length = state.run[run, LENGTH]
    if not commit(problem, state, run, _draft_unmarked(problem, state, run)):
        for i in range(1, length + 1):
            element = state.at[run, i, ELEMENT]
            if element < len(problem.place):
                count = mark(problem, state, element, count)
        if not commit(problem, state, run, _draft_unmarked(problem, state, run)):
            state.tally[BROKEN] = 1
    return _let_go(problem, state, run, count)


@compiled
def _let_go(problem: Problem, state: State, run: int, count: int) -> int:
    """Say of the listed stops that the run no longer has them; the return of a round trip goes with its pickup."""
    for i in range(count):
        stop = state.removed[i]
        if state.run_of[stop] != run:
            continue
        state.run_of[stop] = -1
        unlink(problem, state, stop)
        other = problem.partner[stop]
        if other >= 0 and problem.is_second[stop] == 0 and state.run_of[other] >= 0:
            if problem.frozen[other]:
                state.tally[BROKEN] = 1
            count = mark(problem, state, other, count)
    return count


@compiled
def _draft_unmarked(problem: Problem, state: State, run: int) -> int:
    size = 0
    stops = len(problem.place)
    hubs = 0
    for i in range(1, state.run[run, LENGTH] + 1):
        element = state.at[run, i, ELEMENT]
        if element == stops or state.marks[element] != state.tally[MARK]:
            state.draft[size] = element
            size += 1
            hubs += 1 if element == stops else 0
    if hubs == 0 and problem.kinds[problem.kind_of[run], PICKUPS0] > 0:
        state.draft[size] = stops
        size += 1
    return size


@compiled
def drop_second_halves(problem: Problem, state: State, count: int) -> int:
    """Take the returns whose pickups were removed out of their runs."""
    if not problem.linked:
        return count
    i = 0
    while i < count:
        run = state.run_of[state.removed[i]]
        if run >= 0:
            count = drop_marked(problem, state, run, count)
        i += 1
    return count


@compiled
def drop_orphans(problem: Problem, state: State) -> None:
    """Leave out the returns of round trips whose pickups are unserved."""
    state.tally[MARK] += 1
    count = 0
    for stop in range(len(problem.place)):
        if problem.is_second[stop] and state.run_of[stop] >= 0 and state.run_of[problem.partner[stop]] < 0:
            count = mark(problem, state, stop, count)
    count = drop_second_halves(problem, state, count)
    for i in range(count):
        to_bank(problem, state, state.removed[i])
    keep(state)
