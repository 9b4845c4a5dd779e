"""Water that rises along a reach: hand-drawn valleys whose flood can be told by hand."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rasterio.transform import from_origin
from scipy.ndimage import gaussian_filter, label

from gis.grid import Grid
from gis.terrain_flow import flow_of
from gis.water_rise import flood_depth, reach_of

CELL_M = 30.0


def metric(values: np.ndarray) -> Grid:
    return Grid(values.astype(np.float64), from_origin(500_000, 4_040_000, CELL_M, CELL_M), "EPSG:4546")


def v_valley(rows: int = 41, columns: int = 21) -> np.ndarray:
    """Sides that rise 10 m a cell to a stream in the middle, which falls 1 m a cell to the south."""
    row, column = np.mgrid[0:rows, 0:columns]
    return np.asarray(10.0 * abs(column - columns // 2) - row + 500.0)


def test_a_reach_is_so_many_metres_of_the_main_stem_each_way() -> None:
    reach = reach_of(flow_of(metric(v_valley())), 20, 10, 5 * CELL_M, 8 * CELL_M)
    assert [divmod(int(cell), 21) for cell in reach.cells] == [(row, 10) for row in range(15, 29)]
    assert divmod(int(reach.cells[reach.section]), 21) == (20, 10)


def test_a_reach_ends_at_the_rim() -> None:
    reach = reach_of(flow_of(metric(v_valley())), 38, 10, 0.0, 1e6)
    assert [int(cell) // 21 for cell in reach.cells] == [38, 39, 40]


def test_a_valley_with_straight_sides_floods_as_deep_as_they_are_low() -> None:
    flow = flow_of(metric(v_valley()))
    depth = flood_depth(flow, reach_of(flow, 20, 10, 3 * CELL_M, 3 * CELL_M), 25.0)
    assert depth[20].tolist() == [0] * 8 + [5, 15, 25, 15, 5] + [0] * 8
    assert np.isnan(depth[25]).all()  # drains to the river below the reach


def test_above_the_reach_the_water_is_level() -> None:
    flow = flow_of(metric(v_valley()))
    depth = flood_depth(flow, reach_of(flow, 20, 10, 0.0, 0.0), 4.5)
    assert depth[:21, 10].tolist() == [0] * 16 + [0.5, 1.5, 2.5, 3.5, 4.5]


def test_a_hollow_behind_a_ridge_stays_dry() -> None:
    z = v_valley()
    z[18:23, 13], z[18:23, 14:16] = 540.0, 470.0  # lower than the river beside it, behind a ridge of 540
    z[18:23, 16] = 545.0
    flow = flow_of(metric(z))
    depth = flood_depth(flow, reach_of(flow, 20, 10, 10 * CELL_M, 10 * CELL_M), 15.0)
    assert depth[20, 11] == 5.0
    assert (np.nan_to_num(depth[18:23, 14:16]) == 0).all()


def test_water_backs_up_into_a_tributary() -> None:
    row, column = np.mgrid[0:41, 0:21]
    z = 10.0 * abs(column - 10) - 0.01 * row + 480.2
    z[20, 11:18] = 480.0 + 0.5 * np.arange(1, 8)  # a ditch that climbs half a metre a cell, away from the river at 480 m
    flow = flow_of(metric(z))
    depth = flood_depth(flow, reach_of(flow, 20, 10, 300.0, 300.0), 2.0)
    assert depth[20, 10:16].tolist() == pytest.approx([2.0, 1.5, 1.0, 0.5, 0.0, 0.0])


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 10_000), st.floats(0.5, 15), st.floats(0.5, 15))
def test_flooded_ground_hangs_together_with_the_river_and_grows_with_the_rise(seed: int, one: float, other: float) -> None:
    grid = metric(gaussian_filter(np.random.default_rng(seed).normal(0, 1, (50, 50)), 4) * 300 + 1000)
    flow = flow_of(grid)
    row, column = np.unravel_index(int(np.argmax(flow.upstream_m2)), grid.shape)
    reach = reach_of(flow, int(row), int(column), 600.0, 600.0)
    low, high = (np.nan_to_num(flood_depth(flow, reach, rise)) for rise in sorted((one, other)))
    assert (high >= low).all()
    number, _ = label(low > 0, structure=np.ones((3, 3)))
    assert set(np.unique(number[low > 0])) == set(np.unique(number.ravel()[reach.cells]))


def test_whether_guessed_ground_is_under_water_is_unknown() -> None:
    z = v_valley()
    z[20, 11] = np.nan
    flow = flow_of(metric(z), 2 * CELL_M**2)
    depth = flood_depth(flow, reach_of(flow, 20, 10, 90.0, 90.0), 25.0)
    assert np.isnan(depth[20, 11])
    assert depth[20, 10] == pytest.approx(25.0)
