"""One setting of a day varied: capacity, how wide the promised windows are, when the hub is open."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from benchmarks.meant import did_you_mean
from routing import Day, Request
from routing.errors import InvalidInput, Problem
from routing.model import Window

_HOURS = re.compile(r"(\d{1,2})[:.](\d\d)-(\d{1,2})[:.](\d\d)")


@dataclass(frozen=True)
class Setting:
    """A value of the setting that is varied.

    Attributes
    ----------
    name
        Of the setting; empty for the day as it is.
    value
        As it was given.
    apply
        Makes the day with it.
    """

    name: str
    value: str
    apply: Callable[[Day], Day]

    @property
    def label(self) -> str:
        """What tables call it."""
        return f"{self.name} {self.value}" if self.name else "as it is"


AS_IT_IS = Setting("", "", lambda day: day)
KNOWN = ("capacity", "window", "hub")


def settings_of(given: Sequence[str]) -> tuple[Setting, ...]:
    """Return the settings in a text such as ``window=60,120,240``, each once, the day as it is before them.

    ``capacity`` is in documents, ``window`` in minutes, ``hub`` in opening hours such as ``07:00-12:00+13:00-16:00``.

    Raises
    ------
    InvalidInput
        Naming each value that is none, or that more than one setting is to be varied.
    """
    if not given:
        return (AS_IT_IS,)
    if len(given) > 1:
        raise InvalidInput([Problem("", "--vary", f"is given {len(given)} times: expected one setting in a sweep")])
    text = given[0]
    name, _, values = text.partition("=")
    name, words = name.strip(), [word.strip() for word in values.split(",") if word.strip()]
    if name not in KNOWN:
        message = f"names {name!r}: expected some of {', '.join(KNOWN)}" + did_you_mean(name, KNOWN)
        raise InvalidInput([Problem("", "--vary", message)])
    if not words:
        raise InvalidInput([Problem("", "--vary", f"is {text!r}: expected values, as in window=60,120,240")])
    made, problems = [], []
    for word in dict.fromkeys(words):
        try:
            made.append(Setting(name, word, _changer(name, word)))
        except ValueError as error:
            problems.append(Problem("", "--vary", f"has {word!r}: expected {error}"))
    if problems:
        raise InvalidInput(problems)
    return (AS_IT_IS, *made)


def _changer(name: str, word: str) -> Callable[[Day], Day]:
    if name == "hub":
        windows = _opening(word)
        return lambda day: day.replace(hub=day.hub.replace(windows=windows))
    if not word.isdecimal() or not int(word):
        raise ValueError("a whole number above 0")
    amount = int(word)
    if name == "capacity":
        return lambda day: day.replace(drivers=tuple(driver.replace(capacity=amount) for driver in day.drivers))
    return lambda day: with_windows(day, 60 * amount)


def _opening(word: str) -> tuple[Window, ...]:
    windows = []
    for part in word.split("+"):
        found = _HOURS.fullmatch(part)
        if not found:
            raise ValueError("opening hours, as in 07:00-12:00+13:00-16:00")
        begin, begin_minute, end, end_minute = map(int, found.groups())
        if max(begin_minute, end_minute) > 59 or 60 * end + end_minute > 24 * 60:
            raise ValueError("opening hours between 00:00 and 24:00, as in 07:00-12:00+13:00-16:00")
        windows.append((60 * (60 * begin + begin_minute), 60 * (60 * end + end_minute)))
    flat = [moment for window in windows for moment in window]
    if flat != sorted(set(flat)):
        raise ValueError("opening hours in order of time, each closing after its opening")
    return tuple(windows)


def with_windows(day: Day, seconds: int) -> Day:
    """Return `day` with one window of `seconds` for each request, or of all the time there is where that is less.

    A narrower window is cut out of the longest one that a request has, at a place drawn by its id, where its document
    can be there by then; a wider one lies around it, within the hours in which the day visits anyone. Every narrower
    window lies in each wider one.
    """
    spans = [window for request in day.requests for window in request.windows]
    whole = (min(earliest for earliest, _ in spans), max(latest for _, latest in spans))
    pickups = {request.id: request for request in day.requests if request.kind == "pickup"}
    requests = tuple(
        request.replace(windows=(_resized(day, request, pickups, whole, seconds),)) for request in day.requests
    )
    return day.replace(requests=requests)


def _resized(day: Day, request: Request, pickups: dict[str, Request], whole: Window, seconds: int) -> Window:
    given = max(request.windows, key=lambda window: window[1] - window[0])
    if seconds >= given[1] - given[0]:
        return _widened(given, seconds, (min(whole[0], given[0]), max(whole[1], given[1])))
    earliest, latest = _possible(day, request, pickups, given)
    if seconds >= latest - earliest:
        return _widened((earliest, latest), seconds, given)
    start = earliest + round(_share(request.id) * (latest - earliest - seconds))
    return start, start + seconds


def _widened(window: Window, seconds: int, within: Window) -> Window:
    """Return a window of `seconds` around another, moved as far as it must to lie within a third."""
    width = min(seconds, within[1] - within[0])
    start = window[0] - (width - (window[1] - window[0])) // 2
    start = max(within[0], min(start, within[1] - width))
    return start, start + width


def _possible(day: Day, request: Request, pickups: dict[str, Request], window: Window) -> Window:
    """Return the part of the window in which a rider can come: once the document can, and in time for the hub."""
    earliest, latest = window
    there = int(day.travel.seconds[day.hub.place, request.place])
    back = int(day.travel.seconds[request.place, day.hub.place])
    if request.kind == "pickup":
        last = (request.due_at_hub or day.hub.closes) - back - request.service
        return (earliest, min(latest, last)) if last > earliest else window
    first = (request.ready_at or 0) + there
    if request.round_trip_of in pickups:
        pickup = pickups[request.round_trip_of]
        first = max(first, pickup.windows[-1][1] + back + day.hub.processing + there)
    return (max(earliest, first), latest) if first < latest else window


def _share(name: str) -> float:
    """Return a number from 0 to 1 that depends on the name alone."""
    return int.from_bytes(hashlib.sha256(name.encode()).digest()[:6], "big") / 2**48
