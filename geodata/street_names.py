"""Where streets of a name run, to find an address nearer than its kelurahan."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from geodata._address_words import name_key
from geodata._tables import read_table
from geodata.earth import Floats, great_circle
from geodata.gazetteer import KELURAHAN, Kelurahan, kelurahan_radius
from routing.errors import InvalidInput, Problem

if TYPE_CHECKING:
    from geodata.network import Indices, StreetNetwork

NamedPoint = tuple[str, float, float]
"""A street's name and a point of it: name, lon, lat."""

CLOSE = 0.88
"""Least similarity of a misspelt street's name."""

REACH = 0.8
"""Squared distance from a kelurahan's point, in its areas, up to which a street is looked for in it.

Measured on the true borders: 95 % of a kelurahan lies within.
"""

LEAST_METRES = 75.0
"""How far a door may lie from a street that is a single point on the map."""

_PREFIX = re.compile(r"^(?:(?:jl|jln|jalan|gg|gang)\b[.\s]*)+", re.IGNORECASE)
_LEFT_OUT_WORDS = "jl jln jalan gg gang raya ir h hj kh dr drs prof"
_LEFT_OUT = frozenset(_LEFT_OUT_WORDS.split())
_ROMAN_NUMERALS = "i ii iii iv v vi vii viii ix x xi xii xiii xiv xv xvi xvii xviii xix xx"
_ROMAN = {each: str(number) for number, each in enumerate(_ROMAN_NUMERALS.split(), start=1)}


@dataclass(frozen=True)
class StreetPoint:
    """A stretch of a street in one kelurahan.

    Attributes
    ----------
    name
        The street's name on the map.
    lon, lat
        A point on it, in the middle of the stretch.
    metres
        How far the stretch reaches from there.
    similarity
        0..1: how close its name is to the one looked for.
    """

    name: str
    lon: float
    lat: float
    metres: float
    similarity: float


@dataclass(frozen=True)
class _Street:
    name: str
    lon: Floats
    lat: Floats


class StreetNames:
    """Streets by name.

    Parameters
    ----------
    points
        Name, lon and lat of points along streets; a name may stand in many rows and in many places.
    """

    def __init__(self, points: Iterable[NamedPoint]) -> None:
        lines: dict[str, tuple[str, list[float], list[float]]] = {}
        for name, lon, lat in points:
            key = street_key(name)
            if key:
                _, lons, lats = lines.setdefault(key, (_PREFIX.sub("", name), [], []))
                lons.append(lon)
                lats.append(lat)
        self._streets = {
            key: _Street(name, np.array(lons), np.array(lats)) for key, (name, lons, lats) in lines.items()
        }

    def __len__(self) -> int:
        return len(self._streets)

    @property
    def names(self) -> tuple[str, ...]:
        """The names, as they were first written, without ``Jalan``."""
        return tuple(street.name for street in self._streets.values())

    def within(self, phrase: str, kelurahan: Kelurahan) -> StreetPoint | None:
        """Return the stretch in `kelurahan` of the street that `phrase` begins with, None where there is none.

        Parameters
        ----------
        phrase
            For instance ``ceger raya gang masjid``; the longest beginning that is a street there counts.
        """
        for key, similarity in self._meant(phrase):
            street = self._streets[key]
            inside = _nearness(street, kelurahan) <= REACH
            if inside.any():
                stretch = _stretch(street, inside, similarity)
                own = inside & (_nearest(street) == KELURAHAN.index(kelurahan))
                # Borders are not known here: of a long street, what is nearer to another kelurahan is left out.
                too_long = stretch.metres > kelurahan_radius(kelurahan)
                return _stretch(street, own, similarity) if too_long and own.any() else stretch
        return None

    def anywhere(self, phrase: str) -> list[tuple[Kelurahan, StreetPoint]]:
        """Return the stretches of the street that `phrase` begins with, by kelurahan, the longest first."""
        for key, similarity in self._meant(phrase):
            street = self._streets[key]
            nearest = _nearest(street)
            numbers, counts = np.unique(nearest, return_counts=True)
            order = numbers[np.argsort(-counts, kind="stable")].tolist()
            return [(KELURAHAN[each], _stretch(street, nearest == each, similarity)) for each in order]
        return []

    def _meant(self, phrase: str) -> Iterator[tuple[str, float]]:
        """Yield keys of known streets that the beginning of `phrase` may mean, the longest beginning first."""
        from rapidfuzz import process
        from rapidfuzz.distance import OSA

        words = phrase.split()
        for count in range(len(words), 0, -1):
            key = street_key(" ".join(words[:count]))
            if key in self._streets:
                yield key, 1.0
            elif len(key) >= 6:
                similar = self._by_digits.get(_digits(key), [])
                found = process.extractOne(key, similar, scorer=OSA.normalized_similarity, score_cutoff=CLOSE)
                if found is not None:
                    yield found[0], found[1]

    @cached_property
    def _by_digits(self) -> dict[str, list[str]]:
        """Keys by their digits: Maleo 2 is never a misspelt Maleo 3."""
        table: dict[str, list[str]] = {}
        for key in self._streets:
            table.setdefault(_digits(key), []).append(key)
        return table


def street_names(network: StreetNetwork) -> StreetNames:
    """Return the streets that a network knows by name; none where its source has no names."""
    if not len(network.named):
        return StreetNames([])
    edges = np.flatnonzero(network.named >= 0).tolist()
    return StreetNames((network.name_of(edge), lon, lat) for edge in edges for lon, lat in network.line(edge))


def read_street_names(path: Path | str) -> StreetNames:
    """Read a CSV file with ``name``, ``lon`` and ``lat``: points along streets, many rows per name.

    Raises
    ------
    InvalidInput
        Naming file, row and field of each fault.
    """
    from geodata import _cells

    table = read_table(Path(path), required=("name", "lon", "lat"), optional=())
    points: list[NamedPoint] = []
    for row in table.rows:
        name = row.need("name", str, "", "a street's name")
        lon = row.need("lon", _cells.degrees, 0.0, "degrees")
        lat = row.need("lat", _cells.degrees, 0.0, "degrees")
        points.append((name, lon, lat))
    problems: list[Problem] = [*table.problems, *(each for row in table.rows for each in row.problems)]
    if problems:
        raise InvalidInput(problems)
    return StreetNames(points)


def street_key(name: str) -> str:
    """Return what spellings of a street's name have in common: no ``Jalan``, titles or ``Raya``, Arabic numerals.

    Examples
    --------
    >>> street_key("Jl. Ir. H. Juanda"), street_key("Jalan Maleo XIX")
    ('juanda', 'maleo19')
    """
    words = re.findall(r"[a-z]+|\d+[a-z]?", name.casefold())
    kept = [word for word in words if word not in _LEFT_OUT] or words
    return name_key("".join([kept[0], *(_ROMAN.get(word, word) for word in kept[1:])])) if kept else ""


def _digits(key: str) -> str:
    return "".join(re.findall(r"\d+[a-z]?$|\d", key))


def _nearness(street: _Street, kelurahan: Kelurahan) -> Floats:
    # Degrees are near enough to square here, a few degrees from the equator; 110.6 km to each.
    squared = (street.lon - kelurahan.lon) ** 2 + (street.lat - kelurahan.lat) ** 2
    return np.asarray(squared * 110.6**2 / kelurahan.area_km2, np.float64)


def _nearest(street: _Street) -> Indices:
    """Return per point of a street the kelurahan it most likely lies in, as an index into all."""
    nearness = np.array([_nearness(street, each) for each in KELURAHAN])
    return np.asarray(nearness.argmin(axis=0), np.int32)


def _stretch(street: _Street, inside: np.ndarray[tuple[int], np.dtype[np.bool_]], similarity: float) -> StreetPoint:
    lon, lat = street.lon[inside], street.lat[inside]
    middle = int(np.argmin((lon - lon.mean()) ** 2 + (lat - lat.mean()) ** 2))
    reach = float(great_circle(lon[middle], lat[middle], lon, lat).max())
    return StreetPoint(street.name, float(lon[middle]), float(lat[middle]), max(reach, LEAST_METRES), similarity)
