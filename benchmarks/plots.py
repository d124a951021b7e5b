"""Plots of reports: quality over time, heat maps, lines, and where runs go; as PNG and as SVG for a page."""

from __future__ import annotations

import io
import math
from collections.abc import Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

    from matplotlib.figure import Figure

COLOURS = ("#0b6e4f", "#d1495b", "#3366aa", "#e09f3e", "#7b5ea7", "#5f6b6d", "#8c564b", "#17a2b8")
"""This engine's first."""
INK = "#22313a"
MOMENTS = 60
"""Points of a curve over the logarithm of time."""


def moments(earliest: float, latest: float) -> list[float]:
    """Return `MOMENTS` moments from `earliest` to `latest`, evenly over the logarithm of time."""
    first, last = max(earliest, 1e-2), max(latest, 2e-2)
    first = min(first, last / 2)
    return [*(first * (last / first) ** (step / (MOMENTS - 1)) for step in range(MOMENTS - 1)), last]


def quality_plot(
    times: Sequence[float], gaps: Mapping[str, Sequence[float | None]], shares: Mapping[str, Sequence[float]], near: int
) -> Figure:
    """Return the plot of mean gaps over time and of the shares of runs `near` the best, a line for each engine."""
    with _styled():
        figure, (above, below) = _figures(5.6, 5.4, 2)
        for colour, engine in zip(_cycle(len(shares)), shares, strict=True):
            known = [(at, gap) for at, gap in zip(times, gaps.get(engine, ()), strict=False) if gap is not None]
            if known:
                xs, ys = zip(*known, strict=True)
                above.step(xs, ys, where="post", color=colour, linewidth=1.8, label=f"{engine}, {ys[-1]:.2f} %")
                above.plot(xs[-1], ys[-1], "o", color=colour, markersize=4)
            ends = 100 * shares[engine][-1]
            percent = [100 * share for share in shares[engine]]
            below.step(times, percent, where="post", color=colour, linewidth=1.8, label=f"{engine}, {ends:.0f} %")
        above.set_ylabel("mean gap, %")
        _capped(above, gaps)
        below.set_ylabel(f"runs within {near} % of the best, %")
        below.set_ylim(-3, 103)
        below.set_xlabel("seconds")
        for axes in (above, below):
            axes.set_xscale("log")
            axes.set_xlim(times[0], times[-1] * 1.05)
            axes.xaxis.set_major_formatter("{x:g}")
            axes.legend(frameon=False, title="at the end", fontsize=8, title_fontsize=8)
        return figure


def _capped(axes: Any, gaps: Mapping[str, Sequence[float | None]]) -> None:
    """Cut off what is so much worse than the two best engines that it would flatten them."""
    ends = sorted(value for values in gaps.values() for value in values[-1:] if value is not None)
    values = [value for row in gaps.values() for value in row if value is not None]
    most = 4 * max([*ends[:2], 1.0])
    if values and max(values) > most:
        axes.set_ylim(min(0.0, *values) - most / 50, most)


def heat_map(
    values: Sequence[Sequence[float | None]],
    *,
    rows: Sequence[str],
    columns: Sequence[str],
    title: str,
    row_label: str,
    column_label: str,
    form: str = "{:,.0f}",
    marked: Mapping[tuple[int, int], str] | None = None,
) -> Figure:
    """Return a heat map: dark is much; `marked` cells, by row and column, get a frame and a word."""
    import numpy as np

    with _styled():
        figure, axes = _figure(max(4.5, 1.4 + 0.52 * len(columns)), max(1.6, 1.2 + 0.45 * len(rows)))
        array = np.array([[math.nan if value is None else value for value in row] for row in values])
        low, high = _range(array)
        axes.imshow(array, cmap="YlGnBu", aspect="auto", vmin=low, vmax=high)
        axes.set_xticks(range(len(columns)), columns)
        axes.set_yticks(range(len(rows)), rows)
        axes.set_xlabel(column_label)
        axes.set_ylabel(row_label)
        axes.set_title(title, fontsize=11, loc="left")
        axes.grid(visible=False)
        for row, line in enumerate(values):
            for column, value in enumerate(line):
                if value is not None:
                    dark = (value - low) / (high - low) > 0.6
                    text = form.format(value)
                    axes.text(column, row, text, ha="center", va="center", fontsize=7, color="white" if dark else INK)
        for (row, column), word in (marked or {}).items():
            axes.add_patch(_frame(column, row))
            axes.text(column, row - 0.33, word, ha="center", va="center", fontsize=6, color=COLOURS[1], weight="bold")
        return figure


def _range(array: Any) -> tuple[float, float]:
    """Return the ends of the colours: at least one apart, so that what reads the same looks the same."""
    import numpy as np

    if not np.isfinite(array).any():
        return 0.0, 1.0
    low, high = float(np.nanmin(array)), float(np.nanmax(array))
    short = max(0.0, 1.0 - (high - low)) / 2
    return low - short, high + short


def line_plot(lines: Mapping[str, Sequence[tuple[float, float]]], *, x_label: str, y_label: str) -> Figure:
    """Return lines of (x, y) points, each with its name."""
    with _styled():
        figure, axes = _figure(5.0, 3.0)
        for colour, (name, points) in zip(_cycle(len(lines)), lines.items(), strict=True):
            if points:
                xs, ys = zip(*points, strict=True)
                axes.plot(xs, ys, "o-", color=colour, label=name, linewidth=1.6, markersize=3.5)
        axes.xaxis.get_major_locator().set_params(integer=True)
        axes.yaxis.set_major_formatter("{x:,.0f}")
        axes.set_xlabel(x_label)
        axes.set_ylabel(y_label)
        if any(lines.values()):
            axes.legend(frameon=False, fontsize=8, ncols=3, loc="lower left", bbox_to_anchor=(0, 1))
        return figure


def bar_plot(labels: Sequence[str], series: Mapping[str, Sequence[float]], *, y_label: str) -> Figure:
    """Return groups of bars side by side: a group for each label, in it a bar for each of the named series."""
    with _styled():
        figure, axes = _figure(max(4.5, 1.2 + 0.8 * len(labels)), 3.0)
        width = 0.8 / max(1, len(series))
        for number, (colour, (name, values)) in enumerate(zip(_cycle(len(series)), series.items(), strict=True)):
            middles = [group + (number - (len(series) - 1) / 2) * width for group in range(len(labels))]
            bars = axes.bar(middles, values, 0.9 * width, color=colour, label=name)
            axes.bar_label(bars, fmt=_short, fontsize=6.5, padding=1)
        tilted = sum(len(label) for label in labels) > 60
        axes.set_xticks(range(len(labels)), labels, rotation=20 if tilted else 0, ha="right" if tilted else "center")
        axes.yaxis.set_major_formatter("{x:,.0f}")
        axes.grid(visible=False, axis="x")
        axes.set_ylabel(y_label)
        if len(series) > 1:
            axes.legend(frameon=False, fontsize=8, ncols=len(series), loc="lower left", bbox_to_anchor=(0, 1))
        axes.margins(y=0.1)
        return figure


def _short(value: float) -> str:
    """Return a number as short as it can stand above a bar.

    Examples
    --------
    >>> _short(7.25), _short(0), _short(1234567)
    ('7.25', '0', '1,234,567')
    """
    return f"{value:,.2f}".rstrip("0").rstrip(".")


def runs_map(runs: Sequence[Sequence[Sequence[float]]], *, title: str, on_city: bool) -> Figure:
    """Return where each run goes, stop by stop in straight lines; over the outline of the city where it lies in it.

    Parameters
    ----------
    runs
        Longitude and latitude of each visit of each run.
    title
        What is shown.
    on_city
        Whether to draw the outline of Tangerang Selatan.
    """
    with _styled():
        figure, axes = _figure(5.6, 5.6)
        if on_city:
            from geodata.gazetteer import OUTLINE

            axes.fill(*zip(*OUTLINE, strict=True), facecolor="#f3f1ea", edgecolor="#c9c4b5", linewidth=0.8)
        for colour, run in zip(_cycle(len(runs)), runs, strict=True):
            xs, ys = zip(*run, strict=True)
            axes.plot(xs, ys, "-", color=colour, linewidth=0.7, alpha=0.8)
            axes.plot(xs[1:-1], ys[1:-1], "o", color=colour, markersize=1.6)
        if runs:
            axes.plot(*runs[0][0][:2], "s", color=INK, markersize=6)
        axes.set_aspect("equal", adjustable="datalim")
        axes.set_axis_off()
        axes.set_title(title, fontsize=10, loc="left")
        return figure


def as_png(figure: Figure, *, dpi: int = 130) -> bytes:
    """Return the figure as PNG."""
    return _saved(figure, format="png", dpi=dpi, metadata={"Software": None})


def as_svg(figure: Figure) -> str:
    """Return the figure as an SVG element."""
    import matplotlib as mpl

    with mpl.rc_context({"svg.fonttype": "none", "svg.hashsalt": "kurir"}):
        text = _saved(figure, format="svg", metadata={"Date": None}).decode("utf-8")
    return text[text.index("<svg") :]


def _saved(figure: Figure, **options: Any) -> bytes:
    out = io.BytesIO()
    figure.savefig(out, bbox_inches="tight", **options)
    return out.getvalue()


def _figure(width: float, height: float) -> tuple[Figure, Any]:
    figure, (axes,) = _figures(width, height, 1)
    return figure, axes


def _figures(width: float, height: float, count: int) -> tuple[Figure, Any]:
    """Return a figure of `count` plots below each other."""
    # Not through pyplot: nothing of it is kept, and no display is looked for.
    from matplotlib.figure import Figure as NewFigure

    figure = NewFigure(figsize=(width, height))
    return figure, [figure.add_subplot(count, 1, number + 1) for number in range(count)]


def _frame(column: int, row: int) -> Any:
    from matplotlib.patches import Rectangle

    return Rectangle((column - 0.5, row - 0.5), 1, 1, fill=False, edgecolor=COLOURS[1], linewidth=1.8)


def _cycle(count: int) -> list[str]:
    return [COLOURS[number % len(COLOURS)] for number in range(count)]


@contextmanager
def _styled() -> Iterator[None]:
    import matplotlib as mpl

    style: dict[Any, Any] = {
        "font.size": 9,
        "axes.spines.top": False,
        "axes.spines.right": False,
        "axes.edgecolor": "#9aa5ab",
        "axes.grid": True,
        "grid.color": "#e6eaec",
        "axes.axisbelow": True,
        "text.color": INK,
        "axes.labelcolor": INK,
        "xtick.color": INK,
        "ytick.color": INK,
    }
    with mpl.rc_context(style):
        yield
