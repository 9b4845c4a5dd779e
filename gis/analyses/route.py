"""The quickest safe way from one place to another, with the proof that it keeps clear of every closed area."""

from typing import Any

import pandas as pd

from gis.analysis import Analysis, Bilingual, Given, Listing, Needs, Result, param, summed
from gis.places import Located, Place, frames_of_areas, frames_of_places, located
from gis.roads.asking import LIMITS, RoadParams, question_of
from gis.roads.telling import (
    BLOCKER_COLUMNS,
    LEG_COLUMNS,
    ROAD_COLUMNS,
    air_note,
    air_row,
    blockers_listing,
    journey_notes,
    legs_listing,
    minutes_of,
    roads_listing,
    shaped,
)


class RouteParams(RoadParams):
    start: Place = param("起点", "From", pick="place", alias="from")
    end: Place = param("终点", "To", pick="place", alias="to")


def needs(params: RouteParams) -> Needs:
    frames = frames_of_places(start=params.start, end=params.end) | frames_of_areas("avoid", params.avoid)
    return Needs(frames, roads=True)


def run(params: RouteParams, given: Given) -> Result:
    start, end = located(given, "start", params.start), located(given, "end", params.end)
    question = question_of(params, given)
    if question is None or given.roads is None:
        return _by_air(given, start, end)
    given.tell(0.2, Bilingual("计算路线", "Finding the way"))
    journey = given.roads.route(question, (start.lon, start.lat), (end.lon, end.lat))
    lists = {
        "legs": legs_listing(journey),
        "roads": roads_listing(journey, question.network),
        "blocked_by": blockers_listing(journey.blocked, question.network),
    }
    facts: dict[str, Any] = {
        "certificate": journey.certificate.as_json() if journey.certificate is not None else None,
        "safe_way": journey.blocked is None and journey.certificate is not None and journey.certificate.clear,
        "blocked": journey.blocked.why if journey.blocked is not None else None,
        "by": "road",
        "snapped_m": {"from": round(journey.start_off_m, 1), "to": round(journey.end_off_m, 1)},
        "inside": {"from": journey.is_start_inside, "to": journey.is_end_inside},
        "turning_min": None if journey.turning_s is None else minutes_of(journey.turning_s),
    }
    figures = () if journey.blocked is not None else (
        summed(lists, "legs", "minutes", "行车用时", "Driving time"), summed(lists, "legs", "km", "里程", "Length"),
    )  # fmt: skip
    return Result(lists, figures, [*question.named.notes, *journey_notes(journey)], facts)


def _by_air(given: Given, start: Located, end: Located) -> Result:
    lists = {
        "legs": Listing(Bilingual("路线(估算)", "Route (estimate)"), shaped([air_row(given, start, end)], LEG_COLUMNS),
                        LEG_COLUMNS),
        "roads": Listing(Bilingual("经过道路", "Roads used"), pd.DataFrame(columns=[c.name for c in ROAD_COLUMNS]), ROAD_COLUMNS),
        "blocked_by": Listing(Bilingual("阻断原因", "What blocks the way"), shaped([], BLOCKER_COLUMNS), BLOCKER_COLUMNS),
    }  # fmt: skip
    figures = (summed(lists, "legs", "minutes", "估算用时", "Estimated time"),
               summed(lists, "legs", "km", "直线距离", "Air distance"))  # fmt: skip
    facts = {"certificate": None, "safe_way": None, "blocked": None, "by": "air"}
    return Result(lists, figures, (air_note(given, has_roads=False),), facts)


ANALYSIS = Analysis(
    id="route",
    group="roads",
    zh="路线",
    en="Route",
    about_zh="两地之间最快的安全路线:避开所有封闭区和中断、管制路段,核对车辆限高限宽限载,并附证明。起点或终点在封闭区内时先给出最短的出路;没有安全的路时说明被什么阻断。",
    about_en="The quickest safe way between two places: clear of closed areas and of closed or controlled roads, fit for the "
    "vehicle, with proof. From inside a closed area the shortest way out comes first; where there is no safe way, what "
    "blocks it is said.",
    params=RouteParams,
    needs=needs,
    run=run,
    source="Valhalla 3 (A*, turn restrictions) for the line; Dijkstra (1959), Numer. Math. 1, 269–271, for times; DE-9IM "
    "relation of line and area for the certificate",
    validity_zh="用时为按道路等级限速的净行车时间,不含路口转弯延误(facts.turning_min)和集结时间;雨雪夜间应另加余量。证明只说明路线与封闭区内部不相交,不说明路面状况。",
    validity_en="Driving time at the speeds of the limits table, without delays at turns (turning_min) or turnout; add a margin "
    "by night, in rain or snow. The certificate says that the line meets no closed interior, not that the road is sound.",
    limits=LIMITS,
    example={"from": [111.0969, 36.3823], "to": [111.2664, 36.6062], "costing": "truck", "height_m": 3.4},
)
