"""Row policies hold against SQL written by hand under the API's own role, with or without a ticket."""

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
import pytest
from psycopg import errors as pg

from api.settings import Settings
from layers.database import Actor, ticket
from tests.builders import COUNTY, EAST, WEST
from tests.conftest import TICKET_KEY

TOWNSHIP = Actor(WEST, "township", WEST)
GEOLOGISTS = Actor("bureau", "bureau", COUNTY, "natural_resources")
WATER = Actor("water", "bureau", COUNTY, "water")
DIRECTOR = Actor("director", "director", COUNTY)
VIEWER = Actor("viewer", "viewer", COUNTY)


@contextmanager
def by_hand(settings: Settings, raw_ticket: str | None) -> Iterator[psycopg.Connection]:
    """A session under the API's role; nothing it does stays."""
    with psycopg.connect(settings.app_url) as connection:
        if raw_ticket is not None:
            connection.execute("select set_config('anlan.ticket', %s, false)", (raw_ticket,))
        yield connection
        connection.rollback()


def acting(settings: Settings, actor: Actor) -> object:
    return by_hand(settings, ticket(actor, TICKET_KEY))


def test_a_township_changes_its_own_row_and_not_its_neighbours(settings: Settings) -> None:
    with acting(settings, TOWNSHIP) as sql:
        assert sql.execute("update layers.geohazards set note = 'x' where admin_code = %s", (WEST,)).rowcount == 2
        assert sql.execute("update layers.geohazards set note = 'x' where admin_code = %s", (EAST,)).rowcount == 0
        assert sql.execute("delete from layers.geohazards where admin_code = %s", (EAST,)).rowcount == 0


def test_a_township_cannot_push_a_row_into_its_neighbours_area(settings: Settings) -> None:
    with acting(settings, TOWNSHIP) as sql, pytest.raises(pg.InsufficientPrivilege):
        sql.execute("update layers.geohazards set admin_code = %s where code = 'G1'", (EAST,))
    with acting(settings, TOWNSHIP) as sql, pytest.raises(pg.InsufficientPrivilege):
        sql.execute("insert into layers.shelters (code, name, admin_code, source, geom) values ('X', 'x', %s, 's',"
                    " 'srid=4490;point(111.15 36.4)')", (EAST,))


@pytest.mark.parametrize("raw", [
    None, "", "||||", f"{EAST}|township|{EAST}||9999999999|{'0' * 64}",
    ticket(Actor(EAST, "township", EAST), "another key"),
    ticket(Actor(EAST, "township", EAST), TICKET_KEY, now_s=0),
    ticket(TOWNSHIP, TICKET_KEY).replace(WEST, EAST),
])
def test_a_forged_expired_or_missing_ticket_writes_nothing_and_sees_no_phone(settings: Settings, raw: str | None) -> None:
    with by_hand(settings, raw) as sql:
        assert sql.execute("update layers.geohazards set note = 'x'").rowcount == 0
        assert sql.execute("select * from layers.geohazards_restricted").fetchall() == []
        assert sql.execute("select * from app.users").fetchall() == []


def test_the_apis_role_cannot_read_the_ticket_key_or_disarm_the_policies(settings: Settings) -> None:
    for attempt in (
        "select * from app.secrets", "alter table layers.geohazards disable row level security",
        "drop policy read on layers.geohazards", "insert into history.geohazards select * from history.geohazards",
        "create or replace function app.role() returns text language sql as $$ select 'admin' $$",
        "select app.note_change('shelters', 'insert', 1, 1, 1, null)", "delete from app.audit",
        "truncate layers.geohazards", "update app.layer_versions set version = 0",
    ):
        with acting(settings, TOWNSHIP) as sql, pytest.raises(psycopg.Error) as refused:
            sql.execute(attempt)
        assert refused.value.sqlstate == pg.InsufficientPrivilege.sqlstate, attempt


def test_phones_are_seen_inside_the_scope_by_roles_that_act_and_by_no_one_else(settings: Settings) -> None:
    seen = {}
    for actor in (TOWNSHIP, Actor("duty", "duty", COUNTY), GEOLOGISTS, WATER, VIEWER, DIRECTOR):
        with acting(settings, actor) as sql:
            row = sql.execute("select count(duty_phone) from layers.geohazards_restricted").fetchone()
            seen[actor.username] = row[0] if row else None
    assert seen == {WEST: 2, "duty": 3, "bureau": 3, "water": 0, "viewer": 0, "director": 3}


def test_moving_a_feature_takes_its_phone_out_of_the_old_townships_sight(settings: Settings) -> None:
    with psycopg.connect(settings.owner_url) as owner:
        owner.execute("update layers.geohazards set admin_code = %s where code = 'G2'", (EAST,))
        owner.execute("set role anlan_app")
        owner.execute("select set_config('anlan.ticket', %s, false)", (ticket(TOWNSHIP, TICKET_KEY),))
        assert owner.execute("select count(*) from layers.geohazards_restricted").fetchone() == (1,)
        owner.rollback()


def test_only_the_layers_bureau_verifies(settings: Settings) -> None:
    verify = "update layers.geohazards set verify = 'verified' where code = 'G1'"
    with acting(settings, GEOLOGISTS) as sql:
        assert sql.execute(verify).rowcount == 1
    with acting(settings, WATER) as sql:
        assert sql.execute(verify).rowcount == 0
    with acting(settings, TOWNSHIP) as sql, pytest.raises(pg.InsufficientPrivilege):
        sql.execute(verify)


def test_a_drill_director_touches_exercise_rows_only(settings: Settings) -> None:
    add = ("insert into layers.shelters (code, name, admin_code, source, geom) values ('X', 'x', %s, %s,"
           " 'srid=4490;point(111.15 36.4)')")
    with acting(settings, DIRECTOR) as sql:
        assert sql.execute(add, (EAST, "exercise")).rowcount == 1
    with acting(settings, DIRECTOR) as sql, pytest.raises(pg.InsufficientPrivilege):
        sql.execute(add, (EAST, "民政局"))
    with acting(settings, DIRECTOR) as sql:
        assert sql.execute("update layers.villages set note = 'x'").rowcount == 0


def test_every_layer_table_has_row_level_security_and_a_read_policy_that_keeps_the_spatial_index(
    settings: Settings,
) -> None:
    with psycopg.connect(settings.owner_url) as owner:
        bare = owner.execute(
            "select n.nspname, c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace"
            " where n.nspname in ('layers', 'history') and c.relkind = 'r' and not c.relrowsecurity").fetchall()
        assert bare == []
        conditions = owner.execute(
            "select distinct qual from pg_policies where schemaname = 'layers' and cmd = 'SELECT'"
            " and tablename not like '%\\_restricted'").fetchall()
        assert conditions == [("true",)]
    with acting(settings, VIEWER) as sql:
        sql.execute("set enable_seqscan = off")
        plan = sql.execute("explain select * from layers.geohazards where geom && st_makeenvelope(111, 36, 111.1, 37, 4490)")
        assert "geohazards_geom" in str(plan.fetchall())


def test_a_drill_director_neither_sees_nor_changes_the_phone_of_a_real_row(settings: Settings) -> None:
    with psycopg.connect(settings.owner_url) as owner:
        owner.execute("update layers.geohazards set source = '台账' where code = 'G1'")
        owner.execute("set role anlan_app")
        owner.execute("select set_config('anlan.ticket', %s, false)", (ticket(DIRECTOR, TICKET_KEY),))
        assert owner.execute("select count(*) from layers.geohazards_restricted").fetchone() == (2,)
        assert owner.execute("update layers.geohazards_restricted set duty_phone = '110'").rowcount == 2
        owner.rollback()
