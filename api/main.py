"""create_app(settings): the wiring of the API, and nothing else.

Layers of a request, outermost first: metrics, security headers, last catch, compression, NUL and size limits, routing.
"""

import asyncio
import contextlib
import importlib
import importlib.metadata
import pkgutil
from collections.abc import AsyncIterator

from fastapi import APIRouter, FastAPI
from starlette.middleware.gzip import GZipMiddleware

from api import errors, openapi, routers
from api.analysts import an_analyst
from api.auth import Tokens
from api.console import ConsoleMount
from api.idempotency import AlreadyAnswered, replayed
from api.metrics import Measured, Metrics
from api.middleware import COMPRESS_FROM_BYTES, COMPRESS_LEVEL, NOT_COMPRESSED, BodyLimit, NoNul, SecurityHeaders
from api.sessions import Sessions
from api.settings import Settings, load_settings
from api.thresholds import Thresholds
from api.waiting import Waiting
from gis.registry import all_analyses
from layers.database import Database

BUSIEST = "api.routers.ogc"


def create_app(settings: Settings | None = None) -> FastAPI:
    """The whole API. `settings` are read from the environment when not given (uvicorn's --factory)."""
    settings = settings or load_settings()
    app = FastAPI(title="安澜 Anlan", version=_version(), docs_url=None, redoc_url=None, openapi_url=None,
                  lifespan=_lifespan)
    database = Database(settings.app_url, settings.ticket_key)
    app.state.settings = settings
    app.state.database = database
    app.state.thresholds = Thresholds(database)
    app.state.tokens = Tokens(settings.jwt_key, database.rights)
    app.state.sessions = Sessions(database, app.state.thresholds, app.state.tokens)
    app.state.waiting = Waiting(settings.app_url)
    app.state.metrics = Metrics()
    errors.install(app)
    app.add_exception_handler(AlreadyAnswered, replayed)
    _add_middleware(app, settings)
    for router in _routers():
        app.include_router(router)
    app.router.routes.append(ConsoleMount())
    openapi.install(app)
    return app


def _routers() -> list[APIRouter]:
    """The `router` of every module in api/routers: a new subject is a new file, nothing is listed.

    The busiest first: routes are tried in order, and a map asks for tiles more than for anything else.
    """
    found = (module.name for module in pkgutil.iter_modules(routers.__path__, "api.routers."))
    names = sorted(found, key=lambda name: (name != BUSIEST, name))
    return [importlib.import_module(name).router for name in names]


def _add_middleware(app: FastAPI, settings: Settings) -> None:
    """Starlette runs the last one added first."""
    app.add_middleware(BodyLimit, limit=lambda: app.state.thresholds.whole("request.max_bytes"))
    app.add_middleware(NoNul)
    app.add_middleware(GZipMiddleware, minimum_size=COMPRESS_FROM_BYTES, compresslevel=COMPRESS_LEVEL,
                       exclude_content_types=NOT_COMPRESSED)
    app.add_middleware(errors.LastCatch)
    app.add_middleware(SecurityHeaders, has_tianditu=settings.tianditu_key is not None)
    app.add_middleware(Measured, metrics=app.state.metrics)


@contextlib.asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    database: Database = app.state.database
    settings: Settings = app.state.settings
    waiting: Waiting = app.state.waiting
    await database.open()
    # The first who opens the analyses must not wait for their libraries.
    bringing_in = asyncio.create_task(asyncio.to_thread(all_analyses))
    try:
        async with waiting.listening(), an_analyst() if settings.analyst else contextlib.nullcontext():
            yield
    finally:
        await bringing_in
        await database.close()


def _version() -> str:
    try:
        return importlib.metadata.version("anlan")
    except importlib.metadata.PackageNotFoundError:
        return "0.1.0"
