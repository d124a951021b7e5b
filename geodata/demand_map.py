"""How much each kelurahan asks for: a table with its areas, and the map that shows it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from geodata.dayfolder import DayFolder
from geodata.gazetteer import HUB, KELURAHAN, OUTLINE
from geodata.legs import DECIMALS
from routing.errors import InvalidInput, Problem
from routing.model import Day, Place, Request
from routing.plan import Plan

if TYPE_CHECKING:
    from geopandas import GeoDataFrame
    from matplotlib.figure import Figure

Shown = Literal["requests", "pickups", "returns", "documents", "per_km2", "unserved"]

_TITLES: dict[str, str] = {
    "requests": "Requests",
    "pickups": "Pickups",
    "returns": "Returns",
    "documents": "Documents",
    "per_km2": "Requests per km²",
    "unserved": "Unserved requests",
}
_CRS = "EPSG:4326"
_SLIVER = 3e-4
"""Degrees by which areas are widened to meet: about 30 m."""

_INCHES = (8.4, 8.0)


@dataclass(frozen=True)
class _Asked:
    """What is asked at one place of the city."""

    kelurahan: int
    request: Request


def kelurahan_areas(boundaries: Path | str | None = None) -> GeoDataFrame:
    """Return the 54 kelurahan with their areas, EPSG:4326, by code.

    Parameters
    ----------
    boundaries
        A file of polygons that GeoPandas reads, with a column of the official codes. None divides the city's
        outline by the nearest kelurahan's point: good for a look, as three quarters of the land fall to the
        right one.

    Returns
    -------
    GeoDataFrame
        ``code``, ``kelurahan``, ``kecamatan``, ``area_km2`` and the areas.

    Raises
    ------
    InvalidInput
        When the file cannot be read or lacks kelurahan.
    """
    import geopandas

    columns: dict[str, Any] = {
        "code": [each.code for each in KELURAHAN],
        "kelurahan": [each.name for each in KELURAHAN],
        "kecamatan": [each.kecamatan for each in KELURAHAN],
        "area_km2": [each.area_km2 for each in KELURAHAN],
    }
    areas = _divided_outline() if boundaries is None else _read_areas(Path(boundaries))
    frame = geopandas.GeoDataFrame(columns, geometry=areas, crs=_CRS)
    frame.attrs["borders"] = "Borders are rough: the nearest kelurahan's point" if boundaries is None else ""
    return frame


def demand_by_kelurahan(
    day: Day | DayFolder, plan: Plan | None = None, *, boundaries: Path | str | None = None
) -> GeoDataFrame:
    """Return how much each kelurahan asks for, and how much of it a plan leaves unserved.

    Parameters
    ----------
    day
        Doors of a `DayFolder` count for the kelurahan they name; other places for the area they lie in, or
        the nearest one.
    plan
        For ``unserved``; without one nothing is.
    boundaries
        See `kelurahan_areas`.

    Returns
    -------
    GeoDataFrame
        The columns of `kelurahan_areas` and ``requests``, ``pickups``, ``returns``, ``documents``,
        ``per_km2`` (requests) and ``unserved``, a row for each of the 54.
    """
    frame = kelurahan_areas(boundaries)
    asked = _asked(day, frame)
    left_out = {each.request for each in plan.unserved} if plan is not None else set()
    counts = {
        "requests": _sums(asked, [1] * len(asked)),
        "pickups": _sums(asked, [each.request.kind == "pickup" for each in asked]),
        "returns": _sums(asked, [each.request.kind == "return" for each in asked]),
        "documents": _sums(asked, [each.request.documents for each in asked]),
    }
    frame = frame.assign(**counts)
    frame["per_km2"] = (frame["requests"] / frame["area_km2"]).round(2)
    frame["unserved"] = _sums(asked, [each.request.id in left_out for each in asked])
    return frame


def write_demand(
    day: Day | DayFolder, folder: Path | str, plan: Plan | None = None, *, boundaries: Path | str | None = None
) -> list[Path]:
    """Write ``demand.csv``, ``demand.geojson`` and the map ``demand.png``.

    The parameters are those of `demand_by_kelurahan`; `folder` is made if it is not there.

    Returns
    -------
    list of Path
        The files written.
    """
    from geodata.export import write_text

    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    frame = demand_by_kelurahan(day, plan, boundaries=boundaries)
    hub = day.doors[day.hub.place].place if isinstance(day, DayFolder) else day.places[day.hub.place]
    picture = folder / "demand.png"
    draw_demand(frame, hub=(hub.lon, hub.lat)).savefig(picture, dpi=150)
    table = frame.drop(columns="geometry").to_csv(index=False)
    shape = frame.set_geometry(frame.geometry.set_precision(10.0**-DECIMALS)).to_json(drop_id=True, ensure_ascii=False)
    return [
        write_text(folder / "demand.csv", table, encoding="utf-8-sig"),
        write_text(folder / "demand.geojson", shape),
        picture,
    ]


def draw_demand(frame: GeoDataFrame, *, show: Shown = "requests", hub: tuple[float, float] = HUB) -> Figure:
    """Return a map of the kelurahan, darker where there is more.

    Parameters
    ----------
    frame
        Of `demand_by_kelurahan`.
    show
        The column that is shown.
    hub
        Where the drive-thru stands, (lon, lat).

    Returns
    -------
    matplotlib.figure.Figure
        To save or to show; it belongs to no window.
    """
    from matplotlib.figure import Figure
    from matplotlib.patheffects import withStroke

    figure = Figure(figsize=_INCHES, layout="constrained")
    axes = figure.add_subplot()
    most = max(float(frame[show].max()), 1.0)
    frame.plot(show, ax=axes, cmap="YlGnBu", vmin=0, vmax=most, edgecolor="white", linewidth=0.8, legend=True,
               legend_kwds={"shrink": 0.6, "label": _TITLES[show]})  # fmt: skip
    for outline in _kecamatan_outlines(frame):
        axes.plot(*outline.xy, color="#444444", linewidth=1.1)
    halo = [withStroke(linewidth=2.2, foreground="white")]
    for place, value in zip(KELURAHAN, frame[show], strict=True):
        text = f"{place.name.replace(' ', chr(10))}\n{value:g}"
        axes.annotate(text, (place.lon, place.lat), ha="center", va="center", fontsize=5.5, path_effects=halo)
    axes.plot(*hub, "*", markersize=15, color="#c21b0d", markeredgecolor="white", zorder=2.5, label="Drive-thru")
    axes.legend(loc="upper right", frameon=False)
    in_all = "" if show == "per_km2" else f": {frame[show].sum():,.0f} in all"
    axes.set_title(f"{_TITLES[show]} by kelurahan{in_all}", loc="left")
    axes.annotate(frame.attrs.get("borders", ""), (0, 0), xycoords="axes fraction", fontsize=7, color="#666666")
    # A degree of longitude is as much shorter than one of latitude as the cosine says.
    axes.set_aspect(1 / np.cos(np.radians(frame.total_bounds[[1, 3]].mean())))
    axes.set_axis_off()
    return figure


def _kecamatan_outlines(frame: GeoDataFrame) -> list[Any]:
    """Return the rings around the kecamatan, without the slivers between areas that do not quite meet."""
    import shapely

    rings: list[Any] = []
    for _, members in frame.groupby("kecamatan"):
        widened = shapely.union_all(shapely.buffer(members.geometry.to_numpy(), _SLIVER))
        parts = shapely.get_parts(shapely.buffer(widened, -_SLIVER))
        rings += list(shapely.get_exterior_ring(parts))
    return rings


def _asked(day: Day | DayFolder, areas: GeoDataFrame) -> list[_Asked]:
    if isinstance(day, DayFolder):
        places, named = list(day.places), [door.kelurahan for door in day.doors]
    else:
        places, named = list(day.places), [""] * len(day.places)
    number = {each.name: at for at, each in enumerate(KELURAHAN)}
    lying = _lying_in(places, areas)
    of_place = [number.get(name, int(at)) for name, at in zip(named, lying, strict=True)]
    return [_Asked(of_place[request.place], request) for request in day.requests]


def _lying_in(places: Sequence[Place], areas: GeoDataFrame) -> np.ndarray[Any, np.dtype[np.int64]]:
    """Return per place the area it lies in or is nearest to, as an index."""
    import shapely

    points = shapely.points([(place.lon, place.lat) for place in places])
    tree = shapely.STRtree(areas.geometry.to_numpy())
    return np.asarray(tree.nearest(points), np.int64)


def _sums(asked: Sequence[_Asked], amounts: Sequence[float]) -> np.ndarray[Any, np.dtype[np.int64]]:
    places = np.array([each.kelurahan for each in asked], np.int64)
    return np.bincount(places, np.array(amounts, np.float64), len(KELURAHAN)).astype(np.int64)


def _divided_outline() -> list[Any]:
    import shapely

    city = shapely.Polygon(OUTLINE)
    points = shapely.MultiPoint([(each.lon, each.lat) for each in KELURAHAN])
    cells = shapely.voronoi_polygons(points, extend_to=city, ordered=True)
    return [shapely.intersection(cell, city) for cell in cells.geoms]


def _read_areas(path: Path) -> list[Any]:
    import geopandas

    try:
        frame = geopandas.read_file(path).to_crs(_CRS)
    except Exception as error:  # The drivers behind raise errors of many kinds.
        message = f"cannot be read ({error}): expected polygons, for instance GeoJSON in EPSG:4326"
        raise InvalidInput([Problem(path.name, "", message)]) from error
    codes = {each.code for each in KELURAHAN}
    for column in frame.columns.drop("geometry"):
        if codes <= set(frame[column].astype(str)):
            return list(frame.set_index(frame[column].astype(str)).geometry.loc[[each.code for each in KELURAHAN]])
    message = f"has no column with the codes of all {len(codes)} kelurahan, like {KELURAHAN[0].code}"
    raise InvalidInput([Problem(path.name, ", ".join(map(str, frame.columns)), f"{message}: expected one")])
