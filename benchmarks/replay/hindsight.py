"""What could have been: one plan that knows the whole day before it begins."""

from __future__ import annotations

from dataclasses import replace

from benchmarks.replay.outcome import Outcome
from benchmarks.replay.world import World
from benchmarks.terminal import first_interrupt_noted
from routing import Day, solve

NAME = "full hindsight"


def play_hindsight(world: World, iterations: int) -> Outcome:
    """Plan the day with everything known: who asks, what is late, who is not there, who drops out.

    Legs and stops take what is expected of them; so this is what nobody can reach, only come near.
    """
    day = known_day(world)
    # The search has threads, which an exception would wait for; what an interrupt cuts short is no hindsight.
    with first_interrupt_noted() as stop:
        plan = solve(day, iterations=iterations, seed=world.seed, should_stop=stop.is_set)
    if stop.is_set():
        raise KeyboardInterrupt
    served = set().union(*(run.requests for run in plan.runs)) if plan.runs else set()
    return Outcome(
        policy=NAME,
        seed=world.seed,
        possible=len(day.requests),
        served=len(served),
        on_time=len(served),
        cost=plan.cost.total,
        hours=sum(run.paid_seconds for run in plan.runs) / 3600,
        documents=sum(request.documents for request in day.requests if request.id in served),
        changes=0,
    )


def known_day(world: World) -> Day:
    """The day as it turned out: only what could be served, documents when they were ready, a shift cut short."""
    requests = tuple(
        replace(each, ready_at=world.ready[each.id]) if each.id in world.ready else each for each in world.possible
    )
    drivers = world.day.drivers
    if world.drops_out:
        name, at = world.drops_out
        drivers = tuple(
            each.replace(shift=(each.shift[0], min(at, each.shift[1]))) if each.id == name else each for each in drivers
        )
    return world.day.replace(requests=requests, drivers=drivers)
