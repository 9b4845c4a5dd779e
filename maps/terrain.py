"""What the ground looks like: hillshade tiles for the base map, height and slope at a place, profiles along a line.

Light from the north-west at 45° height, as Chinese and most other relief maps have it. A tile is read with a margin of
one pixel, so neighbouring tiles meet without a seam.
"""

from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from rio_tiler.utils import render

from gis.terrain import Gradient, Profile, aspect_deg, gradient, points_along, profile_sums, slope_deg
from maps.elevation_model import EQUATOR_M, open_model

TILE_PX = 256
SUN_AZIMUTH_DEG = 315.0
SUN_HEIGHT_DEG = 45.0
EXAGGERATION = 1.6  # loess hills of 100–300 m read as flat without it at county scale
FAST_DEFLATE = 1  # PNG level: 3–5 ms a tile instead of 9–20, 15 % larger


class Ground(NamedTuple):
    """The ground at a place; None where the model does not know. A flat place has no aspect."""

    elevation_m: float | None
    slope_deg: float | None
    aspect_deg: float | None


class GroundLine(NamedTuple):
    """Heights along a line; NaN where the model does not know."""

    distance_m: NDArray[np.float64]
    elevation_m: NDArray[np.float64]
    sums: Profile


def shade(elevation_m: NDArray[np.float64], cell_m: float) -> NDArray[np.uint8]:
    """Light on a slope, 0 dark to 255 bright.

    elevation_m : (n + 2, m + 2) with one cell of margin; cell_m : ground size of a cell. Returns (n, m); flat ground is
    180. NaN gives NaN's neighbours flat ground. Source: Horn (1981), Proc. IEEE 69(1), 14–47.
    """
    z = np.where(np.isnan(elevation_m), np.nanmean(elevation_m) if np.isfinite(elevation_m).any() else 0.0, elevation_m)
    rise = Gradient(*(EXAGGERATION * part for part in gradient(z, cell_m, cell_m)))
    height, azimuth = np.radians(SUN_HEIGHT_DEG), np.radians(SUN_AZIMUTH_DEG)
    light = np.sin(height) - np.cos(height) * (rise.east * np.sin(azimuth) + rise.north * np.cos(azimuth))
    lit: NDArray[np.uint8] = np.clip(255 * light / np.sqrt(1 + rise.east**2 + rise.north**2), 0, 255).astype(np.uint8)
    return lit


@lru_cache(maxsize=1024)
def hillshade_tile(dem: Path, modified_ns: int, z: int, x: int, y: int) -> bytes | None:
    """A PNG of 256 × 256 px with alpha, or None outside the model. `modified_ns` is the file's time: a new file, a new tile."""
    elevation_m = open_model(dem, modified_ns).tile(z, x, y, size=TILE_PX, margin=1)
    if elevation_m is None:
        return None
    latitude = np.arctan(np.sinh(np.pi * (1 - 2 * (y + 0.5) / 2**z)))
    cell_m = EQUATOR_M * float(np.cos(latitude)) / (TILE_PX * 2**z)
    mask = np.where(np.isnan(elevation_m[1:-1, 1:-1]), 0, 255).astype(np.uint8)
    png: bytes = render(shade(elevation_m, cell_m)[np.newaxis], mask=mask, img_format="PNG", zlevel=FAST_DEFLATE)
    return png


def ground_at(dem: Path, modified_ns: int, lon: float, lat: float) -> Ground:
    """Height of the cell under a place, slope and aspect (true north) from it and its eight neighbours.

    At the rim of the model and beside a hole the slope is unknown, as in gdaldem. Raises UnreadableFile.
    """
    model = open_model(dem, modified_ns)
    cells = model.around(lon, lat)
    if np.isnan(cells[1, 1]):
        return Ground(None, None, None)
    cell = model.cell_at(lon, lat)
    rise = gradient(cells, cell.x_m, cell.y_m)
    slope, aspect = float(slope_deg(rise)[0, 0]), float(aspect_deg(rise, cell.north_deg)[0, 0])
    return Ground(float(cells[1, 1]), _known(slope), _known(aspect))


def ground_along(dem: Path | None, modified_ns: int, line: NDArray[np.float64], samples: int) -> GroundLine:
    """The profile of a line of lon/lat vertices, (n, 2); without a model its heights are unknown, its length is not.

    Raises ValueOutOfRange (a line without length), UnreadableFile.
    """
    lon, lat, distance_m = points_along(line[:, 0], line[:, 1], samples)
    unknown = np.full(samples, np.nan)
    elevation_m = unknown if dem is None else open_model(dem, modified_ns).along(lon, lat)
    return GroundLine(distance_m, elevation_m, profile_sums(distance_m, elevation_m))


def _known(value: float) -> float | None:
    return None if np.isnan(value) else value
