"""How well addresses are understood: `addresses.csv` beside this file, judged part by part.

``development`` and ``held-out`` were written before there was a reader, and ``held-out`` was never tuned on.
``public`` are addresses of shops, schools and offices as their owners publish them; ``later`` are more of these,
collected after the last change. ``python -m tests.geodata.address_figures [NETWORK]`` prints the table.
"""

from __future__ import annotations

import csv
import sys
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from geodata.addresses import AddressMatch, find_address
from geodata.street_names import StreetNames, street_names

TABLE = Path(__file__).with_name("addresses.csv")
PARTS = ("development", "held-out", "public", "later")


@dataclass(frozen=True)
class Figures:
    """How many addresses of a part there are, are to be found, are found, are found rightly; and the rest.

    Attributes
    ----------
    others, others_right
        Addresses that are ambiguous, outside or no address, and those that are reported as that.
    """

    addresses: int
    wanted: int
    given: int
    right: int
    others: int
    others_right: int

    @property
    def precision(self) -> float:
        return self.right / self.given

    @property
    def recall(self) -> float:
        return self.right / self.wanted


@cache
def rows(part: str) -> list[dict[str, str]]:
    with TABLE.open(encoding="utf-8", newline="") as file:
        return [row for row in csv.DictReader(file) if row["part"] == part]


def is_right(row: dict[str, str], match: AddressMatch) -> bool:
    """Whether a match says what the table says; an ambiguous one must hold all candidates that the table names."""
    if match.outcome != row["outcome"]:
        return False
    names = {each.kelurahan.name for each in match.candidates}
    expected = set(filter(None, row["kelurahan"].split(";")))
    return names == expected if match.outcome == "found" else expected <= names


def figures(part: str, streets: StreetNames | None = None) -> Figures:
    judged = [(row, find_address(row["text"], streets=streets)) for row in rows(part)]
    others = [is_right(row, match) for row, match in judged if row["outcome"] != "found"]
    return Figures(
        addresses=len(judged),
        wanted=len(judged) - len(others),
        given=sum(match.outcome == "found" for _, match in judged),
        right=sum(match.outcome == "found" and is_right(row, match) for row, match in judged),
        others=len(others),
        others_right=sum(others),
    )


def main() -> None:
    from geodata.streets import load_network

    streets = street_names(load_network(sys.argv[1])) if len(sys.argv) > 1 else None
    lines = ["part         addresses  to find  found  right  precision  recall  others reported rightly"]
    for part in PARTS:
        each = figures(part, streets)
        counts = f"{part:<13}{each.addresses:>9}{each.wanted:>9}{each.given:>7}{each.right:>7}"
        shares = f"{each.precision:>11.3f}{each.recall:>8.3f}{each.others_right:>9} of {each.others}"
        lines.append(counts + shares)
    sys.stdout.write("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
