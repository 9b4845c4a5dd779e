"""What a process knows of itself and of the disk it writes to."""

import shutil
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from api.setup.machine import LIMITS

_STARTED_AT = datetime.now(UTC)  # when this module was first read, which is when the application is wired


class Disk(NamedTuple):
    """The file system of a folder. `enough` by the limit that `up` checks before it starts."""

    total_bytes: int
    free_bytes: int
    enough: bool


def started_at() -> datetime:
    """When this process began to serve."""
    return _STARTED_AT


def disk(folder: Path) -> Disk:
    usage = shutil.disk_usage(folder)
    return Disk(usage.total, usage.free, usage.free >= LIMITS["free_disk_gb"].value * 1e9)
