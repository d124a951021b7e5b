"""Compiled: where one more stop could go, run by run, judged by the timing rule alone.

Unlike the search, which looks beside near stops only, every position of every run is tried: a quote names all drivers.
"""

from __future__ import annotations

from routing.search.arrays import I64, Problem
from routing.search.compiled import compiled
from routing.search.memory import keep
from routing.search.recreate import LOAD_AT_START, PLAIN, RELOAD, RELOAD_AFTER, _draft_with, _may_fit
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
                if way != LOAD_AT_START and not _may_fit(problem, state, stop, run, row, way):
                    continue
                cost = evaluate(problem, state, run, _draft_with(problem, state, stop, run, row, way))
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
    if commit(problem, state, run, _draft_with(problem, state, stop, run, row, way)):
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
    length = _draft_with(problem, state, stop, run, row, way)
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
