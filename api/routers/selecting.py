"""Measure and select: what lies near a point, who and what lies inside an area."""

from datetime import datetime
from typing import Annotated, Any, Self

import orjson
from fastapi import APIRouter, Query, Response
from psycopg import AsyncConnection
from pydantic import BaseModel, ConfigDict, Field, model_validator

from api.deps import CurrentActor, TheDatabase, TheThresholds
from api.errors import problem_responses
from api.routers.ogc.asking import moment_or_refusal
from api.routers.search import AsOf, CountyCode
from gis.geometry import geometry_from_geojson
from layers import nearby
from layers.nearby import Area

router = APIRouter(prefix="/api", tags=["find"], responses=problem_responses([400, 401, 422]))

LARGEST_RADIUS_M = 100_000  # a county is 50 km across; the world is not looked through by accident
MOST_NEAR = 200

Lon = Annotated[float, Query(ge=-180, le=180, description="degrees")]
Lat = Annotated[float, Query(ge=-90, le=90, description="degrees")]


class Circle(BaseModel):
    """A circle on the ellipsoid."""

    model_config = ConfigDict(extra="forbid", allow_inf_nan=False)

    lon: float = Field(ge=-180, le=180)
    lat: float = Field(ge=-90, le=90)
    radius_m: float = Field(gt=0, le=LARGEST_RADIUS_M)


class Selection(BaseModel):
    """One of: a polygon, a circle, a division by its code."""

    model_config = ConfigDict(extra="forbid")

    area: dict[str, Any] | None = Field(None, description="GeoJSON Polygon or MultiPolygon, longitude first")
    circle: Circle | None = None
    admin_code: str | None = Field(None, pattern=r"^\d{6}(\d{3}(\d{3})?)?$")
    county: str = Field("", pattern=r"^\d{0,12}$", description="count only what lies in this county or township")
    as_of: str | None = Field(None, max_length=40, description="as it was at this moment (RFC 3339)")

    @model_validator(mode="after")
    def _exactly_one(self) -> Self:
        if sum(part is not None for part in (self.area, self.circle, self.admin_code)) != 1:
            raise ValueError("give one of area, circle, admin_code")
        return self


@router.get("/near", response_model=None)
async def near(
    _actor: CurrentActor, database: TheDatabase, lon: Lon, lat: Lat,
    radius_m: Annotated[float, Query(gt=0, le=LARGEST_RADIUS_M)] = 1000.0,
    county: CountyCode = "",
    limit: Annotated[int, Query(ge=1, le=MOST_NEAR, description="hits a layer")] = 20,
    as_of: AsOf = None,
) -> Response:  # fmt: skip
    """What lies within a distance of a point, nearest first, with the way to it."""
    at = moment_or_refusal("as_of", as_of)
    async with database.reading() as connection:
        groups = await nearby.near(connection, lon, lat, radius_m, county, limit, at)
    return _json({"radius_m": radius_m, "groups": groups})


@router.post("/within", response_model=None)
async def within(
    _actor: CurrentActor, database: TheDatabase, thresholds: TheThresholds, selection: Selection
) -> Response:
    """Who and what lies inside an area, with totals. A question, not a write: it takes no key and changes nothing."""
    most = await thresholds.whole("geometry.max_vertices")
    at = moment_or_refusal("as_of", selection.as_of)
    async with database.reading() as connection, connection.transaction():
        area = await _area(connection, selection, most, at)
        found = await nearby.within(connection, area, selection.county, at)
    return _json(found)


async def _area(connection: AsyncConnection[Any], selection: Selection, max_vertices: int, as_of: datetime | None) -> Area:
    """Raises BadGeometry, BadCoordinates."""
    if selection.circle is not None:
        return nearby.circle(selection.circle.lon, selection.circle.lat, selection.circle.radius_m)
    if selection.admin_code is not None:
        return await nearby.division(connection, selection.admin_code, as_of)
    return nearby.polygon(geometry_from_geojson(selection.area, "MultiPolygon", max_vertices=max_vertices))


def _json(body: Any) -> Response:
    return Response(orjson.dumps(body), media_type="application/json", headers={"Cache-Control": "private, no-store"})
