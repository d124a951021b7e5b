"""``kurir day``: writes a seeded day folder."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from benchmarks.streets_given import street_network, traffic_given
from benchmarks.terminal import say, say_json, stages_shown, tell
from benchmarks.words import counted
from geodata.day_writing import write_day_folder
from geodata.demand import seeded_day


def run_day(
    out: Path,
    *,
    requests: int,
    drivers: int | None,
    lanes: int | None,
    seed: int,
    rounds: float,
    profile: str,
    network: str,
    traffic: Path | None = None,
    as_json: bool,
) -> None:
    """Write the day to `out`, keep what was there, and print what is in it.

    Raises
    ------
    InvalidInput
        Naming each option out of range.
    OSError
        When the folder cannot be written to.
    """
    with stages_shown() as stages:
        stages.begin("streets")
        streets = street_network(network)
        stages.begin("requests")
        content = seeded_day(
            requests, drivers=drivers, lanes=lanes, seed=seed, rounds=rounds, profile=profile, network=streets
        )
        if traffic is not None:
            content = replace(content, traffic=traffic_given(traffic, content.date, content.profile))
    write_day_folder(content, out, on_kept=_tell_kept)
    pickups = sum(request.kind == "pickup" for request in content.requests)
    answer = {
        "folder": str(out),
        "date": content.date,
        "profile": profile,
        "seed": seed,
        "requests": requests,
        "pickups": pickups,
        "returns": requests - pickups,
        "round_trips": sum(request.round_trip_of is not None for request in content.requests),
        "places": len(content.doors),
        "drivers": len(content.drivers),
        "lanes": content.hub.lanes,
    }
    if as_json:
        say_json(answer)
        return
    fleet = f"{counted(len(content.drivers), 'driver')}, {counted(content.hub.lanes or 0, 'lane')}"
    say(
        f"{out}: {content.date} ({profile}), {pickups} pickups and {answer['returns']} returns, "
        f"{answer['round_trips']} of them round trips; {fleet}"
    )


def _tell_kept(file: Path, kept: Path) -> None:
    tell(f"{file} was there with other content: that is kept as {kept.name}")
