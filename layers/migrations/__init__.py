"""Alembic migrations: columns and tables. What follows from a definition without being a column is in layers/secured.py.

`upgrade` brings a database to the newest revision; `new_revision` writes a migration for what the definitions changed.
"""

from pathlib import Path

import psycopg
import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory

from gis.registry import all_analyses
from gis.roads.limits import BUILD_LIMITS
from layers import limits, secured, standing

FOLDER = Path(__file__).parent
EXTENSIONS = ("postgis", "pgcrypto", "pg_trgm")


def _config(connection: sa.Connection | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config


def _engine(owner_url: str) -> sa.Engine:
    return sa.create_engine(sa.make_url(owner_url).set(drivername="postgresql+psycopg"), poolclass=sa.NullPool)


def upgrade(owner_url: str, ticket_key: str, revision: str = "head") -> None:
    """Extensions, migrations, then everything that follows from the definitions. Runs again without harm."""
    with psycopg.connect(owner_url) as connection:
        secured.require_postgis(connection)
        for extension in EXTENSIONS:
            connection.execute(f"create extension if not exists {extension}")
    engine = _engine(owner_url)
    with engine.begin() as opened:
        command.upgrade(_config(opened), revision)
    engine.dispose()
    if revision == "head":
        with psycopg.connect(owner_url) as connection:
            secured.apply(connection, ticket_key)
            of_pages = (limit for analysis in all_analyses().values() for limit in analysis.limits)
            limits.seed(connection, [*BUILD_LIMITS, *standing.LIMITS, *of_pages])


def new_revision(owner_url: str, message: str) -> Path:
    """Write a migration for the difference between the definitions and the database at `owner_url`."""
    number = f"{len(list((FOLDER / 'versions').glob('[0-9]*.py'))) + 1:04d}"
    engine = _engine(owner_url)
    with engine.begin() as opened:
        made = command.revision(_config(opened), message, autogenerate=True, rev_id=number)
    engine.dispose()
    assert not isinstance(made, list)
    assert made is not None
    return Path(made.path)


def revisions() -> list[str]:
    """All revisions, oldest first."""
    return [script.revision for script in reversed(list(ScriptDirectory.from_config(_config()).walk_revisions()))]
