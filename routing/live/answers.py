"""What the dispatcher answers: small frozen classes, each with a JSON form."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass

from routing.files import visit_form
from routing.model import Window
from routing.visits import Visit


@dataclass(frozen=True)
class _Answer:
    """What all answers share."""

    def to_json(self) -> str:
        """Return the answer as JSON text."""
        return json.dumps(asdict(self), ensure_ascii=False)


@dataclass(frozen=True)
class Change(_Answer):
    """An event was taken in.

    Attributes
    ----------
    seq
        Its number in the journal.
    now
        The latest moment heard of.
    notes
        What is odd about it, if anything; ids and plain words.
    """

    seq: int
    now: int
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Late(_Answer):
    """Something that can no longer be kept.

    Attributes
    ----------
    code
        ``late``: served after its last window. ``overtime``: the driver comes home after the shift.
        ``stranded``: the document stays where it is today. ``failed``, ``cancelled``: nobody was there; called off.
    id
        The request, or the driver for ``overtime``.
    seconds
        How much later than promised, as planned; 0 where there is no moment.
    """

    code: str
    id: str
    seconds: int = 0


@dataclass(frozen=True)
class NextStops(_Answer):
    """What a driver does next.

    Attributes
    ----------
    bound, there
        The visit that the driver is bound for or at, and whether the driver is there. A hub visit that moves nothing
        is the way to the hub, or to any place without a stop to make.
    visits
        What is planned after that.
    """

    driver: str
    now: int
    bound: Visit | None
    there: bool
    visits: tuple[Visit, ...]

    def to_json(self) -> str:
        """Return the answer as JSON text, visits as in ``plan.json``."""
        bound = None if self.bound is None else visit_form(self.bound)
        form = {"driver": self.driver, "now": self.now, "bound": bound, "there": self.there}
        return json.dumps({**form, "visits": [visit_form(visit) for visit in self.visits]}, ensure_ascii=False)


@dataclass(frozen=True)
class Option(_Answer):
    """A driver who could take a request: added cost in cost units, and when the stop would begin."""

    driver: str
    cost: int
    begin: int


@dataclass(frozen=True)
class Slot(_Answer):
    """A window that could be offered: who would come, when, at what added cost."""

    window: Window
    driver: str
    cost: int
    begin: int


@dataclass(frozen=True)
class Quote(_Answer):
    """Who could take a request, the cheapest first, and which windows could be offered."""

    request: str
    options: tuple[Option, ...]
    slots: tuple[Slot, ...]


@dataclass(frozen=True)
class Replanned(_Answer):
    """What a re-plan did.

    Attributes
    ----------
    before, after
        Cost of the plan, in cost units.
    changed
        Stops that changed driver or order.
    iterations
        Of the search.
    """

    before: int
    after: int
    changed: int
    iterations: int
