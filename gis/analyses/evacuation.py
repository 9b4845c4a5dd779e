"""Who is moved to which shelter: villages or households of a danger area, at least time, the weak first.

Most people are placed before anything else, then the sum of minutes over people is least, a weak person's minute weighing
several times. Villages are kept together where there is room. Shelters must have room, serve the hazard, lie outside every
closed area and have a way; each way is proved clear.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final, Literal, NamedTuple, Self

import geopandas as gpd
import numpy as np
import pandas as pd
from pydantic import model_validator

from gis.allocation import Plan, cheapest_flow, kept_together
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
    summed,
)
from gis.asked import in_force, nothing_there, texts
from gis.errors import NoAnswer
from gis.places import Areas, frames_of_areas
from gis.population import PEOPLE_COLUMNS, SITE_COLUMNS, by_township, lonlat_of, numbers, sites
from gis.roads.escorts import Escort, escorts
from gis.roads.limits import ESTIMATE_LIMITS
from gis.roads.sealing import LIMITS as SEALING_LIMITS
from gis.roads.sealing import Sealed, sealed_of
from gis.roads.splitting import Floats, Ints
from gis.roads.travel import REACH_M, Stops, Travel, travel_of
from gis.roads.vehicle import Vehicle

USABLE: Final = ("available", "open")  # codes of layers/definitions/shelters.py: ShelterStatus, HazardServed
Hazard = Literal["flood", "geohazard", "fire", "earthquake", "cold", "chemical"]

_DEFAULT = "; default of the project, to be confirmed by the county"
WEAK_WEIGHT: Final = Limit(
    "evacuation.weak_weight", 3.0, "", "弱势人员时间权重", "How much a weak person's minute weighs",
    "[D] the weak are moved first: a place in the nearest shelter goes to them unless two others would lose more" + _DEFAULT,
)  # fmt: skip
GATHER_MIN: Final = Limit(
    "evacuation.gather_min", 20.0, "min", "集合用时", "Time to gather", "[D] calling house by house" + _DEFAULT,
)  # fmt: skip
BOARD_MIN: Final = Limit(
    "evacuation.board_min", 5.0, "min", "每趟上下车用时", "Boarding and alighting a trip", "[D]" + _DEFAULT,
)  # fmt: skip
SEATS: Final = Limit(
    "evacuation.seats", 40, "座", "每辆客车座位", "Seats of a bus", "[D] a medium coach of 35–50 seats" + _DEFAULT,
)  # fmt: skip
BUSES: Final = Limit(
    "evacuation.buses", 2, "辆", "每处派车数", "Buses a place gets", "[D] the fleet is not known" + _DEFAULT,
)  # fmt: skip
MOST_PLACES: Final = Limit(
    "evacuation.most_places", 2000, "", "一次转移的最多处数", "Most places moved at once",
    "a county has a few hundred villages; households of a larger area go township by township",
)  # fmt: skip

ASSIGNED: Final = "assignments"
DANGER_AREA: Final = Bilingual("危险区", "danger area")
TOO_FAR: Final = Bilingual("离道路太远", "Too far from any road")
NO_WAY: Final = Bilingual("没有通往可用避难场所的安全道路", "No safe way to any shelter that can be used")
NO_ROOM: Final = Bilingual("避难场所容量不足", "Not enough room in the shelters")


class EvacuationParams(Params):
    who: Literal["villages", "households"] = param("转移对象", "Who", "villages", choices={
        "villages": ("整村(社区)", "Whole villages"), "households": ("受威胁户", "Households at risk"),
    })  # fmt: skip
    area: Areas = param("危险区", "Danger area", (), pick="areas", max_length=1000,
                                        help_zh="区内的人转移,区内避难场所不用,道路只出不进",
                                        help_en="People inside are moved; no shelter inside is used, no way leads through.")  # fmt: skip
    ids: tuple[str, ...] | None = param("指定对象", "Named places", None, pick="objects", max_length=10_000,
                                        help_zh="只转移这些村或户", help_en="Only these are moved.")  # fmt: skip
    hazard: Hazard | None = param("灾种", "Hazard", None, help_zh="避难场所须适用", help_en="Shelters must serve it.",
                                  codes_of="shelters.hazards_served")
    avoid: Areas = param("封闭", "Sealed", (), pick="areas", max_length=1000)
    keep_together: bool = param(
        "整村安置", "Keep places together", True, help_zh="放得下时不拆分", help_en="Where there is room."
    )
    by: Literal["bus", "foot"] = param("方式", "How", "bus", choices={"bus": ("客车", "By bus"), "foot": ("步行", "On foot")})
    buses: int | None = param("每处派车数", "Buses a place gets", None, unit="辆", ge=1, le=1000, when={"by": ("bus",)})
    seats: int | None = param("每车座位", "Seats of a bus", None, unit="座", ge=1, le=200, when={"by": ("bus",)})
    at: datetime | None = param("时间", "Moment", None, pick="moment")

    @model_validator(mode="after")
    def _somebody(self) -> Self:
        if not self.area and self.ids is None:
            raise ValueError("请画出危险区,或指定要转移的村或户 / give a danger area, or name who is moved")
        return self


def needs(params: EvacuationParams) -> Needs:
    frames = {"people": Selection(layer=params.who, ids=params.ids), "shelters": Selection(layer="shelters")}
    return Needs(frames | frames_of_areas("area", params.area) | frames_of_areas("avoid", params.avoid), roads=True)


def run(params: EvacuationParams, given: Given) -> Result:
    danger, sealed = sealed_of(given, "area", params.area, DANGER_AREA), sealed_of(given, "avoid", params.avoid)
    vehicle = Vehicle("foot") if params.by == "foot" else Vehicle("bus", passes_controls=True)
    travel = travel_of(given, danger | sealed, params.at, vehicle)
    people = _people(params, given, danger)
    shelters, refused = _shelters(params, given, travel)
    given.tell(0.2, Bilingual("计算到避难场所的时间", "Times to the shelters"))
    origins, ends = travel.stops(lonlat_of(people)).led_out(), travel.stops(lonlat_of(shelters))
    minutes = travel.minutes(origins, ends)
    weight = _weight(people, in_force(given, WEAK_WEIGHT))
    given.tell(0.5, Bilingual("分配避难场所", "Allocating shelters"))
    solve = kept_together if params.keep_together else cheapest_flow
    plan = solve(
        people["people"].to_numpy(np.int64), shelters["free"].to_numpy(np.int64), minutes * 60 * weight[:, None], weight
    )
    given.tell(0.8, Bilingual("画出路线并核验", "Drawing the ways and proving them"))
    pairs = [(int(i), int(j)) for i, j in zip(*np.nonzero(plan.amount), strict=True)]
    ways = escorts(travel, origins, ends, pairs)
    lists = _lists(_Answer(params, given, people, shelters, refused, plan, minutes, origins, pairs, ways))
    figures = (
        summed(lists, ASSIGNED, "people", "已安排人数", "People placed"),
        summed(lists, ASSIGNED, "weak", "其中弱势人员", "Weak people among them"),
        summed(lists, "left", "people", "尚未安排人数", "People left without a place"),
        counted(lists, ASSIGNED, "转移任务", "Movements", "项"),
        counted(lists, "shelters", "启用避难场所", "Shelters used"),
    )
    facts = _proof(params, plan) | {
        "certificate": _certificate(travel, ways),
        "by": "road" if travel.is_by_road else "air",
    }
    return Result(lists, figures, _notes(params, given, travel, plan, lists), facts)


# -- demand and room --------------------------------------------------------------------------------------------------


def _people(params: EvacuationParams, given: Given, danger: Sealed) -> gpd.GeoDataFrame:
    """Who is moved, with whole numbers of people and weak people."""
    rows = sites(given.frames["people"], params.who, given.townships)
    if not len(rows):
        raise nothing_there(given, Selection(layer=params.who))
    if params.ids is None:
        inside = np.zeros(len(rows), dtype=bool)
        areas = [closure.geometry for closure in danger.closures]
        if len(rows) and areas:
            inside[np.unique(rows.sindex.query(areas, predicate="intersects")[1])] = True
        rows = rows[inside]
    if not len(rows):
        zh, en = "".join(note.zh for note in danger.notes), "".join(f"{note.en} " for note in danger.notes)
        raise NoAnswer(f"{zh}危险区内没有要转移的村或户。请核对范围。", f"{en}Nobody is in the danger area. Check its extent.")
    most = in_force(given, MOST_PLACES)
    if len(rows) > most:
        raise NoAnswer(
            f"要转移的有 {len(rows)} 处,上限 {most}。请分乡镇计算,或改按村转移。",
            f"{len(rows)} places are to be moved, {most} are allowed. Go township by township, or by villages.",
        )
    known = rows["people"].notna()
    if not known.any():
        raise NoAnswer(
            "要转移的村或户都没有人口数据。请先补录。",
            "The people of all these places are unknown. Fill them in first.",
        )
    weak = np.minimum(rows["weak"].fillna(0), rows["people"].fillna(0))
    return rows.assign(unknown=~known, people=rows["people"].fillna(0).round().astype(np.int64),
                       weak=weak.round().astype(np.int64)).reset_index(drop=True)  # fmt: skip


def _weight(people: gpd.GeoDataFrame, weak_weight: float) -> Floats:
    """(n,) how much a minute of an average person of a place weighs."""
    heads = np.maximum(people["people"].to_numpy(dtype=float), 1.0)
    return np.asarray(1.0 + (weak_weight - 1.0) * people["weak"].to_numpy(dtype=float) / heads)


def _shelters(params: EvacuationParams, given: Given, travel: Travel) -> tuple[gpd.GeoDataFrame, gpd.GeoDataFrame]:
    """Those that can be used, with `free` places; and the others, with the reason."""
    frame = given.frames["shelters"]
    rows = sites(frame, "shelters", given.townships)
    kept = frame.loc[frame.index.astype(str).isin(rows["id"])]
    capacity, by_area = numbers(kept, "capacity"), numbers(kept, "capacity_by_area")
    capacity = np.where(np.isnan(capacity), by_area, capacity)
    free = np.floor(capacity - np.nan_to_num(numbers(kept, "occupied")))
    status = np.array(texts(kept, "status"), dtype=object)
    serves = [
        _serves(value, params.hazard)
        for value in (kept["hazards_served"] if "hazards_served" in kept else [None] * len(kept))
    ]
    stops = travel.stops(lonlat_of(rows))
    inside = np.array([travel.areas.is_inside(p.x, p.y) for p in rows.geometry], dtype=bool).reshape(len(rows))
    tests = (
        (inside, Bilingual("在危险区或封闭区内", "Inside the danger area or a sealed one")),
        ((status != "") & ~np.isin(status, USABLE), Bilingual("停用或已满", "Out of use or full")),
        (np.isnan(capacity), Bilingual("容量未填", "Capacity unknown")),
        (~(free > 0), Bilingual("没有空余容量", "No room left")),
        (~np.array(serves, dtype=bool).reshape(len(rows)), Bilingual("不适用于该灾种", "Does not serve this hazard")),
        (stops.sealed, Bilingual("道路被封闭", "Its road is closed")),
        (stops.far, TOO_FAR),
    )
    reasons = [next((why for wrong, why in tests if wrong[k]), None) for k in range(len(rows))]
    rows = rows.assign(capacity=capacity, free=np.nan_to_num(np.maximum(free, 0)), reason=pd.Series(reasons, dtype=object))
    good = rows["reason"].isna()
    return rows[good].reset_index(drop=True), rows[~good].reset_index(drop=True)


def _serves(value: Any, hazard: str | None) -> bool:
    if hazard is None:
        return True
    return value is not None and not isinstance(value, float) and hazard in [str(code) for code in value]


# -- the answer -------------------------------------------------------------------------------------------------------


class _Answer(NamedTuple):
    params: EvacuationParams
    given: Given
    people: gpd.GeoDataFrame
    shelters: gpd.GeoDataFrame
    refused: gpd.GeoDataFrame
    plan: Plan
    minutes: Floats
    origins: Stops
    pairs: Sequence[tuple[int, int]]
    ways: Sequence[Escort]


def _lists(answer: _Answer) -> Mapping[str, Listing]:
    assigned = _assigned(answer)
    people, plan = answer.people, answer.plan
    placed = plan.amount.sum(axis=0)
    used = answer.shelters.assign(placed=placed, remaining=answer.shelters["free"] - placed)[placed > 0]
    left = _left(answer)
    columns = (
        *SITE_COLUMNS, *PEOPLE_COLUMNS, Column("shelter", "避难场所", "Shelter"), Column("minutes", "路上用时", "On the way", "min"),
        Column("clearance_min", "全部转移完", "All moved in", "min"), Column("trips", "趟数", "Trips", "趟"),
        Column("length_km", "路程", "Way", "km"), Column("split", "拆分", "Split"), Column("out_min", "先出封闭区", "Way out first", "min"),
        Column("clear", "路线已核验", "Way proved clear"), Column("min_distance_m", "离封闭区最近", "Nearest closed area", "m"),
        Column("roads", "经过", "By"),
    )  # fmt: skip
    names = ["layer", "id", *(column.name for column in columns), "shelter_id", "geometry"]
    why = Column("reason", "原因", "Reason")
    return {
        ASSIGNED: Listing(Bilingual("转移安排", "Movements"), assigned[names], columns),
        "townships": by_township(assigned, ("people", "weak"), "各乡镇", "By township", PEOPLE_COLUMNS),
        "left": Listing(Bilingual("尚未安排", "Left without a place"), left, (*SITE_COLUMNS, *PEOPLE_COLUMNS, why)),
        "shelters": Listing(Bilingual("启用的避难场所", "Shelters used"),
                            used[["layer", "id", "name", "township", "free", "placed", "remaining", "geometry"]],
                            (*SITE_COLUMNS, Column("free", "原有空余", "Room before", "人"), Column("placed", "安排", "Placed", "人"),
                             Column("remaining", "剩余", "Room left", "人"))),
        "refused": Listing(Bilingual("未用的避难场所", "Shelters that cannot be used"),
                           answer.refused[["layer", "id", "name", "township", "reason", "geometry"]], (*SITE_COLUMNS, why), aside=True),
        "unknown": Listing(Bilingual("人口未填", "People unknown"),
                           people.loc[people["unknown"], ["layer", "id", "name", "township", "geometry"]], SITE_COLUMNS),
    }  # fmt: skip


def _assigned(answer: _Answer) -> gpd.GeoDataFrame:
    people, shelters, plan = answer.people, answer.shelters, answer.plan
    split, weak = plan.split, _weak_parts(answer)
    found = []
    for (i, j), way in zip(answer.pairs, answer.ways, strict=True):
        place, minutes, count = people.iloc[i], float(answer.minutes[i, j]), int(plan.amount[i, j])
        trips, clearance = _clearance(answer.params, answer.given, count, minutes)
        found.append({
            "layer": place["layer"], "id": place["id"], "name": place["name"], "township": place["township"],
            "people": count, "weak": weak[i, j], "shelter": shelters["name"].iloc[j], "shelter_id": shelters["id"].iloc[j],
            "minutes": round(minutes, 1), "clearance_min": round(clearance, 1), "trips": trips,
            "length_km": round(way.length_m / 1000, 2), "split": bool(split[i]),
            "out_min": round(float(answer.origins.start_min[i]), 1), "clear": way.clear,
            "min_distance_m": way.min_distance_m, "roads": list(way.labels), "geometry": way.line,
        })  # fmt: skip
    if found:
        return gpd.GeoDataFrame(found, geometry="geometry", crs=4490).sort_values(
            ["clearance_min", "id", "shelter_id"], ignore_index=True
        )
    names = ("layer id name township people weak shelter shelter_id minutes clearance_min trips length_km split out_min clear "
             "min_distance_m roads").split()  # fmt: skip
    return gpd.GeoDataFrame({name: [] for name in names}, geometry=gpd.GeoSeries([], crs=4490))


def _weak_parts(answer: _Answer) -> Ints:
    """(n, m) of a place that is split, the weak go with the part that is there first."""
    amount = answer.plan.amount
    weak = np.zeros_like(amount)
    for i in range(len(amount)):
        remaining = int(answer.people["weak"].iloc[i])
        parts = np.flatnonzero(amount[i])
        for j in parts[np.argsort(answer.minutes[i, parts], kind="stable")]:
            weak[i, j] = min(remaining, int(amount[i, j]))
            remaining -= int(weak[i, j])
    return weak


def _clearance(params: EvacuationParams, given: Given, people: int, minutes: float) -> tuple[int, float]:
    """Trips, and minutes from the order until the last of them is there: on foot all go at once, buses shuttle."""
    gather = float(in_force(given, GATHER_MIN))
    if params.by == "foot":
        return 1, gather + minutes
    seats = (params.seats or in_force(given, SEATS)) * (params.buses or in_force(given, BUSES))
    trips = int(np.ceil(people / seats))
    return trips, gather + trips * float(in_force(given, BOARD_MIN)) + minutes * (2 * trips - 1)


def _left(answer: _Answer) -> gpd.GeoDataFrame:
    people, left = answer.people, answer.plan.left
    no_way = ~np.isfinite(answer.minutes).any(axis=1) if answer.minutes.shape[1] else np.ones(len(people), dtype=bool)
    far = answer.origins.far
    reasons = [TOO_FAR if off else NO_WAY if lost else NO_ROOM for off, lost in zip(far, no_way, strict=True)]
    placed_weak = _weak_parts(answer).sum(axis=1)
    told = pd.Series(reasons, index=people.index, dtype=object)
    rows = people.assign(people=left, weak=people["weak"].to_numpy() - placed_weak, reason=told)[left > 0]
    kept = rows[["layer", "id", "name", "township", "people", "weak", "reason", "geometry"]]
    return kept.sort_values(["people", "id"], ascending=[False, True], ignore_index=True)


# -- what is said of it -----------------------------------------------------------------------------------------------


def _proof(params: EvacuationParams, plan: Plan) -> dict[str, Any]:
    """What is optimal. cost and bound : weighted person-seconds."""
    gap = (plan.cost - plan.bound) / plan.bound if plan.bound else 0.0
    aim = "people placed, then fewest places split as found, then weighted person-seconds"
    if not params.keep_together:
        aim = "people placed, then weighted person-seconds; places may be split"
    return {"optimal": plan.is_optimal, "objective": aim, "cost": plan.cost, "lower_bound": plan.bound,
            "gap_percent": round(100 * gap, 2), "split_places": int(plan.split.sum()), "people_left": int(plan.left.sum())}  # fmt: skip


def _certificate(travel: Travel, ways: Sequence[Escort]) -> dict[str, Any] | None:
    """Of all ways together; None by air."""
    if not travel.is_by_road:
        return None
    distances = [way.min_distance_m for way in ways if way.min_distance_m is not None]
    return {"clear": all(bool(way.clear) for way in ways), "checked": len(travel.closures),
            "min_distance_m": min(distances, default=None)}  # fmt: skip


def _notes(
    params: EvacuationParams, given: Given, travel: Travel, plan: Plan, lists: Mapping[str, Listing]
) -> list[Bilingual]:
    notes = [*travel.note(), _optimum_note(params, plan)]
    if left := int(plan.left.sum()):
        notes.append(Bilingual(f"还有 {left:,} 人没有安排,见“尚未安排”。这是现有容量和道路下安排人数最多的方案。",
                               f"{left:,} people are left without a place: see the list. No plan places more with this room and "
                               "these roads."))  # fmt: skip
    if out := int((lists[ASSIGNED].frame["out_min"] > 0).sum()):
        notes.append(Bilingual(f"{out} 项转移的起点在封闭区内,须先按最快路线驶出;这一段不在核验范围内。",
                               f"{out} movements start inside a closed area and leave it by the quickest way first; that part "
                               "carries no proof."))  # fmt: skip
    if unknown := len(lists["unknown"].frame):
        notes.append(Bilingual(f"{unknown} 处没有人口数据,未参与分配。请补录。",
                               f"The people of {unknown} places are unknown; they were left out. Please fill them in."))  # fmt: skip
    seats, buses = params.seats or in_force(given, SEATS), params.buses or in_force(given, BUSES)
    gather = in_force(given, GATHER_MIN)
    if params.by == "bus":
        notes.append(Bilingual(f"转移时间按每处 {buses} 辆 {seats} 座客车往返、集合 {gather:g} 分钟估算。",
                               f"Clearance assumes {buses} buses of {seats} seats shuttling at each place, and {gather:g} minutes "
                               "to gather."))  # fmt: skip
    else:
        notes.append(
            Bilingual(
                f"转移时间按步行、集合 {gather:g} 分钟估算。",
                f"Clearance assumes walking, and {gather:g} minutes to gather.",
            )
        )
    return notes


def _optimum_note(params: EvacuationParams, plan: Plan) -> Bilingual:
    if plan.is_optimal:
        together = params.keep_together and not plan.split.any()
        kind = (
            ("整村安置的", "that keeps every place together")
            if together
            else ("允许拆分的", "in which places may be split")
        )
        return Bilingual(f"已证明最优:安排人数最多,且在{kind[0]}方案中加权总用时最少。",
                         f"Proven optimal: most people placed, and the least weighted time of any plan {kind[1]}.")  # fmt: skip
    gap = 100 * (plan.cost - plan.bound) / max(plan.bound, 1)
    return Bilingual(
        f"安排人数已证明最多;为整村安置,加权总用时比允许拆分的最优值多 {gap:.1f}%,拆分 {int(plan.split.sum())} 处(未证明最少)。",
        f"Most people are placed, which is proven. Keeping places together costs {gap:.1f} % more weighted time than the proven "
        f"optimum with splitting; places split: {int(plan.split.sum())} (not proven fewest).",
    )


ANALYSIS = Analysis(
    id="evacuation",
    group="allocation",
    zh="转移安置",
    en="Evacuation",
    about_zh="危险区内的村或户转移到哪个避难场所:容量、适用灾种、路上用时、整村安置、弱势人员优先,每条路线都核验避开封闭区。",
    about_en="Which shelter the villages or households of a danger area go to: room, hazard, time, kept together, the weak "
    "first; every way is proved to keep clear of closed areas.",
    params=EvacuationParams,
    needs=needs,
    run=run,
    source="minimum-cost flow, Goldberg (1997), J. Algorithms 22, 1–29 (OR-Tools); kept together: generalised assignment, Martello "
    "and Toth (1990), Knapsack Problems, ch. 7",
    validity_zh="与录入的人口、容量和道路一样可靠;不含拥堵。转移时间是按派车或步行假定的估算。",
    validity_en="As good as the people, rooms and roads entered; queues are left out. Clearance times rest on the assumed buses "
    "or walking.",
    limits=(WEAK_WEIGHT, GATHER_MIN, BOARD_MIN, SEATS, BUSES, MOST_PLACES, REACH_M, *ESTIMATE_LIMITS, *SEALING_LIMITS),
    example={"who": "villages", "area": [{"layer": "flash_flood_zones"}], "hazard": "flood"},
)
