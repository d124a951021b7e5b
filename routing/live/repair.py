"""From the facts to a valid plan, in one pass: keep what can be kept, place the rest, let give way what must."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from routing.check import check
from routing.errors import InternalError
from routing.live.board import Board
from routing.live.books import Books
from routing.live.events import Planned
from routing.live.view import STRANDED, Giving, view_of
from routing.model import Day
from routing.plan import Plan, Run
from routing.visits import Visit

LADDER = (900, 1800, 3600, 7200)
"""A request that cannot be on time may be so many seconds late at first, then more."""
WHATEVER = 10**6
"""A return on board is brought however late it is."""


@dataclass(frozen=True)
class Settings:
    """How a dispatcher plans; see `Dispatcher`."""

    freeze: int
    change_price: int
    lateness: int


@dataclass(frozen=True)
class Repaired:
    """A valid plan, the day it is a plan of, and both in arrays."""

    board: Board
    day: Day
    plan: Plan
    giving: Giving


def repair(books: Books, settings: Settings, ahead: Mapping[str, Sequence[Visit]], giving: Giving) -> Repaired:
    """Return a valid plan that keeps the planned visits `ahead` as far as it can.

    Drivers who can neither finish nor come home in time are given overtime, then more; in the end what they carry
    stays with them and their run is over. So there always is a plan.

    Raises
    ------
    InternalError
        When the plan breaks a rule all the same: a bug.
    """
    late, relief = dict(giving.late), dict(giving.relief)
    for _ in range(2 + STRANDED):
        day = view_of(books, Giving(late, relief), freeze=settings.freeze)
        board = Board(day)
        committed = {driver.id: len(driver.history) for driver in day.drivers}
        board.load({name: _not_committed(books, name, visits, committed) for name, visits in ahead.items()})
        allowed = place_waiting(board, settings, late)
        stuck = [day.drivers[run].id for run in range(len(day.drivers)) if board.cannot_go_on(run)]
        if not stuck:
            repaired = _finished(books, settings, board, allowed, relief)
            violations = check(repaired.day, repaired.plan)
            if not violations:
                return repaired
            stuck = [each.driver for each in violations if each.driver in books.drivers and each.driver]
            if not stuck:
                break
        for name in stuck:
            relief[name] = min(STRANDED, relief.get(name, 0) + 1)
    raise InternalError("the live plan breaks the rules: " + "; ".join(str(each) for each in violations[:5]))


def _not_committed(books: Books, name: str, visits: Sequence[Visit], committed: Mapping[str, int]) -> Sequence[Visit]:
    """Leave out the planned visits that the freeze horizon has made history."""
    book = books.drivers.get(name)
    frozen = committed.get(name, 0) - (book.happened if book else 0)
    return visits[max(0, frozen) :]


def place_waiting(board: Board, settings: Settings, late: Mapping[str, int]) -> dict[str, int]:
    """Place what no run serves: on time where that is possible, else as little late as possible.

    Returns
    -------
    dict of str to int
        `late`, and how late those may be that had to be late.
    """
    allowed = dict(late)
    board.place_all(board.waiting())
    for stop in board.waiting():
        place_late(board, stop, settings, allowed)
    return allowed


def place_late(board: Board, stop: int, settings: Settings, allowed: dict[str, int]) -> int:
    """Place a stop that cannot be on time as little late as possible, and note that; return its run, or -1."""
    name = board.requests[board.stops[stop].requests[0]].id
    steps = sorted({step for step in LADDER if step < settings.lateness} | {settings.lateness} - {0})
    had, widened = allowed.get(name, 0), 0
    for step in [*steps, *([WHATEVER] if board.problem.on_board[stop] else [])]:
        board.widen(stop, step - widened)
        widened = step
        run = board.place(stop)
        if run >= 0:
            allowed[name] = had + step
            return run
    board.widen(stop, -widened)
    return -1


def _finished(
    books: Books, settings: Settings, board: Board, allowed: Mapping[str, int], relief: Mapping[str, int]
) -> Repaired:
    from routing.reasons import unserved
    from routing.search.answer import plan_of

    found = (board.settled(run) for run in range(len(board.day.drivers)))
    runs = tuple(run for run in found if run is not None)
    begins = {name: visit.begin for run in runs for visit in run.visits for name in visit.requests}
    giving = Giving(really_late(books, allowed, begins), relief)
    day = view_of(books, giving, freeze=settings.freeze)
    missing = [request.id for request in day.requests if request.id not in begins]
    return Repaired(board, day, plan_of(day, runs, unserved(day, missing)), giving)


def really_late(books: Books, allowed: Mapping[str, int], begins: Mapping[str, int]) -> dict[str, int]:
    """Of the requests allowed to be late, those that are."""
    return {
        name: seconds
        for name, seconds in allowed.items()
        if name in begins and begins[name] > books.requests[name].windows[-1][1]
    }


def planned(books: Books, repaired: Repaired) -> Planned:
    """Return what is different from the plan in the books, as an event."""
    runs: tuple[Run, ...] = tuple(run for run in repaired.plan.runs if books.runs.get(run.driver) != run)
    gone = tuple(set(books.runs) - {run.driver for run in repaired.plan.runs})
    giving = repaired.giving
    committed = {
        driver.id: len(driver.history)
        for driver in repaired.day.drivers
        if driver.history and driver.id in books.drivers
    }
    return Planned(runs, gone, repaired.plan.unserved, dict(giving.late), dict(giving.relief), committed)
