"""``kurir network``: looks at street networks, imports and downloads them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks.streets_given import street_network
from benchmarks.terminal import say, say_json, stages_shown
from routing.errors import InvalidInput, Problem

if TYPE_CHECKING:
    from benchmarks.terminal import Stages
    from geodata.network import StreetNetwork
    from geodata.speeds import RoadTable


@dataclass(frozen=True)
class FetchRequest:
    """What to download, and where to keep it; see ``kurir network fetch --help``."""

    place: str | None
    bbox: str | None
    out: Path
    speeds: Path | None
    cache: Path | None
    timeout: float
    attempts: int
    pause: float
    overpass: str | None
    nominatim: str | None
    as_json: bool


def run_network_info(name: str, *, speeds: Path | None, as_json: bool) -> None:
    """Print the figures of a network.

    Raises
    ------
    InvalidInput
        When the file is missing or no street network.
    """
    with stages_shown() as stages:
        stages.begin("streets")
        figures = street_network(name, speeds=speeds).summary()
    _report(figures, as_json=as_json)


def run_network_import(file: str, out: Path, *, speeds: Path | None, as_json: bool) -> None:
    """Read a network of any form, write its prepared form to `out`, and print its figures.

    Raises
    ------
    InvalidInput
        When the file is missing or no street network.
    OSError
        When `out` cannot be written.
    """
    _expect_prepared_name(out)

    def streets(stages: Stages) -> StreetNetwork:
        stages.begin("streets")
        return street_network(file, speeds=speeds)

    _prepared_from(streets, out, as_json=as_json)


def run_network_fetch(asked: FetchRequest) -> None:
    """Download a network, write its prepared form, and print its figures.

    Raises
    ------
    InvalidInput
        When the area is none, the place is unknown, or the service gives no full answer.
    OSError
        When the file or the folder of answers cannot be written.
    """
    from geodata.overpass import NOMINATIM, OVERPASS, Service, default_cache, fetch_network

    _expect_prepared_name(asked.out)
    if (asked.place is None) == (asked.bbox is None):
        raise InvalidInput([Problem("network fetch", "place", "expected either a place or --bbox W,S,E,N")])
    area = asked.place if asked.bbox is None else _box(asked.bbox)

    def streets(stages: Stages) -> StreetNetwork:
        stages.begin("asking OpenStreetMap")
        service = Service(
            cache=asked.cache or default_cache(),
            overpass=asked.overpass or OVERPASS,
            nominatim=asked.nominatim or NOMINATIM,
            timeout=asked.timeout,
            attempts=asked.attempts,
            pause=asked.pause,
            on_progress=stages.begin,
        )
        name = asked.out.name.removesuffix(".npz")
        return fetch_network(area or "", name=name, roads=_roads(asked.speeds), service=service)

    _prepared_from(streets, asked.out, as_json=asked.as_json)


def _prepared_from(streets: Callable[[Stages], StreetNetwork], out: Path, *, as_json: bool) -> None:
    from geodata.prepared import write_prepared

    with stages_shown() as stages:
        network = streets(stages)
        stages.begin("hierarchy")
        out.parent.mkdir(parents=True, exist_ok=True)
        write_prepared(network, out)
    _report({"out": str(out), **network.summary()}, as_json=as_json)


def _report(figures: dict[str, Any], *, as_json: bool) -> None:
    if as_json:
        say_json(figures)
        return
    lines = [
        f"{figures['name']}: {figures['nodes']:,} nodes, {figures['edges']:,} directed edges, {figures['km']:,.1f} km",
        f"source: {figures['source']}",
        f"connected: {figures['connected_share']:.1%} of the streets open to motorcycles",
        f"one-way: {figures['one_way_share']:.1%} of the directed edges, with a name: {figures['named_share']:.1%}",
        *(f"  {kind:<14}{km:>10,.1f} km" for kind, km in figures["by_class"].items()),
        *(f"repaired, {each['what']}: {each['count']:,} ({each['note']})" for each in figures["repairs"]),
        *(
            f"dropped, {each['reason']}: {each['nodes']:,} nodes, {each['edges']:,} edges, {each['km']:,.1f} km"
            for each in figures["dropped"]
        ),
        *([f"written: {figures['out']}"] if "out" in figures else []),
    ]
    say("\n".join(lines))


def _roads(speeds: Path | None) -> RoadTable:
    from geodata.speeds import ROADS, read_road_table

    return ROADS if speeds is None else read_road_table(speeds)


def _expect_prepared_name(out: Path) -> None:
    """Refuse another name before anything takes long: the form of a network follows from its name."""
    if out.suffix != ".npz":
        raise InvalidInput([Problem("network", "--out", f"is {str(out)!r}: expected a name that ends in .npz")])


def _box(text: str) -> tuple[float, float, float, float]:
    try:
        west, south, east, north = (float(part) for part in text.split(","))
    except ValueError:
        message = f"is {text!r}: expected west,south,east,north, such as 106.637,-6.362,106.780,-6.230"
        raise InvalidInput([Problem("network fetch", "--bbox", message)]) from None
    return west, south, east, north
