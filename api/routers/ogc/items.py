"""Features: lists and single ones.

A list streams what PostgreSQL wrote as JSON; nothing is parsed on the way. A full page is followed by a count, a short
one tells the count itself.
"""

import contextlib
import re
from collections.abc import AsyncGenerator, AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Annotated, Any, cast

import orjson
from fastapi import APIRouter, Depends, Path, Query, Request, Response
from psycopg.abc import Buffer
from starlette.responses import StreamingResponse

from api import audit
from api.deps import Address, CurrentActor, KnownLayer, Language, TheDatabase, TheThresholds, Tongue
from api.errors import problem_responses
from api.routers.ogc import crs
from api.routers.ogc.asking import PARAMETERS, SYSTEMS, asked, moment_or_refusal
from api.routers.ogc.html import is_exercise, page, shown, table_columns
from api.routers.ogc.links import GEOJSON, HTML, JSON, Link, base, here, link, self_and_alternate
from api.routers.ogc.representations import (
    ASK_FIRST,
    VARY,
    Wanted,
    etag_of,
    has_it,
    kept_headers,
    not_modified,
    only,
)
from layers import store, validation
from layers.database import Actor, Database
from layers.described import columns_of
from layers.errors import FeatureNotFound
from layers.fields import Layer
from layers.store import CHUNK_ROWS
from layers.store import Query as StoreQuery

router = APIRouter(responses=problem_responses([400, 401, 404]))

NEVER_KEPT = "private, no-store"  # an answer with phone numbers stays on no disk
LARGEST_ID = 2**63 - 1

Pieces = AsyncGenerator[tuple[Buffer, int]]  # features joined by commas, and how many


def feature_id(id: Annotated[str, Path(description="the feature's id")], layer: KnownLayer) -> int:
    """The id in the path. Raises FeatureNotFound: what is no number is the id of nothing."""
    if not re.fullmatch(r"\d{1,19}", id, re.ASCII) or int(id) > LARGEST_ID:
        raise FeatureNotFound(f"{layer.zh}中没有编号为“{id[:40]}”的要素。", f"{layer.en} has no feature “{id[:40]}”.")
    return int(id)


FeatureId = Annotated[int, Depends(feature_id)]


@router.get(
    "/collections/{layer}/items",
    response_class=Response,
    openapi_extra={"parameters": list(PARAMETERS)},
    responses={200: {"content": {GEOJSON: {}, HTML: {}}, "description": "a page of features"}},
)
async def list_features(
    request: Request, _actor: CurrentActor, layer: KnownLayer, database: TheDatabase, thresholds: TheThresholds,
    wanted: Wanted, lang: Language,
) -> Response:  # fmt: skip
    """A page of features that match. Any queryable may be a parameter too: `?status=open`."""
    limits = [await thresholds.whole(key) for key in ("items.default_limit", "items.max_limit")]
    codes = await crs.named_in(database, (request.query_params.get(name, crs.CRS84) for name in SYSTEMS))
    what = asked(request, layer, codes, limits[0], limits[1])
    etag = etag_of(request, await database.version_of(layer.name), wanted, lang, what.query.limit)
    headers = {**kept_headers(etag), "Content-Crs": f"<{crs.uri_of(what.query.coordinates)}>"}
    if has_it(request, etag):
        return not_modified(headers)
    if wanted == "html":
        return await _html_list(request, layer, database, what.query, lang, headers)
    if what.only_count:
        return await _only_count(request, layer, database, what.query, headers)
    return await _json_list(request, layer, database, what.query, headers)


async def _json_list(
    request: Request, layer: Layer, database: Database, query: StoreQuery, headers: dict[str, str]
) -> Response:
    """One body for what comes in one piece, a stream for more. The first piece is read before the answer starts, so
    that an error in it is a problem document and not a broken answer."""
    pieces = cast(Pieces, store.items(database, layer, query))
    first = await anext(pieces, None)
    if query.limit > CHUNK_ROWS and first is not None:
        return StreamingResponse(
            _streamed(request, layer, database, query, first, pieces), media_type=GEOJSON, headers=headers
        )
    await pieces.aclose()
    joined, returned = first or (b"", 0)
    tail = await _tail(request, layer, database, query, returned)
    body = b"".join((b'{"type":"FeatureCollection","features":[', joined, b"],", tail))
    return Response(body, media_type=GEOJSON, headers=headers)


async def _streamed(
    request: Request, layer: Layer, database: Database, query: StoreQuery, first: tuple[Buffer, int],
    pieces: Pieces,
) -> AsyncIterator[bytes]:  # fmt: skip
    async with contextlib.aclosing(pieces):
        joined, returned = first
        yield b'{"type":"FeatureCollection","features":[' + joined
        async for joined, count in pieces:
            returned += count
            yield b"," + joined
    yield b"]," + await _tail(request, layer, database, query, returned)


async def _tail(request: Request, layer: Layer, database: Database, query: StoreQuery, returned: int) -> bytes:
    """What follows the features: `"links": …, "numberMatched": …}`."""
    matched = await _matched(layer, database, query, returned)
    links = [*self_and_alternate(request, "json", GEOJSON), *_pages(request, query, matched, GEOJSON)]
    links.append(link(f"{base(request)}/collections/{layer.name}", "collection", JSON, layer.zh))
    return orjson.dumps({"links": links, "numberMatched": matched, "numberReturned": returned, "timeStamp": _now()})[1:]


async def _matched(layer: Layer, database: Database, query: StoreQuery, returned: int) -> int:
    """How many match. A page that is not full, and not past the end, says it itself."""
    if 0 < returned < query.limit or (returned == 0 and query.offset == 0):
        return query.offset + returned
    return await store.count(database, layer, query)


def _pages(request: Request, query: StoreQuery, matched: int, type: str) -> list[Link]:
    links = []
    if query.offset + query.limit < matched:
        after = here(request, offset=query.offset + query.limit, limit=query.limit)
        links.append(link(after, "next", type, "下一页 Next page"))
    if query.offset > 0:
        earlier = max(0, query.offset - query.limit)
        links.append(
            link(here(request, offset=earlier or None, limit=query.limit), "prev", type, "上一页 Previous page")
        )
    return links


async def _only_count(
    request: Request, layer: Layer, database: Database, query: StoreQuery, headers: dict[str, str]
) -> Response:
    matched = await store.count(database, layer, query)
    body = {"type": "FeatureCollection", "features": [], "links": self_and_alternate(request, "json", GEOJSON),
            "numberMatched": matched, "numberReturned": 0, "timeStamp": _now()}  # fmt: skip
    return Response(orjson.dumps(body), media_type=GEOJSON, headers=headers)


async def _html_list(
    request: Request, layer: Layer, database: Database, query: StoreQuery, lang: Tongue, headers: dict[str, str]
) -> Response:
    query = replace(query, properties=None, limit=min(query.limit, CHUNK_ROWS))
    features = [
        one async for joined, _ in store.items(database, layer, query) for one in orjson.loads(b"[" + joined + b"]")
    ]
    matched = await _matched(layer, database, query, len(features))
    columns = table_columns(layer)
    rows = [
        {"id": one["id"], "exercise": is_exercise(one),
         "cells": [shown(column, one["properties"].get(column.name), lang) for column in columns]}
        for one in features
    ]  # fmt: skip
    pages = {one["rel"]: one["href"] for one in _pages(request, query, matched, HTML)}
    return page(request, "items.html", lang, headers, layer=layer, rows=rows, columns=columns, first=query.offset + 1,
                matched=matched, prev=pages.get("prev"), next=pages.get("next"))  # fmt: skip


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


@router.get(
    "/collections/{layer}/items/{id}",
    dependencies=[only("crs", "as_of")],
    response_class=Response,
    responses={200: {"content": {GEOJSON: {}, HTML: {}}, "description": "one feature"}},
)
async def one_feature(
    request: Request, actor: CurrentActor, layer: KnownLayer, id: FeatureId, database: TheDatabase, wanted: Wanted,
    lang: Language, address: Address,
    crs_uri: Annotated[str, Query(alias="crs", max_length=200, description="system of the answer, a URI")] = crs.CRS84,
    as_of: Annotated[str | None, Query(max_length=40, description="as it was at this moment (RFC 3339)")] = None,
) -> Response:  # fmt: skip
    """One feature. Restricted fields are in it where your role and area reach it; each such look is put on record."""
    coordinates = crs.coordinates_of(crs_uri, await crs.named_in(database, [crs_uri]))
    at = moment_or_refusal("as_of", as_of)
    found = await store.feature(database, actor, layer, id, as_of=at, coordinates=coordinates, with_restricted=True)
    seen = [name for name in found["restricted"] if found["properties"][name] is not None]
    headers = {
        "ETag": f'"{found["properties"]["version"]}"',
        "Cache-Control": NEVER_KEPT if seen else ASK_FIRST,
        "Vary": VARY,
        "Content-Crs": f"<{crs.uri_of(coordinates)}>",
    }
    if has_it(request, headers["ETag"]):
        return not_modified(headers)
    if seen:
        await _record_look(database, actor, layer, id, seen, address)
    found["checks"] = validation.queries(layer, found["properties"])
    if wanted == "html":
        return _html_feature(request, layer, found, lang, headers)
    at_layer = f"{base(request)}/collections/{layer.name}"
    found["links"] = [
        *self_and_alternate(request, wanted, GEOJSON),
        link(at_layer, "collection", JSON, layer.zh),
        link(f"{at_layer}/items/{id}/versions", "version-history", JSON, "修改历史 History"),
    ]
    return Response(orjson.dumps(found), media_type=GEOJSON, headers=headers)


async def _record_look(
    database: Database, actor: Actor, layer: Layer, id: int, seen: list[str], address: str | None
) -> None:
    async with database.transaction(actor) as connection:
        await audit.record_look(connection, actor, layer.name, seen, id, address=address)


def _html_feature(
    request: Request, layer: Layer, found: dict[str, Any], lang: Tongue, headers: dict[str, str]
) -> Response:
    values = [
        (column, shown(column, found["properties"][name], lang))
        for name, column in columns_of(layer).items()
        if name in found["properties"]
    ]
    return page(
        request, "item.html", lang, headers, layer=layer, feature=found, values=values, exercise=is_exercise(found)
    )
