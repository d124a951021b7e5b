"""Which stops are near each other in place and time: the neighbourhoods of insertion and removal."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise

import numpy as np

from routing.search.arrays import COST_METRE, COST_SECOND, I64, Problem
from routing.search.compiled import compiled

NEIGHBOURS = 60
AROUND = 100
FAR_AWAY = 2**62
TILE = 16
ONE_THREAD = 1000
"""Days of no more stops are not worth a second thread."""


def near_lists(problem: Problem) -> tuple[I64, I64]:
    """Return the nearest stops of each stop, nearest first, padded with -1.

    Nearness counts what it costs to go from one to the other, a fifth of the waiting and all of the lateness that
    the one after the other must bring (the proximity of Vidal et al. 2013, as used in PyVRP), in the better direction.

    Returns
    -------
    near : ndarray of int64, shape (stops, NEIGHBOURS)
        By place and time.
    around : ndarray of int64, shape (stops, AROUND)
        By place alone, whenever the stops are open.
    """
    stops = problem.stops
    near = np.full((stops, max(1, min(NEIGHBOURS, stops - 1))), -1, np.int64)
    around = np.full((stops, max(1, min(AROUND, stops - 1))), -1, np.int64)
    threads = os.cpu_count() or 1 if stops > ONE_THREAD else 1
    bounds = [stops * i // threads for i in range(threads + 1)]
    worths = _earliest(problem), *_worth(problem)
    with ThreadPoolExecutor(threads) as pool:
        jobs = [pool.submit(_fill, problem, *worths, near, around, *span) for span in pairwise(bounds)]
        for job in jobs:
            job.result()
    return near, around


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
def _fill(
    problem: Problem, earliest: I64, metre: int, second: int, slip: int, near: I64, around: I64, first: int, last: int
) -> None:
    """Fill the lists of stops ``first..last-1``, a few at a time, so that columns of the matrices are read in lines."""
    near_worths, around_worths = np.empty((TILE, near.shape[1]), np.int64), np.empty((TILE, around.shape[1]), np.int64)
    for start in range(first, last, TILE):
        near_worths[:], around_worths[:] = FAR_AWAY, FAR_AWAY
        for other in range(len(problem.place)):
            for one in range(start, min(start + TILE, last)):
                if one == other:
                    continue
                there = nearness(problem, earliest, metre, second, slip, one, other)
                back = nearness(problem, earliest, metre, second, slip, other, one)
                _offer(near_worths[one - start], near[one], min(there, back), other)
                there = nearness(problem, earliest, metre, second, 0, one, other)
                back = nearness(problem, earliest, metre, second, 0, other, one)
                _offer(around_worths[one - start], around[one], min(there, back), other)


@compiled
def _offer(worths: I64, nearest: I64, worth: int, other: int) -> None:
    """Enter `other` where it is among the nearest so far."""
    i = len(worths) - 1
    if worth >= worths[i]:
        return
    while i > 0 and worths[i - 1] > worth:
        worths[i], nearest[i] = worths[i - 1], nearest[i - 1]
        i -= 1
    worths[i], nearest[i] = worth, other


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
