"""Drawn roads → pieces between nodes: split where roads share a vertex, joined where a loose end nearly meets another.

Two roads that cross without a common vertex are a bridge over a road and stay apart. Pieces are cut to at most `piece_m`,
so that a closed area takes away little more road than it covers.
"""

from typing import NamedTuple

import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import Proj

from gis.geometry import CGCS2000_ELLIPSOID

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Objects = NDArray[np.object_]

DECIMALS = 7  # of a degree: what answers are written to
SAME_VERTEX_DEG = 1e-7  # about 1 cm: two vertices closer than that are one
AT_A_VERTEX_M = 0.5  # a loose end that nearly meets a vertex is joined to it instead of making another beside it


class LocalPlane:
    """Metres east and north of a place: transverse Mercator on the CGCS2000 ellipsoid, true to 1e-4 within 90 km."""

    def __init__(self, lonlat: Floats) -> None:
        """lonlat : (n, 2) degrees; the plane lies about their middle."""
        middle = (lonlat.min(axis=0) + lonlat.max(axis=0)) / 2 if len(lonlat) else np.zeros(2)
        ellipsoid = f"+a={CGCS2000_ELLIPSOID.a} +rf={1 / CGCS2000_ELLIPSOID.f}"
        self._proj = Proj(f"+proj=tmerc +lon_0={middle[0]} +lat_0={middle[1]} {ellipsoid}")

    def metres(self, lonlat: Floats) -> Floats:
        """(n, 2) degrees → (n, 2) m. Positions the projection cannot reach become infinite."""
        x, y = self._proj(lonlat[:, 0], lonlat[:, 1])
        return np.column_stack([x, y]).astype(np.float64).reshape(-1, 2)

    def lonlat(self, xy: Floats) -> Floats:
        """(n, 2) m → (n, 2) degrees."""
        lon, lat = self._proj(xy[:, 0], xy[:, 1], inverse=True)
        return np.column_stack([lon, lat]).astype(np.float64).reshape(-1, 2)


class Pieces(NamedTuple):
    """nodes : (n, 2) lon, lat. start, end : (m,) node of each piece. road : (m,) row of the drawn road.

    lonlat : (k, 2) vertices, piece after piece; first : (m + 1,) where each begins in them.
    """

    nodes: Floats
    start: Ints
    end: Ints
    road: Ints
    lonlat: Floats
    first: Ints


class _Drawn(NamedTuple):
    """Vertices of all lines, one after another, and the line each belongs to."""

    lonlat: Floats
    line: Ints

    def inserted(self, before: Ints, lonlat: Floats, line: Ints) -> "_Drawn":
        """With further vertices, each put before the vertex of that index."""
        return _Drawn(np.insert(self.lonlat, before, lonlat, axis=0), np.insert(self.line, before, line))

    def ends(self) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
        """Which vertices begin a line and which end one."""
        change = self.line[1:] != self.line[:-1]
        yes = np.ones(min(1, len(self.line)), dtype=bool)
        return np.concatenate([yes, change]), np.concatenate([change, yes])


def pieces_of(lines: Objects, snap_m: float, piece_m: float) -> Pieces:
    """lines : (n,) LineString or MultiLineString in lon/lat; empty and missing ones give no piece.

    snap_m : a loose end within this distance of another road is joined to it. piece_m : longest piece.
    """
    parts, road = shapely.get_parts(lines, return_index=True)
    is_line = shapely.get_type_id(parts) == shapely.GeometryType.LINESTRING
    drawn = _drawn(parts[is_line])
    plane = LocalPlane(drawn.lonlat)
    if snap_m > 0 and len(drawn.line):
        drawn = _joined(drawn, plane, snap_m)
    is_node = _nodes(drawn)
    drawn, is_node = _shortened(drawn, is_node, plane, piece_m)
    pieces = _between_nodes(drawn, is_node, np.asarray(road, dtype=np.int64)[is_line])
    # What is handed out is written to so many decimals; what is checked against closed areas must be the same line.
    return pieces._replace(nodes=pieces.nodes.round(DECIMALS), lonlat=pieces.lonlat.round(DECIMALS))


def _drawn(lines: Objects) -> _Drawn:
    lonlat, line = shapely.get_coordinates(lines, return_index=True)
    keys = _keys(lonlat)
    repeated = np.zeros(len(keys), dtype=bool)
    repeated[1:] = (keys[1:] == keys[:-1]) & (line[1:] == line[:-1])
    lonlat, line = lonlat[~repeated], line[~repeated]
    long_enough = np.bincount(line, minlength=len(lines))[line] > 1 if len(line) else np.zeros(0, dtype=bool)
    return _Drawn(lonlat[long_enough], line[long_enough].astype(np.int64))


def _keys(lonlat: Floats) -> Ints:
    """One whole number a vertex, equal for vertices that are the same."""
    grid = np.rint((lonlat + [180.0, 90.0]) / SAME_VERTEX_DEG).astype(np.int64)
    return np.asarray(grid[:, 0] * 2**31 + grid[:, 1], dtype=np.int64)


def _nodes(drawn: _Drawn) -> NDArray[np.bool_]:
    """Vertices where a line begins or ends, or that are passed more than once."""
    begins, ends = drawn.ends()
    _, inverse, times = np.unique(_keys(drawn.lonlat), return_inverse=True, return_counts=True)
    is_end = np.bincount(inverse, weights=begins | ends, minlength=len(times)) > 0
    return np.asarray((is_end | (times > 1))[inverse])


# -- loose ends -------------------------------------------------------------------------------------------------------


def _joined(drawn: _Drawn, plane: LocalPlane, snap_m: float) -> _Drawn:
    """Each loose end is led on to the nearest other line within `snap_m`, where a vertex is put if there is none."""
    xy = plane.metres(drawn.lonlat)
    begins, ends = drawn.ends()
    _, inverse, times = np.unique(_keys(drawn.lonlat), return_inverse=True, return_counts=True)
    loose = np.flatnonzero((begins | ends) & (times[inverse] == 1))
    numbers, lines = np.unique(drawn.line, return_inverse=True)
    tree = shapely.STRtree(shapely.linestrings(xy, indices=lines))
    points = shapely.points(xy[loose])
    near = tree.query(points, predicate="dwithin", distance=snap_m)
    near = near[:, lines[loose[near[0]]] != near[1]]
    apart = shapely.distance(points[near[0]], tree.geometries[near[1]])
    near = near[:, np.lexsort((apart, near[0]))]
    near = near[:, np.unique(near[0], return_index=True)[1]]  # of each end the nearest line
    firsts = np.searchsorted(lines, np.arange(len(numbers) + 1))
    added: list[tuple[int, int, float, Floats]] = []
    met: set[int] = set()  # loose ends that others were led to: they hang no longer
    for end, line in zip(loose[near[0]].tolist(), near[1].tolist(), strict=True):
        if inverse[end] in met:
            continue
        vertex, share = _nearest_on(xy[firsts[line] : firsts[line + 1]], xy[end])
        vertex += int(firsts[line])
        place = drawn.lonlat[vertex]
        if share > 0:
            place = place + share * (drawn.lonlat[vertex + 1] - place)
            added.append((vertex + 1, int(drawn.line[vertex]), share, place))
        met.add(int(inverse[vertex]) if share == 0 else -1)
        added.append((end if begins[end] else end + 1, int(drawn.line[end]), 2.0, place))
    if not added:
        return drawn
    added.sort(key=lambda one: one[:3])
    before, line_of, _, places = zip(*added, strict=True)
    return _drawn_again(drawn.inserted(np.array(before), np.array(places), np.array(line_of)))


def _nearest_on(xy: Floats, point: Floats) -> tuple[int, float]:
    """The vertex before the nearest place of a line, and how far on to the next, 0 ≤ share < 1; a vertex that is about
    as near is taken itself."""
    step = xy[1:] - xy[:-1]
    long = np.hypot(step[:, 0], step[:, 1])
    share = np.clip(((point - xy[:-1]) * step).sum(axis=1) / np.maximum(long, 1e-9) ** 2, 0.0, 1.0)
    foot = xy[:-1] + share[:, None] * step
    best = int(np.argmin(np.hypot(*(foot - point).T)))
    if share[best] * long[best] <= AT_A_VERTEX_M:
        return best, 0.0
    if (1 - share[best]) * long[best] <= AT_A_VERTEX_M:
        return best + 1, 0.0
    return best, float(share[best])


def _drawn_again(drawn: _Drawn) -> _Drawn:
    """Without vertices that repeat the one before."""
    keys = _keys(drawn.lonlat)
    keep = np.ones(len(keys), dtype=bool)
    keep[1:] = (keys[1:] != keys[:-1]) | (drawn.line[1:] != drawn.line[:-1])
    return _Drawn(drawn.lonlat[keep], drawn.line[keep])


# -- pieces -----------------------------------------------------------------------------------------------------------


def _along(drawn: _Drawn, plane: LocalPlane) -> Floats:
    """Metres along all lines laid end to end: what lies between two vertices of a line is the difference."""
    xy = plane.metres(drawn.lonlat)
    step = np.hypot(*np.diff(xy, axis=0).T) if len(xy) > 1 else np.zeros(0)
    step[drawn.line[1:] != drawn.line[:-1]] = 0.0
    return np.concatenate([np.zeros(min(1, len(xy))), np.cumsum(step)])


def _shortened(
    drawn: _Drawn, is_node: NDArray[np.bool_], plane: LocalPlane, piece_m: float
) -> tuple[_Drawn, NDArray[np.bool_]]:
    """Pieces longer than `piece_m` are cut into equal parts."""
    begin, end = _ranges(drawn, is_node)
    along = _along(drawn, plane)
    length = along[end] - along[begin]
    parts = np.maximum(np.ceil(length / piece_m - 1e-9), 1).astype(np.int64)
    cuts = parts - 1
    if not cuts.sum():
        return drawn, is_node
    piece = np.repeat(np.arange(len(begin)), cuts)
    number = np.arange(cuts.sum()) - np.repeat(np.cumsum(cuts) - cuts, cuts) + 1
    target = along[begin[piece]] + length[piece] * number / parts[piece]
    before = np.clip(np.searchsorted(along, target), begin[piece] + 1, end[piece])
    step = np.maximum(along[before] - along[before - 1], 1e-9)
    share = np.clip((target - along[before - 1]) / step, 0.0, 1.0)[:, None]
    places = drawn.lonlat[before - 1] + share * (drawn.lonlat[before] - drawn.lonlat[before - 1])
    cut = drawn.inserted(before, places, drawn.line[before])
    return cut, np.insert(is_node, before, True)


def _ranges(drawn: _Drawn, is_node: NDArray[np.bool_]) -> tuple[Ints, Ints]:
    """First and last vertex of each piece."""
    nodes = np.flatnonzero(is_node)
    if len(nodes) < 2:  # noqa: PLR2004 - a piece has two ends
        return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64)
    same = drawn.line[nodes[:-1]] == drawn.line[nodes[1:]]
    return nodes[:-1][same], nodes[1:][same]


def _between_nodes(drawn: _Drawn, is_node: NDArray[np.bool_], road_of_line: Ints) -> Pieces:
    begin, end = _ranges(drawn, is_node)
    size = end - begin + 1
    first = np.concatenate([[0], np.cumsum(size)]).astype(np.int64)
    vertex = np.arange(first[-1]) - np.repeat(first[:-1], size) + np.repeat(begin, size)
    keys = _keys(drawn.lonlat)
    _, sample, node = np.unique(keys[np.concatenate([begin, end])], return_index=True, return_inverse=True)
    nodes = drawn.lonlat[np.concatenate([begin, end])][sample].reshape(-1, 2)
    start, stop = node[: len(begin)].astype(np.int64), node[len(begin) :].astype(np.int64)
    return Pieces(nodes, start, stop, road_of_line[drawn.line[begin]], drawn.lonlat[vertex], first)
