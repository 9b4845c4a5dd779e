"""Zones for 关停撤避封: an area for each object by a geometry code, the mapped one where there is one. The verb stays open."""

from collections.abc import Sequence
from typing import Any, Final, Literal, Self

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
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
from gis.asked import DRAWN, Chosen, chosen_features, drawn_shape, in_force, refuse_many, texts
from gis.asked import LIMITS as ASKED
from gis.datum import CGCS2000
from gis.divisions import divisions_named
from gis.elevation import SHARED, coarsest, drained, ground_of
from gis.errors import NoAnswer, Refusal, ValueOutOfRange
from gis.geometry import length_m
from gis.spread import areas_m2
from gis.turning import TurningPlaces
from gis.zones import ZoneCode
from gis.zoning import LIMITS as ZONING
from gis.zoning import ROAD_JOIN, Means, Zone, zone_of

COARSEST = coarsest("zones", 100.0, "gullies of the loess hills are 100–300 m wide; a cell must fit into one")
LONGEST = Limit(
    "zones.longest_m", 30_000, "m", "区域最大长度或半径", "Longest zone or largest radius",
    "ten times the longest of the rule table (DOWN(2000,50), WIND(3000,30)); more is a slip",
)  # fmt: skip
MOST_OBJECTS = Limit(
    "zones.most_objects", 5_000, "个", "一次划区的最多对象数", "Most objects of one run",
    "ten counties' danger points; nobody approves more at once",
)  # fmt: skip

Kind = Literal["POLY", "BUF", "DOWN", "SLOPE", "SEG", "WIND", "ADMIN"]
KINDS: Final[dict[str, tuple[str, str]]] = {
    "POLY": ("图定危险区,没有时按规定估算", "Mapped area, else as the domain says"), "BUF": ("对象周围", "Around the object"),
    "DOWN": ("沿沟下游", "Down the valley"), "SLOPE": ("坡下扇形", "Below the slope"), "SEG": ("路段", "Road segment"),
    "WIND": ("下风扇形", "Downwind"), "ADMIN": ("乡镇或村", "Townships or villages"),
}  # fmt: skip
OBJECTS, ROADS, VILLAGES = "objects", "roads", "villages"
ON_GROUND = ("POLY", "DOWN", "SLOPE")
OF_OBJECTS: Final = tuple(code for code in KINDS if code != "ADMIN")
BY_HEIGHT: Final = ("POLY", "SLOPE")  # what is mapped nowhere may be a collapse or a heap, and these go by height


class ZonesParams(Chosen):
    only_when = {"layer": {"code": OF_OBJECTS}}

    geometry: dict[str, Any] | None = param("图形", "Shape", None, pick="area", help_zh="不选图层时:点、线或面",
                                            help_en="Instead of a layer.", when={"code": OF_OBJECTS, "layer": False})  # fmt: skip
    code: Kind = param("区域代码", "Zone code", "POLY", choices=KINDS)
    radius_m: float | None = param("半径", "Radius", None, unit="m", gt=0, when={"code": ("BUF",)}, needed=True)
    length_m: float | None = param("长度", "Length", None, unit="m", gt=0, when={"code": ("DOWN", "WIND")}, needed=True)
    half_width_m: float | None = param("每侧宽度", "Width each side", None, unit="m", gt=0, when={"code": ("DOWN",)}, needed=True)
    times_height: float | None = param("高度倍数", "Times the height", None, gt=0, le=20, when={"code": ("SLOPE",)}, needed=True)
    least_m: float = param("最短", "At least", 0.0, unit="m", ge=0, when={"code": ("SLOPE",)})
    most_m: float | None = param("最长", "At most", None, unit="m", gt=0, when={"code": ("SLOPE",)})
    height_m: float | None = param("高度(对象未填时)", "Height, where the object has none", None, unit="m", gt=0, le=2000,
                                   when={"code": BY_HEIGHT})  # fmt: skip
    bearing_deg: float | None = param("坡向(对象未填时)", "Fall line, where the object has none", None, unit="°", ge=0, le=360,
                                      when={"code": BY_HEIGHT})  # fmt: skip
    half_angle_deg: float | None = param("半角", "Half angle", None, unit="°", gt=0, le=90, when={"code": ("WIND",)}, needed=True)
    wind_from_deg: float | None = param("风向(来向)", "Wind from", None, unit="°", ge=0, le=360, when={"code": ("WIND",)},
                                        needed=True)  # fmt: skip
    places: tuple[str, ...] | None = param("乡镇或村", "Townships or villages", None, min_length=1, max_length=1000,
                                           when={"code": ("ADMIN",)}, needed=True)  # fmt: skip
    prefer_mapped: bool = param("有图定范围时优先", "Mapped areas first", True, when={"code": ("DOWN", "SLOPE")})

    @model_validator(mode="after")
    def _complete(self) -> Self:
        if self.code != "ADMIN" and self.geometry is None and self.layer is None:
            raise ValueError("请绘制图形或选择图层 / draw a shape or choose a layer")
        if self.most_m is not None and self.most_m < self.least_m:
            raise ValueError("“最长”小于“最短” / “At most” is below “At least”")
        return self

    @property
    def spelt(self) -> ZoneCode:
        bounds = (self.least_m, self.most_m) if self.least_m or self.most_m is not None else ()
        numbers = {"BUF": (self.radius_m,), "DOWN": (self.length_m, self.half_width_m), "SLOPE": (self.times_height, *bounds),
                   "WIND": (self.length_m, self.half_angle_deg)}.get(self.code, ())  # fmt: skip
        return ZoneCode(self.code, tuple(float(number) for number in numbers if number is not None))


def needs(params: ZonesParams) -> Needs:
    frames = {OBJECTS: params.selection} if params.selection is not None and params.code != "ADMIN" else {}
    if params.code == "SEG":
        frames[ROADS] = Selection(layer="roads")
    if params.code == "ADMIN":
        frames[VILLAGES] = Selection(layer="villages")
    return Needs(frames, ground=params.code in ON_GROUND)


def run(params: ZonesParams, given: Given) -> Result:
    _refuse_absurd(params, in_force(given, LONGEST))
    if params.code == "ADMIN":
        return _divisions(params.places or (), given)
    objects = _objects(params, given)
    means = _means(params, given)
    made, failed = [], []
    for number, (layer, row) in enumerate(objects):
        given.tell(0.1 + 0.85 * number / len(objects), Bilingual("划定区域", "Drawing zones"))
        try:
            made.append((layer, row, zone_of(layer, row, params.spelt, means)))
        except Refusal as refusal:
            failed.append((layer, row, refusal))
    if not made:
        raise failed[0][2]
    return _result(made, failed)


def _refuse_absurd(params: ZonesParams, longest_m: float) -> None:
    for name in ("radius_m", "length_m", "half_width_m", "most_m"):
        value = getattr(params, name)
        if value is not None and value > longest_m:
            raise ValueOutOfRange(
                f"{name} = {value:g} m 超过上限 {longest_m:g} m。请核对单位(米)。",
                f"{name} = {value:g} m; at most {longest_m:g} m is allowed. Check the unit: metres.",
                field=name, value=value, allowed_m=longest_m,
            )  # fmt: skip


def _objects(params: ZonesParams, given: Given) -> list[tuple[str, dict[str, Any]]]:
    if params.selection is None:
        shape = drawn_shape(params.geometry or {}, given)
        return [("", {"id": "", "code": "", "name": DRAWN, "geometry": shape})]
    frame = chosen_features(given, OBJECTS, params.selection)
    refuse_many(frame, in_force(given, MOST_OBJECTS))
    named = {name: texts(frame, name) for name in ("code", "name")}
    rows = pd.DataFrame(frame).assign(id=frame.index.astype(str), **named).to_dict("records")
    return [(params.selection.layer, {str(name): value for name, value in row.items()}) for row in rows]


def _means(params: ZonesParams, given: Given) -> Means:
    def roads() -> TurningPlaces:
        frame = given.frames[ROADS]
        if len(frame) == 0:
            raise NoAnswer("本县没有道路数据,定不出路段。请先录入。", "The county has no roads, so there are no segments. Enter them.")
        return TurningPlaces(frame.geometry.to_numpy(), in_force(given, ROAD_JOIN), texts(frame, "code"))

    limits = {limit.key: in_force(given, limit) for limit in ZONING}
    return Means(limits, lambda: ground_of(given, COARSEST), lambda grid: drained(given, grid), roads, params.prefer_mapped,
                 params.wind_from_deg, params.height_m, params.bearing_deg, given.wording)  # fmt: skip


# -- lists ------------------------------------------------------------------------------------------------------------

METHODS = {"mapped": Bilingual("图定范围", "Mapped"), "estimated": Bilingual("估算范围", "Estimated")}
NAME = Column("name", "名称", "Name")
LINKS = (Column("code", "编号", "Code"), Column("layer", "图层", "Layer"), Column("id", "标识", "Id"))
AREA, LENGTH = Column("area_m2", "面积", "Area", "m²"), Column("length_m", "路段长度", "Length of road", "m")
SAID = (Column("method_name", "范围性质", "Kind of area"), Column("zone_name", "区域", "Zone"))
BASIS = (Column("used", "采用参数", "Parameters used"), Column("why", "依据", "Why"))


def _result(made: Sequence[tuple[str, dict[str, Any], Zone]], failed: Sequence[tuple[str, dict[str, Any], Refusal]]) -> Result:
    zones = [zone for _, _, zone in made]
    shapes = [zone.area for zone in zones]
    is_line = [shapely.get_dimensions(shape) == 1 for shape in shapes]
    frame = gpd.GeoDataFrame(
        {"layer": [layer for layer, _, _ in made], **{name: [row[name] for _, row, _ in made] for name in ("id", "code", "name")},
         "zone": [str(zone.code) for zone in zones], "zone_name": [_named(zone.code) for zone in zones],
         "method": [zone.method for zone in zones], "method_name": [METHODS[zone.method] for zone in zones],
         "verb": [None] * len(zones), "used": [zone.used for zone in zones], "why": [zone.why for zone in zones],
         "area_m2": np.round(areas_m2(shapes), 1),
         "length_m": [round(length_m(shape), 1) if line else None for shape, line in zip(shapes, is_line, strict=True)]},
        geometry=shapes, crs=CGCS2000,
    )  # fmt: skip
    measured = [*([] if all(is_line) else [AREA]), *([LENGTH] if any(is_line) else [])]
    lists = {"zones": Listing(Bilingual("区域", "Zones"), frame, (NAME, *SAID, *measured, *BASIS, *LINKS))}
    notes = []
    if estimated := sum(zone.method == "estimated" for zone in zones):
        notes.append(Bilingual(f"{estimated} 处为估算范围,不是测绘的危险区,须现场核定。",
                               f"{estimated} are estimates, not surveyed danger areas: to be checked on the ground."))  # fmt: skip
    figures = [counted(lists, "zones", "区域", "Zones", "处")]
    if AREA in measured:
        figures.append(summed(lists, "zones", "area_m2", "面积合计(重叠重复计)", "Area in all"))
    if LENGTH in measured:
        figures.append(summed(lists, "zones", "length_m", "路段合计", "Road in all"))
    if failed:
        lists["not_made"] = _not_made(failed)
        figures.append(counted(lists, "not_made", "没有划出的对象", "Objects without a zone", "处"))
        notes.insert(0, Bilingual(f"有 {len(failed)} 个对象划不出区域,见清单,不要遗漏。",
                                  f"{len(failed)} objects have no zone: see their list, and do not forget them."))  # fmt: skip
    return Result(lists, figures, notes)


def _named(code: ZoneCode) -> Bilingual:
    """The code as the rule table spells it, behind its words."""
    zh, en = KINDS[code.kind] if code.kind != "POLY" else ("图定危险区", "Mapped area")
    return Bilingual(f"{zh} {code}", f"{en} {code}")


def _not_made(failed: Sequence[tuple[str, dict[str, Any], Refusal]]) -> Listing:
    rows = [{"layer": layer, **{name: row[name] for name in ("id", "code", "name")}, "why": Bilingual(refusal.zh, refusal.en)}
            for layer, row, refusal in failed]  # fmt: skip
    columns = (NAME, Column("why", "原因", "Why"), *LINKS)
    return Listing(Bilingual("没有划出的对象", "Objects without a zone"), pd.DataFrame(rows), columns)


def _divisions(places: tuple[str, ...], given: Given) -> Result:
    made: list[tuple[str, dict[str, Any], Zone]] = []
    failed: list[tuple[str, dict[str, Any], Refusal]] = []
    for held in divisions_named(places, given, given.frames[VILLAGES]):
        row = {"id": held.id, "code": held.code, "name": held.name}
        if held.outline is None:
            failed.append((held.layer, row, NoAnswer("没有录入村域范围,只有点位。请录入村域,或改用 BUF。",
                                                     "Its outline has not been entered. Enter it, or use BUF.")))  # fmt: skip
            continue
        why = Bilingual("行政区范围", "The division's outline")
        made.append((held.layer, row, Zone(ZoneCode("ADMIN"), held.outline, "mapped", None, why)))
    if not made:
        raise failed[0][2]
    return _result(made, failed)


ANALYSIS = Analysis(
    id="zones",
    group="areas",
    zh="关停撤避封区域",
    en="Zones",
    about_zh="为所选对象划定区域:有图定危险区的用图定范围,没有的按规定估算并注明;措施(关停撤避封)由人决定。",
    about_en="An area for each object: the mapped danger area, or an estimate that says so. Which measure applies stays open.",
    params=ZonesParams,
    needs=needs,
    run=run,
    source="domain §1.1 zone geometry codes; DOWN: D8 (O'Callaghan & Mark 1984); fall line: Horn (1981)",
    validity_zh="估算范围只用于先期管控,不代表灾害实际影响范围;DOWN 是水流路径,不是运动距离预测。",
    validity_en="Estimates serve first control; they are no forecast of how far a slide or flow will reach. DOWN is a path.",
    limits=(COARSEST, LONGEST, MOST_OBJECTS, *ZONING, *SHARED, *ASKED),
    example={"layer": "geohazards", "filter": "danger_grade = 'large'", "code": "POLY"},
)
