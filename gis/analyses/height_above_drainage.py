"""How high the ground stands above the stream its water reaches first: valley floors, terraces, slopes."""

import geopandas as gpd
import numpy as np

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
    counted,
    param,
    summed,
)
from gis.asked import in_force
from gis.datum import CGCS2000
from gis.elevation import (
    AREA_LIMITS,
    SHARED,
    STREAM,
    TOLERANCE,
    VERTICES,
    area_asked,
    bands,
    bridged_note,
    cell_note,
    cells_in,
    classes_of,
    coarsest,
    drained,
    ground_of,
    listed,
    unknown_note,
)
from gis.geometry import length_m
from gis.hand import height_above
from gis.places import AreaInput, frames_of_areas
from gis.streams import stream_lines
from gis.terrain_flow import Flow, streams_of

COARSEST = coarsest("height_above_drainage", 100.0, "published and tested on SRTM of 90 m (Rennó et al. 2008)")
CLASSES = Limit(
    "height_above_drainage.classes_m", (2.0, 5.0, 15.0, 30.0), "m", "高差分级", "Classes of height",
    "about 5 and 15 m part waterlogged ground, ecotone and upland in Nobre et al. (2011); 2 and 30 m are practice",
)  # fmt: skip


class HeightAboveDrainageParams(Params):
    area: AreaInput | None = param("范围", "Area", None, pick="area", help_zh="不填为全县", help_en="Empty: the whole county.")
    upto_m: float | None = param("只看低于", "Only up to", None, unit="m", gt=0, le=1000,
                                 help_zh="只画高出河沟不超过此值的地方", help_en="Draw only ground up to this height.")  # fmt: skip


def needs(params: HeightAboveDrainageParams) -> Needs:
    return Needs(frames_of_areas("area", [params.area] if params.area else []), ground=True)


def run(params: HeightAboveDrainageParams, given: Given) -> Result:
    grid = ground_of(given, COARSEST)
    area = area_asked(given, "area", params.area)
    among = cells_in(grid, area)
    given.tell(0.05, Bilingual("推算水流", "Leading the water"))
    flow = drained(given, grid)
    given.tell(0.4, Bilingual("计算与河沟的高差", "Computing heights above streams"))
    streams = streams_of(flow, in_force(given, STREAM) * 1e6)
    height = height_above(flow, streams).height_m
    given.tell(0.5, Bilingual("绘制分级图形", "Drawing the classes"))
    edges = [edge for edge in in_force(given, CLASSES) if params.upto_m is None or edge < params.upto_m]
    if params.upto_m is not None:
        edges.append(params.upto_m)
    shown = among if params.upto_m is None else among & (height <= params.upto_m)
    names = dict(enumerate(bands(edges, "m"), start=1))
    made = listed(given, grid, classes_of(height, edges, shown), names, Bilingual("高出河沟", "Height above drainage"), "m")
    given.tell(0.9, Bilingual("绘制河沟", "Drawing the streams"))
    lists = {"heights": made.listing, "streams": _streams(given, flow, streams & among)}
    figures = (
        summed(lists, "heights", "area_m2", "面积合计", "Area in all"),
        counted(lists, "streams", "河沟段", "Reaches of streams", "段"),
        summed(lists, "streams", "length_m", "河沟总长", "Length of streams"),
    )
    notes = [cell_note(grid), *bridged_note(flow), *unknown_note(among, np.isnan(height), flow.sizes), *made.notes]
    return Result(lists, figures, notes, {"stream_km2": in_force(given, STREAM), "drawing": made.facts})


def _streams(given: Given, flow: Flow, streams: np.ndarray[tuple[int, int], np.dtype[np.bool_]]) -> Listing:
    found = stream_lines(flow, streams, in_force(given, TOLERANCE), in_force(given, VERTICES))
    frame = gpd.GeoDataFrame(
        {"length_m": [round(length_m(line)) for line in found.lines], "upstream_km2": np.round(found.upstream_m2 / 1e6, 3)},
        geometry=list(found.lines), crs=CGCS2000,
    )  # fmt: skip
    return Listing(Bilingual("推算的河沟", "Streams as computed"), frame,
                   (Column("length_m", "长度", "Length", "m"), Column("upstream_km2", "集水面积", "Ground above", "km²")))  # fmt: skip


ANALYSIS = Analysis(
    id="height_above_drainage",
    group="terrain",
    zh="高出河沟的高度",
    en="Height above nearest drainage",
    about_zh="每处地面比其雨水最先汇入的河沟高出多少:区分沟底、台地和坡上,用于找易受洪水的地方。",
    about_en="How far the ground stands above the stream its water reaches first: valley floors, terraces and slopes.",
    params=HeightAboveDrainageParams,
    needs=needs,
    run=run,
    source="Rennó et al. (2008), Remote Sens. Environ. 112, 3469–3481; Nobre et al. (2011), J. Hydrol. 404, 13–29",
    validity_zh="适于天然河谷;不反映堤防、涵洞和城区排水。河沟起点由集水面积阈值决定,平坦冲积扇上意义不大。",
    validity_en="For natural valleys; banks, culverts and drains are not in it. Where streams begin is set by a threshold; on flat "
    "fans it says little.",
    limits=(COARSEST, STREAM, CLASSES, *SHARED, *AREA_LIMITS),
    example={"upto_m": 5},
)
