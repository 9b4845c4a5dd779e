"""Links between the pages of /ogc, absolute, with relation and type."""

from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import quote, urlencode

from fastapi import Request

JSON: Final = "application/json"
GEOJSON: Final = "application/geo+json"
HTML: Final = "text/html"
SCHEMA_JSON: Final = "application/schema+json"
MVT: Final = "application/vnd.mapbox-vector-tile"
OPENAPI: Final = "application/vnd.oai.openapi+json;version=3.0"
OGC_REL: Final = "http://www.opengis.net/def/rel/ogc/1.0/"

Link = dict[str, str]


def base(request: Request) -> str:
    """`http://host/ogc` as the caller reached it."""
    return f"{str(request.base_url).rstrip('/')}/ogc"


def link(href: str, rel: str, type: str, title: str = "") -> Link:
    return {"href": href, "rel": rel, "type": type, **({"title": title} if title else {})}


def with_query(url: str, query: Mapping[str, Any]) -> str:
    """`url?…` without empty values."""
    text = urlencode({name: value for name, value in query.items() if value is not None}, quote_via=quote, safe=",:/")
    return f"{url}?{text}" if text else url


def here(request: Request, **changes: Any) -> str:
    """This page's address with some parameters changed (None drops one)."""
    path = f"{str(request.base_url).rstrip('/')}{request.url.path}"
    return with_query(path, {**request.query_params, **changes})


def self_and_alternate(request: Request, shown: str, json_type: str = JSON) -> list[Link]:
    """Links to this page in the format shown and in the other one."""
    forms = {"json": json_type, "html": HTML}
    other = "html" if shown == "json" else "json"
    return [
        link(here(request, f=shown), "self", forms[shown], "本页 This document"),
        link(here(request, f=other), "alternate", forms[other], f"{other.upper()}"),
    ]
