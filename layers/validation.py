"""Values a person or a program wants to write → values the tables take, or every reason why not, all at once.

    main, restricted = checked_properties(layer, {"code": "S-1", …}, partial=False, today=date(2026, 5, 1))

Nothing is guessed: a code list takes the code and not its label, a whole number is not a text. What the database writes
itself (`id`, `version`, `updated_at`, `updated_by`, computed columns) is passed over, because GDAL and QGIS send it back.
The tables hold the same rules as CHECKs; these here say them in words and together.
"""

import difflib
import math
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from functools import cache
from typing import Annotated, Any, Final

import orjson
from pydantic import ConfigDict, TypeAdapter, ValidationError

from gis.errors import Refusal
from gis.geometry import geometry_from_geojson
from layers.described import Column, bare_type, columns_of, entry_columns, written_columns
from layers.errors import RowRefused
from layers.fields import Check, Entry, Layer
from layers.filters import holds, parsed
from layers.filters.parsing import Node
from layers.forms import codes_sentence, rule_of
from layers.registry import needs

MOST_ITEMS: Final = 100  # of a list: photos of one object, codes of one list
LONGEST_ITEM: Final = 300  # characters of one list item: a photo's path
LONGEST_TEXT: Final = 4_000  # characters of a text without a limit of its own
LARGEST_OBJECT: Final = 65_536  # bytes of one small JSON object
LARGEST_INTEGER: Final = 2**53 - 1  # beyond it JSON readers round (RFC 8259 §6)
MOST_SHAPE_VERTICES: Final = 100_000  # of a second shape; the caller passes the county's own threshold
SHOWN_VALUE: Final = 200  # characters of a wrong value that are repeated to the person
NEVER_AHEAD: Final = ("surveyed_on",)  # dates that cannot lie in the future (domain §4.0)

Values = dict[str, Any]


class _Wrong(Exception):
    """One value does not fit; becomes one entry of RowRefused.errors."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(en)
        self.zh, self.en = zh, en


def checked_properties(
    layer: Layer,
    properties: Mapping[str, Any],
    *,
    partial: bool,
    today: date,
    before: Mapping[str, Any] | None = None,
    max_vertices: int = MOST_SHAPE_VERTICES,
) -> tuple[Values, Values]:
    """The values for the layer's table and for its restricted side table.

    properties : as JSON gives them (dates as text, second shapes as GeoJSON).
    partial : True for a merge patch: only what is given is checked and returned. False for a new or replaced row: what
        is absent or null takes its default or null; restricted fields stay out unless given, so a replace leaves them alone.
    today : the day `surveyed_on` may not pass. before : the row as it is, so that checks over several fields see it whole.
    Second shapes come back as shapely geometries in lon/lat. Raises RowRefused with every error.
    """
    errors: list[dict[str, Any]] = []
    values: Values = {}
    for name, value in properties.items():
        column = columns_of(layer).get(name)
        if column is None or column.name == "geom":
            errors.append(_unknown(layer, name, value))
        elif not column.read_only and not (value is None and not partial and not column.words.restricted):
            try:
                values[name] = _fit(column, value, today, max_vertices)
            except (_Wrong, Refusal) as wrong:  # Refusal: of a second shape
                errors.append(_error(name, value, wrong.zh, wrong.en))
    if not partial:
        _fill(layer, values, properties, errors)
    errors += _broken_checks(layer, {**(before or {}), **values})
    if errors:
        raise refused(errors)
    sides = {name for name in values if columns_of(layer)[name].words.restricted}
    return {n: v for n, v in values.items() if n not in sides}, {n: values[n] for n in sides}


def refused(errors: list[dict[str, Any]]) -> RowRefused:
    """The refusal that carries these errors."""
    first = errors[0]
    return RowRefused(
        f"有 {len(errors)} 处错误,例如:{first['zh']}",
        f"{len(errors)} {'value is' if len(errors) == 1 else 'values are'} wrong, such as: {first['en']}",
        errors=errors,
    )


def queries(layer: Layer, row: Mapping[str, Any]) -> list[dict[str, Any]]:
    """What should be asked about a stored row: query checks that hit, and needed fields still empty. Never blocks.

    row : properties as GeoJSON gives them. A restricted field the reader cannot see is not called missing.
    """
    known = _comparable(layer, row)
    asked = [_said(check) for check in layer.checks if check.severity == "query" and _is_broken(check, known)]
    return asked + list(_missing(layer, row))


def _missing(layer: Layer, row: Mapping[str, Any]) -> Iterable[dict[str, Any]]:
    wanted = needs(layer)
    for name, column in written_columns(layer).items():
        hidden = column.words.restricted and name not in row
        if wanted.get(name, column.words.need) == "R" and not hidden and row.get(name) in (None, "", []):
            zh, en = column.words.zh, column.words.en
            yield {
                "check": "missing",
                "field": name,
                "zh": f"{zh}尚未填写,发布前须补齐",
                "en": f"{en} is needed to publish",
            }


# -- one value --------------------------------------------------------------------------------------------------------


def _error(field: str, value: Any, zh: str, en: str) -> dict[str, Any]:
    plain = (
        value
        if isinstance(value, bool | int | None) or (isinstance(value, float) and math.isfinite(value))
        else str(value)
    )
    shown = plain[:SHOWN_VALUE].encode("utf-8", "replace").decode() if isinstance(plain, str) else plain
    return {"field": field, "value": shown, "zh": zh, "en": en}


def _unknown(layer: Layer, name: str, value: Any) -> dict[str, Any]:
    known = list(written_columns(layer))
    by_label = {column.words.zh: column.name for column in written_columns(layer).values()}
    close = [by_label[name]] if name in by_label else difflib.get_close_matches(name, known, 1)
    zh = f"没有属性“{name[:60]}”" + (f",是否应为 {close[0]}?" if close else "")
    en = f"There is no property “{name[:60]}”" + (f"; did you mean {close[0]}?" if close else "")
    return _error(name[:60], value, zh, en)


def _fit(column: Column, value: Any, today: date, max_vertices: int) -> Any:
    """The value in the column's type. Raises _Wrong."""
    if isinstance(value, str) and column.kind != "geometry":
        value = value.strip() or None
    if value is None:
        return _empty(column)
    _refuse_unstorable(column, value)
    if column.geometry is not None:
        return geometry_from_geojson(value, column.geometry, max_vertices=max_vertices)
    if not _has_kind(column, value):
        raise _against_the_rule(column, value)
    if column.codes is not None:
        _refuse_unknown_codes(column, value)
    if column.words.entry is not None and not _json_size(value) > LARGEST_OBJECT:
        _refuse_wrong_entries(column, column.words.entry, value, today)
    fitted = _within_limits(column, value)
    if column.name in NEVER_AHEAD and fitted > today:
        raise _Wrong(
            f"{column.words.zh} {fitted} 晚于今天 {today}", f"{column.words.en} {fitted} is after today, {today}"
        )
    return fitted


def _empty(column: Column) -> None:
    if bare_type(column.annotation) is column.annotation:  # the type has no None
        raise _Wrong(f"{column.words.zh}不能为空", f"{column.words.en} must not be empty")


def _refuse_unstorable(column: Column, value: Any) -> None:
    """NUL and lone surrogates pass JSON and break PostgreSQL; NaN and infinity are no measurement."""
    texts = [value] if isinstance(value, str) else list(_texts(value)) if isinstance(value, list | dict) else []
    if any("\x00" in text or not text.isprintable() and any("\ud800" <= c <= "\udfff" for c in text) for text in texts):
        raise _Wrong(
            f"{column.words.zh}含有不能保存的字符(如 NUL)",
            f"{column.words.en} holds characters that cannot be stored (such as NUL)",
        )
    if isinstance(value, float) and not math.isfinite(value):
        raise _Wrong(f"{column.words.zh}不能是 NaN 或无穷大", f"{column.words.en} cannot be NaN or infinity")


def _texts(value: Any) -> Iterable[str]:
    """Every text in nested JSON, keys too, without recursion."""
    open_values = [value]
    while open_values:
        item = open_values.pop()
        if isinstance(item, str):
            yield item
        elif isinstance(item, dict):
            open_values += [*item.keys(), *item.values()]
        elif isinstance(item, list):
            open_values += item


def _has_kind(column: Column, value: Any) -> bool:
    """Whether the JSON type fits before pydantic, which would take true for 1 and "12" for 12."""
    if column.kind == "boolean":
        return isinstance(value, bool)
    if isinstance(value, bool):
        return False
    if column.kind in ("integer", "number"):
        return isinstance(value, int | float)
    if column.kind in ("date", "timestamp"):
        return isinstance(value, str | date)
    if column.kind == "array":
        return isinstance(value, list) and all(isinstance(item, str) for item in value)
    return isinstance(value, dict if column.kind == "object" else str)


def _refuse_unknown_codes(column: Column, value: Any) -> None:
    codes = {code.value for code in column.codes or ()}
    for item in value if isinstance(value, list) else [value]:
        if item not in codes:
            zh, en = codes_sentence(column)
            raise _Wrong(
                f"{column.words.zh}“{item[:60]}”不在代码表中,可取:{zh}",
                f"{column.words.en} “{item[:60]}” is not a code; use one of: {en}",
            )


def _refuse_wrong_entries(column: Column, entry: type[Entry], value: dict[str, Any], today: date) -> None:
    """Each entry by the rules of its own fields, so that a person reads which row and which field is wrong."""
    known = entry_columns(entry)
    for key, item in value.items():
        zh, en = f"{column.words.zh}“{key[:60]}”:", f"{column.words.en} “{key[:60]}”: "
        if not key.strip():
            raise _Wrong(
                f"{column.words.zh}有一行没有{entry.key_zh}", f"{column.words.en}: a row has no {entry.key_en}"
            )
        if not isinstance(item, dict):
            raise _Wrong(f"{zh}应为 JSON 对象", f"{en}must be a JSON object")
        for name in item:
            if name not in known:
                raise _Wrong(f"{zh}没有属性“{name[:60]}”", f"{en}there is no property “{name[:60]}”")
        for name, inner in known.items():
            if inner.required and item.get(name) is None:
                raise _Wrong(f"{zh}缺少{inner.words.zh}", f"{en}{inner.words.en} is missing")
            if item.get(name) is not None:
                try:
                    _fit(inner, item[name], today, 0)
                except _Wrong as wrong:
                    raise _Wrong(zh + wrong.zh, en + wrong.en) from None


def _within_limits(column: Column, value: Any) -> Any:
    _refuse_too_large(column, value)
    if isinstance(value, datetime):
        value = value.isoformat()
    try:
        fitted = _adapter(column).validate_python(value)
    except ValidationError as error:
        reason = error.errors()[0]
        if column.kind == "object":
            said = str(reason["msg"])
            raise _Wrong(f"{column.words.zh}有误:{said}", f"{column.words.en} is wrong: {said}") from None
        raise _against_the_rule(column, value) from None
    if isinstance(fitted, datetime) and fitted.tzinfo is None:
        raise _against_the_rule(column, value)
    if isinstance(fitted, list):
        return [str(getattr(item, "value", item)) for item in fitted]
    return str(fitted.value) if column.codes is not None else fitted


def _refuse_too_large(column: Column, value: Any) -> None:
    zh, en = column.words.zh, column.words.en
    if isinstance(value, int | float) and abs(value) > LARGEST_INTEGER:
        raise _Wrong(f"{zh}的数值过大", f"{en} is too large a number")
    if isinstance(value, str) and len(value) > LONGEST_TEXT:
        raise _Wrong(
            f"{zh}长 {len(value)} 个字,上限 {LONGEST_TEXT}",
            f"{en} has {len(value)} characters, {LONGEST_TEXT} are allowed",
        )
    if isinstance(value, list) and (len(value) > MOST_ITEMS or any(len(item) > LONGEST_ITEM for item in value)):
        raise _Wrong(
            f"{zh}至多 {MOST_ITEMS} 项,每项至多 {LONGEST_ITEM} 个字",
            f"{en} takes {MOST_ITEMS} items of up to {LONGEST_ITEM} characters",
        )
    if isinstance(value, dict) and _json_size(value) > LARGEST_OBJECT:
        raise _Wrong(
            f"{zh}的内容过大,上限 {LARGEST_OBJECT} 字节", f"{en} is too large; {LARGEST_OBJECT} bytes are allowed"
        )


def _json_size(value: dict[str, Any]) -> int:
    try:
        return len(orjson.dumps(value))
    except orjson.JSONEncodeError:  # too deep, or integers beyond 64 bits
        return LARGEST_OBJECT + 1


@cache
def _limits_adapter(annotation: Any, metadata: tuple[Any, ...]) -> TypeAdapter[Any]:
    limited: Any = Annotated[annotation, *metadata] if metadata else annotation
    return TypeAdapter(limited, config=ConfigDict(allow_inf_nan=False))


def _adapter(column: Column) -> TypeAdapter[Any]:
    metadata = () if column.info is None else tuple(item for item in column.info.metadata if item is not column.words)
    return _limits_adapter(bare_type(column.annotation), metadata)


def _against_the_rule(column: Column, value: Any) -> _Wrong:
    rule_zh, rule_en = rule_of(column)
    shown = str(value)[:60].encode("utf-8", "replace").decode()
    return _Wrong(
        f"{column.words.zh}“{shown}”不合要求:{rule_zh}", f"{column.words.en} “{shown}” does not fit: {rule_en}"
    )


# -- the row as a whole -----------------------------------------------------------------------------------------------


def _fill(layer: Layer, values: Values, given: Mapping[str, Any], errors: list[dict[str, Any]]) -> None:
    """Defaults and nulls for what was not given, and an error for each required column that is not there."""
    for name, column in written_columns(layer).items():
        if name in values or given.get(name) is not None or column.words.restricted:
            continue
        if column.required:
            zh, en = rule_of(column)
            errors.append(_error(name, None, f"缺少{column.words.zh}:{zh}", f"{column.words.en} is missing: {en}"))
        else:
            default = column.info.get_default(call_default_factory=False) if column.info is not None else None
            values[name] = getattr(default, "value", default)


@cache
def _rule(text: str) -> Node:
    return parsed(text)


def _is_broken(check: Check, row: Mapping[str, Any]) -> bool:
    return holds(_rule(check.rule), row) is False


def _said(check: Check) -> dict[str, Any]:
    return {"check": check.name, "field": None, "zh": check.zh, "en": check.en}


def _broken_checks(layer: Layer, row: Mapping[str, Any]) -> list[dict[str, Any]]:
    known = _comparable(layer, row)
    broken = [check for check in layer.checks if check.severity == "error" and _is_broken(check, known)]
    return [{"field": check.name, "value": None, "zh": check.zh, "en": check.en} for check in broken]


def _comparable(layer: Layer, row: Mapping[str, Any]) -> Values:
    """Dates and moments as such, where GeoJSON gave them as text."""
    columns = columns_of(layer)
    return {name: _as_time(columns[name], value) for name, value in row.items() if name in columns}


def _as_time(column: Column, value: Any) -> Any:
    if not isinstance(value, str):
        return value
    if column.kind == "date":
        return date.fromisoformat(value)
    if column.kind == "timestamp":
        return datetime.fromisoformat(value).astimezone(UTC)
    return value
