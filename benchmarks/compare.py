"""``kurir bench compare``: engines side by side, run in turn, each answer judged here."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from benchmarks.cases import Case, cases_of
from benchmarks.compiled_first import compile_first
from benchmarks.engines import Engine, Outcome, engines_of
from benchmarks.report import Record, records_in, summary_rows, write_report
from benchmarks.terminal import DONE, INTERRUPTED, Stages, first_interrupt_noted, say, say_json, stages_shown, tell
from routing.errors import InvalidInput, Problem

RESULTS = "results.jsonl"


@dataclass(frozen=True)
class CompareRequest:
    """What was asked for; see ``kurir bench compare --help``."""

    what: tuple[Path, ...]
    peers: tuple[str, ...]
    seconds: float
    runs: int
    workers: int | None
    rounding: str | None
    out: Path
    resume: bool
    as_json: bool


def run_compare(asked: CompareRequest) -> int:
    """Run what is not yet in the results, write the tables and return the exit code.

    Raises
    ------
    InvalidInput
        Naming every fault of what was given.
    """
    cases = cases_of(asked.what, rounding=asked.rounding)
    _expect_names_once(cases)
    engines = engines_of(asked.peers, asked.workers or os.cpu_count() or 1)
    results = asked.out / RESULTS
    if results.exists() and not asked.resume:
        message = "exists: expected --resume to go on with it, or another folder"
        raise InvalidInput([Problem(str(results), "--out", message)])
    asked.out.mkdir(parents=True, exist_ok=True)
    done = _mended(results)
    with stages_shown() as stages:
        compile_first(stages)
        with first_interrupt_noted() as stop:
            for case, engine, seed in _left_to_do(cases, engines, asked, done):
                _begin(stages, case, engine, seed, asked.seconds)
                outcome = engine.run(case, asked.seconds, seed, stop.is_set)
                if stop.is_set():
                    break
                _append(results, _record(case, engine, seed, asked, outcome))
            interrupted = stop.is_set()
    wanted = {_key(case.name, engine.name, engine.workers, seed) for case, engine, seed in _all(cases, engines, asked)}
    records = [record for record in records_in(results) if _is_of(record, asked, wanted)]
    files = write_report(records, asked.out, given_up={case.name: case.given_up for case in cases if case.given_up})
    if asked.as_json:
        say_json(
            {"out": str(asked.out), "interrupted": interrupted, "runs": len(records), "engines": summary_rows(records)}
        )
    else:
        say(files[0].read_text(encoding="utf-8").rstrip())
    if interrupted:
        tell(f"interrupted: {len(records)} runs are kept in {results}; --resume goes on")
        return INTERRUPTED
    return DONE


def _mended(results: Path) -> list[Record]:
    """Return the records so far; a line cut by a kill is taken out of the file, so that the next begins a new one."""
    done = records_in(results)
    if results.exists():
        results.write_text("".join(_line(record) for record in done), encoding="utf-8")
    return done


def _expect_names_once(cases: tuple[Case, ...]) -> None:
    names = [case.name for case in cases]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise InvalidInput(
            [
                Problem(name, "name", "is the name of two cases: expected each once, compare them apart")
                for name in twice
            ]
        )


def _all(
    cases: tuple[Case, ...], engines: tuple[Engine, ...], asked: CompareRequest
) -> Iterator[tuple[Case, Engine, int]]:
    """Yield every run, engines in turn; who goes first changes with the seed."""
    for seed in range(1, asked.runs + 1):
        first = (seed - 1) % len(engines)
        for case in cases:
            for engine in (*engines[first:], *engines[:first]):
                yield case, engine, seed


def _left_to_do(
    cases: tuple[Case, ...], engines: tuple[Engine, ...], asked: CompareRequest, done: list[Record]
) -> list[tuple[Case, Engine, int]]:
    wanted = {_key(case.name, engine.name, engine.workers, seed) for case, engine, seed in _all(cases, engines, asked)}
    there = {
        _key(record.case, record.engine, record.workers, record.seed)
        for record in done
        if _is_of(record, asked, wanted)
    }
    return [
        (case, engine, seed)
        for case, engine, seed in _all(cases, engines, asked)
        if _key(case.name, engine.name, engine.workers, seed) not in there
    ]


def _key(case: str, engine: str, workers: int, seed: int) -> tuple[str, str, int, int]:
    return case, engine, workers, seed


def _is_of(record: Record, asked: CompareRequest, wanted: set[tuple[str, str, int, int]]) -> bool:
    """Whether a record in the results is one of this comparison, not of an earlier one with other settings."""
    key = _key(record.case, record.engine, record.workers, record.seed)
    return record.budget == asked.seconds and record.rounding == asked.rounding and key in wanted


def _begin(stages: Stages, case: Case, engine: Engine, seed: int, seconds: float) -> None:
    stages.begin(f"{case.name} {engine.name} seed {seed}", total=seconds)


def _record(case: Case, engine: Engine, seed: int, asked: CompareRequest, outcome: Outcome) -> Record:
    judgement = outcome.judgement
    valid = judgement is not None and not outcome.failure
    return Record(
        case=case.name,
        kind=case.kind,
        engine=engine.name,
        version=engine.version,
        workers=engine.workers,
        seed=seed,
        budget=asked.seconds,
        rounding=asked.rounding,
        seconds=round(outcome.seconds, 3),
        cost=judgement.cost if judgement and valid else None,
        vehicles=judgement.vehicles if judgement and valid else None,
        unserved=judgement.unserved if judgement else None,
        failure=outcome.failure,
        best_known=case.best_known,
    )


def _append(results: Path, record: Record) -> None:
    with results.open("a", encoding="utf-8") as lines:
        lines.write(_line(record))


def _line(record: Record) -> str:
    return json.dumps(asdict(record)) + "\n"
