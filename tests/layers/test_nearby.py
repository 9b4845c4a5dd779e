"""What is near and what is inside, against geodesics counted one by one with pyproj."""

from typing import Any

import numpy as np
import psycopg
import pytest
from pyproj import Geod
from shapely.geometry import LineString, Point, box

from api.settings import Settings
from layers import nearby
from layers.database import Database
from layers.loading import load_rows
from layers.registry import LAYERS, layer_named
from tests.builders import COUNTY, EAST, WEST, frame, geohazard_row

pytestmark = pytest.mark.anyio
ELLIPSOID = Geod(ellps="GRS80")  # CGCS2000's to 0.1 mm
HERE = (111.1, 36.4)


def scattered() -> list[dict[str, Any]]:
    """400 geohazards over the square county, each threatening a number of people of its own."""
    rng = np.random.default_rng(20260701)
    return [
        geohazard_row(f"N{n:03d}", lon, lat, admin_code=WEST if lon < 111.1 else EAST, threat_people=n, threat_households=1,
                      source="exercise" if n % 4 else "测试")
        for n, (lon, lat) in enumerate(zip(rng.uniform(111.0, 111.2, 400), rng.uniform(36.3, 36.5, 400), strict=True))
    ]  # fmt: skip


ROWS = scattered()


@pytest.fixture(scope="module", autouse=True)
def _loaded(settings: Settings) -> None:
    along = LineString([(111.0 + n / 100, 36.41) for n in range(21)])  # short pieces: a long one would bulge to the north
    road = {"code": "R1", "name": "一号路", "admin_code": WEST, "source": "测试", "geometry": along}
    zone = {**road, "code": "Z1", "name": "西片区", "people": 12, "geometry": box(111.0, 36.3, 111.1, 36.4)}
    with psycopg.connect(settings.owner_url) as owner:
        owner.execute("delete from layers.geohazards")
        load_rows(owner, layer_named("geohazards"), frame(*ROWS), "tests")
        load_rows(owner, layer_named("roads"), frame(road), "tests")
        load_rows(owner, layer_named("risk_zones"), frame(zone), "tests")


def expected(radius_m: float) -> dict[str, tuple[float, float]]:
    """code -> (distance, bearing), by brute force."""
    found = {}
    for row in ROWS:
        bearing, _, distance = ELLIPSOID.inv(*HERE, row["geometry"].x, row["geometry"].y)
        if distance <= radius_m:
            found[row["code"]] = (distance, bearing % 360)
    return found


async def group_of(found: list[dict[str, Any]], layer: str) -> dict[str, Any]:
    return next(group for group in found if group["layer"] == layer)


@pytest.mark.parametrize("radius_m", [500.0, 3_000.0, 7_000.0])
async def test_what_is_near_comes_nearest_first_with_its_distance_and_bearing(database: Database, radius_m: float) -> None:
    wanted = expected(radius_m)
    async with database.reading() as connection:
        groups = await nearby.near(connection, *HERE, radius_m, COUNTY, limit=1000)
    hazards = await group_of(groups, "geohazards") if wanted else {"hits": [], "total": 0}
    found = {hit["code"]: (hit["distance_m"], hit["bearing_deg"]) for hit in hazards["hits"]}
    assert hazards["total"] == len(found) == len(wanted)
    assert list(found) == sorted(wanted, key=lambda code: wanted[code][0])
    for code, (distance, bearing) in wanted.items():
        assert found[code] == (pytest.approx(distance, abs=0.01), pytest.approx(bearing, abs=0.01))


async def test_a_road_is_as_far_as_its_closest_point_and_an_area_around_the_point_is_here(database: Database) -> None:
    inside = (111.05, 36.35)
    async with database.reading() as connection:
        groups = await nearby.near(connection, *inside, 8_000.0)
    road = (await group_of(groups, "roads"))["hits"][0]
    straight = ELLIPSOID.inv(*inside, inside[0], 36.41)[2]
    assert road["distance_m"] == pytest.approx(straight, rel=1e-4)
    assert road["bearing_deg"] % 360 == pytest.approx(0, abs=0.2) or road["bearing_deg"] == pytest.approx(360, abs=0.2)
    assert (road["lon"], road["lat"]) == pytest.approx((111.05, 36.41), abs=2e-4)
    zone = (await group_of(groups, "risk_zones"))["hits"][0]
    assert (zone["distance_m"], zone["bearing_deg"]) == (0, None)
    assert groups[0]["layer"] == "risk_zones"


@pytest.mark.parametrize("radius_m", [800.0, 5_000.0])
async def test_a_circle_counts_what_geodesics_count_one_by_one(database: Database, radius_m: float) -> None:
    wanted = set(expected(radius_m))
    async with database.reading() as connection:
        found = await nearby.within(connection, nearby.circle(*HERE, radius_m))
    group = await group_of(found["groups"], "geohazards")
    inside = [row for row in ROWS if row["code"] in wanted]
    assert group["count"] == len(wanted)
    assert {hit["code"] for hit in group["hits"]} == wanted
    assert group["exercise_count"] == sum(row["source"] == "exercise" for row in inside)
    assert group["sums"]["threat_people"]["total"] == sum(row["threat_people"] for row in inside)
    assert found["people"]["threatened_by_geohazards"]["total"] == group["sums"]["threat_people"]["total"]
    assert {town["admin_code"]: town["count"] for town in group["by_township"]} == {
        code: sum(row["admin_code"] == code for row in inside) for code in {row["admin_code"] for row in inside}}  # fmt: skip
    assert found["area_m2"] == pytest.approx(np.pi * radius_m**2)


async def test_totals_are_those_of_the_list_also_where_the_list_is_cut(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    area = nearby.polygon(box(111.0, 36.3, 111.2, 36.5))
    async with database.reading() as connection:
        whole = await nearby.within(connection, area)
        monkeypatch.setattr(nearby, "HITS", 3)
        cut = await nearby.within(connection, area)
    for before, after in zip(whole["groups"], cut["groups"], strict=True):
        assert after["count"] == before["count"] == sum(town["count"] for town in before["by_township"])
        assert after["sums"] == before["sums"]
        assert len(after["hits"]) == min(3, after["count"])


async def test_a_township_is_its_outline_and_the_zone_that_only_touches_it_is_outside(database: Database) -> None:
    async with database.reading() as connection:
        west = await nearby.within(connection, await nearby.division(connection, WEST))
        east = await nearby.within(connection, await nearby.division(connection, EAST))
    assert [hit["code"] for hit in (await group_of(west["groups"], "risk_zones"))["hits"]] == ["Z1"]
    assert "risk_zones" not in {group["layer"] for group in east["groups"]}
    assert (await group_of(west["groups"], "geohazards"))["count"] == sum(row["admin_code"] == WEST for row in ROWS)
    # 0.1° × 0.2° at 36.4° N: width × height along the middle parallel and meridian
    width, height = ELLIPSOID.inv(111.0, 36.4, 111.1, 36.4)[2], ELLIPSOID.inv(111.05, 36.3, 111.05, 36.5)[2]
    assert west["area_m2"] == pytest.approx(width * height, rel=1e-4)


async def test_a_village_without_an_outline_is_what_carries_its_code(database: Database) -> None:
    async with database.reading() as connection:
        found = await nearby.within(connection, await nearby.division(connection, f"{WEST}001"))
    assert found["area_m2"] is None
    assert [(group["layer"], group["count"]) for group in found["groups"]] == [("villages", 1)]


async def test_an_empty_place_has_no_groups(database: Database) -> None:
    async with database.reading() as connection:
        assert (await nearby.within(connection, nearby.circle(0.0, 0.0, 1000.0)))["groups"] == []
        assert await nearby.near(connection, 0.0, 0.0, 1000.0) == []
        assert await nearby.near(connection, 180.0, 89.9, 1000.0) == []


def test_who_is_inside_is_read_from_columns_that_are_summed() -> None:
    for layer, column in nearby.PEOPLE.values():
        assert column in {added.name for added in nearby.added_columns(LAYERS[layer])}
    assert Point(HERE).within(box(111.0, 36.3, 111.2, 36.5))
