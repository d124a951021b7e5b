"""Which place each row of a day folder means: rows that name the same door share one place."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from geodata import _cells
from geodata._tables import Row
from geodata.gazetteer import OUTLINE, find_kelurahan
from routing.errors import InvalidInput, Problem
from routing.model import Place

MARGIN_DEGREES = 0.015
"""How far beyond the rough outline of the city a place may lie: about 1.6 km, for neighbours and riders' homes."""


@dataclass(frozen=True)
class Door:
    """A place and what is known of it in words.

    Attributes
    ----------
    place
        The place as routing knows it.
    kelurahan, address
        As given; empty where nothing was.
    source
        File and row that first gave the place.
    """

    place: Place
    kelurahan: str = ""
    address: str = ""
    source: str = field(default="", compare=False)


@dataclass
class _Claim:
    """What one row says about a place."""

    row: Row
    prefix: str
    id: str | None
    lon: float | None
    lat: float | None
    kelurahan: str
    address: str
    access: int | None

    @property
    def defines(self) -> bool:
        return self.lon is not None and self.lat is not None

    @property
    def key(self) -> tuple[Any, ...]:
        """What makes two rows without an id the same door."""
        if f"{self.prefix}lon" in self.row.cells:
            return ("at", self.lon, self.lat)
        return ("in", self.kelurahan, " ".join(self.address.casefold().split()))


@dataclass
class Doors:
    """Collects what rows say about places, then settles which places there are.

    Parameters
    ----------
    inside_city
        Whether places outside the city's outline are problems.
    """

    inside_city: bool
    doors: list[Door] = field(default_factory=list)
    _claims: list[_Claim] = field(default_factory=list)
    _index: dict[tuple[Any, ...], int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for number, door in enumerate(self.doors):
            self._index["id", door.place.id] = number

    def claim(self, row: Row, *, prefix: str = "", id_column: str = "place") -> int:
        """Note what `row` says about a place in its columns ``{prefix}lon`` and so on; return a ticket for `index`."""
        lon, lat = self._degrees(row, prefix)
        kelurahan, centre = _kelurahan(row, prefix)
        address = row.cells.get(f"{prefix}address", "")
        if lon is None and lat is None and centre is not None and not _any_degrees(row, prefix):
            lon, lat = centre
        access: int | None = row.read(f"{prefix}access", _cells.seconds, None)
        self._claims.append(_Claim(row, prefix, row.cells.get(id_column), lon, lat, kelurahan, address, access))
        return len(self._claims) - 1

    def _degrees(self, row: Row, prefix: str) -> tuple[float | None, float | None]:
        """Return a position that makes sense, or None and None."""
        noted = len(row.problems)
        lon: float | None = row.read(f"{prefix}lon", _cells.degrees, None)
        lat: float | None = row.read(f"{prefix}lat", _cells.degrees, None)
        if not _any_degrees(row, prefix) or len(row.problems) > noted:
            return None, None
        for name, value in (("lon", lon), ("lat", lat)):
            if value is None and f"{prefix}{name}" not in row.absent:
                row.note(f"{prefix}{name}", "is empty: expected both lon and lat, or neither")
        if lon is None or lat is None:
            return None, None
        fault = position_fault(lon, lat, inside_city=self.inside_city)
        if fault is not None:
            row.note(f"{prefix}{fault[0]}", fault[1])
            return None, None
        return round(lon, 6), round(lat, 6)

    def settle(self) -> None:
        """Decide the places; problems are noted at the rows that cause them."""
        for claim in self._claims:
            if claim.id is not None and claim.defines:
                self._define(("id", claim.id), claim.id, claim)
        named = {
            ("at", door.place.lon, door.place.lat): number for number, door in reversed(list(enumerate(self.doors)))
        }
        for claim in self._claims:
            if claim.id is None and claim.defines:
                if claim.key in named:
                    self._index.setdefault(claim.key, named[claim.key])
                self._define(claim.key, _place_id(claim), claim)

    def _define(self, key: tuple[Any, ...], name: str, claim: _Claim) -> None:
        if claim.lon is None or claim.lat is None:
            return
        number = self._index.get(key)
        if number is None:
            place = Place(name, claim.lon, claim.lat, claim.access or 0)
            self._index[key] = len(self.doors)
            self.doors.append(Door(place, claim.kelurahan, claim.address, claim.row.where))
            return
        known = self.doors[number]
        if (claim.lon, claim.lat) != (known.place.lon, known.place.lat):
            was = f"lies at {known.place.lon}, {known.place.lat} in {known.source}"
            claim.row.note("place", f"{name!r} {was}: expected one position per place")
        if claim.access is not None and claim.access != known.place.access:
            claim.row.note(
                f"{claim.prefix}access",
                f"is {claim.access}, but {known.place.access} in {known.source}: expected the same at one door",
            )

    def index(self, ticket: int, *, field: str = "place", expected: str = "lon and lat, or kelurahan") -> int | None:
        """Return the index of the place a claim means, or None with the reason noted at its row."""
        claim = self._claims[ticket]
        key = ("id", claim.id) if claim.id is not None else claim.key
        if key in self._index:
            return self._index[key]
        if claim.row.problems or claim.row.absent:
            return None
        if claim.id is not None:
            claim.row.note(field, f"is {claim.id!r}, which no row gives a position: expected {expected}")
        else:
            claim.row.note(field, f"is not given: expected {expected}")
        return None

    def named(self, name: str) -> int | None:
        """Return the index of the place with this id."""
        return self._index.get(("id", name))


def _any_degrees(row: Row, prefix: str) -> bool:
    return f"{prefix}lon" in row.cells or f"{prefix}lat" in row.cells


def _place_id(claim: _Claim) -> str:
    if f"{claim.prefix}lon" in claim.row.cells:
        return f"{claim.lon},{claim.lat}"
    return f"{claim.kelurahan}: {claim.address}" if claim.address else claim.kelurahan


def _kelurahan(row: Row, prefix: str) -> tuple[str, tuple[float, float] | None]:
    """Return the register's spelling and a point inside."""
    name = row.cells.get(f"{prefix}kelurahan")
    if name is None:
        return "", None
    try:
        found = find_kelurahan(name, row.cells.get(f"{prefix}kecamatan"))
    except InvalidInput as error:
        row.problems += [Problem(row.where, f"{prefix}{each.field}", each.message) for each in error.problems]
        return "", None
    return found.name, (round(found.lon, 6), round(found.lat, 6))


def position_fault(lon: float, lat: float, *, inside_city: bool) -> tuple[str, str] | None:
    """Return field and message of what is wrong with a position, or None."""
    if inside_city and _in_city(lat, lon):
        return "lon", f"is {lon} and lat {lat}: lon and lat are swapped"
    for name, value, most in (("lon", lon, 180), ("lat", lat, 90)):
        if abs(value) > most:
            return name, f"is {value}: expected degrees between -{most} and {most}"
    if not inside_city or _in_city(lon, lat):
        return None
    if _in_city(lon, -lat):
        return "lat", f"is {lat}: expected {-lat}, the city lies south of the equator"
    return "lon", f"lon {lon}, lat {lat} lies outside Tangerang Selatan: expected about 106.64..106.78 and -6.36..-6.23"


def _in_city(lon: float, lat: float) -> bool:
    from shapely import Point

    return bool(_city().covers(Point(lon, lat)))


@cache
def _city() -> Any:
    from shapely import Polygon, prepare

    city = Polygon(OUTLINE).buffer(MARGIN_DEGREES)
    prepare(city)
    return city


def sources(doors: Iterable[Door]) -> tuple[str, ...]:
    """Return where each place was given, to name it in messages."""
    return tuple(f"{door.source} ({door.place.id})" if door.source else f"place {door.place.id}" for door in doors)
