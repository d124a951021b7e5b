"""Drivers with several trips for solvers that know one trip per vehicle: a vehicle for each part of a shift.

This is how users of such solvers plan a day of several trips. Trips are cut at the moments when goods become ready: a
vehicle whose part begins later carries what is ready by then.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from benchmarks.peers.answer import Leg, PeerRun
from benchmarks.peers.batches import Batch
from routing import Day, Driver

PARTS = 4
"""Most parts of a shift."""
SHORTEST = 1800
"""Seconds that a part must last to be worth a vehicle."""
ONE_TRIP = "one trip in each part of a shift, of which there are up to {parts}, cut where returns become ready"


@dataclass(frozen=True)
class Slot:
    """A vehicle of the peer: one part of one driver's shift.

    Attributes
    ----------
    driver
        Whose.
    part
        Number of the part of the day, from 0.
    window
        In which the trip leaves and ends.
    max_trips, max_distance
        Its share of what the driver may do, None for no limit.
    """

    driver: Driver
    part: int
    window: tuple[int, int]
    max_trips: int | None
    max_distance: int | None


@dataclass(frozen=True)
class Slots:
    """All vehicles.

    Attributes
    ----------
    slots
        In order of the drivers, each driver's in order of time.
    cuts
        When the parts of the day begin.
    are_parts
        Whether they are parts of shifts, not the drivers themselves.
    """

    slots: tuple[Slot, ...]
    cuts: tuple[int, ...]
    are_parts: bool

    def given_up(self, phrase: str = ONE_TRIP) -> tuple[str, ...]:
        """Return what the parts simplify, the first of which `phrase` says; nothing where there are none."""
        if not self.are_parts:
            return ()
        drivers = {slot.driver.id: slot.driver for slot in self.slots}
        several = [drivers[name] for name, count in Counter(slot.driver.id for slot in self.slots).items() if count > 1]
        phrases = [phrase.format(parts=len(self.cuts))]
        if any(driver.cost_run for driver in several):
            phrases.append("the cost of a run is charged for each part of a shift")
        if any(driver.max_distance is not None for driver in several):
            phrases.append("the longest way of a run is divided evenly among the parts of a shift")
        return tuple(phrases)

    def allowed(self, stop: Batch) -> list[int]:
        """Return the indices of the vehicles that may carry `stop`: all, or those that leave once it is ready."""
        return [index for index, slot in enumerate(self.slots) if self.cuts[slot.part] >= stop.ready_at]

    def first_part(self, stop: Batch) -> int:
        """Return the first part of the day in which `stop` can be carried; the number of parts if there is none."""
        return next((part for part, cut in enumerate(self.cuts) if cut >= stop.ready_at), len(self.cuts))

    def runs(self, legs: dict[int, Sequence[Leg]]) -> tuple[PeerRun, ...]:
        """Join the trips, given by vehicle, into runs of the drivers."""
        joined: dict[str, list[Leg]] = {}
        for index, slot in enumerate(self.slots):
            trip = list(legs.get(index, ()))
            if trip:
                so_far = joined.setdefault(slot.driver.id, [])
                so_far += [(), *trip] if so_far else trip
        return tuple(PeerRun(driver, tuple(order)) for driver, order in joined.items())


def slots_of(day: Day, stops: Sequence[Batch]) -> Slots:
    """Return the vehicles for `day`: the drivers themselves where each makes one trip and all is ready."""
    opens, closes = day.hub.windows[0][0], day.hub.closes
    begins = min(opens, *(driver.shift[0] for driver in day.drivers))
    waves = sorted({stop.ready_at for stop in stops if stop.ready_at > opens})
    if not waves and all(driver.max_trips == 1 for driver in day.drivers):
        whole = (Slot(driver, 0, driver.shift, driver.max_trips, driver.max_distance) for driver in day.drivers)
        return Slots(tuple(whole), (begins,), are_parts=False)
    cuts = (begins, *(_thinned(waves) if waves else _even(opens, closes)))
    slots = tuple(slot for number, driver in enumerate(day.drivers) for slot in _slots_of(number, driver, cuts))
    return Slots(slots, cuts, are_parts=True)


def _thinned(waves: list[int]) -> list[int]:
    """Return the moments themselves, or so many that their shares are even; the last is always among them."""
    if len(waves) < PARTS:
        return waves
    return [waves[len(waves) * part // (PARTS - 1) - 1] for part in range(1, PARTS)]


def _even(opens: int, closes: int) -> list[int]:
    return [opens + (closes - opens) * part // PARTS for part in range(1, PARTS)]


def _slots_of(number: int, driver: Driver, cuts: tuple[int, ...]) -> list[Slot]:
    """Return the parts in which a driver may go out; with fewer trips than parts, drivers take other parts in turn."""
    starts, ends = driver.shift
    least = min(SHORTEST, ends - starts)
    parts = [part for part, cut in enumerate(cuts) if ends - max(cut, starts) >= least]
    parts = [part for part, after in zip(parts, [*parts[1:], None], strict=True) if _begins(cuts, after, ends) > starts]
    if driver.max_trips is not None and driver.max_trips < len(parts):
        turned = [parts[(number + step) % len(parts)] for step in range(driver.max_trips)]
        parts = sorted(turned)
    windows = [
        (max(cuts[part], starts), _begins(cuts, after, ends))
        for part, after in zip(parts, [*parts[1:], None], strict=True)
    ]
    trips, ways = _shares(driver.max_trips, len(parts)), _shares(driver.max_distance, len(parts))
    return [Slot(driver, *each) for each in zip(parts, windows, trips, ways, strict=True)]


def _shares(limit: int | None, parts: int) -> list[int | None]:
    """Return whole shares of a limit, as even as can be, that sum to it."""
    if limit is None:
        return [None] * parts
    return [limit // parts + (part < limit % parts) for part in range(parts)]


def _begins(cuts: tuple[int, ...], part: int | None, ends: int) -> int:
    return ends if part is None else cuts[part]
