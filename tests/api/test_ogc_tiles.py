"""Vector tiles through the standard door."""

from collections.abc import Callable
from functools import cache
from pathlib import Path

import orjson
import pyogrio
import pytest
from fastapi.testclient import TestClient

from tests.api.signing_in import signed_in
from tests.builders import WEST, feature

TILES = "/ogc/collections/geohazards/tiles/WebMercatorQuad"
DATASET = "/ogc/tiles/WebMercatorQuad"
# slippy-map arithmetic by hand: x = floor((λ + 180) / 360 · 2^z), y = floor((1 - asinh(tan φ) / π) / 2 · 2^z) at 111.05 E 36.4 N
AT_10 = "10/400/827"
SignIn = Callable[[str], TestClient]


@pytest.fixture(scope="module")
def client_as(app_client: TestClient) -> SignIn:
    return cache(lambda username: signed_in(app_client, username))


@pytest.fixture
def viewer(client_as: SignIn) -> TestClient:
    return client_as("viewer")


def features_in(tile: bytes, folder: Path) -> list[dict[str, object]]:
    """What an independent reader (GDAL's MVT driver) finds in a tile."""
    (folder / "tile.mvt").write_bytes(tile)
    found = pyogrio.read_dataframe(folder / "tile.mvt", layer="geohazards").drop(columns="geometry")
    return [dict(row) for row in found.to_dict("records")]


def test_a_tile_holds_the_features_that_lie_in_it_row_before_column(viewer: TestClient, tmp_path: Path) -> None:
    answer = viewer.get(f"{TILES}/{AT_10}")
    assert answer.headers["content-type"] == "application/vnd.mapbox-vector-tile"
    found = features_in(answer.content, tmp_path)
    assert sorted(str(one["code"]) for one in found) == ["G1", "G2"]
    assert all(one["exercise"] for one in found)


def test_a_tile_without_data_is_empty_and_never_a_page(viewer: TestClient) -> None:
    answer = viewer.get(f"{TILES}/10/401/0")
    assert (answer.status_code, answer.content) == (200, b"")
    assert answer.headers["content-type"] == "application/vnd.mapbox-vector-tile"


def test_the_past_has_its_own_tile(viewer: TestClient) -> None:
    assert viewer.get(f"{TILES}/{AT_10}", params={"as_of": "2020-01-01T00:00:00+08:00"}).content == b""


def test_an_unchanged_tile_is_a_304_until_the_layer_changes(viewer: TestClient, client_as: SignIn) -> None:
    address = f"/ogc/collections/shelters/tiles/WebMercatorQuad/{AT_10}"
    etag = viewer.get(address).headers["etag"]
    assert viewer.get(address).headers["cache-control"] == "private, no-cache"
    assert viewer.get(address, headers={"If-None-Match": etag}).status_code == 304
    sent = client_as(WEST).post(
        "/ogc/collections/shelters/items",
        content=orjson.dumps(feature(code="T1")),
        headers={"Content-Type": "application/geo+json"},
    )
    assert sent.status_code == 201
    changed = viewer.get(address, headers={"If-None-Match": etag})
    assert changed.status_code == 200
    assert b"T1" in changed.content


@pytest.mark.parametrize("place", ["23/0/0", "10/1024/0", "10/0/1024", "-1/0/0", "0/0/-1", "999999999999999999999/0/0"])
@pytest.mark.parametrize("tiles", [TILES, DATASET])
def test_a_tile_outside_the_scheme_is_a_404(viewer: TestClient, tiles: str, place: str) -> None:
    answer = viewer.get(f"{tiles}/{place}")
    assert answer.status_code == 404, answer.text
    assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("address", [f"{TILES}/a/b/c", f"{TILES}/{AT_10}?as_of=now", f"{TILES}/{AT_10}?nonsense=1"])
def test_a_wrong_address_is_a_400(viewer: TestClient, address: str) -> None:
    assert viewer.get(address).status_code == 400


def test_one_tile_of_several_layers_holds_what_their_own_tiles_hold(viewer: TestClient, tmp_path: Path) -> None:
    """Read by GDAL: both layers are there, whole, and nothing else."""
    together = viewer.get(f"{DATASET}/{AT_10}", params={"collections": "villages,geohazards"})
    assert together.headers["content-type"] == "application/vnd.mapbox-vector-tile"
    assert sorted(str(one["code"]) for one in features_in(together.content, tmp_path)) == ["G1", "G2"]
    assert set(pyogrio.list_layers(tmp_path / "tile.mvt")[:, 0]) == {"villages", "geohazards"}
    alone = [viewer.get(f"/ogc/collections/{layer}/tiles/WebMercatorQuad/{AT_10}").content for layer in ("geohazards", "villages")]
    assert len(together.content) == sum(map(len, alone))
    everything = viewer.get(f"{DATASET}/{AT_10}").content
    assert all(one in everything for one in alone)


def test_a_tile_of_several_layers_is_a_304_until_one_of_them_changes(viewer: TestClient, client_as: SignIn) -> None:
    address = f"{DATASET}/{AT_10}?collections=geohazards,shelters"
    etag = viewer.get(address).headers["etag"]
    assert viewer.get(address, headers={"If-None-Match": etag}).status_code == 304
    sent = client_as(WEST).post("/ogc/collections/shelters/items", content=orjson.dumps(feature(code="T2")),
                                headers={"Content-Type": "application/geo+json"})  # fmt: skip
    assert sent.status_code == 201
    changed = viewer.get(address, headers={"If-None-Match": etag})
    assert (changed.status_code, b"T2" in changed.content) == (200, True)
    assert viewer.get(f"{address}&as_of=2020-01-01T00:00:00Z").content == b""


def test_a_tile_of_an_unknown_layer_is_a_404_and_never_half_a_tile(viewer: TestClient) -> None:
    assert viewer.get(f"{DATASET}/{AT_10}", params={"collections": "geohazards,nothing"}).status_code == 404


def test_the_tileset_of_all_layers_names_them_and_its_template_works(viewer: TestClient) -> None:
    landing = viewer.get("/ogc").json()["links"]
    listed = next(link["href"] for link in landing if link["rel"].endswith("tilesets-vector"))
    body = viewer.get(viewer.get(listed).json()["tilesets"][0]["links"][0]["href"]).json()
    assert {"geohazards", "shelters"} <= {layer["id"] for layer in body["vector_layers"]}
    z, y, x = AT_10.split("/")
    assert viewer.get(body["tiles"][0].format(z=z, y=y, x=x)).status_code == 200


def test_the_tileset_is_tilejson_too_and_its_template_works(viewer: TestClient) -> None:
    body = viewer.get(TILES).json()
    assert body["tilejson"] == "3.0.0"
    assert body["vector_layers"][0]["id"] == "geohazards"
    assert "legend" not in body
    z, y, x = AT_10.split("/")
    assert viewer.get(body["tiles"][0].format(z=z, y=y, x=x)).status_code == 200
    item = next(link["href"] for link in body["links"] if link["rel"] == "item")
    assert viewer.get(item.format(tileMatrix=z, tileRow=y, tileCol=x)).status_code == 200
    listed = viewer.get("/ogc/collections/geohazards/tiles").json()["tilesets"][0]
    assert viewer.get(listed["links"][0]["href"]).json() == body


def test_the_scheme_is_web_mercator_as_ogc_writes_it(viewer: TestClient) -> None:
    body = viewer.get("/ogc/tileMatrixSets/WebMercatorQuad").json()
    first = body["tileMatrices"][0]  # OGC 17-083r4, annex D.1
    assert first["scaleDenominator"] == pytest.approx(559082264.028717)
    assert first["cellSize"] == pytest.approx(156543.033928041)
    assert first["pointOfOrigin"] == pytest.approx([-20037508.3427892, 20037508.3427892])
    assert viewer.get("/ogc/tileMatrixSets").json()["tileMatrixSets"][0]["id"] == body["id"]
