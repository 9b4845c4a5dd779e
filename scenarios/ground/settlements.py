"""Seats, townships, villages, hamlets and houses: on valley floors, a little above the water."""

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray
from rasterio.features import shapes
from scipy.ndimage import distance_transform_edt
from scipy.sparse import coo_matrix, csr_matrix
from scipy.sparse.csgraph import dijkstra
from scipy.spatial import cKDTree

from scenarios.ground.lattice import Bools, Floats, Ints, Lattice
from scenarios.ground.streams import Streams
from scenarios.ground.terrain import Land

LONLAT = 4490


@dataclass(frozen=True)
class Township:
    """A township unit: real code and name. `villages`, `people`: published numbers; `seat`: lon, lat where known."""

    code: str
    name: str
    villages: int | None = None
    people: int | None = None
    seat: tuple[float, float] | None = None


# Villages and communities in the 2023 list; people: published where known, the rest shared out of about 100,000
# (domain §9). Seats: the known place of a township to about 2 km, so that west is west; the ground under it is invented.
PUBLISHED = {
    "141033100": Township("141033100", "蒲城镇", 16, 37_800, (111.097, 36.412)),
    "141033101": Township("141033101", "薛关镇", 9, 7_600, (110.945, 36.440)),
    "141033102": Township("141033102", "黑龙关镇", 11, 14_500, (111.235, 36.300)),
    "141033103": Township("141033103", "克城镇", 9, 13_000, (111.305, 36.500)),
    "141033104": Township("141033104", "乔家湾镇", 9, 11_500, (111.220, 36.410)),
    "141033200": Township("141033200", "山中乡", 5, 2_600, (110.985, 36.320)),
    "141033201": Township("141033201", "古县乡", 6, 6_600, (111.090, 36.535)),
    "141033204": Township("141033204", "太林乡", 6, 6_400, (111.235, 36.560)),
}
USUAL_VILLAGES, USUAL_PEOPLE = 9, 12_000


def with_published(township: Township) -> Township:
    """The same township with numbers: its own, else the published, else the usual."""
    known = PUBLISHED.get(township.code, township)
    return Township(
        township.code,
        township.name,
        township.villages or known.villages or USUAL_VILLAGES,
        township.people or known.people or USUAL_PEOPLE,
        township.seat or known.seat,
    )


@dataclass(frozen=True)
class Places:
    """Where people live. Arrays over villages (v,), hamlets (h,) and houses (k,); x, y in metres."""

    label: Lattice
    town_of_cell: Ints
    seats: Ints  # (t,) fine nodes
    village_node: Ints
    village_town: Ints
    hamlet_node: Ints
    hamlet_village: Ints
    house_x: Floats
    house_y: Floats
    house_node: Ints
    house_village: Ints
    house_people: Ints

    def town_at(self, x: Floats, y: Floats) -> Ints:
        """(k,) township under each point; a point outside the outline takes the nearest cell's."""
        at = self.label.at(x, y)
        lost = at < 0
        if lost.any():
            tree = cKDTree(np.column_stack([self.label.x, self.label.y]))
            at[lost] = tree.query(np.column_stack([np.asarray(x)[lost], np.asarray(y)[lost]]))[1]
        return self.town_of_cell[at]


def good_sites(land: Land, streams: Streams, inside: Bools, least_m2: float) -> Ints:
    """Nodes on a valley floor: nearly flat, 1.5–14 m above a stream that drains at least `least_m2`, near it."""
    below = streams.nearest
    lattice = land.lattice
    near = np.hypot(lattice.row - lattice.row[below], lattice.col - lattice.col[below]) * lattice.cell_m < SITE_REACH_M
    floor = (streams.above_m > 1.5) & (streams.above_m < 14) & (land.slope < 0.16)
    return np.asarray(np.nonzero(inside & near & floor & (land.area_m2[below] >= least_m2))[0])


SITE_REACH_M = 260.0


def spaced(x: Floats, y: Floats, weight: Floats, count: int, taken: Ints) -> list[int]:
    """`count` indices, each time the one farthest from those before (by distance × weight). `taken` are there already."""
    distance = np.full(len(x), 8_000.0)
    chosen = list(taken)
    for k in chosen:
        distance = np.minimum(distance, np.hypot(x - x[k], y - y[k]))
    while len(chosen) < count + len(taken) and len(chosen) < len(x):
        k = int(np.argmax(distance * weight))
        if distance[k] <= 0:
            break
        chosen.append(k)
        distance = np.minimum(distance, np.hypot(x - x[k], y - y[k]))
    return chosen[len(taken) :]


def choose_seats(
    land: Land, streams: Streams, sites: Ints, hints: list[tuple[float, float] | None], rng: np.random.Generator
) -> Ints:
    """(t,) one node per township; the first is the county seat. Hints are metric x, y."""
    x, y = land.lattice.x[sites], land.lattice.y[sites]
    water = np.log10(land.area_m2[streams.nearest[sites]])
    middle = np.hypot(x - x.mean(), y - y.mean())
    chosen: list[int] = []
    for hint in hints:
        if hint is not None:
            score = np.hypot(x - hint[0], y - hint[1]) / 1_000 - 3.0 * water
        elif not chosen:
            score = middle / 2_000 - 3.0 * water
        else:
            apart = np.min([np.hypot(x - x[k], y - y[k]) for k in chosen], axis=0)
            score = -apart / 1_000 - 2.0 * water + rng.random(len(x))
        if chosen:
            apart = np.min([np.hypot(x - x[k], y - y[k]) for k in chosen], axis=0)
            score = np.where(apart < 3_000, score + 100, score)
        chosen.append(int(np.argmin(score)))
    return np.asarray(sites[chosen], dtype=np.int64)


LABEL_CELL_M = 120.0
BALANCE_ROUNDS = 10


def divide(
    outline: shapely.Geometry, land: Land, streams: Streams, seats: Ints, shares: Floats, cell_m: float
) -> tuple[Lattice, Ints]:
    """Give every cell to a seat by the effort of getting there, so that borders run along divides.

    A head start per seat is adjusted until areas follow `shares` roughly.
    """
    label = Lattice.over(outline.buffer(cell_m), cell_m)
    fine = _nearest_node(land, label)
    a, b, far = label.pairs()
    climb = streams.above_m[fine]
    cost = far * (1 + np.maximum(climb[a], climb[b]) / 25.0)
    start = label.at(land.lattice.x[seats], land.lattice.y[seats])
    head, wanted = np.full(len(seats), 20_000.0), shares / shares.sum()
    best = np.inf
    for _ in range(BALANCE_ROUNDS):
        owner = _owners(label.size, a, b, cost, start, head)
        got = np.bincount(owner, minlength=len(seats)) / label.size
        miss = float(np.abs(got - wanted).max()) + 10.0 * float(np.any(owner[start] != np.arange(len(seats))))
        if miss < best:
            best, town = miss, owner
        head = np.clip(head - 1_500 * np.log((wanted + 0.005) / (got + 0.005)), 10_000, 40_000)
    return label, town


def _nearest_node(land: Land, label: Lattice) -> Ints:
    at = land.lattice.at(label.x, label.y)
    lost = at < 0
    if lost.any():
        tree = cKDTree(np.column_stack([land.lattice.x, land.lattice.y]))
        at[lost] = tree.query(np.column_stack([label.x[lost], label.y[lost]]))[1]
    return at


def _owners(size: int, a: Ints, b: Ints, cost: Floats, start: Ints, head: Floats) -> Ints:
    """(size,) index of the start that reaches each cell first, from one virtual root with a head start per start."""
    root = size
    rows = np.concatenate([a, np.full(len(start), root)])
    cols = np.concatenate([b, start])
    graph = csr_matrix(coo_matrix((np.concatenate([cost, head]), (rows, cols)), shape=(size + 1, size + 1)))
    _, before = dijkstra(graph, directed=False, indices=root, return_predecessors=True)
    ahead = np.where(before < 0, np.arange(size + 1), before).astype(np.int64)
    ahead[start[before[start] == root]] = start[before[start] == root]
    for _ in range(64):
        following = ahead[ahead]
        if np.array_equal(following, ahead):
            break
        ahead = following
    number = np.zeros(size + 1, np.int64)
    number[start] = np.arange(len(start))
    return number[ahead[:size]]


def township_polygons(
    label: Lattice, town: Ints, count: int, outline_lonlat: shapely.Geometry, metric_epsg: int
) -> NDArray[np.object_]:
    """(t,) borders in lon/lat that tile the outline exactly: simplified together, then cut by the same outline."""
    surface = np.asarray(label.grid(town.astype(np.int32), -1))
    gaps = distance_transform_edt(surface < 0, return_distances=False, return_indices=True)
    filled = surface[tuple(gaps)].astype(np.int32)
    pieces: list[list[shapely.Geometry]] = [[] for _ in range(count)]
    for shape, value in shapes(filled, transform=label.affine):
        pieces[int(value)].append(shapely.geometry.shape(shape))
    whole = np.array([shapely.union_all(p) for p in pieces], dtype=object)
    smooth = shapely.coverage_simplify(whole, 2.5 * label.cell_m, simplify_boundary=False)
    lonlat = gpd.GeoSeries(smooth, crs=metric_epsg).to_crs(LONLAT).to_numpy()
    return np.asarray(shapely.intersection(lonlat, outline_lonlat))


URBAN_RADIUS_M = 1_300.0


def place_villages(
    land: Land, sites: Ints, site_town: Ints, seats: Ints, counts: list[int], urban: int, rng: np.random.Generator
) -> tuple[Ints, Ints]:
    """(v,) nodes and towns: the seat first (with `urban` communities in all at the county seat), then sites spread over
    the township's valleys."""
    nodes, towns = [], []
    for town, count in enumerate(counts):
        own = np.unique(np.concatenate([[seats[town]], sites[site_town == town]]))
        own = own[np.sort(rng.permutation(len(own))[: min(len(own), 4_000)])]
        own = np.unique(np.concatenate([[seats[town]], own]))
        first = int(np.searchsorted(own, seats[town]))
        weight = 0.6 + 0.4 * rng.random(len(own))
        x, y = land.lattice.x[own], land.lattice.y[own]
        taken = [first]
        if town == 0 and urban > 1:
            close = np.where(np.hypot(x - x[first], y - y[first]) < URBAN_RADIUS_M, weight, 0.0)
            taken += spaced(x, y, close, urban - 1, np.array([first]))
        taken += spaced(x, y, weight, count - len(taken), np.array(taken))
        nodes.append(own[taken])
        towns.append(np.full(len(taken), town))
    return np.concatenate(nodes), np.concatenate(towns)


def place_hamlets(
    land: Land,
    sites: Ints,
    site_town: Ints,
    villages: Ints,
    village_town: Ints,
    per_village: float,
    rng: np.random.Generator,
) -> tuple[Ints, Ints]:
    """(h,) nodes and the village each belongs to: the village itself, and hamlets of the same township near it."""
    subset = np.sort(rng.permutation(len(sites))[:20_000])
    own, town = sites[subset], site_town[subset]
    x, y = land.lattice.x, land.lattice.y
    spots = np.concatenate([villages, own])
    weight = 0.5 + 0.5 * rng.random(len(spots))
    extra = spaced(x[spots], y[spots], weight, int(len(villages) * per_village), np.arange(len(villages)))
    nodes = spots[extra]
    towns = np.concatenate([village_town, town])[extra]
    apart = np.hypot(x[nodes][:, None] - x[villages], y[nodes][:, None] - y[villages])
    apart[towns[:, None] != village_town] = np.inf
    nearest = apart.argmin(axis=1)
    kept = apart.min(axis=1) < 4_500
    return np.concatenate([villages, nodes[kept]]), np.concatenate([np.arange(len(villages)), nearest[kept]])


PEOPLE_SHARE = (0.17, 0.33, 0.22, 0.16, 0.08, 0.04)  # households of 1 … 6: many old couples, few large families
HOUSE_TRIES = 8


def place_houses(
    land: Land, streams: Streams, hamlet_node: Ints, houses: Ints, rng: np.random.Generator
) -> tuple[Floats, Floats, Ints, Ints]:
    """x, y, node and hamlet of every house. Each tries a few spots around its hamlet and takes the most liveable.

    Liveable: little slope, 2–25 m above the stream; cave dwellings under a loess wall are wanted, so the foot of a
    slope is not avoided. This is what later puts houses below danger points.
    """
    hamlet = np.repeat(np.arange(len(hamlet_node)), houses)
    k = len(hamlet)
    spread = 70.0 + 14.0 * np.sqrt(houses[hamlet])
    best = np.full(k, np.inf)
    x, y, node = np.zeros(k), np.zeros(k), np.zeros(k, np.int64)
    centre_x, centre_y = land.lattice.x[hamlet_node][hamlet], land.lattice.y[hamlet_node][hamlet]
    for turn in range(HOUSE_TRIES):
        away = spread * (np.sqrt(-2 * np.log(1 - rng.random(k))) if turn < HOUSE_TRIES - 1 else 0.2 * rng.random(k))
        bearing = 2 * np.pi * rng.random(k)
        at_x, at_y = centre_x + away * np.cos(bearing), centre_y + away * np.sin(bearing)
        at = land.lattice.at(at_x, at_y)
        seen = np.maximum(at, 0)
        above = streams.above_m[seen]
        trouble = 4 * land.slope[seen] + np.where(above < 2.2, 1.6, 0) + np.where(above > 25, 1.0, 0) + rng.random(k)
        trouble = np.where(at < 0, np.inf, trouble)
        better = trouble < best
        best[better], x[better], y[better], node[better] = trouble[better], at_x[better], at_y[better], seen[better]
    return x, y, node, hamlet
