"""The best set of runs out of all those seen: a set partitioning problem, solved by CP-SAT.

Runs found at different times, or in different zones, go together in ways that no single change reaches (route pools:
Rochat and Taillard 1995; Subramanian, Uchoa and Ochi 2013). Only where runs do not depend on each other.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from routing.cpsat import Effort, solved
from routing.search.arrays import BEGAN, I64, Problem
from routing.search.state import BEGIN, COST, ELEMENT, FINISH, LANE, LENGTH, State
from routing.search.zones import Solution

MOST_RUNS = 4_000
"""So many runs are chosen from, those seen last: CP-SAT then mostly ends with a proof in a few seconds."""
HUB = -1
"""A hub visit among the elements of a pooled run."""


@dataclass(frozen=True)
class PooledRun:
    """A run that was seen: the kind of driver it is for, its stops and hub visits, its lane time, and its cost."""

    kind: int
    elements: I64
    lane_time: I64
    cost: int

    @property
    def key(self) -> tuple[int, bytes]:
        """What it shares with the same stops in another order."""
        return self.kind, np.sort(self.elements).tobytes()


def runs_are_independent(problem: Problem) -> bool:
    """Whether any runs that share no stop go together: no lanes, round trips, even shares, nobody under way."""
    return not (problem.lanes or problem.linked or problem.fairness or np.any(problem.kinds[:, BEGAN]))


def runs_in(problem: Problem, state: State, stops: I64) -> list[PooledRun]:
    """Return the runs as they stand; `stops` says which stops of the whole day those of `problem` are."""
    whole = np.append(stops, HUB)
    found = []
    for index in np.flatnonzero(state.run[:, LENGTH]):
        rows = state.at[index, 1 : state.run[index, LENGTH] + 1]
        visits = rows[rows[:, ELEMENT] == problem.stops]
        kind, cost = int(problem.kind_of[index]), int(state.run[index, COST])
        found.append(PooledRun(kind, whole[rows[:, ELEMENT]], visits[:, [LANE, BEGIN, FINISH]], cost))
    return found


class Pool:
    """The cheapest order seen of each set of stops in a run."""

    def __init__(self) -> None:
        self._runs: dict[tuple[int, bytes], PooledRun] = {}

    def add(self, runs: Iterable[PooledRun]) -> None:
        """Take in `runs`, the newest last."""
        for run in runs:
            known = self._runs.pop(run.key, run)
            self._runs[run.key] = min(run, known, key=lambda each: each.cost)
        while len(self._runs) > MOST_RUNS:
            del self._runs[next(iter(self._runs))]

    def best(self, problem: Problem, known: Sequence[PooledRun], effort: Effort) -> Solution | None:
        """Return the best solution made of runs of the pool that serves just what `known` serves.

        Parameters
        ----------
        problem
            The whole day.
        known
            The runs of the best solution so far; added to the pool.
        effort
            How long to look.

        Returns
        -------
        Solution or None
            None where nothing better was found.
        """
        self.add(known)
        served = {int(stop) for run in known for stop in run.elements if stop != HUB}
        runs = [run for run in self._runs.values() if served.issuperset(run.elements[run.elements != HUB].tolist())]
        chosen = _best_partition(problem, runs, served, {run.key for run in known}, effort)
        if sum(run.cost for run in chosen) >= sum(run.cost for run in known) or not chosen:
            return None
        return _solution(problem, chosen)


def _best_partition(
    problem: Problem,
    runs: Sequence[PooledRun],
    served: Collection[int],
    hint: Collection[tuple[int, bytes]],
    effort: Effort,
) -> list[PooledRun]:
    """Choose runs that serve each stop once, as cheaply as can be found; none where none were found in time."""
    from ortools.sat.python import cp_model

    model = cp_model.CpModel()
    takes = [model.new_bool_var("") for _ in runs]
    serving: dict[int, list[cp_model.IntVar]] = {stop: [] for stop in served}
    of_kind: dict[int, list[cp_model.IntVar]] = {}
    for run, take in zip(runs, takes, strict=True):
        model.add_hint(take, run.key in hint)
        of_kind.setdefault(run.kind, []).append(take)
        for stop in run.elements[run.elements != HUB].tolist():
            serving[stop].append(take)
    for each in serving.values():
        model.add_exactly_one(each)
    for kind, each in of_kind.items():
        model.add(sum(each) <= int(problem.kind_at[kind + 1] - problem.kind_at[kind]))
    model.minimize(sum(run.cost * take for run, take in zip(runs, takes, strict=True)))
    solver = solved(model, effort)
    if solver is None:
        return []
    return [run for run, take in zip(runs, takes, strict=True) if solver.value(take)]


def _solution(problem: Problem, chosen: Iterable[PooledRun]) -> Solution:
    elements, lane_time = [np.zeros(0, np.int64)] * problem.runs, [np.zeros((0, 3), np.int64)] * problem.runs
    idle = [
        list(problem.kind_runs[first:last]) for first, last in zip(problem.kind_at, problem.kind_at[1:], strict=False)
    ]
    left_out, cost = np.ones(problem.stops, bool), 0
    for run in chosen:
        index = idle[run.kind].pop(0)
        stops = run.elements[run.elements != HUB]
        elements[index], lane_time[index] = np.where(run.elements == HUB, problem.stops, run.elements), run.lane_time
        left_out[stops] = False
        cost += run.cost
    return Solution(tuple(elements), tuple(lane_time), cost + int(problem.penalty[left_out].sum()))
