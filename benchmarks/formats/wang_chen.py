"""The text form of the VRPSPDTW instances of Wang and Chen (2012): Solomon's with deliveries and pickups."""

from __future__ import annotations

from benchmarks.formats.text import Line, Lines
from benchmarks.instance import Instance
from benchmarks.rounding import ROUNDINGS

COLUMNS = ("CUST NO.", "XCOORD.", "YCOORD.", "DDEMAND", "PDEMAND", "READY TIME", "DUE DATE", "SERVICE TIME")
COST_PER_VEHICLE = 2000.0
"""Liu, Tang and Yao (2021) and Lei and Hao (2024) count 2000 per vehicle and 1 per unit of distance."""


def looks_like_wang_chen(lines: Lines) -> bool:
    """Whether the second line heads customers and vehicles."""
    return [line.text.upper().split() for line in lines.rows[1:2]] == [["CUSTOMER", "VEHICLE"]]


def read_wang_chen(lines: Lines) -> Instance:
    """Read an instance; distances and times stay in double precision.

    Raises
    ------
    InvalidInput
        Naming the line at fault.
    """
    if len(lines.rows) < 7:
        lines.ends_early("the vehicles and the customers")
    _expect_heading(lines.rows[2], ("NUMBER", "NUMBER", "CAPACITY"))
    customers, vehicles, capacity = _head(lines.rows[3])
    _expect_heading(lines.rows[4], ("CUSTOMER",))
    _expect_heading(lines.rows[5], tuple(word for column in COLUMNS for word in column.split()))
    rows = lines.rows[6:]
    if len(rows) < customers + 1:
        lines.ends_early(f"{customers} customers, got {len(rows) - 1}")
    if len(rows) > customers + 1:
        rows[customers + 1].fail("CUST NO.", f"is one too many: line {lines.rows[3].number} says {customers}")
    nodes = [_node(line, number) for number, line in enumerate(rows)]
    return Instance.euclidean(
        name=lines.rows[0].text,
        kind="VRPSPDTW",
        coordinates=[node[:2] for node in nodes],
        delivery=[int(node[2]) for node in nodes],
        pickup=[int(node[3]) for node in nodes],
        windows=[(node[4], node[5]) for node in nodes],
        service=[node[6] for node in nodes],
        capacity=capacity,
        vehicles=vehicles,
        rounding=ROUNDINGS["none"],
        cost_per_vehicle=COST_PER_VEHICLE,
    )


def _head(line: Line) -> tuple[int, int, int]:
    names = ("CUSTOMER NUMBER", "VEHICLE NUMBER", "CAPACITY")
    line.numbers(names)
    customers, vehicles, capacity = (
        line.whole(text, name, least=1) for text, name in zip(line.text.split(), names, strict=True)
    )
    return customers, vehicles, capacity


def _expect_heading(line: Line, words: tuple[str, ...]) -> None:
    if tuple(line.text.upper().split()) != words:
        line.fail("heading", f"is {line.text!r}: expected {' '.join(words)!r}")


def _node(line: Line, number: int) -> list[float]:
    given, *values = line.numbers(COLUMNS)
    if given != number:
        line.fail(COLUMNS[0], f"is {given:g}: expected {number}, numbered from the depot 0 without a gap")
    for column in (3, 4):
        line.whole(line.text.split()[column], COLUMNS[column])
    for field, value in zip(COLUMNS[5:], values[4:], strict=True):
        if value < 0:
            line.fail(field, f"is {value:g}: expected at least 0")
    if values[4] > values[5]:
        line.fail("DUE DATE", f"is {values[5]:g}: expected at least the ready time {values[4]:g}")
    return values
