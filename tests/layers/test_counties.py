"""County packs: what ships, what any county starts from, and what is refused by file, row and column."""

import json
from pathlib import Path

import geopandas as gpd
import psycopg
import pytest
import shapely

from gis.datum import distance_m, gcj02_from_cgcs2000
from gis.errors import UnknownCrs, UnreadableFile
from layers import divisions
from layers.counties import (
    CountyPack,
    Places,
    init_pack,
    pack_rows,
    read_pack,
    township_names,
    village_names,
    what_is_missing,
)
from layers.errors import BadPack, LayerNotFound
from layers.loading import load_rows
from layers.registry import LAYERS, words
from tests.shared_data import shared

REPOSITORY = Path(__file__).resolve().parents[2]
PUXIAN = REPOSITORY / "layers" / "packs" / "141033"
ANDORRA = REPOSITORY / "tests" / "packs" / "andorra"

needs_packages = pytest.mark.skipif(
    not divisions.has_outlines(), reason="npm ci --ignore-scripts was not run in layers/packs"
)

TOML = """
code = "990199"
name = "试验县"
en = "Trial County"
metric_epsg = 4546
centre = [111.05, 36.05]
[[sources]]
key = "us"
name = "ourselves"
licence = "CC0"
attribution = "试验"
url = "https://example.org"
"""
COUNTY = shapely.box(111.0, 36.0, 111.1, 36.1)
WEST, EAST = shapely.box(111.0, 36.0, 111.05, 36.1), shapely.box(111.05, 36.0, 111.1, 36.1)


def a_pack(folder: Path, more: str = "", **files: str) -> CountyPack:
    """A pack with these lines after the heading, and these files in layers/ (name__suffix=text)."""
    (folder / "county.toml").write_text(TOML + more, encoding="utf-8")
    (folder / "layers").mkdir(exist_ok=True)
    for name, text in files.items():
        (folder / "layers" / name.replace("__", ".")).write_text(text, encoding="utf-8")
    return read_pack(folder)


def features(*rows: tuple[dict, shapely.Geometry]) -> str:
    found = [
        {"type": "Feature", "properties": values, "geometry": shapely.geometry.mapping(shape)} for values, shape in rows
    ]
    return json.dumps({"type": "FeatureCollection", "features": found})


def frames(pack: CountyPack) -> dict[str, gpd.GeoDataFrame]:
    return dict(pack_rows(pack))


MINES = '[layers.mines]\nfile = "layers/mines.csv"\ndatum = "wgs84"\nsource = "us"\n'
OUTLINED = """
[boundary]
file = "outline.geojson"
source = "us"
[townships]
file = "townships.geojson"
source = "us"
"""


def an_outlined_pack(folder: Path, more: str = "", **files: str) -> CountyPack:
    (folder / "outline.geojson").write_text(features(({}, COUNTY)), encoding="utf-8")
    towns = [({"code": f"99019910{n}", "name": f"{n}镇", "status": "现行"}, s) for n, s in ((1, WEST), (2, EAST))]
    (folder / "townships.geojson").write_text(features(*towns), encoding="utf-8")
    return a_pack(folder, OUTLINED + more, **files)


# --- 蒲县 ---


@pytest.fixture(scope="module")
def puxian() -> dict[str, gpd.GeoDataFrame]:
    if not divisions.has_outlines():
        pytest.skip("npm ci --ignore-scripts was not run in layers/packs")
    return frames(read_pack(PUXIAN))


def test_puxian_brings_its_outline_mines_faults_and_earthquakes_and_no_township_borders(puxian):
    assert {name: len(frame) for name, frame in puxian.items()} == {
        "counties": 1,
        "earthquakes": 12,
        "faults": 4,
        "mines": 19,
    }


def test_puxian_names_its_eight_townships_and_their_older_names():
    towns = {town["code"]: town for town in township_names(read_pack(PUXIAN))}
    assert len(towns) == 8
    assert towns["141033100"]["former_names"] == ["红道乡"]
    assert towns["141033104"]["former_codes"] == ["141033203"]


@needs_packages
def test_puxian_township_and_village_codes_are_those_of_the_national_list():
    pack = read_pack(PUXIAN)
    assert [(t["code"], t["name"]) for t in township_names(pack)] == [
        (town.code, town.name) for town in divisions.townships_of("141033")
    ]
    assert len(village_names(pack)) == 71


def test_fifteen_working_mines_of_puxian_make_19_5_million_tonnes_a_year(puxian):
    mines = puxian["mines"]
    working = mines[
        (mines["status"] == "producing") & (mines["admin_code"] != "141033")
    ]  # one has a neighbour's address
    assert len(working) == 15
    assert working["capacity"].sum() == pytest.approx(1950)  # 万吨/年
    assert set(mines["source"]) == {"Global Coal Mine Tracker, Global Energy Monitor (CC BY 4.0)"}


def test_every_mine_of_puxian_lies_in_its_outline(puxian):
    assert puxian["mines"].geometry.within(puxian["counties"].geometry[0]).all()


def test_the_lishi_fault_runs_some_forty_kilometres_inside_puxian(puxian):
    county, faults = puxian["counties"].to_crs(4546), puxian["faults"].to_crs(4546)
    lishi = faults[faults["name"] == "离石断裂"].geometry.iloc[0]
    assert lishi.intersection(county.geometry[0]).length / 1000 == pytest.approx(41, abs=2)


def test_the_simplified_lishi_fault_stays_within_600_m_of_the_published_trace():
    published = gpd.read_file(shared("hazards/china_active_faults_clip.geojson")).to_crs(4546)
    (trace,) = published[published["断层名称"] == "离石断裂"].geometry
    ours = gpd.read_file(PUXIAN / "layers" / "faults.geojson").to_crs(4546)
    assert ours[ours["code"] == "CNF-F243"].geometry.iloc[0].hausdorff_distance(trace) < 600


def test_the_earthquake_of_1967_lies_in_puxian_and_all_are_within_150_km(puxian):
    quakes = puxian["earthquakes"]
    inside = quakes[quakes.within(puxian["counties"].geometry[0])]
    assert list(inside["year"]) == [1967]
    away_m = distance_m(quakes.geometry.x, quakes.geometry.y, [111.0905] * 12, [36.4117] * 12)
    assert away_m.max() < 150_000
    assert sorted(quakes.loc[quakes["magnitude"] == 8, "year"]) == [1303, 1695]


@needs_packages
def test_puxian_says_what_it_lacks_in_both_languages():
    missing = what_is_missing(read_pack(PUXIAN))
    assert missing[0] == ("乡镇界线(已有 8 个名称和代码)", "outlines of townships (8 are known by name and code)")
    assert ("道路", "roads") in missing
    assert ("高程(DEM)", "elevation (DEM)") in missing
    assert LAYERS["mines"].zh not in [zh for zh, _ in missing]


# --- any county ---


@needs_packages
def test_a_starting_pack_of_any_county_can_be_read_and_brings_its_outline(tmp_path):
    folder = init_pack("洪洞县", tmp_path)
    pack = read_pack(folder)
    assert (pack.code, pack.city, pack.metric_epsg) == ("141024", "临汾市", 4546)
    assert [name for name, _ in pack_rows(pack)] == ["counties"]
    assert len(village_names(pack)) > 100
    assert {town["kind"] for town in township_names(pack)} == {"town", "township"}
    assert frames(pack)["counties"].geometry[0].contains(shapely.Point(*pack.centre))


@needs_packages
def test_a_county_without_a_public_outline_starts_without_and_says_so(tmp_path):
    pack = read_pack(init_pack("怀仁市", tmp_path))
    assert frames(pack) == {}
    assert what_is_missing(pack)[0] == ("县界", "the county's outline")
    assert "guessed from its neighbours" in (pack.folder / "county.toml").read_text(encoding="utf-8")
    assert pack.centre == pytest.approx((113.1, 39.8), abs=0.8)  # 怀仁, from the counties of 朔州


@needs_packages
def test_a_folder_with_something_in_it_is_never_overwritten(tmp_path):
    init_pack("洪洞县", tmp_path)
    with pytest.raises(BadPack, match="not empty"):
        init_pack("141024", tmp_path)


# --- what a pack may hold ---


def test_every_column_of_a_frame_is_a_field_of_its_layer(tmp_path):
    pack = an_outlined_pack(
        tmp_path, MINES, mines__csv="code,name,status,lon,lat,monitoring\nM1,一号,生产,111.01,36.05,安全监控;人员定位\n"
    )
    for name, frame in pack_rows(pack):
        assert set(frame.columns) - {"geometry", "status"} <= set(words(LAYERS[name]))
        assert {"code", "name", "admin_code", "source", "status"} <= set(frame.columns)
        assert frame.crs.to_epsg() == 4490
    assert list(frames(pack)["mines"]["monitoring"]) == [["safety", "personnel"]]


def test_chinese_headings_and_chinese_values_mean_the_fields_and_their_codes(tmp_path):
    pack = a_pack(
        tmp_path, MINES, mines__csv="编号,名称,状态,矿种,煤尘爆炸性,lon,lat\nM1,一号,停产,煤矿,是,111.01,36.05\n"
    )
    row = frames(pack)["mines"].iloc[0]
    assert (row["code"], row["status"], row["mine_kind"], row["dust_explosive"]) == ("M1", "suspended", "coal", True)


def test_rows_get_the_township_they_lie_in_and_the_county_outside_of_all(tmp_path):
    text = "code,name,status,lon,lat\nM1,西,生产,111.01,36.05\nM2,东,生产,111.09,36.05\nM3,外,生产,111.3,36.05\n"
    mines = frames(an_outlined_pack(tmp_path, MINES, mines__csv=text))["mines"]
    assert list(mines["admin_code"]) == ["990199101", "990199102", "990199"]


def test_a_point_on_a_common_border_always_goes_to_the_first_township():
    places = Places("990199", [({"code": "990199101"}, WEST), ({"code": "990199102"}, EAST)])
    assert places.codes_at([shapely.Point(111.05, 36.05)]) == ["990199101"]


def test_a_file_in_gcj02_is_moved_and_the_typed_numbers_are_kept(tmp_path):
    shifted = gcj02_from_cgcs2000(111.01, 36.05)
    text = f"code,name,status,lon,lat\nM1,一号,生产,{shifted.lon},{shifted.lat}\n"
    mines = frames(a_pack(tmp_path, MINES.replace("wgs84", "gcj02"), mines__csv=text))["mines"]
    assert (mines.geometry.x[0], mines.geometry.y[0]) == pytest.approx((111.01, 36.05), abs=1e-9)
    assert mines["coord_crs"][0] == "gcj02"
    assert mines["coord_raw"][0] == f"{shifted.lon}, {shifted.lat}"


@pytest.mark.parametrize("suffix", ["geojson", "gpkg", "shp.zip", "parquet"])
def test_the_same_faults_come_out_of_every_format(tmp_path, suffix):
    pack = a_pack(tmp_path)
    frame = gpd.GeoDataFrame(
        {"code": ["F1"], "name": ["断层"], "status": ["mapped"], "source": ["试验"]},
        geometry=[shapely.LineString([(111, 36), (111.1, 36.1)])], crs=4490,
    )  # fmt: skip
    path = tmp_path / "layers" / f"faults.{suffix}"
    if suffix == "parquet":
        frame.to_parquet(path)
    else:
        frame.to_crs(4326).to_file(
            path, driver={"geojson": "GeoJSON", "gpkg": "GPKG", "shp.zip": "ESRI Shapefile"}[suffix]
        )
    faults = frames(pack)["faults"]
    assert list(faults["code"]) == ["F1"]
    assert faults.geometry[0].equals_exact(frame.geometry[0], 1e-9)


def test_metres_of_a_geopackage_become_degrees(tmp_path):
    pack = a_pack(tmp_path)
    frame = gpd.GeoDataFrame(
        {"code": ["F1"], "name": ["断层"], "status": ["mapped"], "source": ["试验"]},
        geometry=[shapely.LineString([(111, 36), (111.1, 36.1)])], crs=4490,
    )  # fmt: skip
    frame.to_crs(4546).to_file(tmp_path / "layers" / "faults.gpkg", driver="GPKG")
    assert frames(pack)["faults"].geometry[0].equals_exact(frame.geometry[0], 1e-8)


def test_empty_cells_are_none_and_whole_numbers_stay_whole(tmp_path):
    text = "code,name,status,lon,lat,workforce\nM1,一号,生产,111.01,36.05,\nM2,二号,生产,111.02,36.05,120\n"
    workforce = list(frames(a_pack(tmp_path, MINES, mines__csv=text))["mines"]["workforce"])
    assert workforce == [None, 120]
    assert isinstance(workforce[1], int)


def test_the_same_pack_gives_the_same_rows_twice(tmp_path):
    pack = an_outlined_pack(tmp_path, MINES, mines__csv="code,name,status,lon,lat\nM1,一号,生产,111.01,36.05\n")
    for (name, first), (again, second) in zip(pack_rows(pack), pack_rows(pack), strict=True):
        assert name == again
        assert first.equals(second)


def test_a_layer_of_an_extract_and_of_a_file_is_one_frame(tmp_path):
    osm = '<osm version="0.6"><node id="1" lon="111.01" lat="36.05" version="1"><tag k="amenity" v="school"/></node></osm>'
    (tmp_path / "small.osm").write_text(osm, encoding="utf-8")
    pack = a_pack(
        tmp_path,
        '[osm]\nfile = "small.osm"\nsource = "us"\n[layers.schools]\nfile = "layers/schools.csv"\nsource = "us"\n',
        schools__csv="code,name,status,lon,lat\nS1,一小,上课,111.02,36.05\n",
    )
    assert list(frames(pack)["schools"]["code"]) == ["osm-n1", "S1"]


# --- what is refused ---


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("code,name,status,lon,lat,depht\nM1,一号,生产,111,36,3\n", "no columns depht"),
        ("code,name,status,lon,lat\nM1,一号,营业,111,36\n", "status must be one of producing"),
        ("code,name,status,lon,lat,capacity\nM1,一号,生产,111,36,约30\n", "column capacity cannot be '约30'"),
        ("code,name,status,lon,lat,capacity\nM1,一号,生产,111,36,-1\n", "greater than or equal to 0"),
        ("code,name,status,lon,lat,gas_class\nM1,一号,生产,111,36,中瓦斯\n", "column gas_class"),
        ("code,name,status,lon,lat\nM1,一号,生产,东,36\n", "row 1: lon, lat are no numbers"),
        ("code,name,status,lon,lat\nM1,一号,生产,36.4,111.1\n", "looks swapped"),
        ("code,name,status\nM1,一号,生产\n", "M1 has no position"),
        ("code,name,status,lon,lat\nM1,一号,生产,111,36,7\n", "more cells than the header"),
        ("name,status,lon,lat\n一号,生产,111,36\n", "column code"),
        ("code,name,status,lon,lat,boundary\nM1,一号,生产,111,36,{}\n", "boundary: This layer holds MultiPolygon"),
    ],
)
def test_what_does_not_fit_is_refused_by_file_and_row(tmp_path, text, says):
    with pytest.raises(BadPack, match=says) as refused:
        frames(a_pack(tmp_path, MINES, mines__csv=text))
    assert "mines.csv" in refused.value.zh


def test_the_last_row_is_checked_as_well_as_the_first(tmp_path):
    text = "code,name,status,lon,lat\nM1,一号,生产,111,36\nM2,二号,生产,,36\n"
    with pytest.raises(BadPack, match="row 2"):
        frames(a_pack(tmp_path, MINES, mines__csv=text))


def test_rows_without_a_source_are_refused(tmp_path):
    with pytest.raises(BadPack, match="column source"):
        frames(a_pack(tmp_path, mines__csv="code,name,status,lon,lat\nM1,一号,生产,111,36\n"))


def test_a_shapefile_without_a_crs_is_refused(tmp_path):
    pack = a_pack(tmp_path)
    frame = gpd.GeoDataFrame({"code": ["F1"]}, geometry=[shapely.LineString([(111, 36), (112, 36)])])
    with pytest.warns(UserWarning, match="crs"):
        frame.to_file(tmp_path / "layers" / "faults.shp.zip", driver="ESRI Shapefile")
    with pytest.raises(UnknownCrs, match=r"Add the \.prj"):
        frames(pack)


def test_a_file_of_no_layer_is_refused(tmp_path):
    with pytest.raises(LayerNotFound):
        frames(a_pack(tmp_path, dragons__csv="code,name\nD1,龙\n"))


def test_a_broken_file_is_refused_without_telling_where_it_stands(tmp_path):
    with pytest.raises(UnreadableFile, match=r"faults\.geojson cannot be read") as refused:
        frames(a_pack(tmp_path, faults__geojson="not json"))
    assert str(tmp_path) not in refused.value.en


def test_an_absent_file_is_refused(tmp_path):
    with pytest.raises(UnreadableFile, match="not there"):
        frames(a_pack(tmp_path, MINES))


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (('code = "990199"', 'code = "9901"'), "code"),
        (("metric_epsg = 4546", "metric_epsg = 4490"), "not in metres; 4546 would be"),
        (("metric_epsg = 4546", "metric_epsg = 1"), "metric_epsg is wrong"),
        (("centre = [111.05, 36.05]", "centre = [36.05, 111.05]"), "centre"),
        (('en = "Trial County"', 'english = "Trial County"'), "en"),
        (('key = "us"', 'key = "them"'), "no source 'us'"),
        (('licence = "CC0"', ""), "licence"),
        (('name = "试验县"', "name = "), "cannot be read"),
    ],
)
def test_a_wrong_county_toml_is_refused_with_the_key(tmp_path, change, says):
    (tmp_path / "county.toml").write_text((TOML + MINES).replace(*change), encoding="utf-8")
    with pytest.raises(BadPack, match=says):
        read_pack(tmp_path)


def test_a_folder_without_county_toml_is_no_pack(tmp_path):
    with pytest.raises(BadPack, match=r"has no county\.toml"):
        read_pack(tmp_path)


def test_an_outline_of_two_counties_is_refused(tmp_path):
    pack = an_outlined_pack(tmp_path)
    (tmp_path / "outline.geojson").write_text(features(({}, WEST), ({}, EAST)), encoding="utf-8")
    with pytest.raises(BadPack, match="it has 2"):
        frames(pack)


# --- Andorra ---


@pytest.fixture(scope="module")
def andorra() -> dict[str, gpd.GeoDataFrame]:
    return frames(read_pack(ANDORRA, data=shared("osm_andorra")))


def test_andorra_has_seven_parishes_and_its_points_lie_in_them(andorra):
    towns = andorra["townships"].set_index("code").geometry
    assert len(towns) == 7
    assert sorted(towns.index)[0] == "990101001"
    for name in ("villages", "schools", "hospitals", "shelters", "rescue_teams", "crossings"):
        frame = andorra[name]
        assert all(
            shape.intersects(towns[code]) for shape, code in zip(frame.geometry, frame["admin_code"], strict=True)
        )


def test_andorra_has_its_official_area_and_heights_between_its_lowest_and_highest_point(andorra):
    assert andorra["counties"].to_crs(32631).area[0] / 1e6 == pytest.approx(468, rel=0.005)
    heights = andorra["shelters"]["elevation_m"].dropna().astype(float)
    assert heights.between(840, 2942).all()  # 840 m at the Spanish border, 2942 m Coma Pedrosa
    assert len(heights) > 45


def test_andorra_lacks_only_what_openstreetmap_does_not_know():
    missing = [en for _, en in what_is_missing(read_pack(ANDORRA, data=shared("osm_andorra")))]
    assert missing[0] == LAYERS["flash_flood_zones"].en
    assert not {"roads", "elevation (DEM)", "the county's outline"} & set(missing)


# --- into the database ---


def loaded(connection: psycopg.Connection, rows: dict[str, gpd.GeoDataFrame]) -> dict[str, int]:
    """Layer → rows added or changed (the test county has the code of 蒲县, so that one row is changed)."""
    done = {name: load_rows(connection, LAYERS[name], frame, "pack") for name, frame in rows.items()}
    return {name: load.added + load.changed for name, load in done.items()}


def test_every_row_of_puxian_fits_its_table_and_a_second_loading_changes_nothing(settings, puxian):
    with psycopg.connect(settings.owner_url) as connection:
        assert loaded(connection, puxian) == {name: len(frame) for name, frame in puxian.items()}
        assert set(loaded(connection, puxian).values()) == {0}
        connection.rollback()


def test_every_row_of_andorra_fits_its_table_and_a_second_loading_changes_nothing(settings, andorra):
    with psycopg.connect(settings.owner_url) as connection:
        assert loaded(connection, andorra) == {name: len(frame) for name, frame in andorra.items()}
        assert set(loaded(connection, andorra).values()) == {0}
        connection.rollback()
