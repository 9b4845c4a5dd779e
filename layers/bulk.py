"""Many rows in one transaction: one field of many features, or the creates, updates and deletes of a split or a merge.

Both do what `store` does one by one, so a rule, a scope or a version is refused in the same words. All or nothing: the
caller's transaction is rolled back when anything is refused, and every refusal is told at once.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

import psycopg
from psycopg import AsyncConnection
from psycopg.rows import dict_row
from shapely.geometry.base import BaseGeometry

from gis.errors import Refusal
from gis.geometry import geometry_from_geojson
from layers import store, validation
from layers.described import Column, written_columns
from layers.errors import RowRefused, Unavailable, VersionConflict
from layers.fields import Layer
from layers.store import Written

Connection = AsyncConnection[Any]
Said = Callable[[psycopg.Error], Refusal | None]

MOST_ROWS: Final = 1_000  # of one bulk change: two to three seconds; a larger one is an import
MOST_EDITS: Final = 500  # features of one split or merge


@dataclass(frozen=True)
class Limits:
    """What a write may not pass: the day `surveyed_on` may not lie after, and vertices of one shape."""

    today: date
    max_vertices: int


# -- one field of many rows -------------------------------------------------------------------------------------------


@dataclass
class Outcome:
    """What a bulk change does: rows that change, how many have the value already, rows that cannot."""

    rows: list[dict[str, Any]] = field(default_factory=list)
    unchanged: int = 0
    refused: list[dict[str, Any]] = field(default_factory=list)

    def told(self) -> dict[str, Any]:
        return {"changed": len(self.rows), "unchanged": self.unchanged, "refused": self.refused, "rows": self.rows}


def bulk_column(layer: Layer, name: str) -> Column:
    """The column a bulk change may write. Raises RowRefused: unknown, not writable, unique, restricted, or a shape."""
    column = written_columns(layer).get(name)
    if column is None or column.kind == "geometry":
        raise _refused_field(name, f"{layer.zh}没有可批量修改的字段“{name[:60]}”。",
                             f"{layer.en} has no field “{name[:60]}” that can be changed for many rows.")  # fmt: skip
    if name == "code" or column.words.restricted:
        raise _refused_field(name, f"“{column.words.zh}”不能批量修改,请逐条填写。",
                             f"“{column.words.en}” cannot be changed for many rows: fill it in one by one.")  # fmt: skip
    return column


def _refused_field(name: str, zh: str, en: str) -> RowRefused:
    return RowRefused(zh, en, errors=[{"field": "field", "value": name[:60], "zh": zh, "en": en}])


async def change_field(connection: Connection, layer: Layer, ids: Sequence[int], name: str, value: Any, limits: Limits,
                       said: Said) -> Outcome:  # fmt: skip
    """Write one field of these rows, in the ticket's name. `said` turns the driver's errors into refusals.

    Whoever calls rolls back when `refused` is not empty, or for a preview.
    """
    bulk_column(layer, name)
    found = await _rows(connection, layer, ids)
    outcome = Outcome()
    for id in dict.fromkeys(ids):
        await _change_or_refuse(connection, layer, id, found.get(id), name, value, limits, said, outcome)
    return outcome


async def _change_or_refuse(connection: Connection, layer: Layer, id: int, row: Mapping[str, Any] | None, name: str, value: Any,
                            limits: Limits, said: Said, outcome: Outcome) -> None:  # fmt: skip
    try:
        if row is None:
            raise store.not_found(layer, id)
        await _change_one(connection, layer, row, name, value, limits, outcome)
    except Refusal as refusal:
        outcome.refused.append(_told(id, row, refusal))
    except psycopg.Error as error:
        refusal_said = said(error)
        if refusal_said is None or isinstance(refusal_said, Unavailable):  # no row's fault: the whole is tried again
            raise
        outcome.refused.append(_told(id, row, refusal_said))


async def undo_field(connection: Connection, layer: Layer, made: Mapping[int, int], name: str, limits: Limits,
                     said: Said) -> Outcome:  # fmt: skip
    """Give one field of these rows the value it had before the change that made their versions (`made`: id -> version).

    Whoever calls rolls back when `refused` is not empty. Raises VersionConflict, before anything is written, where a row
    was changed or removed since: all of them are named.
    """
    bulk_column(layer, name)
    found = await _rows(connection, layer, list(made))
    later = [id for id, version in made.items() if id not in found or found[id]["version"] != version]
    if later:
        raise await _changed_since(connection, layer, later, found)
    former = await _former_values(connection, layer, made, name)
    outcome = Outcome()
    for id in made:
        if id in former:
            await _change_or_refuse(connection, layer, id, found[id], name, former[id], limits, said, outcome)
        else:
            outcome.refused.append(_told(id, found[id], store.not_found(layer, id)))
    return outcome


async def _former_values(connection: Connection, layer: Layer, made: Mapping[int, int], name: str) -> dict[int, Any]:
    """id -> the field in the version before, as GeoJSON has it."""
    rows = await connection.execute(
        f"select h.id, to_jsonb(h) -> %(name)s from history.{layer.name} h join unnest(%(ids)s::bigint[], %(versions)s::int[])"
        f" m(id, version) on m.id = h.id and h.version = m.version - 1 where h.op <> 'deleted'",
        {"name": name, "ids": list(made), "versions": list(made.values())},
    )
    return dict(await rows.fetchall())


async def _changed_since(connection: Connection, layer: Layer, later: Sequence[int],
                         found: Mapping[int, Mapping[str, Any]]) -> VersionConflict:  # fmt: skip
    """What is said when rows changed after the change that is to be undone: which, and who changed them."""
    rows = await connection.execute(
        f"select distinct on (id) id, name from history.{layer.name} where id = any (%s) order by id, version desc", (list(later),)
    )
    names = dict(await rows.fetchall()) | {id: row["properties"]["name"] for id, row in found.items()}
    errors = []
    for id in later:
        by = found[id]["properties"]["updated_by"] if id in found else None
        zh = "已被删除" if by is None else f"已被 {by} 再次修改,现为第 {found[id]['version']} 版"
        en = "was removed" if by is None else f"was changed again by {by} and is in version {found[id]['version']}"
        errors.append({"field": f"rows.{id}", "value": names.get(id), "zh": f"“{names.get(id) or id}”{zh}。",
                       "en": f"“{names.get(id) or id}” {en}."})  # fmt: skip
    return VersionConflict(
        f"有 {len(later)} 条在批量修改之后又变了,全部未撤销。请逐条处理:",
        f"{len(later)} of the rows changed after the bulk change, so none was taken back. Handle them one by one:",
        errors=errors,
    )


async def _change_one(connection: Connection, layer: Layer, row: Mapping[str, Any], name: str, value: Any, limits: Limits,
                      outcome: Outcome) -> None:  # fmt: skip
    main, restricted = validation.checked_properties(
        layer, {name: value}, partial=True, today=limits.today, before=row["properties"], max_vertices=limits.max_vertices
    )
    before, after = row["properties"][name], _plain(main[name])
    if before == after:
        outcome.unchanged += 1
        return
    async with connection.transaction():
        made = await store.update(connection, layer, row["id"], row["version"], main, restricted)
    outcome.rows.append(
        {"id": row["id"], "name": row["properties"]["name"], "before": before, "after": after, "version": made.version}
    )


def _plain(value: Any) -> Any:
    """A checked value as JSON shows it."""
    return value.isoformat() if isinstance(value, date) else value


def _told(id: int, row: Mapping[str, Any] | None, refusal: Refusal) -> dict[str, Any]:
    """One refusal. Of a broken rule the rule itself is said, not how many there are."""
    first = next(iter(refusal.facts.get("errors") or ()), {"zh": refusal.zh, "en": refusal.en})
    return {"id": id, "name": None if row is None else row["properties"]["name"], "zh": first["zh"], "en": first["en"]}


def refusal_of_all(outcome: Outcome) -> RowRefused:
    """What is said when a bulk change cannot be done whole."""
    count, first = len(outcome.refused), outcome.refused[0]
    errors = [{"field": f"ids.{one['id']}", "value": one["name"], "zh": one["zh"], "en": one["en"]} for one in outcome.refused]
    return RowRefused(
        f"有 {count} 条不能修改,全部未改。例如“{first['name'] or first['id']}”:{first['zh']}",
        f"{count} of the rows cannot be changed, so none was. Such as “{first['name'] or first['id']}”: {first['en']}",
        errors=errors,
        refused=outcome.refused,
    )


async def _rows(connection: Connection, layer: Layer, ids: Sequence[int]) -> dict[int, dict[str, Any]]:
    """Rows by id, with their properties as GeoJSON has them."""
    cursor = connection.cursor(row_factory=dict_row)
    await cursor.execute(
        f"select id, version, to_jsonb(f) - 'geom' as properties from layers.{layer.name} f where id = any (%s)", (list(ids),)
    )
    return {row["id"]: row for row in await cursor.fetchall()}


# -- a split, a merge -------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Edits:
    """Features to create, update and delete together, as GeoJSON gives them: `update` and `delete` name a version."""

    create: Sequence[Mapping[str, Any]] = ()
    update: Sequence[Mapping[str, Any]] = ()
    delete: Sequence[Mapping[str, Any]] = ()


@dataclass(frozen=True)
class _Change:
    main: dict[str, Any]
    restricted: dict[str, Any]
    geometry: BaseGeometry | None


async def apply(connection: Connection, layer: Layer, edits: Edits, limits: Limits) -> dict[str, list[dict[str, int]]]:
    """All of it, deletes first (their codes become free), then updates, then creates.

    Raises RowRefused (every value that is wrong, in all features), FeatureNotFound, VersionConflict, Forbidden,
    BadGeometry; the driver raises on policies and codes. The caller's transaction takes everything back then.
    """
    befores = await _rows(connection, layer, [int(one["id"]) for one in edits.update])
    checked = _checked(layer, edits, befores, limits)
    deleted = [await store.delete(connection, layer, one["id"], one["version"]) for one in edits.delete]
    updated = [
        await store.update(connection, layer, one["id"], one["version"], change.main, change.restricted, change.geometry)
        for one, change in zip(edits.update, checked["update"], strict=True)
    ]
    created = []
    for change in checked["create"]:
        assert change.geometry is not None
        created.append(await store.create(connection, layer, change.main, change.restricted, change.geometry))
    return {"created": _written(created), "updated": _written(updated), "deleted": _written(deleted)}


def _written(made: Sequence[Written]) -> list[dict[str, int]]:
    return [{"id": one.id, "version": one.version} for one in made]


def _checked(layer: Layer, edits: Edits, befores: Mapping[int, Mapping[str, Any]], limits: Limits) -> dict[str, list[_Change]]:
    """Every body checked; raises RowRefused with the errors of all of them, each under `create.0.name`."""
    errors: list[dict[str, Any]] = []
    changes: dict[str, list[_Change]] = {"create": [], "update": []}
    for kind, features in (("create", edits.create), ("update", edits.update)):
        for place, one in enumerate(features):
            before = befores.get(int(one["id"]), {}).get("properties") if kind == "update" else None
            change = _change(layer, one, before, kind == "update", limits, errors, f"{kind}.{place}")
            if change is not None:
                changes[kind].append(change)
    if errors:
        raise validation.refused(errors)
    return changes


def _change(layer: Layer, one: Mapping[str, Any], before: Mapping[str, Any] | None, partial: bool, limits: Limits,
            errors: list[dict[str, Any]], at: str) -> _Change | None:  # fmt: skip
    properties, shape = one.get("properties") or {}, one.get("geometry")
    geometry: BaseGeometry | None = None
    known = len(errors)
    try:
        if shape is not None or not partial:
            geometry = geometry_from_geojson(shape, layer.geometry, max_vertices=limits.max_vertices)
    except Refusal as refusal:
        errors.append({"field": f"{at}.geometry", "value": None, "zh": refusal.zh, "en": refusal.en})
    try:
        main, restricted = validation.checked_properties(
            layer, properties, partial=partial, today=limits.today, before=before, max_vertices=limits.max_vertices
        )
    except RowRefused as refusal:
        errors += [{**error, "field": f"{at}.{error['field']}"} for error in refusal.facts["errors"]]
    return None if len(errors) > known else _Change(main, restricted, geometry)
