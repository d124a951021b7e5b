"""Days under way that are hard on planning: a plan, or an error that names what cannot be kept any more."""

from __future__ import annotations

from random import Random

import numpy as np
import pytest

from routing import CannotGoOn, Day, Dispatcher, Driver, Hub, Place, Request, TravelTimes, Visit, check, solve
from routing.live.view import Giving, view_of
from tests.routing.live.storm import live_day, one_event

LEFT = Visit("start", 0, 500, 500, 500, 0)
FETCHED = Visit("stop", 1, 600, 600, 900, 1, requests=("P1",))
LOADED = Visit("hub", 0, 500, 500, 600, 1, 0, loaded=("R1",))
UNLOADED = Visit("hub", 0, 1000, 1000, 1100, 0, 0, unloaded=("P1",))


def day_of(request, history, *, now=1000, shift=(0, 9000)):
    """One driver under way, another free; legs of 100 s; a lane that takes 100 s; the hub closes at 5000."""
    legs = 100 * (1 - np.eye(4, dtype=int))
    return Day(
        date="2026-03-02",
        places=[Place(str(i), 106.7, -6.3) for i in range(4)],
        requests=[request, Request("P9", "pickup", 2)],
        drivers=[Driver("A", 0, 0, shift, 9, history=history), Driver("B", 0, 0, (0, 9000), 9)],
        hub=Hub(0, windows=((0, 5000),), lanes=1, base=100),
        travel=TravelTimes(legs, legs),
        now=now,
    )


IMPOSSIBLE = {
    # The door is 100 s away, its window closes 50 s from now.
    "a return": (
        day_of(Request("R1", "return", 1, windows=((0, 1050),)), (LEFT, LOADED)),
        "has R1 on board, which it cannot bring",
    ),
    # At the hub by 1100, unloaded by 1200.
    "a pickup": (
        day_of(Request("P1", "pickup", 1, due_at_hub=1199), (LEFT, FETCHED)),
        r"cannot unload P1 \(due 00:19:59\)",
    ),
    "a closed hub": (day_of(Request("P1", "pickup", 1), (LEFT, FETCHED), now=5500), "cannot unload P1 and be home"),
    "the way home": (
        day_of(
            Request("P1", "pickup", 1),
            (LEFT, FETCHED, UNLOADED, Visit("hub", 3, 1200, 1200, 1200, 0)),
            shift=(0, 1299),
        ),
        "cannot be home by 00:21:39",
    ),
}


@pytest.mark.parametrize("name", IMPOSSIBLE)
def test_what_cannot_be_kept_is_named(name):
    day, text = IMPOSSIBLE[name]
    with pytest.raises(CannotGoOn, match=text) as caught:
        solve(day, iterations=50)
    assert [problem.where for problem in caught.value.problems] == ["driver A"]


@pytest.mark.parametrize("name", IMPOSSIBLE)
def test_a_dispatcher_takes_such_a_day_and_lets_it_be_late(name):
    live = Dispatcher(IMPOSSIBLE[name][0])
    assert check(*live.day_and_plan()) == []
    assert live.late()


def test_a_second_sooner_all_of_it_can_be_kept():
    for day in (
        day_of(Request("R1", "return", 1, windows=((0, 1100),)), (LEFT, LOADED)),
        day_of(Request("P1", "pickup", 1, due_at_hub=1200), (LEFT, FETCHED)),
    ):
        plan = solve(day, iterations=50)
        assert check(day, plan) == []
        assert plan.unserved == ()


def test_a_driver_who_left_before_the_shift_and_is_home_before_it_is_named():
    day = day_of(Request("P1", "pickup", 1), (LEFT, FETCHED), shift=(8000, 9000))
    with pytest.raises(CannotGoOn, match=r"home before the shift, which opens 02:13:20") as caught:
        solve(day, iterations=50)
    assert [problem.where for problem in caught.value.problems] == ["driver A"]
    assert check(*Dispatcher(day).day_and_plan()) == []


@pytest.mark.parametrize("seed", range(15))
def test_any_day_under_way_has_a_plan_or_a_reason(seed):
    rng = Random(f"under way {seed}")
    day, later = live_day(rng)
    live = Dispatcher(day)
    for number in range(24):
        one_event(live, later, rng)
        if number % 4 == 3:
            now = view_of(live._books, Giving())
            try:
                plan = solve(now, iterations=60, workers=1)
            except CannotGoOn:
                continue
            assert check(now, plan) == []
