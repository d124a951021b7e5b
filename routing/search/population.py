"""Solutions that have children: where a day is small for its budget, one anneal after the other would end alike.

Two are drawn, a child inherits runs of both and is annealed for a little while, and lives if it is good enough (the
memetic scheme of Nagata and Kobayashi 2010, with an anneal as local search).
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np

from routing.search.arrays import Problem
from routing.search.budget import Share, Stop
from routing.search.cooling import Cooling, leg_of
from routing.search.course import Course, Standing, Watch, cost_of, seed_of
from routing.search.crossover import child_of
from routing.search.zone_search import annealed
from routing.search.zones import Solution, Zone, joined, zones

SIZE = 6
"""So many solutions live."""
SIBLINGS = 2
"""So many children of a generation are searched side by side, ..."""
WARM_FROM = 0.4
"""... from as warm as a search of the whole day is after this share of its budget."""


class Population:
    """The solutions that live, the cheapest first; those of a day that is not split into zones."""

    def __init__(self, problem: Problem, founders: Sequence[Solution], course: Course, stop: Stop) -> None:
        self.problem, self.course, self.stop = problem._replace(free_runs=0), course, stop
        self.living = sorted(founders, key=cost_of)
        self.iterations = 0
        self.random = np.random.Generator(np.random.PCG64(course.seed))

    def run(self, pool: ThreadPoolExecutor, watch: Watch) -> Standing:
        """Bear a generation in each slice until the budget is spent or `stop` says so, telling `watch` after each."""
        for turn in self.course.turns(self.stop):
            self._generation(pool, turn)
            watch(Standing(self.iterations, self.living[0]))
        return Standing(self.iterations, self.living[0])

    def _generation(self, pool: ThreadPoolExecutor, turn: int) -> None:
        """Bear children; each lives that is cheaper than the most expensive and like no other."""
        each = self.course.budget.expected(self.iterations) / (self.course.slices * SIBLINGS)
        leg = leg_of(self.problem, self.living[0])
        cooling = Cooling(self.course.any_leg, leg, each / self.problem.stops)
        shares = [Share(self.course.budget, turn, self.course.slices, each, SIBLINGS) for each in range(SIBLINGS)]
        born = [self._conceived(turn, pool) for _ in shares]
        jobs = [pool.submit(self._grown, zone, share, cooling) for zone, share in zip(born, shares, strict=True)]
        for child in [job.result() for job in jobs]:
            self.iterations += child.iterations
            if child.best.cost not in {each.cost for each in self.living}:
                self.living = sorted([*self.living, child.best], key=cost_of)[:SIZE]

    def _conceived(self, turn: int, pool: ThreadPoolExecutor) -> Zone:
        """A child of two that are drawn; of the only one, where there is but one."""
        one, other = self.random.permutation(len(self.living))[[0, -1]]
        child = child_of(self.problem, self.living[one], self.living[other], self.random)
        return zones(self.problem, child, 1, self.random, turn, pool)[0]

    def _grown(self, zone: Zone, share: Share, cooling: Cooling) -> Standing:
        seed = seed_of(self.course.seed, share.slice, share.zone)

        def heat(over: float) -> int:
            return cooling.temperature(WARM_FROM + (1 - WARM_FROM) * over)

        found = annealed(zone, share, heat, seed, self.stop)
        return Standing(found.iterations, joined(self.problem, [zone], [found.best]))
