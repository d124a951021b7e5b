"""How many drivers and lanes a day needs: each fleet planned, plans carried over from one to the next."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from benchmarks.fleets import carried_over, with_fleet, with_margin
from benchmarks.punctuality import punctuality
from benchmarks.varied import Setting
from benchmarks.words import counted
from geodata.figures import key_figures
from routing import Day, Plan
from routing.errors import InvalidInput, Problem
from routing.files import day_to_json, read_plan, write_plan
from routing.solve import version

RESULTS = "results.jsonl"
PLANS = "plans"
ENOUGH = 2
"""Fleets in a row that leave drivers at home although all is served, after which larger ones are not searched."""
TIE = 0.01
"""Costs that differ by less, as a share, are equal: searches of a few seconds do not tell them apart."""
Fleet = tuple[int, int]
"""Drivers and lanes."""


@dataclass(frozen=True)
class Cell:
    """What one fleet achieves.

    Attributes
    ----------
    setting
        Label of the setting that is varied.
    drivers, lanes
        The fleet.
    requests, served, documents
        Asked, served, and documents carried.
    drivers_used
        Who has a run.
    cost
        Runs, kilometres and paid hours, and the price of the lanes; without penalties.
    cost_per_document, single_trip_per_document
        The cost, and the price of single trips for what is served, per document carried; None where nothing is.
    least_slack_min, usual_slack_min
        Minutes by which a stop could begin later within its window: the least of all stops, and their median.
    lane_use
        Share of the lanes' opening time in which they serve.
    longest_queue, longest_wait_min
        Most riders waiting for a lane at once, and the longest such wait in minutes.
    km, paid_hours
        Over all runs.
    searched_s
        Seconds of search of its own; 0 where the plan is another fleet's.
    """

    setting: str
    drivers: int
    lanes: int
    requests: int
    served: int
    documents: int
    drivers_used: int
    cost: int
    cost_per_document: float | None
    single_trip_per_document: float | None
    least_slack_min: float | None
    usual_slack_min: float | None
    lane_use: float | None
    longest_queue: int
    longest_wait_min: float
    km: float
    paid_hours: float
    searched_s: float

    @property
    def serves_all(self) -> bool:
        """Whether nobody is left out."""
        return self.served == self.requests


@dataclass(frozen=True)
class Sweep:
    """What is to be planned.

    Attributes
    ----------
    day
        The day as it is.
    settings
        Of the setting that is varied, the day as it is the first.
    drivers, lanes
        Ascending.
    margin
        Seconds by which all that is promised is planned to be early.
    lane_cost
        Price of a lane for the day, in cost units.
    every
        Whether to search also fleets larger than those that leave drivers at home.
    """

    day: Day
    settings: tuple[Setting, ...]
    drivers: tuple[int, ...]
    lanes: tuple[int, ...]
    margin: int
    lane_cost: int = 0
    every: bool = False

    @property
    def cells(self) -> int:
        """How many fleets there are in all, over all settings."""
        return len(self.settings) * len(self.drivers) * len(self.lanes)

    def varied(self, setting: Setting, fleet: Fleet) -> Day:
        """Return the day with a setting and a fleet, as it is judged."""
        return with_fleet(self._applied[setting.label], *fleet)

    def planned(self, setting: Setting, fleet: Fleet) -> Day:
        """Return the same with the margin, as it is planned."""
        return with_fleet(self._with_margin[setting.label], *fleet)

    @cached_property
    def _applied(self) -> dict[str, Day]:
        return {setting.label: setting.apply(self.day) for setting in self.settings}

    @cached_property
    def _with_margin(self) -> dict[str, Day]:
        return {label: with_margin(day, self.margin) for label, day in self._applied.items()}


Solve = Callable[[Day, Plan | None, str], Plan | None]
"""Plans a day, from a plan where one is given; the text says what is planned. None when interrupted."""


@dataclass
class Found:
    """The plans so far, by setting and fleet; `searched` holds the seconds of each search."""

    plans: dict[tuple[str, Fleet], Plan]
    searched: dict[tuple[str, Fleet], float]


def swept(sweep: Sweep, folder: Path, solve: Solve, progress: Callable[[int], None], signature: str) -> Found:
    """Plan every fleet that is not planned yet, smaller ones first; each begins with the best of those it contains.

    Plans and results are kept in `folder` as they come. An interrupted sweep ends with what there is.

    Parameters
    ----------
    sweep
        What is to be planned.
    folder
        Where plans are kept, and taken from.
    solve
        The engine.
    progress
        Called with the number of fleets that are done.
    signature
        Of `signature_of`: results of other days or budgets in the folder are not taken.
    """
    found = _kept(sweep, folder, signature)
    done = 0
    for setting in sweep.settings:
        for lanes in sweep.lanes:
            idle = 0
            for drivers in sweep.drivers:
                progress(done)
                done += 1
                key = (setting.label, (drivers, lanes))
                day = sweep.planned(setting, key[1])
                if key not in found.searched:
                    initial = _best_below(sweep, setting, found, day, key[1])
                    if idle >= ENOUGH and not sweep.every and initial is not None:
                        found.plans[key] = initial
                        continue
                    began = time.monotonic()
                    what = f"{setting.label}: {counted(drivers, 'driver')}, {counted(lanes, 'lane')}"
                    plan = solve(day, initial, what)
                    if plan is None:
                        return found
                    found.plans[key], found.searched[key] = plan, round(time.monotonic() - began, 1)
                    _keep(folder, key, plan, found.searched[key], signature)
                plan = found.plans[key]
                idle = idle + 1 if not plan.unserved and len(plan.runs) < drivers else 0
    return found


def _best_below(sweep: Sweep, setting: Setting, found: Found, day: Day, fleet: Fleet) -> Plan | None:
    """Return the cheapest plan of a fleet with one step fewer drivers or lanes, as a plan of `day`."""
    drivers, lanes = fleet
    steps = [
        (_before(sweep.drivers, drivers), lanes),
        (drivers, _before(sweep.lanes, lanes)),
    ]
    plans = [_carried(sweep, setting, found, (a, b), day) for a, b in steps if a is not None and b is not None]
    return min((plan for plan in plans if plan is not None), key=lambda plan: plan.cost.total, default=None)


def _carried(sweep: Sweep, setting: Setting, found: Found, source: Fleet, day: Day) -> Plan | None:
    plan = found.plans.get((setting.label, source))
    return None if plan is None else carried_over(plan, sweep.planned(setting, source), day)


def settled(sweep: Sweep, found: Found) -> list[Cell]:
    """Return a cell for every fleet with a plan, each with the best plan of any fleet that fits it.

    A larger fleet's plan often leaves somebody at home, or a lane empty: it is then a plan of the smaller one too.
    """
    cells = []
    for setting in sweep.settings:
        for lanes in reversed(sweep.lanes):
            for drivers in reversed(sweep.drivers):
                key = (setting.label, (drivers, lanes))
                day = sweep.planned(setting, key[1])
                own = found.plans.get(key)
                above = [
                    (_before(sweep.drivers[::-1], drivers), lanes),
                    (drivers, _before(sweep.lanes[::-1], lanes)),
                ]
                plans = [_carried(sweep, setting, found, (a, b), day) for a, b in above if a and b]
                best = min(
                    (plan for plan in (own, *plans) if plan is not None), key=lambda plan: plan.cost.total, default=None
                )
                if best is not None:
                    found.plans[key] = best
                    searched = found.searched.get(key, 0.0) if best is own else 0.0
                    cells.append(_cell(sweep, setting, key[1], best, searched))
    order = {setting.label: number for number, setting in enumerate(sweep.settings)}
    return sorted(cells, key=lambda cell: (order[cell.setting], cell.lanes, cell.drivers))


def _cell(sweep: Sweep, setting: Setting, fleet: Fleet, plan: Plan, searched: float) -> Cell:
    day = sweep.varied(setting, fleet)
    figures, exact = key_figures(day, plan), punctuality(day, plan)
    cost = figures.operating_cost + sweep.lane_cost * fleet[1]
    return Cell(
        setting=setting.label,
        drivers=fleet[0],
        lanes=fleet[1],
        requests=figures.requests,
        served=figures.served,
        documents=figures.documents,
        drivers_used=figures.drivers,
        cost=cost,
        cost_per_document=round(cost / figures.documents, 1) if figures.documents else None,
        single_trip_per_document=round(figures.point_to_point / figures.documents, 1) if figures.documents else None,
        least_slack_min=_minutes(exact.least_slack),
        usual_slack_min=_minutes(exact.usual_slack),
        lane_use=None if figures.lane_use is None else round(figures.lane_use, 3),
        longest_queue=exact.longest_queue,
        longest_wait_min=round(exact.longest_wait / 60, 1),
        km=round(figures.km, 1),
        paid_hours=round(figures.paid_seconds / 3600, 1),
        searched_s=searched,
    )


def _minutes(seconds: int | None) -> float | None:
    return None if seconds is None else round(seconds / 60, 1)


def smallest(cells: Sequence[Cell]) -> Cell | None:
    """Return the fleet of fewest drivers, then fewest lanes, that serves all; None if there is none."""
    return min(_enough(cells), key=lambda cell: (cell.drivers, cell.lanes), default=None)


def cheapest(cells: Sequence[Cell]) -> Cell | None:
    """Return the smallest of the fleets that serve all and cost at most `TIE` more than the least; None without one."""
    enough = _enough(cells)
    least = min((cell.cost for cell in enough), default=0)
    return smallest([cell for cell in enough if cell.cost <= (1 + TIE) * least])


def _enough(cells: Sequence[Cell]) -> list[Cell]:
    return [cell for cell in cells if cell.serves_all]


def signature_of(sweep: Sweep, *, seconds: float, seed: int, workers: int) -> str:
    """Return a word that is another for another day, margin, budget, seed, threads or version, not joined then."""
    digest = hashlib.sha256(day_to_json(sweep.day, matrix="matrix.npz").encode())
    digest.update(sweep.day.travel.seconds.tobytes())
    digest.update(sweep.day.travel.metres.tobytes())
    digest.update(repr((sweep.margin, seconds, seed, workers, version())).encode())
    return digest.hexdigest()[:16]


def _before(numbers: Sequence[int], number: int) -> int | None:
    """Return the number before `number`, None before the first."""
    place = numbers.index(number)
    return numbers[place - 1] if place else None


def _keep(folder: Path, key: tuple[str, Fleet], plan: Plan, searched: float, signature: str) -> None:
    """Write the plan first: a line in the results says that it is whole. Each day and budget has plans of its own."""
    label, (drivers, lanes) = key
    name = f"{signature}/{_safe(label)}-d{drivers:03d}-l{lanes:02d}.json"
    (folder / PLANS / signature).mkdir(parents=True, exist_ok=True)
    write_plan(plan, folder / PLANS / name)
    line = {"signature": signature, "setting": label, "drivers": drivers, "lanes": lanes, "plan": name}
    with (folder / RESULTS).open("a", encoding="utf-8") as lines:
        lines.write(json.dumps({**line, "cost": asdict(plan.cost), "searched": searched}) + "\n")


def _kept(sweep: Sweep, folder: Path, signature: str) -> Found:
    labels = {setting.label for setting in sweep.settings}
    found = Found({}, {})
    for row in _rows(folder / RESULTS):
        key = (row["setting"], (row["drivers"], row["lanes"]))
        if row["signature"] == signature and key[0] in labels and (folder / PLANS / row["plan"]).is_file():
            found.plans[key] = read_plan(folder / PLANS / row["plan"])
            found.searched[key] = row["searched"]
    return found


def _rows(results: Path) -> Iterator[dict[str, Any]]:
    if not results.is_file():
        return
    lines = results.read_text(encoding="utf-8").splitlines(keepends=True)
    for number, line in enumerate(lines, 1):
        try:
            yield json.loads(line)
        except ValueError as error:
            if number < len(lines):
                message = "is no result of a sweep: expected a file written by kurir size"
                raise InvalidInput([Problem(f"{results} line {number}", "", message)]) from error
            # Cut by a kill: taken off, so that the next line begins a new one.
            results.write_text("".join(lines[:-1]), encoding="utf-8")
            return
    if lines and not lines[-1].endswith("\n"):
        results.write_text("".join([*lines, "\n"]), encoding="utf-8")


def _safe(label: str) -> str:
    return "".join(letter if letter.isalnum() else "_" for letter in label)
