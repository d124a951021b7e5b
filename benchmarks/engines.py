"""The engine and its peers behind one call: a case, seconds and a seed give a judged answer."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

from benchmarks.cases import Case, Judgement, Points
from benchmarks.peers import PEERS, Peer, PeerResult, peer_named, run_peer
from routing.errors import InvalidInput, Problem
from routing.solve import Progress

OWN = "kurir"
NO_PEERS = "none"
Curve = tuple[tuple[float, float], ...]
"""Seconds and the cost that stood then, falling; the last point is the judged answer."""


@dataclass(frozen=True)
class Outcome:
    """What came of one run.

    Attributes
    ----------
    judgement
        None when there is no answer.
    failure
        Why there is none, or why it is no valid one.
    seconds
        Wall time of the solver.
    curve
        The quality over time; empty without a valid answer.
    points
        Where each run of the answer goes, in degrees.
    given_up
        What the engine solved without, beyond what the case leaves out for all.
    copies
        What each of several copies of a peer found, None without a valid answer; the better is what came of the run.
    """

    judgement: Judgement | None
    failure: str
    seconds: float
    curve: Curve = ()
    points: Points = ()
    given_up: tuple[str, ...] = ()
    copies: tuple[float | None, ...] = ()

    @property
    def cost(self) -> float | None:
        """What the answer costs, None where it is no valid one."""
        return self.judgement.cost if self.judgement and not self.failure else None


@dataclass(frozen=True)
class Engine:
    """One column of a comparison.

    Attributes
    ----------
    name
        ``kurir`` or a peer; ``pyvrp*2`` is the better of two seeds side by side, ``vroom*2`` two threads.
    workers
        Threads of this engine or of the peer, or copies of it.
    """

    name: str
    workers: int

    @property
    def version(self) -> str:
        """The version that runs."""
        if self.name == OWN:
            from routing.solve import version

            return version()
        return self._peer.version or "not installed"

    @property
    def how_to_install(self) -> str:
        """What pip is asked for where the engine is not installed; empty where it is."""
        return "" if self.name == OWN or self._peer.version else self._peer.install

    @property
    def _peer(self) -> Peer:
        return PEERS[self.name.partition("*")[0]]

    def run(self, case: Case, seconds: float, seed: int, should_stop: Callable[[], bool]) -> Outcome:
        """Solve `case` and judge the answer; nothing that goes wrong with a solver is raised."""
        if self.name == OWN:
            return self._own(case, seconds, seed, should_stop)
        name = self.name.partition("*")[0]
        threads = self.workers if self._peer.cores == "threads" else 1
        copies = self.workers // threads
        everyone = case.instance is not None

        def asked(own_seed: int) -> PeerResult:
            return run_peer(
                name, case.day, seconds, own_seed, threads=threads, everyone=everyone, should_stop=should_stop
            )

        # Copies take seeds of their own: 2, 3 for the first of two, 4, 5 for the next.
        with ThreadPoolExecutor(copies) as pool:
            results = list(pool.map(asked, range(copies * seed, copies * seed + copies)))
        outcomes = [_judged(case, result) for result in results]
        if len(outcomes) == 1:
            return outcomes[0]
        curve = _falling(point for outcome in outcomes for point in outcome.curve)
        return replace(min(outcomes, key=_rank), curve=curve, copies=tuple(each.cost for each in outcomes))

    def _own(self, case: Case, seconds: float, seed: int, should_stop: Callable[[], bool]) -> Outcome:
        import routing

        watched: list[Progress] = []
        started = time.perf_counter()
        try:
            plan = routing.solve(
                case.day,
                seconds=seconds,
                seed=seed,
                workers=self.workers,
                on_progress=watched.append,
                should_stop=should_stop,
            )
        except Exception as error:
            # A bug of the engine on one case is a row as well: a night of measuring goes on without it.
            name = getattr(error, "code", type(error).__name__)
            return Outcome(None, f"{name}: {error}", time.perf_counter() - started)
        elapsed = time.perf_counter() - started
        judgement = case.judged(plan)
        if judgement.faults:
            return Outcome(judgement, "; ".join(judgement.faults[:3]), elapsed)
        # The search counts in its own unit, which is the case's times a constant.
        unit = judgement.cost / plan.cost.total if plan.cost.total else 1.0
        may_leave_out = case.instance is None
        worth = [(each.seconds, max(each.cost * unit, judgement.cost), each.unserved) for each in watched]
        points = [(seconds, cost) for seconds, cost, left_out in worth if may_leave_out or not left_out]
        curve = _falling([*points, (elapsed, judgement.cost)])
        return Outcome(judgement, "", elapsed, curve, case.points(plan))


def _judged(case: Case, result: PeerResult) -> Outcome:
    if result.runs is None:
        return Outcome(None, result.failure, result.seconds)
    judgement = case.judged_order(result.runs)
    if judgement.faults:
        faults = "; ".join(judgement.faults[:3])
        return Outcome(judgement, faults, result.seconds, given_up=result.given_up)
    on_the_way = [(seconds, case.judged_order(runs)) for seconds, runs in result.samples]
    curve = _falling(
        [*((seconds, each.cost) for seconds, each in on_the_way if not each.faults), (result.seconds, judgement.cost)]
    )
    return Outcome(judgement, "", result.seconds, curve, case.points_of_order(result.runs), given_up=result.given_up)


def _falling(points: Iterable[tuple[float, float]]) -> Curve:
    """Return the points at which something better stands, in order of time."""
    kept: list[tuple[float, float]] = []
    for seconds, cost in sorted(points):
        if not kept or cost < kept[-1][1]:
            kept.append((round(seconds, 3), cost))
    return tuple(kept)


def _rank(outcome: Outcome) -> tuple[bool, bool, float]:
    return outcome.judgement is None, bool(outcome.failure), outcome.judgement.cost if outcome.judgement else 0.0


def engines_of(names: tuple[str, ...], workers: int) -> tuple[Engine, ...]:
    """Return this engine and the peers called `names`; ``none`` stands for no peer.

    Raises
    ------
    InvalidInput
        When there is no name, a name is none of a peer, its number of copies or threads no number, or it takes neither.
    """
    if not names or (NO_PEERS in names and len(names) > 1):
        message = f"is {','.join(names)!r}: expected some of {', '.join(PEERS)}, or {NO_PEERS} by itself"
        raise InvalidInput([Problem("", "--peers", message)])
    engines = [Engine(OWN, workers)]
    for given in dict.fromkeys(names) if names != (NO_PEERS,) else ():
        name, star, copies = given.partition("*")
        peer_named(name)
        if star and not (copies.isdecimal() and 1 <= int(copies) <= 64):
            message = f"names {given!r}: expected a number of copies or threads from 1 to 64 after the star"
            raise InvalidInput([Problem("", "--peers", message)])
        if star and int(copies) > 1 and PEERS[name].cores == "one":
            message = f"names {given!r}: {name} takes neither seeds nor threads: expected {name} by itself"
            raise InvalidInput([Problem("", "--peers", message)])
        engines.append(Engine(given, int(copies) if star else 1))
    return tuple(engines)
