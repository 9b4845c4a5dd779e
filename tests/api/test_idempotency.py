"""The same write twice is one effect and one answer."""

import asyncio
from collections.abc import AsyncIterator, Iterator

import httpx
import orjson
import psycopg
import pytest
from fastapi import FastAPI, Request, Response
from pydantic import BaseModel

from api.deps import CurrentActor
from api.idempotency import writing
from api.main import create_app
from api.settings import Settings
from layers.database import SYSTEM
from layers.errors import RowRefused
from tests.builders import PASSWORD

pytestmark = pytest.mark.anyio


class Note(BaseModel):
    text: str
    wait_s: float = 0.0


@pytest.fixture
async def client(settings: Settings) -> AsyncIterator[httpx.AsyncClient]:
    """The real application, signed in as duty, with a write that leaves one audit row an effect."""
    app: FastAPI = create_app(settings)

    @app.post("/api/test/notes", status_code=201)
    async def add_note(request: Request, actor: CurrentActor, note: Note) -> Response:
        async with writing(request, actor) as work:
            await work.connection.execute(
                "insert into app.audit (username, role, action, detail) values (%s, %s, 'note', to_jsonb(%s::text))",
                (actor.username, actor.role, note.text))
            if note.text == "refused":
                raise RowRefused("不行。", "No.")
            await asyncio.sleep(note.wait_s)
            row = await (await work.connection.execute("select random()")).fetchone()
            return work.answer(201, orjson.dumps(row), headers={"Location": "/api/test/notes/1", "ETag": '"1"'})

    @app.delete("/api/test/notes/{number}", status_code=204)
    async def drop_note(request: Request, actor: CurrentActor, number: int) -> Response:
        async with writing(request, actor, as_actor=SYSTEM) as work:
            return work.answer(204)

    async with app.router.lifespan_context(app), httpx.AsyncClient(
        transport=httpx.ASGITransport(app), base_url="http://test"
    ) as opened:
        token = (await opened.post("/api/auth/token", data={"username": "duty", "password": PASSWORD})).json()
        opened.cookies.clear()
        opened.headers["Authorization"] = f"Bearer {token['access_token']}"
        yield opened


@pytest.fixture
def owner(settings: Settings) -> Iterator[psycopg.Connection]:
    with psycopg.connect(settings.owner_url, autocommit=True) as connection:
        yield connection


def effects(owner: psycopg.Connection, text: str) -> int:
    row = owner.execute("select count(*) from app.audit where action = 'note' and detail #>> '{}' = %s", (text,)).fetchone()
    assert row is not None
    return int(row[0])


async def add(client: httpx.AsyncClient, text: str, key: str | None = None, wait_s: float = 0.0) -> httpx.Response:
    headers = {} if key is None else {"Idempotency-Key": key}
    return await client.post("/api/test/notes", json={"text": text, "wait_s": wait_s}, headers=headers)


async def test_without_a_key_each_request_is_its_own_write(client: httpx.AsyncClient, owner: psycopg.Connection) -> None:
    assert (await add(client, "plain")).content != (await add(client, "plain")).content
    assert effects(owner, "plain") == 2


async def test_the_same_key_twice_is_one_effect_and_the_same_answer(
    client: httpx.AsyncClient, owner: psycopg.Connection
) -> None:
    first, second = await add(client, "twice", "k1"), await add(client, "twice", "k1")
    assert (second.status_code, second.content) == (201, first.content)
    for name in ("location", "etag", "content-type"):
        assert second.headers[name] == first.headers[name]
    assert effects(owner, "twice") == 1


async def test_a_key_used_for_another_body_method_or_address_is_refused(
    client: httpx.AsyncClient, owner: psycopg.Connection
) -> None:
    await add(client, "mine", "k2")
    other = await add(client, "not mine", "k2")
    assert other.status_code == 422
    assert other.json()["type"] == "/problems/key-reused"
    assert (await client.delete("/api/test/notes/1", headers={"Idempotency-Key": "k2"})).status_code == 422
    assert effects(owner, "not mine") == 0


async def test_requests_sent_at_once_wait_for_the_first_and_get_its_answer(
    client: httpx.AsyncClient, owner: psycopg.Connection
) -> None:
    answers = await asyncio.gather(*(add(client, "at once", "k3", wait_s=0.1) for _ in range(5)))
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.content for answer in answers}) == 1
    assert effects(owner, "at once") == 1


async def test_a_refused_write_leaves_no_key_so_it_may_be_corrected(
    client: httpx.AsyncClient, owner: psycopg.Connection
) -> None:
    assert (await add(client, "refused", "k4")).status_code == 422
    assert effects(owner, "refused") == 0
    assert (await add(client, "corrected", "k4")).status_code == 201
    assert effects(owner, "corrected") == 1


async def test_an_answer_without_a_body_is_repeated_too(client: httpx.AsyncClient) -> None:
    for _ in range(2):
        answer = await client.delete("/api/test/notes/7", headers={"Idempotency-Key": "k5"})
        assert (answer.status_code, answer.content) == (204, b"")


async def test_keys_of_two_people_never_meet(client: httpx.AsyncClient, owner: psycopg.Connection) -> None:
    await add(client, "of two", "k6")
    token = (await client.post("/api/auth/token", data={"username": "viewer", "password": PASSWORD})).json()["access_token"]
    answer = await client.post("/api/test/notes", json={"text": "of two"},
                               headers={"Idempotency-Key": "k6", "Authorization": f"Bearer {token}"})
    assert answer.status_code == 201
    assert effects(owner, "of two") == 2


async def test_a_repeated_password_change_is_answered_and_its_body_is_not_kept_in_a_guessable_form(
    client: httpx.AsyncClient, owner: psycopg.Connection
) -> None:
    token = (await client.post("/api/auth/token", data={"username": "bureau", "password": PASSWORD})).json()["access_token"]
    send = {"json": {"current": PASSWORD, "new": "another password 8"},
            "headers": {"Idempotency-Key": "k7", "Authorization": f"Bearer {token}"}}
    assert (await client.post("/api/me/password", **send)).status_code == 204
    assert (await client.post("/api/me/password", **send)).status_code == 204
    import hashlib

    row = owner.execute("select body_hash from app.idempotency where key = 'k7'").fetchone()
    assert row is not None
    assert bytes(row[0]) != hashlib.sha256(orjson.dumps(send["json"])).digest()


@pytest.mark.parametrize("key", ["", "x" * 256, "a\tb"])
async def test_a_malformed_key_is_refused(client: httpx.AsyncClient, key: str) -> None:
    assert (await add(client, "malformed", key)).status_code == 400
