"""Days and plans for the page: one that attacks, one that is crowded, one under way; and streets that wind."""

from __future__ import annotations

import numpy as np

from routing import Cluster, CostBreakdown, Day, Driver, Hub, Place, Plan, Request, Run, TravelTimes, Unserved, Visit
from tests.routing.handmade import Builder, hm, hub, mixed_day, mixed_plan, pause, run_of, stop

HOSTILE = "</script><img src=x onerror=\"document.title='owned'\">\u2028'&amp;{{7*7}}"


def hostile_case():
    """A small day in which every text is an attack."""
    places = (Place("hub" + HOSTILE, 106.666, -6.308), Place("door" + HOSTILE, 106.70, -6.30))
    window = ((28_800, 36_000),)
    requests = (Request("R" + HOSTILE, "return", 1, 2, window), Request("P" + HOSTILE, "pickup", 1, 1, window))
    driver = Driver("D" + HOSTILE, 0, 0, (25_200, 57_600), 10)
    day = Day(
        date="2026-03-02",
        places=places,
        requests=requests,
        drivers=(driver,),
        hub=Hub(0, ((25_200, 57_600),), lanes=1, base=60),
        travel=TravelTimes(np.array([[0, 600], [600, 0]]), np.array([[0, 5000], [5000, 0]])),
    )
    visits = (
        Visit("start", 0, 28_800, 28_800, 28_800, 0),
        Visit("hub", 0, 28_800, 28_800, 28_860, 2, 0, (), (requests[0].id,)),
        Visit("stop", 1, 29_460, 29_460, 29_460, 0, None, (requests[0].id,)),
        Visit("end", 0, 30_060, 30_060, 30_060, 0),
    )
    plan = Plan(
        runs=(Run(driver.id, visits, 10_000, 1260, 0),),
        unserved=(Unserved(requests[1].id, "no-time" + HOSTILE, "because" + HOSTILE),),
        cost=CostBreakdown(1_000_000, 0, 0, 0, 1_000_000, 12_750),
        clusters=(Cluster("C" + HOSTILE, (requests[0].id,)),),
        version=HOSTILE,
    )
    return day, plan, {requests[0].id: "Jl. " + HOSTILE}


def crowded_case(drivers=25, stops=40):
    """A thousand requests on forty-point legs, at any times."""
    rng = np.random.default_rng(1)
    count = drivers * stops + 1
    lon, lat = 106.64 + 0.13 * rng.random(count), -6.36 + 0.12 * rng.random(count)
    places = tuple(Place(f"H{i:04}", float(x), float(y)) for i, (x, y) in enumerate(zip(lon, lat, strict=True)))
    requests = tuple(Request(f"R{i:04}", "return", i) for i in range(1, count))
    seconds = rng.integers(200, 900, (count, count))
    np.fill_diagonal(seconds, 0)
    fleet = tuple(Driver(f"K-{i:02}", 0, 0, (25_200, 57_600), 50) for i in range(drivers))
    day = Day("2026-03-02", places, requests, fleet, Hub(0, lanes=2, base=30), TravelTimes(seconds, seconds * 7))
    runs = tuple(_crowded_run(day, index, stops) for index in range(drivers))
    return day, Plan(runs, (), CostBreakdown(0, 0, 0, 0, 0, 0))


def _crowded_run(day, index, stops):
    mine = range(1 + index * stops, 1 + (index + 1) * stops)
    visits = [Visit("start", 0, 25_200, 25_200, 25_200, 0)]
    ids = tuple(day.requests[place - 1].id for place in mine)
    visits.append(Visit("hub", 0, 25_200, 25_200 + 60 * index, 25_230 + 60 * index, stops, index % 2, (), ids))
    for place in mine:
        at = visits[-1].end + int(day.travel.seconds[visits[-1].place, place])
        load = visits[-1].load_after - 1
        visits.append(Visit("stop", place, at, at, at + 120, load, requests=(day.requests[place - 1].id,)))
    at = visits[-1].end + 600
    visits.append(Visit("end", 0, at, at, at, 0))
    return Run(day.drivers[index].id, tuple(visits), 0, at - 25_200, 0)


def live_case(at="09:00"):
    """The mixed day under way: D1 is bound for P2 with documents on board, D2 is at its break, D3 is not out yet."""
    morning = mixed_day()
    plan = mixed_plan(morning)
    histories = {"D1": run_of(plan, "D1").visits[:5], "D2": run_of(plan, "D2").visits[:3]}
    drivers = [driver.replace(history=histories.get(driver.id, ())) for driver in morning.drivers]
    day = morning.replace(drivers=drivers, now=hm(at))
    builder = Builder(day)
    builder.run("D1", (hub(), pause(), stop("R7")))
    builder.run("D2", (stop("R4"), hub("R3"), stop("R3")))
    return day, builder.plan()


def winding_paths(day):
    def paths(legs, /):
        return [_winding(day.places[a], day.places[b]) for a, b in legs]

    return paths


def _winding(a, b):
    share = np.linspace(0, 1, 40)
    sway = 0.002 * np.sin(share * 20)
    return list(zip(a.lon + share * (b.lon - a.lon) + sway, a.lat + share * (b.lat - a.lat) - sway, strict=True))
