"""The ground of a county: hillshade and contour tiles, height and slope at a place, the profile of a line.

A county without an elevation model is no error: tiles are empty and heights null, and `source` is null.
"""

import asyncio
from functools import lru_cache
from typing import Annotated, Any

import numpy as np
from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi import Path as InPath
from pydantic import BaseModel, Field
from rio_tiler.utils import render

from api.deps import CurrentActor, Language, TheDatabase, TheThresholds
from api.elevation import CountyModel, model_of
from api.errors import problem_responses
from gis.geometry import geometry_from_geojson
from layers.tiles import TileCache
from maps.contours import contours_in_tile, encoded
from maps.terrain import FAST_DEFLATE, TILE_PX, Ground, ground_along, ground_at, hillshade_tile

router = APIRouter(prefix="/api/terrain", tags=["map"], responses=problem_responses([401, 404]))
Zoom = Annotated[int, InPath(ge=0, le=22)]
TileNumber = Annotated[int, InPath(ge=0, lt=2**22)]
KEPT_S = 86_400  # a browser may keep a tile for a day; then the ETag tells whether the model is still the same
MVT = "application/vnd.mapbox-vector-tile"
_CONTOURS = TileCache(64 * 1024 * 1024)  # a contour tile has 5–60 kB: a thousand and more, two counties at four zooms
SAMPLES_MOST = 1000  # more than a wide screen has pixels across a diagram
DECIMETRES = 1  # decimals of a height: models are good to metres


async def the_model(county: Annotated[str, InPath(pattern=r"^\d{6}$")], request: Request,
                    database: TheDatabase) -> CountyModel:
    """The elevation model of the county in the path. Raises CountyNotFound."""
    return await model_of(database, request.app.state.settings.var, county)


TheModel = Annotated[CountyModel, Depends(the_model)]


class GroundAnswer(BaseModel):
    """All null outside the model; slope and aspect also at its rim, aspect where it is flat."""

    elevation_m: float | None
    slope_deg: float | None
    aspect_deg: float | None = Field(description="where the ground falls toward, clockwise from true north")
    source: str | None


class ProfileRequest(BaseModel):
    line: dict[str, Any] = Field(description="GeoJSON LineString, lon/lat")
    samples: int = Field(default=200, ge=2, le=SAMPLES_MOST)


class ProfileAnswer(BaseModel):
    """Evenly spaced samples of a line, and what it climbs from sample to sample."""

    distance_m: list[float]
    elevation_m: list[float | None]
    length_m: float
    up_m: float
    down_m: float
    min_m: float | None
    max_m: float | None
    source: str | None


@router.get("/{county}/hillshade/{z}/{x}/{y}.png", response_class=Response)
async def hillshade(z: Zoom, x: TileNumber, y: TileNumber, request: Request, _actor: CurrentActor,
                    model: TheModel) -> Response:
    """A tile of 256 × 256 px. Outside the model it is transparent: no error page ever answers a map's tile."""
    if model.path is None:
        return Response(_transparent(), media_type="image/png")
    headers = _tile_headers(model, z, x, y)
    if request.headers.get("if-none-match") == headers["ETag"]:
        return Response(status_code=304, headers=headers)
    png = await asyncio.to_thread(hillshade_tile, model.path, model.modified_ns, z, x, y)
    return Response(png or _transparent(), media_type="image/png", headers=headers)


@router.get("/{county}/contours/{z}/{x}/{y}.mvt", response_class=Response,
            responses={200: {"content": {MVT: {}}, "description": "layer `contours`: elevation_m, index"}})  # fmt: skip
async def contour_tile(z: Zoom, x: TileNumber, y: TileNumber, request: Request, _actor: CurrentActor,
                       model: TheModel, database: TheDatabase) -> Response:
    """Contour lines as a vector tile; their interval follows the zoom. Empty outside the model."""
    if model.path is None:
        return Response(b"", media_type=MVT)
    path, modified_ns = model.path, model.modified_ns
    headers = _tile_headers(model, z, x, y)
    if request.headers.get("if-none-match") == headers["ETag"]:
        return Response(status_code=304, headers=headers)

    async def draw() -> bytes:
        found = await asyncio.to_thread(contours_in_tile, path, modified_ns, z, x, y)
        return await encoded(database, found, z, x, y)

    return Response(await _CONTOURS.tile(str(path), z, x, y, modified_ns, draw), media_type=MVT, headers=headers)


@router.get("/{county}/at", responses=problem_responses([400]))
async def at(_actor: CurrentActor, model: TheModel, lang: Language, lon: Annotated[float, Query(ge=-180, le=180)],
             lat: Annotated[float, Query(ge=-90, le=90)]) -> GroundAnswer:
    """Height, slope and aspect of the ground at a place."""
    ground = Ground(None, None, None)
    if model.path is not None:
        ground = await asyncio.to_thread(ground_at, model.path, model.modified_ns, lon, lat)
    return GroundAnswer(**{name: _rounded(value) for name, value in ground._asdict().items()}, source=model.source(lang))


@router.post("/{county}/profile", responses=problem_responses([422]))
async def profile(_actor: CurrentActor, model: TheModel, lang: Language, body: ProfileRequest,
                  thresholds: TheThresholds) -> ProfileAnswer:
    """Heights along a line. It reads only, so it needs no Idempotency-Key."""
    most = await thresholds.whole("geometry.max_vertices")
    line = np.asarray(geometry_from_geojson(body.line, "LineString", max_vertices=most).coords, dtype=np.float64)
    found = await asyncio.to_thread(ground_along, model.path, model.modified_ns, line, body.samples)
    heights = [None if np.isnan(height) else _rounded(height) for height in found.elevation_m.tolist()]
    sums = {name: _rounded(value) for name, value in found.sums._asdict().items()}
    return ProfileAnswer(distance_m=np.round(found.distance_m, DECIMETRES).tolist(), elevation_m=heights, **sums,
                         source=model.source(lang))


def _tile_headers(model: CountyModel, z: int, x: int, y: int) -> dict[str, str]:
    return {"ETag": f'"{model.modified_ns:x}-{z}-{x}-{y}"', "Cache-Control": f"private, max-age={KEPT_S}"}


def _rounded(value: float | None) -> Any:
    return None if value is None else round(value, DECIMETRES)


@lru_cache(maxsize=1)
def _transparent() -> bytes:
    nothing = np.zeros((TILE_PX, TILE_PX), dtype=np.uint8)
    png: bytes = render(nothing[np.newaxis], mask=nothing, img_format="PNG", zlevel=FAST_DEFLATE)
    return png
