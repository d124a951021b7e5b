"""The lines of an instance file, plain or compressed, with errors that name the line."""

from __future__ import annotations

import gzip
import math
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

from benchmarks.meant import path_meant
from routing.errors import InvalidInput, Problem

MOST = 10**8
"""No number of an instance is larger, nor smaller than its negative: sums and scaled values of them stay exact."""


@dataclass(frozen=True)
class Line:
    """One line that is not blank.

    Attributes
    ----------
    source
        Name of the file.
    number
        From 1.
    text
        Without surrounding blanks.
    """

    source: str
    number: int
    text: str

    @property
    def value(self) -> str:
        """What stands after the first colon, as in ``KEY : VALUE``."""
        return self.text.partition(":")[2].strip()

    def fail(self, field: str, message: str) -> NoReturn:
        """Raise `InvalidInput` that names this line, `field` and what was expected."""
        raise InvalidInput([Problem(f"{self.source} line {self.number}", field, message)])

    def numbers(self, names: Sequence[str], *, separator: str | None = None) -> list[float]:
        """Return the numbers on this line, one for each of `names`.

        Raises
        ------
        InvalidInput
            When there are more or fewer, or one is no number within `MOST`.
        """
        parts = self.text.split(separator)
        if len(parts) != len(names):
            self.fail(", ".join(names), f"has {len(parts)} values in {self.text!r}: expected {len(names)}")
        return [self.number_in(part, name) for part, name in zip(parts, names, strict=True)]

    def number_in(self, text: str, field: str) -> float:
        """Return the number that `text` is, negative ones included."""
        try:
            value = float(text)
        except ValueError:
            value = math.nan
        if not math.isfinite(value):
            self.fail(field, f"is {text.strip()!r}: expected a number")
        if abs(value) > MOST:
            self.fail(field, f"is {text.strip()!r}: expected a number up to {MOST}")
        return value

    def whole(self, text: str, field: str, *, least: int = 0) -> int:
        """Return the whole number that `text` is."""
        value = self.number_in(text, field)
        if value != int(value) or value < least:
            self.fail(field, f"is {text.strip()!r}: expected a whole number of at least {least}")
        return int(value)


@dataclass(frozen=True)
class Lines:
    """The lines of one file that are not blank.

    Attributes
    ----------
    source
        Name of the file.
    rows
        The lines in order.
    count
        How many lines the file has, blank ones included.
    """

    source: str
    rows: tuple[Line, ...]
    count: int

    def __iter__(self) -> Iterator[Line]:
        return iter(self.rows)

    def ends_early(self, expected: str) -> NoReturn:
        """Raise `InvalidInput` that says what was still expected after the last line."""
        raise InvalidInput(
            [Problem(f"{self.source} line {self.count}", "", f"the file ends here: expected {expected}")]
        )

    def take(self, left: Iterator[Line], expected: str) -> Line:
        """Return the next line of `left`, or raise `InvalidInput` that says what was `expected`."""
        line = next(left, None)
        if line is None:
            self.ends_early(expected)
        return line

    @classmethod
    def of_file(cls, path: Path) -> Lines:
        """Read `path`, decompressed when its name ends in ``.gz``.

        Raises
        ------
        InvalidInput
            When it does not exist, is no text or its compressed data end early or are damaged.
        """
        try:
            data = path.read_bytes()
        except OSError as error:
            message = f"cannot be read: {error.strerror}{path_meant(path)}"
            raise InvalidInput([Problem(str(path), "", message)]) from error
        if path.suffix == ".gz":
            data = _decompressed(path, data)
        try:
            text = data.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            number = data[: error.start].count(b"\n") + 1
            raise InvalidInput(
                [Problem(f"{path.name} line {number}", "", "is not text: expected a text file in UTF-8")]
            ) from error
        return cls.of_text(text, path.name)

    @classmethod
    def of_text(cls, text: str, source: str) -> Lines:
        """Split `text` of the file named `source`."""
        raw = text.splitlines()
        rows = tuple(Line(source, number, each.strip()) for number, each in enumerate(raw, 1) if each.strip())
        return cls(source, rows, len(raw))


def _decompressed(path: Path, data: bytes) -> bytes:
    try:
        return gzip.decompress(data)
    except (EOFError, OSError, zlib.error) as error:
        # The part that can be had says up to which line the file is whole.
        whole = _as_far_as_possible(data).count(b"\n") + 1
        message = "the compressed data end early or are damaged here: expected a whole .gz file"
        raise InvalidInput([Problem(f"{path.name} line {whole}", "", message)]) from error


def _as_far_as_possible(data: bytes) -> bytes:
    try:
        return zlib.decompressobj(zlib.MAX_WBITS | 16).decompress(data)
    except zlib.error:
        return b""
