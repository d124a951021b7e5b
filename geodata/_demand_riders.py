"""The riders of a seeded day: shifts, loads, where they start, what they cost."""

from __future__ import annotations

from geodata._demand_doors import DemandDoors
from geodata._demand_requests import SEALED
from geodata._draws import Draws
from geodata.profiles import Profile
from routing.model import Driver

_CAPACITIES = (40, 50, 60)
_SEALED_EVERY = 3
_OPEN_EVERY = 10
_HUB = 0


def drawn_riders(count: int, *, profile: Profile, draws: Draws, doors: DemandDoors) -> tuple[Driver, ...]:
    """Return `count` riders: every other one starts at the hub, the rest at home; every tenth may end anywhere.

    Costs are rupiah: fuel and wear per kilometre, pay per hour near the regional wage, an allowance per run.
    """
    return tuple(_rider(number, profile, draws, doors) for number in range(count))


def _rider(number: int, profile: Profile, draws: Draws, doors: DemandDoors) -> Driver:
    name = f"D{number + 1:02d}"
    start = _HUB if number % 2 == 0 else doors.stand(name)
    return Driver(
        id=name,
        start=start,
        end=None if number % _OPEN_EVERY == _OPEN_EVERY - 1 else start,
        shift=profile.shifts[number % len(profile.shifts)],
        capacity=_CAPACITIES[number % len(_CAPACITIES)],
        skills=frozenset({SEALED} if number % _SEALED_EVERY == 0 else ()),
        breaks=profile.breaks,
        cost_run=draws.step(15_000, 25_000, 5_000),
        cost_km=draws.step(800, 1_000, 50),
        cost_hour=draws.step(20_000, 25_000, 500),
    )
