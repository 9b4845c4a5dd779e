"""Scalar terms of a filter: their kinds, and the two ways a literal reaches SQL.

Bound: every literal is a named parameter. Inline: literals are quoted into the text, for CHECK constraints, which have
no parameters; used only for rules that stand in our own definitions.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any, Literal

from psycopg import sql

from layers.described import Column, columns_of
from layers.errors import BadFilter
from layers.fields import Layer

TermKind = Literal["text", "number", "boolean", "date", "timestamp", "array", "geometry"]

_OF_COLUMN: Mapping[str, TermKind] = {
    "text": "text", "integer": "number", "number": "number", "boolean": "boolean", "date": "date",
    "timestamp": "timestamp", "array": "array", "geometry": "geometry",
}  # fmt: skip

KIND_WORDS: Mapping[TermKind, tuple[str, str]] = {
    "text": ("文本", "text"), "number": ("数值", "a number"), "boolean": ("真假", "true or false"),
    "date": ("日期", "a date"), "timestamp": ("时刻", "a timestamp"), "array": ("列表", "a list"),
    "geometry": ("图形", "a geometry"),
}  # fmt: skip


@dataclass(frozen=True)
class Term:
    """A piece of SQL and the kind of value it gives. `literal` is the value where it is one."""

    sql: str
    kind: TermKind
    literal: Any = None
    column: Column | None = None


@dataclass
class Target:
    """Where the SQL goes: the layer's columns, and the parameters collected so far."""

    layer: Layer
    inline: bool = False
    params: dict[str, Any] = field(default_factory=dict)

    def literal(self, value: Any, cast: str = "") -> str:
        """The value in SQL: `%(f0)s` with the value kept in `params`, or quoted inline. `cast` is a PostgreSQL type."""
        if self.inline:
            written = sql.Literal(value).as_string(None)
        else:
            name = f"f{len(self.params)}"
            self.params[name] = value
            written = f"%({name})s"
        return f"{written}::{cast}" if cast else written

    def column(self, name: str) -> Term:
        """A queryable property. Raises BadFilter for unknown and restricted ones."""
        column = columns_of(self.layer).get(name)
        if column is None:
            raise BadFilter(
                f"图层“{self.layer.zh}”没有可筛选的属性“{name[:60]}”,可用属性见 /ogc/collections/"
                f"{self.layer.name}/queryables。",
                f"“{name[:60]}” is not a queryable of {self.layer.name}; /ogc/collections/{self.layer.name}"
                "/queryables lists them.",
                property=name[:60],
            )
        if column.words.restricted or column.kind not in _OF_COLUMN:
            raise BadFilter(
                f"属性“{name}”({column.words.zh})不能用于筛选。",
                f"“{name}” ({column.words.en}) cannot be used in a filter.",
                property=name,
            )
        return Term(f'"{name}"', _OF_COLUMN[column.kind], column=column)


def mismatch(what: str, wanted: TermKind, found: TermKind) -> BadFilter:
    """Two values of different kinds meet in one operation."""
    (wanted_zh, wanted_en), (found_zh, found_en) = KIND_WORDS[wanted], KIND_WORDS[found]
    return BadFilter(
        f"“{what}”两侧类型不符:需要{wanted_zh},得到{found_zh}。",
        f"“{what}” expects {wanted_en}, {found_en} was found.",
        operator=what,
    )


def date_from(text: Any) -> date:
    """A full date, YYYY-MM-DD. Raises BadFilter."""
    try:
        if not isinstance(text, str) or len(text) != len("2026-01-01"):
            raise ValueError
        return date.fromisoformat(text)
    except ValueError:
        raise BadFilter(
            f"日期“{str(text)[:40]}”无效,应为 YYYY-MM-DD。", f"“{str(text)[:40]}” is not a date; write YYYY-MM-DD."
        ) from None


def moment_from(text: Any) -> datetime:
    """A moment with its offset (RFC 3339), in UTC. Raises BadFilter."""
    try:
        if not isinstance(text, str) or "T" not in text.upper():
            raise ValueError
        moment = datetime.fromisoformat(text)
        if moment.tzinfo is None:
            raise ValueError
        return moment.astimezone(UTC)
    except (ValueError, OverflowError):
        raise BadFilter(
            f"时刻“{str(text)[:40]}”无效,应如 2026-07-01T08:00:00+08:00(须带时区)。",
            f"“{str(text)[:40]}” is not a moment; write 2026-07-01T08:00:00+08:00 (with offset).",
        ) from None
