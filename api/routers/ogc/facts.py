"""Counts and extents of layers, kept by layer version: the extent of a million rows is not asked for with every page."""

from collections.abc import Sequence
from weakref import WeakKeyDictionary

from layers import store
from layers.county_counts import Counted, counted
from layers.database import Database
from layers.fields import Layer
from layers.store import LayerFacts, Query

_FACTS: WeakKeyDictionary[Database, dict[str, tuple[int, LayerFacts]]] = WeakKeyDictionary()
_IN_COUNTIES: WeakKeyDictionary[Database, dict[tuple[str, str], tuple[int, Counted]]] = WeakKeyDictionary()
_ROWS: WeakKeyDictionary[Database, dict[str, tuple[int, int]]] = WeakKeyDictionary()

MOST_KEPT = 10_000  # counts by layer and code: codes come from callers, memory does not grow with them


async def facts_of(database: Database, layer: Layer) -> LayerFacts:
    """Counts, version and extent of a layer as of its current version."""
    version = await database.version_of(layer.name)
    kept = _FACTS.setdefault(database, {})
    if layer.name not in kept or kept[layer.name][0] != version:
        kept[layer.name] = (version, await store.layer_facts(database, layer))
    return kept[layer.name][1]


async def facts_in(database: Database, layers: Sequence[str], county: str) -> dict[str, Counted]:
    """Rows and extents of layers under the code `county` ('': everywhere); layers that changed are counted anew, at once."""
    kept = _IN_COUNTIES.setdefault(database, {})
    versions = {layer: await database.version_of(layer) for layer in layers}
    stale = [layer for layer in layers if (layer, county) not in kept or kept[layer, county][0] != versions[layer]]
    if stale:
        async with database.reading() as connection:
            found = await counted(connection, stale, county)
        if len(kept) > MOST_KEPT:
            kept.clear()
        kept.update({(layer, county): (versions[layer], found[layer]) for layer in stale})
    return {layer: kept[layer, county][1] for layer in layers}


async def rows_of(database: Database, layer: Layer, version: int) -> int:
    """How many rows the layer has; no extent is computed."""
    kept = _ROWS.setdefault(database, {})
    if layer.name not in kept or kept[layer.name][0] != version:
        kept[layer.name] = (version, await store.count(database, layer, Query()))
    return kept[layer.name][1]
