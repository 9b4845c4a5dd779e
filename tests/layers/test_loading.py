"""Rows in bulk: whole or not at all, twice without harm, and exercise makes way for real."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import psycopg
import pytest
from shapely.geometry import MultiPolygon, Point, Polygon, box

from api.settings import Settings
from layers.errors import RowRefused
from layers.loading import Loaded, load_rows
from layers.registry import layer_named
from tests.builders import EAST, WEST, frame, geohazard_row

GEOHAZARDS = layer_named("geohazards")


@pytest.fixture
def owner(settings: Settings) -> Iterator[psycopg.Connection]:
    """The owner's connection; nothing it does stays."""
    with psycopg.connect(settings.owner_url) as connection:
        yield connection
        connection.rollback()


def one(connection: psycopg.Connection, query: str, *values: Any) -> tuple[Any, ...]:
    row = connection.execute(query, values).fetchone()
    assert row is not None
    return row


def test_a_load_adds_new_codes_changes_known_ones_and_leaves_equal_ones_alone(owner: psycopg.Connection) -> None:
    rows = frame(geohazard_row("L1"), geohazard_row("L2"))
    assert load_rows(owner, GEOHAZARDS, rows, "tests") == Loaded(added=2, changed=0, removed=0)
    assert load_rows(owner, GEOHAZARDS, rows, "tests") == Loaded(added=0, changed=0, removed=0)
    moved = frame(geohazard_row("L1", lon=111.06), geohazard_row("L2"), geohazard_row("L3"))
    assert load_rows(owner, GEOHAZARDS, moved, "tests") == Loaded(added=1, changed=1, removed=0)
    assert one(owner, "select version, updated_by from layers.geohazards where code = 'L1'") == (2, "tests")
    assert one(owner, "select version from layers.geohazards where code = 'L2'") == (1,)


def test_phones_go_to_the_side_table_and_nowhere_else(owner: psycopg.Connection) -> None:
    load_rows(owner, GEOHAZARDS, frame(geohazard_row("L1", duty_phone="0357-5550777")), "tests")
    kept = one(owner, "select r.duty_phone, r.admin_code from layers.geohazards_restricted r"
                      " join layers.geohazards f using (id) where f.code = 'L1'")
    assert kept == ("0357-5550777", WEST)
    columns = owner.execute("select column_name from information_schema.columns where table_schema = 'layers'"
                            " and table_name = 'geohazards' and column_name like '%phone%'").fetchall()
    assert columns == []


def test_one_row_that_breaks_a_rule_refuses_the_load_and_says_which(owner: psycopg.Connection) -> None:
    rows = frame(geohazard_row("L1"), geohazard_row("L2", slope_deg=120.0))
    with pytest.raises(RowRefused, match="L2") as refused, owner.transaction():
        load_rows(owner, GEOHAZARDS, rows, "tests")
    assert "slope_deg" in str(refused.value)
    assert one(owner, "select count(*) from layers.geohazards where code like 'L%%'") == (0,)


def test_real_rows_replace_the_exercise_rows_of_their_county_and_nobody_elses(owner: psycopg.Connection) -> None:
    before = one(owner, "select count(*) from layers.geohazards where source = 'exercise'")[0]
    real = frame(geohazard_row("R1", source="自然资源局台账"))
    assert load_rows(owner, GEOHAZARDS, real, "tests") == Loaded(added=1, changed=0, removed=before)
    assert one(owner, "select rows, exercise_rows from app.layer_versions where layer = 'geohazards'") == (1, 0)


def test_empty_cells_take_the_fields_default_and_lists_shapes_and_numbers_arrive_whole(owner: psycopg.Connection) -> None:
    row = geohazard_row("L1", verify=np.nan, threat_people=np.int64(12), triggers=["rain", "mining"],
                        danger_zone=box(111.04, 36.39, 111.06, 36.41), surveyed_on=None)
    load_rows(owner, GEOHAZARDS, frame(row), "tests")
    kept = one(owner, "select verify, threat_people, triggers, st_area(danger_zone) > 0, surveyed_on"
                      " from layers.geohazards where code = 'L1'")
    assert kept == ("pending", 12, ["rain", "mining"], True, None)


def test_a_row_without_a_shape_refuses_the_load(owner: psycopg.Connection) -> None:
    with pytest.raises(RowRefused, match="geom") as refused, owner.transaction():
        load_rows(owner, GEOHAZARDS, frame(geohazard_row("L1"), geohazard_row("L2", geometry=None)), "tests")
    assert "L2" in str(refused.value)


def test_single_parts_flat_and_raised_arrive_as_flat_collections(owner: psycopg.Connection) -> None:
    town = {"name": "镇", "admin_code": WEST, "source": "exercise"}
    raised = Polygon([(111.0, 36.3, 900.0), (111.1, 36.3, 900.0), (111.1, 36.4, 950.0)])
    both = MultiPolygon([box(111.0, 36.3, 111.1, 36.4), box(111.2, 36.3, 111.3, 36.4)])
    load_rows(owner, layer_named("townships"), frame({**town, "code": "T1", "geometry": raised},
                                                     {**town, "code": "T2", "geometry": both}), "tests")  # fmt: skip
    kept = owner.execute("select code, st_geometrytype(geom), st_ndims(geom), st_numgeometries(geom), st_srid(geom)"
                         " from layers.townships where code like 'T_' order by code").fetchall()
    assert kept == [("T1", "ST_MultiPolygon", 2, 1, 4490), ("T2", "ST_MultiPolygon", 2, 2, 4490)]


def test_a_bulk_load_is_one_audit_row_and_one_step_of_the_layers_version(owner: psycopg.Connection) -> None:
    version = one(owner, "select version from app.layer_versions where layer = 'villages'")[0]
    villages = layer_named("villages")
    rows = frame(*({"code": f"{EAST}{n:03d}", "name": f"村{n}", "admin_code": EAST, "source": "exercise",
                    "geometry": Point(111.15, 36.4)} for n in range(300, 500)))
    load_rows(owner, villages, rows, "tests")
    assert one(owner, "select version from app.layer_versions where layer = 'villages'")[0] == version + 1
    told = one(owner, "select action, detail from app.audit where layer = 'villages' order by id desc limit 1")
    assert told == ("insert", {"rows": 200, "counties": [EAST[:6]]})


def test_a_column_that_the_layer_does_not_have_is_refused_by_name(owner: psycopg.Connection) -> None:
    with pytest.raises(RowRefused, match="trigger"):
        load_rows(owner, GEOHAZARDS, frame(geohazard_row("L1", trigger=["rain"])), "tests")
