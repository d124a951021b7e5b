"""How evenly paid hours are shared, by what evenness is worth, and what it costs."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import fmean, pstdev

from benchmarks.rules.bench import Answer, Bars, Bench, Row, operating_cost
from routing import Plan

WEIGHTS = (0, 1_000, 2_000, 5_000, 10_000, 50_000)


@dataclass(frozen=True)
class Spread:
    """Paid hours of the riders used: the least, their mean, the most, the standard deviation; 0 without riders."""

    least: float
    mean: float
    most: float
    deviation: float


def spread(plan: Plan) -> Spread:
    """Return how the paid hours of a plan spread."""
    hours = [run.paid_seconds / 3600 for run in plan.runs]
    return Spread(min(hours), fmean(hours), max(hours), pstdev(hours)) if hours else Spread(0.0, 0.0, 0.0, 0.0)


def asked_fairness(bench: Bench) -> Answer:
    """Plan the same day with each weight."""
    day = bench.day()
    rows: list[Row] = []
    for weight in WEIGHTS:
        fair = day.replace(costs=day.costs.replace(fairness=weight))
        plan = bench.solve(fair, f"fairness {weight:,}")
        rows.append(_row(weight, plan, rows[0]["cost"] if rows else operating_cost(plan)))
    hours = {name: [float(row[f"{name}_hours"]) for row in rows] for name in ("least", "mean", "most")}
    return Answer(
        "fairness",
        "Even shares of paid hours, and what they cost",
        rows,
        Bars([f"{weight:,}" for weight in WEIGHTS], hours, "paid hours of the riders used"),
        "Weight: what an hour is worth, in rupiah, by which a rider's paid time differs from the mean. Cost is that of "
        "the runs alone, without the weight and without penalties; more is against weight 0.",
    )


def _row(weight: int, plan: Plan, cost_without: int) -> Row:
    hours, cost = spread(plan), operating_cost(plan)
    return {
        "weight": weight,
        "served": plan.served,
        "cost": cost,
        "more_%": round(100 * (cost - cost_without) / cost_without, 2) if cost_without else None,
        "riders": len(plan.runs),
        "least_hours": round(hours.least, 2),
        "mean_hours": round(hours.mean, 2),
        "most_hours": round(hours.most, 2),
        "deviation_hours": round(hours.deviation, 2),
    }
