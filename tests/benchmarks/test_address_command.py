from __future__ import annotations

import csv
import io
import json

import pytest
from typer.testing import CliRunner

from benchmarks.cli import app
from geodata.gazetteer import find_kelurahan

runner = CliRunner()
BENDA = find_kelurahan("Pondok Benda")


def run(*arguments):
    return runner.invoke(app, ["address", *map(str, arguments)])


def test_an_address_that_is_found_is_a_place_with_how_exact_and_how_sure_it_is():
    result = run("RT 02/RW 05 Pd. Benda, Pamulang")
    assert result.exit_code == 0
    assert result.stdout.splitlines() == [
        "Pondok Benda, Pamulang (36.74.06.1003)",
        f"lon, lat     {BENDA.lon}, {BENDA.lat}  middle of the kelurahan, within 1,654 m",
        "confidence   98%",
        "parts        RT 2, RW 5",
    ]


@pytest.mark.parametrize(
    ("text", "outcome", "candidates"),
    [("Jl. Melati 5, Setu", "ambiguous", 6), ("Cisauk, Kab. Tangerang", "outside", 0), ("???", "unknown", 0)],
)
def test_an_address_that_is_not_found_ends_with_one_and_its_candidates(text, outcome, candidates):
    result = run(text)
    assert result.exit_code == 1
    assert result.stdout.startswith(f"{outcome}: it names")
    assert len(result.stdout.splitlines()) == 1 + candidates


def test_json_is_one_object_with_all_candidates():
    result = run("Kel. Pamulang", "--json")
    answer = json.loads(result.stdout)
    assert answer["counts"] == {"found": 0, "ambiguous": 1, "outside": 0, "unknown": 0}
    assert [each["kelurahan"] for each in answer["addresses"][0]["candidates"]] == ["Pamulang Barat", "Pamulang Timur"]


@pytest.fixture
def table(tmp_path):
    path = tmp_path / "rows.csv"
    path.write_text(
        'no;alamat;kecamatan;telepon\n1;"Jl. Salak 3; Pondok Benda";;0812\n\n2;Jombang;Pamulang;\n', encoding="utf-8"
    )
    return path


def test_a_table_becomes_a_table_with_the_rows_a_spreadsheet_shows(table, tmp_path):
    result = run("--file", table)
    assert result.exit_code == 1
    rows = list(csv.DictReader(io.StringIO(result.stdout)))
    assert [(row["row"], row["outcome"], row["kelurahan"]) for row in rows] == [
        ("2", "found", "Pondok Benda"),
        ("4", "ambiguous", ""),
    ]
    assert rows[1]["candidates"] == "Jombang (Ciputat)"
    assert "2 addresses: 1 found, 1 ambiguous, 0 outside, 0 unknown" in result.stderr
    out = tmp_path / "placed.csv"
    assert run("--file", table, "-o", out).stdout == ""
    assert list(csv.DictReader(io.StringIO(out.read_text(encoding="utf-8-sig"), newline=""))) == rows


def test_streets_of_a_table_place_addresses_nearer(table, tmp_path):
    streets = tmp_path / "streets.csv"
    streets.write_text(f"name,lon,lat\nJalan Salak,{BENDA.lon + 0.001:.6f},{BENDA.lat}\n", encoding="utf-8")
    answer = json.loads(run("--file", table, "--streets", streets, "--json").stdout)
    place = answer["addresses"][0]["candidates"][0]
    assert (place["street"], place["within_metres"]) == ("Salak", 75)
    assert place["lon"] == pytest.approx(BENDA.lon + 0.001, abs=1e-6)


def test_a_network_without_names_is_said_to_have_none():
    result = run("Rempoa", "--network", "embedded")
    assert result.exit_code == 0
    assert "embedded has no names of streets" in result.stderr


@pytest.mark.parametrize("arguments", [(), ("Rempoa", "--file", "rows.csv"), ("--file", "missing.csv")])
def test_bad_input_ends_with_two_and_a_line(arguments):
    result = run(*arguments)
    assert result.exit_code == 2
    assert len(result.stderr.splitlines()) == 1


def test_a_table_without_addresses_is_refused(tmp_path):
    path = tmp_path / "rows.csv"
    path.write_text("id,street\n1,Rempoa\n", encoding="utf-8")
    result = run("--file", path)
    assert result.exit_code == 2
    assert "rows.csv row 1: address: is missing from the header" in result.stderr
