"""CP-SAT as it is used here: one worker, a limit that counts the same on every machine, and an ear for the user."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ortools.sat.python import cp_model

ASK_STOP_EVERY = 0.05


@dataclass(frozen=True)
class Effort:
    """How long to look for something better.

    Attributes
    ----------
    work
        CP-SAT's deterministic time: about seconds, but the same on every machine.
    until
        The moment of `time.monotonic` when it ends, the model's making included; None where iterations are counted.
    stop
        Asked all the time; returning True ends it.
    """

    work: float
    until: float | None
    stop: Callable[[], bool]


def solved(model: cp_model.CpModel, effort: Effort) -> cp_model.CpSolver | None:
    """Solve `model` within `effort`; None where no solution was found in it."""
    from ortools.sat.python import cp_model

    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    solver.parameters.catch_sigint_signal = False  # else it leaves the process deaf to its own handler
    solver.parameters.linearization_level = 2
    solver.parameters.max_deterministic_time = effort.work
    if effort.until is not None:
        solver.parameters.max_time_in_seconds = max(0.0, effort.until - time.monotonic())
    with ThreadPoolExecutor(1) as aside:
        job = aside.submit(solver.solve, model)
        while not wait([job], timeout=ASK_STOP_EVERY).done:
            if effort.stop():
                solver.stop_search()
    return solver if job.result() in (cp_model.OPTIMAL, cp_model.FEASIBLE) else None
