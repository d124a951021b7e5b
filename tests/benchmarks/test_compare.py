"""``kurir bench``: one instance solved, engines side by side, and the tables of it."""

from __future__ import annotations

import csv
import json
import sys

import pytest
from typer.testing import CliRunner

import routing
from benchmarks import bench_solve, compare, engines, peers
from benchmarks.bench_cli import app
from benchmarks.peers.answer import PeerRun
from benchmarks.peers.timed import plan_of
from benchmarks.records import Record, records_in
from benchmarks.report import instance_rows, summary_rows
from routing.files import write_day

LINE = """line

VEHICLE
NUMBER     CAPACITY
  3         10

CUSTOMER
CUST NO.  XCOORD.   YCOORD.    DEMAND   READY TIME  DUE DATE   SERVICE   TIME

    0      0          0          0          0        1000          0
    1      10         0          4          0        900           5
    2      20         0          4          0        900           5
    3      30         0          4          0        900           5
"""


def alone(day):
    """An answer without any search: each customer by itself."""
    return [PeerRun(driver.id, ((request.id,),)) for driver, request in zip(day.drivers, day.requests, strict=True)]


@pytest.fixture
def line(tmp_path):
    path = tmp_path / "line.txt"
    path.write_text(LINE)
    (tmp_path / "line.sol").write_text("Route #1: 1\nRoute #2: 2 3\nCost 80\n")
    return path


@pytest.fixture
def asked(monkeypatch):
    """Have the engine answer at once, and note what it was asked."""
    calls = []

    def solve(day, **options):
        calls.append(options)
        options.get("on_progress")
        return plan_of(day, alone(day)).replace(iterations=7, seed=options["seed"])

    monkeypatch.setattr(routing, "solve", solve, raising=False)
    monkeypatch.setattr(compare, "compile_first", lambda _: None)
    monkeypatch.setattr(bench_solve, "compile_first", lambda _: None)
    return calls


def run(*arguments):
    return CliRunner().invoke(app, [str(each) for each in arguments])


def test_an_instance_is_solved_and_reported_in_its_own_arithmetic(line, asked):
    result = run("solve", line, "--seconds", 1, "--seed", 3, "--workers", 2, "--json")
    report = json.loads(result.stdout)
    assert result.exit_code == 0
    # 20 + 40 + 60 in tenths, against 20 + 60.
    assert report["cost"] == 1200
    assert report["best_known"] == 800
    assert report["gap"] == 50.0
    assert {name: report[name] for name in ("instance", "class", "vehicles", "feasible", "iterations", "seed")} == {
        "instance": "line",
        "class": "VRPTW",
        "vehicles": 3,
        "feasible": True,
        "iterations": 7,
        "seed": 3,
    }
    assert (asked[0]["seconds"], asked[0]["seed"], asked[0]["workers"]) == (1, 3, 2)
    assert "iterations" not in asked[0]


def test_a_budget_of_iterations_has_no_clock_unless_asked_for(line, asked):
    run("solve", line, "--iterations", 100)
    run("solve", line, "--iterations", 100, "--seconds", 2)
    run("solve", line)
    budgets = [(options.get("seconds"), options.get("iterations")) for options in asked]
    assert budgets == [(None, 100), (2, 100), (60, None)]


def test_the_routes_are_written_for_other_tools(line, asked, tmp_path):
    run("solve", line, "--seconds", 1, "--solution", tmp_path / "mine.sol")
    assert (tmp_path / "mine.sol").read_text().startswith("Route #1: 1\nRoute #2: 2\nRoute #3: 3\nCost 1200\n")
    assert run("solve", line, "--seconds", 1, "--solution", tmp_path / "mine.sol").exit_code == 0


@pytest.mark.parametrize("name", ["line.sol", "line.txt"])
def test_a_file_that_is_not_its_own_is_not_written_over(line, asked, name):
    path = line.with_name(name)
    before = path.read_bytes()
    result = run("solve", line, "--seconds", 1, "--solution", path)
    assert (result.exit_code, asked) == (2, [])
    assert f"--solution: is {path}, which kurir did not write: expected another name" in result.stderr
    assert path.read_bytes() == before


def test_its_own_answer_beside_the_instance_is_not_the_best_known(line, asked):
    own = line.with_suffix(".sol")
    own.unlink()
    for _ in range(2):
        result = run("solve", line, "--seconds", 1, "--solution", own, "--json")
        assert (result.exit_code, json.loads(result.stdout)["best_known"]) == (0, None)


def test_without_json_a_person_reads_the_answer(line, asked):
    result = run("solve", line, "--seconds", 1)
    assert "line (VRPTW, dimacs): cost 1,200 with 3 vehicles" in result.stdout
    assert "best known 800: +50.00 %" in result.stdout
    assert "Made by kurir" in result.stdout
    assert "seconds 1.0, seed 1" in result.stdout


def test_an_answer_that_leaves_someone_out_is_a_no(line, asked, monkeypatch):
    monkeypatch.setattr(routing, "solve", lambda day, **_: plan_of(day, alone(day)[:2]))
    result = run("solve", line, "--seconds", 1, "--json")
    assert result.exit_code == 1
    report = json.loads(result.stdout)
    assert (report["feasible"], report["gap"]) == (False, None)
    assert report["faults"] == ["customer 3 is visited 0 times"]


def test_bad_input_is_told_by_line_with_exit_code_2(line, asked, tmp_path):
    line.write_text(LINE.replace("    3      30 ", "    3      far"))
    result = run("solve", line)
    assert result.exit_code == 2
    assert result.stderr == "line.txt line 13: XCOORD.: is 'far': expected a number\n"
    missing = run("solve", tmp_path / "none.vrp")
    assert missing.exit_code == 2
    assert "cannot be read" in missing.stderr
    assert run("solve", line, "--rounding", "up").exit_code == 2
    assert run("solve", line, "--solution", tmp_path / "no" / "a.sol").exit_code == 2


def test_an_interrupt_still_gives_the_best_so_far(line, asked, monkeypatch, tmp_path):
    import signal

    def interrupted(day, **options):
        signal.raise_signal(signal.SIGINT)
        assert options["should_stop"]()
        return plan_of(day, alone(day))

    monkeypatch.setattr(routing, "solve", interrupted)
    result = run("solve", line, "--solution", tmp_path / "best.sol", "--json")
    assert result.exit_code == 3
    assert json.loads(result.stdout)["cost"] == 1200
    assert (tmp_path / "best.sol").is_file()


def fake_peer(monkeypatch, answer):
    def run_peer(name, day, seconds, seed, **_):
        return answer(name, day, seed)

    monkeypatch.setattr(engines, "run_peer", run_peer)


def test_engines_are_compared_on_the_same_instances(line, asked, monkeypatch, tmp_path):
    def answer(name, day, seed):
        if name == "vroom":
            return peers.PeerResult(name, None, "crashed with exit code -11: segfault", 0.5)
        return peers.PeerResult(name, (PeerRun("1", (("1",),)), PeerRun("2", (("2",), ("3",)))), "", 1.0)

    fake_peer(monkeypatch, answer)
    out = tmp_path / "out"
    result = run("compare", line, "--peers", "pyvrp,vroom", "--seconds", 1, "--runs", 2, "-o", out, "--json")
    assert result.exit_code == 0
    rows = {row["engine"]: row for row in json.loads(result.stdout)["engines"]}
    assert rows["pyvrp"]["mean_gap"] == 0
    assert rows["kurir"]["mean_gap"] == 50
    assert (rows["pyvrp"]["share_best"], rows["kurir"]["share_best"]) == (1, 0)
    assert (rows["vroom"]["failed"], rows["vroom"]["mean_gap"]) == (2, None)
    table = (out / "summary.md").read_text()
    assert "crashed with exit code -11: segfault" in table
    with (out / "instances.csv").open() as lines:
        assert [row["engine"] for row in csv.DictReader(lines)] == ["kurir", "pyvrp", "vroom"]
    order = [json.loads(each)["engine"] for each in (out / "results.jsonl").read_text().splitlines()]
    # In turn, and another goes first with the next seed.
    assert order == ["kurir", "pyvrp", "vroom", "pyvrp", "vroom", "kurir"]


def test_an_infeasible_answer_of_a_peer_is_a_failure_whatever_it_says(line, asked, monkeypatch, tmp_path):
    fake_peer(monkeypatch, lambda name, *_: peers.PeerResult(name, (PeerRun("1", (("1",), ("2",), ("3",))),), "", 1.0))
    run("compare", line, "--peers", "pyvrp", "--seconds", 1, "--runs", 1, "-o", tmp_path / "out")
    theirs = json.loads((tmp_path / "out" / "results.jsonl").read_text().splitlines()[1])
    assert theirs["cost"] is None
    assert "carries 12, more than the capacity 10" in theirs["failure"]


def test_copies_of_a_peer_take_seeds_of_their_own_and_the_better_counts(line, asked, monkeypatch, tmp_path):
    seeds = []

    def answer(name, day, seed):
        seeds.append(seed)
        good = (PeerRun("1", (("1",),)), PeerRun("2", (("2",), ("3",))))
        return peers.PeerResult(name, good if seed % 2 else tuple(alone(day)), "", 1.0)

    fake_peer(monkeypatch, answer)
    run("compare", line, "--peers", "pyvrp*2", "--seconds", 1, "--runs", 2, "-o", tmp_path / "out")
    records = [json.loads(each) for each in (tmp_path / "out" / "results.jsonl").read_text().splitlines()]
    assert sorted(seeds) == [2, 3, 4, 5]
    assert [record["cost"] for record in records if record["engine"] == "pyvrp*2"] == [800, 800]
    assert [record["copies"] for record in records if record["engine"] == "pyvrp*2"] == [[1200, 800]] * 2


def test_a_comparison_goes_on_where_it_stopped(line, asked, monkeypatch, tmp_path):
    fake_peer(monkeypatch, lambda name, day, *_: peers.PeerResult(name, tuple(alone(day)), "", 1.0))
    out = tmp_path / "out"
    options = ("compare", line, "--peers", "pyvrp", "--seconds", 1, "-o", out)
    run(*options, "--runs", 1)
    # A kill in the middle of a line.
    with (out / "results.jsonl").open("a") as lines:
        lines.write('{"case": "li')
    refused = run(*options, "--runs", 2)
    assert refused.exit_code == 2
    assert "expected --resume" in refused.stderr
    assert len(asked) == 1
    resumed = run(*options, "--runs", 2, "--resume", "--json")
    assert resumed.exit_code == 0
    assert len(asked) == 2
    assert json.loads(resumed.stdout)["runs"] == 4


def test_a_case_that_has_changed_since_is_solved_anew(line, asked, tmp_path):
    options = ("compare", line, "--peers", "none", "--seconds", 1, "--runs", 1, "--resume", "--json", "-o")
    run(*options, tmp_path / "out")
    line.write_text(LINE.replace("    3      30 ", "    3      90 "))
    changed = json.loads(run(*options, tmp_path / "out").stdout)
    assert len(asked) == 2
    assert changed["runs"] == 1
    longer = json.loads(run(*options, tmp_path / "other").stdout)
    assert changed["classes"][0]["mean_gap"] == longer["classes"][0]["mean_gap"]
    # What is drawn is the answer to the case as it is now, though it costs more.
    routes = "routes/line.kurir.json"
    assert (tmp_path / "out" / routes).read_text() == (tmp_path / "other" / routes).read_text()


def test_the_message_says_who_was_cheaper_and_what_was_solved(line, asked, monkeypatch, tmp_path):
    from benchmarks.instances import read_instance

    day = read_instance(line).day
    (tmp_path / "monday").mkdir()
    write_day(day.replace(hub=day.hub.replace(lanes=1, base=5)), tmp_path / "monday" / "day.json")
    first, second, third = ((request.id,) for request in day.requests)
    together = [PeerRun(day.drivers[0].id, (first, second)), PeerRun(day.drivers[1].id, (third,))]
    fake_peer(monkeypatch, lambda name, *_: peers.PeerResult(name, tuple(together), "", 1.0, (), ("no seed",)))
    run("compare", tmp_path / "monday", "--peers", "pyvrp", "--seconds", 1, "--runs", 1, "-o", tmp_path / "o")
    message = (tmp_path / "o" / "message.txt").read_text()
    assert message.startswith("Comparison of monday: 1 s per run, 1 seed\n")
    assert "answers of pyvrp cost 16.7 % less than those of kurir (1 case)" in message
    assert "Solved by all, instead of the days as they are: lanes are unlimited; lane service takes no time" in message
    assert "pyvrp besides: no seed" in message


def test_a_cut_file_of_routes_does_not_stop_a_comparison(line, asked, tmp_path):
    (tmp_path / "o" / "routes").mkdir(parents=True)
    (tmp_path / "o" / "routes" / "line.kurir.json").write_text('{"case": "li')
    assert run("compare", line, "--peers", "none", "--seconds", 1, "--runs", 1, "-o", tmp_path / "o").exit_code == 0
    assert json.loads((tmp_path / "o" / "routes" / "line.kurir.json").read_text())["case"] == "line"


def test_what_tells_about_a_set_is_no_instance_of_it(line, asked, tmp_path):
    (tmp_path / "readme.txt").write_text("Three customers on a line.")
    result = run("compare", "files", tmp_path, "--peers", "none", "--seconds", 1, "--runs", 1, "-o", tmp_path / "o")
    assert (result.exit_code, len(asked)) == (0, 1)


def test_another_version_is_run_anew(line, asked, monkeypatch, tmp_path):
    options = ("compare", line, "--peers", "none", "--seconds", 1, "--runs", 1, "--resume", "-o", tmp_path / "o")
    run(*options)
    monkeypatch.setattr(sys.modules["routing.solve"], "version", lambda: "9.9")
    run(*options)
    assert len(asked) == 2
    assert [record.version for record in records_in(tmp_path / "o" / "results.jsonl")][1] == "9.9"


def test_a_peer_that_is_not_installed_is_told_before_anything_runs(line, asked, monkeypatch, tmp_path):
    monkeypatch.setattr(peers.Peer, "version", None)
    result = run("compare", line, "--peers", "vrp-cli", "--seconds", 1, "--runs", 1, "-o", tmp_path / "o")
    assert "vrp-cli is not installed, its runs fail: pip install vrp-cli" in result.stderr


def test_a_day_is_compared_as_far_as_the_peers_can_model_it(line, asked, monkeypatch, tmp_path):
    from benchmarks.instances import read_instance

    day = read_instance(line).day
    (tmp_path / "monday").mkdir()
    write_day(day.replace(hub=day.hub.replace(lanes=1, base=5)), tmp_path / "monday" / "day.json")
    fake_peer(monkeypatch, lambda name, day, *_: peers.PeerResult(name, tuple(alone(day)), "", 1.0))
    result = run("compare", tmp_path / "monday", "--peers", "pyvrp", "--seconds", 1, "--runs", 1, "-o", tmp_path / "o")
    assert result.exit_code == 0
    assert "| pyvrp | monday | lanes are unlimited; lane service takes no time |" in result.stdout


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("--peers", "gurobi"), "expected some of pyvrp, vroom, ortools"),
        (("--peers", "pyvrp*x"), "expected a number of copies"),
        (("--peers", "ortools*2"), "ortools takes neither seeds nor threads: expected ortools by itself"),
        (("--peers", "pyvrp,none"), "or none by itself"),
        (("--peers", ""), "or none by itself"),
        (("--peers", "none", "--rounding", "foo"), "expected one of dimacs"),
        (("--peers", "none", "--kinds", "weekday"), "expected tangsel or random among what is compared"),
        (("--peers", "none", "--sizes", "20"), "expected tangsel or random among what is compared"),
    ],
)
def test_a_peer_nobody_knows_is_bad_input(line, asked, tmp_path, arguments, told):
    result = run("compare", line, *arguments, "-o", tmp_path / "out")
    assert result.exit_code == 2
    assert told in result.stderr


def test_every_path_that_is_no_case_is_told(asked, tmp_path):
    result = run("compare", tmp_path / "a.vrp", tmp_path / "b.vrp", "-o", tmp_path / "out")
    assert result.exit_code == 2
    assert len(result.stderr.splitlines()) == 2


def test_gaps_are_measured_against_the_best_of_the_comparison_where_none_is_known():
    def record(engine, seed, cost):
        return Record("a", "day", engine, "1", 1, seed, 1.0, None, 1.0, cost, 2, 0, "", None)

    records = [record("x", 1, 110), record("x", 2, 120), record("y", 1, 100), record("y", 2, 150)]
    rows = {row["engine"]: row for row in instance_rows(records)}
    assert (rows["x"]["mean_gap"], rows["x"]["worst_gap"], rows["y"]["mean_gap"]) == (15, 20, 25)
    assert [row["share_best"] for row in summary_rows(records)] == [1, 0]


def test_the_engine_itself_solves_an_instance_to_its_optimum(line):
    result = run("solve", line, "--iterations", 300, "--workers", 1, "--json")
    report = json.loads(result.stdout)
    # Two of the three fit one vehicle: the farther two together, 60, and the nearest alone, 20.
    assert (result.exit_code, report["cost"], report["vehicles"]) == (0, 800, 2)


def test_without_peers_a_day_keeps_all_its_rules(line, asked, monkeypatch, tmp_path):
    from benchmarks.instances import read_instance

    day = read_instance(line).day
    (tmp_path / "monday").mkdir()
    write_day(day.replace(hub=day.hub.replace(lanes=2, base=5)), tmp_path / "monday" / "day.json")
    seen = []
    monkeypatch.setattr(routing, "solve", lambda day, **_: seen.append(day.hub.lanes) or plan_of(day, alone(day)))
    run("compare", tmp_path / "monday", "--peers", "none", "--seconds", 1, "--runs", 1, "-o", tmp_path / "o")
    run("compare", tmp_path / "monday", "--peers", "vroom", "--seconds", 1, "--runs", 1, "-o", tmp_path / "p")
    assert seen == [2, None]


def test_a_bug_of_this_engine_is_a_row_and_the_others_go_on(line, asked, monkeypatch, tmp_path):
    def broken(day, **_):
        raise ZeroDivisionError("by nothing")

    monkeypatch.setattr(routing, "solve", broken)
    fake_peer(monkeypatch, lambda name, day, *_: peers.PeerResult(name, tuple(alone(day)), "", 1.0))
    result = run("compare", line, "--peers", "pyvrp", "--seconds", 1, "--runs", 2, "-o", tmp_path / "out", "--json")
    rows = {row["engine"]: row for row in json.loads(result.stdout)["engines"]}
    assert (rows["kurir"]["failed"], rows["pyvrp"]["failed"]) == (2, 0)
    assert "ZeroDivisionError: by nothing" in (tmp_path / "out" / "summary.md").read_text()


def test_an_invalid_plan_of_this_engine_is_a_failure(line, asked, monkeypatch, tmp_path):
    def forgetful(day, **_):
        plan = plan_of(day, alone(day))
        return plan.replace(runs=plan.runs[:-1])

    monkeypatch.setattr(routing, "solve", forgetful)
    run("compare", line, "--peers", "none", "--seconds", 1, "--runs", 1, "-o", tmp_path / "out")
    record = records_in(tmp_path / "out" / "results.jsonl")[0]
    assert (record.cost, record.curve) == (None, ())
    assert "customer 3 is visited 0 times" in record.failure


def test_samples_of_a_peer_are_judged_here_and_make_its_curve(line, asked, monkeypatch, tmp_path):
    def answer(name, day, seed):
        good = (PeerRun("1", (("1",),)), PeerRun("2", (("2",), ("3",))))
        too_much = (PeerRun("1", (("1",), ("2",), ("3",))),)
        return peers.PeerResult(name, good, "", 2.0, ((0.1, too_much), (0.5, tuple(alone(day))), (1.5, good)))

    fake_peer(monkeypatch, answer)
    run("compare", line, "--peers", "pyvrp", "--seconds", 1, "--runs", 1, "-o", tmp_path / "out")
    theirs = json.loads((tmp_path / "out" / "results.jsonl").read_text().splitlines()[1])
    assert theirs["curve"] == [[0.5, 1200], [1.5, 800]]


def test_runs_with_other_settings_in_the_same_folder_are_not_mixed_in(line, asked, monkeypatch, tmp_path):
    options = ("compare", line, "--peers", "none", "--runs", 1, "-o", tmp_path / "out", "--resume", "--json")
    run(*options, "--seconds", 1)
    second = json.loads(run(*options, "--seconds", 2).stdout)
    assert second["runs"] == 1
    assert len(records_in(tmp_path / "out" / "results.jsonl")) == 2
    assert len(asked) == 2
    run(*options, "--seconds", 2)
    assert len(asked) == 2
