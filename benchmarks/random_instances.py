"""Vehicle routing instances with time windows after the manner of Solomon, by a generator of this project's own.

The family R scatters customers evenly, C in clusters, RC half in each way; 1 means a short horizon and small vehicles,
2 a long horizon and large ones. Nothing of the published instances is used, only their manner (M. M. Solomon,
"Algorithms for the vehicle routing and scheduling problems with time window constraints", Operations Research 35,
1987).
The same arguments give the same instance on every machine: all draws are uniform numbers of numpy's PCG64.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from benchmarks.instance import Instance
from benchmarks.rounding import ROUNDINGS
from routing.errors import Findings

Floats = npt.NDArray[np.float64]
PER_CLUSTER = 10
"""Customers in a cluster."""
RADIUS = 7.0
"""Of a cluster; customers lie evenly over its disc."""
MOST_DEMAND = 29
"""Demands are 1 to this, evenly: 15 on average."""
SIDE = 100.0
"""Of the square, for 100 customers; it grows with the root of their number, so that the density stays."""


@dataclass(frozen=True)
class Family:
    """How the instances of a family are drawn.

    Attributes
    ----------
    clustered
        Share of the customers that lie in clusters.
    horizon
        When the depot closes, for 100 customers; it grows with the square's side.
    capacity
        Of a vehicle.
    service
        At each customer.
    windowed
        Share of the customers with a window; the others may be visited all day.
    widths
        Least and greatest length of a window, drawn evenly; longer by as much as the horizon is.
    """

    clustered: float
    horizon: float
    capacity: int
    service: float
    windowed: float
    widths: tuple[float, float]


FAMILIES = {
    "R1": Family(0.0, 230, 200, 10, 0.75, (10, 60)),
    "R2": Family(0.0, 1000, 1000, 10, 0.75, (60, 240)),
    "C1": Family(1.0, 1236, 200, 90, 0.75, (60, 200)),
    "C2": Family(1.0, 3390, 700, 90, 0.75, (160, 600)),
    "RC1": Family(0.5, 240, 200, 10, 0.75, (10, 60)),
    "RC2": Family(0.5, 960, 1000, 10, 0.75, (60, 240)),
}
"""By name: horizon, capacity and service as in Solomon's sets, windows of this generator's own."""


def random_instance(family: str, customers: int = 100, *, seed: int = 1) -> Instance:
    """Draw an instance; distances and times are times 10, truncated, as in the literature ('dimacs').

    Parameters
    ----------
    family
        A name in `FAMILIES`.
    customers
        How many.
    seed
        The same seed gives the same instance.

    Raises
    ------
    InvalidInput
        Naming each argument out of range.

    Examples
    --------
    >>> instance = random_instance("R1", 20, seed=3)
    >>> instance.name, instance.customers, instance.capacity
    ('R1-20-3', 20, 200)
    """
    findings = Findings("random instance")
    findings.expect(family in FAMILIES, "family", f"is {family!r}: expected one of {', '.join(FAMILIES)}")
    findings.expect(1 <= customers <= 20_000, "customers", f"is {customers}: expected 1 to 20000")
    findings.expect(seed >= 0, "seed", f"is {seed}: expected 0 or more")
    findings.raise_if_any()
    drawn, scale = FAMILIES[family], math.sqrt(customers / 100)
    draws = np.random.Generator(np.random.PCG64([seed, customers, *family.encode()]))
    side = SIDE * max(1.0, scale)
    points = _points(drawn, customers, side, draws)
    demand = 1 + np.floor(draws.random(customers) * MOST_DEMAND).astype(np.int64)
    horizon = math.floor(drawn.horizon * max(1.0, scale))
    windows = _windows(drawn, points, horizon, max(1.0, scale), draws)
    return Instance.euclidean(
        name=f"{family}-{customers}-{seed}",
        kind="VRPTW",
        coordinates=points,
        delivery=[0, *demand.tolist()],
        windows=windows,
        service=[0.0, *[drawn.service] * customers],
        capacity=drawn.capacity,
        vehicles=max(1, customers),
        rounding=ROUNDINGS["dimacs"],
    )


def in_words(family: Family) -> str:
    """Return how the instances of a family are drawn."""
    return (
        f"{1 - family.clustered:.0%} of the customers scattered, {family.clustered:.0%} in clusters of {PER_CLUSTER} "
        f"(radius {RADIUS:g}); horizon {family.horizon:g}, capacity {family.capacity}, service {family.service:g}, "
        f"demand 1 to {MOST_DEMAND}; {family.windowed:.0%} with a window of length {family.widths[0]:g} to "
        f"{family.widths[1]:g}"
    )


def _points(family: Family, customers: int, side: float, draws: np.random.Generator) -> Floats:
    """Return the depot in the middle, then the customers; whole coordinates."""
    clustered = round(family.clustered * customers)
    scattered = draws.random((customers - clustered, 2)) * side
    clusters = max(1, math.ceil(clustered / PER_CLUSTER))
    centres = RADIUS + draws.random((clusters, 2)) * (side - 2 * RADIUS)
    angles = 2 * math.pi * draws.random(clustered)
    radii = RADIUS * np.sqrt(draws.random(clustered))
    offsets = np.stack([radii * np.cos(angles), radii * np.sin(angles)], axis=1)
    # Whole coordinates, so that a last bit of a sine that differs between machines changes nothing.
    around = np.round(centres[np.arange(clustered) % clusters] + offsets)
    depot = np.array([[round(side / 2), round(side / 2)]], dtype=np.float64)
    return np.concatenate([depot, np.round(scattered), around])


def _windows(
    family: Family, points: Floats, horizon: int, scale: float, draws: np.random.Generator
) -> list[tuple[float, float]]:
    """Return the depot's window and each customer's: its middle anywhere from which a vehicle is back in time."""
    away = np.ceil(np.hypot(*(points[1:] - points[0]).T))
    earliest, latest = away, horizon - away - family.service
    share, place, width = draws.random((3, len(away)))
    middles = earliest + place * (latest - earliest)
    halves = (family.widths[0] + width * (family.widths[1] - family.widths[0])) * scale / 2
    opens = np.where(share < family.windowed, np.floor(np.maximum(earliest, middles - halves)), 0.0)
    closes = np.where(share < family.windowed, np.floor(np.minimum(latest, middles + halves)), np.floor(latest))
    return [(0.0, float(horizon)), *zip(opens.tolist(), closes.tolist(), strict=True)]
