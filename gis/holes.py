"""Holes of an elevation model: which there are, and small ones bridged so that water finds its way across.

A bridged hole is a flat at the height of the lowest cell around it: water comes in from all sides and leaves where the
ground around is lowest. A smooth surface from rim to rim would look better and dam every valley it crosses. Ours, by
definition; it holds for holes of a few cells, through which water goes one way (void filling of any kind fails for large
ones: Reuter, Nelson & Jarvis 2007, Int. J. GIS 21(9), 983–1008), hence the limit in size. The guess serves the routing
of water and nothing else: every answer about a bridged cell's height, slope or depth under water stays "unknown".
"""

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from gis.cells import CellSizes, Floats
from gis.grid import Grid

Cells = NDArray[np.bool_]
TOUCHING = np.ones((3, 3))  # cells that meet at a corner hang together


def bridged_for_routing(grid: Grid, sizes: CellSizes, hole_m2: float) -> tuple[Floats, Cells]:
    """A copy of the heights with holes of at most `hole_m2` bridged, and which cells those are.

    Holes that reach the rim of the grid are never bridged: what lies beyond is unknown.
    """
    z = np.array(grid.values, dtype=np.float64, order="C")
    missing = np.isnan(z)
    small = np.zeros(z.shape, dtype=bool)
    if hole_m2 <= 0 or not missing.any():
        return z, small
    number, count = ndimage.label(missing, structure=TOUCHING)
    area = np.broadcast_to(sizes.area_m2[:, np.newaxis], z.shape)
    is_small = np.bincount(number[missing], weights=area[missing], minlength=count + 1) <= hole_m2
    is_small[np.concatenate([number[0], number[-1], number[:, 0], number[:, -1]])] = False
    for hole, where in enumerate(ndimage.find_objects(number), start=1):
        if is_small[hole]:
            rows, columns = (slice(side.start - 1, side.stop + 1) for side in where)
            inside = number[rows, columns] == hole
            rim = ndimage.binary_dilation(inside, TOUCHING) & ~missing[rows, columns]
            z[rows, columns][inside] = z[rows, columns][rim].min()
            small[rows, columns] |= inside
    return z, small
