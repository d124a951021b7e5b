"""What a caller of `solve` relies on: any budget, any day, the same answer again, never worse than before."""

from __future__ import annotations

import itertools
import time
from random import Random

import pytest

import routing
from routing import Day, Driver, Hub, InvalidInput, Place, Request, TravelTimes, check, solve
from routing.search import whole
from tests.routing.handmade import mixed_day, mixed_plan
from tests.routing.town import town_day


@pytest.fixture(scope="module", autouse=True)
def _compiled():
    from routing.search import warm_up

    warm_up()


@pytest.fixture(scope="module")
def day():
    return town_day(60)


@pytest.fixture(scope="module")
def plan(day):
    return solve(day, iterations=600, seed=4, workers=1)


class TestSameAnswer:
    """With a count of iterations, the plan depends on the day and the seed alone."""

    def test_a_seed_gives_the_identical_plan_again(self, day, plan):
        assert without_clock(solve(day, iterations=600, seed=4, workers=1)) == without_clock(plan)

    def test_another_number_of_workers_gives_the_identical_plan(self, day, plan):
        assert without_clock(solve(day, iterations=600, seed=4, workers=2)) == without_clock(plan)

    def test_another_seed_gives_another_plan(self, day, plan):
        assert solve(day, iterations=600, seed=5, workers=1).runs != plan.runs

    def test_the_plan_says_how_it_was_made(self, plan):
        assert (plan.seed, plan.iterations) == (4, 600)
        assert plan.version
        assert sorted(name for cluster in plan.clusters for name in cluster.requests) == sorted(
            [*(name for run in plan.runs for name in run.requests), *(each.request for each in plan.unserved)]
        )

    def test_zones_searched_by_one_worker_or_two_give_the_identical_plan(self, day, monkeypatch):
        monkeypatch.setattr(whole, "ZONE_STOPS", 15)
        plans = [without_clock(solve(day, iterations=600, seed=4, workers=workers)) for workers in (1, 2)]
        assert plans[0] == plans[1]

    def test_the_order_of_requests_and_drivers_does_not_matter(self, day):
        rng = Random(1)
        requests, drivers = list(day.requests), list(day.drivers)
        rng.shuffle(requests)
        rng.shuffle(drivers)
        drivers = [driver.replace(capacity=driver.capacity + int(driver.id[-1]) % 3) for driver in drivers]
        plans = [
            solve(day.replace(requests=order, drivers=fleet), iterations=600, seed=4, workers=1)
            for order, fleet in ((requests, drivers), (day.requests, sorted(drivers, key=lambda each: each.id)))
        ]
        assert without_clock(plans[0]) == without_clock(plans[1])

    def test_the_order_of_places_does_not_matter(self, day, plan):
        assert solve(with_places_turned(day), iterations=600, seed=4, workers=1).cost == plan.cost


class TestEarlierPlan:
    """A plan to start from is never made worse."""

    def test_a_plan_of_its_own_stays_or_gets_cheaper(self, day, plan):
        assert solve(day, iterations=0, initial=plan).cost.total == plan.cost.total
        assert solve(day, iterations=300, seed=9, initial=plan).cost.total <= plan.cost.total

    def test_a_plan_made_by_hand_stays_or_gets_cheaper(self):
        day, hand = mixed_day(), mixed_plan()
        for iterations in (0, 1, 200):
            better = solve(day, iterations=iterations, initial=hand)
            assert better.cost.total <= hand.cost.total
            assert check(day, better) == []

    def test_a_plan_that_breaks_the_rules_is_a_start_too(self, day, plan):
        late = day.replace(requests=tuple(each.replace(windows=((40_000, 50_000),)) for each in day.requests))
        assert check(late, plan) != []
        assert check(late, solve(late, iterations=50, initial=plan)) == []

    def test_a_plan_of_another_day_is_bad_input(self, plan):
        with pytest.raises(InvalidInput):
            solve(mixed_day(), iterations=1, initial=plan)


class TestStopping:
    """Whenever it is told to stop, a valid plan comes at once."""

    @pytest.mark.parametrize("after", [0, 1, 2, 3, 10, 40])
    def test_a_valid_plan_comes_at_once_when_told_to_stop(self, day, after):
        asked, told = 0, None

        def should_stop():
            nonlocal asked, told
            asked += 1
            if asked <= after:
                return False
            told = told or time.monotonic()
            return True

        stopped = solve(day, seconds=20, workers=1, should_stop=should_stop)
        assert time.monotonic() - told < 0.5
        assert check(day, stopped) == []

    def test_a_large_day_stops_quickly_too(self):
        large = town_day(700)
        began = time.monotonic()
        assert check(large, solve(large, seconds=20, should_stop=lambda: True)) == []
        assert time.monotonic() - began < 5

    def test_an_error_in_the_callers_callback_reaches_the_caller(self, day):
        def broken(_):
            raise RuntimeError("from the callback")

        with pytest.raises(RuntimeError, match="from the callback"):
            solve(day, iterations=100, on_progress=broken)


class TestBudget:
    """The time given is used, and kept."""

    @pytest.mark.parametrize("seconds", [0, 0.3, 1.5])
    def test_the_time_given_is_used_and_kept(self, day, seconds):
        began = time.monotonic()
        timed = solve(day, seconds=seconds, workers=1)
        took = time.monotonic() - began
        assert check(day, timed) == []
        assert 0.8 * seconds - 0.1 <= took <= 1.2 * seconds + 0.6
        assert timed.seconds == pytest.approx(took, abs=0.3)

    def test_of_seconds_and_iterations_what_is_over_first_ends_the_search(self, day):
        assert solve(day, seconds=60, iterations=500, workers=1).iterations == 500
        assert solve(day, seconds=0.2, iterations=10**9, workers=1).iterations < 10**9

    def test_the_iterations_given_are_done(self, day):
        for iterations in (0, 1, 23, 500):
            assert solve(day, iterations=iterations, workers=1).iterations == iterations

    @pytest.mark.parametrize(
        ("field", "option"), [("seconds", -1.0), ("seconds", float("nan")), ("iterations", -1), ("workers", 0)]
    )
    def test_an_option_that_makes_no_sense_is_named(self, day, field, option):
        with pytest.raises(InvalidInput, match=field):
            solve(day, **{"iterations": 1, field: option})


class TestProgress:
    """Progress tells of the best plan so far."""

    def test_progress_never_gets_worse_and_ends_at_the_plan(self, day):
        seen = []
        plan = solve(day, iterations=600, seed=2, workers=1, on_progress=seen.append)
        assert len(seen) > 2
        assert all(after.cost <= before.cost for before, after in itertools.pairwise(seen))
        assert all(after.seconds >= before.seconds for before, after in itertools.pairwise(seen))
        assert seen[-1].iterations == plan.iterations == 600
        assert (seen[-1].served, seen[-1].unserved) == (plan.served, len(plan.unserved))
        # Money is rounded run by run in the plan, once in the progress; and runs may yet find a better moment to leave.
        assert seen[-1].cost >= plan.cost.total - 2 * len(plan.runs) - 1
        assert seen[-1].cost == pytest.approx(plan.cost.total, rel=0.01)
        assert {each.served + each.unserved for each in seen} == {len(day.requests)}

    def test_progress_of_zones_never_gets_worse(self, day, monkeypatch):
        monkeypatch.setattr(whole, "ZONE_STOPS", 15)
        seen = []
        solve(day, iterations=600, workers=1, on_progress=seen.append)
        assert all(after.cost <= before.cost for before, after in itertools.pairwise(seen))


class TestOddDays:
    """Days with nothing to do, nobody to do it, or no way to do it."""

    def test_a_day_without_requests_has_an_empty_plan(self, day):
        plan = solve(day.replace(requests=()), iterations=10)
        assert (plan.runs, plan.unserved, plan.cost.total) == ((), (), 0)

    def test_a_day_without_drivers_serves_nothing_and_says_so(self, day):
        plan = solve(day.replace(drivers=()), iterations=10)
        assert plan.runs == ()
        assert {each.code for each in plan.unserved} == {"no-driver"}
        assert len(plan.unserved) == len(day.requests)

    def test_a_day_without_either_has_an_empty_plan(self, day):
        assert solve(day.replace(requests=(), drivers=()), iterations=10).runs == ()

    @pytest.mark.parametrize("index", [0, 1, 2, 3])
    def test_a_single_request_is_served(self, day, index):
        alone = day.replace(requests=(day.requests[index].replace(round_trip_of=None),))
        plan = solve(alone, iterations=10)
        assert plan.unserved == ()
        assert check(alone, plan) == []

    def test_one_rider_who_lives_at_the_hub_brings_a_document_in_and_out_again(self):
        """The ways to load the return too early cost as much as the right one, and must not hide it."""
        day = Day(
            date="2026-03-02",
            places=[Place("hub", 106.7, -6.3), Place("door", 106.7, -6.3)],
            requests=[
                Request("P", "pickup", 1, 1, ((30_000, 30_001),)),
                Request("R", "return", 1, 1, ((28_800, 57_600),), round_trip_of="P"),
            ],
            drivers=[Driver("D", 0, 0, (25_200, 57_600), 10, cost_run=100, cost_km=1000, cost_hour=3600)],
            hub=Hub(0, ((25_200, 57_600),), base=60, per_document=10, processing=600),
            travel=TravelTimes([[0, 900], [900, 0]], [[0, 6000], [6000, 0]]),
        )
        assert solve(day, iterations=100, workers=1).unserved == ()

    def test_nobody_is_reached_when_everyone_is_a_day_away(self, day):
        far = TravelTimes(day.travel.seconds * 1000, day.travel.metres)
        plan = solve(day.replace(travel=far), iterations=20)
        assert plan.runs == ()
        assert all(each.message for each in plan.unserved)
        reasons = {each.code for each in plan.unserved}
        assert reasons <= {"window-unreachable", "not-ready-in-time", "misses-hub-closing", "pickup-unserved"}

    def test_a_place_for_all_is_enough(self):
        travel = TravelTimes([[0]], [[0]])
        requests = (Request("P", "pickup", 0), Request("R", "return", 0, round_trip_of="P"))
        driver = mixed_day().drivers[2].replace(id="D", start=0)
        day = routing.Day("2026-03-02", (Place("p", 0, 0),), requests, (driver,), Hub(0), travel)
        plan = solve(day, iterations=200)
        assert plan.unserved == ()
        assert check(day, plan) == []

    def test_a_day_that_needs_zones_is_planned(self):
        large = town_day(700)
        plan = solve(large, iterations=400, workers=2)
        assert check(large, plan) == []
        assert plan.served > 600


def without_clock(plan):
    """The plan without the wall time that it took."""
    return plan.replace(seconds=0.0)


def with_places_turned(day):
    """The same day with its places numbered backwards."""
    count = len(day.places)

    def turned(place):
        return None if place is None else count - 1 - place

    matrix = TravelTimes(day.travel.seconds[::-1, ::-1].copy(), day.travel.metres[::-1, ::-1].copy())
    return day.replace(
        places=day.places[::-1],
        requests=tuple(each.replace(place=turned(each.place)) for each in day.requests),
        drivers=tuple(each.replace(start=turned(each.start), end=turned(each.end)) for each in day.drivers),
        hub=day.hub.replace(place=turned(day.hub.place)),
        travel=matrix,
    )
