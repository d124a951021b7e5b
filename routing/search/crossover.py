"""A child of two solutions: runs of one in place of runs of the other that serve about the same stops.

The selective route exchange of Nagata and Kobayashi (2010): whole runs are inherited, and with them how many there are,
which small changes hardly ever change once the search is cold.
"""

from __future__ import annotations

import numpy as np

from routing.search.arrays import I64, Problem
from routing.search.zones import Solution

Marks = np.ndarray[tuple[int], np.dtype[np.bool_]]
"""Of each stop, and at the end of the hub, whether it is meant."""
MOST = 0.5
"""At most this share of the runs comes from the other solution."""


def child_of(problem: Problem, one: Solution, other: Solution, random: np.random.Generator) -> Solution:
    """Return `one` with some near runs replaced by those of `other` that serve most of the same stops.

    What both bring is kept in one of them, what neither brings is unserved. The cost is not known yet (0).
    """
    mine, theirs = _stops_by_run(problem, one), _stops_by_run(problem, other)
    if not mine or not theirs:
        return one
    replaced = _near_runs(problem, mine, random)
    donated = _alike(problem, [mine[run] for run in replaced], theirs, random)
    stay = [run for run in mine if run not in replaced]
    brought = _marked(problem, [theirs[run] for run in donated]), _marked(problem, [mine[run] for run in stay])
    brought[random.integers(2)][:] = False  # what both bring: drawn, in whose runs it stays
    inherited = [(run, one, brought[0]) for run in stay] + [(run, other, brought[1]) for run in donated]
    return _put_together(problem, inherited)


def _stops_by_run(problem: Problem, solution: Solution) -> dict[int, I64]:
    """The stops of each run that has any."""
    stops = {run: elements[elements < problem.stops] for run, elements in enumerate(solution.elements)}
    return {run: each for run, each in stops.items() if len(each)}


def _near_runs(problem: Problem, stops: dict[int, I64], random: np.random.Generator) -> list[int]:
    """Some runs, those nearest on average to a stop that is drawn."""
    count = int(random.integers(1, max(1, int(len(stops) * MOST)) + 1))
    from_pole = problem.seconds[problem.place[random.integers(problem.stops)]]
    away = {run: float(from_pole[problem.place[each]].mean()) for run, each in stops.items()}
    return sorted(stops, key=away.__getitem__)[:count]


def _alike(problem: Problem, replaced: list[I64], stops: dict[int, I64], random: np.random.Generator) -> list[int]:
    """As many runs, or one more or less, of which most stops are among those `replaced`."""
    wanted = _marked(problem, replaced)
    count = len(replaced) + (int(random.integers(-1, 2)) if random.random() < 0.5 else 0)
    return sorted(stops, key=lambda run: -float(wanted[stops[run]].mean()))[: max(1, count)]


def _marked(problem: Problem, stops: list[I64]) -> Marks:
    """Which elements are among `stops`; a hub visit never is."""
    marked = np.zeros(problem.stops + 1, bool)
    for each in stops:
        marked[each] = True
    return marked


def _put_together(problem: Problem, inherited: list[tuple[int, Solution, Marks]]) -> Solution:
    """Runs of both solutions without what is marked, each with a driver of its kind while there are any."""
    elements, lane_time = [np.zeros(0, np.int64)] * problem.runs, [np.zeros((0, 3), np.int64)] * problem.runs
    first, last = problem.kind_at[:-1], problem.kind_at[1:]
    idle = [list(problem.kind_runs[since:until]) for since, until in zip(first, last, strict=True)]
    for run, solution, left_out in inherited:
        kept = solution.elements[run][~left_out[solution.elements[run]]]
        same_kind = idle[problem.kind_of[run]]
        if same_kind and np.any(kept < problem.stops):
            driver = same_kind.pop(0)
            elements[driver], lane_time[driver] = kept, solution.lane_time[run]
    return Solution(tuple(elements), tuple(lane_time), 0)
