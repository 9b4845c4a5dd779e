"""Every query on features; nobody else selects.

Reads that every signed-in role may make (items, counts) are one prepared statement on a plain connection and stream
their JSON as PostgreSQL wrote it. Writes and restricted fields run in a transaction with the actor's ticket
(database.py). What a layer looked like at a moment is history.rows_sql: the same statement over another source.
"""

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, NamedTuple

import sqlalchemy as sa
from psycopg import AsyncConnection
from psycopg.abc import Buffer
from psycopg.adapt import Loader
from psycopg.rows import dict_row
from psycopg.types.json import Jsonb
from shapely import from_wkb
from shapely.geometry.base import BaseGeometry
from sqlalchemy.dialects.postgresql import insert

from gis.errors import BadGeometry, Refusal
from layers.database import Actor, Database, execute
from layers.described import columns_of
from layers.errors import FeatureNotFound, Forbidden, VersionConflict
from layers.fields import Layer
from layers.filters import Where
from layers.history import rows_sql
from layers.tables import DECIMALS, SRID, open_columns, restricted_columns, restricted_table_of, shown_sql, table_of

CHUNK_ROWS = (
    1000  # features PostgreSQL joins into one piece of JSON: large enough to cost nothing, small enough to stream
)
CRS84_SRID = 4326  # the same numbers as stored
AXES_SWAPPED = frozenset({4326, 4490, 4610, 4214})  # geographic EPSG codes say latitude first; CRS84 does not


class Coordinates(NamedTuple):
    """How coordinates are asked for and given: an EPSG code, and whether the first axis is the second number."""

    srid: int = CRS84_SRID
    swapped: bool = False


@dataclass(frozen=True)
class Query:
    """What to read of one layer. `bbox` is west, south, east, north in degrees; west > east crosses the antimeridian."""

    bbox: tuple[float, float, float, float] | None = None
    where: Where | None = None
    period: tuple[datetime | None, datetime | None] | None = None  # over updated_at
    properties: tuple[str, ...] | None = None
    sortby: tuple[tuple[str, bool], ...] = ()  # (column, descending)
    limit: int = 100
    offset: int = 0
    coordinates: Coordinates = Coordinates()
    as_of: datetime | None = None


@dataclass(frozen=True)
class Written:
    """What a write made."""

    id: int
    version: int


# -- reading --------------------------------------------------------------------------------------------------------


def _boxes(bbox: tuple[float, float, float, float]) -> list[tuple[float, float, float, float]]:
    west, south, east, north = bbox
    if west <= east:
        return [bbox]
    return [(west, south, 180.0, north), (-180.0, south, east, north)]


def _conditions(layer: Layer, query: Query) -> tuple[str, dict[str, Any]]:
    """The `where` of a query and its values. Points need no exact test: their box is the point."""
    parts: list[str] = []
    values: dict[str, Any] = {}
    if query.bbox is not None:
        sides = []
        for number, (west, south, east, north) in enumerate(_boxes(query.bbox)):
            values |= {f"w{number}": west, f"s{number}": south, f"e{number}": east, f"n{number}": north}
            box = f"st_makeenvelope(%(w{number})s, %(s{number})s, %(e{number})s, %(n{number})s, {SRID})"
            if west == east or south == north:  # a polygon without area meets nothing: ask with the point or line it is
                corners = [f"st_point(%({x}{number})s, %({y}{number})s, {SRID})" for x, y in ("ws", "en")]
                box = f"st_envelope(st_makeline({', '.join(corners)}))"
            exact = "" if layer.geometry == "Point" else f" and st_intersects(geom, {box})"
            sides.append(f"(geom && {box}{exact})")
        parts.append(f"({' or '.join(sides)})")
    if query.period is not None:
        start, end = query.period
        if start is not None:
            parts.append("updated_at >= %(period_start)s")
            values["period_start"] = start
        if end is not None:
            parts.append("updated_at <= %(period_end)s")
            values["period_end"] = end
    if query.where is not None:
        parts.append(f"({query.where.sql})")
        values |= query.where.params
    return (" where " + " and ".join(parts) if parts else ""), values


def _source(layer: Layer, query: Query) -> tuple[str, dict[str, Any]]:
    if query.as_of is None:
        return f"layers.{layer.name}", {}
    return f"({rows_sql(layer)})", {"as_of": query.as_of}


def _order(query: Query) -> str:
    terms = [f'"{column}"{" desc nulls last" if down else " nulls last"}' for column, down in query.sortby]
    return ", ".join([*terms, "id"])


def _shown_geometry(coordinates: Coordinates) -> str:
    """The shape in the asked system. Labelled 4326 whatever it is, or PostGIS writes a `crs` that RFC 7946 took out."""
    turned = "geom" if coordinates.srid in (CRS84_SRID, SRID) else f"st_transform(geom, {coordinates.srid:d})"
    return f"st_setsrid({f'st_flipcoordinates({turned})' if coordinates.swapped else turned}, {CRS84_SRID})"


def _column_list(layer: Layer, query: Query) -> str:
    """`id`, the asked columns, the shape. Second shapes (danger zones, routes) are always lon/lat."""
    columns, chosen = columns_of(layer), query.properties
    listed = [shown_sql(columns[name]) for name in feature_columns(layer) if chosen is None or name in chosen]
    return ", ".join(["id", *listed, f"{_shown_geometry(query.coordinates)} as geom"])


def feature_columns(layer: Layer) -> tuple[str, ...]:
    """The properties of a feature that everybody signed in may read, in order, without `id`."""
    return (*(column.name for column in open_columns(layer)), "version", "updated_at", "updated_by")


def items_sql(layer: Layer, query: Query) -> tuple[str, dict[str, Any]]:
    """The statement behind a page: rows of (features joined by commas, how many), CHUNK_ROWS at a time.

    `st_asgeojson(record)` beats json_build_object 1.6 times; the feature's id is put in front of what it writes.
    """
    where, values = _conditions(layer, query)
    source, moment = _source(layer, query)
    decimals = DECIMALS if query.coordinates.srid in (CRS84_SRID, SRID) else 3
    rows = (
        f"select {_column_list(layer, query)} from {source} f{where} order by {_order(query)}"
        " limit %(limit)s offset %(offset)s"
    )
    feature = f"""'{{"id":' || h.id || ',' || substr(st_asgeojson(h, 'geom', {decimals}), 2)"""
    values |= {**moment, "limit": query.limit, "offset": query.offset}
    if query.limit <= CHUNK_ROWS:
        return f"select string_agg({feature}, ','), count(*) from ({rows}) h", values
    return (
        f"select string_agg(feature, ','), count(*) from (select {feature} as feature,"
        f" (row_number() over () - 1) / {CHUNK_ROWS} as chunk from ({rows}) h) c group by chunk order by chunk",
        values,
    )


class _AsSent(Loader):
    """A text as the bytes PostgreSQL sent, where they lie. A page is a megabyte: decoding, encoding and copying it costs
    more than everything else the server does for it. The buffer keeps its result alive."""

    def load(self, data: Buffer) -> Buffer:
        return data


async def items(db: Database, layer: Layer, query: Query) -> AsyncIterator[tuple[Buffer, int]]:
    """The features of a page as (UTF-8 JSON features joined by commas, how many) pieces, streamed from the database."""
    text, values = items_sql(layer, query)
    async with db.reading() as connection:
        cursor = connection.cursor()
        cursor.adapters.register_loader("text", _AsSent)
        if query.limit <= CHUNK_ROWS:
            await cursor.execute(text, values, prepare=True)
            row = await cursor.fetchone()
            if row is not None and row[1]:
                yield row[0], row[1]
            return
        async for joined, count in cursor.stream(text, values):
            yield joined, count


async def count(db: Database, layer: Layer, query: Query) -> int:
    """How many features match, over all pages. Without conditions it is known and costs nothing."""
    where, values = _conditions(layer, query)
    source, moment = _source(layer, query)
    text = f"select count(*) from {source} f{where}"
    if not where and query.as_of is None:
        text, values = "select rows from app.layer_versions where layer = %(layer)s", {"layer": layer.name}
    async with db.reading() as connection:
        rows = await connection.execute(text, values | moment)
        row = await rows.fetchone()
    return int(row[0]) if row else 0


class LayerFacts(NamedTuple):
    """What is known of a layer as a whole. `bbox` is west, south, east, north; None where it has no rows."""

    rows: int
    exercise_rows: int
    version: int
    changed_at: datetime
    bbox: tuple[float, float, float, float] | None


async def layer_facts(db: Database, layer: Layer) -> LayerFacts:
    """Counts, version and extent of a layer. The extent is read from the index's own box where there is one."""
    async with db.reading() as connection:
        rows = await connection.execute(
            "select rows, exercise_rows, version, changed_at from app.layer_versions where layer = %s", (layer.name,)
        )
        known = await rows.fetchone()
        rows = await connection.execute(
            f"select st_xmin(b), st_ymin(b), st_xmax(b), st_ymax(b) from (select st_extent(geom) b from layers.{layer.name}) e"
        )
        box = await rows.fetchone()
    count, played, version, changed_at = known or (0, 0, 0, datetime.fromtimestamp(0, UTC))
    return LayerFacts(count, played, version, changed_at, box if box and box[0] is not None else None)


async def feature(
    db: Database,
    actor: Actor,
    layer: Layer,
    id: int,
    *,
    as_of: datetime | None = None,
    coordinates: Coordinates = Coordinates(),
    with_restricted: bool = False,
) -> dict[str, Any]:
    """One feature as a GeoJSON object. Restricted fields only where the actor's right reaches this row; then they are
    under `properties` and listed in `restricted` (a look is the caller's to log).

    Raises FeatureNotFound.
    """
    query = Query(as_of=as_of, coordinates=coordinates)
    source, moment = _source(layer, query)
    text = (
        f"select st_asgeojson(h, 'geom', {DECIMALS})::json"
        f" from (select {_column_list(layer, query)} from {source} f where id = %(id)s) h"
    )
    async with db.transaction(actor) as connection:
        rows = await connection.execute(text, {"id": id, **moment})
        row = await rows.fetchone()
        if row is None:
            raise not_found(layer, id)
        found: dict[str, Any] = {"id": id, **row[0]}
        found["restricted"] = []
        if with_restricted and restricted_columns(layer):
            side = await _restricted_values(connection, layer, id, as_of)
            found["properties"] |= side
            found["restricted"] = list(side)
    return found


async def _restricted_values(
    connection: AsyncConnection[Any], layer: Layer, id: int, as_of: datetime | None
) -> dict[str, Any]:
    """The restricted fields of one feature, {} where the row policy hides them or there are none."""
    shown = ", ".join(map(shown_sql, restricted_columns(layer)))
    table = f"{layer.name}_restricted"
    text = f"select {shown} from layers.{table} where id = %(id)s"
    if as_of is not None:
        text += (
            f" and updated_at <= %(as_of)s union all select {shown} from history.{table}"
            " where id = %(id)s and updated_at <= %(as_of)s and valid_to > %(as_of)s"
        )
    cursor = connection.cursor(row_factory=dict_row)
    await cursor.execute(text, {"id": id, "as_of": as_of})
    return await cursor.fetchone() or {}


def not_found(layer: Layer, id: int) -> FeatureNotFound:
    return FeatureNotFound(
        f"{layer.zh}中没有编号为 {id} 的要素:可能已删除,请刷新列表。",
        f"{layer.en} has no feature {id}: it may have been deleted. Refresh the list.",
    )


def conflict(layer: Layer, id: int, expected: int, found: int) -> VersionConflict:
    return VersionConflict(
        f"这条{layer.zh}已被他人改为第 {found} 版(您看到的是第 {expected} 版):请重新读取,再合并您的修改。",
        f"Feature {id} of {layer.en} is now version {found} (you saw {expected}): read it again and merge your change.",
        version=found,
    )


# -- writing --------------------------------------------------------------------------------------------------------


def _bound(layer: Layer, values: Mapping[str, Any]) -> dict[str, Any]:
    """Values as SQLAlchemy binds them: shapes as WKB, objects as JSON."""
    bound: dict[str, Any] = {}
    for name, value in values.items():
        if isinstance(value, BaseGeometry):
            bound[name] = sa.func.st_geomfromwkb(value.wkb, SRID)
        else:
            bound[name] = Jsonb(value) if columns_of(layer)[name].kind == "object" and value is not None else value
    return bound


async def create(
    connection: AsyncConnection[Any],
    layer: Layer,
    values: Mapping[str, Any],
    restricted: Mapping[str, Any],
    geometry: BaseGeometry,
) -> Written:
    """A new feature, version 1. Raises BadGeometry (outside the county); the driver raises on policies and codes."""
    await _require_place(connection, layer, str(values["admin_code"]), geometry)
    table = table_of(layer)
    statement = sa.insert(table).values(_bound(layer, {**values, "geom": geometry}))
    row = (await execute(connection, statement.returning(table.c.id, table.c.version)))[0]
    await _keep_restricted(connection, layer, row["id"], str(values["admin_code"]), restricted)
    return Written(row["id"], row["version"])


async def update(
    connection: AsyncConnection[Any],
    layer: Layer,
    id: int,
    expected_version: int,
    values: Mapping[str, Any],
    restricted: Mapping[str, Any],
    geometry: BaseGeometry | None = None,
) -> Written:
    """Write the given columns of one feature; what is not given stays.

    Raises FeatureNotFound, VersionConflict, Forbidden (the row is another township's), BadGeometry.
    """
    before = await _at_version(connection, layer, id, expected_version)
    admin_code = str(values.get("admin_code", before["admin_code"]))
    shape = before["geom"] if geometry is None else geometry
    if geometry is not None or admin_code != before["admin_code"]:
        await _require_place(connection, layer, admin_code, shape)
    table = table_of(layer)
    changes = _bound(layer, dict(values) if geometry is None else {**values, "geom": geometry})
    statement = sa.update(table).where(table.c.id == id, table.c.version == expected_version)
    statement = statement.values(changes or {"code": table.c.code})  # a change of a phone alone is a version too
    rows = await execute(connection, statement.returning(table.c.version))
    if not rows:
        raise await _why_unwritten(connection, layer, id, expected_version)
    await _keep_restricted(connection, layer, id, admin_code, restricted)
    return Written(id, rows[0]["version"])


async def delete(connection: AsyncConnection[Any], layer: Layer, id: int, expected_version: int) -> Written:
    """Remove one feature; its history stays, ended by a tombstone.

    Raises FeatureNotFound, VersionConflict, Forbidden.
    """
    await _at_version(connection, layer, id, expected_version)
    table = table_of(layer)
    statement = sa.delete(table).where(table.c.id == id, table.c.version == expected_version).returning(table.c.id)
    if not await execute(connection, statement):
        raise await _why_unwritten(connection, layer, id, expected_version)
    return Written(id, expected_version + 1)


async def _at_version(connection: AsyncConnection[Any], layer: Layer, id: int, expected: int) -> dict[str, Any]:
    """The row's scope and shape, at the expected version.

    Not locked: `for update` would ask the update policy and hide rows that may only be read. The write itself names
    the version again and waits for any other writer of the row.
    """
    table = table_of(layer)
    columns = (table.c.version, table.c.admin_code, sa.func.st_asbinary(table.c.geom).label("geom"))
    rows = await execute(connection, sa.select(*columns).where(table.c.id == id))
    if not rows:
        raise not_found(layer, id)
    if rows[0]["version"] != expected:
        raise conflict(layer, id, expected, rows[0]["version"])
    return {**rows[0], "geom": from_wkb(bytes(rows[0]["geom"]))}


async def _why_unwritten(connection: AsyncConnection[Any], layer: Layer, id: int, expected: int) -> Refusal:
    """Between reading and writing somebody was faster, or the row policy hides the row from writes."""
    before = await _at_version(connection, layer, id, expected)
    return Forbidden(
        f"您不能修改这条{layer.zh}:它属于 {before['admin_code']},不在您的管辖或职责内。",
        f"You cannot change this one of {layer.en}: it belongs to {before['admin_code']}, outside your area or duty.",
    )


async def _keep_restricted(
    connection: AsyncConnection[Any], layer: Layer, id: int, admin_code: str, restricted: Mapping[str, Any]
) -> None:
    table = restricted_table_of(layer)
    if table is None or not restricted:
        return
    bound = _bound(layer, restricted)
    statement = insert(table).values(id=id, admin_code=admin_code, **bound)
    await execute(connection, statement.on_conflict_do_update(index_elements=["id"], set_=bound))


async def _require_place(
    connection: AsyncConnection[Any], layer: Layer, admin_code: str, geometry: BaseGeometry
) -> None:
    """The county named by `admin_code` is loaded and the shape touches it, where the layer asks for that."""
    if not layer.must_lie_in_county:
        return
    county = admin_code[:6]
    text = """select f.name, st_intersects(f.geom, g), st_intersects(f.geom, st_flipcoordinates(g)),
                     st_distance(f.geom::geography, g::geography)
              from layers.counties f, st_geomfromwkb(%(wkb)s, 4490) g where f.code = %(county)s"""
    cursor = await connection.execute(text, {"wkb": geometry.wkb, "county": county})
    row = await cursor.fetchone()
    if row is None:
        raise BadGeometry(
            f"行政区划代码 {admin_code} 所在的县({county})尚未载入,请先载入县包或改正代码。",
            f"County {county} of statistical code {admin_code} is not loaded: load its pack or correct the code.",
        )
    name, inside, inside_if_swapped, away_m = row
    if inside:
        return
    if inside_if_swapped:
        raise BadGeometry(
            f"图形不在{name}内,交换经纬度后在{name}内:请按“经度,纬度”的顺序填写。",
            f"The geometry is not in {name}, but is when longitude and latitude are swapped: give longitude first.",
        )
    raise BadGeometry(
        f"图形在{name}之外约 {away_m / 1000:.1f} km:请核对坐标和坐标系,或改正行政区划代码。",
        f"The geometry lies about {away_m / 1000:.1f} km outside {name}: check coordinates, their system and the code.",
    )
