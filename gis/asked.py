"""What an analysis is asked about: a drawn shape, or features of a layer. Checked here once, for every page.

A drawn shape is GeoJSON in lon, lat and comes from strangers: `geometry.geometry_from_geojson` reads it, so that what is
no shape, crosses itself or has too many vertices is refused before work starts.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final, get_args

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from shapely.geometry.base import BaseGeometry

from gis.analysis import Bilingual, Given, Limit, Params, Selection, param
from gis.datum import CGCS2000
from gis.errors import BadCoordinates, BadGeometry, NoAnswer, ValueOutOfRange
from gis.geometry import GeometryKind, geometry_from_geojson
from gis.spread import areas_m2

AREAS: Final[tuple[GeometryKind, ...]] = ("Polygon", "MultiPolygon")

MAX_VERTICES: Final = Limit(
    "geometry.max_vertices", 100_000, "vertex", "单个图形最多顶点数", "Most vertices in one geometry",
    "a county outline has under 10,000; ten times that",
)  # fmt: skip
LARGEST_AREA: Final = Limit(
    "areas.largest_km2", 500_000, "km²", "一次分析的最大面积", "Largest area of one analysis",
    "three times Shanxi (156,700 km²); an area larger than that is a slip of the hand",
)  # fmt: skip
LIMITS: Final = (MAX_VERTICES, LARGEST_AREA)
DRAWN: Final = Bilingual("绘制图形", "Drawn shape")  # the name of what has none


def in_force(given: Given, limit: Limit) -> Any:
    """The value of a limit: the county's own, or its default."""
    return given.limits.get(limit.key, limit.value)


# -- a drawn shape ----------------------------------------------------------------------------------------------------


def drawn_shape(value: Mapping[str, Any], given: Given, kinds: Sequence[GeometryKind] = get_args(GeometryKind)) -> BaseGeometry:
    """The shape of a GeoJSON geometry of one of `kinds`, lon/lat.

    Raises BadGeometry or BadCoordinates (see `geometry_from_geojson`), and what `refuse_endless` does.
    """
    found = value.get("type")
    kind = next((kind for kind in kinds if kind == found), None)
    if kind is None:
        raise BadGeometry(
            f"这里需要 {'、'.join(kinds)} 类型的图形,收到的是 {str(found)[:40]}。请重新绘制。",
            f"A geometry of type {', '.join(kinds)} is needed here, {str(found)[:40]} was found. Draw it again.",
            expected=list(kinds), found=str(found)[:40],
        )  # fmt: skip
    shape = geometry_from_geojson(dict(value), kind, max_vertices=in_force(given, MAX_VERTICES))
    refuse_endless([shape], in_force(given, LARGEST_AREA))
    return shape


def refuse_endless(shapes: Sequence[BaseGeometry] | np.ndarray, largest_km2: float) -> None:
    """Raises BadCoordinates for a shape that reaches around the globe, ValueOutOfRange for one over `largest_km2`."""
    west, _, east, _ = shapely.bounds(np.asarray(shapes, dtype=object)).T
    if (east - west > 180).any():
        raise BadCoordinates(
            "图形横跨半个地球以上,可能跨越了 180° 经线或坐标有误。请在 180° 处拆分或重新绘制。",
            "The shape spans more than half the globe; does it cross the antimeridian? Split it there or draw it again.",
        )
    area_km2 = float(areas_m2(shapes).max(initial=0.0)) / 1e6
    if area_km2 > largest_km2:
        raise ValueOutOfRange(
            f"图形面积 {area_km2:,.0f} km²,上限 {largest_km2:,.0f} km²。请缩小范围。",
            f"The shape covers {area_km2:,.0f} km², {largest_km2:,.0f} km² are allowed. Draw a smaller one.",
            area_km2=area_km2, allowed_km2=largest_km2,
        )  # fmt: skip


# -- chosen features --------------------------------------------------------------------------------------------------


class Chosen(Params):
    """Features of a layer, as the flat inputs `layer`, `filter`, `ids` of a process."""

    layer: str | None = param("图层", "Layer", None, pick="layer", pattern=r"^[a-z_]{1,40}$")
    filter: str | None = param("筛选", "Filter (CQL2)", None, max_length=4000, when={"layer": True})
    ids: tuple[str, ...] | None = param("对象", "Objects", None, pick="objects", max_length=10_000, when={"layer": True})

    @property
    def selection(self) -> Selection | None:
        return None if self.layer is None else Selection(layer=self.layer, filter=self.filter, ids=self.ids)


def chosen_features(given: Given, role: str, selection: Selection) -> gpd.GeoDataFrame:
    """The fetched frame of a role: shapes that are there, are finite and valid.

    Raises NoAnswer where nothing was found, an id is unknown, or nothing found has a shape.
    """
    frame = given.frames[role]
    if selection.ids is not None:
        known = {*frame.index.astype(str)} | ({*frame["code"].dropna().astype(str)} if "code" in frame else set())
        if unknown := [wanted for wanted in selection.ids if wanted not in known]:
            shown = "、".join(name[:40] for name in unknown[:5])
            raise NoAnswer(
                f"图层 {selection.layer} 中没有这些对象:{shown}(共 {len(unknown)} 个)。请核对编号。",
                f"Layer {selection.layer} has no such objects: {shown} ({len(unknown)} in all). Check their codes.",
                unknown=unknown[:100],
            )  # fmt: skip
    sound = frame.geometry.notna() & ~frame.geometry.is_empty
    if not sound.any():
        raise nothing_there(given, selection)
    return frame if sound.all() else frame[sound]


def nothing_there(given: Given, selection: Selection) -> NoAnswer:
    """Why a layer has nothing to work on: it is empty, or nothing in it is as asked."""
    zh, en = given.wording.layer(selection.layer)
    if selection.filter is None:
        return NoAnswer(f"图层“{zh}”还没有可用的数据。请先在“数据”中录入或导入。",
                        f"The layer “{en}” has no data to work on yet. Enter or import some under “Data” first.",
                        layer=selection.layer)  # fmt: skip
    return NoAnswer(f"图层“{zh}”中没有符合条件的对象({selection.filter})。请放宽筛选,或先在“数据”中录入。",
                    f"The layer “{en}” has no such object ({selection.filter}). Widen the filter, or enter some under “Data” first.",
                    layer=selection.layer)  # fmt: skip


def none_entered(given: Given, layer: str) -> list[Bilingual]:
    """A note where an analysis counts on what a layer holds and it holds nothing: that may be so, or nobody has entered it."""
    if layer not in given.frames or len(given.frames[layer]):
        return []
    zh, en = given.wording.layer(layer)
    return [Bilingual(f"图层“{zh}”还没有数据,按一处也没有计算。如实际已有,请先在“数据”中录入或导入。",
                      f"The layer “{en}” has no data yet: computed as if there were none. If there are some, enter or import them "
                      "under “Data” first.")]  # fmt: skip


def features_or_drawn(given: Given, role: str, selection: Selection | None, drawn: Mapping[str, Any] | None,
                      kinds: Sequence[GeometryKind] = get_args(GeometryKind)) -> gpd.GeoDataFrame:  # fmt: skip
    """What was asked about, as rows with `layer`, `id`, `code`, `name`, `geometry`: features, or the one shape drawn, whose
    name is a Bilingual."""
    if selection is not None:
        frame = chosen_features(given, role, selection)
        refuse_endless(frame.geometry.to_numpy(), in_force(given, LARGEST_AREA))
        columns = {name: texts(frame, name) for name in ("code", "name")}
        return gpd.GeoDataFrame({"layer": selection.layer, "id": frame.index.astype(str), **columns},
                                geometry=frame.geometry.to_numpy(), crs=CGCS2000)  # fmt: skip
    if drawn is None:
        raise BadGeometry("请绘制图形或选择图层。", "Draw a shape or choose a layer.")
    shape = drawn_shape(drawn, given, kinds)
    row = {"layer": [""], "id": [""], "code": [""], "name": [DRAWN]}
    return gpd.GeoDataFrame(row, geometry=[shape], crs=CGCS2000)


def refuse_mixed(rows: gpd.GeoDataFrame) -> None:
    """Raises BadGeometry where points, lines and areas are mixed, or a shape is not valid."""
    shapes = rows.geometry.to_numpy()
    if len(np.unique(shapely.get_dimensions(shapes))) > 1:
        raise BadGeometry("点、线、面混在一起,不能一起计算。请分开选择。", "Points, lines and areas are mixed. Choose them apart.")
    wrong = np.flatnonzero(~shapely.is_valid(shapes))
    if len(wrong):
        named = names_in_a_row(rows["name"].iloc[wrong[:5]])
        raise BadGeometry(
            f"{len(wrong)} 个对象的图形自相交或无效:{named.zh}。请先修正图形。",
            f"The shapes of {len(wrong)} objects cross themselves or are not valid: {named.en}. Mend them first.",
            rows=len(wrong),
        )


def refuse_arealess(rows: gpd.GeoDataFrame) -> None:
    """Raises BadGeometry where areas are needed and points or lines were chosen."""
    if (shapely.get_dimensions(rows.geometry.to_numpy()) < 2).any():
        raise BadGeometry("这里需要面;点和线请先做缓冲区。", "These must be areas. Buffer points and lines first.")


def refuse_many(rows: pd.DataFrame, most: int) -> None:
    """Raises ValueOutOfRange where more than `most` objects were chosen."""
    if len(rows) > most:
        raise ValueOutOfRange(
            f"选中了 {len(rows)} 个对象,上限 {most}。请先筛选。",
            f"{len(rows)} objects were chosen, {most} are allowed. Filter first.",
            objects=len(rows), allowed=most,
        )  # fmt: skip


def one_of(first: object, second: object, zh: str, en: str) -> None:
    """For validators of parameters: exactly one of two must be given."""
    if (first is None) == (second is None):
        raise ValueError(f"{zh} / {en}")


def names_in_a_row(names: Iterable[str | Bilingual]) -> Bilingual:
    """Names of rows, as `features_or_drawn` gives them, for a sentence."""
    both = [name if isinstance(name, Bilingual) else Bilingual(str(name), str(name)) for name in names]
    return Bilingual("、".join(name.zh[:40] for name in both), ", ".join(name.en[:40] for name in both))


def texts(frame: pd.DataFrame, column: str) -> list[str]:
    """A text column as plain texts, empty where it is missing."""
    if column not in frame:
        return [""] * len(frame)
    return ["" if pd.isna(value) else str(value) for value in frame[column]]
