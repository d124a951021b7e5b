"""The best answer on record beside an instance: a ``.sol``, or a row of one of the public tables."""

from __future__ import annotations

import csv
import math
from pathlib import Path

from benchmarks.formats.text import Lines
from benchmarks.instance import BestKnown, Instance
from benchmarks.solutions import evaluate, is_written_here, read_solution
from routing.errors import InvalidInput, Problem

DISTANCES = "bks_vrptw_distance.csv"
SUMMARY = "BKS_summary.csv"


def best_known(instance: Instance, path: Path) -> BestKnown | None:
    """Return the best of what stands beside the instance's file at `path` or one folder above it.

    A solution file counts for what its routes are worth in the instance's own numbers, and only if
    they are feasible in them and this program did not write it. The tables hold for the conventions
    they were made with.

    Raises
    ------
    InvalidInput
        When a file beside is damaged.
    """
    found = [_of_solution(instance, path.with_name(_stem(path) + ".sol")), _of_tables(instance, path)]
    return min((each for each in found if each is not None), key=lambda each: each.cost, default=None)


def _of_solution(instance: Instance, solution: Path) -> BestKnown | None:
    if not solution.is_file() or is_written_here(solution):
        return None
    routes, _ = read_solution(solution)
    worth = evaluate(instance, routes)
    return BestKnown(worth.cost, worth.vehicles) if worth.feasible else None


def _of_tables(instance: Instance, path: Path) -> BestKnown | None:
    for folder in (path.parent, path.resolve().parent.parent):
        if instance.kind == "VRPTW" and instance.rounding == "dimacs":
            row = _row(folder / DISTANCES, _stem(path))
            if row:
                return BestKnown(
                    round(10 * _number(folder / DISTANCES, row, "cost_stated")),
                    round(_number(folder / DISTANCES, row, "NV")),
                )
        if instance.kind == "VRPSPDTW":
            row = _row(folder / SUMMARY, _stem(path))
            if row:
                return BestKnown(
                    _number(folder / SUMMARY, row, "cost_2000NV_plus_TD"),
                    round(_number(folder / SUMMARY, row, "best_NV")),
                )
    return None


def _stem(path: Path) -> str:
    return path.name.removesuffix(".gz").rpartition(".")[0] or path.name


def _row(table: Path, name: str) -> dict[str, str] | None:
    if not table.is_file():
        return None
    for row in csv.DictReader(line.text for line in Lines.of_file(table)):
        if (row.get("instance") or "").lower() == name.lower():
            return row
    return None


def _number(table: Path, row: dict[str, str], field: str) -> float:
    try:
        number = float(row[field])
    except (KeyError, TypeError, ValueError):
        number = math.nan
    if not math.isfinite(number):
        where = f"{table.name} row of {row.get('instance')}"
        raise InvalidInput([Problem(where, field, f"is {row.get(field)!r}: expected a number")])
    return number
