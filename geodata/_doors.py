"""Which place each row of a day folder means: rows that name the same door share one place."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from geodata import _cells
from geodata._positions import position_fault
from geodata._tables import Row
from geodata.addresses import Candidate, find_address
from geodata.gazetteer import Kelurahan, find_kelurahan
from geodata.street_names import StreetNames
from routing.errors import InvalidInput, Problem
from routing.model import Place

_POSITION = "lon and lat, kelurahan, or address"


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
    within_metres
        How far from `place` the door may lie, where only words placed it; None where a position was given.
    """

    place: Place
    kelurahan: str = ""
    address: str = ""
    source: str = field(default="", compare=False)
    within_metres: float | None = field(default=None, compare=False)


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
    within_metres: float | None = None

    def stand_at(self, found: Candidate) -> None:
        """Take the position that words led to."""
        self.lon, self.lat = found.lon, found.lat
        self.kelurahan = found.kelurahan.name
        self.within_metres = found.uncertainty_metres

    @property
    def defines(self) -> bool:
        return self.lon is not None and self.lat is not None

    @property
    def key_by_id(self) -> tuple[Any, ...]:
        return ("id", self.id)

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
    streets
        Streets by name, to place addresses nearer than their kelurahan.
    """

    inside_city: bool
    doors: list[Door] = field(default_factory=list)
    streets: StreetNames | None = None
    _claims: list[_Claim] = field(default_factory=list)
    _index: dict[tuple[Any, ...], int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for number, door in enumerate(self.doors):
            self._index["id", door.place.id] = number

    def claim(self, row: Row, *, prefix: str = "", id_column: str = "place") -> int:
        """Note what `row` says about a place in its columns ``{prefix}lon`` and so on; return a ticket for `index`."""
        lon, lat = self._degrees(row, prefix)
        kelurahan = _kelurahan(row, prefix)
        access: int | None = row.read(f"{prefix}access", _cells.seconds, None)
        claim = _Claim(
            row=row,
            prefix=prefix,
            id=row.cells.get(id_column),
            lon=lon,
            lat=lat,
            kelurahan=kelurahan.name if kelurahan else "",
            address=row.cells.get(f"{prefix}address", ""),
            access=access,
        )
        if not _any_degrees(row, prefix) and (kelurahan or claim.id is None):
            self._place_by_words(claim, kelurahan)
        self._claims.append(claim)
        return len(self._claims) - 1

    def _place_by_words(self, claim: _Claim, kelurahan: Kelurahan | None = None) -> None:
        """Place a claim by its kelurahan and address; an address that names no one place is a problem."""
        row, prefix = claim.row, claim.prefix
        if kelurahan is None and (not claim.address or f"{prefix}kelurahan" in row.cells):
            return
        kecamatan = row.cells.get(f"{prefix}kecamatan") if kelurahan is None else None
        text = f"{claim.address}, Kec. {kecamatan}" if kecamatan else claim.address
        match = find_address(text, kelurahan=kelurahan, streets=self.streets)
        if match.place is not None:
            claim.stand_at(match.place)
        else:
            row.note(f"{prefix}address", f"is {text!r}, which {match.message}")

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
                self._define(claim.key_by_id, claim.id, claim)
        for claim in self._claims:
            if (
                claim.id is not None
                and claim.key_by_id not in self._index
                and not _any_degrees(claim.row, claim.prefix)
            ):
                self._place_by_words(claim)
                self._define(claim.key_by_id, claim.id, claim)
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
            self.doors.append(Door(place, claim.kelurahan, claim.address, claim.row.where, claim.within_metres))
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

    def index(self, ticket: int, *, field: str = "place", expected: str = _POSITION) -> int | None:
        """Return the index of the place a claim means, or None with the reason noted at its row."""
        claim = self._claims[ticket]
        key = claim.key_by_id if claim.id is not None else claim.key
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


def _kelurahan(row: Row, prefix: str) -> Kelurahan | None:
    """Return the kelurahan that a row's column names."""
    name = row.cells.get(f"{prefix}kelurahan")
    if name is None:
        return None
    try:
        return find_kelurahan(name, row.cells.get(f"{prefix}kecamatan"))
    except InvalidInput as error:
        row.problems += [Problem(row.where, f"{prefix}{each.field}", each.message) for each in error.problems]
        return None


def sources(doors: Iterable[Door]) -> tuple[str, ...]:
    """Return where each place was given, to name it in messages."""
    return tuple(f"{door.source} ({door.place.id})" if door.source else f"place {door.place.id}" for door in doors)
