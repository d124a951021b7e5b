"""VRPLIB files with time windows, release times and reload depots.

The library `vrplib` passes over what it does not know and over rows that are missing, and fails on some of what the
form allows, so every line is read here.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from benchmarks.formats.text import Line, Lines
from benchmarks.instance import Instance, Kind, Numbers
from benchmarks.rounding import ROUNDINGS, Rounding
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
    """The rows of a section, and the numbers on each after the one it is about."""

    rows: tuple[Line, ...]
    values: tuple[tuple[float, ...], ...]

    @property
    def column(self) -> list[float]:
        """The first of the numbers of each row."""
        return [row[0] for row in self.values]


def looks_like_vrplib(lines: Lines) -> bool:
    """Whether the first line is a header ``KEY: VALUE``."""
    return bool(lines.rows) and _key(lines.rows[0]) in HEADERS and ":" in lines.rows[0].text


def read_vrplib(lines: Lines, *, rounding: Rounding | None) -> Instance:
    """Read an instance; distances are Euclidean and rounded by `rounding`, as are times.

    Without one they are rounded as the literature does: ``round`` for the CVRP, else ``dimacs``.

    Raises
    ------
    InvalidInput
        Naming the line at fault: an unknown header or section, a row that is missing, too many or
        malformed, a file that ends before ``EOF``.
    """
    headers, sections = _scan(lines)
    kind = _expect_headers(lines, headers)
    _expect_sections(lines, headers, sections)
    locations = _whole(headers["DIMENSION"])
    reloads = "VEHICLES_RELOAD_DEPOT_SECTION" in sections
    if reloads and kind != "MTVRPTWR":
        headers["TYPE"].fail("TYPE", f"is {kind}: expected MTVRPTWR where there are reload depots")
    windows, release = (sections.get(f"{name}_SECTION") for name in ("TIME_WINDOW", "RELEASE_TIME"))
    return Instance.euclidean(
        name=(headers["NAME"].value if "NAME" in headers else "") or lines.source.split(".")[0],
        kind=kind,
        coordinates=sections["NODE_COORD_SECTION"].values,
        delivery=[int(demand) for demand in sections["DEMAND_SECTION"].column],
        windows=np.array(windows.values) if windows else np.tile([0, NEVER], (locations, 1)),
        service=_service(headers, sections, locations),
        release=release.column if release else None,
        capacity=_whole(headers["CAPACITY"]),
        vehicles=_whole(headers["VEHICLES"]) if "VEHICLES" in headers else locations - 1,
        rounding=rounding or ROUNDINGS["round" if kind == "CVRP" else "dimacs"],
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
    return _whole(headers[needed])


def _section(lines: Lines, heading: Line, left: Iterator[Line], count: int) -> Section:
    columns = COLUMNS[_key(heading)]
    rows, numbers = [], []
    for number in range(1, count + 1):
        line = lines.take(left, f"row {number} of {count} of {_key(heading)}")
        given, *values = line.numbers(columns)
        if given != number:
            line.fail(columns[0], f"is {given:g}: expected {number}, row {number} of {count} of {_key(heading)}")
        # Only coordinates may be negative.
        if columns[-1] != "y" and any(value < 0 for value in values):
            line.fail(columns[-1], f"is negative in {line.text!r}: expected at least 0")
        rows.append(line)
        numbers.append(tuple(values))
    return Section(tuple(rows), tuple(numbers))


def _whole(line: Line, *, least: int = 1) -> int:
    return line.whole(line.value, _key(line), least=least)


def _expect_headers(lines: Lines, headers: dict[str, Line]) -> Kind:
    for key in REQUIRED:
        if key not in headers:
            raise InvalidInput([Problem(lines.source, key, "is missing: expected among the headers")])
    _whole(headers["DIMENSION"], least=2)
    _whole(headers["CAPACITY"])
    if "VEHICLES" in headers:
        _whole(headers["VEHICLES"])
    if "SERVICE_TIME" in headers:
        line = headers["SERVICE_TIME"]
        if line.number_in(line.value, "SERVICE_TIME") < 0:
            line.fail("SERVICE_TIME", "is negative: expected at least 0")
    weights = headers["EDGE_WEIGHT_TYPE"].value
    if weights != "EUC_2D":
        headers["EDGE_WEIGHT_TYPE"].fail("EDGE_WEIGHT_TYPE", f"is {weights!r}: expected 'EUC_2D'")
    kind = headers["TYPE"].value.upper()
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


def _service(headers: dict[str, Line], sections: dict[str, Section], locations: int) -> Numbers:
    """Return the service time of each location; the number of the header holds for every customer."""
    if "SERVICE_TIME_SECTION" in sections:
        return np.array(sections["SERVICE_TIME_SECTION"].column)
    line = headers.get("SERVICE_TIME")
    service = np.full(locations, line.number_in(line.value, "SERVICE_TIME") if line else 0.0)
    service[0] = 0
    return service
