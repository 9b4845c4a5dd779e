"""How far shapes spread on the ground: true areas, buffers in true metres, dissolving. Lon, lat in degrees throughout.

An edge between two vertices is the straight line in lon/lat (RFC 7946 §3.1.1): that is what is drawn, stored and cut, so
that is what is measured. Over 100 km at 36° N it leaves the geodesic by 140 m.

Metres: each shape is buffered in a Lambert azimuthal equal-area projection about a point close to it (Snyder 1987, USGS
Professional Paper 1395, pp. 182–190; PROJ's is the ellipsoid's, and three times as fast as the equidistant one). At c
metres from the middle, lengths toward it are too short and those across too long by c² / 8R²: 0.007 % at 150 km. Shapes
wider than that are cut first, which changes nothing since a buffer of pieces is the pieces' buffers; one Gauss–Krüger
zone for all would be off by 1 % at 900 km from its meridian.
"""

from functools import lru_cache
from typing import Any, Final, NamedTuple

import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import Transformer
from shapely.geometry.base import BaseGeometry

from gis.errors import BadCoordinates, BadGeometry, ValueOutOfRange
from gis.geometry import CGCS2000_ELLIPSOID

Shapes = NDArray[np.object_]

CELL_DEG: Final = 1.0  # side of the cells that share a projection
STEP_DEG: Final = 0.02  # edges are broken every 2 km, where straight in lon/lat and on the plane are 0.06 m apart
STEP_M: Final = 2_000.0  # the same on the way back
QUADRANT: Final = 32  # chords per quarter circle: their polygon is 0.04 % smaller than the circle
METRES_PER_DEGREE: Final = 110_574.0  # of latitude at the equator, the shortest
FURTHEST_LAT: Final = 85.0  # beyond, a degree of longitude is too short to say anything in lon/lat


def _shapes(geoms: Any) -> Shapes:
    return np.asarray(geoms, dtype=object).reshape(-1)


# -- areas ------------------------------------------------------------------------------------------------------------


def _to_the_equator(lat: NDArray[np.float64]) -> NDArray[np.float64]:
    """Area between the equator and a latitude (radians), m² per radian of longitude, on the CGCS2000 ellipsoid.

    Source: Snyder (1987), USGS Professional Paper 1395, eq. 3-12 (authalic latitude).
    """
    e2 = CGCS2000_ELLIPSOID.es
    e, sine = np.sqrt(e2), np.sin(lat)
    area: NDArray[np.float64] = CGCS2000_ELLIPSOID.b**2 / 2 * (sine / (1 - e2 * sine**2) + np.arctanh(e * sine) / e)
    return area


def areas_m2(geoms: Any) -> NDArray[np.float64]:
    """True area of each shape on the CGCS2000 ellipsoid, m², (n,). 0 for points, lines and empty shapes.

    Exact for edges straight in lon/lat: Green's theorem with `_to_the_equator` along each edge, whose mean is
    Simpson's (3 parts in 10⁷ off on an edge across 10° of latitude).
    `geometry.area_m2` measures between geodesics instead: the two agree where edges are short.
    """
    shapes = _shapes(geoms)
    polygons, shape_of = shapely.get_parts(shapes, return_index=True)
    is_area = shapely.get_type_id(polygons) == shapely.GeometryType.POLYGON
    polygons, shape_of = polygons[is_area], shape_of[is_area]
    rings, polygon_of = shapely.get_rings(polygons, return_index=True)
    degrees, ring_of = shapely.get_coordinates(rings, return_index=True)
    if len(degrees) == 0:
        return np.zeros(len(shapes))
    lon, lat = np.radians(degrees).T
    along = np.flatnonzero(ring_of[1:] == ring_of[:-1])
    at, middle = _to_the_equator(lat), _to_the_equator((lat[along] + lat[along + 1]) / 2)
    # Measured from the ring's first vertex: small differences of large numbers would cost digits.
    base = at[np.searchsorted(ring_of, ring_of[along])]
    strips = (lon[along + 1] - lon[along]) * ((at[along] + 4 * middle + at[along + 1]) / 6 - base)
    of_ring = np.abs(np.bincount(ring_of[along], weights=strips, minlength=len(rings)))
    is_hole = np.concatenate([[False], polygon_of[1:] == polygon_of[:-1]])
    return np.bincount(shape_of[polygon_of], weights=np.where(is_hole, -of_ring, of_ring), minlength=len(shapes))


# -- buffers ----------------------------------------------------------------------------------------------------------


def buffered(geoms: Any, distance_m: float) -> Shapes:
    """Everything within `distance_m` metres of each shape, lon/lat, (n,); a negative distance takes that much away inside.

    geoms : points, lines, areas, single or Multi*, lon/lat. Holes narrower than twice the distance close, wider ones
    shrink; an area thinner than twice a negative distance becomes empty. Circles are polygons of 128 vertices, inside
    the true circle by at most 0.03 % of its radius. Areas are within 0.1 % of the true ones.
    Raises ValueOutOfRange (distance not a number, negative for points and lines), BadGeometry (no shape),
    BadCoordinates (beyond ±180° of longitude or ±85° of latitude).
    """
    shapes = _shapes(geoms)
    _refuse_unfit(shapes, distance_m)
    west, south, east, north = shapely.bounds(shapes).T
    is_wide = (north - south > CELL_DEG) | ((east - west) * np.cos(np.radians((south + north) / 2)) > CELL_DEG)
    # A circle wider than a cell gets a projection of its own.
    cell_deg = CELL_DEG if abs(distance_m) < 50_000 else 1e-6
    middles = np.round(np.column_stack([(west + east) / 2, (south + north) / 2]) / cell_deg).astype(np.int64)
    made = np.empty(len(shapes), dtype=object)
    near = np.flatnonzero(~is_wide)
    cells, cell_of = np.unique(middles[near], axis=0, return_inverse=True)
    order = np.argsort(cell_of.reshape(-1), kind="stable")
    counts = np.bincount(cell_of.reshape(-1), minlength=len(cells))
    for cell, members in zip(cells, np.split(near[order], np.cumsum(counts)[:-1]) if len(cells) else [], strict=True):
        made[members] = _around(shapes[members], distance_m, *(cell * cell_deg))
    for index in np.flatnonzero(is_wide):
        made[index] = _wide(shapes[index], distance_m)
    return made


def _refuse_unfit(shapes: Shapes, distance_m: float) -> None:
    if not np.isfinite(distance_m):
        raise ValueOutOfRange("缓冲距离不是数字。", "The distance is not a number.")
    if shapely.is_missing(shapes).any() or shapely.is_empty(shapes).any():
        raise BadGeometry("有的对象没有图形。请先补充位置。", "A shape is missing or empty. Give it a place first.")
    bounds = shapely.bounds(shapes)
    if not np.isfinite(shapely.get_coordinates(shapes)).all():  # bounds pass over NaN
        raise BadCoordinates("坐标含有 NaN 或无穷大。请检查原始数据。", "Coordinates hold NaN or Infinity. Check the source.")
    if distance_m <= 0 and (shapely.get_dimensions(shapes) < 2).any():
        raise ValueOutOfRange(
            f"距离 {distance_m:g} m:点和线只能向外缓冲,距离须大于 0。",
            f"Distance {distance_m:g} m: points and lines grow only; give a distance above 0.",
            distance_m=distance_m,
        )
    west, south, east, north = bounds.T
    up = max(distance_m, 0.0) / METRES_PER_DEGREE * 1.01
    furthest = np.maximum(np.abs(south), np.abs(north)) + up
    with np.errstate(divide="ignore"):
        aside = np.where(furthest < FURTHEST_LAT, up / np.cos(np.radians(np.minimum(furthest, FURTHEST_LAT))), 0.0)
    if (furthest > FURTHEST_LAT).any() or (west - aside < -180).any() or (east + aside > 180).any() or (east - west > 180).any():
        raise BadCoordinates(
            "缓冲区会越过 180° 经线或接近极点(±85°),不能计算。请移动或拆分图形。",
            "The buffer would cross the antimeridian or come near a pole (±85°). Move or split the shape.",
        )


@lru_cache(maxsize=512)
def _projections(lon: float, lat: float) -> tuple[Transformer, Transformer]:
    """To the plane about a point, and back."""
    ellipsoid = f"+a={CGCS2000_ELLIPSOID.a} +rf={1 / CGCS2000_ELLIPSOID.f!r} +no_defs"
    plane, globe = f"+proj=laea +lat_0={lat!r} +lon_0={lon!r} +units=m {ellipsoid}", f"+proj=longlat {ellipsoid}"
    there = Transformer.from_crs(globe, plane, always_xy=True)
    return there, Transformer.from_crs(plane, globe, always_xy=True)


def _turned(shapes: Shapes, transformer: Transformer) -> Shapes:
    def turn(points: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.column_stack(transformer.transform(points[:, 0], points[:, 1]))

    return np.asarray(shapely.transform(shapes, turn), dtype=object)


def to_plane(shapes: Any, lon: float, lat: float) -> Shapes:
    """Shapes as metres east and north of a place (Lambert azimuthal equal-area): distances and bearings from it are true to
    1 in 10⁶ within 20 km. Edges are broken where straight in lon/lat and on the plane would part."""
    there, _ = _projections(float(lon), float(lat))
    return _turned(shapely.segmentize(shapely.force_2d(_shapes(shapes)), STEP_DEG), there)


def _around(shapes: Shapes, distance_m: float, lon: float, lat: float) -> Shapes:
    """Buffers of shapes that lie within about 150 km of a point."""
    there, back = _projections(float(lon), float(lat))
    flat = _turned(shapely.segmentize(shapely.force_2d(shapes), STEP_DEG), there)
    grown = shapely.buffer(flat, distance_m, quad_segs=QUADRANT)
    return _turned(shapely.segmentize(grown, STEP_M), back)


def _wide(shape: BaseGeometry, distance_m: float) -> BaseGeometry:
    """The buffer of one shape too wide for one projection: that of its pieces.

    What lies within d of an area is the area and what lies within d of its border; what is left of it by -d is the area
    without the latter.
    """
    parts = shapely.get_parts(shape)
    if len(parts) > 1:
        return shapely.union_all(buffered(parts, distance_m))
    dense = shapely.segmentize(shapely.force_2d(parts[0]), STEP_DEG)
    if shapely.get_dimensions(dense) == 1:
        return shapely.union_all(buffered(_runs(dense), distance_m))
    rim = shapely.union_all([shapely.union_all(buffered(_runs(ring), abs(distance_m))) for ring in shapely.get_rings(dense)])
    return shapely.union(dense, rim) if distance_m > 0 else shapely.difference(dense, rim)


def _runs(line: BaseGeometry) -> Shapes:
    """A dense line cut into pieces no wider than half a cell."""
    points = shapely.get_coordinates(line)
    steps = np.abs(np.diff(points, axis=0)).max(axis=1)
    run = np.floor(np.concatenate([[0.0], np.cumsum(steps)]) / (CELL_DEG / 2)).astype(np.int64)
    starts = np.flatnonzero(np.concatenate([[True], run[1:] != run[:-1]]))
    ends = np.append(starts[1:] + 1, len(points))  # the first point of the next piece is the last of this one
    return _shapes([shapely.LineString(points[start:end]) for start, end in zip(starts, ends, strict=True) if end - start > 1])


# -- dissolving -------------------------------------------------------------------------------------------------------


class Dissolved(NamedTuple):
    """parts : (k,) Polygons that do not meet. part_of : (n,) the part each shape went into, -1 for an empty shape."""

    parts: Shapes
    part_of: NDArray[np.int64]


def dissolved(areas: Any) -> Dissolved:
    """Areas that overlap or share an edge made one, each piece of the result on its own."""
    shapes = _shapes(areas)
    parts = shapely.get_parts(shapely.union_all(shapes))
    parts = parts[shapely.get_dimensions(parts) == 2]
    part_of = np.full(len(shapes), -1, dtype=np.int64)
    filled = np.flatnonzero(~shapely.is_empty(shapes))
    if len(parts) and len(filled):
        # By a point well inside: the union's edges may have moved by rounding.
        which, part = shapely.STRtree(parts).query_nearest(shapely.point_on_surface(shapes[filled]), all_matches=False)
        part_of[filled[which]] = part
    return Dissolved(parts, part_of)


