"""The durable log of a live day: an append-only SQLite file that is never behind an acknowledged call.

One transaction per call. With ``durable=True`` (the default) SQLite calls fsync before a call returns, so that even a
loss of power loses nothing that was acknowledged; without it, only the machine's crash, not the program's, may lose the
last moments. A journal is made under another name and put in place whole: a file at its path is a journal or foreign.
"""

from __future__ import annotations

import io
import os
import sqlite3
from collections.abc import Iterable
from pathlib import Path

import numpy as np

from routing.errors import RoutingError
from routing.live import events as e
from routing.model import Day
from routing.travel import TravelTimes

SCHEMA = 1
APPLICATION_ID = 0x6B757269  # "kuri"


class JournalError(RoutingError):
    """A journal that cannot be used: foreign, torn, of another day or version, or held by another process."""

    code = "journal"


class Journal:
    """An open journal; this process alone can write or read it until it is closed."""

    def __init__(self, path: Path | str, *, durable: bool = True) -> None:
        self.path = Path(path)
        self._file = _opened(self.path, durable=durable)

    @classmethod
    def create(cls, path: Path | str, day: Day, *, durable: bool = True) -> Journal:
        """Make a journal that begins with `day`, whole or not at all.

        Raises
        ------
        JournalError
            When there is a file at `path` already.
        """
        path = Path(path)
        part = path.with_name(f"{path.name}.{os.getpid()}.new")
        part.unlink(missing_ok=True)
        try:
            _write_opening(part, day)
            os.link(part, path)  # unlike a rename, this never replaces a file
        except FileExistsError:
            raise JournalError(f"{path}: is there already: expected no file, or a journal to go on with") from None
        finally:
            part.unlink(missing_ok=True)
        _sync_folder(path.parent)
        return cls(path, durable=durable)

    def day(self) -> Day:
        """Return the day that the journal began with."""
        try:
            (text,) = self._file.execute("SELECT value FROM opening WHERE name = 'day'").fetchone()
            (blob,) = self._file.execute("SELECT value FROM opening WHERE name = 'matrix'").fetchone()
            with np.load(io.BytesIO(blob), allow_pickle=False) as arrays:
                travel = TravelTimes(seconds=arrays["seconds"], metres=arrays["metres"])
            return Day.from_json(text, travel)
        except (sqlite3.Error, TypeError, ValueError, KeyError) as error:
            raise JournalError(f"{self.path}: the day that it began with cannot be read ({error})") from None

    def events(self, *, up_to: int | None = None) -> Iterable[e.Event]:
        """Yield the events in order, up to and with number `up_to`.

        Raises
        ------
        JournalError
            When one is missing or cannot be read.
        """
        last = 2**62 if up_to is None else up_to
        rows = self._file.execute("SELECT seq, kind, body FROM events WHERE seq <= ? ORDER BY seq", (last,))
        expected = 1
        try:
            for seq, kind, body in rows:
                if seq != expected:
                    raise JournalError(f"{self.path}: event {expected} is missing: the file is torn")
                expected += 1
                yield e.from_json(kind, body)
        except (sqlite3.Error, ValueError, TypeError) as error:
            raise JournalError(f"{self.path}: event {expected} cannot be read ({error}): the file is torn") from None

    def append(self, first: int, events: Iterable[e.Event]) -> None:
        """Write events, numbered from `first`, all or none of them; they are durable when this returns.

        Raises
        ------
        JournalError
            When they cannot be written, for instance on a full disk; nothing has then been written.
        """
        rows = [(first + i, e.NAMES[type(each)], e.to_json(each)) for i, each in enumerate(events)]
        try:
            with self._file:
                self._file.execute("BEGIN IMMEDIATE")
                self._file.executemany("INSERT INTO events (seq, kind, body) VALUES (?, ?, ?)", rows)
        except sqlite3.Error as error:
            raise JournalError(f"{self.path}: event {first} cannot be written ({error})") from None

    def close(self) -> None:
        """Let another process have the journal."""
        self._file.close()


def _write_opening(part: Path, day: Day) -> None:
    matrix = io.BytesIO()
    np.savez_compressed(matrix, seconds=day.travel.seconds, metres=day.travel.metres)
    file = sqlite3.connect(part)
    try:
        file.execute("PRAGMA synchronous = FULL")
        file.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        file.execute(f"PRAGMA user_version = {SCHEMA}")
        with file:
            file.execute("CREATE TABLE opening (name TEXT PRIMARY KEY, value BLOB NOT NULL)")
            file.execute("CREATE TABLE events (seq INTEGER PRIMARY KEY, kind TEXT NOT NULL, body TEXT NOT NULL)")
            content = [("day", day.to_json()), ("matrix", matrix.getvalue())]
            file.executemany("INSERT INTO opening (name, value) VALUES (?, ?)", content)
    finally:
        file.close()


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _opened(path: Path, *, durable: bool) -> sqlite3.Connection:
    if not path.is_file():
        raise JournalError(f"{path}: is no file: expected a journal")
    if path.stat().st_size == 0:
        raise JournalError(f"{path}: is empty: expected a journal; it is left as it is")
    # Read only until it is known to be ours: opening for writing may already change a file.
    _expect_ours(path)
    file = sqlite3.connect(path, timeout=0, isolation_level=None, check_same_thread=False)
    try:
        file.execute("PRAGMA locking_mode = EXCLUSIVE")
        file.execute("PRAGMA journal_mode = WAL")
        file.execute(f"PRAGMA synchronous = {'FULL' if durable else 'NORMAL'}")
        file.execute("BEGIN IMMEDIATE")  # takes the lock, and keeps it
        file.execute("COMMIT")
        _expect_sound(path, file)
    except sqlite3.OperationalError as error:
        file.close()
        raise _locked(path, error) from None
    except sqlite3.DatabaseError as error:
        file.close()
        raise JournalError(f"{path}: is torn ({error}); it is left as it is") from None
    except JournalError:
        file.close()
        raise
    return file


def _locked(path: Path, error: sqlite3.Error) -> JournalError:
    if "locked" in str(error):
        return JournalError(f"{path}: is in use by another dispatcher: close that one first")
    return JournalError(f"{path}: cannot be opened ({error})")


def _expect_ours(path: Path) -> None:
    """Read the head of the file itself: SQLite keeps what it needs there, whoever holds the lock."""
    with path.open("rb") as file:
        head = file.read(100)
    ours = head[:16] == b"SQLite format 3\0" and int.from_bytes(head[68:72], "big") == APPLICATION_ID
    if len(head) < 100 or not ours:
        raise JournalError(f"{path}: is no journal of a live day: expected another path; it is left as it is")
    version = int.from_bytes(head[60:64], "big")
    if version != SCHEMA:
        raise JournalError(f"{path}: has schema version {version}: expected {SCHEMA}; it is left as it is")


def _expect_sound(path: Path, file: sqlite3.Connection) -> None:
    (verdict,) = file.execute("PRAGMA quick_check(1)").fetchone()
    if verdict != "ok":
        raise JournalError(f"{path}: is torn ({verdict}); it is left as it is")
