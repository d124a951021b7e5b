"""Reads streets from a GeoJSON export of raw lines, plain or gzipped, whose junctions may miss each other."""

from __future__ import annotations

import gzip
import json
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

import numpy as np
import numpy.typing as npt

from geodata.earth import Floats, Plane
from geodata.junctions import MERGE_METRES, REACH_METRES, SNAP_METRES, Joined, Lines, joined
from geodata.network import Repair, StreetNetwork
from geodata.speeds import ROADS, RoadTable
from geodata.ways import BACKWARD, BOTH, FORWARD, Ways, network_of_ways
from routing.errors import InvalidInput, Problem

EXPECTED = "a GeoJSON FeatureCollection of LineStrings with 'fclass' or 'highway' (.geojson or .geojson.gz)"
_DIRECTIONS = {
    **dict.fromkeys(("b", "", "no", "false", "0", "none"), BOTH),
    **dict.fromkeys(("f", "yes", "true", "1"), FORWARD),
    **dict.fromkeys(("t", "-1", "reverse"), BACKWARD),
}
_YES = frozenset({"t", "yes", "true", "1", "viaduct"})


def read_raw_ways(
    path: Path | str,
    *,
    roads: RoadTable = ROADS,
    merge: float = MERGE_METRES,
    snap: float = SNAP_METRES,
    reach: float = REACH_METRES,
) -> StreetNetwork:
    """Read a network from raw lines and put it together.

    Parameters
    ----------
    path
        GeoJSON in degrees, plain or gzipped. Properties, as Geofabrik's exports name them or as OpenStreetMap
        does: ``fclass`` or ``highway``; ``oneway`` (``F`` forward, ``T`` backward, ``B`` both; or ``yes``,
        ``-1``, ``no``), ``name``, ``bridge``, ``tunnel``, ``layer``; all but the first may be missing.
    roads
        Which classes are open, and how fast they are.
    merge, snap, reach
        Metres; see `geodata.junctions`.

    Returns
    -------
    StreetNetwork
        Its `repairs` say what was merged, cut and snapped, its `dropped` what was left out.

    Raises
    ------
    InvalidInput
        Naming the file, the feature and what was expected.
    """
    path = Path(path)
    shapes: list[Floats] = []
    properties: list[dict[str, Any]] = []
    for number, feature in enumerate(_features(path)):
        where = f"{path.name} feature {number}"
        tags = _part(feature, "properties", where)
        for shape in _shapes(_part(feature, "geometry", where), where):
            shapes.append(shape)
            properties.append(tags)
    if not shapes:
        _refuse(path.name, "features", f"there is none: expected {EXPECTED}")
    ways, repairs = _ways(_Streets(shapes, properties, path.name), roads, merge=merge, snap=snap, reach=reach)
    name = path.name.removesuffix(".gz").rpartition(".")[0]
    return network_of_ways(ways, name=name, source=path.name, roads=roads, repairs=repairs)


def _features(path: Path) -> list[dict[str, Any]]:
    try:
        raw = path.read_bytes()
        content = json.loads(gzip.decompress(raw) if raw[:2] == b"\x1f\x8b" else raw)
    except (OSError, EOFError, zlib.error) as error:
        _refuse(path.name, "", f"cannot be read ({error}): expected {EXPECTED}")
    except ValueError as error:
        _refuse(path.name, "", f"is not JSON ({error}): expected {EXPECTED}")
    features = content.get("features") if isinstance(content, dict) else None
    if not isinstance(features, list) or not all(isinstance(each, dict) for each in features):
        _refuse(path.name, "features", f"is no list of features: expected {EXPECTED}")
    return features


def _part(feature: dict[str, Any], name: str, where: str) -> dict[str, Any]:
    part = feature.get(name) or {}
    if not isinstance(part, dict):
        _refuse(where, name, f"is {part!r}: expected an object, or null")
    return part


def _shapes(geometry: dict[str, Any], where: str) -> list[Floats]:
    """Return the lines of a geometry as arrays of (lon, lat); other shapes are no streets."""
    kind, given = geometry.get("type"), geometry.get("coordinates")
    if kind not in ("LineString", "MultiLineString"):
        return []
    lines = [given] if kind == "LineString" else given or []
    if not isinstance(lines, list):
        _refuse(where, "coordinates", "are no lists of points: expected lines of [lon, lat]")
    found = []
    for line in lines:
        try:
            points = np.array([point[:2] for point in line or []], np.float64)
        except (TypeError, ValueError, OverflowError):
            points = np.zeros((0, 2))
        if points.shape[1:] != (2,) or len(points) < 2 or not np.all(np.isfinite(points)):
            _refuse(where, "coordinates", "are no line: expected two or more [lon, lat]")
        if np.any(np.abs(points) > (180, 90)):
            _refuse(where, "coordinates", f"hold {points[0].tolist()}: expected degrees (EPSG:4326), [lon, lat]")
        found.append(points)
    return found


@dataclass(frozen=True)
class _Streets:
    """Lines with their properties, of one file."""

    shapes: list[Floats]
    properties: list[dict[str, Any]]
    file: str

    def classes(self, roads: RoadTable) -> list[str]:
        words = [_word(each, "fclass") or _word(each, "highway") for each in self.properties]
        if not any(words):
            _refuse(self.file, "fclass", f"is missing everywhere: expected {EXPECTED}")
        return [roads.road_class(word) for word in words]

    def part(self, chosen: npt.NDArray[np.bool_]) -> _Streets:
        numbers = np.flatnonzero(chosen).tolist()
        return _Streets([self.shapes[k] for k in numbers], [self.properties[k] for k in numbers], self.file)


def _ways(
    streets: _Streets, roads: RoadTable, *, merge: float, snap: float, reach: float
) -> tuple[Ways, tuple[Repair, ...]]:
    """Return the open streets over shared points, and after them the closed ones, which nobody joins."""
    is_closed = np.array([each in roads.closed for each in streets.classes(roads)], np.bool_)
    inside, closed = streets.part(~is_closed), streets.part(is_closed)
    plane = Plane(*np.vstack(streets.shapes).mean(axis=0).tolist())
    shut = _lines(closed, plane)
    if inside.shapes:
        together = joined(_lines(inside, plane), merge=merge, snap=snap, reach=reach)
    else:
        together = Joined(np.zeros((0, 2)), np.zeros(0, np.int64), np.zeros(1, np.int64), ())
    lon, lat = plane.degrees(np.vstack([together.place, shut.vertices])).T
    properties = inside.properties + closed.properties
    ways = Ways(
        lon=lon,
        lat=lat,
        points=np.concatenate([together.points, len(together.place) + np.arange(len(shut.vertices))]),
        start=np.concatenate([together.start, together.start[-1] + shut.start[1:]]),
        classes=inside.classes(roads) + (closed.classes(roads) if closed.shapes else []),
        direction=np.array([_direction(each, streets.file) for each in properties], np.int8),
        names=[_word(each, "name") for each in properties],
    )
    return ways, together.repairs


def _lines(streets: _Streets, plane: Plane) -> Lines:
    degrees = np.vstack([np.zeros((0, 2)), *streets.shapes])
    return Lines(
        vertices=plane.flat(degrees[:, 0], degrees[:, 1]),
        start=np.concatenate([[0], np.cumsum([len(shape) for shape in streets.shapes])]).astype(np.int64),
        level=np.array([_level(each) for each in streets.properties], np.int64),
    )


def _word(properties: dict[str, Any], key: str) -> str:
    value = properties.get(key)
    return "" if value is None else str(value).strip()


def _level(properties: dict[str, Any]) -> int:
    """Return the level: that of ``layer``, or one above or below the ground for bridges and tunnels without."""
    try:
        layer = int(float(_word(properties, "layer") or 0))
    except (ValueError, OverflowError):
        layer = 0
    bridge, tunnel = (_word(properties, key).casefold() in _YES for key in ("bridge", "tunnel"))
    return layer or int(bridge) - int(tunnel)


def _direction(properties: dict[str, Any], file: str) -> int:
    given = _word(properties, "oneway").casefold()
    if given not in _DIRECTIONS:
        _refuse(file, "oneway", f"is {given!r}: expected F, T or B, or yes, -1 or no")
    return _DIRECTIONS[given]


def _refuse(where: str, field_name: str, message: str) -> NoReturn:
    raise InvalidInput([Problem(where, field_name, message)])
