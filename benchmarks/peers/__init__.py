"""Other open solvers behind one function, each in a process of its own."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from importlib import import_module
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any, Literal

from benchmarks.meant import did_you_mean
from benchmarks.peers.answer import PeerRun, Runs, Solver, Terms
from routing import Day
from routing.errors import InvalidInput, Problem
from routing.files import write_day

GRACE = 30.0
"""Seconds beyond its budget, and beyond half of it again, after which a peer is stopped."""
PATIENCE = 0.05
"""Seconds between looks at whether a peer has ended."""
Cores = Literal["seeds", "threads", "one"]
"""How a peer uses several cores: copies with seeds of their own side by side, threads of one process, or not."""


@dataclass(frozen=True)
class Peer:
    """A solver that may be installed.

    Attributes
    ----------
    module
        Which holds its `solve`.
    distribution
        The package that must be installed.
    cores
        How it uses several.
    install
        What pip is asked for.
    """

    module: str
    distribution: str
    cores: Cores
    install: str = "'kurir[peers]'"

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
    "pyvrp": Peer("benchmarks.peers.pyvrp_peer", "pyvrp", "seeds"),
    "vroom": Peer("benchmarks.peers.vroom_peer", "pyvroom", "threads"),
    "ortools": Peer("benchmarks.peers.ortools_peer", "ortools", "one"),
    "vrp-cli": Peer("benchmarks.peers.vrp_cli_peer", "vrp-cli", "threads", "vrp-cli==1.22.1"),
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
    samples
        What it had after so many seconds.
    given_up
        What it solved without.
    """

    name: str
    runs: Runs | None
    failure: str = ""
    seconds: float = 0.0
    samples: tuple[tuple[float, Runs], ...] = ()
    given_up: tuple[str, ...] = ()


def peer_named(name: str) -> Peer:
    """Return the peer called `name`.

    Raises
    ------
    InvalidInput
        When there is none.
    """
    if name not in PEERS:
        message = f"names {name!r}: expected some of {', '.join(PEERS)}, or none"
        raise InvalidInput([Problem("", "--peers", message + did_you_mean(name, PEERS))])
    return PEERS[name]


def run_peer(
    name: str,
    day: Day,
    seconds: float,
    seed: int,
    *,
    threads: int = 1,
    everyone: bool = False,
    grace: float = GRACE,
    should_stop: Callable[[], bool] = lambda: False,
) -> PeerResult:
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
    threads
        Which the peer may use, where it uses more than one.
    everyone
        Whether an answer must serve everyone, as for instances of the literature.
    grace
        Seconds beyond one and a half budgets after which the process is stopped.
    should_stop
        Once it returns True the process is stopped.
    """
    if peer_named(name).version is None:
        return PeerResult(name, None, f"{PEERS[name].distribution} is not installed: pip install {PEERS[name].install}")
    with tempfile.TemporaryDirectory(prefix="kurir-peer-") as folder:
        asked, answered, said = (Path(folder) / each for each in ("day.json", "answer.json", "said.txt"))
        write_day(day, asked)
        terms = json.dumps(asdict(Terms(seconds, seed, threads, everyone)))
        command = [sys.executable, "-m", "benchmarks.peers", name, str(asked), str(answered), terms]
        with said.open("w", encoding="utf-8") as out:
            # A session of its own: an interrupt of the comparison is no crash of the peer.
            process = subprocess.Popen(command, stdout=out, stderr=out, start_new_session=True)  # noqa: S603
            ended = _ended(process, 1.5 * seconds + grace, should_stop)
        if not ended:
            return PeerResult(name, None, f"stopped: it did not come back {grace:g} s after one and a half budgets")
        try:
            answer = json.loads(answered.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            # It wrote none, or died while writing it.
            words = _last_line(said.read_text(encoding="utf-8", errors="replace"))
            return PeerResult(name, None, f"crashed with exit code {process.returncode}: {words}")
        return _result(name, answer)


def _ended(process: subprocess.Popen[bytes], patience: float, should_stop: Callable[[], bool]) -> bool:
    """Wait for the process; stop it, with all that it started, when it takes too long. Say whether it ended itself."""
    until = time.monotonic() + patience
    try:
        while process.poll() is None:
            if time.monotonic() > until or should_stop():
                return False
            time.sleep(PATIENCE)
        return True
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def _last_line(text: str) -> str:
    return (text.strip().splitlines() or ["it said nothing"])[-1][:300]


def _result(name: str, answer: dict[str, Any]) -> PeerResult:
    seconds = float(answer["seconds"])
    if answer["failure"]:
        return PeerResult(name, None, str(answer["failure"]), seconds)
    samples = tuple((float(moment), _runs(runs)) for moment, runs in answer["samples"])
    return PeerResult(name, _runs(answer["runs"]), "", seconds, samples, tuple(answer["given_up"]))


def _runs(rows: list[dict[str, Any]]) -> Runs:
    return tuple(PeerRun(row["driver"], tuple(tuple(leg) for leg in row["legs"])) for row in rows)
