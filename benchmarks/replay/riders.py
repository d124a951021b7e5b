"""Drivers who do what they are told next, exactly when it is planned: their next report."""

from __future__ import annotations

from dataclasses import dataclass

from routing import Dispatcher, Run, Visit
from routing.live.events import Step


@dataclass(frozen=True, order=True)
class Report:
    """What a driver will report next, and when."""

    at: int
    driver: str
    step: Step
    place: int | None

    def tell(self, live: Dispatcher) -> None:
        """Report it."""
        live.progress(self.driver, self.step, max(self.at, live.now), self.place)


def next_report(live: Dispatcher) -> Report | None:
    """Return the report that comes next of all drivers, by the plan as it stands; None where all are done."""
    reports = [_report_of(live, run) for run in live.plan().runs]
    return min((each for each in reports if each is not None), default=None)


def _report_of(live: Dispatcher, run: Run) -> Report | None:
    state = live.next_stops(run.driver)
    if state.bound is not None and not state.there:
        return Report(state.bound.arrive, run.driver, "arrived", state.bound.place)
    if state.bound is not None and (ending := _ending(state.bound, run)):
        return Report(ending[0], run.driver, ending[1], state.bound.place)
    return _beginning(live, run, state.visits, None if state.bound is None else state.bound.place)


def _ending(bound: Visit, run: Run) -> tuple[int, Step] | None:
    """When the visit under way is over, and how that is reported; None where it is only the way to the hub."""
    if bound.type == "stop":
        return next(visit.end for visit in run.visits if visit.requests == bound.requests), "served"
    if bound.type == "break":
        return bound.end, "back"
    return (bound.end, "out_of_lane") if bound.loaded or bound.unloaded else None


def _beginning(live: Dispatcher, run: Run, ahead: tuple[Visit, ...], place: int | None) -> Report | None:
    leave = ahead[0].begin if ahead and ahead[0].type == "start" else live.now
    following = next((visit for visit in ahead if visit.type != "start"), None)
    if following is None or following.type == "end":
        return None
    if following.type == "break":
        return Report(following.begin, run.driver, "break", None)
    here = place if place is not None else run.visits[len(run.visits) - len(ahead) - 1].place
    if following.type == "hub" and here == following.place and ahead[0].type != "start":
        return Report(following.begin, run.driver, "in_lane", following.place)
    return Report(leave, run.driver, "left", following.place)
