"""Other open solvers behind one function, each in a process of its own."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from importlib import import_module
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from benchmarks.peers.answer import PeerRun, Solver
from routing import Day
from routing.errors import InvalidInput, Problem
from routing.files import write_day

GRACE = 30.0
"""Seconds beyond its budget, and beyond half of it again, after which a peer is stopped."""


@dataclass(frozen=True)
class Peer:
    """A solver that may be installed.

    Attributes
    ----------
    module
        Which holds its `solve`.
    distribution
        The package that must be installed.
    """

    module: str
    distribution: str

    @property
    def version(self) -> str | None:
        """The version installed, None if it is not."""
        try:
            return version(self.distribution)
        except PackageNotFoundError:
            return None

    @property
    def solve(self) -> Solver:
        """The function that solves a day."""
        solver: Solver = import_module(self.module).solve
        return solver


PEERS = {
    "pyvrp": Peer("benchmarks.peers.pyvrp_peer", "pyvrp"),
    "vroom": Peer("benchmarks.peers.vroom_peer", "pyvroom"),
    "ortools": Peer("benchmarks.peers.ortools_peer", "ortools"),
}


@dataclass(frozen=True)
class PeerResult:
    """What came of asking a peer.

    Attributes
    ----------
    name
        The peer.
    runs
        Its answer, None when there is none.
    failure
        Why there is none, in a sentence.
    seconds
        Wall time its solver took.
    """

    name: str
    runs: tuple[PeerRun, ...] | None
    failure: str = ""
    seconds: float = 0.0


def peer_named(name: str) -> Peer:
    """Return the peer called `name`.

    Raises
    ------
    InvalidInput
        When there is none.
    """
    if name not in PEERS:
        raise InvalidInput([Problem("", "--peers", f"names {name!r}: expected some of {', '.join(PEERS)}")])
    return PEERS[name]


def run_peer(name: str, day: Day, seconds: float, seed: int, *, grace: float = GRACE) -> PeerResult:
    """Ask a peer to solve `day`, in a process that is stopped when it does not come back.

    A peer that is not installed, cannot model the day, crashes or hangs gives a result without runs.

    Parameters
    ----------
    name
        One of `PEERS`.
    seconds
        Wall time for the search.
    seed
        Of the search, where the peer takes one.
    grace
        Seconds beyond one and a half budgets after which the process is stopped.
    """
    if peer_named(name).version is None:
        return PeerResult(name, None, f"{PEERS[name].distribution} is not installed")
    with tempfile.TemporaryDirectory(prefix="kurir-peer-") as folder:
        asked, answered = Path(folder) / "day.json", Path(folder) / "answer.json"
        write_day(day, asked)
        command = [sys.executable, "-m", "benchmarks.peers", name, str(asked), str(answered), str(seconds), str(seed)]
        try:
            ended = subprocess.run(  # noqa: S603  (our own module, with arguments of our own)
                command,
                capture_output=True,
                text=True,
                timeout=1.5 * seconds + grace,
                check=False,
                start_new_session=True,  # an interrupt of the comparison is no crash of the peer
            )
        except subprocess.TimeoutExpired:
            return PeerResult(name, None, f"stopped: it did not come back {grace:g} s after one and a half budgets")
        if not answered.is_file():
            return PeerResult(name, None, f"crashed with exit code {ended.returncode}: {_last_line(ended.stderr)}")
        return _result(name, json.loads(answered.read_text(encoding="utf-8")))


def _last_line(text: str) -> str:
    return (text.strip().splitlines() or ["it said nothing"])[-1][:300]


def _result(name: str, answer: dict[str, object]) -> PeerResult:
    seconds = float(str(answer["seconds"]))
    if answer["failure"]:
        return PeerResult(name, None, str(answer["failure"]), seconds)
    runs = answer["runs"]
    if not isinstance(runs, list):
        return PeerResult(name, None, "gave no runs", seconds)
    return PeerResult(
        name, tuple(PeerRun(run["driver"], tuple(tuple(leg) for leg in run["legs"])) for run in runs), "", seconds
    )
