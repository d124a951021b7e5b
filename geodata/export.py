"""A plan as tables and geometry: CSV, GeoJSON, GeoDataFrame; and everything an operator gets in one folder."""

from __future__ import annotations

import csv
import io
import itertools
import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from geodata.colours import run_colour
from geodata.legs import DECIMALS, Leg, Line, StreetPaths, joined_line, leg_lines
from geodata.visit_rows import (
    Labels,
    VisitRow,
    clock,
    promised_window,
    requests_by_id,
    segments,
    trip_numbers,
    visit_rows,
)
from routing.model import Day
from routing.plan import Plan

if TYPE_CHECKING:
    from geopandas import GeoDataFrame

    from geodata.backdrop import Backdrop

COLUMNS = (
    "driver",
    "order",
    "type",
    "trip",
    "place",
    "address",
    "lon",
    "lat",
    "arrive",
    "begin",
    "end",
    "window",
    "lane",
    "requests",
    "loaded",
    "unloaded",
    "load_after",
    "clusters",
)
"""The columns of ``runs.csv``, in order."""

Layer = Literal["visits", "trips", "runs", "requests"]


def write_outputs(
    day: Day,
    plan: Plan,
    folder: Path | str,
    *,
    street_paths: StreetPaths | None = None,
    backdrop: Backdrop | None = None,
    labels: Labels | None = None,
) -> list[Path]:
    """Write all that an operator looks at or hands out.

    These are ``runs.csv``, ``links.csv`` (a phone's map along each trip), ``runs.geojson``, ``plan.html``,
    ``manifests/`` and ``gpx/`` (a file per driver each).

    Parameters
    ----------
    folder
        Made if it is not there. Files of these names are replaced, and those of an earlier plan in
        ``manifests/`` and ``gpx/`` are removed, so that no driver is handed an old one.
    street_paths
        Where legs run; None draws straight lines.
    backdrop
        The streets behind the runs; None draws none.
    labels
        Addresses by request id.

    Returns
    -------
    list of Path
        The files written.

    Raises
    ------
    OSError
        When the folder cannot be written to.
    """
    from geodata.gpx import write_gpx
    from geodata.manifest import write_manifests
    from geodata.map_links import links_csv
    from geodata.page import page_html

    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    lines = leg_lines(day, plan, street_paths)
    page = page_html(day, plan, lines=lines, backdrop=backdrop, labels=labels)
    return [
        write_text(folder / "runs.csv", runs_csv(day, plan, labels=labels), encoding="utf-8-sig"),
        write_text(folder / "links.csv", links_csv(day, plan), encoding="utf-8-sig"),
        write_text(folder / "runs.geojson", json.dumps(_collection(day, plan, lines, labels), ensure_ascii=False)),
        write_text(folder / "plan.html", page),
        *write_manifests(day, plan, folder / "manifests", labels=labels),
        *write_gpx(day, plan, folder / "gpx", street_paths=street_paths, labels=labels),
    ]


def write_text(path: Path, text: str, *, encoding: str = "utf-8") -> Path:
    """Write `text` to `path` whole or not at all, with line ends as they are; return the path."""
    part = path.with_name(path.name + ".part")
    part.write_text(text, encoding=encoding, newline="")
    part.replace(path)
    return path


def runs_csv(day: Day, plan: Plan, *, labels: Labels | None = None) -> str:
    """Return ``runs.csv``: one row per visit, with the columns `COLUMNS`.

    Times are ``HH:MM:SS``; lists are joined by ``; ``; lanes count from 0 as in ``plan.json``. Text that a
    spreadsheet would run as a formula gets a leading apostrophe, as Excel itself writes it.
    """
    text = io.StringIO(newline="")
    table = csv.writer(text, lineterminator="\r\n")
    table.writerow(COLUMNS)
    for properties in _visit_properties(day, plan, labels):
        table.writerow([disarmed(properties[column]) for column in COLUMNS])
    return text.getvalue()


def disarmed(value: object) -> object:
    """Return what a cell shows; text that a spreadsheet would run as a formula gets a leading apostrophe."""
    if value is None:
        return ""
    if isinstance(value, list):
        value = "; ".join(value)
    if isinstance(value, str) and value[:1] in ("=", "+", "-", "@", "\t", "\r", "\n"):
        return "'" + value
    return value


def runs_geojson(
    day: Day, plan: Plan, *, street_paths: StreetPaths | None = None, labels: Labels | None = None
) -> dict[str, Any]:
    """Return ``runs.geojson`` as a mapping: a line per trip and a point per visit, EPSG:4326 (RFC 7946).

    Lines have ``kind`` ``trip``, ``way_in`` (before the first hub visit) or ``way_home`` (after the last
    trip); points have ``kind`` ``visit`` and the properties of ``runs.csv``. ``stroke`` and
    ``marker-color`` colour them in viewers that follow simplestyle.
    """
    return _collection(day, plan, leg_lines(day, plan, street_paths), labels)


def _collection(day: Day, plan: Plan, lines: dict[Leg, Line], labels: Labels | None) -> dict[str, Any]:
    drawn = [_feature("LineString", line, properties) for line, properties in _trip_lines(day, plan, lines)]
    points = [
        _feature("Point", (properties["lon"], properties["lat"]), {"kind": "visit", **properties})
        for properties in _visit_properties(day, plan, labels)
        if properties["type"] in ("stop", "hub", "break")
    ]
    return {"type": "FeatureCollection", "date": day.date, "features": drawn + points}


def _feature(kind: str, coordinates: Any, properties: dict[str, Any]) -> dict[str, Any]:
    return {"type": "Feature", "geometry": {"type": kind, "coordinates": coordinates}, "properties": properties}


def _visit_properties(day: Day, plan: Plan, labels: Labels | None) -> Iterator[dict[str, Any]]:
    requests = requests_by_id(day)
    for row in visit_rows(day, plan, labels=labels):
        visit = row.visit
        window = promised_window(visit, requests)
        yield {
            "driver": row.driver,
            "order": row.order,
            "type": visit.type,
            "trip": row.trip,
            "place": row.place.id,
            "address": row.address,
            "lon": round(row.place.lon, DECIMALS),
            "lat": round(row.place.lat, DECIMALS),
            "arrive": clock(visit.arrive),
            "begin": clock(visit.begin),
            "end": clock(visit.end),
            "window": "-".join(clock(moment, with_seconds=False) for moment in window) if window else None,
            "lane": visit.lane,
            "requests": list(visit.requests),
            "loaded": list(visit.loaded),
            "unloaded": list(visit.unloaded),
            "load_after": visit.load_after,
            "clusters": list(row.clusters),
            "marker-color": run_colour(row.run),
        }


def _trip_lines(day: Day, plan: Plan, lines: dict[Leg, Line]) -> Iterator[tuple[Line, dict[str, Any]]]:
    rows_of: dict[int, list[VisitRow]] = {}
    for row in visit_rows(day, plan):
        rows_of.setdefault(row.run, []).append(row)
    for index, run in enumerate(plan.runs):
        numbers = trip_numbers(run)
        for first, last in segments(run):
            line = joined_line(run.visits[first : last + 1], lines)
            if len(line) < 2:
                continue
            visits = run.visits[first : last + 1]
            stops = [row for row in rows_of[index][first : last + 1] if row.visit.type == "stop"]
            legs = itertools.pairwise(visits)
            at_hub = visits[0].type == "hub"
            yield (
                line,
                {
                    "kind": "trip" if stops and at_hub else "way_home" if at_hub else "way_in",
                    "driver": run.driver,
                    "trip": numbers[first] if stops else None,
                    "leave": clock(visits[0].end),
                    "arrive": clock(visits[-1].arrive),
                    "metres": sum(int(day.travel.metres[a.place, b.place]) for a, b in legs),
                    "stops": len(stops),
                    "requests": sum(len(row.visit.requests) for row in stops),
                    "clusters": list(dict.fromkeys(name for row in stops for name in row.clusters)),
                    "stroke": run_colour(index),
                    "stroke-width": 3,
                },
            )


def to_geodataframe(
    day: Day,
    plan: Plan,
    *,
    layer: Layer = "visits",
    street_paths: StreetPaths | None = None,
    labels: Labels | None = None,
) -> GeoDataFrame:
    """Return a plan as a GeoPandas table, EPSG:4326.

    Parameters
    ----------
    layer
        ``visits``: a point per visit with the columns of ``runs.csv``, times in whole seconds after
        midnight. ``trips``: a line per trip, way in and way home, as in ``runs.geojson``. ``runs``: a line
        per driver with its totals. ``requests``: a point per request, served or not, with its driver and
        the moment its stop begins, or why it is unserved.
    street_paths
        Where legs run, for ``trips`` and ``runs``; None draws straight lines.
    labels
        Addresses by request id.

    Examples
    --------
    >>> geodata.to_geodataframe(day, plan).query("type == 'stop'").explore("driver")  # doctest: +SKIP
    """
    from geodata import frames

    if layer == "requests":
        return frames.request_frame(day, plan, labels)
    if layer == "visits":
        return frames.visit_frame(plan, list(_visit_properties(day, plan, labels)), COLUMNS)
    lines = leg_lines(day, plan, street_paths)
    if layer == "runs":
        return frames.run_frame(plan, lines)
    return frames.trip_frame(list(_trip_lines(day, plan, lines)))
