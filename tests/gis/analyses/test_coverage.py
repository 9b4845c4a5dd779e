"""Coverage, on a straight road of 1000 m a minute: who is there first, with turnout, and who is late."""

from typing import Any

import pytest
from pydantic import ValidationError

from gis.analyses.coverage import CoverageParams, run
from gis.analysis import Result
from gis.errors import NoAnswer
from tests.gis.nets import box, county, geojson, layer, net, road, team, village

ROAD = (road((0, 0), (60_000, 0), limit_load_t=20.0),)
VILLAGES = (village(2000, 0, "近村", 100, sick=7), village(20_000, 0, "中村", 200), village(50_000, 0, "远村", 400))


def asked(*teams: Any, roads: Any = ROAD, villages: Any = VILLAGES, **more: Any) -> Result:
    network = None if roads is None else net(roads)
    return run(CoverageParams(**more), county(network, villages=layer(*villages), rescue_teams=layer(*teams)))


def reached(result: Result) -> dict[str, tuple[str, float]]:
    frame = result.lists["villages"].frame
    return {name: (first, minutes) for name, first, minutes in frame[["name", "team", "minutes"]].values.tolist()}


def test_the_first_there_is_not_the_nearest_but_the_one_with_least_turnout_and_road_time() -> None:
    found = reached(asked(team(0, 0, "消防", 1), team(19_000, 0, "民兵", 30)))
    assert found["中村"] == ("消防", pytest.approx(21.0, abs=0.1))
    assert found["远村"] == ("消防", pytest.approx(51.0, abs=0.1))


def test_late_villages_are_the_gaps_and_townships_add_up_to_them() -> None:
    result = asked(team(0, 0, "消防", 1), minutes=30)
    gaps = result.lists["gaps"].frame
    assert gaps["name"].tolist() == ["远村"]
    assert gaps["gap_min"].tolist() == pytest.approx([21.0], abs=0.1)
    assert [figure.value for figure in result.figures[:4]] == [1, 400, 0, 3]
    assert result.lists["townships"].frame["people"].sum() == gaps["people"].sum()


def test_only_ready_teams_count_and_returning_ones_on_demand() -> None:
    teams = [team(0, 0, name, 1, status=name) for name in ("out", "resting", "returning", "disbanded")]
    assert len(asked(*teams, minutes=30).lists["gaps"].frame) == 3
    assert len(asked(*teams, minutes=30, returning=True).lists["gaps"].frame) == 1


def test_a_team_must_have_all_the_skills_asked_for() -> None:
    teams = [team(0, 0, "甲", 1, skills=["search", "rope"]), team(1000, 0, "乙", 0)]
    assert reached(asked(*teams, skills=["search", "rope"]))["近村"][0] == "甲"
    with pytest.raises(NoAnswer):
        asked(*teams, skills=["flying"])


def test_a_team_too_heavy_for_the_road_reaches_nobody() -> None:
    assert len(asked(team(0, 0, "重装", 1, vehicle_load_t=25.0)).lists["gaps"].frame) == 3
    assert reached(asked(team(0, 0, "重装", 1, vehicle_load_t=25.0), team(0, 0, "轻装", 10, vehicle_load_t=4.0)))["近村"][0] == "轻装"


def test_a_sealed_area_cuts_off_what_lies_behind_and_who_lives_inside() -> None:
    result = asked(team(0, 0, "消防", 1), avoid=[geojson(box(19_500, -500, 20_500, 500))], minutes=600)
    gaps = result.lists["gaps"].frame.set_index("name")
    assert gaps["sealed"].to_dict() == {"远村": False, "中村": True}
    assert gaps["minutes"].isna().all()


def test_a_village_beside_the_closed_stretch_is_not_made_reachable_by_a_road_beyond_it() -> None:
    """The road of 中村 is closed; another road 700 m away, beyond a river, must not count as its own."""
    roads = (*ROAD, road((0, 0), (0, 700), (20_000, 700)))
    result = asked(team(0, 0, "消防", 1), roads=roads, avoid=[geojson(box(19_000, -20, 21_000, -1)), geojson(box(19_000, 1, 21_000, 20)),
                                                             geojson(box(19_000, -20, 21_000, 20))], minutes=600)  # fmt: skip
    assert "中村" in result.lists["gaps"].frame["name"].tolist()


def test_run_again_it_tells_what_is_worse_and_what_better() -> None:
    first = asked(team(0, 0, "消防", 1))
    assert (first.facts["alarm"], first.facts["changed"]) == (True, None)
    again = asked(team(0, 0, "消防", 1), known_gaps=["3"])
    assert (again.facts["alarm"], again.facts["changed"]) == (False, {"worse": [], "better": []})
    worse = asked(team(60_000, 0, "消防", 1), known_gaps=["3"])
    assert worse.facts["changed"] == {"worse": ["1", "2"], "better": ["3"]}
    assert worse.facts["alarm"]


def test_what_is_worse_and_better_opens_as_lists_that_the_figures_count() -> None:
    assert not {"worse", "better"} & set(asked(team(0, 0, "消防", 1)).lists)
    result = asked(team(60_000, 0, "消防", 1), known_gaps=["3"])
    assert result.lists["worse"].frame["name"].tolist() == ["中村", "近村"], "most people first"
    assert result.lists["better"].frame["name"].tolist() == ["远村"]
    assert {figure.listing: figure.value for figure in result.figures[:2]} == {"worse": 2, "better": 1}


def test_without_roads_the_answer_is_an_estimate_and_says_so() -> None:
    result = asked(team(0, 0, "消防", 1), roads=None)
    assert result.facts["by"] == "air"
    assert reached(result)["中村"][1] == pytest.approx(1 + 20 * 1.5 / 30 * 60, rel=1e-3)
    assert "直线距离" in result.notes[0].zh


def test_no_team_and_no_village_are_said() -> None:
    assert any("没有符合条件的待命队伍" in note.zh for note in asked().notes)
    with pytest.raises(NoAnswer):
        asked(team(0, 0, "消防", 1), villages=())


def test_a_team_without_turnout_gets_the_default_and_it_is_said() -> None:
    result = asked(team(0, 0, "新队", None))
    assert reached(result)["近村"][1] == pytest.approx(17.0, abs=0.1)
    assert any("没有填集结出动用时" in note.zh for note in result.notes)


@pytest.mark.parametrize("minutes", [0, -5, 601, float("nan"), float("inf")])
def test_absurd_minutes_are_refused(minutes: float) -> None:
    with pytest.raises(ValidationError):
        CoverageParams(minutes=minutes)
