"""Solomon's text form of the VRPTW, also used by Gehring and Homberger."""

from __future__ import annotations

import re

from benchmarks.formats.text import Line, Lines
from benchmarks.instance import Instance
from benchmarks.rounding import Rounding

COLUMNS = ("CUST NO.", "XCOORD.", "YCOORD.", "DEMAND", "READY TIME", "DUE DATE", "SERVICE TIME")


def looks_like_solomon(lines: Lines) -> bool:
    """Whether the second and third lines are the heading of the vehicles."""
    heads = [line.text.upper().split() for line in lines.rows[1:3]]
    return heads[:1] == [["VEHICLE"]] and heads[1:] in ([], [["NUMBER", "CAPACITY"]])


def read_solomon(lines: Lines, *, rounding: Rounding) -> Instance:
    """Read an instance; distances are Euclidean and rounded by `rounding`, as are times.

    Raises
    ------
    InvalidInput
        Naming the line at fault.
    """
    if len(lines.rows) < 7:
        lines.ends_early("the vehicles and the customers")
    name = lines.rows[0].text
    vehicles, capacity = _fleet(lines.rows[3])
    _expect_heading(lines.rows[4], "CUSTOMER", ("CUSTOMER",))
    _expect_heading(lines.rows[5], "columns", tuple(word for column in COLUMNS for word in column.split()))
    nodes = [_node(line, number) for number, line in enumerate(lines.rows[6:])]
    _expect_count(lines, len(nodes) - 1)
    return Instance.euclidean(
        name=name,
        kind="VRPTW",
        coordinates=[node[:2] for node in nodes],
        delivery=[int(node[2]) for node in nodes],
        windows=[(node[3], node[4]) for node in nodes],
        service=[node[5] for node in nodes],
        capacity=capacity,
        vehicles=vehicles,
        rounding=rounding,
    )


def _fleet(line: Line) -> tuple[int, int]:
    line.numbers(("NUMBER", "CAPACITY"))
    number, capacity = line.text.split()
    return line.whole(number, "NUMBER", least=1), line.whole(capacity, "CAPACITY", least=1)


def _expect_heading(line: Line, field: str, words: tuple[str, ...]) -> None:
    if tuple(line.text.upper().split()) != words:
        line.fail(field, f"is {line.text!r}: expected {' '.join(words)!r}")


def _node(line: Line, number: int) -> list[float]:
    given, *values = line.numbers(COLUMNS)
    if given != number:
        line.fail(COLUMNS[0], f"is {given:g}: expected {number}, numbered from the depot 0 without a gap")
    line.whole(line.text.split()[3], "DEMAND")
    for field, value in zip(COLUMNS[4:], values[3:], strict=True):
        if value < 0:
            line.fail(field, f"is {value:g}: expected at least 0")
    if values[3] > values[4]:
        line.fail("DUE DATE", f"is {values[4]:g}: expected at least the ready time {values[3]:g}")
    return values


def _expect_count(lines: Lines, customers: int) -> None:
    """Notice a cut file: the form does not state its length, but the names of the public sets do."""
    stem = lines.source.split(".")[0].upper()
    if match := re.fullmatch(r"(?:R|C|RC)[12]_(\d+)_\d+", stem):
        sizes: tuple[int, ...] = (100 * int(match[1]),)
    elif re.fullmatch(r"(?:R|C|RC)[12]\d\d", stem):
        sizes = (25, 50, 100)
    else:
        sizes = (customers,)
    if customers not in sizes or customers == 0:
        named = " or ".join(str(size) for size in sizes if size) or "at least 1"
        lines.ends_early(f"{named} customers, got {customers}")
