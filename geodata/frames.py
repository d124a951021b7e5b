"""GeoPandas tables of plans and streets, EPSG:4326: what a geographer takes into QGIS or a notebook."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from geodata.colours import run_colour
from geodata.legs import Leg, Line, joined_line
from geodata.visit_rows import Labels
from routing.model import Day
from routing.plan import Plan

if TYPE_CHECKING:
    from geopandas import GeoDataFrame

    from geodata.network import StreetNetwork

CRS = "EPSG:4326"

_TRIP_COLUMNS = ("kind", "driver", "trip")
_RUN_COLUMNS = ("driver", "leave", "end", "stops", "requests", "metres", "paid_seconds", "cost", "stroke")
_REQUEST_COLUMNS = (
    *("request", "kind", "place", "address", "documents", "windows", "priority"),
    *("driver", "begin", "code", "message"),
)


def visit_frame(plan: Plan, records: list[dict[str, Any]], columns: Sequence[str]) -> GeoDataFrame:
    """Return a point per visit; see `geodata.to_geodataframe`."""
    import geopandas

    for record, visit in zip(records, (visit for run in plan.runs for visit in run.visits), strict=True):
        record |= {"arrive": visit.arrive, "begin": visit.begin, "end": visit.end}
    points = geopandas.points_from_xy([each["lon"] for each in records], [each["lat"] for each in records])
    return geopandas.GeoDataFrame(records, columns=list(columns), geometry=points, crs=CRS)


def trip_frame(drawn: Sequence[tuple[Line, dict[str, Any]]]) -> GeoDataFrame:
    """Return a line per trip, way in and way home; see `geodata.to_geodataframe`."""
    records = [properties for _, properties in drawn]
    columns = list(records[0]) if records else list(_TRIP_COLUMNS)
    return _line_frame(records, columns, [line for line, _ in drawn])


def run_frame(plan: Plan, lines: Mapping[Leg, Line]) -> GeoDataFrame:
    """Return a line per driver; see `geodata.to_geodataframe`. A run that stays in place has none."""
    records = [
        {
            "driver": run.driver,
            "leave": run.visits[0].end,
            "end": run.visits[-1].end,
            "stops": len(run.stops),
            "requests": len(run.requests),
            "metres": run.metres,
            "paid_seconds": run.paid_seconds,
            "cost": run.cost,
            "stroke": run_colour(index),
        }
        for index, run in enumerate(plan.runs)
    ]
    return _line_frame(records, _RUN_COLUMNS, [joined_line(run.visits, lines) for run in plan.runs])


def request_frame(day: Day, plan: Plan, labels: Labels | None = None) -> GeoDataFrame:
    """Return a point per request, served or not; see `geodata.to_geodataframe`."""
    import geopandas

    served = {
        request: (run.driver, visit.begin) for run in plan.runs for visit in run.visits for request in visit.requests
    }
    unserved = {each.request: (each.code, each.message) for each in plan.unserved}
    records = []
    for request in day.requests:
        driver, begin = served.get(request.id, (None, None))
        code, message = unserved.get(request.id, (None, None))
        records.append(
            {
                "request": request.id,
                "kind": request.kind,
                "place": day.places[request.place].id,
                "address": (labels or {}).get(request.id, ""),
                "documents": request.documents,
                "windows": [list(window) for window in request.windows],
                "priority": request.priority,
                "driver": driver,
                "begin": begin,
                "code": code,
                "message": message,
            }
        )
    places = [day.places[request.place] for request in day.requests]
    points = geopandas.points_from_xy([each.lon for each in places], [each.lat for each in places])
    frame = geopandas.GeoDataFrame(records, columns=list(_REQUEST_COLUMNS), geometry=points, crs=CRS)
    return frame.astype({"begin": "Int64"})


def street_frame(network: StreetNetwork) -> GeoDataFrame:
    """Return a line per directed edge of a street network, EPSG:4326.

    Its columns are ``tail``, ``head``, ``road_class``, ``name``, ``metres``, ``seconds`` and ``km_h``.
    """
    import geopandas
    import shapely

    counts = np.diff(network.bend_start) + 2
    start = np.concatenate([[0], np.cumsum(counts)])
    points = np.empty((start[-1], 2))
    inner = np.ones(len(points), np.bool_)
    inner[start[:-1]] = inner[start[1:] - 1] = False
    points[start[:-1]] = np.column_stack([network.lon[network.tail], network.lat[network.tail]])
    points[start[1:] - 1] = np.column_stack([network.lon[network.head], network.lat[network.head]])
    points[inner] = network.bends
    columns = {
        "tail": network.tail,
        "head": network.head,
        "road_class": np.array(network.classes)[network.road_class],
        "name": [network.name_of(edge) for edge in range(network.edges)],
        "metres": network.metres,
        "seconds": network.seconds,
        "km_h": np.round(network.metres / network.seconds * 3.6, 1),
    }
    lines = shapely.linestrings(points, indices=np.repeat(np.arange(network.edges), counts))
    return geopandas.GeoDataFrame(columns, geometry=lines, crs=CRS)


def _line_frame(records: list[dict[str, Any]], columns: Sequence[str], lines: Sequence[Line]) -> GeoDataFrame:
    import geopandas
    from shapely import LineString

    geometry = [LineString(line) if len(line) > 1 else None for line in lines]
    return geopandas.GeoDataFrame(records, columns=list(columns), geometry=geometry, crs=CRS)
