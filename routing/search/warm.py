"""From an earlier `Plan` to where the search can start."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from routing.batching import Stop
from routing.errors import InvalidInput
from routing.errors import Problem as Fault
from routing.model import Day
from routing.plan import Plan, Run
from routing.search.arrays import Problem
from routing.search.zones import Solution


def solution_from(day: Day, stops: Sequence[Stop], problem: Problem, plan: Plan) -> Solution:
    """Return the runs of `plan` in the search's terms.

    Requests that the search serves together come where the plan serves the first of them; what the search would not
    give to a driver is left out.

    Raises
    ------
    InvalidInput
        When the plan names drivers or requests that the day does not have.
    """
    _expect_known(day, plan)
    stop_of = {day.requests[index].id: u for u, stop in enumerate(stops) for index in stop.requests}
    runs = {run.driver: run for run in plan.runs}
    placed: set[int] = set()
    elements, lane_time = [], []
    for index, driver in enumerate(day.drivers):
        run = runs.get(driver.id)
        may = {name: u for name, u in stop_of.items() if problem.can[problem.kind_of[index], u]} if run else {}
        found = _elements(run, len(driver.history), may, problem.stops, placed) if run else []
        elements.append(np.array(found, np.int64))
        planned = run.visits[len(driver.history) :] if run else ()
        slots = [(-1 if v.lane is None else v.lane, v.begin, v.end) for v in planned if v.type == "hub"]
        lane_time.append(np.array(slots, np.int64).reshape(-1, 3))
    return Solution(tuple(elements), tuple(lane_time), 0)


def _elements(run: Run, happened: int, stop_of: dict[str, int], hub: int, placed: set[int]) -> list[int]:
    elements: list[int] = []
    for visit in run.visits[happened:]:
        if visit.type == "hub":
            elements.append(hub)
        for request in visit.requests:
            stop = stop_of.get(request)
            if stop is not None and stop not in placed:
                placed.add(stop)
                elements.append(stop)
    return elements


def _expect_known(day: Day, plan: Plan) -> None:
    drivers = {driver.id for driver in day.drivers}
    requests = {request.id for request in day.requests}
    faults = [
        Fault(f"initial plan, run of {run.driver}", "driver", "is no driver of this day")
        for run in plan.runs
        if run.driver not in drivers
    ]
    faults += [
        Fault(f"initial plan, run of {run.driver}", "requests", f"{request!r} is no request of this day")
        for run in plan.runs
        for request in run.requests
        if request not in requests
    ]
    if faults:
        raise InvalidInput(faults)
