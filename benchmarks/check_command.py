"""``kurir check``: whether a plan obeys the rules of its day."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

from benchmarks.terminal import DONE, NO, say, say_json
from benchmarks.words import counted
from routing.check import check
from routing.errors import InvalidInput, Problem
from routing.files import read_day, read_plan


def run_check(day_file: Path, plan_file: Path, *, as_json: bool) -> int:
    """Print what is wrong with the plan and return the exit code.

    Raises
    ------
    InvalidInput
        Naming every fault of both files.
    """
    problems: list[Problem] = []
    day = plan = None
    try:
        day = read_day(day_file)
    except InvalidInput as error:
        problems += error.problems
    try:
        plan = read_plan(plan_file)
    except InvalidInput as error:
        problems += error.problems
    if day is None or plan is None:
        raise InvalidInput(problems)
    violations = check(day, plan)
    if as_json:
        say_json({"valid": not violations, "violations": [asdict(each) for each in violations]})
    elif violations:
        say("\n".join(str(each) for each in violations))
    else:
        say(f"valid: {plan.served} of {len(day.requests)} requests served by {counted(len(plan.runs), 'driver')}")
    return NO if violations else DONE
