"""``kurir replay`` and ``kurir bench live``: options of the live day's commands."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from benchmarks.replay.policies import policies
from benchmarks.terminal import ended_well

MINUTES = 15
POLICIES = ", ".join(repr(each.name) for each in policies(0, MINUTES))
Json = Annotated[bool, typer.Option("--json", help="Print one JSON object; everything else goes to standard error.")]


def replay(
    day: Annotated[
        Path | None,
        typer.Argument(metavar="DAYFOLDER", help="Folder with day.toml, or a day.json. None: a seeded day per seed."),
    ] = None,
    *,
    requests: Annotated[int, typer.Option(min=1, help="Requests of the seeded days.")] = 100,
    seeds: Annotated[int, typer.Option(min=1, help="How many days are played.")] = 20,
    first_seed: Annotated[int, typer.Option(min=0, help="The first of the seeds.")] = 1,
    iterations: Annotated[int, typer.Option(min=1, help="Of the search at each re-plan.")] = 1000,
    minutes: Annotated[
        int, typer.Option(min=1, help="Between re-plans, for the policies that plan by the clock.")
    ] = MINUTES,
    change_price: Annotated[
        int | None, typer.Option(min=0, help="What a re-plan must save per changed stop; else the default.")
    ] = None,
    hindsight: Annotated[
        int, typer.Option(min=0, help="Iterations of the plan in full hindsight; 0 for none.")
    ] = 50_000,
    only: Annotated[
        list[str] | None,
        typer.Option(help=f"Only this policy; may be given several times. With --minutes {MINUTES}: {POLICIES}."),
    ] = None,
    out: Annotated[Path, typer.Option("--out", "-o", help="Where to write; made if missing.")] = Path("replay"),
    as_json: Json = False,
) -> None:
    """Play live days through the dispatcher, and beside it a courier app and full hindsight.

    Time is simulated and the search counts iterations: the same seed gives the same table. Ctrl-C keeps what has been
    played until then.

    \b
    kurir replay --requests 100 --seeds 20 -o replay
    kurir replay monday --seeds 5 --minutes 30
    """  # noqa: D301
    with ended_well():
        from benchmarks.replay.command import ReplayRequest, run_replay

        code = run_replay(
            ReplayRequest(
                day=day,
                requests=requests,
                seeds=seeds,
                first_seed=first_seed,
                iterations=iterations,
                minutes=minutes,
                change_price=change_price,
                hindsight_iterations=hindsight,
                only=tuple(only or ()),
                out=out,
                as_json=as_json,
            )
        )
    raise typer.Exit(code)


def live(
    *,
    requests: Annotated[int, typer.Option(min=10, help="Requests of the day.")] = 1000,
    drivers: Annotated[int, typer.Option(min=1, help="Drivers of the day.")] = 20,
    seconds: Annotated[float, typer.Option(min=0.1, help="Wall time of the morning's search.")] = 10.0,
    count: Annotated[int, typer.Option(min=5, help="Times each call is made.")] = 200,
    seed: Annotated[int, typer.Option(min=0, help="Of the day.")] = 1,
    as_json: Json = False,
) -> None:
    """Measure how long the dispatcher's calls take on a live day.

    \b
    kurir bench live
    kurir bench live --requests 2000 --drivers 40 --json
    """  # noqa: D301
    with ended_well():
        from benchmarks.replay.latency import LatencyRequest, run_latency

        code = run_latency(
            LatencyRequest(requests=requests, drivers=drivers, seconds=seconds, count=count, seed=seed, as_json=as_json)
        )
    raise typer.Exit(code)
