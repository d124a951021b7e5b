"""Which stops are near each other in place and time: the neighbourhoods of insertion and removal."""

from __future__ import annotations

import numpy as np

from routing.search.arrays import COST_METRE, COST_SECOND, I64, Problem
from routing.search.compiled import compiled

NEIGHBOURS = 40
AROUND = 100
FAR_AWAY = 2**62


def near_lists(problem: Problem, count: int = NEIGHBOURS) -> I64:
    """Return the `count` nearest stops of each stop, nearest first, padded with -1.

    Nearness counts what it costs to go from one to the other, a fifth of the waiting and all of the lateness that
    the one after the other must bring (the proximity of Vidal et al. 2013, as used in PyVRP), in the better direction.

    Returns
    -------
    ndarray of int64, shape (stops, count)
    """
    count = max(1, min(count, problem.stops - 1))
    near = np.full((problem.stops, count), -1, np.int64)
    if problem.stops > 1:
        _fill(problem, _earliest(problem), *_worth(problem), near)
    return near


def around_lists(problem: Problem, count: int = AROUND) -> I64:
    """Return the `count` stops around each stop by the way alone, whenever they are open, as `near_lists` does."""
    count = max(1, min(count, problem.stops - 1))
    around = np.full((problem.stops, count), -1, np.int64)
    if problem.stops > 1:
        metre, second, _ = _worth(problem)
        _fill(problem, _earliest(problem), metre, second, 0, around)
    return around


def _worth(problem: Problem) -> tuple[int, int, int]:
    """What a metre, a second on the way and a second of waiting or lateness are worth, in fine units."""
    metre = int(np.max(problem.kinds[:, COST_METRE], initial=0))
    second = int(np.max(problem.kinds[:, COST_SECOND], initial=0))
    if second > 0:
        return metre, second, second
    seconds = max(int(problem.seconds.sum(dtype=np.int64)), 1)
    return max(metre, 1), 0, max(1, max(metre, 1) * int(problem.metres.sum(dtype=np.int64)) // seconds)


def _earliest(problem: Problem) -> I64:
    """When each stop can begin at the earliest: its window, or its documents' way from the hub."""
    way = problem.seconds[problem.hub, problem.place].astype(np.int64)
    ready = np.where(problem.returns > 0, problem.ready + way, 0)
    return np.maximum(problem.opens[problem.window_at[:-1]], ready)


@compiled
def nearness(problem: Problem, earliest: I64, metre: int, second: int, slip: int, one: int, other: int) -> int:
    """What it costs to serve `other` right after `one`, in fine units."""
    seconds = problem.seconds[problem.place[one], problem.place[other]]
    lasts = problem.access[one] + problem.service[one] + seconds
    wait = earliest[other] - lasts - problem.closes[problem.window_at[one + 1] - 1]
    late = earliest[one] + lasts - problem.closes[problem.window_at[other + 1] - 1]
    worth = metre * problem.metres[problem.place[one], problem.place[other]] + second * seconds
    return worth + slip * max(0, wait) // 5 + slip * max(0, late)


@compiled
def _fill(problem: Problem, earliest: I64, metre: int, second: int, slip: int, near: I64) -> None:
    stops, count = near.shape
    worths = np.empty(count, np.int64)
    for one in range(stops):
        found = 0
        for other in range(stops):
            if other == one:
                continue
            worth = min(
                nearness(problem, earliest, metre, second, slip, one, other),
                nearness(problem, earliest, metre, second, slip, other, one),
            )
            if found == count and worth >= worths[count - 1]:
                continue
            i = min(found, count - 1)
            while i > 0 and worths[i - 1] > worth:
                worths[i], near[one, i] = worths[i - 1], near[one, i - 1]
                i -= 1
            worths[i], near[one, i] = worth, other
            found = min(found + 1, count)


def kept_near(near: I64, stops: I64) -> I64:
    """Return the near lists of `stops` among themselves, numbered anew.

    Returns
    -------
    ndarray of int64, shape (len(stops), neighbours)
    """
    local = np.full(len(near) + 1, -1, np.int64)
    local[stops] = np.arange(len(stops))
    kept = np.full((len(stops), near.shape[1]), -1, np.int64)
    _keep(near, stops, local, kept)
    return kept


@compiled
def _keep(near: I64, stops: I64, local: I64, kept: I64) -> None:
    for i in range(len(stops)):
        found = 0
        for j in range(near.shape[1]):
            other = near[stops[i], j]
            if other >= 0 and local[other] >= 0:
                kept[i, found] = local[other]
                found += 1
