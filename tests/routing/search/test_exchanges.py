"""Trips and tails that change runs: nothing is lost or done twice, and what was done can be taken back."""

from __future__ import annotations

from random import Random

import numpy as np
import pytest

from routing.batching import batch
from routing.search.anneal import FROM_BANK, NO_LIMIT, change, search, undo
from routing.search.arrays import BEGAN
from routing.search.build import build
from routing.search.construct import first_solution
from routing.search.dice import exponential
from routing.search.handle import Core
from routing.search.loading import load
from routing.search.memory import keep, to_bank
from routing.search.ruin import ruin
from routing.search.state import BROKEN, COST, ELEMENT, LENGTH, PENALTY, TOTAL, TOUCHED, USED, new_state
from routing.search.tails import mend_tails, move_tails
from routing.search.trips import move_trips
from routing.search.zones import hand_overs, present
from tests.routing.search.any_day import any_day
from tests.routing.search.test_inplace import plain_day
from tests.routing.town import town_day

ANY_COST = 2**60


def search_of(day, seed, *, near=True):
    stops = batch(day)
    problem = build(day, stops)
    found = first_solution(problem, np.arange(len(stops)))
    if not near:
        problem = problem._replace(near=np.full_like(problem.near, -1))
    core = Core(problem, new_state(problem, seed))
    load(core, found)
    return core


def served(core):
    """Every stop of every run, in order; fails where one is not known to be where it is."""
    state, found = core.state, []
    for run in np.flatnonzero(state.run[:, LENGTH]):
        for row in range(1, state.run[run, LENGTH] + 1):
            stop = state.at[run, row, ELEMENT]
            if stop < core.problem.stops:
                assert (state.run_of[stop], state.position_of[stop]) == (run, row)
                found.append(int(stop))
    return sorted(found)


@pytest.mark.parametrize("move", [move_trips, move_tails])
@pytest.mark.parametrize("make", [plain_day, any_day])
def test_an_exchange_serves_the_same_stops_once_and_can_be_taken_back(make, move):
    moves = 0
    for seed in range(30 if move is move_trips else 150):  # tails move by far less often on days with all rules
        core = search_of(make(Random(seed)), seed)
        state, fresh = core.state, core.problem.kinds[core.problem.kind_of, BEGAN] == 0
        for _ in range(40):
            before, total, penalty = present(core.problem, state), int(state.tally[TOTAL]), int(state.tally[PENALTY])
            state.tally[BROKEN] = 0
            count = ruin(*core.handles)
            left, cost = served(core), int(state.tally[TOTAL])
            move(*core.handles, ANY_COST)
            if not state.tally[BROKEN]:
                moves += int(state.tally[TOTAL]) != cost
                assert served(core) == left
                assert state.run[:, COST].sum() + penalty == state.tally[TOTAL]
                assert state.tally[USED] == np.count_nonzero(state.run[:, LENGTH][fresh])
            undo(*core.handles, count, total, penalty)
            again = present(core.problem, state)
            assert again.cost == before.cost
            assert all(map(np.array_equal, again.elements, before.elements))
            assert all(map(np.array_equal, again.lane_time, before.lane_time))
    assert moves >= 10


def round_trip_day(seed):
    """A working day on which half of the returns bring back what a pickup of the day took."""
    day = town_day(60, seed=seed)
    pickups = [request.id for request in day.requests if request.kind == "pickup"]
    tied = iter(pickups[::2])
    requests = [
        request.replace(round_trip_of=next(tied, None)) if request.kind == "return" else request
        for request in day.requests
    ]
    return day.replace(requests=requests)


def test_halves_of_round_trips_change_runs_and_documents_still_come_in_before_they_go_out():
    moved = 0
    for seed in range(10):
        core = search_of(round_trip_day(seed), seed)
        problem, state = core.problem, core.state
        halves = np.flatnonzero(problem.partner >= 0)
        second = halves[problem.is_second[halves] == 1]
        for _ in range(40):
            total, penalty = int(state.tally[TOTAL]), int(state.tally[PENALTY])
            state.tally[BROKEN] = 0
            count = ruin(*core.handles)
            before = state.run_of[halves].copy()
            move_trips(*core.handles, ANY_COST)
            if not state.tally[BROKEN]:
                moved += np.count_nonzero(state.run_of[halves] != before)
                loaded, unloaded = hand_overs(problem, present(problem, state))
                both = second[(state.run_of[second] >= 0) & (state.run_of[problem.partner[second]] >= 0)]
                assert np.all(unloaded[problem.partner[both]] + problem.processing <= loaded[both])
            undo(*core.handles, count, total, penalty)
    assert moved >= 10


def test_trips_spread_to_idle_runs_where_it_costs_nothing():
    core = search_of(plain_day(Random(3)), 1)
    state, used = core.state, set()
    for _ in range(300):
        state.tally[BROKEN] = 0
        for i in range(ruin(*core.handles)):
            to_bank(*core.handles, state.removed[i])
        move_trips(*core.handles, 1)
        assert not state.tally[BROKEN]
        keep(core.handles[1])
        assert state.tally[TOUCHED] == 0
        used.add(int(state.tally[USED]))
    assert len(used) > 1


@pytest.mark.parametrize("near", [True, False], ids=["", "no stop is near: whole runs join"])
def test_tails_open_and_close_runs(near):
    changes = set()
    for seed in range(40):
        core = search_of(plain_day(Random(seed)), seed, near=near)
        state = core.state
        for _ in range(10):
            state.tally[BROKEN] = 0
            for i in range(ruin(*core.handles)):
                to_bank(*core.handles, state.removed[i])
            used = int(state.tally[USED])
            move_tails(*core.handles, ANY_COST)
            assert not state.tally[BROKEN]
            changes.add(int(np.sign(state.tally[USED] - used)))
            keep(core.handles[1])
            assert state.tally[TOUCHED] == 0
    assert changes == {-1, 0, 1}


@pytest.mark.parametrize("make", [plain_day, any_day])
def test_mending_serves_the_same_stops_at_less_cost_and_can_be_taken_back(make):
    mended = 0
    for seed in range(60):
        core = search_of(make(Random(seed)), seed)
        state = core.state
        for _ in range(20):
            before, total, penalty = present(core.problem, state), int(state.tally[TOTAL]), int(state.tally[PENALTY])
            count, good = change(*core.handles, FROM_BANK, ANY_COST, NO_LIMIT)
            if good:
                now, cost = served(core), int(state.tally[TOTAL])
                mend_tails(*core.handles, count)
                if not state.tally[BROKEN]:
                    assert served(core) == now
                    assert state.run[:, COST].sum() + state.tally[PENALTY] == state.tally[TOTAL] <= cost
                    mended += int(state.tally[TOTAL]) < cost
            undo(*core.handles, count, total, penalty)
            again = present(core.problem, state)
            assert again.cost == before.cost
            assert all(map(np.array_equal, again.elements, before.elements))
    assert mended >= 5


def test_an_iteration_of_the_search_mends_tails():
    hot, mended = 2**40, 0  # so hot that whatever comes of the iteration is taken
    for seed in range(60):
        day = plain_day(Random(seed))
        whole, part = search_of(day, seed), search_of(day, seed)
        if whole.problem.multi_trip:
            continue
        search(*whole.handles, 1, hot, hot)
        exponential(part.state.random)
        change(*part.handles, FROM_BANK, ANY_COST, NO_LIMIT)
        assert whole.state.tally[TOTAL] <= part.state.tally[TOTAL]
        mended += int(whole.state.tally[TOTAL] < part.state.tally[TOTAL])
    assert mended >= 3
