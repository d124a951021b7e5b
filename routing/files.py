"""Days and plans as JSON, and the matrices beside them; every fault is named by its field."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from routing.errors import InvalidInput, Problem
from routing.model import Costs, Day, Driver, Hub, Place, Request
from routing.plan import Cluster, CostBreakdown, Plan, Run, Unserved
from routing.travel import TrafficClock, TravelTimes
from routing.visits import Visit

if TYPE_CHECKING:
    from pydantic import TypeAdapter

DAY_SCHEMA = "kurir/day/1"
PLAN_SCHEMA = "kurir/plan/1"


def day_to_json(day: Day, *, matrix: str = "matrix.npz") -> str:
    """Return `day` as JSON text; see `Day.to_json`."""
    content = {
        "schema": DAY_SCHEMA,
        "date": day.date,
        "places": [asdict(place) for place in day.places],
        "requests": [{**asdict(request), "skills": sorted(request.skills)} for request in day.requests],
        "drivers": [_driver_form(driver) for driver in day.drivers],
        "hub": asdict(day.hub),
        "traffic": day.traffic.profile,
        "costs": asdict(day.costs),
        "now": day.now,
        "one_stop_per_door": day.one_stop_per_door,
        "matrix": matrix,
    }
    return json.dumps(content, indent=1, ensure_ascii=False)


def _driver_form(driver: Driver) -> dict[str, Any]:
    breaks = [[each.earliest, each.latest, each.length] for each in driver.breaks]
    history = [visit_form(visit) for visit in driver.history]
    return {**asdict(driver), "skills": sorted(driver.skills), "breaks": breaks, "history": history}


def visit_form(visit: Visit) -> dict[str, Any]:
    """Return a visit as the mapping that stands in JSON: each type has only its own fields."""
    form: dict[str, Any] = {
        "type": visit.type,
        "place": visit.place,
        "arrive": visit.arrive,
        "begin": visit.begin,
        "end": visit.end,
        "load_after": visit.load_after,
    }
    if visit.type == "hub":
        form |= {"lane": visit.lane, "loaded": list(visit.loaded), "unloaded": list(visit.unloaded)}
    elif visit.type == "stop":
        form["requests"] = list(visit.requests)
    return form


def plan_to_json(plan: Plan) -> str:
    """Return `plan` as JSON text; see `Plan.to_json`."""
    content = {
        "schema": PLAN_SCHEMA,
        "runs": [
            {
                "driver": run.driver,
                "visits": [visit_form(visit) for visit in run.visits],
                "metres": run.metres,
                "paid_seconds": run.paid_seconds,
                "cost": run.cost,
            }
            for run in plan.runs
        ],
        "unserved": [asdict(unserved) for unserved in plan.unserved],
        "cost": asdict(plan.cost),
        "clusters": [asdict(cluster) for cluster in plan.clusters],
        "seed": plan.seed,
        "iterations": plan.iterations,
        "seconds": plan.seconds,
        "version": plan.version,
    }
    return json.dumps(content, indent=1, ensure_ascii=False)


def day_from_json(text: str, travel: TravelTimes, *, source: str = "day.json") -> Day:
    """Read a day; see `Day.from_json`. `source` names the file in messages."""
    return _day(_shaped(text, "day", source), travel, [], source=source)


def _day(form: dict[str, Any], travel: TravelTimes | None, problems: list[Problem], *, source: str) -> Day:
    """Make the parts one by one, so that the faults of all of them come together with those in `problems`."""
    parts = {
        "places": _made_all(Place, form["places"], f"{source} places", problems),
        "requests": _made_all(Request, form["requests"], f"{source} requests", problems),
        "drivers": _made_all(Driver, map(_with_visits, form["drivers"]), f"{source} drivers", problems),
        "hub": _made(Hub, form["hub"], source, problems),
        "costs": _made(Costs, form.get("costs", {}), source, problems),
        "traffic": _made(TrafficClock, _profile(form), source, problems),
    }
    single: dict[str, Any] = {name: form[name] for name in ("date", "now", "one_stop_per_door") if name in form}
    day: Day | None = None if problems else _made(Day, {**single, **parts, "travel": travel}, source, problems)
    if day is None:
        raise InvalidInput(problems)
    return day


def _profile(form: dict[str, Any]) -> dict[str, Any]:
    return {"profile": form["traffic"]} if form.get("traffic") else {}


def _with_visits(driver: dict[str, Any]) -> dict[str, Any]:
    return {**driver, "history": tuple(_visit(visit) for visit in driver.get("history", ()))}


def _visit(form: dict[str, Any]) -> Visit:
    lists: dict[str, Any] = {name: tuple(form.get(name, ())) for name in ("requests", "loaded", "unloaded")}
    return Visit(**{**form, **lists})


def _made_all(kind: Any, forms: Iterable[dict[str, Any]], where: str, problems: list[Problem]) -> list[Any]:
    return [_made(kind, form, f"{where}[{row}]", problems) for row, form in enumerate(forms)]


def _made(kind: Any, form: dict[str, Any], where: str, problems: list[Problem]) -> Any:
    """Return one value of `kind`, None where `form` is at fault: its problems are then added with `where`."""
    try:
        return kind(**form)
    except InvalidInput as error:
        problems += [Problem(f"{where} ({each.where})", each.field, each.message) for each in error.problems]
        return None


def plan_from_json(text: str, *, source: str = "plan.json") -> Plan:
    """Read a plan; see `Plan.from_json`. `source` names the file in messages."""
    form = _shaped(text, "plan", source)
    runs = tuple(
        Run(
            driver=run["driver"],
            visits=tuple(_visit(visit) for visit in run["visits"]),
            metres=run["metres"],
            paid_seconds=run["paid_seconds"],
            cost=run["cost"],
        )
        for run in form["runs"]
    )
    return Plan(
        runs=runs,
        unserved=tuple(Unserved(**each) for each in form["unserved"]),
        cost=CostBreakdown(**form["cost"]),
        clusters=tuple(Cluster(each["name"], tuple(each["requests"])) for each in form.get("clusters", ())),
        seed=form.get("seed", 0),
        iterations=form.get("iterations", 0),
        seconds=form.get("seconds", 0.0),
        version=form.get("version", ""),
    )


def _shaped(text: str, what: str, source: str) -> dict[str, Any]:
    """Parse JSON and check its shape, so that what follows may rely on names and types."""
    from pydantic import ValidationError

    try:
        shaped: dict[str, Any] = _adapter(what).validate_json(text, strict=True)
    except ValidationError as error:
        raise InvalidInput(
            Problem(source, ".".join(str(part) for part in each["loc"]), each["msg"]) for each in error.errors()
        ) from None
    return shaped


def _adapter(what: str) -> TypeAdapter[Any]:
    from routing import _jsonforms

    return _jsonforms.ADAPTERS[what]


def write_day(day: Day, path: Path | str) -> Path:
    """Write `day` as `path` (a ``day.json``) and its matrices as ``matrix.npz`` beside it.

    Returns
    -------
    Path
        The JSON file.
    """
    path = Path(path)
    matrix = path.with_name("matrix.npz")
    np.savez_compressed(matrix, seconds=day.travel.seconds, metres=day.travel.metres)
    path.write_text(day.to_json(matrix=matrix.name), encoding="utf-8")
    return path


def read_day(path: Path | str) -> Day:
    """Read a ``day.json`` and the matrices it names.

    Raises
    ------
    InvalidInput
        When either file is missing or not of the expected form.
    """
    path = Path(path)
    form = _shaped(_text(path), "day", path.name)
    problems: list[Problem] = []
    travel = None
    try:
        travel = _read_matrix(path.parent / (form.get("matrix") or "matrix.npz"))
    except InvalidInput as error:
        problems += error.problems
    return _day(form, travel, problems, source=path.name)


def _read_matrix(path: Path) -> TravelTimes:
    try:
        # Opened here, as NumPy leaves a file open that turns out to be no archive.
        with path.open("rb") as file, np.load(file, allow_pickle=False) as arrays:
            seconds, metres = arrays["seconds"], arrays["metres"]
    except Exception as error:  # a dozen kinds, for files that are missing, torn, foreign or too large
        message = f"cannot be read ({error}): expected an .npz with seconds and metres"
        raise InvalidInput([Problem(path.name, "matrix", message)]) from None
    return TravelTimes(seconds=seconds, metres=metres)


def write_plan(plan: Plan, path: Path | str) -> Path:
    """Write `plan` as JSON to `path`, whole or not at all."""
    path = Path(path)
    part = path.with_name(path.name + ".part")
    part.write_text(plan.to_json(), encoding="utf-8")
    part.replace(path)
    return path


def read_plan(path: Path | str) -> Plan:
    """Read a ``plan.json``.

    Raises
    ------
    InvalidInput
        When the file is missing or not a plan.
    """
    path = Path(path)
    return plan_from_json(_text(path), source=path.name)


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except (OSError, ValueError) as error:
        raise InvalidInput([Problem(str(path), "", f"cannot be read: {error}")]) from None
