"""Which rows of a layer a chart or a file is about: a filter, ids, a county, a moment."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from layers.fields import Layer
from layers.filters import TEXT, Where, where_from
from layers.history import rows_sql


@dataclass(frozen=True)
class Choice:
    """Rows that fit all that is given; everything when nothing is."""

    where: Where | None = None
    as_of: datetime | None = None

    def source(self, layer: Layer) -> tuple[str, dict[str, Any]]:
        """`<table> f where …` and its values."""
        rows = f"layers.{layer.name}" if self.as_of is None else f"({rows_sql(layer)})"
        values: dict[str, Any] = {} if self.as_of is None else {"as_of": self.as_of}
        if self.where is None:
            return f"{rows} f", values
        return f"{rows} f where {self.where.sql}", values | dict(self.where.params)


def choice(
    layer: Layer, filter: str | None = None, language: str = TEXT, *, ids: Sequence[int] | None = None, county: str = "",
    as_of: datetime | None = None,
) -> Choice:  # fmt: skip
    """Raises BadFilter."""
    parts: list[str] = []
    values: dict[str, Any] = {}
    if filter is not None:
        where = where_from(layer, filter, language)
        parts.append(f"({where.sql})")
        values |= where.params
    if ids is not None:
        parts.append("id = any (%(chosen_ids)s)")
        values["chosen_ids"] = list(ids)
    if county:
        parts.append("admin_code like %(chosen_county)s")
        values["chosen_county"] = f"{county}%"
    return Choice(Where(" and ".join(parts), values) if parts else None, as_of)
