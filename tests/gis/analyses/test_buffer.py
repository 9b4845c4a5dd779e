"""The buffer page: what it lists, what it says beside it, and what it refuses."""

import geopandas as gpd
import numpy as np
import pytest
import shapely
from pydantic import ValidationError

from gis.analyses.buffer import ANALYSIS, BufferParams
from gis.analysis import Cancelled, Given, Result
from gis.errors import BadCoordinates, BadGeometry, NoAnswer, ValueOutOfRange
from gis.spread import areas_m2

TOWNSHIPS = gpd.GeoDataFrame({"code": [], "name": []}, geometry=[], crs=4490)


def given(*shapes: shapely.Geometry | None, **limits: object) -> Given:
    named = {"code": [f"G-{n}" for n in range(len(shapes))], "name": [f"点{n}" for n in range(len(shapes))]}
    frame = gpd.GeoDataFrame(named, index=[str(10 + n) for n in range(len(shapes))], geometry=list(shapes), crs=4490)
    return Given({"objects": frame}, TOWNSHIPS, "EPSG:4546", limits=limits)


def answer(inputs: dict[str, object], held: Given) -> Result:
    params = BufferParams.model_validate(inputs)
    assert set(ANALYSIS.needs(params).frames) <= set(held.frames)
    return ANALYSIS.run(params, held)


def around(*shapes: shapely.Geometry | None, **inputs: object) -> Result:
    return answer({"layer": "geohazards", **inputs}, given(*shapes))


def test_a_drawn_point_has_a_circle_about_it() -> None:
    result = answer(dict(ANALYSIS.example), given())
    (row,) = result.lists["buffers"].frame.itertuples()
    assert row.area_m2 == pytest.approx(np.pi * 500**2, rel=1e-3)
    assert [figure.value for figure in result.figures] == [1, row.area_m2]
    assert result.notes == []


def test_each_feature_has_its_own_row_and_overlaps_are_said_to_count_twice() -> None:
    result = around(shapely.Point(111, 36), shapely.Point(111.001, 36), distance_m=300)
    rows = result.lists["buffers"].frame
    assert rows[["layer", "id", "code", "name"]].to_numpy().tolist() == [
        ["geohazards", "10", "G-0", "点0"], ["geohazards", "11", "G-1", "点1"]]  # fmt: skip
    assert result.figures[1].value == pytest.approx(rows["area_m2"].sum())
    assert "重叠" in result.notes[0].zh


def test_dissolved_buffers_are_parts_with_the_objects_that_made_them() -> None:
    result = around(shapely.Point(111, 36), shapely.Point(111.5, 36), shapely.Point(111.001, 36), distance_m=300, dissolve=True)
    rows, objects = result.lists["buffers"].frame, result.lists["objects"].frame
    assert sorted(rows["objects"]) == [1, 2]
    assert rows["area_m2"].sum() < 3 * np.pi * 300**2 * 0.9
    by_id = objects.set_index("id")["part"]
    assert by_id["10"] == by_id["12"] != by_id["11"]
    assert rows.set_index("part")["objects"].to_dict() == objects["part"].value_counts().to_dict()


def test_a_negative_distance_shrinks_areas_and_says_which_are_gone() -> None:
    wide, thin = shapely.box(111, 36, 111.02, 36.02), shapely.box(111.1, 36, 111.101, 36.1)
    result = around(wide, thin, distance_m=-100)
    rows = result.lists["buffers"].frame
    assert rows["id"].tolist() == ["10"]
    assert rows["area_m2"].iloc[0] < areas_m2([wide])[0]
    assert any("点1" in note.zh for note in result.notes)
    with pytest.raises(NoAnswer, match="Nothing is left"):
        around(thin, distance_m=-100)


@pytest.mark.parametrize(("shape", "distance_m"), [(shapely.Point(111, 36), -5), (shapely.Point(111, 36), 0), (shapely.Point(111, 36), 1e6),
                                                   (shapely.box(111, 36, 112, 37), -1e6)])  # fmt: skip
def test_absurd_distances_are_refused(shape: shapely.Geometry, distance_m: float) -> None:
    with pytest.raises(ValueOutOfRange):
        around(shape, distance_m=distance_m)


def test_the_county_may_set_the_largest_distance() -> None:
    with pytest.raises(ValueOutOfRange) as refused:
        answer({"layer": "geohazards", "distance_m": 600}, given(shapely.Point(111, 36), **{"buffer.furthest_m": 500}))
    assert refused.value.facts == {"distance_m": 600.0, "allowed_m": 500}


@pytest.mark.parametrize("inputs", [
    {}, {"geometry": ANALYSIS.example["geometry"], "layer": "geohazards"}, {"layer": "geohazards", "distance_m": float("nan")},
    {"layer": "geohazards", "distance": 5}, {"filter": "name = 'x'"}, {"layer": "drop table"},
])  # fmt: skip
def test_a_question_that_is_not_one_is_refused_before_anything_is_fetched(inputs: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        BufferParams.model_validate(inputs)


@pytest.mark.parametrize(("geometry", "refusal"), [
    ({"type": "Polygon", "coordinates": [[[111, 36], [111.01, 36.01], [111.01, 36], [111, 36.01], [111, 36]]]}, BadGeometry),
    ({"type": "Polygon", "coordinates": [[[-180, -90], [180, -90], [180, 90], [-180, 90], [-180, -90]]]}, BadCoordinates),
    ({"type": "Polygon", "coordinates": [[[80, 20], [120, 20], [120, 45], [80, 45], [80, 20]]]}, ValueOutOfRange),
    ({"type": "Point", "coordinates": [111, float("nan")]}, BadCoordinates),
    ({"type": "Point", "coordinates": [36.4, 111.1]}, BadCoordinates),
    ({"type": "Point"}, BadGeometry), ({"type": "Sphere", "coordinates": [1, 2]}, BadGeometry), ({}, BadGeometry),
    ({"type": "LineString", "coordinates": [[111, 36]]}, BadGeometry),
])  # fmt: skip
def test_hostile_shapes_are_refused_in_both_languages(geometry: dict[str, object], refusal: type[Exception]) -> None:
    with pytest.raises(refusal) as refused:
        answer({"geometry": geometry, "distance_m": 10}, given())
    assert refused.value.zh  # type: ignore[attr-defined]


def test_too_many_vertices_are_refused_by_the_countys_limit() -> None:
    turn = np.linspace(0, 2 * np.pi, 50_000)
    ring = np.column_stack([111 + 0.1 * np.cos(turn), 36 + 0.1 * np.sin(turn)]).tolist()
    ring[-1] = ring[0]
    with pytest.raises(BadGeometry) as refused:
        answer({"geometry": {"type": "Polygon", "coordinates": [ring]}}, given(**{"geometry.max_vertices": 20_000}))
    assert refused.value.facts == {"vertices": 50_000, "allowed": 20_000}


def test_many_objects_are_drawn_with_progress_and_too_many_are_refused() -> None:
    points = list(shapely.points(np.random.default_rng(0).uniform([111, 36], [111.3, 36.3], (2_500, 2))))
    told: list[float] = []
    held = given(*points)
    watched = Given(held.frames, held.townships, held.metric_crs, tell=lambda done, doing: told.append(done))
    rows = answer({"layer": "households", "distance_m": 20}, watched).lists["buffers"].frame
    assert shapely.covers(rows.geometry.to_numpy(), np.array(points)).all()
    assert told == sorted(told)
    assert len(told) >= 4
    with pytest.raises(ValueOutOfRange) as refused:
        answer({"layer": "households", "distance_m": 20}, given(*points, **{"buffer.most_objects": 2_000}))
    assert refused.value.facts == {"objects": 2_500, "allowed": 2_000}


def test_somebody_may_stop_it_between_two_steps() -> None:
    def stop(done: float, doing: object) -> None:
        raise Cancelled

    held = given(shapely.Point(111, 36))
    with pytest.raises(Cancelled):
        answer({"layer": "geohazards"}, Given(held.frames, held.townships, held.metric_crs, tell=stop))


def test_an_empty_layer_and_an_unknown_id_are_no_answer() -> None:
    with pytest.raises(NoAnswer, match="has no data to work on"):
        around()
    with pytest.raises(NoAnswer, match="has no data to work on"):
        around(None)
    with pytest.raises(NoAnswer) as refused:
        around(shapely.Point(111, 36), ids=["10", "G-0", "G-77"])
    assert refused.value.facts == {"unknown": ["G-77"]}
