"""Users as the administrator keeps them over HTTP: rights, the last administrator, passwords that are shown once."""

import time
from collections.abc import Callable
from typing import Any

import psycopg
import pytest
from fastapi.testclient import TestClient

from api import accounts
from api.main import create_app
from api.settings import Settings
from layers.database import Actor, Database
from layers.errors import UserRefused
from tests.builders import COUNTY, EAST, PASSWORD, PEOPLE, WEST

As = Callable[[str], TestClient]
NEW = {"username": "duty02", "name": "值班员02", "role": "duty", "scope": COUNTY}


def new_user(admin: TestClient, username: str, **more: Any) -> dict[str, Any]:
    answer = admin.post("/api/system/users", json=NEW | {"username": username} | more)
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


def sign_in(client: TestClient, username: str, password: str) -> Any:
    return client.post("/api/auth/token", data={"username": username, "password": password})


def settled_user(admin: TestClient, username: str, **more: Any) -> str:
    """A new user who has chosen an own password: that password."""
    return chosen_by(admin, username, new_user(admin, username, **more)["password"])


def chosen_by(admin: TestClient, username: str, given: str) -> str:
    """The password a user chooses in place of the one that was given out."""
    own = f"a sentence of my own {len(given)}"
    changed = admin.post("/api/me/password", json={"current": given, "new": own}, headers=bearer(admin, username, given))
    assert changed.status_code == 204, changed.text
    return own


@pytest.mark.parametrize("username", [name for name in PEOPLE if name != "admin"])
def test_only_an_administrator_keeps_users(client_as: As, username: str) -> None:
    client = client_as(username)
    answers = [client.get("/api/system/users"), client.post("/api/system/users", json=NEW),
               client.patch("/api/system/users/viewer", json={"role": "admin"}),
               client.post("/api/system/users/admin/password"), client.post("/api/system/users/admin/unlock")]
    assert [answer.status_code for answer in answers] == [403] * 5


def test_the_list_names_everybody_with_their_area_and_no_hash(client_as: As) -> None:
    answer = client_as("admin").get("/api/system/users")
    users = {user["username"]: user for user in answer.json()}
    assert set(users) >= set(PEOPLE)
    assert (users[WEST]["role"], users[WEST]["scope"], users[WEST]["scope_name"]) == ("township", WEST, "西镇")
    assert users["admin"]["signed_in"] >= 1
    assert "argon2" not in answer.text


def test_a_new_user_signs_in_with_the_password_that_was_shown_and_must_change_it(client_as: As) -> None:
    made = new_user(client_as("admin"), "duty-a")
    assert (made["scope_name"], made["password_shown_before"], len(made["password"])) == ("试验县", False, 20)
    answer = sign_in(client_as("admin"), "duty-a", made["password"])
    assert answer.status_code == 200
    assert answer.json()["must_change"] is True


def test_the_same_request_twice_makes_one_user_and_shows_the_password_once(client_as: As, settings: Settings) -> None:
    admin, key = client_as("admin"), {"Idempotency-Key": "new-duty-b"}
    first = admin.post("/api/system/users", json=NEW | {"username": "duty-b"}, headers=key)
    second = admin.post("/api/system/users", json=NEW | {"username": "duty-b"}, headers=key)
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.headers["cache-control"] == "no-store"
    assert (second.json()["password"], second.json()["password_shown_before"]) == (None, True)
    with psycopg.connect(settings.owner_url) as connection:
        kept = connection.execute("select convert_from(body, 'UTF8') from app.idempotency where key = 'new-duty-b'").fetchall()
    assert kept
    assert first.json()["password"] not in kept[0][0]


@pytest.mark.parametrize(
    ("wrong", "status"),
    [({"username": "Duty"}, 422), ({"role": "king"}, 422), ({"role": "bureau"}, 422), ({"scope": ""}, 422),
     ({"scope": "14103x"}, 422), ({"name": "  "}, 422), ({"bureau": "mint"}, 422), ({"shoe": 42}, 422),
     ({"username": "viewer"}, 422)],
)  # fmt: skip
def test_a_user_that_cannot_be_is_refused(client_as: As, wrong: dict[str, Any], status: int) -> None:
    answer = client_as("admin").post("/api/system/users", json=NEW | {"username": "never"} | wrong)
    assert answer.status_code == status
    assert answer.json()["detail_zh"]


def test_a_changed_area_is_kept_and_signs_the_user_out(client_as: As) -> None:
    admin = client_as("admin")
    password = new_user(admin, "town-c", role="township", scope=WEST)["password"]
    refresh = sign_in(admin, "town-c", password).json()["refresh_token"]
    changed = admin.patch("/api/system/users/town-c", json={"scope": EAST, "name": "东镇02"})
    assert (changed.json()["scope"], changed.json()["name"], changed.json()["signed_in"]) == (EAST, "东镇02", 0)
    admin.cookies.clear()
    assert admin.post("/api/auth/refresh", json={"refresh_token": refresh}).status_code == 401


def test_a_new_name_alone_signs_nobody_out(client_as: As) -> None:
    admin = client_as("admin")
    password = new_user(admin, "duty-d")["password"]
    refresh = sign_in(admin, "duty-d", password).json()["refresh_token"]
    admin.patch("/api/system/users/duty-d", json={"name": "值班员"})
    admin.cookies.clear()
    assert admin.post("/api/auth/refresh", json={"refresh_token": refresh}).status_code == 200


def test_a_disabled_user_cannot_sign_in_until_enabled_again(client_as: As) -> None:
    admin = client_as("admin")
    password = new_user(admin, "duty-e")["password"]
    assert admin.patch("/api/system/users/duty-e", json={"disabled": True}).json()["disabled"] is True
    assert sign_in(admin, "duty-e", password).status_code == 401
    admin.patch("/api/system/users/duty-e", json={"disabled": False})
    assert sign_in(admin, "duty-e", password).status_code == 200


def test_a_bureau_can_be_taken_away_only_with_the_role_that_needs_it(client_as: As) -> None:
    admin = client_as("admin")
    new_user(admin, "bureau-f", role="bureau", bureau="water")
    assert admin.patch("/api/system/users/bureau-f", json={"bureau": None}).status_code == 422
    changed = admin.patch("/api/system/users/bureau-f", json={"bureau": None, "role": "viewer"})
    assert (changed.json()["bureau"], changed.json()["role"]) == (None, "viewer")


@pytest.mark.parametrize("change", [{"disabled": True}, {"role": "viewer", "scope": COUNTY}])
def test_an_administrator_cannot_take_the_own_rights(client_as: As, change: dict[str, Any]) -> None:
    answer = client_as("admin").patch("/api/system/users/admin", json=change)
    assert answer.status_code == 422
    assert "另一位管理员" in answer.json()["detail_zh"]


@pytest.mark.anyio
async def test_the_last_administrator_who_can_sign_in_stays(client_as: As, settings: Settings, database: Database) -> None:
    """Somebody disabled the acting administrator a moment ago, and no notice has come yet."""
    new_user(client_as("admin"), "admin-g", role="admin", scope="")
    actor = Actor("admin", "admin", "")
    with psycopg.connect(settings.owner_url) as connection:
        connection.execute("update app.users set disabled = true where username = 'admin'")
    with pytest.raises(UserRefused, match="last administrator"):
        async with database.transaction(actor) as transaction:
            await accounts.change(transaction, actor, "admin-g", {"disabled": True}, None)
    with psycopg.connect(settings.owner_url) as connection:
        connection.execute("update app.users set disabled = false where username = 'admin'")
    async with database.transaction(actor) as transaction:
        assert await accounts.change(transaction, actor, "admin-g", {"disabled": True}, None)


def test_a_new_password_opens_a_locked_account_and_ends_the_old_sign_ins(client_as: As) -> None:
    admin = client_as("admin")
    first = new_user(admin, "duty-h")["password"]
    refresh = sign_in(admin, "duty-h", first).json()["refresh_token"]
    for _ in range(5):
        sign_in(admin, "duty-h", "wrong")
    assert sign_in(admin, "duty-h", first).status_code == 423
    second = admin.post("/api/system/users/duty-h/password").json()["password"]
    assert sign_in(admin, "duty-h", first).status_code == 401
    assert sign_in(admin, "duty-h", second).status_code == 200
    admin.cookies.clear()
    assert admin.post("/api/auth/refresh", json={"refresh_token": refresh}).status_code == 401


def test_an_unlocked_user_signs_in_with_the_old_password(client_as: As) -> None:
    admin = client_as("admin")
    for _ in range(5):
        sign_in(admin, "viewer", "wrong")
    assert sign_in(admin, "viewer", PASSWORD).status_code == 423
    unlocked = admin.post("/api/system/users/viewer/unlock").json()
    assert (unlocked["failures"], unlocked["locked_until"]) == (0, None)
    assert sign_in(admin, "viewer", PASSWORD).status_code == 200


def test_an_unknown_user_is_not_found(client_as: As) -> None:
    admin = client_as("admin")
    answers = [admin.patch("/api/system/users/nobody", json={"name": "谁"}), admin.post("/api/system/users/nobody/password"),
               admin.post("/api/system/users/nobody/unlock")]
    assert [answer.status_code for answer in answers] == [404] * 3


def test_every_change_is_in_the_audit_trail_with_what_it_was_before(client_as: As) -> None:
    admin = client_as("admin")
    new_user(admin, "duty-i")
    admin.patch("/api/system/users/duty-i", json={"role": "viewer"})
    admin.patch("/api/system/users/duty-i", json={"role": "viewer"})  # nothing changes, nothing is noted
    admin.post("/api/system/users/duty-i/password")
    trail = admin.get("/api/audit", params={"action": "user"}).json()["entries"]
    mine = [entry["detail"] for entry in trail if entry["detail"]["user"] == "duty-i"]
    assert [detail["change"] for detail in mine] == ["password", "change", "add"]
    assert (mine[1]["before"], mine[1]["after"]) == ({"role": "duty"}, {"role": "viewer"})
    assert "password_hash" not in str(trail)


# -- rights that change while somebody is signed in -------------------------------------------------------------------

NOTICED_S = 5.0  # "within seconds"; a notice takes milliseconds


def bearer(app_client: TestClient, username: str, password: str) -> dict[str, str]:
    answer = sign_in(app_client, username, password)
    app_client.cookies.clear()
    return {"Authorization": f"Bearer {answer.json()['access_token']}"}


def until(client: TestClient, headers: dict[str, str], status: int) -> Any:
    """The first answer with that status; fails after NOTICED_S."""
    deadline = time.monotonic() + NOTICED_S
    while (answer := client.get("/api/layers", headers=headers)).status_code != status:
        assert time.monotonic() < deadline, answer.status_code
    return answer


@pytest.mark.parametrize(("username", "change"), [
    ("duty-r1", {"disabled": True}), ("duty-r2", {"scope": WEST}), ("duty-r3", {"role": "viewer"}),
    ("duty-r4", {"bureau": "water"}),
])  # fmt: skip
def test_who_loses_rights_is_out_at_once_with_the_token_he_holds(client_as: As, username: str, change: dict[str, Any]) -> None:
    admin = client_as("admin")
    holder = bearer(admin, username, settled_user(admin, username))
    other = bearer(admin, f"{username}-b", settled_user(admin, f"{username}-b"))
    assert admin.get("/api/layers", headers=holder).status_code == 200
    assert admin.patch(f"/api/system/users/{username}", json=change).status_code == 200
    refused = admin.get("/api/layers", headers=holder)
    assert refused.status_code == 401
    assert "权限刚刚变更" in refused.json()["detail_zh"]
    assert admin.get("/api/layers", headers=other).status_code == 200


def test_another_name_changes_no_right_and_signs_nobody_out(client_as: As) -> None:
    admin = client_as("admin")
    holder = bearer(admin, "duty-n", settled_user(admin, "duty-n"))
    assert admin.patch("/api/system/users/duty-n", json={"name": "另名"}).status_code == 200
    assert admin.get("/api/layers", headers=holder).status_code == 200


def test_a_new_password_ends_the_token_that_was_out(client_as: As) -> None:
    admin = client_as("admin")
    holder = bearer(admin, "duty-p", settled_user(admin, "duty-p"))
    password = admin.post("/api/system/users/duty-p/password").json()["password"]
    assert admin.get("/api/layers", headers=holder).status_code == 401
    assert admin.get("/api/layers", headers=bearer(admin, "duty-p", chosen_by(admin, "duty-p", password))).status_code == 200


def test_every_process_hears_of_it_also_from_the_command_line_and_after_a_start(client_as: As, settings: Settings) -> None:
    admin = client_as("admin")
    password = settled_user(admin, "duty-q")
    holder = bearer(admin, "duty-q", password)
    with TestClient(create_app(settings), base_url="https://testserver") as second:
        assert second.get("/api/layers", headers=holder).status_code == 200
        with psycopg.connect(settings.owner_url) as connection:
            connection.execute("update app.users set scope = %s where username = 'duty-q'", (WEST,))
        for process in (admin, second):
            until(process, holder, 401)
        renewed = bearer(admin, "duty-q", password)
        assert [process.get("/api/me", headers=renewed).json()["scope"] for process in (admin, second)] == [WEST, WEST]
    with TestClient(create_app(settings), base_url="https://testserver") as started_later:
        assert [started_later.get("/api/layers", headers=one).status_code for one in (holder, renewed)] == [401, 200]


def test_a_remembered_basic_password_is_verified_anew(client_as: As, settings: Settings) -> None:
    admin = client_as("admin")
    password = settled_user(admin, "duty-s")
    client = TestClient(admin.app, base_url="https://testserver")
    client.portal = admin.portal
    assert client.get("/ogc/collections", auth=("duty-s", password)).status_code == 200
    admin.patch("/api/system/users/duty-s", json={"disabled": True})
    assert client.get("/ogc/collections", auth=("duty-s", password)).status_code == 401


def test_a_browser_stays_signed_in_after_its_own_new_password_and_others_do_not(client_as: As) -> None:
    admin = client_as("admin")
    given = new_user(admin, "duty-w")["password"]
    browser, other = (TestClient(admin.app, base_url="https://testserver") for _ in range(2))
    for one in (browser, other):
        one.portal = admin.portal
        assert sign_in(one, "duty-w", given).status_code == 200
    token = browser.post("/api/auth/refresh").json()["access_token"]
    changed = browser.post("/api/me/password", json={"current": given, "new": "a sentence of my own 8"},
                           headers={"Authorization": f"Bearer {token}"})  # fmt: skip
    assert changed.status_code == 204
    assert browser.get("/api/me").json()["must_change"] is False
    assert [one.post("/api/auth/refresh").status_code for one in (browser, other)] == [200, 401]


def test_with_the_password_that_was_given_out_nothing_is_open_but_its_change(client_as: As) -> None:
    admin = client_as("admin")
    given = new_user(admin, "duty-x", role="admin", scope="")["password"]
    newcomer = TestClient(admin.app, base_url="https://testserver")
    newcomer.portal = admin.portal
    tokens = sign_in(newcomer, "duty-x", given).json()
    holder = {"Authorization": f"Bearer {tokens['access_token']}"}
    doors = [newcomer.get("/api/layers"),  # by cookie
             newcomer.get("/ogc/collections/shelters/items", headers=holder),
             newcomer.post("/api/system/users", json=NEW | {"username": "never-x"}, headers=holder)]  # fmt: skip
    newcomer.cookies.clear()
    doors.append(newcomer.get("/ogc/collections", auth=("duty-x", given)))
    assert [(door.status_code, door.json()["type"]) for door in doors] == [(403, "/problems/password-to-change")] * 4
    assert newcomer.get("/api/me", headers=holder).json()["must_change"] is True
    renewed = newcomer.post("/api/auth/refresh", json={"refresh_token": tokens["refresh_token"]}).json()
    newcomer.cookies.clear()
    assert newcomer.get("/api/layers", headers={"Authorization": f"Bearer {renewed['access_token']}"}).status_code == 403
    assert newcomer.post("/api/auth/logout", json={"refresh_token": renewed["refresh_token"]}).status_code == 204


def test_the_own_password_opens_what_the_given_one_did_not(client_as: As) -> None:
    admin = client_as("admin")
    own = settled_user(admin, "duty-y")
    assert admin.get("/api/layers", headers=bearer(admin, "duty-y", own)).status_code == 200
    again = admin.post("/api/system/users/duty-y/password", headers=bearer(admin, "admin", PASSWORD)).json()["password"]
    assert admin.get("/api/layers", headers=bearer(admin, "duty-y", again)).status_code == 403
