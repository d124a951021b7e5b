"""Runs changed in place are what a fresh commit of the same elements writes."""

from __future__ import annotations

from random import Random

import numpy as np
import pytest

from routing import Costs, Day, Driver, Hub, Place, Request, TrafficClock, TravelTimes
from routing.batching import batch
from routing.search.anneal import search
from routing.search.arrays import FINE
from routing.search.build import build
from routing.search.construct import first_solution
from routing.search.handle import Core
from routing.search.loading import load
from routing.search.memory import keep
from routing.search.runs import commit, draft_run
from routing.search.state import (
    ELEMENT,
    HUB_AFTER,
    HUB_BEFORE,
    LATEST,
    LEFT,
    LEG,
    LENGTH,
    LOAD_FROM,
    LOAD_UP_TO,
    LOADED_FROM,
    METRES,
    PLACE,
    SHARED,
    STOPS,
    TOTAL,
    new_state,
)

KNOWN = [ELEMENT, PLACE, LEG, LEFT, LATEST, LOAD_UP_TO, LOAD_FROM, HUB_BEFORE, HUB_AFTER, LOADED_FROM]


def plain_day(rng):
    """A day as classical instances are: no lanes, breaks, time at the hub, due times, round trips or paid time."""
    count = 25
    spots = [(rng.randint(0, 300), rng.randint(0, 300)) for _ in range(count)]
    metres = [
        [abs(x - u) + abs(y - v) + rng.randint(0, 9) * (i != j) for j, (u, v) in enumerate(spots)]
        for i, (x, y) in enumerate(spots)
    ]
    requests = [_request(rng, number, count) for number in range(30)]
    most = rng.choice((1, 3, None))
    drivers = [
        Driver(f"d{n}", 0, rng.choice((0, None, 3)), (0, 4000), rng.choice((9, 20)), max_trips=most, cost_km=700)
        for n in range(6)
    ]
    clock = TrafficClock(((0, 1000),) if rng.random() < 0.5 else ((0, 600), (900, 1500), (2000, 800)))
    return Day(
        date="2026-03-02",
        places=[Place(f"p{i}", 106.7, -6.3, access=rng.choice((0, 0, 7))) for i in range(count)],
        requests=requests,
        drivers=drivers,
        hub=Hub(0, rng.choice((((0, 4000),), ((0, 1500), (1700, 4000)))), None, 0, 0, 0),
        travel=TravelTimes(metres, metres),
        traffic=clock,
        costs=Costs(100_000, 0),
    )


def _request(rng, number, count):
    opens = rng.randint(0, 3000)
    window = rng.choice(((0, 4000), (opens, opens + rng.randint(100, 1500))))
    kind = rng.choice(("pickup", "return", "return"))
    ready = rng.choice((None, rng.randint(0, 1500))) if kind == "return" else None
    place = rng.randint(1, count - 1)
    return Request(f"{kind}{number}", kind, place, rng.randint(1, 4), (window,), rng.randint(0, 20), ready_at=ready)


@pytest.mark.parametrize("seed", range(40))
def test_a_search_leaves_runs_as_a_fresh_commit_writes_them(seed):
    day = plain_day(Random(seed))
    stops = batch(day)
    problem = build(day, stops)
    assert problem.plain
    core = Core(problem, new_state(problem, seed))
    load(core, first_solution(problem, np.arange(len(stops))))
    for count in (1, 2, 3, 5, 8, 13, 21, 34):
        search(*core.handles, count, 20 * FINE, 20 * FINE)
        _expect_as_committed(core)


def _expect_as_committed(core):
    state = core.state
    total = int(state.tally[TOTAL])
    for run in np.flatnonzero(state.run[:, LENGTH]):
        length = state.run[run, LENGTH]
        rows = state.at[run, : length + 2, KNOWN].copy()
        whole = state.run[run, [LENGTH, STOPS, METRES, SHARED]].copy()
        assert commit(*core.handles, run, draft_run(core.handles[1], run))
        np.testing.assert_array_equal(state.at[run, : length + 2, KNOWN], rows)
        np.testing.assert_array_equal(state.run[run, [LENGTH, STOPS, METRES, SHARED]], whole)
    keep(core.handles[1])
    assert state.tally[TOTAL] == total
