"""The OpenAPI 3.0 description of /ogc, cut from the application's own 3.1 document.

OGC API Features names a class for 3.0 only, and GDAL and QGIS read that.
"""

import copy
from typing import Any

from fastapi import FastAPI

from api.routers.ogc.asking import property_parameters
from layers.registry import LAYERS

PREFIX = "/ogc"
ITEMS = "/collections/{layer}/items"
COMPONENTS = "components"
NEWER = ("examples", "contentMediaType", "$schema")  # keywords of 3.1 that 3.0 does not have


def described(app: FastAPI, server: str) -> dict[str, Any]:
    """The paths under /ogc as OpenAPI 3.0.3, with a path of its own for each layer's features. `server` ends in /ogc."""
    if not hasattr(app.state, "ogc_document"):  # public and large: made once
        app.state.ogc_document = _document(app)
    return {**app.state.ogc_document, "servers": [{"url": server}]}


def _document(app: FastAPI) -> dict[str, Any]:
    whole = app.openapi()
    paths = {path.removeprefix(PREFIX) or "/": item for path, item in whole["paths"].items() if _is_ours(path)}
    document = {
        "openapi": "3.0.3",
        "info": {**whole["info"], "title": "安澜 Anlan OGC API"},
        "paths": {**paths, **{f"/collections/{name}/items": _of_layer(paths[ITEMS], name) for name in LAYERS}},
        COMPONENTS: whole.get(COMPONENTS, {}),
    }
    older: dict[str, Any] = _older(copy.deepcopy(document))
    return older


def _is_ours(path: str) -> bool:
    return path == PREFIX or path.startswith(f"{PREFIX}/")


def _of_layer(item: dict[str, Any], name: str) -> dict[str, Any]:
    """GET of one layer's features: the layer is named by the path, and its properties are parameters."""
    get = item["get"]
    shared = [one for one in get["parameters"] if one["in"] != "path"]
    named = {"operationId": f"list_{name}", "summary": f"{LAYERS[name].zh} {LAYERS[name].en}"}
    return {"get": {**get, **named, "parameters": [*shared, *property_parameters(LAYERS[name])]}}


def _older(value: Any) -> Any:
    """`anyOf [X, null]` → nullable X, `const` → one-valued enum, without keywords that 3.0 lacks."""
    if isinstance(value, list):
        return [_older(item) for item in value]
    if not isinstance(value, dict):
        return value
    kept = {name: _older(item) for name, item in value.items() if name not in NEWER}
    choices = kept.get("anyOf")
    if isinstance(choices, list) and {"type": "null"} in choices:
        others = [choice for choice in choices if choice != {"type": "null"}]
        del kept["anyOf"]
        kept |= {"nullable": True, **(others[0] if len(others) == 1 else {"anyOf": others})}
    if "const" in kept:
        kept["enum"] = [kept.pop("const")]
    return kept
