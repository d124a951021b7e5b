"""Downloads a city's streets from OpenStreetMap's Overpass service by way of OSMnx: politely, and to be resumed.

OSMnx divides the area, asks for one part after the other and keeps every answer in a folder; what it does not do
is done here: an answer that is late, refused or cut short is asked for again after a while, a few times, and then
an error says so. What has come stays in the folder, so that the same command goes on where it stopped.
"""

from __future__ import annotations

import os
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from geodata.network import StreetNetwork
from geodata.speeds import ROADS, RoadTable
from routing.errors import InvalidInput, Problem

if TYPE_CHECKING:
    from networkx import MultiDiGraph
    from requests import Response
    from shapely import MultiPolygon, Polygon

OVERPASS = "https://overpass-api.de/api"
NOMINATIM = "https://nominatim.openstreetmap.org/"
PART_KM2 = 100.0
"""About how much land one question covers: enough to ask seldom, little enough to lose little."""
LONGEST_WAIT = 600.0
SERVER_SECONDS = 180
"""How long the server may work on one question; a part of the question, and so of what an answer is kept under."""
_TAGS = (
    *("highway", "oneway", "oneway:motorcycle", "junction", "name", "access", "vehicle", "motor_vehicle"),
    *("motorcycle", "toll", "toll:motorcycle", "area", "bridge", "tunnel"),
)
_BUSY = frozenset({429, 500, 502, 503, 504})

Box = tuple[float, float, float, float]
"""West, south, east and north in degrees."""


class NoAnswer(InvalidInput):
    """The map service did not answer, or not in full; asking again later goes on where this stopped."""

    code = "no-answer"


def default_cache() -> Path:
    """Return the folder for answers: in ``KURIR_CACHE_DIR``, by default ``~/.cache/kurir``."""
    return Path(os.environ.get("KURIR_CACHE_DIR", "~/.cache/kurir")).expanduser() / "overpass"


@dataclass(frozen=True)
class Service:
    """Where to ask, how patiently, and where to keep the answers.

    Attributes
    ----------
    cache
        Folder of answers.
    overpass, nominatim
        Addresses of the services; any server that speaks their language will do.
    timeout
        Seconds to wait for one answer.
    attempts
        How often to ask for one answer.
    pause
        Seconds to wait before asking a second time, doubled each time after; a service that says itself how
        long to wait is obeyed. Between answers passes as much time as the last one took, at most this.
    on_progress
        Told in words what has come or is waited for.
    """

    cache: Path = field(default_factory=default_cache)
    overpass: str = OVERPASS
    nominatim: str = NOMINATIM
    timeout: float = 180.0
    attempts: int = 4
    pause: float = 30.0
    on_progress: Callable[[str], None] = field(default=lambda _text: None)


def fetch_network(
    area: str | Box, *, name: str, roads: RoadTable = ROADS, service: Service | None = None
) -> StreetNetwork:
    """Download the streets of an area.

    Parameters
    ----------
    area
        A place as people write it (``Tangerang Selatan, Banten, Indonesia``), or a box in degrees.
    name
        What to call the network.
    roads
        Which classes are open, and how fast they are; closed ones are not asked for.
    service
        Where and how to ask.

    Returns
    -------
    StreetNetwork
        The largest strongly connected part.

    Raises
    ------
    NoAnswer
        When a service does not answer in full, after all attempts.
    InvalidInput
        When the place is unknown, the box is none, or there are no streets in it.
    """
    service = service or Service()
    if not isinstance(area, str):
        _expect_box(area)
    asking = _Asking(service)
    with _settings(service, asking):
        graph = asking.patiently(lambda: _graph(area, roads))
    source = f"OpenStreetMap, {area if isinstance(area, str) else ','.join(f'{each:g}' for each in area)}"
    return network_of_graph(graph, name=name, source=source, roads=roads)


class _NotYet(Exception):
    """An answer that is worth asking for again."""

    def __init__(self, message: str, wait: float | None = None) -> None:
        self.wait = wait
        super().__init__(message)


class _Asking:
    """Looks at every answer before OSMnx does, and asks again while that is of use."""

    def __init__(self, service: Service) -> None:
        self.service = service
        self.answers = 0
        self.last = service.overpass

    def patiently(self, ask: Callable[[], MultiDiGraph]) -> MultiDiGraph:
        """Return what `ask` returns, tried anew after every failure that may pass."""
        from requests import RequestException

        failures, answers, pause = 0, 0, self.service.pause
        while True:
            try:
                return ask()
            except (_NotYet, RequestException) as error:
                if self.answers > answers:
                    failures, answers, pause = 0, self.answers, self.service.pause
                failures += 1
                said = _in_words(error, self.service.timeout)
                if isinstance(error, RequestException) and error.request is not None:
                    self.last = str(error.request.url).partition("?")[0]
                if failures >= self.service.attempts:
                    raise self._given_up(said, failures) from None
                wait = min(LONGEST_WAIT, getattr(error, "wait", None) or pause)
                self.service.on_progress(f"{said}: asking again in {wait:.0f} s ({failures + 1}. time)")
                time.sleep(wait)
                pause *= 2

    def _given_up(self, said: str, failures: int) -> NoAnswer:
        times = "once" if failures == 1 else f"{failures} times"
        message = (
            f"gave no full answer, asked {times} ({said}): expected map data; "
            f"try again later, the {self.answers} answers that came are kept in {self.service.cache}"
        )
        return NoAnswer([Problem(self.last, "", message)])

    def judge(self, response: Response, *_args: Any, **_keywords: Any) -> None:
        """Raise unless the answer is whole; OSMnx would wait without end, or take half an answer for all."""
        try:
            self._judge(response)
        except BaseException:
            response.close()
            raise

    def _judge(self, response: Response) -> None:
        self.last = str(response.url).partition("?")[0]
        if response.status_code in _BUSY:
            after = response.headers.get("Retry-After", "")
            wait = float(after) if after.isdigit() else None
            raise _NotYet(f"{response.status_code} {response.reason}", wait)
        if not response.ok:
            message = f"answered {response.status_code} {response.reason}: expected an Overpass and Nominatim service"
            raise NoAnswer([Problem(self.last, "", message)])
        try:
            content = response.json()
        except ValueError:
            raise _NotYet("an answer that is cut short or no JSON") from None
        if isinstance(content, dict) and "error" in str(content.get("remark", "")):
            raise _NotYet(f"an answer cut short by the server ({content['remark']})")
        self.answers += 1
        self.service.on_progress(f"{self.answers} answers, the last of {len(response.content) / 1e6:.1f} MB")
        time.sleep(min(self.service.pause, response.elapsed.total_seconds()))


def _in_words(error: Exception, timeout: float) -> str:
    from requests import ConnectionError as NotConnected
    from requests import Timeout

    if isinstance(error, Timeout):
        return f"no answer within {timeout:g} s"
    if isinstance(error, NotConnected):
        return "no connection"
    return str(error) if isinstance(error, _NotYet) else f"an answer that is cut short ({type(error).__name__})"


@contextmanager
def _settings(service: Service, asking: _Asking) -> Iterator[None]:
    """Lend OSMnx our settings, which it keeps for the whole process, and take them back."""
    from osmnx import settings

    service.cache.mkdir(parents=True, exist_ok=True)
    _drop_torn(service.cache)
    ours = {
        "use_cache": True,
        "cache_folder": service.cache,
        "cache_only_mode": False,
        "overpass_url": service.overpass,
        "nominatim_url": service.nominatim,
        "overpass_rate_limit": False,
        "overpass_settings": f"[out:json][timeout:{SERVER_SECONDS}]{{maxsize}}",
        "doh_url_template": None,
        "requests_timeout": service.timeout,
        "requests_kwargs": {"hooks": {"response": asking.judge}},
        "max_query_area_size": PART_KM2 * 1e6,
        "useful_tags_way": list(_TAGS),
        "http_user_agent": "kurir (route planning for document couriers; via OSMnx)",
    }
    before = {key: getattr(settings, key) for key in ours}
    # OSMnx also ties the service's name to one address, for the whole process.
    resolve = socket.getaddrinfo
    try:
        for key, value in ours.items():
            setattr(settings, key, value)
        yield
    finally:
        socket.getaddrinfo = resolve
        for key, value in before.items():
            setattr(settings, key, value)


def _drop_torn(cache: Path) -> None:
    """Remove answers whose writing was interrupted; they would be read again and again."""
    for file in cache.glob("*.json"):
        with file.open("rb") as content:
            content.seek(max(0, file.stat().st_size - 1))
            if content.read() not in (b"}", b"]"):
                file.unlink()


def _graph(area: str | Box, roads: RoadTable) -> MultiDiGraph:
    """Return the simplified graph of an area; every question whose answer is in the folder is not asked again."""
    import osmnx
    from requests import RequestException

    polygon = _polygon(area)
    closed = "|".join(sorted(roads.closed))
    wanted = f'["highway"]["area"!~"yes"]["highway"!~"^({closed})(_link)?$"]'
    try:
        whole = osmnx.graph_from_polygon(
            polygon, simplify=False, retain_all=True, truncate_by_edge=True, custom_filter=wanted
        )
    except (InvalidInput, RequestException):
        raise
    except ValueError as error:
        message = f"holds no streets ({error}): expected an area with streets open to motorcycles"
        raise InvalidInput([Problem(_called(area), "area", message)]) from None
    given = {key for _, _, data in whole.edges(data=True) for key in data}
    return osmnx.simplify_graph(whole, edge_attrs_differ=[key for key in _TAGS if key in given])


def _polygon(area: str | Box) -> Polygon | MultiPolygon:
    import osmnx
    from requests import RequestException
    from shapely import box

    if not isinstance(area, str):
        return box(*area)
    try:
        return osmnx.geocode_to_gdf(area).geometry.iloc[0]
    except (InvalidInput, RequestException):
        raise
    except (ValueError, TypeError):
        message = "is no place with a boundary that Nominatim knows: expected another spelling, or --bbox W,S,E,N"
        raise InvalidInput([Problem(area, "place", message)]) from None


def _expect_box(box: Box) -> None:
    west, south, east, north = box
    if not (-180 <= west < east <= 180 and -90 <= south < north <= 90):
        message = f"is {box}: expected west,south,east,north in degrees, such as 106.637,-6.362,106.780,-6.230"
        raise InvalidInput([Problem("area", "bbox", message)])


def _called(area: str | Box) -> str:
    return area if isinstance(area, str) else f"box {','.join(f'{each:g}' for each in area)}"


def network_of_graph(graph: MultiDiGraph, *, name: str, source: str, roads: RoadTable = ROADS) -> StreetNetwork:
    """Return the network of a graph as OSMnx makes it; see `geodata.network.make_network`.

    Parameters
    ----------
    graph
        Nodes with ``x`` and ``y`` in degrees; edges with the tags of their way, ``length`` in metres and, where
        they bend, ``geometry``.
    name, source
        See `geodata.network.StreetNetwork`.
    roads
        Which classes are open, and how fast they are.
    """
    import numpy as np

    from geodata.network import make_network
    from geodata.osm_files import motorcycle_class

    number = {node: at for at, node in enumerate(graph.nodes)}
    edges = list(graph.edges(data=True))
    tags = [{key: str(data[key]) for key in _TAGS if key in data} for _, _, data in edges]
    bends = [list(data["geometry"].coords)[1:-1] if "geometry" in data else [] for _, _, data in edges]
    return make_network(
        name=name,
        source=source,
        lon=[data["x"] for _, data in graph.nodes(data=True)],
        lat=[data["y"] for _, data in graph.nodes(data=True)],
        tail=[number[tail] for tail, _, _ in edges],
        head=[number[head] for _, head, _ in edges],
        metres=[data["length"] for _, _, data in edges],
        classes=[motorcycle_class(each, roads) for each in tags],
        bends=np.array([point for line in bends for point in line], np.float64).reshape(-1, 2),
        bend_counts=[len(line) for line in bends],
        street_names=[each.get("name", "") for each in tags],
        roads=roads,
    )
