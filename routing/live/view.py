"""The day as planning must see it now: facts, commitments, and what has to give way so that a plan exists.

The result is an ordinary `Day` under way, which `routing.solve` plans and `routing.check` judges.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from routing.live.book import Book, behind, on_board, without
from routing.live.books import Books
from routing.model import Day, Driver, Request
from routing.visits import Visit

SLACK = 600
"""A round trip's return counts on its pickup so many seconds after the planned unloading, where its plan allows."""
STRANDED = 3
OVERTIME = {1: 3600, 2: 3 * 3600}
"""Seconds of overtime a driver in trouble is given, by how deep the trouble is."""
CLOSED_LANE = "lane {} closed"


Made = TypeVar("Made", Day, Driver, Request)


@dataclass(frozen=True)
class Giving:
    """What gives way so that a plan exists: see `routing.live.events.Planned`."""

    late: Mapping[str, int] = field(default_factory=dict)
    relief: Mapping[str, int] = field(default_factory=dict)


def view_of(
    books: Books,
    giving: Giving,
    *,
    freeze: int = 0,
    histories: Mapping[str, tuple[Visit, ...]] | None = None,
    asked: Request | None = None,
) -> Day:
    """Return the day under way.

    Parameters
    ----------
    freeze
        For how many seconds ahead planned visits are committed.
    histories
        What has happened and what is committed, per driver, where that is settled already.
    asked
        One request more, which has not come in.
    """
    stranded = {
        name
        for driver, book in books.drivers.items()
        if giving.relief.get(driver, 0) >= STRANDED
        for name in on_board(behind(book), books.requests, books.closed)
    }
    gone = set(books.closed) | stranded
    gone |= {name for name, request in books.requests.items() if request.round_trip_of in stranded}
    drivers = [
        _driver(
            books, giving, book, gone, _history(books, book, freeze) if histories is None else histories.get(name, ())
        )
        for name, book in books.drivers.items()
        if book.off_at is None or book.done
    ]
    requests = {name: _late(giving, request) for name, request in books.requests.items() if name not in gone}
    if asked is not None:
        requests[asked.id] = asked
    _bridge(books, giving, requests, drivers)
    return unchecked(
        books.opening,
        places=tuple(books.places),
        travel=books.travel,
        requests=tuple(requests.values()),
        drivers=(*drivers, *_closed_lanes(books)),
        now=books.now,
    )


def unchecked(given: Made, **changes: Any) -> Made:
    """Return a copy with parts that the books keep sound; validating all of a day anew takes milliseconds."""
    copy = object.__new__(type(given))
    copy.__dict__.update(given.__dict__, **changes)
    return copy


def _late(giving: Giving, request: Request) -> Request:
    """Widen the last window of a request that cannot be on time any more."""
    late = giving.late.get(request.id)
    if late is None:
        return request
    *others, (earliest, latest) = request.windows
    return unchecked(request, windows=(*others, (earliest, latest + late)))


def _bridge(books: Books, giving: Giving, requests: dict[str, Request], drivers: Sequence[Driver]) -> None:
    """Let a return be planned while its pickup is on board somewhere.

    The pickup must be unloaded by a moment and the return counts from it, so that neither waits for the other.
    """
    trips = [second for second in requests.values() if second.round_trip_of is not None]
    if not trips:
        return
    processing = books.opening.hub.processing
    served = {name for driver in drivers for visit in driver.history for name in visit.requests}
    carrier = {
        name: books.drivers[driver.id]
        for driver in drivers
        for name in on_board(driver.history, books.requests, books.closed)
    }
    loads = {name: visit.begin for book in books.drivers.values() for visit in book.ahead for name in visit.loaded}
    for second in trips:
        name = second.round_trip_of or ""
        book = carrier.get(name)
        if book is None or second.id in served or name not in requests or giving.relief.get(book.driver.id, 0) > 0:
            continue
        unloads = next((visit.end for visit in book.ahead if name in visit.unloaded), None)
        if unloads is not None:
            ready_anyway = loads.get(second.id, unloads + processing) - processing
            by = max(unloads, min(unloads + SLACK, ready_anyway if second.id in loads else unloads + SLACK))
            due = requests[name].due_at_hub
            by = min(by, books.opening.hub.closes if due is None else due)
            ready = max(second.ready_at or 0, by + processing)
            requests[second.id] = unchecked(second, round_trip_of=None, ready_at=ready)
            requests[name] = unchecked(requests[name], due_at_hub=by)


def _history(books: Books, book: Book, freeze: int) -> tuple[Visit, ...]:
    return (*book.done, *_under_way(books, book, freeze))


def _driver(books: Books, giving: Giving, book: Book, gone: set[str], happened: Sequence[Visit]) -> Driver:
    driver, relief = book.driver, giving.relief.get(book.driver.id, 0)
    history = [without(visit, gone) for visit in happened]
    over = book.off_at is not None or relief >= STRANDED
    if over and history and history[-1].type != "end":
        moment = max(history[-1].end, book.off_at or books.now)
        history.append(Visit("end", history[-1].place, moment, moment, moment, 0))
    opens, closes = driver.shift
    changes: dict[str, Any] = {}
    if history and history[0].end < opens:  # who left early is at work from then on
        opens = history[0].end
    if relief:
        changes = {"max_trips": None, "max_stops": None, "max_distance": None}
        closes = max(closes, books.now) + OVERTIME.get(relief, OVERTIME[2])
    return unchecked(driver, history=tuple(_with_loads(books, history)), shift=(opens, closes), **changes)


def _under_way(books: Books, book: Book, freeze: int) -> list[Visit]:
    visits: list[Visit] = []
    if book.bound is not None:
        visits.append(
            _foreseen(books, book.bound, book.bound.arrive if book.there else max(book.bound.arrive, books.now))
        )
    facts = visits or book.done
    before = facts[-1] if facts else None
    for visit in book.ahead if freeze > 0 else ():
        if visit.begin >= books.now + freeze or visit.type == "end":
            break
        if before is None:
            moment = max(visit.begin, books.now)
            before = Visit("start", visit.place, moment, moment, moment, 0)
        else:
            leg = int(books.travel.seconds[before.place, visit.place])
            leave = max(before.end, books.now) if before is book_end(book) else before.end
            before = _foreseen(books, visit, books.opening.traffic.arrival(leave, leg))
        visits.append(before)
    return [] if [visit.type for visit in visits] == ["start"] else visits


def book_end(book: Book) -> Visit | None:
    """Return the last visit that is a fact."""
    facts = behind(book)
    return facts[-1] if facts else None


def _foreseen(books: Books, visit: Visit, arrive: int) -> Visit:
    """Return a committed visit with the times to expect of it; windows may be missed, the day is as it is."""
    begin = arrive
    lasts = 0
    if visit.type == "stop":
        asked = [books.requests[name] for name in visit.requests]
        begin = max([arrive, *(_opening(request, arrive) for request in asked)])
        lasts = books.places[visit.place].access + sum(request.service for request in asked)
    elif visit.type == "hub" and (visit.loaded or visit.unloaded):
        moved = sum(books.requests[name].documents for name in (*visit.loaded, *visit.unloaded))
        begin, lasts = max(arrive, visit.begin), books.opening.hub.lane_service(moved)
    elif visit.type == "break":
        begin, lasts = max(arrive, visit.begin), visit.end - visit.begin
    end = begin + lasts
    if lasts and arrive <= books.now:
        end = max(end, books.now)
    return Visit(
        visit.type, visit.place, arrive, begin, end, 0, visit.lane, visit.requests, visit.loaded, visit.unloaded
    )


def _opening(request: Request, moment: int) -> int:
    return next((max(moment, earliest) for earliest, latest in request.windows if moment <= latest), moment)


def _with_loads(books: Books, history: Sequence[Visit]) -> list[Visit]:
    """State what is on board after each visit of history."""
    load, told = 0, []
    for visit in history:
        for name in visit.requests:
            request = books.requests[name]
            load += request.documents if request.kind == "pickup" else -request.documents
        load += sum(books.requests[name].documents for name in visit.loaded)
        load -= sum(books.requests[name].documents for name in visit.unloaded)
        told.append(
            Visit(
                visit.type, visit.place, visit.arrive, visit.begin, visit.end, max(load, 0), visit.lane,
                visit.requests, visit.loaded, visit.unloaded,
            )
        )  # fmt: skip
    return told


def _closed_lanes(books: Books) -> list[Driver]:
    """A closed lane is taken all the time, by somebody who does nothing else."""
    hub = books.opening.hub
    found = []
    for lane, closings in sorted(books.lanes.items()):
        visits: list[Visit] = []
        for begin, until in sorted(closings, key=lambda each: each[0]):
            end = max(begin, hub.closes) if until is None else until
            visits.append(Visit("hub", hub.place, begin, begin, end, 0, lane))
        if visits:
            first, last = visits[0].begin, max(visit.end for visit in visits)
            start = Visit("start", hub.place, first, first, first, 0)
            end_visit = Visit("end", hub.place, last, last, last, 0)
            name = CLOSED_LANE.format(lane)
            found.append(Driver(name, hub.place, hub.place, (0, 86_400), 1, history=(start, *visits, end_visit)))
    return found
