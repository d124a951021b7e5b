"""The final calendar of the hub: the same orders, never dearer, and cheaper where vehicles queue in the wrong order."""

from __future__ import annotations

from random import Random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing import Day, Driver, Hub, Place, Plan, Request, TrafficClock, TravelTimes, check, retime, solve
from routing._passages import NEVER, TOLERANCE, pieces
from routing.cpsat import Effort
from routing.fairness import unevenness
from routing.lanes import with_calendar
from tests.routing.random_days import HORIZON, random_day, random_plan
from tests.routing.search.any_day import under_way
from tests.routing.test_solve_random import quickly, seeds

WORK = 0.2


@pytest.fixture(scope="module", autouse=True)
def _compiled():
    from routing.search import warm_up

    warm_up()


def go_on():
    return False


def two_at_one_lane(lanes: int | None = 1) -> Day:
    """Both riders bring a document at 1000, the lane takes 600 s; an hour of B costs ten times as much as one of A."""
    return Day(
        date="2026-03-02",
        places=[Place("hub", 106.7, -6.3), Place("a", 106.7, -6.3), Place("b", 106.7, -6.3)],
        requests=[Request(f"P{n}", "pickup", n, 1, ((500, 500),)) for n in (1, 2)],
        drivers=[
            Driver("A", 1, 0, (0, 9000), 5, cost_hour=3600),
            Driver("B", 2, 0, (0, 9000), 5, cost_hour=36_000),
        ],
        hub=Hub(0, ((0, 9000),), lanes=lanes, base=600),
        travel=TravelTimes([[0, 500, 500], [500, 0, 500], [500, 500, 0]], np.zeros((3, 3), np.int64)),
    )


BY_HAND = {"A": ["P1", "hub"], "B": ["P2", "hub"]}


def in_order(plan: Plan) -> list[object]:
    return [(run.driver, [(v.type, v.place, v.requests, v.loaded) for v in run.visits]) for run in plan.runs]


def test_who_is_paid_more_goes_first():
    day = two_at_one_lane()
    plan = retime(day, BY_HAND).plan
    better = with_calendar(day, plan, Effort(WORK, None, go_on))
    assert [run.visits[-1].end for run in plan.runs] == [1600, 2200]
    assert [run.visits[-1].end for run in better.runs] == [2200, 1600]
    # A waits 600 s more at 1 a second, B 600 s less at 10 a second.
    assert plan.cost.total - better.cost.total == 600 * 10 - 600 * 1
    assert check(day, better) == []


@pytest.mark.parametrize(
    "effort", [Effort(0.0, None, go_on), Effort(WORK, None, lambda: True), Effort(WORK, 0.0, go_on)]
)
def test_without_time_or_once_stopped_the_plan_stays(effort):
    day = two_at_one_lane()
    plan = retime(day, BY_HAND).plan
    assert with_calendar(day, plan, effort) is plan


def test_where_nobody_queues_the_plan_stays():
    day = two_at_one_lane(lanes=2)
    plan = retime(day, BY_HAND).plan
    assert with_calendar(day, plan, Effort(WORK, None, go_on)) is plan


def test_the_search_ends_with_the_calendar():
    day = two_at_one_lane()
    assert [run.visits[-1].end for run in solve(day, iterations=2000, workers=1).runs] == [2200, 1600]


@quickly(150)
@given(seeds)
def test_a_plan_of_any_day_keeps_its_orders_and_is_never_dearer(seed):
    """In the morning and under way, in traffic, with breaks, closings and round trips."""
    rng = Random(seed)
    day = random_day(rng)
    plan = random_plan(day, rng)
    if seed % 2:
        day = under_way(day, plan, rng.randint(0, HORIZON))
        plan = retime(day, plan.runs).plan
        if check(day, plan):
            return
    better = with_calendar(day, plan, Effort(WORK, None, go_on))
    assert check(day, better) == []
    assert in_order(better) == in_order(plan)
    assert better.unserved == plan.unserved
    assert better.cost.total + unevenness(day, better) <= plan.cost.total + unevenness(day, plan)
    assert better == with_calendar(day, plan, Effort(WORK, None, go_on))


@quickly(100)
@given(seeds)
def test_pieces_are_never_early_and_exact_where_it_is_asked(seed):
    rng = Random(seed)
    steps = [rng.choice((0, 1, 1, 1, 2, rng.randint(0, 200))) for _ in range(rng.randint(1, 300))]
    arrive = np.minimum(np.cumsum(steps) + 500, rng.choice((NEVER, 900)))
    arrive[arrive >= 900] = rng.choice((NEVER, 900))
    first = rng.randint(0, 400)
    known = first + rng.randrange(len(arrive))
    found = pieces(first, arrive, known)
    by_leave = {
        leave: piece.value + leave * piece.moves for piece in found for leave in range(piece.first, piece.last + 1)
    }
    exact = {first + i: int(value) for i, value in enumerate(arrive) if value < NEVER}
    assert by_leave.keys() == exact.keys()
    assert all(0 <= by_leave[leave] - exact[leave] <= TOLERANCE for leave in exact)
    assert by_leave.get(known) == exact.get(known)


@quickly(100)
@given(seeds, st.integers(0, 4000))
def test_many_legs_arrive_as_each_does(seed, free_flow):
    rng = Random(seed)
    starts = sorted(rng.sample(range(-100, 3000), rng.randint(1, 5)))
    clock = TrafficClock(tuple((start, rng.choice((1, 300, 777, 1000, 1900))) for start in starts))
    leaves = np.array([rng.randint(0, 4000) for _ in range(20)])
    assert clock.arrivals(leaves, free_flow).tolist() == [clock.arrival(leave, free_flow) for leave in leaves]
