"""A definition becomes a form, an OGC schema and a spreadsheet with nothing lost."""

from io import BytesIO
from typing import Any

import jsonschema
import openpyxl
import pytest

from layers.described import columns_of, written_columns
from layers.fields import Layer
from layers.forms import (
    EXAMPLE_MARK,
    NOTES_MARK,
    columns,
    form_schema,
    json_schema,
    queryables,
    receivables,
    template_workbook,
)
from layers.registry import LAYERS, layer_named

SHELTERS = layer_named("shelters")
EVERY_LAYER = pytest.mark.parametrize("layer", LAYERS.values(), ids=LAYERS)


def fields(layer: Layer) -> dict[str, dict[str, Any]]:
    return {field["name"]: field for group in form_schema(layer)["groups"] for field in group["fields"]}


@EVERY_LAYER
def test_the_form_shows_every_column_once_in_both_languages(layer: Layer) -> None:
    shown = [field["name"] for group in form_schema(layer)["groups"] for field in group["fields"]]
    assert sorted(shown) == sorted(columns_of(layer))
    for field in fields(layer).values():
        assert all(field[said] for said in ("zh", "en", "rule_zh", "rule_en")), field["name"]


def test_a_field_tells_its_unit_limits_need_and_rule() -> None:
    opening = fields(SHELTERS)["open_min"]
    assert (opening["unit"], opening["limits"], opening["need"]) == ("min", {"ge": 0, "le": 1440}, "R")
    assert opening["rule_zh"] == "整数,不小于 0,不大于 1,440,单位 分钟"
    assert opening["rule_en"] == "whole number, at least 0, at most 1,440, in min"


def test_a_code_list_is_offered_with_code_and_both_labels() -> None:
    status = fields(SHELTERS)["status"]
    assert status["widget"] == "select"
    assert status["codes"][1] == {"code": "open", "zh": "启用", "en": "Open"}


@EVERY_LAYER
def test_the_schemas_are_json_schema_with_id_and_geometry_roles(layer: Layer) -> None:
    for schema in (json_schema(layer, "/s"), queryables(layer, "/q"), receivables(layer, "/r")):
        jsonschema.Draft202012Validator.check_schema(schema)
    returned = json_schema(layer, "/s")["properties"]
    assert returned["id"]["x-ogc-role"] == "id"
    assert returned["geom"] == returned["geom"] | {
        "x-ogc-role": "primary-geometry",
        "format": f"geometry-{layer.geometry.lower()}",
    }


@EVERY_LAYER
def test_restricted_fields_are_never_queryable_and_computed_ones_never_receivable(layer: Layer) -> None:
    asked, received = queryables(layer, "/q")["properties"], receivables(layer, "/r")["properties"]
    for column in columns_of(layer).values():
        assert not (column.words.restricted and column.name in asked)
        assert not (column.read_only and column.name in received)


@EVERY_LAYER
def test_the_spreadsheet_has_a_column_for_each_written_field_and_keeps_codes_as_text(layer: Layer) -> None:
    book = openpyxl.load_workbook(BytesIO(template_workbook(layer)))
    header, notes, example = book.active.iter_rows(values_only=True)
    assert list(header) == [column.heading for column in columns(layer)]
    assert len(set(header)) == len(header)
    assert {column.name for column in columns(layer)} >= set(written_columns(layer))
    assert notes[0].startswith(NOTES_MARK)
    assert example[0].startswith(EXAMPLE_MARK)
    assert all(dimension.number_format == "@" for dimension in book.active.column_dimensions.values())


def test_a_code_list_is_a_dropdown_of_its_chinese_labels() -> None:
    book = openpyxl.load_workbook(BytesIO(template_workbook(SHELTERS)))
    place = next(n for n, column in enumerate(columns(SHELTERS), 1) if column.name == "status")
    letter = openpyxl.utils.get_column_letter(place)
    rule = next(
        rule for rule in book.active.data_validations.dataValidation if str(rule.sqref).startswith(f"{letter}4")
    )
    sheet, _, cells = rule.formula1.replace("$", "").partition("!")
    assert [row[0].value for row in book[sheet.strip("'")][cells]] == ["可用", "启用", "满", "停用"]


def test_a_small_list_tells_what_its_rows_are_kept_under_and_their_fields() -> None:
    stock = fields(layer_named("depots"))["stock"]
    assert (stock["widget"], stock["entry"]["key_zh"], stock["entry"]["key_en"]) == ("entries", "物资编码", "Item code")
    cells = {cell["name"]: cell for cell in stock["entry"]["fields"]}
    assert (cells["delivery_h"]["unit"], cells["qty"]["limits"]["ge"], cells["qty"]["required"]) == ("h", 0, True)
    assert (cells["state"]["widget"], cells["state"]["default"]) == ("select", "good")
    assert "place" not in cells  # the order of the rows is moved by hand, not typed


def test_the_unit_of_a_size_follows_the_type_and_every_type_has_one() -> None:
    form = fields(layer_named("geohazards"))
    by = form["size"]["unit_by"]
    assert by["field"] == "hazard_type"
    assert set(by["units"]) == {code["code"] for code in form["hazard_type"]["codes"]}
    assert (by["units"]["landslide"], by["units"]["ground_collapse"], by["units"]["ground_fissure"]) == (
        "m³",
        "km²",
        "m",
    )
    assert "km²" not in form["size"]["rule_zh"]
