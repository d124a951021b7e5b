"""Prove the optima of little days anew: ``python -m tests.routing.prove > tests/routing/small_optima.json``.

Days on which the model is not done within a few seconds are left out.
"""

from __future__ import annotations

import json
import sys

from tests.routing.oracle import best_plan
from tests.routing.small_days import CLASSES

DAYS_PER_CLASS = 40


def optima() -> dict[str, dict[str, int]]:
    """The proven cost of the first days of each class, by seed."""
    found: dict[str, dict[str, int]] = {}
    for name, make in CLASSES.items():
        rows: dict[str, int] = {}
        seed = 0
        while len(rows) < DAYS_PER_CLASS:
            plan, proven = best_plan(make(seed), seconds=6)
            if proven:
                rows[str(seed)] = plan.cost.total
            seed += 1
        found[name] = rows
    return found


if __name__ == "__main__":
    json.dump(optima(), sys.stdout, indent=1)
    sys.stdout.write("\n")
