"""The options of ``kurir size``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from benchmarks.terminal import ended_well


def size(
    day_folder: Annotated[
        Path | None,
        typer.Argument(metavar="DAYFOLDER", help="Folder with day.toml, or a day.json. None: the embedded day."),
    ] = None,
    *,
    drivers: Annotated[
        str | None, typer.Option(metavar="8:30", help="Fleets: 8:30, 8:30:2 or 8,12,16. The day's own by default.")
    ] = None,
    lanes: Annotated[str | None, typer.Option(metavar="1:4", help="Lanes, in the same way.")] = None,
    vary: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME=VALUES",
            help="One setting more: window=60,120 (minutes), capacity=20,40, hub=07:00-12:00+13:00-16:00,07:00-18:00.",
        ),
    ] = None,
    margin: Annotated[
        int, typer.Option(min=0, help="Minutes by which windows, unloadings and shifts are planned to be early.")
    ] = 5,
    lane_cost: Annotated[int, typer.Option(min=0, help="Price of a lane for the day.")] = 0,
    network: Annotated[
        str, typer.Option("--network", metavar="NAME_OR_FILE", help="'embedded', or a street network file.")
    ] = "embedded",
    seconds: Annotated[float, typer.Option(min=0.01, help="Wall time of the search for each fleet.")] = 10.0,
    seed: Annotated[int, typer.Option(min=0, help="Seed of the search.")] = 1,
    workers: Annotated[int | None, typer.Option(min=1, help="Threads; every core by default.")] = None,
    every: Annotated[
        bool, typer.Option("--every", help="Search also fleets larger than two that leave drivers at home.")
    ] = False,
    out: Annotated[Path, typer.Option("--out", "-o", metavar="FOLDER", help="Where to write; made if missing.")] = Path(
        "size"
    ),
    resume: Annotated[bool, typer.Option("--resume", help="Go on where an earlier sweep stopped.")] = False,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print one JSON object; everything else goes to standard error.")
    ] = False,
) -> None:
    """How many drivers and lanes a day needs: every fleet planned, the smallest and the cheapest that serve all.

    A fleet of N is the first N drivers in the order of their ids; beyond the day's own they are taken again from the
    first, as D01+1.

    Writes size.html (heat maps, tables, map), size.md, size.csv, message.txt (a few lines to send) and the plans. Plans
    are kept as they come: --resume goes on after an interruption. Exit code 1: no fleet serves all.

    \b
    kurir size monday --drivers 8:30 --lanes 1:4 -o monday-size
    kurir size monday --vary window=60,120,240       what does a two-hour window cost us?
    kurir size monday --drivers 18:24 --vary hub=07:00-16:00,07:00-18:00 --seconds 20 --margin 10
    """  # noqa: D301
    with ended_well():
        from benchmarks.size_command import SizeRequest, run_size

        code = run_size(
            SizeRequest(
                day=day_folder,
                drivers=drivers,
                lanes=lanes,
                vary=tuple(vary or ()),
                margin=margin,
                lane_cost=lane_cost,
                network=network,
                seconds=seconds,
                seed=seed,
                workers=workers,
                every=every,
                out=out,
                resume=resume,
                as_json=as_json,
            )
        )
    raise typer.Exit(code)
