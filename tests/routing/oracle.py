"""The optimum of a small day, proven: the rules as a constraint model for CP-SAT, independent of the search.

One circuit per driver over its start, the requests, a few hub visits and its end; times, loads and breaks hang on the
circuit's arcs. Days in the morning only, all times in whole seconds. Rates are best whole (cost per kilometre a
multiple of 1000, per hour of 3600): the model does not round.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from ortools.sat.python import cp_model

from routing import Day, Driver, Plan, Request, Visit
from tests.routing.handmade import state

MOST_HUB_VISITS = 4


@dataclass
class Node:
    """One place on a driver's circuit: start, a request's stop, a hub visit or the end."""

    kind: str
    place: int | None
    number: int
    request: Request | None = None
    used: Any = None
    arrive: Any = None
    begin: Any = None
    end: Any = None
    depart: Any = None
    rank: Any = None
    carried: Any = None
    brought: Any = None
    joined: Any = 0
    moved: Any = 0
    before: dict[int, Any] = field(default_factory=dict)
    after: dict[int, Any] = field(default_factory=dict)


def best_plan(day: Day, *, seconds: float = 120.0, hint: int | None = None) -> tuple[Plan, bool]:
    """The cheapest valid plan of `day`, and whether it is proven to be that.

    `hint` is a cost known to be reachable: costlier plans are not looked at.
    """
    model = _Model(day)
    if hint is not None:
        model.cp.add(model.cost <= hint)
    solver = cp_model.CpSolver()
    solver.parameters.max_time_in_seconds = seconds
    solver.parameters.num_workers = 1
    status = solver.solve(model.cp)
    assert status in (cp_model.OPTIMAL, cp_model.FEASIBLE), solver.status_name(status)
    return model.plan(solver), status == cp_model.OPTIMAL


class _Model:
    def __init__(self, day: Day) -> None:
        self.day, self.cp = day, cp_model.CpModel()
        self.horizon = max(driver.shift[1] for driver in day.drivers)
        self.services: list[Any] = []
        self.runs = [_Run(self, driver) for driver in day.drivers]
        self.served = {
            request.id: [run.stops[request.id].used for run in self.runs if request.id in run.stops]
            for request in day.requests
        }
        for literals in self.served.values():
            self.cp.add_at_most_one(literals)
        if day.hub.lanes is not None:
            self.cp.add_cumulative(self.services, [1] * len(self.services), day.hub.lanes)
        self._round_trips()
        if day.one_stop_per_door:
            self._doors()
        left_out = [day.costs.unserved(request) * (1 - sum(self.served[request.id])) for request in day.requests]
        self.cost = sum(run.cost for run in self.runs) + sum(left_out)
        self.cp.minimize(self.cost)

    def time(self, name: str) -> Any:
        return self.cp.new_int_var(0, self.horizon, name)

    def _round_trips(self) -> None:
        for request in self.day.requests:
            if request.round_trip_of is None:
                continue
            self.cp.add(sum(self.served[request.id]) <= sum(self.served[request.round_trip_of]))
            for run in self.runs:
                for hub, loads in run.loads.get(request.id, ()):
                    for other in self.runs:
                        for unloading, unloads in other.unloads.get(request.round_trip_of, ()):
                            both = [loads, unloads]
                            self.cp.add(
                                hub.begin >= unloading.end + self.day.hub.processing
                            ).only_enforce_if(both)  # fmt: skip

    def _doors(self) -> None:
        for place in {request.place for request in self.day.requests}:
            at_door = [request for request in self.day.requests if request.place == place]
            for run in self.runs:
                visits = sum(run.stops[r.id].used - run.stops[r.id].joined for r in at_door if r.id in run.stops)
                self.cp.add(visits <= 1)
            first = [
                run.stops[r.id].used - run.stops[r.id].joined for run in self.runs for r in at_door if r.id in run.stops
            ]
            self.cp.add(sum(first) <= 1)

    def plan(self, solver: Any) -> Plan:
        return state(self.day, {run.driver.id: run.visits(solver) for run in self.runs if solver.value(run.used)})


class _Run:
    def __init__(self, model: _Model, driver: Driver) -> None:
        self.model, self.day, self.cp, self.driver = model, model.day, model.cp, driver
        able = [request for request in self.day.requests if request.skills <= driver.skills]
        count = 1 + len(able)
        visits = min(MOST_HUB_VISITS, len(able))
        self.used = self.cp.new_bool_var(f"{driver.id} used")
        self.start = Node("start", driver.start, 0)
        self.stops = {r.id: Node("stop", r.place, 1 + i, r) for i, r in enumerate(able)}
        self.hubs = [Node("hub", self.day.hub.place, count + i) for i in range(visits)]
        self.end = Node("end", driver.end, count + visits)
        self.nodes = [self.start, *self.stops.values(), *self.hubs, self.end]
        for node in self.nodes:
            self._variables(node)
        self.arcs: dict[tuple[int, int], Any] = {}
        self._circuit()
        self._joins()
        self._breaks()
        for node in self.nodes:
            self._service(node)
        self._hub_moves()
        for (i, j), arc in self.arcs.items():
            self._leg(self.nodes[i], self.nodes[j], arc)
        self._limits()
        self._price()

    def _name(self, node: Node, what: str) -> str:
        return f"{self.driver.id} {node.kind}{node.number} {what}"

    def _variables(self, node: Node) -> None:
        cp, name = self.cp, self._name
        ends = node.kind in ("start", "end")
        node.used = self.used if ends else cp.new_bool_var(name(node, "used"))
        node.arrive, node.depart = self.model.time(name(node, "arrive")), self.model.time(name(node, "depart"))
        node.begin, node.end = self.model.time(name(node, "begin")), self.model.time(name(node, "end"))
        node.rank = cp.new_int_var(0, len(self.nodes), name(node, "rank"))
        node.carried = cp.new_int_var(0, self.driver.capacity + 1000, name(node, "pickups"))
        node.brought = cp.new_int_var(0, self.driver.capacity + 1000, name(node, "returns"))
        cp.add(node.begin >= node.arrive)
        cp.add(node.depart >= node.end)

    def _circuit(self) -> None:
        cp, arcs = self.cp, []
        for one in self.nodes:
            if one.kind in ("stop", "hub"):
                arcs.append((one.number, one.number, ~one.used))
                cp.add_implication(one.used, self.used)
            for other in self.nodes:
                if one is other or one.kind == "end" or other.kind == "start":
                    continue
                if (one.kind, other.kind) == ("start", "end"):
                    continue
                arc = cp.new_bool_var(f"{self.driver.id} {one.number}->{other.number}")
                self.arcs[one.number, other.number] = arc
                arcs.append((one.number, other.number, arc))
        last, first = self.end.number, self.start.number
        arcs += [(last, first, self.used), (last, last, ~self.used), (first, first, ~self.used)]
        cp.add_circuit(arcs)
        cp.add_bool_or([stop.used for stop in self.stops.values()]).only_enforce_if(self.used)
        for one, other in pairwise(self.hubs):
            cp.add_implication(other.used, one.used)
            cp.add(one.rank < other.rank).only_enforce_if(other.used)

    def _joins(self) -> None:
        """A stop may be part of the stop before it at one door: returns first, then pickups, one begin."""
        self.join: dict[tuple[int, int], Any] = {}
        for (i, j), arc in self.arcs.items():
            one, other = self.nodes[i], self.nodes[j]
            if one.request is None or other.request is None or one.place != other.place:
                continue
            if one.request.kind == "pickup" and other.request.kind == "return":
                continue
            join = self.cp.new_bool_var(f"{self.driver.id} {i}&{j}")
            self.cp.add_implication(join, arc)
            self.join[i, j] = join
        for node in self.stops.values():
            into = [join for (_, j), join in self.join.items() if j == node.number]
            node.joined = sum(into)

    def _breaks(self) -> None:
        cp, driver = self.cp, self.driver
        self.due, self.pause = [], []
        for number, each in enumerate(driver.breaks):
            due = cp.new_bool_var(f"{driver.id} break {number}")
            early, late = cp.new_bool_var(f"early {number}"), cp.new_bool_var(f"late {number}")
            cp.add(self.start.end <= each.earliest).only_enforce_if(early)
            cp.add(self.start.end > each.earliest).only_enforce_if(~early)
            cp.add(self.end.begin > each.latest).only_enforce_if(late)
            cp.add(self.end.begin <= each.latest).only_enforce_if(~late)
            cp.add_bool_and([early, late, self.used]).only_enforce_if(due)
            cp.add_bool_or([~early, ~late, ~self.used, due])
            begin = cp.new_int_var(each.earliest, each.latest, f"{driver.id} break {number} begin")
            places = []
            for node in self.nodes:
                if node.kind != "start":
                    node.before[number] = cp.new_bool_var(self._name(node, f"before {number}"))
                    cp.add(begin >= node.arrive).only_enforce_if(node.before[number])
                    cp.add(begin + each.length <= node.begin).only_enforce_if(node.before[number])
                    places.append(node.before[number])
                if node.kind != "end":
                    node.after[number] = cp.new_bool_var(self._name(node, f"after {number}"))
                    cp.add(begin >= node.end).only_enforce_if(node.after[number])
                    cp.add(begin + each.length <= node.depart).only_enforce_if(node.after[number])
                    places.append(node.after[number])
            cp.add(sum(places) == due)
            self.due.append(due)
            self.pause.append(begin)
        for node in self.nodes:
            for literal in (*node.before.values(), *node.after.values()):
                cp.add_implication(literal, node.used)
            self._departs(node)
        for (i, j), join in self.join.items():
            for literal in (*self.nodes[i].after.values(), *self.nodes[j].before.values()):
                cp.add_bool_or([~join, ~literal])

    def _departs(self, node: Node) -> None:
        """A driver leaves as soon as the visit, or the last of the breaks taken after it, ends."""
        taken = list(node.after.items())
        if not taken:
            self.cp.add(node.depart == node.end)
        else:
            self.cp.add(node.depart == node.end).only_enforce_if([~literal for _, literal in taken])
        for at, (number, literal) in enumerate(taken):
            later = [~other for _, other in taken[at + 1 :]]
            self.cp.add(
                node.depart == self.pause[number] + self.driver.breaks[number].length
            ).only_enforce_if([literal, *later])  # fmt: skip

    def _service(self, node: Node) -> None:
        cp = self.cp
        if node.kind == "start":
            cp.add(node.arrive == node.begin)
            cp.add(node.begin == node.end)
            cp.add(node.arrive >= self.driver.shift[0])
        elif node.kind == "end":
            cp.add(node.begin == node.end)
            cp.add(node.arrive <= self.driver.shift[1])
            self._ends_on_arrival(node)
        elif node.request is not None:
            access = self.day.places[node.request.place].access
            inside = [cp.new_bool_var(self._name(node, f"window {w}")) for w in range(len(node.request.windows))]
            cp.add(sum(inside) == node.used)
            for literal, (opens, closes) in zip(inside, node.request.windows, strict=True):
                cp.add(node.begin >= opens).only_enforce_if(literal)
                cp.add(node.begin <= closes).only_enforce_if(literal)
            into = [(i, join) for (i, j), join in self.join.items() if j == node.number]
            alone = [~join for _, join in into]
            cp.add(node.end == node.begin + access + node.request.service).only_enforce_if([node.used, *alone])
            for i, join in into:
                cp.add(node.begin == self.nodes[i].begin).only_enforce_if(join)
                cp.add(node.end == self.nodes[i].end + node.request.service).only_enforce_if(join)

    def _ends_on_arrival(self, node: Node) -> None:
        taken = list(node.before.items())
        self.cp.add(node.begin == node.arrive).only_enforce_if([~literal for _, literal in taken])
        for at, (number, literal) in enumerate(taken):
            later = [~other for _, other in taken[at + 1 :]]
            self.cp.add(
                node.begin == self.pause[number] + self.driver.breaks[number].length
            ).only_enforce_if([literal, *later])  # fmt: skip

    def _hub_moves(self) -> None:
        """Which hub visit loads and unloads what, how long it takes, when it may be."""
        cp, hub = self.cp, self.day.hub
        self.loads: dict[str, list[tuple[Node, Any]]] = {}
        self.unloads: dict[str, list[tuple[Node, Any]]] = {}
        for name, stop in self.stops.items():
            assert stop.request is not None
            pickup = stop.request.kind == "pickup"
            moves = []
            for node in self.hubs:
                literal = cp.new_bool_var(self._name(node, f"moves {name}"))
                cp.add_implication(literal, node.used)
                one, other = (stop, node) if pickup else (node, stop)
                cp.add(one.rank < other.rank).only_enforce_if(literal)
                if not pickup and stop.request.ready_at is not None:
                    cp.add(node.begin >= stop.request.ready_at).only_enforce_if(literal)
                if pickup and stop.request.due_at_hub is not None:
                    cp.add(node.end <= stop.request.due_at_hub).only_enforce_if(literal)
                moves.append((node, literal))
            cp.add(sum(literal for _, literal in moves) == stop.used)
            (self.unloads if pickup else self.loads)[name] = moves
            for at, (_, literal) in enumerate(moves if pickup else ()):
                for earlier in self.hubs[:at]:
                    cp.add(earlier.rank < stop.rank).only_enforce_if(literal)
        for node in self.hubs:
            moved = [(s, lit) for name, s in self.stops.items() for h, lit in self._moves(name) if h is node]
            node.moved = sum(s.request.documents * literal for s, literal in moved if s.request is not None)
            cp.add_bool_or([literal for _, literal in moved]).only_enforce_if(node.used)
            length = cp.new_int_var(0, self.model.horizon, self._name(node, "length"))
            cp.add(length == hub.base + hub.per_document * node.moved).only_enforce_if(node.used)
            cp.add(node.end == node.begin + length).only_enforce_if(node.used)
            inside = [cp.new_bool_var(self._name(node, f"open {w}")) for w in range(len(hub.windows))]
            cp.add(sum(inside) == node.used)
            for literal, (opens, closes) in zip(inside, hub.windows, strict=True):
                cp.add(node.begin >= opens).only_enforce_if(literal)
                cp.add(node.end <= closes).only_enforce_if(literal)
            self.model.services.append(
                cp.new_optional_interval_var(node.begin, length, node.end, node.used, self._name(node, "lane"))
            )

    def _moves(self, name: str) -> Sequence[tuple[Node, Any]]:
        return self.loads.get(name) or self.unloads.get(name, [])

    def _leg(self, one: Node, other: Node, arc: Any) -> None:
        cp = self.cp
        cp.add(other.rank == one.rank + 1).only_enforce_if(arc)
        join = self.join.get((one.number, other.number))
        moving = [arc] if join is None else [arc, ~join]
        to = other.place if other.place is not None else one.place
        seconds = (
            0 if one.place == to or one.place is None or to is None else int(self.day.travel.seconds[one.place, to])
        )
        self._arrives(one, other, seconds, moving)
        self._load(one, other, arc)

    def _arrives(self, one: Node, other: Node, seconds: int, moving: list[Any]) -> None:
        cp = self.cp
        if self.day.traffic.is_flat or seconds == 0:
            cp.add(other.arrive == one.depart + seconds).only_enforce_if(moving)
            return
        done_before, done_after = self._done(one, "depart", one.depart), self._done(other, "arrive", other.arrive)
        cp.add(done_after >= done_before + 1000 * seconds).only_enforce_if(moving)
        if other.kind == "end":
            just_before = self._done(other, "arrive-1", other.arrive - 1)
            cp.add(just_before < done_before + 1000 * seconds).only_enforce_if(moving)

    def _done(self, node: Node, what: str, moment: Any) -> Any:
        """The clock's integral up to `moment`, counted from -1."""
        cache: dict[tuple[int, str], Any] = self.__dict__.setdefault("_integrals", {})
        if (node.number, what) in cache:
            return cache[node.number, what]
        cp, profile = self.cp, self.day.traffic.profile
        starts = [-1, *(max(begin, -1) for begin, _ in profile[1:]), self.model.horizon + 1]
        done = cp.new_int_var(0, 200_000 * (self.model.horizon + 2), self._name(node, f"done {what}"))
        segments = []
        so_far = 0
        for (begin, until), (_, factor) in zip(pairwise(starts), profile, strict=True):
            literal = cp.new_bool_var(self._name(node, f"{what} in {begin}"))
            segments.append(literal)
            cp.add(moment >= begin).only_enforce_if(literal)
            cp.add(moment <= until).only_enforce_if(literal)
            cp.add(done == so_far + factor * (moment - begin)).only_enforce_if(literal)
            so_far += factor * (until - begin)
        cp.add_exactly_one(segments)
        cache[node.number, what] = done
        return done

    def _load(self, one: Node, other: Node, arc: Any) -> None:
        cp, request = self.cp, other.request
        if other.kind == "hub":
            cp.add(other.carried == 0).only_enforce_if(arc)
            loaded = sum(
                stop.request.documents * literal
                for name, stop in self.stops.items()
                if stop.request is not None and stop.request.kind == "return"
                for node, literal in self.loads[name]
                if node is other
            )
            cp.add(other.brought == one.brought + loaded).only_enforce_if(arc)
        elif request is not None:
            pickup = request.kind == "pickup"
            cp.add(other.carried == one.carried + request.documents * pickup).only_enforce_if(arc)
            cp.add(other.brought == one.brought - request.documents * (not pickup)).only_enforce_if(arc)
        else:
            cp.add(one.carried == 0).only_enforce_if(arc)
            cp.add(one.brought == 0).only_enforce_if(arc)
        if one.kind == "start":
            cp.add(one.carried == 0)
            cp.add(one.brought == 0)
        if other.kind != "end":
            cp.add(other.carried + other.brought <= self.driver.capacity).only_enforce_if(arc)

    def _limits(self) -> None:
        cp, driver = self.cp, self.driver
        if driver.max_stops is not None:
            cp.add(sum(stop.used for stop in self.stops.values()) - sum(self.join.values()) <= driver.max_stops)
        if driver.max_trips is not None:
            hubs = {node.number for node in self.hubs}
            stops = {node.number for node in self.stops.values()}
            trips = [arc for (i, j), arc in self.arcs.items() if i in hubs and j in stops]
            cp.add(sum(trips) <= driver.max_trips)
        self.metres = sum(arc * self._metres(self.nodes[i], self.nodes[j]) for (i, j), arc in self.arcs.items())
        if driver.max_distance is not None:
            cp.add(self.metres <= driver.max_distance)

    def _metres(self, one: Node, other: Node) -> int:
        if other.place is None or one.place is None:
            return 0
        return int(self.day.travel.metres[one.place, other.place])

    def _price(self) -> None:
        cp, driver = self.cp, self.driver
        assert driver.cost_km % 1000 == 0, "the model does not round: cost_km in thousands"
        assert driver.cost_hour % 3600 == 0, "the model does not round: cost_hour in 3600s"
        paid = cp.new_int_var(0, self.model.horizon, f"{driver.id} paid")
        breaks = sum(each.length * due for each, due in zip(driver.breaks, self.due, strict=True))
        cp.add(paid == self.end.begin - self.start.end - breaks).only_enforce_if(self.used)
        cp.add(paid == 0).only_enforce_if(~self.used)
        self.cost = driver.cost_run * self.used + driver.cost_km // 1000 * self.metres
        self.cost += driver.cost_hour // 3600 * paid

    def visits(self, solver: Any) -> list[Visit]:
        """Read the run, in order; arrivals anew by the clock."""
        value = solver.value
        follower = {i: j for (i, j), arc in self.arcs.items() if value(arc)}
        visits: list[Visit] = []
        node = self.start
        while True:
            joined = [i for (i, j), join in self.join.items() if j == node.number and value(join)]
            for number in self._taken(solver, node.before):
                self._pause(solver, visits, number, self._arrival(solver, visits, node))
            if joined:
                before = visits.pop()
                assert node.request is not None
                requests = (*before.requests, node.request.id)
                load = value(node.carried) + value(node.brought)
                visits.append(
                    Visit("stop", before.place, before.arrive, before.begin, value(node.end), load, requests=requests)
                )
            else:
                visits.append(self._visit(solver, visits, node))
            for number in self._taken(solver, node.after):
                self._pause(solver, visits, number, (visits[-1].end, visits[-1].place))
            if node is self.end:
                return visits
            node = self.nodes[follower[node.number]]

    def _taken(self, solver: Any, literals: dict[int, Any]) -> list[int]:
        return [number for number, literal in literals.items() if solver.value(literal)]

    def _pause(self, solver: Any, visits: list[Visit], number: int, at: tuple[int, int]) -> None:
        begin = solver.value(self.pause[number])
        end = begin + self.driver.breaks[number].length
        visits.append(Visit("break", at[1], at[0], begin, end, visits[-1].load_after))

    def _arrival(self, solver: Any, visits: list[Visit], node: Node) -> tuple[int, int]:
        if not visits:
            return solver.value(node.arrive), self.driver.start
        before = visits[-1]
        place = before.place if node.place is None else node.place
        if place == before.place:
            return before.end, place
        return self.day.traffic.arrival(before.end, int(self.day.travel.seconds[before.place, place])), place

    def _visit(self, solver: Any, visits: list[Visit], node: Node) -> Visit:
        value = solver.value
        arrive, place = self._arrival(solver, visits, node)
        if node.kind in ("start", "end"):
            return Visit(node.kind, place, arrive, arrive, arrive, 0)  # type: ignore[arg-type]
        load = value(node.carried) + value(node.brought)
        begin, end = value(node.begin), value(node.end)
        if node.request is not None:
            return Visit("stop", place, arrive, begin, end, load, requests=(node.request.id,))
        loaded = tuple(name for name, moves in self.loads.items() for h, lit in moves if h is node and value(lit))
        unloaded = tuple(name for name, moves in self.unloads.items() for h, lit in moves if h is node and value(lit))
        return Visit("hub", place, arrive, begin, end, load, loaded=loaded, unloaded=unloaded)


def with_lanes(day: Day, plan: Plan) -> Plan:
    """The plan with lanes given to its hub visits, each the first that is free."""
    if day.hub.lanes is None:
        return plan
    free = [0] * day.hub.lanes
    lanes: dict[tuple[str, int], int] = {}
    services = sorted(
        (v.begin, run.driver, i) for run in plan.runs for i, v in enumerate(run.visits) if v.type == "hub"
    )
    ends = {(run.driver, i): visit.end for run in plan.runs for i, visit in enumerate(run.visits)}
    for begin, driver, i in services:
        lane = next(lane for lane in range(day.hub.lanes) if free[lane] <= begin)
        lanes[driver, i], free[lane] = lane, ends[driver, i]
    runs = {}
    for run in plan.runs:
        visits = []
        for i, visit in enumerate(run.visits):
            lane_of = lanes.get((run.driver, i))
            visits.append(visit if lane_of is None else Visit(**{**visit.__dict__, "lane": lane_of}))
        runs[run.driver] = visits
    return state(day, runs)
