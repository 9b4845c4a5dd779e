"""The words of a layer's definition: CodeList, Row, field(), Check, Legend, Layer.

A definition says what a layer is and nothing else; tables.py, forms.py, legends, spreadsheets and the OGC schema are
all read from it. Copy definitions/shelters.py to add one.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field as dataclass_field
from datetime import date, datetime
from enum import StrEnum
from typing import Any, ClassVar, Literal, Self, cast

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError
from pydantic.fields import FieldInfo

Need = Literal["R", "r", ""]  # needed to publish, wanted, optional (domain §4)
GeometryKind = Literal["Point", "LineString", "Polygon", "MultiPolygon", "MultiLineString"]
Group = Literal["places", "hazards", "industry", "forest", "flood", "resources", "people", "roads"]
Json = dict[str, Any]  # a small JSON object: key -> entry, see field(entry=...)
Shape = dict[str, Any]  # a GeoJSON geometry, lon/lat, see field(geometry=...)
ENTRIES_MAX = 500  # entries of one small JSON object; a list longer than that deserves a layer


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
class UnitBy:
    """The unit of a number that follows from another column: `units` by that column's code."""

    field: str
    units: Mapping[str, str]


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
    entry: "type[Entry] | None" = None  # the form of each entry of a small JSON object, e.g. one piece of equipment
    unit_by: "UnitBy | None" = None  # where the unit follows from another column; `unit` then names all of them


def _entries_like(entry: type[BaseModel]) -> AfterValidator:
    """A validator for a small JSON object whose every value must fit `entry`; the first misfit is named."""

    def check(value: Json | None) -> Json | None:
        if value is None:
            return None
        if len(value) > ENTRIES_MAX:
            raise ValueError(f"{len(value)} entries, at most {ENTRIES_MAX}")
        for key, item in value.items():
            try:
                entry.model_validate(item)
            except ValidationError as error:
                first = error.errors()[0]
                raise ValueError(f"{key}: {'.'.join(map(str, first['loc']))} {first['msg']}") from error
        return value

    return AfterValidator(check)


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
    entry: "type[Entry] | None" = None,
    unit_by: UnitBy | None = None,
    **limits: Any,
) -> Any:
    """One column. `limits` are pydantic's ge, gt, le, lt, max_length, min_length, pattern; they bind the table too.

    A field is optional (may be empty while a point is still 待核) unless `default=...` is kept by giving no default
    and its type has no None.
    """
    words = Words(
        zh, en, unit, need, restricted, geometry, help_zh, help_en, ref, computed, example, aliases, entry, unit_by
    )
    info = cast(FieldInfo, Field(default, title=en, description=help_en or None, **limits))
    info.metadata.append(words)
    if entry is not None:
        info.metadata.append(_entries_like(entry))
    return info


def words_of(info: FieldInfo) -> Words:
    """The Words of a column made by field()."""
    return next(item for item in info.metadata if isinstance(item, Words))


class Row(BaseModel):
    """One row of a layer, without the columns every layer has (see common.Common)."""

    model_config = ConfigDict(extra="forbid", use_enum_values=True, str_strip_whitespace=True)


class Entry(Row):
    """One entry of a small JSON object, kept under a key that is unique in it. JSON keeps no order of keys: `place` does."""

    key_zh: ClassVar[str]
    key_en: ClassVar[str]

    place: int | None = field("次序", "Place", default=None, ge=1, le=ENTRIES_MAX)


@dataclass(frozen=True)
class Check:
    """A rule over several fields, as CQL2 text. Three-valued as in SQL: only a plain false fails, so a comparison
    with an empty property passes, and `x is null` is a question like any other.

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
    width: float = 1.5  # px, of lines and of outlines
    dash: str | None = None  # SVG dash pattern, e.g. "6 4"
    fill_opacity: float = 0.25  # of areas, 0 to 1


@dataclass(frozen=True, eq=False)  # one of each: compared and hashed as itself
class Layer:
    """One kind of thing the county knows about."""

    name: str  # the collection id, plural
    zh: str
    en: str
    row: type[Row]
    geometry: GeometryKind
    group: Group
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
    waives: tuple[str, ...] = ()  # common columns this layer can be published without, e.g. the duty person of a fault
    title_field: ClassVar[str] = "name"


PlainType = type[str] | type[int] | type[float] | type[bool] | type[date] | type[datetime]
