"""Peers solve small days in processes of their own, and are judged by the project's own checker."""

from __future__ import annotations

import json
import sys

import numpy as np
import pytest

import routing
from benchmarks import engines, peers
from benchmarks.cases import instance_case
from benchmarks.instances import Instance
from benchmarks.peers.__main__ import main
from benchmarks.peers.answer import PeerRun, Terms
from benchmarks.peers.batches import batches
from benchmarks.peers.money import Money
from benchmarks.peers.nearest import nearest
from benchmarks.peers.slots import slots_of
from benchmarks.peers.timed import DoesNotFit, plan_of
from benchmarks.peers.vrp_cli_peer import config_of, problem_of
from benchmarks.rounding import ROUNDINGS
from benchmarks.solutions import evaluate, routes_of
from routing import Break, Costs, Day, Driver, Hub, Place, Request, TrafficClock, TravelTimes
from routing.check import check
from routing.files import write_day

INSTALLED = [name for name, peer in peers.PEERS.items() if peer.version]
needs = {name: pytest.mark.skipif(name not in INSTALLED, reason=f"{name} is not installed") for name in peers.PEERS}


@pytest.fixture
def city():
    """A hub and four doors on a line, 1 km and 200 s apart; returns and pickups, one of them ready late."""
    steps = np.abs(np.subtract.outer(range(5), range(5)))
    windows = ((8 * 3600, 12 * 3600),)
    return Day(
        date="2026-01-05",
        places=tuple(Place(id=f"p{n}", lon=106.7 + n / 100, lat=-6.3, access=30) for n in range(5)),
        requests=(
            Request("r1", "return", 1, 2, windows, 60),
            Request("r2", "return", 2, 2, windows, 60),
            Request("r3", "return", 4, 2, windows, 60, ready_at=9 * 3600),
            Request("q1", "pickup", 2, 1, windows, 60),
            Request("q2", "pickup", 3, 1, ((8 * 3600, 9 * 3600), (10 * 3600, 12 * 3600)), 60),
        ),
        drivers=tuple(
            Driver(f"d{n}", 0, 0, (7 * 3600, 16 * 3600), 5, cost_run=20_000, cost_km=1500, cost_hour=25_000)
            for n in range(2)
        ),
        hub=Hub(place=0, windows=((7 * 3600, 16 * 3600),)),
        travel=TravelTimes(seconds=200 * steps, metres=1000 * steps),
    )


@pytest.fixture
def instance():
    """Eight customers around the depot, in pairs; the best answer is two vehicles, as capacity demands."""
    corners = [(10, 1), (10, -1), (1, 10), (-1, 10), (-10, 1), (-10, -1), (1, -10), (-1, -10)]
    return Instance.euclidean(
        name="cross",
        kind="VRPSPDTW",
        coordinates=[(0, 0), *corners],
        delivery=[0, *[5] * 8],
        pickup=[0, *[4] * 8],
        windows=[(0, 500)] * 9,
        service=[0, *[10] * 8],
        capacity=20,
        vehicles=4,
        rounding=ROUNDINGS["none"],
        cost_per_vehicle=2000.0,
    )


@pytest.mark.parametrize("name", [pytest.param(name, marks=needs[name]) for name in ("pyvrp", "vroom", "ortools")])
def test_a_peer_solves_a_vrpspdtw_and_the_instances_own_numbers_judge_it(name, instance):
    result = peers.run_peer(name, instance.day, 1, 1, everyone=True)
    assert result.failure == ""
    plan = plan_of(instance.day, result.runs)
    assert check(instance.day, plan) == []
    worth = evaluate(instance, routes_of(plan))
    # Each vehicle sees two neighbouring arms: twice sqrt(101) out and back, 2 + 2 along, 9 * sqrt(2) between.
    assert worth.faults == ()
    assert worth.cost == pytest.approx(4000 + 2 * (2 * 101**0.5 + 4 + 9 * 2**0.5), abs=0.01)


@needs["pyvrp"]
def test_pyvrp_models_a_city_day_with_trips_ready_times_and_paid_hours(city):
    result = peers.run_peer("pyvrp", city, 1, 1)
    plan = plan_of(city, result.runs)
    assert check(city, plan) == []
    assert plan.unserved == ()
    # All 6 documents exceed the capacity of 5: two trips, the longer to the door at 4 km, the other at least to
    # that at 1 km. A second driver would cost 20,000 more and save no way.
    assert len(plan.runs) == 1
    assert plan.runs[0].metres == 2 * 4000 + 2 * 1000


@needs["pyvrp"]
def test_pyvrp_leaves_out_what_is_not_worth_its_way(city):
    cheap = city.replace(costs=Costs(unserved_base=100, unserved_per_priority=0))
    result = peers.run_peer("pyvrp", cheap, 1, 1)
    assert result.runs == ()
    plan = plan_of(cheap, result.runs)
    assert check(cheap, plan) == []
    assert plan.cost.total == 500


@pytest.mark.parametrize("name", [pytest.param(name, marks=needs[name]) for name in ("vroom", "ortools", "vrp-cli")])
def test_a_peer_of_one_trip_per_vehicle_solves_the_nearest_day_it_can_and_says_so(name, city):
    result = peers.run_peer(name, city, 1, 1)
    plan = plan_of(city, result.runs)
    assert check(city, plan) == []
    assert plan.unserved == ()
    said = (
        "shifts in up to 2 parts"
        if name == "vrp-cli"
        else "one trip in each part of a shift, of which there are up to 2"
    )
    assert result.given_up[0].startswith(said)
    assert result.given_up[1] == "the cost of a run is charged for each part of a shift"


@needs["vroom"]
def test_costs_beyond_what_vroom_can_count_are_made_coarser(city):
    dear = city.replace(drivers=(city.drivers[0].replace(cost_km=10**9, cost_run=10**9),))
    plan = plan_of(dear, peers.run_peer("vroom", dear, 1, 1).runs)
    assert check(dear, plan) == []
    assert plan.unserved == ()


def test_what_a_peer_has_no_model_of_at_all_is_a_result(instance, tmp_path):
    asked, answered = write_day(instance.day, tmp_path / "day.json"), tmp_path / "answer.json"
    main("vrp-cli", str(asked), str(answered), '{"seconds": 1, "seed": 1}')
    assert json.loads(answered.read_text())["failure"] == "cannot model this: a pickup and a return in one stop"


@pytest.mark.parametrize("name", [pytest.param(name, marks=needs[name]) for name in ("pyvrp", "ortools")])
def test_a_peer_tells_what_it_had_on_the_way(name, instance):
    result = peers.run_peer(name, instance.day, 1, 1)
    moments = [seconds for seconds, _ in result.samples]
    assert moments == sorted(moments)
    assert 0 < moments[-1] <= result.seconds
    assert evaluate(instance, routes_of(plan_of(instance.day, result.samples[-1][1]))).faults == ()


@pytest.fixture
def interpreter(tmp_path, monkeypatch):
    """Have peers run by a stand-in for the interpreter that runs one line, whatever it is told."""

    def replaced_by(code):
        path = tmp_path / "python"
        path.write_text(f"#!{sys.executable}\n{code}\n")
        path.chmod(0o755)
        monkeypatch.setattr(sys, "executable", str(path))
        monkeypatch.setitem(peers.PEERS, "pyvrp", peers.Peer("benchmarks.peers.pyvrp_peer", "pytest", "seeds"))

    return replaced_by


def test_a_peer_that_hangs_is_stopped(interpreter, city):
    interpreter("import time; time.sleep(60)")
    result = peers.run_peer("pyvrp", city, 0.1, 1, grace=0.5)
    assert "stopped" in result.failure


def test_a_peer_that_crashes_is_a_result_with_its_last_words(interpreter, city):
    interpreter("import sys; sys.exit('out of luck')")
    result = peers.run_peer("pyvrp", city, 0.1, 1)
    assert result.failure == "crashed with exit code 1: out of luck"


def test_a_peer_that_dies_while_writing_its_answer_is_a_result(interpreter, city):
    interpreter("import sys; open(sys.argv[5], 'w').write('{\"fail'); sys.exit('disk full')")
    result = peers.run_peer("pyvrp", city, 0.1, 1)
    assert (result.runs, result.failure) == (None, "crashed with exit code 1: disk full")


@needs["ortools"]
def test_a_peer_that_finds_nothing_in_time_has_failed(city, tmp_path):
    asked, answered = write_day(city, tmp_path / "day.json"), tmp_path / "answer.json"
    main("ortools", str(asked), str(answered), '{"seconds": 0, "seed": 1}')
    assert json.loads(answered.read_text())["failure"] == "found no solution in time"


@needs["pyvrp"]
def test_pyvrp_leaves_out_whom_nobody_can_serve_on_a_day_and_serves_the_others(city):
    alone = Request("x", "return", 4, 1, ((0, 6 * 3600),), 60)
    day = city.replace(requests=(*city.requests, alone), costs=Costs(10**9, 0))
    plan = plan_of(day, peers.run_peer("pyvrp", day, 1, 1).runs)
    assert check(day, plan) == []
    assert [each.request for each in plan.unserved] == ["x"]


@pytest.fixture
def either(city):
    """One rider, and two doors that begin in the same minute: one of the two must be left out."""

    def with_priorities(*priorities):
        minute = ((8 * 3600, 8 * 3600 + 60),)
        requests = tuple(
            Request(name, "return", place, 2, minute, 60, priority=priority)
            for name, place, priority in zip("ab", (1, 4), priorities, strict=True)
        )
        return city.replace(requests=requests, drivers=city.drivers[:1])

    return with_priorities


@pytest.mark.parametrize("name", [pytest.param(name, marks=needs[name]) for name in peers.PEERS])
@pytest.mark.parametrize(("priorities", "served"), [((0, 100), ("b",)), ((100, 0), ("a",))])
def test_a_peer_knows_who_matters_more(name, either, priorities, served):
    result = peers.run_peer(name, either(*priorities), 1, 1)
    assert [leg for run in result.runs for leg in run.legs] == [served]


@pytest.mark.parametrize("name", [pytest.param(name, marks=needs[name]) for name in peers.PEERS])
def test_a_peer_keeps_the_longest_way_of_a_run(name, city):
    near = tuple(driver.replace(max_distance=7000, max_trips=1) for driver in city.drivers)
    day = city.replace(drivers=near, requests=tuple(each.replace(ready_at=None) for each in city.requests[:3]))
    plan = plan_of(day, peers.run_peer(name, day, 1, 1).runs)
    # The door of r3 is 4 km away, and back is as far.
    assert check(day, plan) == []
    assert [each.request for each in plan.unserved] == ["r3"]


def test_what_a_driver_may_do_is_shared_among_the_parts_of_a_shift(city):
    day = city.replace(drivers=(city.drivers[0].replace(max_trips=3, max_distance=9001),))
    fleet = slots_of(day, batches(day))
    assert [(slot.max_trips, slot.max_distance) for slot in fleet.slots] == [(2, 4501), (1, 4500)]
    assert fleet.given_up("{parts} parts") == (
        "2 parts",
        "the cost of a run is charged for each part of a shift",
        "the longest way of a run is divided evenly among the parts of a shift",
    )
    free = day.replace(drivers=tuple(each.replace(cost_run=0, max_distance=None) for each in day.drivers))
    assert slots_of(free, batches(free)).given_up("parts") == ("parts",)


def test_vrp_cli_is_told_how_often_it_may_load_again_and_gets_all_its_time(city):
    for most, reloads in ((None, [6, 6]), (3, [1, 0]), (2, [0, 0])):
        day = city.replace(drivers=(city.drivers[0].replace(max_trips=most),))
        vehicles = problem_of(batches(day), slots_of(day, batches(day)))["fleet"]["vehicles"]
        assert [len(each["shifts"][0].get("reloads", ())) for each in vehicles] == reloads
    assert config_of(Terms(1.9, 1, threads=2)) == {
        "termination": {"maxTime": 2},
        "environment": {"parallelism": {"numThreadPools": 2, "threadsPerPool": 1}},
    }


@pytest.mark.parametrize(("name", "asked"), [("vroom*2", [(1, 2)]), ("pyvrp*2", [(2, 1), (3, 1)])])
def test_a_peer_is_asked_once_with_all_threads_or_once_for_each_seed(monkeypatch, instance, name, asked):
    calls = []

    def run_peer(name, day, seconds, seed, *, threads, everyone, should_stop):
        calls.append((seed, threads))
        return peers.PeerResult(name, None, "served everyone" if everyone else "left some out")

    monkeypatch.setattr(engines, "run_peer", run_peer)
    _, engine = engines.engines_of((name,), 1)
    outcome = engine.run(instance_case(instance), 1, 1, lambda: False)
    assert (sorted(calls), outcome.failure, engine.workers) == (asked, "served everyone", 2)


def test_a_peer_that_is_not_installed_is_a_result(monkeypatch, city):
    monkeypatch.setitem(
        peers.PEERS, "pyvrp", peers.Peer("benchmarks.peers.pyvrp_peer", "no-such-distribution", "seeds")
    )
    assert (
        peers.run_peer("pyvrp", city, 1, 1).failure
        == "no-such-distribution is not installed: pip install 'kurir[peers]'"
    )


def test_an_unknown_peer_is_refused(city):
    with pytest.raises(routing.InvalidInput, match="names 'gurobi': expected some of pyvrp, vroom, ortools"):
        peers.run_peer("gurobi", city, 1, 1)


def test_requests_alike_at_one_door_become_one_customer_up_to_half_a_vehicle(city):
    alike = tuple(Request(f"s{n}", "pickup", 3, 1, ((0, 50_000),), 20) for n in range(5))
    made = batches(city.replace(requests=alike))
    # Capacity 5, so two at most; the door's access counts once per stop.
    assert [batch.requests for batch in made] == [("s0", "s1"), ("s2", "s3"), ("s4",)]
    assert [batch.service for batch in made] == [70, 70, 50]


def test_money_is_whole_for_peers_and_exact_where_only_distance_counts(city, instance):
    priced = Money.of(city)
    driver = city.drivers[0]
    assert priced.per_metre(driver) / priced.unit == pytest.approx(1.5, rel=0.01)
    assert priced.per_second(driver) / priced.unit == pytest.approx(25_000 / 3600, rel=0.01)
    assert priced.per_run(driver) == 20_000 * priced.unit
    assert Money.of(instance.day) == Money(1)


def test_an_order_is_timed_to_end_early_and_leave_late(city):
    plan = plan_of(city, [PeerRun("d0", (("r1",), ("r2", "q1"), (), ("r3",), ("q2",)))])
    run = plan.runs[0]
    assert check(city, plan) == []
    # r3 is ready at 9:00, at its door at 9:13:20; q2 waits for 10:00. Leaving later would only wait less at
    # the first stops, whose windows end at 12:00, so the run leaves as late as 10:00 allows.
    assert [visit.type for visit in run.visits] == ["start", "hub", "stop", "stop", "hub", "stop", "stop", "hub", "end"]
    last = run.visits[6]
    assert (last.begin, last.arrive) == (36_000, 36_000)
    assert {request.request for request in plan.unserved} == set()


def test_an_order_is_kept_in_the_windows_in_which_the_driver_is_out_least(city):
    windows = ((8 * 3600, 9 * 3600), (13 * 3600, 14 * 3600))
    requests = (
        Request("a", "return", 1, 2, windows, 60),
        Request("b", "return", 2, 2, ((13 * 3600 + 600, 14 * 3600),), 60),
    )
    day = city.replace(requests=requests)
    plan = plan_of(day, [PeerRun("d0", (("a",), ("b",)))])
    assert check(day, plan) == []
    # 200 s to each door, 90 s at each, 400 s back: nobody waits, as both are served after 13:00, not one at 9:00.
    assert plan.runs[0].paid_seconds == 2 * 200 + 2 * 90 + 400
    assert plan.cost.total == routing.retime(day, {"d0": ["hub", "a", "b"]}).cost.total


def test_a_shorter_run_that_would_end_too_late_is_none(city):
    requests = (
        Request("a", "return", 1, 2, ((8 * 3600, 9 * 3600), (13 * 3600, 14 * 3600)), 60),
        Request("b", "return", 2, 2, ((10 * 3600, 11 * 3600),), 60),
    )
    plan = plan_of(city.replace(requests=requests), [PeerRun("d0", (("a",), ("b",)))])
    # a at 9:00, the last moment, and a wait for 10:00: an hour and the ways and times before and after.
    assert plan.runs[0].paid_seconds == 200 + 3600 + 90 + 400


def test_an_order_that_cannot_be_kept_is_refused(city):
    late = city.replace(requests=(Request("r1", "return", 1, 2, ((0, 3600),), 60),))
    with pytest.raises(DoesNotFit):
        plan_of(late, [PeerRun("d0", (("r1",),))])


def test_the_nearest_day_says_what_it_gives_up(city):
    rich = city.replace(
        hub=city.hub.replace(lanes=2, base=60, windows=((25_200, 43_200), (46_800, 57_600))),
        traffic=TrafficClock(((0, 1000), (25_200, 700))),
        drivers=tuple(driver.replace(breaks=(Break(40_000, 43_000, 1800),), end=None) for driver in city.drivers),
    )
    plain, given_up = nearest(rich)
    assert plain == city
    assert given_up == (
        "lanes are unlimited",
        "lane service takes no time",
        "the hub does not close in between",
        "no traffic",
        "no breaks",
        "drivers end at the hub",
    )
    assert nearest(city) == (city, ())


def test_nobody_is_out_while_the_hub_is_closed_on_the_nearest_day(city):
    late = city.replace(drivers=tuple(driver.replace(shift=(6 * 3600, 17 * 3600)) for driver in city.drivers))
    plain, given_up = nearest(late)
    assert plain == city
    assert given_up == ("drivers are out only while the hub is open",)
