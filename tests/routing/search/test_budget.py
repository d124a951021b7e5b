"""What is spent: nothing more once the time is over."""

from __future__ import annotations

import time
from random import Random

import numpy as np

from routing.batching import batch
from routing.search.budget import Budget
from routing.search.build import build
from routing.search.construct import first_solution
from routing.search.engine import improve
from tests.routing.search.any_day import any_day


def searched(budget):
    stops = batch(day := any_day(Random(1)))
    problem = build(day, stops)
    first = first_solution(problem, np.arange(problem.stops))
    seen = []
    return first, improve(problem, first, budget, 1, seen.append, lambda: False), seen


def test_no_slice_is_begun_once_the_time_is_over():
    now = time.monotonic()
    first, standing, seen = searched(Budget(now - 1, now, None, 1))
    assert (standing.best, standing.iterations, seen) == (first, 0, [])


def test_iterations_are_done_to_the_last_however_long_they_take():
    _, standing, seen = searched(Budget(time.monotonic(), None, 3000, 1))
    assert standing.iterations == 3000
    assert seen[-1].best == standing.best


def test_a_budget_is_over_when_its_time_is_and_never_by_iterations():
    now = time.monotonic()
    assert Budget(now, now, None, 1).is_over()
    assert not Budget(now, now + 60, None, 1).is_over()
    assert not Budget(now, None, 0, 1).is_over()
