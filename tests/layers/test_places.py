"""Coordinates as people type them: one point, however it is spelled (the county seat of Puxian, 111.0967 E 36.4117 N)."""

import pytest
from pyproj import Transformer

from layers.places import all_distinct, places_in

SPELLINGS = (
    "111.0967,36.4117", "111.0967, 36.4117", "36.4117 111.0967", "111.0967;36.4117", "东经111.0967 北纬36.4117",
    "北纬36.4117,东经111.0967", "N36.4117 E111.0967", "36.4117N 111.0967E", "111.0967°,36.4117°",
    "111°05′48.12″ 36°24′42.12″", "111度05分48.12秒,36度24分42.12秒", "36°24′42.12″N 111°05′48.12″E",
    "经度:111.0967 纬度:36.4117", "(111.0967, 36.4117)", "111 05 48.12 36 24 42.12",
)  # fmt: skip


@pytest.mark.parametrize("text", SPELLINGS)
def test_every_spelling_of_a_place_is_that_place(text: str) -> None:
    first = places_in(text)[0]
    assert (first.lon, first.lat) == pytest.approx((111.0967, 36.4117), abs=2e-6)
    assert first.system == "cgcs2000"


def test_readings_as_gcj02_and_bd09_are_offered_after_it_some_hundred_metres_off() -> None:
    found = places_in("111.0967,36.4117")
    assert [place.system for place in found[:3]] == ["cgcs2000", "gcj02", "bd09"]
    assert 0.002 < found[0].lon - found[1].lon < 0.01


def test_abroad_the_three_systems_are_one_place() -> None:
    assert len(all_distinct(places_in("1.5218, 42.5063"))) == 1


@pytest.mark.parametrize("spelled", ["{e:.2f},{n:.2f}", "{n:.2f} {e:.2f}", "X={n:.1f} Y={e:.1f}", "37{e:.2f},{n:.2f}"])
def test_gauss_krueger_metres_are_read_with_and_without_the_zone(spelled: str) -> None:
    easting, northing = Transformer.from_crs(4490, 4546, always_xy=True).transform(111.0967, 36.4117)
    (place,) = places_in(spelled.format(e=easting, n=northing), central_meridian_deg=111)
    assert (place.lon, place.lat) == pytest.approx((111.0967, 36.4117), abs=2e-6)
    assert place.system == "gauss_kruger"


def test_metres_without_a_zone_are_no_place_where_the_county_has_no_zone() -> None:
    assert places_in("508672.10,4031234.50") == []


@pytest.mark.parametrize("text", ["蒲城镇", "G0001", "036", "2026-07-01", "13800001234", "0357-5550101", "141033100", "111.1"])
def test_names_codes_dates_and_telephones_are_no_places(text: str) -> None:
    assert places_in(text) == []
