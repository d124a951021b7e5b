"""A plan that meets rules it was not made for: followed as it stands, and what no longer works is dropped.

The runs keep their orders. Vehicles pass the lanes first come, first served, and wait where they must; a rider may
leave earlier than planned. While a rule is broken, the earliest fault costs one request: the one that comes too late,
or, of the trip that comes too late as a whole, the one that matters least. One at a time, for what is dropped relieves
the rest.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import routing
from routing import Day, Plan, Retimed, Run, Violation, Visit


@dataclass(frozen=True)
class Repaired:
    """What became of a plan.

    Attributes
    ----------
    followed
        The plan as it stands, timed by the rules that it was not made for.
    dropped
        Ids of the requests that had to be left out, in that order.
    plan
        What was left, valid.
    refilled
        The same with all that still fits put back where it costs least; never worse.
    """

    followed: Retimed
    dropped: tuple[str, ...]
    plan: Plan
    refilled: Plan


def repaired(day: Day, runs: Sequence[Run]) -> Repaired:
    """Follow `runs` on `day` and drop what cannot be kept until the rest is valid; then put back what fits.

    Each attempt times all runs anew; there are as many as requests are dropped, and one more.
    """
    now = followed = routing.retime(day, tuple(runs))
    dropped: list[str] = []
    kept = tuple(runs)
    while not now.valid:
        lost = _with_what_follows(day, _victim(day, now), kept)
        dropped += lost
        kept = without(kept, frozenset(lost))
        now = routing.retime(day, kept)
    refilled = routing.solve(day, initial=now.plan, iterations=0)
    return Repaired(followed, tuple(dropped), now.plan, refilled)


def without(runs: Sequence[Run], lost: frozenset[str]) -> tuple[Run, ...]:
    """Return the runs without some requests: no stop, hub visit or run is left that has nothing to do."""
    kept = []
    for run in runs:
        visits = tuple(visit for visit in (_without(visit, lost) for visit in run.visits) if _is_needed(visit))
        if any(visit.type == "stop" for visit in visits):
            kept.append(replace(run, visits=visits))
    return tuple(kept)


def _without(visit: Visit, lost: frozenset[str]) -> Visit:
    requests, loaded, unloaded = (
        tuple(name for name in names if name not in lost) for names in (visit.requests, visit.loaded, visit.unloaded)
    )
    return replace(visit, requests=requests, loaded=loaded, unloaded=unloaded)


def _is_needed(visit: Visit) -> bool:
    return bool(visit.requests or visit.loaded or visit.unloaded) or visit.type not in ("stop", "hub")


def _victim(day: Day, now: Retimed) -> str:
    """Return the request that the earliest fault costs."""
    runs = {run.driver: run for run in now.runs}
    faults = [(_moment(day, runs[each.driver], each), each) for each in now.violations if each.driver in runs]
    moment, first = min(faults, key=lambda fault: (fault[0], str(fault[1])))
    if first.code == "window" and first.request is not None:
        return first.request
    return _least(day, _trip_before(runs[str(first.driver)], moment))


def _moment(day: Day, run: Run, fault: Violation) -> int:
    """Return the end of the visit at which a fault shows; that of the run where it is none visit's."""
    for visit in run.visits:
        if fault.request is not None and fault.request in (*visit.requests, *visit.loaded, *visit.unloaded):
            late = fault.code == "late-at-hub" and fault.request not in visit.unloaded
            if not late:
                return visit.end
        closed = not any(opens <= visit.begin and visit.end <= closes for opens, closes in day.hub.windows)
        if fault.code == "hub-closed" and visit.type == "hub" and closed:
            return visit.end
        if fault.code.startswith("break") and visit.type == "break":
            return visit.end
    return run.visits[-1].end


def _trip_before(run: Run, moment: int) -> tuple[str, ...]:
    """Return the requests of the last stops before a moment, back to a hub visit; of all the run where that is none."""
    trip: list[str] = []
    for visit in reversed([visit for visit in run.visits if visit.end <= moment]):
        if visit.type == "hub" and trip:
            break
        trip += visit.requests
    return tuple(trip) or run.requests


def _least(day: Day, names: Sequence[str]) -> str:
    """Return whose loss costs least; of equals the first named."""
    asked = {request.id: request for request in day.requests}
    return min(names, key=lambda name: day.costs.unserved(asked[name]))


def _with_what_follows(day: Day, lost: str, runs: Sequence[Run]) -> tuple[str, ...]:
    """Return a request and, where it brings a document in, the return that waits for it."""
    served = {name for run in runs for name in run.requests}
    waiting = (request.id for request in day.requests if request.round_trip_of == lost and request.id in served)
    return lost, *waiting
