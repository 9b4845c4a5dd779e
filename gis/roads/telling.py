"""A journey, or what blocks it, as lists, notes and facts that a duty officer reads."""

from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import Any

import geopandas as gpd
import pandas as pd
import shapely

from gis.analysis import Bilingual, Column, Given, Listing
from gis.asked import in_force
from gis.geometry import CGCS2000_ELLIPSOID
from gis.places import Located
from gis.roads.journeys import Blocked, Journey, LegKind
from gis.roads.limits import AIR_FACTOR, AIR_KPH
from gis.roads.network import RoadNetwork

LONLAT = "EPSG:4490"
S_PER_MIN, M_PER_KM = 60.0, 1000.0
MIN_PER_H = 60.0
_SHOWN_BLOCKERS = 8

_KINDS: Mapping[str, Bilingual] = {
    "way_out": Bilingual("驶出封闭区(未证明安全)", "Out of the closed area (not certified)"),
    "certified": Bilingual("避开全部封闭区(已证明)", "Clear of all closed areas (certified)"),
    "uncertified": Bilingual("未能证明避开封闭区", "Could not be certified"),
    "way_in": Bilingual("驶入封闭区(未证明安全)", "Into the closed area (not certified)"),
    "estimate": Bilingual("直线估算", "Estimate by air"),
}

_DRAWN_BY: Mapping[str, Bilingual] = {
    "valhalla": Bilingual("路线引擎(计转弯限制)", "Routing engine, turn restrictions kept"),
    "graph": Bilingual("路网图(不计转弯限制)", "Plain road graph, no turn restrictions"),
    "air": Bilingual("直线", "Straight line"),
}

LEG_COLUMNS = (
    Column("what", "路段", "Leg"),
    Column("minutes", "用时", "Time", "min"),
    Column("km", "里程", "Length", "km"),
    Column("drawn_by_name", "画线方法", "Drawn by"),
)
ROAD_COLUMNS = (
    Column("step", "顺序", "Step"),
    Column("road", "道路", "Road"),
    Column("km", "里程", "Length", "km"),
    Column("minutes", "用时", "Time", "min"),
    Column("layer", "图层", "Layer"),
    Column("id", "标识", "Id"),
)
CLOSED_AREA = Bilingual("封闭区", "Closed area")
BLOCKER_COLUMNS = (
    Column("name", "名称", "Name"),
    Column("reason", "原因", "Reason"),
    Column("layer", "图层", "Layer"),
    Column("id", "标识", "Id"),
)


def minutes_of(seconds: float) -> float:
    return round(seconds / S_PER_MIN, 1)


def km_of(metres: float) -> float:
    return round(metres / M_PER_KM, 2)


def shaped(rows: Sequence[Mapping[str, Any]], columns: Sequence[Column]) -> gpd.GeoDataFrame:
    """Rows with a `geometry`, also where there are none; what a row has beyond the columns stays."""
    names = dict.fromkeys([*(column.name for column in columns), *(rows[0] if rows else ()), "geometry"])
    table = pd.DataFrame(rows, columns=list(names))
    return gpd.GeoDataFrame(table, geometry="geometry", crs=LONLAT)


# -- lists ------------------------------------------------------------------------------------------------------------


def leg_rows(journey: Journey) -> list[dict[str, Any]]:
    """One row a leg, in order."""
    return [
        _leg_row(_kind(leg.kind, journey), leg.seconds, leg.length_m, leg.by, leg.line) for leg in journey.legs
    ]


def _leg_row(kind: str, seconds: float, metres: float, drawn_by: str, line: shapely.LineString) -> dict[str, Any]:
    return {"kind": kind, "what": _KINDS[kind], "minutes": minutes_of(seconds), "km": km_of(metres), "drawn_by": drawn_by,
            "drawn_by_name": _DRAWN_BY[drawn_by], "geometry": line}  # fmt: skip


def _kind(kind: LegKind, journey: Journey) -> str:
    is_proved = journey.certificate is not None and journey.certificate.clear
    return kind if kind != "certified" or is_proved else "uncertified"


def legs_listing(journey: Journey) -> Listing:
    return Listing(Bilingual("路线", "Route"), shaped(leg_rows(journey), LEG_COLUMNS), LEG_COLUMNS)


def roads_listing(journey: Journey, network: RoadNetwork) -> Listing:
    """The roads of a journey in order; features that follow one another under one name are one road, `id` is the first's."""
    stretches = [stretch for leg in journey.legs for stretch in leg.stretches]
    told = []
    for step, (_, run) in enumerate(groupby(stretches, lambda one: network.labels[one.road] or one.road), 1):
        same = list(run)
        ids = list(dict.fromkeys(str(network.roads.index[one.road]) for one in same))
        told.append({
            "step": step, "road": network.labels[same[0].road] or "—", "km": km_of(sum(one.length_m for one in same)),
            "minutes": minutes_of(sum(one.seconds for one in same)), "layer": "roads", "id": ids[0], "ids": ids,
        })  # fmt: skip
    names = [*(column.name for column in ROAD_COLUMNS), "ids"]
    return Listing(Bilingual("经过道路", "Roads used"), pd.DataFrame(told, columns=names), ROAD_COLUMNS)


def blockers_listing(blocked: Blocked | None, network: RoadNetwork) -> Listing:
    """What stands in the way: closed areas, and rows of roads and crossings."""
    rows: list[dict[str, Any]] = []
    for closure in blocked.closures if blocked is not None else ():
        rows.append({"name": closure.reason, "reason": CLOSED_AREA, "layer": closure.layer, "id": closure.id,
                     "geometry": closure.geometry})  # fmt: skip
    for barred in blocked.barred if blocked is not None else ():
        frame = network.roads if barred.layer == "roads" else network.crossings
        label = network.labels[barred.row] if barred.layer == "roads" else str(frame.iloc[barred.row].get("name") or "")
        rows.append({"name": label or "—", "reason": barred.reason, "layer": barred.layer,
                     "id": str(frame.index[barred.row]), "geometry": frame.geometry.iloc[barred.row]})  # fmt: skip
    return Listing(Bilingual("阻断原因", "What blocks the way"), shaped(rows, BLOCKER_COLUMNS), BLOCKER_COLUMNS)


# -- notes ------------------------------------------------------------------------------------------------------------


def journey_notes(journey: Journey) -> list[Bilingual]:
    """What must be read with a route."""
    notes: list[Bilingual] = []
    if journey.blocked is not None:
        return [blocked_note(journey.blocked)]
    if journey.is_start_inside:
        notes.append(_inside_note(journey, "起点", "The start", "way_out"))
    if journey.is_end_inside:
        notes.append(_inside_note(journey, "终点", "The end", "way_in"))
    if journey.certificate is not None and not journey.certificate.clear:
        notes.append(Bilingual("这条路线未能证明避开全部封闭区,请勿使用。",
                               "This route could not be proved clear of the closed areas: do not use it."))  # fmt: skip
    for metres, zh, en in ((journey.start_off_m, "起点", "The start"), (journey.end_off_m, "终点", "The end")):
        if metres >= 1:
            notes.append(Bilingual(f"{zh}离道路 {metres:.0f} 米,已就近接到道路上。",
                                   f"{en} lies {metres:.0f} m from the road and was moved onto it."))  # fmt: skip
    if journey.turning_s is None and any(leg.by == "graph" and leg.length_m > 0 for leg in journey.legs):
        notes.append(Bilingual("这条路线取自路网图,未考虑转弯限制。",
                               "This line is the plain graph's, which knows no turn restrictions."))  # fmt: skip
    return notes


def _inside_note(journey: Journey, zh: str, en: str, kind: LegKind) -> Bilingual:
    leg = next((leg for leg in journey.legs if leg.kind == kind), None)
    if leg is None:
        return Bilingual(
            f"{zh}在封闭区内,但所接道路在区外。", f"{en} lies in a closed area; the road it is joined to does not."
        )
    word_zh, word_en = ("先走最短的路驶出", "first out by the shortest way") if kind == "way_out" else (
        "最后走最短的路驶入", "last in by the shortest way")  # fmt: skip
    return Bilingual(
        f"{zh}在封闭区内:{word_zh},{leg.length_m:.0f} 米,这一段没有安全证明。",
        f"{en} lies in a closed area: {word_en}, {leg.length_m:.0f} m, and that part is not certified.",
    )


def blocked_note(blocked: Blocked) -> Bilingual:
    """No safe way, and why."""
    names = [closure.reason for closure in blocked.closures[:_SHOWN_BLOCKERS]]
    if blocked.why == "areas":
        return Bilingual(
            f"没有安全的路。阻断的封闭区:{'、'.join(name.zh for name in names)}。"
            f"同时解除这 {len(blocked.closures)} 处才有路可走,少一处都不行。",
            f"There is no safe way. Closed areas in the way: {', '.join(name.en for name in names)}. Opening these "
            f"{len(blocked.closures)} together would give a way, and none of them can be left out.",
        )
    if blocked.why == "state":
        return Bilingual(
            f"没有可走的路:{len(blocked.barred)} 处道路或桥涵被封闭、中断、管制,或限高限宽限载不足(见清单)。",
            f"There is no way: {len(blocked.barred)} roads or crossings are closed, controlled, or too low, narrow or weak "
            "(see the list).",
        )
    return Bilingual("没有道路把两地连起来,与封闭区无关。", "No road joins the two places, closed areas or not.")


# -- by air -----------------------------------------------------------------------------------------------------------


def air_estimate(given: Given, start: Located, end: Located) -> tuple[float, float]:
    """Metres by air, and seconds by the rule of domain §8.3: air distance × factor at a speed, both limits."""
    _, _, metres = CGCS2000_ELLIPSOID.inv(start.lon, start.lat, end.lon, end.lat)
    return float(metres), air_seconds(given, float(metres))


def air_seconds(given: Given, metres: float) -> float:
    hours = metres * float(in_force(given, AIR_FACTOR)) / M_PER_KM / float(in_force(given, AIR_KPH))
    return hours * MIN_PER_H * S_PER_MIN


def air_note(given: Given, *, has_roads: bool) -> Bilingual:
    why_zh, why_en = ("按要求", "as asked") if has_roads else ("本县没有道路数据", "this county has no roads")
    factor, kph = in_force(given, AIR_FACTOR), in_force(given, AIR_KPH)
    return Bilingual(
        f"估算({why_zh}):直线距离×{factor:g},按 {kph:g} 公里/小时。没有核对道路和封闭区。",
        f"Estimate ({why_en}): air distance × {factor:g} at {kph:g} km/h. Roads and closed areas were not looked at.",
    )


def air_row(given: Given, start: Located, end: Located) -> dict[str, Any]:
    """A leg by air."""
    metres, seconds = air_estimate(given, start, end)
    line = shapely.LineString([(start.lon, start.lat), (end.lon, end.lat)])
    return _leg_row("estimate", seconds, metres, "air", line)
