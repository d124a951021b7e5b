"""One anneal of a whole day, split into zones or not."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from routing.search import whole
from routing.search.budget import Budget
from routing.search.cooling import any_leg_of
from routing.search.course import Course
from routing.search.whole import WholeSearch
from tests.routing.search.test_population import STOPS, problem_of, solutions_of


@pytest.mark.parametrize(("zone_stops", "parts"), [(STOPS // 2, 2), (2 * STOPS, 1)])
def test_days_that_stay_whole_cool_in_their_own_way(monkeypatch, zone_stops, parts):
    monkeypatch.setattr(whole, "ZONE_STOPS", zone_stops)
    problem = problem_of(1)
    (start,) = solutions_of(problem, 1)
    course = Course(Budget(time.monotonic(), None, 2000, 1), 4, 1, any_leg_of(problem))
    search = WholeSearch(problem, start, course, lambda: False)
    with ThreadPoolExecutor(1) as pool:
        search.run(pool, lambda _: None)
    assert (search.parts, search.cooling.whole) == (parts, parts == 1)
    assert search.iterations == 2000
    assert search.best.cost < start.cost
