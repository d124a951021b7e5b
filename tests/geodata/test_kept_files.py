from __future__ import annotations

from pathlib import Path

import pytest

from geodata.kept_files import write_keeping


def contents(folder: Path) -> dict[str, str]:
    return {file.name: file.read_text() for file in folder.iterdir()}


def test_other_content_is_kept_beside_under_the_first_name_that_is_free(tmp_path: Path) -> None:
    file = tmp_path / "a.csv"
    kept = [write_keeping(file, text) for text in ("one", "two", "three", "four")]
    assert kept == [None, tmp_path / "a.csv.old", tmp_path / "a.csv.old2", tmp_path / "a.csv.old3"]
    assert contents(tmp_path) == {"a.csv": "four", "a.csv.old": "one", "a.csv.old2": "two", "a.csv.old3": "three"}


def test_the_same_content_is_kept_once(tmp_path: Path) -> None:
    file = tmp_path / "a.csv"
    for text in ("one", "one", "two", "one", "two", "one"):
        write_keeping(file, text)
    assert contents(tmp_path) == {"a.csv": "one", "a.csv.old": "one", "a.csv.old2": "two"}


def test_what_cannot_be_replaced_stays_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "a.csv").mkdir()
    with pytest.raises(OSError, match=r"a\.csv"):
        write_keeping(tmp_path / "a.csv", "one")
    assert [each.name for each in tmp_path.iterdir()] == ["a.csv"]
