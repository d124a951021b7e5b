"""The form of the VRPSPDTW instances of JD Logistics (Liu, Tang and Yao 2021): explicit, asymmetric matrices."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal, InvalidOperation

import numpy as np

from benchmarks.formats.text import MOST, Line, Lines
from benchmarks.instance import Instance, Numbers

HEADERS = (
    "NAME",
    "TYPE",
    "DIMENSION",
    "VEHICLES",
    "DISPATCHINGCOST",
    "UNITCOST",
    "CAPACITY",
    "EDGE_WEIGHT_TYPE",
)
EXPECTED = {"TYPE": "VRPSDPTW", "EDGE_WEIGHT_TYPE": "EXPLICIT"}
NODE = ("id", "delivery", "pickup", "start", "end", "service")
LEG = ("from", "to", "distance", "time")
PLACES = 6
"""Decimals of loads and times."""


def looks_like_jd(lines: Lines) -> bool:
    """Whether one of the first headers says ``TYPE : VRPSDPTW``."""
    return any(_key(line) == "TYPE" and line.value == EXPECTED["TYPE"] for line in lines.rows[:20])


def read_jd(lines: Lines) -> Instance:
    """Read an instance; fractional loads and times are scaled up to whole numbers, which is exact.

    Raises
    ------
    InvalidInput
        Naming the line at fault.
    """
    left = iter(lines.rows)
    headers = _headers(lines, left)
    locations = headers["DIMENSION"].whole(headers["DIMENSION"].value, "DIMENSION", least=2)
    nodes = _nodes(lines, left, locations)
    distances, times = _matrices(lines, left, locations)
    _expect_end(lines, left)
    loads = _whole([headers["CAPACITY"].value, *nodes["delivery"], *nodes["pickup"]])
    # Windows, services and travel times share one scale.
    hours = _whole([*nodes["start"], *nodes["end"], *nodes["service"], *times])
    earliest, latest, service = hours[: 3 * locations].reshape(3, locations)
    return Instance(
        name=headers["NAME"].value,
        kind="VRPSPDTW",
        distance=_square([float(text) for text in distances], locations),
        duration=_square(hours[3 * locations :], locations),
        delivery=loads[1 : locations + 1],
        pickup=loads[locations + 1 :],
        earliest=earliest,
        latest=latest,
        service=service,
        release=np.zeros(locations, np.int64),
        capacity=int(loads[0]),
        vehicles=headers["VEHICLES"].whole(headers["VEHICLES"].value, "VEHICLES", least=1),
        reloads=False,
        cost_per_vehicle=_positive(headers["DISPATCHINGCOST"]),
        cost_per_distance=_positive(headers["UNITCOST"]),
        rounding="none",
    )


def _key(line: Line) -> str:
    return line.text.partition(":")[0].strip()


def _positive(line: Line) -> float:
    value = line.number_in(line.value, _key(line))
    if value < 0:
        line.fail(_key(line), f"is {value:g}: expected at least 0")
    return value


def _headers(lines: Lines, left: Iterator[Line]) -> dict[str, Line]:
    headers: dict[str, Line] = {}
    while (line := lines.take(left, "NODE_SECTION")).text != "NODE_SECTION":
        key = _key(line)
        if key not in HEADERS:
            line.fail(key, f"is not known: expected one of {', '.join(HEADERS)} or NODE_SECTION")
        if key in headers:
            line.fail(key, "is there twice: expected once")
        if key in EXPECTED and line.value != EXPECTED[key]:
            line.fail(key, f"is {line.value!r}: expected {EXPECTED[key]!r}")
        headers[key] = line
    for key in HEADERS:
        if key not in headers:
            line.fail(key, "is missing: expected above NODE_SECTION")
    _expect_decimal(headers["CAPACITY"], headers["CAPACITY"].value, "CAPACITY")
    return headers


def _nodes(lines: Lines, left: Iterator[Line], locations: int) -> dict[str, list[str]]:
    nodes: dict[str, list[str]] = {field: [] for field in NODE}
    for number in range(locations):
        line = lines.take(left, f"location {number} of NODE_SECTION")
        parts = _parts(line, NODE)
        if parts[0] != str(number):
            line.fail("id", f"is {parts[0]!r}: expected {number}, numbered from the depot 0 without a gap")
        for field, text in zip(NODE, parts, strict=True):
            _expect_decimal(line, text, field)
            nodes[field].append(text)
        if Decimal(parts[3]) > Decimal(parts[4]):
            line.fail("end", f"is {parts[4]}: expected at least the start {parts[3]}")
    return nodes


def _matrices(lines: Lines, left: Iterator[Line], locations: int) -> tuple[list[str], list[str]]:
    """Return distances and times row by row, the diagonal left out."""
    heading = lines.take(left, "DISTANCETIME_SECTION")
    if heading.text != "DISTANCETIME_SECTION":
        heading.fail("", f"is {heading.text!r}: expected DISTANCETIME_SECTION after {locations} locations")
    distances, times = [], []
    for origin in range(locations):
        for target in range(locations):
            if origin == target:
                continue
            line = lines.take(left, f"the leg from {origin} to {target}")
            parts = _parts(line, LEG)
            if parts[:2] != [str(origin), str(target)]:
                line.fail("from, to", f"is {parts[0]}, {parts[1]}: expected {origin}, {target}, row by row")
            _expect_decimal(line, parts[2], "distance")
            _expect_decimal(line, parts[3], "time")
            distances.append(parts[2])
            times.append(parts[3])
    return distances, times


def _expect_end(lines: Lines, left: Iterator[Line]) -> None:
    for expected in ("DEPOT_SECTION", "0"):
        line = lines.take(left, "DEPOT_SECTION and 0")
        if line.text != expected:
            line.fail("", f"is {line.text!r}: expected {expected!r} after the legs")
    for line in left:
        if line.text not in ("-1", "EOF"):
            line.fail("", f"is {line.text!r}: expected nothing after the depot")


def _parts(line: Line, names: Sequence[str]) -> list[str]:
    parts = [part.strip() for part in line.text.split(",")]
    if len(parts) != len(names):
        line.fail(", ".join(names), f"has {len(parts)} values in {line.text!r}: expected {len(names)}")
    return parts


def _expect_decimal(line: Line, text: str, field: str) -> None:
    if text.isdecimal() and text.isascii() and len(text) < len(str(MOST)):
        return
    try:
        value = Decimal(text)
    except InvalidOperation:
        value = Decimal("nan")
    if not value.is_finite() or not 0 <= value <= MOST:
        line.fail(field, f"is {text!r}: expected a number from 0 to {MOST}")
    if _decimals(text) > PLACES:
        line.fail(field, f"is {text!r}: expected at most {PLACES} decimals")


def _whole(texts: Sequence[str]) -> Numbers:
    """Scale all by the least power of ten that makes them whole."""
    places = max(0, *(_decimals(text) for text in texts))
    if places == 0:
        return np.array([int(Decimal(text)) for text in texts], dtype=np.int64)
    return np.array([int(Decimal(text).scaleb(places)) for text in texts], dtype=np.int64)


def _decimals(text: str) -> int:
    if "." not in text and "e" not in text.lower():
        return 0
    exponent = Decimal(text).normalize().as_tuple().exponent
    return -int(exponent)


def _square(values: Sequence[float] | Numbers, locations: int) -> Numbers:
    """Return the matrix with a diagonal of 0; whole numbers where every value is whole."""
    given = np.asarray(values)
    if np.issubdtype(given.dtype, np.floating) and bool(np.all(given == np.floor(given))):
        given = given.astype(np.int64)
    matrix = np.zeros((locations, locations), given.dtype)
    matrix[~np.eye(locations, dtype=bool)] = given
    return matrix
