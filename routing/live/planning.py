"""The plan of a live day, kept beside the facts: repaired when they change, improved when asked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress

from routing.errors import CannotGoOn
from routing.live.answers import Late, Option, Quote, Replanned, Slot
from routing.live.board import Board
from routing.live.books import Books
from routing.live.events import Added, Event, Planned, Progress, Ticked
from routing.live.improve import improve, stops_changed
from routing.live.repair import Arranged, Repaired, Settings, arrange, as_event, repair
from routing.live.view import STRANDED, Giving, view_of
from routing.model import Day, Request, Window
from routing.plan import Plan
from routing.visits import Visit

SLOT = 2 * 3600
"""Windows offered by default are so many seconds long."""
TRIED_AGAIN = 60
"""What fits nowhere is tried again after so many seconds, or when something happens that may make room."""
TRIED_AT_ONCE = 5
"""So many at most of those whose seconds are over, those that have waited longest first."""
QUIET_STEPS = ("left", "arrived", "served", "in_lane", "out_of_lane", "break", "back")


def _makes_no_room(event: Event) -> bool:
    return isinstance(event, (Added, Ticked)) or (isinstance(event, Progress) and event.step in QUIET_STEPS)


class Planning:
    """Keeps the arrays; everything in them can be had again from the books."""

    def __init__(self, books: Books, settings: Settings) -> None:
        self._books, self._settings = books, settings
        self._board: Board | None = None
        self._arranged: Arranged | None = None
        self._hopeless: dict[str, int] = {}

    def outdate(self, event: Event) -> None:
        """The facts have changed: what is arranged is to be arranged anew."""
        self._arranged = None
        if not _makes_no_room(event):
            self._hopeless.clear()

    def opening(self, plan: Plan | None) -> Planned:
        """Plan for the first time, from `plan` or quickly."""
        from routing.solve import solve

        day = view_of(self._books, Giving())
        if plan is None and day.requests and day.drivers:
            with suppress(CannotGoOn):  # repairing lets give way what must
                plan = solve(day, iterations=0)
        runs = plan.runs if plan else ()
        known = {run.driver: run.visits for run in runs if run.driver in self._books.drivers}
        ahead = {name: visits[self._books.drivers[name].happened :] for name, visits in known.items()}
        return self._take(repair(self._books, self._settings, ahead, Giving()))

    def repaired(self) -> Planned:
        """Plan anew what the latest facts have made impossible, and what has come in."""
        return self._take(repair(self._books, self._settings, self._ahead(), self._giving(), self._now_arranged()))

    def replanned(self, *, seconds: float | None, iterations: int | None, seed: int) -> tuple[Planned, Replanned]:
        """Search from the present plan; take what is worth its changes."""
        price, before = self._settings.change_price, self.plan()
        board = Board(self.day(), room=0)
        board.load(self._ahead_of(before))
        iterations = improve(board, price, seconds=seconds, iterations=iterations, seed=seed)
        again = repair(self._books, self._settings, board.ahead(self._happened()), self._giving())
        changed = stops_changed(before, again.plan)
        if again.plan.cost.total + price * changed < before.cost.total:
            report = Replanned(before.cost.total, again.plan.cost.total, changed, iterations)
            return self._take(again), report
        return self._as_it_was(), Replanned(before.cost.total, before.cost.total, 0, iterations)

    def _as_it_was(self) -> Planned:
        books = self._books
        return Planned((), (), books.unserved, books.late, books.relief, books.committed)

    def _happened(self) -> Mapping[str, int]:
        return {name: book.happened for name, book in self._books.drivers.items()}

    def _ahead_of(self, plan: Plan) -> Mapping[str, Sequence[Visit]]:
        happened = self._happened()
        return {run.driver: run.visits[happened[run.driver] :] for run in plan.runs if run.driver in happened}

    def plan(self) -> Plan:
        """The plan as the books have it, for facts that have not changed since."""
        from routing.search.answer import plan_of

        books, day = self._books, self.day()
        runs = tuple(books.runs[driver.id] for driver in day.drivers if driver.id in books.runs)
        return plan_of(day, runs, books.unserved)

    def day(self) -> Day:
        """The day that the plan is one of: its committed visits are history there."""
        books = self._books
        histories = {name: books.runs[name].visits[:count] for name, count in books.committed.items()}
        return view_of(books, Giving(books.late, books.relief), histories=histories)

    def late(self) -> tuple[Late, ...]:
        """What can no longer be kept."""
        books, plan = self._books, self.plan()
        begins = {name: visit.begin for run in plan.runs for visit in run.visits for name in visit.requests}
        found = [
            Late("late", name, begins[name] - books.requests[name].windows[-1][1])
            for name in books.requests
            if name in begins and name not in books.closed and begins[name] > books.requests[name].windows[-1][1]
        ]
        ends = {run.driver: run.visits[-1].end for run in plan.runs}
        for name, book in books.drivers.items():
            over = ends.get(name, 0) - book.driver.shift[1]
            if over > 0:
                found.append(Late("overtime", name, over))
            if books.relief.get(name, 0) >= STRANDED:
                found += [Late("stranded", each) for each in books.carried_by(book)]
        found += [Late(closed.code, name) for name, closed in books.closed.items()]
        return tuple(found)

    def quote(self, request: Request, slots: Sequence[Window] | None) -> Quote:
        """Who could take the request, and when it could be promised."""
        slots = self._default_slots() if slots is None else slots
        board = self._now_arranged().board
        coming = request.round_trip_of in board.standing.coming
        if coming or not board.free or not board.can_take(request):
            board = self._board_with(request)
            return self._quoted(board, board.stop_of[request.id], slots)
        stop = board.take_in(request)
        try:
            return self._quoted(board, stop, slots)
        finally:
            board.let_go(stop)

    def _board_with(self, request: Request) -> Board:
        """A board of its own for what the kept one cannot take in, with the request waiting there."""
        day = view_of(self._books, self._giving(), freeze=self._settings.freeze, asked=request)
        board = Board(day, room=0)
        arranged = self._now_arranged().board
        board.load(arranged.ahead({driver.id: len(driver.history) for driver in day.drivers}))
        return board

    def _quoted(self, board: Board, stop: int, slots: Sequence[Window]) -> Quote:
        drivers = [driver.id for driver in board.day.drivers]
        options = tuple(Option(drivers[spot.run], spot.cost, spot.begin) for spot in board.options(stop))
        offered = []
        for slot in slots:
            board.set_windows(stop, [slot])
            offered += [Slot(slot, drivers[spot.run], spot.cost, spot.begin) for spot in board.options(stop, most=1)]
        return Quote(board.name_of(stop), options, tuple(offered))

    def _default_slots(self) -> list[Window]:
        closes = self._books.opening.hub.closes
        first = max(self._books.now, self._books.opening.hub.windows[0][0])
        begins = [first, *range(first - first % SLOT + SLOT, closes, SLOT)]
        return [(begin, min(begin - begin % SLOT + SLOT, closes)) for begin in begins if begin < closes]

    def _now_arranged(self) -> Arranged:
        """What the plan is written from, for the facts as they are now."""
        if self._arranged is None:
            now, books = self._books.now, self._books
            due = sorted((at, name) for name, at in self._hopeless.items() if now >= at + TRIED_AGAIN)[:TRIED_AT_ONCE]
            lately = self._hopeless.keys() - {name for _, name in due}
            arranged = arrange(books, self._settings, self._ahead(), self._giving(), board=self._board, hopeless=lately)
            left_out = (arranged.board.name_of(stop) for stop in arranged.board.waiting())
            self._hopeless = {name: self._hopeless[name] if name in lately else now for name in left_out}
            self._arranged, self._board = arranged, arranged.board
        return self._arranged

    def _ahead(self) -> Mapping[str, Sequence[Visit]]:
        return {name: book.ahead for name, book in self._books.drivers.items()}

    def _giving(self) -> Giving:
        return Giving(self._books.late, self._books.relief)

    def _take(self, repaired: Repaired) -> Planned:
        if repaired.arranged is not self._arranged:
            self._hopeless.clear()
        self._arranged, self._board = repaired.arranged, repaired.arranged.board
        return as_event(self._books, repaired)
