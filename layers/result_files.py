"""One list of an analysis's answer as a file: GeoJSON, CSV, spreadsheet, GeoPackage. Exercise says 演练数据 in each.

Words are those of one language. Tables hold what a person reads, layers by their names; GeoJSON has every property, codes
beside their words.
"""

import re
import tempfile
from csv import writer
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any, Final, Literal

import geopandas as gpd
import orjson
from openpyxl import Workbook
from openpyxl.utils import get_column_letter

from layers.errors import FeatureNotFound
from layers.exporting import BOM, EXERCISE_WORDS, Tongue, cell_of, unarmed
from layers.exporting import MEDIA_TYPES as LAYER_MEDIA_TYPES
from layers.registry import LAYERS
from layers.snapshots import CRS
from layers.units import with_unit

FileKind = Literal["geojson", "csv", "xlsx", "gpkg"]
LAYER: Final = "layer"  # the column that names the layer of a row's feature
MEDIA_TYPES: Final[dict[str, str]] = {**LAYER_MEDIA_TYPES, "gpkg": "application/geopackage+sqlite3"}
_SHEET_NAME_MAX: Final = 31
_ROWS_MEASURED: Final = 100  # for the widths of columns, in letters
_NARROWEST, _WIDEST = 8, 60
_WIDE: Final = re.compile(r"[\u2e80-\uffef]")  # as wide as two letters


def made(document: dict[str, Any], name: str, kind: FileKind, lang: Tongue) -> bytes:
    """The list `name` of a result document. Slow for many rows: call it in a thread. Raises FeatureNotFound."""
    listing = next((found for found in document["lists"] if found["name"] == name), None)
    if listing is None:
        known = "、".join(found["name"] for found in document["lists"])
        raise FeatureNotFound(f"结果中没有清单 {name[:60]},有:{known}。", f"The result has no list {name[:60]}; it has {known}.")
    if kind == "geojson":
        return _geojson(document, listing, lang)
    if kind == "gpkg":
        return _geopackage(listing, lang, exercise=document["exercise"])
    rows = _rows(listing, lang, exercise=document["exercise"])
    return _csv(rows) if kind == "csv" else _xlsx(listing["title"][lang], rows)


def _geojson(document: dict[str, Any], listing: dict[str, Any], lang: Tongue) -> bytes:
    told = {"exercise": True, "notice": EXERCISE_WORDS["en"]} if document["exercise"] else {}
    features = [
        {**feature, "properties": {name: in_language(value, lang) for name, value in feature["properties"].items()}}
        for feature in listing["features"]["features"]
    ]
    return orjson.dumps({**listing["features"], "features": features, "name": listing["name"], **told,
                         "provenance": document["provenance"]})  # fmt: skip


def in_language(value: Any, lang: Tongue) -> Any:
    """Words in one language, also within a list; what is no words stays as it is."""
    if isinstance(value, dict) and value.keys() == {"zh", "en"}:
        return value[lang]
    return [in_language(one, lang) for one in value] if isinstance(value, list) else value


def _headings(listing: dict[str, Any], lang: Tongue, *, exercise: bool) -> list[str]:
    named = [with_unit(column[lang], column["unit"], lang) for column in listing["columns"]]
    return [*named, *([{"zh": "数据性质", "en": "Nature of data"}[lang]] if exercise else [])]


def _rows(listing: dict[str, Any], lang: Tongue, *, exercise: bool) -> list[list[Any]]:
    nature = [EXERCISE_WORDS[lang]] if exercise else []
    names = [column["name"] for column in listing["columns"]]
    lines = [
        [*(_answered(_shown(name, feature["properties"].get(name), lang), lang) for name in names), *nature]
        for feature in listing["features"]["features"]
    ]
    return [list(_headings(listing, lang, exercise=exercise)), *lines]


def _answered(value: Any, lang: Tongue) -> Any:
    """Yes and no are words on a sheet, as in the exports of layers."""
    return {"zh": ("否", "是"), "en": ("no", "yes")}[lang][value] if isinstance(value, bool) else value


def _shown(column: str, value: Any, lang: Tongue) -> Any:
    """A cell as a person reads it."""
    said = in_language(value, lang)
    if column == LAYER and said in LAYERS:
        layer = LAYERS[said]
        return layer.zh if lang == "zh" else layer.en
    if isinstance(said, list):
        return {"zh": "、", "en": ", "}[lang].join(map(str, said))
    return str(said) if isinstance(said, dict) else said


def _csv(rows: list[list[Any]]) -> bytes:
    text = StringIO(newline="")
    writer(text).writerows([unarmed(value) for value in row] for row in rows)
    return (BOM + text.getvalue()).encode()


def _xlsx(title: str, rows: list[list[Any]]) -> bytes:
    book = Workbook(write_only=True)
    sheet = book.create_sheet("".join(c for c in title if c not in r"[]:*?/\\")[:_SHEET_NAME_MAX])
    sheet.freeze_panes = "A2"
    for number, cells in enumerate(zip(*rows[:_ROWS_MEASURED], strict=True), start=1):
        widest = max(len(text) + len(_WIDE.findall(text)) for text in ("" if cell is None else str(cell) for cell in cells))
        sheet.column_dimensions[get_column_letter(number)].width = min(max(widest + 2, _NARROWEST), _WIDEST)
    for row in rows:
        sheet.append([cell_of(sheet, value) for value in row])
    data = BytesIO()
    book.save(data)
    return data.getvalue()


def _geopackage(listing: dict[str, Any], lang: Tongue, *, exercise: bool) -> bytes:
    names = _headings(listing, lang, exercise=exercise)
    columns = [column["name"] for column in listing["columns"]]
    frame = gpd.GeoDataFrame.from_features(listing["features"]["features"], columns=[*columns, "geometry"], crs=CRS)
    for column in columns:
        frame[column] = [_shown(column, value, lang) for value in frame[column]]
    frame = frame.rename(columns=dict(zip(columns, names, strict=False)))
    if exercise:
        frame[names[-1]] = EXERCISE_WORDS[lang]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "list.gpkg"
        frame.to_file(path, layer=listing["name"], driver="GPKG", engine="pyogrio")
        return path.read_bytes()
