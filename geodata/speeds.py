"""How fast a motorcycle rides by class of road, and which roads are closed to it: a table anyone can replace.

The classes are the ``highway`` words of OpenStreetMap; ``roads.csv`` beside this module is the standard table.
A free-flow ride across the city then averages 25-28 km/h on the road, within the 25-29 km/h of regional traffic
models, and door to door, with a minute and a half for parking and finding the door, the 23 km/h that a rider's
GPS gives for Jakarta at night. Traffic by the time of day (`geodata.traffic`) comes on top.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from routing.errors import InvalidInput, Problem

UNKNOWN = "road"
"""The class of a street whose ``highway`` word is missing or stands not in the table."""

_STANDARD = Path(__file__).with_name("roads.csv")
_COLUMNS = ("class", "access", "kmh")
_FASTEST = 150.0


@dataclass(frozen=True)
class RoadTable:
    """Which roads are open to motorcycles, and how fast they are.

    Attributes
    ----------
    speeds
        Free-flow km/h by class of the open roads; a link (``primary_link``) is as fast as its class.
    closed
        The classes that are closed.
    """

    speeds: Mapping[str, float] = field(hash=False)
    closed: frozenset[str]

    def speed(self, name: str) -> float:
        """Return the km/h of a class; one that is missing is as fast as an unknown road."""
        return self.speeds.get(name, self.speeds[UNKNOWN])

    def road_class(self, highway: str | None) -> str:
        """Return the class for a ``highway`` value: a word of the table.

        Parameters
        ----------
        highway
            One word, or several as osmnx (``['residential', 'service']``) and other tools
            (``residential;service``) write them when they merge segments: the first known word counts.
        """
        for word in (highway or "").strip("[] ").replace(";", ",").split(","):
            known = word.strip("'\" ").removesuffix("_link")
            if known in self.speeds or known in self.closed:
                return known
        return UNKNOWN


def read_road_table(path: Path | str) -> RoadTable:
    """Read a table of roads: the standard one with the rows of a CSV file in place of its own.

    Parameters
    ----------
    path
        A CSV file with the columns ``class``, ``access`` (``open`` or ``closed``; open when empty or left out)
        and ``kmh`` (needed where open); other columns are for people. Classes without a row stay as they are.

    Returns
    -------
    RoadTable

    Raises
    ------
    InvalidInput
        Naming every row at fault, its field and what was expected.
    """
    path = Path(path)
    speeds, closed = dict(ROADS.speeds), set(ROADS.closed)
    for name, kmh in _rows(path):
        speeds.pop(name, None)
        closed.discard(name)
        if kmh is None:
            closed.add(name)
        else:
            speeds[name] = kmh
    if UNKNOWN in closed:
        message = "is closed: expected a speed, as streets of unknown class are ridden at it"
        raise InvalidInput([Problem(path.name, f"class {UNKNOWN}", message)])
    return RoadTable(speeds=speeds, closed=frozenset(closed))


def _rows(path: Path) -> list[tuple[str, float | None]]:
    """Return (class, km/h or None where closed) per row."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        message = f"cannot be read ({error}): expected a CSV file with the columns {', '.join(_COLUMNS)}"
        raise InvalidInput([Problem(path.name, "", message)]) from None
    delimiter = ";" if ";" in text.partition("\n")[0] else ","
    reader = csv.DictReader(text.splitlines(), delimiter=delimiter)
    missing = {"class", "kmh"} - set(reader.fieldnames or ())
    if missing:
        message = f"lacks the column {' and '.join(sorted(missing))}: expected {', '.join(_COLUMNS)}"
        raise InvalidInput([Problem(path.name, "header", message)])
    found: list[tuple[str, float | None]] = []
    problems: list[Problem] = []
    for number, row in enumerate(reader, start=2):
        try:
            found.append(_row({key: value or "" for key, value in row.items() if key}))
        except _Wrong as wrong:
            problems.append(Problem(f"{path.name} row {number}", wrong.column, wrong.message))
    if problems:
        raise InvalidInput(problems)
    return found


class _Wrong(Exception):
    def __init__(self, column: str, message: str) -> None:
        self.column, self.message = column, message
        super().__init__(message)


def _row(row: dict[str, str]) -> tuple[str, float | None]:
    name, access = row["class"].strip().removesuffix("_link"), row.get("access", "").strip().casefold()
    if not name:
        raise _Wrong("class", "is empty: expected a highway word of OpenStreetMap, such as residential")
    if access not in ("open", "closed", ""):
        raise _Wrong("access", f"is {access!r}: expected 'open' or 'closed'")
    if access == "closed":
        return name, None
    try:
        kmh = float(row["kmh"].replace(",", "."))
    except ValueError:
        kmh = 0.0
    if not 1 <= kmh <= _FASTEST:
        raise _Wrong("kmh", f"is {row['kmh']!r}: expected km/h, 1 to {_FASTEST:.0f}, or access 'closed'")
    return name, kmh


def _standard() -> RoadTable:
    rows = _rows(_STANDARD)
    return RoadTable(
        speeds={name: kmh for name, kmh in rows if kmh is not None},
        closed=frozenset(name for name, kmh in rows if kmh is None),
    )


ROADS = _standard()
"""The standard table."""
SPEEDS: Mapping[str, float] = ROADS.speeds
"""Free-flow km/h of the standard table."""
CLOSED: frozenset[str] = ROADS.closed
"""Closed to motorcycles in the standard table: toll roads by law, the rest by what they are."""


def road_class(highway: str | None) -> str:
    """Return the class of the standard table for a ``highway`` value; see `RoadTable.road_class`."""
    return ROADS.road_class(highway)
