"""Where stops go: greedy insertion with blinks next to near stops, at the ends of trips, in new trips and new runs.

Christiaens and Vanden Berghe (2020), "Slack induction by string removals for vehicle routing problems", with
insertions limited to near stops: the few positions that look best (see `positions`) are walked by the timing rule.
"""

from __future__ import annotations

from routing.search.arrays import UNKNOWN, Problem
from routing.search.compiled import compiled
from routing.search.dice import below
from routing.search.inplace import put_in
from routing.search.memory import from_bank, to_bank
from routing.search.positions import (
    COUNT,
    KEPT,
    LOAD_AT_START,
    RELOAD,
    RELOAD_AFTER,
    RUN,
    WAY,
    list_new_runs,
    list_positions,
)
from routing.search.runs import commit, commit_walked
from routing.search.state import CANDIDATES, COST, ELEMENT, HUB_AFTER, LENGTH, SHARED, TOTAL, State
from routing.search.timing import evaluate

ENOUGH_PAID = 2
"""Where time is paid, walks are dear: so many runs that can take a stop are enough to choose from."""
SPARING = 10
"""Where runs cost nothing of their own, an insertion opens one freely only one time in so many: else if it must."""


@compiled
def recreate(problem: Problem, state: State, count: int, limit: int) -> bool:
    """Insert the first `count` stops of `state.removed` in their order; those that fit nowhere go to the bank.

    The return of a round trip waits until its pickup has been tried. Once the total cannot come below `limit` any
    more, nothing further is tried: an insertion only adds to it, but for the penalties of stops that leave the bank.
    Returns whether all were tried.
    """
    hope = 0
    for i in range(count):
        if state.bank_at[state.removed[i]] >= 0:
            hope += problem.penalty[state.removed[i]]
    for attempt in range(2):
        for i in range(count):
            stop = state.removed[i]
            waits = problem.partner[stop] >= 0 and problem.is_second[stop] == 1
            if waits != (attempt == 1):
                continue
            if state.bank_at[stop] >= 0:
                hope -= problem.penalty[stop]
            orphan = waits and state.run_of[problem.partner[stop]] < 0
            if not orphan and insert(problem, state, stop):
                from_bank(problem, state, stop)
            else:
                to_bank(problem, state, stop)
            if state.tally[TOTAL] - hope >= limit and problem.mean_paid == UNKNOWN:
                return False
    return True


@compiled
def insert(problem: Problem, state: State, stop: int) -> bool:
    """Put `stop` where it costs least, if that is less than leaving it out; say whether it was."""
    sparing = problem.free_runs == 1 and below(state.random, SPARING) > 0
    list_positions(problem, state, stop, not sparing)
    if _insert_best(problem, state, stop):
        return True
    if not sparing:
        return False
    list_new_runs(problem, state, stop)
    return _insert_best(problem, state, stop)


@compiled
def _insert_best(problem: Problem, state: State, stop: int) -> bool:
    """Walk the candidates, the best-looking first, until none can be better; commit the best."""
    best, chosen, last = problem.penalty[stop], -1, -1
    more = ENOUGH_PAID if problem.paid else CANDIDATES
    for i in range(state.choice[COUNT]):
        lower, run, row, way, settled, _ = state.candidates[i]
        if lower >= best or more == 0:
            break
        other_way = _way_kept(state, run, i)
        if way == other_way:
            continue
        cost = lower
        if not settled:
            cost = evaluate(problem, state, run, draft_with(problem, state, stop, run, row, way))
            cost -= state.run[run, COST]
            last = i
        if cost < problem.penalty[stop]:
            state.candidates[i, KEPT] = 1
            more -= 1 if other_way < 0 else 0
        if cost < best:
            best, chosen = cost, i
    if chosen < 0:
        return False
    _, run, row, way, settled, _ = state.candidates[chosen]
    if settled and state.run[run, SHARED] == 0:
        put_in(problem, state, stop, run, row)
        return True
    if chosen == last:
        commit_walked(problem, state, run)
        return True
    return commit(problem, state, run, draft_with(problem, state, stop, run, row, way))


@compiled
def _way_kept(state: State, run: int, i: int) -> int:
    """In which way a candidate before i can be kept in the run, or -1; another one in that way is seldom better."""
    way, candidates = -1, state.candidates
    for j in range(i):
        if candidates[j, RUN] == run and candidates[j, KEPT]:
            way = candidates[j, WAY]
    return way


@compiled
def draft_with(problem: Problem, state: State, stop: int, run: int, row: int, way: int) -> int:
    """Write the run with `stop` put before `row` in the given way to the draft, and return its length."""
    at, draft, n = state.at[run], state.draft, len(problem.place)
    length = state.run[run, LENGTH]
    size = 0
    if way == LOAD_AT_START:
        draft[0] = n
        size = 1
    for i in range(1, row):
        draft[size] = at[i, ELEMENT]
        size += 1
    if way == RELOAD:
        draft[size] = n
        size += 1
    draft[size] = stop
    size += 1
    if way == RELOAD_AFTER:
        draft[size] = n
        size += 1
    for i in range(row, length + 1):
        draft[size] = at[i, ELEMENT]
        size += 1
    if problem.pickups[stop] > 0 and way != RELOAD_AFTER and at[row, HUB_AFTER] == 0:
        draft[size] = n
        size += 1
    return size
