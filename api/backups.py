"""Which copies of the database there are: what deploy/backup.sh leaves, or nothing."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Literal, NamedTuple

FOLDER = "backup"  # below the var folder
PATTERN = "anlan-*.dump"  # as deploy/backup.sh names finished copies; *.part are not finished
FRESH_H = 26.0  # as `backup.sh check`: a day, and the time a copy may take


class Backup(NamedTuple):
    """One copy, in pg_dump's custom format."""

    name: str
    bytes: int
    at: datetime
    age_h: float


class Kept(NamedTuple):
    """All copies, newest first."""

    state: Literal["fresh", "old", "none"]
    fresh_h: float
    folder: str
    files: list[Backup]


def backups_in(var: Path) -> Kept:
    """The copies below a var folder. An empty file is no copy."""
    now = datetime.now(UTC)
    files = [_backup(path, now) for path in (var / FOLDER).glob(PATTERN) if path.is_file() and path.stat().st_size > 0]
    files.sort(key=lambda file: file.at, reverse=True)
    if not files:
        return Kept("none", FRESH_H, FOLDER, [])
    return Kept("fresh" if files[0].age_h <= FRESH_H else "old", FRESH_H, FOLDER, files)


def _backup(path: Path, now: datetime) -> Backup:
    found = path.stat()
    at = datetime.fromtimestamp(found.st_mtime, UTC)
    return Backup(path.name, found.st_size, at, (now - at).total_seconds() / 3600)
