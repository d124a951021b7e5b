"""``kurir bench growth``: what more stops, and one worker or two, do to speed, the first plan, memory and cost.

Each search has a process of its own, so that the peak memory is that of its size alone:
``python -m benchmarks.growth STOPS SECONDS SEED WORKERS`` prints what it measured as JSON.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

import routing
from benchmarks.compiled_first import compile_first
from benchmarks.made import made, made_in_words
from benchmarks.report import markdown_table
from benchmarks.terminal import DONE, NO, say, say_json, stages_shown
from routing import Costs, Day, Driver, Hub, Place, Request, TravelTimes
from routing.solve import Progress

HOUR = 3600
SHIFT = (7 * HOUR, 18 * HOUR)
"""Of the riders and the hub."""
OPENS, CLOSES = 8 * HOUR, 16 * HOUR
"""Windows lie in this time, ..."""
WINDOW = 2 * HOUR
"""... begin on the hour and are so long."""
SIDE = 12_800
"""Metres: a square as large as the city."""
STOPS_PER_RIDER = 30
DETOUR, METRES_PER_SECOND = 1.3, 7
"""Ways are so much longer than the crow flies, and ridden so fast."""
KILOBYTES = 1024
"""In a megabyte."""
MEASURED = ("stops", "workers", "seconds", "per_s", "first_plan_s", "peak_mb", "served", "cost", "failure")
"""Columns of the table."""


@dataclass(frozen=True)
class GrowthRequest:
    """What is asked for.

    Attributes
    ----------
    sizes, workers
        Stops, and threads: each size is searched with each number of threads.
    seconds, seed
        Wall time of each search, and the seed of its day and of chance.
    as_json
        One JSON object instead of a table.
    """

    sizes: Sequence[int]
    workers: Sequence[int]
    seconds: float
    seed: int
    as_json: bool


def run_growth(asked: GrowthRequest) -> int:
    """Measure each size and print the table; return the exit code.

    A search that ends without an answer is a row; only where all do is the exit code not 0.
    """
    rows = []
    with stages_shown() as stages:
        compile_first(stages)
        for stops in asked.sizes:
            for workers in asked.workers:
                stages.begin(f"{stops} stops, workers: {workers}", total=asked.seconds)
                rows.append(_measured_apart(stops, asked.seconds, asked.seed, workers))
    if asked.as_json:
        say_json({"rows": rows}, asked)
    else:
        say("\n".join([*markdown_table(rows), "", made_in_words(made(asked))]))
    return DONE if any(row["failure"] == "" for row in rows) else NO


def growing_day(stops: int, seed: int) -> Day:
    """Return a day of so many stops, scattered evenly over a square.

    Half of the requests are returns; each has one document and a window of two hours, riders are paid by the hour, and
    there is one for 30 stops. Lanes are unlimited.
    """
    draws = np.random.Generator(np.random.PCG64([seed, stops]))
    points = np.concatenate([[[SIDE / 2, SIDE / 2]], draws.random((stops, 2)) * SIDE])
    opens = OPENS + HOUR * draws.integers(0, (CLOSES - WINDOW - OPENS) // HOUR + 1, stops)
    metres = _ways(points)
    return Day(
        date="2026-01-05",
        places=tuple(Place(id=str(i), lon=106.7 + x / 1.1e5, lat=-6.3 + y / 1.1e5) for i, (x, y) in enumerate(points)),
        requests=tuple(
            Request(
                id=str(i + 1),
                kind="return" if i % 2 else "pickup",
                place=i + 1,
                windows=((int(opens[i]), int(opens[i]) + WINDOW),),
                service=120,
            )
            for i in range(stops)
        ),
        drivers=tuple(
            Driver(
                id=f"D{i}",
                start=0,
                end=0,
                shift=SHIFT,
                capacity=40,
                cost_run=15_000,
                cost_km=950,
                cost_hour=21_500,
            )
            for i in range(-(-stops // STOPS_PER_RIDER))
        ),
        hub=Hub(place=0, windows=(SHIFT,), base=50, per_document=5),
        travel=TravelTimes(seconds=metres // METRES_PER_SECOND, metres=metres),
        costs=Costs(unserved_base=1_000_000),
    )


def _ways(points: np.ndarray[tuple[int, int], np.dtype[np.float64]]) -> np.ndarray[Any, np.dtype[np.int32]]:
    """Metres from each point to each, row by row: copies of a matrix of 10,000 places would count as memory."""
    metres = np.empty((len(points), len(points)), np.int32)
    for i, point in enumerate(points):
        metres[i] = DETOUR * np.hypot(*(points - point).T)
    return metres


def measured(stops: int, seconds: float, seed: int, workers: int) -> dict[str, Any]:
    """Search a day of so many stops and return what there is to know of it."""
    from routing.search import warm_up

    warm_up()
    day = growing_day(stops, seed)
    first: list[float] = []

    def note(progress: Progress) -> None:
        first.append(progress.seconds)

    plan = routing.solve(day, seconds=seconds, seed=seed, workers=workers, on_progress=note)
    per_second = round(plan.iterations / plan.seconds)
    values = (stops, workers, plan.seconds, per_second, first[0], _peak(), plan.served, plan.cost.total, "")
    return dict(zip(MEASURED, values, strict=True))


def _peak() -> int:
    """Most megabytes that this process had. What `getrusage` says counts the process that started it, too."""
    status = Path("/proc/self/status")
    if not status.exists():
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // KILOBYTES
    line = next(line for line in status.read_text(encoding="ascii").splitlines() if line.startswith("VmHWM:"))
    return int(line.split()[1]) // KILOBYTES


def _measured_apart(stops: int, seconds: float, seed: int, workers: int) -> dict[str, Any]:
    command = [sys.executable, "-m", "benchmarks.growth", str(stops), str(seconds), str(seed), str(workers)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603
    if done.returncode != 0:
        said = (done.stderr.strip().splitlines() or [f"exit code {done.returncode}"])[-1]
        return dict.fromkeys(MEASURED) | {"stops": stops, "workers": workers, "failure": said}
    found: dict[str, Any] = json.loads(done.stdout)
    return found


if __name__ == "__main__":
    say(json.dumps(measured(int(sys.argv[1]), float(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4]))))
