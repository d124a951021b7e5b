"""From a `Day` and its stops to the arrays of a `Problem`."""

from __future__ import annotations

from collections.abc import Container, Iterable, Sequence
from typing import Any

import numpy as np

from routing.batching import Stop
from routing.model import Day, Driver, Request
from routing.search import arrays
from routing.search.arrays import FINE, FINE_METRE, FINE_SECOND, I32, I64, KIND_COLUMNS, NEVER, UNKNOWN, Problem
from routing.search.nearness import near_lists
from routing.start import Start, start_of, unloaded_at

UNLIMITED = NEVER
ON_BOARD = 10**11
"""Penalty of a return that is on board and not brought: above all that a plan can cost otherwise."""
_RATES = (arrays.COST_METRE, arrays.COST_SECOND)


def build(day: Day, stops: Sequence[Stop]) -> Problem:
    """Return the arrays of `day`; run r is the day's driver r, stop u is ``stops[u]``."""
    starts = [start_of(day, driver) for driver in day.drivers]
    kinds, kind_of = _kinds(day, starts)
    requests = [[day.requests[i] for i in stop.requests] for stop in stops]
    index_of = {request.id: u for u, group in enumerate(requests) for request in group}
    window_at, opens, closes = _windows(requests)
    order, kind_at = _runs_by_kind(kind_of, len(kinds))
    clock = np.array(day.traffic.profile, np.int64).reshape(-1, 2)
    brought = unloaded_at(day)
    carried = {request: r for r, start in enumerate(starts) for request in start.returns}
    seconds, metres = _read_only(day.travel.seconds), _read_only(day.travel.metres)
    place = _column(group[0].place for group in requests)
    partner, is_second = _partners(requests, index_of, carried)
    lanes = day.hub.lanes or 0
    costs_time = any(driver.cost_hour for driver in day.drivers) or day.costs.fairness > 0
    with_breaks = any(start.breaks for start in starts)
    worth, coarse, least_second, time_share = _worth(kinds, seconds, metres, _slowness(day))
    problem = Problem(
        seconds=seconds,
        metres=metres,
        worth=worth,
        worth_to=_transposed(worth),
        coarse=coarse,
        least_second=least_second,
        time_share=time_share,
        hub=day.hub.place,
        place=place,
        access=_column(day.places[p].access for p in place),
        service=_column(sum(request.service for request in group) for group in requests),
        returns=_column(_documents(group, "return") for group in requests),
        pickups=_column(_documents(group, "pickup") for group in requests),
        ready=_column(max(_ready(day, request, brought) for request in group) for group in requests),
        due=_column(_due(day, group) for group in requests),
        penalty=np.array([_penalty(day, group, carried) * FINE for group in requests], np.int64),
        window_at=window_at,
        opens=opens,
        closes=closes,
        partner=partner,
        is_second=is_second,
        on_board=_column(int(any(request.id in carried for request in group)) for group in requests),
        kinds=kinds,
        breaks=_breaks(starts, kind_of, len(kinds)),
        kind_of=kind_of,
        can=_can(day, requests, kind_of, starts, carried),
        kind_at=kind_at,
        kind_runs=order,
        hub_opens=_column(opens for opens, _ in day.hub.windows),
        hub_closes=_column(closes for _, closes in day.hub.windows),
        lanes=lanes,
        base=day.hub.base,
        per_document=day.hub.per_document,
        processing=day.hub.processing,
        blocked=_blocked(starts),
        clock_start=np.ascontiguousarray(clock[:, 0]),
        clock_factor=np.ascontiguousarray(clock[:, 1]),
        flat=int(day.traffic.is_flat),
        near=np.zeros((0, 0), np.int64),
        around=np.zeros((0, 0), np.int64),
        frozen=np.zeros(len(stops), np.int64),
        multi_trip=int(any(driver.max_trips is None or driver.max_trips > 1 for driver in day.drivers)),
        paid=int(costs_time),
        plain=int(
            not (costs_time or with_breaks or lanes or day.hub.base or day.hub.per_document or np.any(partner >= 0))
            and len({driver.cost_km for driver in day.drivers}) <= 1
            and coarse == 0
            and all(request.due_at_hub is None for request in day.requests)
        ),
        linked=int(bool(np.any(partner >= 0))),
        free_runs=int(
            all(driver.max_trips == 1 and not driver.cost_run for driver in day.drivers)
            and not any(start.began for start in starts)
        ),
        fairness=day.costs.fairness * FINE_SECOND,
        mean_paid=UNKNOWN,
    )
    near, around = near_lists(problem)
    return problem._replace(near=near, around=around)


def _worth(kinds: I64, seconds: I32, metres: I32, slowness: float) -> tuple[I32, int, int, int]:
    """What legs cost at the mean speed, in parts coarse enough for 32 bits; their size as a shift; a second's cost."""
    metre, second = (int(kinds[:, c].min(initial=2**62)) if len(kinds) else 0 for c in _RATES)
    slow = round(second * slowness)
    most = int(metres.max(initial=0)) * metre + int(seconds.max(initial=0)) * slow
    coarse = max(0, most.bit_length() - 30)
    worth = np.empty(metres.shape, np.int32)
    for row in range(len(metres)):
        worth[row] = (metres[row].astype(np.int64) * metre + seconds[row].astype(np.int64) * slow) >> coarse
    worth.flags.writeable = False
    time = int(seconds.sum(dtype=np.int64)) * slow
    return worth, coarse, second, (time << 10) // max(1, time + int(metres.sum(dtype=np.int64)) * metre)


def _slowness(day: Day) -> float:
    """How much longer a leg takes than in free flow while the hub is open, on average."""
    opens, closes = day.hub.windows[0][0], day.hub.closes
    starts, factors = np.array(day.traffic.profile, np.int64).reshape(-1, 2).T
    until = np.append(starts[1:], closes).clip(opens, closes)
    since = np.append(opens, starts[1:]).clip(opens, closes)
    lasts = until - since
    return float((lasts * 1000 / factors).sum() / lasts.sum()) if lasts.any() else 1.0


def _read_only(matrix: I32) -> I32:
    """The matrix as one that cannot be written: of another type, the search would be compiled for it once more."""
    view = matrix.view()
    view.flags.writeable = False
    return view


def _transposed(matrix: I32) -> I32:
    other = np.ascontiguousarray(matrix.T)
    other.flags.writeable = False
    return other


def _column(values: Iterable[int]) -> I64:
    return np.array(list(values), np.int64)


def _penalty(day: Day, group: Iterable[Request], carried: Container[str]) -> int:
    """What it costs to leave the group out; what is on board must be brought, whatever it costs."""
    return sum(day.costs.unserved(request) + (ON_BOARD if request.id in carried else 0) for request in group)


def _ready(day: Day, request: Request, brought: dict[str, int]) -> int:
    """When a return can be loaded at the earliest, its document brought in already or not bound to a pickup."""
    ready = request.ready_at or 0
    if request.round_trip_of in brought:
        ready = max(ready, brought[request.round_trip_of] + day.hub.processing)
    return ready


def _documents(group: Iterable[Request], kind: str) -> int:
    return sum(request.documents for request in group if request.kind == kind)


def _due(day: Day, group: Iterable[Request]) -> int:
    """When the group's pickups must have been unloaded; NEVER where the hub's closing says so anyway."""
    due = min((request.due_at_hub for request in group if request.due_at_hub is not None), default=NEVER)
    return due if due < day.hub.closes else NEVER


def _windows(requests: Sequence[Sequence[Request]]) -> tuple[I64, I64, I64]:
    """Intersect the windows of each group; a group with nothing in common never opens."""
    at, opens, closes = [0], list[int](), list[int]()
    for group in requests:
        shared = list(group[0].windows)
        for request in group[1:]:
            shared = [
                (max(one[0], other[0]), min(one[1], other[1]))
                for one in shared
                for other in request.windows
                if max(one[0], other[0]) <= min(one[1], other[1])
            ]
        for earliest, latest in shared or [(NEVER - 1, NEVER - 1)]:
            opens.append(earliest)
            closes.append(latest)
        at.append(len(opens))
    return _column(at), _column(opens), _column(closes)


def _partners(
    requests: Sequence[Sequence[Request]], index_of: dict[str, int], carried: Container[str]
) -> tuple[I64, I64]:
    """Pair the halves of round trips that are both still to be planned; what is on board waits for nothing."""
    partner = np.full(len(requests), -1, np.int64)
    is_second = np.zeros(len(requests), np.int64)
    for u, group in enumerate(requests):
        for request in group:
            if request.round_trip_of in index_of and request.id not in carried:
                first = index_of[request.round_trip_of]
                partner[u], partner[first], is_second[u] = first, u, 1
    return partner, is_second


def _kinds(day: Day, starts: Sequence[Start]) -> tuple[I64, I64]:
    """Group drivers that are alike, so that 200 drivers of 5 kinds need 5 rows."""
    rows: list[list[int]] = []
    known: dict[Any, int] = {}
    kind_of = []
    for r, (driver, start) in enumerate(zip(day.drivers, starts, strict=True)):
        row = _kind(driver, start)
        alike = (tuple(row), start.breaks, driver.skills, r if start.began else None)
        if alike not in known:
            known[alike] = len(rows)
            rows.append(row)
        kind_of.append(known[alike])
    return np.array(rows, np.int64).reshape(-1, KIND_COLUMNS), _column(kind_of)


def _kind(driver: Driver, start: Start) -> list[int]:
    def limit(value: int | None) -> int:
        return UNLIMITED if value is None else value

    row = [0] * KIND_COLUMNS
    row[arrays.START], row[arrays.END] = start.place, -1 if driver.end is None or start.finished else driver.end
    row[arrays.LEAVE], row[arrays.CLOSE] = start.time, NEVER if start.finished else driver.shift[1]
    row[arrays.CAPACITY] = driver.capacity
    row[arrays.MAX_TRIPS], row[arrays.MAX_STOPS] = limit(driver.max_trips), limit(driver.max_stops)
    row[arrays.MAX_METRES] = limit(driver.max_distance)
    row[arrays.COST_RUN] = driver.cost_run * FINE
    row[arrays.COST_METRE], row[arrays.COST_SECOND] = driver.cost_km * FINE_METRE, driver.cost_hour * FINE_SECOND
    row[arrays.BREAKS] = len(start.breaks)
    row[arrays.BEGAN] = int(start.began)
    row[arrays.RETURNS0], row[arrays.PICKUPS0] = start.returns_on_board, start.pickups_on_board
    row[arrays.PICKUPS_DUE0] = start.pickups_due
    row[arrays.TRIPS0], row[arrays.TRIP_OPEN0], row[arrays.STOPS0] = start.trips, start.trip_open, start.stops
    row[arrays.METRES0], row[arrays.PAID0] = start.metres, start.paid
    return row


def _breaks(starts: Sequence[Start], kind_of: I64, kinds: int) -> I64:
    most = max((len(start.breaks) for start in starts), default=0)
    breaks = np.zeros((kinds, most, 3), np.int64)
    for start, kind in zip(starts, kind_of, strict=True):
        for i, each in enumerate(start.breaks):
            breaks[kind, i] = each.earliest, each.latest, each.length
    return breaks


def _runs_by_kind(kind_of: I64, kinds: int) -> tuple[I64, I64]:
    order = np.argsort(kind_of, kind="stable").astype(np.int64)
    return order, np.searchsorted(kind_of[order], np.arange(kinds + 1)).astype(np.int64)


def _can(
    day: Day, requests: Sequence[Sequence[Request]], kind_of: I64, starts: Sequence[Start], carried: dict[str, int]
) -> np.ndarray[Any, np.dtype[np.uint8]]:
    """Say which kinds may serve which stops.

    What is on board stays with its driver, who is the only one of a kind; a return whose pickup is on board of some
    driver waits until history says that it was unloaded.
    """
    kinds = int(kind_of.max(initial=-1)) + 1
    can = np.ones((kinds, len(requests)), np.uint8)
    one_of = {int(kind): r for r, kind in enumerate(kind_of)}
    waiting = {name for start in starts for name in start.pickups}
    for u, group in enumerate(requests):
        needs = frozenset[str]().union(*(request.skills for request in group))
        for kind, run in one_of.items():
            can[kind, u] = needs <= day.drivers[run].skills and not starts[run].finished
        for request in group:
            if request.id in carried:
                can[np.arange(kinds) != kind_of[carried[request.id]], u] = 0
            elif request.round_trip_of in waiting:
                can[:, u] = 0
    return can


def _blocked(starts: Sequence[Start]) -> I64:
    taken = [slot for start in starts for slot in start.lane_time]
    return np.array(taken, np.int64).reshape(-1, 3)
