"""Files and charts: what is in them, what never is, and that exercise data say so."""

import csv
import io
import json
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any
from urllib.parse import unquote

import psycopg
import pytest
from fastapi.testclient import TestClient
from openpyxl import load_workbook

from api.settings import Settings
from layers import exporting
from tests.api.signing_in import signed_in
from tests.builders import EAST, WEST

SignIn = Callable[[str], TestClient]
EXPORT, SUMMARY = "/api/layers/shelters/export", "/api/layers/shelters/summary"
EVIL = "=cmd|' /C calc'!A0"


@pytest.fixture(scope="module")
def client_as(app_client: TestClient) -> SignIn:
    return cache(lambda username: signed_in(app_client, username))


@pytest.fixture
def owner(settings: Settings) -> Iterator[psycopg.Connection[Any]]:
    with psycopg.connect(settings.owner_url, autocommit=True) as connection:
        yield connection


@pytest.fixture(scope="module", autouse=True)
def _shelters(settings: Settings) -> None:
    """Two real shelters (one with a hostile name and a telephone) and two of an exercise."""
    rows = [("S1", WEST, "测试", "open", "{flood,fire}", EVIL), ("S2", WEST, "测试", "full", None, "二号"),
            ("X1", EAST, "exercise", "open", "{flood}", "演练一号"), ("X2", EAST, "exercise", "open", "{}", "演练二号")]  # fmt: skip
    with psycopg.connect(settings.owner_url, autocommit=True) as owner:
        for code, town, source, status, hazards, name in rows:
            owner.execute(
                "insert into layers.shelters (code, name, admin_code, source, status, hazards_served, surveyed_on, area_m2, geom)"
                " values (%s, %s, %s, %s, %s, %s, '2026-05-01', 100.5, st_point(111.05, 36.4, 4490))",
                (code, name, town, source, status, hazards),
            )
        owner.execute("insert into layers.shelters_restricted (id, admin_code, duty_phone)"
                      " select id, admin_code, '0357-5550199' from layers.shelters where code = 'S1'")  # fmt: skip


def exported(client: TestClient, **parameters: Any) -> Any:
    answer = client.get(EXPORT, params=parameters)
    assert answer.status_code == 200, answer.text
    assert b"5550199" not in answer.content
    return answer


def sheet_of(answer: Any) -> list[tuple[Any, ...]]:
    return list(load_workbook(io.BytesIO(answer.content)).active.values)


def test_a_spreadsheet_reads_again_with_headings_labels_units_and_a_warning(client_as: SignIn) -> None:
    answer = exported(client_as("duty"), format="xlsx", columns="code,name,status,hazards_served,surveyed_on,area_m2")
    head, note, *rows = sheet_of(answer)
    assert head == ("编号", "名称", "状态", "适用灾种", "调查日期", "有效面积(m²)", "经度", "纬度", "数据性质")
    assert note[0].startswith("说明:演练数据")
    assert "duty" in note[0]
    assert [row[0] for row in rows] == ["S1", "S2", "X1", "X2"]
    assert rows[0][1:4] == (EVIL, "启用", "洪涝、森林火灾")
    assert rows[0][4].isoformat() == "2026-05-01T00:00:00"
    assert rows[0][5:] == (100.5, 111.05, 36.4, None)
    assert [row[-1] for row in rows[2:]] == ["演练数据", "演练数据"]
    assert "演练数据" in unquote(answer.headers["content-disposition"])
    assert load_workbook(io.BytesIO(answer.content)).active.oddHeader.center.text == "演练数据"


def test_a_name_that_looks_like_a_formula_stays_a_text(client_as: SignIn) -> None:
    book = load_workbook(io.BytesIO(exported(client_as("duty"), format="xlsx", filter="code = 'S1'", columns="name").content))
    assert (book.active["A3"].data_type, book.active["A3"].value) == ("s", EVIL)
    text = exported(client_as("duty"), format="csv", filter="code = 'S1'", columns="name").content.decode("utf-8-sig")
    assert next(csv.DictReader(io.StringIO(text)))["名称"] == f"'{EVIL}"


def test_real_rows_alone_carry_no_word_of_an_exercise(client_as: SignIn) -> None:
    for format in ("xlsx", "csv", "geojson"):
        answer = exported(client_as("duty"), format=format, filter="source <> 'exercise'")
        assert "EXERCISE" not in answer.headers["content-disposition"]
        assert answer.headers["x-row-count"] == "2"
        if format == "xlsx":
            assert "演练" not in str(sheet_of(answer))
        else:
            assert "演练".encode() not in answer.content


def test_geojson_says_exercise_and_holds_the_asked_columns(client_as: SignIn) -> None:
    told = json.loads(exported(client_as("duty"), format="geojson", columns="code").content)
    assert (told["exercise"], "演练数据" in told["notice"]) == (True, True)
    assert [one["properties"]["code"] for one in told["features"]] == ["S1", "S2", "X1", "X2"]
    assert set(told["features"][0]["properties"]) <= {"id", "code"}
    assert told["features"][0]["geometry"] == {"type": "Point", "coordinates": [111.05, 36.4]}


def test_ids_filter_county_and_moment_choose_the_rows(client_as: SignIn, owner: psycopg.Connection[Any]) -> None:
    ids = dict(owner.execute("select code, id from layers.shelters").fetchall())
    (before,) = owner.execute("select min(updated_at) - interval '1 hour' from layers.shelters").fetchone() or (None,)
    asked = [({"ids": f"{ids['S2']},{ids['X1']}"}, ["S2", "X1"]), ({"county": EAST}, ["X1", "X2"]), ({"ids": ""}, []),
             ({"filter": "status = 'full'", "county": WEST}, ["S2"]), ({"as_of": before.isoformat()}, [])]  # fmt: skip
    for parameters, codes in asked:
        answer = exported(client_as("viewer"), format="csv", columns="code", **parameters)
        rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))[1:]
        assert [row[0] for row in rows] == codes, parameters


def test_english_is_english(client_as: SignIn) -> None:
    head, _, row, *_ = sheet_of(exported(client_as("viewer"), lang="en", columns="code,status"))
    assert head[:2] == ("Code", "Status")
    assert row[:2] == ("S1", "In use") or row[1].isascii()


def test_all_columns_without_restricted_ones_when_none_are_named(client_as: SignIn) -> None:
    head = sheet_of(exported(client_as("admin"), format="xlsx"))[0]
    assert "责任人" in head
    assert [name for name in head if name and "电话" in name] == []


@pytest.mark.parametrize("parameters", [{"columns": "duty_phone"}, {"columns": "nothing"}, {"filter": "status ="}, {"ids": "1;2"},
                                        {"format": "pdf"}, {"as_of": "yesterday"}, {"filter": "duty_phone = '1'"}])  # fmt: skip
def test_what_cannot_be_exported_is_refused(client_as: SignIn, parameters: dict[str, str]) -> None:
    for format in ("csv", "geojson"):
        assert client_as("admin").get(EXPORT, params={"format": format, **parameters}).status_code == 400


def test_too_many_rows_for_a_file_are_refused_with_their_number(client_as: SignIn, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(exporting.MOST_ROWS, "csv", 3)
    answer = client_as("admin").get(EXPORT, params={"format": "csv"})
    assert (answer.status_code, "4" in answer.json()["detail"]) == (400, True)


def test_an_export_is_in_the_audit_trail(client_as: SignIn, owner: psycopg.Connection[Any]) -> None:
    exported(client_as("viewer"), format="csv", columns="code", county=EAST)
    last = owner.execute("select username, layer, detail from app.audit where action = 'export' order by id desc limit 1").fetchone()
    assert last == ("viewer", "shelters", {"format": "csv", "rows": 2, "columns": ["code"]})


def summary(client: TestClient, **parameters: Any) -> list[tuple[Any, str, int, int]]:
    rows = client.get(SUMMARY, params=parameters).json()["rows"]
    return [(row["value"], row["zh"], row["count"], row["exercise_count"]) for row in rows]


def test_a_chart_counts_townships_codes_and_each_code_of_a_list(client_as: SignIn) -> None:
    viewer = client_as("viewer")
    assert summary(viewer, by="admin_code") == [(WEST, "西镇", 2, 0), (EAST, "东镇", 2, 2)]
    assert summary(viewer, by="status") == [("open", "启用", 3, 2), ("full", "满", 1, 0)]
    assert summary(viewer, by="hazards_served") == [("flood", "洪涝", 2, 1), ("fire", "森林火灾", 1, 0), (None, "未填", 2, 1)]
    assert summary(viewer, by="status", filter="source = 'exercise'") == [("open", "启用", 2, 2)]
    assert summary(viewer, by="status", county=WEST) == [("open", "启用", 1, 0), ("full", "满", 1, 0)]


@pytest.mark.parametrize("by", ["name", "capacity", "duty_phone", "nothing", "geom"])
def test_a_chart_by_something_with_many_values_is_refused(client_as: SignIn, by: str) -> None:
    answer = client_as("viewer").get(SUMMARY, params={"by": by})
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (400, "by")
