from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import shapely

from geodata.demand import seeded_day
from geodata.demand_map import demand_by_kelurahan, draw_demand, kelurahan_areas, write_demand
from geodata.gazetteer import KELURAHAN, OUTLINE
from geodata.streets import embedded_network
from routing import InvalidInput, Unserved
from routing.model import Place
from tests.routing.handmade import mixed_day, mixed_plan

BORDERS = Path(__file__).parents[3] / "shared" / "data" / "geo" / "tangsel_kelurahan.geojson"


@pytest.fixture(scope="module")
def content():
    return seeded_day(200, network=embedded_network())


def test_the_areas_without_borders_divide_the_outline_around_each_kelurahans_point():
    frame = kelurahan_areas()
    assert frame.crs.to_epsg() == 4326
    assert frame.code.tolist() == [each.code for each in KELURAHAN]
    assert all(frame.contains(shapely.Point(k.lon, k.lat))[at] for at, k in enumerate(KELURAHAN))
    assert shapely.area(frame.geometry.to_numpy()).sum() == pytest.approx(shapely.Polygon(OUTLINE).area, rel=1e-6)
    assert frame.attrs["borders"].startswith("Borders are rough")


def test_borders_come_from_a_file_by_the_official_codes(tmp_path):
    boxes = [shapely.box(k.lon - 0.001, k.lat - 0.001, k.lon + 0.001, k.lat + 0.001) for k in KELURAHAN]
    features = [
        {"type": "Feature", "properties": {"nr": at, "kode": k.code}, "geometry": json.loads(shapely.to_geojson(box))}
        for at, (k, box) in enumerate(zip(KELURAHAN, boxes, strict=True))
    ]
    path = tmp_path / "borders.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features[::-1]}))
    assert kelurahan_areas(path).geometry.tolist() == boxes
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features[1:]}))
    with pytest.raises(InvalidInput, match=r"borders\.geojson: .*no column with the codes of all 54 kelurahan"):
        kelurahan_areas(path)


def test_a_file_that_is_no_geometry_is_refused_by_name(tmp_path):
    path = tmp_path / "borders.geojson"
    path.write_text("nothing")
    with pytest.raises(InvalidInput, match=r"borders\.geojson: cannot be read"):
        kelurahan_areas(path)


def test_doors_count_for_the_kelurahan_they_name(content):
    frame = demand_by_kelurahan(content).set_index("kelurahan")
    assert frame.requests.sum() == len(content.requests)
    assert (frame.pickups + frame.returns).tolist() == frame.requests.tolist()
    assert frame.documents.sum() == sum(request.documents for request in content.requests)
    of_kedaung = [request for request in content.requests if content.doors[request.place].kelurahan == "Kedaung"]
    assert frame.requests["Kedaung"] == len(of_kedaung) > 0
    assert frame.per_km2["Kedaung"] == round(len(of_kedaung) / 2.175, 2)
    assert frame.unserved.sum() == 0


def test_places_of_a_day_count_where_they_lie_and_beyond_the_city_for_the_nearest():
    day, plan = mixed_day(), mixed_plan()
    kedaung = next(each for each in KELURAHAN if each.name == "Kedaung")
    beyond = max(KELURAHAN, key=lambda each: each.lon)
    places = [Place(f"p{at}", kedaung.lon, kedaung.lat) for at in range(len(day.places))]
    at = day.requests[0].place
    places[at] = Place(f"p{at}", beyond.lon + 0.02, beyond.lat)
    moved = day.replace(places=tuple(places))
    there = [request.id for request in day.requests if request.place == at]
    frame = demand_by_kelurahan(moved, plan.replace(unserved=(Unserved(there[0], "time", "too late"),))).set_index(
        "kelurahan"
    )
    assert frame.requests["Kedaung"] == len(day.requests) - len(there)
    assert frame.requests[beyond.name] == len(there)
    assert frame.unserved[beyond.name] == frame.unserved.sum() == 1


def test_true_borders_agree_with_rough_ones_on_most_of_the_land():
    if not BORDERS.exists():
        pytest.skip(f"no {BORDERS.name} of the shared data here")
    true, rough = kelurahan_areas(BORDERS), kelurahan_areas()
    shared = np.array([a.intersection(b).area for a, b in zip(true.geometry, rough.geometry, strict=True)]).sum()
    assert shared / sum(each.area for each in true.geometry) > 0.7


def test_the_map_names_every_kelurahan_with_its_number(content):
    frame = demand_by_kelurahan(content)
    figure = draw_demand(frame, show="documents")
    texts = {" ".join(each.get_text().split()) for each in figure.axes[0].texts}
    assert {f"{name} {count}" for name, count in zip(frame.kelurahan, frame.documents, strict=True)} <= texts
    assert f"{frame.documents.sum():,.0f} in all" in figure.axes[0].get_title(loc="left")


def test_a_table_a_map_and_areas_are_written(content, tmp_path):
    written = write_demand(content, tmp_path / "demand")
    assert [path.name for path in written] == ["demand.csv", "demand.geojson", "demand.png"]
    assert written[2].read_bytes().startswith(b"\x89PNG")
    assert len(written[0].read_text(encoding="utf-8-sig").splitlines()) == 55
    features = json.loads(written[1].read_text(encoding="utf-8"))["features"]
    assert sum(each["properties"]["requests"] for each in features) == 200
    assert all(shapely.from_geojson(json.dumps(each["geometry"])).is_valid for each in features)
