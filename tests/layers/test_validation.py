"""What may be written, and every reason why not, at once and in both languages."""

from datetime import date
from typing import Any

import pytest
from shapely.geometry import MultiPolygon, box, mapping

from layers.errors import RowRefused
from layers.registry import layer_named
from layers.validation import checked_properties, queries
from tests.builders import WEST

SHELTERS, GEOHAZARDS = layer_named("shelters"), layer_named("geohazards")
TODAY = date(2026, 5, 1)
NEEDED = {"code": "S1", "name": "一号", "admin_code": WEST, "source": "测试"}


def checked(
    properties: dict[str, Any], *, partial: bool = False, layer: Any = SHELTERS
) -> tuple[dict[str, Any], dict[str, Any]]:
    return checked_properties(layer, properties, partial=partial, today=TODAY)


def errors(properties: dict[str, Any], *, partial: bool = True, layer: Any = SHELTERS) -> dict[str, dict[str, Any]]:
    with pytest.raises(RowRefused) as refusal:
        checked(properties, partial=partial, layer=layer)
    return {error["field"]: error for error in refusal.value.facts["errors"]}


def test_a_new_row_gets_its_defaults_and_restricted_fields_go_apart() -> None:
    main, restricted = checked({**NEEDED, "surveyed_on": "2026-04-30", "capacity": 20, "duty_phone": "0357-5550101"})
    assert restricted == {"duty_phone": "0357-5550101"}
    assert (main["verify"], main["status"], main["occupied"], main["beds"]) == ("pending", "available", 0, None)
    assert main["surveyed_on"] == date(2026, 4, 30)
    assert "id" not in main


def test_a_patch_returns_only_what_was_given() -> None:
    assert checked({"capacity": 5, "note": ""}, partial=True) == ({"capacity": 5, "note": None}, {})


def test_what_the_database_writes_is_passed_over() -> None:
    sent_back = {
        "id": 9,
        "version": 3,
        "updated_at": "2026-01-01T00:00:00Z",
        "updated_by": "x",
        "danger_grade_computed": "small",
    }
    assert checked(sent_back, partial=True, layer=GEOHAZARDS) == ({}, {})


def test_all_errors_come_at_once() -> None:
    wrong = errors({"capacity": -1, "status": "启用", "surveyed_on": "2026-05-02", "heating": "yes"}, partial=False)
    assert set(wrong) == {"capacity", "status", "surveyed_on", "heating", "code", "name", "admin_code", "source"}
    assert all(error["zh"] and error["en"] for error in wrong.values())


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("capacity", -1, "at least 0"),
        ("capacity", "12", "whole number"),
        ("capacity", 1.5, "whole number"),
        ("capacity", True, "whole number"),
        ("capacity", 10**30, "too large"),
        ("area_m2", float("nan"), "NaN"),
        ("area_m2", "x" * 5, "number"),
        ("open_min", 1441, "at most 1,440"),
        ("status", "启用", "use one of: available"),
        ("status", 3, "one code of"),
        ("status", None, "must not be empty"),
        ("heating", 1, "true or false"),
        ("surveyed_on", "2026-05-02", "is after today"),
        ("surveyed_on", "1/5/2026", "date YYYY-MM-DD"),
        ("surveyed_on", 20260501, "date"),
        ("code", "", "must not be empty"),
        ("code", 5, "text"),
        ("code", "x" * 65, "64 characters"),
        ("name", "a\x00b", "NUL"),
        ("name", "\ud800", "cannot be stored"),
        ("name", {"a": 1}, "text"),
        ("admin_code", "12345", "6, 9 or 12 digits"),
        ("duty_phone", "12345", "11-digit mobile"),
        ("photos", ["x"] * 101, "100 items"),
        ("photos", "a.jpg", "list"),
        ("hazards_served", ["flood", "rain"], "“rain” is not a code"),
        ("capactiy", 5, "did you mean capacity?"),
        ("容量", 5, "did you mean capacity?"),
        ("geom", {}, "no property"),
        ("note", "x" * 2001, "2,000 characters"),
    ],
)
def test_a_wrong_value_is_named_with_what_is_allowed(field: str, value: Any, said: str) -> None:
    assert said in errors({field: value})[field]["en"]


def test_a_second_shape_is_read_as_geometry_and_refused_like_the_first() -> None:
    zone = MultiPolygon([box(111, 36, 111.1, 36.1)])
    main, _ = checked({"danger_zone": mapping(zone)}, partial=True, layer=GEOHAZARDS)
    assert main["danger_zone"].equals(zone)
    assert "danger_zone" in errors({"danger_zone": {"type": "Point", "coordinates": [111, 36]}}, layer=GEOHAZARDS)


def test_an_error_check_speaks_in_its_own_words_and_sees_the_row_as_it_was() -> None:
    from dataclasses import replace

    from layers.fields import Check

    strict = replace(SHELTERS, checks=(Check("beds_fit", "beds <= capacity", "床位过多", "Too many beds"),))
    assert errors({"beds": 9, "capacity": 5}, layer=strict)["beds_fit"]["zh"] == "床位过多"
    assert checked({"beds": 9}, partial=True, layer=strict)[0] == {"beds": 9}
    with pytest.raises(RowRefused):
        checked_properties(strict, {"beds": 9}, partial=True, today=TODAY, before={"capacity": 5})


def test_queries_ask_about_doubtful_and_missing_values_and_never_block() -> None:
    main, _ = checked({**NEEDED, "beds": 9, "capacity": 5})
    asked = queries(SHELTERS, main)
    assert "床位不能多于容量" in [one["zh"] for one in asked]
    missing = [one["field"] for one in asked if one["check"] == "missing"]
    assert "duty_person" in missing
    assert "duty_phone" not in missing, "a reader who cannot see a phone is not told that it is missing"


STOCK = {"name": "棉被", "unit": "床", "qty": 300}


@pytest.mark.parametrize(
    ("stock", "zh", "en"),
    [
        ({"1010101": {"name": "棉被", "unit": "床"}}, "物资“1010101”:缺少数量", "Stock “1010101”: Quantity is missing"),
        ({"1010101": {**STOCK, "qty": -1}}, "物资“1010101”:数量“-1”不合要求", "Stock “1010101”: Quantity “-1” does not fit"),
        ({"1010101": {**STOCK, "state": "so-so"}}, "不在代码表中,可取:good 完好", "is not a code; use one of: good (Good)"),
        ({"1010101": {**STOCK, "colour": "red"}}, "没有属性“colour”", "there is no property “colour”"),
        ({"1010101": 7}, "物资“1010101”:应为 JSON 对象", "Stock “1010101”: must be a JSON object"),
        ({" ": STOCK}, "物资有一行没有物资编码", "Stock: a row has no Item code"),
        ({"1010101": {**STOCK, "expires_on": "2026-02-30"}}, "有效期至“2026-02-30”不合要求", "Expires on “2026-02-30”"),
    ],
)  # fmt: skip
def test_a_wrong_row_of_a_small_list_is_named_with_its_field(stock: Any, zh: str, en: str) -> None:
    found = errors({"stock": stock}, layer=layer_named("depots"))["stock"]
    assert zh in found["zh"]
    assert en in found["en"]


def test_rows_of_a_small_list_keep_the_order_they_are_given() -> None:
    stock = {"1010102": {**STOCK, "place": 1}, "1010101": {**STOCK, "place": 2}}
    assert checked({"stock": stock}, partial=True, layer=layer_named("depots"))[0]["stock"] == stock
