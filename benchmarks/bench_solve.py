"""``kurir bench solve``: one classical instance through the engine."""

from __future__ import annotations

import os
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import routing
from benchmarks.compiled_first import compile_first
from benchmarks.instances import Instance, read_instance
from benchmarks.made import made, made_in_words
from benchmarks.solutions import Evaluation, evaluate, is_written_here, routes_of, write_solution
from benchmarks.terminal import DONE, INTERRUPTED, NO, first_interrupt_noted, say, say_json, stages_shown, tell
from routing.errors import InvalidInput, Problem

DEFAULT_SECONDS = 60.0


@dataclass(frozen=True)
class BenchRequest:
    """What was asked for; see ``kurir bench solve --help``."""

    instance: Path
    seconds: float | None
    iterations: int | None
    seed: int
    workers: int | None
    rounding: str | None
    solution: Path | None
    as_json: bool

    @property
    def budget(self) -> dict[str, Any]:
        """The budget as keywords of `routing.solve`: seconds, iterations, or whichever is over first."""
        if self.iterations is None:
            return {"seconds": DEFAULT_SECONDS if self.seconds is None else self.seconds}
        return {"seconds": self.seconds, "iterations": self.iterations}


def run_bench_solve(asked: BenchRequest) -> int:
    """Solve, write the routes, print the report and return the exit code.

    Raises
    ------
    InvalidInput
        Naming every fault of what was given.
    Interrupted
        When an interrupt came before there was any plan.
    """
    if asked.solution is not None:
        _expect_writable(asked.solution)
    given = read_instance(asked.instance, rounding=asked.rounding)
    day = given.day
    workers = asked.workers or os.cpu_count() or 1
    with stages_shown() as stages:
        compile_first(stages)
        with first_interrupt_noted() as stop:
            stages.begin(given.name, total=asked.budget["seconds"])
            started = time.perf_counter()
            plan = routing.solve(
                day,
                **asked.budget,
                seed=asked.seed,
                workers=workers,
                on_progress=stages.search,
                should_stop=stop.is_set,
            )
    elapsed = time.perf_counter() - started
    routes = routes_of(plan)
    worth = evaluate(given, routes)
    if asked.solution is not None:
        write_solution(asked.solution, routes, worth.cost)
    report = {
        **worth_of(given, worth),
        "seconds": round(elapsed, 3),
        "iterations": plan.iterations,
        "seed": asked.seed,
        "workers": workers,
        "interrupted": stop.is_set(),
        "version": plan.version,
    }
    if asked.as_json:
        say_json(report, asked)
    else:
        say("\n".join([*_summary(report), made_in_words(made(asked))]))
    if stop.is_set():
        tell("interrupted: this is the best so far")
        return INTERRUPTED
    return DONE if worth.feasible else NO


def _expect_writable(solution: Path) -> None:
    """Refuse a folder that is not there, and to write over what may be a published answer or the instance itself."""
    if not solution.parent.is_dir():
        message = f"is in {solution.parent}, which is no folder: expected one that exists"
        raise InvalidInput([Problem("", "--solution", message)])
    if solution.is_file() and solution.stat().st_size and not is_written_here(solution):
        message = f"is {solution}, which kurir did not write: expected another name, or that file gone"
        raise InvalidInput([Problem("", "--solution", message)])


def worth_of(given: Instance, worth: Evaluation) -> dict[str, Any]:
    """Return what an answer is worth beside the best known, as the fields of ``--json``."""
    best = given.best_known
    return {
        "instance": given.name,
        "class": given.kind,
        "cost": worth.cost,
        "vehicles": worth.vehicles,
        "feasible": worth.feasible,
        "best_known": best.cost if best else None,
        "best_known_vehicles": best.vehicles if best else None,
        "gap": round(gap(worth.cost, best.cost), 4) if best and worth.feasible else None,
        "distance": worth.distance,
        "rounding": given.rounding,
        "faults": list(worth.faults),
    }


def gap(cost: float, best: float) -> float:
    """Return by how many per cent `cost` is above `best`."""
    return (cost - best) / best * 100 if best else 0.0


def _summary(report: dict[str, Any]) -> list[str]:
    lines = [
        f"{report['instance']} ({report['class']}, {report['rounding']}): "
        f"cost {report['cost']:,} with {report['vehicles']} vehicles",
        f"{report['iterations']:,} iterations in {report['seconds']:.1f} s, seed {report['seed']}, "
        f"{report['workers']} workers",
    ]
    if report["gap"] is not None:
        lines.append(f"best known {report['best_known']:,}: {report['gap']:+.2f} %")
    return lines + [f"infeasible: {fault}" for fault in report["faults"][:10]]
