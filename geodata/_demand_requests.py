"""What people ask for on a seeded day: which documents, where, and when it suits them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from geodata._demand_doors import DemandDoors
from geodata._draws import Draws
from geodata.profiles import HALF_HOUR, HOUR, Profile
from routing.model import Request, Window

OFFICE_SHARE = 0.35
"""Of the pickups, how many wait at kelurahan offices."""
DUE_SHARE = 0.1
"""Of the other pickups from homes, how many must be at the hub before noon."""
SEALED = "sealed"
"""The skill for archive boxes that only some riders may carry."""
LAST_UNLOADING = HOUR
"""Seconds before the hub's closing after which nobody is promised a pickup."""

_DOCUMENTS = ((1, 0.62), (2, 0.22), (3, 0.09), (4, 0.05), (5, 0.02))
_PRIORITIES = ((0, 0.80), (20, 0.13), (50, 0.05), (90, 0.02))
_SKILLS = ((frozenset[str](), 0.985), (frozenset({SEALED}), 0.015))
_READY_SHARES = (0.55, 0.17, 0.15, 0.13)
"""Of the other returns: ready since yesterday, in the early and late morning, and after noon."""
_WISHES = (("any", 0.45), ("morning", 0.17), ("afternoon", 0.15), ("slot", 0.17), ("twice", 0.06))
_ROUND_WISHES = (("any", 0.7), ("slot", 0.3))
_OFFICE_WISHES = (("any", 0.7), ("morning", 0.15), ("afternoon", 0.15))
_SLOT = 2 * HOUR


def drawn_requests(
    count: int, rounds: float, *, profile: Profile, draws: Draws, doors: DemandDoors
) -> tuple[Request, ...]:
    """Return `count` requests, pickups first, half of each; `rounds` of the pickups have their return today."""
    maker = _Maker(profile, draws, doors, len(str(count)))
    pickups = count // 2
    at_offices = round(pickups * OFFICE_SHARE)
    order = [*range(at_offices, pickups), *range(at_offices)]
    homes = order[: pickups - at_offices]
    chosen = round(pickups * rounds)
    with_return = set(draws.some(chosen, homes) if chosen <= len(homes) else order[:chosen])
    made = [maker.pickup(number, number < at_offices, number in with_return) for number in range(pickups)]
    made += [maker.round_trip(number, made[pickup]) for number, pickup in enumerate(sorted(with_return))]
    made += [maker.plain_return(number) for number in range(len(with_return), count - pickups)]
    return tuple(made)


@dataclass(frozen=True)
class _Maker:
    profile: Profile
    draws: Draws
    doors: DemandDoors
    digits: int

    def pickup(self, number: int, at_office: bool, comes_back: bool) -> Request:
        draws, profile = self.draws, self.profile
        last = profile.closes - LAST_UNLOADING
        opens, due = profile.doors[0], None
        early = (opens, profile.morning_ends - HOUR - HALF_HOUR)
        if at_office:
            windows = self._office_windows(early if comes_back else None)
        elif comes_back:
            windows = self._home_windows(early, _ROUND_WISHES)
        elif draws.share() < DUE_SHARE:
            windows, due = self._home_windows(early, _ROUND_WISHES), profile.morning_ends
        else:
            windows = self._home_windows((opens, last), _WISHES)
        return Request(
            id=f"P{number + 1:0{self.digits}d}",
            kind="pickup",
            place=self.doors.office() if at_office else self.doors.home(),
            windows=windows,
            due_at_hub=due,
            **self._load(at_office),
        )

    def round_trip(self, number: int, pickup: Request) -> Request:
        span = (self.profile.afternoon_begins + HALF_HOUR, self.profile.doors[1])
        return Request(
            id=self._return_id(number),
            kind="return",
            place=pickup.place,
            documents=pickup.documents,
            windows=self._home_windows(span, _ROUND_WISHES),
            service=pickup.service,
            priority=pickup.priority,
            skills=pickup.skills,
            round_trip_of=pickup.id,
        )

    def plain_return(self, number: int) -> Request:
        opens, closes = self.profile.doors
        wave = self.draws.one_of(tuple(zip((None, *self.profile.ready_waves), _READY_SHARES, strict=True)))
        ready = None if wave is None else wave + self.draws.step(0, 900, 300)
        earliest = opens if ready is None else -(-(ready + HOUR) // HALF_HOUR) * HALF_HOUR
        return Request(
            id=self._return_id(number),
            kind="return",
            place=self.doors.home(),
            windows=self._home_windows((earliest, closes), _WISHES),
            ready_at=ready,
            **self._load(False),
        )

    def _return_id(self, number: int) -> str:
        return f"R{number + 1:0{self.digits}d}"

    def _load(self, at_office: bool) -> dict[str, Any]:
        draws = self.draws
        return {
            "documents": draws.one_of(_DOCUMENTS),
            "service": draws.step(20, 40, 5) if at_office else draws.step(40, 90, 5),
            "priority": draws.one_of(_PRIORITIES),
            "skills": draws.one_of(_SKILLS),
        }

    def _home_windows(self, span: Window, wishes: tuple[tuple[str, float], ...]) -> tuple[Window, ...]:
        """Return when somebody says to be at home, within `span`; a wish the span is too short for is dropped."""
        earliest, latest = span
        wish = self.draws.one_of(wishes)
        noon, after = self.profile.morning_ends, self.profile.afternoon_begins
        if wish == "morning" and noon - earliest >= _SLOT and noon < latest:
            return ((earliest, noon),)
        if wish == "afternoon" and latest - max(earliest, after) >= HOUR + HALF_HOUR:
            return ((max(earliest, after), latest),)
        if wish == "slot" and latest - earliest > _SLOT:
            start = self.draws.step(earliest, latest - _SLOT, HALF_HOUR)
            return ((start, start + _SLOT),)
        if wish == "twice" and latest - earliest > 3 * _SLOT:
            return ((earliest, earliest + _SLOT), (latest - _SLOT, latest))
        return (span,)

    def _office_windows(self, span: Window | None) -> tuple[Window, ...]:
        hours = self.profile.office_windows
        if span is not None:
            return ((hours[0][0], max(span[1], hours[0][0] + _SLOT)),)
        wish = self.draws.one_of(_OFFICE_WISHES)
        noon, after = self.profile.morning_ends, self.profile.afternoon_begins
        if wish == "morning":
            return ((hours[0][0], noon),)
        if wish == "afternoon":
            return ((after, hours[-1][1]),)
        return hours
