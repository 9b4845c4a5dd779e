"""The landing page, what we conform to, and the description of /ogc. These three need no sign-in."""

from typing import Any, Final

from fastapi import APIRouter, Request, Response

from api.deps import Language
from api.routers.ogc.document import described
from api.routers.ogc.html import page
from api.routers.ogc.links import HTML, JSON, OGC_REL, OPENAPI, base, link, self_and_alternate
from api.routers.ogc.representations import Wanted, json_answer, only
from layers import filters

router = APIRouter()

_FEATURES: Final = "http://www.opengis.net/spec/ogcapi-features-"
_TILES: Final = "http://www.opengis.net/spec/ogcapi-tiles-1/1.0/conf/"
_PROCESSES: Final = "http://www.opengis.net/spec/ogcapi-processes-1/1.0/conf/"
CONFORMANCE: Final[tuple[str, ...]] = (
    "http://www.opengis.net/spec/ogcapi-common-1/1.0/conf/core",
    "http://www.opengis.net/spec/ogcapi-common-1/1.0/conf/landing-page",
    "http://www.opengis.net/spec/ogcapi-common-1/1.0/conf/json",
    "http://www.opengis.net/spec/ogcapi-common-1/1.0/conf/html",
    "http://www.opengis.net/spec/ogcapi-common-2/1.0/conf/collections",
    *(f"{_FEATURES}1/1.0/conf/{name}" for name in ("core", "geojson", "html", "oas30")),
    f"{_FEATURES}2/1.0/conf/crs",
    *(
        f"{_FEATURES}3/1.0/conf/{name}"
        for name in ("queryables", "queryables-query-parameters", "filter", "features-filter")
    ),
    *(
        f"{_FEATURES}4/1.0/conf/{name}"
        for name in ("create-replace-delete", "update", "optimistic-locking", "optimistic-locking-etags")
    ),
    *(f"{_FEATURES}5/1.0/conf/{name}" for name in ("schemas", "core-roles-features", "returnables-and-receivables")),
    *filters.CONFORMANCE,
    *(f"{_TILES}{name}" for name in ("core", "tileset", "tilesets-list", "geodata-tilesets", "dataset-tilesets",
                                  "collections-selection", "mvt")),
    "http://www.opengis.net/spec/tms/2.0/conf/tilematrixset",
    "http://www.opengis.net/spec/tms/2.0/conf/json-tilematrixset",
    *(f"{_PROCESSES}{name}" for name in ("core", "ogc-process-description", "json", "oas30", "job-list", "dismiss")),
)
"""Only what the tests in tests/api/test_ogc_*.py and tests/layers/test_filters.py exercise."""


@router.get("", dependencies=[only()], response_class=Response)
async def landing_page(request: Request, shown: Wanted, lang: Language) -> Response:
    """The landing page: links to everything else."""
    at = base(request)
    body: dict[str, Any] = {
        "title": "安澜:县域应急一张图",
        "x-title-en": "Anlan: the emergency map of a county",
        "description": "OGC API 要素、瓦片与分析接口。除本页外均需登录(HTTP Basic 或令牌)。",
        "x-description-en": "OGC API Features, Tiles and Processes. Everything but this page asks you to sign in (HTTP Basic or a token).",
        "links": [
            *self_and_alternate(request, shown),
            link(f"{at}/api", "service-desc", OPENAPI, "接口描述 API description"),
            link(f"{at}/api?f=html", "service-doc", HTML, "接口文档 API documentation"),
            link(f"{at}/conformance", "conformance", JSON, "符合的标准 Conformance"),
            link(f"{at}/conformance", f"{OGC_REL}conformance", JSON, "符合的标准 Conformance"),
            link(f"{at}/collections", "data", JSON, "图层 Layers"),
            link(f"{at}/collections", f"{OGC_REL}data", JSON, "图层 Layers"),
            link(f"{at}/tiles", f"{OGC_REL}tilesets-vector", JSON, "瓦片 Tiles"),
            link(f"{at}/tileMatrixSets", f"{OGC_REL}tiling-schemes", JSON, "瓦片方案 Tile matrix sets"),
            link(f"{at}/processes", f"{OGC_REL}processes", JSON, "分析 Processes"),
            link(f"{at}/jobs", f"{OGC_REL}job-list", JSON, "分析任务 Jobs"),
        ],
    }
    if shown == "html":
        return page(request, "landing.html", lang, body=body)
    return json_answer(body)


@router.get("/conformance", dependencies=[only()], response_class=Response)
async def conformance(request: Request, shown: Wanted, lang: Language) -> Response:
    """The conformance classes of the OGC standards that are kept."""
    body = {"conformsTo": list(CONFORMANCE)}
    if shown == "html":
        return page(request, "document.html", lang, title="符合的标准 Conformance", body=body)
    return json_answer(body)


@router.get("/api", dependencies=[only()], response_class=Response)
async def api_description(request: Request, shown: Wanted, lang: Language) -> Response:
    """The OpenAPI 3.0 description of everything under /ogc."""
    body = described(request.app, base(request))
    if shown == "html":
        return page(request, "document.html", lang, title="接口描述 API", body=body["paths"])
    return Response(json_answer(body).body, media_type=OPENAPI)
