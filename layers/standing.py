"""Standing analyses: asked once, run again by themselves when their data change, and heard when something became worse.

A row of app.standing is an analysis with its inputs for a county, and what is already known to be bad (`accepted`). The
analyst looks every few seconds: what is due is filed as a job, what has ended is taken in. It is due when a layer it read
has another version, when somebody took note, and after AGAIN_MIN, for roads open and close by the hour. What is bad and not
accepted is the alarm; it stands until somebody takes note by name or it is well again. What is well again is no longer
accepted, so it is heard when it happens a second time. Every change is a row of app.standing_events.
"""

import gzip
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final, cast

import orjson
from psycopg import AsyncConnection, Connection
from psycopg.rows import dict_row
from psycopg.types.json import Jsonb

from gis.analysis import Limit, Standing
from gis.registry import analysis_named
from layers import jobs
from layers.errors import Forbidden, RowRefused, StandingNotFound
from layers.limits import in_force

AGAIN_MIN: Final = Limit(
    "standing.again_min", 10.0, "min", "自动监测在数据未变时多久重算一次", "How often a standing analysis runs again",
    "道路限时通行按小时填写,10 分钟足够及时 / roads open and close by the hour, 10 minutes are soon enough",
)  # fmt: skip
MOST: Final = Limit(
    "standing.most", 20, "job", "每县同时自动监测的分析上限", "Most standing analyses of one county",
    "实测每次约 0.1 秒,20 个同时重算占一个核 2 秒 / measured: 0.1 s a run, so 20 at once take a core 2 s",
)  # fmt: skip
MISSED_RUNS: Final = Limit(
    "standing.missed_runs", 2.0, "times", "自动监测漏算几次即提示未更新", "Missed runs after which a standing analysis counts as asleep",
    "一次可能只是排队,两次说明没有在算;缺省值,县里可以修改 / one may only be waiting, two are none at all; a default the county may change",
)  # fmt: skip
LIMITS: Final = (AGAIN_MIN, MOST, MISSED_RUNS)

SHOWN_EVENTS: Final = 20
KEPT_OF_A_ROW: Final = ("layer", "id", "name", "people")  # who it is; the rest is in the answer

COLUMNS: Final = (
    "s.id, s.process, s.county, s.inputs, s.name, s.owner, s.created_at, s.checked_at, s.job, s.pending is not null as running,"
    " jsonb_array_length(s.found) as found, s.worse, s.better, s.alarm_since, s.accepted_by, s.accepted_at, s.problem, s.exercise,"
    " (select coalesce(jsonb_agg(to_jsonb(e) - 'standing' order by e.id desc), '[]') from (select * from app.standing_events e"
    f" where e.standing = s.id order by e.id desc limit {SHOWN_EVENTS}) e) as events"
)


# -- asking: the API --------------------------------------------------------------------------------------------------


async def listed(connection: AsyncConnection[Any], county: str) -> list[dict[str, Any]]:
    """Those of a county ('' is all), in alarm first, the longest first."""
    cursor = connection.cursor(row_factory=dict_row)
    await cursor.execute(
        f"select {COLUMNS} from app.standing s where s.ended_at is null and (%(county)s = '' or s.county = %(county)s)"
        " order by s.alarm_since nulls last, s.name, s.id", {"county": county})  # fmt: skip
    return await cursor.fetchall()


async def one(connection: AsyncConnection[Any], id: uuid.UUID) -> dict[str, Any]:
    """Raises StandingNotFound."""
    cursor = connection.cursor(row_factory=dict_row)
    await cursor.execute(f"select {COLUMNS} from app.standing s where s.ended_at is null and s.id = %s", (id,))
    row = await cursor.fetchone()
    if row is None:
        raise _not_found(id)
    return row


def is_overdue(row: dict[str, Any], most: timedelta) -> bool:
    """Whether nobody computes a standing analysis any more: its newest answer is older than `most`."""
    late: bool = datetime.now(UTC) - (row["checked_at"] or row["created_at"]) > most
    return late


async def begin(connection: AsyncConnection[Any], job: uuid.UUID, name: str, most: int) -> uuid.UUID:
    """An answer is to be kept current from now on; what it found bad counts as known.

    Raises JobNotFound, JobNotReady, RowRefused (the analysis cannot stand, or there are too many), Forbidden.
    """
    document = orjson.loads(await jobs.result(connection, job))
    asked = await jobs.status(connection, job)
    standing = _standing_of(document["process"])
    row = await (await connection.execute(
        "select count(*) from app.standing where ended_at is null and county = %s", (asked["county"],))).fetchone()  # fmt: skip
    assert row is not None
    if row[0] >= most:
        raise RowRefused(f"本县已有 {row[0]} 个自动监测,上限 {most}:请先结束不用的。",
                         f"The county has {row[0]} standing analyses, {most} are allowed: end some first.")  # fmt: skip
    inputs = {key: value for key, value in asked["inputs"].items() if key != standing.known}
    found = [_ident(told) for told in _rows(document, standing.found)]
    made = await (await connection.execute(
        "insert into app.standing (process, county, inputs, name, owner, role, scope, bureau, accepted, accepted_by, found, exercise)"
        " select j.process, j.county, %(inputs)s, %(name)s, app.username(), app.role(),"
        " left(app.scope_pattern(), -1), app.bureau(), %(found)s, app.username(), %(found)s, %(exercise)s"
        " from app.jobs j where j.id = %(job)s returning id",
        {"inputs": Jsonb(inputs), "name": name, "found": Jsonb(found), "exercise": document["exercise"], "job": job},
    )).fetchone()  # fmt: skip
    assert made is not None
    await _note(connection, made[0], "begun", [])
    return cast(uuid.UUID, made[0])


async def accept(connection: AsyncConnection[Any], id: uuid.UUID, seen: list[str]) -> None:
    """Somebody takes note, by name, of what he has seen: the alarm goes on for the rest. Raises StandingNotFound, Forbidden."""
    before = await _held(connection, id)
    left = _without(before["worse"], set(seen))
    rows = _without(before["worse"], _idents(left))
    await connection.execute(
        "update app.standing set accepted = accepted || %(seen)s, accepted_by = app.username(), accepted_at = clock_timestamp(),"
        " worse = %(left)s, better = '[]', alarm_since = case when %(left)s = '[]' then null else alarm_since end"
        " where id = %(id)s", {"seen": Jsonb([_ident(row) for row in rows]), "left": Jsonb(left), "id": id})  # fmt: skip
    await _note(connection, id, "accepted", rows)


async def end(connection: AsyncConnection[Any], id: uuid.UUID) -> None:
    """No longer run; what it found stays on record. Raises StandingNotFound, Forbidden."""
    await _held(connection, id)
    await connection.execute("update app.standing set ended_at = clock_timestamp() where id = %s", (id,))
    await _note(connection, id, "ended", [])


async def _note(connection: AsyncConnection[Any], id: uuid.UUID, kind: str, rows: list[dict[str, Any]]) -> None:
    await connection.execute(
        "insert into app.standing_events (standing, kind, username, rows) values (%s, %s, app.username(), %s)",
        (id, kind, Jsonb(rows)))  # fmt: skip


def _standing_of(process: str) -> Standing:
    analysis = analysis_named(process)
    if analysis.standing is None:
        raise RowRefused(f"“{analysis.zh}”没有可报警的变化,不能自动监测。",
                         f"“{analysis.en}” has no change to raise an alarm on, so it cannot stand.")  # fmt: skip
    return analysis.standing


def _not_found(id: uuid.UUID) -> StandingNotFound:
    return StandingNotFound(
        f"没有编号为 {id} 的自动监测,或者已经结束。", f"There is no standing analysis {id}, or it has ended."
    )


async def _held(connection: AsyncConnection[Any], id: uuid.UUID) -> dict[str, Any]:
    """The row, locked until the transaction ends. Raises StandingNotFound, Forbidden."""
    await one(connection, id)
    held = await connection.execute("select from app.standing where id = %s for update", (id,))
    if not held.rowcount:
        raise Forbidden("自动监测由本县值班、指挥或管理员处理。",
                        "Standing analyses are handled by duty, commander or admin of the county.")  # fmt: skip
    return await one(connection, id)


# -- running: the analyst ---------------------------------------------------------------------------------------------


def look(connection: Connection[Any]) -> None:
    """Takes in what has ended, then files what is due. In a transaction of the system."""
    _take_in(connection)
    _file_due(connection)


def _file_due(connection: Connection[Any]) -> None:
    again = in_force(connection, (AGAIN_MIN,))[AGAIN_MIN.key]
    due = connection.execute(
        "select s.id, s.process, s.county, s.inputs, s.owner, s.role, s.scope, s.bureau, s.accepted from app.standing s"
        " where s.ended_at is null and s.pending is null and (s.checked_at is null or s.checked_at < s.accepted_at"
        " or s.checked_at < clock_timestamp() - make_interval(secs => %s * 60)"
        " or exists (select from jsonb_each(s.versions) v left join app.layer_versions l on l.layer = v.key"
        "            where coalesce(l.version, 0) <> v.value::bigint)) for update of s skip locked", (again,),
    ).fetchall()  # fmt: skip
    for id, process, county, inputs, owner, role, scope, bureau, accepted in due:
        known = {_standing_of(process).known: accepted}
        row = connection.execute(
            "insert into app.jobs (process, county, inputs, mode, owner, role, scope, bureau, standing)"
            " values (%s, %s, %s, 'async', %s, %s, %s, %s, %s) returning id",
            (process, county, Jsonb(inputs | known), owner, role, scope, bureau, id),
        ).fetchone()  # fmt: skip
        assert row is not None
        connection.execute("update app.standing set pending = %s where id = %s", (row[0], id))
        connection.execute("select pg_notify(%s, 'async')", (jobs.WAKE,))


@dataclass(frozen=True)
class _Ended:
    """A run that has ended, and what its standing analysis had before it."""

    id: uuid.UUID
    process: str
    job: uuid.UUID
    accepted: list[str]
    worse: list[dict[str, Any]]
    better: list[dict[str, Any]]
    had_problem: bool
    result: bytes | None
    problem: dict[str, Any] | None
    started_at: Any


def _take_in(connection: Connection[Any]) -> None:
    ended = connection.execute(
        "select s.id, s.process, s.pending, s.accepted, s.worse, s.better, s.problem is not null, j.result, j.problem,"
        " j.started_at from app.standing s join app.jobs j on j.id = s.pending"
        " where s.ended_at is null and j.status in ('successful', 'failed', 'dismissed') for update of s skip locked"
    ).fetchall()  # fmt: skip
    for row in ended:
        found = _Ended(*row)
        if found.result is not None:
            _take_answer(connection, found, orjson.loads(gzip.decompress(found.result)))
        elif found.problem is not None:
            _take_problem(connection, found)
        else:
            connection.execute("update app.standing set pending = null where id = %s", (found.id,))


def _take_answer(connection: Connection[Any], ended: _Ended, document: dict[str, Any]) -> None:
    """`accepted` may have grown while the run was on its way: what was accepted then is no alarm now."""
    standing = _standing_of(ended.process)
    found = [_ident(row) for row in _rows(document, standing.found)]
    worse = [_kept(row) for row in _rows(document, standing.worse) if _ident(row) not in ended.accepted]
    new = _without(worse, _idents(ended.worse))
    well = [*_without([_kept(row) for row in _rows(document, standing.better)], _idents(ended.better)),
            *_without(ended.worse, set(found))]  # fmt: skip
    connection.execute(
        "update app.standing set pending = null, job = %(job)s, checked_at = %(at)s, versions = %(versions)s, problem = null,"
        " exercise = %(exercise)s, found = %(found)s, worse = %(worse)s, better = %(better)s, accepted = %(accepted)s, alarm_since = case"
        " when %(worse)s = '[]' then null else coalesce(alarm_since, clock_timestamp()) end where id = %(id)s",
        {"id": ended.id, "job": ended.job, "at": ended.started_at, "versions": Jsonb(_versions(document)),
         "exercise": document["exercise"], "found": Jsonb(found), "worse": Jsonb(worse),
         "better": Jsonb([*_without(ended.better, set(found)), *well]),
         "accepted": Jsonb([one for one in ended.accepted if one in set(found)])},
    )  # fmt: skip
    if new:
        _record(connection, ended, "alarm", new)
    if well:
        _record(connection, ended, "better", well)
    if ended.had_problem:
        _record(connection, ended, "works", [])


def _take_problem(connection: Connection[Any], ended: _Ended) -> None:
    """A run that failed is tried again after AGAIN_MIN or when its data change; what was known before stands."""
    connection.execute(
        "update app.standing s set pending = null, checked_at = %s, problem = %s, versions = coalesce((select"
        " jsonb_object_agg(v.key, coalesce(l.version, 0)) from jsonb_each(s.versions) v"
        " left join app.layer_versions l on l.layer = v.key), '{}') where id = %s",
        (ended.started_at, Jsonb(ended.problem), ended.id))  # fmt: skip
    if not ended.had_problem:
        _record(connection, ended, "failed", [])


def _record(connection: Connection[Any], ended: _Ended, kind: str, rows: list[dict[str, Any]]) -> None:
    connection.execute("insert into app.standing_events (standing, kind, rows, job) values (%s, %s, %s, %s)",
                       (ended.id, kind, Jsonb(rows), ended.job))  # fmt: skip


# -- the document of a run --------------------------------------------------------------------------------------------


def _rows(document: dict[str, Any], name: str) -> list[dict[str, Any]]:
    found = next((listing for listing in document["lists"] if listing["name"] == name), None)
    return [] if found is None else [feature["properties"] for feature in found["features"]["features"]]


def _ident(row: dict[str, Any]) -> str:
    return str(row["id"])


def _idents(rows: list[dict[str, Any]]) -> set[str]:
    return {_ident(row) for row in rows}


def _without(rows: list[dict[str, Any]], idents: set[str]) -> list[dict[str, Any]]:
    return [row for row in rows if _ident(row) not in idents]


def _kept(row: dict[str, Any]) -> dict[str, Any]:
    return {key: row[key] for key in KEPT_OF_A_ROW if row.get(key) is not None}


def _versions(document: dict[str, Any]) -> dict[str, int]:
    """Of the layers that were read, the road graph's among them."""
    made = document["provenance"]
    read = {layer: told["version"] for layer, told in made["layers"].items()}
    roads: dict[str, int] = made.get("roads", {}).get("versions", {})
    return read | roads
