"""Sign in, stay signed in, sign out, change the password, ask who one is."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response
from fastapi.security import OAuth2PasswordRequestForm
from pydantic import BaseModel, Field, SecretStr

from api.auth import ACCESS_COOKIE, REFRESH_COOKIE, Person
from api.deps import Address, CurrentActor, TheDatabase, TheSessions
from api.errors import problem_responses
from api.idempotency import writing
from api.sessions import Grant
from layers.database import SYSTEM, Database
from layers.errors import Forbidden, NotSignedIn

router = APIRouter(prefix="/api", tags=["sign-in"])

COUNTY = "select code from app.counties where code like %s or %s like code || '%%' order by loaded_at, code limit 1"


async def not_cross_site(request: Request) -> None:
    """Refuses requests that another site's page sends. Raises Forbidden.

    SameSite does not help here: a foreign form could sign a browser in as somebody else, and the cookies would stick.
    """
    if request.headers.get("sec-fetch-site") == "cross-site":
        raise Forbidden("不接受其他网站发来的登录请求。", "Sign-in requests from other sites are not accepted.")


SAME_SITE = [Depends(not_cross_site)]


class TokenAnswer(BaseModel):
    """RFC 6749 §5.1, and whether the password must be changed first."""

    access_token: str
    token_type: str = "bearer"
    expires_in: int = Field(description="seconds")
    refresh_token: str
    must_change: bool = False


class RefreshRequest(BaseModel):
    refresh_token: str = Field(max_length=200)


class PasswordChange(BaseModel):
    current: SecretStr
    new: SecretStr


class Me(BaseModel):
    username: str
    name: str
    role: str
    scope: str = Field(description="prefix of the statistical codes this user looks after; empty is everywhere")
    bureau: str | None
    county: str | None = Field(description="code of the user's county, or of the first county for wider scopes")
    must_change: bool


@router.post("/auth/token", dependencies=SAME_SITE, responses=problem_responses([401, 403, 422, 423]))
async def sign_in(request: Request, response: Response, form: Annotated[OAuth2PasswordRequestForm, Depends()],
                  sessions: TheSessions, address: Address) -> TokenAnswer:
    """Sign in with user name and password (OAuth2 password form)."""
    return _given(request, response, await sessions.sign_in(form.username, form.password, address))


@router.post("/auth/refresh", dependencies=SAME_SITE, responses=problem_responses([401, 403, 422]))
async def refresh(request: Request, response: Response, sessions: TheSessions, address: Address,
                  body: RefreshRequest | None = None) -> TokenAnswer:
    """A new pair of tokens for a refresh token, in the body or its cookie. Each refresh token works once."""
    token = body.refresh_token if body else request.cookies.get(REFRESH_COOKIE)
    if not token:
        raise NotSignedIn("没有刷新令牌,请重新登录。", "There is no refresh token; sign in again.")
    return _given(request, response, await sessions.refresh(token, address))


@router.post("/auth/logout", status_code=204, dependencies=SAME_SITE, responses=problem_responses([403, 422]))
async def sign_out(request: Request, response: Response, sessions: TheSessions, address: Address,
                   body: RefreshRequest | None = None) -> None:
    """End this sign-in. The access token itself lapses within minutes."""
    token = body.refresh_token if body else request.cookies.get(REFRESH_COOKIE)
    if token:
        await sessions.sign_out(token, address)
    response.delete_cookie(ACCESS_COOKIE, path="/", httponly=True, samesite="strict", secure=_is_https(request))
    response.delete_cookie(REFRESH_COOKIE, path="/api/auth", httponly=True, samesite="strict", secure=_is_https(request))


@router.get("/me", responses=problem_responses([401]))
async def me(actor: CurrentActor, sessions: TheSessions, database: TheDatabase) -> Me:
    """Who is signed in, as stored now."""
    person = await sessions.person(actor.username)
    return Me(username=person.username, name=person.name, role=person.role, scope=person.scope, bureau=person.bureau,
              county=await _county_of(database, person), must_change=person.must_change)


@router.post("/me/password", status_code=204, responses=problem_responses([401, 422, 423]))
async def change_password(request: Request, actor: CurrentActor, body: PasswordChange, sessions: TheSessions,
                          address: Address) -> Response:
    """Change one's own password. Every other sign-in of this user ends.

    A browser does not send its refresh cookie here (its path is /api/auth), so it gets new cookies and stays signed in.
    """
    async with writing(request, actor, as_actor=SYSTEM) as work:
        await sessions.change_password(work.connection, actor, body.current.get_secret_value(),
                                       body.new.get_secret_value(), keep_token=request.cookies.get(REFRESH_COOKIE),
                                       address=address)
        answer = work.answer(204)
    if ACCESS_COOKIE in request.cookies:
        _set_cookies(request, answer, await sessions.renewed(actor.username))
    return answer


def _given(request: Request, response: Response, grant: Grant) -> TokenAnswer:
    """Both tokens in the body and in cookies."""
    _set_cookies(request, response, grant)
    return TokenAnswer(access_token=grant.access_token, expires_in=grant.access_s, refresh_token=grant.refresh_token,
                       must_change=grant.person.must_change)


def _set_cookies(request: Request, response: Response, grant: Grant) -> None:
    """The access cookie outlives its token.

    A browser that still holds the cookie of an expired token gets a bearer challenge and no password box (see
    auth.challenge).
    """
    secure = _is_https(request)
    response.set_cookie(ACCESS_COOKIE, grant.access_token, max_age=grant.refresh_s, path="/", httponly=True,
                        samesite="strict", secure=secure)
    response.set_cookie(REFRESH_COOKIE, grant.refresh_token, max_age=grant.refresh_s, path="/api/auth", httponly=True,
                        samesite="strict", secure=secure)


def _is_https(request: Request) -> bool:
    return request.url.scheme == "https"


async def _county_of(database: Database, person: Person) -> str | None:
    async with database.reading() as connection:
        row = await (await connection.execute(COUNTY, (f"{person.scope}%", person.scope))).fetchone()
    return None if row is None else str(row[0])
