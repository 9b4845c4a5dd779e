"""What a CQL2 filter finds, what it is refused for, and what it becomes as a CHECK."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import psycopg
import pytest
from shapely.geometry import Point

from api.settings import Settings
from layers.errors import BadFilter
from layers.fields import Check
from layers.filters import JSON, check_sql, holds, parsed, where_from
from layers.loading import load_rows
from layers.registry import LAYERS, layer_named
from tests.builders import EAST, WEST, frame

SHELTERS = layer_named("shelters")
ROWS: tuple[dict[str, Any], ...] = (
    {
        "code": "A",
        "name": "Alpha hall",
        "capacity": 100,
        "beds": 100,
        "area_m2": 250.5,
        "heating": True,
        "power": False,
        "surveyed_on": date(2025, 1, 10),
        "hazards_served": ["flood", "fire"],
        "geometry": Point(111.01, 36.31),
    },
    {
        "code": "B",
        "name": "alpha_50%",
        "capacity": 200,
        "beds": 50,
        "area_m2": 400.0,
        "heating": False,
        "surveyed_on": date(2025, 6, 1),
        "hazards_served": ["flood"],
        "geometry": Point(111.05, 36.40),
    },
    {
        "code": "C",
        "name": "乡中心小学",
        "capacity": None,
        "beds": None,
        "area_m2": None,
        "surveyed_on": None,
        "hazards_served": None,
        "geometry": Point(111.15, 36.45),
    },
)
TRIANGLE = "POLYGON((111 36.3, 111.06 36.3, 111 36.42, 111 36.3))"


@pytest.fixture(scope="module")
def connection(settings: Settings) -> Iterator[psycopg.Connection]:
    with psycopg.connect(settings.owner_url) as opened:
        places = ({"admin_code": EAST if row["code"] == "C" else WEST, "source": "tests", **row} for row in ROWS)
        load_rows(opened, SHELTERS, frame(*places), "tests")
        yield opened


def found(connection: psycopg.Connection, text: str, language: str = "cql2-text") -> str:
    where = where_from(SHELTERS, text, language)
    rows = connection.execute(f"select code from layers.shelters where {where.sql} order by code", dict(where.params))
    return "".join(row[0] for row in rows)


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        # basic-cql2
        ("capacity = 100", "A"),
        ("capacity <> 100", "B"),
        ("capacity > 100", "B"),
        ("area_m2 <= 250.5", "A"),
        ("name = '乡中心小学'", "C"),
        ("heating = true", "A"),
        ("heating", "A"),
        ("not heating", "B"),
        ("true", "ABC"),
        ("capacity is null", "C"),
        ("capacity is not null", "AB"),
        ("surveyed_on = date('2025-06-01')", "B"),
        ("capacity = 100 or capacity = 200 and heating = false", "AB"),
        ("not (capacity = 100)", "B"),
        ("id > 0", "ABC"),
        ("updated_at > timestamp('2020-01-01T00:00:00Z')", "ABC"),
        ("surveyed_on < timestamp('2025-02-01T00:00:00+08:00')", "A"),
        # advanced-comparison-operators
        ("name like 'Alpha%'", "A"),
        ("name like 'alpha\\_50\\%'", "B"),
        ("name like '乡__小学'", "C"),
        ("name not like 'A%'", "BC"),
        ("capacity between 100 and 150", "A"),
        ("capacity not between 100 and 150", "B"),
        ("capacity in (100, 300)", "A"),
        ("code in ('A', 'C')", "AC"),
        ("code not in ('A', 'C')", "B"),
        ("surveyed_on in (date('2025-01-10'))", "A"),
        # case-insensitive-comparison
        ("casei(name) like casei('ALPHA%')", "AB"),
        ("casei(name) = casei('ALPHA HALL')", "A"),
        # property-property, arithmetic
        ("beds = capacity", "A"),
        ("beds * 4 = capacity", "B"),
        ("capacity - 50 * 2 = 0", "A"),
        ("capacity / 3 > 60", "B"),
        ("capacity div 3 = 66", "B"),
        ("capacity % 30 = 10", "A"),
        ("beds ^ 2 = 2500", "B"),
        ("-beds < -60", "A"),
        ("capacity / 0 = 1", ""),
        ("capacity % 0 = 1", ""),
        ("beds ^ 9000 > 1", ""),
        # spatial
        ("s_intersects(geom, bbox(111, 36.3, 111.02, 36.32))", "A"),
        (f"s_within(geom, {TRIANGLE})", "A"),
        ("s_intersects(geom, POINT(111.05 36.40))", "B"),
        ("s_disjoint(geom, bbox(111, 36.3, 111.02, 36.32))", "BC"),
        ("s_equals(geom, POINT(111.15 36.45))", "C"),
        ("s_contains(geom, POINT(111.01 36.31))", "A"),
        ("s_intersects(geom, LINESTRING(111 36.31, 112 36.31))", "A"),
        ("s_touches(geom, LINESTRING(111.01 36.31, 112 36))", "A"),
        ("s_intersects(geom, MULTIPOINT((111.01 36.31), (111.05 36.40)))", "AB"),
        (f"s_crosses(geom, {TRIANGLE})", ""),
        ("s_intersects(geom, MULTIPOLYGON(((111 36.3, 111.02 36.3, 111 36.33, 111 36.3))))", "A"),
        ("s_intersects(geom, GEOMETRYCOLLECTION(POINT(111.01 36.31), POINT(111.15 36.45)))", "AC"),
        ("s_overlaps(geom, bbox(111, 36, 112, 37))", ""),
        ("s_intersects(geom, bbox(170, -50, 111.05, 50))", "AB"),
        # temporal
        ("t_after(surveyed_on, date('2025-01-10'))", "B"),
        ("t_before(surveyed_on, date('2025-01-11'))", "A"),
        ("t_during(surveyed_on, interval('2025-01-01', '2025-02-01'))", "A"),
        ("t_equals(surveyed_on, date('2025-06-01'))", "B"),
        ("t_intersects(surveyed_on, interval('..', '2025-06-01'))", "AB"),
        ("t_disjoint(surveyed_on, interval('2025-01-01', '2025-02-01'))", "B"),
        ("t_during(interval(surveyed_on, surveyed_on), interval('2025-05-01', '2025-07-01'))", "B"),
        ("t_starts(surveyed_on, interval('2025-01-10', '..'))", "A"),
        ("t_finishes(surveyed_on, interval('2024-01-10', '2025-01-10'))", "A"),
        ("t_meets(surveyed_on, interval('2025-01-10', '2025-02-01'))", "A"),
        ("t_metby(surveyed_on, interval('2024-01-01', '2025-01-10'))", "A"),
        ("t_contains(interval('2025-01-01', '2025-02-01'), surveyed_on)", "A"),
        ("t_overlaps(surveyed_on, interval('2025-01-01', '..'))", ""),
        ("t_startedby(interval('2025-01-10', '..'), surveyed_on)", "A"),
        ("t_finishedby(interval('..', '2025-06-01'), surveyed_on)", "B"),
        ("t_overlappedby(surveyed_on, interval('2025-01-01', '2026-01-01'))", ""),
        ("t_after(updated_at, timestamp('2020-01-01T00:00:00+08:00'))", "ABC"),
        ("t_after(updated_at, surveyed_on)", "AB"),
        ("t_intersects(updated_at, interval('2020-01-01', '..'))", "ABC"),
        ("t_during(interval(surveyed_on, updated_at), interval('..', '2025-01-01'))", ""),
        # array
        ("a_contains(hazards_served, ('flood', 'fire'))", "A"),
        ("a_containedby(hazards_served, ('flood', 'cold'))", "B"),
        ("a_overlaps(hazards_served, ('fire', 'cold'))", "A"),
        ("a_equals(hazards_served, ('fire', 'flood'))", "A"),
    ],
)
def test_a_filter_finds_the_rows_it_describes(connection: psycopg.Connection, text: str, codes: str) -> None:
    assert found(connection, text) == codes


@pytest.mark.parametrize(
    "values", ["code='O''Brien' or 1=1", "name = 'x''; drop table layers.shelters; --'", "name like '%s %(f0)s %%'"]
)
def test_text_is_never_read_as_sql(connection: psycopg.Connection, values: str) -> None:
    assert found(connection, values) == ("ABC" if "1=1" in values else "")


def test_the_same_filter_as_json_finds_the_same(connection: psycopg.Connection) -> None:
    text = '{"op":"and","args":[{"op":">","args":[{"property":"capacity"},50]},{"op":"s_within","args":[{"property":"geom"},'
    assert found(connection, text + '{"bbox":[111,36.3,111.02,36.32]}]}]}', JSON) == "A"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("capacity = = 1", "line 1, column 12"),
        ("capacity =", "cannot be parsed"),
        ("", "empty"),
        ("capacity", "true or false"),
        ("nonsense = 1", "queryables"),
        ("duty_phone = '110'", "cannot be used in a filter"),
        ("capacity = 'x'", "a number"),
        ("name > 5", "text"),
        ("capacity = null", "IS NULL"),
        ("name + 1 = 2", "a number"),
        ("capacity = 1e309", "out of range"),
        ("capacity = 99999999999999999999", "out of range"),
        ("heating > true", "cannot compare"),
        ("pg_sleep(9) = 1", "not supported"),
        ("pg_sleep(9)", "not an operator"),
        ("surveyed_on = date('2025-13-01')", "not a date"),
        ("name like 'x\\'", "backslash"),
        ("updated_at > timestamp('2025-13-01T00:00:00Z')", "with offset"),
        ("s_intersects(geom, POLYGON((0 0, 1 1, 1 0, 0 1, 0 0)))", "not valid"),
        ("s_intersects(geom, POINT(36 111))", "off the globe"),
        ("s_intersects(geom, POLYGON EMPTY)", "empty"),
        ("s_intersects(geom, POLYGON((0 0, 1 1)))", "cannot be read"),
        ("s_intersects(geom, bbox(1, 2))", "4 numbers"),
        ("s_intersects(geom, 'x')", "must be geometries"),
        ("s_within(geom, GEOMETRYCOLLECTION(POINT(1 2)))", "one type"),
        ("s_intersects(POINT(1 1), POINT(1 1))", "must be a property"),
        ("t_during(surveyed_on, interval('2026-01-01', '2025-01-01'))", "after it ends"),
        ("t_after(name, date('2025-01-01'))", "must be dates"),
        ("a_contains(name, ('x'))", "a list"),
        ("(beds ^ 2) ^ 2 = 1", "only"),
        ("a_contains(hazards_served, (1, 2))", "texts only"),
        ("geom = geom", "cannot compare"),
        ("equipment = 1", "queryables"),
        ("(" * 3000 + "capacity = 1" + ")" * 3000, "nested"),
        ("not " * 40_000 + "heating", "more than"),
        ("-" * 50_000 + "1 = beds", "more than"),
        ("code in (" + "'x'," * 3000 + "'y')", "more than"),
        ("name = '" + "x" * 300_000 + "'", "characters"),
        ("name = 'a\x00b'", "NUL"),
        ("s_intersects(geom, LINESTRING(" + ", ".join(f"111 {36 + n / 1e5}" for n in range(5000)) + "))", "vertices"),
    ],
)
def test_a_wrong_filter_is_refused_in_both_languages_before_the_database(text: str, said: str) -> None:
    with pytest.raises(BadFilter) as refusal:
        where_from(SHELTERS, text)
    assert said in refusal.value.en
    assert refusal.value.zh.endswith("。")


@pytest.mark.parametrize(
    "text",
    [
        '{"op": 5, "args": [1]}',
        '{"op": "=", "args": []}',
        "[1, 2]",
        '{"op": "and"',
        "null",
        '"x"',
        '{"op":"=","args":[{"property":["a"]},1]}',
        '{"op":"s_intersects","args":[{"property":"geom"},{"type":"Point"}]}',
        '{"op":"in","args":[{"property":"code"},{"property":"beds"}]}',
        "NaN",
        "{}",
    ],
)
def test_json_of_another_form_is_refused(text: str) -> None:
    with pytest.raises(BadFilter):
        where_from(SHELTERS, text, JSON)


def test_a_spatial_filter_uses_the_spatial_index(connection: psycopg.Connection) -> None:
    where = where_from(SHELTERS, "s_intersects(geom, bbox(111, 36.3, 111.02, 36.32))")
    connection.execute("set local enable_seqscan = off")
    plan = connection.execute(f"explain select 1 from layers.shelters where {where.sql}", dict(where.params)).fetchall()
    assert any("Index Cond" in row[0] and "geom &&" in row[0] for row in plan)


def test_a_check_is_written_with_its_literals_quoted_and_passes_where_a_value_is_empty(
    connection: psycopg.Connection,
) -> None:
    check = Check("c", "name <> 'it''s' and beds <= capacity", "", "")
    text = check_sql(SHELTERS, check)
    assert "'it''s'" in text
    rows = connection.execute(f"select code, {text} from layers.shelters order by code").fetchall()
    assert rows == [("A", True), ("B", True), ("C", None)]


@pytest.mark.parametrize("layer", LAYERS.values(), ids=LAYERS)
def test_every_error_check_of_every_layer_can_bind_its_table(layer: Any, connection: psycopg.Connection) -> None:
    for check in layer.checks:
        if check.severity == "error":
            connection.execute(f"select 1 from layers.{layer.name} where {check_sql(layer, check)} limit 0")
        holds(parsed(check.rule), {})


@pytest.mark.parametrize(
    "rule",
    [
        "beds <= capacity",
        "beds * 2 > capacity or heating = true",
        "not (capacity is null) and beds in (50, 60)",
        "capacity % 30 = 10",
        "name like 'Alpha%'",
        "capacity between 100 and 150",
        "surveyed_on > date('2025-02-01')",
        "a_contains(hazards_served, ('fire', 'flood'))",
        "capacity div 3 = 66",
        "capacity / 0 = 1",
        "casei(name) = 'alpha hall'",
        "code <> 'A' or power = true",
    ],
)
def test_a_rule_in_memory_says_what_the_database_says(connection: psycopg.Connection, rule: str) -> None:
    text = check_sql(SHELTERS, Check("c", rule, "", ""))
    stored = connection.execute(f"select {text} from layers.shelters order by code").fetchall()
    assert [holds(parsed(rule), row) for row in ROWS] == [row[0] for row in stored]
