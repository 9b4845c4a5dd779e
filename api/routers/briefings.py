"""Answers of analyses as one page to take along: opens without a network."""

import asyncio
import re
import uuid
from datetime import datetime
from typing import Annotated, Final
from urllib.parse import quote

import orjson
from fastapi import APIRouter, Query, Response

from api import audit
from api.deps import Address, CurrentActor, Language, TheDatabase
from api.errors import problem_responses
from api.routers.ogc.editing import CHINA
from layers import jobs
from layers.errors import BadQuery
from layers.outlines import townships_of
from maps import briefing
from maps.briefing import Made, Section

router = APIRouter(prefix="/api", tags=["briefings"], responses=problem_responses([400, 401, 404, 409]))

MOST_ANSWERS: Final = 30
POLICY: Final = "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data:; sandbox allow-scripts"
"""The page brings its own script and style and may ask for nothing; it is no part of the console that is signed in."""


@router.get("/briefings.html", response_class=Response, responses={200: {"content": {"text/html": {}}, "description": "the page"}})
async def briefings(
    actor: CurrentActor, database: TheDatabase, lang: Language, address: Address,
    jobs_asked: Annotated[str, Query(alias="jobs", description="ids of jobs in the order of the page, parted by commas", max_length=1200)],
) -> Response:  # fmt: skip
    """One's own answers and those kept for all. Each page made is in the audit trail."""
    sections, outlines = [], {}
    async with database.transaction(actor) as connection:
        for id in _ids(jobs_asked):
            told = await jobs.status(connection, id)
            document = orjson.loads(await jobs.result(connection, id))
            sections.append(Section(document, told["name"], told["owner"], told["created_at"]))
            county = document["provenance"]["county"]["code"]
            if county not in outlines:
                outlines[county] = await townships_of(connection, county)
        await audit.record(connection, actor.username, actor.role, "export", address=address,
                           detail={"briefing": [str(id) for id in _ids(jobs_asked)]})  # fmt: skip
    at = datetime.now(CHINA)
    html = await asyncio.to_thread(briefing.page, sections, Made(actor.username, at, lang), outlines, briefing.leaflet())
    played = any(one.document["exercise"] for one in sections)
    name = quote(f"简报-{at:%Y%m%d-%H%M}{'-演练' if played else ''}.html")
    headers = {"Content-Disposition": f"attachment; filename*=UTF-8''{name}", "Cache-Control": "private, no-store",
               "Content-Security-Policy": POLICY}  # fmt: skip
    return Response(html, media_type="text/html; charset=utf-8", headers=headers)


def _ids(text: str) -> list[uuid.UUID]:
    """In their order, each once. Raises BadQuery."""
    parts = list(dict.fromkeys(part for part in text.lower().split(",") if part))
    if not 0 < len(parts) <= MOST_ANSWERS or not all(re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", part) for part in parts):
        zh = f"jobs 应为以逗号分隔的任务编号,1 至 {MOST_ANSWERS} 个。"
        en = f"`jobs` must be 1 to {MOST_ANSWERS} ids of jobs, parted by commas."
        raise BadQuery(zh, en, errors=[{"field": "jobs", "value": text[:100], "zh": zh, "en": en}])
    return [uuid.UUID(part) for part in parts]
