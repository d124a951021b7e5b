"""The journal loses nothing, takes no foreign file for its own, and has one owner."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from routing import Dispatcher, JournalError, Request, check
from routing.live import journal as module
from tests.routing.town import town_day

KILLS = int(os.environ.get("KURIR_KILLS", "25"))
"""How many processes are killed; ``KURIR_KILLS=300 pytest tests/routing/live/test_journal.py -k killed`` for more."""


@pytest.fixture
def day():
    return town_day(12)


@pytest.fixture
def path(tmp_path):
    return tmp_path / "day.journal"


def test_a_killed_process_leaves_what_it_acknowledged(tmp_path):
    program = Path(__file__).with_name("killed.py")
    ended = subprocess.run(
        [sys.executable, program, tmp_path, str(KILLS), "1"], capture_output=True, text=True, check=False
    )
    assert ended.returncode == 0, ended.stderr
    seen = json.loads(ended.stdout)
    assert seen["killed"] == KILLS
    assert seen["as acknowledged"] + seen.get("more than acknowledged", 0) > KILLS // 2


def test_a_day_goes_on_from_its_journal(day, path):
    with Dispatcher(day, journal=path) as live:
        live.add(Request("N1", "pickup", 3), at=9 * 3600)
        plan, digest = live.plan(), live.digest()
    for given in (day, None):
        with Dispatcher(given, journal=path) as again:
            assert again.digest() == digest
            assert again.plan() == plan
            assert again.now == 9 * 3600
            assert check(again.day(), plan) == []


def test_a_second_process_is_refused(day, path):
    program = f"from routing import Dispatcher; Dispatcher(journal={str(path)!r})"
    with Dispatcher(day, journal=path):
        ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
        assert ended.returncode != 0
        assert "is in use by another dispatcher" in ended.stderr
    Dispatcher(journal=path).close()


def test_a_second_dispatcher_of_the_same_process_is_refused(day, path):
    with Dispatcher(day, journal=path), pytest.raises(JournalError, match="in use"):
        Dispatcher(journal=path)


def test_the_journal_of_another_day_is_refused_and_stays(day, path):
    Dispatcher(day, journal=path).close()
    before = path.read_bytes()
    with pytest.raises(JournalError, match="belongs to another day"):
        Dispatcher(town_day(13), journal=path)
    assert path.read_bytes() == before
    Dispatcher(day, journal=path).close()


@pytest.mark.parametrize("content", [b"", b"id,place\n1,2\n", b"SQLite format 3\0" + bytes(200), bytes(5000)])
def test_a_foreign_file_is_refused_and_stays(day, path, content):
    path.write_bytes(content)
    with pytest.raises(JournalError, match="left as it is"):
        Dispatcher(day, journal=path)
    assert path.read_bytes() == content


def test_another_programs_database_is_refused_and_stays(day, path):
    with sqlite3.connect(path) as file:
        file.execute("CREATE TABLE events (seq INTEGER)")
    file.close()
    before = path.read_bytes()
    with pytest.raises(JournalError, match="no journal of a live day"):
        Dispatcher(day, journal=path)
    assert path.read_bytes() == before


@pytest.mark.parametrize("share", [0.1, 0.3, 0.6, 0.9, 0.99])
def test_a_torn_journal_is_refused_and_stays(day, path, share):
    Dispatcher(day, journal=path).close()
    whole = path.read_bytes()
    torn = whole[: int(len(whole) * share)]
    path.write_bytes(torn)
    with pytest.raises(JournalError):
        Dispatcher(day, journal=path)
    assert path.read_bytes() == torn


def test_a_journal_with_a_missing_event_is_refused(day, path):
    with Dispatcher(day, journal=path) as live:
        live.tick(100)
        live.tick(200)
    with sqlite3.connect(path) as file:
        file.execute("DELETE FROM events WHERE seq = 2")
    file.close()
    with pytest.raises(JournalError, match="event 2 is missing"):
        Dispatcher(day, journal=path)


def test_a_journal_of_a_later_version_is_refused_and_stays(day, path, monkeypatch):
    monkeypatch.setattr(module, "SCHEMA", 2)
    Dispatcher(day, journal=path).close()
    monkeypatch.undo()
    before = path.read_bytes()
    with pytest.raises(JournalError, match="schema version 2: expected 1"):
        Dispatcher(day, journal=path)
    assert path.read_bytes() == before


def test_a_call_that_cannot_be_written_changes_nothing(day, path):
    with Dispatcher(day, journal=path) as live:
        before = live.digest()
        live._journal._file.execute("PRAGMA query_only = ON")
        with pytest.raises(JournalError, match="cannot be written"):
            live.tick(12_345)
        with pytest.raises(JournalError):
            live.add(Request("N1", "pickup", 3))
        assert live.digest() == before
        live._journal._file.execute("PRAGMA query_only = OFF")
        live.tick(12_345)
        assert live.now == 12_345


def test_nothing_personal_is_stored(day, path):
    """Ids, places, times and numbers: the journal has no column and no field for anything else."""
    with Dispatcher(day, journal=path) as live:
        live.add(Request("N1", "pickup", 3), at=9 * 3600)
    with sqlite3.connect(path) as file:
        kinds = {kind: set(json.loads(body)) for kind, body in file.execute("SELECT kind, body FROM events")}
        request = json.loads(file.execute("SELECT body FROM events WHERE kind = 'added'").fetchone()[0])["requests"][0]
    file.close()
    assert kinds["added"] == {"requests", "at"}
    assert set(request) == set(Request.__dataclass_fields__)


def test_threads_see_whole_changes_only(day, path):
    with Dispatcher(day, journal=path, durable=False) as live:
        errors = []

        def add(first):
            for number in range(first, first + 8):
                live.add(Request(f"N{number}", "pickup", 1 + number % 5))

        def read():
            for _ in range(12):
                try:
                    assert check(*live.day_and_plan()) == []
                except Exception as error:
                    errors.append(error)

        threads = [threading.Thread(target=add, args=(100 * i,)) for i in range(3)]
        threads += [threading.Thread(target=read) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert errors == []
        names = {request.id for request in live.day().requests}
        assert {f"N{100 * i + j}" for i in range(3) for j in range(8)} <= names
        digest = live.digest()
    with Dispatcher(journal=path) as again:
        assert again.digest() == digest
