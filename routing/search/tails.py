"""The tails of two runs change places, or a run is cut in two, or two become one (2-opt*, Potvin and Rousseau 1995).

Strings of ten stops cannot do that where runs have thirty, and a run that is opened for one stop costs a way of its
own: so how many runs there are freezes long before the order of the stops does.
"""

from __future__ import annotations

from routing.search.arrays import END, START, Problem
from routing.search.clock import arrival
from routing.search.compiled import compiled
from routing.search.dice import below
from routing.search.exchange import exchange
from routing.search.positions import leg_worth
from routing.search.state import (
    BROKEN,
    ELEMENT,
    HUB_AFTER,
    HUB_BEFORE,
    LATEST,
    LEFT,
    LEG,
    LENGTH,
    PLACE,
    TOTAL,
    TOUCHED,
    State,
)
from routing.search.trips import idle_run

MOVES = 3
"""So many runs are cut after a ruin, each ..."""
AT_GAP = 2
"""... one time in so many where stops were taken out, else anywhere."""
ONE_TO_IDLE = 4
"""One time in so many the tail goes to an idle run, else to one of those whose tails join best; ..."""
TRIED = 10
"""... the cuts beside so many of the nearest stops are judged, on either side."""
ROUNDS = 5
"""Tails are mended around the stops of an iteration so many times at most."""


@compiled
def move_tails(problem: Problem, state: State, margin: int) -> None:
    """Give tails of the runs of this iteration to others for theirs, if all that costs less than `margin`."""
    for _ in range(MOVES):
        if state.tally[TOUCHED] == 0 or state.tally[BROKEN]:
            return
        run = state.touched[below(state.random, state.tally[TOUCHED])]
        length = state.run[run, LENGTH]
        if length < 2:
            continue
        row = 2 + below(state.random, length)  # before this row the run is cut
        if below(state.random, AT_GAP) == 0:
            row = min(max(2, state.gap[run]), length + 1)
        before = state.tally[TOTAL]
        if below(state.random, ONE_TO_IDLE) == 0:
            _cut_in_two(problem, state, run, row, margin)
        else:
            _cut(problem, state, run, row, margin, True)
        margin -= state.tally[TOTAL] - before


@compiled
def mend_tails(problem: Problem, state: State, count: int) -> None:
    """Let tails change places before and after the first `count` of `state.removed`, while that makes runs cheaper."""
    for _ in range(ROUNDS):
        before = state.tally[TOTAL]
        for i in range(count):
            for side in range(2):
                run = state.run_of[state.removed[i]]
                if run < 0 or state.tally[BROKEN]:
                    break
                row = state.position_of[state.removed[i]] + side
                if row > 1:
                    _cut(problem, state, run, row, 0, False)
        if state.tally[TOTAL] == before:
            return


@compiled
def _cut_in_two(problem: Problem, state: State, run: int, row: int, margin: int) -> None:
    """Let an idle run have the tail."""
    if row > state.run[run, LENGTH] or state.at[run, row - 1, ELEMENT] >= len(problem.place):
        return
    other = idle_run(problem, state)
    if other >= 0 and other != run and _added_by_cut(problem, state, run, row, other) < margin:
        exchange(problem, state, run, row, _end_of_trip(state, run, row), other, 1, 1, margin)


@compiled
def _cut(problem: Problem, state: State, run: int, row: int, margin: int, ends: bool) -> None:
    """Let the tail and the one that joins best change places; with `ends` also with nothing, or a whole run."""
    if state.at[run, row - 1, ELEMENT] >= len(problem.place):
        return
    best, other, gap = _best_near_tail(problem, state, run, row, margin)
    if ends:
        cost, whole, q = _best_end(problem, state, run, row, best)
        if cost < best:
            other, gap = whole, q
    if other >= 0:
        last, end = _end_of_trip(state, run, row), _end_of_trip(state, other, gap)
        exchange(problem, state, run, row, last, other, gap, end, margin)
        state.gap[other] = gap


@compiled
def _end_of_trip(state: State, run: int, row: int) -> int:
    """The row of the hub visit at `row` or after it, one past the last where there is none."""
    after = state.at[run, row, HUB_AFTER] if row <= state.run[run, LENGTH] else 0
    return after if after > 0 else state.run[run, LENGTH] + 1


@compiled
def _added_by_cut(problem: Problem, state: State, run: int, row: int, other: int) -> int:
    """What the legs cost more if the idle run takes the rows from `row` on."""
    at, hub = state.at[run], problem.hub
    kind, its = problem.kinds[problem.kind_of[run]], problem.kinds[problem.kind_of[other]]
    last = at[state.run[run, LENGTH], PLACE]
    worth = leg_worth(problem, at[row - 1, PLACE], kind[END]) - at[row, LEG]
    worth += problem.worth[its[START], hub] + problem.worth[hub, at[row, PLACE]]
    worth += leg_worth(problem, last, its[END]) - leg_worth(problem, last, kind[END])
    return worth << problem.coarse


@compiled
def _best_near_tail(problem: Problem, state: State, run: int, row: int, margin: int) -> tuple[int, int, int]:
    """What the tail beside a near stop costs that joins best, its run and first row; `margin` where none costs less.

    Such a tail begins near the stop before the cut, or its head ends near the stop after it.
    """
    best, found, gap = margin, -1, 0
    for side in range(2):
        stop = state.at[run, row - 1 + side, ELEMENT]
        for i in range(min(TRIED, problem.near.shape[1]) if stop < len(problem.place) else 0):
            near = problem.near[stop, i]
            if near < 0:
                break
            other = state.run_of[near]
            if other >= 0 and other != run:
                q = state.position_of[near] + side
                cost = _joined(problem, state, run, row, other, q, best)
                if cost < best:
                    best, found, gap = cost, other, q
    return best, found, gap


@compiled
def _best_end(problem: Problem, state: State, run: int, row: int, margin: int) -> tuple[int, int, int]:
    """The same of whole runs as tails, and of the ends of runs, which give nothing back."""
    best, found, gap = margin, -1, 0
    for kind in range(len(problem.kinds)):
        first = problem.kind_at[kind]
        for k in range(first, first + state.used[kind]):
            other = state.order[k]
            if other == run:
                continue
            for end in range(2):
                q = state.run[other, LENGTH] + 1 if end else 1 + (state.at[other, 1, ELEMENT] == len(problem.place))
                cost = _joined(problem, state, run, row, other, q, best)
                if cost < best:
                    best, found, gap = cost, other, q
    return best, found, gap


@compiled
def _joined(problem: Problem, state: State, run: int, row: int, other: int, q: int, best: int) -> int:
    """What the legs cost more if the rows from `row` and `q` on change places; `best` where not less, or too late."""
    at, its = state.at[run], state.at[other]
    if its[q - 1, HUB_BEFORE] == 0 and at[row - 1, HUB_BEFORE] > 0:
        return best
    here, there, before, after = at[row - 1, PLACE], at[row, PLACE], its[q - 1, PLACE], its[q, PLACE]
    worth = leg_worth(problem, here, after) - at[row, LEG] + leg_worth(problem, before, there) - its[q, LEG]
    if (worth << problem.coarse) >= best:
        return best
    if after >= 0 and arrival(problem, at[row - 1, LEFT], here, after) > its[q, LATEST]:
        return best
    if there >= 0 and arrival(problem, its[q - 1, LEFT], before, there) > at[row, LATEST]:
        return best
    return worth << problem.coarse
