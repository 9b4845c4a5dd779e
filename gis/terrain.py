"""Shape of the ground: heights between cells, slope, aspect, and what a line climbs.

Slope and aspect are Horn's (1981), Proc. IEEE 69(1), 14–47, as in GDAL's gdaldem: the eight neighbours of a cell, the
four nearest counted twice.
"""

from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from gis.errors import ValueOutOfRange
from gis.geometry import CGCS2000_ELLIPSOID

Floats = NDArray[np.float64]
FEWEST_SAMPLES = 2  # a profile has two ends


class Gradient(NamedTuple):
    """Rise over run, toward east and toward north."""

    east: Floats
    north: Floats


class Profile(NamedTuple):
    """What a line over the ground adds up to. Heights are None where no sample has one."""

    length_m: float
    up_m: float
    down_m: float
    min_m: float | None
    max_m: float | None


def gradient(elevation_m: Floats, cell_x_m: float | Floats, cell_y_m: float | Floats) -> Gradient:
    """Horn's slope components of a grid whose first row is the northernmost.

    elevation_m : (n + 2, m + 2), with one cell of margin. cell_x_m, cell_y_m : size of a cell on the ground, one for all
    or (n, 1) where it differs by row, as in a grid of degrees.
    Returns two (n, m) arrays, NaN wherever one of the nine cells is NaN.
    """
    z = elevation_m
    east = z[:-2, 2:] + 2 * z[1:-1, 2:] + z[2:, 2:]
    west = z[:-2, :-2] + 2 * z[1:-1, :-2] + z[2:, :-2]
    north = z[:-2, :-2] + 2 * z[:-2, 1:-1] + z[:-2, 2:]
    south = z[2:, :-2] + 2 * z[2:, 1:-1] + z[2:, 2:]
    hole = 0.0 * z[1:-1, 1:-1]  # the formula leaves the middle out, so a hole there would go unseen
    return Gradient((east - west) / (8 * cell_x_m) + hole, (north - south) / (8 * cell_y_m) + hole)


def slope_deg(rise: Gradient) -> Floats:
    """Steepness in degrees: 0 flat, 90 vertical. NaN stays NaN."""
    return np.degrees(np.arctan(np.hypot(rise.east, rise.north)))


def aspect_deg(rise: Gradient, grid_north_deg: float = 0.0) -> Floats:
    """The direction the ground falls toward, clockwise from true north in [0, 360). NaN where it is flat.

    grid_north_deg : azimuth of the grid's own north (in a Gauss–Krüger grid the convergence, up to 1° in a zone).
    """
    downhill = np.degrees(np.arctan2(-rise.east, -rise.north)) + grid_north_deg
    return np.where((rise.east == 0) & (rise.north == 0), np.nan, downhill % 360.0)


def bilinear(cells: Floats, row: Floats, column: Floats) -> Floats:
    """Heights between the middles of cells.

    cells : (n, m), NaN in holes. row, column : any shape; (0, 0) is the middle of the first cell.
    Missing neighbours are left out and the others weighed anew, so heights reach the rim of the outermost cells; NaN
    where the cell under the point itself is missing.
    """
    rows, columns = cells.shape
    top, left = np.floor(row).astype(np.intp), np.floor(column).astype(np.intp)
    down, right = row - top, column - left
    total, weight = np.zeros(row.shape), np.zeros(row.shape)
    for i, j, share in ((0, 0, (1 - down) * (1 - right)), (0, 1, (1 - down) * right),
                        (1, 0, down * (1 - right)), (1, 1, down * right)):
        z = cells[np.clip(top + i, 0, rows - 1), np.clip(left + j, 0, columns - 1)]
        held = ~np.isnan(z)
        total += np.where(held, share * np.where(held, z, 0.0), 0.0)
        weight += np.where(held, share, 0.0)
    own_row, own_column = np.floor(row + 0.5).astype(np.intp), np.floor(column + 0.5).astype(np.intp)
    inside = (own_row >= 0) & (own_row < rows) & (own_column >= 0) & (own_column < columns)
    own = cells[np.clip(own_row, 0, rows - 1), np.clip(own_column, 0, columns - 1)]
    return np.where(inside & ~np.isnan(own) & (weight > 0), total / np.where(weight > 0, weight, 1.0), np.nan)


def magnified(cells: Floats, times: int) -> Floats:
    """The same ground in cells `times` smaller a side, by cubic convolution: smooth where bilinear shows every cell's edge.

    cells : (n, m) without NaN. Returns (n times, m times); the middle of fine cell f lies at (f + 0.5) / times - 0.5.
    Source: Keys (1981), IEEE Trans. ASSP 29(6), 1153–1160, with a = -1/2; beyond the rim the outermost cell goes on.
    """
    return np.asarray(_keys(cells.shape[0], times) @ cells @ _keys(cells.shape[1], times).T)


@lru_cache(maxsize=64)
def _keys(count: int, times: int) -> Floats:
    """Weights of `count` cells in `count * times` finer ones, (count times, count)."""
    at = (np.arange(count * times) + 0.5) / times - 0.5
    weights = np.zeros((count * times, count))
    for offset in (-1, 0, 1, 2):
        cell = np.floor(at) + offset
        s = np.abs(at - cell)
        near, far = (1.5 * s - 2.5) * s * s + 1, ((-0.5 * s + 2.5) * s - 4) * s + 2
        np.add.at(weights, (np.arange(len(at)), np.clip(cell, 0, count - 1).astype(np.intp)), np.where(s <= 1, near, far))
    return weights


def points_along(lon: ArrayLike, lat: ArrayLike, samples: int) -> tuple[Floats, Floats, Floats]:
    """Evenly spaced places on a line: lon, lat (degrees) and distance from its start (m), `samples` of each.

    lon, lat : (n,) vertices in degrees. Distances are geodesic on the CGCS2000 ellipsoid (Karney 2013); between two
    vertices degrees are interpolated, which over 20 km leaves the geodesic by less than 8 m.
    Raises ValueOutOfRange for fewer than two samples or vertices, or a line without length.
    """
    x, y = np.asarray(lon, dtype=np.float64), np.asarray(lat, dtype=np.float64)
    if samples < FEWEST_SAMPLES or len(x) < FEWEST_SAMPLES:
        raise ValueOutOfRange("剖面线至少要两个点、两个采样。", "A profile needs at least two vertices and two samples.")
    _, _, steps_m = CGCS2000_ELLIPSOID.inv(x[:-1], y[:-1], x[1:], y[1:])
    passed_m = np.concatenate([[0.0], np.cumsum(steps_m)])
    if passed_m[-1] == 0:
        raise ValueOutOfRange("剖面线的长度为零,请画出两个不同的点。", "The line has no length: draw two different points.")
    distance_m = np.linspace(0.0, passed_m[-1], samples)
    return np.interp(distance_m, passed_m, x), np.interp(distance_m, passed_m, y), distance_m


def profile_sums(distance_m: Floats, elevation_m: Floats) -> Profile:
    """Length, climb, descent, lowest and highest of a profile.

    distance_m, elevation_m : (n,), heights NaN where unknown. Climb and descent are plain sums from sample to sample;
    over an unknown stretch nothing is added.
    """
    steps_m = np.diff(elevation_m)
    known = elevation_m[~np.isnan(elevation_m)]
    return Profile(
        length_m=float(distance_m[-1] - distance_m[0]),
        up_m=float(np.nansum(np.where(steps_m > 0, steps_m, 0.0))),
        down_m=float(-np.nansum(np.where(steps_m < 0, steps_m, 0.0))),
        min_m=float(known.min()) if known.size else None,
        max_m=float(known.max()) if known.size else None,
    )
