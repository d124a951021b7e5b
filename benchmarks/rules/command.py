"""``kurir bench rules``: each question asked, its table and its picture written."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from threading import Event
from typing import Any

import routing
from benchmarks.compiled_first import compile_first
from benchmarks.made import made, made_in_words
from benchmarks.meant import did_you_mean
from benchmarks.plots import as_png, bar_plot
from benchmarks.report import markdown_table
from benchmarks.rules.bench import Answer, Bench, Solve
from benchmarks.rules.each import asked_each
from benchmarks.rules.fairness import asked_fairness
from benchmarks.rules.lanes import asked_lanes
from benchmarks.rules.round_trips import asked_round_trips
from benchmarks.rules.speed import asked_speed
from benchmarks.rules.traffic import asked_traffic
from benchmarks.streets_given import EMBEDDED, street_network
from benchmarks.terminal import DONE, INTERRUPTED, Stages, first_interrupt_noted, say, say_json, stages_shown, tell
from routing import Day, Plan
from routing.errors import Interrupted, InvalidInput, Problem

QUESTIONS: dict[str, Callable[[Bench], Answer]] = {
    "each": asked_each,
    "lanes": asked_lanes,
    "traffic": asked_traffic,
    "round-trips": asked_round_trips,
    "fairness": asked_fairness,
    "speed": asked_speed,
}
ALL = "all"


@dataclass(frozen=True)
class RulesRequest:
    """What was asked for; see ``kurir bench rules --help``."""

    question: str
    requests: int
    seconds: float
    iterations: int | None
    seed: int
    workers: int | None
    network: str
    out: Path
    as_json: bool


def run_rules(asked: RulesRequest) -> int:
    """Ask the questions, write tables and pictures, print them and return the exit code.

    Raises
    ------
    InvalidInput
        When there is no such question, or the network cannot be read.
    """
    questions = _questions(asked.question)
    answers: list[Answer] = []
    with stages_shown() as stages:
        compile_first(stages)
        asked.out.mkdir(parents=True, exist_ok=True)
        network = None if asked.network == EMBEDDED else street_network(asked.network)
        with first_interrupt_noted() as stop:
            bench = Bench(asked.requests, asked.seed, network, _solve(asked, stages, stop))
            for answer in _until_interrupted(questions, bench):
                answers.append(answer)
                write_answer(answer, asked.out)
            interrupted = stop.is_set()
    how = made(asked)
    if answers:
        (asked.out / "rules.md").write_text(markdown(answers, how), encoding="utf-8")
    if asked.as_json:
        say_json({"out": str(asked.out), "interrupted": interrupted, "answers": _plain(answers)}, asked)
    elif answers:
        say(markdown(answers, how).rstrip())
    if interrupted:
        tell(f"interrupted: {len(answers)} of {len(questions)} questions are answered")
    if answers:
        tell(f"written: {asked.out / 'rules.md'}, and a table and a picture for each question beside it")
    return INTERRUPTED if interrupted else DONE


def _questions(named: str) -> Sequence[str]:
    known = (*QUESTIONS, ALL)
    if named not in known:
        message = f"is {named!r}: expected one of {', '.join(known)}" + did_you_mean(named, known)
        raise InvalidInput([Problem("", "QUESTION", message)])
    return tuple(QUESTIONS) if named == ALL else (named,)


def _until_interrupted(questions: Sequence[str], bench: Bench) -> Iterator[Answer]:
    for name in questions:
        try:
            yield QUESTIONS[name](bench)
        except Interrupted:
            return


def _solve(asked: RulesRequest, stages: Stages, stop: Event) -> Solve:
    def solve(day: Day, what: str) -> Plan:
        stages.begin(what, total=asked.seconds)
        plan = routing.solve(
            day,
            seconds=asked.seconds,
            iterations=asked.iterations,
            seed=asked.seed,
            workers=asked.workers,
            on_progress=stages.search,
            should_stop=stop.is_set,
        )
        if stop.is_set():  # what an interrupt cut short had another budget than the rest of its table
            raise Interrupted("the question is not answered")
        return plan

    return solve


def write_answer(answer: Answer, folder: Path) -> None:
    """Write the table as CSV and the picture as PNG to `folder`, which exists."""
    with (folder / f"{answer.name}.csv").open("w", encoding="utf-8", newline="") as out:
        writer = csv.DictWriter(out, list(answer.rows[0]))
        writer.writeheader()
        writer.writerows(answer.rows)
    bars = answer.bars
    figure = bar_plot(bars.labels, bars.series, y_label=bars.y_label)
    (folder / f"{answer.name}.png").write_bytes(as_png(figure, dpi=100))


def markdown(answers: Sequence[Answer], how: Mapping[str, Any]) -> str:
    """Return the tables as Markdown, each with the picture beside it, and how they were made."""
    lines: list[str] = []
    for answer in answers:
        lines += [f"## {answer.title}", "", *markdown_table(answer.rows), "", answer.says, ""]
        lines += [f"![{answer.title}]({answer.name}.png)", ""]
    return "\n".join([*lines, made_in_words(how)]) + "\n"


def _plain(answers: Sequence[Answer]) -> list[dict[str, Any]]:
    return [{"question": answer.name, "title": answer.title, "rows": list(answer.rows)} for answer in answers]
