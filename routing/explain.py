"""Why a request is unserved and what would serve it; what a served one costs and how much room it has.

Whatever is said was tried: a reason that depends on the plan by lifting one rule and serving the request then, a remedy
by changing the day and checking the plan that results.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice
from typing import Any

from routing._case import Case, Remedy
from routing._remedies import remedies_for, without_queue
from routing._served import Served, served
from routing._trials import with_requests
from routing.check import check
from routing.errors import InvalidInput, Problem, UnknownId
from routing.model import Day, Request
from routing.plan import Plan
from routing.reasons import OF_THE_DAY, because, unserved

__all__ = ["Explanation", "Remedy", "Served", "Why", "explain"]

RIVALS = 6
"""So many requests of higher priority near by are tried as the ones that take the place."""


@dataclass(frozen=True)
class Why:
    """Why a request is unserved, and what would help.

    Attributes
    ----------
    request, code, message
        Its id, a code of `routing.reasons.CATALOGUE`, and one sentence with the numbers.
    remedies
        Changes of the day with which it is served and nothing else is lost: each was tried and its plan checked.
    """

    request: str
    code: str
    message: str
    remedies: tuple[Remedy, ...]

    def form(self) -> dict[str, Any]:
        """Return what is written in JSON."""
        remedies = [remedy.form() for remedy in self.remedies]
        return {"request": self.request, "code": self.code, "message": self.message, "remedies": remedies}


@dataclass(frozen=True)
class Explanation:
    """What `explain` found.

    Attributes
    ----------
    unserved
        One entry for each request asked about that the plan leaves out.
    served
        One entry for each request asked about that it serves.
    """

    unserved: tuple[Why, ...]
    served: tuple[Served, ...]

    def to_json(self) -> str:
        """Return the explanation as JSON text; the changed days and their plans are left out."""
        content = {"unserved": [each.form() for each in self.unserved], "served": [each.form() for each in self.served]}
        return json.dumps(content, indent=1, ensure_ascii=False)


def explain(day: Day, plan: Plan, *, requests: Iterable[str] | None = None, remedies: int = 2) -> Explanation:
    """Say of requests why they are unserved and what would help, or what serving them costs.

    Parameters
    ----------
    day
        What was asked.
    plan
        A valid plan of it.
    requests
        Ids to explain; by default all that the plan leaves unserved.
    remedies
        At most so many remedies for each. Each takes a few attempts, of a third of a second on a day of 1,000 requests.

    Raises
    ------
    UnknownId
        When an id is none of the day's.
    InvalidInput
        When the plan breaks the rules of the day, or `remedies` is negative.
    """
    violations = check(day, plan)
    if violations:
        raise InvalidInput([Problem("plan", "", f"breaks {violations[0]}: expected a valid plan of this day")])
    if remedies < 0:
        raise InvalidInput([Problem("explain", "remedies", f"is {remedies}: expected a whole number from 0 up")])
    by_id = {request.id: request for request in day.requests}
    done = {name for run in plan.runs for name in run.requests}
    asked = [request.id for request in day.requests if request.id not in done] if requests is None else list(requests)
    for name in asked:
        if name not in by_id:
            raise UnknownId(f"request {name!r}: expected the id of a request of this day")
    return Explanation(
        tuple(_why(day, plan, by_id, name, remedies) for name in asked if name not in done),
        tuple(served(day, plan, name) for name in asked if name in done),
    )


def _why(day: Day, plan: Plan, by_id: dict[str, Request], name: str, remedies: int) -> Why:
    left_out = [each.request for each in plan.unserved]
    found = next(each for each in unserved(day, left_out) if each.request == name)
    case = Case(day, plan, by_id[name])
    if found.code == "pickup-unserved":
        case = Case(day, plan, by_id[by_id[name].round_trip_of or name], waiting=name)
        first = next(each for each in unserved(day, left_out) if each.request == case.request.id)
        code = first.code if first.code in OF_THE_DAY else _plan_code(case)[0]
    elif found.code in OF_THE_DAY:
        code = found.code
    else:
        code, text = _plan_code(case)
        found = because(case.request, code, text)
    helps = tuple(islice(remedies_for(case, code), remedies)) if remedies else ()
    return Why(name, found.code, found.message, helps)


def _plan_code(case: Case) -> tuple[str, str]:
    """Say by trying what of the plan keeps the request out: the first single rule without which it would be served."""
    plan = case.tried(case.day)
    if plan is not None:
        return _room_found(case, plan)
    day, request = case.day, case.request
    if day.hub.lanes is not None and case.tried(without_queue(day)) is not None:
        return "lanes-full", f"would be served if no vehicle had to queue for the hub, lanes: {day.hub.lanes}"
    lifted = case.with_drivers(lambda each: each.replace(max_trips=None, max_stops=None, max_distance=None))
    if lifted != day and case.tried(lifted) is not None:
        return "limits-reached", "would be served if no driver had a limit of trips, stops or metres"
    roomy = case.with_drivers(lambda each: each.replace(capacity=each.capacity + request.documents))
    if case.tried(roomy) is not None:
        text = f"would be served if somebody could carry {request.documents} documents more at once"
        return "capacity-full", text
    rival = _rival(case)
    if rival is not None:
        text = f"would be served in place of {rival.id}, of priority {rival.priority}; its own is {request.priority}"
        return "dropped-for-priority", text
    return "no-time-left", _spent(case)


def _room_found(case: Case, plan: Plan) -> tuple[str, str]:
    penalty = case.day.costs.unserved(case.request)
    extra = plan.cost.total - plan.cost.unserved - case.plan.cost.total + case.plan.cost.unserved
    if extra < penalty:
        return "fits-after-all", f"can be served for {extra}, less than the {penalty} of leaving it out: plan on"
    return "not-worth-it", f"could be served, but that costs {extra} and leaving it out {penalty}"


def _rival(case: Case) -> Request | None:
    """A request of higher priority without which this one would be served, among the nearest."""
    done = {name for run in case.plan.runs for name in run.requests}
    happened = {
        name for driver in case.day.drivers for v in driver.history for name in (*v.requests, *v.loaded, *v.unloaded)
    }
    higher = [
        each
        for each in case.day.requests
        if each.id in done - happened and each.priority > case.request.priority and each.id != case.waiting
    ]
    seconds = case.day.travel.seconds
    near = sorted(higher, key=lambda each: (int(seconds[case.request.place, each.place]), each.id))
    for each in near[:RIVALS]:
        out = {each.id, *(other.id for other in case.day.requests if other.round_trip_of == each.id)}
        if with_requests(case.day, case.plan, [case.request.id], without=out) is not None:
            return each
    return None


def _spent(case: Case) -> str:
    able = case.able()
    used = {run.driver: run for run in case.plan.runs}
    busy = sum(each.id in used for each in able)
    others = sum(len(used[each.id].requests) for each in able if each.id in used)
    return f"fits into no run: {len(able)} able drivers, {busy} of them used, for {others} other requests"
