"""The page `reachable`: which roads and what ground within so many minutes."""

import pytest
import shapely

from gis.analyses.reachable import ReachableParams, run
from gis.errors import ValueOutOfRange
from tests.gis.roads.drawn import at, box, drawn, given, line, point, roads_of

SOUTH = line((0, 0), (3000, 0))


def asked(roads, start=(0, 0), **inputs):
    return run(ReachableParams.model_validate({"from": point(*start), "minutes": [1]} | inputs), given(roads))


def km(result) -> list[float]:
    return list(result.lists["areas"].frame["road_km"])


def test_a_road_is_reached_as_far_as_the_time_goes_in_both_directions_and_up_branches() -> None:
    assert km(asked(roads_of(SOUTH), minutes=[1, 2, 600])) == pytest.approx([3.0, 1.2, 0.6], abs=0.01)  # 10 m/s
    assert km(asked(roads_of(SOUTH), start=(1500, 0))) == pytest.approx([1.2], abs=0.01)
    assert km(asked(roads_of(SOUTH, line((300, 0), (300, 900))))) == pytest.approx([0.6 + 0.3], abs=0.01)


def test_a_one_way_road_is_reached_only_along_it() -> None:
    roads = roads_of((SOUTH, {"oneway": "backward"}), line((0, 0), (-300, 0)))
    assert km(asked(roads)) == pytest.approx([0.3], abs=0.01)
    assert km(asked(roads, start=(1500, 0))) == pytest.approx([0.6], abs=0.01)


def test_a_loop_that_is_reached_from_both_sides_is_counted_once() -> None:
    ring = roads_of(line((0, 0), (100, 0), (100, 100), (0, 100), (0, 0)))
    assert km(asked(ring, start=(50, 0), minutes=[10])) == pytest.approx([0.4], abs=0.005)
    assert km(asked(ring, start=(50, 0), minutes=[0.3])) == pytest.approx([0.36], abs=0.005)


def test_the_ground_is_a_strip_beside_the_reached_road_without_closed_areas() -> None:
    area = box(500, 60, 5000, 5000)
    result = asked(roads_of(SOUTH), minutes=[2], avoid=[drawn(area)])
    shape = result.lists["areas"].frame.geometry.iloc[0]
    assert shapely.contains(shape, shapely.Point(at(300, 140)))
    assert not shapely.contains(shape, shapely.Point(at(300, 160)))
    assert shapely.area(shapely.intersection(shape, area)) < 1e-15
    assert result.facts["certificate"]["clear"] is True


def test_a_closed_area_across_the_road_ends_what_is_reached() -> None:
    result = asked(roads_of(SOUTH), minutes=[10], avoid=[drawn(box(1000, -50, 1100, 50))])
    assert 0.8 <= km(result)[0] <= 1.0  # whole pieces of at most 200 m are taken


def test_from_inside_a_closed_area_the_way_out_takes_its_time_and_is_said() -> None:
    result = asked(roads_of(SOUTH), start=(100, 0), minutes=[1, 2], avoid=[drawn(box(60, -50, 160, 50))])
    assert result.facts["way_out_min"] > 0
    assert "起点在封闭区内" in result.notes[0].zh
    assert km(result)[0] < 1.2


def test_nothing_is_reached_from_a_closed_road() -> None:
    result = asked(roads_of((SOUTH, {"status": "closed"})))
    assert km(result) == [0.0]
    assert "哪里也到不了" in result.notes[-1].zh


def test_without_roads_it_is_a_circle_and_called_an_estimate() -> None:
    result = asked(None, minutes=[30])
    assert result.lists["areas"].frame["area_km2"].iloc[0] == pytest.approx(
        3.14159 * 10**2, rel=0.01
    )  # 30 min at 30 km/h ÷ 1.5
    assert "估算" in result.notes[0].zh


@pytest.mark.parametrize("minutes", [[0], [-5], [1e9], [10, 0]])
def test_absurd_times_are_refused(minutes: list[float]) -> None:
    with pytest.raises(ValueOutOfRange):
        asked(roads_of(SOUTH), minutes=minutes)
