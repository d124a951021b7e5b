"""Even shares of paid time, where a day asks for them."""

from __future__ import annotations

from dataclasses import replace
from random import Random
from statistics import pstdev

import pytest

import routing
from routing import Costs, Day, Driver, Hub, Place, Plan, Request, TravelTimes, check, solve
from routing.fairness import unevenness
from tests.routing.random_days import random_day
from tests.routing.town import town_day

HEAVY = 50_000


@pytest.fixture(scope="module", autouse=True)
def _compiled():
    from routing.search import warm_up

    warm_up()


def weighing(day: Day, weight: int) -> Day:
    return day.replace(costs=day.costs.replace(fairness=weight))


def paid_hours(plan: Plan) -> list[float]:
    return [run.paid_seconds / 3600 for run in plan.runs]


def two_clusters() -> Day:
    """Six doors in a row, two riders whose runs cost nothing: the search is free to share as it likes."""
    seconds = [[300 * abs(a - b) for b in range(7)] for a in range(7)]
    return Day(
        date="2026-03-02",
        places=[Place(f"p{n}", 106.7, -6.3) for n in range(7)],
        requests=[Request(f"R{n}", "return", n, 1, ((28_800, 57_600),), 600) for n in range(1, 7)],
        drivers=[Driver(f"D{n}", 0, 0, (28_800, 57_600), 4, cost_km=1000, cost_hour=12_000) for n in range(2)],
        hub=Hub(0, ((28_800, 57_600),)),
        travel=TravelTimes(seconds, [[10 * each for each in row] for row in seconds]),
        costs=Costs(),
    )


class TestUnevenness:
    def test_it_is_the_distance_from_the_mean_in_hours_times_the_weight(self):
        day = weighing(two_clusters(), 1000)
        plan = solve(day, iterations=50, seed=1, workers=1)
        paid = (3600, 3 * 3600)
        runs = tuple(replace(plan.runs[0], driver=f"D{n}", paid_seconds=each) for n, each in enumerate(paid))
        # The mean is two hours, each run one hour from it: 2 x 1 h x 1000.
        assert unevenness(day, plan.replace(runs=runs)) == 2000

    def test_it_is_nothing_where_shares_are_even_or_do_not_matter(self):
        day = weighing(two_clusters(), 1000)
        plan = solve(day, iterations=50, seed=1, workers=1)
        twins = tuple(replace(plan.runs[0], driver=f"D{n}") for n in range(2))
        assert unevenness(day, plan.replace(runs=twins)) == 0
        assert unevenness(weighing(day, 0), plan) == 0
        assert unevenness(day, plan.replace(runs=())) == 0
        assert unevenness(day, plan.replace(runs=plan.runs[:1])) == 0


class TestWithoutWeight:
    @pytest.mark.parametrize("seed", [1, 2])
    def test_a_weight_of_0_changes_nothing(self, seed):
        day = town_day(30, drivers=4, seed=seed)
        plans = [solve(each, iterations=200, seed=seed, workers=1) for each in (day, weighing(day, 0))]
        assert plans[0].runs == plans[1].runs
        assert plans[0].cost == plans[1].cost

    def test_the_day_says_nothing_of_a_weight_that_it_does_not_have(self):
        day = town_day(5)
        assert day.costs.fairness == 0
        assert Day.from_json(day.to_json(), day.travel).costs.fairness == 0

    def test_a_weight_survives_being_written_and_read(self):
        day = weighing(town_day(5), 2500)
        assert Day.from_json(day.to_json(), day.travel).costs.fairness == 2500

    def test_a_weight_below_0_is_refused(self):
        with pytest.raises(routing.InvalidInput, match="fairness"):
            Costs(fairness=-1)


class TestWithWeight:
    @pytest.mark.parametrize("seed", range(1, 7))
    def test_a_heavy_weight_narrows_the_spread_and_the_plan_stays_valid(self, seed):
        day = town_day(80, drivers=4, seed=seed)
        plain = solve(day, iterations=400, seed=seed, workers=1)
        fair = solve(weighing(day, HEAVY), iterations=400, seed=seed, workers=1)
        assert check(weighing(day, HEAVY), fair) == []
        assert len(plain.runs) > 1
        assert fair.served >= plain.served
        assert max(paid_hours(fair)) - min(paid_hours(fair)) <= max(paid_hours(plain)) - min(paid_hours(plain))
        assert unevenness(weighing(day, HEAVY), fair) < unevenness(weighing(day, HEAVY), plain)

    def test_over_several_days_shares_become_almost_even(self):
        spreads: dict[int, list[float]] = {0: [], HEAVY: []}
        for seed in range(1, 7):
            for weight, found in spreads.items():
                plan = solve(weighing(town_day(80, drivers=4, seed=seed), weight), iterations=400, seed=1, workers=1)
                found.append(pstdev(paid_hours(plan)))
        assert sum(spreads[HEAVY]) < sum(spreads[0]) / 4

    def test_shares_that_can_be_even_are(self):
        day = weighing(two_clusters(), HEAVY)
        plan = solve(day, iterations=400, seed=1, workers=1)
        assert check(day, plan) == []
        assert plan.served == 6
        assert max(paid_hours(plan)) - min(paid_hours(plan)) < 0.5

    def test_no_plan_costs_what_the_weight_says(self):
        day = weighing(town_day(40, drivers=4), HEAVY)
        plan = solve(day, iterations=200, seed=1, workers=1)
        assert plan.cost.total == plan.cost.runs + plan.cost.distance + plan.cost.time + plan.cost.unserved
        assert check(weighing(day, 0), plan) == []

    def test_evenness_never_costs_a_request_that_could_be_served(self):
        day = town_day(40, drivers=4)
        assert solve(day, iterations=600, seed=1, workers=1).served == 40
        assert solve(weighing(day, HEAVY), iterations=600, seed=1, workers=1).served == 40

    def test_going_on_from_a_plan_never_makes_cost_and_evenness_together_worse(self):
        day = weighing(town_day(40, drivers=4), 5_000)
        first = solve(day, iterations=300, seed=1, workers=1)
        on = solve(day, iterations=300, seed=2, workers=1, initial=first)
        assert on.cost.total + unevenness(day, on) <= first.cost.total + unevenness(day, first)

    def test_random_days_of_all_rules_stay_valid_with_any_weight(self):
        rng = Random(4)
        for _ in range(25):
            day = weighing(random_day(rng), rng.choice((1, 700, HEAVY, 10**9)))
            plan = solve(day, iterations=20, seed=rng.randint(0, 99), workers=1)
            assert check(day, plan) == []

    def test_the_same_seed_gives_the_same_plan(self):
        day = weighing(town_day(40, drivers=4), HEAVY)
        first, second = (solve(day, iterations=200, seed=3, workers=workers) for workers in (1, 2))
        assert first.runs == second.runs
