"""Travel matrices and the traffic clock."""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from routing import InvalidInput, TrafficClock, TravelTimes
from routing._check_case import _Clock
from tests.routing.handmade import count_arrival

profiles = st.dictionaries(st.integers(-500, 3000), st.integers(100, 3000), min_size=1, max_size=6).map(
    lambda profile: tuple(sorted(profile.items()))
)
moments = st.integers(-600, 4000)
legs = st.integers(0, 2000)


def by_integral(profile, leave, free_flow):
    """Ceil of the exact moment at which the integral of the factor reaches the leg, with fractions."""
    moment, left = Fraction(leave), Fraction(free_flow)
    for index, (_, thousandths) in enumerate(profile):
        factor = Fraction(thousandths, 1000)
        until = profile[index + 1][0] if index + 1 < len(profile) else None
        if until is not None and moment >= until:
            continue
        if until is None or (until - moment) * factor >= left:
            return math.ceil(moment + left / factor)
        left -= (until - moment) * factor
        moment = Fraction(until)
    raise AssertionError("the last factor holds for ever")


@settings(deadline=None)
@given(profiles, moments, legs)
def test_the_clock_agrees_with_the_exact_integral(profile, leave, free_flow):
    assert TrafficClock(profile).arrival(leave, free_flow) == by_integral(profile, leave, free_flow)


@settings(deadline=None, max_examples=50)
@given(profiles, moments, st.integers(0, 300))
def test_the_clock_agrees_with_counting_seconds(profile, leave, free_flow):
    assert TrafficClock(profile).arrival(leave, free_flow) == count_arrival(profile, leave, free_flow)


@given(profiles, moments, legs)
@example(((0, 1000), (100, 500)), 100, 0)
@example(((0, 1000), (100, 500)), 0, 100)
def test_the_checkers_clock_agrees_too(profile, leave, free_flow):
    assert _Clock(profile).arrival(leave, free_flow) == by_integral(profile, leave, free_flow)


@given(profiles, moments, st.integers(0, 500), legs)
def test_who_leaves_first_arrives_first(profile, leave, later, free_flow):
    clock = TrafficClock(profile)
    assert clock.arrival(leave, free_flow) <= clock.arrival(leave + later, free_flow)


@given(profiles, moments, legs, legs)
def test_a_longer_leg_does_not_arrive_earlier(profile, leave, leg, more):
    clock = TrafficClock(profile)
    assert leave <= clock.arrival(leave, leg) <= clock.arrival(leave, leg + more)


@given(moments, legs)
def test_without_traffic_a_leg_takes_its_free_flow_time(leave, leg):
    assert TrafficClock().is_flat
    assert TrafficClock().arrival(leave, leg) == leave + leg
    assert TrafficClock(((0, 1000), (500, 1000))).is_flat


@pytest.mark.parametrize(("leave", "leg", "arrive"), [
    (0, 100, 100),       # all at factor 1
    (-50, 100, 50),      # the first factor holds before the first start
    (900, 100, 1000),    # arrives as the factor changes
    (900, 101, 1002),    # 1 s of work left, at half speed 2 s
    (1000, 1, 1002),     # the factor holds from its start on
    (1999, 1, 2001),     # 0.5 s of work until 2000, then 0.5 at factor 1.5: 2000.33, rounded up
    (5000, 3, 5002),     # after the last start the last factor holds
    (1000, 0, 1000),
])  # fmt: skip
def test_the_clock_by_hand(leave, leg, arrive):
    clock = TrafficClock(((0, 1000), (1000, 500), (2000, 1500)))
    assert not clock.is_flat
    assert clock.arrival(leave, leg) == arrive


def test_long_legs_out_of_a_matrix_do_not_overflow():
    seconds = TravelTimes([[0, 2**30], [1, 0]], [[0, 1], [1, 0]]).seconds
    assert TrafficClock(((0, 500),)).arrival(0, seconds[0, 1]) == 2**31


@pytest.mark.parametrize("profile", [
    (), ((0, 0),), ((0, -5),), ((0, 1000), (0, 900)), ((10, 1000), (5, 900)), ((0, 100_001),), ((0, 1000.5),),
    ((0,),), ((0, 1, 2),), ("ab",), 7, None, ((None, 1000),), ((True, 1000),), ((10**9, 1000),),
])  # fmt: skip
def test_a_bad_profile_is_named(profile):
    with pytest.raises(InvalidInput) as caught:
        TrafficClock(profile)
    assert {problem.field for problem in caught.value.problems} == {"profile"}


def test_a_profile_of_numpy_numbers_becomes_plain():
    clock = TrafficClock(np.array([[0, 1000], [60, 500]]))
    assert clock.profile == ((0, 1000), (60, 500))
    assert all(type(number) is int for pair in clock.profile for number in pair)
    assert clock == TrafficClock([[0, 1000], [60, 500]])


def test_matrices_become_whole_and_read_only():
    given = np.array([[0.0, 5.0], [6.0, 0.0]])
    travel = TravelTimes(given, [[0, 50], [60, 0]])
    assert travel.seconds.dtype == travel.metres.dtype == np.int32
    assert travel.places == 2
    given[0, 1] = 9
    assert travel.seconds[0, 1] == 5
    with pytest.raises(ValueError, match="read-only"):
        travel.seconds[0, 1] = 7


def test_matrices_are_compared_by_their_content():
    travel = TravelTimes([[0, 5], [6, 0]], [[0, 50], [60, 0]])
    assert travel == TravelTimes(travel.seconds, travel.metres)
    assert travel != TravelTimes([[0, 5], [7, 0]], travel.metres)
    assert travel != TravelTimes(travel.seconds, [[0, 50], [61, 0]])
    assert travel != "travel"


@pytest.mark.parametrize("matrix", [
    [[0, 1]], [0, 1], 5, None, "ab", [[0, "x"], [1, 0]], [[0, -1], [1, 0]], [[0, 0.5], [1, 0]],
    [[0, math.nan], [1, 0]], [[0, math.inf], [1, 0]], [[1, 1], [1, 0]], [[0, 2**30 + 1], [1, 0]],
    [[0, 1], [1]], [[0, 1j], [1, 0]], [[False, True], [True, False]], [[0, None], [1, 0]],
], ids=str)  # fmt: skip
def test_a_bad_matrix_is_named(matrix):
    good = [[0, 1], [1, 0]]
    with pytest.raises(InvalidInput) as caught:
        TravelTimes(seconds=matrix, metres=good)
    assert {problem.field for problem in caught.value.problems} == {"seconds"}
    with pytest.raises(InvalidInput) as caught:
        TravelTimes(seconds=matrix, metres=matrix)
    assert {problem.field for problem in caught.value.problems} == {"seconds", "metres"}


def test_matrices_of_two_sizes_are_named():
    with pytest.raises(InvalidInput, match=r"metres.*has shape") as caught:
        TravelTimes(np.zeros((2, 2), int), np.zeros((3, 3), int))
    assert len(caught.value.problems) == 1


def test_no_places_have_matrices_too():
    assert TravelTimes(np.zeros((0, 0)), np.zeros((0, 0))).places == 0
