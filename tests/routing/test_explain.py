"""Why not, and what would help: days built so that one reason is right, and remedies that are tried."""

from __future__ import annotations

import json
from pathlib import Path
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from benchmarks.cli import app
from routing import (
    Costs,
    Day,
    Driver,
    Hub,
    InvalidInput,
    Place,
    Request,
    TravelTimes,
    UnknownId,
    check,
    difference,
    explain,
    retime,
    solve,
)
from routing.files import write_day, write_plan
from routing.reasons import CATALOGUE
from tests.routing.handmade import hm
from tests.routing.search.any_day import any_day

OPENS, CLOSES = hm("08:00"), hm("16:00")


@pytest.fixture(scope="module", autouse=True)
def _compiled():
    from routing.search import warm_up

    warm_up()


def a_day(requests, *, drivers=1, lanes=None, places=5, leg=600, costs=None, **rider):
    """Riders who start at the hub; from anywhere to anywhere it takes ten minutes and 5 km."""
    legs = [[0 if i == j else leg for j in range(places)] for i in range(places)]
    metres = [[0 if i == j else 5000 for j in range(places)] for i in range(places)]
    common = {"shift": (OPENS, CLOSES), "capacity": 10, "cost_run": 1000, "cost_km": 100, "cost_hour": 360} | rider
    return Day(
        date="2026-03-02",
        places=tuple(Place(f"p{i}", 106.7, -6.3) for i in range(places)),
        requests=tuple(requests),
        drivers=tuple(Driver(f"D{number}", 0, 0, **common) for number in range(drivers)),
        hub=Hub(0, ((OPENS, CLOSES),), lanes, base=60, per_document=30),
        travel=TravelTimes(legs, metres),
        costs=costs or Costs(),
    )


def planned(day, runs=None):
    """The plan of the day: searched, or with these runs."""
    plan = solve(day, iterations=200, workers=1) if runs is None else retime(day, runs).plan
    assert check(day, plan) == []
    return plan


def why(day, name, runs=None, remedies=2):
    """Why the request is unserved; everything that is offered is proven here."""
    plan = planned(day, runs)
    (found,) = explain(day, plan, requests=[name], remedies=remedies).unserved
    assert found.code in CATALOGUE
    for remedy in found.remedies:
        assert check(remedy.day, remedy.plan) == []
        done = {request for run in remedy.plan.runs for request in run.requests}
        assert done >= {name} | {request for run in plan.runs for request in run.requests}
        assert any(
            stop.begin == remedy.begin for run in remedy.plan.runs for stop in run.stops if name in stop.requests
        )
    return found


def ret(name="R", place=1, opens="08:00", closes="16:00", documents=1, **more):
    return Request(name, "return", place, documents, ((hm(opens), hm(closes)),), 60, **more)


def pick(name="P", place=1, opens="08:00", closes="16:00", documents=1, **more):
    return Request(name, "pickup", place, documents, ((hm(opens), hm(closes)),), 60, **more)


class TestReasonsOfTheDay:
    """Whatever is planned, nobody can serve it."""

    def test_no_driver(self):
        found = why(a_day([ret()], drivers=0), "R")
        assert found.code == "no-driver"
        assert found.remedies[0].code == "more-drivers"

    def test_no_skill(self):
        found = why(a_day([ret(skills=frozenset({"lift"}))]), "R")
        assert found.code == "no-skill"
        assert "lift" in found.message
        assert found.remedies[0].code == "skill"
        assert found.remedies[0].driver == "D0"

    def test_capacity_too_small(self):
        found = why(a_day([ret(documents=12)]), "R")
        assert found.code == "capacity-too-small"
        assert "12 documents" in found.message
        assert found.remedies[0].day.drivers[0].capacity == 12

    def test_a_round_trip_whose_pickup_comes_in_too_late(self):
        """At the door 15:00, at the hub 15:11, unloaded 15:12:30: loaded by 15:14, at the other door 15:24."""
        day = a_day([pick(opens="15:00"), ret(place=2, closes="15:10", round_trip_of="P")])
        found = why(day, "R")
        assert found.code == "not-ready-in-time"
        assert "comes in by P and is ready at 15:12:30" in found.message
        assert "15:24" in found.message
        assert found.remedies[0].code == "window-later"
        assert "20 minutes" not in found.remedies[0].message  # 15 minutes are enough: 15:25

    def test_window_unreachable(self):
        """08:00 at the hub, 90 s of loading, ten minutes on the way: 08:11:30."""
        found = why(a_day([ret(closes="08:05")]), "R")
        assert found.code == "window-unreachable"
        assert "08:11:30" in found.message
        assert "08:05" in found.message
        assert found.remedies[0].code == "window-later"
        assert "10 minutes later" in found.remedies[0].message

    def test_not_ready_in_time_for_the_window(self):
        found = why(a_day([ret(closes="12:00", ready_at=hm("12:00"))]), "R")
        assert found.code == "not-ready-in-time"
        assert "12:11:30" in found.message
        assert found.remedies[0].code == "ready-earlier"
        assert "15 minutes" in found.remedies[0].message

    def test_not_ready_before_the_hub_closes(self):
        found = why(a_day([ret(closes="20:00", ready_at=hm("16:00"))]), "R")
        assert found.code == "not-ready-in-time"
        assert "before the hub closes at 16:00" in found.message

    def test_would_miss_the_hubs_closing(self):
        found = why(a_day([pick(opens="15:50", closes="16:30")], shift=(OPENS, hm("18:00"))), "P")
        assert found.code == "misses-hub-closing"
        assert found.remedies[0].code == "window-earlier"
        assert "5 minutes earlier" in found.remedies[0].message

    def test_would_miss_its_own_moment_at_the_hub(self):
        found = why(a_day([pick(opens="10:00", due_at_hub=hm("10:05"))]), "P", remedies=3)
        assert found.code == "misses-hub-closing"
        assert "10:12:30" in found.message
        assert {"window-earlier", "due-later"} <= {each.code for each in found.remedies}

    def test_outside_the_shifts(self):
        found = why(a_day([ret(opens="11:00")], shift=(OPENS, hm("11:05"))), "R")
        assert found.code == "outside-shifts"
        assert "11:11" in found.message
        assert found.remedies[0].code == "shift-ends-later"
        assert "10 minutes later" in found.remedies[0].message

    def test_beyond_the_limits(self):
        found = why(a_day([ret()], max_distance=9000), "R")
        assert found.code == "beyond-limits"
        assert found.remedies[0].day.drivers[0].max_distance == 10_000

    def test_pickup_unserved(self):
        requests = [pick(skills=frozenset({"lift"})), ret(place=2, round_trip_of="P")]
        found = why(a_day(requests), "R")
        assert found.code == "pickup-unserved"
        assert "P" in found.message
        assert found.remedies[0].code == "skill"
        assert "P" in {name for run in found.remedies[0].plan.runs for name in run.requests}


class TestReasonsOfThePlan:
    """It could be served if it were not for the rest."""

    def test_the_plan_has_room(self):
        found = why(a_day([ret(), ret("S", 2)]), "R", {"D0": ["hub", "S"]})
        assert found.code == "fits-after-all"
        assert [each.code for each in found.remedies] == ["search-on"]

    def test_not_worth_it(self):
        """A run costs 1,000 and more; leaving it out 500."""
        found = why(a_day([ret()], costs=Costs(unserved_base=500, unserved_per_priority=0)), "R")
        assert found.code == "not-worth-it"
        assert "500" in found.message
        remedy = found.remedies[0]
        assert remedy.code == "worth-more"
        assert remedy.plan.cost.total < remedy.day.costs.unserved_base

    def test_lanes_full(self):
        """Three riders each bring one to be loaded at 08:00 and to be there by 08:14; a lane loads one in 90 s."""
        requests = [ret(f"R{i}", place=i, closes="08:13") for i in (1, 2, 3)]
        runs = {"D0": ["hub", "R1"], "D1": ["hub", "R2"]}
        found = why(a_day(requests, drivers=3, lanes=1), "R3", runs)
        assert found.code == "lanes-full"
        assert found.remedies[0].code == "lanes"
        assert "with 2 lanes instead of 1" in found.remedies[0].message

    def test_limits_reached(self):
        found = why(a_day([ret("R", 1), ret("S", 2)], max_stops=1), "R", {"D0": ["hub", "S"]})
        assert found.code == "limits-reached"
        assert found.remedies[0].code == "limits"
        assert "2 stops instead of 1" in found.remedies[0].message

    def test_capacity_full(self):
        """Both must go at once: a second trip would be at the door at 08:39."""
        requests = [ret("R", 1, closes="08:30", documents=6), ret("S", 2, closes="08:30", documents=6)]
        found = why(a_day(requests), "R", {"D0": ["hub", "S"]})
        assert found.code == "capacity-full"
        assert "12 documents instead of 10" in found.remedies[0].message

    def test_dropped_for_priority(self):
        """One rider, two doors at the same moment."""
        requests = [ret("R", 1, "09:00", "09:01"), ret("S", 2, "09:00", "09:01", priority=50)]
        found = why(a_day(requests), "R")
        assert found.code == "dropped-for-priority"
        assert "S, of priority 50" in found.message
        assert found.remedies[0].code == "more-drivers"

    def test_no_time_left(self):
        """As above, of the same priority."""
        requests = [ret("R", 1, "09:00", "09:01"), ret("S", 2, "09:00", "09:01")]
        found = why(a_day(requests), "R", {"D0": ["hub", "S"]}, remedies=3)
        assert found.code == "no-time-left"
        more, earlier, _ = found.remedies
        assert more.code == "more-drivers"
        assert "from 08:45 to 09:15" in more.message
        assert more.day.drivers[-1].shift == (hm("08:45"), hm("09:15"))
        # R at 08:50, a minute there and ten on the way: S at 09:01, when its window closes.
        assert earlier.code == "window-earlier"
        assert "10 minutes earlier" in earlier.message


class TestAServedRequest:
    def served(self, day, plan, name):
        (found,) = explain(day, plan, requests=[name]).served
        return found

    def test_costs_what_the_plan_would_save(self):
        day = a_day([ret("R", 1), ret("S", 2)])
        plan = planned(day, {"D0": ["hub", "R", "S"]})
        alone = planned(day, {"D0": ["hub", "S"]})
        assert self.served(day, plan, "R").cost == plan.runs[0].cost - alone.runs[0].cost > 0

    def test_the_only_one_costs_its_whole_run(self):
        day = a_day([ret()])
        plan = planned(day)
        assert self.served(day, plan, "R").cost == plan.runs[0].cost

    def test_takes_its_return_with_it(self):
        day = a_day([pick(), ret(place=2, round_trip_of="P")])
        plan = planned(day)
        found = self.served(day, plan, "P")
        assert found.without == ("P", "R")
        assert found.cost == sum(run.cost for run in plan.runs)

    def test_has_room_up_to_its_window(self):
        day = a_day([ret("R", 1, "09:00", "09:30"), ret("S", 2, "10:00", "10:00")])
        found = self.served(day, planned(day, {"D0": ["hub", "R", "S"]}), "R")
        assert (found.begin, found.earlier, found.later) == (hm("09:30"), 1800, 0)

    def test_has_room_up_to_what_comes_after_it(self):
        """S begins at 09:20 exactly; a minute at R and ten on the way."""
        day = a_day([ret("R", 1, "09:00", "09:30"), ret("S", 2, "09:20", "09:20")])
        found = self.served(day, planned(day, {"D0": ["hub", "R", "S"]}), "R")
        assert found.begin == hm("09:09")
        assert found.later == 0
        assert found.earlier == 540
        assert "9 min earlier or 0 min later" in found.message


def test_all_unserved_are_explained_unless_some_are_named():
    day = a_day([ret("R", 1, "09:00", "09:01"), ret("S", 2, "09:00", "09:01"), ret("T", 3, "09:00", "09:01")])
    plan = planned(day)
    whole = explain(day, plan, remedies=0)
    assert len(whole.unserved) == 2
    assert whole.served == ()
    assert all(each.remedies == () for each in whole.unserved)


def test_the_explanation_can_be_written_as_json():
    day = a_day([ret("R", 1, "09:00", "09:01"), ret("S", 2, "09:00", "09:01", priority=1)])
    written = json.loads(explain(day, planned(day), requests=["R", "S"]).to_json())
    assert written["unserved"][0]["code"] == "dropped-for-priority"
    assert set(written["unserved"][0]["remedies"][0]) == {"code", "message", "driver", "begin", "extra"}
    assert written["served"][0]["request"] == "S"


def test_what_cannot_be_explained_is_named():
    day = a_day([ret()])
    plan = planned(day)
    with pytest.raises(UnknownId, match="'X'"):
        explain(day, plan, requests=["X"])
    with pytest.raises(InvalidInput, match="remedies"):
        explain(day, plan, remedies=-1)
    with pytest.raises(InvalidInput, match="valid plan"):
        explain(day, plan.replace(unserved=(), runs=()))


@settings(max_examples=12, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
@given(st.integers(0, 2**32))
def test_whatever_the_day_reasons_are_of_the_catalogue_and_remedies_hold(seed):
    day = any_day(Random(seed))
    plan = solve(day, iterations=60, seed=seed % 1000, workers=1)
    done = {name for run in plan.runs for name in run.requests}
    for each in explain(day, plan, remedies=1).unserved:
        assert each.code in CATALOGUE
        assert each.message.startswith(each.request)
        for remedy in each.remedies:
            assert check(remedy.day, remedy.plan) == []
            assert {name for run in remedy.plan.runs for name in run.requests} >= done | {each.request}


class TestTwoPlans:
    day = a_day([ret("R", 1), ret("S", 2), ret("T", 3)], drivers=2)

    def test_that_are_the_same_do_not_differ(self):
        plan = planned(self.day)
        assert not difference(plan, plan)

    def test_differ_by_who_serves_what(self):
        one = planned(self.day, {"D0": ["hub", "R", "S"]})
        other = planned(self.day, {"D0": ["hub", "R"], "D1": ["hub", "S", "T"]})
        found = difference(one, other)
        assert [(each.request, each.before, each.after) for each in found.moved] == [
            ("S", "D0", "D1"),
            ("T", None, "D1"),
        ]
        assert found.cost.runs == 1000
        assert found.cost.unserved == -1_000_000
        assert found.cost.total == other.cost.total - one.cost.total

    def test_differ_by_order(self):
        one = planned(self.day, {"D0": ["hub", "R", "S", "T"]})
        other = planned(self.day, {"D0": ["hub", "S", "T", "R"]})
        found = difference(one, other)
        assert found.reordered == {"D0": ("R",)}
        assert found.moved == ()

    def test_differ_by_time_alone(self):
        one = planned(self.day, {"D0": ["hub", "R"]})
        later = self.day.replace(requests=(ret("R", 1, "09:00"), *self.day.requests[1:]))
        other = planned(later, {"D0": ["hub", "R"]})
        assert difference(one, other).retimed == {"R": other.runs[0].stops[0].begin - one.runs[0].stops[0].begin}
        assert json.loads(difference(one, other).to_json())["moved"] == []


class TestTheCommand:
    """``kurir explain`` and ``kurir retime`` on files."""

    @pytest.fixture
    def folder(self, tmp_path):
        day = a_day([ret("R", 1, "09:00", "09:01"), ret("S", 2, "09:00", "09:01", priority=50)])
        write_day(day, tmp_path / "day.json")
        write_plan(planned(day), tmp_path / "plan.json")
        return tmp_path

    def run(self, *arguments):
        return CliRunner().invoke(app, [str(each) for each in arguments])

    def test_says_why_and_what_would_help(self, folder):
        result = self.run("explain", folder / "day.json", folder / "plan.json")
        assert result.exit_code == 0
        assert "dropped-for-priority" in result.output
        assert "R: served at 09:00 with one more driver" in result.output

    def test_says_what_a_served_request_costs_as_json(self, folder):
        result = self.run("explain", folder / "day.json", folder / "plan.json", "--request", "S", "--json")
        assert json.loads(result.stdout)["served"][0]["driver"] == "D0"

    def test_says_what_differs(self, folder):
        (folder / "runs.json").write_text('{"D0": ["hub", "R"]}')
        made = self.run("retime", folder / "day.json", folder / "runs.json", "-o", folder / "other.json")
        assert made.exit_code == 0
        files = folder / "day.json", folder / "plan.json"
        result = self.run("explain", *files, "--other", folder / "other.json", "--remedies", 0)
        assert "moved      R: nobody -> D0" in result.output
        assert "moved      S: D0 -> nobody" in result.output

    def test_lists_what_a_hand_made_order_breaks(self, folder):
        (folder / "runs.json").write_text('{"D0": ["hub", "R", "S"]}')
        result = self.run("retime", folder / "day.json", folder / "runs.json")
        assert result.exit_code == 1
        assert "rule 2 (window), driver D0, request S" in result.output

    @pytest.mark.parametrize("text", ['{"D0": ["X"]}', "[1]", "{", '{"schema": "kurir/plan/1"}', "", '{"schema": 3}'])
    def test_names_what_is_wrong_with_the_order(self, folder, text):
        (folder / "runs.json").write_text(text)
        result = self.run("retime", folder / "day.json", folder / "runs.json")
        assert result.exit_code == 2
        assert "Traceback" not in result.output
        assert result.output.strip()

    def test_names_an_unknown_request(self, folder):
        result = self.run("explain", folder / "day.json", folder / "plan.json", "--request", "X")
        assert (result.exit_code, "'X'" in result.output) == (2, True)


def test_every_reason_is_documented():
    text = (Path(__file__).parents[2] / "docs" / "explain.md").read_text(encoding="utf-8")
    assert [code for code in CATALOGUE if f"| `{code}` |" not in text] == []
