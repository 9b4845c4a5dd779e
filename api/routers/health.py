"""Is it alive, how busy is it, and what does a problem mean: the pages for operators."""

import logging
from typing import Literal

import psycopg
from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse
from prometheus_client import CONTENT_TYPE_LATEST
from pydantic import BaseModel
from starlette.exceptions import HTTPException

from api.deps import TheDatabase, current_actor
from api.errors import kinds_by_slug, problem_responses
from api.openapi import docs_page, problem_list_page, problem_page
from layers.database import Database
from layers.registry import LAYERS

log = logging.getLogger("anlan.api")
router = APIRouter()

STATE = """
select split_part(current_setting('server_version'), ' ', 1), postgis_lib_version(),
       (select coalesce(array_agg(code order by code), '{}') from app.counties)
"""
WAIT_S = 2.0  # whoever watches health gives up after a few seconds and would learn nothing
HERE = ("127.0.0.1", "::1")


class Health(BaseModel):
    status: Literal["ok", "unavailable"]
    database: str | None = None
    postgis: str | None = None
    version: str
    counties: list[str] = []
    layers: int


@router.get("/api/health", tags=["operation"], responses={503: {"model": Health, "description": "No database"}})
async def health(request: Request, response: Response, database: TheDatabase) -> Health:
    """Public: whether the service and its database work. 503 when the database is gone."""
    found = await _state(database)
    if found is None:
        response.status_code = 503
        return Health(status="unavailable", version=request.app.version, layers=len(LAYERS))
    server, postgis, counties = found
    return Health(status="ok", database=server, postgis=postgis, version=request.app.version, counties=counties,
                  layers=len(LAYERS))


async def _state(database: Database) -> tuple[str, str, list[str]] | None:
    try:
        async with database.pool.connection(timeout=WAIT_S) as connection:
            row = await (await connection.execute(STATE)).fetchone()
    except psycopg.Error as error:
        log.warning("health: %s", error)
        return None
    return None if row is None else (str(row[0]), str(row[1]), list(row[2]))


@router.get("/metrics", tags=["operation"], response_class=Response, responses=problem_responses([401, 423]))
async def metrics(request: Request) -> Response:
    """Prometheus figures of one worker process: for this machine itself, and for anybody signed in (Basic works)."""
    if not _from_here(request):
        await current_actor(request)
    return Response(request.app.state.metrics.page(), media_type=CONTENT_TYPE_LATEST)


def _from_here(request: Request) -> bool:
    """From this machine and not through a proxy on it."""
    forwarded = "x-forwarded-for" in request.headers or "forwarded" in request.headers
    return request.client is not None and request.client.host in HERE and not forwarded


@router.get("/api/openapi.json", include_in_schema=False)
async def openapi(request: Request) -> dict[str, object]:
    return dict(request.app.openapi())


@router.get("/api/docs", include_in_schema=False)
async def docs(request: Request) -> HTMLResponse:
    return HTMLResponse(docs_page(request.app.openapi()))


@router.get("/problems", include_in_schema=False)
async def problems() -> HTMLResponse:
    return HTMLResponse(problem_list_page(list(kinds_by_slug().values())))


@router.get("/problems/{slug}", include_in_schema=False)
async def problem(slug: str) -> HTMLResponse:
    """What a problem means and what to do, in both languages."""
    if (found := kinds_by_slug().get(slug)) is None:
        raise HTTPException(404)
    return HTMLResponse(problem_page(*found))
