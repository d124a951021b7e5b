"""The key figures of a plan: what an operator asks first."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

from geodata.legs import departures
from routing.model import Day
from routing.plan import Plan, Run


@dataclass(frozen=True)
class KeyFigures:
    """What a plan achieves and what it takes.

    Attributes
    ----------
    requests, served, unserved
        Counts of requests; the last two add up to the first.
    documents
        Documents carried for the served requests.
    drivers, trips, stops, hub_visits
        Counts over all runs; `drivers` are those who have a run.
    metres, paid_seconds
        Sums over all runs.
    driving_seconds, waiting_seconds, hub_queue_seconds
        On the road; between arriving and beginning anywhere but at the hub, and before going on from what
        has happened on a day under way; and between arriving and beginning at the hub.
    fullest
        The largest load on any run, in documents.
    operating_cost
        The total without the penalties of unserved requests.
    point_to_point
        What the served requests would cost as single trips.
    lane_use
        Share of the lanes' opening time in which they serve, 0..1; None where lanes are unlimited.
    """

    requests: int
    served: int
    unserved: int
    documents: int
    drivers: int
    trips: int
    stops: int
    hub_visits: int
    metres: int
    paid_seconds: int
    driving_seconds: int
    waiting_seconds: int
    hub_queue_seconds: int
    fullest: int
    operating_cost: int
    point_to_point: int
    lane_use: float | None

    @property
    def km(self) -> float:
        """Kilometres driven."""
        return self.metres / 1000

    @property
    def served_share(self) -> float:
        """Share of the requests that are served, 0..1; 1 where nothing is asked."""
        return self.served / self.requests if self.requests else 1.0

    @property
    def documents_per_driver_hour(self) -> float:
        """Documents carried per paid hour; 0 where no hour is paid."""
        return self.documents * 3600 / self.paid_seconds if self.paid_seconds else 0.0

    @property
    def saving(self) -> int:
        """How much less the plan costs than single trips would; negative where it costs more."""
        return self.point_to_point - self.operating_cost

    @property
    def saving_share(self) -> float:
        """The saving as a share of the price of single trips; 0 where that is nothing."""
        return self.saving / self.point_to_point if self.point_to_point else 0.0


def key_figures(day: Day, plan: Plan) -> KeyFigures:
    """Return the key figures of `plan`; everything is added up from its runs."""
    documents = {request.id: request.documents for request in day.requests}
    served = [request for run in plan.runs for request in run.requests]
    visits = [visit for run in plan.runs for visit in run.visits]
    driving = sum(driving_seconds(day, run) for run in plan.runs)
    between = sum(after.arrive - before.end for run in plan.runs for before, after in pairwise(run.visits))
    return KeyFigures(
        requests=len(day.requests),
        served=len(served),
        unserved=len(day.requests) - len(served),
        documents=sum(documents[request] for request in served),
        drivers=len(plan.runs),
        trips=sum(1 for run in plan.runs for _ in run.trips()),
        stops=sum(1 for visit in visits if visit.type == "stop"),
        hub_visits=sum(1 for visit in visits if visit.type == "hub"),
        metres=sum(run.metres for run in plan.runs),
        paid_seconds=sum(run.paid_seconds for run in plan.runs),
        driving_seconds=driving,
        waiting_seconds=between - driving + sum(visit.begin - visit.arrive for visit in visits if visit.type != "hub"),
        hub_queue_seconds=sum(visit.begin - visit.arrive for visit in visits if visit.type == "hub"),
        fullest=max((visit.load_after for visit in visits), default=0),
        operating_cost=plan.cost.total - plan.cost.unserved,
        point_to_point=plan.cost.point_to_point,
        lane_use=_lane_use(day, plan),
    )


def driving_seconds(day: Day, run: Run) -> int:
    """Return how long a run is on the road."""
    return sum(visit.arrive - left for left, visit in zip(departures(day, run), run.visits[1:], strict=True))


def _lane_use(day: Day, plan: Plan) -> float | None:
    if day.hub.lanes is None:
        return None
    open_seconds = day.hub.lanes * sum(closes - opens for opens, closes in day.hub.windows)
    busy = sum(visit.end - visit.begin for run in plan.runs for visit in run.visits if visit.type == "hub")
    return busy / open_seconds if open_seconds else 0.0
