"""How traffic slows a motorcycle down by the hour and the weekday: a table anyone can replace.

``traffic.csv`` beside this module is the standard table. Its peaks, 06.30-08.30 and 16.30-19.00, run at 0.7 of
free flow, after a rider's record in Jakarta of 16 km/h in the morning peak against 23 km/h at night; where the
table says "assumed" no source is known. A table of measured factors takes its place, day by day.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from datetime import date
from pathlib import Path

from geodata._cells import time_of_day
from routing.errors import InvalidInput, Problem
from routing.travel import TrafficClock

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
DAYS = (*WEEKDAYS, "ramadan")
_COLUMNS = ("day", "from", "factor")
_STANDARD = Path(__file__).with_name("traffic.csv")


def read_traffic(path: Path | str) -> dict[str, TrafficClock]:
    """Read a table of traffic: the days that a CSV file gives, and of the others the standard ones.

    Parameters
    ----------
    path
        A CSV file with the columns ``day`` (``monday`` .. ``sunday``, or ``ramadan`` for weekdays of the fasting
        month), ``from`` (``HH:MM``, rising within a day) and ``factor`` (speed over free-flow speed, 0.01 to 2);
        other columns are for people. Before a day's first time its first factor holds.

    Returns
    -------
    dict
        A clock for each of `DAYS`.

    Raises
    ------
    InvalidInput
        Naming every row at fault, its field and what was expected.
    """
    return {**TRAFFIC, **_read(Path(path))}


def traffic_on(day: date | str, table: Mapping[str, TrafficClock] | None = None) -> TrafficClock:
    """Return the clock of a date, by its weekday.

    Parameters
    ----------
    day
        A date, or ``YYYY-MM-DD``.
    table
        As `read_traffic` returns it; the standard one when None.
    """
    given = date.fromisoformat(day) if isinstance(day, str) else day
    return (TRAFFIC if table is None else table)[WEEKDAYS[given.weekday()]]


def _read(path: Path) -> dict[str, TrafficClock]:
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        message = f"cannot be read ({error}): expected a CSV file with the columns {', '.join(_COLUMNS)}"
        raise InvalidInput([Problem(path.name, "", message)]) from None
    reader = csv.DictReader(text.splitlines(), delimiter=";" if ";" in text.partition("\n")[0] else ",")
    if missing := [name for name in _COLUMNS if name not in (reader.fieldnames or ())]:
        message = f"lacks the column {' and '.join(missing)}: expected {', '.join(_COLUMNS)}"
        raise InvalidInput([Problem(path.name, "header", message)])
    profiles: dict[str, list[tuple[int, int]]] = {}
    problems: list[Problem] = []
    for number, row in enumerate(reader, start=2):
        where = f"{path.name} row {number}"
        name, fields = (row["day"] or "").strip().casefold(), {key: row[key] or "" for key in ("from", "factor")}
        if name not in DAYS:
            problems.append(Problem(where, "day", f"is {name!r}: expected {', '.join(DAYS)}"))
            continue
        profile = profiles.setdefault(name, [])
        for field, message in _add(profile, fields):
            problems.append(Problem(where, field, message))
    if problems:
        raise InvalidInput(problems)
    return {name: TrafficClock(tuple(profile)) for name, profile in profiles.items()}


def _add(profile: list[tuple[int, int]], fields: dict[str, str]) -> list[tuple[str, str]]:
    """Add a row to its day, and return what is wrong with it."""
    wrong = []
    start = thousandths = 0
    try:
        start = time_of_day(fields["from"])
        if profile and start <= profile[-1][0]:
            wrong.append(("from", f"is {fields['from']!r}: expected a later time than in the day's row before"))
    except ValueError as error:
        wrong.append(("from", str(error)))
    try:
        thousandths = round(float(fields["factor"].replace(",", ".")) * 1000)
    except (ValueError, OverflowError):
        thousandths = 0
    if not 10 <= thousandths <= 2000:
        wrong.append(("factor", f"is {fields['factor']!r}: expected a share of free-flow speed, 0.01 to 2"))
    profile.append((start, thousandths))
    return wrong


TRAFFIC: Mapping[str, TrafficClock] = _read(_STANDARD)
"""The standard table: a clock by day."""
