"""Rules 1, 4, 5 and 10: served once, ready when loaded, unloaded when due, round trips in order."""

from __future__ import annotations

import pytest

from routing import Unserved
from tests.routing.handmade import (
    Builder,
    build,
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
    run_of,
    stop,
)


@pytest.fixture
def day():
    return mixed_day()


@pytest.fixture
def plan(day):
    return mixed_plan(day)


# Rule 1


def test_a_request_neither_served_nor_listed_is_missing(day, plan):
    assert codes(day, plan.replace(unserved=())) == {"missing"}
    assert [violation.request for violation in check(day, plan.replace(unserved=()))] == ["R5"]


def test_a_request_listed_unserved_twice_is_named(day, plan):
    assert codes(day, plan.replace(unserved=plan.unserved * 2)) == {"unserved-twice"}


def test_a_served_request_is_not_listed_unserved(day, plan):
    listed = (*plan.unserved, Unserved("P4", "no-time", "no driver has time left"))
    assert codes(day, plan.replace(unserved=listed)) == {"served-and-unserved"}


def test_an_unknown_request_is_named_where_it_stands(day, plan):
    listed = (*plan.unserved, Unserved("R99", "no-time", "no driver has time left"))
    assert codes(day, plan.replace(unserved=listed)) == {"unknown-request"}
    at = index_of(plan, "D2", "P4")
    assert "unknown-request" in codes(day, change_visit(plan, "D2", at, requests=("P4", "R99")))
    at = index_of(plan, "D2", "R3", loaded=True)
    assert "unknown-request" in codes(day, change_visit(plan, "D2", at, loaded=("R3", "R99")))
    assert "unknown-request" in codes(day, change_visit(plan, "D2", at, unloaded=("P4", "P99")))


def test_a_pickup_visited_by_two_drivers_is_served_twice(day):
    builder = Builder(day)
    builder.run("D1", [stop("P4"), hub()])
    builder.run("D2", [stop("P4"), hub()])
    assert codes(day, builder.plan()) == {"served-twice"}


def test_a_return_brought_by_two_drivers_is_served_twice(day):
    plan = build(day, {"D1": [hub("R1"), stop("R1")], "D2": [hub("R1"), stop("R1")]})
    assert "served-twice" in codes(day, plan)
    assert {violation.rule for violation in check(day, plan)} == {1}


def test_a_request_twice_in_one_stop_is_served_twice(day, plan):
    at = index_of(plan, "D2", "P4")
    assert "served-twice" in codes(day, change_visit(plan, "D2", at, requests=("P4", "P4")))


def test_a_return_that_no_hub_visit_has_loaded_is_named(day):
    plan = build(day, {"D1": [hub("R1"), stop("R1")]})
    visits = run_of(plan, "D1").visits
    unloaded = change_run(plan, "D1", visits=(visits[0], *visits[2:]))
    assert "not-loaded" in codes(day, unloaded)


def test_a_return_handed_over_before_its_loading_is_named(day):
    lax = change_request(day, "R6", windows=((0, 86_400),))
    plan = build(lax, {"D1": [hub("R1"), stop("R6"), hub("R6"), stop("R1")]})
    assert codes(lax, plan) == {"not-loaded", "on-board-at-end", "load"}


def test_a_return_loaded_by_another_driver_is_not_loaded(day):
    builder = Builder(day)
    builder.run("D1", [hub("R1", "R2"), stop("R1")])
    builder.run("D2", [hub("R4"), stop("R4"), stop("R2")])
    found = {(violation.code, violation.driver) for violation in check(day, builder.plan())}
    assert {("not-loaded", "D2"), ("on-board-at-end", "D1")} <= found


def test_a_return_loaded_twice_is_named(day, plan):
    at = index_of(plan, "D1", "R1", loaded=True)
    assert "loaded-twice" in codes(day, change_visit(plan, "D1", at, loaded=("R1", "R1", "R2", "R7")))
    again = build(day, {"D1": [hub("R1"), hub("R1"), stop("R1")]})
    assert "loaded-twice" in codes(day, again)


def test_a_round_trip_return_is_not_served_without_its_pickup(day):
    lax = change_request(day, "R3", round_trip_of=None)
    plan = build(lax, {"D1": [hub("R3"), stop("R3")]})
    assert codes(lax, plan) == set()
    assert codes(day, plan) == {"round-trip-without-pickup", "round-trip"}


def test_a_pickup_may_be_served_without_its_round_trip_return(day):
    assert codes(day, build(day, {"D1": [stop("P2"), hub()]})) == set()


def test_one_stop_per_door_forbids_what_is_else_allowed(day):
    apart = build(day, {"D1": [stop("P2"), stop("P3"), hub()]})
    assert codes(day, apart) == set()
    assert codes(day.replace(one_stop_per_door=True), apart) == {"door-split"}
    together = build(day, {"D1": [stop("P2", "P3"), hub()]})
    assert codes(day.replace(one_stop_per_door=True), together) == set()


def test_one_stop_per_door_holds_across_drivers(day):
    apart = build(day, {"D1": [stop("P2"), hub()], "D3": [stop("P3"), hub()]})
    assert codes(day.replace(one_stop_per_door=True), apart) == {"door-split"}


# Rule 4


def test_a_return_is_not_loaded_before_it_is_ready(day, plan):
    loads = run_of(plan, "D1").visits[1]
    assert codes(change_request(day, "R2", ready_at=loads.begin), plan) == set()
    assert codes(change_request(day, "R2", ready_at=loads.begin + 1), plan) == {"not-ready"}
    assert codes(change_request(day, "R7", ready_at=hm("12:00")), plan) == {"not-ready"}


# Rule 5


def test_a_pickup_is_unloaded_by_the_end_of_the_lane_service_when_due(day, plan):
    unloads = run_of(plan, "D1").visits[5]
    assert "P2" in unloads.unloaded
    assert codes(change_request(day, "P2", due_at_hub=unloads.end), plan) == set()
    assert codes(change_request(day, "P2", due_at_hub=unloads.end - 1), plan) == {"late-at-hub"}


def test_a_pickup_without_a_due_time_is_due_at_the_last_closing(day, plan):
    early = day.replace(hub=day.hub.replace(windows=((hm("07:00"), hm("09:10")),)))
    found = {(violation.code, violation.request) for violation in check(early, plan)}
    assert {("late-at-hub", "P1"), ("late-at-hub", "P3"), ("late-at-hub", "P4")} <= found


def test_a_pickup_does_not_stay_on_board_when_the_run_ends(day):
    plan = build(day, {"D1": [hub("R1"), stop("R1"), stop("P4")]})
    assert codes(day, plan) == {"on-board-at-end"}


def test_a_return_does_not_stay_on_board_when_the_run_ends(day):
    plan = build(day, {"D1": [hub("R1", "R2"), stop("R1")]})
    assert [(v.code, v.request) for v in check(day, plan)] == [("on-board-at-end", "R2")]


# Rule 10


def test_a_round_trip_return_waits_for_unloading_and_processing(day, plan):
    unloads, loads = run_of(plan, "D1").visits[5], run_of(plan, "D2").visits[5]
    assert "P2" in unloads.unloaded
    assert "R3" in loads.loaded
    slack = loads.begin - unloads.end
    assert codes(day.replace(hub=day.hub.replace(processing=slack)), plan) == set()
    assert codes(day.replace(hub=day.hub.replace(processing=slack + 1)), plan) == {"round-trip"}


def test_a_round_trip_return_is_not_loaded_before_its_pickup_came(day):
    lax = change_request(day, "R3", round_trip_of=None)
    plan = build(lax, {"D1": [stop("P2"), hub("R3"), stop("R3")]})
    assert codes(lax, plan) == set()
    assert codes(day, plan) == {"round-trip"}


def test_a_round_trip_return_is_not_loaded_when_its_pickup_is_never_unloaded(day):
    lax = change_request(day, "R3", round_trip_of=None)
    plan = build(lax, {"D1": [hub("R3"), stop("R3"), stop("P2")]})
    assert codes(day, plan) == {"round-trip", "on-board-at-end"}


def test_ready_at_holds_beside_the_round_trip(day, plan):
    assert codes(change_request(day, "R3", ready_at=hm("09:30")), plan) == {"not-ready"}
