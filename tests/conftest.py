"""A real PostGIS for every test: one migrated template with a small county in it, cloned for each module in 0.1 s.

`./anlan test` starts the server and sets ANLAN_TEST_DATABASE_URL (a superuser of a throw-away cluster).
"""

import hashlib
import json
import os
import socket
import threading
import uuid
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest
import uvicorn
from fastapi.testclient import TestClient
from psycopg import sql

from api.main import create_app
from api.settings import Settings, as_role
from api.setup.county import load_exercise_ground, load_pack, shipped_pack
from api.users import add_user, first_run_users
from layers import migrations
from layers.database import Database
from tests.builders import COUNTY, PASSWORD, PEOPLE, load_small_county

ROOT = Path(__file__).parent.parent
TICKET_KEY = "a1" * 32
JWT_KEY = "b2" * 32
APP_PASSWORD = "only-in-the-test-cluster"


@pytest.fixture(scope="session")
def database_url() -> str:
    """A superuser's URL of the test server."""
    url = os.environ.get("ANLAN_TEST_DATABASE_URL")
    if not url:
        pytest.exit("ANLAN_TEST_DATABASE_URL is not set: run the tests with ./anlan test", returncode=4)
    return url


def _with_database(url: str, name: str) -> str:
    return url.rpartition("/")[0] + f"/{name}"


def _template_name() -> str:
    """Changes with anything that shapes a database, so that a kept server never serves an old one."""
    shaped = [*(ROOT / "layers").rglob("*.py"), *(ROOT / "layers").rglob("*.sql"), *(ROOT / "gis").rglob("*.py"),
              ROOT / "api/users.py", ROOT / "tests/builders.py"]  # fmt: skip
    mark = hashlib.sha256(b"".join(path.read_bytes() for path in sorted(shaped) if "node_modules" not in path.parts))
    return f"anlan_template_{mark.hexdigest()[:12]}"


@pytest.fixture(scope="session")
def template(database_url: str) -> str:
    """The name of a migrated database with the small county and one user a role. The first worker makes it."""
    name = _template_name()
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute("select pg_advisory_lock(hashtext('anlan tests'))")
        made = connection.execute("select 1 from pg_database where datname = %s", (name,)).fetchone()
        if not made:
            building = f"{name}_building"
            connection.execute(sql.SQL("drop database if exists {}").format(sql.Identifier(building)))
            connection.execute(sql.SQL("create database {}").format(sql.Identifier(building)))
            connection.execute(
                "do $$ begin create role anlan_app login; exception when duplicate_object then null; end $$"
            )
            connection.execute(sql.SQL("alter role anlan_app password {}").format(sql.Literal(APP_PASSWORD)))
            url = _with_database(database_url, building)
            migrations.upgrade(url, TICKET_KEY)
            load_small_county(url)
            for username, person in PEOPLE.items():
                add_user(url, username, password=PASSWORD, **person)
            connection.execute(
                sql.SQL("alter database {} rename to {}").format(sql.Identifier(building), sql.Identifier(name))
            )
    return name


@pytest.fixture(scope="module")
def settings(database_url: str, template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    """Settings over a database of this module's own."""
    name = f"anlan_test_{uuid.uuid4().hex[:12]}"
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute("select pg_advisory_lock(hashtext('anlan tests'))")  # a template is cloned by one at a time
        connection.execute(
            sql.SQL("create database {} template {}").format(sql.Identifier(name), sql.Identifier(template))
        )
    owner_url = _with_database(database_url, name)
    yield Settings(
        owner_url=owner_url,
        app_url=as_role(owner_url, "anlan_app", APP_PASSWORD),
        ticket_key=TICKET_KEY,
        jwt_key=JWT_KEY,
        var=tmp_path_factory.mktemp("var"),
    )
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute(sql.SQL("drop database {} with (force)").format(sql.Identifier(name)))


@pytest.fixture(scope="module")
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
async def database(settings: Settings) -> AsyncIterator[Database]:
    """An open Database under the API's role; its test is marked anyio."""
    opened = Database(settings.app_url, settings.ticket_key, size=4)
    await opened.open()
    yield opened
    await opened.close()


@pytest.fixture(scope="module")
def app_client(settings: Settings) -> Iterator[TestClient]:
    """The whole application over this module's database; nobody is signed in."""
    with TestClient(create_app(settings), base_url="https://testserver") as client:
        yield client


@pytest.fixture(scope="module")
def analyst(settings: Settings) -> Iterator[None]:
    """Somebody who answers what is put into the queue, as api/analyst.py does in a process of its own."""
    with _working(settings):
        yield


@contextmanager
def _working(settings: Settings) -> Iterator[None]:
    from api.analyst import Analyst  # brings the road engine: only where somebody asks

    stop = threading.Event()
    works = threading.Thread(target=Analyst(settings, stop).work)
    works.start()
    try:
        yield
    finally:
        stop.set()
        works.join()


@pytest.fixture
def client_as(app_client: TestClient) -> Callable[[str], TestClient]:
    """`client_as("duty")`: a client that is signed in as one of builders.PEOPLE, with a bearer token."""

    def signed_in(username: str) -> TestClient:
        app_client.cookies.clear()
        answer = app_client.post("/api/auth/token", data={"username": username, "password": PASSWORD})
        assert answer.status_code == 200, answer.text
        app_client.cookies.clear()
        client = TestClient(app_client.app, base_url="https://testserver")
        client.portal = app_client.portal  # the pool lives in that loop
        client.headers["Authorization"] = f"Bearer {answer.json()['access_token']}"
        return client

    return signed_in


@dataclass(frozen=True)
class World:
    """A county that people use through a browser: where it is served, and their passwords."""

    url: str
    passwords: dict[str, str]
    settings: Settings


@pytest.fixture(scope="session")
def world(database_url: str, template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """蒲县 with a township's exercise ground, loaded and served as `./anlan up` does."""
    var = tmp_path_factory.mktemp("world")
    name = f"anlan_world_{uuid.uuid4().hex[:12]}"
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute(sql.SQL("create database {}").format(sql.Identifier(name)))
    owner_url = _with_database(database_url, name)
    migrations.upgrade(owner_url, TICKET_KEY)
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("ANLAN_VAR", str(var))
        load_pack(owner_url, shipped_pack(COUNTY))
        load_exercise_ground(owner_url, shipped_pack(COUNTY), "township", 1)
    first_run_users(owner_url, var / "credentials.json")
    settings = Settings(owner_url=owner_url, app_url=as_role(owner_url, "anlan_app", APP_PASSWORD),
                        ticket_key=TICKET_KEY, jwt_key=JWT_KEY, var=var)
    with _served(settings) as url, _working(settings):
        yield World(url, json.loads((var / "credentials.json").read_text()), settings)
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute(sql.SQL("drop database {} with (force)").format(sql.Identifier(name)))


class _Server(uvicorn.Server):
    """A server that says when it listens."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.listening = threading.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.listening.set()


@contextmanager
def _served(settings: Settings) -> Iterator[str]:
    """The application on a free port of this machine, in a thread of its own."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        server = _Server(uvicorn.Config(create_app(settings), log_level="warning"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
        thread.start()
        assert server.listening.wait(60), "the server did not start"
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        server.should_exit = True
        thread.join(20)


@pytest.fixture(scope="session")
def console_url(world: World) -> str:
    """Where the built console and its API are served."""
    return world.url


@pytest.fixture(scope="session")
def users(world: World) -> dict[str, str]:
    """The first users and their passwords."""
    return world.passwords
