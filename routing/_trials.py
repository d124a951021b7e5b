"""Trying: whether a plan can take one more request, on its day or on one that differs from it a little."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from routing.check import check
from routing.errors import CannotGoOn, InternalError
from routing.model import Costs, Day
from routing.plan import Plan, Run
from routing.retime import stated
from routing.visits import Visit

WORTH_ANYTHING = Costs(unserved_base=10**9, unserved_per_priority=10**7)
"""In a trial each request is worth any detour: the question is whether it can be served, not whether it pays."""
SHORT_SEARCH = 300
"""Iterations of the search in a trial: enough to move a few stops out of the way ..."""
LARGE_DAY = 200
"""... on days with up to so many requests; larger ones have room enough to insert one more without moving others."""


def with_requests(day: Day, plan: Plan, wanted: Collection[str], *, without: Collection[str] = ()) -> Plan | None:
    """Return a valid plan of `day` that serves all that `plan` serves, and `wanted` too; None where none is found.

    The wanted requests are inserted where they cost least, then, on days that are not large, a short search may
    move what is there. Requests in
    `without` leave the plan. The answer for the same plan is always the same.
    """
    from routing.solve import solve

    served = {name for run in plan.runs for name in run.requests} - set(without)
    needed = served | set(wanted)
    happened = {
        name for driver in day.drivers for v in driver.history for name in (*v.requests, *v.loaded, *v.unloaded)
    }
    # What is served already matters more, so that it is never given up for what is wanted.
    kept = tuple(
        request.replace(priority=100 if request.id in served else 0)
        for request in day.requests
        if request.id in needed | happened
    )
    names = {request.id for request in kept}
    if any(request.round_trip_of is not None and request.round_trip_of not in names for request in kept):
        return None
    start = without_requests(day, plan, {name for run in plan.runs for name in run.requests} - names)
    iterations = SHORT_SEARCH if len(kept) <= LARGE_DAY else 0
    try:
        found = solve(day.replace(requests=kept, costs=WORTH_ANYTHING), iterations=iterations, workers=1, initial=start)
    except (CannotGoOn, InternalError):
        return None
    if not needed <= {name for run in found.runs for name in run.requests}:
        return None
    full = stated(day, found.runs)
    return full if check(day, full) == [] else None


def without_requests(day: Day, plan: Plan, names: Collection[str]) -> Plan:
    """Return the runs of `plan` with these requests struck out; times and costs are left as they were."""
    history = {driver.id: len(driver.history) for driver in day.drivers}
    runs = (_struck(run, history.get(run.driver, 0), names) for run in plan.runs)
    return plan.replace(runs=tuple(run for run in runs if run.requests or history.get(run.driver, 0)))


def _struck(run: Run, happened: int, names: Collection[str]) -> Run:
    visits = list(run.visits[:happened])
    for visit in run.visits[happened:]:
        left = replace(
            visit,
            requests=_others(visit.requests, names),
            loaded=_others(visit.loaded, names),
            unloaded=_others(visit.unloaded, names),
        )
        if not _is_empty(left):
            visits.append(left)
    return replace(run, visits=tuple(visits))


def _others(ids: tuple[str, ...], names: Collection[str]) -> tuple[str, ...]:
    return tuple(name for name in ids if name not in names)


def _is_empty(visit: Visit) -> bool:
    moves = visit.loaded or visit.unloaded
    return (visit.type == "stop" and not visit.requests) or (visit.type == "hub" and not moves)


def stop_of(plan: Plan, request: str) -> tuple[str, Visit]:
    """Return the driver and the stop that serve a request which the plan serves."""
    stops = ((run.driver, stop) for run in plan.runs for stop in run.stops)
    return next((driver, stop) for driver, stop in stops if request in stop.requests)
