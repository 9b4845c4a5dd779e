"""What the terrain pages share: the county's elevation model fit for use, the part that was asked about, areas by class.

The limits stand here once. Nothing is guessed where the model has a hole: the answer there is "unknown", and a note says
how much of the ground that is.
"""

import math
from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple

import geopandas as gpd
import numpy as np
import shapely
from affine import Affine
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from gis.analysis import Bilingual, Column, Given, Limit, Listing
from gis.asked import LARGEST_AREA, MAX_VERTICES, in_force
from gis.cells import LON_LAT, CellSizes, Floats, cell_sizes, xy_of
from gis.datum import CGCS2000
from gis.errors import NoAnswer, ValueOutOfRange
from gis.grid import Grid
from gis.places import Area, areas_of
from gis.terrain_flow import Flow, flow_of
from gis.vectorise import Areas, Drawing, areas_of_classes

Cells = NDArray[np.bool_]

HOLE: Final = Limit(
    "terrain.bridged_hole_km2", 0.5, "km²", "水流可跨越的最大空洞", "Largest hole that water is led across",
    "80 cells of 90 m: voids of a few cells are filled well by any smooth surface, large ones by none (Reuter et al. 2007)",
)  # fmt: skip
MOST_CELLS: Final = Limit(
    "terrain.most_cells", 16_000_000, "cell", "一次地形分析的最多格数", "Most cells of one terrain analysis",
    "4000 × 4000: 120 km a side on 30 m cells; flow over them needs about 1 GB of memory",
)  # fmt: skip
PATCH: Final = Limit(
    "terrain.smallest_patch_cells", 4, "cell", "最小图斑", "Smallest patch drawn",
    "2 × 2 cells; what is smaller is within the noise of the model (practice)",
)  # fmt: skip
TOLERANCE: Final = Limit(
    "terrain.border_tolerance_cells", 1.0, "cell", "边界简化容差", "Tolerance of borders",
    "one cell: a border is not known more closely than that",
)  # fmt: skip
VERTICES: Final = Limit(
    "terrain.most_vertices", 300_000, "vertex", "结果最多顶点数", "Most vertices of an answer",
    "about 7 MB as GeoJSON, which a browser draws without delay (measured.md: 100,000 points pan smoothly)",
)  # fmt: skip
SNAP: Final = Limit(
    "terrain.snap_m", 200.0, "m", "移到河道的最大距离", "Furthest move onto the stream",
    "coordinates typed to 0.001° are true to 100 m, and a stream of a 90 m grid to a cell",
)  # fmt: skip
STREAM: Final = Limit(
    "terrain.stream_km2", 0.5, "km²", "成河的最小集水面积", "Ground above that makes a stream",
    "about 60 cells of 90 m, usual with SRTM (practice); in loess gullies streams begin earlier",
)  # fmt: skip
SHARED: Final = (HOLE, MOST_CELLS, PATCH, TOLERANCE, VERTICES)
AREA_LIMITS: Final = (MAX_VERTICES, LARGEST_AREA)


def coarsest(page: str, metres: float, basis: str) -> Limit:
    """The limit of cell size of a page."""
    return Limit(f"{page}.coarsest_cell_m", metres, "m", "高程格网最大格距", "Largest cell of the elevation model", basis)


# -- the model --------------------------------------------------------------------------------------------------------


def ground_of(given: Given, largest_cell: Limit) -> Grid:
    """The county's elevation model. Raises NoAnswer where there is none, ValueOutOfRange where it is too coarse."""
    if given.ground is None:
        raise NoAnswer(
            "本县没有高程数据(dem.tif),无法做地形分析。请在县包中加入高程数据。",
            "This county has no elevation model (dem.tif), so terrain cannot be computed. Add one to its pack.",
        )
    allowed_m = in_force(given, largest_cell)
    cell_m = cell_sizes(given.ground).largest_m
    if cell_m > allowed_m:
        raise ValueOutOfRange(
            f"高程格网格距约 {cell_m:.0f} m,此分析要求不大于 {allowed_m:g} m({largest_cell.key})。请换用更细的高程数据。",
            f"The elevation model has cells of about {cell_m:.0f} m; this analysis needs {allowed_m:g} m or less "
            f"({largest_cell.key}). Use a finer model.",
            cell_m=cell_m, allowed_m=allowed_m,
        )  # fmt: skip
    return given.ground


def refuse_large(given: Given, grid: Grid) -> None:
    """Raises ValueOutOfRange for more cells than one analysis may have."""
    most = in_force(given, MOST_CELLS)
    if grid.values.size > most:
        raise ValueOutOfRange(
            f"高程格网有 {grid.values.size:,} 格,一次分析上限 {most:,} 格。请指定较小的区域。",
            f"The elevation model has {grid.values.size:,} cells, {most:,} are allowed at once. Choose a smaller area.",
            cells=grid.values.size, allowed=most,
        )  # fmt: skip


def drained(given: Given, grid: Grid) -> Flow:
    """The flow over a grid, small holes bridged for the routing alone."""
    refuse_large(given, grid)
    return flow_of(grid, in_force(given, HOLE) * 1e6)


# -- the part asked about ---------------------------------------------------------------------------------------------


def area_asked(given: Given, name: str, area: Area | None) -> BaseGeometry | None:
    """The area that was drawn or named, in lon/lat, as one shape; the county's outline where none was (None: unknown)."""
    if area is None:
        return given.county
    found = areas_of(given, name, [area], max_areas=10_000, max_vertices=in_force(given, MAX_VERTICES), widen_m=0.0)
    return shapely.union_all([one.geometry for one in found])


def part_over(grid: Grid, shape: BaseGeometry, margin_cells: int) -> Grid:
    """The rectangle of a grid that holds a lon/lat shape and `margin_cells` around it, cut at the rim.

    Raises NoAnswer where the two do not meet.
    """
    x, y = xy_of(grid, *shapely.get_coordinates(shapely.segmentize(shape, 0.05)).T)
    corner, (rows, columns) = grid.transform, grid.shape
    left, right = (math.floor((edge - corner.c) / corner.a) for edge in (x.min(), x.max()))
    top, bottom = (math.floor((edge - corner.f) / corner.e) for edge in (y.max(), y.min()))
    if right < 0 or bottom < 0 or left >= columns or top >= rows:
        raise NoAnswer(
            "所选区域在本县高程数据范围之外。请选范围内的区域。", "The area lies outside the county's elevation model. Choose one inside."
        )
    left, top = max(0, left - margin_cells), max(0, top - margin_cells)
    values = grid.values[top : bottom + margin_cells + 1, left : right + margin_cells + 1]
    return Grid(values, corner @ Affine.translation(left, top), grid.crs)


def cells_in(grid: Grid, shape: BaseGeometry | None) -> Cells:
    """Cells whose middle lies in a lon/lat area; all of them where the area is None."""
    if shape is None:
        return np.ones(grid.shape, dtype=bool)
    from rasterio.features import geometry_mask

    def to_xy(points: Floats) -> Floats:
        return np.column_stack(xy_of(grid, points[:, 0], points[:, 1]))

    flat = shape if grid.crs == LON_LAT else shapely.transform(shapely.segmentize(shape, 0.01), to_xy)
    inside: Cells = geometry_mask([flat], grid.shape, grid.transform, invert=True)
    return inside


# -- what comes out ---------------------------------------------------------------------------------------------------


class Band(NamedTuple):
    """A class of an answer: what to call it and where it begins and ends, None where it is open."""

    name: str | Bilingual
    above: float | None = None
    upto: float | None = None


def bands(edges: Sequence[float], unit: str) -> list[Band]:
    """Classes between rising edges, the first from 0, the last open: (5, 15) m → 0–5 m, 5–15 m, > 15 m.

    Raises ValueOutOfRange where the edges do not rise from above 0.
    """
    if not edges or any(b <= a for a, b in zip([0.0, *edges], edges, strict=False)):
        raise ValueOutOfRange("分级界限须大于 0 且由小到大。", "The edges of classes must rise from above 0.", edges=list(edges))
    mark = unit if unit == "°" else f" {unit}"
    closed = [Band(f"{a:g}–{b:g}{mark}", a, b) for a, b in zip([0.0, *edges], edges, strict=False)]
    return [*closed, Band(f"> {edges[-1]:g}{mark}", edges[-1], None)]


def classes_of(values: Floats, edges: Sequence[float], among: Cells) -> NDArray[np.uint8]:
    """1 up to and with the first edge, 2 up to the second …; 0 for cells not `among` those asked about or NaN."""
    found = np.searchsorted(np.asarray(edges, dtype=np.float64), values, side="left").astype(np.uint8) + 1
    return np.where(among & ~np.isnan(values), found, 0).astype(np.uint8)


def drawing_of(given: Given) -> Drawing:
    return Drawing(in_force(given, PATCH), in_force(given, TOLERANCE), in_force(given, VERTICES))


def cells_m2(cells: Cells, sizes: CellSizes) -> float:
    """True area of some cells."""
    return float(cells.sum(axis=1) @ sizes.area_m2)


BAND_COLUMNS: Final = (
    Column("band", "分级", "Class"), Column("above", "下限", "From"), Column("upto", "上限", "To"),
    Column("area_m2", "面积", "Area", "m²"), Column("share_pct", "占比", "Share", "%"),
)  # fmt: skip


class Drawn(NamedTuple):
    listing: Listing
    notes: list[Bilingual]
    facts: dict[str, Any]


def listed(given: Given, grid: Grid, classes: NDArray[np.uint8], names: Mapping[int, Band], title: Bilingual,
           unit: str = "", kept: Cells | None = None) -> Drawn:  # fmt: skip
    """A list of classes with their areas, one row each that has a cell, in the order of `names`.

    area_m2 is the sum of the cells to the square metre, true to the model; the shape is the drawing, whose own area differs a little where
    borders were smoothed and specks taken away. A class of specks alone has its area and an empty shape.
    """
    drawing = drawing_of(given)
    areas = areas_of_classes(grid, classes, drawing, kept)
    sizes = cell_sizes(grid)
    size = {number: cells_m2(classes == number, sizes) for number in names}
    present = [number for number in names if size[number] > 0]
    whole = sum(size.values())
    frame = gpd.GeoDataFrame(
        {"band": [names[n].name for n in present], "above": [names[n].above for n in present],
         "upto": [names[n].upto for n in present], "area_m2": [round(size[n]) for n in present],
         "share_pct": [round(100 * size[n] / whole, 2) for n in present]},
        geometry=[areas.shapes.get(n, shapely.MultiPolygon()) for n in present], crs=CGCS2000,
    )  # fmt: skip
    columns = [column._replace(unit=unit) if column.name in ("above", "upto") else column for column in BAND_COLUMNS]
    return Drawn(Listing(title, frame, columns), _coarser(areas, drawing),
                 {"patch_cells": areas.patch_cells, "tolerance_cells": areas.tolerance_cells})  # fmt: skip


def _coarser(areas: Areas, drawing: Drawing) -> list[Bilingual]:
    if (areas.patch_cells, areas.tolerance_cells) == (drawing.patch_cells, drawing.tolerance_cells):
        return []
    return [Bilingual(
        f"结果较破碎,图形已概化:小于 {areas.patch_cells} 格的图斑并入周围,边界容差 {areas.tolerance_cells:g} 格。"
        "面积按格网统计,不受影响。",
        f"The answer is ragged, so it was drawn more coarsely: patches under {areas.patch_cells} cells went to their "
        f"surroundings, borders are true to {areas.tolerance_cells:g} cells. Areas are counted on the grid and stay as they are.",
    )]  # fmt: skip


def unknown_note(among: Cells, unknown: Cells, sizes: CellSizes) -> list[Bilingual]:
    """Says how much of what was asked about has no answer; nothing where all of it has."""
    lost = among & unknown
    if not lost.any():
        return []
    share = 100 * int(lost.sum()) / int(among.sum())
    km2 = cells_m2(lost, sizes) / 1e6
    return [Bilingual(
        f"有 {int(lost.sum()):,} 格({km2:.2f} km²,{share:.2f}%)无法判定:高程缺失或资料不足,不作推测。",
        f"For {int(lost.sum()):,} cells ({km2:.2f} km², {share:.2f} %) there is no answer: heights are missing or do not reach "
        "far enough. Nothing is guessed.",
    )]  # fmt: skip


def bridged_note(flow: Flow) -> list[Bilingual]:
    """Says that holes were bridged for the routing; nothing where none was."""
    count = int(flow.bridged.sum())
    if not count:
        return []
    return [Bilingual(
        f"高程有 {count:,} 个空格被临时补平,仅用于推算水流去向;其高度仍视为未知。",
        f"{count:,} empty cells of the elevation model were bridged to lead the water across; their height stays unknown.",
    )]  # fmt: skip


def cell_note(grid: Grid) -> Bilingual:
    """Which model the answer stands on."""
    sizes = cell_sizes(grid)
    wide, tall = float(np.median(sizes.width_m)), float(np.median(sizes.height_m))
    return Bilingual(f"按 {wide:.0f} m × {tall:.0f} m 格网的高程计算,小于一格的地形(堤、坎、涵洞)看不到。",
                     f"Computed on an elevation model of {wide:.0f} m × {tall:.0f} m cells: banks, steps and culverts smaller "
                     "than a cell are not seen.")  # fmt: skip
