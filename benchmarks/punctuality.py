"""How near to late a plan is, and how long its queues are."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import median

from routing import Day, Plan, Visit
from routing.model import Window


@dataclass(frozen=True)
class Punctuality:
    """What a plan leaves for delays.

    Attributes
    ----------
    least_slack, usual_slack
        Seconds by which a stop could begin later within its window: the least of all stops, and their median; None
        without stops.
    longest_queue
        Most riders that wait for a lane at once, though their documents are ready.
    longest_wait
        Seconds of the longest such wait.
    """

    least_slack: int | None
    usual_slack: int | None
    longest_queue: int
    longest_wait: int


def punctuality(day: Day, plan: Plan) -> Punctuality:
    """Return the punctuality of `plan` by the windows of `day`."""
    windows = {request.id: request.windows for request in day.requests}
    slacks = [_slack(windows, visit) for run in plan.runs for visit in run.visits if visit.type == "stop"]
    waits = lane_waits(day, plan)
    return Punctuality(
        least_slack=min(slacks, default=None),
        usual_slack=round(median(slacks)) if slacks else None,
        longest_queue=_most_at_once(waits),
        longest_wait=max((end - begin for begin, end in waits), default=0),
    )


def _slack(windows: dict[str, tuple[Window, ...]], visit: Visit) -> int:
    return min(
        next(latest for earliest, latest in windows[request] if earliest <= visit.begin <= latest) - visit.begin
        for request in visit.requests
    )


def lane_waits(day: Day, plan: Plan) -> list[tuple[int, int]]:
    """Return from when to when each rider waits for a lane: after the arrival, the opening, and all that he loads."""
    visits = [visit for run in plan.runs for visit in run.visits if visit.type == "hub"]
    unloaded = {request: visit.end for visit in visits for request in visit.unloaded}
    ready = {
        request.id: max(request.ready_at or 0, _processed(day, unloaded, request.round_trip_of))
        for request in day.requests
        if request.kind == "return"
    }
    waits = []
    for visit in visits:
        opened = next((opens for opens, closes in day.hub.windows if visit.begin < closes), visit.begin)
        could = max([visit.arrive, opened, *(ready[request] for request in visit.loaded)])
        if could < visit.begin:
            waits.append((could, visit.begin))
    return waits


def _processed(day: Day, unloaded: dict[str, int], pickup: str | None) -> int:
    return unloaded.get(pickup, 0) + day.hub.processing if pickup is not None else 0


def _most_at_once(waits: list[tuple[int, int]]) -> int:
    # At the same moment those who are served leave the queue before others join it.
    changes = sorted([(begin, 1) for begin, _ in waits] + [(end, -1) for _, end in waits])
    most = now = 0
    for _, change in changes:
        now += change
        most = max(most, now)
    return most
