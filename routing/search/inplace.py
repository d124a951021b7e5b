"""Runs changed in place where timing is plain: a change spreads along the run until the times agree with those known.

Plain means no breaks, lanes, hand-overs, due times, time at the hub or paid time, and in the run no neighbours at one
door. Then a departure follows from the one before alone, and what `runs.commit` writes in several passes over a draft
is mended here in a few steps.
"""

from __future__ import annotations

from routing.search.arrays import CLOSE, COST_METRE, END, I64, METRES0, NEVER, PICKUPS0, RETURNS0, Problem
from routing.search.clock import arrival, departure, hub_opening, last_hub_opening, last_opening, opening
from routing.search.compiled import compiled
from routing.search.memory import touch
from routing.search.state import (
    AT_COLUMNS,
    BEFORE,
    COST,
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
    MARK,
    METRES,
    NEXT,
    PLACE,
    SERVED,
    SHARED,
    STOPS,
    TOTAL,
    State,
)


@compiled
def put_in(problem: Problem, state: State, stop: int, run: int, row: int) -> None:
    """Put `stop` before `row` of the run; the caller knows that it may be, and that the hub visits stay as they are."""
    touch(state, run)
    at, here, length = state.at[run], problem.place[stop], state.run[run, LENGTH]
    _make_room(problem, state, run, row)
    before, after = at[row - 1, PLACE], at[row + 1, PLACE]
    at[row, ELEMENT], at[row, PLACE], at[row, JOINED] = stop, here, 0
    at[row, HUB_BEFORE], at[row, HUB_AFTER] = at[row - 1, HUB_BEFORE], at[row + 1, HUB_AFTER]
    at[row, LEG] = problem.worth[before, here]
    metres = problem.metres[before, here]
    if after >= 0:
        at[row + 1, LEG] = problem.worth[here, after]
        metres += problem.metres[here, after] - problem.metres[before, after]
    state.run_of[stop], state.position_of[stop] = run, row
    state.run[run, LENGTH] = length + 1
    _count(problem, state, run, 1, metres)
    _leave_later(problem, state, run, row)
    _arrive_earlier(problem, state, run, row, row)
    first = at[row, HUB_BEFORE]
    at[row, LOADED_FROM] = at[row + 1, LOADED_FROM] if at[row + 1, ELEMENT] < len(problem.place) else 0
    for i in range(first, row + 1):
        at[i, LOADED_FROM] = max(at[i, LOADED_FROM], loaded_from(problem, stop))
    note_beside(problem, state, run, max(1, row - 1), min(row + 1, length + 1))
    loads = 0 if problem.on_board[stop] else problem.returns[stop]
    _write_trip_loads(problem, state, run, first, at[first, LOAD_UP_TO] + loads)


@compiled
def note_beside(problem: Problem, state: State, run: int, first: int, last: int) -> None:
    """Note for the stops in rows `first` to `last` what stands beside them."""
    at = state.at[run]
    for row in range(first, last + 1):
        stop = at[row, ELEMENT]
        if stop < len(problem.place):
            beside, after = state.beside[stop], row + 1
            beside[BEFORE], beside[LEG_IN], beside[IDLE_IN] = at[row - 1, PLACE], at[row, LEG], at[row, IDLE_FROM]
            beside[NEXT], beside[LEG_OUT], beside[IDLE_OUT] = at[after, PLACE], at[after, LEG], at[after, IDLE_FROM]


@compiled
def loaded_from(problem: Problem, stop: int) -> int:
    """From when the documents that the stop is brought can be loaded at the earliest."""
    return problem.ready[stop] if problem.returns[stop] > 0 and problem.on_board[stop] == 0 else 0


@compiled
def _count(problem: Problem, state: State, run: int, stops: int, metres: int) -> None:
    """Account for so many more stops and metres."""
    row, cost = state.run[run], metres * problem.kinds[problem.kind_of[run], COST_METRE]
    row[STOPS] += stops
    row[METRES] += metres
    row[COST] += cost
    state.tally[SERVED] += stops
    state.tally[TOTAL] += cost


@compiled
def _make_room(problem: Problem, state: State, run: int, row: int) -> None:
    """Move the rows from `row` on one down."""
    at = state.at[run]
    for i in range(state.run[run, LENGTH] + 1, row - 1, -1):
        for column in range(AT_COLUMNS):
            at[i + 1, column] = at[i, column]
        at[i + 1, HUB_BEFORE] += 1 if at[i, HUB_BEFORE] >= row else 0
        at[i + 1, HUB_AFTER] += 1 if at[i, HUB_AFTER] > 0 else 0
        if at[i, ELEMENT] < len(problem.place):
            state.position_of[at[i, ELEMENT]] = i + 1
    for i in range(row - 1, -1, -1):
        at[i, HUB_AFTER] += 1 if at[i, HUB_AFTER] >= row else 0


@compiled
def _leave_later(problem: Problem, state: State, run: int, row: int) -> None:
    """Mend the earliest departures from `row` on."""
    at = state.at[run]
    time, place = at[row - 1, LEFT], at[row - 1, PLACE]
    for i in range(row, state.run[run, LENGTH] + 1):
        time = _left(problem, at[i], arrival(problem, time, place, at[i, PLACE]))
        if i > row and time == at[i, LEFT]:
            return
        at[i, LEFT], place = time, at[i, PLACE]


@compiled
def _left(problem: Problem, visit: I64, time: int) -> int:
    """When the visit is left by who arrives at `time`, or NEVER."""
    element = visit[ELEMENT]
    if element == len(problem.place):
        return hub_opening(problem, max(time, visit[LOADED_FROM]), 0)
    begin = opening(problem, element, time)
    return begin if begin >= NEVER else begin + problem.access[element] + problem.service[element]


@compiled
def _arrive_earlier(problem: Problem, state: State, run: int, row: int, known: int) -> None:
    """Mend the latest arrivals from `row` back; above row `known` those that stand there are as they were."""
    at = state.at[run]
    late, place = at[row + 1, LATEST], at[row + 1, PLACE]
    for i in range(row, 0, -1):
        element, here = at[i, ELEMENT], at[i, PLACE]
        if place >= 0:
            late = departure(problem, late, here, place)
        if element == len(problem.place):
            late = last_hub_opening(problem, late, 0)
        else:
            late = last_opening(problem, element, late - problem.access[element] - problem.service[element])
        late = max(late, -1)
        if i < known and late == at[i, LATEST]:
            return
        at[i, LATEST], place = late, here


@compiled
def _write_trip_loads(problem: Problem, state: State, run: int, first: int, load: int) -> int:
    """Write the loads of the trip that leaves row `first` with `load`; return the row that ends it."""
    at = state.at[run]
    i, most, last = first, load, state.run[run, LENGTH] + 1
    at[first, LOAD_UP_TO] = at[first, LOAD_FROM] = load
    while i + 1 < last and at[i + 1, ELEMENT] < len(problem.place):
        i += 1
        load += problem.pickups[at[i, ELEMENT]] - problem.returns[at[i, ELEMENT]]
        most = max(most, load)
        at[i, LOAD_UP_TO], at[i, LOAD_FROM] = most, load
    most = 0
    for j in range(i, first - 1, -1):
        most = max(most, at[j, LOAD_FROM])
        at[j, LOAD_FROM] = most
    return i + 1


@compiled
def take_out(problem: Problem, state: State, run: int) -> bool:
    """Take the marked stops out of the run, where each trip keeps a stop and all stay in time; say whether it was done.

    Where it was not, nothing has changed.
    """
    if state.run[run, SHARED] or not _stays_in_time(problem, state, run):
        return False
    touch(state, run)
    length = state.run[run, LENGTH]
    metres = _close_up(problem, state, run)
    _count(problem, state, run, state.run[run, LENGTH] - length, metres - state.run[run, METRES])
    _write_trips(problem, state, run)
    _arrive_earlier(problem, state, run, state.run[run, LENGTH], 0)
    note_beside(problem, state, run, 1, state.run[run, LENGTH])
    return True


@compiled
def _stays_in_time(problem: Problem, state: State, run: int) -> bool:
    """Walk the run without its marked stops; departures stand in `state.earliest`, loads from in `state.floors`."""
    kind, at, n = problem.kinds[problem.kind_of[run]], state.at[run], len(problem.place)
    time, place, picked, since, was_stop = at[0, LEFT], at[0, PLACE], kind[PICKUPS0], 0, False
    for i in range(1, state.run[run, LENGTH] + 1):
        element, here = at[i, ELEMENT], at[i, PLACE]
        if element < n and state.marks[element] == state.tally[MARK]:
            continue
        time = arrival(problem, time, place, here)
        if element == n:
            loads, ready = _needs(problem, state, run, i)
            if picked + loads == 0 or (since == 0 and i > 1):
                return False
            time = hub_opening(problem, max(time, ready), 0)
            state.floors[i], picked, since = ready, 0, 0
        else:
            if was_stop and here == place:
                return False
            time = _left(problem, at[i], time)
            picked, since = picked + problem.pickups[element], since + 1
        if time >= NEVER:
            return False
        state.earliest[i], place, was_stop = time, here, element < n
    if since == 0 and picked == 0:
        return False
    end = kind[END] if kind[END] >= 0 else place
    return arrival(problem, time, place, end) <= kind[CLOSE]


@compiled
def _needs(problem: Problem, state: State, run: int, hub: int) -> tuple[int, int]:
    """What the hub visit at row `hub` loads for the stops that are not marked, and from when it can."""
    at, loads, ready = state.at[run], 0, 0
    for i in range(hub + 1, state.run[run, LENGTH] + 1):
        element = at[i, ELEMENT]
        if element == len(problem.place):
            break
        if state.marks[element] != state.tally[MARK] and not problem.on_board[element]:
            loads += problem.returns[element]
            ready = max(ready, state.ready[element])
    return loads, ready


@compiled
def _close_up(problem: Problem, state: State, run: int) -> int:
    """Move the rows that stay up over the marked ones; return the metres of the run."""
    kind, at, n = problem.kinds[problem.kind_of[run]], state.at[run], len(problem.place)
    length, kept, place, metres = state.run[run, LENGTH], 0, at[0, PLACE], kind[METRES0]
    for i in range(1, length + 1):
        element, here = at[i, ELEMENT], at[i, PLACE]
        if element < n and state.marks[element] == state.tally[MARK]:
            continue
        kept += 1
        at[kept, ELEMENT], at[kept, PLACE] = element, here
        at[kept, LEG], at[kept, LEFT] = problem.worth[place, here], state.earliest[i]
        metres += problem.metres[place, here]
        if element == n:
            at[kept, LOADED_FROM] = state.floors[i]
        else:
            state.position_of[element] = kept
        place = here
    end = kind[END]
    at[kept + 1, ELEMENT], at[kept + 1, PLACE], at[kept + 1, LEG] = n + 1, end, 0
    if end >= 0:
        at[kept + 1, LEG] = problem.worth[place, end]
        metres += problem.metres[place, end]
    at[kept + 1, LATEST], at[kept + 1, LOADED_FROM] = kind[CLOSE], 0
    state.run[run, LENGTH] = kept
    return metres


@compiled
def _write_trips(problem: Problem, state: State, run: int) -> None:
    """Write the loads of all trips, and the hub visits around each row."""
    kind, at, length = problem.kinds[problem.kind_of[run]], state.at[run], state.run[run, LENGTH]
    load, picked, first = kind[RETURNS0] + kind[PICKUPS0], kind[PICKUPS0], 0
    while first <= length:
        if first > 0:
            loads, _ = _needs(problem, state, run, first)
            load, picked = load + loads - picked, 0
        last = _write_trip_loads(problem, state, run, first, load)
        after = last if last <= length else 0
        if first == 0:
            at[0, HUB_AFTER] = after
        ready = 0
        for i in range(last - 1, first, -1):
            ready = max(ready, loaded_from(problem, at[i, ELEMENT]))
            at[i, LOADED_FROM] = ready
        for i in range(first, last):
            at[i, HUB_BEFORE], at[i + 1, HUB_AFTER] = first, after
            if i > first:
                load += problem.pickups[at[i, ELEMENT]] - problem.returns[at[i, ELEMENT]]
                picked += problem.pickups[at[i, ELEMENT]]
        first = last
    at[length + 1, HUB_BEFORE] = at[length, HUB_BEFORE]
