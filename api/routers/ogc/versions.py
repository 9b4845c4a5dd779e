"""The history of one feature, and going back to an old version."""

from typing import Annotated, Any

import orjson
from fastapi import APIRouter, Path, Request, Response

from api.deps import CurrentActor, KnownLayer, Language, TheDatabase
from api.errors import problem_responses
from api.idempotency import writing
from api.routers.ogc.editing import expected_version, takes
from api.routers.ogc.html import page
from api.routers.ogc.items import FeatureId
from api.routers.ogc.links import GEOJSON, base, link, self_and_alternate
from api.routers.ogc.representations import Wanted, json_answer, only
from layers import history
from layers.errors import FeatureNotFound, VersionConflict

router = APIRouter(responses=problem_responses([400, 401, 403, 404, 412, 422, 428]))

VersionNumber = Annotated[int, Path(ge=1, le=2**31 - 1, description="number of the version")]


@router.get("/collections/{layer}/items/{id}/versions", dependencies=[only()], response_class=Response)
async def versions_of_a_feature(
    request: Request, _actor: CurrentActor, layer: KnownLayer, id: FeatureId, database: TheDatabase, shown: Wanted,
    lang: Language,
) -> Response:  # fmt: skip
    """Who changed the feature, when and what, newest first. Restricted fields are not in it."""
    told = await history.versions(database, layer, id)
    feature = f"{base(request)}/collections/{layer.name}/items/{id}"
    body = {"versions": told, "links": [*self_and_alternate(request, shown), link(feature, "latest-version", GEOJSON)]}
    if shown == "html":
        return page(request, "document.html", lang, title=f"{layer.zh} {id}", body={"versions": told})
    return json_answer(body)


@router.get("/collections/{layer}/items/{id}/versions/{version}", dependencies=[only()], response_class=Response)
async def one_version(
    request: Request, _actor: CurrentActor, layer: KnownLayer, id: FeatureId, version: VersionNumber,
    database: TheDatabase, shown: Wanted, lang: Language,
) -> Response:  # fmt: skip
    """One version: who, when, what it was before and after."""
    told = _numbered(await history.versions(database, layer, id), id, version)
    if shown == "html":
        return page(request, "document.html", lang, title=f"{layer.zh} {id} v{version}", body=told)
    return json_answer({**told, "links": self_and_alternate(request, shown)})


def _numbered(versions: list[dict[str, Any]], id: int, version: int) -> dict[str, Any]:
    for told in versions:
        if told["version"] == version:
            return told
    raise FeatureNotFound(f"要素 {id} 没有第 {version} 版。", f"Feature {id} has no version {version}.")


@router.post("/collections/{layer}/items/{id}/versions/{version}/restore", dependencies=[only()],
             response_class=Response, openapi_extra=takes())  # fmt: skip
async def restore_a_version(
    request: Request, actor: CurrentActor, layer: KnownLayer, id: FeatureId, version: VersionNumber,
    database: TheDatabase,
) -> Response:  # fmt: skip
    """Make an old version the newest again, as a new version; also brings back a removed feature.

    If-Match names the newest version there is, a removal's included.
    """
    newest = (await history.versions(database, layer, id))[0]["version"]
    expected = (
        newest
        if request.headers.get("if-match") == "*"
        else await expected_version(request, database, actor, layer, id)
    )
    async with writing(request, actor) as work:
        if expected != newest:
            raise VersionConflict(
                f"要素 {id} 已是第 {newest} 版,不是第 {expected} 版,请重新读取。",
                f"Feature {id} is at version {newest}, not {expected}; read it again.",
            )
        made = await history.restore(work.connection, layer, id, version)
        address = f"{base(request)}/collections/{layer.name}/items/{id}"
        body = orjson.dumps({"id": id, "version": made, "href": address})
        answer = work.answer(200, body, headers={"ETag": f'"{made}"'})
    await database.refresh_version(layer.name)
    return answer
