"""``kurir``: the operator's command line. What a command needs is imported when it runs, so that help is quick."""

from __future__ import annotations

import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from benchmarks.address_command import address
from benchmarks.bench_cli import app as bench
from benchmarks.demand_command import demand
from benchmarks.replay.cli import live, replay
from benchmarks.size_cli import size
from benchmarks.terminal import DONE, INTERRUPTED, ended_well, version_told

EMBEDDED = "embedded"
ABORTED = 130
"""How typer ends after an interrupt of its own."""

app = typer.Typer(
    name="kurir",
    add_completion=False,
    rich_markup_mode=None,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)
network_app = typer.Typer(rich_markup_mode=None, no_args_is_help=True)
app.add_typer(network_app, name="network", short_help="Look at street networks, import them.")
app.add_typer(bench, name="bench", short_help="Instances and days, engines side by side.")
bench.command(short_help="How long the dispatcher's calls take.")(live)


class ProfileName(StrEnum):
    """The profiles of `geodata.profiles`, here again so that help needs no import."""

    plain = "plain"
    weekday = "weekday"
    friday = "friday"
    ramadan = "ramadan"


STREET_FILE = "A prepared .npz, GraphML, .osm, .osm.pbf or .geojson file"
Network = Annotated[
    str, typer.Option("--network", metavar="NAME_OR_FILE", help="'embedded', or a file: prepared or of any known form.")
]
Speeds = Annotated[
    Path | None, typer.Option("--speeds", metavar="CSV", help="Table of road classes, access and km/h.", dir_okay=False)
]
Traffic = Annotated[
    Path | None, typer.Option("--traffic", metavar="CSV", help="Table of traffic by weekday and hour.", dir_okay=False)
]
PreparedOut = Annotated[Path, typer.Option("--out", "-o", metavar="NAME.npz", help="Where to write.")]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON object; everything else goes to standard error.")]


@app.callback()
def kurir(
    *,
    version: Annotated[
        bool, typer.Option("--version", help="Say the version and end.", callback=version_told, is_eager=True)
    ] = False,
) -> None:
    """Plans runs of document couriers through the civil registry's drive-thru in Tangerang Selatan.

    \b
    kurir plan                              plan the embedded day into out/
    kurir day --profile friday -o friday    write a day of 1,000 requests as tables
    kurir plan friday -o friday-plan        plan it
    kurir check out/day.json out/plan.json  does the plan obey the rules?
    kurir size friday --drivers 16:26 --lanes 1:3 -o friday-size
                                            how many drivers and lanes does it need?
    kurir bench compare friday --peers pyvrp -o friday-bench
                                            is another engine any better?

    \b
    Exit codes: 0 done; 1 the answer is no (invalid plan, nothing served);
    2 bad input, one line per problem; 3 interrupted, the best plan so far is written.
    """  # noqa: D301


@app.command(short_help="Plan a day: tables, map, manifests.")
def plan(
    day_folder: Annotated[
        Path | None,
        typer.Argument(metavar="DAYFOLDER", help="Folder with day.toml, or a day.json. None: the embedded day."),
    ] = None,
    *,
    network: Annotated[
        str | None,
        typer.Option(
            "--network", metavar="NAME_OR_FILE", help="'embedded' (default), or a file: prepared or any form."
        ),
    ] = None,
    speeds: Speeds = None,
    traffic: Traffic = None,
    seconds: Annotated[float, typer.Option(min=0.01, help="Wall time of the search.")] = 30.0,
    seed: Annotated[int, typer.Option(min=0, help="Seed of the search.")] = 1,
    workers: Annotated[int | None, typer.Option(min=1, help="Threads; every core by default.")] = None,
    start_from: Annotated[
        Path | None, typer.Option("--from", metavar="PLAN.json", help="Start the search from this plan.")
    ] = None,
    out: Annotated[Path, typer.Option("--out", "-o", help="Where to write; made if missing.")] = Path("out"),
    as_json: Json = False,
) -> None:
    """Plan a day: plan, tables, map and a manifest per driver.

    \b
    kurir plan                                   the embedded day, 30 seconds
    kurir plan monday --seconds 60 -o plans/monday
    kurir plan monday --network city.npz --from plans/monday/plan.json
    """  # noqa: D301
    with ended_well():
        from benchmarks.plan_command import PlanRequest, run_plan

        code = run_plan(
            PlanRequest(
                day=day_folder,
                network=network,
                seconds=seconds,
                seed=seed,
                workers=workers,
                start_from=start_from,
                out=out,
                as_json=as_json,
                speeds=speeds,
                traffic=traffic,
            )
        )
    raise typer.Exit(code)


@app.command(short_help="Say whether a plan obeys the rules.")
def check(
    day: Annotated[Path, typer.Argument(metavar="DAY.json", help="With its matrix.npz beside it.")],
    plan: Annotated[Path, typer.Argument(metavar="PLAN.json")],
    *,
    as_json: Json = False,
) -> None:
    """Say whether a plan obeys the rules of the day: exit 0 if so, 1 if not, each violation on a line.

    \b
    kurir check monday-plan/day.json monday-plan/plan.json
    """  # noqa: D301
    with ended_well():
        from benchmarks.check_command import run_check

        code = run_check(day, plan, as_json=as_json)
    raise typer.Exit(code)


@app.command(short_help="Say why requests are unserved, what helps.")
def explain(
    day: Annotated[Path, typer.Argument(metavar="DAY.json", help="With its matrix.npz beside it.")],
    plan: Annotated[Path, typer.Argument(metavar="PLAN.json", help="A valid plan of the day.")],
    *,
    request: Annotated[
        list[str] | None, typer.Option("--request", metavar="ID", help="Only this one, served or not; may be repeated.")
    ] = None,
    other: Annotated[
        Path | None, typer.Option("--other", metavar="PLAN2.json", help="Say also what is different in this plan.")
    ] = None,
    remedies: Annotated[int, typer.Option(min=0, help="At most so many remedies for each; each is tried.")] = 2,
    as_json: Json = False,
) -> None:
    """Say why requests are unserved and what would help, or what a served one costs and how much room it has.

    \b
    kurir explain out/day.json out/plan.json
    kurir explain out/day.json out/plan.json --request R12 --request P40
    """  # noqa: D301
    with ended_well():
        from benchmarks.explain_command import run_explain

        code = run_explain(day, plan, requests=request or (), other=other, remedies=remedies, as_json=as_json)
    raise typer.Exit(code)


@app.command(short_help="Time and judge an order made by hand.")
def retime(
    day: Annotated[Path, typer.Argument(metavar="DAY.json", help="With its matrix.npz beside it.")],
    runs: Annotated[Path, typer.Argument(metavar="RUNS.json", help="A plan, or steps per driver.")],
    *,
    out: Annotated[
        Path | None, typer.Option("--out", "-o", metavar="PLAN.json", help="Write what follows as a plan.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Time and judge a hand-made order without changing it: exit 0 if it can be kept, 1 if not.

    \b
    RUNS.json: {"D01": ["hub", "R12", ["R7", "P40"], "hub", "break", "P3", "hub"]}
    """  # noqa: D301
    with ended_well():
        from benchmarks.retime_command import run_retime

        code = run_retime(day, runs, out=out, as_json=as_json)
    raise typer.Exit(code)


@app.command(short_help="Write a seeded day of Tangsel as tables.")
def day(
    *,
    out: Annotated[Path, typer.Option("--out", "-o", metavar="FOLDER", help="Where to write; made if missing.")],
    requests: Annotated[int, typer.Option(help="Pickups and returns together, half of each.")] = 1000,
    drivers: Annotated[int | None, typer.Option(help="Riders; by default as many as the requests need.")] = None,
    lanes: Annotated[int | None, typer.Option(help="Lanes of the drive-thru; by default one per 500 requests.")] = None,
    seed: Annotated[int, typer.Option(help="The same seed writes the same day.")] = 1,
    rounds: Annotated[
        float, typer.Option(help="Share of pickups whose document goes back the same day, 0 to 1.")
    ] = 0.3,
    profile: Annotated[ProfileName, typer.Option(help="plain: no traffic, no breaks.")] = ProfileName.weekday,
    network: Network = EMBEDDED,
    traffic: Traffic = None,
    as_json: Json = False,
) -> None:
    """Write a seeded day of Tangsel as a day folder: day.toml, requests.csv, drivers.csv.

    \b
    kurir day -o monday
    kurir day --requests 2000 --profile ramadan --seed 7 -o busy
    """  # noqa: D301
    with ended_well():
        from benchmarks.day_command import run_day

        run_day(
            out,
            requests=requests,
            drivers=drivers,
            lanes=lanes,
            seed=seed,
            rounds=rounds,
            profile=profile.value,
            network=network,
            traffic=traffic,
            as_json=as_json,
        )
    raise typer.Exit(DONE)


@network_app.callback()
def network_group() -> None:
    """Look at street networks, import and download them."""


@network_app.command(short_help="How large it is, of what roads.")
def info(
    network: Annotated[str, typer.Argument(metavar="NAME_OR_FILE", help=f"{STREET_FILE}, or 'embedded'.")] = EMBEDDED,
    *,
    speeds: Speeds = None,
    as_json: Json = False,
) -> None:
    """Say how large a street network is, of what roads, and how much of it hangs together."""
    with ended_well():
        from benchmarks.network_command import run_network_info

        run_network_info(network, speeds=speeds, as_json=as_json)
    raise typer.Exit(DONE)


@network_app.command("import", short_help="Write any form prepared, for --network.")
def import_network(
    file: Annotated[str, typer.Argument(metavar="FILE", help=f"{STREET_FILE}, or 'embedded'.")],
    *,
    out: PreparedOut,
    speeds: Speeds = None,
    as_json: Json = False,
) -> None:
    """Read a street network of any form and write it prepared, for --network: read in a blink.

    Says what was put right and what was left out. A prepared file with --speeds is timed anew.

    \b
    kurir network import banten.osm.pbf -o banten.npz
    kurir network import ways.geojson.gz -o city.npz
    kurir network import city.npz --speeds measured.csv -o city-measured.npz
    """  # noqa: D301
    with ended_well():
        from benchmarks.network_command import run_network_import

        run_network_import(file, out, speeds=speeds, as_json=as_json)
    raise typer.Exit(DONE)


@network_app.command(short_help="Download a city from OpenStreetMap.")
def fetch(
    place: Annotated[
        str | None, typer.Argument(metavar="PLACE", help="A place with a boundary, as one says it.")
    ] = None,
    *,
    out: PreparedOut,
    bbox: Annotated[str | None, typer.Option(metavar="W,S,E,N", help="A box in degrees instead of a place.")] = None,
    speeds: Speeds = None,
    cache: Annotated[Path | None, typer.Option(help="Folder of answers; ~/.cache/kurir/overpass by default.")] = None,
    timeout: Annotated[float, typer.Option(min=0.1, help="Seconds to wait for one answer.")] = 180.0,
    attempts: Annotated[int, typer.Option(min=1, help="How often to ask for one answer.")] = 4,
    pause: Annotated[float, typer.Option(min=0.0, help="Seconds before asking again, doubled each time.")] = 30.0,
    overpass: Annotated[str | None, typer.Option(metavar="URL", help="Another Overpass service.")] = None,
    nominatim: Annotated[str | None, typer.Option(metavar="URL", help="Another Nominatim service.")] = None,
    as_json: Json = False,
) -> None:
    """Download a city's motorcycle network from OpenStreetMap and write it prepared, for --network.

    Asks for one part of the area after the other; the same command goes on where it stopped.

    \b
    kurir network fetch "Tangerang Selatan, Banten, Indonesia" -o tangsel.npz
    kurir network fetch --bbox 106.637,-6.362,106.780,-6.230 -o tangsel.npz
    """  # noqa: D301
    with ended_well():
        from benchmarks.network_command import FetchRequest, run_network_fetch

        run_network_fetch(
            FetchRequest(
                place=place,
                bbox=bbox,
                out=out,
                speeds=speeds,
                cache=cache,
                timeout=timeout,
                attempts=attempts,
                pause=pause,
                overpass=overpass,
                nominatim=nominatim,
                as_json=as_json,
            )
        )
    raise typer.Exit(DONE)


app.command(short_help="Say where an address lies, and how surely.")(address)
app.command(short_help="Say how much each kelurahan asks for.")(demand)
app.command(short_help="How many drivers and lanes a day needs.")(size)
app.command(short_help="Play live days through the dispatcher.")(replay)


def main() -> None:
    """Run ``kurir``; an interrupt before a command has begun ends like one in the middle."""
    try:
        app()
    except SystemExit as ended:
        sys.exit(INTERRUPTED if ended.code == ABORTED else ended.code)


if __name__ == "__main__":
    main()
