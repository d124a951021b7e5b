"""Trips that were seen go together in the cheapest way of which no more are out at a time than there are drivers."""

from __future__ import annotations

from itertools import pairwise
from random import Random

import numpy as np
import pytest

import routing
from routing import Break, Costs, Day, Driver, Hub, Place, Request, TravelTimes
from routing.batching import batch
from routing.cpsat import Effort
from routing.search import anneal
from routing.search.build import build
from routing.search.construct import first_solution
from routing.search.handle import Core
from routing.search.loading import load
from routing.search.recombine import pool_of
from routing.search.run_pool import RunPool
from routing.search.state import ELEMENT, LEFT, LENGTH, SHARED, new_state
from routing.search.trip_pool import PooledTrip, TripPool, trips_stand_alone
from routing.search.zones import present, served_by

PLENTY = Effort(10.0, None, lambda: False)
SEEDS = range(20)


def plain_day(seed, drivers=2, shared=True):
    """Pickups and returns around a hub, for a few drivers who come back to load again; some share a door."""
    rng = Random(seed)
    spots = np.array([[0, 0], *([rng.randint(-900, 900), rng.randint(-900, 900)] for _ in range(8))])
    legs = np.abs(spots[:, None] - spots[None]).sum(axis=2)
    requests = []
    for number in range(11 if shared else 8):
        a, b, c, d = sorted(rng.sample(range(25_000), 4))
        kind = rng.choice(("return", "return", "pickup"))
        requests.append(
            Request(
                f"r{number}",
                kind,
                rng.randint(1, 8) if shared else 1 + number,
                rng.randint(1, 4),
                windows=((a, b), (c, d)) if rng.random() < 0.3 else ((0, 25_000),),
                service=rng.randint(0, 300),
                ready_at=rng.randint(0, 9_000) if kind == "return" and rng.random() < 0.5 else None,
            )
        )
    return Day(
        date="2026-03-02",
        places=[Place(f"p{i}", 106.7, -6.3, access=rng.choice((0, 90))) for i in range(len(spots))],
        requests=requests,
        drivers=[Driver(f"d{i}", 0, 0, (0, 25_000), 8, cost_km=1000) for i in range(drivers)],
        hub=Hub(0, windows=((500, 22_000),)),
        travel=TravelTimes(legs, legs),
        costs=Costs(10**7, 0),
    )


def problem_of(day):
    return build(day, batch(day))


def searched(problem, seed, iterations=200):
    """A core some way down a search, its stops in a random order at first."""
    order = np.random.default_rng(seed).permutation(problem.stops)
    core = Core(problem, new_state(problem, seed))
    load(core, first_solution(problem, order))
    anneal.search(*core.handles, iterations, 10**8, 10**6)
    return core


def pieces_of(core):
    return TripPool.pieces(core.problem, core.state, np.arange(core.problem.stops))


def back_at(problem, trip, leave):
    """When a trip that leaves at this moment is back, walked forward; None where it comes too late somewhere."""
    time, place = leave, problem.hub
    for stop in trip.stops:
        time += int(problem.seconds[place, problem.place[stop]])
        windows = range(problem.window_at[stop], problem.window_at[stop + 1])
        opens = [max(time, int(problem.opens[each])) for each in windows if time <= problem.closes[each]]
        if not opens:
            return None
        time, place = min(opens) + int(problem.access[stop] + problem.service[stop]), problem.place[stop]
    return time + int(problem.seconds[place, problem.hub])


def test_trips_of_several_searches_make_a_solution_that_costs_what_they_cost():
    better = 0
    for seed in range(40):
        problem = problem_of(plain_day(seed))
        cores = [searched(problem, number, iterations=30) for number in range(6)]
        worst = max(cores, key=lambda core: present(problem, core.state).cost)
        before = present(problem, worst.state)
        pool = TripPool()
        for core in cores:
            pool.add(pieces_of(core))
        found = pool.best(problem, pieces_of(worst), PLENTY)
        if found is None:
            continue
        better += 1
        again = Core(problem, new_state(problem, 1))
        load(again, found)
        after = present(problem, again.state)
        assert (served_by(problem, after) == served_by(problem, before)).all()
        assert after.cost == found.cost < before.cost
    assert better > 15


@pytest.mark.parametrize("seed", SEEDS)
def test_a_trip_leaves_as_late_as_it_can_be_back_when_it_was(seed):
    problem = problem_of(plain_day(seed, shared=False))
    trips = pieces_of(searched(problem, seed))
    assert trips
    for trip in trips:
        assert back_at(problem, trip, trip.leaves) <= trip.returns
        later = back_at(problem, trip, trip.leaves + 1)
        assert later is None or later > trip.returns or trip.leaves == problem.hub_closes[0]


def test_a_trip_with_shared_stops_leaves_when_it_did():
    found = 0
    for seed in SEEDS:
        core = searched(problem_of(plain_day(seed)), seed)
        known = {tuple(trip.stops): trip.leaves for trip in pieces_of(core)}
        for run in np.flatnonzero(core.state.run[:, SHARED]):
            rows = core.state.at[run, : core.state.run[run, LENGTH] + 1]
            starts = [0, *(np.flatnonzero(rows[1:, ELEMENT] == core.problem.stops) + 1), len(rows)]
            for first, last in pairwise(starts):
                if first + 1 < last:
                    assert known[tuple(rows[first + 1 : last, ELEMENT])] == rows[first, LEFT]
                    found += 1
    assert found > len(SEEDS)


def pooled(cost, leaves, returns, *stops):
    return PooledTrip(np.array(stops), leaves, returns, cost)


def best_of(drivers, seen, known):
    pool = TripPool()
    pool.add(seen)
    return pool.best(problem_of(plain_day(0, drivers)), known, PLENTY)


def cost_of_trips(solution):
    """Without the penalties of all stops but the first four."""
    return solution.cost - problem_of(plain_day(0)).penalty[4:].sum()


def test_no_more_trips_are_out_at_a_time_than_there_are_drivers():
    known = [pooled(10, 0, 10, 0, 1), pooled(10, 10, 20, 2, 3)]
    cheap = [pooled(4, 0, 15, 0, 2), pooled(4, 14, 30, 1, 3)]
    assert best_of(1, cheap, known) is None
    assert cost_of_trips(best_of(2, cheap, known)) == 8
    assert cost_of_trips(best_of(1, [cheap[0], pooled(4, 15, 30, 1, 3)], known)) == 8


def test_drivers_load_before_every_trip():
    hub = problem_of(plain_day(0)).stops
    found = best_of(1, [pooled(4, 0, 15, 0, 2), pooled(4, 15, 30, 1, 3)], [pooled(10, 0, 10, 0, 1, 2, 3)])
    assert [each.tolist() for each in found.elements] == [[hub, 0, 2, hub, 1, 3, hub]]


def test_of_trips_back_at_the_same_moment_the_cheapest_and_then_the_latest_is_kept():
    known = [pooled(10, 0, 9, 0, 1), pooled(10, 5, 20, 2, 3)]
    seen = [pooled(3, 2, 9, 1, 0), pooled(3, 4, 9, 0, 1), pooled(5, 8, 9, 0, 1)]
    pool = TripPool()
    pool.add(seen)
    assert [trip.leaves for trip in pool._pieces.values()] == [4]
    assert cost_of_trips(pool.best(problem_of(plain_day(0)), known, PLENTY)) == 13


def test_trips_stand_alone_on_a_plain_day():
    problem = problem_of(plain_day(0))
    assert trips_stand_alone(problem)
    assert isinstance(pool_of(problem, stays_whole=True), TripPool)
    assert isinstance(pool_of(problem, stays_whole=False), RunPool)


@pytest.mark.parametrize(
    "change",
    [
        {"max_trips": 2},
        {"max_trips": 1},
        {"max_stops": 5},
        {"max_distance": 90_000},
        {"cost_run": 1},
        {"cost_hour": 1},
        {"start": 1},
        {"end": None},
        {"breaks": (Break(9_000, 10_000, 600),)},
    ],
    ids=lambda change: next(iter(change)),
)
def test_trips_depend_on_their_driver_else(change):
    day = plain_day(0)
    assert not trips_stand_alone(problem_of(day.replace(drivers=[each.replace(**change) for each in day.drivers])))


def test_trips_depend_on_their_driver_where_drivers_differ():
    day = plain_day(0)
    assert not trips_stand_alone(problem_of(day.replace(drivers=[day.drivers[0], day.drivers[1].replace(capacity=9)])))


def test_a_search_puts_trips_together(monkeypatch):
    asked, best = [], TripPool.best

    def asking(self, *args):
        asked.append(best(self, *args))
        return asked[-1]

    monkeypatch.setattr(TripPool, "best", asking)
    day = plain_day(3)
    plan = routing.solve(day, iterations=3000, seed=1)
    assert len(asked) == len(TripPool.TOGETHER_AFTER)
    assert routing.check(day, plan) == []
