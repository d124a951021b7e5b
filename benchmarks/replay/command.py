"""``kurir replay``: plays live days and writes the table."""

from __future__ import annotations

import csv
import json
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from benchmarks.compiled_first import compile_first
from benchmarks.meant import did_you_mean
from benchmarks.replay import greedy, hindsight, report
from benchmarks.replay.outcome import Outcome
from benchmarks.replay.play import play
from benchmarks.replay.policies import Policy, policies
from benchmarks.replay.world import world_of
from benchmarks.terminal import DONE, INTERRUPTED, say, say_json, stages_shown, tell
from routing import Day
from routing.errors import InvalidInput, Problem


@dataclass(frozen=True)
class ReplayRequest:
    """What the operator asked for; see ``kurir replay --help``."""

    day: Path | None
    requests: int
    seeds: int
    first_seed: int
    iterations: int
    minutes: int
    change_price: int | None
    hindsight_iterations: int
    only: tuple[str, ...]
    out: Path
    as_json: bool


def run_replay(asked: ReplayRequest) -> int:
    """Play the days, write ``replay.csv`` and ``replay.md``, print the table; return the exit code.

    Raises
    ------
    InvalidInput
        When a policy that is asked for does not exist, or the day cannot be read.
    """
    chosen = _policies(asked)
    asked.out.mkdir(parents=True, exist_ok=True)
    outcomes: list[Outcome] = []
    for played in _played(asked, chosen):
        outcomes += played
        _write(asked.out, outcomes)
    seeds = len({outcome.seed for outcome in outcomes})
    if not outcomes:
        raise KeyboardInterrupt
    _report(asked, chosen, outcomes)
    if seeds < asked.seeds:
        tell(f"interrupted: {seeds} of {asked.seeds} days are played and kept in {asked.out}")
        return INTERRUPTED
    return DONE


def _played(asked: ReplayRequest, chosen: tuple[Policy, ...]) -> Iterator[list[Outcome]]:
    """Yield the outcomes of each day, until all are played or an interrupt comes."""
    with stages_shown() as stages:
        compile_first(stages)
        began = time.monotonic()
        for number in range(asked.seeds):
            spent = (time.monotonic() - began) / number if number else 0.0
            stages.whole("days", done=number, total=asked.seeds, seconds_left=(asked.seeds - number) * spent)
            stages.begin(f"seed {asked.first_seed + number}")
            try:
                played = _one_seed(asked, chosen, asked.first_seed + number)
            except KeyboardInterrupt:
                return
            yield played


def _report(asked: ReplayRequest, chosen: tuple[Policy, ...], outcomes: list[Outcome]) -> None:
    compared = report.against(outcomes, chosen[0].name, _others(chosen))
    if asked.as_json:
        say_json({"outcomes": report.rows(outcomes), "compared": compared}, asked)
        return
    say(report.markdown(outcomes))
    for each in compared:
        say(
            f"{chosen[0].name} against {each['against']}, {each['seeds']} seeds: {each['on_time_points']:+.2f} points "
            f"on time (better on {each['seeds_better_on_time']}), cost x {each['cost_ratio']} "
            f"(cheaper on {each['seeds_cheaper']})"
        )


def _policies(asked: ReplayRequest) -> tuple[Policy, ...]:
    options = {} if asked.change_price is None else {"change_price": asked.change_price}
    known = policies(asked.iterations, asked.minutes, options)
    names = [policy.name for policy in known]
    unknown = [name for name in asked.only if name not in names]
    if unknown:
        raise InvalidInput(
            [
                Problem("", "--only", f"names {name!r}: expected some of {names}" + did_you_mean(name, names))
                for name in unknown
            ]
        )
    return tuple(policy for policy in known if not asked.only or policy.name in asked.only)


def _others(chosen: tuple[Policy, ...]) -> list[str]:
    return [*(policy.name for policy in chosen[1:]), greedy.NAME, hindsight.NAME]


def _one_seed(asked: ReplayRequest, chosen: tuple[Policy, ...], seed: int) -> list[Outcome]:
    world = world_of(_day(asked, seed), seed)
    outcomes = [play(world, policy) for policy in chosen]
    outcomes.append(greedy.play_nearest(world))
    if asked.hindsight_iterations:
        outcomes.append(hindsight.play_hindsight(world, asked.hindsight_iterations))
    return outcomes


def _day(asked: ReplayRequest, seed: int) -> Day:
    """The day asked for; without one, another day for each seed."""
    import geodata
    from routing.files import read_day

    if asked.day is None:
        return geodata.example_day(asked.requests, seed=seed)
    return read_day(asked.day) if asked.day.suffix == ".json" else geodata.load_day(asked.day)


def _write(out: Path, outcomes: list[Outcome]) -> None:
    (out / "replay.md").write_text(report.markdown(outcomes), encoding="utf-8")
    found = report.rows(outcomes)
    with (out / "replay.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, list(found[0]))
        writer.writeheader()
        writer.writerows(found)
    (out / "replay.json").write_text(json.dumps(found, indent=1), encoding="utf-8")
