"""Alembic's entry: online only, on the connection that layers.migrations hands over."""

from typing import Any, Literal

from alembic import context
from geoalchemy2 import Geometry

from layers.tables import all_tables

config = context.config


def _ours(_object: object, name: str | None, kind: str, _reflected: bool, _compare: object) -> bool:
    return not (kind == "table" and getattr(_object, "schema", None) != "layers") and kind not in (
        "index",
        "check_constraint",
    )


def _written(kind: str, thing: Any, _context: Any) -> str | Literal[False]:
    """A geometry column in a migration: without the index, which layers/secured.py makes."""
    if kind == "type" and isinstance(thing, Geometry):
        return f"Geometry({thing.geometry_type!r}, {thing.srid}, spatial_index=False)"
    return False


connection = config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=all_tables(),
    include_schemas=True,
    include_object=_ours,
    render_item=_written,
    version_table_schema="public",
    compare_type=True,
    compare_server_default=False,
)
with context.begin_transaction():
    context.run_migrations()
