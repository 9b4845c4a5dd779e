"""Users as the command line keeps them."""

import json
import stat
from pathlib import Path

import psycopg
import pytest
from fastapi.testclient import TestClient

from api.settings import Settings
from api.users import add_user, first_run_users, list_users, new_password, set_password, unlock
from layers.errors import UserRefused
from tests.builders import COUNTY, EAST, WEST

OFFICES = ["admin", "commander", "duty", "bureau", "director", "viewer"]


@pytest.fixture
def nobody(settings: Settings) -> str:
    """The owner's URL of a database without users."""
    with psycopg.connect(settings.owner_url) as connection:
        connection.execute("delete from app.users")
    return settings.owner_url


def test_the_first_run_makes_one_user_an_office_and_one_a_township(nobody: str, tmp_path: Path) -> None:
    made = first_run_users(nobody, tmp_path / "var" / "credentials.json")
    assert made == [*OFFICES, WEST, EAST]
    users = {user.username: user for user in list_users(nobody)}
    assert (users["admin"].role, users["admin"].scope) == ("admin", "")
    assert (users["bureau"].scope, users["bureau"].bureau) == (COUNTY, "natural_resources")
    assert (users[WEST].role, users[WEST].scope, users[WEST].name) == ("township", WEST, "西镇")


def test_the_passwords_are_random_and_only_their_owner_may_read_the_file(nobody: str, tmp_path: Path) -> None:
    path = tmp_path / "credentials.json"
    first_run_users(nobody, path, COUNTY, [WEST])
    passwords = json.loads(path.read_text("utf-8"))
    assert list(passwords) == [*OFFICES, WEST]
    assert len(set(passwords.values())) == 7
    assert all(len(password) == 20 for password in passwords.values())
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [one.name for one in tmp_path.iterdir()] == ["credentials.json"]


def test_a_second_run_changes_nothing_and_a_second_county_adds_its_townships(nobody: str, tmp_path: Path) -> None:
    path = tmp_path / "credentials.json"
    first_run_users(nobody, path, COUNTY, [WEST, EAST])
    before = json.loads(path.read_text("utf-8"))
    assert first_run_users(nobody, path, COUNTY, [WEST, EAST]) == []
    assert json.loads(path.read_text("utf-8")) == before
    assert first_run_users(nobody, path, "141034", ["141034100"]) == ["141034100"]
    after = json.loads(path.read_text("utf-8"))
    assert after.keys() - before.keys() == {"141034100"}
    assert {name: after[name] for name in before} == before
    scopes = {user.username: user.scope for user in list_users(nobody)}
    assert (scopes["commander"], scopes["141034100"]) == (COUNTY, "141034100")


def test_no_user_is_made_when_the_passwords_cannot_be_written(nobody: str, tmp_path: Path) -> None:
    (tmp_path / "var").write_text("a file where a folder should be")
    with pytest.raises(OSError, match="var"):
        first_run_users(nobody, tmp_path / "var" / "credentials.json", COUNTY, [])
    assert list_users(nobody) == []


def test_the_printed_password_opens_the_door_and_a_new_one_closes_it_for_the_old(
    nobody: str, app_client: TestClient
) -> None:
    password = add_user(nobody, "duty.02", "duty", COUNTY)
    form = {"username": "duty.02", "password": password}
    token = app_client.post("/api/auth/token", data=form).json()["refresh_token"]
    fresh = new_password(nobody, "duty.02")
    assert app_client.post("/api/auth/token", data=form).status_code == 401
    assert app_client.post("/api/auth/refresh", json={"refresh_token": token}).status_code == 401
    assert app_client.post("/api/auth/token", data=form | {"password": fresh}).status_code == 200


def test_unlock_lets_a_locked_user_in_at_once(nobody: str, app_client: TestClient) -> None:
    password = add_user(nobody, "viewer.02", "viewer", COUNTY)
    for _ in range(5):
        app_client.post("/api/auth/token", data={"username": "viewer.02", "password": "wrong"})
    form = {"username": "viewer.02", "password": password}
    assert app_client.post("/api/auth/token", data=form).status_code == 423
    unlock(nobody, "viewer.02")
    assert app_client.post("/api/auth/token", data=form).status_code == 200


@pytest.mark.parametrize(
    ("username", "role", "scope", "bureau"),
    [("Duty", "duty", COUNTY, None), ("a b", "duty", COUNTY, None), ("x", "king", COUNTY, None), ("x", "duty", "", None),
     ("x", "duty", "14x", None), ("x", "bureau", COUNTY, None), ("x", "bureau", COUNTY, "magic")])
def test_a_user_that_cannot_be_is_refused_in_both_languages(
    nobody: str, username: str, role: str, scope: str, bureau: str | None
) -> None:
    with pytest.raises(UserRefused) as refused:
        add_user(nobody, username, role, scope, bureau)
    assert refused.value.zh != refused.value.en
    assert list_users(nobody) == []


def test_unknown_users_and_users_that_exist_are_said_so(nobody: str) -> None:
    add_user(nobody, "duty", "duty", COUNTY)
    for act in (lambda: add_user(nobody, "duty", "duty", COUNTY), lambda: unlock(nobody, "ghost"),
                lambda: set_password(nobody, "ghost"), lambda: set_password(nobody, "duty", "short")):
        with pytest.raises(UserRefused):
            act()
