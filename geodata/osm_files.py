"""Reads streets from OpenStreetMap files: XML (``.osm``, also gzipped or bzipped) and PBF (``.osm.pbf``)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import numpy as np

from geodata.network import Repair, StreetNetwork
from geodata.speeds import ROADS, RoadTable
from geodata.ways import BACKWARD, BOTH, FORWARD, Ways, network_of_ways
from routing.errors import InvalidInput, Problem

if TYPE_CHECKING:
    from osmium.osm import Way

EXPECTED = "an OpenStreetMap file (.osm, .osm.gz, .osm.bz2 or .osm.pbf)"
SUFFIXES = (".osm", ".osm.gz", ".osm.bz2", ".pbf")
_KEYS = ("motorcycle", "motor_vehicle", "vehicle", "access")
"""The most particular first: its word counts."""
_SHUT = frozenset({"no", "private", "agricultural", "forestry", "military", "emergency"})
_ROUND = frozenset({"roundabout", "circular"})


@dataclass
class _Content:
    """What the file says: points by their id, and ways over them."""

    number: dict[int, int] = field(default_factory=dict)
    degrees: list[tuple[float, float]] = field(default_factory=list)
    points: list[int] = field(default_factory=list)
    counts: list[int] = field(default_factory=list)
    classes: list[str] = field(default_factory=list)
    direction: list[int] = field(default_factory=list)
    names: list[str] = field(default_factory=list)
    outside: int = 0


def is_osm_file(path: Path | str) -> bool:
    """Say whether the name is that of an OpenStreetMap file."""
    return Path(path).name.lower().endswith(SUFFIXES)


def read_osm_file(path: Path | str, *, roads: RoadTable = ROADS) -> StreetNetwork:
    """Read a network from an OpenStreetMap file.

    Parameters
    ----------
    path
        XML or PBF, with the nodes before the ways, as exports and extracts have them.
    roads
        Which classes are open, and how fast they are.

    Returns
    -------
    StreetNetwork
        Streets meet where their ways share a node. Turn restrictions are not known to it.

    Raises
    ------
    InvalidInput
        Naming the file and what was expected.
    """
    path = Path(path)
    content = _Content()
    try:
        # The library would name a missing file less plainly.
        path.open("rb").close()
        for way in _highways(path):
            _read_way(content, way, roads)
    except (OSError, RuntimeError, ValueError) as error:
        _refuse(path.name, "", f"cannot be read ({error}): expected {EXPECTED}")
    if not content.classes:
        _refuse(path.name, "way", "there is none with highway=*: expected streets and their nodes")
    lon, lat = np.array(content.degrees, np.float64).T
    ways = Ways(
        lon=lon,
        lat=lat,
        points=np.array(content.points, np.int64),
        start=np.concatenate([[0], np.cumsum(content.counts)]).astype(np.int64),
        classes=content.classes,
        direction=np.array(content.direction, np.int8),
        names=content.names,
    )
    note = "points of ways whose nodes are not in the file; each such way was cut there"
    repairs = (Repair("points missing", content.outside, note),) if content.outside else ()
    name = path.name
    for suffix in (".gz", ".bz2", ".pbf", ".osm"):
        name = name.removesuffix(suffix)
    return network_of_ways(ways, name=name, source=path.name, roads=roads, repairs=repairs)


def _highways(path: Path) -> Iterator[Way]:
    from osmium import FileProcessor, InvalidLocationError
    from osmium.filter import KeyFilter
    from osmium.osm import WAY, Way

    streets = KeyFilter("highway")
    streets.enable_for(WAY)
    try:
        for element in FileProcessor(str(path)).with_locations().with_filter(streets):
            if isinstance(element, Way):
                yield element
    except InvalidLocationError as error:  # of no family of errors
        raise ValueError(str(error)) from error


def _read_way(content: _Content, way: Way, roads: RoadTable) -> None:
    """Add a way; where some of its nodes are not in the file, the stretches between them."""
    tags = {tag.k: tag.v for tag in way.tags}
    if tags.get("area") == "yes":
        return
    stretch: list[int] = []
    stretches = [stretch]
    for node in way.nodes:
        if not node.location.valid():
            content.outside += 1
            stretch = []
            stretches.append(stretch)
            continue
        number = content.number.setdefault(node.ref, len(content.degrees))
        if number == len(content.degrees):
            content.degrees.append((node.location.lon, node.location.lat))
        stretch.append(number)
    for points in stretches:
        if len(points) > 1:
            content.points += points
            content.counts.append(len(points))
            content.classes.append(motorcycle_class(tags, roads))
            content.direction.append(motorcycle_direction(tags))
            content.names.append(tags.get("name", ""))


def motorcycle_class(tags: Mapping[str, str], roads: RoadTable = ROADS) -> str:
    """Return the road class of a way for a motorcycle: ``toll`` or ``forbidden`` where its tags close it.

    Parameters
    ----------
    tags
        The way's tags. Of ``motorcycle``, ``motor_vehicle``, ``vehicle`` and ``access`` the most
        particular one counts; ``toll=yes`` closes unless ``motorcycle`` is allowed in so many words.
    roads
        The table of classes.
    """
    own = tags.get("motorcycle", "")
    if tags.get("toll", tags.get("toll:motorcycle")) == "yes" and own in ("", "no"):
        return "toll"
    said = next((tags[key] for key in _KEYS if key in tags), "")
    if said in _SHUT:
        return "forbidden"
    found = roads.road_class(tags.get("highway"))
    # A footway that motorcycles may use, as many a gang in the kampung is tagged, is a lane.
    return "path" if found in ("footway", "pedestrian") and own in ("yes", "designated", "permissive") else found


def motorcycle_direction(tags: Mapping[str, str]) -> int:
    """Return whether a way may be ridden in both directions, forward or backward, by its tags."""
    said = tags.get("oneway:motorcycle", tags.get("oneway", ""))
    if said in ("-1", "reverse"):
        return BACKWARD
    if said in ("yes", "true", "1"):
        return FORWARD
    if said in ("no", "false", "0"):
        return BOTH
    one_way = tags.get("junction") in _ROUND or tags.get("highway") in ("motorway", "motorway_link")
    return FORWARD if one_way else BOTH


def _refuse(where: str, field_name: str, message: str) -> NoReturn:
    raise InvalidInput([Problem(where, field_name, message)])
