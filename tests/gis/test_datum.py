"""Coordinate systems, against published numbers, PROJ through another program, and facts worked out for 蒲县."""

import json
import subprocess
from contextlib import suppress

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from gis.datum import (
    bd09_from_cgcs2000,
    cgcs2000_from_bd09,
    cgcs2000_from_gcj02,
    distance_m,
    from_metric,
    gcj02_from_cgcs2000,
    geometry_to_cgcs2000,
    lonlat_from_gauss_kruger,
    looks_swapped,
    metric_epsg,
    parse_degrees,
    suspected_system,
    to_cgcs2000,
    to_metric,
)
from gis.errors import BadCoordinates, UnknownCrs

COUNTY = (110.860, 36.198, 111.391, 36.633)


def county_grid() -> tuple[np.ndarray, np.ndarray]:
    west, south, east, north = COUNTY
    lon, lat = np.meshgrid(np.linspace(west, east, 25), np.linspace(south, north, 25))
    return lon.ravel(), lat.ravel()


def test_gcj02_gives_the_numbers_printed_in_the_manual_of_coordtransform():
    there = gcj02_from_cgcs2000(116.404, 39.915)
    assert (float(there.lon), float(there.lat)) == pytest.approx((116.41024449916938, 39.91640428150164), abs=1e-12)


def test_bd09_gives_the_numbers_printed_in_the_manual_of_coordtransform():
    # The manual turns GCJ-02 (116.404, 39.915) into BD-09; ours starts from CGCS2000.
    there = bd09_from_cgcs2000(*cgcs2000_from_gcj02(116.404, 39.915))
    assert (float(there.lon), float(there.lat)) == pytest.approx((116.41036949371029, 39.92133699351021), abs=1e-10)


def test_over_the_county_gcj02_lies_501_to_583_m_east():
    lon, lat = county_grid()
    there = gcj02_from_cgcs2000(lon, lat)
    away_m = distance_m(lon, lat, there.lon, there.lat)
    assert 499 < away_m.min() < 503
    assert 580 < away_m.max() < 584
    assert 0.0055 < (there.lon - lon).min() < (there.lon - lon).max() < 0.0066
    assert np.abs(there.lat - lat).max() < 0.00032


def test_over_the_county_bd09_lies_1_25_to_1_36_km_away_and_860_to_910_m_from_gcj02():
    lon, lat = county_grid()
    gaode, baidu = gcj02_from_cgcs2000(lon, lat), bd09_from_cgcs2000(lon, lat)
    total_m = distance_m(lon, lat, baidu.lon, baidu.lat)
    step_m = distance_m(gaode.lon, gaode.lat, baidu.lon, baidu.lat)
    assert 1_250 < total_m.min() < total_m.max() < 1_365
    assert 860 < step_m.min() < step_m.max() < 911


@given(lon=st.floats(73, 135), lat=st.floats(4, 53))
def test_there_and_back_again_is_within_a_hundredth_of_a_millimetre_anywhere_in_china(lon, lat):
    for there, back in ((gcj02_from_cgcs2000, cgcs2000_from_gcj02), (bd09_from_cgcs2000, cgcs2000_from_bd09)):
        home = back(*there(lon, lat))
        assert distance_m(lon, lat, home.lon, home.lat) < 1e-5


def test_outside_china_nothing_is_shifted_and_nan_stays_nan():
    lon, lat = np.array([1.52, np.nan]), np.array([42.5, np.nan])
    for turned in (gcj02_from_cgcs2000(lon, lat), bd09_from_cgcs2000(lon, lat), cgcs2000_from_bd09(lon, lat)):
        np.testing.assert_array_equal(turned.lon, lon)
        np.testing.assert_array_equal(turned.lat, lat)


def test_beijing_54_is_refused_rather_than_turned_by_a_zero_shift():
    with pytest.raises(UnknownCrs, match="control points") as refused:
        to_cgcs2000(111.0, 36.4, "beijing54")
    assert "公共点" in refused.value.zh


def test_every_vertex_of_a_shape_is_turned():
    square = shapely.box(111.0, 36.4, 111.1, 36.5)
    west, south, east, north = geometry_to_cgcs2000([square], "gcj02")[0].bounds
    assert 111.0 - west == pytest.approx(0.0061, abs=0.0006)
    assert 111.1 - east == pytest.approx(0.0061, abs=0.0006)
    assert south == pytest.approx(36.4, abs=0.0004)
    assert north == pytest.approx(36.5, abs=0.0004)


@pytest.mark.parametrize(
    ("turn", "expected"), [(gcj02_from_cgcs2000, "gcj02"), (bd09_from_cgcs2000, "bd09"), (None, None)]
)
def test_a_batch_scattered_300_m_around_its_villages_still_shows_its_datum(turn, expected):
    lon, lat = county_grid()
    random = np.random.default_rng(7)
    given_lon, given_lat = lon + random.normal(0, 0.003, lon.size), lat + random.normal(0, 0.003, lat.size)
    if turn is not None:
        given_lon, given_lat = turn(given_lon, given_lat)
    assert suspected_system(given_lon, given_lat, lon, lat) == expected


def test_two_points_are_too_few_to_suspect_a_datum():
    lon, lat = np.array([111.0, 111.1]), np.array([36.4, 36.5])
    assert suspected_system(*gcj02_from_cgcs2000(lon, lat), lon, lat) is None


def test_only_pairs_that_fit_when_exchanged_look_swapped():
    assert list(looks_swapped([111.1, 36.4, 5.0], [36.4, 111.1, 5.0], COUNTY)) == [False, True, False]


@pytest.mark.parametrize(
    ("lon", "lat", "epsg"),
    [
        (111.1, 36.4, 4546),  # zone 37, central meridian 111° E
        (109.5, 36.4, 4546),  # the western edge belongs to the zone
        (112.5, 36.4, 4547),
        (75.0, 39.0, 4534),
        (135.0, 48.0, 4554),
        (1.52, 42.5, 32631),  # Andorra
        (115.9, -31.9, 32750),  # the longitude of China, south of the equator
        (180.0, 0.0, 32660),
    ],
)
def test_a_place_has_one_metric_crs(lon, lat, epsg):
    assert metric_epsg(lon, lat) == epsg


def test_metres_given_as_a_longitude_are_refused():
    with pytest.raises(BadCoordinates, match="metres"):
        metric_epsg(487_400.0, 36.4)


def test_metric_coordinates_agree_with_gdal_which_carries_its_own_proj():
    point = to_metric([shapely.Point(111.096439, 36.411826)], 4546)[0]
    answer = subprocess.run(
        ["gdaltransform", "-s_srs", "EPSG:4490", "-t_srs", "EPSG:4546", "-output_xy"],
        input="111.096439 36.411826\n", capture_output=True, text=True, check=True,
    )  # fmt: skip
    easting, northing = (float(x) for x in answer.stdout.split())
    assert (point.x, point.y) == pytest.approx((easting, northing), abs=0.001)


def test_the_county_fills_the_known_rectangle_of_metres():
    west, south, east, north = COUNTY
    corners = to_metric([shapely.box(west, south, east, north)], 4546)[0].bounds
    assert corners == pytest.approx((487_400, 4_007_500, 535_100, 4_055_900), abs=450)


def test_to_metres_and_back_moves_nothing():
    line = shapely.LineString([(110.9, 36.2), (111.3, 36.6)])
    back = from_metric(to_metric([line], 4546), 4546)[0]
    assert line.hausdorff_distance(back) < 1e-10


def test_a_500_m_buffer_is_500_m_in_every_direction_on_the_ground():
    centre = shapely.Point(111.1, 36.4)
    ring = from_metric(shapely.buffer(to_metric([centre], 4546), 500, quad_segs=16), 4546)[0].exterior
    lon, lat = np.array(ring.coords).T
    away_m = distance_m(np.full(lon.size, 111.1), np.full(lon.size, 36.4), lon, lat)
    assert np.abs(away_m - 500).max() < 2.5  # the yardstick itself is good to 0.5 %


def test_zone_prefixes_37_and_19_and_exchanged_columns_mean_the_same_place():
    easting, northing = [508_972.9, 37_508_972.9, 19_508_972.9, 4_030_000.0], [4_030_000.0] * 3 + [37_508_972.9]
    place = lonlat_from_gauss_kruger(easting, northing, 111)
    assert np.ptp(place.lon) < 1e-9
    assert np.ptp(place.lat) < 1e-9
    assert float(place.lon[0]) == pytest.approx(111.1, abs=0.0001)


def test_the_prefix_of_the_next_zone_is_refused_and_named():
    with pytest.raises(BadCoordinates) as refused:
        lonlat_from_gauss_kruger([38_508_972.9], [4_030_000.0], 111)
    assert refused.value.facts["zones"] == [38]


def test_a_meridian_between_zones_is_refused():
    with pytest.raises(UnknownCrs, match="112"):
        lonlat_from_gauss_kruger([508_972.9], [4_030_000.0], 112)


@pytest.mark.parametrize(
    "text",
    [
        "36.411666667", "36°24′42″", "36°24'42\"", "36º24'42''", "36度24分42秒", "36-24-42", "36 24 42", "36:24:42",
        "36°24.7′", "36，411666667", "３６°２４′４２″", "北纬36°24′42″", "N36.411666667", "36.411666667°N", "362442",
        "36°24’42”", "纬度:36.411666667",
    ],
)  # fmt: skip
def test_every_usual_spelling_of_one_latitude_means_the_same(text):
    assert parse_degrees(text).value == pytest.approx(36 + 24 / 60 + 42 / 3600, abs=1e-8)


@pytest.mark.parametrize(
    ("text", "axis", "value"),
    [("E:111.0967", "lon", 111.0967), ("东经111.0967", "lon", 111.0967), ("S33.5", "lat", -33.5),
     ("-0.25", None, -0.25), ("西经70°30′", "lon", -70.5), ("1110548", None, 111 + 5 / 60 + 48 / 3600)],
)  # fmt: skip
def test_the_axis_and_the_sign_are_read_from_the_words(text, axis, value):
    read = parse_degrees(text)
    assert (read.axis, read.value) == (axis, pytest.approx(value, abs=1e-9))


def test_a_packed_looking_decimal_is_read_as_decimal_and_asks():
    read = parse_degrees("36.2442")
    assert read.value == 36.2442
    assert read.other == pytest.approx(36 + 24 / 60 + 42 / 3600)
    assert read.question is not None
    assert "36.411667" in read.question[0]


def test_a_decimal_whose_packed_reading_has_67_seconds_asks_nothing():
    assert not parse_degrees("111.0967").is_ambiguous


def test_few_decimals_are_reported_so_that_the_import_can_warn():
    assert parse_degrees("36.41").decimals == 2


@pytest.mark.parametrize(
    "text",
    ["36°60′10″", "36°24′60″", "36.5°24′", "508972.9", "N36.41 E111.09", "村委会", "", "36-24-42-11", "N95",
     "36.4117.2", "１１１°７５′", "181"],
)  # fmt: skip
def test_what_cannot_be_a_coordinate_is_refused_in_both_languages(text):
    with pytest.raises(BadCoordinates) as refused:
        parse_degrees(text)
    assert refused.value.zh
    assert refused.value.en


@given(st.text(max_size=30))
def test_no_text_at_all_does_worse_than_a_refusal(text):
    with suppress(BadCoordinates):
        assert -180 <= parse_degrees(text).value <= 180


@given(degrees=st.integers(0, 89), minutes=st.integers(0, 59), seconds=st.integers(0, 59))
def test_degrees_minutes_and_seconds_survive_any_separator(degrees, minutes, seconds):
    values = {round(parse_degrees(f"{degrees}{a}{minutes:02d}{b}{seconds:02d}{c}").value, 9)
              for a, b, c in ("°′″", "度分秒", "-- ", "   ", ":: ")}  # fmt: skip
    assert values == {round(degrees + minutes / 60 + seconds / 3600, 9)}


def test_facts_of_a_refusal_can_be_sent_as_json():
    with pytest.raises(BadCoordinates) as refused:
        lonlat_from_gauss_kruger([20_500_000.0], [4_030_000.0], 111)
    assert json.loads(json.dumps(refused.value.facts)) == {"zones": [20]}
