"""The ground whose water passes a gauge.

Source: Jenson & Domingue (1988), Photogrammetric Engineering & Remote Sensing 54(11), 1593–1600: follow the flow
directions back from the outlet. A gauge seldom lies in the very cell of the stream, so it is first moved to the cell with
the most ground above it within a distance ("snap pour point"; Lindsay, Rothwell & Davies 2008, Water Resources Research
44, W08201). Range of validity: as of the flow (gis/terrain_flow.py); canals and diversions are not seen.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from gis.cells import cell_at, lonlat_of
from gis.compiled import compiled
from gis.geometry import CGCS2000_ELLIPSOID
from gis.terrain_flow import Flow

Cells = NDArray[np.bool_]


class Outlet(NamedTuple):
    """The cell a place was moved to, how far (m, geodesic) and how much ground lies above it (m²)."""

    row: int
    column: int
    lon: float
    lat: float
    moved_m: float
    upstream_m2: float


def outlet_near(flow: Flow, lon: float, lat: float, within_m: float) -> Outlet:
    """The cell with the most ground above it whose middle is at most `within_m` from a place, else the place's own cell.

    Of equal ones the nearest. Raises NoAnswer outside the grid or in a hole.
    """
    row, column = cell_at(flow.grid, lon, lat)
    tall, wide = (int(within_m / float(size[row])) + 1 for size in (flow.sizes.height_m, flow.sizes.width_m))
    rows, columns = flow.grid.shape
    i, j = np.mgrid[max(0, row - tall) : min(rows, row + tall + 1), max(0, column - wide) : min(columns, column + wide + 1)]
    cell_lon, cell_lat = lonlat_of(flow.grid, i, j)
    _, _, away = CGCS2000_ELLIPSOID.inv(np.full(i.shape, lon), np.full(i.shape, lat), cell_lon, cell_lat)
    here = (i == row) & (j == column)
    above = flow.upstream_m2[i, j]
    allowed = ((away <= within_m) | here) & ~np.isnan(above)
    best = np.lexsort((np.where(allowed, away, np.inf).ravel(), -np.where(allowed, above, -np.inf).ravel()))[0]
    at = np.unravel_index(best, i.shape)
    moved = 0.0 if here[at] else float(away[at])
    return Outlet(int(i[at]), int(j[at]), float(cell_lon[at]), float(cell_lat[at]), moved, float(above[at]))


def watershed_of(flow: Flow, row: int, column: int) -> Cells:
    """Cells whose water passes a cell, itself among them, (rows, columns). Their area is its `upstream_m2`."""
    cell = row * flow.grid.shape[1] + column
    return _above(flow.downstream, flow.order, cell).reshape(flow.grid.shape)


def is_cut_short(flow: Flow, basin: Cells) -> bool:
    """Whether a basin meets the rim of the grid or ground unknown: more of it may lie beyond."""
    known = ~np.isnan(flow.filled_m)
    inner = known.copy()
    inner[[0, -1]], inner[:, [0, -1]] = False, False
    for down in (-1, 0, 1):
        for right in (-1, 0, 1):
            inner &= np.roll(known, (down, right), (0, 1))
    return bool((basin & ~inner).any())


@compiled
def _above(downstream: NDArray[np.int32], order: NDArray[np.int32], outlet: int) -> Cells:
    passes = np.zeros(downstream.size, np.bool_)
    passes[outlet] = True
    for cell in order[::-1]:
        if passes[downstream[cell]]:
            passes[cell] = True
    return passes
