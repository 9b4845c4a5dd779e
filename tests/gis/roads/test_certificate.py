"""The proof itself: what counts as meeting a closed area, and how near a line comes to one."""

import numpy as np
import pytest
import shapely

from gis.geometry import CGCS2000_ELLIPSOID
from gis.roads.certificate import ClosedAreas
from tests.gis.roads.drawn import box, closed, line

AREA = ClosedAreas([closed(box(0, 0, 100, 100))])
SIDE = shapely.LineString(list(AREA.shapes[0].exterior.coords)[:2])


@pytest.mark.parametrize(
    ("way", "clear"),
    [
        (line((-50, 50), (150, 50)), False),
        (line((-50, -50), (50, 0.01), (150, -50)), False),
        (line((20, 20), (80, 80)), False),
        (SIDE, True),
        (shapely.LineString([*SIDE.coords, (SIDE.coords[1][0], SIDE.coords[0][1] - 0.01)]), True),
        (line((-50, -10), (150, -10)), True),
        (shapely.LineString([AREA.shapes[0].centroid] * 2), False),
    ],
    ids=[
        "through",
        "by a centimetre",
        "wholly inside",
        "along the border",
        "along and away",
        "past",
        "standing inside",
    ],
)
def test_a_line_is_clear_unless_it_meets_the_interior(way: shapely.LineString, clear: bool) -> None:
    assert AREA.certified(way).clear is clear


def test_the_distance_is_in_metres_on_the_ground_to_the_nearest_area() -> None:
    rng = np.random.default_rng(7)
    for _ in range(40):
        x, y = rng.uniform(-3000, 3000, 2)
        size = rng.uniform(20, 400)
        areas = ClosedAreas([closed(box(x, y, x + size, y + size)), closed(box(9000, 9000, 9100, 9100))])
        way = line((0, 0), *map(tuple, rng.uniform(-2500, 2500, (3, 2))))
        told = areas.certified(way).min_distance_m
        # By walking along the line in short steps and measuring on the ellipsoid to points along the border.
        steps = shapely.get_coordinates(shapely.line_interpolate_point(way, np.linspace(0, 1, 400), normalized=True))
        ring = areas.shapes[0].exterior
        rim = shapely.get_coordinates(shapely.line_interpolate_point(ring, np.linspace(0, 1, 200), normalized=True))
        a, b = np.repeat(steps, len(rim), axis=0), np.tile(rim, (len(steps), 1))
        walked = CGCS2000_ELLIPSOID.inv(a[:, 0], a[:, 1], b[:, 0], b[:, 1])[2].min()
        assert told is not None
        if told == 0:
            assert walked < 30
        else:
            assert walked - 30 <= told <= walked + 0.05


def test_without_closures_there_is_nothing_to_be_near_to() -> None:
    certificate = ClosedAreas([]).certified(line((0, 0), (10, 0)))
    assert certificate.as_json() == {"clear": True, "checked": 0, "min_distance_m": None}
