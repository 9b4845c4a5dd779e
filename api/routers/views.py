"""Saved views and layer groups."""

from typing import Annotated, Any

import orjson
from fastapi import APIRouter, Path, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from api.deps import CurrentActor, TheDatabase
from api.errors import problem_responses
from api.idempotency import writing
from layers import views
from layers.views import Draft, Kind

router = APIRouter(prefix="/api/views", tags=["views"], responses=problem_responses([401, 403, 404, 422]))

ViewId = Annotated[int, Path(ge=1, le=2**63 - 1, description="the view's id")]


class ViewBody(BaseModel):
    """A view as somebody wants it. `state` is the console's own."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)

    name: str = Field(min_length=1, max_length=120)
    kind: Kind = "view"
    state: dict[str, Any]
    shared: bool = False

    def draft(self) -> Draft:
        return Draft(self.name, self.kind, self.state, self.shared)


@router.get("", response_model=None)
async def all_views(actor: CurrentActor, database: TheDatabase) -> Response:
    """Your views and those that are shared."""
    async with database.transaction(actor) as connection:
        return _json(await views.listed(connection))


@router.get("/{id}", response_model=None)
async def one_view(actor: CurrentActor, database: TheDatabase, id: ViewId) -> Response:
    """One view; what a share link opens."""
    async with database.transaction(actor) as connection:
        return _json(await views.one(connection, id))


@router.post("", status_code=201, response_model=None)
async def add_view(request: Request, actor: CurrentActor, view: ViewBody) -> Response:
    """Save a view."""
    async with writing(request, actor) as work:
        made = await views.add(work.connection, view.draft())
        return work.answer(201, orjson.dumps(made), headers={"Location": f"/api/views/{made['id']}"})


@router.put("/{id}", response_model=None)
async def replace_view(request: Request, actor: CurrentActor, id: ViewId, view: ViewBody) -> Response:
    """Save a view of yours again, rename it, share it or take it back."""
    async with writing(request, actor) as work:
        return work.answer(200, orjson.dumps(await views.replace(work.connection, id, view.draft())))


@router.delete("/{id}", status_code=204, response_model=None)
async def remove_view(request: Request, actor: CurrentActor, id: ViewId) -> Response:
    """Remove a view of yours; an administrator may remove a shared one."""
    async with writing(request, actor) as work:
        await views.remove(work.connection, id)
        return work.answer(204)


def _json(body: Any) -> Response:
    return Response(orjson.dumps(body), media_type="application/json", headers={"Cache-Control": "private, no-store"})
