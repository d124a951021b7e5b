"""Shortest ways from many places to many, over a contraction hierarchy, in compiled code on every core.

Follows customizable contraction hierarchies (Dibbelt, Strasser and Wagner 2016). Contracting the nodes in a
good order leaves, per node, arcs to a few nodes contracted later; which these are depends on the streets alone.
Customizing puts times on them, triangle by triangle, in a few milliseconds. A row of the matrix is then one walk
up from its source and one sweep down to its targets (Delling, Goldberg, Nowatzyk and Werneck 2011), here for
a few sources side by side, which keeps the processor's vector units busy.
"""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

Longs = npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Hierarchy:
    """Nodes in the order of their contraction, and the arcs from each to nodes contracted later.

    Attributes
    ----------
    rank
        Per node of the network its place in the order, shape ``(nodes,)``.
    start, up
        The arcs of the node of rank r are ``start[r]..start[r + 1]``, to the ranks ``up[...]``, rising; the
        first leads to its parent, the lowest of them.
    climb, fall
        Per street the arc along which it leads up, or against which it leads down; the other is -1.
    """

    rank: npt.NDArray[np.int32]
    start: npt.NDArray[np.int32]
    up: npt.NDArray[np.int32]
    climb: npt.NDArray[np.int32]
    fall: npt.NDArray[np.int32]


@dataclass(frozen=True, eq=False)
class Weighted:
    """A hierarchy with the weights of its arcs upwards, and of the same arcs downwards."""

    hierarchy: Hierarchy
    upward: Longs
    downward: Longs


def make_hierarchy(order: npt.NDArray[np.int32], tail: npt.NDArray[np.int32], head: npt.NDArray[np.int32]) -> Hierarchy:
    """Return the hierarchy of streets under a contraction order.

    Parameters
    ----------
    order
        Every node once, the first contracted first.
    tail, head
        Nodes at the ends of each street.
    """
    rank = np.empty(len(order), np.int32)
    rank[order] = np.arange(len(order), dtype=np.int32)
    low, high = np.minimum(rank[tail], rank[head]), np.maximum(rank[tail], rank[head])
    later: list[set[int]] = [set() for _ in range(len(order))]
    for one, other in zip(low.tolist(), high.tolist(), strict=True):
        if one != other:
            later[one].add(other)
    # Contracting a node joins all its later neighbours; to hand them to the first of them is enough.
    for above in later:
        if len(above) > 1:
            parent = min(above)
            later[parent] |= above
            later[parent].discard(parent)
    start = np.concatenate([[0], np.cumsum([len(above) for above in later])])
    up = np.array([each for above in later for each in sorted(above)], np.int32)
    arc_key = np.repeat(np.arange(len(order)), np.diff(start)) * len(order) + up
    arc = np.searchsorted(arc_key, low.astype(np.int64) * len(order) + high)
    upwards, downwards = rank[tail] < rank[head], rank[tail] > rank[head]
    return Hierarchy(
        rank=rank,
        start=start.astype(np.int32),
        up=up,
        climb=np.where(upwards, arc, -1).astype(np.int32),
        fall=np.where(downwards, arc, -1).astype(np.int32),
    )


def customized(hierarchy: Hierarchy, tenths: Longs, metres: npt.NDArray[np.int32]) -> Weighted:
    """Return the hierarchy with the times of the streets.

    Parameters
    ----------
    hierarchy
        Of the same streets.
    tenths
        Tenths of a second per street, at least 1; the longest way may take 2^27, a hundred days.
    metres
        Length of each.
    """
    from geodata import _sweeps  # numba is heavy, and only matrices need it

    arcs = len(hierarchy.up)
    weights = (tenths << _sweeps.METRES_BITS) + metres
    upward, downward = (np.full(arcs, _sweeps.FAR, np.int64) for _ in range(2))
    for street, weighted in ((hierarchy.climb, upward), (hierarchy.fall, downward)):
        used = street >= 0
        np.minimum.at(weighted, street[used], weights[used])
    _sweeps.customize(hierarchy.start, hierarchy.up, upward, downward)
    return Weighted(hierarchy, upward, downward)


def travel_between(
    weighted: Weighted, sources: npt.NDArray[Any], targets: npt.NDArray[Any]
) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.int32]]:
    """Return seconds and metres from each source to each target, both of shape ``(sources, targets)``.

    Parameters
    ----------
    sources, targets
        Nodes of the network. Every one of the targets must be reachable.

    Notes
    -----
    Batches of sources run side by side on all cores: the compiled loop needs no interpreter lock.
    """
    from geodata import _sweeps  # numba is heavy, and only matrices need it

    hierarchy = weighted.hierarchy
    seconds, metres = (np.empty((len(sources), len(targets)), np.int32) for _ in range(2))
    starts, goals = hierarchy.rank[sources], hierarchy.rank[targets]
    needed = np.zeros(len(hierarchy.rank), np.bool_)
    _sweeps.mark_above(hierarchy.start, hierarchy.up, goals, needed)
    sweep = np.flatnonzero(needed)[::-1].astype(np.int32)
    arcs = (hierarchy.start, hierarchy.up, weighted.upward, weighted.downward)

    def batch(first: int) -> None:
        some = slice(first, first + _sweeps.LANES)
        _sweeps.sweep_some(arcs, starts[some], goals, sweep, (seconds[some], metres[some]))

    with ThreadPoolExecutor(os.cpu_count()) as cores:
        for _ in cores.map(batch, range(0, len(sources), _sweeps.LANES)):
            pass
    return seconds, metres
