"""A hand-made plan: who serves what in which order is given; when everything happens, and what is wrong, follows."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass

from routing._orders import Order, Runs, orders_of
from routing._timed import timed_runs
from routing._walk import walked
from routing.check import Violation, check
from routing.model import Day
from routing.plan import CostBreakdown, Plan, Run, Unserved
from routing.reasons import unserved

__all__ = ["Retimed", "Runs", "retime"]


@dataclass(frozen=True)
class Retimed:
    """The plan that follows from an order, and every rule that it breaks.

    Attributes
    ----------
    plan
        Times, loads, lanes and costs as they follow; every other request is listed unserved.
    violations
        What the checker says of it; empty where the order can be kept.
    """

    plan: Plan
    violations: tuple[Violation, ...]

    @property
    def valid(self) -> bool:
        """Whether the order can be kept."""
        return not self.violations

    @property
    def runs(self) -> tuple[Run, ...]:
        """The runs of the plan."""
        return self.plan.runs

    @property
    def unserved(self) -> tuple[Unserved, ...]:
        """The requests in none of the runs."""
        return self.plan.unserved

    @property
    def cost(self) -> CostBreakdown:
        """What the plan costs."""
        return self.plan.cost

    def to_json(self) -> str:
        """Return the plan (schema ``kurir/plan/1``) and the violations as JSON text."""
        content = {
            "valid": self.valid,
            "violations": [asdict(each) for each in self.violations],
            "plan": json.loads(self.plan.to_json()),
        }
        return json.dumps(content, indent=1, ensure_ascii=False)


def retime(day: Day, runs: Runs) -> Retimed:
    """Say when everything happens if the drivers do what `runs` says, in that order, and what that breaks.

    Parameters
    ----------
    day
        What was asked.
    runs
        The runs of a plan; or, per driver id, the steps after what has happened already: a request's id or a list of
        ids served in one stop, ``"hub"``, and ``"break"`` where it is to be taken. Where no break is named, breaks
        are placed. What a hub visit loads follows from the stops up to the next one. Runs of a plan keep their lane
        times, breaks and loads where that breaks no more rules than the order alone.

    Returns
    -------
    Retimed
        Each run leaves as late as its end allows. An order that cannot be kept is followed as soon as it can be, late
        where it must be; nothing is left out or moved.

    Raises
    ------
    InvalidInput
        When `runs` names drivers or requests that the day does not have, or cannot be read.

    Examples
    --------
    >>> import routing
    >>> day = routing.Day(
    ...     date="2026-03-02",
    ...     places=[routing.Place("hub", 106.66, -6.31), routing.Place("door", 106.67, -6.30)],
    ...     requests=[routing.Request("R1", "return", 1, windows=((28_800, 30_000),))],
    ...     drivers=[routing.Driver("D1", 0, 0, (25_200, 57_600), 10)],
    ...     hub=routing.Hub(place=0),
    ...     travel=routing.TravelTimes([[0, 600], [600, 0]], [[0, 4000], [4000, 0]]),
    ... )
    >>> by_hand = routing.retime(day, {"D1": ["hub", "R1"]})
    >>> by_hand.valid, [(visit.type, visit.begin) for visit in by_hand.runs[0].visits]
    (True, [('start', 28200), ('hub', 28200), ('stop', 28800), ('end', 29400)])
    """
    orders = orders_of(day, runs)
    best: Retimed | None = None
    for tried in _ways(day, orders):
        retimed = _judged(day, tried)
        if best is None or len(retimed.violations) < len(best.violations):
            best = retimed
        if best.valid:
            break
    return best or _judged(day, ())


def _ways(day: Day, orders: Sequence[Order]) -> Iterator[tuple[Run, ...]]:
    """Yield what the orders may mean: all that was given; the order alone, by the search's rule; or as it comes."""
    if not all(order.is_alone for order in orders):
        yield walked_runs(day, orders)
    alone = [order.alone() for order in orders]
    for backwards in (False, True):
        by_search = timed_runs(day, alone, backwards=backwards)
        if by_search is not None:
            yield by_search
    as_it_comes = walked_runs(day, alone)
    by_search = timed_runs(day, alone, calendar=as_it_comes)
    if by_search is not None:
        yield by_search
    yield as_it_comes


def walked_runs(day: Day, orders: Sequence[Order]) -> tuple[Run, ...]:
    """Return the runs of these orders as they come, late where they must be."""
    from routing.search.answer import timed_run

    visits = walked(day, orders)
    return tuple(timed_run(day, order.driver, visits[order.driver.id]) for order in orders)


def _judged(day: Day, runs: tuple[Run, ...]) -> Retimed:
    plan = stated(day, runs)
    return Retimed(plan, tuple(check(day, plan)))


def stated(day: Day, runs: tuple[Run, ...]) -> Plan:
    """Return the plan of these runs: its costs, and why each request in none of them is unserved."""
    from routing.search.answer import plan_of

    served = {name for run in runs for name in run.requests}
    in_turn = sorted(day.requests, key=lambda request: request.id)
    missing = [request.id for request in in_turn if request.id not in served]
    return plan_of(day, runs, unserved(day.replace(requests=tuple(in_turn)), missing))
