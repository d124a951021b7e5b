"""The page in a real browser that has no network: what it shows, how it is used, that it fetches nothing."""

from __future__ import annotations

import itertools
import math
import re
import socketserver
import threading
from pathlib import Path

import numpy as np
import pytest

from geodata import load_network, prepare, snap
from geodata.backdrop import Backdrop, street_backdrop
from geodata.colours import run_colour
from geodata.legs import departures, leg_lines, network_paths
from geodata.page import TILES, page_html
from tests.geodata.chromium import Chromium, in_browser
from tests.geodata.page_cases import crowded_case, hostile_case, live_case, winding_paths
from tests.routing.handmade import hm, mixed_day, mixed_plan, on_board

pytestmark = in_browser

REAL = Path(__file__).parents[3] / "shared" / "data" / "geo" / "tangsel_motor_scc.graphml.gz"
BROWSERS_OWN = (".google.com", ".googleapis.com", ".gvt1.com", ".gstatic.com")


class _Refusing(socketserver.BaseRequestHandler):
    """A proxy that notes what is asked for and answers nothing; a connection closed unused has asked for nothing."""

    def handle(self):
        asked = self.request.recv(4096).split(b"\r\n")[0].decode("latin-1")
        host = re.sub(r"^\S+ (\w+://)?([^/:\s]*).*", r"\2", asked)
        if asked and not host.endswith(BROWSERS_OWN):
            self.server.asked.append(host)


@pytest.fixture(scope="module")
def refusing_proxy():
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), _Refusing) as server:
        server.daemon_threads = True
        server.asked = []
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


@pytest.fixture(scope="module")
def browser(tmp_path_factory, refusing_proxy):
    """A browser whose every request goes to a proxy that refuses."""
    address = f"--proxy-server=127.0.0.1:{refusing_proxy.server_address[1]}"
    opened = Chromium(tmp_path_factory.mktemp("profile"), address, "--proxy-bypass-list=<-loopback>", "about:blank")
    yield opened
    opened.close()


@pytest.fixture
def show(browser, refusing_proxy, tmp_path):
    """Open a page with the network cut; afterwards nothing was fetched and nothing complained."""
    pages = []

    def opened(html, *, fragment="", **size):
        path = tmp_path / "plan.html"
        path.write_text(html, encoding="utf-8")
        pages.append(browser.open(path.as_uri() + fragment, **size))
        assert pages[-1].run("document.documentElement.dataset.ready") == "yes"
        return pages[-1]

    refusing_proxy.asked.clear()
    yield opened
    for page in pages:
        assert page.complaints() == []
        assert page.fetched() == []
        page.__exit__()
    assert refusing_proxy.asked == []


def mixed_page(**options):
    return page_html(mixed_day(), mixed_plan(), **options)


# --- it draws -------------------------------------------------------------------------------------------------


def test_the_page_draws_map_and_timelines(show):
    plan = mixed_plan()
    page = show(mixed_page())
    assert page.run("canvas.dataset.drawn") == "day"
    titles = page.run("[...document.querySelectorAll('#drivers-timeline title')].map((each) => each.textContent)")
    visits = [visit for run in plan.runs for visit in run.visits]
    assert sum(" stop " in title for title in titles) == sum(visit.type == "stop" for visit in visits)
    assert sum(title.endswith(" break") for title in titles) == sum(visit.type == "break" for visit in visits)
    lanes = page.run("document.querySelectorAll('#lanes-timeline title').length")
    assert lanes == sum(visit.type == "hub" for visit in visits)


def test_streets_lie_under_the_runs_and_can_be_left_out(show):
    streets = Backdrop((), (), tuple([(106.69 + i / 500, -6.4), (106.69 + i / 500, -6.2)] for i in range(12)), "a test")
    page = show(mixed_page(backdrop=streets))
    assert page.run("credit.textContent") == "a test"
    with_streets = page.run("canvas.toDataURL()")
    page.click("[data-layer=streets]")
    page.when("!state.layers.streets")
    page.run("drawMap()")
    without = page.run("canvas.toDataURL()")
    assert without != with_streets
    assert page.run("drawMap(), canvas.toDataURL()") == without


def test_a_thousand_requests_on_the_city_s_streets_are_a_small_file_that_draws(show):
    if not REAL.exists():
        pytest.skip(f"no {REAL.name} of the shared data here")
    day, plan = crowded_case()
    prepared = prepare(load_network(REAL))
    lons, lats = [place.lon for place in day.places], [place.lat for place in day.places]
    names = [place.id for place in day.places]
    nodes = snap(prepared.network, lons, lats, names=names, max_metres=10_000).nodes
    paths = network_paths(prepared.paths, nodes.tolist())
    html = page_html(day, plan, street_paths=paths, backdrop=street_backdrop(prepared.network))
    assert len(html) < 1_500_000
    page = show(html, fragment="#time=08:30")
    assert page.run("given.streets[2].length") > 1000
    assert page.run("countsAt(state.time).road") > 5
    assert page.run("canvas.dataset.drawn") == "08:30"


def test_a_run_is_on_the_map_in_its_colour_and_alone_when_chosen(show, tmp_path):
    page = show(mixed_page(street_paths=winding_paths(mixed_day())), fragment="#driver=D2")
    picture = page.picture(tmp_path / "page.png")
    assert pixels_of(picture, run_colour(1)) > 500
    assert pixels_of(picture, run_colour(0)) < 30


def pixels_of(picture, colour):
    """How many pixels of the map, which begins 300 px down, are of about this colour."""
    from matplotlib.image import imread

    pixels = (imread(picture)[300:, 80:800, :3] * 255).round().astype(int)
    return int((abs(pixels - [int(colour[i : i + 2], 16) for i in (1, 3, 5)]).sum(axis=2) < 60).sum())


def test_ids_that_attack_are_only_text(show):
    day, plan, labels = hostile_case()
    page = show(page_html(day, plan, labels=labels), fragment="#time=08:15")
    page.run("showOnly(0); goTo(29460); showTip({x: driversOnMap()[0].x, y: driversOnMap()[0].y})")
    assert page.run("document.title") == "Plan for Monday, 2 March 2026"
    assert page.run("document.querySelectorAll('img, script[src]').length") == 0
    assert day.drivers[0].id in page.run("tip.textContent")


# --- the slider -----------------------------------------------------------------------------------------------


def test_the_slider_moves_by_mouse_and_the_map_with_it(show):
    page = show(mixed_page())
    whole_day = page.run("canvas.toDataURL()")
    page.click("#slider", across=0.3)
    page.when("canvas.dataset.drawn !== 'day'")
    first, drawn = page.run("state.time"), page.run("canvas.toDataURL()")
    begin, end = page.run("[span.from, span.to]")
    assert first == pytest.approx(begin + 0.3 * (end - begin), abs=600)
    assert drawn != whole_day
    page.click("#slider", across=0.6)
    page.when(f"state.time > {first} && canvas.dataset.drawn === hours(state.time)")
    assert page.run("canvas.toDataURL()") != drawn


def test_the_slider_moves_by_keys_and_says_who_does_what(show):
    page = show(mixed_page(), fragment="#time=09:15")
    assert page.run("clockFace.textContent") == "09:15"
    page.run("slider.focus()")
    page.press("ArrowRight")
    assert page.run("state.time") == hm("09:16")
    page.press("ArrowLeft", shift=True)
    assert page.run("state.time") == hm("09:01")
    page.press("PageUp")
    assert page.run("state.time") == hm("10:01")
    counts = page.run("countsAt(state.time)")
    assert sum(counts.values()) == 3
    said = ", ".join(f"{number} {page.run(f'DOINGS.{name}.name')}" for name, number in counts.items() if number)
    assert page.run("slider.getAttribute('aria-valuetext')") == f"10:01, {said}"
    page.click("#whole")
    assert page.run("state.time") is None
    assert page.run("slider.getAttribute('aria-valuetext')") == "whole day"


def test_the_day_plays_until_it_is_paused(show):
    page = show(mixed_page(), fragment="#time=09:00")
    page.click("#play")
    page.when(f"state.time > {hm('09:01')}")
    page.click("#play")
    stands = page.run("state.time")
    assert page.run("new Promise((done) => setTimeout(() => done(state.time), 150))") == stands
    assert page.run("play.getAttribute('aria-label')") == "Play the day"


def test_the_timelines_show_the_same_moment(show):
    page = show(mixed_page(), fragment="#time=09:15")
    assert page.run("document.querySelectorAll('.timeline .now[visibility=visible]').length") == 2


# --- the numbers behind it ------------------------------------------------------------------------------------


def map_units(day, lon, lat, corner):
    """Where a point is in the page's units: 1e-5 degrees east of the corner, Mercator southward."""

    def stretched(degrees):
        return math.degrees(math.log(math.tan(math.pi / 4 + math.radians(degrees) / 2)))

    return lon * 1e5 - corner[0], (stretched(corner[1] / 1e5) - stretched(lat)) * 1e5


def moments(page, asked):
    """What drivers do at moments: pairs of a driver's id and seconds after midnight."""
    shape = "({doing, at, until, load, visit, index, ...here}) => ({doing, at, until, load, index, type: visit.type,"
    shape += " ids: [...here.onBoard.deliver, ...here.onBoard.handIn].map((each) => each.id).sort()})"
    listed = [[driver, time] for driver, time in asked]
    script = f"{listed}.map(([driver, time]) => momentOf(runs.find((run) => run.driver === driver), time)).map({shape})"
    return page.run(script)


def in_service(visit):
    return {"start": "before", "stop": "door", "hub": "lane", "break": "rest", "end": "after"}[visit.type]


@pytest.mark.parametrize("case", ["morning", "under way"])
def test_a_driver_is_where_the_plan_says_for_as_long_as_it_says(show, case):
    day, plan = (mixed_day(), mixed_plan()) if case == "morning" else live_case()
    page = show(page_html(day, plan))
    wanted = []
    for run in plan.runs:
        for visit in run.visits:
            waits = "queue" if visit.type == "hub" else "wait"
            for time in {visit.arrive, (visit.arrive + visit.begin) // 2}:
                if time < visit.begin:
                    wanted.append((run.driver, time, visit, waits, visit.begin))
            for time in {visit.begin, (visit.begin + visit.end) // 2, visit.end - 1}:
                if visit.begin <= time < visit.end:
                    wanted.append((run.driver, time, visit, in_service(visit), visit.end))
    assert {each[3] for each in wanted} >= {"door", "lane", "rest", "wait"}
    corner = page.run("given.corner")
    for (driver, time, visit, doing, until), found in zip(
        wanted, moments(page, [each[:2] for each in wanted]), strict=True
    ):
        place = day.places[visit.place]
        assert (found["doing"], found["until"], found["type"]) == (doing, until, visit.type), (driver, time)
        assert found["at"] == pytest.approx(map_units(day, place.lon, place.lat, corner), abs=1)


def test_on_board_is_what_the_ended_visits_left_there(show):
    day, plan = mixed_day(), mixed_plan()
    page = show(page_html(day, plan))
    requests = {request.id: request for request in day.requests}
    times = range(hm("07:00"), hm("16:00"), 197)
    asked = list(itertools.product([run.driver for run in plan.runs], times))
    for (driver, time), found in zip(asked, moments(page, asked), strict=True):
        run = next(run for run in plan.runs if run.driver == driver)
        ids = on_board(requests, [visit for visit in run.visits if visit.end <= time])
        assert found["ids"] == sorted(ids), (driver, time)
        assert found["load"] == sum(requests[name].documents for name in ids)


def test_a_driver_on_a_leg_is_as_far_along_it_as_time_has_passed(show):
    day, plan = mixed_day(), mixed_plan()
    page = show(page_html(day, plan))
    corner, asked, wanted = page.run("given.corner"), [], []
    for run in plan.runs:
        for before, after in itertools.pairwise(run.visits):
            for quarter in (1, 2, 3):
                share = quarter / 4
                asked.append((run.driver, before.end + share * (after.arrive - before.end)))
                ends = [
                    map_units(day, day.places[v.place].lon, day.places[v.place].lat, corner) for v in (before, after)
                ]
                wanted.append([(1 - share) * a + share * b for a, b in zip(*ends, strict=True)])
    rides = [pair for pair in zip(wanted, moments(page, asked), strict=True) if pair[1]["doing"] == "road"]
    assert len(rides) > 30
    for at, found in rides:
        assert found["at"] == pytest.approx(at, abs=1)


def test_a_leg_is_driven_along_its_streets(show):
    from shapely import LineString, Point

    day, plan = mixed_day(), mixed_plan()
    paths = winding_paths(day)
    page = show(page_html(day, plan, street_paths=paths))
    corner = page.run("given.corner")
    run = plan.runs[0]
    before, after = next(pair for pair in itertools.pairwise(run.visits) if pair[0].place != pair[1].place)
    street = leg_lines(day, plan, paths)[before.place, after.place]
    line = LineString([map_units(day, lon, lat, corner) for lon, lat in street])
    times = np.linspace(before.end, after.arrive, 12)[1:-1].tolist()
    found = [Point(each["at"]) for each in moments(page, [(run.driver, time) for time in times])]
    assert max(line.distance(point) for point in found) < 6
    along = [line.project(point) / line.length for point in found]
    assert along == pytest.approx(np.linspace(0, 1, 12)[1:-1].tolist(), abs=0.03)


def test_before_and_after_the_run_a_driver_is_not_on_the_map(show):
    plan = mixed_plan()
    page = show(mixed_page())
    run = plan.runs[0]
    early, late = moments(page, [(run.driver, run.visits[0].end - 60), (run.driver, run.visits[-1].end + 60)])
    assert (early["doing"], late["doing"], late["load"]) == ("before", "after", 0)
    page.run(f"goTo({run.visits[0].end - 60})")
    assert run.driver not in page.run("driversOnMap().map((each) => each.run.driver)")


def test_drivers_at_one_place_stand_beside_each_other(show):
    day, plan = crowded_case(drivers=6, stops=3)
    page = show(page_html(day, plan), fragment="#time=07:00")
    spots = page.run("driversOnMap().map(({ x, y }) => [Math.round(x), Math.round(y)])")
    assert len(spots) == 6
    assert len(set(map(tuple, spots))) == 6


# --- the filter -----------------------------------------------------------------------------------------------


def shown(page):
    return page.run("runs.filter(isShown).map((run) => run.driver)")


def test_ticks_decide_who_is_shown(show):
    page = show(mixed_page(), fragment="#time=09:15")
    page.click("[data-shows='0']")
    assert shown(page) == ["D2", "D3"]
    assert "D1" not in page.run("driversOnMap().map((each) => each.run.driver)")
    assert page.run("shownCount.textContent") == "2 of 3 shown"
    page.click("#none")
    assert shown(page) == []
    page.click("#all")
    assert shown(page) == ["D1", "D2", "D3"]
    assert page.run("rows.map((row) => row.box.checked)") == [True] * 3


def test_ticks_are_set_by_keys(show):
    page = show(mixed_page())
    page.run("document.querySelector('[data-shows=\"1\"]').focus()")
    page.press(" ")
    assert shown(page) == ["D1", "D3"]


def test_a_name_shows_that_driver_alone_and_everybody_when_asked_again(show):
    page = show(mixed_page(), fragment="#time=09:15")
    page.click("button[data-run='1']")
    assert shown(page) == ["D2"]
    assert page.run("document.getElementById('itinerary-title').textContent") == "Itinerary of D2"
    run = mixed_plan().runs[1]
    assert page.run("lines.length") == len(run.visits)
    assert page.run("lines.findIndex((line) => line.matches('.current'))") == page.run(
        "momentOf(runs[1], state.time).index"
    )
    page.click("button[data-run='1']")
    assert shown(page) == ["D1", "D2", "D3"]
    assert page.run("document.getElementById('itinerary').hidden")


def test_drivers_are_found_by_request_and_by_address(show):
    page = show(mixed_page(labels={"R4": "Jl. Ciater Raya 12"}))
    page.run("search.focus()")
    page.type("ciater raya")
    assert page.run("rows.filter((row) => !row.item.hidden).map((row) => row.run.driver)") == ["D2"]
    page.press("Enter")
    assert shown(page) == ["D2"]
    page.run("search.select()")
    page.type("r6")
    assert page.run("matching().map((index) => runs[index].driver)") == ["D3"]
    page.click("#all")
    assert shown(page) == ["D2", "D3"]
    page.run("search.select()")
    page.type("nobody of this name")
    assert page.run("noMatch.hidden") is False


def test_the_list_says_what_each_driver_does_and_carries(show):
    page = show(mixed_page())
    all_day = page.run("rows.map((row) => row.what.textContent)")
    hub = next(visit for visit in mixed_plan().runs[0].visits if visit.type == "hub")
    page.run(f"goTo({hub.begin})")
    assert "in lane" in page.run("rows[0].what.textContent")
    page.run(f"goTo({hub.end})")
    assert page.run("rows[0].far.textContent") == f"{hub.load_after} on board"
    page.run("goTo(null)")
    assert page.run("rows.map((row) => row.what.textContent)") == all_day


def test_a_tap_on_a_driver_tells_what_is_on_board(show):
    page = show(mixed_page(), fragment="#time=09:15")
    left, top, *_ = page.box("#canvas")
    x, y, driver = page.run("(({ x, y, run }) => [x, y, run.driver])(driversOnMap()[0])")
    page.point(left + x, top + y)
    told = page.run("tip.hidden ? '' : tip.textContent")
    assert told.startswith(driver)
    assert "on board" in told
    assert shown(page) == [driver]


# --- for everyone, on any screen --------------------------------------------------------------------------------


def test_every_control_has_a_name_and_is_reached_by_tab(show):
    page = show(mixed_page())
    names = page.names("button", "checkbox", "slider", "searchbox")
    assert len(names) > 20
    assert all(names)
    reached = []
    for _ in range(40):
        page.press("Tab")
        reached.append(page.run("document.activeElement.id || document.activeElement.dataset.shows || ''"))
    assert {"canvas", "play", "slider", "whole", "all", "none", "search", "0", "2"} <= set(reached)


def test_the_map_moves_by_keys(show):
    page = show(mixed_page())
    page.run("canvas.focus()")
    before = page.run("[view.x, view.scale]")
    page.press("ArrowRight")
    page.press("+")
    after = page.run("[view.x, view.scale]")
    assert after[0] > before[0]
    assert after[1] == pytest.approx(1.4 * before[1])


@pytest.mark.parametrize("width", [390, 1400])
def test_nothing_sticks_out_of_a_phone_or_a_desktop(show, width):
    day, plan = crowded_case(drivers=6, stops=10)
    page = show(page_html(day, plan), width=width, height=844, fragment="#time=08:00&driver=K-01")
    assert page.run("document.documentElement.scrollWidth") <= width
    for selector in ("#canvas", "#slider", "#doing", "#runs", "#search", "#itinerary", "#drivers-timeline"):
        left, _, across, _ = page.box(selector)
        assert left >= 0, selector
        assert left + across <= width + 0.5, selector


def test_states_differ_in_sign_or_outline_not_only_in_colour(show):
    page = show(mixed_page())
    looks = page.run("Object.values(DOINGS).map(({ sign, hollow, square }) => [sign, !!hollow, !!square].join())")
    assert len(set(looks)) == len(looks)


# --- a day under way --------------------------------------------------------------------------------------------


def test_what_has_happened_is_drawn_differently(show):
    day, plan = live_case()
    page = show(page_html(day, plan))
    assert "what happened before 09:00" in page.run("document.querySelector('.since-now').textContent")
    assert page.run("document.querySelectorAll('.timeline .past').length") == 2
    as_live = page.run("canvas.toDataURL()")
    page.click("button[data-run='0']")
    happened = [visit for visit in day.drivers[0].history if visit.end <= day.now]
    assert page.run("lines.filter((line) => line.matches('.past')).length") == len(happened)
    assert "under way" in page.run(f"lines[{len(happened)}].textContent")
    as_planned = show(page_html(day.replace(drivers=mixed_day().drivers, now=None), plan))
    assert as_planned.run("document.querySelectorAll('.since-now, .timeline .past').length") == 0
    assert as_planned.run("canvas.toDataURL()") != as_live


def test_the_slider_goes_to_now(show):
    day, plan = live_case()
    page = show(page_html(day, plan))
    page.click("#now")
    assert page.run("state.time") == day.now
    assert page.run("nowButton.textContent") == "Now 09:00"
    assert show(mixed_page()).run("nowButton.hidden")


def test_who_has_done_all_by_now_waits_until_now(show):
    day, plan = live_case()
    page = show(page_html(day, plan))
    run = next(run for run in plan.runs if run.driver == "D2")
    past = len(day.drivers[1].history)
    ended = run.visits[past - 1].end
    assert ended < day.now == departures(day, run)[past - 1]
    idle, riding = moments(page, [("D2", ended + 60), ("D2", day.now + 60)])
    assert (idle["doing"], idle["until"]) == ("wait", day.now)
    assert riding["doing"] == "road"


# --- the one thing that is fetched, when asked for ---------------------------------------------------------------


def test_street_tiles_are_fetched_once_asked_for(browser, refusing_proxy, tmp_path):
    path = tmp_path / "plan.html"
    path.write_text(mixed_page(), encoding="utf-8")
    refusing_proxy.asked.clear()
    with browser.open(path.as_uri(), offline=False) as page:
        assert page.fetched() == []
        page.click("[data-layer=tiles]")
        page.when("document.getElementById('tile-note').textContent.startsWith('No tiles:')")
        assert set(refusing_proxy.asked) == {TILES.split("/")[2]}
