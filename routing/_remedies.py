"""What would help: small changes of the day, each tried before it is offered."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from routing._case import MINUTES, NEW_DRIVER, Case, Change, Remedy, least, run_costs
from routing._trials import stop_of
from routing.model import Day, Driver, Hub
from routing.plan import Plan
from routing.reasons import clock

Family = Callable[[Case], Remedy | None]


def as_it_stands(case: Case) -> Remedy | None:
    """Nothing changed: the plan has room."""
    plan = case.tried(case.day)
    if plan is None:
        return None
    return case.remedy("search-on", "as the plan stands, if it is planned on from there", case.day, plan)


def worth_more(case: Case) -> Remedy | None:
    """Leaving a request out costs more, so that serving this one pays."""
    plan = case.tried(case.day)
    if plan is None:
        return None
    extra = run_costs(plan) - run_costs(case.plan)
    base = case.day.costs.unserved_base + extra - case.day.costs.unserved(case.request) + 1
    day = case.day.replace(costs=case.day.costs.replace(unserved_base=max(base, case.day.costs.unserved_base)))
    plan = case.tried(day)
    text = f"if leaving a request out cost {day.costs.unserved_base} (unserved_base) instead of"
    return (
        None
        if plan is None
        else case.remedy("worth-more", f"{text} {case.day.costs.unserved_base}: serving it costs {extra}", day, plan)
    )


def window_earlier(case: Case) -> Remedy | None:
    """Its first window opens earlier."""
    (opens, closes), *rest = case.request.windows

    def change(minutes: int) -> Day | None:
        earlier = opens - 60 * minutes
        return case.with_request(windows=((earlier, closes), *rest)) if earlier >= 0 else None

    return _by_minutes(case, change, "window-earlier", "if its window opened {} minutes earlier")


def window_later(case: Case) -> Remedy | None:
    """Its last window closes later."""
    *rest, (opens, closes) = case.request.windows
    return _by_minutes(
        case,
        lambda minutes: case.with_request(windows=(*rest, (opens, closes + 60 * minutes))),
        "window-later",
        "if its window closed {} minutes later",
    )


def ready_earlier(case: Case) -> Remedy | None:
    """The document is ready earlier."""
    ready = case.request.ready_at

    def change(minutes: int) -> Day | None:
        return None if ready is None or ready < 60 * minutes else case.with_request(ready_at=ready - 60 * minutes)

    return _by_minutes(case, change, "ready-earlier", "if its document were ready {} minutes earlier")


def due_later(case: Case) -> Remedy | None:
    """The pickup may be unloaded later."""
    due = case.request.due_at_hub

    def change(minutes: int) -> Day | None:
        return None if due is None else case.with_request(due_at_hub=due + 60 * minutes)

    return _by_minutes(case, change, "due-later", "if it were due at the hub {} minutes later")


def hub_later(case: Case) -> Remedy | None:
    """The hub closes later, and who was bound by it may be unloaded later too."""
    *rest, (opens, closes) = case.day.hub.windows
    return _by_minutes(
        case,
        lambda minutes: case.day.replace(hub=case.day.hub.replace(windows=(*rest, (opens, closes + 60 * minutes)))),
        "hub-closes-later",
        "if the hub closed {} minutes later",
    )


def _by_minutes(case: Case, change: Change, code: str, text: str) -> Remedy | None:
    found = least(case, change)
    return None if found is None else case.remedy(code, text.format(found[0]), found[1], found[2])


def shift_later(case: Case) -> Remedy | None:
    """A shift ends later."""
    return _by_driver(
        case,
        lambda driver, minutes: driver.replace(shift=(driver.shift[0], driver.shift[1] + 60 * minutes)),
        "shift-ends-later",
        "if their shift ended {} minutes later",
    )


def shift_earlier(case: Case) -> Remedy | None:
    """A shift begins earlier."""
    return _by_driver(
        case,
        lambda driver, minutes: driver.replace(shift=(max(0, driver.shift[0] - 60 * minutes), driver.shift[1])),
        "shift-begins-earlier",
        "if their shift began {} minutes earlier",
    )


def _by_driver(case: Case, change: Callable[[Driver, int], Driver], code: str, text: str) -> Remedy | None:
    """Change all able drivers to see who would serve it, then that one alone by the least that helps."""
    able = {driver.id for driver in case.able()}
    most = case.with_drivers(lambda driver: change(driver, MINUTES[-1]) if driver.id in able else driver)
    plan = case.tried(most)
    if plan is None:
        return None
    who, _ = stop_of(plan, case.request.id)
    found = least(case, lambda minutes: case.with_drivers(lambda driver: change(driver, minutes), who))
    return None if found is None else case.remedy(code, text.format(found[0]), found[1], found[2])


def skill(case: Case) -> Remedy | None:
    """A driver has the skills asked for."""
    needs = case.request.skills
    if not needs:
        return None
    return _lifted(
        case,
        "skill",
        lambda driver: driver.replace(skills=driver.skills | needs),
        lambda before, _: f"if they had the skill {', '.join(sorted(needs - before.skills))}",
        lambda driver, _: driver.replace(skills=driver.skills | needs),
    )


def capacity(case: Case) -> Remedy | None:
    """A driver carries more: what the run with the request then has on board at most."""

    def fitted(driver: Driver, plan: Plan) -> Driver:
        loads = (visit.load_after for run in plan.runs if run.driver == driver.id for visit in run.visits)
        return driver.replace(capacity=max(driver.capacity, *loads))

    return _lifted(
        case,
        "capacity",
        lambda driver: driver.replace(capacity=driver.capacity + case.request.documents),
        lambda before, after: f"if they could carry {after.capacity} documents instead of {before.capacity}",
        fitted,
    )


def limits(case: Case) -> Remedy | None:
    """A driver may make more trips, stops or metres: as many as the run with the request has."""

    def lifted(driver: Driver) -> Driver:
        return driver.replace(max_trips=None, max_stops=None, max_distance=None)

    def fitted(driver: Driver, plan: Plan) -> Driver:
        run = next(run for run in plan.runs if run.driver == driver.id)
        has = {"max_trips": len(list(run.trips())), "max_stops": len(run.stops), "max_distance": run.metres}
        old = {name: getattr(driver, name) for name in has}
        return driver.replace(**{name: max(old[name], has[name]) for name in has if old[name] is not None})

    def worded(before: Driver, after: Driver) -> str:
        units = {"max_trips": "trips", "max_stops": "stops", "max_distance": "m"}
        raised = [
            f"{getattr(after, name)} {unit} instead of {getattr(before, name)}"
            for name, unit in units.items()
            if getattr(after, name) != getattr(before, name)
        ]
        return f"if they were allowed {' and '.join(raised)}"

    return _lifted(case, "limits", lifted, worded, fitted)


def _lifted(
    case: Case,
    code: str,
    lift: Callable[[Driver], Driver],
    worded: Callable[[Driver, Driver], str],
    fitted: Callable[[Driver, Plan], Driver],
) -> Remedy | None:
    """Lift a bound for everybody to see who would serve it, then for that one alone as far as is needed."""
    plan = case.tried(case.with_drivers(lift))
    if plan is None:
        return None
    who, _ = stop_of(plan, case.request.id)
    before = next(driver for driver in case.day.drivers if driver.id == who)
    after = fitted(before, plan)
    day = case.with_drivers(lambda _: after, who)
    plan = case.tried(day)
    return None if plan is None or after == before else case.remedy(code, worded(before, after), day, plan)


def without_queue(day: Day) -> Day:
    """Return the day with a lane for each driver; not with unlimited lanes, as past visits have had theirs."""
    return day.replace(hub=day.hub.replace(lanes=min(10_000, (day.hub.lanes or 0) + len(day.drivers) + 1)))


def lanes(case: Case) -> Remedy | None:
    """The hub has more lanes."""
    have = case.day.hub.lanes
    if have is None or case.tried(without_queue(case.day)) is None:
        return None
    for more in range(have + 1, have + 5):
        day = case.day.replace(hub=case.day.hub.replace(lanes=more))
        plan = case.tried(day)
        if plan is not None:
            return case.remedy("lanes", f"with {more} lanes instead of {have}", day, plan)
    return None


def more_drivers(case: Case) -> Remedy | None:
    """One more driver comes, for as long as is needed."""
    new = _new_driver(case)
    found = _with_driver(case, new)
    if found is None:
        return None
    day, plan = found
    run = next((run for run in plan.runs if run.driver == new.id), None)
    if run is None:
        return None
    slot = 300
    shift = (run.visits[0].end // slot * slot, -(-run.visits[-1].end // slot) * slot)
    found = _with_driver(case, new.replace(shift=shift))
    day, plan = found or (day, plan)
    begins, ends = shift if found else new.shift
    with_skill = f" with the skill {', '.join(sorted(case.request.skills))}" if case.request.skills else ""
    text = f"with one more driver{with_skill} from {clock(begins)} to {clock(ends)}"
    if stop_of(plan, case.request.id)[0] != new.id:
        text += ", who takes over other requests"
    return case.remedy("more-drivers", text, day, plan)


def _with_driver(case: Case, driver: Driver) -> tuple[Day, Plan] | None:
    day = case.day.replace(drivers=(*case.day.drivers, driver))
    plan = case.tried(day)
    return None if plan is None else (day, plan)


def _new_driver(case: Case) -> Driver:
    """A driver like the cheapest able one, with the skills and room that the request needs, from early to late."""
    day, request, hub = case.day, case.request, case.day.hub
    likes: Sequence[Driver] = case.able() or day.drivers
    shift = _widest_shift(day, hub)
    if not likes:
        return Driver(NEW_DRIVER, hub.place, hub.place, shift, max(20, request.documents), request.skills)
    like = min(likes, key=lambda driver: (driver.cost_run, driver.cost_hour, driver.cost_km, driver.id))
    return like.replace(
        id=NEW_DRIVER,
        shift=shift,
        history=(),
        breaks=(),
        capacity=max(like.capacity, request.documents),
        skills=like.skills | request.skills,
        max_trips=None,
        max_stops=None,
        max_distance=None,
    )


def _widest_shift(day: Day, hub: Hub) -> tuple[int, int]:
    begins = min((driver.shift[0] for driver in day.drivers), default=hub.windows[0][0])
    ends = max((driver.shift[1] for driver in day.drivers), default=hub.closes)
    return min(begins, hub.windows[0][0]), max(ends, hub.closes)


_OTHERWISE: tuple[Family, ...] = (
    more_drivers, window_earlier, window_later, shift_later, shift_earlier, ready_earlier, lanes, limits, capacity,
    due_later, hub_later, skill,
)  # fmt: skip
_FIRST: dict[str, tuple[Family, ...]] = {
    "no-driver": (more_drivers,),
    "no-skill": (skill, more_drivers),
    "capacity-too-small": (capacity, more_drivers),
    "beyond-limits": (limits, more_drivers),
    "window-unreachable": (window_later, shift_earlier),
    "not-ready-in-time": (ready_earlier, window_later, hub_later),
    "misses-hub-closing": (window_earlier, due_later, hub_later),
    "outside-shifts": (shift_later, shift_earlier, window_earlier),
    "fits-after-all": (as_it_stands,),
    "not-worth-it": (worth_more,),
    "lanes-full": (lanes,),
    "limits-reached": (limits,),
    "capacity-full": (capacity,),
}


def remedies_for(case: Case, code: str) -> Iterator[Remedy]:
    """Yield what helps, what fits the reason first; each is tried when it is asked for."""
    # Where the plan has room as it is, any change of the day would seem to help.
    others = () if code in ("fits-after-all", "not-worth-it") else _OTHERWISE
    for family in dict.fromkeys((*_FIRST.get(code, ()), *others)):
        remedy = family(case)
        if remedy is not None:
            yield remedy
