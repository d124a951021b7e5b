"""Links that open a phone's map: at one place, or on the way along a trip."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from urllib.parse import quote

from geodata.visit_rows import clock, segments, trip_numbers
from routing.model import Day, Place
from routing.plan import Plan, Run

WAYPOINTS = 3
"""Places between the ends of one link: as many as Google Maps keeps in a phone's browser (its app keeps 9)."""

LINK_COLUMNS = ("driver", "trip", "part", "leave", "first", "last", "stops", "link")
"""The columns of ``links.csv``."""


@dataclass(frozen=True)
class TripLink:
    """A link along a part of a trip.

    Attributes
    ----------
    driver
        The driver's id.
    trip
        As in ``runs.csv``: 0 is the way in before the first hub visit, None the way home.
    part
        Counted from 1 within the trip.
    leave
        When the part begins, seconds after midnight.
    first, last
        Places that it leads from and to, as ids.
    stops
        Stops on it.
    link
        The link.
    """

    driver: str
    trip: int | None
    part: int
    leave: int
    first: str
    last: str
    stops: int
    link: str


def place_link(place: Place) -> str:
    """Return a link that shows a place on Google Maps, in its app where there is one."""
    return f"https://www.google.com/maps/search/?api=1&query={_point(place)}"


def geo_uri(place: Place) -> str:
    """Return a link that opens a place in whatever map a phone has, without the internet (RFC 5870)."""
    return f"geo:{_point(place)}"


def directions_link(places: Sequence[Place]) -> str:
    """Return a link to directions from the first place over all others to the last, on Google Maps.

    Parameters
    ----------
    places
        At least two; more than `WAYPOINTS` between the ends are dropped by a phone's browser.
    """
    first, *between, last = places
    link = f"https://www.google.com/maps/dir/?api=1&origin={_point(first)}&destination={_point(last)}"
    return f"{link}&waypoints={quote('|'.join(map(_point, between)), safe=',')}" if between else link


def trip_links(day: Day, plan: Plan, *, waypoints: int = WAYPOINTS) -> list[TripLink]:
    """Return links along all trips of a plan, each trip in as many parts as its places need.

    Parameters
    ----------
    waypoints
        Places between the ends of one link, at least 0.

    Returns
    -------
    list of TripLink
        In the plan's order. The parts of a trip join: one begins where the one before ends.
    """
    return [link for run in plan.runs for link in _run_links(day, run, waypoints)]


def links_csv(day: Day, plan: Plan) -> str:
    """Return ``links.csv``: the links along all trips, to send to drivers, with the columns `LINK_COLUMNS`."""
    from geodata.export import disarmed

    text = io.StringIO(newline="")
    table = csv.writer(text, lineterminator="\r\n")
    table.writerow(LINK_COLUMNS)
    for each in trip_links(day, plan):
        leave = clock(each.leave, with_seconds=False)
        trip = "" if each.trip is None else each.trip
        row = (each.driver, trip, each.part, leave, each.first, each.last, each.stops, each.link)
        table.writerow([disarmed(cell) for cell in row])
    return text.getvalue()


def _run_links(day: Day, run: Run, waypoints: int) -> Iterator[TripLink]:
    numbers = trip_numbers(run)
    for first, last in segments(run):
        stations = _stations(run, first, last)
        parts = list(_parts(stations, waypoints + 1))
        for part, (begin, end) in enumerate(parts, start=1):
            inner = run.visits[stations[begin] : stations[end] + 1]
            places = [day.places[run.visits[each].place] for each in stations[begin : end + 1]]
            counted = inner if part == 1 else inner[1:]
            yield TripLink(
                driver=run.driver,
                trip=numbers[first] if any(visit.type == "stop" for visit in run.visits[first:last]) else None,
                part=part,
                leave=inner[0].end,
                first=places[0].id,
                last=places[-1].id,
                stops=sum(visit.type == "stop" for visit in counted),
                link=directions_link(places),
            )


def _stations(run: Run, first: int, last: int) -> list[int]:
    """Return the visits where the place changes: the map need not lead from a place to itself."""
    visits = range(first, last + 1)
    moved = (after for before, after in pairwise(visits) if run.visits[before].place != run.visits[after].place)
    return [first, *moved]


def _parts(stations: Sequence[int], legs: int) -> Iterator[tuple[int, int]]:
    """Yield first and last positions of parts of at most so many legs."""
    for begin in range(0, len(stations) - 1, legs):
        yield begin, min(begin + legs, len(stations) - 1)


def _point(place: Place) -> str:
    return f"{place.lat:.5f},{place.lon:.5f}"
