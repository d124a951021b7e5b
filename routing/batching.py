"""Requests at one door become stops.

Two requests of one place that ask for the same - windows, skills, moment of being ready or due - are always served
together, so the search sees them as one stop. Requests that differ stay apart here; the timing rule still lets
neighbours at one door share a stop when their windows allow.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from routing.model import Day, Request

SMALL_DAY = 40
"""Up to so many requests nothing is batched, so that the search may split whatever is best split."""
SHARE_OF_CAPACITY = 4
"""A batch fills at most one such part of the smallest driver's capacity, so that batches still pack well."""


@dataclass(frozen=True)
class Stop:
    """Requests that the search serves together.

    Attributes
    ----------
    requests
        Indices into the day's requests, in their order there.
    """

    requests: tuple[int, ...]


def batch(day: Day, served: frozenset[str] = frozenset()) -> tuple[Stop, ...]:
    """Return the stops of `day`, leaving out the requests in `served`.

    The order is that of the requests' ids, so the order of the input rows does not matter.
    """
    order = sorted(
        (i for i in range(len(day.requests)) if day.requests[i].id not in served), key=lambda i: _rank(day, i)
    )
    if day.one_stop_per_door:
        return _by_door(day, order)
    if len(order) <= SMALL_DAY or not day.drivers:
        return tuple(Stop((i,)) for i in order)
    most = max(1, min(driver.capacity for driver in day.drivers) // SHARE_OF_CAPACITY)
    return _by_likeness(day, order, most)


def _rank(day: Day, index: int) -> str:
    return day.requests[index].id


def _by_door(day: Day, order: Sequence[int]) -> tuple[Stop, ...]:
    doors: dict[int, list[int]] = {}
    for index in order:
        doors.setdefault(day.requests[index].place, []).append(index)
    return tuple(Stop(tuple(indices)) for indices in doors.values())


def _by_likeness(day: Day, order: Sequence[int], most: int) -> tuple[Stop, ...]:
    in_pairs = {request.round_trip_of for request in day.requests}
    stops: list[list[int]] = []
    open_batch: dict[tuple[object, ...], tuple[int, int]] = {}
    for index in order:
        request = day.requests[index]
        alone = request.round_trip_of is not None or request.id in in_pairs
        likeness = _likeness(request)
        at, documents = open_batch.get(likeness, (-1, 0))
        if alone or at < 0 or documents + request.documents > most:
            stops.append([index])
            if not alone:
                open_batch[likeness] = (len(stops) - 1, request.documents)
        else:
            stops[at].append(index)
            open_batch[likeness] = (at, documents + request.documents)
    return tuple(Stop(tuple(indices)) for indices in stops)


def _likeness(request: Request) -> tuple[object, ...]:
    return (
        request.place,
        request.kind,
        request.windows,
        request.skills,
        request.ready_at,
        request.due_at_hub,
        request.priority,
    )
