"""Counts and extents of layers, kept by layer version: the extent of a million rows is not asked for with every page."""

from weakref import WeakKeyDictionary

from layers import store
from layers.database import Database
from layers.fields import Layer
from layers.store import LayerFacts, Query

_FACTS: WeakKeyDictionary[Database, dict[str, tuple[int, LayerFacts]]] = WeakKeyDictionary()
_ROWS: WeakKeyDictionary[Database, dict[str, tuple[int, int]]] = WeakKeyDictionary()


async def facts_of(database: Database, layer: Layer) -> LayerFacts:
    """Counts, version and extent of a layer as of its current version."""
    version = await database.version_of(layer.name)
    kept = _FACTS.setdefault(database, {})
    if layer.name not in kept or kept[layer.name][0] != version:
        kept[layer.name] = (version, await store.layer_facts(database, layer))
    return kept[layer.name][1]


async def rows_of(database: Database, layer: Layer, version: int) -> int:
    """How many rows the layer has; no extent is computed."""
    kept = _ROWS.setdefault(database, {})
    if layer.name not in kept or kept[layer.name][0] != version:
        kept[layer.name] = (version, await store.count(database, layer, Query()))
    return kept[layer.name][1]
