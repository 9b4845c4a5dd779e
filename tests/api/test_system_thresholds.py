"""Limits the county changes: type, range, validity, history, and that they take effect."""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import psycopg
import pytest
from fastapi.testclient import TestClient

from api.settings import Settings

As = Callable[[str], TestClient]
BASIS = "县应急局会议纪要"


def today() -> date:
    return datetime.now(UTC).astimezone(timezone(timedelta(hours=8))).date()


def put(admin: TestClient, key: str, value: Any, **more: Any) -> Any:
    return admin.put(f"/api/system/thresholds/{key}", json={"value": value, "basis": BASIS, **more})


def shown(client: TestClient, key: str) -> dict[str, Any]:
    listed = client.get("/api/system/thresholds").json()
    return next(one for one in listed if one["key"] == key)


def test_everybody_signed_in_reads_the_limits_with_their_basis(client_as: As) -> None:
    found = shown(client_as("viewer"), "sign_in.max_failures")
    assert (found["value"], found["unit"], found["valid_from"], found["valid_to"]) == (5, "times", "2026-01-01", None)
    assert "GB/T 22239" in found["basis"]
    assert (found["least"], found["most"], found["history"], found["upcoming"]) == (1, 20, [], [])


@pytest.mark.parametrize("key", ["sign_in.max_failures", "token.access_min", "request.max_bytes", "items.max_limit",
                                 "tiles.thin_below_zoom", "analysis.wait_s"])  # fmt: skip
def test_the_basis_of_a_limit_is_said_in_both_languages(client_as: As, key: str) -> None:
    zh, _, en = shown(client_as("viewer"), key)["basis"].partition(" / ")
    assert re.search("[\u4e00-\u9fff]", zh)
    assert re.fullmatch("[^\u4e00-\u9fff]+", en)


@pytest.mark.parametrize("username", ["viewer", "duty", "commander", "bureau", "director", "village"])
def test_only_an_administrator_changes_a_limit(client_as: As, username: str) -> None:
    assert put(client_as(username), "sign_in.lock_min", 20).status_code == 403


def test_a_change_holds_at_once_and_the_old_row_ends_the_day_before(client_as: As) -> None:
    admin = client_as("admin")
    changed = put(admin, "items.default_limit", 2).json()
    assert (changed["value"], changed["basis"], changed["changed_by"]) == (2, BASIS, "admin")
    assert changed["valid_from"] == today().isoformat()
    assert [(row["value"], row["valid_to"]) for row in changed["history"]] == [
        (100, (today() - timedelta(days=1)).isoformat())]
    assert len(admin.get("/ogc/collections/villages/items", params={"f": "json"}).json()["features"]) == 2


def test_a_value_for_a_later_day_waits_and_a_value_between_fits_in(client_as: As) -> None:
    admin, soon, later = client_as("admin"), today() + timedelta(days=10), today() + timedelta(days=30)
    put(admin, "tiles.thin_below_zoom", 8, valid_from=later.isoformat())
    found = put(admin, "tiles.thin_below_zoom", 9, valid_from=soon.isoformat()).json()
    assert (found["value"], found["valid_to"]) == (10, (soon - timedelta(days=1)).isoformat())
    assert [(row["value"], row["valid_from"], row["valid_to"]) for row in found["upcoming"]] == [
        (9, soon.isoformat(), (later - timedelta(days=1)).isoformat()), (8, later.isoformat(), None)]


def test_a_second_change_of_a_day_takes_its_place_and_the_trail_keeps_both(client_as: As, settings: Settings) -> None:
    admin = client_as("admin")
    put(admin, "token.refresh_days", 8)
    found = put(admin, "token.refresh_days", 9).json()
    assert found["value"] == 9
    assert [row["value"] for row in found["history"]] == [7]
    with psycopg.connect(settings.owner_url) as connection:
        noted = connection.execute("select detail -> 'before', detail -> 'after' from app.audit where action = 'threshold'"
                                   " and detail ->> 'key' = 'token.refresh_days' order by id").fetchall()
    assert noted == [(7, 8), (8, 9)]


@pytest.mark.parametrize(
    ("key", "value"),
    [("sign_in.lock_min", "15"), ("sign_in.lock_min", None), ("sign_in.lock_min", True), ("sign_in.lock_min", [15]),
     ("sign_in.lock_min", 0), ("sign_in.lock_min", -1), ("sign_in.lock_min", 2.5), ("sign_in.lock_min", 1e9),
     ("request.max_bytes", 100)],
)  # fmt: skip
def test_a_value_of_another_type_or_out_of_range_is_refused(client_as: As, key: str, value: Any) -> None:
    answer = put(client_as("admin"), key, value)
    assert answer.status_code == 422
    assert key in answer.json()["detail_zh"]
    assert shown(client_as("admin"), key)["history"] == []


def test_the_past_a_missing_basis_and_an_unknown_limit_are_refused(client_as: As) -> None:
    admin = client_as("admin")
    yesterday = (today() - timedelta(days=1)).isoformat()
    assert put(admin, "sign_in.lock_min", 20, valid_from=yesterday).status_code == 422
    assert put(admin, "sign_in.lock_min", 20, basis="  ").status_code == 422
    assert put(admin, "sign_in.colour", 20).status_code == 404


@pytest.mark.parametrize("value", ["NaN", "Infinity", "1e400"])
def test_a_number_that_is_none_is_refused(client_as: As, value: str) -> None:
    body = f'{{"value": {value}, "basis": "{BASIS}"}}'
    answer = client_as("admin").put("/api/system/thresholds/sign_in.lock_min", content=body.encode(),
                                    headers={"Content-Type": "application/json"})
    assert answer.status_code in (400, 422)


def test_a_number_without_a_range_of_its_own_must_be_positive(client_as: As, settings: Settings) -> None:
    with psycopg.connect(settings.owner_url) as connection:
        connection.execute("insert into app.thresholds (key, value, unit, zh, en, basis, valid_from)"
                           " values ('test.share', '0.5', '1', '份额', 'Share', 'test', '2026-01-01')")
    admin = client_as("admin")
    assert put(admin, "test.share", 0).status_code == 422
    assert put(admin, "test.share", 0.25).json()["value"] == 0.25
