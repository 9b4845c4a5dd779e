"""How a place stands: slope, aspect, and its height over the stream its water reaches first. For "what is here?".

Slope and aspect: Horn (1981), as in gis/terrain.py. Height over the stream: gis/hand.py, on the part of the model within a
few kilometres, which takes tens of milliseconds. Ground above a stream is counted inside that part only, so a stream
whose basin lies mostly outside may begin too late; rivers that cross it do not, once enough ground has joined them in it.
"""

from typing import NamedTuple

import numpy as np

from gis.cells import LON_LAT, cell_at, cell_sizes, lonlat_of, part_around
from gis.geometry import CGCS2000_ELLIPSOID
from gis.grid import Grid
from gis.hand import height_above
from gis.terrain import aspect_deg, gradient, slope_deg
from gis.terrain_flow import flow_of, streams_of


class Standing(NamedTuple):
    """None where it is not known: beside a hole or at the rim no slope, on flat ground no aspect, no stream on the way down.

    stream : lon, lat of the cell of the stream; stream_m : how far off it is through the air.
    """

    elevation_m: float
    slope_deg: float | None
    aspect_deg: float | None
    above_stream_m: float | None
    stream: tuple[float, float] | None
    stream_m: float | None


def standing_at(grid: Grid, lon: float, lat: float, *, around_m: float, stream_m2: float, hole_m2: float) -> Standing:
    """Raises NoAnswer outside the model and in a hole of it.

    around_m : how much of the model is looked at, each way. stream_m2 : ground above that makes a stream. hole_m2 : holes
    up to this size are bridged for the routing.
    """
    part = part_around(grid, lon, lat, around_m)
    row, column = cell_at(part, lon, lat)
    steepness, facing = _slope(part, row, column)
    flow = flow_of(part, hole_m2)
    hand = height_above(flow, streams_of(flow, stream_m2))
    above_m = float(hand.height_m[row, column])
    drain = int(hand.drain[row * part.shape[1] + column])
    elevation_m = float(part.values[row, column])
    if np.isnan(above_m) or drain < 0:
        return Standing(elevation_m, steepness, facing, None, None, None)
    at_lon, at_lat = (float(axis) for axis in lonlat_of(part, *divmod(drain, part.shape[1])))
    _, _, away = CGCS2000_ELLIPSOID.inv(lon, lat, at_lon, at_lat)
    return Standing(elevation_m, steepness, facing, above_m, (at_lon, at_lat), float(away))


def _slope(grid: Grid, row: int, column: int) -> tuple[float | None, float | None]:
    nine = grid.values[max(0, row - 1) : row + 2, max(0, column - 1) : column + 2]
    if nine.shape != (3, 3) or np.isnan(nine).any():
        return None, None
    sizes = cell_sizes(grid)
    rise = gradient(nine, float(sizes.width_m[row]), float(sizes.height_m[row]))
    facing = float(aspect_deg(rise, grid_north_deg(grid))[0, 0])
    return float(slope_deg(rise)[0, 0]), None if np.isnan(facing) else facing


def grid_north_deg(grid: Grid) -> float:
    """Azimuth of the grid's own north at its middle, clockwise from true north."""
    if grid.crs == LON_LAT:
        return 0.0
    from pyproj import Proj

    lon, lat = lonlat_of(grid, grid.shape[0] / 2 - 0.5, grid.shape[1] / 2 - 0.5)
    return float(Proj(grid.crs).get_factors(float(lon), float(lat)).meridian_convergence)
