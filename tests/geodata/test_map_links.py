from __future__ import annotations

import csv
import io
from itertools import pairwise
from urllib.parse import parse_qs, urlsplit

import pytest

from geodata.map_links import directions_link, geo_uri, links_csv, place_link, trip_links
from routing.model import Place
from tests.routing.handmade import mixed_day, mixed_plan

HERE, THERE = Place("here", 106.7, -6.3), Place("there", 106.71234567, -6.312)


def query(link):
    parts = urlsplit(link)
    assert (parts.scheme, parts.netloc) == ("https", "www.google.com")
    return {name: values[0] for name, values in parse_qs(parts.query).items()}


def test_a_place_opens_with_latitude_first_to_about_a_metre():
    assert query(place_link(THERE)) == {"api": "1", "query": "-6.31200,106.71235"}
    assert geo_uri(THERE) == "geo:-6.31200,106.71235"


def test_directions_lead_over_all_places_in_order():
    assert query(directions_link([HERE, THERE])) == {
        "api": "1",
        "origin": "-6.30000,106.70000",
        "destination": "-6.31200,106.71235",
    }
    over = query(directions_link([HERE, THERE, HERE, THERE]))["waypoints"]
    assert over == "-6.31200,106.71235|-6.30000,106.70000"


def test_a_link_has_no_character_that_breaks_in_a_chat():
    link = directions_link([HERE, THERE, HERE])
    assert not set(link) & set(" |<>\"'")


@pytest.mark.parametrize("waypoints", [0, 1, 3, 9])
def test_the_links_of_a_trip_join_and_pass_every_place_in_order(waypoints):
    day, plan = mixed_day(), mixed_plan()
    for run in plan.runs:
        links = [each for each in trip_links(day, plan, waypoints=waypoints) if each.driver == run.driver]
        passed = []
        for each in links:
            asked = query(each.link)
            between = asked.get("waypoints", "").split("|") if "waypoints" in asked else []
            assert len(between) <= waypoints
            passed.append([asked["origin"], *between, asked["destination"]])
        assert all(before[-1] == after[0] for before, after in pairwise(passed))
        points = [f"{day.places[v.place].lat:.5f},{day.places[v.place].lon:.5f}" for v in run.visits]
        expected = [point for before, point in pairwise(["", *points]) if point != before]
        assert [*passed[0], *(point for part in passed[1:] for point in part[1:])] == expected


def test_the_parts_of_a_run_have_all_its_stops_between_them():
    day, plan = mixed_day(), mixed_plan()
    links = trip_links(day, plan, waypoints=1)
    for run in plan.runs:
        own = [each for each in links if each.driver == run.driver]
        assert sum(each.stops for each in own) == len(run.stops)
        trips = [each.trip for each in own if each.trip]
        assert set(trips) == set(range(1, sum(1 for _ in run.trips()) + 1))


def test_the_table_has_a_row_per_link():
    day, plan = mixed_day(), mixed_plan()
    rows = list(csv.DictReader(io.StringIO(links_csv(day, plan), newline="")))
    links = trip_links(day, plan)
    assert [row["link"] for row in rows] == [each.link for each in links]
    assert [row["driver"] for row in rows] == [each.driver for each in links]
    assert all(len(row["leave"]) == 5 for row in rows)


def test_a_plan_without_runs_has_no_links():
    assert trip_links(mixed_day(), mixed_plan().replace(runs=())) == []
