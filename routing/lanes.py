"""The final calendar of the hub: when each visit begins, and on which lane, so that the paid hours are fewest.

The search gives lane time run by run. Here all runs are timed together, each in its order: CP-SAT chooses when every
run leaves and every hub visit begins, lanes being a cumulative resource, documents of round trips going out once they
are in. What lies between two hub visits is one curve (`_passages`), so traffic, windows and breaks are in it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np

from routing._orders import Order, Step, orders_of
from routing._passages import Passage, arrivals, pieces
from routing._walk import kept
from routing.check import check
from routing.cpsat import Effort, solved
from routing.fairness import unevenness
from routing.model import Day, Driver, Request
from routing.plan import Plan, Run
from routing.start import start_of, unloaded_at
from routing.visits import Visit

if TYPE_CHECKING:
    from ortools.sat.python import cp_model

REACH = 1800
"""A visit moves by so many seconds at most: farther makes the model larger than the time it is given."""


def with_calendar(day: Day, plan: Plan, effort: Effort) -> Plan:
    """Return `plan` with the cheapest calendar found for its orders; `plan` itself where there is none cheaper.

    Parameters
    ----------
    day, plan
        What was asked; a valid plan of it.
    effort
        How long to look.

    Returns
    -------
    Plan
        Valid, the same orders, and never dearer.
    """
    if effort.work <= 0 or effort.stop() or not pays(day, plan):
        return plan
    calendar = _Calendar(day, plan)
    solver = solved(calendar.model, effort)
    runs = None if solver is None else calendar.runs(solver)
    if runs is None:
        return plan
    from routing.search.answer import costs_of

    found = plan.replace(runs=runs, cost=costs_of(day, runs, plan.unserved))
    better = found.cost.total + unevenness(day, found) < plan.cost.total + unevenness(day, plan)
    return found if better and not check(day, found) else plan


def pays(day: Day, plan: Plan) -> bool:
    """Whether another calendar could be cheaper: time costs something, and some visit waits for another."""
    drivers = {driver.id: driver for driver in day.drivers}
    costs_time = any(drivers[run.driver].cost_hour for run in plan.runs)
    return costs_time and (_queues(day, plan) or _waits_for_documents(day, plan))


def _queues(day: Day, plan: Plan) -> bool:
    """Whether two visits follow each other on a lane without a gap."""
    visits = [visit for run in plan.runs for visit in run.visits if visit.type == "hub"]
    begins = {(visit.lane, visit.begin) for visit in visits}
    return day.hub.lanes is not None and any((visit.lane, visit.end) in begins for visit in visits)


def _waits_for_documents(day: Day, plan: Plan) -> bool:
    """Whether some document goes out as soon as it is ready after it has come in."""
    hubs = [visit for run in plan.runs for visit in run.visits if visit.type == "hub"]
    unloaded: dict[str | None, int] = {name: visit.end for visit in hubs for name in visit.unloaded}
    pairs = ((request.id, request.round_trip_of) for request in day.requests)
    ready = {name: unloaded[first] + day.hub.processing for name, first in pairs if first in unloaded}
    return any(ready.get(name) == visit.begin for visit in hubs for name in visit.loaded)


@dataclass(frozen=True, eq=False)
class _Moment:
    """When a run leaves its start, the hub or its last stop: `begin` is chosen, `lasts` is known."""

    begin: Any
    lasts: int
    now: int

    @property
    def leave(self) -> Any:
        return self.begin + self.lasts

    @property
    def leaves_now(self) -> int:
        return self.now + self.lasts


@dataclass(frozen=True)
class _Timing:
    """One run in the model: its start, its hub visits and its end, in order."""

    order: Order
    moments: tuple[_Moment, ...]


class _Calendar:
    """The model, and how its solution is read."""

    def __init__(self, day: Day, plan: Plan) -> None:
        from ortools.sat.python import cp_model

        self.day, self.plan, self.model = day, plan, cp_model.CpModel()
        self.requests = {request.id: request for request in day.requests}
        self.services: list[Any] = []
        self.loads: dict[str, _Moment] = {}
        self.unloads: dict[str, _Moment] = {}
        orders = {order.driver.id: order for order in orders_of(day, plan.runs)}
        self.timings = [self._timing(orders[run.driver], run) for run in plan.runs if orders[run.driver].steps]
        self._lanes()
        self._round_trips()
        self.model.minimize(sum(self._paid(timing) for timing in self.timings))

    def _timing(self, order: Order, run: Run) -> _Timing:
        visits = run.visits[len(order.driver.history) :]
        hubs = [self._hub(visit) for visit in visits if visit.type == "hub"]
        timing = _Timing(order, (self._start(order, run), *hubs, self._end(order.driver, visits[-1])))
        self._breaks(timing, visits)
        for (before, after), passage in zip(pairwise(timing.moments), _passages(self.day, order), strict=True):
            self._pass(before, after, passage)
        return timing

    def _var(self, now: int, domain: Sequence[tuple[int, int]]) -> cp_model.IntVar:
        from ortools.sat.python import cp_model

        within = ((max(first, now - REACH), min(last, now + REACH)) for first, last in domain)
        var = self.model.new_int_var_from_domain(
            cp_model.Domain.from_intervals([[first, last] for first, last in within if first <= last]), ""
        )
        self.model.add_hint(var, now)
        return var

    def _start(self, order: Order, run: Run) -> _Moment:
        start = start_of(self.day, order.driver)
        if start.began:
            return _Moment(self.model.new_constant(start.time), 0, start.time)
        leave = run.visits[0].end
        return _Moment(self._var(leave, [(start.time, order.driver.shift[1])]), 0, leave)

    def _end(self, driver: Driver, visit: Visit) -> _Moment:
        return _Moment(self._var(visit.end, [(0, driver.shift[1])]), 0, visit.end)

    def _hub(self, visit: Visit) -> _Moment:
        hub, lasts = self.day.hub, visit.end - visit.begin
        brought = unloaded_at(self.day)
        ready = max((_ready(self.day, self.requests[name], brought) for name in visit.loaded), default=0)
        due = min((self.requests[name].due_at_hub or hub.closes for name in visit.unloaded), default=hub.closes)
        domain = [(max(opens, ready), min(closes, due) - lasts) for opens, closes in hub.windows]
        moment = _Moment(self._var(visit.begin, domain), lasts, visit.begin)
        self.services.append(self.model.new_fixed_size_interval_var(moment.begin, lasts, ""))
        self.loads.update(dict.fromkeys(visit.loaded, moment))
        self.unloads.update(dict.fromkeys(visit.unloaded, moment))
        return moment

    def _breaks(self, timing: _Timing, visits: Sequence[Visit]) -> None:
        """What breaks are taken stays as it is: those are due, the others not."""
        start, end = timing.moments[0], timing.moments[-1]
        taken = [visit.begin for visit in visits if visit.type == "break"]
        began = bool(timing.order.driver.history)
        for each in start_of(self.day, timing.order.driver).breaks:
            if any(each.earliest <= begin <= each.latest for begin in taken):
                self.model.add(end.begin > each.latest)
                if not began:
                    self.model.add(start.begin <= each.earliest)
            elif end.now <= each.latest:
                self.model.add(end.begin <= each.latest)
            else:
                self.model.add(start.begin > each.earliest)

    def _pass(self, before: _Moment, after: _Moment, passage: Passage) -> None:
        """Let `after` begin no earlier than one arrives who leaves at `before`."""
        now = before.leaves_now
        first = max(0, now - REACH)
        arrive = arrivals(self.day, passage, np.arange(first, now + REACH + 1))
        chosen = []
        for piece in pieces(first, arrive, now):
            literal = self.model.new_bool_var("")
            self.model.add_hint(literal, piece.first <= now <= piece.last)
            self.model.add_linear_constraint(before.leave, piece.first, piece.last).only_enforce_if(literal)
            reached = before.leave + piece.value if piece.moves else piece.value
            self.model.add(after.begin >= reached).only_enforce_if(literal)
            chosen.append(literal)
        self.model.add_exactly_one(chosen)

    def _lanes(self) -> None:
        if self.day.hub.lanes is None:
            return
        taken = [
            self.model.new_fixed_size_interval_var(begin, end - begin, "")
            for begin, end in (interval for lane in _taken(self.day).values() for interval in lane)
        ]
        services = [*self.services, *taken]
        self.model.add_cumulative(services, [1] * len(services), self.day.hub.lanes)

    def _round_trips(self) -> None:
        for name, loading in self.loads.items():
            unloading = self.unloads.get(self.requests[name].round_trip_of or "")
            if unloading is not None:
                self.model.add(loading.begin >= unloading.leave + self.day.hub.processing)

    def _paid(self, timing: _Timing) -> Any:
        return timing.order.driver.cost_hour * (timing.moments[-1].begin - timing.moments[0].begin)

    def runs(self, solver: cp_model.CpSolver) -> tuple[Run, ...] | None:
        """Return the runs with the calendar found, exactly timed; None where one cannot be kept after all."""
        from routing.search.answer import timed_run

        found: dict[str, Run] = {}
        begins = {moment: solver.value(moment.begin) for timing in self.timings for moment in timing.moments}
        lanes = self._lanes_of(begins)
        for timing in self.timings:
            booked = iter([(lanes[moment], begins[moment]) for moment in timing.moments[1:-1]])
            steps = (replace(step, booked=next(booked)) if step.type == "hub" else step for step in timing.order.steps)
            order = replace(timing.order, steps=tuple(steps))
            visits = kept(self.day, order, begins[timing.moments[0]])
            if visits is None:
                return None
            found[order.driver.id] = timed_run(self.day, order.driver, visits)
        return tuple(found.get(run.driver, run) for run in self.plan.runs)

    def _lanes_of(self, begins: Mapping[_Moment, int]) -> dict[_Moment, int | None]:
        """Give each visit the first lane that is free; there is one, as at no moment more are taken than there are."""
        visits = [moment for timing in self.timings for moment in timing.moments[1:-1]]
        if self.day.hub.lanes is None:
            return dict.fromkeys(visits)
        taken = _taken(self.day)
        free = [max((end for _, end in taken.get(lane, ())), default=0) for lane in range(self.day.hub.lanes)]
        lanes: dict[_Moment, int | None] = {}
        for moment in sorted(visits, key=lambda each: begins[each]):
            lane = min(range(len(free)), key=lambda each: (free[each] > begins[moment], each))
            lanes[moment], free[lane] = lane, begins[moment] + moment.lasts
        return lanes


def _ready(day: Day, request: Request, brought: Mapping[str, int]) -> int:
    """When a return can be loaded at the earliest, as far as that does not depend on the plan."""
    ready, pickup = request.ready_at or 0, request.round_trip_of or ""
    return max(ready, brought[pickup] + day.hub.processing) if pickup in brought else ready


def _taken(day: Day) -> dict[int, list[tuple[int, int]]]:
    """Lane time that history still takes, by lane: as one interval each, since services of the past may overlap."""
    now = day.now or 0
    until: dict[int, int] = {}
    for driver in day.drivers:
        for lane, _, end in start_of(day, driver).lane_time:
            if end > now:
                until[lane] = max(end, until.get(lane, 0))
    return {lane: [(now, end)] for lane, end in until.items()}


def _passages(day: Day, order: Order) -> Iterator[Passage]:
    """Yield what lies between the start, the hub visits and the end of a run."""
    place, between = start_of(day, order.driver).place, list[Step]()
    place_of = {request.id: request.place for request in day.requests}
    last = place
    for step in order.steps:
        if step.type == "hub":
            yield Passage(place, tuple(between), day.hub.place)
            place = last = day.hub.place
            between = []
        else:
            last = place_of[step.requests[0]] if step.type == "stop" else last
            between.append(step)
    yield Passage(place, tuple(between), last if order.driver.end is None else order.driver.end)
