"""The figures for the rules of the day: what is compared is fair, and what is reported is what the plans say."""

from __future__ import annotations

import csv
import json
import os
import signal
from pathlib import Path

import pytest
from typer.testing import CliRunner

import routing
from benchmarks.cli import app
from benchmarks.rules import command
from benchmarks.rules.bench import Bench, operating_cost
from benchmarks.rules.command import QUESTIONS
from benchmarks.rules.each import CASES, asked_each
from benchmarks.rules.fairness import WEIGHTS, asked_fairness, spread
from benchmarks.rules.lanes import DAYS, NATIVE, OPENS, REFILLED, asked_lanes, binding_day, opening
from benchmarks.rules.repair import repaired, without
from benchmarks.rules.round_trips import asked_round_trips, links
from benchmarks.rules.speed import RULES, asked_speed, plain
from benchmarks.rules.traffic import asked_traffic, lateness
from routing import Day, Plan, TrafficClock


def solved(day: Day, what: str = "") -> Plan:
    return routing.solve(day, iterations=200, seed=1, workers=1)


@pytest.fixture(scope="module")
def bench() -> Bench:
    return Bench(requests=60, seed=1, network=None, solve=solved)


@pytest.fixture(scope="module")
def tight(bench: Bench) -> tuple[Day, Plan]:
    """Many riders must load within an hour at one slow lane; and the plan that was made without knowing it."""
    day = opening(bench.day(requests=40, lanes=1, drivers=8))
    early = ((OPENS + 3600, OPENS + 7200),)
    requests = [each.replace(windows=early) if each.round_trip_of is None else each for each in day.requests]
    day = day.replace(requests=requests, hub=day.hub.replace(base=600, per_document=60))
    return day, routing.solve(day.replace(hub=day.hub.replace(lanes=None)), iterations=10_000, seed=1)


class TestRepair:
    def test_a_plan_made_without_lanes_is_repaired_to_a_valid_one(self, tight):
        day, unaware = tight
        assert routing.check(day, unaware) != []
        mended = repaired(day, unaware.runs)
        assert routing.check(day, mended.plan) == []
        assert routing.check(day, mended.refilled) == []

    def test_what_is_left_keeps_its_rider_and_its_order(self, tight):
        day, unaware = tight
        mended = repaired(day, unaware.runs)
        assert mended.dropped
        planned = {run.driver: run.requests for run in unaware.runs}
        for run in mended.plan.runs:
            left = [name for name in planned[run.driver] if name not in mended.dropped]
            assert list(run.requests) == left

    def test_nothing_but_what_was_dropped_is_missing(self, tight):
        day, unaware = tight
        mended = repaired(day, unaware.runs)
        before = {each.request for each in unaware.unserved}
        assert {each.request for each in mended.plan.unserved} == before | set(mended.dropped)

    def test_putting_back_what_fits_never_makes_it_worse(self, tight):
        day, unaware = tight
        mended = repaired(day, unaware.runs)
        assert mended.refilled.cost.total <= mended.plan.cost.total
        assert mended.refilled.served >= mended.plan.served

    def test_a_plan_that_keeps_the_rules_loses_nothing(self, bench):
        day = bench.day()
        plan = solved(day)
        mended = repaired(day, plan.runs)
        assert mended.dropped == ()
        assert mended.plan.runs == plan.runs

    def test_a_dropped_pickup_takes_its_round_trip_along(self, bench):
        day = bench.day(rounds=1.0)
        plan = solved(day)
        late = day.replace(hub=day.hub.replace(processing=day.hub.processing + 3 * 3600))
        mended = repaired(late, plan.runs)
        served = {name for run in mended.plan.runs for name in run.requests}
        assert mended.dropped
        for request in day.requests:
            if request.id in served and request.round_trip_of is not None:
                assert request.round_trip_of in served

    def test_without_its_requests_a_run_has_no_idle_visits(self, bench):
        plan = solved(bench.day())
        run = plan.runs[0]
        assert without([run], frozenset(run.requests)) == ()
        kept = without([run], frozenset(run.requests[1:]))[0]
        assert kept.requests == run.requests[:1]
        assert all(visit.loaded or visit.unloaded for visit in kept.visits if visit.type == "hub")


class TestLanes:
    def test_each_day_is_planned_with_lanes_and_without_and_both_are_told(self, bench):
        answer = asked_lanes(bench)
        assert len(answer.rows) == len(DAYS) * 2 * 4
        for which in (NATIVE, REFILLED):
            assert [row["lanes"] for row in answer.rows if row["plan"] == which] == [1, 2] * len(DAYS)
        assert len(answer.bars.labels) == len(DAYS) * 2
        assert all(row["served"] + row["unserved"] == 30 * row["lanes"] for row in answer.rows)

    def test_the_search_that_knows_a_slow_lane_serves_more_than_the_repaired_plan(self, tight):
        day, unaware = tight
        native = routing.solve(day, iterations=10_000, seed=1)
        mended = repaired(day, unaware.runs)
        assert routing.check(day, native) == []
        assert native.served > mended.refilled.served
        assert native.cost.total < mended.refilled.cost.total

    def test_all_load_at_opening_where_that_is_asked(self, bench):
        day = binding_day(bench, "all load at opening", 1)
        assert {driver.shift[0] for driver in day.drivers} == {day.hub.windows[0][0]}
        assert all(request.ready_at is None for request in day.requests if request.round_trip_of is None)

    def test_waves_are_three(self, bench):
        day = binding_day(bench, "waves of ready documents", 1)
        assert len({request.ready_at for request in day.requests if request.ready_at is not None}) == 3

    def test_over_lunch_the_hub_is_closed_and_some_pickups_must_be_in_before(self, bench):
        day = binding_day(bench, "closed for lunch", 1)
        closing = day.hub.windows[0][1]
        assert closing < day.hub.windows[1][0]
        assert any(request.due_at_hub == closing for request in day.requests)


class TestTraffic:
    def test_a_plan_made_without_traffic_costs_less_than_it_will(self, bench):
        rows = asked_traffic(bench).rows
        assert len(rows) == 8
        for profile in ("weekday", "friday"):
            alone, followed, mended, aware = (row for row in rows if row["day"] == profile)
            assert followed["cost"] > alone["cost"]
            assert followed["paid_hours"] > alone["paid_hours"]
            assert (mended["late"], aware["late"]) == (0, 0)

    def test_late_is_what_the_checker_calls_outside_a_window(self, bench):
        day = bench.day()
        unaware = solved(day.replace(traffic=TrafficClock()))
        slow = day.replace(traffic=TrafficClock(((0, 500),)))
        followed = routing.retime(slow, unaware.runs)
        outside = {each.request for each in followed.violations if each.code == "window"}
        late = lateness(slow, followed.plan)
        assert outside
        assert len(late.seconds) == len(outside)
        assert min(late.seconds) > 0

    def test_a_valid_plan_is_never_late(self, bench):
        day = bench.day()
        assert lateness(day, solved(day)).seconds == ()


class TestRoundTrips:
    def test_every_share_is_planned_and_no_link_is_broken(self, bench):
        rows = asked_round_trips(bench).rows
        assert [(row["share"], row["round_trips"]) for row in rows] == [("0%", 0), ("30%", 9), ("100%", 30)]
        assert all(row["early"] == 0 for row in rows)
        assert rows[2]["round_trips_served"] > 0

    def test_a_return_loaded_too_early_is_seen(self, bench):
        day = bench.day(rounds=1.0)
        plan = solved(day)
        found = links(day, plan)
        assert (found.broken, found.served > 0) == (0, True)
        slower = day.replace(hub=day.hub.replace(processing=day.hub.processing + (found.least_spare or 0) + 1))
        assert links(slower, plan).broken > 0
        assert any(each.code == "round-trip" for each in routing.check(slower, plan))

    def test_other_riders_are_counted_by_who_unloads_and_who_loads(self, bench):
        day = bench.day(rounds=1.0)
        plan = solved(day)
        driver_of = {name: run.driver for run in plan.runs for name in run.requests}
        pairs = [(each.id, each.round_trip_of) for each in day.requests if each.round_trip_of and each.id in driver_of]
        assert links(day, plan).on_another_run == sum(driver_of[back] != driver_of[first] for back, first in pairs)


class TestFairness:
    def test_each_weight_is_planned_and_the_first_is_what_the_others_are_measured_by(self, bench):
        rows = asked_fairness(bench).rows
        assert [row["weight"] for row in rows] == list(WEIGHTS)
        assert rows[0]["more_%"] == 0
        for row in rows:
            assert row["least_hours"] <= row["mean_hours"] <= row["most_hours"]

    def test_the_spread_is_that_of_the_runs(self, bench):
        plan = solved(bench.day())
        hours = [run.paid_seconds / 3600 for run in plan.runs]
        assert (spread(plan).least, spread(plan).most) == (min(hours), max(hours))
        assert spread(plan.replace(runs=plan.runs[:1])).deviation == 0


class TestSpeed:
    def test_with_the_last_rule_the_day_is_the_whole_day_again(self, bench):
        full = bench.day()
        now = plain(full)
        assert now != full
        for turn in RULES.values():
            before, now = now, turn(now, full)
            assert now != before
        assert now == full

    def test_the_plain_day_has_none_of_the_rules(self, bench):
        day = plain(bench.day())
        assert day.hub.lanes is None
        assert len(day.hub.windows) == 1
        assert day.traffic.is_flat
        assert not any(request.round_trip_of for request in day.requests)
        assert not any(driver.breaks or driver.cost_hour for driver in day.drivers)

    def test_a_rate_is_given_for_every_step(self, bench):
        rows = asked_speed(bench).rows
        assert len(rows) == 1 + len(RULES)
        assert rows[0]["of_plain_%"] == 100
        assert all(row["per_s"] > 0 and row["iterations"] == 200 for row in rows)


class TestEach:
    def test_every_change_breaks_the_rule_that_it_is_for(self, bench):
        rows = asked_each(bench).rows
        assert rows[0]["the_old_plan"] == "valid"
        assert [row["rule"] for row in rows[1:]] == [case.rule for case in CASES]
        for row in rows[1:]:
            assert row["the_old_plan"].startswith(f"rule {row['rule']} "), row

    def test_all_eleven_rules_are_shown(self):
        assert {case.rule for case in CASES} == set(range(1, 12))


class TestCommand:
    def test_tables_pictures_and_one_object_are_written(self, tmp_path: Path):
        result = kurir("round-trips", "--requests", 20, "--iterations", 50, "--json", "-o", tmp_path / "out")
        assert result.exit_code == 0
        answer = json.loads(result.stdout)
        assert [each["question"] for each in answer["answers"]] == ["round-trips"]
        with (tmp_path / "out" / "round-trips.csv").open(encoding="utf-8") as lines:
            rows = list(csv.DictReader(lines))
        assert [row["share"] for row in rows] == ["0%", "30%", "100%"]
        assert (tmp_path / "out" / "round-trips.png").read_bytes().startswith(b"\x89PNG")
        assert "| 100% |" in (tmp_path / "out" / "rules.md").read_text(encoding="utf-8")

    def test_an_unknown_question_is_told_with_the_known_ones(self, tmp_path: Path):
        result = kurir("lane", "-o", tmp_path / "out")
        assert result.exit_code == 2
        assert all(name in result.stderr for name in QUESTIONS)
        assert not (tmp_path / "out").exists()

    def test_the_same_iterations_give_the_same_tables(self, tmp_path: Path):
        for name in ("first", "second"):
            assert kurir("fairness", "--requests", 20, "--iterations", 30, "-o", tmp_path / name).exit_code == 0
        first, second = ((tmp_path / name / "fairness.csv").read_text() for name in ("first", "second"))
        assert first == second


class TestInterrupt:
    def test_what_was_answered_before_an_interrupt_is_kept(self, tmp_path: Path, monkeypatch):
        def interrupted(bench: Bench):
            os.kill(os.getpid(), signal.SIGINT)
            return bench.solve(bench.day(), "cut short")

        monkeypatch.setattr(
            command, "QUESTIONS", {"round-trips": asked_round_trips, "lanes": interrupted, "speed": asked_speed}
        )
        result = kurir("all", "--requests", 20, "--iterations", 20, "-o", tmp_path)
        assert result.exit_code == 3
        assert "1 of 3 questions" in result.stderr
        assert sorted(file.name for file in tmp_path.iterdir()) == ["round-trips.csv", "round-trips.png", "rules.md"]


def kurir(*arguments: object):
    return CliRunner().invoke(app, ["bench", "rules", *(str(each) for each in arguments)])


def test_the_cost_of_the_runs_is_without_penalties(bench):
    plan = solved(bench.day())
    assert operating_cost(plan) == sum(run.cost for run in plan.runs)
