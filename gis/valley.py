"""The valley below a point: the way water takes from there, how far and how deep it goes.

Source: steepest descent over the filled ground (gis/terrain_flow.py: D8 of O'Callaghan & Mark 1984). Range of validity:
as there; the line follows middles of cells, so it lies within half a cell's diagonal of the valley floor the grid shows,
and its length is up to 8.2 % more than the valley's. It is a path, not a runout: how far a flow travels is for the asker.
"""

from typing import Literal, NamedTuple

import numpy as np

from gis.cells import Floats, cell_at, lonlat_of
from gis.errors import ValueOutOfRange
from gis.geometry import CGCS2000_ELLIPSOID
from gis.terrain_flow import Flow

Ending = Literal["length", "edge", "unknown"]


class Valley(NamedTuple):
    """lon, lat : (n,) vertices in degrees, the first the point itself. distance_m : (n,) travelled, geodesic.
    elevation_m : (n,) ground as measured, NaN over holes bridged. drop_m : from the start to the end of the line.
    ended : because the length was reached, at the edge of the grid, or at unknown ground.
    """

    lon: Floats
    lat: Floats
    distance_m: Floats
    elevation_m: Floats
    drop_m: float
    ended: Ending


def valley_below(flow: Flow, lon: float, lat: float, length_m: float) -> Valley:
    """The way down from a point, cut at exactly `length_m` (m, over 0). A point in the last cell has a line of one vertex.

    Raises NoAnswer outside the grid or in a hole, ValueOutOfRange for a length that is not positive.
    """
    if not length_m > 0:
        raise ValueOutOfRange("沟谷长度须大于 0 米。", "The length of the valley must be more than 0 m.", length_m=length_m)
    row, column = cell_at(flow.grid, lon, lat)
    columns = flow.grid.shape[1]
    longest = float(min(flow.sizes.width_m.min(), flow.sizes.height_m.min()))
    cells = _followed(flow, row * columns + column, int(length_m / longest) + 3)
    rows_down, columns_down = np.divmod(cells, columns)
    path_lon, path_lat = lonlat_of(flow.grid, rows_down[1:], columns_down[1:])
    line_lon, line_lat = np.concatenate([[lon], path_lon]), np.concatenate([[lat], path_lat])
    _, _, steps_m = CGCS2000_ELLIPSOID.inv(line_lon[:-1], line_lat[:-1], line_lon[1:], line_lat[1:])
    passed_m = np.concatenate([[0.0], np.cumsum(steps_m)])
    heights = flow.grid.values.reshape(-1)[cells]
    if passed_m[-1] < length_m:
        return Valley(line_lon, line_lat, passed_m, heights, _drop(heights), _edge_or_hole(flow, int(cells[-1])))
    kept = int(np.searchsorted(passed_m, length_m))
    ends = [np.append(values[:kept], np.interp(length_m, passed_m[kept - 1 : kept + 1], values[kept - 1 : kept + 1]))
            for values in (line_lon, line_lat, heights)]  # fmt: skip
    distance_m = np.append(passed_m[:kept], length_m)
    return Valley(ends[0], ends[1], distance_m, ends[2], _drop(ends[2]), "length")


def _drop(heights: Floats) -> float:
    known = heights[~np.isnan(heights)]
    return float(known[0] - known[-1])


def _followed(flow: Flow, start: int, most: int) -> np.ndarray[tuple[int], np.dtype[np.intp]]:
    """Cells from `start` down, at most `most` of them."""
    path = [start]
    while len(path) < most and (below := int(flow.downstream[path[-1]])) != path[-1]:
        path.append(below)
    return np.array(path, dtype=np.intp)


def _edge_or_hole(flow: Flow, cell: int) -> Ending:
    rows, columns = flow.grid.shape
    row, column = divmod(cell, columns)
    return "edge" if row in (0, rows - 1) or column in (0, columns - 1) else "unknown"
