"""Stops near in place and time: the clusters that the first runs grow from and that a plan names."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from routing.batching import Stop
from routing.model import Day
from routing.plan import Cluster

STOPS_PER_CLUSTER = 40
APART = 2
"""A second between the moments at which two stops can be served counts as one such part of a second on the way."""

I64 = npt.NDArray[np.int64]


def cluster(day: Day, stops: Sequence[Stop]) -> tuple[tuple[int, ...], ...]:
    """Group the stops around centres that lie far apart in place and time.

    Farthest-first traversal (Gonzalez 1985): each further centre is the stop farthest from all centres so far, and
    each stop belongs to its nearest. Whole numbers only, so the same on every machine.

    Returns
    -------
    tuple of tuples of int
        Indices into `stops`, each group in order of its nearness to the hub.
    """
    if not stops:
        return ()
    place = np.array([day.requests[stop.requests[0]].place for stop in stops])
    moment = np.array([_moment(day, stop) for stop in stops], np.int64)
    seconds = day.travel.seconds
    centre = int(np.argmin(seconds[day.hub.place, place]))
    nearest = np.full(len(stops), np.iinfo(np.int64).max)
    owner = np.zeros(len(stops), np.int64)
    for number in range(-(-len(stops) // STOPS_PER_CLUSTER)):
        distance = _distance(seconds, place, moment, centre)
        closer = distance < nearest
        nearest[closer], owner[closer] = distance[closer], number
        centre = int(np.argmax(nearest))
    way = seconds[day.hub.place, place]
    groups = ([int(u) for u in np.lexsort((way,)) if owner[u] == number] for number in np.unique(owner))
    return tuple(tuple(group) for group in groups)


def _moment(day: Day, stop: Stop) -> int:
    """The middle of the time in which the stop can be served."""
    requests = [day.requests[index] for index in stop.requests]
    opens = max(max(request.windows[0][0], request.ready_at or 0) for request in requests)
    closes = min(request.windows[-1][1] for request in requests)
    return (opens + max(opens, closes)) // 2


def _distance(seconds: npt.NDArray[np.int32], place: npt.NDArray[np.int64], moment: I64, centre: int) -> I64:
    way = seconds[place[centre], place].astype(np.int64) + seconds[place, place[centre]]
    found: I64 = way + np.abs(moment - moment[centre]) // APART
    return found


def named(day: Day, stops: Sequence[Stop], groups: Sequence[Sequence[int]]) -> tuple[Cluster, ...]:
    """Return the groups as clusters of requests, named C01, C02, ..."""
    return tuple(
        Cluster(f"C{number:02d}", tuple(day.requests[index].id for stop in group for index in stops[stop].requests))
        for number, group in enumerate(groups, start=1)
    )
