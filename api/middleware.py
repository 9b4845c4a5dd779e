"""What every request passes: size and NUL limits on the way in; security headers and compression on the way out.

All are plain ASGI: Starlette's BaseHTTPMiddleware would copy every body and break streaming.
"""

import hashlib
from collections.abc import Awaitable, Callable

from fastapi import Request
from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.middleware.gzip import DEFAULT_EXCLUDED_CONTENT_TYPES
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.errors import problem
from api.idempotency import BODY_HASH
from layers.errors import BadText

# Styles may be inline: Leaflet and the map's icons carry sizes and colours in style attributes. Scripts may not.
# blob: images are prints and photographs the console made itself.
CONTENT_SECURITY = (
    "default-src 'self'; img-src 'self' data: blob:{images}; style-src 'self' 'unsafe-inline'; worker-src 'self' blob:; "
    "object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
TIANDITU_HOSTS = "https://*.tianditu.gov.cn"  # t0 to t7 serve the tiles, as maps/web/src/map/tianditu.ts asks for them
SECURITY_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "geolocation=(self), camera=(self), microphone=(), payment=(), usb=()",
}
HSTS = "max-age=31536000"  # a year; only said over https, so a plain county server is not locked out

COMPRESS_FROM_BYTES = 1024
COMPRESS_LEVEL = 4  # zlib's fast half: level 9 costs several times the processor time for a few percent
# Tiles and files are small or packed already: compressing them only costs time and holds up the first byte.
NOT_COMPRESSED = (
    *DEFAULT_EXCLUDED_CONTENT_TYPES, "image/*", "font/*", "application/vnd.mapbox-vector-tile", "application/x-protobuf",
    "application/octet-stream", "application/pdf", "application/geopackage+sqlite3", "application/vnd.apache.parquet",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
)


class BodyLimit:
    """Refuses a body over `limit()` bytes while it arrives, and hashes it for idempotency as it passes."""

    def __init__(self, app: ASGIApp, limit: Callable[[], Awaitable[int]]) -> None:
        self.app = app
        self._limit = limit

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] in ("GET", "HEAD", "OPTIONS"):
            await self.app(scope, receive, send)
            return
        limit = await self._limit()
        declared = Headers(scope=scope).get("content-length", "0")
        seen = hashlib.sha256()
        scope[BODY_HASH] = seen
        size = int(declared) if declared.isdecimal() and limit < int(declared) else 0

        async def counted() -> Message:
            nonlocal size
            if size > limit:
                raise _too_large(limit)
            message = await receive()
            body = message.get("body", b"")
            seen.update(body)
            size += len(body)
            if size > limit:
                raise _too_large(limit)
            return message

        await self.app(scope, counted, send)


def _too_large(limit: int) -> HTTPException:
    """An HTTPException, because FastAPI turns every other exception while it reads a body into a 400."""
    return HTTPException(413, f"limit {limit} bytes", headers={"Connection": "close", "X-Max-Bytes": str(limit)})


class NoNul:
    """Refuses %00 in the address: no text in PostgreSQL can hold it, so no route has a use for it."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and ("\0" in scope["path"] or b"%00" in scope["query_string"]):
            refusal = BadText("网址中有 NUL 字符,请删去。", "The address has a NUL character; remove it.")
            await problem(Request(scope), refusal)(scope, receive, send)
            return
        await self.app(scope, receive, send)


class SecurityHeaders:
    """Adds the headers of SECURITY_HEADERS, and keeps answers of /api out of caches unless they say otherwise.

    Pictures from Tianditu are let in only where the server has a key for them (`has_tianditu`).
    """

    def __init__(self, app: ASGIApp, *, has_tianditu: bool = False) -> None:
        self.app = app
        images = f" {TIANDITU_HOSTS}" if has_tianditu else ""
        self._headers = {"Content-Security-Policy": CONTENT_SECURITY.format(images=images), **SECURITY_HEADERS}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def secured(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in self._headers.items():
                    headers.setdefault(name, value)
                if scope["scheme"] == "https":
                    headers.setdefault("Strict-Transport-Security", HSTS)
                if scope["path"].startswith("/api/") and "etag" not in headers:
                    headers.setdefault("Cache-Control", "no-store")
            await send(message)

        await self.app(scope, receive, secured)
