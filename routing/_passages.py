"""From leaving one hub visit to arriving at the next: when a driver arrives, as a function of when they leave.

What lies between, stops and breaks in a fixed order, is walked for many moments of leaving at once. The curve never
falls (first-in first-out) and is then written as a few pieces that are never too early, so that a calendar made with
them can be kept.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from routing._orders import Step
from routing.model import Day, Window

Moments = npt.NDArray[np.int64]

NEVER = 2**31 - 1
"""Later than any time of a day."""
TOLERANCE = 30
"""A piece is too late by so many seconds at most; the runs are timed exactly afterwards."""


@dataclass(frozen=True)
class Passage:
    """The way from one moment at the hub, or the start, to the next one, or the end.

    Attributes
    ----------
    origin, target
        Places.
    steps
        Stops and breaks between.
    """

    origin: int
    steps: tuple[Step, ...]
    target: int


@dataclass(frozen=True)
class Piece:
    """Who leaves in [first, last] arrives by `value`, or, where it `moves` along, by `value` seconds after leaving."""

    first: int
    last: int
    value: int
    moves: bool


def arrivals(day: Day, passage: Passage, leaves: Moments) -> Moments:
    """Return when one arrives who leaves at each of `leaves`, NEVER where a window or a break is missed."""
    requests = {request.id: request for request in day.requests}
    places = _places(day, passage)
    times, place = leaves.astype(np.int64), passage.origin
    for step, at in zip(passage.steps, places, strict=True):
        if step.type != "break" or step.on_arrival:
            times, place = _after_leg(day, times, place, at), at
        if step.pause is not None:
            pause = step.pause
            times = _opening(((pause.earliest, pause.latest),), times) + pause.length
        elif step.type == "stop":
            served = [requests[name] for name in step.requests]
            lasts = day.places[at].access + sum(request.service for request in served)
            times = _opening(_shared([request.windows for request in served]), times) + lasts
    return np.minimum(_after_leg(day, times, place, passage.target), NEVER)


def _places(day: Day, passage: Passage) -> list[int]:
    """Where each step is, a break as if on arrival: where the next stop or the target is."""
    place_of = {request.id: request.place for request in day.requests}
    places, after = [], passage.target
    for step in reversed(passage.steps):
        after = place_of[step.requests[0]] if step.type == "stop" else after
        places.append(after)
    return places[::-1]


def _after_leg(day: Day, times: Moments, origin: int, target: int) -> Moments:
    if origin == target:
        return times
    return day.traffic.arrivals(times, int(day.travel.seconds[origin, target]))


def _opening(windows: Sequence[Window], times: Moments) -> Moments:
    begins = np.full(times.shape, NEVER, np.int64)
    for opens, closes in reversed(windows):
        begins = np.where(times <= closes, np.maximum(times, opens), begins)
    return begins


def _shared(several: Sequence[Sequence[Window]]) -> list[Window]:
    """The windows in which all may begin."""
    shared = list(several[0])
    for windows in several[1:]:
        both = [(max(a, c), min(b, d)) for a, b in shared for c, d in windows]
        shared = [(opens, closes) for opens, closes in both if opens <= closes]
    return shared


def pieces(first: int, arrive: Moments, known: int) -> list[Piece]:
    """Write the arrivals of leaving at `first`, ``first + 1``, ... as pieces, exact for who leaves at `known`."""
    arrive = arrive[: int(np.searchsorted(arrive, NEVER))]
    at = min(max(known - first, 0), len(arrive))
    whole = list(_pieces(first, arrive))
    if at == len(arrive) or any(_of(piece, known) == arrive[at] for piece in whole if _covers(piece, known)):
        return whole
    parts = ((first, arrive[:at]), (known, arrive[at : at + 1]), (known + 1, arrive[at + 1 :]))
    return [piece for begin, part in parts for piece in _pieces(begin, part)]


def _covers(piece: Piece, leave: int) -> bool:
    return piece.first <= leave <= piece.last


def _of(piece: Piece, leave: int) -> int:
    return piece.value + leave if piece.moves else piece.value


def _pieces(first: int, arrive: Moments) -> list[Piece]:
    found: list[Piece] = []
    delays = arrive - np.arange(first, first + len(arrive))
    begin = 0
    while begin < len(arrive):
        rest = delays[begin:]
        spread = np.maximum.accumulate(rest) - np.minimum.accumulate(rest)
        steady = int(np.searchsorted(spread, TOLERANCE, side="right"))
        same = int(np.searchsorted(arrive[begin:], arrive[begin], side="right"))
        count = max(steady, same)
        value = int(rest[:count].max()) if steady > same else int(arrive[begin])
        found.append(Piece(first + begin, first + begin + count - 1, value, steady > same))
        begin += count
    return found
