"""Vector tiles of each layer in web mercator. An address of a tile never answers with a page: nothing is empty bytes.

Several layers in one tile: dataset_tiles.py. The tile itself comes first here and in the package: routes are tried in
order, and nothing is asked for more often.
"""

import math
import re
from datetime import datetime
from typing import Any, Final

from fastapi import APIRouter, Request, Response

from api.deps import CurrentActor, KnownLayer, Language, TheDatabase, current_actor
from api.errors import problem_responses
from api.routers.ogc import crs
from api.routers.ogc.asking import moment_or_refusal
from api.routers.ogc.facts import facts_of, rows_of
from api.routers.ogc.html import page
from api.routers.ogc.links import JSON, MVT, OGC_REL, SCHEMA_JSON, base, link, self_and_alternate
from api.routers.ogc.representations import (
    Wanted,
    bad_query,
    etag_of,
    has_it,
    json_answer,
    kept_headers,
    not_modified,
    only,
    refuse_unknown,
)
from api.thresholds import Thresholds
from layers.database import Database
from layers.errors import FeatureNotFound
from layers.fields import Layer
from layers.registry import layer_named
from layers.store import LayerFacts
from layers.tiles import MAX_ZOOM, TileCache, read_tile

router = APIRouter(responses=problem_responses([400, 401, 404]))

SCHEME: Final = "WebMercatorQuad"
SCHEME_URI: Final = f"http://www.opengis.net/def/tilematrixset/OGC/1.0/{SCHEME}"
HALF_M: Final = math.pi * 6378137.0  # half the side of the square world in EPSG:3857
TILE_PX: Final = 256
PIXEL_M: Final = 0.00028  # OGC's standardised rendering pixel (17-083r4, 6.1)
TILE_TYPE: Final = {"dataType": "vector", "crs": f"{crs.EPSG}3857"}
Spot = tuple[int, int, int]  # zoom, row, column
_WHOLE: Final = re.compile(r"-?[0-9]{1,40}")  # 40 digits: beyond any tile, short of what int() refuses

TILE_PARAMETERS: Final = [
    {"name": name, "in": place, "required": place == "path", "description": text, "schema": schema}
    for name, place, text, schema in (
        ("layer", "path", "name of a layer, e.g. shelters", {"type": "string", "maxLength": 63}),
        ("z", "path", "zoom", {"type": "integer", "minimum": 0, "maximum": MAX_ZOOM}),
        ("y", "path", "row from the north", {"type": "integer", "minimum": 0}),
        ("x", "path", "column from the west", {"type": "integer", "minimum": 0}),
        ("as_of", "query", "as it was at this moment (RFC 3339)", {"type": "string", "maxLength": 40}),
    )
]


@router.get(
    f"/collections/{{layer}}/tiles/{SCHEME}/{{z}}/{{y}}/{{x}}",
    response_class=Response,
    responses={200: {"description": "a vector tile, empty where nothing lies in it", "content": {MVT: {}}}},
    openapi_extra={"parameters": TILE_PARAMETERS, "security": [{"bearer": []}, {"cookie": []}]},
)
async def tile(request: Request) -> Response:
    """One tile: zoom, row from the north, column from the west.

    It asks for no dependencies: FastAPI would take as long to resolve them as all the rest of a tile from memory takes.
    """
    await current_actor(request)
    refuse_unknown(request, ("as_of",))
    layer = layer_named(request.path_params["layer"])
    spot = place_of(request)
    at = moment_or_refusal("as_of", request.query_params.get("as_of"))
    version = await request.app.state.database.version_of(layer.name)
    headers = kept_headers(etag_of(request, version))
    if has_it(request, headers["ETag"]):
        return not_modified(headers)
    return Response(await bytes_of(request, layer, version, spot, at), media_type=MVT, headers=headers)


async def bytes_of(request: Request, layer: Layer, version: int, spot: Spot, at: datetime | None) -> bytes:
    """The tile of a layer, from memory where it is kept; as it was `at`, which is never kept."""
    state, (z, y, x) = request.app.state, spot
    database: Database = state.database

    async def read() -> bytes:
        thinned = await _is_thinned(layer, z, version, database, state.thresholds)
        return await read_tile(database, layer, z, x, y, thinned=thinned, as_of=at)

    return await (_cache(request).tile(layer.name, z, x, y, version, read) if at is None else read())


def place_of(request: Request) -> Spot:
    """Zoom, row and column of the address. Raises BadQuery where one is no number, FeatureNotFound outside the scheme."""
    given = {name: request.path_params[name] for name in ("z", "y", "x")}
    errors = [
        {"field": name, "value": text[:100], "zh": "应为整数", "en": "must be a whole number"}
        for name, text in given.items()
        if not _WHOLE.fullmatch(text)
    ]
    if errors:
        raise bad_query(errors)
    z, y, x = map(int, given.values())
    _refuse_outside(z, y, x)
    return z, y, x


def _refuse_outside(z: int, y: int, x: int) -> None:
    if not (0 <= z <= MAX_ZOOM and 0 <= y < 2**z and 0 <= x < 2**z):
        raise FeatureNotFound(
            f"没有瓦片 {z}/{y}/{x}:级别为 0–{MAX_ZOOM},行列号小于 2^级别。"[:200],
            f"There is no tile {z}/{y}/{x}: zooms are 0 to {MAX_ZOOM}, rows and columns below 2^zoom."[:200],
        )


async def _is_thinned(layer: Layer, z: int, version: int, database: Database, thresholds: Thresholds) -> bool:
    """Whether this is an overview tile of a layer with too many rows to draw each."""
    if z >= await thresholds.whole("tiles.thin_below_zoom"):
        return False
    return await rows_of(database, layer, version) > await thresholds.whole("tiles.thin_above_rows")


def _cache(request: Request) -> TileCache:
    state = request.app.state
    if not hasattr(state, "tiles"):
        state.tiles = TileCache()
    cache: TileCache = state.tiles
    return cache


@router.get("/tileMatrixSets", dependencies=[only()], response_class=Response)
async def tile_matrix_sets(request: Request, _actor: CurrentActor, shown: Wanted, lang: Language) -> Response:
    """The tiling schemes there are: web mercator."""
    at = f"{base(request)}/tileMatrixSets/{SCHEME}"
    one = {
        "id": SCHEME,
        "title": "Web Mercator",
        "uri": SCHEME_URI,
        "links": [link(at, f"{OGC_REL}tiling-scheme", JSON)],
    }
    return document(request, shown, lang, "瓦片方案 Tile matrix sets", {"tileMatrixSets": [one]})


@router.get(f"/tileMatrixSets/{SCHEME}", dependencies=[only()], response_class=Response)
async def web_mercator_quad(request: Request, _actor: CurrentActor, shown: Wanted, lang: Language) -> Response:
    """Web mercator, 256 px tiles, levels 0 to 22."""
    matrices = [_matrix(z) for z in range(MAX_ZOOM + 1)]
    body = {"id": SCHEME, "title": "Web Mercator", "uri": SCHEME_URI, "crs": f"{crs.EPSG}3857",
            "orderedAxes": ["X", "Y"], "wellKnownScaleSet": "http://www.opengis.net/def/wkss/OGC/1.0/GoogleMapsCompatible",
            "tileMatrices": matrices}  # fmt: skip
    return document(request, shown, lang, SCHEME, body)


def _matrix(z: int) -> dict[str, Any]:
    cell_m = 2 * HALF_M / TILE_PX / 2**z
    return {"id": str(z), "scaleDenominator": cell_m / PIXEL_M, "cellSize": cell_m, "cornerOfOrigin": "topLeft",
            "pointOfOrigin": [-HALF_M, HALF_M], "tileWidth": TILE_PX, "tileHeight": TILE_PX, "matrixWidth": 2**z,
            "matrixHeight": 2**z}  # fmt: skip


@router.get("/collections/{layer}/tiles", dependencies=[only()], response_class=Response)
async def tilesets(
    request: Request, _actor: CurrentActor, layer: KnownLayer, shown: Wanted, lang: Language
) -> Response:
    """The tile sets of a layer."""
    at = f"{base(request)}/collections/{layer.name}/tiles/{SCHEME}"
    one = {"title": layer.zh, "tileMatrixSetURI": SCHEME_URI, **TILE_TYPE, "links": [link(at, "self", JSON)]}
    return document(request, shown, lang, f"{layer.zh} 瓦片 tiles", {"tilesets": [one]})


@router.get(
    f"/collections/{{layer}}/tiles/{SCHEME}",
    dependencies=[only()],
    response_class=Response,
    responses={200: {"description": "tile set and TileJSON in one document", "content": {JSON: {}}}},
)
async def tileset(
    request: Request, _actor: CurrentActor, layer: KnownLayer, database: TheDatabase, shown: Wanted, lang: Language
) -> Response:
    """The tile set of a layer. The same document is TileJSON 3.0: `tiles` has x and y where TileJSON wants them."""
    return document(
        request, shown, lang, f"{layer.zh} {SCHEME}", _tileset(request, layer, await facts_of(database, layer))
    )


def vector_layer(layer: Layer) -> dict[str, Any]:
    """A layer as TileJSON tells what is in its tiles."""
    fields = {"id": "Number", "code": "String", "name": "String", "status": "String", "admin_code": "String",
              "exercise": "Boolean", **({layer.legend.by: "String"} if layer.legend.by else {})}  # fmt: skip
    return {"id": layer.name, "fields": fields, "minzoom": 0, "maxzoom": MAX_ZOOM}


def _tileset(request: Request, layer: Layer, facts: LayerFacts) -> dict[str, Any]:
    at = f"{base(request)}/collections/{layer.name}"
    tile = f"{at}/tiles/{SCHEME}/{{tileMatrix}}/{{tileRow}}/{{tileCol}}"
    bounds = list(facts.bbox) if facts.bbox else [-180.0, -85.05, 180.0, 85.05]
    return {
        "title": layer.zh,
        **TILE_TYPE,
        "tileMatrixSetURI": SCHEME_URI,
        "tileMatrixSetDefinition": f"{base(request)}/tileMatrixSets/{SCHEME}",
        "boundingBox": {"lowerLeft": bounds[:2], "upperRight": bounds[2:], "crs": crs.CRS84},
        "links": [
            {**link(tile, "item", MVT), "templated": True},
            link(f"{base(request)}/tileMatrixSets/{SCHEME}", f"{OGC_REL}tiling-scheme", JSON),
            link(f"{at}/schema", "describedby", SCHEMA_JSON),
        ],
        "tilejson": "3.0.0",
        "name": layer.name,
        "scheme": "xyz",
        "tiles": [f"{at}/tiles/{SCHEME}/{{z}}/{{y}}/{{x}}"],
        "vector_layers": [vector_layer(layer)],
        "minzoom": 0,
        "maxzoom": MAX_ZOOM,
        "bounds": bounds,
    }


def document(request: Request, shown: str, lang: Any, title: str, body: dict[str, Any]) -> Response:
    if shown == "html":
        return page(request, "document.html", lang, title=title, body=body)
    return json_answer({**body, "links": [*self_and_alternate(request, shown), *body.get("links", [])]})
