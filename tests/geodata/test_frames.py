from __future__ import annotations

import numpy as np
import pytest

from geodata.export import to_geodataframe
from geodata.frames import street_frame
from geodata.streets import embedded_network
from routing import Unserved
from tests.routing.handmade import mixed_day, mixed_plan


def test_requests_are_points_with_their_driver_and_moment():
    day, plan = mixed_day(), mixed_plan()
    frame = to_geodataframe(day, plan, layer="requests", labels={"R1": "Jl. Satu"}).set_index("request")
    assert list(frame.index) == [request.id for request in day.requests]
    assert frame.crs.to_epsg() == 4326
    for run in plan.runs:
        for visit in run.visits:
            for request in visit.requests:
                assert (frame.driver[request], frame.begin[request]) == (run.driver, visit.begin)
    assert frame.address["R1"] == "Jl. Satu"
    place = day.places[next(each for each in day.requests if each.id == "R1").place]
    assert frame.geometry["R1"].coords[0] == (place.lon, place.lat)


def test_an_unserved_request_says_why():
    day, plan = mixed_day(), mixed_plan()
    runs = tuple(run for run in plan.runs if "R1" not in run.requests)
    left_out = [request for run in plan.runs if run not in runs for request in run.requests]
    unserved = (*plan.unserved, *(Unserved(each, "time", "nobody is there in time") for each in left_out))
    frame = to_geodataframe(day, plan.replace(runs=runs, unserved=unserved), layer="requests").set_index("request")
    assert frame.message["R1"] == "nobody is there in time"
    assert frame.driver.isna()["R1"]
    assert set(frame.index[frame.begin.isna()]) == {*left_out, "R5"}


def test_a_run_is_one_line_with_its_totals():
    day, plan = mixed_day(), mixed_plan()
    frame = to_geodataframe(day, plan, layer="runs")
    assert frame.driver.tolist() == [run.driver for run in plan.runs]
    assert frame.metres.sum() == sum(run.metres for run in plan.runs)
    first = plan.runs[0]
    ends = [day.places[first.visits[each].place] for each in (0, -1)]
    line = frame.geometry.iloc[0].coords
    assert [line[0], line[-1]] == [pytest.approx((each.lon, each.lat), abs=1e-5) for each in ends]


@pytest.mark.parametrize("layer", ["runs", "requests"])
def test_a_plan_without_runs_is_a_geodataframe_too(layer):
    frame = to_geodataframe(mixed_day(), mixed_plan().replace(runs=()), layer=layer)
    assert len(frame) == (0 if layer == "runs" else len(mixed_day().requests))
    assert frame.crs.to_epsg() == 4326


def test_streets_are_lines_from_tail_to_head_with_their_bends():
    network = embedded_network()
    frame = street_frame(network)
    assert len(frame) == network.edges
    bent = int(np.argmax(np.diff(network.bend_start)))
    for edge in (0, bent, network.edges - 1):
        assert list(frame.geometry[edge].coords) == network.line(edge)
        assert frame.road_class[edge] == network.classes[network.road_class[edge]]
    assert frame.km_h.between(5, 60).all()
