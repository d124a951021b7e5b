"""What a peer is asked and what it answers: a day, and the order in which each driver serves requests."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from routing import Day

Leg = tuple[str, ...]
"""The ids of the requests one stop serves; empty where the driver goes by the hub."""


@dataclass(frozen=True)
class PeerRun:
    """The order of one driver's stops.

    Attributes
    ----------
    driver
        The driver's id.
    legs
        Stops in order; an empty one is the hub, where a new trip is loaded.
    """

    driver: str
    legs: tuple[Leg, ...]


Solver = Callable[[Day, float, int], tuple[PeerRun, ...]]
"""A peer: a day it can model, wall seconds and a seed; gives its best runs."""


class Unsupported(Exception):
    """The peer has no model of something that this day asks for."""
