"""The audit trail is written in one's own name and read by the administrator."""

import psycopg
import pytest

from api.audit import Question, entries, record, record_look
from layers.database import Actor, Database
from tests.builders import COUNTY, WEST

pytestmark = pytest.mark.anyio

TOWNSHIP = Actor(WEST, "township", WEST)
ADMIN = Actor("admin", "admin", "")


async def test_a_look_at_restricted_fields_says_who_looked_at_what_from_where(database: Database) -> None:
    async with database.transaction(TOWNSHIP) as connection:
        await record_look(connection, TOWNSHIP, "geohazards", ["duty_phone"], 7, address="10.0.0.3")
    async with database.transaction(ADMIN) as connection:
        (entry,) = await entries(connection, Question(action="look"))
    assert (entry["username"], entry["role"], entry["layer"], entry["feature_id"], entry["fields"], entry["address"]) == (
        WEST, "township", "geohazards", 7, ["duty_phone"], "10.0.0.3")


async def test_nobody_writes_in_another_name_or_as_another_role(database: Database) -> None:
    for username, role in (("admin", "township"), (WEST, "admin")):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            async with database.transaction(TOWNSHIP) as connection:
                await record(connection, username, role, "look")


async def test_only_the_administrator_reads_it_even_past_the_api(database: Database) -> None:
    for actor in (TOWNSHIP, Actor("commander", "commander", COUNTY)):
        async with database.transaction(actor) as connection:
            await record(connection, actor.username, actor.role, "look")
            assert await entries(connection, Question()) == []
