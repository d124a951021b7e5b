"""On a small day the search also looks at narrower ones: later shifts, and doors served in part."""

from __future__ import annotations

from random import Random

import numpy as np
import pytest
from hypothesis import given

from routing import Day, Driver, Hub, Place, Request, TravelTimes, check, solve
from routing.narrower import SMALL_DAY, may_be_narrowed, narrower
from routing.retime import stated
from tests.routing.random_days import random_day, random_plan
from tests.routing.small_days import pickup_and_delivery
from tests.routing.test_solve_random import quickly, seeds


@pytest.fixture(scope="module", autouse=True)
def _compiled():
    from routing.search import warm_up

    warm_up()


def around_a_closing() -> Day:
    """A document there and one back, 30 s away: who sets out before the hub closes waits until it opens again."""
    return Day(
        date="2026-03-02",
        places=[Place("hub", 106.7, -6.3), Place("door", 106.7, -6.3)],
        requests=[
            Request("P", "pickup", 1, 1, ((0, 3000),)),
            Request("R", "return", 1, 1, ((1030, 3000),)),
        ],
        drivers=[Driver("D", 0, 0, (0, 3000), 5, cost_hour=3600)],
        hub=Hub(0, ((0, 1000), (1200, 3000)), base=50),
        travel=TravelTimes([[0, 30], [30, 0]], np.zeros((2, 2), np.int64)),
    )


def test_a_run_leaves_when_that_is_cheapest_not_when_it_is_done_first():
    plan = solve(around_a_closing(), iterations=2000, workers=1)
    # Two visits of 50 s, two legs: from 950 it would have ended at 1250, paid for 300 s.
    assert plan.runs[0].paid_seconds == 50 + 30 + 30 + 50
    assert plan.runs[0].visits[0].end >= 1200


def test_half_a_door_is_served_where_the_whole_is_too_much():
    day = pickup_and_delivery(22)
    plan = solve(day, iterations=2000, workers=1)
    assert [each.request for each in plan.unserved] == ["R2"]
    assert check(day, plan) == []


def test_a_day_on_which_nothing_can_be_gained_is_not_narrowed():
    day = around_a_closing()
    free = day.replace(drivers=tuple(driver.replace(cost_hour=0) for driver in day.drivers))
    many = day.replace(requests=tuple(Request(f"P{n}", "pickup", 1, 1, ((0, 9000),)) for n in range(SMALL_DAY + 1)))
    assert may_be_narrowed(day)
    assert not may_be_narrowed(free)
    assert not may_be_narrowed(many)


@quickly(60)
@given(seeds)
def test_a_plan_of_a_narrower_day_is_one_of_the_day(seed):
    rng = Random(seed)
    day = random_day(rng)
    for narrow in narrower(day, random_plan(day, rng))[:4]:
        assert check(day, stated(day, random_plan(narrow, rng).runs)) == []


@pytest.mark.parametrize("seconds", [0.0, 0.5])
def test_the_time_given_is_kept_on_a_small_day(seconds):
    plan = solve(around_a_closing(), seconds=seconds, workers=1)
    assert 0.7 * seconds <= plan.seconds <= seconds + 0.5
