from __future__ import annotations

import base64
import hashlib
import json
import re
import time
from html import unescape
from html.parser import HTMLParser

import pytest

from geodata.around import kelurahan_around
from geodata.colours import RUN_COLOURS, run_colour
from geodata.demand import example_day
from geodata.export import write_outputs
from geodata.figures import key_figures
from geodata.gazetteer import nearest_kelurahan
from geodata.legs import departures
from geodata.page import page_html
from routing import Cluster, CostBreakdown, Plan, Unserved
from tests.geodata.page_cases import crowded_case, hostile_case, live_case, winding_paths
from tests.routing.handmade import mixed_day, mixed_plan


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


@pytest.mark.parametrize("case", [lambda: (mixed_day(), mixed_plan()), live_case])
def test_hours_add_up_to_those_paid_and_the_breaks(case):
    day, plan = case()
    figures, runs = key_figures(day, plan), plan.runs
    at_doors_and_hub = sum(v.end - v.begin for run in runs for v in run.visits if v.type in ("stop", "hub"))
    waiting = figures.waiting_seconds + figures.hub_queue_seconds
    assert figures.driving_seconds + waiting + at_doors_and_hub == figures.paid_seconds


def test_who_waits_for_the_plan_of_a_day_under_way_does_not_drive():
    day, plan = live_case()
    later = live_case(at="09:05")
    waits = [key_figures(*each).waiting_seconds for each in ((day, plan), later)]
    assert waits[1] - waits[0] == 300  # D2 goes on five minutes later; D1's delay shortens the wait for its break
    left = departures(day, next(run for run in plan.runs if run.driver == "D2"))
    assert left[:3] == [visit.end for visit in plan.runs[1].visits[:2]] + [day.now]


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
