"""What a dispatch service tells the live day: one small frozen class per event, each with a JSON form.

The same forms stand in the journal and travel over the wire. Ids are opaque words; no event carries a name, an
address or any other free text about a person.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from routing.errors import InvalidInput, Problem
from routing.model import Driver, Place, Request
from routing.plan import Run, Unserved

if TYPE_CHECKING:
    from pydantic import TypeAdapter

Step = Literal["left", "arrived", "served", "failed", "in_lane", "out_of_lane", "break", "back", "ended"]
"""What a driver can report."""


@dataclass(frozen=True)
class _Event:
    """What all events share: nothing but strictness when read."""

    __pydantic_config__: ClassVar[dict[str, Any]] = {"extra": "forbid"}


@dataclass(frozen=True)
class Added(_Event):
    """Requests came in."""

    requests: tuple[Request, ...]
    at: int | None = None


@dataclass(frozen=True)
class Cancelled(_Event):
    """A request is called off; the return of its round trip with it."""

    id: str
    at: int | None = None


@dataclass(frozen=True)
class Changed(_Event):
    """A request is now this one."""

    request: Request
    at: int | None = None


@dataclass(frozen=True)
class PlaceAdded(_Event):
    """A new door, with free-flow seconds and metres from and to every place known so far, in their order."""

    place: Place
    seconds_from: tuple[int, ...]
    seconds_to: tuple[int, ...]
    metres_from: tuple[int, ...]
    metres_to: tuple[int, ...]


@dataclass(frozen=True)
class DriverAdded(_Event):
    """One more driver."""

    driver: Driver
    at: int | None = None


@dataclass(frozen=True)
class DriverOff(_Event):
    """A driver drops out at `at`; what is on board is back at the hub at `documents_back_at`, if ever."""

    id: str
    at: int
    documents_back_at: int | None = None


@dataclass(frozen=True)
class DocumentReady(_Event):
    """The document of a return is ready, or will be, at `at`."""

    id: str
    at: int


@dataclass(frozen=True)
class Progress(_Event):
    """A driver reports a step at a moment; `place` and `requests` where they differ from the plan."""

    driver: str
    step: Step
    at: int
    place: int | None = None
    requests: tuple[str, ...] | None = None


@dataclass(frozen=True)
class LaneClosed(_Event):
    """A lane of the hub is closed from `at` on, until `until` or until it is opened."""

    lane: int
    at: int
    until: int | None = None


@dataclass(frozen=True)
class LaneOpened(_Event):
    """A closed lane is open again from `at` on."""

    lane: int
    at: int


@dataclass(frozen=True)
class Ticked(_Event):
    """Nothing happened, but it is later now."""

    at: int


@dataclass(frozen=True)
class Planned(_Event):
    """What the dispatcher decided: the runs that changed, and all that is said beside them.

    Attributes
    ----------
    runs, gone
        Runs that are new or different; drivers who have none any more.
    unserved
        All requests left out.
    late
        Seconds after its last window up to which a request may be served, for those that cannot be on time.
    relief
        Per driver in trouble: 1 and 2 overtime, limits left aside; 3 what is on board stays there.
    committed
        Per driver, how many visits of the run are history or committed; the rest is planned.
    """

    runs: tuple[Run, ...] = ()
    gone: tuple[str, ...] = ()
    unserved: tuple[Unserved, ...] = ()
    late: dict[str, int] = field(default_factory=dict)
    relief: dict[str, int] = field(default_factory=dict)
    committed: dict[str, int] = field(default_factory=dict)


Event = (
    Added
    | Cancelled
    | Changed
    | PlaceAdded
    | DriverAdded
    | DriverOff
    | DocumentReady
    | Progress
    | LaneClosed
    | LaneOpened
    | Ticked
    | Planned
)
KINDS: dict[str, type[Event]] = {
    "added": Added,
    "cancelled": Cancelled,
    "changed": Changed,
    "place_added": PlaceAdded,
    "driver_added": DriverAdded,
    "driver_off": DriverOff,
    "document_ready": DocumentReady,
    "progress": Progress,
    "lane_closed": LaneClosed,
    "lane_opened": LaneOpened,
    "ticked": Ticked,
    "planned": Planned,
}
NAMES = {kind: name for name, kind in KINDS.items()}


def to_json(event: Event) -> str:
    """Return the event's fields as one JSON object; its kind stands beside it, see `NAMES`."""
    return str(_adapter(NAMES[type(event)]).dump_json(event).decode())


def from_json(name: str, text: str) -> Event:
    """Read an event of kind `name`.

    Raises
    ------
    InvalidInput
        When there is no such kind, or naming each field at fault.
    """
    from pydantic import ValidationError

    kind = KINDS.get(name)
    if kind is None:
        raise InvalidInput([Problem("event", "kind", f"is {name!r}: expected one of {', '.join(KINDS)}")])
    try:
        event: Event = _adapter(name).validate_json(text, strict=True)
    except ValidationError as error:
        raise InvalidInput(faults(error, f"event {name}")) from None
    return event


def faults(error: Any, where: str) -> list[Problem]:
    """Return what pydantic found as problems of this package, those of our own classes unwrapped."""
    found: list[Problem] = []
    for each in error.errors(include_url=False):
        cause = each.get("ctx", {}).get("error")
        if isinstance(cause, InvalidInput):
            found += cause.problems
        else:
            found.append(Problem(where, ".".join(str(part) for part in each["loc"]), each["msg"]))
    return found


@cache
def _adapter(name: str) -> TypeAdapter[Any]:
    from pydantic import TypeAdapter

    return TypeAdapter(KINDS[name])
