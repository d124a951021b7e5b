"""Runs are dissolved until as few as can be serve all."""

from __future__ import annotations

from random import Random

import numpy as np
import pytest

from routing import Costs, Day, Driver, Hub, Place, Request, TravelTimes, check, solve
from routing.batching import batch
from routing.search import whole
from routing.search.arrays import FINE
from routing.search.build import build
from routing.search.fleet import shrink
from routing.search.handle import Core
from routing.search.loading import load
from routing.search.state import BANKED, USED, new_state
from routing.search.zones import Solution, best, served_by
from tests.routing.search.any_day import any_day

PACKS = (6, 4, 7, 3, 5, 5, 8, 2, 9, 1)
"""Fill five vehicles of ten to the last document; packed one after the other as they come, they need six."""


def packing_day(cost_run=1_000_000):
    spots = np.arange(len(PACKS) + 1)
    legs = np.abs(spots[:, None] - spots) * 100
    return Day(
        date="2026-03-02",
        places=[Place(f"p{i}", 106.7, -6.3) for i in spots],
        requests=[Request(f"r{i}", "return", i + 1, size) for i, size in enumerate(PACKS)],
        drivers=[
            Driver(f"d{i}", 0, 0, (0, 80_000), 10, max_trips=1, cost_run=cost_run, cost_km=1000)
            for i in range(len(PACKS))
        ],
        hub=Hub(0),
        travel=TravelTimes(legs, legs),
        costs=Costs(10**7, 0),
    )


def one_stop_each(day):
    """A core in which every stop has a run of its own."""
    stops = batch(day)
    problem = build(day, stops)
    core = Core(problem, new_state(problem, 3))
    hub = problem.stops
    runs = tuple(np.array([hub, stop], np.int64) for stop in range(hub))
    load(core, Solution(runs, (np.zeros((1, 3), np.int64),) * hub, 0))
    return core


def test_shrinking_ends_with_the_fewest_runs_that_serve_all():
    core = one_stop_each(packing_day())
    assert core.state.tally[USED] == len(PACKS)
    shrink(*core.handles, 3000, 100 * FINE)
    found = best(core.problem, core.state)
    assert sum(len(elements) > 0 for elements in found.elements) == 5
    assert served_by(core.problem, found).all()


def test_no_run_is_dissolved_once_fewer_could_not_carry_all():
    core = one_stop_each(packing_day())
    shrink(*core.handles, 3000, 100 * FINE)
    assert core.state.tally[BANKED] == 0
    before = core.state.tally.copy()
    shrink(*core.handles, 50, 100 * FINE)
    np.testing.assert_array_equal(core.state.tally, before)


def test_a_plan_uses_few_drivers_where_they_are_dear_and_many_where_they_save_metres():
    assert len(solve(packing_day(), iterations=2000, workers=1).runs) == 5
    assert len(solve(packing_day(cost_run=0), iterations=2000, workers=1).runs) >= 5


@pytest.mark.parametrize("seed", range(60))
def test_shrinking_keeps_every_rule_on_any_day(seed, monkeypatch):
    monkeypatch.setattr(whole, "DEAR_RUN", -1)
    monkeypatch.setattr(whole, "SHRINKING", 20)
    day = any_day(Random(seed))
    assert check(day, solve(day, iterations=400, seed=seed, workers=1)) == []
