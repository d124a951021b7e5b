"""``day.toml``: the date, the hub, traffic and costs of a day folder, read and written."""

from __future__ import annotations

import datetime
import json
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from geodata import _cells
from geodata._doors import Door
from geodata._positions import position_fault
from geodata._tables import nearest
from geodata.gazetteer import HUB, find_kelurahan
from routing.errors import InvalidInput, Problem
from routing.model import Costs, Hub, Place
from routing.travel import TrafficClock

FILE = "day.toml"
_TOP = ("date", "profile", "inside_city", "hub", "traffic", "costs", "processing")
_HUB = ("lon", "lat", "kelurahan", "address", "access", "windows", "lanes", "base", "per_document", "processing")
_COSTS = ("unserved_base", "unserved_per_priority", "tariff_min", "tariff_km", "fairness")


@dataclass(frozen=True)
class Settings:
    """What ``day.toml`` says; `hub` stands at place 0, which is `door`."""

    date: str
    profile: str
    inside_city: bool
    door: Door
    hub: Hub
    traffic: TrafficClock
    costs: Costs


class _Reader:
    """Takes values out of the parsed file, noting what is wrong with each."""

    def __init__(self, content: Mapping[str, Any]) -> None:
        self.content = content
        self.problems: list[Problem] = []

    def note(self, field: str, message: str) -> None:
        self.problems.append(Problem(FILE, field, message))

    def section(self, name: str, known: tuple[str, ...]) -> dict[str, Any]:
        given = self.content.get(name, {})
        if not isinstance(given, dict):
            self.note(name, f"is {given!r}: expected a section [{name}]")
            return {}
        self.expect_known(given, known, f"{name}.")
        return given

    def expect_known(self, given: Mapping[str, Any], known: tuple[str, ...], prefix: str = "") -> None:
        for key in given:
            if key not in known:
                self.note(f"{prefix}{key}", f"is not known here: {nearest(key, known)}")

    def value(self, given: Mapping[str, Any], name: str, kind: type, default: Any, expected: str) -> Any:
        value = given.get(name.rsplit(".", 1)[-1], default)
        right = isinstance(value, kind) and (kind is bool or not isinstance(value, bool))
        if value is not default and not right:
            self.note(name, f"is {value!r}: expected {expected}")
            return default
        return value

    def made(self, section: str, maker: Any, **fields: Any) -> Any:
        """Return what `maker` makes of `fields`, or None with the reasons noted."""
        try:
            return maker(**fields)
        except InvalidInput as error:
            for each in error.problems:
                self.note(f"{section}.{each.field}", each.message)
            return None


def read_settings(path: Path) -> tuple[Settings | None, list[Problem], bool]:
    """Read ``day.toml``.

    Returns
    -------
    tuple
        The settings, or None when there are problems; the problems; whether places must lie in the city.
    """
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        message = f"cannot be read ({error.strerror}): expected a {FILE} in {path.parent}"
        return None, [Problem(FILE, "", message)], True
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        return None, [Problem(FILE, "", f"is not TOML: {error}")], True
    reader = _Reader(content)
    reader.expect_known(content, _TOP)
    date = _date(reader)
    inside = reader.value(content, "inside_city", bool, True, "true or false")
    profile = reader.value(content, "profile", str, "", "a name")
    door, hub = _hub(reader, inside)
    traffic = _traffic(reader)
    costs = reader.made("costs", Costs, **_whole_numbers(reader, "costs", _COSTS))
    if reader.problems or hub is None or door is None or costs is None or traffic is None:
        return None, reader.problems, inside
    return Settings(date, profile, inside, door, hub, traffic, costs), [], inside


def _date(reader: _Reader) -> str:
    given = reader.content.get("date")
    if isinstance(given, datetime.date) and not isinstance(given, datetime.datetime):
        return given.isoformat()
    try:
        return datetime.date.fromisoformat(str(given)).isoformat()
    except ValueError:
        reader.note("date", f"is {given!r}: expected YYYY-MM-DD" if given else "is missing: expected YYYY-MM-DD")
        return ""


def _whole_numbers(reader: _Reader, section: str, names: Iterable[str]) -> dict[str, int]:
    known = _COSTS if section == "costs" else _HUB
    given = reader.section(section, known) if section == "costs" else reader.content.get(section, {})
    numbers = {}
    for name in names:
        number = reader.value(given, f"{section}.{name}", int, None, "a whole number")
        if number is not None:
            numbers[name] = number
    return numbers


def _hub(reader: _Reader, inside_city: bool) -> tuple[Door | None, Hub | None]:
    given = reader.section("hub", _HUB)
    if not given:
        return _hub_door(reader, {}, inside_city), reader.made("hub", Hub, place=0)
    fields: dict[str, Any] = _whole_numbers(reader, "hub", ("base", "per_document", "processing", "lanes"))
    if "processing" in reader.content:
        if "processing" in fields:
            reader.note("processing", "stands both at the top and in [hub]: expected once")
        fields["processing"] = reader.value(reader.content, "processing", int, 0, "a whole number of seconds")
    windows = _windows(reader, given)
    if windows is not None:
        fields["windows"] = windows
    return _hub_door(reader, given, inside_city), reader.made("hub", Hub, place=0, **fields)


def _windows(reader: _Reader, given: Mapping[str, Any]) -> tuple[tuple[int, int], ...] | None:
    if "windows" not in given:
        reader.note("hub.windows", 'is missing: expected the opening hours, like ["07:00-12:00", "13:00-16:00"]')
        return None
    value = given["windows"]
    parts = [value] if isinstance(value, str) else value
    if not isinstance(parts, list) or not all(isinstance(part, str) for part in parts):
        reader.note("hub.windows", f'is {value!r}: expected a list of "HH:MM-HH:MM"')
        return None
    try:
        return _cells.windows(";".join(parts))
    except ValueError as error:
        reader.note("hub.windows", str(error))
        return None


def _hub_door(reader: _Reader, given: Mapping[str, Any], inside_city: bool) -> Door | None:
    lon, lat, kelurahan = *HUB, ""
    if "kelurahan" in given:
        try:
            found = find_kelurahan(str(given["kelurahan"]))
            lon, lat, kelurahan = found.lon, found.lat, found.name
        except InvalidInput as error:
            reader.problems += [Problem(FILE, "hub.kelurahan", each.message) for each in error.problems]
    if ("lon" in given) != ("lat" in given):
        reader.note("hub.lon" if "lat" in given else "hub.lat", "is missing: expected both lon and lat, or neither")
    lon = float(reader.value(given, "hub.lon", int | float, lon, "decimal degrees"))  # type: ignore[arg-type]
    lat = float(reader.value(given, "hub.lat", int | float, lat, "decimal degrees"))  # type: ignore[arg-type]
    fault = position_fault(lon, lat, inside_city=inside_city)
    if fault is not None:
        reader.note(f"hub.{fault[0]}", fault[1])
        return None
    address = reader.value(given, "hub.address", str, "", "a text")
    access = reader.value(given, "hub.access", int, 0, "a whole number of seconds")
    place = reader.made("hub", Place, id="hub", lon=lon, lat=lat, access=access)
    return None if place is None else Door(place, kelurahan, address, f"{FILE} [hub]")


def _traffic(reader: _Reader) -> TrafficClock | None:
    given = reader.content.get("traffic", [["00:00", 1000]])
    expected = 'expected pairs of start and speed in thousandths, like [["00:00", 1000], ["06:30", 700]]'
    profile = []
    if not isinstance(given, list) or not given:
        reader.note("traffic", f"is {given!r}: {expected}")
        return None
    for pair in given:
        if not (isinstance(pair, list) and len(pair) == 2 and isinstance(pair[1], int)):
            reader.note("traffic", f"has {pair!r}: {expected}")
            return None
        try:
            start = pair[0].isoformat() if isinstance(pair[0], datetime.time) else str(pair[0])
            profile.append((_cells.time_of_day(start), pair[1]))
        except ValueError as error:
            reader.note("traffic", str(error))
            return None
    clock: TrafficClock | None = reader.made("traffic", TrafficClock, profile=tuple(profile))
    return clock


def settings_text(settings: Settings) -> str:
    """Return `settings` as the text of a ``day.toml``."""
    place, hub = settings.door.place, settings.hub
    windows = ", ".join(_quoted(_cells.clock_window(each)) for each in hub.windows)
    traffic = ", ".join(f"[{_quoted(_cells.clock(start))}, {factor}]" for start, factor in settings.traffic.profile)
    lines = [
        f"date = {_quoted(settings.date)}",
        f"profile = {_quoted(settings.profile)}",
        f"inside_city = {str(settings.inside_city).lower()}    # false: places may lie outside Tangerang Selatan",
        f"traffic = [{traffic}]    # from when on, speed in thousandths of free flow",
        "",
        "[hub]",
        f"lon = {place.lon}",
        f"lat = {place.lat}",
        *([f"kelurahan = {_quoted(settings.door.kelurahan)}"] if settings.door.kelurahan else []),
        f"address = {_quoted(settings.door.address)}",
        f"access = {place.access}",
        f"windows = [{windows}]",
        *([f"lanes = {hub.lanes}"] if hub.lanes is not None else []),
        f"base = {hub.base}    # seconds a visit keeps its lane",
        f"per_document = {hub.per_document}    # and for each document moved",
        f"processing = {hub.processing}    # from unloading until a round trip's document is ready",
        "",
        "[costs]",
        *(f"{name} = {value}" for name, value in asdict(settings.costs).items()),
    ]
    return "\n".join(lines) + "\n"


def _quoted(text: str) -> str:
    """Return a TOML basic string; JSON's escapes are TOML's too."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
