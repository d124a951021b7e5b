"""Reading classical instances: what is understood, and how faults are named."""

from __future__ import annotations

import gzip
import math
import random
import re
import tracemalloc
from pathlib import Path

import numpy as np
import pytest

import routing
from benchmarks.as_day import SCALE, as_day
from benchmarks.cases import instance_case
from benchmarks.instances import Instance, read_instance
from benchmarks.peers.answer import PeerRun
from benchmarks.rounding import ROUNDINGS
from tests.benchmarks.instance_texts import JD, SOLOMON, TEXTS, VRPLIB, WANG_CHEN

BENCH = Path(__file__).parents[3] / "shared" / "data" / "bench"
needs_bench = pytest.mark.skipif(not BENCH.is_dir(), reason="the public instances are not beside the project")


def fault_of(path, **options):
    with pytest.raises(routing.InvalidInput) as caught:
        read_instance(path, **options)
    return str(caught.value)


def test_solomon_text_is_read_with_the_dimacs_convention(write):
    instance = read_instance(write("tiny.txt", SOLOMON))
    assert (instance.name, instance.kind, instance.vehicles, instance.capacity) == ("tiny", "VRPTW", 2, 15)
    # sqrt(2) = 1.41421, times 10 and truncated is 14; from (3, 4) to (1, 1) is sqrt(13) = 3.60555.
    assert instance.distance.tolist() == [[0, 50, 14], [50, 0, 36], [14, 36, 0]]
    assert instance.earliest.tolist() == [0, 50, 0]
    assert instance.latest.tolist() == [1000, 200, 900]
    assert instance.service.tolist() == [0, 20, 20]


@pytest.mark.parametrize(("rounding", "diagonal"), [("trunc", 3), ("round", 4), ("exact", 3606), ("none", 13**0.5)])
def test_another_rounding_can_be_asked_for(write, rounding, diagonal):
    instance = read_instance(write("tiny.txt", SOLOMON), rounding=rounding)
    assert instance.distance[1, 2] == diagonal


def test_an_unknown_rounding_is_refused_with_those_there_are(write):
    assert "expected one of dimacs, trunc" in fault_of(write("tiny.txt", SOLOMON), rounding="up")
    assert fault_of(write("tiny.txt", SOLOMON), rounding="dimac").endswith("; did you mean 'dimacs'?")


def test_vrplib_is_read_with_windows_release_times_and_reloads(write):
    instance = read_instance(write("tiny.vrp", VRPLIB))
    assert (instance.kind, instance.vehicles, instance.reloads) == ("MTVRPTWR", 1, True)
    assert instance.release.tolist() == [0, 0, 300]
    assert instance.service.tolist() == [0, 20, 20]
    day = instance.day
    assert day.drivers[0].max_trips is None
    assert [request.ready_at for request in day.requests] == [None, 300]


def test_wang_chen_keeps_double_precision_and_counts_vehicles(write):
    instance = read_instance(write("wang.txt", WANG_CHEN))
    assert (instance.kind, instance.cost_per_vehicle) == ("VRPSPDTW", 2000)
    assert instance.distance[1, 2] == math.sqrt(13)
    assert instance.pickup.tolist() == [0, 3, 5]


def test_jd_is_asymmetric_and_its_fractional_loads_become_whole(write):
    instance = read_instance(write("jd.vrpsdptw", JD))
    assert instance.distance.tolist() == [[0, 1000, 2000], [1500, 0, 700], [2100, 800, 0]]
    assert instance.duration.tolist() == [[0, 10, 20], [11, 0, 7], [21, 8, 0]]
    # Four decimals at most: 0.0233 -> 233, 2.25 -> 22500, the capacity 2.5 -> 25000.
    assert instance.delivery.tolist() == [0, 233, 22500]
    assert instance.pickup.tolist() == [0, 10000, 0]
    assert instance.capacity == 25000
    assert (instance.cost_per_vehicle, instance.cost_per_distance) == (300, 0.014)


@pytest.mark.parametrize(("name", "stops"), [("jd.vrpsdptw", 0), ("tiny.txt", 4)])
def test_an_instance_of_matrices_alone_lies_nowhere_and_has_no_map(write, name, stops):
    case = instance_case(read_instance(write(name, TEXTS[name])))
    one_at = {request.place: request.id for request in case.day.requests}
    points = case.points_of_order([PeerRun(case.day.drivers[0].id, tuple((name,) for name in one_at.values()))])
    assert sum(len(run) for run in points) == stops
    plan = routing.solve(case.day, iterations=50, workers=1)
    assert bool(case.points(plan)) == bool(stops)


def test_a_compressed_file_reads_like_a_plain_one(tmp_path, write):
    packed = tmp_path / "jd.vrpsdptw.gz"
    packed.write_bytes(gzip.compress(JD.encode()))
    assert np.array_equal(read_instance(packed).distance, read_instance(write("jd.vrpsdptw", JD)).distance)


def test_compressed_data_that_end_early_are_named_by_line(tmp_path):
    packed = tmp_path / "jd.vrpsdptw.gz"
    packed.write_bytes(gzip.compress(JD.encode())[:-20])
    assert "jd.vrpsdptw.gz line" in fault_of(packed)


@pytest.mark.parametrize("name", ["tiny.vrp", "wang.txt", "jd.vrpsdptw"])
def test_a_file_cut_after_any_line_names_the_line_it_ends_at(write, name):
    rows = TEXTS[name].splitlines()
    for kept in range(1, len(rows)):
        fault = fault_of(write(name, "\n".join(rows[:kept]) + "\n"))
        # Cut within its title a file is of no known format: then its first line is shown.
        assert f"{name} line {kept}" in fault or f"{name} line 1: begins with" in fault, kept


def test_a_cut_solomon_file_of_a_public_set_is_noticed_by_its_name(write):
    assert "C101.txt line 12: the file ends here: expected 25 or 50 or 100 customers, got 2" in fault_of(
        write("C101.txt", SOLOMON)
    )


@pytest.mark.parametrize("name", ["101.txt", "200.txt", "1_2_1.txt"])
def test_a_name_of_digits_alone_says_nothing_about_the_size(write, name):
    assert read_instance(write(name, SOLOMON)).customers == 2


@pytest.mark.parametrize("rounding", ROUNDINGS)
def test_distances_take_little_more_memory_than_they_need(rounding):
    given = {"delivery": np.zeros(600), "windows": np.zeros((600, 2)), "service": np.zeros(600)}
    points = np.random.default_rng(1).uniform(0, 100, (600, 2))
    tracemalloc.start()
    try:
        instance = Instance.euclidean(
            name="many", kind="CVRP", coordinates=points, capacity=1, vehicles=1, rounding=ROUNDINGS[rounding], **given
        )
        most = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert most < 1.2 * instance.distance.nbytes
    assert instance.distance[3, 5] == pytest.approx(
        ROUNDINGS[rounding].apply(np.float64(math.dist(points[3], points[5])))
    )


def test_the_day_of_an_instance_takes_little_more_memory_than_its_matrices(write):
    several = "\n".join(f"{number} {number % 20} {number // 20} 1 0 900 1" for number in range(1, 401))
    instance = read_instance(write("many.txt", SOLOMON.split("    0 ")[0] + "0 0 0 0 0 1000 0\n" + several + "\n"))
    tracemalloc.start()
    try:
        travel = as_day(instance).travel
        most = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    # The requests, drivers and places of 400 customers take less than half a megabyte.
    assert most < 1.2 * (travel.seconds.nbytes + travel.metres.nbytes) + 1e6


@pytest.mark.parametrize(
    ("name", "old", "new", "told"),
    [
        ("tiny.vrp", "RELEASE_TIME_SECTION", "RELEASED_SECTION", "tiny.vrp line 21: RELEASED_SECTION: is not known"),
        ("tiny.vrp", "COMMENT:", "MAX_DISTANCE:", "tiny.vrp line 2: MAX_DISTANCE: is not known"),
        ("tiny.vrp", "2 5 20", "2 5", "tiny.vrp line 19: location, earliest, latest: has 2 values"),
        ("tiny.vrp", "2 5 20", "2 5 x", "tiny.vrp line 19: latest: is 'x': expected a number"),
        ("tiny.vrp", "2 5 20", "2 30 20", "tiny.vrp line 19: latest: is 20: expected at least the earliest, 30"),
        ("tiny.vrp", "3 0 90\n", "", "tiny.vrp line 20: location, earliest, latest: has 1 values"),
        ("tiny.vrp", "3 1 1", "4 1 1", "tiny.vrp line 12: location: is 4: expected 3"),
        ("tiny.vrp", "2 10", "2 -10", "tiny.vrp line 15: demand: is negative"),
        ("tiny.vrp", "EUC_2D", "GEO", "tiny.vrp line 4: EDGE_WEIGHT_TYPE: is 'GEO'"),
        ("tiny.vrp", "TYPE: MTVRPTWR", "TYPE: MDVRP", "tiny.vrp line 3: TYPE: is 'MDVRP'"),
        ("tiny.vrp", "TYPE: MTVRPTWR", "TYPE: VRPTW", "tiny.vrp line 3: TYPE: is VRPTW"),
        ("tiny.vrp", "CAPACITY: 10\n", "", "tiny.vrp: CAPACITY: is missing"),
        ("tiny.vrp", "DEPOT_SECTION\n1\n", "DEPOT_SECTION\n2\n", "depot: is 2: expected 1"),
        ("tiny.txt", "1      3          4", "1      3          nan", "tiny.txt line 11: YCOORD.: is 'nan'"),
        ("tiny.txt", "    2      1", "    3      1", "tiny.txt line 12: CUST NO.: is 3: expected 2"),
        (
            "tiny.txt",
            "5         20 ",
            "25        20 ",
            "tiny.txt line 11: DUE DATE: is 20: expected at least the ready",
        ),
        ("wang.txt", "   2        25 ", "   1        25 ", "wang.txt line 12: CUST NO.: is one too many"),
        ("jd.vrpsdptw", "1,2,700,7", "1,2,700", "jd.vrpsdptw line 17: from, to, distance, time: has 3 values"),
        ("jd.vrpsdptw", "1,2,700,7", "2,1,700,7", "jd.vrpsdptw line 17: from, to: is 2, 1: expected 1, 2"),
        ("jd.vrpsdptw", "1,2,700,7", "1,2,-700,7", "jd.vrpsdptw line 17: distance: is '-700'"),
        ("jd.vrpsdptw", "UNITCOST", "UNITCOSTS", "jd.vrpsdptw line 6: UNITCOSTS: is not known"),
        ("jd.vrpsdptw", "VEHICLES : 5\n", "", "jd.vrpsdptw line 8: VEHICLES: is missing: expected above NODE_SECTION"),
        ("tiny.vrp", "2 3 4", "2 3 1e30", "tiny.vrp line 11: y: is '1e30': expected a number up to 100000000"),
        ("tiny.vrp", "CAPACITY: 10", "CAPACITY: 9999999999999999999999", "tiny.vrp line 7: CAPACITY: is '9999"),
        ("tiny.txt", "1      3          4", "1      inf        4", "tiny.txt line 11: XCOORD.: is 'inf'"),
        ("wang.txt", "10          3  ", "4294967296  3  ", "wang.txt line 11: DDEMAND: is '4294967296'"),
        ("jd.vrpsdptw", "1,2,700,7", "1,2,700,4294967297", "jd.vrpsdptw line 17: time: is '4294967297'"),
        ("jd.vrpsdptw", "2,2.25,0", "2,1e-300,0", "jd.vrpsdptw line 12: delivery: is '1e-300': expected at most 6"),
    ],
)
def test_a_fault_names_file_line_field_and_what_was_expected(write, name, old, new, told):
    assert old in TEXTS[name]
    assert told in fault_of(write(name, TEXTS[name].replace(old, new, 1)))


@pytest.mark.parametrize(
    ("name", "old", "new", "told"),
    [
        # Ten-thousandths of ten million do not fit; as doubles they would wrap around to something that does.
        ("wang.txt", "1      3         4", "1      3  10000000", "wang.txt: travel times: seconds: has values outside"),
        ("tiny.vrp", "3 30", "3 20000000", "tiny.vrp: request 2: ready_at: is 200000000"),
        ("jd.vrpsdptw", "300", "3000000", "jd.vrpsdptw: driver 1: cost_run: is 3000000000"),
    ],
)
def test_what_a_day_cannot_hold_is_told_on_reading(write, name, old, new, told):
    assert told in fault_of(write(name, TEXTS[name].replace(old, new, 1)))


ODD = [
    "-1",
    "0",
    "nan",
    "-inf",
    "1e400",
    "1e30",
    "4294967297",
    "99999999999999999999",
    "3.7",
    "x",
    "1,5",
    "EOF",
    "--3",
    "\u0663",
]


def damaged(text, draws):
    """The text with one of its words, lines or letters changed, left out or doubled, or cut."""
    lines = text.splitlines()
    at = draws.randrange(len(lines))
    kind = draws.choice(["word", "word", "word", "left out", "doubled", "swapped", "cut", "letter"])
    if kind == "word":
        words = re.split(r"([\s,:]+)", lines[at])
        words[draws.randrange(0, len(words), 2)] = draws.choice(ODD)
        lines[at] = "".join(words)
    elif kind == "left out":
        del lines[at]
    elif kind == "doubled":
        lines.insert(at, lines[at])
    elif kind == "swapped":
        other = draws.randrange(len(lines))
        lines[at], lines[other] = lines[other], lines[at]
    elif kind == "letter":
        lines[at] += chr(draws.randrange(256))
    whole = "\n".join(lines)
    return whole[: draws.randrange(len(whole))] if kind == "cut" else whole


@pytest.mark.parametrize("name", TEXTS)
def test_a_damaged_file_is_an_instance_of_whole_days_or_names_the_file(write, name):
    refused = []
    for seed in range(150):
        path = write(name, damaged(TEXTS[name], random.Random(seed)))
        try:
            instance = read_instance(path)
        except routing.InvalidInput as error:
            refused += error.problems
        else:
            assert len(instance.day.requests) >= instance.customers, seed
    assert 75 < len(refused) < 150
    assert [problem for problem in refused if not problem.where.startswith(name)] == []


def test_a_file_that_is_no_instance_or_not_there_is_refused(write, tmp_path):
    assert "line 1: begins with 'hello'" in fault_of(write("notes.txt", "hello\n"))
    assert "line 1: is empty" in fault_of(write("empty.txt", "\n"))
    assert "none.vrp: cannot be read: No such file" in fault_of(tmp_path / "none.vrp")
    assert "did you mean 'notes.txt'?" in fault_of(tmp_path / "note.txt")


def test_a_vrptw_becomes_a_day_of_returns_paid_by_distance(write):
    day = read_instance(write("tiny.txt", SOLOMON)).day
    assert [(request.kind, request.documents, request.windows, request.service) for request in day.requests] == [
        ("return", 10, ((50, 200),), 20),
        ("return", 5, ((0, 900),), 20),
    ]
    assert day.hub.lanes is None
    assert day.hub.lane_service(10) == 0
    assert {(driver.max_trips, driver.cost_km, driver.cost_run, driver.shift) for driver in day.drivers} == {
        (1, 1000, 0, (0, 1000))
    }
    # Worth more than all customers served alone, on the longest way.
    assert day.costs.unserved_base > 2 * (50 + 50)


def test_a_vrpspdtw_becomes_a_day_of_one_stop_per_door(write):
    day = read_instance(write("jd.vrpsdptw", JD)).day
    assert day.one_stop_per_door
    assert [place.access for place in day.places] == [0, 30, 30]
    assert [request.id for request in day.requests] == ["1", "1p", "2"]
    # 0.014 per metre in thousandths is 14 per metre, 14000 per kilometre.
    assert (day.drivers[0].cost_run, day.drivers[0].cost_km) == (300_000, 14_000)


def test_a_customer_without_a_delivery_still_takes_part_in_the_trip(write):
    day = read_instance(write("wang.txt", WANG_CHEN)).day
    documents = {request.id: request.documents for request in day.requests}
    # Loads double, so that the one document that stands for "no delivery" never counts.
    assert documents == {"1": 20, "1p": 6, "2": 1, "2p": 10}
    assert day.drivers[0].capacity == 2 * 20 + 1


def test_double_precision_is_scaled_against_the_plan(write):
    instance = read_instance(write("wang.txt", WANG_CHEN))
    travel = instance.day.travel
    assert travel.seconds[1, 2] == math.ceil(math.sqrt(13) * SCALE) == travel.metres[1, 2]
    assert travel.seconds[0, 1] == 5 * SCALE
    assert instance.day.drivers[0].cost_run == 2000 * SCALE


@needs_bench
@pytest.mark.parametrize("folder", ["mtvrptwr", "vrptw_gh1000", "vrptw_solomon", "vrpspdtw_wang_chen", "vrpspdtw_jd"])
def test_public_instances_become_days(folder):
    files = sorted(path for path in (BENCH / folder).iterdir() if path.name.endswith((".vrp", ".txt", ".gz")))
    for path in files[:: len(files) // 4]:
        instance = read_instance(path)
        assert len(instance.day.places) == instance.customers + 1
        assert (instance.best_known is None) == (folder == "vrpspdtw_jd")
