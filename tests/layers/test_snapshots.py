"""Layers as frames in memory: the same rows as the database has, read again when these change, nothing restricted."""

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
import shapely

from api.settings import Settings
from layers.filters import where_from
from layers.loading import load_rows
from layers.registry import LAYERS, layer_named
from layers.snapshots import Snapshots, read
from layers.tables import restricted_columns
from tests.builders import COUNTY, EAST, WEST, frame, geohazard_row

GEOHAZARDS = layer_named("geohazards")


@pytest.fixture
def connection(settings: Settings) -> Iterator[psycopg.Connection[Any]]:
    with psycopg.connect(settings.app_url, autocommit=True) as opened:
        yield opened


def test_every_layer_is_read_and_shows_nothing_restricted(connection: psycopg.Connection[Any]) -> None:
    for layer in LAYERS.values():
        found = read(connection, layer, COUNTY)
        assert found.crs == "EPSG:4490"
        assert not {column.name for column in restricted_columns(layer)} & set(found.columns)


def test_a_frame_holds_the_rows_of_the_county_with_their_shapes_and_types(settings: Settings, connection: psycopg.Connection[Any]) -> None:
    zone = shapely.box(111.04, 36.39, 111.06, 36.41)
    row = geohazard_row("T1", 111.05, 36.4, triggers=["rain", "cut_slope"], threat_people=7, surveyed_on="2024-05-01",
                        note='two\nlines, "quoted"', danger_zone=zone)  # fmt: skip
    with psycopg.connect(settings.owner_url) as owner:
        load_rows(owner, GEOHAZARDS, frame(row), "tests")
    found = read(connection, GEOHAZARDS, COUNTY)
    one = found[found["code"] == "T1"].iloc[0]
    assert one["triggers"] == ["rain", "cut_slope"]
    assert one["threat_people"] == 7
    assert one["note"] == 'two\nlines, "quoted"'
    assert one["danger_zone"].equals(zone)  # a single part, kept as a multipolygon
    assert (one.geometry.x, one.geometry.y) == (111.05, 36.4)
    assert found.loc[found["code"] == "G1", "danger_zone"].iloc[0] is None
    assert set(found.index) == {str(id) for (id,) in connection.execute("select id from layers.geohazards")}


def test_a_filter_is_the_databases_own(connection: psycopg.Connection[Any]) -> None:
    found = read(connection, GEOHAZARDS, COUNTY, where_from(GEOHAZARDS, f"admin_code = '{EAST}'"))
    assert set(found["code"]) == {"G3"}
    assert set(read(connection, GEOHAZARDS, WEST)["admin_code"]) == {WEST}


def test_a_kept_frame_is_used_until_the_layer_changes(settings: Settings, connection: psycopg.Connection[Any]) -> None:
    snapshots = Snapshots(10**9)
    first, version = snapshots.whole(connection, GEOHAZARDS, COUNTY)
    again, _ = snapshots.whole(connection, GEOHAZARDS, COUNTY)
    assert again is first
    with psycopg.connect(settings.owner_url) as owner:
        load_rows(owner, GEOHAZARDS, frame(geohazard_row("T2", 111.03)), "tests")
    later, newer = snapshots.whole(connection, GEOHAZARDS, COUNTY)
    assert newer > version
    assert len(later) == len(first) + 1


def test_the_least_used_frame_goes_when_there_is_no_room(connection: psycopg.Connection[Any]) -> None:
    snapshots = Snapshots(1)
    first, _ = snapshots.whole(connection, GEOHAZARDS, COUNTY)
    snapshots.whole(connection, layer_named("villages"), COUNTY)
    again, _ = snapshots.whole(connection, GEOHAZARDS, COUNTY)
    assert again is not first
