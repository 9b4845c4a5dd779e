"""From nothing, from the revision before, and nothing left to migrate."""

import uuid
from collections.abc import Iterator

import psycopg
import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from layers import migrations, secured
from layers.migrations.comparing import OPTIONS
from layers.registry import LAYERS
from layers.tables import all_tables
from tests.conftest import TICKET_KEY


@pytest.fixture
def empty(database_url: str) -> Iterator[str]:
    """The URL of a database with nothing in it."""
    name = f"anlan_empty_{uuid.uuid4().hex[:8]}"
    with psycopg.connect(database_url, autocommit=True) as server:
        server.execute(f"create database {name}")
        server.execute("do $$ begin create role anlan_app login; exception when duplicate_object then null; end $$")
    yield database_url.rpartition("/")[0] + f"/{name}"
    with psycopg.connect(database_url, autocommit=True) as server:
        server.execute(f"drop database {name} with (force)")


def differences(url: str) -> list[object]:
    """What alembic would still change."""
    engine = sa.create_engine(sa.make_url(url).set(drivername="postgresql+psycopg"), poolclass=sa.NullPool)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts=OPTIONS)
        found = compare_metadata(context, all_tables())
    engine.dispose()
    return list(found)


def test_an_empty_database_comes_to_what_the_definitions_say(empty: str) -> None:
    migrations.upgrade(empty, TICKET_KEY)
    assert differences(empty) == []
    with psycopg.connect(empty) as connection:
        tables = {row[0] for row in connection.execute("select tablename from pg_tables where schemaname = 'layers'")}
        checks = {row[0] for row in connection.execute(
            "select conname from pg_constraint where conrelid = 'layers.shelters'::regclass and contype = 'c'")}
    assert set(LAYERS) <= tables
    assert set(secured.check_rules(LAYERS["shelters"])) == checks


def test_the_previous_revision_comes_up_to_date_and_a_second_time_changes_nothing(empty: str) -> None:
    *_, previous, _ = migrations.revisions()
    migrations.upgrade(empty, TICKET_KEY, previous)
    migrations.upgrade(empty, TICKET_KEY)
    with psycopg.connect(empty) as connection:
        before = connection.execute("select oid, conname from pg_constraint where contype = 'c' order by oid").fetchall()
    migrations.upgrade(empty, TICKET_KEY)
    with psycopg.connect(empty) as connection:
        after = connection.execute("select oid, conname from pg_constraint where contype = 'c' order by oid").fetchall()
    assert before == after
    assert differences(empty) == []


def test_a_rule_that_changed_in_a_definition_reaches_the_table(empty: str) -> None:
    migrations.upgrade(empty, TICKET_KEY)
    with psycopg.connect(empty) as connection:
        connection.execute("alter table layers.shelters drop constraint ck_capacity")
        connection.execute("alter table layers.shelters add constraint ck_capacity check (capacity > 7)")
        connection.execute("comment on constraint ck_capacity on layers.shelters is 'of an older definition'")
        secured.apply(connection, TICKET_KEY)
        rule = connection.execute(
            "select pg_get_constraintdef(oid) from pg_constraint where conname = 'ck_capacity'"
            " and conrelid = 'layers.shelters'::regclass").fetchone()
    assert rule is not None
    assert "7" not in rule[0].replace("10000000", "")
