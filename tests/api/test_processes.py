"""Analyses through OGC API Processes: asked for, waited for, refused, stopped, kept, exported."""

import uuid
from collections.abc import Callable
from typing import Any

import orjson
import psycopg
import pytest
from fastapi.testclient import TestClient

from api.settings import Settings
from layers import jobs
from tests.builders import COUNTY, WEST
from tests.waiting import until

pytestmark = pytest.mark.usefixtures("analyst")

POINT = {"type": "Point", "coordinates": [111.05, 36.4]}
CIRCLE_M2 = 3.141592653589793 * 500**2
As = Callable[[str], TestClient]


def run(client: TestClient, inputs: dict[str, Any], process: str = "buffer", **headers: str) -> Any:
    return client.post(f"/ogc/processes/{process}/execution", json={"inputs": inputs},
                       headers={name.replace("_", "-"): value for name, value in headers.items()})  # fmt: skip


def test_the_list_names_every_analysis_with_its_two_languages(client_as: As) -> None:
    found = client_as("viewer").get("/ogc/processes").json()["processes"]
    assert "buffer" in {process["id"] for process in found}
    assert all(process["x-words"]["zh"] and process["x-words"]["en"] for process in found)
    assert all("sync-execute" in process["jobControlOptions"] for process in found)


def test_the_description_gives_label_unit_and_schema_of_every_input(client_as: As) -> None:
    told = client_as("viewer").get("/ogc/processes/buffer").json()
    distance = told["inputs"]["distance_m"]
    assert distance["x-words"]["unit"] == "m"
    assert distance["minOccurs"] == 0
    assert distance["schema"]["type"] == "number"
    assert "$ref" not in orjson.dumps(told["inputs"]).decode()
    assert {"result", "lists", "figures", "provenance"} <= set(told["outputs"])


def test_a_buffer_comes_back_at_once_with_its_provenance(client_as: As) -> None:
    answer = run(client_as("viewer"), {"geometry": POINT, "distance_m": 500})
    assert answer.status_code == 200, answer.text
    document = answer.json()
    assert document["result"]["type"] == "FeatureCollection"
    assert document["result"]["features"][0]["geometry"]["type"] in ("Polygon", "MultiPolygon")
    assert document["provenance"]["inputs"]["distance_m"] == 500
    assert document["provenance"]["county"]["code"] == COUNTY
    assert document["provenance"]["source"]


def test_every_figure_is_the_count_or_the_sum_of_the_list_it_opens(client_as: As) -> None:
    document = run(client_as("viewer"), {"layer": "geohazards", "distance_m": 500}).json()
    lists = {listing["name"]: listing["features"]["features"] for listing in document["lists"]}
    assert document["figures"]
    for figure in document["figures"]:
        rows = lists[figure["list"]]
        told = len(rows) if figure["column"] is None else sum(row["properties"][figure["column"]] or 0 for row in rows)
        assert figure["value"] == pytest.approx(told)


def test_rows_of_the_exercise_make_the_answer_an_exercise(client_as: As) -> None:
    assert run(client_as("viewer"), {"layer": "geohazards", "distance_m": 500}).json()["exercise"] is True


def test_an_asynchronous_run_is_a_job_that_can_be_followed(client_as: As) -> None:
    client = client_as("duty")
    answer = run(client, {"geometry": POINT, "distance_m": 400}, prefer="respond-async")
    assert answer.status_code == 201
    assert answer.headers["preference-applied"] == "respond-async"
    at = answer.headers["location"].removeprefix("https://testserver")
    until(lambda: client.get(at).json()["status"] == "successful")
    told = client.get(at).json()
    assert (told["progress"], told["processID"]) == (100, "buffer")
    assert client.get(f"{at}/results").json()["process"] == "buffer"
    assert told["jobID"] in {job["jobID"] for job in client.get("/ogc/jobs").json()["jobs"]}


def test_a_wrong_input_is_refused_before_work_starts_and_named(client_as: As) -> None:
    answer = run(client_as("viewer"), {"geometry": POINT, "distance_m": "far"})
    assert answer.status_code == 422
    assert any("distance_m" in error["field"] for error in answer.json()["errors"])
    assert run(client_as("viewer"), {"geometry": POINT, "distance_m": 5, "colour": "red"}).status_code == 422


def test_what_the_analysis_refuses_keeps_its_own_words_on_the_way_back(client_as: As) -> None:
    crossed = {"type": "Polygon", "coordinates": [[[111.0, 36.4], [111.1, 36.5], [111.1, 36.4], [111.0, 36.5], [111.0, 36.4]]]}
    answer = run(client_as("viewer"), {"geometry": crossed, "distance_m": 50})
    assert answer.status_code == 422
    assert answer.json()["type"] == "/problems/bad-geometry"
    assert "自相交" in answer.json()["detail_zh"]


def test_an_unknown_analysis_layer_or_job_is_404(client_as: As) -> None:
    client = client_as("viewer")
    assert run(client, {}, "teleport").status_code == 404
    assert run(client, {"layer": "dragons", "distance_m": 5}).status_code == 404
    assert client.get(f"/ogc/jobs/{uuid.uuid4()}").status_code == 404
    assert client.get("/ogc/jobs/not-a-uuid").status_code in (400, 404)


def test_an_unknown_object_is_named_and_nothing_is_computed_without_it(client_as: As) -> None:
    answer = run(client_as("viewer"), {"layer": "geohazards", "ids": ["G1", "NOPE"], "distance_m": 5})
    assert answer.status_code == 404
    assert "NOPE" in answer.json()["detail_zh"]


def test_the_same_key_twice_is_one_job_and_the_same_answer(client_as: As) -> None:
    client, key = client_as("duty"), uuid.uuid4().hex
    first = run(client, {"geometry": POINT, "distance_m": 300}, idempotency_key=key)
    again = run(client, {"geometry": POINT, "distance_m": 300}, idempotency_key=key)
    assert first.status_code == again.status_code == 200
    assert first.content == again.content
    other = run(client, {"geometry": POINT, "distance_m": 301}, idempotency_key=key)
    assert other.json()["type"] == "/problems/key-reused"


def test_a_job_is_its_owners_until_it_is_kept_for_all(client_as: As) -> None:
    duty = client_as("duty")
    at = run(duty, {"geometry": POINT, "distance_m": 200}, prefer="respond-async").headers["location"].removeprefix("https://testserver")
    until(lambda: duty.get(at).json()["status"] == "successful")
    assert client_as("viewer").get(at).status_code == 404
    duty = client_as("duty")
    assert duty.patch(at, json={"kept": True}).status_code == 422
    assert duty.patch(at, json={"kept": True, "name": "一号点 200 米"}).json()["x-kept"] is True
    viewer = client_as("viewer")
    assert viewer.get(f"{at}/results").status_code == 200
    assert viewer.patch(at, json={"kept": False}).status_code == 404
    assert viewer.delete(at).status_code == 404
    duty = client_as("duty")
    assert duty.delete(at).json()["status"] == "dismissed"
    assert duty.get(at).status_code == 404


@pytest.mark.parametrize(("kind", "begins"), [("csv", b"\xef\xbb\xbf"), ("xlsx", b"PK"), ("gpkg", b"SQLite"), ("geojson", b"{")])
def test_a_list_leaves_as_a_file_that_says_exercise(client_as: As, kind: str, begins: bytes) -> None:
    client = client_as("duty")
    answer = run(client, {"layer": "geohazards", "distance_m": 500}, prefer="respond-async")
    at = answer.headers["location"].removeprefix("https://testserver")
    until(lambda: client.get(at).json()["status"] == "successful")
    name = client.get(f"{at}/results").json()["lists"][0]["name"]
    file = client.get(f"{at}/results/{name}.{kind}?lang=zh")
    assert file.status_code == 200
    assert file.content.startswith(begins)
    assert "%E6%BC%94%E7%BB%83" in file.headers["content-disposition"]
    if kind in ("csv", "geojson"):
        assert "演练数据" in file.text


def test_a_job_whose_analyst_died_is_taken_again_once_then_refused(settings: Settings, client_as: As) -> None:
    client = client_as("duty")
    with psycopg.connect(settings.owner_url, autocommit=True) as owner:
        row = owner.execute(
            "insert into app.jobs (process, county, inputs, mode, owner, role, scope, status, worker, tries)"
            " values ('buffer', %s, '{}', 'async', 'duty', 'duty', %s, 'running', -1, %s) returning id",
            (COUNTY, COUNTY, jobs.MOST_TRIES),
        ).fetchone()  # fmt: skip
    assert row is not None
    until(lambda: client.get(f"/ogc/jobs/{row[0]}").json()["status"] == "failed")
    assert "内存" in client.get(f"/ogc/jobs/{row[0]}").json()["x-message"]["zh"]


def test_nobody_can_file_a_job_in_the_name_of_another(settings: Settings, client_as: As) -> None:
    from layers.database import Actor, ticket

    held = ticket(Actor("viewer", "viewer", WEST), settings.ticket_key)
    with psycopg.connect(settings.app_url) as connection:
        connection.execute("select set_config('anlan.ticket', %s, true)", (held,))
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute(
                "insert into app.jobs (process, county, inputs, mode, owner, role, scope)"
                " values ('buffer', %s, '{}', 'async', 'admin', 'admin', '')", (COUNTY,),
            )  # fmt: skip


def test_what_a_right_click_asked_is_dropped_after_an_hour_unless_it_was_kept_and_an_analysis_after_a_week(settings: Settings) -> None:
    from layers.database import SYSTEM, ticket

    filed = [("here", "30 min", False), ("here", "2 hours", False), ("here", "2 hours", True), ("buffer", "6 days", False),
             ("buffer", "8 days", False), ("buffer", "8 days", True)]  # fmt: skip
    with psycopg.connect(settings.owner_url, autocommit=True) as owner:
        made = [owner.execute(
            "insert into app.jobs (process, county, inputs, mode, owner, role, scope, status, created_at, kept, name)"
            " values (%s, %s, '{}', 'sync', 'duty', 'duty', %s, 'successful', now() - %s::interval, %s, case when %s then '名' end)"
            " returning id", (process, COUNTY, COUNTY, age, kept, kept)).fetchone() for process, age, kept in filed]  # fmt: skip
    with psycopg.connect(settings.app_url) as system:
        system.execute("select set_config('anlan.ticket', %s, true)", (ticket(SYSTEM, settings.ticket_key),))
        jobs.drop_old(system)
    with psycopg.connect(settings.owner_url) as owner:
        left = {row[0] for row in owner.execute("select id from app.jobs")}
    assert [row[0] in left for row in made if row is not None] == [True, False, True, True, False, True]


def test_what_does_not_apply_is_refused_at_its_field_in_both_languages_before_work_starts(client_as: As) -> None:
    told = client_as("viewer").get("/ogc/processes/zones").json()["inputs"]
    assert told["radius_m"]["x-words"]["when"] == {"code": ["BUF"]}
    assert told["geometry"]["x-words"]["when"]["layer"] is False
    answer = run(client_as("viewer"), {"layer": "geohazards", "code": "POLY", "radius_m": 500}, "zones")
    assert answer.status_code == 422
    (wrong,) = answer.json()["errors"]
    assert wrong["field"].endswith("radius_m")
    assert "只在“区域代码”为“对象周围”时有用" in wrong["zh"]
    assert "Around the object" in wrong["en"]
    nothing = run(client_as("viewer"), {}, "buffer").json()["errors"][0]
    assert (nothing["zh"], nothing["en"]) == ("请绘制图形或选择图层,二者选一", "draw a shape or choose a layer")


def test_the_description_says_which_analysis_can_be_watched_and_by_which_input(client_as: As) -> None:
    viewer = client_as("viewer")
    told = viewer.get("/ogc/processes/coverage").json()
    assert told["x-standing"]["known"] in told["inputs"]
    assert viewer.get("/ogc/processes/buffer").json()["x-standing"] is None
