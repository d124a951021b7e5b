"""Sets of cases that come with the package: days of Tangsel and random instances, the same on every machine."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.cases import Source, day_case, instance_case, sources_of
from benchmarks.meant import did_you_mean
from benchmarks.random_instances import FAMILIES, in_words, random_instance
from benchmarks.streets_given import EMBEDDED
from routing.errors import InvalidInput, Problem
from routing.travel import TrafficClock

if TYPE_CHECKING:
    from routing import Day

RAIN_FACTOR = 0.8
"""Speed in the rain, as a share of that without."""
RAIN_ACCESS = 30
"""Seconds more at each door in the rain."""
FILES = "files"
"""The word that says that a folder of files follows."""


@dataclass(frozen=True)
class Kind:
    """A kind of day in the suite of Tangsel.

    Attributes
    ----------
    profile
        Of `geodata.profiles`.
    rounds
        Share of the pickups whose document goes back the same day.
    lanes
        Of the drive-thru, None for one for every 500 requests.
    rain
        Whether riders are slower, and longer at the doors.
    riders
        How many, as a share of what a seeded day has by default.
    """

    profile: str = "weekday"
    rounds: float = 0.3
    lanes: int | None = None
    rain: bool = False
    riders: float = 1.0


KINDS = {
    "weekday": Kind(),
    "friday": Kind(profile="friday"),
    "ramadan": Kind(profile="ramadan"),
    "rain": Kind(rain=True, riders=1.25),
    "one-lane": Kind(lanes=1),
    "round-trips": Kind(rounds=0.8),
}
SIZES = {"tangsel": (200, 500, 1000, 2000, 5000), "random": (100, 200, 400)}
USUAL = {"tangsel": 1000, "random": 100}
"""The size at which every kind is run unless sizes are asked for; the first kind is run at every size."""


@dataclass(frozen=True)
class Chosen:
    """Which part of the suites is asked for.

    Attributes
    ----------
    sizes
        Requests or customers; empty for the usual ones.
    kinds
        Empty for all.
    seed
        Of the generators.
    """

    sizes: tuple[int, ...] = ()
    kinds: tuple[str, ...] = ()
    seed: int = 1


def sources_named(
    words: Sequence[str],
    chosen: Chosen,
    *,
    rounding: str | None = None,
    network: str = EMBEDDED,
    as_is: bool = False,
) -> tuple[Source, ...]:
    """Return the cases that `words` name: ``tangsel``, ``random``, ``files DIR``, and paths.

    Raises
    ------
    InvalidInput
        Naming every word that is none of these, and every fault of a file.
    """
    suites = [word for word in words if word in SIZES]
    paths = [Path(word) for word in words if word not in SIZES and word != FILES]
    if not suites and not paths:
        message = f"names no case: expected {', '.join(SIZES)}, 'files DIR' or paths"
        raise InvalidInput([Problem("", "SUITE_OR_FILES", message)])
    _expect_kinds(suites, chosen)
    found: list[Source] = []
    for suite in suites:
        found += _tangsel(chosen, network, as_is) if suite == "tangsel" else _random(chosen)
    try:
        found += sources_of(paths, rounding=rounding, network=network, as_is=as_is)
    except InvalidInput as error:
        raise InvalidInput([_or_suite(problem) for problem in error.problems]) from error
    return tuple(found)


def descriptions(words: Sequence[str], kinds: Sequence[str] = ()) -> list[str]:
    """Return a sentence for each kind that is run of the suites in `words`: what must be known to repeat it."""
    known = {
        "tangsel": {name: _kind_in_words(kind) for name, kind in KINDS.items()},
        "random": {name: in_words(family) for name, family in FAMILIES.items()},
    }
    return [
        f"{suite} {name}: {said}"
        for suite, each in known.items()
        for name, said in each.items()
        if suite in words and (not kinds or name in kinds)
    ]


def tangsel_day(kind: str, requests: int, *, seed: int = 1, network: str = EMBEDDED) -> Day:
    """Return a day of the suite.

    Parameters
    ----------
    kind
        A name in `KINDS`.
    requests
        Pickups and returns together.
    seed
        The same seed gives the same day.
    network
        Streets on which it lies.
    """
    from benchmarks.streets_given import street_network
    from geodata.demand import default_drivers, seeded_day
    from geodata.matrix import prepare

    what, streets = KINDS[kind], street_network(network)
    content = seeded_day(
        requests,
        drivers=round(what.riders * default_drivers(requests, profile=what.profile, rounds=what.rounds)),
        lanes=what.lanes,
        seed=seed,
        rounds=what.rounds,
        profile=what.profile,
        network=streets,
    )
    day, _ = content.on_streets(prepare(streets))
    return _in_rain(day) if what.rain else day


def _in_rain(day: Day) -> Day:
    slower = tuple((start, round(factor * RAIN_FACTOR)) for start, factor in day.traffic.profile)
    places = tuple(
        place if number == day.hub.place else place.replace(access=place.access + RAIN_ACCESS)
        for number, place in enumerate(day.places)
    )
    return day.replace(traffic=TrafficClock(slower), places=places)


def _tangsel(chosen: Chosen, network: str, as_is: bool) -> list[Source]:
    def source(kind: str, size: int) -> Source:
        name = f"{kind}-{size}"
        return Source(
            name,
            f"tangsel {kind}",
            lambda: day_case(name, tangsel_day(kind, size, seed=chosen.seed, network=network), as_is=as_is),
        )

    return [source(kind, size) for kind, size in _kinds_and_sizes("tangsel", tuple(KINDS), chosen)]


def _random(chosen: Chosen) -> list[Source]:
    def source(family: str, size: int) -> Source:
        return Source(
            f"{family}-{size}-{chosen.seed}",
            f"random {family}",
            lambda: instance_case(random_instance(family, size, seed=chosen.seed)),
        )

    return [source(family, size) for family, size in _kinds_and_sizes("random", tuple(FAMILIES), chosen)]


def _kinds_and_sizes(suite: str, kinds: tuple[str, ...], chosen: Chosen) -> list[tuple[str, int]]:
    """Return every kind at the sizes asked for; else at the usual one, and the first kind at all."""
    wanted = [kind for kind in kinds if not chosen.kinds or kind in chosen.kinds]
    if chosen.sizes:
        return list(product(wanted, chosen.sizes))
    more = [(wanted[0], size) for size in SIZES[suite]] if wanted else []
    return list(dict.fromkeys([*more, *((kind, USUAL[suite]) for kind in wanted)]))


def _expect_kinds(suites: Sequence[str], chosen: Chosen) -> None:
    given = [name for name, each in (("--kinds", chosen.kinds), ("--sizes", chosen.sizes)) if each]
    if given and not suites:
        message = f"is of the suites: expected {' or '.join(SIZES)} among what is compared"
        raise InvalidInput([Problem("", name, message) for name in given])
    known = [name for suite in suites for name in (KINDS if suite == "tangsel" else FAMILIES)]
    problems = [
        Problem("", "--kinds", f"names {kind!r}: expected some of {', '.join(known)}" + did_you_mean(kind, known))
        for kind in chosen.kinds
        if kind not in known
    ]
    problems += [
        Problem("", "--sizes", f"has {size}: expected 1 to 20000") for size in chosen.sizes if not 1 <= size <= 20_000
    ]
    if problems:
        raise InvalidInput(problems)


def _kind_in_words(kind: Kind) -> str:
    words = [f"profile {kind.profile}", f"{kind.rounds:.0%} of the pickups go back the same day"]
    words.append("one lane for every 500 requests" if kind.lanes is None else f"{kind.lanes} lane")
    if kind.rain:
        words.append(
            f"speeds times {RAIN_FACTOR:g}, {RAIN_ACCESS} s more at each door, {kind.riders:g} times the riders"
        )
    return "; ".join(words)


def _or_suite(problem: Problem) -> Problem:
    """Return the problem with the suite that was meant, where a word looks like one."""
    meant = did_you_mean(problem.where, (*SIZES, FILES))
    return replace(problem, message=problem.message + meant) if "did you mean" not in problem.message else problem
