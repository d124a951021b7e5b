from __future__ import annotations

import codecs
from dataclasses import replace
from pathlib import Path

import pytest

from geodata.day_writing import write_day_folder
from geodata.dayfolder import DayFolder, load_day, read_day_folder
from geodata.demand import seeded_day
from geodata.gazetteer import find_kelurahan
from geodata.matrix import PreparedNetwork, prepare
from geodata.network import StreetNetwork
from geodata.street_names import StreetNames
from geodata.streets import embedded_network
from routing.errors import InvalidInput
from routing.files import write_day
from routing.model import Break

DAY = """
date = "2026-05-06"
traffic = [["00:00", 1000], ["06:30", 700]]
[hub]
windows = ["07:00-12:00", "13:00-16:00"]
lanes = 2
base = 50
per_document = 5
processing = 4500
[costs]
tariff_km = 2600
"""
REQUESTS = """id,kind,lon,lat,windows,documents,service,ready_at,due_at_hub,round_trip_of
P1,pickup,106.70,-6.30,08:00-10:00;13:00-15:00,2,60,,12:00,
P2,pickup,106.71,-6.31,08.00-10.30,1,,,,
R1,return,106.70,-6.30,14:00-16:00:30,1,45,09:30,,P1
"""
DRIVERS = """id,start,shift,capacity,breaks,cost_km
D1,hub,07:00-15:00,40,11:30-12:30/60min,900
"""


@pytest.fixture(scope="module")
def network() -> StreetNetwork:
    return embedded_network()


@pytest.fixture(scope="module")
def prepared(network: StreetNetwork) -> PreparedNetwork:
    return prepare(network)


def folder_of(tmp_path: Path, *, day: str = DAY, requests: str = REQUESTS, drivers: str = DRIVERS) -> Path:
    for name, text in (("day.toml", day), ("requests.csv", requests), ("drivers.csv", drivers)):
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


def problems_of(folder: Path) -> list[str]:
    with pytest.raises(InvalidInput) as caught:
        read_day_folder(folder)
    return [str(problem) for problem in caught.value.problems]


def only_problem(folder: Path) -> str:
    problems = problems_of(folder)
    assert len(problems) == 1, problems
    return problems[0]


def test_a_folder_is_read_as_its_tables_say(tmp_path: Path) -> None:
    content = read_day_folder(folder_of(tmp_path))
    pickup, second, back = content.requests
    assert pickup.windows == ((8 * 3600, 10 * 3600), (13 * 3600, 15 * 3600))
    assert (pickup.documents, pickup.service, pickup.due_at_hub) == (2, 60, 12 * 3600)
    assert second.windows == ((8 * 3600, 10 * 3600 + 1800),)
    assert back.windows == ((14 * 3600, 16 * 3600 + 30),)
    assert (back.ready_at, back.round_trip_of) == (9 * 3600 + 1800, "P1")
    assert content.drivers[0].breaks == (Break(11 * 3600 + 1800, 12 * 3600 + 1800, 3600),)
    assert (content.drivers[0].start, content.drivers[0].end) == (0, 0)
    assert content.hub.windows == ((7 * 3600, 12 * 3600), (13 * 3600, 16 * 3600))
    assert (content.hub.lanes, content.hub.processing, content.costs.tariff_km) == (2, 4500, 2600)
    assert content.traffic.profile == ((0, 1000), (23400, 700))


def test_rows_at_one_position_share_a_place(tmp_path: Path) -> None:
    content = read_day_folder(folder_of(tmp_path))
    assert content.requests[0].place == content.requests[2].place
    assert len(content.places) == 3  # the hub and two doors


def test_a_place_named_once_with_a_position_may_be_named_alone_elsewhere(tmp_path: Path) -> None:
    requests = "id,kind,place,lon,lat\nP1,pickup,shop,,\nP2,pickup,shop,106.70,-6.30\n"
    content = read_day_folder(folder_of(tmp_path, requests=requests))
    assert content.requests[0].place == content.requests[1].place
    assert content.places[content.requests[0].place].id == "shop"


def test_a_kelurahan_stands_for_its_middle_and_other_addresses_there_are_other_doors(tmp_path: Path) -> None:
    requests = "id,kind,kelurahan,address\nP1,pickup,pondok benda,Jl. Salak 1\nP2,pickup,Pondok Benda,Jl. Duku 2\n"
    requests += "P3,pickup,PONDOK BENDA,jl. salak  1\n"
    content = read_day_folder(folder_of(tmp_path, requests=requests))
    first, second, third = (request.place for request in content.requests)
    middle = find_kelurahan("Pondok Benda")
    assert first == third != second
    assert content.places[first].lon == pytest.approx(middle.lon, abs=1e-6)
    assert content.labels["P2"] == "Jl. Duku 2, Pondok Benda"


def test_a_driver_may_start_at_home_and_end_anywhere(tmp_path: Path) -> None:
    drivers = "id,shift,capacity,lon,lat,end\nD1,07:00-15:00,40,106.72,-6.32,open\nD2,07:00-15:00,40,,,hub\n"
    drivers += "D3,07:00-15:00,40,106.72,-6.32,\n"
    content = read_day_folder(folder_of(tmp_path, drivers=drivers))
    home = content.drivers[0].start
    assert content.places[home].lon == 106.72
    assert [(each.start, each.end) for each in content.drivers] == [(home, None), (0, 0), (home, home)]


def test_what_is_written_reads_back_the_same(tmp_path: Path, network: StreetNetwork) -> None:
    for profile in ("plain", "friday"):
        content = seeded_day(120, profile=profile, network=network)
        assert read_day_folder(write_day_folder(content, tmp_path / profile)) == content


def test_excels_semicolons_commas_marks_and_line_ends_change_nothing(tmp_path: Path, network: StreetNetwork) -> None:
    content = seeded_day(60, network=network)
    folder = write_day_folder(content, tmp_path)
    for name in ("requests.csv", "drivers.csv"):
        rows = _records(folder / name)
        text = "\r\n".join(";".join(_as_excel(cell) for cell in row) for row in rows)
        (folder / name).write_bytes(codecs.BOM_UTF8 + (text + "\r\n;;;\r\n\r\n").encode())
    assert read_day_folder(folder) == content


@pytest.mark.parametrize(
    ("prefix", "encoding", "delimiter"), [("", "utf-16", "\t"), ("sep=;\r\n", "cp1252", ";"), ("", "cp1252", ",")]
)
def test_other_forms_in_which_spreadsheets_save_are_read(
    tmp_path: Path, prefix: str, encoding: str, delimiter: str
) -> None:
    table = [["id", "kind", "lon", "lat", "address"], ["P1", "pickup", '"106,70"', '"-6,30"', "Caf\u00e9 Baru"]]
    folder = folder_of(tmp_path)
    text = prefix + "\r\n".join(delimiter.join(row) for row in table)
    (folder / "requests.csv").write_bytes(text.encode(encoding))
    content = read_day_folder(folder)
    assert content.doors[content.requests[0].place].address == "Caf\u00e9 Baru"
    assert content.places[content.requests[0].place].lat == -6.30


def test_all_problems_of_all_files_are_told_at_once(tmp_path: Path) -> None:
    folder = folder_of(
        tmp_path,
        day=DAY.replace("2026-05-06", "6 May").replace("lanes", "lans"),
        requests=REQUESTS.replace("P1,pickup", "P1,pikcup").replace("08.00-10.30", "10:00-08:00"),
        drivers=DRIVERS.replace("40", "zero").replace("07:00-15:00", "7-15"),
    )
    problems = problems_of(folder)
    starts = [
        "day.toml: hub.lans",
        "day.toml: date",
        "requests.csv row 2: kind",
        "requests.csv row 3: windows",
        "drivers.csv row 2: shift",
        "drivers.csv row 2: capacity",
    ]
    assert sorted(problem[: len(start)] for problem, start in zip(sorted(problems), sorted(starts), strict=True)) == (
        sorted(starts)
    )


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("windows", "widnows", "requests.csv row 1: widnows: is no column of this file: did you mean 'windows'?"),
        ("lon", "longitude", "did you mean 'lon'?"),
        ("08.00-10.30", "08.00-25.30", "requests.csv row 3: windows: is '25.30': expected a time HH:MM"),
        ("08.00-10.30", "8 till 10", "requests.csv row 3: windows: is '8 till 10': expected a window HH:MM-HH:MM"),
        ("08.00-10.30", "10:30-08:00", "requests.csv row 3: windows: '10:30-08:00' is the wrong way round"),
        ("08.00-10.30", "08:00-10:00;09:00-11:00", "'08:00-10:00' and '09:00-11:00' overlap"),
        ("09:30", "9h30", "requests.csv row 4: ready_at: is '9h30': expected a time HH:MM"),
        ("P2", "P1", "requests.csv row 3: id: 'P1' is used already in requests.csv row 2"),
        ("106.71,-6.31", "-6.31,106.71", "requests.csv row 3: lon: is -6.31 and lat 106.71: lon and lat are swapped"),
        ("106.71,-6.31", "106.71,6.31", "requests.csv row 3: lat: is 6.31: expected -6.31"),
        ("106.71,-6.31", "106.75,-5.95", "requests.csv row 3: lon: lon 106.75, lat -5.95 lies outside Tangerang"),
        ("106.71,-6.31", "10671,-6.31", "requests.csv row 3: lon: is 10671.0: expected degrees"),
        ("106.71,-6.31", "106.71,", "requests.csv row 3: lat: is empty: expected both lon and lat"),
        ("106.71,-6.31", "here,-6.31", "requests.csv row 3: lon: is 'here': expected decimal degrees"),
        ("106.71,-6.31", ",", "requests.csv row 3: place: is not given: expected lon and lat, kelurahan, or address"),
        (",2,60", ",0,60", "requests.csv row 2: documents: is 0: expected a whole number from 1"),
        (",2,60", ",2.5,60", "requests.csv row 2: documents: is '2.5': expected a whole number"),
        (",,P1", ",,P9", "requests.csv row 4: round_trip_of: 'P9' is no id of this file"),
        (",,P1", ",,R1", "requests.csv row 4: round_trip_of: 'R1' is the id of a return"),
        ("12:00,\n", "12:00,P2\n", "requests.csv row 2: round_trip_of: is set on a pickup"),
        ("R1,return", ",return", "requests.csv row 4: id: is empty"),
        (",,P1", ",,P1,7", "requests.csv row 4: has 11 cells under 10 columns"),
    ],
)
def test_each_problem_of_a_request_names_row_and_field(tmp_path: Path, old: str, new: str, message: str) -> None:
    assert old in REQUESTS
    assert message in only_problem(folder_of(tmp_path, requests=REQUESTS.replace(old, new, 1)))


def test_a_missing_column_is_told_once_and_not_for_each_row(tmp_path: Path) -> None:
    requests = "id,lon,lat\nP1,106.7,-6.3\nP2,106.7,-6.3\n"
    assert "requests.csv row 1: kind: is missing" in only_problem(folder_of(tmp_path, requests=requests))
    assert "row 1: lat: is missing" in only_problem(folder_of(tmp_path, requests="id,kind,lon\nP1,pickup,106.7\n"))
    no_places = folder_of(tmp_path, requests="id,kind\nP1,pickup\nP2,pickup\n")
    assert "row 1: lon or kelurahan or address or place: is missing" in only_problem(no_places)


def test_an_unknown_kelurahan_names_the_nearest(tmp_path: Path) -> None:
    requests = "id,kind,kelurahan\nP1,pickup,Cilengang\n"
    problem = only_problem(folder_of(tmp_path, requests=requests))
    assert problem.startswith("requests.csv row 2: kelurahan: 'Cilengang'")
    assert "'Cilenggang'" in problem


def test_row_numbers_are_those_a_spreadsheet_shows(tmp_path: Path) -> None:
    requests = 'id,kind,lon,lat,address\n\nP1,pickup,106.7,-6.3,"two\nlines"\n\nP2,pickup,106.7,-6.3,\nP2,pickup,1,2,\n'
    problems = problems_of(folder_of(tmp_path, requests=requests))
    assert [problem.split(":")[0] for problem in problems] == ["requests.csv row 6"] * 2
    assert "already in requests.csv row 5" in problems[1]


def test_one_place_cannot_lie_in_two_positions_nor_take_two_access_times(tmp_path: Path) -> None:
    requests = "id,kind,place,lon,lat,access\nP1,pickup,a,106.70,-6.30,60\nP2,pickup,a,106.71,-6.30,90\n"
    position, access = problems_of(folder_of(tmp_path, requests=requests))
    assert position.startswith("requests.csv row 3: place: 'a' lies at 106.7, -6.3 in requests.csv row 2")
    assert access.startswith("requests.csv row 3: access: is 90, but 60 in requests.csv row 2")


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("hub,07", "shop,07", "drivers.csv row 2: start: is 'shop': expected 'hub', a place of the requests"),
        ("11:30-12:30/60min", "noon", "drivers.csv row 2: breaks: is 'noon': expected first and last start and length"),
        ("40", "0", "drivers.csv row 2: capacity: is 0"),
        ("07:00-15:00", "", "drivers.csv row 2: shift: is empty: expected HH:MM-HH:MM"),
        ("900", "-1", "drivers.csv row 2: cost_km: is -1"),
    ],
)
def test_each_problem_of_a_driver_names_row_and_field(tmp_path: Path, old: str, new: str, message: str) -> None:
    assert message in only_problem(folder_of(tmp_path, drivers=DRIVERS.replace(old, new, 1)))


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('"13:00-16:00"', '"16:00-13:00"', "day.toml: hub.windows: '16:00-13:00' is the wrong way round"),
        ("lanes = 2", "lanes = 0", "day.toml: hub.lanes: is 0"),
        ("lanes = 2", 'lanes = "two"', "day.toml: hub.lanes: is 'two': expected a whole number"),
        ("lanes = 2", "lane = 2", "day.toml: hub.lane: is not known here: did you mean 'lanes'?"),
        ("[costs]", "[cost]", "day.toml: cost: is not known here: did you mean 'costs'?"),
        ("700]", "0]", "day.toml: traffic.profile: factor 0"),
        ('["06:30", 700]', '["6.30 am", 700]', "day.toml: traffic: is '6.30 am'"),
        ('"2026-05-06"', '"2026-02-30"', "day.toml: date: is '2026-02-30': expected YYYY-MM-DD"),
        ("[hub]", "[hub]\nlon = 106.66\nlat = -5.9", "day.toml: hub.lon: lon 106.66, lat -5.9 lies outside"),
        ("[hub]", "[hub", "day.toml: is not TOML"),
    ],
)
def test_each_problem_of_the_settings_names_its_key(tmp_path: Path, old: str, new: str, message: str) -> None:
    assert any(message in problem for problem in problems_of(folder_of(tmp_path, day=DAY.replace(old, new, 1))))


def test_missing_and_empty_files_are_named_together(tmp_path: Path) -> None:
    (tmp_path / "requests.csv").write_text("\n")
    problems = problems_of(tmp_path)
    assert [problem.split(":")[0] for problem in problems] == ["day.toml", "requests.csv", "drivers.csv"]
    assert "no folder" in problems_of(tmp_path / "nowhere")[0]


def test_a_day_elsewhere_is_read_when_it_says_so(tmp_path: Path) -> None:
    day = 'inside_city = false\ndate = 2026-05-06\n[hub]\nlon = 24.94\nlat = 60.17\nwindows = "08:00-16:00"\n'
    requests = "id,kind,lon,lat\nP1,pickup,24.95,60.18\n"
    content = read_day_folder(folder_of(tmp_path, day=day, requests=requests))
    assert content.places[0].lat == 60.17
    assert (content.date, content.hub.lanes) == ("2026-05-06", None)


def test_a_place_far_from_any_street_is_named_by_its_row(tmp_path: Path, prepared: PreparedNetwork) -> None:
    day = DAY.replace("date", "inside_city = false\ndate", 1)
    content = read_day_folder(folder_of(tmp_path, day=day, requests=REQUESTS.replace("-6.31", "-5.31")))
    with pytest.raises(InvalidInput, match=r"requests\.csv row 3"):
        content.on_streets(prepared)


def test_a_day_on_streets_has_its_travel_times_and_nodes(tmp_path: Path, prepared: PreparedNetwork) -> None:
    folder = folder_of(tmp_path)
    content: DayFolder = read_day_folder(folder)
    day, nodes = content.on_streets(prepared)
    assert day == load_day(folder, prepared) == load_day(folder)
    assert len(nodes) == len(day.places) == day.travel.places
    assert day.travel.seconds[0, 1] > 0


def test_a_folder_with_only_a_day_json_is_a_day_too(tmp_path: Path, prepared: PreparedNetwork) -> None:
    day = load_day(folder_of(tmp_path), prepared)
    other = tmp_path / "json"
    other.mkdir()
    write_day(day, other / "day.json")
    assert load_day(other) == day


def test_a_changed_field_is_a_changed_folder(network: StreetNetwork) -> None:
    content = seeded_day(10, network=network)
    assert replace(content, date="2027-01-01") != content


def _records(path: Path) -> list[list[str]]:
    import csv

    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))


def _as_excel(cell: str) -> str:
    try:
        float(cell)
    except ValueError:
        return f'"{cell}"' if ";" in cell or "," in cell else cell
    return cell.replace(".", ",")


ADDRESSES = "id,kind,address\n"


def test_an_address_alone_is_placed_by_what_it_says(tmp_path: Path) -> None:
    requests = (
        ADDRESSES + 'P1,pickup,"RT 02/RW 05 Pd. Benda, Pamulang"\nP2,pickup,"Jl. Cut Mutia, Jurang Mangu Barat"\n'
    )
    requests += 'P3,pickup,"rt 02/rw 05 pd. benda,  pamulang"\n'
    content = read_day_folder(folder_of(tmp_path, requests=requests))
    first, second, third = (content.doors[request.place] for request in content.requests)
    assert first is third
    benda = find_kelurahan("Pondok Benda")
    assert (first.place.lon, first.place.lat, first.kelurahan) == (benda.lon, benda.lat, "Pondok Benda")
    assert second.kelurahan == "Jurangmangu Barat"
    assert content.labels["P1"] == "RT 02/RW 05 Pd. Benda, Pamulang, Pondok Benda"
    assert content.labels["P2"] == "Jl. Cut Mutia, Jurang Mangu Barat"
    # sqrt(0.6 x 4.562 km2) = 1.654 km and sqrt(0.6 x 2.712 km2) = 1.276 km
    assert [door.within_metres for door in content.approximate] == [1654, 1276]


def test_an_address_of_a_known_street_is_placed_on_it_however_the_kelurahan_is_given(tmp_path: Path) -> None:
    benda = find_kelurahan("Pondok Benda")
    streets = StreetNames([("Jalan Salak", benda.lon + 0.002, benda.lat)])
    requests = 'id,kind,kelurahan,address\nP1,pickup,Pondok Benda,Jl. Salak 3\nP2,pickup,,"Jl. Salak 3, Pondok Benda"\n'
    content = read_day_folder(folder_of(tmp_path, requests=requests), streets=streets)
    places = [content.places[request.place] for request in content.requests]
    assert [(each.lon, each.lat) for each in places] == [(round(benda.lon + 0.002, 6), benda.lat)] * 2


def test_addresses_that_name_no_one_place_are_told_with_their_candidates(tmp_path: Path) -> None:
    requests = ADDRESSES + 'P1,pickup,"Jl. Melati 5, Setu"\nP2,pickup,"Kel. Jombang, Kec. Pamulang"\n'
    requests += 'P3,pickup,"Serua, Bojongsari, Depok"\nP4,pickup,rumah pak RT\nP5,pickup,\n'
    setu, jombang, depok, unknown, missing = problems_of(folder_of(tmp_path, requests=requests))
    assert setu.startswith("requests.csv row 2: address: is 'Jl. Melati 5, Setu', which names Setu, a kelurahan and a")
    assert "'Kel. Setu'" in setu
    assert "Muncul, Keranggan, Kademangan, Babakan, Bakti Jaya" in setu
    assert jombang.startswith("requests.csv row 3: address:")
    assert "names Jombang but also 'Pamulang'" in jombang
    assert "requests.csv row 4: address:" in depok
    assert "outside Tangerang Selatan" in depok
    assert unknown.endswith("names no place of Tangerang Selatan: expected at least the kelurahan")
    assert missing == "requests.csv row 6: place: is not given: expected lon and lat, kelurahan, or address"


def test_the_kecamatans_column_helps_an_address(tmp_path: Path) -> None:
    requests = "id,kind,kecamatan,address\nP1,pickup,Setu,RT 1/2 Setu\n"
    content = read_day_folder(folder_of(tmp_path, requests=requests))
    assert content.doors[content.requests[0].place].kelurahan == "Setu"


def test_an_address_is_not_read_where_a_position_is_given(tmp_path: Path) -> None:
    requests = "id,kind,place,lon,lat,address\nP1,pickup,,106.71,-6.31,rumah pak RT\n"
    requests += "P2,pickup,shop,106.70,-6.30,Toko Serpong\nP3,pickup,shop,,,Toko Serpong\n"
    content = read_day_folder(folder_of(tmp_path, requests=requests))
    assert content.approximate == ()
    assert content.requests[1].place == content.requests[2].place


def test_a_named_place_may_have_only_an_address(tmp_path: Path) -> None:
    requests = "id,kind,place,address\nP1,pickup,office,Kel. Rempoa\nP2,pickup,office,\nP3,pickup,other,Pamulang\n"
    problem = only_problem(folder_of(tmp_path, requests=requests))
    assert problem.startswith("requests.csv row 4: address: is 'Pamulang', which names kecamatan Pamulang but no")
    content = read_day_folder(folder_of(tmp_path, requests=requests.replace("Pamulang", "Kedaung")))
    assert content.requests[0].place == content.requests[1].place
    assert content.places[content.requests[0].place].id == "office"


def test_a_rider_may_start_at_an_address(tmp_path: Path) -> None:
    drivers = 'id,shift,capacity,start_address\nD1,07:00-15:00,40,"Kp. Sawah, Kel. Jombang"\n'
    content = read_day_folder(folder_of(tmp_path, drivers=drivers))
    assert content.doors[content.drivers[0].start].kelurahan == "Jombang"
    problem = only_problem(folder_of(tmp_path, drivers=drivers.replace("Kel. Jombang", "Ciputat")))
    assert problem.startswith("drivers.csv row 2: start_address: is 'Kp. Sawah, Ciputat'")


def test_decimal_commas_that_split_a_row_are_recognised(tmp_path: Path) -> None:
    requests = "id,kind,lon,lat\nP1,pickup,106,700123,-6,300456\n"
    assert "expected numbers with decimal commas (or semicolons" in "".join(
        problems_of(folder_of(tmp_path, requests=requests))
    )
