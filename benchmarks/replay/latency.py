"""``kurir bench live``: how long the dispatcher's calls take on a live day, and a peer's re-solve beside them."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable
from itertools import cycle, pairwise
from pathlib import Path
from random import Random
from statistics import quantiles
from typing import Any

from benchmarks.compiled_first import compile_first
from benchmarks.terminal import DONE, say, say_json, stages_shown
from routing import Day, Dispatcher, Request, Visit, check, solve
from routing.errors import InvalidInput, Problem
from routing.live.events import Step

BURST = 200
LEAST = 10
"""Requests that must come in during the day."""
TARGETS = {
    "quote": {"p50": 15.0, "p99": 50.0},
    "add and plan": {"p99": 100.0},
    f"{BURST} adds, one by one": {"p99": 5000.0},
}
"""Milliseconds asked for on a live day of 1,000 requests with 20 drivers."""


def run_latency(*, requests: int, drivers: int, seconds: float, count: int, seed: int, as_json: bool) -> int:
    """Measure and print; return the exit code.

    Raises
    ------
    InvalidInput
        When the day is too small for calls to be measured on it.
    """
    import geodata

    day = geodata.example_day(requests, drivers=drivers, seed=seed)
    day, later = _held_back(day, Random(seed), BURST + 2 * count)  # noqa: S311
    if len(later) < LEAST:
        message = f"is {requests}: only {len(later)} of them can come in during the day: expected 100 or more"
        raise InvalidInput([Problem("", "--requests", message)])
    with stages_shown() as stages, tempfile.TemporaryDirectory() as folder:
        compile_first(stages)
        stages.begin("the morning's plan", total=seconds)
        plan = solve(day, seconds=seconds, seed=seed, on_progress=stages.search)
        stages.begin("calls on the live day")
        with Dispatcher(day, journal=Path(folder) / "one", plan=plan) as live:
            measured, replanned = _measure(live, later, count)
            valid = check(*live.day_and_plan()) == []
        with Dispatcher(day, journal=Path(folder) / "other", plan=plan) as live:
            _begin(live)
            at_once = _timed(lambda: (live.add(*later[:BURST]), live.plan()))
            measured[f"{BURST} adds in one call"] = _summary([at_once])
            valid = valid and check(*live.day_and_plan()) == []
        stages.begin("a peer's re-solve")
        peer = _peer(day, 2.0, seed)
    answer = {
        "requests": requests,
        "drivers": drivers,
        "unserved_at_first": len(plan.unserved),
        "milliseconds": measured,
        "targets": TARGETS,
        "replan": replanned,
        "valid": valid,
        "peer": peer,
    }
    if as_json:
        say_json(answer)
        return DONE
    say("| call | times | p50 | p99 | most | asked for |\n|---|---|---|---|---|---|")
    for name, row in measured.items():
        target = ", ".join(f"{key} < {value:.0f} ms" for key, value in TARGETS.get(name, {}).items()) or "-"
        say(
            f"| {name} | {row['times']} | {row['p50']:.1f} ms | {row['p99']:.1f} ms | {row['most']:.1f} ms | {target} |"
        )
    say(f"replan(2): {replanned}; every state valid: {valid}; peer: {peer}")
    return DONE


def _held_back(day: Day, rng: Random, most: int) -> tuple[Day, list[Request]]:
    """Take requests out of the day that come in later: those of the afternoon, at most a quarter of all."""
    in_pairs = {request.round_trip_of for request in day.requests}
    free = [
        request
        for request in day.requests
        if request.round_trip_of is None and request.id not in in_pairs and request.windows[-1][1] > 12 * 3600
    ]
    later = rng.sample(free, min(most, len(free), len(day.requests) // 4))
    gone = {request.id for request in later}
    return day.replace(requests=tuple(request for request in day.requests if request.id not in gone)), later


def _measure(live: Dispatcher, later: list[Request], count: int) -> tuple[dict[str, Any], dict[str, Any]]:
    """Time the calls at nine o'clock: quick ones, and those that must first take in what has just happened."""
    _begin(live)
    asked = cycle(later)
    fresh = iter(later)
    singles = max(1, min(count, len(later) - BURST) // 2)
    quotes = [_timed(lambda: live.quote(next(asked))) for _ in range(count)]
    adds = [_timed(lambda: (live.add(next(fresh)), live.plan())) for _ in range(singles)]
    moved = [_timed(lambda: (live.add(next(fresh), at=live.now + 1), live.plan())) for _ in range(singles)]
    after = []
    asked = cycle(later[-20:])
    for _ in range(max(1, count // 5)):
        live.tick(live.now + 1)
        after.append(_timed(lambda: live.quote(next(asked))))
    burst = list(fresh)[:BURST]
    together = _timed(lambda: ([live.add(request) for request in burst], live.plan()))
    report = live.replan(2.0)
    measured = {
        "quote": quotes,
        "quote when something has just happened": after,
        "add and plan": adds,
        "add and plan a second later": moved,
        f"{len(burst)} adds, one by one": [together],
    }
    return {name: _summary(values) for name, values in measured.items()}, {
        "before": report.before,
        "after": report.after,
        "changed": report.changed,
        "unserved": len(live.plan().unserved),
    }


def _begin(live: Dispatcher) -> None:
    """Let the morning go as planned until nine."""
    nine = 9 * 3600
    reports = []
    for run in live.plan().runs:
        for number, (before, visit) in enumerate(pairwise(run.visits)):
            steps: list[tuple[int, int, Step, int]] = [(before.end, 0, "left", visit.place), *_steps(visit)]
            reports += [(at, number, order, run.driver, step, place) for at, order, step, place in steps if at < nine]
    for at, _, _, driver, step, place in sorted(reports):
        live.progress(driver, step, at, place)
    live.tick(nine)
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


def _timed(call: Callable[[], Any]) -> float:
    began = time.perf_counter()
    call()
    return 1000 * (time.perf_counter() - began)


def _summary(values: list[float]) -> dict[str, float]:
    cuts = quantiles(values, n=100, method="inclusive") if len(values) > 1 else values * 99
    return {"times": len(values), "p50": cuts[49], "p99": cuts[98], "most": max(values)}


def _peer(day: Day, seconds: float, seed: int) -> dict[str, Any]:
    """What PyVRP needs to take one request more: a new problem and a new search from the solution before."""
    try:
        from benchmarks.replay.pyvrp_again import add_one
    except ImportError:
        return {"pyvrp": "is not installed"}
    return add_one(day, seconds, seed)
