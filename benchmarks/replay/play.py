"""Plays a day against a dispatcher: drivers do what they are told next, and things take as long as they take.

Time is simulated: nothing depends on the clock on the wall, so a seed and a budget of iterations give the same day.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from benchmarks.replay.outcome import Ledger, Outcome, outcome_of
from benchmarks.replay.policies import Policy
from benchmarks.replay.world import BACK_AFTER, World
from routing import Dispatcher, Plan, Visit

LOOK_AGAIN = 300
"""An idle driver looks for work every so many seconds."""


@dataclass
class Rider:
    """Where a driver of the world is: a place, a count of legs, and what the driver is doing."""

    id: str
    place: int
    doing: str = "idle"
    legs: int = 0
    gone: bool = False
    held: int = 0
    waits: int = field(default=0)


def play(world: World, policy: Policy, plan: Plan | None = None) -> Outcome:
    """Play the day under `policy` and sum it up."""
    return _Game(world, policy, plan).play()


class _Game:
    def __init__(self, world: World, policy: Policy, plan: Plan | None) -> None:
        self.world, self.policy = world, policy
        self.ledger = Ledger(world)
        self.now = world.opens
        self.turn = count()
        self.queue: list[tuple[int, int, Callable[..., None], tuple[Any, ...]]] = []
        known = {name for name, at in world.arrivals.items() if at <= world.opens}
        first = tuple(request for request in world.day.requests if request.id in known)
        self.live = Dispatcher(world.day.replace(requests=first), plan=plan, **policy.options)
        self.riders = {driver.id: Rider(driver.id, driver.start) for driver in world.day.drivers}
        self.lanes = [0] * (world.day.hub.lanes or 1000)
        self.replanned_at = world.opens

    def play(self) -> Outcome:
        world = self.world
        if self.policy.morning:
            self.live.replan(iterations=self.policy.morning, seed=world.seed)
        later = [request for request in world.day.requests if world.arrivals[request.id] > world.opens]
        for request in later:
            self._at(world.arrivals[request.id], self._arrive, request)
        for name, at in world.cancelled.items():
            self._at(at + 1, self._cancel, name)
        for request in world.day.requests:
            if request.id in world.ready and request.ready_at is not None:
                self._at(max(request.ready_at, world.arrivals[request.id] + 1), self._late_document, request.id)
        if world.drops_out:
            self._at(world.drops_out[1], self._drop_out, world.drops_out[0])
        if self.policy.every:
            for at in range(
                world.opens + self.policy.every, max(d.shift[1] for d in world.day.drivers), self.policy.every
            ):
                self._at(at, self._replan)
        for rider in self.riders.values():
            self._at(max(world.opens, self._shift(rider)[0]), self._decide, rider)
        while self.queue:
            self.now, _, act, arguments = heapq.heappop(self.queue)
            act(*arguments)
        return outcome_of(self.ledger, self.policy.name)

    def _at(self, moment: int, act: Callable[..., None], *arguments: Any) -> None:
        heapq.heappush(self.queue, (max(moment, self.now), next(self.turn), act, arguments))

    def _shift(self, rider: Rider) -> tuple[int, int]:
        return next(driver.shift for driver in self.world.day.drivers if driver.id == rider.id)

    # What comes in.

    def _arrive(self, request: Any) -> None:
        self.live.add(request, at=self.now)
        self._event()

    def _cancel(self, name: str) -> None:
        self.live.cancel(name, at=self.now)
        self._event()

    def _late_document(self, name: str) -> None:
        self.live.document_ready(name, self.world.ready[name])
        self._event()

    def _drop_out(self, name: str) -> None:
        self.riders[name].gone = True
        self.ledger.busy(name, self.now)
        self.live.driver_off(name, self.now, documents_back_at=self.now + BACK_AFTER)
        self._event()

    def _event(self) -> None:
        if self.policy.every_event:
            self._replan()

    def _replan(self) -> None:
        self.live.tick(self.now)
        self.ledger.changes += self.live.replan(iterations=self.policy.iterations, seed=self.world.seed).changed

    # What drivers do.

    def _decide(self, rider: Rider) -> None:
        """Do what is planned next; with nothing to do, look again a little later."""
        if rider.gone or rider.doing != "idle":
            return
        self.live.tick(self.now)
        ahead = self.live.next_stops(rider.id).visits
        following = ahead[0] if ahead else None
        if following is not None and following.type == "start":
            self._begin_run(rider, ahead)
        elif following is None or following.type == "end":
            self._nothing_to_do(rider)
        elif following.type == "break":
            self._pause(rider, following)
        elif following.type == "hub" and rider.place == self.world.day.hub.place:
            self._to_lane(rider, following)
        else:
            self._leave(rider, following.place)

    def _begin_run(self, rider: Rider, ahead: tuple[Visit, ...]) -> None:
        if ahead[0].begin > self.now or self._hold(rider, ahead[1]):
            self._at(min(max(ahead[0].begin, self.now + 60), self.now + LOOK_AGAIN), self._decide, rider)
            return
        self._leave(rider, ahead[1].place)

    def _hold(self, rider: Rider, visit: Visit) -> bool:
        """Whether to wait at the hub for more to load, as the policy may."""
        if not self.policy.hold or visit.type != "hub" or not visit.loaded or rider.held >= self.policy.hold:
            return False
        requests = {request.id: request for request in self.world.day.requests}
        documents = sum(requests[name].documents for name in visit.loaded)
        capacity = next(driver.capacity for driver in self.world.day.drivers if driver.id == rider.id)
        urgent = min(requests[name].windows[-1][1] for name in visit.loaded) < self.now + 7200
        if documents * 2 >= capacity or urgent:
            return False
        rider.held += LOOK_AGAIN
        return True

    def _nothing_to_do(self, rider: Rider) -> None:
        driver = next(each for each in self.world.day.drivers if each.id == rider.id)
        begun = rider.id in self.ledger.left
        home = rider.place if driver.end is None else driver.end
        way = int(self.world.day.travel.seconds[rider.place, home])
        if self.now + 2 * way + LOOK_AGAIN >= driver.shift[1]:
            if begun:
                self._go_home(rider, home)
            return
        self._at(self.now + LOOK_AGAIN, self._decide, rider)

    def _go_home(self, rider: Rider, home: int) -> None:
        arrives = self._drive(rider, home)
        self._at(arrives, self._sign_off, rider)

    def _sign_off(self, rider: Rider) -> None:
        rider.gone = True
        self.live.progress(rider.id, "ended", self.now, rider.place)

    def _drive(self, rider: Rider, target: int) -> int:
        """Send the rider off and return when the rider arrives."""
        world = self.world
        rider.legs += 1
        free_flow = round(
            int(world.day.travel.seconds[rider.place, target]) * world.travel_factor(rider.id, rider.legs)
        )
        arrives = world.day.traffic.arrival(self.now, free_flow)
        self.ledger.drove(rider.id, rider.place, target, left=self.now, arrived=arrives)
        rider.place, rider.doing = target, "driving"
        return arrives

    def _leave(self, rider: Rider, target: int) -> None:
        self.live.progress(rider.id, "left", self.now, target)
        self._at(self._drive(rider, target), self._reach, rider)

    def _reach(self, rider: Rider) -> None:
        if rider.gone:
            return
        self.live.progress(rider.id, "arrived", self.now, rider.place)
        state = self.live.next_stops(rider.id)
        bound = state.bound
        rider.doing = "idle"
        if bound is not None and bound.type == "stop" and bound.requests:
            rider.doing = "serving"
            begin = max([self.now, *(self._opens(name) for name in bound.requests)])
            self._at(begin, self._serve, rider, bound.requests, begin)
        else:
            self._decide(rider)

    def _opens(self, name: str) -> int:
        request = next(each for each in self.world.day.requests if each.id == name)
        return next((earliest for earliest, latest in request.windows if self.now <= latest), self.now)

    def _serve(self, rider: Rider, names: tuple[str, ...], begin: int) -> None:
        if rider.gone:
            return
        requests = {request.id: request for request in self.world.day.requests}
        absent = [name for name in names if name in self.world.no_shows]
        there = [name for name in names if name not in absent]
        for name in there:
            self.ledger.begun.setdefault(name, begin)
        access = self.world.day.places[rider.place].access
        lasts = access + sum(round(requests[n].service * self.world.service_factor(n)) for n in there)
        self._at(begin + lasts, self._depart, rider, there, absent)

    def _depart(self, rider: Rider, there: list[str], absent: list[str]) -> None:
        if rider.gone:
            return
        if absent:
            self.live.progress(rider.id, "failed", self.now, rider.place, requests=absent)
        if there:
            self.live.progress(rider.id, "served", self.now, rider.place, requests=there)
        self.ledger.busy(rider.id, self.now)
        rider.doing = "idle"
        self._decide(rider)

    def _pause(self, rider: Rider, visit: Visit) -> None:
        if visit.begin > self.now:
            self._at(visit.begin, self._decide, rider)
            return
        self.live.progress(rider.id, "break", self.now)
        rider.doing = "pausing"
        length = visit.end - visit.begin
        if rider.id in self.ledger.left:
            self.ledger.paused[rider.id] = self.ledger.paused.get(rider.id, 0) + length
            self.ledger.busy(rider.id, self.now + length)
        self._at(self.now + length, self._end_pause, rider)

    def _end_pause(self, rider: Rider) -> None:
        if rider.gone:
            return
        self.live.progress(rider.id, "back", self.now)
        rider.doing = "idle"
        self._decide(rider)

    def _to_lane(self, rider: Rider, visit: Visit) -> None:
        """Enter a lane when one is free, the hub is open and what is to be loaded should be there."""
        lane = min(range(len(self.lanes)), key=lambda each: self.lanes[each])
        moment = max(self.now, self.lanes[lane], visit.begin if visit.loaded else 0)
        lasts = max(1, visit.end - visit.begin)
        openings = [max(moment, a) for a, b in self.world.day.hub.windows if max(moment, a) + lasts <= b]
        moment = openings[0] if openings else moment
        if moment > self.now or self._hold(rider, visit):
            rider.waits += 1
            self._at(min(max(moment, self.now + 30), self.now + LOOK_AGAIN), self._decide, rider)
            return
        rider.held = 0
        self.live.progress(rider.id, "in_lane", self.now, rider.place)
        end = self.now + round(lasts * self.world.service_factor(f"lane {rider.id} {rider.legs}"))
        self.lanes[lane] = end
        rider.doing = "in lane"
        self.ledger.left.setdefault(rider.id, self.now)
        self.ledger.metres.setdefault(rider.id, 0)
        self._at(end, self._out, rider)

    def _out(self, rider: Rider) -> None:
        if rider.gone:
            return
        self.live.progress(rider.id, "out_of_lane", self.now, rider.place)
        self.ledger.busy(rider.id, self.now)
        rider.doing = "idle"
        self._decide(rider)
