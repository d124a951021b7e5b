"""What came of a day: one row of the table."""

from __future__ import annotations

from dataclasses import dataclass, field

from benchmarks.replay.world import World
from routing import Driver


@dataclass
class Ledger:
    """What is written down while a day is played."""

    world: World
    begun: dict[str, int] = field(default_factory=dict)
    metres: dict[str, int] = field(default_factory=dict)
    left: dict[str, int] = field(default_factory=dict)
    back: dict[str, int] = field(default_factory=dict)
    paused: dict[str, int] = field(default_factory=dict)
    changes: int = 0

    def drove(self, driver: str, origin: int, target: int, *, left: int, arrived: int) -> None:
        """Note a leg."""
        self.left.setdefault(driver, left)
        self.back[driver] = max(arrived, self.back.get(driver, 0))
        self.metres[driver] = self.metres.get(driver, 0) + int(self.world.day.travel.metres[origin, target])

    def busy(self, driver: str, until: int) -> None:
        """Note that the driver works until then."""
        self.back[driver] = max(until, self.back.get(driver, 0))


@dataclass(frozen=True)
class Outcome:
    """What came of one day under one policy.

    Attributes
    ----------
    policy, seed
        Which.
    possible
        Requests that could be served at all.
    served, on_time
        Of these: served, and begun within a window.
    cost
        What runs, kilometres and paid hours cost, plus the penalty of each possible request that was not served.
    hours
        Paid hours.
    documents
        Documents fetched or brought.
    changes
        Stops that changed driver or order after they had been announced.
    """

    policy: str
    seed: int
    possible: int
    served: int
    on_time: int
    cost: int
    hours: float
    documents: int
    changes: int

    @property
    def on_time_share(self) -> float:
        """Share of the possible requests begun within a window."""
        return self.on_time / max(1, self.possible)

    @property
    def documents_per_hour(self) -> float:
        """Documents per paid driver-hour."""
        return self.documents / max(1e-9, self.hours)


def outcome_of(ledger: Ledger, policy: str) -> Outcome:
    """Sum up a day that has been played."""
    world = ledger.world
    possible = world.possible
    served = [request for request in possible if request.id in ledger.begun]
    on_time = sum(any(a <= ledger.begun[r.id] <= b for a, b in r.windows) for r in served)
    missing = [request for request in possible if request.id not in ledger.begun]
    seconds = {name: ledger.back[name] - ledger.left[name] - ledger.paused.get(name, 0) for name in ledger.left}
    cost = sum(_run_cost(driver, ledger, seconds) for driver in world.day.drivers if driver.id in ledger.left)
    return Outcome(
        policy=policy,
        seed=world.seed,
        possible=len(possible),
        served=len(served),
        on_time=on_time,
        cost=cost + sum(world.day.costs.unserved(request) for request in missing),
        hours=sum(seconds.values()) / 3600,
        documents=sum(request.documents for request in served),
        changes=ledger.changes,
    )


def _run_cost(driver: Driver, ledger: Ledger, seconds: dict[str, int]) -> int:
    by_way = driver.cost_km * ledger.metres[driver.id] // 1000
    return driver.cost_run + by_way + driver.cost_hour * seconds[driver.id] // 3600
