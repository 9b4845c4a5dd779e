"""What is here: slope, aspect and height over the stream of one place."""

import numpy as np
import pytest
from rasterio.transform import from_origin

from gis.cells import lonlat_of
from gis.errors import NoAnswer
from gis.grid import Grid
from gis.standing import Standing, grid_north_deg, standing_at

CELL_M = 30.0


def v_valley() -> Grid:
    """Sides that rise 10 m a cell to a stream in the middle, which falls 1 m a cell to the south."""
    row, column = np.mgrid[0:61, 0:41]
    return Grid(10.0 * abs(column - 20) - row + 500.0, from_origin(500_000, 4_040_000, CELL_M, CELL_M), "EPSG:4546")


def here(grid: Grid, row: int, column: int) -> Standing:
    lon, lat = lonlat_of(grid, row, column)
    return standing_at(grid, float(lon), float(lat), around_m=3000, stream_m2=50 * CELL_M**2, hole_m2=0.0)


def test_a_slope_above_a_stream() -> None:
    found = here(v_valley(), 40, 26)
    assert found.elevation_m == 500 - 40 + 60
    assert found.slope_deg == pytest.approx(np.degrees(np.arctan(np.hypot(10, 1) / CELL_M)))
    assert found.aspect_deg == pytest.approx(270 - np.degrees(np.arctan(0.1)), abs=0.02)  # west, a little south
    assert found.above_stream_m == 60
    assert found.stream_m == pytest.approx(6 * CELL_M, rel=1e-3)


def test_on_the_stream_the_height_over_it_is_nothing() -> None:
    found = here(v_valley(), 40, 20)
    assert (found.above_stream_m, found.stream_m) == (0, pytest.approx(0, abs=0.01))


def test_at_the_rim_the_slope_is_unknown_and_beside_no_stream_the_height_is() -> None:
    found = here(v_valley(), 0, 3)
    assert (found.slope_deg, found.aspect_deg) == (None, None)
    flat = Grid(np.full((7, 7), 700.0), from_origin(500_000, 4_040_000, CELL_M, CELL_M), "EPSG:4546")
    assert here(flat, 3, 3) == Standing(700.0, 0.0, None, None, None, None)


def test_a_hole_is_refused() -> None:
    grid = v_valley()
    grid.values[30, 30] = np.nan
    with pytest.raises(NoAnswer, match="hole"):
        here(grid, 30, 30)


def test_east_of_the_meridian_grid_north_points_east_of_north() -> None:
    """Convergence is about Δλ·sin φ: 1° east of 111° E at 36.5° N, 0.59°."""
    grid = Grid(np.zeros((3, 3)), from_origin(589_500, 4_040_000, CELL_M, CELL_M), "EPSG:4546")
    assert grid_north_deg(grid) == pytest.approx(0.594, abs=0.01)
