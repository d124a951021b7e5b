from __future__ import annotations

import datetime

import gpxpy
import pytest

from geodata.gpx import run_gpx, write_gpx
from geodata.visit_rows import segments
from tests.routing.handmade import hm, mixed_day, mixed_plan


@pytest.fixture(scope="module")
def read():
    return [gpxpy.parse(text) for text in run_gpx(mixed_day(), mixed_plan(), labels={"R2": "Jl. Dua <&> 3"})]


def seconds(time):
    """Seconds after local midnight."""
    midnight = datetime.datetime.fromisoformat(mixed_day().date).replace(
        tzinfo=datetime.timezone(datetime.timedelta(hours=7))
    )
    return round((time - midnight).total_seconds())


def test_every_driver_has_a_file_of_its_own_with_a_waypoint_per_visit(read):
    plan = mixed_plan()
    assert [gpx.name for gpx in read] == [f"{run.driver}, {mixed_day().date}" for run in plan.runs]
    for gpx, run in zip(read, plan.runs, strict=True):
        assert [waypoint.type for waypoint in gpx.waypoints] == [visit.type for visit in run.visits]
        assert [seconds(waypoint.time) for waypoint in gpx.waypoints] == [visit.begin for visit in run.visits]


def test_a_waypoint_says_where_when_and_what(read):
    waypoint = next(each for each in read[0].waypoints if "Jl. Dua" in each.name)
    place = mixed_day().places[2]
    assert (waypoint.longitude, waypoint.latitude) == (place.lon, place.lat)
    assert waypoint.name.endswith("Jl. Dua <&> 3")
    assert "requests R2, P1" in waypoint.description
    hub = next(each for each in read[0].waypoints if each.type == "hub")
    assert hub.name.endswith("Drive-thru")
    assert "load R1, R2, R7" in hub.description


def test_the_track_has_a_segment_per_trip_from_where_to_where_it_leads(read):
    for gpx, run in zip(read, mixed_plan().runs, strict=True):
        parts = list(segments(run))
        assert len(gpx.tracks[0].segments) == len(parts)
        for segment, (first, last) in zip(gpx.tracks[0].segments, parts, strict=True):
            ends = [mixed_day().places[run.visits[each].place] for each in (first, last)]
            points = [segment.points[0], segment.points[-1]]
            assert [(each.longitude, each.latitude) for each in points] == [
                pytest.approx((each.lon, each.lat), abs=1e-5) for each in ends
            ]


def test_times_never_go_back_and_meet_the_plan_at_every_visit(read):
    for gpx, run in zip(read, mixed_plan().runs, strict=True):
        times = [seconds(point.time) for segment in gpx.tracks[0].segments for point in segment.points]
        assert times == sorted(times)
        moved = [(a, b) for a, b in zip(run.visits, run.visits[1:], strict=False) if a.place != b.place]
        assert {a.end for a, _ in moved} | {b.arrive for _, b in moved} <= set(times)


def test_points_between_visits_are_timed_evenly_along_the_street():
    day, plan = mixed_day(), mixed_plan()

    def bent(legs):
        # A corner far enough off the straight line to stay, twice as far from the end as from the beginning.
        lines = []
        for a, b in legs:
            (ax, ay), (bx, by) = ((day.places[each].lon, day.places[each].lat) for each in (a, b))
            lines.append([(ax, ay), (ax + (bx - ax) / 3, ay + (by - ay) / 3 + 0.001), (bx, by)])
        return lines

    run = plan.runs[0]
    points = gpxpy.parse(run_gpx(day, plan, street_paths=bent)[0]).tracks[0].segments[0].points
    before, after = next((a, b) for a, b in zip(run.visits, run.visits[1:], strict=False) if a.place != b.place)
    leave, corner, arrive = (seconds(point.time) for point in points[:3])
    assert (leave, arrive) == (before.end, after.arrive)
    assert leave < corner < leave + (arrive - leave) / 2


def test_files_of_an_earlier_plan_go_and_other_files_stay(tmp_path):
    (tmp_path / "07-Old.gpx").write_text("old")
    (tmp_path / "mine.gpx").write_text("mine")
    written = write_gpx(mixed_day(), mixed_plan(), tmp_path)
    assert [path.name for path in written] == [f"{number:02}-D{number}.gpx" for number in (1, 2, 3)]
    assert {path.name for path in tmp_path.iterdir()} == {*(path.name for path in written), "mine.gpx"}


def test_a_plan_without_runs_has_no_files(tmp_path):
    assert write_gpx(mixed_day(), mixed_plan().replace(runs=()), tmp_path) == []


def test_moments_are_those_of_the_city():
    # 07:00 in the city is midnight of the same date in UTC.
    text = run_gpx(mixed_day(), mixed_plan())[0]
    first = gpxpy.parse(text).waypoints[0]
    assert first.time.tzinfo is not None
    assert first.time.utcoffset() == datetime.timedelta(0)
    assert seconds(first.time) == mixed_plan().runs[0].visits[0].end >= hm("05:00")
