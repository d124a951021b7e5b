from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from benchmarks.cli import app
from benchmarks.matrices import main, measured, on_demand
from geodata.matrix import prepare
from geodata.network import make_network
from geodata.streets import load_network

FIGURES = {"nodes", "edges", "km", "connected_share", "by_class"}


def _kurir(*arguments: object):
    return CliRunner().invoke(app, [str(each) for each in arguments])


@pytest.fixture
def raw(tmp_path) -> Path:
    """Two streets that miss each other by half a metre, and a toll road."""
    lines = [
        ("primary", [[106.70, -6.30], [106.71, -6.30]]),
        ("residential", [[106.71, -6.300004], [106.71, -6.31]]),
        ("motorway", [[106.70, -6.31], [106.72, -6.31]]),
    ]
    features = [
        {"properties": {"fclass": kind}, "geometry": {"type": "LineString", "coordinates": line}}
        for kind, line in lines
    ]
    path = tmp_path / "ways.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}), encoding="utf-8")
    return path


def test_import_writes_a_prepared_network_and_says_what_was_done(raw, tmp_path):
    result = _kurir("network", "import", raw, "-o", tmp_path / "made" / "town.npz")
    assert result.exit_code == 0
    assert "repaired, junctions merged: 1" in result.stdout
    assert "dropped, closed to motorcycles" in result.stdout
    assert "connected: 100.0%" in result.stdout
    assert load_network(tmp_path / "made" / "town.npz").nodes == 3


def test_info_of_a_prepared_network_is_one_object(raw, tmp_path):
    out = tmp_path / "town.npz"
    _kurir("network", "import", raw, "-o", out)
    result = _kurir("network", "info", out, "--json")
    figures = json.loads(result.stdout)
    assert set(figures) >= FIGURES
    assert (figures["nodes"], figures["edges"], figures["connected_share"]) == (3, 4, 1.0)
    assert figures["by_class"] == pytest.approx({"primary": 1.105, "residential": 1.112}, abs=0.003)


def test_a_prepared_network_is_timed_anew(raw, tmp_path):
    out, other, table = tmp_path / "town.npz", tmp_path / "slow.npz", tmp_path / "slow.csv"
    table.write_text("class,kmh\nprimary,15\n", encoding="utf-8")
    _kurir("network", "import", raw, "-o", out)
    assert _kurir("network", "import", out, "--speeds", table, "-o", other).exit_code == 0
    before, after = (load_network(each) for each in (out, other))
    primary = np.array(before.classes)[before.road_class] == "primary"
    np.testing.assert_allclose(after.seconds[primary], 2 * before.seconds[primary], atol=0.11)
    np.testing.assert_array_equal(after.seconds[~primary], before.seconds[~primary])


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("import", "none.osm.pbf", "-o", "x.npz"), "none.osm.pbf: cannot be read"),
        (("import", "embedded", "-o", "x.graphml"), "--out: is 'x.graphml': expected a name that ends in .npz"),
        (("import", "embedded", "--speeds", "none.csv", "-o", "x.npz"), "none.csv: cannot be read"),
        (("fetch", "-o", "x.npz"), "expected either a place or --bbox"),
        (("fetch", "Ciputat", "--bbox", "1,2,3,4", "-o", "x.npz"), "expected either a place or --bbox"),
        (("fetch", "--bbox", "1,2,3", "-o", "x.npz"), "--bbox: is '1,2,3': expected west,south,east,north"),
    ],
)
def test_bad_input_is_one_line_and_exit_code_2(tmp_path, monkeypatch, arguments, message):
    monkeypatch.chdir(tmp_path)
    result = _kurir("network", *arguments)
    assert result.exit_code == 2
    assert message in result.stderr
    assert result.stderr.count("\n") == 1
    assert list(tmp_path.iterdir()) == []


def test_a_day_takes_its_traffic_from_a_table(tmp_path):
    table = tmp_path / "measured.csv"
    table.write_text("day,from,factor\nwednesday,00:00,1\nwednesday,07:00,0.5\n", encoding="utf-8")
    assert _kurir("day", "--requests", 20, "--traffic", table, "-o", tmp_path / "day").exit_code == 0
    assert 'traffic = [["00:00", 1000], ["07:00", 500]]' in (tmp_path / "day" / "day.toml").read_text("utf-8")


def _ring(nodes: int):
    at = np.arange(nodes)
    there = np.concatenate([at, (at + 1) % nodes])
    back = np.concatenate([(at + 1) % nodes, at])
    return prepare(
        make_network(
            name="ring",
            source="test",
            lon=106.7 + 0.01 * np.cos(2 * np.pi * at / nodes),
            lat=-6.3 + 0.01 * np.sin(2 * np.pi * at / nodes),
            tail=there,
            head=back,
            metres=np.full(2 * nodes, 101),
            classes=["residential"] * (2 * nodes),
        )
    )


def test_matrices_side_by_side_agree_to_the_rounding():
    ours, scipy, *_ = measured(_ring(40), 30, repeat=1)
    assert (ours.name, scipy.name) == ("kurir", "SciPy Dijkstra")
    assert ours.taken > 0
    assert 0 < scipy.difference <= 0.5


def test_all_rows_are_had_on_demand():
    taken, megabytes = on_demand(_ring(40), 100)
    assert taken > 0
    assert megabytes > 10


def test_the_comparison_prints_a_table(capsys):
    main(["embedded", "--places", "20", "--rows", "30", "--repeat", "1"])
    out = capsys.readouterr().out
    assert "| 20 | kurir |" in out
    assert "| 20 | SciPy Dijkstra |" in out
    assert "rows on demand" in out


def test_looking_at_a_network_needs_no_heavy_library():
    code = (
        "import sys; from benchmarks.network_command import run_network_info; import geodata;"
        "heavy = {'numba', 'osmnx', 'osmium', 'geopandas', 'scipy'} & set(sys.modules); print(sorted(heavy))"
    )
    root = Path(__file__).parents[2]
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=root)
    assert done.stdout.strip() == "[]"
