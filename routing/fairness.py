"""How evenly paid time is shared among the drivers used."""

from __future__ import annotations

from routing.model import Day
from routing.plan import Plan


def unevenness(day: Day, plan: Plan) -> int:
    """What the differences between the drivers' paid times weigh by ``day.costs.fairness``.

    Returns
    -------
    int
        The sum over the runs of how far its paid time is from the mean, in hours, times the weight; 0 without one.
    """
    paid = [run.paid_seconds for run in plan.runs]
    mean = sum(paid) // max(1, len(paid))
    return day.costs.fairness * sum(abs(each - mean) for each in paid) // 3600
