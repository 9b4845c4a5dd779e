"""Standing analyses: set up, their alarm, taking note of it, ending them."""

import uuid
from datetime import datetime, timedelta
from typing import Annotated, Any

import orjson
from fastapi import APIRouter, Path, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from api.deps import CurrentActor, RequireRole, TheDatabase, TheThresholds
from api.errors import problem_responses
from api.idempotency import writing
from api.routers.search import CountyCode
from api.thresholds import Thresholds
from gis.registry import analysis_named
from layers import standing

router = APIRouter(prefix="/api/standing", tags=["analysis"], responses=problem_responses([401, 403, 404, 422]))

StandingId = Annotated[uuid.UUID, Path(description="the standing analysis's id")]
HANDLED_BY = ("duty", "commander", "admin")  # as the row policy has it


class Words(BaseModel):
    zh: str
    en: str


class FoundRow(BaseModel):
    """An object of the alarm: who it is; the rest is in the answer."""

    id: str
    layer: str | None = None
    name: str | None = None
    people: float | None = None


class StandingEvent(BaseModel):
    """One line of the record. `rows` are the objects that became worse or better, or that somebody took note of."""

    id: int
    at: datetime
    kind: str = Field(description="begun, alarm, better, accepted, failed, works, ended")
    username: str | None
    rows: list[FoundRow]
    job: uuid.UUID | None


class StandingAnalysis(BaseModel):
    """An analysis that runs again by itself. It is in alarm while `worse` is not empty."""

    id: uuid.UUID
    process: str
    title: Words
    county: str
    inputs: dict[str, Any]
    name: str
    owner: str
    created_at: datetime
    checked_at: datetime | None = Field(description="when the data of the newest answer were read")
    job: uuid.UUID | None = Field(description="the newest answer, under /ogc/jobs")
    running: bool
    overdue: bool = Field(description="so many runs missed (standing.missed_runs) that nobody computes it")
    found: int = Field(description="how many are bad now, also those known")
    worse: list[FoundRow] = Field(description="bad, and nobody has taken note")
    better: list[FoundRow] = Field(description="well again since somebody last took note")
    alarm_since: datetime | None
    accepted_by: str
    accepted_at: datetime
    problem: Words | None = Field(description="why the newest run failed")
    exercise: bool = Field(description="whether invented rows are in the answer")
    events: list[StandingEvent] = Field(description="newest first, the last twenty")


class Beginning(BaseModel):
    """The answer to keep current, under a name."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)

    job: uuid.UUID
    name: str = Field(min_length=1, max_length=120)


class Accepting(BaseModel):
    """What the person has seen, by id. What came after goes on as an alarm."""

    model_config = ConfigDict(extra="forbid")

    seen: list[str] = Field(max_length=10_000)


@router.get("", response_model=list[StandingAnalysis])
async def all_standing(actor: CurrentActor, database: TheDatabase, thresholds: TheThresholds, county: CountyCode = "") -> Response:
    """Those of a county, in alarm first."""
    most = await _oldest(thresholds)
    async with database.transaction(actor) as connection:
        found = await standing.listed(connection, county)
    return Response(_json([_told(row, most) for row in found]), media_type="application/json",
                    headers={"Cache-Control": "private, no-store"})  # fmt: skip


@router.post("", status_code=201, response_model=StandingAnalysis, dependencies=[RequireRole(*HANDLED_BY)])
async def begin(request: Request, actor: CurrentActor, thresholds: TheThresholds, body: Beginning) -> Response:
    """Keep an answer current from now on: it runs again when its data change, and what becomes worse is an alarm."""
    allowed, most = await thresholds.whole(standing.MOST.key), await _oldest(thresholds)
    async with writing(request, actor) as work:
        id = await standing.begin(work.connection, body.job, body.name, allowed)
        made = _told(await standing.one(work.connection, id), most)
        return work.answer(201, _json(made))


@router.post("/{id}/accept", response_model=StandingAnalysis, dependencies=[RequireRole(*HANDLED_BY)])
async def accept(
    request: Request, actor: CurrentActor, thresholds: TheThresholds, id: StandingId, body: Accepting
) -> Response:
    """Take note of an alarm, by name."""
    most = await _oldest(thresholds)
    async with writing(request, actor) as work:
        await standing.accept(work.connection, id, body.seen)
        return work.answer(200, _json(_told(await standing.one(work.connection, id), most)))


@router.delete("/{id}", status_code=204, dependencies=[RequireRole(*HANDLED_BY)])
async def end(request: Request, actor: CurrentActor, id: StandingId) -> Response:
    """Run it no longer. Its record stays."""
    async with writing(request, actor) as work:
        await standing.end(work.connection, id)
        return work.answer(204)


async def _oldest(thresholds: Thresholds) -> timedelta:
    """How old an answer may be before its standing analysis counts as overdue."""
    return await thresholds.number(standing.MISSED_RUNS.key) * await thresholds.minutes(standing.AGAIN_MIN.key)


def _told(row: dict[str, Any], most: timedelta) -> dict[str, Any]:
    analysis = analysis_named(row["process"])
    problem = row["problem"] and {"zh": row["problem"]["zh"], "en": row["problem"]["en"]}
    return row | {"overdue": standing.is_overdue(row, most), "title": {"zh": analysis.zh, "en": analysis.en}, "problem": problem}


def _json(body: Any) -> bytes:
    return orjson.dumps(body)
