"""Find: one box for names, codes, pinyin, persons, telephone numbers and coordinates."""

from typing import Annotated, Any

import orjson
from fastapi import APIRouter, Query, Response
from psycopg import AsyncConnection

from api import audit
from api.deps import Address, CurrentActor, TheDatabase
from api.errors import problem_responses
from api.routers.ogc.asking import moment_or_refusal
from layers import search
from layers.database import Actor
from layers.errors import BadQuery
from layers.places import all_distinct, places_in

router = APIRouter(prefix="/api", tags=["find"], responses=problem_responses([400, 401]))

MOST_HITS = 50  # a layer; a list is for more
FIRST_GK_EPSG, FIRST_GK_MERIDIAN = 4534, 75  # 3° zones of CGCS2000, EPSG:4534 to 4554

CountyCode = Annotated[str, Query(pattern=r"^\d{0,12}$", description="code of a county, township or village; all if not given")]
AsOf = Annotated[str | None, Query(max_length=40, description="as it was at this moment (RFC 3339)")]


@router.get("/search", response_model=None)
async def find(
    actor: CurrentActor, database: TheDatabase, address: Address,
    q: Annotated[str, Query(max_length=search.LONGEST_QUERY, description="what was typed")],
    county: CountyCode = "",
    at: Annotated[str | None, Query(description="lon,lat in degrees: nearer things come first")] = None,
    limit: Annotated[int, Query(ge=1, le=MOST_HITS, description="hits a layer")] = 8,
    as_of: AsOf = None,
) -> Response:  # fmt: skip
    """Everything that is called so, by layer, the best and nearest first; and the places the text may mean.

    A telephone number finds only what you may look at, and each hit is logged; of the past none is looked up, because who
    answers a number now may be somebody else. `more` says that totals are lower bounds.
    """
    question = search.Question(q, county, _at(at), limit, moment_or_refusal("as_of", as_of))
    async with database.transaction(actor) as connection:
        groups, more = await search.matches(connection, question)
        digits = search.phone_in(q) if question.as_of is None else None
        if digits is not None:
            groups = await _with_phones(connection, actor, address, digits, question, groups)
        meridian = await _meridian(connection, county)
    places = [vars(place) for place in all_distinct(places_in(q, meridian))]
    return Response(orjson.dumps({"query": q, "places": places, "groups": groups, "more": more}),
                    media_type="application/json", headers={"Cache-Control": "private, no-store"})  # fmt: skip


async def _with_phones(
    connection: AsyncConnection[Any], actor: Actor, address: str | None, digits: str, question: search.Question,
    groups: list[dict[str, Any]],
) -> list[dict[str, Any]]:  # fmt: skip
    """Hits by telephone number before the others; each is a look at restricted fields."""
    hits = await search.by_phone(connection, digits, question.county)
    for hit in hits:
        await audit.record_look(connection, actor, hit.layer, list(hit.fields), hit.id, address=address)
    return await search.phone_groups(connection, hits, question) + groups


async def _meridian(connection: AsyncConnection[Any], county: str) -> int | None:
    """The central meridian of a county's 3° zone; None where it has another system, or several counties differ."""
    rows = await connection.execute(
        "select distinct metric_epsg from app.counties where code like %s", (f"{county[:6]}%",)
    )
    systems = [int(row[0]) for row in await rows.fetchall()]
    if len(systems) != 1 or not FIRST_GK_EPSG <= systems[0] <= FIRST_GK_EPSG + 20:
        return None
    return FIRST_GK_MERIDIAN + 3 * (systems[0] - FIRST_GK_EPSG)


def _at(text: str | None) -> tuple[float, float] | None:
    """`lon,lat`. Raises BadQuery."""
    if text is None:
        return None
    try:
        lon, lat = (float(part) for part in text.split(","))
        if not (-180 <= lon <= 180 and -90 <= lat <= 90):
            raise ValueError
    except ValueError:
        zh, en = "at 应为“经度,纬度”,单位为度。", "`at` must be longitude,latitude in degrees."
        raise BadQuery(zh, en, errors=[{"field": "at", "value": text[:100], "zh": zh, "en": en}]) from None
    return lon, lat
