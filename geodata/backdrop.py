"""The streets behind a plan's map: few points, still recognisable."""

from __future__ import annotations

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
_TOLERANCE = (12.0, 12.0, 15.0)
_MOST_POINTS = 60_000
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
    """Return the streets of `network`, each once, joined into long lines and simplified to 12-15 m.

    Lanes are left out where they would make the map heavy.

    Parameters
    ----------
    credit
        Whose data it is; by default OpenStreetMap's contributors unless the network is the embedded one.
    """
    ranks = np.array([_RANKS.get(name, _LANE) for name in network.classes], np.int8)[network.road_class]
    lines = [_lines(network, np.flatnonzero(ranks == rank), _TOLERANCE[rank]) for rank in range(_LANE + 1)]
    if sum(len(line) for lines_of_rank in lines for line in lines_of_rank) > _MOST_POINTS:
        lines[_LANE] = ()
    if credit is None:
        credit = "Streets: synthetic, embedded" if network.name == "embedded" else OSM_CREDIT
    return Backdrop(arterials=lines[0], collectors=lines[1], lanes=lines[2], credit=credit)


def _lines(network: StreetNetwork, edges: Any, tolerance: float) -> tuple[Line, ...]:
    import shapely

    low = np.minimum(network.tail[edges], network.head[edges]).astype(np.int64)
    high = np.maximum(network.tail[edges], network.head[edges])
    _, once = np.unique(low * network.nodes + high, return_index=True)
    pieces = [network.line(int(edge)) for edge in edges[once]]
    if not pieces:
        return ()
    flat = np.array([point for piece in pieces for point in piece])
    streets = shapely.linestrings(flat, indices=np.repeat(np.arange(len(pieces)), [len(piece) for piece in pieces]))
    merged = shapely.get_parts(shapely.line_merge(shapely.multilinestrings(streets)))
    simple = shapely.simplify(merged, tolerance / METRES_PER_DEGREE)
    coordinates, owner = shapely.get_coordinates(simple, return_index=True)
    ends = np.searchsorted(owner, np.arange(len(simple) + 1))
    points = [(lon, lat) for lon, lat in coordinates.tolist()]
    return tuple(points[first:last] for first, last in pairwise(ends.tolist()))
