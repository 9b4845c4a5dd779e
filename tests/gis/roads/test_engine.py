"""Routes on nets small enough to be drawn on a napkin.

The ladder: A (0, 0) —— B (1000, 0) —— C (2000, 0) along the south, the same 600 m north, rungs at x = 0, 1000, 2000.
"""

from datetime import UTC, datetime

import numpy as np
import pytest
import shapely

from gis.errors import NoAnswer, OffTheNetwork
from gis.roads.closures import barred_by_state
from gis.roads.vehicle import Vehicle
from tests.gis.roads.drawn import (
    asked,
    at,
    box,
    closed,
    crossing_layer,
    line,
    meets_interior,
    net,
    road_layer,
    roads_of,
)

SOUTH = line((0, 0), (1000, 0), (2000, 0))
NORTH = line((0, 600), (1000, 600), (2000, 600))
RUNGS = [line((x, 0), (x, 600)) for x in (0, 1000, 2000)]


def ladder(**south):
    return roads_of((SOUTH, south), NORTH, *RUNGS)


def length(journey) -> float:
    return pytest.approx(journey.length_m, abs=2)


def test_without_closures_the_straight_road_is_taken_at_its_speed() -> None:
    roads = ladder()
    journey = roads.route(asked(roads), at(100, 0), at(1900, 0))
    assert length(journey) == 1800
    assert journey.seconds == pytest.approx(180, abs=0.5)  # 36 km/h is 10 m/s
    assert journey.certificate is not None
    assert journey.certificate.as_json() == {"clear": True, "checked": 0, "min_distance_m": None}


def test_a_closed_area_on_the_south_road_sends_the_way_over_the_north() -> None:
    roads = ladder()
    area = closed(box(1400, -50, 1600, 50))
    journey = roads.route(asked(roads, area), at(100, 0), at(1900, 0))
    assert length(journey) == 900 + 600 + 1000 + 600 + 100
    assert journey.certificate is not None
    assert (journey.certificate.clear, journey.certificate.checked) == (True, 1)
    assert journey.certificate.min_distance_m == pytest.approx(300, abs=1)  # from x = 1600 to the end at 1900
    assert not meets_interior(journey.legs[0].line, [area.geometry])


def test_a_road_along_the_border_of_a_closed_area_is_open() -> None:
    bends = line(
        (0, 0), (150, 20), (300, 0), (450, -30), (600, 0)
    )  # shorter than a piece between bends: nothing is cut
    roads = roads_of(*[shapely.LineString(bends.coords[i : i + 2]) for i in range(4)])
    along = shapely.Polygon([*bends.coords, at(600, -300), at(0, -300)])
    journey = roads.route(asked(roads, closed(along)), at(0, 0), at(600, 0))
    assert journey.certificate is not None
    assert (journey.certificate.clear, journey.certificate.min_distance_m) == (True, 0.0)
    assert journey.length_m == pytest.approx(608.6, abs=1)  # two legs of 151.3 m and two of 153 m


def test_from_inside_a_closed_area_the_shortest_way_out_comes_first_and_is_not_certified() -> None:
    roads = ladder()
    area = closed(box(300, -50, 560, 50))  # the start stands 60 m from its east side and 200 m from its west side
    journey = roads.route(asked(roads, area), at(500, 0), at(0, 600))
    assert [leg.kind for leg in journey.legs] == ["way_out", "certified"]
    assert journey.is_start_inside
    assert journey.legs[0].length_m == pytest.approx(60, abs=1.5)
    assert journey.legs[1].length_m == pytest.approx(
        440 + 600 + 1000, abs=2
    )  # round by the middle rung, not back through
    assert not meets_interior(journey.legs[1].line, [area.geometry])


def test_into_a_closed_area_the_last_leg_is_said_and_not_certified() -> None:
    roads = ladder()
    journey = roads.route(asked(roads, closed(box(300, -50, 560, 50))), at(0, 600), at(500, 0))
    assert [leg.kind for leg in journey.legs] == ["certified", "way_in"]
    assert journey.legs[1].length_m == pytest.approx(60, abs=1.5)


def test_where_everything_is_closed_no_way_is_given() -> None:
    roads = ladder()
    journey = roads.route(asked(roads, closed(box(-5000, -5000, 5000, 5000))), at(100, 0), at(1900, 0))
    assert journey.legs == ()
    assert journey.certificate is None
    assert journey.blocked is not None
    assert (journey.blocked.why, len(journey.blocked.closures)) == ("areas", 1)


def test_only_the_closures_that_must_be_opened_are_said_to_block() -> None:
    roads = ladder()
    south, north = closed(box(1400, -50, 1600, 50), "南"), closed(box(1400, 550, 1600, 650), "北")
    aside, again = closed(box(400, 250, 600, 350), "旁"), closed(box(1700, -50, 1750, 50), "南二")
    journey = roads.route(asked(roads, south, north, aside, again), at(100, 0), at(1900, 0))
    assert journey.blocked is not None
    names = {closure.reason.zh for closure in journey.blocked.closures}
    # Either 北 alone, or 南 with 南二, would do; the quickest way when all are ignored runs over the south road.
    assert names == {"南", "南二"}
    kept = [c for c in (south, north, aside, again) if c.reason.zh not in names]
    assert roads.route(asked(roads, *kept), at(100, 0), at(1900, 0)).blocked is None
    for one in (south, again):
        assert roads.route(asked(roads, *kept, one), at(100, 0), at(1900, 0)).blocked is not None


def test_a_closed_area_that_only_has_to_be_left_is_not_said_to_block() -> None:
    roads = roads_of(SOUTH)
    own, wall = closed(box(50, -50, 150, 50), "起点区"), closed(box(900, -50, 1000, 50), "墙")
    journey = roads.route(asked(roads, own, wall), at(100, 0), at(1900, 0))
    assert journey.blocked is not None
    assert [closure.reason.zh for closure in journey.blocked.closures] == ["墙"]


def test_two_roads_that_do_not_meet_are_said_to_be_no_network() -> None:
    roads = roads_of(SOUTH, line((0, 300), (2000, 300)))
    journey = roads.route(asked(roads), at(100, 0), at(100, 300))
    assert journey.blocked is not None
    assert journey.blocked.why == "network"


def test_a_one_way_road_is_driven_one_way_and_walked_both() -> None:
    roads = roads_of((SOUTH, {"oneway": "backward"}), NORTH, *RUNGS)
    assert length(roads.route(asked(roads), at(1900, 0), at(1100, 0))) == 800
    assert length(roads.route(asked(roads), at(1100, 0), at(1900, 0))) == 100 + 600 + 1000 + 600 + 100
    on_foot = roads.route(asked(roads, vehicle=Vehicle("foot")), at(1100, 0), at(1900, 0))
    assert length(on_foot) == 800
    assert on_foot.seconds == pytest.approx(800 / (4 / 3.6), rel=0.01)


@pytest.mark.parametrize(("height", "metres"), [(None, 2000), (3.5, 2000), (3.6, 3000)])
def test_a_vehicle_too_tall_for_a_road_goes_round_and_one_exactly_as_tall_passes(
    height: float | None, metres: float
) -> None:
    middle = (line((1000, 0), (2000, 0)), {"limit_height_m": 3.5})
    roads = roads_of(line((0, 0), (1000, 0)), middle, NORTH, *RUNGS)
    assert (
        length(roads.route(asked(roads, vehicle=Vehicle("truck", height_m=height)), at(100, 0), at(2000, 100)))
        == metres
    )


def test_a_weak_bridge_stops_the_heavy_truck_and_is_named_when_there_is_no_other_way() -> None:
    bridge = crossing_layer(((1500, 0), {"road": "r0", "limit_load_t": 10.0, "kind": "bridge"}))
    roads = roads_of(SOUTH, crossings=bridge)
    assert length(roads.route(asked(roads, vehicle=Vehicle("truck", load_t=10)), at(100, 0), at(1900, 0))) == 1800
    journey = roads.route(asked(roads, vehicle=Vehicle("truck", load_t=10.1)), at(100, 0), at(1900, 0))
    assert journey.blocked is not None
    assert journey.blocked.why == "state"
    assert [(barred.layer, barred.row) for barred in journey.blocked.barred] == [("crossings", 0)]
    assert "limit" in journey.blocked.barred[0].reason.en


@pytest.mark.parametrize(
    ("hour", "metres"),
    [(7, 2000), (8, 3000), (9, 3000), (10, 2000)],
    ids=["before", "at its start", "during", "at its end"],
)
def test_a_road_is_closed_from_its_start_up_to_its_end(hour: int, metres: float) -> None:
    shut = {
        "status": "closed",
        "state_from_at": datetime(2026, 7, 1, 8, tzinfo=UTC),
        "state_to_at": datetime(2026, 7, 1, 10, tzinfo=UTC),
    }
    roads = roads_of(line((0, 0), (1000, 0)), (line((1000, 0), (2000, 0)), shut), NORTH, *RUNGS)
    question = asked(roads, at=datetime(2026, 7, 1, hour, tzinfo=UTC))
    assert length(roads.route(question, at(100, 0), at(2000, 100))) == metres


def test_without_a_moment_the_status_alone_decides() -> None:
    rows = road_layer((SOUTH, {"status": "closed", "state_to_at": datetime(2020, 1, 1, tzinfo=UTC)}), NORTH)
    assert barred_by_state(rows, Vehicle(), None).tolist() == [True, False]
    assert barred_by_state(rows, Vehicle(), datetime(2026, 1, 1, tzinfo=UTC)).tolist() == [False, False]


def test_a_controlled_road_lets_only_those_with_a_pass_through() -> None:
    roads = roads_of((SOUTH, {"status": "controlled"}))
    assert roads.route(asked(roads), at(100, 0), at(1900, 0)).blocked is not None
    with_pass = asked(roads, vehicle=Vehicle(passes_controls=True))
    assert length(roads.route(with_pass, at(100, 0), at(1900, 0))) == 1800


def test_a_place_off_the_road_is_told_how_far_and_refused_beyond_the_limit() -> None:
    roads = ladder()
    assert roads.route(asked(roads), at(500, -80), at(1900, 0)).start_off_m == pytest.approx(80, abs=0.5)
    with pytest.raises(OffTheNetwork) as refused:
        roads.route(asked(roads), at(500, -520), at(1900, 0))
    assert refused.value.facts["distance_m"] == pytest.approx(520, abs=1)


def test_from_a_place_to_itself_is_no_way_at_all_and_still_certified() -> None:
    roads = ladder()
    journey = roads.route(asked(roads, closed(box(1400, -50, 1600, 50))), at(500, 0), at(500, 0))
    assert journey.length_m == pytest.approx(0, abs=0.01)
    assert journey.certificate is not None
    assert journey.certificate.clear


def test_no_roads_at_all_is_said() -> None:
    roads = roads_of()
    with pytest.raises(NoAnswer):
        asked(roads)


def test_a_hole_in_a_closed_area_is_open_ground() -> None:
    roads = ladder()
    ring = shapely.Polygon(box(-500, -500, 2500, 1100).exterior, [box(-100, -100, 2100, 700).exterior])
    assert length(roads.route(asked(roads, closed(ring)), at(100, 0), at(1900, 0))) == 1800


def test_times_to_one_place_are_those_of_the_single_routes_also_into_a_closed_area() -> None:
    roads = roads_of((SOUTH, {"oneway": "forward"}), NORTH, *RUNGS, line((2000, 600), (2600, 600)))
    question = asked(roads, closed(box(900, -50, 1250, 50)), closed(box(1400, 550, 1500, 650)))
    starts = [at(100, 0), at(1900, 0), at(300, 600), at(1700, 600), at(2500, 600)]
    for end in (at(1100, 0), at(1900, 300), at(0, 300)):
        there = question.network.snap(*end, question.free)
        times = roads.seconds_to(question, there, question.snapped_all(np.array(starts))).seconds
        single = [roads.route(question, start, end).seconds for start in starts]
        assert times == pytest.approx(single, abs=0.2)


def test_networks_at_other_speeds_share_what_does_not_depend_on_them() -> None:
    network = net(road_layer(SOUTH))
    slow = network.with_seconds(network.forward_s * 2, network.backward_s * 2)
    assert slow.snap(*at(500, 30)).distance_m == network.snap(*at(500, 30)).distance_m
    there = slow.snap(*at(1500, 0))
    path, twice = (one.path(one.snap(*at(500, 0)), there) for one in (network, slow))
    assert path is not None
    assert twice is not None
    assert twice.seconds == pytest.approx(2 * path.seconds)
