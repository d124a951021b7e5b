"""What is odd about a day that can be planned all the same."""

from __future__ import annotations

from routing.model import Day

NO_REQUESTS = "the day has no requests, so that there is nothing to plan: expected a row of requests.csv for each"
NO_COSTS = (
    "no driver costs anything, so that plans are not made short: expected cost_km, cost_hour or cost_run "
    "in drivers.csv, in rupiah"
)


def day_remarks(day: Day) -> list[str]:
    """Return what to tell whoever planned `day`, a sentence each."""
    free = day.drivers and not any(each.cost_run or each.cost_km or each.cost_hour for each in day.drivers)
    return [*([] if day.requests else [NO_REQUESTS]), *([NO_COSTS] if free else [])]
