"""The audit trail: who signed in, who looked at restricted fields, who changed a user.

Writes of features are audited by database triggers; this adds the rest and reads it all back. `action` is one of
insert, update, delete (triggers), sign_in, sign_in_failed, lock, sign_out, token_reuse, password, user, look, export.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from psycopg import AsyncConnection
from psycopg.rows import dict_row
from psycopg.types.json import Jsonb

from layers.database import Actor

ADD = """
insert into app.audit (username, role, action, layer, feature_id, fields, detail, address)
values (%s, %s, %s, %s, %s, %s, %s, %s)
"""

READ = """
select id, at, username, role, action, layer, feature_id, version, fields, detail, address from app.audit
where (%(username)s::text is null or username = %(username)s)
  and (%(action)s::text is null or action = %(action)s)
  and (%(layer)s::text is null or layer = %(layer)s)
  and (%(since)s::timestamptz is null or at >= %(since)s)
  and (%(before)s::bigint is null or id < %(before)s)
order by id desc limit %(limit)s
"""

SIGN_IN_ACTIONS = ("sign_in", "sign_in_failed", "lock", "sign_out", "token_reuse", "password")
SIGN_INS = """
select a.id, a.at, a.username, u.name, a.role, a.action, a.address, a.detail
from app.audit a left join app.users u using (username)
where a.action = any (%(actions)s)
  and (%(username)s::text is null or a.username = %(username)s)
  and (%(since)s::timestamptz is null or a.at >= %(since)s)
  and (%(before)s::bigint is null or a.id < %(before)s)
order by a.id desc limit %(limit)s
"""
FAILURES = "select count(*) from app.audit where action = 'sign_in_failed' and at > now() - interval '24 hours'"


@dataclass(frozen=True)
class Question:
    """Which entries to read: all filters optional, newest first, `before` an id for the next page."""

    username: str | None = None
    action: str | None = None
    layer: str | None = None
    since: datetime | None = None
    before: int | None = None
    limit: int = 100


async def record(connection: AsyncConnection[Any], username: str, role: str, action: str, *, address: str | None = None,
                 layer: str | None = None, feature_id: int | None = None, fields: list[str] | None = None,
                 detail: dict[str, Any] | None = None) -> None:
    """One entry. Under row-level security everybody writes in his own name only; the system in any."""
    await connection.execute(ADD, (username, role, action, layer, feature_id, fields,
                                   None if detail is None else Jsonb(detail), address))


async def record_look(connection: AsyncConnection[Any], actor: Actor, layer: str, fields: list[str],
                      feature_id: int | None = None, *, address: str | None = None) -> None:
    """Somebody was shown restricted fields: of one feature, or of a list (`feature_id` None)."""
    await record(connection, actor.username, actor.role, "look", layer=layer, feature_id=feature_id, fields=fields,
                 address=address)


async def entries(connection: AsyncConnection[Any], question: Question) -> list[dict[str, Any]]:
    """Newest first. Row-level security shows them to the administrator only."""
    async with connection.cursor(row_factory=dict_row) as cursor:
        await cursor.execute(READ, vars(question))
        return await cursor.fetchall()


@dataclass(frozen=True)
class SignInQuestion:
    """Which sign-in entries to read, newest first."""

    actions: list[str]
    username: str | None = None
    since: datetime | None = None
    before: int | None = None
    limit: int = 100


async def sign_ins(connection: AsyncConnection[Any], question: SignInQuestion) -> tuple[list[dict[str, Any]], int]:
    """Sign-in entries with the users' names, and the wrong passwords of the last 24 hours. For the administrator."""
    async with connection.cursor(row_factory=dict_row) as cursor:
        await cursor.execute(SIGN_INS, vars(question))
        found = await cursor.fetchall()
    row = await (await connection.execute(FAILURES)).fetchone()
    return found, int(row[0]) if row else 0
