"""The changing half of the search: runs and all that follows from them, in arrays that are allocated once."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from routing.search.arrays import CLOSE, END, I32, I64, LEAVE, PICKUPS0, RETURNS0, START, U8, Problem

# Columns of `State.at`: what is known of each position of a run. Row 0 is its start, the row after the last its end;
# a row is one cache line.
ELEMENT, PLACE, LEG, LEFT, LATEST, LOAD_UP_TO, LOAD_FROM, HUB_BEFORE, HUB_AFTER = range(9)
JOINED, BEGIN, FINISH, LANE, SEEN, IDLE_FROM, LOADED_FROM = range(9, 16)
AT_COLUMNS = 16
LINE = 64
# Columns of `State.beside`: what a stop's neighbours in its run are, for the loop over near stops to find in one place.
BEFORE, LEG_IN, IDLE_IN, NEXT, LEG_OUT, IDLE_OUT = range(6)
BESIDE_COLUMNS = 8
# Columns of `State.run`: what is known of a run as a whole.
LENGTH, STOPS, METRES, PAID, COST, IDLE, DEPARTS, ENDS, SHARED = range(9)
RUN_COLUMNS = 10
# Columns of `State.front`: one row per number of breaks taken.
TIME, WAITED, SLACK, GROUP, LEFT_AT, ORIGIN = range(6)
# Columns of `State.hub_sums`: what the hub visit at a position moves.
LOADS, UNLOADS, READY, DUE, AFTER, HAND_OVER = range(6)
HUB_COLUMNS = 6
# Entries of `State.tally`.
DRAFT_METRES, DRAFT_TRIPS, DRAFT_IDLE, DRAFT_PAID, DRAFT_DEPARTS, DRAFT_ENDS, ITERATIONS, TOTAL, BEST_TOTAL = range(9)
(
    PENALTY,
    BANKED,
    TOUCHED,
    SERVED,
    USED,
    ACCEPTED,
    BEST_PENALTY,
    MARK,
    BROKEN,
    PAUSES,
    DRAFT_TIGHT,
    IN_DRAFT,
    FLOORED,
    TIED,
    LEAVE_FLOOR,
    DRAFT_LENGTH,
    DRAFT_LAST,
    CLOSED,
) = range(9, 27)
TALLY = 27

CANDIDATES = 4
"""So many of the best-looking positions of a stop are walked."""


class State(NamedTuple):
    """Where a search stands.

    Attributes
    ----------
    at
        Shape (runs, positions, columns): per position of a run its stop (n: a hub visit), its place, the worth of
        the leg to it, the earliest departure, the latest arrival that keeps the rest on time, the largest load of the
        trip up to and from the leg that follows, the hub visits around it (itself included; 0: none), whether it
        shares the stop before it, the scheduled begin, finish and lane, and when what it and the rest of its trip are
        brought can be loaded (`loaded_from`).
    run
        Shape (runs, columns): length, number of stops, metres, paid seconds, cost, ...
    run_of, position_of
        Per stop: where it is, -1 while it is in the bank of unserved stops.
    beside
        Shape (stops, columns): places before and after, worth of the legs, idle time there; as in `at`.
    ready, due
        Per stop: as in the problem, narrowed by what the other half of a round trip does.
    slots, slot_count
        Shape (lanes, slots, 3): begin, end and run of the lane time taken, in time order.
    bank, bank_at
        The unserved stops and the index of each in that list, -1 where it is served.
    absent
        Per stop: how often an iteration ended without it (see `fleet`).
    order, order_at, used
        Per kind: its runs, those in use first; the index of each run therein; how many are in use.
    gap
        Per run: before which row stops were last taken out, or its tail changed.
    """

    at: I32
    run: I64
    run_of: I64
    position_of: I64
    beside: I32
    ready: I64
    due: I64
    slots: I64
    slot_count: I64
    bank: I64
    bank_at: I64
    absent: I64
    order: I64
    order_at: I64
    used: I64
    # Drafts of one run, and the walk along it.
    draft: I64
    copy: I64
    hub_sums: I64
    hub_ended: I64
    front: I64
    earliest: I64
    left_first: U8
    arrived_first: U8
    joins: U8
    waits: I64
    path: I64
    pauses: I64
    # What one iteration has touched, to take it back.
    touched: I64
    touched_mark: I64
    saved_at: I32
    saved_run: I64
    marks: I64
    floors: I64
    drafted: I64
    unloads_at: I64
    removed: I64
    gap: I64
    keys: I64
    # The best so far.
    best_at: I32
    best_run: I64
    dirty: I64
    dirty_mark: U8
    tally: I64
    choice: I64
    candidates: I64
    random: npt.NDArray[np.uint64]


def longest_run(problem: Problem) -> int:
    """How many elements a run may have: all of them on small days, a generous share on large ones."""
    stops, runs = problem.stops, max(problem.runs, 1)
    return min(2 * stops + 16, max(400, 8 * stops // runs + 16)) | 1  # odd, or the runs share few sets of a cache


def _in_lines(*shape: int) -> I32:
    """Zeros, a row of AT_COLUMNS in a cache line each."""
    size = math.prod(shape)
    room = np.zeros(size + AT_COLUMNS, np.int32)
    skipped = -room.ctypes.data % LINE // room.itemsize
    return room[skipped : skipped + size].reshape(shape)


def _empty_runs(problem: Problem, positions: int) -> I32:
    at = _in_lines(problem.runs, positions, AT_COLUMNS)
    kinds = problem.kinds[problem.kind_of]
    at[:, 0, ELEMENT] = at[:, 1, ELEMENT] = problem.stops + 1
    at[:, 0, PLACE], at[:, 1, PLACE] = kinds[:, START], kinds[:, END]
    at[:, 0, LEFT], at[:, 1, LATEST] = kinds[:, LEAVE], kinds[:, CLOSE]
    at[:, 0, LOAD_UP_TO] = at[:, 0, LOAD_FROM] = kinds[:, RETURNS0] + kinds[:, PICKUPS0]
    apart = (kinds[:, END] >= 0) & (problem.runs > 0)
    at[apart, 1, LEG] = problem.worth[kinds[apart, START], kinds[apart, END]]
    return at


def new_state(problem: Problem, seed: int) -> State:
    """Allocate the state of `problem` with all stops in the bank and all runs empty."""
    stops, runs, positions = problem.stops, problem.runs, longest_run(problem)
    states = problem.breaks.shape[1] + 1
    lanes = max(problem.lanes, 1)
    slots = 2 * stops + 2 * runs + len(problem.blocked) + 8 if problem.lanes else 1

    tally = np.zeros(TALLY, np.int64)
    tally[BANKED] = stops

    def filled(value: int, *shape: int) -> I64:
        return np.full(shape, value, np.int64)

    return State(
        at=_empty_runs(problem, positions),
        run=np.zeros((runs, RUN_COLUMNS), np.int64),
        run_of=filled(-1, stops),
        position_of=filled(-1, stops),
        beside=np.zeros((stops, BESIDE_COLUMNS), np.int32),
        ready=problem.ready.copy(),
        due=problem.due.copy(),
        slots=filled(0, lanes, slots, 3),
        slot_count=filled(0, lanes),
        bank=np.arange(stops, dtype=np.int64),
        bank_at=np.arange(stops, dtype=np.int64),
        absent=filled(0, stops),
        order=problem.kind_runs.copy(),
        order_at=np.argsort(problem.kind_runs).astype(np.int64),
        used=filled(0, len(problem.kinds)),
        draft=filled(0, positions + 4),
        copy=filled(0, positions + 4),
        hub_sums=np.zeros((positions + 4, HUB_COLUMNS), np.int64),
        hub_ended=filled(0, positions + 4, states),
        front=np.zeros((states, 6), np.int64),
        earliest=filled(0, positions + 4),
        left_first=np.zeros((positions + 4, states), np.uint8),
        arrived_first=np.zeros((positions + 4, states), np.uint8),
        joins=np.zeros((positions + 4, states), np.uint8),
        waits=filled(0, positions + 4, states),
        path=filled(0, positions + 4),
        pauses=filled(0, states, 4),
        touched=filled(0, runs),
        touched_mark=np.zeros(runs, np.int64),
        saved_at=_in_lines(runs, positions, AT_COLUMNS),
        saved_run=np.zeros((runs, RUN_COLUMNS), np.int64),
        marks=np.zeros(max(stops, 1), np.int64),
        floors=filled(0, positions + 4),
        drafted=np.zeros(stops, np.int64),
        unloads_at=filled(-1, stops),
        removed=filled(0, stops + 1),
        gap=filled(1, runs),
        keys=np.zeros(stops + 1, np.int64),
        best_at=_empty_runs(problem, positions),
        best_run=np.zeros((runs, RUN_COLUMNS), np.int64),
        dirty=filled(0, runs),
        dirty_mark=np.zeros(runs, np.uint8),
        tally=tally,
        choice=np.zeros(8, np.int64),
        candidates=np.zeros((CANDIDATES, 6), np.int64),
        random=np.array([(seed * 0x9E3779B97F4A7C15 + 0x1234567) % 2**64 or 1], np.uint64),
    )
