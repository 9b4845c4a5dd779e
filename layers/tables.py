"""A layer's definition -> its PostgreSQL tables.

`layers.<name>` holds the rows now; `layers.<name>_restricted` the fields only some may read (phones, household heads,
mine workings). What is not a column (checks, indexes, policies, triggers, history) is in secured.py, so that a change of
a rule needs no migration and a change of a column always does.
"""

from functools import cache
from typing import Any

import sqlalchemy as sa
from geoalchemy2 import Geometry
from pydantic.fields import FieldInfo
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from layers.described import OWN_WORDS, Column, columns_of
from layers.fields import Layer
from layers.registry import LAYERS

SRID = 4490  # CGCS2000, the legal datum; longitude first in every geometry
METADATA = sa.MetaData()
DECIMALS = 7  # of a degree in answers: 1 cm


def restricted_columns(layer: Layer) -> tuple[Column, ...]:
    """What only roles that act on it may read; kept in the side table."""
    return tuple(column for column in columns_of(layer).values() if column.words.restricted)


def open_columns(layer: Layer) -> tuple[Column, ...]:
    """What every signed-in role may read, in the order it is shown; without the database's own columns and the shape."""
    return tuple(
        column for column in columns_of(layer).values() if column.info is not None and not column.words.restricted
    )


def _type_of(column: Column) -> sa.types.TypeEngine[Any]:
    if column.kind == "geometry":
        return Geometry(column.geometry or "GEOMETRY", SRID, spatial_index=False)
    plain: dict[str, sa.types.TypeEngine[Any]] = {
        "boolean": sa.Boolean(),
        "integer": sa.Integer(),
        "number": sa.Double(),
        "date": sa.Date(),
        "text": sa.Text(),
        "timestamp": sa.DateTime(timezone=True),
        "array": ARRAY(sa.Text()),
        "object": JSONB(),
    }
    return plain[column.kind]


def shown_sql(column: Column) -> str:
    """A column as an answer carries it: second shapes as lon/lat GeoJSON without the `crs` that RFC 7946 took out."""
    if column.kind == "geometry":
        return f'st_asgeojson("{column.name}", {DECIMALS}, 0)::json as "{column.name}"'
    return f'"{column.name}"'


def default_of(info: FieldInfo) -> Any:
    """The value a row gets where none is given; None where there is none."""
    return None if info.is_required() else info.default


def _column(column: Column) -> sa.Column[Any]:
    assert column.info is not None
    if column.words.computed:
        return sa.Column(column.name, _type_of(column), sa.Computed(column.words.computed, persisted=True))
    default = default_of(column.info)
    shown = str(default).lower() if isinstance(default, bool) else str(default)
    needed = column.required or default is not None
    return sa.Column(
        column.name,
        _type_of(column),
        nullable=not needed,
        server_default=None if default is None or isinstance(default, (list, dict)) else shown,
    )


def _own_columns() -> list[sa.Column[Any]]:
    return [
        sa.Column(
            "updated_at", sa.DateTime(timezone=True), nullable=False, server_default=sa.text("clock_timestamp()")
        ),
        sa.Column("updated_by", sa.Text(), nullable=False),
    ]


@cache
def table_of(layer: Layer) -> sa.Table:
    """`layers.<name>`: the rows now, without restricted fields."""
    assert set(OWN_WORDS) == {"id", "version", "updated_at", "updated_by"}
    return sa.Table(
        layer.name,
        METADATA,
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), primary_key=True),
        *map(_column, open_columns(layer)),
        sa.Column("geom", Geometry(layer.geometry, SRID, spatial_index=False), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False, server_default="1"),
        *_own_columns(),
        schema="layers",
    )


@cache
def restricted_table_of(layer: Layer) -> sa.Table | None:
    """`layers.<name>_restricted`: one row per feature with a restricted value; None for layers without such fields."""
    if not restricted_columns(layer):
        return None
    return sa.Table(
        f"{layer.name}_restricted",
        METADATA,
        sa.Column(
            "id",
            sa.BigInteger(),
            sa.ForeignKey(table_of(layer).c.id, ondelete="CASCADE"),
            primary_key=True,
            autoincrement=False,
        ),
        sa.Column("admin_code", sa.Text(), nullable=False),
        *(sa.Column(column.name, _type_of(column)) for column in restricted_columns(layer)),
        *_own_columns(),
        schema="layers",
    )


def all_tables() -> sa.MetaData:
    """The metadata with every layer's tables in it, for migrations."""
    for layer in LAYERS.values():
        table_of(layer)
        restricted_table_of(layer)
    return METADATA
