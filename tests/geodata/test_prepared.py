from __future__ import annotations

import json
import time
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from geodata.matrix import prepare
from geodata.network import StreetNetwork
from geodata.prepared import SCHEMA, read_prepared, write_prepared
from geodata.speeds import ROADS, RoadTable
from geodata.streets import embedded_network, load_network
from routing import InvalidInput

REAL = Path(__file__).parents[3] / "shared" / "data" / "geo" / "tangsel_motor_scc.graphml.gz"


@cache
def _city() -> StreetNetwork:
    return embedded_network()


@pytest.fixture
def file(tmp_path) -> Path:
    return write_prepared(_city(), tmp_path / "city.npz")


def _changed(file: Path, **changes: object) -> Path:
    with np.load(file) as arrays:
        content = {name: arrays[name] for name in arrays}
    np.savez(file, **{**content, **changes})  # type: ignore[arg-type]
    return file


def test_a_prepared_network_is_what_was_written(file):
    again = load_network(file)
    assert again.summary() == _city().summary()
    for name in ("lon", "lat", "tail", "head", "metres", "seconds", "road_class", "bends", "bend_start"):
        np.testing.assert_array_equal(getattr(again, name), getattr(_city(), name))
    assert sorted(again.order.tolist()) == list(range(again.nodes))


def test_its_matrices_are_those_of_the_network(file):
    nodes = np.arange(0, _city().nodes, 500)
    assert prepare(load_network(file)).travel(nodes) == prepare(_city()).travel(nodes)


@pytest.mark.parametrize("real", [False, True])
def test_it_is_read_with_its_hierarchy_in_less_than_a_second(tmp_path, real):
    if real and not REAL.exists():
        pytest.skip(f"no {REAL.name} of the shared data here")
    path = write_prepared(load_network(REAL) if real else _city(), tmp_path / "city.npz")
    prepare(_city())  # the compiled code is read once per process
    taken = []
    for _ in range(3):
        began = time.perf_counter()
        prepare(load_network(path)).travel([0, 1])
        taken.append(time.perf_counter() - began)
    assert min(taken) < 1


def test_it_holds_nothing_pickled(file):
    with np.load(file, allow_pickle=False) as arrays:
        assert all(arrays[name].dtype != object for name in arrays)


def test_names_repairs_and_what_was_dropped_survive(tmp_path):
    path = tmp_path / "town.geojson"
    line = {"type": "LineString", "coordinates": [[106.70, -6.30], [106.71, -6.30]]}
    streets = [("residential", "Gang Mawar"), ("motorway", "")]
    features = [{"properties": {"fclass": kind, "name": name}, "geometry": line} for kind, name in streets]
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}), encoding="utf-8")
    network = load_network(path)
    again = load_network(write_prepared(network, tmp_path / "town.npz"))
    assert again.name_of(0) == "Gang Mawar"
    assert (again.repairs, again.dropped) == (network.repairs, network.dropped)
    assert again.dropped


def test_speeds_of_another_table_may_be_put_on_it(file):
    faster = RoadTable(speeds={name: 2 * kmh for name, kmh in ROADS.speeds.items()}, closed=ROADS.closed)
    network = load_network(file, roads=faster)
    np.testing.assert_allclose(network.seconds, _city().seconds / 2, atol=0.11)
    assert len(network.order) == network.nodes


def test_a_table_that_closes_what_it_holds_is_refused(file):
    roads = RoadTable(speeds=ROADS.speeds, closed=ROADS.closed | {"tertiary"})
    with pytest.raises(InvalidInput, match="class: tertiary: closed by the table"):
        load_network(file, roads=roads)


def test_an_interrupted_write_leaves_the_old_file(file, monkeypatch):
    before = file.read_bytes()

    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(np, "savez_compressed", interrupted)
    with pytest.raises(KeyboardInterrupt):
        write_prepared(_city(), file)
    assert file.read_bytes() == before
    assert list(file.parent.iterdir()) == [file]


def test_a_file_cut_short_is_refused(file):
    file.write_bytes(file.read_bytes()[:5000])
    with pytest.raises(InvalidInput, match=r"city\.npz: cannot be read"):
        read_prepared(file)


@pytest.mark.parametrize("content", [b"", b"lon,lat", b"PK\x03\x04"])
def test_another_file_is_refused(tmp_path, content):
    path = tmp_path / "x.npz"
    path.write_bytes(content)
    with pytest.raises(InvalidInput, match=r"x\.npz: cannot be read"):
        read_prepared(path)


def test_a_file_that_would_run_code_is_refused(tmp_path):
    path = tmp_path / "x.npz"
    np.savez(path, about=np.array([object()], dtype=object))
    with pytest.raises(InvalidInput, match="cannot be read"):
        read_prepared(path)


def test_a_matrix_file_is_no_network(tmp_path):
    path = tmp_path / "matrix.npz"
    np.savez(path, seconds=np.zeros((2, 2), int), metres=np.zeros((2, 2), int))
    with pytest.raises(InvalidInput, match=r"expected a network as .kurir network import"):
        read_prepared(path)


@pytest.mark.parametrize(
    ("name", "spoil"),
    [
        ("head", lambda array: array + len(array)),
        ("tail", lambda array: array - 5),
        ("metres", lambda array: array * 0),
        ("seconds", lambda array: array * np.nan),
        ("order", lambda array: array * 0),
        ("bend_start", lambda array: array + 1),
        ("lon", lambda array: array.astype(np.float32)),
        ("road_class", lambda array: array + 100),
        ("named", lambda array: np.zeros(3, np.int32)),
    ],
)
def test_arrays_that_do_not_fit_are_named(file, name, spoil):
    with np.load(file) as arrays:
        spoiled = spoil(arrays[name])
    with pytest.raises(InvalidInput, match=name):
        read_prepared(_changed(file, **{name: spoiled}))


def test_another_schema_is_refused(file):
    with pytest.raises(InvalidInput, match=f"schema: is 'kurir/network/9': expected '{SCHEMA}'"):
        read_prepared(_changed(file, about=np.array(json.dumps({"schema": "kurir/network/9"}))))
