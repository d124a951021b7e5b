from __future__ import annotations

import pytest

from geodata import _cells
from geodata._positions import position_fault, where_to
from geodata.gazetteer import HUB, KELURAHAN


@pytest.mark.parametrize(
    ("lon", "lat", "field", "hint"),
    [
        (0.0, 0.0, "lon", "which a missing position becomes"),
        (-6.31, 106.7, "lon", "lon and lat are swapped"),
        (-6.2, 106.95, "lat", "lon and lat look swapped"),
        (106.7, 6.31, "lat", "expected -6.31, the city lies south of the equator"),
        (106.75, -5.7, "lon", "67 km north of its middle, in the Java Sea"),
        (106.7, -8.0, "lon", "south of its middle, in the Indian Ocean"),
        (107.61, -6.92, "lon", "km east of its middle: expected"),
        (106.82, -6.17, "lon", "outside Tangerang Selatan, 19 km north of its middle"),
        (106666069.0, -6.3, "lon", "its decimal sign seems to be lost: 106.666069?"),
        (106.7, -6308162.0, "lat", "its decimal sign seems to be lost: -6.308162?"),
        (200.0, -6.3, "lon", "expected degrees between -180 and 180"),
    ],
)
def test_a_position_that_cannot_be_right_says_what_it_looks_like(lon, lat, field, hint):
    fault = position_fault(lon, lat, inside_city=True)
    assert fault is not None
    assert fault[0] == field
    assert hint in fault[1]


def test_the_hub_and_every_kelurahan_are_positions_of_the_city():
    points = [HUB, *((each.lon, each.lat) for each in KELURAHAN)]
    assert [position_fault(*point, inside_city=True) for point in points] == [None] * 55


def test_elsewhere_only_what_no_city_has_is_wrong():
    assert position_fault(24.94, 60.17, inside_city=False) is None
    assert position_fault(-6.31, 106.7, inside_city=False) is not None
    assert position_fault(0, 0, inside_city=False) is not None


def test_directions_are_those_of_the_larger_difference():
    # One degree of latitude is 111 km: 0.9 degrees are 100 km.
    assert where_to(106.71, -7.2) == "100 km south of its middle"
    assert where_to(105.81, -6.3).endswith("km west of its middle")


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("106.666.069", "its decimal sign was taken for one of thousands: 106.666069"),
        ("-6,308,162", "one of thousands: -6.308162"),
        ("106\u00b040'12\"", "degrees and minutes or a letter"),
        ("6.3082 S", "south is negative"),
        ("-6.3082, 106.6661", "two numbers: put lon and lat into a column each"),
        ("-6,3082; 106,6661", "two numbers: put lon and lat into a column each"),
        ("here", "is 'here': expected decimal degrees"),
        ("", "is '': expected decimal degrees"),
    ],
)
def test_degrees_that_cannot_be_read_say_what_they_look_like(text, hint):
    with pytest.raises(ValueError, match=r"expected decimal degrees") as caught:
        _cells.degrees(text)
    assert hint in str(caught.value)


@pytest.mark.parametrize("text", ["106.6661", "106,6661", " 106.6661 ", "+106,6661"])
def test_degrees_are_read_with_a_point_or_a_comma(text):
    assert _cells.degrees(text) == 106.6661
