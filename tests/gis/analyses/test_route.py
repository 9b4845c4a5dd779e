"""The page `route`: what is told of a way, of no way, and what is refused."""

import json
import math

import geopandas as gpd
import pytest
import shapely
from pydantic import ValidationError

from gis.analyses.route import RouteParams, needs, run
from gis.analysis import Selection
from gis.errors import BadCoordinates, BadGeometry, NoAnswer, OffTheNetwork
from tests.gis.roads.drawn import at, box, crossing_layer, drawn, given, line, point, roads_of

SOUTH = line((0, 0), (1000, 0), (2000, 0))
NORTH = line((0, 600), (1000, 600), (2000, 600))
RUNGS = [line((x, 0), (x, 600)) for x in (0, 1000, 2000)]
LADDER = roads_of(SOUTH, NORTH, *RUNGS)


def params(**inputs) -> RouteParams:
    return RouteParams.model_validate({"from": point(100, 0), "to": point(1900, 0)} | inputs)


def test_a_route_tells_its_legs_roads_certificate_and_totals() -> None:
    result = run(params(avoid=[drawn(box(1400, -50, 1600, 50))]), given(LADDER))
    legs, roads = (result.lists[name].frame for name in ("legs", "roads"))
    assert list(legs["kind"]) == ["certified"]
    assert legs["km"].sum() == pytest.approx(3.2, abs=0.01)
    assert list(roads["road"]) == ["路0", "路3", "路1", "路4", "路0"]
    assert list(roads["id"]) == ["1", "4", "2", "5", "1"]  # every stretch opens its road
    assert roads["km"].sum() == pytest.approx(3.2, abs=0.03)
    assert result.facts["certificate"] == {"clear": True, "checked": 1, "min_distance_m": pytest.approx(300, abs=1)}
    assert result.facts["safe_way"] is True
    assert {figure.title.en: figure.value for figure in result.figures}["Length"] == legs["km"].sum()


def test_features_of_one_name_that_follow_one_another_are_one_road_of_the_list() -> None:
    highway = [(line((x, 0), (x + 500, 0)), {"code": "G1", "name": "国道"}) for x in (0, 500, 1000)]
    result = run(params(), given(roads_of(*highway, line((1500, 0), (2000, 0)))))
    roads = result.lists["roads"].frame
    assert [list(ids) for ids in roads["ids"]] == [["1", "2", "3"], ["4"]]
    assert (list(roads["step"]), list(roads["id"])) == ([1, 2], ["1", "4"])
    assert roads["km"].sum() == pytest.approx(1.8, abs=0.03)


def test_no_safe_way_is_said_with_what_blocks_it_and_no_line_is_given() -> None:
    wall = box(1400, -100, 1600, 700)
    result = run(params(avoid=[drawn(wall), drawn(box(0, 2000, 50, 2050))]), given(LADDER))
    assert len(result.lists["legs"].frame) == 0
    assert list(result.lists["blocked_by"].frame["name"]) == [("第1个区域", "area 1")]
    assert result.facts["certificate"] is None
    assert result.facts["blocked"] == "areas"
    assert result.figures == ()
    assert "没有安全的路" in result.notes[0].zh


def test_a_start_inside_a_closed_area_is_said_in_the_first_note() -> None:
    result = run(params(avoid=[drawn(box(50, -50, 160, 50))]), given(LADDER))
    assert list(result.lists["legs"].frame["kind"]) == ["way_out", "certified"]
    assert "起点在封闭区内" in result.notes[0].zh
    assert "not certified" in result.notes[0].en


def test_a_bridge_named_to_be_avoided_is_avoided_and_so_is_a_road() -> None:
    bridges = crossing_layer(((1500, 0), {"road": "r0"}))
    roads = roads_of(SOUTH, NORTH, *RUNGS, crossings=bridges)
    for layer, frame in (("crossings", bridges), ("roads", roads.network.roads.iloc[[0]])):
        asked = params(**{"from": point(0, 100), "to": point(2000, 100), "avoid": [{"layer": layer, "id": "1"}]})
        assert needs(asked).frames == {"avoid 0": Selection(layer=layer, ids=("1",))}
        result = run(asked, given(roads, **{"avoid 0": frame}))
        assert result.lists["legs"].frame["km"].sum() == pytest.approx(3.0 if layer == "roads" else 2.8, abs=0.21)
        assert "路0" not in list(result.lists["roads"].frame["road"]) or layer == "crossings"
        assert result.lists["legs"].frame["km"].sum() > 2.3  # the straight way over the bridge is 2.2 km


def test_a_filter_that_no_closed_area_answers_to_closes_nothing_and_that_is_said() -> None:
    sealed = {"layer": "crossings", "filter": "status = 'sealed'"}
    none = crossing_layer(((1500, 0), {"road": "r0"})).iloc[:0]
    result = run(params(avoid=[sealed, drawn(box(1400, -50, 1600, 50))]), given(LADDER, **{"avoid 0": none}))
    assert result.facts["certificate"]["checked"] == 1
    assert "没有符合条件的封闭区" in result.notes[0].zh
    assert "status = 'sealed'" in result.notes[0].en
    straight = run(params(avoid=[sealed]), given(LADDER, **{"avoid 0": none}))
    assert straight.lists["legs"].frame["km"].sum() == pytest.approx(1.8, abs=0.01)


def test_an_object_named_by_an_unknown_id_is_still_refused() -> None:
    none = crossing_layer(((1500, 0), {"road": "r0"})).iloc[:0]
    with pytest.raises(NoAnswer, match="crossings"):
        run(params(avoid=[{"layer": "crossings", "id": "99"}]), given(LADDER, **{"avoid 0": none}))


def test_places_may_be_features_and_an_area_stands_for_a_point_on_it() -> None:
    villages = gpd.GeoDataFrame({"name": ["沟底村"]}, geometry=[box(80, -20, 120, 20)], crs=4490, index=["17"])
    asked = params(**{"from": {"layer": "villages", "id": "17"}})
    assert needs(asked).frames == {"start": Selection(layer="villages", ids=("17",))}
    assert run(asked, given(LADDER, start=villages)).facts["safe_way"] is True
    with pytest.raises(NoAnswer, match="17"):
        run(asked, given(LADDER, start=villages.iloc[:0]))


def test_without_roads_the_answer_is_an_estimate_and_says_so() -> None:
    result = run(params(), given(None))
    leg = result.lists["legs"].frame.iloc[0]
    assert (leg["kind"], result.facts["by"], result.facts["certificate"]) == ("estimate", "air", None)
    assert leg["km"] == pytest.approx(1.8, abs=0.01)
    assert leg["minutes"] == pytest.approx(1.8 * 1.5 / 30 * 60, abs=0.06)  # domain §8.3
    assert "估算" in result.notes[0].zh


def test_a_place_off_the_network_is_refused_with_its_distance() -> None:
    with pytest.raises(OffTheNetwork) as refused:
        run(params(**{"from": [100.0, 30.0]}), given(LADDER))
    assert refused.value.facts["distance_m"] > 500_000


def many_sided(corners: int) -> dict:
    turns = [2 * math.pi * i / corners for i in range(corners)]
    ring = [at(1500 + 60 * math.cos(t), 60 * math.sin(t)) for t in turns]
    return {"type": "Polygon", "coordinates": [[*ring, ring[0]]]}


HOSTILE = {
    "a bow tie": (
        {"type": "Polygon", "coordinates": [[point(0, 0), point(9, 9), point(9, 0), point(0, 9), point(0, 0)]]},
        BadGeometry,
    ),
    "50,000 vertices": (many_sided(50_000), BadGeometry),
    "a line": (drawn(SOUTH), BadGeometry),
    "an open ring": (
        {"type": "Polygon", "coordinates": [[point(0, 0), point(9, 0), point(9, 9), point(0, 9)]]},
        BadGeometry,
    ),
    "metres for degrees": (
        {"type": "Polygon", "coordinates": [[[0, 0], [900, 0], [900, 900], [0, 0]]]},
        BadCoordinates,
    ),
    "nothing": ({"type": "Polygon", "coordinates": []}, BadGeometry),
    "text": ({"type": "Polygon", "coordinates": "everything"}, BadGeometry),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_bad_area_is_refused_and_never_left_out(name: str) -> None:
    area, refusal = HOSTILE[name]
    with pytest.raises(refusal):
        run(params(avoid=[area]), given(LADDER))


def test_many_areas_that_are_too_detailed_together_are_refused() -> None:
    with pytest.raises(BadGeometry, match="in all"):
        run(params(avoid=[many_sided(15_000)] * 2), given(LADDER))
    with pytest.raises(NoAnswer, match="501"):
        run(params(avoid=[drawn(box(i, 0, i + 1, 1)) for i in range(501)]), given(LADDER))


def test_an_area_of_ten_thousand_vertices_is_taken_and_one_that_is_everything_blocks() -> None:
    assert run(params(avoid=[many_sided(10_000)]), given(LADDER)).lists["legs"].frame["km"].sum() == pytest.approx(
        3.2, abs=0.01
    )
    world = {"type": "Polygon", "coordinates": [[[-180, -90], [180, -90], [180, 90], [-180, 90], [-180, -90]]]}
    result = run(params(avoid=[world]), given(LADDER))
    assert (result.facts["blocked"], len(result.lists["legs"].frame)) == ("areas", 0)


@pytest.mark.parametrize(
    "inputs",
    [
        {"height_m": -1}, {"height_m": 1e9}, {"height_m": float("nan")}, {"width_m": 0}, {"load_t": float("inf")},
        {"costing": "helicopter"}, {"at": "yesterday"}, {"at": "2026-07-01T08:00:00"}, {"avoid": [{}] * 2000}, {"nonsense": 1},
    ],
    ids=str,
)  # fmt: skip
def test_absurd_parameters_are_refused(inputs: dict) -> None:
    with pytest.raises((ValidationError, BadGeometry)):
        params(**inputs)


@pytest.mark.parametrize(
    "place",
    [
        [1000, 30],
        ["a", "b"],
        [111.0],
        {"layer": "villages"},
        {"layer": "villages", "id": ""},
        None,
        [None, None],
        [True, False],
    ],
)
def test_a_place_that_is_none_is_refused(place: object) -> None:
    with pytest.raises((ValidationError, BadCoordinates, BadGeometry)):
        params(**{"from": place})


def test_the_inputs_can_be_written_down_and_read_again() -> None:
    asked = params(
        avoid=[
            drawn(box(0, 0, 1, 1)),
            {"layer": "risk_zones", "filter": "status = 'on_list'"},
            {"layer": "roads", "id": "7"},
        ]
    )
    plain = json.loads(json.dumps(asked.model_dump(mode="json", by_alias=True)))
    assert json.loads(RouteParams.model_validate(plain).model_dump_json(by_alias=True)) == plain
    assert RouteParams.model_json_schema()["properties"]["from"]


def test_the_line_handed_out_is_the_line_that_was_certified() -> None:
    area = box(1400, -50, 1600, 50)
    geometry = run(params(avoid=[drawn(area)]), given(LADDER)).lists["legs"].frame.geometry.iloc[0]
    written = shapely.from_geojson(shapely.to_geojson(shapely.transform(geometry, lambda xy: xy.round(7))))
    assert shapely.equals_exact(written, geometry, 0.0)


def test_a_road_or_bridge_closed_by_name_is_said_to_block_when_it_is_the_only_way() -> None:
    bridges = crossing_layer(((1500, 0), {"road": "r0"}))
    roads = roads_of(SOUTH, crossings=bridges)
    for layer, frame, name in (("crossings", bridges, "桥0"), ("roads", roads.network.roads, "路0")):
        result = run(params(avoid=[{"layer": layer, "id": "1"}]), given(roads, **{"avoid 0": frame}))
        blocked = result.lists["blocked_by"].frame
        assert (list(blocked["layer"]), list(blocked["name"]), list(blocked["id"])) == ([layer], [name], ["1"])
        assert "1 处" in result.notes[0].zh
