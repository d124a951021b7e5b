"""What engines are compared on: classical instances and days, with one way to judge answers to each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.instances import ENDINGS, Instance, read_instance
from benchmarks.peers.answer import PeerRun
from benchmarks.peers.nearest import nearest
from benchmarks.peers.timed import DoesNotFit, plan_of
from benchmarks.solutions import evaluate, routes_of
from routing import Day, Plan
from routing.check import check
from routing.errors import InvalidInput, Problem
from routing.files import read_day


@dataclass(frozen=True)
class Judgement:
    """What an answer is worth by this project's own evaluation.

    Attributes
    ----------
    cost
        In the case's own arithmetic.
    vehicles
        Runs that serve anyone.
    unserved
        Requests left out.
    faults
        Why it is no answer, empty when it is one.
    """

    cost: float
    vehicles: int
    unserved: int
    faults: tuple[str, ...]


@dataclass(frozen=True)
class Case:
    """Something to solve.

    Attributes
    ----------
    name
        As the tables show it.
    kind
        Class of the instance, or ``day``.
    day
        What the engines solve.
    instance
        The instance it stems from, None for a day.
    given_up
        What was taken out of a day so that the peers can model it.
    """

    name: str
    kind: str
    day: Day
    instance: Instance | None = None
    given_up: tuple[str, ...] = ()

    @property
    def best_known(self) -> float | None:
        """The best cost on record."""
        best = self.instance.best_known if self.instance else None
        return best.cost if best else None

    def judged(self, plan: Plan) -> Judgement:
        """Judge a plan: by the instance's own numbers, and by the rules of the day."""
        unserved = len(self.day.requests) - plan.served
        if self.instance is None:
            faults = tuple(str(violation) for violation in check(self.day, plan))
            return Judgement(plan.cost.total, len(plan.runs), unserved, faults)
        worth = evaluate(self.instance, routes_of(plan))
        return Judgement(worth.cost, worth.vehicles, unserved, worth.faults)

    def judged_order(self, runs: Sequence[PeerRun]) -> Judgement:
        """Judge a peer's answer, which states no times."""
        if self.instance is not None:
            door = {request.id: request.place for request in self.day.requests}
            routes = [[door[leg[0]] if leg else 0 for leg in run.legs] for run in runs]
            worth = evaluate(self.instance, routes)
            served = sum(len(leg) for run in runs for leg in run.legs)
            return Judgement(worth.cost, worth.vehicles, len(self.day.requests) - served, worth.faults)
        try:
            return self.judged(plan_of(self.day, runs))
        except DoesNotFit as error:
            return Judgement(0.0, len(runs), 0, (f"cannot be kept in time: {error}",))


def cases_of(paths: Sequence[Path], *, rounding: str | None = None) -> tuple[Case, ...]:
    """Return the cases at `paths`: instance files, folders of them, day folders and ``day.json``.

    Raises
    ------
    InvalidInput
        Naming every path that is none of these, and every fault of a file.
    """
    cases: list[Case] = []
    problems: list[Problem] = []
    for path in paths:
        try:
            cases += _cases_at(path, rounding)
        except InvalidInput as error:
            problems += error.problems
    if problems:
        raise InvalidInput(problems)
    return tuple(cases)


def _cases_at(path: Path, rounding: str | None) -> list[Case]:
    if path.name.endswith(".json"):
        return [_day_case(path.resolve().parent.name, read_day(path))]
    if (path / "day.json").is_file():
        return [_day_case(path.resolve().name, read_day(path / "day.json"))]
    if (path / "day.toml").is_file():
        return [_day_case(path.resolve().name, _folder_day(path))]
    if path.is_dir():
        files = sorted(each for each in path.iterdir() if each.name.lower().endswith(ENDINGS))
        if not files:
            raise InvalidInput([Problem(str(path), "", f"holds no instance: expected files ending in {ENDINGS}")])
        return [_instance_case(file, rounding) for file in files]
    return [_instance_case(path, rounding)]


def _instance_case(path: Path, rounding: str | None) -> Case:
    instance = read_instance(path, rounding=rounding)
    return Case(instance.name, instance.kind, instance.day, instance)


def _day_case(name: str, day: Day) -> Case:
    plain, given_up = nearest(day)
    return Case(name, "day", plain, given_up=given_up)


def _folder_day(path: Path) -> Day:
    from benchmarks.streets_given import EMBEDDED, street_network
    from geodata.dayfolder import read_day_folder
    from geodata.matrix import prepare

    day, _ = read_day_folder(path).on_streets(prepare(street_network(EMBEDDED)))
    return day
