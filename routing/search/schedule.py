"""When exactly a run does what: a traced draft timed backwards for the latest leave, forwards for its schedule."""

from __future__ import annotations

from routing.search.arrays import BREAKS, CLOSE, END, I64, NEVER, START, Problem
from routing.search.clock import (
    arrival,
    departure,
    lane_opening,
    last_hub_opening,
    last_lane_opening,
    last_opening,
    opening,
)
from routing.search.compiled import compiled
from routing.search.state import (
    AFTER,
    BEGIN,
    DRAFT_ENDS,
    DUE,
    FINISH,
    HAND_OVER,
    LANE,
    LATEST,
    LOADS,
    PAUSES,
    UNLOADS,
    State,
)
from routing.search.timing import hub_ready


@compiled
def breaks_on_arrival(state: State, kind: I64, i: int) -> int:
    """How many breaks the traced path takes on arrival at element i (before it, the last of `path[i]`)."""
    if kind[BREAKS] == 0 or (i > 0 and state.path[i] == state.path[i - 1]):
        return 0
    s = state.path[i]
    while s > 0 and state.arrived_first[i, s]:
        s -= 1
    return state.path[i] - s


@compiled
def breaks_before_leaving(state: State, kind: I64, i: int) -> int:
    """How many breaks the traced path takes before it sets out for element i."""
    if kind[BREAKS] == 0 or (i > 0 and state.path[i] == state.path[i - 1]):
        return 0
    after = state.path[i] - breaks_on_arrival(state, kind, i)
    s = after
    while s > 0 and state.left_first[i, s]:
        s -= 1
    return after - s


@compiled
def latest_leave(problem: Problem, state: State, run: int, length: int) -> int:
    """The latest moment at which the traced draft can leave its start and still end when it does."""
    which = problem.kind_of[run]
    kind, breaks = problem.kinds[which], problem.breaks[which]
    draft, n = state.draft, len(problem.place)
    late = state.tally[DRAFT_ENDS]
    i = length
    place = kind[END]
    if place < 0:
        place = kind[START] if length == 0 else _place_of(problem, draft[length - 1])
    while i >= 0:
        # `late` is the latest moment at which the visit at i may begin, its breaks on arrival still before it.
        taken = state.path[i]
        for _ in range(breaks_on_arrival(state, kind, i)):
            taken -= 1
            late = min(breaks[taken, 1], late - breaks[taken, 2])
        before = kind[START] if i == 0 else _place_of(problem, draft[i - 1])
        late = departure(problem, late, before, place)
        for _ in range(breaks_before_leaving(state, kind, i)):
            taken -= 1
            late = min(breaks[taken, 1], late - breaks[taken, 2])
        i -= 1
        if i < 0:
            break
        place = before
        if draft[i] == n:
            sums = state.hub_sums[i]
            length_at_hub = problem.base + problem.per_document * (sums[LOADS] + sums[UNLOADS])
            due = min(sums[DUE], sums[HAND_OVER])
            late = last_lane_opening(problem, state, run, min(late, due) - length_at_hub, length_at_hub)
            if sums[AFTER] >= 0:
                before_it = state.hub_sums[sums[AFTER]]
                before_it[HAND_OVER] = min(before_it[HAND_OVER], late - problem.processing)
        else:
            first = i
            seconds = problem.service[draft[i]]
            while state.joins[first, state.path[first]]:
                first -= 1
                seconds += problem.service[draft[first]]
            late = _last_shared_opening(problem, state, first, i, late - seconds - problem.access[draft[first]])
            i = first
    if state.path[0] > 0 or kind[BREAKS] > 0:
        late = min(late, _latest_due(state, kind, breaks, length))
    return late


@compiled
def _latest_due(state: State, kind: I64, breaks: I64, length: int) -> int:
    """The latest leave at which the first break taken is still due."""
    behind = state.path[0] - breaks_on_arrival(state, kind, 0) - breaks_before_leaving(state, kind, 0)
    if state.path[length] > behind:
        return breaks[behind, 0]
    return NEVER


@compiled
def _place_of(problem: Problem, element: int) -> int:
    return problem.hub if element == len(problem.place) else problem.place[element]


@compiled
def _last_shared_opening(problem: Problem, state: State, first: int, last: int, moment: int) -> int:
    """The latest begin at or before `moment` that suits all stops first..last of the draft."""
    settled = False
    while not settled:
        settled = True
        for i in range(first, last + 1):
            suits = last_opening(problem, state.draft[i], moment)
            if suits < moment:
                moment, settled = suits, moment < 0
    return moment


@compiled
def _shared_opening(problem: Problem, state: State, first: int, length: int, moment: int) -> int:
    """The earliest begin at or after `moment` that suits the stop at `first` and those that share it."""
    if first + 1 == length or not state.joins[first + 1, state.path[first + 1]]:
        return opening(problem, state.draft[first], moment)
    settled = False
    while not settled and moment < NEVER:
        settled = True
        i = first
        while i < length and (i == first or state.joins[i, state.path[i]]):
            suits = opening(problem, state.draft[i], moment)
            if suits > moment:
                moment, settled = suits, False
            i += 1
    return moment


@compiled
def schedule(problem: Problem, state: State, run: int, length: int, leave: int) -> int:
    """Walk the traced draft from `leave`; write begin, finish and lane of each position. Returns the end.

    The breaks taken stand in `state.pauses`: element they come before, whether on arrival there, begin and end.
    """
    which = problem.kind_of[run]
    kind, breaks = problem.kinds[which], problem.breaks[which]
    draft, n, at = state.draft, len(problem.place), state.at[run]
    state.tally[PAUSES] = 0
    time, place = leave, kind[START]
    taken = state.path[0] - breaks_on_arrival(state, kind, 0) - breaks_before_leaving(state, kind, 0)
    for i in range(length + 1):
        target = place
        if i < length:
            target = _place_of(problem, draft[i])
        elif kind[END] >= 0:
            target = kind[END]
        for _ in range(breaks_before_leaving(state, kind, i)):
            time = _pause(state, breaks[taken], i, 0, time)
            taken += 1
        time = arrival(problem, time, place, target)
        for _ in range(breaks_on_arrival(state, kind, i)):
            time = _pause(state, breaks[taken], i, 1, time)
            taken += 1
        place = target
        if i == length:
            break
        if draft[i] == n:
            sums = state.hub_sums[i]
            needed = problem.base + problem.per_document * (sums[LOADS] + sums[UNLOADS])
            begin, lane = lane_opening(problem, state, run, max(time, hub_ready(problem, state, i, 0)), needed)
            at[i + 1, BEGIN], at[i + 1, LANE] = begin, lane
            time = begin + needed
            state.hub_ended[i, 0] = time
        elif state.joins[i, state.path[i]]:
            at[i + 1, BEGIN], at[i + 1, LANE] = at[i, BEGIN], -1
            time += problem.service[draft[i]]
        else:
            begin = _shared_opening(problem, state, i, length, time)
            at[i + 1, BEGIN], at[i + 1, LANE] = begin, -1
            time = begin + problem.access[draft[i]] + problem.service[draft[i]]
        at[i + 1, FINISH] = time
    return time


@compiled
def _pause(state: State, pause: I64, i: int, on_arrival: int, time: int) -> int:
    """Take a break before element i, where the last visit ended or on arrival; note it and return its end."""
    begin = max(time, pause[0])
    row = state.pauses[state.tally[PAUSES]]
    row[0], row[1], row[2], row[3] = i, on_arrival, begin, begin + pause[2]
    state.tally[PAUSES] += 1
    return begin + pause[2]


@compiled
def write_latest(problem: Problem, state: State, run: int, length: int) -> None:
    """Write the latest arrival at each position that keeps the rest on time, lanes and breaks left aside.

    An upper bound, so a filter: exact where there are neither.
    """
    kind = problem.kinds[problem.kind_of[run]]
    at, n = state.at[run], len(problem.place)
    late = kind[CLOSE]
    place = kind[END]
    for i in range(length - 1, -1, -1):
        element = state.draft[i]
        here = _place_of(problem, element)
        if place >= 0:
            late = departure(problem, late, here, place)
        place = here
        if element == n:
            sums = state.hub_sums[i]
            needed = problem.base + problem.per_document * (sums[LOADS] + sums[UNLOADS])
            late = last_hub_opening(problem, min(late, sums[DUE]) - needed, needed)
        elif i + 1 < length and state.joins[i + 1, state.path[i + 1]]:
            late = last_opening(problem, element, late - problem.service[element])
        else:
            late = last_opening(problem, element, late - problem.access[element] - problem.service[element])
        at[i + 1, LATEST] = max(late, -1)
    at[length + 1, LATEST] = kind[CLOSE]
