"""THE timing rule: walk one run and say when everything happens, what it costs, and how much later it could be.

A draft is a list of stops and hub visits. The walk goes forward with one front per number of breaks taken (breaks are
in time order, so that number says which), each front being the earliest moment that it can be there: with first-in
first-out travel, windows and lanes, earlier is never worse. Where paid time counts, the run then leaves as late as its
end allows (Savelsbergh 1992, forward time slack).
"""

from __future__ import annotations

from routing.search.arrays import (
    BEGAN,
    BREAKS,
    CAPACITY,
    CLOSE,
    COST_METRE,
    COST_RUN,
    COST_SECOND,
    END,
    I64,
    LEAVE,
    MAX_METRES,
    MAX_STOPS,
    METRES0,
    NEVER,
    PAID0,
    PICKUPS0,
    RETURNS0,
    START,
    STOPS0,
    U8,
    UNKNOWN,
    Problem,
)
from routing.search.clock import (
    arrival,
    lane_opening,
    may_begin,
)
from routing.search.compiled import compiled, inlined
from routing.search.drafts import tidy
from routing.search.state import (
    AFTER,
    DRAFT_DEPARTS,
    DRAFT_ENDS,
    DRAFT_IDLE,
    DRAFT_LAST,
    DRAFT_LENGTH,
    DRAFT_METRES,
    DRAFT_PAID,
    DRAFT_TIGHT,
    DUE,
    GROUP,
    LEAVE_FLOOR,
    LEFT_AT,
    LOADS,
    ORIGIN,
    READY,
    SLACK,
    TIED,
    TIME,
    UNLOADS,
    WAITED,
    State,
)

INFEASIBLE = 2**62


@compiled
def walk(problem: Problem, state: State, run: int, length: int) -> int:
    """Walk the tidied draft from the earliest leave.

    Returns
    -------
    int
        The number of breaks behind the driver at the end (the front that is cheapest), or -1 where the draft cannot
        be kept. Metres, paid seconds, leave and end stand in `state.tally`.
    """
    which = problem.kind_of[run]
    kind, breaks = problem.kinds[which], problem.breaks[which]
    draft, front, n = state.draft, state.front, len(problem.place)
    count = kind[BREAKS]
    _leave(kind, breaks, front, max(kind[LEAVE], state.tally[LEAVE_FLOOR]))
    place = kind[START]
    metres = kind[METRES0]
    was_stop = False
    for i in range(length + 1):
        is_stop = False
        if i == length:
            target = kind[END] if kind[END] >= 0 else place
        elif draft[i] == n:
            target = problem.hub
        else:
            target = problem.place[draft[i]]
            is_stop = True
        if target != place:
            metres += problem.metres[place, target]
        _go(problem, state, kind, breaks, i, place, target)
        least = NEVER
        for s in range(count + 1):
            time, waited, slack = front[s, TIME], front[s, WAITED], front[s, SLACK]
            if s < count and time > breaks[s, 1]:
                front[s, TIME] = NEVER
            if front[s, TIME] >= NEVER:
                continue
            state.joins[i, s] = 0
            if is_stop:
                state.joins[i, s] = _stop(problem, front[s], draft[i], was_stop and target == place)
            elif i < length:
                _hub(problem, state, run, front[s], i, hub_ready(problem, state, i, s))
                state.hub_ended[i, s] = front[s, TIME]
            elif front[s, TIME] > kind[CLOSE]:
                front[s, TIME] = NEVER
            if s < count and (i == length or front[s, TIME] > breaks[s, 0]):
                _pause(state, breaks[s], state.arrived_first[i], i, s, time, waited, slack)
            state.waits[i, s] = front[s, WAITED]
            least = min(least, front[s, TIME])
        if least >= NEVER:
            return -1
        state.earliest[i] = least
        place, was_stop = target, is_stop
    state.tally[DRAFT_METRES] = metres
    if metres > kind[MAX_METRES]:
        return -1
    return _cheapest(problem, state, kind, breaks)


@compiled
def _leave(kind: I64, breaks: I64, front: I64, leave: int) -> None:
    """Set the fronts at the start: with s breaks behind it a run leaves just after the earliest start of break s-1."""
    for s in range(kind[BREAKS] + 1):
        too_late_for_next = s < kind[BREAKS] and leave > breaks[s, 0] and kind[BEGAN] == 0
        time = leave
        if s > 0:
            time = max(leave, breaks[s - 1, 0] + 1) if kind[BEGAN] == 0 else NEVER
        if too_late_for_next:
            time = NEVER
        front[s, TIME] = front[s, LEFT_AT] = time
        front[s, WAITED], front[s, SLACK], front[s, GROUP], front[s, ORIGIN] = 0, NEVER, -1, s
        if time > kind[CLOSE]:
            front[s, TIME] = NEVER


@inlined
def _go(problem: Problem, state: State, kind: I64, breaks: I64, i: int, place: int, target: int) -> None:
    """Bring each front to element i, its next break before the leg where it would otherwise begin during the leg."""
    front, count = state.front, kind[BREAKS]
    for s in range(1, count + 1):
        state.left_first[i, s] = state.arrived_first[i, s] = 0
    for s in range(count + 1):
        time = front[s, TIME]
        if s < count and time > breaks[s, 1]:
            front[s, TIME] = NEVER
        if front[s, TIME] >= NEVER:
            continue
        there = arrival(problem, time, place, target)
        if s < count and there > breaks[s, 0]:
            _pause(state, breaks[s], state.left_first[i], i, s, time, front[s, WAITED], front[s, SLACK])
        if target != place:
            front[s, TIME], front[s, GROUP] = there, -1


@compiled
def _pause(state: State, pause: I64, came: U8, i: int, s: int, time: int, waited: int, slack: int) -> None:
    """Let front s, as it was at `time` at element i, take its next break, where front s + 1 comes no sooner so."""
    front = state.front
    begin = max(time, pause[0])
    if begin > pause[1] or begin + pause[2] >= front[s + 1, TIME]:
        return
    waited += begin - time
    slack = min(slack, pause[1] - begin + waited)
    if front[s, ORIGIN] == s:
        slack = min(slack, pause[0] - front[s, LEFT_AT])
    front[s + 1, TIME], front[s + 1, WAITED], front[s + 1, SLACK] = begin + pause[2], waited, slack
    front[s + 1, GROUP], front[s + 1, LEFT_AT], front[s + 1, ORIGIN] = -1, front[s, LEFT_AT], front[s, ORIGIN]
    came[s + 1] = 1
    if state.tally[TIED]:
        _inherit(state, s, i)


@inlined
def _stop(problem: Problem, front: I64, stop: int, same_door: bool) -> int:
    """Serve `stop`, in the stop before it where that may be; say whether it was shared."""
    shared = same_door and front[GROUP] >= 0 and may_begin(problem, stop, front[GROUP])
    moment = front[GROUP] if shared else front[TIME]
    window, end = problem.window_at[stop], problem.window_at[stop + 1]
    while window < end and problem.closes[window] < moment:
        window += 1
    if window == end:
        front[TIME] = NEVER
        return 0
    if shared:
        front[TIME] += problem.service[stop]
    else:
        begin = max(moment, problem.opens[window])
        front[WAITED] += begin - moment
        front[GROUP] = begin
        front[TIME] = begin + problem.access[stop] + problem.service[stop]
    front[SLACK] = min(front[SLACK], problem.closes[window] - front[GROUP] + front[WAITED])
    return 1 if shared else 0


@compiled
def _hub(problem: Problem, state: State, run: int, front: I64, i: int, ready: int) -> None:
    """Unload, load what is ready by then, and leave the hub."""
    sums = state.hub_sums[i]
    length = problem.base + problem.per_document * (sums[LOADS] + sums[UNLOADS])
    begin, _ = lane_opening(problem, state, run, max(front[TIME], ready), length)
    if begin >= NEVER or begin + length > sums[DUE]:
        front[TIME] = NEVER
        return
    front[WAITED] += begin - front[TIME]
    front[GROUP] = -1
    front[TIME] = begin + length
    if problem.paid:
        close = sums[DUE]
        for window in range(len(problem.hub_opens)):
            if problem.hub_closes[window] >= begin + length:
                close = min(close, problem.hub_closes[window])
                break
        front[SLACK] = min(front[SLACK], close - length - begin + front[WAITED])


@compiled
def hub_ready(problem: Problem, state: State, i: int, s: int) -> int:
    """When all is ready that the hub visit at i loads, in front s: what the draft itself brought in before among it."""
    sums = state.hub_sums[i]
    if sums[AFTER] < 0:
        return sums[READY]
    return max(sums[READY], state.hub_ended[sums[AFTER], s] + problem.processing)


@compiled
def _inherit(state: State, s: int, i: int) -> None:
    """The front that has just taken the break after front s was at the hub before element i when that was."""
    for j in range(i):
        state.hub_ended[j, s + 1] = state.hub_ended[j, s]


@compiled
def _cheapest(problem: Problem, state: State, kind: I64, breaks: I64) -> int:
    """Choose the front that ends validly and costs least paid time."""
    best, best_paid = -1, INFEASIBLE
    front, count = state.front, kind[BREAKS]
    for s in range(count + 1):
        end = front[s, TIME]
        if end >= NEVER or (s < count and end > breaks[s, 1]):
            continue
        if s > front[s, ORIGIN] and end <= breaks[s - 1, 1]:
            continue
        paid = kind[PAID0] + end - front[s, LEFT_AT]
        for taken in range(front[s, ORIGIN], s):
            paid -= breaks[taken, 2]
        shift = 0
        if problem.paid and kind[BEGAN] == 0:
            shift = max(0, min(front[s, WAITED], front[s, SLACK], kind[CLOSE] - end + front[s, WAITED]))
        if paid - shift < best_paid:
            best, best_paid = s, paid - shift
            state.tally[DRAFT_IDLE] = front[s, WAITED] - shift
            state.tally[DRAFT_DEPARTS] = front[s, LEFT_AT] + shift
            state.tally[DRAFT_ENDS] = end
    state.tally[DRAFT_PAID] = best_paid
    return best


@compiled
def cost_of(problem: Problem, kind: I64, metres: int, paid: int) -> int:
    """What a run of `metres` and `paid` seconds costs, in fine units."""
    uneven = problem.fairness * abs(paid - problem.mean_paid) if problem.mean_paid != UNKNOWN else 0
    return kind[COST_RUN] + metres * kind[COST_METRE] + paid * kind[COST_SECOND] + uneven


@compiled
def evaluate(problem: Problem, state: State, run: int, length: int) -> int:
    """Cost of the draft as a run, or INFEASIBLE."""
    length = tidy(problem, state, run, length)
    if length < 0 or not walked(problem, state, run, length):
        return INFEASIBLE
    return cost_of(problem, problem.kinds[problem.kind_of[run]], state.tally[DRAFT_METRES], state.tally[DRAFT_PAID])


@compiled
def walked(problem: Problem, state: State, run: int, length: int) -> bool:
    """Walk the tidied draft; say whether it can be kept, and note its length and the front at its end."""
    kind = problem.kinds[problem.kind_of[run]]
    last = walk(problem, state, run, length)
    state.tally[DRAFT_LENGTH], state.tally[DRAFT_LAST] = length, last
    if last < 0:
        return False
    if kind[MAX_STOPS] == NEVER and not state.tally[DRAFT_TIGHT]:
        return True
    trace(state, kind, length, last)
    return visits_fit(problem, state, run, length)


@compiled
def trace(state: State, kind: I64, length: int, last: int) -> None:
    """Follow the front `last` back: `state.path[i]` becomes the number of breaks behind the driver at element i."""
    s = last
    for i in range(length, -1, -1):
        state.path[i] = s
        if kind[BREAKS] > 0:
            while s > 0 and state.arrived_first[i, s]:
                s -= 1
            while s > 0 and state.left_first[i, s]:
                s -= 1


@compiled
def visits_fit(problem: Problem, state: State, run: int, length: int) -> bool:
    """Whether the traced draft keeps to the most stops and the capacity, knowing which stops are shared."""
    kind = problem.kinds[problem.kind_of[run]]
    visits, load = kind[STOPS0], kind[RETURNS0] + kind[PICKUPS0]
    for i in range(length):
        element = state.draft[i]
        if element == len(problem.place):
            load += state.hub_sums[i, LOADS] - state.hub_sums[i, UNLOADS]
            continue
        load += problem.pickups[element] - problem.returns[element]
        visits += 1 - state.joins[i, state.path[i]]
        last_of_visit = i + 1 == length or state.draft[i + 1] == len(problem.place)
        if not last_of_visit:
            last_of_visit = state.joins[i + 1, state.path[i + 1]] == 0
        if last_of_visit and load > kind[CAPACITY]:
            return False
    return visits <= kind[MAX_STOPS]
