"""Where a driver stands when planning starts: in the morning at the start place, later wherever the day has led."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

from routing.model import Break, Day, Driver

NO_DUE = 2**31 - 1


@dataclass(frozen=True)
class Start:
    """What planning must take as given of one driver.

    Attributes
    ----------
    place, time
        From where and from when on the driver can leave. In the morning the moment of leaving is free, at or after
        `time`; once the day `began` it is exactly `time`.
    finished
        Whether the run has ended: nothing more can be planned for this driver.
    returns, pickups, returns_on_board, pickups_on_board, pickups_due
        Ids of the returns and pickups on board, how many documents they are, and when the first of the
        latter must have been unloaded.
    trips, trip_open, stops, metres, paid
        So far: trips; whether a hub visit has been made (1) and a stop after it (2); stop visits; metres; seconds.
    breaks
        Breaks still to come.
    lane_time
        Lane time taken in history: (lane, begin, end).
    """

    place: int
    time: int
    began: bool = False
    finished: bool = False
    returns: tuple[str, ...] = ()
    pickups: tuple[str, ...] = ()
    returns_on_board: int = 0
    pickups_on_board: int = 0
    pickups_due: int = NO_DUE
    trips: int = 0
    trip_open: int = 0
    stops: int = 0
    metres: int = 0
    paid: int = 0
    breaks: tuple[Break, ...] = ()
    lane_time: tuple[tuple[int, int, int], ...] = ()


def start_of(day: Day, driver: Driver) -> Start:
    """Return where `driver` stands when planning of `day` starts."""
    earliest = driver.shift[0] if day.now is None else max(driver.shift[0], day.now)
    if not driver.history:
        return Start(place=driver.start, time=earliest, breaks=driver.breaks)
    history = driver.history
    last = history[-1]
    requests = {request.id: request for request in day.requests}
    loaded = [name for visit in history for name in visit.loaded]
    stopped = [name for visit in history for name in visit.requests]
    unloaded = {name for visit in history for name in visit.unloaded}
    returns = tuple(name for name in loaded if name not in stopped)
    pickups = [requests[name] for name in stopped if requests[name].kind == "pickup" and name not in unloaded]
    due = [request.due_at_hub for request in pickups if request.due_at_hub is not None]
    trips, trip_open = _trips(driver)
    finished = last.type == "end"
    time = last.end if finished else max(last.end, day.now or 0)
    paused = sum(visit.end - visit.begin for visit in history if visit.type == "break")
    return Start(
        place=last.place,
        time=time,
        began=True,
        finished=finished,
        returns=returns,
        pickups=tuple(request.id for request in pickups),
        returns_on_board=sum(requests[name].documents for name in returns),
        pickups_on_board=sum(request.documents for request in pickups),
        pickups_due=min(due, default=NO_DUE),
        trips=trips,
        trip_open=trip_open,
        stops=sum(visit.type == "stop" for visit in history),
        metres=sum(int(day.travel.metres[one.place, other.place]) for one, other in pairwise(history)),
        paid=time - history[0].begin - paused,
        breaks=() if finished else _breaks_to_come(driver, time),
        lane_time=_lane_time(day, driver),
    )


def _lane_time(day: Day, driver: Driver) -> tuple[tuple[int, int, int], ...]:
    """Lane time of the past, on lanes that the hub still has: the number of lanes may have changed since."""
    lanes = day.hub.lanes or 0
    hubs = ((visit.lane, visit.begin, visit.end) for visit in driver.history if visit.type == "hub")
    return tuple((lane, begin, end) for lane, begin, end in hubs if lane is not None and 0 <= lane < lanes)


def _trips(driver: Driver) -> tuple[int, int]:
    trips, trip_open = 0, 0
    for visit in driver.history:
        if visit.type == "hub":
            trip_open = 1
        elif visit.type == "stop" and trip_open == 1:
            trips, trip_open = trips + 1, 2
    return trips, trip_open


def _breaks_to_come(driver: Driver, time: int) -> tuple[Break, ...]:
    """Breaks that were due from the leave on, have not been taken, and can still begin in time."""
    left = driver.history[0].begin
    taken = _breaks_taken(driver)
    return tuple(each for each in driver.breaks if left <= each.earliest and each.latest >= time and each not in taken)


def _breaks_taken(driver: Driver) -> list[Break]:
    """The breaks of history; one taken out of its window is the one whose window is nearest."""
    ahead = list(driver.breaks)
    taken = []
    for visit in driver.history:
        if visit.type == "break" and ahead:
            begin = visit.begin
            nearest = min(ahead, key=lambda each: max(each.earliest - begin, begin - each.latest, 0))
            ahead.remove(nearest)
            taken.append(nearest)
    return taken


def unloaded_at(day: Day) -> dict[str, int]:
    """When the pickups that history has brought to the hub had been unloaded, by request id."""
    return {
        name: visit.end
        for driver in day.drivers
        for visit in driver.history
        if visit.type == "hub"
        for name in visit.unloaded
    }
