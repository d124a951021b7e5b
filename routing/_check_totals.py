"""Sums: limits and skills of a driver (rule 8), stated metres, paid time and costs (rule 11)."""

from __future__ import annotations

from routing._check_case import Case, Journey
from routing._check_report import Report
from routing.model import Request
from routing.visits import Visit


def check_limits(case: Case, report: Report) -> None:
    """Blame stops without the skill for them and runs with too many trips, stops or metres."""
    for journey in case.journeys:
        _check_skills(case, journey, report)
        _check_limits(case, journey, report)


def _check_skills(case: Case, journey: Journey, report: Report) -> None:
    driver = journey.driver
    for visit in journey.planned:
        for request in visit.requests if visit.type == "stop" else ():
            lacking = case.requests[request].skills - driver.skills if request in case.requests else frozenset()
            if lacking:
                message = f"needs {', '.join(sorted(lacking))}, which its driver lacks"
                report.blame("skills", message, driver=driver.id, request=request)


def _check_limits(case: Case, journey: Journey, report: Report) -> None:
    """Compare the whole run with the limits, unless all of what counts lies in the past."""
    driver, visits, past = journey.driver, journey.visits, journey.visits[: journey.past]
    for code, unit, limit, total, happened in (
        ("max-trips", "trips", driver.max_trips, _trips(visits), _trips(past)),
        ("max-stops", "stops", driver.max_stops, _stops(visits), _stops(past)),
        ("max-distance", "m", driver.max_distance, case.metres(visits), case.metres(past)),
    ):
        if limit is not None and total > limit and total > happened:
            report.blame(code, f"the run has {total} {unit}, at most {limit} are allowed", driver=driver.id)


def _stops(visits: tuple[Visit, ...]) -> int:
    return sum(visit.type == "stop" for visit in visits)


def _trips(visits: tuple[Visit, ...]) -> int:
    """How many hub visits are followed by a stop before the next hub visit."""
    trips, from_hub = 0, False
    for visit in visits:
        if visit.type == "hub":
            from_hub = True
        elif visit.type == "stop" and from_hub:
            trips, from_hub = trips + 1, False
    return trips


def check_costs(case: Case, report: Report) -> None:
    """Blame every stated figure that is not the one that follows from the runs."""
    runs = distance = time = 0
    for journey in case.journeys:
        driver, run = journey.driver, journey.run
        metres, paid = case.metres(journey.visits), _paid_seconds(journey.visits)
        by_distance = _round_half_up(driver.cost_km * metres, 1000)
        by_time = _round_half_up(driver.cost_hour * paid, 3600)
        cost = driver.cost_run + by_distance + by_time
        stated = ("metres", run.metres, metres), ("paid-seconds", run.paid_seconds, paid), ("run-cost", run.cost, cost)
        for code, given, follows in stated:
            if given != follows:
                report.blame(code, f"the run's {_word(code)} {given}, but {follows} follow", driver=driver.id)
        runs, distance, time = runs + driver.cost_run, distance + by_distance, time + by_time
    _check_totals(case, report, runs=runs, distance=distance, time=time)


def _word(code: str) -> str:
    return {"metres": "metres are", "paid-seconds": "paid seconds are", "run-cost": "cost is"}[code]


def _check_totals(case: Case, report: Report, *, runs: int, distance: int, time: int) -> None:
    served = {move.request for move in case.served}
    costs, stated = case.day.costs, case.plan.cost
    unserved = sum(
        costs.unserved_base + costs.unserved_per_priority * request.priority
        for request in case.day.requests
        if request.id not in served
    )
    for code, given, follows in (
        ("cost-runs", stated.runs, runs),
        ("cost-distance", stated.distance, distance),
        ("cost-time", stated.time, time),
        ("cost-unserved", stated.unserved, unserved),
        ("cost-total", stated.total, runs + distance + time + unserved),
        (
            "cost-point-to-point",
            stated.point_to_point,
            sum(_point_to_point(case, request) for request in case.day.requests if request.id in served),
        ),
    ):
        if given != follows:
            report.blame(code, f"the plan's cost.{code[5:].replace('-', '_')} is {given}, but {follows} follow")


def _point_to_point(case: Case, request: Request) -> int:
    """What one courier trip for `request` alone costs by the tariff."""
    hub, costs = case.day.hub.place, case.day.costs
    origin, destination = (request.place, hub) if request.kind == "pickup" else (hub, request.place)
    metres = int(case.day.travel.metres[origin, destination])
    return max(costs.tariff_min, _round_half_up(costs.tariff_km * metres, 1000))


def _paid_seconds(visits: tuple[Visit, ...]) -> int:
    breaks = sum(visit.end - visit.begin for visit in visits if visit.type == "break")
    return visits[-1].end - visits[0].end - breaks


def _round_half_up(numerator: int, denominator: int) -> int:
    return (2 * numerator + denominator) // (2 * denominator)
