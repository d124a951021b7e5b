"""A board kept up to date has the same arrays as one built anew, whatever has happened."""

from __future__ import annotations

from random import Random

import numpy as np
import pytest

from routing import Day, Dispatcher, Driver, Hub, Place, Request, TravelTimes
from routing.live.board import Board
from routing.live.follow import follow
from routing.live.view import Giving, view_of
from routing.search.arrays import BREAKS
from routing.search.state import BEGIN
from routing.visits import Visit
from tests.routing.live.storm import live_day, one_event

PER_STOP = ("place", "access", "service", "returns", "pickups", "ready", "due", "penalty", "is_second", "on_board")


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
    day, later = live_day(Random(seed))
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
    day, _ = live_day(Random(3))
    board, fresh = Board(day), Board(day)
    request = day.requests[0].replace(id="?", round_trip_of=None)
    board.let_go(board.take_in(request))
    assert len(board.free) == len(fresh.free)
    assert_alike(board, fresh)


def test_a_driver_under_way_does_not_take_the_lane_time_of_others():
    """A could unload from 1100 on but plans to at 2000; at 1050 B loads a return that must be brought at 1250."""
    legs = TravelTimes(np.full((4, 4), 100) - 100 * np.eye(4, dtype=int), np.zeros((4, 4), int))
    happened = Visit("start", 0, 800, 800, 800, 0), Visit("stop", 1, 900, 900, 1000, 1, requests=("P1",))
    day = Day(
        date="2026-03-02",
        places=[Place(str(i), 106.7, -6.3) for i in range(4)],
        requests=[
            Request("P1", "pickup", 1, service=100),
            Request("P2", "pickup", 3, windows=((1500, 1900),)),
            Request("R1", "return", 2, windows=((1250, 1250),)),
        ],
        drivers=[Driver("B", 0, 0, (0, 9000), 9, cost_hour=3600), Driver("A", 0, 0, (0, 9000), 9, history=happened)],
        hub=Hub(0, lanes=1, base=100),
        travel=legs,
        now=1000,
    )
    board = Board(day)
    board.load({
        "A": [
            Visit("stop", 3, 1100, 1900, 1900, 2, requests=("P2",)),
            Visit("hub", 0, 2000, 2000, 2100, 0, 0, unloaded=("P1", "P2")),
            Visit("end", 0, 2100, 2100, 2100, 0),
        ],
        "B": [
            Visit("start", 0, 1050, 1050, 1050, 0),
            Visit("hub", 0, 1050, 1050, 1150, 1, 0, loaded=("R1",)),
            Visit("stop", 2, 1250, 1250, 1250, 0, requests=("R1",)),
            Visit("end", 0, 1350, 1350, 1350, 0),
        ],
    })  # fmt: skip
    state = board.core.state
    assert state.at[0, 1:3, BEGIN].tolist() == [1050, 1250]
    slots = state.slots[0, : state.slot_count[0]]
    assert (slots[:-1, 1] <= slots[1:, 0]).all()
    runs = [board.settled(run) for run in range(2)]
    assert [run.requests for run in runs] == [("R1",), ("P1", "P2")]
