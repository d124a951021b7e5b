from __future__ import annotations

from functools import cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geodata.earth import Plane, great_circle
from geodata.gazetteer import HUB, KELURAHAN
from geodata.matrix import prepare
from geodata.network import StreetNetwork
from geodata.places import snap, travel_between
from geodata.streets import embedded_network
from routing import InvalidInput


@cache
def _city() -> StreetNetwork:
    return embedded_network()


def _problems(lons, lats, **options):
    with pytest.raises(InvalidInput) as caught:
        snap(_city(), lons, lats, **options)
    return caught.value.problems


def test_a_street_node_is_its_own_nearest():
    snapped = snap(_city(), _city().lon[[5, 77]], _city().lat[[5, 77]])
    assert snapped.nodes.tolist() == [5, 77]
    assert snapped.metres == pytest.approx([0, 0], abs=0.01)


@settings(max_examples=50, deadline=None)
@given(st.floats(106.66, 106.75), st.floats(-6.34, -6.27))
def test_no_street_node_is_nearer_than_the_one_chosen(lon, lat):
    snapped = snap(_city(), [lon], [lat])
    metres = great_circle(lon, lat, _city().lon, _city().lat)
    assert metres[snapped.nodes[0]] == pytest.approx(metres.min(), rel=0.002, abs=0.05)
    assert snapped.metres[0] == pytest.approx(metres.min(), rel=0.002, abs=0.05)


def test_the_hub_and_all_kelurahan_are_near_a_street():
    lons, lats = zip(HUB, *((each.lon, each.lat) for each in KELURAHAN), strict=True)
    assert snap(_city(), lons, lats).metres.max() < 150


def test_no_points_snap_to_nothing():
    assert snap(_city(), [], []).nodes.shape == (0,)


def test_every_point_at_fault_is_listed_at_once_by_its_name():
    # The Java Sea, a missing coordinate, a good point, and one that is no number.
    lons, lats = [106.7, 0, HUB[0], np.nan], [-5.9, 0, HUB[1], -6.3]
    problems = _problems(lons, lats, names=["sea", "missing", "hub", "blank"])
    assert [each.where for each in problems] == ["sea", "missing", "blank"]
    assert "outside the network" in problems[0].message
    assert "37 km from the nearest street" in problems[0].message
    assert "missing coordinate" in problems[1].message
    assert "no coordinate" in problems[2].message


def test_points_without_names_are_called_by_their_number():
    assert [each.where for each in _problems([HUB[0], 106.7], [HUB[1], -5.9])] == ["place 1"]


def test_swapped_lon_and_lat_are_recognised():
    assert "lon and lat look swapped" in _problems([HUB[1]], [HUB[0]])[0].message


def test_how_far_a_place_may_lie_is_up_to_the_caller():
    # One metre is 1 / 111,195 of a degree of latitude: the point lies 200 m south of the southernmost node.
    south = int(np.argmin(_city().lat))
    lon, lat = float(_city().lon[south]), float(_city().lat[south]) - 200 / 111_195
    assert snap(_city(), [lon], [lat], max_metres=201).metres[0] == pytest.approx(200, abs=0.5)
    assert "200 m from the nearest street" in _problems([lon], [lat], max_metres=199)[0].message


def test_travel_between_points_is_that_between_their_streets():
    prepared = prepare(_city())
    lons, lats = [HUB[0], KELURAHAN[0].lon, HUB[0]], [HUB[1], KELURAHAN[0].lat, HUB[1]]
    travel = travel_between(prepared, lons, lats)
    assert travel == prepared.travel(snap(_city(), lons, lats).nodes)
    assert travel.seconds[0, 2] == 0 < travel.seconds[0, 1]


def test_travel_between_refuses_what_snapping_refuses():
    with pytest.raises(InvalidInput, match="far off"):
        travel_between(prepare(_city()), [106.7], [-5.9], ["far off"])


@given(st.floats(106.6, 106.8), st.floats(-6.4, -6.2))
def test_the_flat_map_is_true_to_a_thousandth_and_leads_back(lon, lat):
    plane = Plane(106.7, -6.3)
    flat = plane.flat([lon], [lat])
    assert np.hypot(*flat[0]) == pytest.approx(float(great_circle(106.7, -6.3, lon, lat)), rel=0.001, abs=0.01)
    assert plane.degrees(flat)[0] == pytest.approx([lon, lat], abs=1e-9)
