"""What one cell of a day folder may say; each reader raises `ValueError` with what was expected instead."""

from __future__ import annotations

import re
from itertools import pairwise

from geodata._positions import degrees_hint
from routing.model import Break, Window

_TIME = re.compile(r"(\d{1,2})[:.](\d{2})(?:[:.](\d{2}))?")
_DASH = re.compile(r"\s*[-\u2013\u2014]\s*")
_BREAK = re.compile(r"(?P<window>.+?)\s*(?:/|for)\s*(?P<length>\d+)\s*(?P<unit>min|s)", re.IGNORECASE)
_WHOLE = re.compile(r"([+-]?\d+)(?:[.,](?!000$)0+)?")
_THOUSANDS = re.compile(r"[+-]?\d+(?:[.,]\d{3})+")
_DECIMAL = re.compile(r"[+-]?\d+(?:[.,]\d*)?")
_DAY_SECONDS = 86_400


def time_of_day(text: str) -> int:
    """Return seconds after midnight of ``HH:MM``, ``HH:MM:SS`` or ``HH.MM``."""
    match = _TIME.fullmatch(text.strip())
    hours, minutes, seconds = (int(part or 0) for part in match.groups()) if match else (99, 0, 0)
    total = hours * 3600 + minutes * 60 + seconds
    if minutes > 59 or seconds > 59 or total > _DAY_SECONDS:
        message = f"is {text!r}: expected a time HH:MM between 00:00 and 24:00"
        raise ValueError(message)
    return total


def window(text: str) -> Window:
    """Return [earliest, latest] of ``HH:MM-HH:MM``."""
    parts = _DASH.split(text.strip())
    if len(parts) != 2:
        message = f"is {text!r}: expected a window HH:MM-HH:MM"
        raise ValueError(message)
    earliest, latest = time_of_day(parts[0]), time_of_day(parts[1])
    if earliest > latest:
        message = f"{text.strip()!r} is the wrong way round: expected the earlier time first"
        raise ValueError(message)
    return earliest, latest


def windows(text: str) -> tuple[Window, ...]:
    """Return the disjoint windows of ``HH:MM-HH:MM;HH:MM-HH:MM``, in order of time."""
    parts = [part for part in re.split(r"[;|\n]", text) if part.strip()]
    if not parts:
        message = "is empty: expected at least one HH:MM-HH:MM"
        raise ValueError(message)
    found = sorted(window(part) for part in parts)
    for before, after in pairwise(found):
        if before[1] >= after[0]:
            message = f"{clock_window(before)!r} and {clock_window(after)!r} overlap or touch: expected windows apart"
            raise ValueError(message)
    return tuple(found)


def breaks(text: str) -> tuple[Break, ...]:
    """Return the breaks of ``HH:MM-HH:MM/60min;...``: when each may start, and how long it lasts."""
    found = []
    for part in (part for part in text.split(";") if part.strip()):
        match = _BREAK.fullmatch(part.strip())
        if match is None:
            message = f"is {part.strip()!r}: expected first and last start and length, like 11:30-12:30/60min"
            raise ValueError(message)
        earliest, latest = window(match["window"])
        found.append(Break(earliest, latest, int(match["length"]) * (60 if match["unit"].lower() == "min" else 1)))
    return tuple(sorted(found, key=lambda each: each.earliest))


def whole(text: str) -> int:
    """Return a whole number; ``3.0``, as spreadsheets write it, is one, and ``3.000`` may mean either."""
    match = _WHOLE.fullmatch(text.strip())
    if match is None:
        hint = ", without a mark for thousands" if _THOUSANDS.fullmatch(text.strip()) else ""
        message = f"is {text!r}: expected a whole number{hint}"
        raise ValueError(message)
    return int(match[1])


def seconds(text: str) -> int:
    """Return a whole number of seconds, at least 0."""
    number = whole(text)
    if number < 0:
        message = f"is {number}: expected seconds, 0 or more"
        raise ValueError(message)
    return number


def degrees(text: str) -> float:
    """Return decimal degrees, written with a point or with a decimal comma."""
    if _DECIMAL.fullmatch(text.strip()) is None:
        hint = degrees_hint(text)
        message = f"is {text!r}{f' ({hint})' if hint else ''}: expected decimal degrees such as 106.6661 or -6.3082"
        raise ValueError(message)
    return float(text.strip().replace(",", "."))


def names(text: str) -> frozenset[str]:
    """Return the words of ``one;two``."""
    return frozenset(part.strip() for part in re.split(r"[;|,]", text) if part.strip())


def kind(text: str) -> str:
    """Return ``pickup`` or ``return``."""
    if text.strip().casefold() not in ("pickup", "return"):
        message = f"is {text!r}: expected 'pickup' or 'return'"
        raise ValueError(message)
    return text.strip().casefold()


def clock(seconds: int) -> str:
    """Return ``HH:MM``, with ``:SS`` only where it says something."""
    minutes, rest = divmod(seconds, 60)
    return f"{minutes // 60:02d}:{minutes % 60:02d}" + (f":{rest:02d}" if rest else "")


def clock_window(given: Window) -> str:
    """Return ``HH:MM-HH:MM``."""
    return f"{clock(given[0])}-{clock(given[1])}"


def clock_break(given: Break) -> str:
    """Return ``HH:MM-HH:MM/60min``."""
    length = f"{given.length // 60}min" if given.length % 60 == 0 else f"{given.length}s"
    return f"{clock(given.earliest)}-{clock(given.latest)}/{length}"
