"""Reads a street network from GraphML in the form that osmnx writes, plain or gzipped."""

from __future__ import annotations

import ast
import gzip
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any, NoReturn
from xml.etree import ElementTree

import numpy as np

from geodata.earth import Floats, great_circle
from geodata.network import StreetNetwork, make_network
from geodata.speeds import ROADS, RoadTable
from routing.errors import InvalidInput, Problem

EXPECTED = "a GraphML file as osmnx.save_graphml writes it (.graphml or .graphml.gz)"


@dataclass
class _Content:
    """What the file says, in the file's order."""

    number: dict[str, int] = field(default_factory=dict)
    lon: list[float] = field(default_factory=list)
    lat: list[float] = field(default_factory=list)
    tail: list[int] = field(default_factory=list)
    head: list[int] = field(default_factory=list)
    highway: list[str] = field(default_factory=list)
    length: list[float] = field(default_factory=list)
    geometry: list[str | None] = field(default_factory=list)
    name: list[str] = field(default_factory=list)
    directed: bool = True


def read_graphml(path: Path | str, *, roads: RoadTable = ROADS) -> StreetNetwork:
    """Read a network from a GraphML file; see `geodata.streets.load_network`."""
    path = Path(path)
    content = _Content()
    try:
        with _opened(path) as file:
            for tag, attributes, data in _elements(file):
                _READERS[tag](content, attributes, data, path.name)
    except ElementTree.ParseError as error:
        _refuse(path.name, "", f"is not XML ({error}): expected {EXPECTED}")
    except (OSError, EOFError, zlib.error) as error:
        _refuse(path.name, "", f"cannot be read ({error}): expected {EXPECTED}")
    if not content.lon:
        _refuse(path.name, "node", f"there is none: expected {EXPECTED}")
    if not content.tail:
        _refuse(path.name, "edge", "there is none: expected streets between the nodes")
    return _network(content, path, roads)


def _opened(path: Path) -> IO[bytes] | gzip.GzipFile:
    with path.open("rb") as file:
        is_gzip = file.read(2) == b"\x1f\x8b"
    return gzip.open(path) if is_gzip else path.open("rb")


def _elements(file: IO[bytes] | gzip.GzipFile) -> Iterator[tuple[str, dict[str, str], dict[str, str]]]:
    """Yield graph, nodes and edges as (tag, attributes, data by name), holding one at a time in memory."""
    names: dict[str, str] = {}
    data: dict[str, str] = {}
    graph: ElementTree.Element | None = None
    for event, element in ElementTree.iterparse(file, events=("start", "end")):  # noqa: S314 - expat fetches nothing and limits entities
        tag = element.tag.rpartition("}")[2]
        if event == "start":
            if tag == "graph":
                graph = element
                yield tag, element.attrib, {}
        elif tag == "key":
            names[element.get("id", "")] = element.get("attr.name", "")
        elif tag == "data":
            data[names.get(element.get("key", ""), "")] = element.text or ""
        elif tag in ("node", "edge"):
            yield tag, element.attrib, data
            data = {}
            if graph is not None:
                graph.clear()


def _read_graph(content: _Content, attributes: dict[str, str], data: dict[str, str], file: str) -> None:
    del data, file
    content.directed = attributes.get("edgedefault") != "undirected"


def _read_node(content: _Content, attributes: dict[str, str], data: dict[str, str], file: str) -> None:
    name = attributes.get("id", "")
    lon, lat = (_number(data.get(axis), file, f"node {name}", axis) for axis in ("x", "y"))
    if not (-180 <= lon <= 180 and -90 <= lat <= 90):
        _refuse(f"{file} node {name}", "x, y", f"are {lon}, {lat}: expected degrees (EPSG:4326), not a projected graph")
    content.number[name] = len(content.lon)
    content.lon.append(lon)
    content.lat.append(lat)


def _read_edge(content: _Content, attributes: dict[str, str], data: dict[str, str], file: str) -> None:
    ends = []
    for end in ("source", "target"):
        name = attributes.get(end, "")
        if name not in content.number:
            _refuse(f"{file} edge", end, f"is {name!r}: expected the id of a node listed before it")
        ends.append(content.number[name])
    content.tail.append(ends[0])
    content.head.append(ends[1])
    content.highway.append(data.get("highway", ""))
    where = f"edge from {attributes['source']} to {attributes['target']}"
    content.length.append(_number(data["length"], file, where, "length") if data.get("length") else np.nan)
    content.geometry.append(data.get("geometry") or None)
    content.name.append(_first_name(data.get("name", "")))


def _first_name(given: str) -> str:
    """Return the name, the first of those that osmnx lists where it merged streets."""
    if not given.startswith("["):
        return given
    try:
        names = ast.literal_eval(given)
    except (ValueError, SyntaxError):
        return given
    return str(names[0]) if names else ""


_READERS: dict[str, Callable[[_Content, dict[str, str], dict[str, str], str], None]] = {
    "graph": _read_graph,
    "node": _read_node,
    "edge": _read_edge,
}


def _number(text: str | None, file: str, where: str, name: str) -> float:
    if text is None:
        _refuse(f"{file} {where}", name, f"is missing: expected {EXPECTED}")
    try:
        number = float(text)
    except ValueError:
        number = np.nan
    if not np.isfinite(number):
        _refuse(f"{file} {where}", name, f"is {text!r}: expected a number")
    return number


def _network(content: _Content, path: Path, roads: RoadTable) -> StreetNetwork:
    tail, head = np.array(content.tail), np.array(content.head)
    lon, lat = np.array(content.lon), np.array(content.lat)
    bends, counts = _bends(content.geometry, path.name)
    metres = np.array(content.length)
    nodes, start = np.column_stack([lon, lat]), np.concatenate([[0], np.cumsum(counts)])
    for edge in np.flatnonzero(~(metres >= 0)):
        inner = bends[start[edge] : start[edge + 1]]
        metres[edge] = _line_metres(np.vstack([nodes[tail[edge]], inner, nodes[head[edge]]]))
    classes = {highway: roads.road_class(highway) for highway in set(content.highway)}
    arrays: dict[str, Any] = {
        "tail": tail,
        "head": head,
        "metres": metres,
        "classes": [classes[highway] for highway in content.highway],
        "bends": bends,
        "bend_counts": counts,
        "street_names": content.name,
    }
    if not content.directed:
        arrays = _both_ways(arrays)
    name = path.name.removesuffix(".gz").removesuffix(".graphml")
    return make_network(name=name, source=path.name, lon=lon, lat=lat, roads=roads, **arrays)


def _bends(geometry: list[str | None], file: str) -> tuple[Floats, Any]:
    """Return the points between the ends of all edges, and how many each edge has."""
    import shapely

    try:
        lines = shapely.from_wkt(np.array(geometry, dtype=object))
    except shapely.errors.ShapelyError as error:
        _refuse(f"{file} edges", "geometry", f"is not well-known text ({error}): expected LINESTRING (lon lat, ...)")
    points, line = shapely.get_coordinates(lines, return_index=True)
    counts = np.bincount(line, minlength=len(lines))
    first = np.concatenate([[0], np.cumsum(counts)])[:-1][counts > 0]
    inner = np.ones(len(points), np.bool_)
    inner[first] = inner[np.concatenate([first[1:] - 1, [len(points) - 1]])[: len(first)]] = False
    return points[inner], np.maximum(counts - 2, 0)


def _line_metres(points: Floats) -> float:
    return float(great_circle(points[:-1, 0], points[:-1, 1], points[1:, 0], points[1:, 1]).sum())


def _both_ways(arrays: dict[str, Any]) -> dict[str, Any]:
    """Return the edges and after them their reverses, bends reversed too."""
    counts, bends = arrays["bend_counts"], arrays["bends"]
    start = np.concatenate([[0], np.cumsum(counts)])
    owner = np.repeat(np.arange(len(counts)), counts)
    backwards = start[owner] + start[owner + 1] - 1 - np.arange(len(bends))
    return {
        "tail": np.concatenate([arrays["tail"], arrays["head"]]),
        "head": np.concatenate([arrays["head"], arrays["tail"]]),
        "metres": np.tile(arrays["metres"], 2),
        "classes": arrays["classes"] * 2,
        "bends": np.concatenate([bends, bends[backwards]]),
        "bend_counts": np.tile(counts, 2),
        "street_names": arrays["street_names"] * 2,
    }


def _refuse(where: str, field_name: str, message: str) -> NoReturn:
    raise InvalidInput([Problem(where, field_name, message)])
