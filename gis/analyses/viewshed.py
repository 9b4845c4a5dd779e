"""What watch towers see, what none of them sees, and which villages that is."""

from collections.abc import Sequence
from typing import Any, NamedTuple, Self

import geopandas as gpd
import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pydantic import model_validator

from gis.analysis import (
    Analysis,
    Bilingual,
    Column,
    Given,
    Limit,
    Listing,
    Needs,
    Result,
    Selection,
    counted,
    param,
    summed,
)
from gis.asked import Chosen, chosen_features, in_force, texts
from gis.cells import cell_sizes, lonlat_of, part_around, position_in
from gis.datum import CGCS2000
from gis.elevation import (
    AREA_LIMITS,
    SHARED,
    Band,
    Cells,
    area_asked,
    cell_note,
    cells_in,
    cells_m2,
    coarsest,
    ground_of,
    listed,
    refuse_large,
    unknown_note,
)
from gis.errors import NoAnswer, ValueOutOfRange
from gis.grid import Grid
from gis.places import AreaInput, Place, frames_of_areas, frames_of_places, located_all
from gis.viewshed import HIDDEN, SEEN, UNKNOWN, Eye, viewshed

COARSEST = coarsest("viewshed", 100.0, "ridges of hill country are a few hundred metres wide; coarser cells cut them down")
FURTHEST = Limit(
    "viewshed.furthest_km", 40.0, "km", "最大视距", "Longest view", "smoke is made out to 20–30 km in clear air; beyond it is haze",
)  # fmt: skip
MOST_EYES = Limit(
    "viewshed.most_towers", 100, "tower", "一次最多瞭望点", "Most towers at once", "a county has 5 to 30; each takes about a second",
)  # fmt: skip
REFRACTION = Limit(
    "viewshed.refraction", 0.13, "", "大气折光系数", "Coefficient of refraction", "Gauss's mean value for visible light by day",
)  # fmt: skip

TOWERS = Selection(layer="fire_facilities", filter="kind = 'tower' AND status = 'in_service'")
VILLAGES = Selection(layer="villages")

ONE, SEVERAL, NONE, NOT_KNOWN, TOO_FAR = 1, 2, 3, 4, 5
BANDS = {  # from least to most: drawn from light to full
    TOO_FAR: Band(Bilingual("视距以外", "Beyond every range"), 0, 0), NONE: Band(Bilingual("视距内但被遮挡", "Hidden from all"), 0, 0),
    NOT_KNOWN: Band(Bilingual("未知", "Unknown")), ONE: Band(Bilingual("一处可见", "Seen by one"), 1, 1),
    SEVERAL: Band(Bilingual("两处以上可见", "Seen by two or more"), 2, None),
}  # fmt: skip
VISIBLE, UNSEEN, UNSURE = Bilingual("可见", "Seen"), Bilingual("看不到", "Not seen"), Bilingual("未知", "Unknown")
VERDICTS = {ONE: VISIBLE, SEVERAL: VISIBLE, NONE: UNSEEN, NOT_KNOWN: UNSURE, TOO_FAR: UNSEEN}
NO_ELEVATION = Bilingual("高程数据范围外或空洞", "No elevation there")


class ViewshedParams(Chosen):
    places: tuple[Place, ...] = param("瞭望点", "Places to look from", (), pick="places", max_length=100,
                                      help_zh="都不填时用全部在用瞭望塔", help_en="Neither this nor a layer: all towers.",
                                      when={"layer": False})  # fmt: skip
    area: AreaInput | None = param("范围", "Area", None, pick="area", help_zh="不填为全县", help_en="Empty: the whole county.")
    eye_m: float = param("眼高", "Height of the eye", 10.0, unit="m", ge=0, le=500,
                         help_zh="对象填有塔高时以塔高为准", help_en="A tower's own height goes first.")  # fmt: skip
    target_m: float = param("目标高", "Height of the target", 0.0, unit="m", ge=0, le=500,
                            help_zh="0 为地面;烟柱可填 10–30", help_en="0 is the ground; 10 to 30 for smoke.")  # fmt: skip
    range_km: float = param("视距", "Range", 15.0, unit="km", gt=0, help_zh="对象填有瞭望半径时以其为准",
                            help_en="A tower's own range goes first.")  # fmt: skip

    @model_validator(mode="after")
    def _one_source(self) -> Self:
        if self.places and self.layer is not None:
            raise ValueError("瞭望点与图层只能选一 / give either places to look from or a layer")
        return self


def needs(params: ViewshedParams) -> Needs:
    frames = {"villages": VILLAGES, **frames_of_areas("area", [params.area] if params.area else []),
              **frames_of_places(places=params.places)}  # fmt: skip
    if not params.places:
        frames["towers"] = params.selection or TOWERS
    return Needs(frames, ground=True)


class Tower(NamedTuple):
    """Somebody who looks: the eye, and between which azimuths (None: all around)."""

    layer: str
    id: str
    name: str
    eye: Eye
    sector: tuple[float, float] | None = None


class Sum(NamedTuple):
    """How many towers see a cell, whether one may, and whether any reaches it, (rows, columns)."""

    seen: NDArray[np.uint8]
    maybe: Cells
    reached: Cells


def run(params: ViewshedParams, given: Given) -> Result:
    grid = ground_of(given, COARSEST)
    refuse_large(given, grid)
    towers = _towers(params, given)
    among = cells_in(grid, area_asked(given, "area", params.area))
    views, rows = _seen(given, grid, towers, params.target_m)
    if params.area is None and given.county is None:
        among &= views.reached
    given.tell(0.8, Bilingual("绘制可见范围", "Drawing what is seen"))
    verdict = np.where(views.seen > 1, SEVERAL, np.where(views.seen == 1, ONE, np.where(
        views.maybe | np.isnan(grid.values), NOT_KNOWN, np.where(views.reached, NONE, TOO_FAR)))).astype(np.uint8)  # fmt: skip
    classes = np.where(among, verdict, 0).astype(np.uint8)
    made = listed(given, grid, classes, BANDS, Bilingual("可见范围", "What is seen"), kept=verdict == NOT_KNOWN)
    unseen = made.listing.frame[_among(made.listing.frame["band"], (BANDS[NONE].name, BANDS[TOO_FAR].name))]
    villages = _villages(given, grid, verdict)
    blind = villages.frame[_among(villages.frame["verdict"], (UNSEEN,))]
    lists = {
        "views": made.listing,
        "unseen": Listing(Bilingual("所有瞭望点都看不到", "What none sees"), unseen.reset_index(drop=True), made.listing.columns,
                          aside=True),
        "towers": rows,
        "villages": villages,
        "villages_unseen": Listing(Bilingual("看不到的村庄", "Villages none sees"), blind.reset_index(drop=True), villages.columns,
                                   aside=True),
    }
    figures = (
        summed(lists, "unseen", "area_m2", "看不到的面积", "Area none sees"),
        counted(lists, "towers", "瞭望点", "Towers"),
        counted(lists, "villages_unseen", "看不到的村庄", "Villages none sees"),
    )
    notes = [cell_note(grid), _bare(in_force(given, REFRACTION)), *made.notes,
             *unknown_note(among, verdict == NOT_KNOWN, cell_sizes(grid))]  # fmt: skip
    return Result(lists, figures, notes, {"towers": len(towers), "drawing": made.facts})


def _among(cells: "pd.Series[Any]", words: Sequence[str | Bilingual]) -> NDArray[np.bool_]:
    """Which cells say one of these words: pandas takes a Bilingual for a list of two."""
    return np.array([cell in words for cell in cells], dtype=bool)


def _bare(refraction: float) -> Bilingual:
    return Bilingual(
        f"按裸地高程计算(地球曲率、折光 {refraction:g}),未计树木、房屋、烟霾;瞭望点按所在格的中心。",
        f"Computed over the bare ground with the earth's curvature and refraction {refraction:g}; trees, houses and haze are not in it. "
        "An eye stands at the middle of its cell.",
    )


# -- who looks --------------------------------------------------------------------------------------------------------


def _towers(params: ViewshedParams, given: Given) -> list[Tower]:
    furthest_km = in_force(given, FURTHEST)
    if params.range_km > furthest_km:
        raise ValueOutOfRange(
            f"视距 {params.range_km:g} km 超过上限 {furthest_km:g} km。",
            f"The range is {params.range_km:g} km; {furthest_km:g} km are allowed.",
            range_km=params.range_km, allowed_km=furthest_km,
        )  # fmt: skip
    if params.places:
        places = located_all(given, "places", params.places)
        towers = [Tower(place.layer or "", place.id or "", place.name, Eye(place.lon, place.lat, params.eye_m, params.range_km * 1000))
                  for place in places]  # fmt: skip
    else:
        selection = params.selection or TOWERS
        if params.selection is None and not len(given.frames["towers"]):
            raise NoAnswer("本县没有在用的瞭望塔。请在地图上选瞭望点或选择图层,或先在“数据”中录入瞭望塔(消防设施)。",
                           "There is no watch tower in service here. Pick places to look from or choose a layer, or enter towers "
                           "(fire facilities) under “Data” first.")  # fmt: skip
        towers = _of_layer(chosen_features(given, "towers", selection), selection.layer, params, furthest_km)
    most = in_force(given, MOST_EYES)
    if len(towers) > most:
        raise ValueOutOfRange(
            f"瞭望点有 {len(towers)} 个,一次上限 {most} 个。请筛选。",
            f"There are {len(towers)} towers, {most} are allowed at once. Filter them.",
            towers=len(towers), allowed=most,
        )  # fmt: skip
    return towers


def _of_layer(frame: gpd.GeoDataFrame, layer: str, params: ViewshedParams, furthest_km: float) -> list[Tower]:
    """Towers of a layer, with their own height, range and sector where the layer has them."""

    def numbers(column: str) -> list[float]:
        found = frame[column] if column in frame else pd.Series(np.nan, index=frame.index)
        return [float(value) for value in pd.to_numeric(found)]

    points = frame.geometry.representative_point()
    return [
        Tower(layer, str(index), name or code or str(index),
              Eye(point.x, point.y, params.eye_m if np.isnan(height) else height,
                  1000 * (params.range_km if np.isnan(reach) else min(reach, furthest_km))),
              None if np.isnan(start) or np.isnan(end) or abs(end - start) in (0, 360) else (start, end))
        for index, point, name, code, height, reach, start, end in zip(
            frame.index, points, texts(frame, "name"), texts(frame, "code"), numbers("height_m"), numbers("range_km"),
            numbers("azimuth_from_deg"), numbers("azimuth_to_deg"), strict=True)
    ]  # fmt: skip


# -- what they see ----------------------------------------------------------------------------------------------------


def _seen(given: Given, grid: Grid, towers: Sequence[Tower], target_m: float) -> tuple[Sum, Listing]:
    views = Sum(np.zeros(grid.shape, np.uint8), np.zeros(grid.shape, bool), np.zeros(grid.shape, bool))
    rows, problems = list[tuple[Tower, float, Bilingual | None]](), []
    for number, tower in enumerate(towers):
        given.tell(0.1 + 0.7 * number / len(towers), Bilingual(f"通视分析:{tower.name}", f"Lines of sight from {tower.name}"))
        try:
            part = part_around(grid, tower.eye.lon, tower.eye.lat, tower.eye.range_m)
        except NoAnswer as outside:
            problems.append(outside)
            rows.append((tower, np.nan, NO_ELEVATION))
            continue
        sight = viewshed(part, tower.eye, target_m, in_force(given, REFRACTION))
        if tower.sector is not None:
            sight[~_within(part, tower)] = 0
        top = round((part.transform.f - grid.transform.f) / grid.transform.e)
        left = round((part.transform.c - grid.transform.c) / grid.transform.a)
        here = np.s_[top : top + part.shape[0], left : left + part.shape[1]]
        views.seen[here] += sight == SEEN
        views.maybe[here] |= sight == UNKNOWN
        views.reached[here] |= sight >= HIDDEN
        rows.append((tower, float(round(cells_m2(sight == SEEN, cell_sizes(part)))), None))
    if problems and len(problems) == len(towers):
        raise problems[0]
    return views, _tower_list(rows)


def _within(grid: Grid, tower: Tower) -> Cells:
    """Cells between the two azimuths of a tower, clockwise."""
    assert tower.sector is not None
    i, j = np.mgrid[0 : grid.shape[0], 0 : grid.shape[1]]
    lon, lat = lonlat_of(grid, i, j)
    east = (lon - tower.eye.lon) * np.cos(np.radians(tower.eye.lat))
    azimuth = np.degrees(np.arctan2(east, lat - tower.eye.lat)) % 360
    start, end = tower.sector
    inside: Cells = (azimuth - start) % 360 <= (end - start) % 360
    return inside


def _tower_list(rows: Sequence[tuple[Tower, float, Bilingual | None]]) -> Listing:
    frame = gpd.GeoDataFrame(
        {"layer": [tower.layer for tower, _, _ in rows], "id": [tower.id for tower, _, _ in rows],
         "name": [tower.name for tower, _, _ in rows], "eye_m": [tower.eye.height_m for tower, _, _ in rows],
         "range_km": [tower.eye.range_m / 1000 for tower, _, _ in rows], "seen_m2": [seen for _, seen, _ in rows],
         "problem": [problem for _, _, problem in rows]},
        geometry=gpd.points_from_xy([tower.eye.lon for tower, _, _ in rows], [tower.eye.lat for tower, _, _ in rows]), crs=CGCS2000,
    )  # fmt: skip
    columns = (
        Column("layer", "图层", "Layer"), Column("id", "标识", "Id"), Column("name", "名称", "Name"), Column("eye_m", "眼高", "Eye", "m"),
        Column("range_km", "视距", "Range", "km"), Column("seen_m2", "可见面积", "Area seen", "m²"), Column("problem", "问题", "Problem"),
    )  # fmt: skip
    return Listing(Bilingual("瞭望点", "Towers"), frame, columns)


def _villages(given: Given, grid: Grid, verdict: NDArray[np.uint8]) -> Listing:
    """Each village with whether the ground at it is seen; outside the model it is unknown."""
    frame = given.frames.get("villages", gpd.GeoDataFrame({"name": []}, geometry=[], crs=CGCS2000))
    frame = frame[frame.geometry.notna() & ~frame.geometry.is_empty]
    points = frame.geometry.representative_point()
    at_row, at_column = position_in(grid, points.x.to_numpy(), points.y.to_numpy())
    row, column = np.floor(at_row + 0.5).astype(np.intp), np.floor(at_column + 0.5).astype(np.intp)
    inside = (row >= 0) & (row < grid.shape[0]) & (column >= 0) & (column < grid.shape[1])
    found = np.full(len(frame), NOT_KNOWN)
    found[inside] = verdict[row[inside], column[inside]]
    made = gpd.GeoDataFrame(
        {"layer": "villages", "id": frame.index.astype(str), "name": texts(frame, "name"),
         "verdict": [VERDICTS[int(number)] for number in found]},
        geometry=points.to_numpy(), crs=CGCS2000,
    )  # fmt: skip
    columns = (Column("layer", "图层", "Layer"), Column("id", "标识", "Id"), Column("name", "村庄", "Village"),
               Column("verdict", "能否看到", "Seen?"))  # fmt: skip
    return Listing(Bilingual("村庄", "Villages"), made, columns)


ANALYSIS = Analysis(
    id="viewshed",
    group="terrain",
    zh="瞭望通视",
    en="Viewshed of watch towers",
    about_zh="瞭望塔或任意点能看到哪里,所有瞭望点都看不到哪里、哪些村庄。",
    about_en="What watch towers or any places see, what none of them sees, and which villages that is.",
    params=ViewshedParams,
    needs=needs,
    run=run,
    source="Franklin & Ray (1994), R3: a line of sight to every cell, Proc. 6th Int. Symp. Spatial Data Handling, 751–763",
    validity_zh="裸地高程、白天、能见度良好;林冠、建筑、烟霾不计。格网越粗,山脊被削低,可见范围偏大。",
    validity_en="Bare ground, daylight and clear air; canopy, buildings and haze are not in it. Coarse cells cut ridges down, so more "
    "seems to be seen.",
    limits=(COARSEST, FURTHEST, MOST_EYES, REFRACTION, *SHARED, *AREA_LIMITS),
    example={"places": [{"type": "Point", "coordinates": [111.1, 36.41]}], "eye_m": 15, "range_km": 10},
)
