"""Slope, aspect, heights between cells and profiles: hand-drawn planes with exact numbers, and GDAL on rough ground."""

import subprocess
from pathlib import Path

import numpy as np
import pytest
import rasterio
from rasterio.transform import from_origin

from gis.errors import ValueOutOfRange
from gis.terrain import Gradient, aspect_deg, bilinear, gradient, magnified, points_along, profile_sums, slope_deg

CELL_M = 30.0


def plane(east_m: float, north_m: float) -> np.ndarray:
    """5 × 5 cells that rise by so many metres a cell toward east and north."""
    row, column = np.mgrid[0:5, 0:5]
    return east_m * column - north_m * row + 800.0


def slope_and_aspect(cells: np.ndarray) -> tuple[float, float]:
    rise = gradient(cells, CELL_M, CELL_M)
    return float(slope_deg(rise)[1, 1]), float(aspect_deg(rise)[1, 1])


@pytest.mark.parametrize(
    ("east_m", "north_m", "slope", "aspect"),
    [(3, 0, 5.710593, 270), (-3, 0, 5.710593, 90), (0, 3, 5.710593, 180), (0, -3, 5.710593, 0), (-30, -30, 54.735610, 45),
     (30, 30, 54.735610, 225), (30, 0, 45, 270)],
)  # fmt: skip
def test_a_plane_has_its_own_slope_and_falls_where_it_falls(east_m: float, north_m: float, slope: float, aspect: float) -> None:
    assert slope_and_aspect(plane(east_m, north_m)) == pytest.approx((slope, aspect), abs=1e-6)


def test_flat_ground_has_no_aspect() -> None:
    slope, aspect = slope_and_aspect(plane(0, 0))
    assert slope == 0
    assert np.isnan(aspect)


def test_cells_that_are_wider_than_high_count_as_they_are() -> None:
    rise = gradient(plane(3, 3), 30.0, 60.0)
    assert (rise.east[1, 1], rise.north[1, 1]) == pytest.approx((0.1, 0.05))


def test_a_hole_leaves_its_eight_neighbours_and_itself_without_slope() -> None:
    cells = np.pad(plane(3, 0), 3, mode="edge")
    cells[5, 5] = np.nan
    assert int(np.isnan(slope_deg(gradient(cells, CELL_M, CELL_M))).sum()) == 9


def test_aspect_is_told_from_true_north_where_the_grid_is_turned() -> None:
    west = Gradient(np.array([1.0]), np.array([0.0]))
    assert aspect_deg(west, grid_north_deg=1.5)[0] == 271.5
    assert aspect_deg(Gradient(np.array([0.0]), np.array([-1.0])), grid_north_deg=-1.5)[0] == 358.5


@pytest.mark.parametrize(("program", "of"), [("slope", slope_deg), ("aspect", aspect_deg)])
def test_rough_ground_agrees_with_gdaldem(tmp_path: Path, program: str, of: object) -> None:
    assert callable(of)
    # Whole metres: gdaldem sums in single precision, where whole numbers are exact.
    rough = np.random.default_rng(7).normal(0, 15, (40, 50)).cumsum(axis=0).cumsum(axis=1) / 20 + 1000
    cells = rough.round().astype(np.float32)
    model, made = tmp_path / "dem.tif", tmp_path / "made.tif"
    with rasterio.open(model, "w", driver="GTiff", width=50, height=40, count=1, dtype="float32", crs="EPSG:4546",
                       transform=from_origin(500_000, 4_040_000, 30, 30)) as out:  # fmt: skip
        out.write(cells, 1)
    subprocess.run(["gdaldem", program, "-q", model, made], check=True)
    with rasterio.open(made) as found:
        theirs = found.read(1)[1:-1, 1:-1]
    ours = of(gradient(cells.astype(np.float64), 30.0, 30.0))
    sloping = theirs != -9999  # gdaldem's flat aspect
    assert np.abs(ours - theirs)[sloping].max() < 1e-4
    assert sloping.mean() > 0.99


def test_between_four_cells_each_counts_by_its_nearness() -> None:
    cells = np.array([[0.0, 10.0], [20.0, 30.0]])
    heights = bilinear(cells, np.array([0.0, 0.5, 0.25, 1.0]), np.array([0.0, 0.5, 0.75, 1.0]))
    assert heights.tolist() == [0.0, 15.0, 12.5, 30.0]


def test_heights_reach_the_rim_of_the_outermost_cells_and_not_further() -> None:
    cells = np.array([[5.0, 7.0]])
    heights = bilinear(cells, np.array([0.0, 0.49, 0.51, 0.0]), np.array([-0.49, 1.49, 0.0, 1.51]))
    assert heights[:2].tolist() == [5.0, 7.0]
    assert np.isnan(heights[2:]).all()


def test_beside_a_hole_the_cells_that_are_there_speak() -> None:
    cells = np.array([[4.0, np.nan], [8.0, np.nan]])
    heights = bilinear(cells, np.array([0.5, 0.5]), np.array([0.4, 0.6]))
    assert heights[0] == 6.0
    assert np.isnan(heights[1])


def test_magnified_ground_keeps_planes_and_parabolas_and_has_no_creases() -> None:
    """Cubic convolution with a = -1/2 reproduces second-degree ground exactly, away from the rim (Keys 1981, §V)."""
    row, column = np.mgrid[0:12, 0:14].astype(float)
    fine = magnified(2 * row + 0.5 * column**2, 4)
    at_row, at_column = (np.mgrid[0:48, 0:56] + 0.5) / 4 - 0.5
    inside = np.s_[8:-8, 8:-8]
    assert np.abs(fine - (2 * at_row + 0.5 * at_column**2))[inside].max() < 1e-9
    assert fine.shape == (48, 56)


def test_places_on_a_line_are_evenly_spaced_over_its_bends() -> None:
    # 0.01° of the equator is 1113.195 m, of a meridian at the equator 1105.743 m (Karney 2013, WGS 84).
    lon, lat, distance_m = points_along([0.0, 0.01, 0.01], [0.0, 0.0, 0.01], 201)
    assert distance_m[-1] == pytest.approx(1113.195 + 1105.743, abs=2e-3)
    assert np.ptp(np.diff(distance_m)) < 1e-9
    assert (lon[50], lat[50]) == pytest.approx((0.01 * distance_m[50] / 1113.195, 0.0), abs=1e-8)
    assert (lon[-1], lat[-1]) == (0.01, 0.01)


@pytest.mark.parametrize(("line", "samples"), [([1.0, 1.0], 10), ([1.0], 10), ([1.0, 2.0], 1)])
def test_a_line_without_length_or_samples_is_refused(line: list[float], samples: int) -> None:
    with pytest.raises(ValueOutOfRange):
        points_along(line, line, samples)


def test_a_profile_adds_up_what_it_climbs_and_nothing_over_unknown_ground() -> None:
    heights = np.array([100.0, 130.0, 120.0, np.nan, 500.0, 480.0])
    sums = profile_sums(np.arange(6) * 10.0, heights)
    assert sums == (50.0, 30.0, 30.0, 100.0, 500.0)


def test_a_profile_over_unknown_ground_only_has_a_length() -> None:
    assert profile_sums(np.array([0.0, 7.0]), np.array([np.nan, np.nan])) == (7.0, 0.0, 0.0, None, None)
