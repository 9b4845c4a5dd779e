"""The key of Tianditu's base maps: given to whoever is signed in, to nobody else, and pictures let in only with it."""

from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient

from api.main import create_app
from api.settings import Server, Settings
from tests.api.signing_in import signed_in

KEY = "0123456789abcdef0123456789abcdef"
HOST = "https://*.tianditu.gov.cn"


@pytest.fixture(scope="module")
def with_key(settings: Settings) -> Iterator[TestClient]:
    with TestClient(create_app(settings.model_copy(update={"tianditu_key": KEY})), base_url="https://testserver") as client:
        yield client


def pictures_from(client: TestClient, path: str) -> str:
    policy = client.get(path).headers["content-security-policy"]
    return next(part for part in policy.split("; ") if part.startswith("img-src"))


@pytest.mark.parametrize("path", ["/", "/map", "/api/health", "/nothing/here"])
def test_only_a_server_with_a_key_lets_in_pictures_of_tianditu(app_client: TestClient, with_key: TestClient, path: str) -> None:
    assert pictures_from(app_client, path) == "img-src 'self' data: blob:"
    assert pictures_from(with_key, path) == f"img-src 'self' data: blob: {HOST}"


def test_the_key_is_given_to_whoever_is_signed_in_and_to_nobody_else(app_client: TestClient, with_key: TestClient) -> None:
    assert {one["tianditu_key"] for one in signed_in(app_client, "viewer").get("/api/counties").json()} == {None}
    assert {one["tianditu_key"] for one in signed_in(with_key, "viewer").get("/api/counties").json()} == {KEY}
    with_key.cookies.clear()
    for path in ("/api/counties", "/api/health", "/map", "/api/openapi.json"):
        assert KEY not in with_key.get(path).text


def test_the_key_is_read_from_the_environment_and_an_empty_one_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANLAN_TIANDITU_KEY", KEY)
    assert Server().tianditu_key == KEY
    monkeypatch.setenv("ANLAN_TIANDITU_KEY", "")
    assert Server().tianditu_key is None


@pytest.mark.parametrize("wrong", ["a key", "k;", "k'", "*"])
def test_what_could_not_be_a_key_stops_the_start(monkeypatch: pytest.MonkeyPatch, wrong: str) -> None:
    monkeypatch.setenv("ANLAN_TIANDITU_KEY", wrong)
    with pytest.raises(ValueError, match="tianditu_key"):
        Server()
