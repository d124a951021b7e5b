"""A classical instance in its own numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import numpy.typing as npt

from benchmarks.rounding import Rounding

if TYPE_CHECKING:
    from routing import Day

Kind = Literal["CVRP", "VRPTW", "MTVRPTWR", "VRPSPDTW"]
Numbers = npt.NDArray[Any]


@dataclass(frozen=True)
class BestKnown:
    """The best answer on record.

    Attributes
    ----------
    cost
        In the instance's own arithmetic.
    vehicles
        How many vehicles it uses, None when not on record.
    """

    cost: float
    vehicles: int | None = None


@dataclass(frozen=True, eq=False)
class Instance:
    """A vehicle routing instance: location 0 is the depot, customers are numbered from 1.

    The numbers are those of the instance's own arithmetic: whole (``dimacs`` and the like) or double
    precision. An answer is judged in them.

    Attributes
    ----------
    name
        As the file calls it.
    kind
        The class of problem.
    distance, duration
        From row to column, shape ``(locations, locations)``.
    delivery, pickup
        Load from and to the depot, whole numbers; scaled where the file has fractions.
    earliest, latest
        When service at a location must begin; at the depot, when vehicles leave and are back.
    service
        How long a stop takes.
    release
        When a customer's goods can leave the depot.
    capacity
        Of each vehicle, scaled as the loads.
    vehicles
        How many there are.
    reloads
        Whether a vehicle may return to the depot and load again.
    cost_per_vehicle, cost_per_distance
        The objective.
    rounding
        Name of the convention the numbers were read with.
    coordinates
        Shape ``(locations, 2)``, or None where only matrices are given.
    best_known
        The best answer on record, if any is.
    """

    name: str
    kind: Kind
    distance: Numbers
    duration: Numbers
    delivery: npt.NDArray[np.int64]
    pickup: npt.NDArray[np.int64]
    earliest: Numbers
    latest: Numbers
    service: Numbers
    release: Numbers
    capacity: int
    vehicles: int
    reloads: bool
    cost_per_vehicle: float
    cost_per_distance: float
    rounding: str
    coordinates: Numbers | None = None
    best_known: BestKnown | None = None

    @property
    def customers(self) -> int:
        """How many customers there are."""
        return len(self.delivery) - 1

    @property
    def is_whole(self) -> bool:
        """Whether distances and times are whole numbers."""
        return np.issubdtype(self.distance.dtype, np.integer)

    @cached_property
    def day(self) -> Day:
        """The same problem for the engine: see `benchmarks.as_day.as_day`."""
        from benchmarks.as_day import as_day

        return as_day(self)

    def replace(self, **changes: Any) -> Instance:
        """Return a copy with some fields changed."""
        return replace(self, **changes)

    @classmethod
    def euclidean(
        cls,
        *,
        name: str,
        kind: Kind,
        coordinates: Sequence[Sequence[float]] | Numbers,
        delivery: Sequence[int] | Numbers,
        windows: Sequence[tuple[float, float]] | Numbers,
        service: Sequence[float] | Numbers,
        capacity: int,
        vehicles: int,
        rounding: Rounding,
        pickup: Sequence[int] | Numbers | None = None,
        release: Sequence[float] | Numbers | None = None,
        reloads: bool = False,
        cost_per_vehicle: float = 0.0,
    ) -> Instance:
        """Make an instance whose distances and travel times are Euclidean, rounded by `rounding`."""
        points = np.asarray(coordinates, dtype=np.float64)
        distance = _distances(points, rounding)
        opens, closes = rounding.apply(np.asarray(windows, dtype=np.float64)).T
        return cls(
            name=name,
            kind=kind,
            distance=distance,
            duration=distance,
            delivery=np.asarray(delivery, dtype=np.int64),
            pickup=np.asarray(np.zeros(len(points)) if pickup is None else pickup, dtype=np.int64),
            earliest=opens,
            latest=closes,
            service=rounding.apply(np.asarray(service, dtype=np.float64)),
            release=rounding.apply(np.asarray(np.zeros(len(points)) if release is None else release)),
            capacity=capacity,
            vehicles=vehicles,
            reloads=reloads,
            cost_per_vehicle=cost_per_vehicle,
            cost_per_distance=1.0,
            rounding=rounding.name,
            coordinates=points,
        )


def _distances(points: Numbers, rounding: Rounding) -> Numbers:
    """Return Euclidean distances row by row: all offsets at once would take five times the memory of the answer."""
    distance = np.empty((len(points), len(points)), rounding.apply(points[:1, 0]).dtype)
    for row, point in zip(distance, points, strict=True):
        row[:] = rounding.apply(np.sqrt(((points - point) ** 2).sum(axis=1)))
    return distance
