"""Everything within so many metres of a shape or of features. The page to copy for a new analysis.

What a page holds, from top to bottom: its limits (numbers with a basis, which a county may change), its parameters, what
must be fetched for them, how it works, and the ANALYSIS that names it all. The work itself stands in `gis/spread.py`,
where it can be tested and used without parameters and lists.
"""

from collections.abc import Mapping
from typing import Any, Self

import geopandas as gpd
import numpy as np
import shapely
from pydantic import model_validator

from gis.analysis import Analysis, Bilingual, Column, Given, Limit, Listing, Needs, Result, counted, param, summed
from gis.asked import LIMITS, Chosen, features_or_drawn, in_force, names_in_a_row, one_of, refuse_many
from gis.datum import CGCS2000
from gis.errors import NoAnswer, ValueOutOfRange
from gis.spread import Shapes, areas_m2, buffered, dissolved

FURTHEST = Limit(
    "buffer.furthest_m", 100_000, "m", "最大缓冲距离", "Largest buffer distance",
    "the county is 55 km across; twice that. A larger number is usually centimetres, or a slip",
)  # fmt: skip
MOST_OBJECTS = Limit(
    "buffer.most_objects", 20_000, "个", "一次缓冲的最多对象数", "Most objects of one buffer",
    "a circle has 129 vertices, 20,000 of them are 50 MB as GeoJSON and half a minute to dissolve",
)  # fmt: skip

ROLE = "objects"
AT_ONCE = 1000  # objects between two looks at whether somebody wants to stop


class BufferParams(Chosen):
    geometry: dict[str, Any] | None = param("图形", "Shape", None, pick="area", help_zh="点、线或面,GeoJSON",
                                            help_en="A point, line or area, GeoJSON.", when={"layer": False})  # fmt: skip
    distance_m: float = param("距离", "Distance", 500.0, unit="m", help_zh="负数表示面向内收缩", help_en="Negative: areas shrink.")
    dissolve: bool = param("合并重叠部分", "Dissolve overlaps", False)

    @model_validator(mode="after")
    def _one_source(self) -> Self:
        one_of(self.geometry, self.layer, "请绘制图形或选择图层,二者选一", "draw a shape or choose a layer")
        return self


def needs(params: BufferParams) -> Needs:
    return Needs({ROLE: params.selection} if params.selection else {})


def run(params: BufferParams, given: Given) -> Result:
    _refuse_absurd(params.distance_m, in_force(given, FURTHEST))
    given.tell(0.1, Bilingual("读取对象", "Reading the objects"))
    rows = features_or_drawn(given, ROLE, params.selection, params.geometry)
    refuse_many(rows, in_force(given, MOST_OBJECTS))
    shapes = _buffers(rows.geometry.to_numpy(), params.distance_m, given)
    gone = shapely.is_empty(shapes)
    if gone.all():
        raise NoAnswer(
            f"收缩 {-params.distance_m:g} m 后没有剩余面积。请减小距离。",
            f"Nothing is left after shrinking by {-params.distance_m:g} m. Give a smaller distance.",
        )
    made = rows[~gone].set_geometry(shapes[~gone])
    given.tell(0.7, Bilingual("合并与量算", "Dissolving and measuring"))
    lists = _dissolved(made) if params.dissolve else _each(made)
    figures = (
        counted(lists, "buffers", "缓冲区", "Buffers"),
        summed(lists, "buffers", "area_m2", "面积合计", "Area in all"),
    )
    return Result(lists, figures, _notes(params, rows[gone]), {"distance_m": params.distance_m})


def _buffers(shapes: Shapes, distance_m: float, given: Given) -> Shapes:
    made = []
    for start in range(0, len(shapes), AT_ONCE):
        given.tell(0.1 + 0.6 * start / len(shapes), Bilingual("计算缓冲区", "Drawing the buffers"))
        made.append(buffered(shapes[start : start + AT_ONCE], distance_m))
    return np.concatenate(made)


def _refuse_absurd(distance_m: float, furthest_m: float) -> None:
    if abs(distance_m) > furthest_m:
        raise ValueOutOfRange(
            f"距离 {distance_m:g} m 超过上限 {furthest_m:g} m。请核对单位(米)。",
            f"Distance {distance_m:g} m; at most {furthest_m:g} m is allowed. Check the unit: metres.",
            distance_m=distance_m, allowed_m=furthest_m,
        )  # fmt: skip


OBJECT = (Column("layer", "图层", "Layer"), Column("id", "标识", "Id"), Column("code", "编号", "Code"),
          Column("name", "名称", "Name"))  # fmt: skip
AREA = Column("area_m2", "面积", "Area", "m²")


def _each(made: gpd.GeoDataFrame) -> Mapping[str, Listing]:
    """One buffer an object."""
    frame = made.assign(area_m2=np.round(areas_m2(made.geometry.to_numpy()), 1))
    return {"buffers": Listing(Bilingual("缓冲区", "Buffers"), frame, (*OBJECT, AREA))}


def _dissolved(made: gpd.GeoDataFrame) -> Mapping[str, Listing]:
    """One row for each piece of ground that hangs together, and which object went into which piece."""
    parts, part_of = dissolved(made.geometry.to_numpy())
    number = np.arange(1, len(parts) + 1)
    frame = gpd.GeoDataFrame(
        {"part": number, "objects": np.bincount(part_of, minlength=len(parts)), "area_m2": np.round(areas_m2(parts), 1)},
        geometry=parts, crs=CGCS2000,
    )  # fmt: skip
    members = made.drop(columns="geometry").assign(part=part_of + 1)
    part = Column("part", "区块", "Part")
    return {
        "buffers": Listing(Bilingual("合并后的缓冲区", "Dissolved buffers"), frame,
                           (part, Column("objects", "对象数", "Objects", "个"), AREA)),
        "objects": Listing(Bilingual("对象所在区块", "The part of each object"), members, (*OBJECT, part)),
    }  # fmt: skip


def _notes(params: BufferParams, gone: gpd.GeoDataFrame) -> list[Bilingual]:
    notes = []
    if not params.dissolve and params.layer is not None and params.distance_m > 0:
        notes.append(Bilingual("面积合计含重叠部分;要得到实际占地,请选“合并重叠部分”。",
                               "Overlaps count more than once in the total; dissolve to get the ground covered."))  # fmt: skip
    if params.distance_m < 0:
        notes.append(Bilingual(f"距离为负,面向内收缩 {-params.distance_m:g} m。",
                               f"The distance is negative: areas shrink by {-params.distance_m:g} m."))  # fmt: skip
    if len(gone):
        names = names_in_a_row(gone["name"].head(5))
        notes.append(Bilingual(f"{len(gone)} 个面收缩后没有剩余:{names.zh}。",
                               f"Nothing is left of {len(gone)} areas: {names.en}."))  # fmt: skip
    return notes


ANALYSIS = Analysis(
    id="buffer",
    group="areas",
    zh="缓冲区",
    en="Buffer",
    about_zh="对象或图形周围指定距离(米)以内的范围,可合并重叠部分。",
    about_en="Everything within a distance in metres of objects or a shape; overlaps can be dissolved.",
    params=BufferParams,
    needs=needs,
    run=run,
    source="definition: points within the distance on the CGCS2000 ellipsoid; projection Snyder (1987), USGS PP 1395, pp. 182–190",
    validity_zh="纬度 ±85° 以内、不跨 180° 经线;面积与椭球面真值相差 0.1% 以内。",
    validity_en="Within ±85° of latitude, not across the antimeridian; areas are within 0.1 % of the true ones.",
    limits=(FURTHEST, MOST_OBJECTS, *LIMITS),
    example={"geometry": {"type": "Point", "coordinates": [111.1, 36.41]}, "distance_m": 500},
)
