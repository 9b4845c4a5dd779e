"""The parameters of a list of features → the store's Query. Every wrong one is named in one answer."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from functools import partial
from typing import Any, Final

from fastapi import Request

from api.routers.ogc import crs
from api.routers.ogc.representations import bad_query, refuse_unknown
from layers import forms
from layers.described import Column, columns_of
from layers.errors import BadQuery
from layers.fields import Layer
from layers.filters import TEXT, Where, parsed, where_of
from layers.filters.parsing import LANGUAGES
from layers.store import Coordinates, Query

OWN: Final = ("bbox", "bbox-crs", "crs", "datetime", "limit", "offset", "filter", "filter-lang", "filter-crs", "sortby",
              "properties", "as_of", "resultType")  # fmt: skip
COMPARED: Final = ("text", "integer", "number", "boolean", "date")  # kinds that `?name=value` can ask for
SYSTEMS: Final = ("crs", "bbox-crs", "filter-crs")  # parameters that name a coordinate system
FURTHEST_OFFSET: Final = 2**31 - 1
MOST_SORT_TERMS: Final = 8
LARGEST_INTEGER: Final = 10**15  # as filters.parsing.LARGEST_NUMBER

PARAMETERS: Final[tuple[dict[str, Any], ...]] = tuple(
    {"name": name, "in": "query", "required": False, "description": text, "schema": schema}
    for name, text, schema in (
        ("bbox", "west,south,east,north in bbox-crs; west > east crosses the antimeridian", {"type": "string"}),
        ("bbox-crs", "system of bbox, a URI; CRS84 if not given", {"type": "string", "format": "uri"}),
        ("crs", "system of the answer, a URI; CRS84 if not given", {"type": "string", "format": "uri"}),
        ("datetime", "moment or interval a/b, ../b, a/.. over updated_at", {"type": "string"}),
        ("limit", "features a page; more than the county's limit gives the limit", {"type": "integer", "minimum": 1}),
        ("offset", "features to pass over", {"type": "integer", "minimum": 0, "maximum": FURTHEST_OFFSET}),
        ("filter", "CQL2", {"type": "string"}),
        ("filter-lang", "language of filter", {"type": "string", "enum": list(LANGUAGES)}),
        ("filter-crs", "system of shapes in filter, a URI", {"type": "string", "format": "uri"}),
        ("sortby", "columns, each with + or - before it", {"type": "string"}),
        ("properties", "columns to return, parted by commas", {"type": "string"}),
        ("as_of", "the layer as it was at this moment (RFC 3339)", {"type": "string", "format": "date-time"}),
        ("resultType", "hits: only how many match", {"type": "string", "enum": ["results", "hits"]}),
    )
)

_MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}([Tt ]\d{2}:\d{2}:\d{2}(\.\d+)?([Zz]|[+-]\d{2}:\d{2}))")
Period = tuple[datetime | None, datetime | None]


class _Wrong(Exception):
    """One parameter is wrong: the sentence in both languages."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(en)
        self.zh, self.en = zh, en


@dataclass(frozen=True)
class Asked:
    """What a caller wants of one layer."""

    query: Query
    only_count: bool


def asked(request: Request, layer: Layer, codes: Sequence[int], default_limit: int, most: int) -> Asked:
    """The query of a list. Raises BadQuery (every wrong parameter), UnknownCrs, BadFilter."""
    given = dict(request.query_params)
    comparable = {name: column for name, column in columns_of(layer).items() if _comparable(column)}
    refuse_unknown(request, (*OWN, *comparable))
    errors: list[dict[str, Any]] = []

    def read[T](name: str, reader: Callable[[str], T], default: T) -> T:
        try:
            return reader(given[name]) if name in given else default
        except _Wrong as wrong:
            errors.append({"field": name, "value": given[name][:100], "zh": wrong.zh, "en": wrong.en})
        except BadQuery as refusal:
            errors.extend(refusal.facts["errors"])
        return default

    systems = {name: crs.coordinates_of(given.get(name, crs.CRS84), codes) for name in SYSTEMS}
    query = Query(
        bbox=read("bbox", lambda text: crs.lonlat_box(text, systems["bbox-crs"]), None),
        period=read("datetime", period, None),
        properties=read("properties", lambda text: _names(layer, text), None),
        sortby=read("sortby", lambda text: _sort_terms(layer, text), ()),
        limit=min(read("limit", lambda text: _whole(text, 1, None), default_limit), most),
        offset=read("offset", lambda text: _whole(text, 0, FURTHEST_OFFSET), 0),
        coordinates=systems["crs"],
        as_of=read("as_of", moment, None),
        where=None,
    )
    equal = [read(name, partial(_equal, column), None) for name, column in comparable.items() if name in given]
    only_count = read("resultType", lambda text: _choice(text, ("results", "hits")), "results") == "hits"
    language = read("filter-lang", lambda text: _choice(text, LANGUAGES), TEXT)
    if errors:
        raise bad_query(errors)
    where = _where(layer, given.get("filter"), language, systems["filter-crs"], equal)
    return Asked(replace(query, where=where), only_count)


def property_parameters(layer: Layer) -> list[dict[str, Any]]:
    """`?name=value` for each property of a layer, for the API description; GDAL filters on the server by these."""
    return [
        {"name": name, "in": "query", "required": False, "description": f"{column.words.zh} {column.words.en}",
         "schema": dict(forms.JSON_TYPES[column.kind])}
        for name, column in columns_of(layer).items() if _comparable(column)
    ]  # fmt: skip


def _comparable(column: Column) -> bool:
    return column.kind in COMPARED and not column.words.restricted and column.name not in OWN


def _where(
    layer: Layer, text: str | None, language: str, system: Coordinates, equal: Sequence[Mapping[str, Any] | None]
) -> Where | None:
    trees = [tree for tree in equal if tree is not None] + ([parsed(text, language)] if text is not None else [])
    if not trees:
        return None
    return where_of(layer, {"op": "and", "args": trees}, to_lonlat=lambda shape: crs.lonlat(shape, system))


def moment(text: str) -> datetime:
    """A moment with offset, in UTC. A `+` that a careless client left bare arrives as a space."""
    match = _MOMENT.fullmatch(re.sub(r" (\d{2}:\d{2})$", r"+\1", text))
    try:
        if match is None:
            raise ValueError
        return datetime.fromisoformat(match[0].upper().replace(" ", "T")).astimezone(UTC)
    except (ValueError, OverflowError):
        raise _Wrong(
            "应为带时区的时刻,如 2026-07-01T08:00:00+08:00",
            "must be a moment with offset, such as 2026-07-01T08:00:00+08:00",
        ) from None


def period(text: str) -> Period:
    """A moment, a day (UTC), or an interval of them with `..` or nothing for an open end."""
    parts = text.split("/")
    if len(parts) == 1:
        return _first_and_last(text)
    if len(parts) != 2:
        raise _Wrong("应为时刻或 起/止", "must be a moment or start/end")
    start = None if parts[0] in ("", "..") else _first_and_last(parts[0])[0]
    end = None if parts[1] in ("", "..") else _first_and_last(parts[1])[1]
    if start is None and end is None and parts != ["..", ".."]:
        raise _Wrong("起止不能都为空", "needs a start or an end")
    if start is not None and end is not None and start > end:
        raise _Wrong("起点晚于终点", "starts after it ends")
    return start, end


def _first_and_last(text: str) -> tuple[datetime, datetime]:
    try:
        day = datetime.combine(date.fromisoformat(text), datetime.min.time(), UTC) if len(text) == 10 else None
        return (day, day + timedelta(days=1, microseconds=-1)) if day is not None else (moment(text), moment(text))
    except (ValueError, OverflowError):
        raise _Wrong("日期无效,应为 YYYY-MM-DD", "is not a date; write YYYY-MM-DD") from None


def _whole(text: str, least: int, most: int | None) -> int:
    if not re.fullmatch(r"\d{1,18}", text, re.ASCII) or int(text) < least or (most is not None and int(text) > most):
        upto_zh, upto_en = (f",至多 {most}", f", at most {most}") if most is not None else ("", "")
        raise _Wrong(f"应为整数,至少 {least}{upto_zh}", f"must be a whole number, at least {least}{upto_en}")
    return int(text)


def _choice(text: str, choices: Sequence[str]) -> str:
    if text not in choices:
        raise _Wrong(f"应为 {'、'.join(choices)} 之一", f"must be one of {', '.join(choices)}")
    return text


def _names(layer: Layer, text: str) -> tuple[str, ...]:
    names = tuple(name.strip() for name in text.split(",") if name.strip())
    for name in names:
        column = columns_of(layer).get(name)
        if column is None or column.words.restricted:
            raise _Wrong(
                f"没有可返回的属性“{name[:60]}”", f"has “{name[:60]}”, which is not a property that can be returned"
            )
    return names


def _sort_terms(layer: Layer, text: str) -> tuple[tuple[str, bool], ...]:
    terms = text.split(",")
    if len(terms) > MOST_SORT_TERMS:
        raise _Wrong(f"至多 {MOST_SORT_TERMS} 项", f"takes {MOST_SORT_TERMS} columns at most")
    return tuple(_sort_term(layer, term) for term in terms)


def _sort_term(layer: Layer, term: str) -> tuple[str, bool]:
    name = term.strip().removeprefix("+").removeprefix("-")
    column = columns_of(layer).get(name)
    if column is None or column.words.restricted or column.kind not in (*COMPARED, "timestamp"):
        raise _Wrong(f"不能按“{name[:60]}”排序", f"cannot sort by “{name[:60]}”")
    return name, term.strip().startswith("-")


def _equal(column: Column, text: str) -> dict[str, Any]:
    """`?status=open` as a filter."""
    return {"op": "=", "args": [{"property": column.name}, _literal(column, text)]}


def _literal(column: Column, text: str) -> Any:
    if column.kind == "text":
        return text
    if column.kind == "date":
        return {"date": text}
    if column.kind == "boolean":
        return _choice(text, ("true", "false")) == "true"
    try:
        number = float(text)
    except ValueError:
        number = float("nan")
    if not abs(number) <= LARGEST_INTEGER:
        raise _Wrong("应为数值", "must be a number")
    return number


def moment_or_refusal(name: str, text: str | None) -> datetime | None:
    """A moment given as one parameter of a page. Raises BadQuery."""
    if text is None:
        return None
    try:
        return moment(text)
    except _Wrong as wrong:
        raise bad_query([{"field": name, "value": text[:100], "zh": wrong.zh, "en": wrong.en}]) from None
