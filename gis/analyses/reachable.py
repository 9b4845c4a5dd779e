"""How far one gets from a place within so many minutes: the roads driven, and the ground beside them.

The area is drawn from the roads that are truly reached, not from a hull about their ends: in valleys a hull is mostly mountain.
Closed areas are taken out of it.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from gis.analysis import Analysis, Bilingual, Column, Given, Limit, Listing, Needs, Result, counted, param
from gis.asked import in_force
from gis.errors import ValueOutOfRange
from gis.geometry import area_m2, length_m
from gis.places import Located, Place, frames_of_areas, frames_of_places, located
from gis.roads.asking import LIMITS, RoadParams, question_of
from gis.roads.engine import START
from gis.roads.leaving import gates
from gis.roads.question import Question
from gis.roads.reaching import reached_lines
from gis.roads.splitting import LocalPlane
from gis.roads.telling import S_PER_MIN, air_note, air_seconds, km_of, minutes_of, shaped

WIDTH_M = Limit(
    "reachable.width_m", 150.0, "m", "道路两侧的可达宽度", "Ground counted beside a reached road",
    "two to three minutes on foot from the road; default of the project, to be confirmed by the county",
)  # fmt: skip

COLUMNS = (
    Column("minutes", "用时以内", "Within", "min"),
    Column("road_km", "可达道路", "Roads reached", "km"),
    Column("area_km2", "可达面积", "Area", "km²"),
)
M2_PER_KM2 = 1e6
_LONGEST_MIN = 1440.0  # a day


class ReachableParams(RoadParams):
    start: Place = param("起点", "From", pick="place", alias="from")
    minutes: tuple[float, ...] = param("用时", "Minutes", (10.0, 20.0, 30.0), unit="min", pick="minutes", min_length=1,
                                       max_length=10)  # fmt: skip


def needs(params: ReachableParams) -> Needs:
    return Needs(frames_of_places(start=params.start) | frames_of_areas("avoid", params.avoid), roads=True)


def run(params: ReachableParams, given: Given) -> Result:
    minutes = _checked(params.minutes)
    start = located(given, "start", params.start)
    question = question_of(params, given)
    if question is None:
        lists = {"areas": _listing([_by_air(given, start, limit) for limit in minutes], air=True)}
        return Result(lists, (), (air_note(given, has_roads=False),), {"by": "air", "certificate": None})
    here = question.snapped(start.lon, start.lat, START)
    lines, out_min = [shapely.MultiLineString()] * len(minutes), 0.0
    if here.edge >= 0:
        out = gates(question, here)
        if len(out.seconds):
            out_min = minutes_of(float(out.seconds[0]))
            left = [limit * S_PER_MIN - float(out.seconds[0]) for limit in minutes]
            lines = reached_lines(question, out.places.one(0), left)
    given.tell(0.5, Bilingual("绘制可达范围", "Drawing what is reached"))
    width = float(in_force(given, WIDTH_M))
    rows = [_row(given, question, limit, line, width) for limit, line in zip(minutes, lines, strict=True)]
    roads = [row | {"geometry": line} for row, line in zip(rows, lines, strict=True)]
    lists = {"areas": _listing(rows, air=False), "roads": _roads_listing(roads)}
    figures = (counted(lists, "areas", "时间档", "Time bands"),)
    certificate = (
        question.areas.certified(shapely.union_all(lines)) if any(not line.is_empty for line in lines) else None
    )
    facts = {
        "by": "road",
        "certificate": certificate.as_json() if certificate is not None else None,
        "snapped_m": round(float(here.distance_m), 1),
        "way_out_min": out_min,
    }
    return Result(lists, figures, [*question.named.notes, *_notes(question, start, rows, out_min)], facts)


def _checked(minutes: Sequence[float]) -> list[float]:
    if any(not 0 < limit <= _LONGEST_MIN for limit in minutes):
        raise ValueOutOfRange(
            f"用时应大于 0、不超过 {_LONGEST_MIN:g} 分钟。请修改。",
            f"Minutes must be above 0 and at most {_LONGEST_MIN:g}. Change them.",
        )
    return sorted(set(minutes))


def _row(given: Given, question: Question, minutes: float, lines: BaseGeometry, width_m: float) -> dict[str, Any]:
    area = shapely.Polygon()
    if not lines.is_empty:
        flat = shapely.transform(lines, question.network.plane.metres)
        # Line by line and then united: as one shape the buffer of 8,000 pieces takes 14 s instead of 0.5.
        wide = shapely.buffer(shapely.get_parts(shapely.simplify(flat, width_m / 15)), width_m, quad_segs=4)
        area = shapely.transform(shapely.disjoint_subset_union_all(wide), question.network.plane.lonlat)
        if len(question.areas):
            area = shapely.difference(area, shapely.union_all(question.areas.shapes))
    return {"minutes": minutes, "road_km": km_of(length_m(lines)), "area_km2": round(area_m2(area) / M2_PER_KM2, 2),
            "geometry": area}  # fmt: skip


def _by_air(given: Given, start: Located, minutes: float) -> dict[str, Any]:
    """A circle whose edge takes so many minutes by the air estimate."""
    radius_m = minutes * S_PER_MIN / air_seconds(given, 1.0)
    plane = LocalPlane(np.array([[start.lon, start.lat]]))
    circle = shapely.transform(shapely.Point(0, 0).buffer(radius_m, quad_segs=32), plane.lonlat)
    return {"minutes": minutes, "road_km": None, "area_km2": round(area_m2(circle) / M2_PER_KM2, 2), "geometry": circle}


def _listing(rows: list[dict[str, Any]], *, air: bool) -> Listing:
    title = Bilingual("可达范围(估算)", "Reachable (estimate)") if air else Bilingual("可达范围", "Reachable")
    return Listing(
        title, shaped(rows[::-1], COLUMNS), COLUMNS
    )  # the widest first, so that none hides another on the map


def _roads_listing(rows: list[dict[str, Any]]) -> Listing:
    return Listing(Bilingual("可达道路", "Roads reached"), shaped(rows[::-1], COLUMNS[:2]), COLUMNS[:2], aside=True)


def _notes(question: Question, start: Located, rows: list[dict[str, Any]], out_min: float) -> list[Bilingual]:
    notes = []
    if question.areas.is_inside(start.lon, start.lat) or out_min > 0:
        notes.append(Bilingual(f"起点在封闭区内,先用 {out_min:g} 分钟驶出,这一段没有安全证明。",
                               f"The start lies in a closed area: {out_min:g} minutes go to leave it, not certified."))  # fmt: skip
    if all(row["road_km"] == 0 for row in rows):
        notes.append(
            Bilingual(
                "起点附近没有可以通行的道路,哪里也到不了。", "No road near the start may be driven: nothing is reached."
            )
        )
    return notes


ANALYSIS = Analysis(
    id="reachable",
    group="roads",
    zh="可达范围",
    en="Reachable area",
    about_zh="从一点出发,若干分钟内能到的道路及其两侧,扣除封闭区。",
    about_en="What is reached from a place within so many minutes: roads and the ground beside them, closed areas taken out.",
    params=ReachableParams,
    needs=needs,
    run=run,
    source="Dijkstra (1959), Numer. Math. 1, 269–271, on the plain road graph; the area is a buffer of the reached roads",
    validity_zh="净行车时间,不含路口转弯延误和转弯限制。面积只算道路两侧一定宽度,不含步行进山。",
    validity_en="Driving time without delays at turns and without turn restrictions. The area is a strip beside the roads and "
    "counts no walking into the hills.",
    limits=(*LIMITS, WIDTH_M),
    example={"from": [111.0969, 36.3823], "minutes": [10, 20, 30]},
)
