"""True areas and buffers anywhere in China, against geodesics drawn step by step with pyproj, which share no code."""

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from pyproj import Geod
from shapely.geometry.base import BaseGeometry

from gis.errors import BadCoordinates, BadGeometry, ValueOutOfRange
from gis.spread import areas_m2, buffered, dissolved

CGCS2000 = Geod(a=6378137.0, rf=298.257222101)
IN_CHINA = st.tuples(st.floats(73, 135), st.floats(18, 54))


def geodesic_area(shape: BaseGeometry) -> float:
    """By Karney's algorithm, edges broken every 500 m so that they follow the straight lines in lon/lat."""
    dense = shapely.segmentize(shape, 0.005)
    return abs(float(CGCS2000.geometry_area_perimeter(shapely.orient_polygons(dense))[0]))


def at(lon: np.ndarray, lat: np.ndarray, bearing_deg: np.ndarray | float, distance_m: float) -> np.ndarray:
    x, y, _ = CGCS2000.fwd(lon, lat, np.broadcast_to(bearing_deg, lon.shape), np.full(lon.shape, distance_m))
    return np.column_stack([x, y])


def circle(lon: float, lat: float, radius_m: float, sides: int = 720) -> BaseGeometry:
    bearings = np.linspace(0, 360, sides, endpoint=False)
    return shapely.Polygon(at(np.full(sides, lon), np.full(sides, lat), bearings, radius_m))


def walked(line: BaseGeometry, distance_m: float) -> BaseGeometry:
    """The buffer of a line as somebody would walk it: a circle at every step and the strip between two steps."""
    step_deg = max(distance_m / 111_000, shapely.length(line) / 200)
    (x, y), pieces = shapely.get_coordinates(shapely.segmentize(line, step_deg)).T, []
    bearing, _, _ = CGCS2000.inv(x[:-1], y[:-1], x[1:], y[1:])
    sides = [at(x[:-1], y[:-1], bearing + 90, distance_m), at(x[1:], y[1:], bearing + 90, distance_m),
             at(x[1:], y[1:], bearing - 90, distance_m), at(x[:-1], y[:-1], bearing - 90, distance_m)]  # fmt: skip
    pieces = list(shapely.polygons(np.stack(sides, axis=1)))
    pieces += [circle(lon, lat, distance_m, 240) for lon, lat in zip(x, y, strict=True)]
    return shapely.union_all(shapely.make_valid(np.array(pieces)))


def star(lon: float, lat: float, reach_deg: float, seed: int) -> BaseGeometry:
    """A crooked area about a place, with a hole in its middle."""
    reach = np.random.default_rng(seed).uniform(0.4, 1.0, 9) * reach_deg
    turn = np.linspace(0, 2 * np.pi, 9, endpoint=False)
    ring = np.column_stack([lon + reach * np.cos(turn), lat + reach * np.sin(turn) * 0.8])
    return shapely.Polygon(ring, [0.3 * (ring - [lon, lat]) + [lon, lat]])


# -- areas


@given(IN_CHINA, st.floats(0.0005, 8), st.integers(0, 1000))
@settings(max_examples=60, deadline=None)
def test_a_shape_anywhere_has_its_geodesic_area(place: tuple[float, float], reach_deg: float, seed: int) -> None:
    shape = star(*place, reach_deg, seed)
    assert areas_m2([shape])[0] == pytest.approx(geodesic_area(shape), rel=1e-6)


def test_between_two_parallels_lies_the_integral_of_the_radii_of_curvature() -> None:
    a, e2 = CGCS2000.a, CGCS2000.es
    lat = np.radians(np.linspace(36, 37, 200_001))
    strip = a**2 * (1 - e2) * np.cos(lat) / (1 - e2 * np.sin(lat) ** 2) ** 2  # M N cos
    assert areas_m2([shapely.box(110, 36, 111, 37)])[0] == pytest.approx(np.trapezoid(strip, lat) * np.radians(1), rel=1e-10)


def test_holes_are_left_out_and_points_and_lines_have_no_area() -> None:
    outer, inner = shapely.box(110, 36, 111, 37), shapely.box(110.4, 36.4, 110.6, 36.6)
    ring, whole, hole = areas_m2([outer.difference(inner), outer, inner])
    assert ring == pytest.approx(whole - hole, rel=1e-12)
    both = shapely.MultiPolygon([shapely.box(110, 36, 110.1, 36.1), inner])
    assert areas_m2([both])[0] == pytest.approx(areas_m2(list(both.geoms)).sum(), rel=1e-12)
    assert areas_m2([shapely.Point(1, 2), shapely.LineString([(1, 2), (3, 4)]), shapely.Polygon(), None]).tolist() == [0, 0, 0, 0]


# -- buffers


@given(IN_CHINA, st.floats(1, 100_000))
@settings(max_examples=60, deadline=None)
def test_a_circle_anywhere_has_its_geodesic_area_and_reach(place: tuple[float, float], radius_m: float) -> None:
    (made,) = buffered([shapely.Point(*place)], radius_m)
    assert areas_m2([made])[0] == pytest.approx(geodesic_area(circle(*place, radius_m)), rel=1e-3)
    x, y = shapely.get_coordinates(made).T
    _, _, reach_m = CGCS2000.inv(np.full(len(x), place[0]), np.full(len(x), place[1]), x, y)
    assert np.abs(reach_m / radius_m - 1).max() < 4e-4  # chords lie 0.03 % inside


@given(IN_CHINA, st.floats(-1, 1), st.floats(-1, 1), st.floats(0.01, 6), st.floats(50, 20_000))
@settings(max_examples=25, deadline=None)
def test_a_line_anywhere_has_the_buffer_one_walks(
    place: tuple[float, float], east: float, north: float, reach_deg: float, distance_m: float
) -> None:
    lon, lat = place
    ends = [(lon, lat), (lon + east * reach_deg + 0.01, lat + 0.01), (lon + reach_deg, lat + north * reach_deg)]
    line = shapely.LineString(ends)
    expected = geodesic_area(walked(line, distance_m))
    assert areas_m2(buffered([line], distance_m))[0] == pytest.approx(expected, rel=1e-3)


def test_a_line_across_six_zones_has_the_buffer_one_walks() -> None:
    line = shapely.LineString([(100, 30), (118, 42)])
    assert areas_m2(buffered([line], 5_000))[0] == pytest.approx(geodesic_area(walked(line, 5_000)), rel=1e-3)


@given(IN_CHINA, st.floats(0.02, 3), st.integers(0, 1000), st.floats(0.02, 0.3))
@settings(max_examples=12, deadline=None)
def test_an_area_grows_and_shrinks_by_its_rim(place: tuple[float, float], reach_deg: float, seed: int, share: float) -> None:
    shape = star(*place, reach_deg, seed)
    distance_m = share * reach_deg * 30_000
    rim = shapely.union_all([walked(ring, distance_m) for ring in shapely.get_rings(shape)])
    dense = shapely.segmentize(shape, 0.005)
    grown, shrunk = buffered([shape], distance_m)[0], buffered([shape], -distance_m)[0]
    assert areas_m2([grown])[0] == pytest.approx(geodesic_area(dense.union(rim)), rel=1e-3)
    whole = areas_m2([shape])[0]
    assert areas_m2([shrunk])[0] == pytest.approx(geodesic_area(dense.difference(rim)), abs=1e-3 * whole)


def test_a_hole_narrower_than_twice_the_distance_closes_and_a_wide_one_stays() -> None:
    narrow, wide = shapely.box(111.01, 36.01, 111.011, 36.05), shapely.box(111.03, 36.01, 111.08, 36.06)
    area = shapely.box(111, 36, 111.1, 36.1).difference(narrow).difference(wide)
    (made,) = buffered([area], 60)
    assert len(made.interiors) == 1
    assert wide.contains(shapely.Polygon(made.interiors[0]))


def test_shapes_keep_their_order_wherever_they_lie() -> None:
    places = [shapely.Point(lon, lat) for lon, lat in ((130, 48), (75, 39), (111, 36), (130.001, 48), (111, 36.001))]
    lines = [shapely.LineString([(90, 30), (95, 31)])]
    made = buffered(places + lines, 200)
    assert [bool(shapely.covers(a, b)) for a, b in zip(made, places + lines, strict=True)] == [True] * 6


def test_parts_far_apart_are_each_in_true_metres() -> None:
    (made,) = buffered([shapely.MultiPoint([(74, 39), (134, 48)])], 1_000)
    assert len(made.geoms) == 2
    assert areas_m2([made])[0] == pytest.approx(2 * np.pi * 1_000**2, rel=1e-3)


def test_no_shapes_make_no_buffers() -> None:
    assert buffered([], 10).tolist() == []


@pytest.mark.parametrize("shape", [
    shapely.Point(179.999, 40), shapely.Point(-179.999, 40), shapely.Point(111, 84.999), shapely.Point(0, -90),
    shapely.LineString([(-179, 40), (179, 40)]), shapely.box(-180, -90, 180, 90),
])  # fmt: skip
def test_the_antimeridian_and_the_poles_are_refused(shape: BaseGeometry) -> None:
    with pytest.raises(BadCoordinates) as refused:
        buffered([shape], 10_000)
    assert "180" in refused.value.zh


@pytest.mark.parametrize("distance_m", [float("nan"), float("inf"), -5.0, 0.0])
def test_a_point_grows_by_a_number_above_zero_only(distance_m: float) -> None:
    with pytest.raises(ValueOutOfRange):
        buffered([shapely.Point(111, 36)], distance_m)


def test_shapes_without_place_are_refused() -> None:
    for shape in (None, shapely.Point(), shapely.Polygon()):
        with pytest.raises(BadGeometry):
            buffered([shape], 5)
    with np.errstate(invalid="ignore"):
        torn = shapely.LineString([(111, 36), (float("nan"), 37)])
    with pytest.raises(BadCoordinates):
        buffered([torn], 5)


def test_fifty_thousand_vertices_are_no_trouble() -> None:
    turn = np.linspace(0, 2 * np.pi, 50_000, endpoint=False)
    reach = 0.1 + 0.001 * np.sin(997 * turn)
    area = shapely.Polygon(np.column_stack([111 + reach * np.cos(turn), 36 + reach * np.sin(turn)]))
    (made,) = buffered([area], 300)
    assert made.is_valid
    assert made.covers(area)


# -- dissolving


@given(st.lists(st.tuples(st.floats(111, 111.2), st.floats(36, 36.2), st.floats(50, 3_000)), min_size=1, max_size=25))
@settings(max_examples=40, deadline=None)
def test_dissolved_ground_is_what_any_shape_covers_and_every_shape_lies_in_its_part(spots: list[tuple[float, float, float]]) -> None:
    shapes = np.array([buffered([shapely.Point(lon, lat)], r)[0] for lon, lat, r in spots])
    parts, part_of = dissolved(shapes)
    assert shapely.intersects(parts[:, None], parts).sum() == len(parts)
    rng = np.random.default_rng(0)
    probes = shapely.points(rng.uniform(110.9, 111.3, 400), rng.uniform(35.9, 36.3, 400))
    assert (shapely.contains(parts[:, None], probes).any(0) == shapely.contains(shapes[:, None], probes).any(0)).all()
    assert shapely.contains(parts[part_of], shapely.point_on_surface(shapes)).all()


def test_an_empty_shape_is_in_no_part() -> None:
    parts, part_of = dissolved([shapely.Polygon(), shapely.box(111, 36, 112, 37)])
    assert part_of.tolist() == [-1, 0]
    assert len(parts) == 1
    assert dissolved([]).parts.tolist() == []
