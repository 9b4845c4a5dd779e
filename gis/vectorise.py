"""Classes of a grid as areas that can be drawn, stored and handed on.

Specks of a few cells (that hang together at sides or corners) go to the class around them, the cells that hang together
become polygons (GDAL's polygonize, four neighbours), their stairs are smoothed away while borders stay shared, so that
neighbours neither overlap nor gape (Visvalingam & Whyatt 1993, The Cartographic Journal 30(1), 46–51, on the whole
coverage, by GEOS). Out in lon/lat.
A border moves by about the tolerance, in cells. Where the answer would be too large to draw, specks four times as large
are taken away, then the tolerance is doubled as well, a few times at most; the answer says how coarse it became.
"""

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from gis.cells import LON_LAT, lonlat_of_xy
from gis.errors import ValueOutOfRange
from gis.grid import Grid

Classes = NDArray[np.uint8]
NOTHING = 0
ROUNDS = 5  # of drawing more coarsely before giving up: patches to 64 times, borders to 8 times what was asked
STAIRS = 2  # a border along cells has about twice the vertices of the smoothed one
STEP_M = 1_000.0  # edges of metric grids are broken here: straight in the plane and in lon/lat then agree to 0.02 m


class Drawing(NamedTuple):
    """How coarse an answer may be drawn: smallest patch and tolerance in cells, vertices in all."""

    patch_cells: int
    tolerance_cells: float
    most_vertices: int


class Areas(NamedTuple):
    """shapes : a Polygon or MultiPolygon in lon/lat by class. patch_cells, tolerance_cells : how coarsely they were drawn."""

    shapes: Mapping[int, BaseGeometry]
    patch_cells: int
    tolerance_cells: float


def areas_of_classes(grid: Grid, classes: Classes, drawing: Drawing, kept: NDArray[np.bool_] | None = None) -> Areas:
    """Areas of each class of a grid.

    classes : (rows, columns); NOTHING is left out. kept : cells that no class around them may swallow and that swallow
    none (unknown ground); NOTHING always is such. A class that has no cell left has no entry.
    Raises ValueOutOfRange where even the coarsest drawing (`ROUNDS`) has more than `most_vertices` vertices.
    """
    movable = classes != NOTHING if kept is None else (classes != NOTHING) & ~kept
    patch, tolerance = drawing.patch_cells, drawing.tolerance_cells
    for number_of_round in range(ROUNDS):
        cleaned = _without_specks(classes, movable, patch)
        if _corners(cleaned) <= drawing.most_vertices * STAIRS * (tolerance / drawing.tolerance_cells if tolerance else 1):
            polygons, numbers = _polygonised(cleaned)
            smooth = _smoothed(polygons, tolerance)
            if shapely.get_num_coordinates(smooth).sum() <= drawing.most_vertices:
                shapes = {int(number): _on_the_globe(grid, smooth[numbers == number]) for number in np.unique(numbers)}
                return Areas({number: shape for number, shape in shapes.items() if not shape.is_empty}, patch, tolerance)
        patch = min(4 * patch, 64 * drawing.patch_cells)
        tolerance *= 1 if number_of_round == 0 else 2
    raise ValueOutOfRange(
        f"结果过于破碎,超过 {drawing.most_vertices} 个顶点,无法绘制。请缩小范围。",
        f"The answer is too ragged to draw: over {drawing.most_vertices} vertices. Choose a smaller area.",
        most_vertices=drawing.most_vertices,
    )


def _without_specks(classes: Classes, movable: NDArray[np.bool_], patch_cells: int) -> Classes:
    from rasterio import features

    if patch_cells <= 1 or not movable.any():
        return classes
    cleaned = features.sieve(classes, size=patch_cells, mask=movable, connectivity=8)  # a stream may run diagonally
    found: Classes = np.where(movable & (cleaned != NOTHING), cleaned, classes)
    return found


def _corners(classes: Classes) -> int:
    """About how many vertices the borders along cells have: where four cells meet and the border turns, for both sides."""
    across, down = classes[:, :-1] != classes[:, 1:], classes[:-1] != classes[1:]
    goes_on = (across[:-1] == across[1:]) & (down[:, :-1] == down[:, 1:]) & (across[:-1] ^ down[:, :-1])
    empty = ~(across[:-1] | across[1:] | down[:, :-1] | down[:, 1:])
    return 2 * int((~goes_on & ~empty).sum())


def _polygonised(classes: Classes) -> tuple[NDArray[np.object_], NDArray[np.intp]]:
    """Polygons along cell edges, in columns and rows from the first corner, and the class of each."""
    from rasterio import features

    pairs = list(features.shapes(classes, mask=classes != NOTHING, connectivity=4))
    if not pairs:
        return np.empty(0, dtype=object), np.empty(0, dtype=np.intp)
    rings = [ring for shape, _ in pairs for ring in shape["coordinates"]]
    points = np.array([point for ring in rings for point in ring])
    ring_of = np.repeat(np.arange(len(rings)), [len(ring) for ring in rings])
    polygon_of = np.repeat(np.arange(len(pairs)), [len(shape["coordinates"]) for shape, _ in pairs])
    polygons = shapely.polygons(shapely.linearrings(points, indices=ring_of), indices=polygon_of)
    return np.asarray(polygons, dtype=object), np.array([int(number) for _, number in pairs], dtype=np.intp)


def _smoothed(polygons: NDArray[np.object_], tolerance_cells: float) -> NDArray[np.object_]:
    if tolerance_cells <= 0 or not len(polygons):
        return polygons
    # Neighbours must meet vertex by vertex, so that a border is smoothed once for both: every cell corner becomes one.
    noded = shapely.transform(shapely.segmentize(polygons, 1.0), np.round)
    return np.asarray(shapely.coverage_simplify(noded, tolerance_cells), dtype=object)


def _on_the_globe(grid: Grid, polygons: NDArray[np.object_]) -> BaseGeometry:
    """Polygons of one class, in cells, as one shape in lon/lat."""
    corner = grid.transform

    def to_xy(points: NDArray[np.float64]) -> NDArray[np.float64]:
        return points * (corner.a, corner.e) + (corner.c, corner.f)

    def to_lonlat(points: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.column_stack(lonlat_of_xy(grid, points[:, 0], points[:, 1]))

    parts = polygons[~shapely.is_empty(polygons)]
    flat = shapely.transform(shapely.MultiPolygon(list(shapely.get_parts(parts))), to_xy)
    if grid.crs != LON_LAT:
        flat = shapely.transform(shapely.segmentize(flat, STEP_M), to_lonlat)
    whole: BaseGeometry = flat if flat.is_valid else shapely.make_valid(flat, method="structure")
    return whole
