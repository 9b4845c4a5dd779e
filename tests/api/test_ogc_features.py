"""Reading features through the standard door."""

from collections.abc import Callable
from functools import cache
from typing import Any
from urllib.parse import quote

import pytest
from fastapi.testclient import TestClient

from api.routers.ogc.crs import CRS84, EPSG
from tests.api.signing_in import signed_in
from tests.builders import COUNTY, EAST, WEST

GEOHAZARDS = "/ogc/collections/geohazards"
ITEMS = f"{GEOHAZARDS}/items"
SignIn = Callable[[str], TestClient]


@pytest.fixture(scope="module")
def client_as(app_client: TestClient) -> SignIn:
    """Signs in once a module: hashing a password is slow on purpose."""
    return cache(lambda username: signed_in(app_client, username))


@pytest.fixture
def viewer(client_as: SignIn) -> TestClient:
    return client_as("viewer")


def codes(answer: Any) -> str:
    assert answer.status_code == 200, answer.text
    return " ".join(sorted(one["properties"]["code"] for one in answer.json()["features"]))


def items(client: TestClient, **parameters: Any) -> Any:
    return client.get(
        ITEMS,
        params={name.replace("_crs", "-crs").replace("_lang", "-lang"): value for name, value in parameters.items()},
    )


def test_landing_conformance_and_api_need_no_sign_in_and_everything_else_does(app_client: TestClient) -> None:
    app_client.cookies.clear()
    for path in ("/ogc", "/ogc/conformance", "/ogc/api"):
        assert app_client.get(path).status_code == 200
    for path in (
        "/ogc/collections",
        ITEMS,
        f"{ITEMS}/1",
        f"{GEOHAZARDS}/tiles",
        f"{GEOHAZARDS}/tiles/WebMercatorQuad/0/0/0",
    ):
        assert app_client.get(path).status_code == 401


def test_the_landing_page_links_to_what_exists(viewer: TestClient) -> None:
    for link in viewer.get("/ogc").json()["links"]:
        answer = viewer.get(link["href"])
        assert answer.status_code == 200, link
        assert answer.headers["content-type"].startswith(link["type"].partition(";")[0]), link


def test_the_description_is_openapi_3_0_with_the_paths_of_ogc_only(viewer: TestClient) -> None:
    body = viewer.get("/ogc/api").json()
    assert body["openapi"].startswith("3.0")
    assert not any(path.startswith(("/api/", "/ogc")) for path in body["paths"])
    assert body["servers"] == [{"url": "https://testserver/ogc"}]
    asked = {one["name"] for one in body["paths"]["/collections/{layer}/items"]["get"]["parameters"]}
    assert {"bbox", "limit", "datetime", "filter", "as_of", "crs"} <= asked


def test_a_collection_tells_extent_systems_and_links(viewer: TestClient) -> None:
    body = viewer.get(GEOHAZARDS).json()
    assert body["extent"]["spatial"]["bbox"] == [
        [pytest.approx(111.05), pytest.approx(36.4), pytest.approx(111.15), pytest.approx(36.4)]
    ]
    assert {CRS84, f"{EPSG}4326", f"{EPSG}4490", f"{EPSG}3857", f"{EPSG}4546"} <= set(body["crs"])
    for link in body["links"]:
        assert viewer.get(link["href"]).status_code == 200, link
    assert viewer.get("/ogc/collections").json()["collections"][0]["links"]


def test_a_page_tells_how_many_match_and_leads_to_the_next_and_back(viewer: TestClient) -> None:
    first = items(viewer, limit=2, sortby="code").json()
    assert (first["numberMatched"], first["numberReturned"]) == (3, 2)
    links = {link["rel"]: link["href"] for link in first["links"]}
    second = viewer.get(links["next"]).json()
    assert [one["properties"]["code"] for one in second["features"]] == ["G3"]
    assert "next" not in {link["rel"] for link in second["links"]}
    back = viewer.get(next(link["href"] for link in second["links"] if link["rel"] == "prev")).json()
    assert back["features"] == first["features"]


def test_more_than_a_thousand_are_streamed_with_the_same_form(viewer: TestClient) -> None:
    body = items(viewer, limit=5000).json()
    assert (body["numberMatched"], body["numberReturned"], len(body["features"])) == (3, 3, 3)
    assert items(viewer, limit=5000, bbox="0,0,1,1").json()["features"] == []


def test_a_limit_above_the_countys_is_the_countys(viewer: TestClient) -> None:
    assert items(viewer, limit=10**9).status_code == 200


@pytest.mark.parametrize(
    ("parameters", "found"),
    [
        ({"bbox": "111.04,36.3,111.055,36.5"}, "G1"),
        ({"bbox": "111.04,36.3,0,111.055,36.5,9"}, "G1"),
        ({"bbox": "170,-50,111.055,50"}, "G1"),
        ({"bbox": "36.3,111.04,36.5,111.055", "bbox_crs": f"{EPSG}4490"}, "G1"),
        ({"bbox": "12361000,4350000,12362500,4380000", "bbox_crs": f"{EPSG}3857"}, "G1"),
        ({"filter": "code in ('G1', 'G3')"}, "G1 G3"),
        ({"filter": f"admin_code = '{EAST}'"}, "G3"),
        ({"admin_code": EAST}, "G3"),
        ({"filter": '{"op":"=","args":[{"property":"code"},"G2"]}', "filter_lang": "cql2-json"}, "G2"),
        ({"filter": "s_intersects(geom, POINT(36.4 111.05))", "filter_crs": f"{EPSG}4326"}, "G1"),
        ({"code": "G2", "filter": f"admin_code = '{WEST}'"}, "G2"),
        ({"code": "G2", "admin_code": EAST}, ""),
        ({"datetime": "2020-01-01T00:00:00Z/.."}, "G1 G2 G3"),
        ({"datetime": "../2020-01-01T00:00:00Z"}, ""),
        ({"datetime": "2020-01-01"}, ""),
        ({"as_of": "2020-01-01T00:00:00+08:00"}, ""),
        ({"resultType": "hits"}, ""),
        ({"offset": 5}, ""),
    ],
)
def test_the_asked_part_is_answered(viewer: TestClient, parameters: dict[str, Any], found: str) -> None:
    assert codes(items(viewer, **parameters)) == found


def test_hits_only_counts(viewer: TestClient) -> None:
    body = items(viewer, resultType="hits").json()
    assert (body["numberMatched"], body["numberReturned"], body["features"]) == (3, 0, [])


@pytest.mark.parametrize(
    ("system", "place"),
    [
        (CRS84, (111.05, 36.4)),
        (f"{EPSG}4326", (36.4, 111.05)),
        (f"{EPSG}4490", (36.4, 111.05)),
        # x = R λ, y = R ln tan(π/4 + φ/2) with R = 6378137 m; Gauss-Krüger within a metre or two by the length of 0.05° and 36.4°
        (f"{EPSG}3857", (12362029.45, 4355801.27)),
        (f"{EPSG}4546", (4029944, 504485)),
    ],
)
def test_coordinates_come_in_the_systems_own_axis_order_and_are_named(
    viewer: TestClient, system: str, place: tuple[float, float]
) -> None:
    answer = items(viewer, crs=system, code="G1")
    assert answer.headers["content-crs"] == f"<{system}>"
    assert answer.json()["features"][0]["geometry"]["coordinates"] == pytest.approx(place, rel=1e-4)
    one = viewer.get(f"{ITEMS}/{answer.json()['features'][0]['id']}", params={"crs": system})
    assert one.json()["geometry"]["coordinates"] == pytest.approx(place, rel=1e-4)


def test_properties_and_sorting_are_as_asked(viewer: TestClient) -> None:
    body = items(viewer, properties="code,name", sortby="-code").json()
    assert [one["properties"] for one in body["features"]][0] == {
        "id": body["features"][0]["id"],
        "code": "G3",
        "name": "隐患点G3",
    }


def test_an_unchanged_list_is_answered_with_304_and_another_filter_is_not(viewer: TestClient) -> None:
    etag = items(viewer, limit=2).headers["etag"]
    assert viewer.get(ITEMS, params={"limit": 2}, headers={"If-None-Match": etag}).status_code == 304
    assert viewer.get(ITEMS, params={"limit": 1}, headers={"If-None-Match": etag}).status_code == 200


@pytest.mark.parametrize(
    "parameters",
    [
        {"bbox": "1,2,3"},
        {"bbox": "a,b,c,d"},
        {"bbox": "nan,1,2,3"},
        {"bbox": "111,37,112,36"},
        {"bbox": "36,111,37,112"},
        {"bbox": ""},
        {"bbox": "1,2,3,4", "bbox_crs": f"{EPSG}99999"},
        {"bbox": "9e9,9e9,9e10,9e10", "bbox_crs": f"{EPSG}3857"},
        {"crs": "nonsense"},
        {"datetime": "yesterday"},
        {"datetime": "2026-13-01T00:00:00Z"},
        {"datetime": "2026-02-01T00:00:00Z/2026-01-01T00:00:00Z"},
        {"datetime": "/"},
        {"limit": 0},
        {"limit": "x"},
        {"limit": -1},
        {"offset": -1},
        {"offset": 10**12},
        {"nonsense": 1},
        {"duty_phone": "110"},
        {"f": "xml"},
        {"filter": "code = = 1"},
        {"filter": "(" * 5000},
        {"filter": "duty_phone = '110'"},
        {"filter": "code = 'x'", "filter_lang": "sql"},
        {"sortby": "duty_phone"},
        {"sortby": "geom"},
        {"sortby": ""},
        {"properties": "duty_phone"},
        {"properties": "nonsense"},
        {"as_of": "now"},
        {"as_of": "2026-01-01T00:00:00"},
        {"resultType": "some"},
        {"threat_people": "many"},
        {"threat_people": "1e99"},
        {"work_card": "yes"},
        {"surveyed_on": "spring"},
        {"as_of": "0001-01-01T00:00:00+14:00"},
        {"datetime": "9999-12-31"},
        {"filter": "code = '😀' and"},
    ],
)
def test_a_wrong_parameter_is_a_400_in_both_languages(viewer: TestClient, parameters: dict[str, Any]) -> None:
    answer = items(viewer, **parameters)
    if parameters == {"datetime": "9999-12-31"}:
        assert answer.status_code in (200, 400)
        return
    assert answer.status_code == 400, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["detail"]
    assert answer.json()["detail_zh"]


def test_every_wrong_parameter_is_named_at_once(viewer: TestClient) -> None:
    body = items(viewer, bbox="1,2", limit="x", sortby="nonsense", datetime="soon").json()
    assert {error["field"] for error in body["errors"]} == {"bbox", "limit", "sortby", "datetime"}


@pytest.mark.parametrize(
    "path",
    [
        "/ogc/collections/nonsense",
        "/ogc/collections/nonsense/items",
        f"{ITEMS}/999999",
        f"{ITEMS}/abc",
        f"{ITEMS}/99999999999999999999999",
        f"{ITEMS}/1/versions/99",
        f"{GEOHAZARDS}/tiles/Other/0/0/0",
    ],
)
def test_what_is_not_there_is_a_404(viewer: TestClient, path: str) -> None:
    answer = viewer.get(path)
    assert answer.status_code == 404
    assert answer.json()["detail_zh"]


def test_restricted_fields_go_to_those_who_act_on_them_and_each_look_is_on_record(client_as: SignIn) -> None:
    viewer, west, east, admin = (client_as(name) for name in ("viewer", WEST, EAST, "admin"))
    where = f"{ITEMS}/{items(viewer, code='G1').json()['features'][0]['id']}"
    assert "duty_phone" not in viewer.get(where).json()["properties"]
    assert "duty_phone" not in east.get(where).json()["properties"]
    before = len(admin.get("/api/audit", params={"action": "look"}).json()["entries"])
    seen = west.get(where)
    assert seen.json()["properties"]["duty_phone"] == "0357-5550101"
    assert seen.headers["cache-control"] == "private, no-store"
    looks = admin.get("/api/audit", params={"action": "look"}).json()["entries"]
    assert len(looks) == before + 1
    assert (looks[0]["username"], looks[0]["fields"]) == (WEST, ["duty_phone"])


def test_a_feature_has_its_version_as_etag_and_what_should_be_checked(viewer: TestClient) -> None:
    where = f"{ITEMS}/{items(viewer, code='G1').json()['features'][0]['id']}"
    answer = viewer.get(where)
    assert answer.headers["etag"] == '"1"'
    assert "hazard_type" in {one["field"] for one in answer.json()["checks"]}
    assert viewer.get(where, headers={"If-None-Match": '"1"'}).status_code == 304


def test_schema_and_queryables_describe_the_fields(viewer: TestClient) -> None:
    schema = viewer.get(f"{GEOHAZARDS}/schema")
    assert schema.headers["content-type"].startswith("application/schema+json")
    assert schema.json()["properties"]["geom"]["x-ogc-role"] == "primary-geometry"
    assert "duty_phone" not in viewer.get(f"{GEOHAZARDS}/queryables").json()["properties"]


def test_basic_sign_in_works_for_programs_and_a_browser_is_asked_for_a_password(app_client: TestClient) -> None:
    app_client.cookies.clear()
    asked = app_client.get(ITEMS)
    assert asked.headers["www-authenticate"].startswith("Basic")


def test_the_consoles_layers_tell_counts_rights_and_forms(client_as: SignIn) -> None:
    viewer, west, bureau = (client_as(name) for name in ("viewer", WEST, "bureau"))
    layers = {one["name"]: one for one in west.get("/api/layers").json()}
    one = layers["geohazards"]
    assert (one["count"], one["exercise_count"], one["may_write"], one["may_read_restricted"]) == (3, 3, True, True)
    assert {value["zh"] for value in one["legend"]["values"]} >= {"小", "特大"} or one["legend"]["values"][0]["zh"]
    assert not {one["name"]: one for one in viewer.get("/api/layers").json()}["geohazards"]["may_write"]
    of_bureau = {one["name"]: one["may_write"] for one in bureau.get("/api/layers").json()}
    assert (of_bureau["geohazards"], of_bureau["shelters"]) == (True, False)
    assert viewer.get("/api/layers/shelters").json()["fields"][0]["name"] == "identity"
    assert viewer.get("/api/layers/shelters/template.xlsx").content[:2] == b"PK"
    county = viewer.get("/api/counties").json()[0]
    assert (county["code"], county["metric_epsg"]) == (COUNTY, 4546)
    assert county["bbox"] == pytest.approx([111.0, 36.3, 111.2, 36.5])


def test_addresses_with_signs_survive_the_links(viewer: TestClient) -> None:
    text = "name like '隐患%' and updated_at > timestamp('2020-01-01T00:00:00+08:00')"
    body = viewer.get(f"{ITEMS}?filter={quote(text)}&limit=1").json()
    following = next(link["href"] for link in body["links"] if link["rel"] == "next")
    assert viewer.get(following).json()["numberMatched"] == 3
