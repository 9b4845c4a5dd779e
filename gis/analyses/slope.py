"""How steep the ground is, or which way it faces, in classes with their areas."""

from typing import Any, Literal

import numpy as np

from gis.analysis import Analysis, Bilingual, Given, Limit, Listing, Needs, Params, Result, param, summed
from gis.asked import in_force
from gis.cells import cell_sizes, grid_north_deg, lonlat_of
from gis.elevation import (
    AREA_LIMITS,
    SHARED,
    Band,
    Drawn,
    area_asked,
    bands,
    cell_note,
    cells_in,
    classes_of,
    coarsest,
    ground_of,
    listed,
    part_over,
    refuse_large,
    unknown_note,
)
from gis.grid import Grid
from gis.places import AreaInput, frames_of_areas
from gis.terrain import Floats, Gradient, aspect_deg, gradient, slope_deg

COARSEST = coarsest(
    "slope", 100.0, "the coarser the cell, the gentler a slope reads (Zhang et al. 1999, ESPL 24, 763–779); 100 m admits SRTM"
)
CLASSES = Limit(
    "slope.classes_deg", (5.0, 8.0, 15.0, 25.0, 35.0), "°", "坡度分级", "Classes of slope",
    "SL 190-2007 classes of surface erosion; over 25° new fields are forbidden (Water and Soil Conservation Law, art. 20)",
)  # fmt: skip
FLAT = Limit(
    "slope.flat_below_deg", 2.0, "°", "小于此坡度不论坡向", "Below this slope there is no aspect",
    "one metre of error over a 30 m cell turns the aspect of gentler ground at will (practice)",
)  # fmt: skip

SECTORS = tuple(Bilingual(*words) for words in (
    ("北", "N"), ("东北", "NE"), ("东", "E"), ("东南", "SE"), ("南", "S"), ("西南", "SW"), ("西", "W"), ("西北", "NW"),
))  # fmt: skip


class SlopeParams(Params):
    area: AreaInput | None = param("范围", "Area", None, pick="area", help_zh="不填为全县", help_en="Empty: the whole county.")
    of: Literal["slope", "aspect"] = param("内容", "What", "slope", choices={
        "slope": ("坡度", "Slope"), "aspect": ("坡向(下坡方向)", "Aspect: where the ground falls toward"),
    })  # fmt: skip


def needs(params: SlopeParams) -> Needs:
    return Needs(frames_of_areas("area", [params.area] if params.area else []), ground=True)


def run(params: SlopeParams, given: Given) -> Result:
    whole = ground_of(given, COARSEST)
    area = area_asked(given, "area", params.area)
    grid = whole if area is None else part_over(whole, area, 1)
    refuse_large(given, grid)
    given.tell(0.1, Bilingual("计算坡度坡向", "Computing slopes"))
    rise = rise_of(grid)
    steepness = slope_deg(rise)
    among = cells_in(grid, area)
    given.tell(0.4, Bilingual("绘制分级图形", "Drawing the classes"))
    is_slope = params.of == "slope"
    made = _slopes(given, grid, steepness, among) if is_slope else _aspects(given, grid, rise, steepness, among)
    lists: dict[str, Listing] = {params.of: made.listing}
    notes = [cell_note(grid), *unknown_note(among, np.isnan(steepness), cell_sizes(grid)), *made.notes]
    return Result(lists, (summed(lists, params.of, "area_m2", "面积合计", "Area in all"),), notes, {"drawing": made.facts})


def rise_of(grid: Grid) -> Gradient:
    """Horn's gradient of every cell (rows, columns), with each row's own cell size; NaN at the rim and beside holes."""
    sizes = cell_sizes(grid)
    padded = np.pad(grid.values, 1, constant_values=np.nan)
    return gradient(padded, sizes.width_m[:, np.newaxis], sizes.height_m[:, np.newaxis])


def _slopes(given: Given, grid: Grid, steepness: Floats, among: Any) -> Drawn:
    edges = in_force(given, CLASSES)
    names = dict(enumerate(bands(edges, "°"), start=1))
    return listed(given, grid, classes_of(steepness, edges, among), names, Bilingual("坡度分级", "Classes of slope"), "°")


def _aspects(given: Given, grid: Grid, rise: Gradient, steepness: Floats, among: Any) -> Drawn:
    flat_deg = in_force(given, FLAT)
    middle = (float(axis) for axis in lonlat_of(grid, grid.shape[0] / 2 - 0.5, grid.shape[1] / 2 - 0.5))
    facing = aspect_deg(rise, grid_north_deg(grid, *middle))
    sector = np.floor(((np.nan_to_num(facing) + 22.5) % 360) / 45).astype(np.uint8) + 1
    is_flat = (steepness < flat_deg) | np.isnan(facing)
    classes = np.where(among & ~np.isnan(steepness), np.where(is_flat, len(SECTORS) + 1, sector), 0).astype(np.uint8)
    names = {number: Band(name, (number * 45 - 67.5) % 360, number * 45 - 22.5) for number, name in enumerate(SECTORS, start=1)}
    names[len(SECTORS) + 1] = Band(Bilingual(f"平地(< {flat_deg:g}°)", f"Flat (< {flat_deg:g}°)"))
    return listed(given, grid, classes, names, Bilingual("坡向分级", "Classes of aspect"), "°")


ANALYSIS = Analysis(
    id="slope",
    group="terrain",
    zh="坡度坡向",
    en="Slope and aspect",
    about_zh="按高程计算全县或所选范围的坡度分级或坡向分级,给出各级面积。",
    about_en="Classes of slope or aspect of the county or an area, with the area of each.",
    params=SlopeParams,
    needs=needs,
    run=run,
    source="Horn (1981), Hill shading and the reflectance map, Proc. IEEE 69(1), 14–47",
    validity_zh="格距 30 m 及以下较可靠;格网越粗坡度越偏缓,陡坎、切坡看不到。高程缺失处及其相邻格不作判定。",
    validity_en="Best on cells of 30 m or less; coarser cells read too gentle, and cut slopes and steps are not seen. Cells in and "
    "beside holes of the model stay blank.",
    limits=(COARSEST, CLASSES, FLAT, *SHARED, *AREA_LIMITS),
    example={"of": "slope"},
)
