"""Rules 1, 4, 5 and 10, as far as they concern a request wherever it is: served once, ready, due, round trips."""

from __future__ import annotations

from collections import Counter, defaultdict

from routing._check_case import Case, Move
from routing._check_report import Report, clock


def check_requests(case: Case, report: Report) -> None:
    """Blame requests lost or doubled, loaded before they are ready or unloaded after they are due."""
    _check_known(case, report)
    _check_coverage(case, report)
    _check_round_trips_served(case, report)
    _check_ready(case, report)
    _check_due(case, report)
    if case.day.one_stop_per_door:
        _check_doors(case, report)


def _check_known(case: Case, report: Report) -> None:
    for driver, visit, planned in case.visits:
        for request in (*visit.requests, *visit.loaded, *visit.unloaded):
            if planned and request not in case.requests:
                message = f"a {visit.type} that begins {clock(visit.begin)} names it, but the day has no such request"
                report.blame("unknown-request", message, driver=driver, request=request)
    for unserved in case.plan.unserved:
        if unserved.request not in case.requests:
            message = "is listed unserved, but the day has no such request"
            report.blame("unknown-request", message, request=unserved.request)


def _check_coverage(case: Case, report: Report) -> None:
    listed = Counter(unserved.request for unserved in case.plan.unserved)
    served: defaultdict[str, list[Move]] = defaultdict(list)
    for move in case.served:
        served[move.request].append(move)
    for request in case.requests:
        moves = served[request]
        if len(moves) > 1 and any(move.planned for move in moves):
            by = ", ".join(f"{move.driver} at {clock(move.visit.begin)}" for move in moves)
            message = f"is served {len(moves)} times, by {by}"
            report.blame("served-twice", message, driver=moves[-1].driver, request=request)
        if listed[request] > 1:
            report.blame("unserved-twice", f"is listed unserved {listed[request]} times", request=request)
        if moves and listed[request]:
            message = f"is listed unserved, but {moves[0].driver} serves it at {clock(moves[0].visit.begin)}"
            report.blame("served-and-unserved", message, driver=moves[0].driver, request=request)
        if not moves and not listed[request]:
            report.blame("missing", "is neither served nor listed unserved", request=request)


def _check_round_trips_served(case: Case, report: Report) -> None:
    served = {move.request for move in case.served}
    in_hand = {request for driver in case.day.drivers for visit in driver.history for request in visit.loaded}
    for move in case.served:
        pickup = case.requests[move.request].round_trip_of if move.request in case.requests else None
        if move.planned and pickup is not None and pickup not in served and move.request not in in_hand:
            message = f"is served, but its document would come in by {pickup}, which is not"
            report.blame("round-trip-without-pickup", message, driver=move.driver, request=move.request)


def _check_ready(case: Case, report: Report) -> None:
    unloaded = _unloading_ends(case)
    for driver, visit, planned in case.visits:
        if not planned:
            continue
        for request in _known(case, visit.loaded):
            ready = case.requests[request].ready_at
            if ready is not None and visit.begin < ready:
                message = f"is loaded in a hub visit that begins {clock(visit.begin)}, but is ready {clock(ready)}"
                report.blame("not-ready", message, driver=driver, request=request)
            pickup = case.requests[request].round_trip_of
            if pickup is None:
                continue
            if pickup not in unloaded:
                message = f"is loaded at {clock(visit.begin)}, but its pickup {pickup} is never unloaded"
                report.blame("round-trip", message, driver=driver, request=request)
            elif visit.begin < (processed := unloaded[pickup] + case.day.hub.processing):
                message = (
                    f"is loaded in a hub visit that begins {clock(visit.begin)}, but its pickup {pickup} "
                    f"is unloaded by {clock(unloaded[pickup])} and processed by {clock(processed)}"
                )
                report.blame("round-trip", message, driver=driver, request=request)


def _unloading_ends(case: Case) -> dict[str, int]:
    """When the unloading of each unloaded request has ended."""
    ends: dict[str, int] = {}
    for _, visit, _ in case.visits:
        for request in visit.unloaded:
            ends[request] = max(visit.end, ends.get(request, visit.end))
    return ends


def _check_due(case: Case, report: Report) -> None:
    for driver, visit, planned in case.visits:
        for request in _known(case, visit.unloaded) if planned else ():
            due = case.requests[request].due_at_hub
            due = case.day.hub.closes if due is None else due
            if visit.end > due:
                message = f"is unloaded by {clock(visit.end)}, but is due at the hub by {clock(due)}"
                report.blame("late-at-hub", message, driver=driver, request=request)


def _check_doors(case: Case, report: Report) -> None:
    stops: defaultdict[int, list[Move]] = defaultdict(list)
    for move in case.served:
        if move.planned and move.request in case.requests:
            stops[case.requests[move.request].place].append(move)
    for place, moves in stops.items():
        for move in moves:
            if move.visit is not moves[0].visit:
                message = (
                    f"is served apart from {moves[0].request} at the same door, place {place}: one stop serves all"
                )
                report.blame("door-split", message, driver=move.driver, request=move.request)


def _known(case: Case, ids: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(request for request in ids if request in case.requests)
