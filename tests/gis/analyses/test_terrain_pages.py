"""The terrain pages as they are run: on hand-drawn ground, on the Andorra model with its holes, and on what they must refuse."""

from collections.abc import Mapping
from typing import Any

import geopandas as gpd
import numpy as np
import pytest
import rasterio
import shapely
from affine import Affine
from rasterio.transform import from_origin

from gis.analyses import height_above_drainage, slope, valley, viewshed, water_rise, watershed
from gis.analysis import Analysis, Bilingual, Cancelled, Given, Result
from gis.cells import cell_sizes, lonlat_of, position_in
from gis.errors import NoAnswer, ValueOutOfRange
from gis.grid import Grid
from gis.spread import areas_m2
from gis.terrain_flow import flow_of
from tests.shared_data import shared

PAGES = (slope, height_above_drainage, valley, watershed, viewshed, water_rise)
NOWHERE = gpd.GeoDataFrame({"code": [], "name": []}, geometry=[], crs=4490)
IN_ANDORRA = [1.5218, 42.5063]


def v_valley() -> Grid:
    """61 × 41 cells of 30 m: sides that rise 10 m a cell to a stream in the middle, which falls 1 m a cell to the south."""
    row, column = np.mgrid[0:61, 0:41]
    return Grid(10.0 * abs(column - 20) - row + 500.0, from_origin(500_000, 4_040_000, 30, 30), "EPSG:4546")


@pytest.fixture(scope="module")
def andorra() -> Grid:
    with rasterio.open(shared("osm_andorra") / "andorra_srtm3.tif") as source:
        values = source.read(1, masked=True).astype(np.float64).filled(np.nan)
        return Grid(values, source.transform, "EPSG:4490")


def asked(page: Any, ground: Grid | None, inputs: Mapping[str, Any], **more: Any) -> Result:
    analysis: Analysis[Any] = page.ANALYSIS
    given = Given(more.pop("frames", {}), NOWHERE, "EPSG:4546", ground=ground, **more)
    return analysis.run(analysis.params.model_validate(inputs), given)


def at(grid: Grid, row: float, column: float) -> list[float]:
    lon, lat = lonlat_of(grid, row, column)
    return [float(lon), float(lat)]


def inputs_of(page: Any, place: list[float]) -> dict[str, Any]:
    return {"slope": {}, "height_above_drainage": {}, "valley": {"place": place, "length_m": 500},
            "watershed": {"place": place}, "viewshed": {"places": [place], "range_km": 2},
            "water_rise": {"place": place, "rise_m": 3}}[page.ANALYSIS.id]  # fmt: skip


def said(result: Result) -> str:
    return " ".join(f"{note.zh} {note.en}" for note in result.notes)


# What is refused


@pytest.mark.parametrize("page", PAGES)
def test_a_county_without_an_elevation_model_is_told_so(page: Any) -> None:
    with pytest.raises(NoAnswer) as refusal:
        asked(page, None, inputs_of(page, [111.1, 36.4]))
    assert "没有高程数据" in refusal.value.zh


@pytest.mark.parametrize("page", PAGES)
def test_cells_of_nine_kilometres_are_too_coarse(page: Any) -> None:
    with rasterio.open(shared("terrain") / "linfen_elevation_5min.tif") as source:
        grid = Grid(source.read(1).astype(np.float64), source.transform, "EPSG:4490")
    with pytest.raises(ValueOutOfRange, match=r"cells of about \d+ m; this analysis needs"):
        asked(page, grid, inputs_of(page, [111.1, 36.4]))


@pytest.mark.parametrize("page", [valley, watershed, viewshed, water_rise])
def test_a_place_outside_the_model_is_refused(page: Any) -> None:
    with pytest.raises(NoAnswer, match="outside"):
        asked(page, v_valley(), inputs_of(page, [111.5, 36.4]))


@pytest.mark.parametrize("page", [slope, height_above_drainage])
def test_more_cells_than_one_analysis_may_have_are_refused(page: Any) -> None:
    with pytest.raises(ValueOutOfRange, match="cells"):
        asked(page, v_valley(), {}, limits={"terrain.most_cells": 1000})


def test_an_area_outside_the_model_is_refused() -> None:
    box = {"type": "Polygon", "coordinates": [[[112, 36], [112.1, 36], [112.1, 36.1], [112, 36.1], [112, 36]]]}
    with pytest.raises(NoAnswer, match="outside"):
        asked(slope, v_valley(), {"area": box})


@pytest.mark.parametrize("inputs", [{}, {"rise_m": 2.0, "level_m": 480.0}, {"rise_m": -1.0}, {"rise_m": float("nan")}])
def test_water_rises_by_a_height_or_to_a_level(inputs: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="rise"):
        water_rise.WaterRiseParams(place=[111.1, 36.4], **inputs)


@pytest.mark.parametrize("inputs", [{"rise_m": 470.0}, {"level_m": 400.0}, {"rise_m": 2.0, "upstream_m": 1e6}])
def test_an_absurd_rise_or_reach_is_refused(inputs: dict[str, float]) -> None:
    with pytest.raises(ValueOutOfRange):
        asked(water_rise, v_valley(), {"place": at(v_valley(), 30, 20), **inputs})


@pytest.mark.parametrize(("page", "inputs"), [(valley, {"length_m": 1e7}), (viewshed, {"range_km": 1000})])
def test_an_absurd_distance_is_refused(page: Any, inputs: dict[str, float]) -> None:
    with pytest.raises(ValueOutOfRange):
        asked(page, v_valley(), inputs_of(page, at(v_valley(), 30, 20)) | inputs)


@pytest.mark.parametrize("page", PAGES)
def test_a_page_stops_when_asked_to(page: Any) -> None:
    def stop(done: float, doing: Bilingual) -> None:
        raise Cancelled

    with pytest.raises(Cancelled):
        asked(page, v_valley(), inputs_of(page, at(v_valley(), 30, 20)), tell=stop)


# What comes out


@pytest.mark.parametrize("page", PAGES)
def test_shapes_are_sound_and_columns_are_there(page: Any) -> None:
    result = asked(page, v_valley(), inputs_of(page, at(v_valley(), 30, 20)), limits={"terrain.stream_km2": 0.05})
    for listing in result.lists.values():
        assert {column.name for column in listing.columns} <= {*listing.frame.columns}
        assert listing.frame.geometry.is_valid.all()
        assert listing.frame.crs.to_epsg() == 4490
    assert all(figure.listing in result.lists for figure in result.figures)
    assert "30 m × 30 m" in said(result)


def test_a_plane_is_one_class_of_slope_and_one_of_aspect() -> None:
    row, column = np.mgrid[0:30, 0:30]
    plane = Grid(10.0 * column, from_origin(500_000, 4_040_000, 30, 30), "EPSG:4546")
    slopes = asked(slope, plane, {}).lists["slope"].frame
    assert slopes["band"].tolist() == ["15–25°"]  # atan(1/3) = 18.4°
    assert slopes["area_m2"].tolist() == [28 * 28 * 900]  # the rim has no slope
    assert asked(slope, plane, {"of": "aspect"}).lists["aspect"].frame["band"].tolist() == [("西", "W")]


@pytest.mark.parametrize(("fall", "sector"), [((0, -1), "S"), ((1, 1), "NE"), ((-1, -1), "SW"), ((0, 1), "N")])
def test_ground_faces_the_way_it_falls(fall: tuple[int, int], sector: str) -> None:
    row, column = np.mgrid[0:12, 0:12]
    ground = Grid(500.0 - 9.0 * (fall[0] * column - fall[1] * row), Affine(1 / 3600, 0, 111, 0, -1 / 3600, 36.5), "EPSG:4490")
    assert asked(slope, ground, {"of": "aspect"}).lists["aspect"].frame["band"].iloc[0].en == sector


def test_heights_above_drainage_share_out_the_ground_and_say_where_there_is_none() -> None:
    result = asked(height_above_drainage, v_valley(), {}, limits={"terrain.stream_km2": 0.05})
    heights = result.lists["heights"].frame
    assert result.figures[0].value == heights["area_m2"].sum()
    assert heights["share_pct"].sum() == pytest.approx(100, abs=0.05)
    assert "没有" not in said(result)
    low = asked(height_above_drainage, v_valley(), {"upto_m": 10}, limits={"terrain.stream_km2": 0.05}).lists["heights"].frame
    assert set(low["band"]) == {"0–2 m", "2–5 m", "5–10 m"} & set(low["band"])
    assert low["area_m2"].sum() < heights["area_m2"].sum()


def test_an_area_bounds_the_answer() -> None:
    grid = v_valley()
    (west, south), (east, north) = at(grid, 40, 10), at(grid, 20, 30)
    box = shapely.geometry.mapping(shapely.box(west, south, east, north))
    heights = asked(height_above_drainage, grid, {"area": box}, limits={"terrain.stream_km2": 0.05}).lists["heights"].frame
    slopes = asked(slope, grid, {"area": box}).lists["slope"].frame
    assert heights["area_m2"].sum() == pytest.approx(20 * 20 * 900, rel=0.1)
    assert slopes["area_m2"].sum() == pytest.approx(20 * 20 * 900, rel=0.1)
    assert (areas_m2(slopes.geometry.to_numpy()).sum()) == pytest.approx(slopes["area_m2"].sum(), rel=0.01)


def test_the_valley_has_its_line_profile_and_strip() -> None:
    grid = v_valley()
    result = asked(valley, grid, {"place": at(grid, 10, 20), "length_m": 600, "half_width_m": 50})
    line, strip = result.lists["valley"].frame.iloc[0], result.lists["strip"].frame.iloc[0]
    assert (line["length_m"], line["drop_m"]) == (600, 20)
    assert strip["area_m2"] == pytest.approx(600 * 100 + np.pi * 50**2, rel=2e-3)
    assert strip.geometry.contains(line.geometry)
    assert result.lists["profile"].frame["elevation_m"].is_monotonic_decreasing


def test_a_valley_that_meets_the_edge_is_shorter_and_says_why() -> None:
    grid = v_valley()
    result = asked(valley, grid, {"place": at(grid, 50, 20), "length_m": 5000})
    assert result.facts["ended"] == "edge"
    assert result.lists["valley"].frame["length_m"].iloc[0] == pytest.approx(300, rel=1e-3)
    assert "边缘" in said(result)


def test_a_gauge_beside_the_stream_is_moved_and_the_distance_said() -> None:
    grid = v_valley()
    result = asked(watershed, grid, {"place": at(grid, 30, 22)}, limits={"terrain.snap_m": 61.0})
    assert result.facts["moved_m"] == pytest.approx(60, rel=1e-3)
    assert "移到了 60 m 外" in said(result)
    basin = result.lists["watershed"].frame.iloc[0]
    outlet = result.lists["outlet"].frame.iloc[0]
    assert basin.geometry.covers(outlet.geometry)
    assert basin["area_m2"] == 31 * 41 * 900
    assert "可能更大" in said(result)  # the valley reaches the rim


def test_a_level_is_a_rise_over_the_river_of_the_model() -> None:
    grid = v_valley()
    section = {"place": at(grid, 30, 20), "upstream_m": 310, "downstream_m": 310}
    limits = {"terrain.snap_m": 1.0, "terrain.smallest_patch_cells": 1}
    by_level = asked(water_rise, grid, {**section, "level_m": 500 - 30 + 15}, limits=limits)
    by_rise = asked(water_rise, grid, {**section, "rise_m": 15}, limits=limits)
    assert by_level.facts["rise_m"] == by_rise.facts["rise_m"] == by_rise.facts["deepest_m"] == 15
    flooded = by_rise.lists["flooded"].frame
    assert flooded["area_m2"].tolist() == by_level.lists["flooded"].frame["area_m2"].tolist()
    # One cell each side is 5 m deep, two are dry: three cells across on 21 rows, and above them a level pool:
    # 14 rows in the middle, 4 at its sides.
    assert flooded["area_m2"].sum() / 900 == 21 * 3 + 14 + 2 * 4


def test_towers_of_a_layer_bring_their_own_height_range_and_sector() -> None:
    grid = Grid(np.zeros((101, 101)), from_origin(500_000, 4_040_000, 30, 30), "EPSG:4546")
    towers = gpd.GeoDataFrame(
        {"name": ["东塔", "西塔"], "height_m": [20.0, None], "range_km": [0.6, None], "azimuth_from_deg": [0.0, None],
         "azimuth_to_deg": [90.0, None]},
        geometry=[shapely.Point(at(grid, 50, 50)), shapely.Point(at(grid, 50, 50))], index=["7", "8"], crs=4490,
    )  # fmt: skip
    result = asked(viewshed, grid, {"layer": "fire_facilities", "range_km": 1.2, "eye_m": 9}, frames={"towers": towers})
    rows = result.lists["towers"].frame
    assert rows["eye_m"].tolist() == [20, 9]
    assert rows["range_km"].tolist() == [0.6, 1.2]
    assert rows["seen_m2"].iloc[0] == pytest.approx(np.pi * 600**2 / 4, rel=0.06)
    assert rows["seen_m2"].iloc[1] == pytest.approx(np.pi * 1200**2, rel=0.02)
    bands = {band.en: area for band, area in result.lists["views"].frame[["band", "area_m2"]].to_numpy()}
    assert bands["Seen by two or more"] == rows["seen_m2"].iloc[0]
    assert sum(bands.values()) == rows["seen_m2"].iloc[1]


def test_villages_that_no_tower_sees_are_named() -> None:
    z = np.zeros((41, 41))
    z[:, 25] = 80.0
    grid = Grid(z, from_origin(500_000, 4_040_000, 30, 30), "EPSG:4546")
    villages = gpd.GeoDataFrame(
        {"name": ["坡前", "坡后", "县外"]}, index=["1", "2", "3"], crs=4490,
        geometry=[shapely.Point(at(grid, 20, 20)), shapely.Point(at(grid, 20, 32)), shapely.Point(112.5, 36.4)],
    )  # fmt: skip
    result = asked(viewshed, grid, {"places": [at(grid, 20, 5)], "range_km": 5}, frames={"villages": villages})
    verdicts = result.lists["villages"].frame.set_index("name")["verdict"].to_dict()
    assert verdicts == {"坡前": ("可见", "Seen"), "坡后": ("看不到", "Not seen"), "县外": ("未知", "Unknown")}
    assert result.lists["villages_unseen"].frame["id"].tolist() == ["2"]
    assert [figure.value for figure in result.figures][2] == 1


def test_one_tower_outside_the_model_does_not_stop_the_others() -> None:
    grid = Grid(np.zeros((41, 41)), from_origin(500_000, 4_040_000, 30, 30), "EPSG:4546")
    rows = asked(viewshed, grid, {"places": [at(grid, 20, 20), [112.5, 36.4]], "range_km": 1}).lists["towers"].frame
    assert rows["problem"].tolist() == [None, ("高程数据范围外或空洞", "No elevation there")]
    assert np.isnan(rows["seen_m2"].iloc[1])


# The Andorra model: 480 × 720 cells of 3 arc-seconds with 1,548 empty ones


@pytest.mark.parametrize("page", [slope, height_above_drainage])
def test_holes_of_the_andorra_model_stay_blank_and_are_counted(page: Any, andorra: Grid) -> None:
    assert np.isnan(andorra.values).sum() == 1548
    result = asked(page, andorra, {})
    listing = result.lists[result.figures[0].listing].frame
    sizes = cell_sizes(andorra)
    known_m2 = float((~np.isnan(andorra.values)).sum(axis=1) @ sizes.area_m2)
    assert 0.97 * known_m2 < listing["area_m2"].sum() < known_m2
    assert "不作推测" in said(result)
    row, column = np.argwhere(np.isnan(andorra.values)).T
    number = flow_of(andorra, 0.5e6).bridged.sum()
    assert 1000 < number < 1548  # some holes are too large, or at the rim
    empty = shapely.points(*lonlat_of(andorra, row, column))
    whole = shapely.union_all(listing.geometry.to_numpy())
    shapely.prepare(whole)
    assert shapely.contains(whole, empty).mean() < 0.1  # smoothing a border may pass over the middle of an empty cell


def test_the_river_of_andorra_floods_only_ground_that_hangs_together(andorra: Grid) -> None:
    result = asked(water_rise, andorra, {"place": IN_ANDORRA, "rise_m": 5, "upstream_m": 2000, "downstream_m": 2000})
    flooded = result.lists["flooded"].frame
    reach = result.lists["reach"].frame.iloc[0]
    assert 2000 < reach["length_m"] <= 4000
    assert flooded["area_m2"].sum() == result.figures[0].value > 50_000
    assert shapely.distance(shapely.union_all(flooded.geometry.to_numpy()), reach.geometry) < 1e-3


def test_the_basin_of_andorras_river_is_of_the_size_of_the_country(andorra: Grid) -> None:
    """The Valira drains nearly all of Andorra's 468 km² and some of Spain where it crosses the border at 1.46 E, 42.43 N."""
    result = asked(watershed, andorra, {"place": [1.4604, 42.4254]})
    basin = result.lists["watershed"].frame.iloc[0]
    assert 500e6 < basin["area_m2"] < 545e6
    assert areas_m2([basin.geometry])[0] == pytest.approx(basin["area_m2"], rel=0.005)
    row, column = position_in(andorra, result.lists["outlet"].frame["lon"].iloc[0], result.lists["outlet"].frame["lat"].iloc[0])
    assert flow_of(andorra, 0.5e6).upstream_m2[round(float(row)), round(float(column))] == pytest.approx(basin["area_m2"], abs=1)
