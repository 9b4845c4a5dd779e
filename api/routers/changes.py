"""What changed: the moments behind the as-of slider."""

from typing import Annotated

import orjson
from fastapi import APIRouter, Query, Response

from api.deps import CurrentActor, TheDatabase
from api.errors import problem_responses
from api.routers.ogc.asking import moment_or_refusal
from api.routers.search import CountyCode
from layers.changes import Period, changes

router = APIRouter(prefix="/api", tags=["find"], responses=problem_responses([400, 401]))

MOST_MOMENTS = 2_000

Moment = Annotated[str | None, Query(description="RFC 3339, with offset")]


@router.get("/changes", response_model=None)
async def all_changes(
    _actor: CurrentActor, database: TheDatabase, county: CountyCode = "", since: Moment = None, until: Moment = None,
    limit: Annotated[int, Query(ge=1, le=MOST_MOMENTS)] = 200,
) -> Response:  # fmt: skip
    """Changes of all layers, newest first, and how many fell into each sixtieth of the period.

    A load of many rows is one moment without `id`; `rows` says how many.
    """
    period = Period(county, moment_or_refusal("since", since), moment_or_refusal("until", until))
    async with database.reading() as connection:
        found = await changes(connection, period, limit)
    return Response(orjson.dumps(found), media_type="application/json", headers={"Cache-Control": "private, no-store"})
