"""Waiting for an analysis to end: one listening connection a process, and whoever waits for that job is woken."""

import asyncio
import contextlib
import logging
import uuid
from collections import defaultdict
from collections.abc import AsyncIterator, Iterator

import psycopg
from psycopg import AsyncConnection

from layers import jobs

log = logging.getLogger("anlan.api")

LOOK_EVERY_S = 2.0  # while notices may be lost: somebody waits for an answer on the screen


class Waiting:
    """Wakes those who wait for a job."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._waiting: defaultdict[uuid.UUID, set[asyncio.Event]] = defaultdict(set)

    @contextlib.asynccontextmanager
    async def listening(self) -> AsyncIterator[None]:
        """Notices are followed while the block runs."""
        listener = asyncio.create_task(self._listen())
        try:
            yield
        finally:
            listener.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await listener

    @contextlib.contextmanager
    def woken_by(self, job: uuid.UUID) -> Iterator[asyncio.Event]:
        """An event that is set when the job ends. Enter before looking whether it has ended already."""
        event = asyncio.Event()
        self._waiting[job].add(event)
        try:
            yield event
        finally:
            self._waiting[job].discard(event)
            if not self._waiting[job]:
                del self._waiting[job]

    async def _listen(self) -> None:
        while True:
            try:
                connection = await AsyncConnection.connect(self._url, autocommit=True, application_name="anlan jobs listener")
                async with connection:
                    await connection.execute(f"listen {jobs.DONE}")
                    async for notice in connection.notifies():
                        for event in self._waiting.get(uuid.UUID(notice.payload), ()):
                            event.set()
            except (psycopg.OperationalError, OSError) as problem:
                log.warning("jobs listener lost its connection: %s", problem)
            await asyncio.sleep(1)
