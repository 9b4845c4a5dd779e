"""Which villages no ready team reaches within so many minutes now, turnout included, and how large the gap is.

Run again with the gaps of the last run as `known_gaps`, it tells what has become worse and what better: `facts.alarm` and
the lists `worse` and `better`.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final, NamedTuple

import geopandas as gpd
import numpy as np

from gis.analysis import (
    Analysis,
    Bilingual,
    Column,
    Figure,
    Given,
    Limit,
    Listing,
    Needs,
    Params,
    Result,
    Selection,
    Standing,
    counted,
    param,
    summed,
)
from gis.asked import in_force, texts
from gis.errors import NoAnswer
from gis.places import Areas, frames_of_areas
from gis.population import PEOPLE_COLUMNS, SITE_COLUMNS, by_township, lonlat_of, numbers, sites, unknown_people_note
from gis.roads.limits import ESTIMATE_LIMITS
from gis.roads.sealing import LIMITS as SEALING_LIMITS
from gis.roads.sealing import sealed_of
from gis.roads.splitting import Floats, Ints
from gis.roads.travel import REACH_M, Stops, Travel, travel_of, vehicle_of
from gis.roads.vehicle import Vehicle

READY: Final = "ready"  # codes of layers/definitions/rescue_teams.py, Readiness
RETURNING: Final = "returning"
SKILLS: Final = (
    "fire forest_fire mine_rescue search water rope pumping earthmoving chemical medical power telecom road drone evacuation"
).split()  # codes of layers/definitions/rescue_teams.py, Skill

TURNOUT_MIN: Final = Limit(
    "coverage.turnout_min", 15.0, "min", "出动用时未填时取", "Turnout of a team that has none entered",
    "domain §4.6: fire service 1 min, others 5–30; about the middle",
)  # fmt: skip


class CoverageParams(Params):
    minutes: float = param("限时", "Within", 30.0, unit="min", pick="minutes", gt=0, le=600,
                           help_zh="含集结出动用时;矿山救护为30分钟", help_en="Turnout included; 30 minutes for mine rescue.")  # fmt: skip
    avoid: Areas = param("封闭", "Sealed", (), pick="areas", max_length=1000)
    skills: tuple[str, ...] = param("须有专长", "Skills needed", (), max_length=20,
                                    help_zh="须全部具备", help_en="All of them.", codes_of="rescue_teams.skills")  # fmt: skip
    returning: bool = param("返程队伍也算", "Count returning teams", False)
    at: datetime | None = param("时间", "Moment", None, pick="moment")
    known_gaps: tuple[str, ...] | None = param(
        "上次的缺口", "Gaps of the last run", None, max_length=10_000,
        help_zh="上次结果中缺口村的标识,用于报告变化", help_en="Ids of the villages of the last run's gaps, to tell changes.",
    )  # fmt: skip


def needs(params: CoverageParams) -> Needs:
    frames = {role: Selection(layer=role) for role in ("villages", "rescue_teams")}
    return Needs(frames | frames_of_areas("avoid", params.avoid), roads=True)


def run(params: CoverageParams, given: Given) -> Result:
    _refuse_unknown_skills(params.skills)
    villages = sites(given.frames["villages"], "villages", given.townships)
    if not len(villages):
        raise NoAnswer("没有村庄数据,无法计算。请先录入村(社区)。", "There are no villages. Enter them first.")
    teams = ready_teams(given, params.skills, returning=params.returning)
    travel = travel_of(given, sealed_of(given, "avoid", params.avoid), params.at)
    given.tell(0.3, Bilingual("计算各队到各村的时间", "Times from every team"))
    stops = travel.stops(lonlat_of(villages))
    first = first_there(travel, teams, stops)
    table = _reached(villages, teams, first, stops, params.minutes)
    lists = {**_lists(table, teams, params.minutes), **_changes(table, params.known_gaps)}
    covered = len(table) - len(lists["gaps"].frame)
    figures: tuple[Figure, ...] = (
        counted(lists, "gaps", "限时内无队伍到达的村(社区)", "Villages no team reaches in time"),
        summed(lists, "gaps", "people", "其中人口", "People there"),
        summed(lists, "gaps", "weak", "其中弱势人员", "Weak people there"),
        counted(lists, "villages", "村(社区)总数", "Villages in all"),
        counted(lists, "teams", "可出动队伍", "Teams that can turn out", "支"),
    )
    if params.known_gaps is not None:
        figures = (counted(lists, "worse", "其中新出现的缺口", "Gaps that are new"),
                   counted(lists, "better", "已恢复的缺口", "Gaps that are closed again"), *figures)  # fmt: skip
    facts = {"minutes": params.minutes, "by": "road" if travel.is_by_road else "air", "covered": covered}
    notes = [*travel.note(), *_notes(table, teams), *unknown_people_note(villages)]
    return Result(lists, figures, notes, facts | _alarm(table, params.known_gaps))


# -- teams ------------------------------------------------------------------------------------------------------------


def _refuse_unknown_skills(skills: Sequence[str]) -> None:
    if unknown := sorted(set(skills) - set(SKILLS)):
        raise NoAnswer(
            f"没有这样的专长:{'、'.join(name[:30] for name in unknown[:5])}。可用:{'、'.join(SKILLS)}。",
            f"There are no such skills: {', '.join(name[:30] for name in unknown[:5])}. There are: {', '.join(SKILLS)}.",
        )


def ready_teams(given: Given, skills: Sequence[str] = (), *, returning: bool = False) -> gpd.GeoDataFrame:
    """Teams that can turn out with all of the skills, as sites with `turnout_min`, `on_duty`, `skills` and `vehicle`."""
    frame = given.frames["rescue_teams"]
    rows = sites(frame, "rescue_teams", given.townships)
    kept = frame.loc[frame.index.astype(str).isin(rows["id"])]
    turnout = numbers(kept, "turnout_min")
    owned = [_codes(value) for value in (kept["skills"] if "skills" in kept else [None] * len(kept))]
    rows = rows.assign(
        turnout_min=np.where(np.isnan(turnout), in_force(given, TURNOUT_MIN), turnout),
        turnout_known=~np.isnan(turnout), on_duty=numbers(kept, "people_on_duty"), skills=owned,
        vehicle=[vehicle_of(row) for row in kept.drop(columns="geometry").to_dict("records")],
    )  # fmt: skip
    ready = np.isin(texts(kept, "status"), (READY, RETURNING) if returning else (READY,))
    able = np.array([set(skills) <= set(one) for one in owned], dtype=bool).reshape(len(rows))
    return rows[ready & able].reset_index(drop=True)


def _codes(value: Any) -> tuple[str, ...]:
    """A list column as codes; nothing where it is empty."""
    return () if value is None or isinstance(value, float) else tuple(str(code) for code in value)


class First(NamedTuple):
    """(l,) minutes until the first team is there, turnout included; (l,) which one, −1 for none; (l,) of them driving."""

    minutes: Floats
    team: Ints
    driving_min: Floats


def first_there(travel: Travel, teams: gpd.GeoDataFrame, stops: Stops) -> First:
    """Each team drives its own vehicle, so each group of like vehicles has roads of its own."""
    minutes, which = np.full(len(stops), np.inf), np.full(len(stops), -1)
    bases = travel.stops(lonlat_of(teams))
    turnout = teams["turnout_min"].to_numpy(dtype=float)
    groups: dict[Vehicle, list[int]] = {}
    for number, vehicle in enumerate(teams["vehicle"]):
        groups.setdefault(vehicle, []).append(number)
    for vehicle, numbers_of in groups.items():
        members = np.array(numbers_of)
        found, team = travel.driving(vehicle).nearest(bases.taken(members), stops, turnout[members])
        sooner = found < minutes
        minutes[sooner], which[sooner] = found[sooner], members[team[sooner]]
    started = np.where(which >= 0, turnout[which] if len(turnout) else 0.0, np.nan)
    return First(minutes, which, minutes - started)


# -- lists ------------------------------------------------------------------------------------------------------------


def _reached(
    villages: gpd.GeoDataFrame, teams: gpd.GeoDataFrame, first: First, stops: Stops, limit: float
) -> gpd.GeoDataFrame:
    names = np.append(teams["name"].to_numpy(dtype=object), "")  # the last is "none"
    ids = np.append(teams["id"].to_numpy(dtype=object), "")
    turnout = np.append(teams["turnout_min"].to_numpy(dtype=float), np.nan)
    minutes = np.where(np.isfinite(first.minutes), first.minutes, np.nan)
    return villages.assign(
        team=names[first.team], team_id=ids[first.team], minutes=np.round(minutes, 1), turnout_min=turnout[first.team],
        gap_min=np.round(np.where(minutes > limit, minutes - limit, np.nan), 1), reached=first.team >= 0,
        covered=first.minutes <= limit, sealed=stops.sealed, far=stops.far, off_road_m=np.round(stops.off_m),
    )  # fmt: skip


REACHED: Final = (
    Column("team", "最先到达的队伍", "First team"),
    Column("minutes", "到达", "There in", "min"),
    Column("turnout_min", "其中集结出动", "Turnout of it", "min"),
)


def _lists(table: gpd.GeoDataFrame, teams: gpd.GeoDataFrame, limit: float) -> Mapping[str, Listing]:
    gaps = table[~table["covered"]].sort_values(["people", "id"], ascending=[False, True])
    live = (*SITE_COLUMNS, *PEOPLE_COLUMNS)
    gap = Column("gap_min", "超出", "Late by", "min")
    sealed = Column("sealed", "道路被封闭", "Sealed in")
    firsts = table[table["covered"]].groupby("team_id").agg(villages=("id", "size"), people=("people", "sum"))
    busy = teams.join(firsts, on="id").fillna({"villages": 0, "people": 0})
    team_columns = (*SITE_COLUMNS, Column("turnout_min", "集结出动", "Turnout", "min"),
                    Column("villages", "最先到达的村", "Villages reached first", "个"),
                    Column("people", "其人口", "Their people", "人"))  # fmt: skip
    everywhere = table.assign(uncovered=table["people"].where(~table["covered"], 0))
    return {
        "gaps": _listing(f"{limit:g} 分钟内无队伍到达", f"No team within {limit:g} minutes", gaps, (*live, *REACHED, gap, sealed)),
        "townships": by_township(gaps, ("people", "weak"), "各乡镇缺口", "Gaps by township", PEOPLE_COLUMNS),
        "villages": _listing("全部村(社区)", "All villages", everywhere, (*live, *REACHED, gap)),
        "teams": _listing("可出动队伍", "Teams that can turn out", busy, team_columns),
    }  # fmt: skip


def _listing(zh: str, en: str, rows: gpd.GeoDataFrame, columns: Sequence[Column]) -> Listing:
    kept = rows[["layer", "id", *(column.name for column in columns), "geometry"]].reset_index(drop=True)
    return Listing(Bilingual(zh, en), kept, columns)


def _notes(table: gpd.GeoDataFrame, teams: gpd.GeoDataFrame) -> list[Bilingual]:
    notes = []
    if not len(teams):
        notes.append(Bilingual("没有符合条件的待命队伍,全部村(社区)都是缺口。",
                               "No team is ready with these skills: every village is a gap."))  # fmt: skip
    elif unknown := int((~teams["turnout_known"]).sum()):
        notes.append(Bilingual(f"{unknown} 支队伍没有填集结出动用时,按默认值计。",
                               f"{unknown} teams have no turnout time entered; the default was taken."))  # fmt: skip
    if far := int(table["far"].sum()):
        notes.append(Bilingual(f"{far} 个村(社区)离最近道路太远,列为无法到达。请核对位置或补充道路。",
                               f"{far} villages lie too far from any road and count as out of reach."))  # fmt: skip
    return notes


def _changes(table: gpd.GeoDataFrame, known: Sequence[str] | None) -> Mapping[str, Listing]:
    """Gaps that were none before, most people first, and villages reached again; nothing to tell without a last run."""
    if known is None:
        return {}
    columns = (*SITE_COLUMNS, *PEOPLE_COLUMNS, *REACHED)
    was = table["id"].isin(known)
    order = {"by": ["people", "id"], "ascending": [False, True]}
    worse, better = table[~table["covered"] & ~was].sort_values(**order), table[table["covered"] & was].sort_values(**order)
    return {"worse": _listing("新出现的缺口", "Gaps that are new", worse, columns),
            "better": _listing("已恢复的村(社区)", "Villages reached again", better, columns)}  # fmt: skip


def _alarm(table: gpd.GeoDataFrame, known: Sequence[str] | None) -> dict[str, Any]:
    """`alarm` : there are gaps (of the last run none, or other ones than then). `changed` : what is worse and better."""
    now = set(table.loc[~table["covered"], "id"])
    if known is None:
        return {"alarm": bool(now), "changed": None}
    worse, better = sorted(now - set(known)), sorted(set(known) - now)
    return {"alarm": bool(worse), "changed": {"worse": worse, "better": better}}


ANALYSIS = Analysis(
    id="coverage",
    group="cover",
    zh="救援覆盖",
    en="Coverage",
    about_zh="按当前队伍状态和封闭情况,哪些村(社区)在限定分钟内(含集结出动)没有队伍能到;最先到达的是哪支队伍,超出多少。",
    about_en="Which villages no ready team reaches within the minutes given, turnout included, as teams and closures are now; "
    "which team is first, and how late.",
    params=CoverageParams,
    needs=needs,
    run=run,
    source="definition: domain §8.3, travel minutes on the open network + turnout minutes; Dijkstra (1959) for the minutes",
    validity_zh="与道路、队伍状态的录入一样可靠;不含转弯、拥堵、夜间和冰雪影响。没有道路数据的县按直线距离估算。",
    validity_en="As good as the roads and team states entered; turns, queues, night and snow are left out. A county without "
    "roads gets estimates by air distance.",
    limits=(TURNOUT_MIN, REACH_M, *ESTIMATE_LIMITS, *SEALING_LIMITS),
    example={"minutes": 30},
    standing=Standing(known="known_gaps", found="gaps", worse="worse", better="better"),
)
