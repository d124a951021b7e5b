"""The checker as a whole: what it returns, that it never raises, that it is quick."""

from __future__ import annotations

import ast
import time
from dataclasses import replace
from pathlib import Path
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import routing
from routing import CostBreakdown, Plan, Run, Unserved, Violation, Visit
from routing._check_report import RULE_OF
from tests.routing.handmade import build, change_request, change_visit, check, hub, mixed_day, mixed_plan, run_of, stop


def test_a_plan_with_everything_is_valid():
    day = mixed_day()
    assert check(day, mixed_plan(day)) == []


def test_the_package_exports_it():
    assert routing.Violation is Violation
    assert "check" in routing.__all__


def test_a_plan_that_serves_nothing_is_valid():
    day = mixed_day()
    plan = build(day, {})
    assert len(plan.unserved) == len(day.requests)
    assert check(day, plan) == []


@pytest.mark.parametrize("steps", [
    [hub("R1"), stop("R1")],
    [stop("P1"), hub()],
    [hub("R2"), stop("R2", "P1"), hub()],
    [hub("R2"), stop("P1"), stop("R2"), hub()],
    [stop("P1"), hub("R1"), stop("R1"), stop("P4"), hub()],
    [stop("P2"), hub(), hub("R3"), stop("R3")],
])  # fmt: skip
def test_little_plans_of_every_kind_are_valid(steps):
    day = mixed_day()
    assert check(day, build(day, {"D1": steps})) == []


def test_a_day_without_requests_or_drivers_has_the_empty_plan():
    day = mixed_day().replace(requests=(), drivers=())
    assert check(day, Plan(runs=(), unserved=(), cost=CostBreakdown(0, 0, 0, 0, 0, 0))) == []


def test_a_violation_reads_as_a_sentence_with_its_rule():
    day = mixed_day()
    strict = change_request(day, "P3", windows=((0, 60), (90, 7200)))
    (violation,) = check(strict, mixed_plan(day))
    assert (violation.rule, violation.code, violation.driver, violation.request) == (2, "window", "D1", "P3")
    assert str(violation) == (
        "rule 2 (window), driver D1, request P3: its stop begins 32400 (09:00:00), "
        "outside its windows 0 (00:00:00) to 60 (00:01:00), 90 (00:01:30) to 7200 (02:00:00)"
    )


def test_violations_come_in_the_order_of_the_rules():
    day = mixed_day()
    visit = run_of(mixed_plan(day), "D1").visits[4]
    plan = change_visit(mixed_plan(day), "D1", 4, arrive=visit.arrive - 9, load_after=0, end=visit.end + 1)
    rules = [violation.rule for violation in check(day, plan.replace(unserved=()))]
    assert len(set(rules)) > 2
    assert rules == sorted(rules)


def test_all_eleven_rules_have_codes_and_every_code_has_a_test_that_names_it():
    assert set(RULE_OF.values()) == set(range(1, 12))
    named = set()
    for file in Path(__file__).parent.glob("test_check_*.py"):
        tree = ast.parse(file.read_text(encoding="utf-8"))
        named |= {node.value for node in ast.walk(tree) if isinstance(node, ast.Constant)}
    formed = {f"cost-{name}" for name in ("total", "runs", "distance", "time", "unserved", "point-to-point")}
    formed |= {"max-stops", "max-trips", "max-distance"}
    assert set(RULE_OF) - formed <= named


def test_the_checker_shares_no_code_with_the_search():
    for file in Path(routing.__file__).parent.glob("*check*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            modules = [node.module] if isinstance(node, ast.ImportFrom) else []
            modules += [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            own = ("routing._check", "routing.model", "routing.plan", "routing.visits")
            assert all(not module.startswith("routing") or module.startswith(own) for module in modules)


ids = st.sampled_from(["R1", "R2", "R3", "P1", "P2", "P4", "X", "", "D1"])
several = st.lists(ids, max_size=3).map(tuple)
whole = st.one_of(st.integers(-2, 14), st.integers(25_000, 50_000), st.integers(-(10**12), 10**12))
visits = st.builds(
    Visit,
    type=st.sampled_from(["start", "hub", "stop", "break", "end", "nap"]),
    place=whole, arrive=whole, begin=whole, end=whole, load_after=whole, lane=st.one_of(st.none(), whole),
    requests=several, loaded=several, unloaded=several,
)  # fmt: skip
runs = st.builds(
    Run, driver=st.sampled_from(["D1", "D2", "D3", "D9", ""]), visits=st.lists(visits, max_size=6).map(tuple),
    metres=whole, paid_seconds=whole, cost=whole,
)  # fmt: skip
plans = st.builds(
    Plan, runs=st.lists(runs, max_size=4).map(tuple),
    unserved=st.lists(st.builds(Unserved, ids, ids, ids), max_size=3).map(tuple),
    cost=st.builds(CostBreakdown, whole, whole, whole, whole, whole, whole),
)  # fmt: skip


def under_way(day):
    history = run_of(mixed_plan(day), "D1").visits[:4]
    drivers = [driver.replace(history=history) if driver.id == "D1" else driver for driver in day.drivers]
    return day.replace(drivers=drivers, now=30_000)


@settings(max_examples=200, deadline=None)
@given(plans, st.sampled_from([None, 2]), st.booleans(), st.booleans())
def test_nonsense_is_judged_and_never_raises(plan, lanes, one_stop_per_door, live):
    day = under_way(mixed_day()) if live else mixed_day()
    found = check(day.replace(hub=day.hub.replace(lanes=lanes), one_stop_per_door=one_stop_per_door), plan)
    assert found
    assert all(violation.message and str(violation) for violation in found)


@settings(max_examples=200, deadline=None)
@given(st.integers(0, 2**32), st.data())
def test_a_plan_torn_in_several_places_never_raises(seed, data):
    day, rng = mixed_day(), Random(seed)
    plan = mixed_plan(day)
    torn = []
    for run in plan.runs:
        kept = [visit for visit in run.visits if rng.random() < 0.8]
        rng.shuffle(kept)
        torn.append(replace(run, visits=(*kept, *data.draw(st.lists(visits, max_size=1)))))
    assert check(day, plan.replace(runs=tuple(torn))) != []


def test_it_judges_a_thousand_requests_in_well_under_half_a_second():
    """CPU seconds of the best of three, so that a busy machine does not matter."""
    day = mixed_day()
    requests = [replace(day.requests[0], id=f"R{i}", windows=((0, 10**6),)) for i in range(1000)]
    drivers = [replace(day.drivers[0], id=f"D{i}", breaks=(), max_stops=None, max_distance=None) for i in range(50)]
    drivers = [replace(driver, max_trips=None, shift=(0, 10**6)) for driver in drivers]
    big = day.replace(requests=requests, drivers=drivers, hub=day.hub.replace(lanes=None, windows=((0, 10**6),)))
    orders = {}
    for i in range(50):
        names = [f"R{20 * i + k}" for k in range(20)]
        orders[f"D{i}"] = [step for k in range(0, 20, 2) for step in (hub(*names[k : k + 2]), stop(*names[k : k + 2]))]
    plan = build(big, orders)
    assert plan.served == 1000
    seconds = []
    for _ in range(3):
        begin = time.process_time()
        found = check(big, plan)
        seconds.append(time.process_time() - begin)
        assert found == []
    assert min(seconds) < 0.25
