"""Children of solutions, and the population that they live in."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from random import Random

import numpy as np
import pytest

from routing import Costs, Day, Driver, Hub, Place, Request, TravelTimes, check, solve
from routing.batching import batch
from routing.search import engine
from routing.search.budget import Budget
from routing.search.build import build
from routing.search.construct import first_solution
from routing.search.cooling import any_leg_of
from routing.search.course import Course
from routing.search.crossover import child_of
from routing.search.handle import Core
from routing.search.loading import load
from routing.search.population import SIZE, Population
from routing.search.state import new_state
from routing.search.zones import present

STOPS, SMALL, LARGE = 24, 6, 3


def one_trip_day(seed):
    """Stops in a plane for small drivers and large ones who make one trip each and cost nothing but their way."""
    rng = np.random.default_rng(seed)
    spots = rng.integers(1000, size=(STOPS + 1, 2))
    legs = np.abs(spots[:, None] - spots).sum(axis=2)
    opens = rng.integers(0, 8000, STOPS)
    return Day(
        date="2026-03-02",
        places=[Place(f"p{i}", 106.7, -6.3) for i in range(STOPS + 1)],
        requests=[
            Request(f"r{i}", "return", i + 1, 1, windows=[(int(opens[i]), int(opens[i]) + 4000)]) for i in range(STOPS)
        ],
        drivers=[Driver(f"s{i}", 0, 0, (0, 30_000), 4, max_trips=1, cost_km=1000) for i in range(SMALL)]
        + [Driver(f"l{i}", 0, 0, (0, 30_000), 8, max_trips=1, cost_km=1000) for i in range(LARGE)],
        hub=Hub(0, windows=[(0, 30_000)]),
        travel=TravelTimes(legs, legs),
        costs=Costs(10**7, 0),
    )


def problem_of(seed):
    day = one_trip_day(seed)
    return build(day, batch(day))


def solutions_of(problem, count):
    orders = (np.random.default_rng(number).permutation(problem.stops) for number in range(count))
    return [first_solution(problem, order) for order in orders]


def stops_of(problem, elements):
    return frozenset(elements[elements < problem.stops].tolist())


def runs_of(problem, solution):
    return [(r, stops_of(problem, each)) for r, each in enumerate(solution.elements) if len(each)]


@pytest.mark.parametrize("seed", range(5))
def test_a_child_has_parts_of_its_parents_runs_and_serves_nothing_twice(seed):
    problem, random = problem_of(seed), np.random.default_rng(seed)
    one, other = solutions_of(problem, 2)
    of_both = 0
    for _ in range(40):
        child = child_of(problem, one, other, random)
        whose = set()
        for run, stops in runs_of(problem, child):
            kind = problem.kind_of[run]
            parents = [
                name
                for name, parent in (("one", one), ("other", other))
                if any(stops <= each and problem.kind_of[r] == kind for r, each in runs_of(problem, parent))
            ]
            assert parents, "a run of neither parent, or of a driver of another kind"
            whose.update(parents if len(parents) == 1 else ())
        served = [stop for _, stops in runs_of(problem, child) for stop in stops]
        assert len(served) == len(set(served))
        of_both += len(whose) == 2
    assert of_both > 20


def test_a_child_can_be_searched_from_whatever_it_lacks():
    problem = problem_of(1)
    one, other = solutions_of(problem, 2)
    for seed in range(20):
        child = child_of(problem, one, other, np.random.default_rng(seed))
        core = Core(problem, new_state(problem, 1))
        load(core, child)
        for (run, stops), (again, loaded) in zip(
            runs_of(problem, child), runs_of(problem, present(problem, core.state)), strict=True
        ):
            assert (run, stops) == (again, loaded)


def test_a_child_of_nothing_is_its_other_parent():
    problem = problem_of(1)
    (one,) = solutions_of(problem, 1)
    nothing = one.__class__((np.zeros(0, np.int64),) * problem.runs, one.lane_time, 0)
    assert child_of(problem, one, nothing, np.random.default_rng(1)) is one
    assert child_of(problem, nothing, one, np.random.default_rng(1)) is nothing


def bred(problem, *, iterations=None, seconds=None, workers=1, stop=lambda: False, slices=10):
    now = time.monotonic()
    budget = Budget(now, None if seconds is None else now + seconds, iterations, workers)
    course = Course(budget, slices, 7, any_leg_of(problem))
    told = []
    population = Population(problem, solutions_of(problem, 3), course, stop)
    with ThreadPoolExecutor(workers) as pool:
        return population, population.run(pool, told.append), told


def test_a_population_gets_better_and_its_members_differ():
    problem = problem_of(2)
    population, standing, told = bred(problem, iterations=20_000)
    costs = [each.cost for each in population.living]
    assert costs == sorted(set(costs))
    assert len(costs) <= SIZE
    assert standing.best.cost == costs[0] < min(each.cost for each in solutions_of(problem, 3))
    assert standing.iterations == 20_000
    assert [each.best.cost for each in told] == sorted((each.best.cost for each in told), reverse=True)
    assert len(told) == 10


def test_what_lives_costs_what_it_says():
    problem = problem_of(2)
    population, _, _ = bred(problem, iterations=5_000)
    for each in population.living:
        core = Core(problem, new_state(problem, 1))
        load(core, each)
        assert present(problem, core.state).cost == each.cost


def test_two_threads_bear_the_same_children():
    problem = problem_of(3)
    (_, one, _), (_, two, _) = (bred(problem, iterations=8_000, workers=workers) for workers in (1, 2))
    assert one.best.cost == two.best.cost
    assert all(np.array_equal(*pair) for pair in zip(one.best.elements, two.best.elements, strict=True))


def test_time_is_kept_and_a_stop_is_heard():
    bred(problem_of(4), iterations=100)  # what is compiled is loaded
    began = time.monotonic()
    bred(problem_of(4), seconds=0.5, workers=2)
    assert 0.4 < time.monotonic() - began < 1.5
    _, standing, told = bred(problem_of(4), seconds=60, stop=lambda: True)
    assert (standing.iterations, told) == (0, [])


@pytest.mark.parametrize("iterations", [STOPS * engine.PLENTY - 1, STOPS * engine.PLENTY])
def test_children_are_born_where_the_budget_is_plenty(monkeypatch, iterations):
    born = []
    monkeypatch.setattr(Population, "_conceived", _counting(Population._conceived, born))
    day = one_trip_day(5)
    plan = solve(day, iterations=iterations, seed=Random(1).randrange(9), workers=2)
    assert check(day, plan) == []
    assert plan.iterations == iterations
    assert bool(born) == (iterations >= STOPS * engine.PLENTY)


def _counting(method, calls):
    def counted(*given):
        calls.append(1)
        return method(*given)

    return counted
