"""Rows in bulk, as a county pack or the exercise ground brings them: staged by COPY, then merged by code.

Runs with the owner's rights in the caller's transaction, so a pack is loaded whole or not at all. A row whose code is
there already becomes a new version of it, and only when something differs; loading a pack twice changes nothing.
"""

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import geopandas as gpd
import numpy as np
import psycopg
import shapely
from psycopg import sql
from psycopg.errors import CheckViolation, NotNullViolation

from layers.described import Column
from layers.errors import RowRefused
from layers.fields import GeometryKind, Layer
from layers.tables import SRID, default_of, open_columns, restricted_columns

Connection = psycopg.Connection[Any]
EXERCISE = "exercise"


@dataclass(frozen=True)
class Loaded:
    """What a load did to a layer."""

    added: int
    changed: int
    removed: int


def load_rows(connection: Connection, layer: Layer, frame: gpd.GeoDataFrame, author: str) -> Loaded:
    """Merge rows into a layer by `code`.

    frame : columns named as the layer's fields, geometry in lon/lat; columns that are missing keep their defaults.
    Exercise rows of the same counties make way where real rows come. Raises RowRefused naming the row and the rule.
    """
    connection.execute("select set_config('anlan.ticket', %s, true)", (f"{author}|owner||||",))
    known = _known_columns(layer, frame)
    stage = sql.Identifier("pg_temp", f"stage_{layer.name}")
    _stage(connection, layer, stage, known, frame)
    try:
        removed = _make_way(connection, layer, frame)
        changed = _update(connection, layer, stage, known)
        added = _insert(connection, layer, stage, known)
        _merge_restricted(connection, layer, stage, known)
    except (CheckViolation, NotNullViolation) as problem:
        raise _refused(layer, problem) from problem
    connection.execute(sql.SQL("drop table {}").format(stage))
    return Loaded(added, changed, removed)


def _known_columns(layer: Layer, frame: gpd.GeoDataFrame) -> list[Column]:
    """The layer's columns that the frame has. A column the layer does not have is refused, not dropped."""
    columns = {column.name: column for column in (*open_columns(layer), *restricted_columns(layer))}
    unknown = sorted(set(frame.columns) - set(columns) - {frame.geometry.name})
    if unknown:
        raise RowRefused(
            f"{layer.zh}没有这些字段:{'、'.join(unknown)}。请改正列名或删去该列。",
            f"{layer.en} has no field {', '.join(unknown)}: correct the column's name or remove it.",
        )
    return [column for name, column in columns.items() if name in frame.columns and not column.words.computed]


def _stage(
    connection: Connection, layer: Layer, stage: sql.Identifier, known: list[Column], frame: gpd.GeoDataFrame
) -> None:
    kinds = {
        "boolean": "boolean", "integer": "integer", "number": "double precision", "date": "date", "text": "text",
        "timestamp": "timestamptz", "array": "text[]", "object": "jsonb", "geometry": "geometry",
    }  # fmt: skip
    columns = [sql.SQL("{} {}").format(sql.Identifier(c.name), sql.SQL(kinds[c.kind])) for c in known]
    connection.execute(sql.SQL("drop table if exists {}").format(stage))
    connection.execute(
        sql.SQL("create temp table {} ({}, geom geometry)").format(
            sql.Identifier(f"stage_{layer.name}"), sql.SQL(", ").join(columns)
        )
    )
    names = sql.SQL(", ").join(sql.Identifier(c.name) for c in known)
    with connection.cursor().copy(sql.SQL("copy {} ({}, geom) from stdin").format(stage, names)) as copy:
        for row in _rows(layer, known, frame):
            copy.write_row(row)
    connection.execute(sql.SQL("analyze {} (code)").format(stage))  # what merging joins by


def _rows(layer: Layer, known: list[Column], frame: gpd.GeoDataFrame) -> Iterator[tuple[Any, ...]]:
    series: list[Iterable[Any]] = [_values(column, frame[column.name]) for column in known]
    return zip(*series, _ewkb(frame.geometry, layer.geometry), strict=True)


def _values(column: Column, series: Any) -> Iterable[Any]:
    """A column's values as COPY takes them; empty ones as the field's default."""
    default = default_of(column.info) if column.info is not None else None
    empty = series.isna().to_numpy()  # once a column: asked of each value it takes longer than COPY does
    if column.kind == "geometry":
        return _ewkb([None if gone else _shape(told) for gone, told in zip(empty, series, strict=True)], column.geometry)
    written = _WRITTEN[column.kind]
    return [default if gone else written(value) for gone, value in zip(empty, series.tolist(), strict=True)]


def _moment(value: Any) -> Any:
    return value if isinstance(value, (date, datetime)) else str(value)


_WRITTEN: dict[str, Callable[[Any], Any]] = {
    "integer": int,
    "number": float,
    "boolean": bool,
    "text": str,
    "array": lambda items: [str(item) for item in items],
    "object": lambda value: json.dumps(value, ensure_ascii=False),
    "date": _moment,
    "timestamp": _moment,
}


def _shape(told: Any) -> Any:
    """shapely's shape of GeoJSON as a dict; a shape is one already."""
    return shapely.geometry.shape(told) if isinstance(told, dict) else told


def _ewkb(shapes: Iterable[Any], kind: GeometryKind | None) -> list[str | None]:
    """Hexadecimal EWKB of a column of shapes, two dimensions; None stays None.

    A single part becomes a collection of one where the column holds collections. A whole column at a time: one by one it
    takes longer than COPY does.
    """
    made = shapely.force_2d(np.asarray(shapes, dtype=object))
    part, gathered = _COLLECTIONS.get(kind or "", (None, None))
    if gathered is not None:
        single = shapely.get_type_id(made) == part
        made[single] = gathered(made[single][:, np.newaxis])
    written = shapely.to_wkb(shapely.set_srid(made, SRID), include_srid=True)
    return [None if one is None else one.hex() for one in written]


_COLLECTIONS: dict[str, tuple[shapely.GeometryType, Callable[[Any], Any]]] = {
    "MultiPolygon": (shapely.GeometryType.POLYGON, shapely.multipolygons),
    "MultiLineString": (shapely.GeometryType.LINESTRING, shapely.multilinestrings),
}


def _make_way(connection: Connection, layer: Layer, frame: gpd.GeoDataFrame) -> int:
    """Remove exercise rows of the counties for which real rows come."""
    real = frame[frame["source"] != EXERCISE] if "source" in frame.columns else frame
    counties = sorted({str(code)[:6] for code in real["admin_code"]})
    if not counties:
        return 0
    return connection.execute(
        sql.SQL("delete from {} where source = %s and left(admin_code, 6) = any (%s)").format(_target(layer)),
        (EXERCISE, counties),
    ).rowcount


def _update(connection: Connection, layer: Layer, stage: sql.Identifier, known: list[Column]) -> int:
    names = [c.name for c in known if not c.words.restricted and c.name != "code"] + ["geom"]
    pairs = [(sql.Identifier("f", name), sql.Identifier("s", name), sql.Identifier(name)) for name in names]
    sets = sql.SQL(", ").join(sql.SQL("{} = {}").format(name, new) for _, new, name in pairs)
    differs = sql.SQL(" or ").join(sql.SQL("{} is distinct from {}").format(old, new) for old, new, _ in pairs)
    return connection.execute(
        sql.SQL("update {} f set {} from {} s where f.code = s.code and ({})").format(
            _target(layer), sets, stage, differs
        )
    ).rowcount


def _insert(connection: Connection, layer: Layer, stage: sql.Identifier, known: list[Column]) -> int:
    names = sql.SQL(", ").join(sql.Identifier(n) for n in [c.name for c in known if not c.words.restricted] + ["geom"])
    return connection.execute(
        sql.SQL(
            "insert into {0} ({1}) select {1} from {2} s where not exists (select 1 from {0} f where f.code = s.code)"
        ).format(_target(layer), names, stage)
    ).rowcount


def _merge_restricted(connection: Connection, layer: Layer, stage: sql.Identifier, known: list[Column]) -> None:
    names = [c.name for c in known if c.words.restricted]
    if not names:
        return
    listed = sql.SQL(", ").join(map(sql.Identifier, names))
    new = sql.SQL(", ").join(sql.Identifier("s", name) for name in names)
    sets = sql.SQL(", ").join(sql.SQL("{0} = excluded.{0}").format(sql.Identifier(name)) for name in names)
    side = sql.Identifier("layers", f"{layer.name}_restricted")
    before = sql.SQL(", ").join(sql.Identifier("r", name) for name in names)
    after = sql.SQL(", ").join(sql.Identifier("excluded", name) for name in names)
    connection.execute(
        sql.SQL(
            "insert into {side} as r (id, admin_code, {listed}) select f.id, f.admin_code, {new} from {stage} s join {main} f"
            " using (code) where num_nonnulls({new}) > 0 on conflict (id) do update set {sets}"
            " where ({before}) is distinct from ({after})"
        ).format(
            side=side, listed=listed, new=new, stage=stage, main=_target(layer), sets=sets, before=before, after=after
        )
    )


def _target(layer: Layer) -> sql.Identifier:
    return sql.Identifier("layers", layer.name)


def _refused(layer: Layer, problem: CheckViolation | NotNullViolation) -> RowRefused:
    rule = problem.diag.constraint_name or problem.diag.column_name or ""
    check = next((c for c in layer.checks if rule == f"rule_{c.name}"), None)
    zh, en = (check.zh, check.en) if check else (f"字段规则 {rule}", f"the rule of field {rule}")
    row = (problem.diag.message_detail or "")[:300]
    return RowRefused(
        f"{layer.zh}有一行不符合“{zh}”,整包未载入。该行:{row}",
        f"A row of {layer.en} breaks “{en}”; nothing was loaded. The row: {row}",
        errors=[{"field": rule, "value": row, "zh": zh, "en": en}],
    )
