"""Orders walked forwards, whether or not they can be kept: every visit gets a time, and being late is stated.

The search times only what obeys the rules. A hand-made plan may break them, and its maker wants to see by how much; so
here each step is taken as soon as it can be, and where its moment has passed it is taken late. Vehicles pass the lanes
first come, first served; then each run leaves as late as its end allows.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from routing._orders import Order, Step, order_in
from routing.model import Break, Day, Request, Window
from routing.start import Start, start_of, unloaded_at
from routing.visits import Visit


@dataclass(frozen=True)
class Slot:
    """Lane time given to a hub visit."""

    begin: int
    lane: int | None


@dataclass(frozen=True)
class Wish:
    """A hub visit that is about to begin: when the driver is there, what is moved, for how long."""

    arrive: int
    loads: tuple[str, ...]
    unloads: tuple[str, ...]
    length: int
    booked: tuple[int | None, int] | None


@dataclass(frozen=True)
class Walked:
    """The visits of one run, and how many moments in them lie where they must not."""

    visits: tuple[Visit, ...]
    faults: int


Walking = Generator[Wish, Slot, Walked]


def walked(day: Day, orders: Sequence[Order]) -> dict[str, tuple[Visit, ...]]:
    """Return the visits of each driver, history first."""
    first = _run_all(day, orders, {})
    for _ in range(max((len(order.driver.breaks) for order in orders), default=0)):
        # A break that is not among the steps was perhaps not due, as the run left after its earliest start.
        leaves = {name: run.visits[0].end for name, run in first.items()} | dict(_leaves_past_breaks(day, first))
        again = _run_all(day, orders, leaves)
        if _faults(again) >= _faults(first):
            break
        first = again
    found = {}
    for order in orders:
        run = first[order.driver.id]
        found[order.driver.id] = _leave_late(day, order_in(day, order.driver, run.visits), run).visits
    return found


def kept(day: Day, order: Order, leave: int) -> tuple[Visit, ...] | None:
    """Return the visits of the order with the lane times it has booked, leaving at `leave` or later with the same end.

    None where the driver comes too late for one of them.
    """
    first = _with_same_slots(day, order, leave)
    return None if first is None else _leave_late(day, order, first).visits


def _run_all(day: Day, orders: Sequence[Order], leaves: Mapping[str, int]) -> dict[str, Walked]:
    earliest = [leaves.get(order.driver.id, start_of(day, order.driver).time) for order in orders]
    walks = [_walk(day, order, leave) for order, leave in zip(orders, earliest, strict=True)]
    return _Queue(day, orders).run_all(orders, walks)


def _faults(runs: Mapping[str, Walked]) -> int:
    return sum(run.faults for run in runs.values())


def _leaves_past_breaks(day: Day, runs: Mapping[str, Walked]) -> Iterator[tuple[str, int]]:
    """Leaves just past the first break that each run should have taken and has not."""
    for driver in day.drivers:
        if driver.id in runs and not driver.history:
            visits = runs[driver.id].visits
            taken = [visit.begin for visit in visits if visit.type == "break"]
            for each in driver.breaks:
                due = visits[0].end <= each.earliest and visits[-1].end > each.latest
                if due and not any(each.earliest <= begin <= each.latest for begin in taken):
                    yield driver.id, each.earliest + 1
                    break


def _leave_late(day: Day, order: Order, first: Walked) -> Walked:
    """Return the run that leaves as late as it can with the same lane times, the same end and no more faults."""
    start = start_of(day, order.driver)
    if start.began:
        return first
    best, end = first, first.visits[-1].end
    low, high = first.visits[0].end, max(first.visits[0].end, min(end, order.driver.shift[1]))
    while low < high:
        leave = (low + high + 1) // 2
        later = _with_same_slots(day, order, leave)
        if later is not None and later.visits[-1].end <= end and later.faults <= first.faults:
            best, low = later, leave
        else:
            high = leave - 1
    return best


def _with_same_slots(day: Day, order: Order, leave: int) -> Walked | None:
    """Walk from `leave` with the lane times that the order has booked, None where the driver comes too late for one."""
    walking = _walk(day, order, leave)
    try:
        wish = next(walking)
        while wish.booked is not None and wish.arrive <= wish.booked[1]:
            wish = walking.send(Slot(wish.booked[1], wish.booked[0]))
    except StopIteration as ended:
        result: Walked = ended.value
        return result
    return None


class _Queue:
    """The hub: lanes, opening windows, and documents that go out once they have come in."""

    def __init__(self, day: Day, orders: Sequence[Order]) -> None:
        self.day, self.hub = day, day.hub
        self.requests = {request.id: request for request in day.requests}
        self.unloaded = unloaded_at(day)
        self.coming = {name for order in orders for step in order.steps for name in step.requests}
        self.taken = [slot for driver in day.drivers for slot in start_of(day, driver).lane_time]
        self.booked = {order.driver.id: [step.booked for step in order.steps if step.type == "hub"] for order in orders}

    def run_all(self, orders: Sequence[Order], walks: Sequence[Walking]) -> dict[str, Walked]:
        """Let the runs happen together: whoever can begin first at the hub is served first."""
        running = {order.driver.id: walk for order, walk in zip(orders, walks, strict=True)}
        done: dict[str, Walked] = {}
        wishes: dict[str, Wish] = {}
        for name, walk in running.items():
            self._go_on(name, walk, None, wishes, done)
        while wishes:
            known = [name for name, wish in wishes.items() if not self._awaited(wish)]
            name = min(known or wishes, key=lambda each: (self._wanted(wishes[each]), each))
            slot = self._slot(name, wishes[name])
            wish = wishes.pop(name)
            self.booked[name].pop(0)
            self.unloaded.update(dict.fromkeys(wish.unloads, slot.begin + wish.length))
            if slot.lane is not None:
                self.taken.append((slot.lane, slot.begin, slot.begin + wish.length))
            self._go_on(name, running[name], slot, wishes, done)
        return done

    def _go_on(
        self, name: str, walk: Walking, slot: Slot | None, wishes: dict[str, Wish], done: dict[str, Walked]
    ) -> None:
        try:
            wishes[name] = next(walk) if slot is None else walk.send(slot)
        except StopIteration as ended:
            done[name] = ended.value

    def _awaited(self, wish: Wish) -> bool:
        """Whether some document to load has still to be brought in."""
        firsts = (self.requests[name].round_trip_of for name in wish.loads)
        return any(first in self.coming and first not in self.unloaded for first in firsts)

    def _ready(self, wish: Wish) -> int:
        ready = wish.arrive
        for name in wish.loads:
            request = self.requests[name]
            ready = max(ready, request.ready_at or 0)
            if request.round_trip_of in self.unloaded:
                ready = max(ready, self.unloaded[request.round_trip_of] + self.hub.processing)
        return ready

    def _wanted(self, wish: Wish) -> int:
        ready = self._ready(wish)
        return ready if wish.booked is None else max(ready, wish.booked[1])

    def _slot(self, name: str, wish: Wish) -> Slot:
        """The lane time booked, where it can still be had; else the first that is free."""
        ready = self._ready(wish)
        if wish.booked is not None:
            lane, begin = wish.booked
            if begin >= ready and self._is_open(begin, wish.length) and self._is_free(name, lane, begin, wish.length):
                return Slot(begin, lane)
        moments = {ready} | {opens for opens, _ in self.hub.windows} | {end for _, _, end in self._reserved(name)}
        for begin in sorted(moment for moment in moments if moment >= ready):
            if self._is_open(begin, wish.length):
                for lane in self._lanes():
                    if self._is_free(name, lane, begin, wish.length):
                        return Slot(begin, lane)
        return Slot(ready, self._lanes()[0])

    def _lanes(self) -> Sequence[int | None]:
        return (None,) if self.hub.lanes is None else range(self.hub.lanes)

    def _is_open(self, begin: int, length: int) -> bool:
        return any(opens <= begin and begin + length <= closes for opens, closes in self.hub.windows)

    def _is_free(self, name: str, lane: int | None, begin: int, length: int) -> bool:
        if lane not in self._lanes():
            return False
        return not any(
            each == lane and begin < end and since < begin + length for each, since, end in self._reserved(name)
        )

    def _reserved(self, name: str) -> Iterator[tuple[int, int, int]]:
        """Lane time taken, and time booked by others: so long as it is theirs, at least its first second."""
        yield from self.taken
        for other, slots in self.booked.items():
            for slot in slots if other != name else ():
                if slot is not None and slot[0] is not None:
                    yield slot[0], slot[1], slot[1] + max(1, self.hub.lane_service(0))


def _walk(day: Day, order: Order, leave: int) -> Walking:
    """Walk one order from `leave`, asking for lane time at each hub visit."""
    walk = _Walk(day, order, leave)
    for index, step in enumerate(order.steps):
        if step.type == "break":
            walk.pause(step, walk.place_of(order.steps[index + 1 :]) if step.on_arrival else walk.place)
            continue
        walk.travel(walk.place_of([step]), walk.lasts(step, order.steps[index + 1 :]))
        if step.type == "hub":
            wish = walk.wish(step, order.steps[index + 1 :])
            walk.pass_hub(wish, (yield wish))
        else:
            walk.stop(step)
    return walk.ended()


class _Walk:
    """Where one driver is, what is on board, and the visits so far."""

    def __init__(self, day: Day, order: Order, leave: int) -> None:
        self.day, self.order, self.driver = day, order, order.driver
        self.requests = {request.id: request for request in day.requests}
        start: Start = start_of(day, self.driver)
        self.place, self.time = start.place, start.time if start.began else leave
        self.on_board = list(dict.fromkeys((*start.returns, *start.pickups)))
        self.began = start.began
        self.left = [each for each in start.breaks if start.began or self.time <= each.earliest]
        self.not_due = [each for each in start.breaks if each not in self.left]
        self.visits = list(self.driver.history) or [Visit("start", self.place, self.time, self.time, self.time, 0)]
        self.faults = 0

    def place_of(self, steps: Sequence[Step]) -> int:
        """Where the first of these steps is that is no break, or the end."""
        for step in steps:
            if step.type == "hub":
                return self.day.hub.place
            if step.type == "stop":
                return self.requests[step.requests[0]].place
        return self.place if self.driver.end is None else self.driver.end

    def lasts(self, step: Step, following: Sequence[Step]) -> tuple[tuple[Window, ...], int]:
        """In which windows the step may begin, as far as one can say before, and how long it lasts."""
        if step.type == "hub":
            loads = self._loads(step, following)
            ready = max((self.requests[name].ready_at or 0 for name in loads), default=0)
            windows = tuple((max(opens, ready), closes) for opens, closes in self.day.hub.windows if ready <= closes)
            return windows, self.day.hub.lane_service(self._documents([*self._pickups(), *loads]))
        requests = [self.requests[name] for name in step.requests]
        service = self.day.places[requests[0].place].access + sum(request.service for request in requests)
        return requests[0].windows, service

    def travel(self, place: int, visit: tuple[tuple[Window, ...], int] = ((), 0)) -> None:
        """Go to `place` for a visit; a break that the visit would make late is taken before it."""
        windows, length = visit
        while not self.order.paused and self.left:
            due, arrive = self.left[0], self._arrival(place)
            begins = next((max(arrive, opens) for opens, closes in windows if arrive <= closes), arrive)
            if arrive > due.latest:
                self._pause(due)
            elif begins + length > due.latest or max(arrive, due.earliest) + due.length <= begins:
                self._go(place)
                self._pause(due)
            else:
                break
        self._go(place)

    def pause(self, step: Step, place: int) -> None:
        """Take the break that is meant, or the next one."""
        meant = step.pause if step.pause in (*self.left, *self.not_due) else None
        due = meant or next((each for each in self.left if each.latest >= self.time), None) or _first(self.left)
        if due is not None:
            self._go(place)
            self._pause(due)

    def stop(self, step: Step) -> None:
        """Serve the requests of a step."""
        requests = [self.requests[name] for name in step.requests]
        arrive, begin = self.time, _begin(requests, self.time)
        self.faults += sum(not _within(request.windows, begin) for request in requests)
        access = self.day.places[self.place].access
        self.time = begin + access + sum(request.service for request in requests)
        for request in requests:
            if request.id in self.on_board and request.kind == "return":
                self.on_board.remove(request.id)
            elif request.id not in self.on_board and request.kind == "pickup":
                self.on_board.append(request.id)
        self._visit(Visit("stop", self.place, arrive, begin, self.time, 0, requests=step.requests))

    def wish(self, step: Step, following: Sequence[Step]) -> Wish:
        """What the driver, who has come to the hub, asks of it."""
        loads, unloads = self._loads(step, following), self._pickups()
        length = self.day.hub.lane_service(self._documents([*loads, *unloads]))
        return Wish(self.time, loads, unloads, length, step.booked)

    def pass_hub(self, wish: Wish, slot: Slot) -> None:
        """Unload and load in the lane time given; a break that fits into the wait for it is taken there."""
        while not self.order.paused and self.left and self._fits(self.left[0], slot.begin):
            self._pause(self.left[0])
        arrive, self.time = self.time, slot.begin + wish.length
        due = [self.requests[name].due_at_hub for name in wish.unloads]
        self.faults += sum(each is not None and self.time > each for each in due)
        self.faults += not any(opens <= slot.begin and self.time <= closes for opens, closes in self.day.hub.windows)
        kept = [name for name in self.on_board if name not in wish.unloads]
        self.on_board = list(dict.fromkeys((*kept, *wish.loads)))
        visit = Visit("hub", self.place, arrive, slot.begin, self.time, 0, slot.lane, (), wish.loads, wish.unloads)
        self._visit(visit)

    def ended(self) -> Walked:
        """Go to the end, where the run is not there yet, and count what is wrong with the run as a whole."""
        if self.visits[-1].type != "end":
            self.travel(self.place_of(()))
            self._visit(Visit("end", self.place, self.time, self.time, self.time, 0))
        self.faults += self.time > self.driver.shift[1]
        self.faults += sum(self.time > each.latest for each in self.left)
        return Walked(tuple(self.visits), self.faults)

    def _fits(self, due: Break, until: int) -> bool:
        begin = max(self.time, due.earliest)
        return begin <= due.latest and begin + due.length <= until

    def _arrival(self, place: int) -> int:
        if place == self.place:
            return self.time
        return self.day.traffic.arrival(self.time, int(self.day.travel.seconds[self.place, place]))

    def _go(self, place: int) -> None:
        self.time, self.place = self._arrival(place), place

    def _pause(self, due: Break) -> None:
        arrive, begin = self.time, max(self.time, due.earliest)
        self.faults += (begin > due.latest) + (due in self.not_due)
        self.time = begin + due.length
        self.left = [each for each in self.left if each != due]
        self._visit(Visit("break", self.place, arrive, begin, self.time, 0))

    def _visit(self, visit: Visit) -> None:
        self.visits.append(replace(visit, load_after=self._documents(self.on_board)))

    def _pickups(self) -> tuple[str, ...]:
        return tuple(name for name in self.on_board if self.requests[name].kind == "pickup")

    def _loads(self, step: Step, following: Sequence[Step]) -> tuple[str, ...]:
        if step.loaded is not None:
            return step.loaded
        names: list[str] = []
        for each in following:
            if each.type == "hub":
                break
            names += each.requests
        returns = (name for name in names if self.requests[name].kind == "return" and name not in self.on_board)
        return tuple(dict.fromkeys(returns))

    def _documents(self, names: Sequence[str]) -> int:
        return sum(self.requests[name].documents for name in names)


def _first(breaks: Sequence[Break]) -> Break | None:
    return breaks[0] if breaks else None


def _begin(requests: Sequence[Request], arrive: int) -> int:
    """The moment from `arrive` on at which most of the requests may begin, the earliest of those."""
    moments = [arrive, *(opens for request in requests for opens, _ in request.windows if opens > arrive)]
    return min(moments, key=lambda moment: (-sum(_within(each.windows, moment) for each in requests), moment))


def _within(windows: Sequence[Window], moment: int) -> bool:
    return any(earliest <= moment <= latest for earliest, latest in windows)
