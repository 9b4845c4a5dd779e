"""Roads: least-effort ways along valleys, one connected network with shared vertices."""

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.sparse import coo_matrix, csr_matrix
from scipy.sparse.csgraph import dijkstra

from scenarios.ground.lattice import Floats, Ints, Lattice
from scenarios.ground.streams import Streams
from scenarios.ground.terrain import Land

CLASSES = ("G", "S", "X", "Y", "C")
REUSE = 0.25  # effort on a road that is there already, against building beside it
GRADE_LIMIT = 0.07  # rise over run above which a road starts to look for a detour
WATER_M = 120.0  # effort of a crossing, in metres of flat road


@dataclass(frozen=True)
class Roads:
    """Pieces between junctions (k,): line in metric CRS, class 0…4 as in CLASSES, worst grade, path nodes."""

    lines: NDArray[np.object_]
    rank: Ints
    grade: Floats  # steepest rise over run along the piece
    climb_m: Floats  # height between the ends


def route_lattice(outline: shapely.Geometry, cell_m: float) -> Lattice:
    return Lattice.over(outline, cell_m)


class Builder:
    """Lays one way after another; later ways follow earlier ones where they can."""

    def __init__(self, land: Land, streams: Streams, lattice: Lattice) -> None:
        self.lattice = lattice
        fine = np.maximum(land.lattice.at(lattice.x, lattice.y), 0)
        self.height = land.height_m[fine]
        wet = np.zeros(lattice.size)
        on = np.nonzero(streams.channel)[0]
        cell = lattice.at(land.lattice.x[on], land.lattice.y[on])
        np.maximum.at(wet, np.maximum(cell, 0), np.where(cell >= 0, np.sqrt(land.area_m2[on] / 2e7), 0.0))
        a, b, far = lattice.pairs()
        grade = np.abs(self.height[a] - self.height[b]) / far
        self.a, self.b, self.far, self.grade = a, b, far, grade
        side = land.slope[fine]
        self.cost = far * (1 + (grade / GRADE_LIMIT) ** 2 + 2 * (side[a] + side[b])) + WATER_M * (
            np.minimum(wet[a], 3) + np.minimum(wet[b], 3)
        )
        self.rank = np.full(len(a), -1, np.int64)  # class of each pair of cells that is a road
        self.pair_of: dict[tuple[int, int], int] = {}

    def _graph(self) -> csr_matrix:
        cost = np.where(self.rank >= 0, self.cost * REUSE, self.cost)
        return csr_matrix(coo_matrix((cost, (self.a, self.b)), shape=(self.lattice.size,) * 2))

    def ways(self, start: int) -> tuple[Floats, Ints]:
        """Effort and predecessor from one cell to all."""
        effort, before = dijkstra(self._graph(), directed=False, indices=start, return_predecessors=True)
        return effort, before.astype(np.int64)

    def ways_from_network(self) -> tuple[Floats, Ints]:
        """The same from every cell that has a road."""
        laid = self.rank >= 0
        on = np.unique(np.concatenate([self.a[laid], self.b[laid]]))
        root = self.lattice.size
        rows, cols = np.concatenate([self.a, np.full(len(on), root)]), np.concatenate([self.b, on])
        cost = np.concatenate([self.cost, np.full(len(on), 1e-3)])
        graph = csr_matrix(coo_matrix((cost, (rows, cols)), shape=(root + 1, root + 1)))
        effort, before = dijkstra(graph, directed=False, indices=root, return_predecessors=True)
        before = before[:root].astype(np.int64)
        before[before == root] = -1
        before[on] = -1
        return effort[:root], before

    def lay(self, before: Ints, ends: Ints, rank: int) -> None:
        """Make a road of the ways to `ends`; a piece that is a road already keeps its class."""
        wanted: set[tuple[int, int]] = set()
        for end in ends:
            at = int(end)
            while before[at] >= 0:
                step = (min(at, int(before[at])), max(at, int(before[at])))
                if step in wanted:
                    break
                wanted.add(step)
                at = int(before[at])
        if not wanted:
            return
        steps = np.array(sorted(wanted))
        key = np.minimum(self.a, self.b) * self.lattice.size + np.maximum(self.a, self.b)
        order = np.argsort(key, kind="stable")
        found = order[np.searchsorted(key[order], steps[:, 0] * self.lattice.size + steps[:, 1])]
        self.rank[found] = np.where(self.rank[found] < 0, rank, self.rank[found])

    def finish(self) -> Roads:
        """Cut the network at junctions and where the class changes, with the stair-steps of the grid taken out."""
        laid = np.nonzero(self.rank >= 0)[0]
        ends = np.concatenate([self.a[laid], self.b[laid]])
        cells, index = np.unique(ends, return_inverse=True)
        a, b = index[: len(laid)], index[len(laid) :]
        x, y = _smooth(self.lattice.x[cells], self.lattice.y[cells], a, b)
        paths = _chains(a, b, self.rank[laid], len(cells))
        lines = np.array([shapely.linestrings(x[p], y[p]) for p, _ in paths], dtype=object)
        height = self.height[cells]
        grade = np.array([_steepest(x[p], y[p], height[p]) for p, _ in paths])
        climb = np.array([abs(float(height[p[-1]] - height[p[0]])) for p, _ in paths])
        return Roads(shapely.simplify(lines, 5.0), np.array([r for _, r in paths]), grade, climb)


def _smooth(x: Floats, y: Floats, a: Ints, b: Ints) -> tuple[Floats, Floats]:
    count = np.bincount(np.concatenate([a, b]), minlength=len(x))
    pull = np.where(count == 1, 0.0, np.where(count == 2, 0.5, 0.25))
    for _ in range(5):
        moved = []
        for place in (x, y):
            total = np.bincount(a, place[b], len(x)) + np.bincount(b, place[a], len(x))
            moved.append((1 - pull) * place + pull * total / count)
        x, y = moved
    return x, y


def _steepest(x: Floats, y: Floats, height: Floats) -> float:
    run = np.hypot(np.diff(x), np.diff(y))
    return float(np.max(np.abs(np.diff(height)) / np.maximum(run, 20.0)))


def _chains(a: Ints, b: Ints, rank: Ints, count: int) -> list[tuple[list[int], int]]:
    """Paths between junctions, ends and class changes: (cells, class)."""
    beside: list[list[tuple[int, int]]] = [[] for _ in range(count)]
    for edge, (p, q) in enumerate(zip(a.tolist(), b.tolist(), strict=True)):
        beside[p].append((q, edge))
        beside[q].append((p, edge))
    through = [len(n) == 2 and rank[n[0][1]] == rank[n[1][1]] for n in beside]
    used = np.zeros(len(a), bool)
    paths: list[tuple[list[int], int]] = []
    starts = [c for c in range(count) if not through[c]] + list(range(count))  # closed rings last
    for start in starts:
        for following, edge in beside[start]:
            if used[edge]:
                continue
            used[edge] = True
            path, last = [start, following], edge
            while through[path[-1]] and path[-1] != start:
                step, last = next(n for n in beside[path[-1]] if n[1] != last)
                used[last] = True
                path.append(step)
            paths.append((path, int(rank[edge])))
    return paths


def build_roads(
    land: Land, streams: Streams, outline: shapely.Geometry, seats: Ints, villages: Ints, hamlets: Ints, cell_m: float
) -> Roads:
    """National road from the outlet valley through the county seat to the east, provincial and county roads between
    seats, then township and village roads to the rest."""
    lattice = route_lattice(outline, cell_m)
    builder = Builder(land, streams, lattice)
    seat = _cells(lattice, land, seats)
    rim = _rim(lattice)
    effort, before = builder.ways(int(seat[0]))
    exits = _exits(lattice, rim, effort)
    builder.lay(before, exits[:2], 0)
    effort, before = builder.ways(int(seat[0]))
    near = np.argsort(effort[seat], kind="stable")
    builder.lay(before, seat[near[1:4]], 1)
    builder.lay(before, np.concatenate([seat[near[4:]], exits[2:]]), 2)
    for first, second in _shortcuts(lattice, seat):
        _, before = builder.ways(first)
        builder.lay(before, np.array([second]), 2)
    for group, rank in ((villages, 3), (hamlets, 4)):
        _, before = builder.ways_from_network()
        builder.lay(before, _cells(lattice, land, group), rank)
    return builder.finish()


def _cells(lattice: Lattice, land: Land, nodes: Ints) -> Ints:
    cells = lattice.at(land.lattice.x[nodes], land.lattice.y[nodes])
    return cells[cells >= 0]


def _rim(lattice: Lattice) -> Ints:
    """Cells at the border of the outline."""
    open_sides = sum(
        (lattice.node[lattice.row + dr, lattice.col + dc] < 0).astype(int)
        for dr, dc in ((0, 1), (1, 0), (0, -1), (-1, 0))
    )
    return np.nonzero(np.asarray(open_sides) > 0)[0]


def _exits(lattice: Lattice, rim: Ints, effort: Floats) -> Ints:
    """Border cells easiest to reach to the west, east, north and south."""
    x, y = lattice.x[rim], lattice.y[rim]
    turn = np.arctan2(y - lattice.y.mean(), x - lattice.x.mean())
    exits = []
    for towards in (np.pi, 0.0, np.pi / 2, -np.pi / 2):
        off = np.abs((turn - towards + np.pi) % (2 * np.pi) - np.pi)
        side = off < 0.6
        score = np.where(side & np.isfinite(effort[rim]), effort[rim], np.inf)
        exits.append(rim[int(np.argmin(score))])
    return np.array(exits)


def _shortcuts(lattice: Lattice, seat: Ints) -> list[tuple[int, int]]:
    """Pairs of neighbouring seats that deserve their own road, so that the net has loops: each with its nearest other."""
    x, y = lattice.x[seat], lattice.y[seat]
    apart = np.hypot(x[:, None] - x, y[:, None] - y)
    np.fill_diagonal(apart, np.inf)
    if len(seat) > 1:
        apart[0, :] = apart[:, 0] = np.inf
    nearest = [(i, int(np.argmin(apart[i]))) for i in range(1, len(seat)) if np.isfinite(apart[i]).any()]
    pairs = sorted({(min(p), max(p)) for p in nearest})
    return [(int(seat[i]), int(seat[j])) for i, j in pairs]
