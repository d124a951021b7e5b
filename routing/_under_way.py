"""What a day under way brings with it: lane time taken twice, and what can be kept in no plan any more."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np

from routing.batching import Stop
from routing.errors import CannotGoOn, Problem
from routing.model import Day, Driver
from routing.reasons import clock
from routing.start import NO_DUE, Start, start_of

if TYPE_CHECKING:
    from routing.search.arrays import I64
    from routing.search.handle import Core

REMEDY = "expected a day in which it can; routing.Dispatcher lets it be late"
EARLIER = "expected a shift from when the driver left; routing.Dispatcher takes that"


def expect_can_go_on(day: Day, stops: Sequence[Stop], core: Core) -> None:
    """Raise unless every driver under way brings what is on board and comes home, in the runs as they stand.

    Raises
    ------
    CannotGoOn
        Naming each driver who cannot, and what is on board.
    """
    if not any(driver.history for driver in day.drivers):
        return
    stop_of = {day.requests[i].id: u for u, stop in enumerate(stops) for i in stop.requests}
    problems = []
    for run, driver in enumerate(day.drivers):
        start = start_of(day, driver)
        if start.began and not start.finished:
            problems += list(_problems(core, run, driver, start, stop_of))
    if problems:
        raise CannotGoOn(problems)


def _problems(core: Core, run: int, driver: Driver, start: Start, stop_of: dict[str, int]) -> Iterator[Problem]:
    from routing.search.runs import settle_run
    from routing.search.state import DRAFT_ENDS

    left = [name for name in start.returns if core.state.run_of[stop_of[name]] < 0]
    if left:
        text = f"has {', '.join(left)} on board, which it cannot bring in time any more: {REMEDY}"
        yield Problem(f"driver {driver.id}", "history", text)
    elif settle_run(*core.handles, run) < 0:
        home = f"be home by {clock(driver.shift[1])}"
        if start.pickups:
            due = f" (due {clock(start.pickups_due)})" if start.pickups_due < NO_DUE else ""
            home = f"unload {', '.join(start.pickups)}{due} and {home}"
        yield Problem(f"driver {driver.id}", "history", f"cannot {home} any more: {REMEDY}")
    elif core.state.tally[DRAFT_ENDS] < driver.shift[0]:
        text = f"began early and is home before the shift, which opens {clock(driver.shift[0])}: {EARLIER}"
        yield Problem(f"driver {driver.id}", "history", text)


def disjoint(blocked: I64) -> I64:
    """Join lane time that overlaps: what has happened may, and so may closings, but the calendar has no room for it."""
    joined: list[list[int]] = []
    for lane, begin, end in sorted(tuple(int(each) for each in row) for row in blocked):
        if joined and joined[-1][0] == lane and begin <= joined[-1][2]:
            joined[-1][2] = max(joined[-1][2], end)
        else:
            joined.append([lane, begin, end])
    return np.array(joined, np.int64).reshape(-1, 3)
