"""``kurir bench live``: how long the dispatcher's calls take on a live day, and a peer's re-solve beside them."""

from __future__ import annotations

import gc
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from itertools import cycle, pairwise
from pathlib import Path
from random import Random
from statistics import quantiles
from typing import Any

from benchmarks.compiled_first import compile_first
from benchmarks.made import made, made_in_words
from benchmarks.replay.riders import next_report
from benchmarks.terminal import DONE, say, say_json, stages_shown
from routing import Day, Dispatcher, Plan, Request, Visit, check, solve
from routing.errors import InvalidInput, Problem
from routing.live.events import Step

BURST = 200
LEAST = 10
"""Requests that must come in during the day."""
NINE = 9 * 3600
ADDING = "add and plan"
QUOTE, ADD, BURST_ASKED = {"p50": 15.0, "p99": 50.0}, {"p99": 100.0}, {"p99": 5000.0}
"""Milliseconds asked for on a live day of 1,000 requests with 20 drivers."""


@dataclass(frozen=True)
class Call:
    """A call that was measured: milliseconds on the wall and of the processor, and what was asked for."""

    name: str
    wall: list[float]
    cpu: list[float]
    asked: dict[str, float]

    def summary(self) -> dict[str, Any]:
        """Return how often, the median, the 99th percentile, the longest and, of the processor, the shortest."""
        (p50, p99), (cpu50, cpu99) = _cuts(self.wall), _cuts(self.cpu)
        wall = {"p50": p50, "p99": p99, "most": max(self.wall)}
        cpu = {"cpu_least": min(self.cpu), "cpu_p50": cpu50, "cpu_p99": cpu99}
        return {"times": len(self.wall), **wall, **cpu, "asked": self.asked}


@dataclass(frozen=True)
class LatencyRequest:
    """What was asked for; see ``kurir bench live --help``."""

    requests: int
    drivers: int
    seconds: float
    count: int
    seed: int
    as_json: bool


def run_latency(asked: LatencyRequest) -> int:
    """Measure and print; return the exit code.

    Raises
    ------
    InvalidInput
        When the day is too small for calls to be measured on it.
    """
    import geodata

    day = geodata.example_day(asked.requests, drivers=asked.drivers, seed=asked.seed)
    day, later = _held_back(day, Random(asked.seed))  # noqa: S311
    if len(later) < LEAST:
        message = f"is {asked.requests}: only {len(later)} of them can come in during the day: expected 100 or more"
        raise InvalidInput([Problem("", "--requests", message)])
    with stages_shown() as stages, tempfile.TemporaryDirectory() as folder:
        compile_first(stages)
        stages.begin("the morning's plan", total=asked.seconds)
        plan = solve(day, seconds=asked.seconds, seed=asked.seed, on_progress=stages.search)
        stages.begin("calls on the live day")
        with Dispatcher(day, journal=Path(folder) / "one", plan=plan) as live:
            calls, replanned = _measure(live, plan, later, asked.count)
            valid = check(*live.day_and_plan()) == []
        for number, name in enumerate(("one by one", "in one call")):
            with Dispatcher(day, journal=Path(folder) / str(number), plan=plan) as live:
                calls.append(_burst(live, plan, later, name, at_once=number == 1))
                valid = valid and check(*live.day_and_plan()) == []
        stages.begin("a peer's re-solve")
        peer = _peer(day, 2.0, asked.seed, next(call.summary()["p50"] for call in calls if call.name == ADDING))
    answer = {
        "requests": asked.requests,
        "coming_in_later": len(later),
        "drivers": asked.drivers,
        "unserved_at_first": len(plan.unserved),
        "milliseconds": {call.name: call.summary() for call in calls},
        "replan": replanned,
        "valid": valid,
        "peer": peer,
    }
    if asked.as_json:
        say_json(answer, asked)
    else:
        say(_table(calls))
        say(", ".join(f"{name}: {value}" for name, value in answer.items() if name != "milliseconds"))
        say(made_in_words(made(asked)))
    return DONE


def _table(calls: list[Call]) -> str:
    lines = [
        "| call | times | p50 | p99 | most | CPU least | CPU p50 | CPU p99 | asked for |",
        "|---" + "|---:" * 7 + "|---|",
    ]
    for call in calls:
        row = call.summary()
        figures = (f"{row[name]:.1f}" for name in ("p50", "p99", "most", "cpu_least", "cpu_p50", "cpu_p99"))
        asked = ", ".join(f"{key} < {value:.0f} ms" for key, value in call.asked.items())
        lines.append(f"| {call.name} | {row['times']} | {' | '.join(figures)} | {asked} |")
    return "\n".join(lines)


def _held_back(day: Day, rng: Random) -> tuple[Day, list[Request]]:
    """Take requests out of the day that come in later: those of the afternoon, at most a quarter of all."""
    in_pairs = {request.round_trip_of for request in day.requests}
    free = [
        request
        for request in day.requests
        if request.round_trip_of is None and request.id not in in_pairs and request.windows[-1][1] > 12 * 3600
    ]
    later = rng.sample(free, min(BURST, len(free), len(day.requests) // 4))
    gone = {request.id for request in later}
    return day.replace(requests=tuple(request for request in day.requests if request.id not in gone)), later


def _measure(live: Dispatcher, plan: Plan, later: list[Request], count: int) -> tuple[list[Call], dict[str, Any]]:
    """Time calls from nine o'clock on: in the same moment, a second later, and right after a driver's report.

    All the while drivers do what is planned, and report it.
    """
    _begin(live, plan)
    gc.freeze()  # as docs/dispatch.md advises: a full garbage collection takes tens of milliseconds
    asked, fresh = cycle(later), iter(later)
    adds = min(count, len(later) // 3)

    def later_on() -> None:
        moment = live.now + 1
        while (due := next_report(live)) is not None and due.at <= moment:
            due.tell(live)
        live.tick(moment)

    def report() -> None:
        due = next_report(live)
        if due is not None:
            due.tell(live)

    def quote() -> None:
        live.quote(next(asked))

    def add() -> None:
        live.add(next(fresh))
        live.plan()

    calls = [
        _timed("quote", count, quote, QUOTE),
        _timed("quote, a second later", count, quote, QUOTE, before=later_on),
        _timed("quote, right after a driver's report", count, quote, QUOTE, before=report),
        _timed(ADDING, adds, add, ADD),
        _timed("add and plan, a second later", adds, add, ADD, before=later_on),
        _timed("add and plan, right after a driver's report", adds, add, ADD, before=report),
    ]
    done = live.replan(2.0)
    unserved = len(live.plan().unserved)
    return calls, {"before": done.before, "after": done.after, "changed": done.changed, "unserved": unserved}


def _burst(live: Dispatcher, plan: Plan, later: list[Request], name: str, *, at_once: bool) -> Call:
    _begin(live, plan)

    def add_all() -> None:
        for requests in [later] if at_once else [[request] for request in later]:
            live.add(*requests)
        live.plan()

    return _timed(f"{len(later)} adds {name}, and plan", 1, add_all, BURST_ASKED)


def _begin(live: Dispatcher, plan: Plan) -> None:
    """Let the morning go as planned until nine."""
    reports = []
    for run in plan.runs:
        for number, (before, visit) in enumerate(pairwise(run.visits)):
            steps: list[tuple[int, int, Step, int]] = [(before.end, 0, "left", visit.place), *_steps(visit)]
            reports += [(at, number, order, run.driver, step, place) for at, order, step, place in steps if at < NINE]
    for at, _, _, driver, step, place in sorted(reports):
        live.progress(driver, step, at, place)
    live.tick(NINE)
    live.plan()


def _steps(visit: Visit) -> list[tuple[int, int, Step, int]]:
    """What a driver reports of a visit: moment, order, step, place."""
    arrived: tuple[int, int, Step, int] = (visit.arrive, 1, "arrived", visit.place)
    if visit.type == "stop":
        return [arrived, (visit.end, 2, "served", visit.place)]
    if visit.type == "hub":
        return [arrived, (visit.begin, 2, "in_lane", visit.place), (visit.end, 3, "out_of_lane", visit.place)]
    return (
        [(visit.begin, 1, "break", visit.place), (visit.end, 2, "back", visit.place)] if visit.type == "break" else []
    )


def _timed(
    name: str,
    times: int,
    call: Callable[[], None],
    asked: dict[str, float],
    *,
    before: Callable[[], None] | None = None,
) -> Call:
    """Make the call so many times, each after what is to happen `before` it, which is not timed."""
    wall, cpu = [], []
    for _ in range(times):
        if before is not None:
            before()
        began, worked = time.perf_counter(), time.process_time()
        call()
        wall.append(1000 * (time.perf_counter() - began))
        cpu.append(1000 * (time.process_time() - worked))
    return Call(name, wall, cpu, asked)


def _cuts(values: list[float]) -> tuple[float, float]:
    cuts = quantiles(values, n=100, method="inclusive") if len(values) > 1 else values * 99
    return cuts[49], cuts[98]


def _peer(day: Day, seconds: float, seed: int, add: float) -> dict[str, Any]:
    """What PyVRP needs to take one request more, and how many times that of `add` milliseconds it is."""
    try:
        from benchmarks.replay.pyvrp_again import add_one
    except ImportError:
        return {"pyvrp": "is not installed"}
    found = add_one(day, seconds, seed)
    return {**found, "times_add_and_plan": round(found["pyvrp_add_milliseconds"] / add, 1)}
