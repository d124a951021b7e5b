"""What a breach is called, and where breaches are noted."""

from __future__ import annotations

from dataclasses import dataclass

RULE_OF = {
    # 1: every request served or listed once, returns loaded before
    "unknown-request": 1,
    "missing": 1,
    "served-twice": 1,
    "unserved-twice": 1,
    "served-and-unserved": 1,
    "not-loaded": 1,
    "loaded-twice": 1,
    "round-trip-without-pickup": 1,
    "door-split": 1,
    # 2: stops
    "window": 2,
    "stop-length": 2,
    # 3: load
    "capacity": 3,
    # 4: loading
    "not-ready": 4,
    # 5: unloading
    "late-at-hub": 5,
    "on-board-at-end": 5,
    # 6: lanes
    "hub-closed": 6,
    "lane-service": 6,
    "lane-number": 6,
    "lane-overlap": 6,
    # 7: shift and breaks
    "shift-start": 7,
    "shift-end": 7,
    "break-missing": 7,
    "break-twice": 7,
    "break-window": 7,
    "break-length": 7,
    "break-not-due": 7,
    "break-place": 7,
    # 8: skills and limits
    "skills": 8,
    "max-trips": 8,
    "max-stops": 8,
    "max-distance": 8,
    # 9: legs
    "leg": 9,
    # 10: round trips
    "round-trip": 10,
    # 11: the form of a plan
    "unknown-driver": 11,
    "driver-twice": 11,
    "empty-run": 11,
    "no-start": 11,
    "no-end": 11,
    "start-inside": 11,
    "end-inside": 11,
    "no-stop": 11,
    "visit-type": 11,
    "unknown-place": 11,
    "start-place": 11,
    "end-place": 11,
    "hub-place": 11,
    "stop-place": 11,
    "empty-stop": 11,
    "empty-hub": 11,
    "wrong-kind": 11,
    "unloads-absent": 11,
    "keeps-pickup": 11,
    "stray-field": 11,
    "lane-unlimited": 11,
    "time-order": 11,
    "not-instant": 11,
    "no-reason": 11,
    # 11: a day under way
    "before-now": 11,
    "history-changed": 11,
    "history-dropped": 11,
    # 11: stated figures
    "load": 11,
    "metres": 11,
    "paid-seconds": 11,
    "run-cost": 11,
    "cost-runs": 11,
    "cost-distance": 11,
    "cost-time": 11,
    "cost-unserved": 11,
    "cost-total": 11,
    "cost-point-to-point": 11,
}
"""Every code of a violation, with the number of the rule it belongs to."""


@dataclass(frozen=True)
class Violation:
    """One breach of the rules of a valid plan.

    Attributes
    ----------
    rule
        The rule's number, 1 to 11.
    code
        A stable word for programs; each belongs to one rule.
    driver
        Id of the driver whose run is at fault, None where no single run is.
    request
        Id of the request concerned, None where no single request is.
    message
        What is wrong, in a plain sentence with the numbers.
    """

    rule: int
    code: str
    driver: str | None
    request: str | None
    message: str

    def __str__(self) -> str:
        where = [f"rule {self.rule} ({self.code})"]
        if self.driver is not None:
            where.append(f"driver {self.driver}")
        if self.request is not None:
            where.append(f"request {self.request}")
        return f"{', '.join(where)}: {self.message}"


class Report:
    """Collects violations in the order in which they are found."""

    def __init__(self) -> None:
        self.violations: list[Violation] = []

    def blame(self, code: str, message: str, *, driver: str | None = None, request: str | None = None) -> None:
        """Note one breach; `code` is one of `RULE_OF`."""
        self.violations.append(Violation(RULE_OF[code], code, driver, request, message))


def clock(seconds: int) -> str:
    """Return a moment as it stands in the plan and as people read it: ``27005 (07:30:05)``."""
    sign = "-" if seconds < 0 else ""
    minutes, second = divmod(abs(seconds), 60)
    hour, minute = divmod(minutes, 60)
    return f"{seconds} ({sign}{hour:02d}:{minute:02d}:{second:02d})"
