"""From a `Day` to a `Plan`: batch, cluster, construct, search, check."""

from __future__ import annotations

import os
import time
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from importlib import metadata
from typing import TYPE_CHECKING

from routing._under_way import disjoint, expect_can_go_on
from routing.batching import Stop, batch
from routing.check import check
from routing.clustering import cluster, named
from routing.errors import InternalError, InvalidInput, Problem
from routing.fairness import unevenness
from routing.model import Day
from routing.plan import Plan
from routing.reasons import unserved

if TYPE_CHECKING:
    from routing.search.arrays import Problem as SearchProblem
    from routing.search.engine import Standing
    from routing.search.zones import Solution


@dataclass(frozen=True)
class Progress:
    """How a search stands.

    Attributes
    ----------
    seconds, budget_seconds
        Wall time spent, and to spend (None where iterations are counted).
    iterations, budget_iterations
        The same in iterations (the latter None where time is counted).
    cost
        Total cost of the best plan so far, in whole cost units.
    served, unserved
        Requests in it and left out.
    """

    seconds: float
    budget_seconds: float | None
    iterations: int
    budget_iterations: int | None
    cost: int
    served: int
    unserved: int


OnProgress = Callable[[Progress], None]
ShouldStop = Callable[[], bool]


def solve(
    day: Day,
    *,
    seconds: float | None = None,
    iterations: int | None = None,
    seed: int = 1,
    workers: int | None = None,
    initial: Plan | None = None,
    on_progress: OnProgress | None = None,
    should_stop: ShouldStop | None = None,
) -> Plan:
    """Plan a day.

    Parameters
    ----------
    day
        All that is asked.
    seconds
        Wall time to search for, 30 by default. It counts from the call; compiling, where that is still to be done,
        comes before.
    iterations
        Search so many iterations instead: the same plan for a seed on every machine, with any number of workers.
    seed
        Any whole number.
    workers
        Threads; by default one per core.
    initial
        A plan of this day to start from; the result is never worse.
    on_progress
        Called now and then with a `Progress`.
    should_stop
        Asked all the time, from several threads; once it returns True, the best plan so far is handed out.

    Returns
    -------
    Plan
        A valid plan: checked against the rules before it is handed out.

    Raises
    ------
    InvalidInput
        When an option makes no sense, or `initial` is no plan of this day.
    CannotGoOn
        When a driver under way cannot bring what is on board, or come home, in time any more.
    InternalError
        When the search contradicts the checker: a bug.

    Notes
    -----
    Ruin and recreate (Christiaens and Vanden Berghe 2020) over zones of the day, searched side by side. The order of
    requests and drivers in the day does not change the plan: they are taken in the order of their ids.
    """
    _expect_options(seconds, iterations, workers)
    _expect_supported(day)
    _compile_first()
    planning = _Planning(
        day,
        seconds=seconds,
        iterations=iterations,
        seed=seed,
        workers=workers,
        on_progress=on_progress,
        should_stop=should_stop,
    )
    return planning.plan(initial)


class _Planning:
    """One call of `solve`."""

    def __init__(
        self,
        day: Day,
        *,
        seconds: float | None,
        iterations: int | None,
        seed: int,
        workers: int | None,
        on_progress: OnProgress | None,
        should_stop: ShouldStop | None,
    ) -> None:
        self.day, self.seed, self.iterations = _in_order(day), seed, iterations
        from routing.search.build import build

        self.began = time.monotonic()
        self.seconds = None if iterations is not None else 30.0 if seconds is None else seconds
        self.workers = workers or os.cpu_count() or 1
        self.on_progress = on_progress or (lambda _: None)
        self.should_stop = should_stop or (lambda: False)
        self.stops: tuple[Stop, ...] = batch(self.day, _handed_over(day))
        problem = build(self.day, self.stops)
        self.problem: SearchProblem = problem._replace(blocked=disjoint(problem.blocked))

    def plan(self, initial: Plan | None) -> Plan:
        import numpy as np

        from routing.search.engine import Budget, first_solution, improve
        from routing.search.warm import solution_from

        groups = cluster(self.day, self.stops)
        problem = self.problem
        start = None if initial is None else solution_from(self.day, self.stops, problem, initial)
        order = np.array([stop for group in groups for stop in group], np.int64)
        found = first_solution(problem, order, start)
        self._watch_first(found)
        until = None if self.seconds is None else self.began + max(0.0, self.seconds - self._reserve())
        budget = Budget(time.monotonic(), until, self.iterations, self.workers)
        standing = improve(problem, found, budget, self.seed, self._watch, self.should_stop)
        plan = self._answer(standing.best, found)
        if initial is not None and self._weight(plan) > self._weight(initial) and not check(self.day, initial):
            plan = plan.replace(runs=initial.runs, unserved=initial.unserved, cost=initial.cost)
        return plan.replace(
            clusters=named(self.day, self.stops, groups),
            seed=self.seed,
            iterations=standing.iterations,
            seconds=round(time.monotonic() - self.began, 3),
            version=version(),
        )

    def _weight(self, plan: Plan) -> int:
        return plan.cost.total + unevenness(self.day, plan)

    def _reserve(self) -> float:
        """Seconds to keep for writing and checking the plan."""
        return 0.05 + len(self.day.requests) * 0.0001

    def _answer(self, best: Solution, first: Solution) -> Plan:
        """Write the best solution as a plan; should it break a rule, which is a bug, the first one saves the day."""
        try:
            return self._checked(best)
        except InternalError as error:
            plan = self._checked(first)
            warnings.warn(f"a bug of the search: the first plan is handed out instead; {error}", stacklevel=4)
            return plan

    def _checked(self, solution: Solution) -> Plan:
        from routing.search.answer import plan_of, runs_of
        from routing.search.engine import load
        from routing.search.handle import Core
        from routing.search.state import new_state

        core = Core(self.problem, new_state(self.problem, 1))
        load(core, solution)
        expect_can_go_on(self.day, self.stops, core)
        runs = runs_of(self.day, self.stops, core)
        served = {request for run in runs for visit in run.visits for request in visit.requests}
        missing = [request.id for request in self.day.requests if request.id not in served]
        plan = plan_of(self.day, runs, unserved(self.day, missing))
        violations = check(self.day, plan)
        if violations:
            raise InternalError("the plan found breaks the rules: " + "; ".join(str(each) for each in violations[:5]))
        return plan

    def _watch_first(self, solution: Solution) -> None:
        from routing.search.engine import Standing

        self._watch(Standing(0, solution))

    def _watch(self, standing: Standing) -> None:
        from routing.search.arrays import FINE

        served = 0
        for elements in standing.best.elements:
            served += sum(len(self.stops[u].requests) for u in elements if u < len(self.stops))
        progress = Progress(
            seconds=time.monotonic() - self.began,
            budget_seconds=self.seconds,
            iterations=standing.iterations,
            budget_iterations=self.iterations,
            cost=standing.best.cost // FINE,
            served=served,
            unserved=sum(len(stop.requests) for stop in self.stops) - served,
        )
        self.on_progress(progress)


def version() -> str:
    """Return the version of this package."""
    try:
        return metadata.version("kurir")
    except metadata.PackageNotFoundError:
        return "unknown"


def _expect_options(seconds: float | None, iterations: int | None, workers: int | None) -> None:
    problems = []
    if seconds is not None and not 0 <= seconds < float("inf"):
        problems.append(Problem("solve", "seconds", f"is {seconds}: expected a number from 0 up"))
    if iterations is not None and iterations < 0:
        problems.append(Problem("solve", "iterations", f"is {iterations}: expected a whole number from 0 up"))
    if workers is not None and workers < 1:
        problems.append(Problem("solve", "workers", f"is {workers}: expected at least 1"))
    if problems:
        raise InvalidInput(problems)


def _expect_supported(day: Day) -> None:
    if day.one_stop_per_door and any(request.round_trip_of for request in day.requests):
        text = "is set on a day with round trips: expected one or the other, the search does not join them"
        raise InvalidInput([Problem("day", "one_stop_per_door", text)])


def _in_order(day: Day) -> Day:
    """Return the day with requests and drivers in the order of their ids, so that the order of rows changes nothing."""
    requests = tuple(sorted(day.requests, key=lambda request: request.id))
    drivers = tuple(sorted(day.drivers, key=lambda driver: driver.id))
    if requests == day.requests and drivers == day.drivers:
        return day
    return day.replace(requests=requests, drivers=drivers)


def _compile_first() -> None:
    from routing.search import warm_up

    warm_up()


def _handed_over(day: Day) -> frozenset[str]:
    """Requests that history has settled: served at their door."""
    return frozenset(request for driver in day.drivers for visit in driver.history for request in visit.requests)
