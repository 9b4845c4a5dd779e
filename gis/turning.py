"""SEG: the piece of road between the two nearest places where traffic can turn (domain §1.1).

A place to turn is where three or more ways meet, or where the road ends: nothing drives on from there. Ways meet where
roads share a vertex, or where a loose end lies within the snapping distance of another road; a bridge over a road is no
such place (`gis/roads/splitting.py`).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from gis.errors import NoAnswer
from gis.geometry import CGCS2000_ELLIPSOID
from gis.roads.splitting import Pieces, pieces_of
from gis.spread import Shapes, buffered

WAYS_TO_TURN = 3


@dataclass(frozen=True)
class Segment:
    """line : LineString lon/lat, MultiLineString where a road forks or runs in a loop. turnings : (k, 2) lon, lat of the places
    where other ways join it or it ends, which is where barriers stand; two for a point's segment, none for a ring without
    exit. dead_end : (k,) which of them are ends of a road. roads : rows of the drawn roads it runs on."""

    line: BaseGeometry
    turnings: NDArray[np.float64]
    dead_end: tuple[bool, ...]
    roads: tuple[int, ...]


class TurningPlaces:
    """The roads of a county, cut at every place where ways meet. Built once, asked for many objects."""

    def __init__(self, roads: Shapes, join_m: float, codes: Sequence[str] = ()) -> None:
        """roads : (n,) lines in lon/lat, `codes` theirs. join_m : a loose end this near another road is joined to it."""
        self._pieces: Pieces = pieces_of(roads, join_m, np.inf)
        ends = np.concatenate([self._pieces.start, self._pieces.end])
        self._ways = np.bincount(ends, minlength=len(self._pieces.nodes))
        bounds = zip(self._pieces.first[:-1], self._pieces.first[1:], strict=True)
        self._codes = np.array(codes if len(codes) else [""] * len(roads), dtype=object)[self._pieces.road]
        self._lines = np.array([shapely.LineString(self._pieces.lonlat[a:b]) for a, b in bounds], dtype=object)
        self._tree = shapely.STRtree(self._lines)
        order = np.argsort(ends, kind="stable")
        self._at_node = np.split(order % max(len(self._pieces.start), 1), np.cumsum(self._ways)[:-1]) if len(ends) else []

    def around(self, shape: BaseGeometry, snap_m: float, code: str = "") -> Segment:
        """The segment an object stands on, or that a road as a whole belongs to.

        A point takes the road nearest to it, of those of its `code` where one is near: a bridge over a road is not on it. A
        line takes every piece it runs along, and goes on from both of its ends. Raises NoAnswer where no road is within
        `snap_m`, or a line is on no road.
        """
        seeds = self._on_line(shape, snap_m) if shapely.get_dimensions(shape) == 1 else [self._nearest(shape, snap_m, code)]
        return self._drawn([*seeds, *self._beyond(seeds)])

    def _nearest(self, shape: BaseGeometry, snap_m: float, code: str) -> int:
        lon, lat = shapely.get_coordinates(shapely.point_on_surface(shape))[0]
        point = shapely.Point(lon, lat)
        near = self._tree.query(buffered([point], snap_m)[0], predicate="intersects")
        if len(near) == 0:
            raise NoAnswer(
                f"对象离道路超过 {snap_m:g} m,定不出路段。请核对位置或补充道路。",
                f"No road within {snap_m:g} m of the object: there is no segment. Check its place, or add the road.",
            )
        own = near[self._codes[near] == code] if code else near
        near = own if len(own) else near
        return int(near[np.argmin([_metres(self._lines[piece], lon, lat) for piece in near])])

    def _on_line(self, line: BaseGeometry, snap_m: float) -> list[int]:
        strip = buffered([line], snap_m)[0]
        near = self._tree.query(strip, predicate="contains")
        middles = shapely.line_interpolate_point(self._lines[near], 0.5, normalized=True)
        held = [int(piece) for piece, apart in zip(near, shapely.distance(middles, line), strict=True) if apart < 1e-6]
        if not held:
            raise NoAnswer("所选线不在道路图层的路上,定不出路段。", "The line is not on a road of the layer: there is no segment.")
        return held

    def _beyond(self, seeds: list[int]) -> list[int]:
        """Pieces that follow on from the ends of some, up to where traffic can turn."""
        seen, found = set(seeds), list[int]()
        for seed in seeds:
            for end in (self._pieces.start[seed], self._pieces.end[seed]):
                piece, node = seed, int(end)
                while self._ways[node] == WAYS_TO_TURN - 1:
                    here, there = self._at_node[node]
                    beyond = int(there if here == piece else here)
                    if beyond in seen:
                        break
                    seen.add(beyond)
                    found.append(beyond)
                    piece, node = beyond, self._other_end(beyond, node)
        return found

    def _other_end(self, piece: int, node: int) -> int:
        start, end = int(self._pieces.start[piece]), int(self._pieces.end[piece])
        return end if start == node else start

    def _drawn(self, chain: list[int]) -> Segment:
        line = shapely.line_merge(shapely.MultiLineString(list(self._lines[chain])))
        nodes, own = np.unique(np.concatenate([self._pieces.start[chain], self._pieces.end[chain]]), return_counts=True)
        ways = self._ways[nodes]
        stops = (ways > own) | (ways == 1)
        roads = tuple(sorted({int(self._pieces.road[piece]) for piece in chain}))
        return Segment(line, self._pieces.nodes[nodes[stops]], tuple((ways[stops] == 1).tolist()), roads)


def _metres(line: BaseGeometry, lon: float, lat: float) -> float:
    """Distance from a place to a line near it, m: on the plane of degrees, made square at that latitude."""
    turned = shapely.transform(line, lambda xy: (xy - [lon, lat]) * [np.cos(np.radians(lat)), 1.0])
    return float(shapely.distance(turned, shapely.Point(0, 0)) * np.pi / 180 * CGCS2000_ELLIPSOID.a)
