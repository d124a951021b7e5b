"""One anneal of the whole day: split into zones that are searched side by side, anew in each slice of the budget."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

import numpy as np

from routing.search import anneal, fleet
from routing.search.arrays import COST_RUN, Problem
from routing.search.budget import Budget, Share, Stop
from routing.search.construct import load
from routing.search.cooling import Cooling, affordable_warmth, leg_of
from routing.search.handle import Core
from routing.search.recombine import Pool, PooledRun, runs_are_independent, runs_in
from routing.search.state import ITERATIONS, LENGTH, PAID, new_state
from routing.search.zones import Solution, Zone, best, has_orphans, joined, present, served_by, zones

SHRINKING = 3
"""So many slices at the beginning look for fewer runs, where all stops are served and a run costs more than ..."""
DEAR_RUN = 10
"""... so many legs between any two stops; else the search opens and closes runs by itself."""
FAIR_FROM = 8
"""From this slice on even shares of paid time count, where they are asked for: first good runs, then even ones."""
RETURNED_AFTER = 2 / 3
"""After this share of the budget the search goes on from the best solution it has seen, if it stands elsewhere."""
RECOMBINED_AFTER = (18, 22)
"""After these slices the best runs seen are put together anew ..."""
POOLED_FROM = 12
"""... of those seen since this slice, ..."""
RECOMBINING = 0.06
"""... for at most this share of the budget each time."""
SECONDS_PER_ITERATION = 1e-5
"""How long an iteration takes, about: what a share of a budget in iterations is in CP-SAT's deterministic time."""
ZONE_STOPS = 450
"""A zone has about so many stops: its matrices fit a core's cache. Days under two thirds of two zones stay whole."""
REPLICAS = 2
"""A day that stays whole is searched so many times side by side; the better goes on."""
TOLLED = 2 / 3
"""A run costs a toll besides for this share of the budget."""


@dataclass(frozen=True)
class Standing:
    """How far the search is: iterations, and the best solution so far."""

    iterations: int
    best: Solution


Watch = Callable[[Standing], None]
"""Told how the search stands after each slice."""


@dataclass(frozen=True)
class Course:
    """How a day is searched.

    Attributes
    ----------
    budget, slices
        What it may spend, in so many slices.
    seed
        What chance depends on.
    any_leg
        What a leg between any two stops costs on average, in fine units.
    toll
        What a run costs besides, in temperatures.
    """

    budget: Budget
    slices: int
    seed: int
    any_leg: int
    toll: float = 0.0


@dataclass(frozen=True)
class Found:
    """What a zone's search found: where it stands, the best it saw, its iterations, and runs that it had."""

    now: Solution
    best: Solution
    iterations: int
    runs: list[PooledRun]


class WholeSearch:
    """Where the search of a whole day stands."""

    def __init__(self, problem: Problem, start: Solution, course: Course, stop: Stop) -> None:
        self.problem, self.course, self.stop = problem, course, stop
        self.now = self.best = start
        self.iterations = 0
        self.random = np.random.Generator(np.random.PCG64(course.seed))
        self.cooling = Cooling(course.any_leg, course.any_leg)
        self.parts = _parts(problem)
        self.pool = Pool() if runs_are_independent(problem) else None
        dear = bool(np.any(problem.kinds[:, COST_RUN] > DEAR_RUN * course.any_leg))
        self.shrinking = SHRINKING if dear and served_by(problem, start).all() else 0

    def run(self, pool: ThreadPoolExecutor, watch: Watch) -> Standing:
        """Search until the budget is spent or `stop` says so, telling `watch` after each slice."""
        for turn in range(self.course.slices):
            if self.stop() or self.course.budget.is_over():
                break
            self.slice(pool, turn)
            watch(Standing(self.iterations, self.best))
        return Standing(self.iterations, self.best)

    def slice(self, pool: ThreadPoolExecutor, turn: int) -> None:
        """Search all zones through one slice of the budget."""
        if turn == round(RETURNED_AFTER * self.course.slices) and self.best.cost < self.now.cost:
            self.now = self.best
        warmth = affordable_warmth(self.course.budget.expected(self.iterations), self.problem.stops)
        self.cooling = Cooling(self.course.any_leg, leg_of(self.problem, self.best), warmth)
        if self.problem.fairness and turn >= FAIR_FROM:
            self._share_anew()
        parts = zones(self.problem, self.now, self.parts, self.random, turn)
        if self.parts == 1:
            parts *= REPLICAS
        shares = [Share(self.course.budget, turn, self.course.slices, zone, len(parts)) for zone in range(len(parts))]
        jobs = [pool.submit(self._search_zone, zone, share) for zone, share in zip(parts, shares, strict=True)]
        found = [job.result() for job in jobs]
        self.iterations += sum(each.iterations for each in found)
        if self.parts == 1:
            self.now = self._whole(joined(self.problem, parts[:1], [min((each.now for each in found), key=cost_of)]))
            best = joined(self.problem, parts[:1], [min((each.best for each in found), key=cost_of)])
            self.best = min(self.best, best, key=cost_of)
        else:
            self._join(parts, found)
        if self.pool:
            self.pool.add(run for each in found for run in each.runs)
            if turn in RECOMBINED_AFTER and not self.stop():
                self._recombine(self.pool)

    def _share_anew(self) -> None:
        """From now on the mean paid time of the best solution's runs is what a run's share is compared with."""
        core = Core(self.problem, new_state(self.problem, 1))
        load(core, self.best)
        used = core.state.run[:, LENGTH] > 0
        mean = int(core.state.run[used, PAID].sum()) // max(1, int(np.count_nonzero(used)))
        self.problem = self.problem._replace(mean_paid=mean)
        self.now, self.best = (_priced_again(self.problem, each) for each in (self.now, self.best))

    def _recombine(self, pool: Pool) -> None:
        """Put the best of the runs seen together; go on from there where that is better than the best so far."""
        seconds, work = None, (self.course.budget.iterations or 0) * SECONDS_PER_ITERATION * RECOMBINING
        if self.course.budget.until is not None:
            seconds = work = (self.course.budget.until - self.course.budget.began) * RECOMBINING
        core = Core(self.problem, new_state(self.problem, 1))
        load(core, self.best)
        known = runs_in(self.problem, core.state, np.arange(self.problem.stops))
        better = pool.best(self.problem, known, seconds=seconds, work=work, stop=self.stop)
        if better and better.cost < self.best.cost:
            self.now = self.best = better

    def _join(self, parts: Sequence[Zone], found: Sequence[Found]) -> None:
        self.now = self._whole(joined(self.problem, parts, [each.now for each in found]))
        if sum(each.best.cost for each in found) < self.best.cost:
            best = self._whole(joined(self.problem, parts, [each.best for each in found]))
            self.best = min(self.best, best, key=cost_of)

    def _whole(self, solution: Solution) -> Solution:
        """Leave out returns whose pickups another zone lost; where none did, the solution stands as it is."""
        if not has_orphans(self.problem, solution):
            return solution
        core = Core(self.problem, new_state(self.problem, 1))
        load(core, solution)
        return present(self.problem, core.state)

    def _search_zone(self, zone: Zone, share: Share) -> Found:
        turn, slices = share.slice, share.slices
        toll = round(self.course.toll * self.cooling.temperature(turn / slices)) if turn < TOLLED * slices else 0
        zone = replace(zone, problem=_with_toll(zone.problem, toll)._replace(free_runs=int(self.course.toll > 0)))
        core = Core(zone.problem, new_state(zone.problem, seed_of(self.course.seed, turn, share.zone)))
        load(core, zone.start)
        state = core.state
        if turn < self.shrinking and len(zone.stops):
            self._shrink(core, share)
            fewest = best(zone.problem, state)
            return Found(fewest, fewest, int(state.tally[ITERATIONS]), [])
        seen: list[PooledRun] = []
        for over, count in share.chunks(self.stop) if len(zone.stops) else ():
            step = (turn - self.shrinking + over) / (slices - self.shrinking)
            anneal.search(*core.handles, count, self.cooling.temperature(step), self.cooling.temperature(step))
            if self.pool and turn >= POOLED_FROM:
                seen += runs_in(zone.problem, state, zone.stops)
        now, fewest = (_without_toll(each, toll) for each in (present(zone.problem, state), best(zone.problem, state)))
        seen = [replace(run, cost=run.cost - toll) for run in seen]
        return Found(now, fewest, int(state.tally[ITERATIONS]), seen)

    def _shrink(self, core: Core, share: Share) -> None:
        """Look for fewer runs; once none can be spared any more, for better ones."""
        warm = self.cooling.temperature(0)
        spare = True
        for _, count in share.chunks(self.stop):
            before = core.state.tally[ITERATIONS]
            if spare:
                fleet.shrink(*core.handles, count, warm)
            spare = spare and core.state.tally[ITERATIONS] > before
            if not spare:
                anneal.search(*core.handles, count, warm, warm)


def _with_toll(problem: Problem, toll: int) -> Problem:
    """The problem in which each run costs so much more."""
    if toll == 0:
        return problem
    kinds = problem.kinds.copy()
    kinds[:, COST_RUN] += toll
    return problem._replace(kinds=kinds)


def _without_toll(solution: Solution, toll: int) -> Solution:
    used = sum(1 for elements in solution.elements if len(elements))
    return replace(solution, cost=solution.cost - toll * used)


def cost_of(solution: Solution) -> int:
    """What the solution costs, in fine units."""
    return solution.cost


def _priced_again(problem: Problem, solution: Solution) -> Solution:
    """The same solution at the costs of `problem`."""
    core = Core(problem, new_state(problem, 1))
    load(core, solution)
    return present(problem, core.state)


def seed_of(*numbers: int) -> int:
    """Mix whole numbers to a seed."""
    mixed = 0x9E3779B97F4A7C15
    for number in numbers:
        mixed = ((mixed ^ (number + 0x632BE59BD9B4E019)) * 0xBF58476D1CE4E5B9) % 2**64
        mixed ^= mixed >> 29
    return mixed


def _parts(problem: Problem) -> int:
    """How many zones; where lanes are limited two, since each must have lane time of its own."""
    parts = max(1, round(problem.stops / ZONE_STOPS))
    return min(parts, 2) if problem.lanes else parts
