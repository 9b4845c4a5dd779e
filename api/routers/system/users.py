"""People, for the administrator: who there is, who may do what, new passwords, unlocking.

A password is shown in the answer of the call that made it and nowhere again: the answer kept for the Idempotency-Key
has none, so the same request sent twice says that it was shown already.
"""

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Request, Response
from fastapi import Path as InPath
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, TypeAdapter

from api import accounts
from api.accounts import Office
from api.deps import Address, CurrentActor, RequireRole, TheDatabase, TheSessions
from api.errors import problem_responses
from api.idempotency import writing
from api.passwords import random_password

router = APIRouter(prefix="/users", dependencies=[RequireRole("admin")], responses=problem_responses([422]))

USERNAME = r"^[a-z0-9][a-z0-9_.-]{0,62}$"  # as the table's CHECK
Username = Annotated[str, InPath(pattern=USERNAME)]
Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=60)]
Scope = Annotated[str, StringConstraints(pattern=r"^\d{0,12}$")]
NOT_STORED = {"Cache-Control": "no-store"}


class Account(BaseModel):
    """What may be shown of a user."""

    username: str
    name: str
    role: str
    scope: str = Field(description="prefix of the statistical codes this user looks after; empty is everywhere")
    scope_name: str | None = Field(description="the township or county of the scope, where one is loaded")
    bureau: str | None
    disabled: bool
    must_change: bool
    failures: int
    locked_until: datetime | None
    created_at: datetime
    last_sign_in_at: datetime | None
    signed_in: int = Field(description="browsers and phones that are signed in")


class AccountWithPassword(Account):
    """The answer that shows a new password, once."""

    password: str | None = Field(description="null when this answer repeats one that has shown it")
    password_shown_before: bool


class NewAccount(BaseModel):
    model_config = ConfigDict(extra="forbid")

    username: Annotated[str, StringConstraints(pattern=USERNAME)]
    name: Name
    role: str
    scope: Scope = ""
    bureau: str | None = None


class Changes(BaseModel):
    """What is not given stays; `bureau: null` takes the bureau away."""

    model_config = ConfigDict(extra="forbid")

    name: Name = ""
    role: str = ""
    scope: Scope = ""
    bureau: str | None = None
    disabled: bool = False


_ACCOUNTS = TypeAdapter(list[Account])


@router.get("")
async def everybody(actor: CurrentActor, database: TheDatabase) -> list[Account]:
    """All users, by name."""
    async with database.transaction(actor) as connection:
        return _ACCOUNTS.validate_python(await accounts.listed(connection))


@router.post("", status_code=201, response_model=AccountWithPassword)
async def add(request: Request, actor: CurrentActor, body: NewAccount, sessions: TheSessions,
              address: Address) -> Response:
    """A new user with a random password, which must be changed at the first sign-in."""
    password = random_password()
    password_hash = await sessions.hashed(password)
    office = Office(body.name, body.role, body.scope, body.bureau)
    async with writing(request, actor) as work:
        await accounts.add(work.connection, actor, body.username, office, password_hash, address)
        found = await accounts.one(work.connection, body.username)
        work.answer(201, _told(found, None))
    return Response(_told(found, password), 201, NOT_STORED, "application/json")


@router.patch("/{username}", response_model=Account, responses=problem_responses([404]))
async def change(request: Request, username: Username, actor: CurrentActor, body: Changes, database: TheDatabase,
                 address: Address) -> Response:
    """Change name, role, scope or bureau, disable or enable. Whoever's rights change is signed out everywhere, at once."""
    wanted = body.model_dump(exclude_unset=True)
    async with writing(request, actor) as work:
        await accounts.change(work.connection, actor, username, wanted, address)
        found = Account(**await accounts.one(work.connection, username))
        answer = work.answer(200, found.model_dump_json().encode())
    await database.refresh_rights()
    return answer


@router.post("/{username}/password", response_model=AccountWithPassword, responses=problem_responses([404]))
async def new_password(request: Request, username: Username, actor: CurrentActor, sessions: TheSessions,
                       database: TheDatabase, address: Address) -> Response:
    """A new random password. Every sign-in of the user ends, a locked account opens."""
    password = random_password()
    password_hash = await sessions.hashed(password)
    async with writing(request, actor) as work:
        await accounts.set_password(work.connection, actor, username, password_hash, address)
        found = await accounts.one(work.connection, username)
        work.answer(200, _told(found, None))
    await database.refresh_rights()
    return Response(_told(found, password), 200, NOT_STORED, "application/json")


@router.post("/{username}/unlock", response_model=Account, responses=problem_responses([404]))
async def unlock(request: Request, username: Username, actor: CurrentActor, address: Address) -> Response:
    """Let a user who typed too many wrong passwords sign in again."""
    async with writing(request, actor) as work:
        await accounts.unlock(work.connection, actor, username, address)
        found = Account(**await accounts.one(work.connection, username))
        return work.answer(200, found.model_dump_json().encode())


def _told(found: dict[str, Any], password: str | None) -> bytes:
    told = AccountWithPassword(**found, password=password, password_shown_before=password is None)
    return told.model_dump_json().encode()
