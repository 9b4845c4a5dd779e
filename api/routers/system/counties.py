"""The county packs that are loaded: what they brought, where it comes from, what they lack."""

from datetime import datetime
from typing import Any
from weakref import WeakKeyDictionary

from fastapi import APIRouter, Request
from psycopg.rows import dict_row
from pydantic import BaseModel, Field

from api.deps import CurrentActor, TheDatabase
from layers.county_contents import Held, contents, wanted
from layers.database import Actor, Database
from layers.elevation import MADE_UP, located
from layers.registry import LAYERS

router = APIRouter(prefix="/counties")

COUNTIES = "select code, name, en, metric_epsg, exercise, sources, dem_path, loaded_at from app.counties order by code"


# Counting a million rows by county takes a second, and changes only with the layers.
_KEPT: WeakKeyDictionary[Database, tuple[tuple[int, ...], dict[str, list[Held]]]] = WeakKeyDictionary()


class LayerRows(BaseModel):
    layer: str
    zh: str
    en: str
    rows: int
    exercise_rows: int


class Lack(BaseModel):
    key: str = Field(description="a layer, or dem")
    zh: str
    en: str
    invented: bool = Field(description="exercise data stand in for it")


class Source(BaseModel):
    name: str
    licence: str
    attribution: str
    url: str
    elevation: bool = Field(default=False, description="heights come from it")


class Pack(BaseModel):
    """A loaded county."""

    code: str
    name: str
    en: str
    metric_epsg: int
    exercise: bool
    loaded_at: datetime
    sources: list[Source]
    dem: str | None = Field(description="file of the elevation model; null when there is none")
    dem_bytes: int | None
    layers: list[LayerRows]
    lacks: list[Lack] = Field(description="what to ask the county for next, most needed first")


@router.get("")
async def counties(request: Request, actor: CurrentActor, database: TheDatabase) -> list[Pack]:
    """Every loaded county, by code."""
    async with database.transaction(actor) as connection, connection.cursor(row_factory=dict_row) as cursor:
        await cursor.execute(COUNTIES)
        rows = await cursor.fetchall()
    held = await _held(database, actor)
    return [_pack(row, held.get(row["code"], []), request) for row in rows]


async def _held(database: Database, actor: Actor) -> dict[str, list[Held]]:
    """Rows by county and layer, from memory while no layer has changed."""
    versions = tuple([await database.version_of(name) for name in LAYERS])
    kept = _KEPT.get(database)
    if kept is None or kept[0] != versions:
        async with database.transaction(actor) as connection:
            kept = _KEPT[database] = versions, await contents(connection)
    return kept[1]


def _pack(row: dict[str, Any], held: list[Held], request: Request) -> Pack:
    stored = row.pop("dem_path")
    dem = located(stored, request.app.state.settings.var, row["code"]) if stored else None
    invented = dem is not None and row["exercise"] and dem.name == MADE_UP
    lacks = wanted(held, has_dem=dem is not None, dem_is_invented=invented)
    return Pack(
        **row, dem=dem.name if dem else None, dem_bytes=dem.stat().st_size if dem else None,
        layers=[LayerRows(layer=one.layer, zh=LAYERS[one.layer].zh, en=LAYERS[one.layer].en, rows=one.rows,
                          exercise_rows=one.exercise_rows) for one in held],
        lacks=[Lack(key=one.key, zh=one.zh, en=one.en, invented=one.invented) for one in lacks],
    )  # fmt: skip
