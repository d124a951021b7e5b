from __future__ import annotations

import base64
import hashlib
import json
import re
import shutil
import socketserver
import subprocess
import threading
import time
from html import unescape
from html.parser import HTMLParser

import numpy as np
import pytest

from geodata.around import kelurahan_around
from geodata.backdrop import Backdrop
from geodata.colours import RUN_COLOURS, run_colour
from geodata.demand import example_day
from geodata.export import write_outputs
from geodata.figures import key_figures
from geodata.gazetteer import nearest_kelurahan
from geodata.page import TILES, page_html
from routing import Cluster, CostBreakdown, Day, Driver, Hub, Place, Plan, Request, Run, TravelTimes, Unserved, Visit
from tests.routing.handmade import mixed_day, mixed_plan

HOSTILE = "</script><img src=x onerror=\"document.title='owned'\">\u2028'&amp;{{7*7}}"


def hostile_case():
    """A small day in which every text is an attack."""
    places = (Place("hub" + HOSTILE, 106.666, -6.308), Place("door" + HOSTILE, 106.70, -6.30))
    window = ((28_800, 36_000),)
    requests = (Request("R" + HOSTILE, "return", 1, 2, window), Request("P" + HOSTILE, "pickup", 1, 1, window))
    driver = Driver("D" + HOSTILE, 0, 0, (25_200, 57_600), 10)
    day = Day(
        date="2026-03-02",
        places=places,
        requests=requests,
        drivers=(driver,),
        hub=Hub(0, ((25_200, 57_600),), lanes=1, base=60),
        travel=TravelTimes(np.array([[0, 600], [600, 0]]), np.array([[0, 5000], [5000, 0]])),
    )
    visits = (
        Visit("start", 0, 28_800, 28_800, 28_800, 0),
        Visit("hub", 0, 28_800, 28_800, 28_860, 2, 0, (), (requests[0].id,)),
        Visit("stop", 1, 29_460, 29_460, 29_460, 0, None, (requests[0].id,)),
        Visit("end", 0, 30_060, 30_060, 30_060, 0),
    )
    plan = Plan(
        runs=(Run(driver.id, visits, 10_000, 1260, 0),),
        unserved=(Unserved(requests[1].id, "no-time" + HOSTILE, "because" + HOSTILE),),
        cost=CostBreakdown(1_000_000, 0, 0, 0, 1_000_000, 12_750),
        clusters=(Cluster("C" + HOSTILE, (requests[0].id,)),),
        version=HOSTILE,
    )
    return day, plan, {requests[0].id: "Jl. " + HOSTILE}


def crowded_case(drivers=25, stops=40):
    """A thousand requests on forty-point legs, at any times."""
    rng = np.random.default_rng(1)
    count = drivers * stops + 1
    lon, lat = 106.64 + 0.13 * rng.random(count), -6.36 + 0.12 * rng.random(count)
    places = tuple(Place(f"H{i:04}", float(x), float(y)) for i, (x, y) in enumerate(zip(lon, lat, strict=True)))
    requests = tuple(Request(f"R{i:04}", "return", i) for i in range(1, count))
    seconds = rng.integers(200, 900, (count, count))
    np.fill_diagonal(seconds, 0)
    fleet = tuple(Driver(f"K-{i:02}", 0, 0, (25_200, 57_600), 50) for i in range(drivers))
    day = Day("2026-03-02", places, requests, fleet, Hub(0, lanes=2, base=30), TravelTimes(seconds, seconds * 7))
    runs = tuple(_crowded_run(day, index, stops) for index in range(drivers))
    return day, Plan(runs, (), CostBreakdown(0, 0, 0, 0, 0, 0))


def _crowded_run(day, index, stops):
    mine = range(1 + index * stops, 1 + (index + 1) * stops)
    visits = [Visit("start", 0, 25_200, 25_200, 25_200, 0)]
    ids = tuple(day.requests[place - 1].id for place in mine)
    visits.append(Visit("hub", 0, 25_200, 25_200 + 60 * index, 25_230 + 60 * index, stops, index % 2, (), ids))
    for place in mine:
        at = visits[-1].end + int(day.travel.seconds[visits[-1].place, place])
        load = visits[-1].load_after - 1
        visits.append(Visit("stop", place, at, at, at + 120, load, requests=(day.requests[place - 1].id,)))
    at = visits[-1].end + 600
    visits.append(Visit("end", 0, at, at, at, 0))
    return Run(day.drivers[index].id, tuple(visits), 0, at - 25_200, 0)


def winding_paths(day):
    def paths(legs, /):
        return [_winding(day.places[a], day.places[b]) for a, b in legs]

    return paths


def _winding(a, b):
    share = np.linspace(0, 1, 40)
    sway = 0.002 * np.sin(share * 20)
    return list(zip(a.lon + share * (b.lon - a.lon) + sway, a.lat + share * (b.lat - a.lat) - sway, strict=True))


class Tags(HTMLParser):
    def __init__(self, html):
        super().__init__()
        self.tags, self.attributes = [], []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += [(tag, name, value or "") for name, value in attrs]


def data_of(html):
    return json.loads(re.search(r'<script type="application/json" id="data">(.*?)</script>', html, re.DOTALL)[1])


def test_whatever_an_id_contains_is_text():
    day, plan, labels = hostile_case()
    html = page_html(day, plan, labels=labels)
    seen = Tags(html)
    assert seen.tags.count("script") == 2
    assert "img" not in seen.tags
    assert not [name for _, name, _ in seen.attributes if name.startswith("on")]
    assert "49" not in re.findall(r"&amp;amp;(.{0,20})", html)[0]
    data = data_of(html)
    assert data["requests"][0][0] == day.requests[0].id
    assert data["requests"][0][3] == labels[day.requests[0].id]
    assert data["runs"][0]["driver"] == day.drivers[0].id


def test_the_embedded_data_has_no_character_that_html_or_old_scripts_mind():
    day, plan, labels = hostile_case()
    raw = re.search(r'id="data">(.*?)</script>', page_html(day, plan, labels=labels), re.DOTALL)[1]
    assert not set(raw) & set("<>&\u2028\u2029")


def test_only_the_page_s_own_script_may_run():
    html = page_html(mixed_day(), mixed_plan())
    script = re.search(r"<script>(.*?)</script>", html, re.DOTALL)[1]
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    policy = unescape(re.search(r'Content-Security-Policy" content="([^"]*)"', html)[1])
    assert f"script-src 'sha256-{digest}'" in policy
    assert "default-src 'none'" in policy


def test_nothing_on_the_page_refers_to_the_network():
    seen = Tags(page_html(mixed_day(), mixed_plan()))
    links = [value for tag, name, value in seen.attributes if name in ("src", "href", "srcset", "data", "action")]
    assert [link for link in links if not link.startswith(("#", "data:"))] == []
    assert not {"link", "iframe", "object", "embed", "img"} & set(seen.tags) - {"link"}


def test_figures_are_those_of_the_plan():
    day, plan = mixed_day(), mixed_plan()
    figures = key_figures(day, plan)
    documents = {request.id: request.documents for request in day.requests}
    served = [name for run in plan.runs for name in run.requests]
    assert (figures.served, figures.unserved) == (10, 1)
    assert figures.documents == sum(documents[name] for name in served) == 14
    assert figures.metres == sum(run.metres for run in plan.runs)
    assert figures.operating_cost == plan.cost.runs + plan.cost.distance + plan.cost.time
    assert figures.saving == plan.cost.point_to_point - figures.operating_cost
    hours = sum(run.paid_seconds for run in plan.runs) / 3600
    assert figures.documents_per_driver_hour == pytest.approx(14 / hours)
    # 7-12 and 13-16 on two lanes are 16 lane-hours
    busy = sum(visit.end - visit.begin for run in plan.runs for visit in run.visits if visit.type == "hub")
    assert figures.lane_use == pytest.approx(busy / (16 * 3600))


def test_hours_add_up_to_those_paid_and_the_breaks():
    figures, runs = key_figures(mixed_day(), mixed_plan()), mixed_plan().runs
    at_doors_and_hub = sum(v.end - v.begin for run in runs for v in run.visits if v.type in ("stop", "hub"))
    waiting = figures.waiting_seconds + figures.hub_queue_seconds
    assert figures.driving_seconds + waiting + at_doors_and_hub == figures.paid_seconds


def test_tables_name_costs_unserved_reasons_and_clusters():
    day = mixed_day()
    plan = mixed_plan().replace(clusters=(Cluster("Pondok Aren pagi", ("R1", "R2", "R5")),))
    html = page_html(day, plan)
    for amount in (plan.cost.total, plan.cost.runs, plan.cost.distance, plan.cost.time, plan.cost.point_to_point):
        assert f"{amount:,}" in html
    unserved = html[html.index('id="unserved"') :]
    assert "<td>R5</td><td>return</td>" in unserved
    assert "no driver has time left <code>no-time</code>" in unserved
    assert "Pondok Aren pagi" in html


def test_an_unserved_request_is_named_once_in_its_row():
    plan = mixed_plan()
    named = tuple(Unserved(each.request, each.code, f"{each.request}: nobody came") for each in plan.unserved)
    html = page_html(mixed_day(), plan.replace(unserved=named))
    assert "<td>nobody came <code>" in html


def test_a_cluster_says_which_kelurahan_it_is_around():
    day = example_day(40, seed=3)
    office = next(place for place in day.places if place.id.startswith("office-"))
    near = tuple(request.id for request in day.requests if day.places[request.place] == office)
    assert kelurahan_around(day, Cluster("C01", near)) == office.id.removeprefix("office-").replace("-", " ").title()
    everybody = Cluster("C02", tuple(request.id for request in day.requests))
    assert len(kelurahan_around(day, everybody).split(", ")) == 2
    assert nearest_kelurahan(106.82, -6.17) is None  # Jakarta's Monas


def test_a_day_on_which_nothing_is_served_still_has_a_page():
    day = mixed_day()
    everyone = tuple(Unserved(request.id, "no-driver", "nobody works today") for request in day.requests)
    html = page_html(day, Plan((), everyone, CostBreakdown(11, 0, 0, 0, 11, 0)))
    assert html.count("nobody works today") == len(day.requests)
    assert data_of(html)["runs"] == []


def test_unlimited_lanes_are_said_to_be():
    day = mixed_day()
    html = page_html(day.replace(hub=day.hub.replace(lanes=None)), mixed_plan())
    assert "Lanes are unlimited" in html
    assert data_of(html)["lanes"] is None


def test_colours_stay_apart_and_repeat_only_after_thirty():
    assert len(set(RUN_COLOURS)) == 30
    assert run_colour(31) == RUN_COLOURS[1]
    rgb = [[int(colour[i : i + 2], 16) for i in (1, 3, 5)] for colour in RUN_COLOURS]
    apart = [sum((a - b) ** 2 for a, b in zip(x, y, strict=True)) for i, x in enumerate(rgb) for y in rgb[:i]]
    assert min(apart) > 30**2


def test_colours_contrast_with_the_map():
    for colour in RUN_COLOURS:
        channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
        luminance = 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
        assert 1.05 / (luminance + 0.05) > 3.0  # the least WCAG asks of graphics


def test_a_thousand_requests_are_written_in_seconds_and_stay_small(tmp_path):
    day, plan = crowded_case()
    begin = time.process_time()
    write_outputs(day, plan, tmp_path, street_paths=winding_paths(day))
    assert time.process_time() - begin < 5
    assert (tmp_path / "plan.html").stat().st_size < 3_000_000


# --- in a browser -----------------------------------------------------------------------------------------

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
in_browser = pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed")
FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-default-apps",
    "--disable-domain-reliability",
    "--disable-client-side-phishing-detection",
    "--hide-scrollbars",
    "--enable-logging=stderr",
    "--virtual-time-budget=2000",
]
BROWSERS_OWN = (".google.com", ".googleapis.com", ".gvt1.com", ".gstatic.com")


class _Refusing(socketserver.BaseRequestHandler):
    """A proxy that notes what is asked for and answers nothing."""

    def handle(self):
        asked = self.request.recv(4096).split(b"\r\n")[0].decode("latin-1")
        host = re.sub(r"^\S+ (\w+://)?([^/:\s]*).*", r"\2", asked)
        if not host.endswith(BROWSERS_OWN):
            self.server.asked.append(host)


@pytest.fixture
def refusing_proxy():
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), _Refusing) as server:
        server.daemon_threads = True
        server.asked = []
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


def browse(url, tmp_path, proxy, *more):
    """Open a page in a browser whose every request goes to a proxy that refuses; return what it wrote."""
    command = [CHROMIUM, *FLAGS, f"--user-data-dir={tmp_path / 'profile'}"]
    command += [f"--proxy-server=127.0.0.1:{proxy.server_address[1]}", "--proxy-bypass-list=<-loopback>", *more, url]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
    assert "CONSOLE" not in done.stderr, done.stderr
    return done.stdout


def written(tmp_path, html):
    path = tmp_path / "plan.html"
    path.write_text(html, encoding="utf-8")
    return path.as_uri()


@in_browser
def test_the_page_draws_and_fetches_nothing(tmp_path, refusing_proxy):
    day, plan = mixed_day(), mixed_plan()
    dom = browse(written(tmp_path, page_html(day, plan)), tmp_path, refusing_proxy, "--dump-dom")
    assert 'data-ready="yes"' in dom
    assert 'data-drawn="day"' in dom
    drivers = dom[dom.index('id="drivers-timeline"') : dom.index('id="lanes-timeline"')]
    assert drivers.count(" stop ") == sum(len(run.stops) for run in plan.runs)
    assert drivers.count(" break</title>") == sum(v.type == "break" for run in plan.runs for v in run.visits)
    lanes = dom[dom.index('id="lanes-timeline"') :]
    assert lanes.count(" out</title>") == sum(v.type == "hub" for run in plan.runs for v in run.visits)
    assert refusing_proxy.asked == []


@in_browser
def test_a_run_is_on_the_map_in_its_colour(tmp_path, refusing_proxy):
    day, plan = mixed_day(), mixed_plan()
    lanes = tuple([(106.69 + i / 500, -6.4), (106.69 + i / 500, -6.2)] for i in range(12))
    html = page_html(day, plan, backdrop=Backdrop((), (), lanes, "test streets"), street_paths=winding_paths(day))
    url = written(tmp_path, html) + "#driver=D2"
    picture = tmp_path / "page.png"
    browse(url, tmp_path, refusing_proxy, f"--screenshot={picture}", "--window-size=1200,900")
    of_d2 = pixels_of(picture, run_colour(1))
    assert of_d2 > 500
    assert pixels_of(picture, run_colour(0)) < of_d2 / 10  # the others have stepped back


def pixels_of(picture, colour):
    """How many pixels of the map, which begins 300 px down, are of about this colour."""
    from matplotlib.image import imread

    pixels = (imread(picture)[300:, 80:800, :3] * 255).round().astype(int)
    return int((abs(pixels - [int(colour[i : i + 2], 16) for i in (1, 3, 5)]).sum(axis=2) < 60).sum())


@in_browser
def test_the_clock_moves_and_a_driver_is_chosen(tmp_path, refusing_proxy):
    url = written(tmp_path, page_html(mixed_day(), mixed_plan())) + "#driver=D2&time=09:15"
    dom = browse(url, tmp_path, refusing_proxy, "--dump-dom")
    assert 'data-drawn="09:15"' in dom
    assert re.search(r'id="moment">09:15<', dom)
    assert "Itinerary of D2" in dom
    assert re.findall(r'data-run="(\d)" aria-pressed="true"', dom) == ["1"]
    assert dom.count('class="now" visibility="visible"') == 2
    assert refusing_proxy.asked == []


@in_browser
def test_ids_that_attack_are_only_text_in_a_browser(tmp_path, refusing_proxy):
    day, plan, labels = hostile_case()
    dom = browse(written(tmp_path, page_html(day, plan, labels=labels)), tmp_path, refusing_proxy, "--dump-dom")
    assert 'data-ready="yes"' in dom
    assert "<title>Plan for Monday, 2 March 2026</title>" in dom
    assert "<img" not in re.sub(r"(?s)<script.*?</script>", "", dom)
    assert refusing_proxy.asked == []


@in_browser
def test_street_tiles_are_fetched_once_asked_for(tmp_path, refusing_proxy):
    html = page_html(mixed_day(), mixed_plan())
    asked_for = html.replace('data-layer="tiles"', 'data-layer="tiles" checked')
    assert asked_for != html
    command = [CHROMIUM, *FLAGS, f"--user-data-dir={tmp_path / 'profile'}", "--dump-dom"]
    command += [f"--proxy-server=127.0.0.1:{refusing_proxy.server_address[1]}", written(tmp_path, asked_for)]
    dom = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True).stdout
    assert set(refusing_proxy.asked) == {TILES.split("/")[2]}
    assert "No tiles:" in dom
