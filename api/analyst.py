"""The analyst: a process beside the API that takes analyses from the queue and answers them.

    python -m api.analyst

An analysis may hold Python's lock for seconds or take all memory; in a process of its own it stops no map and no call.
Two threads: one takes only orders that somebody waits for, so that a long job never stands before a quick question.
Each API process starts one analyst (api/analysts.py) and holds the other end of its standard input: when that closes, the
analyst ends. A job it leaves behind is taken again by the next.
"""

import contextlib
import logging
import sys
import threading
import time
from collections.abc import Iterator
from typing import Any, Final

import psycopg
from psycopg import Connection

from api.settings import Settings, load_settings, program_version
from gis.analysis import Bilingual, Cancelled
from gis.errors import Refusal
from gis.registry import all_analyses
from layers import jobs, standing
from layers.database import SYSTEM, Actor, ticket
from layers.grounds import Grounds
from layers.jobs import Job, Mode
from layers.road_graphs import RoadGraphs
from layers.runs import Fetcher, run
from layers.snapshots import Snapshots

log = logging.getLogger("anlan.analyst")

LANES: Final[tuple[tuple[Mode, ...], ...]] = (("sync",), ("sync", "async"))
SNAPSHOTS_BYTES: Final = 1_000_000_000
TOLD_EVERY_S: Final = 0.3  # progress is for people; a statement a step would be for nobody
LOOK_EVERY_S: Final = 5.0  # for orders whose notice was lost, those a dead analyst left, standing analyses whose data changed
AWAY_S: Final = 1.0


class Analyst:
    """Works until `stop` is set."""

    def __init__(self, settings: Settings, stop: threading.Event) -> None:
        self._settings = settings
        self._stop = stop
        snapshots = Snapshots(SNAPSHOTS_BYTES)
        self._fetcher = Fetcher(snapshots, Grounds(settings.var), RoadGraphs(settings.var, snapshots))

    def work(self) -> None:
        """Both lanes; returns when both have stopped. Libraries are brought in first: the first question must not wait."""
        all_analyses()
        lanes = [threading.Thread(target=self._lane, args=(modes,), name=f"lane {modes}") for modes in LANES]
        for lane in lanes:
            lane.start()
        for lane in lanes:
            lane.join()

    def _lane(self, modes: tuple[Mode, ...]) -> None:
        while not self._stop.is_set():
            try:
                with self._connection() as queue, self._connection() as reader:
                    queue.execute(f"listen {jobs.WAKE}")
                    self._serve(queue, reader, modes)
            except psycopg.OperationalError as problem:
                log.warning("lost the database: %s", problem)
                self._stop.wait(AWAY_S)

    def _connection(self) -> Connection[Any]:
        return psycopg.connect(self._settings.app_url, autocommit=True, application_name=jobs.ANALYST)

    def _serve(self, queue: Connection[Any], reader: Connection[Any], modes: tuple[Mode, ...]) -> None:
        looked_at = -LOOK_EVERY_S
        while not self._stop.is_set():
            if time.monotonic() - looked_at >= LOOK_EVERY_S:
                with self._as(queue, SYSTEM):
                    jobs.take_back(queue)
                    jobs.drop_old(queue)
                    standing.look(queue)
                looked_at = time.monotonic()
            with self._as(queue, SYSTEM):
                job = jobs.take(queue, modes)
            if job is not None:
                self._answer(queue, reader, job)
                if job.standing is not None:
                    with self._as(queue, SYSTEM):
                        standing.look(queue)
                continue
            for _ in queue.notifies(timeout=1.0, stop_after=1):
                pass

    def _answer(self, queue: Connection[Any], reader: Connection[Any], job: Job) -> None:
        """Every way a job can end is written down; only a lost database leaves it to the next analyst."""
        try:
            with self._as(reader, job.actor):
                document = run(self._fetcher, reader, job, _Teller(self, queue, job), program_version())
        except Cancelled:
            return
        except Refusal as refusal:
            with self._as(queue, SYSTEM):
                jobs.fail(queue, job.id, refusal)
        except psycopg.OperationalError:
            raise
        except Exception:
            log.exception("job %s (%s) failed", job.id, job.process)
            with self._as(queue, SYSTEM):
                jobs.fail(queue, job.id, Refusal(
                    f"计算出错,任务编号 {job.id}。请把编号告诉管理员。",
                    f"The computation failed, job {job.id}. Tell the administrator."))  # fmt: skip
        else:
            with self._as(queue, SYSTEM):
                jobs.succeed(queue, job.id, document)

    @contextlib.contextmanager
    def _as(self, connection: Connection[Any], actor: Actor) -> Iterator[None]:
        with connection.transaction():
            held = ticket(actor, self._settings.ticket_key)
            connection.execute("select set_config('anlan.ticket', %s, true)", (held,))
            yield

    def told(self, queue: Connection[Any], job: Job, done: float, doing: Bilingual) -> bool:
        with self._as(queue, SYSTEM):
            return jobs.tell(queue, job.id, done, doing)


class _Teller:
    """Writes a job's progress, not too often; raises Cancelled when it was dismissed."""

    def __init__(self, analyst: Analyst, queue: Connection[Any], job: Job) -> None:
        self._analyst, self._queue, self._job = analyst, queue, job
        self._told_at = time.monotonic()

    def __call__(self, done: float, doing: Bilingual) -> None:
        if time.monotonic() - self._told_at < TOLD_EVERY_S:
            return
        self._told_at = time.monotonic()
        if not self._analyst.told(self._queue, self._job, done, doing):
            raise Cancelled


def main() -> None:
    logging.basicConfig(level=logging.INFO, format="%(asctime)s analyst %(levelname)s %(message)s")
    stop = threading.Event()

    def end_with_the_api() -> None:
        sys.stdin.buffer.read()
        stop.set()

    threading.Thread(target=end_with_the_api, daemon=True).start()
    Analyst(load_settings(), stop).work()


if __name__ == "__main__":
    main()
