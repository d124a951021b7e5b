"""The text of a CSV file, in any of the forms in which spreadsheets save it, split into cells."""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from routing.errors import InvalidInput, Problem

_WORKBOOK = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
"""How the files of Excel begin, new and old."""
_OPEN_QUOTE = "has a quote that is not closed in its cell: expected one at the cell's end, and quotes within it doubled"


@dataclass(frozen=True)
class Records:
    """The cells of a file, row by row, blank rows among them, and what stands between the cells."""

    rows: tuple[list[str], ...]
    delimiter: str


def read_records(path: Path) -> Records:
    """Read UTF-8 with or without mark, UTF-16 or Windows text; commas, semicolons or tabs.

    Raises
    ------
    InvalidInput
        When the file cannot be read, is no text, or has a quote that is not closed.
    """
    try:
        raw = path.read_bytes()
    except OSError as error:
        message = f"cannot be read ({error.strerror}): expected a CSV file in {path.parent}"
        raise InvalidInput([Problem(path.name, "", message)]) from error
    if raw.startswith(_WORKBOOK):
        raise InvalidInput([Problem(path.name, "", "is an Excel workbook: expected it saved as CSV")])
    text, delimiter = _delimited(_decoded(raw))
    return Records(tuple(_rows(path.name, text, delimiter)), delimiter)


def _decoded(raw: bytes) -> str:
    if raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return raw.decode("utf-16", errors="replace")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        return raw.decode("cp1252", errors="replace")


def _delimited(text: str) -> tuple[str, str]:
    """Return the table's text and its delimiter; the header decides it, as decimal commas in the rows would mislead."""
    first, _, rest = text.partition("\n")
    if first.lower().startswith("sep=") and len(first.strip()) == 5:
        return rest, first[4]
    return text, max(",;\t", key=_header(text).count)


def _header(text: str) -> str:
    return text.lstrip().partition("\n")[0]


def _rows(name: str, text: str, delimiter: str) -> list[list[str]]:
    """Split `text`; a stray quote, which would swallow the rows after it, is told where it opens."""
    lines = list(io.StringIO(text, newline=""))
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    rows: list[list[str]] = []
    begin, most = 0, _header(text).count(delimiter)
    try:
        for row in reader:
            if _are_rows(lines[begin : reader.line_num], delimiter, most):
                raise csv.Error(_OPEN_QUOTE)
            rows.append(row)
            begin = reader.line_num
    except csv.Error as error:
        raise InvalidInput([Problem(f"{name} row {len(rows) + 1}", "", _OPEN_QUOTE)]) from error
    return rows


def _are_rows(lines: Sequence[str], delimiter: str, most: int) -> bool:
    """Whether each line of one row looks like a row of its own: as many delimiters, none followed by a space.

    So they do where one stray quote opens a cell, and another one, rows later, ends it.
    """
    filled = [line for line in lines if line.strip()]
    alike = all(line.count(delimiter) == most and f"{delimiter} " not in line for line in filled)
    return len(filled) > 1 and most > 1 and alike
