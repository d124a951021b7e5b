"""The table of a replay: each policy over all seeds, beside no re-planning, the courier app and hindsight."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from statistics import mean, stdev
from typing import Any

from benchmarks.replay.outcome import Outcome

COLUMNS = ("policy", "on time", "served", "cost", "paid hours", "documents/hour", "changes", "days")


def by_policy(outcomes: Sequence[Outcome]) -> dict[str, list[Outcome]]:
    """Group the outcomes by policy, in the order in which they came."""
    groups: dict[str, list[Outcome]] = {}
    for each in outcomes:
        groups.setdefault(each.policy, []).append(each)
    return groups


def markdown(outcomes: Sequence[Outcome]) -> str:
    """Return the table: means over the seeds, with the standard error of the on-time share and the cost."""
    lines = ["| " + " | ".join(COLUMNS) + " |", "|---" * len(COLUMNS) + "|"]
    for policy, rows in by_policy(outcomes).items():
        shares = [100 * row.on_time_share for row in rows]
        cells = (
            policy,
            f"{mean(shares):.1f} ± {_error(shares):.1f} %",
            f"{100 * mean(row.served / max(1, row.possible) for row in rows):.1f} %",
            f"{mean(row.cost for row in rows):,.0f} ± {_error([row.cost for row in rows]):,.0f}",
            f"{mean(row.hours for row in rows):.1f}",
            f"{mean(row.documents_per_hour for row in rows):.2f}",
            f"{mean(row.changes for row in rows):.0f}",
            f"{len(rows)}",
        )
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines) + "\n"


def _error(values: Sequence[float]) -> float:
    return stdev(values) / len(values) ** 0.5 if len(values) > 1 else 0.0


def against(outcomes: Sequence[Outcome], default: str, others: Sequence[str]) -> list[dict[str, Any]]:
    """Compare the default policy with each of the others, seed by seed."""
    groups = by_policy(outcomes)
    mine = {row.seed: row for row in groups[default]}
    compared = []
    for other in others:
        pairs = [(mine[row.seed], row) for row in groups.get(other, []) if row.seed in mine]
        if pairs:
            compared.append(
                {
                    "against": other,
                    "seeds": len(pairs),
                    "on_time_points": round(100 * mean(a.on_time_share - b.on_time_share for a, b in pairs), 2),
                    "cost_ratio": round(mean(a.cost for a, _ in pairs) / max(1, mean(b.cost for _, b in pairs)), 4),
                    "seeds_better_on_time": sum(a.on_time_share > b.on_time_share for a, b in pairs),
                    "seeds_cheaper": sum(a.cost < b.cost for a, b in pairs),
                }
            )
    return compared


def rows(outcomes: Sequence[Outcome]) -> list[dict[str, Any]]:
    """Return the outcomes as plain mappings, for JSON and CSV."""
    return [
        {
            **asdict(each),
            "on_time_share": round(each.on_time_share, 4),
            "hours": round(each.hours, 3),
            "documents_per_hour": round(each.documents_per_hour, 3),
        }
        for each in outcomes
    ]
