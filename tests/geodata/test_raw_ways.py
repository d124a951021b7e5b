from __future__ import annotations

import gzip
import json
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from geodata.earth import Plane
from geodata.network import StreetNetwork, connected_groups
from geodata.raw_ways import read_raw_ways
from geodata.streets import load_network
from routing import InvalidInput

GEO = Path(__file__).parents[3] / "shared" / "data" / "geo"
RAW, REPAIRED = GEO / "tangsel_ways_raw.geojson.gz", GEO / "tangsel_motor_scc.graphml.gz"
PLANE = Plane(106.7, -6.3)


def _line(*points: tuple[float, float], **properties: object) -> dict[str, object]:
    """A residential street through points given in metres east and north."""
    coordinates = PLANE.degrees(np.array(points, float)).tolist()
    return {
        "type": "Feature",
        "properties": {"fclass": "residential", **properties},
        "geometry": {"type": "LineString", "coordinates": coordinates},
    }


def _file(tmp_path: Path, *features: object) -> Path:
    path = tmp_path / "town.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}), encoding="utf-8")
    return path


def _read(tmp_path: Path, *features: object) -> StreetNetwork:
    return read_raw_ways(_file(tmp_path, *features))


def _repairs(network: StreetNetwork) -> dict[str, int]:
    return {each.what: each.count for each in network.repairs}


LONG = _line((-300, 0), (0, 0), (300, 0))
"""A street from west to east with a vertex in its middle."""


class TestJunctions:
    def test_that_miss_each_other_by_a_metre_are_merged(self, tmp_path):
        network = _read(tmp_path, LONG, _line((0.6, 0.8), (0, 200)))
        assert network.nodes == 4
        assert network.summary()["km"] == pytest.approx(0.8, abs=0.003)
        assert _repairs(network)["junctions merged"] == 1
        assert network.dropped == ()

    def test_of_four_lines_become_one_node(self, tmp_path):
        ends = [(100, 0), (-100, 0), (0, 100), (0, -100)]
        network = _read(tmp_path, *(_line((0.4 * np.sign(x), 0.4 * np.sign(y)), (x, y)) for x, y in ends))
        assert network.nodes == 5

    def test_further_apart_than_the_tolerance_stay_apart(self, tmp_path):
        # Two parallel lanes 12 m apart, and a street that leads away from one of them.
        network = _read(tmp_path, _line((0, 0), (100, 0)), _line((0, 12), (100, 12)), _line((0, 0), (0, -500)))
        assert network.summary()["connected_share"] == pytest.approx(6 / 7, abs=0.001)

    def test_close_vertices_of_one_line_stay(self, tmp_path):
        bend = [(x, 0.3 * x * (x % 2)) for x in range(11)]
        network = _read(tmp_path, _line(*bend))
        assert len(network.line(0)) == 11

    def test_in_a_chain_do_not_pull_a_street_together(self, tmp_path):
        # Ends of eleven lanes, each 1.2 m from the next: no point may swallow 12 m of them.
        lanes = [_line((1.2 * k, 0), (1.2 * k, 50 + k)) for k in range(11)]
        network = _read(tmp_path, LONG, *lanes)
        ends = np.sort(PLANE.flat(network.lon, network.lat)[:, 0])
        assert len(np.unique(ends[(ends > -1) & (ends < 14)].round())) > 4


class TestEnds:
    def test_in_the_air_near_a_street_are_led_on_to_it(self, tmp_path):
        network = _read(tmp_path, LONG, _line((150, 2.5), (150, 200)))
        assert _repairs(network)["ends snapped"] == 1
        assert network.nodes == 4
        assert network.summary()["km"] == pytest.approx(0.8, abs=0.003)

    def test_ten_metres_away_are_led_on_only_where_their_part_meets_nothing_else(self, tmp_path):
        quarter = [_line((150, 8), (150, 100)), _line((150, 100), (250, 100))]
        network = _read(tmp_path, LONG, *quarter)
        assert _repairs(network)["parts reached"] == 1
        assert network.summary()["connected_share"] == 1
        # The same end, but its part is reached from the west already: a dead end eight metres short stays one.
        network = _read(tmp_path, LONG, *quarter, _line((0, 0), (250, 100)))
        assert _repairs(network)["parts reached"] == 0


class TestCrossings:
    def test_on_one_level_are_cut_where_neither_line_has_a_vertex(self, tmp_path):
        network = _read(tmp_path, _line((-100, 0), (100, 0)), _line((0, -100), (0, 100)))
        assert _repairs(network)["crossings cut"] == 1
        assert network.nodes == 5

    @pytest.mark.parametrize(
        "over", [{"bridge": "T", "layer": 1}, {"bridge": "T"}, {"tunnel": "T", "layer": -1}, {"layer": 1}]
    )
    def test_with_a_bridge_or_tunnel_are_none(self, tmp_path, over):
        around = _line((-100, 0), (-100, -150), (0, -150))
        network = _read(tmp_path, around, _line((-100, 0), (100, 0), **over), _line((0, -150), (0, 100)))
        assert _repairs(network)["crossings cut"] == 0
        assert _repairs(network)["levels kept apart"] == 1
        assert network.nodes == 4

    def test_of_a_bridge_over_a_vertex_of_a_street_do_not_join_it(self, tmp_path):
        around = _line((-100, 0), (-100, -150), (0, -150))
        bridge = _line((-100, 0), (0.3, 0.3), (100, 0), bridge="T", layer=1)
        network = _read(tmp_path, around, bridge, _line((0, -150), (0, 0), (0, 100)))
        assert network.summary()["km"] == pytest.approx(0.25 + 0.2 + 0.25, abs=0.005)
        degree = np.bincount(network.tail)
        assert degree.max() == 2  # nothing but bends and ends: no junction under the bridge

    def test_a_bridge_is_met_at_its_ends(self, tmp_path):
        network = _read(tmp_path, _line((-300, 0), (-50, 0)), _line((-50, 0.5), (50, 0.5), bridge="T", layer=1))
        assert network.summary()["km"] == pytest.approx(0.35, abs=0.003)
        assert network.dropped == ()


class TestDirections:
    @pytest.mark.parametrize(("oneway", "edges"), [("B", 4), ("F", 3), ("T", 3), ("no", 4), ("yes", 3), ("-1", 3)])
    def test_follow_the_oneway_word(self, tmp_path, oneway, edges):
        network = _read(tmp_path, _line((0, 0), (100, 0), oneway=oneway), _line((0, 0), (50, 50), (100, 0)))
        assert network.edges == edges
        if edges == 3:
            (only,) = np.flatnonzero([len(network.line(edge)) == 2 for edge in range(3)])
            eastwards = network.line(only)[0][0] < network.line(only)[1][0]
            assert eastwards == (oneway in ("F", "yes"))

    def test_that_are_no_word_of_the_two_are_refused(self, tmp_path):
        with pytest.raises(InvalidInput, match=r"oneway: is 'sideways': expected F, T or B"):
            _read(tmp_path, _line((0, 0), (100, 0), oneway="sideways"))


def test_closed_roads_join_nothing_and_are_reported(tmp_path):
    toll = _line((0, -100), (0, 0), (0, 100), fclass="motorway")
    network = _read(tmp_path, LONG, toll)
    (dropped,) = network.dropped
    assert (dropped.reason, dropped.edges) == ("closed to motorcycles", 1)
    assert dropped.km == pytest.approx(0.2, abs=0.001)
    assert network.nodes == 2


def test_a_ring_keeps_its_length(tmp_path):
    ring = _line((0, 0), (50, 50), (100, 0), (50, -50), (0, 0))
    network = _read(tmp_path, LONG, ring)
    assert not np.any(network.tail == network.head)
    assert network.summary()["km"] == pytest.approx(0.6 + 4 * 0.0707, abs=0.005)


def test_gzipped_multilines_with_names_are_read(tmp_path):
    feature = _line((0, 0), (100, 0), name="Jalan Merdeka")
    feature["geometry"] = {
        "type": "MultiLineString",
        "coordinates": [feature["geometry"]["coordinates"], _line((100, 0), (100, 90))["geometry"]["coordinates"]],  # type: ignore[index]
    }
    path = tmp_path / "town.geojson.gz"
    path.write_bytes(gzip.compress(_file(tmp_path, feature).read_bytes()))
    network = load_network(path)
    assert network.name == "town"
    assert {network.name_of(edge) for edge in range(network.edges)} == {"Jalan Merdeka"}


@pytest.mark.parametrize(
    ("feature", "message"),
    [
        ({"geometry": 5}, "geometry: is 5: expected an object"),
        ({"geometry": ["LineString"]}, "geometry: is ['LineString']: expected an object"),
        ({"geometry": {"type": "MultiLineString", "coordinates": 5}}, "coordinates: are no lists of points"),
        ({"geometry": {"type": "LineString", "coordinates": [[1], [2]]}}, "coordinates: are no line"),
        ({"geometry": {"type": "LineString", "coordinates": [[10**400, 1], [2, 2]]}}, "coordinates: are no line"),
        ({"properties": 5}, "properties: is 5: expected an object"),
    ],
)
def test_a_feature_that_is_no_line_of_points_is_named(tmp_path, feature, message):
    path = tmp_path / "town.geojson"
    path.write_text(json.dumps({"features": [feature]}), encoding="utf-8")
    with pytest.raises(InvalidInput) as caught:
        load_network(path)
    assert f"town.geojson feature 0: {message}" in str(caught.value)


def test_a_layer_beyond_all_numbers_is_none(tmp_path):
    assert _read(tmp_path, _line((0, 0), (100, 0), layer=10**400)).nodes == 2


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("streets", "town.geojson: is not JSON"),
        ("[]", "town.geojson: features: is no list of features"),
        ('{"features": []}', "town.geojson: features: there is none"),
        (
            json.dumps({"features": [{"geometry": {"type": "LineString", "coordinates": [[1, 2]]}}]}),
            "town.geojson feature 0: coordinates: are no line",
        ),
        (
            json.dumps({"features": [{"geometry": {"type": "LineString", "coordinates": [[687000, 9e6], [1, 2]]}}]}),
            "expected degrees",
        ),
        (
            json.dumps({"features": [{"geometry": {"type": "LineString", "coordinates": [[1, 2], [1, 3]]}}]}),
            "town.geojson: fclass: is missing everywhere",
        ),
    ],
)
def test_a_file_at_fault_says_what_was_expected(tmp_path, content, message):
    path = tmp_path / "town.geojson"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(InvalidInput) as caught:
        read_raw_ways(path)
    assert message in str(caught.value)


@cache
def _real() -> StreetNetwork:
    if not RAW.exists():
        pytest.skip(f"no {RAW.name} of the shared data here")
    return load_network(RAW)


class TestTheRealExport:
    def test_hangs_together_at_least_as_well_as_the_repaired_graph(self):
        summary = _real().summary()
        assert summary["connected_share"] >= 0.945
        assert not connected_groups(_real()).any()
        assert summary["km"] >= load_network(REPAIRED).summary()["km"]

    def test_says_what_was_done_to_it(self):
        done = _repairs(_real())
        assert done["junctions merged"] > 10_000
        assert all(done[what] > 0 for what in ("crossings cut", "ends snapped", "parts reached", "levels kept apart"))
        assert {each.reason for each in _real().dropped} == {"closed to motorcycles", "not strongly connected"}

    def test_is_not_merged_into_fewer_junctions_than_the_repaired_graph_has(self):
        # Streets 3 m apart and more stay apart: per kilometre as many junctions, within a tenth.
        repaired = load_network(REPAIRED)
        ours, theirs = (_junctions(each) for each in (_real(), repaired))
        assert 0.9 < (ours / _real().summary()["km"]) / (theirs / repaired.summary()["km"]) < 1.1


def _junctions(network: StreetNetwork) -> int:
    pairs = np.unique(np.column_stack([np.r_[network.tail, network.head], np.r_[network.head, network.tail]]), axis=0)
    return int((np.bincount(pairs[:, 0]) > 2).sum())
