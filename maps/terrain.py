"""Hillshade tiles of a county's elevation model, for the base map.

Horn's (1981) slope as in GDAL's gdaldem; light from the north-west at 45° height, as Chinese and most other relief maps
have it. A tile is read with a margin of one cell, so neighbouring tiles meet without a seam.
"""

from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from rio_tiler.errors import TileOutsideBounds
from rio_tiler.io import Reader
from rio_tiler.utils import render

TILE_PX = 256
SUN_AZIMUTH_DEG = 315.0
SUN_HEIGHT_DEG = 45.0
EARTH_EQUATOR_M = 40_075_016.686  # length of the equator of EPSG:3857
EXAGGERATION = 1.6  # loess hills of 100–300 m read as flat without it at county scale
FAST_DEFLATE = 1  # PNG level: 3–5 ms a tile instead of 9–20, 15 % larger


def shade(elevation_m: NDArray[np.floating], cell_m: float) -> NDArray[np.uint8]:
    """Light on a slope, 0 dark to 255 bright.

    elevation_m : (n + 2, m + 2) with one cell of margin; cell_m : ground size of a cell. Returns (n, m); flat ground is
    180. NaN gives NaN's neighbours flat ground. Source: Horn (1981), Proc. IEEE 69(1), 14–47.
    """
    z = np.where(np.isnan(elevation_m), np.nanmean(elevation_m) if np.isfinite(elevation_m).any() else 0.0, elevation_m)
    east = z[:-2, 2:] + 2 * z[1:-1, 2:] + z[2:, 2:]
    west = z[:-2, :-2] + 2 * z[1:-1, :-2] + z[2:, :-2]
    north = z[:-2, :-2] + 2 * z[:-2, 1:-1] + z[:-2, 2:]
    south = z[2:, :-2] + 2 * z[2:, 1:-1] + z[2:, 2:]
    dz_dx = EXAGGERATION * (east - west) / (8 * cell_m)
    dz_dy = EXAGGERATION * (north - south) / (8 * cell_m)
    height, azimuth = np.radians(SUN_HEIGHT_DEG), np.radians(SUN_AZIMUTH_DEG)
    light = np.sin(height) - np.cos(height) * (dz_dx * np.sin(azimuth) + dz_dy * np.cos(azimuth))
    lit: NDArray[np.uint8] = np.clip(255 * light / np.sqrt(1 + dz_dx**2 + dz_dy**2), 0, 255).astype(np.uint8)
    return lit


@lru_cache(maxsize=1024)
def hillshade_tile(dem: Path, modified_ns: int, z: int, x: int, y: int) -> bytes | None:
    """A PNG of 256 × 256 px with alpha, or None outside the model. `modified_ns` is the file's time: a new file, a new tile."""
    with Reader(str(dem)) as reader:
        try:
            image = reader.tile(x, y, z, tilesize=TILE_PX, buffer=1, resampling_method="bilinear")
        except TileOutsideBounds:
            return None
    held = ~np.ma.getmaskarray(image.array)[0]
    elevation = np.where(held, image.data[0].astype(np.float64), np.nan)
    latitude = np.arctan(np.sinh(np.pi * (1 - 2 * (y + 0.5) / 2**z)))
    cell_m = EARTH_EQUATOR_M * float(np.cos(latitude)) / (TILE_PX * 2**z)
    mask = np.where(held[1:-1, 1:-1], 255, 0).astype(np.uint8)
    png: bytes = render(shade(elevation, cell_m)[np.newaxis], mask=mask, img_format="PNG", zlevel=FAST_DEFLATE)
    return png
