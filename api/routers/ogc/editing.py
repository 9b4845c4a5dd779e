"""Writing features: POST, PUT, PATCH (merge patch), DELETE, as OGC API Features Part 4 has them.

A change of one feature names the version it was made on in If-Match: 428 without it, 412 when somebody was faster.
Everything that can be said against a body is said before a transaction is opened.
"""

import asyncio
import contextlib
import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from typing import Any, Final

import orjson
from fastapi import APIRouter, Request, Response
from shapely.geometry.base import BaseGeometry
from starlette.exceptions import HTTPException

from api.deps import CurrentActor, KnownLayer, TheDatabase, TheThresholds
from api.errors import problem_responses
from api.idempotency import HEADER as IDEMPOTENCY_KEY
from api.idempotency import writing
from api.routers.ogc import crs
from api.routers.ogc.items import FeatureId
from api.routers.ogc.links import GEOJSON, JSON, base
from api.routers.ogc.representations import only
from api.thresholds import Thresholds
from gis.errors import Refusal, UnknownCrs
from gis.geometry import geometry_from_geojson
from layers import store, validation
from layers.database import Actor, Database
from layers.errors import BadBody, FeatureNotFound, PreconditionRequired, RowRefused, VersionConflict
from layers.fields import Layer
from layers.store import Written

router = APIRouter(responses=problem_responses([400, 401, 403, 404, 409, 412, 413, 415, 422, 428]))

CHINA: Final = timezone(timedelta(hours=8))  # one time zone; a survey done this morning in Puxian is not in the future
MERGE_PATCH: Final = "application/merge-patch+json"
FULL_TYPES: Final = (GEOJSON, JSON)
PATCH_TYPES: Final = (MERGE_PATCH, GEOJSON, JSON)
READ_ASIDE_BYTES: Final = (
    262_144  # a larger body is parsed in a thread: 1 MB of coordinates holds the loop up for 20 ms
)

_ETAG = re.compile(r'(?:W/)?"(\d{1,9})"')
_IF_MATCH = {"name": "If-Match", "in": "header", "required": True, "description": "the ETag you read",
             "schema": {"type": "string"}}  # fmt: skip
_KEY = {"name": IDEMPOTENCY_KEY, "in": "header", "required": False, "schema": {"type": "string", "maxLength": 255}}


def takes(*types: str, matched: bool = True) -> dict[str, Any]:
    """The body and headers of a write for the API description."""
    body = {"required": True, "content": {type: {"schema": {"type": "object"}} for type in types}}
    return {"parameters": [_IF_MATCH, _KEY] if matched else [_KEY], **({"requestBody": body} if types else {})}


@dataclass(frozen=True)
class Change:
    """A checked body."""

    main: dict[str, Any]
    restricted: dict[str, Any]
    geometry: BaseGeometry | None


@router.post("/collections/{layer}/items", dependencies=[only()], status_code=201, response_class=Response,
             openapi_extra=takes(*FULL_TYPES, matched=False))  # fmt: skip
async def create_feature(
    request: Request, actor: CurrentActor, layer: KnownLayer, database: TheDatabase, thresholds: TheThresholds
) -> Response:
    """A new feature. Answers with its address and version; what should be checked is in `checks`."""
    change = await _checked_body(request, layer, thresholds, FULL_TYPES, partial=False)
    assert change.geometry is not None
    async with writing(request, actor) as work:
        made = await store.create(work.connection, layer, change.main, change.restricted, change.geometry)
        answer = work.answer(201, _told(request, layer, made, change), headers=_headers(request, layer, made))
    await database.refresh_version(layer.name)
    return answer


@router.put("/collections/{layer}/items/{id}", dependencies=[only()], response_class=Response,
            openapi_extra=takes(*FULL_TYPES))  # fmt: skip
async def replace_feature(
    request: Request, actor: CurrentActor, layer: KnownLayer, id: FeatureId, database: TheDatabase,
    thresholds: TheThresholds,
) -> Response:  # fmt: skip
    """Replace a feature. What is left out becomes empty, but restricted fields stay unless they are given."""
    expected = await expected_version(request, database, actor, layer, id)
    change = await _checked_body(request, layer, thresholds, FULL_TYPES, partial=False, id=id)
    return await _written(request, actor, database, layer, id, expected, change)


@router.patch("/collections/{layer}/items/{id}", dependencies=[only()], response_class=Response,
              openapi_extra=takes(*PATCH_TYPES))  # fmt: skip
async def update_feature(
    request: Request, actor: CurrentActor, layer: KnownLayer, id: FeatureId, database: TheDatabase,
    thresholds: TheThresholds,
) -> Response:  # fmt: skip
    """Change some fields (RFC 7396 merge patch of the GeoJSON feature); null empties a field."""
    expected = await expected_version(request, database, actor, layer, id)
    before: dict[str, Any] = {}
    with contextlib.suppress(FeatureNotFound):  # the write says so, unless this request was answered before
        before = (await store.feature(database, actor, layer, id))["properties"]
    change = await _checked_body(request, layer, thresholds, PATCH_TYPES, partial=True, id=id, before=before)
    return await _written(request, actor, database, layer, id, expected, change)


@router.delete("/collections/{layer}/items/{id}", dependencies=[only()], status_code=204, response_class=Response,
               openapi_extra=takes())  # fmt: skip
async def delete_feature(
    request: Request, actor: CurrentActor, layer: KnownLayer, id: FeatureId, database: TheDatabase
) -> Response:
    """Remove a feature. Its history stays, and restoring a version brings it back."""
    expected = await expected_version(request, database, actor, layer, id)
    async with writing(request, actor) as work:
        await store.delete(work.connection, layer, id, expected)
        answer = work.answer(204)
    await database.refresh_version(layer.name)
    return answer


async def _written(
    request: Request, actor: Actor, database: Database, layer: Layer, id: int, expected: int, change: Change
) -> Response:
    async with writing(request, actor) as work:
        made = await store.update(work.connection, layer, id, expected, change.main, change.restricted, change.geometry)
        headers = {name: value for name, value in _headers(request, layer, made).items() if name != "Location"}
        answer = work.answer(200, _told(request, layer, made, change), headers=headers)
    await database.refresh_version(layer.name)
    return answer


def _headers(request: Request, layer: Layer, made: Written) -> dict[str, str]:
    return {"ETag": f'"{made.version}"', "Location": _address(request, layer, made)}


def _address(request: Request, layer: Layer, made: Written) -> str:
    return f"{base(request)}/collections/{layer.name}/items/{made.id}"


def _told(request: Request, layer: Layer, made: Written, change: Change) -> bytes:
    """What a write answers. No field of the feature is in it: answers are kept for repeated keys, phones are not."""
    asked = validation.queries(layer, {**change.main, **change.restricted})
    hit = [one for one in asked if one["check"] != "missing"]
    return orjson.dumps({"id": made.id, "version": made.version, "href": _address(request, layer, made), "checks": hit})


async def expected_version(request: Request, database: Database, actor: Actor, layer: Layer, id: int) -> int:
    """The version in If-Match; `*` is whatever there is. Raises PreconditionRequired, VersionConflict, FeatureNotFound."""
    given = request.headers.get("if-match", "").strip()
    if not given:
        raise PreconditionRequired(
            "修改要素须用 If-Match 带上读到的版本(ETag)。", "A change needs If-Match with the version (ETag) you read."
        )
    if given == "*":
        found = await store.feature(database, actor, layer, id)
        return int(found["properties"]["version"])
    match = _ETAG.fullmatch(given)
    if match is None:
        raise VersionConflict(
            f"If-Match “{given[:40]}”不是这个要素的版本,请重新读取。",
            f"If-Match “{given[:40]}” is no version of this feature; read it again.",
        )
    return int(match[1])


# -- the body ---------------------------------------------------------------------------------------------------------


async def _checked_body(
    request: Request, layer: Layer, thresholds: Thresholds, types: tuple[str, ...], *, partial: bool, id: int | None = None,
    before: dict[str, Any] | None = None,
) -> Change:  # fmt: skip
    """Raises HTTPException 415, BadBody, UnknownCrs, RowRefused, BadGeometry, BadCoordinates."""
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type not in types:
        raise HTTPException(415, f"use {' or '.join(types)}")
    _refuse_other_systems(request)
    raw = await request.body()
    most = await thresholds.whole("geometry.max_vertices")
    today = datetime.now(CHINA).date()
    if len(raw) > READ_ASIDE_BYTES:
        return await asyncio.to_thread(read_change, raw, layer, partial, id, before, today, most)
    return read_change(raw, layer, partial, id, before, today, most)


def _refuse_other_systems(request: Request) -> None:
    given = request.headers.get("content-crs", f"<{crs.CRS84}>").strip("<> ")
    if given != crs.CRS84:
        raise UnknownCrs(
            "写入只接受 CRS84(经度、纬度),请先转换坐标。",
            "Features are written in CRS84 (longitude, latitude); convert them first.",
        )


def read_change(
    raw: bytes,
    layer: Layer,
    partial: bool,
    id: int | None,
    before: dict[str, Any] | None,
    today: date,
    max_vertices: int,
) -> Change:
    """A GeoJSON feature, or a merge patch of one, checked whole."""
    body = _feature_in(raw, partial, id)
    properties = body.get("properties")
    if properties is None:
        properties = {}
    if not isinstance(properties, dict):
        raise BadBody("properties 应为对象。", "`properties` must be an object.")
    geometry, wrong_shape = _shape_in(body, layer, partial, max_vertices)
    try:
        main, restricted = validation.checked_properties(
            layer, properties, partial=partial, today=today, before=before, max_vertices=max_vertices
        )
    except RowRefused as refusal:
        if wrong_shape is None:
            raise
        shape_error = {"field": "geometry", "value": None, "zh": wrong_shape.zh, "en": wrong_shape.en}
        raise validation.refused([*refusal.facts["errors"], shape_error]) from None
    if wrong_shape is not None:
        raise wrong_shape
    return Change(main, restricted, geometry)


def _feature_in(raw: bytes, partial: bool, id: int | None) -> dict[str, Any]:
    try:
        body = orjson.loads(raw)
    except orjson.JSONDecodeError as error:
        raise BadBody(f"内容不是合法的 JSON(第 {error.lineno} 行第 {error.colno} 列)。",
                      f"The body is not valid JSON (line {error.lineno}, column {error.colno}).") from None  # fmt: skip
    if not isinstance(body, dict) or (body.get("type", "Feature" if partial else None) != "Feature"):
        raise BadBody("内容应为一个 GeoJSON Feature。", "The body must be one GeoJSON Feature.")
    if id is not None and body.get("id", id) not in (id, str(id)):
        raise BadBody(f"内容中的 id 与网址中的 {id} 不同。", f"The id in the body is not {id}, the one in the address.")
    return body


def _shape_in(
    body: dict[str, Any], layer: Layer, partial: bool, max_vertices: int
) -> tuple[BaseGeometry | None, Refusal | None]:
    """The shape, or what is wrong with it: said together with the fields."""
    if partial and "geometry" not in body:
        return None, None
    try:
        return geometry_from_geojson(body.get("geometry"), layer.geometry, max_vertices=max_vertices), None
    except Refusal as refusal:
        return None, refusal
