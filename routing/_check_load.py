"""What is on board: rule 3, and what rules 1, 5 and 11 say of loading, handing over and unloading."""

from __future__ import annotations

from routing._check_case import Case, Journey
from routing._check_report import Report, clock
from routing.visits import Visit


def check_loads(case: Case, report: Report) -> None:
    """Follow what is on board of each run, from the state its history leaves to its end."""
    for journey in case.journeys:
        _Load(case, journey, report).follow()


class _Load:
    """The ids on board of one run while it is followed visit by visit."""

    def __init__(self, case: Case, journey: Journey, report: Report) -> None:
        self.case, self.journey, self.report = case, journey, report
        self.driver = journey.driver
        self.on_board: dict[str, int] = {}

    def follow(self) -> None:
        for visit in self.journey.visits[: self.journey.past]:
            self._happened(visit)
        for visit in self.journey.planned:
            if visit.type == "hub":
                self._at_hub(visit)
            elif visit.type == "stop":
                self._at_stop(visit)
            self._compare(visit)
        if self.journey.planned:
            self._at_end()

    def _happened(self, visit: Visit) -> None:
        """Take the past as it was: what came on board and what left it, in whatever way."""
        for request in visit.unloaded:
            self.on_board.pop(request, None)
        for request in visit.requests:
            if self._is_pickup(request):
                self._take(request)
            else:
                self.on_board.pop(request, None)
        for request in visit.loaded:
            self._take(request)

    def _at_hub(self, visit: Visit) -> None:
        for request in visit.unloaded:
            if request in self.case.requests and not self._is_pickup(request):
                self._blame("wrong-kind", f"is unloaded at {clock(visit.begin)}, but is a return", request)
            elif self.on_board.pop(request, None) is None and request in self.case.requests:
                self._blame("unloads-absent", f"is unloaded at {clock(visit.begin)}, but is not on board", request)
        for request in self.on_board:
            if self._is_pickup(request):
                message = f"stays on board in the hub visit at {clock(visit.begin)}, which unloads every pickup"
                self._blame("keeps-pickup", message, request)
        before = self._documents()
        for request in visit.loaded:
            if request not in self.case.requests:
                continue
            if self._is_pickup(request):
                self._blame("wrong-kind", f"is loaded at {clock(visit.begin)}, but is a pickup", request)
            elif request in self.on_board:
                self._blame("loaded-twice", f"is loaded at {clock(visit.begin)}, but is on board already", request)
            else:
                self._take(request)
        self._check_capacity(visit, before)

    def _at_stop(self, visit: Visit) -> None:
        known = [request for request in visit.requests if request in self.case.requests]
        for request in known:
            if not self._is_pickup(request) and self.on_board.pop(request, None) is None:
                message = f"is handed over at {clock(visit.begin)}, but no hub visit of this run has loaded it before"
                self._blame("not-loaded", message, request)
        before = self._documents()
        for request in known:
            if self._is_pickup(request):
                self._take(request)
        self._check_capacity(visit, before)

    def _check_capacity(self, visit: Visit, before: int) -> None:
        """Blame the visit that takes on too much, not those that carry it further."""
        load = self._documents()
        if before < load and load > self.driver.capacity:
            message = f"carries {load} after the {visit.type} at {clock(visit.begin)}, capacity {self.driver.capacity}"
            self._blame("capacity", message)

    def _compare(self, visit: Visit) -> None:
        load = self._documents()
        if visit.load_after != load:
            message = (
                f"`load_after` of the {visit.type} at {clock(visit.begin)} is {visit.load_after}, but {load} follow"
            )
            self._blame("load", message)

    def _at_end(self) -> None:
        for request in self.on_board:
            self._blame("on-board-at-end", "is still on board when the run ends", request)

    def _take(self, request: str) -> None:
        self.on_board[request] = self.case.requests[request].documents

    def _documents(self) -> int:
        return sum(self.on_board.values())

    def _is_pickup(self, request: str) -> bool:
        return self.case.requests[request].kind == "pickup"

    def _blame(self, code: str, message: str, request: str | None = None) -> None:
        self.report.blame(code, message, driver=self.driver.id, request=request)
