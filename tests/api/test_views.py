"""Saved views: one's own, shared ones, and that nobody writes another's."""

from collections.abc import Callable
from functools import cache

import pytest
from fastapi.testclient import TestClient

from tests.api.signing_in import signed_in
from tests.builders import EAST, WEST

SignIn = Callable[[str], TestClient]
STATE = {"layers": ["shelters"], "centre": [111.1, 36.4], "zoom": 12}


@pytest.fixture(scope="module")
def client_as(app_client: TestClient) -> SignIn:
    return cache(lambda username: signed_in(app_client, username))


def saved(client: TestClient, name: str, **more: object) -> int:
    answer = client.post("/api/views", json={"name": name, "state": STATE, **more})
    assert answer.status_code == 201, answer.text
    assert answer.headers["location"] == f"/api/views/{answer.json()['id']}"
    return int(answer.json()["id"])


def names(client: TestClient) -> list[tuple[str, bool]]:
    return [(view["name"], view["mine"]) for view in client.get("/api/views").json()]


def test_a_private_view_is_seen_by_its_owner_only_and_a_shared_one_by_all(client_as: SignIn) -> None:
    west, east = client_as(WEST), client_as(EAST)
    private, shared = saved(west, "我的"), saved(west, "大家的", shared=True)
    assert {("我的", True), ("大家的", True)} <= set(names(west))
    assert ("大家的", False) in names(east)
    assert "我的" not in dict(names(east))
    assert east.get(f"/api/views/{private}").status_code == 404
    assert east.get(f"/api/views/{shared}").json()["state"] == STATE
    assert client_as("admin").get(f"/api/views/{private}").status_code == 404


def test_only_the_owner_changes_a_view_and_a_shared_one_goes_with_an_administrator_too(client_as: SignIn) -> None:
    west, east, admin = client_as(WEST), client_as(EAST), client_as("admin")
    view = saved(west, "共享", shared=True)
    body = {"name": "改", "kind": "group", "state": {}, "shared": True}
    assert east.put(f"/api/views/{view}", json=body).status_code == 403
    assert east.delete(f"/api/views/{view}").status_code == 403
    assert admin.put(f"/api/views/{view}", json=body).status_code == 403
    changed = west.put(f"/api/views/{view}", json=body).json()
    assert (changed["name"], changed["kind"], changed["state"], changed["owner"], changed["mine"]) == ("改", "group", {}, WEST, True)
    assert admin.delete(f"/api/views/{view}").status_code == 204
    assert west.get(f"/api/views/{view}").json()["type"] == "/problems/view-not-found"
    assert west.delete(f"/api/views/{view}").status_code == 404


def test_the_same_save_sent_twice_is_one_view(client_as: SignIn) -> None:
    duty = client_as("duty")
    sent = [duty.post("/api/views", json={"name": "一次", "state": STATE}, headers={"Idempotency-Key": "view-1"}) for _ in "12"]
    assert sent[0].json() == sent[1].json()
    assert [name for name, _ in names(duty)].count("一次") == 1


@pytest.mark.parametrize("body", [
    {"name": "", "state": {}}, {"name": " ", "state": {}}, {"name": "a" * 121, "state": {}}, {"name": "a", "state": []},
    {"name": "a", "state": {}, "kind": "other"}, {"name": "a", "state": {}, "owner": "admin"}, {"state": {}},
    {"name": "长", "state": {"zoom": 2**70}}, {"name": "大", "state": {"filter": "a" * 200_001}},
])  # fmt: skip
def test_a_view_that_cannot_be_kept_is_refused(client_as: SignIn, body: dict[str, object]) -> None:
    duty = client_as("duty")
    before = names(duty)
    assert duty.post("/api/views", json=body).status_code == 422
    assert names(duty) == before


def test_a_view_comes_back_as_it_was_sent(client_as: SignIn) -> None:
    state = {"filter": "name = '蒲'", "far": 1e22, "near": 1e-7, "nothing": None, "list": [[111.1, 36.4]], "deep": {"a": {}}}
    view = client_as("duty").post("/api/views", json={"name": "全", "state": state}).json()
    assert client_as("duty").get(f"/api/views/{view['id']}").json()["state"] == view["state"] == state


def test_strangers_see_no_view(app_client: TestClient) -> None:
    app_client.cookies.clear()
    assert app_client.get("/api/views").status_code == 401
