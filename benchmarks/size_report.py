"""Writes what a sweep over fleets found: Markdown, CSV, heat maps, a text for messages and one HTML page."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks.html_page import Picture, Section, page_html
from benchmarks.made import made_in_words
from benchmarks.plots import as_png, as_svg, heat_map, line_plot, runs_map
from benchmarks.report import markdown_table, shown_columns
from benchmarks.sizing import Cell, Sweep, cheapest, smallest
from benchmarks.words import counted
from routing import Day, Plan

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_NAMES = {
    "cost_per_document": "cost per document",
    "single_trip_per_document": "single trips, per document",
    "least_slack_min": "least slack, min",
    "usual_slack_min": "usual slack, min",
    "lane_use": "lanes busy",
    "longest_wait_min": "longest wait, min",
    "searched_s": "searched, s",
}
_HEATS = (
    ("served", "Requests served", "{:,.0f}"),
    ("cost_thousands", "Cost, thousands", "{:,.0f}"),
    ("cost_per_document", "Cost per document", "{:,.0f}"),
    ("usual_slack_min", "Usual slack, minutes", "{:.0f}"),
    ("lane_use_percent", "Lanes busy, %", "{:.0f}"),
    ("longest_queue", "Longest queue, riders", "{:.0f}"),
)
SAID_ABOVE = ("setting", "requests", "single_trip_per_document")
"""Columns that say in each row of the page's tables what stands above them."""
MANY = 7
"""More columns of a heat map cannot be read on a phone unless it is scrolled."""
_HOW_TO_READ = (
    "Cost is runs, kilometres and paid hours, and the lanes' price where one is given, without penalties for requests "
    "left out. Slack is by how much a stop could begin later within its window. A queue counts riders who wait for a "
    "lane though the hub is open and their documents are ready. Each fleet begins with the best plan of the smaller "
    "ones, and takes over a larger one's plan where that leaves drivers at home or lanes empty: more drivers or lanes "
    "never look worse. The cheapest is the smallest fleet within 1 % of the least cost. Where 0 s were searched the "
    "plan is another fleet's."
)


@dataclass(frozen=True)
class Answer:
    """What a sweep answers.

    Attributes
    ----------
    sweep
        What was planned.
    cells
        Of all fleets that have a plan.
    left
        Fleets without one, after an interrupt.
    chosen
        The day and the plan of the smallest fleet that serves all of the day as it is, to draw; None without one.
    """

    sweep: Sweep
    cells: Sequence[Cell]
    left: int
    chosen: tuple[Day, Plan] | None

    def of(self, label: str) -> list[Cell]:
        """Return the cells of one setting."""
        return [cell for cell in self.cells if cell.setting == label]

    @property
    def labels(self) -> list[str]:
        """The settings of which there is any cell."""
        return list(dict.fromkeys(cell.setting for cell in self.cells))


def write_size_report(answer: Answer, folder: Path, how: Mapping[str, Any]) -> Path:
    """Write all files of the report to `folder`, which exists, and return the page."""
    rows = [asdict(cell) for cell in answer.cells]
    with (folder / "size.csv").open("w", encoding="utf-8", newline="") as out:
        writer = csv.DictWriter(out, list(Cell.__dataclass_fields__))
        writer.writeheader()
        writer.writerows(rows)
    made = made_in_words(how)
    figures = dict(_figures(answer))
    (folder / "size.md").write_text(_markdown(answer, made, list(figures)), encoding="utf-8")
    (folder / "message.txt").write_text("\n".join([_title(answer), *answers(answer), made]) + "\n", encoding="utf-8")
    for name, figure in figures.items():
        (folder / f"{name}.png").write_bytes(as_png(figure))
    page = folder / "size.html"
    page.write_text(_page(answer, made, figures), encoding="utf-8")
    return page


def _title(answer: Answer) -> str:
    return f"Drivers and lanes for {answer.sweep.day.date}, {counted(len(answer.sweep.day.requests), 'request')}"


def answers(answer: Answer) -> list[str]:
    """Return the answers in sentences: the smallest and the cheapest fleet, and what a document costs."""
    lines = [f"{answer.left} fleets are still to be planned."] if answer.left else []
    if len(answer.labels) > 1:
        base = cheapest(answer.of(answer.labels[0]))
        return lines + [f"{label}: {_in_short(answer, label, base)}." for label in answer.labels]
    for cells in map(answer.of, answer.labels):
        least, best = smallest(cells), cheapest(cells)
        if least is None or best is None:
            none = "No fleet so far" if answer.left else "No fleet"
            lines.append(f"{none} serves all; {_most(cells)}, {_spare(answer.sweep)}.")
            continue
        lines.append(
            f"{fleet_in_words(least)} serve all {least.requests:,} requests ({least.documents:,} documents), "
            f"{_spare(answer.sweep, least)}{_untried(answer.sweep, least)}."
        )
        lines.append(
            f"The cheapest: {fleet_in_words(best)}, {best.cost:,} rupiah in all, {best.cost_per_document:,.0f} per "
            f"document; single trips would cost {best.single_trip_per_document:,.0f} per document."
        )
    return lines


def _spare(sweep: Sweep, cell: Cell | None = None) -> str:
    """Say how much time is to spare at every promise; where a window is shorter than that, how little there is."""
    margin = sweep.margin // 60
    if not margin:
        return "with no time to spare asked for"
    least = cell.least_slack_min if cell is not None else None
    if least is not None and least < margin:
        return f"with {margin} minutes to spare where windows allow it, {least:g} at the least"
    return f"with {margin} minutes to spare at every promise"


def _untried(sweep: Sweep, least: Cell) -> str:
    """Say that a smaller fleet may do, where the smallest that was asked for serves all."""
    edge = least.drivers_used == least.drivers == sweep.drivers[0] > 1
    return " (fewer drivers were not tried)" if edge else ""


def _in_short(answer: Answer, label: str, base: Cell | None) -> str:
    cells = answer.of(label)
    least, best = smallest(cells), cheapest(cells)
    if least is None or best is None:
        return f"no fleet serves all; {_most(cells)}, {_spare(answer.sweep)}"
    change = f" ({_change(best, base)})" if base is not None and best is not base else ""
    return (
        f"{fleet_in_words(least)} serve all{_untried(answer.sweep, least)}; the cheapest, {fleet_in_words(best)}, "
        f"{best.cost_per_document:,.0f} rupiah per document{change}, {_spare(answer.sweep, best)}"
    )


def _most(cells: Sequence[Cell]) -> str:
    most = max(cells, key=lambda cell: cell.served)
    return f"{fleet_in_words(most)} serve {most.served:,} of {most.requests:,}"


def fleet_in_words(cell: Cell) -> str:
    """Return a fleet as people say it, with how many of its drivers ride where some stay at home."""
    riding = f" ({cell.drivers_used} of them ride)" if 1 < cell.drivers_used < cell.drivers else ""
    riding = " (one of them rides)" if cell.drivers_used == 1 < cell.drivers else riding
    return f"{counted(cell.drivers, 'driver')}{riding} and {counted(cell.lanes, 'lane')}"


def _markdown(answer: Answer, made: str, figures: Sequence[str]) -> str:
    lines = [f"# {_title(answer)}", "", made, "", *(f"- {each}" for each in answers(answer)), ""]
    lines += [_HOW_TO_READ]
    if len(answer.labels) > 1:
        lines += ["", "## By setting", "", *markdown_table(_renamed(_setting_rows(answer)))]
    for label in answer.labels:
        title = f"## Fleets, {label}" if len(answer.labels) > 1 else "## Fleets"
        lines += ["", title, "", *markdown_table(_renamed(_rows(answer.of(label))), leave_out=("setting",))]
    lines += ["", *(f"![{name}]({name}.png)" for name in figures)]
    return "\n".join(lines).rstrip() + "\n"


def _rows(cells: Sequence[Cell]) -> list[dict[str, Any]]:
    return [{**asdict(cell), "lane_use": None if cell.lane_use is None else f"{cell.lane_use:.0%}"} for cell in cells]


def _renamed(rows: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    return [{_name(column): value for column, value in row.items()} for row in rows]


def _name(column: str) -> str:
    return _NAMES.get(column, column.replace("_", " "))


def _setting_rows(answer: Answer) -> list[dict[str, Any]]:
    """Return a row for each setting: its smallest and cheapest fleet, and what that costs against the day as it is."""
    base = cheapest(answer.of(answer.labels[0]))
    rows = []
    for label in answer.labels:
        cells = answer.of(label)
        least, best = smallest(cells), cheapest(cells)
        most = max(cells, key=lambda cell: (cell.served, -cell.cost))
        rows.append(
            {
                "setting": label,
                "served": most.served,
                "smallest": _fleet(least) if least else "none",
                "cheapest": _fleet(best) if best else "none",
                "cost": best.cost if best else None,
                "cost_per_document": best.cost_per_document if best else None,
                "more than as it is": f"{(best.cost / base.cost - 1) * 100:+.1f} %"
                if best and base and base.cost
                else "-",
            }
        )
    return rows


def _change(cell: Cell | None, base: Cell | None) -> str:
    return f"{(cell.cost / base.cost - 1) * 100:+.1f} %" if cell and base and base.cost else "-"


def _figures(answer: Answer) -> list[tuple[str, Figure]]:
    """Return the heat maps of the day as it is, and the lines of cost; by the name of their file."""
    if not answer.cells:
        return []
    sweep, first = answer.sweep, answer.labels[0]
    found = []
    if len(sweep.drivers) > 1 or len(sweep.lanes) > 1:
        of = f", {first}" if len(answer.labels) > 1 else ""
        found += [(f"heat-{name}", _heat(answer, first, name, title + of, form)) for name, title, form in _HEATS]
    if len(sweep.drivers) > 1 and any(cell.serves_all for cell in answer.cells):
        found.append(("cost", _cost_lines(answer)))
    return found


def _heat(answer: Answer, label: str, name: str, title: str, form: str) -> Figure:
    sweep = answer.sweep
    by_fleet = {(cell.drivers, cell.lanes): cell for cell in answer.of(label)}
    values = [[_value(by_fleet.get((drivers, lanes)), name) for drivers in sweep.drivers] for lanes in sweep.lanes]
    marked: dict[tuple[int, int], str] = {}
    for word, cell in (("cheapest", cheapest(answer.of(label))), ("smallest", smallest(answer.of(label)))):
        if cell is not None:
            place = sweep.lanes.index(cell.lanes), sweep.drivers.index(cell.drivers)
            marked[place] = "both" if place in marked else word
    return heat_map(
        values,
        rows=[str(lanes) for lanes in sweep.lanes],
        columns=[str(drivers) for drivers in sweep.drivers],
        title=title,
        row_label="lanes",
        column_label="drivers",
        form=form,
        marked=marked,
    )


def _value(cell: Cell | None, name: str) -> float | None:
    if cell is None:
        return None
    if name == "lane_use_percent":
        return None if cell.lane_use is None else 100 * cell.lane_use
    if name == "cost_thousands":
        return cell.cost / 1000
    value: float | None = getattr(cell, name)
    return value


def _cost_lines(answer: Answer) -> Figure:
    """Return cost per document over drivers, for fleets that serve all, with the price of single trips."""
    lines: dict[str, list[tuple[float, float]]] = {}
    for cell in answer.cells:
        if cell.serves_all and cell.cost_per_document is not None and cell.single_trip_per_document is not None:
            words = [cell.setting] if len(answer.labels) > 1 else []
            if len(answer.sweep.lanes) > 1:
                words.append(counted(cell.lanes, "lane"))
            lines.setdefault(", ".join(words) or "runs", []).append((cell.drivers, cell.cost_per_document))
            lines.setdefault("single trips", []).append((cell.drivers, cell.single_trip_per_document))
    # The last of the lines, and the same for every number of lanes.
    if single := dict(lines.pop("single trips", [])):
        lines["single trips"] = sorted(single.items())
    return line_plot(lines, x_label="drivers", y_label="cost per document, all served")


def _page(answer: Answer, made: str, figures: Mapping[str, Figure]) -> str:
    many = len(answer.sweep.drivers) > MANY
    pictures = {
        name: Picture(as_svg(figure), _caption(name), scrolled=many and name.startswith("heat-"))
        for name, figure in figures.items()
    }
    sections = []
    if len(answer.labels) > 1:
        sections.append(_table("By setting", _setting_rows(answer)))
    if pictures:
        sections.append(Section("At a glance", [_HOW_TO_READ], list(pictures.values())))
    for label in answer.labels:
        title = f"Fleets, {label}" if len(answer.labels) > 1 else "Fleets"
        cells = answer.of(label)
        rows = [asdict(cell) for cell in cells]
        sections.append(_table(title, rows, marked=_marked(cells), leave_out=SAID_ABOVE))
    if answer.chosen is not None:
        sections.append(Section("Where runs go", pictures=[_map(*answer.chosen)]))
    return page_html(_title(answer), sections, lead=answers(answer), cards=_cards(answer), made=made)


def _caption(name: str) -> str:
    return {
        "heat-served": "Dark is more served.",
        "heat-cost_thousands": "Runs, kilometres and paid hours; where somebody is left out a low cost says little.",
        "heat-cost_per_document": "Of what is served; where somebody is left out a low cost says little.",
        "heat-usual_slack_min": "By how much half of the stops could begin later within their windows.",
        "heat-lane_use_percent": "Share of the lanes' opening time in which they serve.",
        "heat-longest_queue": "Most riders waiting for a lane at once.",
        "cost": "Fleets that serve all, beside the price of single courier trips.",
    }[name]


def _marked(cells: Sequence[Cell]) -> frozenset[int]:
    chosen = [cell for cell in (smallest(cells), cheapest(cells)) if cell is not None]
    return frozenset(number for number, cell in enumerate(cells) if cell in chosen)


def _table(
    title: str,
    rows: Sequence[Mapping[str, Any]],
    *,
    marked: frozenset[int] = frozenset(),
    leave_out: Sequence[str] = (),
) -> Section:
    columns = shown_columns(rows, leave_out=leave_out)
    return Section(title, rows=rows, columns=columns, heading=_name, shown=_shown, marked=marked)


def _shown(column: str, value: Any) -> str:
    if value is None:
        return "-"
    if column == "lane_use":
        return f"{value:.0%}"
    return f"{value:,}" if isinstance(value, (int, float)) else str(value)


def _cards(answer: Answer) -> list[tuple[str, str]]:
    cells = answer.of(answer.labels[0]) if answer.labels else []
    least, best = smallest(cells), cheapest(cells)
    if least is None or best is None:
        return []
    of = f"{answer.labels[0]}: " if len(answer.labels) > 1 else ""
    return [
        (_fleet(least), f"{of}the smallest fleet that serves all"),
        (_fleet(best), f"{of}the cheapest"),
        (f"{best.cost_per_document:,.0f}", f"{of}rupiah per document, with the cheapest"),
        (f"{best.single_trip_per_document:,.0f}", f"{of}rupiah per document by single courier trips"),
    ]


def _fleet(cell: Cell) -> str:
    return f"{counted(cell.drivers, 'driver')}, {counted(cell.lanes, 'lane')}"


def _map(day: Day, plan: Plan) -> Picture:
    points = [[(day.places[visit.place].lon, day.places[visit.place].lat) for visit in run.visits] for run in plan.runs]
    title = f"The smallest fleet: {counted(len(day.drivers), 'driver')}, {counted(day.hub.lanes or 0, 'lane')}"
    return Picture(as_svg(runs_map(points, title=title, on_city=True)), "Straight lines between stops.")
