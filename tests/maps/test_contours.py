"""Contours: a cone's are circles, tiles meet without a seam, water has one shore, intervals follow the zoom."""

from pathlib import Path

import numpy as np
import pytest
import rasterio
import shapely
from rasterio.transform import from_origin

from maps.contours import ABOVE_M, GRID_PX, INTERVALS, contours, contours_in_tile, interval_m
from maps.elevation_model import EQUATOR_M

PIXELS = np.arange(200.0)


def cone(slope: float = 1.0) -> np.ndarray:
    """200 × 200 cells of 1 m; 100 m high in the middle."""
    return 100 - slope * np.hypot(*np.meshgrid(PIXELS - 100, PIXELS - 100))


def test_the_contours_of_a_cone_are_circles_of_the_right_radius() -> None:
    found = {one.elevation_m: one.lines for one in contours(cone(), PIXELS, PIXELS, 10, smallest=3)}
    for height in (20, 50, 80):
        (line,) = found[height]
        radii = np.hypot(*(line - 100).T)
        assert np.abs(radii - (100 - height - ABOVE_M)).max() < 0.02  # straight between cells: a sagitta of 1/(8 r)
        assert shapely.polygons(line).area == pytest.approx(np.pi * (100 - height) ** 2, rel=5e-3)


def test_every_fifth_line_is_an_index_line() -> None:
    found = {one.elevation_m: one.is_index for one in contours(cone(), PIXELS, PIXELS, 10, smallest=3)}
    assert [height for height, is_index in sorted(found.items()) if is_index] == [0, 50]


def test_specks_are_left_out_and_the_smallest_hill_stays() -> None:
    found = [one.elevation_m for one in contours(cone(), PIXELS, PIXELS, 10, smallest=25)]
    assert max(found) == 80  # 40 m across; the circle of 90 has 20


def test_a_lake_on_a_whole_metre_has_one_shore() -> None:
    """Without the millimetre, a lake at exactly 50 m would be drawn as a net of all its cells."""
    lake = np.maximum(100 - cone(), 50.0)
    (shore,) = next(one.lines for one in contours(lake, PIXELS, PIXELS, 10, smallest=3) if one.elevation_m == 50)
    radii = np.hypot(*(shore - 100).T)
    assert (radii > 49).all()  # within a cell of the water's edge
    assert (radii < 51).all()


def test_lines_end_at_a_hole() -> None:
    holed = cone()
    holed[:, 100:] = np.nan
    (line,) = next(one.lines for one in contours(holed, PIXELS, PIXELS, 10, smallest=3) if one.elevation_m == 50)
    assert line[:, 0].max() <= 99
    assert list(contours(np.full((9, 9), np.nan), PIXELS[:9], PIXELS[:9], 10, smallest=3)) == []


def test_the_interval_follows_the_zoom_and_says_why() -> None:
    assert [interval_m(zoom) for zoom in (8, 9, 10, 11, 12, 13, 14, 18)] == [None, 200, 200, 100, 40, 20, 10, 10]
    assert all(step.basis for step in INTERVALS)


def test_neighbouring_tiles_draw_the_same_line_where_they_meet(tmp_path: Path) -> None:
    x, y = np.meshgrid(np.arange(700), np.arange(700))
    model = tmp_path / "dem.tif"
    with rasterio.open(model, "w", driver="GTiff", width=700, height=700, count=1, dtype="float32", crs="EPSG:4546",
                       transform=from_origin(500_000, 4_040_000, 30, 30)) as out:  # fmt: skip
        out.write((1000 + 90 * np.sin(x / 19) + 90 * np.cos(y / 23)).astype(np.float32), 1)
    z, column, row = 13, 6625, 3206
    edge_m = ((column + 1) / 2**z - 0.5) * EQUATOR_M
    top_m, bottom_m = ((0.5 - (row + part) / 2**z) * EQUATOR_M for part in (0, 1))
    pixel_m = EQUATOR_M / (GRID_PX * 2**z)
    strip = shapely.box(edge_m - 4 * pixel_m, bottom_m, edge_m + 4 * pixel_m, top_m)
    west, east = (
        {one.elevation_m: shapely.multilinestrings([shapely.linestrings(line) for line in one.lines]).intersection(strip)
         for one in contours_in_tile(model, 0, z, at, row)}
        for at in (column, column + 1)
    )
    crossing = [height for height, line in west.items() if not line.is_empty]
    assert len(crossing) > 5
    assert max(west[height].hausdorff_distance(east[height]) for height in crossing) < 0.01 * pixel_m


def test_there_are_no_lines_outside_the_model_and_on_small_scales(tmp_path: Path) -> None:
    model = tmp_path / "dem.tif"
    with rasterio.open(model, "w", driver="GTiff", width=200, height=200, count=1, dtype="float32", crs="EPSG:4490",
                       transform=from_origin(111.0, 36.45, 0.0003, 0.0003)) as out:  # fmt: skip
        out.write((1000 + 10 * cone()).astype(np.float32), 1)
    assert contours_in_tile(model, 0, 12, 0, 0) == []
    assert contours_in_tile(model, 0, 8, 206, 100) == []
    assert contours_in_tile(model, 0, 13, 6622, 3205) != []
