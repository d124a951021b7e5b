"""Whole runs that were seen, put together anew, where any runs that share no stop go together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from routing.search.arrays import BEGAN, I64, Problem
from routing.search.pool import HUB, Pool
from routing.search.state import BEGIN, COST, ELEMENT, FINISH, LANE, LENGTH, State

if TYPE_CHECKING:
    from ortools.sat.python import cp_model


@dataclass(frozen=True)
class PooledRun:
    """A run that was seen: the kind of driver it is for, its stops and hub visits, its lane time, and its cost."""

    kind: int
    elements: I64
    lane_time: I64
    cost: int

    @property
    def stops(self) -> I64:
        """Its stops without hub visits."""
        return self.elements[self.elements != HUB]

    @property
    def key(self) -> tuple[int, bytes]:
        """What it shares with the same stops in another order."""
        return self.kind, np.sort(self.elements).tobytes()

    @property
    def rank(self) -> tuple[int, ...]:
        """The cheapest order is kept."""
        return (self.cost,)


def runs_are_independent(problem: Problem) -> bool:
    """Whether any runs that share no stop go together: no lanes, round trips, even shares, nobody under way."""
    return not (problem.lanes or problem.linked or problem.fairness or np.any(problem.kinds[:, BEGAN]))


class RunPool(Pool[PooledRun]):
    """The cheapest order seen of each set of stops in a run."""

    MOST = 4_000  # CP-SAT then mostly ends with a proof in a few seconds
    SEEN_FROM = 12
    TOGETHER_AFTER = (18, 21)

    @staticmethod
    def pieces(problem: Problem, state: State, stops: I64) -> list[PooledRun]:
        """Return the runs as they stand; `stops` says which stops of the whole day those of `problem` are."""
        whole = np.append(stops, HUB)
        found = []
        for index in np.flatnonzero(state.run[:, LENGTH]):
            rows = state.at[index, 1 : state.run[index, LENGTH] + 1]
            visits = rows[rows[:, ELEMENT] == problem.stops]
            kind, cost = int(problem.kind_of[index]), int(state.run[index, COST])
            found.append(PooledRun(kind, whole[rows[:, ELEMENT]], visits[:, [LANE, BEGIN, FINISH]], cost))
        return found

    def _limit(
        self, model: cp_model.CpModel, problem: Problem, pieces: Sequence[PooledRun], takes: list[cp_model.IntVar]
    ) -> None:
        """Allow no more runs of a kind than it has drivers."""
        of_kind: dict[int, list[cp_model.IntVar]] = {}
        for run, take in zip(pieces, takes, strict=True):
            of_kind.setdefault(run.kind, []).append(take)
        for kind, each in of_kind.items():
            model.add(sum(each) <= int(problem.kind_at[kind + 1] - problem.kind_at[kind]))

    def _runs(self, problem: Problem, chosen: Sequence[PooledRun]) -> tuple[tuple[I64, ...], tuple[I64, ...]]:
        """Give each run to an idle driver of its kind."""
        elements, lane_time = [np.zeros(0, np.int64)] * problem.runs, [np.zeros((0, 3), np.int64)] * problem.runs
        bounds = zip(problem.kind_at, problem.kind_at[1:], strict=False)
        idle = [list(problem.kind_runs[first:last]) for first, last in bounds]
        for run in chosen:
            index = idle[run.kind].pop(0)
            elements[index] = np.where(run.elements == HUB, problem.stops, run.elements)
            lane_time[index] = run.lane_time
        return tuple(elements), tuple(lane_time)
