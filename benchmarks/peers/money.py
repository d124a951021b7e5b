"""Costs per metre and per second as the whole numbers that peers want."""

from __future__ import annotations

from dataclasses import dataclass

from routing import Day, Driver

UNITS = range(1, 51)
"""With finer units than this the costs outgrow PyVRP's bounds on penalties, and it finds nothing feasible."""


@dataclass(frozen=True)
class Money:
    """Costs in a unit that makes them whole, or nearly so: answers are priced anew, with the day's own costs.

    Attributes
    ----------
    unit
        How many of these are one cost unit of the day.
    """

    unit: int

    @classmethod
    def of(cls, day: Day) -> Money:
        """Return the unit that rounds the costs of the drivers of `day` least, relatively; the coarsest such."""
        rates = [driver.cost_km / 1000 for driver in day.drivers] + [driver.cost_hour / 3600 for driver in day.drivers]
        return cls(min(UNITS, key=lambda unit: max(_error(rate * unit) for rate in rates)))

    def per_run(self, driver: Driver) -> int:
        """Return what a run of `driver` costs."""
        return driver.cost_run * self.unit

    def per_metre(self, driver: Driver) -> int:
        """Return what a metre costs."""
        return round(driver.cost_km * self.unit / 1000)

    def per_second(self, driver: Driver) -> int:
        """Return what a paid second costs."""
        return round(driver.cost_hour * self.unit / 3600)


def _error(cost: float) -> float:
    """Return the relative error that rounding makes; what costs nothing is exact."""
    return abs(round(cost) - cost) / cost if cost else 0.0
