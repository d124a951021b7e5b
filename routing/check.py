"""Says whether a plan obeys the rules of the day, from their wording alone and independently of the search.

The rules are those of the page "The rules of the day"; each breach is named by the rule's number and a
stable code (`routing._check_report.RULE_OF` lists them all). Nothing here is shared with what makes plans:
the traffic clock, the loads, the lanes and the costs are worked out anew in whole numbers.
"""

from __future__ import annotations

from routing._check_case import Case
from routing._check_form import check_form
from routing._check_load import check_loads
from routing._check_report import Report, Violation
from routing._check_requests import check_requests
from routing._check_times import check_times
from routing._check_totals import check_costs, check_limits
from routing.model import Day
from routing.plan import Plan

__all__ = ["Violation", "check"]


def check(day: Day, plan: Plan) -> list[Violation]:
    """Return every breach of the rules of `day` by `plan`; an empty list means that the plan is valid.

    Never raises on a malformed plan: ids that the day does not have, visits out of order or places out of
    range are violations too. The time needed grows with the number of visits and requests alone.

    Parameters
    ----------
    day
        What was asked.
    plan
        What was answered.

    Examples
    --------
    >>> import routing
    >>> from routing.check import check
    >>> day = routing.Day(
    ...     date="2026-03-02",
    ...     places=[routing.Place("hub", 106.66, -6.31)],
    ...     requests=[routing.Request("R1", "return", 0)],
    ...     drivers=[],
    ...     hub=routing.Hub(place=0),
    ...     travel=routing.TravelTimes([[0]], [[0]]),
    ... )
    >>> plan = routing.Plan(runs=(), unserved=(), cost=routing.CostBreakdown(0, 0, 0, 0, 0, 0))
    >>> print(check(day, plan)[0])
    rule 1 (missing), request R1: is neither served nor listed unserved
    """
    case, report = Case(day, plan), Report()
    for judge in (check_form, check_requests, check_loads, check_times, check_limits, check_costs):
        judge(case, report)
    return sorted(report.violations, key=lambda violation: violation.rule)
