"""Which depots and teams send what: goods by item code, or teams by skill, with arrival times and what stays short.

Lines are served in the order given. Goods in store go first, what is only agreed or could be made fills the rest. Counted is
what is in good state, not expired at the moment asked about, in a depot in use, with an open way for the vehicle.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any, Final, Literal, NamedTuple, Self

import geopandas as gpd
import numpy as np
import pandas as pd
from pydantic import model_validator

from gis.analyses.coverage import SKILLS, TURNOUT_MIN, ready_teams
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
    Wording,
    counted,
    param,
)
from gis.asked import in_force, none_entered
from gis.places import Areas, Located, Place, frames_of_areas, frames_of_places, located_all
from gis.population import lonlat_of, numbers, sites
from gis.roads.escorts import escorts
from gis.roads.limits import ESTIMATE_LIMITS
from gis.roads.sealing import LIMITS as SEALING_LIMITS
from gis.roads.sealing import sealed_of
from gis.roads.splitting import Floats
from gis.roads.travel import REACH_M, Stops, Travel, travel_of
from gis.roads.vehicle import Vehicle
from gis.supply import Loads, earliest

IN_USE: Final = "in_use"  # codes of layers/definitions: common.InUse, rescue_teams.ItemState, depots.StockMode
GOOD: Final = "good"
IN_STORE: Final = "goods"

OPEN_MIN: Final = Limit(
    "dispatch.open_min", 30.0, "min", "开库用时未填时取", "Opening time of a depot that has none entered",
    "[D] the keeper has to come; default of the project, to be confirmed by the county",
)  # fmt: skip
MINUTES_PER_HOUR: Final = 60.0
COUNTED_IN: Final = {"teams": Bilingual("支", "teams"), "people": Bilingual("人", "people")}


class Line(Params):
    """So much of one thing to one place."""

    place: Place = param("送到", "To", pick="place")
    item: str | None = param("物资编码", "Item code", None, pattern=r"^\d{7}$", help_zh="7位,GB/T 38565-2020",
                             help_en="7 digits of GB/T 38565-2020.")  # fmt: skip
    skill: str | None = param("专长", "Skill", None, max_length=30, codes_of="rescue_teams.skills")
    qty: float = param("数量", "Quantity", gt=0, le=1e9)
    count: Literal["people", "teams"] = param("队伍按", "Teams counted by", "teams", choices={
        "teams": ("支数", "Teams"), "people": ("在岗人数", "People on duty"),
    }, when={"skill": True})  # fmt: skip

    @model_validator(mode="after")
    def _one_thing(self) -> Self:
        if (self.item is None) == (self.skill is None):
            raise ValueError("每行填物资编码或专长之一 / give either an item code or a skill in each line")
        if self.skill is not None and self.skill not in SKILLS:
            raise ValueError(f"没有这样的专长,可用 / no such skill, there are: {', '.join(SKILLS)}")
        return self


class DispatchParams(Params):
    lines: tuple[Line, ...] = param("需求", "Demand", min_length=1, max_length=50, help_zh="按重要程度排列,先满足前面的",
                                    help_en="Most important first.")  # fmt: skip
    avoid: Areas = param("封闭", "Sealed", (), pick="areas", max_length=1000)
    load_t: float | None = param("货车总重", "Truck's gross weight", None, unit="t", gt=0, le=100)
    height_m: float | None = param("货车高", "Truck's height", None, unit="m", gt=0, le=6)
    width_m: float | None = param("货车宽", "Truck's width", None, unit="m", gt=0, le=5)
    returning: bool = param("返程队伍也算", "Count returning teams", False)
    at: datetime | None = param("时间", "Moment", None, pick="moment", help_zh="判断物资是否过期、道路是否管制",
                                help_en="For expiry dates and road states.")  # fmt: skip


def needs(params: DispatchParams) -> Needs:
    frames = {}
    if any(line.item for line in params.lines):
        frames["depots"] = Selection(layer="depots")
    if any(line.skill for line in params.lines):
        frames["rescue_teams"] = Selection(layer="rescue_teams")
    places = frames_of_places(line=[line.place for line in params.lines])
    return Needs(frames | places | frames_of_areas("avoid", params.avoid), roads=True)


def run(params: DispatchParams, given: Given) -> Result:
    ends = located_all(given, "line", [line.place for line in params.lines])
    truck = Vehicle("truck", params.height_m, params.width_m, params.load_t, passes_controls=True)
    travel = travel_of(given, sealed_of(given, "avoid", params.avoid), params.at, truck)
    stops = travel.stops(np.array([[end.lon, end.lat] for end in ends]))
    given.tell(0.3, Bilingual("核算库存和队伍", "Counting stock and teams"))
    stock, set_aside = _stock(params, given) if "depots" in given.frames else (_no_stock(), {})
    teams = ready_teams(given, returning=params.returning) if "rescue_teams" in given.frames else None
    given.tell(0.5, Bilingual("求解调度", "Solving the dispatch"))
    rounds = [
        *_goods(params, travel, stock, stops),
        *(_teams(params, travel, teams, stops) if teams is not None else []),
    ]
    given.tell(0.8, Bilingual("画出路线并核验", "Drawing the ways and proving them"))
    loads = _loads(params, given.wording, ends, stops, rounds)
    lists = _lists(params, given.wording, ends, loads)
    figures = (
        counted(lists, "loads", "调运任务", "Loads", "项"),
        counted(lists, "lines", "需求", "Lines of demand", "项"),
        counted(lists, "short", "未满足的需求", "Lines that stay short", "项"),
    )
    clear = [load["clear"] for load in loads]
    facts = {
        "optimal": all(one.found.is_optimal for one in rounds),
        "objective": "lines in the order given: most sent, then earliest complete; then fewest loads; then least amount × minutes. "
        "Goods in store first, other modes for the rest.",
        "certificate": {"clear": all(clear), "checked": len(travel.closures)} if travel.is_by_road else None,
        "by": "road" if travel.is_by_road else "air",
    }  # fmt: skip
    notes = [*none_entered(given, "depots"), *none_entered(given, "rescue_teams")]
    return Result(lists, figures, [*notes, *_notes(params, travel, set_aside, stops, stock, ends)], facts)


# -- what there is ----------------------------------------------------------------------------------------------------

_STOCK = ("row", "item", "title", "unit", "qty", "mode", "delivery_min", "open_min", "layer", "id", "name")


def _no_stock() -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame({name: [] for name in _STOCK}, geometry=gpd.GeoSeries([], crs=4490))


def _stock(params: DispatchParams, given: Given) -> tuple[gpd.GeoDataFrame, dict[str, int]]:
    """What depots have of the codes asked for, a row a depot, code and mode; and how many batches were set aside why."""
    frame = given.frames["depots"]
    rows = sites(frame, "depots", given.townships)
    kept = frame.loc[frame.index.astype(str).isin(rows["id"])]
    in_use = (kept["status"] == IN_USE).to_numpy() if "status" in kept else np.ones(len(kept), dtype=bool)
    open_min = np.where(np.isnan(numbers(kept, "open_min")), in_force(given, OPEN_MIN), numbers(kept, "open_min"))
    asked = {line.item for line in params.lines if line.item}
    aside = {"state": 0, "expired": 0, "delivery": 0, "opening": int(np.isnan(numbers(kept, "open_min"))[in_use].sum())}
    found: dict[tuple[Any, ...], dict[str, Any]] = {}
    for k, entries in enumerate(kept.get("stock", [])):
        if not in_use[k] or not isinstance(entries, Mapping):
            continue
        site = rows.iloc[k]
        for key, batch in entries.items():
            code = str(key)[:7]
            if code not in asked or not _counts(batch, params.at, aside):
                continue
            mode = batch.get("mode", IN_STORE)
            delivery = 0.0 if mode == IN_STORE else float(batch["delivery_h"]) * MINUTES_PER_HOUR
            one = found.setdefault((k, code, mode, delivery), {
                "row": k, "item": code, "title": str(batch.get("name", code)), "unit": str(batch.get("unit", "")), "qty": 0.0,
                "mode": mode, "delivery_min": delivery, "open_min": float(open_min[k]), "layer": "depots", "id": site["id"],
                "name": site["name"], "geometry": site.geometry,
            })  # fmt: skip
            one["qty"] += float(batch["qty"])
    if not found:
        return _no_stock(), aside
    return gpd.GeoDataFrame(list(found.values()), geometry="geometry", crs=4490), aside


def _counts(batch: Any, at: datetime | None, aside: dict[str, int]) -> bool:
    """Whether a batch may be counted on. Counts those set aside."""
    if not isinstance(batch, Mapping) or not isinstance(batch.get("qty"), (int, float)) or not batch["qty"] > 0:
        return False
    if batch.get("state", GOOD) != GOOD:
        aside["state"] += 1
        return False
    expires = batch.get("expires_on")
    if at is not None and expires and _day(expires) < at.date():
        aside["expired"] += 1
        return False
    if batch.get("mode", IN_STORE) != IN_STORE and not isinstance(batch.get("delivery_h"), (int, float)):
        aside["delivery"] += 1
        return False
    return True


def _day(value: Any) -> date:
    day: date = pd.Timestamp(value).date()
    return day


# -- rounds -----------------------------------------------------------------------------------------------------------


class _Round(NamedTuple):
    """One solution: sources with `start_min`, the lines they serve, minutes on the road, and what was found."""

    sources: gpd.GeoDataFrame
    lines: Sequence[int]
    travel: Sequence[Travel]
    stops: Stops
    road_min: Floats
    found: Loads


def _goods(params: DispatchParams, travel: Travel, stock: gpd.GeoDataFrame, ends: Stops) -> list[_Round]:
    """Each code by itself: in store first, then the rest for what is still lacking."""
    rounds = []
    for item in dict.fromkeys(line.item for line in params.lines if line.item):
        lines = [k for k, line in enumerate(params.lines) if line.item == item]
        lacking = np.array([params.lines[k].qty for k in lines])
        for in_store in (True, False):
            ours = stock[(stock["item"] == item) & ((stock["mode"] == IN_STORE) == in_store)].reset_index(drop=True)
            open_lines = [k for k, short in zip(lines, lacking, strict=True) if short > 0]
            if not open_lines or (not len(ours) and not in_store):
                continue
            starts = travel.stops(lonlat_of(ours))
            road = travel.minutes(starts, ends.taken(np.array(open_lines)))
            ready = (ours["open_min"] + ours["delivery_min"]).to_numpy(dtype=float)
            found = earliest(lacking[lacking > 0], ours["qty"].to_numpy(dtype=float), road + ready[:, None],
                             np.ones(road.shape, dtype=bool), divisible=True)  # fmt: skip
            rounds.append(_Round(ours.assign(start_min=ready), open_lines, [travel] * len(ours), starts, road, found))
            lacking[lacking > 0] = found.short
    return rounds


def _teams(params: DispatchParams, travel: Travel, teams: gpd.GeoDataFrame, ends: Stops) -> list[_Round]:
    """People and teams are counted apart; a team that goes to one line goes to no other."""
    rounds, free = [], np.ones(len(teams), dtype=bool)
    lines = [k for k, line in enumerate(params.lines) if line.skill]
    if not lines:
        return []
    kinds = dict.fromkeys(params.lines[k].count for k in lines)
    bases = travel.stops(lonlat_of(teams))
    driven = [travel.driving(vehicle) for vehicle in teams["vehicle"]]
    for kind in kinds:
        ours = [k for k in lines if params.lines[k].count == kind]
        targets = ends.taken(np.array(ours))
        road = np.array([one.minutes(bases.taken([t]), targets)[0] for t, one in enumerate(driven)]).reshape(
            -1, len(ours)
        )
        size = np.ones(len(teams)) if kind == "teams" else np.nan_to_num(teams["on_duty"].to_numpy(dtype=float))
        usable = np.array([[params.lines[k].skill in skills for k in ours] for skills in teams["skills"]], dtype=bool)
        ready = teams["turnout_min"].to_numpy(dtype=float)
        need = np.ceil(np.array([params.lines[k].qty for k in ours]))
        found = earliest(
            need, np.where(free, size, 0.0), road + ready[:, None], usable.reshape(road.shape), divisible=False
        )
        free &= ~(found.amount > 0).any(axis=1)
        unit = pd.Series([COUNTED_IN[kind]] * len(teams), index=teams.index, dtype=object)
        sources = teams.assign(start_min=ready, unit=unit, mode=None, title=None)
        rounds.append(_Round(sources, ours, driven, bases, road, found))
    return rounds


# -- the answer -------------------------------------------------------------------------------------------------------


def _loads(
    params: DispatchParams, wording: Wording, ends: Sequence[Located], stops: Stops, rounds: Sequence[_Round]
) -> list[dict[str, Any]]:
    """A row a load, with its way."""
    rows = []
    for one in rounds:
        for r, c in zip(*np.nonzero(one.found.amount), strict=True):
            k, source = one.lines[c], one.sources.iloc[r]
            line = params.lines[k]
            way = escorts(one.travel[r], one.stops.taken([r]), stops.taken([k]), [(0, 0)])[0]
            rows.append({
                "layer": source["layer"], "id": source["id"], "line": k + 1, "what": line.item or line.skill,
                "what_name": _called(line, wording, source["title"]), "title": source["title"], "to": ends[k].name,
                "name": source["name"], "qty": float(one.found.amount[r, c]), "unit": source["unit"], "mode": source["mode"],
                "mode_name": wording.code("depots", "stock.mode", source["mode"]) if source["mode"] else None,
                "start_min": round(float(source["start_min"]), 1),
                "road_min": round(float(one.road_min[r, c]), 1),
                "minutes": round(float(source["start_min"] + one.road_min[r, c]), 1),
                "length_km": round(way.length_m / 1000, 2), "clear": way.clear, "roads": list(way.labels),
                "geometry": way.line,
            })  # fmt: skip
    return sorted(rows, key=lambda row: (row["line"], row["minutes"], row["id"]))


def _called(line: Line, wording: Wording, title: str | None) -> str | Bilingual:
    """What a line asks for: a skill, or goods as the depot that sends them writes them, with their code."""
    if line.skill:
        return wording.code("rescue_teams", "skills", line.skill)
    return f"{title} {line.item}" if title and title != line.item else str(line.item)


def _lists(
    params: DispatchParams, wording: Wording, ends: Sequence[Located], loads: Sequence[dict[str, Any]]
) -> Mapping[str, Listing]:
    what = Column("what_name", "物资或专长", "Item or skill")
    columns = (
        Column("line", "需求", "Line"), what,
        Column("to", "送到", "To"), Column("name", "来自", "From"), Column("qty", "数量", "Quantity"), Column("unit", "单位", "Unit"),
        Column("mode_name", "储备方式", "Mode"), Column("start_min", "开库、供货或集结", "Before it moves", "min"),
        Column("road_min", "路上", "On the road", "min"), Column("minutes", "到达", "There in", "min"),
        Column("length_km", "路程", "Way", "km"), Column("clear", "路线已核验", "Way proved clear"), Column("roads", "经过", "By"),
    )  # fmt: skip
    empty: dict[str, list[Any]] = {name: [] for name in ("layer", "id", *(c.name for c in columns), "geometry")}
    frame = gpd.GeoDataFrame(list(loads) or empty, geometry="geometry", crs=4490)
    lines = pd.DataFrame([_line(k, line, wording, ends[k], loads) for k, line in enumerate(params.lines)])
    per_line = (
        Column("line", "需求", "Line"), what, Column("to", "送到", "To"),
        Column("need", "需要", "Needed"), Column("sent", "已派", "Sent"), Column("short", "缺少", "Short"),
        Column("loads", "来源数", "Sources", "个"), Column("minutes", "到齐", "All there in", "min"),
    )  # fmt: skip
    return {
        "loads": Listing(Bilingual("调运任务", "Loads"), frame, columns),
        "lines": Listing(Bilingual("各项需求", "Lines of demand"), lines, per_line),
        "short": Listing(Bilingual("未满足的需求", "Lines that stay short"), lines[lines["short"] > 0], per_line),
    }


def _line(k: int, line: Line, wording: Wording, end: Located, loads: Sequence[dict[str, Any]]) -> dict[str, Any]:
    ours = [load for load in loads if load["line"] == k + 1]
    sent = sum(load["qty"] for load in ours)
    title = next((load["title"] for load in ours), None)
    return {"line": k + 1, "what": line.item or line.skill, "what_name": _called(line, wording, title), "to": end.name,
            "need": line.qty, "sent": sent,
            "short": round(max(line.qty - sent, 0.0), 3), "loads": len(ours),
            "minutes": max((load["minutes"] for load in ours), default=np.nan)}  # fmt: skip


def _notes(params: DispatchParams, travel: Travel, aside: Mapping[str, int], stops: Stops, stock: gpd.GeoDataFrame,
           ends: Sequence[Located]) -> list[Bilingual]:  # fmt: skip
    notes = travel.note()
    said = (
        ("state", "{} 批物资待修或报废,未计入。", "{} batches are to be repaired or scrapped and do not count."),
        ("expired", "{} 批物资已过期,未计入。", "{} batches have expired and do not count."),
        (
            "delivery",
            "{} 批协议或产能储备没有填供货时间,未计入。",
            "{} batches by agreement have no delivery time and do not count.",
        ),
        ("opening", "{} 个物资库没有填开库用时,按默认值计。", "{} depots have no opening time; the default was taken."),
    )
    notes += [Bilingual(zh.format(aside[key]), en.format(aside[key])) for key, zh, en in said if aside.get(key)]
    if params.at is None and any(line.item for line in params.lines):
        notes.append(
            Bilingual("没有给出时间,未核对物资有效期。", "No moment was given, so expiry dates were not checked.")
        )
    for item, units in stock.groupby("item")["unit"].unique().items():
        if len(units) > 1:
            notes.append(Bilingual(f"物资 {item} 的单位不一致:{'、'.join(units)}。请核对后使用。",
                                   f"Item {item} is counted in different units: {', '.join(units)}. Check before use."))  # fmt: skip
    for k in np.flatnonzero(stops.far | stops.sealed).tolist():
        why = ("离道路太远", "too far from any road") if stops.far[k] else ("在封闭区内或道路被封闭", "sealed in")
        notes.append(Bilingual(f"第{k + 1}项的地点 {ends[k].name} {why[0]},车辆无法到达。",
                               f"The place of line {k + 1}, {ends[k].name}, is {why[1]}: no vehicle gets there."))  # fmt: skip
    return notes


ANALYSIS = Analysis(
    id="dispatch",
    group="allocation",
    zh="物资队伍调度",
    en="Dispatch",
    about_zh="按物资编码或专长提出需求,哪些物资库和队伍出多少、多久到齐、还缺多少;可从几处凑齐。",
    about_en="Demand by item code or skill: which depots and teams send how much, when all is there, what stays short.",
    params=DispatchParams,
    needs=needs,
    run=run,
    source="definition: domain §8.3, quantity first, then time, several depots may sum up; solved exactly by CP-SAT (OR-Tools)",
    validity_zh="与录入的库存、队伍状态和道路一样可靠;不含装卸、转弯和拥堵。",
    validity_en="As good as the stock, team states and roads entered; loading, turns and queues are left out.",
    limits=(OPEN_MIN, TURNOUT_MIN, REACH_M, *ESTIMATE_LIMITS, *SEALING_LIMITS),
    example={"lines": [{"place": {"layer": "villages", "id": "1"}, "item": "1010101", "qty": 100}]},
)
