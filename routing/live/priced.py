"""Compiled: ruin and recreate where each step pays for the stops that it changes."""

from __future__ import annotations

from routing.search.anneal import FROM_BANK, change, undo
from routing.search.arrays import I64, Problem
from routing.search.compiled import compiled
from routing.search.dice import exponential
from routing.search.memory import keep, remember_best
from routing.search.state import ELEMENT, ITERATIONS, LENGTH, PENALTY, TOTAL, State

VALUE, BEST_VALUE = range(2)


@compiled
def search_priced(  # noqa: PLR0917
    problem: Problem, state: State, iterations: int, temperature: int, price: int, base: I64, tails: I64, value: I64
) -> None:
    """Do `iterations` at one temperature, on costs plus `price` for each stop that differs from `base`.

    Parameters
    ----------
    temperature, price
        In fine units.
    base
        Shape (2, stops): the run and position of each stop in the beginning, -1 where it had none.
    tails
        Room for as many numbers as there are stops.
    value
        Costs with prices now, and of the best so far, which the state remembers; updated.
    """
    for _ in range(iterations):
        total, penalty = state.tally[TOTAL], state.tally[PENALTY]
        worse = temperature * exponential(state.random) >> 16
        prices = value[VALUE] - total
        # Changes may also be taken back, so at most all that has been paid for them is to be had.
        count, good = change(problem, state, FROM_BANK, total, total + worse + prices + 1)
        if good:
            now = state.tally[TOTAL] + price * changed(problem, state, base, tails)
            if now < value[VALUE] + worse:
                keep(state)
                value[VALUE] = now
                if now < value[BEST_VALUE]:
                    remember_best(state)
                    value[BEST_VALUE] = now
                continue
        undo(problem, state, count, total, penalty)
    state.tally[ITERATIONS] += iterations


@compiled
def changed(problem: Problem, state: State, base: I64, tails: I64) -> int:
    """How many stops have another run than in `base`, or have left the order that those staying on it keep."""
    count = 0
    for stop in range(len(problem.place)):
        if base[0, stop] >= 0 and state.run_of[stop] != base[0, stop]:
            count += 1
    for run in range(len(problem.kind_of)):
        staying, rising = 0, 0
        for row in range(1, state.run[run, LENGTH] + 1):
            stop = state.at[run, row, ELEMENT]
            if stop >= len(problem.place) or base[0, stop] != run:
                continue
            staying += 1
            # The longest rising subsequence of positions (Schensted 1961).
            at = rising
            while at > 0 and tails[at - 1] >= base[1, stop]:
                at -= 1
            tails[at] = base[1, stop]
            if at == rising:
                rising += 1
        count += staying - rising
    return count
