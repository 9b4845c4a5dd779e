"""The words of a layer's definition: CodeList, Row, field(), Check, Legend, Layer.

A definition says what a layer is and nothing else; tables.py, forms.py, legends, spreadsheets and the OGC schema are
all read from it. Copy definitions/shelters.py to add one.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field as dataclass_field
from datetime import date, datetime
from enum import StrEnum
from typing import Any, ClassVar, Literal, Self, cast

from pydantic import BaseModel, ConfigDict, Field
from pydantic.fields import FieldInfo

Need = Literal["R", "r", ""]  # needed to publish, wanted, optional (domain §4)
GeometryKind = Literal["Point", "LineString", "Polygon", "MultiPolygon", "MultiLineString"]


class CodeList(StrEnum):
    """A list of allowed values. Stored as the short English code; shown in Chinese or English.

    class Kind(CodeList):
        POND = "pond", "池塘", "Pond"
    """

    zh: str
    en: str

    def __new__(cls, code: str, zh: str, en: str) -> Self:
        member = str.__new__(cls, code)
        member._value_ = code
        member.zh = zh
        member.en = en
        return member


@dataclass(frozen=True)
class Words:
    """What a field is called and how it is shown. Held in the pydantic field's metadata."""

    zh: str
    en: str
    unit: str | None = None
    need: Need = ""
    restricted: bool = False  # kept in the layer's side table: phones, household heads, mine workings
    geometry: GeometryKind | None = None  # a second shape besides the feature's own, e.g. a danger zone
    help_zh: str = ""
    help_en: str = ""
    ref: str | None = None  # the layer whose `code` this holds
    computed: str | None = None  # SQL over the row's other columns; written by the database, never by a person
    example: Any = None  # shown in the spreadsheet template
    aliases: tuple[str, ...] = ()  # other column names seen in township sheets


def field(
    zh: str,
    en: str,
    *,
    default: Any = ...,
    unit: str | None = None,
    need: Need = "",
    restricted: bool = False,
    geometry: GeometryKind | None = None,
    help_zh: str = "",
    help_en: str = "",
    ref: str | None = None,
    computed: str | None = None,
    example: Any = None,
    aliases: tuple[str, ...] = (),
    **limits: Any,
) -> Any:
    """One column. `limits` are pydantic's ge, gt, le, lt, max_length, min_length, pattern; they bind the table too.

    A field is optional (may be empty while a point is still 待核) unless `default=...` is kept by giving no default
    and its type has no None.
    """
    words = Words(zh, en, unit, need, restricted, geometry, help_zh, help_en, ref, computed, example, aliases)
    info = cast(FieldInfo, Field(default, title=en, description=help_en or None, **limits))
    info.metadata.append(words)
    return info


class Row(BaseModel):
    """One row of a layer, without the columns every layer has (see common.Common)."""

    model_config = ConfigDict(extra="forbid", use_enum_values=True, str_strip_whitespace=True)


@dataclass(frozen=True)
class Check:
    """A rule over several fields, as CQL2 text. It passes where a property in it is empty, as a CHECK does.

    `severity` "error" binds the table as a CHECK constraint; "query" is shown and asked about, and never blocks.
    """

    name: str
    rule: str
    zh: str
    en: str
    severity: Literal["error", "query"] = "error"


@dataclass(frozen=True)
class Legend:
    """How a layer looks: one glyph, coloured by the value of one field.

    `glyph`: one Chinese character or short mark readable at 16 px. `colours`: value -> #rrggbb; must cover every value
    of a code list. `worst_first`: values ordered for clusters (the worst grade shows).
    """

    glyph: str
    by: str | None = None
    colours: Mapping[str, str] = dataclass_field(default_factory=dict)
    colour: str = "#57606a"
    worst_first: tuple[str, ...] = ()


@dataclass(frozen=True)
class Layer:
    """One kind of thing the county knows about."""

    name: str  # the collection id, plural
    zh: str
    en: str
    row: type[Row]
    geometry: GeometryKind
    group: Literal["places", "hazards", "industry", "forest", "flood", "resources", "people", "roads"]
    bureau: str  # the sector bureau that verifies it; a key of definitions' BUREAUS in common.py
    legend: Legend
    source: str  # where the fields and rules come from
    status: type[CodeList]
    checks: tuple[Check, ...] = ()
    writers: tuple[str, ...] = ("township", "bureau", "admin")  # who may write it, inside their scope
    must_lie_in_county: bool = True
    name_zoom: int = 12  # labels appear from this zoom on
    help_zh: str = ""
    help_en: str = ""
    title_field: ClassVar[str] = "name"


PlainType = type[str] | type[int] | type[float] | type[bool] | type[date] | type[datetime]
