"""What routes are worth in an instance's own numbers, and their files."""

from __future__ import annotations

import math
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

import routing
from benchmarks.instances import Instance, read_instance
from benchmarks.rounding import ROUNDINGS
from benchmarks.solutions import evaluate, is_written_here, read_solution, routes_of, write_solution
from routing import CostBreakdown, Plan, Run, Visit

BENCH = Path(__file__).parents[3] / "shared" / "data" / "bench"
needs_bench = pytest.mark.skipif(not BENCH.is_dir(), reason="the public instances are not beside the project")


@pytest.fixture
def instance():
    """Three customers on a line, 10, 20 and 30 from the depot."""
    return Instance.euclidean(
        name="line",
        kind="MTVRPTWR",
        coordinates=[(0, 0), (10, 0), (20, 0), (30, 0)],
        delivery=[0, 4, 4, 4],
        windows=[(0, 200), (0, 100), (25, 100), (0, 30)],
        service=[0, 5, 5, 5],
        release=[0, 0, 0, 0],
        capacity=8,
        vehicles=2,
        rounding=ROUNDINGS["round"],
        reloads=True,
    )


def test_a_feasible_answer_costs_its_distance(instance):
    worth = evaluate(instance, [(3,), (1, 2)])
    assert (worth.cost, worth.vehicles, worth.feasible) == (60 + 40, 2, True)


def test_a_reload_counts_its_way_and_empties_the_vehicle(instance):
    # 3 at 30, back at 65; 1 at 75, 2 at 90, within 100.
    assert evaluate(instance, [(3, 0, 1, 2)]).feasible
    single = evaluate(instance.replace(reloads=False), [(3, 0, 1, 2)])
    assert single.faults == ("route 1: it makes 2 trips: vehicles do not reload here",)


@pytest.mark.parametrize(
    ("routes", "told"),
    [
        ([(3,), (1,)], "customer 2 is visited 0 times"),
        ([(3,), (1, 2, 1)], "customer 1 is visited 2 times"),
        ([(3,), (2,), (1,)], "3 vehicles are used, there are 2"),
        ([(3, 2, 1)], "carries 12, more than the capacity 8"),
        ([(1, 3), (2,)], "service at 3 begins at 35, after 30"),
        ([(3, 0, 2), (1,), (4,)], "customer 4 does not exist"),
    ],
)
def test_every_fault_is_told(instance, routes, told):
    assert any(told in fault for fault in evaluate(instance, routes).faults)


def test_goods_leave_no_earlier_than_all_of_their_trip_are_released(instance):
    late = instance.replace(release=np.array([0, 0, 76, 0]))
    # Leaving at 76 with the goods of 2, service at 1 begins at 86 and at 2 at 101.
    assert evaluate(late, [(3,), (1, 2)]).faults == ("route 2: service at 2 begins at 101, after 100",)
    assert evaluate(late.replace(release=np.array([0, 0, 75, 0])), [(3,), (1, 2)]).feasible


def test_the_vehicle_is_back_before_the_depot_closes(instance):
    early = instance.replace(latest=np.array([64, 100, 100, 30]))
    assert "route 1: it ends at 65, after the depot closes at 64" in evaluate(early, [(3,), (1, 2)]).faults


def test_deliveries_and_pickups_share_the_vehicle(instance):
    both = instance.replace(kind="VRPSPDTW", pickup=np.array([0, 5, 0, 0]))
    # 8 leave the depot; 4 go out and 5 come in at customer 1: 9.
    assert any("carries 9" in fault for fault in evaluate(both, [(3,), (1, 2)]).faults)
    # First 2, then 1: 8, 4, then 5.
    assert evaluate(both, [(3,), (2, 1)]).feasible


def test_vehicles_and_distance_are_priced_as_the_instance_says(instance):
    priced = instance.replace(cost_per_vehicle=300, cost_per_distance=0.014)
    assert evaluate(priced, [(3,), (1, 2)]).cost == pytest.approx(600 + 1.4)


def test_a_plan_becomes_routes_with_a_zero_for_each_reload():
    def visit(kind, place):
        return Visit(type=kind, place=place, arrive=0, begin=0, end=0, load_after=0)

    kinds = [("start", 0), ("hub", 0), ("stop", 2), ("stop", 1), ("hub", 0), ("stop", 3), ("hub", 0), ("end", 0)]
    run = Run(driver="1", visits=tuple(visit(*each) for each in kinds), metres=0, paid_seconds=0, cost=0)
    plan = Plan(runs=(run,), unserved=(), cost=CostBreakdown(0, 0, 0, 0, 0, 0))
    assert routes_of(plan) == ((2, 1, 0, 3),)


def test_a_solution_file_reads_back_as_written(tmp_path):
    path = tmp_path / "a.sol"
    write_solution(path, ((3, 5, 0, 7), (1,)), 128)
    assert path.read_text() == "Route #1: 3 5 0 7\nRoute #2: 1\nCost 128\nComment: written by kurir\n"
    assert read_solution(path) == (((3, 5, 0, 7), (1,)), 128)
    assert is_written_here(path)


def test_other_tools_read_a_solution_file(tmp_path):
    vrplib = pytest.importorskip("vrplib")
    write_solution(tmp_path / "a.sol", ((3, 5), (1,)), 128)
    theirs = vrplib.read_solution(tmp_path / "a.sol")
    assert (theirs["routes"], theirs["cost"]) == ([[3, 5], [1]], 128)


def test_a_damaged_solution_file_names_its_line(tmp_path):
    path = tmp_path / "a.sol"
    path.write_text("Route #1: 3 x\n")
    with pytest.raises(routing.InvalidInput, match=r"a\.sol line 1: Route: is 'x'"):
        read_solution(path)
    path.write_text(": 3\nRoute #1: 3\nCost\n")
    with pytest.raises(routing.InvalidInput, match=r"a\.sol line 3: Cost: is 'Cost'"):
        read_solution(path)


@needs_bench
@pytest.mark.parametrize("folder", ["mtvrptwr", "vrptw_gh1000"])
def test_published_solutions_are_feasible_and_cost_what_they_state(folder):
    for path in sorted((BENCH / folder).glob("*.sol")):
        routes, stated = read_solution(path)
        worth = evaluate(read_instance(path.with_suffix(".vrp")), routes)
        assert worth.faults == ()
        # One set states distances with a decimal, the other in tenths.
        assert any(math.isclose(worth.cost, stated * scale) for scale in (1, 10)), path.name


@needs_bench
@pytest.mark.parametrize("name", ["mtvrptwr/C201R0.5", "mtvrptwr/RC2_2_01R0.75", "vrptw_gh1000/R2_10_5"])
def test_the_evaluation_agrees_with_that_of_pyvrp(name):
    pyvrp = pytest.importorskip("pyvrp")
    data = pyvrp.read(BENCH / f"{name}.vrp", round_func="dimacs")
    instance = read_instance(BENCH / f"{name}.vrp")
    routes, _ = read_solution(BENCH / f"{name}.sol")
    # The last two customers of the first two routes change places: mostly infeasible, never the same.
    swapped = [list(route) for route in routes]
    swapped[0][-1], swapped[1][-1] = swapped[1][-1], swapped[0][-1]
    for answer in (routes, swapped):
        worth = evaluate(instance, answer)
        theirs = _pyvrp_solution(pyvrp, data, answer)
        assert (worth.cost, worth.feasible) == (theirs.distance(), theirs.is_feasible())


SETS = [
    "vrptw_solomon/R101.txt",
    "vrptw_gh200/rc1_2_1.txt",
    "vrptw_gh1000/R1_10_1.vrp",
    "mtvrptwr/R2_2_03R0.25.vrp",
    "vrpspdtw_wang_chen/rcdp101.txt",
    "vrpspdtw_jd/200_1.vrpsdptw.gz",
]


@needs_bench
@pytest.mark.parametrize("name", SETS)
def test_a_solution_file_of_each_set_is_feasible_and_as_long_to_pyvrp_too(name, tmp_path):
    pyvrp = pytest.importorskip("pyvrp")
    from benchmarks.peers.batches import batches
    from benchmarks.peers.pyvrp_peer import problem_of

    instance = read_instance(BENCH / name)
    plan = routing.solve(instance.day, iterations=2000, seed=1)
    worth = evaluate(instance, routes_of(plan))
    write_solution(tmp_path / "answer.sol", routes_of(plan), worth.cost)
    routes, _ = read_solution(tmp_path / "answer.sol")
    data, owners, _ = problem_of(instance.day, batches(instance.day))
    assert [owner.place for owner in owners] == list(range(1, len(owners) + 1))
    theirs = _pyvrp_solution(pyvrp, data, routes)
    assert worth.faults == ()
    assert theirs.is_feasible()
    assert theirs.num_routes() == worth.vehicles
    assert theirs.distance() == sum(_metres(instance.day, run) for run in plan.runs)


def _metres(day, run):
    return sum(int(day.travel.metres[one.place, other.place]) for one, other in pairwise(run.visits))


def _pyvrp_solution(pyvrp, data, routes):
    kinds = pyvrp.ActivityType
    made = []
    for route in routes:
        stops = [pyvrp.Activity(kinds.CLIENT, stop - 1) if stop else pyvrp.Activity(kinds.DEPOT, 0) for stop in route]
        made.append(pyvrp.Route(data, stops, 0))
    return pyvrp.Solution(data, made)


@needs_bench
def test_where_a_run_is_dear_fewer_are_found_than_were_known():
    """Tails that change places whatever it costs would undo what shrinking the fleet has won: it ends with eleven."""
    instance = read_instance(BENCH / "vrpspdtw_wang_chen/cdp105.txt")
    plan = routing.solve(instance.day, iterations=250_000, seed=1)
    assert len(plan.runs) == 10 < instance.best_known.vehicles
