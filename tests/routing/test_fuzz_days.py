"""Malformed days, plans and files: every fault is a named error, never a traceback, never a hang."""

from __future__ import annotations

import copy
import json
import math
import os
from dataclasses import fields, replace
from datetime import timedelta
from random import Random

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import geodata
from routing import InternalError, InvalidInput, Plan, TravelTimes, check, explain, retime, solve
from routing.files import read_day, read_plan, write_day, write_plan
from tests.routing.random_days import random_plan
from tests.routing.search.any_day import any_day

EXAMPLES = int(os.environ.get("KURIR_EXAMPLES", "150"))
LONGEST = timedelta(seconds=60)
"""Far more than any of these takes: an example that takes longer hangs."""
seeds = st.integers(0, 2**32)
JUNK = (
    None, True, -1, 0, 1, 2, 3.5, 2**31, 2**63, 10**30, math.nan, math.inf, "", "x", "08:00", "hub", [], [[]], [None],
    [[5, 1]], [[0, 10], [5, 20]], [[0, 10**9]], ["a", "a"], {}, {"a": 1}, [[-1, 5]], [[1, 2, 3]],
)  # fmt: skip
"""Values of every sort, in place of any field."""


TEAR = ("{", "]", '"', "\0", "9" * 400, "é")


def fuzzed(examples):
    suppressed = [HealthCheck.too_slow, HealthCheck.function_scoped_fixture]
    return settings(max_examples=examples, deadline=LONGEST, derandomize=True, suppress_health_check=suppressed)


@pytest.fixture(scope="module", autouse=True)
def _compiled():
    from routing.search import warm_up

    warm_up()


def mangled(form, rng):
    """The same JSON value with something somewhere in it replaced, left out or added."""
    form = json.loads(json.dumps(form))
    for _ in range(rng.choice((1, 1, 1, 2, 4))):
        at = form
        while True:
            keys = list(at) if isinstance(at, dict) else list(range(len(at)))
            if not keys:
                break
            key = rng.choice(keys)
            if isinstance(at[key], dict | list) and at[key] and rng.random() < 0.8:
                at = at[key]
                continue
            _mangle(at, key, rng)
            break
    return form


def _mangle(at, key, rng):
    how, junk = rng.random(), copy.deepcopy(rng.choice(JUNK))
    if how < 0.15:
        del at[key]
    elif how < 0.25 and isinstance(at, dict):
        at["stray"] = junk
    elif how < 0.35 and isinstance(at, list):
        at.append(rng.choice((junk, copy.deepcopy(at[key]))))
    elif how < 0.6 and isinstance(at[key], int):
        at[key] += rng.choice((-1, 1, 1000, -1000, 10**6))
    else:
        at[key] = junk


def torn(text, rng):
    """The same text cut, doubled or with characters in it changed."""
    at = rng.randrange(len(text) + 1)
    return rng.choice((
        text[:at], text[at:], text + text, text[:at] + rng.choice(TEAR) + text[at + 1 :],
        "[" * 5000, "", "null", "[]", "3", text.replace(":", "=", 1), "\ufeff" + text,
    ))  # fmt: skip


def expect_named(error):
    """Every problem says where, or at least what."""
    assert error.problems
    assert all(problem.message for problem in error.problems)


def planned(day):
    """Plan a day that was accepted, however odd: it must then be planned, and validly."""
    return solve(day, iterations=20, workers=1)


@fuzzed(EXAMPLES)
@given(seeds)
def test_a_mangled_day_is_named_or_planned(seed):
    rng = Random(seed)
    day = any_day(rng)
    text = json.dumps(mangled(json.loads(day.to_json()), rng))
    try:
        odd = type(day).from_json(text, day.travel)
    except InvalidInput as error:
        expect_named(error)
        return
    try:
        plan = planned(odd)
    except InvalidInput as error:
        expect_named(error)
    except InternalError:
        # No plan can be valid where what is on board can no longer be brought in time.
        assert not retime(odd, carried_home(odd)).valid
    else:
        assert check(odd, plan) == []


def carried_home(day):
    """Every driver under way goes to the hub and home."""
    out = [driver for driver in day.drivers if driver.history and driver.history[-1].type != "end"]
    return {driver.id: ["hub"] for driver in out}


@fuzzed(EXAMPLES)
@given(seeds)
def test_a_torn_day_or_plan_is_named(seed):
    rng = Random(seed)
    day = any_day(rng)
    for text, read in (
        (day.to_json(), lambda text: type(day).from_json(text, day.travel)),
        (random_plan(day, rng).to_json() if day.now is None else '{"schema": 1}', Plan.from_json),
    ):
        try:
            read(torn(text, rng))
        except InvalidInput as error:
            expect_named(error)


@fuzzed(EXAMPLES // 3)
@given(seeds)
def test_a_mangled_plan_is_named_or_judged_retimed_and_planned_on(seed):
    rng = Random(seed)
    day = any_day(rng)
    text = json.dumps(mangled(json.loads(planned(day).to_json()), rng))
    try:
        odd = Plan.from_json(text)
    except InvalidInput as error:
        expect_named(error)
        return
    check(day, odd)
    for attempt in (
        lambda: retime(day, odd.runs),
        lambda: explain(day, odd, remedies=0),
        lambda: solve(day, iterations=5, workers=1, initial=odd),
    ):
        try:
            attempt()
        except InvalidInput as error:
            expect_named(error)


@fuzzed(EXAMPLES)
@given(seeds)
def test_any_field_of_any_part_of_a_day_is_named_or_accepted(seed):
    """In Python, where anything may be passed."""
    rng = Random(seed)
    day = any_day(rng)
    part = rng.choice([day, day.hub, day.costs, day.traffic, *day.places, *day.requests, *day.drivers])
    field = rng.choice(fields(part)).name
    try:
        changed = replace(part, **{field: rng.choice((*JUNK, object(), b"x", {3}, np.int64(7), np.array([1.5])))})
    except InvalidInput as error:
        expect_named(error)
        return
    assert type(changed) is type(part)


@fuzzed(EXAMPLES)
@given(seeds)
def test_any_order_is_named_or_timed(seed):
    rng = Random(seed)
    day = any_day(rng)
    names = [request.id for request in day.requests]

    def item():
        return rng.choice(("hub", "break", rng.choice(names), [rng.choice(names), rng.choice(names)], rng.choice(JUNK)))

    drivers = [driver.id for driver in day.drivers]
    orders = {rng.choice((*drivers, rng.choice(("x", None, 3)))): [item() for _ in range(rng.randint(0, 5))]}
    try:
        retimed = retime(day, orders)
    except InvalidInput as error:
        expect_named(error)
    else:
        assert retimed.violations == tuple(check(day, retimed.plan))


@pytest.mark.parametrize("junk", JUNK)
def test_any_matrix_is_named_or_accepted(junk):
    try:
        TravelTimes(junk, junk)
    except InvalidInput as error:
        expect_named(error)


@fuzzed(EXAMPLES // 3)
@given(seed=seeds)
def test_any_bytes_in_any_file_are_named(seed, tmp_path_factory):
    rng = Random(seed)
    folder = tmp_path_factory.mktemp("fuzz")
    day = any_day(rng)
    files = [write_day(day, folder / "day.json"), folder / "matrix.npz", write_plan(planned(day), folder / "plan.json")]
    spoilt = rng.choice(files)
    content = spoilt.read_bytes()
    at = rng.randrange(len(content))
    spoilt.write_bytes(
        rng.choice((content[:at], rng.randbytes(50), content[:at] + rng.randbytes(3) + content[at + 3 :]))
    )
    for read, path in ((read_day, files[0]), (read_plan, files[2])):
        try:
            read(path)
        except InvalidInput as error:
            expect_named(error)


@fuzzed(EXAMPLES // 3)
@given(seed=seeds)
def test_any_cell_of_a_day_folder_is_named_or_read(seed, tmp_path_factory):
    rng = Random(seed)
    folder = tmp_path_factory.mktemp("folder")
    for name, text in FOLDER.items():
        (folder / name).write_text(text, encoding="utf-8")
    spoilt = rng.choice(list(FOLDER))
    text = FOLDER[spoilt]
    cells = text.replace("\n", ",").split(",") if spoilt.endswith("csv") else text.split("\n")
    cell = rng.choice([cell for cell in cells if cell])
    junk = rng.choice(("", "x", "-1", "25:99", "1e400", "nan", "[", '"', ",", "\0", "9" * 400, "08:00-07:00", ";", "é"))
    text = rng.choice((text.replace(cell, junk, 1), text.replace(cell, junk), torn(text, rng)))
    (folder / spoilt).write_text(text, encoding="utf-8")
    try:
        geodata.read_day_folder(folder)
    except InvalidInput as error:
        expect_named(error)


FOLDER = {
    "day.toml": """date = "2026-05-06"
traffic = [["00:00", 1000], ["06:30", 700], ["08:30", 900]]
[hub]
lon = 106.666069
lat = -6.308162
windows = ["07:00-12:00", "13:00-16:00"]
lanes = 1
base = 50
per_document = 5
processing = 4500
[costs]
unserved_base = 1000000
""",
    "requests.csv": """id,kind,place,lon,lat,kelurahan,address,access,documents,windows,service,priority,round_trip_of
P1,pickup,office,106.716845,-6.333646,Benda Baru,Kantor Kelurahan,135,1,08:00-12:00;13:00-15:00,40,0,
R1,return,H0001,106.755415,-6.309033,Cireundeu,"Jl. Dahlia No. 54, RT 05",45,3,07:30-15:00,65,20,P1
""",
    "drivers.csv": """id,shift,capacity,start,end,skills,breaks,cost_run,cost_km,cost_hour
D01,07:00-16:00,40,hub,start,sealed,11:30-12:30/60min,15000,950,21500
""",
}
