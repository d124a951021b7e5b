"""What the page's script draws, as plain values that make little JSON."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from geodata.around import kelurahan_around
from geodata.backdrop import Backdrop
from geodata.colours import run_colour
from geodata.gazetteer import KELURAHAN, OUTLINE
from geodata.legs import Leg, Line, run_legs, simplified
from geodata.visit_rows import Labels, promised_window, requests_by_id, trip_numbers
from routing.model import Day
from routing.plan import Plan, Run
from routing.visits import Visit

_TYPES = ("start", "stop", "hub", "break", "end")
_UNITS_PER_DEGREE = 100_000
_LEG_TOLERANCE = 4.0
_CITY_MARGIN = 0.2


def page_data(
    day: Day,
    plan: Plan,
    *,
    lines: Mapping[Leg, Line],
    backdrop: Backdrop | None,
    labels: Labels,
    tiles: str,
) -> dict[str, Any]:
    """Return what the page's script draws.

    Points are whole units of 1e-5 degrees from ``corner``; lines are one flat list, the first point and
    then the steps; visits are lists in the order that ``page_data.js`` unpacks.
    """
    packing = _Packing(day, plan, lines)
    return {
        "corner": [packing.west, packing.south],
        "hub": packing.places[day.hub.place],
        "hubWindows": day.hub.windows,
        "now": day.now,
        "lanes": day.hub.lanes,
        "outline": packing.line([*OUTLINE, OUTLINE[0]]) if packing.in_city() else [],
        "names": [[each.name, *packing.point(each.lon, each.lat)] for each in KELURAHAN] if packing.in_city() else [],
        "streets": packing.streets(backdrop),
        "places": [
            [*packing.point(day.places[at].lon, day.places[at].lat), day.places[at].id] for at in packing.places
        ],
        "requests": [
            [each.id, int(each.kind == "return"), each.documents, labels.get(each.id, "")] for each in day.requests
        ],
        "runs": [packing.run(run, index) for index, run in enumerate(plan.runs)],
        "unserved": [
            [packing.requests[each.request], packing.places[packing.by_id[each.request].place]]
            for each in plan.unserved
        ],
        "clusters": [
            [each.name, [packing.requests[request] for request in each.requests], kelurahan_around(day, each)]
            for each in plan.clusters
        ],
        "tiles": tiles,
    }


class _Packing:
    """Numbers for places and requests, and degrees as whole steps from a corner."""

    def __init__(self, day: Day, plan: Plan, lines: Mapping[Leg, Line]) -> None:
        self.day = day
        self.lines = lines
        self.by_id = requests_by_id(day)
        self.requests = {request.id: index for index, request in enumerate(day.requests)}
        self.places = {place: index for index, place in enumerate(_places_shown(day, plan))}
        self.drivers = {driver.id: driver for driver in day.drivers}
        self.west = round(min(day.places[each].lon for each in self.places) * _UNITS_PER_DEGREE)
        self.south = round(min(day.places[each].lat for each in self.places) * _UNITS_PER_DEGREE)

    def in_city(self) -> bool:
        """Say whether the hub lies in or near the city whose outline is known."""
        hub = self.day.places[self.day.hub.place]
        lons, lats = zip(*OUTLINE, strict=True)
        return bool(
            min(lons) - _CITY_MARGIN <= hub.lon <= max(lons) + _CITY_MARGIN
            and min(lats) - _CITY_MARGIN <= hub.lat <= max(lats) + _CITY_MARGIN
        )

    def point(self, lon: float, lat: float) -> list[int]:
        return [round(lon * _UNITS_PER_DEGREE) - self.west, round(lat * _UNITS_PER_DEGREE) - self.south]

    def line(self, line: Iterable[tuple[float, float]]) -> list[int]:
        steps: list[int] = []
        x = y = 0
        for lon, lat in line:
            to_x, to_y = self.point(lon, lat)
            if steps and (to_x, to_y) == (x, y):
                continue
            steps += (to_x - x, to_y - y)
            x, y = to_x, to_y
        return steps

    def streets(self, backdrop: Backdrop | None) -> list[list[list[int]]]:
        if backdrop is None:
            return [[], [], []]
        ranks = (backdrop.arterials, backdrop.collectors, backdrop.lanes)
        return [[self.line(line) for line in rank] for rank in ranks]

    def run(self, run: Run, index: int) -> dict[str, Any]:
        driver = self.drivers.get(run.driver)
        return {
            "driver": run.driver,
            "colour": run_colour(index),
            "shift": driver.shift if driver else None,
            "past": len(driver.history) if driver else 0,
            "visits": [self.visit(visit, trip) for visit, trip in zip(run.visits, trip_numbers(run), strict=True)],
            "legs": [self.line(simplified(self.lines.get(leg, ()), _LEG_TOLERANCE)) for leg in run_legs(run)],
        }

    def visit(self, visit: Visit, trip: int | None) -> list[Any]:
        return [
            _TYPES.index(visit.type),
            self.places[visit.place],
            visit.arrive,
            visit.begin,
            visit.end,
            visit.load_after,
            trip,
            visit.lane,
            [self.requests[each] for each in visit.requests],
            [self.requests[each] for each in visit.loaded],
            [self.requests[each] for each in visit.unloaded],
            promised_window(visit, self.by_id) if visit.requests else None,
        ]


def _places_shown(day: Day, plan: Plan) -> list[int]:
    visited = (visit.place for run in plan.runs for visit in run.visits)
    left_out = {each.request for each in plan.unserved}
    unserved = (request.place for request in day.requests if request.id in left_out)
    return list(dict.fromkeys((day.hub.place, *visited, *unserved)))
