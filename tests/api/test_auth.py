"""Signing in, staying signed in, and being refused."""

import base64
from collections.abc import Callable, Iterator
from typing import Any

import jwt
import psycopg
import pytest
from fastapi.routing import iter_route_contexts
from fastapi.testclient import TestClient

from api.auth import ACCESS_COOKIE, REFRESH_COOKIE
from api.settings import Settings
from tests.builders import COUNTY, PASSWORD, WEST

# Everything else refuses strangers. /metrics answers this machine only, which a test client is not.
PUBLIC = {
    "/api/health", "/api/auth/token", "/api/auth/refresh", "/api/auth/logout", "/api/openapi.json", "/api/docs",
    "/problems", "/problems/{slug}", "/ogc", "/ogc/", "/ogc/conformance", "/ogc/api", "/ogc/api.html",
}


@pytest.fixture
def owner(settings: Settings) -> Iterator[psycopg.Connection]:
    with psycopg.connect(settings.owner_url, autocommit=True) as connection:
        yield connection


@pytest.fixture
def stranger(app_client: TestClient) -> TestClient:
    app_client.cookies.clear()
    return app_client


def sign_in(client: TestClient, username: str = "duty", password: str = PASSWORD) -> Any:
    return client.post("/api/auth/token", data={"username": username, "password": password})


def basic(username: str, password: str) -> dict[str, str]:
    return {"Authorization": "Basic " + base64.b64encode(f"{username}:{password}".encode()).decode()}


def test_the_right_password_gives_a_bearer_token_that_knows_role_and_scope(stranger: TestClient, settings: Settings) -> None:
    answer = sign_in(stranger)
    assert answer.status_code == 200
    assert answer.json()["token_type"] == "bearer"
    assert answer.json()["expires_in"] == 15 * 60
    claims = jwt.decode(answer.json()["access_token"], settings.jwt_key, algorithms=["HS256"], issuer="anlan")
    assert (claims["sub"], claims["role"], claims["scope"], claims["bureau"]) == ("duty", "duty", COUNTY, None)
    assert claims["exp"] - claims["iat"] == 15 * 60


def test_cookies_of_a_sign_in_are_out_of_reach_of_scripts_and_of_other_sites(stranger: TestClient) -> None:
    cookies = sign_in(stranger).headers.get_list("set-cookie")
    assert {cookie.split("=")[0] for cookie in cookies} == {ACCESS_COOKIE, REFRESH_COOKIE}
    for cookie in cookies:
        assert "HttpOnly" in cookie
        assert "SameSite=strict" in cookie
        assert "Secure" in cookie
    assert any("Path=/api/auth;" in cookie for cookie in cookies if cookie.startswith(REFRESH_COOKIE))


def test_a_form_on_another_site_cannot_sign_a_browser_in(stranger: TestClient) -> None:
    answer = stranger.post("/api/auth/token", data={"username": "duty", "password": PASSWORD},
                           headers={"Sec-Fetch-Site": "cross-site"})
    assert answer.status_code == 403
    assert "set-cookie" not in answer.headers


def test_me_says_who_is_signed_in_and_in_which_county(client_as: Callable[[str], TestClient]) -> None:
    assert client_as(WEST).get("/api/me").json() == {
        "username": WEST, "name": "西镇", "role": "township", "scope": WEST, "bureau": None, "county": COUNTY,
        "must_change": False}
    assert client_as("admin").get("/api/me").json()["county"] == COUNTY


@pytest.mark.parametrize(("username", "password"), [("viewer", "wrong"), ("nobody", PASSWORD), ("'; --", "x"), ("a\0", "b")])
def test_a_wrong_name_and_a_wrong_password_get_the_same_answer(stranger: TestClient, username: str, password: str) -> None:
    answer = sign_in(stranger, username, password)
    assert answer.status_code == 401
    assert answer.json()["detail_zh"] == "用户名或密码不对。"
    assert answer.headers["www-authenticate"].startswith("Bearer")


def test_five_wrong_passwords_lock_the_account_even_for_the_right_one(stranger: TestClient, owner: psycopg.Connection) -> None:
    statuses = [sign_in(stranger, "village", "wrong").status_code for _ in range(5)]
    assert statuses == [401, 401, 401, 401, 423]
    locked = sign_in(stranger, "village")
    assert locked.status_code == 423
    assert 14 * 60 < int(locked.headers["retry-after"]) <= 15 * 60 + 1
    assert "锁定" in locked.json()["detail_zh"]
    assert "locked" in locked.json()["detail"]
    actions = owner.execute("select action, address from app.audit where username = 'village' order by id").fetchall()
    assert [action for action, _ in actions] == ["sign_in_failed"] * 5 + ["lock"]
    assert all(address == "testclient" for _, address in actions)
    owner.execute("update app.users set locked_until = now() - interval '1 s' where username = 'village'")
    assert sign_in(stranger, "village").status_code == 200
    assert owner.execute("select failures from app.users where username = 'village'").fetchone() == (0,)


def test_an_unknown_name_locks_like_a_known_one_so_locking_tells_nobody_who_exists(stranger: TestClient) -> None:
    assert [sign_in(stranger, "ghost", "wrong").status_code for _ in range(6)] == [401, 401, 401, 401, 423, 423]


def test_the_audit_trail_never_keeps_an_unknown_name_because_it_may_be_a_password(
    stranger: TestClient, owner: psycopg.Connection
) -> None:
    sign_in(stranger, "correct-horse", "duty")
    assert owner.execute("select count(*) from app.audit where username = 'correct-horse'").fetchone() == (0,)


def test_a_disabled_user_can_neither_sign_in_nor_refresh(stranger: TestClient, owner: psycopg.Connection) -> None:
    token = sign_in(stranger, "director").json()["refresh_token"]
    owner.execute("update app.users set disabled = true where username = 'director'")
    assert sign_in(stranger, "director").status_code == 401
    assert stranger.post("/api/auth/refresh", json={"refresh_token": token}).status_code == 401
    owner.execute("update app.users set disabled = false where username = 'director'")


def test_an_old_hash_is_made_anew_at_the_next_sign_in(stranger: TestClient, owner: psycopg.Connection) -> None:
    from argon2 import PasswordHasher

    weak = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)
    owner.execute("update app.users set password_hash = %s where username = 'viewer'", (weak,))
    assert sign_in(stranger, "viewer").status_code == 200
    row = owner.execute("select password_hash from app.users where username = 'viewer'").fetchone()
    assert row is not None
    assert "m=65536,t=3,p=4" in row[0]


def test_each_refresh_token_works_once_and_a_second_use_ends_the_whole_sign_in(stranger: TestClient) -> None:
    first = sign_in(stranger).json()["refresh_token"]
    stranger.cookies.clear()
    second = stranger.post("/api/auth/refresh", json={"refresh_token": first}).json()["refresh_token"]
    assert second != first
    reused = stranger.post("/api/auth/refresh", json={"refresh_token": first})
    assert reused.status_code == 401
    assert "已用过" in reused.json()["detail_zh"]
    assert stranger.post("/api/auth/refresh", json={"refresh_token": second}).status_code == 401


def test_the_cookie_refreshes_and_signing_out_ends_it(stranger: TestClient) -> None:
    token = sign_in(stranger).json()["refresh_token"]
    refreshed = stranger.post("/api/auth/refresh")
    assert refreshed.status_code == 200
    assert refreshed.json()["refresh_token"] != token
    assert stranger.post("/api/auth/logout").status_code == 204
    assert stranger.cookies.get(ACCESS_COOKIE) is None
    last = refreshed.json()["refresh_token"]
    assert stranger.post("/api/auth/refresh", json={"refresh_token": last}).status_code == 401


def test_refresh_tokens_are_stored_as_hashes_only(stranger: TestClient, owner: psycopg.Connection) -> None:
    token = sign_in(stranger).json()["refresh_token"]
    stored = owner.execute("select token_hash from app.refresh_tokens").fetchall()
    assert stored
    assert all(len(row[0]) == 32 and token.encode() not in bytes(row[0]) for row in stored)


def test_the_cookie_reads_but_does_not_write(stranger: TestClient) -> None:
    sign_in(stranger)
    assert stranger.get("/api/me").status_code == 200
    refused = stranger.post("/api/me/password", json={"current": PASSWORD, "new": "another password 8"})
    assert refused.status_code == 401


@pytest.mark.parametrize("change", [{"exp": 1}, {"iss": "else"}, {"sub": None}, {"role": None}])
def test_a_token_that_is_expired_or_not_whole_is_refused(
    stranger: TestClient, settings: Settings, change: dict[str, Any]
) -> None:
    claims = {"iss": "anlan", "sub": "admin", "role": "admin", "scope": "", "bureau": None, "iat": 1,
              "exp": 4_000_000_000, "jti": "1"} | change
    token = jwt.encode({key: value for key, value in claims.items() if value is not None or key == "bureau"},
                       settings.jwt_key, algorithm="HS256")
    assert stranger.get("/api/me", headers={"Authorization": f"Bearer {token}"}).status_code == 401


def test_a_token_without_a_signature_or_under_another_key_is_refused(stranger: TestClient) -> None:
    claims = {"iss": "anlan", "sub": "admin", "role": "admin", "scope": "", "bureau": None, "iat": 1,
              "exp": 4_000_000_000, "jti": "1"}
    for token in (jwt.encode(claims, "", algorithm="none"), jwt.encode(claims, "c3" * 32, algorithm="HS256"), "x.y.z", "é"):
        answer = stranger.get("/api/me", headers={"Authorization": f"Bearer {token}".encode()})
        assert answer.status_code == 401, token


def test_a_new_password_replaces_the_old_one_and_ends_other_sign_ins(
    stranger: TestClient, client_as: Callable[[str], TestClient], owner: psycopg.Connection
) -> None:
    elsewhere = sign_in(stranger, "commander").json()["refresh_token"]
    me = client_as("commander")
    new = "ｎｅｗ password 九九八十一"
    assert me.post("/api/me/password", json={"current": "wrong", "new": new}).status_code == 422
    assert me.post("/api/me/password", json={"current": PASSWORD, "new": "short"}).status_code == 422
    assert me.post("/api/me/password", json={"current": PASSWORD, "new": "Commander-1234"}).status_code == 422
    assert me.post("/api/me/password", json={"current": PASSWORD, "new": new}).status_code == 204
    stranger.cookies.clear()
    assert stranger.post("/api/auth/refresh", json={"refresh_token": elsewhere}).status_code == 401
    assert sign_in(stranger, "commander").status_code == 401
    assert sign_in(stranger, "commander", "new password 九九八十一").status_code == 200  # half-width letters, same word
    assert owner.execute("select count(*) from app.audit where username = 'commander' and action = 'password'"
                         ).fetchone() == (1,)


def test_basic_is_for_programs_on_ogc_and_not_for_the_api(stranger: TestClient) -> None:
    assert stranger.get("/api/me", headers=basic("duty", PASSWORD)).status_code == 401
    assert stranger.get("/metrics", headers=basic("duty", PASSWORD)).status_code == 200
    assert stranger.get("/metrics", headers=basic("duty", "wrong")).status_code == 401
    assert stranger.get("/metrics", headers={"Authorization": "Basic !!!"}).status_code == 401


def test_a_remembered_basic_password_ends_with_the_password(
    stranger: TestClient, client_as: Callable[[str], TestClient]
) -> None:
    assert stranger.get("/metrics", headers=basic("bureau", PASSWORD)).status_code == 200
    changed = client_as("bureau").post("/api/me/password", json={"current": PASSWORD, "new": "another password 8"})
    assert changed.status_code == 204
    assert stranger.get("/metrics", headers=basic("bureau", PASSWORD)).status_code == 401
    assert stranger.get("/metrics", headers=basic("bureau", "another password 8")).status_code == 200


def test_only_a_person_typing_an_address_is_asked_for_a_password(stranger: TestClient) -> None:
    address = "/metrics"  # as on /ogc
    assert stranger.get(address).headers["www-authenticate"].startswith("Basic")
    for ours in ({"Authorization": "Bearer x"}, {"Cookie": f"{ACCESS_COOKIE}=x"}, {"Sec-Fetch-Dest": "image"}):
        answer = stranger.get(address, headers=ours)
        assert answer.status_code == 401
        assert answer.headers["www-authenticate"].startswith("Bearer"), ours


def test_metrics_count_by_route_template_so_addresses_make_no_new_series(stranger: TestClient) -> None:
    stranger.get("/problems/locked")
    stranger.get("/problems/no-such-thing")
    text = stranger.get("/metrics", headers=basic("duty", PASSWORD)).text
    assert 'anlan_http_requests_total{method="GET",route="/problems/{slug}",status="200"}' in text
    assert 'anlan_http_requests_total{method="GET",route="/problems/{slug}",status="404"}' in text
    assert "no-such-thing" not in text


def test_every_route_refuses_strangers_except_those_named_public(app_client: TestClient) -> None:
    app_client.cookies.clear()
    walked = 0
    for route in iter_route_contexts(app_client.app.routes):  # type: ignore[attr-defined]
        if route.path in PUBLIC or route.name == "console":
            continue
        address = "".join("1" if "{" in part else part for part in _parts(route.path or ""))
        for method in route.methods or ():
            answer = app_client.request(method, address, json={} if method in ("POST", "PUT", "PATCH") else None)
            assert answer.status_code == 401, f"{method} {route.path} answered {answer.status_code} to a stranger"
            walked += 1
    assert walked >= 4


def _parts(template: str) -> list[str]:
    import re

    return re.split(r"(\{[^}]*\})", template)


def test_the_audit_trail_is_for_the_administrator_and_can_be_filtered_and_paged(
    client_as: Callable[[str], TestClient]
) -> None:
    assert client_as("duty").get("/api/audit").status_code == 403
    admin = client_as("admin")
    page = admin.get("/api/audit", params={"user": "duty", "action": "sign_in", "limit": 1}).json()
    assert [(entry["username"], entry["action"], entry["role"]) for entry in page["entries"]] == [("duty", "sign_in", "duty")]
    older = admin.get("/api/audit", params={"user": "duty", "action": "sign_in", "before": page["next_before"]}).json()
    assert all(entry["id"] < page["next_before"] for entry in older["entries"])
    assert admin.get("/api/audit", params={"since": "2999-01-01T00:00:00+08:00"}).json()["entries"] == []
    assert admin.get("/api/audit", params={"since": "2024-01-01T00:00:00"}).status_code == 400
