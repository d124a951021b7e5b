from __future__ import annotations

from collections import Counter

import pytest

import routing
from geodata import demand
from geodata.dayfolder import DayFolder
from geodata.demand import default_drivers, default_lanes, example_day, seeded_day
from geodata.gazetteer import KELURAHAN
from geodata.network import StreetNetwork
from geodata.profiles import PROFILES
from geodata.streets import embedded_network
from routing.errors import InvalidInput

ALL_PROFILES = tuple(PROFILES)


@pytest.fixture(scope="module")
def network() -> StreetNetwork:
    return embedded_network()


@pytest.fixture(scope="module")
def weekday(network: StreetNetwork) -> DayFolder:
    return seeded_day(network=network)


def test_the_same_seed_gives_the_same_day(network: StreetNetwork) -> None:
    assert seeded_day(80, seed=4, network=network) == seeded_day(80, seed=4, network=network)
    assert seeded_day(80, seed=4, network=network) != seeded_day(80, seed=5, network=network)


def test_another_fleet_leaves_the_requests_as_they_are(network: StreetNetwork) -> None:
    small, large = (seeded_day(80, drivers=count, lanes=count, network=network) for count in (3, 9))
    assert small.requests == large.requests
    assert (len(small.drivers), large.hub.lanes) == (3, 9)


@pytest.mark.parametrize("count", [1, 7, 200, 2000])
def test_as_many_requests_as_asked_half_of_them_pickups(network: StreetNetwork, count: int) -> None:
    kinds = Counter(request.kind for request in seeded_day(count, network=network).requests)
    assert kinds["pickup"] == count // 2
    assert kinds["return"] == count - count // 2


@pytest.mark.parametrize("rounds", [0.0, 0.3, 0.8, 1.0])
def test_round_trips_are_the_share_asked_for_and_go_back_to_their_door(network: StreetNetwork, rounds: float) -> None:
    content = seeded_day(200, rounds=rounds, network=network)
    by_id = {request.id: request for request in content.requests}
    back = [request for request in content.requests if request.round_trip_of]
    assert len(back) == round(100 * rounds)
    assert all(request.place == by_id[request.round_trip_of or ""].place for request in back)
    assert len({request.round_trip_of for request in back}) == len(back)


@pytest.mark.parametrize("profile", ALL_PROFILES)
def test_each_window_leaves_time_to_bring_the_document(network: StreetNetwork, profile: str) -> None:
    content = seeded_day(400, profile=profile, network=network)
    by_id = {request.id: request for request in content.requests}
    for request in content.requests:
        last = request.windows[-1][1]
        if request.kind == "pickup":
            assert last <= (request.due_at_hub or content.hub.closes) - 3600
        elif request.round_trip_of:
            ready = by_id[request.round_trip_of].windows[0][0] + content.hub.processing
            assert ready + 3600 <= last
        else:
            assert (request.ready_at or content.hub.windows[0][0]) + 5400 <= last


def test_a_plain_day_has_neither_traffic_nor_breaks_and_a_weekday_has_both(network: StreetNetwork) -> None:
    plain, weekday = (seeded_day(20, profile=profile, network=network) for profile in ("plain", "weekday"))
    assert plain.traffic.is_flat
    assert not any(driver.breaks for driver in plain.drivers)
    assert len(plain.hub.windows) == 1
    assert not weekday.traffic.is_flat
    assert all(driver.breaks for driver in weekday.drivers)


def test_opening_hours_follow_the_profile(network: StreetNetwork) -> None:
    hours = {profile: seeded_day(4, profile=profile, network=network).hub.windows for profile in ALL_PROFILES}
    assert (hours["weekday"][0][0], hours["weekday"][-1][1]) == (7 * 3600, 16 * 3600)
    assert hours["friday"][1][0] - hours["friday"][0][1] == 90 * 60
    assert (hours["ramadan"][0][0], hours["ramadan"][-1][1]) == (8 * 3600, 15 * 3600)


def test_offices_hold_many_files_at_one_door_and_homes_few(weekday: DayFolder) -> None:
    offices = {number for number, door in enumerate(weekday.doors) if door.place.id.startswith("office-")}
    at_office = Counter(request.place for request in weekday.requests if request.place in offices)
    assert 30 <= len(offices) <= len(KELURAHAN)
    assert sum(at_office.values()) == round(500 * 0.35)
    assert max(at_office.values()) >= 5
    elsewhere = Counter(request.place for request in weekday.requests if request.place not in offices)
    assert max(elsewhere.values()) == 2  # a round trip: there and back


def test_homes_follow_the_population(weekday: DayFolder) -> None:
    counts = Counter(weekday.doors[request.place].kelurahan for request in weekday.requests)
    by_weight = sorted(KELURAHAN, key=lambda each: each.weight)
    few, many = (sum(counts[each.name] for each in part) for part in (by_weight[:18], by_weight[-18:]))
    share = sum(each.weight for each in by_weight[-18:])
    assert few < many
    assert many / 1000 == pytest.approx(share, abs=0.06)


def test_loads_priorities_and_skills_are_those_of_a_sensible_day(weekday: DayFolder) -> None:
    documents = Counter(request.documents for request in weekday.requests)
    assert set(documents) == {1, 2, 3, 4, 5}
    assert documents[1] > 500
    assert 0 < sum(bool(request.skills) for request in weekday.requests) < 40
    needed = {skill for request in weekday.requests for skill in request.skills}
    assert all(any(skill in driver.skills for driver in weekday.drivers) for skill in needed)
    assert all(40 <= driver.capacity <= 60 for driver in weekday.drivers)
    assert len({driver.shift for driver in weekday.drivers}) == 3


def test_leaving_out_a_request_costs_more_than_any_detour(weekday: DayFolder) -> None:
    longest_run = 10 * 3600, 200  # seconds, km
    dearest = max(
        driver.cost_run + driver.cost_hour * longest_run[0] / 3600 + driver.cost_km * longest_run[1]
        for driver in weekday.drivers
    )
    assert weekday.costs.unserved_base > dearest


def test_the_default_fleet_grows_with_the_requests_but_less_than_they_do() -> None:
    fleets = [default_drivers(count) for count in (200, 1000, 5000, 10_000)]
    assert fleets == sorted(fleets)
    assert fleets[3] < 50 * fleets[0]
    assert 15 <= fleets[1] <= 30
    assert [default_lanes(count) for count in (1, 500, 1000, 2000)] == [1, 1, 2, 4]


@pytest.mark.parametrize("profile", ALL_PROFILES)
def test_the_default_fleet_serves_a_whole_day_and_half_of_it_does_not(profile: str) -> None:
    day = example_day(200, profile=profile, seed=2)
    assert routing.solve(day, iterations=4000, workers=1).unserved == ()
    half = day.replace(drivers=day.drivers[: len(day.drivers) // 2])
    assert routing.solve(half, iterations=1000, workers=1).unserved != ()


def test_every_argument_out_of_range_is_named() -> None:
    with pytest.raises(InvalidInput) as caught:
        seeded_day(0, drivers=0, lanes=0, seed=-1, rounds=1.5, profile="monday")
    fields = [problem.field for problem in caught.value.problems]
    assert fields == ["requests", "drivers", "lanes", "seed", "rounds", "profile"]


def test_the_example_day_is_ready_to_plan() -> None:
    day = example_day(40, seed=3)
    assert len(day.requests) == 40
    assert day.travel.places == len(day.places)
    assert day.hub.processing == demand.PROCESSING
