"""Lines of sight: hand-drawn walls and bowls, the horizon of the earth, and GDAL's viewshed on rough ground."""

import math
import subprocess
from pathlib import Path

import numpy as np
import pytest
import rasterio
from hypothesis import given, settings
from hypothesis import strategies as st
from rasterio.transform import from_origin
from scipy.ndimage import gaussian_filter

from gis.cells import lonlat_of
from gis.datum import EARTH_RADIUS_M
from gis.errors import NoAnswer, ValueOutOfRange
from gis.grid import Grid
from gis.viewshed import HIDDEN, OUT_OF_RANGE, SEEN, UNKNOWN, Eye, Sight, viewshed

CELL_M = 30.0


def metric(values: np.ndarray) -> Grid:
    return Grid(values.astype(np.float64), from_origin(500_000, 4_040_000, CELL_M, CELL_M), "EPSG:4546")


def seen_from(grid: Grid, row: int, column: int, eye_m: float, range_m: float = 1e5, target_m: float = 0.0,
              refraction: float = 0.13) -> Sight:  # fmt: skip
    lon, lat = lonlat_of(grid, row, column)
    return viewshed(grid, Eye(float(lon), float(lat), eye_m, range_m), target_m, refraction)


def rough(seed: int, side: int) -> Grid:
    return metric(gaussian_filter(np.random.default_rng(seed).normal(0, 1, (side, side)), 4) * 600 + 1000)


def test_over_a_calm_sea_the_view_ends_at_the_horizon() -> None:
    """d = √(2 R h / (1 - k)): 5 412 m for an eye 2 m over the water."""
    sight = seen_from(metric(np.zeros((401, 401))), 200, 200, 2.0, 6000.0)
    row, column = np.nonzero(sight == SEEN)
    away = CELL_M * np.hypot(row - 200, column - 200)
    horizon = math.sqrt(2 * EARTH_RADIUS_M * 2.0 / 0.87)
    assert away.max() == pytest.approx(horizon, abs=CELL_M)
    hidden = np.hypot(*(np.argwhere(sight == HIDDEN) - 200).T) * CELL_M
    assert hidden.min() > horizon - CELL_M


def test_a_wall_hides_what_lies_in_its_shadow() -> None:
    """Eye 10 m up, wall of 20 m ten cells off: behind it the line of sight climbs 1 m a cell, so a tower of 32 m shows itself
    only where it is under twelve cells behind the wall."""
    z = np.zeros((3, 60))
    z[:, 15] = 20.0
    z[1, 25], z[1, 40] = 32.0, 32.0
    sight = seen_from(metric(z), 1, 5, 10.0, refraction=0.999)
    assert (sight[1, :16] == SEEN).all()
    assert sight[1, 25] == SEEN
    assert sight[1, 40] == HIDDEN
    assert (np.delete(sight[1, 16:], [9, 24]) == HIDDEN).all()


def test_a_bowl_is_seen_whole_from_its_bottom_and_a_cone_from_its_top() -> None:
    away = np.hypot(*(np.mgrid[0:61, 0:61] - 30.0))
    assert (seen_from(metric(away**2 / 4), 30, 30, 0.5) == SEEN).all()
    assert (seen_from(metric(900 - 10 * away), 30, 30, 5.0) == SEEN).all()


def test_what_is_out_of_range_is_said_to_be_so() -> None:
    sight = seen_from(metric(np.zeros((41, 41))), 20, 20, 30.0, 10.2 * CELL_M)
    away = np.hypot(*(np.mgrid[0:41, 0:41] - 20))
    assert ((sight == OUT_OF_RANGE) == (away > 10.2)).all()


def test_behind_a_hole_of_the_model_the_view_is_unknown_unless_something_known_blocks_it() -> None:
    z = np.zeros((3, 40))
    z[:, 20], z[:, 30] = np.nan, 50.0
    sight = seen_from(metric(z), 1, 5, 10.0)[1]
    assert (sight[:20] == SEEN).all()
    assert (sight[20:31] == UNKNOWN).all()
    assert (sight[31:] == HIDDEN).all()


def test_an_eye_in_a_hole_or_outside_is_refused() -> None:
    z = np.zeros((9, 9))
    z[4, 4] = np.nan
    with pytest.raises(NoAnswer):
        seen_from(metric(z), 4, 4, 10.0)
    with pytest.raises(NoAnswer):
        seen_from(metric(z), 40, 4, 10.0)


@pytest.mark.parametrize(("eye_m", "range_m", "target_m", "refraction"),
                         [(-1, 100, 0, 0.13), (1, 0, 0, 0.13), (1, 100, -2, 0.13), (1, 100, 0, 1.0),
                          (float("nan"), 100, 0, 0.1)])  # fmt: skip
def test_numbers_that_cannot_be_are_refused(eye_m: float, range_m: float, target_m: float, refraction: float) -> None:
    with pytest.raises(ValueOutOfRange):
        seen_from(metric(np.zeros((5, 5))), 2, 2, eye_m, range_m, target_m, refraction)


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 10_000), st.floats(0, 60), st.floats(0, 60))
def test_a_higher_eye_or_a_higher_target_is_never_seen_less(seed: int, one: float, other: float) -> None:
    grid = rough(seed, 40)
    low, high = sorted((one, other))
    assert ((seen_from(grid, 20, 20, low) != SEEN) | (seen_from(grid, 20, 20, high) == SEEN)).all()
    by_target = [seen_from(grid, 20, 20, 5.0, target_m=target) == SEEN for target in (low, high)]
    assert (~by_target[0] | by_target[1]).all()


@settings(max_examples=10, deadline=None)
@given(st.integers(0, 10_000))
def test_whoever_sees_is_seen(seed: int) -> None:
    """With equal heights at both ends a line of sight has no direction."""
    grid = rough(seed, 24)
    there = seen_from(grid, 3, 4, 6.0, target_m=6.0)
    for row, column in ((20, 20), (10, 22), (3, 15), (17, 4)):
        assert seen_from(grid, row, column, 6.0, target_m=6.0)[3, 4] == there[row, column]


def test_rough_ground_is_seen_as_gdal_sees_it(tmp_path: Path) -> None:
    """GDAL's algorithm (Wang et al. 2000) interpolates from ring to ring; the two differ along the edges of shadows."""
    grid = rough(1, 301)
    model, made = tmp_path / "dem.tif", tmp_path / "seen.tif"
    with rasterio.open(model, "w", driver="GTiff", width=301, height=301, count=1, dtype="float64", crs="EPSG:4546",
                       transform=grid.transform) as out:  # fmt: skip
        out.write(grid.values, 1)
    x, y = 500_000 + 150.5 * CELL_M, 4_040_000 - 150.5 * CELL_M
    subprocess.run(["gdal_viewshed", "-q", "-ox", str(x), "-oy", str(y), "-oz", "10", "-tz", "0", "-md", "4000", "-cc", "0.87",
                    model, made], check=True)  # fmt: skip
    with rasterio.open(made) as found:
        theirs, corner = found.read(1) == 255, found.transform
    top, left = round((grid.transform.f - corner.f) / CELL_M), round((corner.c - grid.transform.c) / CELL_M)
    ours = seen_from(grid, 150, 150, 10.0, 4000.0)[top : top + theirs.shape[0], left : left + theirs.shape[1]]
    reached = ours != OUT_OF_RANGE
    assert 0.02 < (ours == SEEN)[reached].mean() < 0.5
    assert ((ours == SEEN) == theirs)[reached].mean() > 0.985
