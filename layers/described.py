"""What each column of a layer is: read once from its definition; filters, forms, validation and the OGC schema use it.

A column's `kind` is our word for its type in the table: text, integer, number, boolean, date, timestamp, array (of
text), object (a small JSON object) or geometry.
"""

import types
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any, Literal, Union, get_args, get_origin

from pydantic.fields import FieldInfo

from layers.common import Common
from layers.fields import CodeList, Entry, GeometryKind, Layer, Row, Words, field, words_of

Kind = Literal["text", "integer", "number", "boolean", "date", "timestamp", "array", "object", "geometry"]

KINDS: Mapping[Any, Kind] = {
    bool: "boolean", int: "integer", float: "number", str: "text", datetime: "timestamp", date: "date",
}  # fmt: skip

OWN_WORDS: Mapping[str, tuple[Kind, Words]] = {
    "id": ("integer", Words("序号", "Id", help_zh="系统编号", help_en="Given by the system.")),
    "version": ("integer", Words("版本", "Version", help_zh="每改一次加一", help_en="Rises by one with each change.")),
    "updated_at": ("timestamp", Words("更新时间", "Updated at")),
    "updated_by": ("text", Words("更新人", "Updated by")),
}
"""The database's own columns: read, filtered, never written by a person."""


@dataclass(frozen=True)
class Column:
    """One column of a layer's table, with the words a person reads."""

    name: str
    kind: Kind
    words: Words
    codes: type[CodeList] | None = None
    info: FieldInfo | None = None  # None for the database's own columns and the feature's shape
    annotation: Any = None

    @property
    def required(self) -> bool:
        """Whether a row cannot exist without it."""
        return self.info is not None and self.info.is_required() and self.words.computed is None

    @property
    def read_only(self) -> bool:
        """Whether the database writes it: sent back by clients, never taken from them."""
        return self.name in OWN_WORDS or self.words.computed is not None

    @property
    def geometry(self) -> GeometryKind | None:
        return self.words.geometry

    def limit(self, name: str) -> Any:
        """One of pydantic's limits (`ge`, `gt`, `le`, `lt`, `max_length`, `min_length`, `pattern`), or None."""
        metadata = self.info.metadata if self.info is not None else []
        return next((getattr(rule, name) for rule in metadata if getattr(rule, name, None) is not None), None)


def bare_type(annotation: Any) -> Any:
    """`int | None` → `int`."""
    if get_origin(annotation) in (Union, types.UnionType):
        return next(part for part in get_args(annotation) if part is not type(None))
    return annotation


def _described(name: str, info: FieldInfo) -> Column:
    words, inner = words_of(info), bare_type(info.annotation)
    if words.geometry is not None:
        return Column(name, "geometry", words, info=info, annotation=info.annotation)
    if inner is dict or get_origin(inner) is dict:
        return Column(name, "object", words, info=info, annotation=info.annotation)
    item = get_args(inner)[0] if get_origin(inner) is list else inner
    codes = item if isinstance(item, type) and issubclass(item, CodeList) else None
    kind: Kind = "array" if item is not inner else "text" if codes else KINDS[inner]
    return Column(name, kind, words, codes, info, info.annotation)


def _status(codes: type[CodeList]) -> Column:
    """Every layer's status; empty means the first code of its list, as in the table."""
    info: FieldInfo = field("状态", "Status", need="R", default=next(iter(codes)))
    return Column("status", "text", words_of(info), codes, info, codes)


@cache
def _by_name(row: type[Row], status: type[CodeList], geometry: GeometryKind) -> Mapping[str, Column]:
    fields = {name: _described(name, info) for name, info in Common.model_fields.items()}
    fields["status"] = _status(status)
    fields |= {name: _described(name, info) for name, info in row.model_fields.items()}
    own = {name: Column(name, kind, words) for name, (kind, words) in OWN_WORDS.items()}
    shape = Column("geom", "geometry", Words("位置", "Location", need="R", geometry=geometry))
    return {"id": own.pop("id"), **fields, **own, "geom": shape}


@cache
def entry_columns(entry: type[Entry]) -> Mapping[str, Column]:
    """The columns of one entry of a small JSON object, in the order of its model; `place` (the entry's order) last."""
    columns = {name: _described(name, info) for name, info in entry.model_fields.items()}
    place = columns.pop("place")
    return {**columns, "place": place}


def columns_of(layer: Layer) -> Mapping[str, Column]:
    """Every column by name in reading order: id, shared, status, the layer's, the database's, shape."""
    return _by_name(layer.row, layer.status, layer.geometry)


def written_columns(layer: Layer) -> Mapping[str, Column]:
    """The columns a person may write (without the feature's own shape)."""
    return {name: column for name, column in columns_of(layer).items() if column.info and not column.read_only}
