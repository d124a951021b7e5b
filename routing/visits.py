"""A visit: one thing a driver does at one place, planned or already happened."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

VisitType = Literal["start", "hub", "stop", "break", "end"]


@dataclass(frozen=True)
class Visit:
    """One visit of a run; times are seconds after midnight, ``arrive <= begin <= end``.

    Attributes
    ----------
    type
        ``start``, ``stop``, ``hub``, ``break`` or ``end``.
    place
        Index into the day's places.
    arrive, begin, end
        Arrival, start of service (or lane service, or break) and departure.
    load_after
        Documents on board when the visit ends.
    lane
        Hub visits only: the lane, or None where lanes are unlimited.
    requests
        Stops only: ids of the requests served.
    loaded, unloaded
        Hub visits only: ids of returns loaded and pickups unloaded.
    """

    type: VisitType
    place: int
    arrive: int
    begin: int
    end: int
    load_after: int
    lane: int | None = None
    requests: tuple[str, ...] = ()
    loaded: tuple[str, ...] = ()
    unloaded: tuple[str, ...] = ()
