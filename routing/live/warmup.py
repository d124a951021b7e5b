"""Compile what the live day adds to the search, so that the first quote is as quick as the next."""

from __future__ import annotations

from functools import cache


@cache
def warm_up() -> None:
    """Compile everything, or load it from the cache on disk."""
    import numpy as np

    from routing.live.board import Board
    from routing.live.follow import follow
    from routing.live.improve import improve
    from routing.live.offers import keep_what_fits
    from routing.model import Day, Driver, Hub, Place, Request
    from routing.travel import TravelTimes

    legs = [[abs(one - other) * 100 for other in range(3)] for one in range(3)]
    day = Day(
        date="2026-01-01",
        places=tuple(Place(str(i), 0.0, 0.0) for i in range(3)),
        requests=(Request("a", "pickup", 1), Request("b", "return", 2)),
        drivers=(Driver("d", 0, 0, (0, 86_400), 10, cost_run=1, cost_km=1000),),
        hub=Hub(0),
        travel=TravelTimes(legs, legs),  # type: ignore[arg-type]
    )
    board = Board(day)
    board.load({})
    stop = board.take_in(Request("c", "return", 1))
    board.options(stop)
    for waiting in board.waiting():
        board.place(waiting)
    board.place_late(stop, [60])
    runs = board.ahead({"d": 0})
    follow(board, day)
    again = Board(day, room=0)
    again.load(runs)
    improve(again, 1, seconds=None, iterations=10, seed=1)
    empty = Board(day, room=0)
    empty.load({})
    keep_what_fits(*empty.core.handles, 0, np.array([0, 1]))
