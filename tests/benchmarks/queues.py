"""A day on which two riders come for the one lane at the same time."""

from __future__ import annotations

import numpy as np

from routing import Day, Driver, Hub, Place, Request, TravelTimes
from routing.check import check

HOUR = 3600


def two_riders_at_once():
    """Return the day and a valid plan: both wait from 7:50, the hub opens at 8:00, the second waits 300 s more."""
    steps = np.abs(np.subtract.outer(range(2), range(2)))
    day = Day(
        date="2026-01-05",
        places=tuple(Place(id=f"p{n}", lon=106.7 + n / 100, lat=-6.3) for n in range(2)),
        requests=tuple(Request(f"r{n}", "return", 1, 1, ((0, 12 * HOUR),), 60) for n in range(2)),
        drivers=tuple(Driver(f"d{n}", 0, 0, (7 * HOUR, 12 * HOUR), 1) for n in range(2)),
        hub=Hub(place=0, windows=((8 * HOUR, 12 * HOUR),), lanes=1, base=300),
        travel=TravelTimes(seconds=600 * steps, metres=1000 * steps),
    )
    plan = plan_of(day)
    assert check(day, plan) == []
    return day, plan


def plan_of(day):
    from routing import CostBreakdown, Plan, Run, Visit

    runs = []
    for number in range(2):
        begin = 8 * HOUR + 300 * number
        arrive = begin + 300 + 600
        home = arrive + 60 + 600
        leave = 7 * HOUR + 50 * 60
        visits = (
            Visit("start", 0, leave, leave, leave, 0),
            Visit("hub", 0, leave, begin, begin + 300, 1, lane=0, loaded=(f"r{number}",)),
            Visit("stop", 1, arrive, arrive, arrive + 60, 0, requests=(f"r{number}",)),
            Visit("end", 0, home, home, home, 0),
        )
        runs.append(Run(f"d{number}", visits, 2000, home - leave, 0))
    cost = CostBreakdown(total=0, runs=0, distance=0, time=0, unserved=0, point_to_point=2 * 10_200)
    return Plan(runs=tuple(runs), unserved=(), cost=cost)
