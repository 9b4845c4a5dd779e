"""Siting, on a straight road of 1000 m a minute: where one more helps most."""

from typing import Any

import pytest
from pydantic import ValidationError

from gis.analyses.siting import SitingParams, run
from gis.analysis import Result
from gis.errors import NoAnswer
from tests.gis.nets import county, layer, lonlat, net, road, spot, team, village

ROAD = (road((0, 0), (60_000, 0)),)
VILLAGES = (village(0, 0, "城关", 5000), village(20_000, 0, "甲村", 100), village(25_000, 0, "乙村", 300), village(55_000, 0, "丙村", 350))


def asked(roads: Any = ROAD, villages: Any = VILLAGES, **more: Any) -> Result:
    frames = {"villages": layer(*villages), "rescue_teams": layer(team(0, 0, "消防", 1)), "depots": layer(spot(0, 0, "县库", open_min=5))}
    return run(SitingParams(**more), county(None if roads is None else net(roads), **frames))


def chosen(result: Result) -> list[str]:
    return list(result.lists["sites"].frame["name"])


def test_one_more_team_stands_where_it_covers_most_people_who_are_not_covered_yet() -> None:
    """The new team needs 15 minutes to turn out: within 20 it covers 5 km about it."""
    result = asked(minutes=20)
    assert chosen(result)[0] in {"甲村", "乙村"}
    assert [figure.value for figure in result.figures[:2]] == [1, 400]
    assert result.facts["optimal"]
    assert result.lists["townships"].frame["people"].sum() == 400
    assert result.lists["uncovered"].frame["name"].tolist() == ["丙村"]


def test_two_more_cover_the_rest_and_a_third_is_not_proposed() -> None:
    result = asked(minutes=20, count=3)
    assert len(chosen(result)) == 2
    assert result.figures[3].value == 0
    assert any("不会更好" in note.zh for note in result.notes)


def test_the_other_aim_saves_most_person_minutes() -> None:
    result = asked(aim="person_minutes")
    assert chosen(result) == ["丙村"]
    assert result.figures[2].value == round(350 * (56 - 15))


def test_a_depot_is_sited_by_the_opening_times_of_depots() -> None:
    assert asked(what="depot", minutes=35).figures[1].value == 350  # 丙村 takes 5 + 55 now, 30 with a depot of its own


def test_only_the_places_pointed_at_are_candidates() -> None:
    here = [float(x) for x in lonlat((52_000, 0))[0]]
    result = asked(minutes=20, candidates=[here])
    assert result.lists["newly_covered"].frame["name"].tolist() == ["丙村"]


def test_where_nothing_helps_it_is_said() -> None:
    result = asked(minutes=100)
    assert chosen(result) == []
    assert any("不会改善" in note.zh for note in result.notes)


def test_without_roads_it_is_an_estimate_and_without_people_nothing() -> None:
    assert asked(roads=None, minutes=20).facts["by"] == "air"
    for villages in ((), (village(0, 0, "甲", None),)):
        with pytest.raises(NoAnswer):
            asked(villages=villages)


@pytest.mark.parametrize("wrong", [{"count": 0}, {"count": 21}, {"minutes": -1}, {"aim": "glory"}])
def test_absurd_questions_are_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        SitingParams(**wrong)


def test_where_no_depot_has_been_entered_that_is_said() -> None:
    bare = county(net(ROAD), villages=layer(*VILLAGES))
    assert any("还没有数据" in note.zh for note in run(SitingParams(what="depot"), bare).notes)
    assert not any("还没有数据" in note.zh for note in asked(what="depot").notes)
