"""``kurir bench compare``: engines side by side, run in turn, each answer judged here."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from benchmarks.cases import Case, Source
from benchmarks.compare_report import routes_in, write_report
from benchmarks.compiled_first import compile_first
from benchmarks.engines import Engine, Outcome, engines_of
from benchmarks.made import made
from benchmarks.records import Key, Record, append, mended, records_in
from benchmarks.report import group_rows, summary_rows
from benchmarks.rounding import rounding_named
from benchmarks.suites import Chosen, descriptions, sources_named
from benchmarks.terminal import DONE, INTERRUPTED, first_interrupt_noted, say, say_json, stages_shown, tell
from routing.errors import InvalidInput, Problem

RESULTS = "results.jsonl"
ROUTES = "routes"
Run = tuple[Source, Engine, int]


@dataclass(frozen=True)
class CompareRequest:
    """What was asked for; see ``kurir bench compare --help``."""

    what: tuple[str, ...]
    peers: tuple[str, ...]
    seconds: float
    runs: int
    workers: int | None
    rounding: str | None
    network: str
    chosen: Chosen
    out: Path
    resume: bool
    as_json: bool

    @property
    def as_is(self) -> bool:
        """Whether days keep all their rules: nobody else has to model them."""
        return self.peers == ("none",)

    @property
    def mark(self) -> str:
        """What else tells this comparison's records from those of others in the same file."""
        return f"network {self.network}, suite seed {self.chosen.seed}, {'all rules' if self.as_is else 'nearest'}"


def run_compare(asked: CompareRequest) -> int:
    """Run what is not yet in the results, write the report and return the exit code.

    Raises
    ------
    InvalidInput
        Naming every fault of what was given.
    """
    engines = engines_of(asked.peers, asked.workers or os.cpu_count() or 1)
    sources = sources_named(asked.what, asked.chosen, rounding=asked.rounding, network=asked.network, as_is=asked.as_is)
    _expect_names_once(sources)
    if asked.rounding is not None:
        rounding_named(asked.rounding)
    results = asked.out / RESULTS
    if results.exists() and not asked.resume:
        message = "exists: expected --resume to go on with it, or another folder"
        raise InvalidInput([Problem(str(results), "--out", message)])
    for engine in engines:
        if engine.how_to_install:
            tell(f"{engine.name} is not installed, its runs fail: pip install {engine.how_to_install}")
    asked.out.mkdir(parents=True, exist_ok=True)
    runs = list(_all(sources, engines, asked.runs))
    wanted = {_key(run) for run in runs}
    done = {record.key for record in mended(results) if _is_of(record, asked, wanted)}
    left = [run for run in runs if _key(run) not in done]
    interrupted = _run_all(left, asked, results, before=len(runs) - len(left))
    records = [record for record in records_in(results) if _is_of(record, asked, wanted)]
    # The settings in the report are those with which it was begun, and what was left out by an interrupt is said.
    page = write_report(
        records,
        asked.out,
        how=made(asked),
        suites=descriptions(asked.what, asked.chosen.kinds),
        left=len(runs) - len(records),
    )
    _report(asked, records, page, interrupted)
    if interrupted:
        kept = f" are kept in {results}" if results.exists() else ""
        tell(f"interrupted: {len(records)} of {len(runs)} runs{kept}; --resume goes on")
        return INTERRUPTED
    return DONE


def _run_all(left: list[Run], asked: CompareRequest, results: Path, *, before: int) -> bool:
    """Run what is left, keep each record as it comes, and say whether an interrupt ended it."""
    case: Case | None = None
    with stages_shown() as stages:
        compile_first(stages)
        with first_interrupt_noted() as stop:
            began = time.monotonic()
            for number, (source, engine, seed) in enumerate(left):
                if stop.is_set():
                    break
                spent = (time.monotonic() - began) / number if number else asked.seconds
                stages.whole(
                    "all", done=before + number, total=before + len(left), seconds_left=(len(left) - number) * spent
                )
                if case is None or case.name != source.name:
                    stages.begin(f"{source.name}: reading")
                    # Freed before the next is made: only one case of a large set is in memory.
                    case = None
                    case = source.load()
                stages.begin(f"{source.name}: {engine.name}, seed {seed}, {asked.seconds:g} s")
                outcome = engine.run(case, asked.seconds, seed, stop.is_set)
                if stop.is_set():
                    break
                record = _record(case, (source, engine, seed), asked, outcome)
                _keep_routes(asked.out / ROUTES, record, outcome)
                append(results, record)
            return stop.is_set()


def _report(asked: CompareRequest, records: list[Record], page: Path, interrupted: bool) -> None:
    if asked.as_json:
        say_json(
            {
                "out": str(asked.out),
                "interrupted": interrupted,
                "runs": len(records),
                "engines": summary_rows(records),
                "classes": group_rows(records),
            },
            asked,
        )
        return
    say((asked.out / "summary.md").read_text(encoding="utf-8").rstrip())
    tell(f"written: {page} and the tables beside it")


def _expect_names_once(sources: tuple[Source, ...]) -> None:
    names = [source.name for source in sources]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise InvalidInput(
            [
                Problem(name, "name", "is the name of two cases: expected each once, compare them apart")
                for name in twice
            ]
        )


def _all(sources: tuple[Source, ...], engines: tuple[Engine, ...], runs: int) -> Iterator[Run]:
    """Yield every run, engines in turn; who goes first changes with the seed."""
    for seed in range(1, runs + 1):
        first = (seed - 1) % len(engines)
        for source in sources:
            for engine in (*engines[first:], *engines[:first]):
                yield source, engine, seed


def _key(run: Run) -> Key:
    source, engine, seed = run
    return source.name, source.content, engine.name, engine.version, engine.workers, seed


def _is_of(record: Record, asked: CompareRequest, wanted: set[Key]) -> bool:
    """Whether a record in the results is one of this comparison, not of an earlier one with other settings."""
    same = record.budget == asked.seconds and record.rounding == asked.rounding and record.asked == asked.mark
    return same and record.key in wanted


def _record(case: Case, run: Run, asked: CompareRequest, outcome: Outcome) -> Record:
    source, engine, seed = run
    judgement = outcome.judgement if outcome.cost is not None else None
    return Record(
        case=source.name,
        kind=case.kind,
        engine=engine.name,
        version=engine.version,
        workers=engine.workers,
        seed=seed,
        budget=asked.seconds,
        rounding=asked.rounding,
        seconds=round(outcome.seconds, 3),
        cost=outcome.cost,
        vehicles=judgement.vehicles if judgement else None,
        unserved=judgement.unserved if judgement else None,
        failure=outcome.failure,
        best_known=case.best_known,
        group=source.group,
        curve=outcome.curve,
        given_up=(*case.given_up, *outcome.given_up),
        asked=asked.mark,
        copies=outcome.copies,
        content=source.content,
    )


def _keep_routes(folder: Path, record: Record, outcome: Outcome) -> None:
    """Keep where the cheapest answer of this engine to the case goes, for the map."""
    if record.cost is None or not outcome.points:
        return
    folder.mkdir(exist_ok=True)
    file = folder / f"{_safe(record.case)}.{_safe(record.engine)}.json"
    known = routes_in(file)
    if known.get("content") == record.content and known["cost"] <= record.cost:
        return
    told = {name: getattr(record, name) for name in ("case", "content", "engine", "seed", "cost")}
    # Renamed once it is whole: a kill leaves the one before.
    whole = file.with_suffix(".new")
    whole.write_text(json.dumps({**told, "points": outcome.points}), encoding="utf-8")
    whole.replace(file)


def _safe(name: str) -> str:
    return "".join(letter if letter.isalnum() or letter in "-_." else "_" for letter in name)
