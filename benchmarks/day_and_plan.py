"""A day and a plan of it, read so that the faults of both files are named together."""

from __future__ import annotations

from pathlib import Path

from routing.errors import InvalidInput, Problem
from routing.files import read_day, read_plan
from routing.model import Day
from routing.plan import Plan


def read_day_and_plans(day_file: Path, *plan_files: Path) -> tuple[Day, list[Plan]]:
    """Return what is in the files.

    Raises
    ------
    InvalidInput
        Naming every fault of all of them.
    """
    problems: list[Problem] = []
    day: Day | None = None
    plans: list[Plan] = []
    try:
        day = read_day(day_file)
    except InvalidInput as error:
        problems += error.problems
    for file in plan_files:
        try:
            plans.append(read_plan(file))
        except InvalidInput as error:
            problems += error.problems
    if problems or day is None:
        raise InvalidInput(problems)
    return day, plans
