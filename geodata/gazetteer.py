"""The city as facts: 54 kelurahan in 7 kecamatan, the outline around them, the hub's usual place.

Codes, names, areas and points of the kelurahan follow the national register of regions; the points lie
inside the kelurahan, which a centroid need not. Nothing here depends on any street network.
"""

from __future__ import annotations

import csv
import math
from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from pathlib import Path
from statistics import median

from routing.errors import InvalidInput, Problem

HUB: tuple[float, float] = (106.666069, -6.308162)
"""Where the registry's drive-thru stands unless a day says otherwise, (lon, lat).

A point inside kelurahan Cilenggang, within about 1 km of the office: always configuration, never a fact.
"""

OUTLINE: tuple[tuple[float, float], ...] = (
    (106.6367, -6.2369),
    (106.6444, -6.2426),
    (106.6439, -6.2473),
    (106.6490, -6.2609),
    (106.6476, -6.2659),
    (106.6519, -6.2693),
    (106.6507, -6.2730),
    (106.6461, -6.2757),
    (106.6466, -6.2795),
    (106.6575, -6.2898),
    (106.6538, -6.2949),
    (106.6537, -6.2989),
    (106.6590, -6.3080),
    (106.6555, -6.3158),
    (106.6622, -6.3173),
    (106.6585, -6.3202),
    (106.6579, -6.3250),
    (106.6601, -6.3286),
    (106.6470, -6.3404),
    (106.6472, -6.3441),
    (106.6547, -6.3506),
    (106.6570, -6.3584),
    (106.6510, -6.3622),
    (106.6750, -6.3590),
    (106.7069, -6.3584),
    (106.7188, -6.3587),
    (106.7186, -6.3619),
    (106.7202, -6.3604),
    (106.7209, -6.3622),
    (106.7268, -6.3602),
    (106.7699, -6.3612),
    (106.7700, -6.3523),
    (106.7737, -6.3501),
    (106.7744, -6.3458),
    (106.7724, -6.3382),
    (106.7764, -6.3359),
    (106.7753, -6.3332),
    (106.7768, -6.3271),
    (106.7788, -6.3269),
    (106.7777, -6.3232),
    (106.7799, -6.3165),
    (106.7733, -6.3096),
    (106.7756, -6.3040),
    (106.7731, -6.3047),
    (106.7709, -6.3021),
    (106.7738, -6.2987),
    (106.7713, -6.2990),
    (106.7701, -6.2956),
    (106.7673, -6.2954),
    (106.7682, -6.2919),
    (106.7661, -6.2887),
    (106.7601, -6.2864),
    (106.7622, -6.2778),
    (106.7573, -6.2776),
    (106.7569, -6.2743),
    (106.7515, -6.2745),
    (106.7525, -6.2647),
    (106.7565, -6.2625),
    (106.7515, -6.2617),
    (106.7544, -6.2595),
    (106.7536, -6.2516),
    (106.7482, -6.2501),
    (106.7291, -6.2530),
    (106.7234, -6.2509),
    (106.7068, -6.2508),
    (106.7038, -6.2557),
    (106.6960, -6.2514),
    (106.6972, -6.2443),
    (106.6910, -6.2437),
    (106.6871, -6.2386),
    (106.6882, -6.2340),
    (106.6917, -6.2319),
    (106.6879, -6.2302),
    (106.6383, -6.2299),
)
"""The city's rough outline, (lon, lat) of its corners counter-clockwise without repeating the first.

The union of the kelurahan simplified to about 150 m: 165 km2, and about 1.5 % of the land falls on the wrong side.
"""


@dataclass(frozen=True)
class Kelurahan:
    """An urban ward.

    Attributes
    ----------
    code
        The official code, ``36.74.KK.NNNN``.
    name, kecamatan
        Names as the register writes them.
    area_km2
        Square kilometres.
    lon, lat
        A point well inside, degrees EPSG:4326.
    weight
        Its share of the city's people; the weights of all 54 add up to 1.
    """

    code: str
    name: str
    kecamatan: str
    area_km2: float
    lon: float
    lat: float
    weight: float


def _read_kelurahan() -> tuple[Kelurahan, ...]:
    with Path(__file__).with_name("kelurahan.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    people = _people(rows)
    total = sum(people)
    return tuple(
        Kelurahan(
            code=row["code"],
            name=row["name"],
            kecamatan=row["kecamatan"],
            area_km2=float(row["area_km2"]),
            lon=float(row["lon"]),
            lat=float(row["lat"]),
            weight=count / total,
        )
        for row, count in zip(rows, people, strict=True)
    )


def _people(rows: list[dict[str, str]]) -> list[float]:
    """Return people per row; where the register's figure is unusable, as many as the neighbours' density gives."""
    densities: dict[str, list[float]] = {}
    for row in rows:
        if row["population"]:
            densities.setdefault(row["kecamatan"], []).append(float(row["population"]) / float(row["area_km2"]))
    return [float(row["population"] or median(densities[row["kecamatan"]]) * float(row["area_km2"])) for row in rows]


KELURAHAN: tuple[Kelurahan, ...] = _read_kelurahan()
"""All 54, by code."""

KECAMATAN: tuple[str, ...] = tuple(dict.fromkeys(each.kecamatan for each in KELURAHAN))
"""The names of the 7 kecamatan."""

_INSIDE = 2.0
"""Squared distance from a kelurahan's point, in its areas, beyond which a place is not called by its name."""

_NINE_IN_TEN = 0.6
"""Squared distance from a kelurahan's point, in its areas, within which nine in ten of its points lie.

Measured on the true borders of all 54.
"""

ALSO_WRITTEN = {
    "bhaktijaya": "baktijaya",
    "cirendeu": "cireundeu",
    "kranggan": "keranggan",
    "sarua": "serua",
    "saruaindah": "seruaindah",
    "sawahlama": "sawah",
}
"""Spellings in common use that differ in more than case, spaces and hyphens."""


def find_kelurahan(name: str, kecamatan: str | None = None) -> Kelurahan:
    """Return the kelurahan of that name, however it is capitalised, spaced or hyphenated.

    A name that is both a kelurahan and a kecamatan (Serpong, Ciputat, Pondok Aren, Setu) means the
    kelurahan.

    Parameters
    ----------
    name
        For instance ``Pondok Benda``, ``pondokbenda`` or ``PONDOK-BENDA``.
    kecamatan
        When given, the kelurahan must lie in it.

    Raises
    ------
    InvalidInput
        When there is none, with the nearest names; when `name` is a kecamatan, with its kelurahan; when
        the kelurahan lies in another kecamatan.

    Examples
    --------
    >>> find_kelurahan("rawa buntu").code
    '36.74.01.1002'
    """
    found = _by_name().get(_plain(name))
    if found is None:
        raise _invalid("kelurahan", _unknown_kelurahan(name))
    if kecamatan is not None and _plain(kecamatan) != _plain(found.kecamatan):
        raise _invalid("kecamatan", _wrong_kecamatan(kecamatan, found))
    return found


def nearest_kelurahan(lon: float, lat: float) -> Kelurahan | None:
    """Return the kelurahan that a point most likely lies in; None for a point far outside the city.

    Nearness is measured in the size of each kelurahan, as the gazetteer knows points and areas, no borders.
    """
    # Degrees are near enough to square here, a few degrees from the equator; 110.6 km to each.
    nearness = {each: ((each.lon - lon) ** 2 + (each.lat - lat) ** 2) * 110.6**2 / each.area_km2 for each in KELURAHAN}
    found = min(nearness, key=nearness.__getitem__)
    return found if nearness[found] <= _INSIDE else None


def kelurahan_radius(kelurahan: Kelurahan) -> float:
    """Return metres around a kelurahan's point within which nine in ten of its points lie."""
    return math.sqrt(_NINE_IN_TEN * kelurahan.area_km2) * 1000


@cache
def _by_name() -> dict[str, Kelurahan]:
    table = {_plain(each.name): each for each in KELURAHAN}
    return table | {written: table[meant] for written, meant in ALSO_WRITTEN.items()}


def _plain(name: str) -> str:
    return "".join(letter for letter in name.casefold() if letter.isalnum())


def _unknown_kelurahan(name: str) -> str:
    for kecamatan in KECAMATAN:
        if _plain(kecamatan) == _plain(name):
            inside = ", ".join(each.name for each in KELURAHAN if each.kecamatan == kecamatan)
            return f"{name!r} is a kecamatan, not a kelurahan: expected one of {inside}"
    return f"{name!r} is no kelurahan of Tangerang Selatan: {_near(name, (each.name for each in KELURAHAN))}"


def _wrong_kecamatan(kecamatan: str, found: Kelurahan) -> str:
    if any(_plain(kecamatan) == _plain(each) for each in KECAMATAN):
        return f"{kecamatan!r} does not hold kelurahan {found.name}: expected {found.kecamatan!r}"
    return f"{kecamatan!r} is no kecamatan of Tangerang Selatan: {_near(kecamatan, KECAMATAN)}"


def _near(name: str, names: Iterable[str]) -> str:
    by_plain = {_plain(each): each for each in names}
    close = get_close_matches(_plain(name), list(by_plain), n=3, cutoff=0.6)
    if not close:
        return f"expected one of its {len(by_plain)} names, for instance {next(iter(by_plain.values()))!r}"
    return "did you mean " + " or ".join(repr(by_plain[each]) for each in close) + "?"


def _invalid(field: str, message: str) -> InvalidInput:
    return InvalidInput([Problem("", field, message)])
