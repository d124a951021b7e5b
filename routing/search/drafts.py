"""A draft of a run: what its hub visits move, and whether its loads and trips are allowed at all."""

from __future__ import annotations

from routing.search.arrays import (
    CAPACITY,
    I64,
    MAX_TRIPS,
    NEVER,
    PICKUPS0,
    PICKUPS_DUE0,
    RETURNS0,
    TRIP_OPEN0,
    TRIPS0,
    Problem,
)
from routing.search.compiled import compiled
from routing.search.state import (
    AFTER,
    DRAFT_TIGHT,
    DRAFT_TRIPS,
    DUE,
    FLOORED,
    HAND_OVER,
    IN_DRAFT,
    LOADS,
    READY,
    TIED,
    UNLOADS,
    State,
)


@compiled
def tidy(problem: Problem, state: State, run: int, length: int) -> int:
    """Say what each hub visit of the draft moves and drop those that move nothing.

    Returns the new length, or -1 where a return is not loaded, a pickup not unloaded, or load or trips exceed what
    the driver may have. Where the tally says so, no hub visit begins before its floor.
    """
    kind = problem.kinds[problem.kind_of[run]]
    state.tally[TIED] = problem.linked and _holds_round_trip(problem, state, length)
    if not (_sum_unloading(problem, state, kind, length) and _sum_loading(problem, state, length)):
        return -1
    draft, sums = state.draft, state.hub_sums
    kept, hubs = 0, 0
    for i in range(length):
        if draft[i] == len(problem.place) and sums[i, LOADS] == 0 and sums[i, UNLOADS] == 0:
            continue
        if kept != i:
            draft[kept] = draft[i]
            for column in range(DUE + 1):
                sums[kept, column] = sums[i, column]
        sums[kept, AFTER], sums[kept, HAND_OVER] = -1, NEVER
        if state.tally[FLOORED] and draft[kept] == len(problem.place):
            sums[kept, READY] = max(sums[kept, READY], state.floors[hubs])
            hubs += 1
        kept += 1
    if state.tally[TIED] and not _tie(problem, state, kept):
        return -1
    return kept if _loads_fit(problem, state, kind, kept) else -1


@compiled
def _holds_round_trip(problem: Problem, state: State, length: int) -> int:
    """Note which stops are in the draft; 1 where both halves of a round trip are."""
    state.tally[IN_DRAFT] += 1
    draft, drafted, mark, holds = state.draft, state.drafted, state.tally[IN_DRAFT], 0
    for i in range(length):
        stop = draft[i]
        if stop < len(problem.place):
            drafted[stop] = mark
            other = problem.partner[stop]
            if other >= 0 and drafted[other] == mark:
                holds = 1
    return holds


@compiled
def _with_partner(problem: Problem, state: State, stop: int) -> bool:
    """Whether both halves of the stop's round trip are in the draft, which then times them itself."""
    other = problem.partner[stop]
    return other >= 0 and state.drafted[other] == state.tally[IN_DRAFT]


@compiled
def _sum_unloading(problem: Problem, state: State, kind: I64, length: int) -> bool:
    picked, due = kind[PICKUPS0], kind[PICKUPS_DUE0]
    for i in range(length):
        stop = state.draft[i]
        if stop == len(problem.place):
            state.hub_sums[i, UNLOADS], state.hub_sums[i, DUE] = picked, due
            picked, due = 0, NEVER
        elif problem.pickups[stop] > 0:
            picked += problem.pickups[stop]
            own = state.tally[TIED] and _with_partner(problem, state, stop)
            due = min(due, problem.due[stop] if own else state.due[stop])
    return picked == 0


@compiled
def _sum_loading(problem: Problem, state: State, length: int) -> bool:
    loaded, ready = 0, 0
    for i in range(length - 1, -1, -1):
        stop = state.draft[i]
        if stop == len(problem.place):
            state.hub_sums[i, LOADS], state.hub_sums[i, READY] = loaded, ready
            loaded, ready = 0, 0
        elif problem.returns[stop] > 0 and not problem.on_board[stop]:
            loaded += problem.returns[stop]
            own = state.tally[TIED] and _with_partner(problem, state, stop)
            ready = max(ready, problem.ready[stop] if own else state.ready[stop])
    return loaded == 0


@compiled
def _tie(problem: Problem, state: State, length: int) -> bool:
    """Let the hub visit that loads a return wait for the one that unloads its pickup; False where it comes no later."""
    draft, n = state.draft, len(problem.place)
    hub = -1
    for i in range(length - 1, -1, -1):
        if draft[i] == n:
            hub = i
        else:
            state.unloads_at[draft[i]] = hub
    hub = -1
    for i in range(length):
        stop = draft[i]
        if stop == n:
            hub = i
        elif problem.is_second[stop] and _with_partner(problem, state, stop):
            unloads = state.unloads_at[problem.partner[stop]]
            if unloads < 0 or unloads >= hub:
                return False
            state.hub_sums[hub, AFTER] = max(state.hub_sums[hub, AFTER], unloads)
    return True


@compiled
def _loads_fit(problem: Problem, state: State, kind: I64, length: int) -> bool:
    """Whether load and trips are allowed, if neighbours at one door share a stop; tight where that matters."""
    draft, sums, n = state.draft, state.hub_sums, len(problem.place)
    load = kind[RETURNS0] + kind[PICKUPS0]
    trips, in_trip = kind[TRIPS0], kind[TRIP_OPEN0]
    state.tally[DRAFT_TIGHT] = 0
    for i in range(length):
        stop = draft[i]
        if stop == n:
            load += sums[i, LOADS] - sums[i, UNLOADS]
            in_trip = 1
        else:
            load += problem.pickups[stop] - problem.returns[stop]
            if in_trip == 1:
                trips += 1
                in_trip = 2
        if load > kind[CAPACITY]:
            if stop == n or i + 1 == length or draft[i + 1] == n:
                return False
            if problem.place[draft[i + 1]] != problem.place[stop]:
                return False
            state.tally[DRAFT_TIGHT] = 1
    state.tally[DRAFT_TRIPS] = trips
    return trips <= kind[MAX_TRIPS]
