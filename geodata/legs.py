"""The street geometry of a plan's legs, wherever it comes from."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise
from typing import Protocol

from routing.model import Day
from routing.plan import Plan, Run
from routing.visits import Visit

Line = Sequence[tuple[float, float]]
"""Points (lon, lat) in degrees, EPSG:4326."""

Leg = tuple[int, int]
"""From one place to another, as indices into the day's places."""

DECIMALS = 5
"""Decimals of a degree that are written: about a metre."""


class StreetPaths(Protocol):
    """Where legs run: anything that turns pairs of places into lines.

    Any callable of this form will do; see `network_paths` for streets and `straight_paths` for none.
    """

    def __call__(self, legs: Sequence[Leg], /) -> Sequence[Line]:
        """Return one line of at least two points for each leg, in the same order."""


def straight_paths(day: Day) -> StreetPaths:
    """Return legs as straight lines, for days of which only the matrices are known."""

    def paths(legs: Sequence[Leg], /) -> list[Line]:
        return [[_point(day, origin), _point(day, destination)] for origin, destination in legs]

    return paths


def network_paths(paths: Callable[[Sequence[tuple[int, int]]], Sequence[Line]], nodes: Sequence[int]) -> StreetPaths:
    """Return legs along streets.

    Parameters
    ----------
    paths
        Lines between pairs of the network's nodes, as `geodata.matrix.PreparedNetwork.paths` gives them.
    nodes
        For each place of the day the node at which it was snapped.
    """

    def of_places(legs: Sequence[Leg], /) -> Sequence[Line]:
        return paths([(int(nodes[origin]), int(nodes[destination])) for origin, destination in legs])

    return of_places


def run_legs(run: Run) -> list[Leg]:
    """Return the legs of a run in order: one fewer than its visits, also where it stays in place."""
    return [(before.place, after.place) for before, after in pairwise(run.visits)]


def departures(day: Day, run: Run) -> list[int]:
    """Return when each leg of a run is left, in seconds after midnight: as soon as the visit before it ends.

    On a day under way a driver whose last visit of the history has ended goes on no earlier than ``now``.
    """
    leave = [visit.end for visit in run.visits[:-1]]
    past = next((len(driver.history) for driver in day.drivers if driver.id == run.driver), 0)
    if day.now is not None and 0 < past <= len(leave):
        leave[past - 1] = max(leave[past - 1], day.now)
    return leave


def leg_lines(day: Day, plan: Plan, street_paths: StreetPaths | None = None) -> dict[Leg, Line]:
    """Return the line of every leg that the plan drives, from door to door.

    Parameters
    ----------
    street_paths
        None draws straight lines.

    Returns
    -------
    dict
        Each line begins and ends at its places, so that a snapped line is extended to the doors.
        A leg from a place to itself is not in it.
    """
    legs = list(dict.fromkeys(leg for run in plan.runs for leg in run_legs(run) if leg[0] != leg[1]))
    lines = (street_paths or straight_paths(day))(legs)
    return {leg: _door_to_door(day, leg, line) for leg, line in zip(legs, lines, strict=True)}


def joined_line(visits: Sequence[Visit], lines: Mapping[Leg, Line]) -> list[tuple[float, float]]:
    """Return the way from the first to the last of some consecutive visits as one line, empty where none moves."""
    points: list[tuple[float, float]] = []
    for before, after in pairwise(visits):
        line = lines.get((before.place, after.place), ())
        points.extend(line[1:] if points else line)
    return points


def _door_to_door(day: Day, leg: Leg, line: Line) -> Line:
    first, last = _point(day, leg[0]), _point(day, leg[1])
    whole = [first, *((_rounded(lon), _rounded(lat)) for lon, lat in line), last]
    distinct = [point for before, point in pairwise(whole) if point != before]
    return [first, *distinct] if distinct else [first, last]


def _point(day: Day, place: int) -> tuple[float, float]:
    return _rounded(day.places[place].lon), _rounded(day.places[place].lat)


def _rounded(degrees: float) -> float:
    return round(float(degrees), DECIMALS)


def simplified(line: Line, metres: float) -> Line:
    """Return `line` with fewer points, nowhere further than about `metres` from itself (Douglas-Peucker)."""
    if len(line) < 3:
        return line
    from shapely import LineString

    return [(float(lon), float(lat)) for lon, lat in LineString(line).simplify(metres / 111_000).coords]
