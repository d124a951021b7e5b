"""How days of more and more stops are measured: each in a process of its own, a failure a row."""

from __future__ import annotations

import json
import sys

import numpy as np
import pytest
from typer.testing import CliRunner

import routing
from benchmarks.cli import app
from benchmarks.growth import growing_day


def measured(*options: str) -> list[dict[str, object]]:
    result = CliRunner().invoke(app, ["bench", "growth", *options, "--json"])
    rows: list[dict[str, object]] = json.loads(result.stdout)["rows"]
    return rows


def test_each_size_is_searched_with_each_number_of_workers():
    rows = measured("--sizes", "20,40", "--workers", "1,2", "--seconds", "0.5")
    assert [(row["stops"], row["workers"]) for row in rows] == [(20, 1), (20, 2), (40, 1), (40, 2)]
    for row in rows:
        assert row["failure"] == ""
        assert row["served"] == row["stops"]
        assert row["seconds"] > 0.2
        assert 0 < row["first_plan_s"] < row["seconds"]
        assert row["per_s"] > 0
        assert row["peak_mb"] > 50


def test_a_search_that_fails_is_a_row(monkeypatch):
    monkeypatch.setattr(sys, "executable", "/bin/false")
    result = CliRunner().invoke(app, ["bench", "growth", "--sizes", "20", "--workers", "1", "--seconds", "0.5"])
    assert result.exit_code == 1
    assert "exit code 1" in result.stdout


def test_the_day_can_be_planned_whole_and_has_ways_as_its_points_lie():
    day = growing_day(60, seed=3)
    plan = routing.solve(day, iterations=300, seed=1, workers=1)
    assert routing.check(day, plan) == []
    assert plan.served == 60
    away = np.array([(place.lon, place.lat) for place in day.places]) * 1.1e5
    crow = np.hypot(*(away[5] - away[9]))
    assert day.travel.metres[5, 9] == pytest.approx(1.3 * crow, rel=0.01)
    assert growing_day(60, seed=3) == day


@pytest.mark.parametrize("wrong", ["", "0", "20,x", "30000"])
def test_sizes_must_be_counts(wrong):
    result = CliRunner().invoke(app, ["bench", "growth", "--sizes", wrong])
    assert (result.exit_code, len(result.stderr.splitlines())) == (2, 1)
    assert "--sizes: has" in result.stderr
