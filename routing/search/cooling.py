"""How warm the search is: by what legs cost, and by how much of the budget is spent."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from routing.search.arrays import COST_METRE, COST_SECOND, END, FINE, START, Problem
from routing.search.zones import Solution

WARM, MILD, COLD = 0.5, 0.15, 0.04
"""Start temperature in mean costs of a leg between any two stops, and in those of the solution the temperature until
which most is decided, and that of the end."""
QUENCH = 800
"""From mild to cold takes at most so many iterations per stop where a day stays whole: more are better spent while runs
can be won or lost. A day that is split is better cooled evenly."""
ENOUGH = 6000
"""A day that stays whole starts so warm with so many iterations per stop or more; with fewer it is colder, ..."""
LEAST_WARMTH = 0.4
"""... by this factor at most, and by it always on a day that is split."""


@dataclass(frozen=True)
class Cooling:
    """Temperatures over a search, in fine cost units.

    Attributes
    ----------
    any_leg, leg
        What a leg costs on average between any two stops, and in the solution.
    per_stop
        Iterations per stop that the budget allows.
    whole
        Whether the day stays whole.
    """

    any_leg: int
    leg: int
    per_stop: float = math.inf
    whole: bool = True

    def temperature(self, share: float) -> int:
        """How warm it is when this share of the budget is spent."""
        warm = self.any_leg * WARM * self._warmth
        cold = min(warm, self.leg * COLD)
        mild = min(warm, self.leg * MILD)
        evenly = math.log(mild / cold) / math.log(warm / cold) if warm > cold else 1.0
        quench = min(evenly, QUENCH / max(1.0, self.per_stop)) if self.whole else evenly
        return round(math.exp(np.interp(share, [0, 1 - quench, 1], np.log([warm, mild, cold]))))

    @property
    def _warmth(self) -> float:
        """How warm a search of so many iterations can afford to be."""
        return min(1.0, max(LEAST_WARMTH, math.sqrt(self.per_stop / ENOUGH) if self.whole else 0.0))


def leg_of(problem: Problem, solution: Solution) -> int:
    """What a leg of the solution costs, in fine units, on average."""
    total, legs = 0, 0
    place = np.append(problem.place, problem.hub)
    for run, elements in enumerate(solution.elements):
        if len(elements):
            start, end = problem.kinds[problem.kind_of[run], [START, END]]
            places = np.concatenate([[start], place[elements], [end] if end >= 0 else []]).astype(np.int64)
            total += int(problem.worth[places[:-1], places[1:]].sum(dtype=np.int64))
            legs += len(places) - 1
    return max(1, (total << problem.coarse) // max(1, legs))


def any_leg_of(problem: Problem) -> int:
    """What a leg between any two stops costs, in fine units, on average."""
    places = np.unique(problem.place)
    if not len(places) or not len(problem.kinds):
        return FINE
    metre, second = int(problem.kinds[:, COST_METRE].max()), int(problem.kinds[:, COST_SECOND].max())
    total = 0
    for place in places:  # row by row: a day of 10,000 stops has no room for copies
        total += int(problem.metres[place, places].sum(dtype=np.int64)) * metre
        total += int(problem.seconds[place, places].sum(dtype=np.int64)) * second
    return max(1, total // len(places) ** 2)
