"""No valid plan is blamed, and no single stated thing can be changed unnoticed: random days."""

from __future__ import annotations

from dataclasses import fields, replace
from random import Random

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from routing import CostBreakdown, Unserved
from tests.routing.handmade import change_run, check
from tests.routing.random_days import random_day, random_plan

seeds = st.integers(0, 2**32)
quickly = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.filter_too_much])


def made(seed):
    rng = Random(seed)
    day = random_day(rng)
    return rng, day, random_plan(day, rng)


@quickly
@given(seeds)
def test_a_plan_that_obeys_every_rule_is_not_blamed(seed):
    _, day, plan = made(seed)
    assert check(day, plan) == []


def test_the_random_plans_exercise_every_feature():
    """Guards the other tests against days so tight that nothing is ever served."""
    seen = {}
    for seed in range(60):
        _, day, plan = made(seed)
        visits = [visit for run in plan.runs for visit in run.visits]
        served = {name for visit in visits for name in visit.requests}
        kinds = {request.id: request for request in day.requests}
        for name, there in {
            "runs": len(plan.runs) > 1,
            "breaks": any(visit.type == "break" for visit in visits),
            "shared stops": any(len(visit.requests) > 1 for visit in visits),
            "two-way hub visits": any(visit.loaded and visit.unloaded for visit in visits),
            "several trips": any(len(list(run.trips())) > 1 for run in plan.runs),
            "second lanes": any(visit.lane == 1 for visit in visits),
            "round trips": any(kinds[name].round_trip_of for name in served),
            "unserved": bool(plan.unserved),
            "open ends": any(driver.end is None for driver in day.drivers),
        }.items():
            seen[name] = seen.get(name, 0) + there
    assert min(seen.values()) > 0, seen


@quickly
@given(seeds, st.integers(0, 3500))
def test_a_plan_stays_valid_while_the_day_goes_as_planned(seed, now):
    """At any moment, with what has begun as history, the plan of the morning still stands."""
    _, day, plan = made(seed)
    histories = {}
    for run in plan.runs:
        ends = [visit.end for visit in run.visits]
        under_way = sum(end < now for end in ends[:-1])
        histories[run.driver] = run.visits[: under_way + 1] if under_way else ()
    drivers = [driver.replace(history=histories.get(driver.id, ())) for driver in day.drivers]
    assert check(day.replace(drivers=drivers, now=now), plan) == []


@quickly
@given(seeds)
def test_no_figure_of_a_visit_can_be_changed_unnoticed(seed):
    rng, day, plan = made(seed)
    assume(plan.runs)
    run, at = any_visit(rng, plan)
    name = rng.choice(("arrive", "begin", "end", "load_after"))
    by = rng.choice((-1, 1, -60, 60))
    changed = replace(run.visits[at], **{name: getattr(run.visits[at], name) + by})
    assert check(day, with_visit(plan, run, at, changed)) != []


@quickly
@given(seeds)
def test_no_type_or_place_of_a_visit_can_be_changed_unnoticed(seed):
    rng, day, plan = made(seed)
    assume(plan.runs)
    run, at = any_visit(rng, plan)
    visit = run.visits[at]
    if rng.random() < 0.5:
        kind = rng.choice([kind for kind in ("start", "hub", "stop", "break", "end") if kind != visit.type])
        changed = replace(visit, type=kind)
    else:
        changed = replace(visit, place=rng.choice([p for p in range(-1, len(day.places) + 1) if p != visit.place]))
    assert check(day, with_visit(plan, run, at, changed)) != []


@quickly
@given(seeds)
def test_no_id_in_a_visit_can_be_changed_unnoticed(seed):
    rng, day, plan = made(seed)
    assume(plan.runs)
    run, at = any_visit(rng, plan)
    name = rng.choice(("requests", "loaded", "unloaded"))
    ids = list(getattr(run.visits[at], name))
    other = rng.choice([request.id for request in day.requests if request.id not in ids] or ["X1"])
    where = rng.randint(0, len(ids))
    if where < len(ids) and rng.random() < 0.5:
        ids[where : where + 1] = rng.choice(([], [other]))
    else:
        ids.insert(where, rng.choice([other, *ids, "X1"]))
    changed = replace(run.visits[at], **{name: tuple(ids)})
    assert check(day, with_visit(plan, run, at, changed)) != []


@quickly
@given(seeds)
def test_a_lane_can_be_changed_unnoticed_only_to_one_that_is_free(seed):
    rng, day, plan = made(seed)
    assume(day.hub.lanes is not None)
    spots = [(run, at) for run in plan.runs for at, visit in enumerate(run.visits) if visit.type == "hub"]
    assume(spots)
    run, at = rng.choice(spots)
    visit = run.visits[at]
    lane = rng.choice([lane for lane in (None, -1, 0, 1, 2) if lane != visit.lane])
    others = [each for other in plan.runs for each in other.visits if each.type == "hub" and each is not visit]
    free = lane in range(day.hub.lanes) and not any(
        each.lane == lane and each.begin < visit.end and visit.begin < each.end for each in others
    )
    assert (check(day, with_visit(plan, run, at, replace(visit, lane=lane))) == []) == free


@quickly
@given(seeds)
def test_no_visit_can_be_dropped_doubled_or_swapped_unnoticed(seed):
    rng, day, plan = made(seed)
    assume(plan.runs)
    run, at = any_visit(rng, plan)
    visits = list(run.visits)
    how = rng.choice(("drop", "double", "swap"))
    if how == "drop":
        del visits[at]
    elif how == "double":
        visits.insert(at, visits[at])
    else:
        at = max(at, 1)
        visits[at - 1 : at + 1] = [visits[at], visits[at - 1]]
    assert check(day, change_run(plan, run.driver, visits=tuple(visits))) != []


@quickly
@given(seeds)
def test_nothing_else_of_a_plan_can_be_changed_unnoticed(seed):
    rng, day, plan = made(seed)
    run = rng.choice(plan.runs or (None,))
    cost = rng.choice([field.name for field in fields(CostBreakdown)])
    request = rng.choice(day.requests).id
    changes = [
        plan.replace(cost=replace(plan.cost, **{cost: getattr(plan.cost, cost) + rng.choice((-1, 1))})),
        plan.replace(unserved=(*plan.unserved, Unserved(request, "no-time", "why"))),
    ]
    if plan.unserved:
        changes.append(plan.replace(unserved=plan.unserved[1:]))
        changes.append(plan.replace(unserved=(replace(plan.unserved[0], request="X1"), *plan.unserved[1:])))
    if run is not None:
        figure = rng.choice(("metres", "paid_seconds", "cost"))
        changes.append(change_run(plan, run.driver, **{figure: getattr(run, figure) + rng.choice((-1, 1))}))
        changes.append(
            change_run(plan, run.driver, driver=rng.choice([d.id for d in day.drivers if d.id != run.driver] or ["X"]))
        )
        changes.append(plan.replace(runs=tuple(each for each in plan.runs if each is not run)))
        changes.append(plan.replace(runs=(*plan.runs, run)))
    for changed in changes:
        assert check(day, changed) != []


def any_visit(rng, plan):
    run = rng.choice(plan.runs)
    return run, rng.randrange(len(run.visits))


def with_visit(plan, run, at, visit):
    return change_run(plan, run.driver, visits=(*run.visits[:at], visit, *run.visits[at + 1 :]))
