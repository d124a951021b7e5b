"""What a peer is asked and what it answers: a day, and the order in which each driver serves requests."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from routing import Day

Leg = tuple[str, ...]
"""The ids of the requests one stop serves; empty where the driver goes by the hub."""
MOST_SAMPLES = 24
"""How many answers on the way are kept, evenly over the logarithm of time."""


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


Runs = tuple[PeerRun, ...]


@dataclass(frozen=True)
class Answer:
    """All a peer answers.

    Attributes
    ----------
    runs
        Its best.
    samples
        The best it had after so many seconds, in order of time; empty where it does not tell.
    given_up
        A phrase for each thing it solved without, beyond what was taken out of the day for all.
    """

    runs: Runs
    samples: tuple[tuple[float, Runs], ...] = ()
    given_up: tuple[str, ...] = ()


@dataclass(frozen=True)
class Terms:
    """How a peer is asked.

    Attributes
    ----------
    seconds
        Wall time for the search.
    seed
        Of the search, where the peer takes one.
    threads
        Which the peer may use, where it uses more than one.
    everyone
        Whether an answer must serve everyone, as for instances of the literature; for days what is left out costs.
    """

    seconds: float
    seed: int
    threads: int = 1
    everyone: bool = False


Solver = Callable[[Day, Terms], Answer]
"""A peer: a day it can model, and how it is asked; gives its best runs."""


class Unsupported(Exception):
    """The peer has no model of something that this day asks for."""


class NothingFound(Exception):
    """The peer ended without any solution."""


@dataclass
class Sampler:
    """Keeps what a peer found on the way, each with its moment; cheap while the peer's clock runs.

    Attributes
    ----------
    began
        When the peer's clock started.
    """

    began: float = field(default_factory=time.perf_counter)
    _kept: list[tuple[float, Any]] = field(default_factory=list)

    def note(self, found: Any) -> None:
        """Keep `found`, in the peer's own form."""
        self._kept.append((time.perf_counter() - self.began, found))

    def samples(self, as_runs: Callable[[Any], Runs]) -> tuple[tuple[float, Runs], ...]:
        """Return at most `MOST_SAMPLES` of what was kept, as runs: the last in each stretch of time, and the last."""
        return tuple((seconds, as_runs(found)) for seconds, found in thinned(self._kept))


def thinned(kept: Sequence[tuple[float, Any]], most: int = MOST_SAMPLES) -> list[tuple[float, Any]]:
    """Return the first sample, and the last of each of `most` - 1 stretches of time, alike on a logarithmic scale.

    Examples
    --------
    >>> thinned([(0.1, "a"), (0.3, "b"), (0.4, "c"), (10.0, "d")], most=4)
    [(0.1, 'a'), (0.4, 'c'), (10.0, 'd')]
    """
    if not kept:
        return []
    first = max(kept[0][0], 1e-3)
    span = math.log(max(kept[-1][0] / first, 1.0 + 1e-9))
    stretches = {}
    for seconds, found in kept:
        stretch = math.ceil((most - 1) * math.log(max(seconds, first) / first) / span - 1e-9)
        stretches[stretch] = (seconds, found)
    return [stretches[stretch] for stretch in sorted(stretches)]
