"""PyVRP 0.14: an iterated local search with reloads, release times and duration costs."""

from __future__ import annotations

import time
import warnings
from itertools import groupby
from typing import TYPE_CHECKING, Any

import numpy as np

from benchmarks.peers.answer import Answer, PeerRun, Runs, Sampler, Terms
from benchmarks.peers.batches import Batch, batches
from benchmarks.peers.money import Money

if TYPE_CHECKING:
    from pyvrp import Client, ClientGroup, ProblemData, Route, Solution, VehicleType

    from routing import Day, Driver

PATIENCE = 0.5
"""Share of the budget after which its settings are changed if nothing feasible was found."""
DEFAULT_MAX_PENALTY = 100_000.0
"""PyVRP's own bound."""
NOTHING_FEASIBLE = float(2**62)
"""PyVRP's cost of an infeasible solution is the largest 64-bit number."""


def solve(day: Day, terms: Terms) -> Answer:
    """Return the best runs PyVRP finds, the infeasible ones it ends with included, and those on the way."""
    sampler = Sampler()
    data, clients, fleets = problem_of(day, batches(day), everyone=terms.everyone)

    def as_runs(solution: Solution) -> Runs:
        free = [list(fleet) for fleet in fleets]
        return tuple(PeerRun(free[each.vehicle_type()].pop(0).id, _legs(each, clients)) for each in solution.routes())

    best = _search(data, terms.seconds, terms.seed, sampler)
    return Answer(as_runs(best), sampler.samples(as_runs))


def _search(data: ProblemData, seconds: float, seed: int, sampler: Sampler) -> Solution:
    """Search with PyVRP's own settings; where they find nothing feasible soon, with a higher bound on penalties.

    Its default bound can make an overloaded or late vehicle cheaper than one more, or than a request left out.
    It is tried first all the same: where it does find something, it finds better.
    """
    ends = time.perf_counter() + seconds
    found = _searched(data, seed, ends, time.perf_counter() + PATIENCE * seconds, sampler)
    if found.is_feasible() or time.perf_counter() >= ends:
        return found
    dearest = max(kind.fixed_cost for kind in data.vehicle_types())
    prize = max(client.prize for client in data.clients())
    return _searched(data, seed, ends, ends, sampler, max_penalty=max(2.0 * dearest, prize / 10))


def _searched(
    data: ProblemData,
    seed: int,
    ends: float,
    patience: float,
    sampler: Sampler,
    *,
    max_penalty: float = DEFAULT_MAX_PENALTY,
) -> Solution:
    """Search until `ends`, or until `patience` is over without anything feasible."""
    import pyvrp

    class Noting(pyvrp.IteratedLocalSearchCallbacks):
        def on_best(self, best: Solution) -> None:
            sampler.note(best)

    def over(best_cost: float) -> bool:
        now = time.perf_counter()
        return now >= ends or (now >= patience and best_cost >= NOTHING_FEASIBLE)

    penalty = pyvrp.PenaltyParams(max_penalty=max(DEFAULT_MAX_PENALTY, max_penalty))
    with warnings.catch_warnings():
        # It warns when a penalty reaches its bound; the answer says all there is to say.
        warnings.simplefilter("ignore")
        params = pyvrp.SolveParams(ils=pyvrp.IteratedLocalSearchParams(callbacks=Noting()), penalty=penalty)
        return pyvrp.solve(data, over, seed=seed, collect_stats=False, display=False, params=params).best


def problem_of(
    day: Day, stops: tuple[Batch, ...], *, everyone: bool = False
) -> tuple[ProblemData, list[Batch], list[list[Driver]]]:
    """Return the problem, the batch of each client and the drivers of each vehicle type.

    Location 0 is the hub. Where `everyone` must be served, all are required, as in the literature; otherwise PyVRP
    weighs what leaving somebody out costs. A batch with several windows is a group of clients that exclude each other.
    """
    import pyvrp

    money = Money.of(day)
    places = [day.hub.place, *(stop.place for stop in stops)]
    clients, groups, owners = _clients(stops, money, required=everyone)
    fleets = _fleets(day)
    chosen = np.ix_(places, places)
    # PyVRP annotates matrices in a way that no array satisfies.
    metres: Any = day.travel.metres[chosen].astype(np.int64)
    seconds: Any = day.travel.seconds[chosen].astype(np.int64)
    opens, closes = day.hub.windows[0][0], day.hub.closes
    data = pyvrp.ProblemData(
        locations=[pyvrp.Location(day.places[place].lon, day.places[place].lat) for place in places],
        clients=clients,
        depots=[pyvrp.Depot(location=0, tw_early=opens, tw_late=closes)],
        vehicle_types=[_vehicle_type(fleet, money) for fleet in fleets],
        distance_matrices=[metres],
        duration_matrices=[seconds],
        groups=groups,
    )
    return data, owners, fleets


def _clients(
    stops: tuple[Batch, ...], money: Money, *, required: bool
) -> tuple[list[Client], list[ClientGroup], list[Batch]]:
    import pyvrp

    clients: list[Client] = []
    groups: list[ClientGroup] = []
    owners: list[Batch] = []
    for location, stop in enumerate(stops, 1):
        grouped = len(stop.windows) > 1
        if grouped:
            groups.append(pyvrp.ClientGroup(required=required))
        for earliest, latest in stop.windows:
            if grouped:
                groups[-1].add_client(len(clients))
            clients.append(
                pyvrp.Client(
                    location=location,
                    delivery=[stop.delivery],
                    pickup=[stop.pickup],
                    service_duration=stop.service,
                    tw_early=earliest,
                    tw_late=latest,
                    release_time=stop.ready_at,
                    prize=0 if required else stop.penalty * money.unit,
                    required=required and not grouped,
                    group=len(groups) - 1 if grouped else None,
                )
            )
            owners.append(stop)
    return clients, groups, owners


def _fleets(day: Day) -> list[list[Driver]]:
    """Return the drivers that are alike in all that PyVRP knows of them."""

    def kind(driver: Driver) -> tuple[Any, ...]:
        limits = (driver.max_trips or 0, driver.max_distance or 0)
        return (driver.shift, driver.capacity, driver.cost_run, driver.cost_km, driver.cost_hour, *limits)

    return [list(fleet) for _, fleet in groupby(sorted(day.drivers, key=kind), key=kind)]


def _vehicle_type(fleet: list[Driver], money: Money) -> VehicleType:
    import pyvrp

    driver = fleet[0]
    limits: dict[str, Any] = {}
    if driver.max_distance is not None:
        limits["max_distance"] = driver.max_distance
    if driver.max_trips is not None:
        limits["max_reloads"] = driver.max_trips - 1
    return pyvrp.VehicleType(
        num_available=len(fleet),
        capacity=[driver.capacity],
        tw_early=driver.shift[0],
        tw_late=driver.shift[1],
        fixed_cost=money.per_run(driver),
        unit_distance_cost=money.per_metre(driver),
        unit_duration_cost=money.per_second(driver),
        reload_depots=[] if driver.max_trips == 1 else [0],
        **limits,
    )


def _legs(route: Route, clients: list[Batch]) -> tuple[tuple[str, ...], ...]:
    inner = list(route.schedule())[1:-1]
    return tuple(clients[each.idx].requests if each.is_client() else () for each in inner)
