"""A day under way: history stands, is not judged, and everything after it is."""

from __future__ import annotations

from dataclasses import replace

import pytest

from routing import Break, Visit
from tests.routing.handmade import (
    Builder,
    change_driver,
    change_request,
    change_run,
    change_visit,
    check,
    codes,
    hm,
    hub,
    mixed_day,
    mixed_plan,
    pause,
    restate,
    run_of,
    stop,
)


def live(day, now, **histories):
    """The day at `now`, with these visits behind the drivers."""
    drivers = [driver.replace(history=histories.get(driver.id, ())) for driver in day.drivers]
    return day.replace(drivers=drivers, now=now)


@pytest.fixture
def day():
    """Nine o'clock: D1 is bound for P2 with R7 and P1 on board, D2 is at its break."""
    morning = mixed_day()
    plan = mixed_plan(morning)
    histories = {"D1": run_of(plan, "D1").visits[:5], "D2": run_of(plan, "D2").visits[:3]}
    return live(morning, hm("09:00"), **histories)


ON_D1 = (hub(), pause(), stop("R7"))
ON_D2 = (stop("R4"), hub("R3"), stop("R3"))


def replanned(day, d1=ON_D1, d2=ON_D2):
    builder = Builder(day)
    builder.run("D1", d1)
    builder.run("D2", d2)
    return builder.plan()


@pytest.fixture
def plan(day):
    return replanned(day)


def test_a_plan_that_goes_on_from_history_is_valid(day, plan):
    assert codes(day, plan) == set()
    assert {entry.request for entry in plan.unserved} == {"P4", "R5", "R6"}


def test_the_morning_plan_is_valid_when_all_went_as_planned():
    morning = mixed_day()
    plan = mixed_plan(morning)
    now = hm("08:10")
    histories = {
        run.driver: tuple(visit for visit in run.visits if visit.arrive < now)
        for run in plan.runs
        if run.driver != "D3"
    }
    assert codes(live(morning, now, **histories), plan) == set()


@pytest.mark.parametrize("index", range(5))
def test_history_stands_unchanged(day, plan, index):
    visit = run_of(plan, "D1").visits[index]
    assert "history-changed" in codes(day, change_visit(plan, "D1", index, load_after=visit.load_after + 1))


def test_a_driver_with_history_has_a_run(day, plan):
    kept = restate(day, plan.replace(runs=plan.runs[:1]))
    assert "history-dropped" in codes(day, kept)


def test_a_run_may_not_be_cut_within_history(day, plan):
    cut = change_run(plan, "D1", visits=run_of(plan, "D1").visits[:3])
    assert "history-changed" in codes(day, cut)


def test_a_history_that_has_ended_is_the_whole_run():
    morning = mixed_day()
    visits = run_of(mixed_plan(morning), "D2").visits
    day = live(morning, hm("10:00"), D2=visits)
    over = restate(day, mixed_plan(morning).replace(runs=(run_of(mixed_plan(morning), "D2"),)))
    assert "R3" in {name for run in over.runs for name in run.requests}
    assert codes(day, over) == set()
    more = change_run(over, "D2", visits=(*visits, replace(visits[-1])))
    assert codes(day, more) >= {"end-inside"}


def test_history_that_goes_on_needs_an_end(day, plan):
    assert "no-end" in codes(day, change_run(plan, "D2", visits=run_of(plan, "D2").visits[:3]))


def test_a_driver_who_has_only_left_may_go_home():
    day = live(mixed_day(), hm("09:00"), D1=(Visit("start", 10, hm("08:00"), hm("08:00"), hm("08:00"), 0),))
    builder = Builder(change_driver(day, "D1", breaks=()))
    builder.run("D1", [])
    assert codes(change_driver(day, "D1", breaks=()), builder.plan()) == set()


def test_history_is_not_judged(day):
    """Whatever went wrong before: wrong times, too heavy, without the skill, at the wrong place."""
    driver = day.drivers[0]
    odd = [
        replace(driver.history[0], place=4, arrive=10, begin=5, end=hm("06:00")),
        replace(driver.history[1], lane=7, place=3, begin=hm("06:30"), load_after=99),
        Visit("break", 5, hm("06:50"), hm("06:50"), hm("06:51"), 77),
        *driver.history[2:],
    ]
    strict = change_driver(day, "D1", history=odd, max_distance=100, max_trips=0, capacity=1)
    found = codes(strict, replanned(strict, d1=(hub(),)))
    assert found == {"max-distance", "on-board-at-end"}


def test_nothing_planned_happens_before_now(day, plan):
    late = day.replace(now=hm("09:10"))
    assert codes(late, plan) == {"leg"}
    assert codes(late, replanned(late)) == set()


def test_a_run_that_has_not_begun_does_not_leave_before_now(day):
    builder = Builder(day.replace(now=None, drivers=[driver.replace(history=()) for driver in day.drivers]))
    builder.run("D3", [stop("P4"), hub()], leave=hm("08:00"))
    alone = change_driver(change_driver(day, "D1", history=()), "D2", history=())
    assert codes(alone.replace(now=hm("08:00")), builder.plan()) == set()
    assert codes(alone.replace(now=hm("08:01")), builder.plan()) == {"before-now"}


def test_a_request_served_in_history_counts_as_served(day, plan):
    again = change_request(day, "P1", windows=((0, 86_400),))
    assert "served-twice" in codes(again, replanned(again, d2=(stop("R4"), stop("P1"), hub("R3"), stop("R3"))))
    listed = (*plan.unserved, replace(plan.unserved[0], request="R1"))
    assert codes(day, plan.replace(unserved=listed)) == {"served-and-unserved"}


def test_a_door_visited_in_history_may_be_visited_once_more(day):
    earlier = [*day.drivers[0].history[:4], replace(day.drivers[0].history[4], requests=("P2",), load_after=4)]
    strict = change_driver(day, "D1", history=earlier).replace(one_stop_per_door=True)
    again = replanned(strict, d2=(stop("R4"), stop("P3"), hub("R3"), stop("R3")))
    assert codes(strict, again) == set()


def test_what_history_left_on_board_is_brought(day):
    found = check(day, replanned(day, d1=(hub(), pause())))
    assert ("on-board-at-end", "R7") in {(violation.code, violation.request) for violation in found}


def test_what_history_left_on_board_is_unloaded(day):
    found = check(day, replanned(day, d1=(pause(), stop("R7")), d2=(stop("R4"), hub())))
    assert {violation.request for violation in found if violation.code == "on-board-at-end"} == {"P1", "P2", "P3"}


def test_a_pickup_of_history_is_due_all_the_same(day, plan):
    assert codes(change_request(day, "P2", due_at_hub=hm("09:05")), plan) == {"late-at-hub"}


def test_what_history_left_on_board_counts_as_load(day):
    """Five documents on board: a sixth is too many, the five of history are nobody's fault."""
    extra = change_driver(day, "D1", max_stops=None)
    assert codes(extra, replanned(extra, d1=(stop("P4"), hub(), pause(), stop("R7")))) == {"capacity"}
    small = change_driver(day, "D1", capacity=2)
    assert codes(small, replanned(small)) == set()


def test_lanes_taken_in_history_are_taken():
    morning = mixed_day()
    history = run_of(mixed_plan(morning), "D1").visits[:2]
    assert history[1].lane == 0
    day = live(morning, hm("07:25"), D1=history)
    first = Builder(day)
    first.run("D1", [stop("R1"), stop("R2", "P1"), stop("P2", "P3"), hub(), pause(on_arrival=True), stop("R7")])
    first.run("D3", [hub("R6", wait_until=hm("07:41")), stop("R6")])
    plan = first.plan()
    assert run_of(plan, "D3").visits[1].lane == 1
    assert codes(day, plan) == set()
    assert codes(day, change_visit(plan, "D3", 1, lane=0)) == {"lane-overlap"}


def test_stops_trips_and_metres_of_history_count(day, plan):
    run = run_of(plan, "D1")
    for name, most in (("max_stops", 4), ("max_trips", 2), ("max_distance", run.metres)):
        assert codes(change_driver(day, "D1", **{name: most}), plan) == set()
        assert codes(change_driver(day, "D1", **{name: most - 1}), plan) == {name.replace("_", "-")}


def test_a_limit_passed_in_history_alone_is_nobodys_fault(day):
    plan = replanned(day)
    gone = change_driver(day, "D2", max_trips=0)
    assert codes(gone, plan) == {"max-trips"}
    over = change_driver(day, "D1", history=run_of(plan, "D1").visits[:-1], max_stops=1, max_trips=1)
    assert codes(over, plan) == set()


def test_a_break_taken_in_history_is_taken(day):
    assert codes(day, replanned(day)) == set()
    assert [visit.type for visit in day.drivers[1].history] == ["start", "hub", "break"]
    # Taken out of its window, it is taken all the same; a second time in its window is once too often.
    late = list(day.drivers[1].history)
    late[2] = replace(late[2], begin=hm("08:45"), end=hm("08:55"))
    again = change_driver(day, "D2", history=late)
    assert codes(again, replanned(again)) == set()
    longer = change_driver(again, "D2", breaks=(Break(hm("08:00"), hm("09:20"), 600),))
    plan = replanned(longer)
    assert codes(longer, plan) == set()
    visits = list(run_of(plan, "D2").visits)
    extra = Visit("break", visits[2].place, hm("09:00"), hm("09:00"), hm("09:10"), visits[2].load_after)
    assert "break-twice" in codes(longer, change_run(plan, "D2", visits=(*visits[:3], extra, *visits[3:])))


@pytest.mark.parametrize(("begin", "found"), [
    ("08:45", set()),  # five minutes before the second, twenty-five after the first: it is the second
    ("08:25", {"break-missing"}),  # it is the first, taken late
    ("08:10", {"break-missing"}),
    ("08:55", set()),
])  # fmt: skip
def test_a_break_out_of_its_window_is_the_nearest(day, begin, found):
    breaks = (Break(hm("08:00"), hm("08:20"), 600), Break(hm("08:50"), hm("09:30"), 600))
    history = list(day.drivers[1].history)
    history[2] = replace(history[2], begin=hm(begin), end=hm(begin) + 600)
    odd = change_driver(day, "D2", history=history, breaks=breaks)
    assert codes(odd, replanned(odd)) == found


def test_a_break_missed_in_history_is_past(day):
    missed = change_driver(
        day, "D2", breaks=(Break(hm("08:15"), hm("08:30"), 600),), history=day.drivers[1].history[:2]
    )
    assert codes(missed, replanned(missed)) == set()
    still = change_driver(missed, "D2", breaks=(Break(hm("08:15"), hm("09:00"), 600),))
    assert codes(still, replanned(still)) == {"break-missing"}


def test_a_document_unloaded_in_history_is_ready_after_processing():
    morning = mixed_day()
    plan = mixed_plan(morning)
    day = live(morning, hm("09:10"), D1=run_of(plan, "D1").visits[:6], D2=run_of(plan, "D2").visits[:5])
    builder = Builder(day)
    builder.run("D1", [pause(), stop("R7")])
    builder.run("D2", [hub("R3"), stop("R3")])
    again = builder.plan()
    assert codes(day, again) == set()
    assert codes(day.replace(hub=day.hub.replace(processing=901)), again) == {"round-trip"}


def test_costs_count_history_too(day, plan):
    run = run_of(plan, "D2")
    assert codes(day, change_run(plan, "D2", paid_seconds=run.paid_seconds - 600)) == {"paid-seconds"}
    assert codes(day, change_run(plan, "D2", metres=run.metres - 600)) == {"metres"}
