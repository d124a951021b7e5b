from __future__ import annotations

import numpy as np
import pytest

from geodata import backdrop, embedded_network
from geodata.backdrop import METRES_PER_DEGREE, OSM_CREDIT, street_backdrop
from geodata.network import make_network


def network(name="test", classes=("primary", "residential")):
    """A ring of eight nodes, two-way: the southern half of one class, the northern of another."""
    angle = np.arange(8) * np.pi / 4
    ring = np.arange(8)
    there = np.where(ring < 4, *classes)
    return make_network(
        name=name,
        source="a test",
        lon=106.7 + 0.01 * np.cos(angle),
        lat=-6.3 + 0.01 * np.sin(angle),
        tail=np.concatenate([ring, (ring + 1) % 8]),
        head=np.concatenate([(ring + 1) % 8, ring]),
        metres=np.full(16, 850),
        classes=[str(each) for each in (*there, *there)],
    )


def test_a_two_way_street_is_one_line_from_end_to_end():
    drawn = street_backdrop(network())
    assert [len(lines) for lines in (drawn.arterials, drawn.collectors, drawn.lanes)] == [1, 0, 1]
    line = drawn.arterials[0]
    assert len(line) == 5  # four edges in a row, too bent to lose a point
    ends = {(round(lon, 5), round(lat, 5)) for lon, lat in (line[0], line[-1])}
    assert ends == {(106.71, -6.3), (106.69, -6.3)}


def test_points_that_make_no_difference_are_left_out():
    count = 30
    ring = np.arange(count)
    straight = make_network(
        name="straight",
        source="a test",
        lon=106.7 + 0.001 * ring,
        lat=np.full(count, -6.3),
        tail=np.concatenate([ring[:-1], ring[1:]]),
        head=np.concatenate([ring[1:], ring[:-1]]),
        metres=np.full(2 * count - 2, 110),
        classes=["tertiary"] * (2 * count - 2),
    )
    assert [len(line) for line in street_backdrop(straight).collectors] == [2]


def crossing():
    """A road of four nodes from west to east, a long lane across it, and a short one that ends at it."""
    lon = np.array([106.70, 106.71, 106.72, 106.73, 106.71, 106.71, 106.72])
    lat = np.array([-6.30, -6.30, -6.30, -6.30, -6.28, -6.32, -6.301])
    ends = np.array([0, 1, 2, 4, 1, 2]), np.array([1, 2, 3, 1, 5, 6])
    tail, head = np.concatenate(ends), np.concatenate(ends[::-1])
    classes = (["primary"] * 3 + ["residential"] * 3) * 2
    shape = {"lon": lon, "lat": lat, "tail": tail, "head": head, "metres": np.full(12, 1000), "classes": classes}
    return make_network(name="crossing", source="a test", **shape)


def test_a_street_goes_straight_on_through_its_junctions():
    drawn = street_backdrop(crossing())
    assert [sorted([line[0], line[-1]]) for line in drawn.arterials] == [[(106.70, -6.30), (106.73, -6.30)]]
    ends = sorted(sorted([line[0], line[-1]]) for line in drawn.lanes)
    assert ends == [[(106.71, -6.32), (106.71, -6.28)], [(106.72, -6.301), (106.72, -6.30)]]


def test_a_street_does_not_turn_back():
    sharp = make_network(
        name="sharp", source="a test", lon=np.array([106.70, 106.71, 106.70]), lat=np.array([-6.30, -6.30, -6.299]),
        tail=np.array([0, 1, 1, 2]), head=np.array([1, 0, 2, 1]), metres=np.full(4, 1000), classes=["tertiary"] * 4,
    )  # fmt: skip
    assert len(street_backdrop(sharp).collectors) == 2


def test_the_longest_lanes_are_drawn_where_all_would_make_the_map_heavy(monkeypatch):
    monkeypatch.setattr(backdrop, "_MOST_POINTS", 5)  # two for the road, two for a lane
    drawn = street_backdrop(crossing())
    assert len(drawn.arterials) == 1
    assert [sorted([line[0], line[-1]]) for line in drawn.lanes] == [[(106.71, -6.32), (106.71, -6.28)]]


def test_every_street_of_the_embedded_network_is_drawn_near_where_it_is():
    from shapely import LineString, MultiLineString, Point, STRtree

    streets = embedded_network()
    drawn = street_backdrop(streets)
    lines = [LineString(line) for rank in (drawn.arterials, drawn.collectors, drawn.lanes) for line in rank]
    tree = STRtree(lines)
    middles = [Point(streets.line(edge)[len(streets.line(edge)) // 2]) for edge in range(0, streets.edges, 37)]
    near = [lines[index].distance(point) for index, point in zip(tree.nearest(middles), middles, strict=True)]
    assert max(near) * METRES_PER_DEGREE < 5.5
    whole = MultiLineString([streets.line(edge) for edge in np.flatnonzero(streets.tail < streets.head)])
    assert sum(line.length for line in lines) == pytest.approx(whole.length, rel=0.03)


def test_the_credit_names_whose_data_it_is():
    assert street_backdrop(network()).credit == OSM_CREDIT
    assert "synthetic" in street_backdrop(network(name="embedded")).credit
    assert street_backdrop(network(), credit="Dinas PU").credit == "Dinas PU"
