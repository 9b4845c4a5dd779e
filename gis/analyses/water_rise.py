"""Which ground is under water, and how deep, when a river rises at a section."""

from typing import Self

import geopandas as gpd
import numpy as np
import shapely
from pydantic import model_validator
from scipy import ndimage

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
    param,
    summed,
)
from gis.asked import in_force, one_of
from gis.cells import Floats, lonlat_of
from gis.datum import CGCS2000
from gis.elevation import (
    SHARED,
    SNAP,
    STREAM,
    bands,
    bridged_note,
    cell_note,
    classes_of,
    coarsest,
    drained,
    ground_of,
    listed,
)
from gis.errors import NoAnswer, ValueOutOfRange
from gis.geometry import length_m
from gis.places import Place, frames_of_places, located
from gis.terrain_flow import Flow
from gis.water_rise import Reach, flood_depth, reach_of
from gis.watershed import Outlet, outlet_near

COARSEST = coarsest("water_rise", 100.0, "a valley floor of 300 m needs three cells across; published on 30 and 90 m grids")
HIGHEST = Limit(
    "water_rise.highest_m", 30.0, "m", "最大上涨高度", "Highest rise",
    "floods of small rivers rise by 5–15 m; more is usually a height above sea level typed as a rise, or a dam",
)  # fmt: skip
LONGEST = Limit(
    "water_rise.longest_m", 20_000.0, "m", "河段最长", "Longest reach each way",
    "over a longer way one rise for all does not hold: floods flatten as they travel (practice)",
)  # fmt: skip
CLASSES = Limit(
    "water_rise.classes_m", (0.5, 1.0, 2.0, 3.0), "m", "淹没水深分级", "Classes of depth", "SL 483-2017, flood risk maps: classes of depth",
)  # fmt: skip


class WaterRiseParams(Params):
    place: Place = param("断面", "Section", pick="place", help_zh="河道断面或河边一点", help_en="A river section, or a place by the river.")
    rise_m: float | None = param("上涨高度", "Rise", None, unit="m", gt=0, first=True, help_zh="高出高程数据中的水面;与水位二者选一",
                                 help_en="Above the water surface the elevation model shows; this or the level.")  # fmt: skip
    level_m: float | None = param("水位", "Level", None, unit="m", first=True, help_zh="与高程数据同一基准(1985);与上涨高度二者选一",
                                  help_en="In the datum of the elevation model (1985); this or the rise.")  # fmt: skip
    upstream_m: float = param("向上游", "Upstream", 1000.0, unit="m", ge=0)
    downstream_m: float = param("向下游", "Downstream", 1000.0, unit="m", ge=0)

    @model_validator(mode="after")
    def _rise_or_level(self) -> Self:
        one_of(self.rise_m, self.level_m, "请填写上涨高度或水位,二者选一", "give either a rise or a level")
        return self


def needs(params: WaterRiseParams) -> Needs:
    return Needs(frames_of_places(place=params.place), ground=True)


def run(params: WaterRiseParams, given: Given) -> Result:
    grid = ground_of(given, COARSEST)
    _refuse_long(params, in_force(given, LONGEST))
    place = located(given, "place", params.place)
    given.tell(0.05, Bilingual("推算水流", "Leading the water"))
    flow = drained(given, grid)
    outlet = outlet_near(flow, place.lon, place.lat, in_force(given, SNAP))
    rise_m = _rise(params, flow, outlet, in_force(given, HIGHEST))
    given.tell(0.6, Bilingual("推算淹没范围", "Finding the flooded ground"))
    reach = reach_of(flow, outlet.row, outlet.column, params.upstream_m, params.downstream_m)
    depth = flood_depth(flow, reach, rise_m)
    given.tell(0.8, Bilingual("绘制水深分级", "Drawing the classes of depth"))
    names = dict(enumerate(bands(in_force(given, CLASSES), "m"), start=1))
    classes = classes_of(depth, in_force(given, CLASSES), np.nan_to_num(depth) > 0)
    made = listed(given, grid, classes, names, Bilingual("淹没水深", "Depth of water"), "m")
    lists = {"flooded": made.listing, "reach": _river(flow, reach)}
    figures = (
        summed(lists, "flooded", "area_m2", "淹没面积", "Flooded area"),
        summed(lists, "reach", "length_m", "河段长度", "Length of the reach"),
    )
    notes = [cell_note(grid), *_how(outlet, rise_m, in_force(given, STREAM)), *_doubts(flow, depth), *bridged_note(flow), *made.notes]
    facts = {"rise_m": round(rise_m, 2), "moved_m": round(outlet.moved_m, 1), "deepest_m": round(float(np.nanmax(depth)), 2),
             "drawing": made.facts}  # fmt: skip
    return Result(lists, figures, notes, facts)


def _refuse_long(params: WaterRiseParams, longest_m: float) -> None:
    if max(params.upstream_m, params.downstream_m) > longest_m:
        raise ValueOutOfRange(
            f"河段向一侧最长 {longest_m:g} m。请缩短,或分段计算。",
            f"A reach goes {longest_m:g} m each way at most. Shorten it, or compute in parts.",
            allowed_m=longest_m,
        )  # fmt: skip


def _rise(params: WaterRiseParams, flow: Flow, outlet: Outlet, highest_m: float) -> float:
    ground_m = float(flow.grid.values[outlet.row, outlet.column])
    if params.rise_m is not None:
        rise_m = params.rise_m
    elif np.isnan(ground_m):
        raise NoAnswer("断面处高程缺失,无法由水位推算上涨高度。请改填上涨高度。",
                       "At the section the elevation model has a hole, so a level says no rise. Give the rise instead.")  # fmt: skip
    else:
        assert params.level_m is not None
        rise_m = params.level_m - ground_m
    if not 0 < rise_m <= highest_m:
        raise ValueOutOfRange(
            f"上涨高度 {rise_m:.2f} m 不在 0–{highest_m:g} m 之内(高程数据中河面为 {ground_m:.1f} m)。请核对水位基准和单位。",
            f"The rise would be {rise_m:.2f} m; 0 to {highest_m:g} m are allowed (the model has the river at {ground_m:.1f} m). "
            "Check the datum of the level and its unit.",
            rise_m=rise_m, allowed_m=highest_m,
        )  # fmt: skip
    return rise_m


def _river(flow: Flow, reach: Reach) -> Listing:
    if len(reach.cells) < 2:
        raise NoAnswer(
            "断面附近推算不出河段。请把地点移到河道上,或加长上下游距离。",
            "There is no reach at this place. Move it onto the river, or ask for a longer reach.",
        )
    lon, lat = lonlat_of(flow.grid, *np.divmod(reach.cells, flow.grid.shape[1]))
    line = shapely.LineString(np.column_stack([lon, lat]))
    bed = flow.filled_m.reshape(-1)[reach.cells]
    frame = gpd.GeoDataFrame({"length_m": [round(length_m(line))], "drop_m": [round(float(bed[0] - bed[-1]), 1)]},
                             geometry=[line], crs=CGCS2000)  # fmt: skip
    columns = (Column("length_m", "长度", "Length", "m"), Column("drop_m", "落差", "Drop", "m"))
    return Listing(Bilingual("计算河段", "Reach computed"), frame, columns)


def _how(outlet: Outlet, rise_m: float, stream_km2: float) -> list[Bilingual]:
    notes = [Bilingual(
        f"假定整个河段水面比高程数据中的河面高 {rise_m:.2f} m;不是水力计算:不含时间、流量、流速、堤防和桥梁壅水,河段下端以下不作判断。",
        f"The water is taken to stand {rise_m:.2f} m over the river of the model along the whole reach. This is not hydraulics: no time, "
        "volume, speed, banks or bridges, and nothing is said below the end of the reach.",
    )]  # fmt: skip
    if outlet.upstream_m2 < stream_km2 * 1e6:
        notes.append(Bilingual(
            f"该处上游集水面积只有 {outlet.upstream_m2 / 1e6:.2f} km²(不足 {stream_km2:g} km²),可能不在河道上,请核对地点。",
            f"Only {outlet.upstream_m2 / 1e6:.2f} km² of ground lie above this place (under {stream_km2:g} km²): it may not be on a river.",
        ))  # fmt: skip
    if outlet.moved_m > 0:
        notes.append(Bilingual(f"所选地点移到了 {outlet.moved_m:.0f} m 外的河道格。请核对是否为所指河流。",
                               f"The place was moved {outlet.moved_m:.0f} m onto the stream. Check that it is the one meant."))  # fmt: skip
    return notes


def _doubts(flow: Flow, depth: Floats) -> list[Bilingual]:
    wet = np.nan_to_num(depth) > 0
    around = ndimage.binary_dilation(wet, np.ones((3, 3)))
    notes = []
    if (around & np.isnan(flow.grid.values)).any():
        notes.append(Bilingual("淹没范围碰到高程空洞,空洞内是否淹没未知。",
                               "The flood meets holes of the elevation model; whether it covers them is unknown."))  # fmt: skip
    if wet[[0, -1]].any() or wet[:, [0, -1]].any():
        notes.append(Bilingual("淹没范围到达高程数据边缘,边缘以外未知。",
                               "The flood reaches the edge of the elevation model; what lies beyond is unknown."))  # fmt: skip
    return notes


ANALYSIS = Analysis(
    id="water_rise",
    group="terrain",
    zh="涨水淹没",
    en="Water rise",
    about_zh="某一断面水位上涨时,沿河段按高出河面的高度推算淹没范围和水深。",
    about_en="The ground under water, and how deep, when a river rises at a section, by height above the river along a reach.",
    params=WaterRiseParams,
    needs=needs,
    run=run,
    source="Nobre et al. (2016), Hydrol. Process. 30, 320–333; judged by Johnson et al. (2019), NHESS 19, 2405–2420",
    validity_zh="初步判断用:适于山区河谷的缓涨,不适于平原、城区、溃坝和有堤河段。淹没处均与河道相连。",
    validity_en="A first look, for valleys among hills and slow rises; not for plains, towns, dam breaks or rivers between levees. "
    "All flooded ground is joined to the river.",
    limits=(COARSEST, SNAP, STREAM, HIGHEST, LONGEST, CLASSES, *SHARED),
    example={"place": {"type": "Point", "coordinates": [111.1, 36.41]}, "rise_m": 3},
)
