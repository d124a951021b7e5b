"""The best answer on record beside an instance."""

from __future__ import annotations

import pytest

import routing
from benchmarks.instances import BestKnown, read_instance
from benchmarks.solutions import write_solution
from tests.benchmarks.instance_texts import SOLOMON, VRPLIB

TABLE = "instance,NV,cost_stated\nTINY,2,12.8\n"


def test_a_solution_beside_the_file_gives_the_best_known_in_its_own_numbers(write):
    write("tiny.sol", "Route #1: 1 0 2\nCost 12.8\n")
    # Out and back to 1 and to 2: 2 * 50 + 2 * 14.
    assert read_instance(write("tiny.vrp", VRPLIB)).best_known == BestKnown(128, 1)


def test_a_table_one_folder_above_gives_the_best_known(write, tmp_path):
    write("bks_vrptw_distance.csv", "instance,NV,cost_stated\nTINY,2,12.8\n")
    (tmp_path / "set").mkdir()
    path = write("set/tiny.txt", SOLOMON)
    assert read_instance(path).best_known == BestKnown(128, 2)
    assert read_instance(path, rounding="none").best_known is None


@pytest.mark.parametrize(
    ("table", "told"),
    [
        (b"instance,NV,cost_stated\ntiny,2,nan\n", "row of tiny: cost_stated: is 'nan': expected a number"),
        (b"instance,NV\ntiny,2\n", "row of tiny: cost_stated: is None: expected a number"),
        (b"instance,NV,cost_stated\n\xfftiny,2,12.8\n", "bks_vrptw_distance.csv line 2: is not text"),
    ],
)
def test_a_damaged_table_of_best_known_values_is_named(write, tmp_path, table, told):
    (tmp_path / "bks_vrptw_distance.csv").write_bytes(table)
    with pytest.raises(routing.InvalidInput) as caught:
        read_instance(write("tiny.txt", SOLOMON))
    assert told in str(caught.value)


@pytest.mark.parametrize(("stated", "best"), [("9.9", BestKnown(99, 2)), ("99.9", BestKnown(128, 2))])
def test_of_a_solution_and_a_table_the_better_counts(write, stated, best):
    write("bks_vrptw_distance.csv", TABLE.replace("12.8", stated))
    # Out and back to 1 and to 2, in tenths: 2 * 50 + 2 * 14.
    write("tiny.sol", "Route #1: 1\nRoute #2: 2\nCost 12.8\n")
    assert read_instance(write("tiny.txt", SOLOMON)).best_known == best


def test_an_answer_of_this_program_is_not_the_best_on_record(write, tmp_path):
    write_solution(tmp_path / "tiny.sol", ((1,), (2,)), 128)
    assert read_instance(write("tiny.txt", SOLOMON)).best_known is None
    write("bks_vrptw_distance.csv", TABLE.replace("12.8", "99.9"))
    assert read_instance(write("tiny.txt", SOLOMON)).best_known == BestKnown(999, 2)
