"""``kurir bench``: classical instances solved, and engines side by side."""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

import routing
from benchmarks.instances import Instance, read_instance
from benchmarks.solutions import Evaluation, Routes, evaluate, routes_of, write_solution

if TYPE_CHECKING:
    from rich.progress import Progress

app = typer.Typer(no_args_is_help=True, help="Classical instances, solved by this engine and by its peers.")

DONE, NO, BAD_INPUT, INTERRUPTED = 0, 1, 2, 3
DEFAULT_SECONDS = 60.0


@app.callback()
def bench() -> None:
    """Classical instances, solved by this engine and by its peers."""


@app.command()
def solve(
    instance: Annotated[Path, typer.Argument(help="A VRPLIB, Solomon or VRPSPDTW file, plain or .gz.")],
    *,
    seconds: Annotated[float | None, typer.Option(min=0.01, help="Wall time of the search. [default: 60]")] = None,
    iterations: Annotated[
        int | None, typer.Option(min=1, help="Iterations of the search; with a seed the answer is the same everywhere.")
    ] = None,
    seed: Annotated[int, typer.Option(min=0, help="Seed of the search.")] = 1,
    workers: Annotated[int | None, typer.Option(min=1, help="Threads. [default: every core]")] = None,
    rounding: Annotated[
        str | None, typer.Option(help="dimacs, trunc, round, exact or none. [default: as the literature does]")
    ] = None,
    solution: Annotated[Path | None, typer.Option(help="Write the routes here, in VRPLIB's .sol form.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object on standard output.")] = False,
) -> None:
    """Solve one classical instance.

    Example: kurir bench solve C101.txt --seconds 10 --solution C101.sol
    """
    with bad_input_told():
        given = read_instance(instance, rounding=rounding)
        day = given.day
    if solution is not None and not solution.parent.is_dir():
        tell(f"--solution: the folder {solution.parent} does not exist: expected an existing one")
        raise typer.Exit(BAD_INPUT)
    budget = Budget(seconds, iterations)
    cores = workers or os.cpu_count() or 1
    started = time.perf_counter()
    with stopped_by_interrupt() as stop, progress_shown(given.name, budget) as on_progress:
        try:
            plan = routing.solve(
                day,
                **budget.arguments,
                seed=seed,
                workers=cores,
                on_progress=on_progress,
                should_stop=stop.is_set,
            )
        except routing.Interrupted as error:
            tell(f"{instance.name}: {error}")
            raise typer.Exit(INTERRUPTED) from error
    elapsed = time.perf_counter() - started
    routes = routes_of(plan)
    worth = evaluate(given, routes)
    if solution is not None:
        write_solution(solution, routes, worth.cost)
    report = _report(given, worth, seconds=elapsed, iterations=plan.iterations, seed=seed, workers=cores)
    sys.stdout.write((json.dumps(report) if as_json else _summary(report, worth, routes)) + "\n")
    if stop.is_set():
        raise typer.Exit(INTERRUPTED)
    raise typer.Exit(DONE if worth.feasible else NO)


@dataclass(frozen=True)
class Budget:
    """How long to search: wall seconds, iterations, or whichever is over first."""

    seconds: float | None
    iterations: int | None

    @property
    def arguments(self) -> dict[str, Any]:
        """The keywords of `routing.solve`."""
        if self.iterations is None:
            return {"seconds": self.wall}
        given = {"iterations": self.iterations}
        return given if self.seconds is None else {**given, "seconds": self.seconds}

    @property
    def wall(self) -> float | None:
        """Wall seconds, None where only iterations count."""
        return DEFAULT_SECONDS if self.seconds is None and self.iterations is None else self.seconds


def _report(given: Instance, worth: Evaluation, **made: float) -> dict[str, Any]:
    best = given.best_known
    gap = (worth.cost - best.cost) / best.cost * 100 if best and best.cost and worth.feasible else None
    return {
        "instance": given.name,
        "class": given.kind,
        "cost": worth.cost,
        "vehicles": worth.vehicles,
        "feasible": worth.feasible,
        "seconds": round(made["seconds"], 3),
        "iterations": made["iterations"],
        "seed": made["seed"],
        "workers": made["workers"],
        "best_known": best.cost if best else None,
        "best_known_vehicles": best.vehicles if best else None,
        "gap": None if gap is None else round(gap, 4),
        "distance": worth.distance,
        "rounding": given.rounding,
        "faults": list(worth.faults),
    }


def _summary(report: dict[str, Any], worth: Evaluation, routes: Routes) -> str:
    stops = sum(1 for route in routes for stop in route if stop)
    lines = [
        f"{report['instance']} ({report['class']}): cost {report['cost']:,} with {report['vehicles']} vehicles "
        f"for {stops} customers",
        f"{report['iterations']:,} iterations in {report['seconds']:.1f} s, seed {report['seed']}, "
        f"{report['workers']} workers",
    ]
    if report["gap"] is not None:
        lines.append(f"best known {report['best_known']:,}: {report['gap']:+.2f} %")
    lines += [f"infeasible: {fault}" for fault in worth.faults[:10]]
    return "\n".join(lines)


def tell(message: str) -> None:
    """Write `message` to standard error."""
    sys.stderr.write(message + "\n")


@contextmanager
def bad_input_told() -> Iterator[None]:
    """Tell every problem of an `InvalidInput` on its own line and exit with 2."""
    try:
        yield
    except routing.InvalidInput as error:
        for problem in error.problems:
            tell(str(problem))
        raise typer.Exit(BAD_INPUT) from error


@contextmanager
def stopped_by_interrupt() -> Iterator[threading.Event]:
    """Give an event that an interrupt (Ctrl-C) sets, so that the best so far can be written; a second one aborts."""
    stop = threading.Event()

    def note(*_: object) -> None:
        if stop.is_set():
            raise KeyboardInterrupt
        stop.set()

    if threading.current_thread() is not threading.main_thread():
        yield stop
        return
    before = signal.signal(signal.SIGINT, note)
    try:
        yield stop
    finally:
        signal.signal(signal.SIGINT, before)


@contextmanager
def progress_shown(name: str, budget: Budget) -> Iterator[Callable[..., None] | None]:
    """Show a progress bar on a terminal, nothing in a pipe; gives what to call as the search goes on."""
    if not sys.stderr.isatty():
        yield None
        return
    with _bar() as bar:
        task = bar.add_task(name, total=budget.wall)
        started = time.perf_counter()

        def on_progress(*_: object, **__: object) -> None:
            bar.update(task, completed=time.perf_counter() - started)

        yield on_progress


def _bar() -> Progress:
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn(), TimeRemainingColumn())
    return Progress(*columns, console=Console(stderr=True), transient=True)
