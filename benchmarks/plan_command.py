"""``kurir plan``: from a day's files to a plan an operator can hand out."""

from __future__ import annotations

import time
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import routing
from benchmarks.compiled_first import compile_first
from benchmarks.day_remarks import day_remarks
from benchmarks.plan_summary import summary_lines
from benchmarks.streets_given import EMBEDDED, street_network, traffic_given
from benchmarks.terminal import (
    DONE,
    INTERRUPTED,
    NO,
    Stages,
    first_interrupt_noted,
    say,
    say_json,
    stages_shown,
    tell,
)
from geodata.dayfolder import DayFolder, holds_day_json, read_day_folder
from geodata.demand import seeded_day
from geodata.export import write_outputs
from geodata.figures import key_figures
from geodata.legs import StreetPaths, network_paths
from routing.files import read_day, read_plan, write_day, write_plan
from routing.model import Day
from routing.plan import Plan

if TYPE_CHECKING:
    from geodata.backdrop import Backdrop
    from geodata.matrix import PreparedNetwork
    from routing.solve import Progress as SearchProgress


@dataclass(frozen=True)
class PlanRequest:
    """What the operator asked for; see ``kurir plan --help``."""

    day: Path | None
    network: str | None
    seconds: float
    seed: int
    workers: int | None
    start_from: Path | None
    out: Path
    as_json: bool
    speeds: Path | None = None
    traffic: Path | None = None


@dataclass(frozen=True)
class _Drawn:
    """A day ready to plan, and what its map and tables need beside it."""

    day: Day
    street_paths: StreetPaths | None = None
    backdrop: Backdrop | None = None
    labels: dict[str, str] = field(default_factory=dict)
    remark: str = ""


@dataclass
class _Watch:
    """Follows the search: shows it, and notes when the first plan was there."""

    stages: Stages
    began: float
    first_plan_seconds: float | None = None

    def __call__(self, progress: SearchProgress) -> None:
        if self.first_plan_seconds is None:
            self.first_plan_seconds = time.monotonic() - self.began
        self.stages.search(progress)


def run_plan(asked: PlanRequest) -> int:
    """Plan, write all files, print the summary and return the exit code.

    Raises
    ------
    InvalidInput
        Naming every fault of what was given.
    Interrupted
        When an interrupt came before there was any plan.
    OSError
        When the files cannot be written.
    """
    with stages_shown() as stages:
        initial = None if asked.start_from is None else read_plan(asked.start_from)
        drawn = _drawn(asked, stages)
        asked.out.mkdir(parents=True, exist_ok=True)
        watch = _Watch(stages, time.monotonic())
        with first_interrupt_noted() as stop:
            stages.begin("search", total=asked.seconds)
            plan = routing.solve(
                drawn.day,
                seconds=asked.seconds,
                seed=asked.seed,
                workers=asked.workers,
                initial=initial,
                on_progress=watch,
                should_stop=stop.is_set,
            )
            interrupted = stop.is_set()
            stages.begin("files")
            files = _write(drawn, plan, asked.out)
    for remark in (*day_remarks(drawn.day), *filter(None, [drawn.remark])):
        tell(remark)
    first = plan.seconds if watch.first_plan_seconds is None else watch.first_plan_seconds
    _report(asked, drawn.day, plan, first_plan_seconds=first, files=files, interrupted=interrupted)
    if interrupted:
        tell(f"interrupted: the best plan so far is written to {asked.out}")
        return INTERRUPTED
    return NO if drawn.day.requests and not plan.served else DONE


def _drawn(asked: PlanRequest, stages: Stages) -> _Drawn:
    """Read the day and lay it on its streets; what is wrong with it is told before anything takes long."""
    stages.begin("day")
    if asked.day is not None and (asked.day.is_file() or holds_day_json(asked.day)):
        return _of_day_json(asked.day if asked.day.is_file() else asked.day / "day.json", asked, stages)
    content = None if asked.day is None else read_day_folder(asked.day)
    compile_first(stages)
    prepared = _prepared(asked.network or EMBEDDED, asked.speeds, stages)
    if content is None:
        stages.begin("day")
        content = seeded_day()
    elif asked.day is not None and content.approximate and prepared.network.names:
        from geodata.street_names import street_names

        stages.begin("addresses")
        content = read_day_folder(asked.day, streets=street_names(prepared.network))
    if asked.traffic is not None:
        content = replace(content, traffic=traffic_given(asked.traffic, content.date, content.profile))
    return _of_folder(content, prepared, stages)


def _of_folder(content: DayFolder, prepared: PreparedNetwork, stages: Stages) -> _Drawn:
    from geodata.backdrop import street_backdrop

    stages.begin("travel times")
    day, nodes = content.on_streets(prepared)
    return _Drawn(
        day,
        network_paths(prepared.paths, nodes.tolist()),
        street_backdrop(prepared.network),
        content.labels,
        _placed_by_words(content),
    )


def _placed_by_words(content: DayFolder) -> str:
    """Return how many doors only words place, and how roughly; empty where there are none."""
    doors = content.approximate
    if not doors:
        return ""
    worst = doors[0].within_metres or 0
    return f"{len(doors)} doors have no lon and lat: placed by kelurahan and address, within {worst:,.0f} m at worst"


def _of_day_json(file: Path, asked: PlanRequest, stages: Stages) -> _Drawn:
    """Read a day with its own matrix; streets, where named, are only drawn."""
    from geodata.backdrop import street_backdrop
    from geodata.dayfolder import SNAP_METRES
    from geodata.places import snap

    day = read_day(file)
    if asked.traffic is not None:
        day = replace(day, traffic=traffic_given(asked.traffic, day.date, ""))
    compile_first(stages)
    if asked.network is None:
        return _Drawn(day)
    prepared = _prepared(asked.network, asked.speeds, stages)
    lons, lats = [place.lon for place in day.places], [place.lat for place in day.places]
    names = [f"{file.name} place {place.id}" for place in day.places]
    nodes = snap(prepared.network, lons, lats, names=names, max_metres=SNAP_METRES).nodes
    return _Drawn(day, network_paths(prepared.paths, nodes.tolist()), street_backdrop(prepared.network))


def _prepared(network: str, speeds: Path | None, stages: Stages) -> PreparedNetwork:
    from geodata.matrix import prepare

    stages.begin("streets")
    streets = street_network(network, speeds=speeds)
    stages.begin("shortest ways")
    return prepare(streets)


def _write(drawn: _Drawn, plan: Plan, out: Path) -> list[Path]:
    """Write the plan first: an interrupt while the rest is written must not lose it."""
    written = [write_plan(plan, out / "plan.json"), write_day(drawn.day, out / "day.json"), out / "matrix.npz"]
    return written + write_outputs(
        drawn.day,
        plan,
        out,
        street_paths=drawn.street_paths,
        backdrop=drawn.backdrop,
        labels=drawn.labels,
    )


def _report(
    asked: PlanRequest, day: Day, plan: Plan, *, first_plan_seconds: float, files: list[Path], interrupted: bool
) -> None:
    figures = key_figures(day, plan)
    if not asked.as_json:
        say("\n".join(summary_lines(plan, figures, first_plan_seconds=first_plan_seconds)))
        say(f"Written        {asked.out / 'plan.html'} and {len(files) - 1} other files")
        return
    answer: dict[str, Any] = {
        "out": str(asked.out),
        "interrupted": interrupted,
        "cost": asdict(plan.cost),
        "first_plan_seconds": round(first_plan_seconds, 3),
        "seconds": plan.seconds,
        "iterations": plan.iterations,
        "seed": plan.seed,
        **asdict(figures),
        "km": figures.km,
        "documents_per_driver_hour": round(figures.documents_per_driver_hour, 3),
        "saving": figures.saving,
        "saving_share": round(figures.saving_share, 4),
    }
    say_json(answer, asked)
