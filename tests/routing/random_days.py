"""Small random days with everything in them, and random plans that obey every rule by construction."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from random import Random

from routing import Break, Costs, Day, Driver, Hub, Place, Plan, Request, TrafficClock, TravelTimes, Visit
from tests.routing.handmade import Builder, Infeasible, Step, hub, on_board, pause, stop

HORIZON = 3000


def random_day(rng: Random) -> Day:
    """A day of less than an hour, with legs of a minute, so that counting seconds is quick."""
    count = rng.randint(3, 7)
    seconds = [[0 if i == j else rng.randint(1, 80) for j in range(count)] for i in range(count)]
    metres = [[0 if i == j else rng.randint(0, 3000) for j in range(count)] for i in range(count)]
    starts = sorted(rng.sample(range(HORIZON), rng.randint(1, 4)))
    return Day(
        date="2026-03-02",
        places=[Place(f"p{i}", 106.7, -6.3, access=rng.choice((0, 0, 7))) for i in range(count)],
        requests=_requests(rng, count),
        drivers=[_driver(rng, number, count) for number in range(rng.randint(1, 3))],
        hub=_hub(rng),
        travel=TravelTimes(seconds, metres),  # type: ignore[arg-type]
        traffic=TrafficClock(tuple((start, rng.choice((300, 777, 1000, 1000, 1900))) for start in starts)),
        costs=Costs(tariff_min=rng.randint(0, 3000), tariff_km=rng.randint(0, 3000)),
    )


def _requests(rng: Random, count: int) -> list[Request]:
    requests: list[Request] = []
    for number in range(rng.randint(2, 12)):
        common = {
            "place": rng.randrange(count),
            "documents": rng.randint(1, 3),
            "windows": _windows(rng, rng.choice((1, 1, 2))),
            "service": rng.randint(1, 40),
            "priority": rng.randint(0, 100),
            "skills": rng.choice(((), (), ("lift",))),
        }
        if rng.random() < 0.5:
            due = rng.choice((None, rng.randint(HORIZON // 2, HORIZON)))
            requests.append(Request(id=f"P{number}", kind="pickup", due_at_hub=due, **common))  # type: ignore[arg-type]
        else:
            taken = {request.round_trip_of for request in requests}
            pickups = [request.id for request in requests if request.kind == "pickup" and request.id not in taken]
            of = rng.choice(pickups) if pickups and rng.random() < 0.5 else None
            ready = rng.choice((None, rng.randint(0, HORIZON // 2)))
            made = Request(id=f"R{number}", kind="return", ready_at=ready, round_trip_of=of, **common)  # type: ignore[arg-type]
            requests.append(made)
    return requests


def _windows(rng: Random, count: int) -> tuple[tuple[int, int], ...]:
    if rng.random() < 0.6:
        return ((0, HORIZON),)
    cuts = sorted(rng.sample(range(HORIZON), 2 * count))
    return tuple(zip(cuts[::2], cuts[1::2], strict=True))


def _driver(rng: Random, number: int, count: int) -> Driver:
    breaks = [Break(a, a + rng.randint(0, 200), rng.randint(1, 100)) for a in (rng.randint(100, 900), 1500)]
    return Driver(
        id=f"D{number}",
        start=rng.randrange(count),
        end=rng.choice((None, rng.randrange(count))),
        shift=(rng.randint(0, 200), rng.randint(HORIZON - 600, HORIZON)),
        capacity=rng.randint(2, 8),
        skills=frozenset(rng.choice(((), ("lift",)))),
        max_trips=rng.choice((None, None, 1, 2)),
        max_stops=rng.choice((None, None, 2, 4)),
        max_distance=rng.choice((None, None, 9000)),
        breaks=rng.choice(((), tuple(breaks), tuple(breaks[:1]))),
        cost_run=1000 + number,
        cost_km=rng.randint(0, 3000),
        cost_hour=rng.randint(0, 20_000),
    )


def _hub(rng: Random) -> Hub:
    noon = rng.randint(800, 1600)
    windows = rng.choice((((0, HORIZON),), ((0, noon), (noon + 200, HORIZON))))
    return Hub(
        0, windows, lanes=rng.choice((None, 1, 2)), base=rng.choice((1, 40, 150)), per_document=rng.randint(0, 9),
        processing=rng.randint(0, 300),
    )  # fmt: skip


def random_plan(day: Day, rng: Random) -> Plan:
    """Give each driver steps as they come, keeping those after which the run can still be closed."""
    builder = Builder(day)
    drivers = list(day.drivers)
    rng.shuffle(drivers)
    for driver in drivers:
        steps: list[Step] = []
        leave = driver.shift[0] + rng.choice((0, 0, 30, 600))
        for _ in range(rng.randint(1, 9)):
            step = _next_step(day, builder, driver, steps, rng)
            if step is not None and _try(builder, driver, [*steps, step], leave, rng):
                steps.append(step)
        if driver.id in builder.runs and not any(visit.type == "stop" for visit in builder.runs[driver.id]):
            del builder.runs[driver.id]
    return builder.plan()


def _next_step(day: Day, builder: Builder, driver: Driver, steps: Sequence[Step], rng: Random) -> Step | None:
    done = {name for run in builder.runs.values() for visit in run for name in (*visit.requests, *visit.loaded)}
    done -= {name for visit in builder.runs.get(driver.id, ()) for name in (*visit.requests, *visit.loaded)}
    done |= {name for step in steps for name in step.ids if step.type == "stop"}
    loaded = {name for step in steps for name in step.ids if step.type == "hub"}
    able = [request for request in day.requests if request.skills <= driver.skills and request.id not in done]
    to_load = [request.id for request in able if request.kind == "return" and request.id not in loaded]
    to_stop = [request for request in able if request.kind == "pickup" or request.id in loaded]
    if to_load and rng.random() < 0.5:
        return hub(*rng.sample(to_load, rng.randint(1, min(2, len(to_load)))))
    if not to_stop:
        return None
    first = rng.choice(to_stop)
    shared = [request.id for request in to_stop if request.place == first.place and rng.random() < 0.7]
    return stop(*dict.fromkeys([first.id, *shared]))


def _try(builder: Builder, driver: Driver, steps: list[Step], leave: int, rng: Random) -> bool:
    """Whether the run of `steps`, closed, keeps all rules; if so it stands, if not the one before stands."""
    before = builder.runs.pop(driver.id, None)
    for closed in _closings(builder, driver, steps, rng):
        try:
            visits = builder.run(driver.id, closed, leave=leave)
        except Infeasible:
            continue
        if _keeps_limits(builder, driver, visits) and _keeps_breaks(driver, visits):
            return True
    builder.runs.pop(driver.id, None)
    if before is not None:
        builder.runs[driver.id] = before
    return False


def _closings(builder: Builder, driver: Driver, steps: list[Step], rng: Random) -> Iterator[list[Step]]:
    """The steps with what is on board brought and unloaded at last, and pauses somewhere."""
    as_visits = [Visit("hub", 0, 0, 0, 0, 0, loaded=s.ids) if s.type == "hub" else _stop_of(s) for s in steps]
    left = [name for name in on_board(builder.requests, as_visits) if builder.requests[name].kind == "return"]
    closed = [*steps, *(stop(name) for name in left)]
    if any(builder.requests[name].kind == "pickup" for step in steps for name in step.ids):
        last_pickup = max(i for i, s in enumerate(closed) if any(builder.requests[n].kind == "pickup" for n in s.ids))
        if not any(step.type == "hub" for step in closed[last_pickup:]):
            closed.append(hub())
    yield closed
    for pauses in range(1, len(driver.breaks) + 1):
        for _ in range(4):
            paused = list(closed)
            for _ in range(pauses):
                paused.insert(rng.randint(0, len(paused)), pause(on_arrival=rng.random() < 0.5))
            yield paused


def _stop_of(step: Step) -> Visit:
    return Visit("stop", 0, 0, 0, 0, 0, requests=step.ids)


def _keeps_limits(builder: Builder, driver: Driver, visits: list[Visit]) -> bool:
    pairs = list(itertools.pairwise(visits))
    metres = sum(int(builder.day.travel.metres[a.place, b.place]) for a, b in pairs)
    stops = [visit for visit in visits if visit.type == "stop"]
    legs_between = [visit.type for visit in visits if visit.type in ("hub", "stop")]
    trips = sum(a == "hub" and b == "stop" for a, b in itertools.pairwise(legs_between))
    return (
        all(visit.load_after <= driver.capacity for visit in visits)
        and all(visit.loaded or visit.unloaded for visit in visits if visit.type == "hub")
        and not on_board(builder.requests, visits)
        and trips <= (9 if driver.max_trips is None else driver.max_trips)
        and len(stops) <= (99 if driver.max_stops is None else driver.max_stops)
        and metres <= (10**9 if driver.max_distance is None else driver.max_distance)
    )


def _keeps_breaks(driver: Driver, visits: list[Visit]) -> bool:
    taken = [visit.begin for visit in visits if visit.type == "break"]
    due = [each for each in driver.breaks if visits[0].end <= each.earliest and visits[-1].end > each.latest]
    return len(taken) == len(due) and all(any(a.earliest <= t <= a.latest for t in taken) for a in due)
