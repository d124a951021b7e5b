"""A better plan that is worth its changes: drivers are not reshuffled for pennies."""

from __future__ import annotations

import time

import numpy as np

from routing.difference import difference
from routing.live.board import Board
from routing.plan import Plan

CHUNK = 200
"""Iterations between two looks at the clock."""
WARM = 20
"""The search begins at a temperature of a mean leg's cost divided by this, and cools to nothing."""


def improve(board: Board, price: int, *, seconds: float | None, iterations: int | None, seed: int) -> int:
    """Improve the plan on the board in place; return the iterations done.

    Parameters
    ----------
    price
        Cost units that must be saved for each stop that changes driver or order. Stops that nobody served are free.
    seconds, iterations
        The budget, one of the two; with iterations the result is the same on every machine.
    """
    from routing.live.priced import search_priced
    from routing.search.arrays import FINE
    from routing.search.state import TOTAL
    from routing.search.zones import best

    problem, state = board.problem, board.core.state
    if not board.stops or iterations == 0:
        return 0
    state.random[0] = (seed * 0x9E3779B97F4A7C15 + 0x1234567) % 2**64 or 1
    base = np.stack([state.run_of.copy(), state.position_of.copy()])
    base[0][base[1] < 0] = -1
    tails = np.zeros(len(board.stops) + 1, np.int64)
    value = np.full(2, int(state.tally[TOTAL]), np.int64)
    warm = _mean_leg(board) // WARM
    done, began = 0, time.monotonic()
    while True:
        spent = done if iterations is not None else time.monotonic() - began
        share = spent / max(1e-9, iterations if iterations is not None else seconds or 0)
        if share >= 1:
            break
        count = CHUNK if iterations is None else min(CHUNK, iterations - done)
        temperature = round(warm * (1 - share))
        search_priced(*board.core.handles, count, temperature, price * FINE, base, tails, value)
        done += count
    board.restore(best(problem, state))
    return done


def _mean_leg(board: Board) -> int:
    """What a leg between two stops costs on average, in fine units; a sample is enough."""
    from routing.search.arrays import COST_METRE, COST_SECOND

    problem = board.problem
    places = problem.place[:: max(1, len(problem.place) // 60)]
    metre, second = (int(problem.kinds[:, column].max(initial=0)) for column in (COST_METRE, COST_SECOND))
    grid = np.ix_(places, places)
    return int(problem.metres[grid].mean() * metre + problem.seconds[grid].mean() * second)


def stops_changed(before: Plan, after: Plan) -> int:
    """How many stops changed driver or order; what was unserved before is no change to anybody."""
    differs = difference(before, after)
    moved = {each.request for each in differs.moved if each.before is not None}
    return len(moved) + sum(len(names) for names in differs.reordered.values())
