"""``kurir replay``: plays live days and writes the table."""

from __future__ import annotations

import csv
import json
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from benchmarks.compiled_first import compile_first
from benchmarks.made import made, made_in_words
from benchmarks.meant import did_you_mean
from benchmarks.replay import greedy, hindsight, report
from benchmarks.replay.outcome import Outcome
from benchmarks.replay.play import play
from benchmarks.replay.policies import Policy, policies
from benchmarks.replay.world import World, world_of
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


Way = Callable[[World], Outcome]
"""A way to get through the day."""


def run_replay(asked: ReplayRequest) -> int:
    """Play the days, write ``replay.csv``, ``replay.md`` and ``replay.json``, print the table; return the exit code.

    Raises
    ------
    InvalidInput
        When a policy that is asked for does not exist, or the day cannot be read.
    KeyboardInterrupt
        When an interrupt came before anything was played.
    """
    chosen = _policies(asked)
    ways = _ways(asked, chosen)
    asked.out.mkdir(parents=True, exist_ok=True)
    outcomes: list[Outcome] = []
    try:
        for outcome in _played(asked, ways):
            outcomes.append(outcome)
            _write(asked, chosen, outcomes)
    except KeyboardInterrupt:
        if not outcomes:
            raise
        _write(asked, chosen, outcomes)  # the interrupt may have come halfway through that
    _report(asked, chosen, outcomes)
    if len(outcomes) < asked.seeds * len(ways):
        tell(_how_far(asked, len(outcomes), len(ways)))
        return INTERRUPTED
    return DONE


def _played(asked: ReplayRequest, ways: Sequence[Way]) -> Iterator[Outcome]:
    """Yield what comes of each day, each way."""
    with stages_shown() as stages:
        compile_first(stages)
        began = time.monotonic()
        for number in range(asked.seeds):
            spent = (time.monotonic() - began) / number if number else 0.0
            stages.whole("days", done=number, total=asked.seeds, seconds_left=(asked.seeds - number) * spent)
            stages.begin(f"seed {asked.first_seed + number}")
            world = world_of(_day(asked, asked.first_seed + number), asked.first_seed + number)
            for way in ways:
                yield way(world)


def _how_far(asked: ReplayRequest, played: int, ways: int) -> str:
    days, more = divmod(played, ways)
    part = f", and {more} of {ways} rows of seed {asked.first_seed + days}," if more else ""
    return f"interrupted: {days} of {asked.seeds} days{part} are played and kept in {asked.out}"


def _report(asked: ReplayRequest, chosen: tuple[Policy, ...], outcomes: list[Outcome]) -> None:
    if asked.as_json:
        say_json(_answer(chosen, outcomes), asked)
    else:
        say(_page(asked, chosen, outcomes))


def _answer(chosen: tuple[Policy, ...], outcomes: list[Outcome]) -> dict[str, Any]:
    compared = report.against(outcomes, chosen[0].name, _others(chosen))
    return {"outcomes": report.rows(outcomes), "compared": compared}


def _page(asked: ReplayRequest, chosen: tuple[Policy, ...], outcomes: list[Outcome]) -> str:
    lines = [report.markdown(outcomes)]
    for each in report.against(outcomes, chosen[0].name, _others(chosen)):
        lines.append(
            f"{chosen[0].name} against {each['against']}, {each['seeds']} seeds: {each['on_time_points']:+.2f} points "
            f"on time (better on {each['seeds_better_on_time']}), cost x {each['cost_ratio']} "
            f"(cheaper on {each['seeds_cheaper']})\n"
        )
    return "\n".join([*lines, made_in_words(made(asked))])


def _policies(asked: ReplayRequest) -> tuple[Policy, ...]:
    options = {} if asked.change_price is None else {"change_price": asked.change_price}
    known = policies(asked.iterations, asked.minutes, options)
    names = [policy.name for policy in known]
    unknown = [name for name in asked.only if name not in names]
    if unknown:
        known_names = ", ".join(map(repr, names))
        raise InvalidInput(
            [
                Problem("", "--only", f"names {name!r}: expected some of {known_names}" + did_you_mean(name, names))
                for name in unknown
            ]
        )
    return tuple(policy for policy in known if not asked.only or policy.name in asked.only)


def _others(chosen: tuple[Policy, ...]) -> list[str]:
    return [*(policy.name for policy in chosen[1:]), greedy.NAME, hindsight.NAME]


def _ways(asked: ReplayRequest, chosen: tuple[Policy, ...]) -> list[Way]:
    ways: list[Way] = [partial(play, policy=policy) for policy in chosen]
    ways.append(greedy.play_nearest)
    if asked.hindsight_iterations:
        ways.append(partial(hindsight.play_hindsight, iterations=asked.hindsight_iterations))
    return ways


def _day(asked: ReplayRequest, seed: int) -> Day:
    """The day asked for; without one, another day for each seed."""
    import geodata
    from routing.files import read_day

    if asked.day is None:
        return geodata.example_day(asked.requests, seed=seed)
    return read_day(asked.day) if asked.day.suffix == ".json" else geodata.load_day(asked.day)


def _write(asked: ReplayRequest, chosen: tuple[Policy, ...], outcomes: list[Outcome]) -> None:
    """Write the table, and the rows for other programs; how they were made stands in the page and the JSON."""
    (asked.out / "replay.md").write_text(_page(asked, chosen, outcomes) + "\n", encoding="utf-8")
    answer = {**_answer(chosen, outcomes), "made": made(asked)}
    (asked.out / "replay.json").write_text(json.dumps(answer, indent=1, ensure_ascii=False), encoding="utf-8")
    found = answer["outcomes"]
    with (asked.out / "replay.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, list(found[0]))
        writer.writeheader()
        writer.writerows(found)
