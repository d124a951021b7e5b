"""Documents that come in and go back on the same day: none, some, all of them."""

from __future__ import annotations

from dataclasses import dataclass

from benchmarks.rules.bench import Answer, Bars, Bench, Row, documents_served, operating_cost
from routing import Day, Plan

SHARES = (0.0, 0.3, 1.0)


@dataclass(frozen=True)
class Links:
    """The round trips of a plan whose return is served.

    Attributes
    ----------
    served
        How many.
    on_another_run
        Of them, those whose return another rider's run takes back than the one that brought the document in.
    broken
        Of them, those loaded before their document was ready: none in a valid plan.
    least_spare, usual_spare
        Seconds from being ready until the loading: the least and the median; None without any.
    """

    served: int
    on_another_run: int
    broken: int
    least_spare: int | None
    usual_spare: int | None


def links(day: Day, plan: Plan) -> Links:
    """Return what became of the round trips, from the plan's visits alone."""
    loaded = {name: (run.driver, visit.begin) for run in plan.runs for visit in run.visits for name in visit.loaded}
    unloaded = {name: (run.driver, visit.end) for run in plan.runs for visit in run.visits for name in visit.unloaded}
    spare, elsewhere = [], 0
    for request in day.requests:
        if request.round_trip_of is not None and request.id in loaded:
            driver, begin = loaded[request.id]
            brought_by, ended = unloaded[request.round_trip_of]
            spare.append(begin - max(request.ready_at or 0, ended + day.hub.processing))
            elsewhere += driver != brought_by
    spare.sort()
    return Links(
        served=len(spare),
        on_another_run=elsewhere,
        broken=sum(each < 0 for each in spare),
        least_spare=spare[0] if spare else None,
        usual_spare=spare[len(spare) // 2] if spare else None,
    )


def asked_round_trips(bench: Bench) -> Answer:
    """Plan the same day with each share of round trips, with as many riders as the largest share is given."""
    from geodata.demand import default_drivers

    riders = default_drivers(bench.requests, rounds=max(SHARES))
    rows = []
    for share in SHARES:
        day = bench.day(rounds=share, drivers=riders)
        rows.append(_row(day, share, bench.solve(day, f"{share:.0%} round trips")))
    cost = {"cost per document": [float(row["cost_per_document"] or 0) for row in rows]}
    return Answer(
        "round-trips",
        "Documents that come in and go back on the same day",
        rows,
        Bars([row["share"] for row in rows], cost, "rupiah per document"),
        "Share: of the pickups, how many go back to their door on the same day, after 75 minutes at the hub. Another "
        "rider: returns taken back on another run than the one that brought the document in. Early: returns loaded "
        "before they were ready, which must be none. Spare: minutes from being ready until the loading. Cost is "
        "without penalties.",
    )


def _row(day: Day, share: float, plan: Plan) -> Row:
    found, documents = links(day, plan), documents_served(day, plan)
    return {
        "share": f"{share:.0%}",
        "round_trips": sum(request.round_trip_of is not None for request in day.requests),
        "served": plan.served,
        "unserved": len(plan.unserved),
        "cost": operating_cost(plan),
        "cost_per_document": round(operating_cost(plan) / documents) if documents else None,
        "riders": len(plan.runs),
        "round_trips_served": found.served,
        "another_rider": found.on_another_run,
        "early": found.broken,
        "least_spare_min": _minutes(found.least_spare),
        "usual_spare_min": _minutes(found.usual_spare),
    }


def _minutes(seconds: int | None) -> float | None:
    return None if seconds is None else round(seconds / 60, 1)
