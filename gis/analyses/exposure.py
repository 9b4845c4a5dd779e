"""Who and what is inside: people, households, weak people and objects by layer and township, each with its list."""

from collections.abc import Mapping
from typing import Any, NamedTuple, Self

import geopandas as gpd
import numpy as np
import pandas as pd
from pydantic import model_validator

from gis.analysis import (
    Analysis,
    Bilingual,
    Column,
    Figure,
    Given,
    Listing,
    Needs,
    Result,
    Selection,
    counted,
    param,
    summed,
)
from gis.asked import AREAS, LIMITS, Chosen, features_or_drawn, one_of, refuse_arealess, refuse_mixed
from gis.datum import CGCS2000
from gis.exposure import COUNTED, MEASURES, Inside, inside, measures, sums, townships_of
from gis.population import TOWNSHIP_UNKNOWN

ROLE = "areas"


class ExposureParams(Chosen):
    area: dict[str, Any] | None = param("范围", "Area", None, pick="area", help_zh="面,GeoJSON", help_en="A polygon, GeoJSON.",
                                        when={"layer": False})
    over: tuple[str, ...] = param("统计图层", "Layers counted", tuple(COUNTED), pick="layer", min_length=1, max_length=40)
    filters: dict[str, str] = param("图层筛选", "Filters of layers", {}, max_length=40,
                                    help_zh="图层名 → CQL2,只统计符合的对象", help_en="Layer → CQL2: only such objects count.")  # fmt: skip

    @model_validator(mode="after")
    def _one_source(self) -> Self:
        one_of(self.area, self.layer, "请绘制范围或选择面图层,二者选一", "draw an area or choose a layer of areas")
        if len(set(self.over)) < len(self.over) or set(self.filters) - set(self.over):
            raise ValueError("图层不能重复,筛选只能针对所统计的图层 / layers once each, filters only of these")
        return self


def needs(params: ExposureParams) -> Needs:
    counted_over = {_role(layer): Selection(layer=layer, filter=params.filters.get(layer)) for layer in params.over}
    return Needs(counted_over | ({ROLE: params.selection} if params.selection else {}))


def _role(layer: str) -> str:
    return f"over {layer}"


def run(params: ExposureParams, given: Given) -> Result:
    given.tell(0.0, Bilingual("读取范围", "Reading the areas"))
    areas = features_or_drawn(given, ROLE, params.selection, params.area, AREAS)
    refuse_arealess(areas)
    refuse_mixed(areas)
    found = {}
    for number, layer in enumerate(params.over):
        given.tell(0.1 + 0.8 * number / len(params.over), Bilingual(f"统计 {layer}", f"Counting {layer}"))
        found[layer] = _found(layer, areas, given)
    given.tell(0.9, Bilingual("汇总", "Adding up"))
    names = dict(zip(given.townships["code"].astype(str).str[:9], given.townships["name"].astype(str), strict=True))
    lists = {"exposure": _by_layer(found), "by_township": _by_township(found, names)}
    if len(areas) > 1:
        lists["by_area"] = _by_area(found, areas)
    lists |= {layer: _objects(layer, held, names) for layer, held in found.items()}
    return Result(lists, _figures(lists, found), _notes(found, areas))


class Found(NamedTuple):
    """What of a layer is inside. rows : its objects, `townships` and `values` (MEASURES) in the same order. called : the layer."""

    called: Bilingual
    rows: gpd.GeoDataFrame
    inside: Inside
    townships: "pd.Series[str]"
    values: pd.DataFrame


def _found(layer: str, areas: gpd.GeoDataFrame, given: Given) -> Found:
    frame = given.frames[_role(layer)]
    frame = frame[frame.geometry.notna() & ~frame.geometry.is_empty]
    held = inside(areas.geometry.to_numpy(), frame.geometry.to_numpy())
    rows = frame.take(held.rows)
    called = Bilingual(str(frame.attrs.get("zh", layer)), str(frame.attrs.get("en", layer)))
    return Found(called, rows, held, townships_of(rows, given.townships), measures(layer, rows))


# -- lists ------------------------------------------------------------------------------------------------------------

LAYER, LAYER_NAME = Column("layer", "图层", "Layer"), Column("layer_name", "图层", "Layer")
TOWNSHIP = Column("township_name", "乡镇", "Township")  # `township` beside it is its code
OBJECTS = Column("objects", "对象数", "Objects", "个")
SUMMED = (Column("people", "人数", "People", "人"), Column("households", "户数", "Households", "户"),
          Column("weak_people", "弱势人员", "Weak people", "人"))  # fmt: skip



def _by_layer(found: Mapping[str, Found]) -> Listing:
    rows = []
    for layer, held in found.items():
        who = Bilingual(COUNTED[layer].zh, COUNTED[layer].en) if layer in COUNTED else None
        everything = sums(np.zeros(len(held.rows), dtype=np.intp), held.values, 1).iloc[0].to_dict()
        unknown = int(held.values["people"].isna().sum()) if layer in COUNTED else 0
        rows.append({"layer": layer, "layer_name": held.called, **everything, "objects": len(held.rows), "who": who,
                     "people_unknown": unknown})  # fmt: skip
    columns = (LAYER_NAME, OBJECTS, *SUMMED, Column("who", "人数口径", "Who they are"),
               Column("people_unknown", "人数不详的对象", "Objects of unknown people", "个"))  # fmt: skip
    return Listing(Bilingual("范围内各图层", "Inside, by layer"), pd.DataFrame(rows), columns)


def _grouped(layer: str, values: pd.DataFrame, keys: pd.DataFrame) -> pd.DataFrame:
    """Sums of a layer by the columns of `keys`, (n,) rows as `values`."""
    if len(keys) == 0:
        return pd.DataFrame({name: [] for name in ("layer", *keys, "objects", *MEASURES)})
    code, kept = pd.factorize(pd.MultiIndex.from_frame(keys) if len(keys.columns) > 1 else keys.iloc[:, 0], sort=True)
    made = sums(code, values, len(kept))
    return pd.concat([pd.DataFrame({"layer": layer}, index=made.index), pd.DataFrame({keys.columns[0]: np.asarray(kept)}), made], axis=1)


def _by_township(found: Mapping[str, Found], names: Mapping[str, str]) -> Listing:
    parts = [_grouped(layer, held.values, held.townships.rename("township").to_frame()) for layer, held in found.items()]
    table = pd.concat(parts, ignore_index=True)
    table["objects"] = table["objects"].astype(int)
    table["layer_name"] = [found[layer].called for layer in table["layer"]]
    table["township_name"] = [_township_name(code, names) for code in table["township"]]
    table = table.sort_values(["township", "layer"], ignore_index=True)
    return Listing(Bilingual("分乡镇", "By township"), table, (TOWNSHIP, LAYER_NAME, OBJECTS, *SUMMED))


def _township_name(code: str, names: Mapping[str, str]) -> str | Bilingual:
    return names.get(code, code or TOWNSHIP_UNKNOWN)


def _by_area(found: Mapping[str, Found], areas: gpd.GeoDataFrame) -> Listing:
    """Each area on its own: what lies in two of them is in both rows, so these rows do not add up to the total."""
    parts = []
    for layer, held in found.items():
        hits = held.inside.hits
        values = held.values.iloc[np.searchsorted(held.inside.rows, hits.row)]
        part = sums(hits.area, values, len(areas)).assign(layer=layer, at=np.arange(len(areas)))
        parts.append(part[part["objects"] > 0])
    table = pd.concat(parts, ignore_index=True).sort_values(["at", "layer"], kind="stable", ignore_index=True)
    table["layer_name"] = [found[layer].called for layer in table["layer"]]
    described = areas[["id", "code", "name"]].add_prefix("area_").take(table["at"].to_numpy()).reset_index(drop=True)
    frame = gpd.GeoDataFrame(pd.concat([described, table.drop(columns="at")], axis=1),
                             geometry=areas.geometry.to_numpy()[table["at"].to_numpy()], crs=CGCS2000)  # fmt: skip
    columns = (Column("area_name", "范围", "Area"), Column("area_code", "范围编号", "Area code"), LAYER_NAME, OBJECTS, *SUMMED)
    return Listing(Bilingual("分范围(重叠处重复计)", "By area (overlaps in each)"), frame, columns)


def _objects(layer: str, held: Found, names: Mapping[str, str]) -> Listing:
    """The objects of a layer that are inside, each once."""
    rows, at = held.rows, np.searchsorted(held.inside.rows, held.inside.hits.row)
    plain: dict[str, Any] = {"layer": layer, "id": rows.index}
    plain |= {name: rows[name].to_numpy() for name in ("code", "name") if name in rows}
    plain["township"] = held.townships.to_numpy()
    plain["township_name"] = held.townships.map({code: _township_name(code, names) for code in held.townships.unique()}).to_numpy()
    plain |= {"share": held.inside.share, "areas": np.bincount(at, minlength=len(rows))}
    kept = [column for column in SUMMED if not held.values[column.name].isna().all()]
    plain |= {column.name: held.values[column.name].to_numpy() for column in kept}
    frame = gpd.GeoDataFrame(plain, geometry=rows.geometry.to_numpy(), crs=CGCS2000, index=np.arange(len(rows)))
    words = {"code": Column("code", "编号", "Code"), "name": Column("name", "名称", "Name")}
    named = [words[name] for name in words if name in plain]
    columns = (LAYER, Column("id", "标识", "Id"), *named, TOWNSHIP, Column("share", "在范围内的比例", "Share inside"),
               Column("areas", "所在范围数", "Areas it lies in", "个"), *kept)  # fmt: skip
    return Listing(Bilingual(f"范围内:{held.called.zh}", f"Inside: {held.called.en}"), frame, columns)


# -- figures and notes ------------------------------------------------------------------------------------------------


def _figures(lists: Mapping[str, Listing], found: Mapping[str, Found]) -> list[Figure]:
    figures = []
    for layer, held in found.items():
        columns = {column.name for column in lists[layer].columns}
        if len(lists[layer].frame) == 0:
            continue
        figures.append(counted(lists, layer, *held.called))
        if layer not in COUNTED:
            continue
        words = COUNTED[layer]
        told = {"people": (words.zh, words.en), "households": (f"户数({words.zh})", f"Households ({words.en})"),
                "weak_people": (f"弱势人员({words.zh})", f"Weak people ({words.en})")}  # fmt: skip
        figures += [summed(lists, layer, name, *told[name]) for name in MEASURES if name in columns]
    return figures


def _notes(found: Mapping[str, Found], areas: gpd.GeoDataFrame) -> list[Bilingual]:
    notes = [Bilingual("各类人数来源不同、互有重叠(住户在村内,学生也是村民),不能相加。",
                       "The kinds of people overlap (a household lives in a village): never add them up.")]  # fmt: skip
    partly = sum(int((held.inside.share < 1).sum()) for held in found.values())
    if partly:
        notes.append(Bilingual(f"{partly} 个对象只有一部分在范围内,按整个对象计入,“比例”一栏是在范围内的部分。",
                               f"{partly} objects are only partly inside; they count whole, `share` says how much is inside."))  # fmt: skip
    unknown = sum(int(held.values["people"].isna().sum()) for layer, held in found.items() if layer in COUNTED)
    if unknown:
        notes.append(Bilingual(f"{unknown} 个对象没有填人数,未计入,实际人数可能更多。",
                               f"{unknown} objects have no number of people and are left out: there may be more."))  # fmt: skip
    if len(areas) > 1 and any((np.bincount(held.inside.hits.row) > 1).any() for held in found.values()):
        notes.append(Bilingual("有的对象在几个范围内:合计中每个对象只计一次,“分范围”中在每个范围里各计一次。",
                               "Some objects lie in several areas: in the totals each counts once; by area it is in each."))  # fmt: skip
    if not any(len(held.rows) for held in found.values()):
        notes.append(Bilingual("范围内没有所选图层的对象。", "Nothing of the chosen layers lies inside."))
    return notes


ANALYSIS = Analysis(
    id="exposure",
    group="areas",
    zh="影响统计",
    en="Exposure",
    about_zh="范围内的人员、户数、弱势人员和对象,按图层和乡镇统计,每个数都能打开清单。",
    about_en="People, households, weak people and objects inside areas by layer and township; every number opens to its list.",
    params=ExposureParams,
    needs=needs,
    run=run,
    source="definition: a point inside or on the border, a line or area with any part inside; each object once",
    validity_zh="人数是所登记的数,不是此刻实际在场的人数;只统计已录入的对象。",
    validity_en="People as registered, not those present at this moment; only what has been entered is counted.",
    limits=LIMITS,
    example={"layer": "risk_zones", "filter": "level = 'very_high'"},
)
