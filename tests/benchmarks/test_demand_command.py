from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner

from benchmarks.cli import app
from geodata.day_writing import write_day_folder
from geodata.demand import seeded_day
from geodata.streets import embedded_network

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


def test_a_folder_that_is_missing_ends_with_two(tmp_path):
    result = runner.invoke(app, ["demand", str(tmp_path / "nowhere"), "-o", str(tmp_path)])
    assert result.exit_code == 2
    assert "is no folder" in result.stderr
