"""Drives the compiled search: construct, then anneal zones side by side, slice by slice, until the budget is spent.

What is done depends on the seed and the budget alone, never on the number of workers: an iteration budget gives the
same solution on every machine. A time budget is used whole.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

import numpy as np

from routing.search import anneal, coupling, fleet, memory, ruin, runs
from routing.search.arrays import COST_METRE, COST_RUN, COST_SECOND, END, FINE, I64, START, Problem
from routing.search.handle import Core
from routing.search.recombine import Pool, PooledRun, runs_are_independent, runs_in
from routing.search.state import ITERATIONS, LENGTH, PAID, State, new_state
from routing.search.zones import Solution, Zone, best, hand_overs, has_orphans, joined, present, served_by, zones

SLICES = 24
"""Times that the day is split anew over the whole budget."""
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
CHUNK_SECONDS = 0.05
CHUNK_ITERATIONS = 2000
"""Compiled code cannot be interrupted, so it runs for about so long, or so many iterations, at a time."""
ZONE_STOPS = 450
"""A zone has about so many stops: its matrices fit a core's cache. Days under two thirds of two zones stay whole."""
REPLICAS = 2
"""A day that stays whole is searched so many times side by side; the better goes on."""
WARM, COLD = 0.5, 0.04
"""Start temperature in mean costs of a leg between any two stops, end temperature in those of the solution, with ..."""
ENOUGH = 6000
"""... so many iterations per stop or more; with fewer the search is colder, ..."""
LEAST_WARMTH = 0.4
"""... by this factor at most."""
TOLLS = (0.0, -4.0, 4.0)
"""What a run costs besides, in temperatures: how many runs are good shows only when it is too cold to change that.
So each of these is tried by a search of its own, ..."""
TRIAL, TRIAL_SLICES = 0.08, 8
"""... for this share of the budget, in so many slices; the best holds for the rest, ..."""
TOLLED = 2 / 3
"""... of which this share pays it."""
FIRST_GUESS = 20_000
"""Iterations per second and worker, until the first slice has shown them."""


@dataclass(frozen=True)
class Standing:
    """How far the search is: iterations, and the best solution so far."""

    iterations: int
    best: Solution


@dataclass(frozen=True)
class Budget:
    """What the search may spend: wall time until a moment of `time.monotonic`, or iterations; and threads."""

    began: float
    until: float | None
    iterations: int | None
    workers: int


Watch = Callable[[Standing], None]
"""Told how the search stands after each slice."""
Stop = Callable[[], bool]
"""Asked all the time by every thread; returning True ends the search."""


def first_solution(problem: Problem, order: I64, start: Solution | None = None) -> Solution:
    """Insert all stops in the given order into what `start` has; return what came of it."""
    core = Core(problem, new_state(problem, 1))
    load(core, start)
    for _ in range(2):  # once more for returns whose pickups came after them
        anneal.construct(*core.handles, order, 0, len(order))
    memory.remember_best(core.handles[1])
    return present(problem, core.state)


def load(core: Core, start: Solution | None) -> None:
    """Put `start` into a fresh core; stops of a run that cannot be kept go to the bank."""
    state = core.state
    runs.empty(*core.handles)
    if start is None:
        return
    for run, visits in enumerate(start.lane_time):
        for lane, begin, end in visits if core.problem.lanes else ():
            coupling.take_slot(core.handles[1], lane, begin, end, run)
    _know_hand_overs(core.problem, state, start)
    for run, elements in enumerate(start.elements):
        if len(elements):
            state.draft[: len(elements)] = elements
            begins = start.lane_time[run][:, 1]
            state.floors[: len(begins)] = begins
            runs.place_draft(*core.handles, run, len(elements))
    runs.release_idle_slots(*core.handles)
    ruin.drop_orphans(*core.handles)
    memory.keep(core.handles[1])
    memory.remember_best(core.handles[1])


def _know_hand_overs(problem: Problem, state: State, start: Solution) -> None:
    """Let both halves of each round trip know of the other before either is placed."""
    if not problem.linked:
        return
    loaded, unloaded = hand_overs(problem, start)
    served = served_by(problem, start)
    second = np.flatnonzero((problem.partner >= 0) & (problem.is_second == 1))
    second = second[served[second] & served[problem.partner[second]]]
    first = problem.partner[second]
    state.ready[second] = np.maximum(problem.ready[second], unloaded[first] + problem.processing)
    state.due[first] = np.minimum(problem.due[first], loaded[second] - problem.processing)


def improve(problem: Problem, start: Solution, budget: Budget, seed: int, watch: Watch, stop: Stop) -> Standing:
    """Search from `start` until the budget is spent or `stop` says so; return the best found."""
    with ThreadPoolExecutor(budget.workers) as pool:
        if problem.stops == 0:
            return Standing(0, start)
        if not problem.free_runs:
            return _Search(problem, start, budget, seed, stop, SLICES, 0.0).run(pool, watch)
        return _try_tolls(problem, start, budget, seed, watch, stop, pool)


def _try_tolls(
    problem: Problem, start: Solution, budget: Budget, seed: int, watch: Watch, stop: Stop, pool: ThreadPoolExecutor
) -> Standing:
    """Search a little with each toll, then with the one that came out best, from what it found."""
    spent, chosen = Standing(0, start), 0.0

    def told(standing: Standing) -> None:
        watch(Standing(spent.iterations + standing.iterations, min(spent.best, standing.best, key=_cost)))

    for number, toll in enumerate(TOLLS):
        part = _part_of(budget, TRIAL / (1 - number * TRIAL), spent.iterations)
        search = _Search(problem, start, part, seed_of(seed, number), stop, TRIAL_SLICES, toll)
        tried = search.run(pool, told)
        if number == 0 or tried.best.cost < spent.best.cost:
            chosen = toll
        spent = Standing(spent.iterations + tried.iterations, min(spent.best, tried.best, key=_cost))
    rest = _part_of(budget, 1.0, spent.iterations)
    main = _Search(problem, spent.best, rest, seed, stop, SLICES, chosen).run(pool, told)
    return Standing(spent.iterations + main.iterations, min(spent.best, main.best, key=_cost))


def _part_of(budget: Budget, share: float, spent: int) -> Budget:
    """So large a share of what is left of the budget after so many iterations."""
    if budget.until is not None:
        now = time.monotonic()
        return replace(budget, began=now, until=now + share * max(0.0, budget.until - now))
    return replace(budget, iterations=round(share * ((budget.iterations or 0) - spent)))


@dataclass(frozen=True)
class Found:
    """What a zone's search found: where it stands, the best it saw, its iterations, and runs that it had."""

    now: Solution
    best: Solution
    iterations: int
    runs: list[PooledRun]


class _Search:
    """One anneal of the whole day, in slices; a run costs `toll` temperatures besides."""

    def __init__(
        self, problem: Problem, start: Solution, budget: Budget, seed: int, stop: Stop, slices: int, toll: float
    ) -> None:
        self.problem, self.budget, self.seed, self.stop = problem, budget, seed, stop
        self.slices, self.toll = slices, toll
        self.now = self.best = start
        self.iterations = 0
        self.random = np.random.Generator(np.random.PCG64(seed))
        self.scale = _mean_leg_cost(problem)
        self.warmth = 1.0
        self.leg = self.scale
        self.parts = _parts(problem)
        self.pool = Pool() if runs_are_independent(problem) else None
        self.shrinking = SHRINKING if _runs_are_dear(problem) and served_by(problem, start).all() else 0

    def run(self, pool: ThreadPoolExecutor, watch: Watch) -> Standing:
        """Search until the budget is spent or `stop` says so, telling `watch` after each slice."""
        for turn in range(self.slices):
            if self.stop():
                break
            self.slice(pool, turn)
            watch(Standing(self.iterations, self.best))
        return Standing(self.iterations, self.best)

    def slice(self, pool: ThreadPoolExecutor, turn: int) -> None:
        """Search all zones through one slice of the budget."""
        self.warmth = self._warmth()
        if turn == round(RETURNED_AFTER * self.slices) and self.best.cost < self.now.cost:
            self.now = self.best
        self.leg = _mean_leg_of(self.problem, self.best)
        if self.problem.fairness and turn >= FAIR_FROM:
            self._share_anew()
        parts = zones(self.problem, self.now, self.parts, self.random, turn)
        if self.parts == 1:
            parts *= REPLICAS
        jobs = [pool.submit(self._search_zone, zone, turn, number, len(parts)) for number, zone in enumerate(parts)]
        found = [job.result() for job in jobs]
        self.iterations += sum(each.iterations for each in found)
        if self.parts == 1:
            self.now = self._whole(joined(self.problem, parts[:1], [min((each.now for each in found), key=_cost)]))
            best = joined(self.problem, parts[:1], [min((each.best for each in found), key=_cost)])
            self.best = min(self.best, best, key=_cost)
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
        seconds, work = None, (self.budget.iterations or 0) * SECONDS_PER_ITERATION * RECOMBINING
        if self.budget.until is not None:
            seconds = work = (self.budget.until - self.budget.began) * RECOMBINING
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
            self.best = min(self.best, best, key=lambda each: each.cost)

    def _whole(self, solution: Solution) -> Solution:
        """Leave out returns whose pickups another zone lost; where none did, the solution stands as it is."""
        if not has_orphans(self.problem, solution):
            return solution
        core = Core(self.problem, new_state(self.problem, 1))
        load(core, solution)
        return present(self.problem, core.state)

    def _search_zone(self, zone: Zone, turn: int, number: int, parts: int) -> Found:
        share = turn / self.slices
        toll = round(self.toll * self._temperature(share)) if share < TOLLED else 0
        zone = replace(zone, problem=_with_toll(zone.problem, toll)._replace(free_runs=int(self.toll > 0)))
        core = Core(zone.problem, new_state(zone.problem, seed_of(self.seed, turn, number)))
        load(core, zone.start)
        state = core.state
        if turn < self.shrinking and len(zone.stops):
            self._shrink(core, turn, number, parts)
            fewest = best(zone.problem, state)
            return Found(fewest, fewest, int(state.tally[ITERATIONS]), [])
        seen: list[PooledRun] = []
        if len(zone.stops):
            for share, count in self._chunks(turn, number, parts):
                step = (turn - self.shrinking + share) / (self.slices - self.shrinking)
                anneal.search(*core.handles, count, self._temperature(step), self._temperature(step))
                if self.pool and turn >= POOLED_FROM:
                    seen += runs_in(zone.problem, state, zone.stops)
        now, fewest = (_without_toll(each, toll) for each in (present(zone.problem, state), best(zone.problem, state)))
        seen = [replace(run, cost=run.cost - toll) for run in seen]
        return Found(now, fewest, int(state.tally[ITERATIONS]), seen)

    def _shrink(self, core: Core, turn: int, number: int, parts: int) -> None:
        """Look for fewer runs; once none can be spared any more, for better ones."""
        warm = self._temperature(0)
        spare = True
        for _, count in self._chunks(turn, number, parts):
            before = core.state.tally[ITERATIONS]
            if spare:
                fleet.shrink(*core.handles, count, warm)
            spare = spare and core.state.tally[ITERATIONS] > before
            if not spare:
                anneal.search(*core.handles, count, warm, warm)

    def _chunks(self, turn: int, number: int, parts: int) -> Iterator[tuple[float, int]]:
        """Yield how much of the slice is over, and how many iterations to do next."""
        if self.budget.until is None:
            yield from self._counted_chunks(turn, number, parts)
        else:
            yield from self._timed_chunks(turn, parts)

    def _counted_chunks(self, turn: int, number: int, parts: int) -> Iterator[tuple[float, int]]:
        every = self.slices * parts
        mine = turn * parts + number
        iterations = self.budget.iterations or 0
        count = iterations * (mine + 1) // every - iterations * mine // every
        for done in range(0, count, CHUNK_ITERATIONS):
            if self.stop():
                return
            yield done / count, min(CHUNK_ITERATIONS, count - done)

    def _timed_chunks(self, turn: int, parts: int) -> Iterator[tuple[float, int]]:
        until = self.budget.until or 0.0
        began = time.monotonic()
        left = (until - began) / (self.slices - turn)
        lasts = left * min(1.0, self.budget.workers / parts)
        count, last = 50, began
        while last < began + lasts and last < until and not self.stop():
            yield min(1.0, (last - began) / lasts), count
            now = time.monotonic()
            ratio = CHUNK_SECONDS / max(now - last, 1e-6)
            count = max(1, round(count * min(4.0, max(0.25, ratio))))
            last = now

    def _temperature(self, share: float) -> int:
        warm, cold = self.scale * WARM * self.warmth, self.leg * COLD
        return round(warm * (cold / warm) ** share)

    def _warmth(self) -> float:
        """How warm the search can afford to be, by the iterations that the whole budget will allow."""
        iterations: float = self.budget.iterations or 0
        if self.budget.until is not None:
            spent = max(1e-6, time.monotonic() - self.budget.began)
            speed = self.iterations / spent if self.iterations else FIRST_GUESS * self.budget.workers
            iterations = speed * max(0.0, self.budget.until - self.budget.began)
        return min(1.0, max(LEAST_WARMTH, math.sqrt(iterations / (ENOUGH * max(1, self.problem.stops)))))


def _runs_are_dear(problem: Problem) -> bool:
    return bool(np.any(problem.kinds[:, COST_RUN] > DEAR_RUN * _mean_leg_cost(problem)))


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


def _cost(solution: Solution) -> int:
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


def _mean_leg_of(problem: Problem, solution: Solution) -> int:
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


def _mean_leg_cost(problem: Problem) -> int:
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
