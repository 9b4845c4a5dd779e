"""Rows of one layer as charts and files: how many have which value, and a spreadsheet, CSV or GeoJSON of them."""

import asyncio
import re
from datetime import datetime
from typing import Annotated, Any
from urllib.parse import quote

import orjson
from fastapi import APIRouter, Depends, Query, Response

from api import audit
from api.deps import Address, CurrentActor, KnownLayer, Language, TheDatabase
from api.errors import problem_responses
from api.routers.ogc.asking import moment_or_refusal
from api.routers.ogc.editing import CHINA
from api.routers.search import CountyCode
from layers import exporting, summaries
from layers.choosing import Choice, choice
from layers.errors import BadQuery
from layers.exporting import MEDIA_TYPES, Format, Made, Order
from layers.fields import Layer
from layers.filters import TEXT

router = APIRouter(prefix="/api/layers", tags=["layers"], responses=problem_responses([400, 401, 404]))

MOST_IDS = 10_000
LARGEST_ID = 2**63 - 1


async def chosen(
    layer: KnownLayer,
    filter: Annotated[str | None, Query(description="CQL2")] = None,
    language: Annotated[str, Query(alias="filter-lang", description="cql2-text or cql2-json")] = TEXT,
    ids: Annotated[str | None, Query(description="ids, parted by commas")] = None,
    county: CountyCode = "",
    as_of: Annotated[str | None, Query(description="the layer as it was at this moment (RFC 3339)")] = None,
) -> Choice:
    """Which rows. Raises BadFilter, BadQuery."""
    return choice(layer, filter, language, ids=None if ids is None else _ids(ids), county=county,
                  as_of=moment_or_refusal("as_of", as_of))  # fmt: skip


Chosen = Annotated[Choice, Depends(chosen)]


def _ids(text: str) -> list[int]:
    parts = [part for part in text.split(",") if part]
    if len(parts) > MOST_IDS or not all(re.fullmatch(r"\d{1,19}", part, re.ASCII) and int(part) <= LARGEST_ID for part in parts):
        zh, en = f"ids 应为以逗号分隔的编号,至多 {MOST_IDS} 个。", f"`ids` must be ids parted by commas, {MOST_IDS} at most."
        raise BadQuery(zh, en, errors=[{"field": "ids", "value": text[:100], "zh": zh, "en": en}])
    return [int(part) for part in parts]


@router.get("/{layer}/summary", response_model=None)
async def summary(
    _actor: CurrentActor, layer: KnownLayer, database: TheDatabase, choice: Chosen,
    by: Annotated[str, Query(max_length=63, description="admin_code, a code list or a yes/no")] = summaries.TOWNSHIP,
) -> Response:  # fmt: skip
    """How many rows have each value, real and exercise."""
    async with database.reading() as connection:
        rows = await summaries.summary(connection, layer, by, choice)
    return Response(orjson.dumps({"by": by, "rows": rows}), media_type="application/json",
                    headers={"Cache-Control": "private, no-store"})  # fmt: skip


@router.get("/{layer}/export", response_class=Response,
            responses={200: {"content": dict.fromkeys(MEDIA_TYPES.values(), {}), "description": "the file"}})  # fmt: skip
async def export(
    actor: CurrentActor, layer: KnownLayer, database: TheDatabase, choice: Chosen, lang: Language, address: Address,
    format: Format = "xlsx",
    columns: Annotated[str | None, Query(description="columns, parted by commas; all if not given")] = None,
) -> Response:  # fmt: skip
    """Rows as a file, without restricted fields. Each export is in the audit trail."""
    names = tuple(name.strip() for name in (columns or "").split(",") if name.strip() and name.strip() != "geom")
    order = Order(format, choice, names or None, lang)
    at = datetime.now(CHINA)
    async with database.transaction(actor) as connection:
        count, played = await exporting.counted(connection, layer, order)
        if format == "geojson":
            made = Made(await exporting.geojson(connection, layer, order, count, played > 0), count, played > 0)
        else:
            table = await exporting.table(connection, layer, order)
        detail = {"format": format, "rows": count, "columns": list(names)}
        await audit.record(connection, actor.username, actor.role, "export", layer=layer.name, detail=detail, address=address)
    if format != "geojson":
        made = await asyncio.to_thread(_file, format, table, exporting.note_of(table, actor.username, at))
    return Response(made.content, media_type=MEDIA_TYPES[format], headers=_headers(layer, format, made, at))


def _file(format: Format, table: exporting.Table, note: str) -> Made:
    content = exporting.workbook(table, note) if format == "xlsx" else exporting.comma_separated(table)
    return Made(content, len(table.rows), table.has_exercise)


def _headers(layer: Layer, format: Format, made: Made, at: datetime) -> dict[str, Any]:
    """The file's name says when, and whether it is exercise; RFC 6266 has both spellings for it."""
    day = f"{at:%Y%m%d-%H%M}"
    plain = f"{layer.name}-{day}{'-EXERCISE' if made.has_exercise else ''}.{format}"
    told = f"{layer.zh}-{day}{'-演练数据' if made.has_exercise else ''}.{format}"
    return {
        "Content-Disposition": f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(told)}",
        "Cache-Control": "private, no-store",
        "X-Row-Count": str(made.rows),
    }
