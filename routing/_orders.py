"""Who serves what in which order: runs as a person writes them, or the runs of a plan, read into steps."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from routing._fields import as_tuple, as_wholes
from routing.errors import InvalidInput, Problem
from routing.model import Break, Day, Driver
from routing.plan import Run
from routing.visits import Visit

Item = str | Sequence[str] | Visit
Runs = Sequence[Run] | Mapping[str, Sequence[Item]]

EXPECTED = "expected 'hub', 'break', a request's id, a list of ids served in one stop, or a Visit"


@dataclass(frozen=True)
class Step:
    """One visit to come.

    Attributes
    ----------
    type
        ``stop``, ``hub`` or ``break``.
    requests
        Stops: what is served.
    loaded
        Hub visits: the returns to load; None where they follow from the stops up to the next hub visit.
    booked
        Hub visits: (lane, begin) to keep where that is possible.
    pause
        Breaks: which of the driver's breaks it is, where that is known.
    on_arrival
        Breaks: whether it is taken where the next visit is rather than where the one before was.
    """

    type: str
    requests: tuple[str, ...] = ()
    loaded: tuple[str, ...] | None = None
    booked: tuple[int | None, int] | None = None
    pause: Break | None = None
    on_arrival: bool = False


@dataclass(frozen=True)
class Order:
    """What one driver does after what has happened already.

    Attributes
    ----------
    driver, steps
        Who does what.
    of_visits
        Whether the steps were read from whole visits, whose times and breaks say how the order was meant once.
    paused
        Whether the breaks stand among the steps; otherwise they are still to be placed.
    """

    driver: Driver
    steps: tuple[Step, ...]
    of_visits: bool = False
    paused: bool = False

    def alone(self) -> Order:
        """Return the order without the lane times and loads that came with it, nor breaks that nobody asked for."""
        kept = (step for step in self.steps if not (self.of_visits and step.type == "break"))
        bare = tuple(replace(step, loaded=None, booked=None, pause=None) for step in kept)
        return Order(self.driver, bare, paused=any(step.type == "break" for step in bare))

    @property
    def is_alone(self) -> bool:
        """Whether nothing but the order was given."""
        return self == self.alone()


def orders_of(day: Day, runs: Runs) -> tuple[Order, ...]:
    """Return the orders in the order of the drivers' ids; drivers with a history always have one.

    Raises
    ------
    InvalidInput
        Naming every driver, request or step that cannot be read.
    """
    problems: list[Problem] = []
    drivers = {driver.id: driver for driver in day.drivers}
    found: dict[str, Order] = {}
    for name, items in _named(runs, problems):
        where = f"run of {name}"
        if not isinstance(name, str) or name not in drivers:
            problems.append(Problem(where, "driver", f"is {name!r}: expected the id of a driver of this day"))
        elif name in found:
            problems.append(Problem(where, "driver", "has a run already: expected one run per driver"))
        else:
            found[name] = _Reader(day, drivers[name], problems).order(items)
    if problems:
        raise InvalidInput(problems)
    for driver in day.drivers:
        if driver.history:
            found.setdefault(driver.id, Order(driver, ()))
    wanted = (found[name] for name in sorted(found))
    return tuple(order for order in wanted if order.steps or order.driver.history)


def _named(runs: Any, problems: list[Problem]) -> Iterator[tuple[Any, Any]]:
    if isinstance(runs, Mapping):
        yield from runs.items()
        return
    listed = runs if isinstance(runs, Sequence) and not isinstance(runs, str | bytes) else None
    if listed is None or not all(isinstance(run, Run) for run in listed):
        expected = "expected the runs of a plan, or a mapping from driver id to steps"
        problems.append(Problem("runs", "", f"are a {type(runs).__name__}: {expected}"))
        return
    for run in listed:
        yield run.driver, run.visits


class _Reader:
    """Reads the steps of one driver and notes all that is wrong with them."""

    def __init__(self, day: Day, driver: Driver, problems: list[Problem]) -> None:
        self.day, self.driver, self.problems = day, driver, problems
        self.requests = {request.id: request for request in day.requests}

    def order(self, items: Any) -> Order:
        if not isinstance(items, Sequence) or isinstance(items, str | bytes):
            self._blame("steps", f"are {items!r}: expected a list of steps")
            return Order(self.driver, ())
        visits = [item for item in items if isinstance(item, Visit)]
        of_visits = bool(visits) and len(visits) == len(items)
        steps = self._planned(visits) if of_visits else self._steps(items)
        self._expect_room_for(steps)
        # Visits say which breaks are taken; a bare list says so only where it names one.
        paused = of_visits or any(step.type == "break" for step in steps)
        return Order(self.driver, tuple(steps), of_visits, paused)

    def _planned(self, visits: list[Visit]) -> list[Step]:
        """Read whole visits: what has happened is left out, and so are the start and the end."""
        happened = len(self.driver.history)
        if tuple(visits[:happened]) != self.driver.history:
            self._blame(
                "visits", f"do not begin with the {happened} visits that have happened: expected them unchanged"
            )
            return []
        before, steps = (visits[happened - 1] if happened else None), []
        for index, visit in enumerate(visits[happened:], start=happened):
            if visit.type not in ("start", "end"):
                steps.append(self._of_visit(visit, before, visits[index + 1 :]))
            before = visit
        return steps

    def _steps(self, items: Sequence[Any]) -> list[Step]:
        return [
            self._of_visit(item, None, ()) if isinstance(item, Visit) else self._of_item(item, index)
            for index, item in enumerate(items)
        ]

    def _of_item(self, item: Any, index: int) -> Step:
        if isinstance(item, str) and item in ("hub", "break"):
            return Step(item)
        ids = (item,) if isinstance(item, str) else item
        listed = isinstance(ids, Sequence) and not isinstance(ids, bytes)
        if not listed or not ids:
            self._blame(f"steps[{index}]", f"is {item!r}: {EXPECTED}")
            return Step("stop")
        return Step("stop", self._known(ids))

    def _of_visit(self, visit: Visit, before: Visit | None, following: Sequence[Visit]) -> Step:
        if as_wholes((visit.place, visit.begin, 0 if visit.lane is None else visit.lane), 3) is None:
            self._blame("visits", f"hold {visit}: expected whole numbers for its place, begin and lane")
            return Step("stop")
        if visit.type == "hub":
            return Step("hub", loaded=self._known(visit.loaded), booked=(visit.lane, visit.begin))
        if visit.type == "break":
            after = next((each for each in following if each.type != "break"), None)
            on_arrival = before is not None and visit.place != before.place and after is not None
            meant = (each for each in self.driver.breaks if each.earliest <= visit.begin <= each.latest)
            return Step("break", pause=next(meant, None), on_arrival=on_arrival)
        if visit.type != "stop" or not visit.requests:
            self._blame("visits", f"hold a {visit.type!r} with requests {list(visit.requests)}: {EXPECTED}")
        return Step("stop", self._known(visit.requests))

    def _known(self, ids: Any) -> tuple[str, ...]:
        listed = as_tuple(ids) or ()
        for name in listed:
            if not isinstance(name, str) or name not in self.requests:
                self._blame("requests", f"name {name!r}: expected ids of requests of this day")
        return listed

    def _expect_room_for(self, steps: list[Step]) -> None:
        history = self.driver.history
        if steps and history and history[-1].type == "end":
            self._blame("steps", f"number {len(steps)}: expected none, the driver's run has ended")
        pauses, breaks = sum(step.type == "break" for step in steps), len(self.driver.breaks)
        if pauses > breaks:
            self._blame("steps", f"hold {pauses} breaks: expected at most the driver's {breaks}")

    def _blame(self, field: str, message: str) -> None:
        self.problems.append(Problem(f"run of {self.driver.id}", field, message))


def order_in(day: Day, driver: Driver, visits: Sequence[Visit]) -> Order:
    """Return the order in which `visits`, history among them, do things, with their breaks and lane times."""
    return _Reader(day, driver, []).order(visits)


def served_twice(orders: Sequence[Order]) -> bool:
    """Whether some request stands in more than one place."""
    counted = Counter(name for order in orders for step in order.steps for name in step.requests)
    return any(times > 1 for times in counted.values())
