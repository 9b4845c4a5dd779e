"""Collections: one a layer, with extent, coordinate systems, schema and queryables."""

from typing import Any

from fastapi import APIRouter, Request, Response

from api.deps import CurrentActor, KnownLayer, Language, TheDatabase
from api.errors import problem_responses
from api.routers.ogc import crs
from api.routers.ogc.facts import facts_of
from api.routers.ogc.html import page
from api.routers.ogc.links import GEOJSON, HTML, JSON, OGC_REL, SCHEMA_JSON, Link, base, link, self_and_alternate
from api.routers.ogc.representations import Wanted, json_answer, only
from layers import forms
from layers.fields import Layer
from layers.registry import LAYERS
from layers.store import LayerFacts

router = APIRouter(responses=problem_responses([400, 401, 404]))


@router.get("/collections", dependencies=[only()], response_class=Response)
async def all_collections(
    request: Request, _actor: CurrentActor, database: TheDatabase, shown: Wanted, lang: Language
) -> Response:
    """All layers, in drawing order: areas, lines, points."""
    known = [(layer, await facts_of(database, layer)) for layer in LAYERS.values()]
    if shown == "html":
        rows = [{"layer": layer, "facts": facts} for layer, facts in known]
        return page(request, "collections.html", lang, rows=rows)
    systems = crs.uris(await crs.offered(database))
    body = {
        "links": self_and_alternate(request, shown),
        "crs": systems,
        "collections": [collection(request, layer, facts, ["#/crs"]) for layer, facts in known],
    }
    return json_answer(body)


@router.get("/collections/{layer}", dependencies=[only()], response_class=Response)
async def one_collection(
    request: Request, _actor: CurrentActor, layer: KnownLayer, database: TheDatabase, shown: Wanted, lang: Language
) -> Response:
    """One layer: extent, coordinate systems, and links to its features, fields and tiles."""
    facts, systems = await facts_of(database, layer), crs.uris(await crs.offered(database))
    if shown == "html":
        return page(request, "collection.html", lang, layer=layer, facts=facts, crs=systems)
    return json_answer(collection(request, layer, facts, systems))


@router.get("/collections/{layer}/schema", dependencies=[only()], response_class=Response)
async def schema(request: Request, _actor: CurrentActor, layer: KnownLayer, shown: Wanted, lang: Language) -> Response:
    """Every field of the layer (JSON Schema, OGC API Features Part 5): what is returned, and what may be written."""
    return _schema(request, shown, lang, layer, forms.json_schema(layer, _at(request, layer, "schema")))


@router.get("/collections/{layer}/queryables", dependencies=[only()], response_class=Response)
async def queryables(
    request: Request, _actor: CurrentActor, layer: KnownLayer, shown: Wanted, lang: Language
) -> Response:
    """What a filter may name."""
    return _schema(request, shown, lang, layer, forms.queryables(layer, _at(request, layer, "queryables")))


def _schema(request: Request, shown: str, lang: Any, layer: Layer, body: dict[str, Any]) -> Response:
    if shown == "html":
        return page(request, "document.html", lang, title=f"{layer.zh} {layer.en}", body=body["properties"])
    return Response(json_answer(body).body, media_type=SCHEMA_JSON)


def _at(request: Request, layer: Layer, part: str = "") -> str:
    return f"{base(request)}/collections/{layer.name}{'/' if part else ''}{part}"


def collection(request: Request, layer: Layer, facts: LayerFacts, systems: list[str]) -> dict[str, Any]:
    """The description of one layer as OGC API Features has it, with both titles and our counts."""
    extent: dict[str, Any] = {"temporal": {"interval": [[None, facts.changed_at.isoformat()]]}}
    if facts.bbox is not None:
        extent["spatial"] = {"bbox": [list(facts.bbox)], "crs": crs.CRS84}
    return {
        "id": layer.name,
        "title": layer.zh,
        "x-title-en": layer.en,
        "description": layer.help_zh or layer.zh,
        "x-description-en": layer.help_en or layer.en,
        "attribution": layer.source,
        "itemType": "feature",
        "extent": extent,
        "crs": systems,
        "storageCrs": crs.STORED,
        "links": _links(request, layer),
        "x-count": facts.rows,
        "x-exercise-count": facts.exercise_rows,
    }


def _links(request: Request, layer: Layer) -> list[Link]:
    at, title = _at(request, layer), f"{layer.zh} {layer.en}"
    return [
        link(at, "self", JSON, title),
        link(f"{at}?f=html", "alternate", HTML, title),
        link(f"{at}/items", "items", GEOJSON, f"{title} 要素 features"),
        link(f"{at}/items?f=html", "items", HTML, f"{title} 要素 features"),
        link(f"{at}/schema", "describedby", SCHEMA_JSON, "字段 schema"),
        link(f"{at}/schema", f"{OGC_REL}schema", SCHEMA_JSON, "字段 schema"),
        link(f"{at}/queryables", f"{OGC_REL}queryables", SCHEMA_JSON, "可筛选字段 queryables"),
        link(f"{at}/tiles", f"{OGC_REL}tilesets-vector", JSON, "瓦片 tiles"),
    ]
