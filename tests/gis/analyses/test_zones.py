"""The zones page: mapped areas first, estimates as the domain says, what cannot be drawn is listed, never forgotten."""

import math

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from affine import Affine
from pydantic import ValidationError

from gis.analyses.zones import ANALYSIS, ZonesParams
from gis.analysis import Given, Result
from gis.errors import BadGeometry, NoAnswer, ValueOutOfRange
from gis.grid import Grid
from gis.spread import areas_m2
from gis.zoning import BEARINGS, MAPPED
from layers.registry import layer_named
from layers.tables import open_columns

WEST, EAST = "141033100", "141033200"
TOWNSHIPS = gpd.GeoDataFrame(
    {"code": [WEST, EAST], "name": ["西镇", "东乡"]}, index=["7", "8"],
    geometry=[shapely.box(111, 36, 111.1, 36.1), shapely.box(111.1, 36, 111.2, 36.1)], crs=4490,
)  # fmt: skip
DANGER = shapely.MultiPolygon([shapely.box(111.01, 36.01, 111.012, 36.012)])


def valley() -> Grid:
    """Ground that falls south along 111.02° E, 40 m a kilometre, in cells of 0.0003°."""
    row, column = np.mgrid[0:300, 0:140]
    return Grid(1400.0 - 1.3 * row + 8.0 * np.abs(column - 67), Affine(0.0003, 0, 111.0, 0, -0.0003, 36.09), "EPSG:4490")


def frame(*rows: dict[str, object]) -> gpd.GeoDataFrame:
    table = pd.DataFrame(list(rows)).drop(columns="geometry", errors="ignore")
    table["code"], table["name"] = [f"C{n}" for n in range(len(rows))], [f"点{n}" for n in range(len(rows))]
    shapes = [row.get("geometry", shapely.Point(111.02, 36.05)) for row in rows]
    return gpd.GeoDataFrame(table.set_index(pd.Index([str(n) for n in range(len(rows))])), geometry=shapes, crs=4490)


def answer(layer: str, rows: gpd.GeoDataFrame, *, ground: Grid | None = None, frames: dict[str, gpd.GeoDataFrame] | None = None,
           limits: dict[str, object] | None = None, **inputs: object) -> Result:  # fmt: skip
    params = ZonesParams.model_validate({"layer": layer, **inputs})
    held = {"objects": rows} | (frames or {})
    needs = ANALYSIS.needs(params)
    assert set(needs.frames) == set(held)
    assert needs.ground or ground is None
    return ANALYSIS.run(params, Given(held, TOWNSHIPS, "EPSG:4546", ground=ground, limits=limits or {}))


def zones(result: Result) -> pd.DataFrame:
    return result.lists["zones"].frame


# -- mapped areas


@pytest.mark.parametrize("stored", [DANGER, shapely.to_wkb(DANGER)])
def test_a_mapped_danger_area_goes_before_any_estimate(stored: object) -> None:
    rows = frame({"danger_zone": stored, "hazard_type": "debris_flow", "scale": "small"})
    made = zones(answer("geohazards", rows))
    assert made[["zone", "method", "method_name", "verb"]].to_numpy().tolist() == [["POLY", "mapped", ("图定范围", "Mapped"), None]]
    assert made.geometry.iloc[0].equals(DANGER)
    assert made["area_m2"].iloc[0] == pytest.approx(areas_m2([DANGER])[0])


def test_a_mapped_area_may_be_left_aside_for_the_valley() -> None:
    rows = frame({"danger_zone": DANGER})
    asked = {"code": "DOWN", "length_m": 500, "half_width_m": 50}
    assert zones(answer("geohazards", rows, ground=valley(), **asked))["method"].tolist() == ["mapped"]
    assert zones(answer("geohazards", rows, ground=valley(), prefer_mapped=False, **asked))["zone"].tolist() == ["DOWN(500,50)"]


def test_a_layer_of_areas_is_its_own_danger_area() -> None:
    made = zones(answer("flash_flood_zones", frame({"geometry": DANGER})))
    assert made["method"].tolist() == ["mapped"]


def test_the_columns_that_hold_danger_areas_and_bearings_are_those_of_the_layers() -> None:
    for layer, column in MAPPED.items():
        assert column in {found.name for found in open_columns(layer_named(layer))}
    held = {found.name for layer in ("geohazards", "spoil_heaps") for found in open_columns(layer_named(layer))}
    assert set(BEARINGS) | {"height_m", "hazard_type", "scale", "scale_computed", "footprint"} <= held


# -- estimates


@pytest.mark.parametrize(("scale", "radius_m"), [("small", 100), ("medium", 200), ("large", 300), ("extra_large", 500)])
def test_a_slide_without_a_mapped_area_has_the_radius_of_its_scale(scale: str, radius_m: float) -> None:
    made = zones(answer("geohazards", frame({"hazard_type": "landslide", "scale": scale, "danger_zone": None})))
    assert made[["zone", "method", "method_name"]].to_numpy().tolist() == [[f"BUF({radius_m})", "estimated", ("估算范围", "Estimated")]]
    assert made["area_m2"].iloc[0] == pytest.approx(math.pi * radius_m**2, rel=1e-3)


def test_a_debris_flow_runs_down_the_valley_for_a_kilometre() -> None:
    made = zones(answer("geohazards", frame({"hazard_type": "debris_flow", "scale": "small"}), ground=valley()))
    assert made["zone"].tolist() == ["DOWN(1000,50)"]
    assert made["area_m2"].iloc[0] == pytest.approx(2 * 50 * 1000 + math.pi * 50**2, rel=0.02)
    assert made.geometry.iloc[0].covers(shapely.Point(111.0202, 36.042))
    assert "沿实际沟谷" in made["why"].iloc[0].zh


def test_a_collapse_has_the_sector_below_it_along_the_fall_line_of_the_ground() -> None:
    rows = frame({"hazard_type": "collapse", "height_m": 40.0, "geometry": shapely.Point(111.03, 36.05)})
    made = zones(answer("geohazards", rows, ground=valley()))
    assert made["zone"].tolist() == ["SLOPE(1.5)"]
    assert made["area_m2"].iloc[0] == pytest.approx(math.pi * 60**2 / 6, rel=2e-3)
    west, _, east, _ = made.total_bounds
    assert west < 111.0295 < 111.03 <= east + 1e-9  # the valley lies to the west
    assert "坡向取自高程" in made["why"].iloc[0].zh


def test_an_entered_fall_line_goes_before_that_of_the_ground() -> None:
    rows = frame({"hazard_type": "collapse", "height_m": 40.0, "slope_bearing_deg": 90.0})
    made = zones(answer("geohazards", rows))
    assert made.total_bounds[0] == pytest.approx(111.02)
    assert "坡向为填报值" in made["why"].iloc[0].zh


def test_what_the_better_estimate_lacks_is_said_and_the_radius_stands_in() -> None:
    rows = frame({"hazard_type": "collapse", "height_m": math.nan, "scale": "medium"}, {"hazard_type": "debris_flow", "scale": "large"})
    made = zones(answer("geohazards", rows))
    assert made["zone"].tolist() == ["BUF(200)", "BUF(300)"]
    assert "没有填高度" in made["why"].iloc[0].zh
    assert "没有高程数据" in made["why"].iloc[1].zh


def test_a_heap_is_swept_from_its_footprint_no_shorter_and_no_longer_than_the_rule() -> None:
    footprint = shapely.box(111.02, 36.05, 111.022, 36.052)
    low, high = ({"height_m": height, "fall_bearing_deg": 180.0, "footprint": footprint, "toe": None} for height in (20.0, 400.0))
    made = zones(answer("spoil_heaps", frame(low, high)))
    assert made["zone"].tolist() == ["SLOPE(2,100,500)"] * 2
    south = made.geometry.bounds["miny"]
    assert ((36.05 - south) * 110_960).round().tolist() == [100, 500]  # a degree of meridian at 36° N
    assert made.geometry.covers(footprint).all()


def test_the_numbers_are_the_countys() -> None:
    limits = {"zones.geohazard_radius_m": {"small": 150}, "zones.fallback": {}}
    rows = frame({"hazard_type": "collapse", "scale": "small"})
    assert zones(answer("geohazards", rows, limits=limits))["zone"].tolist() == ["BUF(150)"]


def test_objects_without_a_zone_are_listed_and_said_first() -> None:
    rows = frame({"hazard_type": "landslide", "scale": "small"}, {"hazard_type": "landslide", "scale": math.nan})
    result = answer("geohazards", rows)
    assert zones(result)["id"].tolist() == ["0"]
    assert result.lists["not_made"].frame[["layer", "id", "code"]].to_numpy().tolist() == [["geohazards", "1", "C1"]]
    assert "规模" in result.lists["not_made"].frame["why"].iloc[0].zh
    assert "不要遗漏" in result.notes[0].zh
    assert {figure.listing: figure.value for figure in result.figures if figure.of is None} == {"zones": 1, "not_made": 1}


def test_where_nothing_can_be_drawn_the_reason_is_the_answer() -> None:
    with pytest.raises(NoAnswer, match="no code stands in"):
        answer("schools", frame({}))
    with pytest.raises(NoAnswer, match="no elevation model"):
        answer("reservoirs", frame({"inundation": None}))


# -- by code


def test_a_buffer_is_about_the_object_itself() -> None:
    made = zones(answer("worksites", frame({}), code="BUF", radius_m=50))
    assert made["area_m2"].iloc[0] == pytest.approx(math.pi * 50**2, rel=1e-3)


def test_wind_needs_its_direction_and_blows_the_other_way() -> None:
    asked = {"code": "WIND", "length_m": 3000, "half_angle_deg": 30}
    made = zones(answer("chemical_sites", frame({}), wind_from_deg=0, **asked))
    assert made.total_bounds[3] == pytest.approx(36.05)
    assert made["area_m2"].iloc[0] == pytest.approx(math.pi * 3000**2 / 6, rel=2e-3)
    with pytest.raises(ValidationError, match="wind_from_deg"):
        ZonesParams.model_validate({"layer": "chemical_sites", **asked})


def test_a_ford_seals_the_road_to_the_next_junctions() -> None:
    def line(*points: tuple[float, float]) -> shapely.LineString:
        return shapely.LineString([(111 + x / 100, 36 + y / 100) for x, y in points])

    main, side, other = line((0, 5), (2, 5), (4, 5)), line((1, 5), (1, 6)), line((4, 5), (4, 9), (6, 9))
    roads = gpd.GeoDataFrame({"code": ["a", "b", "c"]}, geometry=[main, side, other], crs=4490)
    result = answer("crossings", frame({}), code="SEG", frames={"roads": roads})
    made = zones(result)
    assert made["zone"].tolist() == ["SEG"]
    assert made["area_m2"].tolist() == [0]
    assert made["length_m"].iloc[0] > 2_700
    assert {figure.of for figure in result.figures} == {None, "length_m"}
    with pytest.raises(NoAnswer, match="no roads"):
        answer("crossings", frame({}), code="SEG", frames={"roads": roads.iloc[:0]})


def test_a_drawn_area_is_a_zone_as_drawn() -> None:
    square = {"type": "Polygon", "coordinates": [[[111, 36], [111.01, 36], [111.01, 36.01], [111, 36.01], [111, 36]]]}
    result = ANALYSIS.run(ZonesParams.model_validate({"geometry": square}), Given({}, TOWNSHIPS, "EPSG:4546"))
    made = zones(result)
    assert (made["zone"][0], made["why"][0].en, made["name"][0].en) == ("POLY", "As drawn", "Drawn shape")


# -- divisions


VILLAGES = gpd.GeoDataFrame(
    {"code": ["V1", "V2", "V3"], "name": ["上庄", "上庄", "下庄"], "village_code": ["141033100201", "141033200201", "141033100202"],
     "area_shape": [None, None, DANGER]},
    index=["1", "2", "3"], geometry=[shapely.Point(111.02, 36.05)] * 3, crs=4490,
)  # fmt: skip


def named(*places: str, county: shapely.Geometry | None = None) -> Result:
    params = ZonesParams(code="ADMIN", places=places)
    assert set(ANALYSIS.needs(params).frames) == {"villages"}
    return ANALYSIS.run(params, Given({"villages": VILLAGES}, TOWNSHIPS, "EPSG:4546", county=county))


@pytest.mark.parametrize("place", ["西镇", WEST, WEST + "000", " 西镇 "])
def test_a_township_is_named_by_name_or_code(place: str) -> None:
    made = zones(named(place))
    assert made[["layer", "id", "code", "method"]].to_numpy().tolist() == [["townships", "7", WEST, "mapped"]]


def test_a_place_named_twice_is_one_zone_and_a_village_has_its_own_area() -> None:
    assert zones(named("西镇", WEST, "下庄"))["layer"].tolist() == ["townships", "villages"]


def test_the_county_is_its_outline_or_else_its_townships() -> None:
    whole = shapely.box(111, 36, 111.2, 36.1)
    assert zones(named("141033", county=whole)).geometry.iloc[0].equals(whole)
    assert zones(named("141033")).geometry.iloc[0].equals(whole)


def test_a_village_without_an_area_is_listed_as_not_drawn() -> None:
    result = named("下庄", "141033100201")
    assert result.lists["not_made"].frame["code"].tolist() == ["141033100201"]


@pytest.mark.parametrize(("place", "said"), [("北镇", "is called"), ("999999", "is called"), ("上庄", "2 places")])
def test_an_unknown_or_doubtful_name_is_refused(place: str, said: str) -> None:
    with pytest.raises(NoAnswer, match=said):
        named(place)


# -- what is refused


@pytest.mark.parametrize("inputs", [
    {}, {"layer": "geohazards", "geometry": {}}, {"layer": "geohazards", "code": "BUF"}, {"layer": "geohazards", "code": "FLY"},
    {"code": "ADMIN"}, {"layer": "geohazards", "code": "BUF", "radius_m": -3}, {"layer": "geohazards", "code": "DOWN", "length_m": 5},
    {"layer": "geohazards", "code": "SLOPE", "times_height": 2, "least_m": 500, "most_m": 100},
    {"layer": "geohazards", "code": "WIND", "length_m": 100, "half_angle_deg": 120, "wind_from_deg": 0},
])  # fmt: skip
def test_a_question_that_is_not_one_is_refused(inputs: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        ZonesParams.model_validate(inputs)


def test_absurd_lengths_unknown_ids_and_broken_shapes_are_refused() -> None:
    with pytest.raises(ValueOutOfRange, match="metres"):
        answer("geohazards", frame({}), code="BUF", radius_m=1_000_000)
    with pytest.raises(NoAnswer, match="Z9"):
        answer("geohazards", frame({"scale": "small"}), ids=["Z9"])
    with pytest.raises(BadGeometry):
        ANALYSIS.run(ZonesParams.model_validate({"geometry": {"type": "Polygon", "coordinates": [[[111, 36]]]}}), Given({}, TOWNSHIPS, ""))
