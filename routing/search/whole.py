"""One anneal of the whole day: split into zones that are searched side by side, anew in each slice of the budget."""

from __future__ import annotations

import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from routing.cpsat import Effort
from routing.search.arrays import COST_RUN, Problem
from routing.search.budget import Share, Stop
from routing.search.cooling import Cooling, leg_of
from routing.search.course import Course, Standing, Watch, cost_of, seed_of
from routing.search.handle import Core
from routing.search.loading import load
from routing.search.pool import Pool
from routing.search.recombine import pool_of
from routing.search.state import LENGTH, PAID, new_state
from routing.search.zone_search import Found, annealed, shrunk
from routing.search.zones import Solution, Zone, has_orphans, joined, present, served_by, zones

SHRINKING = 3
"""So many slices at the beginning look for fewer runs, where all stops are served and a run costs more than ..."""
DEAR_RUN = 10
"""... so many legs between any two stops; else the search opens and closes runs by itself."""
FAIR_FROM = 8
"""From this slice on even shares of paid time count, where they are asked for: first good runs, then even ones."""
RETURNED_AFTER = 2 / 3
"""After this share of the budget the search goes on from the best solution it has seen, if it stands elsewhere."""
RECOMBINING = 0.06
"""The best of what was seen is looked for with at most this share of the budget each time."""
SECONDS_PER_ITERATION = 1e-5
"""How long an iteration takes, about: what a share of a budget in iterations is in CP-SAT's deterministic time."""
ZONE_STOPS = 450
"""A zone has about so many stops: its matrices fit a core's cache. Days under two thirds of two zones stay whole."""
REPLICAS = 2
"""A day that stays whole is searched so many times side by side; the better goes on, where they do not stay apart."""
TOLLED = 2 / 3
"""A run costs a toll besides for this share of the budget."""


@dataclass(frozen=True)
class Strand:
    """One line of search: where it stands, and the best it has seen."""

    now: Solution
    best: Solution


class WholeSearch:
    """The search of a whole day, in one strand or several side by side."""

    def __init__(self, problem: Problem, start: Solution, course: Course, stop: Stop) -> None:
        self.problem = problem._replace(free_runs=int(course.toll > 0))
        self.course, self.stop = course, stop
        self.iterations = 0
        self.random = np.random.Generator(np.random.PCG64(course.seed))
        self.cooling = Cooling(course.any_leg, course.any_leg)
        self.parts = parts_of(problem)
        self.strands = [Strand(start, start)] * (REPLICAS if self.parts == 1 else 1)
        self.seen = pool_of(problem, self.parts == 1)
        dear = bool(np.any(problem.kinds[:, COST_RUN] > DEAR_RUN * course.any_leg))
        self.shrinking = SHRINKING if dear and served_by(problem, start).all() else 0

    @property
    def best(self) -> Solution:
        """The best seen."""
        return min((strand.best for strand in self.strands), key=cost_of)

    def run(self, pool: ThreadPoolExecutor, watch: Watch) -> Standing:
        """Search until the budget is spent or `stop` says so, telling `watch` after each slice."""
        for turn in self.course.turns(self.stop):
            self.slice(pool, turn)
            watch(Standing(self.iterations, self.best))
        return Standing(self.iterations, self.best)

    def slice(self, pool: ThreadPoolExecutor, turn: int) -> None:
        """Search all zones of all strands through one slice of the budget."""
        if turn == round(RETURNED_AFTER * self.course.slices):
            self.strands = [replace(each, now=min(each.now, each.best, key=cost_of)) for each in self.strands]
        per_stop = self.course.budget.expected(self.iterations) / self.problem.stops
        self.cooling = Cooling(self.course.any_leg, leg_of(self.problem, self.best), per_stop, self.parts == 1)
        if self.problem.fairness and turn >= FAIR_FROM:
            self._share_anew()
        split = [zones(self.problem, strand.now, self.parts, self.random, turn, pool) for strand in self.strands]
        found = iter(self._search_zones(pool, [zone for parts in split for zone in parts], turn))
        self.strands = [
            self._joined(strand, parts, [next(found) for _ in parts])
            for strand, parts in zip(self.strands, split, strict=True)
        ]
        if not self.course.apart:
            now = min((strand.now for strand in self.strands), key=cost_of)
            self.strands = [Strand(now, self.best)] * len(self.strands)
        if self.seen and turn in self.seen.TOGETHER_AFTER and not self.stop():
            self._recombine(self.seen)

    def _share_anew(self) -> None:
        """From now on the mean paid time of the best solution's runs is what a run's share is compared with."""
        core = Core(self.problem, new_state(self.problem, 1))
        load(core, self.best)
        used = core.state.run[:, LENGTH] > 0
        mean = int(core.state.run[used, PAID].sum()) // max(1, int(np.count_nonzero(used)))
        self.problem = self.problem._replace(mean_paid=mean)
        self.strands = [
            Strand(*(_priced_again(self.problem, s) for s in (each.now, each.best))) for each in self.strands
        ]

    def _recombine(self, seen: Pool[Any]) -> None:
        """Put the best of what was seen together; go on from there where that is better than the best so far."""
        budget = self.course.budget
        effort = Effort((budget.iterations or 0) * SECONDS_PER_ITERATION * RECOMBINING, None, self.stop)
        if budget.until is not None:
            seconds = RECOMBINING * (budget.until - budget.began)
            effort = Effort(seconds, min(budget.until, time.monotonic() + seconds), self.stop)
        core = Core(self.problem, new_state(self.problem, 1))
        load(core, self.best)
        known = seen.pieces(self.problem, core.state, np.arange(self.problem.stops))
        better = seen.best(self.problem, known, effort)
        better = better and _priced_again(self.problem, better)
        if better and better.cost < self.best.cost:
            self.strands = [Strand(better, better)] * len(self.strands)

    def _search_zones(self, pool: ThreadPoolExecutor, parts: Sequence[Zone], turn: int) -> list[Found]:
        shares = [Share(self.course.budget, turn, self.course.slices, zone, len(parts)) for zone in range(len(parts))]
        jobs = [pool.submit(self._search_zone, zone, share) for zone, share in zip(parts, shares, strict=True)]
        found = [job.result() for job in jobs]
        self.iterations += sum(each.iterations for each in found)
        if self.seen:
            self.seen.add(piece for each in found for piece in each.pieces)
        return found

    def _joined(self, strand: Strand, parts: Sequence[Zone], found: Sequence[Found]) -> Strand:
        """The strand after its zones have been searched."""
        now, best = self._whole(joined(self.problem, parts, [each.now for each in found])), strand.best
        if sum(each.best.cost for each in found) < best.cost:
            best = min(best, self._whole(joined(self.problem, parts, [each.best for each in found])), key=cost_of)
        return Strand(now, best)

    def _whole(self, solution: Solution) -> Solution:
        """Leave out returns whose pickups another zone lost; where none did, the solution stands as it is."""
        if not has_orphans(self.problem, solution):
            return solution
        core = Core(self.problem, new_state(self.problem, 1))
        load(core, solution)
        return present(self.problem, core.state)

    def _search_zone(self, zone: Zone, share: Share) -> Found:
        turn, slices, seed = share.slice, share.slices, seed_of(self.course.seed, share.slice, share.zone)
        if turn < self.shrinking:
            return shrunk(zone, share, self.cooling.temperature(0), seed, self.stop)

        def heat(over: float) -> int:
            return self.cooling.temperature((turn - self.shrinking + over) / (slices - self.shrinking))

        toll = self.course.toll * self.cooling.temperature(turn / slices) if turn < TOLLED * slices else 0
        pool = self.seen if self.seen and turn >= self.seen.SEEN_FROM else None
        return annealed(zone, share, heat, seed, self.stop, toll=round(toll), pool=pool)


def _priced_again(problem: Problem, solution: Solution) -> Solution:
    """The same solution at the costs of `problem`."""
    core = Core(problem, new_state(problem, 1))
    load(core, solution)
    return present(problem, core.state)


def parts_of(problem: Problem) -> int:
    """How many zones; where lanes are limited two, since each must have lane time of its own."""
    parts = max(1, round(problem.stops / ZONE_STOPS))
    return min(parts, 2) if problem.lanes else parts
