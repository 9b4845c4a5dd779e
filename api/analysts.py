"""Starts the analyst of this API process, starts it again when it ends, and ends it with the API."""

import asyncio
import contextlib
import logging
import sys
from collections.abc import AsyncIterator

from api.settings import ROOT

log = logging.getLogger("anlan.api")

AGAIN_AFTER_S = 2.0  # an analyst that cannot start must not fill the machine with tries
END_WITHIN_S = 5.0


@contextlib.asynccontextmanager
async def an_analyst() -> AsyncIterator[None]:
    """While the block runs, an analyst works beside it."""
    keeping = asyncio.create_task(_keep_one())
    try:
        yield
    finally:
        keeping.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await keeping


async def _keep_one() -> None:
    while True:
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "api.analyst", cwd=ROOT, stdin=asyncio.subprocess.PIPE)
        try:
            code = await process.wait()
        except asyncio.CancelledError:
            await _end(process)
            raise
        log.warning("the analyst ended with %s; another one starts", code)
        await asyncio.sleep(AGAIN_AFTER_S)


async def _end(process: asyncio.subprocess.Process) -> None:
    """Closing its input asks it to end after the job at hand; then it is killed, and the job is taken again."""
    assert process.stdin is not None
    process.stdin.close()
    try:
        await asyncio.wait_for(process.wait(), END_WITHIN_S)
    except TimeoutError:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await process.wait()
