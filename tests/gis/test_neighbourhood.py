"""Around a place: distances and bearings by geodesics, the ground of a plane, the height above a hand-drawn stream."""

import numpy as np
import pytest
import shapely
from affine import Affine
from hypothesis import given, settings
from hypothesis import strategies as st
from pyproj import Geod

from gis.errors import BadCoordinates, NoAnswer, ValueOutOfRange
from gis.grid import Grid
from gis.neighbourhood import above_stream_m, ground_at, near
from gis.terrain_flow import flow_of

CGCS2000 = Geod(a=6378137.0, rf=298.257222101)


@given(st.tuples(st.floats(73, 135), st.floats(18, 54)), st.integers(0, 10_000), st.floats(50, 9_000))
@settings(max_examples=50, deadline=None)
def test_points_within_reach_are_those_the_geodesic_says_nearest_first(place: tuple[float, float], seed: int, radius_m: float) -> None:
    spots = np.random.default_rng(seed).uniform(-0.1, 0.1, (60, 2)) + place
    found = near(shapely.points(spots), *place, radius_m)
    azimuth, _, reach_m = CGCS2000.inv(np.full(60, place[0]), np.full(60, place[1]), spots[:, 0], spots[:, 1])
    expected = np.flatnonzero(reach_m <= radius_m)
    assert sorted(found.row) == expected.tolist()
    assert (np.diff(found.distance_m) >= 0).all()
    assert found.distance_m == pytest.approx(reach_m[found.row], rel=1e-5)
    assert np.abs((found.bearing_deg - azimuth[found.row] + 180) % 360 - 180).max(initial=0) < 1e-3


def test_an_area_that_holds_the_place_is_at_no_distance_and_a_line_is_as_far_as_its_nearest_place() -> None:
    area, hole = shapely.box(110.9, 35.9, 111.1, 36.1), shapely.box(110.99, 35.99, 111.01, 36.01)
    line = shapely.LineString([(110, 36.005), (112, 36.005)])
    found = near(np.array([line, area, area.difference(hole), None, shapely.Point()], dtype=object), 111, 36, 2_000)
    assert found.row.tolist() == [1, 0, 2]
    assert found.contains.tolist() == [True, False, False]
    assert np.isnan(found.bearing_deg[0])
    assert found.distance_m[1] == pytest.approx(CGCS2000.inv(111, 36, 111, 36.005)[2], abs=0.1)
    assert found.bearing_deg[1] == pytest.approx(0, abs=0.1) or found.bearing_deg[1] == pytest.approx(360, abs=0.1)


def test_nothing_around_is_nothing() -> None:
    assert near(np.array([], dtype=object), 111, 36, 100).row.tolist() == []


@pytest.mark.parametrize(("lon", "lat", "radius_m", "refusal"), [(111, 36, -5, ValueOutOfRange), (111, 36, float("nan"), ValueOutOfRange),
                                                                (180, 36, 100, BadCoordinates), (0, 90, 100, BadCoordinates)])  # fmt: skip
def test_a_place_or_radius_that_is_none_is_refused(lon: float, lat: float, radius_m: float, refusal: type[Exception]) -> None:
    with pytest.raises(refusal):
        near(shapely.points([[111.0, 36.0]]), lon, lat, radius_m)


def valley() -> Grid:
    """Falls south along column 20, 15 m a cell on either side; EPSG:4490 in cells of 0.0003°."""
    row, column = np.mgrid[0:61, 0:41]
    return Grid(1000 - 2.0 * row + 15.0 * np.abs(column - 20), Affine(0.0003, 0, 111.0, 0, -0.0003, 36.1), "EPSG:4490")


def at(row: float, column: float) -> tuple[float, float]:
    return 111.0 + 0.0003 * (column + 0.5), 36.1 - 0.0003 * (row + 0.5)


def test_the_ground_is_that_of_its_cell_and_between_cells_in_between() -> None:
    told = ground_at(valley(), *at(30, 26))
    assert told.elevation_m == pytest.approx(1000 - 60 + 90)
    assert ground_at(valley(), *at(30.5, 26)).elevation_m == pytest.approx(1000 - 61 + 90)
    assert told.aspect_deg is not None
    assert 250 < told.aspect_deg < 270  # toward the valley in the west, a little south
    assert told.slope_deg == pytest.approx(np.degrees(np.arctan(np.hypot(15 / 27.0, 2 / 33.3))), abs=0.2)


def test_at_the_rim_there_is_a_height_but_no_slope_and_beyond_it_nothing() -> None:
    told = ground_at(valley(), *at(0, 0))
    assert (told.elevation_m, told.slope_deg, told.aspect_deg) == (pytest.approx(1300), None, None)
    with pytest.raises(NoAnswer):
        ground_at(valley(), 112, 36)


def test_the_height_above_the_stream_is_counted_down_the_way_water_takes() -> None:
    flow = flow_of(valley())
    six_cells_up = above_stream_m(flow, *at(30, 26), 20_000)
    assert six_cells_up is not None
    # Steepest of eight ways down: diagonal steps to the valley floor, 6 columns and at most 6 rows further.
    assert 90 <= six_cells_up <= 90 + 6 * 2
    assert above_stream_m(flow, *at(30, 20), 20_000) == 0
    assert above_stream_m(flow, *at(30, 26), 1e12) is None
