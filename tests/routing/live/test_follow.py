"""A board kept up to date has the same arrays as one built anew, whatever has happened."""

from __future__ import annotations

from random import Random

import numpy as np
import pytest

from routing import Dispatcher
from routing.live.board import Board
from routing.live.follow import follow
from routing.live.view import Giving, view_of
from routing.search.arrays import BREAKS
from tests.routing.live.storm import one_event, open_day
from tests.routing.search.any_day import any_day

PER_STOP = ("place", "access", "service", "returns", "pickups", "ready", "due", "penalty", "is_second", "on_board")


def live_day(seed):
    rng = Random(seed)
    while True:
        day = any_day(rng, live=False)
        if not day.one_stop_per_door:
            return open_day(day, rng)


def names_of(board):
    return {name: stop for name, stop in board.stop_of.items() if not name.startswith("\0")}


def windows_of(board, stop):
    problem = board.problem
    rows = slice(problem.window_at[stop], problem.window_at[stop + 1])
    return set(zip(problem.opens[rows].tolist(), problem.closes[rows].tolist(), strict=True))


def assert_alike(followed, fresh):
    mine, other = names_of(followed), names_of(fresh)
    assert mine.keys() == other.keys()
    name_at = {stop: name for name, stop in mine.items()}
    for name, stop in mine.items():
        for column in PER_STOP:
            values = getattr(followed.problem, column)[stop], getattr(fresh.problem, column)[other[name]]
            assert values[0] == values[1], (name, column)
        assert windows_of(followed, stop) == windows_of(fresh, other[name])
        assert (followed.problem.can[:, stop] == fresh.problem.can[:, other[name]]).all(), name
        partner, wanted = followed.problem.partner[stop], fresh.problem.partner[other[name]]
        assert (partner < 0) == (wanted < 0)
        assert partner < 0 or other[name_at[partner]] == wanted
    for name in ("kinds", "blocked", "kind_of", "kind_at", "kind_runs"):
        assert np.array_equal(getattr(followed.problem, name), getattr(fresh.problem, name)), name
    for run, count in enumerate(fresh.problem.kinds[:, BREAKS]):
        assert np.array_equal(followed.problem.breaks[run, :count], fresh.problem.breaks[run, :count])
    gone = set(range(len(followed.stops))) - set(followed.stop_of.values())
    assert not followed.problem.can[:, sorted(gone)].any()


@pytest.mark.parametrize("seed", range(30))
def test_a_board_kept_up_to_date_is_one_built_anew(seed):
    rng = Random(f"follow {seed}")
    day, later = live_day(seed)
    live = Dispatcher(day)
    board, followed = None, 0
    for _ in range(40):
        one_event(live, later, rng)
        books = live._books
        now = view_of(books, Giving(books.late, books.relief))
        if board is None or not follow(board, now):
            board = Board(now)
            continue
        followed += 1
        assert_alike(board, Board(now))
    assert followed > 10


def test_a_request_asked_about_leaves_nothing_behind():
    day, _ = live_day(3)
    board, fresh = Board(day), Board(day)
    request = day.requests[0].replace(id="?", round_trip_of=None)
    board.let_go(board.take_in(request))
    assert len(board.free) == len(fresh.free)
    assert_alike(board, fresh)
