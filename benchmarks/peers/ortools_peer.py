"""OR-Tools' routing solver: first solution by insertion, then guided local search."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from benchmarks.peers.answer import PeerRun, Unsupported
from benchmarks.peers.batches import Batch, batches
from benchmarks.peers.money import Money

if TYPE_CHECKING:
    from routing import Day


def solve(day: Day, seconds: float, seed: int) -> tuple[PeerRun, ...]:  # noqa: ARG001
    """Return the best runs of the routing solver; its search takes no seed.

    Raises
    ------
    Unsupported
        For several trips per vehicle, and goods that are not ready at the start.
    """
    from ortools.constraint_solver import pywrapcp, routing_enums_pb2

    if any(driver.max_trips != 1 for driver in day.drivers):
        raise Unsupported("several trips per vehicle")
    stops = batches(day)
    if any(stop.ready_at > day.hub.windows[0][0] for stop in stops):
        raise Unsupported("goods that become ready during the day")
    manager = pywrapcp.RoutingIndexManager(len(stops) + 1, len(day.drivers), 0)
    model = pywrapcp.RoutingModel(manager)
    places = [day.hub.place, *(stop.place for stop in stops)]
    _add_costs(day, model, places)
    _add_time(day, manager, model, stops, places)
    _add_loads(day, manager, model, stops)
    penalty_unit = Money.of(day).unit
    for node, stop in enumerate(stops, 1):
        model.AddDisjunction([manager.NodeToIndex(node)], stop.penalty * penalty_unit)
    search = pywrapcp.DefaultRoutingSearchParameters()
    search.first_solution_strategy = routing_enums_pb2.FirstSolutionStrategy.PARALLEL_CHEAPEST_INSERTION
    search.local_search_metaheuristic = routing_enums_pb2.LocalSearchMetaheuristic.GUIDED_LOCAL_SEARCH
    search.time_limit.FromMilliseconds(int(1000 * seconds))
    answer = model.SolveWithParameters(search)
    return () if answer is None else _runs(day, manager, model, answer, stops)


def _add_costs(day: Day, model: Any, places: list[int]) -> None:
    money = Money.of(day)
    if any(driver.cost_hour for driver in day.drivers):
        raise Unsupported("paid hours")
    by_price: dict[int, int] = {}
    for vehicle, driver in enumerate(day.drivers):
        price = money.per_metre(driver)
        if price not in by_price:
            by_price[price] = model.RegisterTransitMatrix(_chosen(day.travel.metres, places, price))
        model.SetArcCostEvaluatorOfVehicle(by_price[price], vehicle)
        model.SetFixedCostOfVehicle(money.per_run(driver), vehicle)


def _chosen(matrix: Any, places: list[int], factor: int = 1) -> list[list[int]]:
    rows: list[list[int]] = (matrix[places][:, places].astype("int64") * factor).tolist()
    return rows


def _add_time(day: Day, manager: Any, model: Any, stops: tuple[Batch, ...], places: list[int]) -> None:
    rows = _chosen(day.travel.seconds, places)
    for node, stop in enumerate(stops, 1):
        # A leg begins with the service where it comes from.
        rows[node] = [stop.service + seconds for seconds in rows[node]]
    horizon = max(driver.shift[1] for driver in day.drivers)
    model.AddDimension(model.RegisterTransitMatrix(rows), horizon, horizon, False, "time")
    time = model.GetDimensionOrDie("time")
    for node, stop in enumerate(stops, 1):
        begin = time.CumulVar(manager.NodeToIndex(node))
        begin.SetRange(stop.windows[0][0], min(horizon, stop.windows[-1][1]))
        for (_, closed), (opens, _) in zip(stop.windows, stop.windows[1:], strict=False):
            begin.RemoveInterval(closed + 1, opens - 1)
    for vehicle, driver in enumerate(day.drivers):
        time.CumulVar(model.Start(vehicle)).SetRange(*driver.shift)
        time.CumulVar(model.End(vehicle)).SetRange(*driver.shift)


def _add_loads(day: Day, manager: Any, model: Any, stops: tuple[Batch, ...]) -> None:
    """Two dimensions make the load: what is still to be delivered, and what was picked up.

    ``load`` starts at the total of the deliveries and changes by pickup - delivery; ``brought`` counts
    deliveries down to 0, so that the two start together.
    """
    capacities = [driver.capacity for driver in day.drivers]
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
    for vehicle in range(len(day.drivers)):
        brought.CumulVar(model.End(vehicle)).SetValue(0)
        model.solver().Add(load.CumulVar(model.Start(vehicle)) == brought.CumulVar(model.Start(vehicle)))


def _runs(day: Day, manager: Any, model: Any, answer: Any, stops: tuple[Batch, ...]) -> tuple[PeerRun, ...]:
    runs = []
    for vehicle, driver in enumerate(day.drivers):
        legs = []
        index = answer.Value(model.NextVar(model.Start(vehicle)))
        while not model.IsEnd(index):
            legs.append(stops[manager.IndexToNode(index) - 1].requests)
            index = answer.Value(model.NextVar(index))
        if legs:
            runs.append(PeerRun(driver.id, tuple(legs)))
    return tuple(runs)
