"""How a plan made without traffic fares in it, and what planning with it costs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from benchmarks.rules.bench import Answer, Bars, Bench, Row, operating_cost
from benchmarks.rules.repair import repaired
from routing import Day, Plan, TrafficClock

PROFILES = ("weekday", "friday")
UP_TO = (5, 10, 20, 30, 60)
"""Minutes of the picture's groups."""


@dataclass(frozen=True)
class Lateness:
    """Seconds by which stops begin after a window of their requests, one for each late request."""

    seconds: tuple[int, ...]

    @property
    def mean_minutes(self) -> float:
        """Over those that are late, 0 without any."""
        return sum(self.seconds) / 60 / len(self.seconds) if self.seconds else 0.0

    @property
    def most_minutes(self) -> float:
        """Of the latest."""
        return max(self.seconds, default=0) / 60


def lateness(day: Day, plan: Plan) -> Lateness:
    """Return how late a plan is, by the windows of `day`."""
    windows = {request.id: request.windows for request in day.requests}
    late = []
    for visit in (visit for run in plan.runs for visit in run.stops):
        for name in visit.requests:
            missed = [latest for _, latest in windows[name] if latest < visit.begin]
            if missed and not any(earliest <= visit.begin <= latest for earliest, latest in windows[name]):
                late.append(visit.begin - missed[-1])
    return Lateness(tuple(late))


def asked_traffic(bench: Bench) -> Answer:
    """Plan an ordinary day and a Friday without traffic and with it; follow the former's orders in traffic."""
    rows: list[Row] = []
    late: dict[str, Lateness] = {}
    for profile in PROFILES:
        day = bench.day(profile=profile)
        made, late[profile] = _of_day(bench, profile, day)
        rows += made
    edges = (0, *UP_TO)
    labels = [f"{low}-{high} min" for low, high in zip(edges, UP_TO, strict=False)] + [f"over {UP_TO[-1]} min"]
    return Answer(
        "traffic",
        "A plan made without traffic, followed in traffic",
        rows,
        Bars(labels, {name: _counted(each) for name, each in late.items()}, "requests that are late"),
        "'Followed': each run in its order on the day with its traffic; riders may leave earlier than planned. Late is "
        "a request whose stop begins after its window; broken is a run that the checker finds any fault with. "
        "'Repaired and refilled': what cannot be on time dropped one by one, and put back where it still fits. Cost is "
        "without penalties.",
    )


def _of_day(bench: Bench, profile: str, day: Day) -> tuple[list[Row], Lateness]:
    flat = day.replace(traffic=TrafficClock())
    unaware = bench.solve(flat, f"{profile}: without traffic")
    mended = repaired(day, unaware.runs)
    late = lateness(day, mended.followed.plan)
    broken = {each.driver for each in mended.followed.violations if each.driver is not None}
    rows = [
        _row(profile, "without traffic, as it sees itself", unaware),
        _row(profile, "the same, followed in traffic", mended.followed.plan)
        | {
            "late": len(late.seconds),
            "late_mean_min": round(late.mean_minutes, 1),
            "late_most_min": round(late.most_minutes, 1),
            "broken_runs": len(broken),
        },
        _row(profile, "repaired and refilled", mended.refilled),
        _row(profile, "made with traffic", bench.solve(day, f"{profile}: with traffic")),
    ]
    return rows, late


def _row(profile: str, which: str, plan: Plan) -> Row:
    return {
        "day": profile,
        "plan": which,
        "served": plan.served,
        "unserved": len(plan.unserved),
        "cost": operating_cost(plan),
        "riders": len(plan.runs),
        "paid_hours": round(sum(run.paid_seconds for run in plan.runs) / 3600, 1),
        "late": 0,
        "late_mean_min": 0.0,
        "late_most_min": 0.0,
        "broken_runs": 0,
    }


def _counted(late: Lateness) -> list[float]:
    return [float(number) for number in _groups([seconds / 60 for seconds in late.seconds])]


def _groups(minutes: list[float]) -> Iterator[int]:
    low = 0.0
    for high in (*UP_TO, float("inf")):
        yield sum(low < each <= high for each in minutes)
        low = high
