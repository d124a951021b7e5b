"""On days small enough to be solved exactly, the search finds the optimum (see `oracle` and `prove`)."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from routing import check, solve
from tests.routing.oracle import best_plan, with_lanes
from tests.routing.small_days import CLASSES

OPTIMA = {
    name: {int(seed): cost for seed, cost in rows.items()}
    for name, rows in json.loads((Path(__file__).parent / "small_optima.json").read_text()).items()
}
ITERATIONS = 6000
"""Enough for all of the 40 days of each class; with 2000 one multi-trip day and two of all rules end above."""


@pytest.fixture(scope="module", autouse=True)
def _compiled():
    from routing.search import warm_up

    warm_up()


def above(name, iterations):
    """By how much the search ends above the optimum, for each day where it does."""
    found = {}
    for seed, optimum in OPTIMA[name].items():
        cost = solve(CLASSES[name](seed), iterations=iterations, seed=1, workers=1).cost.total
        if cost != optimum:
            found[seed] = cost - optimum
    return found


@pytest.mark.parametrize("name", CLASSES)
def test_the_search_reaches_the_proven_optimum_and_never_goes_below(name):
    assert above(name, ITERATIONS) == {}


@pytest.mark.parametrize(("name", "seed"), [(name, seed) for name in CLASSES for seed in list(OPTIMA[name])[1:4]])
def test_the_optima_can_be_proven_anew(name, seed):
    """Guards the table, the model and the checker: the model's plan is valid and costs what the table says."""
    day = CLASSES[name](seed)
    plan, proven = best_plan(day, seconds=30, hint=OPTIMA[name][seed])
    assert proven
    assert plan.cost.total == OPTIMA[name][seed]
    assert check(day, with_lanes(day, plan)) == []
