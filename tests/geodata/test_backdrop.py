from __future__ import annotations

import numpy as np

from geodata import backdrop
from geodata.backdrop import OSM_CREDIT, street_backdrop
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


def test_lanes_are_left_out_where_they_would_make_the_map_heavy(monkeypatch):
    monkeypatch.setattr(backdrop, "_MOST_POINTS", 8)
    drawn = street_backdrop(network())
    assert len(drawn.arterials) == 1
    assert drawn.lanes == ()


def test_the_credit_names_whose_data_it_is():
    assert street_backdrop(network()).credit == OSM_CREDIT
    assert "synthetic" in street_backdrop(network(name="embedded")).credit
    assert street_backdrop(network(), credit="Dinas PU").credit == "Dinas PU"
