"""Rule 11: the form of a plan, and the figures it states."""

from __future__ import annotations

from dataclasses import replace

import pytest

from routing import Run, Unserved, Visit
from tests.routing.handmade import (
    build,
    change_driver,
    change_request,
    change_run,
    change_visit,
    check,
    codes,
    hm,
    hub,
    index_of,
    mixed_day,
    mixed_plan,
    pause,
    restate,
    run_of,
    stop,
)


@pytest.fixture
def day():
    return mixed_day()


@pytest.fixture
def plan(day):
    return mixed_plan(day)


def with_visits(day, plan, driver, visits):
    return restate(day, change_run(plan, driver, visits=tuple(visits)))


# Runs


def test_a_run_of_nobody_is_named(day, plan):
    assert "unknown-driver" in codes(day, change_run(plan, "D3", driver="D9"))


def test_a_driver_has_one_run(day, plan):
    assert "driver-twice" in codes(day, plan.replace(runs=(*plan.runs, plan.runs[2])))


def test_a_run_has_visits(day, plan):
    assert codes(day, plan.replace(runs=(*plan.runs[:2], Run("D3", (), 0, 0, 0)))) >= {"empty-run", "missing"}


def test_a_run_begins_with_its_start(day, plan):
    assert codes(day, with_visits(day, plan, "D3", run_of(plan, "D3").visits[1:])) == {"no-start"}


def test_a_run_ends_with_its_end(day, plan):
    assert codes(day, with_visits(day, plan, "D3", run_of(plan, "D3").visits[:-1])) == {"no-end"}


def test_a_run_has_one_start_and_one_end(day, plan):
    start, *middle, end = run_of(plan, "D3").visits
    assert codes(day, with_visits(day, plan, "D3", [start, start, *middle, end])) == {"start-inside"}
    assert codes(day, with_visits(day, plan, "D3", [start, *middle, end, end])) == {"end-inside"}


def test_a_run_has_a_stop(day):
    assert codes(day, build(day, {"D1": []})) == {"no-stop"}


@pytest.mark.parametrize("driver", ["D1", "D3"])
def test_an_end_alone_is_no_run(day, plan, driver):
    alone = with_visits(day, plan, driver, run_of(plan, driver).visits[-1:])
    assert {"no-start", "no-stop"} <= codes(day, alone)


# Visits


def test_a_visit_is_of_a_known_type(day, plan):
    assert "visit-type" in codes(day, change_visit(plan, "D3", 2, type="nap"))


@pytest.mark.parametrize("place", [-1, 12, 10**9])
@pytest.mark.parametrize("index", range(9))
def test_a_visit_is_at_a_place_of_the_day(day, plan, index, place):
    assert "unknown-place" in codes(day, change_visit(plan, "D1", index, place=place))


def test_a_run_starts_and_ends_where_its_driver_does(day, plan):
    assert codes(change_driver(day, "D1", start=9), plan) == {"start-place"}
    assert codes(change_driver(day, "D1", end=9), plan) == {"end-place"}
    assert codes(change_driver(day, "D3", end=9), plan) == {"end-place"}


def test_an_open_run_ends_at_its_last_place(day, plan):
    end = run_of(plan, "D3").visits[-1]
    assert end.place == run_of(plan, "D3").visits[-2].place
    assert "end-place" in codes(day, change_visit(plan, "D3", -1, place=10))
    assert codes(change_driver(day, "D1", end=None), plan) == {"end-place"}


def test_a_hub_visit_is_at_the_hub(day, plan):
    elsewhere = day.replace(hub=day.hub.replace(place=1))
    assert "hub-place" in codes(elsewhere, plan)
    assert "hub-place" in codes(day, change_visit(plan, "D1", 1, place=4))


def test_a_stop_is_at_the_door_of_each_of_its_requests(day, plan):
    moved = change_request(day, "P3", place=4)
    found = check(moved, restate(moved, plan))
    assert [(violation.code, violation.request) for violation in found] == [("stop-place", "P3")]


def test_a_stop_serves_something(day, plan):
    visits = list(run_of(plan, "D3").visits)
    idle = Visit("stop", 8, visits[2].end, visits[2].end, visits[2].end, 0)
    visits[3:] = [idle, visits[3]]
    assert codes(day, with_visits(day, plan, "D3", visits)) == {"empty-stop"}


def test_a_hub_visit_moves_something(day, plan):
    start, *rest = run_of(plan, "D3").visits
    idle = Visit("hub", 0, start.end, start.end, start.end + 40, 0, lane=1)
    later = [replace(visit, arrive=visit.arrive + 40, begin=visit.begin + 40, end=visit.end + 40) for visit in rest]
    assert "empty-hub" in codes(day, with_visits(day, plan, "D3", [start, idle, *later]))


def test_each_field_stands_on_its_own_type_of_visit(day, plan):
    for index, changes in (
        (0, {"lane": 0}),
        (0, {"loaded": ("R5",)}),
        (2, {"lane": 1}),
        (2, {"unloaded": ("R1",)}),
        (6, {"requests": ("R7",)}),
        (-1, {"lane": 0}),
    ):
        assert "stray-field" in codes(day, change_visit(plan, "D1", index, **changes))


def test_only_returns_are_loaded_and_only_pickups_unloaded(day, plan):
    at = index_of(plan, "D2", "R4", loaded=True)
    assert "wrong-kind" in codes(day, change_visit(plan, "D2", at, loaded=("R4", "P4")))
    at = index_of(plan, "D2", "R3", loaded=True)
    assert "wrong-kind" in codes(day, change_visit(plan, "D2", at, unloaded=("P4", "R4")))


def test_only_what_is_on_board_is_unloaded(day, plan):
    at = index_of(plan, "D2", "R3", loaded=True)
    assert "unloads-absent" in codes(day, change_visit(plan, "D2", at, unloaded=("P4", "P2")))
    assert "unloads-absent" in codes(day, change_visit(plan, "D2", at, unloaded=("P4", "P4")))


def test_a_hub_visit_unloads_every_pickup(day, plan):
    found = check(day, change_visit(plan, "D1", 5, unloaded=("P1", "P2")))
    assert ("keeps-pickup", "P3") in {(violation.code, violation.request) for violation in found}


@pytest.mark.parametrize("changes", [{"arrive": 10**6}, {"begin": 0}, {"begin": 10**6}, {"end": 0}])
@pytest.mark.parametrize("index", range(9))
def test_a_visit_arrives_begins_and_ends_in_this_order(day, plan, index, changes):
    assert "time-order" in codes(day, change_visit(plan, "D1", index, **changes))


@pytest.mark.parametrize("index", [0, -1])
def test_start_and_end_are_moments(day, plan, index):
    visit = run_of(plan, "D3").visits[index]
    assert "not-instant" in codes(day, change_visit(plan, "D3", index, end=visit.end + 1))
    assert "not-instant" in codes(day, change_visit(plan, "D3", index, arrive=visit.arrive - 1))


def test_an_unserved_request_has_a_reason(day, plan):
    for unserved in (Unserved("R5", "", "no driver has time left"), Unserved("R5", "no-time", "")):
        assert codes(day, plan.replace(unserved=(unserved,))) == {"no-reason"}


# Figures


@pytest.mark.parametrize("by", [1, -1])
@pytest.mark.parametrize("index", range(9))
def test_the_load_after_each_visit_is_the_true_one(day, plan, index, by):
    load = run_of(plan, "D1").visits[index].load_after
    assert codes(day, change_visit(plan, "D1", index, load_after=load + by)) == {"load"}


@pytest.mark.parametrize("by", [1, -1])
@pytest.mark.parametrize(
    ("name", "code"), [("metres", "metres"), ("paid_seconds", "paid-seconds"), ("cost", "run-cost")]
)
def test_the_figures_of_a_run_follow_from_it(day, plan, name, code, by):
    stated = getattr(run_of(plan, "D2"), name)
    found = check(day, change_run(plan, "D2", **{name: stated + by}))
    assert [(violation.code, violation.driver) for violation in found] == [(code, "D2")]
    assert str(stated) in found[0].message


@pytest.mark.parametrize("by", [1, -1])
@pytest.mark.parametrize("name", ["total", "runs", "distance", "time", "unserved", "point_to_point"])
def test_the_costs_of_a_plan_follow_from_it(day, plan, name, by):
    cost = replace(plan.cost, **{name: getattr(plan.cost, name) + by})
    assert codes(day, plan.replace(cost=cost)) == {f"cost-{name.replace('_', '-')}"}


def test_breaks_are_not_paid(day):
    free = change_driver(day, "D1", breaks=())
    orders = [hub("R1", "R7"), stop("R1"), stop("R7")]
    without = run_of(build(free, {"D1": orders}), "D1")
    plan = build(day, {"D1": [*orders[:2], pause(), orders[2]]})
    assert codes(day, plan) == set()
    assert run_of(plan, "D1").paid_seconds == without.paid_seconds - 1800


def test_each_part_of_a_runs_cost_is_rounded_half_up_for_itself(day):
    # Leaving at an odd second: R1's window fixes the end, so that a price per hour with a half exists.
    plan = build(day, {"D1": [hub("R1"), stop("R1")]}, leave={"D1": hm("07:30") + 1})
    run = run_of(plan, "D1")
    per_km = next(price for price in range(1, 5000) if run.metres * price % 1000 == 500)
    per_hour = next(price for price in range(1, 10_000) if run.paid_seconds * price % 3600 == 1800)
    halves = change_driver(day, "D1", cost_km=per_km, cost_hour=per_hour, cost_run=0)
    up = restate(halves, plan)
    assert up.cost.distance * 1000 == run.metres * per_km + 500
    assert up.cost.time * 3600 == run.paid_seconds * per_hour + 1800
    assert codes(halves, up) == set()
    # Rounding the sum, which is whole, instead of its parts would make one unit less.
    assert codes(halves, change_run(up, "D1", cost=run_of(up, "D1").cost - 1)) == {"run-cost"}


def test_penalties_grow_with_priority(day, plan):
    dearer = change_request(day, "R5", priority=6)
    assert codes(dearer, plan) == {"cost-unserved", "cost-total"}


@pytest.mark.parametrize(
    ("steps", "leg"), [([stop("P4"), hub()], (6, 0)), ([hub("R1"), stop("R1")], (0, 1))], ids=["pickup", "return"]
)
def test_point_to_point_counts_a_request_in_its_own_direction(day, steps, leg):
    plan = build(day, {"D1": steps})
    there, back = int(day.travel.metres[leg]), int(day.travel.metres[leg[::-1]])
    assert there != back
    assert plan.cost.point_to_point == max(9_000, (2 * 2_551 * there + 1000) // 2000)
    assert codes(day, plan) == set()


def test_short_trips_cost_the_least_tariff(day):
    dear = day.replace(costs=day.costs.replace(tariff_min=10**6))
    assert build(dear, {"D1": [hub("R1"), stop("R1")]}).cost.point_to_point == 10**6
    assert codes(dear, build(dear, {"D1": [hub("R1"), stop("R1")]})) == set()
