"""The grid every step works on, and flow over it: receivers, order, area, Strahler order.

Cells inside the domain are numbered 0…n-1 ("nodes"); two-dimensional arrays are only used where neighbours matter.
"""

from dataclasses import dataclass

import numpy as np
import shapely
from affine import Affine
from numpy.typing import NDArray
from rasterio.features import rasterize
from scipy.sparse import coo_matrix, csr_matrix
from scipy.sparse.csgraph import breadth_first_order, minimum_spanning_tree

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

STEPS = ((0, 1), (1, 0), (1, 1), (1, -1))  # half of the eight neighbours: each pair of cells once


@dataclass(frozen=True)
class Lattice:
    """A square grid in a metric CRS and the cells of it that belong to the domain."""

    inside: Bools  # (rows, cols)
    affine: Affine  # north up
    node: Ints  # (rows, cols): number of the cell, -1 outside
    row: Ints  # (n,)
    col: Ints  # (n,)

    @classmethod
    def over(cls, domain: shapely.Geometry, cell_m: float) -> "Lattice":
        """The cells whose centre lies in `domain` (metric CRS), with one empty cell around."""
        west, south, east, north = domain.bounds
        cols, rows = int((east - west) / cell_m) + 3, int((north - south) / cell_m) + 3
        affine = Affine(cell_m, 0, west - cell_m, 0, -cell_m, north + cell_m)
        inside = rasterize([(domain, 1)], (rows, cols), transform=affine, dtype="uint8").astype(bool)
        inside[[0, -1], :] = False
        inside[:, [0, -1]] = False
        row, col = np.nonzero(inside)
        node = np.full(inside.shape, -1, np.int64)
        node[row, col] = np.arange(len(row))
        return cls(inside, affine, node, row.astype(np.int64), col.astype(np.int64))

    @property
    def cell_m(self) -> float:
        return float(self.affine.a)

    @property
    def size(self) -> int:
        return len(self.row)

    @property
    def x(self) -> Floats:
        """(n,) easting of the cell centres, m."""
        return np.asarray(self.affine.c + (self.col + 0.5) * self.cell_m, float)

    @property
    def y(self) -> Floats:
        """(n,) northing of the cell centres, m."""
        return np.asarray(self.affine.f - (self.row + 0.5) * self.cell_m, float)

    def grid(self, values: NDArray[np.generic], outside: float = np.nan) -> NDArray[np.generic]:
        """(n,) -> (rows, cols)."""
        out = np.full(self.inside.shape, outside, dtype=np.result_type(values.dtype, type(outside)))
        out[self.row, self.col] = values
        return out

    def at(self, x: Floats, y: Floats) -> Ints:
        """(k,) node under each point, -1 outside the domain."""
        col = np.floor((np.asarray(x) - self.affine.c) / self.cell_m).astype(np.int64)
        row = np.floor((self.affine.f - np.asarray(y)) / self.cell_m).astype(np.int64)
        fits = (row >= 0) & (row < self.inside.shape[0]) & (col >= 0) & (col < self.inside.shape[1])
        return np.where(fits, self.node[np.where(fits, row, 0), np.where(fits, col, 0)], -1)

    def pairs(self) -> tuple[Ints, Ints, Floats]:
        """Every pair of neighbouring nodes once: (a, b, distance in m)."""
        left, right, far = [], [], []
        for down, across in STEPS:
            other = self.node[self.row + down, self.col + across]
            joined = other >= 0
            left.append(np.nonzero(joined)[0])
            right.append(other[joined])
            far.append(np.full(int(joined.sum()), self.cell_m * np.hypot(down, across)))
        return np.concatenate(left), np.concatenate(right), np.concatenate(far)


@dataclass(frozen=True)
class Flow:
    """A drainage tree: every node but the outlet has one receiver."""

    receiver: Ints  # (n,) the outlet receives itself
    length_m: Floats  # (n,) to the receiver, 0 at the outlet
    depth: Ints  # (n,) steps to the outlet
    order: Ints  # (n,) nodes from the outlet up
    starts: Ints  # (depths + 1,) where each depth starts in `order`

    def gather(self, amount: Floats) -> Floats:
        """(n,) sum of `amount` over everything that drains through each node."""
        total = amount.copy()
        for level in range(len(self.starts) - 2, 0, -1):
            nodes = self.order[self.starts[level] : self.starts[level + 1]]
            np.add.at(total, self.receiver[nodes], total[nodes])
        return total

    def climb(self, rise: Floats) -> Floats:
        """(n,) sum of `rise` from the outlet up to each node, by pointer doubling."""
        total, ahead = rise.copy(), self.receiver.copy()
        outlet = self.order[0]
        total[outlet] = 0.0
        while np.any(ahead != outlet):
            total += total[ahead]
            ahead = ahead[ahead]
        return total

    def strahler(self, channel: Bools) -> Ints:
        """(n,) Strahler (1957) order of channel nodes, 0 elsewhere."""
        order = np.where(channel, 1, 0)
        largest, ties = np.zeros(len(order), np.int64), np.zeros(len(order), np.int64)
        for level in range(len(self.starts) - 2, 0, -1):
            nodes = self.order[self.starts[level] : self.starts[level + 1]]
            nodes = nodes[channel[nodes]]
            order[nodes] = np.maximum(1, largest[nodes] + (ties[nodes] >= 2))
            into = self.receiver[nodes]
            before = largest[into].copy()
            np.maximum.at(largest, into, order[nodes])
            ties[into] = np.where(largest[into] > before, 0, ties[into])
            np.add.at(ties, into, (order[nodes] == largest[into]).astype(np.int64))
        root = self.order[0]
        order[root] = max(1, int(largest[root]) + int(ties[root] >= 2)) if channel[root] else 0
        return order

    def first_below(self, wanted: Bools) -> Ints:
        """(n,) the first node that is `wanted`, going downstream from each node (itself included)."""
        ahead = np.where(wanted, np.arange(len(wanted)), self.receiver)
        for _ in range(64):
            following = ahead[ahead]
            if np.array_equal(following, ahead):
                break
            ahead = following
        return ahead


def flow_from(receiver: Ints, lattice: Lattice) -> Flow:
    """Order a tree of receivers."""
    nodes = np.arange(lattice.size)
    length = lattice.cell_m * np.hypot(lattice.row - lattice.row[receiver], lattice.col - lattice.col[receiver])
    depth, ahead = (receiver != nodes).astype(np.int64), receiver.copy()
    while True:
        added = depth[ahead]
        if not added.any():
            break
        depth += added
        ahead = ahead[ahead]
    order = np.argsort(depth, kind="stable")
    starts = np.searchsorted(depth[order], np.arange(depth.max() + 2))
    return Flow(receiver, length, depth, order, starts)


def spanning_flow(lattice: Lattice, height_m: Floats, outlet: int) -> Flow:
    """Receivers over any surface, pits and all.

    Water leaves a pit over its lowest rim: the path that a priority flood finds (Barnes et al. 2014) is the path to the
    outlet in the minimum spanning tree when an edge weighs as much as its higher end. SciPy has the tree, so there is
    no loop over cells here. A small term prefers the steeper of two ways down.
    """
    a, b, far = lattice.pairs()
    high = np.maximum(height_m[a], height_m[b]) - height_m.min() + 10.0
    weight = high - 0.01 * np.abs(height_m[a] - height_m[b]) / far
    tree = minimum_spanning_tree(csr_matrix(coo_matrix((weight, (a, b)), shape=(lattice.size, lattice.size))))
    _, before = breadth_first_order(tree, outlet, directed=False, return_predecessors=True)
    receiver = before.astype(np.int64)
    receiver[outlet] = outlet
    return flow_from(receiver, lattice)


def wandering_flow(lattice: Lattice, height_m: Floats, outlet: int, wander: float, rng: np.random.Generator) -> Flow:
    """Receivers among the lower neighbours, the steeper the likelier; `wander` 0 is plain steepest descent (D8).

    `height_m` must have no pits, as a surface grown from a tree has none.
    """
    surface = np.asarray(lattice.grid(height_m, np.inf), float)
    best, receiver = np.zeros(lattice.size), np.arange(lattice.size)
    for down in (-1, 0, 1):
        for across in (-1, 0, 1):
            if down == 0 and across == 0:
                continue
            drop = (height_m - surface[lattice.row + down, lattice.col + across]) / np.hypot(down, across)
            drop = np.where(drop > 0, drop * np.exp(wander * rng.standard_normal(lattice.size)), drop)
            better = drop > best
            best[better] = drop[better]
            receiver[better] = lattice.node[lattice.row + down, lattice.col + across][better]
    receiver[outlet] = outlet
    return flow_from(receiver, lattice)
