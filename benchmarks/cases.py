"""What engines are compared on: classical instances and days, with one way to judge answers to each."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.instances import ENDINGS, Instance, read_instance
from benchmarks.meant import path_meant
from benchmarks.peers.answer import PeerRun
from benchmarks.peers.nearest import nearest
from benchmarks.peers.timed import DoesNotFit, plan_of
from benchmarks.solutions import evaluate, routes_of
from benchmarks.streets_given import EMBEDDED
from routing import Day, Plan
from routing.check import check
from routing.errors import InvalidInput, Problem
from routing.files import read_day

Points = tuple[tuple[tuple[float, float], ...], ...]
"""Longitude and latitude of each visit of each run."""
_FAMILY = re.compile(r"(rc|r|c)(?:dp)?([12])", re.IGNORECASE)


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

    def points(self, plan: Plan) -> Points:
        """Return where each run of `plan` goes; nothing where the instance has matrices alone and lies nowhere."""
        return self._points([visit.place for visit in run.visits] for run in plan.runs)

    def points_of_order(self, runs: Sequence[PeerRun]) -> Points:
        """Return where each run of a peer's answer goes; nothing where the instance lies nowhere."""
        door = {request.id: request.place for request in self.day.requests}
        hub = self.day.hub.place
        return self._points([hub, *(door[leg[0]] if leg else hub for leg in run.legs), hub] for run in runs)

    def _points(self, orders: Iterable[Sequence[int]]) -> Points:
        if self.instance is not None and self.instance.coordinates is None:
            return ()
        places = self.day.places
        return tuple(tuple((places[each].lon, places[each].lat) for each in order) for order in orders)


@dataclass(frozen=True)
class Source:
    """A case still to be made: a set of large ones does not fit the memory all at once.

    Attributes
    ----------
    name
        Of the case.
    group
        The class it is summed up in.
    load
        Makes the case.
    content
        Digest of the files it is made from; empty where name and settings say it all.
    """

    name: str
    group: str
    load: Callable[[], Case]
    content: str = ""


def sources_of(
    paths: Sequence[Path], *, rounding: str | None = None, network: str = EMBEDDED, as_is: bool = False
) -> tuple[Source, ...]:
    """Return the cases at `paths`: instance files, folders of them at any depth, patterns, day folders, ``day.json``.

    Each file is read once, so that its faults are told before anything takes long.

    Parameters
    ----------
    rounding
        Of the instances, None for the convention of the literature.
    network
        Streets of the day folders.
    as_is
        Whether days keep all their rules, also those that the peers have no model of.

    Raises
    ------
    InvalidInput
        Naming every path that is none of these, and every fault of a file.
    """
    found: list[Source] = []
    problems: list[Problem] = []
    for path in (each for given in paths for each in _matching(given)):
        try:
            found += _sources_at(path, rounding, network, as_is)
        except InvalidInput as error:
            problems += error.problems
    if problems:
        raise InvalidInput(problems)
    return tuple(found)


def day_case(name: str, day: Day, *, as_is: bool) -> Case:
    """Return a day as a case: with all its rules, or what of it every peer can model."""
    if as_is:
        return Case(name, "day", day)
    plain, given_up = nearest(day)
    return Case(name, "day", plain, given_up=given_up)


def group_of(instance: Instance) -> str:
    """Return the class an instance is summed up in: the kind of problem, and the family of its name.

    The sets of Solomon, of Gehring and Homberger and those made from them name a family by how customers lie (R, C,
    RC) and by the horizon (1 short, 2 long).
    """
    family = _FAMILY.match(instance.name)
    words = (instance.kind, str(_rounded(instance.customers)), "".join(family.groups()).upper() if family else "")
    return " ".join(word for word in words if word)


def _rounded(customers: int) -> int:
    """Return a size as sets state it: 199 or 201 customers are 200."""
    return max(1, round(customers / 10)) * 10 if customers >= 50 else customers


def _matching(path: Path) -> list[Path]:
    """Return what a pattern stands for, sorted; a path itself where it is none or matches nothing."""
    if path.exists() or not any(mark in str(path) for mark in "*?["):
        return [path]
    root = Path(path.anchor) if path.is_absolute() else Path()
    return sorted(root.glob(str(path.relative_to(path.anchor)))) or [path]


def _is_about(path: Path) -> bool:
    """Whether a file of a set tells about it instead of being an instance."""
    return path.name.lower().startswith(("readme", "licen"))


def _sources_at(path: Path, rounding: str | None, network: str, as_is: bool) -> list[Source]:
    if path.name.endswith(".json"):
        read_day(path)
        name = path.resolve().parent.name
        content = _digest([path, *sorted(path.parent.glob("*.npz"))])
        return [_day_source(name, lambda: read_day(path), as_is, content)]
    if (path / "day.toml").is_file():
        from geodata.dayfolder import read_day_folder

        read_day_folder(path)
        content = _digest(sorted(each for each in path.iterdir() if each.suffix in (".toml", ".csv")))
        return [_day_source(path.resolve().name, lambda: _folder_day(path, network), as_is, content)]
    if (path / "day.json").is_file():
        return _sources_at(path / "day.json", rounding, network, as_is)
    if path.is_dir():
        files = sorted(each for each in path.rglob("*") if each.name.lower().endswith(ENDINGS) and not _is_about(each))
        if not files:
            raise InvalidInput(
                [Problem(str(path), "", f"holds no instance: expected files ending in {', '.join(ENDINGS)}")]
            )
        return [_instance_source(file, rounding) for file in files]
    if not path.exists():
        message = "is not there: expected an instance, a folder of them, a day folder or a suite"
        raise InvalidInput([Problem(str(path), "", message + path_meant(path))])
    return [_instance_source(path, rounding)]


def instance_case(instance: Instance) -> Case:
    """Return an instance as a case."""
    return Case(instance.name, instance.kind, instance.day, instance)


def _instance_source(path: Path, rounding: str | None) -> Source:
    instance = read_instance(path, rounding=rounding)
    content = _digest([path])
    return Source(
        instance.name, group_of(instance), lambda: instance_case(read_instance(path, rounding=rounding)), content
    )


def _day_source(name: str, read: Callable[[], Day], as_is: bool, content: str) -> Source:
    return Source(name, "day", lambda: day_case(name, read(), as_is=as_is), content)


def _digest(files: Iterable[Path]) -> str:
    """Return a word that is another once any of the files says something else."""
    digest = hashlib.sha256()
    for file in files:
        content = file.read_bytes()
        digest.update(f"{file.name} {len(content)} ".encode() + content)
    return digest.hexdigest()[:16]


def _folder_day(path: Path, network: str) -> Day:
    from benchmarks.streets_given import street_network
    from geodata.dayfolder import read_day_folder
    from geodata.matrix import prepare

    day, _ = read_day_folder(path).on_streets(prepare(street_network(network)))
    return day
