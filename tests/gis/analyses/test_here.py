"""What is here: around, under and responsible, on a small county drawn by hand; what is missing is said and nothing fails."""

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from affine import Affine

from gis.analyses.here import ANALYSIS, HereParams
from gis.analysis import Given, Result
from gis.errors import ValueOutOfRange
from gis.grid import Grid
from gis.roads.engine import Roads
from gis.roads.network import network_of
from layers.registry import LAYERS

TOWNSHIPS = gpd.GeoDataFrame(
    {"code": ["141033100", "141033200"], "name": ["西镇", "东乡"], "duty_person": ["甲", "乙"], "duty_post": ["镇长", "乡长"]},
    index=["1", "2"], geometry=[shapely.box(111, 36, 111.1, 36.1), shapely.box(111.1, 36, 111.2, 36.1)], crs=4490,
)  # fmt: skip
PLACE = (111.03, 36.05)


def frame(shapes: list[shapely.Geometry | None], **columns: object) -> gpd.GeoDataFrame:
    ids = [str(n) for n in range(len(shapes))]
    named: dict[str, object] = {"code": [f"C{n}" for n in ids], "name": [f"名{n}" for n in ids], "status": ["in_use"] * len(ids)}
    made = gpd.GeoDataFrame(named | columns, index=pd.Index(ids, name="id"), geometry=shapes, crs=4490)
    made.attrs = {"zh": "某层", "en": "A layer"}
    return made


def valley() -> Grid:
    row, column = np.mgrid[0:330, 0:330]
    return Grid(1400.0 - 1.3 * row + 8.0 * np.abs(column - 90), Affine(0.0003, 0, 111.0, 0, -0.0003, 36.1), "EPSG:4490")


def answer(ground: Grid | None = None, radius_m: float = 500, roads: Roads | None = None, **layers: gpd.GeoDataFrame) -> Result:
    params = HereParams.model_validate({"place": list(PLACE), "radius_m": radius_m, "over": list(layers)})
    roles = ANALYSIS.needs(params).frames
    empty = {role: frame([]) for role in roles}
    held = empty | {"over townships": TOWNSHIPS} | {f"over {layer}": rows for layer, rows in layers.items()}
    assert set(held) == set(roles)
    return ANALYSIS.run(params, Given(held, TOWNSHIPS[["code", "name", "geometry"]], "EPSG:4546", ground=ground, roads=roads))


def test_what_lies_around_is_listed_nearest_first_with_distance_and_bearing() -> None:
    schools = frame([shapely.Point(111.03, 36.054), shapely.Point(111.034, 36.05), shapely.Point(111.5, 36.05)])
    result = answer(schools=schools)
    rows = result.lists["near"].frame
    assert rows[["layer", "id", "name", "bearing_deg"]].to_numpy().tolist() == [["schools", "1", "名1", 90.0], ["schools", "0", "名0", 0.0]]
    assert rows["distance_m"].tolist() == pytest.approx([360.5, 443.9], abs=0.5)
    assert result.figures[0].value == 2


def test_the_place_has_its_township_its_ground_and_its_height_above_the_stream() -> None:
    (here,) = answer(valley(), schools=frame([])).lists["here"].frame.to_dict("records")
    assert here["township"] == "西镇"
    assert here["elevation_m"] == pytest.approx(1400 - 1.3 * 166.2 + 8 * 9.5, abs=10)
    assert 0 < here["above_stream_m"] < 120
    assert 240 < here["aspect_deg"] < 270


def test_without_an_elevation_model_the_ground_is_unknown_and_said() -> None:
    result = answer(schools=frame([]))
    assert result.lists["here"].frame["elevation_m"].tolist() == [None]
    assert any("没有高程数据" in note.zh for note in result.notes)


def test_who_is_responsible_are_the_areas_the_place_lies_in_and_the_nearest_village() -> None:
    zone = frame([shapely.box(111.02, 36.04, 111.04, 36.06)], duty_person=["丙"], duty_post=["主任"])
    villages = frame([shapely.Point(111.05, 36.05), shapely.Point(111.035, 36.05)], duty_person=["丁", "戊"], duty_post=["村长"] * 2)
    rows = answer(risk_zones=zone, villages=villages).lists["duty"].frame
    assert rows[["layer", "duty_person"]].to_numpy().tolist() == [["risk_zones", "丙"], ["townships", "甲"], ["villages", "戊"]]


def test_the_nearest_team_comes_by_air_where_there_are_no_roads_and_that_is_said() -> None:
    teams = frame([shapely.Point(x, 36.05) for x in (111.09, 111.04, 111.031)], status=["ready", "ready", "out"])
    result = answer(rescue_teams=teams)
    assert result.lists["nearest_rescue_teams"].frame["name"].tolist() == ["名1"]
    assert any("估算" in note.zh for note in result.notes)
    assert "nearest_shelters" not in result.lists  # there is none, and a note says so
    assert any("shelters" in note.en for note in result.notes)


def beside_a_road(lat: float) -> Roads:
    road = shapely.LineString([(111.0, lat), (111.09, lat)])
    told = {"rank": ["county"], "status": ["open"], "code": ["R"], "name": ["县道"]}
    rows = gpd.GeoDataFrame(told, index=["1"], geometry=[road], crs=4490)
    return Roads(None, network_of(rows, None, {"county": 40.0}, 5.0))


def test_the_nearest_team_comes_by_road_and_far_from_any_road_by_air_which_is_said() -> None:
    teams = frame([shapely.Point(111.08, 36.0501)], status=["ready"])
    by_road = answer(roads=beside_a_road(36.0501), rescue_teams=teams)
    row = by_road.lists["nearest_rescue_teams"].frame.iloc[0]
    assert row["drive_min"] == pytest.approx(4.5 / 40 * 60, abs=0.2)  # 0.05° of 36° N at 40 km/h
    assert not any("估算" in note.zh for note in by_road.notes)
    far = answer(roads=beside_a_road(36.09), rescue_teams=teams)
    assert far.lists["nearest_rescue_teams"].frame["name"].tolist() == ["名0"]
    assert any("最近的道路" in note.zh for note in far.notes)
    assert any("估算" in note.zh for note in far.notes)


def test_a_radius_past_the_limit_is_refused() -> None:
    with pytest.raises(ValueOutOfRange):
        answer(radius_m=50_000, schools=frame([]))


def test_the_layers_looked_at_by_default_exist() -> None:
    assert set(HereParams.model_validate({"place": list(PLACE)}).over) <= set(LAYERS)
