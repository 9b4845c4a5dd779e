"""The layers and how good their data are, each number with the filter that lists its rows."""

from dataclasses import asdict
from datetime import datetime
from weakref import WeakKeyDictionary

from fastapi import APIRouter
from pydantic import BaseModel, Field

from api.deps import CurrentActor, TheDatabase
from layers.database import Actor, Database
from layers.fields import Layer
from layers.health import Health, health_of
from layers.registry import LAYERS

router = APIRouter(prefix="/layers")

# Counting a layer of a million rows takes seconds and its answer changes only with the layer.
_KEPT: WeakKeyDictionary[Database, dict[tuple[str, bool], Health]] = WeakKeyDictionary()


class Finding(BaseModel):
    key: str
    zh: str
    en: str
    count: int | None = Field(description="rows; null when it cannot be counted for you (restricted fields)")
    filter: str | None = Field(description="CQL2 text that lists these rows; null when no filter can")


class LayerHealth(BaseModel):
    """The state of a layer. A check that asks (severity query) and is plainly broken is `doubtful`."""

    layer: str
    zh: str
    en: str
    group: str
    bureau: str
    rows: int
    exercise_rows: int
    version: int
    changed_at: datetime
    pending: Finding
    incomplete: Finding = Field(description="rows where any needed field that can be listed is empty")
    missing: list[Finding] = Field(description="by needed field, where any row lacks it or it is unknown")
    doubtful: list[Finding] = Field(description="by check, where any row breaks it or it is unknown")


@router.get("")
async def layers(actor: CurrentActor, database: TheDatabase) -> list[LayerHealth]:
    """Every layer in drawing order."""
    return [_told(layer, await _health(database, actor, layer)) for layer in LAYERS.values()]


async def _health(database: Database, actor: Actor, layer: Layer) -> Health:
    """From memory while the layer's version is the same."""
    with_restricted = actor.role == "admin" and actor.scope == ""
    kept = _KEPT.setdefault(database, {})
    known = kept.get((layer.name, with_restricted))
    if known is None or known.version != await database.version_of(layer.name):
        async with database.transaction(actor) as connection:
            known = await health_of(connection, layer, with_restricted=with_restricted)
        kept[layer.name, with_restricted] = known
    return known


def _told(layer: Layer, health: Health) -> LayerHealth:
    found = asdict(health)
    for part in ("missing", "doubtful"):
        found[part] = [one for one in found[part] if one["count"] != 0]
    return LayerHealth(layer=layer.name, zh=layer.zh, en=layer.en, group=layer.group, bureau=layer.bureau, **found)
