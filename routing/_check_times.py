"""When things happen: stops (rule 2), lane services (6), the shift and the breaks (7), the legs (9)."""

from __future__ import annotations

from collections import Counter

from routing._check_case import Case, Journey
from routing._check_report import Report, clock
from routing.model import Break
from routing.visits import Visit


def check_times(case: Case, report: Report) -> None:
    """Blame every moment that does not follow, run by run, and lanes used twice at once."""
    for journey in case.journeys:
        if journey.planned:
            _check_legs(case, journey, report)
            _check_shift(case, journey, report)
            _check_breaks(case, journey, report)
    for driver, visit, planned in case.visits:
        if planned and visit.type == "stop":
            _check_stop(case, driver, visit, report)
        elif planned and visit.type == "hub":
            _check_lane_service(case, driver, visit, report)
    if case.day.hub.lanes is not None:
        _check_lanes(case, report)


def _check_legs(case: Case, journey: Journey, report: Report) -> None:
    visits, now = journey.visits, case.day.now
    for index in range(max(journey.past, 1), len(visits)):
        before, after = visits[index - 1], visits[index]
        if not (case.has_place(before) and case.has_place(after)):
            continue
        # What has happened may lie long ago: the driver stands there and leaves now.
        leave = before.end if now is None or index > journey.past else max(before.end, now)
        arrive = case.arrival(leave, before.place, after.place)
        if after.arrive != arrive:
            message = (
                f"leaves place {before.place} {clock(leave)} and arrives at place {after.place} {clock(after.arrive)}, "
                f"but the leg ends {clock(arrive)}"
            )
            report.blame("leg", message, driver=journey.driver.id)


def _check_shift(case: Case, journey: Journey, report: Report) -> None:
    (opens, closes), driver = journey.driver.shift, journey.driver.id
    leave, end = journey.visits[0].end, journey.visits[-1].end
    if journey.past == 0:
        if not opens <= leave <= closes:
            message = f"leaves {clock(leave)}, but the shift is {clock(opens)} to {clock(closes)}"
            report.blame("shift-start", message, driver=driver)
        if case.day.now is not None and leave < case.day.now:
            message = f"leaves {clock(leave)}, but it is {clock(case.day.now)} already"
            report.blame("before-now", message, driver=driver)
    if not opens <= end <= closes:
        message = f"ends {clock(end)}, but the shift is {clock(opens)} to {clock(closes)}"
        report.blame("shift-end", message, driver=driver)


def _check_breaks(case: Case, journey: Journey, report: Report) -> None:
    """Judge the planned breaks; those of the past count as taken, those missed in the past as past."""
    driver, leave, end = journey.driver, journey.visits[0].end, journey.visits[-1].end
    taken = _check_breaks_taken(journey, report)
    happened = _breaks_happened(journey)
    for each in driver.breaks:
        due = leave <= each.earliest and end > each.latest
        times = taken[each] + (each in happened)
        window = f"the break from {clock(each.earliest)} to {clock(each.latest)}"
        if taken[each] and not due:
            message = f"takes {window}, which is not due: the run leaves {clock(leave)} and ends {clock(end)}"
            report.blame("break-not-due", message, driver=driver.id)
        if taken[each] and times > 1:
            report.blame("break-twice", f"takes {window} {times} times", driver=driver.id)
        if due and not times and _planned_from(case, journey) <= each.latest:
            message = f"does not take {window}, which is due: the run leaves {clock(leave)} and ends {clock(end)}"
            report.blame("break-missing", message, driver=driver.id)


def _check_breaks_taken(journey: Journey, report: Report) -> Counter[Break]:
    """Judge each planned break visit for itself; return how often each of the driver's breaks is taken."""
    driver = journey.driver
    taken: Counter[Break] = Counter()
    for index in range(journey.past, len(journey.visits)):
        visit = journey.visits[index]
        if visit.type != "break":
            continue
        _check_break_place(journey, index, report)
        meant = next((each for each in driver.breaks if each.earliest <= visit.begin <= each.latest), None)
        if meant is None:
            message = f"the break at {clock(visit.begin)} begins in no window of the driver's breaks"
            report.blame("break-window", message, driver=driver.id)
            continue
        taken[meant] += 1
        if visit.end - visit.begin != meant.length:
            message = f"the break at {clock(visit.begin)} lasts {visit.end - visit.begin} s, not {meant.length} s"
            report.blame("break-length", message, driver=driver.id)
    return taken


def _breaks_happened(journey: Journey) -> set[Break]:
    """The driver's breaks that lie in the past: each past break visit is the one whose window is nearest."""
    open_breaks = list(journey.driver.breaks)
    happened = set()
    for visit in journey.visits[: journey.past]:
        if visit.type == "break" and open_breaks:
            begin = visit.begin
            nearest = min(open_breaks, key=lambda each: max(each.earliest - begin, begin - each.latest, 0))
            open_breaks.remove(nearest)
            happened.add(nearest)
    return happened


def _planned_from(case: Case, journey: Journey) -> int:
    """The moment from which the run is planned rather than past."""
    if journey.past == 0:
        return journey.visits[0].end
    return max(journey.visits[journey.past - 1].end, case.day.now or 0)


def _check_break_place(journey: Journey, index: int, report: Report) -> None:
    """A break is where the driver was or where the next visit that is no break will be."""
    visits = journey.visits
    following = next((visit for visit in visits[index + 1 :] if visit.type != "break"), None)
    allowed = [each.place for each in (visits[index - 1] if index else None, following) if each is not None]
    if visits[index].place not in allowed:
        message = (
            f"the break at {clock(visits[index].begin)} is at place {visits[index].place}, "
            f"not where the visit before or after it is ({', '.join(map(str, allowed))})"
        )
        report.blame("break-place", message, driver=journey.driver.id)


def _check_stop(case: Case, driver: str, visit: Visit, report: Report) -> None:
    known = [case.requests[request] for request in visit.requests if request in case.requests]
    for request in known:
        if not any(earliest <= visit.begin <= latest for earliest, latest in request.windows):
            windows = ", ".join(f"{clock(earliest)} to {clock(latest)}" for earliest, latest in request.windows)
            message = f"its stop begins {clock(visit.begin)}, outside its windows {windows}"
            report.blame("window", message, driver=driver, request=request.id)
    access = case.day.places[visit.place].access if case.has_place(visit) else 0
    lasts = access + sum(request.service for request in known)
    if visit.end - visit.begin != lasts:
        message = (
            f"the stop at {clock(visit.begin)} lasts {visit.end - visit.begin} s, but access {access} s and "
            f"the service of {len(known)} requests make {lasts} s"
        )
        report.blame("stop-length", message, driver=driver)


def _check_lane_service(case: Case, driver: str, visit: Visit, report: Report) -> None:
    hub = case.day.hub
    moved = case.documents(visit.unloaded) + case.documents(visit.loaded)
    lasts = hub.base + hub.per_document * moved
    if visit.end - visit.begin != lasts:
        message = (
            f"the lane service at {clock(visit.begin)} lasts {visit.end - visit.begin} s, but {hub.base} s and "
            f"{hub.per_document} s for each of {moved} documents make {lasts} s"
        )
        report.blame("lane-service", message, driver=driver)
    if not any(opens <= visit.begin and visit.end <= closes for opens, closes in hub.windows):
        windows = ", ".join(f"{clock(opens)} to {clock(closes)}" for opens, closes in hub.windows)
        message = f"the lane service {clock(visit.begin)} to {clock(visit.end)} is in no opening window of {windows}"
        report.blame("hub-closed", message, driver=driver)
    if hub.lanes is not None and (visit.lane is None or not 0 <= visit.lane < hub.lanes):
        message = f"the hub visit at {clock(visit.begin)} is on lane {visit.lane}, but lanes are 0 to {hub.lanes - 1}"
        report.blame("lane-number", message, driver=driver)


def _check_lanes(case: Case, report: Report) -> None:
    """Sweep each lane in time; two services of the past may overlap, as they have happened."""
    services = sorted(
        (
            (visit.begin, visit.end, driver, visit.lane, planned)
            for driver, visit, planned in case.visits
            if _lane(visit)
        ),
        key=lambda service: service[:2],
    )
    free: dict[tuple[int | None, bool], tuple[int, str]] = {}
    for begin, end, driver, lane, planned in services:
        others = [free[lane, True]] if (lane, True) in free else []
        if planned and (lane, False) in free:
            others.append(free[lane, False])
        busy_until, other = max(others, default=(begin, ""))
        if begin < busy_until:
            message = (
                f"its lane service on lane {lane} begins {clock(begin)}, while that of {other} lasts until "
                f"{clock(busy_until)}"
            )
            report.blame("lane-overlap", message, driver=driver)
        free[lane, planned] = max(free.get((lane, planned), (end, driver)), (end, driver))


def _lane(visit: Visit) -> bool:
    """Whether the visit takes a lane for some time."""
    return visit.type == "hub" and visit.lane is not None and visit.begin < visit.end
