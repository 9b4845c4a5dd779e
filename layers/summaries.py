"""How many rows of a layer have each value: of a code list, a yes/no, or by township. What charts are drawn from."""

from collections.abc import Mapping
from typing import Any, Final

from psycopg import AsyncConnection

from layers.choosing import Choice
from layers.described import Column, columns_of
from layers.errors import BadQuery
from layers.fields import Layer
from layers.romanised import romanised

Connection = AsyncConnection[Any]

TOWNSHIP: Final = "admin_code"  # rows are counted by township, whatever the length of their code
EMPTY: Final = ("未填", "Not filled in")
YES_NO: Final[Mapping[Any, tuple[str, str]]] = {True: ("是", "Yes"), False: ("否", "No")}


async def summary(connection: Connection, layer: Layer, by: str, choice: Choice) -> list[dict[str, Any]]:
    """`value, zh, en, count, exercise_count` in the order of the code list, or of the codes of townships; empty last.

    A row with several codes counts for each of them. Raises BadQuery: not a column that has few values.
    """
    column = _countable(layer, by)
    source, values = choice.source(layer)
    value = {"array": f'coalesce(nullif("{by}", \'{{}}\'), array[null]::text[])'}.get(column.kind, f'"{by}"')
    shown = f"left({by}, 9)" if by == TOWNSHIP else f"unnest({value})" if column.kind == "array" else value
    rows = await connection.execute(
        f"select value, count(*), count(*) filter (where played) from"
        f" (select {shown} as value, source = 'exercise' as played from {source}) v group by value",
        values,
    )
    counted = {row[0]: (row[1], row[2]) for row in await rows.fetchall()}
    words = await _townships(connection, list(counted)) if by == TOWNSHIP else _words(column)
    order = list(words) if by != TOWNSHIP else sorted(code for code in counted if code is not None)
    listed = [value for value in order if value in counted] + [v for v in counted if v not in order]
    return [_told(value, words, counted[value]) for value in listed]


def _told(value: Any, words: Mapping[Any, tuple[str, str]], counts: tuple[int, int]) -> dict[str, Any]:
    zh, en = EMPTY if value is None else words.get(value, (str(value), str(value)))
    return {"value": value, "zh": zh, "en": en, "count": counts[0], "exercise_count": counts[1]}


def _countable(layer: Layer, by: str) -> Column:
    column = columns_of(layer).get(by)
    few = column is not None and not column.words.restricted and (column.codes or column.kind == "boolean")
    if column is None or not (few or by == TOWNSHIP):
        names = [name for name, one in columns_of(layer).items() if one.codes and not one.words.restricted]
        zh = f"不能按“{by[:60]}”统计,可用:{TOWNSHIP}、{'、'.join(names)}。"
        en = f"Cannot count by “{by[:60]}”; use {TOWNSHIP}, {', '.join(names)}."
        raise BadQuery(zh, en, errors=[{"field": "by", "value": by[:100], "zh": zh, "en": en}])
    return column


def _words(column: Column) -> Mapping[Any, tuple[str, str]]:
    if column.codes is None:
        return YES_NO
    return {code.value: (code.zh, code.en) for code in column.codes}


async def _townships(connection: Connection, codes: list[str]) -> Mapping[Any, tuple[str, str]]:
    """Names of townships and counties, once each."""
    rows = await connection.execute(
        "select code, name, latin from app.names where layer in ('townships', 'counties') and lower(code) = any (%s)", (codes,)
    )
    return {code: (name, romanised(name, latin)) for code, name, latin in await rows.fetchall()}
