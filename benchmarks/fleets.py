"""The same day with another fleet, and plans carried over from one fleet to another."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace

from routing import Day, Driver, Plan, Request, Run
from routing.check import check


def with_fleet(day: Day, drivers: int, lanes: int | None) -> Day:
    """Return `day` with so many drivers and lanes.

    The first drivers in the order of their ids are taken; where there are too few, they are taken again in the same
    order, so that shifts and skills keep their shares.
    """
    given = sorted(day.drivers, key=lambda driver: driver.id)
    fleet = tuple(_copy(given[number % len(given)], number // len(given)) for number in range(drivers))
    return day.replace(drivers=fleet, hub=day.hub.replace(lanes=lanes))


def _copy(driver: Driver, number: int) -> Driver:
    return driver if number == 0 else driver.replace(id=f"{driver.id}+{number}")


def with_margin(day: Day, seconds: int) -> Day:
    """Return `day` with all that is promised due earlier: windows, unloading and shifts end `seconds` sooner.

    A plan of it keeps all its promises also when everything happens so much later. A window shorter than that is
    left its beginning.
    """
    if not seconds:
        return day
    closes = day.hub.closes
    return day.replace(
        requests=tuple(_sooner(request, seconds, closes) for request in day.requests),
        drivers=tuple(
            driver.replace(shift=(driver.shift[0], max(driver.shift[0], driver.shift[1] - seconds)))
            for driver in day.drivers
        ),
    )


def _sooner(request: Request, seconds: int, closes: int) -> Request:
    windows = tuple((earliest, max(earliest, latest - seconds)) for earliest, latest in request.windows)
    due = None if request.kind == "return" else max(0, (request.due_at_hub or closes) - seconds)
    return request.replace(windows=windows, due_at_hub=due)


def carried_over(plan: Plan, planned: Day, day: Day) -> Plan | None:
    """Return `plan` for another fleet, None where it needs more drivers or lanes, or breaks a rule of `day`.

    Drivers who are alike in all but their names take each other's runs.

    Parameters
    ----------
    plan
        A plan of `planned`.
    planned, day
        The same day with different fleets.
    """
    free: dict[Driver, list[str]] = defaultdict(list)
    for driver in day.drivers:
        free[_kind(driver)].append(driver.id)
    kinds = {driver.id: _kind(driver) for driver in planned.drivers}
    runs = []
    for run in plan.runs:
        alike = free[kinds[run.driver]]
        if not alike:
            return None
        # Who keeps his own run keeps it; else the first who is alike.
        taken = run.driver if run.driver in alike else alike[0]
        alike.remove(taken)
        runs.append(replace(run, driver=taken))
    laned = _on_lanes(runs, day.hub.lanes)
    if laned is None:
        return None
    carried = plan.replace(runs=tuple(laned))
    return None if check(day, carried) else carried


def _kind(driver: Driver) -> Driver:
    return driver.replace(id="any")


def _on_lanes(runs: list[Run], lanes: int | None) -> list[Run] | None:
    """Return the runs with their hub visits on so many lanes, first come first served; None where those are too few."""
    if lanes is None:
        return [_with_lanes(run, {}) for run in runs]
    visits = sorted(
        (visit.begin, visit.end, number, place)
        for number, run in enumerate(runs)
        for place, visit in enumerate(run.visits)
        if visit.type == "hub"
    )
    free_from = [0] * lanes
    chosen: dict[tuple[int, int], int] = {}
    for begin, end, number, place in visits:
        lane = next((lane for lane, free in enumerate(free_from) if free <= begin), None)
        if lane is None:
            return None
        free_from[lane] = end
        chosen[number, place] = lane
    return [
        _with_lanes(run, {place: lane for (owner, place), lane in chosen.items() if owner == number})
        for number, run in enumerate(runs)
    ]


def _with_lanes(run: Run, lanes: dict[int, int]) -> Run:
    visits = tuple(
        replace(visit, lane=lanes.get(place)) if visit.type == "hub" else visit
        for place, visit in enumerate(run.visits)
    )
    return replace(run, visits=visits)
