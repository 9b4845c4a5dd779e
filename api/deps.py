"""What routes ask for by type: who is asking, in which language, which layer. Each is looked up and tested once.

All are `async def`, also those that wait for nothing: FastAPI sends a plain function to a thread, which costs more than
the rest of a cached tile.
"""

from typing import Annotated, Any, Literal

from fastapi import Depends, Path, Query, Request, Security
from fastapi.openapi.models import APIKey, HTTPBase, OAuth2, OAuthFlowPassword, OAuthFlows
from fastapi.openapi.models import SecurityBase as Model
from fastapi.security.base import SecurityBase

from api.auth import ACCESS_COOKIE, SAFE_METHODS, Tokens, takes_basic
from api.sessions import Sessions
from api.thresholds import Thresholds
from layers.database import Actor, Database
from layers.errors import Forbidden, NotSignedIn, PasswordToChange
from layers.fields import Layer
from layers.registry import layer_named

Tongue = Literal["zh", "en"]

OPEN_BEFORE_THE_CHANGE = ("/api/me", "/api/me/password")  # to somebody whose password another gave out


class Scheme(SecurityBase):
    """A way to sign in as the OpenAPI document tells it; `current_actor` does the work."""

    def __init__(self, name: str, model: Model) -> None:
        self.scheme_name = name
        self.model = model

    async def __call__(self) -> None:
        return None


BEARER = Scheme("bearer", OAuth2(flows=OAuthFlows(password=OAuthFlowPassword(tokenUrl="/api/auth/token", scopes={}))))
COOKIE = Scheme("cookie", APIKey.model_validate({"in": "cookie", "name": ACCESS_COOKIE, "description": "GET and HEAD only"}))
BASIC = Scheme("basic", HTTPBase(scheme="basic", description="on /ogc and /metrics only"))


async def the_database(request: Request) -> Database:
    database: Database = request.app.state.database
    return database


async def the_thresholds(request: Request) -> Thresholds:
    thresholds: Thresholds = request.app.state.thresholds
    return thresholds


async def the_sessions(request: Request) -> Sessions:
    sessions: Sessions = request.app.state.sessions
    return sessions


async def address_of(request: Request) -> str | None:
    """The client's address, for the audit trail. Behind a proxy uvicorn fills it from X-Forwarded-For."""
    return request.client.host if request.client else None


async def current_actor(request: Request, _bearer: Annotated[None, Security(BEARER)] = None,
                        _cookie: Annotated[None, Security(COOKIE)] = None) -> Actor:
    """Whoever is asking. Raises NotSignedIn, PasswordToChange, Locked (Basic only).

    A password that somebody else gave out opens nothing but its own change: after GB/T 22239-2019 8.1.4.1 a (the secret is
    its user's own) and 8.1.4.2 b (passwords as delivered are changed).
    """
    actor = await _identified(request)
    if actor.must_change and request.url.path not in OPEN_BEFORE_THE_CHANGE:
        raise PasswordToChange(
            "您还在用管理员发给的密码,改成自己的之后才能继续。请用 POST /api/me/password 修改,再重新登录。",
            "You still use the password the administrator gave you; choose your own first: POST /api/me/password, then sign in again.")
    return actor


async def _identified(request: Request) -> Actor:
    """Whoever the header or the cookie speaks for.

    A header counts before the cookie, and a wrong header is refused even when the cookie would do. The cookie works for
    GET and HEAD only, so that no foreign page can make a browser write.
    """
    tokens: Tokens = request.app.state.tokens
    scheme, _, value = request.headers.get("authorization", "").partition(" ")
    match scheme.lower():
        case "bearer":
            return tokens.read(value.strip())
        case "basic" if takes_basic(request.url.path):
            sessions = await the_sessions(request)
            return await sessions.by_basic(value.strip(), await address_of(request))
        case "" if request.method in SAFE_METHODS and (cookie := request.cookies.get(ACCESS_COOKIE)):
            return tokens.read(cookie)
        case "":
            raise NotSignedIn("请先登录。", "Sign in first.")
        case "basic":
            raise NotSignedIn("这里不接受 HTTP Basic,请用 /api/auth/token 取得的令牌。",
                              "HTTP Basic is not accepted here; use a token from /api/auth/token.")
        case _:
            raise NotSignedIn("不认识的 Authorization 头。", "Unknown kind of Authorization header.")


def RequireRole(*roles: str) -> Any:  # noqa: N802  # reads as a declaration: `dependencies=[RequireRole("admin")]`
    """A dependency that lets only these roles pass. Raises Forbidden."""

    async def checked(actor: CurrentActor) -> Actor:
        if actor.role not in roles:
            allowed = "、".join(roles)
            raise Forbidden(f"这项操作只限 {allowed},您的角色是 {actor.role}。",
                            f"Only {', '.join(roles)} may do this; your role is {actor.role}.")
        return actor

    return Depends(checked)


async def language(request: Request, lang: Annotated[Tongue | None, Query(description="zh or en")] = None) -> Tongue:
    """`?lang=` if given, else Accept-Language, else Chinese."""
    return lang or preferred(request.headers.get("accept-language", ""))


def preferred(accept_language: str) -> Tongue:
    """English only when it is wanted more than Chinese (RFC 9110 §12.5.4)."""
    weights = {"zh": 0.0, "en": 0.0}
    for part in accept_language.split(","):
        tag, _, parameter = part.strip().partition(";")
        tongue = tag.strip().lower().partition("-")[0]
        if tongue in weights:
            weights[tongue] = max(weights[tongue], _weight(parameter))
    return "en" if weights["en"] > weights["zh"] else "zh"


def _weight(parameter: str) -> float:
    name, _, value = parameter.partition("=")
    if name.strip() != "q":
        return 1.0
    try:
        return float(value)
    except ValueError:
        return 0.0


async def known_layer(layer: Annotated[str, Path(max_length=63, description="name of a layer, e.g. shelters")]) -> Layer:
    """The layer named in the path. Raises LayerNotFound."""
    return layer_named(layer)


CurrentActor = Annotated[Actor, Depends(current_actor)]
Language = Annotated[Tongue, Depends(language)]
KnownLayer = Annotated[Layer, Depends(known_layer)]
TheDatabase = Annotated[Database, Depends(the_database)]
TheThresholds = Annotated[Thresholds, Depends(the_thresholds)]
TheSessions = Annotated[Sessions, Depends(the_sessions)]
Address = Annotated[str | None, Depends(address_of)]
