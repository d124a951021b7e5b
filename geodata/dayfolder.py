"""Day folders: ``day.toml``, ``requests.csv`` and ``drivers.csv``, as an operator keeps them in a spreadsheet.

Every fault of all three files is found in one reading, with the file, the row a spreadsheet shows, the
field and what was expected.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from geodata import _cells
from geodata._address_words import name_key
from geodata._day_columns import (
    DRIVER_ALIASES,
    DRIVER_COSTS,
    DRIVER_LIMITS,
    DRIVER_OPTIONAL,
    DRIVER_REQUIRED,
    DRIVERS,
    PLACE_COLUMNS,
    REQUEST_OPTIONAL,
    REQUEST_REQUIRED,
    REQUESTS,
)
from geodata._doors import Door, Doors, sources
from geodata._settings import FILE as SETTINGS
from geodata._settings import read_settings
from geodata._tables import Row, read_table
from geodata.street_names import StreetNames, street_names
from routing.errors import InvalidInput, Problem
from routing.model import Costs, Day, Driver, Hub, Place, Request
from routing.travel import TrafficClock, TravelTimes

if TYPE_CHECKING:
    from geodata.matrix import PreparedNetwork

SNAP_METRES = 1500.0
"""How far from any street a place may lie: the city's open street data has holes up to 1.2 km wide."""


@dataclass(frozen=True)
class DayFolder:
    """All a day folder says: a day without travel times, and its places in words.

    Attributes
    ----------
    date, requests, drivers, hub, traffic, costs
        As in `routing.Day`.
    doors
        The places, each with kelurahan, address and the row that gave it; the hub's is the first.
    profile
        The name of the profile it was made from, empty where a person wrote it.
    inside_city
        Whether all places must lie in Tangerang Selatan.
    """

    date: str
    doors: tuple[Door, ...]
    requests: tuple[Request, ...]
    drivers: tuple[Driver, ...]
    hub: Hub
    traffic: TrafficClock
    costs: Costs
    profile: str = ""
    inside_city: bool = True

    @property
    def places(self) -> tuple[Place, ...]:
        """The places, as `routing.Day` has them."""
        return tuple(door.place for door in self.doors)

    @property
    def lons(self) -> npt.NDArray[np.float64]:
        """Longitudes of the places, shape ``(places,)``."""
        return np.array([door.place.lon for door in self.doors])

    @property
    def lats(self) -> npt.NDArray[np.float64]:
        """Latitudes of the places, shape ``(places,)``."""
        return np.array([door.place.lat for door in self.doors])

    @property
    def labels(self) -> dict[str, str]:
        """What to write for the door of each request where people read: address and kelurahan, where given."""
        texts = [_in_words(door) for door in self.doors]
        return {request.id: texts[request.place] for request in self.requests if texts[request.place]}

    @property
    def approximate(self) -> tuple[Door, ...]:
        """The doors that only words place, the least exact first; see their `within_metres`."""
        placed = [door for door in self.doors if door.within_metres is not None]
        return tuple(sorted(placed, key=lambda door: -(door.within_metres or 0)))

    def with_travel(self, travel: TravelTimes) -> Day:
        """Return the day with these travel times between its places.

        Raises
        ------
        InvalidInput
            When the matrices are of another size.
        """
        return Day(
            date=self.date,
            places=self.places,
            requests=self.requests,
            drivers=self.drivers,
            hub=self.hub,
            travel=travel,
            traffic=self.traffic,
            costs=self.costs,
        )

    def on_streets(
        self, prepared: PreparedNetwork, *, max_metres: float = SNAP_METRES
    ) -> tuple[Day, npt.NDArray[np.int32]]:
        """Return the day with travel times over streets, and the street node of each place.

        Parameters
        ----------
        prepared
            A prepared network, of `geodata.matrix.prepare`.
        max_metres
            How far from any street a place may lie.

        Raises
        ------
        InvalidInput
            Naming file and row of each place too far from any street.
        """
        from geodata.places import snap

        snapped = snap(prepared.network, self.lons, self.lats, names=sources(self.doors), max_metres=max_metres)
        return self.with_travel(prepared.travel(snapped.nodes)), snapped.nodes


def load_day(folder: Path | str, network: PreparedNetwork | None = None) -> Day:
    """Read a day folder and compute its travel times.

    Parameters
    ----------
    folder
        Has ``day.toml``, ``requests.csv`` and ``drivers.csv``; or ``day.json`` and its matrices.
    network
        Prepared streets; the embedded city's when none is given. Not used for a ``day.json``. Addresses are
        placed on its streets where it knows their names.

    Raises
    ------
    InvalidInput
        Naming every fault: file, row, field and what was expected.

    Examples
    --------
    >>> import geodata
    >>> day = geodata.load_day("days/2026-05-06")                                      # doctest: +SKIP
    """
    folder = Path(folder)
    if holds_day_json(folder):
        from routing.files import read_day

        return read_day(folder / "day.json")
    if network is None:
        from geodata.matrix import prepare
        from geodata.streets import embedded_network

        content = read_day_folder(folder)
        return content.on_streets(prepare(embedded_network()))[0]
    return read_day_folder(folder, streets=street_names(network.network)).on_streets(network)[0]


def holds_day_json(folder: Path) -> bool:
    """Whether `folder` gives its day as ``day.json`` and no tables."""
    return (folder / "day.json").is_file() and not (folder / SETTINGS).is_file()


def read_day_folder(folder: Path | str, *, streets: StreetNames | None = None) -> DayFolder:
    """Read the three files of a day folder.

    Parameters
    ----------
    streets
        Streets by name, to place addresses nearer than the middle of their kelurahan.

    Raises
    ------
    InvalidInput
        Naming every fault of all three files: file, row, field and what was expected.
    """
    folder = Path(folder)
    if not folder.is_dir():
        raise InvalidInput([Problem(str(folder), "", f"is no folder: expected one with {_FILES}")])
    settings, problems, inside_city = read_settings(folder / SETTINGS)
    doors = Doors(inside_city, [settings.door] if settings else [], streets)
    asked = read_table(
        folder / REQUESTS,
        required=REQUEST_REQUIRED,
        optional=REQUEST_OPTIONAL,
        any_of=("lon", "kelurahan", "address", "place"),
    )
    staff = read_table(folder / DRIVERS, required=DRIVER_REQUIRED, optional=DRIVER_OPTIONAL, aliases=DRIVER_ALIASES)
    request_rows, driver_rows = asked.rows, staff.rows
    tickets = [doors.claim(row) for row in request_rows]
    starts = [_claim_end(doors, row, "start") for row in driver_rows]
    ends = [_claim_end(doors, row, "end") for row in driver_rows]
    doors.settle()
    _expect_unique_ids(request_rows)
    _expect_unique_ids(driver_rows)
    _expect_round_trips(request_rows)
    requests = [_request(row, doors, ticket) for row, ticket in zip(request_rows, tickets, strict=True)]
    drivers = [_driver(row, doors, *both) for row, *both in zip(driver_rows, starts, ends, strict=True)]
    problems += [*asked.problems, *(each for row in request_rows for each in row.problems)]
    problems += [*staff.problems, *(each for row in driver_rows for each in row.problems)]
    if problems or settings is None:
        raise InvalidInput(problems)
    return DayFolder(
        date=settings.date,
        doors=tuple(doors.doors),
        requests=tuple(each for each in requests if each),
        drivers=tuple(each for each in drivers if each),
        hub=settings.hub,
        traffic=settings.traffic,
        costs=settings.costs,
        profile=settings.profile,
        inside_city=settings.inside_city,
    )


def _in_words(door: Door) -> str:
    """Return address and kelurahan, the latter once."""
    named = name_key(door.kelurahan) in name_key(door.address)
    return door.address if named else ", ".join(filter(None, (door.address, door.kelurahan)))


_FILES = f"{SETTINGS}, {REQUESTS} and {DRIVERS}"


def _expect_unique_ids(rows: Iterable[Row]) -> None:
    first: dict[str, Row] = {}
    for row in rows:
        name = row.cells.get("id")
        if name is not None and first.setdefault(name, row) is not row:
            row.note("id", f"{name!r} is used already in {first[name].where}: expected each id once")


def _expect_round_trips(rows: Iterable[Row]) -> None:
    rows = [row for row in rows if not row.absent]
    kinds = {row.cells["id"]: row.cells.get("kind", "").casefold() for row in rows if "id" in row.cells}
    taken: dict[str, Row] = {}
    for row in rows:
        pickup = row.cells.get("round_trip_of")
        if pickup is None:
            continue
        if kinds.get(pickup, "return") == "return":
            what = "the id of a return" if pickup in kinds else "no id of this file"
            row.note("round_trip_of", f"{pickup!r} is {what}: expected the id of a pickup")
        elif taken.setdefault(pickup, row) is not row:
            row.note("round_trip_of", f"{pickup!r} has its return in {taken[pickup].where}: expected one per pickup")


def _request(row: Row, doors: Doors, ticket: int) -> Request | None:
    place = doors.index(ticket)
    fields: dict[str, Any] = {
        "id": row.need("id", str, "", "a name"),
        "kind": row.need("kind", _cells.kind, "", "'pickup' or 'return'"),
        "documents": row.read("documents", _cells.whole, 1),
        "windows": row.read("windows", _cells.windows, ((0, 86_400),)),
        "service": row.read("service", _cells.whole, 0),
        "priority": row.read("priority", _cells.whole, 0),
        "skills": row.read("skills", _cells.names, frozenset()),
        "ready_at": row.read("ready_at", _cells.time_of_day, None),
        "due_at_hub": row.read("due_at_hub", _cells.time_of_day, None),
        "round_trip_of": row.cells.get("round_trip_of"),
    }
    return row.make(lambda: Request(place=-1 if place is None else place, **fields))


def _claim_end(doors: Doors, row: Row, which: str) -> int | None:
    """Note where a run starts or ends, when columns of its own say so."""
    if not any(f"{which}_{name}" in row.cells for name in PLACE_COLUMNS):
        return None
    return doors.claim(row, prefix=f"{which}_", id_column=which)


def _driver(row: Row, doors: Doors, start_ticket: int | None, end_ticket: int | None) -> Driver | None:
    start = _driver_place(row, doors, "start", start_ticket)
    ending = row.cells.get("end", "start").casefold() if end_ticket is None else ""
    end = {"start": start, "open": None}.get(ending, -1)
    if end == -1:
        end = _driver_place(row, doors, "end", end_ticket)
    fields: dict[str, Any] = {
        "id": row.need("id", str, "", "a name"),
        "shift": row.need("shift", _cells.window, (0, 0), "HH:MM-HH:MM"),
        "capacity": row.need("capacity", _cells.whole, 1, "a number of documents"),
        "skills": row.read("skills", _cells.names, frozenset()),
        "breaks": row.read("breaks", _cells.breaks, ()),
    }
    fields |= {name: row.read(name, _cells.whole, None) for name in DRIVER_LIMITS}
    fields |= {name: row.read(name, _cells.whole, 0) for name in DRIVER_COSTS}
    return row.make(lambda: Driver(start=-1 if start is None else start, end=end, **fields))


def _driver_place(row: Row, doors: Doors, which: str, ticket: int | None) -> int | None:
    expected = f"{which}_lon and {which}_lat, {which}_kelurahan or {which}_address"
    if ticket is not None:
        return doors.index(ticket, field=which, expected=expected)
    name = row.cells.get(which, "hub")
    if name.casefold() == "hub":
        return 0
    place = doors.named(name)
    if place is None and not row.problems:
        also = ", 'start', 'open'" if which == "end" else ""
        row.note(which, f"is {name!r}: expected 'hub'{also}, a place of the requests, or {expected}")
    return place
