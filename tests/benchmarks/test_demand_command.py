from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner

from benchmarks.cli import app
from geodata.day_writing import write_day_folder
from geodata.demand import seeded_day
from geodata.streets import embedded_network
from routing import CostBreakdown, Plan, Unserved
from routing.files import write_plan

runner = CliRunner()


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return write_day_folder(seeded_day(60, network=embedded_network()), tmp_path_factory.mktemp("day"))


def test_a_days_demand_is_written_and_the_busiest_kelurahan_are_said(folder, tmp_path):
    result = runner.invoke(app, ["demand", str(folder), "-o", str(tmp_path)])
    assert result.exit_code == 0
    assert {path.name for path in tmp_path.iterdir()} == {"demand.csv", "demand.geojson", "demand.png"}
    counts = [int(line.split()[0]) for line in result.stdout.splitlines()[:10]]
    assert counts == sorted(counts, reverse=True)


def test_json_has_every_kelurahan(folder, tmp_path):
    answer = json.loads(runner.invoke(app, ["demand", str(folder), "-o", str(tmp_path), "--json"]).stdout)
    assert len(answer["kelurahan"]) == 54
    assert sum(each["requests"] for each in answer["kelurahan"]) == 60


def test_a_plan_of_another_day_is_refused(folder, tmp_path):
    content = seeded_day(60, network=embedded_network())
    out = [Unserved(request.id, "left-out", "") for request in content.requests]
    for file, unserved in (("own.json", out), ("other.json", [*out[1:], Unserved("X1", "left-out", "")])):
        write_plan(Plan((), tuple(unserved), CostBreakdown(0, 0, 0, 0, 0, 0)), tmp_path / file)
    options = ["demand", str(folder), "-o", str(tmp_path), "--plan"]
    assert runner.invoke(app, [*options, str(tmp_path / "own.json")]).exit_code == 0
    other = runner.invoke(app, [*options, str(tmp_path / "other.json")])
    assert other.exit_code == 2
    assert "is of another day: expected the same requests" in other.stderr


def test_a_folder_that_is_missing_ends_with_two(tmp_path):
    result = runner.invoke(app, ["demand", str(tmp_path / "nowhere"), "-o", str(tmp_path)])
    assert result.exit_code == 2
    assert "is no folder" in result.stderr
