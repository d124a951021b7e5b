"""Orders timed by the rule of the search: the best breaks, leaves and lanes, where the orders can be kept at all."""

from __future__ import annotations

from collections.abc import Sequence

from routing._orders import Order, served_twice
from routing.batching import Stop
from routing.errors import InternalError
from routing.model import Day
from routing.plan import Run
from routing.start import start_of


def timed_runs(
    day: Day, orders: Sequence[Order], *, backwards: bool = False, calendar: Sequence[Run] = ()
) -> tuple[Run, ...] | None:
    """Return the runs as the search would time them, None where it could not keep the orders.

    Runs get their lane times one after the other, in the order of the drivers' ids or `backwards`. Neighbouring stops
    at one door become one where their windows allow, as everywhere in the search. A `calendar`, the same orders timed
    in another way, says which lane time is held for whom and when documents come in until a run is timed itself.
    """
    import numpy as np

    from routing.search import warm_up
    from routing.search.answer import runs_of
    from routing.search.build import build
    from routing.search.handle import Core
    from routing.search.loading import load
    from routing.search.state import longest_run, new_state
    from routing.search.zones import Solution

    if served_twice(orders) or any(order.paused for order in orders) or not _each_stop_is_one(day, orders):
        return None
    warm_up()
    in_turn = day.replace(drivers=tuple(sorted(day.drivers, key=lambda driver: driver.id, reverse=backwards)))
    stops, elements = _elements(day, orders)
    problem = build(in_turn, stops)
    longest = max((len(each) for each in elements.values()), default=0)
    visits = sum(step.type == "hub" for order in orders for step in order.steps)
    if longest + 2 > longest_run(problem) or visits > 2 * len(stops):  # beyond what the search has room for
        return None
    core = Core(problem, new_state(problem, 1))
    drafts = tuple(np.array(elements.get(driver.id, ()), np.int64) for driver in in_turn.drivers)
    held = {run.driver: _lane_time(day, run) for run in calendar}
    slots = (np.array(held.get(driver.id, ()), np.int64).reshape(-1, 3) for driver in in_turn.drivers)
    load(core, Solution(drafts, tuple(slots), 0))
    if any(core.state.run_of[stop] < 0 for stop in range(len(stops))):
        return None
    try:
        runs = runs_of(in_turn, stops, core)
    except InternalError:
        return None
    found = tuple(sorted(runs, key=lambda run: run.driver))
    return found if _with_all_hub_visits(orders, found) else None


def _lane_time(day: Day, run: Run) -> list[tuple[int, int, int]]:
    happened = next(len(driver.history) for driver in day.drivers if driver.id == run.driver)
    hubs = (visit for visit in run.visits[happened:] if visit.type == "hub")
    return [(-1 if visit.lane is None else visit.lane, visit.begin, visit.end) for visit in hubs]


def _with_all_hub_visits(orders: Sequence[Order], runs: Sequence[Run]) -> bool:
    """Whether no hub visit was left out, as the search does with those that move nothing."""
    visits = {run.driver: run.visits for run in runs}
    return all(
        sum(step.type == "hub" for step in order.steps)
        <= sum(visit.type == "hub" for visit in visits.get(order.driver.id, ())[len(order.driver.history) :])
        for order in orders
    )


def _each_stop_is_one(day: Day, orders: Sequence[Order]) -> bool:
    """Whether each stop is at one door, and all that it hands over has still to be loaded, or nothing."""
    place = {request.id: request.place for request in day.requests}
    carried = {name for order in orders for name in start_of(day, order.driver).returns}
    stops = [step.requests for order in orders for step in order.steps if step.type == "stop"]
    return all(len({(place[name], name in carried) for name in names}) == 1 for names in stops)


def _elements(day: Day, orders: Sequence[Order]) -> tuple[list[Stop], dict[str, list[int]]]:
    """Number the stops; per driver, the stops in order, with the number after the last for a hub visit."""
    index_of = {request.id: index for index, request in enumerate(day.requests)}
    hub = sum(step.type == "stop" for order in orders for step in order.steps)
    stops: list[Stop] = []
    elements: dict[str, list[int]] = {}
    for order in orders:
        numbers = elements.setdefault(order.driver.id, [])
        for step in order.steps:
            if step.type == "hub":
                numbers.append(hub)
            else:
                numbers.append(len(stops))
                stops.append(Stop(tuple(index_of[name] for name in step.requests)))
    return stops, elements
