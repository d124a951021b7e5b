"""``kurir retime``: a hand-made order, timed and judged without changing it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from benchmarks.terminal import DONE, NO, say, say_json, tell
from routing.errors import InvalidInput, Problem
from routing.files import read_day, read_plan, write_plan
from routing.plan import Run
from routing.reasons import clock
from routing.retime import Retimed, retime


def run_retime(day_file: Path, runs_file: Path, *, out: Path | None, as_json: bool) -> int:
    """Print what follows from the order, write it as a plan where asked to, and return the exit code.

    Raises
    ------
    InvalidInput
        Naming every fault of either file.
    """
    problems: list[Problem] = []
    day, runs = None, None
    try:
        day = read_day(day_file)
    except InvalidInput as error:
        problems += error.problems
    try:
        runs = read_runs(runs_file)
    except InvalidInput as error:
        problems += error.problems
    if day is None or runs is None:
        raise InvalidInput(problems)
    retimed = retime(day, runs)
    if out is not None:
        write_plan(retimed.plan, out)
        tell(f"written to {out}")
    if as_json:
        say_json(json.loads(retimed.to_json()))
    else:
        say("\n".join(_lines(retimed)))
    return DONE if retimed.valid else NO


def read_runs(path: Path) -> Any:
    """Return the runs of a plan, or the steps per driver of a plain JSON object.

    Raises
    ------
    InvalidInput
        When the file cannot be read as either; what the steps say is judged with the day.
    """
    try:
        content = json.loads(path.read_text(encoding="utf-8-sig"))
    except (OSError, ValueError, RecursionError) as error:
        message = f"cannot be read: {error}; expected a plan, or an object of steps per driver"
        raise InvalidInput([Problem(path.name, "", message)]) from None
    if isinstance(content, dict) and "schema" in content:
        return read_plan(path).runs
    if not isinstance(content, dict):
        expected = 'expected a plan, or steps per driver such as {"D1": ["hub", "R1", ["R2", "P3"], "hub"]}'
        raise InvalidInput([Problem(path.name, "", f"is a {type(content).__name__}: {expected}")])
    return content


def _lines(retimed: Retimed) -> list[str]:
    cost = retimed.cost
    lines = [_run_line(run) for run in retimed.runs]
    lines.append(
        f"cost {cost.total:,} = {cost.runs:,} runs + {cost.distance:,} distance + {cost.time:,} time "
        f"+ {cost.unserved:,} unserved; {retimed.plan.served} served, {len(retimed.unserved)} not"
    )
    if retimed.valid:
        return [*lines, "valid"]
    return [*lines, *(str(violation) for violation in retimed.violations)]


def _run_line(run: Run) -> str:
    begin, end, trips = run.visits[0].end, run.visits[-1].end, len(list(run.trips()))
    return (
        f"{run.driver}: {clock(begin)} to {clock(end)}, {len(run.requests)} requests in {len(run.stops)} stops, "
        f"{trips} trips, {run.metres / 1000:.1f} km, {run.paid_seconds / 3600:.2f} paid hours, {run.cost:,}"
    )
