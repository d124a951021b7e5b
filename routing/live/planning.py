"""The plan of a live day, kept beside the facts: repaired when they change, improved when asked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from routing.check import check
from routing.live.answers import Late, Option, Quote, Replanned, Slot
from routing.live.board import Board, Spot
from routing.live.books import Books
from routing.live.events import Planned
from routing.live.improve import improve, stops_changed
from routing.live.repair import Repaired, Settings, place_late, planned, really_late, repair
from routing.live.view import STRANDED, Giving, view_of
from routing.model import Day, Request, Window
from routing.plan import Plan
from routing.visits import Visit

SLOT = 2 * 3600
"""Windows offered by default are so many seconds long."""


class Planning:
    """Keeps the last repaired state; everything in it can be had again from the books."""

    def __init__(self, books: Books, settings: Settings) -> None:
        self._books, self._settings = books, settings
        self._kept: Repaired | None = None

    def outdate(self) -> None:
        """Forget the arrays: the facts have changed."""
        self._kept = None

    def opening(self, plan: Plan | None) -> Planned:
        """Plan for the first time, from `plan` or quickly."""
        from routing.solve import solve

        day = view_of(self._books, Giving())
        if plan is None and day.requests and day.drivers:
            plan = solve(day, iterations=0)
        runs = plan.runs if plan else ()
        known = {run.driver: run.visits for run in runs if run.driver in self._books.drivers}
        ahead = {name: visits[self._books.drivers[name].happened :] for name, visits in known.items()}
        return self._take(repair(self._books, self._settings, ahead, Giving()))

    def repaired(self) -> Planned:
        """Plan anew what the latest facts have made impossible."""
        return self._take(self._repair())

    def added(self, requests: Sequence[Request], *, in_place: bool, since: int) -> Planned:
        """Place requests that have just come in, in the arrays as they are where that is possible."""
        kept = self._kept
        if kept is not None and in_place and self._books.now == since and len(requests) <= len(kept.board.free):
            found = self._placed(kept, requests)
            if found is not None:
                return found
        return self.repaired()

    def _placed(self, kept: Repaired, requests: Sequence[Request]) -> Planned | None:
        from routing.reasons import unserved
        from routing.search.answer import plan_of

        board, books = kept.board, self._books
        changed: set[int] = set()
        missing: list[str] = []
        allowed = dict(kept.giving.late)
        self._kept = None  # should anything fail half-way, the arrays are built anew
        for request in requests:
            if not board.has_room_for(request):
                return None
            stop = board.take_in(request)
            run = board.place(stop)
            if run < 0:
                run = place_late(board, stop, self._settings, allowed)
            if run < 0:
                missing.append(request.id)
            else:
                changed.add(run)
        runs = {run.driver: run for run in kept.plan.runs}
        for index in sorted(changed):
            settled = board.settled(index)
            if settled is None:
                return None
            runs[settled.driver] = settled
        begins = {name: visit.begin for run in runs.values() for visit in run.visits for name in visit.requests}
        giving = Giving(really_late(books, allowed, begins), kept.giving.relief)
        day = view_of(books, giving, freeze=self._settings.freeze)
        order = [driver.id for driver in day.drivers if driver.id in runs]
        left_out = (*kept.plan.unserved, *(unserved(day, missing) if missing else ()))
        plan = plan_of(day, tuple(runs[name] for name in order), left_out)
        if check(day, plan):
            return None
        return self._take(Repaired(board, day, plan, giving))

    def replanned(self, *, seconds: float | None, iterations: int | None, seed: int) -> tuple[Planned, Replanned]:
        """Search from the present plan; take what is worth its changes."""
        kept, price, before = self._state(), self._settings.change_price, self.plan()
        board = Board(kept.day, room=0)
        board.load(self._ahead_of(before))
        iterations = improve(board, price, seconds=seconds, iterations=iterations, seed=seed)
        again = repair(self._books, self._settings, board.ahead(self._happened()), kept.giving)
        changed = stops_changed(before, again.plan)
        if again.plan.cost.total + price * changed < before.cost.total:
            self._kept = kept = again
            return planned(self._books, kept), Replanned(before.cost.total, kept.plan.cost.total, changed, iterations)
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
        board = self._state().board
        if not board.has_room_for(request):
            self._kept = None
            board = self._state().board
        if not board.has_room_for(request):
            return Quote(request.id, (), ())
        stop = board.take_in(request)
        try:
            options = tuple(self._options(board, stop))
            offered = tuple(self._slots(board, stop, self._default_slots() if slots is None else slots))
        finally:
            board.let_go(stop)
        return Quote(request.id, options, offered)

    def _options(self, board: Board, stop: int) -> list[Option]:
        found = [self._option(board, stop, spot) for spot in board.spots(stop)]
        return sorted((each for each in found if each), key=lambda option: (option.cost, option.driver))

    def _option(self, board: Board, stop: int, spot: Spot) -> Option | None:
        begin, cost = board.tried(stop, spot)
        driver = board.day.drivers[spot.run].id
        now = self._books.runs.get(driver)
        return Option(driver, cost - (now.cost if now else 0), begin) if begin >= 0 else None

    def _default_slots(self) -> list[Window]:
        closes = self._books.opening.hub.closes
        first = max(self._books.now, self._books.opening.hub.windows[0][0])
        begins = [first, *range(first - first % SLOT + SLOT, closes, SLOT)]
        return [(begin, min(begin - begin % SLOT + SLOT, closes)) for begin in begins if begin < closes]

    def _slots(self, board: Board, stop: int, slots: Sequence[Window]) -> list[Slot]:
        found = []
        for slot in slots:
            board.set_windows(stop, [slot])
            kept = (self._option(board, stop, spot) for spot in board.spots(stop))
            best = next((option for option in kept if option), None)
            if best is not None:
                found.append(Slot(slot, best.driver, best.cost, best.begin))
        return found

    def _state(self) -> Repaired:
        """The state in arrays, built anew where it was forgotten; facts and plan are the same."""
        if self._kept is None:
            self._kept = self._repair()
        return self._kept

    def _repair(self) -> Repaired:
        books = self._books
        ahead = {name: book.ahead for name, book in books.drivers.items()}
        return repair(books, self._settings, ahead, Giving(books.late, books.relief))

    def _take(self, repaired: Repaired) -> Planned:
        self._kept = repaired
        return planned(self._books, repaired)
