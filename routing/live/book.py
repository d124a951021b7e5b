"""One driver's book: what has happened, what is under way, what is planned."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass, field, replace

from routing.model import Driver, Request
from routing.visits import Visit


@dataclass
class Book:
    """One driver: what has happened, what is under way, what is planned.

    Attributes
    ----------
    driver
        As given, without history.
    done
        Visits that are over, with their actual times.
    bound
        The visit that the driver is bound for or at, None at rest. On the way to the hub nothing is decided but the
        way: that is a hub visit that moves nothing.
    there
        Whether the driver has arrived at `bound`.
    ahead
        Planned visits after these.
    off_at
        When the driver dropped out.
    """

    driver: Driver
    done: list[Visit] = field(default_factory=list)
    bound: Visit | None = None
    there: bool = False
    ahead: tuple[Visit, ...] = ()
    off_at: int | None = None

    @property
    def happened(self) -> int:
        """How many visits are behind the driver or under way."""
        return len(self.done) + (self.bound is not None)


def behind(book: Book) -> list[Visit]:
    """Return what has happened and what is under way."""
    return [*book.done, *([book.bound] if book.bound else [])]


def on_board(visits: Iterable[Visit], requests: Mapping[str, Request], closed: Container[str]) -> list[str]:
    """Ids of what is on board after these visits; requests that are closed count no more."""
    carried: dict[str, None] = {}
    for visit in visits:
        for name in (*visit.unloaded, *visit.requests):
            carried.pop(name, None)
        carried |= {name: None for name in visit.requests if requests[name].kind == "pickup"}
        carried |= dict.fromkeys(visit.loaded)
    return [name for name in carried if name not in closed]


def without(visit: Visit, gone: set[str]) -> Visit:
    """Return the visit without these requests."""
    if gone.isdisjoint((*visit.requests, *visit.loaded, *visit.unloaded)):
        return visit
    return replace(
        visit,
        requests=tuple(name for name in visit.requests if name not in gone),
        loaded=tuple(name for name in visit.loaded if name not in gone),
        unloaded=tuple(name for name in visit.unloaded if name not in gone),
    )
