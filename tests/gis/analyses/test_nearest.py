"""The page `nearest`: who is there first, why, and why not the others."""

from datetime import UTC, datetime

import geopandas as gpd
import numpy as np
import pytest
import shapely
from pydantic import ValidationError

from gis.analyses.nearest import NearestParams, needs, run
from gis.analyses.route import RouteParams
from gis.analyses.route import run as run_route
from gis.errors import BadGeometry, NoAnswer, OffTheNetwork
from gis.geometry import CGCS2000_ELLIPSOID
from tests.gis.roads.drawn import at, box, crossing_layer, drawn, given, line, point, roads_of

SOUTH = line((0, 0), (1000, 0), (2000, 0))
NORTH = line((0, 600), (1000, 600), (2000, 600))
RUNGS = [line((x, 0), (x, 600)) for x in (0, 1000, 2000)]
LADDER = roads_of(SOUTH, NORTH, *RUNGS)
TEAM = {"status": "ready", "turnout_min": 5.0, "skills": ["search"], "vehicle_height_m": None, "vehicle_load_t": None}


def rows(*told: tuple[tuple[float, float], dict], common: dict) -> gpd.GeoDataFrame:
    records = [common | {"name": f"甲{i}", "code": f"T{i}"} | extra for i, (_, extra) in enumerate(told)]
    return gpd.GeoDataFrame(records, geometry=[shapely.Point(at(*place)) for place, _ in told], crs=4490,
                            index=[str(i) for i in range(len(told))])  # fmt: skip


def teams(*told: tuple[tuple[float, float], dict]) -> gpd.GeoDataFrame:
    return rows(*told, common=TEAM)


def asked(frame: gpd.GeoDataFrame, roads=LADDER, **inputs):
    params = NearestParams.model_validate({"from": point(0, 0), "layer": "rescue_teams", "k": 1} | inputs)
    return run(params, given(roads, candidates=frame))


def winners(result) -> list[str]:
    return list(result.lists["nearest"].frame["name"])


def reasons(result) -> dict[str, str]:
    frame = result.lists["not_chosen"].frame
    return dict(zip(frame["name"], (reason.en for reason in frame["reason"]), strict=True))


def test_the_farther_team_wins_when_it_turns_out_sooner_and_the_next_is_told_why_not() -> None:
    result = asked(teams(((600, 0), {"turnout_min": 10.0}), ((1200, 0), {"turnout_min": 1.0})))
    row = result.lists["nearest"].frame.iloc[0]
    assert (row["name"], row["start_min"], row["drive_min"], row["minutes"]) == (
        "甲1",
        1.0,
        2.0,
        3.0,
    )  # 1200 m at 10 m/s
    assert reasons(result) == {"甲0": "Slower: 8.0 min after the last chosen"}
    assert "甲0" in result.notes[0].zh  # the one that is nearest by air, named with its reason
    assert result.lists["nearest"].frame["km"].iloc[0] == pytest.approx(1.2, abs=0.01)


@pytest.mark.parametrize(
    ("extra", "need", "reason"),
    [
        ({"status": "out"}, {}, "Not ready: out"),
        ({"skills": ["fire"]}, {"skills": ["search", "rope"]}, "Lacks the skill: rope, search"),
        (
            {"equipment": {"2030199": {"qty": 3, "state": "good"}}},
            {"items": {"2030199": 4}},
            "Stock short: 2030199 has 3 of 4",
        ),
        (
            {"equipment": '{"2030199": {"qty": 9, "state": "to_repair"}}'},
            {"items": {"2030199": 4}},
            "Stock short: 2030199 has 0 of 4",
        ),
    ],
    ids=["out", "skills", "stock", "to be repaired"],
)
def test_a_team_that_does_not_fit_is_left_with_its_reason(extra: dict, need: dict, reason: str) -> None:
    whole = {
        "skills": ["search", "rope"],
        "equipment": {"2030199": {"qty": 2, "state": "good"}, "2030199-b": {"qty": 2}},
    }
    result = asked(teams(((100, 0), extra), ((1500, 0), whole)), need=need)
    assert winners(result) == ["甲1"]
    assert reasons(result) == {"甲0": reason}


def test_returning_teams_are_taken_when_they_are_allowed() -> None:
    frame = teams(((100, 0), {"status": "returning"}), ((1500, 0), {}))
    assert winners(asked(frame, need={"states": ["ready", "returning"]})) == ["甲0"]


def test_a_fire_engine_too_tall_for_the_bridge_goes_round_or_is_told_it_cannot() -> None:
    bridge = crossing_layer(((500, 0), {"road": "r0", "limit_height_m": 3.0}))
    both = teams(((800, 0), {"vehicle_height_m": 3.4}), ((900, 0), {"vehicle_height_m": 2.8}))
    ladder = roads_of(SOUTH, NORTH, *RUNGS, crossings=bridge)
    result = asked(both, ladder, k=2)
    assert winners(result) == ["甲1", "甲0"]
    assert list(result.lists["nearest"].frame["km"]) == pytest.approx([0.9, 0.2 + 0.6 + 1.0 + 0.6], abs=0.01)
    alone = asked(both, roads_of(SOUTH, crossings=bridge), k=2)
    assert reasons(alone) == {"甲0": "Too tall, wide or heavy for a bridge or road on every way"}


def test_a_team_cut_off_by_a_closed_area_and_one_inside_it_are_told_apart() -> None:
    roads = roads_of(SOUTH)
    frame = teams(((500, 0), {}), ((1500, 0), {}), ((100, 0), {"turnout_min": 30.0}))
    result = asked(frame, roads, avoid=[drawn(box(400, -50, 600, 50))])
    assert winners(result) == ["甲2"]
    assert reasons(result) == {"甲0": "Inside an active closed area", "甲1": "No way: cut off by the closed areas"}
    assert result.facts["certificate"]["clear"] is True


def test_an_incident_inside_a_closed_area_is_reached_by_a_leg_that_is_not_certified() -> None:
    result = asked(teams(((1500, 0), {})), avoid=[drawn(box(-50, -50, 50, 50))])
    row = result.lists["nearest"].frame.iloc[0]
    assert not row["certified"]
    assert any("not certified" in note.en for note in result.notes)
    assert row["drive_min"] == pytest.approx(2.5, abs=0.01)


DEPOT = {"status": "in_use", "open_min": 10.0}


def test_goods_of_several_batches_add_up_and_what_is_expired_or_promised_does_not_count() -> None:
    stock = {
        "1010101": {"qty": 200},
        "1010101-2": {"qty": 100, "expires_on": "2026-06-30"},
        "1010101-3": {"qty": 900, "mode": "agreement"},
    }
    depots = rows(((200, 0), {"stock": stock}), ((1500, 0), {"stock": {"1010101": {"qty": 300}}}), common=DEPOT)
    need = {"items": {"1010101": 300}}
    assert winners(asked(depots, layer="depots", need=need)) == ["甲0"]
    later = datetime(2026, 7, 1, tzinfo=UTC).isoformat()
    result = asked(depots, layer="depots", need=need, at=later)
    assert winners(result) == ["甲1"]
    assert reasons(result) == {"甲0": "Stock short: 1010101 has 200 of 300"}


def test_when_only_several_depots_together_have_enough_that_is_said() -> None:
    depots = rows(*[((x, 0), {"stock": {"1010101": {"qty": 200}}}) for x in (200, 900)], common=DEPOT)
    result = asked(depots, layer="depots", need={"items": {"1010101": 300}})
    assert winners(result) == []
    assert any("together they do" in note.en for note in result.notes)


SHELTER = {"status": "available", "capacity": 100, "occupied": 0, "hazards_served": ["flood"], "open_min": 10.0}


def test_a_shelter_is_open_large_enough_and_fit_for_the_hazard() -> None:
    shelters = rows(
        ((100, 0), {"status": "full"}), ((200, 0), {"occupied": 95}), ((300, 0), {"hazards_served": ["fire"]}),
        ((400, 0), {}), ((1500, 0), {"status": "open", "open_min": 60.0}), common=SHELTER,
    )  # fmt: skip
    result = asked(shelters, layer="shelters", k=2, need={"places": 20, "hazards": ["flood"]})
    assert winners(result) == ["甲4", "甲3"]  # one that is open already needs no time to open
    assert reasons(result) == {
        "甲0": "Full", "甲1": "Too full: 5 places free, 20 needed", "甲2": "Does not serve: flood",
    }  # fmt: skip


def test_other_layers_are_ranked_by_driving_alone() -> None:
    hospitals = rows(((1500, 0), {}), ((300, 0), {}), common={"status": "in_use"})
    result = asked(hospitals, layer="hospitals", k=5)
    assert winners(result) == ["甲1", "甲0"]
    assert list(result.lists["nearest"].frame["start_min"]) == [0.0, 0.0]


@pytest.mark.parametrize(("roads", "inputs"), [(None, {}), (LADDER, {"by": "air"})], ids=["no roads", "asked for"])
def test_by_air_the_rule_of_the_domain_is_used_and_named_an_estimate(roads: object, inputs: dict) -> None:
    result = asked(teams(((1200, 0), {"turnout_min": 1.0}), ((600, 0), {})), roads, **inputs)
    row = result.lists["nearest"].frame.iloc[0]
    assert (row["name"], row["certified"]) == ("甲0", None)
    assert row["minutes"] == pytest.approx(1.2 * 1.5 / 30 * 60 + 1, abs=0.05)
    assert result.facts["by"] == "air"
    assert "估算" in result.notes[0].zh


def test_without_a_turnout_time_the_limit_of_the_county_stands_in() -> None:
    result = asked(teams(((600, 0), {"turnout_min": None})))
    assert result.lists["nearest"].frame["start_min"].iloc[0] == 15.0


def test_the_nearest_equal_brute_force_over_all_single_routes() -> None:
    """Ten random grids of roads, some one-way, some closed; every team asked by itself through `route`."""
    for seed in range(10):
        rng = np.random.default_rng(seed)
        ways = [
            (x, y, x + dx, y + dy)
            for x in range(0, 2000, 400)
            for y in range(0, 2000, 400)
            for dx, dy in ((400, 0), (0, 400))
        ]
        ways = [ways[i] for i in rng.permutation(len(ways))[:38]]
        roads = roads_of(*[(line((a, b), (c, d)), {"oneway": str(rng.choice(["both", "both", "forward"])),
                            "limit_height_m": 3.0 if rng.random() < 0.1 else None}) for a, b, c, d in ways])  # fmt: skip
        places = [
            (ways[i][0] + 30 * rng.random(), ways[i][1] + 30 * rng.random()) for i in rng.integers(len(ways), size=25)
        ]
        frame = teams(*[(place, {"turnout_min": float(rng.integers(1, 8)), "vehicle_height_m": float(rng.choice([2.5, 3.5]))})
                        for place in places])  # fmt: skip
        avoid = [drawn(box(x, y, x + 150, y + 150)) for x, y in rng.uniform(0, 2000, (6, 2))]
        here = point(*rng.uniform(300, 1500, 2))
        result = asked(frame, roads, **{"from": here, "k": 5, "avoid": avoid})
        alone = {}
        for row in frame.itertuples():
            if any(shapely.contains_properly(shapely.geometry.shape(area), row.geometry) for area in avoid):
                continue
            params = RouteParams.model_validate({"from": [row.geometry.x, row.geometry.y], "to": here, "avoid": avoid,
                                                 "height_m": row.vehicle_height_m})  # fmt: skip
            told = run_route(params, given(roads))
            if told.facts["blocked"] is None and not told.facts["inside"]["from"]:
                alone[row.name] = told.lists["legs"].frame["minutes"].sum() + row.turnout_min
        best = sorted(alone.values())[:5]
        assert list(result.lists["nearest"].frame["minutes"]) == pytest.approx(best, abs=0.16), (
            seed
        )  # tenths of three legs


def test_distance_by_air_is_geodesic() -> None:
    result = asked(teams(((1500, 300), {})))
    (x, y), (a, b) = at(0, 0), at(1500, 300)
    assert result.lists["nearest"].frame["air_km"].iloc[0] == pytest.approx(
        CGCS2000_ELLIPSOID.inv(x, y, a, b)[2] / 1000, abs=0.005
    )


def test_bad_questions_are_refused() -> None:
    frame = teams(((600, 0), {}))
    with pytest.raises(NoAnswer):
        asked(frame.iloc[:0])
    with pytest.raises(OffTheNetwork):
        asked(frame, **{"from": point(0, 9000)})
    with pytest.raises(BadGeometry):
        asked(frame, avoid=[drawn(SOUTH)])
    for inputs in (
        {"k": 0},
        {"k": 10**9},
        {"by": "boat"},
        {"layer": "roads; drop"},
        {"need": {"places": -1}},
        {"need": {"x": 1}},
    ):
        with pytest.raises(ValidationError):
            asked(frame, **inputs)


def test_what_it_needs_is_the_layer_and_no_roads_by_air() -> None:
    params = NearestParams.model_validate(
        {"from": point(0, 0), "layer": "depots", "by": "air", "filter": "level = 'county'"}
    )
    assert needs(params).roads is False
    assert needs(params).frames["candidates"].filter == "level = 'county'"
