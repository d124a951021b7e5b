"""Where a stop could go: beside near stops, at the ends of trips, in new trips and runs; the best-looking are listed.

A position is first judged by its distance, then by cheap bounds on load and time. Where timing is plain these decide
exactly; else those listed are walked by the timing rule (see `recreate`).
"""

from __future__ import annotations

from routing.search.arrays import (
    BEGAN,
    CAPACITY,
    COST_RUN,
    MAX_METRES,
    MAX_STOPS,
    MAX_TRIPS,
    NEVER,
    UNKNOWN,
    Problem,
)
from routing.search.clock import arrival, hub_opening, opening
from routing.search.compiled import compiled
from routing.search.dice import below
from routing.search.state import (
    BEFORE,
    CANDIDATES,
    CLOSED,
    ELEMENT,
    HUB_AFTER,
    HUB_BEFORE,
    IDLE_FROM,
    IDLE_IN,
    IDLE_OUT,
    JOINED,
    LATEST,
    LEFT,
    LEG,
    LEG_IN,
    LEG_OUT,
    LENGTH,
    LOAD_FROM,
    LOAD_UP_TO,
    LOADED_FROM,
    NEXT,
    PAID,
    PLACE,
    SEEN,
    TOUCHED,
    State,
)

# Ways to put a stop at a position: as it is, after a new hub visit, before a new one, after one at the run's start.
PLAIN, RELOAD, RELOAD_AFTER, LOAD_AT_START, WHOLE_TRIP = range(5)
WAYS = 5
# Entries of `State.choice`: what candidates cost less than, how many there are, whom they are for.
LIMIT, COUNT, TOKEN = range(3)
TOKENS = 2**25
# Columns of `State.candidates`: what it looks to cost, where it is, the way, whether that is exact, and whether it was
# walked and can be kept.
LOWER, RUN, ROW, WAY, SETTLED, KEPT = range(6)
SPLITS = 8
"""Trips are split by a new hub visit beside so many of the nearest stops."""
BLINK = 128
"""One candidate in so many is overlooked."""


@compiled
def list_positions(problem: Problem, state: State, stop: int, in_new_runs: bool) -> None:
    """List the best-looking positions of `stop` that look cheaper than to leave it out."""
    _begin(problem, state, stop)
    if in_new_runs:
        _in_new_runs(problem, state, stop)  # first, so that of two equals the new run is taken: it leaves more time
    _beside_near_stops(problem, state, stop)
    _in_touched_runs(problem, state, stop)


@compiled
def list_new_runs(problem: Problem, state: State, stop: int) -> None:
    """List the new runs in which `stop` could be, by what they look to cost."""
    _begin(problem, state, stop)
    _in_new_runs(problem, state, stop)


@compiled
def _begin(problem: Problem, state: State, stop: int) -> None:
    choice = state.choice
    choice[LIMIT], choice[COUNT] = problem.penalty[stop], 0
    choice[TOKEN] = (choice[TOKEN] + 1) % TOKENS


@compiled
def _list(state: State, lower: int, run: int, row: int, way: int, settled: int) -> None:
    """Keep the candidate if it is among the best-looking, in order."""
    choice, candidates = state.choice, state.candidates
    i = choice[COUNT]
    if i == CANDIDATES:
        i -= 1
    else:
        choice[COUNT] += 1
    while i > 0 and candidates[i - 1, LOWER] > lower:
        candidates[i] = candidates[i - 1]
        i -= 1
    new = candidates[i]
    new[LOWER], new[RUN], new[ROW], new[WAY], new[SETTLED], new[KEPT] = lower, run, row, way, settled, 0
    if settled:
        choice[LIMIT] = min(choice[LIMIT], lower)
    if choice[COUNT] == CANDIDATES:
        choice[LIMIT] = min(choice[LIMIT], candidates[CANDIDATES - 1, LOWER])


@compiled
def _beside_near_stops(problem: Problem, state: State, stop: int) -> None:
    """Judge the positions before and after each near stop, and those at the ends of its trip.

    Nearly all of the search's time is spent in this loop, so the sums that rule out most positions stand in it.
    """
    here, splits = problem.place[stop], SPLITS if problem.multi_trip else 0
    lasts = problem.least_second * (problem.access[stop] + problem.service[stop])
    for i in range(problem.near.shape[1]):
        other = problem.near[stop, i]
        if other < 0:
            break
        run = state.run_of[other]
        if run < 0:
            continue
        beside, there, row = state.beside[other], problem.place[other], state.position_of[other]
        limit = state.choice[LIMIT] - lasts
        worth = problem.worth_to[here, beside[BEFORE]] + problem.worth[here, there] - beside[LEG_IN]
        if (worth << problem.coarse) - problem.least_second * beside[IDLE_IN] < limit:
            _consider_plain(problem, state, stop, run, row, worth)
        worth = problem.worth_to[here, there] + leg_worth(problem, here, beside[NEXT]) - beside[LEG_OUT]
        if (worth << problem.coarse) - problem.least_second * beside[IDLE_OUT] < limit:
            _consider_plain(problem, state, stop, run, row + 1, worth)
        if i < splits:
            _consider_new_trip(problem, state, stop, run, row, RELOAD)
            _consider_new_trip(problem, state, stop, run, row + 1, RELOAD)
            _consider_new_trip(problem, state, stop, run, row, RELOAD_AFTER)
            _consider_new_trip(problem, state, stop, run, row + 1, RELOAD_AFTER)
        if _is_new(state, run, state.at[run, row, HUB_BEFORE], WHOLE_TRIP):
            _at_trip_ends(problem, state, stop, run, row)


@compiled
def _at_trip_ends(problem: Problem, state: State, stop: int, run: int, row: int) -> None:
    before, after = state.at[run, row, HUB_BEFORE], state.at[run, row, HUB_AFTER]
    if after == 0:
        after = state.run[run, LENGTH] + 1
    _consider(problem, state, stop, run, before + 1)
    _consider(problem, state, stop, run, after)
    if problem.multi_trip:
        _consider_new_trip(problem, state, stop, run, after, RELOAD)
        if before > 0:
            _consider_new_trip(problem, state, stop, run, before, RELOAD)


@compiled
def _in_touched_runs(problem: Problem, state: State, stop: int) -> None:
    for i in range(state.tally[TOUCHED]):
        run = state.touched[i]
        length = state.run[run, LENGTH]
        if length == 0 or not problem.can[problem.kind_of[run], stop]:
            continue
        _consider(problem, state, stop, run, 1)
        _consider(problem, state, stop, run, length + 1)
        if problem.multi_trip:
            _consider_new_trip(problem, state, stop, run, length + 1, RELOAD)
            _consider_new_trip(problem, state, stop, run, 1, RELOAD)


@compiled
def _in_new_runs(problem: Problem, state: State, stop: int) -> None:
    if state.tally[CLOSED]:
        return
    for kind in range(len(problem.kinds)):
        if not problem.can[kind, stop]:
            continue
        first = problem.kind_at[kind] + state.used[kind]
        if first < problem.kind_at[kind + 1]:
            run = state.order[first]
            if problem.returns[stop] > 0 and problem.on_board[stop] == 0:
                _consider_new_trip(problem, state, stop, run, 1, RELOAD)
            else:
                _consider(problem, state, stop, run, 1)


@compiled
def _is_new(state: State, run: int, row: int, way: int) -> bool:
    """Whether this position was not tried yet for this stop; from now on it was."""
    token = state.choice[TOKEN] << WAYS
    seen = state.at[run, row, SEEN]
    if seen >> WAYS != state.choice[TOKEN]:
        seen = token
    bit = 1 << way
    state.at[run, row, SEEN] = seen | bit
    return not seen & bit


@compiled
def _consider(problem: Problem, state: State, stop: int, run: int, row: int) -> None:
    """Judge the position before `row`."""
    here = problem.place[stop]
    worth = problem.worth_to[here, state.at[run, row - 1, PLACE]] - state.at[run, row, LEG]
    _consider_plain(problem, state, stop, run, row, worth + leg_worth(problem, here, state.at[run, row, PLACE]))


@compiled
def _consider_plain(problem: Problem, state: State, stop: int, run: int, row: int, worth: int) -> None:
    """Judge the position before `row`, whose legs add `worth`; where nothing is loaded before, the run loads first."""
    if _estimate(problem, state, stop, run, row, worth) >= state.choice[LIMIT]:
        return
    if not problem.can[problem.kind_of[run], stop] or not _is_new(state, run, row, PLAIN):
        return
    way = PLAIN
    if problem.returns[stop] > 0 and state.at[run, row - 1, HUB_BEFORE] == 0 and problem.on_board[stop] == 0:
        if row == 1:
            return
        way = LOAD_AT_START
        worth += problem.worth[state.at[run, 0, PLACE], problem.hub] - state.at[run, 1, LEG]
        worth += leg_worth(problem, problem.hub, state.at[run, 1, PLACE])
    _judge(problem, state, stop, run, row, way, worth)


@compiled
def _consider_new_trip(problem: Problem, state: State, stop: int, run: int, row: int, way: int) -> None:
    """Judge the position before `row` with a hub visit put right before or after the stop."""
    here, hub = problem.place[stop], problem.hub
    before, after = state.at[run, row - 1, PLACE], state.at[run, row, PLACE]
    worth = -state.at[run, row, LEG]
    if way == RELOAD:
        worth += problem.worth[before, hub] + problem.worth_to[here, hub] + leg_worth(problem, here, after)
    else:
        worth += problem.worth_to[here, before] + problem.worth[here, hub] + leg_worth(problem, hub, after)
    if _estimate(problem, state, stop, run, row, worth) >= state.choice[LIMIT]:
        return
    if not problem.can[problem.kind_of[run], stop] or not _is_new(state, run, row, way):
        return
    if problem.returns[stop] > 0 and way == RELOAD_AFTER and state.at[run, row - 1, HUB_BEFORE] == 0:
        return
    _judge(problem, state, stop, run, row, way, worth)


@compiled
def leg_worth(problem: Problem, origin: int, target: int) -> int:
    """What a leg is worth, nothing where the run ends anywhere."""
    return problem.worth[origin, target] if target >= 0 else 0


@compiled
def _estimate(problem: Problem, state: State, stop: int, run: int, row: int, worth: int) -> int:
    """What a position costs whose legs add `worth`: the time it takes is free as far as it fills idle time after it.

    Exact where time is not paid and drivers cost the same per kilometre; else good enough to rank by.
    """
    cost = worth << problem.coarse
    if problem.paid:
        time = cost * problem.time_share >> 10
        lasts = problem.access[stop] + problem.service[stop] - state.at[run, row, IDLE_FROM]
        longer = max(0, time + problem.least_second * lasts)
        cost += longer - time
        if problem.mean_paid != UNKNOWN and problem.least_second > 0:
            over = state.run[run, PAID] - problem.mean_paid
            cost += problem.fairness * (abs(over + longer // problem.least_second) - abs(over))
    return cost


@compiled
def _judge(problem: Problem, state: State, stop: int, run: int, row: int, way: int, worth: int) -> None:
    """List a way to serve `stop` whose legs add `worth`, if it is among the best and passes the cheap tests."""
    kind, whole, choice = problem.kinds[problem.kind_of[run]], state.run[run], state.choice
    if problem.pickups[stop] > 0 and way != RELOAD_AFTER and state.at[run, row, HUB_AFTER] == 0:
        hub, length = problem.hub, whole[LENGTH]
        last = problem.place[stop] if row == length + 1 else state.at[run, length, PLACE]
        end = state.at[run, length + 1, PLACE]
        worth += problem.worth[last, hub] + leg_worth(problem, hub, end) - leg_worth(problem, last, end)
    if whole[LENGTH] == 0 and kind[BEGAN] == 0:
        worth += leg_worth(problem, state.at[run, 0, PLACE], state.at[run, 1, PLACE])
    cost = _estimate(problem, state, stop, run, row, worth)
    if whole[LENGTH] == 0 and kind[BEGAN] == 0:
        cost += kind[COST_RUN]
    if cost >= choice[LIMIT]:
        return
    if whole[LENGTH] + 8 >= state.at.shape[1] or below(state.random, BLINK) == 0:
        return
    if may_fit(problem, state, stop, run, row, way):
        settled = way == PLAIN and _is_settled(problem, state, stop, run, row)
        _list(state, cost, run, row, way, 1 if settled else 0)


@compiled
def may_fit(problem: Problem, state: State, stop: int, run: int, row: int, way: int) -> bool:
    """Necessary conditions on load and time, in a few steps: earliest departure before, latest arrival after."""
    kind, at = problem.kinds[problem.kind_of[run]], state.at[run]
    hub, here = problem.hub, problem.place[stop]
    loads = problem.returns[stop] > 0 and problem.on_board[stop] == 0
    if way == PLAIN:
        if loads and at[row - 1, LOAD_UP_TO] + problem.returns[stop] > kind[CAPACITY]:
            return False
        if at[row - 1, LOAD_FROM] + problem.pickups[stop] > kind[CAPACITY]:
            return False
    if way == RELOAD and kind[MAX_TRIPS] == 1 and at[1, ELEMENT] == len(problem.place):
        return False
    if problem.is_second[stop] and not _loads_after_partner(problem, state, stop, run, row, way):
        return False
    before, after = at[row - 1, PLACE], at[row, PLACE]
    if here in (before, after):
        return True
    if way == PLAIN and at[row, JOINED]:
        return False
    time = at[row - 1, LEFT]
    rest_from = at[row, LOADED_FROM] if at[row, ELEMENT] < len(problem.place) else 0
    if way == RELOAD:
        time = max(arrival(problem, time, before, hub), rest_from)
        if loads:
            time = max(time, state.ready[stop])
        time = hub_opening(problem, time, problem.base)
        if time >= NEVER:
            return False
        time = arrival(problem, time + problem.base, hub, here)
    else:
        time = arrival(problem, time, before, here)
        if loads:
            if state.ready[stop] >= NEVER:
                return False
            loads_at, leaves = at[row - 1, HUB_BEFORE], state.ready[stop] + problem.base
            if loads_at == 0 or leaves > at[loads_at, LEFT]:
                time = max(time, arrival(problem, leaves, hub, here))
                first = loads_at + 1
                if 1 < first < row and arrival(problem, leaves, hub, at[first, PLACE]) > at[first, LATEST]:
                    return False
    time = opening(problem, stop, time)
    if time >= NEVER:
        return False
    time += problem.access[stop] + problem.service[stop]
    if problem.pickups[stop] > 0 and arrival(problem, time, here, hub) + problem.base > state.due[stop]:
        return False
    if way == RELOAD_AFTER:
        time = hub_opening(problem, max(arrival(problem, time, here, hub), rest_from), problem.base)
        if time >= NEVER:
            return False
        here, time = hub, time + problem.base
    if after >= 0:
        time = arrival(problem, time, here, after)
    return time <= at[row, LATEST]


@compiled
def _loads_after_partner(problem: Problem, state: State, stop: int, run: int, row: int, way: int) -> bool:
    """Whether a return is loaded in a later visit than the one that unloads its pickup, where that is in this run."""
    partner = problem.partner[stop]
    if partner < 0 or state.run_of[partner] != run:
        return True
    unloads = state.at[run, state.position_of[partner], HUB_AFTER]
    if way == RELOAD:
        return 0 < unloads < row
    return way != LOAD_AT_START and 0 < unloads < state.at[run, row - 1, HUB_BEFORE]


@compiled
def _is_settled(problem: Problem, state: State, stop: int, run: int, row: int) -> bool:
    """Whether the cheap tests decide exactly: a plain problem, and the hub visits around stay as they are."""
    kind, at = problem.kinds[problem.kind_of[run]], state.at[run]
    if not problem.plain or kind[MAX_STOPS] < NEVER or kind[MAX_METRES] < NEVER or state.run[run, LENGTH] == 0:
        return False
    here, stops = problem.place[stop], len(problem.place)
    if here in (at[row - 1, PLACE], at[row, PLACE]):
        return False
    if at[row - 1, ELEMENT] == stops and at[row, ELEMENT] >= stops:  # a trip more
        return False
    if problem.returns[stop] > 0:
        loads = at[row - 1, HUB_BEFORE]
        if loads == 0 or state.ready[stop] > at[loads, LEFT]:
            return False
    return problem.pickups[stop] == 0 or (state.due[stop] >= NEVER and at[row, HUB_AFTER] > 0)
