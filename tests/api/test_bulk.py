"""Many rows at once: a preview that changes nothing and tells the truth, all or nothing, and splits that leave no half."""

from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

import psycopg
import pytest
from fastapi.testclient import TestClient
from shapely.geometry import box, mapping

from api.settings import Settings
from tests.api.signing_in import signed_in
from tests.builders import EAST, WEST

SignIn = Callable[[str], TestClient]
BULK, EDITS = "/api/layers/shelters/bulk", "/api/layers/risk_zones/edits"


@pytest.fixture(scope="module")
def client_as(app_client: TestClient) -> SignIn:
    return cache(lambda username: signed_in(app_client, username))


@pytest.fixture
def owner(settings: Settings) -> Iterator[psycopg.Connection[Any]]:
    with psycopg.connect(settings.owner_url, autocommit=True) as connection:
        yield connection


@pytest.fixture
def shelters(owner: psycopg.Connection[Any]) -> dict[str, int]:
    """Four shelters: two of the west, one already full, one of the east. code -> id."""
    owner.execute("delete from layers.shelters")
    rows = [("W1", WEST, 111.05, "open", 100), ("W2", WEST, 111.06, "open", 200), ("W3", WEST, 111.07, "full", 50),
            ("E1", EAST, 111.15, "open", 100)]  # fmt: skip
    for code, town, lon, status, capacity in rows:
        owner.execute(
            "insert into layers.shelters (code, name, admin_code, source, status, capacity, geom)"
            " values (%s, %s, %s, '测试', %s, %s, st_point(%s, 36.4, 4490))",
            (code, f"避难所{code}", town, status, capacity, lon),
        )
    return dict(owner.execute("select code, id from layers.shelters").fetchall())


def state(owner: psycopg.Connection[Any]) -> Any:
    """Everything a preview or a refusal must leave as it was."""
    tables = ("layers.shelters", "history.shelters", "layers.risk_zones", "history.risk_zones", "app.layer_versions",
              "app.idempotency", "app.names", "app.audit")  # fmt: skip
    return [owner.execute(f"select count(*), md5(string_agg(t::text, '' order by t::text)) from {t} t").fetchone() for t in tables]


def bulk(client: TestClient, ids: list[int], **more: Any) -> Any:
    return client.post(BULK, json={"ids": ids, "field": "status", "value": "full", **more})


def test_a_preview_says_what_will_happen_and_changes_nothing(
    client_as: SignIn, owner: psycopg.Connection[Any], shelters: dict[str, int]
) -> None:
    west = client_as(WEST)
    before = state(owner)
    told = bulk(west, list(shelters.values()), dry_run=True).json()
    assert state(owner) == before
    assert (told["changed"], told["unchanged"]) == (2, 1)
    assert [(row["name"], row["before"], row["after"], row["version"]) for row in told["rows"]] == [
        ("避难所W1", "open", "full", 2), ("避难所W2", "open", "full", 2)]  # fmt: skip
    assert [(one["id"], one["name"]) for one in told["refused"]] == [(shelters["E1"], "避难所E1")]
    done = bulk(west, [shelters["W1"], shelters["W2"], shelters["W3"]]).json()
    assert {**done, "refused": told["refused"]} == told
    kept = owner.execute("select status, version from layers.shelters where code in ('W1', 'W2')").fetchall()
    assert kept == [("full", 2), ("full", 2)]


def test_one_row_that_is_refused_takes_all_back_and_is_named(
    client_as: SignIn, owner: psycopg.Connection[Any], shelters: dict[str, int]
) -> None:
    west = client_as(WEST)
    before = state(owner)
    answer = bulk(west, list(shelters.values()))
    assert answer.status_code == 422
    assert [one["id"] for one in answer.json()["refused"]] == [shelters["E1"]]
    assert "避难所E1" in answer.json()["detail_zh"]
    assert state(owner) == before


@pytest.mark.parametrize(("field", "value"), [
    ("status", "gone"), ("capacity", -1), ("capacity", "many"), ("verify", "verified"), ("name", ""), ("admin_code", EAST),
])  # fmt: skip
def test_a_value_no_row_can_take_is_refused_for_each_row(
    client_as: SignIn, owner: psycopg.Connection[Any], shelters: dict[str, int], field: str, value: Any
) -> None:
    west, ids = client_as(WEST), [shelters["W1"], shelters["W2"]]
    before = state(owner)
    told = bulk(west, ids, field=field, value=value, dry_run=True).json()
    assert [one["id"] for one in told["refused"]] == ids
    assert told["changed"] == 0
    assert state(owner) == before


@pytest.mark.parametrize("field", ["code", "duty_phone", "geom", "id", "version", "capacity_by_area", "no_such_field"])
def test_fields_that_are_one_rows_own_cannot_be_changed_for_many(client_as: SignIn, shelters: dict[str, int], field: str) -> None:
    answer = bulk(client_as("admin"), [shelters["W1"]], field=field, value="1", dry_run=True)
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "field")


def test_a_row_that_is_gone_is_refused_and_one_named_twice_is_changed_once(client_as: SignIn, shelters: dict[str, int]) -> None:
    told = bulk(client_as("admin"), [shelters["W1"], shelters["W1"], 999_999], dry_run=True).json()
    assert (told["changed"], [one["id"] for one in told["refused"]]) == (1, [999_999])


def test_the_same_bulk_change_sent_twice_is_one_change(
    client_as: SignIn, owner: psycopg.Connection[Any], shelters: dict[str, int]
) -> None:
    body = {"ids": [shelters["W1"]], "field": "capacity", "value": 321}
    sent = [client_as(WEST).post(BULK, json=body, headers={"Idempotency-Key": "bulk-1"}) for _ in "12"]
    assert sent[0].json() == sent[1].json()
    assert owner.execute("select capacity, version from layers.shelters where code = 'W1'").fetchone() == (321, 2)


def test_a_viewer_changes_nothing(client_as: SignIn, owner: psycopg.Connection[Any], shelters: dict[str, int]) -> None:
    viewer = client_as("viewer")  # signing in is in the audit trail
    before = state(owner)
    assert bulk(viewer, [shelters["W1"]]).status_code == 422
    assert state(owner) == before


# -- a split, a merge -------------------------------------------------------------------------------------------------


def zone(code: str, west: float, east: float, **more: Any) -> dict[str, Any]:
    properties = {"code": code, "name": f"风险区{code}", "admin_code": WEST, "source": "测试", **more}
    return {"type": "Feature", "properties": properties, "geometry": mapping(box(west, 36.35, east, 36.4))}


@pytest.fixture
def whole(client_as: SignIn, owner: psycopg.Connection[Any]) -> dict[str, int]:
    """One zone, stored: {id, version}."""
    owner.execute("delete from layers.risk_zones")
    answer = client_as(WEST).post(EDITS, json={"create": [zone("A", 111.02, 111.06)]})
    assert answer.status_code == 200, answer.text
    made: dict[str, int] = answer.json()["created"][0]
    return made


def test_a_split_is_one_update_and_one_create_in_one_moment(
    client_as: SignIn, owner: psycopg.Connection[Any], whole: dict[str, int]
) -> None:
    half = {"id": whole["id"], "version": whole["version"], "geometry": zone("A", 111.02, 111.04)["geometry"]}
    done = client_as(WEST).post(EDITS, json={"update": [half], "create": [zone("B", 111.04, 111.06)]}).json()
    assert done["updated"] == [{"id": whole["id"], "version": whole["version"] + 1}]
    assert [one["version"] for one in done["created"]] == [1]
    widths = owner.execute("select code, round((st_xmax(geom) - st_xmin(geom))::numeric, 3)::text from layers.risk_zones order by code")
    assert widths.fetchall() == [("A", "0.020"), ("B", "0.020")]


def test_a_merge_may_give_the_new_zone_the_code_of_one_that_goes(client_as: SignIn, whole: dict[str, int]) -> None:
    west = client_as(WEST)
    done = west.post(EDITS, json={"delete": [whole], "create": [zone("A", 111.02, 111.08)]})
    assert done.status_code == 200, done.text
    assert done.json()["deleted"] == [{"id": whole["id"], "version": whole["version"] + 1}]


@pytest.mark.parametrize(("wrong", "status"), [
    ({"create": [zone("B", 111.04, 111.06), zone("B", 111.02, 111.03)]}, 409),  # the same code twice
    ({"create": [zone("B", 111.04, 111.06), zone("C", 111.15, 111.16, admin_code=EAST)]}, 403),
    ({"create": [zone("B", 111.04, 111.06, people=-1)]}, 422),
    ({"create": [{**zone("B", 111.04, 111.06), "geometry": {"type": "Polygon", "coordinates": []}}]}, 422),
    ({"create": [zone("B", 120.0, 120.1)]}, 422),  # far away from the county
    ({"delete": [{"id": 999_999, "version": 1}]}, 404),
    ({"create": [zone("B", 111.04, 111.06)], "update": [{"id": 1, "version": 99}]}, 412),
])  # fmt: skip
def test_any_refusal_takes_the_whole_edit_back(
    client_as: SignIn, owner: psycopg.Connection[Any], whole: dict[str, int], wrong: dict[str, Any], status: int
) -> None:
    before = state(owner)
    for one in wrong.get("update", []):
        one["id"] = whole["id"]
    half = {"id": whole["id"], "version": whole["version"], "properties": {"name": "半个"}}
    body = wrong if "update" in wrong else {**wrong, "update": [half]}
    answer = client_as(WEST).post(EDITS, json=body)
    assert answer.status_code == status, answer.text
    assert state(owner) == before


def test_every_wrong_value_of_every_feature_is_named_in_one_answer(client_as: SignIn, whole: dict[str, int]) -> None:
    body = {"create": [zone("B", 111.04, 111.06), zone("C", 111.04, 111.06, people=-1, households="x")],
            "update": [{**whole, "properties": {"people": -2}}]}  # fmt: skip
    errors = client_as(WEST).post(EDITS, json=body).json()["errors"]
    assert {error["field"] for error in errors} == {"create.1.people", "create.1.households", "update.0.people"}


# -- taking a bulk change back ----------------------------------------------------------------------------------------


def undo(client: TestClient, rows: list[dict[str, Any]], field: str = "status", **headers: str) -> Any:
    made = [{"id": row["id"], "version": row["version"]} for row in rows]
    return client.post(f"{BULK}/undo", json={"field": field, "rows": made}, headers=headers)


def statuses(owner: psycopg.Connection[Any]) -> dict[str, tuple[str, int]]:
    return {code: (status, version) for code, status, version in
            owner.execute("select code, status, version from layers.shelters order by code").fetchall()}  # fmt: skip


def test_a_bulk_change_is_taken_back_in_one_call_and_every_row_has_its_own_old_value(
    client_as: SignIn, owner: psycopg.Connection[Any], shelters: dict[str, int]
) -> None:
    admin = client_as("admin")
    rows = bulk(admin, list(shelters.values()), value="closed").json()["rows"]
    assert statuses(owner) == dict.fromkeys(("E1", "W1", "W2", "W3"), ("closed", 2))
    told = undo(admin, rows).json()
    assert (told["changed"], told["unchanged"], told["refused"]) == (4, 0, [])
    assert [(row["name"], row["before"], row["after"], row["version"]) for row in told["rows"]] == [
        ("避难所W1", "closed", "open", 3), ("避难所W2", "closed", "open", 3), ("避难所W3", "closed", "full", 3),
        ("避难所E1", "closed", "open", 3)]  # fmt: skip
    assert statuses(owner) == {"E1": ("open", 3), "W1": ("open", 3), "W2": ("open", 3), "W3": ("full", 3)}


def test_a_row_changed_or_removed_since_keeps_all_from_being_taken_back_and_is_named(
    client_as: SignIn, owner: psycopg.Connection[Any], shelters: dict[str, int]
) -> None:
    admin = client_as("admin")
    rows = bulk(admin, [shelters[code] for code in ("W1", "W2", "E1")]).json()["rows"]
    assert bulk(client_as(WEST), [shelters["W1"]], field="capacity", value=120).status_code == 200
    owner.execute("delete from layers.shelters where code = 'E1'")
    before = state(owner)
    answer = undo(admin, rows)
    assert (answer.status_code, answer.json()["type"].rpartition("/")[2]) == (412, "version-conflict")
    assert {error["field"]: error["value"] for error in answer.json()["errors"]} == {
        f"rows.{shelters['W1']}": "避难所W1", f"rows.{shelters['E1']}": "避难所E1"}  # fmt: skip
    assert f"已被 {WEST} 再次修改,现为第 3 版" in answer.json()["errors"][0]["zh"]
    assert "was removed" in answer.json()["errors"][1]["en"]
    assert state(owner) == before


def test_who_may_not_write_one_of_the_rows_takes_none_back(
    client_as: SignIn, owner: psycopg.Connection[Any], shelters: dict[str, int]
) -> None:
    rows = bulk(client_as("admin"), list(shelters.values()), value="closed").json()["rows"]
    before = state(owner)
    answer = undo(client_as(WEST), rows)
    assert answer.status_code == 422
    assert [one["name"] for one in answer.json()["refused"]] == ["避难所E1"]
    assert state(owner) == before


def test_taking_back_twice_with_one_key_is_done_once(
    client_as: SignIn, owner: psycopg.Connection[Any], shelters: dict[str, int]
) -> None:
    admin = client_as("admin")
    rows = bulk(admin, [shelters["W1"]]).json()["rows"]
    answers = [undo(admin, rows, **{"Idempotency-Key": "undo-once"}) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [200, 200]
    assert answers[0].json() == answers[1].json()
    assert statuses(owner)["W1"] == ("open", 3)


def test_a_day_and_an_empty_field_come_back_as_they_were(
    client_as: SignIn, owner: psycopg.Connection[Any], shelters: dict[str, int]
) -> None:
    owner.execute("update layers.shelters set surveyed_on = '2026-05-01' where code = 'W1'")
    admin, ids = client_as("admin"), [shelters["W1"], shelters["W2"]]
    changed = bulk(admin, ids, field="surveyed_on", value="2026-06-01")
    assert changed.status_code == 200, changed.text
    told = undo(admin, changed.json()["rows"], field="surveyed_on").json()
    assert [row["after"] for row in told["rows"]] == ["2026-05-01", None]
