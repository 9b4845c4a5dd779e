"""Lists of an answer as files: in the language that was asked for, with codes only where programs look for them."""

import csv
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any

import geopandas as gpd
import orjson
import pytest
from openpyxl import load_workbook

from gis.analysis import Bilingual, Column, Listing
from layers.result_files import FileKind, made
from layers.runs import list_told, plain_json

COLUMNS = (Column("name", "名称", "Name"), Column("why", "依据", "Why"), Column("roads", "经过", "By"),
           Column("clear", "已核验", "Proved"), Column("layer", "图层", "Layer"))  # fmt: skip


@pytest.fixture
def document() -> dict[str, Any]:
    frame = gpd.GeoDataFrame(
        {"name": ["甲队"], "why": [Bilingual("最近", "the nearest")], "roads": [["S1", "S2"]], "clear": [True],
         "layer": ["rescue_teams"], "method": ["mapped"]},
        geometry=gpd.points_from_xy([111.1], [36.4]), crs=4490,
    )  # fmt: skip
    listing = list_told("teams", Listing(Bilingual("队伍", "Teams"), frame, COLUMNS))
    told: dict[str, Any] = orjson.loads(orjson.dumps({"exercise": False, "provenance": {}, "lists": [listing]}, default=plain_json))
    return told


def rows_of(document: dict[str, Any], kind: FileKind, lang: Any) -> list[list[Any]]:
    file = made(document, "teams", kind, lang)
    if kind == "csv":
        return list(csv.reader(StringIO(file.decode("utf-8-sig"))))
    return [list(row) for row in load_workbook(BytesIO(file)).active.iter_rows(values_only=True)]


def test_words_are_two_languages_in_the_document(document: dict[str, Any]) -> None:
    properties = document["lists"][0]["features"]["features"][0]["properties"]
    assert properties["why"] == {"zh": "最近", "en": "the nearest"}
    assert properties["method"] == "mapped"  # no column: for programs
    assert "method" not in {column["name"] for column in document["lists"][0]["columns"]}


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_a_sheet_is_in_one_language_from_its_heading_to_yes_and_no(document: dict[str, Any], kind: FileKind) -> None:
    assert rows_of(document, kind, "zh") == [["名称", "依据", "经过", "已核验", "图层"], ["甲队", "最近", "S1、S2", "是", "救援队伍"]]
    assert rows_of(document, kind, "en") == [["Name", "Why", "By", "Proved", "Layer"],
                                             ["甲队", "the nearest", "S1, S2", "yes", "Rescue teams"]]  # fmt: skip


def test_geojson_has_the_words_of_one_language_and_the_codes_beside_them(document: dict[str, Any]) -> None:
    properties = orjson.loads(made(document, "teams", "geojson", "en"))["features"][0]["properties"]
    assert properties == {"name": "甲队", "why": "the nearest", "roads": ["S1", "S2"], "clear": True, "layer": "rescue_teams",
                          "method": "mapped"}  # fmt: skip


def test_a_geopackage_has_what_a_person_reads(document: dict[str, Any], tmp_path: Path) -> None:
    (tmp_path / "teams.gpkg").write_bytes(made(document, "teams", "gpkg", "en"))
    row = gpd.read_file(tmp_path / "teams.gpkg").iloc[0]
    assert (row["Why"], row["By"], row["Layer"]) == ("the nearest", "S1, S2", "Rescue teams")
