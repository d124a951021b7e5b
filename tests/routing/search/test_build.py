"""The arrays that a search starts from."""

from __future__ import annotations

from random import Random

import pytest

from routing import TrafficClock
from routing.batching import batch
from routing.search.build import build
from routing.search.state import BANKED, new_state
from tests.routing.search.test_inplace import plain_day


def problem_of(day):
    return build(day, batch(day))


@pytest.mark.parametrize(
    ("at_opening", "after", "slowness"), [(1000, 1000, 1), (500, 500, 2), (1000, 500, 1.5), (500, 250, 3)]
)
def test_a_legs_worth_is_at_the_mean_speed_while_the_hub_is_open(at_opening, after, slowness):
    day = plain_day(Random(1))
    day = day.replace(drivers=tuple(driver.replace(cost_km=0, cost_hour=3600) for driver in day.drivers))
    noon = (day.hub.windows[0][0] + day.hub.closes) // 2
    slow = day.replace(traffic=TrafficClock(((0, at_opening), (noon, after))))
    free, slowed = problem_of(day), problem_of(slow)
    assert free.worth.any()
    assert slowed.worth == pytest.approx(slowness * free.worth, rel=1e-3)


def test_all_stops_of_a_new_state_are_in_its_bank():
    problem = problem_of(plain_day(Random(1)))
    state = new_state(problem, 1)
    assert state.tally[BANKED] == problem.stops == len(state.bank)
