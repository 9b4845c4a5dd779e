"""Filling, flow, streams, height above drainage, basins: a published example, hand-drawn ground, and pyflwdir on rough."""

import numpy as np
import pyflwdir
import pytest
import rasterio
from affine import Affine
from hypothesis import given, settings
from hypothesis import strategies as st
from numba import njit
from rasterio.transform import from_origin
from scipy.ndimage import gaussian_filter, maximum_filter

from gis.cells import lonlat_of
from gis.errors import NoAnswer, ValueOutOfRange
from gis.grid import Grid
from gis.hand import height_above
from gis.streams import stream_lines
from gis.terrain import slope_deg
from gis.terrain_flow import UNKNOWN, Flow, flow_of, streams_of
from gis.valley import valley_below
from gis.watershed import is_cut_short, outlet_near, watershed_of
from tests.shared_data import shared

CELL_M = 30.0
METRIC = "EPSG:4546"


def metric(values: object, cell_m: float = CELL_M) -> Grid:
    return Grid(np.array(values, dtype=np.float64), from_origin(500_000, 4_040_000, cell_m, cell_m), METRIC)


def rough(seed: int, side: int = 60) -> Grid:
    noise = np.random.default_rng(seed).normal(0, 1, (side, side))
    return metric(gaussian_filter(noise, 3) * 400 + 1000)


def v_valley(rows: int = 21, columns: int = 21) -> Grid:
    """Sides that rise 10 m a cell to a straight stream in the middle, which falls 1 m a cell to the south."""
    row, column = np.mgrid[0:rows, 0:columns]
    return metric(10.0 * abs(column - columns // 2) - row + 500.0)


def lonlat(grid: Grid, row: float, column: float) -> tuple[float, float]:
    lon, lat = lonlat_of(grid, row, column)
    return float(lon), float(lat)


# The example that ESRI's handbooks print for the method of Jenson & Domingue (1988): heights, and cells above each cell.
PRINTED = [[78, 72, 69, 71, 58, 49], [74, 67, 56, 49, 46, 50], [69, 53, 44, 37, 38, 48], [64, 58, 55, 22, 31, 24],
           [68, 61, 47, 21, 16, 19], [74, 53, 34, 12, 11, 12]]  # fmt: skip
CELLS_ABOVE = [[0, 0, 0, 0, 0, 0], [0, 1, 1, 2, 2, 0], [0, 3, 7, 5, 4, 0], [0, 0, 0, 20, 0, 1], [0, 0, 0, 1, 24, 0],
               [0, 2, 4, 7, 35, 1]]  # fmt: skip


def test_the_printed_example_has_its_printed_accumulation() -> None:
    flow = flow_of(metric(PRINTED, 1.0))
    assert (flow.upstream_m2 - 1).tolist() == CELLS_ABOVE


def test_a_hollow_is_filled_to_its_lowest_rim_and_no_further() -> None:
    z = np.full((7, 7), 50.0)
    z[2:5, 2:5], z[3, 3], z[3, 5], z[3, 6] = 20.0, 5.0, 30.0, 10.0
    flow = flow_of(metric(z))
    expected = z.copy()
    expected[2:5, 2:5] = 30.0
    assert flow.filled_m.tolist() == expected.tolist()
    assert flow.upstream_m2[3, 6] >= 10 * CELL_M**2  # the hollow's nine cells and its sill leave by the gap


def test_water_takes_the_steepest_way_and_not_the_lowest_neighbour() -> None:
    """Toward 20° east of south a cell falls 0.940 a length straight south, 0.906 to the south-east, which lies lower."""
    row, column = np.mgrid[0:5, 0:5]
    flow = flow_of(metric(100 - np.cos(np.radians(20)) * row - np.sin(np.radians(20)) * column, 1.0))
    assert flow.downstream[12] == 17


def test_cells_wider_than_high_turn_water_north_and_south() -> None:
    z = metric([[9, 9, 9], [9, 5, 4], [9, 3.5, 9]]).values
    square = flow_of(Grid(z, Affine(1, 0, 0, 0, -1, 0), METRIC))
    wide = flow_of(Grid(np.where(z == 3.5, 4.2, z), Affine(3, 0, 0, 0, -1, 0), METRIC))
    assert square.downstream[4] == wide.downstream[4] == 7


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 10_000))
def test_all_water_leaves_and_none_runs_up(seed: int) -> None:
    grid = rough(seed, 30)
    grid.values[5:8, 20:24] = np.nan
    flow = flow_of(grid)
    known = np.flatnonzero(flow.downstream != UNKNOWN)
    below = flow.downstream[known]
    level = flow.filled_m.reshape(-1)
    ends = known[below == known]
    assert (level[below] <= level[known]).all()
    assert (flow.filled_m >= grid.values)[~np.isnan(grid.values)].all()
    assert flow.upstream_m2.reshape(-1)[ends].sum() == pytest.approx(len(known) * CELL_M**2)
    assert sorted(flow.order.tolist()) == known.tolist()
    place = np.empty(flow.downstream.size)
    place[flow.order] = np.arange(len(known))
    assert (place[known] < place[below])[below != known].all()


def theirs(flow: Flow) -> pyflwdir.FlwdirRaster:
    """The same directions in pyflwdir, which adds and follows them by its own code."""
    rows, columns = flow.grid.shape
    steps = {(0, 1): 1, (1, 1): 2, (1, 0): 4, (1, -1): 8, (0, -1): 16, (-1, -1): 32, (-1, 0): 64, (-1, 1): 128, (0, 0): 0}
    d8 = np.full(flow.downstream.size, 247, np.uint8)
    for cell, below in enumerate(flow.downstream.tolist()):
        if below != UNKNOWN:
            d8[cell] = steps[below // columns - cell // columns, below % columns - cell % columns]
    return pyflwdir.from_array(d8.reshape(rows, columns), ftype="d8", transform=flow.grid.transform, latlon=False)


def test_rough_ground_adds_up_as_in_pyflwdir() -> None:
    flow = flow_of(rough(3))
    raster = theirs(flow)
    assert np.allclose(flow.upstream_m2, raster.upstream_area(unit="m2"))


def test_height_above_drainage_is_that_of_pyflwdir_on_rough_ground() -> None:
    flow = flow_of(rough(4))
    streams = streams_of(flow, 40 * CELL_M**2)
    ours = height_above(flow, streams)
    raster = theirs(flow)
    hand = njit(pyflwdir.dem.height_above_nearest_drain)(raster.idxs_ds, raster.idxs_seq, streams.ravel(), flow.filled_m.ravel())
    meets = ours.drain >= 0
    assert meets.mean() > 0.5
    assert np.allclose(ours.height_m.ravel()[meets], hand[meets])


def test_in_a_v_valley_height_above_drainage_is_the_height_of_the_sides() -> None:
    flow = flow_of(v_valley())
    streams = np.zeros(flow.grid.shape, dtype=bool)
    streams[:, 10] = True
    height = height_above(flow, streams).height_m
    assert height[10].tolist() == [100, 90, 80, 70, 60, 50, 40, 30, 20, 10, 0, 10, 20, 30, 40, 50, 60, 70, 80, 90, 100]


def test_ground_that_leaves_the_grid_before_a_stream_has_no_height_above_one() -> None:
    flow = flow_of(v_valley())
    streams = np.zeros(flow.grid.shape, dtype=bool)
    streams[3, 10] = True
    hand = height_above(flow, streams)
    assert not np.isnan(hand.height_m[:4]).any()
    assert np.isnan(hand.height_m[4:]).all()


def test_a_basin_holds_its_outlet_and_its_area_is_what_the_outlet_gathers() -> None:
    flow = flow_of(rough(5))
    for row, column in ((30, 30), (12, 44), (50, 9)):
        basin = watershed_of(flow, row, column)
        assert basin[row, column]
        assert basin.sum() * CELL_M**2 == pytest.approx(flow.upstream_m2[row, column])


def test_basins_of_all_ends_share_out_the_ground() -> None:
    flow = flow_of(rough(6, 40))
    ends = np.flatnonzero(flow.downstream == np.arange(flow.downstream.size))
    times = sum(watershed_of(flow, *divmod(int(end), 40)).astype(int) for end in ends)
    assert (times == 1).all()


def test_a_gauge_is_moved_onto_the_stream_but_not_beyond_the_limit() -> None:
    flow = flow_of(v_valley())
    lon, lat = lonlat(flow.grid, 10, 7)
    moved = outlet_near(flow, lon, lat, 3.2 * CELL_M)
    assert moved.column == 10
    assert moved.row in (10, 11)
    assert moved.moved_m == pytest.approx(CELL_M * np.hypot(moved.row - 10, 3), rel=1e-3)
    kept = outlet_near(flow, lon, lat, 10.0)
    assert (kept.row, kept.column, kept.moved_m) == (10, 7, 0.0)


def test_a_basin_at_the_rim_may_go_on_beyond_it() -> None:
    cone = metric(100 - 5 * np.hypot(*(np.mgrid[0:21, 0:21] - 10)))
    bowl = flow_of(metric(np.where(cone.values > 70, 140 - cone.values, 200.0)))
    assert is_cut_short(flow_of(v_valley()), watershed_of(flow_of(v_valley()), 20, 10))
    assert not is_cut_short(bowl, watershed_of(bowl, 10, 10) & (bowl.grid.values < 75))


def test_streams_are_lines_from_source_to_confluence() -> None:
    """Two arms meet at row 10 and leave as one."""
    row, column = np.mgrid[0:21, 0:21]
    arm = np.where(row < 10, np.minimum(abs(column - row), abs(column - (20 - row))), abs(column - 10))
    flow = flow_of(metric(10.0 * arm - row + 500))
    streams = np.zeros(flow.grid.shape, dtype=bool)
    for r in range(2, 21):
        streams[r, [r, 20 - r] if r < 10 else [10, 10]] = True
    found = stream_lines(flow, streams)
    assert sorted(len(line.coords) for line in found.lines) == [9, 9, 11]
    starts = {line.coords[0] for line in found.lines}
    assert sum(line.coords[-1] in starts for line in found.lines) == 2
    drawn = stream_lines(flow, streams, tolerance_cells=1.0)
    assert [line.coords[0] for line in drawn.lines] == [line.coords[0] for line in found.lines]
    assert sorted(len(line.coords) for line in drawn.lines) == [2, 2, 2]
    assert stream_lines(flow, streams, 0.01, most_vertices=3).tolerance_cells > 0.01


def test_the_valley_below_a_point_is_cut_at_its_length_and_drops_as_the_ground_does() -> None:
    grid = v_valley(41)
    lon, lat = lonlat(grid, 10, 10)
    found = valley_below(flow_of(grid), lon, lat, 20.5 * CELL_M)
    assert found.ended == "length"
    assert found.distance_m[-1] == 20.5 * CELL_M
    assert (found.lon[0], found.lat[0]) == (lon, lat)
    assert found.drop_m == pytest.approx(20.5, abs=0.02)  # the grid is true to 1 in 2,900
    assert (np.diff(found.distance_m) > 0).all()


def test_a_valley_that_leaves_the_grid_says_so() -> None:
    grid = v_valley(41)
    found = valley_below(flow_of(grid), *lonlat(grid, 30, 10), 5000.0)
    assert found.ended == "edge"
    assert found.distance_m[-1] == pytest.approx(10 * CELL_M, rel=1e-3)


@pytest.mark.parametrize("length_m", [0.0, -5.0, float("nan")])
def test_a_valley_has_a_length(length_m: float) -> None:
    grid = v_valley()
    with pytest.raises(ValueOutOfRange):
        valley_below(flow_of(grid), *lonlat(grid, 5, 5), length_m)


# Holes


def with_hole(side: int) -> Grid:
    grid = v_valley(41)
    start = 20 - side // 2
    grid.values[start : start + side, 10 - side // 2 : 10 - side // 2 + side] = np.nan
    return grid


def test_water_is_lost_in_a_large_hole_and_led_across_a_small_one() -> None:
    grid = with_hole(3)
    lon, lat = lonlat(grid, 10, 10)
    lost = valley_below(flow_of(grid), lon, lat, 2000.0)
    led = valley_below(flow_of(grid, 9 * CELL_M**2), lon, lat, 2000.0)
    assert (lost.ended, led.ended) == ("unknown", "edge")
    assert lost.distance_m[-1] < 9 * CELL_M
    assert np.isnan(led.elevation_m).sum() == 3  # crossed, and still not measured
    assert led.drop_m == 30.0


def test_a_bridge_is_a_flat_as_low_as_the_ground_around_it_and_dams_nothing() -> None:
    grid = with_hole(3)
    flow = flow_of(grid, 9 * CELL_M**2)
    assert (flow.filled_m[flow.bridged] == 500 - 22).all()
    assert np.isnan(grid.values).sum() == flow.bridged.sum() == 9  # the ground itself is left alone
    assert (flow.filled_m == grid.values)[~flow.bridged].all()


def test_a_hole_at_the_rim_is_never_bridged() -> None:
    grid = v_valley()
    grid.values[0, 4], grid.values[8, 8] = np.nan, np.nan
    assert np.argwhere(flow_of(grid, 1e9).bridged).tolist() == [[8, 8]]


def test_height_above_drainage_stays_unknown_where_ground_was_bridged() -> None:
    flow = flow_of(with_hole(3), 9 * CELL_M**2)
    height = height_above(flow, streams_of(flow, 20 * CELL_M**2)).height_m
    assert np.isnan(height[flow.bridged]).all()
    assert np.isnan(height[20, 8])  # its stream is in the hole: how high above it, nobody knows
    assert height[15, 7] == 30.0


def test_ground_without_any_height_is_refused() -> None:
    with pytest.raises(NoAnswer):
        flow_of(metric(np.full((4, 4), np.nan)))


# Real ground


def test_streams_of_the_ecuador_model_lie_where_saga_found_them() -> None:
    """Every cell through which SAGA's catchment area (another algorithm) sends 3 ha or more has as much here, within a cell."""
    with rasterio.open(shared("landslide_ecuador") / "ta.tif") as source:
        bands = source.read().astype(np.float64)
        grid = Grid(bands[3], source.transform, "EPSG:32717")
    ours = maximum_filter(np.nan_to_num(np.log10(flow_of(grid).upstream_m2), nan=-1), 3)
    published = bands[4]
    streams = published > 4.5
    assert streams.sum() > 2000
    assert (ours[streams] > published[streams] - 0.1).mean() > 0.99
    assert np.median(abs(ours[streams] - published[streams])) < 0.1


def test_slopes_of_the_ecuador_model_are_those_published_with_it() -> None:
    """Published by another formula (nine-parameter polynomial): a degree apart on ground of 35°."""
    from gis.analyses.slope import rise_of

    with rasterio.open(shared("landslide_ecuador") / "ta.tif") as source:
        bands = source.read().astype(np.float64)
        grid = Grid(bands[3], source.transform, "EPSG:32717")
    ours, published = slope_deg(rise_of(grid)), bands[0]
    both = ~np.isnan(ours) & ~np.isnan(published)
    assert both.mean() > 0.97
    assert np.corrcoef(ours[both], published[both])[0, 1] > 0.98
    assert abs(ours - published)[both].mean() < 1.5
