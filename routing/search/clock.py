"""When things can happen: legs by the traffic clock, windows, and the hub's lanes; forwards and backwards.

Every forward function returns the earliest moment at or after a given one and never decreases with it (first-in
first-out); the backward one returns the latest moment at or before.
"""

from __future__ import annotations

import numpy as np

from routing.search.arrays import I64, NEVER, Problem
from routing.search.compiled import compiled, inlined
from routing.search.state import State


@inlined
def _seconds_for(left: int, factor: int) -> int:
    """Whole seconds in which `left` is done at `factor` a second; a division without signs is the quicker one."""
    return int(np.int64(np.uint64(left + factor - 1) // np.uint64(factor)))


@inlined
def arrival(problem: Problem, start: int, origin: int, target: int) -> int:
    """When a leg that starts at `start` arrives: ``ceil(F^-1(F(start) + b))``."""
    if origin == target:
        return start
    seconds = problem.seconds[origin, target]
    if problem.flat:
        return start + seconds
    left = 1000 * seconds
    starts, factors = problem.clock_start, problem.clock_factor
    last = len(starts) - 1
    segment = 0
    while segment < last and starts[segment + 1] <= start:
        segment += 1
    now = start
    while segment < last:
        span = (starts[segment + 1] - now) * factors[segment]
        if span >= left:
            break
        left -= span
        segment += 1
        now = starts[segment]
    return now + _seconds_for(left, factors[segment])


@inlined
def departure(problem: Problem, end: int, origin: int, target: int) -> int:
    """The latest start of a leg that arrives at or before `end`: the inverse of `arrival`."""
    if origin == target:
        return end
    seconds = problem.seconds[origin, target]
    if problem.flat:
        return end - seconds
    left = 1000 * seconds
    starts, factors = problem.clock_start, problem.clock_factor
    segment = len(starts) - 1
    while segment > 0 and starts[segment] >= end:
        segment -= 1
    now = end
    while segment > 0:
        span = (now - starts[segment]) * factors[segment]
        if span >= left:
            break
        left -= span
        now = starts[segment]
        segment -= 1
    return now - _seconds_for(left, factors[segment])


@compiled
def opening(problem: Problem, stop: int, moment: int) -> int:
    """The earliest begin of `stop` at or after `moment`, or NEVER."""
    for window in range(problem.window_at[stop], problem.window_at[stop + 1]):
        if moment <= problem.closes[window]:
            return max(moment, problem.opens[window])
    return NEVER


@compiled
def last_opening(problem: Problem, stop: int, moment: int) -> int:
    """The latest begin of `stop` at or before `moment`, or -1."""
    for window in range(problem.window_at[stop + 1] - 1, problem.window_at[stop] - 1, -1):
        if moment >= problem.opens[window]:
            return min(moment, problem.closes[window])
    return -1


@compiled
def may_begin(problem: Problem, stop: int, moment: int) -> bool:
    """Whether `stop` may begin at exactly `moment`."""
    for window in range(problem.window_at[stop], problem.window_at[stop + 1]):
        if problem.opens[window] <= moment <= problem.closes[window]:
            return True
    return False


@compiled
def hub_opening(problem: Problem, moment: int, length: int) -> int:
    """The earliest begin of a hub visit of `length` at or after `moment` if a lane is free, or NEVER."""
    for window in range(len(problem.hub_opens)):
        begin = max(moment, problem.hub_opens[window])
        if begin + length <= problem.hub_closes[window]:
            return begin
    return NEVER


@compiled
def last_hub_opening(problem: Problem, moment: int, length: int) -> int:
    """The latest begin of a hub visit of `length` at or before `moment` if a lane is free, or -1."""
    for window in range(len(problem.hub_opens) - 1, -1, -1):
        begin = min(moment, problem.hub_closes[window] - length)
        if begin >= problem.hub_opens[window]:
            return begin
    return -1


@compiled
def lane_opening(problem: Problem, state: State, run: int, moment: int, length: int) -> tuple[int, int]:
    """The earliest begin of `length` on a lane at or after `moment`, and the lane; own slots count as free."""
    if problem.lanes == 0:
        return hub_opening(problem, moment, length), -1
    earliest = hub_opening(problem, moment, length)
    while earliest < NEVER:
        begin, lane = NEVER, -1
        for each in range(problem.lanes):
            free = _free_after(state.slots[each], state.slot_count[each], run, earliest, length)
            if free == earliest:
                return free, each
            if free < begin:
                begin, lane = free, each
        reached = hub_opening(problem, begin, length)
        if reached == begin:
            return begin, lane
        earliest = reached
    return NEVER, -1


@compiled
def last_lane_opening(problem: Problem, state: State, run: int, moment: int, length: int) -> int:
    """The latest begin of `length` on a lane at or before `moment`, or -1; the run's own slots count as free."""
    latest = last_hub_opening(problem, moment, length)
    if problem.lanes == 0:
        return latest
    while latest >= 0:
        begin = -1
        for each in range(problem.lanes):
            begin = max(begin, _free_before(state.slots[each], state.slot_count[each], run, latest, length))
            if begin == latest:
                return latest
        if begin < 0:
            return -1
        reached = last_hub_opening(problem, begin, length)
        if reached == begin:
            return begin
        latest = reached
    return -1


@compiled
def _first_ending_after(slots: I64, count: int, moment: int) -> int:
    low, high = 0, count
    while low < high:
        middle = (low + high) // 2
        if slots[middle, 1] > moment:
            high = middle
        else:
            low = middle + 1
    return low


@compiled
def _free_after(slots: I64, count: int, run: int, moment: int, length: int) -> int:
    begin = moment
    for index in range(_first_ending_after(slots, count, moment), count):
        if slots[index, 2] == run:
            continue
        if slots[index, 0] >= begin + length:
            break
        begin = max(begin, slots[index, 1])
    return begin


@compiled
def _free_before(slots: I64, count: int, run: int, moment: int, length: int) -> int:
    begin = moment
    for index in range(_first_ending_after(slots, count, moment + length - 1), -1, -1):
        if index >= count or slots[index, 2] == run or slots[index, 0] >= begin + length:
            continue
        if slots[index, 1] <= begin:
            break
        begin = slots[index, 0] - length
    return begin
