"""What is asked: every value is validated when it is made, and every fault is named by its field."""

from __future__ import annotations

import math
from dataclasses import FrozenInstanceError, fields
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from routing import (
    Break,
    Costs,
    Day,
    Driver,
    Hub,
    InvalidInput,
    Place,
    Request,
    RoutingError,
    TrafficClock,
    TravelTimes,
    Visit,
)
from tests.routing.handmade import mixed_day, travel_between

PLACE = Place("p", 106.7, -6.3)
PICKUP = Request("P", "pickup", 0)
RETURN = Request("R", "return", 0)
DRIVER = Driver("D", 0, None, (0, 3600), 5)
HUB = Hub(0, base=30)
COSTS = Costs()


def problems(make):
    with pytest.raises(InvalidInput) as caught:
        make()
    return caught.value.problems


def named(make):
    return {problem.field for problem in problems(make)}


@pytest.mark.parametrize(("value", "field", "bad"), [
    *[(PLACE, "id", bad) for bad in ("", 5, None)],
    *[(PLACE, name, bad) for name in ("lon", "lat") for bad in (181, -181, math.nan, math.inf, "106", None, True, [1])],
    (PLACE, "lat", 91),
    *[(PLACE, "access", bad) for bad in (-1, 1.5, "1", None, True, 10**9)],
    *[(RETURN, "id", bad) for bad in ("", 5, None)],
    *[(RETURN, "kind", bad) for bad in ("", "delivery", None, 1, [])],
    *[(RETURN, "place", bad) for bad in (-1, 0.0, "0", None, 2**31)],
    *[(RETURN, "documents", bad) for bad in (0, -1, 1.0, "1", None, True, 2**31)],
    *[(RETURN, "windows", bad) for bad in (
        (), None, 5, "ab", ((5, 1),), ((-5, 1),), ((1, 2, 3),), ((1,),), (1, 2), ((1.5, 2),), (("1", "2"),),
        ((0, 10), (10, 20)), ((0, 10), (5, 20)), ((30, 40), (0, 20)), ((0, 10**9),), ("12",), (None,),
    )],
    *[(RETURN, "service", bad) for bad in (-1, 1.5, None)],
    *[(RETURN, "priority", bad) for bad in (-1, 101, 1.5, None)],
    *[(RETURN, "skills", bad) for bad in ("lift", None, 5, ("lift", 5), ("",), (["lift"],))],
    *[(RETURN, "ready_at", bad) for bad in (-1, 1.5, "08:00")],
    *[(RETURN, "round_trip_of", bad) for bad in ("", 5)],
    (RETURN, "due_at_hub", 50),
    *[(PICKUP, "due_at_hub", bad) for bad in (-1, 1.5, "08:00")],
    (PICKUP, "ready_at", 50),
    (PICKUP, "round_trip_of", "P2"),
    *[(DRIVER, "id", bad) for bad in ("", 5, None)],
    *[(DRIVER, "start", bad) for bad in (-1, None, 0.5)],
    *[(DRIVER, "end", bad) for bad in (-1, "home", 0.5)],
    *[(DRIVER, "shift", bad) for bad in ((5, 1), (-1, 5), (1,), (1, 2, 3), None, "ab", 5, (1.5, 2), ("1", "2"))],
    *[(DRIVER, "capacity", bad) for bad in (0, -1, 1.5, None)],
    *[(DRIVER, "skills", bad) for bad in ("lift", None, (5,))],
    *[(DRIVER, "max_trips", bad) for bad in (-1, 1.5)],
    *[(DRIVER, "max_stops", bad) for bad in (0, 1.5)],
    *[(DRIVER, "max_distance", bad) for bad in (-1, 1.5)],
    *[(DRIVER, "breaks", bad) for bad in (
        None, 5, "abc", ((1, 2),), ((1, 2, 3, 4),), ((1, 2, 0),), ((1, 2, -3),), ((5, 2, 3),), ((-5, 2, 3),),
        ((1, 2, 1.5),), (Break(1, 2, 1.5),), (Break(5, 2, 3),), (7,), (Break(0, 10, 10), Break(19, 30, 5)),
        (Break(50, 60, 5), Break(0, 10, 5)), (None,),
    )],
    *[(DRIVER, name, bad) for name in ("cost_run", "cost_km", "cost_hour") for bad in (-1, 1.5, None, 10**10)],
    *[(DRIVER, "history", bad) for bad in (
        None, 5, (5,), ("start",), (Visit("nap", 0, 0, 0, 0, 0),), (Visit("start", 0, 0, 0.5, 1, 0),),
        (Visit("start", None, 0, 0, 0, 0),),
    )],
    *[(HUB, "place", bad) for bad in (-1, 0.5, None)],
    *[(HUB, "windows", bad) for bad in ((), None, ((5, 1),), ((0, 10), (5, 20)), ((30, 40), (0, 20)), ((1,),))],
    *[(HUB, "lanes", bad) for bad in (0, -1, 1.5, "2")],
    *[(HUB, name, bad) for name in ("base", "per_document", "processing") for bad in (-1, 1.5, None)],
    *[(COSTS, field.name, bad) for field in fields(Costs) for bad in (-1, 1.5, None, "1", 10**13)],
], ids=repr)  # fmt: skip
def test_a_bad_value_is_named_by_its_field_alone(value, field, bad):
    assert named(lambda: value.replace(**{field: bad})) == {field}


@settings(deadline=None)
@given(st.data())
def test_whatever_a_field_holds_the_value_is_made_or_the_field_named(data):
    value = data.draw(st.sampled_from([PLACE, PICKUP, RETURN, DRIVER, HUB, COSTS, mixed_day()]))
    field = data.draw(st.sampled_from([field.name for field in fields(value)]))
    junk = st.recursive(
        st.one_of(
            st.none(), st.booleans(), st.integers(), st.floats(), st.text(), st.binary(max_size=3), st.just(object)
        ),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=2), inner, max_size=2),
    )
    bad = data.draw(junk)
    try:
        made, problems = value.replace(**{field: bad}), ()
    except InvalidInput as error:
        made, problems = None, error.problems
    assert made is not None or problems
    assert made is None or made.replace() == made
    assert all(problem.field and problem.message for problem in problems)


def test_all_faults_of_a_value_are_named_at_once():
    assert named(lambda: Place("", 200, -100, -1)) == {"id", "lon", "lat", "access"}
    assert named(
        lambda: Request("", "gift", -1, 0, ((2, 1),), -1, 101, "lift", ready_at=-1, due_at_hub=-1, round_trip_of=5)
    ) == {
        "id", "kind", "place", "documents", "windows", "service", "priority", "skills", "ready_at", "due_at_hub",
        "round_trip_of",
    }  # fmt: skip


def test_a_problem_says_where_what_and_what_was_expected():
    (problem,) = problems(lambda: Request("R17", "return", 0, documents=0))
    assert str(problem) == "request R17: documents: is 0: expected a whole number from 1 to 1073741824"


def test_bad_input_is_an_error_of_this_package_and_a_value_error():
    with pytest.raises(ValueError, match="documents") as caught:
        Request("R17", "return", 0, documents=0)
    assert isinstance(caught.value, RoutingError)
    assert caught.value.code == "invalid-input"


def test_values_are_frozen_and_varied_by_replace():
    with pytest.raises(FrozenInstanceError):
        PLACE.access = 5
    assert PLACE.replace(access=5) == Place("p", 106.7, -6.3, 5)
    assert PLACE.access == 0


def test_numbers_of_numpy_and_decimals_become_plain():
    request = Request("R", "return", np.int64(3), np.int32(2), np.array([[1, 5], [7, 9]]), np.int16(4))
    assert (request.place, request.documents, request.windows, request.service) == (3, 2, ((1, 5), (7, 9)), 4)
    assert type(request.place) is type(request.documents) is type(request.windows[0][0]) is int
    place = Place("p", np.float32(106.5), Decimal("-6.25"))
    assert (place.lon, place.lat) == (106.5, -6.25)
    assert type(place.lon) is type(place.lat) is float


def test_lists_and_sets_become_tuples_and_frozensets():
    request = Request("R", "return", 0, windows=[[1, 5]], skills=["lift", "lift"])
    assert request.windows == ((1, 5),)
    assert request.skills == frozenset({"lift"})
    driver = Driver("D", 0, None, [0, 3600], 5, breaks=[[10, 20, 5], Break(30, 40, 5)], skills={"lift"})
    assert driver.shift == (0, 3600)
    assert driver.breaks == (Break(10, 20, 5), Break(30, 40, 5))
    assert hash(request) == hash(request.replace())


def test_the_windows_of_the_hub_may_touch_but_those_of_a_request_not():
    assert Hub(0, ((0, 10), (10, 20))).closes == 20
    assert named(lambda: Request("R", "return", 0, windows=((0, 10), (10, 20)))) == {"windows"}


def test_limited_lanes_need_a_service_that_takes_time():
    assert Hub(0, lanes=None, base=0, per_document=0).lanes is None
    assert named(lambda: Hub(0, lanes=2, base=0, per_document=0)) == {"base"}
    assert Hub(0, lanes=2, base=0, per_document=1).lane_service(7) == 7
    assert Hub(0, lanes=2, base=30, per_document=2).lane_service(7) == 44


def test_breaks_may_follow_each_other_at_once():
    assert len(DRIVER.replace(breaks=((0, 10, 10), (20, 30, 5))).breaks) == 2


def test_leaving_out_costs_more_with_priority():
    assert Costs(100, 7).unserved(RETURN.replace(priority=3)) == 121


# A day as a whole


def test_a_day_with_everything_is_accepted():
    day = mixed_day()
    assert day.replace() == day
    assert isinstance(day.requests, tuple)


@pytest.mark.parametrize("changes", [
    {"places": None}, {"places": 5}, {"places": (5,)}, {"requests": None}, {"requests": ("R1",)}, {"drivers": {"D": 1}},
    {"hub": None}, {"travel": None}, {"travel": [[0]]}, {"traffic": ((0, 1000),)}, {"traffic": None}, {"costs": None},
    {"now": -1}, {"now": 1.5}, {"now": "08:00"}, {"one_stop_per_door": None}, {"one_stop_per_door": 1},
    {"date": "2026-13-01"}, {"date": "02.03.2026"}, {"date": "20260302"}, {"date": None}, {"date": ""},
], ids=repr)  # fmt: skip
def test_a_bad_part_of_a_day_is_named(changes):
    assert named(lambda: mixed_day().replace(**changes)) == set(changes)


def test_an_id_used_twice_is_named():
    day = mixed_day()
    for name, word in (("places", "place p3"), ("requests", "request R2"), ("drivers", "driver D1")):
        values = getattr(day, name)
        twin = next(value for value in values if value.id == word.split()[1])
        extra = {"travel": travel_between(len(day.places) + 1)} if name == "places" else {}
        (problem,) = problems(lambda n=name, v=(*values, twin), e=extra: day.replace(**{n: v}, **e))
        assert (problem.where, problem.field) == (word, "id")


def test_a_place_that_does_not_exist_is_named():
    day = mixed_day()
    assert problems(lambda: day.replace(hub=day.hub.replace(place=12)))[0].where == "hub"
    for field in ("start", "end"):
        (problem,) = problems(lambda f=field: day.replace(drivers=(day.drivers[0].replace(**{f: 12}),)))
        assert (problem.where, problem.field) == ("driver D1", field)
    (problem,) = problems(lambda: day.replace(requests=(day.requests[0].replace(place=99),)))
    assert (problem.where, problem.field) == ("request R1", "place")
    assert "99" in problem.message


def test_matrices_of_another_size_are_named():
    assert named(lambda: mixed_day().replace(travel=travel_between(11))) == {"seconds"}


def test_a_round_trip_needs_a_pickup_of_its_own():
    requests = (PICKUP, RETURN.replace(round_trip_of="P"))
    day = mixed_day().replace(requests=requests)
    for extra in (
        Request("X", "return", 0, round_trip_of="P"),
        Request("X", "return", 0, round_trip_of="R"),
        Request("X", "return", 0, round_trip_of="nobody"),
    ):
        (problem,) = problems(lambda e=extra: day.replace(requests=(*requests, e)))
        assert (problem.where, problem.field) == ("request X", "round_trip_of")


def test_a_history_fits_the_day():
    day = mixed_day()
    start = Visit("start", 10, 100, 100, 100, 0)

    def with_history(*visits, now=200):
        return day.replace(now=now, drivers=(day.drivers[0].replace(history=visits),))

    assert with_history(start).drivers[0].history == (start,)
    for visits, now in (
        ((Visit("stop", 1, 1, 1, 1, 0),), 200),
        ((start,), None),
        ((start, Visit("stop", 1, 1, 1, 1, 0, requests=("X",))), 200),
        ((start, Visit("hub", 0, 1, 1, 1, 0, loaded=("X",))), 200),
        ((start, Visit("hub", 0, 1, 1, 1, 0, unloaded=("X",))), 200),
        ((start, Visit("stop", 12, 1, 1, 1, 0)), 200),
    ):
        (problem,) = problems(lambda v=visits, n=now: with_history(*v, now=n))
        assert (problem.where, problem.field) == ("driver D1", "history")


def test_all_contradictions_of_a_day_are_named_at_once():
    day = mixed_day()
    found = problems(
        lambda: day.replace(
            date="soon",
            requests=(*day.requests, day.requests[0], Request("X", "return", 77, round_trip_of="nobody")),
            hub=day.hub.replace(place=55),
            travel=travel_between(3),
        )
    )
    assert [(problem.where, problem.field) for problem in found] == [
        ("day", "date"),
        ("request R1", "id"),
        ("request X", "place"),
        ("hub", "place"),
        ("request X", "round_trip_of"),
        ("travel times", "seconds"),
    ]


def test_a_day_without_traffic_or_costs_has_defaults():
    day = Day("2026-03-02", [PLACE], [], [], HUB, TravelTimes([[0]], [[0]]))
    assert day.traffic == TrafficClock()
    assert day.costs == Costs()
    assert day.now is None
