"""Costs per metre and per second as the whole numbers that peers want."""

from __future__ import annotations

import math
from dataclasses import dataclass

from routing import Day, Driver


@dataclass(frozen=True)
class Money:
    """Costs in the largest unit that keeps all of them whole.

    Attributes
    ----------
    unit
        How many of these are one cost unit of the day.
    """

    unit: int

    @classmethod
    def of(cls, day: Day) -> Money:
        """Return the unit for the drivers of `day`."""
        # One cost unit is 3,600,000 of these: per metre and per second all costs are then whole.
        fine = 3_600_000
        per_run = (driver.cost_run * fine for driver in day.drivers)
        per_metre = (driver.cost_km * fine // 1000 for driver in day.drivers)
        per_second = (driver.cost_hour * fine // 3600 for driver in day.drivers)
        # The unit must divide `fine`, so that penalties stay whole as well.
        return cls(fine // math.gcd(fine, *per_run, *per_metre, *per_second))

    def per_run(self, driver: Driver) -> int:
        """Return what a run of `driver` costs."""
        return driver.cost_run * self.unit

    def per_metre(self, driver: Driver) -> int:
        """Return what a metre costs."""
        return driver.cost_km * self.unit // 1000

    def per_second(self, driver: Driver) -> int:
        """Return what a paid second costs."""
        return driver.cost_hour * self.unit // 3600
