"""What a typed word finds, in which order, and who finds whose telephone."""

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from shapely.geometry import MultiPolygon, Point, box

from api.settings import Settings
from layers import name_index, search
from layers.database import Actor, Database
from layers.loading import load_rows
from layers.registry import LAYERS, layer_named
from layers.search import Question
from tests.builders import COUNTY, EAST, WEST, frame, geohazard_row

pytestmark = pytest.mark.anyio
VIEWER = Actor("viewer", "viewer", COUNTY)


@pytest.fixture(scope="module", autouse=True)
def _named_things(settings: Settings) -> None:
    """Names of the real county over the square one."""
    place = {"source": "测试", "secrecy": "public"}
    town = {"code": "141033109", "name": "蒲城镇", "admin_code": "141033109", "former_names": ["红道乡"], **place,
            "geometry": MultiPolygon([box(111.0, 36.5, 111.1, 36.6)])}  # fmt: skip
    hazards = [
        geohazard_row("PX-01", 111.05, name="蒲城镇荆坡村滑坡", duty_person="监测人03"),
        geohazard_row("PX-02", 111.02, name="荆坡", duty_person="监测人04"),
        geohazard_row("PX-03", 111.09, name="荆坡村崩塌"),
        geohazard_row("PX-04", 111.15, name="长岭村滑坡_东", admin_code=EAST, duty_phone="0357-5550102"),
    ]
    with psycopg.connect(settings.owner_url) as owner:
        load_rows(owner, layer_named("townships"), frame(town), "tests")
        load_rows(owner, layer_named("geohazards"), frame(*hazards), "tests")


async def hits(database: Database, text: str, **more: Any) -> list[dict[str, Any]]:
    """All hits in the order they are shown."""
    async with database.transaction(VIEWER) as connection:
        groups, _ = await search.matches(connection, Question(text, **more))
    for group in groups:
        assert group["total"] >= len(group["hits"])
    return [hit for group in groups for hit in group["hits"]]


async def codes(database: Database, text: str, **more: Any) -> list[str]:
    return [hit["code"] for hit in await hits(database, text, **more)]


@pytest.mark.parametrize(("text", "matched"), [
    ("蒲城镇", "name"), ("pcz", "latin"), ("puchengzhen", "latin"), ("PCZ", "latin"), ("红道乡", "alias"), ("红道", "alias"),
    ("hongdaoxiang", "latin"), ("141033109", "code"), ("pucheng", "latin"), ("chengzhen", "latin"),
])  # fmt: skip
async def test_a_town_is_found_by_name_former_name_code_pinyin_and_initials(
    database: Database, text: str, matched: str
) -> None:
    town = next(hit for hit in await hits(database, text) if hit["layer"] == "townships")
    assert (town["name"], town["matched"]) == ("蒲城镇", matched)


async def test_the_exact_name_comes_before_names_that_begin_with_it_and_those_before_names_that_hold_it(
    database: Database,
) -> None:
    assert await codes(database, "荆坡") == ["PX-02", "PX-03", "PX-01"]
    assert await codes(database, "蒲城") == ["141033109", "PX-01"]


async def test_of_equal_matches_the_nearer_comes_first(database: Database) -> None:
    assert (await codes(database, "坡村", at=(111.05, 36.4)))[0] == "PX-01"
    assert (await codes(database, "坡村", at=(111.09, 36.4)))[0] == "PX-03"


async def test_a_responsible_person_is_found_and_said_so(database: Database) -> None:
    (hit,) = await hits(database, "监测人03")
    assert (hit["code"], hit["matched"], hit["township"]) == ("PX-01", "person", "西镇")


async def test_all_words_must_match_and_may_be_of_different_kinds(database: Database) -> None:
    assert await codes(database, "荆坡 滑坡") == ["PX-01"]
    assert await codes(database, "荆坡 px-03") == ["PX-03"]
    assert await codes(database, "荆坡 没有的") == []


async def test_signs_of_like_are_letters_like_others(database: Database) -> None:
    assert await codes(database, "滑坡_东") == ["PX-04"]
    assert await codes(database, "滑坡_村") == []
    assert await codes(database, "%") == []


async def test_the_reading_of_places_wins_over_the_dictionary(database: Database) -> None:
    assert await codes(database, "clc") == ["PX-04"]


@pytest.mark.parametrize("text", ["", "   ", "\\", "'; drop table app.names; --", "𠀀𠀀", "a" * 500, "0", "蒲"])
async def test_no_text_breaks_the_search(database: Database, text: str) -> None:
    await hits(database, text)


@pytest.mark.parametrize("heard", ["puchenzhen", "puchengzen"])
async def test_pinyin_as_it_is_heard_finds_the_town_where_nothing_is_spelt_so(database: Database, heard: str) -> None:
    assert "141033109" in await codes(database, heard)
    assert await codes(database, "xyzxyzxyz") == []


async def test_a_county_that_is_asked_for_leaves_the_others_out(database: Database) -> None:
    assert await codes(database, "荆坡", county="141034") == []
    assert len(await codes(database, "荆坡", county=COUNTY)) == 3
    assert await codes(database, "滑坡", county=EAST) == ["PX-04"]


async def test_the_limit_cuts_hits_and_not_the_total(database: Database) -> None:
    async with database.transaction(VIEWER) as connection:
        ((group,), more) = await search.matches(connection, Question("荆坡", limit=1))
    assert (len(group["hits"]), group["total"], more) == (1, 3, False)


@pytest.mark.parametrize(("username", "role", "scope", "found"), [
    (WEST, "township", WEST, []), (EAST, "township", EAST, ["PX-04"]), ("duty", "duty", COUNTY, ["PX-04"]),
    ("viewer", "viewer", COUNTY, []), ("admin", "admin", "", ["PX-04"]),
])  # fmt: skip
@pytest.mark.parametrize("typed", ["0357-5550102", "03575550102", "0357 5550102", "+86 0357-5550102"])
async def test_a_telephone_is_found_only_by_those_who_may_look_at_it(
    database: Database, username: str, role: str, scope: str, found: list[str], typed: str
) -> None:
    digits = search.phone_in(typed)
    assert digits is not None
    async with database.transaction(Actor(username, role, scope)) as connection:
        phones = await search.by_phone(connection, digits)
        groups = await search.phone_groups(connection, phones, Question(typed))
    assert [hit["code"] for group in groups for hit in group["hits"]] == found
    assert all(hit.fields == ("duty_phone",) for hit in phones)


async def test_a_part_of_a_telephone_finds_nothing() -> None:
    assert search.phone_in("555010") is None
    assert search.phone_in("PX-5550102") is None


@pytest.fixture
def owner(settings: Settings) -> Iterator[psycopg.Connection]:
    with psycopg.connect(settings.owner_url) as connection:
        yield connection
        connection.rollback()


async def test_the_index_follows_every_write_and_a_refill_changes_nothing(owner: psycopg.Connection) -> None:
    def names() -> list[Any]:
        listed = owner.execute("select * from app.names order by layer, id").fetchall()
        return [tuple(sorted(cell) if isinstance(cell, list) else cell for cell in row) for row in listed]

    hazards = layer_named("geohazards")
    load_rows(owner, hazards, frame(geohazard_row("PX-02", name="荆坡新村"), geohazard_row("PX-05")), "tests")
    owner.execute("delete from layers.geohazards where code = 'PX-03'")
    owner.execute("update layers.geohazards set status = 'treated', geom = st_point(111.01, 36.4, 4490) where code = 'PX-01'")
    kept = names()
    for layer in LAYERS.values():
        for statement in name_index.refill_statements(layer):
            owner.execute(statement)
    assert names() == kept
    found = dict(owner.execute("select code, initials from app.names where code like 'PX-%'").fetchall())
    assert found == {"PX-01": "pczjpchp", "PX-02": "jpxc", "PX-04": "clchpd", "PX-05": "yhdpx05"}


async def test_many_names_are_spelt_as_each_of_them_alone(owner: psycopg.Connection) -> None:
    """Of many names the whole dictionary is taken, of few only their own characters."""
    word = "长岭村 12号·b院(é)𠀀"
    (few, all_there_are) = owner.execute("select app.readings_of(%s), app.readings_of(%s)", (word, word * 2_000)).fetchone() or ()
    assert {char: few.get(char) for char in word} == {char: all_there_are.get(char) for char in word}
    assert "".join(few.get(char, "") for char in word) == "changlingcun12haobyuan"


async def test_pieces_of_a_name_do_not_reach_into_the_next_name(owner: psycopg.Connection) -> None:
    town = {"code": "141033110", "name": "荆坡乡", "admin_code": "141033110", "former_names": ["——", "红道", "乐"],
            "source": "测试", "secrecy": "public", "geometry": MultiPolygon([box(111.0, 36.3, 111.1, 36.4)])}  # fmt: skip
    load_rows(owner, layer_named("townships"), frame(town), "tests")
    (latin, grams) = owner.execute("select latin, grams from app.names where code = '141033110'").fetchone() or ()
    assert latin == "jingpoxiang hongdao hd le l"
    assert sorted(grams) == sorted(["荆坡", "坡乡", "——", "红道"])


async def test_everything_in_every_layer_has_a_name_row(owner: psycopg.Connection) -> None:
    for layer in LAYERS:
        (missing,) = owner.execute(f"select count(*) from layers.{layer} f full join (select id from app.names where layer = %s) n"
                                   " using (id) where f.id is null or n.id is null", (layer,)).fetchone() or (None,)  # fmt: skip
        assert missing == 0, layer
    assert Point(*(owner.execute("select st_x(geom), st_y(geom) from app.names where code = %s", (WEST,)).fetchone() or ())).within(
        box(111.0, 36.3, 111.1, 36.5))  # fmt: skip
