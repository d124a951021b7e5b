"""One zone searched through one slice of the budget: annealed, or searched for fewer runs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from routing.search import anneal, fleet
from routing.search.arrays import COST_RUN, Problem
from routing.search.budget import Share, Stop
from routing.search.handle import Core
from routing.search.loading import load
from routing.search.pool import Pool
from routing.search.state import ITERATIONS, new_state
from routing.search.zones import Solution, Zone, best, present


@dataclass(frozen=True)
class Found:
    """What a zone's search found: where it stands, the best it saw, its iterations, and runs or trips that it had."""

    now: Solution
    best: Solution
    iterations: int
    pieces: list[Any]


def annealed(
    zone: Zone,
    share: Share,
    heat: Callable[[float], int],
    seed: int,
    stop: Stop,
    *,
    toll: int = 0,
    pool: Pool[Any] | None = None,
) -> Found:
    """Anneal `zone` from where it starts.

    Parameters
    ----------
    zone, share
        What to search, and how long.
    heat
        The temperature, by the share of the slice that is over.
    seed
        What chance depends on.
    stop
        Asked all the time; returning True ends the search.
    toll
        What a run costs besides while searching, in fine units.
    pool
        Keeps which pieces of the solutions seen, if any.
    """
    zone = replace(zone, problem=_with_toll(zone.problem, toll))
    core, seen = _core_at_start(zone, seed), list[Any]()
    for over, count in share.chunks(stop) if len(zone.stops) else ():
        anneal.search(*core.handles, count, heat(over), heat(over))
        if pool:
            seen += pool.pieces(zone.problem, core.state, zone.stops)
    both = present(zone.problem, core.state), best(zone.problem, core.state)
    now, fewest = (_without_toll(each, toll) for each in both)
    seen = [replace(piece, cost=piece.cost - toll) for piece in seen] if toll else seen
    return Found(now, fewest, int(core.state.tally[ITERATIONS]), seen)


def shrunk(zone: Zone, share: Share, warm: int, seed: int, stop: Stop) -> Found:
    """Look for fewer runs; once none can be spared any more, for better ones."""
    core, spare = _core_at_start(zone, seed), True
    for _, count in share.chunks(stop) if len(zone.stops) else ():
        before = core.state.tally[ITERATIONS]
        if spare:
            fleet.shrink(*core.handles, count, warm)
        spare = spare and core.state.tally[ITERATIONS] > before
        if not spare:
            anneal.search(*core.handles, count, warm, warm)
    fewest = best(zone.problem, core.state)
    return Found(fewest, fewest, int(core.state.tally[ITERATIONS]), [])


def _core_at_start(zone: Zone, seed: int) -> Core:
    core = Core(zone.problem, new_state(zone.problem, seed))
    load(core, zone.start)
    return core


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
