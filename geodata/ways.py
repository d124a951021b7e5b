"""Ways as maps draw them, cut at their junctions into the edges of a street network."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from geodata.earth import Floats, great_circle
from geodata.network import CLOSED_ROADS, Dropped, Mask, Repair, StreetNetwork, make_network
from geodata.speeds import ROADS, RoadTable
from routing.errors import InvalidInput, Problem

Wholes = npt.NDArray[np.int64]
BOTH, FORWARD, BACKWARD = 0, 1, -1
"""In which direction a way may be ridden, seen along its points."""


@dataclass(frozen=True, eq=False)
class Ways:
    """Ways over points; two ways meet where they share a point.

    Attributes
    ----------
    lon, lat
        Degrees per point, shape ``(points,)``.
    points
        The points of all ways, one way after the other.
    start
        Those of way w are ``points[start[w]:start[w + 1]]``; shape ``(ways + 1,)``.
    classes
        The road class per way, a word of `geodata.speeds`.
    direction
        `BOTH`, `FORWARD` or `BACKWARD` per way.
    names
        The street's name per way, empty where it has none.
    """

    lon: Floats
    lat: Floats
    points: Wholes
    start: Wholes
    classes: Sequence[str]
    direction: npt.NDArray[np.int8]
    names: Sequence[str]

    @property
    def owner(self) -> Wholes:
        """The way of each entry of `points`."""
        return np.repeat(np.arange(len(self.classes)), np.diff(self.start))


def network_of_ways(
    ways: Ways, *, name: str, source: str, roads: RoadTable = ROADS, repairs: tuple[Repair, ...] = ()
) -> StreetNetwork:
    """Return the network of the ways: cut where they meet, open to motorcycles, strongly connected.

    Parameters
    ----------
    ways
        Also those closed to motorcycles; they are reported and cut nothing.
    name, source
        See `geodata.network.StreetNetwork`.
    roads
        Which classes are open, and how fast they are.
    repairs
        What was put right in the source before.

    Raises
    ------
    InvalidInput
        When there is no way, or none that motorcycles can ride there and back.
    """
    if not len(ways.classes):
        raise InvalidInput([Problem(source, "ways", "there is none: expected streets")])
    is_open = np.array([each not in roads.closed for each in ways.classes], np.bool_)
    if not is_open.any():
        found = ", ".join(sorted(set(ways.classes)))
        raise InvalidInput([Problem(source, "highway", f"has {found}: expected streets open to motorcycles")])
    closed = _closed(ways, is_open)
    ways = _without_repeats(_kept(ways, is_open))
    first, last = _pieces(ways)
    along = _along(ways)
    owner = ways.owner[first]
    forward, backward = (ways.direction[owner] != BACKWARD), (ways.direction[owner] != FORWARD)
    inner = ((first + 1, last), (last - 1, first))
    bends = [
        _between(ways, begin[ridden], end[ridden], step)
        for (begin, end), ridden, step in zip(inner, (forward, backward), (1, -1), strict=True)
    ]
    way = np.concatenate([owner[forward], owner[backward]]).tolist()
    # Points between junctions are bends, not nodes.
    nodes, number = np.unique(ways.points[np.concatenate([first, last])], return_inverse=True)
    from_, to = number[: len(first)], number[len(first) :]
    return make_network(
        name=name,
        source=source,
        lon=ways.lon[nodes],
        lat=ways.lat[nodes],
        tail=np.concatenate([from_[forward], to[backward]]),
        head=np.concatenate([to[forward], from_[backward]]),
        metres=np.concatenate([(along[last] - along[first])[ridden] for ridden in (forward, backward)]),
        classes=[ways.classes[each] for each in way],
        bends=np.vstack(bends),
        bend_counts=np.concatenate([(last - first - 1)[ridden] for ridden in (forward, backward)]),
        street_names=[ways.names[each] for each in way],
        roads=roads,
        dropped=closed,
        repairs=repairs,
    )


def _kept(ways: Ways, kept: Mask) -> Ways:
    """Return some of the ways, and of the points those that they touch."""
    entries = ways.points[kept[ways.owner]]
    touched, points = np.unique(entries, return_inverse=True)
    chosen = np.flatnonzero(kept).tolist()
    return Ways(
        lon=ways.lon[touched],
        lat=ways.lat[touched],
        points=points.astype(np.int64),
        start=np.concatenate([[0], np.cumsum(np.diff(ways.start)[kept])]).astype(np.int64),
        classes=[ways.classes[each] for each in chosen],
        direction=ways.direction[kept],
        names=[ways.names[each] for each in chosen],
    )


def _closed(ways: Ways, is_open: Mask) -> tuple[Dropped, ...]:
    if is_open.all():
        return ()
    along = _along(ways)
    length = along[ways.start[1:] - 1] - along[ways.start[:-1]]
    here, there = (np.unique(ways.points[mask[ways.owner]]) for mask in (is_open, ~is_open))
    nodes = len(np.setdiff1d(there, here))
    return (Dropped(CLOSED_ROADS, nodes, int((~is_open).sum()), float(length[~is_open].sum()) / 1000),)


def _without_repeats(ways: Ways) -> Ways:
    """Return the ways without points that repeat the one before, and without ways of one point."""
    owner = ways.owner
    new = np.ones(len(owner), np.bool_)
    new[1:] = (ways.points[1:] != ways.points[:-1]) | (owner[1:] != owner[:-1])
    counts = np.bincount(owner[new], minlength=len(ways.classes))
    slim = replace(ways, points=ways.points[new], start=np.concatenate([[0], np.cumsum(counts)]).astype(np.int64))
    return slim if counts.min(initial=2) > 1 else _kept(slim, counts > 1)


def _pieces(ways: Ways) -> tuple[Wholes, Wholes]:
    """Return the entries at which the pieces between junctions begin and end.

    A piece that came back to where it began is cut once more in its middle: a street network has no use
    for edges from a node to itself, but its kilometres and its doors count.
    """
    cut = np.bincount(ways.points, minlength=len(ways.lon))[ways.points] > 1
    cut[ways.start[:-1]] = cut[ways.start[1:] - 1] = True
    first, last = _between_cuts(ways, cut)
    loops = ways.points[first] == ways.points[last]
    if loops.any():
        cut[(first[loops] + last[loops]) // 2] = True
        first, last = _between_cuts(ways, cut)
    return first, last


def _between_cuts(ways: Ways, cut: Mask) -> tuple[Wholes, Wholes]:
    at = np.flatnonzero(cut)
    owner = ways.owner[at]
    same = owner[1:] == owner[:-1]
    return at[:-1][same], at[1:][same]


def _along(ways: Ways) -> Floats:
    """Return metres from the very first entry to each, walking all ways one after the other."""
    lon, lat = ways.lon[ways.points], ways.lat[ways.points]
    steps = great_circle(lon[:-1], lat[:-1], lon[1:], lat[1:])
    return np.concatenate([[0.0], np.cumsum(steps)])


def _between(ways: Ways, begin: Wholes, end: Wholes, step: int) -> Floats:
    """Return the (lon, lat) of the entries from each begin on up to its end, which is not among them."""
    counts = np.maximum((end - begin) * step, 0)
    offset = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)
    points = ways.points[np.repeat(begin, counts) + step * offset]
    return np.column_stack([ways.lon[points], ways.lat[points]])
