"""What alembic compares: columns of the layers' tables. Checks, indexes and comments are layers/secured.py's."""

from typing import Any, Literal

from geoalchemy2 import Geometry


def _ours(thing: Any, _name: str | None, kind: str, _reflected: bool, _other: Any) -> bool:
    if kind == "table":
        return getattr(thing, "schema", None) == "layers"
    return kind not in ("index", "check_constraint", "unique_constraint")


def _written(kind: str, thing: Any, _context: Any) -> str | Literal[False]:
    """A geometry column in a migration: without the index, which layers/secured.py makes."""
    if kind == "type" and isinstance(thing, Geometry):
        return f"Geometry({thing.geometry_type!r}, {thing.srid}, spatial_index=False)"
    return False


OPTIONS: dict[str, Any] = {
    "include_schemas": True,
    "include_object": _ours,
    "render_item": _written,
    "compare_type": True,
    "compare_server_default": False,
    "autogenerate_plugins": ["alembic.autogenerate.*", "~alembic.autogenerate.comments"],
}
