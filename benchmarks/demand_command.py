"""``kurir demand``: how much each kelurahan asks for, as a table and a map."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from benchmarks.terminal import DONE, ended_well, say, say_json

if TYPE_CHECKING:
    from geodata.dayfolder import DayFolder
    from routing.model import Day
    from routing.plan import Plan


def demand(
    day_folder: Annotated[
        Path | None,
        typer.Argument(metavar="DAYFOLDER", help="Folder with day.toml, or a day.json. None: the embedded day."),
    ] = None,
    *,
    plan: Annotated[
        Path | None, typer.Option("--plan", metavar="PLAN.json", help="Count what this plan leaves unserved.")
    ] = None,
    boundaries: Annotated[
        Path | None, typer.Option(metavar="GEOJSON", help="Borders of the kelurahan, with their official codes.")
    ] = None,
    out: Annotated[Path, typer.Option("--out", "-o", metavar="FOLDER", help="Made if missing.")] = Path("out"),
    as_json: Annotated[
        bool, typer.Option("--json", help="Print one JSON object; everything else goes to standard error.")
    ] = False,
) -> None:
    """Say how much each kelurahan asks for: demand.csv, demand.geojson, and a map demand.png.

    \b
    kurir demand monday -o monday-demand
    kurir demand monday --boundaries kelurahan.geojson -o monday-demand
    """  # noqa: D301
    with ended_well():
        from geodata.demand_map import demand_by_kelurahan, write_demand
        from routing.files import read_plan

        asked, planned = _day(day_folder), None if plan is None else read_plan(plan)
        if plan is not None and planned is not None:
            _expect_same_requests(asked, planned, plan)
        files = write_demand(asked, out, planned, boundaries=boundaries)
        table = demand_by_kelurahan(asked, planned, boundaries=boundaries).drop(columns="geometry")
        busiest = table.sort_values(["requests", "code"], ascending=[False, True])
        if as_json:
            say_json({"out": str(out), "kelurahan": busiest.to_dict("records")})
        else:
            for row in busiest.head(10).itertuples():
                say(f"{row.requests:>6,}  {row.kelurahan}, {row.kecamatan}")
            say(f"Written {', '.join(str(path) for path in files)}")
    raise typer.Exit(DONE)


def _expect_same_requests(asked: Day | DayFolder, planned: Plan, file: Path) -> None:
    from routing.errors import InvalidInput, Problem

    of_plan = {request for run in planned.runs for request in run.requests} | {
        each.request for each in planned.unserved
    }
    if strange := sorted(of_plan ^ {request.id for request in asked.requests}):
        message = f"is of another day: expected the same requests, but {strange[0]!r} is in one of them only"
        raise InvalidInput([Problem(str(file), "", message)])


def _day(folder: Path | None) -> Day | DayFolder:
    from geodata.dayfolder import holds_day_json, read_day_folder
    from geodata.demand import seeded_day
    from routing.files import read_day

    if folder is None:
        return seeded_day()
    if folder.is_file() or holds_day_json(folder):
        return read_day(folder if folder.is_file() else folder / "day.json")
    return read_day_folder(folder)
