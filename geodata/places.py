"""Points to streets: where a place is served from, and which points cannot be right."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from geodata.earth import Floats, Plane, great_circle
from geodata.matrix import PreparedNetwork
from geodata.network import Indices, StreetNetwork
from routing.errors import InvalidInput, Problem
from routing.travel import TravelTimes

MAX_METRES = 1_000.0
"""How far a place may lie from its street node unless told otherwise.

Generous on purpose: maps of the outskirts miss many lanes, and a house beyond them is still a house.
"""


@dataclass(frozen=True, eq=False)
class Snapped:
    """Street nodes of places.

    Attributes
    ----------
    nodes
        The nearest street node per place, shape ``(places,)``.
    metres
        How far it lies from the place, in a straight line, shape ``(places,)``.
    """

    nodes: Indices
    metres: Floats


def snap(
    network: StreetNetwork,
    lons: npt.ArrayLike,
    lats: npt.ArrayLike,
    names: Sequence[str] | None = None,
    *,
    max_metres: float = MAX_METRES,
) -> Snapped:
    """Return the nearest street node of each point.

    Parameters
    ----------
    network
        The streets.
    lons, lats
        Degrees per point, shape ``(places,)``.
    names
        What to call the points in messages; their numbers when None.
    max_metres
        A point farther than this from every street node is bad input.

    Raises
    ------
    InvalidInput
        With one problem per point that is no coordinate, outside the network or too far from a street.

    Notes
    -----
    Distances are measured on a flat map of the city, true to 0.1 %.
    """
    lon, lat = np.asarray(lons, np.float64).reshape(-1), np.asarray(lats, np.float64).reshape(-1)
    nodes, metres = _nearest(network, lon, lat)
    called = names if names is not None else [f"place {number}" for number in range(len(lon))]
    problems = [
        Problem(called[each], "lon, lat", _what_is_wrong(network, lon[each], lat[each], metres[each], max_metres))
        for each in np.flatnonzero(~(metres <= max_metres)).tolist()
    ]
    if problems:
        raise InvalidInput(problems)
    return Snapped(nodes=nodes, metres=metres)


def travel_between(
    prepared: PreparedNetwork,
    lons: npt.ArrayLike,
    lats: npt.ArrayLike,
    names: Sequence[str] | None = None,
    *,
    max_metres: float = MAX_METRES,
) -> TravelTimes:
    """Return travel times between points, each from its nearest street node.

    The way between a point and its street is not counted: a place's `access` stands for it. The
    parameters and errors are those of `snap`.
    """
    return prepared.travel(snap(prepared.network, lons, lats, names, max_metres=max_metres).nodes)


def _nearest(network: StreetNetwork, lon: Floats, lat: Floats) -> tuple[Indices, Floats]:
    """Return the nearest node and the metres to it, infinity where a point is no coordinate."""
    from scipy.spatial import cKDTree

    plane = Plane(float(network.lon.mean()), float(network.lat.mean()))
    usable = (np.abs(lon) <= 180) & (np.abs(lat) <= 90)
    nodes, metres = np.zeros(len(lon), np.int32), np.full(len(lon), np.inf)
    tree = cKDTree(plane.flat(network.lon, network.lat))
    metres[usable], nodes[usable] = tree.query(plane.flat(lon[usable], lat[usable]))
    return nodes, metres


def _what_is_wrong(network: StreetNetwork, lon: float, lat: float, metres: float, max_metres: float) -> str:
    point = f"({lon:.6f}, {lat:.6f})"
    expected = f"expected within {max_metres:.0f} m of a street of {network.name}"
    if not np.isfinite(metres):
        hint = _swapped_hint(network, lon, lat)
        return f"{point} is no coordinate{hint}: expected degrees, lon -180..180 and lat -90..90"
    if lon == 0 and lat == 0:
        return f"{point} is what a missing coordinate becomes: {expected}"
    nearest = int(np.argmin(great_circle(lon, lat, network.lon, network.lat)))
    distance = float(great_circle(lon, lat, *network.point(nearest)))
    far = f"{distance:.0f} m" if distance < 10_000 else f"{distance / 1000:.0f} km"
    outside = "" if _in_box(network, lon, lat) else ", outside the network"
    return f"{point} is {far} from the nearest street{outside}{_swapped_hint(network, lon, lat)}: {expected}"


def _swapped_hint(network: StreetNetwork, lon: float, lat: float) -> str:
    return " (lon and lat look swapped)" if _in_box(network, lat, lon) else ""


def _in_box(network: StreetNetwork, lon: float, lat: float) -> bool:
    return bool(network.lon.min() <= lon <= network.lon.max() and network.lat.min() <= lat <= network.lat.max())
