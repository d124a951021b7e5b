"""Tables as people save them, and what is said of their faults."""

from __future__ import annotations

from pathlib import Path

import pytest

from geodata._tables import Table, read_table
from geodata.dayfolder import read_day_folder
from routing.errors import InvalidInput

HEADER = "id,kind,address,documents\n"
OPEN = "has a quote that is not closed in its cell: expected one at the cell's end, and quotes within it doubled"


def table_of(tmp_path: Path, text: str | bytes) -> Table:
    file = tmp_path / "requests.csv"
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    return read_table(file, required=("id", "kind"), optional=("address", "documents"))


def problems_of(table: Table) -> list[str]:
    return [str(problem) for problem in (*table.problems, *(each for row in table.rows for each in row.problems))]


@pytest.mark.parametrize(
    "rows",
    [
        'P1,pickup,Jl. A,1\n\nP2,pickup,"Jl. B,2\nP3,pickup,Jl. C,3\n',
        'P1,pickup,Jl. A,1\n\nP2,pickup,"Jl. B,2\nP3,pickup,Jl. C,3\nP4,pickup,"Jl. D, Setu",4\n',
        'P1,pickup,Jl. A,1\n\nP2,pickup,"Jl. B,2\nP3,pickup,Jl. C",3\nP4,pickup,Jl. D,4\n',
        'P1,pickup,"Jl. A,\nSetu",1\n\nP2,pickup,"Jl. "Melati" 2",2\n',
        'P1,pickup,Jl. A,1\n\nP2,pickup,"' + "Jl. B" * 30_000 + "\n",
    ],
    ids=["never closed", "closed by the next quoted cell", "closed at a cell's end", "not doubled", "very long"],
)
def test_a_quote_that_is_not_closed_is_told_by_the_row_where_it_opens(tmp_path: Path, rows: str) -> None:
    table = table_of(tmp_path, HEADER + rows)
    assert problems_of(table) == [f"requests.csv row 4: {OPEN}"]
    assert table.rows == ()


@pytest.mark.parametrize(
    "address",
    [
        "Jl. A\nKel. B, Kec. C",
        "Jl. A, RT 1, RW 2\nKel. B, Kec. C, Tangsel, Banten",
        'Toko "Maju"\r\nlantai 2',
        "5\u201d",
    ],
)
def test_cells_with_line_breaks_and_doubled_quotes_are_read_whole(tmp_path: Path, address: str) -> None:
    quoted = address.replace('"', '""')
    table = table_of(tmp_path, f'{HEADER}P1,pickup,"{quoted}",1\nP2,pickup,Jl. 5" C,2\n')
    assert problems_of(table) == []
    assert [row.cells["address"] for row in table.rows] == [address, 'Jl. 5" C']
    assert [row.where for row in table.rows] == ["requests.csv row 2", "requests.csv row 3"]


@pytest.mark.parametrize("begin", [b"PK\x03\x04\x14\x00", b"\xd0\xcf\x11\xe0\xa1\xb1"])
def test_a_workbook_called_csv_is_told_as_that(tmp_path: Path, begin: bytes) -> None:
    table = table_of(tmp_path, begin + bytes(range(256)) * 20)
    assert problems_of(table) == ["requests.csv: is an Excel workbook: expected it saved as CSV"]


@pytest.mark.parametrize(("delimiter", "name"), [(",", "commas"), (";", "semicolons"), ("\t", "tabs"), ("|", "'|'")])
def test_too_many_cells_are_told_with_the_delimiter_of_the_file(tmp_path: Path, delimiter: str, name: str) -> None:
    rows = f"sep=|\n{HEADER}P1,pickup,Jl. A,Setu,1\n" if delimiter == "|" else f"{HEADER}P1,pickup,Jl. A,Setu,1\n"
    table = table_of(tmp_path, rows.replace(",", delimiter))
    expected = f"has 5 cells under 4 columns: expected a cell with {name} to be quoted"
    assert problems_of(table) == [f"requests.csv row 2: {expected}"]


def test_decimal_commas_split_no_row_where_semicolons_stand_between_the_cells(tmp_path: Path) -> None:
    table = table_of(tmp_path, (HEADER + "P1,pickup,106,700123,x\n").replace(",", ";"))
    assert "a cell with semicolons" in problems_of(table)[0]


def header_problems(tmp_path: Path, file: str, header: str, row: str) -> list[str]:
    """Return what is wrong with a day folder whose tables hold one row of readable cells."""
    tables = {"requests.csv": "id,kind,address\nP1,pickup,Kel. Ciater\n", "drivers.csv": "id,shift,capacity\n"}
    for name, text in (tables | {file: f"{header}\n{row}\n"}).items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    (tmp_path / "day.toml").write_text('date = 2026-05-06\n[hub]\nwindows = ["07:00-16:00"]\n', encoding="utf-8")
    with pytest.raises(InvalidInput) as caught:
        read_day_folder(tmp_path)
    return [str(problem) for problem in caught.value.problems]


@pytest.mark.parametrize("name", ["catatan", "keterangan", "status", "telepon", "tanggal", "nik", "rt", "blok", "kota"])
def test_a_column_that_is_none_of_ours_is_neither_guessed_nor_read(tmp_path: Path, name: str) -> None:
    problems = header_problems(tmp_path, "requests.csv", f"id,kind,address,{name}", "P1,pickup,Kel. Ciater,segera")
    expected = f"requests.csv row 1: {name}: is no column of this file: expected one of id, kind, place, lon, lat,"
    assert [problem[: len(expected)] for problem in problems] == [expected]


@pytest.mark.parametrize(
    ("header", "row", "meant"),
    [
        ("no,kind,address", "P1,pickup,Kel. Ciater", "id"),
        ("id,jenis,address", "P1,pickup,Kel. Ciater", "kind"),
        ("id,kind,alamat", "P1,pickup,Kel. Ciater", "address"),
        ("id,kind,adress", "P1,pickup,Kel. Ciater", "address"),
        ("id,kind,desa", "P1,pickup,Ciater", "kelurahan"),
        ("id,kind,lon,lintang", "P1,pickup,106.70,-6.30", "lat"),
        ("id,kind,address,jam", "P1,pickup,Kel. Ciater,08:00-10:00", "windows"),
        ("id,kind,address,jumlah", "P1,pickup,Kel. Ciater,2", "documents"),
        ("id,kind,address,dokumen", "P1,pickup,Kel. Ciater,2", "documents"),
        ("id,kind,address,prioritas", "P1,pickup,Kel. Ciater,2", "priority"),
        ("id,kind,address,ready", "P1,return,Kel. Ciater,09:00", "ready_at"),
    ],
)
def test_a_column_with_a_common_name_is_told_as_the_one_it_means_and_read_as_that(
    tmp_path: Path, header: str, row: str, meant: str
) -> None:
    (problem,) = header_problems(tmp_path, "requests.csv", header, row)
    assert problem.endswith(f"is no column of this file: did you mean {meant!r}?")


@pytest.mark.parametrize(
    ("header", "row", "meant"),
    [
        ("id,shift,kapasitas", "D1,07:00-15:00,40", "capacity"),
        ("id,jam,capacity", "D1,07:00-15:00,40", "shift"),
        ("id,shift,capacity,alamat", "D1,07:00-15:00,40,Kel. Ciater", "address"),
        ("id,shift,capacity,end_alamat", "D1,07:00-15:00,40,Kel. Ciater", "end_address"),
        ("id,shift,capacity,biaya_km", "D1,07:00-15:00,40,900", "cost_km"),
    ],
)
def test_so_it_is_in_the_drivers_table(tmp_path: Path, header: str, row: str, meant: str) -> None:
    (problem,) = header_problems(tmp_path, "drivers.csv", header, row)
    assert problem.endswith(f"is no column of this file: did you mean {meant!r}?")


def test_no_two_columns_are_taken_for_the_same_one(tmp_path: Path) -> None:
    row = "P1,Budi,pickup,Kel. Ciater,Jl. Melati"
    problems = header_problems(tmp_path, "requests.csv", "no,nama,kind,address,alamat", row)
    assert [problem.split(": ")[3].split(" ")[0] for problem in problems] == ["did", "expected", "expected"]
