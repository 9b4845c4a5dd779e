"""Every refusal is a problem document in two languages, and nothing else leaks."""

import gzip
import json
import logging
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from fastapi import FastAPI, Request, Response
from fastapi.testclient import TestClient
from psycopg import errors as pg
from pydantic import BaseModel, Field

from api.deps import TheDatabase, preferred
from api.driver_errors import broken_rule, refusal_of
from api.errors import HTTP_KINDS, PROBLEMS, kinds_by_slug
from api.main import create_app
from api.settings import Settings
from gis import errors as gis_errors
from gis.errors import Refusal
from layers import errors as layer_errors
from layers.errors import CodeExists, Forbidden, RowRefused, Unavailable
from layers.registry import LAYERS

MEMBERS = {"type", "title", "title_zh", "status", "detail", "detail_zh", "instance"}


class Number(BaseModel):
    n: int = Field(ge=1)


class BrokenByUs(Refusal):
    title_zh, title_en = "测试", "Test"


@pytest.fixture(scope="module")
def failing(settings: Settings) -> Iterator[TestClient]:
    """The real application with a few routes that fail in every way."""
    app: FastAPI = create_app(settings)

    @app.get("/api/test/bug")
    async def bug() -> None:
        raise RuntimeError("secret detail")

    @app.get("/api/test/refused")
    async def refused() -> None:
        raise BrokenByUs("不行", "No", hint=7)

    @app.post("/api/test/number")
    async def number(body: Number, k: int = 0) -> int:
        return body.n + k

    @app.get("/api/test/sql")
    async def sql(q: str, database: TheDatabase) -> None:
        async with database.reading() as connection:
            for statement in q.split("; "):
                await connection.execute(statement)  # type: ignore[call-overload]

    @app.post("/api/test/echo")
    async def echo(request: Request) -> Response:
        return Response(await request.body(), media_type=request.headers["content-type"])

    with TestClient(app) as client:
        yield client


def the_problem(answer: Any, status: int, slug: str) -> dict[str, Any]:
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    document: dict[str, Any] = answer.json()
    assert document.keys() >= MEMBERS
    assert document["type"] == f"/problems/{slug}"
    assert document["status"] == status
    return document


@pytest.mark.parametrize("module", [gis_errors, layer_errors])
def test_every_kind_of_refusal_has_a_status_and_a_page(module: Any) -> None:
    kinds = {one for one in vars(module).values() if isinstance(one, type) and issubclass(one, Refusal)}
    assert kinds <= PROBLEMS.keys()


def test_every_problem_has_a_page_in_both_languages(app_client: TestClient) -> None:
    assert len(kinds_by_slug()) == len(PROBLEMS) + len(HTTP_KINDS)
    for slug, (kind, zh, en) in kinds_by_slug().items():
        page = app_client.get(f"/problems/{slug}")
        assert page.status_code == 200
        assert zh in page.text
        assert en in page.text
        assert kind.zh[:10] in page.text
    assert "/problems/version-conflict" in app_client.get("/problems").text
    the_problem(app_client.get("/problems/nothing"), 404, "not-found")


def test_a_refusal_nobody_listed_takes_the_kind_above_it_and_keeps_its_facts(failing: TestClient) -> None:
    document = the_problem(failing.get("/api/test/refused"), 422, "refused")
    assert (document["title"], document["title_zh"], document["hint"]) == ("Test", "测试", 7)
    assert (document["detail"], document["detail_zh"]) == ("No", "不行")


def test_a_bug_tells_an_id_and_logs_the_rest(failing: TestClient, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.ERROR, "anlan.api"):
        answer = failing.get("/api/test/bug")
    document = the_problem(answer, 500, "internal-error")
    assert "secret" not in answer.text
    assert document["id"] in document["detail"]
    assert document["id"] in caplog.text
    assert "secret detail" in caplog.text
    assert answer.headers["x-content-type-options"] == "nosniff"


def test_unknown_addresses_and_methods_are_problems_and_never_the_console(failing: TestClient) -> None:
    the_problem(failing.get("/api/nothing"), 404, "not-found")
    the_problem(failing.post("/api/nothing"), 404, "not-found")
    wrong = failing.delete("/api/health")
    the_problem(wrong, 405, "method-not-allowed")
    assert "GET" in wrong.headers["allow"]


def test_wrong_parameters_are_400_and_a_wrong_body_is_422_with_each_field_named(failing: TestClient) -> None:
    query = the_problem(failing.post("/api/test/number?k=x", json={"n": 1}), 400, "bad-query")
    assert query["errors"] == [{"field": "k", "value": "x", "zh": "应为整数", "en": query["errors"][0]["en"]}]
    body = the_problem(failing.post("/api/test/number", json={"n": 0}), 422, "row-refused")
    assert (body["errors"][0]["field"], body["errors"][0]["value"], body["errors"][0]["zh"]) == ("n", 0, "应不小于 1")
    missing = the_problem(failing.post("/api/test/number", json={}), 422, "row-refused")
    assert missing["errors"][0]["zh"] == "必须填写"


@pytest.mark.parametrize(
    ("body", "status"),
    [(b"{", 400), (b"", 422), (b"\xff", 400), (b"[" * 100_000, 400), (b'{"n": ' + b"9" * 5000 + b"}", 400),
     (b'{"n": NaN}', 422), (b'{"n": 1e400}', 422), (b'{"n": "\\ud800"}', 422), (b'{"n": {"a": [1]}}', 422), (b"null", 422)])
def test_no_body_however_broken_makes_an_internal_error(failing: TestClient, body: bytes, status: int) -> None:
    answer = failing.post("/api/test/number", content=body, headers={"Content-Type": "application/json"})
    assert answer.status_code == status, answer.text
    assert answer.json().keys() >= MEMBERS


def test_nul_in_the_address_is_refused_before_any_route_sees_it(failing: TestClient) -> None:
    the_problem(failing.get("/api/audit?user=%00"), 422, "bad-text")
    the_problem(failing.get("/api/aud%00it"), 422, "bad-text")


@pytest.mark.parametrize(
    ("statement", "status", "slug"),
    [
        ("select * from app.secrets", 403, "forbidden"),
        ("select 2147483647 + 1", 422, "value-out-of-range"),
        ("select 'x'::date", 422, "value-out-of-range"),
        ("select '2024-02-30'::date", 422, "value-out-of-range"),
        ("begin; set local statement_timeout = 1; select pg_sleep(1)", 503, "unavailable"),
        ("select nonsense", 500, "internal-error"),
    ])
def test_the_database_refuses_in_our_words(failing: TestClient, statement: str, status: int, slug: str) -> None:
    answer = failing.get("/api/test/sql", params={"q": statement})
    document = the_problem(answer, status, slug)
    assert "select" not in answer.text
    assert document["detail_zh"] != document["detail"]
    assert ("retry-after" in answer.headers) == (status == 503)


def test_a_broken_rule_answers_with_the_words_of_its_definition() -> None:
    layer = next(layer for layer in LAYERS.values() if any(check.severity == "error" for check in layer.checks))
    check = next(check for check in layer.checks if check.severity == "error")
    refusal = broken_rule(layer.name, f"rule_{check.name}")
    assert isinstance(refusal, RowRefused)
    assert check.zh in refusal.zh
    assert check.en in refusal.en
    capacity = broken_rule("shelters", "ck_capacity")
    assert capacity.facts["errors"][0]["field"] == "capacity"
    assert "容量" in capacity.zh


def test_a_check_of_the_real_table_is_named(settings: Settings) -> None:
    with psycopg.connect(settings.owner_url) as connection, pytest.raises(pg.CheckViolation) as caught:
        connection.execute("update layers.geohazards set admin_code = '14x'")
    refusal = refusal_of(caught.value)
    assert isinstance(refusal, RowRefused)
    assert refusal.facts["errors"][0]["field"] == "admin_code"
    assert "行政区划代码" in refusal.zh


def test_the_kinds_of_driver_errors() -> None:
    assert isinstance(refusal_of(pg.InsufficientPrivilege()), Forbidden)
    assert isinstance(refusal_of(pg.UniqueViolation()), CodeExists)
    assert isinstance(refusal_of(psycopg.OperationalError("connection refused")), Unavailable)
    assert isinstance(refusal_of(pg.DeadlockDetected()), Unavailable)
    assert refusal_of(pg.UndefinedTable()) is None


def test_a_body_over_the_limit_is_refused_declared_or_streamed(failing: TestClient) -> None:
    kind = {"Content-Type": "text/plain"}
    limit = 33_554_432
    the_problem(failing.post("/api/test/echo", content=b"x", headers=kind | {"Content-Length": str(limit + 1)}),
                413, "body-too-large")

    def stream() -> Iterator[bytes]:
        for _ in range(33):
            yield b"x" * 1_048_576

    the_problem(failing.post("/api/test/echo", content=stream(), headers=kind), 413, "body-too-large")
    assert failing.post("/api/test/echo", content=b"x" * 1000, headers=kind).text == "x" * 1000


def test_json_over_a_kilobyte_is_compressed_and_tiles_pass_untouched(failing: TestClient) -> None:
    body = json.dumps(["安澜"] * 1000).encode()
    for kind, coding in (("application/json", "gzip"), ("application/geo+json", "gzip"),
                         ("application/vnd.mapbox-vector-tile", None), ("image/png", None)):
        answer = failing.post("/api/test/echo", content=body, headers={"Content-Type": kind, "Accept-Encoding": "gzip"})
        assert answer.headers.get("content-encoding") == coding, kind
        assert answer.content == body
    assert len(gzip.compress(body)) < len(body)


def test_every_answer_carries_security_headers(failing: TestClient) -> None:
    for address in ("/", "/api/health", "/api/nothing", "/api/test/bug", "/problems"):
        headers = failing.get(address).headers
        assert "script-src" in headers["content-security-policy"] or "default-src 'self'" in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["x-frame-options"] == "DENY"
        assert "strict-transport-security" not in headers  # this client speaks plain http
    assert failing.get("/api/me").headers["cache-control"] == "no-store"


def test_health_tells_strangers_that_the_database_works(app_client: TestClient) -> None:
    answer = app_client.get("/api/health")
    assert answer.status_code == 200
    state = answer.json()
    assert state["status"] == "ok"
    assert state["postgis"].startswith("3.")
    assert state["counties"] == ["141033"]
    assert state["layers"] == len(LAYERS)


def test_health_is_503_when_the_database_is_gone(settings: Settings) -> None:
    app = create_app(settings)  # never opened: its pool gives no connection
    answer = TestClient(app).get("/api/health")
    assert answer.status_code == 503
    assert answer.json()["status"] == "unavailable"
    the_problem(TestClient(app).post("/api/auth/token", data={"username": "a", "password": "b"}), 503, "unavailable")


def test_every_operation_documents_its_problems(app_client: TestClient) -> None:
    document = app_client.get("/api/openapi.json").json()
    problem = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    for path, item in document["paths"].items():
        for verb, operation in item.items():
            assert operation["responses"]["default"]["content"] == problem, f"{verb} {path}"
    assert document["components"]["schemas"]["Problem"]["required"]
    assert "HTTPValidationError" not in json.dumps(document)


def test_the_docs_load_nothing_from_anywhere(app_client: TestClient) -> None:
    page = app_client.get("/api/docs").text
    assert "/api/auth/token" in page
    assert "<script" not in page
    assert "src=" not in page


def test_the_console_or_a_page_that_says_how_to_build_it_is_at_the_root(app_client: TestClient) -> None:
    answer = app_client.get("/")
    assert answer.status_code == 200
    assert "text/html" in answer.headers["content-type"]


@pytest.mark.parametrize(
    ("header", "tongue"),
    [("", "zh"), ("en", "en"), ("en-US,en;q=0.9,zh-CN;q=0.8", "en"), ("zh-CN,zh;q=0.9,en;q=0.8", "zh"), ("fr", "zh"),
     ("en;q=0.5,zh", "zh"), ("en;q=x", "zh"), ("*", "zh")])
def test_chinese_unless_english_is_wanted_more(header: str, tongue: str) -> None:
    assert preferred(header) == tongue
