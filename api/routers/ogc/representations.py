"""How an answer is given: JSON or HTML, its ETag, and 304 where the caller has it already."""

import hashlib
import re
from typing import Annotated, Any, Final, Literal

import orjson
from fastapi import Depends, Query, Request, Response

from layers.errors import BadQuery

Format = Literal["json", "html"]

ASK_FIRST: Final = "private, no-cache"  # keep it, but ask with its ETag each time: the layer may have changed
VARY: Final = "Accept, Accept-Language, Authorization, Cookie"
ALWAYS_KNOWN: Final = ("f", "lang")
_TAG = re.compile(r'(?:W/)?"([^"]*)"')


async def wanted_format(
    request: Request,
    f: Annotated[Format | None, Query(description="json or html; else the Accept header decides")] = None,
) -> Format:
    """`?f=` if given, else HTML where Accept names it before any kind of JSON, else JSON."""
    if f is not None:
        return f
    for kind in request.headers.get("accept", "").lower().split(","):
        if "json" in kind:
            return "json"
        if "html" in kind:
            return "html"
    return "json"


Wanted = Annotated[Format, Depends(wanted_format)]


def only(*names: str) -> Any:
    """A dependency that refuses parameters the page does not know (OGC API asks for 400) and doubled ones."""

    async def checked(request: Request) -> None:
        refuse_unknown(request, names)

    return Depends(checked)


def refuse_unknown(request: Request, names: Any) -> None:
    """Raises BadQuery for unknown and repeated parameters, all at once."""
    known = {*names, *ALWAYS_KNOWN}
    given = [name for name, _ in request.query_params.multi_items()]
    errors = [
        _wrong(name, "不认识的参数", "is not a parameter here") for name in dict.fromkeys(given) if name not in known
    ]
    errors += [_wrong(name, "参数重复", "is given twice") for name in known if given.count(name) > 1]
    if errors:
        raise bad_query(errors)


def _wrong(name: str, zh: str, en: str) -> dict[str, Any]:
    return {"field": name[:100], "value": None, "zh": zh, "en": en}


def bad_query(errors: list[dict[str, Any]]) -> BadQuery:
    """One refusal for several wrong parameters."""
    zh = ";".join(f"{error['field']} {error['zh']}" for error in errors)
    en = "; ".join(f"{error['field']} {error['en']}" for error in errors)
    return BadQuery(f"{zh}。"[:1000], f"{en}."[:1000], errors=errors)


def etag_of(request: Request, *parts: Any) -> str:
    """A weak ETag over what the answer depends on; compression and streaming may change its bytes.

    The database's ticket key is in it: a database made anew counts its layer versions from 1 again.
    """
    salted = repr((request.app.state.settings.ticket_key, request.url.path, request.url.query, *parts))
    return f'W/"{hashlib.sha256(salted.encode()).hexdigest()[:20]}"'


def has_it(request: Request, etag: str) -> bool:
    """Whether If-None-Match names the ETag (weak comparison, RFC 9110 §8.8.3.2)."""
    given = request.headers.get("if-none-match", "")
    return given.strip() == "*" or _TAG.findall(etag)[0] in _TAG.findall(given)


def kept_headers(etag: str) -> dict[str, str]:
    return {"ETag": etag, "Cache-Control": ASK_FIRST, "Vary": VARY}


def not_modified(headers: dict[str, str]) -> Response:
    return Response(status_code=304, headers=headers)


def json_answer(body: Any, media_type: str = "application/json", **headers: str) -> Response:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Response(orjson.dumps(body), media_type=media_type, headers={"Vary": VARY, **named})
