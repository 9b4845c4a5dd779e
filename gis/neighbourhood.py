"""What lies around a place, in true metres, and what the ground is like there."""

from typing import NamedTuple

import numpy as np
import shapely
from numpy.typing import NDArray

from gis.cells import Floats, cell_at, cell_sizes, grid_north_deg, position_in
from gis.grid import Grid
from gis.hand import height_above
from gis.spread import Shapes, buffered, to_plane
from gis.terrain import aspect_deg, bilinear, gradient, slope_deg
from gis.terrain_flow import Flow, streams_of


class Near(NamedTuple):
    """row : (k,) shapes within reach, nearest first. distance_m : (k,) to their nearest place, 0 where they hold the place.
    bearing_deg : (k,) toward it, clockwise from true north, NaN at 0 m. contains : (k,) whether an area holds the place."""

    row: NDArray[np.intp]
    distance_m: Floats
    bearing_deg: Floats
    contains: NDArray[np.bool_]


def near(shapes: Shapes, lon: float, lat: float, radius_m: float) -> Near:
    """shapes : (n,) lon/lat, None or empty where unknown. Distances are on the plane about the place, true to 1 in 10⁶ within
    20 km. Raises what `buffered` does for a place or radius that is none."""
    place = shapely.Point(lon, lat)
    west, south, east, north = buffered([place], radius_m)[0].bounds
    bounds = shapely.bounds(shapes)
    # NaN, of a shape that is not there, compares false.
    close = (bounds[:, 0] <= east) & (bounds[:, 2] >= west) & (bounds[:, 1] <= north) & (bounds[:, 3] >= south)
    rows = np.flatnonzero(close)
    flat = to_plane(shapes[rows], lon, lat)
    shortest = shapely.shortest_line(shapely.Point(0, 0), flat)
    ends = shapely.get_coordinates(shortest).reshape(-1, 2, 2)[:, 1, :]
    distance_m = np.hypot(ends[:, 0], ends[:, 1])
    bearing = np.where(distance_m > 0, np.degrees(np.arctan2(ends[:, 0], ends[:, 1])) % 360, np.nan)
    order = np.lexsort((rows, distance_m))
    order = order[distance_m[order] <= radius_m]
    contains = shapely.covers(flat, shapely.Point(0, 0)) & (shapely.get_dimensions(flat) == 2)
    return Near(rows[order], distance_m[order], bearing[order], contains[order])


class Ground(NamedTuple):
    """At a place; None where the model does not say."""

    elevation_m: float | None
    slope_deg: float | None
    aspect_deg: float | None


def ground_at(grid: Grid, lon: float, lat: float) -> Ground:
    """Height between the cells, Horn's slope and aspect of the cell. Raises NoAnswer outside the model and in a hole."""
    row, column = cell_at(grid, lon, lat)
    at_row, at_column = position_in(grid, lon, lat)
    height = float(bilinear(grid.values, np.atleast_1d(at_row), np.atleast_1d(at_column))[0])
    around = grid.values[max(row - 1, 0) : row + 2, max(column - 1, 0) : column + 2]
    if around.shape != (3, 3):
        return Ground(_known(height), None, None)
    sizes = cell_sizes(grid)
    rise = gradient(around, float(sizes.width_m[row]), float(sizes.height_m[row]))
    return Ground(_known(height), _known(float(slope_deg(rise)[0, 0])),
                  _known(float(aspect_deg(rise, grid_north_deg(grid, lon, lat))[0, 0])))  # fmt: skip


def above_stream_m(flow: Flow, lon: float, lat: float, stream_m2: float) -> float | None:
    """Height above the first cell with `stream_m2` of ground above it on the way down; None where water meets none."""
    row, column = cell_at(flow.grid, lon, lat)
    return _known(float(height_above(flow, streams_of(flow, stream_m2)).height_m[row, column]))


def _known(value: float) -> float | None:
    return value if np.isfinite(value) else None
