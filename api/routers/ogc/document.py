"""The OpenAPI 3.0 description of /ogc, cut from the application's own 3.1 document.

OGC API Features names a class for 3.0 only, and GDAL and QGIS read that.
"""

import copy
from typing import Any

from fastapi import FastAPI

PREFIX = "/ogc"
COMPONENTS = "components"
NEWER = ("examples", "contentMediaType", "$schema")  # keywords of 3.1 that 3.0 does not have


def described(app: FastAPI, server: str) -> dict[str, Any]:
    """The paths under /ogc as OpenAPI 3.0.3."""
    whole = app.openapi()
    paths = {path: item for path, item in whole["paths"].items() if path == PREFIX or path.startswith(f"{PREFIX}/")}
    document = {
        "openapi": "3.0.3",
        "info": {**whole["info"], "title": "安澜 Anlan OGC API"},
        "servers": [{"url": server}],
        "paths": paths,
        COMPONENTS: whole.get(COMPONENTS, {}),
    }
    older: dict[str, Any] = _older(copy.deepcopy(document))
    return older


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
