"""The roads as a plain graph: who can still be reached, how soon, and what hangs on one piece of road.

Exact by construction: a piece of road is open or not, and the least time over the open pieces is Dijkstra's (1959, Numer.
Math. 1, 269–271) from scipy. Turns cost nothing, and a speed holds along a whole piece; for routes with names, turns and
costing models see engine.py. Nodes and lines are lon, lat in CGCS2000 degrees (EPSG:4490), lengths geodesic metres.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from typing import Any, NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import ArrayLike, NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from gis.errors import NoAnswer
from gis.geometry import CGCS2000_ELLIPSOID
from gis.roads.closures import Closure, barred_by_state
from gis.roads.splitting import Floats, Ints, LocalPlane, Objects, pieces_of
from gis.roads.vehicle import Vehicle, exceeded, limits_of

Flags = NDArray[np.bool_]

PIECE_M = 200.0
"""Longest piece. A closed area takes whole pieces, so it takes at most this much more road than it covers."""

ACCURACY_M = 100.0
"""How far a crossing may lie from its road when its own accuracy is unknown (domain §4.0)."""

ONE_WAY = {"forward": (True, False), "backward": (False, True)}  # codes of layers/definitions/roads.py, OneWay
MPS_PER_KPH = 1 / 3.6
NO_NODE = -1
KEPT_ARCS = 16  # graphs of pieces kept ready: about 1 MB each for a county


Stretch = tuple[int, float, float]
"""A run along a piece of road: edge, from which share of it, to which."""


class Snapped(NamedTuple):
    """A place on the network: a piece of road, how far along it (0 at its start, 1 at its end), how far off it in m."""

    edge: int
    fraction: float
    distance_m: float


class Places(NamedTuple):
    """n places on the network. edge −1 and distance infinite where no piece of road is open. Its length is n, so of a named
    tuple's own methods `_replace` and `_make` do not work."""

    edge: Ints
    fraction: Floats
    distance_m: Floats

    def __len__(self) -> int:
        return len(self.edge)

    def one(self, number: int) -> Snapped:
        return Snapped(int(self.edge[number]), float(self.fraction[number]), float(self.distance_m[number]))

    def taken(self, which: ArrayLike) -> "Places":
        """Those of these positions, or where the flag is true."""
        chosen = np.asarray(which)
        return Places(self.edge[chosen], self.fraction[chosen], self.distance_m[chosen])


def as_places(place: Snapped | Places) -> Places:
    if isinstance(place, Places):
        return place
    return Places(np.array([place.edge]), np.array([place.fraction]), np.array([place.distance_m]))


@dataclass(frozen=True)
class Path:
    """A way over open pieces. line : lon/lat; roads : rows of the roads it uses, in order, without repeats in a row."""

    line: shapely.LineString
    seconds: float
    length_m: float
    roads: tuple[int, ...]
    labels: tuple[str, ...]
    edges: tuple[int, ...]


@dataclass(frozen=True)
class RoadNetwork:
    """Pieces of road (edges) between nodes, n nodes and m edges.

    nodes : (n, 2) lon, lat. start, end : (m,) nodes. length_m : (m,). forward_s, backward_s : (m,) seconds along the
    drawing and against it, infinite where driving so is forbidden. road : (m,) row in `roads`. lines : (m,) LineStrings.
    crossing_edge : (c,) edge each row of `crossings` stands on, −1 where none is near enough.
    """

    nodes: Floats
    start: Ints
    end: Ints
    length_m: Floats
    forward_s: Floats
    backward_s: Floats
    road: Ints
    lines: Objects
    roads: gpd.GeoDataFrame
    crossings: gpd.GeoDataFrame
    crossing_edge: Ints

    def __len__(self) -> int:
        return len(self.start)

    @cached_property
    def labels(self) -> tuple[str, ...]:
        """What each row of `roads` is called: number and name, as far as known."""
        return tuple(_label(row) for row in self.roads.drop(columns="geometry").to_dict("records"))

    @cached_property
    def plane(self) -> LocalPlane:
        return LocalPlane(self.nodes)

    @cached_property
    def _tree(self) -> shapely.STRtree:
        return shapely.STRtree(self.lines)

    @cached_property
    def _metric_tree(self) -> shapely.STRtree:
        lonlat, line = shapely.get_coordinates(self.lines, return_index=True)
        return shapely.STRtree(shapely.linestrings(self.plane.metres(lonlat), indices=line))

    # -- what is open -------------------------------------------------------------------------------------------------

    def open_edges(self, closures: Sequence[Closure], vehicle: Vehicle, at: datetime | None = None) -> Flags:
        """(m,) which pieces the vehicle may use: outside every closed area, state and limits of road and crossing kept."""
        return ~(self.inside([closure.geometry for closure in closures]) | self.barred(vehicle, at))

    def barred(self, vehicle: Vehicle, at: datetime | None = None) -> Flags:
        """(m,) which pieces their own state or limits close, or those of a crossing on them."""
        return self.barred_by_state(vehicle, at) | self.barred_by_limits(vehicle)

    def barred_by_state(self, vehicle: Vehicle, at: datetime | None = None) -> Flags:
        """(m,) which pieces are closed, or controlled without a pass, at a moment."""
        return self._on_pieces(barred_by_state(self.roads, vehicle, at), barred_by_state(self.crossings, vehicle, at))

    def barred_by_limits(self, vehicle: Vehicle) -> Flags:
        """(m,) which pieces the vehicle is too tall, wide or heavy for."""
        roads, crossings = self._limits
        return self._on_pieces(
            exceeded(roads, vehicle, len(self.roads)), exceeded(crossings, vehicle, len(self.crossings))
        )

    @cached_property
    def _limits(self) -> tuple[dict[str, Floats], dict[str, Floats]]:
        return limits_of(self.roads), limits_of(self.crossings)

    def _on_pieces(self, roads: Flags, crossings: Flags) -> Flags:
        """Rows of roads and crossings → the pieces they are, or stand on."""
        shut = roads[self.road] if len(self) else np.zeros(0, dtype=bool)
        on = self.crossing_edge[crossings & (self.crossing_edge >= 0)]
        shut[on] = True
        return np.asarray(shut, dtype=bool)

    def inside(self, areas: Sequence[shapely.Geometry]) -> Flags:
        """(m,) which pieces meet the interior of an area (lon/lat); touching its border is not meeting it."""
        met = np.zeros(len(self), dtype=bool)
        shapes = np.array([a for a in areas if a is not None and not a.is_empty], dtype=object)
        if not len(self) or not len(shapes):
            return met
        area, edge = self._tree.query(shapes, predicate="intersects")
        # A vertex strictly inside settles it at the price of a prepared test; only the rest needs the full relation.
        owned = shapes[area]
        shapely.prepare(shapes)
        middle = shapely.line_interpolate_point(self.lines[edge], 0.5, normalized=True)
        sure = shapely.contains_properly(owned, middle)
        unsure = ~sure
        unsure[unsure] = ~shapely.touches(owned[unsure], self.lines[edge[unsure]])
        met[edge[sure | unsure]] = True
        return met

    # -- places -------------------------------------------------------------------------------------------------------

    def snap(self, lon: float, lat: float, open_: Flags | None = None) -> Snapped:
        """The nearest place on an open piece. Raises NoAnswer where no piece is open."""
        place = self.snap_all(np.array([[lon, lat]]), open_).one(0)
        if place.edge < 0:
            raise NoAnswer("没有任何可通行的道路。", "No road is open at all.")
        return place

    def snap_all(self, lonlat: Floats, open_: Flags | None = None) -> Places:
        """lonlat : (k, 2). The nearest place of each on an open piece; the lower edge number where two are as near."""
        count = len(lonlat)
        usable = self.usable(open_)
        if not count or not usable.any():
            return Places(np.full(count, -1), np.zeros(count), np.full(count, np.inf))
        lonlat = np.asarray(lonlat, dtype=np.float64).reshape(-1, 2)
        points = shapely.points(self.plane.metres(lonlat))
        edge = self._nearest(points, usable)
        lines = self._metric_tree.geometries[edge]
        fraction = shapely.line_locate_point(lines, points, normalized=True)
        foot = self.lonlat_of(Places(edge, fraction, fraction))
        _, _, distance = CGCS2000_ELLIPSOID.inv(lonlat[:, 0], lonlat[:, 1], foot[:, 0], foot[:, 1])
        return Places(edge, fraction, np.asarray(distance, dtype=np.float64))

    def usable(self, open_: Flags | None) -> Flags:
        """(m,) which pieces may be driven in at least one direction."""
        drivable = np.isfinite(self.forward_s) | np.isfinite(self.backward_s)
        return drivable if open_ is None else drivable & np.asarray(open_, dtype=bool)

    def _nearest(self, points: Objects, usable: Flags) -> Ints:
        which, edge = self._metric_tree.query_nearest(points, all_matches=True)
        found = _lowest(which, edge, usable, len(points))
        missing = np.flatnonzero(found < 0)
        if len(missing):  # the nearest piece is closed: ask a tree of the open ones only
            open_edges = np.flatnonzero(usable)
            tree = shapely.STRtree(self._metric_tree.geometries[open_edges])
            which, number = tree.query_nearest(points[missing], all_matches=True)
            found[missing] = _lowest(which, open_edges[number], usable, len(missing))
        return found

    def lonlat_of(self, places: Places) -> Floats:
        """(k, 2) lon, lat of places that are on a piece."""
        lines = self._metric_tree.geometries[places.edge]
        feet = shapely.line_interpolate_point(lines, places.fraction, normalized=True)
        return self.plane.lonlat(shapely.get_coordinates(feet))

    def _run(self, edge: int, begin: float, end: float) -> Floats:
        """The vertices from one share of a piece to another, in that direction."""
        vertices = self._vertices(edge)
        if abs(end - begin) == 1.0:
            return vertices if begin < end else vertices[::-1]
        return _cut(vertices, self._shares(edge), begin, end)

    def _vertices(self, edge: int) -> Floats:
        return np.asarray(shapely.get_coordinates(self.lines[edge]), dtype=np.float64)

    def _shares(self, edge: int) -> Floats:
        """How far along the piece each of its vertices lies, 0 to 1."""
        step = np.hypot(*np.diff(shapely.get_coordinates(self._metric_tree.geometries[edge]), axis=0).T)
        along = np.concatenate([[0.0], np.cumsum(step)])
        return np.asarray(along / along[-1], dtype=np.float64)

    # -- times --------------------------------------------------------------------------------------------------------

    def arcs(self, open_: Flags | None, *, backwards: bool = False) -> "Arcs":
        """The directed graph of the open pieces; `backwards` with every direction turned round."""
        usable = self.usable(open_)
        asked = (usable.tobytes(), backwards)
        held = self._last_arcs.get(asked)
        if held is None:
            forward, backward = (self.backward_s, self.forward_s) if backwards else (self.forward_s, self.backward_s)
            held = Arcs(self, usable, np.where(usable, forward, np.inf), np.where(usable, backward, np.inf))
            if len(self._last_arcs) >= KEPT_ARCS:
                self._last_arcs.clear()
            self._last_arcs[asked] = held
        return held

    @cached_property
    def _last_arcs(self) -> "dict[tuple[bytes, bool], Arcs]":
        """Graphs of the latest questions: one question asks the same one many times."""
        return {}

    def with_seconds(self, forward_s: Floats, backward_s: Floats) -> "RoadNetwork":
        """The same roads at other speeds; what does not depend on speed is shared."""
        other = replace(self, forward_s=forward_s, backward_s=backward_s)
        shared = {"labels": self.labels, "plane": self.plane, "_tree": self._tree, "_metric_tree": self._metric_tree}
        vars(other).update(shared)  # where cached_property keeps them
        return other

    def seconds_from(
        self,
        sources: Snapped | Places,
        open_: Flags | None = None,
        *,
        starts_s: ArrayLike = 0.0,
        backwards: bool = False,
        limit_s: float = np.inf,
    ) -> "Reach":
        """Least seconds from the nearest of k sources to every node; with `backwards`, from every node to it.

        starts_s : (k,) seconds each source needs before it moves (turnout). limit_s : nothing beyond is looked for.
        """
        places = as_places(sources)
        starts = np.broadcast_to(np.asarray(starts_s, dtype=np.float64), (len(places),))
        arcs = self.arcs(open_, backwards=backwards)
        seconds, source = arcs.nearest(places, starts, limit_s)
        return Reach(arcs, places, starts, seconds, source)

    def seconds_between(self, origins: Places, destinations: Places, open_: Flags | None = None) -> Floats:
        """(k, l) least seconds from each origin to each destination, infinite where there is no way."""
        if len(destinations) < len(origins):
            return self.arcs(open_, backwards=True).between(destinations, origins).T
        return self.arcs(open_).between(origins, destinations)

    def path(self, from_place: Snapped, to_place: Snapped, open_: Flags | None = None) -> Path | None:
        """The quickest way between two places over open pieces; None where there is none."""
        return self._drawn(*self.arcs(open_).ways(from_place, as_places(to_place))[0])

    def paths_to(self, to_place: Snapped, from_places: Places, open_: Flags | None = None) -> list[Path | None]:
        """The quickest way of each of k places to one: a single search, backwards from it."""
        found = self.arcs(open_, backwards=True).ways(to_place, from_places)
        return [self._drawn([(e, b, a) for e, a, b in stretches[::-1]], seconds) for stretches, seconds in found]

    def _drawn(self, stretches: Sequence[Stretch], seconds: float) -> Path | None:
        if not np.isfinite(seconds):
            return None
        lonlat = np.concatenate([self._run(*stretch) for stretch in stretches])
        keep = np.ones(len(lonlat), dtype=bool)
        keep[1:] = (np.diff(lonlat, axis=0) != 0).any(axis=1)
        lonlat = lonlat[keep] if keep.sum() > 1 else np.repeat(lonlat[:1], 2, axis=0)
        edges = tuple(e for e, _, _ in stretches)
        rows = [int(self.road[e]) for e in edges]
        roads = tuple(row for i, row in enumerate(rows) if i == 0 or row != rows[i - 1])
        length = sum(float(self.length_m[e]) * abs(b - a) for e, a, b in stretches)
        labels = tuple(dict.fromkeys(self.labels[row] for row in roads if self.labels[row]))
        return Path(shapely.LineString(lonlat), seconds, length, roads, labels, edges)


# -- building ---------------------------------------------------------------------------------------------------------


def network_of(
    roads: gpd.GeoDataFrame,
    crossings: gpd.GeoDataFrame | None,
    speeds_kph: Mapping[str, float],
    snap_m: float,
    piece_m: float = PIECE_M,
) -> RoadNetwork:
    """The graph of a road layer.

    roads, crossings : rows of layers/definitions/roads.py and crossings.py, lon/lat (EPSG:4490). speeds_kph : by rank; a
    road's own limit goes before it, and an unknown rank is taken at the slowest of them. snap_m : how near a loose end
    must come to another road to be joined to it.
    """
    pieces = pieces_of(roads.geometry.to_numpy(), snap_m, piece_m)
    edge_of_vertex = np.repeat(np.arange(len(pieces.road)), np.diff(pieces.first))
    length = _lengths_m(pieces.lonlat, edge_of_vertex, len(pieces.road))
    seconds = length / (_speeds_kph(roads, speeds_kph)[pieces.road] * MPS_PER_KPH)
    oneway = roads["oneway"] if "oneway" in roads else pd.Series("both", index=roads.index)
    ways = np.array([ONE_WAY.get(value, (True, True)) for value in oneway], dtype=bool).reshape(-1, 2)[pieces.road]
    known = crossings if crossings is not None else gpd.GeoDataFrame(geometry=[], crs=roads.crs)
    bare = RoadNetwork(
        nodes=pieces.nodes,
        start=pieces.start,
        end=pieces.end,
        length_m=length,
        forward_s=np.where(ways[:, 0], seconds, np.inf),
        backward_s=np.where(ways[:, 1], seconds, np.inf),
        road=pieces.road,
        lines=shapely.linestrings(pieces.lonlat, indices=edge_of_vertex),
        roads=roads,
        crossings=known,
        crossing_edge=np.full(len(known), -1),
    )
    bare.crossing_edge[:] = _crossing_edges(bare, snap_m)
    return bare


def _lengths_m(lonlat: Floats, edge: Ints, count: int) -> Floats:
    if not len(lonlat):
        return np.zeros(0)
    _, _, step = CGCS2000_ELLIPSOID.inv(lonlat[:-1, 0], lonlat[:-1, 1], lonlat[1:, 0], lonlat[1:, 1])
    same = edge[1:] == edge[:-1]
    return np.bincount(edge[1:][same], weights=np.asarray(step)[same], minlength=count)


def _speeds_kph(roads: gpd.GeoDataFrame, speeds_kph: Mapping[str, float]) -> Floats:
    slowest = min(speeds_kph.values())
    ranks = roads["rank"] if "rank" in roads else pd.Series(None, index=roads.index, dtype=object)
    by_rank = np.array([speeds_kph.get(rank, slowest) for rank in ranks], dtype=np.float64)
    if "speed_kph" not in roads:
        return by_rank
    own = pd.to_numeric(roads["speed_kph"]).to_numpy(dtype=np.float64, na_value=np.nan)
    return np.where(own > 0, own, by_rank)


def _crossing_edges(network: RoadNetwork, snap_m: float) -> Ints:
    """Of each crossing the nearest piece of the road it names, else the nearest of all, within its own accuracy."""
    crossings = network.crossings
    found = np.full(len(crossings), -1)
    if not len(crossings) or not len(network):
        return found
    accuracy = pd.Series(np.nan, index=crossings.index)
    if "coord_accuracy_m" in crossings:
        accuracy = pd.to_numeric(crossings["coord_accuracy_m"])
    reach = np.maximum(accuracy.fillna(ACCURACY_M).to_numpy(dtype=np.float64), snap_m)
    at = shapely.get_coordinates(shapely.centroid(crossings.geometry.to_numpy()))
    if len(at) < len(crossings):  # rows without a place
        return found
    points = shapely.points(network.plane.metres(at))
    crossing, edge = network._metric_tree.query(points, predicate="dwithin", distance=reach)
    apart = shapely.distance(points[crossing], network._metric_tree.geometries[edge])
    named = np.zeros(len(crossing), dtype=bool)
    if "road" in crossings and "code" in network.roads:
        said = crossings["road"].to_numpy(dtype=object)[crossing]
        named = said == network.roads["code"].to_numpy(dtype=object)[network.road[edge]]
    order = np.lexsort((edge, np.round(apart, 3), ~named, crossing))
    first = np.unique(crossing[order], return_index=True)[1]
    found[crossing[order][first]] = edge[order][first]
    return found


def _label(row: Mapping[str, Any]) -> str:
    parts = (row.get("road_code"), row.get("name"))
    return " ".join(dict.fromkeys(str(part) for part in parts if isinstance(part, str) and part))


def _lowest(which: Ints, edge: Ints, usable: Flags, count: int) -> Ints:
    """Of each of `count` points the lowest usable edge among its matches, −1 where none is."""
    found = np.full(count, np.iinfo(np.int64).max)
    fit = usable[edge]
    np.minimum.at(found, which[fit], edge[fit])
    found[found == np.iinfo(np.int64).max] = -1
    return found


def _cut(lonlat: Floats, shares: Floats, begin: float, end: float) -> Floats:
    """The vertices from one share of a line to another, in that direction."""
    low, high = min(begin, end), max(begin, end)
    between = (shares > low) & (shares < high)
    ends = np.column_stack([np.interp([low, high], shares, lonlat[:, axis]) for axis in (0, 1)])
    run = np.concatenate([ends[:1], lonlat[between], ends[1:]])
    return run if begin <= end else run[::-1]


# -- the directed graph -----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Arcs:
    """The open pieces as a directed graph. forward_s, backward_s : (m,) seconds, infinite where closed or forbidden."""

    network: RoadNetwork
    usable: Flags
    forward_s: Floats
    backward_s: Floats

    @cached_property
    def _sorted(self) -> tuple[Ints, Ints, Floats, Ints]:
        """tail, head, seconds, edge of each arc, by tail and head; of parallel ones the quickest only."""
        ahead, back = np.flatnonzero(np.isfinite(self.forward_s)), np.flatnonzero(np.isfinite(self.backward_s))
        tail = np.concatenate([self.network.start[ahead], self.network.end[back]])
        head = np.concatenate([self.network.end[ahead], self.network.start[back]])
        seconds = np.concatenate([self.forward_s[ahead], self.backward_s[back]])
        edge = np.concatenate([ahead, back])
        order = np.lexsort((edge, seconds, head, tail))
        tail, head, seconds, edge = tail[order], head[order], seconds[order], edge[order]
        keep = tail != head
        keep[1:] &= (tail[1:] != tail[:-1]) | (head[1:] != head[:-1])
        return tail[keep], head[keep], seconds[keep], edge[keep]

    def _graph(self, sources: Places, starts_s: Floats) -> csr_array:
        """The arcs, and after the n nodes one more for each source, with an arc to either end of its piece."""
        tail, head, seconds, _ = self._sorted
        count, more = len(self.network.nodes), len(sources)
        number, nodes, costs = self._first_steps(sources)
        order = np.lexsort((costs, nodes, number))
        number, nodes, costs = number[order], nodes[order], costs[order]
        keep = np.ones(len(number), dtype=bool)
        keep[1:] = (number[1:] != number[:-1]) | (nodes[1:] != nodes[:-1])  # a loop has one end
        number, nodes, costs = number[keep], nodes[keep], costs[keep]
        sizes = np.concatenate([np.bincount(tail, minlength=count), np.bincount(number, minlength=more)])
        data = np.concatenate([seconds, costs + starts_s[number]])
        first = np.concatenate([[0], np.cumsum(sizes)])
        return csr_array((data, np.concatenate([head, nodes]), first), shape=(count + more, count + more))

    def _first_steps(self, sources: Places) -> tuple[Ints, Ints, Floats]:
        """source, node, seconds: from each source to the ends of its own piece that it may drive to."""
        number = np.flatnonzero(self._on_open(sources))
        edge, fraction = sources.edge[number], sources.fraction[number]
        costs = np.concatenate([_share(self.forward_s[edge], 1 - fraction), _share(self.backward_s[edge], fraction)])
        nodes = np.concatenate([self.network.end[edge], self.network.start[edge]])
        fit = np.isfinite(costs)
        return np.concatenate([number, number])[fit], nodes[fit], costs[fit]

    def _on_open(self, places: Places) -> Flags:
        known = places.edge >= 0
        known[known] = self.usable[places.edge[known]]
        return known

    def nearest(self, sources: Places, starts_s: Floats, limit_s: float) -> tuple[Floats, Ints]:
        """(n,) least seconds from any source to each node, and which source that is (−1 where none reaches it)."""
        count = len(self.network.nodes)
        if not len(sources) or not count:
            return np.full(count, np.inf), np.full(count, -1)
        graph = self._graph(sources, starts_s)
        indices = count + np.arange(len(sources))
        seconds, _, source = dijkstra(graph, indices=indices, min_only=True, return_predecessors=True, limit=limit_s)
        which = np.where(source[:count] >= count, source[:count] - count, -1)
        return seconds[:count], which.astype(np.int64)

    def between(self, origins: Places, destinations: Places) -> Floats:
        """(k, l) seconds from each origin to each destination."""
        if not len(origins) or not len(destinations):
            return np.zeros((len(origins), len(destinations)))
        count = len(self.network.nodes)
        graph = self._graph(origins, np.zeros(len(origins)))
        seconds = dijkstra(graph, indices=count + np.arange(len(origins)))[:, :count]
        found = self.over_ends(seconds, destinations)
        along = self.along_one_piece(origins, destinations)
        for number, target, cost in along:
            found[number, target] = min(found[number, target], cost)
        return found

    def over_ends(self, node_seconds: Floats, places: Places) -> Floats:
        """(…, n) seconds to nodes → (…, l) seconds to places, by way of either end of their piece."""
        open_ = self._on_open(places)
        edge = np.where(open_, places.edge, 0)
        if not len(self.network):
            return np.full((*node_seconds.shape[:-1], len(places)), np.inf)
        by_start = node_seconds[..., self.network.start[edge]] + _share(self.forward_s[edge], places.fraction)
        by_end = node_seconds[..., self.network.end[edge]] + _share(self.backward_s[edge], 1 - places.fraction)
        return np.asarray(np.where(open_, np.minimum(by_start, by_end), np.inf), dtype=np.float64)

    def along_one_piece(self, origins: Places, destinations: Places) -> list[tuple[int, int, float]]:
        """origin, destination, seconds of those on the same piece, where that can be driven without leaving it."""
        on: dict[int, list[int]] = {}
        for number in np.flatnonzero(self._on_open(origins)).tolist():
            on.setdefault(int(origins.edge[number]), []).append(number)
        found = []
        for target in np.flatnonzero(self._on_open(destinations)).tolist():
            for number in on.get(int(destinations.edge[target]), ()):
                step = float(destinations.fraction[target] - origins.fraction[number])
                edge = int(destinations.edge[target])
                way = self.forward_s if step > 0 else self.backward_s
                found.append((number, target, abs(step) * float(way[edge]) if step else 0.0))
        return found

    def ways(self, origin: Snapped, destinations: Places) -> list[tuple[list[Stretch], float]]:
        """The stretches of the quickest way to each destination, and its seconds: infinite where there is none."""
        here = as_places(origin)
        if not self._on_open(here)[0]:
            return [([], np.inf)] * len(destinations)
        count = len(self.network.nodes)
        seconds, before = dijkstra(self._graph(here, np.zeros(1)), indices=count, return_predecessors=True)
        straight = {target: cost for _, target, cost in self.along_one_piece(here, destinations)}
        reached = self._on_open(destinations)
        return [
            self._way(origin, destinations.one(k), seconds, before, straight.get(k, np.inf))
            if reached[k]
            else ([], np.inf)
            for k in range(len(destinations))
        ]

    def _way(
        self, origin: Snapped, destination: Snapped, seconds: Floats, before: Ints, straight: float
    ) -> tuple[list[Stretch], float]:
        e, f = destination.edge, destination.fraction
        count = len(self.network.nodes)
        ends = [
            (float(seconds[self.network.start[e]] + _share(self.forward_s[[e]], np.array([f]))[0]), 0),
            (float(seconds[self.network.end[e]] + _share(self.backward_s[[e]], np.array([1 - f]))[0]), 1),
        ]
        best, side = min(ends)
        if straight <= best:
            return ([(e, origin.fraction, f)] if np.isfinite(straight) else []), straight
        nodes = [int(self.network.end[e] if side else self.network.start[e])]
        while nodes[-1] != count:
            nodes.append(int(before[nodes[-1]]))
        stretches = self._stretches(nodes[-2::-1], origin)
        if f != float(side):
            stretches.append((e, float(side), f))
        return stretches or [(e, f, f)], best

    def _stretches(self, nodes: Sequence[int], origin: Snapped) -> list[Stretch]:
        """From the origin along a row of nodes, the first of which is an end of its piece."""
        tail, head, seconds, edges = self._sorted
        e, f = origin.edge, origin.fraction
        options = []
        if self.network.end[e] == nodes[0]:
            options.append((float(_share(self.forward_s[[e]], np.array([1 - f]))[0]), (e, f, 1.0)))
        if self.network.start[e] == nodes[0]:
            options.append((float(_share(self.backward_s[[e]], np.array([f]))[0]), (e, f, 0.0)))
        first = min(options)[1]
        stretches = [first] if first[1] != first[2] else []
        for here, there in zip(nodes[:-1], nodes[1:], strict=True):
            low, high = np.searchsorted(tail, [here, here + 1])
            arc = low + int(np.searchsorted(head[low:high], there))
            edge = int(edges[arc])
            ahead = self.network.start[edge] == here and self.forward_s[edge] == seconds[arc]
            stretches.append((edge, 0.0, 1.0) if ahead else (edge, 1.0, 0.0))
        return stretches


@dataclass(frozen=True)
class Reach:
    """How soon every node is reached from the nearest of k sources (or, backwards, reaches it).

    seconds : (n,) at the nodes, infinite where there is no way; source : (n,) which source that is, −1 for none.
    """

    arcs: Arcs
    sources: Places
    starts_s: Floats
    seconds: Floats
    source: Ints

    def at(self, places: Places) -> tuple[Floats, Ints]:
        """(l,) seconds to each place, and the source it is from (−1 where there is no way)."""
        network, arcs = self.arcs.network, self.arcs
        found = arcs.over_ends(self.seconds, places)
        which = np.full(len(places), -1)
        open_ = np.isfinite(found)
        edge, fraction = places.edge[open_], places.fraction[open_]
        by_start = self.seconds[network.start[edge]] + _share(arcs.forward_s[edge], fraction)
        nearer = np.where(by_start <= found[open_], network.start[edge], network.end[edge])
        which[open_] = self.source[nearer]
        for number, target, cost in arcs.along_one_piece(self.sources, places):
            if self.starts_s[number] + cost < found[target]:
                found[target], which[target] = self.starts_s[number] + cost, number
        return found, which


def _share(seconds: Floats, share: Floats) -> Floats:
    """A share of a piece's seconds; none of a forbidden piece costs nothing."""
    return np.where(share == 0, 0.0, np.where(np.isfinite(seconds), seconds, np.inf) * np.where(share == 0, 1.0, share))
