"""Tables as people save them: any of Excel's CSV forms, read into rows that know where they stand."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import TypeVar

from geodata._csv_text import read_records
from routing.errors import InvalidInput, Problem

Value = TypeVar("Value")
Default = TypeVar("Default")
_MEANT = {
    **dict.fromkeys(("no", "nomor", "kode", "nama"), ("id",)),
    **dict.fromkeys(("jenis", "tipe", "type"), ("kind",)),
    **dict.fromkeys(("tempat", "lokasi"), ("place",)),
    **dict.fromkeys(("lng", "long", "longitude", "bujur"), ("lon",)),
    **dict.fromkeys(("latitude", "lintang"), ("lat",)),
    **dict.fromkeys(("desa", "kel"), ("kelurahan",)),
    "kec": ("kecamatan",),
    **dict.fromkeys(("alamat", "alamat_lengkap"), ("address",)),
    **dict.fromkeys(("jumlah", "dokumen", "berkas"), ("documents",)),
    **dict.fromkeys(("jam", "waktu"), ("windows", "shift")),
    "durasi": ("service",),
    "prioritas": ("priority",),
    "keahlian": ("skills",),
    **dict.fromkeys(("siap", "ready"), ("ready_at",)),
    "due": ("due_at_hub",),
    "kapasitas": ("capacity",),
    "istirahat": ("breaks",),
    **dict.fromkeys(("mulai", "berangkat"), ("start",)),
    "selesai": ("end",),
    "biaya_km": ("cost_km",),
    "biaya_jam": ("cost_hour",),
}
"""Column names in common use that a comparison of letters does not lead to ours, and which of ours they may mean."""
_ALIKE = 0.7
"""Similarity from which a name is one of ours misspelt: a slip in four letters, two in seven."""
_WHOLE, _DECIMALS = re.compile(r"[+-]?\d{1,3}"), re.compile(r"\d{3,}")
"""The two halves of degrees with a decimal comma, where the comma was taken for the end of a cell."""
_DELIMITERS = {",": "commas", ";": "semicolons", "\t": "tabs"}
_MISSING = "is missing from the header: expected this column"


@dataclass
class Row:
    """One row; readings that fail are noted in `problems`, with the row and the field.

    Attributes
    ----------
    where
        For instance ``requests.csv row 12``, counted as a spreadsheet does: the header is row 1.
    cells
        The filled cells by column; blank cells are absent.
    problems
        What is wrong with this row.
    absent
        Required columns the whole file lacks: said once for the file, so not again for each row.
    """

    where: str
    cells: Mapping[str, str]
    absent: frozenset[str] = frozenset()
    problems: list[Problem] = field(default_factory=list)

    def note(self, name: str, message: str) -> None:
        """Note a problem of this row."""
        self.problems.append(Problem(self.where, name, message))

    def read(self, name: str, reader: Callable[[str], Value], default: Default) -> Value | Default:
        """Return what cell `name` says, or `default` when it is blank or cannot be read."""
        text = self.cells.get(name)
        if text is None:
            return default
        try:
            return reader(text)
        except ValueError as error:
            self.note(name, str(error))
            return default

    def need(self, name: str, reader: Callable[[str], Value], default: Default, expected: str) -> Value | Default:
        """Return what cell `name` says; a blank cell is a problem."""
        if name not in self.cells and name not in self.absent:
            self.note(name, f"is empty: expected {expected}")
        return self.read(name, reader, default)

    def make(self, maker: Callable[[], Value]) -> Value | None:
        """Return what `maker` makes, or None where the row or the model objects."""
        if self.problems or self.absent:
            return None
        try:
            return maker()
        except InvalidInput as error:
            self.problems += [Problem(self.where, each.field, each.message) for each in error.problems]
            return None


@dataclass(frozen=True)
class Table:
    """All rows of a file, and what is wrong with the file itself."""

    rows: tuple[Row, ...]
    problems: tuple[Problem, ...]


def read_table(
    path: Path,
    *,
    required: Sequence[str],
    optional: Sequence[str],
    aliases: Mapping[str, str] | None = None,
    any_of: Sequence[str] = (),
    others: bool = False,
) -> Table:
    """Read a CSV file, in any form that `read_records` knows.

    Blank lines are passed over but counted, so that a row's number is the one a spreadsheet shows. A column
    whose name nearly is one of ours is a problem, told once, and read as ours, so that it causes no more.

    Parameters
    ----------
    required, optional
        The columns there must and may be.
    aliases
        Other names of columns.
    any_of
        Columns of which at least one must be there.
    others
        Whether columns of any other name may be there, too.
    """
    try:
        records = read_records(path)
    except InvalidInput as error:
        return Table((), error.problems)
    filled = [(number, line) for number, line in enumerate(records.rows, start=1) if any(map(str.strip, line))]
    if not filled:
        return Table((), (Problem(path.name, "", f"is empty: expected a header with {', '.join(required)}"),))
    (first, header), *body = filled
    aliases = aliases or {}
    columns = [aliases.get(name, name) for name in map(_plain_name, header)]
    while columns and not columns[-1]:
        columns.pop()
    known = (*required, *optional, *(columns if others else ()))
    meant = _meanings(columns, known, aliases)
    problems = _header_problems(f"{path.name} row {first}", columns, known, meant)
    columns = [aliases.get(name, name) for name in (meant.get(name, name) for name in columns)]
    absent = _absent(columns, required, any_of)
    problems += [Problem(f"{path.name} row {first}", " or ".join(each), _MISSING) for each in absent]
    missing = frozenset(sum(absent, ()))
    rows = [_row(f"{path.name} row {number}", columns, line, missing, records.delimiter) for number, line in body]
    return Table(tuple(rows), tuple(problems))


def _plain_name(cell: str) -> str:
    return cell.strip().casefold().replace(" ", "_").replace("-", "_")


def _header_problems(where: str, columns: list[str], known: tuple[str, ...], meant: Mapping[str, str]) -> list[Problem]:
    problems = [
        Problem(where, column or "(no name)", f"is no column of this file: {_remark(meant.get(column), known)}")
        for column in columns
        if column not in known
    ]
    problems += [
        Problem(where, column, "stands more than once in the header: expected once")
        for column, times in Counter(columns).items()
        if times > 1 and column
    ]
    return problems


def _absent(columns: Sequence[str], required: Sequence[str], any_of: Sequence[str]) -> list[tuple[str, ...]]:
    """Return each column that ought to be there; alternatives stand together."""
    absent: list[tuple[str, ...]] = [(name,) for name in required if name not in columns]
    for one, other in (("lon", "lat"), ("lat", "lon")):
        absent += [(name,) for name in _partners(columns, one, other) if name not in columns]
    if any_of and not set(any_of) & set(columns):
        absent.append(tuple(any_of))
    return absent


def _partners(columns: Sequence[str], one: str, other: str) -> list[str]:
    """Return the column with the other half of each position, like ``start_lat`` for ``start_lon``."""
    return [name.removesuffix(one) + other for name in columns if name == one or name.endswith(f"_{one}")]


def _meanings(columns: Sequence[str], known: Sequence[str], aliases: Mapping[str, str]) -> dict[str, str]:
    """Return which column each of another name stands for; none stands for one that is there too."""
    meant: dict[str, str] = {}
    taken = set(columns)
    for name in columns:
        free = [each for each in (*known, *aliases) if aliases.get(each, each) not in taken]
        close = None if name in known else _close(name, free)
        if close is not None:
            meant[name] = close
            taken.add(aliases.get(close, close))
    return meant


def _close(word: str, known: Sequence[str]) -> str | None:
    from rapidfuzz.distance import OSA
    from rapidfuzz.process import extractOne

    end, _, rest = word.partition("_")
    meanings = (*_MEANT.get(word, ()), *(f"{end}_{each}" for each in _MEANT.get(rest, ())))
    close = extractOne(word, known, scorer=OSA.normalized_similarity, score_cutoff=_ALIKE)
    return next((each for each in meanings if each in known), close[0] if close else None)


def nearest(word: str, known: Iterable[str]) -> str:
    """Return a remark on which of `known` was meant, or what there is."""
    known = tuple(known)
    return _remark(_close(word, known), known)


def _remark(meant: str | None, known: Iterable[str]) -> str:
    return f"did you mean {meant!r}?" if meant else f"expected one of {', '.join(known)}"


def _row(where: str, columns: list[str], line: list[str], absent: frozenset[str], delimiter: str) -> Row:
    cells = {column: cell.strip() for column, cell in zip(columns, line, strict=False) if cell.strip()}
    row = Row(where, cells, absent)
    if any(cell.strip() for cell in line[len(columns) :]):
        expected = f"expected {_quoted(line, delimiter)} to be quoted"
        row.note("", f"has {len(line)} cells under {len(columns)} columns: {expected}")
    return row


def _quoted(line: Sequence[str], delimiter: str) -> str:
    """Return what probably holds the delimiter: decimal commas leave a whole number and its decimals side by side."""
    split = (_WHOLE.fullmatch(one.strip()) and _DECIMALS.fullmatch(other.strip()) for one, other in pairwise(line))
    if delimiter == "," and any(split):
        return "numbers with decimal commas (or semicolons between the columns)"
    return f"a cell with {_DELIMITERS.get(delimiter, repr(delimiter))}"
