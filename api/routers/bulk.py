"""Many rows at once: one field of many features with a preview, and the edits of a split or a merge."""

from datetime import datetime
from typing import Any

import orjson
from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from api.deps import CurrentActor, KnownLayer, TheDatabase, TheThresholds
from api.driver_errors import refusal_of
from api.errors import problem_responses
from api.idempotency import writing
from api.routers.ogc.editing import CHINA
from api.thresholds import Thresholds
from layers import bulk
from layers.bulk import MOST_EDITS, MOST_ROWS, Edits, Limits, Outcome
from layers.database import Actor, Database
from layers.fields import Layer

router = APIRouter(prefix="/api/layers", tags=["edit"], responses=problem_responses([400, 401, 403, 404, 409, 412, 422]))

LARGEST_ID = 2**63 - 1
LARGEST_VERSION = 2**31 - 1


class BulkBody(BaseModel):
    """One field of many features."""

    model_config = ConfigDict(extra="forbid")

    ids: list[int] = Field(min_length=1, max_length=MOST_ROWS)
    field: str = Field(max_length=63)
    value: Any = None
    dry_run: bool = Field(False, description="true: say what would change, change nothing")


class BulkRow(BaseModel):
    """A row that changes: the field before and after, and the version made."""

    id: int
    name: str
    before: Any
    after: Any
    version: int


class BulkRefusal(BaseModel):
    """A row that cannot be changed, and why."""

    id: int
    name: str | None
    zh: str
    en: str


class BulkOutcome(BaseModel):
    """What a bulk change did, or would do."""

    changed: int
    unchanged: int
    refused: list[BulkRefusal]
    rows: list[BulkRow]


class NewFeature(BaseModel):
    """A feature to create; other members of a GeoJSON feature are passed over."""

    properties: dict[str, Any]
    geometry: dict[str, Any]


class KnownVersion(BaseModel):
    """A feature as somebody saw it."""

    id: int = Field(ge=1, le=LARGEST_ID)
    version: int = Field(ge=1, le=LARGEST_VERSION)


class UndoBody(BaseModel):
    """A bulk change to take back: its field, and the version it made of each row, as its answer gave them."""

    model_config = ConfigDict(extra="forbid")

    field: str = Field(max_length=63)
    rows: list[KnownVersion] = Field(min_length=1, max_length=MOST_ROWS)


class ChangedFeature(KnownVersion):
    """What changes of a feature; what is not given stays."""

    properties: dict[str, Any] = Field(default_factory=dict)
    geometry: dict[str, Any] | None = None


class EditsBody(BaseModel):
    """What a split or a merge does, together."""

    model_config = ConfigDict(extra="forbid")

    create: list[NewFeature] = Field(default_factory=list, max_length=MOST_EDITS)
    update: list[ChangedFeature] = Field(default_factory=list, max_length=MOST_EDITS)
    delete: list[KnownVersion] = Field(default_factory=list, max_length=MOST_EDITS)

    def edits(self) -> Edits:
        return Edits(*([one.model_dump() for one in part] for part in (self.create, self.update, self.delete)))


class _Undone(Exception):
    """Takes a preview's transaction back."""


@router.post("/{layer}/bulk", response_model=BulkOutcome)
async def bulk_change(
    request: Request, actor: CurrentActor, layer: KnownLayer, database: TheDatabase, thresholds: TheThresholds, body: BulkBody
) -> Response:
    """Change one field of many features, all or none; with `dry_run`, what it would do and who refuses."""
    limits = await _limits(thresholds)
    if body.dry_run:
        outcome = await _preview(database, actor, layer, body, limits)
        return Response(orjson.dumps(outcome.told()), media_type="application/json")
    async with writing(request, actor) as work:
        outcome = await bulk.change_field(work.connection, layer, body.ids, body.field, body.value, limits, refusal_of)
        if outcome.refused:
            raise bulk.refusal_of_all(outcome)
        answer = work.answer(200, orjson.dumps(outcome.told()))
    await database.refresh_version(layer.name)
    return answer


@router.post("/{layer}/bulk/undo", response_model=BulkOutcome)
async def bulk_undo(
    request: Request, actor: CurrentActor, layer: KnownLayer, database: TheDatabase, thresholds: TheThresholds, body: UndoBody
) -> Response:
    """Take a bulk change back, all rows or none: each gets its former value, as a new version.

    A row that somebody changed since stands against it, and is named.
    """
    limits = await _limits(thresholds)
    async with writing(request, actor) as work:
        made = {row.id: row.version for row in body.rows}
        outcome = await bulk.undo_field(work.connection, layer, made, body.field, limits, refusal_of)
        if outcome.refused:
            raise bulk.refusal_of_all(outcome)
        answer = work.answer(200, orjson.dumps(outcome.told()))
    await database.refresh_version(layer.name)
    return answer


async def _preview(database: Database, actor: Actor, layer: Layer, body: BulkBody, limits: Limits) -> Outcome:
    """The change itself, taken back: what it says is what will happen."""
    outcome = Outcome()
    try:
        async with database.transaction(actor) as connection:
            outcome = await bulk.change_field(connection, layer, body.ids, body.field, body.value, limits, refusal_of)
            raise _Undone
    except _Undone:
        return outcome


@router.post("/{layer}/edits", response_model=None)
async def edits(
    request: Request, actor: CurrentActor, layer: KnownLayer, database: TheDatabase, thresholds: TheThresholds, body: EditsBody
) -> Response:
    """Create, update and delete features together: any refusal takes all back."""
    limits = await _limits(thresholds)
    async with writing(request, actor) as work:
        done = await bulk.apply(work.connection, layer, body.edits(), limits)
        answer = work.answer(200, orjson.dumps(done))
    await database.refresh_version(layer.name)
    return answer


async def _limits(thresholds: Thresholds) -> Limits:
    return Limits(datetime.now(CHINA).date(), await thresholds.whole("geometry.max_vertices"))
