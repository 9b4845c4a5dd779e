"""Road engines follow the road layer: made once, made again when it changes, without a build where nothing new is built."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from shapely import LineString

from api.settings import Settings
from gis.analysis import Bilingual
from gis.roads.vehicle import Vehicle
from layers.loading import load_rows
from layers.registry import layer_named
from layers.road_graphs import RoadGraphs
from layers.runs import county_facts
from layers.snapshots import Snapshots
from tests.builders import COUNTY, WEST, frame

ROADS = layer_named("roads")


def road(code: str, *points: tuple[float, float], **more: Any) -> dict[str, Any]:
    return {"code": code, "name": f"{code}路", "admin_code": WEST, "source": "测试", "rank": "county", "status": "open",
            "geometry": LineString(points), **more}  # fmt: skip


def put(settings: Settings, *roads: dict[str, Any]) -> None:
    with psycopg.connect(settings.owner_url) as owner:
        load_rows(owner, ROADS, frame(*roads), "tests")


@pytest.fixture
def connection(settings: Settings) -> Iterator[psycopg.Connection[Any]]:
    with psycopg.connect(settings.app_url, autocommit=True) as opened:
        yield opened


def quiet(_done: float, _doing: Bilingual) -> None:
    return


def test_a_county_without_roads_has_no_engine(settings: Settings, connection: psycopg.Connection[Any], tmp_path: Path) -> None:
    assert RoadGraphs(tmp_path, Snapshots(10**9)).of(connection, county_facts(connection, COUNTY), quiet) is None


def test_engines_follow_the_road_layer(settings: Settings, connection: psycopg.Connection[Any], tmp_path: Path) -> None:
    put(settings, road("A", (111.02, 36.4), (111.05, 36.4)), road("B", (111.05, 36.4), (111.08, 36.4)),
        road("C", (111.05, 36.4), (111.05, 36.42), (111.08, 36.42), (111.08, 36.4)))  # fmt: skip
    graphs, county = RoadGraphs(tmp_path, Snapshots(10**9)), county_facts(connection, COUNTY)

    def engine() -> Any:
        found = graphs.of(connection, county, quiet)
        assert found is not None
        return found[0]

    def folders() -> set[str]:
        return {path.name for path in (tmp_path / "roads" / COUNTY).iterdir()}

    def length_m() -> float:
        roads = engine()
        journey = roads.route(roads.question(Vehicle(), (), None, 500.0), (111.02, 36.4), (111.08, 36.4))
        return float(journey.length_m)

    first, straight_m, built = engine(), length_m(), folders()
    assert engine() is first
    assert len(built) == 1

    put(settings, road("B", (111.05, 36.4), (111.08, 36.4), status="closed", state_reason="塌方"))
    assert engine() is not first
    assert length_m() > straight_m + 4000  # round by the north
    assert folders() == built  # a state is no new network: nothing was built

    for number in range(3):
        put(settings, road(f"D{number}", (111.02, 36.4), (111.02, 36.41 + number / 100)))
        engine()
    assert len(folders()) == 2  # the one in use and the one before
