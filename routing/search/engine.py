"""Drives the compiled search: the whole day annealed until the budget is spent.

What is done depends on the seed and the budget alone, never on the number of workers: an iteration budget gives the
same solution on every machine. A time budget is used whole.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

from routing.search.arrays import Problem
from routing.search.budget import Budget, Stop
from routing.search.cooling import any_leg_of
from routing.search.whole import Course, Standing, Watch, WholeSearch, cost_of, seed_of
from routing.search.zones import Solution

SLICES = 24
"""Times that the day is split anew over the whole budget."""
TOLLS = (0.0, -4.0, 4.0)
"""What a run costs besides, in temperatures: how many runs are good shows only when it is too cold to change that.
So each of these is tried by a search of its own, ..."""
TRIAL, TRIAL_SLICES = 0.08, 8
"""... for this share of the budget, in so many slices; the best holds for the rest."""


def improve(problem: Problem, start: Solution, budget: Budget, seed: int, watch: Watch, stop: Stop) -> Standing:
    """Search from `start` until the budget is spent or `stop` says so; return the best found."""
    if problem.stops == 0:
        return Standing(0, start)
    course = Course(budget, SLICES, seed, any_leg_of(problem))
    with ThreadPoolExecutor(budget.workers) as pool:

        def search(since: Solution, course: Course, watch: Watch) -> Standing:
            return WholeSearch(problem, since, course, stop).run(pool, watch)

        if problem.free_runs and not problem.fairness:
            return _try_tolls(start, course, search, watch)
        return search(start, course, watch)


def _try_tolls(
    start: Solution, course: Course, search: Callable[[Solution, Course, Watch], Standing], watch: Watch
) -> Standing:
    """Search a little with each toll, then with the one that came out best, from the best found."""
    spent, chosen = Standing(0, start), TOLLS[0]

    def told(standing: Standing) -> None:
        watch(_after(spent, standing))

    for number, toll in enumerate(TOLLS):
        part = course.budget.part(TRIAL / (1 - number * TRIAL), spent.iterations)
        trial = replace(course, budget=part, slices=TRIAL_SLICES, seed=seed_of(course.seed, number), toll=toll)
        tried = search(start, trial, told)
        if number > 0 and tried.best.cost < spent.best.cost:
            chosen = toll
        spent = _after(spent, tried)
    rest = course.budget.part(1.0, spent.iterations)
    return _after(spent, search(spent.best, replace(course, budget=rest, toll=chosen), told))


def _after(spent: Standing, standing: Standing) -> Standing:
    """How all stands after one more search."""
    return Standing(spent.iterations + standing.iterations, min(spent.best, standing.best, key=cost_of))
