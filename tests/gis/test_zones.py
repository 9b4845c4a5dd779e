"""Zone geometry: sectors by arithmetic, sweeps by their own duality, slopes and valleys on hand-drawn ground, road pieces."""

import numpy as np
import pytest
import shapely
from affine import Affine
from hypothesis import given, settings
from hypothesis import strategies as st
from pyproj import Geod, Transformer

from gis.errors import NoAnswer, ValueOutOfRange
from gis.grid import Grid
from gis.spread import areas_m2
from gis.terrain_flow import flow_of
from gis.turning import TurningPlaces
from gis.zones import ZoneCode, below, downwind, fall_line_deg, sectors, slope_length_m, swept

CGCS2000 = Geod(a=6378137.0, rf=298.257222101)
IN_CHINA = st.tuples(st.floats(73, 135), st.floats(18, 54))


# -- codes


@pytest.mark.parametrize("text", ["POLY", "BUF(200)", "DOWN(1000,50)", "SLOPE(1.5)", "SLOPE(2,100,500)", "SEG", "WIND(3000,30)", "ADMIN"])
def test_a_code_is_read_and_spelt_as_the_rule_table_has_it(text: str) -> None:
    assert str(ZoneCode.read(text)) == text


def test_degrees_and_blanks_are_read_past() -> None:
    assert ZoneCode.read(" WIND(3000, 30°) ") == ZoneCode("WIND", (3000.0, 30.0))


@pytest.mark.parametrize("text", ["", "BUF", "BUF()", "BUF(-5)", "BUF(0)", "BUF(1,2)", "DOWN(5)", "SLOPE(1,2,3,4)", "FLY(3)", "BUF(1.2.3)",
                                  "POLY(1)", "buf(3)", "BUF(1e9)", "BUF(nan)"])  # fmt: skip
def test_what_is_no_code_is_refused(text: str) -> None:
    with pytest.raises(ValueOutOfRange):
        ZoneCode.read(text)


# -- sectors


@given(IN_CHINA, st.floats(0, 360), st.floats(10, 30_000), st.floats(1, 90))
@settings(max_examples=80, deadline=None)
def test_a_sector_anywhere_has_its_share_of_the_circle(place: tuple[float, float], bearing: float, length_m: float, half: float) -> None:
    (sector,) = sectors(*place, bearing, length_m, half)
    assert areas_m2([sector])[0] == pytest.approx(np.pi * length_m**2 * half / 180, rel=1.5e-3)
    x, y = np.unique(shapely.get_coordinates(sector), axis=0).T
    apart = CGCS2000.inv(np.full(len(x), place[0]), np.full(len(x), place[1]), x, y)[2] > 0.999 * length_m
    x, y = x[apart], y[apart]
    azimuth, _, reach_m = CGCS2000.inv(np.full(len(x), place[0]), np.full(len(x), place[1]), x, y)
    assert reach_m == pytest.approx(np.full(len(x), length_m), rel=1e-6)
    assert np.abs((azimuth - bearing + 180) % 360 - 180).max() <= half + 1e-3


@given(st.integers(0, 10_000), st.floats(0, 360), st.floats(5, 80))
@settings(max_examples=40, deadline=None)
def test_a_place_is_swept_exactly_when_looking_back_from_it_the_shape_is_seen(seed: int, bearing: float, half: float) -> None:
    rng = np.random.default_rng(seed)
    turn = np.sort(rng.uniform(0, 2 * np.pi, 7))
    area = shapely.Polygon(np.column_stack([111 + 0.004 * np.cos(turn) * rng.uniform(0.4, 1, 7), 36 + 0.004 * np.sin(turn)])).buffer(0)
    shapes = [area, shapely.Point(111, 36), shapely.LineString(rng.normal([111, 36], 0.003, (4, 2)))]
    shape = shapes[seed % 3]
    made = swept(shape, bearing, 800, half)
    assert shapely.covers(shapely.buffer(made, 1e-9), shape)
    places = rng.uniform([110.98, 35.98], [111.02, 36.02], (300, 2))
    looking_back = sectors(places[:, 0], places[:, 1], bearing + 180, 800, half)
    seen = shapely.intersects(looking_back, shape)
    held = shapely.contains_xy(made, places[:, 0], places[:, 1])
    near_the_edge = shapely.distance(shapely.boundary(made), shapely.points(places)) < 2e-5  # arcs are of chords: 2 m
    assert (seen == held)[~near_the_edge].all()


def test_wind_blows_away_from_where_it_comes() -> None:
    made = downwind(shapely.Point(111, 36), 270, 1_000, 30)  # a west wind
    west, south, east, north = made.bounds
    assert west == pytest.approx(111)
    assert CGCS2000.inv(111, 36, east, 36)[2] == pytest.approx(1_000, rel=1e-3)
    assert north - 36 == pytest.approx(36 - south, rel=1e-3)


@pytest.mark.parametrize(("length_m", "half"), [(0, 30), (-5, 30), (100, 0), (100, 91), (float("nan"), 30)])
def test_a_sector_that_is_none_is_refused(length_m: float, half: float) -> None:
    with pytest.raises(ValueOutOfRange):
        swept(shapely.Point(111, 36), 0, length_m, half)


def test_a_slope_is_as_long_as_the_rule_has_it() -> None:
    # Rule R04: SLOPE(2.0), min 100, max 500 m.
    assert [slope_length_m(2, height, 100, 500) for height in (30, 120, 400)] == [100, 240, 500]
    assert slope_length_m(1.5, 40) == 60


# -- ground


def metric_plane(east_per_m: float, north_per_m: float, epsg: str = "EPSG:4546", x: float = 500_000) -> Grid:
    row, column = np.mgrid[0:41, 0:41]
    heights = 1000 + 30.0 * (east_per_m * column - north_per_m * row)
    return Grid(heights, Affine(30, 0, x, 0, -30, 4_040_000), epsg)


def lonlat(grid: Grid, row: float, column: float) -> tuple[float, float]:
    turn = grid.transform
    to = Transformer.from_crs(grid.crs, "EPSG:4490", always_xy=True)
    return to.transform(turn.c + column * turn.a, turn.f + row * turn.e)


@pytest.mark.parametrize(("east", "north", "bearing"), [(0.3, 0, 270), (-0.3, 0, 90), (0, 0.3, 180), (0, -0.3, 0), (-0.2, -0.2, 45)])
def test_the_fall_line_of_a_plane_is_its_own(east: float, north: float, bearing: float) -> None:
    grid = metric_plane(east, north)
    found = fall_line_deg(grid, *lonlat(grid, 20.5, 20.5), 2.0)
    assert abs((found - bearing + 180) % 360 - 180) < 0.01  # on the zone's own meridian the grid points north


def test_away_from_the_meridian_the_fall_line_is_told_from_true_north() -> None:
    grid = metric_plane(0, -0.3, x=620_000)
    place = lonlat(grid, 20.5, 20.5)
    ahead = lonlat(grid, 10.5, 20.5)  # straight up the grid
    true, _, _ = CGCS2000.inv(*place, *ahead)
    found = fall_line_deg(grid, *place, 2.0)
    assert abs((found - true + 180) % 360 - 180) < 0.01
    assert abs((found + 180) % 360 - 180) > 0.5


def test_flat_ground_holes_and_the_rim_have_no_fall_line() -> None:
    flat, holed = metric_plane(0, 0.01), metric_plane(0, 0.3)
    holed.values[19, 20] = np.nan
    for grid, place in ((flat, (20.5, 20.5)), (holed, (20.5, 20.5)), (metric_plane(0, 0.3), (0.5, 0.5)), (flat, (90, 90))):
        with pytest.raises(NoAnswer):
            fall_line_deg(grid, *lonlat(grid, *place), 2.0)


def valley() -> Grid:
    """A straight valley that falls south along column 20."""
    row, column = np.mgrid[0:61, 0:41]
    return Grid(1000 - 2.0 * row + 15.0 * np.abs(column - 20), Affine(30, 0, 500_000, 0, -30, 4_040_000), "EPSG:4546")


def test_down_follows_the_valley_and_is_as_wide_as_asked() -> None:
    grid = valley()
    strip = below(flow_of(grid), *lonlat(grid, 10.5, 20.5), 900, 50)
    assert (strip.travelled_m, strip.ended) == (900, "length")
    assert areas_m2([strip.area])[0] == pytest.approx(2 * 50 * 900 + np.pi * 50**2, rel=2e-3)
    assert strip.area.covers(shapely.Point(lonlat(grid, 39.5, 20.5)))
    from_the_side = below(flow_of(grid), *lonlat(grid, 10.5, 12.5), 900, 50)
    assert from_the_side.area.covers(shapely.Point(lonlat(grid, 30.5, 20.5)))


def test_down_says_where_the_model_ends() -> None:
    grid = valley()
    strip = below(flow_of(grid), *lonlat(grid, 50.5, 20.5), 2_000, 50)
    assert strip.ended == "edge"
    assert strip.travelled_m == pytest.approx(300, abs=31)
    with pytest.raises(NoAnswer):
        below(flow_of(grid), *lonlat(grid, 200, 20), 100, 50)


# -- road pieces


def at(x: float, y: float) -> tuple[float, float]:
    return 111 + x / 90_000, 36 + y / 111_000  # about metres


def road(*points: tuple[float, float]) -> shapely.LineString:
    return shapely.LineString([at(*point) for point in points])


def network(*roads: shapely.LineString) -> TurningPlaces:
    return TurningPlaces(np.array(roads, dtype=object), 5.0)


MAIN = road((0, 0), (500, 0), (1000, 0), (2000, 0))
SIDE, OTHER = road((500, 0), (500, 800)), road((2000, 0), (2000, 500))
ON, ON_2 = road((2000, 0), (2400, 0)), road((2400, 0), (3000, 0))


def ends(found: np.ndarray) -> set[tuple[float, float]]:
    return {(round((lon - 111) * 90_000), round((lat - 36) * 111_000)) for lon, lat in found}


def test_a_ford_closes_the_road_between_the_two_junctions_beside_it() -> None:
    found = network(MAIN, SIDE, OTHER, ON, ON_2).around(shapely.Point(at(1200, 8)), 50)
    assert ends(found.turnings) == {(500, 0), (2000, 0)}
    assert found.dead_end == (False, False)
    assert shapely.length(found.line) == pytest.approx(1500 / 90_000, rel=1e-4)
    assert found.roads == (0,)


def test_where_one_road_goes_on_as_another_nobody_can_turn() -> None:
    found = network(MAIN, SIDE, OTHER, ON, ON_2).around(shapely.Point(at(2200, 0)), 50)
    assert ends(found.turnings) == {(2000, 0), (3000, 0)}
    assert found.roads == (3, 4)
    assert set(found.dead_end) == {False, True}


def test_a_bridge_over_a_road_is_no_place_to_turn() -> None:
    over = road((1200, -300), (1200, 300))
    assert ends(network(MAIN, SIDE, OTHER, over).around(shapely.Point(at(1100, 0)), 50).turnings) == {(500, 0), (2000, 500)}


def test_a_loose_end_beside_the_road_meets_it() -> None:
    beside = road((1000, 3), (1000, 400))
    assert ends(network(MAIN, SIDE, OTHER, beside).around(shapely.Point(at(1500, 0)), 50).turnings) == {(1000, 0), (2000, 500)}


def test_the_nearest_road_is_nearest_in_metres_not_in_degrees() -> None:
    east, north = road((45, -500), (45, 500)), road((-500, 47), (500, 47))
    found = network(east, north).around(shapely.Point(at(0, 0)), 60)
    assert found.roads == (0,)


def test_a_bridge_is_on_the_road_it_names_not_on_the_one_below() -> None:
    upper, lower = road((0, -500), (0, 500)), road((-500, 6), (500, 6))
    places = TurningPlaces(np.array([lower, upper], dtype=object), 5.0, ["R-low", "R-up"])
    bridge = shapely.Point(at(3, 6))
    assert places.around(bridge, 50).roads == (0,)
    assert places.around(bridge, 50, "R-up").roads == (1,)
    assert places.around(bridge, 50, "R-elsewhere").roads == (0,)


def test_a_road_as_a_whole_goes_on_to_where_traffic_can_turn() -> None:
    found = network(MAIN, SIDE, OTHER, ON, ON_2).around(ON, 20)
    assert ends(found.turnings) == {(2000, 0), (3000, 0)}
    whole = network(MAIN, SIDE, OTHER).around(MAIN, 20)
    assert ends(whole.turnings) == {(0, 0), (500, 0), (2000, 500)}  # the side road needs its barrier too
    assert sorted(whole.dead_end) == [False, True, True]


def test_a_loop_that_is_left_at_one_place_is_closed_there() -> None:
    loop = road((0, 0), (100, 100), (0, 200), (-100, 100), (0, 0))
    found = network(loop, road((0, 0), (0, -300))).around(shapely.Point(at(0, 200)), 50)
    assert ends(found.turnings) == {(0, 0)}


def test_a_ring_without_any_exit_is_closed_as_a_whole() -> None:
    ring = road((0, 0), (100, 100), (0, 200), (-100, 100), (0, 0))
    assert len(network(ring).around(shapely.Point(at(0, 200)), 50).turnings) == 0
    assert shapely.length(network(ring).around(shapely.Point(at(0, 200)), 50).line) == pytest.approx(shapely.length(ring), rel=1e-4)


def test_a_road_that_runs_into_its_own_loop_is_one_segment_of_two_lines() -> None:
    lasso = road((0, -300), (0, 0), (100, 100), (0, 200), (-100, 100), (0, 0))
    found = network(lasso).around(lasso, 20)
    assert ends(found.turnings) == {(0, -300)}
    assert shapely.length(found.line) == pytest.approx(shapely.length(lasso), rel=1e-4)


def test_what_is_on_no_road_has_no_segment() -> None:
    with pytest.raises(NoAnswer, match="No road within 50 m"):
        network(MAIN).around(shapely.Point(at(1200, 80)), 50)
    with pytest.raises(NoAnswer, match="not on a road"):
        network(MAIN).around(road((0, 900), (500, 900)), 20)
    with pytest.raises(NoAnswer):
        network().around(shapely.Point(at(0, 0)), 50)
