"""Downloads against a server on loopback that replays answers in the form Overpass and Nominatim give them."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs

import pytest
from typer.testing import CliRunner

from benchmarks.cli import app
from geodata.network import StreetNetwork
from geodata.overpass import NoAnswer, Service, fetch_network
from geodata.speeds import ROADS, RoadTable
from geodata.streets import load_network
from routing import InvalidInput

BOX = (106.690, -6.310, 106.710, -6.290)
NODES = {
    # A ring of four streets, a one-way bend through node 5, a toll road and a gated lane.
    1: (106.695, -6.305),
    2: (106.705, -6.305),
    3: (106.705, -6.295),
    4: (106.695, -6.295),
    5: (106.7055, -6.300),
    6: (106.700, -6.300),
    7: (106.6955, -6.300),
}
WHOLE = 4
"""Nodes that remain: the ring's corners; 5 and 7 are bends, 6 hangs on closed ways."""
WAYS = [
    ([1, 2], {"highway": "primary", "name": "Jalan Raya Serpong"}),
    ([2, 5, 3], {"highway": "secondary", "oneway": "yes"}),
    ([3, 4], {"highway": "residential", "name": "Gang Mawar"}),
    ([4, 7, 1], {"highway": "residential"}),
    ([1, 6], {"highway": "primary", "toll": "yes"}),
    ([6, 3], {"highway": "service", "access": "private"}),
]


def _answer(**more: object) -> bytes:
    nodes = [{"type": "node", "id": key, "lat": lat, "lon": lon} for key, (lon, lat) in NODES.items()]
    ways = [{"type": "way", "id": 100 + at, "nodes": on, "tags": tags} for at, (on, tags) in enumerate(WAYS)]
    head = {
        "version": 0.6,
        "generator": "Overpass API 0.7.62.1 084b4234",
        "osm3s": {
            "timestamp_osm_base": "2026-05-06T07:00:00Z",
            "copyright": "The data included in this document is from www.openstreetmap.org.",
        },
    }
    return json.dumps(head | {"elements": nodes + ways} | more).encode()


PLACE = json.dumps(
    [
        {
            "place_id": 1,
            "licence": "Data © OpenStreetMap contributors, ODbL 1.0",
            "osm_type": "relation",
            "osm_id": 7641583,
            "lat": "-6.300",
            "lon": "106.700",
            "class": "boundary",
            "type": "administrative",
            "place_rank": 10,
            "importance": 0.5,
            "addresstype": "city",
            "name": "Tangerang Selatan",
            "display_name": "Tangerang Selatan, Banten, Indonesia",
            "boundingbox": ["-6.310", "-6.290", "106.690", "106.710"],
            "geojson": {
                "type": "Polygon",
                "coordinates": [[[106.69, -6.31], [106.71, -6.31], [106.71, -6.29], [106.69, -6.29], [106.69, -6.31]]],
            },
        }
    ]
).encode()


@dataclass
class _Server:
    """What it says, in turn; after the last, the whole answer. `asked` holds what it was asked."""

    replies: list[tuple[int, bytes, dict[str, str], float]] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    agents: list[str] = field(default_factory=list)
    place: bytes = PLACE
    whole: bytes = field(default_factory=_answer)
    url: str = ""

    def says(self, status: int = 200, body: bytes | None = None, *, wait: float = 0.0, **headers: str) -> None:
        named = {key.replace("_", "-"): value for key, value in headers.items()}
        self.replies.append((status, self.whole if body is None else body, named, wait))


@pytest.fixture
def server() -> Iterator[_Server]:
    script = _Server()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            query = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())["data"][0]
            script.asked.append(query)
            script.agents.append(self.headers["User-Agent"])
            self._reply(*(script.replies.pop(0) if script.replies else (200, script.whole, {}, 0.0)))

        def do_GET(self) -> None:
            script.asked.append(self.path)
            self._reply(200, script.place, {}, 0.0)

        def _reply(self, status: int, body: bytes, headers: dict[str, str], wait: float) -> None:
            time.sleep(wait)
            self.send_response(status)
            for key, value in (
                {"Content-Length": str(len(body)), "Content-Type": "application/json"} | headers
            ).items():
                self.send_header(key, value)
            self.end_headers()
            try:
                self.wfile.write(body)
            except OSError:
                script.agents.append("gone before the answer")

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as listening:
        listening.daemon_threads = False
        script.url = f"http://127.0.0.1:{listening.server_port}"
        threading.Thread(target=listening.serve_forever, args=(0.01,), daemon=True).start()
        yield script
        listening.shutdown()


def _service(server: _Server, tmp_path: Path, **changes: object) -> Service:
    told = Service(
        cache=tmp_path / "answers",
        overpass=f"{server.url}/api",
        nominatim=f"{server.url}/",
        timeout=5.0,
        attempts=3,
        pause=0.01,
    )
    return replace(told, **changes)  # type: ignore[arg-type]


def _fetch(
    server: _Server, tmp_path: Path, area: object = BOX, *, roads: RoadTable = ROADS, **changes: object
) -> StreetNetwork:
    return fetch_network(area, name="town", roads=roads, service=_service(server, tmp_path, **changes))  # type: ignore[arg-type]


def test_a_box_is_downloaded_with_classes_names_bends_and_directions(server, tmp_path):
    network = _fetch(server, tmp_path)
    assert (network.name, network.nodes) == ("town", WHOLE)
    km = network.summary()["by_class"]
    # 0.01 degrees are 1.105 km east-west and 1.112 km north-south here.
    assert km["primary"] == pytest.approx(1.105, abs=0.01)
    assert km["secondary"] == pytest.approx(1.117, abs=0.01)
    assert {network.name_of(edge) for edge in range(network.edges)} == {"", "Jalan Raya Serpong", "Gang Mawar"}
    one_way = network.one_way().nonzero()[0].tolist()
    assert [len(network.line(edge)) for edge in one_way] == [3]


def test_toll_roads_and_private_lanes_are_closed(server, tmp_path):
    (dropped,) = _fetch(server, tmp_path).dropped
    assert (dropped.reason, dropped.nodes) == ("closed to motorcycles", 1)
    assert dropped.km == pytest.approx(2 * 0.784, abs=0.01)


def test_a_table_may_open_what_is_private(server, tmp_path):
    roads = RoadTable(speeds={**ROADS.speeds, "forbidden": 12.0}, closed=ROADS.closed - {"forbidden"})
    summary = _fetch(server, tmp_path, roads=roads).summary()
    assert summary["by_class"]["forbidden"] == pytest.approx(0.784, abs=0.01)
    assert summary["nodes"] == WHOLE + 1


def test_a_place_is_found_by_its_name(server, tmp_path):
    assert _fetch(server, tmp_path, "Tangerang Selatan").nodes == WHOLE
    assert any("q=Tangerang" in each for each in server.asked)
    assert "poly:" in server.asked[-1]


def test_closed_roads_are_not_asked_for_and_we_say_who_asks(server, tmp_path):
    _fetch(server, tmp_path)
    assert "motorway" in server.asked[0]
    assert "kurir" in server.agents[0]


def test_what_has_come_is_not_asked_for_again(server, tmp_path):
    first = _fetch(server, tmp_path)
    again = _fetch(server, tmp_path)
    assert len(server.asked) == 1
    assert first.summary() == again.summary()


def test_a_busy_server_is_asked_again_when_it_says(server, tmp_path):
    server.says(429, b"<html>Too Many Requests</html>", Retry_After="1")
    told: list[str] = []
    began = time.monotonic()
    assert _fetch(server, tmp_path, on_progress=told.append).nodes == WHOLE
    assert time.monotonic() - began > 1
    assert told[0].startswith("429 Too Many Requests: asking again in 1 s")
    assert "1 answers" in told[-1]


def test_a_server_that_stays_busy_is_left_alone_after_the_attempts(server, tmp_path):
    for _ in range(9):
        server.says(429, b"")
    with pytest.raises(NoAnswer, match=r"interpreter: gave no full answer, asked 3 times \(429 Too Many Requests\)"):
        _fetch(server, tmp_path)
    assert len(server.asked) == 3


def test_a_late_answer_is_not_waited_for(server, tmp_path):
    server.says(wait=1.5)
    server.says(wait=1.5)
    with pytest.raises(NoAnswer, match=r"no answer within 0.4 s"):
        _fetch(server, tmp_path, timeout=0.4, attempts=2)
    assert len(server.asked) == 2


def test_a_late_answer_is_asked_for_again(server, tmp_path):
    server.says(wait=1.2)
    assert _fetch(server, tmp_path, timeout=0.6).nodes == WHOLE
    assert len(server.asked) == 2


@pytest.mark.parametrize("announced", [True, False])
def test_an_answer_that_breaks_off_is_asked_for_again_and_never_kept(server, tmp_path, announced):
    half = _answer()[:400]
    length = {"Content_Length": str(len(_answer()))} if announced else {}
    server.says(200, half, **length)
    assert _fetch(server, tmp_path).nodes == WHOLE
    (kept,) = (tmp_path / "answers").glob("*.json")
    assert len(json.loads(kept.read_text())["elements"]) == len(NODES) + len(WAYS)


def test_an_answer_that_the_server_cut_short_is_no_answer(server, tmp_path):
    remark = 'runtime error: Query timed out in "query" at line 1 after 181 seconds.'
    short = json.loads(_answer())
    short["elements"] = short["elements"][:5]
    server.says(200, json.dumps(short | {"remark": remark}).encode())
    assert _fetch(server, tmp_path).nodes == WHOLE
    assert len(server.asked) == 2


def test_a_torn_file_among_the_kept_answers_is_asked_for_again(server, tmp_path):
    _fetch(server, tmp_path)
    (kept,) = (tmp_path / "answers").glob("*.json")
    kept.write_bytes(kept.read_bytes()[:300])
    assert _fetch(server, tmp_path).nodes == WHOLE
    assert len(server.asked) == 2


def test_a_download_that_was_given_up_goes_on_where_it_stopped(server, tmp_path, monkeypatch):
    # 300 m across: the box of 2.2 km with OSMnx's margin becomes several questions.
    monkeypatch.setattr("geodata.overpass.PART_KM2", 3.0)
    for _ in range(2):
        server.says()
    for _ in range(3):
        server.says(504, b"")
    with pytest.raises(NoAnswer, match="the 2 answers that came are kept"):
        _fetch(server, tmp_path)
    first = len(server.asked)
    assert first == 5
    assert _fetch(server, tmp_path).nodes == WHOLE
    whole = set(server.asked)
    assert len(server.asked) == first + len(whole) - 2  # the two that came were not asked for again


def test_a_server_that_refuses_the_question_is_not_asked_again(server, tmp_path):
    server.says(400, b"bad query")
    with pytest.raises(NoAnswer, match="answered 400 Bad Request"):
        _fetch(server, tmp_path)
    assert len(server.asked) == 1


def test_no_server_at_all_is_named(tmp_path):
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        nowhere = _Server(url=f"http://127.0.0.1:{unused.getsockname()[1]}")
        with pytest.raises(NoAnswer, match=r"127\.0\.0\.1.*no connection"):
            _fetch(nowhere, tmp_path, attempts=1)


def test_an_empty_area_and_an_unknown_place_are_bad_input(server, tmp_path):
    server.whole = _answer(elements=[])
    with pytest.raises(InvalidInput, match="holds no streets"):
        _fetch(server, tmp_path)
    server.place = b"[]"
    with pytest.raises(InvalidInput, match="Atlantis: place: is no place with a boundary"):
        _fetch(server, tmp_path, "Atlantis")


@pytest.mark.parametrize("box", [(106.71, -6.31, 106.69, -6.29), (106.69, -91.0, 106.71, -6.29)])
def test_a_box_that_is_none_is_refused_before_anything_is_asked(server, tmp_path, box):
    with pytest.raises(InvalidInput, match=r"expected west,south,east,north"):
        _fetch(server, tmp_path, box)
    assert server.asked == []


def test_osmnx_and_the_process_are_left_as_they_were(server, tmp_path):
    from osmnx import settings

    before = (settings.overpass_url, settings.requests_kwargs, settings.cache_folder, socket.getaddrinfo)
    _fetch(server, tmp_path)
    assert before == (settings.overpass_url, settings.requests_kwargs, settings.cache_folder, socket.getaddrinfo)


def _run(server: _Server, tmp_path: Path, *more: str) -> object:
    box = ",".join(str(each) for each in BOX)
    fixed = ["network", "fetch", "--bbox", box, "-o", str(tmp_path / "town.npz"), "--cache", str(tmp_path / "kept")]
    return CliRunner().invoke(app, [*fixed, "--overpass", f"{server.url}/api", "--pause", "0.01", *more])


def test_the_command_writes_a_prepared_network(server, tmp_path):
    result = _run(server, tmp_path, "--json")
    assert result.exit_code == 0
    figures = json.loads(result.stdout)
    assert {"nodes", "edges", "km", "connected_share", "by_class"} <= set(figures)
    assert load_network(tmp_path / "town.npz").nodes == figures["nodes"] == WHOLE


def test_the_command_ends_with_2_and_one_line_where_there_is_no_answer(server, tmp_path):
    for _ in range(4):
        server.says(503, b"")
    result = _run(server, tmp_path, "--attempts", "2")
    assert result.exit_code == 2
    assert result.stderr.count("\n") == 1
    assert "gave no full answer, asked 2 times (503 Service Unavailable)" in result.stderr
    assert not (tmp_path / "town.npz").exists()
