"""Positions that cannot be right, and what they look like."""

from __future__ import annotations

import math
import re
from functools import cache
from typing import Any

from geodata.earth import great_circle
from geodata.gazetteer import OUTLINE

MARGIN_DEGREES = 0.015
"""How far beyond the rough outline of the city a place may lie: about 1.6 km, for neighbours and riders' homes."""

_MIDDLE = (106.71, -6.30)
_EXPECTED = "expected about 106.64..106.78 and -6.36..-6.23"
_SEAS = {"in the Java Sea": (105.9, 108.3, -5.9, -4.0), "in the Indian Ocean": (105.3, 108.5, -12.0, -7.5)}
"""Boxes of open water north and south of the city: west, east, south, north."""

_GROUPED = re.compile(r"[+-]?\d{1,3}(?:[.,]\d{3}){2,}")
_SEXAGESIMAL = re.compile(r"\D?\d.*[°'\"\u2032\u2033NSEWU].*|[NSEW]\s*\d.*", re.IGNORECASE)
_PAIR = re.compile(r"([+-]?\d+[.,]\d+)\s*[;,\s]\s*([+-]?\d+[.,]\d+)")


def degrees_hint(text: str) -> str:
    """Return what a cell that is no decimal degrees looks like, empty where it looks like nothing known."""
    text = text.strip()
    if _PAIR.fullmatch(text):
        return "it holds two numbers: put lon and lat into a column each"
    if _GROUPED.fullmatch(text):
        first, *rest = re.split(r"[.,]", text)
        return f"its decimal sign was taken for one of thousands: {first}.{''.join(rest)}, perhaps"
    if _SEXAGESIMAL.fullmatch(text):
        return "it is written with degrees and minutes or a letter: south is negative, a minute is 1/60"
    return ""


def position_fault(lon: float, lat: float, *, inside_city: bool) -> tuple[str, str] | None:
    """Return field and message of what is wrong with a position, or None.

    Parameters
    ----------
    inside_city
        Whether positions outside the city's outline are wrong.
    """
    if lon == 0 and lat == 0:
        return "lon", "is 0 and lat 0, which a missing position becomes: expected the place's position, or an address"
    if inside_city and in_city(lat, lon):
        return "lon", f"is {lon} and lat {lat}: lon and lat are swapped"
    for name, value, most in (("lon", lon, 180), ("lat", lat, 90)):
        if abs(value) > most:
            hint = " (lon and lat look swapped)" if abs(lon) <= 90 < abs(lat) <= 180 else _lost_sign(value)
            return name, f"is {value}: expected degrees between -{most} and {most}{hint}"
    if not inside_city or in_city(lon, lat):
        return None
    if in_city(lon, -lat):
        return "lat", f"is {lat}: expected {-lat}, the city lies south of the equator"
    return "lon", f"lon {lon}, lat {lat} lies outside Tangerang Selatan, {where_to(lon, lat)}: {_EXPECTED}"


def where_to(lon: float, lat: float) -> str:
    """Return how far and in which direction from the city a position lies, and whether in the sea."""
    km = float(great_circle(*_MIDDLE, lon, lat)) / 1000
    east, north = lon - _MIDDLE[0], lat - _MIDDLE[1]
    along, across = ("east", "west") if abs(east) > abs(north) else ("north", "south")
    direction = along if max(east, north, key=abs) > 0 else across
    sea = next((f", {name}" for name, box in _SEAS.items() if _in_box(lon, lat, box)), "")
    return f"{km:,.0f} km {direction} of its middle{sea}"


def in_city(lon: float, lat: float) -> bool:
    """Whether a position lies in the city or within `MARGIN_DEGREES` of it."""
    from shapely import Point

    return bool(_city().covers(Point(lon, lat)))


def _in_box(lon: float, lat: float, box: tuple[float, float, float, float]) -> bool:
    west, east, south, north = box
    return west <= lon <= east and south <= lat <= north


def _lost_sign(value: float) -> str:
    """Return a remark where the decimal sign seems to be lost: 106666069 for 106.666069."""
    digits = str(int(abs(value))) if math.isfinite(value) else ""
    for whole in (3, 1):
        guess = float(f"{digits[:whole]}.{digits[whole:]}") if len(digits) > 4 else 0.0
        if 106 <= guess < 107 or 6 <= guess < 6.5:
            return f" (its decimal sign seems to be lost: {'-' if value < 0 else ''}{guess}?)"
    return ""


@cache
def _city() -> Any:
    from shapely import Polygon, prepare

    city = Polygon(OUTLINE).buffer(MARGIN_DEGREES)
    prepare(city)
    return city
