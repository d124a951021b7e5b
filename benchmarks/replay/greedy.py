"""What a courier app does: each request goes by itself to the nearest free driver, who then carries that one alone."""

from __future__ import annotations

import heapq

from benchmarks.replay.outcome import Ledger, Outcome, outcome_of
from benchmarks.replay.world import World
from routing import Driver, Request

NAME = "nearest driver, one at a time"


def play_nearest(world: World) -> Outcome:
    """Play the day so: first come, first served, whoever is nearest and free."""
    return _App(world).play()


class _App:
    def __init__(self, world: World) -> None:
        self.world, self.ledger = world, Ledger(world)
        self.place = {driver.id: driver.start for driver in world.day.drivers}
        self.free = {driver.id: driver.shift[0] for driver in world.day.drivers}
        self.legs = dict.fromkeys(self.place, 0)
        self.lanes = [0] * (world.day.hub.lanes or 1000)
        self.unloaded: dict[str, int] = {}

    def play(self) -> Outcome:
        """Take requests as they can be begun; each looks for a driver until its last window closes."""
        queue = [(self._can_begin(request), request.id) for request in self.world.day.requests]
        requests = {request.id: request for request in self.world.day.requests}
        heapq.heapify(queue)
        while queue:
            moment, name = heapq.heappop(queue)
            request = requests[name]
            if self.world.cancelled.get(name, 10**9) <= moment or moment > request.windows[-1][1]:
                continue
            if request.round_trip_of is not None:
                brought = self.unloaded.get(request.round_trip_of)
                ready = moment + 900 if brought is None else brought + self.world.day.hub.processing
                if ready > moment:
                    heapq.heappush(queue, (ready, name))
                    continue
            driver = self._nearest(request, moment)
            if driver is None:
                heapq.heappush(queue, (moment + 120, name))
            else:
                self._carry(driver, request, moment)
        self._all_home()
        return outcome_of(self.ledger, NAME)

    def _can_begin(self, request: Request) -> int:
        """When somebody should set out: the request is known, its document there, its window about to open."""
        day = self.world.day
        way = int(day.travel.seconds[day.hub.place, request.place])
        ready = self.world.ready.get(request.id, request.ready_at or 0)
        return max(self.world.arrivals[request.id], ready, request.windows[0][0] - way, self.world.opens)

    def _nearest(self, request: Request, moment: int) -> Driver | None:
        day = self.world.day
        first = request.place if request.kind == "pickup" else day.hub.place
        able = [
            driver
            for driver in day.drivers
            if self.free[driver.id] <= moment < driver.shift[1] - 3600
            and request.skills <= driver.skills
            and request.documents <= driver.capacity
            and not (
                self.world.drops_out and self.world.drops_out[0] == driver.id and moment >= self.world.drops_out[1]
            )
        ]
        return min(
            able, key=lambda driver: (int(day.travel.seconds[self.place[driver.id], first]), driver.id), default=None
        )

    def _carry(self, driver: Driver, request: Request, moment: int) -> None:
        hub = self.world.day.hub.place
        if request.kind == "pickup":
            there = self._serve(request, self._drive(driver, request.place, moment))
            if request.id in self.ledger.begun:
                there = self._lane(driver, request, self._drive(driver, hub, there))
                self.unloaded[request.id] = there
        else:
            there = self._lane(driver, request, self._drive(driver, hub, moment))
            there = self._serve(request, self._drive(driver, request.place, there))
        self.free[driver.id] = there
        self.ledger.busy(driver.id, there)

    def _drive(self, driver: Driver, target: int, moment: int) -> int:
        world, origin = self.world, self.place[driver.id]
        self.legs[driver.id] += 1
        factor = world.travel_factor(driver.id, self.legs[driver.id])
        arrives = world.day.traffic.arrival(moment, round(int(world.day.travel.seconds[origin, target]) * factor))
        self.ledger.drove(driver.id, origin, target, left=moment, arrived=arrives)
        self.place[driver.id] = target
        return arrives

    def _serve(self, request: Request, arrives: int) -> int:
        begin = next((max(arrives, a) for a, b in request.windows if arrives <= b), arrives)
        access = self.world.day.places[request.place].access
        if request.id in self.world.no_shows:
            return begin + access
        self.ledger.begun[request.id] = begin
        return begin + access + round(request.service * self.world.service_factor(request.id))

    def _lane(self, driver: Driver, request: Request, arrives: int) -> int:
        hub = self.world.day.hub
        lane = min(range(len(self.lanes)), key=lambda each: self.lanes[each])
        lasts = round(hub.lane_service(request.documents) * self.world.service_factor(f"lane {driver.id} {arrives}"))
        moment = max(arrives, self.lanes[lane])
        moment = next((max(moment, a) for a, b in hub.windows if max(moment, a) + lasts <= b), moment)
        self.lanes[lane] = moment + lasts
        return moment + lasts

    def _all_home(self) -> None:
        for driver in self.world.day.drivers:
            if driver.id in self.ledger.left and driver.end is not None:
                self._drive(driver, driver.end, self.free[driver.id])
