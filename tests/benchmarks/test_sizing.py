"""``kurir size``: fleets planned, carried over, resumed; what a promise costs; what the operator is told."""

from __future__ import annotations

import csv
import json
import signal
from dataclasses import replace
from itertools import pairwise

import pytest
from typer.testing import CliRunner

import routing
from benchmarks import size_command
from benchmarks.cli import app
from benchmarks.day_remarks import NO_COSTS
from benchmarks.fleets import carried_over, with_fleet, with_margin
from benchmarks.punctuality import punctuality
from benchmarks.ranges import numbers_in
from benchmarks.size_report import Answer, answers
from benchmarks.sizing import Cell, Sweep, cheapest, smallest
from benchmarks.varied import settings_of, with_windows
from geodata.demand import example_day
from routing.errors import InvalidInput
from routing.files import read_plan, write_day

HOUR = 3600


@pytest.fixture(scope="module")
def day():
    return example_day(60, seed=2)


@pytest.fixture(scope="module")
def plan(day):
    return routing.solve(day, iterations=2000, seed=1, workers=1)


@pytest.fixture
def folder(day, tmp_path):
    (tmp_path / "monday").mkdir()
    write_day(day, tmp_path / "monday" / "day.json")
    return tmp_path / "monday"


@pytest.fixture
def quick(monkeypatch):
    """Have searches be short and the same on every machine; note what was asked."""
    asked = []
    solve = routing.solve

    def short(day, **options):
        asked.append((len(day.drivers), day.hub.lanes, options["initial"] is not None))
        return solve(day, iterations=300, seed=options["seed"], workers=1, initial=options["initial"])

    monkeypatch.setattr(routing, "solve", short)
    return asked


def size(*arguments):
    return CliRunner().invoke(app, ["size", *(str(each) for each in arguments)])


def cell(**changes):
    plain = Cell("as it is", 5, 1, 10, 10, 12, 5, 100, 8.3, 20.0, 5.0, 60.0, 0.5, 1, 2.0, 30.0, 9.0, 1.0)
    return replace(plain, **changes)


def test_a_larger_fleet_repeats_the_riders_there_are(day):
    fleet = with_fleet(day, len(day.drivers) + 2, 3)
    assert fleet.hub.lanes == 3
    assert [driver.id for driver in fleet.drivers][-2:] == [f"{driver.id}+1" for driver in day.drivers[:2]]
    assert fleet.drivers[-1].shift == day.drivers[1].shift
    assert with_fleet(day, 1, 1).drivers == day.drivers[:1]


def test_a_plan_is_carried_to_a_larger_fleet_and_back(day, plan):
    larger = with_fleet(day, len(day.drivers) + 3, 4)
    up = carried_over(plan, day, larger)
    assert routing.check(larger, up) == []
    back = carried_over(up, larger, day)
    assert routing.check(day, back) == []
    assert back.cost == plan.cost


def test_a_plan_of_more_riders_than_there_are_is_not_carried(day, plan):
    assert carried_over(plan, day, with_fleet(day, len(plan.runs) - 1, 1)) is None


def test_lanes_taken_at_the_same_time_are_not_put_on_one(day, plan):
    run = next(run for run in plan.runs if any(visit.type == "hub" for visit in run.visits))
    hub = next(visit for visit in run.visits if visit.type == "hub")
    two = with_fleet(day, len(day.drivers), 2)
    # The same hub visit by two riders at once.
    double = plan.replace(runs=(run, replace(run, driver=next(d.id for d in day.drivers if d.id != run.driver))))
    assert hub.end > hub.begin
    assert carried_over(double, two, with_fleet(day, len(day.drivers), 1)) is None


def test_with_a_margin_all_that_is_promised_is_due_sooner_and_its_plans_hold(day):
    sooner = with_margin(day, 600)
    for before, after in zip(day.requests, sooner.requests, strict=True):
        assert [earliest for earliest, _ in after.windows] == [earliest for earliest, _ in before.windows]
        assert all(b - a == min(600, b - e) for (e, b), (_, a) in zip(before.windows, after.windows, strict=True))
    plan = routing.solve(sooner, iterations=500, seed=1, workers=1)
    assert routing.check(day, plan) == []
    assert punctuality(day, plan).least_slack >= 600
    assert with_margin(day, 0) is day


def test_the_queue_counts_riders_kept_waiting_by_others():
    from tests.benchmarks.queues import two_riders_at_once

    day, plan = two_riders_at_once()
    found = punctuality(day, plan)
    # Both are there when the hub opens at 8:00; the first keeps the lane 300 s.
    assert (found.longest_queue, found.longest_wait) == (1, 300)


@pytest.mark.parametrize("minutes", [30, 60, 120, 600])
def test_a_window_is_as_wide_as_asked_or_as_the_day_allows(day, minutes):
    spans = [window for request in day.requests for window in request.windows]
    most = max(latest for _, latest in spans) - min(earliest for earliest, _ in spans)
    changed = with_windows(day, 60 * minutes)
    assert {b - a for request in changed.requests for a, b in request.windows} == {min(60 * minutes, most)}


def test_every_narrower_window_lies_in_each_wider_one(day):
    wider = [with_windows(day, 60 * minutes) for minutes in (30, 60, 90, 180, 400, 700)]
    for narrow, wide in pairwise(wider):
        for before, after in zip(narrow.requests, wide.requests, strict=True):
            (a, b), (c, d) = before.windows[0], after.windows[0]
            assert c <= a <= b <= d


def test_settings_are_read_and_made(day):
    capacity = settings_of(["capacity=7,9"])
    assert [each.label for each in capacity] == ["as it is", "capacity 7", "capacity 9"]
    assert {driver.capacity for driver in capacity[1].apply(day).drivers} == {7}
    assert len(settings_of(["capacity=7,7"])) == 2
    hub = settings_of(["hub=07:00-12:00+13.30-17.00"])[1].apply(day).hub
    assert hub.windows == ((7 * HOUR, 12 * HOUR), (13 * HOUR + 1800, 17 * HOUR))


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("window=", "expected values"),
        ("window=0,x", "a whole number above 0"),
        ("hub=9-10", "opening hours"),
        ("hub=10:00-09:00", "in order of time"),
        ("hub=07:75-12:00", "between 00:00 and 24:00"),
        ("hub=07:00-25:00", "between 00:00 and 24:00"),
        ("widow=60", "did you mean 'window'?"),
    ],
)
def test_settings_that_are_none_are_named(text, told):
    with pytest.raises(InvalidInput, match=told.replace("?", r"\?")):
        settings_of([text])


def test_two_settings_in_one_sweep_are_refused():
    with pytest.raises(InvalidInput, match="is given 2 times: expected one setting"):
        settings_of(["window=60", "capacity=20"])


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "numbers from 1 up"),
        ("0", "numbers from 1 up"),
        ("3:1", "the smaller number first, as in 1:3"),
        ("1:100000", "at most 1000 numbers"),
        ("a:b", "numbers from 1 up"),
        ("1:2:3:4", "numbers from 1 up"),
        ("-1:3", "numbers from 1 up"),
    ],
)
def test_ranges_that_are_none_are_named(text, told):
    with pytest.raises(InvalidInput, match=f"--drivers: is {text!r}: expected {told}"):
        numbers_in(text, "--drivers")


def test_the_smallest_and_the_cheapest_fleet_serve_all():
    cells = [cell(drivers=4, served=9, cost=50), cell(drivers=5, cost=100), cell(drivers=6, cost=90)]
    assert (smallest(cells).drivers, cheapest(cells).drivers) == (5, 6)
    assert smallest(cells[:1]) is None


def test_of_fleets_that_cost_the_same_within_a_hundredth_the_smallest_is_the_cheapest():
    cells = [cell(drivers=5, cost=1009), cell(drivers=6, cost=1000), cell(drivers=4, cost=1011)]
    assert cheapest(cells).drivers == 5


def test_a_sweep_tells_the_smallest_fleet_and_writes_its_report(folder, quick, tmp_path, day):
    out = tmp_path / "out"
    result = size(folder, "--drivers", "1:5", "--lanes", "1:2", "--seconds", 1, "-o", out, "--json")
    answer = json.loads(result.stdout)
    assert result.exit_code == 0
    assert answer["smallest"]["served"] == 60
    fleets = [(cell["lanes"], cell["drivers"]) for cell in answer["cells"]]
    assert fleets == [(lanes, drivers) for lanes in (1, 2) for drivers in range(1, 6)]
    # More riders or lanes never look worse.
    total = {(cell["lanes"], cell["drivers"]): cell["served"] for cell in answer["cells"]}
    assert all(total[lanes, n] <= total[lanes, n + 1] for lanes in (1, 2) for n in range(1, 5))
    assert all(total[1, n] <= total[2, n] for n in range(1, 6))
    assert {"size.html", "size.md", "size.csv", "message.txt"} <= {p.name for p in out.iterdir()}
    with (out / "size.csv").open() as lines:
        assert len(list(csv.DictReader(lines))) == 10
    page = (out / "size.html").read_text()
    assert "<svg" in page
    assert "http://" not in page.replace("http://www.w3.org", "").replace("http://purl.org", "").replace(
        "http://creativecommons.org", ""
    )
    assert answer["made"]["settings"]["seed"] == 1
    assert (
        (tmp_path / "out" / "message.txt")
        .read_text()
        .startswith(
            f"Drivers and lanes for {day.date}, 60 requests\n{answer['smallest']['drivers']} drivers and 1 lane"
        )
    )


def test_each_fleet_begins_with_the_plan_of_a_smaller_one(folder, quick, tmp_path):
    size(folder, "--drivers", "1:2", "--lanes", "1:2", "--seconds", 1, "-o", tmp_path / "out")
    assert quick == [(1, 1, False), (2, 1, True), (1, 2, True), (2, 2, True)]


def test_drivers_that_cost_nothing_are_remarked_on(day, quick, tmp_path):
    drivers = tuple(replace(each, cost_run=0, cost_km=0, cost_hour=0) for each in day.drivers)
    write_day(replace(day, drivers=drivers), tmp_path / "day.json")
    result = size(tmp_path, "--drivers", "1", "--lanes", "1", "--seconds", 1, "-o", tmp_path / "out")
    assert NO_COSTS in result.stderr.splitlines()


def test_fleets_that_leave_riders_at_home_end_the_search_for_larger_ones(folder, quick, tmp_path):
    size(folder, "--drivers", "10:20", "--lanes", "2", "--seconds", 1, "-o", tmp_path / "out")
    searched = [drivers for drivers, _, _ in quick]
    assert searched == [10, 11]
    size(folder, "--drivers", "10:13", "--lanes", "2", "--every", "--seconds", 1, "-o", tmp_path / "all")
    assert len(quick) == 2 + 4


def test_an_interrupted_sweep_goes_on_where_it_stopped(folder, quick, tmp_path, monkeypatch):
    out = tmp_path / "out"
    short = routing.solve

    def interrupted(day, **options):
        if len(quick) == 2:
            signal.raise_signal(signal.SIGINT)
        return short(day, **options)

    monkeypatch.setattr(routing, "solve", interrupted)
    options = (folder, "--drivers", "1:4", "--lanes", "1", "--seconds", 1, "-o", out)
    first = size(*options)
    assert first.exit_code == 3
    assert "--resume goes on" in first.stderr
    assert len(list((out / "plans").glob("*/*.json"))) == 2
    assert "2 fleets are still to be planned." in first.stdout
    assert "No fleet so far serves all" in first.stdout
    assert not (out / "cost.png").exists(), "no fleet serves all yet: there is no cost to draw"
    with (out / "results.jsonl").open("a") as lines:
        lines.write('{"signature": "cut by a ki')
    monkeypatch.setattr(routing, "solve", short)
    refused = size(*options)
    assert (refused.exit_code, "expected --resume" in refused.stderr) == (2, True)
    quick.clear()
    second = size(*options, "--resume", "--json")
    assert [drivers for drivers, _, _ in quick] == [3, 4]
    assert len(json.loads(second.stdout)["cells"]) == 4
    # Of another budget nothing is taken.
    quick.clear()
    other = size(*options[:-4], "--seconds", 2, "-o", out, "--resume")
    assert [drivers for drivers, _, _ in quick] == [1, 2, 3, 4]
    assert "holds other days or settings" in other.stderr
    # ... and what is of this one is still its own, not that of the other.
    quick.clear()
    again = size(*options, "--resume", "--json")
    assert quick == []
    assert json.loads(again.stdout)["cells"] == json.loads(second.stdout)["cells"]


def test_a_result_without_its_line_end_does_not_damage_the_next(folder, quick, tmp_path):
    options = (folder, "--lanes", "1", "--seconds", 1, "-o", tmp_path / "out", "--resume", "--drivers")
    size(*options, "5")
    results = tmp_path / "out" / "results.jsonl"
    results.write_text(results.read_text().rstrip("\n"))
    size(*options, "5,6")
    assert size(*options, "5,6").exit_code == 0
    assert len(quick) == 2


def test_each_lane_costs_its_price(folder, quick, tmp_path):
    options = (folder, "--drivers", "6", "--lanes", "2", "--seconds", 1, "--json", "-o")
    free, dear = (
        json.loads(size(*options, tmp_path / str(price), "--lane-cost", price).stdout)["cells"][0]["cost"]
        for price in (0, 1000)
    )
    assert dear == free + 2000


def test_a_promise_is_not_made_where_windows_are_too_short_for_it(day):
    def told(least_slack):
        sweep = Sweep(day, settings_of([]), (5,), (1,), margin=1800)
        return answers(Answer(sweep, [cell(least_slack_min=least_slack)], 0, None))[0]

    assert "with 30 minutes to spare at every promise" in told(30.0)
    assert "with 30 minutes to spare where windows allow it, 2.5 at the least" in told(2.5)


def test_a_day_that_cannot_be_sized_is_told(day, tmp_path):
    def told(changed, *options):
        write_day(changed, tmp_path / "day.json")
        result = size(tmp_path / "day.json", "-o", tmp_path / "out", *options)
        assert result.exit_code == 2
        return result.stderr

    assert "--lanes: is not given" in told(day.replace(hub=day.hub.replace(lanes=None)))
    assert "requests: are none" in told(day.replace(requests=()), "--lanes", "1")


def test_plans_with_another_margin_are_not_taken_for_this_one(folder, quick, tmp_path):
    def answered(margin):
        options = (folder, "--drivers", "5", "--lanes", "1", "--seconds", 1, "-o", tmp_path / "out", "--resume")
        return json.loads(size(*options, "--margin", margin, "--json").stdout)

    first = answered(30)
    assert answered(0)["cells"] != first["cells"]
    assert answered(30)["cells"] == first["cells"]


def test_each_figure_of_a_fleet_has_a_heat_map(folder, quick, tmp_path):
    out = tmp_path / "out"
    size(folder, "--drivers", "5:6", "--lanes", "1:2", "--seconds", 1, "-o", out)
    figures = {"served", "cost_thousands", "cost_per_document", "usual_slack_min", "lane_use_percent", "longest_queue"}
    assert {path.name for path in out.glob("*.png")} == {f"heat-{name}.png" for name in figures} | {"cost.png"}
    # One picture for each, and the map of the smallest fleet.
    assert (out / "size.html").read_text().count("<svg") == 8


def test_a_smallest_fleet_at_the_edge_of_the_sweep_says_so(folder, quick, tmp_path):
    edge = size(folder, "--drivers", "3:4", "--lanes", 1, "--seconds", 1, "-o", tmp_path / "edge")
    assert "3 drivers and 1 lane serve all" in edge.stdout
    assert "at every promise (fewer drivers were not tried)." in edge.stdout
    inside = size(folder, "--drivers", "1:4", "--lanes", 1, "--seconds", 1, "-o", tmp_path / "inside")
    assert "not tried" not in inside.stdout


def test_a_sweep_of_windows_says_what_they_cost(folder, quick, tmp_path):
    out = tmp_path / "out"
    result = size(folder, "--drivers", 6, "--vary", "window=45,240", "--seconds", 1, "-o", out, "--json")
    answer = json.loads(result.stdout)
    assert list(answer["settings"]) == ["as it is", "window 45", "window 240"]
    by_setting = {cell["setting"]: cell for cell in answer["cells"]}
    assert by_setting["window 45"]["usual_slack_min"] < by_setting["window 240"]["usual_slack_min"]
    assert "## By setting" in (out / "size.md").read_text()


def test_no_fleet_that_serves_all_is_a_no(folder, quick, tmp_path):
    result = size(folder, "--drivers", 1, "--lanes", 1, "--seconds", 1, "-o", tmp_path / "out")
    assert result.exit_code == 1
    assert "No fleet serves all; 1 driver and 1 lane serve" in result.stdout


def test_plans_of_a_sweep_keep_the_rules_of_the_day(folder, quick, tmp_path, day):
    size(folder, "--drivers", "3:4", "--lanes", 1, "--seconds", 1, "-o", tmp_path / "out")
    for file in (tmp_path / "out" / "plans").glob("*/*.json"):
        drivers = int(file.stem.split("-d")[1][:3])
        assert routing.check(with_fleet(day, drivers, 1), read_plan(file)) == []


def test_what_is_wrong_is_told_before_anything_is_planned(folder, tmp_path, monkeypatch):
    monkeypatch.setattr(size_command, "compile_first", lambda _: pytest.fail("nothing must be compiled"))
    for arguments in (("--drivers", "x"), ("--lanes", "0"), ("--vary", "speed=3")):
        result = size(folder, *arguments, "-o", tmp_path / "out")
        assert result.exit_code == 2
        assert len(result.stderr.splitlines()) == 1
    missing = size(tmp_path / "mondy")
    assert "did you mean 'monday'?" in missing.stderr
