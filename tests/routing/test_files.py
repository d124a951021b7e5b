"""Days and plans as files: what is written is read again, and what cannot be read is named."""

from __future__ import annotations

import json
from io import BytesIO
from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from routing import Cluster, Day, InvalidInput, Plan
from routing.files import read_day, read_plan, write_day, write_plan
from tests.routing.handmade import mixed_day, mixed_plan, run_of
from tests.routing.random_days import random_day, random_plan


def live_day():
    day = mixed_day()
    history = run_of(mixed_plan(day), "D1").visits[:4]
    drivers = [driver.replace(history=history if driver.id == "D1" else ()) for driver in day.drivers]
    return day.replace(drivers=drivers, now=30_000, one_stop_per_door=True)


@pytest.fixture
def folder(tmp_path):
    """A day, its matrices and a plan, as files."""
    day = live_day()
    write_day(day, tmp_path / "day.json")
    write_plan(mixed_plan(), tmp_path / "plan.json")
    return tmp_path


def problems(read, *given):
    with pytest.raises(InvalidInput) as caught:
        read(*given)
    assert all(str(problem) for problem in caught.value.problems)
    return caught.value.problems


def with_day(folder, change):
    """Change the day's JSON in place."""
    form = json.loads((folder / "day.json").read_text(encoding="utf-8"))
    change(form)
    (folder / "day.json").write_text(json.dumps(form), encoding="utf-8")
    return folder / "day.json"


# There and back


def test_a_day_is_read_as_it_was_written(folder):
    assert read_day(folder / "day.json") == live_day()
    assert read_day(str(folder / "day.json")) == live_day()


def test_a_plan_is_read_as_it_was_written(folder):
    assert read_plan(folder / "plan.json") == mixed_plan()


def test_all_that_a_plan_says_of_its_making_is_kept():
    plan = mixed_plan().replace(
        clusters=(Cluster("Pondok Aren <1>", ("R1", "R2")),), seed=7, iterations=123, seconds=4.5, version="0.1.0"
    )
    assert Plan.from_json(plan.to_json()) == plan


@settings(deadline=None, max_examples=40)
@given(st.integers(0, 2**32))
def test_every_day_and_plan_goes_there_and_back(seed):
    rng = Random(seed)
    day = random_day(rng)
    plan = random_plan(day, rng)
    assert Day.from_json(day.to_json(), day.travel) == day
    assert Plan.from_json(plan.to_json()) == plan


@given(st.text(min_size=1))
def test_every_id_goes_there_and_back(name):
    day = mixed_day()
    day = day.replace(requests=(day.requests[0].replace(id=name),))
    assert Day.from_json(day.to_json(), day.travel).requests[0].id == name


def test_the_json_has_the_promised_names(folder):
    day = json.loads((folder / "day.json").read_text(encoding="utf-8"))
    assert day["schema"] == "kurir/day/1"
    assert set(day) >= {"date", "places", "requests", "drivers", "hub", "traffic", "costs", "now", "matrix"}
    assert day["matrix"] == "matrix.npz"
    assert set(day["places"][0]) == {"id", "lon", "lat", "access"}
    assert set(day["requests"][0]) == {
        "id", "kind", "place", "documents", "windows", "service", "priority", "skills", "ready_at", "due_at_hub",
        "round_trip_of",
    }  # fmt: skip
    assert set(day["drivers"][0]) == {
        "id", "start", "end", "shift", "capacity", "skills", "max_trips", "max_stops", "max_distance", "breaks",
        "cost_run", "cost_km", "cost_hour", "history",
    }  # fmt: skip
    assert day["drivers"][0]["breaks"] == [[41_400, 45_000, 1800]]
    assert day["drivers"][2]["end"] is None
    assert set(day["hub"]) == {"place", "windows", "lanes", "base", "per_document", "processing"}
    assert day["traffic"][0] == [0, 1000]
    plan = json.loads((folder / "plan.json").read_text(encoding="utf-8"))
    assert plan["schema"] == "kurir/plan/1"
    assert set(plan) >= {"runs", "unserved", "cost", "seed", "iterations", "seconds", "version"}
    assert set(plan["runs"][0]) == {"driver", "visits", "metres", "paid_seconds", "cost"}
    assert set(plan["cost"]) == {"total", "runs", "distance", "time", "unserved", "point_to_point"}
    assert set(plan["unserved"][0]) == {"request", "code", "message"}


def test_each_visit_has_the_fields_of_its_type(folder):
    plan = json.loads((folder / "plan.json").read_text(encoding="utf-8"))
    common = {"type", "place", "arrive", "begin", "end", "load_after"}
    own = {"hub": {"lane", "loaded", "unloaded"}, "stop": {"requests"}}
    visits = [visit for run in plan["runs"] for visit in run["visits"]]
    assert {visit["type"] for visit in visits} == {"start", "hub", "stop", "break", "end"}
    for visit in visits:
        assert set(visit) == common | own.get(visit["type"], set())


def test_the_matrices_are_whole_numbers_of_every_pair(folder):
    with np.load(folder / "matrix.npz") as arrays:
        assert arrays["seconds"].shape == arrays["metres"].shape == (12, 12)
        assert np.issubdtype(arrays["seconds"].dtype, np.integer)


def test_what_need_not_be_said_has_defaults():
    day = mixed_day()
    form = json.loads(day.to_json())
    for name in ("traffic", "costs", "now", "one_stop_per_door", "matrix"):
        del form[name]
    for request in form["requests"]:
        for name in ("documents", "service", "priority", "skills", "ready_at", "due_at_hub", "round_trip_of"):
            del request[name]
    for driver in form["drivers"]:
        for name in ("skills", "max_trips", "max_stops", "max_distance", "breaks", "cost_run", "history"):
            del driver[name]
    for place in form["places"]:
        del place["access"]
    read = Day.from_json(json.dumps(form), day.travel)
    assert read.requests[0].documents == 1
    assert read.drivers[0].max_trips is None
    assert read.traffic.is_flat
    assert read.costs.tariff_km == 2550


def test_a_byte_order_mark_is_no_trouble(folder):
    text = (folder / "plan.json").read_text(encoding="utf-8")
    (folder / "plan.json").write_text(text, encoding="utf-8-sig")
    assert read_plan(folder / "plan.json") == mixed_plan()


def test_the_matrices_are_found_by_the_name_that_the_day_gives(folder):
    (folder / "sub").mkdir()
    (folder / "matrix.npz").rename(folder / "sub" / "other.npz")
    path = with_day(folder, lambda form: form.update(matrix="sub/other.npz"))
    assert read_day(path) == live_day()


@pytest.mark.parametrize("name", [None, ""])
def test_without_a_name_the_matrices_are_in_the_usual_file(folder, name):
    assert read_day(with_day(folder, lambda form: form.update(matrix=name))) == live_day()


def test_a_plan_is_written_whole_or_not_at_all(folder):
    write_plan(mixed_plan().replace(seed=9), folder / "plan.json")
    assert read_plan(folder / "plan.json").seed == 9
    assert {path.name for path in folder.iterdir()} == {"day.json", "matrix.npz", "plan.json"}


# What cannot be read


@pytest.mark.parametrize(("where", "value", "field"), [
    (("date",), 5, "date"),
    (("schema",), "kurir/day/2", "schema"),
    (("places", 1, "lon"), "east", "places.1.lon"),
    (("places", 1, "colour"), "red", "places.1.colour"),
    (("places", 0), 7, "places.0"),
    (("requests",), None, "requests"),
    (("requests", 2, "documents"), 1.5, "requests.2.documents"),
    (("requests", 2, "documents"), "1", "requests.2.documents"),
    (("requests", 2, "documents"), True, "requests.2.documents"),
    (("requests", 2, "windows"), [[1]], "requests.2.windows.0.1"),
    (("requests", 2, "windows"), [[1, 2, 3]], "requests.2.windows.0"),
    (("requests", 2, "kind"), "gift", "requests.2.kind"),
    (("requests", 2, "skills"), "lift", "requests.2.skills"),
    (("drivers", 0, "shift"), None, "drivers.0.shift"),
    (("drivers", 0, "breaks", 0), [1, 2], "drivers.0.breaks.0.2"),
    (("drivers", 0, "history", 0, "type"), "nap", "drivers.0.history.0.type"),
    (("hub",), [], "hub"),
    (("hub", "lanes"), "two", "hub.lanes"),
    (("traffic", 0), 5, "traffic.0"),
    (("costs", "tariff_km"), None, "costs.tariff_km"),
    (("now",), "08:00", "now"),
    (("one_stop_per_door",), 1, "one_stop_per_door"),
    (("matrix",), 5, "matrix"),
], ids=str)  # fmt: skip
def test_a_field_of_the_wrong_shape_is_named_by_its_path(folder, where, value, field):
    path = with_day(folder, lambda form: put(form, where, value))
    (problem,) = problems(read_day, path)
    assert (problem.where, problem.field) == ("day.json", field)


@pytest.mark.parametrize(("where", "value", "named", "field"), [
    (("places", 1, "lat"), 95.0, "day.json places[1] (place p1)", "lat"),
    (("requests", 2, "documents"), 0, "day.json requests[2] (request P1)", "documents"),
    (("requests", 2, "windows"), [[9, 5]], "day.json requests[2] (request P1)", "windows"),
    (("requests", 2, "windows"), [], "day.json requests[2] (request P1)", "windows"),
    (("drivers", 1, "capacity"), 0, "day.json drivers[1] (driver D2)", "capacity"),
    (("drivers", 1, "breaks"), [[9, 5, 1]], "day.json drivers[1] (driver D2)", "breaks"),
    (("hub", "lanes"), 0, "day.json (hub)", "lanes"),
    (("traffic",), [[0, 0]], "day.json (traffic)", "profile"),
    (("costs", "tariff_km"), -1, "day.json (costs)", "tariff_km"),
    (("date",), "soon", "day.json (day)", "date"),
    (("now",), -5, "day.json (day)", "now"),
    (("requests", 2, "place"), 99, "day.json (request P1)", "place"),
    (("requests", 8, "id"), "R1", "day.json (request R1)", "id"),
], ids=str)  # fmt: skip
def test_a_value_that_cannot_be_is_named_with_its_row_and_id(folder, where, value, named, field):
    path = with_day(folder, lambda form: put(form, where, value))
    (problem,) = problems(read_day, path)
    assert (problem.where, problem.field) == (named, field)


@pytest.mark.parametrize("where", [
    ("date",), ("schema",), ("places",), ("hub",), ("drivers",), ("requests",), ("requests", 0, "id"),
    ("requests", 0, "kind"), ("requests", 0, "windows"), ("drivers", 0, "shift"), ("drivers", 0, "end"),
    ("hub", "windows"), ("places", 0, "lon"),
], ids=str)  # fmt: skip
def test_a_missing_field_is_named(folder, where):
    def remove(form):
        for part in where[:-1]:
            form = form[part]
        del form[where[-1]]

    (problem,) = problems(read_day, with_day(folder, remove))
    assert problem.field == ".".join(map(str, where))
    assert "required" in problem.message


def test_all_faults_are_named_at_once_with_those_of_the_matrices(folder):
    def spoil(form):
        form["places"][3]["lat"] = 91.0
        form["requests"][0] |= {"documents": 0, "priority": 101}
        form["requests"][4]["windows"] = [[5, 1]]
        form["drivers"][2]["shift"] = [5, 1]
        form["hub"]["lanes"] = 0

    path = with_day(folder, spoil)
    np.savez(folder / "matrix.npz", seconds=np.full((12, 12), -1), metres=np.zeros((12, 12)))
    fields = [problem.field for problem in problems(read_day, path)]
    assert sorted(fields) == sorted(["lat", "documents", "priority", "windows", "shift", "lanes", "seconds"])


def test_all_fields_of_the_wrong_shape_are_named_at_once(folder):
    def spoil(form):
        form["places"][3]["lat"] = "south"
        form["requests"][0] |= {"documents": "two", "gift": True}
        del form["hub"]["place"]

    fields = {problem.field for problem in problems(read_day, with_day(folder, spoil))}
    assert fields == {"places.3.lat", "requests.0.documents", "requests.0.gift", "hub.place"}


@pytest.mark.parametrize(("where", "value", "field"), [
    (("runs",), None, "runs"),
    (("runs", 0, "visits", 2, "begin"), "09:00", "runs.0.visits.2.begin"),
    (("runs", 0, "visits", 2, "type"), "nap", "runs.0.visits.2.type"),
    (("runs", 0, "visits", 2, "requests"), [5], "runs.0.visits.2.requests.0"),
    (("runs", 0, "driver"), 1, "runs.0.driver"),
    (("runs", 0, "metres"), 0.5, "runs.0.metres"),
    (("unserved", 0, "why"), "", "unserved.0.why"),
    (("cost", "total"), None, "cost.total"),
    (("schema",), "kurir/day/1", "schema"),
], ids=str)  # fmt: skip
def test_a_bad_field_of_a_plan_is_named_by_its_path(folder, where, value, field):
    form = json.loads((folder / "plan.json").read_text(encoding="utf-8"))
    put(form, where, value)
    (folder / "plan.json").write_text(json.dumps(form), encoding="utf-8")
    (problem,) = problems(read_plan, folder / "plan.json")
    assert (problem.where, problem.field) == ("plan.json", field)


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"null", b"\xff\xfe\x00", b"5", b'"day"', b"[" * 10_000])
def test_what_is_no_json_is_named(folder, content):
    for name, read in (("day.json", read_day), ("plan.json", read_plan)):
        (folder / name).write_bytes(content)
        assert name in str(problems(read, folder / name)[0])


def test_a_missing_file_is_named(tmp_path):
    assert "nowhere.json" in str(problems(read_day, tmp_path / "nowhere.json")[0])
    assert "nowhere.json" in str(problems(read_plan, tmp_path / "nowhere.json")[0])
    assert problems(read_plan, tmp_path)
    assert problems(read_plan, "a\0b")


def one_array():
    file = BytesIO()
    np.save(file, np.zeros((12, 12), int))
    return file.getvalue()


def flipped(content, at):
    return content[:at] + bytes([content[at] ^ 255]) + content[at + 1 :]


def spoiled_matrices():
    good = {"seconds": np.zeros((12, 12), int), "metres": np.zeros((12, 12), int)}
    yield "missing", lambda path: path.unlink()
    yield "empty", lambda path: path.write_bytes(b"")
    yield "text", lambda path: path.write_bytes(b"seconds,metres\n")
    yield "torn", lambda path: path.write_bytes(path.read_bytes()[:-200])
    yield "bad zip", lambda path: path.write_bytes(b"PK\x03\x04" + b"0" * 100)
    yield "flipped", lambda path: path.write_bytes(flipped(path.read_bytes(), 100))
    yield "one array", lambda path: path.write_bytes(one_array())
    yield "no metres", lambda path: np.savez(path, seconds=good["seconds"])
    yield "objects", lambda path: np.savez(path, **good | {"metres": np.array([[None]])}, allow_pickle=True)
    yield "small", lambda path: np.savez(path, **{name: array[:5, :5] for name, array in good.items()})
    yield "fractions", lambda path: np.savez(path, **good | {"metres": np.full((12, 12), 0.5)})
    yield "folder", lambda path: (path.unlink(), path.mkdir())


@pytest.mark.parametrize("spoil", [pytest.param(spoil, id=name) for name, spoil in spoiled_matrices()])
def test_matrices_that_cannot_be_read_are_named(folder, spoil):
    spoil(folder / "matrix.npz")
    assert {problem.field for problem in problems(read_day, folder / "day.json")} <= {"matrix", "seconds", "metres"}


def test_matrices_elsewhere_than_on_disk_are_named(folder):
    for name in ("../" * 40 + "nowhere.npz", "a\0b", "x" * 5000):
        found = problems(read_day, with_day(folder, lambda form, name=name: form.update(matrix=name)))
        assert [problem.field for problem in found] == ["matrix"]


@settings(deadline=None, max_examples=150)
@given(st.randoms(use_true_random=False), st.data())
def test_whatever_stands_in_a_file_it_is_read_or_named(rng, data):
    """One leaf of a day or plan is replaced by anything that JSON can hold."""
    day = live_day()
    text = rng.choice([day.to_json(), mixed_plan().to_json()])
    form = json.loads(text)
    where, leaf = form, rng.choice(list(form))
    while isinstance(where[leaf], list | dict) and where[leaf] and rng.random() < 0.85:
        where = where[leaf]
        leaf = rng.choice(list(where) if isinstance(where, dict) else range(len(where)))
    junk = st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=2),
    )
    where[leaf] = data.draw(junk)
    named = ()
    try:
        if form.get("schema") == "kurir/plan/1":
            Plan.from_json(json.dumps(form))
        else:
            Day.from_json(json.dumps(form), day.travel)
    except InvalidInput as error:
        named = error.problems
    assert all(problem.where and problem.message for problem in named)


def put(form, where, value):
    for part in where[:-1]:
        form = form[part]
    form[where[-1]] = value
