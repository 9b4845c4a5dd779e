"""How good the data of a layer are: what waits for verification, what is missing, what deserves a question.

One statement a layer counts everything. Each number carries the CQL2 text that lists its rows through the OGC door, and
is counted by the SQL of that very text, so that list and number cannot differ. What lies in the restricted side table
cannot be listed; it is counted for those who see all of it (`with_restricted`), else left unknown.
"""

from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import Any

from psycopg import AsyncConnection
from psycopg.rows import tuple_row

from layers.described import Column, columns_of
from layers.errors import BadFilter
from layers.fields import Check, Layer
from layers.filters import check_sql
from layers.registry import needs
from layers.tables import default_of, restricted_columns

PENDING = "verify = 'pending'"
NO_ROW = "id < 0"
LISTABLE = frozenset({"text", "integer", "number", "boolean", "date", "timestamp", "array", "geometry"})  # by a filter


@dataclass(frozen=True)
class Finding:
    """A number of rows. `count` None: not known to you; `filter` None: cannot be listed by a filter."""

    key: str
    zh: str
    en: str
    count: int | None
    filter: str | None


@dataclass(frozen=True)
class Health:
    """The state of a layer as a whole."""

    rows: int
    exercise_rows: int
    version: int
    changed_at: datetime
    pending: Finding
    incomplete: Finding  # rows with any needed field missing (of those that can be listed)
    missing: tuple[Finding, ...] = field(default=())  # by needed field
    doubtful: tuple[Finding, ...] = field(default=())  # by check that asks and does not block


@dataclass(frozen=True)
class _Count:
    """A finding before it is counted."""

    key: str
    zh: str
    en: str
    sql: str | None
    filter: str | None


async def health_of(connection: AsyncConnection[Any], layer: Layer, *, with_restricted: bool) -> Health:
    """The health of one layer. `connection` is a transaction of somebody who sees all restricted rows if with_restricted."""
    facts = await _one(connection, "select rows, exercise_rows, version, changed_at from app.layer_versions where layer = %s",
                       (layer.name,))
    missing, doubtful = _missing(layer), _doubtful(layer)
    listed = [one.filter for one in missing if one.filter is not None]
    incomplete = _counted(layer, "incomplete", "有必填项未填", "A needed field is empty", " or ".join(listed) or NO_ROW)
    pending = _counted(layer, "pending", "待核", "To be verified", PENDING)
    asked = [pending, incomplete, *missing, *doubtful]
    counts = await _counts(connection, layer, asked, with_restricted=with_restricted)
    found = [Finding(one.key, one.zh, one.en, count, one.filter) for one, count in zip(asked, counts, strict=True)]
    rows, played, version, changed_at = facts
    return Health(rows, played, version, changed_at, pending=found[0], incomplete=found[1],
                  missing=tuple(found[2:2 + len(missing)]), doubtful=tuple(found[2 + len(missing):]))


async def _counts(connection: AsyncConnection[Any], layer: Layer, asked: list[_Count], *,
                  with_restricted: bool) -> list[int | None]:
    """One number for each; None for what needs the side table and may not look there."""
    side = with_restricted and restricted_columns(layer) != ()
    known = [one.sql if one.sql is not None and (side or not one.sql.startswith("r.")) else None for one in asked]
    counted = ", ".join(f"count(*) filter (where {sql})" for sql in known if sql is not None)
    joined = f" left join ({_side_table(layer)}) r using (id)" if side else ""
    row = iter(await _one(connection, f"select {counted} from layers.{layer.name} f{joined}", None))
    return [None if sql is None else int(next(row)) for sql in known]


def _side_table(layer: Layer) -> str:
    """Only what is the side table's own: its other columns bear the names of the layer's."""
    names = ", ".join(f'"{column.name}"' for column in restricted_columns(layer))
    return f"select id, {names} from layers.{layer.name}_restricted"


@cache
def _missing(layer: Layer) -> tuple[_Count, ...]:
    """Needed fields that may be empty in the table, in reading order."""
    needed = needs(layer)
    columns = [column for name, column in columns_of(layer).items()
               if needed.get(name) == "R" and column.info is not None and _may_be_empty(column)]
    return tuple(_absent(column) for column in columns)


def _may_be_empty(column: Column) -> bool:
    assert column.info is not None
    return not column.required and default_of(column.info) is None


def _absent(column: Column) -> _Count:
    zh, en = column.words.zh, column.words.en
    if column.words.restricted:
        return _Count(column.name, zh, en, f'r."{column.name}" is null', None)
    text = f"{column.name} is null" if column.kind in LISTABLE else None
    return _Count(column.name, zh, en, f'f."{column.name}" is null', text)


@cache
def _doubtful(layer: Layer) -> tuple[_Count, ...]:
    """The checks that ask. One that reads restricted fields is named and not counted."""
    return tuple(_counted(layer, check.name, check.zh, check.en, f"not ({check.rule})")
                 for check in layer.checks if check.severity == "query")  # fmt: skip


def _counted(layer: Layer, key: str, zh: str, en: str, text: str) -> _Count:
    try:
        return _Count(key, zh, en, check_sql(layer, Check(key, text, zh, en)), text)
    except BadFilter:  # restricted fields are in no filter
        return _Count(key, zh, en, None, None)


async def _one(connection: AsyncConnection[Any], text: str, values: tuple[Any, ...] | None) -> tuple[Any, ...]:
    async with connection.cursor(row_factory=tuple_row) as cursor:
        await cursor.execute(text, values)
        row = await cursor.fetchone()
    assert row is not None
    return row
