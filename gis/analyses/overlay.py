"""Two selections laid over each other: what they share, what is left, with the attributes of both."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from gis.analysis import (
    Analysis,
    Bilingual,
    Column,
    Given,
    Limit,
    Listing,
    Needs,
    Params,
    Result,
    Wording,
    counted,
    param,
    summed,
)
from gis.asked import AREAS, LIMITS, features_or_drawn, in_force, refuse_arealess, refuse_mixed
from gis.datum import CGCS2000
from gis.geometry import length_m
from gis.overlay import NONE, How, Pieces, mean_width_m, overlaid, overlap_within
from gis.places import Area, AreaInput
from gis.spread import Shapes, areas_m2

MOST_PAIRS = Limit(
    "overlay.most_pairs", 200_000, "pair", "叠置最多的相交对数", "Most pairs of one overlay",
    "a list longer than that is read by nobody; a county's risk zones on its townships are under 1,000",
)  # fmt: skip
SLIVER = Limit(
    "overlay.sliver_m", 1.0, "m", "窄于此宽度的碎片视为误差", "Pieces narrower than this are taken for error",
    "domain §5: nothing finer than 1 m is claimed of stored positions",
)  # fmt: skip


class OverlayParams(Params):
    first: AreaInput = param("第一组", "First", pick="areas", help_zh="图层中的对象或绘制的面",
                             help_en="Features of a layer, or a drawn area.")  # fmt: skip
    second: AreaInput = param("第二组(面)", "Second (areas)", pick="areas")
    how: How = param("方式", "How", "intersection", choices={
        "intersection": ("交集", "Intersection"), "difference": ("差集(第一组减第二组)", "Difference"),
        "union": ("并集", "Union"), "symmetric_difference": ("对称差", "Symmetric difference"),
    })  # fmt: skip


def needs(params: OverlayParams) -> Needs:
    asked = {"first": params.first.features, "second": params.second.features}
    return Needs({role: selection for role, selection in asked.items() if selection is not None})


def run(params: OverlayParams, given: Given) -> Result:
    given.tell(0.1, Bilingual("读取对象", "Reading the objects"))
    first, second = _rows(given, "first", params.first), _rows(given, "second", params.second)
    refuse_arealess(second)
    given.tell(0.3, Bilingual("叠置", "Cutting"))
    pieces = overlaid(first.geometry.to_numpy(), second.geometry.to_numpy(), params.how, in_force(given, MOST_PAIRS))
    given.tell(0.8, Bilingual("量算", "Measuring"))
    sides = [_side(_attributes(given, "first", first), pieces.first, FIRST, given.wording),
             _side(_attributes(given, "second", second), pieces.second, SECOND, given.wording)]  # fmt: skip
    listing = _listed(pieces, sides, in_force(given, SLIVER))
    lists = {"pieces": listing}
    figures = [counted(lists, "pieces", "叠置结果", "Pieces")]
    figures += [summed(lists, "pieces", column.name, f"{column.zh}合计", f"{column.en} in all")
                for column in listing.columns if column in (AREA, LENGTH)]  # fmt: skip
    notes = _notes(pieces, listing, in_force(given, SLIVER), first.geometry.to_numpy(), second.geometry.to_numpy())
    return Result(lists, figures, notes, {"how": params.how})


def _rows(given: Given, role: str, area: Area) -> gpd.GeoDataFrame:
    rows = features_or_drawn(given, role, area.features, area.drawn, AREAS)
    refuse_mixed(rows)
    return rows


AREA, LENGTH = Column("area_m2", "面积", "Area", "m²"), Column("length_m", "长度", "Length", "m")
DRAWN_WORDS = {"code": Bilingual("编号", "Code"), "name": Bilingual("名称", "Name")}  # of a drawn area, which is of no layer
LINKS = ("layer", "id")
LEFT_OUT = frozenset({"geometry", "version", "updated_at", "updated_by", "coord_raw", "coord_crs", "coord_method"})


def _attributes(given: Given, role: str, rows: gpd.GeoDataFrame) -> pd.DataFrame:
    """Every plain column of the features; of a drawn area its name."""
    plain = pd.DataFrame(rows.drop(columns="geometry")).reset_index(drop=True)
    frame = given.frames.get(role)
    if frame is None:
        return plain
    more = [name for name in frame.columns if name not in LEFT_OUT and name not in plain and not _is_nested(frame[name])]
    taken = frame.loc[rows["id"].to_numpy(), more].reset_index(drop=True) if more else pd.DataFrame(index=plain.index)
    return pd.concat([plain, taken], axis=1)


def _is_nested(column: pd.Series) -> bool:
    """Lists and second shapes, which are no value of a table."""
    return column.dtype == object and any(value is not None and not np.isscalar(value) for value in column)


class Side(NamedTuple):
    """One of the two selections: what its columns begin with, and what it is called."""

    prefix: str
    zh: str
    en: str


FIRST, SECOND = Side("first", "甲", "First"), Side("second", "乙", "Second")


def _listed(pieces: Pieces, sides: Sequence[tuple[pd.DataFrame, list[Column]]], sliver_m: float) -> Listing:
    """What the two are called and how much they share comes first; then all that is known of either."""
    frame = gpd.GeoDataFrame(pd.concat([values for values, _ in sides], axis=1), geometry=pieces.shapes, crs=CGCS2000)
    measured = []
    dimension = int(shapely.get_dimensions(pieces.shapes).max(initial=0))
    if dimension == 2:
        frame["area_m2"] = areas_m2(pieces.shapes)
        frame["sliver"] = mean_width_m(pieces.shapes) < sliver_m
        measured = [AREA, Column("sliver", "碎片", "Sliver")]
    elif dimension == 1:
        frame["length_m"] = [length_m(shape) for shape in pieces.shapes]
        measured = [LENGTH]
    known = [column for _, named in sides for column in named if frame[column.name].notna().any()]
    names = [column for column in known if column.name in ("first_name", "second_name")]
    others = [column for column in known if column not in names]
    return Listing(Bilingual("叠置结果", "Pieces"), frame, [*names, *measured, *others])


def _side(attributes: pd.DataFrame, rows: np.ndarray, side: Side, wording: Wording) -> tuple[pd.DataFrame, list[Column]]:
    """The attributes of one side for every piece, None where the piece belongs to none of it; codes with their words beside."""
    layer = str(attributes["layer"].iloc[0]) if len(attributes) else ""
    made, columns = dict[str, list[Any]](), list[Column]()
    for name in (str(name) for name in attributes):
        values = attributes[name].tolist()
        cells = [None if row == NONE else values[row] for row in rows]
        column = f"{side.prefix}_{name}"
        made[column] = cells
        words = {code: wording.code(layer, name, code) for code in set(cells) if isinstance(code, str)}
        if any(word != Bilingual(code, code) for code, word in words.items()):
            column = f"{column}_name"
            made[column] = [words.get(cell) if cell is not None else None for cell in cells]
        title = wording.column(layer, name) if layer else DRAWN_WORDS.get(name, Bilingual(name, name))
        if name not in LINKS:
            columns.append(Column(column, f"{side.zh}:{title.zh}", f"{side.en}: {title.en}"))
    return pd.DataFrame({name: pd.Series(cells, dtype=object) for name, cells in made.items()}), columns


def _notes(pieces: Pieces, listing: Listing, sliver_m: float, first: Shapes, second: Shapes) -> list[Bilingual]:
    if len(pieces.shapes) == 0:
        return [Bilingual("两组没有这样的部分。", "There is no such part of the two.")]
    notes = []
    if "sliver" in listing.frame and (slivers := int(listing.frame["sliver"].sum())):
        notes.append(Bilingual(f"{slivers} 块平均宽度小于 {sliver_m:g} m,多为两组边界不重合的误差,已标“碎片”并计入合计。",
                               f"{slivers} pieces are narrower than {sliver_m:g} m on average, usually borders that do not fit; "
                               "they are marked as slivers and counted."))  # fmt: skip
    if overlap_within(first, sliver_m) or overlap_within(second, sliver_m):
        notes.append(Bilingual("同一组内有互相重叠的面,重叠处在合计中重复计算。",
                               "Areas of one side overlap each other: that ground counts more than once."))  # fmt: skip
    return notes


ANALYSIS = Analysis(
    id="overlay",
    group="areas",
    zh="叠置",
    en="Overlay",
    about_zh="两组对象的交集、差集、并集或对称差,保留双方属性,面积按椭球面计算。",
    about_en="Intersection, difference, union or symmetric difference of two selections with the attributes of both.",
    params=OverlayParams,
    needs=needs,
    run=run,
    source="definition: set operations on shapes with straight edges in lon/lat; areas Snyder (1987), USGS PP 1395, eq. 3-12",
    validity_zh="边界按存储的顶点计算;窄于1米的碎片多为边界误差。",
    validity_en="Borders are those of the stored vertices; pieces under a metre wide are usually errors of borders.",
    limits=(MOST_PAIRS, SLIVER, *LIMITS),
    example={"first": {"layer": "risk_zones"}, "second": {"layer": "townships"}, "how": "intersection"},
)
