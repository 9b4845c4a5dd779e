"""Who wrote, who looked, who signed in."""

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import AwareDatetime, BaseModel, Field

from api.audit import Question, entries
from api.deps import CurrentActor, RequireRole, TheDatabase
from api.errors import problem_responses

router = APIRouter(prefix="/api", tags=["operation"])

LARGEST_ID = 2**63 - 1
MOST = 1000  # entries a page: what a browser shows at once without paging itself


class Entry(BaseModel):
    id: int
    at: datetime
    username: str
    role: str
    action: str
    layer: str | None
    feature_id: int | None
    version: int | None
    fields: list[str] | None
    detail: dict[str, Any] | None
    address: str | None


class Trail(BaseModel):
    entries: list[Entry]
    next_before: int | None = Field(description="give it as `before` for the next page; null on the last")


@router.get("/audit", dependencies=[RequireRole("admin")], responses=problem_responses([400, 401, 403]))
async def audit_trail(
    actor: CurrentActor,
    database: TheDatabase,
    user: Annotated[str | None, Query(max_length=63)] = None,
    action: Annotated[str | None, Query(max_length=40)] = None,
    layer: Annotated[str | None, Query(max_length=63)] = None,
    since: Annotated[AwareDatetime | None, Query(description="RFC 3339 with offset")] = None,
    before: Annotated[int | None, Query(ge=1, le=LARGEST_ID)] = None,
    limit: Annotated[int, Query(ge=1, le=MOST)] = 100,
) -> Trail:
    """The audit trail, newest first. For administrators."""
    question = Question(user, action, layer, since, before, limit)
    async with database.transaction(actor) as connection:
        found = [Entry(**row) for row in await entries(connection, question)]
    return Trail(entries=found, next_before=found[-1].id if len(found) == limit else None)
