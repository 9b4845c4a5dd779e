"""Who and what lies inside: hand-drawn cases, brute force over all pairs, and totals that add up whatever is asked."""

import math

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given as cases
from hypothesis import settings
from hypothesis import strategies as st
from pydantic import ValidationError

from gis.analyses.exposure import ANALYSIS, ExposureParams
from gis.analysis import Bilingual, Given, Result
from gis.errors import BadGeometry, NoAnswer
from gis.exposure import COUNTED, MEASURES, inside
from layers.nearby import PEOPLE
from layers.registry import layer_named
from layers.tables import open_columns

WEST, EAST = "141033100", "141033200"
TOWNSHIPS = gpd.GeoDataFrame({"code": [WEST, EAST], "name": ["西镇", "东乡"]},
                             geometry=[shapely.box(111, 36, 111.1, 36.1), shapely.box(111.1, 36, 111.2, 36.1)], crs=4490)  # fmt: skip


def frame(shapes: list[shapely.Geometry | None], **columns: object) -> gpd.GeoDataFrame:
    ids = [str(n) for n in range(len(shapes))]
    named: dict[str, object] = {"code": [f"C{n}" for n in ids], "name": [f"名{n}" for n in ids], "admin_code": [""] * len(ids)}
    return gpd.GeoDataFrame(named | columns, index=pd.Index(ids, name="id"), geometry=shapes, crs=4490)


def answer(areas: list[shapely.Geometry | None], **layers: gpd.GeoDataFrame) -> Result:
    held = {"areas": frame(areas)} | {f"over {layer}": rows for layer, rows in layers.items()}
    params = ExposureParams(layer="risk_zones", over=tuple(layers))
    assert set(ANALYSIS.needs(params).frames) == set(held)
    return ANALYSIS.run(params, Given(held, TOWNSHIPS, "EPSG:4546"))


def row_of(result: Result, layer: str) -> dict[str, object]:
    table = result.lists["exposure"].frame
    return dict(table[table["layer"] == layer].iloc[0])


AREA = shapely.box(111.02, 36.02, 111.15, 36.08)


# -- what counts as inside


def test_a_point_on_the_border_is_inside_and_one_beyond_it_is_not() -> None:
    points = np.array([shapely.Point(111.02, 36.05), shapely.Point(111.02 - 1e-9, 36.05), shapely.Point(111.05, 36.05)], dtype=object)
    assert inside(np.array([AREA], dtype=object), points).rows.tolist() == [0, 2]


def test_a_road_counts_whole_with_the_share_that_is_inside_and_one_along_the_border_does_not() -> None:
    along = shapely.LineString([(111.02, 36.03), (111.02, 36.05)])
    through = shapely.LineString([(111.05, 35.99), (111.05, 36.05)])
    found = inside(np.array([AREA], dtype=object), np.array([along, through], dtype=object))
    assert found.rows.tolist() == [1]
    assert found.share[0] == pytest.approx(0.5, rel=1e-3)


def test_a_road_along_the_border_of_two_areas_lies_inside_both_taken_together() -> None:
    halves = np.array([shapely.box(111, 36, 111.05, 36.1), shapely.box(111.05, 36, 111.1, 36.1)], dtype=object)
    along = np.array([shapely.LineString([(111.05, 36.02), (111.05, 36.08)])], dtype=object)
    found = inside(halves, along)
    assert (found.rows.tolist(), found.share.tolist()) == ([0], [1.0])
    assert inside(halves[:1], along).rows.tolist() == []


def test_the_share_of_an_object_in_two_overlapping_areas_is_that_of_their_union() -> None:
    areas = np.array([shapely.box(111, 36, 111.06, 36.1), shapely.box(111.03, 36, 111.09, 36.1)], dtype=object)
    zone = np.array([shapely.box(111.02, 36.02, 111.12, 36.04)], dtype=object)
    found = inside(areas, zone)
    assert found.share[0] == pytest.approx(0.7, rel=1e-6)
    assert found.hits.area.tolist() == [0, 1]


@cases(st.integers(0, 10_000), st.sampled_from(["points", "lines", "areas"]), st.booleans())
@settings(max_examples=60, deadline=None)
def test_what_is_found_is_what_trying_every_pair_finds(seed: int, kind: str, many: bool) -> None:
    rng = np.random.default_rng(seed)
    corner, size = rng.uniform(0, 0.15, (2, 12)), rng.uniform(0.005, 0.15 if many else 0.02, (2, 12))
    areas = shapely.difference(shapely.box(*corner, *(corner + size)), shapely.box(*(corner + size / 3), *(corner + size / 2)))
    places = rng.uniform(0, 0.2, (50, 2))
    ends = places + rng.normal(0, 0.03, (50, 2))
    shapes = {"points": shapely.points(places), "lines": shapely.linestrings(np.stack([places, ends], axis=1)),
              "areas": shapely.buffer(shapely.points(places), rng.uniform(0.001, 0.03, 50))}[kind]  # fmt: skip
    found = inside(areas, shapes)
    every = shapely.intersects(areas[:, None], shapes) & ((kind == "points") | ~shapely.touches(areas[:, None], shapes))
    assert np.array_equal(np.unique(np.column_stack(found.hits), axis=0), np.argwhere(every))
    assert found.rows.tolist() == np.flatnonzero(every.any(0)).tolist()
    together = shapely.union_all(areas)
    measure = {"points": lambda s: 1.0, "lines": shapely.length, "areas": shapely.area}[kind]
    for row, share in zip(found.rows, found.share, strict=True):
        expected = 1.0 if kind == "points" else measure(shapely.intersection(together, shapes[row])) / measure(shapes[row])
        assert share == pytest.approx(expected, abs=2e-3)  # the same on the ellipsoid, within the change of a degree over 0.2°


def test_points_in_areas_as_wide_as_the_county_are_found_by_the_tree_and_are_the_same() -> None:
    rng = np.random.default_rng(1)
    points = shapely.points(rng.uniform(0, 1, (30_000, 2)))
    bands = shapely.box(0, np.linspace(0, 0.9, 10), 1, np.linspace(0.05, 0.95, 10))
    found = inside(bands, points)
    y = shapely.get_y(points)
    assert len(found.hits.row) == sum(int(((y >= low) & (y <= low + 0.05)).sum()) for low in np.linspace(0, 0.9, 10))


# -- sums


def test_people_households_and_weak_people_are_counted_by_layer_and_township() -> None:
    villages = frame([shapely.Point(111.05, 36.05), shapely.Point(111.12, 36.05), shapely.Point(111.19, 36.05)],
                     admin_code=[WEST + "001", "141033", WEST], resident_people=[120.0, 80.0, 9_999.0], households=[40.0, 30.0, 1.0],
                     elderly_alone=[5.0, math.nan, 1.0])  # fmt: skip
    houses = frame([shapely.Point(111.05, 36.05)] * 2, people=[4.0, 2.0], weak_people=[1.0, 0.0], admin_code=[WEST] * 2)
    result = answer([AREA], villages=villages, households=houses)
    assert [row_of(result, "villages")[name] for name in ("objects", *MEASURES)] == [2, 200, 70, 5]
    assert [row_of(result, "households")[name] for name in ("objects", *MEASURES)] == [2, 6, 2, 1]
    table = result.lists["by_township"].frame
    told = {(row.township_name, row.layer): (row.objects, row.people) for row in table.itertuples()}
    # The second village carries the county's code only: it counts where it lies.
    assert told == {("西镇", "households"): (2, 6), ("西镇", "villages"): (1, 120), ("东乡", "villages"): (1, 80)}
    figures = {(figure.listing, figure.of): figure.value for figure in result.figures}
    assert [figures["villages", of] for of in (None, *MEASURES)] == [2, 200, 70, 5]
    assert [figures["households", of] for of in (None, *MEASURES)] == [2, 6, 2, 1]
    assert "不能相加" in result.notes[0].zh


def test_an_object_in_two_areas_counts_once_in_the_total_and_in_each_by_area() -> None:
    schools = frame([shapely.Point(111.05, 36.05), shapely.Point(111.01, 36.01)], students=[300.0, 50.0])
    result = answer([AREA, shapely.box(111, 36, 111.06, 36.06)], schools=schools)
    assert row_of(result, "schools")["people"] == 350
    assert result.lists["by_area"].frame[["area_id", "objects", "people"]].to_numpy().tolist() == [["0", 1, 300.0], ["1", 2, 350.0]]
    assert result.lists["schools"].frame["areas"].tolist() == [2, 1]
    assert any("在几个范围内" in note.zh and "每个对象只计一次" in note.zh for note in result.notes)


def test_a_layer_is_called_by_its_own_name() -> None:
    schools = frame([shapely.Point(111.05, 36.05)], students=[300.0])
    schools.attrs = {"zh": "学校", "en": "Schools"}
    result = answer([AREA], schools=schools)
    assert (result.figures[0].title.zh, result.figures[0].title.en) == ("学校", "Schools")
    assert row_of(result, "schools")["layer_name"] == Bilingual("学校", "Schools")
    assert result.lists["by_township"].frame["layer_name"].tolist() == [("学校", "Schools")]


def test_unknown_numbers_are_left_out_and_said() -> None:
    mines = frame([shapely.Point(111.05, 36.05)] * 3, underground_now=[math.nan, 12.0, math.inf])
    result = answer([AREA], mines=mines)
    assert (row_of(result, "mines")["people"], row_of(result, "mines")["people_unknown"]) == (12, 2)
    assert any("2 个对象没有填人数" in note.zh for note in result.notes)


def test_a_layer_without_people_has_objects_only_and_no_zero_that_looks_like_people() -> None:
    result = answer([AREA], shelters=frame([shapely.Point(111.05, 36.05)]))
    told = row_of(result, "shelters")
    assert told["objects"] == 1
    assert all(math.isnan(float(told[name])) for name in MEASURES)  # type: ignore[arg-type]
    assert [column.name for column in result.lists["shelters"].columns if column.name in MEASURES] == []


def test_nothing_inside_is_an_answer_and_so_is_an_empty_layer() -> None:
    result = answer([AREA], schools=frame([shapely.Point(112, 37)], students=[5.0]), mines=frame([], underground_now=[]))
    assert result.lists["exposure"].frame["objects"].tolist() == [0, 0]
    assert result.figures == []
    assert "没有所选图层的对象" in result.notes[-1].zh


def test_an_object_without_place_is_nowhere() -> None:
    result = answer([AREA, None], schools=frame([None, shapely.Point(111.05, 36.05)], students=[5.0, 7.0]))
    assert row_of(result, "schools")["people"] == 7


@cases(st.integers(0, 100_000))
@settings(max_examples=50, deadline=None)
def test_totals_equal_the_lists_and_the_sum_of_the_townships(seed: int) -> None:
    rng = np.random.default_rng(seed)
    n = int(rng.integers(0, 60))
    spots = rng.uniform([110.98, 35.98], [111.22, 36.12], (n, 2))
    codes = rng.choice([WEST, EAST + "003", "141033", ""], n)
    people = np.where(rng.random(n) < 0.2, np.nan, rng.integers(0, 9, n))
    houses = frame(list(shapely.points(spots)), admin_code=codes, people=people, weak_people=rng.integers(0, 3, n).astype(float))
    zones = frame(list(shapely.buffer(shapely.points(spots), 0.01)), admin_code=codes, threat_people=people, threat_households=people)
    corners = rng.uniform([110.98, 35.98], [111.2, 36.1], (4, 2))
    result = answer(list(shapely.box(corners[:, 0], corners[:, 1], corners[:, 0] + 0.06, corners[:, 1] + 0.05)),
                    households=houses, geohazards=zones)  # fmt: skip
    towns = result.lists["by_township"].frame
    for layer in ("households", "geohazards"):
        told, listed, by_town = row_of(result, layer), result.lists[layer].frame, towns[towns["layer"] == layer]
        assert told["objects"] == len(listed) == by_town["objects"].sum()
        assert listed["id"].is_unique
        for name in MEASURES:
            total = told[name]
            assert np.nansum([float(total)]) == (listed[name].sum() if name in listed else 0) == by_town[name].sum()  # type: ignore[arg-type]
    for figure in result.figures:
        shown = result.lists[figure.listing].frame
        assert figure.value == (len(shown) if figure.of is None else shown[figure.of].sum())


# -- what is refused


def test_points_and_lines_are_no_areas() -> None:
    with pytest.raises(BadGeometry, match="Buffer points"):
        answer([shapely.Point(111, 36)], schools=frame([]))


def test_areas_that_cross_themselves_are_named() -> None:
    bow_tie = shapely.Polygon([(111, 36), (111.01, 36.01), (111.01, 36), (111, 36.01), (111, 36)])
    with pytest.raises(BadGeometry) as refused:
        answer([AREA, bow_tie], schools=frame([]))
    assert "名1" in refused.value.zh


def test_no_areas_are_no_answer() -> None:
    with pytest.raises(NoAnswer):
        answer([], schools=frame([shapely.Point(111.05, 36.05)]))


@pytest.mark.parametrize("inputs", [
    {}, {"area": {"type": "Polygon", "coordinates": []}, "layer": "risk_zones"}, {"layer": "risk_zones", "over": []},
    {"layer": "risk_zones", "over": ["mines", "mines"]}, {"layer": "risk_zones", "over": ["mines"], "filters": {"schools": "true"}},
])  # fmt: skip
def test_a_question_that_is_not_one_is_refused(inputs: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        ExposureParams.model_validate(inputs)


def test_a_filter_is_that_of_its_layer() -> None:
    params = ExposureParams(layer="risk_zones", filter="level = 'high'", over=("schools", "mines"), filters={"mines": "status = 'x'"})
    asked = ANALYSIS.needs(params).frames
    assert {role: (selection.layer, selection.filter) for role, selection in asked.items()} == {
        "areas": ("risk_zones", "level = 'high'"), "over schools": ("schools", None), "over mines": ("mines", "status = 'x'")}  # fmt: skip


# -- the columns that hold people


def test_people_are_where_the_map_says_they_are_and_every_column_exists() -> None:
    counted = {(layer, column) for layer, held in COUNTED.items() for column in (held.people, held.weak) if column}
    assert set(PEOPLE.values()) == counted
    for layer, held in COUNTED.items():
        columns = {column.name for column in open_columns(layer_named(layer))}
        assert {held.people, held.households or held.people, held.weak or held.people} - {"itself"} <= columns
