"""Writes that may be sent twice: one transaction, one effect, one answer.

Every route that writes does it like this (`writing` opens the transaction, in the actor's name):

    @router.post("/things", status_code=201)
    async def add_thing(request: Request, actor: CurrentActor, thing: Thing) -> Response:
        async with writing(request, actor) as work:
            row = await store.add(work.connection, thing)
            return work.answer(201, orjson.dumps(row), headers={"Location": f"/things/{row['id']}"})

- Without an `Idempotency-Key` header it is a plain transaction.
- With one, the answer is stored in the SAME transaction as the effect. A second request with the key never enters the
  block: it is answered with the stored status, headers and body. The same key with another method, address, precondition
  or body is KeyReused (422). A request that comes while the first still runs waits for it, then gets its answer.
- Any exception rolls back effect and key together; a refused request (4xx) leaves nothing, so it may be corrected and
  sent again with the same key.
- `work.answer` must be called once, inside the block, and its response returned after the block has committed (a
  `return` inside `async with` does that). Read the body before entering the block, so that no slow client holds a
  connection. After the block: `await database.refresh_version(layer)`.
- `as_actor=SYSTEM` gives the transaction the system's rights (users, tokens), while the key stays the actor's.

A key is kept for KEPT; clients must not send it later than that. Bodies of answers are kept too: never put a secret
(token, password) into the answer of a write.
"""

import asyncio
import contextlib
import hashlib
import hmac
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from weakref import WeakValueDictionary

from fastapi import Request
from psycopg import AsyncConnection
from psycopg.types.json import Jsonb
from starlette.responses import Response

from layers.database import Actor, Database
from layers.errors import BadQuery, KeyReused

HEADER = "Idempotency-Key"
LONGEST_KEY = 255  # as the table's CHECK; a UUID has 36
KEPT = timedelta(days=7)  # a phone in a valley without signal for a week may still send what it queued
BODY_HASH = "anlan.body_hash"  # in the request's scope: running SHA-256 of the body, kept by middleware.BodyLimit

# Waits while another request with the key runs; released at commit or rollback. Two keys with the same 64-bit hash
# would only wait for each other.
WAIT = "select pg_advisory_xact_lock(hashtextextended(%s, 0))"
FIND = """
select method, path, body_hash, status, headers, body from app.idempotency
where username = %s and key = %s and created_at > now() - %s
"""
SWEEP = "delete from app.idempotency where username = %s and created_at <= now() - %s"
KEEP = """
insert into app.idempotency (username, key, method, path, body_hash, status, headers, body)
values (%s, %s, %s, %s, %s, %s, %s, %s)
"""


_TURNS: WeakValueDictionary[tuple[str, str], asyncio.Lock] = WeakValueDictionary()


class AlreadyAnswered(Exception):
    """The request was answered before. Not an error: its handler sends the stored answer again."""

    def __init__(self, response: Response) -> None:
        super().__init__("answered before")
        self.response = response


@dataclass
class Work:
    """One write: the transaction to do it in, and the answer that is stored with it."""

    connection: AsyncConnection[Any]
    actor: Actor
    response: Response | None = field(default=None, init=False)

    def answer(self, status: int, body: bytes = b"", *, headers: Mapping[str, str] | None = None,
               media_type: str | None = "application/json") -> Response:
        """The answer to this write; what a repeated request will get too."""
        self.response = Response(body, status, headers=dict(headers or {}), media_type=media_type if body else None)
        return self.response


@dataclass(frozen=True)
class _Key:
    """A key, and what it was sent with. Two requests are the same when all of it is the same."""

    username: str
    key: str
    method: str
    path: str
    body_hash: bytes


@contextlib.asynccontextmanager
async def writing(request: Request, actor: Actor, *, as_actor: Actor | None = None) -> AsyncIterator[Work]:
    """The transaction of one write. Raises KeyReused, BadQuery (a malformed key), AlreadyAnswered."""
    database: Database = request.app.state.database
    key = await _key_of(request, actor)
    async with _turn(key), database.transaction(as_actor or actor) as connection:
        if key is not None:
            await _raise_if_answered(connection, key)
        work = Work(connection, actor)
        yield work
        if key is not None:
            await _keep(connection, key, work.response)


async def replayed(_request: Request, error: Exception) -> Response:
    """Exception handler of AlreadyAnswered."""
    assert isinstance(error, AlreadyAnswered)
    return error.response


def _turn(key: _Key | None) -> contextlib.AbstractAsyncContextManager[Any]:
    """Repeats wait here for the first without holding a connection; between processes WAIT does the same."""
    if key is None:
        return contextlib.nullcontext()
    return _TURNS.setdefault((key.username, key.key), asyncio.Lock())


async def _key_of(request: Request, actor: Actor) -> _Key | None:
    key = request.headers.get(HEADER)
    if key is None:
        return None
    if not 1 <= len(key) <= LONGEST_KEY or not key.isprintable() or not key.isascii():
        raise BadQuery(f"{HEADER} 应为1至{LONGEST_KEY}个可见的英文字符。",
                       f"{HEADER} must be 1 to {LONGEST_KEY} printable ASCII characters.")
    with contextlib.suppress(RuntimeError):  # a form was read as a stream and is hashed already
        await request.body()
    path = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    return _Key(actor.username, key, request.method, path, _fingerprint(request))


def _fingerprint(request: Request) -> bytes:
    """HMAC of body, content type and precondition: bodies may hold passwords, and a plain hash can be guessed."""
    secret: str = request.app.state.settings.jwt_key
    seen = request.scope[BODY_HASH].copy()
    seen.update(f"\0{request.headers.get('content-type', '')}\0{request.headers.get('if-match', '')}".encode())
    return hmac.digest(secret.encode(), seen.digest(), hashlib.sha256)


async def _raise_if_answered(connection: AsyncConnection[Any], key: _Key) -> None:
    await connection.execute(WAIT, (f"{key.username}\n{key.key}",))
    row = await (await connection.execute(FIND, (key.username, key.key, KEPT))).fetchone()
    if row is None:
        await connection.execute(SWEEP, (key.username, KEPT))
        return
    method, path, body_hash, status, headers, body = row
    if (method, path, bytes(body_hash)) != (key.method, key.path, key.body_hash):
        raise KeyReused(f"这个 {HEADER} 已用于 {method} {path}(或内容不同)。新的写入请换新的键。",
                        f"This {HEADER} was used for {method} {path}, or with another body. Use a new key for a new write.")
    response = Response(bytes(body), status)
    response.raw_headers = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in headers]
    raise AlreadyAnswered(response)


async def _keep(connection: AsyncConnection[Any], key: _Key, response: Response | None) -> None:
    if response is None:
        raise RuntimeError(f"{key.method} {key.path} wrote and gave no answer: call work.answer inside the block")
    headers = [[name.decode("latin-1"), value.decode("latin-1")] for name, value in response.raw_headers]
    await connection.execute(KEEP, (key.username, key.key, key.method, key.path, key.body_hash, response.status_code,
                                    Jsonb(headers), bytes(response.body)))
