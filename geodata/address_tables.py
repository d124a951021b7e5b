"""Tables of addresses: read as people keep them, written with what each address means."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from geodata._tables import Row, read_table
from geodata.addresses import AddressMatch, find_address
from geodata.street_names import StreetNames
from routing.errors import InvalidInput

COLUMNS = (
    *("row", "outcome", "kelurahan", "kecamatan", "lon", "lat", "within_metres", "confidence", "street"),
    *("candidates", "message", "address"),
)
"""The columns that are written."""

_ALIASES = {"alamat": "address", "alamat_lengkap": "address", "desa": "kelurahan"}


@dataclass(frozen=True)
class AddressRow:
    """An address of a table and what it means.

    Attributes
    ----------
    row
        Its number as a spreadsheet shows it, empty for a text on its own.
    match
        What it means.
    """

    row: str
    match: AddressMatch


def find_addresses(path: Path | str, *, streets: StreetNames | None = None) -> list[AddressRow]:
    """Return what each row of a CSV file means.

    Parameters
    ----------
    path
        A file with a column ``address`` (or ``alamat``); columns ``kelurahan`` and ``kecamatan`` are read with
        it where they are there, all others are passed over.
    streets
        Streets by name, see `geodata.street_names`.

    Raises
    ------
    InvalidInput
        When the file cannot be read or has no such column.
    """
    table = read_table(Path(path), required=("address",), optional=(), aliases=_ALIASES, others=True)
    if table.problems:
        raise InvalidInput(table.problems)
    return [AddressRow(row.where.rpartition(" ")[2], find_address(_text(row), streets=streets)) for row in table.rows]


def outcome_counts(rows: Iterable[AddressRow]) -> dict[str, int]:
    """Return how many addresses are found, ambiguous, outside and unknown."""
    counts = Counter(each.match.outcome for each in rows)
    return {outcome: counts[outcome] for outcome in ("found", "ambiguous", "outside", "unknown")}


def match_record(each: AddressRow) -> dict[str, Any]:
    """Return a row with the columns `COLUMNS`; position and confidence only where the address is found."""
    place = each.match.place
    record: dict[str, Any] = dict.fromkeys(COLUMNS, "")
    record |= {"row": each.row, "outcome": each.match.outcome, "message": each.match.message}
    record |= {"address": each.match.text}
    if place is None:
        return record | {"candidates": "; ".join(map(str, each.match.candidates))}
    return record | {
        "kelurahan": place.kelurahan.name,
        "kecamatan": place.kelurahan.kecamatan,
        "lon": place.lon,
        "lat": place.lat,
        "within_metres": round(place.uncertainty_metres),
        "confidence": place.confidence,
        "street": place.street,
    }


def matches_csv(rows: Iterable[AddressRow]) -> str:
    """Return a table with the columns `COLUMNS`."""
    text = io.StringIO(newline="")
    table = csv.DictWriter(text, COLUMNS, lineterminator="\r\n")
    table.writeheader()
    table.writerows(match_record(each) for each in rows)
    return text.getvalue()


def _text(row: Row) -> str:
    labelled = ((label, row.cells.get(column)) for label, column in (("Kel.", "kelurahan"), ("Kec.", "kecamatan")))
    return ", ".join([row.cells.get("address", ""), *(f"{label} {name}" for label, name in labelled if name)])
