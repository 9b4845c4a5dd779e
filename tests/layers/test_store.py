"""What a page of features is made of."""

import json
from typing import Any

import psycopg
import pytest
from shapely.geometry import box

from api.settings import Settings
from layers import store
from layers.database import Actor, Database
from layers.loading import load_rows
from layers.registry import layer_named
from layers.store import Coordinates, Query
from tests.builders import frame, geohazard_row

pytestmark = pytest.mark.anyio
GEOHAZARDS = layer_named("geohazards")


@pytest.fixture(scope="module", autouse=True)
def _a_danger_zone(settings: Settings) -> None:
    with psycopg.connect(settings.owner_url) as owner:
        load_rows(owner, GEOHAZARDS, frame(geohazard_row("Z1", danger_zone=box(111.04, 36.39, 111.06, 36.41))), "tests")


async def features(db: Database, **query: Any) -> dict[str, Any]:
    """code -> feature."""
    pieces = [bytes(joined) async for joined, _ in store.items(db, GEOHAZARDS, Query(**query))]
    found = json.loads(b"[" + b",".join(pieces) + b"]")
    return {item["properties"]["code"]: item for item in found}


async def test_no_shape_carries_the_crs_member_that_rfc_7946_took_out(database: Database) -> None:
    for coordinates in (Coordinates(), Coordinates(4490, swapped=True), Coordinates(4546)):
        assert '"crs"' not in json.dumps(await features(database, coordinates=coordinates))
    alone = await store.feature(database, Actor("viewer", "viewer", ""), GEOHAZARDS, 1)
    assert '"crs"' not in json.dumps(alone)


async def test_a_danger_zone_comes_as_geojson_in_longitude_and_latitude(database: Database) -> None:
    zone = (await features(database))["Z1"]["properties"]["danger_zone"]
    assert zone["type"] == "MultiPolygon"
    assert {tuple(corner) for corner in zone["coordinates"][0][0]} == {
        (111.04, 36.39), (111.06, 36.39), (111.06, 36.41), (111.04, 36.41)}


async def test_the_same_features_come_one_by_one_in_pages_and_in_streamed_pieces(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = await features(database)
    paged = [await features(database, limit=1, offset=n) for n in range(len(whole))]
    assert {code: item for page in paged for code, item in page.items()} == whole
    monkeypatch.setattr(store, "CHUNK_ROWS", 2)
    assert await features(database, limit=100) == whole


async def test_a_box_over_the_antimeridian_is_two_boxes(database: Database) -> None:
    assert await features(database, bbox=(179.0, 36.0, -179.0, 37.0)) == {}
    assert set(await features(database, bbox=(111.14, 36.0, -179.0, 37.0))) == {"G3"}


async def test_a_box_without_area_finds_the_township_it_lies_in(database: Database) -> None:
    townships = layer_named("townships")
    spot = Query(bbox=(111.05, 36.4, 111.05, 36.4))
    assert await store.count(database, townships, spot) == 1
    assert [n async for _, n in store.items(database, townships, spot)] == [1]
