"""What a dispatch service holds all day long: a plan that is valid at every moment, and everything that happened."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable, Sequence
from functools import wraps
from pathlib import Path
from typing import Any, Concatenate, ParamSpec, TypeVar

from routing.errors import InvalidInput, Problem
from routing.live import events as e
from routing.live.answers import Change, Late, NextStops, Quote, Replanned
from routing.live.books import Books
from routing.live.journal import Journal, JournalError
from routing.live.planning import Planning
from routing.live.repair import Settings
from routing.live.warmup import warm_up
from routing.model import Day, Driver, Place, Request, Window
from routing.plan import Plan

Given = ParamSpec("Given")
Answer = TypeVar("Answer")


def _one_at_a_time(
    method: Callable[Concatenate[Dispatcher, Given], Answer],
) -> Callable[Concatenate[Dispatcher, Given], Answer]:
    """Serialise calls: nobody ever sees half a change."""

    @wraps(method)
    def guarded(self: Dispatcher, /, *args: Given.args, **kwargs: Given.kwargs) -> Answer:
        with self._lock:
            return method(self, *args, **kwargs)

    return guarded


class Dispatcher:
    """A live day.

    Calls are thread-safe and, where there is a journal, durable when they return. Moments are seconds after midnight;
    where a call is given none, it is as late as the latest moment heard of. What the world does is never refused:
    calls raise only for ids that do not exist and values that make no sense.

    Parameters
    ----------
    day
        The day as planned for; None to go on with the one that `journal` began with.
    journal
        File that keeps everything that happens. Where it exists, the day goes on from there. None: nothing is kept.
    plan
        The plan of the morning; by default a quick first one.
    freeze
        Seconds ahead for which planned visits are committed. The leg under way and what is on board always are.
    change_price
        Cost units that a re-plan must save for each stop that changes driver or order.
    lateness
        Most seconds after its last window at which a request may be served, when it can no longer be on time.
    durable
        Whether each call waits until the disk has it (fsync).

    Raises
    ------
    JournalError
        When the journal is foreign, torn, of another day, or in use.
    InvalidInput
        When an option makes no sense.

    Examples
    --------
    >>> import routing
    >>> day = routing.Day(
    ...     date="2026-03-02",
    ...     places=[routing.Place("hub", 106.66, -6.31), routing.Place("door", 106.67, -6.30)],
    ...     requests=[],
    ...     drivers=[routing.Driver("D1", 0, 0, (28_800, 57_600), 10)],
    ...     hub=routing.Hub(place=0),
    ...     travel=routing.TravelTimes([[0, 300], [300, 0]], [[0, 2000], [2000, 0]]),
    ... )
    >>> live = routing.Dispatcher(day)
    >>> live.add(routing.Request("P1", "pickup", 1), at=30_000).notes
    ()
    >>> [stop.requests for stop in live.next_stops("D1").visits if stop.type == "stop"]
    [('P1',)]
    """

    def __init__(
        self,
        day: Day | None = None,
        *,
        journal: Path | str | None = None,
        plan: Plan | None = None,
        freeze: int = 0,
        change_price: int = 2000,
        lateness: int = 4 * 3600,
        durable: bool = True,
    ) -> None:
        self._lock = threading.RLock()
        self._journal, opening = _open(day, journal, durable)
        _expect_options(opening, freeze=freeze, change_price=change_price, lateness=lateness)
        self._opening = opening
        self._settings = Settings(freeze=freeze, change_price=change_price, lateness=lateness)
        try:
            warm_up()
            self._read_books()
            if self._books.seq == 0:
                self._keep(self._planning.opening(plan))
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Give up the journal; what was acknowledged stays."""
        with self._lock:
            if self._journal is not None:
                self._journal.close()

    def __enter__(self) -> Dispatcher:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # What happens.

    @_one_at_a_time
    def add(self, *requests: Request, at: int | None = None) -> Change:
        """Take in requests; they are planned when the plan is next asked for."""
        return self._tell(e.Added(requests, at))

    @_one_at_a_time
    def cancel(self, id: str, *, at: int | None = None) -> Change:  # noqa: A002
        """Call off a request; one that was served stays served."""
        return self._tell(e.Cancelled(id, at))

    @_one_at_a_time
    def change(self, id: str, /, *, at: int | None = None, **fields: Any) -> Change:  # noqa: A002
        """Change fields of a request, for instance its windows."""
        request = self._books.request(id)
        if "id" in fields or not fields.keys() <= set(Request.__dataclass_fields__):
            names = ", ".join(sorted(Request.__dataclass_fields__.keys() - {"id"}))
            raise InvalidInput([Problem(f"request {id}", "change", f"has {sorted(fields)}: expected some of {names}")])
        return self._tell(e.Changed(request.replace(**fields), at))

    @_one_at_a_time
    def change_to(self, request: Request, *, at: int | None = None) -> Change:
        """Put `request` in the place of the one that has its id."""
        return self._tell(e.Changed(request, at))

    @_one_at_a_time
    def answer(self, text: str) -> str:
        """Make a call given as JSON and answer in JSON, see `routing.live.wire`; bad input is an answer too."""
        from routing.live.wire import answer

        return answer(self, text)

    @_one_at_a_time
    def add_place(
        self,
        place: Place,
        *,
        seconds_from: Sequence[int],
        seconds_to: Sequence[int],
        metres_from: Sequence[int],
        metres_to: Sequence[int],
    ) -> int:
        """Make a new door known; return its index.

        Parameters
        ----------
        seconds_from, seconds_to, metres_from, metres_to
            From it to each place known so far, and to it from each.
        """
        ways = (tuple(map(int, each)) for each in (seconds_from, seconds_to, metres_from, metres_to))
        self._tell(e.PlaceAdded(place, *ways))
        return len(self._books.places) - 1

    @_one_at_a_time
    def add_driver(self, driver: Driver, *, at: int | None = None) -> Change:
        """Take in one more driver."""
        return self._tell(e.DriverAdded(driver, at))

    @_one_at_a_time
    def driver_off(self, id: str, at: int, *, documents_back_at: int | None = None) -> Change:  # noqa: A002
        """A driver drops out. What is on board is at the hub again at `documents_back_at`, or stays away for today."""
        return self._tell(e.DriverOff(id, at, documents_back_at))

    @_one_at_a_time
    def document_ready(self, id: str, at: int) -> Change:  # noqa: A002
        """The document of a return is ready, or expected to be, at `at`."""
        return self._tell(e.DocumentReady(id, at))

    @_one_at_a_time
    def progress(
        self, driver: str, event: e.Step, at: int, place: int | None = None, *, requests: Sequence[str] | None = None
    ) -> Change:
        """A driver reports a step; `place` and `requests` where they are not those planned."""
        return self._tell(e.Progress(driver, event, at, place, None if requests is None else tuple(requests)))

    @_one_at_a_time
    def lane_closed(self, lane: int, at: int, *, until: int | None = None) -> Change:
        """A lane of the hub is closed from `at`, until `until` or until it is opened."""
        return self._tell(e.LaneClosed(lane, at, until))

    @_one_at_a_time
    def lane_opened(self, lane: int, at: int) -> Change:
        """A closed lane is open again."""
        return self._tell(e.LaneOpened(lane, at))

    @_one_at_a_time
    def tick(self, at: int) -> Change:
        """It is `at` now."""
        return self._tell(e.Ticked(at))

    # What is planned.

    @_one_at_a_time
    def replan(self, seconds: float = 2.0, *, iterations: int | None = None, seed: int = 1) -> Replanned:
        """Search for a better plan, from the present one; what saves less than its changes cost is left as it is.

        With `iterations` instead of seconds, the same state and seed give the same plan on every machine.
        """
        self._refresh()
        budget = None if iterations is not None else seconds
        planned, report = self._planning.replanned(seconds=budget, iterations=iterations, seed=seed)
        self._keep(planned)
        return report

    @_one_at_a_time
    def plan(self) -> Plan:
        """The plan as it stands: valid for `day()` by `routing.check`."""
        self._refresh()
        return self._planning.plan()

    @_one_at_a_time
    def day(self) -> Day:
        """The day under way that `plan()` is a plan of: history, commitments, and what had to give way."""
        self._refresh()
        return self._planning.day()

    @_one_at_a_time
    def day_and_plan(self) -> tuple[Day, Plan]:
        """Both of one moment, where other threads may be at work."""
        self._refresh()
        return self._planning.day(), self._planning.plan()

    @_one_at_a_time
    def late(self) -> tuple[Late, ...]:
        """What can no longer be kept: stops planned after their windows, drivers in overtime, documents left."""
        self._refresh()
        return self._planning.late()

    @_one_at_a_time
    def next_stops(self, driver: str) -> NextStops:
        """What the driver is at or bound for, and what is planned after that."""
        book = self._books.book(driver)
        self._refresh()
        return NextStops(driver, self._books.now, book.bound, book.there, book.ahead)

    @_one_at_a_time
    def quote(self, request: Request, *, at: int | None = None, slots: Sequence[Window] | None = None) -> Quote:
        """Who could take the request, at what added cost and when, and which windows could be offered.

        Parameters
        ----------
        slots
            Windows to ask about; by default every two hours from now until the hub closes.
        """
        if at is not None and at > self._books.now:
            self._tell(e.Ticked(at))
        self._books.expect_addable((request,))
        return self._planning.quote(request, slots)

    @property
    def seq(self) -> int:
        """How many events have been recorded."""
        with self._lock:
            return self._books.seq

    @property
    def now(self) -> int:
        """The latest moment heard of."""
        with self._lock:
            return self._books.now

    @_one_at_a_time
    def digest(self) -> str:
        """A fingerprint of the whole state; equal states have equal ones."""
        return digest_of(self._books)

    def _tell(self, event: e.Event) -> Change:
        """Take the event in and write it down; what cannot be understood changes nothing."""
        notes = self._books.fold(event)
        self._planning.outdate(event)
        self._write([event])
        return Change(self._books.seq, self._books.now, notes)

    def _refresh(self) -> None:
        if not self._books.is_planned:
            self._keep(self._planning.repaired())

    def _keep(self, planned: e.Planned) -> None:
        self._books.fold(planned)
        self._write([planned])

    def _write(self, events: Sequence[e.Event]) -> None:
        """Append events that the books have just taken in; where that fails, the books go back to what is written."""
        if self._journal is None:
            return
        try:
            self._journal.append(self._books.seq + 1 - len(events), events)
        except JournalError:
            self._read_books()
            raise

    def _read_books(self) -> None:
        self._books = Books(self._opening)
        if self._journal is not None:
            for event in self._journal.events():
                self._books.fold(event)
        self._planning = Planning(self._books, self._settings)


def digest_of(books: Books) -> str:
    """Return the fingerprint of these books."""
    return hashlib.sha256(repr(books.content()).encode()).hexdigest()


def _open(day: Day | None, journal: Path | str | None, durable: bool) -> tuple[Journal | None, Day]:
    if journal is None or not Path(journal).exists():
        if day is None:
            raise InvalidInput([Problem("dispatcher", "day", "is None: expected a day, or a journal to go on with")])
        return (None if journal is None else Journal.create(journal, day, durable=durable)), day
    opened = Journal(journal, durable=durable)
    try:
        opening = opened.day()
        if day is not None and day != opening:
            raise JournalError(f"{journal}: belongs to another day: expected the day it began with, or another path")
    except BaseException:
        opened.close()
        raise
    return opened, opening


def _expect_options(day: Day, **options: int) -> None:
    problems = [
        Problem("dispatcher", name, f"is {value}: expected a whole number from 0 up")
        for name, value in options.items()
        if isinstance(value, bool) or not isinstance(value, int) or value < 0
    ]
    if day.one_stop_per_door:
        problems.append(Problem("day", "one_stop_per_door", "is set: a live day does not have it"))
    if problems:
        raise InvalidInput(problems)
