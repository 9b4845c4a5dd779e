"""Shapes cut by areas: hand-drawn squares, areas that add up whatever is cut, and what is refused."""

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from gis.analyses.overlay import ANALYSIS, OverlayParams
from gis.analysis import Given, Result
from gis.errors import BadGeometry, NoAnswer, ValueOutOfRange
from gis.overlay import NONE, mean_width_m, overlaid, overlap_within
from gis.spread import areas_m2

MOST = 10_000
TOWNSHIPS = gpd.GeoDataFrame({"code": [], "name": []}, geometry=[], crs=4490)


def square(x: float, y: float, side: float = 0.01) -> shapely.Polygon:
    return shapely.box(111 + x / 100, 36 + y / 100, 111 + x / 100 + side, 36 + y / 100 + side)


def shapes(*given_shapes: shapely.Geometry) -> np.ndarray:
    return np.array(given_shapes, dtype=object)


def frame(*given_shapes: shapely.Geometry, **columns: list[object]) -> gpd.GeoDataFrame:
    number = range(1, len(given_shapes) + 1)
    named = {"code": [f"C{n}" for n in number], "name": [f"区{n}" for n in number]}
    return gpd.GeoDataFrame(named | columns, index=[str(n) for n in number], geometry=list(given_shapes), crs=4490)


def answer(first: gpd.GeoDataFrame, second: gpd.GeoDataFrame, how: str = "intersection", **limits: object) -> Result:
    params = OverlayParams.model_validate({"first": {"layer": "risk_zones"}, "second": {"layer": "townships"}, "how": how})
    return ANALYSIS.run(params, Given({"first": first, "second": second}, TOWNSHIPS, "EPSG:4546", limits=limits))


# -- cutting


@given(st.integers(0, 10_000), st.integers(1, 12), st.integers(1, 12))
@settings(max_examples=60, deadline=None)
def test_what_is_shared_and_what_is_left_add_up_to_the_whole(seed: int, n: int, m: int) -> None:
    rng = np.random.default_rng(seed)
    first = shapely.box(*(lambda a: (a[0], a[1], a[0] + a[2], a[1] + a[3]))(rng.uniform(0.01, 0.1, (4, n)) + [[111], [36], [0], [0]]))
    second, where = shapes(*shapely.voronoi_polygons(shapely.multipoints(rng.uniform(0, 0.2, (m + 2, 2)) + [111, 36])).geoms), MOST
    shared, left = overlaid(first, second, "intersection", where), overlaid(first, second, "difference", where)
    of = np.concatenate([shared.first, left.first])
    sums = np.bincount(of, weights=areas_m2(np.concatenate([shared.shapes, left.shapes])), minlength=n)
    assert sums == pytest.approx(areas_m2(first), rel=1e-9)
    union, outside = overlaid(first, second, "union", where), overlaid(first, second, "symmetric_difference", where)
    assert len(union.shapes) == len(shared.shapes) + len(outside.shapes)
    alone = outside.shapes[outside.second != NONE]
    assert shapely.area(shapely.union_all(first)) + shapely.area(alone).sum() == pytest.approx(
        shapely.area(shapely.union_all(np.concatenate([first, second]))), rel=1e-9
    )


def test_two_areas_that_share_a_border_only_share_nothing() -> None:
    pieces = overlaid(shapes(square(0, 0)), shapes(square(1, 0), square(0, 1)), "intersection", MOST)
    assert pieces.shapes.tolist() == []


def test_a_piece_knows_its_pair() -> None:
    first, second = shapes(square(0, 0), square(5, 5)), shapes(square(9, 9), square(0.5, 0.5))
    shared = overlaid(first, second, "intersection", MOST)
    assert (shared.first.tolist(), shared.second.tolist()) == ([0], [1])
    outside = overlaid(first, second, "symmetric_difference", MOST)
    assert sorted(zip(outside.first.tolist(), outside.second.tolist(), strict=True)) == [(NONE, 0), (NONE, 1), (0, NONE), (1, NONE)]


def test_an_area_wholly_covered_by_several_leaves_nothing() -> None:
    left = overlaid(shapes(square(0.5, 0)), shapes(square(0, 0), square(1, 0)), "difference", MOST)
    assert left.shapes.tolist() == []


def test_lines_and_points_are_cut_but_have_no_union() -> None:
    line = shapes(shapely.LineString([(110.995, 36.005), (111.015, 36.005)]))
    inside = overlaid(line, shapes(square(0, 0)), "intersection", MOST)
    assert shapely.length(inside.shapes)[0] == pytest.approx(0.01)
    assert shapely.length(overlaid(line, shapes(square(0, 0)), "difference", MOST).shapes)[0] == pytest.approx(0.01)
    points = shapes(shapely.Point(111.005, 36.005), shapely.Point(112, 36))
    assert overlaid(points, shapes(square(0, 0)), "intersection", MOST).first.tolist() == [0]
    with pytest.raises(ValueOutOfRange):
        overlaid(line, shapes(square(0, 0)), "union", MOST)


def test_more_pairs_than_anybody_reads_are_refused() -> None:
    many = shapes(*[square(0, 0)] * 20)
    with pytest.raises(ValueOutOfRange) as refused:
        overlaid(many, many, "intersection", 399)
    assert refused.value.facts == {"pairs": 400, "allowed": 399}


def test_a_long_strip_is_as_wide_as_it_is() -> None:
    strip = shapely.box(111, 36, 111.1, 36 + 0.5 / 110_950)
    assert mean_width_m(shapes(strip))[0] == pytest.approx(0.5, rel=2e-3)


def test_areas_that_touch_do_not_overlap_and_one_inside_another_does() -> None:
    assert not overlap_within(shapes(square(0, 0), square(1, 0)), 1.0)
    assert not overlap_within(shapes(square(0, 0), square(1 - 1e-6, 0)), 1.0)
    assert overlap_within(shapes(square(0, 0), square(0.5, 0)), 1.0)
    assert overlap_within(shapes(square(0, 0), square(0.2, 0.2, 0.001)), 1.0)


# -- the page


def test_each_piece_carries_the_attributes_of_both() -> None:
    first = frame(square(0, 0), level=["high"], people=[12.0], geohazards=[["P1"]])
    result = answer(first, frame(square(0.5, 0), square(-0.5, 0)))
    rows = result.lists["pieces"].frame
    assert rows[["first_id", "first_level", "first_people", "second_id", "second_name"]].to_numpy().tolist() == [
        ["1", "high", 12.0, "1", "区1"], ["1", "high", 12.0, "2", "区2"]]  # fmt: skip
    assert "first_geohazards" not in rows  # a list is no value of a table
    assert result.figures[0].value == 2
    assert result.figures[1].value == pytest.approx(areas_m2([square(0, 0)])[0], rel=1e-9)
    assert result.notes == []


def test_of_what_belongs_to_one_side_only_the_other_side_is_empty() -> None:
    rows = answer(frame(square(0, 0)), frame(square(0.5, 0)), "symmetric_difference").lists["pieces"].frame
    assert rows["first_id"].tolist() == ["1", None]
    assert rows["second_id"].tolist() == [None, "1"]


def test_a_sliver_between_borders_that_do_not_fit_is_said() -> None:
    beside = shapely.box(111.01 - 0.5 / 90_000, 36, 111.02, 36.01)  # half a metre over the border
    result = answer(frame(square(0, 0)), frame(beside))
    assert result.lists["pieces"].frame["sliver"].tolist() == [True]
    assert "碎片" in result.notes[0].zh


def test_ground_that_counts_twice_is_said() -> None:
    result = answer(frame(square(0, 0), square(0.2, 0)), frame(square(0, 0)))
    assert ["重复计算" in note.zh for note in result.notes] == [True]


def test_nothing_in_common_is_an_answer() -> None:
    result = answer(frame(square(0, 0)), frame(square(5, 5)))
    assert len(result.lists["pieces"].frame) == 0
    assert result.figures[0].value == 0
    assert "没有" in result.notes[0].zh


def test_lines_on_areas_are_measured_in_metres() -> None:
    result = answer(frame(shapely.LineString([(111, 36), (111, 36.02)])), frame(square(-0.5, 0)))
    assert result.lists["pieces"].frame["length_m"].iloc[0] == pytest.approx(1109.6, abs=0.2)  # 0.01° of meridian at 36° N


def test_what_cannot_be_cut_is_refused() -> None:
    bow_tie = shapely.Polygon([(111, 36), (111.01, 36.01), (111.01, 36), (111, 36.01), (111, 36)])
    with pytest.raises(BadGeometry, match="not valid"):
        answer(frame(bow_tie), frame(square(0, 0)))
    with pytest.raises(BadGeometry, match="must be areas"):
        answer(frame(square(0, 0)), frame(shapely.Point(111, 36)))
    with pytest.raises(BadGeometry, match="mixed"):
        answer(frame(square(0, 0), shapely.Point(111, 36)), frame(square(0, 0)))
    with pytest.raises(NoAnswer):
        answer(frame(square(0, 0)).iloc[:0], frame(square(0, 0)))


def test_a_drawn_area_is_named_as_drawn() -> None:
    drawn = {"type": "Polygon", "coordinates": [[[111, 36], [111.005, 36], [111.005, 36.005], [111, 36.005], [111, 36]]]}
    params = OverlayParams.model_validate({"first": {"layer": "risk_zones"}, "second": drawn})
    assert set(ANALYSIS.needs(params).frames) == {"first"}
    result = ANALYSIS.run(params, Given({"first": frame(square(0, 0))}, TOWNSHIPS, "EPSG:4546"))
    assert result.lists["pieces"].frame["second_name"].tolist() == [("绘制图形", "Drawn shape")]
