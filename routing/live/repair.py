"""From the facts to a valid plan, in one pass: keep what can be kept, place the rest, let give way what must."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass

from routing.check import Violation, check
from routing.errors import InternalError
from routing.live.board import Board
from routing.live.books import Books
from routing.live.events import Planned
from routing.live.follow import follow
from routing.live.view import STRANDED, Giving, view_of
from routing.model import Day
from routing.plan import Plan, Run, Unserved
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
class Arranged:
    """Who serves what in which order, in arrays: a plan but for writing its visits.

    Attributes
    ----------
    fresh
        Whether the arrays were built for it, rather than kept up to date.
    late
        How late requests may be that cannot be on time.
    hopeless
        Ids of requests that were not tried.
    """

    board: Board
    fresh: bool
    late: Mapping[str, int]
    relief: Mapping[str, int]
    hopeless: Container[str]


@dataclass(frozen=True)
class Repaired:
    """A valid plan, the day it is a plan of, and both in arrays."""

    arranged: Arranged
    day: Day
    plan: Plan
    giving: Giving


Ahead = Mapping[str, Sequence[Visit]]
"""Planned visits by driver."""


def arrange(
    books: Books,
    settings: Settings,
    ahead: Ahead,
    giving: Giving,
    *,
    board: Board | None = None,
    hopeless: Container[str] = (),
) -> Arranged:
    """Keep the planned visits `ahead` as far as that is possible and find places for the rest.

    Drivers who can neither finish nor come home in time are given overtime, then more; in the end what they carry
    stays with them and their run is over. A run that has not begun and cannot be kept is dissolved. So there always is
    a plan.

    Parameters
    ----------
    board
        One of the same live day, to be kept up to date where that is possible.
    hopeless
        Ids of requests that need not be tried, because they fitted nowhere a moment ago.
    """
    relief, planned = dict(giving.relief), dict(ahead)
    while True:
        day = view_of(books, Giving(giving.late, relief), freeze=settings.freeze)
        followed = board is not None and follow(board, day)
        board = board if board is not None and followed else Board(day)
        committed = {driver.id: len(driver.history) for driver in day.drivers}
        board.load({name: _not_committed(books, name, visits, committed) for name, visits in planned.items()})
        allowed = place_waiting(board, settings, giving.late, hopeless)
        names = [driver.id for driver in day.drivers]
        stuck = [name for run, name in enumerate(names) if board.cannot_go_on(run)]
        broken = [name for run, name in enumerate(names) if planned.get(name) and board.cannot_begin(run)]
        if not stuck and not broken:
            return Arranged(board, not followed, allowed, relief, hopeless)
        relief |= _more_relief(relief, stuck)
        planned |= dict.fromkeys(broken, ())


def _more_relief(relief: Mapping[str, int], stuck: Iterable[str]) -> dict[str, int]:
    return {name: min(STRANDED, relief.get(name, 0) + 1) for name in stuck}


def repair(
    books: Books, settings: Settings, ahead: Ahead, giving: Giving, arranged: Arranged | None = None
) -> Repaired:
    """Return a valid plan that keeps the planned visits `ahead` as far as it can.

    Parameters
    ----------
    arranged
        What `arrange` made of the same, where that has been done.

    Raises
    ------
    InternalError
        When the plan breaks a rule all the same: a bug.
    """
    relief, violations = dict(giving.relief), list[Violation]()
    for _ in range(3 + STRANDED):
        arranged = arranged or arrange(books, settings, ahead, Giving(giving.late, relief))
        repaired = _finished(books, settings, arranged)
        violations = check(repaired.day, repaired.plan)
        if not violations:
            return repaired
        if arranged.fresh:  # or else the arrays were not kept up to date after all: a new board may do
            relief |= arranged.relief
            relief |= _more_relief(relief, {each.driver for each in violations if each.driver in books.drivers})
        arranged = None
    raise InternalError("the live plan breaks the rules: " + "; ".join(str(each) for each in violations[:5]))


def _not_committed(books: Books, name: str, visits: Sequence[Visit], committed: Mapping[str, int]) -> Sequence[Visit]:
    """Leave out the planned visits that the freeze horizon has made history."""
    book = books.drivers.get(name)
    frozen = committed.get(name, 0) - (book.happened if book else 0)
    return visits[max(0, frozen) :]


def place_waiting(
    board: Board, settings: Settings, late: Mapping[str, int], hopeless: Container[str] = ()
) -> dict[str, int]:
    """Place what no run serves: on time where that is possible, else as little late as possible.

    Returns
    -------
    dict of str to int
        `late`, and how late those may be that had to be late.
    """
    allowed, on_board = dict(late), board.problem.on_board
    waiting = [stop for stop in board.waiting() if on_board[stop] or board.name_of(stop) not in hopeless]
    for stop in [stop for stop in waiting if board.place(stop) < 0]:
        step = board.place_late(stop, _steps(settings, on_board=bool(on_board[stop])))
        if step >= 0:
            name = board.name_of(stop)
            allowed[name] = allowed.get(name, 0) + step
    return allowed


def _steps(settings: Settings, *, on_board: bool) -> list[int]:
    """By how much a request may be late, the least first."""
    steps = sorted({step for step in LADDER if step < settings.lateness} | {settings.lateness} - {0})
    return [*steps, WHATEVER] if on_board else steps


def _finished(books: Books, settings: Settings, arranged: Arranged) -> Repaired:
    """Write the visits."""
    from routing.search.answer import plan_of

    found = (arranged.board.settled(run) for run in range(len(arranged.board.day.drivers)))
    runs = tuple(run for run in found if run is not None)
    begins = {name: visit.begin for run in runs for visit in run.visits for name in visit.requests}
    giving = Giving(really_late(books, arranged.late, begins), arranged.relief)
    day = view_of(books, giving, freeze=settings.freeze)
    return Repaired(arranged, day, plan_of(day, runs, _reasons(books, arranged, day, begins)), giving)


def _reasons(books: Books, arranged: Arranged, day: Day, served: Container[str]) -> tuple[Unserved, ...]:
    """Say why requests are unserved; of those that were not tried what was said of them before."""
    from routing.reasons import unserved

    missing = {request.id: request for request in day.requests if request.id not in served}
    said = {each.request: each for each in books.unserved if each.request in arranged.hopeless}
    asked = missing.keys() - said.keys()
    asked |= {pickup for name in asked if (pickup := missing[name].round_trip_of) in missing}
    said |= {each.request: each for each in (unserved(day, asked) if asked else ())}
    return tuple(said[name] for name in missing)


def really_late(books: Books, allowed: Mapping[str, int], begins: Mapping[str, int]) -> dict[str, int]:
    """Of the requests allowed to be late, those that are."""
    return {
        name: seconds
        for name, seconds in allowed.items()
        if name in begins and begins[name] > books.requests[name].windows[-1][1]
    }


def as_event(books: Books, repaired: Repaired) -> Planned:
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
