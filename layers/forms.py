"""What a definition looks like to a person or a program that fills it in: forms, OGC schemas, spreadsheets.

Everything is read from the definition; both languages stand side by side. Start at `form_schema` (the console's form) and
`rule_of` (the sentence under a field).
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import Any, Final

from openpyxl import Workbook
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from layers.common import PHONE, Common
from layers.described import OWN_WORDS, Column, columns_of, entry_columns, written_columns
from layers.fields import ENTRIES_MAX, Entry, Layer, Need
from layers.registry import needs
from layers.units import with_unit, word_of

# -- rules in words ---------------------------------------------------------------------------------------------------

_KIND_WORDS: Mapping[str, tuple[str, str]] = {
    "text": ("文本", "text"),
    "integer": ("整数", "whole number"),
    "number": ("数值", "number"),
    "boolean": ("是或否(true/false)", "true or false"),
    "date": ("日期 YYYY-MM-DD", "date YYYY-MM-DD"),
    "timestamp": (
        "时刻,须带时区,如 2026-07-01T08:00:00+08:00",
        "moment with offset, such as 2026-07-01T08:00:00+08:00",
    ),
    "array": ("文本列表", "list of texts"),
    "object": ("JSON 对象", "JSON object"),
    "geometry": ("图形", "shape"),
}
_PATTERN_WORDS: Mapping[str, tuple[str, str]] = {
    PHONE: (
        "11位手机号,或带区号的固定电话,或110、119、120、122、12379",
        "11-digit mobile, landline with area code, or 110, 119, 120, 122, 12379",
    ),
    r"^\d{6}(\d{3}(\d{3})?)?$": ("6、9或12位数字", "6, 9 or 12 digits"),
}
_BOUND_WORDS: Mapping[str, tuple[str, str]] = {
    "ge": ("不小于 {}", "at least {}"),
    "gt": ("大于 {}", "more than {}"),
    "le": ("不大于 {}", "at most {}"),
    "lt": ("小于 {}", "less than {}"),
}
_LENGTH_WORDS: Mapping[str, Mapping[str, tuple[str, str]]] = {
    "text": {
        "min_length": ("至少 {} 个字", "{} characters or more"),
        "max_length": ("至多 {} 个字", "{} characters or fewer"),
    },
    "array": {"min_length": ("至少 {} 项", "{} items or more"), "max_length": ("至多 {} 项", "{} items or fewer")},
}

Both = tuple[str, str]  # the same sentence in Chinese and in English


def rule_of(column: Column) -> Both:
    """The sentence under a field: kind, limits, pattern, unit, in Chinese and English."""
    parts = [_kind_sentence(column), *_limit_sentences(column)]
    if column.words.unit_by is None and column.words.unit:
        parts.append(_unit_sentence(column.words.unit))
    return ",".join(zh for zh, _ in parts if zh), ", ".join(en for _, en in parts if en)


def _unit_sentence(unit: str) -> Both:
    zh, en = word_of(unit, "zh"), word_of(unit, "en")
    return f"单位 {zh}" if zh else "", f"in {en}" if en else ""


def codes_sentence(column: Column) -> Both:
    """The allowed codes with their labels: `open 启用`."""
    codes = list(column.codes or ())
    return "、".join(f"{code.value} {code.zh}" for code in codes), ", ".join(
        f"{code.value} ({code.en})" for code in codes
    )


def _kind_sentence(column: Column) -> Both:
    if column.codes is not None:
        zh, en = codes_sentence(column)
        many = column.kind == "array"
        return (
            f"代码列表,可取:{zh}" if many else f"代码,取其一:{zh}",
            f"list of codes out of: {en}" if many else f"one code of: {en}",
        )
    if column.geometry is not None:
        return f"GeoJSON {column.geometry},经度在前", f"GeoJSON {column.geometry}, longitude first"
    return _KIND_WORDS[column.kind]


def _limit_sentences(column: Column) -> Iterable[Both]:
    for name, (zh, en) in {**_BOUND_WORDS, **_LENGTH_WORDS.get(column.kind, {})}.items():
        limit = column.limit(name)
        if limit is not None:
            yield zh.format(f"{limit:,}"), en.format(f"{limit:,}")
    pattern = column.limit("pattern")
    if pattern is not None:
        yield _PATTERN_WORDS.get(pattern, (f"格式 {pattern}", f"of the form {pattern}"))


# -- the form ---------------------------------------------------------------------------------------------------------

GROUPS: Final[tuple[tuple[str, str, str, tuple[str, ...]], ...]] = (
    ("identity", "基本信息", "Identity", ("code", "name", "admin_code", "village", "status")),
    ("own", "专业信息", "About it", ()),
    ("duty", "责任人", "People in charge", ("duty_person", "duty_post", "duty_phone", "backup_person", "backup_phone")),
    ("position", "位置", "Position", (
        "geom", "coord_raw", "coord_crs", "coord_method", "coord_accuracy_m", "elevation_m", "elev_datum")),
    ("source", "来源与核实", "Source and verification", ("source", "surveyed_on", "verify", "secrecy")),
    ("notes", "附件与备注", "Photos and notes", ("photos", "note")),
    ("system", "系统", "System", tuple(OWN_WORDS)),
)  # fmt: skip
"""Where each shared column stands; the layer's own columns stand in `own`, in the order of the definition."""

LONG_TEXT: Final = 300  # characters from which a field gets several lines


def form_schema(layer: Layer) -> dict[str, Any]:
    """The form of a layer: ordered groups of fields, and its checks, in both languages."""
    return {
        "name": layer.name,
        "zh": layer.zh,
        "en": layer.en,
        "geometry": layer.geometry,
        "help_zh": layer.help_zh,
        "help_en": layer.help_en,
        "groups": [
            {"name": name, "zh": zh, "en": en, "fields": [_field(layer, column) for column in _members(layer, members)]}
            for name, zh, en, members in GROUPS
        ],
        "checks": [
            {"name": check.name, "rule": check.rule, "zh": check.zh, "en": check.en, "severity": check.severity}
            for check in layer.checks
        ],
    }


def _members(layer: Layer, members: Sequence[str]) -> list[Column]:
    columns = columns_of(layer)
    if members:
        return [columns[name] for name in members]
    shared = {name for _, _, _, names in GROUPS for name in names} | set(Common.model_fields)
    return [column for name, column in columns.items() if name not in shared]


def _field(layer: Layer, column: Column) -> dict[str, Any]:
    return _described_field(column, needs(layer).get(column.name, column.words.need))


def _described_field(column: Column, need: Need) -> dict[str, Any]:
    words = column.words
    rule_zh, rule_en = rule_of(column)
    return {
        "name": column.name,
        "zh": words.zh,
        "en": words.en,
        "kind": column.kind,
        "widget": _widget(column),
        "unit": words.unit,
        "unit_by": None
        if words.unit_by is None
        else {"field": words.unit_by.field, "units": dict(words.unit_by.units)},
        "help_zh": words.help_zh,
        "help_en": words.help_en,
        "rule_zh": rule_zh,
        "rule_en": rule_en,
        "codes": [{"code": code.value, "zh": code.zh, "en": code.en} for code in column.codes or ()],
        "limits": _limits(column),
        "need": need,
        "required": column.required,
        "default": _default(column),
        "restricted": words.restricted,
        "ref": words.ref,
        "computed": words.computed is not None,
        "read_only": column.read_only,
        "geometry": column.geometry,
        "entry": None if words.entry is None else _entry(words.entry),
    }


def _entry(entry: type[Entry]) -> dict[str, Any]:
    """What each entry of a small JSON object is kept under, and its fields; `place`, its order, is not among them."""
    columns = [column for name, column in entry_columns(entry).items() if name != "place"]
    return {
        "key_zh": entry.key_zh,
        "key_en": entry.key_en,
        "max": ENTRIES_MAX,
        "fields": [_described_field(column, column.words.need) for column in columns],
    }


def _widget(column: Column) -> str:
    if column.geometry is not None:
        return "map"
    if column.codes is not None:
        return "multiselect" if column.kind == "array" else "select"
    if column.words.ref is not None:
        return "reference"
    if column.limit("pattern") == PHONE:
        return "phone"
    if column.kind == "text" and (column.limit("max_length") or 0) >= LONG_TEXT:
        return "textarea"
    by_kind = {"boolean": "switch", "timestamp": "datetime", "array": "list", "object": "entries"}
    return by_kind.get(column.kind, column.kind)


def _limits(column: Column) -> dict[str, Any]:
    names = ("ge", "gt", "le", "lt", "min_length", "max_length", "pattern")
    return {name: column.limit(name) for name in names if column.limit(name) is not None}


def _default(column: Column) -> Any:
    info = column.info
    value = None if info is None or info.is_required() else info.get_default(call_default_factory=False)
    return getattr(value, "value", value)


# -- OGC schemas (OGC 23-058r1, Features Part 5) ----------------------------------------------------------------------

DRAFT: Final = "https://json-schema.org/draft/2020-12/schema"
JSON_TYPES: Mapping[str, Mapping[str, Any]] = {
    "text": {"type": "string"},
    "integer": {"type": "integer"},
    "number": {"type": "number"},
    "boolean": {"type": "boolean"},
    "date": {"type": "string", "format": "date"},
    "timestamp": {"type": "string", "format": "date-time"},
    "array": {"type": "array", "items": {"type": "string"}},
    "object": {"type": "object"},
}
_JSON_LIMITS: Mapping[str, str] = {
    "ge": "minimum", "gt": "exclusiveMinimum", "le": "maximum", "lt": "exclusiveMaximum", "pattern": "pattern",
}  # fmt: skip


def json_schema(layer: Layer, url: str) -> dict[str, Any]:
    """Returnables and receivables in one: every property, with role, unit, codes and both languages. `url` is its $id."""
    return _schema(layer, url, columns_of(layer).values(), layer.zh)


def receivables(layer: Layer, url: str) -> dict[str, Any]:
    """What may be written."""
    columns = [*written_columns(layer).values(), columns_of(layer)["geom"]]
    schema = _schema(layer, url, columns, f"{layer.zh}:可写入")
    return schema | {"required": [column.name for column in columns if column.required or column.name == "geom"]}


def queryables(layer: Layer, url: str) -> dict[str, Any]:
    """What a filter may name: everything but restricted fields and JSON objects."""
    columns = [c for c in columns_of(layer).values() if not c.words.restricted and c.kind != "object"]
    return _schema(layer, url, columns, f"{layer.zh}:可筛选")


def _schema(layer: Layer, url: str, columns: Iterable[Column], title: str) -> dict[str, Any]:
    return {
        "$schema": DRAFT,
        "$id": url,
        "type": "object",
        "title": title,
        "x-title-en": layer.en,
        "description": layer.help_zh or layer.zh,
        "properties": {
            column.name: _property(column) | {"x-ogc-propertySeq": place} for place, column in enumerate(columns, 1)
        },
        "additionalProperties": False,
    }


def _property(column: Column) -> dict[str, Any]:
    words = column.words
    rule_zh, rule_en = rule_of(column)
    schema: dict[str, Any] = {
        "title": words.zh,
        "x-title-en": words.en,
        "description": "。".join(part for part in (words.help_zh, rule_zh) if part),
        "x-description-en": " ".join(part for part in (words.help_en, rule_en) if part),
        **_role(column),
        **_type(column),
        **_json_limits(column),
    }
    flags = {
        "x-ogc-unit": words.unit,
        "x-anlan-need": words.need or None,
        "x-anlan-restricted": words.restricted or None,
        "x-anlan-ref": words.ref,
        "readOnly": column.read_only or None,
    }
    return schema | {name: value for name, value in flags.items() if value is not None}


def _role(column: Column) -> dict[str, str]:
    roles = {"id": "id", "geom": "primary-geometry", "updated_at": "primary-instant"}
    return {"x-ogc-role": roles[column.name]} if column.name in roles else {}


def _type(column: Column) -> dict[str, Any]:
    if column.geometry is not None:
        return {"format": f"geometry-{column.geometry.lower()}"}
    if column.codes is None:
        return dict(JSON_TYPES[column.kind])
    choices = [{"const": code.value, "title": code.zh, "x-title-en": code.en} for code in column.codes]
    listed: dict[str, Any] = {"type": "string", "enum": [code.value for code in column.codes], "oneOf": choices}
    return {"type": "array", "items": listed} if column.kind == "array" else listed


def _json_limits(column: Column) -> dict[str, Any]:
    lengths = {"text": ("minLength", "maxLength"), "array": ("minItems", "maxItems")}.get(column.kind, ())
    names = {**_JSON_LIMITS, **dict(zip(("min_length", "max_length"), lengths, strict=False))}
    return {keyword: column.limit(name) for name, keyword in names.items() if column.limit(name) is not None}


# -- spreadsheets -----------------------------------------------------------------------------------------------------

NOTES_MARK: Final = "说明:"  # the first cell of the notes row starts with it
EXAMPLE_MARK: Final = "示例:"  # and that of the example; neither row is data
LIST_SEPARATOR: Final = "、"
EXAMPLE_ROWS: Final = 3  # header, notes, example
LAST_ROW: Final = 5_000  # dropdowns reach down to here; the largest township sheet seen has about 2,000 rows
_NEED_WORDS: Mapping[str, Both] = {"R": ("必填", "needed"), "r": ("应填", "wanted"), "": ("选填", "optional")}
_EXAMPLES: Mapping[str, Any] = {
    "integer": 1, "number": 1.0, "boolean": "是", "date": "2026-05-01", "timestamp": "2026-05-01T08:00:00+08:00",
}  # fmt: skip
_EXAMPLE_VALUES: Mapping[str, Any] = {
    "code": "A-001", "name": "名称", "admin_code": "000000000", "source": "排查表", "duty_phone": "0000-0000000",
}  # fmt: skip
_SHAPE_HEADING: Final = "图形(WKT)"
_HEADER_FILL: Final = PatternFill("solid", fgColor="DDE7F0")
_NOTES_FONT: Final = Font(italic=True, color="57606A", size=9)


@dataclass(frozen=True)
class SheetColumn:
    """One column of the spreadsheet. `name` is the property it fills; lon, lat and wkt fill the shape."""

    name: str
    heading: str
    note: str
    example: Any
    aliases: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()  # Chinese labels to choose from


def columns(layer: Layer) -> tuple[SheetColumn, ...]:
    """The spreadsheet's columns: those a person writes, then the position."""
    written = [_sheet_column(layer, column) for column in written_columns(layer).values()]
    return (*written, *_position_columns(layer))


def _sheet_column(layer: Layer, column: Column) -> SheetColumn:
    words = column.words
    need_zh, need_en = _NEED_WORDS["R" if column.required else needs(layer).get(column.name, words.need)]
    rule_zh, rule_en = rule_of(column)
    if column.kind == "geometry":
        rule_zh, rule_en = f"WKT {column.geometry},经度在前", f"WKT {column.geometry}, longitude first"
    if column.kind == "array":
        rule_zh, rule_en = (
            f"{rule_zh};多项用“{LIST_SEPARATOR}”分隔",
            f"{rule_en}; several are parted by “{LIST_SEPARATOR}”",
        )
    note = f"{need_zh}。{rule_zh}。{words.help_zh} / {need_en}; {rule_en}. {words.help_en}".strip()
    labels = tuple(code.zh for code in column.codes or ())
    heading = with_unit(words.zh, words.unit or "", "zh")
    return SheetColumn(column.name, heading, note, _example(column), (words.zh, words.en, *words.aliases), labels)


def _example(column: Column) -> Any:
    example = column.words.example
    if isinstance(example, dict):
        return json.dumps(example, ensure_ascii=False)
    if isinstance(example, list):
        return LIST_SEPARATOR.join(str(item) for item in example)
    if example is None and column.codes is not None:
        return next(iter(column.codes)).zh
    return _EXAMPLE_VALUES.get(column.name, _EXAMPLES.get(column.kind)) if example is None else example


def _position_columns(layer: Layer) -> tuple[SheetColumn, ...]:
    if layer.geometry != "Point":
        note = f"必填。WKT {layer.geometry},经度在前 / needed; WKT {layer.geometry}, longitude first"
        return (SheetColumn("wkt", _SHAPE_HEADING, note, None, ("图形", "WKT", "geometry")),)
    return (
        SheetColumn(
            "lon", "经度", "必填。十进制度或度分秒 / needed; decimal degrees or DMS", None, ("lon", "longitude", "东经")
        ),
        SheetColumn(
            "lat", "纬度", "必填。十进制度或度分秒 / needed; decimal degrees or DMS", None, ("lat", "latitude", "北纬")
        ),
    )


def template_workbook(layer: Layer) -> bytes:
    """An .xlsx to fill in: header, notes and example rows, dropdowns for code lists, every cell kept as text."""
    book = Workbook()
    sheet = book.active or book.create_sheet()
    sheet.title = layer.zh
    lists = book.create_sheet("代码表")
    sheet_columns = columns(layer)
    sheet.append([column.heading for column in sheet_columns])
    sheet.append([column.note for column in sheet_columns])
    sheet.append([column.example for column in sheet_columns])
    sheet["A2"] = f"{NOTES_MARK}{sheet['A2'].value}"
    sheet["A3"] = f"{EXAMPLE_MARK}{sheet['A3'].value or ''}"
    sheet.freeze_panes = f"B{EXAMPLE_ROWS + 1}"
    for place, column in enumerate(sheet_columns, 1):
        _dress(sheet, place, column)
        if column.labels:
            _list_codes(sheet, lists, place, column, many=columns_of(layer)[column.name].kind == "array")
    if lists.max_column == 1 and lists["A1"].value is None:
        book.remove(lists)
    data = BytesIO()
    book.save(data)
    return data.getvalue()


def _dress(sheet: Worksheet, place: int, column: SheetColumn) -> None:
    letter = get_column_letter(place)
    head, note = sheet[f"{letter}1"], sheet[f"{letter}2"]
    head.font, head.fill = Font(bold=True), _HEADER_FILL
    head.comment = Comment(column.note, "anlan", width=320, height=120)
    note.font, note.alignment = _NOTES_FONT, Alignment(wrap_text=True, vertical="top")
    sheet.column_dimensions[letter].width = max(12, 2 * len(column.heading) + 2)
    # Text format: 0357… and 141033001 must keep their zeros and never become 1.41E+08.
    sheet.column_dimensions[letter].number_format = "@"
    for row in range(1, EXAMPLE_ROWS + 1):
        sheet[f"{letter}{row}"].number_format = "@"


def _list_codes(sheet: Worksheet, lists: Worksheet, place: int, column: SheetColumn, *, many: bool) -> None:
    """The labels go to the second sheet: a list inside the rule itself may not pass 255 characters."""
    at = lists.max_column + (lists["A1"].value is not None)
    letter = get_column_letter(at)
    for row, label in enumerate((column.heading, *column.labels), 1):
        lists[f"{letter}{row}"] = label
    rule = DataValidation(
        "list", formula1=f"'{lists.title}'!${letter}$2:${letter}${len(column.labels) + 1}", allow_blank=True
    )
    # A cell that holds several labels matches none of them, so there the list only offers.
    rule.showErrorMessage = not many
    rule.errorTitle, rule.error = "不在代码表中", "请从下拉列表中选择"
    target = get_column_letter(place)
    rule.add(f"{target}{EXAMPLE_ROWS + 1}:{target}{LAST_ROW}")
    sheet.add_data_validation(rule)
