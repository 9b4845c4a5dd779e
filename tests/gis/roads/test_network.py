"""The plain graph against hand-drawn nets, brute force, networkx, and random nets."""

from datetime import UTC, datetime

import networkx
import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from gis.analysis import Bilingual
from gis.errors import NoAnswer
from gis.geometry import length_m
from gis.roads.bridges import hanging
from gis.roads.closures import Closure
from gis.roads.network import Places, RoadNetwork, network_of
from gis.roads.vehicle import Vehicle
from tests.gis.nets import SPEEDS, box, layer, lonlat, net, road, spot

SQUARE = (road((0, 0), (1000, 0)), road((1000, 0), (1000, 1000)), road((1000, 1000), (0, 1000)), road((0, 1000), (0, 0)))


def minutes(network: RoadNetwork, start: tuple[float, float], end: tuple[float, float], open_: np.ndarray | None = None) -> float:
    places = network.snap_all(lonlat(start, end))
    return float(network.seconds_between(places.taken([0]), places.taken([1]), open_)[0, 0] / 60)


def closed(*areas: shapely.Geometry) -> list[Closure]:
    return [Closure(area, Bilingual("演练", "exercise")) for area in areas]


# Building


def test_roads_that_share_a_vertex_meet_there_and_roads_that_only_cross_do_not() -> None:
    meeting = net([road((0, 0), (500, 0), (1000, 0)), road((500, 0), (500, 500))], piece_m=1e6)
    crossing = net([road((0, 0), (1000, 0)), road((500, -500), (500, 500))], piece_m=1e6)
    assert (len(meeting), len(meeting.nodes)) == (3, 4)
    assert (len(crossing), len(crossing.nodes)) == (2, 4)
    assert minutes(meeting, (0, 0), (500, 500)) == pytest.approx(1.0, abs=1e-3)
    assert minutes(crossing, (0, 0), (500, 500)) == np.inf


def test_a_loose_end_is_joined_to_a_road_it_nearly_meets_and_not_to_one_farther_off() -> None:
    near = net([road((0, 0), (1000, 0)), road((500, 8), (500, 500))])
    far = net([road((0, 0), (1000, 0)), road((500, 12), (500, 500))])
    assert minutes(near, (0, 0), (500, 500)) == pytest.approx(1.0, abs=1e-3)
    assert minutes(far, (0, 0), (500, 500)) == np.inf


def test_two_ends_with_a_gap_are_joined_once() -> None:
    network = net([road((0, 0), (500, 0)), road((505, 0), (1000, 0))], piece_m=1e6)
    assert len(network) == 2
    assert minutes(network, (0, 0), (1000, 0)) == pytest.approx(1.0, abs=1e-3)


def test_long_roads_are_cut_into_pieces_and_none_of_their_length_is_lost() -> None:
    network = net([road((0, 0), (333, 50), (1000, 0), (1000, 777))])
    assert network.length_m.max() <= 200.001
    assert network.length_m.sum() == pytest.approx(length_m(network.roads.geometry.iloc[0]), rel=1e-5)
    assert network.length_m == pytest.approx([length_m(line) for line in network.lines], rel=1e-9)


def test_speed_is_the_roads_own_limit_else_that_of_its_rank_else_the_slowest() -> None:
    network = net([road((0, 0), (1000, 0)), road((0, 9), (1000, 9), speed_kph=20.0), road((0, 99), (1000, 99), rank=None)], snap_m=0)
    assert [minutes(network, (0, y), (1000, y)) for y in (0, 9, 99)] == pytest.approx([1.0, 3.0, 2.0], rel=1e-3)


def test_an_empty_layer_is_a_network_without_roads() -> None:
    network = network_of(layer(), None, SPEEDS, 10.0)
    assert len(network) == 0
    assert len(network.open_edges(closed(box(0, 0, 1, 1)), Vehicle())) == 0
    assert network.snap_all(lonlat((0, 0))).edge.tolist() == [-1]
    with pytest.raises(NoAnswer):
        network.snap(111.1, 36.4)


def test_rows_without_a_line_and_lines_of_one_place_are_no_roads() -> None:
    point = shapely.LineString(lonlat((5, 5), (5, 5)))
    network = net([road((0, 0), (100, 0)), {"geometry": None}, {"geometry": point}, {"geometry": shapely.LineString()}])
    assert len(network) == 1


# Times and ways


def test_a_one_way_street_is_driven_one_way_only_also_within_one_piece() -> None:
    network = net([road((0, 0), (100, 0), oneway="forward"), *SQUARE[1:2], road((100, 0), (1000, 0)), *SQUARE[2:]])
    assert minutes(network, (20, 0), (80, 0)) == pytest.approx(0.06, rel=1e-3)
    assert minutes(network, (80, 0), (20, 0)) == pytest.approx(3.94, rel=1e-3)  # all the way round
    against = net([road((0, 0), (100, 0), oneway="backward")])
    assert (minutes(against, (80, 0), (20, 0)), minutes(against, (20, 0), (80, 0))) == (pytest.approx(0.06, rel=1e-3), np.inf)


def test_the_way_starts_and_ends_within_pieces_and_its_line_is_as_long_as_it_says() -> None:
    network = net(SQUARE)
    path = network.path(network.snap(*lonlat((150, 30))[0]), network.snap(*lonlat((1000, 330))[0]))
    assert path is not None
    assert path.length_m == pytest.approx(850 + 330, rel=1e-4)
    assert length_m(path.line) == pytest.approx(path.length_m, rel=1e-6)
    assert path.roads == (0, 1)
    assert np.allclose(path.line.coords, lonlat((150, 0), (200, 0), (400, 0), (600, 0), (800, 0), (1000, 0), (1000, 200), (1000, 330)),
                       atol=1e-7)  # fmt: skip


def test_the_nearest_of_several_sources_wins_with_what_it_needs_before_it_moves() -> None:
    network = net([road((0, 0), (10_000, 0))])
    sources, places = network.snap_all(lonlat((0, 0), (10_000, 0))), network.snap_all(lonlat((2000, 0), (7000, 0), (10_000, 0)))
    seconds, which = network.seconds_from(sources, starts_s=[0.0, 300.0]).at(places)
    assert which.tolist() == [0, 0, 1]
    assert (seconds / 60) == pytest.approx([2, 7, 5], rel=1e-3)


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 10_000))
def test_times_ways_and_reach_agree_with_networkx_on_random_nets(seed: int) -> None:
    rng = np.random.default_rng(seed)
    at = rng.integers(0, 4, (7, 2)) * 500.0
    lines = [(a, b, rng.choice(["both", "forward", "backward"])) for a, b in rng.integers(0, 7, (12, 2)) if (at[a] != at[b]).any()]
    network = net([road(tuple(at[a]), tuple(at[b]), oneway=way) for a, b, way in lines], snap_m=0, piece_m=300)
    open_ = rng.random(len(network)) < 0.85
    graph = networkx.MultiDiGraph()
    for e in np.flatnonzero(open_).tolist():
        for tail, head, seconds in ((network.start[e], network.end[e], network.forward_s[e]),
                                    (network.end[e], network.start[e], network.backward_s[e])):  # fmt: skip
            if np.isfinite(seconds):
                graph.add_edge(int(tail), int(head), weight=float(seconds))
    nodes = sorted(graph.nodes)
    edges = [int(np.flatnonzero(open_ & ((network.start == n) | (network.end == n)))[0]) for n in nodes]
    at_start = network.start[edges] == nodes
    places = Places(np.array(edges, dtype=int), np.where(at_start, 0.0, 1.0), np.zeros(len(nodes)))
    if not nodes:
        return
    between = network.seconds_between(places, places, open_)
    for i, a in enumerate(nodes):
        known = networkx.single_source_dijkstra_path_length(graph, a)
        assert between[i] == pytest.approx([known.get(b, np.inf) for b in nodes], abs=1e-6)
    ways = network.paths_to(places.one(0), places, open_)
    for i, way in enumerate(ways):
        one = network.path(places.one(i), places.one(0), open_)
        assert (way is None) == (one is None) == (not np.isfinite(between[i, 0]))
        if way is not None and one is not None:
            assert way.seconds == pytest.approx(between[i, 0], abs=1e-6)
            assert one.seconds == pytest.approx(between[i, 0], abs=1e-6)
            assert set(way.edges) <= set(np.flatnonzero(open_).tolist())


# Closed


def test_a_piece_is_closed_when_it_meets_the_inside_of_an_area_and_open_when_it_only_touches() -> None:
    network = net([road((0, 0), (1000, 0)), road((0, 100), (1000, 100))], snap_m=0)
    areas = closed(box(250, -50, 350, 50), shapely.Polygon([*network.lines[7].coords, tuple(lonlat((300, 300))[0])]))
    assert np.flatnonzero(~network.open_edges(areas, Vehicle())).tolist() == [1]


def test_a_hole_in_an_area_stays_open() -> None:
    network = net([road((0, 0), (1000, 0))])
    ring = shapely.Polygon(box(-100, -100, 1100, 100).exterior.coords, [box(390, -50, 610, 50).exterior.coords])
    assert np.flatnonzero(network.open_edges(closed(ring), Vehicle())).tolist() == [2]


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(*[st.integers(-200, 1200)] * 2, *[st.integers(20, 400)] * 2), max_size=6))
def test_no_way_meets_the_inside_of_a_closed_area(boxes: list[tuple[int, int, int, int]]) -> None:
    network = net([*SQUARE, road((0, 0), (1000, 1000))])
    areas = [box(x, y, x + w, y + h) for x, y, w, h in boxes]
    open_ = network.open_edges(closed(*areas), Vehicle())
    if not open_.any():
        return
    places = network.snap_all(lonlat((0, 500), (1000, 500), (500, 0)), open_)
    for i, j in ((0, 1), (1, 2), (0, 2)):
        path = network.path(places.one(i), places.one(j), open_)
        assert path is None or not any(shapely.relate_pattern(path.line, area, "T********") for area in areas)


def test_state_and_limits_of_road_and_crossing_close_it_to_whom_they_concern() -> None:
    bridge = spot(500, 3, "桥", kind="bridge", road="R1", status="open", limit_load_t=10.0, coord_accuracy_m=10.0)
    network = net([road((0, 0), (1000, 0), code="R1"), road((500, 5), (500, 900), code="R2", limit_height_m=3.0)], [bridge], snap_m=0)
    shut = [sorted(set(network.road[~network.open_edges([], vehicle)].tolist())) for vehicle in
            (Vehicle("truck", load_t=10.0), Vehicle("truck", load_t=10.1), Vehicle("truck", height_m=3.2))]  # fmt: skip
    assert shut == [[], [0], [1]]
    assert (~network.open_edges([], Vehicle("truck", load_t=12.0))).sum() == 1  # only the piece under the bridge


def test_a_crossing_is_closed_from_its_start_to_its_end_and_stands_on_the_road_it_names() -> None:
    at = [datetime(2026, 7, 1, hour, tzinfo=UTC) for hour in (7, 8, 11, 12)]
    ford = spot(500, 4, "漫水路面", road="R1", status="closed", state_from_at=at[1], state_to_at=at[3])
    network = net([road((0, 0), (1000, 0), code="R1"), road((0, 5), (1000, 5), code="R2")], [ford], snap_m=0)
    assert [bool(network.open_edges([], Vehicle(), moment).all()) for moment in at] == [True, False, False, True]
    assert network.road[network.crossing_edge[0]] == 0


def test_a_crossing_far_from_every_road_stands_on_none() -> None:
    lost = spot(500, 400, "桥", road="R1", status="closed")
    assert net([road((0, 0), (1000, 0), code="R1")], [lost]).crossing_edge.tolist() == [-1]


def test_a_place_is_snapped_to_the_nearest_open_piece() -> None:
    network = net([road((0, 0), (1000, 0)), road((0, 300), (1000, 300))], snap_m=0)
    open_ = network.open_edges(closed(box(-10, -10, 1010, 10)), Vehicle())
    near, far = network.snap(*lonlat((500, 40))[0]), network.snap(*lonlat((500, 40))[0], open_)
    assert (near.distance_m, far.distance_m) == (pytest.approx(40, abs=0.05), pytest.approx(260, abs=0.05))


# Single points


def test_the_cut_edges_are_those_networkx_finds_and_behind_each_is_what_loses_the_anchor() -> None:
    rng = np.random.default_rng(5)
    for _ in range(30):
        at = rng.integers(0, 5, (10, 2)) * 400.0
        pairs = [(a, b) for a, b in rng.integers(0, 10, (12, 2)) if (at[a] != at[b]).any()]
        network = net([road(tuple(at[a]), tuple(at[b])) for a, b in pairs], snap_m=0, piece_m=1e6)
        anchors = network.snap_all(network.nodes[:1])
        tree = hanging(network, None, anchors)
        root = int(network.start[anchors.edge[0]] if anchors.fraction[0] <= 0.5 else network.end[anchors.edge[0]])
        graph = networkx.MultiGraph([(int(a), int(b), int(e)) for e, (a, b) in enumerate(zip(network.start, network.end, strict=True))])
        reached = networkx.node_connected_component(graph, root)
        expected = {}
        for a, b, e in list(graph.edges(keys=True)):
            if a in reached:
                graph.remove_edge(a, b, e)
                expected[e] = reached - networkx.node_connected_component(graph, root)
                graph.add_edge(a, b, e)
        first, last = tree.spans()
        behind = {int(e): {n for n in range(len(network.nodes)) if lo <= tree.visited[n] <= hi}
                  for e, lo, hi in zip(tree.edge, first, last, strict=True)}  # fmt: skip
        assert behind == {e: lost for e, lost in expected.items() if lost}
