"""All that is answered: runs, unserved requests and what they cost."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, Self

from routing.visits import Visit


@dataclass(frozen=True)
class Run:
    """What one driver does all day: visits in time order, from ``start`` to ``end``.

    Attributes
    ----------
    driver
        The driver's id.
    visits
        The visits, in time order.
    metres
        Length of all legs.
    paid_seconds
        From leaving the start to the last visit's end, breaks excluded.
    cost
        Cost of the run in cost units: per run, per kilometre and per paid hour.
    """

    driver: str
    visits: tuple[Visit, ...]
    metres: int
    paid_seconds: int
    cost: int

    @property
    def stops(self) -> tuple[Visit, ...]:
        """The stops of this run, in order."""
        return tuple(visit for visit in self.visits if visit.type == "stop")

    @property
    def requests(self) -> tuple[str, ...]:
        """Ids of the requests served, in order."""
        return tuple(request for visit in self.visits for request in visit.requests)

    def trips(self) -> Iterator[tuple[Visit, ...]]:
        """Yield the stops of each trip: a maximal sequence of stops after a hub visit.

        Stops on the way in, before the first hub visit, are no trip.
        """
        trip: list[Visit] = []
        at_hub = False
        for visit in self.visits:
            if visit.type == "hub":
                if trip:
                    yield tuple(trip)
                trip, at_hub = [], True
            elif visit.type == "stop" and at_hub:
                trip.append(visit)
        if trip:
            yield tuple(trip)


@dataclass(frozen=True)
class Unserved:
    """A request that no run serves, and why.

    Attributes
    ----------
    request
        The request's id.
    code
        A stable word from the catalogue of reasons.
    message
        The reason in one sentence.
    """

    request: str
    code: str
    message: str


@dataclass(frozen=True)
class Cluster:
    """Requests near in place and time, named so that a plan, a table and a map can speak of them."""

    name: str
    requests: tuple[str, ...]


@dataclass(frozen=True)
class CostBreakdown:
    """What a plan costs, in cost units.

    Attributes
    ----------
    total
        ``runs + distance + time + unserved``.
    runs, distance, time
        Per run used, per kilometre, per paid hour.
    unserved
        Penalties of the requests left out.
    point_to_point
        Not part of the total: what the served requests would cost as single courier trips.
    """

    total: int
    runs: int
    distance: int
    time: int
    unserved: int
    point_to_point: int


@dataclass(frozen=True)
class Plan:
    """The answer to a `Day`.

    Attributes
    ----------
    runs
        At most one per driver.
    unserved
        Every request that no run serves.
    cost
        The cost breakdown.
    clusters
        The clusters of stops the plan was built from.
    seed, iterations, seconds, version
        How it was made: seed, iterations of the search, wall seconds, version of this package.
    """

    runs: tuple[Run, ...]
    unserved: tuple[Unserved, ...]
    cost: CostBreakdown
    clusters: tuple[Cluster, ...] = ()
    seed: int = 0
    iterations: int = 0
    seconds: float = 0.0
    version: str = ""

    @property
    def served(self) -> int:
        """How many requests the runs serve."""
        return sum(len(run.requests) for run in self.runs)

    def replace(self, **changes: Any) -> Self:
        """Return a copy with some fields changed."""
        return replace(self, **changes)

    def to_json(self) -> str:
        """Return the plan as JSON text of schema ``kurir/plan/1``."""
        from routing.files import plan_to_json

        return plan_to_json(self)

    @classmethod
    def from_json(cls, text: str) -> Plan:
        """Read a plan from JSON text of schema ``kurir/plan/1``.

        Raises
        ------
        InvalidInput
            When the text is not such a plan; names every field at fault.
        """
        from routing.files import plan_from_json

        return plan_from_json(text)
