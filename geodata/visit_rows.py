"""A plan as a flat list of visits, each with all that a table, a map or a manifest says of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from routing.model import Day, Place, Request
from routing.plan import Plan, Run
from routing.visits import Visit

Labels = Mapping[str, str]
"""Request id -> address, as the citizen or the kelurahan wrote it."""


@dataclass(frozen=True)
class VisitRow:
    """One visit of one run.

    Attributes
    ----------
    run
        Index of the run in the plan.
    driver
        The driver's id.
    order
        Position in the run, 0 at the start.
    visit, place
        The visit and where it is.
    trip
        Trips count from 1; 0 is the way in before the first hub visit. A hub visit has the number of the
        trip it loads. None after the last trip, and for a hub visit that begins none.
    clusters
        Names of the clusters of the requests served.
    address
        What is known of the door: the requests' addresses, or else the place's id.
    """

    run: int
    driver: str
    order: int
    visit: Visit
    place: Place
    trip: int | None
    clusters: tuple[str, ...]
    address: str


def visit_rows(day: Day, plan: Plan, *, labels: Labels | None = None) -> list[VisitRow]:
    """Return all visits of all runs in order.

    Parameters
    ----------
    labels
        Addresses by request id; a door without one is called by its place's id.
    """
    cluster_of = {request: cluster.name for cluster in plan.clusters for request in cluster.requests}
    rows = []
    for index, run in enumerate(plan.runs):
        for order, (visit, trip) in enumerate(zip(run.visits, trip_numbers(run), strict=True)):
            place = day.places[visit.place]
            clusters = tuple(dict.fromkeys(cluster_of[each] for each in visit.requests if each in cluster_of))
            address = door_address(visit, place, labels or {})
            rows.append(VisitRow(index, run.driver, order, visit, place, trip, clusters, address))
    return rows


def door_address(visit: Visit, place: Place, labels: Labels) -> str:
    """Return the distinct addresses of a stop's requests, or the id of its place."""
    known = dict.fromkeys(labels[each] for each in visit.requests if labels.get(each))
    return " / ".join(known) or place.id


def trip_numbers(run: Run) -> list[int | None]:
    """Return for each visit of `run` the trip it belongs to; see `VisitRow`.

    A trip is a maximal sequence of stops after a hub visit, as `Run.trips` has it.
    """
    numbers: list[int | None] = [None] * len(run.visits)
    number = 0
    for first, last in segments(run):
        if not any(visit.type == "stop" for visit in run.visits[first : last + 1]):
            continue
        at_hub = run.visits[first].type == "hub"
        number += at_hub
        for index in range(first, last + 1):
            if run.visits[index].type not in ("hub", "end") or index == first:
                numbers[index] = number if at_hub else 0
    return numbers


def segments(run: Run) -> Iterator[tuple[int, int]]:
    """Yield (first, last) of the stretches of a run between its ends and its hub visits, ends included."""
    first = 0
    for index, visit in enumerate(run.visits):
        if index > first and (visit.type == "hub" or index == len(run.visits) - 1):
            yield first, index
            first = index


def requests_by_id(day: Day) -> dict[str, Request]:
    """Return the day's requests by id."""
    return {request.id: request for request in day.requests}


def promised_window(visit: Visit, requests: Mapping[str, Request]) -> tuple[int, int] | None:
    """Return when this stop may begin: what the windows around its begin have in common.

    Returns
    -------
    tuple or None
        [earliest, latest] in seconds after midnight; None where no window holds the stop's begin.
    """
    around = [
        window for each in visit.requests for window in requests[each].windows if window[0] <= visit.begin <= window[1]
    ]
    if not around:
        return None
    return max(earliest for earliest, _ in around), min(latest for _, latest in around)


def clock(seconds: int, *, with_seconds: bool = True) -> str:
    """Return a moment as ``HH:MM:SS`` or ``HH:MM``; hours run past 24 on a day that does."""
    hours, rest = divmod(int(seconds), 3600)
    minutes, left = divmod(rest, 60)
    return f"{hours:02}:{minutes:02}:{left:02}" if with_seconds else f"{hours:02}:{minutes:02}"
