"""Search over HTTP: what a right shows, what is logged, and what is not sent."""

from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

import psycopg
import pytest
from fastapi.testclient import TestClient

from api.settings import Settings
from tests.api.signing_in import signed_in
from tests.builders import COUNTY, EAST, WEST

SignIn = Callable[[str], TestClient]
PHONE = "0357-5550101"  # builders: the duty phone of the three geohazards, G1 and G2 in the west, G3 in the east


@pytest.fixture(scope="module")
def client_as(app_client: TestClient) -> SignIn:
    return cache(lambda username: signed_in(app_client, username))


@pytest.fixture
def owner(settings: Settings) -> Iterator[psycopg.Connection[Any]]:
    with psycopg.connect(settings.owner_url, autocommit=True) as connection:
        yield connection


def found(client: TestClient, q: str, **more: Any) -> dict[str, Any]:
    answer = client.get("/api/search", params={"q": q, **more})
    assert answer.status_code == 200, answer.text
    assert answer.headers["cache-control"] == "private, no-store"
    body: dict[str, Any] = answer.json()
    assert body["query"] == q
    for group in body["groups"]:
        assert {"layer", "zh", "en", "total", "hits"} <= set(group)
    return body


def codes(body: dict[str, Any]) -> list[str]:
    return [hit["code"] for group in body["groups"] for hit in group["hits"]]


def test_a_hit_says_what_it_is_where_it_is_how_far_and_how_it_matched(client_as: SignIn) -> None:
    (group,) = found(client_as("viewer"), "隐患点G3", county=COUNTY, at="111.15,36.4")["groups"]
    (hit,) = group["hits"]
    assert {name: hit[name] for name in ("layer", "code", "name", "admin_code", "township", "matched", "exercise")} == {
        "layer": "geohazards", "code": "G3", "name": "隐患点G3", "admin_code": EAST, "township": "东镇", "matched": "name",
        "exercise": True}  # fmt: skip
    assert (hit["lon"], hit["lat"], hit["distance_m"]) == (111.15, 36.4, 0)


@pytest.mark.parametrize(("username", "seen"), [(WEST, ["G1", "G2"]), (EAST, ["G3"]), ("duty", ["G1", "G2", "G3"]), ("viewer", [])])
def test_a_telephone_shows_no_neighbours_feature_and_each_hit_is_logged_as_a_look(
    client_as: SignIn, owner: psycopg.Connection[Any], username: str, seen: list[str]
) -> None:
    client = client_as(username)
    last = owner.execute("select coalesce(max(id), 0) from app.audit").fetchone()
    body = found(client, PHONE)
    assert sorted(codes(body)) == seen
    assert PHONE not in str(body["groups"])
    looks = owner.execute(
        "select username, layer, fields, f.code from app.audit a join layers.geohazards f on f.id = a.feature_id"
        " where action = 'look' and a.id > %s order by f.code", last).fetchall()  # fmt: skip
    assert looks == [(username, "geohazards", ["duty_phone"], code) for code in seen]


def test_coordinates_are_places_with_their_systems(client_as: SignIn) -> None:
    places = found(client_as("viewer"), "东经111.0967 北纬36.4117")["places"]
    assert [place["system"] for place in places] == ["cgcs2000", "gcj02", "bd09"]
    assert (places[0]["lon"], places[0]["lat"]) == (111.0967, 36.4117)


def test_metres_without_a_zone_take_the_countys_meridian(client_as: SignIn) -> None:
    (place,) = found(client_as("viewer"), "508672.10, 4031234.50", county=COUNTY)["places"]
    assert place["system"] == "gauss_kruger"
    assert 111.0 < place["lon"] < 111.2


@pytest.mark.parametrize("parameters", [{"q": "a" * 201}, {"q": "a", "at": "x"}, {"q": "a", "at": "200,0"}, {"q": "a", "county": "x"},
                                        {"q": "a", "limit": 0}, {}])  # fmt: skip
def test_a_wrong_parameter_is_named(client_as: SignIn, parameters: dict[str, Any]) -> None:
    answer = client_as("viewer").get("/api/search", params=parameters)
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["field"] in {"q", "at", "county", "limit"}


@pytest.mark.parametrize("path", ["/api/search?q=a", "/api/near?lon=111&lat=36", "/api/changes", "/api/layers/shelters/export",
                                  "/api/layers/shelters/summary"])  # fmt: skip
def test_strangers_find_nothing(app_client: TestClient, path: str) -> None:
    app_client.cookies.clear()
    assert app_client.get(path).status_code == 401


def test_near_and_within_answer_and_refuse_what_is_no_area(client_as: SignIn) -> None:
    viewer = client_as("viewer")
    near = viewer.get("/api/near", params={"lon": 111.05, "lat": 36.4, "radius_m": 100}).json()
    assert [(group["layer"], group["total"], group["hits"][0]["code"]) for group in near["groups"]] == [("geohazards", 1, "G1")]
    inside = viewer.post("/api/within", json={"admin_code": WEST}).json()
    assert {group["layer"]: group["count"] for group in inside["groups"]} == {"geohazards": 2, "villages": 3}
    bowtie = {"type": "Polygon", "coordinates": [[[111, 36], [112, 37], [112, 36], [111, 37], [111, 36]]]}
    for wrong in ({}, {"area": bowtie}, {"admin_code": WEST, "circle": {"lon": 111, "lat": 36, "radius_m": 1}},
                  {"circle": {"lon": 111, "lat": 36, "radius_m": 0}}, {"admin_code": "1"}):  # fmt: skip
        assert viewer.post("/api/within", json=wrong).status_code == 422, wrong
