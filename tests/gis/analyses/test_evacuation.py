"""Evacuation, on a straight road of 1000 m a minute: who goes where, who is left, what is proved."""

from typing import Any

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from gis.analyses.evacuation import EvacuationParams, run
from gis.analysis import Result
from gis.errors import NoAnswer
from tests.gis.nets import box, county, geojson, layer, net, road, shelter, spot, village

ROAD = (road((0, 0), (20_000, 0)),)
FLOOD = box(-500, -500, 5100, 500)
NAMED = {"ids": ["1", "2"]}


def asked(villages: Any, shelters: Any, roads: Any = ROAD, **more: Any) -> Result:
    network = None if roads is None else net(roads)
    params = EvacuationParams(**(NAMED | more))
    return run(params, county(network, people=layer(*villages), shelters=layer(*shelters)))


def sent(result: Result) -> set[tuple[str, str, int]]:
    return {tuple(row) for row in result.lists["assignments"].frame[["name", "shelter", "people"]].values.tolist()}


PAIR = (village(1000, 0, "甲村", 60), village(2000, 0, "乙村", 50))


def test_everybody_goes_to_the_nearest_shelter_while_there_is_room() -> None:
    result = asked(PAIR, [shelter(0, 0, "西所", 200), shelter(10_000, 0, "东所", 200)])
    assert sent(result) == {("甲村", "西所", 60), ("乙村", "西所", 50)}
    assert (result.facts["optimal"], result.facts["people_left"]) == (True, 0)
    assert result.lists["assignments"].frame["minutes"].tolist() == pytest.approx([1.0, 2.0], abs=0.06)


def test_places_already_taken_do_not_count_and_a_village_is_kept_together() -> None:
    result = asked(PAIR, [shelter(0, 0, "西所", 100, occupied=40), shelter(10_000, 0, "东所", 200)])
    assert {row[:2] for row in sent(result)} == {("甲村", "西所"), ("乙村", "东所")}
    assert not result.lists["assignments"].frame["split"].any()
    assert result.facts["optimal"]


def test_with_splitting_allowed_the_time_is_less_and_proven() -> None:
    shelters = [shelter(0, 0, "西所", 80), shelter(10_000, 0, "东所", 200)]
    together, split = asked(PAIR, shelters), asked(PAIR, shelters, keep_together=False)
    assert split.facts["cost"] < together.facts["cost"]
    assert together.facts["lower_bound"] == together.facts["cost"]  # proven among plans that split nobody
    assert (split.facts["optimal"], split.facts["split_places"]) == (True, 1)


def test_a_village_that_fits_nowhere_whole_is_split_and_the_weak_go_where_they_are_first() -> None:
    big = (village(1000, 0, "大村", 100, elderly_alone=30),)
    frame = asked(big, [shelter(0, 0, "西所", 40), shelter(10_000, 0, "东所", 60)], ids=["1"]).lists["assignments"].frame
    assert frame[["shelter", "people", "weak", "split"]].values.tolist() == [["西所", 40, 30, True], ["东所", 60, 0, True]]


def test_the_near_shelter_goes_to_the_village_with_the_weak() -> None:
    villages = (village(1000, 0, "壮村", 50), village(1100, 0, "弱村", 50, disabled=50))
    result = asked(villages, [shelter(0, 0, "西所", 50), shelter(10_000, 100, "东所", 50), shelter(20_000, 0, "远所", 50)])
    assert ("弱村", "西所", 50) in sent(result)


def test_too_little_room_places_as_many_as_there_is_room_for_and_lists_who_is_left() -> None:
    result = asked(PAIR, [shelter(0, 0, "西所", 70)])
    assert [figure.value for figure in result.figures[:3]] == [70, 0, 40]
    left = result.lists["left"].frame
    assert left["people"].sum() == 40
    assert all("容量不足" in reason.zh for reason in left["reason"])
    assert any("没有安排" in note.zh for note in result.notes)


@pytest.mark.parametrize(
    ("wrong", "reason"),
    [({"occupied": 200}, "没有空余容量"), ({"capacity": 0}, "没有空余容量"), ({"capacity": None}, "容量未填"),
     ({"status": "full"}, "停用或已满"), ({"status": "closed"}, "停用或已满"), ({"hazards_served": ["fire"]}, "不适用"),
     ({"hazards_served": None}, "不适用")],
)  # fmt: skip
def test_a_shelter_that_cannot_be_used_is_refused_with_the_reason(wrong: dict[str, Any], reason: str) -> None:
    bad = shelter(0, 0, "坏所", **({"capacity": 200} | wrong))
    result = asked(PAIR, [bad, shelter(10_000, 0, "好所", 200)], hazard="flood")
    assert {row[1] for row in sent(result)} == {"好所"}
    assert result.lists["refused"].frame[["name"]].values.tolist() == [["坏所"]]
    assert reason in result.lists["refused"].frame["reason"][0].zh


def test_where_nothing_is_closed_now_people_are_moved_and_where_nothing_is_dangerous_nobody_is() -> None:
    at_risk = {"layer": "risk_zones", "filter": "risk_level = 'high'"}
    frames = {"people": layer(*PAIR), "shelters": layer(shelter(0, 0, "西所", 200)), "avoid 0": layer(), "area 0": layer()}
    moved = run(EvacuationParams(**NAMED, avoid=[at_risk]), county(net(ROAD), **frames))
    assert len(sent(moved)) == 2
    assert "没有符合条件的封闭区" in moved.notes[0].zh
    with pytest.raises(NoAnswer) as refused:
        run(EvacuationParams(area=[at_risk]), county(net(ROAD), **frames))
    assert "没有符合条件的危险区" in refused.value.zh


def test_who_is_in_the_danger_area_is_moved_out_of_it_past_no_shelter_inside() -> None:
    villages = (*PAIR, village(15_000, 0, "丙村", 500))
    result = asked(villages, [shelter(0, 0, "内所", 500), shelter(9000, 0, "外所", 500)], area=[geojson(FLOOD)], ids=None)
    assert sent(result) == {("甲村", "外所", 60), ("乙村", "外所", 50)}
    assert "危险区" in result.lists["refused"].frame["reason"][0].zh
    frame = result.lists["assignments"].frame
    assert (frame["out_min"] > 0).all()
    assert frame["minutes"].tolist() == pytest.approx([7.0, 8.0], abs=0.06)


def test_every_way_is_proved_clear_by_geometry_of_its_own() -> None:
    """A detour of 2 km round a sealed stretch."""
    roads = (road((0, 0), (4000, 0), (6000, 0), (20_000, 0)), road((4000, 0), (4000, 1000), (6000, 1000), (6000, 0)))
    sealed = box(4500, -100, 5500, 100)
    result = asked(PAIR, [shelter(10_000, 0, "东所", 500)], roads, avoid=[geojson(sealed)])
    assert result.facts["certificate"]["clear"]
    assert 0 < result.facts["certificate"]["min_distance_m"] < 1000
    lines = result.lists["assignments"].frame.geometry
    assert not any(shapely.relate_pattern(line, sealed, "T********") for line in lines)
    assert result.lists["assignments"].frame["minutes"].tolist() == pytest.approx([10.0, 11.0], abs=0.06)


def test_no_safe_way_is_said() -> None:
    result = asked(PAIR, [shelter(10_000, 0, "东所", 500)], avoid=[geojson(box(4500, -100, 5500, 100))])
    assert sent(result) == set()
    assert all("没有通往" in reason.zh for reason in result.lists["left"].frame["reason"])


def test_buses_shuttle_and_clearance_says_how_long_until_the_last_is_there() -> None:
    frame = asked(PAIR[:1], [shelter(6000, 0, "东所", 500)], ids=["1"], seats=20, buses=1).lists["assignments"].frame
    assert frame["trips"].tolist() == [3]
    assert frame["clearance_min"].tolist() == pytest.approx([20 + 3 * 5 + 5 * 5], abs=0.3)  # gather, board, drive there and back


def test_on_foot_and_without_roads_times_are_those_of_walking() -> None:
    shelters = [shelter(3000, 0, "东所", 500)]
    by_road = asked(PAIR, shelters, by="foot").lists["assignments"].frame
    by_air = asked(PAIR, shelters, roads=None, by="foot")
    assert by_road["minutes"].tolist() == pytest.approx([15, 30], abs=0.1)  # 4 km/h
    assert by_air.lists["assignments"].frame["minutes"].tolist() == pytest.approx([22.5, 45], abs=0.1)
    assert by_air.facts["certificate"] is None
    assert "估算" in by_air.notes[0].zh


def test_households_are_moved_like_villages() -> None:
    homes = [spot(1000, 0, "1号院", status="lived_in", people=4, weak_people=1), spot(1000, 5, "2号院", status="empty", people=3),
             spot(2000, 0, "3号院", status="seasonal", people=2, weak_people=0)]  # fmt: skip
    result = asked(homes, [shelter(0, 0, "西所", 6)], who="households", ids=None, area=[geojson(box(500, -50, 2500, 50))], avoid=[])
    assert result.figures[0].value + result.figures[2].value == 6


def test_unknown_people_are_listed_and_nobody_at_all_is_refused() -> None:
    result = asked((*PAIR[:1], village(2000, 0, "乙村", None)), [shelter(0, 0, "西所", 200)])
    assert result.lists["unknown"].frame["name"].tolist() == ["乙村"]
    for villages in ((), (village(0, 0, "甲", None),)):
        with pytest.raises(NoAnswer):
            asked(villages, [shelter(0, 0, "西所", 200)])


def test_without_any_shelter_everybody_is_left() -> None:
    assert asked(PAIR, []).figures[2].value == 110


def test_nobody_named_and_no_area_is_refused_and_so_are_absurd_buses() -> None:
    for wrong in ({}, {"ids": ["1"], "buses": 0}, {"ids": ["1"], "seats": -3}, {"ids": ["1"], "hazard": "dragon"}):
        with pytest.raises(ValidationError):
            EvacuationParams(**wrong)


@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 10_000))
def test_the_sums_always_add_up_and_no_shelter_is_overfilled(seed: int) -> None:
    rng = np.random.default_rng(seed)
    villages = [village(float(x), 0, f"村{k}", int(n), sick=int(n) // 5) for k, (x, n) in
                enumerate(zip(rng.integers(0, 20_000, 6), rng.integers(0, 90, 6), strict=True))]  # fmt: skip
    shelters = [shelter(float(x), 0, f"所{k}", int(n)) for k, (x, n) in
                enumerate(zip(rng.integers(0, 20_000, 3), rng.integers(0, 150, 3), strict=True))]  # fmt: skip
    if sum(one["resident_people"] for one in villages) == 0:
        return
    result = asked(villages, shelters, ids=[str(k) for k in range(1, 7)])
    assigned, left = result.lists["assignments"].frame, result.lists["left"].frame
    assert assigned["people"].sum() + left["people"].sum() == sum(one["resident_people"] for one in villages)
    assert assigned["weak"].sum() + left["weak"].sum() == sum(one["sick"] for one in villages)
    assert assigned["people"].sum() == min(sum(one["capacity"] for one in shelters), sum(one["resident_people"] for one in villages))
    assert (result.lists["shelters"].frame["remaining"] >= 0).all()
    assert result.lists["townships"].frame["people"].sum() == assigned["people"].sum()
