"""The runs of a comparison as lines of a file that only grows, so that an interrupted one can go on."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path

from routing.errors import InvalidInput, Problem

Key = tuple[str, str, str, str, int, int]
"""Case, digest of its files, engine, its version, workers and seed."""


@dataclass(frozen=True)
class Record:
    """One run of one engine on one case; a line of ``results.jsonl``.

    Attributes
    ----------
    case, kind
        What was solved.
    engine, version, workers, seed, budget, rounding
        How.
    seconds
        Wall time the solver took.
    cost, vehicles
        None when there is no valid answer.
    unserved
        Requests left out.
    failure
        Why there is no valid answer, else empty.
    best_known
        The best cost on record.
    group
        The class the case is summed up in.
    curve
        Seconds and the cost that stood then, falling.
    given_up
        What the engine solved without.
    asked
        What else tells one comparison from another: the network, the suite's seed, whether days keep all their rules.
    copies
        What each copy found, where several ran side by side; None without a valid answer.
    content
        Digest of the files the case was made from; empty where its name and `asked` say it all.
    """

    case: str
    kind: str
    engine: str
    version: str
    workers: int
    seed: int
    budget: float
    rounding: str | None
    seconds: float
    cost: float | None
    vehicles: int | None
    unserved: int | None
    failure: str
    best_known: float | None
    group: str = ""
    curve: tuple[tuple[float, float], ...] = ()
    given_up: tuple[str, ...] = ()
    asked: str = ""
    copies: tuple[float | None, ...] = ()
    content: str = ""

    @property
    def key(self) -> Key:
        """What a comparison runs once."""
        return self.case, self.content, self.engine, self.version, self.workers, self.seed

    def seconds_to(self, cost: float) -> float | None:
        """Return when the answer was as good as `cost`, None if never."""
        return next((seconds for seconds, stood in self.curve if stood <= cost), None)


def records_in(results: Path) -> list[Record]:
    """Return the records of a ``results.jsonl``; none when it does not exist. A cut last line is passed over.

    Raises
    ------
    InvalidInput
        When another line is no record.
    """
    if not results.is_file():
        return []
    lines = results.read_text(encoding="utf-8").splitlines()
    records = []
    for number, line in enumerate(lines, 1):
        try:
            records.append(_record(json.loads(line)))
        except (TypeError, ValueError) as error:
            if number == len(lines):
                break
            message = "is no record of a comparison: expected a file written by kurir bench compare"
            raise InvalidInput([Problem(f"{results} line {number}", "", message)]) from error
    return records


def mended(results: Path) -> list[Record]:
    """Return the records so far; a line cut by a kill is taken off the file, so that the next begins a new one."""
    done = records_in(results)
    if results.exists():
        lines = results.read_text(encoding="utf-8").splitlines(keepends=True)
        whole = "".join(lines[: len(done)])
        if whole != "".join(lines) or not whole.endswith("\n"):
            results.write_text(whole if whole.endswith("\n") or not whole else whole + "\n", encoding="utf-8")
    return done


def append(results: Path, record: Record) -> None:
    """Add a record to the file."""
    with results.open("a", encoding="utf-8") as lines:
        lines.write(json.dumps(asdict(record)) + "\n")


def _record(fields: dict[str, object]) -> Record:
    record = Record(**fields)  # type: ignore[arg-type]
    curve = tuple((float(seconds), float(cost)) for seconds, cost in record.curve)
    return Record(
        **{**asdict(record), "curve": curve, "given_up": tuple(record.given_up), "copies": tuple(record.copies)}
    )
