"""What lies near a point, and what lies inside an area: all layers at once, distances and areas on the ellipsoid.

An area is a polygon, a circle in metres, or a division by its code (its outline where there is one, else the rows that
carry the code). A feature is inside when any part of it is; an area that only touches the edge is not. Each layer is one
statement, so that its totals are those of its list.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from psycopg import AsyncConnection
from psycopg.rows import dict_row
from shapely import from_wkb
from shapely.geometry.base import BaseGeometry

from gis.datum import metric_epsg
from gis.geometry import area_m2
from layers.described import Column
from layers.fields import Layer
from layers.history import rows_sql
from layers.registry import LAYERS, layer_named
from layers.romanised import romanised
from layers.tables import SRID, open_columns

Connection = AsyncConnection[Any]

DIVISIONS: Final = ("counties", "townships")
"""Never counted as things inside: they contain the area, and their people are those of their villages."""

HITS: Final = 200  # of a layer that are listed; a filter lists them all
DEGREE_OF_LATITUDE_M: Final = 110_574.0  # at the equator, the shortest (WGS 84)
BOX_MARGIN: Final = 1.01  # of the box around a circle: the index may find too much, never too little

ADDED_IN_POINTS: Final = frozenset({"人", "户", "张", "辆", "台", "座", "个", "m²", "m³", "t"})
ADDED_IN_SHAPES: Final = frozenset({"人", "户"})
"""Units whose sum means something. Lengths and areas of shapes are left out: only a part of the shape may be inside."""

PEOPLE: Final[Mapping[str, tuple[str, str]]] = {
    "residents": ("villages", "resident_people"),
    "elderly_alone": ("villages", "elderly_alone"),
    "in_registered_households": ("households", "people"),
    "weak_in_registered_households": ("households", "weak_people"),
    "threatened_by_geohazards": ("geohazards", "threat_people"),
    "students": ("schools", "students"),
    "in_care_homes": ("care_homes", "residents"),
    "underground": ("mines", "underground_now"),
    "on_worksites": ("worksites", "people_on_site"),
    "visitors": ("scenic_spots", "visitors_now"),
}
"""Who is inside, by where it is known from. They overlap (a household is in a village): never to be added up."""


@dataclass(frozen=True)
class Area:
    """What to look inside of. `condition` is SQL over a layer's row, `values` are its parameters."""

    condition: str
    values: Mapping[str, Any] = field(default_factory=dict)
    area_m2: float | None = None
    is_shape: bool = True


# -- areas ------------------------------------------------------------------------------------------------------------


def polygon(shape: BaseGeometry) -> Area:
    """Inside a polygon in lon/lat."""
    values = {"area": shape.wkb}
    return Area(f"st_intersects(geom, st_geomfromwkb(%(area)s, {SRID}))", values, area_m2(shape))


def circle(lon: float, lat: float, radius_m: float) -> Area:
    """Inside a circle of `radius_m` metres on the ellipsoid."""
    values = _circle_values(lon, lat, radius_m)
    return Area(IN_CIRCLE, values, math.pi * radius_m**2, is_shape=False)


def _table(layer: Layer, as_of: datetime | None) -> str:
    """What a statement reads a layer from: its table, or what it was at `%(as_of)s`."""
    return f"layers.{layer.name}" if as_of is None else f"({rows_sql(layer)})"


async def division(connection: Connection, code: str, as_of: datetime | None = None) -> Area:
    """Inside a county, township or village: its outline, or by code where no outline is known."""
    for layer in DIVISIONS:
        rows = await connection.execute(
            f"select st_asbinary(geom) from {_table(layer_named(layer), as_of)} d where code = %(code)s",
            {"code": code, "as_of": as_of},
        )
        row = await rows.fetchone()
        if row is not None:
            return polygon(from_wkb(bytes(row[0])))
    # A village's own row may carry its township in admin_code and itself in code.
    return Area("(admin_code like %(carried)s or code = %(division)s)", {"carried": f"{code}%", "division": code}, is_shape=False)


POINT: Final = f"st_setsrid(st_makepoint(%(lon)s, %(lat)s), {SRID})"
IN_CIRCLE: Final = (
    f"geom && st_makeenvelope(%(west)s, %(south)s, %(east)s, %(north)s, {SRID})"
    f" and st_dwithin(geom::geography, {POINT}::geography, %(radius_m)s)"
)


def _circle_values(lon: float, lat: float, radius_m: float) -> dict[str, float]:
    up = BOX_MARGIN * radius_m / DEGREE_OF_LATITUDE_M
    furthest = min(abs(lat) + up, 89.0)
    aside = up / math.cos(math.radians(furthest))
    return {"lon": lon, "lat": lat, "radius_m": radius_m, "west": lon - aside, "east": lon + aside,
            "south": lat - up, "north": lat + up}  # fmt: skip


# -- near -------------------------------------------------------------------------------------------------------------


async def near(connection: Connection, lon: float, lat: float, radius_m: float, county: str = "",
               limit: int = HITS, as_of: datetime | None = None) -> list[dict[str, Any]]:  # fmt: skip
    """Groups of what lies, or lay at `as_of`, within `radius_m` metres: by layer, nearest first; the layer with the
    nearest thing first.

    `lon`, `lat` of a hit is its closest point; `bearing_deg` leads there, clockwise from north, None where it is here.
    """
    more = {"county": f"{county}%", "limit": limit, "metric": metric_epsg(lon, lat), "as_of": as_of}
    values = {**_circle_values(lon, lat, radius_m), **more}
    groups = []
    for layer in LAYERS.values():
        if layer.name in DIVISIONS:
            continue
        cursor = connection.cursor(row_factory=dict_row)
        await cursor.execute(NEAR.format(table=_table(layer, as_of)), values)
        rows = await cursor.fetchall()
        if rows:
            hits = [{"layer": layer.name} | {name: row[name] for name in NEAR_FIELDS} for row in rows]
            groups.append({"layer": layer.name, "zh": layer.zh, "en": layer.en, "total": rows[0]["total"], "hits": hits})
    return sorted(groups, key=lambda group: group["hits"][0]["distance_m"])


NEAR_FIELDS: Final = ("id", "name", "code", "status", "lon", "lat", "distance_m", "bearing_deg", "exercise")
NEAR: Final = f"""
with found as (
  select id, name, code, status, source = 'exercise' as exercise, geom, st_distance(geom::geography, {POINT}::geography) as distance_m
  from {{table}} f where {IN_CIRCLE} and admin_code like %(county)s
), listed as (
  select *, count(*) over () as total from found order by distance_m, id limit %(limit)s
), closest as (
  select l.*, case when st_dimension(geom) = 0 then geom
    else st_transform(st_closestpoint(st_transform(geom, %(metric)s), st_transform({POINT}, %(metric)s)), {SRID}) end as spot
  from listed l
)
select id, name, code, status, exercise, total, distance_m, st_x(spot) as lon, st_y(spot) as lat,
  case when distance_m > 0 then degrees(st_azimuth({POINT}::geography, spot::geography)) end as bearing_deg
from closest order by distance_m, id
"""


# -- within -----------------------------------------------------------------------------------------------------------


async def within(connection: Connection, area: Area, county: str = "", as_of: datetime | None = None) -> dict[str, Any]:
    """Counts, sums and lists of what lies, or lay at `as_of`, inside an area, by layer and township; and who is inside."""
    groups, totals = [], {}
    for layer in LAYERS.values():
        if layer.name in DIVISIONS:
            continue
        found = await _inside(connection, layer, area, county, as_of)
        if found["count"]:
            groups.append({"layer": layer.name, "zh": layer.zh, "en": layer.en, **found})
            totals[layer.name] = found["sums"]
    return {"area_m2": area.area_m2, "groups": groups, "people": _people(totals)}


def added_columns(layer: Layer) -> tuple[Column, ...]:
    """The columns of a layer whose sum over features means something."""
    units = ADDED_IN_POINTS if layer.geometry == "Point" else ADDED_IN_SHAPES
    return tuple(
        column for column in open_columns(layer)
        if column.words.unit in units and column.kind in ("integer", "number") and column.words.computed is None
    )  # fmt: skip


async def _inside(connection: Connection, layer: Layer, area: Area, county: str, as_of: datetime | None) -> dict[str, Any]:
    columns = added_columns(layer)
    # The edge of an area is no place: a zone beside it touches it and is not inside.
    touching = f" and not st_touches(geom, st_geomfromwkb(%(area)s, {SRID}))" if area.is_shape and "Polygon" in layer.geometry else ""
    text = WITHIN.format(
        table=_table(layer, as_of),
        condition=area.condition + touching,
        columns="".join(f', "{column.name}"' for column in columns),
        sums=", ".join(f"'{column.name}', sum(\"{column.name}\")" for column in columns),
        point="geom" if layer.geometry == "Point" else "st_pointonsurface(geom)",
    )
    rows = await connection.execute(text, {**area.values, "county": f"{county}%", "hits": HITS, "as_of": as_of})
    row = await rows.fetchone()
    assert row is not None
    count, exercise_count, sums, townships, hits = row
    told = {column.name: _sum(column, sums) for column in columns if sums[column.name] is not None}
    towns = [_township(one) for one in townships or []]
    return {"count": count, "exercise_count": exercise_count, "sums": told, "by_township": towns, "hits": hits or []}


def _township(row: Mapping[str, Any]) -> dict[str, Any]:
    name = row["name"]
    return {"admin_code": row["admin_code"], "name": name, "en": None if name is None else romanised(name, row["latin"]),
            "count": row["count"]}  # fmt: skip


def _sum(column: Column, sums: Mapping[str, Any]) -> dict[str, Any]:
    return {"zh": column.words.zh, "en": column.words.en, "unit": column.words.unit, "total": sums[column.name]}


WITHIN: Final = """
with inside as materialized (
  select id, code, name, admin_code, source = 'exercise' as exercise, geom{columns}
  from {table} f where {condition} and admin_code like %(county)s
), townships as (
  select left(i.admin_code, 9) as admin_code, t.name, t.latin, count(*) as count from inside i
    left join app.names t on t.layer = 'townships' and lower(t.code) = left(i.admin_code, 9)
  group by 1, 2, 3 order by 4 desc, 1
), hits as (
  select id, code, name, admin_code, exercise, round(st_x(p)::numeric, 7) as lon, round(st_y(p)::numeric, 7) as lat
  from (select *, {point} as p from inside order by name, id limit %(hits)s) h
)
select count(*), count(*) filter (where exercise), json_build_object({sums}),
  (select json_agg(t) from townships t), (select json_agg(h) from hits h)
from inside
"""


def _people(totals: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """PEOPLE of the sums: {key: {layer, field, zh, en, unit, total}} where anything is known."""
    return {key: {"layer": layer, "field": name, **totals[layer][name]} for key, (layer, name) in PEOPLE.items()
            if name in totals.get(layer, {})}  # fmt: skip
