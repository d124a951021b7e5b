"""Keeps a board up to date: what a later view of the same live day says otherwise is written into its arrays.

Most events touch one driver and a few requests. Building all arrays anew for them takes ten times as long.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from routing._under_way import disjoint
from routing.live.board import Board, Standing, served_in, standing_of
from routing.model import Day, Driver, Request
from routing.start import Start, start_of


def follow(board: Board, day: Day) -> bool:
    """Write into `board` what is different in `day`; its runs are then empty, to be loaded.

    Returns
    -------
    bool
        False where a new board must be built; this one is then of no more use.
    """
    starts = [start_of(day, driver) for driver in day.drivers]
    if not _is_alike(board, day, starts):
        return False
    served = served_in(day)
    asked = {request.id: request for request in day.requests if request.id not in served}
    before, now = board.standing, standing_of(day, starts)
    if not _has_room(board, asked):
        return False
    _stand_there(board, day, starts, now)
    for name in [name for name in board.stop_of if name not in asked and not name.startswith("\0")]:
        board.retire(board.stop_of[name])
    # Returns come after the pickups that bring them in.
    for request in sorted(asked.values(), key=lambda each: each.round_trip_of is not None):
        stop = board.stop_of.get(request.id)
        if stop is None:
            board.take_in(request)
        elif _is_different(board, stop, request, before, now):
            board.write(stop, request)
    return True


def _is_alike(board: Board, day: Day, starts: Sequence[Start]) -> bool:
    """Whether the two days differ in nothing but what `follow` takes over."""
    old = board.day
    return (
        old.travel is day.travel
        and len(old.places) == len(day.places)
        and len(old.drivers) == len(day.drivers)
        and all(_is_same_driver(one, other) for one, other in zip(old.drivers, day.drivers, strict=True))
        and all(now.finished or not then.finished for then, now in zip(board.starts, starts, strict=True))
        and all(len(start.breaks) <= board.problem.breaks.shape[1] for start in starts)
    )


def _is_same_driver(one: Driver, other: Driver) -> bool:
    return {**vars(one), "history": ()} == {**vars(other), "history": ()}


def _has_room(board: Board, asked: Mapping[str, Request]) -> bool:
    """Whether all that is new or changed can be written."""
    new = 0
    for name, request in asked.items():
        stop = board.stop_of.get(name)
        if stop is None:
            new += 1
            if not board.can_take(request):
                return False
        else:
            known = board.requests[board.stops[stop].requests[0]]
            windows = int(board.problem.window_at[stop + 1] - board.problem.window_at[stop])
            if request is not known and not board.can_take(request, windows):
                return False
    return new <= len(board.free)


def _stand_there(board: Board, day: Day, starts: Sequence[Start], standing: Standing) -> None:
    """Let drivers and lanes be where they are now, with empty runs."""
    from routing.live.view import unchecked
    from routing.search.build import _blocked, _kind
    from routing.search.handle import Core
    from routing.search.state import new_state

    problem = board.problem
    for run, (driver, start) in enumerate(zip(day.drivers, starts, strict=True)):
        problem.kinds[run] = _kind(driver, start)
        for number, each in enumerate(start.breaks):
            problem.breaks[run, number] = each.earliest, each.latest, each.length
        if start.finished:
            problem.can[run] = 0
    board.day = unchecked(day, requests=board.requests)
    board.starts, board.standing = list(starts), standing
    board.problem = problem._replace(blocked=disjoint(_blocked(starts)))
    board.core = Core(board.problem, new_state(board.problem, 1))


def _is_different(board: Board, stop: int, request: Request, before: Standing, now: Standing) -> bool:
    """Whether anything that is written of a stop has changed."""
    first = request.round_trip_of
    return (
        stop in board.widened
        or board.requests[board.stops[stop].requests[0]] != request
        or before.carried.get(request.id) != now.carried.get(request.id)
        or (first is not None and (first in before.coming) != (first in now.coming))
        or (first is not None and before.brought.get(first) != now.brought.get(first))
    )
