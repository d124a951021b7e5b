"""What a comparison says: rows by case, by class and by engine, over the records of its runs."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from statistics import fmean, median
from typing import Any

from benchmarks.records import Record
from benchmarks.words import counted

TIE = 1e-9
"""Costs that differ by less, relatively, are equal."""
NEAR = (5, 1)
"""Per cent above the final best, the time to which is told."""
Row = dict[str, Any]


def references(records: Sequence[Record]) -> dict[str, float]:
    """Return what gaps of each case are measured against: the best known, else the best cost of the comparison."""
    known = {record.case: record.best_known for record in records if record.best_known is not None}
    return {**final_bests(records), **known}


def final_bests(records: Iterable[Record]) -> dict[str, float]:
    """Return the cheapest valid answer to each case, by any engine with any seed."""
    best: dict[str, float] = {}
    for record in records:
        if record.cost is not None:
            best[record.case] = min(record.cost, best.get(record.case, record.cost))
    return best


def instance_rows(records: Sequence[Record]) -> list[Row]:
    """Return a row for each case and engine, over its seeds."""
    reference, finals = references(records), final_bests(records)
    rows = []
    for case in _in_order(record.case for record in records):
        for engine in _in_order(record.engine for record in records):
            runs = [record for record in records if record.case == case and record.engine == engine]
            if runs:
                rows.append(_instance_row(case, engine, runs, reference.get(case), finals))
    return rows


def _instance_row(
    case: str, engine: str, runs: Sequence[Record], reference: float | None, finals: Mapping[str, float]
) -> Row:
    costs = [record.cost for record in runs if record.cost is not None]
    copies = [cost for record in runs for cost in record.copies if cost is not None]
    vehicles = [record.vehicles for record in runs if record.vehicles is not None]
    unserved = [record.unserved for record in runs if record.unserved is not None and record.cost is not None]
    gaps, copy_gaps = (
        [(cost - reference) / reference * 100 for cost in each] if reference else [] for each in (costs, copies)
    )
    return {
        "case": case,
        "engine": engine,
        "best_known": runs[0].best_known,
        "mean_cost": _mean(costs),
        "best_cost": min(costs, default=None),
        "mean_gap": _mean(gaps),
        "worst_gap": max(gaps, default=None),
        "copy_gap": _mean(copy_gaps),
        "mean_vehicles": _mean(vehicles),
        "mean_unserved": _mean(unserved),
        **_times(runs, finals),
        "mean_seconds": _mean([record.seconds for record in runs]),
        "runs": len(runs),
        "failed": len(runs) - len(costs),
        "class": runs[0].group or runs[0].kind,
        "failure": next((record.failure for record in runs if record.failure), ""),
    }


def dearer(records: Sequence[Record], own: str) -> list[str]:
    """Return a sentence for each other engine: how much more its answers cost than those of `own` on average."""
    costs = {(row["case"], row["engine"]): row["mean_cost"] for row in instance_rows(records)}
    lines = []
    for engine in _engines(records):
        both = [
            (cost, costs[case, own])
            for (case, name), cost in costs.items()
            if name == engine != own and cost and costs.get((case, own))
        ]
        if both:
            more = 100 * fmean(theirs / ours - 1 for theirs, ours in both)
            how = f"{abs(more):,.1f} % {'less' if more < 0 else 'more'} than" if abs(more) >= 0.05 else "as much as"
            lines.append(f"answers of {engine} cost {how} those of {own} ({counted(len(both), 'case')})")
    return lines


def summary_rows(records: Sequence[Record]) -> list[Row]:
    """Return a row for each engine, over all cases.

    ``copy_gap`` is the mean gap of the copies of a peer each by itself, that is, of one core. ``share_best`` is the
    share of cases on which all its runs are valid and no other such engine's mean cost is lower; ``seconds_to_1`` the
    median time after which an answer within 1 % of the case's final best stood, over the runs that came so near,
    ``reached_1`` their share.
    """
    rows = instance_rows(records)
    return [_summary_row({"engine": engine}, records, rows) for engine in _engines(records)]


def group_rows(records: Sequence[Record]) -> list[Row]:
    """Return the same for each class of cases."""
    rows = instance_rows(records)
    groups = _in_order(record.group or record.kind for record in records)
    made = []
    for group in groups:
        inside = [record for record in records if (record.group or record.kind) == group]
        made += [
            _summary_row({"class": group, "engine": engine}, inside, [row for row in rows if row["class"] == group])
            for engine in _engines(inside)
        ]
    return made


def _summary_row(head: Mapping[str, str], records: Sequence[Record], rows: Sequence[Row]) -> Row:
    engine = head["engine"]
    lowest: dict[str, float] = {}
    for row in rows:
        if not row["failed"]:
            lowest[row["case"]] = min(row["mean_cost"], lowest.get(row["case"], row["mean_cost"]))
    own = [row for row in rows if row["engine"] == engine]
    runs = [record for record in records if record.engine == engine]
    solved = [row for row in own if row["mean_cost"] is not None]
    best = [row for row in solved if not row["failed"] and row["mean_cost"] <= lowest[row["case"]] * (1 + TIE)]
    return {
        **head,
        "mean_gap": _mean([row["mean_gap"] for row in solved if row["mean_gap"] is not None]),
        "worst_gap": max((row["worst_gap"] for row in solved if row["worst_gap"] is not None), default=None),
        "copy_gap": _mean([row["copy_gap"] for row in solved if row["copy_gap"] is not None]),
        "share_best": len(best) / len(own) if own else None,
        "mean_vehicles": _mean([row["mean_vehicles"] for row in solved]),
        "mean_unserved": _mean([row["mean_unserved"] for row in solved if row["mean_unserved"] is not None]),
        **_times(runs, final_bests(records)),
        "mean_seconds": _mean([record.seconds for record in runs]),
        "cases": len(own),
        "runs": len(runs),
        "failed": sum(record.cost is None for record in runs),
        "workers": runs[0].workers,
        "version": runs[0].version,
    }


def _times(runs: Sequence[Record], finals: Mapping[str, float]) -> Row:
    """Return when runs were near the final best of their case, and how many came so near."""
    found: Row = {}
    for near in NEAR:
        moments = [_moment(record, finals.get(record.case), near) for record in runs]
        there = [moment for moment in moments if moment is not None]
        found[f"seconds_to_{near}"] = median(there) if there else None
        found[f"reached_{near}"] = len(there) / len(runs)
    return found


def _moment(record: Record, final: float | None, near: int) -> float | None:
    if final is None or record.cost is None:
        return None
    target = final + abs(final) * near / 100
    at = record.seconds_to(target)
    # A run of which only the end is known was there at its end.
    return at if at is not None else (record.seconds if record.cost <= target else None)


def quality(records: Sequence[Record], moments: Sequence[float]) -> dict[str, list[float | None]]:
    """Return for each engine its mean gap, in per cent to the reference of each case, at each of `moments`.

    None where not all its valid runs have an answer yet.
    """
    reference = references(records)
    found: dict[str, list[float | None]] = {}
    for engine in _engines(records):
        runs = [record for record in records if record.engine == engine and record.curve and reference.get(record.case)]
        found[engine] = [_mean_gap(runs, moment, reference) for moment in moments] if runs else []
    return {engine: gaps for engine, gaps in found.items() if gaps}


def _mean_gap(runs: Sequence[Record], moment: float, reference: Mapping[str, float]) -> float | None:
    gaps = []
    for record in runs:
        standing = [cost for seconds, cost in record.curve if seconds <= moment]
        if not standing:
            return None
        gaps.append((standing[-1] / reference[record.case] - 1) * 100)
    return fmean(gaps)


def near_best(records: Sequence[Record], moments: Sequence[float], near: int) -> dict[str, list[float]]:
    """Return for each engine the share of its runs that are within `near` per cent of the best, at each of `moments`.

    The best is the lowest cost that any run of the same case has at its end; a run that failed never comes near (the
    data profiles of Moré and Wild 2009, for solvers that are stopped).
    """
    finals = final_bests(records)
    found: dict[str, list[float]] = {}
    for engine in _engines(records):
        runs = [record for record in records if record.engine == engine]
        there = [_moment(record, finals.get(record.case), near) for record in runs]
        found[engine] = [sum(at is not None and at <= moment for at in there) / len(runs) for moment in moments]
    return found


def simplifications(records: Sequence[Record]) -> list[Row]:
    """Return who solved what without which rules: a row for each engine and set of simplifications."""
    found: dict[tuple[str, tuple[str, ...]], list[str]] = {}
    for record in records:
        if record.given_up:
            found.setdefault((record.engine, record.given_up), []).append(record.case)
    return [
        {"engine": engine, "cases": _listed(_in_order(cases)), "solved with": "; ".join(phrases)}
        for (engine, phrases), cases in found.items()
    ]


def failures(records: Sequence[Record]) -> list[Row]:
    """Return a row for each run without a valid answer."""
    return [
        {"case": record.case, "engine": record.engine, "seed": record.seed, "failure": record.failure}
        for record in records
        if record.failure
    ]


def markdown_table(rows: Sequence[Mapping[str, Any]], *, leave_out: Sequence[str] = ()) -> list[str]:
    """Return the lines of a Markdown table; columns that hold nothing in any row are left out."""
    heads = shown_columns(rows, leave_out=leave_out)
    if not heads:
        return []
    lines = ["| " + " | ".join(heading(head) for head in heads) + " |", "|" + "---|" * len(heads)]
    return lines + ["| " + " | ".join(_cell(shown(head, row[head])) for head in heads) + " |" for row in rows]


def shown_columns(rows: Sequence[Mapping[str, Any]], *, leave_out: Sequence[str] = ()) -> list[str]:
    """Return the columns worth showing."""
    heads = [head for head in rows[0] if head not in leave_out] if rows else []
    return [head for head in heads if any(row[head] not in (None, "") for row in rows)]


def heading(column: str) -> str:
    """Return how a column is called where people read."""
    for near in NEAR:
        if column == f"seconds_to_{near}":
            return f"s to {near} %"
        if column == f"reached_{near}":
            return f"within {near} %"
    return column.replace("_", " ")


def shown(column: str, value: Any) -> str:
    """Return a value as people read it."""
    if value is None:
        return "-"
    forms: dict[str, Callable[[Any], str]] = {"share_best": _percent, "reached_5": _percent, "reached_1": _percent}
    if column in forms:
        return forms[column](value)
    if column.endswith("gap"):
        return f"{value:.3f}" if abs(value) < 100 else f"{value:,.0f}"
    if isinstance(value, float):
        return f"{value:,.2f}".removesuffix(".00")
    return f"{value:,}" if isinstance(value, int) else str(value)


def _percent(share: float) -> str:
    return f"{100 * share:.0f} %"


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")


def _listed(names: Sequence[str], most: int = 8) -> str:
    return ", ".join(names[:most]) + (f" and {len(names) - most} more" if len(names) > most else "")


def _engines(records: Iterable[Record]) -> list[str]:
    """Return the engines, this one first."""
    return sorted(_in_order(record.engine for record in records), key=lambda name: name != "kurir")


def _mean(values: Sequence[float]) -> float | None:
    return fmean(values) if values else None


def _in_order(names: Iterable[str]) -> list[str]:
    """Return the names once each, in order of first appearance."""
    return list(dict.fromkeys(names))
