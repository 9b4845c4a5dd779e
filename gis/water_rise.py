"""Where the water stands when a river rises by so many metres along a reach.

The height of every cell above the river it drains to (gis/hand.py, with the reach alone as drainage) against the rise:
a cell is flooded where it stands lower than the water in the reach, and its depth is the difference. Since heights above
the river only fall along the way water takes, every flooded cell is joined to the river by flooded cells; a hollow behind
a ridge stays dry. Tributaries count by their height above the reach, so water backs up into them.
Source: Nobre et al. (2016), HAND contour: a new proxy predictor of inundation extent, Hydrological Processes 30(2), 320–333;
tested against gauges and models by Johnson et al. (2019), Nat. Hazards Earth Syst. Sci. 19, 2405–2420 (good in valleys,
poor on flat coasts).
Range of validity: a first look, not a hydraulic model. The water surface follows the river's own slope everywhere; no time, no
volume, no speed, no levees or bridges smaller than a cell. The rise counts from the surface the model shows, which is the
water of the day it was made. Upstream of the reach the water is level; below its end nothing is said.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from gis.cells import Floats
from gis.compiled import compiled
from gis.hand import height_above
from gis.terrain_flow import Flow


class Reach(NamedTuple):
    """Cells of a piece of river from its upper to its lower end, and where in it the section is."""

    cells: NDArray[np.intp]
    section: int


def reach_of(flow: Flow, row: int, column: int, upstream_m: float, downstream_m: float) -> Reach:
    """The main stem through a cell: down the flow, and up it by the inflow with the most ground above, so many metres each.

    Ends earlier at the rim of the grid, at unknown ground and, upward, where no cell flows in.
    """
    start = row * flow.grid.shape[1] + column
    largest = _largest_inflows(flow.downstream, flow.upstream_m2.reshape(-1))
    up = _walked(flow, start, upstream_m, largest)
    down = _walked(flow, start, downstream_m, flow.downstream)
    return Reach(np.array([*reversed(up[1:]), *down], dtype=np.intp), len(up) - 1)


def flood_depth(flow: Flow, reach: Reach, rise_m: float) -> Floats:
    """Depth of water in m, (rows, columns): 0 where dry, NaN where the ground is unknown or does not drain to the reach."""
    river = np.zeros(flow.downstream.size, dtype=bool)
    river[reach.cells] = True
    height = height_above(flow, river.reshape(flow.grid.shape)).height_m
    return np.where(np.isnan(height), np.nan, np.maximum(rise_m - height, 0.0))


def _walked(flow: Flow, start: int, length_m: float, following: NDArray[np.int32]) -> list[int]:
    columns = flow.grid.shape[1]
    path, passed = [start], 0.0
    while (cell := int(following[path[-1]])) >= 0 and cell != path[-1]:
        (row, column), (row_0, column_0) = divmod(cell, columns), divmod(path[-1], columns)
        passed += float(np.hypot((row - row_0) * flow.sizes.height_m[row], (column - column_0) * flow.sizes.width_m[row]))
        if passed > length_m:
            break
        path.append(cell)
    return path


@compiled
def _largest_inflows(downstream: NDArray[np.int32], upstream_m2: Floats) -> NDArray[np.int32]:
    """For each cell the one with the most ground above it of those that run into it, -1 where none does."""
    best = np.full(downstream.size, -1, np.int32)
    for cell in range(downstream.size):
        below = downstream[cell]
        if below >= 0 and below != cell and (best[below] < 0 or upstream_m2[cell] > upstream_m2[best[below]]):
            best[below] = cell
    return best
