from __future__ import annotations

import csv
import io
import json

import numpy as np
import pytest

from geodata.export import COLUMNS, runs_csv, runs_geojson, to_geodataframe, write_outputs
from geodata.legs import network_paths, straight_paths
from geodata.visit_rows import trip_numbers
from routing import Cluster, Visit
from routing.plan import Run
from tests.routing.handmade import change_request, hm, mixed_day, mixed_plan


def rows_of(text):
    return list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"), newline="")))


def renamed(day, plan, old, new):
    """The same day and plan with another id for one request."""
    swap = lambda ids: tuple(new if each == old else each for each in ids)  # noqa: E731
    runs = tuple(
        Run(
            run.driver,
            tuple(
                Visit(
                    visit.type, visit.place, visit.arrive, visit.begin, visit.end, visit.load_after, visit.lane,
                    swap(visit.requests), swap(visit.loaded), swap(visit.unloaded),
                )
                for visit in run.visits
            ),
            run.metres, run.paid_seconds, run.cost,
        )
        for run in plan.runs
    )  # fmt: skip
    return change_request(day, old, id=new), plan.replace(runs=runs)


def test_the_table_has_a_row_per_visit_in_order():
    day, plan = mixed_day(), mixed_plan()
    rows = rows_of(runs_csv(day, plan))
    assert tuple(rows[0]) == COLUMNS
    assert [(row["driver"], row["order"], row["type"]) for row in rows] == [
        (run.driver, str(order), visit.type) for run in plan.runs for order, visit in enumerate(run.visits)
    ]


def test_a_stop_says_where_when_what_and_how_much():
    day = mixed_day()
    plan = mixed_plan().replace(clusters=(Cluster("Pamulang 1", ("R2", "P1")),))
    row = next(row for row in rows_of(runs_csv(day, plan)) if row["requests"] == "R2; P1")
    visit = next(visit for visit in plan.runs[0].visits if visit.requests == ("R2", "P1"))
    assert row["place"] == "p2"
    assert (row["lon"], row["lat"]) == ("106.702", "-6.3")
    assert row["begin"] == f"{visit.begin // 3600:02}:{visit.begin // 60 % 60:02}:{visit.begin % 60:02}"
    assert row["window"] == "07:00-09:30"  # what 07:00-09:30 and 07:00-10:00 have in common
    assert row["load_after"] == str(visit.load_after)
    assert row["clusters"] == "Pamulang 1"
    assert row["trip"] == "1"


def test_hub_rows_list_what_goes_in_and_out_and_the_lane_of_plan_json():
    rows = rows_of(runs_csv(mixed_day(), mixed_plan()))
    hubs = [row for row in rows if row["driver"] == "D1" and row["type"] == "hub"]
    assert (hubs[0]["loaded"], hubs[0]["unloaded"]) == ("R1; R2; R7", "")
    assert set(hubs[1]["unloaded"].split("; ")) == {"P1", "P2", "P3"}
    assert {row["lane"] for row in rows if row["type"] == "hub"} <= {"0", "1"}
    assert {row["lane"] for row in rows if row["type"] != "hub"} == {""}


def test_text_that_a_spreadsheet_would_run_is_disarmed():
    day, plan = renamed(mixed_day(), mixed_plan(), "R1", "=HYPERLINK(1)")
    rows = rows_of(runs_csv(day, plan, labels={"R2": "@SUM(1)\nJl. Dua", "P1": ""}))
    assert next(row for row in rows if row["place"] == "p1")["requests"] == "'=HYPERLINK(1)"
    assert next(row for row in rows if row["place"] == "p2")["address"] == "'@SUM(1)\nJl. Dua"
    assert all(float(row["lat"]) < 0 for row in rows)  # numbers stay numbers


def test_trips_count_from_the_first_hub_visit_as_the_run_has_them():
    for run in mixed_plan().runs:
        numbers = trip_numbers(run)
        by_trip = {}
        for visit, number in zip(run.visits, numbers, strict=True):
            if visit.type == "stop" and number:
                by_trip.setdefault(number, []).append(visit)
        assert [tuple(stops) for _, stops in sorted(by_trip.items())] == list(run.trips())


def test_stops_before_the_first_hub_visit_are_the_way_in_and_no_trip():
    visits = [
        Visit(kind, 0, at, at, at, 0) for at, kind in enumerate(["start", "stop", "hub", "hub", "stop", "hub", "end"])
    ]
    assert trip_numbers(Run("D", tuple(visits), 0, 0, 0)) == [0, 0, None, 1, 1, None, None]


def test_geojson_has_a_line_per_trip_and_a_point_per_visit():
    day, plan = mixed_day(), mixed_plan()
    features = runs_geojson(day, plan)["features"]
    lines = [each for each in features if each["geometry"]["type"] == "LineString"]
    points = [each for each in features if each["geometry"]["type"] == "Point"]
    trips = [each["properties"] for each in lines if each["properties"]["kind"] == "trip"]
    assert len(trips) == sum(len(list(run.trips())) for run in plan.runs)
    assert {each["driver"] for each in trips} == {run.driver for run in plan.runs}
    assert sum(each["properties"]["metres"] for each in lines) == sum(run.metres for run in plan.runs)
    assert len(points) == sum(visit.type in ("stop", "hub", "break") for run in plan.runs for visit in run.visits)
    assert len({each["stroke"] for each in trips}) == len(plan.runs)


def test_lines_follow_the_streets_from_door_to_door():
    day, plan = mixed_day(), mixed_plan()
    asked = []

    def paths(pairs):
        asked.extend(pairs)
        return [[(106.5 + a / 100, -6.2), (106.5 + b / 100, -6.2)] for a, b in pairs]

    nodes = np.arange(len(day.places)) + 100
    features = runs_geojson(day, plan, street_paths=network_paths(paths, nodes))["features"]
    first = next(each for each in features if each["properties"]["driver"] == "D1")["geometry"]["coordinates"]
    assert first[0] == (106.71, -6.3)  # the door, then the street beside it, then on to the hub's
    assert first[1:3] == [(107.6, -6.2), (107.5, -6.2)]
    assert first[-1] == (106.7, -6.3)
    assert len(asked) == len(set(asked))
    assert min(min(pair) for pair in asked) >= 100


def test_a_day_without_streets_gets_straight_lines():
    day = mixed_day()
    assert straight_paths(day)([(1, 2)]) == [[(106.701, -6.3), (106.702, -6.3)]]
    lines = [each["geometry"]["coordinates"] for each in runs_geojson(day, mixed_plan())["features"]]
    assert lines[0] == [(106.71, -6.3), (106.7, -6.3)]


def test_a_geodataframe_has_a_point_per_visit_in_degrees():
    day, plan = mixed_day(), mixed_plan()
    frame = to_geodataframe(day, plan)
    assert frame.crs.to_epsg() == 4326
    assert tuple(frame.columns) == (*COLUMNS, "geometry")
    assert len(frame) == sum(len(run.visits) for run in plan.runs)
    assert frame.begin.tolist() == [visit.begin for run in plan.runs for visit in run.visits]
    assert frame.geometry.iloc[0].coords[0] == (106.71, -6.3)


def test_a_geodataframe_of_trips_has_their_lines():
    frame = to_geodataframe(mixed_day(), mixed_plan(), layer="trips")
    assert set(frame.geom_type) == {"LineString"}
    assert (frame.kind == "trip").sum() == sum(len(list(run.trips())) for run in mixed_plan().runs)


@pytest.mark.parametrize("layer", ["visits", "trips"])
def test_a_plan_without_runs_is_an_empty_geodataframe(layer):
    frame = to_geodataframe(mixed_day(), mixed_plan().replace(runs=()), layer=layer)
    assert len(frame) == 0
    assert frame.crs.to_epsg() == 4326


def test_outputs_are_all_written_and_read_by_excel_as_utf8(tmp_path):
    written = write_outputs(mixed_day(), mixed_plan(), tmp_path / "out", labels={"R1": "Gang Haji Ma’ruf"})
    names = {path.relative_to(tmp_path / "out").as_posix() for path in written}
    assert {
        "runs.csv",
        "links.csv",
        "gpx/01-D1.gpx",
        "runs.geojson",
        "plan.html",
        "manifests/01-D1.txt",
        "manifests/cetak.html",
    } <= names
    assert all(path.stat().st_size > 0 for path in written)
    raw = (tmp_path / "out" / "runs.csv").read_bytes()
    assert raw.startswith(b"\xef\xbb\xbf")
    assert raw.count(b"\r\n") == raw.count(b"\n")
    assert "Gang Haji Ma’ruf" in raw.decode("utf-8-sig")
    assert json.loads((tmp_path / "out" / "runs.geojson").read_text(encoding="utf-8"))["type"] == "FeatureCollection"
    assert not list((tmp_path / "out").rglob("*.part"))


def test_times_past_midnight_keep_counting():
    day = change_request(mixed_day(), "R6", windows=((hm("25:00"), hm("26:00")),))
    plan = mixed_plan()
    late = tuple(
        Visit(each.type, each.place, hm("25:10"), hm("25:10"), hm("25:12"), 0, each.lane, each.requests)
        for each in plan.runs[2].visits
    )
    rows = rows_of(runs_csv(day, plan.replace(runs=(Run("D3", late, 0, 0, 0),))))
    assert rows[-2]["begin"] == "25:10:00"
    assert rows[-2]["window"] == "25:00-26:00"
