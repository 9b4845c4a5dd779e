"""Who changed what, and what a layer looked like at a moment.

A version is true from its `updated_at` until the next one's. `layers.<name>` holds the newest, `history.<name>` the
superseded ones with `valid_to`, and a tombstone (an empty period, `op = 'deleted'`) where a feature was removed.
"""

from datetime import datetime
from typing import Any

from psycopg import AsyncConnection
from psycopg.rows import dict_row

from layers.database import Database, execute
from layers.described import columns_of
from layers.errors import FeatureNotFound
from layers.fields import Layer
from layers.tables import DECIMALS, open_columns, restricted_columns, shown_sql, table_of


def version_columns(layer: Layer) -> tuple[str, ...]:
    """The columns that a version and the newest row share."""
    return ("id", *(column.name for column in open_columns(layer)), "version", "updated_at", "updated_by", "geom")


def rows_sql(layer: Layer, columns: tuple[str, ...] | None = None) -> str:
    """The layer as it was at `%(as_of)s`: a source for any statement that reads `layers.<name>`."""
    listed = ", ".join(f'"{column}"' for column in columns or version_columns(layer))
    return (
        f"select {listed} from layers.{layer.name} where updated_at <= %(as_of)s"
        f" union all select {listed} from history.{layer.name} where updated_at <= %(as_of)s and valid_to > %(as_of)s"
    )


def _versions_sql(layer: Layer) -> str:
    known = columns_of(layer)
    shown = [shown_sql(known[name]) for name in version_columns(layer) if name != "geom"]
    columns = ", ".join([*shown, "st_setsrid(geom, 4326) as geom"])  # labelled so that no `crs` is written
    return (
        f"select version, updated_at, updated_by, op, st_asgeojson(r, 'geom', {DECIMALS})::json as feature from ("
        f"select {columns}, null::text as op from layers.{layer.name} where id = %(id)s union all "
        f"select {columns}, op from history.{layer.name} where id = %(id)s) r order by version"
    )


async def versions(db: Database, layer: Layer, id: int) -> list[dict[str, Any]]:
    """Every version of one feature, newest first: `version, at, by, operation, valid_to, before, after, changed`.

    `before` and `after` are GeoJSON features (None before the first and after a removal); `changed` names the fields
    that differ, `geometry` among them. Restricted fields are not in it. Raises FeatureNotFound.
    """
    async with db.reading() as connection:
        cursor = connection.cursor(row_factory=dict_row)
        await cursor.execute(_versions_sql(layer), {"id": id})
        rows = await cursor.fetchall()
    if not rows:
        raise _no_history(layer, id)
    told: list[dict[str, Any]] = []
    before: dict[str, Any] | None = None
    for row in rows:
        after = None if row["op"] == "deleted" else _shown(row["feature"])
        told.append(
            {
                "version": row["version"],
                "at": row["updated_at"],
                "by": row["updated_by"],
                "operation": "delete" if after is None else "insert" if before is None else "update",
                "valid_to": None,
                "before": before,
                "after": after,
                "changed": _changed(before, after),
            }
        )
        if len(told) > 1:
            told[-2]["valid_to"] = row["updated_at"]
        before = after
    return told[::-1]


def _shown(feature: dict[str, Any]) -> dict[str, Any]:
    feature["properties"].pop("op", None)
    return {"id": feature["properties"]["id"], **feature}


def _changed(before: dict[str, Any] | None, after: dict[str, Any] | None) -> list[str]:
    if before is None or after is None:
        return []
    always = {"version", "updated_at", "updated_by"}
    names = [
        name
        for name, value in after["properties"].items()
        if name not in always and value != before["properties"].get(name)
    ]
    return names + (["geometry"] if before["geometry"] != after["geometry"] else [])


def _no_history(layer: Layer, id: int, version: int | None = None) -> FeatureNotFound:
    which = "" if version is None else f"的第 {version} 版"
    return FeatureNotFound(
        f"{layer.zh}中没有要素 {id}{which}。",
        f"{layer.en} has no feature {id}" + ("." if version is None else f" in version {version}."),
    )


async def restore(connection: AsyncConnection[Any], layer: Layer, id: int, version: int) -> int:
    """Make an old version the newest again, as a new version; a removed feature comes back under its id.

    Restricted fields go back to what they were at the end of that version. Returns the new version.
    Raises FeatureNotFound; the driver raises where a row policy or a code stands against it.
    """
    written = [
        column.name
        for column in columns_of(layer).values()
        if column.info and not column.read_only and not column.words.restricted
    ] + ["geom"]
    listed = ", ".join(f'"{name}"' for name in written)
    cursor = await connection.execute(
        f"select valid_to from history.{layer.name} where id = %s and version = %s and op <> 'deleted'",
        (id, version),
    )
    found = await cursor.fetchone()
    if found is None:
        raise _no_history(layer, id, version)
    table = table_of(layer)
    old = f"select {listed} from history.{layer.name} where id = %(id)s and version = %(version)s and op <> 'deleted'"
    sets = ", ".join(f'"{name}" = o."{name}"' for name in written)
    await connection.execute(
        f"update layers.{layer.name} f set {sets} from ({old}) o where f.id = %(id)s",
        {"id": id, "version": version},
    )
    await connection.execute(  # version 0 asks for the number after the tombstone's
        f"insert into layers.{layer.name} (id, version, {listed}) select %(id)s, 0, o.* from ({old}) o"
        f" where not exists (select 1 from layers.{layer.name} where id = %(id)s)",
        {"id": id, "version": version},
    )
    rows = await execute(connection, table.select().with_only_columns(table.c.version).where(table.c.id == id))
    await _restore_restricted(connection, layer, id, found[0])
    return int(rows[0]["version"])


async def _restore_restricted(connection: AsyncConnection[Any], layer: Layer, id: int, ended_at: datetime) -> None:
    names = [column.name for column in restricted_columns(layer)]
    if not names:
        return
    listed = ", ".join(f'"{name}"' for name in names)
    sets = ", ".join(f'"{name}" = excluded."{name}"' for name in names)
    await connection.execute(
        f"insert into layers.{layer.name}_restricted (id, admin_code, {listed})"
        f" select r.id, f.admin_code, {', '.join('r.' + f'"{name}"' for name in names)}"
        f" from history.{layer.name}_restricted r join layers.{layer.name} f using (id)"
        f" where r.id = %(id)s and r.op <> 'deleted' and r.updated_at < %(ended)s and r.valid_to >= %(ended)s"
        f" on conflict (id) do update set {sets}",
        {"id": id, "ended": ended_at},
    )
