"""Runs as GPX 1.1, a file per driver: what navigation apps on a phone read without the internet."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from geodata.earth import great_circle
from geodata.file_names import numbered_file
from geodata.legs import Leg, Line, StreetPaths, leg_lines, simplified
from geodata.manifest import one_line
from geodata.visit_rows import Labels, VisitRow, clock, segments, visit_rows
from routing.model import Day
from routing.plan import Plan, Run
from routing.visits import Visit

if TYPE_CHECKING:
    from gpxpy.gpx import GPXTrackPoint, GPXTrackSegment, GPXWaypoint

WIB = datetime.timezone(datetime.timedelta(hours=7), "WIB")
"""The city's time, without daylight saving."""

_TOLERANCE = 4.0
"""Metres by which a track may leave its street: less than a phone knows its own position."""

_WHAT = {"hub": "Drive-thru", "break": "Break", "start": "Start", "end": "End"}


def write_gpx(
    day: Day, plan: Plan, folder: Path | str, *, street_paths: StreetPaths | None = None, labels: Labels | None = None
) -> list[Path]:
    """Write a GPX file per driver.

    Parameters
    ----------
    folder
        Made if it is not there. GPX files of an earlier plan in it are removed.
    street_paths
        Where legs run; None draws straight lines.
    labels
        Addresses by request id.

    Returns
    -------
    list of Path
        The files, in the plan's order.
    """
    from geodata.export import write_text

    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    for earlier in folder.glob("[0-9][0-9]*.gpx"):
        earlier.unlink()
    texts = run_gpx(day, plan, street_paths=street_paths, labels=labels)
    return [
        write_text(folder / numbered_file(number, run.driver, ".gpx"), text)
        for number, (run, text) in enumerate(zip(plan.runs, texts, strict=True), start=1)
    ]


def run_gpx(
    day: Day, plan: Plan, *, street_paths: StreetPaths | None = None, labels: Labels | None = None
) -> list[str]:
    """Return each run as GPX: a waypoint per visit, and a track with a segment per trip and the planned times.

    Points between the ends of a leg have the time at which the rider is there when riding evenly.
    """
    lines = {leg: simplified(line, _TOLERANCE) for leg, line in leg_lines(day, plan, street_paths).items()}
    rows_of: dict[int, list[VisitRow]] = {}
    for row in visit_rows(day, plan, labels=labels):
        rows_of.setdefault(row.run, []).append(row)
    midnight = datetime.datetime.fromisoformat(day.date).replace(tzinfo=WIB)
    return [_gpx(day, run, rows_of.get(index, []), lines, midnight) for index, run in enumerate(plan.runs)]


def _gpx(day: Day, run: Run, rows: list[VisitRow], lines: dict[Leg, Line], midnight: datetime.datetime) -> str:
    from gpxpy.gpx import GPX, GPXTrack

    gpx = GPX()
    gpx.creator, gpx.name = "kurir", one_line(f"{run.driver}, {day.date}")
    gpx.waypoints = [_waypoint(row, midnight) for row in rows]
    track = GPXTrack(name=gpx.name)
    track.segments = [_segment(day, run.visits[first : last + 1], lines, midnight) for first, last in segments(run)]
    gpx.tracks = [track]
    return str(gpx.to_xml(version="1.1"))


def _waypoint(row: VisitRow, midnight: datetime.datetime) -> GPXWaypoint:
    from gpxpy.gpx import GPXWaypoint

    visit = row.visit
    what = _WHAT.get(visit.type, row.address)
    return GPXWaypoint(
        latitude=round(row.place.lat, 6),
        longitude=round(row.place.lon, 6),
        time=_moment(midnight, visit.begin),
        name=one_line(f"{row.order} {what}"),
        description=one_line("; ".join(_described(row))),
        type=visit.type,
    )


def _described(row: VisitRow) -> Iterator[str]:
    visit = row.visit
    yield f"{clock(visit.begin, with_seconds=False)}-{clock(visit.end, with_seconds=False)}"
    if visit.type == "hub" and visit.lane is not None:
        yield f"lane {visit.lane + 1}"
    for what, ids in (("requests", visit.requests), ("unload", visit.unloaded), ("load", visit.loaded)):
        if ids:
            yield f"{what} {', '.join(ids)}"
    yield f"{visit.load_after} documents on board"


def _segment(day: Day, visits: Sequence[Visit], lines: dict[Leg, Line], midnight: datetime.datetime) -> GPXTrackSegment:
    from gpxpy.gpx import GPXTrackPoint, GPXTrackSegment

    points: list[GPXTrackPoint] = []
    for before, after in pairwise(visits):
        line = lines.get((before.place, after.place))
        if line is None:
            continue
        leave = _moment(midnight, before.end)
        for (lon, lat), share in zip(line, _shares(line), strict=True):
            time = leave + datetime.timedelta(seconds=round(share * (after.arrive - before.end)))
            if points and (points[-1].longitude, points[-1].latitude, points[-1].time) == (lon, lat, time):
                continue
            points.append(GPXTrackPoint(latitude=lat, longitude=lon, time=time))
    if not points:
        place = day.places[visits[0].place]
        points = [GPXTrackPoint(place.lat, place.lon, time=_moment(midnight, visits[0].end))]
    return GPXTrackSegment(points)


def _shares(line: Line) -> list[float]:
    """Return per point of a line the share of its length that lies before it."""
    lon, lat = np.array(line).T
    along = np.concatenate([[0.0], np.cumsum(great_circle(lon[:-1], lat[:-1], lon[1:], lat[1:]))])
    return list((along / along[-1]).tolist()) if along[-1] > 0 else [0.0] * len(line)


def _moment(midnight: datetime.datetime, seconds: int) -> datetime.datetime:
    return (midnight + datetime.timedelta(seconds=int(seconds))).astimezone(datetime.UTC)
