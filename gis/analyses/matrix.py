"""Driving times between many places at once, exactly closed: what nobody can reach is empty, not a large number."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from gis.analysis import Analysis, Bilingual, Column, Given, Limit, Listing, Needs, Result, counted, param
from gis.asked import in_force
from gis.errors import ValueOutOfRange
from gis.places import Located, Place, frames_of_areas, frames_of_places, located_all
from gis.roads.asking import LIMITS, RoadParams, question_of
from gis.roads.engine import END, START
from gis.roads.network import Places
from gis.roads.question import Question
from gis.roads.telling import air_estimate, air_note, km_of, minutes_of

PAIRS = Limit(
    "matrix.max_pairs", 40_000, "对", "一次最多的起终点对数", "Most pairs at once",
    "200 × 200 places take under a second and still fit on a screen; default of the project, to be confirmed by the county",
)  # fmt: skip

COLUMNS = (
    Column("from", "起点", "From"),
    Column("to", "终点", "To"),
    Column("minutes", "用时", "Time", "min"),
    Column("air_km", "直线距离", "Air distance", "km"),
    Column("note", "说明", "Note"),
)
IDENTIFIED = ("from_layer", "from_id", "to_layer", "to_id")  # for programs: which features the places are
SEALED_NOTE = Bilingual("起点或终点在封闭路段上", "The start or the end stands on a closed road")
NO_WAY_NOTE = Bilingual("无路可通", "No way")


class MatrixParams(RoadParams):
    starts: tuple[Place, ...] = param("起点", "From", pick="places", alias="from", min_length=1, max_length=2000)
    ends: tuple[Place, ...] = param("终点", "To", pick="places", alias="to", min_length=1, max_length=2000)


def needs(params: MatrixParams) -> Needs:
    places = frames_of_places(start=params.starts, end=params.ends)
    return Needs(places | frames_of_areas("avoid", params.avoid), roads=True)


def run(params: MatrixParams, given: Given) -> Result:
    _refuse_many(len(params.starts) * len(params.ends), int(in_force(given, PAIRS)))
    starts, ends = located_all(given, "start", params.starts), located_all(given, "end", params.ends)
    question = question_of(params, given)
    given.tell(0.3, Bilingual("计算两两用时", "Times between all pairs"))
    if question is None:
        seconds = np.array([[air_estimate(given, a, b)[1] for b in ends] for a in starts])
        sealed = [False] * len(starts), [False] * len(ends)
    else:
        origins, sealed_starts = _on_open(question, starts, START)
        targets, sealed_ends = _on_open(question, ends, END)
        seconds = question.network.seconds_between(origins, targets, question.open_)
        sealed = sealed_starts, sealed_ends
    lists = {"pairs": _pairs(given, (starts, ends), seconds, sealed)}
    notes = [*(question.named.notes if question else ()), _note(given, question, sum(sealed[0]) + sum(sealed[1]))]
    facts = {"by": "air" if question is None else "road", "no_way": int((~np.isfinite(seconds)).sum())}
    return Result(
        lists, (counted(lists, "pairs", "起终点对", "Pairs", "对"),), [n for n in notes if n is not None], facts
    )


def _refuse_many(pairs: int, allowed: int) -> None:
    if pairs > allowed:
        raise ValueOutOfRange(
            f"共有 {pairs} 对起终点,一次最多 {allowed} 对。请分批计算。",
            f"There are {pairs} pairs, {allowed} are allowed at once. Ask in parts.",
            pairs=pairs,
            allowed=allowed,
        )


def _on_open(question: Question, places: Sequence[Located], role: Bilingual) -> tuple[Places, list[bool]]:
    """Where the places stand on the network, and which of them only a closed or barred road leads to."""
    snapped = [
        question.snapped(p.lon, p.lat, Bilingual(f"{role.zh}“{p.name}”", f"{role.en} “{p.name}”")) for p in places
    ]
    edge = np.array([one.edge for one in snapped])
    on = Places(edge, np.array([one.fraction for one in snapped]), np.array([one.distance_m for one in snapped]))
    return on, [one.edge < 0 or not question.open_[one.edge] for one in snapped]


def _pairs(
    given: Given, places: tuple[list[Located], list[Located]], seconds: NDArray[np.float64],
    sealed: tuple[list[bool], list[bool]],
) -> Listing:  # fmt: skip
    rows = []
    for i, start in enumerate(places[0]):
        for j, end in enumerate(places[1]):
            is_known = bool(np.isfinite(seconds[i, j]))
            note = None if is_known else (SEALED_NOTE if sealed[0][i] or sealed[1][j] else NO_WAY_NOTE)
            rows.append({
                "from": start.name, "to": end.name, "minutes": minutes_of(float(seconds[i, j])) if is_known else None,
                "air_km": km_of(air_estimate(given, start, end)[0]), "note": note, "from_layer": start.layer,
                "from_id": start.id, "to_layer": end.layer, "to_id": end.id,
            })  # fmt: skip
    names = [*(column.name for column in COLUMNS), *IDENTIFIED]
    return Listing(Bilingual("两两用时", "Times between pairs"), pd.DataFrame(rows, columns=names), COLUMNS)


def _note(given: Given, question: Question | None, sealed: int) -> Bilingual | None:
    if question is None:
        return air_note(given, has_roads=False)
    if sealed == 0:
        return None
    return Bilingual(
        f"有 {sealed} 个地点只有封闭或不可通行的路段可接,与它们的用时为空;出路见“路线”。",
        f"{sealed} places are joined only to closed roads, and times to or from them are empty; “route” shows the way out.",
    )


ANALYSIS = Analysis(
    id="matrix",
    group="roads",
    zh="两两用时",
    en="Travel times",
    about_zh="多个起点到多个终点的行车用时,封闭区和中断路段精确扣除;到不了的留空。",
    about_en="Driving times from many places to many, closed areas and roads taken out exactly; empty where there is no way.",
    params=MatrixParams,
    needs=needs,
    run=run,
    source="Dijkstra (1959), Numer. Math. 1, 269–271, on the plain road graph",
    validity_zh="净行车时间,不含路口转弯延误和转弯限制;与“路线”“最近队伍”使用同一路网和限速。",
    validity_en="Driving time without delays at turns and without turn restrictions; the same roads and speeds as “route” and "
    "“nearest”.",
    limits=(*LIMITS, PAIRS),
    example={"from": [[111.0969, 36.3823], [111.083, 36.3826]], "to": [[111.2664, 36.6062]]},
)
