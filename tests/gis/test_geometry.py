"""Shapes from strangers: what is stored, what is refused, and that the refusal says where and what to do."""

import math
from contextlib import suppress

import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from gis.datum import to_metric
from gis.errors import BadCoordinates, BadGeometry, Refusal
from gis.geometry import area_m2, geometry_from_geojson, length_m

SQUARE = [[111.0, 36.0], [111.1, 36.0], [111.1, 36.1], [111.0, 36.1], [111.0, 36.0]]


def read(kind, coordinates, as_kind=None, max_vertices=1000):
    return geometry_from_geojson({"type": kind, "coordinates": coordinates}, as_kind or kind, max_vertices=max_vertices)


def test_each_kind_of_shape_is_read_as_it_was_drawn():
    assert read("Point", [111.1, 36.4]).equals(shapely.Point(111.1, 36.4))
    assert read("LineString", [[111, 36], [111.1, 36.4]]).geom_type == "LineString"
    assert read("Polygon", [SQUARE]).equals(shapely.Polygon(SQUARE))
    assert read("MultiLineString", [[[111, 36], [111.1, 36.4]]]).geom_type == "MultiLineString"
    assert len(read("MultiPolygon", [[SQUARE], [[[x + 1, y] for x, y in SQUARE]]]).geoms) == 2


def test_a_polygon_becomes_a_multipolygon_where_the_layer_holds_those_and_the_other_way_round():
    assert read("Polygon", [SQUARE], "MultiPolygon").equals(shapely.MultiPolygon([shapely.Polygon(SQUARE)]))
    assert read("MultiPolygon", [[SQUARE]], "Polygon").geom_type == "Polygon"
    with pytest.raises(BadGeometry, match="× 2"):
        read("MultiPolygon", [[SQUARE], [[[x + 1, y] for x, y in SQUARE]]], "Polygon")


def test_heights_are_dropped():
    assert read("LineString", [[111, 36, 900.5], [111.1, 36.4, 910, 3]]).has_z is False


@pytest.mark.parametrize("value", [None, "POINT (1 2)", 7, [111, 36]])
def test_what_is_not_an_object_is_refused(value):
    with pytest.raises(BadGeometry, match="object"):
        geometry_from_geojson(value, "Point", max_vertices=10)


@pytest.mark.parametrize(
    "value",
    [
        {"type": "LineString", "coordinates": [[111, 36], [112, 36]]},
        {"type": "GeometryCollection", "geometries": []},
        {"type": ["Point"], "coordinates": [111, 36]},
        {"coordinates": [111, 36]},
        {},
    ],
)
def test_another_type_than_the_layers_is_refused(value):
    with pytest.raises(BadGeometry, match="This layer holds Point"):
        geometry_from_geojson(value, "Point", max_vertices=10)


@pytest.mark.parametrize(
    ("coordinates", "says"),
    [
        ([SQUARE[:-1]], "not closed"),
        ([[SQUARE[0], SQUARE[1], SQUARE[0]]], "needs 4"),
        ([[]], "empty"),
        ([], "empty"),
        ([SQUARE, []], "Ring 2"),
    ],
)
def test_unclosed_short_and_empty_rings_are_refused_by_number(coordinates, says):
    with pytest.raises(BadGeometry, match=says):
        read("Polygon", coordinates)


@pytest.mark.parametrize("coordinates", [[[111, 36]], [[111, 36], [111, 36]], []])
def test_a_line_without_two_different_points_is_refused(coordinates):
    with pytest.raises(BadGeometry):
        read("LineString", coordinates)


@pytest.mark.parametrize("number", [math.nan, math.inf, -math.inf, 10**400])
def test_numbers_that_are_no_places_are_refused(number):
    with pytest.raises(BadCoordinates, match="NaN or Infinity"):
        read("Point", [111, number])


@pytest.mark.parametrize("number", ["36.4", None, True, [36.4], {}])
def test_what_is_not_a_number_is_refused(number):
    with pytest.raises(BadCoordinates):
        read("Point", [111, number])


def test_latitude_first_is_recognised_and_the_right_order_is_proposed():
    with pytest.raises(BadCoordinates, match=r"\[lon, lat\] = \[111.1, 36.4\]") as refused:
        read("Point", [36.4, 111.1])
    assert "颠倒" in refused.value.zh
    assert refused.value.facts["swapped"] is True


def test_metres_are_not_taken_for_degrees():
    with pytest.raises(BadCoordinates, match="metres"):
        read("Point", [508_972.9, 4_030_000.0])


def test_a_bow_tie_is_refused_with_the_place_where_it_crosses():
    with pytest.raises(BadGeometry, match="Self-intersection") as refused:
        read("Polygon", [[[111, 36], [112, 37], [112, 36], [111, 37], [111, 36]]])
    assert refused.value.facts["place"] == [111.5, 36.5]
    assert "自相交" in refused.value.zh


def test_a_hole_outside_its_shell_is_refused():
    with pytest.raises(BadGeometry, match="Hole lies outside shell"):
        read("Polygon", [SQUARE, [[x + 1, y] for x, y in SQUARE]])


def test_vertices_are_counted_before_any_of_them_is_looked_at():
    # Ten million references to one bad position: building or checking them would fail otherwise.
    huge = [["not a position"]] * 10_000_000
    with pytest.raises(BadGeometry, match="10000000 vertices") as refused:
        read("LineString", huge, max_vertices=100_000)
    assert refused.value.facts == {"vertices": 10_000_000, "allowed": 100_000}


def test_as_many_vertices_as_allowed_are_allowed():
    assert read("Polygon", [SQUARE], max_vertices=5).area > 0
    with pytest.raises(BadGeometry, match="5 vertices, 4 are allowed"):
        read("Polygon", [SQUARE], max_vertices=4)


@pytest.mark.parametrize("kind", ["Point", "LineString", "Polygon", "MultiLineString", "MultiPolygon"])
def test_a_list_nested_fifty_thousand_deep_is_refused_without_recursion(kind):
    bomb: list = []
    for _ in range(50_000):
        bomb = [bomb]
    with pytest.raises((BadGeometry, BadCoordinates)):
        read(kind, bomb)


def test_a_bomb_in_place_of_a_number_or_of_a_type_is_refused_as_well():
    bomb: list = []
    for _ in range(50_000):
        bomb = [bomb]
    with pytest.raises(BadCoordinates, match="list was found"):
        read("Point", [bomb, 36])
    with pytest.raises(BadCoordinates, match="dict was found"):
        read("LineString", [{"x": bomb}, [111, 36]])
    with pytest.raises(BadGeometry, match="list was found"):
        geometry_from_geojson({"type": bomb, "coordinates": [111, 36]}, "Point", max_vertices=10)


numbers = st.one_of(st.floats(), st.integers(), st.none(), st.text(max_size=3), st.booleans())
anything = st.recursive(numbers, lambda inner: st.lists(inner, max_size=5), max_leaves=40)
kinds = st.sampled_from(["Point", "LineString", "Polygon", "MultiLineString", "MultiPolygon"])


@given(kinds, kinds, anything)
def test_no_coordinates_at_all_do_worse_than_a_refusal(kind, as_kind, coordinates):
    with suppress(Refusal):
        shape = read(kind, coordinates, as_kind)
        assert shape.is_valid
        assert not shape.is_empty
        assert shape.geom_type == as_kind


lonlat = st.tuples(st.floats(-180, 180), st.floats(-90, 90))


@given(st.lists(lonlat, min_size=3, max_size=12))
def test_what_is_accepted_is_what_was_sent(corners):
    ring = [*corners, corners[0]]
    try:
        shape = read("Polygon", [[list(c) for c in ring]])
    except BadGeometry:
        assert not shapely.Polygon(ring).is_valid
    else:
        assert shape.equals_exact(shapely.Polygon(ring), 0)


def test_one_square_degree_at_the_equator_has_the_known_area():
    # Karney's Planimeter, WGS 84: the square 0..1° has 12 308 778 361.469 m² (GRS80 differs by less than 1 m²).
    assert area_m2(shapely.box(0, 0, 1, 1)) == pytest.approx(12_308_778_361.469, abs=1)


def test_holes_are_left_out_of_the_area_whichever_way_they_run():
    hole = [[111.02, 36.02], [111.04, 36.02], [111.04, 36.04], [111.02, 36.04], [111.02, 36.02]]
    whole, gap = area_m2(shapely.Polygon(SQUARE)), area_m2(shapely.Polygon(hole))
    for ring in (hole, hole[::-1]):
        for shell in (SQUARE, SQUARE[::-1]):
            assert area_m2(shapely.MultiPolygon([shapely.Polygon(shell, [ring])])) == pytest.approx(whole - gap)


def test_geodesic_and_gauss_kruger_lengths_agree_within_16_mm_per_km():
    line = shapely.LineString([(110.9, 36.25), (111.2, 36.4), (111.35, 36.6)])
    assert length_m(line) == pytest.approx(to_metric([line], 4546)[0].length, rel=16e-6)


def test_a_quarter_of_the_meridian_is_ten_thousand_and_two_kilometres():
    # 10 001 965.729 m on GRS 80 (Moritz 1980).
    assert length_m(shapely.LineString([(111, 0), (111, 90)])) == pytest.approx(10_001_965.729, abs=0.001)


def test_points_have_neither_area_nor_length_and_areas_have_a_perimeter():
    assert area_m2(shapely.Point(111, 36)) == 0
    assert length_m(shapely.Point(111, 36)) == 0
    assert length_m(shapely.Polygon(SQUARE)) == pytest.approx(length_m(shapely.LineString(SQUARE)))
