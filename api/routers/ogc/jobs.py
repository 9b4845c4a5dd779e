"""OGC API Processes: the jobs, their results as JSON and as files; keeping one under a name."""

import asyncio
import uuid
from typing import Annotated, Any
from urllib.parse import quote

import orjson
from fastapi import APIRouter, Path, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field, model_validator

from api import audit
from api.deps import Address, CurrentActor, Language, TheDatabase
from api.errors import problem_responses
from api.idempotency import writing
from api.routers.ogc.html import page
from api.routers.ogc.job_words import job_told
from api.routers.ogc.links import JSON, self_and_alternate
from api.routers.ogc.representations import Wanted, json_answer, only
from api.routers.search import CountyCode
from layers import jobs, result_files
from layers.result_files import FileKind

router = APIRouter(responses=problem_responses([400, 401, 404, 422]))

JobId = Annotated[uuid.UUID, Path(description="the job's id")]
MOST_LISTED = 200


class Keeping(BaseModel):
    """Whether everybody signed in may see a result, and under which name."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)

    kept: bool
    name: str | None = Field(None, min_length=1, max_length=120)

    @model_validator(mode="after")
    def _kept_under_a_name(self) -> "Keeping":
        if self.kept and self.name is None:
            raise ValueError("a result that is kept needs a name")
        return self


@router.get("/jobs", dependencies=[only("county", "kept", "limit")], response_class=Response)
async def all_jobs(
    request: Request, actor: CurrentActor, database: TheDatabase, shown: Wanted, lang: Language, county: CountyCode = "",
    kept: bool | None = None, limit: Annotated[int, Query(ge=1, le=MOST_LISTED)] = 50,
) -> Response:  # fmt: skip
    """Your analyses and those kept for everybody, newest first."""
    async with database.transaction(actor) as connection:
        found = await jobs.listed(connection, county, kept=kept, limit=limit)
    body = {"jobs": [job_told(request, job) for job in found], "links": self_and_alternate(request, shown)}
    if shown == "html":
        return page(request, "document.html", lang, title="分析任务 Jobs", body=orjson.loads(orjson.dumps(body)))
    return json_answer(body)


@router.get("/jobs/{job}", dependencies=[only()], response_class=Response)
async def one_job(request: Request, actor: CurrentActor, database: TheDatabase, job: JobId) -> Response:
    """How far it is."""
    async with database.transaction(actor) as connection:
        return _fresh(job_told(request, await jobs.status(connection, job)))


@router.patch("/jobs/{job}", response_class=Response)
async def keep_job(request: Request, actor: CurrentActor, job: JobId, body: Keeping) -> Response:
    """Keep a result of yours for everybody, under a name; or no longer."""
    async with writing(request, actor) as work:
        told = job_told(request, await jobs.keep(work.connection, job, body.name, body.kept))
        return work.answer(200, orjson.dumps(told))


@router.delete("/jobs/{job}", response_class=Response)
async def dismiss_job(request: Request, actor: CurrentActor, job: JobId) -> Response:
    """Stop it; or, when it has ended, remove it with its result."""
    async with writing(request, actor) as work:
        return work.answer(200, orjson.dumps(job_told(request, await jobs.dismiss(work.connection, job))))


@router.get("/jobs/{job}/results", dependencies=[only()], response_class=Response)
async def results(actor: CurrentActor, database: TheDatabase, job: JobId) -> Response:
    """The answer: GeoJSON, lists, figures, notes, provenance."""
    async with database.transaction(actor) as connection:
        document = await jobs.result(connection, job)
    return Response(document, media_type=JSON, headers={"Cache-Control": "private, no-store"})


@router.get("/jobs/{job}/results/{listing}.{kind}", dependencies=[only()], response_class=Response,
            responses={200: {"content": dict.fromkeys(result_files.MEDIA_TYPES.values(), {}), "description": "the file"}})  # fmt: skip
async def result_file(
    actor: CurrentActor, database: TheDatabase, address: Address, lang: Language, job: JobId,
    listing: Annotated[str, Path(max_length=60)], kind: FileKind,
) -> Response:  # fmt: skip
    """One list of the answer as a file. The look is logged, as every export is."""
    async with database.transaction(actor) as connection:
        document = orjson.loads(await jobs.result(connection, job))
        await audit.record(connection, actor.username, actor.role, "export", address=address,
                           detail={"job": str(job), "process": document["process"], "list": listing, "format": kind})  # fmt: skip
    made = await asyncio.to_thread(result_files.made, document, listing, kind, lang)
    name = quote(f"{document['title'][lang]}-{listing}{'-演练' if document['exercise'] else ''}.{kind}")
    headers = {"Content-Disposition": f"attachment; filename*=UTF-8''{name}", "Cache-Control": "private, no-store"}
    return Response(made, media_type=result_files.MEDIA_TYPES[kind], headers=headers)


def _fresh(body: dict[str, Any]) -> Response:
    return Response(orjson.dumps(body), media_type=JSON, headers={"Cache-Control": "private, no-store"})
