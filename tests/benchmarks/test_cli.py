from __future__ import annotations

import json
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from typer.main import get_command
from typer.testing import CliRunner, Result

import routing
from benchmarks.cli import app
from benchmarks.compiled_first import compile_first
from benchmarks.terminal import Stages
from geodata.demand import example_day
from routing.files import read_day, read_plan, write_day, write_plan


def kurir(*arguments: object) -> Result:
    return CliRunner().invoke(app, [str(each) for each in arguments])


def answer_of(result: Result) -> dict[str, Any]:
    lines = result.stdout.splitlines()
    assert len(lines) == 1, result.stdout
    answer: dict[str, Any] = json.loads(lines[0])
    return answer


@pytest.fixture(scope="module")
def day_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("days") / "small"
    assert kurir("day", "--requests", 30, "--seed", 5, "-o", folder).exit_code == 0
    return folder


@pytest.fixture(scope="module")
def unplanned(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A day of which nothing is served, as files."""
    folder = tmp_path_factory.mktemp("unplanned")
    day = example_day(20)
    penalty = sum(day.costs.unserved(request) for request in day.requests)
    unserved = tuple(routing.Unserved(request.id, "no-driver", "nobody came") for request in day.requests)
    cost = routing.CostBreakdown(total=penalty, runs=0, distance=0, time=0, unserved=penalty, point_to_point=0)
    write_day(day, folder / "day.json")
    write_plan(routing.Plan(runs=(), unserved=unserved, cost=cost), folder / "plan.json")
    return folder


def test_a_written_day_is_the_same_for_the_same_seed(day_folder: Path, tmp_path: Path) -> None:
    kurir("day", "--requests", 30, "--seed", 5, "-o", tmp_path)
    for name in ("day.toml", "requests.csv", "drivers.csv"):
        assert (tmp_path / name).read_text() == (day_folder / name).read_text()


def test_a_written_day_says_what_is_in_it(tmp_path: Path) -> None:
    arguments = ("--requests", 40, "--drivers", 3, "--lanes", 1, "--rounds", 0.5, "--profile", "friday", "--json")
    answer = answer_of(kurir("day", *arguments, "-o", tmp_path / "new" / "folder"))
    assert (answer["pickups"], answer["returns"], answer["round_trips"]) == (20, 20, 10)
    assert (answer["drivers"], answer["lanes"], answer["profile"]) == (3, 1, "friday")
    assert (tmp_path / "new" / "folder" / "day.toml").is_file()


def test_a_day_written_over_another_loses_nothing_and_says_what_it_kept(day_folder: Path, tmp_path: Path) -> None:
    for name in ("day.toml", "requests.csv", "drivers.csv"):
        (tmp_path / name).write_bytes((day_folder / name).read_bytes())
    (tmp_path / "requests.csv").write_text("id,kind,address\nA01,pickup,Kel. Ciater\n")
    (tmp_path / "requests.csv.old").write_text("of last week")
    result = kurir("day", "--requests", 30, "--seed", 5, "-o", tmp_path, "--json")
    assert answer_of(result)["requests"] == 30
    file = tmp_path / "requests.csv"
    assert result.stderr == f"{file} was there with other content: that is kept as requests.csv.old2\n"
    assert file.read_bytes() == (day_folder / "requests.csv").read_bytes()
    assert (tmp_path / "requests.csv.old").read_text() == "of last week"
    assert "Kel. Ciater" in (tmp_path / "requests.csv.old2").read_text()
    assert len(list(tmp_path.iterdir())) == 5


def test_every_bad_option_of_a_day_is_told_on_its_own_line(tmp_path: Path) -> None:
    result = kurir("day", "--requests", 0, "--rounds", 2, "-o", tmp_path)
    assert result.exit_code == 2
    assert result.stdout == ""
    assert [line.split(": ")[1] for line in result.stderr.splitlines()] == ["requests", "rounds"]


def test_a_plan_that_keeps_the_rules_is_valid(unplanned: Path) -> None:
    result = kurir("check", unplanned / "day.json", unplanned / "plan.json")
    assert (result.exit_code, result.stdout.split(":")[0]) == (0, "valid")


def test_a_plan_that_breaks_rules_gets_a_line_for_each(unplanned: Path, tmp_path: Path) -> None:
    plan = read_plan(unplanned / "plan.json")
    write_plan(plan.replace(unserved=plan.unserved[2:]), tmp_path / "plan.json")
    day = unplanned / "day.json"
    violations = routing.check(read_day(day), read_plan(tmp_path / "plan.json"))
    result = kurir("check", day, tmp_path / "plan.json")
    assert result.exit_code == 1
    assert result.stdout.splitlines() == [str(violation) for violation in violations]
    assert len(violations) >= 2
    answer = answer_of(kurir("check", day, tmp_path / "plan.json", "--json"))
    assert not answer["valid"]
    assert len(answer["violations"]) == len(violations)


def test_files_that_cannot_be_read_are_bad_input(unplanned: Path, tmp_path: Path) -> None:
    (tmp_path / "plan.json").write_text('{"schema": "kurir/plan/1"}')
    result = kurir("check", tmp_path / "day.json", tmp_path / "plan.json")
    assert result.exit_code == 2
    assert "day.json" in result.stderr.splitlines()[0]
    assert any("plan.json: runs" in line for line in result.stderr.splitlines())


def test_a_network_tells_its_figures() -> None:
    answer = answer_of(kurir("network", "info", "--json"))
    assert {"nodes", "edges", "km", "connected_share", "by_class"} <= set(answer)
    assert sum(answer["by_class"].values()) == pytest.approx(answer["km"], rel=0.01)
    assert f"{answer['nodes']:,} nodes" in kurir("network", "info").stdout


def test_a_network_that_is_not_there_is_bad_input(tmp_path: Path) -> None:
    result = kurir("network", "info", tmp_path / "none.graphml")
    assert result.exit_code == 2
    assert len(result.stderr.splitlines()) == 1
    assert "none.graphml" in result.stderr


def test_faults_of_a_day_folder_are_told_by_file_row_and_field(day_folder: Path, tmp_path: Path) -> None:
    for file in day_folder.iterdir():
        (tmp_path / file.name).write_text(file.read_text())
    requests = (day_folder / "requests.csv").read_text().replace("pickup", "pikup", 2)
    (tmp_path / "requests.csv").write_text(requests)
    result = kurir("plan", tmp_path, "--seconds", 1, "-o", tmp_path / "out")
    assert result.exit_code == 2
    expected = [f"requests.csv row {row}: kind: is 'pikup': expected 'pickup' or 'return'" for row in (2, 3)]
    assert result.stderr.splitlines() == expected
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("arguments", "meant"), [(("plna",), "plan"), (("plan", "--sed", "1"), "--seed"), (("bnech",), "bench")]
)
def test_a_misspelt_word_is_answered_by_the_one_meant(arguments: tuple[str, ...], meant: str) -> None:
    result = kurir(*arguments)
    assert result.exit_code == 2
    assert meant in result.stderr.splitlines()[-1]


def test_help_comes_at_once_and_shows_examples() -> None:
    def help_seconds() -> float:
        started = time.perf_counter()
        done = subprocess.run(
            [sys.executable, "-m", "benchmarks.cli", "--help"], capture_output=True, text=True, check=True
        )
        assert "kurir plan" in done.stdout
        return time.perf_counter() - started

    assert min(help_seconds() for _ in range(3)) < 1.0


def test_a_folder_that_cannot_be_written_is_bad_input(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    result = kurir("day", "--requests", 4, "-o", tmp_path / "file" / "folder")
    assert result.exit_code == 2
    assert len(result.stderr.splitlines()) == 1


def test_a_search_not_yet_compiled_is_announced(capsys: pytest.CaptureFixture[str], monkeypatch: Any) -> None:
    monkeypatch.setattr("routing.search.warm_up", lambda: 0.0)
    for cached, said in ((True, 0), (False, 1)):
        monkeypatch.setattr("routing.search.compiled.is_cached", lambda cached=cached: cached)
        compile_first(Stages(None))
        assert len(capsys.readouterr().err.splitlines()) == said


def commands() -> list[tuple[str, Any]]:
    """Every command by its words."""
    found = []
    left = [("", get_command(app))]
    while left:
        words, command = left.pop()
        inner = getattr(command, "commands", None)
        if inner is None:
            found.append((words.strip(), command))
        else:
            left += [(f"{words} {name}", each) for name, each in inner.items()]
    return found


@pytest.mark.parametrize(("words", "command"), commands())
def test_every_command_speaks_json(words: str, command: Any) -> None:
    assert "--json" in [option for each in command.params for option in each.opts], words


@pytest.mark.parametrize("group", [(), ("bench",), ("network",)])
def test_the_list_of_commands_is_cut_nowhere(group: tuple[str, ...]) -> None:
    listed = kurir(*group, "--help").stdout
    assert "Commands:" in listed
    assert "..." not in listed.partition("Commands:")[2]
