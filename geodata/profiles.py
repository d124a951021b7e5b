"""The kinds of service day: opening hours, breaks, traffic and shifts.

Opening hours are those the office announces (07.00-16.00, in Ramadan 08.00-15.00); the length of breaks is
the government's (60 minutes, 90 on Fridays, 30 in Ramadan), their clock times are assumed to suit it. Traffic
is that of `geodata.traffic`.
"""

from __future__ import annotations

from dataclasses import dataclass

from geodata.traffic import TRAFFIC
from routing.model import Break, Window

HOUR = 3600
HALF_HOUR = 1800
_FLAT = ((0, 1000),)


@dataclass(frozen=True)
class Profile:
    """A kind of service day; times are seconds after midnight.

    Attributes
    ----------
    name
        ``plain``, ``weekday``, ``friday`` or ``ramadan``.
    date
        A day of this kind.
    hub_windows
        When the drive-thru is open.
    doors
        When people are at home to a courier.
    office_windows
        When the kelurahan offices hand out files.
    shifts
        Dealt to the drivers in turn.
    breaks
        Of every driver.
    traffic
        The traffic clock's profile.
    busy_hours
        Paid hours for which a rider can be kept busy in a shift, given when people are at home, documents
        are ready and the hub is open; for sizing a fleet. Measured on planned days.
    """

    name: str
    date: str
    hub_windows: tuple[Window, ...]
    doors: Window
    office_windows: tuple[Window, ...]
    shifts: tuple[Window, ...]
    breaks: tuple[Break, ...]
    traffic: tuple[tuple[int, int], ...]
    busy_hours: float

    @property
    def opens(self) -> int:
        """The drive-thru's first opening."""
        return self.hub_windows[0][0]

    @property
    def closes(self) -> int:
        """The drive-thru's last closing."""
        return self.hub_windows[-1][1]

    @property
    def morning_ends(self) -> int:
        """The closing before noon's break, or noon where there is none."""
        return self.hub_windows[0][1] if len(self.hub_windows) > 1 else 12 * HOUR

    @property
    def afternoon_begins(self) -> int:
        """The opening after noon's break."""
        return self.hub_windows[1][0] if len(self.hub_windows) > 1 else 13 * HOUR

    @property
    def ready_waves(self) -> tuple[int, int, int]:
        """When documents become ready: early and late in the morning, and after noon."""
        return self.opens + 2 * HOUR, self.opens + 3 * HOUR + HALF_HOUR, self.afternoon_begins


def _hours(*pairs: tuple[float, float]) -> tuple[Window, ...]:
    return tuple((int(start * HOUR), int(end * HOUR)) for start, end in pairs)


_SHIFTS = _hours((7, 16), (8, 17), (7.5, 16.5), (8, 17), (8, 17))
"""Nine hours with the break; most end with the last doors, as all round trips go back after noon."""

PROFILES = {
    profile.name: profile
    for profile in (
        Profile(
            name="plain",
            date="2026-05-06",
            hub_windows=_hours((7, 16)),
            doors=(7 * HOUR + HALF_HOUR, 17 * HOUR),
            office_windows=_hours((8, 15)),
            shifts=_SHIFTS,
            breaks=(),
            traffic=_FLAT,
            busy_hours=6.7,
        ),
        Profile(
            name="weekday",
            date="2026-05-06",
            hub_windows=_hours((7, 12), (13, 16)),
            doors=(7 * HOUR + HALF_HOUR, 17 * HOUR),
            office_windows=_hours((8, 12), (13, 15)),
            shifts=_SHIFTS,
            breaks=(Break(11 * HOUR + HALF_HOUR, 12 * HOUR + HALF_HOUR, HOUR),),
            traffic=TRAFFIC["wednesday"].profile,
            busy_hours=6.1,
        ),
        Profile(
            name="friday",
            date="2026-05-08",
            hub_windows=_hours((7, 11.5), (13, 16)),
            doors=(7 * HOUR + HALF_HOUR, 17 * HOUR),
            office_windows=_hours((8, 11.5), (13, 15)),
            shifts=_SHIFTS,
            breaks=(Break(11 * HOUR, 11 * HOUR + HALF_HOUR, HOUR + HALF_HOUR),),
            traffic=TRAFFIC["friday"].profile,
            busy_hours=5.8,
        ),
        Profile(
            name="ramadan",
            date="2026-03-04",
            hub_windows=_hours((8, 12), (12.5, 15)),
            doors=(8 * HOUR, 16 * HOUR + HALF_HOUR),
            office_windows=_hours((8, 12), (12.5, 14)),
            shifts=_hours((7.5, 15.5), (8.5, 16.5), (8, 16), (8.5, 16.5), (8.5, 16.5)),
            breaks=(Break(11 * HOUR + HALF_HOUR, 12 * HOUR + HALF_HOUR, HALF_HOUR),),
            traffic=TRAFFIC["ramadan"].profile,
            busy_hours=5.8,
        ),
    )
}
"""All profiles by name."""
