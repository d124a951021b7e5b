"""The facts of a live day as they stand: what was asked, what has happened, what is planned.

Events are folded in one by one; the same events in the same order give the same books, which is all that reopening a
journal needs.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import astuple, dataclass
from typing import Any

import numpy as np

from routing._fields import as_wholes
from routing.errors import InvalidInput, Problem, UnknownId
from routing.live import events as e
from routing.live.book import Book, behind, on_board, without
from routing.live.steps import stand_still, take_step
from routing.model import Day, Place, Request
from routing.plan import Run, Unserved
from routing.travel import TravelTimes
from routing.visits import Visit


@dataclass(frozen=True)
class Closed:
    """A request that needs no planning any more although nobody served it: why, and since when."""

    code: str
    at: int


class Books:
    """All facts; `fold` is the only way to change them."""

    def __init__(self, day: Day) -> None:
        self.opening = day
        self.now = day.now or 0
        self.places: list[Place] = list(day.places)
        self.travel = day.travel
        self.requests: dict[str, Request] = {request.id: request for request in day.requests}
        self.drivers = {each.id: Book(each.replace(history=()), list(each.history)) for each in day.drivers}
        self.closed: dict[str, Closed] = {}
        self.lanes: dict[int, list[tuple[int, int | None]]] = {}
        self.runs: dict[str, Run] = {}
        self.unserved: tuple[Unserved, ...] = ()
        self.late: dict[str, int] = {}
        self.relief: dict[str, int] = {}
        self.committed: dict[str, int] = {}
        self.seq = 0
        self.planned_at = 0

    @property
    def is_planned(self) -> bool:
        """Whether the plan knows of everything that has happened."""
        return self.planned_at == self.seq > 0

    def fold(self, event: e.Event) -> tuple[str, ...]:
        """Take `event` in; return what there is to say about it.

        Raises
        ------
        InvalidInput, UnknownId
            When the event cannot be understood; the books are then as before.
        """
        _expect_moments(event)
        notes = _HANDLERS[type(event)](self, event)
        self.now = max(self.now, getattr(event, "at", None) or 0)
        self.seq += 1
        if isinstance(event, e.Planned):
            self.planned_at = self.seq
        return notes

    def request(self, name: str) -> Request:
        """Return the request of that id."""
        if name not in self.requests:
            raise UnknownId(f"request {name!r} is not known: expected the id of a request of this day")
        return self.requests[name]

    def book(self, name: str) -> Book:
        """Return the driver's book."""
        if name not in self.drivers:
            raise UnknownId(f"driver {name!r} is not known: expected the id of a driver of this day")
        return self.drivers[name]

    def carried_by(self, book: Book) -> list[str]:
        """Ids of what the driver carries."""
        return on_board(behind(book), self.requests, self.closed)

    def handed_over(self) -> set[str]:
        """Ids of requests that were served at their door, or are being so."""
        return {name for book in self.drivers.values() for visit in behind(book) for name in visit.requests}

    def expect_addable(self, requests: Sequence[Request]) -> None:
        """Raise unless these requests can come in."""
        known = dict(self.requests)
        for request in requests:
            if request.id in known:
                raise _refuse(f"request {request.id}", "id", "is used already: expected a new one")
            known[request.id] = request
        for request in requests:
            _expect_place(self, f"request {request.id}", "place", request.place)
            _expect_trip(request, known)

    def content(self) -> tuple[Any, ...]:
        """All facts as plain values, for comparing."""
        return (
            self.seq,
            self.now,
            self.planned_at,
            self.places,
            self.travel.seconds.tobytes(),
            self.travel.metres.tobytes(),
            [
                (*astuple(request)[:7], sorted(request.skills), *astuple(request)[8:])
                for request in self.requests.values()
            ],
            [
                (book.driver.id, book.done, book.bound, book.there, book.ahead, book.off_at)
                for book in self.drivers.values()
            ],
            sorted(self.closed.items()),
            sorted(self.lanes.items()),
            sorted(self.runs.items()),
            self.unserved,
            sorted(self.late.items()),
            sorted(self.relief.items()),
            sorted(self.committed.items()),
        )

    def close(self, name: str, code: str, at: int) -> None:
        """Take a request out of planning, and the return of its round trip with it."""
        self.closed[name] = Closed(code, at)
        for other in self.requests.values():
            if other.round_trip_of == name and other.id not in self.closed:
                self.closed[other.id] = Closed("pickup-" + code, at)


def _expect_moments(event: e.Event) -> None:
    for name in ("at", "until", "documents_back_at"):
        moment = getattr(event, name, None)
        if moment is None and name == "at" and not _may_be_now(event):
            raise _refuse(f"event {e.NAMES[type(event)]}", "at", "is None: expected seconds after midnight")
        if (moment is not None and as_wholes((moment,), 1) is None) or (moment or 0) < 0:
            message = f"is {moment!r}: expected whole seconds after midnight"
            raise _refuse(f"event {e.NAMES[type(event)]}", name, message)


def _may_be_now(event: e.Event) -> bool:
    return isinstance(event, (e.Added, e.Cancelled, e.Changed, e.DriverAdded, e.PlaceAdded, e.Planned))


def _refuse(where: str, name: str, message: str) -> InvalidInput:
    return InvalidInput([Problem(where, name, message)])


def _expect_place(books: Books, where: str, name: str, place: int | None) -> None:
    if place is not None and not 0 <= place < len(books.places):
        raise _refuse(where, name, f"is {place}: expected an index of one of {len(books.places)} places")


def _expect_trip(request: Request, known: dict[str, Request]) -> None:
    pickup = request.round_trip_of
    if pickup is None:
        return
    where = f"request {request.id}"
    if pickup not in known or known[pickup].kind != "pickup":
        raise _refuse(where, "round_trip_of", f"is {pickup!r}: expected the id of a pickup of this day")
    if any(each.round_trip_of == pickup and each.id != request.id for each in known.values()):
        raise _refuse(where, "round_trip_of", f"is {pickup!r}, which another return has already: one per pickup")


def _added(books: Books, event: e.Added) -> tuple[str, ...]:
    books.expect_addable(event.requests)
    books.requests |= {request.id: request for request in event.requests}
    notes = []
    for request in event.requests:
        if request.round_trip_of in books.closed:
            code = books.closed[request.round_trip_of].code
            books.closed[request.id] = Closed(f"pickup-{code}", event.at or books.now)
            notes.append(f"{request.id}: its document comes in by {request.round_trip_of}, which is closed: {code}")
    return tuple(notes)


def _cancelled(books: Books, event: e.Cancelled) -> tuple[str, ...]:
    books.request(event.id)
    if event.id in books.handed_over():
        return (f"{event.id}: too late to cancel, it was served",)
    if event.id not in books.closed:
        books.close(event.id, "cancelled", event.at or books.now)
    return ()


def _changed(books: Books, event: e.Changed) -> tuple[str, ...]:
    request = event.request
    before = books.request(request.id)
    if request.kind != before.kind:
        raise _refuse(f"request {request.id}", "kind", f"is {request.kind}: a change keeps it {before.kind}")
    _expect_place(books, f"request {request.id}", "place", request.place)
    _expect_trip(request, books.requests)
    if request.id in books.handed_over():
        return (f"{request.id}: too late to change, it was served",)
    books.requests[request.id] = request
    books.late.pop(request.id, None)
    return ()


def _place_added(books: Books, event: e.PlaceAdded) -> tuple[str, ...]:
    where, count = f"place {event.place.id}", len(books.places)
    if any(place.id == event.place.id for place in books.places):
        raise _refuse(where, "id", "is used already: expected a new one")
    for name in ("seconds_from", "seconds_to", "metres_from", "metres_to"):
        if len(getattr(event, name)) != count:
            raise _refuse(where, name, f"has {len(getattr(event, name))} entries: expected one for each of {count}")
    books.travel = TravelTimes(
        _grown(books.travel.seconds, event.seconds_from, event.seconds_to),
        _grown(books.travel.metres, event.metres_from, event.metres_to),
    )
    books.places.append(event.place)
    return ()


def _grown(matrix: Any, row: tuple[int, ...], column: tuple[int, ...]) -> Any:
    size = len(matrix)
    grown = np.zeros((size + 1, size + 1), np.int64)
    grown[:size, :size] = matrix
    grown[size, :size], grown[:size, size] = row, column
    return grown


def _driver_added(books: Books, event: e.DriverAdded) -> tuple[str, ...]:
    driver = event.driver
    if driver.id in books.drivers:
        raise _refuse(f"driver {driver.id}", "id", "is used already: expected a new one")
    _expect_place(books, f"driver {driver.id}", "start", driver.start)
    _expect_place(books, f"driver {driver.id}", "end", driver.end)
    if driver.history:
        raise _refuse(f"driver {driver.id}", "history", "is there: expected none, progress tells it")
    books.drivers[driver.id] = Book(driver)
    return ()


def _driver_off(books: Books, event: e.DriverOff) -> tuple[str, ...]:
    book = books.book(event.id)
    if book.off_at is not None:
        return (f"{event.id}: has dropped out already",)
    stand_still(book, event.at)
    carried = on_board(behind(book), books.requests, books.closed)
    book.off_at, book.ahead = event.at, ()
    back = event.documents_back_at
    if back is None:
        for name in carried:
            books.close(name, "stranded", event.at)
        return tuple(f"{name}: stays with {event.id}, who dropped out" for name in carried)
    returns = [name for name in carried if books.requests[name].kind == "return"]
    pickups = tuple(name for name in carried if name not in returns)
    book.done = [without(visit, set(returns)) for visit in book.done]
    for name in returns:
        request = books.requests[name]
        books.requests[name] = request.replace(ready_at=max(request.ready_at or 0, back))
    if pickups:
        book.done.append(Visit("hub", books.opening.hub.place, back, back, back, 0, None, unloaded=pickups))
    return ()


def _document_ready(books: Books, event: e.DocumentReady) -> tuple[str, ...]:
    request = books.request(event.id)
    if request.kind != "return":
        raise _refuse(f"request {event.id}", "kind", "is a pickup: only a return's document becomes ready")
    books.requests[event.id] = request.replace(ready_at=event.at)
    return ()


def _progress(books: Books, event: e.Progress) -> tuple[str, ...]:
    books.book(event.driver)
    _expect_place(books, f"driver {event.driver}", "place", event.place)
    for name in event.requests or ():
        books.request(name)
    return take_step(books, event)


def _expect_lane(books: Books, lane: int) -> None:
    lanes = books.opening.hub.lanes
    if lanes is None or not 0 <= lane < lanes:
        raise _refuse("hub", "lane", f"is {lane}: expected one of the hub's {lanes or 'no numbered'} lanes, from 0")


def _lane_closed(books: Books, event: e.LaneClosed) -> tuple[str, ...]:
    _expect_lane(books, event.lane)
    books.lanes.setdefault(event.lane, []).append((event.at, event.until))
    return ()


def _lane_opened(books: Books, event: e.LaneOpened) -> tuple[str, ...]:
    _expect_lane(books, event.lane)
    closings = books.lanes.get(event.lane, [])
    cut = [(a, event.at if until is None or until > event.at else until) for a, until in closings]
    books.lanes[event.lane] = [(a, until) for a, until in cut if a < until]
    return ()


def _ticked(_books: Books, _event: e.Ticked) -> tuple[str, ...]:
    return ()


def _planned(books: Books, event: e.Planned) -> tuple[str, ...]:
    for name in event.gone:
        books.runs.pop(name, None)
    books.runs |= {run.driver: run for run in event.runs}
    books.unserved, books.late, books.relief = event.unserved, dict(event.late), dict(event.relief)
    books.committed = dict(event.committed)
    for name, book in books.drivers.items():
        run = books.runs.get(name)
        book.ahead = run.visits[book.happened :] if run and book.off_at is None else ()
    return ()


_HANDLERS: dict[type[e.Event], Callable[[Books, Any], tuple[str, ...]]] = {
    e.Added: _added,
    e.Cancelled: _cancelled,
    e.Changed: _changed,
    e.PlaceAdded: _place_added,
    e.DriverAdded: _driver_added,
    e.DriverOff: _driver_off,
    e.DocumentReady: _document_ready,
    e.Progress: _progress,
    e.LaneClosed: _lane_closed,
    e.LaneOpened: _lane_opened,
    e.Ticked: _ticked,
    e.Planned: _planned,
}
