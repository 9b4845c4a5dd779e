"""Dispatch, on a straight road of 1000 m a minute: goods by code, teams by skill, arrival, what stays short."""

from datetime import UTC, datetime
from typing import Any

import pytest
from pydantic import ValidationError

from gis.analyses.dispatch import DispatchParams, needs, run
from gis.analysis import Result
from tests.gis.nets import box, county, geojson, layer, lonlat, net, road, spot, team

ROAD = (road((0, 0), (60_000, 0), limit_load_t=20.0),)
TENT = "1010101"
HERE = [float(x) for x in lonlat((10_000, 0))[0]]


def batch(qty: float, **more: Any) -> dict[str, Any]:
    return {"name": "帐篷", "unit": "顶", "qty": qty, **more}


def depot(x: float, name: str, stock: Any, **more: Any) -> dict[str, Any]:
    return spot(x, 0, name, **{"status": "in_use", "open_min": 10, "stock": stock} | more)


def asked(*lines: dict[str, Any], depots: Any = (), teams: Any = (), roads: Any = ROAD, **more: Any) -> Result:
    params = DispatchParams(lines=[{"place": HERE, **line} for line in lines], **more)
    return run(params, county(None if roads is None else net(roads), depots=layer(*depots), rescue_teams=layer(*teams)))


def loads(result: Result) -> list[tuple[str, float, float]]:
    rows = result.lists["loads"].frame[["name", "qty", "minutes"]].values.tolist()
    return [(name, qty, pytest.approx(minutes, abs=0.06)) for name, qty, minutes in rows]


def short(result: Result) -> list[float]:
    return list(result.lists["lines"].frame["short"])


def test_one_depot_with_enough_sends_all_of_it() -> None:
    result = asked({"item": TENT, "qty": 30}, depots=[depot(0, "县库", {TENT: batch(100)}), depot(50_000, "远库", {TENT: batch(100)})])
    assert loads(result) == [("县库", 30, 20.0)]
    assert (short(result), result.facts["optimal"]) == ([0], True)


def test_several_depots_sum_up_and_batches_of_one_depot_are_one_load() -> None:
    stock = {f"{TENT}-A": batch(10), f"{TENT}-B": batch(15), "3010101": batch(1000)}
    result = asked({"item": TENT, "qty": 60}, depots=[depot(0, "县库", stock), depot(20_000, "乡库", {TENT: batch(40)}, open_min=5)])
    assert loads(result) == [("乡库", 40, 15.0), ("县库", 20, 20.0)] or loads(result) == [("乡库", 35, 15.0), ("县库", 25, 20.0)]
    assert result.lists["lines"].frame["minutes"].tolist() == pytest.approx([20.0], abs=0.06)


def test_only_good_goods_that_have_not_expired_count() -> None:
    stock = {f"{TENT}-1": batch(10, state="to_repair"), f"{TENT}-2": batch(10, expires_on="2026-06-30"),
             f"{TENT}-3": batch(10, expires_on="2026-07-01"), f"{TENT}-4": batch(0)}  # fmt: skip
    result = asked({"item": TENT, "qty": 30}, depots=[depot(0, "县库", stock)], at=datetime(2026, 7, 1, 8, tzinfo=UTC))
    assert (loads(result), short(result)) == ([("县库", 10, 20.0)], [20])
    assert sum("未计入" in note.zh for note in result.notes) == 2


def test_goods_in_store_go_before_what_is_only_agreed_however_near() -> None:
    depots = [depot(9000, "企业", {TENT: batch(50, mode="agreement", delivery_h=0.5)}), depot(50_000, "远库", {TENT: batch(20)}),
              depot(9000, "另企", {TENT: batch(50, mode="output")})]  # fmt: skip
    assert loads(asked({"item": TENT, "qty": 20}, depots=depots)) == [("远库", 20, 50.0)]
    both = asked({"item": TENT, "qty": 30}, depots=depots)
    assert loads(both) == [("企业", 10, 41.0), ("远库", 20, 50.0)]
    assert any("没有填供货时间" in note.zh for note in both.notes)


def test_a_depot_out_of_use_or_sealed_in_sends_nothing_and_what_lacks_is_short() -> None:
    depots = [depot(0, "县库", {TENT: batch(9)}, status="out_of_use"), depot(30_000, "远库", {TENT: batch(9)})]
    result = asked({"item": TENT, "qty": 5}, depots=depots, avoid=[geojson(box(29_000, -50, 31_000, 50))])
    assert (loads(result), short(result)) == ([], [5])
    assert [figure.value for figure in result.figures] == [0, 1, 1]


def test_a_truck_too_heavy_for_the_road_cannot_go() -> None:
    depots = [depot(0, "县库", {TENT: batch(9)})]
    assert short(asked({"item": TENT, "qty": 5}, depots=depots, load_t=18)) == [0]
    assert short(asked({"item": TENT, "qty": 5}, depots=depots, load_t=25)) == [5]


def test_the_first_line_is_served_before_the_second() -> None:
    result = asked({"item": TENT, "qty": 8}, {"item": TENT, "qty": 8}, depots=[depot(0, "县库", {TENT: batch(10)})])
    assert short(result) == [0, 6]


def test_a_code_nobody_has_is_short_altogether() -> None:
    assert short(asked({"item": "9999999", "qty": 5}, depots=[depot(0, "县库", {TENT: batch(10)})])) == [5]
    assert short(asked({"item": TENT, "qty": 5})) == [5]
    assert short(asked({"item": TENT, "qty": 5}, depots=[depot(0, "县库", None), depot(0, "乡库", {TENT: "坏"})])) == [5]


def test_the_quickest_teams_with_the_skill_go_and_each_only_once() -> None:
    teams = [team(0, 0, "甲", 5), team(9000, 0, "乙", 30), team(10_000, 0, "丙", 1, skills=["medical"]),
             team(0, 0, "休", 1, status="resting")]  # fmt: skip
    result = asked({"skill": "search", "qty": 1}, {"skill": "search", "qty": 2}, {"skill": "medical", "qty": 1}, teams=teams)
    assert loads(result) == [("甲", 1, 15.0), ("乙", 1, 31.0), ("丙", 1, 1.0)]
    assert short(result) == [0, 1, 0]


def test_people_are_counted_by_whole_teams() -> None:
    teams = [team(0, 0, "甲", 5, people_on_duty=12), team(0, 0, "乙", 6, people_on_duty=30), team(0, 0, "空", 1, people_on_duty=0)]
    result = asked({"skill": "search", "qty": 35, "count": "people"}, teams=teams)
    assert loads(result) == [("甲", 12, 15.0), ("乙", 30, 16.0)]
    assert short(result) == [0]


def test_without_roads_the_times_are_estimates() -> None:
    result = asked({"item": TENT, "qty": 5}, depots=[depot(0, "县库", {TENT: batch(9)})], roads=None)
    assert loads(result) == [("县库", 5, 10 + 10 * 1.5 / 30 * 60)]
    assert (result.facts["certificate"], result.facts["by"]) == (None, "air")


def test_a_place_sealed_in_gets_nothing_and_it_is_said() -> None:
    result = asked({"item": TENT, "qty": 5}, depots=[depot(0, "县库", {TENT: batch(9)})], avoid=[geojson(box(9500, -50, 10_500, 50))])
    assert short(result) == [5]
    assert any("车辆无法到达" in note.zh for note in result.notes)


def test_units_that_differ_and_unchecked_expiry_are_said() -> None:
    depots = [depot(0, "县库", {TENT: batch(9)}), depot(100, "乡库", {TENT: batch(9) | {"unit": "箱"}})]
    said = "".join(note.zh for note in asked({"item": TENT, "qty": 5}, depots=depots).notes)
    assert "单位不一致" in said
    assert "未核对物资有效期" in said


@pytest.mark.parametrize(
    "line",
    [{"item": TENT, "qty": 0}, {"item": TENT, "qty": -1}, {"item": TENT, "qty": 1e12}, {"item": TENT, "qty": float("nan")},
     {"item": "123", "qty": 1}, {"qty": 1}, {"item": TENT, "skill": "search", "qty": 1}, {"skill": "flying", "qty": 1}],
)  # fmt: skip
def test_absurd_demand_is_refused(line: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        DispatchParams(lines=[{"place": HERE, **line}])


def test_only_what_is_asked_about_is_fetched() -> None:
    goods = DispatchParams(lines=[{"place": {"layer": "villages", "id": "7"}, "item": TENT, "qty": 1}])
    assert set(needs(goods).frames) == {"depots", "line 0"}
    assert set(needs(DispatchParams(lines=[{"place": HERE, "skill": "fire", "qty": 1}])).frames) == {"rescue_teams"}
