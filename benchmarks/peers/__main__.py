"""``python -m benchmarks.peers NAME DAY.json ANSWER.json TERMS``: one peer, alone in its process."""

from __future__ import annotations

import json
import sys
import time
from dataclasses import asdict
from pathlib import Path

from benchmarks.peers import PEERS
from benchmarks.peers.answer import NothingFound, Terms, Unsupported
from routing.files import read_day


def main(name: str, asked: str, answered: str, terms: str) -> None:
    """Solve the day in the file `asked` on `terms`, which are JSON, and write the runs to the file `answered`."""
    day = read_day(asked)
    solve = PEERS[name].solve
    started = time.perf_counter()
    answer: dict[str, object] = {"failure": ""}
    try:
        found = solve(day, Terms(**json.loads(terms)))
        answer |= asdict(found)
    except Unsupported as error:
        answer["failure"] = f"cannot model this: {error}"
    except NothingFound as error:
        answer["failure"] = str(error)
    answer["seconds"] = time.perf_counter() - started
    Path(answered).write_text(json.dumps(answer), encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
