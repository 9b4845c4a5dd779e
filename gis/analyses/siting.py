"""Where one or a few more teams or depots help most, counted on top of those there are.

Candidates are the villages, or places that are pointed at. A new team is taken to be ready, of the turnout in the limits, and
to drive a car with a pass; a new depot to open as fast as the limit says.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Final, Literal, NamedTuple

import geopandas as gpd
import numpy as np

from gis.analyses.coverage import TURNOUT_MIN, first_there, ready_teams
from gis.analyses.dispatch import IN_USE, OPEN_MIN
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
from gis.asked import in_force, none_entered
from gis.errors import NoAnswer
from gis.places import Areas, Place, frames_of_areas, frames_of_places, located_all
from gis.population import PEOPLE_COLUMNS, SITE_COLUMNS, by_township, lonlat_of, numbers, sites, unknown_people_note
from gis.roads.limits import ESTIMATE_LIMITS
from gis.roads.sealing import LIMITS as SEALING_LIMITS
from gis.roads.sealing import sealed_of
from gis.roads.splitting import Floats
from gis.roads.travel import REACH_M, RESCUE, Stops, Travel, travel_of
from gis.siting import Sites, least_cost, most_covered

WORST_MIN: Final = Limit(
    "siting.worst_min", 240.0, "min", "无法到达的村按此用时计", "Minutes a place counts that nobody reaches",
    "[D] half a day's work lost; large enough that reaching a place counts more than shortening other ways",
)  # fmt: skip
MOST_CANDIDATES: Final = Limit(
    "siting.most_candidates", 500, "", "最多候选点", "Most candidate places",
    "measured: 300 villages × 300 candidates take seconds",
)  # fmt: skip


class SitingParams(Params):
    what: Literal["team", "depot"] = param(
        "新增", "What", "team", choices={"team": ("队伍", "A team"), "depot": ("物资库", "A depot")}
    )
    count: int = param("新增几处", "How many", 1, ge=1, le=20)
    aim: Literal["people_covered", "person_minutes"] = param(
        "目标", "Aim", "people_covered", choices={
            "people_covered": ("限时内覆盖人口最多", "Most people within the time"),
            "person_minutes": ("人均用时最少", "Least person-minutes"),
        },
    )  # fmt: skip
    minutes: float = param("限时", "Within", 30.0, unit="min", pick="minutes", gt=0, le=600)
    candidates: tuple[Place, ...] = param("候选点", "Candidates", (), pick="places", max_length=500, help_zh="不选则为全部村(社区)",
                                          help_en="All villages when none is given.")  # fmt: skip
    avoid: Areas = param("封闭", "Sealed", (), pick="areas", max_length=1000)
    at: datetime | None = param("时间", "Moment", None, pick="moment")


def needs(params: SitingParams) -> Needs:
    supply = "rescue_teams" if params.what == "team" else "depots"
    frames = {"villages": Selection(layer="villages"), supply: Selection(layer=supply)}
    frames |= frames_of_places(candidate=list(params.candidates))
    return Needs(frames | frames_of_areas("avoid", params.avoid), roads=True)


def run(params: SitingParams, given: Given) -> Result:
    villages = sites(given.frames["villages"], "villages", given.townships)
    if not len(villages) or villages["people"].isna().all():
        raise NoAnswer(
            "没有村庄或人口数据,无法计算。请先录入。",
            "There are no villages, or nobody is known to live there. Enter them.",
        )
    travel = travel_of(given, sealed_of(given, "avoid", params.avoid), params.at, RESCUE)
    stops = travel.stops(lonlat_of(villages))
    given.tell(0.2, Bilingual("计算现状", "As it is now"))
    now = _now(params, given, travel, stops)
    candidates = _candidates(params, given, villages)
    start = in_force(given, TURNOUT_MIN if params.what == "team" else OPEN_MIN)
    given.tell(0.4, Bilingual("计算候选点到各村的时间", "Times from the candidates"))
    cost = (travel.minutes(travel.stops(lonlat_of(candidates)), stops) + start).T
    given.tell(0.6, Bilingual("求解选址", "Solving the siting"))
    people = np.nan_to_num(villages["people"].to_numpy(dtype=float))
    worst = in_force(given, WORST_MIN)
    capped = np.minimum(np.where(np.isfinite(now), now, worst), worst)
    found = (
        most_covered(cost, people, now, params.minutes, params.count)
        if params.aim == "people_covered"
        else least_cost(cost, people, capped, params.count)
    )
    lists = _lists(_Answer(params, villages, candidates, now, cost, found, stops, capped))
    figures = (
        counted(lists, "sites", "建议新增", "Sites proposed"),
        summed(lists, "newly_covered", "people", "新增覆盖人口", "People newly covered"),
        summed(lists, "villages", "saved", "节省人·分钟", "Person-minutes saved"),
        summed(lists, "uncovered", "people", "仍未覆盖人口", "People still not covered"),
    )
    facts = {
        "optimal": found.is_optimal,
        "objective": params.aim,
        "gain": found.gain,
        "by": "road" if travel.is_by_road else "air",
    }
    supply = "rescue_teams" if params.what == "team" else "depots"
    notes = [*travel.note(), *none_entered(given, supply), *_notes(params, found), *unknown_people_note(villages)]
    return Result(lists, figures, notes, facts)


def _now(params: SitingParams, given: Given, travel: Travel, stops: Stops) -> Floats:
    """(n,) minutes until the first team, or the nearest depot's goods, are there today."""
    if params.what == "team":
        return first_there(travel, ready_teams(given), stops).minutes
    frame = given.frames["depots"]
    rows = sites(frame, "depots", given.townships)
    kept = frame.loc[frame.index.astype(str).isin(rows["id"])]
    in_use = (kept["status"] == IN_USE).to_numpy() if "status" in kept else np.ones(len(kept), dtype=bool)
    opening = np.where(np.isnan(numbers(kept, "open_min")), in_force(given, OPEN_MIN), numbers(kept, "open_min"))
    return travel.nearest(travel.stops(lonlat_of(rows[in_use])), stops, opening[in_use])[0]


def _candidates(params: SitingParams, given: Given, villages: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Rows with `layer, id, name, township, geometry`."""
    rows = villages[["layer", "id", "name", "township", "geometry"]]
    if params.candidates:
        found = located_all(given, "candidate", list(params.candidates))
        rows = gpd.GeoDataFrame(
            {"layer": [p.layer or "" for p in found], "id": [p.id or "" for p in found], "name": [p.name for p in found],
             "township": [""] * len(found)}, geometry=[p.point for p in found], crs=4490,
        )  # fmt: skip
    most = in_force(given, MOST_CANDIDATES)
    if len(rows) > most:
        raise NoAnswer(f"候选点有 {len(rows)} 个,上限 {most}。请在地图上选取候选点。",
                       f"There are {len(rows)} candidates, {most} are allowed. Pick some on the map.")  # fmt: skip
    return rows


class _Answer(NamedTuple):
    params: SitingParams
    villages: gpd.GeoDataFrame
    candidates: gpd.GeoDataFrame
    now: Floats
    cost: Floats
    found: Sites
    stops: Stops
    capped: Floats


def _lists(answer: _Answer) -> Mapping[str, Listing]:
    chosen, limit = answer.found.chosen, answer.params.minutes
    names = np.append(answer.candidates["name"].to_numpy(dtype=object)[chosen], "")
    by_new = answer.cost[:, chosen].min(axis=1, initial=np.inf)
    nearest = answer.cost[:, chosen].argmin(axis=1) if len(chosen) else np.full(len(answer.villages), -1)
    after = np.minimum(answer.now, by_new)
    people = np.nan_to_num(answer.villages["people"].to_numpy(dtype=float))
    better = by_new < answer.capped
    saved = (answer.capped - np.minimum(by_new, answer.capped)) * people
    table = answer.villages.assign(
        minutes_now=_known(answer.now), minutes_after=_known(after), site=names[np.where(better, nearest, -1)],
        saved=np.round(saved), newly=(answer.now > limit) & (after <= limit),
    )  # fmt: skip
    count = np.array([int((table["newly"] & (nearest == k)).sum()) for k in range(len(chosen))], dtype=int)
    heads = np.array([people[table["newly"] & (nearest == k)].sum() for k in range(len(chosen))])
    proposed = answer.candidates.iloc[chosen].assign(villages=count, people=heads)
    live = (*SITE_COLUMNS, *PEOPLE_COLUMNS)
    minutes = (
        Column("minutes_now", "现在", "Now", "min"),
        Column("minutes_after", "新增后", "With the new ones", "min"),
    )
    new = Column("site", "新增点", "New site")
    keep = ["layer", "id", *(column.name for column in live), "minutes_now", "minutes_after", "site", "geometry"]
    newly = table[table["newly"]]
    still = table[~(after <= limit)]
    return {
        "sites": Listing(Bilingual("建议新增", "Sites proposed"), proposed.reset_index(drop=True),
                         (*SITE_COLUMNS, Column("villages", "新增覆盖村", "Villages newly covered", "个"),
                          Column("people", "新增覆盖人口", "People newly covered", "人"))),
        "newly_covered": Listing(Bilingual("新增覆盖的村(社区)", "Villages newly covered"), newly[keep], (*live, *minutes, new)),
        "townships": by_township(newly, ("people", "weak"), "各乡镇新增覆盖", "Newly covered by township", PEOPLE_COLUMNS),
        "uncovered": Listing(Bilingual("仍未覆盖的村(社区)", "Villages still not covered"), still[keep], (*live, *minutes, new)),
        "villages": Listing(Bilingual("全部村(社区)", "All villages"), table[[*keep, "saved"]],
                            (*live, *minutes, new, Column("saved", "节省", "Saved", "人·min")), aside=True),
    }  # fmt: skip


def _known(minutes: Floats) -> Floats:
    return np.round(np.where(np.isfinite(minutes), minutes, np.nan), 1)


def _notes(params: SitingParams, found: Sites) -> list[Bilingual]:
    if not len(found.chosen):
        return [Bilingual("新增任何候选点都不会改善。", "No candidate makes anything better.")]
    proof = (
        Bilingual("已证明最优。", "Proven optimal.")
        if found.is_optimal
        else Bilingual("在限定时间内没有证明最优。", "Not proven optimal in the time allowed.")
    )
    fewer = params.count - len(found.chosen)
    more = [Bilingual(f"再增加 {fewer} 处不会更好。", f"{fewer} more would not help.")] if fewer > 0 else []
    return [proof, *more]


ANALYSIS = Analysis(
    id="siting",
    group="cover",
    zh="选址",
    en="Siting",
    about_zh="再增加一支或几支队伍、一个或几个物资库,放在哪里最有用:限时内多覆盖的人口最多,或人均用时最少。",
    about_en="Where one or a few more teams or depots help most: most people newly within the time, or least person-minutes.",
    params=SitingParams,
    needs=needs,
    run=run,
    source="Church and ReVelle (1974), Papers of the RSA 32, 101–118 (maximal covering); ReVelle and Swain (1970), Geographical "
    "Analysis 2, 30–42 (p-median)",
    validity_zh="按村(社区)人口和行车时间计算,不考虑土地、水电和编制等条件。",
    validity_en="By people of villages and driving times; land, water, power and staff are left aside.",
    limits=(WORST_MIN, MOST_CANDIDATES, TURNOUT_MIN, OPEN_MIN, REACH_M, *ESTIMATE_LIMITS, *SEALING_LIMITS),
    example={"what": "team", "count": 1, "minutes": 30},
)
