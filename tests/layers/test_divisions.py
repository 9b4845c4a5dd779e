"""The two npm packages: codes, names, and outlines unpacked from ECharts' own compression."""

import geopandas as gpd
import numpy as np
import pytest
import shapely

from gis.geometry import area_m2
from layers import divisions
from layers.errors import CountyNotFound
from tests.shared_data import shared

pytestmark = pytest.mark.skipif(
    not divisions.has_outlines(), reason="npm ci --ignore-scripts was not run in layers/packs"
)


def test_a_ring_is_unpacked_as_echarts_does_it():
    # By hand: offset (1024, 2048) is 1° E, 2° N; "@" is 0, "C" is 3 → zigzag -2, "B" is 2 → 1, "H" is 8 → 4.
    ring = divisions.decoded_ring("@@CBHH", (1024, 2048))
    np.testing.assert_array_equal(ring * 1024, [[1024, 2048], [1022, 2049], [1026, 2053]])


def test_a_multipolygon_keeps_its_parts_and_holes():
    square, hole = "@@T@@TS@@S", "@@B@@BA@@A"  # ten and one grid steps wide
    packed = {"type": "MultiPolygon", "coordinates": [[square, hole], [square]],
              "encodeOffsets": [[[0, 0], [1, 1]], [[2048, 0]]]}  # fmt: skip
    shape = divisions.decoded_shape(packed)
    assert [len(part.interiors) for part in shape.geoms] == [1, 0]


def test_puxian_has_its_official_area_within_one_and_a_half_percent():
    outline = divisions.outline_of("141033")
    assert outline is not None
    assert area_m2(outline) / 1e6 == pytest.approx(1510.61, rel=0.015)  # county water bureau


def test_puxian_covers_the_same_ground_as_another_publishers_outline():
    other = gpd.read_file(shared("admin/puxian_141033_wgs84.geojson")).geometry[0]
    ours = divisions.outline_of("141033")
    assert ours is not None
    assert ours.intersection(other).area / ours.union(other).area > 0.99


def test_puxian_is_moved_500_to_600_m_west_of_what_is_published():
    published = gpd.read_file(shared("admin/puxian_141033_echarts2018_gcj02.geojson")).geometry[0]
    ours = divisions.outline_of("141033")
    assert ours is not None
    east_m = (published.centroid.x - ours.centroid.x) * np.cos(np.radians(36.4)) * 111_195
    assert 500 < east_m < 600


def test_puxian_has_eight_townships_and_seventy_one_villages():
    towns = divisions.townships_of("141033")
    assert [town.code[6:] for town in towns] == ["100", "101", "102", "103", "104", "200", "201", "204"]
    assert [town.name for town in towns][:2] == ["蒲城镇", "薛关镇"]
    assert len(divisions.villages_of("141033")) == 71


@pytest.mark.parametrize("asked", ["141033", "蒲县", "临汾市蒲县", "山西省 蒲县", "山西省临汾市蒲县"])
def test_a_county_is_found_by_code_name_and_longer_names(asked):
    assert divisions.county_named(asked).code == "141033"


def test_a_name_of_several_counties_lists_them_all():
    with pytest.raises(CountyNotFound) as refused:
        divisions.county_named("鼓楼区")
    assert refused.value.facts["candidates"] == ["320106", "320302", "350102", "410204"]
    assert "江苏省南京市鼓楼区" in refused.value.zh


def test_an_unknown_name_lists_what_sounds_like_it():
    with pytest.raises(CountyNotFound, match="141033") as refused:
        divisions.county_named("蒲")
    assert "蒲江县" in refused.value.zh


@pytest.mark.parametrize("asked", ["亚特兰蒂斯", "", "999999"])
def test_nonsense_is_refused_without_candidates(asked):
    with pytest.raises(CountyNotFound) as refused:
        divisions.county_named(asked)
    assert refused.value.facts["candidates"] == []


@pytest.mark.parametrize(
    ("code", "why"),
    [
        ("140681", "怀仁 became a city with a new code in 2018"),
        ("232701", "the code was 加格达奇区 and is 漠河市: that outline would be another place"),
        ("120119", "蓟州区 is listed without a single ring"),
    ],
)
def test_a_wrong_or_empty_outline_is_never_handed_out(code, why):
    assert code in divisions.counties()
    assert divisions.outline_of(code) is None, why


def test_namesakes_get_their_own_outlines():
    nanjing, kaifeng = divisions.outline_of("320106"), divisions.outline_of("410204")
    assert nanjing is not None
    assert kaifeng is not None
    assert nanjing.covers(shapely.Point(118.765, 32.07))  # south of the Yangtze
    assert kaifeng.centroid.x == pytest.approx(114.35, abs=0.1)


def test_an_outline_without_a_code_is_told_by_its_name():
    outline = divisions.outline_of("130922")  # 青县 of 沧州
    assert outline is not None
    assert outline.covers(shapely.Point(116.80, 38.58))


@pytest.mark.parametrize("code", ["540521", "460105", "310151", "210211"])
def test_outlines_are_valid_multipolygons(code):
    outline = divisions.outline_of(code)
    assert outline is not None
    assert outline.geom_type == "MultiPolygon"
    assert outline.is_valid
    assert not outline.is_empty
