"""Writing features: what is stored, who is refused, and that a refusal changes nothing."""

import threading
import uuid
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

import orjson
import psycopg
import pytest
from fastapi.testclient import TestClient
from shapely.geometry import box, mapping

from api.settings import Settings
from tests.api.signing_in import signed_in
from tests.builders import EAST, WEST, feature

ITEMS = "/ogc/collections/shelters/items"
GEOJSON = {"Content-Type": "application/geo+json"}
PATCH = {"Content-Type": "application/merge-patch+json"}
SignIn = Callable[[str], TestClient]


@pytest.fixture(scope="module")
def client_as(app_client: TestClient) -> SignIn:
    return cache(lambda username: signed_in(app_client, username))


@pytest.fixture
def west(client_as: SignIn) -> TestClient:
    return client_as(WEST)


@pytest.fixture
def owner(settings: Settings) -> Iterator[psycopg.Connection]:
    with psycopg.connect(settings.owner_url, autocommit=True) as connection:
        yield connection


def state(owner: psycopg.Connection) -> Any:
    """Everything a refused write must leave as it was."""
    tables = (
        "layers.shelters",
        "layers.shelters_restricted",
        "history.shelters",
        "history.shelters_restricted",
        "layers.geohazards",
        "app.layer_versions",
        "app.idempotency",
    )
    return [
        owner.execute(f"select count(*), md5(string_agg(t::text, '' order by t::text)) from {table} t").fetchone()
        for table in tables
    ]


def code() -> str:
    return uuid.uuid4().hex[:12]


def posted(client: TestClient, body: Any, url: str = ITEMS, **headers: str) -> Any:
    content = body if isinstance(body, bytes) else orjson.dumps(body)
    return client.post(url, content=content, headers=GEOJSON | headers)


def made(client: TestClient, **properties: Any) -> tuple[str, str]:
    """A new shelter's path and ETag."""
    answer = posted(client, feature(**{"code": code(), **properties}))
    assert answer.status_code == 201, answer.text
    return answer.headers["location"].removeprefix("https://testserver"), answer.headers["etag"]


def test_a_posted_feature_is_read_back_with_its_version_and_restricted_fields_apart(
    west: TestClient, client_as: SignIn
) -> None:
    path, etag = made(west, capacity=50, beds=60, duty_phone="0357-5550199", hazards_served=["flood"])
    assert etag == '"1"'
    body = west.get(path).json()
    assert (body["properties"]["capacity"], body["properties"]["hazards_served"]) == (50, ["flood"])
    assert body["properties"]["updated_by"] == WEST
    assert body["properties"]["duty_phone"] == "0357-5550199"
    assert "beds_within_capacity" in {one["check"] for one in body["checks"]}
    assert "duty_phone" not in client_as("viewer").get(path).json()["properties"]


def test_a_patch_changes_what_it_names_and_null_empties(west: TestClient) -> None:
    path, etag = made(west, capacity=50, beds=20, duty_phone="0357-5550199")
    answer = west.patch(
        path, content=orjson.dumps({"properties": {"capacity": 70, "beds": None}}), headers=PATCH | {"If-Match": etag}
    )
    assert (answer.status_code, answer.headers["etag"]) == (200, '"2"')
    properties = west.get(path).json()["properties"]
    assert (properties["capacity"], properties["beds"], properties["duty_phone"]) == (70, None, "0357-5550199")
    moved = {"geometry": {"type": "Point", "coordinates": [111.06, 36.41]}, "properties": {}}
    assert west.patch(path, content=orjson.dumps(moved), headers=PATCH | {"If-Match": '"2"'}).status_code == 200
    assert west.get(path).json()["geometry"]["coordinates"] == [111.06, 36.41]


def test_a_put_replaces_all_but_restricted_fields_that_are_left_out(west: TestClient) -> None:
    path, etag = made(west, capacity=50, note="旧", duty_phone="0357-5550199")
    sent = feature(code=code(), capacity=80)
    assert west.put(path, content=orjson.dumps(sent), headers=GEOJSON | {"If-Match": etag}).status_code == 200
    properties = west.get(path).json()["properties"]
    assert (properties["capacity"], properties["note"], properties["duty_phone"]) == (80, None, "0357-5550199")
    cleared = feature(code=code(), duty_phone=None)
    assert west.put(path, content=orjson.dumps(cleared), headers=GEOJSON | {"If-Match": '"2"'}).status_code == 200
    assert west.get(path).json()["properties"].get("duty_phone") is None


def test_what_was_read_can_be_put_back_as_it_is(west: TestClient) -> None:
    path, etag = made(west, capacity=50)
    assert west.put(path, content=west.get(path).content, headers=GEOJSON | {"If-Match": etag}).status_code == 200


def test_a_removed_feature_is_gone_and_a_restored_version_brings_it_back(west: TestClient) -> None:
    path, etag = made(west, capacity=50)
    assert west.delete(path, headers={"If-Match": etag}).status_code == 204
    assert west.get(path).status_code == 404
    told = west.get(f"{path}/versions").json()["versions"]
    assert [one["operation"] for one in told] == ["delete", "insert"]
    assert west.get(f"{path}/versions/1").json()["after"]["properties"]["capacity"] == 50
    assert west.post(f"{path}/versions/1/restore").status_code == 428
    assert west.post(f"{path}/versions/1/restore", headers={"If-Match": '"1"'}).status_code == 412
    sent = {"If-Match": f'"{told[0]["version"]}"', "Idempotency-Key": uuid.uuid4().hex}
    answer = west.post(f"{path}/versions/1/restore", headers=sent)
    assert answer.status_code == 200, answer.text
    again = west.post(f"{path}/versions/1/restore", headers=sent)
    assert (again.status_code, again.content) == (200, answer.content), "sent twice, restored once"
    assert west.get(path).headers["etag"] == answer.headers["etag"]


def test_the_same_key_twice_is_one_feature(west: TestClient, owner: psycopg.Connection) -> None:
    body, key = feature(code=code()), {"Idempotency-Key": uuid.uuid4().hex}
    first, second = posted(west, body, **key), posted(west, body, **key)
    assert (first.status_code, second.status_code, second.content) == (201, 201, first.content)


def test_of_two_who_change_the_same_version_one_is_told(west: TestClient) -> None:
    path, etag = made(west, capacity=1)
    answers: list[int] = []

    def change(capacity: int) -> None:
        sent = orjson.dumps({"properties": {"capacity": capacity}})
        answers.append(west.patch(path, content=sent, headers=PATCH | {"If-Match": etag}).status_code)

    threads = [threading.Thread(target=change, args=(n,)) for n in (2, 3, 4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == [200, 412, 412]


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"geometry": None}, 422),
        ({"geometry": {"type": "Point", "coordinates": []}}, 422),
        ({"geometry": {"type": "Point"}}, 422),
        ({"geometry": {"type": "Polygon", "coordinates": [[[111, 36.4], [111.1, 36.4], [111, 36.4]]]}}, 422),
        ({"geometry": {"type": "Blob"}}, 422),
        ({"geometry": {"type": "Point", "coordinates": [36.4, 111.05]}}, 422),
        ({"geometry": {"type": "Point", "coordinates": [116.4, 39.9]}}, 422),
        ({"geometry": {"type": "Point", "coordinates": ["111", "36"]}}, 422),
        ({"geometry": {"type": "Point", "coordinates": [True, 36]}}, 422),
        ({"geometry": {"type": "Point", "coordinates": [1e400 if False else 999, 36]}}, 422),
        ({"geometry": []}, 422),
        ({"geometry": "POINT(1 1)"}, 422),
        ({"properties": {"code": "x" * 70}}, 422),
        ({"properties": []}, 400),
        ({"properties": {"code": "C", "nonsense": 1}}, 422),
        ({"properties": {"code": "C", "name": "N", "admin_code": "999999", "source": "x"}}, 422),
        ({"type": "FeatureCollection"}, 400),
    ],
)
def test_a_wrong_body_is_refused_in_both_languages_and_changes_nothing(
    west: TestClient, owner: psycopg.Connection, change: dict[str, Any], status: int
) -> None:
    before = state(owner)
    answer = posted(west, {**feature(code=code()), **change})
    assert answer.status_code == status, answer.text
    assert answer.json()["detail"]
    assert answer.json()["detail_zh"]
    assert state(owner) == before


@pytest.mark.parametrize(
    ("raw", "status"),
    [
        (b"", 400),
        (b"{", 400),
        (b"[]", 400),
        (b"null", 400),
        (b"\xff\xfe", 400),
        (b"[" * 100_000, 400),
        (b'{"type":"Feature"}', 422),
        (b'{"type":"Feature","geometry":{"type":"Point","coordinates":[NaN,36]},"properties":{}}', 400),
        (b'{"type":"Feature","geometry":{"type":"Point","coordinates":[1e999,36]},"properties":{}}', 422),
        (
            b'{"type":"Feature","geometry":{"type":"Point","coordinates":[111.05,36.4]},"properties":{"code":"a\\u0000b","name":"n"}}',
            422,
        ),
        (
            b'{"type":"Feature","geometry":{"type":"Point","coordinates":[111.05,36.4]},"properties":{"code":"\\ud800","name":"n"}}',
            400,
        ),
    ],
)
def test_broken_json_is_refused(west: TestClient, owner: psycopg.Connection, raw: bytes, status: int) -> None:
    before = state(owner)
    answer = posted(west, raw)
    assert answer.status_code in (status, 422 if status == 400 else 400), answer.text
    assert answer.json()["detail_zh"]
    assert state(owner) == before


def test_ten_million_vertices_are_refused_before_work_starts(client_as: SignIn, owner: psycopg.Connection) -> None:
    before = state(owner)
    admin = client_as("admin")
    too_large = (
        b'{"type":"Feature","geometry":{"type":"Polygon","coordinates":[[' + b"[1,1]," * 10_000_000 + b"[1,1]]]}}"
    )
    assert posted(admin, too_large, "/ogc/collections/risk_zones/items").status_code == 413
    ring = [[111 + n / 1e6, 36.4] for n in range(150_000)]
    body = {
        "type": "Feature",
        "geometry": {"type": "MultiPolygon", "coordinates": [[[*ring, ring[0]]]]},
        "properties": {},
    }
    answer = posted(admin, body, "/ogc/collections/risk_zones/items")
    assert answer.status_code == 422
    assert any("150001" in error["en"] for error in answer.json()["errors"])
    assert state(owner) == before


def test_all_that_is_wrong_is_said_at_once_the_shape_too(west: TestClient) -> None:
    body = feature(capacity=-1, status="启用")
    body["geometry"] = mapping(box(0, 0, 1, 1))
    assert {error["field"] for error in posted(west, body).json()["errors"]} == {"capacity", "status", "geometry"}


def test_a_code_that_exists_is_a_409(west: TestClient, owner: psycopg.Connection) -> None:
    one = code()
    made(west, code=one)
    before = state(owner)
    assert posted(west, feature(code=one)).status_code == 409
    assert state(owner) == before


@pytest.mark.parametrize(
    ("sent", "status"),
    [({}, 428), ({"If-Match": '"9"'}, 412), ({"If-Match": "nonsense"}, 412), ({"If-Match": '"x"'}, 412)],
)
@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE"])
def test_without_the_right_version_nothing_is_changed(
    west: TestClient, owner: psycopg.Connection, method: str, sent: dict[str, str], status: int
) -> None:
    path, _ = made(west)
    before = state(owner)
    answer = west.request(method, path, content=orjson.dumps(feature(code=code())), headers=GEOJSON | sent)
    assert (answer.status_code, bool(answer.json()["detail_zh"])) == (status, True)
    assert state(owner) == before


def test_a_viewer_and_a_foreign_township_are_refused(
    client_as: SignIn, west: TestClient, owner: psycopg.Connection
) -> None:
    path, etag = made(west)
    before = state(owner)
    for client in (client_as("viewer"), client_as(EAST)):
        assert posted(client, feature(code=code())).status_code == 403
        assert client.delete(path, headers={"If-Match": etag}).status_code == 403
        changed = client.patch(path, content=b'{"properties":{"capacity":1}}', headers=PATCH | {"If-Match": etag})
        assert changed.status_code == 403
    assert state(owner) == before


def test_other_types_and_systems_are_refused(west: TestClient) -> None:
    assert west.post(ITEMS, content=b"<xml/>", headers={"Content-Type": "application/xml"}).status_code == 415
    answer = posted(west, feature(code=code()), **{"Content-Crs": "<http://www.opengis.net/def/crs/EPSG/0/4546>"})
    assert answer.status_code == 400
