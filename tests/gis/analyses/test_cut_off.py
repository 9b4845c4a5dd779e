"""Cut off, on hand-drawn nets: who loses the way, who has a detour, and what the most people hang on."""

from typing import Any

import pytest

from gis.analyses.cut_off import CutOffParams, needs, run
from gis.analysis import Given, Result
from gis.errors import NoAnswer
from tests.gis.nets import box, county, geojson, layer, net, road, spot, team, village

# A town, a bridge at 1500 m, a fork behind it, and a ring road around the town that B has as a second way.
ROADS = (road((0, 0), (3000, 0), code="R1", name="主路"), road((3000, 0), (3000, 2000), code="R2", name="北支"),
         road((3000, 0), (5000, 0), code="R3", name="东支"), road((0, 0), (0, 2000), (3000, 2000), code="R4", name="环路"))  # fmt: skip
NO_RING = ROADS[:3]
BRIDGE = spot(1500, 0, "大桥", kind="bridge", road="R1", length_m=40.0)
PEOPLE = (village(0, 30, "城关", 5000), village(3000, 1900, "甲村", 300, children=20), village(5000, 20, "乙村", 200))


def asked(roads: Any = NO_RING, villages: Any = PEOPLE, **more: Any) -> Result:
    frames = {"villages": layer(*villages), "rescue_teams": layer(team(2990, 1000, "北队")), "depots": layer(spot(100, 0, "县库"))}
    params = CutOffParams(**{"sealed": [geojson(box(1400, -50, 1600, 50))]} | more)
    for name, areas in (("sealed", params.sealed), ("avoid", params.avoid)):
        for number, area in enumerate(areas):
            if area.features is not None:
                frames[f"{name} {number}"] = layer(BRIDGE)
    return run(params, county(net(roads, [BRIDGE]), **frames))


def names(result: Result, listing: str) -> list[str]:
    return list(result.lists[listing].frame["name"])


def test_villages_behind_a_sealed_stretch_lose_the_seat_and_the_totals_are_their_sums() -> None:
    result = asked()
    assert names(result, "villages") == ["甲村", "乙村"]
    assert [figure.value for figure in result.figures[:4]] == [2, 500, 20, 1]
    assert result.lists["townships"].frame[["count", "people"]].sum().tolist() == [2, 500]
    assert names(result, "teams") == ["北队"]
    assert names(result, "depots") == []
    assert result.lists["villages"].frame["minutes_before"].tolist() == pytest.approx([4.9, 5.0], abs=0.11)


def test_a_second_way_makes_a_detour_of_what_would_be_a_loss() -> None:
    result = asked(ROADS)
    assert names(result, "villages") == []
    assert names(result, "slower") == []  # 4.9 → 5.1 minutes is no detour worth a line
    slow = asked((*NO_RING, road((0, 0), (0, 9000), (3000, 2000))))
    assert names(slow, "slower") == ["乙村", "甲村"]


def test_a_bridge_named_by_its_id_closes_the_same_as_an_area_over_it() -> None:
    assert names(asked(sealed=[{"layer": "crossings", "ids": ["1"]}]), "villages") == ["甲村", "乙村"]


def test_what_nothing_answers_to_seals_nobody_in_and_that_is_said() -> None:
    params = CutOffParams(sealed=[{"layer": "crossings", "filter": "status = 'sealed'"}])
    frames = {"villages": layer(*PEOPLE), "sealed 0": layer()}
    result = run(params, county(net(NO_RING, [BRIDGE]), **frames))
    assert names(result, "villages") == []
    assert any("没有符合条件的封闭区" in note.zh for note in result.notes)


def test_single_points_are_ranked_by_the_people_behind_them_the_bridge_before_its_road() -> None:
    points = asked(sealed=()).lists["single_points"].frame
    assert points[["name", "people", "villages", "teams"]].values.tolist()[:2] == [["大桥", 500, 2, 1], ["主路", 500, 2, 1]]
    assert sorted(points["people"].tolist()[2:], reverse=True)[0] == 300
    assert names(asked(ROADS, sealed=()), "single_points")[0] == "东支"  # with the ring only the eastern branch hangs on one road


def test_reaching_any_team_is_another_question_than_reaching_the_seat() -> None:
    assert names(asked(reach="teams"), "villages") == ["城关"]


def test_who_stands_in_the_sealed_area_is_told_apart() -> None:
    frame = asked(sealed=[geojson(box(4000, -500, 6000, 500))]).lists["villages"].frame
    assert frame[["name", "inside"]].values.tolist() == [["乙村", True]]


def test_what_was_closed_before_is_not_counted_as_lost_now() -> None:
    result = asked(avoid=[geojson(box(4000, -500, 4200, 500))])
    assert (names(result, "villages"), names(result, "never")) == (["甲村"], ["乙村"])


def test_a_village_far_from_every_road_had_no_way_even_before() -> None:
    result = asked(villages=(*PEOPLE, village(0, -5000, "远村", 40)))
    assert names(result, "never") == ["远村"]
    assert any("太远" in note.zh for note in result.notes)


def test_unknown_people_count_as_nought_and_it_is_said() -> None:
    result = asked(villages=(*PEOPLE, village(4900, 0, "丙村", None)))
    assert [figure.value for figure in result.figures[:2]] == [3, 500]
    assert any("没有人口数据" in note.zh for note in result.notes)


def test_no_roads_no_villages_and_no_people_are_said() -> None:
    params = CutOffParams(sealed=[geojson(box(0, 0, 1, 1))])
    empty: list[Given] = [county(None, villages=layer(*PEOPLE)), county(net([]), villages=layer(*PEOPLE)), county(net(ROADS)),
                          county(net(ROADS), villages=layer(village(0, 0, "甲", None)))]  # fmt: skip
    for given in empty:
        with pytest.raises(NoAnswer):
            run(params, given)


def test_an_id_the_network_does_not_know_is_refused() -> None:
    frames = {"villages": layer(*PEOPLE), "sealed 0": layer(BRIDGE, BRIDGE)}
    with pytest.raises(NoAnswer):
        run(CutOffParams(sealed=[{"layer": "crossings"}]), county(net(ROADS, [BRIDGE]), **frames))


def test_everything_that_is_named_is_asked_for() -> None:
    params = CutOffParams(sealed=[{"layer": "crossings", "ids": ["1"]}, geojson(box(0, 0, 1, 1))], seat={"layer": "villages", "id": "3"})
    assert set(needs(params).frames) == {"villages", "rescue_teams", "depots", "shelters", "sealed 0", "seat"}
    assert needs(params).roads
