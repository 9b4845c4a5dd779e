"""Rows of a layer as a file: spreadsheet, CSV or GeoJSON. Never a restricted field; exercise rows always say 演练数据.

The spreadsheet has the headings of the template (forms.py) and its row of notes, so that it can be filled in and given
back. A cell that begins like a formula is kept as text: a name from outside must not run in somebody's office program.
"""

import csv
import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from io import BytesIO, StringIO
from typing import Any, Final, Literal

import orjson
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Font, PatternFill
from psycopg import AsyncConnection

from layers.choosing import Choice
from layers.described import Column, columns_of
from layers.errors import BadQuery
from layers.fields import Layer
from layers.forms import LIST_SEPARATOR, NOTES_MARK
from layers.store import CHUNK_ROWS, Query, items_sql
from layers.tables import DECIMALS, open_columns
from layers.units import with_unit

Connection = AsyncConnection[Any]
Format = Literal["xlsx", "csv", "geojson"]
Tongue = Literal["zh", "en"]

EXERCISE_WORDS: Final = {"zh": "演练数据", "en": "演练数据 EXERCISE DATA"}
MOST_ROWS: Final[dict[str, int]] = {"xlsx": 50_000, "csv": 200_000, "geojson": 200_000}
"""A sheet of 50,000 rows takes a minute to write and is more than an office computer scrolls; the others about as long."""

MEDIA_TYPES: Final[dict[str, str]] = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
    "geojson": "application/geo+json",
}
FORMULA_STARTS: Final = ("=", "+", "-", "@", "\t", "\r")
BOM: Final = "\ufeff"  # without it Excel reads Chinese as something else
_HEADER_FILL: Final = PatternFill("solid", fgColor="DDE7F0")
_NOTES_FONT: Final = Font(italic=True, color="57606A", size=9)
_EXERCISE_FONT: Final = Font(bold=True, color="A40E26")


@dataclass(frozen=True)
class Order:
    """What file is wanted. `columns` None: all that everybody may read."""

    format: Format
    choice: Choice
    columns: tuple[str, ...] | None = None
    lang: Tongue = "zh"


@dataclass(frozen=True)
class Table:
    """Rows as they were read: values of `columns`, then the position, then whether it is exercise."""

    layer: Layer
    columns: tuple[Column, ...]
    rows: list[tuple[Any, ...]]
    lang: Tongue

    @property
    def has_exercise(self) -> bool:
        return any(row[-1] for row in self.rows)


@dataclass(frozen=True)
class Made:
    """A file, and what it holds."""

    content: bytes
    rows: int
    has_exercise: bool


def columns_named(layer: Layer, names: Sequence[str]) -> tuple[Column, ...]:
    """The columns of these names; all open ones but second shapes when there are none. Raises BadQuery."""
    known = columns_of(layer)
    wrong = [name for name in names if name not in known or known[name].words.restricted]
    if wrong:
        zh = f"{layer.zh}没有可导出的字段:{'、'.join(wrong)[:200]}。"
        en = f"{layer.en} has no field that can be exported called {', '.join(wrong)[:200]}."
        raise BadQuery(zh, en, errors=[{"field": "columns", "value": ",".join(wrong)[:100], "zh": zh, "en": en}])
    chosen = [known[name] for name in names] or list(open_columns(layer))
    return tuple(column for column in chosen if column.kind != "geometry")


async def counted(connection: Connection, layer: Layer, order: Order) -> tuple[int, int]:
    """Rows and exercise rows of an order. Raises BadQuery: more than a file of this kind takes."""
    source, values = order.choice.source(layer)
    found = await connection.execute(f"select count(*), count(*) filter (where source = 'exercise') from {source}", values)
    count, played = await found.fetchone() or (0, 0)
    most = MOST_ROWS[order.format]
    if count > most:
        zh = f"共 {count:,} 条,{order.format} 文件至多 {most:,} 条:请先筛选。"
        en = f"There are {count:,} rows and a file of kind {order.format} takes {most:,}: filter them first."
        raise BadQuery(zh, en, errors=[{"field": "format", "value": order.format, "zh": zh, "en": en}])
    return count, played


async def table(connection: Connection, layer: Layer, order: Order) -> Table:
    """The rows of a spreadsheet or CSV. Raises BadQuery."""
    columns = columns_named(layer, order.columns or ())
    source, values = order.choice.source(layer)
    listed = "".join(f'"{column.name}", ' for column in columns)
    rows = await connection.execute(
        f"select {listed}{_position_sql(layer)}, source = 'exercise' from {source} order by id limit %(most)s",
        {**values, "most": MOST_ROWS[order.format]},
    )
    return Table(layer, columns, await rows.fetchall(), order.lang)


def _position_sql(layer: Layer) -> str:
    if layer.geometry == "Point":
        return f"round(st_x(geom)::numeric, {DECIMALS})::float8, round(st_y(geom)::numeric, {DECIMALS})::float8"
    return f"st_astext(geom, {DECIMALS})"


# -- tables -----------------------------------------------------------------------------------------------------------


def headings(made: Table) -> list[str]:
    """As the template's, so that the file can be given back; the last one only where rows are exercise."""
    zh = made.lang == "zh"
    words = [column.words for column in made.columns]
    names = [with_unit(one.zh if zh else one.en, one.unit or "", made.lang) for one in words]
    point = made.layer.geometry == "Point"
    position = (["经度", "纬度"] if zh else ["lon", "lat"]) if point else ["图形(WKT)" if zh else "WKT"]
    nature = ["数据性质" if zh else "Nature of data"] if made.has_exercise else []
    return names + position + nature


def _cells(made: Table, row: tuple[Any, ...], shown: Sequence[Callable[[Any], Any]]) -> list[Any]:
    values = [show(value) for show, value in zip(shown, row, strict=False)]
    position = list(row[len(made.columns) : -1])
    nature = [EXERCISE_WORDS[made.lang] if row[-1] else ""] if made.has_exercise else []
    return values + position + nature


def _lines(made: Table) -> Iterable[list[Any]]:
    shown = [_shower(column, made.lang) for column in made.columns]
    return (_cells(made, row, shown) for row in made.rows)


def _shower(column: Column, lang: Tongue) -> Callable[[Any], Any]:
    """How a value of this column stands in a cell: labels for codes, lists in one cell, JSON for objects."""
    labels = {code.value: code.zh if lang == "zh" else code.en for code in column.codes or ()}
    yes, no = ("是", "否") if lang == "zh" else ("yes", "no")
    match column.kind:
        case "array":
            return lambda value: None if value is None else LIST_SEPARATOR.join(labels.get(one, one) for one in value)
        case "object":
            return lambda value: None if value is None else json.dumps(value, ensure_ascii=False)
        case "boolean":
            return lambda value: None if value is None else yes if value else no
        case "timestamp":
            return lambda value: None if value is None else value.isoformat(timespec="seconds")
        case _:
            return lambda value: labels.get(value, value) if isinstance(value, str) else value


def note_of(made: Table, author: str, at: datetime) -> str:
    """The second row of a sheet: whether it is exercise, who made it, when, how many rows."""
    when = at.isoformat(sep=" ", timespec="minutes")
    if made.lang == "zh":
        warning = f"{EXERCISE_WORDS['zh']},不得用于实际处置。" if made.has_exercise else ""
        return f"{NOTES_MARK}{warning}{made.layer.zh} {len(made.rows)} 条,{author} 于 {when} 导出"
    warning = f"{EXERCISE_WORDS['en']}, not for real action. " if made.has_exercise else ""
    return f"{NOTES_MARK}{warning}{made.layer.en}: {len(made.rows)} rows, exported by {author} at {when}"


def workbook(made: Table, note: str) -> bytes:
    """An .xlsx with one sheet. Slow (about 1,500 rows a second): call it in a thread."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet(made.layer.zh if made.lang == "zh" else made.layer.en[:31])
    sheet.freeze_panes = "B3"
    if made.has_exercise:
        sheet.oddHeader.center.text = EXERCISE_WORDS[made.lang]
        sheet.sheet_properties.tabColor = "A40E26"
    sheet.append([_dressed(sheet, heading, Font(bold=True), _HEADER_FILL) for heading in headings(made)])
    sheet.append([_dressed(sheet, note, _EXERCISE_FONT if made.has_exercise else _NOTES_FONT)])
    for line in _lines(made):
        sheet.append([cell_of(sheet, value) for value in line])
    data = BytesIO()
    book.save(data)
    return data.getvalue()


def _dressed(sheet: Any, text: str, font: Font, fill: PatternFill | None = None) -> Any:
    cell = cell_of(sheet, text)
    cell.font = font
    if fill is not None:
        cell.fill = fill
    return cell


def cell_of(sheet: Any, value: Any) -> Any:
    """A cell that stays what it is: a text that begins like a formula is a text."""
    if not isinstance(value, str):
        return WriteOnlyCell(sheet, value)
    cell = WriteOnlyCell(sheet, ILLEGAL_CHARACTERS_RE.sub("", value))
    cell.data_type = "s"  # openpyxl takes a text that begins with = for a formula
    return cell


def comma_separated(made: Table) -> bytes:
    """UTF-8 with a mark that Excel needs, RFC 4180 line ends."""
    text = StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(headings(made))
    writer.writerows([unarmed(value) for value in line] for line in _lines(made))
    return (BOM + text.getvalue()).encode()


def unarmed(value: Any) -> Any:
    """A CSV value that no office program runs."""
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA_STARTS) else value


# -- GeoJSON ----------------------------------------------------------------------------------------------------------


async def geojson(connection: Connection, layer: Layer, order: Order, count: int, has_exercise: bool) -> bytes:
    """A FeatureCollection as PostgreSQL wrote its features; second shapes are in it, restricted fields are not."""
    if order.columns:
        columns_named(layer, order.columns)
    query = Query(where=order.choice.where, as_of=order.choice.as_of, properties=order.columns, limit=max(count, 1))
    text, values = items_sql(layer, query if count > CHUNK_ROWS else replace(query, limit=CHUNK_ROWS))
    rows = await connection.execute(text, values)
    pieces = [piece for piece, _ in await rows.fetchall() if piece]
    told: dict[str, Any] = {"type": "FeatureCollection", "name": layer.name}
    told |= {"exercise": True, "notice": EXERCISE_WORDS["en"]} if has_exercise else {}
    return orjson.dumps(told)[:-1] + b',"features":[' + ",".join(pieces).encode() + b"]}"
