"""Compiled: where one more stop could go, run by run, judged by the timing rule alone.

Unlike the search, which looks beside near stops only, every position of every run is tried: a quote names all drivers.
"""

from __future__ import annotations

import numpy as np

from routing.search.arrays import BEGAN, I64, Problem
from routing.search.compiled import compiled
from routing.search.memory import keep
from routing.search.positions import LOAD_AT_START, PLAIN, RELOAD, RELOAD_AFTER, may_fit
from routing.search.recreate import draft_with
from routing.search.runs import commit, place_draft, settle_run, take_back
from routing.search.state import (
    BEGIN,
    COST,
    DRAFT_METRES,
    DRAFT_PAID,
    ELEMENT,
    HUB_BEFORE,
    LENGTH,
    PENALTY,
    TOTAL,
    State,
)
from routing.search.timing import INFEASIBLE, cost_of, evaluate

OFFER_COST, OFFER_ROW, OFFER_WAY = range(3)
ALL_RUNS = -1
TRIES = 3
"""So many of the cheapest offers are tried for good."""


@compiled
def offers(problem: Problem, state: State, stop: int, only: int, found: I64) -> int:
    """Write the cheapest way to serve `stop` on each run: added cost in fine units, row and way.

    Parameters
    ----------
    only
        A run to look at alone, or ALL_RUNS.
    found
        Shape (runs, 3); the cost is INFEASIBLE where the run cannot take the stop.

    Returns
    -------
    int
        The run that is cheapest, or -1.
    """
    best, chosen = INFEASIBLE, -1
    for run in range(len(problem.kind_of)):
        found[run, OFFER_COST] = INFEASIBLE
        if (only >= 0 and run != only) or not problem.can[problem.kind_of[run], stop]:
            continue
        length = state.run[run, LENGTH]
        if length + 8 >= state.at.shape[1]:
            continue
        for row in range(1, length + 2):
            for way in (PLAIN, RELOAD, RELOAD_AFTER, LOAD_AT_START):
                if not _makes_sense(problem, state, stop, run, row, way):
                    continue
                if way != LOAD_AT_START and not may_fit(problem, state, stop, run, row, way):
                    continue
                cost = evaluate(problem, state, run, draft_with(problem, state, stop, run, row, way))
                cost -= state.run[run, COST]
                if cost < found[run, OFFER_COST]:
                    found[run, OFFER_COST], found[run, OFFER_ROW], found[run, OFFER_WAY] = cost, row, way
        if found[run, OFFER_COST] < best:
            best, chosen = found[run, OFFER_COST], run
    return chosen


@compiled
def _makes_sense(problem: Problem, state: State, stop: int, run: int, row: int, way: int) -> bool:  # noqa: PLR0917
    """Whether the way is another one than those tried anyway, and loads what is to be brought."""
    at, n = state.at[run], len(problem.place)
    loads = problem.returns[stop] > 0 and not problem.on_board[stop]
    loaded = at[row - 1, HUB_BEFORE] > 0
    if way == PLAIN:
        return loaded or not loads
    if way == LOAD_AT_START:
        return loads and not loaded and row > 1
    if way == RELOAD:
        return at[row - 1, ELEMENT] != n and (loads or not loaded)
    return at[row, ELEMENT] != n and (loaded or not loads)


@compiled
def _settled_cost(problem: Problem, state: State, run: int) -> int:
    """What the run costs, timed for good as it stands, in fine units; nothing where it has not begun and is empty."""
    kind = problem.kinds[problem.kind_of[run]]
    if (state.run[run, LENGTH] == 0 and kind[BEGAN] == 0) or settle_run(problem, state, run) < 0:
        return 0
    return cost_of(problem, kind, state.tally[DRAFT_METRES], state.tally[DRAFT_PAID])


@compiled
def tried(problem: Problem, state: State, stop: int, run: int, row: int, way: int) -> tuple[int, int]:  # noqa: PLR0917
    """Put `stop` there, time the run for good, and leave everything as it was.

    Returns
    -------
    int
        When the stop would begin, or -1 where it cannot be kept.
    int
        What the run would cost then, in fine units.
    """
    total, penalty = state.tally[TOTAL], state.tally[PENALTY]
    begin, cost = -1, INFEASIBLE
    if commit(problem, state, run, draft_with(problem, state, stop, run, row, way)):
        if settle_run(problem, state, run) >= 0:
            cost = cost_of(
                problem, problem.kinds[problem.kind_of[run]], state.tally[DRAFT_METRES], state.tally[DRAFT_PAID]
            )
            for i in range(1, state.run[run, LENGTH] + 1):
                if state.at[run, i, ELEMENT] == stop:
                    begin = state.at[run, i, BEGIN]
        take_back(problem, state)
        state.run_of[stop], state.position_of[stop] = -1, -1
    state.tally[TOTAL], state.tally[PENALTY] = total, penalty
    return begin, cost


@compiled
def accept(problem: Problem, state: State, stop: int, run: int, row: int, way: int) -> bool:  # noqa: PLR0917
    """Put `stop` there for good; say whether that could be kept."""
    state.floors[:] = 0
    length = draft_with(problem, state, stop, run, row, way)
    kept = place_draft(problem, state, run, length)
    keep(state)
    return kept


@compiled
def extend(problem: Problem, state: State, run: int, elements: I64) -> bool:
    """Make these elements the run, with a hub visit at the end if that makes it possible; say whether it could be."""
    state.floors[:] = 0
    for i in range(len(elements)):
        state.draft[i] = elements[i]
    kept = place_draft(problem, state, run, len(elements))
    if not kept:
        for i in range(len(elements)):
            state.draft[i] = elements[i]
        state.draft[len(elements)] = len(problem.place)
        kept = place_draft(problem, state, run, len(elements) + 1)
    keep(state)
    return kept


@compiled
def keep_what_fits(problem: Problem, state: State, run: int, wanted: I64) -> None:
    """Make the run of these elements, in their order, leaving out what cannot be kept; the run is empty before."""
    kept, count = np.empty(len(wanted) + 1, np.int64), 0
    for element in wanted:
        kept[count] = element
        fits = element == len(problem.place)
        if not fits and _may_follow(problem, state, element, kept[:count]):
            fits = extend(problem, state, run, kept[: count + 1])
        count += fits


@compiled
def _may_follow(problem: Problem, state: State, stop: int, before: I64) -> bool:
    """Whether the document that the stop brings back is fetched by some run, or by this one before."""
    return not is_orphan(problem, state, stop) or (before == problem.partner[stop]).any()


@compiled
def is_orphan(problem: Problem, state: State, stop: int) -> bool:
    """Whether the stop brings back a document that no run fetches."""
    partner = problem.partner[stop]
    return bool(partner >= 0 and problem.is_second[stop] == 1 and state.run_of[partner] < 0)


@compiled
def place(problem: Problem, state: State, stop: int, found: I64) -> int:
    """Put `stop` where it costs least; return the run, or -1 where it fits nowhere."""
    if is_orphan(problem, state, stop):
        return -1
    run = offers(problem, state, stop, ALL_RUNS, found)
    for _ in range(TRIES):
        if run < 0 or accept(problem, state, stop, run, found[run, OFFER_ROW], found[run, OFFER_WAY]):
            break
        run = _next_best(found, run)
    return run if state.run_of[stop] >= 0 else -1


@compiled
def place_late(problem: Problem, state: State, stop: int, steps: I64, found: I64) -> int:
    """Put `stop` where it is late by as few of these steps as possible; widen its last window so far.

    Returns
    -------
    int
        The step, -1 where even the last is not enough; nothing is then changed.
    """
    last = problem.window_at[stop + 1] - 1
    closes = problem.closes[last]
    problem.closes[last] = closes + steps[-1]
    if not is_orphan(problem, state, stop) and offers(problem, state, stop, ALL_RUNS, found) >= 0:
        for step in steps:
            problem.closes[last] = closes + step
            if place(problem, state, stop, found) >= 0:
                return int(step)
    problem.closes[last] = closes
    return -1


@compiled
def options(problem: Problem, state: State, stop: int, most: int, found: I64, told: I64) -> int:  # noqa: PLR0917
    """Write the cheapest ways to serve `stop`, timed for good, one per run: run, begin, added cost in fine units.

    Returns
    -------
    int
        How many there are, at most `most`.
    """
    count = 0
    run = -1 if is_orphan(problem, state, stop) else offers(problem, state, stop, ALL_RUNS, found)
    while run >= 0 and count < most:
        begin, cost = tried(problem, state, stop, run, found[run, OFFER_ROW], found[run, OFFER_WAY])
        if begin >= 0:
            told[count, 0], told[count, 1], told[count, 2] = run, begin, cost - _settled_cost(problem, state, run)
            count += 1
        run = _next_best(found, run)
    return count


@compiled
def _next_best(found: I64, run: int) -> int:
    """Strike out the offer of `run`; return the run whose offer is the cheapest then, or -1."""
    found[run, OFFER_COST] = INFEASIBLE
    best = int(found[:, OFFER_COST].argmin())
    return best if found[best, OFFER_COST] < INFEASIBLE else -1
