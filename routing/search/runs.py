"""Runs as they stand: put a draft in a run's place, keep what follows from it, and take it back."""

from __future__ import annotations

import numpy as np

from routing.search.arrays import (
    BEGAN,
    BREAKS,
    CLOSE,
    END,
    I64,
    LEAVE,
    NEVER,
    PICKUPS0,
    RETURNS0,
    START,
    Problem,
)
from routing.search.compiled import compiled
from routing.search.coupling import lift_slots, link, take_slot, take_slots, unlink
from routing.search.drafts import tidy
from routing.search.inplace import loaded_from, note_beside
from routing.search.memory import from_bank, keep, remember_best, touch
from routing.search.schedule import latest_leave, schedule, write_latest
from routing.search.state import (
    BANKED,
    BEGIN,
    COST,
    DEPARTS,
    DRAFT_DEPARTS,
    DRAFT_ENDS,
    DRAFT_IDLE,
    DRAFT_LAST,
    DRAFT_LENGTH,
    DRAFT_METRES,
    DRAFT_PAID,
    ELEMENT,
    ENDS,
    FLOORED,
    HUB_AFTER,
    HUB_BEFORE,
    IDLE,
    IDLE_FROM,
    JOINED,
    LATEST,
    LEAVE_FLOOR,
    LEFT,
    LEG,
    LENGTH,
    LOAD_FROM,
    LOAD_UP_TO,
    LOADED_FROM,
    LOADS,
    METRES,
    PAID,
    PENALTY,
    PLACE,
    READY,
    RUN_COLUMNS,
    SERVED,
    SHARED,
    STOPS,
    TOTAL,
    TOUCHED,
    UNLOADS,
    USED,
    State,
)
from routing.search.timing import cost_of, trace, walked


@compiled
def draft_run(state: State, run: int) -> int:
    """Copy the run's elements to the draft and return how many there are."""
    length = state.run[run, LENGTH]
    for i in range(length):
        state.draft[i] = state.at[run, i + 1, ELEMENT]
    return length


@compiled
def commit(problem: Problem, state: State, run: int, length: int) -> bool:
    """Make the draft the run, where it can be kept; say whether it could."""
    length = tidy(problem, state, run, length)
    if length < 0:
        return False
    if length == 0 and problem.kinds[problem.kind_of[run], BEGAN] == 0:
        touch(state, run)
        lift_slots(problem, state, run)
        _clear(problem, state, run)
        return True
    if not walked(problem, state, run, length):
        return False
    commit_walked(problem, state, run)
    return True


@compiled
def commit_walked(problem: Problem, state: State, run: int) -> None:
    """Make the draft the run, as it was walked just before."""
    kind, length = problem.kinds[problem.kind_of[run]], state.tally[DRAFT_LENGTH]
    trace(state, kind, length, state.tally[DRAFT_LAST])
    stops = 0
    for i in range(length):
        stops += 1 if state.draft[i] < len(problem.place) else 0
    if problem.paid and kind[BEGAN] == 0:
        _leave_late(problem, state, run, length)
    leave = state.tally[DRAFT_DEPARTS]
    touch(state, run)
    lift_slots(problem, state, run)
    row = state.run[run]
    if row[LENGTH] == 0 and kind[BEGAN] == 0:
        _use(problem, state, run)
    metres, paid = state.tally[DRAFT_METRES], state.tally[DRAFT_PAID]
    cost = cost_of(problem, kind, metres, paid)
    state.tally[TOTAL] += cost - row[COST]
    state.tally[SERVED] += stops - row[STOPS]
    row[LENGTH], row[STOPS], row[METRES], row[PAID], row[COST] = length, stops, metres, paid, cost
    row[IDLE], row[DEPARTS], row[ENDS] = state.tally[DRAFT_IDLE], leave, state.tally[DRAFT_ENDS]
    write_latest(problem, state, run, length)
    _write_places(problem, state, run, length)
    _write_loads(problem, state, run, length)
    _settle(problem, state, run)
    if problem.lanes > 0 or problem.linked:
        schedule(problem, state, run, length, leave)
        take_slots(problem, state, run)
        link(problem, state, run)


@compiled
def _clear(problem: Problem, state: State, run: int) -> None:
    row = state.run[run]
    if row[LENGTH] > 0:
        _release(problem, state, run)
    state.tally[TOTAL] -= row[COST]
    state.tally[SERVED] -= row[STOPS]
    for column in range(RUN_COLUMNS):
        row[column] = 0
    state.path[0], state.waits[0, 0] = 0, 0
    _write_places(problem, state, run, 0)
    _write_loads(problem, state, run, 0)
    kind = problem.kinds[problem.kind_of[run]]
    state.at[run, 1, LATEST] = kind[CLOSE]


@compiled
def _write_places(problem: Problem, state: State, run: int, length: int) -> None:
    """Write what is where: element, place, leg to it, earliest departure, whether it shares the stop before it."""
    kind = problem.kinds[problem.kind_of[run]]
    at, n = state.at[run], len(problem.place)
    at[0, ELEMENT], at[0, PLACE], at[0, LEFT] = n + 1, kind[START], kind[LEAVE]
    before, shared = kind[START], 0
    for i in range(length):
        element = state.draft[i]
        here = problem.hub if element == n else problem.place[element]
        at[i + 1, ELEMENT], at[i + 1, PLACE], at[i + 1, LEG] = element, here, problem.worth[before, here]
        at[i + 1, LEFT] = state.earliest[i]
        at[i + 1, JOINED] = state.joins[i, state.path[i]] if element < n else 0
        at[i + 1, LOADED_FROM] = state.hub_sums[i, READY]  # of a stop: see _write_loads
        shared += 1 if here == before and element < n and at[i, ELEMENT] < n else 0
        before = here
    state.run[run, SHARED] = shared
    end = kind[END]
    at[length + 1, ELEMENT], at[length + 1, PLACE], at[length + 1, JOINED] = n + 1, end, 0
    at[length + 1, LEG] = problem.worth[before, end] if end >= 0 else 0
    idle, last = state.run[run, IDLE], state.waits[length, state.path[length]]
    for i in range(length + 1):
        waited = state.waits[i - 1, state.path[i - 1]] if i > 0 else 0
        at[i + 1, IDLE_FROM] = min(idle, last - waited)


@compiled
def _write_loads(problem: Problem, state: State, run: int, length: int) -> None:
    """Write the largest loads of each trip up to and from each leg, hub visits around, and what waits to be loaded."""
    kind = problem.kinds[problem.kind_of[run]]
    at, n = state.at[run], len(problem.place)
    load = kind[RETURNS0] + kind[PICKUPS0]
    most, hub = load, 0
    at[0, LOAD_UP_TO] = at[0, LOAD_FROM] = load
    at[0, HUB_BEFORE] = 0
    for i in range(1, length + 1):
        element = at[i, ELEMENT]
        if element == n:
            load += state.hub_sums[i - 1, LOADS] - state.hub_sums[i - 1, UNLOADS]
            most, hub = load, i
        else:
            load += problem.pickups[element] - problem.returns[element]
            if at[i + 1, JOINED] == 0:
                most = max(most, load)
        at[i, LOAD_UP_TO], at[i, HUB_BEFORE], at[i, LOAD_FROM] = most, hub, load
    most, hub, ready = 0, 0, 0
    at[length + 1, HUB_AFTER], at[length + 1, LOADED_FROM] = 0, 0
    at[length + 1, HUB_BEFORE] = at[length, HUB_BEFORE]
    for i in range(length, -1, -1):
        if at[i + 1, JOINED] == 0:
            most = max(most, at[i, LOAD_FROM])
        at[i, LOAD_FROM] = most
        if at[i, ELEMENT] == n:
            most, hub, ready = 0, i, 0
        elif i > 0:
            ready = max(ready, loaded_from(problem, at[i, ELEMENT]))
            at[i, LOADED_FROM] = ready
        at[i, HUB_AFTER] = hub


@compiled
def _settle(problem: Problem, state: State, run: int) -> None:
    """Say of each stop of the run where it is."""
    for i in range(1, state.run[run, LENGTH] + 1):
        element = state.at[run, i, ELEMENT]
        if element < len(problem.place):
            state.run_of[element], state.position_of[element] = run, i
    note_beside(problem, state, run, 1, state.run[run, LENGTH])


@compiled
def _use(problem: Problem, state: State, run: int) -> None:
    """Move the run among those of its kind that are in use."""
    kind = problem.kind_of[run]
    _swap(state, state.order_at[run], problem.kind_at[kind] + state.used[kind])
    state.used[kind] += 1
    state.tally[USED] += 1


@compiled
def _release(problem: Problem, state: State, run: int) -> None:
    kind = problem.kind_of[run]
    state.used[kind] -= 1
    state.tally[USED] -= 1
    _swap(state, state.order_at[run], problem.kind_at[kind] + state.used[kind])


@compiled
def _swap(state: State, i: int, j: int) -> None:
    one, other = state.order[i], state.order[j]
    state.order[i], state.order[j] = other, one
    state.order_at[other], state.order_at[one] = i, j


@compiled
def take_back(problem: Problem, state: State) -> None:
    """Undo what this iteration changed in runs; the caller settles the bank and the total."""
    for i in range(state.tally[TOUCHED]):
        run = state.touched[i]
        lift_slots(problem, state, run)
        for j in range(state.run[run, LENGTH]):
            element = state.at[run, j + 1, ELEMENT]
            if element < len(problem.place):
                state.run_of[element] = -1
                unlink(problem, state, element)
    for i in range(state.tally[TOUCHED]):
        run = state.touched[i]
        was, now = state.saved_run[run, LENGTH], state.run[run, LENGTH]
        if problem.kinds[problem.kind_of[run], BEGAN] == 0:
            if now > 0 and was == 0:
                _release(problem, state, run)
            elif was > 0 and now == 0:
                _use(problem, state, run)
        state.tally[SERVED] += state.saved_run[run, STOPS] - state.run[run, STOPS]
        for column in range(RUN_COLUMNS):
            state.run[run, column] = state.saved_run[run, column]
        state.at[run, : was + 2] = state.saved_at[run, : was + 2]
        _settle(problem, state, run)
        take_slots(problem, state, run)
    for i in range(state.tally[TOUCHED]):
        run = state.touched[i]
        state.touched_mark[run] = 0
        link(problem, state, run)
    state.tally[TOUCHED] = 0


@compiled
def empty(problem: Problem, state: State) -> None:
    """Begin with nothing planned: block lane time taken by others, and give drivers under way their runs."""
    for i in range(len(problem.blocked)):
        lane, begin, end = problem.blocked[i, 0], problem.blocked[i, 1], problem.blocked[i, 2]
        take_slot(state, lane, begin, end, -1)
    for stop in range(len(problem.place)):
        if problem.is_second[stop]:
            state.ready[stop] = NEVER
        state.tally[PENALTY] += problem.penalty[stop]
    state.tally[BANKED] = len(problem.place)
    state.tally[TOTAL] = state.tally[PENALTY]
    for run in range(len(problem.kind_of)):
        kind = problem.kinds[problem.kind_of[run]]
        if kind[BEGAN]:
            state.draft[0] = len(problem.place)
            commit(problem, state, run, 1 if kind[PICKUPS0] > 0 else 0)
    keep(state)
    remember_best(state)


@compiled
def settle_run(problem: Problem, state: State, run: int) -> int:
    """Time the run once more for good; return when it leaves, or -1 if it cannot be kept.

    It leaves as late as its end allows. Where leaving later altogether is cheaper, after a peak of the traffic or
    past a break, it does that. Its schedule then stands in `state.at`, its breaks in `state.pauses`.
    """
    kind = problem.kinds[problem.kind_of[run]]
    if _time_again(problem, state, run) < 0:
        _raise_floors(problem, state, run)
        state.tally[FLOORED] = 1
    floor, best = 0, _time_again(problem, state, run)
    if best >= 0 and problem.paid and kind[BEGAN] == 0:
        for moment in _other_leaves(problem, run):
            state.tally[LEAVE_FLOOR] = moment
            paid = _time_again(problem, state, run)
            if 0 <= paid < best:
                floor, best = moment, paid
    state.tally[LEAVE_FLOOR] = floor
    leave = -1
    if _time_again(problem, state, run) >= 0:
        leave = state.tally[DRAFT_DEPARTS]
        lift_slots(problem, state, run)
        _write_places(problem, state, run, state.tally[DRAFT_LENGTH])
        schedule(problem, state, run, state.tally[DRAFT_LENGTH], leave)
        take_slots(problem, state, run)
        link(problem, state, run)
    state.tally[LEAVE_FLOOR], state.tally[FLOORED] = 0, 0
    return leave


@compiled
def _time_again(problem: Problem, state: State, run: int) -> int:
    """Walk and trace the run as it stands, to leave as late as its end allows; return its paid seconds, or -1."""
    kind = problem.kinds[problem.kind_of[run]]
    length = tidy(problem, state, run, draft_run(state, run))
    if length < 0 or not walked(problem, state, run, length):
        return -1
    trace(state, kind, length, state.tally[DRAFT_LAST])
    if kind[BEGAN] == 0:
        _leave_late(problem, state, run, length)
    return state.tally[DRAFT_PAID]


@compiled
def _leave_late(problem: Problem, state: State, run: int, length: int) -> None:
    """Let the traced draft leave as late as its end allows, and count its paid seconds so."""
    pauses = state.tally[DRAFT_ENDS] - state.tally[DRAFT_DEPARTS] - state.tally[DRAFT_PAID]
    leave = latest_leave(problem, state, run, length)
    state.tally[DRAFT_DEPARTS] = leave
    state.tally[DRAFT_PAID] = state.tally[DRAFT_ENDS] - leave - pauses


@compiled
def _other_leaves(problem: Problem, run: int) -> I64:
    """Moments from which leaving may be cheaper: where the traffic changes, and just past the start of each break."""
    which = problem.kind_of[run]
    count = problem.kinds[which, BREAKS]
    moments = np.empty(len(problem.clock_start) + count, np.int64)
    moments[:count] = problem.breaks[which, :count, 0] + 1
    moments[count:] = problem.clock_start
    return moments


@compiled
def _raise_floors(problem: Problem, state: State, run: int) -> None:
    """Let no hub visit of the run begin before it is scheduled now.

    Earlier is not always better: stops at one door that share a visit may not share it earlier. So a run that cannot
    be kept from its earliest moments is timed again from those it had.
    """
    hubs = 0
    for i in range(1, state.run[run, LENGTH] + 1):
        if state.at[run, i, ELEMENT] == len(problem.place):
            state.floors[hubs] = state.at[run, i, BEGIN]
            hubs += 1


@compiled
def place_draft(problem: Problem, state: State, run: int, length: int) -> bool:
    """Make the draft the run and take its stops from the bank, where it can be kept.

    Its hub visits begin no earlier than `state.floors` says, if only that makes it possible.
    """
    for i in range(length):
        state.copy[i] = state.draft[i]
    if not commit(problem, state, run, length):
        for i in range(length):
            state.draft[i] = state.copy[i]
        state.tally[FLOORED] = 1
        kept = commit(problem, state, run, length)
        state.tally[FLOORED] = 0
        if not kept:
            return False
    for i in range(1, state.run[run, LENGTH] + 1):
        element = state.at[run, i, ELEMENT]
        if element < len(problem.place):
            from_bank(problem, state, element)
    return True


@compiled
def release_idle_slots(problem: Problem, state: State) -> None:
    """Give up lane time held for runs that did not come about."""
    for run in range(len(problem.kind_of)):
        if state.run[run, LENGTH] == 0:
            lift_slots(problem, state, run)
