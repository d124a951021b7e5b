"""Rules 3 and 8: capacity, skills, trips, stops and metres."""

from __future__ import annotations

import pytest

from tests.routing.handmade import (
    build,
    change_driver,
    change_request,
    change_run,
    check,
    codes,
    hm,
    hub,
    mixed_day,
    mixed_plan,
    run_of,
    stop,
)


@pytest.fixture
def day():
    return mixed_day()


@pytest.fixture
def plan(day):
    return mixed_plan(day)


# Rule 3


@pytest.mark.parametrize(("driver", "most"), [("D1", 5), ("D2", 3), ("D3", 1)])
def test_a_run_may_be_full_but_not_fuller(day, plan, driver, most):
    assert max(visit.load_after for visit in run_of(plan, driver).visits) == most
    assert codes(change_driver(day, driver, capacity=most), plan) == set()
    if most > 1:
        assert codes(change_driver(day, driver, capacity=most - 1), plan) == {"capacity"}


def test_returns_count_from_the_hub_visit_that_loads_them(day):
    plan = build(day, {"D1": [hub("R1"), stop("R1"), hub("R4", "R2"), stop("R2")]})
    found = check(change_driver(day, "D1", capacity=3), plan)
    assert [violation.code for violation in found] == ["capacity", "on-board-at-end"]
    assert "after the hub" in found[0].message


def test_pickups_count_from_their_stop(day):
    lax = change_driver(day, "D1", capacity=9)
    plan = build(lax, {"D1": [stop("P1"), stop("P2", "P3"), hub()]})
    found = check(change_driver(day, "D1", capacity=3), plan)
    assert [violation.code for violation in found] == ["capacity"]
    assert "carries 4 after the stop" in found[0].message


def test_a_stop_hands_over_before_it_collects(day):
    plan = build(day, {"D1": [hub("R2"), stop("P1", "R2"), hub()]})
    assert codes(change_driver(day, "D1", capacity=1), plan) == set()


def test_a_hub_visit_unloads_before_it_loads(day):
    able = change_driver(day, "D1", skills={"lift"}, capacity=3)
    plan = build(able, {"D1": [stop("P2", "P3"), hub("R4"), stop("R4")]})
    assert [visit.load_after for visit in run_of(plan, "D1").visits] == [0, 3, 3, 0, 0]
    assert codes(able, plan) == set()


def test_too_much_is_blamed_where_it_is_taken_and_not_all_the_way(day):
    day = change_driver(day, "D1", breaks=())
    plan = build(day, {"D1": [hub("R1", "R2", "R6"), stop("R2"), stop("R1"), stop("R6")]})
    found = check(change_driver(day, "D1", capacity=2), plan)
    assert [violation.code for violation in found] == ["capacity"]
    assert "carries 4 after the hub" in found[0].message


def test_the_documents_count_and_not_the_requests(day, plan):
    heavier = change_request(day, "R6", documents=4)
    found = codes(heavier, build(heavier, {"D3": [hub("R6"), stop("R6")]}, leave={"D3": hm("13:00")}))
    assert found == {"capacity"}


# Rule 8


def test_a_driver_has_the_skills_of_all_it_serves(day, plan):
    assert codes(change_driver(day, "D2", skills={"night"}), plan) == {"skills"}
    assert codes(change_request(day, "P4", skills={"lift", "night"}), plan) == set()
    found = check(change_request(day, "P4", skills={"lift", "day"}), plan)
    assert [(violation.code, violation.request) for violation in found] == [("skills", "P4")]
    assert "day" in found[0].message


def test_no_driver_needs_skills_for_what_is_unserved(day, plan):
    assert codes(change_request(day, "R5", skills={"diving"}), plan) == set()


def test_trips_are_counted(day, plan):
    types = [visit.type for visit in run_of(plan, "D1").visits]
    assert types == ["start", "hub", "stop", "stop", "stop", "hub", "break", "stop", "end"]
    assert codes(change_driver(day, "D1", max_trips=2), plan) == set()
    assert codes(change_driver(day, "D1", max_trips=1), plan) == {"max-trips"}


def test_stops_on_the_way_in_are_no_trip(day):
    plan = build(day, {"D1": [stop("P1"), hub("R1"), stop("R1")]})
    assert codes(change_driver(day, "D1", max_trips=1), plan) == set()
    assert codes(change_driver(day, "D1", max_trips=0), plan) == {"max-trips"}
    way_in = build(day, {"D1": [stop("P1"), hub()]})
    assert codes(change_driver(day, "D1", max_trips=0), way_in) == set()


def test_a_hub_visit_without_a_stop_after_it_is_no_trip(day):
    plan = build(day, {"D1": [hub("R1"), stop("R1"), stop("P4"), hub()]})
    assert codes(change_driver(day, "D1", max_trips=1), plan) == set()


def test_stops_are_counted_and_not_requests(day, plan):
    stops = len(run_of(plan, "D1").stops)
    assert stops < len(run_of(plan, "D1").requests)
    assert codes(change_driver(day, "D1", max_stops=stops), plan) == set()
    assert codes(change_driver(day, "D1", max_stops=stops - 1), plan) == {"max-stops"}


def test_metres_of_the_whole_run_are_counted(day, plan):
    metres = run_of(plan, "D1").metres
    assert codes(change_driver(day, "D1", max_distance=metres), plan) == set()
    assert codes(change_driver(day, "D1", max_distance=metres - 1), plan) == {"max-distance"}


def test_the_true_metres_count_and_not_the_stated(day, plan):
    """A run cannot state its way out of the limit."""
    metres = run_of(plan, "D1").metres
    shorter = change_run(plan, "D1", metres=metres - 100)
    assert codes(change_driver(day, "D1", max_distance=metres - 1), shorter) == {"max-distance", "metres"}
