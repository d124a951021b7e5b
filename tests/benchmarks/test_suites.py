"""Built-in suites: the same everywhere, with what they promise, and files beside them."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks.random_instances import FAMILIES, random_instance
from benchmarks.solutions import evaluate
from benchmarks.suites import KINDS, RAIN_ACCESS, Chosen, descriptions, sources_named, tangsel_day
from geodata.demand import example_day
from routing.errors import InvalidInput


def problems_of(words, chosen=None):
    with pytest.raises(InvalidInput) as caught:
        sources_named(words, chosen or Chosen())
    return [str(problem) for problem in caught.value.problems]


@pytest.mark.parametrize("family", FAMILIES)
def test_each_customer_of_a_random_instance_can_be_served_alone(family):
    instance = random_instance(family, 60, seed=4)
    assert evaluate(instance, [[customer] for customer in range(1, 61)]).faults == ()


def test_a_random_instance_is_the_same_for_the_same_seed_and_another_for_another():
    first, again, other = (random_instance("RC1", 40, seed=seed) for seed in (2, 2, 3))
    assert np.array_equal(first.distance, again.distance)
    assert np.array_equal(first.earliest, again.earliest)
    assert not np.array_equal(first.distance, other.distance)


def test_customers_of_c_lie_together_and_those_of_r_apart():
    def mean_nearest(family):
        points = random_instance(family, 200, seed=1).coordinates[1:]
        apart = np.hypot(*(points[:, None] - points[None]).transpose(2, 0, 1))
        return np.sort(apart, axis=1)[:, 5].mean()

    assert mean_nearest("C1") < 0.7 * mean_nearest("R1")


def test_long_horizons_need_fewer_vehicles():
    # By load alone: 100 customers of 15 on average, vehicles of 200 and of 1000.
    short, long = random_instance("R1"), random_instance("R2")
    assert long.latest[0] > 4 * short.latest[0]
    assert long.capacity == 5 * short.capacity


def test_arguments_out_of_range_are_named():
    with pytest.raises(InvalidInput) as caught:
        random_instance("R3", 0, seed=-1)
    assert [problem.field for problem in caught.value.problems] == ["family", "customers", "seed"]


def test_every_kind_is_run_at_the_usual_size_and_the_first_at_all():
    names = [source.name for source in sources_named(["tangsel"], Chosen())]
    assert names[:5] == ["weekday-200", "weekday-500", "weekday-1000", "weekday-2000", "weekday-5000"]
    assert names[5:] == [f"{kind}-1000" for kind in KINDS if kind != "weekday"]


def test_sizes_and_kinds_choose_from_the_suites():
    chosen = Chosen((30, 40), ("rain", "R1"), 5)
    names = [source.name for source in sources_named(["tangsel", "random"], chosen)]
    assert names == ["rain-30", "rain-40", "R1-30-5", "R1-40-5"]


def test_a_day_of_the_suite_is_a_seeded_day():
    assert tangsel_day("friday", 30, seed=2) == example_day(30, seed=2, profile="friday")


def test_rain_slows_riders_down_and_keeps_them_longer_at_the_doors():
    dry, wet = (tangsel_day(kind, 40, seed=1) for kind in ("weekday", "rain"))
    assert [factor for _, factor in wet.traffic.profile] == [round(0.8 * factor) for _, factor in dry.traffic.profile]
    doors = [place for place in range(len(dry.places)) if place != dry.hub.place]
    assert {wet.places[door].access - dry.places[door].access for door in doors} == {RAIN_ACCESS}
    assert wet.places[wet.hub.place] == dry.places[dry.hub.place]
    assert len(wet.drivers) >= len(dry.drivers)


def test_one_lane_and_many_round_trips_are_what_they_say():
    assert tangsel_day("one-lane", 40, seed=1).hub.lanes == 1
    rounds = sum(request.round_trip_of is not None for request in tangsel_day("round-trips", 40, seed=1).requests)
    assert rounds == round(0.8 * 20)


def test_how_the_suites_are_made_is_told():
    assert len(descriptions(["tangsel", "random"])) == len(KINDS) + len(FAMILIES)
    assert descriptions(["files", "somewhere"]) == []
    assert [each.partition(":")[0] for each in descriptions(["random"], ["RC1", "weekday"])] == ["random RC1"]


def test_files_are_found_at_any_depth_and_by_pattern(tmp_path):
    from tests.benchmarks.test_compare import LINE

    (tmp_path / "set" / "inner").mkdir(parents=True)
    for name in ("a", "b"):
        (tmp_path / "set" / "inner" / f"{name}.txt").write_text(LINE.replace("line", name, 1))
    (tmp_path / "set" / "notes.md").write_text("not an instance")
    found = [sources_named(words, Chosen()) for words in (["files", str(tmp_path)], [str(tmp_path / "*" / "*" / "a*")])]
    assert [[source.name for source in sources] for sources in found] == [["a", "b"], ["a"]]
    case = found[0][0].load()
    assert (case.name, case.kind, found[0][0].group) == ("a", "VRPTW", "VRPTW 3")


def test_a_misspelt_suite_or_kind_is_answered_by_the_one_meant(tmp_path):
    assert problems_of(["tangsl"])[0].endswith("did you mean 'tangsel'?")
    assert problems_of(["tangsel"], Chosen(kinds=("fridy",)))[0].endswith("did you mean 'friday'?")
    (tmp_path / "monday").mkdir()
    assert problems_of([str(tmp_path / "mnday")])[0].endswith("did you mean 'monday'?")
    assert "expected 1 to 20000" in problems_of(["random"], Chosen(sizes=(0,)))[0]
