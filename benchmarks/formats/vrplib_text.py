"""VRPLIB files with time windows, release times and reload depots.

The library `vrplib` reads the values. It passes over what it does not know and over rows that are
missing, so every line is looked at here first.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from benchmarks.formats.text import Line, Lines
from benchmarks.instance import Instance, Kind, Numbers
from benchmarks.rounding import Rounding
from routing.errors import InvalidInput, Problem

KINDS: dict[str, Kind] = {"CVRP": "CVRP", "VRPTW": "VRPTW", "MTVRPTW": "MTVRPTWR", "MTVRPTWR": "MTVRPTWR"}
HEADERS = frozenset(
    {"NAME", "COMMENT", "TYPE", "DIMENSION", "VEHICLES", "CAPACITY", "SERVICE_TIME", "EDGE_WEIGHT_TYPE"}
)
REQUIRED = ("TYPE", "DIMENSION", "CAPACITY", "EDGE_WEIGHT_TYPE")
COLUMNS = {
    "NODE_COORD_SECTION": ("location", "x", "y"),
    "DEMAND_SECTION": ("location", "demand"),
    "TIME_WINDOW_SECTION": ("location", "earliest", "latest"),
    "SERVICE_TIME_SECTION": ("location", "service time"),
    "RELEASE_TIME_SECTION": ("location", "release time"),
    "VEHICLES_RELOAD_DEPOT_SECTION": ("vehicle", "depot"),
    "DEPOT_SECTION": ("depot",),
}
NEVER = 10**7
"""Closes a time window that the file leaves open, before rounding; beyond any tour of a public instance."""


@dataclass(frozen=True)
class Section:
    """The heading of a section and its rows."""

    heading: Line
    rows: tuple[Line, ...]


def looks_like_vrplib(lines: Lines) -> bool:
    """Whether the first line is a header ``KEY: VALUE``."""
    return bool(lines.rows) and _key(lines.rows[0]) in HEADERS and ":" in lines.rows[0].text


def read_vrplib(lines: Lines, *, rounding: Rounding) -> Instance:
    """Read an instance; distances are Euclidean and rounded by `rounding`, as are times.

    Raises
    ------
    InvalidInput
        Naming the line at fault: an unknown header or section, a row that is missing, too many or
        malformed, a file that ends before ``EOF``.
    """
    from vrplib.parse import parse_vrplib

    headers, sections = _scan(lines)
    kind = _expect_headers(lines, headers)
    _expect_sections(lines, headers, sections)
    data: dict[str, Any] = parse_vrplib(lines.text, compute_edge_weights=False)
    locations = int(data["dimension"])
    reloads = "vehicles_reload_depot" in data
    if reloads and kind != "MTVRPTWR":
        headers["TYPE"].fail("TYPE", f"is {kind}: expected MTVRPTWR where there are reload depots")
    return Instance.euclidean(
        name=str(data.get("name", lines.source.split(".")[0])),
        kind=kind,
        coordinates=data["node_coord"],
        delivery=data["demand"],
        windows=data.get("time_window", np.tile([0, NEVER], (locations, 1))),
        service=_service(data.get("service_time", 0), locations),
        release=data.get("release_time"),
        capacity=int(data["capacity"]),
        vehicles=int(data.get("vehicles", locations - 1)),
        rounding=rounding,
        reloads=reloads,
    )


def _key(line: Line) -> str:
    return line.text.partition(":")[0].strip().upper()


def _scan(lines: Lines) -> tuple[dict[str, Line], dict[str, Section]]:
    headers: dict[str, Line] = {}
    sections: dict[str, Section] = {}
    left = iter(lines.rows)
    while (line := lines.take(left, "EOF")).text != "EOF":
        key = _key(line)
        if key in sections or key in headers:
            line.fail(key, "is there twice: expected once")
        if key in COLUMNS:
            sections[key] = _section(lines, line, left, _rows_of(line, headers))
        elif line.text == "-1" and list(sections)[-1:] == ["DEPOT_SECTION"]:
            continue  # the customary end of the depots
        elif key in HEADERS and ":" in line.text:
            headers[key] = line
        else:
            line.fail(key, f"is not known: expected one of {', '.join(sorted([*HEADERS, *COLUMNS]))} or EOF")
    for extra in left:
        extra.fail("", f"is {extra.text!r}: expected nothing after EOF")
    return headers, sections


def _rows_of(heading: Line, headers: dict[str, Line]) -> int:
    key = _key(heading)
    if key == "DEPOT_SECTION":
        return 1
    needed = "VEHICLES" if key == "VEHICLES_RELOAD_DEPOT_SECTION" else "DIMENSION"
    if needed not in headers:
        heading.fail(key, f"stands before {needed}: expected {needed} above it")
    return _whole(headers[needed], least=1)


def _section(lines: Lines, heading: Line, left: Iterator[Line], count: int) -> Section:
    columns = COLUMNS[_key(heading)]
    rows = []
    for number in range(1, count + 1):
        line = lines.take(left, f"row {number} of {count} of {_key(heading)}")
        given, *values = line.numbers(columns)
        if given != number:
            line.fail(columns[0], f"is {given:g}: expected {number}, row {number} of {count} of {_key(heading)}")
        # Only coordinates may be negative.
        if columns[-1] != "y" and any(value < 0 for value in values):
            line.fail(columns[-1], f"is negative in {line.text!r}: expected at least 0")
        rows.append(line)
    return Section(heading, tuple(rows))


def _whole(line: Line, *, least: int) -> int:
    return line.whole(line.text.partition(":")[2], _key(line), least=least)


def _expect_headers(lines: Lines, headers: dict[str, Line]) -> Kind:
    for key in REQUIRED:
        if key not in headers:
            raise InvalidInput([Problem(lines.source, key, "is missing: expected among the headers")])
    _whole(headers["DIMENSION"], least=2)
    _whole(headers["CAPACITY"], least=1)
    if "VEHICLES" in headers:
        _whole(headers["VEHICLES"], least=1)
    if "SERVICE_TIME" in headers:
        line = headers["SERVICE_TIME"]
        if line.number_in(line.text.partition(":")[2], "SERVICE_TIME") < 0:
            line.fail("SERVICE_TIME", "is negative: expected at least 0")
    weights = headers["EDGE_WEIGHT_TYPE"].text.partition(":")[2].strip()
    if weights != "EUC_2D":
        headers["EDGE_WEIGHT_TYPE"].fail("EDGE_WEIGHT_TYPE", f"is {weights!r}: expected 'EUC_2D'")
    kind = headers["TYPE"].text.partition(":")[2].strip().upper()
    if kind not in KINDS:
        headers["TYPE"].fail("TYPE", f"is {kind!r}: expected one of {', '.join(KINDS)}")
    return KINDS[kind]


def _expect_sections(lines: Lines, headers: dict[str, Line], sections: dict[str, Section]) -> None:
    for key in ("NODE_COORD_SECTION", "DEMAND_SECTION", "DEPOT_SECTION"):
        if key not in sections:
            raise InvalidInput([Problem(lines.source, key, "is missing: expected among the sections")])
    if "SERVICE_TIME" in headers and "SERVICE_TIME_SECTION" in sections:
        headers["SERVICE_TIME"].fail("SERVICE_TIME", "is a header and a section: expected one of the two")
    for line in sections["DEMAND_SECTION"].rows:
        line.whole(line.text.split()[1], "demand")
    for line in _rows(sections, "TIME_WINDOW_SECTION"):
        _, earliest, latest = line.numbers(COLUMNS["TIME_WINDOW_SECTION"])
        if earliest > latest:
            line.fail("latest", f"is {latest:g}: expected at least the earliest, {earliest:g}")
    for line in _rows(sections, "VEHICLES_RELOAD_DEPOT_SECTION"):
        if line.numbers(COLUMNS["VEHICLES_RELOAD_DEPOT_SECTION"])[1] != 1:
            line.fail("depot", f"is {line.text.split()[1]}: expected 1, the only depot")
    depot_service = [line for line in _rows(sections, "SERVICE_TIME_SECTION")[:1] if float(line.text.split()[1]) > 0]
    for line in depot_service:
        line.fail("service time", "is above 0 at the depot: expected 0")


def _rows(sections: dict[str, Section], key: str) -> tuple[Line, ...]:
    return sections[key].rows if key in sections else ()


def _service(given: Any, locations: int) -> Numbers:
    """Return the service time of each location; one number holds for every customer."""
    service: Numbers = np.array(np.broadcast_to(np.asarray(given, dtype=np.float64), locations))
    service[0] = 0
    return service
