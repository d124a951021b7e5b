"""What a driver's report does to the driver's book. Nothing here raises: the world is right, the plan gives way."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from routing.live.book import Book, behind, on_board
from routing.live.events import Progress
from routing.visits import Visit

if TYPE_CHECKING:
    from collections.abc import Callable

    from routing.live.books import Books


def take_step(books: Books, event: Progress) -> tuple[str, ...]:
    """Take the report in; return what there is to say about it."""
    book = books.drivers[event.driver]
    if book.done and book.done[-1].type == "end":
        return (f"{event.driver}: has ended the run, so that {event.step!r} is only noted",)
    return _STEPS[event.step](books, book, event)


def _left(books: Books, book: Book, event: Progress) -> tuple[str, ...]:
    """Bound for the next planned visit, or for `place`: what was under way is over."""
    _finish(book, event.at)
    _start(book, event.at)
    _bind(books, book, event.at, event.place)
    return ()


def _start(book: Book, at: int) -> None:
    if not book.done:
        book.done.append(Visit("start", book.driver.start, at, at, at, 0))
    if book.ahead and book.ahead[0].type == "start":
        book.ahead = book.ahead[1:]


def _bind(books: Books, book: Book, at: int, place: int | None) -> None:
    """Commit the leg: a stop with its requests, else only the way there."""
    ahead = [visit for visit in book.ahead if visit.type != "break"]
    chosen = next((visit for visit in ahead if place is None or visit.place == place), None)
    origin = book.done[-1].place
    target = place if place is not None else chosen.place if chosen else origin
    arrive = books.opening.traffic.arrival(at, int(books.travel.seconds[origin, target]))
    book.there = False
    book.bound = Visit("hub", target, arrive, arrive, arrive, 0)
    if chosen is None or chosen.type != "stop":
        return
    index = book.ahead.index(chosen)
    loaded_later = {name for visit in book.ahead[:index] for name in visit.loaded}
    if loaded_later.intersection(chosen.requests):
        return
    requests = tuple(name for name in chosen.requests if name not in books.closed)
    if requests:
        book.bound = Visit("stop", target, arrive, arrive, arrive, 0, requests=requests)
        book.ahead = (*book.ahead[:index], *book.ahead[index + 1 :])


def _arrived(books: Books, book: Book, event: Progress) -> tuple[str, ...]:
    missed = book.bound is None or (event.place is not None and book.bound.place != event.place)
    if missed and not book.there:
        book.bound = None  # another place than the one bound for: it was never reached
    if missed:
        _finish(book, event.at)
        _start(book, event.at)
        _bind(books, book, event.at, event.place)
    if book.bound is not None:
        book.bound = replace(book.bound, arrive=event.at, begin=event.at, end=event.at)
    book.there = True
    return ()


def _served(books: Books, book: Book, event: Progress) -> tuple[str, ...]:
    """The requests of the stop, or those named, are served; the stop is over."""
    _reach(books, book, event)
    bound = book.bound
    if bound is None:
        return (f"{event.driver}: served nothing that is known",)
    named = bound.requests if event.requests is None else event.requests
    others = books.handed_over() - set(bound.requests)
    known = tuple(name for name in named if name not in others)
    notes = tuple(f"{name}: was served before" for name in named if name in others)
    carried = {name for visit in book.done for name in visit.loaded}
    for name in known:
        books.closed.pop(name, None)
        if books.requests[name].kind == "return" and name not in carried:
            notes += (f"{name}: was handed over although no hub visit is known to have loaded it",)
    book.done.append(replace(bound, type="stop" if known else "hub", requests=known, end=max(event.at, bound.begin)))
    book.bound, book.there = None, False
    _forget(book, known)
    return notes


def _failed(books: Books, book: Book, event: Progress) -> tuple[str, ...]:
    """Nobody was there: these requests are closed, and the stop goes on with the others if there are any."""
    _reach(books, book, event)
    bound = book.bound
    named = event.requests if event.requests is not None else bound.requests if bound else ()
    if bound is not None:
        left = tuple(name for name in bound.requests if name not in named)
        book.bound = replace(bound, type="stop" if left else "hub", requests=left, end=max(event.at, bound.begin))
        if not left:
            book.done.append(book.bound)
            book.bound, book.there = None, False
    served = books.handed_over()
    for name in named:
        if name not in served:
            books.close(name, "failed", event.at)
    _forget(book, named)
    return tuple(f"{name}: was served before" for name in named if name in served)


def _in_lane(books: Books, book: Book, event: Progress) -> tuple[str, ...]:
    """All on board is unloaded, and what is planned, or named, and ready is loaded."""
    hub = books.opening.hub
    at_hub = book.bound is not None and book.bound.place == hub.place
    if not at_hub:
        _reach(books, book, replace(event, place=hub.place))
    elif book.bound is not None and book.bound.type == "stop":
        _finish(book, event.at)
    arrive = book.bound.arrive if book.bound and book.bound.place == hub.place else event.at
    planned = next((visit for visit in book.ahead if visit.type == "hub"), None)
    wanted = event.requests if event.requests is not None else planned.loaded if planned else ()
    loaded = tuple(name for name in wanted if _can_load(books, name, event.at, event.requests is not None))
    unloaded = tuple(name for name in _carried(books, book) if books.requests[name].kind == "pickup")
    lane = planned.lane if planned else None if hub.lanes is None else 0
    moved = sum(books.requests[name].documents for name in (*loaded, *unloaded))
    end = event.at + hub.lane_service(moved)
    book.bound = Visit(
        "hub", hub.place, min(arrive, event.at), event.at, end, 0, lane, loaded=loaded, unloaded=unloaded
    )
    book.there = True
    if planned is not None:
        book.ahead = book.ahead[book.ahead.index(planned) + 1 :]
    return tuple(f"{name}: is not ready, so it was not loaded" for name in wanted if name not in loaded)


def _can_load(books: Books, name: str, at: int, stated: bool) -> bool:
    """Whether the document can be taken along; what is stated to have been loaded was."""
    request = books.requests[name]
    elsewhere = any(name in visit.loaded for book in books.drivers.values() for visit in book.done)
    if name in books.closed or request.kind != "return" or elsewhere:
        return False
    return stated or (request.ready_at or 0) <= at


def _out_of_lane(_books: Books, book: Book, event: Progress) -> tuple[str, ...]:
    _finish(book, event.at)
    return ()


def _break(_books: Books, book: Book, event: Progress) -> tuple[str, ...]:
    _start(book, event.at)
    if book.bound is not None and not book.there:
        book.bound = replace(book.bound, arrive=event.at, begin=event.at, end=event.at)
        book.there = True
    _finish(book, event.at)
    place = book.done[-1].place
    length = min((each.length for each in book.driver.breaks), default=0)
    book.bound, book.there = Visit("break", place, event.at, event.at, event.at + length, 0), True
    taken = next((visit for visit in book.ahead if visit.type == "break"), None)
    book.ahead = tuple(visit for visit in book.ahead if visit is not taken)
    return ()


def _ended(books: Books, book: Book, event: Progress) -> tuple[str, ...]:
    """The driver signs off."""
    _finish(book, event.at)
    _start(book, event.at)
    place = event.place if event.place is not None else book.done[-1].place
    book.done.append(Visit("end", place, event.at, event.at, event.at, 0))
    left = _carried(books, book)
    for name in left:
        books.close(name, "stranded", event.at)
    book.ahead = ()
    return tuple(f"{name}: was still on board when {event.driver} ended the run" for name in left)


def stand_still(book: Book, at: int) -> None:
    """The driver goes no further: what has begun is over at `at`, what has not never was."""
    if not book.there:
        book.bound = None
    _finish(book, at)


def _carried(books: Books, book: Book) -> list[str]:
    return on_board(behind(book), books.requests, books.closed)


def _reach(books: Books, book: Book, event: Progress) -> None:
    """Let the driver be where the report comes from, even if nobody said that the driver left or arrived."""
    elsewhere = book.bound is None or (event.place is not None and book.bound.place != event.place)
    if elsewhere or not book.there:
        _arrived(books, book, event)


def _finish(book: Book, at: int) -> None:
    """What is under way is over at `at`; a leg that was not finished never was."""
    if book.bound is not None and book.there:
        book.done.append(replace(book.bound, end=max(at, book.bound.begin)))
    book.bound, book.there = None, False


def _forget(book: Book, served: tuple[str, ...]) -> None:
    """Take requests that are over out of the visits planned."""
    gone = set(served)
    book.ahead = tuple(visit for visit in book.ahead if not (visit.requests and gone.issuperset(visit.requests)))


_STEPS: dict[str, Callable[[Books, Book, Progress], tuple[str, ...]]] = {
    "left": _left,
    "arrived": _arrived,
    "served": _served,
    "failed": _failed,
    "in_lane": _in_lane,
    "out_of_lane": _out_of_lane,
    "break": _break,
    "back": _out_of_lane,
    "ended": _ended,
}
