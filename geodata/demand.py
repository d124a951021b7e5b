"""Seeded days of Tangsel: who asks for what, where and when, and the riders who carry it.

Pickups start at homes (documents lost or damaged) and at the 54 kelurahan offices (data changed, the file
verified there: many files at one door); returns go to homes. Volumes follow population. The same arguments
give the same day on every machine: all draws come from uniform numbers of numpy's PCG64, one stream per
matter, so that another fleet, for instance, leaves the requests as they are.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from geodata._demand_doors import DemandDoors
from geodata._demand_requests import drawn_requests
from geodata._demand_riders import drawn_riders
from geodata._draws import Draws
from geodata.dayfolder import DayFolder
from geodata.profiles import PROFILES
from routing.errors import Findings
from routing.model import Costs, Hub
from routing.travel import TrafficClock

if TYPE_CHECKING:
    from geodata.network import StreetNetwork
    from routing.model import Day

PROCESSING = 75 * 60
"""Seconds from unloading a round trip's pickup until its document is ready."""
LANE_BASE = 50
"""Seconds a visit keeps its lane, whatever it moves."""
LANE_PER_DOCUMENT = 5
"""Seconds more for each document moved."""


def default_drivers(requests: int, *, profile: str = "weekday", rounds: float = 0.3) -> int:
    """Return how many riders a seeded day has unless told otherwise: enough, but not many more.

    A request takes a rider about ``5.1 + 100 / sqrt(requests)`` paid minutes: the door, and a ride that shortens
    as doors lie denser. More round trips crowd the morning, in which all their pickups must be done.
    """
    minutes = (5.1 + 100 / math.sqrt(requests)) * (1 + 0.5 * max(0.0, rounds - 0.3))
    return max(2, math.ceil(requests * minutes / (60 * PROFILES[profile].busy_hours)))


def default_lanes(requests: int) -> int:
    """Return how many lanes a seeded day has unless told otherwise: one for every 500 requests."""
    return max(1, math.ceil(requests / 500))


def seeded_day(
    requests: int = 1000,
    *,
    drivers: int | None = None,
    lanes: int | None = None,
    seed: int = 1,
    rounds: float = 0.3,
    profile: str = "weekday",
    network: StreetNetwork | None = None,
) -> DayFolder:
    """Make up a day.

    Parameters
    ----------
    requests
        How many pickups and returns together, about half of each.
    drivers, lanes
        How many; `default_drivers` and `default_lanes` say how many there are otherwise.
    seed
        The same seed gives the same day.
    rounds
        Share of the pickups whose document goes back to its door on the same day, 0..1.
    profile
        ``plain`` (no traffic, no breaks), ``weekday``, ``friday`` or ``ramadan``.
    network
        Streets beside which people live; the embedded city's when none are given.

    Raises
    ------
    InvalidInput
        Naming each argument out of range.
    """
    _expect_arguments(requests=requests, drivers=drivers, lanes=lanes, seed=seed, rounds=rounds, profile=profile)
    if network is None:
        from geodata.streets import embedded_network

        network = embedded_network()
    kind = PROFILES[profile]
    doors = DemandDoors(network, Draws(seed, "doors"))
    asked = drawn_requests(requests, rounds, profile=kind, draws=Draws(seed, "requests"), doors=doors)
    riders = drivers if drivers is not None else default_drivers(requests, profile=profile, rounds=rounds)
    fleet = drawn_riders(riders, profile=kind, draws=Draws(seed, "riders"), doors=doors)
    return DayFolder(
        date=kind.date,
        doors=tuple(doors.doors),
        requests=asked,
        drivers=fleet,
        hub=Hub(
            place=0,
            windows=kind.hub_windows,
            lanes=lanes if lanes is not None else default_lanes(requests),
            base=LANE_BASE,
            per_document=LANE_PER_DOCUMENT,
            processing=PROCESSING,
        ),
        traffic=TrafficClock(kind.traffic),
        costs=Costs(),
        profile=profile,
    )


def example_day(
    requests: int = 1000,
    *,
    drivers: int | None = None,
    lanes: int | None = None,
    seed: int = 1,
    rounds: float = 0.3,
    profile: str = "weekday",
) -> Day:
    """Return a seeded day on the embedded city's streets, ready to plan; see `seeded_day`.

    Examples
    --------
    >>> import geodata
    >>> day = geodata.example_day(requests=50, seed=7)
    >>> len(day.requests), day.travel.places == len(day.places)
    (50, True)
    """
    from geodata.matrix import prepare
    from geodata.streets import embedded_network

    network = embedded_network()
    content = seeded_day(
        requests, drivers=drivers, lanes=lanes, seed=seed, rounds=rounds, profile=profile, network=network
    )
    return content.on_streets(prepare(network))[0]


def _expect_arguments(
    *, requests: int, drivers: int | None, lanes: int | None, seed: int, rounds: float, profile: str
) -> None:
    findings = Findings("seeded day")
    findings.expect(1 <= requests <= 100_000, "requests", f"is {requests}: expected 1 to 100000")
    findings.expect(drivers is None or 1 <= drivers <= 10_000, "drivers", f"is {drivers}: expected 1 to 10000")
    findings.expect(lanes is None or 1 <= lanes <= 1000, "lanes", f"is {lanes}: expected 1 to 1000")
    findings.expect(seed >= 0, "seed", f"is {seed}: expected 0 or more")
    findings.expect(0 <= rounds <= 1, "rounds", f"is {rounds}: expected a share from 0 to 1")
    findings.expect(profile in PROFILES, "profile", f"is {profile!r}: expected one of {', '.join(PROFILES)}")
    findings.raise_if_any()
