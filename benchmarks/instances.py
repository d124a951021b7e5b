"""Reads a classical instance, whatever its format."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from benchmarks.best_known import best_known
from benchmarks.formats.jd import looks_like_jd, read_jd
from benchmarks.formats.solomon import looks_like_solomon, read_solomon
from benchmarks.formats.text import Lines
from benchmarks.formats.vrplib_text import looks_like_vrplib, read_vrplib
from benchmarks.formats.wang_chen import looks_like_wang_chen, read_wang_chen
from benchmarks.instance import BestKnown, Instance
from benchmarks.rounding import rounding_named
from routing.errors import InvalidInput, Problem

__all__ = ["BestKnown", "Instance", "read_instance"]

ENDINGS = (".vrp", ".txt", ".vrpsdptw", ".vrp.gz", ".txt.gz", ".vrpsdptw.gz")
"""How the names of instance files end."""


def read_instance(path: str | Path, *, rounding: str | None = None) -> Instance:
    """Read the instance at `path` and the best answer on record beside it.

    Parameters
    ----------
    path
        A VRPLIB file (CVRP, VRPTW, MTVRPTWR), Solomon's text, or a VRPSPDTW of Wang and Chen or of JD
        Logistics; plain or ``.gz``. The format is told from the contents.
    rounding
        A name in `benchmarks.rounding.ROUNDINGS`; by default the convention of the literature:
        ``dimacs`` with time windows, ``round`` for the CVRP, ``none`` for the VRPSPDTW.

    Raises
    ------
    InvalidInput
        Naming the file, the line, the field and what was expected.
    """
    path = Path(path)
    lines = Lines.of_file(path)
    if not lines.rows:
        raise InvalidInput([Problem(f"{path.name} line 1", "", "is empty: expected an instance")])
    instance = _read(lines, rounding)
    instance = instance.replace(best_known=best_known(instance, path))
    _expect_a_day(instance, lines.source)
    return instance


def _expect_a_day(instance: Instance, source: str) -> None:
    """Notice here, and not when a comparison has come to it, what the engine cannot hold."""
    try:
        _ = instance.day
    except InvalidInput as error:
        raise InvalidInput([replace(each, where=f"{source}: {each.where}") for each in error.problems]) from error


def _read(lines: Lines, rounding: str | None) -> Instance:
    for looks_like, read in ((looks_like_jd, read_jd), (looks_like_wang_chen, read_wang_chen)):
        if looks_like(lines):
            if rounding not in (None, "none"):
                raise InvalidInput([Problem(lines.source, "--rounding", f"is {rounding!r}: expected 'none' here")])
            return read(lines)
    if looks_like_solomon(lines):
        return read_solomon(lines, rounding=rounding_named(rounding or "dimacs"))
    if looks_like_vrplib(lines):
        return read_vrplib(lines, rounding=rounding_named(rounding) if rounding else None)
    message = (
        f"begins with {lines.rows[0].text[:60]!r}: expected VRPLIB, Solomon's text or a VRPSPDTW of Wang-Chen or JD"
    )
    raise InvalidInput([Problem(f"{lines.source} line {lines.rows[0].number}", "", message)])
