"""Vector tiles: one prepared statement a layer, kept by layer version.

A tile carries `id, code, name, status, admin_code, exercise` and what the legend goes by. Overview tiles of large layers
are thinned: points are gathered in cells (`count`, `worst`), lines and areas smaller than a pixel are left out. The
limits are in app.thresholds (tiles.*).
"""

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from datetime import datetime
from functools import lru_cache
from typing import Any
from weakref import WeakValueDictionary

from layers.database import Database
from layers.fields import Layer
from layers.history import rows_sql
from layers.tables import SRID

EXTENT = 4096  # MVT's usual grid; 64 of it around a tile so that symbols at the edge are whole
BUFFER = 64
CELLS = 64  # a side, in an overview tile: one cell is 4 px on a 256 px tile
MAX_ZOOM = 22
CACHE_BYTES = 192 * 1024 * 1024


def _attributes(layer: Layer) -> str:
    by = layer.legend.by
    own = f', "{by}"' if by and by not in ("id", "code", "name", "status", "admin_code") else ""
    return f"code, name, status, admin_code, source = 'exercise' as exercise{own}"


@lru_cache(maxsize=256)
def tile_sql(layer: Layer, *, thinned: bool, past: bool) -> str:
    """The statement of a tile over %(z)s, %(x)s, %(y)s (and %(as_of)s when `past`)."""
    source = f"({rows_sql(layer)})" if past else f"layers.{layer.name}"
    envelope = "st_tileenvelope(%(z)s, %(x)s, %(y)s)"
    wide = f"st_transform(st_tileenvelope(%(z)s, %(x)s, %(y)s, margin => {BUFFER / EXTENT}), {SRID})"
    shape = f"st_asmvtgeom(st_transform({{}}, 3857), {envelope}, {EXTENT}, {BUFFER}, true) as geom"
    if not thinned:
        rows = f"select id, {_attributes(layer)}, {shape.format('geom')} from {source} f where geom && {wide}"
    elif layer.geometry == "Point":
        rows = _cells_sql(layer, source, wide, shape)
    else:
        pixel = "360.0 / (256 * 2 ^ %(z)s)"
        rows = (
            f"select id, {_attributes(layer)}, {shape.format('geom')} from {source} f where geom && {wide}"
            f" and greatest(st_xmax(geom) - st_xmin(geom), st_ymax(geom) - st_ymin(geom)) > {pixel}"
        )
    return f"select st_asmvt(t, '{layer.name}', {EXTENT}, 'geom', 'id') from ({rows}) t"


def _cells_sql(layer: Layer, source: str, wide: str, shape: str) -> str:
    """One point a cell, at the mean of its points, with how many there are and the worst of the legend's values."""
    worst, by = layer.legend.worst_first, layer.legend.by
    codes = f"array[{', '.join(repr(code) for code in worst)}]::text[]"
    ranked = f'array_position({codes}, "{by}")' if by and worst else "null::int"
    cell = f"(360.0 / (2 ^ %(z)s) / {CELLS})"
    shown = f', worst as "{by}"' if by and worst else ""
    return (
        f"select id, count, name, admin_code, exercise, worst{shown}, {shape.format('at')} from ("
        "select min(id) as id, count(*) as count, min(name) as name, min(admin_code) as admin_code,"
        f" bool_or(source = 'exercise') as exercise, ({codes})[min({ranked})] as worst,"
        f" st_setsrid(st_makepoint(avg(st_x(geom)), avg(st_y(geom))), {SRID}) as at"
        f" from {source} f where geom && {wide} group by floor(st_x(geom) / {cell}), floor(st_y(geom) / {cell})) c"
    )


class TileCache:
    """Finished tiles by layer version, the least lately used leaving first."""

    def __init__(self, limit_bytes: int = CACHE_BYTES) -> None:
        self._limit = limit_bytes
        self._size = 0
        self._tiles: OrderedDict[tuple[str, int, int, int], tuple[int, bytes]] = OrderedDict()
        self._turns: WeakValueDictionary[tuple[str, int, int, int], asyncio.Lock] = WeakValueDictionary()

    async def tile(
        self, layer: str, z: int, x: int, y: int, version: int, read: Callable[[], Awaitable[bytes]]
    ) -> bytes:
        """The tile from memory, else `read` and kept.

        Whoever asks for the same tile meanwhile waits for it: after a change every map asks for the same overview tile,
        which takes a second where it gathers a million points.
        """
        found = self.get(layer, z, x, y, version)
        if found is not None:
            return found
        async with self._turns.setdefault((layer, z, x, y), asyncio.Lock()):
            found = self.get(layer, z, x, y, version)
            if found is None:
                found = await read()
                self.keep(layer, z, x, y, version, found)
        return found

    def get(self, layer: str, z: int, x: int, y: int, version: int) -> bytes | None:
        key = (layer, z, x, y)
        kept = self._tiles.get(key)
        if kept is None or kept[0] != version:
            return None
        self._tiles.move_to_end(key)
        return kept[1]

    def keep(self, layer: str, z: int, x: int, y: int, version: int, tile: bytes) -> None:
        key = (layer, z, x, y)
        old = self._tiles.pop(key, None)
        self._size += len(tile) - (len(old[1]) if old else 0)
        self._tiles[key] = (version, tile)
        while self._size > self._limit:
            _, (_, gone) = self._tiles.popitem(last=False)
            self._size -= len(gone)


async def read_tile(
    db: Database, layer: Layer, z: int, x: int, y: int, *, thinned: bool, as_of: datetime | None = None
) -> bytes:
    """One tile from the database. Empty bytes where nothing lies in it."""
    values: dict[str, Any] = {"z": z, "x": x, "y": y}
    if as_of is not None:
        values["as_of"] = as_of
    async with db.reading() as connection:
        cursor = connection.cursor(binary=True)
        await cursor.execute(tile_sql(layer, thinned=thinned, past=as_of is not None), values, prepare=True)
        row = await cursor.fetchone()
    return bytes(row[0]) if row and row[0] is not None else b""
