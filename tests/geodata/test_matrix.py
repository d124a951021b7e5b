from __future__ import annotations

import time
import tracemalloc
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import cache
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from geodata.earth import great_circle
from geodata.matrix import PreparedNetwork, prepare
from geodata.network import StreetNetwork, make_network, retimed
from geodata.speeds import ROADS, RoadTable
from geodata.streets import embedded_network, load_network
from routing import InvalidInput

REAL = Path(__file__).parents[3] / "shared" / "data" / "geo" / "tangsel_motor_scc.graphml.gz"


@cache
def _city() -> PreparedNetwork:
    return prepare(embedded_network())


@cache
def _real_city() -> PreparedNetwork:
    if not REAL.exists():
        pytest.skip(f"no {REAL.name} of the shared data here")
    return prepare(load_network(REAL))


def _by_dijkstra(network: StreetNetwork, sources: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return tenths of a second and metres from the sources to all nodes, of the fastest and then shortest ways.

    Doubles hold tenths * 2^23 + metres without rounding.
    """
    weight = np.rint(network.seconds * 10) * 2.0**23 + network.metres
    order = np.lexsort((weight, network.head, network.tail))
    tail, head, weight = network.tail[order], network.head[order], weight[order]
    first = np.concatenate([[True], (np.diff(tail) != 0) | (np.diff(head) != 0)])
    links = csr_array((weight[first], (tail[first], head[first])), (network.nodes, network.nodes))
    total = dijkstra(links, indices=sources)
    return np.floor(total / 2.0**23), total % 2.0**23


def _whole_seconds(tenths: np.ndarray) -> np.ndarray:
    """Round half up, and at least 1 where there is a way to go."""
    return np.where(tenths > 0, np.maximum(np.floor((tenths + 5) / 10), 1), 0)


def _grid(columns: int, *, step: float, seed: int) -> StreetNetwork:
    """Return a square grid of streets whose lengths vary by a quarter around `step` metres."""
    rng = np.random.default_rng(seed)
    node = np.arange(columns * columns).reshape(columns, columns)
    there = np.vstack(
        [
            np.column_stack([node[:, :-1].ravel(), node[:, 1:].ravel()]),
            np.column_stack([node[:-1].ravel(), node[1:].ravel()]),
        ]
    )
    ends = np.vstack([there, there[:, ::-1]])
    row, column = np.divmod(np.arange(columns * columns), columns)
    return make_network(
        name="grid",
        source="test",
        lon=106.0 + column * step / 111_000,
        lat=-6.0 - row * step / 111_000,
        tail=ends[:, 0],
        head=ends[:, 1],
        metres=step * rng.uniform(0.75, 1.25, len(ends)),
        classes=rng.choice(["primary", "residential", "service"], len(ends)).tolist(),
    )


def _assert_agrees(prepared: PreparedNetwork, nodes: np.ndarray) -> None:
    travel = prepared.travel(nodes)
    tenths, metres = _by_dijkstra(prepared.network, nodes)
    np.testing.assert_array_equal(travel.seconds, _whole_seconds(tenths[:, nodes]))
    np.testing.assert_array_equal(travel.metres, metres[:, nodes])


@pytest.mark.parametrize("city", [_city, _real_city])
def test_times_and_lengths_equal_those_of_dijkstra(city):
    prepared = city()
    nodes = np.random.default_rng(5).choice(prepared.network.nodes, 120, replace=False)
    _assert_agrees(prepared, nodes)


@pytest.mark.parametrize("city", [_city, _real_city])
def test_times_are_those_of_the_streets_unrounded_to_within_a_second(city):
    prepared = city()
    network = prepared.network
    nodes = np.random.default_rng(6).choice(network.nodes, 40, replace=False)
    order = np.lexsort((network.seconds, network.head, network.tail))
    tail, head, seconds = network.tail[order], network.head[order], network.seconds[order]
    first = np.concatenate([[True], (np.diff(tail) != 0) | (np.diff(head) != 0)])
    links = csr_array((seconds[first], (tail[first], head[first])), (network.nodes, network.nodes))
    np.testing.assert_allclose(prepared.travel(nodes).seconds, dijkstra(links, indices=nodes)[:, nodes], atol=0.51)


@settings(max_examples=20, deadline=None)
@given(st.integers(2, 7), st.sampled_from([3.0, 90.0, 9_000.0, 40_000.0, 200_000.0]), st.integers(0, 1000))
def test_lengths_beyond_the_range_of_one_query_are_as_exact_as_any(columns, step, seed):
    # From 9 km a street on, ways pass 2^15 metres; from 200 km on, their times pass 31 bits as well.
    prepared = prepare(_grid(columns, step=step, seed=seed))
    _assert_agrees(prepared, np.arange(prepared.network.nodes))


def test_a_leg_around_2_to_the_15_metres_is_exact_on_both_sides():
    for metres in range(32_764, 32_773):
        network = make_network(
            name="long",
            source="test",
            lon=[106.0, 106.1, 106.2],
            lat=[-6.0, -6.0, -6.0],
            tail=[0, 1, 1, 2],
            head=[1, 2, 0, 1],
            metres=[metres - 7, 7, metres - 7, 7],
            classes=["trunk"] * 4,
        )
        assert prepare(network).travel([0, 2]).metres.tolist() == [[0, metres], [metres, 0]]


def test_places_at_one_node_are_at_no_distance_and_see_the_same_city():
    travel = _city().travel([70, 500, 70, 3])
    assert travel.seconds[0, 2] == travel.seconds[2, 0] == travel.metres[0, 2] == travel.metres[2, 0] == 0
    assert travel.seconds[0].tolist() == travel.seconds[2].tolist()
    assert travel.metres[:, 0].tolist() == travel.metres[:, 2].tolist()
    assert travel.seconds[1, 3] == _city().travel([500, 3]).seconds[0, 1] > 0


def test_neighbours_are_at_least_a_second_apart():
    prepared = prepare(_grid(3, step=1.0, seed=1))
    seconds = prepared.travel(np.arange(9)).seconds
    assert seconds[~np.eye(9, dtype=bool)].min() == 1


def test_no_places_give_an_empty_matrix():
    assert _city().travel([]).seconds.shape == (0, 0)


@pytest.mark.parametrize("city", [_city, _real_city])
def test_a_thousand_places_take_at_most_150_milliseconds_of_every_core(city):
    # Time of the processor, so that what else runs on the machine does not count.
    nodes = np.random.default_rng(7).integers(0, city().network.nodes, 1000)
    taken = []
    for _ in range(5):
        began = time.process_time()
        city().travel(nodes)
        taken.append(time.process_time() - began)
    assert min(taken) < 0.15


@pytest.mark.parametrize("block", [1, 7, 64])
@pytest.mark.parametrize("city", [_city, _real_city])
def test_rows_on_demand_are_those_of_the_matrix(city, block):
    nodes = np.random.default_rng(9).integers(0, city().network.nodes, 40)
    travel = city().travel(nodes)
    blocks = list(city().rows(nodes[:25], nodes, block=block))
    assert max(len(seconds) for seconds, _ in blocks) == min(block, 25)
    np.testing.assert_array_equal(np.vstack([seconds for seconds, _ in blocks]), travel.seconds[:25])
    np.testing.assert_array_equal(np.vstack([metres for _, metres in blocks]), travel.metres[:25])


def test_rows_hold_no_more_than_a_block_in_memory():
    # All 20,000 x 20,000 pairs would take 3.2 GB; a block of rows takes 20 MB, its predecessor is let go.
    nodes = np.random.default_rng(9).integers(0, _city().network.nodes, 20_000)
    rows = _city().rows(nodes, nodes, block=128)
    next(rows)
    tracemalloc.start()
    try:
        for _ in range(3):
            seconds, metres = next(rows)
        assert seconds.shape == metres.shape == (128, 20_000)
        assert tracemalloc.get_traced_memory()[1] < 100e6
    finally:
        tracemalloc.stop()


def test_rows_of_a_node_of_another_network_are_refused():
    with pytest.raises(InvalidInput, match="node"):
        next(_city().rows([0], [10**6]))


@pytest.mark.parametrize("city", [_city, _real_city])
def test_other_speeds_give_the_matrix_of_a_network_built_with_them(city):
    roads = RoadTable(speeds={**ROADS.speeds, "primary": 60.0, "residential": 8.0}, closed=ROADS.closed)
    other = city().retimed(roads)
    _assert_agrees(other, np.random.default_rng(10).choice(other.network.nodes, 60, replace=False))
    nodes = np.arange(0, other.network.nodes, 700)
    assert other.travel(nodes) == prepare(retimed(city().network, roads)).travel(nodes)
    assert other.travel(nodes) != city().travel(nodes)


def test_other_speeds_re_use_the_hierarchy(monkeypatch):
    def rebuilt(*_: object) -> None:
        raise AssertionError

    city = _city()
    monkeypatch.setattr("geodata.matrix.make_hierarchy", rebuilt)
    monkeypatch.setattr("geodata.matrix.contraction_order", rebuilt)
    assert city.retimed(ROADS).travel([1, 2]) == city.travel([1, 2])


def test_threads_may_ask_for_matrices_at_once():
    asked = [np.random.default_rng(seed).integers(0, _city().network.nodes, 150) for seed in range(4)]
    with ThreadPoolExecutor(4) as threads:
        found = list(threads.map(_city().travel, asked))
    assert all(one == _city().travel(nodes) for one, nodes in zip(found, asked, strict=True))


@pytest.mark.parametrize("nodes", [[-1], [0, 10**6]])
def test_a_node_of_another_network_is_refused(nodes):
    with pytest.raises(InvalidInput, match=rf"{nodes[-1]} is none of the network's"):
        _city().travel(nodes)
    with pytest.raises(InvalidInput, match="node"):
        _city().path(0, nodes[-1])


def test_a_network_with_an_unreachable_street_is_refused_with_the_remedy():
    grid = _grid(3, step=100.0, seed=1)
    kept = grid.head != 0
    cut = replace(
        grid,
        **{name: getattr(grid, name)[kept] for name in ("tail", "head", "metres", "seconds", "road_class")},
        bend_start=np.zeros(kept.sum() + 1, np.int64),
    )
    with pytest.raises(InvalidInput, match="largest_part"):
        prepare(cut)


@pytest.mark.parametrize("city", [_city, _real_city])
def test_a_path_runs_from_node_to_node_and_is_as_long_as_the_matrix_says(city):
    prepared = city()
    network = prepared.network
    nodes = np.random.default_rng(8).integers(0, network.nodes, 30)
    metres = prepared.travel(nodes).metres
    paths = prepared.paths([(nodes[k], nodes[k + 1]) for k in range(29)])
    for k, path in enumerate(paths):
        assert path[0] == network.point(nodes[k])
        assert path[-1] == network.point(nodes[k + 1])
        drawn = sum(float(great_circle(*a, *b)) for a, b in pairwise(path))
        assert drawn == pytest.approx(metres[k, k + 1], rel=0.02, abs=5)


def test_a_path_to_the_same_node_is_a_point_drawn_twice():
    assert _city().path(9, 9) == [_city().network.point(9)] * 2


def test_a_one_way_street_is_not_ridden_back():
    # A triangle ridden in one direction only: 0 -> 1 -> 2 -> 0, 100 m each.
    network = make_network(
        name="ring",
        source="test",
        lon=[106.0, 106.001, 106.0],
        lat=[-6.0, -6.0, -6.001],
        tail=[0, 1, 2],
        head=[1, 2, 0],
        metres=[100, 100, 100],
        classes=["residential"] * 3,
    )
    assert prepare(network).travel([0, 1, 2]).metres.tolist() == [[0, 100, 200], [200, 0, 100], [100, 200, 0]]


def test_of_two_streets_between_the_same_nodes_the_faster_counts():
    # 500 m of trunk road at 33 km/h take 54.5 s, 400 m of service road at 14 km/h take 102.9 s.
    network = make_network(
        name="twins",
        source="test",
        lon=[106.0, 106.003],
        lat=[-6.0, -6.0],
        tail=[0, 0, 1],
        head=[1, 1, 0],
        metres=[400, 500, 500],
        classes=["service", "trunk", "trunk"],
    )
    travel = prepare(network).travel([0, 1])
    assert (travel.metres[0, 1], travel.seconds[0, 1]) == (500, 55)
