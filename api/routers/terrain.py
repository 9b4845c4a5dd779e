"""Hillshade of a county's elevation model as map tiles."""

import asyncio
from functools import lru_cache
from pathlib import Path
from typing import Annotated

import numpy as np
from fastapi import APIRouter, Request, Response
from fastapi import Path as InPath
from rio_tiler.utils import render

from api.deps import CurrentActor, TheDatabase
from layers.errors import FeatureNotFound
from maps.terrain import FAST_DEFLATE, TILE_PX, hillshade_tile

router = APIRouter(prefix="/api/terrain", tags=["map"])
Zoom = Annotated[int, InPath(ge=0, le=22)]
TileNumber = Annotated[int, InPath(ge=0, lt=2**22)]
KEPT_S = 86_400  # a browser may keep a tile for a day; then the ETag tells whether the model is still the same


@router.get("/{county}/hillshade/{z}/{x}/{y}.png", response_class=Response)
async def hillshade(
    county: Annotated[str, InPath(pattern=r"^\d{6}$")],
    z: Zoom,
    x: TileNumber,
    y: TileNumber,
    request: Request,
    _actor: CurrentActor,
    database: TheDatabase,
) -> Response:
    """A tile of 256 × 256 px. Outside the model it is transparent: no error page ever answers a map's tile."""
    async with database.reading() as connection:
        cursor = await connection.execute("select dem_path from app.counties where code = %s", (county,), prepare=True)
        row = await cursor.fetchone()
    if row is None:
        raise FeatureNotFound(f"没有载入代码为 {county} 的县。", f"No county with code {county} is loaded.")
    dem = Path(row[0]) if row[0] else None
    if dem is None or not dem.is_file():
        return Response(_transparent(), media_type="image/png")
    modified_ns = dem.stat().st_mtime_ns
    etag = f'"{modified_ns:x}-{z}-{x}-{y}"'
    headers = {"ETag": etag, "Cache-Control": f"private, max-age={KEPT_S}"}
    if request.headers.get("if-none-match") == etag:
        return Response(status_code=304, headers=headers)
    png = await asyncio.to_thread(hillshade_tile, dem, modified_ns, z, x, y)
    return Response(png or _transparent(), media_type="image/png", headers=headers)


@lru_cache(maxsize=1)
def _transparent() -> bytes:
    nothing = np.zeros((TILE_PX, TILE_PX), dtype=np.uint8)
    png: bytes = render(nothing[np.newaxis], mask=nothing, img_format="PNG", zlevel=FAST_DEFLATE)
    return png
