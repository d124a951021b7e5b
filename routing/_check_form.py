"""Rule 11: a plan has the form that "What a plan is" describes, and leaves history as it happened."""

from __future__ import annotations

from collections import Counter
from typing import get_args

from routing._check_case import Case, Journey
from routing._check_report import Report, clock
from routing.visits import Visit, VisitType

_TYPES = get_args(VisitType)


def check_form(case: Case, report: Report) -> None:
    """Blame runs, visits and unserved entries that do not have the form of a plan."""
    for driver, times in Counter(run.driver for run in case.plan.runs).items():
        if driver not in case.drivers:
            report.blame("unknown-driver", "the run's driver is none of this day", driver=driver)
        if times > 1:
            report.blame("driver-twice", f"has {times} runs: a driver has at most one", driver=driver)
    for run in case.plan.runs:
        if not run.visits:
            report.blame(
                "empty-run", "the run has no visits: it starts, stops at least once and ends", driver=run.driver
            )
    for journey in case.journeys:
        _check_history(journey, report)
        _check_ends(journey, report)
        for visit in journey.planned:
            _check_visit(case, journey, visit, report)
    _check_histories_kept(case, report)
    _check_reasons(case, report)


def _check_history(journey: Journey, report: Report) -> None:
    driver, wanted = journey.driver.id, len(journey.driver.history)
    if journey.past < wanted:
        message = f"visit {journey.past} of the run is not visit {journey.past} of the {wanted} that have happened"
        report.blame("history-changed", message, driver=driver)


def _check_histories_kept(case: Case, report: Report) -> None:
    with_run = {run.driver for run in case.plan.runs}
    for driver in case.day.drivers:
        if driver.history and driver.id not in with_run:
            message = f"has no run, although {len(driver.history)} visits have happened"
            report.blame("history-dropped", message, driver=driver.id)


def _check_ends(journey: Journey, report: Report) -> None:
    driver, visits, past = journey.driver, journey.visits, journey.past
    if past == 0 and visits[0].type != "start":
        report.blame("no-start", f"the run begins with a {visits[0].type}, not with its start", driver=driver.id)
    if visits[-1].type != "end":
        report.blame("no-end", f"the run's last visit is a {visits[-1].type}, not its end", driver=driver.id)
    if past == 0 and not any(visit.type == "stop" for visit in visits):
        report.blame("no-stop", "the run has no stop", driver=driver.id)
    for index, visit in enumerate(visits):
        if visit.type == "start" and index >= max(past, 1):
            report.blame("start-inside", f"visit {index} is a second start", driver=driver.id)
        if visit.type == "end" and index < len(visits) - 1 and index >= past - 1:
            report.blame("end-inside", f"visits follow the end, which is visit {index}", driver=driver.id)


def _check_visit(case: Case, journey: Journey, visit: Visit, report: Report) -> None:
    driver = journey.driver.id
    if visit.type not in _TYPES:
        report.blame("visit-type", f"a visit is a {visit.type!r}, not one of {', '.join(_TYPES)}", driver=driver)
    if not visit.arrive <= visit.begin <= visit.end:
        message = (
            f"a {visit.type} arrives {clock(visit.arrive)}, begins {clock(visit.begin)} and ends {clock(visit.end)}: "
            "not in this order"
        )
        report.blame("time-order", message, driver=driver)
    if visit.type in ("start", "end") and not visit.arrive == visit.begin == visit.end:
        message = f"arrive {visit.arrive}, begin {visit.begin} and end {visit.end} of a {visit.type} are one moment"
        report.blame("not-instant", message, driver=driver)
    _check_fields(visit, driver, report)
    if not case.has_place(visit):
        message = f"a {visit.type} is at place {visit.place}, but the day has places 0 to {len(case.day.places) - 1}"
        report.blame("unknown-place", message, driver=driver)
    else:
        _check_place(case, journey, visit, report)
    if visit.type == "hub":
        _check_lane_given(case, visit, driver, report)


def _check_fields(visit: Visit, driver: str, report: Report) -> None:
    belongs = {"lane": "hub", "loaded": "hub", "unloaded": "hub", "requests": "stop"}
    for name, kind in belongs.items():
        value = getattr(visit, name)
        if visit.type != kind and value not in (None, ()):
            report.blame("stray-field", f"a {visit.type} has `{name}` {value!r}: only a {kind} has", driver=driver)
    if visit.type == "stop" and not visit.requests:
        report.blame("empty-stop", f"the stop that begins {clock(visit.begin)} serves nothing", driver=driver)
    if visit.type == "hub" and not visit.loaded and not visit.unloaded:
        report.blame("empty-hub", f"the hub visit that begins {clock(visit.begin)} moves nothing", driver=driver)


def _check_place(case: Case, journey: Journey, visit: Visit, report: Report) -> None:
    driver = journey.driver
    if visit.type == "start" and visit.place != driver.start:
        message = f"starts at place {visit.place}, not at its own start, place {driver.start}"
        report.blame("start-place", message, driver=driver.id)
    if visit.type == "end" and visit.place != _end_place(journey):
        message = f"ends at place {visit.place}, not at place {_end_place(journey)}"
        report.blame("end-place", message, driver=driver.id)
    if visit.type == "hub" and visit.place != case.day.hub.place:
        message = f"a hub visit is at place {visit.place}, but the hub is at place {case.day.hub.place}"
        report.blame("hub-place", message, driver=driver.id)
    if visit.type == "stop":
        for request in visit.requests:
            if request in case.requests and case.requests[request].place != visit.place:
                message = f"served at place {visit.place}, but it is at place {case.requests[request].place}"
                report.blame("stop-place", message, driver=driver.id, request=request)


def _end_place(journey: Journey) -> int:
    """The driver's own end; of an open run, the last place it has been to."""
    if journey.driver.end is not None:
        return journey.driver.end
    return journey.visits[-2].place if len(journey.visits) > 1 else journey.driver.start


def _check_lane_given(case: Case, visit: Visit, driver: str, report: Report) -> None:
    if case.day.hub.lanes is None and visit.lane is not None:
        message = f"the hub visit that begins {clock(visit.begin)} has lane {visit.lane}, but lanes are unlimited"
        report.blame("lane-unlimited", message, driver=driver)


def _check_reasons(case: Case, report: Report) -> None:
    for unserved in case.plan.unserved:
        if not unserved.code or not unserved.message:
            report.blame(
                "no-reason", "is unserved without a code and a sentence that say why", request=unserved.request
            )
