from __future__ import annotations

import pytest

from geodata.earth import great_circle
from geodata.gazetteer import find_kelurahan
from geodata.network import make_network
from geodata.street_names import LEAST_METRES, StreetNames, read_street_names, street_key, street_names
from geodata.streets import embedded_network
from routing import InvalidInput

BENDA, REMPOA = find_kelurahan("Pondok Benda"), find_kelurahan("Rempoa")


def near(kelurahan, metres=0.0):
    """A point so many metres east of a kelurahan's."""
    return kelurahan.lon + metres / 110_600, kelurahan.lat


def streets():
    return StreetNames(
        [
            *(("Jalan Benda Raya", *near(BENDA, metres)) for metres in (-400, 0, 200)),
            ("Benda Raya", *near(REMPOA)),
            ("Jl. Maleo XIX", *near(REMPOA, 100)),
            ("Gunung Indah", *near(REMPOA, 50)),
        ]
    )


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Jalan Siliwangi", "jl. siliwangi"),
        ("Ir H Juanda", "Jl. Ir. H. Juanda"),
        ("Maleo XIX", "Jl Maleo 19"),
        ("Jl. W.R. Supratman", "WR Supratman"),
        ("Gg. Haji Nipan Raya", "Haji Nipan"),
    ],
)
def test_a_street_is_the_same_however_it_is_written(one, other):
    assert street_key(one) == street_key(other)


def test_streets_that_differ_by_number_differ():
    assert street_key("Maleo I") != street_key("Maleo II")
    assert streets().within("maleo 18", REMPOA) is None
    assert streets().within("maleo 19", REMPOA).name == "Maleo XIX"


def test_a_street_is_found_within_its_kelurahan_and_reaches_as_far_as_it_is_mapped():
    found = streets().within("benda raya", BENDA)
    assert (found.lon, found.lat) == near(BENDA)  # the mapped point nearest the middle of -400, 0 and 200
    assert found.metres == pytest.approx(great_circle(*near(BENDA, -400), *near(BENDA)), abs=0.1)
    assert found.similarity == 1


def test_a_single_point_still_has_some_reach():
    assert streets().within("benda", REMPOA).metres == LEAST_METRES


def test_a_street_of_another_kelurahan_is_not_found_here():
    assert streets().within("gunung indah", BENDA) is None


def test_the_longest_beginning_that_is_a_street_counts():
    assert streets().within("gunung indah gang masjid dua", REMPOA).name == "Gunung Indah"


def test_a_misspelt_street_is_found_and_said_to_be_similar():
    found = streets().within("gunnung endah", REMPOA)
    assert found.name == "Gunung Indah"
    assert 0.88 <= found.similarity < 1


def test_a_street_alone_is_given_for_every_kelurahan_it_runs_in_the_longest_first():
    found = streets().anywhere("benda raya")
    assert [kelurahan.name for kelurahan, _ in found] == ["Pondok Benda", "Rempoa"]
    assert streets().anywhere("melati") == []


def test_names_come_from_a_network_that_has_them():
    lon, lat = zip(*(near(BENDA, metres) for metres in (0, 100, 200)), strict=True)
    network = make_network(
        name="three", source="made up", lon=lon, lat=lat, tail=[0, 1, 1, 2], head=[1, 0, 2, 1], metres=[100] * 4,
        classes=["residential"] * 4, street_names=["Jalan Salak", "Jalan Salak", "", ""],
    )  # fmt: skip
    known = street_names(network)
    assert len(known) == 1
    assert known.within("salak", BENDA).name == "Salak"


def test_a_network_without_names_knows_no_street():
    assert len(street_names(embedded_network())) == 0


def test_names_come_from_a_table_too(tmp_path):
    path = tmp_path / "streets.csv"
    path.write_text("name,lon,lat\nJl. Salak,106.712993,-6.342648\nJl. Salak,106.7131,-6.3427\n", encoding="utf-8")
    assert read_street_names(path).within("jl salak", BENDA).name == "Salak"


def test_faults_of_a_table_are_named_by_row_and_field(tmp_path):
    path = tmp_path / "streets.csv"
    path.write_text("name,lon,lat\n,106.7,-6.3\nSalak,east,-6.3\n", encoding="utf-8")
    with pytest.raises(InvalidInput) as caught:
        read_street_names(path)
    where = [f"{each.where}: {each.field}" for each in caught.value.problems]
    assert where == ["streets.csv row 2: name", "streets.csv row 3: lon"]
