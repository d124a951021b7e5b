"""The best runs seen go together in the cheapest way that serves the same stops."""

from __future__ import annotations

import numpy as np

from routing.batching import batch
from routing.cpsat import Effort
from routing.search.build import build
from routing.search.pool import HUB
from routing.search.run_pool import PooledRun, RunPool, runs_are_independent
from routing.search.state import COST
from tests.routing.search.test_fleet import one_stop_each, packing_day


def pooled(cost, *stops, kind=0):
    return PooledRun(kind, np.array([HUB, *stops]), np.zeros((1, 3), np.int64), cost)


def problem_of(drivers=10):
    day = packing_day()
    day = day.replace(drivers=day.drivers[:drivers])
    return build(day, batch(day))


def best_of(problem, seen, known, *, stop=lambda: False):
    pool = RunPool()
    pool.add(seen)
    return pool.best(problem, known, Effort(10.0, None, stop))


def test_runs_of_different_solutions_are_put_together():
    known = [pooled(10, 0, 1), pooled(10, 2, 3)]
    found = best_of(problem_of(), [pooled(3, 0, 2), pooled(4, 1, 3), pooled(1, 0, 3)], known)
    used = {tuple(elements) for elements in found.elements if len(elements)}
    assert used == {(10, 0, 2), (10, 1, 3)}
    assert found.cost == 7 + problem_of().penalty[4:].sum()


def test_nothing_is_returned_where_nothing_is_better():
    assert best_of(problem_of(), [pooled(10, 0, 2), pooled(11, 1, 3)], [pooled(10, 0, 1), pooled(10, 2, 3)]) is None


def test_no_more_runs_are_taken_than_there_are_drivers():
    known = [pooled(10, 0, 1, 2, 3)]
    cheap = [pooled(1, 0, 1), pooled(1, 2, 3)]
    assert best_of(problem_of(drivers=1), cheap, known) is None
    assert best_of(problem_of(drivers=2), cheap, known).cost == 2 + problem_of().penalty[4:].sum()


def test_stops_left_out_stay_out_and_nothing_served_is_left_out():
    known = [pooled(10, 0, 1)]
    assert best_of(problem_of(), [pooled(1, 0), pooled(1, 1, 2)], known) is None


def test_the_cheapest_order_of_a_set_of_stops_is_kept():
    known = [pooled(10, 1, 0)]
    found = best_of(problem_of(), [pooled(4, 0, 1), pooled(6, 1, 0)], known)
    assert [tuple(elements) for elements in found.elements if len(elements)] == [(10, 0, 1)]


def test_the_runs_of_a_search_are_read_with_their_costs():
    core = one_stop_each(packing_day())
    runs = RunPool.pieces(core.problem, core.state, np.arange(100, 110))
    assert [tuple(run.elements) for run in runs] == [(HUB, 100 + stop) for stop in range(10)]
    assert [run.cost for run in runs] == core.state.run[:, COST].tolist()
    assert runs_are_independent(core.problem)


def test_runs_that_share_lanes_depend_on_each_other():
    day = packing_day()
    day = day.replace(hub=day.hub.replace(lanes=1, base=10))
    assert not runs_are_independent(build(day, batch(day)))


def test_once_the_time_is_over_nothing_is_put_together():
    pool = RunPool()
    pool.add([pooled(3, 0, 2), pooled(4, 1, 3)])
    assert pool.best(problem_of(), [pooled(10, 0, 1), pooled(10, 2, 3)], Effort(10.0, 0.0, lambda: False)) is None
