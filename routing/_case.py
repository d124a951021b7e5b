"""A request that a plan leaves out, and a change of the day tried for it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from routing._trials import stop_of, with_requests
from routing.model import Day, Driver, Request
from routing.plan import Plan
from routing.reasons import clock
from routing.start import start_of

MINUTES = (5, 10, 15, 20, 30, 45, 60, 90, 120, 180, 240, 360, 480)
"""By so much a moment may be moved; the least that helps is offered."""
NEW_DRIVER = "one more driver"


@dataclass(frozen=True)
class Remedy:
    """A change of the day with which the request is served and nothing else is lost, as tried.

    Attributes
    ----------
    code
        A stable word for the kind of change.
    message
        What would be different and who would then serve the request when, in one sentence.
    driver, begin
        Who serves it; when its stop begins, in seconds after midnight.
    extra
        What the runs then cost more than those of the plan, in cost units.
    day, plan
        The changed day, and the plan that obeys all its rules.
    """

    code: str
    message: str
    driver: str
    begin: int
    extra: int
    day: Day
    plan: Plan

    def form(self) -> dict[str, Any]:
        """Return what is written in JSON: all but the day and the plan."""
        kept = ("code", "message", "driver", "begin", "extra")
        return {name: getattr(self, name) for name in kept}


Change = Callable[[int], Day | None]


@dataclass(frozen=True)
class Case:
    """A request that a plan leaves out, and its return where that waits for it.

    Attributes
    ----------
    day, plan
        What was asked and answered.
    request
        The request at fault, which changes of the day are about.
    waiting
        Its return, where the question was why that is unserved.
    """

    day: Day
    plan: Plan
    request: Request
    waiting: str | None = None

    def tried(self, day: Day) -> Plan | None:
        """Return a plan of the changed day that serves the request too."""
        wanted = {self.request.id, self.waiting or self.request.id}
        return with_requests(day, self.plan, wanted)

    def remedy(self, code: str, text: str, day: Day, plan: Plan) -> Remedy:
        """Word what was tried; `text` begins with 'if' or 'with'."""
        driver, stop = stop_of(plan, self.waiting or self.request.id)
        who = "" if driver == NEW_DRIVER else f"by driver {driver} "
        message = f"{self.waiting or self.request.id}: served {who}at {clock(stop.begin)} {text}"
        if self.waiting is not None:
            message += f" (the change is about its pickup {self.request.id}, which is then served too)"
        return Remedy(code, message, driver, stop.begin, run_costs(plan) - run_costs(self.plan), day, plan)

    def able(self) -> list[Driver]:
        """Return the drivers who have the skills and whose run has not ended."""
        return [
            driver
            for driver in self.day.drivers
            if self.request.skills <= driver.skills and not start_of(self.day, driver).finished
        ]

    def with_request(self, **changes: Any) -> Day:
        """Return the day with the request changed."""
        changed = self.request.replace(**changes)
        return self.day.replace(requests=tuple(changed if r.id == changed.id else r for r in self.day.requests))

    def with_drivers(self, change: Callable[[Driver], Driver], only: str | None = None) -> Day:
        """Return the day with its drivers changed, or one of them."""
        drivers = (change(each) if only in (None, each.id) else each for each in self.day.drivers)
        return self.day.replace(drivers=tuple(drivers))


def run_costs(plan: Plan) -> int:
    """Return what the runs of a plan cost, penalties aside."""
    return plan.cost.total - plan.cost.unserved


def least(case: Case, change: Change) -> tuple[int, Day, Plan] | None:
    """Return the least of `MINUTES` that helps; the most is tried first, as mostly it does not."""
    days = {minutes: day for minutes in MINUTES if (day := change(minutes)) is not None}
    steps = list(days)
    if not steps or (plan := case.tried(days[steps[-1]])) is None:
        return None
    found, low, high = plan, 0, len(steps) - 1
    while low < high:
        middle = (low + high) // 2
        plan = case.tried(days[steps[middle]])
        if plan is None:
            low = middle + 1
        else:
            found, high = plan, middle
    return steps[high], days[steps[high]], found
