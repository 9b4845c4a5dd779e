"""The health of layers: numbers that agree with the lists their filters give, and what nobody may count."""

from collections.abc import Callable
from typing import Any

import psycopg
import pytest
from fastapi.testclient import TestClient

from api.settings import Settings
from layers.loading import load_rows
from layers.registry import LAYERS, layer_named
from tests.builders import frame, geohazard_row
from tests.waiting import until

As = Callable[[str], TestClient]
GEOHAZARDS = layer_named("geohazards")


@pytest.fixture(scope="module")
def flawed(settings: Settings) -> Settings:
    """Two geohazards more: one with a deputy who is the responsible person, one without a responsible person."""
    rows = (geohazard_row("H1", backup_person="责任人01", backup_phone="0357-5550101", verify="verified"),
            geohazard_row("H2", duty_person=None, duty_phone=None, elevation_m=900.0))
    with psycopg.connect(settings.owner_url) as connection:
        load_rows(connection, GEOHAZARDS, frame(*rows), "tests")
    return settings


def health(client: TestClient, layer: str = "geohazards") -> dict[str, Any]:
    listed = client.get("/api/system/layers").json()
    assert [one["layer"] for one in listed] == list(LAYERS)
    return next(one for one in listed if one["layer"] == layer)


def counts(findings: list[dict[str, Any]]) -> dict[str, int | None]:
    return {one["key"]: one["count"] for one in findings}


def test_rows_that_wait_lack_something_or_raise_a_question_are_counted(flawed: Settings, client_as: As) -> None:
    found = health(client_as("admin"))
    assert (found["rows"], found["exercise_rows"], found["pending"]["count"]) == (5, 5, 4)
    missing, doubtful = counts(found["missing"]), counts(found["doubtful"])
    assert (missing["duty_person"], missing["duty_phone"], missing["surveyed_on"]) == (1, 1, 5)
    assert (doubtful["deputy_is_another_person"], doubtful["height_has_a_datum"]) == (1, 1)


def test_every_number_is_that_of_the_list_its_filter_gives(flawed: Settings, client_as: As) -> None:
    client = client_as("viewer")
    found = health(client)
    numbers = [found["pending"], found["incomplete"], *found["missing"], *found["doubtful"]]
    listable = [one for one in numbers if one["filter"] is not None]
    assert len(listable) > 10
    for one in listable:
        page = client.get("/ogc/collections/geohazards/items", params={"f": "json", "filter": one["filter"]}).json()
        assert page["numberMatched"] == one["count"], one


def test_restricted_fields_are_counted_for_the_administrator_only(flawed: Settings, client_as: As) -> None:
    assert counts(health(client_as("viewer"))["missing"])["duty_phone"] is None
    assert counts(health(client_as("admin"))["missing"])["duty_phone"] == 1
    assert counts(health(client_as("admin"))["doubtful"])["deputy_has_another_phone"] is None


def test_the_numbers_follow_a_change(flawed: Settings, client_as: As) -> None:
    admin = client_as("admin")
    before = health(admin)
    with psycopg.connect(flawed.owner_url) as connection:
        load_rows(connection, GEOHAZARDS, frame(geohazard_row("H3")), "tests")
    until(lambda: health(admin)["version"] > before["version"])  # the notice of the load is on its way
    after = health(admin)
    assert after["rows"] == before["rows"] + 1
    assert after["pending"]["count"] == before["pending"]["count"] + 1


def test_a_layer_without_rows_has_nothing_to_find(client_as: As) -> None:
    found = health(client_as("admin"), "reservoirs")
    assert (found["rows"], found["pending"]["count"], found["incomplete"]["count"], found["missing"]) == (0, 0, 0, [])
