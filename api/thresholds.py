"""Limits the county may change: rows of app.thresholds, read at most once a minute.

There are no defaults here. The migration seeds every key, so a missing one is a broken database and is said as such.
"""

import asyncio
import time
from datetime import timedelta
from typing import Any

from layers.database import SYSTEM, Database

REMEMBERED_S = 60.0  # an administrator's change holds everywhere within a minute, without a query a request

TODAY = "(now() at time zone 'Asia/Shanghai')::date"  # the county's day: at 07:00 in Puxian it is still yesterday in UTC
IN_FORCE = f"""
select distinct on (key) key, value from app.thresholds
where valid_from <= {TODAY} and (valid_to is null or valid_to >= {TODAY})
order by key, valid_from desc
"""


class Thresholds:
    """The limits in force today."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._values: dict[str, Any] = {}
        self._read_at = -REMEMBERED_S
        self._reading = asyncio.Lock()

    async def number(self, key: str) -> float:
        """The value of a numeric threshold. Raises KeyError when the database has no such key."""
        return float((await self._current())[key])

    async def whole(self, key: str) -> int:
        """The same as a whole number."""
        return int(await self.number(key))

    async def minutes(self, key: str) -> timedelta:
        return timedelta(minutes=await self.number(key))

    async def days(self, key: str) -> timedelta:
        return timedelta(days=await self.number(key))

    def forget(self) -> None:
        """Read again at the next question; for whoever changes a threshold."""
        self._read_at = time.monotonic() - REMEMBERED_S

    async def _current(self) -> dict[str, Any]:
        if time.monotonic() - self._read_at < REMEMBERED_S:
            return self._values
        async with self._reading:
            if time.monotonic() - self._read_at >= REMEMBERED_S:
                async with self._database.transaction(SYSTEM) as connection:
                    rows = await (await connection.execute(IN_FORCE)).fetchall()
                self._values = {str(row[0]): row[1] for row in rows}
                self._read_at = time.monotonic()
        return self._values
