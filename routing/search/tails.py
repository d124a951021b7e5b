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
from routing.search.state import ELEMENT, HUB_AFTER, HUB_BEFORE, LATEST, LEFT, LEG, LENGTH, PLACE, TOUCHED, State
from routing.search.trips import idle_run

TRIED = 10
"""Tails that begin at so many of the nearest stops are judged."""
CUT = 4
"""One time in so many the tail goes to an idle run."""


@compiled
def move_tails(problem: Problem, state: State, margin: int) -> None:
    """Give the tail of a run of this iteration another's and that one its own, if it costs less than `margin`."""
    if state.tally[TOUCHED] == 0:
        return
    run = state.touched[below(state.random, state.tally[TOUCHED])]
    length = state.run[run, LENGTH]
    if length < 2:
        return
    row = 2 + below(state.random, length)  # before this row the run is cut
    if state.at[run, row - 1, ELEMENT] >= len(problem.place):
        return
    other, gap = -1, 1
    if below(state.random, CUT) == 0 and row <= length:
        other = idle_run(problem, state)
        if other >= 0 and _added_by_cut(problem, state, run, row, other) >= margin:
            return
    else:
        other, gap = _best_tail(problem, state, run, row, margin)
    if other >= 0 and other != run:
        last, end = _end_of_trip(state, run, row), _end_of_trip(state, other, gap)
        exchange(problem, state, run, row, last, other, gap, end, margin)


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
def _best_tail(problem: Problem, state: State, run: int, row: int, margin: int) -> tuple[int, int]:
    """The run and row from which a tail joins best where `run` is cut; -1 where none does for less than `margin`."""
    at = state.at[run]
    stop, here, there = at[row - 1, ELEMENT], at[row - 1, PLACE], at[row, PLACE]
    best, found, gap = margin, -1, 0
    for i in range(min(TRIED, problem.near.shape[1])):
        near = problem.near[stop, i]
        if near < 0:
            break
        other = state.run_of[near]
        if other < 0 or other == run:
            continue
        q = state.position_of[near]
        if state.at[other, q - 1, HUB_BEFORE] == 0 and at[row - 1, HUB_BEFORE] > 0:
            continue
        before = state.at[other, q - 1, PLACE]
        worth = problem.worth[here, state.at[other, q, PLACE]] - at[row, LEG]
        worth += leg_worth(problem, before, there) - state.at[other, q, LEG]
        if (worth << problem.coarse) >= best:
            continue
        if arrival(problem, at[row - 1, LEFT], here, state.at[other, q, PLACE]) > state.at[other, q, LATEST]:
            continue
        if there >= 0 and arrival(problem, state.at[other, q - 1, LEFT], before, there) > at[row, LATEST]:
            continue
        best, found, gap = worth << problem.coarse, other, q
    return found, gap
