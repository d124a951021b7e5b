"""Writes what a comparison found: Markdown, CSV, a plot, a text for messages and one HTML page."""

from __future__ import annotations

import csv
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.engines import OWN
from benchmarks.html_page import Picture, Section, page_html
from benchmarks.made import made_in_words
from benchmarks.plots import as_png, as_svg, moments, quality_plot, runs_map
from benchmarks.records import Record
from benchmarks.report import (
    NEAR,
    Row,
    dearer,
    failures,
    group_rows,
    heading,
    instance_rows,
    markdown_table,
    near_best,
    quality,
    shown,
    shown_columns,
    simplifications,
    summary_rows,
)
from benchmarks.words import counted

MOST_MAPS = 4
NAMED = 3
"""So many cases are named in the title; of more, how many."""
NEAREST = min(NEAR)
"""Within so many per cent of the best is what the plot calls near."""
_HOW_TO_READ = (
    "Gaps are per cent above the best known, or above the best of this comparison where none is on record. Every "
    "answer is judged by this project's own evaluation; a run without a valid answer is failed, and gaps are of the "
    "others. Of a peer in several copies side by side the best counts; 'copy gap' is their mean, what one core finds. "
    "Times to 5 and 1 % are the median seconds until an answer so near the case's final best (of any engine and seed) "
    "stood, over the runs that came so near; 'within' is their share. Of kurir the moments are those at which it "
    "reports (some 24 in a run), of PyVRP and OR-Tools those of up to 24 answers kept on the way and judged here; "
    "VROOM says nothing on the way, so only its end is known."
)


@dataclass(frozen=True)
class _Told:
    """All that the texts are made of."""

    records: Sequence[Record]
    summary: Sequence[Row]
    classes: Sequence[Row]
    instances: Sequence[Row]
    made: str
    suites: Sequence[str]
    left: int
    quality: Picture | None


def write_report(
    records: Sequence[Record], folder: Path, *, how: Mapping[str, Any], suites: Sequence[str] = (), left: int = 0
) -> Path:
    """Write all files of the report to `folder`, and return the page.

    Parameters
    ----------
    records
        The runs.
    folder
        Which exists; ``routes/`` in it holds the runs to draw.
    how
        Of `benchmarks.made.made`.
    suites
        Sentences on how built-in suites are made.
    left
        Runs that are still to be done.
    """
    told = _Told(
        records,
        summary_rows(records),
        group_rows(records),
        instance_rows(records),
        made_in_words(how),
        suites,
        left,
        _quality(records, folder),
    )
    for name in ("summary", "classes", "instances"):
        _write_csv(folder / f"{name}.csv", getattr(told, name))
    (folder / "made.json").write_text(json.dumps(dict(how), indent=2) + "\n", encoding="utf-8")
    (folder / "summary.md").write_text(_markdown(told), encoding="utf-8")
    (folder / "message.txt").write_text("\n".join(_message(told)) + "\n", encoding="utf-8")
    page = folder / "report.html"
    page.write_text(_page(told, _maps(records, folder)), encoding="utf-8")
    return page


def _write_csv(path: Path, rows: Sequence[Mapping[str, Any]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as out:
        writer = csv.DictWriter(out, list(rows[0]) if rows else ["engine"])
        writer.writeheader()
        writer.writerows(rows)


def _quality(records: Sequence[Record], folder: Path) -> Picture | None:
    """Write the plot of quality over time and return it for the page; None without any valid answer."""
    times = [seconds for record in records for seconds, _ in record.curve]
    if not times:
        return None
    grid = moments(min(times), max(times + [record.seconds for record in records if record.cost is not None]))
    gaps = quality(records, grid)
    if not any(value is not None for values in gaps.values() for value in values):
        return None
    figure = quality_plot(grid, gaps, near_best(records, grid, NEAREST), NEAREST)
    (folder / "quality.png").write_bytes(as_png(figure))
    caption = (
        "Mean gap over time, over all cases and seeds of which an engine has a valid answer, from when all of them "
        "have one; what is much worse than the two best engines is cut off. Below it the share of all runs that have "
        f"come within {NEAREST} % of the best answer of this comparison."
    )
    return Picture(as_svg(figure), caption)


def routes_in(file: Path) -> dict[str, Any]:
    """Return what was kept of where an answer goes; nothing where there is no such file, or no whole one."""
    try:
        kept: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return kept


def _maps(records: Sequence[Record], folder: Path) -> list[Picture]:
    """Return maps of this engine's cheapest answers among `records`."""
    known = {(record.case, record.content, record.seed, record.cost) for record in records if record.engine == OWN}
    kept = [routes_in(file) for file in sorted((folder / "routes").glob(f"*.{OWN}.json"))]
    of_these = [each for each in kept if tuple(map(each.get, ("case", "content", "seed", "cost"))) in known]
    pictures = []
    for drawn in of_these[:MOST_MAPS]:
        longitude = drawn["points"][0][0][0]
        title = (
            f"{drawn['case']}: {len(drawn['points'])} runs, cost {shown('cost', drawn['cost'])}, seed {drawn['seed']}"
        )
        # Instances lie within a tenth of a degree of nought; the city does not.
        figure = runs_map(drawn["points"], title=title, on_city=longitude > 1)
        pictures.append(Picture(as_svg(figure), "kurir's cheapest answer; straight lines between stops."))
    return pictures


def _title(records: Sequence[Record]) -> str:
    if not records:
        return "Comparison: no run has ended yet"
    cases, seeds = dict.fromkeys(record.case for record in records), {record.seed for record in records}
    what = ", ".join(cases) if len(cases) <= NAMED else counted(len(cases), "case")
    return f"Comparison of {what}: {records[0].budget:g} s per run, {counted(len(seeds), 'seed')}"


def _several_classes(told: _Told) -> bool:
    return len({row["class"] for row in told.classes}) > 1


def _markdown(told: _Told) -> str:
    records = told.records
    lines = [f"# {_title(records)}", "", told.made, ""]
    if told.left:
        lines += [f"{told.left} runs are still to be done.", ""]
    if not records:
        return "\n".join(lines).rstrip() + "\n"
    lines += [_HOW_TO_READ, "", *markdown_table(told.summary)]
    if _several_classes(told):
        lines += ["", "## By class", "", *markdown_table(told.classes, leave_out=("version", "workers"))]
    lines += ["", "## By case", "", *markdown_table(told.instances, leave_out=("failure",))]
    if told.quality:
        lines += [
            "",
            "## Quality over time",
            "",
            "![Mean gap and share of runs near the best over time](quality.png)",
        ]
    if simplified := simplifications(records):
        lines += ["", "## What was solved instead", "", *markdown_table(simplified)]
    if failed := failures(records):
        lines += ["", "## Runs without a valid answer", "", *markdown_table(failed)]
    if told.suites:
        lines += ["", "## How the suites are made", "", *(f"- {each}" for each in told.suites)]
    return "\n".join(lines) + "\n"


def _message(told: _Told) -> list[str]:
    """Return a few lines to send to somebody."""
    lines = [_title(told.records)]
    for row in told.summary:
        gap = "no valid answer" if row["mean_gap"] is None else f"mean gap {row['mean_gap']:.2f} %"
        worst = "" if row["worst_gap"] is None else f", worst {row['worst_gap']:.2f} %"
        best = "" if row["share_best"] is None else f", best on {row['share_best']:.0%}"
        failed = f", {row['failed']} failed" if row["failed"] else ""
        lines.append(f"{row['engine']}: {gap}{worst}{best}{failed}")
    return [*lines, *dearer(told.records, OWN), *_solved_instead(told.records), told.made]


def _solved_instead(records: Sequence[Record]) -> list[str]:
    """Return what was left out of the cases for all, and what a peer left out besides."""
    phrases: dict[str, dict[str, None]] = {}
    for record in records:
        phrases.setdefault(record.engine, {}).update(dict.fromkeys(record.given_up))
    for_all = phrases.pop(OWN, {})
    lines = [f"Solved by all, instead of the days as they are: {'; '.join(for_all)}"] if for_all else []
    for engine, each in phrases.items():
        if besides := [phrase for phrase in each if phrase not in for_all]:
            lines.append(f"{engine} besides: {'; '.join(besides)}")
    return lines


def _page(told: _Told, maps: Sequence[Picture]) -> str:
    sections = [_table("By engine", told.summary, text=[_HOW_TO_READ])]
    if told.quality:
        sections.append(Section("Quality over time", pictures=[told.quality]))
    if _several_classes(told):
        sections.append(_table("By class", told.classes, leave_out=("version", "workers")))
    # Failures have a table of their own below.
    sections.append(_table("By case", told.instances, leave_out=("failure",)))
    if instead := _solved_instead(told.records):
        # Long phrases in a table cannot be read on a phone; summary.md has them case by case.
        sections.append(Section("What was solved instead", [f"{line}." for line in instead]))
    if failed := failures(told.records):
        sections.append(_table("Runs without a valid answer", failed))
    if maps:
        sections.append(Section("Where runs go", pictures=maps))
    if told.suites:
        sections.append(Section("How the suites are made", text=told.suites))
    lead = [f"{told.left} runs are still to be done."] if told.left else []
    lead += [f"{sentence[0].upper()}{sentence[1:]}." for sentence in dearer(told.records, OWN)]
    return page_html(_title(told.records), sections, lead=lead, cards=_cards(told.summary), made=told.made)


def _cards(rows: Sequence[Row]) -> list[tuple[str, str]]:
    return [
        (
            f"{row['mean_gap']:,.2f} %",
            f"mean gap of {row['engine']}" + (f", {row['failed']} of {row['runs']} failed" if row["failed"] else ""),
        )
        for row in rows
        if row["mean_gap"] is not None
    ]


def _table(
    title: str, rows: Sequence[Mapping[str, Any]], *, text: Sequence[str] = (), leave_out: Sequence[str] = ()
) -> Section:
    columns = shown_columns(rows, leave_out=leave_out)
    return Section(title, text, rows=rows, columns=columns, heading=heading, shown=shown)
