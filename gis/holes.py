"""Holes of an elevation model: which there are, and small ones bridged so that water finds its way across.

A bridged cell serves the routing of water and nothing else: every answer about its height, its slope or its depth under
water stays "unknown". The bridge is the membrane that meets the measured heights around the hole (Laplace's equation on
the cells, Dirichlet at the rim); it has no rise or pit of its own. Voids of a few cells are filled well by any smooth
surface, large ones by none (Reuter, Nelson & Jarvis 2007, Int. J. GIS 21(9), 983–1008), hence the limit in size.
"""

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage, sparse
from scipy.sparse.linalg import spsolve

from gis.cells import CellSizes, Floats
from gis.grid import Grid

Cells = NDArray[np.bool_]


def bridged_for_routing(grid: Grid, sizes: CellSizes, hole_m2: float) -> tuple[Floats, Cells]:
    """A copy of the heights with holes of at most `hole_m2` bridged, and which cells those are.

    Holes that reach the rim of the grid are never bridged: what lies beyond is unknown.
    """
    z = np.array(grid.values, dtype=np.float64, order="C")
    small = small_holes(np.isnan(z), sizes, hole_m2)
    if small.any():
        z[small] = _membrane(z, small, sizes)
    return z, small


def small_holes(missing: Cells, sizes: CellSizes, hole_m2: float) -> Cells:
    """Cells of holes that are at most so large and surrounded on all sides (cells that touch at a corner hang together)."""
    if hole_m2 <= 0 or not missing.any():
        return np.zeros(missing.shape, dtype=bool)
    number, count = ndimage.label(missing, structure=np.ones((3, 3)))
    area = np.broadcast_to(sizes.area_m2[:, np.newaxis], missing.shape)
    too_large = np.bincount(number[missing], weights=area[missing], minlength=count + 1) > hole_m2
    too_large[np.concatenate([number[0], number[-1], number[:, 0], number[:, -1]])] = True
    too_large[0] = True
    small: Cells = ~too_large[number]
    return small


def _membrane(z: Floats, holes: Cells, sizes: CellSizes) -> Floats:
    """Heights of the cells of holes, row by row; each is the mean of its four neighbours, the nearer ones weighing more."""
    place = np.full(z.shape, -1)
    place[holes] = np.arange(int(holes.sum()))
    row, column = np.nonzero(holes)
    weights = {(0, 1): 1 / sizes.width_m[row] ** 2, (0, -1): 1 / sizes.width_m[row] ** 2,
               (1, 0): 1 / sizes.height_m[row] ** 2, (-1, 0): 1 / sizes.height_m[row] ** 2}  # fmt: skip
    total, known = np.zeros(len(row)), np.zeros(len(row))
    entries: list[tuple[NDArray[np.intp], NDArray[np.intp], Floats]] = []
    for (down, right), weight in weights.items():
        i, j = row + down, column + right
        total += weight
        inner = holes[i, j]
        known += np.where(inner, 0.0, weight * np.where(inner, 0.0, z[i, j]))
        entries.append((np.nonzero(inner)[0], place[i, j][inner], -weight[inner]))
    diagonal = np.arange(len(row))
    at, to, value = (np.concatenate(parts) for parts in zip(*entries, (diagonal, diagonal, total), strict=True))
    return np.asarray(spsolve(sparse.csr_matrix((value, (at, to))), known))
