from __future__ import annotations

import csv
from collections import Counter
from pathlib import Path

import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from geodata.gazetteer import HUB, KECAMATAN, KELURAHAN, OUTLINE, find_kelurahan
from routing import InvalidInput

FACTS = Path(__file__).parents[3] / "shared" / "data" / "geo" / "kelurahan.csv"


def _message(name: str, kecamatan: str | None = None) -> str:
    with pytest.raises(InvalidInput) as caught:
        find_kelurahan(name, kecamatan)
    return str(caught.value)


def test_the_city_has_54_kelurahan_in_7_kecamatan():
    assert len({each.code for each in KELURAHAN}) == len({each.name for each in KELURAHAN}) == 54
    sizes = Counter(each.kecamatan for each in KELURAHAN)
    assert sizes == {
        "Serpong": 9,
        "Serpong Utara": 7,
        "Pondok Aren": 11,
        "Ciputat": 7,
        "Ciputat Timur": 6,
        "Pamulang": 8,
        "Setu": 6,
    }
    assert tuple(sizes) == KECAMATAN


def test_the_areas_add_up_to_the_citys():
    assert sum(each.area_km2 for each in KELURAHAN) == pytest.approx(164.86, abs=0.05)


def test_weights_are_shares_of_the_people():
    assert sum(each.weight for each in KELURAHAN) == pytest.approx(1)
    assert all(0.004 < each.weight < 0.05 for each in KELURAHAN)


def test_a_suspect_population_is_replaced_by_the_density_of_the_kecamatan():
    # The register gives Serpong and Serua Indah the same number of people. Serpong's other kelurahan hold between
    # 4,257 (Lengkong Gudang) and 8,667 (Rawabuntu) people per km2, so Serpong holds something between, too.
    serpong, known = find_kelurahan("Serpong"), find_kelurahan("Rawabuntu")
    density = serpong.weight / serpong.area_km2 / (known.weight / known.area_km2) * 31362 / 3.618
    assert 4257 < density < 8667


def test_every_kelurahan_and_the_hub_lie_within_the_outline():
    city = shapely.Polygon(OUTLINE)
    assert city.is_valid
    assert all(city.contains(shapely.Point(each.lon, each.lat)) for each in KELURAHAN)
    assert city.contains(shapely.Point(HUB))


def test_the_hub_lies_in_cilenggang():
    nearest = min(KELURAHAN, key=lambda each: (each.lon - HUB[0]) ** 2 + (each.lat - HUB[1]) ** 2)
    assert nearest.name == "Cilenggang"


def test_the_outline_covers_the_citys_area_with_few_corners():
    # One degree is 111.2 km, times cos(6.3 degrees) = 0.994 from west to east.
    assert shapely.Polygon(OUTLINE).area * 111.2 * 111.2 * 0.994 == pytest.approx(164.86, rel=0.02)
    assert 40 <= len(OUTLINE) <= 80


@pytest.mark.parametrize(
    "written", ["Pondok Benda", "pondokbenda", "PONDOK-BENDA", "  pondok   benda ", "Pondok_Benda", "pondok-Benda."]
)
def test_a_name_is_found_however_it_is_written(written):
    assert find_kelurahan(written).code == "36.74.06.1003"


@pytest.mark.parametrize(("written", "name"), [("Rawa Buntu", "Rawabuntu"), ("Paku Alam", "Pakualam")])
def test_spaces_that_the_register_leaves_out_do_not_matter(written, name):
    assert find_kelurahan(written).name == name


@pytest.mark.parametrize(
    ("written", "name"), [("Kranggan", "Keranggan"), ("Sarua Indah", "Serua Indah"), ("Sawah Lama", "Sawah")]
)
def test_common_spellings_are_understood(written, name):
    assert find_kelurahan(written).name == name


@given(st.sampled_from(KELURAHAN), st.data())
def test_no_capitals_spaces_or_hyphens_hide_a_name(kelurahan, data):
    letters = [letter for letter in kelurahan.name if letter != " "]
    written = "".join(data.draw(st.sampled_from([x, x.upper(), x.lower(), f" {x}", f"{x}-"])) for x in letters)
    assert find_kelurahan(written, kelurahan.kecamatan.upper()) == kelurahan


@pytest.mark.parametrize("name", ["Serpong", "Ciputat", "Pondok Aren", "Setu"])
def test_a_name_of_both_kinds_means_the_kelurahan(name):
    assert find_kelurahan(name).name == find_kelurahan(name).kecamatan == name


def test_a_kecamatan_alone_is_refused_with_its_kelurahan():
    message = _message("pamulang")
    assert "kecamatan" in message
    assert "Pamulang Barat" in message
    assert "Benda Baru" in message


def test_an_unknown_name_is_refused_with_near_ones():
    assert "'Pondok Benda'" in _message("Pondok Bendo")
    assert "54" in _message("Qqqq")


def test_a_kelurahan_of_another_kecamatan_is_refused_with_the_right_one():
    assert "'Ciputat'" in _message("Jombang", "Pamulang")
    assert "'Pamulang'" in _message("Jombang", "Pamulan")


@pytest.mark.parametrize("name", ["", "   ", "---"])
def test_an_empty_name_is_refused(name):
    assert "no kelurahan" in _message(name)


def test_the_facts_agree_with_the_register():
    if not FACTS.exists():
        pytest.skip(f"no {FACTS.name} of the shared data here")
    with FACTS.open(encoding="utf-8-sig") as file:
        rows = {row["kode_kel"]: row for row in csv.DictReader(file)}
    assert set(rows) == {each.code for each in KELURAHAN}
    for each in KELURAHAN:
        row = rows[each.code]
        assert (each.name, each.kecamatan) == (row["kelurahan"], row["kecamatan"])
        assert (each.lon, each.lat) == (float(row["inner_lon"]), float(row["inner_lat"]))
        assert each.area_km2 == float(row["area_km2"])
