"""Changing a limit: a new row of app.thresholds from a day on, the row before it ended, both kept, an audit entry.

Days are the county's (UTC+8), as in thresholds.py.
"""

import math
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, NamedTuple

from psycopg import AsyncConnection
from psycopg.rows import dict_row
from psycopg.types.json import Jsonb

from api import audit
from api.thresholds import TODAY
from gis.errors import ValueOutOfRange
from layers.database import Actor
from layers.errors import ThresholdNotFound

READ = """
select key, value, unit, zh, en, basis, valid_from, valid_to, changed_by from app.thresholds
where %(key)s::text is null or key = %(key)s order by key, valid_from
"""
ONE_AT_A_TIME = "select pg_advisory_xact_lock(hashtextextended('anlan threshold ' || %s, 0))"
ADD = """
insert into app.thresholds (key, value, unit, zh, en, basis, valid_from, valid_to, changed_by)
values (%(key)s, %(value)s, %(unit)s, %(zh)s, %(en)s, %(basis)s, %(valid_from)s, %(valid_to)s, %(changed_by)s)
on conflict (key, valid_from) do update
set value = excluded.value, basis = excluded.basis, valid_to = excluded.valid_to, changed_by = excluded.changed_by
"""
END = "update app.thresholds set valid_to = %s where key = %s and valid_from = %s"
DAY = timedelta(days=1)


class Range(NamedTuple):
    """What a limit may be set to, and what would happen outside."""

    least: float
    most: float
    why: str


RANGES: dict[str, Range] = {
    "sign_in.max_failures": Range(1, 20, "GB/T 22239-2019 8.1.4.1 asks for a limit; with more than 20 tries it is none"),
    "sign_in.lock_min": Range(1, 1440, "a duty officer locked out for longer than a day needs the administrator anyway"),
    "token.access_min": Range(1, 60, "for so long a disabled user goes on; below a minute clocks that differ sign people out"),
    "token.refresh_days": Range(1, 30, "for so long a lost phone goes on unless its user is given a new password"),
    "request.max_bytes": Range(1_000_000, 1_000_000_000, "below, a photo is refused; above, a few requests fill the memory"),
    "geometry.max_vertices": Range(1_000, 1_000_000, "a township outline has hundreds, a provincial one below a million"),
    "items.default_limit": Range(1, 10_000, "the largest page there is by default"),
    "items.max_limit": Range(100, 100_000, "GDAL asks for 1,000; 100,000 features are about 100 MB"),
    "tiles.thin_above_rows": Range(1_000, 10_000_000, "a tile of 1,000 points is small; of 10,000,000 no map can show it"),
    "tiles.thin_below_zoom": Range(0, 22, "the zooms there are"),
    "standing.again_min": Range(1, 120, "below, they take the analysts from people; above, a road's hour of opening passes unseen"),
    "standing.most": Range(1, 200, "at 0.1 s a run 200 take a core 20 s"),
    "standing.missed_runs": Range(1, 6, "with more, a watch that sleeps is told too late"),
}


@dataclass(frozen=True)
class NewValue:
    """A value from a day on; today when `valid_from` is None."""

    key: str
    value: Any
    basis: str
    valid_from: date | None = None


async def histories(connection: AsyncConnection[Any], key: str | None = None) -> list[dict[str, Any]]:
    """Every limit as it is in force today, with `upcoming` (next first), `history` (latest first), `least`, `most`."""
    rows = await _rows(connection, key)
    today = await _today(connection)
    by_key: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        by_key.setdefault(row["key"], []).append(row)
    return [_history(name, periods, today) for name, periods in by_key.items()]


async def change(connection: AsyncConnection[Any], actor: Actor, wanted: NewValue, address: str | None) -> dict[str, Any]:
    """The limit with its new value, as `histories` tells it.

    A second change for the same day takes the first one's place; the audit entry keeps what it was.
    Raises ThresholdNotFound; ValueOutOfRange for another type, a number outside its range, or a day that is over.
    """
    await connection.execute(ONE_AT_A_TIME, (wanted.key,))
    rows = await _rows(connection, wanted.key)
    if not rows:
        raise ThresholdNotFound(f"没有阈值 {wanted.key}。", f"There is no threshold {wanted.key}.")
    today = await _today(connection)
    start = wanted.valid_from or today
    if start < today:
        raise ValueOutOfRange(f"生效日期 {start} 已过,今天是 {today}:过去的记录不能改写。",
                              f"{start} is over, today is {today}: what was in force cannot be rewritten.")
    before = _held_on(rows, start)
    _require_alike(wanted, before["value"])
    await _write(connection, actor, wanted, start, rows)
    await audit.record(connection, actor.username, actor.role, "threshold", address=address,
                       detail={"key": wanted.key, "before": before["value"], "after": wanted.value,
                               "valid_from": start.isoformat(), "basis": wanted.basis})
    return (await histories(connection, wanted.key))[0]


async def _write(connection: AsyncConnection[Any], actor: Actor, wanted: NewValue, start: date,
                 rows: list[dict[str, Any]]) -> None:
    earlier = [row for row in rows if row["valid_from"] < start]
    later = [row for row in rows if row["valid_from"] > start]
    words = {name: rows[-1][name] for name in ("key", "unit", "zh", "en")}
    await connection.execute(ADD, words | {
        "value": Jsonb(wanted.value), "basis": wanted.basis, "valid_from": start, "changed_by": actor.username,
        "valid_to": later[0]["valid_from"] - DAY if later else None})
    if earlier:
        await connection.execute(END, (start - DAY, wanted.key, earlier[-1]["valid_from"]))


def _require_alike(wanted: NewValue, before: Any) -> None:
    """Of the type it was; a number positive, whole where it was whole, within its range."""
    if not _is_number(before):
        if type(wanted.value) is not type(before) or wanted.value in ("", [], {}):
            raise ValueOutOfRange(f"{wanted.key} 的值应与现值同类型且不为空,现值为 {before}。",
                                  f"{wanted.key} must be of the type it is now and not empty; it is {before}.")
        return
    if not _is_number(wanted.value) or (isinstance(before, int) and wanted.value != int(wanted.value)):
        zh, en = ("整数", "a whole number") if isinstance(before, int) else ("数字", "a number")
        raise ValueOutOfRange(f"{wanted.key} 应为{zh},现值为 {before}。", f"{wanted.key} must be {en}; it is {before}.")
    allowed = RANGES.get(wanted.key)
    if allowed is None and wanted.value <= 0:
        raise ValueOutOfRange(f"{wanted.key} 应大于零。", f"{wanted.key} must be above zero.")
    if allowed is not None and not allowed.least <= wanted.value <= allowed.most:
        raise ValueOutOfRange(
            f"{wanted.key} 应在 {allowed.least:g} 与 {allowed.most:g} 之间,收到 {wanted.value:g}。",
            f"{wanted.key} must be between {allowed.least:g} and {allowed.most:g} ({allowed.why}); got {wanted.value:g}.")


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _held_on(rows: list[dict[str, Any]], day: date) -> dict[str, Any]:
    """The row in force on a day; the first where the day is before all of them."""
    return next((row for row in reversed(rows) if row["valid_from"] <= day), rows[0])


def _history(key: str, rows: list[dict[str, Any]], today: date) -> dict[str, Any]:
    current = _held_on(rows, today)
    allowed = RANGES.get(key)
    return {
        **current,
        "least": allowed.least if allowed else None,
        "most": allowed.most if allowed else None,
        "upcoming": [row for row in rows if row["valid_from"] > today and row is not current],
        "history": [row for row in reversed(rows) if row["valid_from"] < current["valid_from"]],
    }


async def _rows(connection: AsyncConnection[Any], key: str | None) -> list[dict[str, Any]]:
    async with connection.cursor(row_factory=dict_row) as cursor:
        await cursor.execute(READ, {"key": key})
        return await cursor.fetchall()


async def _today(connection: AsyncConnection[Any]) -> date:
    row = await (await connection.execute(f"select {TODAY}")).fetchone()
    assert row is not None
    day: date = row[0]
    return day
