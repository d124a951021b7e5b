"""Writes day folders; what a person wrote there before is kept."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from geodata import _cells
from geodata._day_columns import (
    DRIVER_COSTS,
    DRIVER_LIMITS,
    DRIVER_OPTIONAL,
    DRIVER_REQUIRED,
    DRIVERS,
    REQUEST_OPTIONAL,
    REQUEST_REQUIRED,
    REQUESTS,
)
from geodata._doors import Door
from geodata._settings import FILE as SETTINGS
from geodata._settings import Settings, settings_text
from geodata.kept_files import write_keeping
from routing.model import Driver, Request

if TYPE_CHECKING:
    from geodata.dayfolder import DayFolder

OnKept = Callable[[Path, Path], None]


def write_day_folder(content: DayFolder, folder: Path | str, *, on_kept: OnKept | None = None) -> Path:
    """Write `content` as a day folder that `read_day_folder` reads back to the same.

    Parameters
    ----------
    on_kept
        Called with each file that was there with other content, and with what that is kept as: see `write_keeping`.

    Returns
    -------
    Path
        The folder, made where it was missing.
    """
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    settings = Settings(
        date=content.date,
        profile=content.profile,
        inside_city=content.inside_city,
        door=content.doors[content.hub.place],
        hub=content.hub,
        traffic=content.traffic,
        costs=content.costs,
    )
    requests = [_request_cells(request, content.doors[request.place]) for request in content.requests]
    drivers = [_driver_cells(driver, content) for driver in content.drivers]
    texts = {
        SETTINGS: settings_text(settings),
        REQUESTS: _table_text((*REQUEST_REQUIRED, *REQUEST_OPTIONAL), requests),
        DRIVERS: _table_text((*DRIVER_REQUIRED, *DRIVER_OPTIONAL), drivers),
    }
    for name, text in texts.items():
        kept = write_keeping(folder / name, text)
        if kept is not None and on_kept is not None:
            on_kept(folder / name, kept)
    return folder


def _request_cells(request: Request, door: Door) -> dict[str, Any]:
    return {
        "id": request.id,
        "kind": request.kind,
        "place": door.place.id,
        **_position_cells(door),
        "access": door.place.access,
        "documents": request.documents,
        "windows": ";".join(_cells.clock_window(each) for each in request.windows),
        "service": request.service,
        "priority": request.priority,
        "skills": ";".join(sorted(request.skills)),
        "ready_at": _optional(_cells.clock, request.ready_at),
        "due_at_hub": _optional(_cells.clock, request.due_at_hub),
        "round_trip_of": request.round_trip_of,
    }


def _position_cells(door: Door, prefix: str = "") -> dict[str, Any]:
    place = door.place
    cells = {"lon": place.lon, "lat": place.lat, "kelurahan": door.kelurahan, "address": door.address}
    return {f"{prefix}{name}": value for name, value in cells.items()}


def _driver_cells(driver: Driver, content: DayFolder) -> dict[str, Any]:
    cells: dict[str, Any] = {name: getattr(driver, name) for name in (*DRIVER_LIMITS, *DRIVER_COSTS, "id", "capacity")}
    cells |= {
        "shift": _cells.clock_window(driver.shift),
        "skills": ";".join(sorted(driver.skills)),
        "breaks": ";".join(_cells.clock_break(each) for each in driver.breaks),
        **_end_cells(driver.start, content, "start"),
    }
    if driver.end is None:
        return cells | {"end": "open"}
    return cells | ({"end": "start"} if driver.end == driver.start else _end_cells(driver.end, content, "end"))


def _end_cells(place: int, content: DayFolder, which: str) -> dict[str, Any]:
    if place == content.hub.place:
        return {which: "hub"}
    door = content.doors[place]
    return {which: door.place.id, **_position_cells(door, f"{which}_")}


def _optional(write: Callable[[int], str], value: int | None) -> str:
    return "" if value is None else write(value)


def _table_text(columns: Sequence[str], rows: Iterable[dict[str, Any]]) -> str:
    """Return a table of the columns that are filled anywhere, and the required ones."""
    rows = list(rows)
    used = [name for name in columns if any(row.get(name) not in (None, "") for row in rows)] or list(columns)
    text = io.StringIO()
    writer = csv.DictWriter(text, used, extrasaction="ignore", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()
