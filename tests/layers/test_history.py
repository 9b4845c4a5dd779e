"""What a layer was at any moment, who changed it, and back again."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from shapely.geometry import Point

from layers import history, store
from layers.database import Actor, Database
from layers.errors import FeatureNotFound, Forbidden, VersionConflict
from layers.registry import layer_named
from layers.store import Query, Written
from layers.tiles import read_tile
from tests.builders import COUNTY, EAST, WEST

pytestmark = pytest.mark.anyio
SHELTERS = layer_named("shelters")
ADMIN = Actor("admin", "admin", "")
PHONE, NEW_PHONE = "0357-5550101", "0357-5550102"


def values(code: str, **more: Any) -> dict[str, Any]:
    return {"code": code, "name": f"避难所{code}", "admin_code": WEST, "source": "测试", **more}


async def made(db: Database, code: str, **more: Any) -> Written:
    async with db.transaction(ADMIN) as work:
        return await store.create(work, SHELTERS, values(code, **more), {"duty_phone": PHONE}, Point(111.05, 36.4))


async def names(db: Database, as_of: datetime | None = None) -> dict[int, str]:
    """id -> name of every shelter at a moment."""
    import json

    found = [json.loads(b"[" + joined + b"]") async for joined, _ in store.items(db, SHELTERS, Query(as_of=as_of))]
    return {item["id"]: item["properties"]["name"] for page in found for item in page}


async def test_each_change_is_a_version_with_who_when_before_and_after(database: Database) -> None:
    one = await made(database, "H1", capacity=50)
    async with database.transaction(Actor(WEST, "township", WEST)) as work:
        two = await store.update(work, SHELTERS, one.id, 1, {"capacity": 80}, {}, Point(111.06, 36.4))
    assert two.version == 2
    newest, oldest = await history.versions(database, SHELTERS, one.id)
    assert (oldest["operation"], oldest["by"], oldest["before"]) == ("insert", "admin", None)
    assert (newest["operation"], newest["by"]) == ("update", WEST)
    assert newest["changed"] == ["capacity", "geometry"]
    assert [newest[side]["properties"]["capacity"] for side in ("before", "after")] == [50, 80]
    assert oldest["valid_to"] == newest["at"]


async def test_any_moment_shows_what_was_known_then_and_a_removed_feature_comes_back(database: Database) -> None:
    before = datetime.now(UTC)
    one = await made(database, "H2")
    first = datetime.now(UTC)
    async with database.transaction(ADMIN) as work:
        await store.update(work, SHELTERS, one.id, 1, {"name": "改名后"}, {"duty_phone": NEW_PHONE})
    second = datetime.now(UTC)
    async with database.transaction(ADMIN) as work:
        assert (await store.delete(work, SHELTERS, one.id, 2)).version == 3
    told = {moment: (await names(database, at)).get(one.id)
            for moment, at in {"before": before, "first": first, "second": second, "now": None}.items()}
    assert told == {"before": None, "first": "避难所H2", "second": "改名后", "now": None}
    with pytest.raises(FeatureNotFound):
        await store.feature(database, ADMIN, SHELTERS, one.id)
    async with database.transaction(ADMIN) as work:
        assert await history.restore(work, SHELTERS, one.id, 1) == 4
    back = await store.feature(database, ADMIN, SHELTERS, one.id, with_restricted=True)
    assert (back["properties"]["name"], back["properties"]["duty_phone"]) == ("避难所H2", PHONE)
    assert [told["operation"] for told in await history.versions(database, SHELTERS, one.id)] == [
        "insert", "delete", "update", "insert"]


async def test_tiles_show_the_moment_too(database: Database) -> None:
    before = datetime.now(UTC) - timedelta(seconds=1)
    one = await made(database, "H3")
    tile = (10, 827, 400)  # the 10th-level tile that holds 111.05 E, 36.4 N
    now = await read_tile(database, SHELTERS, *tile, thinned=False)
    then = await read_tile(database, SHELTERS, *tile, thinned=False, as_of=before)
    assert "避难所H3".encode() in now
    assert "避难所H3".encode() not in then
    async with database.transaction(ADMIN) as work:
        await store.delete(work, SHELTERS, one.id, 1)


async def test_a_write_over_an_older_version_is_refused_and_leaves_no_trace(database: Database) -> None:
    one = await made(database, "H4")
    async with database.transaction(ADMIN) as work:
        await store.update(work, SHELTERS, one.id, 1, {"name": "先改"}, {})
    with pytest.raises(VersionConflict) as refused:
        async with database.transaction(ADMIN) as work:
            await store.update(work, SHELTERS, one.id, 1, {"name": "后改"}, {})
    assert refused.value.facts["version"] == 2
    assert (await names(database))[one.id] == "先改"
    assert len(await history.versions(database, SHELTERS, one.id)) == 2


async def test_a_neighbours_feature_is_refused_by_name_of_its_township(database: Database) -> None:
    one = await made(database, "H5")
    with pytest.raises(Forbidden, match=WEST):
        async with database.transaction(Actor(EAST, "township", EAST)) as work:
            await store.update(work, SHELTERS, one.id, 1, {"name": "越界"}, {})


async def test_every_write_leaves_an_audit_row_and_raises_the_layers_version(database: Database) -> None:
    version = await database.version_of("shelters")
    one = await made(database, "H6")
    await database.refresh_version("shelters")
    assert await database.version_of("shelters") == version + 1
    async with database.transaction(Actor("admin", "admin", COUNTY)) as work:
        rows = await (await work.execute(
            "select username, role, action, version from app.audit where layer = 'shelters' and feature_id = %s",
            (one.id,))).fetchall()
    assert rows == [("admin", "admin", "insert", 1)]
