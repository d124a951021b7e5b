"""Ruin and recreate under simulated annealing: take a change, or take it back; remember the best."""

from __future__ import annotations

from routing.search.arrays import I64, Problem
from routing.search.compiled import compiled
from routing.search.dice import below, exponential
from routing.search.memory import from_bank, keep, remember_best, to_bank
from routing.search.recreate import recreate
from routing.search.ruin import mark, ruin
from routing.search.runs import take_back
from routing.search.state import BANKED, BEST_TOTAL, BROKEN, ITERATIONS, PENALTY, TOTAL, State
from routing.search.tails import mend_tails, move_tails
from routing.search.trips import move_trips

FROM_BANK = 8
"""So many unserved stops at most are tried again in one iteration."""
EXCHANGED = 2
"""One iteration in so many lets trips change runs, or their tails where drivers make one trip."""

MENDED = 20
"""Where drivers make one trip, so many temperatures too much are tails given a chance to win back."""

NO_LIMIT = 2**62

# Orders in which stops are inserted, and how often each is drawn, after Christiaens and Vanden Berghe (2020).
RANDOM, HEAVY, FAR, NEAR, NARROW, EARLY, LATE, DEAR = range(8)
ORDERS = (4, 2, 2, 1, 2, 2, 2, 1)
DRAWS = 16


@compiled
def construct(problem: Problem, state: State, order: I64, first: int, last: int) -> None:
    """Insert the unserved stops among ``order[first:last]`` one by one."""
    for i in range(first, last):
        stop = order[i]
        if state.run_of[stop] >= 0:
            continue
        state.removed[0] = stop
        recreate(problem, state, 1, NO_LIMIT)
        keep(state)


@compiled
def search(problem: Problem, state: State, iterations: int, warm: int, cold: int) -> None:
    """Do `iterations` of ruin and recreate while the temperature goes in even steps from `warm` to `cold`.

    Temperatures are in fine cost units; a change for the worse by less than the temperature times a unit
    exponential draw is accepted, which is Metropolis' rule.
    """
    for i in range(iterations):
        temperature = warm + (cold - warm) * i // iterations
        _iterate(problem, state, temperature)
    state.tally[ITERATIONS] += iterations


@compiled
def _iterate(problem: Problem, state: State, temperature: int) -> None:
    total, penalty = state.tally[TOTAL], state.tally[PENALTY]
    limit = total + (temperature * exponential(state.random) >> 16)
    mended = 0 if problem.multi_trip else MENDED * temperature
    count, good = change(problem, state, FROM_BANK, limit - total, limit + mended)
    if good and not problem.multi_trip:
        mend_tails(problem, state, count)
        good = not state.tally[BROKEN]
    if good and state.tally[TOTAL] < limit:
        keep(state)
        if state.tally[TOTAL] < state.tally[BEST_TOTAL]:
            remember_best(state)
        return
    undo(problem, state, count, total, penalty)


@compiled
def change(problem: Problem, state: State, from_bank: int, margin: int, limit: int) -> tuple[int, bool]:
    """Ruin and recreate, trying some unserved stops too; trips or tails may change runs for less than `margin`.

    Returns
    -------
    int
        How many stops of `state.removed` were taken out or tried.
    bool
        Whether all were tried, so that the total may be below `limit`.
    """
    state.tally[BROKEN] = 0
    count = ruin(problem, state)
    if not state.tally[BROKEN] and below(state.random, EXCHANGED) == 0:
        if problem.multi_trip:
            move_trips(problem, state, max(1, margin))
        else:
            move_tails(problem, state, max(1, margin))
    count = _with_banked(problem, state, count, from_bank)
    if state.tally[BROKEN]:
        return count, False
    _sort(problem, state, count)
    return count, recreate(problem, state, count, limit)


@compiled
def undo(problem: Problem, state: State, count: int, total: int, penalty: int) -> None:
    """Take back what `change` did, to the total and penalty before."""
    take_back(problem, state)
    for i in range(count):
        stop = state.removed[i]
        if state.run_of[stop] < 0:
            to_bank(problem, state, stop)
        else:
            from_bank(problem, state, stop)
    state.tally[TOTAL], state.tally[PENALTY] = total, penalty


@compiled
def _with_banked(problem: Problem, state: State, count: int, most: int) -> int:
    """List some unserved stops beside the removed ones, at most `most`."""
    banked = state.tally[BANKED]
    if banked == 0:
        return count
    start = below(state.random, banked)
    for i in range(min(banked, most)):
        count = mark(problem, state, state.bank[(start + i) % banked], count)
    return count


@compiled
def _sort(problem: Problem, state: State, count: int) -> None:
    """Put the removed stops in one of the orders, drawn by its weight."""
    draw = below(state.random, DRAWS)
    order = 0
    while draw >= ORDERS[order]:
        draw -= ORDERS[order]
        order += 1
    keys, removed = state.keys, state.removed
    for i in range(count):
        stop = removed[i]
        key = below(state.random, 1 << 20)
        if order != RANDOM:
            key += _key(problem, stop, order) << 20
        j = i
        while j > 0 and keys[j - 1] > key:
            keys[j], removed[j] = keys[j - 1], removed[j - 1]
            j -= 1
        keys[j], removed[j] = key, stop


@compiled
def _key(problem: Problem, stop: int, order: int) -> int:
    first, last = problem.window_at[stop], problem.window_at[stop + 1] - 1
    if order == HEAVY:
        return -(problem.returns[stop] + problem.pickups[stop])
    if order == FAR:
        return -problem.metres[problem.hub, problem.place[stop]]
    if order == NEAR:
        return problem.metres[problem.hub, problem.place[stop]]
    if order == NARROW:
        return problem.closes[last] - max(problem.opens[first], problem.ready[stop])
    if order == EARLY:
        return max(problem.opens[first], problem.ready[stop])
    if order == LATE:
        return -problem.closes[last]
    return -(problem.penalty[stop] >> 15)
