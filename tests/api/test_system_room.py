"""The rest of the system room: counties and what they lack, the machine, the sign-in log."""

import os
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import psycopg
import pytest
from fastapi.testclient import TestClient

from api.settings import Settings
from layers.loading import load_rows
from layers.registry import layer_named
from tests.builders import COUNTY, frame, geohazard_row

As = Callable[[str], TestClient]
PLAIN_ROLES = ["viewer", "duty", "commander", "bureau", "director", "village"]


@pytest.mark.parametrize("username", PLAIN_ROLES)
def test_the_machine_and_the_sign_ins_are_for_administrators(client_as: As, username: str) -> None:
    client = client_as(username)
    assert [client.get(f"/api/system/{place}").status_code for place in ("state", "sign-ins")] == [403, 403]


@pytest.mark.parametrize("place", ["users", "thresholds", "layers", "counties", "state", "sign-ins"])
def test_nothing_is_told_to_strangers(app_client: TestClient, place: str) -> None:
    app_client.cookies.clear()
    assert app_client.get(f"/api/system/{place}").status_code == 401


def test_a_county_tells_what_it_holds_and_what_it_lacks(client_as: As) -> None:
    (county,) = client_as("viewer").get("/api/system/counties").json()
    held = {one["layer"]: (one["rows"], one["exercise_rows"]) for one in county["layers"]}
    assert held == {"counties": (1, 0), "townships": (2, 0), "villages": (3, 0), "geohazards": (3, 3)}
    lacks = [(one["key"], one["invented"]) for one in county["lacks"]]
    assert lacks[:5] == [("roads", False), ("dem", False), ("flash_flood_zones", False), ("geohazards", True), ("mines", False)]
    assert (county["code"], county["dem"]) == (COUNTY, None)


def test_a_gap_is_filled_by_one_real_row(client_as: As, settings: Settings) -> None:
    with psycopg.connect(settings.owner_url) as connection:
        load_rows(connection, layer_named("geohazards"), frame(geohazard_row("R1", source="普查")), "tests")
    (county,) = client_as("viewer").get("/api/system/counties").json()
    assert "geohazards" not in [one["key"] for one in county["lacks"]]


def test_a_model_that_lies_under_the_var_folder_is_found_wherever_that_folder_is(client_as: As, settings: Settings) -> None:
    model = settings.var / "counties" / COUNTY / "surveyed.tif"
    model.parent.mkdir(parents=True)
    model.write_bytes(b"II*\0")
    for stored in (f"counties/{COUNTY}/surveyed.tif", f"/moved/away/var/counties/{COUNTY}/surveyed.tif"):
        with psycopg.connect(settings.owner_url) as connection:
            connection.execute("update app.counties set dem_path = %s", (stored,))
        (county,) = client_as("viewer").get("/api/system/counties").json()
        assert (county["dem"], county["dem_bytes"]) == ("surveyed.tif", 4)


def test_the_state_names_versions_sizes_and_says_when_there_is_no_backup(client_as: As) -> None:
    state = client_as("admin").get("/api/system/state").json()
    assert state["version"].count(".") == 2
    assert state["database"]["postgis"].startswith("3.")
    assert state["database"]["bytes"] > 1_000_000
    sizes = [table["bytes"] for table in state["database"]["tables"]]
    assert (len(sizes), sizes) == (10, sorted(sizes, reverse=True))
    assert 0 < state["disk"]["free_bytes"] <= state["disk"]["total_bytes"]
    assert (state["backups"]["state"], state["backups"]["files"]) == ("none", [])


def test_backups_are_told_with_their_age_and_unfinished_ones_are_none(client_as: As, settings: Settings) -> None:
    folder = settings.var / "backup"
    folder.mkdir()
    for name, age_h, content in (("anlan-1.dump", 50, b"PGDMP"), ("anlan-2.dump", 30, b"PGDMP more"),
                                 ("anlan-3.dump.part", 1, b"PGD"), ("anlan-4.dump", 1, b"")):
        (folder / name).write_bytes(content)
        at = (datetime.now(UTC) - timedelta(hours=age_h)).timestamp()
        os.utime(folder / name, (at, at))
    told = client_as("admin").get("/api/system/state").json()["backups"]
    assert [(file["name"], file["bytes"], file["age_h"]) for file in told["files"]] == [
        ("anlan-2.dump", 10, 30.0), ("anlan-1.dump", 5, 50.0)]
    assert told["state"] == "old"
    (folder / "anlan-5.dump").write_bytes(b"PGDMP")
    assert client_as("admin").get("/api/system/state").json()["backups"]["state"] == "fresh"


def test_the_sign_in_log_shows_who_came_in_and_who_could_not(client_as: As) -> None:
    admin = client_as("admin")
    before = admin.get("/api/system/sign-ins").json()["failures_24h"]
    admin.post("/api/auth/token", data={"username": "duty", "password": "wrong"})
    admin.post("/api/auth/token", data={"username": "no-such-name", "password": "wrong"})
    log = admin.get("/api/system/sign-ins").json()
    assert log["failures_24h"] == before + 2
    assert [(one["username"], one["name"], one["action"]) for one in log["entries"][:2]] == [
        ("?", None, "sign_in_failed"), ("duty", "值班员", "sign_in_failed")]
    ours = admin.get("/api/system/sign-ins", params={"user": "admin", "action": "sign_in", "limit": 1}).json()
    assert [(one["username"], one["action"]) for one in ours["entries"]] == [("admin", "sign_in")]
    older = admin.get("/api/system/sign-ins", params={"before": ours["next_before"], "limit": 1000}).json()
    assert all(one["id"] < ours["entries"][0]["id"] for one in older["entries"])
