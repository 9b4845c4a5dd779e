"""Cells on the ground: how large they are, which one a place lies in, where a cell's middle is, and a part of a grid.

Size: in a grid of degrees the height of a row is M(φ)·Δφ and its width N(φ)·cos φ·Δλ, with the radii of curvature M and N
of the CGCS2000 ellipsoid at the row's middle (Bomford 1980, Geodesy, 4th ed., App. A); over one cell that is exact to
1 in 10⁷. In a metric grid it is the cell size of the projection, which in a 3° Gauss–Krüger zone is true to 1 in 2,900.
"""

import math
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from affine import Affine
from numpy.typing import ArrayLike, NDArray
from pyproj import Proj, Transformer

from gis.errors import NoAnswer, ValueOutOfRange
from gis.geometry import CGCS2000_ELLIPSOID
from gis.grid import Grid

Floats = NDArray[np.float64]
Indices = NDArray[np.intp]
LON_LAT = "EPSG:4490"


class CellSizes(NamedTuple):
    """Width and height of a cell of each row, (rows,) m."""

    width_m: Floats
    height_m: Floats

    @property
    def area_m2(self) -> Floats:
        return self.width_m * self.height_m

    @property
    def largest_m(self) -> float:
        return float(max(self.width_m.max(), self.height_m.max()))


def cell_sizes(grid: Grid) -> CellSizes:
    """True sizes of the cells, row by row. Raises ValueOutOfRange where the grid is turned or upside down."""
    turn = grid.transform
    if turn.b or turn.d or turn.a <= 0 or turn.e >= 0:
        raise ValueOutOfRange(
            "高程格网有旋转或上下颠倒,请先转成北在上的格网。", "The elevation grid is turned or upside down; make it north up first."
        )
    rows, (width, height) = grid.shape[0], grid.cell_size
    if grid.crs != LON_LAT:
        return CellSizes(np.full(rows, width), np.full(rows, height))
    phi = np.radians(turn.f + (np.arange(rows) + 0.5) * turn.e)
    squared = CGCS2000_ELLIPSOID.es
    w = np.sqrt(1 - squared * np.sin(phi) ** 2)
    along = CGCS2000_ELLIPSOID.a * np.cos(phi) / w * math.radians(width)
    up = CGCS2000_ELLIPSOID.a * (1 - squared) / w**3 * math.radians(height)
    return CellSizes(along, up)


@lru_cache(maxsize=16)
def _transformer(source: str, target: str) -> Transformer:
    return Transformer.from_crs(source, target, always_xy=True)


def xy_of(grid: Grid, lon: ArrayLike, lat: ArrayLike) -> tuple[Floats, Floats]:
    """Degrees as x, y of the grid's system."""
    x, y = np.asarray(lon, dtype=np.float64), np.asarray(lat, dtype=np.float64)
    return (x, y) if grid.crs == LON_LAT else _transformer(LON_LAT, grid.crs).transform(x, y)


def lonlat_of_xy(grid: Grid, x: ArrayLike, y: ArrayLike) -> tuple[Floats, Floats]:
    """x, y of the grid's system as degrees."""
    east, north = np.asarray(x, dtype=np.float64), np.asarray(y, dtype=np.float64)
    return (east, north) if grid.crs == LON_LAT else _transformer(grid.crs, LON_LAT).transform(east, north)


def lonlat_of(grid: Grid, row: ArrayLike, column: ArrayLike) -> tuple[Floats, Floats]:
    """Degrees of the middles of cells."""
    corner = grid.transform
    x, y = corner.c + (np.asarray(column) + 0.5) * corner.a, corner.f + (np.asarray(row) + 0.5) * corner.e
    return lonlat_of_xy(grid, x, y)


def position_in(grid: Grid, lon: ArrayLike, lat: ArrayLike) -> tuple[Floats, Floats]:
    """Row and column with fractions: (0, 0) is the middle of the first cell."""
    x, y = xy_of(grid, lon, lat)
    corner = grid.transform
    return (y - corner.f) / corner.e - 0.5, (x - corner.c) / corner.a - 0.5


def cell_at(grid: Grid, lon: float, lat: float) -> tuple[int, int]:
    """Row and column of the cell a place lies in. Raises NoAnswer outside the grid and in a hole of it."""
    at_row, at_column = position_in(grid, lon, lat)
    if not (np.isfinite(at_row) and np.isfinite(at_column)):
        raise _outside(lon, lat)
    row, column = math.floor(float(at_row) + 0.5), math.floor(float(at_column) + 0.5)
    if not (0 <= row < grid.shape[0] and 0 <= column < grid.shape[1]):
        raise _outside(lon, lat)
    if np.isnan(grid.values[row, column]):
        raise NoAnswer(
            f"点 ({lon:.5f}, {lat:.5f}) 处高程缺失(数据空洞),请换一处或补充高程数据。",
            f"At ({lon:.5f}, {lat:.5f}) the elevation model has a hole. Choose another place or complete the model.",
            place=[lon, lat],
        )
    return row, column


def _outside(lon: float, lat: float) -> NoAnswer:
    return NoAnswer(
        f"点 ({lon:.5f}, {lat:.5f}) 在本县高程数据范围之外,请选范围内的点。",
        f"The place ({lon:.5f}, {lat:.5f}) is outside the county's elevation model. Choose one inside.",
        place=[lon, lat],
    )


def grid_north_deg(grid: Grid, lon: float, lat: float) -> float:
    """Azimuth of the grid's own north at a place, clockwise from true north (in a Gauss–Krüger grid the convergence)."""
    return 0.0 if grid.crs == LON_LAT else float(Proj(grid.crs).get_factors(lon, lat).meridian_convergence)


def part_around(grid: Grid, lon: float, lat: float, reach_m: float) -> Grid:
    """The part of a grid within `reach_m` of a place, cut at its rim; no values are copied.

    Raises NoAnswer where the place itself has no elevation.
    """
    row, column = cell_at(grid, lon, lat)
    sizes = cell_sizes(grid)
    tall = math.ceil(reach_m / float(sizes.height_m.min())) + 1
    wide = math.ceil(reach_m / float(sizes.width_m.min())) + 1
    top, left = max(0, row - tall), max(0, column - wide)
    return Grid(grid.values[top : row + tall + 1, left : column + wide + 1],
                grid.transform @ Affine.translation(left, top), grid.crs)  # fmt: skip
