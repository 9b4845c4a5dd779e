"""Two counties on one server: every number is of the county that was asked for, and is the length of its list.

The second county is a square a degree to the east of the first, with five geohazards (two of them exercise rows), one
township and no village; the first has three geohazards and three villages (builders).
"""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import psycopg
import pytest
from fastapi.testclient import TestClient
from shapely.geometry import MultiPolygon, box

from api.settings import Settings
from layers.loading import load_rows
from layers.registry import layer_named
from tests.api.signing_in import signed_in
from tests.builders import COUNTY, WEST, frame, geohazard_row

OTHER, TOWN = "141034", "141034100"
HERE, THERE = (111.05, 36.4), (112.05, 36.4)


@pytest.fixture(scope="module", autouse=True)
def _second_county(settings: Settings) -> None:
    square = MultiPolygon([box(112.0, 36.3, 112.2, 36.5)])
    place = {"source": "测试", "secrecy": "public", "geometry": square}
    with psycopg.connect(settings.owner_url) as owner:
        owner.execute(
            "insert into app.counties (code, name, en, metric_epsg, centre_lon, centre_lat, exercise)"
            " values (%s, '邻县', 'Next County', 4546, 112.1, 36.4, false)", (OTHER,))  # fmt: skip
        load_rows(owner, layer_named("counties"), frame({"code": OTHER, "name": "邻县", "admin_code": OTHER, **place}), "tests")
        load_rows(owner, layer_named("townships"), frame({"code": TOWN, "name": "邻镇", "admin_code": TOWN, **place}), "tests")
        load_rows(owner, layer_named("geohazards"), frame(*(
            geohazard_row(f"N{n}", 112.05 + n / 1000, admin_code=TOWN, source="exercise" if n < 2 else "测试") for n in range(5)
        )), "tests")  # fmt: skip


@pytest.fixture(scope="module")
def admin(app_client: TestClient) -> TestClient:
    """Somebody whose area is every county."""
    return signed_in(app_client, "admin")


@pytest.fixture
def owner(settings: Settings) -> Iterator[psycopg.Connection[Any]]:
    with psycopg.connect(settings.owner_url, autocommit=True) as connection:
        yield connection


def got(client: TestClient, path: str, **parameters: Any) -> Any:
    answer = client.get(path, params=parameters)
    assert answer.status_code == 200, answer.text
    return answer.json()


def layers(client: TestClient, **parameters: Any) -> dict[str, dict[str, Any]]:
    return {one["name"]: one for one in got(client, "/api/layers", **parameters)}


def totals(groups: list[dict[str, Any]], key: str = "total") -> dict[str, int]:
    return {group["layer"]: group[key] for group in groups}


def test_both_counties_can_be_chosen(admin: TestClient) -> None:
    assert [one["code"] for one in got(admin, "/api/counties")] == [COUNTY, OTHER]


def test_each_layers_number_is_of_the_county_and_is_the_length_of_its_list(admin: TestClient) -> None:
    for county in (COUNTY, OTHER, TOWN, ""):
        for name, layer in layers(admin, county=county).items():
            listed = got(admin, f"/ogc/collections/{name}/items", filter=f"admin_code like '{county}%'", limit=1000)
            played = [one for one in listed["features"] if one["properties"]["source"] == "exercise"]
            assert (layer["count"], layer["exercise_count"]) == (len(listed["features"]), len(played)), (name, county)


def test_the_numbers_are_those_that_were_loaded(admin: TestClient) -> None:
    here, there, all_of_them = (layers(admin, county=county) for county in (COUNTY, OTHER, ""))
    assert [one["geohazards"]["count"] for one in (here, there, all_of_them)] == [3, 5, 8]
    assert [one["geohazards"]["exercise_count"] for one in (here, there, all_of_them)] == [3, 2, 5]
    assert [one["villages"]["count"] for one in (here, there, all_of_them)] == [3, 0, 3]
    assert there["villages"]["bbox"] is None
    assert there["geohazards"]["bbox"] == pytest.approx([112.05, 36.4, 112.054, 36.4])


def test_townships_have_their_pinyin_as_english_name(admin: TestClient) -> None:
    assert got(admin, "/api/townships", county=OTHER) == [{"code": TOWN, "zh": "邻镇", "en": "Lin Zhen"}]
    assert [one["en"] for one in got(admin, "/api/townships")] == ["Xi Zhen", "Dong Zhen", "Lin Zhen"]
    chart = got(admin, "/api/layers/geohazards/summary", by="admin_code", county=OTHER)["rows"]
    assert [(row["zh"], row["en"]) for row in chart] == [("邻镇", "Lin Zhen")]
    (group,) = got(admin, "/api/search", q="隐患点N4")["groups"]
    assert [(hit["township"], hit["township_en"]) for hit in group["hits"]] == [("邻镇", "Lin Zhen")]
    inside = admin.post("/api/within", json={"admin_code": TOWN}).json()["groups"]
    assert {town["en"] for one in inside for town in one["by_township"]} == {"Lin Zhen"}


def test_a_row_added_in_one_county_changes_its_number_only(admin: TestClient, owner: psycopg.Connection[Any]) -> None:
    before = [layers(admin, county=county)["shelters"]["count"] for county in (COUNTY, OTHER)]
    made = admin.post("/ogc/collections/shelters/items", json={
        "type": "Feature", "geometry": {"type": "Point", "coordinates": list(THERE)},
        "properties": {"code": "S-N", "name": "邻县避难所", "admin_code": TOWN, "source": "测试"}})  # fmt: skip
    assert made.status_code == 201, made.text
    after = [layers(admin, county=county)["shelters"]["count"] for county in (COUNTY, OTHER)]
    assert (before, after) == ([0, 0], [0, 1])
    owner.execute("delete from layers.shelters")


def test_charts_near_within_and_search_answer_of_one_county(admin: TestClient) -> None:
    chart = got(admin, "/api/layers/geohazards/summary", by="admin_code", county=OTHER)["rows"]
    assert [(row["value"], row["count"]) for row in chart] == [(TOWN, 5)]
    lon, lat = (HERE[0] + THERE[0]) / 2, HERE[1]
    for county, expected in ((COUNTY, 3), (OTHER, 5), ("", 8)):
        near = got(admin, "/api/near", lon=lon, lat=lat, radius_m=60_000, county=county)
        assert totals(near["groups"])["geohazards"] == expected
        both = {"circle": {"lon": lon, "lat": lat, "radius_m": 60_000}, "county": county}
        within = admin.post("/api/within", json=both).json()
        assert totals(within["groups"], "count")["geohazards"] == expected
        found = got(admin, "/api/search", q="隐患点", county=county, limit=50)
        assert totals(found["groups"])["geohazards"] == expected


# -- a moment of the past ---------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def moment(settings: Settings) -> str:
    """After it G1 was renamed, G2 moved to the neighbours and lost its exercise source, G3 removed, and G9 made."""
    with psycopg.connect(settings.owner_url, autocommit=True) as owner:
        row = owner.execute("select clock_timestamp()").fetchone()
        assert row is not None
        owner.execute("update layers.geohazards set name = '改名后的点' where code = 'G1'")
        owner.execute("update layers.geohazards set source = '测试', admin_code = %s, geom = st_setsrid(st_makepoint(112.1, 36.4), 4490)"
                      " where code = 'G2'", (TOWN,))  # fmt: skip
        owner.execute("delete from layers.geohazards where code = 'G3'")
        load_rows(owner, layer_named("geohazards"), frame(geohazard_row("G9", 111.07)), "tests")
        at: datetime = row[0]
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")


def test_numbers_of_then_are_of_then(admin: TestClient, moment: str) -> None:
    then, now = layers(admin, county=COUNTY, as_of=moment)["geohazards"], layers(admin, county=COUNTY)["geohazards"]
    assert (then["count"], then["exercise_count"]) == (3, 3)
    assert (now["count"], now["exercise_count"]) == (2, 2)
    there = [layers(admin, county=OTHER, **more)["geohazards"] for more in ({"as_of": moment}, {})]
    assert [(one["count"], one["exercise_count"]) for one in there] == [(5, 2), (6, 2)]


def test_near_and_within_answer_of_then(admin: TestClient, moment: str) -> None:
    around = {"lon": 111.1, "lat": 36.4, "radius_m": 20_000}
    for more, expected in (({"as_of": moment}, {"G1", "G2", "G3"}), ({}, {"G1", "G9"})):
        near = got(admin, "/api/near", **around, **more)["groups"]
        assert {hit["code"] for group in near if group["layer"] == "geohazards" for hit in group["hits"]} == expected
        for area in ({"circle": around}, {"admin_code": COUNTY}):
            within = admin.post("/api/within", json=area | more)
            assert within.status_code == 200, within.text
            listed = [group for group in within.json()["groups"] if group["layer"] == "geohazards"]
            assert {hit["code"] for group in listed for hit in group["hits"]} == expected


@pytest.mark.parametrize(("q", "then", "now"), [
    ("隐患点G1", ["G1"], []), ("改名", [], ["G1"]), ("gaiminghoudedian", [], ["G1"]), ("yinhuandiang1", ["G1"], []),
    ("隐患点G3", ["G3"], []), ("G9", [], ["G9"]), ("N4", ["N4"], ["N4"]), ("责任人01 G3", ["G3"], []),
])  # fmt: skip
def test_search_finds_what_was_called_so_then(admin: TestClient, moment: str, q: str, then: list[str], now: list[str]) -> None:
    for more, expected in (({"as_of": moment}, then), ({}, now)):
        groups = got(admin, "/api/search", q=q, **more)["groups"]
        assert [hit["code"] for group in groups for hit in group["hits"]] == expected


def test_a_hit_of_then_lies_where_it_lay(admin: TestClient, moment: str) -> None:
    (group,) = got(admin, "/api/search", q="隐患点G2", as_of=moment)["groups"]
    assert [(hit["lon"], hit["admin_code"]) for hit in group["hits"]] == [(111.06, WEST)]


def test_no_telephone_is_looked_up_in_the_past(admin: TestClient, moment: str, owner: psycopg.Connection[Any]) -> None:
    looks = "select count(*) from app.audit where action = 'look'"
    before = owner.execute(looks).fetchone()
    assert got(admin, "/api/search", q="0357-5550101", as_of=moment)["groups"] == []
    assert owner.execute(looks).fetchone() == before


@pytest.mark.parametrize("path", ["/api/layers", "/api/layers/geohazards", "/api/near?lon=111&lat=36", "/api/search?q=a"])
def test_a_moment_that_is_none_is_refused_with_its_name(admin: TestClient, path: str) -> None:
    answer = admin.get(path, params={"as_of": "yesterday"} | dict(part.split("=") for part in path.partition("?")[2].split("&") if part))
    assert answer.status_code == 400
    assert [error["field"] for error in answer.json()["errors"]] == ["as_of"]
