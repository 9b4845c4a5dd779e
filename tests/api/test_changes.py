"""The moments behind the as-of slider."""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import cache
from typing import Any

import psycopg
import pytest
from fastapi.testclient import TestClient

from api.settings import Settings
from layers.loading import load_rows
from layers.registry import layer_named
from tests.api.signing_in import signed_in
from tests.builders import COUNTY, EAST, WEST, feature, frame, geohazard_row

SignIn = Callable[[str], TestClient]
ITEMS = "/ogc/collections/shelters/items"
GEOJSON = {"Content-Type": "application/geo+json"}


@pytest.fixture(scope="module")
def client_as(app_client: TestClient) -> SignIn:
    return cache(lambda username: signed_in(app_client, username))


@pytest.fixture(scope="module")
def written(client_as: SignIn) -> int:
    """A shelter of the west that was made, changed, and removed: its id."""
    west = client_as(WEST)
    made = west.post(ITEMS, json=feature(), headers=GEOJSON)
    id = int(made.json()["id"])
    patched = west.patch(f"{ITEMS}/{id}", json={"properties": {"name": "改名避难所"}},
                         headers={"If-Match": made.headers["etag"], "Content-Type": "application/merge-patch+json"})  # fmt: skip
    assert west.delete(f"{ITEMS}/{id}", headers={"If-Match": patched.headers["etag"]}).status_code == 204
    return id


def changes(client: TestClient, **parameters: Any) -> dict[str, Any]:
    answer = client.get("/api/changes", params=parameters)
    assert answer.status_code == 200, answer.text
    body: dict[str, Any] = answer.json()
    return body


def of_shelters(body: dict[str, Any]) -> list[tuple[Any, ...]]:
    return [(one["id"], one["version"], one["operation"], one["by"], one["name"]) for one in body["moments"] if one["layer"] == "shelters"]


def test_changes_come_newest_first_with_who_what_and_the_name_of_then(client_as: SignIn, written: int) -> None:
    assert of_shelters(changes(client_as("viewer"), county=COUNTY)) == [
        (written, 3, "delete", WEST, "改名避难所"), (written, 2, "update", WEST, "改名避难所"),
        (written, 1, "insert", WEST, "一号避难所")]  # fmt: skip


def test_a_layer_read_as_of_a_moment_shows_its_change(client_as: SignIn, written: int) -> None:
    viewer = client_as("viewer")
    told = [one for one in changes(viewer)["moments"] if one["layer"] == "shelters"]
    names = []
    for one in told:
        features = viewer.get(ITEMS, params={"as_of": one["at"]}).json()["features"]
        names.append([item["properties"]["name"] for item in features])
    assert names == [[], ["改名避难所"], ["一号避难所"]]


def test_another_county_has_other_changes(client_as: SignIn, written: int) -> None:
    assert of_shelters(changes(client_as("viewer"), county="141034")) == []
    assert of_shelters(changes(client_as("viewer"), county=EAST)) == []


def test_a_load_of_many_rows_is_one_moment_that_says_how_many(client_as: SignIn, settings: Settings) -> None:
    with psycopg.connect(settings.owner_url) as owner:
        rows = (geohazard_row(f"M{n}", 111.01 + n / 10_000) for n in range(150))
        load_rows(owner, layer_named("geohazards"), frame(*rows), "tests")
    newest = changes(client_as("viewer"), county=COUNTY, limit=1)["moments"][0]
    assert (newest["layer"], newest["id"], newest["rows"], newest["operation"]) == ("geohazards", None, 150, "insert")
    assert changes(client_as("viewer"), county="141034", limit=1)["moments"] == []


def test_the_buckets_are_even_cover_the_period_and_hold_every_change_in_it(client_as: SignIn, written: int) -> None:
    viewer = client_as("viewer")
    whole = changes(viewer, limit=2000)
    buckets = whole["buckets"]
    assert len(buckets) == 60
    assert sum(bucket["count"] for bucket in buckets) == sum(one["rows"] for one in whole["moments"])
    assert all(left["to"] == right["from"] for left, right in zip(buckets, buckets[1:], strict=False))
    last = datetime.fromisoformat(whole["moments"][0]["at"])
    later = changes(viewer, since=(last + timedelta(seconds=1)).isoformat(), until=(last + timedelta(hours=1)).isoformat())
    assert (later["moments"], sum(bucket["count"] for bucket in later["buckets"])) == ([], 0)


@pytest.mark.parametrize("parameters", [{"since": "yesterday"}, {"limit": 0}, {"county": "x"}])
def test_a_wrong_parameter_is_refused(client_as: SignIn, parameters: dict[str, Any]) -> None:
    assert client_as("viewer").get("/api/changes", params=parameters).status_code == 400
