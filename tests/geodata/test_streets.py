from __future__ import annotations

import gzip
import subprocess
import sys
from functools import cache
from pathlib import Path

import numpy as np
import pytest
import shapely

from geodata.earth import great_circle
from geodata.gazetteer import KELURAHAN, OUTLINE
from geodata.matrix import prepare
from geodata.network import StreetNetwork, connected_groups, largest_part, make_network
from geodata.places import snap
from geodata.speeds import CLOSED, SPEEDS, road_class
from geodata.streets import embedded_network, load_network
from routing import InvalidInput

GEO = Path(__file__).parents[3] / "shared" / "data" / "geo"

HEADER = """<?xml version='1.0' encoding='utf-8'?>
<graphml xmlns="http://graphml.graphdrawing.org/xmlns">
<key id="d0" for="node" attr.name="x"/><key id="d1" for="node" attr.name="y"/>
<key id="d2" for="edge" attr.name="length"/><key id="d3" for="edge" attr.name="highway"/>
<key id="d4" for="edge" attr.name="geometry"/>
"""


@cache
def _city(seed: int = 1) -> StreetNetwork:
    return embedded_network(seed)


def _shared(name: str) -> Path:
    if not (GEO / name).exists():
        pytest.skip(f"no {name} of the shared data here")
    return GEO / name


def _node(name: str, x: object, y: object) -> str:
    return f'<node id="{name}"><data key="d0">{x}</data><data key="d1">{y}</data></node>'


def _edge(source: str, target: str, *, length: object = "", highway: str = "residential", geometry: str = "") -> str:
    data = {"d2": length, "d3": highway, "d4": geometry}
    inside = "".join(f'<data key="{key}">{value}</data>' for key, value in data.items() if value != "")
    return f'<edge source="{source}" target="{target}">{inside}</edge>'


def _file(tmp_path: Path, *elements: str, directed: bool = True) -> Path:
    path = tmp_path / "town.graphml"
    kind = "directed" if directed else "undirected"
    path.write_text(f'{HEADER}<graph edgedefault="{kind}">{"".join(elements)}</graph></graphml>', encoding="utf-8")
    return path


def _message(path: Path) -> str:
    with pytest.raises(InvalidInput) as caught:
        load_network(path)
    return str(caught.value)


A, B, C = _node("a", 106.70, -6.30), _node("b", 106.71, -6.30), _node("c", 106.71, -6.31)


def _kelurahan_legs(network: StreetNetwork) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return straight metres, road metres and seconds of all kelurahan pairs more than 3 km apart."""
    lons, lats = np.array([(each.lon, each.lat) for each in KELURAHAN]).T
    nodes = snap(network, lons, lats).nodes
    lons, lats = network.lon[nodes], network.lat[nodes]
    straight = great_circle(lons[:, None], lats[:, None], lons, lats)
    travel = prepare(network).travel(nodes)
    far = straight > 3_000
    return straight[far], travel.metres[far], travel.seconds[far]


def _assert_well_formed(network: StreetNetwork) -> None:
    assert len(network.tail) == len(network.head) == len(network.metres) == len(network.seconds) == network.edges
    assert len(network.bend_start) == network.edges + 1
    assert network.bend_start[-1] == len(network.bends)
    assert set(np.unique(np.concatenate([network.tail, network.head]))) == set(range(network.nodes))
    assert network.metres.min() >= 1
    assert network.seconds.min() >= 0.1
    np.testing.assert_allclose(network.seconds * 10, np.rint(network.seconds * 10))
    assert not connected_groups(network).any()


class TestTheEmbeddedCity:
    @pytest.mark.parametrize("seed", [1, 2, 3])
    def test_has_a_citys_size_and_leads_from_everywhere_to_everywhere(self, seed):
        assert 10_000 <= _city(seed).nodes <= 20_000
        _assert_well_formed(_city(seed))

    def test_is_the_same_for_the_same_seed_and_another_for_another(self):
        again = embedded_network(1)
        for name in ("lon", "lat", "tail", "head", "metres", "seconds", "road_class"):
            np.testing.assert_array_equal(getattr(_city(1), name), getattr(again, name))
        assert not np.array_equal(_city(2).lon, again.lon)

    def test_is_the_same_in_another_process(self):
        code = (
            "from geodata import embedded_network as n; c = n(1); print(c.nodes, c.edges, c.metres.sum(), c.lon.sum())"
        )
        out = subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=Path(__file__).parents[2]
        )
        city = _city(1)
        assert out.stdout.split() == [str(x) for x in (city.nodes, city.edges, city.metres.sum(), city.lon.sum())]

    def test_lies_within_the_outline(self):
        land = shapely.Polygon(OUTLINE).buffer(0.001)
        assert shapely.contains_xy(land, _city().lon, _city().lat).mean() > 0.999

    def test_has_a_hierarchy_of_roads(self):
        km = _city().summary()["by_class"]
        arterial = km["trunk"] + km["primary"] + km["secondary"]
        lanes = km["residential"] + km["living_street"]
        assert 0.04 < arterial / sum(km.values()) < 0.15
        assert 0.04 < km["tertiary"] / sum(km.values()) < 0.15
        assert 0.7 < lanes / sum(km.values()) < 0.9

    def test_has_some_one_way_streets(self):
        assert 0.01 < _city().one_way().mean() < 0.1

    @pytest.mark.parametrize("seed", [1, 2, 3])
    def test_roads_are_about_as_crooked_as_the_real_ones(self, seed):
        straight, road, _ = _kelurahan_legs(_city(seed))
        assert 1.3 < np.median(road / straight) < 1.55

    @pytest.mark.parametrize("seed", [1, 2, 3])
    def test_a_free_trip_across_the_city_averages_22_to_30_km_an_hour(self, seed):
        straight, road, seconds = _kelurahan_legs(_city(seed))
        across = straight > 9_000
        assert 22 < 3.6 * road[across].sum() / seconds[across].sum() < 30

    def test_lanes_reach_near_every_home(self):
        rng = np.random.default_rng(4)
        points = rng.uniform(np.min(OUTLINE, axis=0), np.max(OUTLINE, axis=0), (4000, 2))
        points = points[shapely.contains_xy(shapely.Polygon(OUTLINE), points[:, 0], points[:, 1])]
        metres = snap(_city(), points[:, 0], points[:, 1]).metres
        assert np.quantile(metres, 0.98) < 150

    def test_every_kelurahan_has_a_main_road_at_its_centre(self):
        main = {"trunk", "primary", "secondary", "tertiary"}
        at_main = set()
        for edge in range(_city().edges):
            if _city().classes[_city().road_class[edge]] in main:
                at_main |= {int(_city().tail[edge]), int(_city().head[edge])}
        nodes = snap(_city(), [each.lon for each in KELURAHAN], [each.lat for each in KELURAHAN]).nodes
        assert np.mean([int(node) in at_main for node in nodes]) > 0.9

    def test_the_corridors_are_fast(self):
        # Jalan Raya Serpong leads from Pakulonan to Serpong, 8 km: nearly all of it at an arterial's 30 km/h.
        by_name = {each.name: each for each in KELURAHAN}
        ends = [by_name["Pakulonan"], by_name["Serpong"]]
        nodes = snap(_city(), [each.lon for each in ends], [each.lat for each in ends]).nodes
        travel = prepare(_city()).travel(nodes)
        assert 3.6 * travel.metres[0, 1] / travel.seconds[0, 1] > 27


class TestAFile:
    def test_is_read_with_its_bends_lengths_and_classes(self, tmp_path):
        bent = "LINESTRING (106.70 -6.30, 106.705 -6.299, 106.71 -6.30)"
        path = _file(
            tmp_path,
            A,
            B,
            _edge("a", "b", length=1200, highway="primary", geometry=bent),
            _edge("b", "a", length=1150.4),
        )
        network = load_network(path)
        assert network.name == "town"
        assert network.metres.tolist() == [1200, 1150]
        assert [network.classes[each] for each in network.road_class] == ["primary", "residential"]
        # 1200 m at 30 km/h and 1150 m at 18 km/h
        assert network.seconds.tolist() == [144.0, 230.0]
        assert network.line(0) == [(106.70, -6.30), (106.705, -6.299), (106.71, -6.30)]
        assert network.line(1) == [(106.71, -6.30), (106.70, -6.30)]
        assert network.dropped == ()

    def test_may_be_gzipped(self, tmp_path):
        plain = _file(tmp_path, A, B, _edge("a", "b", length=5), _edge("b", "a", length=5))
        packed = tmp_path / "packed.graphml.gz"
        packed.write_bytes(gzip.compress(plain.read_bytes()))
        assert load_network(packed).name == "packed"
        assert load_network(packed).edges == 2

    def test_a_missing_length_is_computed_along_the_bends(self, tmp_path):
        # 0.01 degrees of longitude at 6.3 south are 1105 m; by way of (106.705, -6.31) it is 2 x 1242 m.
        bent = "LINESTRING (106.70 -6.30, 106.705 -6.31, 106.71 -6.30)"
        network = load_network(_file(tmp_path, A, B, _edge("a", "b"), _edge("b", "a", geometry=bent)))
        assert network.metres.tolist() == pytest.approx([1105, 2 * 1242], abs=3)

    def test_an_undirected_graph_is_ridden_both_ways(self, tmp_path):
        bent = "LINESTRING (106.70 -6.30, 106.702 -6.301, 106.705 -6.299, 106.71 -6.30)"
        network = load_network(_file(tmp_path, A, B, _edge("a", "b", length=1200, geometry=bent), directed=False))
        assert network.edges == 2
        assert network.line(1) == network.line(0)[::-1]
        assert network.summary()["km"] == 1.2

    def test_only_the_largest_strongly_connected_part_is_kept_and_the_rest_reported(self, tmp_path):
        path = _file(
            tmp_path, A, B, C, _edge("a", "b", length=1000), _edge("b", "a", length=1000), _edge("b", "c", length=3000)
        )
        network = load_network(path)
        assert (network.nodes, network.edges) == (2, 2)
        (dropped,) = network.dropped
        assert (dropped.reason, dropped.nodes, dropped.edges, dropped.km) == ("not strongly connected", 1, 1, 3.0)
        assert network.summary()["connected_share"] == 0.25

    def test_toll_roads_and_footways_are_closed_and_reported_apart(self, tmp_path):
        path = _file(
            tmp_path,
            A,
            B,
            C,
            *(_edge("a", "b", length=1000), _edge("b", "a", length=1000)),
            *(_edge("b", "c", length=500, highway="motorway_link"), _edge("c", "b", length=500, highway="footway")),
        )
        network = load_network(path)
        (dropped,) = network.dropped
        assert (dropped.reason, dropped.nodes, dropped.edges, dropped.km) == ("closed to motorcycles", 1, 2, 1.0)
        assert network.summary()["connected_share"] == 1.0

    def test_what_is_dropped_takes_its_bends_with_it(self, tmp_path):
        bends = [f"LINESTRING (106.70 -6.30, 106.70{k} -6.305, 106.71 -6.30)" for k in range(1, 4)]
        path = _file(
            tmp_path,
            C,
            A,
            B,
            _edge("c", "a", geometry=bends[0]),
            _edge("a", "b", geometry=bends[1]),
            _edge("b", "a", geometry=bends[2]),
        )
        network = load_network(path)
        assert [network.line(edge)[1] for edge in range(2)] == [(106.702, -6.305), (106.703, -6.305)]

    def test_that_does_not_exist_is_named(self, tmp_path):
        assert "nowhere.graphml: cannot be read" in _message(tmp_path / "nowhere.graphml")

    @pytest.mark.parametrize("content", ["", "lon,lat\n106.7,-6.3\n", "<graphml><graph>"])
    def test_that_is_not_xml_is_refused_with_what_is_expected(self, tmp_path, content):
        path = tmp_path / "streets.csv"
        path.write_text(content, encoding="utf-8")
        assert "streets.csv: is not XML" in _message(path)
        assert "expected a GraphML file" in _message(path)

    def test_of_other_xml_is_refused(self, tmp_path):
        path = tmp_path / "city.xml"
        path.write_text('<osm><way id="1"/></osm>', encoding="utf-8")
        assert "city.xml: node: there is none: expected a GraphML file" in _message(path)

    def test_that_ends_too_soon_is_refused(self, tmp_path):
        whole = gzip.compress(_file(tmp_path, A, B, *[_edge("a", "b", length=5)] * 500).read_bytes())
        path = tmp_path / "cut.graphml.gz"
        path.write_bytes(whole[: len(whole) // 2])
        assert "cut.graphml.gz" in _message(path)

    @pytest.mark.parametrize(
        ("elements", "message"),
        [
            (['<node id="a"><data key="d1">-6.3</data></node>'], "town.graphml node a: x: is missing"),
            ([A, _node("b", "east", -6.3)], "town.graphml node b: x: is 'east': expected a number"),
            ([_node("a", 687_000, 9_303_000)], "expected degrees"),
            ([A, B], "town.graphml: edge: there is none"),
            ([A, B, _edge("a", "z")], "target: is 'z': expected the id of a node"),
            ([A, B, _edge("a", "b", length="long")], "edge from a to b: length: is 'long': expected a number"),
            ([A, B, _edge("a", "b", geometry="a line")], "geometry: is not well-known text"),
            ([A, B, _edge("a", "b", highway="steps")], "highway: has steps: expected streets open to motorcycles"),
            ([A, B, _edge("a", "b")], "no street leads back"),
        ],
    )
    def test_at_fault_names_the_element_and_what_was_expected(self, tmp_path, elements, message):
        assert message in _message(_file(tmp_path, *elements))

    def test_of_the_real_city_loads_whole(self):
        network = load_network(_shared("tangsel_motor_scc.graphml.gz"))
        _assert_well_formed(network)
        assert (network.nodes, network.edges, network.dropped) == (16_223, 42_301, ())
        straight, road, seconds = _kelurahan_legs(network)
        assert 1.4 < np.median(road / straight) < 1.6
        assert 22 < 3.6 * road.sum() / seconds.sum() < 30

    def test_of_osmnx_loads_and_reports_what_is_not_connected(self):
        network = load_network(_shared("balikpapan_kota_drive.graphml"))
        _assert_well_formed(network)
        summary = network.summary()
        assert network.nodes + sum(each["nodes"] for each in summary["dropped"]) == 1_182 + 25
        assert 0.9 < summary["connected_share"] < 1

    def test_gives_the_lines_that_osmnx_reads_from_it(self):
        osmnx = pytest.importorskip("osmnx")
        path = _shared("balikpapan_kota_drive.graphml")
        graph = osmnx.load_graphml(path)
        network = load_network(path)
        dropped = sum(each.edges for each in network.dropped)
        assert network.edges + dropped == graph.number_of_edges()
        for edge in range(0, network.edges, 50):
            steps = np.array(network.line(edge))
            drawn = great_circle(steps[:-1, 0], steps[:-1, 1], steps[1:, 0], steps[1:, 1]).sum()
            assert drawn == pytest.approx(network.metres[edge], rel=0.02, abs=2)


class TestANetwork:
    def test_counts_a_two_way_street_once(self):
        network = make_network(
            name="town",
            source="test",
            lon=[106.70, 106.71, 106.72],
            lat=[-6.3, -6.3, -6.3],
            tail=[0, 1, 1, 2, 0],
            head=[1, 0, 2, 1, 2],
            metres=[1100, 1100, 900, 900, 2500],
            classes=["primary", "primary", "service", "service", "residential"],
        )
        summary = network.summary()
        assert summary["by_class"] == {"primary": 1.1, "residential": 2.5, "service": 0.9}
        assert summary["km"] == 4.5
        assert summary["one_way_share"] == 0.2

    def test_that_is_connected_is_its_own_largest_part(self):
        assert largest_part(_city(2)) is _city(2)


class TestRoadClasses:
    @pytest.mark.parametrize(
        ("highway", "expected"),
        [
            ("primary", "primary"),
            ("primary_link", "primary"),
            ("tertiary_link;tertiary", "tertiary"),
            ("['residential', 'service']", "residential"),
            ("['corner', 'service']", "service"),
            ("motorway_link", "motorway"),
            ("bogus", "road"),
            ("", "road"),
            (None, "road"),
        ],
    )
    def test_are_the_first_known_word(self, highway, expected):
        assert road_class(highway) == expected

    def test_are_open_or_closed_but_not_both(self):
        assert not set(SPEEDS) & CLOSED

    def test_of_greater_roads_are_faster(self):
        ordered = ["trunk", "primary", "secondary", "tertiary", "unclassified", "residential", "living_street", "track"]
        speeds = [SPEEDS[each] for each in ordered]
        assert speeds == sorted(speeds, reverse=True)
