"""All that is asked: requests, drivers, the hub and the day they belong to.

Every value is frozen and validated when made; `replace()` varies it. Units: times are whole seconds
after local midnight, distances whole metres, loads whole documents, money whole cost units.
"""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import Any, Literal, Self

from routing.errors import Findings, InvalidInput, Problem
from routing.travel import TrafficClock, TravelTimes
from routing.visits import Visit

Window = tuple[int, int]
Kind = Literal["pickup", "return"]
LATEST = 10**8
"""No time lies beyond this many seconds: late enough for any real day and for benchmarks in fine units."""


class _Varied:
    def replace(self, **changes: Any) -> Self:
        """Return a copy with some fields changed, validated anew."""
        return replace(self, **changes)  # type: ignore[type-var]


@dataclass(frozen=True)
class Place(_Varied):
    """Somewhere to stop.

    Attributes
    ----------
    id
        The place's name.
    lon, lat
        Degrees, EPSG:4326.
    access
        Seconds spent once per stop there (parking, finding the door).
    """

    id: str
    lon: float
    lat: float
    access: int = 0

    def __post_init__(self) -> None:
        findings = Findings(f"place {self.id}")
        findings.expect(bool(self.id), "id", "is empty")
        _expect_range(findings, "access", self.access, 0, LATEST)
        findings.expect(-180 <= self.lon <= 180, "lon", f"is {self.lon}: expected degrees between -180 and 180")
        findings.expect(-90 <= self.lat <= 90, "lat", f"is {self.lat}: expected degrees between -90 and 90")
        findings.raise_if_any()


@dataclass(frozen=True)
class Request(_Varied):
    """Documents to fetch (``pickup``: door to hub) or to bring (``return``: hub to door).

    Attributes
    ----------
    id
        The request's name, unique in the day.
    kind
        ``pickup`` or ``return``.
    place
        Index into the day's places.
    documents
        How many, at least 1.
    windows
        Disjoint [earliest, latest] in which the stop must begin, in order.
    service
        Seconds at the door, beside the place's `access`.
    priority
        0..100; higher matters more.
    skills
        What its driver must have.
    ready_at
        Returns: the earliest moment at which a hub visit that loads it may begin.
    due_at_hub
        Pickups: when unloading must have ended; None is the hub's last closing.
    round_trip_of
        Returns: the pickup that brings the document in today.
    """

    id: str
    kind: Kind
    place: int
    documents: int = 1
    windows: tuple[Window, ...] = ((0, 86_400),)
    service: int = 0
    priority: int = 0
    skills: frozenset[str] = frozenset()
    ready_at: int | None = None
    due_at_hub: int | None = None
    round_trip_of: str | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "windows", _as_windows(self.windows))
        object.__setattr__(self, "skills", frozenset(self.skills))
        findings = Findings(f"request {self.id}")
        findings.expect(bool(self.id), "id", "is empty")
        findings.expect(self.kind in ("pickup", "return"), "kind", f"is {self.kind!r}: expected 'pickup' or 'return'")
        _expect_range(findings, "place", self.place, 0, 2**31 - 1)
        _expect_range(findings, "documents", self.documents, 1, 2**30)
        _expect_range(findings, "service", self.service, 0, LATEST)
        _expect_range(findings, "priority", self.priority, 0, 100)
        _expect_windows(findings, self.windows)
        if self.ready_at is not None:
            findings.expect(self.kind == "return", "ready_at", "is set on a pickup: only returns have it")
            _expect_range(findings, "ready_at", self.ready_at, 0, LATEST)
        if self.due_at_hub is not None:
            findings.expect(self.kind == "pickup", "due_at_hub", "is set on a return: only pickups have it")
            _expect_range(findings, "due_at_hub", self.due_at_hub, 0, LATEST)
        if self.round_trip_of is not None:
            findings.expect(self.kind == "return", "round_trip_of", "is set on a pickup: only returns have it")
        findings.raise_if_any()


@dataclass(frozen=True)
class Break:
    """A pause of `length` seconds that begins within [earliest, latest]."""

    earliest: int
    latest: int
    length: int


@dataclass(frozen=True)
class Driver(_Varied):
    """Someone with a motorcycle, for one shift.

    Attributes
    ----------
    id
        The driver's name, unique in the day.
    start, end
        Indices of places; an `end` of None lets the run end anywhere.
    shift
        [start, end] in which the run leaves and ends.
    capacity
        Most documents on board at any moment.
    skills
        What the driver can do.
    max_trips, max_stops, max_distance
        Limits of the run, None for no limit; metres for the distance.
    breaks
        Disjoint breaks in time order, each due when the run spans it.
    cost_run, cost_km, cost_hour
        Cost units per run, per kilometre, per paid hour.
    history
        What has already happened today: visits with their actual times, the last of them possibly still
        under way or the one the driver is bound for. Never changed by planning, nor judged by the rules.
    """

    id: str
    start: int
    end: int | None
    shift: Window
    capacity: int
    skills: frozenset[str] = frozenset()
    max_trips: int | None = None
    max_stops: int | None = None
    max_distance: int | None = None
    breaks: tuple[Break, ...] = ()
    cost_run: int = 0
    cost_km: int = 0
    cost_hour: int = 0
    history: tuple[Visit, ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "shift", tuple(self.shift))
        object.__setattr__(self, "skills", frozenset(self.skills))
        object.__setattr__(self, "breaks", tuple(_as_break(each) for each in self.breaks))
        object.__setattr__(self, "history", tuple(self.history))
        findings = Findings(f"driver {self.id}")
        findings.expect(bool(self.id), "id", "is empty")
        _expect_range(findings, "start", self.start, 0, 2**31 - 1)
        if self.end is not None:
            _expect_range(findings, "end", self.end, 0, 2**31 - 1)
        _expect_windows(findings, (self.shift,), "shift")
        _expect_range(findings, "capacity", self.capacity, 1, 2**30)
        for name, least in (("max_trips", 0), ("max_stops", 1), ("max_distance", 0)):
            if getattr(self, name) is not None:
                _expect_range(findings, name, getattr(self, name), least, 2**31 - 1)
        for name in ("cost_run", "cost_km", "cost_hour"):
            _expect_range(findings, name, getattr(self, name), 0, 10**9)
        self._expect_breaks(findings)
        findings.raise_if_any()

    def _expect_breaks(self, findings: Findings) -> None:
        for each in self.breaks:
            findings.expect(
                0 <= each.earliest <= each.latest <= LATEST and 0 < each.length <= LATEST,
                "breaks",
                f"[{each.earliest}, {each.latest}, {each.length}]: expected earliest <= latest and a length above 0",
            )
        for before, after in pairwise(self.breaks):
            findings.expect(
                before.latest + before.length <= after.earliest,
                "breaks",
                f"the one from {after.earliest} may begin before the one from {before.earliest} has ended",
            )


@dataclass(frozen=True)
class Hub(_Varied):
    """The registry's drive-thru.

    Attributes
    ----------
    place
        Index into the day's places.
    windows
        Disjoint opening windows; lane service lies inside one of them.
    lanes
        How many vehicles are served at once; None is unlimited.
    base, per_document
        Lane service of a visit takes ``base + per_document * (unloaded + loaded)`` seconds.
    processing
        Seconds from a pickup's unloading until its round-trip return is ready.
    """

    place: int
    windows: tuple[Window, ...] = ((0, 86_400),)
    lanes: int | None = None
    base: int = 0
    per_document: int = 0
    processing: int = 0

    def __post_init__(self) -> None:
        object.__setattr__(self, "windows", _as_windows(self.windows))
        findings = Findings("hub")
        _expect_range(findings, "place", self.place, 0, 2**31 - 1)
        _expect_windows(findings, self.windows)
        for name in ("base", "per_document", "processing"):
            _expect_range(findings, name, getattr(self, name), 0, LATEST)
        if self.lanes is not None:
            _expect_range(findings, "lanes", self.lanes, 1, 10_000)
            findings.expect(
                self.base + self.per_document > 0,
                "base",
                "is 0 and so is per_document: where lanes are limited, a visit must take time",
            )
        findings.raise_if_any()

    @property
    def closes(self) -> int:
        """The last closing."""
        return self.windows[-1][1]

    def lane_service(self, documents: int) -> int:
        """Seconds a visit that moves `documents` keeps its lane."""
        return self.base + self.per_document * documents


@dataclass(frozen=True)
class Costs(_Varied):
    """What is not a driver's own cost.

    Attributes
    ----------
    unserved_base, unserved_per_priority
        A request left out costs ``unserved_base + unserved_per_priority * priority``.
    tariff_min, tariff_km
        A single courier trip of d km costs ``max(tariff_min, tariff_km * d)``.
    """

    unserved_base: int = 1_000_000
    unserved_per_priority: int = 100_000
    tariff_min: int = 10_200
    tariff_km: int = 2_550

    def __post_init__(self) -> None:
        findings = Findings("costs")
        for name in ("unserved_base", "unserved_per_priority", "tariff_min", "tariff_km"):
            _expect_range(findings, name, getattr(self, name), 0, 10**12)
        findings.raise_if_any()

    def unserved(self, request: Request) -> int:
        """What it costs to leave `request` out."""
        return self.unserved_base + self.unserved_per_priority * request.priority


@dataclass(frozen=True)
class Day(_Varied):
    """All that is asked of one service day.

    Attributes
    ----------
    date
        ISO date of the service day.
    places, requests, drivers
        What there is; requests and drivers name places by index.
    hub, travel, traffic, costs
        See there.
    now
        The moment planning starts on a day under way, None in the morning.
    one_stop_per_door
        Whether all requests of one door must share one stop, as in the VRP with simultaneous pickup
        and delivery. Off by default: sharing is allowed, not required.

    Raises
    ------
    InvalidInput
        Naming every problem: an id used twice, a place that does not exist, matrices of another size,
        a round trip of no pickup.
    """

    date: str
    places: tuple[Place, ...]
    requests: tuple[Request, ...]
    drivers: tuple[Driver, ...]
    hub: Hub
    travel: TravelTimes
    traffic: TrafficClock = field(default_factory=TrafficClock)
    costs: Costs = field(default_factory=Costs)
    now: int | None = None
    one_stop_per_door: bool = False

    def __post_init__(self) -> None:
        for name in ("places", "requests", "drivers"):
            object.__setattr__(self, name, tuple(getattr(self, name)))
        problems = [
            *_date_problems(self.date),
            *_duplicates("place", (place.id for place in self.places)),
            *_duplicates("request", (request.id for request in self.requests)),
            *_duplicates("driver", (driver.id for driver in self.drivers)),
            *self._place_problems(),
            *self._round_trip_problems(),
            *self._history_problems(),
        ]
        if self.travel.places != len(self.places):
            given, wanted = self.travel.places, len(self.places)
            problems.append(Problem("travel times", "seconds", f"cover {given} places: expected {wanted}"))
        if self.now is not None and not 0 <= self.now <= LATEST:
            problems.append(Problem("day", "now", f"is {self.now}: expected seconds of the day"))
        if problems:
            raise InvalidInput(problems)

    def _place_problems(self) -> Iterable[Problem]:
        known = range(len(self.places))
        named = [(f"request {request.id}", "place", request.place) for request in self.requests]
        named += [(f"driver {driver.id}", "start", driver.start) for driver in self.drivers]
        named += [(f"driver {driver.id}", "end", driver.end) for driver in self.drivers if driver.end is not None]
        named += [
            (f"driver {driver.id}", "history", visit.place) for driver in self.drivers for visit in driver.history
        ]
        named.append(("hub", "place", self.hub.place))
        for where, name, place in named:
            if place not in known:
                yield Problem(where, name, f"is {place}: expected an index of one of {len(known)} places")

    def _round_trip_problems(self) -> Iterable[Problem]:
        pickups = {request.id for request in self.requests if request.kind == "pickup"}
        taken: set[str] = set()
        for request in self.requests:
            pickup = request.round_trip_of
            if pickup is None:
                continue
            where = f"request {request.id}"
            if pickup not in pickups:
                yield Problem(where, "round_trip_of", f"is {pickup!r}: expected the id of a pickup of this day")
            elif pickup in taken:
                yield Problem(
                    where, "round_trip_of", f"is {pickup!r}, which another return has already: one per pickup"
                )
            taken.add(pickup)

    def _history_problems(self) -> Iterable[Problem]:
        known = {request.id for request in self.requests}
        for driver in self.drivers:
            where = f"driver {driver.id}"
            if driver.history and driver.history[0].type != "start":
                yield Problem(where, "history", f"begins with a {driver.history[0].type}: expected the start")
            if driver.history and self.now is None:
                yield Problem(where, "history", "is there although the day has no `now`: expected both or neither")
            for visit in driver.history:
                for request in (*visit.requests, *visit.loaded, *visit.unloaded):
                    if request not in known:
                        yield Problem(where, "history", f"names request {request!r}, which the day does not have")

    @classmethod
    def from_json(cls, text: str, travel: TravelTimes) -> Day:
        """Read a day from JSON text of schema ``kurir/day/1`` and its matrices.

        Raises
        ------
        InvalidInput
            Naming every field at fault.
        """
        from routing.files import day_from_json

        return day_from_json(text, travel)

    def to_json(self, *, matrix: str = "matrix.npz") -> str:
        """Return the day as JSON text of schema ``kurir/day/1`` that names `matrix` as its matrices' file."""
        from routing.files import day_to_json

        return day_to_json(self, matrix=matrix)


def _as_windows(windows: Iterable[Iterable[int]]) -> tuple[Window, ...]:
    return tuple((int(earliest), int(latest)) for earliest, latest in windows)


def _as_break(given: Break | Iterable[int]) -> Break:
    return given if isinstance(given, Break) else Break(*given)


def _expect_range(findings: Findings, name: str, value: int, least: int, most: int) -> None:
    whole = isinstance(value, int) and not isinstance(value, bool)
    findings.expect(
        whole and least <= value <= most, name, f"is {value!r}: expected a whole number from {least} to {most}"
    )


def _expect_windows(findings: Findings, windows: tuple[Window, ...], name: str = "windows") -> None:
    findings.expect(bool(windows), name, "is empty: expected at least one [earliest, latest]")
    for earliest, latest in windows:
        findings.expect(
            0 <= earliest <= latest <= LATEST,
            name,
            f"[{earliest}, {latest}] is the wrong way round or not of this day: expected 0 <= earliest <= latest",
        )
    for before, after in pairwise(windows):
        findings.expect(
            before[1] < after[0], name, f"{list(before)} and {list(after)} overlap, touch or are out of order"
        )


def _date_problems(date: str) -> Iterable[Problem]:
    try:
        datetime.date.fromisoformat(date)
    except (TypeError, ValueError):
        yield Problem("day", "date", f"is {date!r}: expected YYYY-MM-DD")


def _duplicates(what: str, ids: Iterable[str]) -> Iterable[Problem]:
    for name, times in Counter(ids).items():
        if times > 1:
            yield Problem(f"{what} {name}", "id", f"is used {times} times: expected once")
