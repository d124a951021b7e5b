"""Drives the compiled search: the whole day annealed until the budget is spent, or solutions that have children.

What is done depends on the seed and the budget alone, never on the number of workers: an iteration budget gives the
same solution on every machine. A time budget is used whole.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

from routing.search.arrays import Problem
from routing.search.budget import Budget, Stop
from routing.search.cooling import any_leg_of
from routing.search.course import Course, Standing, Watch, cost_of, seed_of
from routing.search.population import Population
from routing.search.run_pool import runs_are_independent
from routing.search.whole import WholeSearch, parts_of
from routing.search.zones import Solution

SLICES = 24
"""Times that the day is split anew over the whole budget."""
TOLLS = (0.0, -4.0, 4.0)
"""What a run costs besides, in temperatures: how many runs are good shows only when it is too cold to change that.
So each of these is tried by a search of its own, ..."""
TRIAL, TRIAL_SLICES = 0.08, 8
"""... for this share of the budget, in so many slices. The best toll holds for the rest; ..."""
PLENTY, GENERATIONS = 2500, 20
"""... or, where the budget allows so many iterations per stop, the solutions have children in so many generations."""


def improve(problem: Problem, start: Solution, budget: Budget, seed: int, watch: Watch, stop: Stop) -> Standing:
    """Search from `start` until the budget is spent or `stop` says so; return the best found."""
    if problem.stops == 0:
        return Standing(0, start)
    course = Course(budget, SLICES, seed, any_leg_of(problem))
    with ThreadPoolExecutor(budget.workers) as pool:
        if problem.free_runs and not problem.fairness:
            return _with_trials(problem, start, course, stop, pool, watch)
        return WholeSearch(problem, start, course, stop).run(pool, watch)


def _with_trials(
    problem: Problem, start: Solution, course: Course, stop: Stop, pool: ThreadPoolExecutor, watch: Watch
) -> Standing:
    """Search a little with each toll, then go on from what was found."""
    spent = Standing(0, start)

    def run(search: WholeSearch | Population) -> None:
        nonlocal spent
        before = spent
        spent = _after(before, search.run(pool, lambda standing: watch(_after(before, standing))))

    trials = []
    for number, toll in enumerate(TOLLS):
        part = course.budget.part(TRIAL / (1 - number * TRIAL), spent.iterations)
        trial = Course(part, TRIAL_SLICES, seed_of(course.seed, number), course.any_leg, toll, apart=True)
        trials.append(WholeSearch(problem, start, trial, stop))
        run(trials[-1])
    rest = replace(course, budget=course.budget.part(1.0, spent.iterations))
    plenty = course.budget.expected(spent.iterations) >= PLENTY * problem.stops
    if plenty and parts_of(problem) == 1 and runs_are_independent(problem):
        founders = [strand.best for trial in trials for strand in trial.strands]
        run(Population(problem, founders, replace(rest, slices=GENERATIONS), stop))
    else:
        best = min(range(len(TOLLS)), key=lambda number: trials[number].best.cost)
        run(WholeSearch(problem, spent.best, replace(rest, toll=TOLLS[best]), stop))
    return spent


def _after(spent: Standing, standing: Standing) -> Standing:
    """How all stands after one more search."""
    return Standing(spent.iterations + standing.iterations, min(spent.best, standing.best, key=cost_of))
