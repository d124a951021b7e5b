"""The streets behind a plan's map: few points, still recognisable."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np

from geodata.legs import Line

if TYPE_CHECKING:
    from geodata.network import StreetNetwork

METRES_PER_DEGREE = 111_000
_RANKS = {"trunk": 0, "primary": 0, "secondary": 0, "tertiary": 1}
_LANE = 2
_TOLERANCE = (4.0, 4.0, 5.0)
_MOST_POINTS = 60_000
_AHEAD = math.cos(math.radians(70))
Point = tuple[float, float]
OSM_CREDIT = "© OpenStreetMap contributors"


@dataclass(frozen=True)
class Backdrop:
    """Streets to draw under the runs.

    Attributes
    ----------
    arterials, collectors, lanes
        Lines by how much a street matters; a map shows the lesser ones when zoomed in.
    credit
        Whose data it is; a map must show it.
    """

    arterials: tuple[Line, ...]
    collectors: tuple[Line, ...]
    lanes: tuple[Line, ...]
    credit: str


def street_backdrop(network: StreetNetwork, *, credit: str | None = None) -> Backdrop:
    """Return the streets of `network`, each once, joined into long lines and simplified to 4-5 m.

    Where all lanes would make the page heavy, the longest are drawn.

    Parameters
    ----------
    credit
        Whose data it is; by default OpenStreetMap's contributors unless the network is the embedded one.
    """
    ranks = np.array([_RANKS.get(name, _LANE) for name in network.classes], np.int8)[network.road_class]
    lines = [_lines(network, np.flatnonzero(ranks == rank), _TOLERANCE[rank]) for rank in range(_LANE + 1)]
    left = _MOST_POINTS - sum(len(line) for rank in lines[:_LANE] for line in rank)
    lines[_LANE] = _longest(lines[_LANE], left)
    if credit is None:
        credit = "Streets: synthetic, embedded" if network.name == "embedded" else OSM_CREDIT
    return Backdrop(arterials=lines[0], collectors=lines[1], lanes=lines[2], credit=credit)


def _lines(network: StreetNetwork, edges: Any, tolerance: float) -> tuple[Line, ...]:
    import shapely

    low = np.minimum(network.tail[edges], network.head[edges]).astype(np.int64)
    high = np.maximum(network.tail[edges], network.head[edges])
    _, once = np.unique(low * network.nodes + high, return_index=True)
    streets = _joined([network.line(int(edge)) for edge in edges[once]])
    if not streets:
        return ()
    flat = np.array([point for street in streets for point in street])
    owner = np.repeat(np.arange(len(streets)), [len(street) for street in streets])
    simple = shapely.simplify(shapely.linestrings(flat, indices=owner), tolerance / METRES_PER_DEGREE)
    coordinates, owner = shapely.get_coordinates(simple, return_index=True)
    ends = np.searchsorted(owner, np.arange(len(simple) + 1))
    points = [(lon, lat) for lon, lat in coordinates.tolist()]
    return tuple(points[first:last] for first, last in pairwise(ends.tolist()))


def _joined(pieces: Sequence[Line]) -> list[list[Point]]:
    """Join pieces that go on in about the same direction, so that a street is one line through its junctions."""
    at: dict[Point, list[int]] = {}
    for index, piece in enumerate(pieces):
        for end in (piece[0], piece[-1]):
            at.setdefault(end, []).append(index)
    unused = set(range(len(pieces)))
    streets = []
    for index, piece in enumerate(pieces):
        if index not in unused:
            continue
        unused.discard(index)
        street = list(piece)
        for _ in range(2):  # at one end, then at the other
            while (following := _straightest(street, pieces, [each for each in at[street[-1]] if each in unused])) >= 0:
                unused.discard(following)
                street += _from(street[-1], pieces[following])[1:]
            street.reverse()
        streets.append(street)
    return streets


def _straightest(street: Sequence[Point], pieces: Sequence[Line], candidates: Sequence[int]) -> int:
    """Return which of the pieces at the end of `street` goes on most straight, -1 where none does within 70 degrees."""
    best, straight = -1, _AHEAD
    for each in candidates:
        onward = _from(street[-1], pieces[each])
        cosine = _cosine(street[-2], street[-1], onward[1])
        if cosine > straight:
            best, straight = each, cosine
    return best


def _from(end: Point, piece: Line) -> Line:
    return piece if piece[0] == end else piece[::-1]


def _cosine(before: Point, at: Point, after: Point) -> float:
    """Return the cosine of the turn at a point; degrees are taken as square, which they nearly are here."""
    (x, y), (u, v) = ((b[0] - a[0], b[1] - a[1]) for a, b in ((before, at), (at, after)))
    return (x * u + y * v) / (math.hypot(x, y) * math.hypot(u, v) or 1.0)


def _longest(lines: Sequence[Line], most_points: int) -> tuple[Line, ...]:
    """Return the longest lines that together have at most `most_points` points."""
    if sum(len(line) for line in lines) <= most_points:
        return tuple(lines)
    by_length = sorted(lines, key=lambda line: -sum(math.dist(a, b) for a, b in pairwise(line)))
    points = itertools.accumulate(len(line) for line in by_length)
    return tuple(line for line, so_far in zip(by_length, points, strict=True) if so_far <= most_points)
