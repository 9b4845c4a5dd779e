"""Who is asking: bearer tokens, the console's cookie, HTTP Basic for programs that know nothing else.

A token is a short JWT (HS256) that carries role, scope and bureau, so a request costs no query. It is believed until it
expires (threshold `token.access_min`) or the user's rights change: it carries how often they had changed when it was
issued, and every process hears of a change by NOTIFY (`Database.rights`).
"""

import base64
import binascii
import hashlib
import hmac
import secrets
import time
import uuid
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

import jwt
from fastapi import Request

from layers.database import Actor
from layers.errors import NotSignedIn

ISSUER = "anlan"
ALGORITHM = "HS256"
ACCESS_COOKIE = "anlan_access"
REFRESH_COOKIE = "anlan_refresh"
BASIC_PREFIXES = ("/ogc", "/metrics")  # doors of programs: GDAL, QGIS, Prometheus
SAFE_METHODS = ("GET", "HEAD")

TOKENS_KNOWN_MOST = 5000  # a province's people, each with a phone and a desk; the oldest leave first
BASIC_REMEMBERED_S = 60.0  # a map of 40 tiles asks 40 times; Argon2 once a minute is enough, and a lock holds soon
BASIC_REMEMBERED_MOST = 1000  # credentials; more than a province has programs


@dataclass(frozen=True)
class Person:
    """A user as the API knows him after sign-in."""

    username: str
    name: str
    role: str
    scope: str
    bureau: str | None
    must_change: bool = False
    rights: int = 0  # how often they have changed

    @property
    def actor(self) -> Actor:
        return Actor(self.username, self.role, self.scope, self.bureau, self.must_change)


class Tokens:
    """Issues and reads access tokens.

    A token once verified is known by its hash until it expires: a map of 40 tiles sends the same one 40 times, and
    verifying it costs as much as the rest of an answer from memory.
    """

    def __init__(self, key: str, rights: Mapping[str, int]) -> None:
        """`rights`: how often each user's rights have changed, kept current by its owner; 0 where a name is missing."""
        self._key = key
        self._rights = rights
        self._known: OrderedDict[bytes, tuple[Actor, int, int]] = OrderedDict()

    def issue(self, person: Person, life: timedelta) -> str:
        now = int(time.time())
        return jwt.encode(
            {"iss": ISSUER, "sub": person.username, "role": person.role, "scope": person.scope, "bureau": person.bureau,
             "name": person.name, "rights": person.rights, "must_change": person.must_change, "iat": now,
             "exp": now + int(life.total_seconds()), "jti": uuid.uuid4().hex},
            self._key, algorithm=ALGORITHM)

    def read(self, token: str) -> Actor:
        """The actor a token speaks for. Raises NotSignedIn when it is forged, expired, not ours, or older than his rights."""
        mark = hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()
        known = self._known.get(mark)
        if known is None or time.time() >= known[1]:
            known = self._known[mark] = self._verified(token)
            if len(self._known) > TOKENS_KNOWN_MOST:
                self._known.popitem(last=False)
        actor, _, rights = known
        if rights < self._rights.get(actor.username, 0):
            raise NotSignedIn("您的账号或权限刚刚变更,请重新登录。", "Your account or rights have just changed; sign in again.")
        return actor

    def _verified(self, token: str) -> tuple[Actor, int, int]:
        """Actor, moment of expiry, count of rights."""
        try:
            claims = jwt.decode(token, self._key, algorithms=[ALGORITHM], issuer=ISSUER,
                                options={"require": ["exp", "iat", "sub", "jti"]})
            actor = Actor(claims["sub"], claims["role"], claims["scope"], claims["bureau"], claims.get("must_change") is True)
            return actor, int(claims["exp"]), int(claims.get("rights", 0))
        except jwt.ExpiredSignatureError:
            raise NotSignedIn("登录已过期,请刷新令牌或重新登录。",
                              "The sign-in has expired; refresh the token or sign in again.") from None
        except (jwt.PyJWTError, KeyError, UnicodeError):
            raise NotSignedIn("令牌无效,请重新登录。", "The token is not valid; sign in again.") from None


class RememberedBasic:
    """Credentials verified a moment ago, known only by an HMAC under a key that lives as long as this process."""

    def __init__(self, rights: Mapping[str, int]) -> None:
        """`rights` as for Tokens: who was verified before his last change is verified anew."""
        self._key = secrets.token_bytes(32)
        self._rights = rights
        self._known: OrderedDict[bytes, tuple[Person, float]] = OrderedDict()

    def find(self, username: str, password: str) -> Actor | None:
        person, until = self._known.get(self._mark(username, password), (None, 0.0))
        if person is None or until <= time.monotonic() or person.rights < self._rights.get(username, 0):
            return None
        return person.actor

    def keep(self, person: Person, password: str) -> None:
        self._known[self._mark(person.username, password)] = (person, time.monotonic() + BASIC_REMEMBERED_S)
        while len(self._known) > BASIC_REMEMBERED_MOST:
            self._known.popitem(last=False)

    def forget(self, username: str) -> None:
        """Called when a password changes or an account locks."""
        for mark in [mark for mark, (person, _) in self._known.items() if person.username == username]:
            del self._known[mark]

    def _mark(self, username: str, password: str) -> bytes:
        text = f"{username}\0{password}".encode("utf-8", "surrogatepass")
        return hmac.digest(self._key, text, hashlib.sha256)


def basic_credentials(encoded: str) -> tuple[str, str]:
    """User name and password of an Authorization header (RFC 7617, UTF-8). Raises NotSignedIn."""
    try:
        username, colon, password = base64.b64decode(encoded, validate=True).decode().partition(":")
    except (binascii.Error, ValueError):
        username, colon, password = "", "", ""
    if not colon:
        raise NotSignedIn("Authorization 头写错了。", "The Authorization header is malformed.")
    return username, password


def takes_basic(path: str) -> bool:
    return any(path == prefix or path.startswith(f"{prefix}/") for prefix in BASIC_PREFIXES)


def challenge(request: Request) -> dict[str, str]:
    """The WWW-Authenticate of a 401: Basic only where a person or program may type a password.

    A console whose token expired must never make the browser ask for a password, so whatever comes with a bearer token
    or our cookie, or as a part of a page (Sec-Fetch-Dest is not "document"), is asked for a bearer token.
    """
    typed = request.headers.get("sec-fetch-dest", "document") == "document"
    ours = request.headers.get("authorization", "").lower().startswith("bearer") or ACCESS_COOKIE in request.cookies
    if takes_basic(request.url.path) and typed and not ours:
        return {"WWW-Authenticate": 'Basic realm="Anlan", charset="UTF-8"'}
    return {"WWW-Authenticate": 'Bearer realm="Anlan"'}
