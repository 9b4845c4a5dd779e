"""Which team, depot or shelter is there first: driving time on open roads plus turnout or opening, and why not the others.

Rank is by minutes in all, never by distance (domain §8.3); both are shown. Each team drives its own vehicle where its sizes
are known, so a bridge that is too low sends its fire engine round.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray

from gis.analysis import Analysis, Bilingual, Column, Given, Limit, Listing, Needs, Result, Selection, counted, param
from gis.asked import in_force, nothing_there
from gis.candidates import GOODS, Need, Verdict, together, verdicts
from gis.geometry import CGCS2000_ELLIPSOID
from gis.places import Located, Place, frames_of_areas, frames_of_places, located, names_of
from gis.roads.asking import LIMITS, RoadParams, asked
from gis.roads.certificate import Certificate, ClosedAreas
from gis.roads.engine import END
from gis.roads.journeys import Journey
from gis.roads.network import Places
from gis.roads.question import Question
from gis.roads.sealing import Sealed, sealed_of
from gis.roads.telling import S_PER_MIN, air_note, air_seconds, journey_notes, km_of, minutes_of, shaped
from gis.roads.vehicle import Vehicle

START_MIN = Limit(
    "nearest.start_min", 15.0, "min", "集结或开启用时未填时取", "Turnout or opening time where none is entered",
    "domain §4.6: fire service 1 min, others 5–30; about the middle",
)  # fmt: skip
OTHERS_SHOWN = Limit(
    "nearest.others_shown", 50, "个", "未入选者最多列出", "Most that are listed as not chosen",
    "what a person reads; default of the project, to be confirmed by the county",
)  # fmt: skip

COLUMNS = (
    Column("rank", "名次", "Rank"),
    Column("name", "名称", "Name"),
    Column("minutes", "到达用时", "There in", "min"),
    Column("km", "里程", "Length", "km"),
    Column("why", "入选原因", "Why it won"),
    Column("drive_min", "行车", "Driving", "min"),
    Column("start_min", "集结/开启", "Turnout or opening", "min"),
    Column("air_km", "直线距离", "Air distance", "km"),
    Column("certified", "路线已证明", "Certified"),
    Column("layer", "图层", "Layer"),
    Column("id", "标识", "Id"),
)
OTHER_COLUMNS = (
    Column("name", "名称", "Name"),
    Column("reason", "未入选原因", "Why not"),
    Column("minutes", "到达用时", "There in", "min"),
    Column("air_km", "直线距离", "Air distance", "km"),
    Column("layer", "图层", "Layer"),
    Column("id", "标识", "Id"),
)

TOO_LARGE = Bilingual(
    "车辆过高、过宽或过重,途中桥涵道路不能通过", "too tall, wide or heavy for a bridge or road on every way"
)


class NearestParams(RoadParams):
    only_when = {"costing": {"by": ("road",)}, "passes_controls": {"by": ("road",)}}

    start: Place = param("事发地点", "Place", pick="place", alias="from")
    layer: str = param("图层", "Layer", "rescue_teams", pick="layer", pattern=r"^[a-z_]{1,40}$",
                       help_zh="救援队伍、物资库、避难场所、医院等", help_en="Teams, depots, shelters, hospitals …")  # fmt: skip
    filter: str | None = param("筛选", "Filter (CQL2)", None, max_length=4000)
    k: int = param("个数", "How many", 5, ge=1, le=100)
    by: Literal["road", "air"] = param(
        "按", "By", "road", choices={"road": ("道路用时", "Road time"), "air": ("直线距离", "Air distance")}
    )
    need: Need = param("需要", "Need", Need())


def needs(params: NearestParams) -> Needs:
    frames = frames_of_places(start=params.start) | frames_of_areas("avoid", params.avoid)
    return Needs(
        frames | {"candidates": Selection(layer=params.layer, filter=params.filter)}, roads=params.by == "road"
    )


@dataclass
class _Ranked:
    """n candidates. near : their nearest pieces of road, None by air. air_m. drive_s : infinite without a way. start_min.
    why_not : None for those that fit. groups : the question of those whose vehicles may use the same roads."""

    names: list[str]
    lonlat: NDArray[np.float64]
    air_m: NDArray[np.float64]
    drive_s: NDArray[np.float64]
    start_min: NDArray[np.float64]
    why_not: list[Bilingual | None]
    vehicles: list[Vehicle]
    near: Places | None = None
    groups: Sequence[tuple[Question, list[int]]] = ()

    @property
    def minutes(self) -> NDArray[np.float64]:
        return self.drive_s / S_PER_MIN + self.start_min

    def order(self) -> NDArray[np.int64]:
        """All candidates, soonest first; those without a way by air distance after them."""
        minutes = self.minutes
        return np.lexsort((np.arange(len(minutes)), self.air_m, minutes))


def run(params: NearestParams, given: Given) -> Result:
    place = located(given, "start", params.start)
    frame = _with_position(given, Selection(layer=params.layer, filter=params.filter))
    sealed = sealed_of(given, "avoid", params.avoid)
    ranked = _ranked(params, given, place, frame, sealed)
    question = asked(given, sealed, params, params.vehicle) if params.by == "road" else None
    by_road = question is not None
    given.tell(0.2, Bilingual("计算到达用时", "Working out how soon each is there"))
    if question is not None:
        _time_by_road(params, given, place, ranked, question)
    else:
        ranked.drive_s = np.array([air_seconds(given, float(metres)) for metres in ranked.air_m])
    chosen = _chosen(ranked, params.k)
    journeys = _journeys(given, place, ranked, question, chosen) if question is not None else {}
    lists = {
        "nearest": _nearest_listing(params, place, frame, ranked, chosen, journeys),
        "not_chosen": _others_listing(params, given, frame, ranked, chosen),
    }
    notes = [*sealed.notes] if by_road else [*sealed.notes, air_note(given, has_roads=params.by == "air")]
    notes += _notes(params, frame, ranked, chosen, journeys)
    return Result(
        lists, (counted(lists, "nearest", "入选", "Chosen"),), notes, _facts(by_road, journeys, chosen, frame)
    )


def _with_position(given: Given, selection: Selection) -> gpd.GeoDataFrame:
    frame = given.frames["candidates"]
    lost = frame.geometry.isna() | frame.geometry.is_empty
    there = frame[~lost] if lost.any() else frame
    if not len(there):
        raise nothing_there(given, selection)
    return there


def _ranked(params: NearestParams, given: Given, place: Located, frame: gpd.GeoDataFrame, sealed: Sealed) -> _Ranked:
    """Distance by air, turnout, and what rules a candidate out before any road is looked at."""
    points = shapely.point_on_surface(frame.geometry.to_numpy())
    lonlat = shapely.get_coordinates(points)
    here = np.broadcast_to([place.lon, place.lat], lonlat.shape)
    _, _, air_m = CGCS2000_ELLIPSOID.inv(here[:, 0], here[:, 1], lonlat[:, 0], lonlat[:, 1])
    said = verdicts(frame, params.layer, params.need, params.at, given.wording)
    inside = ClosedAreas(sealed.closures).holding(points)
    default = float(in_force(given, START_MIN))
    return _Ranked(
        names=names_of(frame),
        lonlat=lonlat,
        air_m=np.asarray(air_m, dtype=np.float64),
        drive_s=np.full(len(frame), np.inf),
        start_min=np.array([default if one.start_min is None else one.start_min for one in said]),
        why_not=[_first_reason(one, bool(shut)) for one, shut in zip(said, inside, strict=True)],
        vehicles=_vehicles(params, frame),
    )


def _first_reason(verdict: Verdict, is_inside: bool) -> Bilingual | None:
    if verdict.why_not is not None:
        return verdict.why_not
    return Bilingual("在封闭区内", "inside an active closed area") if is_inside else None


def _vehicles(params: NearestParams, frame: gpd.GeoDataFrame) -> list[Vehicle]:
    """Each team's own sizes where they are known, else those of the parameters."""
    asked_for = params.vehicle
    if params.layer != "rescue_teams":
        return [asked_for] * len(frame)
    heights, widths, loads = (_sizes(frame, f"vehicle_{name}") for name in ("height_m", "width_m", "load_t"))
    return [
        replace(
            asked_for,
            height_m=height or asked_for.height_m,
            width_m=width or asked_for.width_m,
            load_t=load or asked_for.load_t,
        )
        for height, width, load in zip(heights, widths, loads, strict=True)
    ]


def _sizes(frame: gpd.GeoDataFrame, column: str) -> list[float | None]:
    if column not in frame:
        return [None] * len(frame)
    return [float(value) if value is not None and value > 0 else None for value in frame[column]]


# -- by road ----------------------------------------------------------------------------------------------------------


def _time_by_road(params: NearestParams, given: Given, place: Located, ranked: _Ranked, first: Question) -> None:
    """Driving seconds of every candidate, and why there is no way for those that fit otherwise."""
    name = Bilingual(f"{END.zh}“{place.name}”", f"{END.en} “{place.name}”")
    assert given.roads is not None
    ranked.near = first.network.snap_all(ranked.lonlat)
    ranked.groups = _groups(ranked, first)
    for question, rows in ranked.groups:
        there = question.snapped(place.lon, place.lat, name)
        if there.edge >= 0:
            stand = question.snapped_all(ranked.lonlat[rows], ranked.near.taken(rows))
            ranked.drive_s[rows] = given.roads.seconds_to(question, there, stand).seconds
        lost = [row for row in rows if not np.isfinite(ranked.drive_s[row]) and ranked.why_not[row] is None]
        if lost:
            for row, reason in zip(lost, _no_way(params, given, place, question, ranked, lost), strict=True):
                ranked.why_not[row] = reason


def _groups(ranked: _Ranked, first: Question) -> list[tuple[Question, list[int]]]:
    """Candidates whose vehicles may use the same roads, each with their question: the network is asked once a group."""
    by_vehicle: dict[Vehicle, list[int]] = {}
    for row, vehicle in enumerate(ranked.vehicles):
        by_vehicle.setdefault(vehicle, []).append(row)
    by_roads: dict[bytes, tuple[Question, list[int]]] = {}
    for vehicle, rows in by_vehicle.items():
        question = first.driven_by(vehicle)
        by_roads.setdefault(question.free.tobytes(), (question, []))[1].extend(rows)
    return list(by_roads.values())


def _no_way(
    params: NearestParams, given: Given, place: Located, question: Question, ranked: _Ranked, rows: list[int]
) -> list[Bilingual]:
    """What would have to be otherwise for there to be a way: the vehicle's size, the closed areas, the roads' state."""
    assert ranked.near is not None
    far_m = ranked.near.distance_m[rows]
    small = question.driven_by(replace(question.vehicle, height_m=None, width_m=None, load_t=None))
    opened = asked(given, Sealed(()), params, question.vehicle)
    assert opened is not None
    if_small, if_opened = (_seconds(given, other, place, ranked, rows) for other in (small, opened))
    found = []
    for metres, fits, opens in zip(far_m, np.isfinite(if_small), np.isfinite(if_opened), strict=True):
        if metres > question.snap_limit_m:
            found.append(
                Bilingual(f"离道路 {metres:.0f} 米,超过上限", f"{metres:.0f} m from any road, beyond the limit")
            )
        elif fits:
            found.append(TOO_LARGE)
        elif opens:
            found.append(Bilingual("被封闭区隔断,无路可通", "no way: cut off by the closed areas"))
        else:
            found.append(Bilingual("道路中断、管制或不连通,无路可通", "no way: roads closed, controlled or not joined"))
    return found


def _seconds(given: Given, question: Question, place: Located, ranked: _Ranked, rows: list[int]) -> NDArray[np.float64]:
    there = question.snapped(place.lon, place.lat, END)
    if there.edge < 0 or given.roads is None or ranked.near is None:
        return np.full(len(rows), np.inf)
    stand = question.snapped_all(ranked.lonlat[rows], ranked.near.taken(rows))
    return given.roads.seconds_to(question, there, stand).seconds


def _chosen(ranked: _Ranked, k: int) -> list[int]:
    fit = [int(i) for i in ranked.order() if ranked.why_not[i] is None and np.isfinite(ranked.drive_s[i])]
    return fit[:k]


def _journeys(
    given: Given, place: Located, ranked: _Ranked, first: Question, chosen: Sequence[int]
) -> dict[int, Journey]:
    """The way of each that was chosen: the same that its minutes were counted on."""
    assert given.roads is not None
    is_inside = first.areas.is_inside(place.lon, place.lat)
    there = first.network.snap_all(np.array([[place.lon, place.lat]]))
    found: dict[int, Journey] = {}
    for question, rows in ranked.groups:
        mine = [row for row in chosen if row in rows]
        if mine and ranked.near is not None:
            heres = question.snapped_all(ranked.lonlat[mine], ranked.near.taken(mine))
            end = question.snapped_all(np.array([[place.lon, place.lat]]), there).one(0)
            found |= zip(mine, given.roads.journeys_to(question, heres, end, is_inside=is_inside), strict=True)
    return found


# -- what is told -----------------------------------------------------------------------------------------------------


def _nearest_listing(
    params: NearestParams, place: Located, frame: gpd.GeoDataFrame, ranked: _Ranked, chosen: Sequence[int],
    journeys: Mapping[int, Journey],
) -> Listing:  # fmt: skip
    rows = []
    for rank, row in enumerate(chosen, 1):
        journey = journeys.get(row)
        straight = shapely.LineString([ranked.lonlat[row], (place.lon, place.lat)])
        line = straight if journey is None else shapely.MultiLineString([leg.line for leg in journey.legs])
        rows.append({
            "rank": rank, "name": ranked.names[row], "minutes": round(float(ranked.minutes[row]), 1),
            "drive_min": minutes_of(float(ranked.drive_s[row])), "start_min": float(ranked.start_min[row]),
            "km": km_of(journey.length_m if journey is not None else float(ranked.air_m[row])),
            "air_km": km_of(float(ranked.air_m[row])), "why": _cell(_why(params, ranked, chosen, rank - 1)),
            "certified": None if journey is None else _is_clear(journey), "layer": params.layer,
            "id": str(frame.index[row]), "geometry": line,
        })  # fmt: skip
    return Listing(Bilingual("最近的", "The nearest"), shaped(rows, COLUMNS), COLUMNS)


def _cell(said: Bilingual) -> Bilingual:
    """Words that also stand within a sentence, as a cell begins."""
    return Bilingual(said.zh, said.en[:1].upper() + said.en[1:])


def _is_clear(journey: Journey) -> bool:
    return journey.certificate is not None and journey.certificate.clear and len(journey.legs) == 1


def _why(params: NearestParams, ranked: _Ranked, chosen: Sequence[int], number: int) -> Bilingual:
    row = chosen[number]
    start_zh, start_en = ("集结", "turnout") if params.layer == "rescue_teams" else ("开启", "opening")
    minutes, drive, start = ranked.minutes[row], ranked.drive_s[row] / S_PER_MIN, ranked.start_min[row]
    zh = f"行车 {drive:.1f} + {start_zh} {start:g} = {minutes:.1f} 分钟"
    en = f"driving {drive:.1f} + {start_en} {start:g} = {minutes:.1f} min"
    if number + 1 < len(chosen):
        ahead = ranked.minutes[chosen[number + 1]] - minutes
        zh, en = f"{zh},比下一名早 {ahead:.1f} 分钟", f"{en}, {ahead:.1f} min before the next"
    return Bilingual(zh, en)


def _others_listing(params: NearestParams, given: Given, frame: gpd.GeoDataFrame, ranked: _Ranked,
                    chosen: Sequence[int]) -> Listing:  # fmt: skip
    taken = set(chosen)
    last = ranked.minutes[chosen[-1]] if chosen else np.inf
    rows = []
    for row in [int(i) for i in ranked.order() if int(i) not in taken][: int(in_force(given, OTHERS_SHOWN))]:
        minutes = ranked.minutes[row]
        reason = ranked.why_not[row] or Bilingual(
            f"更慢:比最后入选者晚 {minutes - last:.1f} 分钟", f"slower: {minutes - last:.1f} min after the last chosen"
        )
        rows.append({
            "name": ranked.names[row], "reason": _cell(reason),
            "minutes": round(float(minutes), 1) if np.isfinite(minutes) else None,
            "air_km": km_of(float(ranked.air_m[row])), "layer": params.layer, "id": str(frame.index[row]),
            "geometry": shapely.Point(ranked.lonlat[row]),
        })  # fmt: skip
    return Listing(Bilingual("未入选", "Not chosen"), shaped(rows, OTHER_COLUMNS), OTHER_COLUMNS)


def _notes(params: NearestParams, frame: gpd.GeoDataFrame, ranked: _Ranked, chosen: Sequence[int],
           journeys: Mapping[int, Journey]) -> list[Bilingual]:  # fmt: skip
    notes: list[Bilingual] = []
    if not chosen:
        notes.append(Bilingual("没有符合条件且能到达的对象,原因见“未入选”。",
                               "None fits and can get there; “not chosen” says why each does not."))  # fmt: skip
    elif len(chosen) < params.k:
        notes.append(
            Bilingual(f"只有 {len(chosen)} 个符合条件且能到达。", f"Only {len(chosen)} fit and can get there.")
        )
    notes += _nearer_by_air(frame, ranked, chosen)
    notes += _stock_note(params, frame, chosen)
    for journey in list(journeys.values())[:1]:
        notes += journey_notes(replace(journey, start_off_m=0.0, turning_s=0.0))
    return notes


def _nearer_by_air(frame: gpd.GeoDataFrame, ranked: _Ranked, chosen: Sequence[int]) -> list[Bilingual]:
    """What everybody will ask: why not the one that looks nearest on the map?"""
    row = int(np.argmin(ranked.air_m))
    if not chosen or row == chosen[0]:
        return []
    name, km, minutes = ranked.names[row], km_of(float(ranked.air_m[row])), ranked.minutes[row]
    reason = ranked.why_not[row] or Bilingual(f"要 {minutes:.1f} 分钟", f"takes {minutes:.1f} min")
    return [Bilingual(f"直线最近的是“{name}”({km} 公里),但{reason.zh}。",
                      f"Nearest by air is “{name}” ({km} km), but: {reason.en}.")]  # fmt: skip


def _stock_note(params: NearestParams, frame: gpd.GeoDataFrame, chosen: Sequence[int]) -> list[Bilingual]:
    """Nobody has all of it, several together do."""
    if chosen or not params.need.items or params.layer not in GOODS:
        return []
    total = together(frame.drop(columns="geometry").to_dict("records"), params.layer, params.at)
    if any(total.get(code, 0.0) < quantity for code, quantity in params.need.items.items()):
        return []
    return [Bilingual("没有一处备齐全部物资,但几处合起来够:请用“调度”。",
                      "No single one holds all of it, but together they do: use “dispatch”.")]  # fmt: skip


def _facts(
    by_road: bool, journeys: Mapping[int, Journey], chosen: Sequence[int], frame: gpd.GeoDataFrame
) -> dict[str, Any]:
    certificates = {str(frame.index[row]): journeys[row].certificate for row in chosen if row in journeys}
    known = [one for one in certificates.values() if one is not None]
    return {
        "by": "road" if by_road else "air",
        "certificate": _together(known).as_json() if known else None,
        "certificates": {id: one.as_json() for id, one in certificates.items() if one is not None},
    }


def _together(certificates: Sequence[Certificate]) -> Certificate:
    """One certificate for all lines: clear when all are, the smallest distance."""
    distances = [one.min_distance_m for one in certificates if one.min_distance_m is not None]
    return Certificate(all(one.clear for one in certificates), certificates[0].checked, min(distances, default=None))


ANALYSIS = Analysis(
    id="nearest",
    group="roads",
    zh="最近队伍与物资",
    en="Nearest team or depot",
    about_zh="按行车用时加集结(开启)用时排出最快到达的队伍、物资库或避难场所,核对专长、物资、余位、状态和车辆限高限载,并说明其余为何未入选。",
    about_en="Teams, depots or shelters by driving time plus turnout or opening, with skills, stock, places, state and the "
    "vehicle's size checked, and why the others were not chosen.",
    params=NearestParams,
    needs=needs,
    run=run,
    source="domain §8.3; Dijkstra (1959), Numer. Math. 1, 269–271, on the plain road graph",
    validity_zh="净行车时间,不含路口转弯延误和转弯限制;雨雪夜间应另加余量。县内无道路数据时按直线距离估算。",
    validity_en="Driving time without delays at turns and without turn restrictions; add a margin by night, in rain or snow. An "
    "estimate by air where the county has no roads.",
    limits=(*LIMITS, START_MIN, OTHERS_SHOWN),
    example={"from": [111.0969, 36.3823], "layer": "rescue_teams", "k": 5},
)
