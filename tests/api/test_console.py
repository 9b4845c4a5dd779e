"""The built console is served with the right caching, and never in place of an interface."""

from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from api.console import ConsoleMount


@pytest.fixture
def built(tmp_path: Path) -> TestClient:
    (tmp_path / "assets").mkdir()
    (tmp_path / "index.html").write_text("<title>console</title>")
    (tmp_path / "assets" / "index-abc123.js").write_text("1")
    (tmp_path / "favicon.svg").write_text("<svg/>")
    (tmp_path.parent / "secret.txt").write_text("secret")
    return TestClient(Starlette(routes=[ConsoleMount(tmp_path)]))


def test_the_page_is_asked_for_each_time_and_hashed_files_never_again(built: TestClient) -> None:
    assert built.get("/").headers["cache-control"] == "no-cache"
    assert built.get("/favicon.svg").headers["cache-control"] == "no-cache"
    assert "immutable" in built.get("/assets/index-abc123.js").headers["cache-control"]
    etag = built.get("/").headers["etag"]
    assert built.get("/", headers={"If-None-Match": etag}).status_code == 304


@pytest.mark.parametrize("address", ["/", "/field", "/field/orders/7", "/apiary"])
def test_every_screen_is_the_same_page(built: TestClient, address: str) -> None:
    assert built.get(address).text == "<title>console</title>"


@pytest.mark.parametrize(
    "address", ["/api", "/api/x", "/ogc/x", "/metrics", "/problems/x", "/assets/gone.js", "/..%2fsecret.txt"])
def test_interfaces_missing_files_and_files_outside_are_not_found(built: TestClient, address: str) -> None:
    assert built.get(address).status_code == 404


def test_until_it_is_built_a_page_says_how(tmp_path: Path) -> None:
    answer = TestClient(Starlette(routes=[ConsoleMount(tmp_path / "dist")])).get("/")
    assert answer.status_code == 200
    assert "./anlan up" in answer.text
