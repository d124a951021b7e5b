"""Tables of a comparison, as Markdown for readers and CSV for spreadsheets."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean
from typing import Any

from routing.errors import InvalidInput, Problem

TIE = 1e-9
"""Costs that differ by less, relatively, are equal."""


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
            records.append(Record(**json.loads(line)))
        except (TypeError, ValueError) as error:
            if number == len(lines):
                break
            message = "is no record of a comparison: expected a file written by kurir bench compare"
            raise InvalidInput([Problem(f"{results} line {number}", "", message)]) from error
    return records


def references(records: Iterable[Record]) -> dict[str, float]:
    """Return what gaps of each case are measured against: the best known, else the best cost of the comparison."""
    best: dict[str, float] = {}
    for record in records:
        if record.best_known is not None:
            best[record.case] = record.best_known
        elif record.cost is not None:
            best[record.case] = min(record.cost, best.get(record.case, record.cost))
    return best


def instance_rows(records: Sequence[Record]) -> list[dict[str, Any]]:
    """Return a row for each case and engine, over its seeds."""
    reference = references(records)
    rows = []
    for case in _in_order(record.case for record in records):
        for engine in _in_order(record.engine for record in records):
            runs = [record for record in records if record.case == case and record.engine == engine]
            if runs:
                rows.append(_instance_row(case, engine, runs, reference.get(case)))
    return rows


def _instance_row(case: str, engine: str, runs: Sequence[Record], reference: float | None) -> dict[str, Any]:
    costs = [record.cost for record in runs if record.cost is not None]
    vehicles = [record.vehicles for record in runs if record.vehicles is not None]
    unserved = [record.unserved for record in runs if record.unserved is not None and record.cost is not None]
    gaps = [(cost - reference) / reference * 100 for cost in costs] if reference else []
    return {
        "case": case,
        "class": runs[0].kind,
        "engine": engine,
        "runs": len(runs),
        "failed": len(runs) - len(costs),
        "best_known": runs[0].best_known,
        "mean_cost": _mean(costs),
        "best_cost": min(costs, default=None),
        "mean_gap": _mean(gaps),
        "worst_gap": max(gaps, default=None),
        "mean_vehicles": _mean(vehicles),
        "mean_unserved": _mean(unserved),
        "mean_seconds": _mean([record.seconds for record in runs]),
        "failure": next((record.failure for record in runs if record.failure), ""),
    }


def summary_rows(records: Sequence[Record]) -> list[dict[str, Any]]:
    """Return a row for each engine, over all cases.

    ``share_best`` is the share of cases on which no other engine's mean cost is lower.
    """
    rows = instance_rows(records)
    lowest: dict[str, float] = {}
    for row in rows:
        if row["mean_cost"] is not None:
            lowest[row["case"]] = min(row["mean_cost"], lowest.get(row["case"], row["mean_cost"]))
    return [_summary_row(engine, records, rows, lowest) for engine in _in_order(record.engine for record in records)]


def _summary_row(
    engine: str, records: Sequence[Record], rows: Sequence[Mapping[str, Any]], lowest: Mapping[str, float]
) -> dict[str, Any]:
    own = [row for row in rows if row["engine"] == engine]
    runs = [record for record in records if record.engine == engine]
    solved = [row for row in own if row["mean_cost"] is not None]
    best = [row for row in solved if row["mean_cost"] <= lowest[row["case"]] * (1 + TIE)]
    return {
        "engine": engine,
        "version": runs[0].version,
        "workers": runs[0].workers,
        "cases": len(own),
        "runs": len(runs),
        "failed": sum(record.cost is None for record in runs),
        "mean_gap": _mean([row["mean_gap"] for row in solved if row["mean_gap"] is not None]),
        "worst_gap": max((row["worst_gap"] for row in solved if row["worst_gap"] is not None), default=None),
        "share_best": len(best) / len(own),
        "mean_vehicles": _mean([row["mean_vehicles"] for row in solved]),
        "mean_unserved": _mean([row["mean_unserved"] for row in solved if row["mean_unserved"] is not None]),
        "mean_seconds": _mean([record.seconds for record in runs]),
    }


def write_report(
    records: Sequence[Record], folder: Path, *, given_up: Mapping[str, Sequence[str]] | None = None
) -> list[Path]:
    """Write ``summary.md``, ``summary.csv`` and ``instances.csv`` into `folder`.

    Parameters
    ----------
    given_up
        By case, what was taken out of a day so that the peers can model it.

    Returns
    -------
    list of Path
        The files, the Markdown first.
    """
    summary, instances = summary_rows(records), instance_rows(records)
    files = [folder / "summary.md", folder / "summary.csv", folder / "instances.csv"]
    files[0].write_text(_markdown(records, summary, instances, given_up or {}), encoding="utf-8")
    for path, rows in zip(files[1:], (summary, instances), strict=True):
        with path.open("w", encoding="utf-8", newline="") as out:
            writer = csv.DictWriter(out, list(rows[0]) if rows else ["engine"])
            writer.writeheader()
            writer.writerows(rows)
    return files


def _markdown(
    records: Sequence[Record],
    summary: Sequence[Mapping[str, Any]],
    instances: Sequence[Mapping[str, Any]],
    given_up: Mapping[str, Sequence[str]],
) -> str:
    if not records:
        return "No run has ended yet.\n"
    own = [record.case for record in records if record.best_known is None]
    lines = [
        f"# Comparison: {records[0].budget:g} s per run, {len({record.case for record in records})} cases, "
        f"{len({record.seed for record in records})} seeds",
        "",
        "Gaps are per cent above the best known"
        + (", or above the best of this comparison where none is on record." if own else "."),
        "Failed runs gave no valid answer by this project's evaluation; gaps are of the others.",
        "",
        *_table(summary),
        "",
        "## By instance",
        "",
        *_table(instances),
    ]
    if given_up:
        lines += ["", "## What the peers cannot model", "", "All engines solved these days without it:", ""]
        lines += [f"- {_cell(case)}: {', '.join(phrases)}" for case, phrases in given_up.items()]
    return "\n".join(lines) + "\n"


def _table(rows: Sequence[Mapping[str, Any]]) -> list[str]:
    heads = list(rows[0])
    lines = ["| " + " | ".join(head.replace("_", " ") for head in heads) + " |", "|" + "---|" * len(heads)]
    return lines + ["| " + " | ".join(_shown(head, row[head]) for head in heads) + " |" for row in rows]


def _shown(head: str, value: Any) -> str:
    if value is None:
        return "-"
    if head == "share_best":
        return f"{100 * value:.0f} %"
    if head.endswith("gap"):
        return f"{value:.3f}"
    if isinstance(value, float):
        return f"{value:,.2f}".removesuffix(".00")
    return f"{value:,}" if isinstance(value, int) else _cell(str(value))


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")


def _mean(values: Sequence[float]) -> float | None:
    return fmean(values) if values else None


def _in_order(names: Iterable[str]) -> list[str]:
    """Return the names once each, in order of first appearance."""
    return list(dict.fromkeys(names))
