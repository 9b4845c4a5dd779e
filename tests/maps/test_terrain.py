"""Hillshade: light where Horn's formula says, seamless tiles, nothing outside the model."""

import io
from pathlib import Path

import numpy as np
import pytest
import rasterio
from PIL import Image
from rasterio.transform import from_origin

from maps.terrain import EXAGGERATION, hillshade_tile, shade

CELL_M = 30.0


def plane(dz_east: float, dz_north: float) -> np.ndarray:
    """A 10 × 10 plane that rises by so many metres a cell toward east and north."""
    row, column = np.mgrid[0:10, 0:10]
    return (dz_east * column - dz_north * row).astype(float)


def test_flat_ground_is_lit_at_the_sine_of_the_suns_height() -> None:
    assert set(shade(plane(0, 0), CELL_M).ravel()) == {180}  # 255 sin 45°, cut to a whole number


def test_a_slope_that_faces_the_sun_is_brighter_than_one_that_turns_away() -> None:
    to_the_light = shade(plane(10, -10), CELL_M)[4, 4]  # falls to the north-west
    away = shade(plane(-10, 10), CELL_M)[4, 4]
    # The face toward the north-west at arctan(EXAGGERATION * 10 * sqrt(2) / 30): angle to the light = |slope - 45°|
    slope = np.arctan(EXAGGERATION * 10 * np.sqrt(2) / CELL_M)
    assert to_the_light == pytest.approx(255 * np.cos(slope - np.pi / 4), abs=1)
    assert away == pytest.approx(255 * np.cos(slope + np.pi / 4), abs=1)


def test_a_hole_in_the_model_leaves_its_neighbours_lit_and_itself_transparent(tmp_path: Path) -> None:
    elevation = np.full((200, 200), 1000, dtype=np.float32)
    elevation[90:110, 90:110] = -9999
    model = write_model(tmp_path, elevation)
    pixels = tile_pixels(model, 12, 3311, 1602)
    assert {0, 255} == set(pixels[..., -1].ravel())
    assert set(pixels[pixels[..., -1] == 255][:, 0]) <= {179, 180}


def test_neighbouring_tiles_meet_without_a_seam(tmp_path: Path) -> None:
    x, y = np.meshgrid(np.arange(400), np.arange(400))
    model = write_model(tmp_path, (1000 + 60 * np.sin(x / 9) + 60 * np.cos(y / 11)).astype(np.float32))
    west, east = (tile_pixels(model, 13, column, 3205)[..., 0].astype(int) for column in (6622, 6623))
    across = np.abs(west[:, -1] - east[:, 0])
    inside = np.abs(west[:, -2] - west[:, -1])
    assert across.mean() <= inside.mean() + 2


def test_there_is_no_tile_outside_the_model(tmp_path: Path) -> None:
    model = write_model(tmp_path, np.full((50, 50), 1000, dtype=np.float32))
    assert hillshade_tile(model, model.stat().st_mtime_ns, 12, 0, 0) is None


def write_model(folder: Path, elevation: np.ndarray) -> Path:
    """A GeoTIFF whose north-west corner is 111.0 E, 36.45 N, in cells of 0.0003°."""
    path = folder / "dem.tif"
    with rasterio.open(path, "w", driver="GTiff", width=elevation.shape[1], height=elevation.shape[0], count=1,
                       dtype="float32", crs="EPSG:4490", transform=from_origin(111.0, 36.45, 0.0003, 0.0003),
                       nodata=-9999) as model:
        model.write(elevation, 1)
    return path


def tile_pixels(model: Path, z: int, x: int, y: int) -> np.ndarray:
    png = hillshade_tile(model, model.stat().st_mtime_ns, z, x, y)
    assert png is not None
    return np.asarray(Image.open(io.BytesIO(png)))
