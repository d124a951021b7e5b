"""Days played against the dispatcher: repeatable, and better than what a courier app does."""

from __future__ import annotations

import csv
import json
import signal

import pytest
from typer.testing import CliRunner

import geodata
import routing
from benchmarks.cli import app
from benchmarks.replay import greedy, hindsight, report
from benchmarks.replay.greedy import play_nearest
from benchmarks.replay.hindsight import known_day, play_hindsight
from benchmarks.replay.outcome import Outcome
from benchmarks.replay.play import play
from benchmarks.replay.policies import policies
from benchmarks.replay.world import world_of


@pytest.fixture(scope="module")
def world():
    return world_of(geodata.example_day(40, drivers=3, seed=4), 4)


@pytest.fixture(scope="module")
def default():
    return policies(200, 30)[0]


@pytest.fixture(scope="module")
def played(world, default):
    return play(world, default)


def test_a_day_is_the_same_each_time_it_is_played(world, default, played):
    assert play(world, default) == played


def test_a_world_is_the_same_for_a_seed_and_another_for_another(world):
    day = world.day
    assert world_of(day, 4).arrivals == world.arrivals
    assert world_of(day, 5).arrivals != world.arrivals


def test_what_comes_in_is_known_in_time_and_round_trips_come_together(world):
    for request in world.day.requests:
        assert world.arrivals[request.id] <= max(world.opens, request.windows[-1][1])
        if request.round_trip_of:
            assert world.arrivals[request.id] == world.arrivals[request.round_trip_of]


def test_the_dispatcher_serves_more_on_time_than_a_courier_app(world, played):
    app_outcome = play_nearest(world)
    assert played.on_time > app_outcome.on_time
    assert played.documents_per_hour > app_outcome.documents_per_hour
    assert played.possible == app_outcome.possible == len(world.possible)


def test_hindsight_knows_what_turned_out(world):
    day = known_day(world)
    assert {request.id for request in day.requests} == {request.id for request in world.possible}
    assert play_hindsight(world, 500).on_time >= 1


@pytest.mark.parametrize("number", [1, 2, 3])
def test_every_policy_plays_a_day_to_its_end(world, number):
    outcome = play(world, policies(100, 30)[number])
    assert 0 < outcome.on_time <= outcome.served <= outcome.possible
    assert outcome.hours > 0


def test_the_table_compares_seed_by_seed():
    def row(policy, seed, on_time, cost):
        return Outcome(policy, seed, 10, 10, on_time, cost, 2.0, 10, 0)

    rows = [row("mine", 1, 9, 100), row("other", 1, 5, 200), row("mine", 2, 8, 100), row("other", 2, 9, 200)]
    (compared,) = report.against(rows, "mine", ["other", "absent"])
    # (0.9 - 0.5 + 0.8 - 0.9) / 2 = 0.15
    assert compared == {
        "against": "other", "seeds": 2, "on_time_points": 15.0, "cost_ratio": 0.5, "seeds_better_on_time": 1,
        "seeds_cheaper": 2,
    }  # fmt: skip
    assert "| mine | 85.0 ± 5.0 % |" in report.markdown(rows)


def test_the_command_writes_its_tables(tmp_path):
    options = ["--requests", "20", "--seeds", "1", "--iterations", "20", "--minutes", "60", "--hindsight", "50"]
    result = CliRunner().invoke(app, ["replay", *options, "-o", str(tmp_path), "--json"])
    assert result.exit_code == 0, result.output
    answer = json.loads(result.stdout)
    assert len(answer["outcomes"]) == 6
    assert {each["against"] for each in answer["compared"]} >= {"nearest driver, one at a time", "full hindsight"}
    with (tmp_path / "replay.csv").open(encoding="utf-8") as file:
        assert len(list(csv.DictReader(file))) == 6
    page = (tmp_path / "replay.md").read_text(encoding="utf-8")
    assert page.startswith("| policy |")
    assert "every 60 min against every event, 1 seeds" in page
    assert "Made by kurir" in page
    assert "requests 20, seeds 1, first_seed 1, iterations 20, minutes 60" in page
    kept = json.loads((tmp_path / "replay.json").read_text(encoding="utf-8"))
    assert (kept["outcomes"], kept["compared"]) == (answer["outcomes"], answer["compared"])
    assert kept["made"]["settings"] == answer["made"]["settings"]


QUICK = ["--requests", "20", "--iterations", "20", "--minutes", "60", "--hindsight", "50"]


def test_a_policy_that_does_not_exist_is_named_with_those_that_do(tmp_path):
    result = CliRunner().invoke(app, ["replay", *QUICK, "--only", "evry event", "-o", str(tmp_path)])
    assert result.exit_code == 2
    assert "expected some of 'every 60 min', 'every event', " in result.stderr
    assert "did you mean 'every event'?" in result.stderr


def test_the_help_names_the_policies():
    told = " ".join(CliRunner().invoke(app, ["replay", "--help"], terminal_width=200).output.split())
    assert all(repr(policy.name) in told for policy in policies(0, 15))


def test_one_policy_alone_is_compared_with_the_others(tmp_path):
    options = ["--only", "every event", "--seeds", "1", "-o", str(tmp_path), "--json"]
    answer = json.loads(CliRunner().invoke(app, ["replay", *QUICK, *options]).stdout)
    assert answer["outcomes"][0]["policy"] == "every event"
    assert answer["made"]["settings"]["only"] == ["every event"]


@pytest.mark.parametrize(
    ("day", "told"),
    [(1, "0 of 3 days, and 1 of 3 rows of seed 1, are"), (2, "1 of 3 days, and 1 of 3 rows of seed 2, are")],
)
def test_an_interrupt_keeps_what_has_been_played(tmp_path, monkeypatch, day, told):
    def stopped_on_the_day(world):
        if world.seed == day:
            raise KeyboardInterrupt
        return play_nearest(world)

    monkeypatch.setattr(greedy, "play_nearest", stopped_on_the_day)
    options = ["--only", "morning plan only", "--seeds", "3", "-o", str(tmp_path), "--json"]
    result = CliRunner().invoke(app, ["replay", *QUICK, *options])
    assert result.exit_code == 3
    assert f"interrupted: {told} played and kept in {tmp_path}" in result.stderr
    outcomes = json.loads(result.stdout)["outcomes"]
    assert [each["seed"] for each in outcomes] == {1: [1], 2: [1, 1, 1, 2]}[day]
    assert json.loads((tmp_path / "replay.json").read_text(encoding="utf-8"))["outcomes"] == outcomes


def test_an_interrupt_ends_hindsight_at_once_and_gives_no_row(world, monkeypatch):
    def interrupted(day, **options):
        signal.raise_signal(signal.SIGINT)
        assert options["should_stop"]()
        return routing.Plan(runs=(), unserved=(), cost=routing.CostBreakdown(0, 0, 0, 0, 0, 0))

    monkeypatch.setattr(hindsight, "solve", interrupted)
    with pytest.raises(KeyboardInterrupt):
        play_hindsight(world, 100)


def test_who_drops_out_does_so_within_the_own_shift(world):
    hour = 3600
    shifts = [(7 * hour, 10 * hour), (8 * hour, 12 * hour), (15 * hour, 22 * hour)]
    drivers = [driver.replace(shift=shift) for driver, shift in zip(world.day.drivers, shifts, strict=True)]
    day = world.day.replace(drivers=tuple(drivers))
    left = {drops and drops[0]: drops and drops[1] for seed in range(30) for drops in [world_of(day, seed).drops_out]}
    # The first driver's three hours are too few to drop out of, the second's just enough.
    assert left.keys() == {None, drivers[1].id, drivers[2].id}
    assert left[drivers[1].id] == 10 * hour
    assert 17 * hour <= left[drivers[2].id] <= 20 * hour


def test_a_day_too_small_to_measure_calls_on_is_refused():
    refused = CliRunner().invoke(app, ["bench", "live", "--requests", "10", "--drivers", "5", "--json"])
    assert (refused.exit_code, len(refused.stderr.splitlines())) == (2, 1)
    assert "--requests: is 10" in refused.stderr


def test_calls_are_measured_in_the_same_moment_later_and_after_a_report():
    options = ["--requests", "60", "--drivers", "3", "--seconds", "0.3", "--count", "5"]
    result = CliRunner().invoke(app, ["bench", "live", *options, "--json"])
    assert result.exit_code == 0, result.output
    answer = json.loads(result.stdout)
    assert answer["valid"]
    assert answer["made"]["settings"] == {"requests": 60, "drivers": 3, "seconds": 0.3, "count": 5, "seed": 1}
    calls = answer["milliseconds"]
    cases = ("", ", a second later", ", right after a driver's report")
    assert {f"{call}{case}" for call in ("quote", "add and plan") for case in cases} <= calls.keys()
    assert len(calls) == 8
    assert all(0 < each["cpu_p50"] <= each["cpu_p99"] and each["p50"] <= each["p99"] for each in calls.values())
    table = CliRunner().invoke(app, ["bench", "live", *options]).output
    assert "| call | times | p50 | p99 |" in table
    assert "requests 60, drivers 3, seconds 0.3, count 5, seed 1" in table
