"""Danger where slope meets houses: slides, collapses, debris flows and flash-flood ground, each with its zone."""

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from rasterio.features import rasterize, shapes
from scipy.ndimage import binary_dilation, distance_transform_edt
from scipy.spatial import cKDTree

from scenarios.ground.lattice import Bools, Floats, Ints, Lattice
from scenarios.ground.streams import Streams
from scenarios.ground.terrain import Land

TRACE_STEPS = 9  # cells a mass is followed downhill
STEEP_LOESS, STEEP_ROCK = 0.30, 0.45  # rise over run of a source on a 30 m grid, where banks look flatter than they are
SPACING_M = 190.0


@dataclass(frozen=True)
class Threats:
    """Danger points (k,) in metric CRS with the zone below each and what is in it."""

    x: Floats
    y: Floats
    kind: NDArray[np.str_]  # a code of layers' hazard types
    zone: NDArray[np.object_]
    slope_deg: Floats
    height_m: Floats
    length_m: Floats
    width_m: Floats
    houses: Ints
    people: Ints
    on_road: Bools


@dataclass(frozen=True)
class Exposed:
    """What danger points are judged against."""

    house_x: Floats
    house_y: Floats
    house_people: Ints
    roads: NDArray[np.object_]


def mark(lattice: Lattice, x: Floats, y: Floats, reach: int) -> Bools:
    """(n,) nodes within `reach` cells of a point."""
    at = lattice.at(x, y)
    grid = np.zeros(lattice.inside.shape, bool)
    at = at[at >= 0]
    grid[lattice.row[at], lattice.col[at]] = True
    if reach:
        grid = binary_dilation(grid, iterations=reach)
    return np.asarray(grid[lattice.row, lattice.col])


def mark_lines(lattice: Lattice, lines: NDArray[np.object_]) -> Bools:
    """(n,) nodes that a line touches."""
    if len(lines) == 0:
        return np.zeros(lattice.size, bool)
    grid = rasterize(
        [(line, 1) for line in lines], lattice.inside.shape, transform=lattice.affine, all_touched=True, dtype="uint8"
    )
    return np.asarray(grid[lattice.row, lattice.col] > 0)


def thinned(x: Floats, y: Floats, priority: Floats, spacing_m: float, most: int) -> Ints:
    """Indices of at most `most` points no closer than `spacing_m`, the higher priority first."""
    order = np.argsort(-priority, kind="stable")
    cell = np.floor(x[order] / spacing_m).astype(np.int64) * 10_000_019 + np.floor(y[order] / spacing_m).astype(
        np.int64
    )
    order = order[np.sort(np.unique(cell, return_index=True)[1])]
    tree = cKDTree(np.column_stack([x[order], y[order]]))
    close = tree.query_pairs(spacing_m, output_type="ndarray")
    close = close[np.lexsort((close.max(axis=1), close.min(axis=1)))] if len(close) else close
    gone = np.zeros(len(order), bool)
    for low, high in np.sort(close, axis=1).tolist() if len(close) else []:
        if not gone[low]:
            gone[high] = True
    return order[~gone][:most]


def slope_threats(
    land: Land, streams: Streams, exposed: Exposed, inside: Bools, most: int, rng: np.random.Generator
) -> Threats:
    """Slides and collapses: steep ground whose fall line meets houses (or, for some, a road) within about 250 m."""
    lattice = land.lattice
    houses = mark(lattice, exposed.house_x, exposed.house_y, 1)
    road = mark_lines(lattice, exposed.roads)
    source = (
        inside
        & (land.slope > STEEP_LOESS + (STEEP_ROCK - STEEP_LOESS) * land.highland)
        & (land.area_m2 < 25_000)
        & (streams.above_m > 10)
        & (streams.above_m < 140)
    )
    nodes = np.nonzero(source)[0]
    hit_house, hit_road = _reach(land, nodes, houses), _reach(land, nodes, road)
    wanted = (hit_house >= 0) | ((hit_road >= 0) & (rng.random(len(nodes)) < ROAD_ONLY_SHARE))
    nodes, hit = nodes[wanted], np.where(hit_house >= 0, hit_house, hit_road)[wanted]
    chosen = thinned(
        lattice.x[nodes],
        lattice.y[nodes],
        land.slope[nodes] - 0.35 * land.highland[nodes] + 0.7 * rng.random(len(nodes)),
        SPACING_M,
        2 * most,
    )
    threats = _fans(land, nodes[chosen], hit[chosen], exposed, rng)
    return select(threats, np.nonzero((threats.houses > 0) | threats.on_road)[0][:most])


ROAD_ONLY_SHARE = 0.02


def _reach(land: Land, nodes: Ints, target: Bools) -> Ints:
    """(k,) the first node of `target` down the fall line from each node with at least 6 m of fall, or -1."""
    at, hit = nodes.copy(), np.full(len(nodes), -1, np.int64)
    for _ in range(TRACE_STEPS):
        at = land.flow.receiver[at]
        struck = (hit < 0) & target[at] & (land.height_m[nodes] - land.height_m[at] > 6)
        hit[struck] = at[struck]
    return hit


def _fans(land: Land, nodes: Ints, hit: Ints, exposed: Exposed, rng: np.random.Generator) -> Threats:
    """A fan from above the source to past the first thing struck."""
    x, y = land.lattice.x[nodes], land.lattice.y[nodes]
    dx, dy = land.lattice.x[hit] - x, land.lattice.y[hit] - y
    run = np.maximum(np.hypot(dx, dy), 1.0)
    ux, uy = dx / run, dy / run
    width = rng.uniform(45, 130, len(nodes)).round()
    length = run + rng.uniform(45, 90, len(nodes))
    corners = np.stack(
        [
            np.column_stack([x + ux * t - uy * s * width, y + uy * t + ux * s * width])
            for t, s in ((-25.0, -0.35), (-25.0, 0.35), (length, 0.75), (length, -0.75))
        ],
        axis=1,
    )
    zone = shapely.simplify(shapely.buffer(shapely.polygons(corners), 14, quad_segs=3), 1.5)
    slope = np.degrees(np.arctan(land.slope[nodes]))
    slope = np.minimum(slope + rng.uniform(6, 24, len(nodes)), 82).round()
    height = np.maximum(land.height_m[nodes] - land.height_m[hit], 6).round()
    kind = np.where(slope > 66, "collapse", np.where(rng.random(len(nodes)) < 0.22, "unstable_slope", "landslide"))
    return _counted(x, y, kind, zone, slope, height, length.round(), width, exposed)


def flow_threats(land: Land, streams: Streams, exposed: Exposed, inside: Bools, most: int) -> Threats:
    """Debris flows: the mouths of short steep gullies with houses below."""
    lattice, receiver = land.lattice, land.flow.receiver
    nodes = np.nonzero(inside)[0]
    area = land.area_m2
    top = (area[nodes] > 2.5e5) & (area[nodes] < 4e6) & (area[receiver[nodes]] > 4 * area[nodes])
    nodes = nodes[top & mark(lattice, exposed.house_x, exposed.house_y, 4)[nodes]]
    down = receiver[nodes]
    for _ in range(5):
        down = receiver[down]
    back = _upstream(land, nodes, 10)
    fall = (land.height_m[back] - land.height_m[nodes]) / np.maximum(
        np.hypot(lattice.x[back] - lattice.x[nodes], lattice.y[back] - lattice.y[nodes]), 30.0
    )
    steep = np.nonzero(fall > 0.06)[0]
    nodes, down, back, fall = nodes[steep], down[steep], back[steep], fall[steep]
    x, y = lattice.x, lattice.y
    lines = shapely.linestrings(np.stack([np.column_stack([x[k], y[k]]) for k in (back, nodes, down)], axis=1))
    zone = shapely.simplify(shapely.buffer(lines, 48.0, quad_segs=3), 2.0)
    threats = _counted(
        x[nodes],
        y[nodes],
        np.full(len(nodes), "debris_flow"),
        zone,
        np.degrees(np.arctan(fall)).round(1),
        (land.height_m[back] - land.height_m[nodes]).round(),
        shapely.length(lines).round(),
        np.full(len(nodes), 96.0),
        exposed,
    )
    seen = np.nonzero(threats.houses > 0)[0]
    if len(seen) == 0:
        return select(threats, seen)
    return select(threats, seen[thinned(x[nodes][seen], y[nodes][seen], fall[seen], 300.0, most)])


def _upstream(land: Land, nodes: Ints, steps: int) -> Ints:
    """(k,) the node `steps` cells up the branch that brings most water."""
    order = np.argsort(land.area_m2, kind="stable")
    order = order[order != land.flow.order[0]]
    main = np.arange(land.lattice.size)
    main[land.flow.receiver[order]] = order
    for _ in range(steps):
        nodes = main[nodes]
    return nodes


def _counted(
    x: Floats,
    y: Floats,
    kind: NDArray[np.str_],
    zone: NDArray[np.object_],
    slope: Floats,
    height: Floats,
    length: Floats,
    width: Floats,
    exposed: Exposed,
) -> Threats:
    houses, people = count_in(zone, exposed)
    touched = np.zeros(len(zone), bool)
    if len(exposed.roads) and len(zone):
        touched[np.unique(shapely.STRtree(exposed.roads).query(zone, predicate="intersects")[0])] = True
    return Threats(x, y, kind, zone, slope, height, length, width, houses, people, touched)


def count_in(zones: NDArray[np.object_], exposed: Exposed) -> tuple[Ints, Ints]:
    """(k,) houses and people inside each zone."""
    tree = shapely.STRtree(shapely.points(exposed.house_x, exposed.house_y))
    which, house = tree.query(zones, predicate="contains") if len(zones) else (np.zeros(0, int), np.zeros(0, int))
    houses = np.bincount(which, minlength=len(zones))
    people = np.bincount(which, exposed.house_people[house], len(zones)).astype(np.int64)
    return houses, people


def select(threats: Threats, which: Ints) -> Threats:
    return Threats(**{name: values[which] for name, values in vars(threats).items()})


def joined(first: Threats, second: Threats) -> Threats:
    return Threats(**{name: np.concatenate([values, vars(second)[name]]) for name, values in vars(first).items()})


FLOOD_ABOVE_M = 1.9  # ground this little above the bed is under water in a 1-in-100-year flood of a small basin
FLOOD_REACH_M = 110.0
LEAST_HOUSES = 3


def flood_ground(land: Land, streams: Streams, exposed: Exposed, inside: Bools) -> tuple[NDArray[np.object_], Ints]:
    """Flash-flood zones at houses: low ground by the stream, and the stream node each belongs to."""
    lattice = land.lattice
    near = streams.nearest
    reach = np.hypot(lattice.row - lattice.row[near], lattice.col - lattice.col[near]) * lattice.cell_m
    low = inside & (streams.above_m <= FLOOD_ABOVE_M) & (reach <= FLOOD_REACH_M) & (land.area_m2[near] > 3e6)
    low &= mark(lattice, exposed.house_x, exposed.house_y, 4)
    grid = np.asarray(lattice.grid(low.astype(np.uint8), 0)).astype(np.uint8)
    pieces = [shapely.geometry.shape(s) for s, value in shapes(grid, mask=grid > 0, transform=lattice.affine) if value]
    zones = np.array(pieces, dtype=object)
    if len(zones) == 0:
        return zones, np.zeros(0, np.int64)
    zones = shapely.simplify(shapely.buffer(shapely.buffer(zones, 18, quad_segs=4), -14, quad_segs=4), 4.0)
    zones = np.array([_largest(z) for z in zones], dtype=object)
    houses, _ = count_in(zones, exposed)
    zones = zones[houses >= LEAST_HOUSES]
    points = shapely.point_on_surface(zones)
    at = np.maximum(lattice.at(shapely.get_x(points), shapely.get_y(points)), 0)
    return zones, streams.nearest[at]


def _largest(shape: shapely.Geometry) -> shapely.Geometry:
    parts = shapely.get_parts(shape)
    return shapely.Polygon(parts[int(np.argmax(shapely.area(parts)))].exterior)


def away_from(zones: NDArray[np.object_], lattice: Lattice) -> Floats:
    """(n,) metres from each node to the nearest zone, to the cell."""
    if len(zones) == 0:
        return np.full(lattice.size, np.inf)
    grid = rasterize(
        [(z, 1) for z in zones], lattice.inside.shape, transform=lattice.affine, all_touched=True, dtype="uint8"
    )
    return np.asarray(distance_transform_edt(grid == 0) * lattice.cell_m)[lattice.row, lattice.col]
