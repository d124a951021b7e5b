"""The engine and its peers behind one call: a case, seconds and a seed give a judged answer."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from benchmarks.cases import Case, Judgement
from benchmarks.peers import PEERS, PeerResult, peer_named, run_peer
from routing.errors import InvalidInput, Problem, RoutingError

OWN = "kurir"


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
    """

    judgement: Judgement | None
    failure: str
    seconds: float


@dataclass(frozen=True)
class Engine:
    """One column of a comparison.

    Attributes
    ----------
    name
        ``kurir`` or a peer; ``pyvrp*2`` is the better of two seeds side by side.
    workers
        Threads of this engine, or copies of the peer.
    """

    name: str
    workers: int

    @property
    def version(self) -> str:
        """The version that runs."""
        from importlib.metadata import version

        if self.name == OWN:
            return version("kurir")
        return PEERS[self.name.partition("*")[0]].version or "not installed"

    def run(self, case: Case, seconds: float, seed: int, should_stop: Callable[[], bool]) -> Outcome:
        """Solve `case` and judge the answer; nothing that goes wrong with a solver is raised."""
        if self.name == OWN:
            return self._own(case, seconds, seed, should_stop)
        name = self.name.partition("*")[0]
        # Copies take seeds of their own: 2, 3 for the first of two, 4, 5 for the next.
        seeds = [seed] if self.workers == 1 else [self.workers * seed + copy for copy in range(self.workers)]
        with ThreadPoolExecutor(len(seeds)) as pool:
            results = list(pool.map(lambda each: run_peer(name, case.day, seconds, each), seeds))
        return min((_judged(case, result) for result in results), key=_rank)

    def _own(self, case: Case, seconds: float, seed: int, should_stop: Callable[[], bool]) -> Outcome:
        import routing

        started = time.perf_counter()
        try:
            plan = routing.solve(case.day, seconds=seconds, seed=seed, workers=self.workers, should_stop=should_stop)
        except RoutingError as error:
            return Outcome(None, f"{error.code}: {error}", time.perf_counter() - started)
        elapsed = time.perf_counter() - started
        judgement = case.judged(plan)
        return Outcome(judgement, "; ".join(judgement.faults[:3]), elapsed)


def _judged(case: Case, result: PeerResult) -> Outcome:
    if result.runs is None:
        return Outcome(None, result.failure, result.seconds)
    judgement = case.judged_order(result.runs)
    return Outcome(judgement, "; ".join(judgement.faults[:3]), result.seconds)


def _rank(outcome: Outcome) -> tuple[bool, bool, float]:
    return outcome.judgement is None, bool(outcome.failure), outcome.judgement.cost if outcome.judgement else 0.0


def engines_of(names: tuple[str, ...], workers: int) -> tuple[Engine, ...]:
    """Return this engine and the peers called `names`.

    Raises
    ------
    InvalidInput
        When a name is none of a peer, or its number of copies no number.
    """
    engines = [Engine(OWN, workers)]
    for given in names:
        name, star, copies = given.partition("*")
        peer_named(name)
        if star and not (copies.isdecimal() and 1 <= int(copies) <= 64):
            message = f"names {given!r}: expected a number of copies from 1 to 64 after the star"
            raise InvalidInput([Problem("", "--peers", message)])
        engines.append(Engine(given, int(copies) if star else 1))
    return tuple(engines)
