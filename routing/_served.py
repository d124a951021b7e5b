"""What a served request costs, and how much earlier or later its stop could begin."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from routing._orders import Order, orders_of
from routing._trials import stop_of, without_requests
from routing.check import check
from routing.model import Day
from routing.plan import Plan
from routing.reasons import clock
from routing.retime import stated, walked_runs
from routing.visits import Visit


@dataclass(frozen=True)
class Served:
    """A request that a plan serves.

    Attributes
    ----------
    request, driver, begin
        Its id, who serves it, and when its stop begins, in seconds after midnight.
    cost
        What the runs would cost less if its run went on without it, in cost units.
    without
        What leaves the run with it: the request, and its return where it is a pickup of a round trip.
    earlier, later
        By how many seconds its stop could begin earlier or later within its window, all rules kept, the other runs as
        they are and the order of its own unchanged.
    message
        The same in one sentence.
    """

    request: str
    driver: str
    begin: int
    cost: int
    without: tuple[str, ...]
    earlier: int
    later: int
    message: str

    def form(self) -> dict[str, Any]:
        """Return what is written in JSON."""
        return asdict(self)


def served(day: Day, plan: Plan, request: str) -> Served:
    """Say what serving `request` costs, and how much room its stop has."""
    driver, stop = stop_of(plan, request)
    without = (request, *(each.id for each in day.requests if each.round_trip_of == request))
    cost = _saved(day, plan, without)
    earlier, later = _slack(day, plan, driver, stop)
    message = (
        f"{request}: served by driver {driver} at {clock(stop.begin)}; without {' and '.join(without)} the runs would "
        f"cost {cost} less; the stop could begin {_minutes(earlier)} earlier or {_minutes(later)} later"
    )
    return Served(request, driver, stop.begin, cost, without, earlier, later, message)


def _minutes(seconds: int) -> str:
    return f"{seconds // 60} min {seconds % 60} s" if seconds % 60 else f"{seconds // 60} min"


def _saved(day: Day, plan: Plan, without: Sequence[str]) -> int:
    """By how much the runs get cheaper when these requests leave; the other runs stay as they are."""
    struck = orders_of(day, without_requests(day, plan, without).runs)
    touched = {run.driver for run in plan.runs if any(name in run.requests for name in without)}
    before = sum(run.cost for run in plan.runs)
    after = []
    # With its lane times kept, with its breaks alone kept, and with both found anew.
    for changed in (lambda order: order, _unbooked, Order.alone):
        orders = [changed(order) if order.driver.id in touched else order for order in struck]
        runs = walked_runs(day, orders)
        if check(day, stated(day, runs)) == []:
            after.append(sum(run.cost for run in runs))
    return before - min(after, default=before)


def _slack(day: Day, plan: Plan, driver: str, stop: Visit) -> tuple[int, int]:
    windows = [
        next(window for window in request.windows if window[0] <= stop.begin <= window[1])
        for request in day.requests
        if request.id in stop.requests
    ]
    happened = next(each for each in day.drivers if each.id == driver).history
    if stop in happened:
        return 0, 0
    most_earlier = stop.begin - max(opens for opens, _ in windows)
    most_later = min(closes for _, closes in windows) - stop.begin
    earlier = _most(most_earlier, lambda by: _can_begin(day, plan, driver, stop, stop.begin - by))
    return earlier, _most(most_later, lambda by: _can_begin(day, plan, driver, stop, stop.begin + by))


def _most(limit: int, holds: Callable[[int], bool]) -> int:
    """The largest number up to `limit` for which `holds`, as it does up to some number and not beyond."""
    low, high = 0, max(0, limit)
    while low < high:
        middle = (low + high + 1) // 2
        if holds(middle):
            low = middle
        else:
            high = middle - 1
    return low


def _can_begin(day: Day, plan: Plan, driver: str, stop: Visit, moment: int) -> bool:
    """Whether the stop can begin at exactly `moment`, the run's order kept and the other runs as they are."""
    narrowed = tuple(
        request.replace(windows=((moment, moment),)) if request.id in stop.requests else request
        for request in day.requests
    )
    changed = day.replace(requests=narrowed)
    orders = [_unbooked(order) if order.driver.id == driver else order for order in orders_of(changed, plan.runs)]
    return check(changed, stated(changed, walked_runs(changed, orders))) == []


def _unbooked(order: Order) -> Order:
    return replace(order, steps=tuple(replace(step, booked=None) for step in order.steps))
