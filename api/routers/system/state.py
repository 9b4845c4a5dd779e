"""The machine and its database, for the administrator: versions, sizes, room left, age of the last backup."""

from datetime import datetime
from typing import Any, Literal

from fastapi import APIRouter, Request
from psycopg.rows import dict_row
from pydantic import BaseModel, Field

from api.backups import Backup, backups_in
from api.deps import CurrentActor, RequireRole, TheDatabase
from api.machine_state import disk, started_at

router = APIRouter(prefix="/state")

DATABASE = """
select split_part(current_setting('server_version'), ' ', 1) as version, postgis_lib_version() as postgis,
  pg_database_size(current_database()) as bytes, pg_postmaster_start_time() as started_at,
  (select count(*) from pg_stat_activity where datname = current_database()) as connections
"""
TABLES_SHOWN = 10
TABLES = f"""
select n.nspname || '.' || c.relname as name, pg_total_relation_size(c.oid) as bytes, greatest(c.reltuples, 0)::bigint as rows
from pg_class c join pg_namespace n on n.oid = c.relnamespace
where c.relkind = 'r' and n.nspname in ('layers', 'history', 'app')
order by 2 desc, 1 limit {TABLES_SHOWN}
"""


class Table(BaseModel):
    name: str
    bytes: int = Field(description="with indexes")
    rows: int = Field(description="as PostgreSQL estimates")


class DatabaseState(BaseModel):
    version: str
    postgis: str
    bytes: int
    started_at: datetime
    connections: int
    tables: list[Table] = Field(description=f"the {TABLES_SHOWN} largest")


class Disk(BaseModel):
    """The file system of the var folder."""

    total_bytes: int
    free_bytes: int
    enough: bool = Field(description="false when less is free than what `up` asks for")


class BackupFile(BaseModel):
    name: str
    bytes: int
    at: datetime
    age_h: float


class Backups(BaseModel):
    """Copies in var/backup. `none` is a warning: what the database holds is nowhere else."""

    state: Literal["fresh", "old", "none"]
    fresh_h: float = Field(description="a newest copy older than this is old")
    folder: str = Field(description="below the var folder; copies kept elsewhere are not seen")
    files: list[BackupFile] = Field(description="newest first")


class State(BaseModel):
    version: str
    started_at: datetime = Field(description="of the process that answers")
    workers: int
    database: DatabaseState
    disk: Disk
    backups: Backups


@router.get("", dependencies=[RequireRole("admin")])
async def state(request: Request, actor: CurrentActor, database: TheDatabase) -> State:
    """How the machine and the database are doing."""
    settings = request.app.state.settings
    async with database.transaction(actor) as connection, connection.cursor(row_factory=dict_row) as cursor:
        await cursor.execute(DATABASE)
        found: dict[str, Any] = await cursor.fetchone() or {}
        await cursor.execute(TABLES)
        tables = await cursor.fetchall()
    kept = backups_in(settings.var)
    return State(
        version=request.app.version, started_at=started_at(), workers=settings.workers,
        database=DatabaseState(**found, tables=[Table(**table) for table in tables]),
        disk=Disk(**disk(settings.var)._asdict()),
        backups=Backups(state=kept.state, fresh_h=kept.fresh_h, folder=kept.folder,
                        files=[_told(file) for file in kept.files]),
    )  # fmt: skip


def _told(file: Backup) -> BackupFile:
    return BackupFile(name=file.name, bytes=file.bytes, at=file.at, age_h=round(file.age_h, 1))
