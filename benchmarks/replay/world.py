"""What really happens on a day: who asks when, how long things take, what is late, who is not there. From a seed."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from routing import Day, Driver, Request

KNOWN_AT_START = 0.4
"""Share of requests known before the day begins; the others come in through the day."""
NOTICE = 5400
"""A request comes in at least so many seconds before its last window closes."""
NO_SHOWS, CANCELLED, LATE_DOCUMENTS = 0.03, 0.04, 0.15
"""Shares of doors where nobody is, of requests called off, of documents that are ready later than said."""
LATENESS = (600, 3600)
TRAVEL_SPREAD, SERVICE_SPREAD = 0.2, 0.35
"""Standard deviation of the logarithm of what a leg or a stop takes, against what is expected."""
FROM_ENDS = 7200
"""A driver who drops out does so at least so many seconds after the shift begins, and before it ends."""
BACK_AFTER = 2700
"""What a driver who drops out has on board is at the hub again after so many seconds."""


@dataclass(frozen=True)
class World:
    """One day as it will have been.

    Attributes
    ----------
    day
        All requests of the day, whenever they came in.
    opens
        When the day begins.
    arrivals
        When each request comes in; `opens` for those known before.
    cancelled
        When requests are called off.
    ready
        When documents really are ready, for those later than said.
    no_shows
        Requests at whose door nobody is.
    drops_out
        A driver and the moment of dropping out; None on days of two drivers or fewer, and of shifts too short.
    seed
        Of all of it.
    """

    day: Day
    opens: int
    arrivals: dict[str, int]
    cancelled: dict[str, int]
    ready: dict[str, int]
    no_shows: frozenset[str]
    drops_out: tuple[str, int] | None
    seed: int

    def travel_factor(self, driver: str, number: int) -> float:
        """How much longer than expected leg `number` of the driver takes; the same whatever the policy."""
        return _spread(f"{self.seed} travel {driver} {number}", TRAVEL_SPREAD)

    def service_factor(self, what: str) -> float:
        """How much longer than expected serving `what` takes."""
        return _spread(f"{self.seed} service {what}", SERVICE_SPREAD)

    @property
    def possible(self) -> list[Request]:
        """Requests that can be served at all: not called off, somebody there, also at the other end of a round trip."""
        out = set(self.cancelled) | self.no_shows
        return [each for each in self.day.requests if each.id not in out and each.round_trip_of not in out]


def _spread(key: str, deviation: float) -> float:
    return Random(key).lognormvariate(-deviation * deviation / 2, deviation)  # noqa: S311


def world_of(day: Day, seed: int) -> World:
    """Draw what happens on `day`."""
    rng = Random(f"world {seed}")  # noqa: S311
    opens = min(driver.shift[0] for driver in day.drivers)
    arrivals: dict[str, int] = {}
    for request in sorted(day.requests, key=lambda each: (each.round_trip_of is not None, each.id)):
        latest = request.windows[-1][1] - NOTICE
        known = rng.random() < KNOWN_AT_START or latest <= opens
        arrivals[request.id] = opens if known else rng.randint(opens, latest)
        if request.round_trip_of is not None:
            arrivals[request.id] = arrivals[request.round_trip_of]
    cancelled = {
        request.id: rng.randint(arrivals[request.id], max(arrivals[request.id], request.windows[-1][0]))
        for request in day.requests
        if rng.random() < CANCELLED
    }
    ready = {
        request.id: request.ready_at + rng.randint(*LATENESS)
        for request in day.requests
        if request.ready_at is not None and rng.random() < LATE_DOCUMENTS
    }
    no_shows = frozenset(request.id for request in day.requests if rng.random() < NO_SHOWS)
    drops = _drop_out(rng.choice(day.drivers), rng) if len(day.drivers) > 2 else None
    return World(day, opens, arrivals, cancelled, ready, no_shows, drops, seed)


def _drop_out(driver: Driver, rng: Random) -> tuple[str, int] | None:
    """Draw when the driver drops out, well within the shift; in one too short for that nobody does."""
    first, last = driver.shift[0] + FROM_ENDS, driver.shift[1] - FROM_ENDS
    return (driver.id, rng.randint(first, last)) if first <= last else None
