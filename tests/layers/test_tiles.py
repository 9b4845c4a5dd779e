"""Vector tiles: what is in them, how overview tiles are thinned, and how finished ones are kept."""

import asyncio
from typing import Any

import geopandas as gpd
import numpy as np
import psycopg
import pytest
from pyogrio import read_dataframe
from shapely import points

from api.settings import Settings
from layers.database import Database
from layers.loading import load_rows
from layers.registry import layer_named
from layers.tiles import TileCache, read_tile
from tests.builders import WEST

HOUSEHOLDS = layer_named("households")


@pytest.fixture(scope="module")
def village(settings: Settings) -> Settings:
    """Three houses within 20 m, and one 3 km away in the same tile of zoom 10."""
    places = points([[111.05, 36.4], [111.0501, 36.4001], [111.0502, 36.4001], [111.02, 36.4]])
    frame = gpd.GeoDataFrame(
        {"code": list("abcd"), "name": [f"{n}号院" for n in range(4)], "admin_code": WEST, "source": "exercise"},
        geometry=places,
        crs=4490,
    )
    with psycopg.connect(settings.owner_url) as connection:
        load_rows(connection, HOUSEHOLDS, frame, "tests")
    return settings


def place(z: int, lon: float = 111.05, lat: float = 36.4) -> tuple[int, int]:
    """Column and row of the tile a place lies in, by the formula of the OGC scheme."""
    y = (1 - np.arcsinh(np.tan(np.radians(lat))) / np.pi) / 2
    return int((lon + 180) / 360 * 2**z), int(y * 2**z)


def features(tile: bytes) -> list[dict[str, Any]]:
    """What an independent reader (GDAL) finds in a tile."""
    return read_dataframe(tile, use_arrow=False).drop(columns="geometry").to_dict("records")  # type: ignore[no-any-return]


@pytest.mark.anyio
async def test_a_plain_tile_has_every_point_with_its_name(village: Settings, database: Database) -> None:
    x, y = place(10)
    found = features(await read_tile(database, HOUSEHOLDS, 10, x, y, thinned=False))
    assert sorted(one["name"] for one in found) == ["0号院", "1号院", "2号院", "3号院"]


@pytest.mark.anyio
async def test_a_thinned_tile_gathers_close_points_and_counts_them(village: Settings, database: Database) -> None:
    x, y = place(10)
    found = features(await read_tile(database, HOUSEHOLDS, 10, x, y, thinned=True))
    assert sorted(one["count"] for one in found) == [1, 3]


@pytest.mark.anyio
async def test_a_tile_where_nothing_lies_is_empty(village: Settings, database: Database) -> None:
    assert await read_tile(database, HOUSEHOLDS, 14, 0, 0, thinned=False) == b""


@pytest.mark.anyio
async def test_a_tile_many_ask_for_at_once_is_read_once() -> None:
    cache, reads = TileCache(), []

    async def read() -> bytes:
        reads.append(1)
        await asyncio.sleep(0.01)
        return b"tile"

    found = await asyncio.gather(*(cache.tile("mines", 5, 25, 12, 1, read) for _ in range(20)))
    assert set(found) == {b"tile"}
    assert len(reads) == 1


@pytest.mark.anyio
async def test_a_tile_that_could_not_be_read_is_asked_for_again() -> None:
    cache = TileCache()

    async def fails() -> bytes:
        raise TimeoutError

    async def works() -> bytes:
        return b"tile"

    with pytest.raises(TimeoutError):
        await cache.tile("mines", 5, 25, 12, 1, fails)
    assert await cache.tile("mines", 5, 25, 12, 1, works) == b"tile"


def test_a_kept_tile_is_not_given_for_another_version() -> None:
    cache = TileCache()
    cache.keep("mines", 5, 25, 12, 1, b"old")
    assert cache.get("mines", 5, 25, 12, 1) == b"old"
    assert cache.get("mines", 5, 25, 12, 2) is None


def test_the_tile_not_asked_for_the_longest_leaves_when_memory_is_full() -> None:
    cache = TileCache(limit_bytes=20)
    cache.keep("mines", 1, 0, 0, 1, b"0123456789")
    cache.keep("mines", 1, 0, 1, 1, b"0123456789")
    cache.get("mines", 1, 0, 0, 1)
    cache.keep("mines", 1, 1, 1, 1, b"0123456789")
    assert cache.get("mines", 1, 0, 1, 1) is None
    assert cache.get("mines", 1, 0, 0, 1) is not None
