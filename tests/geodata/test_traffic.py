from __future__ import annotations

from functools import cache
from pathlib import Path

import numpy as np
import pytest

from geodata.gazetteer import KELURAHAN
from geodata.matrix import prepare
from geodata.places import snap
from geodata.profiles import PROFILES
from geodata.speeds import ROADS, read_road_table
from geodata.streets import embedded_network, load_network
from geodata.traffic import DAYS, TRAFFIC, read_traffic, traffic_on
from routing import InvalidInput

REAL = Path(__file__).parents[3] / "shared" / "data" / "geo" / "tangsel_motor_scc.graphml.gz"
DOOR_SECONDS = 90
"""Parking and finding the door; what a rider's GPS counts as part of the ride."""


@cache
def _trips(real: bool) -> tuple[np.ndarray, np.ndarray]:
    """Return free-flow seconds and metres between all kelurahan."""
    if real and not REAL.exists():
        pytest.skip(f"no {REAL.name} of the shared data here")
    network = load_network(REAL) if real else embedded_network()
    lons, lats = np.array([(each.lon, each.lat) for each in KELURAHAN]).T
    travel = prepare(network).travel(snap(network, lons, lats, max_metres=1500).nodes)
    apart = travel.metres > 0
    return travel.seconds[apart], travel.metres[apart]


def _door_to_door(start: int, *, real: bool) -> float:
    """Return km/h over all trips between kelurahan on a Wednesday that start at `start`."""
    free, metres = _trips(real)
    clock = traffic_on("2026-05-06")
    taken = np.array([clock.arrival(start, int(each)) - start for each in free]) + DOOR_SECONDS
    return float(3.6 * metres.sum() / taken.sum())


# A rider's GPS in Jakarta: 23 km/h at night and 16 km/h in the morning peak, door to door; made-up streets
# that miss the worst detours are allowed a little more.
@pytest.mark.parametrize(("real", "most"), [(True, 25), (False, 26.5)])
def test_a_ride_at_night_takes_what_riders_measured(real, most):
    assert 22 < _door_to_door(21 * 3600, real=real) < most


@pytest.mark.parametrize(("real", "most"), [(True, 18.0), (False, 19.5)])
def test_a_ride_in_the_morning_peak_takes_what_riders_measured(real, most):
    assert 15 < _door_to_door(7 * 3600, real=real) < most


def test_every_day_has_peaks_only_where_the_table_says():
    assert set(TRAFFIC) == set(DAYS)
    assert min(factor for _, factor in TRAFFIC["sunday"].profile) > min(
        factor for _, factor in TRAFFIC["monday"].profile
    )
    assert PROFILES["weekday"].traffic == traffic_on("2026-05-06").profile == TRAFFIC["wednesday"].profile
    assert PROFILES["ramadan"].traffic == TRAFFIC["ramadan"].profile


def test_a_table_takes_the_place_of_the_days_it_gives(tmp_path):
    path = tmp_path / "measured.csv"
    path.write_text("day;from;factor\nFriday;00:00;1\nFriday;11:00;0,62\n", encoding="utf-8")
    table = read_traffic(path)
    assert table["friday"].profile == ((0, 1000), (11 * 3600, 620))
    assert table["monday"] == TRAFFIC["monday"]


def test_a_table_of_traffic_at_fault_names_every_row(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text("day,from,factor\nmonday,07:00,1\nmonday,06:00,0\nmoonday,07:00,1\nsunday,25:00,x\n", "utf-8")
    with pytest.raises(InvalidInput) as caught:
        read_traffic(path)
    assert [(each.where, each.field) for each in caught.value.problems] == [
        ("t.csv row 3", "from"),
        ("t.csv row 3", "factor"),
        ("t.csv row 4", "day"),
        ("t.csv row 5", "from"),
        ("t.csv row 5", "factor"),
    ]


def test_a_table_of_traffic_without_its_columns_is_refused(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text("hour,factor\n7,0.7\n", "utf-8")
    with pytest.raises(InvalidInput, match="header: lacks the column day and from"):
        read_traffic(path)
    with pytest.raises(InvalidInput, match=r"no\.csv: cannot be read"):
        read_traffic(tmp_path / "no.csv")


class TestATableOfRoads:
    def test_takes_the_place_of_the_rows_it_gives(self, tmp_path):
        path = tmp_path / "roads.csv"
        path.write_text("class,access,kmh,note\nprimary,open,38,measured\ntrack,closed,,\nmotorway,,60,\n", "utf-8")
        roads = read_road_table(path)
        assert (roads.speed("primary"), roads.speed("secondary")) == (38, ROADS.speed("secondary"))
        assert "track" in roads.closed
        assert "motorway" not in roads.closed
        assert roads.road_class("motorway_link") == "motorway"

    def test_may_name_new_classes(self, tmp_path):
        path = tmp_path / "roads.csv"
        path.write_text("class,kmh\nbusway,20\ngang,9\n", "utf-8")
        assert read_road_table(path).road_class("gang") == "gang"

    @pytest.mark.parametrize(
        ("row", "message"),
        [
            (",open,30", "row 2: class: is empty"),
            ("primary,ajar,30", "row 2: access: is 'ajar': expected 'open' or 'closed'"),
            ("primary,open,fast", "row 2: kmh: is 'fast': expected km/h"),
            ("primary,open,nan", "row 2: kmh: is 'nan'"),
            ("primary,,0", "row 2: kmh: is '0'"),
            ("road,closed,", "class road: is closed: expected a speed"),
        ],
    )
    def test_at_fault_names_row_and_field(self, tmp_path, row, message):
        path = tmp_path / "roads.csv"
        path.write_text(f"class,access,kmh\n{row}\n", "utf-8")
        with pytest.raises(InvalidInput) as caught:
            read_road_table(path)
        assert message in str(caught.value)

    def test_needs_its_columns(self, tmp_path):
        path = tmp_path / "roads.csv"
        path.write_text("highway,speed\nprimary,30\n", "utf-8")
        with pytest.raises(InvalidInput, match="header: lacks the column class and kmh"):
            read_road_table(path)
