"""The valley below a point: the way water takes from there, and a strip along it."""

import geopandas as gpd
import numpy as np
import shapely

from gis.analysis import Analysis, Bilingual, Column, Given, Limit, Listing, Needs, Params, Result, param, summed
from gis.asked import in_force
from gis.cells import part_around
from gis.datum import CGCS2000
from gis.elevation import SHARED, bridged_note, cell_note, coarsest, drained, ground_of
from gis.errors import NoAnswer, ValueOutOfRange
from gis.places import Located, Place, frames_of_places, located
from gis.spread import areas_m2, buffered
from gis.valley import Ending, Valley, valley_below

COARSEST = coarsest("valley", 100.0, "gullies of the loess hills are 100–300 m wide; a cell must fit into one")
LONGEST = Limit(
    "valley.longest_m", 50_000, "m", "最长距离", "Longest way", "the county is 55 km across; debris flows seldom run over 10 km",
)  # fmt: skip
MARGIN = Limit(
    "valley.margin_m", 3000, "m", "计算外扩", "Ground computed beyond the length",
    "so that no hollow near the rim of the part computed drains over the rim; wider than any hollow of hill country",
)  # fmt: skip

ENDINGS: dict[Ending, Bilingual] = {
    "edge": Bilingual("沟谷到达高程数据边缘,长度不足,更远处未知。",
                      "The valley reaches the edge of the elevation model before its full length; what lies beyond is unknown."),
    "unknown": Bilingual("沟谷遇到高程空洞而中断,长度不足,更远处未知。",
                         "The valley meets a hole of the elevation model and ends there, short of its length."),
}  # fmt: skip


class ValleyParams(Params):
    place: Place = param("地点", "Place", pick="place", help_zh="隐患点、坝或任意一点", help_en="A danger point, a dam or any place.")
    length_m: float = param("沿沟距离", "Length", 1000.0, unit="m", gt=0)
    half_width_m: float | None = param("两侧宽度", "Width each side", None, unit="m", gt=0, le=5000,
                                       help_zh="填写后另给出沿沟的面", help_en="Gives an area along the valley as well.")  # fmt: skip


def needs(params: ValleyParams) -> Needs:
    return Needs(frames_of_places(place=params.place), ground=True)


def run(params: ValleyParams, given: Given) -> Result:
    longest = in_force(given, LONGEST)
    if params.length_m > longest:
        raise ValueOutOfRange(
            f"沿沟距离 {params.length_m:g} m 超过上限 {longest:g} m。请核对单位(米)。",
            f"The length is {params.length_m:g} m, {longest:g} m are allowed. Check the unit: metres.",
            length_m=params.length_m, allowed_m=longest,
        )  # fmt: skip
    place = located(given, "place", params.place)
    grid = part_around(ground_of(given, COARSEST), place.lon, place.lat, params.length_m + in_force(given, MARGIN))
    given.tell(0.1, Bilingual("推算水流", "Leading the water"))
    flow = drained(given, grid)
    given.tell(0.8, Bilingual("沿沟下行", "Following the valley"))
    found = valley_below(flow, place.lon, place.lat, params.length_m)
    lists = {"valley": _line(place, found, params.length_m), "profile": _profile(found)}
    if params.half_width_m is not None:
        lists["strip"] = _strip(place, lists["valley"], params.half_width_m)
    figures = [
        summed(lists, "valley", "length_m", "沿沟距离", "Length along the valley"),
        summed(lists, "valley", "drop_m", "落差", "Drop"),
    ]
    if "strip" in lists:
        figures.append(summed(lists, "strip", "area_m2", "沿沟面积", "Area along the valley"))
    notes = [cell_note(grid), *([ENDINGS[found.ended]] if found.ended != "length" else []), *bridged_note(flow)]
    return Result(lists, figures, notes, {"ended": found.ended})


def _line(place: Located, found: Valley, asked_m: float) -> Listing:
    if len(found.lon) < 2:
        raise NoAnswer(
            f"“{place.name}”处的水流一步即离开高程数据范围或进入空洞,无法给出沟谷。",
            f"From “{place.name}” water leaves the elevation model, or enters a hole of it, at once: there is no valley to show.",
        )
    travelled = float(found.distance_m[-1])
    frame = gpd.GeoDataFrame(
        {"name": [place.name], "length_m": [round(travelled, 1)], "asked_m": [asked_m], "drop_m": [round(found.drop_m, 1)],
         "fall_pct": [round(100 * found.drop_m / travelled, 2)]},
        geometry=[shapely.LineString(np.column_stack([found.lon, found.lat]))], crs=CGCS2000,
    )  # fmt: skip
    columns = (
        Column("name", "起点", "From"), Column("length_m", "沿沟距离", "Length", "m"), Column("asked_m", "要求距离", "Asked for", "m"),
        Column("drop_m", "落差", "Drop", "m"), Column("fall_pct", "平均比降", "Mean fall", "%"),
    )  # fmt: skip
    return Listing(Bilingual("沟谷线", "Line of the valley"), frame, columns)


def _profile(found: Valley) -> Listing:
    frame = gpd.GeoDataFrame(
        {"distance_m": np.round(found.distance_m, 1), "elevation_m": np.round(found.elevation_m, 1)},
        geometry=shapely.points(found.lon, found.lat), crs=CGCS2000,
    )  # fmt: skip
    columns = (Column("distance_m", "沿沟距离", "Distance", "m"), Column("elevation_m", "高程", "Elevation", "m"))
    return Listing(Bilingual("纵断面", "Profile"), frame, columns)


def _strip(place: Located, line: Listing, half_width_m: float) -> Listing:
    shapes = buffered(line.frame.geometry.to_numpy(), half_width_m)
    frame = gpd.GeoDataFrame(
        {"name": [place.name], "half_width_m": [half_width_m], "area_m2": np.round(areas_m2(shapes), 1)},
        geometry=shapes, crs=CGCS2000,
    )  # fmt: skip
    columns = (Column("name", "起点", "From"), Column("half_width_m", "两侧宽度", "Width each side", "m"),
               Column("area_m2", "面积", "Area", "m²"))  # fmt: skip
    return Listing(Bilingual("沿沟范围", "Area along the valley"), frame, columns)


ANALYSIS = Analysis(
    id="valley",
    group="terrain",
    zh="下游沟谷",
    en="Valley below a point",
    about_zh="从一点沿水流方向下行指定距离的沟谷线、纵断面和落差,可加两侧宽度得到沿沟范围。",
    about_en="The way down from a point along the flow of water: line, profile, drop, and with a width the area along it.",
    params=ValleyParams,
    needs=needs,
    run=run,
    source="O'Callaghan & Mark (1984), CVGIP 28, 323–344; filling: Barnes et al. (2014), Computers & Geosciences 62, 117–127",
    validity_zh="是水流路径,不是泥石流堆积范围;沿格网八方向行进,长度最多偏大 8.2%。",
    validity_en="A path of water, not a runout; it goes in eight directions, so its length is at most 8.2 % too large.",
    limits=(COARSEST, LONGEST, MARGIN, *SHARED),
    example={"place": {"type": "Point", "coordinates": [111.1, 36.41]}, "length_m": 1000, "half_width_m": 50},
)
