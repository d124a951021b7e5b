"""``kurir bench``: classical instances solved, and engines side by side."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from benchmarks.terminal import ended_well

app = typer.Typer(rich_markup_mode=None, no_args_is_help=True)

MOST_STOPS = 20_000
"""Of a day that a suite or `growth` makes: its matrices take some 6 GB."""
Workers = Annotated[int | None, typer.Option(min=1, help="Threads; every core by default.")]
Rounding = Annotated[
    str | None, typer.Option(help="dimacs, trunc, round, exact or none; by default what the literature does.")
]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON object; everything else goes to standard error.")]


@app.callback()
def bench() -> None:
    """Classical instances and days, solved by this engine and by its peers.

    \b
    kurir bench solve R101.txt --seconds 10 --solution mine.sol
    kurir bench compare tangsel random --peers pyvrp --seconds 30 -o suites
    kurir bench compare files vrptw_solomon --peers none --resume -o solomon
    """  # noqa: D301


@app.command(short_help="Solve one classical instance.")
def solve(
    instance: Annotated[Path, typer.Argument(help="A VRPLIB, Solomon or VRPSPDTW file, plain or .gz.")],
    *,
    seconds: Annotated[float | None, typer.Option(min=0.01, help="Wall time of the search; 60 by default.")] = None,
    iterations: Annotated[
        int | None, typer.Option(min=1, help="Iterations instead: the same seed gives the same answer everywhere.")
    ] = None,
    seed: Annotated[int, typer.Option(min=0, help="Seed of the search.")] = 1,
    workers: Workers = None,
    rounding: Rounding = None,
    solution: Annotated[
        Path | None,
        typer.Option(help="Write the routes here, in VRPLIB's .sol form; not over a file that kurir did not write."),
    ] = None,
    as_json: Json = False,
) -> None:
    """Solve one classical instance; the cost is in its own arithmetic.

    \b
    kurir bench solve R101.txt --seconds 10 --solution mine.sol
    kurir bench solve RC2_10_5.vrp --workers 2 --json
    """  # noqa: D301
    with ended_well():
        from benchmarks.bench_solve import BenchRequest, run_bench_solve

        code = run_bench_solve(
            BenchRequest(
                instance=instance,
                seconds=seconds,
                iterations=iterations,
                seed=seed,
                workers=workers,
                rounding=rounding,
                solution=solution,
                as_json=as_json,
            )
        )
    raise typer.Exit(code)


@app.command(short_help="Engines side by side, judged here.")
def compare(
    what: Annotated[
        list[str],
        typer.Argument(
            metavar="SUITE_OR_FILES",
            help="tangsel, random, 'files DIR', instance files, folders of them, patterns, day folders.",
        ),
    ],
    *,
    out: Annotated[Path, typer.Option("--out", "-o", metavar="FOLDER", help="Where to write; made if missing.")],
    peers: Annotated[
        str,
        typer.Option(
            help="Some of pyvrp, vroom, ortools, vrp-cli, or none; pyvrp*2 takes the better of two seeds side "
            "by side, vroom*2 and vrp-cli*2 take two threads."
        ),
    ] = "pyvrp,ortools,vroom",
    seconds: Annotated[float, typer.Option(min=0.1, max=86_400, help="Wall time of each run.")] = 60.0,
    runs: Annotated[int, typer.Option(min=1, help="Seeds per instance: 1, 2, ...")] = 3,
    workers: Workers = None,
    rounding: Rounding = None,
    network: Annotated[
        str,
        typer.Option(
            "--network", metavar="NAME_OR_FILE", help="Streets of days: 'embedded', or a street network file."
        ),
    ] = "embedded",
    sizes: Annotated[
        str, typer.Option(help="Of the suites: requests or customers, as in 200,1000; every kind at each size.")
    ] = "",
    kinds: Annotated[
        str, typer.Option(help="Of the suites, as in weekday,friday,ramadan,rain,one-lane,round-trips or R1,C1,RC2.")
    ] = "",
    suite_seed: Annotated[int, typer.Option(min=0, help="Of the suites' generators.")] = 1,
    resume: Annotated[bool, typer.Option("--resume", help="Go on where an earlier comparison stopped.")] = False,
    as_json: Json = False,
) -> None:
    """Run this engine and its peers on the same instances, in turn, with the same wall time.

    Every answer is judged by this project's own evaluation. A peer that crashes or hangs is a row. Of a day the
    engines solve what every peer can model, and the table says what that leaves out; with --peers none days keep all
    their rules. Results are kept as they come in results.jsonl; report.html has tables, plot and maps,
    summary.md, summary.csv, classes.csv and instances.csv the tables, message.txt a few lines to send.

    \b
    kurir bench compare tangsel --seconds 30 -o tangsel-out
    kurir bench compare random --sizes 100,200 --peers pyvrp,vroom --seconds 10 -o random-out
    kurir bench compare files vrptw_solomon --peers none --seconds 60 --runs 1 --resume -o solomon
    kurir bench compare monday friday --peers 'pyvrp*2' --seconds 30 -o days
    """  # noqa: D301
    with ended_well():
        from benchmarks.compare import CompareRequest, run_compare
        from benchmarks.suites import Chosen

        code = run_compare(
            CompareRequest(
                what=tuple(what),
                peers=_words(peers),
                seconds=seconds,
                runs=runs,
                workers=workers,
                rounding=rounding,
                network=network,
                chosen=Chosen(_counts(sizes, "--sizes", most=MOST_STOPS) if sizes else (), _words(kinds), suite_seed),
                out=out,
                resume=resume,
                as_json=as_json,
            )
        )
    raise typer.Exit(code)


@app.command(short_help="What the rules of the day are worth.")
def rules(
    question: Annotated[
        str, typer.Argument(help="each, lanes, traffic, round-trips, fairness, speed, or all of them.")
    ] = "all",
    *,
    out: Annotated[Path, typer.Option("--out", "-o", metavar="FOLDER", help="Where to write; made if missing.")],
    requests: Annotated[int, typer.Option(min=1, help="Requests of a day.")] = 1000,
    seconds: Annotated[float, typer.Option(min=0.01, help="Wall time of each search.")] = 30.0,
    iterations: Annotated[
        int | None, typer.Option(min=1, help="Iterations instead: the same seed gives the same answer everywhere.")
    ] = None,
    seed: Annotated[int, typer.Option(min=0, help="Seed of the days and of the search.")] = 1,
    workers: Workers = None,
    network: Annotated[
        str, typer.Option("--network", metavar="NAME_OR_FILE", help="'embedded', or a street network file.")
    ] = "embedded",
    as_json: Json = False,
) -> None:
    """What the rules of the day are worth: each rule at work, and figures for lanes, traffic, round trips, fair shares.

    Writes rules.md, and for each question a table (CSV) and a picture (PNG). Searches: each 15, lanes 16, traffic 4,
    round-trips 3, fairness 6, speed 11; with 30 seconds for each, all take three quarters of an hour.

    \b
    kurir bench rules lanes --requests 400 --seconds 10 -o rules-out
    kurir bench rules all --network tangsel_motor_scc.graphml.gz -o rules-out
    """  # noqa: D301
    with ended_well():
        from benchmarks.rules.command import RulesRequest, run_rules

        code = run_rules(
            RulesRequest(
                question=question,
                requests=requests,
                seconds=seconds,
                iterations=iterations,
                seed=seed,
                workers=workers,
                network=network,
                out=out,
                as_json=as_json,
            )
        )
    raise typer.Exit(code)


@app.command(short_help="Speed, first plan and memory as days grow.")
def growth(
    *,
    sizes: Annotated[str, typer.Option(help="Stops, as in 200,1000.")] = "200,1000,5000,10000",
    workers: Annotated[str, typer.Option(help="Threads, as in 1,2: each size is searched with each.")] = "1,2",
    seconds: Annotated[float, typer.Option(min=0.1, max=86_400, help="Wall time of each search.")] = 20.0,
    seed: Annotated[int, typer.Option(min=0, help="Seed of the days and of the search.")] = 1,
    as_json: Json = False,
) -> None:
    """Iterations per second, seconds to the first plan, peak memory and cost of days of more and more stops.

    Days of scattered stops with windows of two hours and paid riders; each search in a process of its own.

    \b
    kurir bench growth
    kurir bench growth --sizes 1000 --workers 1,2 --seconds 60 --json
    """  # noqa: D301
    with ended_well():
        from benchmarks.growth import GrowthRequest, run_growth

        code = run_growth(
            GrowthRequest(
                sizes=_counts(sizes, "--sizes", most=MOST_STOPS),
                workers=_counts(workers, "--workers", most=256),
                seconds=seconds,
                seed=seed,
                as_json=as_json,
            )
        )
    raise typer.Exit(code)


def _words(text: str) -> tuple[str, ...]:
    return tuple(word.strip() for word in text.split(",") if word.strip())


def _counts(text: str, option: str, *, most: int) -> tuple[int, ...]:
    from routing.errors import InvalidInput, Problem

    words = _words(text)
    wrong = [word for word in words if not (word.isdecimal() and len(word) < 10 and 1 <= int(word) <= most)]
    if wrong or not words:
        message = (
            f"has {', '.join(map(repr, wrong)) or 'nothing'}: expected whole numbers from 1 to {most}, with commas"
        )
        raise InvalidInput([Problem("", option, message)])
    return tuple(int(word) for word in words)
