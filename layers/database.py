"""The database as the API sees it: a pool under a role that owns nothing, tickets, layer versions and users' rights kept
current.

A `Database.transaction(actor)` carries the actor's ticket; without one, row policies let nothing be written and no
restricted field be read. `Database.reading()` is for what every signed-in role may see: no transaction, no ticket, one
prepared statement.
"""

import asyncio
import contextlib
import hashlib
import hmac
import logging
import time
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg import AsyncConnection
from psycopg_pool import AsyncConnectionPool
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg
from sqlalchemy.sql.elements import ClauseElement

log = logging.getLogger("anlan.database")

TICKET_LIFE_S = 120  # a ticket outlives its own transaction, not much more
_DIALECT = PGDialect_psycopg()  # type: ignore[no-untyped-call]


@dataclass(frozen=True)
class Actor:
    """Who asks. `scope` is a prefix of `admin_code`; '' is everywhere. `must_change`: his password was given out by another."""

    username: str
    role: str
    scope: str
    bureau: str | None = None
    must_change: bool = False


SYSTEM = Actor("anlan", "system", "")  # sign-in itself: reads users and tokens, writes no layer


def ticket(actor: Actor, key: str, now_s: float | None = None) -> str:
    """`username|role|scope|bureau|expires|hmac`, as app.ticket() in sql/functions.sql checks it."""
    expires = int((time.time() if now_s is None else now_s) + TICKET_LIFE_S)
    body = f"{actor.username}|{actor.role}|{actor.scope}|{actor.bureau or ''}|{expires}"
    return f"{body}|{hmac.new(key.encode(), body.encode(), hashlib.sha256).hexdigest()}"


def compiled(statement: ClauseElement) -> tuple[str, dict[str, Any]]:
    """A SQLAlchemy Core statement as text and named values for psycopg."""
    text = statement.compile(dialect=_DIALECT, compile_kwargs={"render_postcompile": True})
    return str(text), dict(text.params)


async def _prepare_connection(connection: AsyncConnection[Any]) -> None:
    await connection.set_autocommit(True)
    connection.prepare_threshold = 0
    # The first ST_Transform of a connection sets PROJ up (40-56 ms, measured): pay it here.
    await connection.execute(
        "select st_transform(st_transform(st_setsrid(st_makepoint(111, 36), 4490), 3857), 4490),"
        " st_asmvtgeom(st_makepoint(0, 0), st_tileenvelope(0, 0, 0))"
    )


class Database:
    """One pool and the current version of every layer."""

    def __init__(self, url: str, ticket_key: str, *, size: int = 8) -> None:
        self.url = url
        self._key = ticket_key
        self.pool: AsyncConnectionPool[AsyncConnection[Any]] = AsyncConnectionPool(
            url,
            min_size=size,
            max_size=size,
            open=False,
            configure=_prepare_connection,
            check=AsyncConnectionPool.check_connection if size < 2 else None,
            kwargs={"application_name": "anlan"},
            timeout=10,
        )
        self.versions: dict[str, int] = {}
        self.rights: dict[str, int] = {}
        """How often each user's rights have changed (app.users.rights), as far as this process knows."""
        self._listening = False
        self._listener: asyncio.Task[None] | None = None

    async def open(self) -> None:
        await self.pool.open(wait=True)
        self._listener = asyncio.create_task(self._listen())
        await self._read_versions()
        await self.refresh_rights()

    async def close(self) -> None:
        if self._listener is not None:
            self._listener.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._listener
        await self.pool.close()

    @contextlib.asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncConnection[Any]]:
        """A connection for one statement on what everybody signed in may read."""
        async with self.pool.connection() as connection:
            yield connection

    @contextlib.asynccontextmanager
    async def transaction(self, actor: Actor) -> AsyncIterator[AsyncConnection[Any]]:
        """A transaction in the actor's name; commits at the end, rolls back on any error."""
        async with self.pool.connection() as connection, connection.transaction():
            await connection.execute("select set_config('anlan.ticket', %s, true)", (ticket(actor, self._key),))
            yield connection

    async def version_of(self, layer: str) -> int:
        """The layer's version: from memory while notices arrive, else asked."""
        if not self._listening or layer not in self.versions:
            await self._read_versions()
        return self.versions.get(layer, 0)

    def raise_rights(self, username: str, rights: int) -> None:
        self.rights[username] = max(rights, self.rights.get(username, 0))

    async def refresh_rights(self) -> None:
        """Read anew how often each user's rights have changed: after this process changed some, or lost the notices."""
        async with self.transaction(SYSTEM) as connection:
            rows = await connection.execute("select username, rights from app.users where rights > 0")
            for username, rights in await rows.fetchall():
                self.raise_rights(username, rights)

    def raise_version(self, layer: str, version: int) -> None:
        if version > self.versions.get(layer, 0):
            self.versions[layer] = version

    async def refresh_version(self, layer: str) -> None:
        """After this process has committed a write: do not wait for the notice to read it back."""
        async with self.reading() as connection:
            rows = await connection.execute("select version from app.layer_versions where layer = %s", (layer,))
            row = await rows.fetchone()
        if row:
            self.raise_version(layer, row[0])

    async def _read_versions(self) -> None:
        async with self.reading() as connection:
            rows = await connection.execute("select layer, version from app.layer_versions")
            for layer, version in await rows.fetchall():
                self.raise_version(layer, version)

    async def _listen(self) -> None:
        """Follow NOTIFY layers and rights. While it is down, version_of asks the database each time."""
        while True:
            try:
                connection = await AsyncConnection.connect(self.url, autocommit=True, application_name="anlan listener")
                async with connection:
                    await connection.execute("listen layers")
                    await connection.execute("listen rights")
                    await self._read_versions()
                    await self.refresh_rights()
                    self._listening = True
                    async for notice in connection.notifies():
                        name, _, number = notice.payload.rpartition(":")
                        raised = self.raise_rights if notice.channel == "rights" else self.raise_version
                        raised(name, int(number))
            except (psycopg.OperationalError, OSError) as problem:
                log.warning("listener lost its connection: %s", problem)
            finally:
                self._listening = False
            await asyncio.sleep(1)


async def execute(connection: AsyncConnection[Any], statement: ClauseElement) -> Sequence[dict[str, Any]]:
    """Run a Core statement; rows as dicts (empty where it returns none)."""
    text, values = compiled(statement)
    cursor = connection.cursor(row_factory=psycopg.rows.dict_row)
    await cursor.execute(text, values)
    return await cursor.fetchall() if cursor.description else []
