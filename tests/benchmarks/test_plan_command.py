from __future__ import annotations

import json
import os
import pty
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

import routing
from benchmarks.cli import app
from benchmarks.day_remarks import NO_COSTS, NO_REQUESTS
from routing.files import read_day, read_plan

OUTPUTS = {
    "day.json",
    "matrix.npz",
    "plan.json",
    "runs.csv",
    "links.csv",
    "runs.geojson",
    "plan.html",
    "manifests",
    "gpx",
}
REAL_STREETS = Path(__file__).parents[2].parent / "shared" / "data" / "geo" / "tangsel_motor_scc.graphml.gz"


def kurir(*arguments: object) -> Result:
    return CliRunner().invoke(app, [str(each) for each in arguments])


def answer_of(result: Result) -> dict[str, Any]:
    lines = result.stdout.splitlines()
    assert len(lines) == 1, result.stdout + result.stderr
    answer: dict[str, Any] = json.loads(lines[0])
    return answer


@pytest.fixture(scope="module")
def day_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("days") / "small"
    assert kurir("day", "--requests", 30, "--drivers", 6, "--seed", 5, "-o", folder).exit_code == 0
    return folder


@pytest.fixture(scope="module")
def planned(day_folder: Path) -> Path:
    out = day_folder.parent / "planned"
    assert kurir("plan", day_folder, "--seconds", 1, "--workers", 1, "-o", out).exit_code == 0
    return out


def command(*arguments: object) -> list[str]:
    return [sys.executable, "-m", "benchmarks.cli", *(str(each) for each in arguments)]


def interrupt_when_searching(process: subprocess.Popen[str], number: signal.Signals, out: Path) -> None:
    """Send a signal during the search: the folder is made just before it begins."""
    while not out.exists():
        assert process.poll() is None, process.communicate()
        time.sleep(0.05)
    time.sleep(2)
    process.send_signal(number)


def test_a_plan_comes_with_all_its_files_and_is_valid(planned: Path) -> None:
    assert {path.name for path in planned.iterdir()} == OUTPUTS
    assert kurir("check", planned / "day.json", planned / "plan.json").exit_code == 0
    assert read_plan(planned / "plan.json").served == 30
    assert any((planned / "manifests").iterdir())


def test_addresses_of_the_day_folder_reach_the_tables(day_folder: Path, planned: Path) -> None:
    assert "Kantor Kelurahan" in (day_folder / "requests.csv").read_text()
    assert "Kantor Kelurahan" in (planned / "runs.csv").read_text(encoding="utf-8-sig")


def test_the_answer_as_json_agrees_with_the_plan_written(day_folder: Path, tmp_path: Path) -> None:
    result = kurir("plan", day_folder, "--seconds", 1, "--seed", 3, "--workers", 1, "-o", tmp_path, "--json")
    answer, plan = answer_of(result), read_plan(tmp_path / "plan.json")
    assert result.exit_code == 0
    assert answer["cost"]["total"] == plan.cost.total
    assert (answer["served"], answer["seed"], answer["interrupted"]) == (30, 3, False)
    assert answer["km"] == pytest.approx(sum(run.metres for run in plan.runs) / 1000)
    assert answer["saving"] == plan.cost.point_to_point - (plan.cost.total - plan.cost.unserved)
    assert 0 <= answer["first_plan_seconds"] <= answer["seconds"] + 1


def test_the_summary_says_what_was_served_and_what_it_costs(day_folder: Path, tmp_path: Path) -> None:
    result = kurir("plan", day_folder, "--seconds", 0.5, "--workers", 1, "-o", tmp_path)
    plan = read_plan(tmp_path / "plan.json")
    assert f"{plan.served} of 30 requests" in result.stdout
    assert f"{plan.cost.total:,}" in result.stdout
    assert "documents per driver-hour" in result.stdout
    assert "first valid plan after" in result.stdout


def test_a_plan_started_from_another_is_no_worse(day_folder: Path, planned: Path, tmp_path: Path) -> None:
    before = read_plan(planned / "plan.json").cost.total
    arguments = ("--from", planned / "plan.json", "--seconds", 0.3, "--workers", 1)
    assert kurir("plan", day_folder, *arguments, "-o", tmp_path).exit_code == 0
    assert read_plan(tmp_path / "plan.json").cost.total <= before


def test_a_day_given_as_json_is_planned_with_its_own_matrix(planned: Path, tmp_path: Path) -> None:
    for number, given in enumerate((planned, planned / "day.json")):
        folder = tmp_path / str(number)
        assert kurir("plan", given, "--seconds", 0.3, "--workers", 1, "-o", folder).exit_code == 0
        assert read_day(folder / "day.json") == read_day(planned / "day.json")


def test_a_day_is_planned_on_real_streets(day_folder: Path, tmp_path: Path) -> None:
    if not REAL_STREETS.is_file():
        pytest.skip("needs the street data in ../shared")
    result = kurir("plan", day_folder, "--network", REAL_STREETS, "--seconds", 0.5, "--workers", 1, "-o", tmp_path)
    assert result.exit_code == 0
    assert routing.check(read_day(tmp_path / "day.json"), read_plan(tmp_path / "plan.json")) == []
    shapes = json.loads((tmp_path / "runs.geojson").read_text())["features"]
    assert max(len(shape["geometry"]["coordinates"]) for shape in shapes) > 50


def test_when_nothing_can_be_served_the_answer_is_no(day_folder: Path, tmp_path: Path) -> None:
    for file in day_folder.iterdir():
        (tmp_path / file.name).write_text(file.read_text())
    header, first, *_ = (day_folder / "drivers.csv").read_text().splitlines()
    cells = dict(zip(header.split(","), first.split(","), strict=True)) | {"shift": "03:00-04:00", "breaks": ""}
    (tmp_path / "drivers.csv").write_text(header + "\n" + ",".join(cells.values()) + "\n")
    result = kurir("plan", tmp_path, "--seconds", 0.3, "--workers", 1, "-o", tmp_path / "out")
    assert result.exit_code == 1
    assert len(read_plan(tmp_path / "out" / "plan.json").unserved) == 30


def plan_of_tables(folder: Path, requests: str, drivers: str) -> Result:
    (folder / "day.toml").write_text('date = 2026-05-06\n[hub]\nwindows = ["07:00-16:00"]\n')
    (folder / "requests.csv").write_text(f"id,kind,lon,lat\n{requests}")
    (folder / "drivers.csv").write_text(f"id,shift,capacity{drivers}\n")
    return kurir("plan", folder, "--seconds", 0.3, "--workers", 1, "-o", folder / "out", "--json")


def test_a_day_without_requests_is_planned_with_a_remark(tmp_path: Path) -> None:
    result = plan_of_tables(tmp_path, "", ",cost_km\nD1,07:00-15:00,40,900")
    assert result.exit_code == 0
    assert answer_of(result)["requests"] == 0
    assert [line for line in result.stderr.splitlines() if "expected" in line] == [NO_REQUESTS]


@pytest.mark.parametrize(
    ("drivers", "remarks"),
    [
        ("\nD1,07:00-15:00,40\nD2,07:00-15:00,40", [NO_COSTS]),
        (",cost_km,cost_hour\nD1,07:00-15:00,40,0,\nD2,07:00-15:00,40,,0", [NO_COSTS]),
        (",cost_hour\nD1,07:00-15:00,40,\nD2,07:00-15:00,40,12000", []),
    ],
    ids=["no columns", "noughts", "one driver costs"],
)
def test_drivers_that_cost_nothing_are_remarked_on(tmp_path: Path, drivers: str, remarks: list[str]) -> None:
    result = plan_of_tables(tmp_path, "P1,pickup,106.70,-6.30\n", drivers)
    assert result.exit_code == 0
    assert [line for line in result.stderr.splitlines() if "expected" in line] == remarks


def test_a_plan_to_start_from_that_is_not_there_is_bad_input(day_folder: Path, tmp_path: Path) -> None:
    result = kurir("plan", day_folder, "--from", tmp_path / "none.json", "-o", tmp_path / "out")
    assert (result.exit_code, len(result.stderr.splitlines())) == (2, 1)
    assert "none.json" in result.stderr


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupt_ends_the_search_and_writes_the_best_plan(
    day_folder: Path, tmp_path: Path, number: signal.Signals
) -> None:
    out = tmp_path / "out"
    arguments = command("plan", day_folder, "--seconds", 300, "--workers", 1, "-o", out, "--json")
    with subprocess.Popen(arguments, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        interrupt_when_searching(process, number, out)
        stdout, stderr = process.communicate(timeout=60)
    assert process.returncode == 3, stderr
    assert json.loads(stdout)["interrupted"]
    assert "Traceback" not in stderr
    assert routing.check(read_day(out / "day.json"), read_plan(out / "plan.json")) == []
    assert {path.name for path in out.iterdir()} == OUTPUTS


def test_a_pipe_gets_no_progress_bar_and_a_terminal_does(day_folder: Path, tmp_path: Path) -> None:
    arguments = command("plan", day_folder, "--seconds", 1, "--workers", 1, "-o", tmp_path)
    piped = subprocess.run(arguments, capture_output=True, text=True, check=True)
    assert piped.stderr == ""
    assert b"served" in _seen_on_terminal(arguments)


def _seen_on_terminal(arguments: list[str]) -> bytes:
    """Return what a command writes to standard error when that is a terminal."""
    ours, theirs = pty.openpty()
    with subprocess.Popen(arguments, stdout=subprocess.DEVNULL, stderr=theirs, env=_wide_terminal()) as process:
        os.close(theirs)
        seen = bytearray()
        while chunk := _chunk(ours):
            seen += chunk
        assert process.wait() == 0
    os.close(ours)
    return bytes(seen)


def _chunk(terminal: int) -> bytes:
    try:
        return os.read(terminal, 65536)
    except OSError:  # the other end is closed
        return b""


def _wide_terminal() -> dict[str, str]:
    return {**os.environ, "COLUMNS": "160", "TERM": "xterm-256color"}
