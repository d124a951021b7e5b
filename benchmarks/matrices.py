"""Travel-time matrices side by side: this project's, SciPy's Dijkstra and, where it is installed, pandana's.

``python -m benchmarks.matrices NETWORK [--places 1000 5000] [--seed 1] [--repeat 3]`` prints a Markdown table.
All run in one process on the same nodes, drawn at random; each is judged by the first's seconds.
"""

from __future__ import annotations

import argparse
import os
import resource
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from benchmarks.streets_given import EMBEDDED, street_network
from benchmarks.terminal import say

if TYPE_CHECKING:
    from geodata.matrix import PreparedNetwork

Nodes = npt.NDArray[np.int64]
Seconds = npt.NDArray[np.float64]
SCIPY_ROWS = 1000
"""SciPy's row costs the same however many there are: beyond these the time is scaled up, and the table says so."""


@dataclass(frozen=True)
class Measured:
    """One way to a matrix, measured.

    Attributes
    ----------
    name
        Who worked it out.
    places
        Rows and columns.
    taken
        The best of the repeated runs, in seconds.
    difference
        The largest difference from our own seconds, in seconds.
    note
        What to know about it.
    """

    name: str
    places: int
    taken: float
    difference: float
    note: str = ""


def measured(prepared: PreparedNetwork, places: int, *, seed: int = 1, repeat: int = 3) -> Iterator[Measured]:
    """Yield the measurements of one size, our own first.

    Parameters
    ----------
    prepared
        The streets.
    places
        How many nodes to draw, with repetition where the network has fewer.
    seed
        Of the draw.
    repeat
        Runs of each; the best counts.
    """
    network = prepared.network
    nodes = np.random.default_rng(seed).choice(network.nodes, places, replace=places > network.nodes)
    prepared.travel(nodes[:2])  # compiled code is read before the clock runs
    ours: Seconds
    taken, travel = _best(lambda: prepared.travel(nodes), repeat)
    ours = travel.seconds.astype(np.float64)
    yield Measured("kurir", places, taken, 0.0, f"{os.cpu_count()} cores, seconds and metres")
    yield _by_scipy(prepared, nodes, ours)
    pandana = _by_pandana(prepared, nodes, ours)
    if pandana is not None:
        yield pandana


def _best(work: Callable[[], Any], repeat: int) -> tuple[float, Any]:
    taken, answer = [], None
    for _ in range(max(1, repeat)):
        began = time.perf_counter()
        answer = work()
        taken.append(time.perf_counter() - began)
    return min(taken), answer


def _by_scipy(prepared: PreparedNetwork, nodes: Nodes, ours: Seconds) -> Measured:
    from scipy.sparse import csr_array
    from scipy.sparse.csgraph import dijkstra

    network = prepared.network
    # Of parallel streets the fastest; SciPy would add them up.
    order = np.lexsort((network.seconds, network.head, network.tail))
    tail, head = network.tail[order], network.head[order]
    first = np.concatenate([[True], (np.diff(tail) != 0) | (np.diff(head) != 0)])
    shape = (network.nodes, network.nodes)
    links = csr_array((network.seconds[order][first], (tail[first], head[first])), shape)
    some = nodes[:SCIPY_ROWS]
    taken, found = _best(lambda: dijkstra(links, indices=some)[:, nodes], 1)
    scaled = taken * len(nodes) / len(some)
    note = "1 core, seconds only" + (f", {len(some)} rows scaled up" if len(some) < len(nodes) else "")
    return Measured("SciPy Dijkstra", len(nodes), scaled, _difference(found, ours[: len(some)]), note)


def _by_pandana(prepared: PreparedNetwork, nodes: Nodes, ours: Seconds) -> Measured | None:
    """Return pandana's measurement; None where it is not installed."""
    try:
        import pandana
        import pandas as pd
    except ImportError:
        return None
    network = prepared.network
    frame = pd.DataFrame({"seconds": network.seconds})
    number = pd.Series(np.arange(network.nodes))
    city = pandana.Network(
        pd.Series(network.lon, number),
        pd.Series(network.lat, number),
        pd.Series(network.tail.astype(np.int64)),
        pd.Series(network.head.astype(np.int64)),
        frame,
        twoway=False,
    )
    some = nodes[:SCIPY_ROWS]
    origins, goals = np.repeat(some, len(nodes)), np.tile(nodes, len(some))
    taken, found = _best(lambda: city.shortest_path_lengths(origins, goals), 1)
    scaled = taken * len(nodes) / len(some)
    note = "contraction hierarchies, pair by pair" + (f", {len(some)} rows scaled up" if len(some) < len(nodes) else "")
    difference = _difference(np.array(found).reshape(len(some), -1), ours[: len(some)])
    return Measured("pandana", len(nodes), scaled, difference, note)


def _difference(found: Any, ours: Seconds) -> float:
    return float(np.max(np.abs(found - ours)))


def on_demand(prepared: PreparedNetwork, places: int, *, seed: int = 1) -> tuple[float, float]:
    """Return seconds taken and megabytes of memory at most, for all rows of a matrix too large to hold."""
    nodes = np.random.default_rng(seed).choice(prepared.network.nodes, places, replace=True)
    began = time.perf_counter()
    for seconds, _ in prepared.rows(nodes, nodes):
        if seconds.min() < 0:
            raise ArithmeticError("a negative travel time")
    taken = time.perf_counter() - began
    return taken, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main(given: list[str] | None = None) -> None:
    """Measure, and print a table."""
    from geodata.matrix import prepare
    from geodata.speeds import ROADS

    parser = argparse.ArgumentParser(prog="python -m benchmarks.matrices", description=__doc__.splitlines()[0])
    parser.add_argument("network", nargs="?", default=EMBEDDED, help="'embedded', or a file of any known form")
    parser.add_argument("--places", type=int, nargs="+", default=[1000, 5000])
    parser.add_argument("--rows", type=int, default=0, help="all rows between so many places, on demand")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--repeat", type=int, default=3)
    asked = parser.parse_args(given)
    began = time.perf_counter()
    streets = street_network(asked.network)
    read = time.perf_counter() - began
    prepared = prepare(streets)
    ready = time.perf_counter() - began - read
    retimed, _ = _best(lambda: prepared.retimed(ROADS), asked.repeat)
    network = prepared.network
    say(f"{Path(network.source).name}: {network.nodes:,} nodes, {network.edges:,} edges; read in {read:.2f} s,")
    say(f"hierarchy ready after {ready:.2f} s more, other speeds after {retimed:.3f} s\n")
    say("| places | by | seconds | largest difference, s | note |\n|---:|---|---:|---:|---|")
    for places in asked.places:
        for each in measured(prepared, places, seed=asked.seed, repeat=asked.repeat):
            say(f"| {each.places:,} | {each.name} | {each.taken:.3f} | {each.difference:.1f} | {each.note} |")
    if asked.rows:
        taken, memory = on_demand(prepared, asked.rows, seed=asked.seed)
        note = f"rows on demand; the process took {memory:,.0f} MB at most"
        say(f"| {asked.rows:,} | kurir | {taken:.3f} | | {note} |")


if __name__ == "__main__":
    main()
