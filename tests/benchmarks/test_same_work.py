"""The comparison is fair: pgbench and the API run the same SQL text, and the API's tile is that statement's bytes."""

import re
from collections.abc import Callable

import numpy as np
import psycopg
import pytest
from fastapi.testclient import TestClient

from api.settings import Settings
from layers.database import Database
from layers.registry import layer_named
from layers.store import Query, items, items_sql
from layers.tiles import tile_sql
from tests.benchmarks.measures import Tile, tile_path
from tests.benchmarks.pgbench import CLIENTS, script_of
from tests.benchmarks.report import Bar, Result, table
from tests.benchmarks.tiles import tile_of

GEOHAZARDS = layer_named("geohazards")


def tile_with_data() -> Tile:
    x, y = tile_of(np.array([111.05]), np.array([36.4]), 12)[0]
    return 12, int(x), int(y)


def statement_of(script: str) -> str:
    """The one statement of a script, with the placeholders as the API writes them."""
    line = next(line for line in script.splitlines() if line.startswith("select"))
    return re.sub(r"(?<!:):([a-z]\w*)", r"%(\1)s", line.rstrip(";"))


def test_pgbench_runs_the_very_text_of_the_api_s_tile() -> None:
    text = tile_sql(GEOHAZARDS, thinned=False, past=False)
    assert statement_of(script_of(text, {"z": [12], "x": [3311], "y": [1603]})) == text


def test_pgbench_runs_the_very_text_of_the_api_s_page() -> None:
    text, values = items_sql(GEOHAZARDS, Query(bbox=(111.0, 36.3, 111.2, 36.5), limit=1000))
    lists = {name: [values[name]] for name in ("w0", "s0", "e0", "n0")}
    assert statement_of(script_of(text, lists, {"limit": 1000, "offset": 0})) == text


def test_a_tile_over_http_is_byte_for_byte_what_the_statement_gives(
    client_as: Callable[[str], TestClient], settings: Settings
) -> None:
    z, x, y = tile_with_data()
    with psycopg.connect(settings.app_url) as connection:
        row = connection.execute(
            tile_sql(GEOHAZARDS, thinned=False, past=False),
            {"z": z, "x": x, "y": y},
        ).fetchone()
    assert row is not None
    answer = client_as("viewer").get(tile_path("geohazards", (z, x, y)))
    assert len(answer.content) > 50
    assert answer.content == row[0]


@pytest.mark.anyio
async def test_a_page_over_http_carries_what_the_statement_gives(
    client_as: Callable[[str], TestClient], database: Database
) -> None:
    query = Query(bbox=(111.0, 36.3, 111.2, 36.5), limit=1000)
    pieces = [bytes(joined) async for joined, _ in items(database, GEOHAZARDS, query)]
    answer = client_as("viewer").get("/ogc/collections/geohazards/items?bbox=111.0,36.3,111.2,36.5&limit=1000")
    assert len(pieces) == 1
    assert b'"features":[' + pieces[0] + b"]" in answer.content


def test_every_client_of_pgbench_walks_the_list_from_its_own_place() -> None:
    script = script_of("select %(z)s", {"z": [10, 11, 12]})
    assert f"\\set turn :turn + {CLIENTS}" in script
    assert "\\set z case when :i < 1 then 10 else case when :i < 2 then 11 else 12 end end" in script


def test_a_missed_bar_is_said_plainly_and_a_missing_figure_too() -> None:
    bar = Bar(0.85, "design")
    shown = table(
        [Result("tiles", "10 /s", ratio=0.5, bar=bar), Result("pages", "9 /s", ratio=0.9, bar=bar), Result("tipg", note="no")]
    )
    assert "1 bar(s) MISSED: tiles." in shown
    assert "Not measured: tipg." in shown
