"""Random closures on real roads: no certified line meets the interior of a closed area, by other means than the engine's.

The roads are OpenStreetMap's of Andorra (© OpenStreetMap contributors, ODbL), which stand beside the repository.
"""

from collections import Counter
from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
import shapely

from gis.roads.building import build, read_report
from gis.roads.closures import Closure
from gis.roads.engine import Roads
from gis.roads.limits import SPEED_KPH
from gis.roads.network import network_of
from gis.roads.splitting import DECIMALS
from gis.roads.vehicle import Vehicle
from layers.osm import Found, read_osm
from tests.gis.roads.drawn import SNAP_M, closed
from tests.shared_data import shared

EXTRACT = "osm_andorra/andorra-250119.osm.pbf"


def frame(rows: list[Found]) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame([row.values for row in rows], geometry=[row.shape for row in rows], crs=4490)


@pytest.fixture(scope="module")
def andorra(tmp_path_factory: pytest.TempPathFactory) -> Roads:
    path = shared(EXTRACT)
    rows = read_osm(path, county_tags={}, township_level=None).rows
    network = network_of(frame(rows["roads"]), frame(rows["crossings"]), SPEED_KPH.value, 10.0)
    folder = tmp_path_factory.mktemp("andorra") / "v1"
    build(folder, network, Path(path))
    return Roads(folder, network)


def inside_by_counting(lonlat: np.ndarray, ring: np.ndarray) -> np.ndarray:
    """Even–odd rule, written out: which points lie inside a closed ring. No use is made of shapely."""
    x, y = lonlat[:, 0][:, None], lonlat[:, 1][:, None]
    ax, ay, bx, by = ring[:-1, 0], ring[:-1, 1], ring[1:, 0], ring[1:, 1]
    straddles = (ay > y) != (by > y)
    with np.errstate(divide="ignore", invalid="ignore"):
        crossing = (bx - ax) * (y - ay) / (by - ay) + ax
    return (straddles & (x < crossing)).sum(axis=1) % 2 == 1


def crosses_a_side(line: np.ndarray, ring: np.ndarray) -> bool:
    """Whether a segment of the line properly crosses a side of the ring, by signs of triangle areas."""

    def turn(p, q, r):
        return (q[..., 0] - p[..., 0]) * (r[..., 1] - p[..., 1]) - (q[..., 1] - p[..., 1]) * (r[..., 0] - p[..., 0])

    a, b = line[:-1][:, None], line[1:][:, None]
    c, d = ring[:-1][None], ring[1:][None]
    apart = (turn(a, b, c) * turn(a, b, d) < -TINY) & (turn(c, d, a) * turn(c, d, b) < -TINY)
    return bool(apart.any())


TINY = 1e-40  # products of areas in square degrees; below it the points touch within rounding


def random_area(rng: np.random.Generator, roads: Roads) -> Closure:
    """A star about a place on a road: convex or not, from a few houses to a valley."""
    lines = roads.network.lines
    middle = shapely.get_coordinates(
        shapely.line_interpolate_point(lines[rng.integers(len(lines))], rng.random(), normalized=True)
    )[0]
    corners = rng.integers(3, 14)
    angles = np.sort(rng.uniform(0, 2 * np.pi, corners))
    radii = rng.uniform(0.2, 1.0, corners) * 10 ** rng.uniform(-3.5, -1.8)
    star = shapely.Polygon(middle + np.column_stack([np.cos(angles), np.sin(angles)]) * radii[:, None])
    return closed(star if star.is_valid else star.convex_hull)


def random_place(rng: np.random.Generator, roads: Roads) -> tuple[float, float]:
    line = roads.network.lines[rng.integers(len(roads.network))]
    x, y = shapely.get_coordinates(shapely.line_interpolate_point(line, rng.random(), normalized=True))[0] + rng.normal(
        0, 3e-4, 2
    )
    return float(x), float(y)


def proved(andorra: Roads, seed: int, questions: int) -> Counter[str]:
    """Ask many questions; every certified leg is checked. What the answers were, counted."""
    rng = np.random.default_rng(seed)
    said: Counter[str] = Counter()
    vehicles = [
        Vehicle("car"),
        Vehicle("truck", height_m=3.8, load_t=18),
        Vehicle("bus"),
        Vehicle("ambulance", passes_controls=True),
        Vehicle("foot"),
    ]
    for _ in range(questions):
        areas = [random_area(rng, andorra) for _ in range(rng.integers(1, 25))]
        question = andorra.question(vehicles[rng.integers(5)], areas, None, SNAP_M)
        journey = andorra.route(
            question, random_place(rng, andorra), random_place(rng, andorra), with_turns=bool(rng.random() < 0.7)
        )
        if journey.blocked is not None:
            said[f"blocked by {journey.blocked.why}"] += 1
            assert not journey.legs
            continue
        assert journey.certificate is not None
        assert journey.certificate.checked == len(areas)
        for leg in journey.legs:
            said[leg.kind] += 1
            said[leg.by] += leg.kind == "certified"
            if leg.kind != "certified":
                continue
            assert journey.certificate.clear
            lonlat = shapely.get_coordinates(leg.line)
            assert (lonlat == lonlat.round(DECIMALS)).all()  # as it is handed out
            steps = shapely.get_coordinates(shapely.segmentize(leg.line, 1e-4))
            for area in areas:
                ring = shapely.get_coordinates(area.geometry.exterior)
                if not shapely.box(*area.geometry.bounds).intersects(leg.line):
                    continue
                assert not crosses_a_side(lonlat, ring)
                inside = steps[inside_by_counting(steps, ring)]
                # A point on the border may be counted to either side.
                assert not len(inside) or shapely.distance(shapely.points(inside), area.geometry.exterior).max() < 1e-9
    return said


def test_no_certified_way_meets_a_closed_area(andorra: Roads) -> None:
    said = proved(andorra, 1, 120)
    assert said["certified"] > 30
    assert min(said[kind] for kind in ("way_out", "way_in", "blocked by areas", "valhalla", "graph")) > 0


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(10, 15))
def test_no_certified_way_meets_a_closed_area_in_thousands_of_cases(andorra: Roads, seed: int) -> None:
    assert proved(andorra, seed, 1000)["certified"] > 300  # about twelve closures a question: sixty thousand in all


def test_what_is_said_to_block_must_be_opened_and_is_enough(andorra: Roads) -> None:
    rng = np.random.default_rng(5)
    seen = 0
    while seen < 12:
        areas = [random_area(rng, andorra) for _ in range(18)]
        start, end = random_place(rng, andorra), random_place(rng, andorra)
        question = andorra.question(Vehicle(), areas, None, SNAP_M)
        blocked = andorra.route(question, start, end, with_turns=False).blocked
        if blocked is None or blocked.why != "areas":
            continue
        seen += 1
        kept = [area for area in areas if all(area is not one for one in blocked.closures)]
        assert blocked.closures

        def has_way(*more: Closure, kept: list[Closure] = kept, start=start, end=end) -> bool:
            asked = andorra.question(Vehicle(), [*kept, *more], None, SNAP_M)
            return andorra.route(asked, start, end, with_turns=False).blocked is None

        assert has_way()
        assert not any(has_way(one) for one in blocked.closures)


def test_times_to_a_place_equal_those_of_all_single_routes(andorra: Roads) -> None:
    rng = np.random.default_rng(9)
    for _ in range(4):
        question = andorra.question(Vehicle(), [random_area(rng, andorra) for _ in range(15)], None, SNAP_M)
        end = random_place(rng, andorra)
        there = question.network.snap(*end, question.free)
        starts = [random_place(rng, andorra) for _ in range(25)]
        on = question.snapped_all(np.array(starts))
        outside = [i for i in range(25) if on.edge[i] >= 0 and question.open_[on.edge[i]]]
        times = andorra.seconds_to(question, there, on.taken(outside)).seconds
        single = [andorra.route(question, starts[i], end, with_turns=False).seconds for i in outside]
        assert times == pytest.approx(single, abs=0.5)


def test_the_turn_restrictions_of_the_extract_are_in_the_tiles(andorra: Roads, tmp_path: Path) -> None:
    build(tmp_path / "v1", andorra.network, shared(EXTRACT))
    report = read_report(tmp_path / "v1")
    assert report.restrictions > 50  # 76 in the extract, some of them about ways and not about nodes
    assert report.largest_share > 0.97
