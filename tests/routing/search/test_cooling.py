"""How warm the search is: it only cools, ends cold, and is quenched at the end where the budget is plenty."""

from __future__ import annotations

import math
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing.search.cooling import COLD, LEAST_WARMTH, MILD, QUENCH, WARM, Cooling

LEGS = st.integers(100, 10**12)


@given(any_leg=LEGS, leg=LEGS, per_stop=st.floats(0, 1e9))
def test_it_never_gets_warmer(any_leg, leg, per_stop):
    cooling = Cooling(any_leg, leg, per_stop)
    temperatures = [cooling.temperature(step / 20) for step in range(21)]
    assert all(later <= earlier for earlier, later in pairwise(temperatures))
    assert temperatures[-1] == pytest.approx(min(temperatures[0], leg * COLD), rel=1e-6, abs=1)


def test_with_few_iterations_it_cools_evenly_from_less_warmth():
    temperatures = [Cooling(10**9, 10**8, 500).temperature(step / 10) for step in range(11)]
    ratios = [math.log(earlier / later) for earlier, later in pairwise(temperatures)]
    assert ratios == pytest.approx([ratios[0]] * 10, rel=1e-4)
    assert temperatures[0] < 10**9 * WARM


def test_a_day_that_is_split_cools_evenly_from_less_warmth_however_many_there_are():
    temperatures = [Cooling(10**9, 10**8, 50_000, whole=False).temperature(step / 10) for step in range(11)]
    ratios = [math.log(earlier / later) for earlier, later in pairwise(temperatures)]
    assert ratios == pytest.approx([ratios[0]] * 10, rel=1e-4)
    assert temperatures[0] == 10**9 * WARM * LEAST_WARMTH


def test_with_many_it_is_mild_until_so_many_per_stop_are_left():
    cooling = Cooling(10**9, 10**8, 10 * QUENCH)
    assert cooling.temperature(0) == 10**9 * WARM
    assert cooling.temperature(0.9) == pytest.approx(10**8 * MILD)
    assert cooling.temperature(1) == pytest.approx(10**8 * COLD)
