"""What is here: everything within so many metres of a place, the ground under it, who is nearest, who is responsible."""

from collections.abc import Mapping
from typing import Any, Final

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from gis.analyses.nearest import ANALYSIS as NEAREST
from gis.analyses.nearest import NearestParams
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
    Selection,
    counted,
    param,
)
from gis.asked import in_force, texts
from gis.cells import part_around
from gis.datum import CGCS2000
from gis.elevation import SHARED, STREAM, coarsest, drained, ground_of
from gis.errors import OffTheNetwork, Refusal, ValueOutOfRange
from gis.neighbourhood import above_stream_m, ground_at, near
from gis.places import Located, Place, frames_of_places, located

COARSEST = coarsest("here", 100.0, "a slope or a height above a stream read from larger cells says little about a place")
FURTHEST = Limit(
    "here.furthest_m", 10_000, "m", "“这里有什么”的最大半径", "Largest radius of what is here",
    "a township is about 10 km across; for more there is exposure",
)  # fmt: skip
BASIN = Limit(
    "here.basin_m", 5_000, "m", "推算河沟高差所取的范围", "Ground looked at for the height above a stream",
    "gullies of the loess hills meet a stream within 1–2 km; more than twice that",
)  # fmt: skip

OVER: Final = ("villages", "households", "geohazards", "risk_zones", "flash_flood_zones", "mines", "spoil_heaps", "chemical_sites",
               "schools", "care_homes", "hospitals", "worksites", "scenic_spots", "reservoirs", "check_dams", "flood_spots",
               "crossings", "roads", "fire_zones", "stations")  # fmt: skip
RESPONDERS: Final = ("rescue_teams", "shelters")
VILLAGES, TOWNSHIPS = "villages", "townships"


class HereParams(Params):
    place: Place = param("地点", "Place", pick="place")
    radius_m: float = param("半径", "Radius", 500.0, unit="m", gt=0)
    over: tuple[str, ...] = param("图层", "Layers", OVER, pick="layer", min_length=1, max_length=40)


def needs(params: HereParams) -> Needs:
    layers = dict.fromkeys((*params.over, *RESPONDERS, VILLAGES, TOWNSHIPS))
    frames = {_role(layer): Selection(layer=layer) for layer in layers}
    return Needs(frames | frames_of_places(place=params.place), roads=True, ground=True)


def _role(layer: str) -> str:
    return f"over {layer}"


def run(params: HereParams, given: Given) -> Result:
    place, radius_m, furthest_m = located(given, "place", params.place), params.radius_m, in_force(given, FURTHEST)
    if radius_m > furthest_m:
        raise ValueOutOfRange(
            f"半径 {radius_m:g} m 超过上限 {furthest_m:g} m。更大的范围请用“影响统计”。",
            f"The radius is {radius_m:g} m, {furthest_m:g} m are allowed. For more use exposure.",
            radius_m=radius_m, allowed_m=furthest_m,
        )  # fmt: skip
    given.tell(0.1, Bilingual("查找周围对象", "Looking around"))
    around = _around(params, given, place, radius_m)
    given.tell(0.4, Bilingual("读取地形", "Reading the ground"))
    ground, notes = _ground(given, place)
    lists = {"here": _here(place, given, ground), "near": around, "duty": _duty(given, place, params)}
    for number, layer in enumerate(RESPONDERS):
        given.tell(0.6 + 0.2 * number, Bilingual("最近的队伍和避难场所", "The nearest team and shelter"))
        found, said = _nearest(given, place, layer)
        lists |= {f"nearest_{layer}": found} if found is not None else {}
        notes += [note for note in said if note not in notes]
    return Result(lists, (counted(lists, "near", f"{radius_m:g} m 以内", f"Within {radius_m:g} m"),), notes)


# -- around -----------------------------------------------------------------------------------------------------------

OBJECT = (Column("name", "名称", "Name"), Column("layer_name", "图层", "Layer"), Column("code", "编号", "Code"))
DISTANCE = Column("distance_m", "距离", "Distance", "m")
NEAR = (*OBJECT, DISTANCE, Column("bearing_deg", "方位", "Bearing", "°"), Column("contains", "包含此处", "Holds the place"),
        Column("status_name", "状态", "Status"))  # fmt: skip
HOLDS = Bilingual("所在范围", "Holds the place")
NEAREST_VILLAGE = Bilingual("最近的村", "Nearest village")
DUTY = (*OBJECT, DISTANCE, Column("why", "为何", "Why"), Column("duty_person", "责任人", "Responsible person"),
        Column("duty_post", "职务", "Post"))  # fmt: skip


def _around(params: HereParams, given: Given, place: Located, radius_m: float) -> Listing:
    parts = [_found(given, layer, place, radius_m) for layer in params.over]
    table = pd.concat(parts, ignore_index=True).sort_values(["distance_m", "layer"], kind="stable", ignore_index=True)
    frame = gpd.GeoDataFrame(table.drop(columns=["duty_person", "duty_post"]), geometry="geometry", crs=CGCS2000)
    return Listing(Bilingual("周围的对象", "What lies around"), frame, NEAR)


def _found(given: Given, layer: str, place: Located, radius_m: float) -> gpd.GeoDataFrame:
    frame = given.frames[_role(layer)]
    found = near(frame.geometry.to_numpy(), place.lon, place.lat, radius_m)
    rows = frame.take(found.row)
    plain: dict[str, Any] = {"layer": layer, "layer_name": [_called(frame, layer)] * len(rows), "id": rows.index.astype(str)}
    plain |= {name: texts(rows, name) for name in ("code", "name", "status", "duty_person", "duty_post")}
    plain["status_name"] = [given.wording.code(layer, "status", status) if status else None for status in plain["status"]]
    plain |= {"distance_m": np.round(found.distance_m, 1), "bearing_deg": np.round(found.bearing_deg, 1), "contains": found.contains}
    return gpd.GeoDataFrame(plain, geometry=rows.geometry.to_numpy(), crs=CGCS2000, index=np.arange(len(rows)))


def _called(frame: gpd.GeoDataFrame, layer: str) -> Bilingual:
    return Bilingual(frame.attrs.get("zh", layer), frame.attrs.get("en", layer))


def _repeated(words: Bilingual, rows: pd.DataFrame) -> "pd.Series[Any]":
    """A column that says the same in every row."""
    return pd.Series([words] * len(rows), index=rows.index, dtype=object)


def _duty(given: Given, place: Located, params: HereParams) -> Listing:
    """Who answers for the place: the areas it lies in, its township, the nearest village."""
    held = [_found(given, layer, place, 1.0) for layer in dict.fromkeys((*params.over, TOWNSHIPS))]
    areas = pd.concat([part[part["contains"]] for part in held], ignore_index=True)
    villages = _found(given, VILLAGES, place, in_force(given, FURTHEST)).head(1)
    reasons = _repeated(HOLDS, areas), _repeated(NEAREST_VILLAGE, villages)
    table = pd.concat([part.assign(why=why) for part, why in zip((areas, villages), reasons, strict=True)], ignore_index=True)
    return Listing(Bilingual("责任人", "Who is responsible"), pd.DataFrame(table.drop(columns="geometry")), DUTY)


# -- the ground -------------------------------------------------------------------------------------------------------

HERE = (Column("name", "地点", "Place"), Column("township", "乡镇", "Township"), Column("lon", "经度", "Longitude", "°"),
        Column("lat", "纬度", "Latitude", "°"), Column("elevation_m", "高程", "Elevation", "m"), Column("slope_deg", "坡度", "Slope", "°"),
        Column("aspect_deg", "坡向", "Aspect", "°"), Column("above_stream_m", "高出河沟", "Above the stream", "m"))  # fmt: skip


def _ground(given: Given, place: Located) -> tuple[Mapping[str, float | None], list[Bilingual]]:
    """What the elevation model says; what it does not say is a note, and nothing is guessed."""
    try:
        grid = ground_of(given, COARSEST)
        told = ground_at(grid, place.lon, place.lat)
        flow = drained(given, part_around(grid, place.lon, place.lat, in_force(given, BASIN)))
        height = above_stream_m(flow, place.lon, place.lat, in_force(given, STREAM) * 1e6)
    except Refusal as refusal:
        return {}, [Bilingual(refusal.zh, refusal.en)]
    return {**told._asdict(), "above_stream_m": height}, []


def _here(place: Located, given: Given, ground: Mapping[str, float | None]) -> Listing:
    inside = shapely.intersects(given.townships.geometry.to_numpy(), place.point)
    township = "、".join(given.townships["name"].to_numpy()[inside].tolist())
    measured = {name: ground.get(name) for name in ("elevation_m", "slope_deg", "aspect_deg", "above_stream_m")}
    row = {"name": place.name, "township": township, "lon": round(place.lon, 7), "lat": round(place.lat, 7),
           **{name: None if value is None else round(value, 1) for name, value in measured.items()}}  # fmt: skip
    frame = gpd.GeoDataFrame([row], geometry=[place.point], crs=CGCS2000)
    return Listing(Bilingual("此处", "Here"), frame, HERE)


# -- who is nearest ---------------------------------------------------------------------------------------------------


def _nearest(given: Given, place: Located, layer: str) -> tuple[Listing | None, list[Bilingual]]:
    """The same answer as the page `nearest` gives; far from any road by air, and what it refuses is a note."""
    frame, said = given.frames[_role(layer)], list[Bilingual]()
    held = Given({"candidates": frame}, given.townships, given.metric_crs, given.limits, given.county, given.roads,
                 wording=given.wording)  # fmt: skip
    for by in ("road", "air"):
        params = NearestParams.model_validate({"from": [place.lon, place.lat], "layer": layer, "k": 1, "by": by})
        try:
            result = NEAREST.run(params, held)
        except OffTheNetwork as refusal:
            said.append(Bilingual(refusal.zh, refusal.en))
        except Refusal as refusal:
            return None, [*said, Bilingual(refusal.zh, refusal.en)]
        else:
            found, called = result.lists["nearest"], _called(frame, layer)
            title = Bilingual(f"最近:{called.zh}", f"Nearest: {called.en}")
            return Listing(title, found.frame, found.columns), [*said, *result.notes]
    return None, said


ANALYSIS = Analysis(
    id="here",
    group="areas",
    zh="这里有什么",
    en="What is here?",
    about_zh="一处周围的所有对象、最近的队伍和避难场所(按道路)、高程坡度坡向、高出河沟的高度、所在乡镇和责任人。",
    about_en="Everything around a place, the nearest team and shelter by road, the ground, the height above the stream, township and "
    "who is responsible.",
    params=HereParams,
    needs=needs,
    run=run,
    source="definition; slope Horn (1981); height above the stream Rennó et al. (2008); nearest as the analysis `nearest`",
    validity_zh="距离为到对象最近处的椭球面距离;地形取自县高程数据,小于一格的陡坎看不到。",
    validity_en="Distances are to the nearest place of an object; steps smaller than a cell of the model are not seen.",
    limits=(FURTHEST, BASIN, COARSEST, STREAM, *SHARED, *NEAREST.limits),
    example={"place": [111.0969, 36.4117], "radius_m": 500},
)
