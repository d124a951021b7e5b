"""Parts of a day that can be searched side by side: each a problem of its own, with the rest of the day standing still.

Runs are split by the nearness of their stops (Santini et al. 2023 found splitting by the routes' centres best). What
couples runs of different zones is held fixed: lane time is dealt out in disjoint cells, and a round trip whose halves
lie in two zones keeps its hand-over.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np

from routing.search.arrays import I32, I64, NEVER, Problem
from routing.search.compiled import compiled
from routing.search.nearness import kept_near
from routing.search.state import BEGIN, BEST_TOTAL, ELEMENT, FINISH, LANE, LENGTH, TOTAL, State

LANE_CELL = 1200
"""Free lane time is dealt to zones in cells of so many seconds."""


@dataclass(frozen=True)
class Solution:
    """Who serves what in which order, and the lane time that goes with it.

    Attributes
    ----------
    elements
        Per run: its stops and hub visits (the number of stops), in order.
    lane_time
        Per run: lane, begin and end of each hub visit, shape (visits, 3).
    cost
        In fine units, with penalties.
    """

    elements: tuple[I64, ...]
    lane_time: tuple[I64, ...]
    cost: int


def solution_of(problem: Problem, at: I32, run: I64, cost: int) -> Solution:
    """Read a solution from a state's arrays: its present runs or its best ones."""
    elements, lane_time = [], []
    for index in range(problem.runs):
        rows = at[index, 1 : run[index, LENGTH] + 1].astype(np.int64)
        elements.append(rows[:, ELEMENT].copy())
        visits = rows[rows[:, ELEMENT] == problem.stops]
        lane_time.append(visits[:, [LANE, BEGIN, FINISH]])
    return Solution(tuple(elements), tuple(lane_time), int(cost))


@dataclass(frozen=True)
class Zone:
    """A part of a problem.

    Attributes
    ----------
    problem
        The part as a problem of its own.
    runs, stops
        Which runs and stops of the whole it has, in order.
    start
        What it starts from.
    """

    problem: Problem
    runs: I64
    stops: I64
    start: Solution


def split(problem: Problem, solution: Solution, parts: int, random: np.random.Generator) -> list[I64]:
    """Split the runs in use into `parts` of about as many stops, near ones together.

    Returns
    -------
    list of ndarray of int
        Run indices of each part.
    """
    used = np.array([r for r, elements in enumerate(solution.elements) if len(elements)], np.int64)
    groups = [used]
    while len(groups) < parts:
        largest = max(range(len(groups)), key=lambda i: _stop_count(problem, solution, groups[i]))
        group = groups.pop(largest)
        if len(group) < 2:
            groups.append(group)
            break
        groups += _halves(problem, solution, group, random)
    return groups


def _stop_count(problem: Problem, solution: Solution, runs: I64) -> int:
    return int(sum(np.count_nonzero(solution.elements[r] < problem.stops) for r in runs))


def _halves(problem: Problem, solution: Solution, runs: I64, random: np.random.Generator) -> list[I64]:
    """Split by which of two random stops a run's stops are nearer to, so that both halves have as many stops."""
    stops = [solution.elements[r][solution.elements[r] < problem.stops] for r in runs]
    sizes = np.array([len(each) for each in stops])
    flat = problem.place[np.concatenate(stops)] if sizes.sum() else np.zeros(0, np.int64)
    if not len(flat):
        return [runs[::2], runs[1::2]]
    poles = flat[random.integers(len(flat), size=2)]
    way = problem.seconds[poles[0], flat].astype(np.int64) - problem.seconds[poles[1], flat]
    bounds = np.cumsum(sizes) - sizes
    sums = np.add.reduceat(np.append(way, 0), np.minimum(bounds, len(way)))
    lean = np.where(sizes > 0, sums // np.maximum(sizes, 1), 0)
    order = np.argsort(lean, kind="stable")
    half = np.searchsorted(np.cumsum(sizes[order]), sizes.sum() / 2) + 1
    half = min(max(int(half), 1), len(runs) - 1)
    return [np.sort(runs[order[:half]]), np.sort(runs[order[half:]])]


def zones(
    problem: Problem,
    solution: Solution,
    parts: int,
    random: np.random.Generator,
    turn: int,
    pool: ThreadPoolExecutor,
) -> list[Zone]:
    """Split the whole day into zones, each cut out by a thread; idle runs and unserved stops are dealt out to them."""
    groups = split(problem, solution, parts, random)
    if len(groups) == 1:
        return [_zone(problem, solution, np.arange(problem.runs), np.arange(problem.stops), groups, 0, turn)]
    runs = _with_idle(problem, solution, groups)
    owner = np.full(problem.stops, -1, np.int64)
    for number, group in enumerate(groups):
        for run in group:
            elements = solution.elements[run]
            owner[elements[elements < problem.stops]] = number
    _deal_unserved(problem, owner, len(groups))
    jobs = [
        pool.submit(_zone, problem, solution, runs[number], np.flatnonzero(owner == number), groups, number, turn)
        for number in range(len(groups))
    ]
    return [job.result() for job in jobs]


def _with_idle(problem: Problem, solution: Solution, groups: Sequence[I64]) -> list[I64]:
    dealt: list[list[int]] = [list(group) for group in groups]
    turn = 0
    for kind in range(len(problem.kinds)):
        for run in problem.kind_runs[problem.kind_at[kind] : problem.kind_at[kind + 1]]:
            if len(solution.elements[run]) == 0:
                dealt[turn % len(dealt)].append(int(run))
                turn += 1
    return [np.array(sorted(each), np.int64) for each in dealt]


def _deal_unserved(problem: Problem, owner: I64, parts: int) -> None:
    """An unserved stop goes where most of its near stops are; where none is, to any; round trips stay together."""
    for stop in np.flatnonzero(owner < 0):
        near = problem.near[stop][problem.near[stop] >= 0]
        votes = np.bincount(owner[near][owner[near] >= 0], minlength=parts)
        owner[stop] = int(np.argmax(votes)) if votes.any() else int(stop) % parts
        other = problem.partner[stop]
        if other >= 0 and owner[other] >= 0:
            owner[stop] = owner[other]


def _zone(
    problem: Problem, solution: Solution, runs: I64, stops: I64, groups: Sequence[I64], number: int, turn: int
) -> Zone:
    stops = _side_by_side(problem, solution, runs, stops)
    part = _sub_problem(problem, solution, runs, stops)
    if problem.lanes and len(groups) > 1:
        part = part._replace(blocked=_blocked(problem, solution, runs, number, len(groups), turn))
    local = np.full(problem.stops + 1, -1, np.int64)
    local[stops] = np.arange(len(stops))
    local[problem.stops] = len(stops)
    elements = tuple(local[solution.elements[run]] for run in runs)
    start = Solution(elements, tuple(solution.lane_time[run] for run in runs), 0)
    return Zone(part, runs, stops, start)


def _side_by_side(problem: Problem, solution: Solution, runs: I64, stops: I64) -> I64:
    """The stops in the order of their runs, near runs after each other: what a core asks for together lies together."""
    served = [solution.elements[run][solution.elements[run] < problem.stops] for run in runs]
    served = [each for each in served if len(each)]
    if not served:
        return stops
    middle = problem.place[np.array([each[len(each) // 2] for each in served])]
    away = problem.seconds[np.ix_(middle, middle)].astype(np.int64)
    chain, last = [], 0
    for _ in served:
        chain.append(served[last])
        away[:, last] = NEVER
        last = int(np.argmin(away[last]))
    order = np.concatenate(chain)
    return np.concatenate([order, np.setdiff1d(stops, order)])


def _sub_problem(problem: Problem, solution: Solution, runs: I64, stops: I64) -> Problem:
    asked = np.concatenate([problem.place[stops], [problem.hub], problem.kinds[:, :2].reshape(-1).clip(0)])
    _, first, which = np.unique(asked, return_index=True, return_inverse=True)
    rank = np.argsort(np.argsort(first))  # places are numbered as they first appear
    places, place = asked[np.sort(first)], rank[which]
    kinds = problem.kinds.copy()
    ends = place[len(stops) + 1 :].reshape(-1, 2)
    kinds[:, 0] = ends[:, 0]
    kinds[:, 1] = np.where(problem.kinds[:, 1] >= 0, ends[:, 1], -1)
    widths = problem.window_at[stops + 1] - problem.window_at[stops]
    window_at = np.concatenate([[0], np.cumsum(widths)])
    windows = np.repeat(problem.window_at[stops] - window_at[:-1], widths) + np.arange(window_at[-1])
    kind_of = problem.kind_of[runs]
    order = np.argsort(kind_of, kind="stable")
    ready, due, partner, frozen = _loosened(problem, solution, stops)
    return problem._replace(
        seconds=_among(problem.seconds, places),
        metres=_among(problem.metres, places),
        worth=_among(problem.worth, places),
        worth_to=_among(problem.worth_to, places),
        hub=int(place[len(stops)]),
        place=place[: len(stops)].astype(np.int64),
        access=problem.access[stops],
        service=problem.service[stops],
        returns=problem.returns[stops],
        pickups=problem.pickups[stops],
        ready=ready,
        due=due,
        penalty=problem.penalty[stops],
        window_at=window_at,
        opens=problem.opens[windows],
        closes=problem.closes[windows],
        partner=partner,
        is_second=problem.is_second[stops] * (partner >= 0),
        on_board=problem.on_board[stops],
        kinds=kinds,
        kind_of=kind_of,
        can=np.ascontiguousarray(problem.can[:, stops]),
        kind_at=np.searchsorted(kind_of[order], np.arange(len(kinds) + 1)).astype(np.int64),
        kind_runs=order.astype(np.int64),
        near=kept_near(problem.near, stops),
        around=kept_near(problem.around, stops),
        frozen=frozen,
    )


def _among(matrix: I32, places: I64) -> I32:
    """The part of the matrix that is about legs between `places`."""
    part = np.empty((len(places), len(places)), np.int32)
    _gather(matrix, places, part)
    part.flags.writeable = False
    return part


@compiled
def _gather(matrix: I32, places: I64, part: I32) -> None:
    for i in range(len(places)):
        row = matrix[places[i]]
        for j in range(len(places)):
            part[i, j] = row[places[j]]


def _loosened(problem: Problem, solution: Solution, stops: I64) -> tuple[I64, I64, I64, I64]:
    """Round trips across zones keep their hand-over: the return is loaded no earlier, the pickup unloaded no later."""
    ready, due = problem.ready[stops].copy(), problem.due[stops].copy()
    frozen = problem.frozen[stops].copy()
    local = np.full(problem.stops + 1, -1, np.int64)
    local[stops] = np.arange(len(stops))
    partner = np.where(problem.partner[stops] >= 0, local[problem.partner[stops]], -1)
    if problem.linked:
        loaded, _ = hand_overs(problem, solution)
        for i, stop in enumerate(stops):
            other = problem.partner[stop]
            if other < 0 or partner[i] >= 0:
                continue
            if problem.is_second[stop]:
                ready[i] = max(ready[i], loaded[stop])
            else:
                due[i] = min(due[i], loaded[other] - problem.processing)
                frozen[i] = 1
    return ready, due, partner, frozen


def hand_overs(problem: Problem, solution: Solution) -> tuple[I64, I64]:
    """When the hub visit begins that loads each served return, and ends that unloads each served pickup.

    Returns
    -------
    loaded, unloaded
        Shape (stops,), by the lane times of `solution`; -1 where a stop is not served so.
    """
    loaded, unloaded = np.full(problem.stops, -1, np.int64), np.full(problem.stops, -1, np.int64)
    for elements, lane_time in zip(solution.elements, solution.lane_time, strict=True):
        visit = np.cumsum(elements == problem.stops)
        served = elements < problem.stops
        if len(lane_time):
            after = served & (visit > 0)
            loaded[elements[after]] = lane_time[visit[after] - 1, 1]
            before = served & (visit < len(lane_time))
            unloaded[elements[before]] = lane_time[visit[before], 2]
    return loaded, unloaded


def served_by(problem: Problem, solution: Solution) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """Say of each stop whether the solution serves it."""
    served = np.zeros(problem.stops, bool)
    for elements in solution.elements:
        served[elements[elements < problem.stops]] = True
    return served


def has_orphans(problem: Problem, solution: Solution) -> bool:
    """Whether a return is served whose round trip's pickup is not."""
    if not problem.linked:
        return False
    served = served_by(problem, solution)
    second = np.flatnonzero(problem.is_second == 1)
    return bool(np.any(served[second] & ~served[problem.partner[second]]))


def _blocked(problem: Problem, solution: Solution, runs: I64, number: int, parts: int, turn: int) -> I64:
    """Lane time that a zone must leave alone: what runs outside it hold, and cells of free time dealt to others."""
    inside = {int(run) for run in runs}
    blocked = [tuple(row) for row in problem.blocked]
    opens, closes = int(problem.hub_opens[0]), int(problem.hub_closes[-1])
    for run, visits in enumerate(solution.lane_time):
        if run not in inside:
            blocked += [tuple(visit) for visit in visits]
    for lane in range(problem.lanes):
        own = sorted((b, e) for run in inside for each, b, e in solution.lane_time[run] if each == lane)
        for cell, begin in enumerate(range(opens, closes, LANE_CELL)):
            if (lane + cell + turn) % parts != number:
                blocked += [(lane, b, e) for b, e in _without(begin, min(begin + LANE_CELL, closes), own)]
    return _merged(blocked)


def _without(begin: int, end: int, holes: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """The interval without the holes, which are in order."""
    left = []
    for hole_begin, hole_end in holes:
        if hole_end <= begin or hole_begin >= end:
            continue
        if hole_begin > begin:
            left.append((begin, hole_begin))
        begin = max(begin, hole_end)
    if begin < end:
        left.append((begin, end))
    return left


def _merged(intervals: Sequence[tuple[int, ...]]) -> I64:
    """The intervals of each lane in order, overlapping ones as one."""
    merged: list[list[int]] = []
    for lane, begin, end in sorted(intervals):
        if merged and merged[-1][0] == lane and begin <= merged[-1][2]:
            merged[-1][2] = max(merged[-1][2], end)
        else:
            merged.append([lane, begin, end])
    return np.array(merged, np.int64).reshape(-1, 3)


def joined(problem: Problem, parts: Sequence[Zone], found: Sequence[Solution]) -> Solution:
    """Put the zones' solutions together again."""
    elements = [np.zeros(0, np.int64)] * problem.runs
    lane_time = [np.zeros((0, 3), np.int64)] * problem.runs
    for zone, part in zip(parts, found, strict=True):
        whole = np.append(zone.stops, problem.stops)
        for i, run in enumerate(zone.runs):
            elements[run] = whole[part.elements[i]]
            lane_time[run] = part.lane_time[i]
    return Solution(tuple(elements), tuple(lane_time), sum(part.cost for part in found))


def present(problem: Problem, state: State) -> Solution:
    """The runs as the search has them now."""
    return solution_of(problem, state.at, state.run, int(state.tally[TOTAL]))


def best(problem: Problem, state: State) -> Solution:
    """The best runs the search has seen."""
    return solution_of(problem, state.best_at, state.best_run, int(state.tally[BEST_TOTAL]))
