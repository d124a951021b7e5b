"""Whatever day is asked for, the search's plan obeys every rule: random days with everything in them."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from routing import check, solve
from routing.search import whole
from tests.routing.random_days import random_plan
from tests.routing.search.any_day import any_day, under_way

seeds = st.integers(0, 2**32)
ITERATIONS = 150


def quickly(examples):
    suppressed = [HealthCheck.too_slow, HealthCheck.function_scoped_fixture]
    return settings(max_examples=examples, deadline=None, derandomize=True, suppress_health_check=suppressed)


@pytest.fixture(scope="module", autouse=True)
def _compiled():
    from routing.search import warm_up

    warm_up()


@quickly(120)
@given(seeds)
def test_the_plan_of_any_day_obeys_every_rule(seed):
    """In the morning and under way, also with documents on board and drivers who are home."""
    day = any_day(Random(seed))
    assert check(day, solve(day, iterations=ITERATIONS, seed=seed % 1000, workers=1)) == []


@quickly(40)
@given(seeds, st.integers(2, 5))
def test_the_plan_of_any_day_searched_in_zones_obeys_every_rule(seed, stops):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(whole, "ZONE_STOPS", stops)
        day = any_day(Random(seed))
        assert check(day, solve(day, iterations=ITERATIONS, seed=seed % 1000, workers=1)) == []


@quickly(40)
@given(seeds)
def test_a_plan_made_by_following_steps_is_never_made_worse(seed):
    rng = Random(seed)
    day = any_day(rng, live=False)
    if day.one_stop_per_door:
        return
    plan = random_plan(day, rng)
    better = solve(day, iterations=rng.choice((0, 20, ITERATIONS)), seed=seed % 1000, workers=1, initial=plan)
    assert better.cost.total <= plan.cost.total
    assert check(day, better) == []


@quickly(40)
@given(seeds, st.floats(0, 1))
def test_a_plan_can_be_gone_on_with_at_any_moment_and_is_never_made_worse(seed, share):
    """What the search has planned becomes history up to a moment; from there it plans anew."""
    day = any_day(Random(seed), live=False)
    plan = solve(day, iterations=60, seed=seed % 1000, workers=1)
    if not plan.runs:
        return
    now = round(share * max(run.visits[-2].end for run in plan.runs))
    later = under_way(day, plan, now)
    if check(later, plan):
        return
    again = solve(later, iterations=60, seed=seed % 1000, workers=1, initial=plan)
    assert check(later, again) == []
    assert again.cost.total <= plan.cost.total


def test_the_random_days_exercise_every_feature():
    """Guards the tests above against days so odd that nothing is ever served."""
    seen = {}
    for seed in range(200):
        day = any_day(Random(seed))
        plan = solve(day, iterations=60, workers=1)
        visits = [visit for run in plan.runs for visit in run.visits]
        served = {name for visit in visits for name in visit.requests}
        for name, there in {
            "under way": day.now is not None,
            "on board at the start": any(on_board_of(driver) for driver in day.drivers),
            "home already": any(driver.history and driver.history[-1].type == "end" for driver in day.drivers),
            "mornings": day.now is None,
            "several runs": len(plan.runs) > 1,
            "breaks": any(visit.type == "break" for visit in visits),
            "shared stops": any(len(visit.requests) > 1 for visit in visits),
            "mandatory shared doors": day.one_stop_per_door,
            "two-way hub visits": any(visit.loaded and visit.unloaded for visit in visits),
            "several trips": any(len(list(run.trips())) > 1 for run in plan.runs),
            "second lanes": any(visit.lane == 1 for visit in visits),
            "round trips": any(each.round_trip_of for each in day.requests if each.id in served),
            "unserved": bool(plan.unserved),
            "open ends": any(driver.end is None for driver in day.drivers),
            "free time": all(driver.cost_hour == 0 for driver in day.drivers),
            "no traffic": day.traffic.is_flat,
        }.items():
            seen[name] = seen.get(name, 0) + there
    assert min(seen.values()) > 0, seen


def on_board_of(driver):
    brought = {name for visit in driver.history for name in visit.loaded}
    return brought - {name for visit in driver.history for name in visit.requests}
