"""Every rule of a valid plan shown at work: the day is changed so that a good plan breaks it, and planned anew."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import routing
from benchmarks.rules.bench import Answer, Bars, Bench, Row, operating_cost
from geodata.profiles import HALF_HOUR
from routing import Break, Day, Driver, Plan, Request, Run, TrafficClock, Unserved, Visit
from routing.model import Window

SIZE = 80
"""Requests of the day: enough for several riders, few enough to be looked at."""
MINUTES = 60
Changed = tuple[Day, Plan]


@dataclass(frozen=True)
class Case:
    """One rule.

    Attributes
    ----------
    rule
        Its number.
    text
        What is changed.
    change
        Makes the day, or what the plan says, so that they no longer agree; None where the plan has nothing of the kind.
    """

    rule: int
    text: str
    change: Callable[[Day, Plan], Changed | None]


def asked_each(bench: Bench) -> Answer:
    """Plan a small day; for each rule, change the day so that the plan breaks it, let it be checked, and plan anew."""
    day = bench.day(requests=SIZE)
    plan = bench.solve(day, "the day as it is")
    rows = [_row(Case(0, "nothing", lambda day, plan: (day, plan)), (day, plan), plan)]
    for case in CASES:
        changed = case.change(day, plan)
        if changed is not None:
            anew = None if changed[0] == day else bench.solve(changed[0], case.text)
            rows.append(_row(case, changed, anew))
    planned = [row for row in rows if row["cost_anew"] is not None]
    costs = {"cost of the new plan": [float(row["cost_anew"]) for row in planned]}
    return Answer(
        "each",
        "Every rule: a change by which a good plan breaks it, and the plan made anew",
        rows,
        Bars([f"rule {row['rule']}" if row["rule"] else "as it is" for row in planned], costs, "rupiah"),
        "The checker's first finding about the old plan on the changed day; then what the search makes of the changed "
        "day (-: only what the plan says was changed). Cost is without penalties.",
    )


def _row(case: Case, changed: Changed, anew: Plan | None) -> Row:
    found = routing.check(*changed)
    return {
        "rule": case.rule,
        "changed": case.text,
        "the_old_plan": str(found[0]) if found else "valid",
        "served_anew": None if anew is None else anew.served,
        "cost_anew": None if anew is None else operating_cost(anew),
    }


def _listed_though_served(day: Day, plan: Plan) -> Changed:
    name = plan.runs[0].requests[0]
    return day, plan.replace(unserved=(*plan.unserved, Unserved(name, "no-time-left", "said by mistake")))


def _window_gone(day: Day, plan: Plan) -> Changed:
    stop = max((stop for run in plan.runs for stop in run.stops), key=lambda stop: stop.begin)
    window = (stop.begin - 150 * MINUTES, stop.begin - 30 * MINUTES)
    return _with_request(day, stop.requests[0], windows=(window,), ready_at=None), plan


def _with_less_room(day: Day, plan: Plan) -> Changed:
    fullest = max(plan.runs, key=lambda run: max(visit.load_after for visit in run.visits))
    most = max(visit.load_after for visit in fullest.visits)
    return _with_driver(day, fullest, capacity=max(1, most - 1)), plan


def _ready_later(day: Day, plan: Plan) -> Changed:
    visit = _hub_visits(plan, "loaded")[0]
    return _with_request(day, visit.loaded[0], ready_at=visit.begin + 15 * MINUTES), plan


def _due_earlier(day: Day, plan: Plan) -> Changed:
    visit = _hub_visits(plan, "unloaded")[-1]
    return _with_request(day, visit.unloaded[0], due_at_hub=visit.end - 30 * MINUTES), plan


def _slower_lane(day: Day, plan: Plan) -> Changed:
    return day.replace(hub=day.hub.replace(base=day.hub.base + MINUTES)), plan


def _closed_for_half_an_hour(day: Day, plan: Plan) -> Changed:
    visit = _hub_visits(plan, "unloaded")[0]
    closing, opening = visit.begin - 5 * MINUTES, visit.begin - 5 * MINUTES + HALF_HOUR
    windows: list[Window] = []
    for opens, closes in day.hub.windows:
        parts = ((opens, closing), (opening, closes)) if opens < closing and opening < closes else ((opens, closes),)
        windows += parts
    return day.replace(hub=day.hub.replace(windows=tuple(windows))), plan


def _shift_shorter(day: Day, plan: Plan) -> Changed:
    last = max(plan.runs, key=lambda run: run.visits[-1].end)
    begins = next(driver.shift[0] for driver in day.drivers if driver.id == last.driver)
    return _with_driver(day, last, shift=(begins, last.visits[-1].end - 10 * MINUTES)), plan


def _break_later(day: Day, plan: Plan) -> Changed | None:
    run = next((run for run in plan.runs if any(visit.type == "break" for visit in run.visits)), None)
    if run is None:
        return None
    breaks = next(driver.breaks for driver in day.drivers if driver.id == run.driver)
    later = tuple(Break(each.earliest + 5_400, each.latest + 5_400, each.length) for each in breaks)
    return _with_driver(day, run, breaks=later), plan


def _skill_asked_for(day: Day, plan: Plan) -> Changed | None:
    skilled = {skill for driver in day.drivers for skill in driver.skills}
    lacking = {driver.id for driver in day.drivers if not skilled <= driver.skills}
    run = next((run for run in plan.runs if run.driver in lacking), None)
    if run is None:
        return None
    return _with_request(day, run.requests[0], skills=frozenset(skilled)), plan


def _a_trip_fewer(day: Day, plan: Plan) -> Changed:
    run = max(plan.runs, key=lambda run: len(list(run.trips())))
    return _with_driver(day, run, max_trips=len(list(run.trips())) - 1), plan


def _half_of_the_stops(day: Day, plan: Plan) -> Changed:
    run = max(plan.runs, key=lambda run: len(run.stops))
    return _with_driver(day, run, max_stops=max(1, len(run.stops) // 2)), plan


def _half_of_the_way(day: Day, plan: Plan) -> Changed:
    run = max(plan.runs, key=lambda run: run.metres)
    return _with_driver(day, run, max_distance=run.metres // 2), plan


def _slower_traffic(day: Day, plan: Plan) -> Changed:
    rain = tuple((start, factor * 8 // 10) for start, factor in day.traffic.profile)
    return day.replace(traffic=TrafficClock(rain)), plan


def _slower_processing(day: Day, plan: Plan) -> Changed | None:
    ended = {name: visit.end for visit in _hub_visits(plan, "unloaded") for name in visit.unloaded}
    begun = {name: visit.begin for visit in _hub_visits(plan, "loaded") for name in visit.loaded}
    back = [each for each in day.requests if each.round_trip_of is not None and each.id in begun]
    waits = [begun[each.id] - ended[str(each.round_trip_of)] for each in back]
    if not waits:
        return None
    return day.replace(hub=day.hub.replace(processing=min(waits) + 10 * MINUTES)), plan


def _cost_misstated(day: Day, plan: Plan) -> Changed:
    return day, plan.replace(cost=replace(plan.cost, total=plan.cost.total - 1))


CASES = (
    Case(1, "a request that is served is also listed unserved", _listed_though_served),
    Case(2, "the window of the last stop ends half an hour before it", _window_gone),
    Case(3, "the fullest rider has room for one document less", _with_less_room),
    Case(4, "a return loaded first is ready 15 minutes later", _ready_later),
    Case(5, "a pickup unloaded last is due 30 minutes earlier", _due_earlier),
    Case(6, "each visit keeps its lane a minute longer", _slower_lane),
    Case(6, "the hub closes for half an hour when the first rider is to unload", _closed_for_half_an_hour),
    Case(7, "the shift of the last rider ends 10 minutes before the run", _shift_shorter),
    Case(7, "a rider's break is an hour and a half later", _break_later),
    Case(8, "a request asks for a skill that its rider lacks", _skill_asked_for),
    Case(8, "the rider with the most trips may make one less", _a_trip_fewer),
    Case(8, "the rider with the most stops may make half as many", _half_of_the_stops),
    Case(8, "the rider with the longest way may go half as far", _half_of_the_way),
    Case(9, "traffic is slower by a fifth", _slower_traffic),
    Case(10, "processing takes 10 minutes longer than the shortest round trip had", _slower_processing),
    Case(11, "the plan says that it costs one rupiah less", _cost_misstated),
)


def _hub_visits(plan: Plan, moving: str) -> list[Visit]:
    """Return the hub visits that load, or unload, something, in order of time."""
    visits = (visit for run in plan.runs for visit in run.visits if visit.type == "hub" and getattr(visit, moving))
    return sorted(visits, key=lambda visit: visit.begin)


def _with_request(day: Day, name: str, **changes: object) -> Day:
    requests: tuple[Request, ...] = tuple(
        request.replace(**{key: value for key, value in changes.items() if _has(request, key)})
        if request.id == name
        else request
        for request in day.requests
    )
    return day.replace(requests=requests)


def _has(request: Request, field: str) -> bool:
    return field != "ready_at" or request.kind == "return"


def _with_driver(day: Day, run: Run, **changes: object) -> Day:
    drivers: tuple[Driver, ...] = tuple(
        driver.replace(**changes) if driver.id == run.driver else driver for driver in day.drivers
    )
    return day.replace(drivers=drivers)
