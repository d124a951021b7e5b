"""What the dispatcher does with a day: commitments, lateness, quotes, prices on change, JSON."""

from __future__ import annotations

import json
import re
import threading
import urllib.request
from pathlib import Path

import pytest

from routing import Dispatcher, Driver, InvalidInput, Place, Request, UnknownId, check, solve
from routing.files import write_day
from routing.live.board import ROOM
from tests.routing.town import town_day

NINE, NOON = 9 * 3600, 12 * 3600
DOCUMENT = Path(__file__).parents[3] / "docs" / "dispatch.md"


@pytest.fixture(scope="module")
def planned():
    day = town_day(40, drivers=4, lanes=1)
    return day, solve(day, iterations=2000)


@pytest.fixture
def live(planned):
    day, plan = planned
    return Dispatcher(day, plan=plan)


def busiest(live):
    return max(live.plan().runs, key=lambda run: len(run.stops)).driver


def run_of(live, driver):
    return next(run for run in live.plan().runs if run.driver == driver)


def drive(live, driver, steps):
    """Report so many legs as planned; return the visits reached."""
    reached = []
    for _ in range(steps):
        ahead = [visit for visit in live.next_stops(driver).visits if visit.type not in ("start", "break")]
        visit = ahead[0]
        live.progress(driver, "left", max(live.now, visit.arrive - 1), visit.place)
        live.progress(driver, "arrived", max(live.now, visit.arrive))
        if visit.type == "hub":
            live.progress(driver, "in_lane", max(live.now, visit.begin))
            live.progress(driver, "out_of_lane", max(live.now, visit.end))
        else:
            live.progress(driver, "served", max(live.now, visit.end))
        reached.append(visit)
    return reached


def valid(live):
    return check(*live.day_and_plan()) == []


def test_the_morning_plan_stands_as_it_was(planned, live):
    _, plan = planned
    assert [run.requests for run in live.plan().runs] == [run.requests for run in plan.runs]
    assert valid(live)


def test_a_request_that_comes_in_is_planned_at_once(live):
    live.add(Request("N1", "pickup", 3, service=60), at=NINE)
    assert "N1" in {name for run in live.plan().runs for name in run.requests}
    assert valid(live)


def test_what_has_happened_never_changes(live):
    driver = busiest(live)
    drive(live, driver, 3)
    before = run_of(live, driver).visits[:4]
    live.replan(iterations=2000)
    live.add(Request("N1", "return", 5), at=live.now + 60)
    assert run_of(live, driver).visits[: len(before)] == before
    assert valid(live)


def test_the_leg_under_way_is_committed(live):
    driver = busiest(live)
    drive(live, driver, 2)
    following = next(visit for visit in live.next_stops(driver).visits if visit.type == "stop")
    live.progress(driver, "left", live.now + 60, following.place)
    for seed in range(3):
        live.replan(iterations=1000, seed=seed)
        assert live.next_stops(driver).bound.requests == following.requests
        assert set(following.requests) <= set(run_of(live, driver).requests)


def test_documents_on_board_stay_with_their_driver(live):
    driver = busiest(live)
    hub = None
    while hub is None or not hub.loaded:
        hub = drive(live, driver, 1)[0]
    live.replan(iterations=2000)
    assert set(hub.loaded) <= set(run_of(live, driver).requests)
    assert valid(live)


def test_what_will_be_loaded_is_open_until_the_lane(live):
    """On the way to the hub a return that comes in can still be loaded there."""
    driver = next(run.driver for run in live.plan().runs if run.visits[1].type == "hub")
    ahead = live.next_stops(driver).visits
    live.progress(driver, "left", ahead[0].begin, ahead[1].place)
    assert (live.next_stops(driver).bound.type, live.next_stops(driver).bound.loaded) == ("hub", ())
    assert live.next_stops(driver).visits[0].type == "hub"


def test_frozen_visits_stay_while_others_may_change(planned):
    day, plan = planned
    live = Dispatcher(day, plan=plan, freeze=3600)
    live.tick(plan.runs[0].visits[1].begin)
    frozen = {
        run.driver: [visit.requests for visit in run.visits if live.now <= visit.begin < live.now + 3000]
        for run in live.plan().runs
    }
    live.replan(iterations=3000)
    for run in live.plan().runs:
        now = [visit.requests for visit in run.visits]
        assert [each for each in frozen.get(run.driver, []) if each] == [
            each for each in frozen.get(run.driver, []) if each and each in now
        ]
    assert valid(live)


def test_a_driver_far_behind_serves_late_and_it_is_named(planned):
    """All others are off, and the one left stands still until noon."""
    day, plan = planned
    live = Dispatcher(day, plan=plan)
    keep = busiest(live)
    for driver in day.drivers:
        if driver.id != keep:
            live.driver_off(driver.id, NINE)
    live.tick(12 * 3600)
    late = [each for each in live.late() if each.code == "late"]
    assert late
    begins = {name: visit.begin for run in live.plan().runs for visit in run.visits for name in visit.requests}
    windows = {request.id: request.windows[-1][1] for request in day.requests}
    assert all(each.seconds == begins[each.id] - windows[each.id] > 0 for each in late)
    assert valid(live)


def test_lateness_can_be_ruled_out(planned):
    day, plan = planned
    live = Dispatcher(day, plan=plan, lateness=0)
    for driver in day.drivers[1:]:
        live.driver_off(driver.id, NINE)
    live.tick(14 * 3600)
    assert [each for each in live.late() if each.code == "late"] == []
    assert live.plan().unserved
    assert valid(live)


def test_a_driver_who_drops_out_leaves_the_rest_to_others(live):
    driver = busiest(live)
    drive(live, driver, 2)
    left = {name for visit in live.next_stops(driver).visits for name in visit.requests}
    carried = set(run_of(live, driver).visits[1].loaded) if run_of(live, driver).visits[1].type == "hub" else set()
    live.driver_off(driver, live.now + 10, documents_back_at=live.now + 1800)
    others = {name for run in live.plan().runs if run.driver != driver for name in run.requests}
    unserved = {each.request for each in live.plan().unserved}
    assert left - carried <= others | unserved
    assert left & others
    assert valid(live)


def test_documents_of_a_driver_who_vanishes_are_named(live):
    driver = next(run.driver for run in live.plan().runs if run.visits[1].type == "hub")
    hub = drive(live, driver, 1)[0]
    change = live.driver_off(driver, live.now + 10)
    assert {note.split(":")[0] for note in change.notes} == set(hub.loaded)
    assert set(hub.loaded) <= {each.id for each in live.late() if each.code == "stranded"}


def test_a_cancelled_pickup_takes_its_return_with_it(live):
    live.add(Request("P1", "pickup", 3), Request("R1", "return", 3, round_trip_of="P1"))
    assert {"P1", "R1"} <= {name for run in live.plan().runs for name in run.requests}
    live.cancel("P1")
    assert {each.id: each.code for each in live.late()} == {"P1": "cancelled", "R1": "pickup-cancelled"}
    assert {"P1", "R1"}.isdisjoint(request.id for request in live.day().requests)
    assert valid(live)


def test_what_was_served_cannot_be_called_off(live):
    driver = busiest(live)
    served = next(visit for visit in drive(live, driver, 3) if visit.type == "stop").requests[0]
    assert "too late" in live.cancel(served).notes[0]
    assert "too late" in live.change(served, documents=3).notes[0]
    assert served in run_of(live, driver).requests


def test_a_closed_lane_is_not_used_and_an_opened_one_is(live):
    live.lane_closed(0, NINE, until=11 * 3600)
    for run in live.plan().runs:
        for visit in run.visits:
            assert visit.type != "hub" or visit.lane is None or visit.end <= NINE or visit.begin >= 11 * 3600 or (
                run.driver.startswith("lane 0")
            )  # fmt: skip
    live.lane_opened(0, NINE + 60)
    assert valid(live)


def test_a_document_that_is_late_is_loaded_later(live, planned):
    day, _ = planned
    late = next(
        r for r in day.requests if r.kind == "return" and r.round_trip_of is None and r.windows[-1][1] > 15 * 3600
    )
    live.document_ready(late.id, 13 * 3600)
    loads = [visit.begin for run in live.plan().runs for visit in run.visits if late.id in visit.loaded]
    assert all(begin >= 13 * 3600 for begin in loads)
    assert valid(live)


def test_a_new_door_and_a_new_driver_are_used(live, planned):
    day, _ = planned
    count = len(day.places)
    ways = {name: [600] * count for name in ("seconds_from", "seconds_to", "metres_from", "metres_to")}
    index = live.add_place(Place("new", 106.7, -6.3), **ways)
    assert index == count
    live.add_driver(Driver("DX", 0, 0, (NINE, 16 * 3600), 30, skills=frozenset({"wings"})), at=NINE)
    live.add(Request("NX", "pickup", index, skills=frozenset({"wings"})))
    assert "NX" in run_of(live, "DX").requests
    assert valid(live)


def test_a_quote_is_kept_when_taken(live):
    request = Request("Q1", "pickup", 7, documents=2, service=60, windows=((10 * 3600, 15 * 3600),))
    before = live.digest()
    quote = live.quote(request)
    assert live.digest() == before
    assert [each.cost for each in quote.options] == sorted(each.cost for each in quote.options)
    cost = live.plan().cost.total
    live.add(request)
    visit = next((run.driver, v) for run in live.plan().runs for v in run.visits if "Q1" in v.requests)
    assert (visit[0], visit[1].begin) == (quote.options[0].driver, quote.options[0].begin)
    assert live.plan().cost.total - cost == pytest.approx(quote.options[0].cost, abs=3)


def test_the_windows_offered_can_be_kept(live):
    request = Request("Q1", "pickup", 7, service=60)
    for slot in live.quote(request).slots:
        assert slot.window[0] <= slot.begin <= slot.window[1]
    offered = live.quote(request, slots=[(12 * 3600, 12 * 3600 + 900)]).slots
    assert all(12 * 3600 <= slot.begin <= 12 * 3600 + 900 for slot in offered)


def test_a_request_with_many_windows_is_quoted_like_any_other(live):
    """The kept arrays have room for four windows; what needs more is asked about on its own."""
    windows = tuple((hour * 3600, hour * 3600 + 1800) for hour in range(9, 16))
    request = Request("Q1", "pickup", 7, service=60, windows=windows)
    before = live.digest()
    quote = live.quote(request)
    assert live.digest() == before
    assert quote.slots
    live.add(request)
    visit = next((run.driver, v.begin) for run in live.plan().runs for v in run.visits if "Q1" in v.requests)
    assert visit == (quote.options[0].driver, quote.options[0].begin)


def test_the_return_of_a_pickup_on_board_is_quoted_from_its_unloading_on(live):
    live.add(Request("P1", "pickup", 3, due_at_hub=NOON), at=NINE)  # time enough for its return, whatever the plan
    driver = next(run.driver for run in live.plan().runs if "P1" in run.requests)
    while "P1" not in drive(live, driver, 1)[0].requests:
        pass
    unloaded = next(v.end for v in live.next_stops(driver).visits if "P1" in v.unloaded)
    options = live.quote(Request("R1", "return", 3, round_trip_of="P1")).options
    assert options
    assert all(each.begin > unloaded for each in options)


def test_more_requests_than_there_is_room_for_come_in(live):
    for number in range(ROOM + 5):
        live.quote(Request("Q1", "pickup", 1 + number % 9))
        live.add(Request(f"N{number}", "pickup", 1 + number % 9))
    names = {name for run in live.plan().runs for name in run.requests} | {u.request for u in live.plan().unserved}
    assert {f"N{number}" for number in range(ROOM + 5)} <= names
    assert valid(live)


def test_a_request_that_nobody_can_take_has_no_options(live):
    quote = live.quote(Request("Q1", "pickup", 7, skills=frozenset({"wings"})))
    assert quote.options == quote.slots == ()


def test_a_replan_saves_more_than_its_changes_cost(planned):
    day, _ = planned
    live = Dispatcher(day, change_price=3000)
    report = live.replan(iterations=4000)
    assert report.changed > 0
    assert report.before - report.after > 3000 * report.changed
    assert live.plan().cost.total == report.after
    assert valid(live)


def test_where_changes_are_dear_nothing_changes(planned):
    day, _ = planned
    live = Dispatcher(day, change_price=10**9)
    before = [run.requests for run in live.plan().runs]
    served = len(live.plan().unserved)
    report = live.replan(iterations=2000)
    assert report.changed == 0 or len(live.plan().unserved) < served
    assert [run.requests for run in live.plan().runs] == before or report.changed == 0


def test_the_same_calls_and_seed_give_the_same_plan(planned):
    day, plan = planned
    found = []
    for _ in range(2):
        live = Dispatcher(day, plan=plan)
        live.add(Request("N1", "pickup", 3), at=NINE)
        live.replan(iterations=1500, seed=7)
        found.append(live.digest())
    assert found[0] == found[1]


def test_odd_reports_are_taken_as_they_are(live, planned):
    """Drivers who serve what nobody planned, twice, at other places, out of order."""
    day, _ = planned
    driver, other = [driver.id for driver in day.drivers][:2]
    live.progress(driver, "served", NINE, 5, requests=[day.requests[0].id])
    live.progress(other, "served", NINE - 500, 6, requests=[day.requests[0].id])
    live.progress(driver, "out_of_lane", NINE + 10)
    live.progress(driver, "back", NINE + 20)
    live.progress(driver, "left", NINE + 30, 0)
    live.progress(driver, "arrived", NINE + 40, 9)
    live.progress(driver, "in_lane", NINE + 50)
    live.progress(driver, "ended", NINE + 60)
    assert "has ended" in live.progress(driver, "left", NINE + 70).notes[0]
    assert valid(live)


@pytest.mark.parametrize("call", [
    lambda live: live.cancel("nobody"),
    lambda live: live.progress("nobody", "left", 0),
    lambda live: live.next_stops("nobody"),
    lambda live: live.driver_off("nobody", 0),
])  # fmt: skip
def test_unknown_ids_are_refused(live, call):
    before = live.digest()
    with pytest.raises(UnknownId, match="nobody"):
        call(live)
    assert live.digest() == before


@pytest.mark.parametrize("call", [
    lambda live: live.add(Request("P0000", "pickup", 1)) and live.add(Request("P0000", "pickup", 1)),
    lambda live: live.add(Request("N1", "pickup", 10_000)),
    lambda live: live.add(Request("N1", "return", 1, round_trip_of="nobody")),
    lambda live: live.lane_closed(9, NINE),
    lambda live: live.tick("nine"),
    lambda live: live.tick(None),
    lambda live: live.change("N0", colour="red") if live.add(Request("N0", "pickup", 1)) else None,
])  # fmt: skip
def test_values_that_make_no_sense_are_refused(live, call):
    with pytest.raises(InvalidInput):
        call(live)
    assert valid(live)


def test_options_that_make_no_sense_are_refused(planned):
    with pytest.raises(InvalidInput, match="lateness"):
        Dispatcher(planned[0], lateness=-1)
    with pytest.raises(InvalidInput, match="expected a day"):
        Dispatcher()


def test_every_call_has_a_json_form(live):
    def ask(**form):
        return json.loads(live.answer(json.dumps(form)))

    place = {"id": "new", "lon": 106.7, "lat": -6.3}
    ways = {name: [9] * len(live.day().places) for name in ("seconds_from", "seconds_to", "metres_from", "metres_to")}
    index = ask(call="add_place", place=place, **ways)["place"]
    request = {"id": "N1", "kind": "pickup", "place": index}
    assert ask(call="quote", request=request)["options"]
    assert ask(call="quote", request=request, slots=[[36000, 39600]])["slots"]
    assert ask(call="add", requests=[request], at=NINE)["now"] == NINE
    assert ask(call="change", request={**request, "documents": 2})["notes"] == []
    assert ask(call="document_ready", id=next(r.id for r in live.day().requests if r.kind == "return"), at=NINE)["seq"]
    driver = live.plan().runs[0].driver
    assert ask(call="next_stops", driver=driver)["visits"]
    assert ask(call="progress", driver=driver, step="left", at=NINE)["notes"] == []
    assert ask(call="lane_closed", lane=0, at=NINE + 60)["seq"]
    assert ask(call="lane_opened", lane=0, at=NINE + 120)["seq"]
    assert ask(call="tick", at=NINE + 200)["now"] == NINE + 200
    assert ask(call="add_driver", driver={"id": "DX", "start": 0, "end": 0, "shift": [0, 80000], "capacity": 9})["seq"]
    assert ask(call="driver_off", id="DX", at=NINE + 300)["seq"]
    assert ask(call="replan", iterations=100)["iterations"] == 100
    assert ask(call="cancel", id="N1")["seq"]
    assert {"code": "cancelled", "id": "N1", "seconds": 0} in ask(call="late")["late"]
    assert ask(call="plan")["schema"] == "kurir/plan/1"
    assert ask(call="day")["schema"] == "kurir/day/1"
    both = ask(call="day_and_plan")
    assert (both["day"], both["plan"]) == (ask(call="day"), ask(call="plan"))


@pytest.mark.parametrize(("text", "field"), [
    ("{", ""), ("[]", ""), ("{}", "call"), ('{"call": "fly"}', "call"), ('{"call": "plan", "x": 1}', "x"),
    ('{"call": "tick", "at": "nine"}', "at"), ('{"call": "replan", "seconds": "many"}', "seconds"),
    ('{"call": "add", "requests": [{"id": "N"}]}', "requests.0.kind"),
])  # fmt: skip
def test_bad_json_is_answered_with_its_problems(live, text, field):
    answer = json.loads(live.answer(text))
    assert answer["error"] == "invalid-input"
    assert field in {problem["field"] for problem in answer["problems"]}


def test_the_service_of_the_documentation_runs(tmp_path, monkeypatch, planned):
    monkeypatch.chdir(tmp_path)
    write_day(planned[0], tmp_path / "day.json")
    source = re.search(r"```python\n(.*?)```", DOCUMENT.read_text(encoding="utf-8"), re.DOTALL).group(1)
    assert len(source.splitlines()) <= 42
    names = {"__name__": "service"}
    exec(compile(source, "service", "exec"), names)
    server, live = names["service"]("day.json", port=0)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        url = f"http://127.0.0.1:{server.server_address[1]}"
        call = b'{"call": "add", "requests": [{"id": "N1", "kind": "pickup", "place": 7}], "at": 32400}'
        with urllib.request.urlopen(url, data=call) as reply:
            assert json.loads(reply.read()) == {"seq": 2, "now": 32400, "notes": []}
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
        live.close()
    assert (tmp_path / "today.journal").exists()
