"""From a `Day` to a `Plan`: batch, cluster, construct, search, time the hub, check."""

from __future__ import annotations

import os
import time
import warnings
from collections.abc import Callable
from dataclasses import dataclass, replace
from importlib import metadata
from itertools import cycle
from typing import TYPE_CHECKING

from routing._trials import without_requests
from routing._under_way import disjoint, expect_can_go_on
from routing.batching import Stop, batch
from routing.check import check
from routing.clustering import cluster, named
from routing.cpsat import Effort
from routing.errors import InternalError, InvalidInput, Problem
from routing.fairness import unevenness
from routing.lanes import with_calendar
from routing.model import Day
from routing.narrower import may_be_narrowed, narrower
from routing.plan import Plan
from routing.retime import stated

if TYPE_CHECKING:
    from routing.search.arrays import Problem as SearchProblem
    from routing.search.course import Standing
    from routing.search.zones import Solution

CALENDAR_SHARE, CALENDAR_MOST = 0.02, 1.0
"""The calendar of the hub takes at most this share of a budget in seconds, and so many seconds ..."""
CALENDAR_PER_ITERATION = 1e-4
"""... or of CP-SAT's deterministic time, so much for each iteration where those are counted."""
QUICK = 300
"""Iterations on a narrower day, where time is counted."""


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
        Where `seconds` are given as well, whichever is over first ends the search.
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
    began = time.monotonic()
    stop = should_stop or (lambda: False)
    if iterations is None:
        seconds = 30.0 if seconds is None else seconds
    elif seconds is not None:
        stop, seconds = _until(began + seconds, stop), None
    given = _Given(seconds, iterations, seed, workers or os.cpu_count() or 1, stop)
    if not may_be_narrowed(day):
        return _Planning(day, given, on_progress).plan(initial)
    half = given.share(2)
    best = _with_narrower_days(day, _Planning(day, half, on_progress).plan(initial), half)
    return best.replace(seconds=round(time.monotonic() - began, 3))


@dataclass(frozen=True)
class _Given:
    """What one search is given: seconds or iterations, and how to go about it."""

    seconds: float | None
    iterations: int | None
    seed: int
    workers: int
    should_stop: ShouldStop

    def share(self, parts: int) -> _Given:
        """One of so many equal parts of it."""
        if self.iterations is not None:
            return replace(self, iterations=-(-self.iterations // parts))
        return replace(self, seconds=(self.seconds or 0.0) / parts)


def _with_narrower_days(day: Day, plan: Plan, given: _Given) -> Plan:
    """Return the best of `plan` and what is found from there on narrower days, again and again while there is time."""
    until = None if given.seconds is None else time.monotonic() + given.seconds
    days = narrower(day, plan) or (day,)
    count = QUICK if given.iterations is None else -(-given.iterations // len(days))
    done = 0
    for turn, each in enumerate(days if until is None else cycle(days)):
        if given.should_stop() or (until is not None and time.monotonic() >= until):
            break
        left_out = {request.id for request in day.requests} - {request.id for request in each.requests}
        planning = _Planning(each, replace(given, seed=given.seed + turn), None)
        found = stated(day, planning.again(without_requests(day, plan, left_out), count).runs)
        done += count
        if _weight(day, found) < _weight(day, plan):
            plan = plan.replace(runs=found.runs, unserved=found.unserved, cost=found.cost)
    return plan.replace(iterations=plan.iterations + done)


class _Planning:
    """One search of a day."""

    def __init__(self, day: Day, given: _Given, on_progress: OnProgress | None) -> None:
        self.day, self.given = _in_order(day), given
        from routing.search.build import build

        self.began = time.monotonic()
        self.on_progress = on_progress or (lambda _: None)
        self.stops: tuple[Stop, ...] = batch(self.day, _handed_over(day))
        problem = build(self.day, self.stops)
        self.problem: SearchProblem = problem._replace(blocked=disjoint(problem.blocked))

    def plan(self, initial: Plan | None) -> Plan:
        import numpy as np

        from routing.search.budget import Budget
        from routing.search.construct import first_solution
        from routing.search.engine import improve
        from routing.search.warm import solution_from

        groups = cluster(self.day, self.stops)
        problem = self.problem
        start = None if initial is None else solution_from(self.day, self.stops, problem, initial)
        order = np.array([stop for group in groups for stop in group], np.int64)
        found = first_solution(problem, order, start)
        self._watch_first(found)
        given = self.given
        kept = self._reserve() + (self._calendar_seconds() if self.day.hub.lanes else 0.0)
        until = None if given.seconds is None else self.began + max(0.0, given.seconds - kept)
        budget = Budget(time.monotonic(), until, given.iterations, given.workers)
        standing = improve(problem, found, budget, given.seed, self._watch, given.should_stop)
        plan = with_calendar(self.day, self._answer(standing.best, found), self._calendar_effort())
        if initial is not None and self._beats(initial, plan):
            plan = plan.replace(runs=initial.runs, unserved=initial.unserved, cost=initial.cost)
        return plan.replace(
            clusters=named(self.day, self.stops, groups),
            seed=given.seed,
            iterations=standing.iterations,
            seconds=round(time.monotonic() - self.began, 3),
            version=version(),
        )

    def again(self, plan: Plan, iterations: int) -> Plan:
        """Search on from `plan`, of this day or a wider one, in one go."""
        from routing.search import anneal
        from routing.search.cooling import COLD, WARM
        from routing.search.handle import Core
        from routing.search.loading import load
        from routing.search.state import new_state
        from routing.search.warm import solution_from
        from routing.search.zones import best, present

        core = Core(self.problem, new_state(self.problem, self.given.seed))
        load(core, solution_from(self.day, self.stops, self.problem, plan))
        found = present(self.problem, core.state)
        leg = int(self.problem.worth.mean()) << self.problem.coarse
        anneal.search(*core.handles, iterations, round(leg * WARM), round(leg * COLD))
        answer = self._answer(best(self.problem, core.state), found)
        return with_calendar(self.day, answer, self._calendar_effort())

    def _beats(self, initial: Plan, plan: Plan) -> bool:
        return _weight(self.day, initial) < _weight(self.day, plan) and not check(self.day, initial)

    def _reserve(self) -> float:
        """Seconds to keep for writing and checking the plan."""
        return 0.05 + len(self.day.requests) * 0.0001

    def _calendar_seconds(self) -> float:
        return min(CALENDAR_MOST, CALENDAR_SHARE * (self.given.seconds or 0.0))

    def _calendar_effort(self) -> Effort:
        """How long to look for a calendar from now on."""
        if self.given.seconds is None:
            work = min(CALENDAR_MOST, CALENDAR_PER_ITERATION * (self.given.iterations or 0))
            return Effort(work, None, self.given.should_stop)
        seconds = self._calendar_seconds()
        return Effort(seconds, time.monotonic() + seconds, self.given.should_stop)

    def _answer(self, best: Solution, first: Solution) -> Plan:
        """Write the best solution as a plan; should it break a rule, which is a bug, the first one saves the day."""
        try:
            return self._checked(best)
        except InternalError as error:
            plan = self._checked(first)
            warnings.warn(f"a bug of the search: the first plan is handed out instead; {error}", stacklevel=4)
            return plan

    def _checked(self, solution: Solution) -> Plan:
        from routing.search.answer import runs_of
        from routing.search.handle import Core
        from routing.search.loading import load
        from routing.search.state import new_state

        core = Core(self.problem, new_state(self.problem, 1))
        load(core, solution)
        expect_can_go_on(self.day, self.stops, core)
        runs = runs_of(self.day, self.stops, core)
        plan = stated(self.day, runs)
        violations = check(self.day, plan)
        if violations:
            raise InternalError("the plan found breaks the rules: " + "; ".join(str(each) for each in violations[:5]))
        return plan

    def _watch_first(self, solution: Solution) -> None:
        from routing.search.course import Standing

        self._watch(Standing(0, solution))

    def _watch(self, standing: Standing) -> None:
        from routing.search.arrays import FINE

        served = 0
        for elements in standing.best.elements:
            served += sum(len(self.stops[u].requests) for u in elements if u < len(self.stops))
        progress = Progress(
            seconds=time.monotonic() - self.began,
            budget_seconds=self.given.seconds,
            iterations=standing.iterations,
            budget_iterations=self.given.iterations,
            cost=standing.best.cost // FINE,
            served=served,
            unserved=sum(len(stop.requests) for stop in self.stops) - served,
        )
        self.on_progress(progress)


def _weight(day: Day, plan: Plan) -> int:
    return plan.cost.total + unevenness(day, plan)


def _until(moment: float, should_stop: ShouldStop) -> ShouldStop:
    """Stop when asked to, or at this moment of `time.monotonic`."""
    return lambda: should_stop() or time.monotonic() >= moment


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
