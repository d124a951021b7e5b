"""All that is asked: requests, drivers, the hub and the day they belong to.

Every value is frozen and validated when made; `replace()` varies it. Units: times are whole seconds
after local midnight, distances whole metres, loads whole documents, money whole cost units.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import Any, Literal, Self, get_args

from routing._day_problems import day_problems
from routing._fields import LATEST, Fields, Window, as_tuple, as_wholes
from routing.errors import InvalidInput
from routing.travel import TrafficClock, TravelTimes
from routing.visits import Visit, VisitType

__all__ = ["LATEST", "Break", "Costs", "Day", "Driver", "Hub", "Kind", "Place", "Request", "Window"]

Kind = Literal["pickup", "return"]


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
        fields = Fields(self, f"place {self.id}")
        fields.text("id")
        fields.whole("access", 0, LATEST)
        fields.number("lon", -180, 180, "degrees")
        fields.number("lat", -90, 90, "degrees")
        fields.raise_if_any()


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
        fields = Fields(self, f"request {self.id}")
        fields.text("id")
        fields.expect(self.kind in get_args(Kind), "kind", f"is {self.kind!r}: expected 'pickup' or 'return'")
        fields.whole("place", 0, 2**31 - 1)
        fields.whole("documents", 1, 2**30)
        fields.windows("windows")
        fields.whole("service", 0, LATEST)
        fields.whole("priority", 0, 100)
        fields.words("skills")
        fields.whole("ready_at", 0, LATEST, optional=True)
        fields.whole("due_at_hub", 0, LATEST, optional=True)
        fields.text("round_trip_of", optional=True)
        for name, kind, other in (
            ("ready_at", "return", "pickup"),
            ("due_at_hub", "pickup", "return"),
            ("round_trip_of", "return", "pickup"),
        ):
            wrong = self.kind == other and getattr(self, name) is not None
            fields.expect(not wrong, name, f"is set on a {other}: only {kind}s have it")
        fields.raise_if_any()


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
        fields = Fields(self, f"driver {self.id}")
        fields.text("id")
        fields.whole("start", 0, 2**31 - 1)
        fields.whole("end", 0, 2**31 - 1, optional=True)
        fields.window("shift")
        fields.whole("capacity", 1, 2**30)
        fields.words("skills")
        for name, least in (("max_trips", 0), ("max_stops", 1), ("max_distance", 0)):
            fields.whole(name, least, 2**31 - 1, optional=True)
        for name in ("cost_run", "cost_km", "cost_hour"):
            fields.whole(name, 0, 10**9)
        self._expect_breaks(fields)
        if fields.several("history", Visit):
            self._expect_history(fields)
        fields.raise_if_any()

    def _expect_breaks(self, fields: Fields) -> None:
        listed = as_tuple(self.breaks)
        breaks = [_as_break(each) for each in listed or ()]
        readable = [each for each in breaks if each is not None]
        if listed is None or len(readable) < len(breaks):
            expected = "expected a list of [earliest, latest, length] in whole seconds"
            fields.expect(False, "breaks", f"is {self.breaks!r}: {expected}")
            return
        object.__setattr__(self, "breaks", tuple(readable))
        for each in readable:
            fields.expect(
                0 <= each.earliest <= each.latest <= LATEST and 0 < each.length <= LATEST,
                "breaks",
                f"[{each.earliest}, {each.latest}, {each.length}]: expected earliest <= latest and a length above 0",
            )
        for before, after in pairwise(readable):
            fields.expect(
                before.latest + before.length <= after.earliest,
                "breaks",
                f"the one from {after.earliest} may begin before the one from {before.earliest} has ended",
            )

    def _expect_history(self, fields: Fields) -> None:
        for index, visit in enumerate(self.history):
            known = visit.type in get_args(VisitType)
            fields.expect(known, "history", f"visit {index} is a {visit.type!r}: expected {get_args(VisitType)}")
            figures = (visit.place, visit.arrive, visit.begin, visit.end, visit.load_after)
            message = f"visit {index} has {figures}: expected whole numbers for its place, times and load"
            fields.expect(as_wholes(figures, 5) is not None, "history", message)


@dataclass(frozen=True)
class Hub(_Varied):
    """The registry's drive-thru.

    Attributes
    ----------
    place
        Index into the day's places.
    windows
        Disjoint opening windows; lane service lies inside one of them, also where two of them touch.
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
        fields = Fields(self, "hub")
        fields.whole("place", 0, 2**31 - 1)
        fields.windows("windows", may_touch=True)
        for name in ("base", "per_document", "processing"):
            fields.whole(name, 0, LATEST)
        fields.whole("lanes", 1, 10_000, optional=True)
        fields.expect(
            self.lanes is None or self.base != 0 or self.per_document != 0,
            "base",
            "is 0 and so is per_document: where lanes are limited, a visit must take time",
        )
        fields.raise_if_any()

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
    fairness
        What an hour is worth by which a driver's paid time differs from the mean of the drivers used. It guides the
        search towards even shares; no plan's cost contains it. 0: shares do not matter.
    """

    unserved_base: int = 1_000_000
    unserved_per_priority: int = 100_000
    tariff_min: int = 10_200
    tariff_km: int = 2_550
    fairness: int = 0

    def __post_init__(self) -> None:
        fields = Fields(self, "costs")
        for name in ("unserved_base", "unserved_per_priority", "tariff_min", "tariff_km", "fairness"):
            fields.whole(name, 0, 10**12)
        fields.raise_if_any()

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
        self._expect_kinds()
        problems = tuple(day_problems(self))
        if problems:
            raise InvalidInput(problems)

    def _expect_kinds(self) -> None:
        """Raise unless everything is of its class, so that the rest may rely on it."""
        fields = Fields(self, "day")
        lists: dict[str, type] = {"places": Place, "requests": Request, "drivers": Driver}
        for name, kind in lists.items():
            fields.several(name, kind)
        single: dict[str, type] = {"hub": Hub, "travel": TravelTimes, "traffic": TrafficClock, "costs": Costs}
        for name, kind in single.items():
            fields.one(name, kind)
        fields.whole("now", 0, LATEST, optional=True)
        fields.one("one_stop_per_door", bool)
        fields.raise_if_any()

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


def _as_break(given: Any) -> Break | None:
    parts = (given.earliest, given.latest, given.length) if isinstance(given, Break) else given
    wholes = as_wholes(parts, 3)
    return None if wholes is None else Break(*wholes)
