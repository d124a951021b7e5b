"""How well addresses are understood: `addresses.csv` beside this file, judged part by part.

``development`` and ``held-out`` were written before there was a reader, and ``held-out`` was never tuned on.
``public`` are addresses of shops, schools and offices as their owners publish them; ``later`` are more of these,
collected after what was learnt from ``public``, and never tuned on.
``python -m tests.geodata.address_figures [NETWORK]`` prints the table.
"""

from __future__ import annotations

import csv
import random
import sys
from collections import Counter
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from geodata.addresses import AddressMatch, find_address
from geodata.gazetteer import KELURAHAN
from geodata.street_names import StreetNames, street_names

TABLE = Path(__file__).with_name("addresses.csv")
FORMS = ("{}", "{}, {}", "Kel. {}", "RT 1/2 {} {}")
LETTERS = "aiueonrtkghs"
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


def with_slips(name: str, slips: int, chance: random.Random) -> str:
    """Return a name with so many letters replaced, left out, put in or exchanged, anywhere."""
    letters = list(name.lower())
    for _ in range(slips):
        at, kind = chance.randrange(len(letters)), chance.choice("rlpe")
        if kind == "r":
            letters[at] = chance.choice(LETTERS)
        elif kind == "l" and len(letters) > 3:
            del letters[at]
        elif kind == "p":
            letters.insert(at, chance.choice(LETTERS))
        elif at + 1 < len(letters):
            letters[at], letters[at + 1] = letters[at + 1], letters[at]
    return "".join(letters)


def slip_counts(slips: int, *, each: int = 30, seed: int = 3) -> Counter[str]:
    """Return how often misspelt names lead to the ``right`` kelurahan, to a ``wrong`` one, or to none.

    Parameters
    ----------
    each
        Misspellings of each of the 54 names in each of the forms `FORMS`.
    """
    chance = random.Random(seed)
    counts: Counter[str] = Counter()
    for form in FORMS:
        for kelurahan in KELURAHAN:
            for _ in range(each):
                written = form.format(with_slips(kelurahan.name, slips, chance), kelurahan.kecamatan)
                place = find_address(written).place
                counts["none" if place is None else "right" if place.kelurahan == kelurahan else "wrong"] += 1
    return counts


def main() -> None:
    from geodata.streets import load_network

    streets = street_names(load_network(sys.argv[1])) if len(sys.argv) > 1 else None
    lines = ["part         addresses  to find  found  right  precision  recall  others reported rightly"]
    for part in PARTS:
        each = figures(part, streets)
        counts = f"{part:<13}{each.addresses:>9}{each.wanted:>9}{each.given:>7}{each.right:>7}"
        shares = f"{each.precision:>11.3f}{each.recall:>8.3f}{each.others_right:>9} of {each.others}"
        lines.append(counts + shares)
    for slips in (1, 2):
        counted = ", ".join(f"{count} {what}" for what, count in sorted(slip_counts(slips).items()))
        lines.append(f"names with {slips} random slip{'s' * (slips > 1)}: {counted}")
    sys.stdout.write("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
