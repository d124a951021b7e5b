"""Rules 2, 6, 7 and 9: stops, lane services, shifts and breaks, legs."""

from __future__ import annotations

from dataclasses import replace

import pytest

from routing import Break, TrafficClock
from tests.routing.handmade import (
    build,
    change_driver,
    change_request,
    change_visit,
    check,
    codes,
    hm,
    hub,
    index_of,
    mixed_day,
    mixed_plan,
    pause,
    run_of,
    stop,
)


@pytest.fixture
def day():
    return mixed_day()


@pytest.fixture
def plan(day):
    return mixed_plan(day)


# Rule 2


@pytest.mark.parametrize(("earlier", "found"), [(0, set()), (1, {"window"})])
def test_a_stop_does_not_begin_after_its_window(day, plan, earlier, found):
    begin = run_of(plan, "D2").visits[4].begin
    strict = change_request(day, "P4", windows=((0, 60), (begin - 600, begin - earlier)))
    assert codes(strict, plan) == found


@pytest.mark.parametrize(("later", "found"), [(0, set()), (1, {"window"})])
def test_a_stop_does_not_begin_before_its_window(day, plan, later, found):
    begin = run_of(plan, "D2").visits[4].begin
    assert codes(change_request(day, "P4", windows=((begin + later, begin + 600),)), plan) == found


def test_a_stop_does_not_begin_between_two_windows(day, plan):
    begin = run_of(plan, "D2").visits[4].begin
    between = change_request(day, "P4", windows=((begin - 900, begin - 1), (begin + 1, begin + 900)))
    assert codes(between, plan) == {"window"}


def test_a_shared_stop_begins_in_a_window_of_each(day, plan):
    begin = run_of(plan, "D1").visits[index_of(plan, "D1", "P3")].begin
    strict = change_request(day, "P3", windows=((0, begin - 1),))
    assert [(v.code, v.request) for v in check(strict, plan)] == [("window", "P3")]


@pytest.mark.parametrize("name", ["R1", "P1", "R2", "P4", "R6"])
def test_a_stop_lasts_the_service_of_each_of_its_requests(day, plan, name):
    service = next(request.service for request in day.requests if request.id == name)
    assert codes(change_request(day, name, service=service + 1), plan) == {"stop-length"}


def test_a_stop_lasts_the_access_once(day, plan):
    places = list(day.places)
    places[3] = places[3].replace(access=places[3].access + 1)
    assert codes(day.replace(places=places), plan) == {"stop-length"}


def test_the_second_stop_in_a_row_at_one_door_pays_the_access_too(day):
    plan = build(day, {"D1": [stop("P2"), stop("P3"), hub()]})
    second = run_of(plan, "D1").visits[2]
    assert second.arrive == run_of(plan, "D1").visits[1].end
    assert second.end - second.begin == day.places[3].access + 30
    assert codes(day, plan) == set()


# Rule 6


def test_lane_service_does_not_begin_before_the_hub_opens(day, plan):
    begin = run_of(plan, "D2").visits[1].begin
    for opens, found in ((begin, set()), (begin + 1, {"hub-closed"})):
        later = day.replace(hub=day.hub.replace(windows=((opens, hm("12:00")), (hm("13:00"), hm("16:00")))))
        assert codes(later, plan) == found


def test_lane_service_does_not_end_after_the_hub_closes(day, plan):
    end = run_of(plan, "D2").visits[5].end
    for closes, found in ((end, set()), (end - 1, {"hub-closed"})):
        earlier = day.replace(hub=day.hub.replace(windows=((hm("07:00"), closes), (hm("13:00"), hm("16:00")))))
        assert codes(earlier, plan) == found


def test_lane_service_does_not_reach_across_a_closing(day, plan):
    visit = run_of(plan, "D2").visits[5]
    windows = ((hm("07:00"), visit.begin + 20), (visit.begin + 30, hm("16:00")))
    assert codes(day.replace(hub=day.hub.replace(windows=windows)), plan) == {"hub-closed"}


@pytest.mark.parametrize("changes", [{"base": 41}, {"base": 39}, {"per_document": 16}, {"per_document": 14}])
def test_lane_service_lasts_base_and_so_much_per_document(day, plan, changes):
    assert codes(day.replace(hub=day.hub.replace(**changes)), plan) == {"lane-service"}


@pytest.mark.parametrize("lane", [2, -1, None])
def test_a_hub_visit_is_on_one_of_the_lanes(day, plan, lane):
    assert codes(day, change_visit(plan, "D3", 1, lane=lane)) == {"lane-number"}


def busy_hub(lanes):
    """Three drivers who load at the opening, on as many lanes as there are."""
    day = mixed_day()
    day = day.replace(hub=day.hub.replace(lanes=lanes, base=1200))
    day = change_driver(change_driver(day, "D1", breaks=()), "D2", breaks=())
    day = change_request(day, "R6", windows=((0, 86_400),))
    return day, build(
        day, {"D1": [hub("R1"), stop("R1")], "D2": [hub("R4"), stop("R4")], "D3": [hub("R6"), stop("R6")]}
    )


@pytest.mark.parametrize("lanes", [1, 2, 3])
def test_a_queue_that_waits_for_its_lane_is_valid(lanes):
    assert codes(*busy_hub(lanes)) == set()


def test_two_services_on_one_lane_do_not_overlap():
    day, plan = busy_hub(3)
    assert {visit.lane for run in plan.runs for visit in run.visits if visit.type == "hub"} == {0, 1, 2}
    assert codes(day, change_visit(plan, "D3", 1, lane=1)) == {"lane-overlap"}
    assert codes(day, change_visit(plan, "D1", 1, lane=2)) == {"lane-overlap"}


def test_one_service_may_begin_when_the_other_ends():
    day, plan = busy_hub(1)
    services = sorted((visit.begin, visit.end) for run in plan.runs for visit in run.visits if visit.type == "hub")
    assert services[0][1] == services[1][0]
    assert codes(day, plan) == set()


def test_a_long_service_overlaps_all_that_begin_before_it_ends(day):
    lax = day.replace(hub=day.hub.replace(lanes=3))
    orders = {"D1": [hub("R1", "R2"), stop("R1"), stop("R2")], "D3": [hub("R4", "R6")]}
    plan = build(lax, orders, leave={"D1": hm("07:05")})
    at = run_of(plan, "D1").visits[1]
    long = change_visit(plan, "D3", 1, begin=at.begin - 30, end=at.end + 30)
    assert "lane-overlap" not in codes(day, change_visit(long, "D3", 1, lane=1))
    assert "lane-overlap" in codes(day, change_visit(long, "D3", 1, lane=0))


def test_without_a_limit_any_number_is_served_at_once():
    day, _ = busy_hub(3)
    free = day.replace(hub=day.hub.replace(lanes=None))
    plan = build(free, {"D1": [hub("R1"), stop("R1")], "D2": [hub("R4"), stop("R4")], "D3": [hub("R6"), stop("R6")]})
    assert codes(free, plan) == set()
    assert codes(free, change_visit(plan, "D1", 1, lane=0)) == {"lane-unlimited"}


# Rule 7


def test_a_run_does_not_leave_before_the_shift(day, plan):
    leave = run_of(plan, "D3").visits[0].end
    assert codes(change_driver(day, "D3", shift=(leave, hm("16:00"))), plan) == set()
    assert codes(change_driver(day, "D3", shift=(leave + 1, hm("16:00"))), plan) == {"shift-start"}
    assert codes(change_driver(day, "D3", shift=(0, leave)), plan) == {"shift-end"}


def test_a_run_does_not_end_after_the_shift(day, plan):
    end = run_of(plan, "D3").visits[-1].end
    assert codes(change_driver(day, "D3", shift=(hm("07:00"), end)), plan) == set()
    assert codes(change_driver(day, "D3", shift=(hm("07:00"), end - 1)), plan) == {"shift-end"}


def test_a_run_after_the_shift_leaves_and_ends_too_late(day, plan):
    assert codes(change_driver(day, "D3", shift=(0, hm("07:00"))), plan) == {"shift-start", "shift-end"}


def test_a_due_break_is_taken(day):
    lax = change_driver(day, "D1", breaks=())
    plan = build(lax, {"D1": [hub("R1", "R7"), stop("R1"), stop("R7")]})
    assert codes(lax, plan) == set()
    assert codes(day, plan) == {"break-missing"}


def test_a_break_is_due_only_when_the_run_spans_its_window(day):
    plan = build(change_driver(day, "D1", breaks=()), {"D1": [hub("R1"), stop("R1")]})
    run = run_of(plan, "D1")
    leave, end = run.visits[0].end, run.visits[-1].end
    for earliest, latest, found in (
        (leave, end - 1, {"break-missing"}),
        (leave - 1, end - 1, set()),
        (leave, end, set()),
    ):
        assert codes(change_driver(day, "D1", breaks=(Break(earliest, latest, 60),)), plan) == found


def test_a_break_that_is_not_due_is_not_taken(day):
    plan = build(day, {"D1": [hub("R1", "R7"), stop("R1"), pause(), stop("R7")]})
    assert codes(day, plan) == set()
    end = run_of(plan, "D1").visits[-1].end
    assert codes(change_driver(day, "D1", breaks=(Break(hm("11:30"), end, 1800),)), plan) == {"break-not-due"}
    assert codes(change_driver(day, "D1", breaks=(Break(hm("06:00"), hm("12:00"), 1800),)), plan) == {"break-not-due"}


def test_a_break_of_nobody_is_named(day, plan):
    assert codes(change_driver(day, "D1", breaks=()), plan) == {"break-window"}


@pytest.mark.parametrize(("window", "found"), [
    (("11:30", "12:00"), set()),
    (("11:00", "11:30"), set()),
    (("11:31", "12:00"), {"break-window", "break-missing"}),
    (("10:30", "11:29"), {"break-window", "break-missing"}),
])  # fmt: skip
def test_a_break_begins_in_its_window(day, plan, window, found):
    assert run_of(plan, "D1").visits[6].begin == hm("11:30")
    breaks = (Break(hm(window[0]), hm(window[1]), 1800),)
    assert codes(change_driver(day, "D1", breaks=breaks), plan) == found


@pytest.mark.parametrize("length", [1799, 1801])
def test_a_break_lasts_its_length(day, plan, length):
    breaks = (Break(hm("11:30"), hm("12:30"), length),)
    assert codes(change_driver(day, "D1", breaks=breaks), plan) == {"break-length"}


def test_a_due_break_is_taken_once(day):
    twice = (Break(hm("11:30"), hm("12:00"), 600), Break(hm("12:10"), hm("12:30"), 600))
    lax = change_driver(day, "D1", breaks=twice)
    plan = build(lax, {"D1": [hub("R1", "R7"), stop("R1"), pause(), pause(), stop("R7")]})
    assert codes(lax, plan) == set()
    once = change_driver(day, "D1", breaks=(Break(hm("11:30"), hm("12:30"), 600),))
    assert codes(once, plan) == {"break-twice"}


def test_a_break_is_taken_where_the_driver_was_or_will_be(day, plan):
    at = 6
    assert run_of(plan, "D1").visits[at].type == "break"
    assert "break-place" in codes(day, change_visit(plan, "D1", at, place=5))
    for steps in ([hub("R1", "R7"), stop("R1"), pause()], [hub("R1", "R7"), stop("R1"), pause(on_arrival=True)]):
        assert codes(day, build(day, {"D1": [*steps, stop("R7")]})) == set()


def test_two_breaks_in_a_row_do_not_make_a_place_for_each_other(day):
    breaks = (Break(hm("11:30"), hm("12:00"), 600), Break(hm("12:10"), hm("12:30"), 600))
    lax = change_driver(day, "D1", breaks=breaks)
    plan = build(lax, {"D1": [hub("R1", "R7"), stop("R1"), pause(), pause(), stop("R7")]})
    elsewhere = change_visit(change_visit(plan, "D1", 3, place=5), "D1", 4, place=5)
    assert "break-place" in codes(lax, elsewhere)


def test_a_break_may_be_taken_before_the_first_and_before_the_last_leg(day):
    early = change_driver(day, "D2", breaks=(Break(hm("07:00"), hm("07:10"), 60),), end=None)
    assert codes(early, build(early, {"D2": [pause(), hub("R4"), stop("R4")]})) == set()
    late = change_driver(day, "D2", breaks=(Break(hm("09:00"), hm("09:05"), 600),))
    assert codes(late, build(late, {"D2": [hub("R4"), stop("R4"), pause(on_arrival=True)]})) == set()


# Rule 9


def test_each_leg_takes_what_the_clock_says_at_its_start(day, plan):
    for profile in (((0, 1000),), ((0, 1000), (hm("07:30"), 701), (hm("08:30"), 1000), (hm("12:00"), 850))):
        found = check(day.replace(traffic=TrafficClock(profile)), plan)
        assert {violation.code for violation in found} == {"leg"}
        assert "leg ends" in found[0].message


@pytest.mark.parametrize("by", [1, -1])
@pytest.mark.parametrize("at", [1, 2, 4, 6, 7])
def test_a_leg_one_second_off_is_found(day, plan, at, by):
    """Only the leg is wrong: the waiting after it keeps all else as it is."""
    visit = run_of(plan, "D1").visits[at]
    early = change_visit(plan, "D1", at, arrive=visit.arrive + by)
    assert visit.arrive + by <= visit.begin
    assert codes(day, early) == {"leg"}


def test_a_leg_follows_the_matrix_of_its_direction(day, plan):
    seconds = day.travel.seconds.copy()
    seconds[1, 2] += 1
    slower = day.replace(travel=replace(day.travel, seconds=seconds))
    assert [(violation.code, violation.driver) for violation in check(slower, plan)] == [("leg", "D1")]
    seconds = day.travel.seconds.copy()
    seconds[2, 1] += 1
    assert codes(day.replace(travel=replace(day.travel, seconds=seconds)), plan) == set()


def test_a_driver_leaves_as_soon_as_a_visit_ends(day, plan):
    run = run_of(plan, "D3")
    arrive = run.visits[1].arrive + 60
    lingering = change_visit(plan, "D3", 1, arrive=arrive, begin=arrive, end=arrive + 55)
    assert codes(day, lingering) >= {"leg"}
