"""Tiles made of the plain graph, asked through Valhalla."""

import json
from pathlib import Path

import numpy as np
import osmium
import pytest
import shapely
from osmium.osm.mutable import Node, Relation, Way

from gis.errors import NoAnswer
from gis.roads.building import REPORT, TILES, build, fingerprint, read_report
from gis.roads.engine import Roads
from gis.roads.vehicle import Vehicle
from tests.gis.roads.drawn import asked, at, box, closed, crossing_layer, line, net, point, road_layer

SOUTH = line((0, 0), (1000, 0), (2000, 0))
NORTH = line((0, 600), (1000, 600), (2000, 600))
RUNGS = [line((x, 0), (x, 600)) for x in (0, 1000, 2000)]


def built(folder: Path, *rows, crossings=None, extract: Path | None = None) -> Roads:
    network = net(road_layer(*rows), crossings)
    build(folder, network, extract)
    return Roads(folder, network)


@pytest.fixture(scope="module")
def ladder(tmp_path_factory: pytest.TempPathFactory) -> Roads:
    limited = (line((0, 600), (1000, 600), (2000, 600)), {"limit_height_m": 3.0, "limit_load_t": 5.0})
    return built(tmp_path_factory.mktemp("roads") / "v1", SOUTH, limited, *RUNGS)


def test_the_report_counts_rows_joined_and_loose_ends_and_parts(tmp_path: Path) -> None:
    loose = line((1000, 608), (1000, 900))  # begins 8 m short of the north road
    apart = line((5000, 0), (5500, 0))
    network = net(road_layer(SOUTH, NORTH, *RUNGS, loose, apart))
    report = build(tmp_path / "v1", network)
    assert (report.rows, report.joined_ends, report.loose_ends, report.components) == (7, 1, 3, 2)
    assert report.length_km == pytest.approx(6.6, abs=0.01)
    assert report.largest_share == pytest.approx(6.1 / 6.6, abs=0.002)
    assert read_report(tmp_path / "v1") == report


def test_a_build_appears_whole_or_not_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("the builder was killed")

    monkeypatch.setattr("gis.roads.building._run_builder", broken)
    with pytest.raises(RuntimeError):
        build(tmp_path / "v1", net(road_layer(SOUTH)))
    assert list(tmp_path.iterdir()) == []


def test_a_folder_is_never_built_over_and_a_county_without_roads_has_none(tmp_path: Path) -> None:
    (tmp_path / "v1").mkdir()
    with pytest.raises(FileExistsError):
        build(tmp_path / "v1", net(road_layer(SOUTH)))
    with pytest.raises(NoAnswer):
        build(tmp_path / "v2", net(road_layer()))


def test_tiles_of_other_roads_are_refused(tmp_path: Path) -> None:
    built(tmp_path / "v1", SOUTH)
    moved = net(road_layer(line((0, 0), (1000, 1), (2000, 0))))
    with pytest.raises(ValueError, match="other roads"):
        Roads(tmp_path / "v1", moved)


def test_the_same_roads_have_the_same_fingerprint_and_a_limit_changes_it() -> None:
    one, same = net(road_layer(SOUTH, NORTH)), net(road_layer(SOUTH, NORTH))
    assert fingerprint(one) == fingerprint(same)
    assert fingerprint(one) != fingerprint(net(road_layer((SOUTH, {"limit_load_t": 10.0}), NORTH)))


def test_valhalla_draws_the_way_of_the_plain_graph_and_its_minutes_agree(ladder: Roads) -> None:
    question = asked(ladder, closed(box(1400, -50, 1600, 50)))
    drawn = ladder.route(question, at(100, 0), at(1900, 0))
    plain = ladder.route(question, at(100, 0), at(1900, 0), with_turns=False)
    assert [leg.by for leg in drawn.legs + plain.legs] == ["valhalla", "graph"]
    assert drawn.length_m == pytest.approx(plain.length_m, rel=0.002)
    assert drawn.seconds == pytest.approx(plain.seconds, rel=0.002)
    assert drawn.turning_s is not None
    assert 0 <= drawn.turning_s < 60
    assert drawn.certificate is not None
    assert drawn.certificate.clear
    assert [stretch.road for stretch in drawn.legs[0].stretches] == [0, 3, 1, 4, 0]


def test_valhalla_keeps_height_and_load_limits_of_roads(ladder: Roads) -> None:
    area = closed(box(1400, -50, 1600, 50))
    low = ladder.route(asked(ladder, area, vehicle=Vehicle("truck", height_m=2.9, load_t=4.9)), at(100, 0), at(1900, 0))
    assert low.legs[0].by == "valhalla"
    for tall in (Vehicle("truck", height_m=3.1), Vehicle("truck", load_t=5.1), Vehicle("car", load_t=5.1)):
        journey = ladder.route(asked(ladder, area, vehicle=tall), at(100, 0), at(1900, 0))
        assert journey.blocked is not None, tall


def test_a_closed_road_and_a_closed_bridge_are_kept_off_by_valhalla_too(tmp_path: Path) -> None:
    shut = crossing_layer(((1500, 0), {"road": "r0", "status": "closed"}))
    roads = built(tmp_path / "v1", SOUTH, NORTH, *RUNGS, crossings=shut)
    journey = roads.route(asked(roads), at(100, 0), at(1900, 0))
    assert journey.legs[0].by == "valhalla"
    assert journey.length_m == pytest.approx(900 + 600 + 1000 + 600 + 100, abs=5)


def test_more_polygons_and_perimeter_than_a_public_server_allows_are_taken(ladder: Roads) -> None:
    """The defaults stop at 10 km of perimeter and 100 vertices."""
    many = [
        closed(shapely.Point(at(50 * i - 5000, 300)).buffer(0.0002, quad_segs=16))
        for i in range(200)
        if abs(i - 120) > 3
    ]
    wide = closed(box(-40_000, 2000, 40_000, 30_000))
    journey = ladder.route(asked(ladder, *many, wide), at(100, 0), at(1900, 0))
    assert journey.legs[0].by == "valhalla"
    assert journey.certificate is not None
    assert journey.certificate.checked == len(many) + 1
    assert journey.length_m == pytest.approx(1800, abs=5)


def test_an_island_of_short_road_is_not_left_for_another_road(tmp_path: Path) -> None:
    """Valhalla's own default moves a place off an island with fewer than 50 nodes."""
    roads = built(tmp_path / "v1", SOUTH, NORTH, *RUNGS, line((0, -100), (200, -100)))
    journey = roads.route(asked(roads), at(20, -100), at(180, -100))
    assert journey.legs[0].by == "valhalla"
    assert journey.length_m == pytest.approx(160, abs=2)
    assert roads.route(asked(roads), at(20, -100), at(500, 0)).blocked is not None


def test_an_old_engine_answers_while_a_new_one_is_built_and_used(tmp_path: Path) -> None:
    old = built(tmp_path / "v1", SOUTH, NORTH, *RUNGS)
    new = built(tmp_path / "v2", NORTH, *RUNGS)
    assert old.route(asked(old), at(0, 100), at(2000, 100)).length_m == pytest.approx(2200, abs=5)
    assert new.route(asked(new), at(0, 100), at(2000, 100)).length_m == pytest.approx(3000, abs=5)
    assert json.loads((tmp_path / "v2" / REPORT).read_text())["rows"] == 4
    assert any((tmp_path / "v2" / TILES).rglob("*.gph"))


def extract_with_a_forbidden_turn(path: Path, via: tuple[float, float]) -> Path:
    """OSM ways 1 (south, west half) and 2 (middle rung), and: no left turn from 1 into 2."""
    with osmium.SimpleWriter(path) as writer:
        for number, place in enumerate([at(0, 0), via, at(1000, 600)], 1):
            writer.add_node(Node(id=number, version=1, location=place))
        writer.add_way(Way(id=1, version=1, nodes=[1, 2], tags={"highway": "secondary"}))
        writer.add_way(Way(id=2, version=1, nodes=[2, 3], tags={"highway": "secondary"}))
        members = [("w", 1, "from"), ("n", 2, "via"), ("w", 2, "to")]
        tags = {"type": "restriction", "restriction": "no_left_turn"}
        writer.add_relation(Relation(id=1, version=1, members=members, tags=tags))
    return path


WEST, EAST = line((0, 0), (1000, 0)), line((1000, 0), (2000, 0))


def coded(shape: shapely.LineString, code: str):
    return shape, {"code": code}


def test_turn_restrictions_of_the_extract_hold_between_its_ways(tmp_path: Path) -> None:
    extract = extract_with_a_forbidden_turn(tmp_path / "county.osm.pbf", at(1000, 0))
    rows = [coded(WEST, "osm-w1"), coded(RUNGS[1], "osm-w2"), EAST, RUNGS[2], NORTH]
    roads = built(tmp_path / "v1", *rows, extract=extract)
    assert read_report(tmp_path / "v1").restrictions == 1
    turned = roads.route(asked(roads), at(500, 0), at(1000, 500))
    assert turned.legs[0].by == "valhalla"
    assert turned.length_m == pytest.approx(500 + 1000 + 600 + 1000 + 100, abs=20)  # round by the east, not left


def test_a_restriction_whose_road_was_redrawn_is_let_go_and_counted(tmp_path: Path) -> None:
    extract = extract_with_a_forbidden_turn(tmp_path / "county.osm.pbf", at(1000, 0))
    moved = line((900, 0), (900, 600))  # the county has redrawn way 2: it meets the south road elsewhere
    roads = built(
        tmp_path / "v1",
        coded(line((0, 0), (900, 0), (1000, 0)), "osm-w1"),
        coded(moved, "osm-w2"),
        EAST,
        extract=extract,
    )
    report = read_report(tmp_path / "v1")
    assert (report.restrictions, report.restrictions_lost) == (0, 1)
    assert roads.route(asked(roads), at(500, 0), at(900, 500)).length_m == pytest.approx(900, abs=5)


def test_points_are_given_in_the_order_lon_lat() -> None:
    assert np.allclose(point(0, 0), [111.0, 36.4], atol=1e-6)
