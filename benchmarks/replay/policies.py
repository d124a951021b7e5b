"""Ways to run a day."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Policy:
    """When to plan again, and whether to wait for fuller trips.

    Attributes
    ----------
    morning
        Iterations of the search before the day begins.
    iterations
        Iterations of each re-plan.
    every
        Seconds between re-plans; 0 for none.
    every_event
        Whether each event of requests and documents brings a re-plan.
    hold
        Seconds that a driver may wait at the hub while a trip is less than half full.
    options
        For the dispatcher.
    """

    name: str
    morning: int = 20_000
    iterations: int = 0
    every: int = 0
    every_event: bool = False
    hold: int = 0
    options: dict[str, Any] = field(default_factory=dict)


def policies(iterations: int, minutes: int, options: dict[str, Any] | None = None) -> tuple[Policy, ...]:
    """All policies that use the dispatcher; the first is the default."""
    common: dict[str, Any] = {"iterations": iterations, "options": options or {}}
    return (
        Policy(f"every {minutes} min", every=60 * minutes, **common),
        Policy("every event", every_event=True, **common),
        Policy(f"every {minutes} min, wait for fuller trips", every=60 * minutes, hold=1800, **common),
        Policy("morning plan only", options=options or {}),
    )
