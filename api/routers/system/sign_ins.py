"""Who signed in and who could not, for the administrator: the sign-in part of the audit trail."""

from datetime import datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query
from pydantic import AwareDatetime, BaseModel, Field

from api.audit import SIGN_IN_ACTIONS, SignInQuestion, sign_ins
from api.deps import CurrentActor, RequireRole, TheDatabase
from api.errors import problem_responses

router = APIRouter(prefix="/sign-ins")

LARGEST_ID = 2**63 - 1
MOST = 1000  # entries a page, as of the audit trail
Action = Literal["sign_in", "sign_in_failed", "lock", "sign_out", "token_reuse", "password"]


class SignIn(BaseModel):
    """One entry. A name nobody bears stands as `?`: people type passwords into the wrong box."""

    id: int
    at: datetime
    username: str
    name: str | None = Field(description="null for names nobody bears (any more)")
    role: str
    action: Action
    address: str | None
    detail: dict[str, Any] | None


class SignIns(BaseModel):
    entries: list[SignIn]
    failures_24h: int = Field(description="wrong passwords of the last 24 hours, of everybody")
    next_before: int | None = Field(description="give it as `before` for the next page; null on the last")


@router.get("", dependencies=[RequireRole("admin")], responses=problem_responses([400]))
async def sign_in_log(
    actor: CurrentActor,
    database: TheDatabase,
    user: Annotated[str | None, Query(max_length=63)] = None,
    action: Annotated[Action | None, Query()] = None,
    since: Annotated[AwareDatetime | None, Query(description="RFC 3339 with offset")] = None,
    before: Annotated[int | None, Query(ge=1, le=LARGEST_ID)] = None,
    limit: Annotated[int, Query(ge=1, le=MOST)] = 100,
) -> SignIns:
    """The sign-in log, newest first."""
    actions: list[str] = [action] if action else list(SIGN_IN_ACTIONS)
    async with database.transaction(actor) as connection:
        entries, failures = await sign_ins(connection, SignInQuestion(actions, user, since, before, limit))
    found = [SignIn(**entry) for entry in entries]
    return SignIns(entries=found, failures_24h=failures, next_before=found[-1].id if len(found) == limit else None)
