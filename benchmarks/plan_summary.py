"""A plan in a few lines, for the operator's terminal."""

from __future__ import annotations

from collections import Counter

from benchmarks.words import counted
from geodata.figures import KeyFigures
from routing.plan import Plan


def summary_lines(plan: Plan, figures: KeyFigures, *, first_plan_seconds: float) -> list[str]:
    """Return what was served, what it costs, and what single trips would cost."""
    cost, hours = plan.cost, figures.paid_seconds / 3600
    lines = [
        f"Served         {figures.served:,} of {figures.requests:,} requests, {figures.documents:,} documents; "
        f"{counted(figures.drivers, 'driver')}, {counted(figures.trips, 'trip')}, {counted(figures.stops, 'stop')}",
        f"Cost           {cost.total:,} = {cost.runs:,} runs + {cost.distance:,} distance + {cost.time:,} time "
        f"+ {cost.unserved:,} unserved",
        f"Work           {figures.km:,.1f} km, {hours:,.1f} paid hours, "
        f"{figures.documents_per_driver_hour:.1f} documents per driver-hour",
        f"Single trips   would cost {figures.point_to_point:,}: {figures.saving:,} saved ({figures.saving_share:.0%})",
    ]
    if figures.lane_use is not None:
        lines.append(
            f"Drive-thru     {counted(figures.hub_visits, 'visit')}, lanes busy {figures.lane_use:.0%}, "
            f"{figures.hub_queue_seconds / 60:,.0f} min queued"
        )
    lines.append(
        f"Search         first valid plan after {first_plan_seconds:.2f} s; {plan.iterations:,} iterations "
        f"in {plan.seconds:.1f} s, seed {plan.seed}, kurir {plan.version}"
    )
    reasons = Counter(each.code for each in plan.unserved)
    lines += [f"Unserved       {count} x {code}" for code, count in reasons.most_common()]
    if plan.unserved:
        lines.append("               who and why: the page, plan.json, or kurir explain DAY.json PLAN.json")
    return lines
