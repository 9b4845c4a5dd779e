"""Which villages, teams and depots lose their way when areas, roads or bridges are sealed, and which single pieces of road
the most people hang on.

Before: the roads as they are now (state, limits, `avoid`). After: the same with `sealed` closed too. Lost is who had a way
before and has none after; who stands inside the sealed area is told apart, since people there are moved, not cut off.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final, Literal, NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

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
)  # fmt: skip
from gis.asked import in_force
from gis.errors import NoAnswer
from gis.places import Areas, Place, frames_of_areas, frames_of_places, located
from gis.population import PEOPLE_COLUMNS, SITE_COLUMNS, by_township, lonlat_of, sites, unknown_people_note
from gis.roads.bridges import Hanging, hanging
from gis.roads.network import RoadNetwork
from gis.roads.sealing import LIMITS as SEALING_LIMITS
from gis.roads.sealing import Sealed, sealed_of
from gis.roads.splitting import Floats, Ints
from gis.roads.travel import LIMITS as TRAVEL_LIMITS
from gis.roads.travel import RESCUE, Stops, Travel, travel_of

READY: Final = "ready"  # codes of layers/definitions: rescue_teams.Readiness, shelters.ShelterStatus, common.InUse
OPEN_SHELTERS: Final = ("available", "open")
IN_USE: Final = "in_use"

SLOWER_MIN = Limit(
    "cut_off.slower_min", 5.0, "min", "绕行多于此值时列出", "Detours longer than this are listed",
    "[D] below that, a queue at a junction matters more",
)  # fmt: skip
MOST_POINTS = Limit(
    "cut_off.most_points", 200, "", "最多列出的单点路段", "Most single points listed",
    "[D] as many as a duty officer can go through; they are ranked by people",
)  # fmt: skip

CONTROLLED_NOTE: Final = Bilingual(
    "管制路段按救援车辆可通行计算,中断路段不可通行。",
    "Controlled roads count as passable, as they are for rescue vehicles; closed ones do not.",
)
ROLES: Final = ("villages", "rescue_teams", "depots", "shelters")


class CutOffParams(Params):
    sealed: Areas = param(
        "封闭", "Sealed", (), pick="areas", max_length=1000,
        help_zh="画出的区域,或图层中的道路、桥涵等对象", help_en="Areas drawn, or roads, crossings and other features.",
    )  # fmt: skip
    avoid: Areas = param(
        "已经封闭", "Closed already", (), pick="areas", max_length=1000,
        help_zh="封闭前就不能通行的区域", help_en="What could not be passed even before.",
    )  # fmt: skip
    reach: Literal["seat", "teams", "shelters"] = param(
        "须能到达", "Must reach", "seat",
        choices={"seat": ("县城", "The county seat"), "teams": ("任一待命队伍", "Any ready team"),
                 "shelters": ("任一可用避难场所", "Any usable shelter")},
    )  # fmt: skip
    seat: Place | None = param(
        "县城位置", "County seat", None, pick="place", help_zh="不填则取人口最多的村(社区)",
        help_en="Left empty: the village with the most people.", when={"reach": ("seat",)},
    )  # fmt: skip
    at: datetime | None = param(
        "时间", "Moment", None, pick="moment", help_zh="按该时间的道路管制;不填按现状",
        help_en="Road states at that moment; as they stand now when empty.",
    )  # fmt: skip


def needs(params: CutOffParams) -> Needs:
    frames = {role: Selection(layer=role) for role in ROLES}
    frames |= frames_of_areas("sealed", params.sealed) | frames_of_areas("avoid", params.avoid)
    return Needs(frames | (frames_of_places(seat=params.seat) if params.seat else {}), roads=True)


def run(params: CutOffParams, given: Given) -> Result:
    sealed, avoid = sealed_of(given, "sealed", params.sealed), sealed_of(given, "avoid", params.avoid)
    before = travel_of(given, avoid, params.at, RESCUE)
    network = _network(before)
    after = travel_of(given, avoid | sealed, params.at, RESCUE)
    rows = {role: _usable(sites(given.frames[role], role, given.townships), given.frames[role]) for role in ROLES}
    if not len(rows["villages"]):
        raise NoAnswer("没有村庄数据,无法计算。请先录入村(社区)。", "There are no villages. Enter them first.")
    given.tell(0.3, Bilingual("计算封闭前后的通达时间", "Times before and after"))
    anchors, anchor_note = _anchors(params, given, rows)
    answer = {role: _changes(table, anchors, before, after) for role, table in rows.items()}
    given.tell(0.7, Bilingual("查找单点路段", "Looking for single points"))
    points = _single_points(network, before, anchors, rows, in_force(given, MOST_POINTS))
    lists = _lists(answer, points, in_force(given, SLOWER_MIN))
    villages = answer["villages"]
    notes = [anchor_note, *after.note(), *_notes(villages, sealed, network), *unknown_people_note(villages)]
    figures = (
        counted(lists, "villages", "失去通路的村(社区)", "Villages cut off"),
        summed(lists, "villages", "people", "失去通路的人口", "People cut off"),
        summed(lists, "villages", "weak", "其中弱势人员", "Weak people among them"),
        counted(lists, "teams", "失去通路的队伍", "Teams cut off", "支"),
        counted(lists, "depots", "失去通路的物资库", "Depots cut off"),
        counted(lists, "slower", "须绕行的村(社区)", "Villages with a detour"),
        counted(lists, "single_points", "单点路段和桥涵", "Single points"),
    )
    closed = int(before.open_.sum() - (before.open_ & after.open_).sum())
    return Result(lists, figures, notes, {"reach": params.reach, "pieces_sealed": closed})


def _network(travel: Travel) -> RoadNetwork:
    if travel.network is None:
        raise NoAnswer(
            "本县没有道路数据,无法判断哪些村会失去通路。请先录入或导入道路。",
            "This county has no roads, so nobody can say who would be cut off. Enter or import roads first.",
        )
    return travel.network


def _usable(rows: gpd.GeoDataFrame, frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """With `usable`: a ready team, a shelter or depot in use. Rows without a status count as usable."""
    if "status" not in frame:
        return rows.assign(usable=True)
    status = pd.Series(frame["status"].to_numpy(), index=frame.index.astype(str))
    return rows.assign(usable=status.loc[rows["id"]].isin([READY, IN_USE, *OPEN_SHELTERS]).to_numpy())


def _anchors(params: CutOffParams, given: Given, rows: Mapping[str, gpd.GeoDataFrame]) -> tuple[Floats, Bilingual]:
    """(k, 2) lon, lat of what must be reached, and how that was chosen."""
    if params.reach != "seat":
        role = {"teams": "rescue_teams", "shelters": "shelters"}[params.reach]
        table = rows[role][rows[role]["usable"]]
        if not len(table):
            raise NoAnswer(
                "没有待命的救援队伍或可用的避难场所可供到达。请改为到达县城。",
                "There is no ready team or usable shelter to reach. Choose the county seat instead.",
            )
        words = {"teams": ("待命队伍", "ready team"), "shelters": ("可用避难场所", "usable shelter")}[params.reach]
        return lonlat_of(table), Bilingual(
            f"通路指能到达 {len(table)} 个{words[0]}中的任一个。", f"A way means one to any {words[1]} of {len(table)}."
        )
    if params.seat is not None:
        seat = located(given, "seat", params.seat)
        return np.array([[seat.lon, seat.lat]]), Bilingual(
            f"通路指能到达 {seat.name}。", f"A way means one to {seat.name}."
        )
    villages = rows["villages"]
    if villages["people"].isna().all():
        raise NoAnswer(
            "没有人口数据,无法推定县城位置。请在“县城位置”中指定。",
            "The people of all villages are unknown, so the county seat cannot be told. Give its position.",
        )
    row = villages.loc[villages["people"].idxmax()]
    return np.array([[row.geometry.x, row.geometry.y]]), Bilingual(
        f"通路指能到达县城;未指定县城位置,取人口最多的{row['name']}。",
        f"A way means one to the county seat, taken as {row['name']}, which has the most people; none was given.",
    )


# -- before and after -------------------------------------------------------------------------------------------------


def _changes(rows: gpd.GeoDataFrame, anchors: Floats, before: Travel, after: Travel) -> gpd.GeoDataFrame:
    """With minutes before and after, and `inside`: in a sealed area."""
    stops_before, stops_after = before.stops(lonlat_of(rows)), after.stops(lonlat_of(rows))
    was, now = _minutes_to(anchors, stops_before, before), _minutes_to(anchors, stops_after, after)
    inside = np.array([after.areas.is_inside(p.x, p.y) for p in rows.geometry], dtype=bool).reshape(len(rows))
    return rows.assign(
        minutes_before=_known(was), minutes_after=_known(now), extra_min=_known(now - np.where(np.isfinite(was), was, np.nan)),
        inside=inside, off_road_m=np.round(stops_before.off_m), lost=np.isfinite(was) & ~np.isfinite(now),
        never=~np.isfinite(was), far=stops_before.far,
    )  # fmt: skip


def _minutes_to(anchors: Floats, stops: Stops, travel: Travel) -> Floats:
    """Minutes from each stop to the nearest anchor: against the direction of help, as people leave."""
    network = _network(travel)
    ends = travel.stops(anchors).on
    reach = network.seconds_from(ends, travel.open_, backwards=True)
    return np.asarray(reach.at(stops.on)[0] / 60.0)


def _known(minutes: Floats) -> Floats:
    return np.round(np.where(np.isfinite(minutes), minutes, np.nan), 1)


MINUTES: Final = (
    Column("minutes_before", "封闭前", "Before", "min"),
    Column("minutes_after", "封闭后", "After", "min"),
)


def _lists(answer: Mapping[str, gpd.GeoDataFrame], points: Listing, slower_min: float) -> Mapping[str, Listing]:
    villages = answer["villages"]
    lost = villages[villages["lost"]].sort_values(["people", "id"], ascending=[False, True])
    slower = villages[villages["extra_min"] >= slower_min].sort_values(["extra_min", "id"], ascending=[False, True])
    inside = Column("inside", "在封闭区内", "Inside a sealed area")
    live = (*SITE_COLUMNS, *PEOPLE_COLUMNS)
    lists = {
        "villages": _listing("失去通路的村(社区)", "Villages cut off", lost, (*live, MINUTES[0], inside)),
        "townships": by_township(lost, ("people", "weak"), "各乡镇", "By township", PEOPLE_COLUMNS),
        "slower": _listing("须绕行的村(社区)", "Villages with a detour", slower,
                           (*live, *MINUTES, Column("extra_min", "增加", "Longer by", "min"))),
        "never": _listing("封闭前就没有通路的村(社区)", "Villages without a way even before", villages[villages["never"]],
                          (*live, Column("off_road_m", "离道路", "Off the road", "m"))),
    }  # fmt: skip
    named = {"rescue_teams": ("teams", "失去通路的队伍", "Teams cut off"), "depots": ("depots", "失去通路的物资库", "Depots cut off"),
             "shelters": ("shelters", "失去通路的避难场所", "Shelters cut off")}  # fmt: skip
    for role, (name, zh, en) in named.items():
        table = answer[role]
        lists[name] = _listing(zh, en, table[table["lost"]], (*SITE_COLUMNS, MINUTES[0], inside))
    return lists | {"single_points": points}


def _listing(zh: str, en: str, rows: gpd.GeoDataFrame, columns: Sequence[Column]) -> Listing:
    kept = rows[["layer", "id", *(column.name for column in columns), "geometry"]].reset_index(drop=True)
    return Listing(Bilingual(zh, en), kept, columns)


def _notes(villages: gpd.GeoDataFrame, sealed: Sealed, network: RoadNetwork) -> list[Bilingual]:
    notes = [CONTROLLED_NOTE]
    if not sealed:
        notes.append(
            Bilingual("没有给出封闭对象:只列出单点路段。", "Nothing was sealed: only single points are listed.")
        )
    if adrift := sealed.adrift(network):
        notes.append(Bilingual(f"{adrift} 处桥涵附近没有道路,封闭它们不影响通行。请核对位置。",
                               f"{adrift} of the crossings stand on no road, so sealing them closes nothing. Check them."))  # fmt: skip
    if far := int(villages["far"].sum()):
        notes.append(Bilingual(f"{far} 个村(社区)离最近道路太远,列为封闭前就没有通路。请核对位置或补充道路。",
                               f"{far} villages lie too far from any road and are listed as having none even before."))  # fmt: skip
    return notes


# -- single points ----------------------------------------------------------------------------------------------------


class _Behind(NamedTuple):
    """What is behind each of k cut edges."""

    people: Floats
    weak: Floats
    villages: Ints
    teams: Ints


def _single_points(
    network: RoadNetwork, travel: Travel, anchors: Floats, rows: Mapping[str, gpd.GeoDataFrame], most: int
) -> Listing:
    """The cut edges with somebody behind them, those that follow one another with the same behind them as one; crossings
    on them by themselves."""
    tree = hanging(network, travel.open_, travel.stops(anchors).on)
    behind = _counted_behind(tree, travel, rows)
    worth = np.flatnonzero((behind.villages > 0) | (behind.teams > 0))
    chains = _chains(tree, worth, behind)
    found = [_crossing_row(network, tree, c, e, behind) for c, e in _crossings_on(network, tree, worth)]
    found += [_road_row(network, tree, chain, behind) for chain in chains]
    found.sort(key=lambda one: (-one["people"], -one["villages"], -one["teams"], one["kind"], one["name"], one["id"]))
    columns = (
        Column("kind", "类别", "Kind"),
        Column("name", "名称", "Name"),
        Column("people", "后方人口", "People behind", "人"),
        Column("weak", "后方弱势人员", "Weak people behind", "人"),
        Column("villages", "后方村(社区)", "Villages behind", "个"),
        Column("teams", "后方队伍", "Teams behind", "支"),
        Column("length_m", "长度", "Length", "m"),
    )
    empty: dict[str, list[Any]] = {name: [] for name in ("layer", "id", *(c.name for c in columns), "geometry")}
    frame = gpd.GeoDataFrame(found[:most] or empty, geometry="geometry", crs=4490)
    return Listing(
        Bilingual("单点路段和桥涵(断则失去通路)", "Single points: nobody behind them has another way"), frame, columns
    )


def _counted_behind(tree: Hanging, travel: Travel, rows: Mapping[str, gpd.GeoDataFrame]) -> _Behind:
    villages, teams = rows["villages"], rows["rescue_teams"]
    first, last = tree.spans()

    def total(table: gpd.GeoDataFrame, weights: Floats) -> Floats:
        ranks = tree.ranks(travel.stops(lonlat_of(table)).on)
        order = np.argsort(ranks, kind="stable")
        upto = np.concatenate([[0.0], np.cumsum(np.nan_to_num(weights)[order])])
        begin, end = np.searchsorted(ranks[order], first, "left"), np.searchsorted(ranks[order], last, "right")
        return np.asarray(upto[end] - upto[begin])

    ones = np.ones(len(villages))
    return _Behind(
        total(villages, villages["people"].to_numpy(dtype=float)),
        total(villages, villages["weak"].to_numpy(dtype=float)),
        np.rint(total(villages, ones)).astype(np.int64),
        np.rint(total(teams, teams["usable"].to_numpy(dtype=float))).astype(np.int64),
    )


def _chains(tree: Hanging, worth: Ints, behind: _Behind) -> list[list[int]]:
    """Cut edges (positions in `tree`) that hang one on another with the very same people, villages and teams behind."""
    network = tree.network
    hangs_on = {int(tree.below[k]): int(k) for k in worth}

    def same(a: int, b: int) -> bool:
        return all(values[a] == values[b] for values in behind)

    grown: dict[int, list[int]] = {}
    for k in sorted(worth.tolist(), key=lambda k: int(tree.visited[tree.below[k]])):  # from the anchors outward
        edge, below = int(tree.edge[k]), int(tree.below[k])
        above = int(network.start[edge] + network.end[edge]) - below
        parent = hangs_on.get(above)
        chain = grown[parent] if parent is not None and parent in grown and same(parent, k) else []
        chain.append(k)
        grown[k] = chain
    return list({id(chain): chain for chain in grown.values()}.values())


def _crossings_on(network: RoadNetwork, tree: Hanging, worth: Ints) -> list[tuple[int, int]]:
    """Rows of crossings on cut edges, with the position of the edge."""
    position = {int(tree.edge[k]): int(k) for k in worth}
    pairs = enumerate(network.crossing_edge.tolist())
    return [(crossing, position[edge]) for crossing, edge in pairs if edge in position]


CROSSING: Final = Bilingual("桥涵", "Crossing")
ROAD: Final = Bilingual("路段", "Road")


def _figures_of(behind: _Behind, k: int) -> dict[str, Any]:
    return {name: int(values[k]) for name, values in behind._asdict().items()}


def _crossing_row(network: RoadNetwork, tree: Hanging, crossing: int, k: int, behind: _Behind) -> dict[str, Any]:
    row = network.crossings.iloc[crossing]
    name = next((str(row[c]) for c in ("name", "code") if c in row and isinstance(row[c], str)), "")
    length = row.get("length_m", np.nan)
    return _figures_of(behind, k) | {
        "layer": "crossings", "id": str(network.crossings.index[crossing]), "kind": CROSSING, "name": name,
        "length_m": np.nan if pd.isna(length) else float(length), "geometry": row.geometry,
    }  # fmt: skip


def _road_row(network: RoadNetwork, tree: Hanging, chain: Sequence[int], behind: _Behind) -> dict[str, Any]:
    edges = tree.edge[list(chain)]
    rows = list(dict.fromkeys(network.road[edges].tolist()))
    merged = shapely.line_merge(shapely.multilinestrings(network.lines[edges]))
    return _figures_of(behind, chain[0]) | {
        "layer": "roads", "id": str(network.roads.index[rows[0]]), "kind": ROAD,
        "name": "、".join(dict.fromkeys(network.labels[row] for row in rows if network.labels[row])),
        "length_m": float(np.round(network.length_m[edges].sum())), "geometry": merged,
    }  # fmt: skip


ANALYSIS = Analysis(
    id="cut_off",
    group="cover",
    zh="断路影响",
    en="Cut off",
    about_zh="封闭一些区域、道路或桥涵后,哪些村、队伍、物资库失去通路或须绕行;以及全县的单点路段和桥涵,按后方人口排序。",
    about_en="Which villages, teams and depots lose their way or have a detour when areas, roads or bridges are sealed; and "
    "the single points of the network, ranked by the people behind them.",
    params=CutOffParams,
    needs=needs,
    run=run,
    source="Dijkstra (1959), Numer. Math. 1, 269–271, for times; Tarjan (1974), Inf. Process. Lett. 2, 160–161, for single points",
    validity_zh="与录入的道路一样可靠;封闭区按不超过 200 m 的路段取整。单点路段不计单行限制。行车时间不含转弯和拥堵。",
    validity_en="As good as the roads that were entered; sealed areas take whole pieces of at most 200 m. Single points leave "
    "one-way rules aside. Times count neither turns nor queues.",
    limits=(SLOWER_MIN, MOST_POINTS, *SEALING_LIMITS, *TRAVEL_LIMITS),
    example={"sealed": [{"layer": "crossings", "filter": "kind = 'low_bridge'"}]},
)
