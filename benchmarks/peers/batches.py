"""Requests of one door that a peer sees as one customer, as its users would prepare them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from routing import Day, Request


@dataclass(frozen=True)
class Batch:
    """Requests served in one stop.

    Attributes
    ----------
    requests
        Their ids.
    place
        Their door.
    delivery, pickup
        Documents brought and taken.
    windows
        Common to all.
    service
        Seconds the stop lasts.
    ready_at
        When the last of the returns can be loaded.
    penalty
        What leaving all of them out costs.
    """

    requests: tuple[str, ...]
    place: int
    delivery: int
    pickup: int
    windows: tuple[tuple[int, int], ...]
    service: int
    ready_at: int
    penalty: int


def batches(day: Day) -> tuple[Batch, ...]:
    """Return the requests of `day` in batches: same door and windows, returns that are ready together.

    A batch takes at most half of the smallest vehicle, unless all requests of a door must share a stop.
    """
    most = max(1, min(driver.capacity for driver in day.drivers) // 2)
    alike: dict[tuple[object, ...], list[Request]] = {}
    for request in day.requests:
        key = (request.place,) if day.one_stop_per_door else (request.place, request.windows, request.ready_at)
        alike.setdefault(key, []).append(request)
    groups: list[list[Request]] = []
    for requests in alike.values():
        groups += [requests] if day.one_stop_per_door else _split(requests, most)
    return tuple(_batch(day, group) for group in groups)


def _split(requests: Iterable[Request], most: int) -> list[list[Request]]:
    groups: list[list[Request]] = []
    for request in requests:
        if groups and sum(each.documents for each in groups[-1]) + request.documents <= most:
            groups[-1].append(request)
        else:
            groups.append([request])
    return groups


def _batch(day: Day, group: list[Request]) -> Batch:
    return Batch(
        requests=tuple(request.id for request in group),
        place=group[0].place,
        delivery=sum(request.documents for request in group if request.kind == "return"),
        pickup=sum(request.documents for request in group if request.kind == "pickup"),
        windows=group[0].windows,
        service=day.places[group[0].place].access + sum(request.service for request in group),
        ready_at=max((request.ready_at or 0) for request in group),
        penalty=sum(day.costs.unserved(request) for request in group),
    )
