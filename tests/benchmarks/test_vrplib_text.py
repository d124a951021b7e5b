"""VRPLIB as others write it: tabs, headers in any order, words of the form in a comment."""

from __future__ import annotations

import pytest

from benchmarks.instances import read_instance
from tests.benchmarks.instance_texts import VRPLIB

CVRP = """NAME : 007
TYPE : CVRP
DIMENSION : 3
CAPACITY : 10
EDGE_WEIGHT_TYPE : EUC_2D
NODE_COORD_SECTION
1 0 0
2 3 4
3 1 1
DEMAND_SECTION
1 0
2 10
3 5
DEPOT_SECTION
1
-1
EOF
"""


@pytest.mark.parametrize("header", ["TYPE : CVRP", "TYPE : \tCVRP", "TYPE\t:\tCVRP", "TYPE: cvrp", "TYPE:CVRP \t"])
def test_a_cvrp_is_rounded_to_whole_numbers_however_its_headers_are_spaced(write, header):
    instance = read_instance(write("tiny.vrp", CVRP.replace("TYPE : CVRP", header)))
    # sqrt(2) is 1, and from (3, 4) to (1, 1) sqrt(13) = 3.6 is 4.
    assert (instance.rounding, instance.distance.tolist()) == ("round", [[0, 5, 1], [5, 0, 4], [1, 4, 0]])


def test_a_cvrp_has_no_windows_and_a_vehicle_for_each_customer(write):
    instance = read_instance(write("tiny.vrp", CVRP))
    assert (instance.vehicles, instance.capacity, instance.delivery.tolist()) == (2, 10, [0, 10, 5])
    assert (instance.earliest.max(), instance.latest.min()) == (0, 10**7)
    assert instance.service.tolist() == instance.release.tolist() == instance.pickup.tolist() == [0, 0, 0]


@pytest.mark.parametrize("kind", ["CVRP", "VRPTW"])
def test_a_rounding_that_is_asked_for_counts_whatever_the_type(write, kind):
    path = write("tiny.vrp", CVRP.replace("CVRP", kind))
    assert read_instance(path, rounding="exact").distance[0, 2] == 1414


def test_a_name_of_digits_stays_as_it_is(write):
    assert read_instance(write("tiny.vrp", CVRP)).name == "007"
    assert read_instance(write("tiny.vrp", CVRP.replace("007", ""))).name == "tiny"


@pytest.mark.parametrize(
    "comment", ["see DEMAND_SECTION", "no EOF here", "EOF", "at 10:30", "NODE_COORD_SECTION: EOF", "-1"]
)
def test_words_of_the_form_may_stand_in_a_comment(write, comment):
    instance = read_instance(write("tiny.vrp", VRPLIB.replace("two customers", comment)))
    assert (instance.distance[1, 2], instance.release.tolist()) == (36, [0, 0, 300])


@pytest.mark.parametrize("header", ["CAPACITY: 10\n", "SERVICE_TIME: 2\n", "TYPE: MTVRPTWR\n"])
@pytest.mark.parametrize("heading", ["DEMAND_SECTION", "DEPOT_SECTION", "EOF"])
def test_a_header_may_stand_after_a_section(write, header, heading):
    moved = VRPLIB.replace(header, "").replace(f"\n{heading}\n", f"\n{header}{heading}\n")
    instance = read_instance(write("tiny.vrp", moved))
    assert (instance.kind, instance.capacity, instance.service.tolist()) == ("MTVRPTWR", 10, [0, 20, 20])


def test_service_times_may_differ_from_customer_to_customer(write):
    section = "SERVICE_TIME_SECTION\n1 0\n2 7\n3 1.5\nDEPOT_SECTION"
    each = VRPLIB.replace("SERVICE_TIME: 2\n", "").replace("DEPOT_SECTION\n1\nEOF", f"{section}\n1\nEOF")
    assert read_instance(write("tiny.vrp", each)).service.tolist() == [0, 70, 15]
