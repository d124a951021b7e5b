"""The compiled loops of `geodata.hierarchy`; all arrays are numbered by rank, see there."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import numba
import numpy as np

Function = TypeVar("Function", bound=Callable[..., Any])

METRES_BITS = 32
"""A weight is tenths of a second times 2^32, plus metres: the fastest way, of equally fast ones the shortest."""
LANES = 16
"""Sources of one sweep: as many as keep the vector units busy and their rows in the cache."""
FAR = 1 << 60
"""No way; twice this still fits."""


def _compiled(function: Function) -> Function:
    """Compile when first called, without the interpreter's lock; kept on disk, by numba's own rules, after that."""
    made: Function
    try:
        made = numba.njit(cache=True, nogil=True)(function)
    except RuntimeError:  # neither beside the sources nor in the user's cache can anything be written
        made = numba.njit(nogil=True)(function)
    return made


@_compiled
def customize(start: Any, up: Any, upward: Any, downward: Any) -> None:
    """Make every arc as light as the way around below it, node by node from the lowest."""
    for node in range(len(start) - 1):
        for first in range(start[node], start[node + 1]):
            # The later neighbours of the node above `first` hold all those of `node` beyond it, rising.
            middle = up[first]
            at = start[middle]
            for second in range(first + 1, start[node + 1]):
                while up[at] != up[second]:
                    at += 1
                upward[at] = min(upward[at], downward[first] + upward[second])
                downward[at] = min(downward[at], downward[second] + upward[first])


@_compiled
def mark_above(start: Any, up: Any, goals: Any, needed: Any) -> None:
    """Mark the goals and all nodes on their ways up to the top."""
    for goal in goals:
        node = goal
        while not needed[node]:
            needed[node] = True
            if start[node] == start[node + 1]:
                break
            node = up[start[node]]


@_compiled
def sweep_some(arcs: Any, sources: Any, goals: Any, sweep: Any, rows: Any) -> None:
    """Fill the rows of seconds, rounded half up, and of metres from at most `LANES` sources to every goal.

    `arcs` are where those of each node start, where they lead, and their weights up and down; `sweep` is the
    ranks to pass on the way down, from the highest.
    """
    start, up, upward, downward = arcs
    seconds, metres = rows
    reached = np.full((len(start) - 1, LANES), FAR, np.int64)
    for lane in range(len(sources)):
        node = sources[lane]
        reached[node, lane] = 0
        while start[node] < start[node + 1]:
            here = reached[node, lane]
            for arc in range(start[node], start[node + 1]):
                reached[up[arc], lane] = min(reached[up[arc], lane], here + upward[arc])
            node = up[start[node]]
    for node in sweep:
        for arc in range(start[node], start[node + 1]):
            above, weight = up[arc], downward[arc]
            for lane in range(LANES):
                reached[node, lane] = min(reached[node, lane], reached[above, lane] + weight)
    for lane in range(len(sources)):
        for at in range(len(goals)):
            total = reached[goals[at], lane]
            seconds[lane, at] = max(((total >> METRES_BITS) + 5) // 10, 1 if goals[at] != sources[lane] else 0)
            metres[lane, at] = total & ((1 << METRES_BITS) - 1)
