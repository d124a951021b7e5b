"""``kurir size``: how many drivers and lanes a day needs."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from threading import Event

import routing
from benchmarks.compiled_first import compile_first
from benchmarks.day_remarks import day_remarks
from benchmarks.made import made, made_in_words
from benchmarks.meant import path_meant
from benchmarks.ranges import numbers_in
from benchmarks.size_report import Answer, answers, write_size_report
from benchmarks.sizing import PLANS, RESULTS, Cell, Solve, Sweep, cheapest, settled, signature_of, smallest, swept
from benchmarks.streets_given import EMBEDDED
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
from benchmarks.varied import AS_IT_IS, settings_of
from routing import Day, Plan
from routing.errors import InvalidInput, Problem


@dataclass(frozen=True)
class SizeRequest:
    """What was asked for; see ``kurir size --help``."""

    day: Path | None
    drivers: str | None
    lanes: str | None
    vary: tuple[str, ...]
    margin: int
    lane_cost: int
    network: str
    seconds: float
    seed: int
    workers: int | None
    every: bool
    out: Path
    resume: bool
    as_json: bool


def run_size(asked: SizeRequest) -> int:
    """Plan every fleet, write the report, print the answers and return the exit code.

    Raises
    ------
    InvalidInput
        Naming every fault of what was given.
    """
    settings = settings_of(asked.vary)
    drivers = numbers_in(asked.drivers, "--drivers") if asked.drivers else None
    lanes = numbers_in(asked.lanes, "--lanes") if asked.lanes else None
    results = asked.out / RESULTS
    if results.exists() and not asked.resume:
        message = "exists: expected --resume to go on with it, or another folder"
        raise InvalidInput([Problem(str(results), "--out", message)])
    with stages_shown() as stages:
        stages.begin("day")
        day = _day(asked)
        _expect_sizable(day, lanes)
        sweep = Sweep(
            day,
            settings,
            drivers or (len(day.drivers),),
            lanes or tuple(filter(None, (day.hub.lanes,))),
            60 * asked.margin,
            asked.lane_cost,
            asked.every,
        )
        compile_first(stages)
        asked.out.mkdir(parents=True, exist_ok=True)
        signature = signature_of(sweep, seconds=asked.seconds, seed=asked.seed, workers=_workers(asked))
        if results.exists() and not (asked.out / PLANS / signature).is_dir():
            tell(f"{results} holds other days or settings: nothing of it is taken, all fleets are planned")
        with first_interrupt_noted() as stop:
            found = swept(sweep, asked.out, _solve(asked, stages, stop), _progress(sweep, asked, stages), signature)
            interrupted = stop.is_set()
        stages.begin("report")
        cells = settled(sweep, found)
        least = smallest([cell for cell in cells if cell.setting == AS_IT_IS.label])
        chosen = None
        if least is not None:
            fleet = (least.drivers, least.lanes)
            chosen = sweep.varied(AS_IT_IS, fleet), found.plans[AS_IT_IS.label, fleet]
        answer = Answer(sweep, cells, sweep.cells - len(cells), chosen)
        how = made(asked)
        page = write_size_report(answer, asked.out, how)
    for remark in day_remarks(day):
        tell(remark)
    _report(asked, answer, page, made_in_words(how))
    if interrupted:
        tell(f"interrupted: {len(cells)} of {sweep.cells} fleets have a plan; --resume goes on")
        return INTERRUPTED
    return DONE if least is not None else NO


def _expect_sizable(day: Day, lanes: Sequence[int] | None) -> None:
    problems = []
    if not day.requests:
        problems.append(Problem("day", "requests", "are none: expected some to plan"))
    if not lanes and day.hub.lanes is None:
        problems.append(Problem("", "--lanes", "is not given, and the day's are unlimited: expected it, as in 1:3"))
    if problems:
        raise InvalidInput(problems)


def _day(asked: SizeRequest) -> Day:
    from benchmarks.streets_given import street_network
    from geodata.dayfolder import holds_day_json, read_day_folder
    from geodata.demand import seeded_day
    from geodata.matrix import prepare
    from routing.files import read_day

    given = asked.day
    if given is not None and not given.exists():
        message = "is not there: expected a folder with day.toml, or a day.json" + path_meant(given)
        raise InvalidInput([Problem(str(given), "", message)])
    if given is not None and (given.is_file() or holds_day_json(given)):
        return read_day(given if given.is_file() else given / "day.json")
    content = None if given is None else read_day_folder(given)
    streets = street_network(asked.network)
    day, _ = (content or seeded_day(network=streets if asked.network != EMBEDDED else None)).on_streets(
        prepare(streets)
    )
    return day


def _solve(asked: SizeRequest, stages: Stages, stop: Event) -> Solve:
    def solve(day: Day, initial: Plan | None, what: str) -> Plan | None:
        if stop.is_set():
            return None
        stages.begin(what, total=asked.seconds)
        plan = routing.solve(
            day,
            seconds=asked.seconds,
            seed=asked.seed,
            workers=_workers(asked),
            initial=initial,
            on_progress=stages.search,
            should_stop=stop.is_set,
        )
        # What an interrupt cut short is not kept as a result: its budget was another.
        return None if stop.is_set() else plan

    return solve


def _workers(asked: SizeRequest) -> int:
    return asked.workers or os.cpu_count() or 1


def _progress(sweep: Sweep, asked: SizeRequest, stages: Stages) -> Callable[[int], None]:
    began = time.monotonic()

    def progress(done: int) -> None:
        spent = (time.monotonic() - began) / done if done else asked.seconds
        stages.whole("fleets", done=done, total=sweep.cells, seconds_left=(sweep.cells - done) * spent)

    return progress


def _report(asked: SizeRequest, answer: Answer, page: Path, words: str) -> None:
    if asked.as_json:
        cells = answer.cells
        say_json(
            {
                "out": str(asked.out),
                "margin_minutes": asked.margin,
                "cells": [asdict(cell) for cell in cells],
                "left": answer.left,
                "settings": {label: _best(answer.of(label)) for label in answer.labels},
                **_best(answer.of(AS_IT_IS.label)),
            },
            asked,
        )
        return
    say("\n".join([*answers(answer), "", *_table(answer), "", words]))
    tell(f"written: {page} and the tables and pictures beside it")


def _best(cells: Sequence[Cell]) -> dict[str, object]:
    return {"smallest": _plain(smallest(cells)), "cheapest": _plain(cheapest(cells))}


def _plain(cell: Cell | None) -> dict[str, object] | None:
    return None if cell is None else asdict(cell)


def _table(answer: Answer) -> list[str]:
    """Return the fleets as lines of even width, for a terminal."""
    heads = ("", "drivers", "used", "lanes", "served", "cost", "per doc.", "slack min", "lanes busy", "queue")
    rows = [
        (
            cell.setting if len(answer.labels) > 1 else "",
            str(cell.drivers),
            str(cell.drivers_used),
            str(cell.lanes),
            f"{cell.served:,}/{cell.requests:,}",
            f"{cell.cost:,}",
            "-" if cell.cost_per_document is None else f"{cell.cost_per_document:,.0f}",
            "-" if cell.least_slack_min is None else f"{cell.least_slack_min:.0f}",
            "-" if cell.lane_use is None else f"{cell.lane_use:.0%}",
            str(cell.longest_queue),
        )
        for cell in answer.cells
    ]
    widths = [max(len(row[column]) for row in (heads, *rows)) for column in range(len(heads))]
    return [
        "  ".join(text.rjust(width) for text, width in zip(row, widths, strict=True)).rstrip() for row in (heads, *rows)
    ]
