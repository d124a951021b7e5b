"""What addresses mean; `address_figures` says where those of the table come from."""

from __future__ import annotations

import gzip
import json
from functools import cache
from pathlib import Path

import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from geodata.addresses import find_address
from geodata.earth import great_circle
from geodata.gazetteer import KECAMATAN, KELURAHAN, find_kelurahan, kelurahan_radius
from geodata.street_names import StreetNames, street_key
from tests.geodata.address_figures import PARTS, figures, rows, slip_counts

SHARED = Path(__file__).parents[3] / "shared" / "data" / "geo"


def test_there_are_more_than_two_hundred_addresses_and_a_third_is_held_out():
    counts = {part: len(rows(part)) for part in PARTS}
    assert sum(counts.values()) >= 350
    assert counts["development"] + counts["held-out"] >= 200
    assert counts["held-out"] == (counts["development"] + counts["held-out"]) // 3
    assert {row["outcome"] for part in PARTS for row in rows(part)} == {"found", "ambiguous", "outside", "unknown"}
    assert {row["kelurahan"] for part in PARTS for row in rows(part)} >= {each.name for each in KELURAHAN}


@pytest.mark.parametrize("part", PARTS)
def test_no_address_is_given_a_wrong_place_and_few_are_left_without_one(part):
    found = figures(part)
    assert found.precision == 1
    assert found.recall >= 0.95


@pytest.mark.parametrize("part", PARTS)
def test_what_is_ambiguous_outside_or_garbage_is_reported_as_that(part):
    found = figures(part)
    assert found.others_right >= 0.95 * found.others


@pytest.mark.parametrize("part", PARTS)
def test_confidence_is_high_where_a_place_is_found_and_low_elsewhere(part):
    for row in rows(part):
        match = find_address(row["text"])
        if match.outcome == "found":
            assert 0.5 < match.candidates[0].confidence <= 1, row["text"]
        else:
            assert all(each.confidence <= 0.5 for each in match.candidates), row["text"]


@cache
def mapped_streets():
    file = SHARED / "tangsel_ways_raw.geojson.gz"
    if not file.exists():
        pytest.skip(f"no {file.name} of the shared data here")
    with gzip.open(file, "rt", encoding="utf-8") as text:
        features = json.load(text)["features"]
    lines = [
        (feature["properties"]["name"], line)
        for feature in features
        for line in feature["geometry"]["coordinates"]
        if feature["properties"]["name"]
    ]
    return StreetNames((name, *point) for name, line in lines for point in line)


def test_streets_of_the_map_change_no_kelurahan_and_find_most_of_the_streets_that_it_has():
    expected = [row for part in PARTS for row in rows(part) if row["street"]]
    found = [find_address(row["text"], streets=mapped_streets()).place for row in expected]
    hits = [
        place is not None and street_key(place.street) == row["street"]
        for row, place in zip(expected, found, strict=True)
    ]
    assert sum(hits) >= 0.7 * len(hits)
    for part in PARTS:
        assert figures(part, mapped_streets()).right == figures(part).right


def test_a_street_of_the_map_is_nearer_than_the_kelurahans_middle():
    plain = find_address("Jl. Dewi Sartika No. 7, Kel. Ciputat, Kec. Ciputat").place
    exact = find_address("Jl. Dewi Sartika No. 7, Kel. Ciputat, Kec. Ciputat", streets=mapped_streets()).place
    assert exact.street == "Dewi Sartika"
    assert exact.uncertainty_metres < plain.uncertainty_metres
    assert float(great_circle(plain.lon, plain.lat, exact.lon, exact.lat)) < plain.uncertainty_metres


def test_the_parts_beside_the_place_are_read():
    parts = find_address("Perum Reni Jaya Blok C3/12 No. 14A RT 002/RW 015, Jl. Raya KM 16, Benda Baru 15416").parts
    assert (parts.rt, parts.rw, parts.block, parts.number) == ("2", "15", "c3/12", "14a")
    assert (parts.km, parts.postcode, parts.streets) == ("16", "15416", ("raya",))
    assert find_address("rt.004/09 Rempoa").parts.rw == "9"


def test_a_kelurahan_stands_for_its_middle_with_the_radius_that_its_area_gives():
    place = find_address("Kel. Rempoa").place
    rempoa = find_kelurahan("Rempoa")
    assert (place.lon, place.lat, place.street) == (rempoa.lon, rempoa.lat, "")
    # Nine in ten points lie within sqrt(0.6 x 2.243 km2) = 1.160 km.
    assert place.uncertainty_metres == pytest.approx(1160, abs=1)


def test_nine_in_ten_points_of_the_true_kelurahan_lie_within_the_uncertainty():
    file = SHARED / "tangsel_kelurahan.geojson"
    if not file.exists():
        pytest.skip(f"no {file.name} of the shared data here")
    import geopandas

    borders = geopandas.read_file(file).set_index("kode").geometry
    points = borders.sample_points([int(40 * each.area_km2) for each in KELURAHAN], rng=1)
    inside = total = 0
    for each in KELURAHAN:
        lon, lat = shapely.get_coordinates(points[each.code]).T
        distance = great_circle(each.lon, each.lat, lon, lat)
        inside += int((distance <= kelurahan_radius(each)).sum())
        total += len(lon)
    assert inside / total == pytest.approx(0.9, abs=0.02)


@pytest.mark.parametrize("name", ["Serpong", "Ciputat", "Pondok Aren", "Setu"])
def test_a_name_of_both_kinds_is_settled_only_by_what_stands_with_it(name):
    alone = find_address(f"Jl. Melati 3, {name}, Tangerang Selatan")
    assert alone.outcome == "ambiguous"
    assert alone.candidates[0].kelurahan.name == name
    assert {each.kelurahan.kecamatan for each in alone.candidates} == {name}
    assert len(alone.candidates) == sum(each.kecamatan == name for each in KELURAHAN)
    assert f"'Kel. {name}'" in alone.message
    assert find_address(f"Kel. {name}").place.kelurahan.name == name
    assert find_address(f"{name}, Kec. {name}").place.kelurahan.name == name
    assert find_address(f"Kec. {name}").outcome == "ambiguous"


@pytest.mark.parametrize("label", ["Kel.", "Kelurahan", "Desa"])
@pytest.mark.parametrize("name", ["Serpong Utara", "Ciputat Timur"])
def test_a_kecamatan_called_a_kelurahan_is_asked_back_with_its_kelurahan(label, name):
    for written in (name, name.upper(), name.replace("ar", "r").replace("Tim", "Tm")):
        match = find_address(f"Jl. Melati 3, {label} {written}, Tangerang Selatan")
        assert match.outcome == "ambiguous", written
        assert {each.kelurahan for each in match.candidates} == {each for each in KELURAHAN if each.kecamatan == name}
    assert find_address(f"Kel. Rempoa, {label} Ciputat Timur").place.kelurahan.name == "Rempoa"


@pytest.mark.parametrize(
    ("written", "begun"),
    [
        ("Kelurahan Pondok Aren Barat", "Pondok Aren"),
        ("Kel. Pondok Aren Brt, Kec. Pondok Aren", "Pondok Aren"),
        ("Kel. Rempoa Timur", "Rempoa"),
        ("Kel. Rempoa Timru", "Rempoa"),
        ("Desa Serpong Selatan Kota Tangerang Selatan", "Serpong"),
        ("Kel. Parigi Lama", "Parigi"),
    ],
)
def test_a_name_that_only_begins_as_a_kelurahans_is_asked_back(written, begun):
    match = find_address(written)
    assert match.outcome == "ambiguous"
    assert "which is no kelurahan" in match.message
    first = match.candidates[0].kelurahan
    assert first.name == begun
    assert {each.kelurahan for each in match.candidates} == {
        each for each in KELURAHAN if each.kecamatan == first.kecamatan
    }


def test_a_name_after_a_kelurahans_that_belongs_to_the_city_makes_no_other_of_it():
    for text in ("Kel. Serpong Tangerang Selatan", "Kel. Serpong Tangsel", "Kel. Parigi Bru", "Kel. Sawah Lama"):
        assert find_address(text).outcome == "found", text


def test_a_name_within_a_street_an_estate_or_a_landmark_settles_nothing():
    for text in ("Jl. Raya Serpong No. 3", "Perum Pamulang Permai Blok A", "Stasiun Rawa Buntu", "Jl. Rempoa Permai"):
        assert find_address(text).place is None, text


def test_a_wrong_kecamatan_is_a_contradiction_with_the_kelurahan_as_candidate():
    match = find_address("Kel. Jombang, Kec. Pamulang")
    assert match.outcome == "ambiguous"
    assert str(match.candidates[0]) == "Jombang (Ciputat)"
    assert "Pamulang" in match.message


def test_an_address_of_another_city_is_no_place_here_even_where_the_names_are_the_same():
    for text in (
        "Serua, Kec. Bojongsari, Kota Depok",
        "Bambu Apus, Cipayung, Jakarta Timur",
        "BSD Cisauk, Kab. Tangerang",
        "Kel. Cempaka Putih, Jakarta Pusat",
    ):
        match = find_address(text)
        assert (match.outcome, match.candidates) == ("outside", ()), text


def test_a_known_kelurahan_is_kept_and_only_the_street_looked_for():
    rempoa = find_kelurahan("Rempoa")
    streets = StreetNames([("Jalan Delima", rempoa.lon + 0.001, rempoa.lat)])
    place = find_address("Jl. Delima 3, Pamulang", kelurahan=rempoa, streets=streets).place
    assert (place.kelurahan, place.street, place.confidence) == (rempoa, "Delima", 1)
    assert find_address("Jl. Delima 3", streets=streets).outcome == "ambiguous"


@given(st.sampled_from(KELURAHAN), st.sampled_from([str.upper, str.lower, str.title]), st.booleans(), st.booleans())
def test_every_kelurahan_is_found_with_its_kecamatan_in_any_spelling(kelurahan, case, spaced, labelled):
    name = kelurahan.name if spaced else kelurahan.name.replace(" ", "")
    text = f"Kel. {name}, Kec. {kelurahan.kecamatan}" if labelled else f"RT 1/2 {name}, {kelurahan.kecamatan}"
    assert find_address(case(text)).place.kelurahan == kelurahan


@given(st.sampled_from(KELURAHAN), st.data())
def test_one_wrong_letter_never_leads_to_another_kelurahan(kelurahan, data):
    at = data.draw(st.integers(1, len(kelurahan.name) - 1))
    letter = data.draw(st.sampled_from("abcdefghijklmnopqrstuvwxyz"))
    written = kelurahan.name[:at] + letter + kelurahan.name[at + 1 :]
    place = find_address(f"Kel. {written}, Kec. {kelurahan.kecamatan}").place
    assert place is None or place.kelurahan == kelurahan


def test_a_slip_anywhere_leads_to_no_other_kelurahan_and_mostly_to_the_right_one():
    counts = slip_counts(1, each=10)
    assert counts["wrong"] == 0
    assert counts["right"] > 0.85 * counts.total()
    assert slip_counts(2, each=10)["wrong"] <= 0.002 * counts.total()


def test_no_street_of_the_map_is_taken_for_the_kelurahan_whose_name_it_bears():
    taken = [name for name in mapped_streets().names if find_address(f"Jl. {name} No. 3").outcome == "found"]
    assert [name for name in taken if not name.startswith("Desa ")] == []


def test_words_that_resemble_a_name_are_not_taken_for_it():
    for text in ("Politeknik Keuangan Negara STAN", "Jl. Jeruk Limo 3, Kel. Ciater", "Parigi Brt", "Jelupang Raya 3"):
        place = find_address(text).place
        assert place is None or place.kelurahan.name == "Ciater", text


@given(st.text(max_size=80))
def test_any_text_is_answered(text):
    match = find_address(text)
    assert match.text == text
    assert (match.place is not None) == (match.outcome == "found")
    assert match.outcome != "ambiguous" or match.candidates


def test_a_kecamatan_lists_its_kelurahan():
    for name in KECAMATAN:
        candidates = find_address(f"Kec. {name}").candidates
        assert {each.kelurahan for each in candidates} == {each for each in KELURAHAN if each.kecamatan == name}
