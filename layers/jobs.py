"""Analyses that were asked for: filed by the API, taken by an analyst (api/analyst.py), answered, kept or dropped.

The queue is a table, so it outlives every process: a job whose analyst died is taken again once, then refused. NOTIFY
`jobs` wakes the analysts, NOTIFY `jobs_done` whoever waits for an answer.
"""

import gzip
import uuid
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final, Literal, cast

import orjson
from psycopg import AsyncConnection, Connection
from psycopg.rows import dict_row
from psycopg.types.json import Jsonb

from gis.analysis import Bilingual
from gis.errors import Refusal
from layers.database import Actor
from layers.errors import JobNotFound, JobNotReady, KeyReused

Mode = Literal["sync", "async"]

ANALYST: Final = "anlan analyst"  # the application_name of an analyst's connections
WAKE: Final = "jobs"
DONE: Final = "jobs_done"
MOST_TRIES: Final = 2  # a job that ended two analysts would end the third
DROPPED_AFTER: Final = timedelta(days=7)  # of a result nobody kept
STANDING_DROPPED_AFTER: Final = timedelta(hours=1)  # of a run that found nothing new: somebody may have it on the screen
GLANCES: Final = ("here",)  # each right click files one; it is looked at once and stands in no list
GLANCE_DROPPED_AFTER: Final = timedelta(hours=1)
COMPRESS_LEVEL: Final = 1

COLUMNS: Final = (
    "id, process, county, inputs, mode, owner, status, progress, doing_zh, doing_en, created_at, started_at, finished_at,"
    " problem, name, kept, octet_length(result) as result_bytes, standing,"
    " owner = (select app.username()) and standing is null as mine"
)


@dataclass(frozen=True)
class Order:
    """What is asked: a process with checked inputs for a county."""

    process: str
    county: str
    inputs: dict[str, Any]
    mode: Mode
    key: str | None = None


@dataclass(frozen=True)
class Job:
    """An order an analyst has taken, and in whose name it runs; `standing` where nobody asked but the data changed."""

    id: uuid.UUID
    process: str
    county: str
    inputs: dict[str, Any]
    actor: Actor
    standing: uuid.UUID | None = None


# -- asking: the API --------------------------------------------------------------------------------------------------


async def file(connection: AsyncConnection[Any], actor: Actor, order: Order) -> uuid.UUID:
    """Files an order; with a key that was used before, the id of the job it made. Raises KeyReused."""
    await connection.execute("set local synchronous_commit = off")  # a lost order is asked again, a lost second is not
    row = await (await connection.execute(
        "insert into app.jobs (process, county, inputs, mode, owner, role, scope, bureau, key)"
        " values (%s, %s, %s, %s, %s, %s, %s, %s, %s) on conflict (owner, key) do nothing returning id",
        (order.process, order.county, Jsonb(order.inputs), order.mode, actor.username, actor.role, actor.scope,
         actor.bureau, order.key),
    )).fetchone()  # fmt: skip
    if row is None:
        return await _filed_before(connection, actor, order)
    await connection.execute("select pg_notify(%s, %s)", (WAKE, order.mode))
    return cast(uuid.UUID, row[0])


async def _filed_before(connection: AsyncConnection[Any], actor: Actor, order: Order) -> uuid.UUID:
    row = await (await connection.execute(
        "select id, process = %s and county = %s and inputs = %s from app.jobs where owner = %s and key = %s",
        (order.process, order.county, Jsonb(order.inputs), actor.username, order.key),
    )).fetchone()  # fmt: skip
    if row is None or not row[1]:
        raise KeyReused("同一个 Idempotency-Key 已用于另一个分析。请换新的键。",
                        "This Idempotency-Key was used for another analysis. Use a new one.")  # fmt: skip
    return cast(uuid.UUID, row[0])


async def waiting_of_mine(connection: AsyncConnection[Any]) -> int:
    """How many orders of the asker wait or run."""
    row = await (await connection.execute(
        "select count(*) from app.jobs where status in ('accepted', 'running') and standing is null"
        " and owner = (select app.username())"
    )).fetchone()  # fmt: skip
    assert row is not None
    return int(row[0])


async def status(connection: AsyncConnection[Any], id: uuid.UUID) -> dict[str, Any]:
    """One job without its result. Raises JobNotFound."""
    cursor = connection.cursor(row_factory=dict_row)
    await cursor.execute(f"select {COLUMNS} from app.jobs where id = %s", (id,))
    row = await cursor.fetchone()
    if row is None:
        raise _not_found(id)
    return row


async def listed(connection: AsyncConnection[Any], county: str, *, kept: bool | None, limit: int) -> list[dict[str, Any]]:
    """One's own jobs and those kept for all, newest first."""
    cursor = connection.cursor(row_factory=dict_row)
    await cursor.execute(
        f"select {COLUMNS} from app.jobs where standing is null and (%(county)s = '' or county = %(county)s)"
        " and (%(kept)s::boolean is null or kept = %(kept)s) order by created_at desc limit %(limit)s",
        {"county": county, "kept": kept, "limit": limit},
    )
    return await cursor.fetchall()


async def result(connection: AsyncConnection[Any], id: uuid.UUID) -> bytes:
    """The result document, UTF-8 JSON. Raises JobNotFound, JobNotReady, or the Refusal the job ended with."""
    row = await (await connection.execute("select status, result, problem from app.jobs where id = %s", (id,))).fetchone()
    if row is None:
        raise _not_found(id)
    state, packed, problem = row
    if packed is not None:
        return gzip.decompress(packed)
    if problem is not None:
        raise refusal_of(problem)
    words = {"dismissed": ("已取消", "was cancelled"), "running": ("正在计算", "is running")}
    zh, en = words.get(state, ("正在排队", "is waiting"))
    raise JobNotReady(f"任务{zh},没有结果。", f"The job {en}; there is no result.", status_of_job=state)


async def keep(connection: AsyncConnection[Any], id: uuid.UUID, name: str | None, kept: bool) -> dict[str, Any]:
    """Keeps a result under a name for everybody, or no longer. Raises JobNotFound."""
    done = await connection.execute("update app.jobs set name = %s, kept = %s where id = %s", (name, kept, id))
    if not done.rowcount:
        raise _not_found(id)
    return await status(connection, id)


async def dismiss(connection: AsyncConnection[Any], id: uuid.UUID) -> dict[str, Any]:
    """Stops a job that waits or runs, else removes it with its result. The job as it was. Raises JobNotFound."""
    before = await status(connection, id)
    if before["status"] in ("accepted", "running"):
        changed = await connection.execute(
            "update app.jobs set status = 'dismissed', finished_at = clock_timestamp()"
            " where id = %s and status in ('accepted', 'running')", (id,))  # fmt: skip
    else:
        changed = await connection.execute("delete from app.jobs where id = %s", (id,))
    if not changed.rowcount:
        raise _not_found(id)
    await connection.execute("select pg_notify(%s, %s)", (DONE, str(id)))
    return before | {"status": "dismissed"}


def _not_found(id: uuid.UUID) -> JobNotFound:
    return JobNotFound(f"没有编号为 {id} 的分析任务。", f"There is no job {id}.")


# -- answering: the analyst -------------------------------------------------------------------------------------------


def take(connection: Connection[Any], modes: tuple[Mode, ...]) -> Job | None:
    """The next order, those somebody waits for first; None where there is none. The connection is the worker's name."""
    row = connection.execute(
        "update app.jobs set status = 'running', started_at = clock_timestamp(), tries = tries + 1,"
        " worker = pg_backend_pid() where id = (select id from app.jobs where status = 'accepted' and mode = any(%s)"
        " order by mode desc, created_at for update skip locked limit 1)"
        " returning id, process, county, inputs, owner, role, scope, bureau, standing", (list(modes),),
    ).fetchone()  # fmt: skip
    if row is None:
        return None
    id, process, county, inputs, owner, role, scope, bureau, standing = row
    return Job(id, process, county, inputs, Actor(owner, role, scope, bureau), standing)


def take_back(connection: Connection[Any]) -> int:
    """Orders whose analyst is gone wait again; after MOST_TRIES they fail. How many there were."""
    gone = connection.execute(
        "update app.jobs set status = case when tries < %(most)s then 'accepted' else 'failed' end, worker = null,"
        " progress = 0, finished_at = case when tries < %(most)s then null else clock_timestamp() end,"
        " problem = case when tries < %(most)s then null else %(problem)s::jsonb end"
        " where status = 'running' and not exists (select from pg_stat_activity"
        f" where pid = worker and application_name = '{ANALYST}')"
        " returning id, status",
        {"most": MOST_TRIES, "problem": Jsonb(problem_of(Refusal(
            "计算进程两次意外结束(可能是内存不足)。请缩小范围后再试。",
            "The process that computes it ended twice (out of memory, perhaps). Try a smaller area.")))},
    ).fetchall()  # fmt: skip
    for id, state in gone:
        connection.execute("select pg_notify(%s, %s)", (WAKE, "async") if state == "accepted" else (DONE, str(id)))
    return len(gone)


def drop_old(connection: Connection[Any]) -> None:
    """What nobody kept. The newest answer of a standing analysis stays, and so does one that is on its record, as long as any."""
    connection.execute(
        "delete from app.jobs j where not kept and created_at < now() - case when process = any(%s) and standing is null then %s"
        " when standing is null or exists (select from app.standing_events e where e.job = j.id) then %s else %s end"
        " and not exists (select from app.standing s where j.id in (s.job, s.pending) and s.ended_at is null)",
        (list(GLANCES), GLANCE_DROPPED_AFTER, DROPPED_AFTER, STANDING_DROPPED_AFTER))  # fmt: skip


def tell(connection: Connection[Any], id: uuid.UUID, done: float, doing: Bilingual) -> bool:
    """Writes how far a job is; False when it was dismissed meanwhile."""
    told = connection.execute(
        "update app.jobs set progress = %s, doing_zh = %s, doing_en = %s where id = %s and status = 'running'",
        (min(max(done, 0.0), 1.0), doing.zh, doing.en, id))  # fmt: skip
    return bool(told.rowcount)


def succeed(connection: Connection[Any], id: uuid.UUID, document: bytes) -> None:
    packed = gzip.compress(document, COMPRESS_LEVEL)
    _finish(connection, id, "status = 'successful', progress = 1, result = %s", packed)


def fail(connection: Connection[Any], id: uuid.UUID, refusal: Refusal) -> None:
    _finish(connection, id, "status = 'failed', problem = %s", Jsonb(problem_of(refusal)))


def _finish(connection: Connection[Any], id: uuid.UUID, change: str, value: Any) -> None:
    connection.execute("set local synchronous_commit = off")
    connection.execute(
        f"update app.jobs set {change}, finished_at = clock_timestamp(), worker = null where id = %s and status = 'running'",
        (value, id))  # fmt: skip
    connection.execute("select pg_notify(%s, %s)", (DONE, str(id)))


# -- a refusal on its way through the table ---------------------------------------------------------------------------


def problem_of(refusal: Refusal) -> dict[str, Any]:
    facts = orjson.loads(orjson.dumps(refusal.facts, default=str))
    return {"kind": type(refusal).__name__, "zh": refusal.zh, "en": refusal.en, "facts": facts}


def refusal_of(problem: dict[str, Any]) -> Refusal:
    """The refusal a job ended with, of its own kind again, so that it has its own status and words."""
    kinds = {kind.__name__: kind for kind in _kinds_of(Refusal)}
    facts = {name: value for name, value in problem["facts"].items() if name not in ("zh", "en")}
    return kinds.get(problem["kind"], Refusal)(problem["zh"], problem["en"], **facts)


def _kinds_of(kind: type[Refusal]) -> list[type[Refusal]]:
    return [kind, *(deeper for below in kind.__subclasses__() for deeper in _kinds_of(below))]
