"""Kills real processes that hold a live day, at random moments, and looks at what they leave behind.

Run as a program: ``python killed.py FOLDER COUNT SEED``; prints one JSON line with what was seen.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import time
from pathlib import Path
from random import Random

sys.path.insert(0, str(Path(__file__).parents[3]))

from routing import Dispatcher
from routing.live.books import Books
from routing.live.dispatcher import digest_of
from routing.live.journal import Journal
from tests.routing.live.storm import live_day, one_event


def work(path: Path, out: int, seed: int) -> None:
    """Open the journal, tell it things for ever, and acknowledge each call on `out`: number and fingerprint."""
    rng = Random(seed)
    day, later = _day()
    with Dispatcher(day, journal=path) as live:
        later = [request for request in later if request.id not in live._books.requests]
        while True:
            os.write(out, f"{live.seq} {live.digest()}\n".encode())
            one_event(live, later, rng)


def _day():
    rng = Random(5)
    while True:
        day, later = live_day(rng)
        if len(day.requests) + len(later) > 8:
            return day, later


def kill_once(path: Path, rng: Random) -> str:
    """Let a process work on the journal, kill it, compare; return what was seen."""
    source, sink = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(source)
        try:
            work(path, sink, rng.getrandbits(32))
        finally:
            os._exit(3)
    os.close(sink)
    # Mostly once it has begun to answer, however slow the machine; else also while it opens the journal.
    first = os.read(source, 4096).decode() if rng.random() < 0.85 else ""
    time.sleep(rng.uniform(0.0, 0.25))
    os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    with os.fdopen(source) as lines:
        said = first + lines.read()
    if not os.WIFSIGNALED(status):
        raise AssertionError(f"the child ended by itself: {status}")
    acknowledged = said[: said.rfind("\n") + 1].splitlines()
    if not acknowledged:
        return _before_the_first_answer(path)
    number, digest = acknowledged[-1].split()
    journal = Journal(path)
    try:
        opening, events = journal.day(), list(journal.events())
    finally:
        journal.close()
    books = Books(opening)
    for event in events[: int(number)]:
        books.fold(event)
    if len(events) < int(number) or digest_of(books) != digest:
        raise AssertionError(f"{path}: {number} events were acknowledged, {len(events)} are there or they differ")
    return "more than acknowledged" if len(events) > int(number) else "as acknowledged"


def _before_the_first_answer(path: Path) -> str:
    if path.exists():
        Dispatcher(journal=path).close()
        return "nothing acknowledged, journal whole"
    return "nothing acknowledged, no journal"


def main() -> None:
    """Kill COUNT processes; each goes on with the journal of the one before, a new one every tenth."""
    folder, count, seed = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
    rng = Random(seed)
    day, _ = _day()
    Dispatcher(day).replan(iterations=10)  # compiled before the first is killed
    seen: dict[str, int] = {}
    events = 0
    for number in range(count):
        path = folder / f"{number // 10}.journal"
        what = kill_once(path, rng)
        seen[what] = seen.get(what, 0) + 1
        if path.exists():
            with Dispatcher(journal=path) as live:
                live.plan()
                events = max(events, live.seq)
    sys.stdout.write(json.dumps({"killed": count, "most_events": events, **seen}) + "\n")


if __name__ == "__main__":
    main()
