"""OR-Tools' routing solver: first solution by insertion, then guided local search."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from benchmarks.peers.answer import Answer, Leg, NothingFound, Runs, Sampler, Terms
from benchmarks.peers.batches import Batch, batches
from benchmarks.peers.money import Money
from benchmarks.peers.slots import Slots, slots_of

if TYPE_CHECKING:
    from routing import Day


def solve(day: Day, terms: Terms) -> Answer:
    """Return the best runs of the routing solver, and those on the way; its search takes neither a seed nor threads.

    A vehicle makes one trip: drivers with several get a vehicle for each part of their shift.

    Raises
    ------
    NothingFound
        When the time is over before there is a first solution.
    """
    from ortools.constraint_solver import pywrapcp, routing_enums_pb2

    sampler = Sampler()
    stops = batches(day)
    fleet = slots_of(day, stops)
    manager = pywrapcp.RoutingIndexManager(len(stops) + 1, len(fleet.slots), 0)
    model = pywrapcp.RoutingModel(manager)
    places = [day.hub.place, *(stop.place for stop in stops)]
    _add_costs(day, model, fleet, places)
    _add_time(day, manager, model, fleet, stops)
    _add_longest_ways(day, model, fleet, places)
    _add_loads(fleet, manager, model, stops)
    penalty_unit = Money.of(day).unit
    for node, stop in enumerate(stops, 1):
        model.AddDisjunction([manager.NodeToIndex(node)], stop.penalty * penalty_unit)
        if fleet.are_parts:
            model.VehicleVar(manager.NodeToIndex(node)).SetValues([-1, *fleet.allowed(stop)])
    search = pywrapcp.DefaultRoutingSearchParameters()
    search.first_solution_strategy = routing_enums_pb2.FirstSolutionStrategy.PARALLEL_CHEAPEST_INSERTION
    search.local_search_metaheuristic = routing_enums_pb2.LocalSearchMetaheuristic.GUIDED_LOCAL_SEARCH
    search.time_limit.FromMilliseconds(max(1, int(1000 * (terms.seconds - (time.perf_counter() - sampler.began)))))
    _sample(model, manager, fleet, stops, sampler)
    answer = model.SolveWithParameters(search)
    if answer is None:
        raise NothingFound("found no solution in time")
    runs = _runs(model, manager, fleet, stops, lambda index: int(answer.Value(model.NextVar(index))))
    return Answer(runs, sampler.samples(lambda found: found), fleet.given_up())


def _sample(model: Any, manager: Any, fleet: Slots, stops: tuple[Batch, ...], sampler: Sampler) -> None:
    """Note better answers as they come, at most one in each twentieth more of the time: reading one takes time."""
    best, due = [float("inf")], [0.0]

    def note() -> None:
        now, cost = time.perf_counter() - sampler.began, float(model.CostVar().Value())
        if cost < best[0] and now >= due[0]:
            best[0], due[0] = cost, 1.05 * now
            sampler.note(_runs(model, manager, fleet, stops, lambda index: int(model.NextVar(index).Value())))

    model.AddAtSolutionCallback(note)


def _add_costs(day: Day, model: Any, fleet: Slots, places: list[int]) -> None:
    money = Money.of(day)
    by_price: dict[int, int] = {}
    for vehicle, slot in enumerate(fleet.slots):
        driver = slot.driver
        price = money.per_metre(driver)
        if price not in by_price:
            by_price[price] = model.RegisterTransitMatrix(_chosen(day.travel.metres, places, price))
        model.SetArcCostEvaluatorOfVehicle(by_price[price], vehicle)
        model.SetFixedCostOfVehicle(money.per_run(driver), vehicle)


def _chosen(matrix: Any, places: list[int], factor: int = 1) -> list[list[int]]:
    rows: list[list[int]] = (matrix[places][:, places].astype("int64") * factor).tolist()
    return rows


def _add_time(day: Day, manager: Any, model: Any, fleet: Slots, stops: tuple[Batch, ...]) -> None:
    places = [day.hub.place, *(stop.place for stop in stops)]
    rows = _chosen(day.travel.seconds, places)
    for node, stop in enumerate(stops, 1):
        # A leg begins with the service where it comes from.
        rows[node] = [stop.service + seconds for seconds in rows[node]]
    horizon = max(driver.shift[1] for driver in day.drivers)
    model.AddDimension(model.RegisterTransitMatrix(rows), horizon, horizon, False, "time")
    clock = model.GetDimensionOrDie("time")
    for node, stop in enumerate(stops, 1):
        begin = clock.CumulVar(manager.NodeToIndex(node))
        begin.SetRange(stop.windows[0][0], min(horizon, stop.windows[-1][1]))
        for (_, closed), (opens, _) in zip(stop.windows, stop.windows[1:], strict=False):
            begin.RemoveInterval(closed + 1, opens - 1)
    money = Money.of(day)
    for vehicle, slot in enumerate(fleet.slots):
        clock.CumulVar(model.Start(vehicle)).SetRange(*slot.window)
        clock.CumulVar(model.End(vehicle)).SetRange(*slot.window)
        if slot.driver.cost_hour:
            clock.SetSpanCostCoefficientForVehicle(money.per_second(slot.driver), vehicle)
            model.AddVariableMinimizedByFinalizer(clock.CumulVar(model.End(vehicle)))
            model.AddVariableMaximizedByFinalizer(clock.CumulVar(model.Start(vehicle)))


def _add_longest_ways(day: Day, model: Any, fleet: Slots, places: list[int]) -> None:
    limits = [slot.max_distance for slot in fleet.slots]
    if any(limit is not None for limit in limits):
        farthest = int(day.travel.metres.max()) * (len(places) + 1)
        metres = model.RegisterTransitMatrix(_chosen(day.travel.metres, places))
        most = [farthest if limit is None else limit for limit in limits]
        model.AddDimensionWithVehicleCapacity(metres, 0, most, True, "metres")


def _add_loads(fleet: Slots, manager: Any, model: Any, stops: tuple[Batch, ...]) -> None:
    """Two dimensions make the load: what is still to be delivered, and what was picked up.

    ``load`` starts at the total of the deliveries and changes by pickup - delivery; ``brought`` counts
    deliveries down to 0, so that the two start together.
    """
    capacities = [slot.driver.capacity for slot in fleet.slots]
    deliveries = [0, *(stop.delivery for stop in stops)]
    pickups = [0, *(stop.pickup for stop in stops)]

    def change(index: int) -> int:
        node: int = manager.IndexToNode(index)
        return pickups[node] - deliveries[node]

    def handed_over(index: int) -> int:
        node: int = manager.IndexToNode(index)
        return -deliveries[node]

    for name, callback in (("load", change), ("brought", handed_over)):
        transit = model.RegisterUnaryTransitCallback(callback)
        model.AddDimensionWithVehicleCapacity(transit, 0, capacities, False, name)
    load, brought = model.GetDimensionOrDie("load"), model.GetDimensionOrDie("brought")
    for vehicle in range(len(fleet.slots)):
        brought.CumulVar(model.End(vehicle)).SetValue(0)
        model.solver().Add(load.CumulVar(model.Start(vehicle)) == brought.CumulVar(model.Start(vehicle)))


def _runs(model: Any, manager: Any, fleet: Slots, stops: tuple[Batch, ...], following: Callable[[int], int]) -> Runs:
    legs: dict[int, Sequence[Leg]] = {}
    for vehicle in range(len(fleet.slots)):
        trip = []
        index = following(model.Start(vehicle))
        while not model.IsEnd(index):
            trip.append(stops[manager.IndexToNode(index) - 1].requests)
            index = following(index)
        legs[vehicle] = trip
    return fleet.runs(legs)
