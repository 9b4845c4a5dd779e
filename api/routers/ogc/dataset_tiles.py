"""Several layers in one vector tile (OGC API Tiles, classes dataset-tilesets and collections-selection).

A map with fifteen layers asks one tile where it would ask fifteen. A vector tile is a protobuf message whose layers are a
repeated field, so the tiles of single layers, one after the other, are the tile of all; each comes from where a single one does.
"""

import asyncio
from typing import Any

from fastapi import APIRouter, Request, Response

from api.deps import CurrentActor, Language, current_actor
from api.errors import problem_responses
from api.routers.ogc.asking import moment_or_refusal
from api.routers.ogc.links import JSON, MVT, OGC_REL, base, link
from api.routers.ogc.representations import Wanted, etag_of, has_it, kept_headers, not_modified, only, refuse_unknown
from api.routers.ogc.tiles import (
    SCHEME,
    SCHEME_URI,
    TILE_PARAMETERS,
    TILE_TYPE,
    bytes_of,
    document,
    place_of,
    vector_layer,
)
from layers.fields import Layer
from layers.registry import LAYERS, layer_named
from layers.tiles import MAX_ZOOM

router = APIRouter(responses=problem_responses([400, 401, 404]))

COLLECTIONS = {
    "name": "collections", "in": "query", "required": False, "description": "names of layers, parted by commas; all without it",
    "schema": {"type": "array", "items": {"type": "string", "maxLength": 63}}, "explode": False,
}  # fmt: skip


@router.get(
    f"/tiles/{SCHEME}/{{z}}/{{y}}/{{x}}",
    response_class=Response,
    responses={200: {"description": "a vector tile, empty where nothing lies in it", "content": {MVT: {}}}},
    openapi_extra={"parameters": [*TILE_PARAMETERS[1:], COLLECTIONS], "security": [{"bearer": []}, {"cookie": []}]},
)
async def dataset_tile(request: Request) -> Response:
    """One tile of several layers: zoom, row from the north, column from the west."""
    await current_actor(request)
    refuse_unknown(request, ("collections", "as_of"))
    layers = _chosen(request)
    spot = place_of(request)
    at = moment_or_refusal("as_of", request.query_params.get("as_of"))
    versions = [await request.app.state.database.version_of(layer.name) for layer in layers]
    headers = kept_headers(etag_of(request, *versions))
    if has_it(request, headers["ETag"]):
        return not_modified(headers)
    pairs = zip(layers, versions, strict=True)
    found = await asyncio.gather(*(bytes_of(request, layer, version, spot, at) for layer, version in pairs))
    return Response(b"".join(found), media_type=MVT, headers=headers)


def _chosen(request: Request) -> list[Layer]:
    """The layers named, each once, in the order of the register: one address has one answer. Raises LayerNotFound."""
    given = request.query_params.get("collections")
    if given is None:
        return list(LAYERS.values())
    names = {layer_named(name.strip()).name for name in given.split(",")}
    return [layer for name, layer in LAYERS.items() if name in names]


@router.get("/tiles", dependencies=[only()], response_class=Response)
async def dataset_tilesets(request: Request, _actor: CurrentActor, shown: Wanted, lang: Language) -> Response:
    """The tile sets of all layers together."""
    at = f"{base(request)}/tiles/{SCHEME}"
    one = {"title": "全部图层 All layers", "tileMatrixSetURI": SCHEME_URI, **TILE_TYPE, "links": [link(at, "self", JSON)]}
    return document(request, shown, lang, "瓦片 Tiles", {"tilesets": [one]})


@router.get(f"/tiles/{SCHEME}", dependencies=[only()], response_class=Response,
            responses={200: {"description": "tile set and TileJSON in one document", "content": {JSON: {}}}})  # fmt: skip
async def dataset_tileset(request: Request, _actor: CurrentActor, shown: Wanted, lang: Language) -> Response:
    """The tile set of all layers together. The same document is TileJSON 3.0."""
    at = f"{base(request)}/tiles/{SCHEME}"
    body: dict[str, Any] = {
        "title": "全部图层 All layers",
        **TILE_TYPE,
        "tileMatrixSetURI": SCHEME_URI,
        "tileMatrixSetDefinition": f"{base(request)}/tileMatrixSets/{SCHEME}",
        "links": [
            {**link(f"{at}/{{tileMatrix}}/{{tileRow}}/{{tileCol}}{{?collections}}", "item", MVT), "templated": True},
            link(f"{base(request)}/tileMatrixSets/{SCHEME}", f"{OGC_REL}tiling-scheme", JSON),
        ],
        "tilejson": "3.0.0",
        "name": "anlan",
        "scheme": "xyz",
        "tiles": [f"{at}/{{z}}/{{y}}/{{x}}"],
        "vector_layers": [vector_layer(layer) for layer in LAYERS.values()],
        "minzoom": 0,
        "maxzoom": MAX_ZOOM,
    }
    return document(request, shown, lang, "全部图层 All layers", body)
