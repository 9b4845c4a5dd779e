"""One file of a county pack → rows of its layer: read any format, turn the datum, name every wrong column and value.

Formats: GeoJSON, GeoPackage, zipped shapefile, GeoParquet, and CSV with lon and lat. Columns may carry the field's name,
its Chinese title or an alias; a code list's value may be its code or its Chinese word. A pack is loaded whole or not at
all, so the first thing that does not fit is a BadPack with file, row and column.
"""

import csv
import json
import types
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any, Union, get_args, get_origin

import geopandas as gpd
import pyogrio
import shapely
from pydantic import ValidationError
from shapely.geometry.base import BaseGeometry

from gis.datum import CGCS2000, geometry_to_cgcs2000
from gis.errors import Refusal, UnknownCrs, UnreadableFile
from gis.geometry import geometry_from_geojson
from layers.common import Common
from layers.errors import BadPack
from layers.fields import CodeList, GeometryKind, Layer, Row
from layers.registry import STATUS, code_list_of, layer_named, words

# A province's outline has some 100 000 vertices; a pack is brought by an administrator, so the limit is generous.
MAX_VERTICES = 500_000
TABLE_SUFFIXES = frozenset({".csv"})
MAP_SUFFIXES = frozenset({".geojson", ".json", ".gpkg", ".zip", ".shp"})
PARQUET_SUFFIXES = frozenset({".parquet", ".geoparquet"})
SUFFIXES = TABLE_SUFFIXES | MAP_SUFFIXES | PARQUET_SUFFIXES

Values = dict[str, Any]

# Stands in while a row is checked, where its township is found only afterwards.
_ANYWHERE = "000000"
_YES_NO = {"是": "true", "有": "true", "否": "false", "无": "false"}
_LIST_MARKS = str.maketrans({"；": ";", "、": ";", "|": ";"})


@dataclass(frozen=True)
class LayerFile:
    """Where the rows of a layer stand and what is the same in all of them."""

    layer: str
    path: Path
    source: str | None = None  # what the rows' `source` says where the file has no such column
    datum: str | None = None  # cgcs2000, wgs84, gcj02, bd09; None: the file says its CRS itself
    lon: str = "lon"  # the columns of a CSV
    lat: str = "lat"
    defaults: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Raw:
    """One row as found: texts or values by column, its shape in CGCS2000, and the coordinates as they stood."""

    values: Values
    shape: BaseGeometry | None
    typed: str | None = None


def rows_in(file: LayerFile, layer: Layer) -> Iterator[tuple[Values, BaseGeometry | None]]:
    """Checked values (only the columns the file or its defaults give) and shape of every row.

    Raises BadPack, UnknownCrs or UnreadableFile, naming file, row and column.
    """
    raws = _raw_rows(file)
    names = _fields_of_columns(layer, raws[0].values, file.path.name) if raws else {}
    for number, raw in enumerate(raws, start=1):
        where = f"{file.path.name} 第 {number} 行 / row {number}"
        values = _of_file(file) | dict(file.defaults)
        values |= {names[column]: value for column, value in raw.values.items() if not _is_empty(value)}
        if raw.typed is not None:
            values.setdefault("coord_raw", raw.typed)
        yield checked_values(layer, values, where), _shape_for(layer, raw.shape, where)


def _of_file(file: LayerFile) -> Values:
    given: Values = {}
    if file.source is not None:
        given["source"] = file.source
    if file.datum is not None:
        given["coord_crs"] = file.datum
    if file.path.suffix.lower() in TABLE_SUFFIXES:
        given["coord_method"] = "sheet"
    return given


# --- reading ---


def _raw_rows(file: LayerFile) -> Sequence[Raw]:
    suffix = file.path.suffix.lower()
    if not file.path.exists():
        raise UnreadableFile(f"找不到文件 {file.path.name}。", f"The file {file.path.name} is not there.")
    if suffix in TABLE_SUFFIXES:
        return _table(file)
    if suffix in MAP_SUFFIXES | PARQUET_SUFFIXES:
        return _map(file)
    raise UnreadableFile(
        f"{file.path.name}:不支持的格式。可用 {'、'.join(sorted(SUFFIXES))}。",
        f"{file.path.name}: unknown format. Use one of {', '.join(sorted(SUFFIXES))}.",
    )


def _table(file: LayerFile) -> Sequence[Raw]:
    with file.path.open(encoding="utf-8-sig", newline="") as lines:
        rows = list(csv.DictReader(lines))
    if not rows:
        return []
    too_long = [number for number, row in enumerate(rows, start=1) if None in row]
    if too_long:
        raise _bad(
            file.path.name, f"第 {too_long} 行的列数多于表头", f"rows {too_long} have more cells than the header"
        )
    if file.lon not in rows[0] or file.lat not in rows[0]:
        return [Raw(dict(row), None) for row in rows]
    points = []
    for number, row in enumerate(rows, start=1):
        try:
            points.append(shapely.Point(float(row.pop(file.lon)), float(row.pop(file.lat))))
        except (TypeError, ValueError) as problem:
            where = f"{file.path.name} 第 {number} 行 / row {number}"
            raise _bad(where, f"{file.lon}、{file.lat} 不是数字", f"{file.lon}, {file.lat} are no numbers") from problem
    shapes = geometry_to_cgcs2000(points, file.datum or "cgcs2000")
    typed = [f"{point.x}, {point.y}" for point in points]
    return [Raw(dict(row), shape, said) for row, shape, said in zip(rows, shapes, typed, strict=True)]


def _map(file: LayerFile) -> Sequence[Raw]:
    frame = _frame(file)
    if file.datum is not None:
        # The numbers are in `datum` whatever the file claims: GeoJSON in GCJ-02 always claims WGS 84.
        shapes = geometry_to_cgcs2000(frame.geometry.to_numpy(), file.datum)
    elif frame.crs is None:
        raise UnknownCrs(
            f"{file.path.name} 没有坐标系。请补 .prj,或在 county.toml 中写 datum。",
            f"No CRS in {file.path.name}. Add the .prj, or say its datum in county.toml.",
        )
    else:
        shapes = frame.geometry.to_crs(CGCS2000).to_numpy()
    table = frame.drop(columns=frame.geometry.name)
    records = table.astype(object).where(table.notna(), None).to_dict("records")
    return [Raw(dict(record), shape) for record, shape in zip(records, shapes, strict=True)]


def _frame(file: LayerFile) -> gpd.GeoDataFrame:
    try:
        if file.path.suffix.lower() in PARQUET_SUFFIXES:
            return gpd.read_parquet(file.path)
        return pyogrio.read_dataframe(file.path)
    except (pyogrio.errors.DataSourceError, OSError, ValueError) as problem:
        said = str(problem).replace(str(file.path), file.path.name)  # where it stands on the server is nobody's concern
        raise UnreadableFile(
            f"{file.path.name} 无法读取:{said}", f"{file.path.name} cannot be read: {said}"
        ) from problem


def _is_empty(value: Any) -> bool:
    return value is None or (isinstance(value, str) and not value.strip()) or value != value  # NaN is not itself


# --- checking ---


@dataclass(frozen=True)
class _Column:
    """What a text in a column has to become."""

    kinds: frozenset[object]
    codes: type[CodeList] | None
    shape: GeometryKind | None


@lru_cache(maxsize=256)
def _columns(layer_name: str) -> Mapping[str, _Column]:
    layer = layer_named(layer_name)
    fields = Common.model_fields | layer.row.model_fields
    columns = {
        name: _Column(frozenset(_kinds(fields[name].annotation)), code_list_of(layer, name), said.geometry)
        for name, said in words(layer).items()
        if said.computed is None
    }
    return columns | {STATUS: _Column(frozenset({str}), layer.status, None)}


def _fields_of_columns(layer: Layer, columns: Mapping[str, Any], where: str) -> dict[str, str]:
    """The field each column means, by name, Chinese title or alias. Raises BadPack naming the columns of no field."""
    meaning = {STATUS: STATUS, "状态": STATUS}
    for name, said in words(layer).items():
        if said.computed is None:
            meaning |= dict.fromkeys((name, said.zh, *said.aliases), name)
    unknown = [column for column in columns if column not in meaning]
    if unknown:
        raise _bad(
            where,
            f"图层“{layer.zh}”没有这些列:{'、'.join(unknown)}。请改名或删除",
            f"layer {layer.name} has no columns {', '.join(unknown)}. Rename or delete them",
            columns=unknown,
        )
    return {column: meaning[column] for column in columns}


def checked_values(layer: Layer, values: Values, where: str) -> Values:
    """The values as the layer's types, its code lists' codes, its second shapes as shapes. Raises BadPack.

    `code`, `name`, `source` and `status` must be there; `admin_code` may be left to whoever knows the outlines.
    """
    columns = _columns(layer.name)
    ready = {name: _value(columns, name, value, where) for name, value in values.items()}
    status = ready.pop(STATUS, None)
    if status not in {member.value for member in layer.status}:
        allowed = "、".join(member.value for member in layer.status)
        raise _bad(where, f"status 应为 {allowed},收到 {status}", f"status must be one of {allowed}; found {status}")
    own = {name: value for name, value in ready.items() if name in layer.row.model_fields}
    common = {name: value for name, value in ready.items() if name not in layer.row.model_fields}
    checked = _validated(Common, {"admin_code": _ANYWHERE} | common, where) | _validated(layer.row, own, where)
    kept = {name: _second_shape(columns, name, checked[name], where) for name in ready}
    return kept | {STATUS: status}


def _validated(model: type[Row], values: Values, where: str) -> Values:
    try:
        return dict(model.model_validate(values).model_dump())
    except ValidationError as problem:
        first = problem.errors()[0]
        column, found, why = ".".join(map(str, first["loc"])), str(first["input"])[:80], first["msg"]
        raise _bad(
            where, f"列 {column} 的值“{found}”有误({why})", f"column {column} cannot be {found!r}: {why}", column=column
        ) from problem


def _value(columns: Mapping[str, _Column], name: str, value: Any, where: str) -> Any:
    """A text as the type its field asks for; anything else as it is."""
    column = columns.get(name)
    if not isinstance(value, str) or column is None:
        return value
    text = value.strip()
    if list in column.kinds and not text.startswith("["):
        return [_code(column.codes, item.strip()) for item in text.translate(_LIST_MARKS).split(";") if item.strip()]
    if list in column.kinds or dict in column.kinds:
        try:
            return json.loads(text)
        except ValueError as problem:
            raise _bad(where, f"列 {name} 不是 JSON", f"column {name} is not JSON") from problem
    if bool in column.kinds:
        return _YES_NO.get(text, text)
    return _code(column.codes, text)


def _kinds(annotation: object) -> set[object]:
    """The plain types of an annotation: {list, NoneType} for list[str] | None."""
    if get_origin(annotation) in (Union, types.UnionType):
        return set().union(*(_kinds(part) for part in get_args(annotation)))
    return {get_origin(annotation) or annotation}


def _code(codes: type[CodeList] | None, text: str) -> str:
    if codes is None:
        return text
    return next((member.value for member in codes if text in (member.zh, member.en)), text)


def _second_shape(columns: Mapping[str, _Column], name: str, value: Any, where: str) -> Any:
    kind = columns[name].shape
    if value is None or kind is None:
        return value
    try:
        return geometry_from_geojson(value, kind, max_vertices=MAX_VERTICES)
    except Refusal as problem:
        raise _bad(where, f"{name}:{problem.zh}", f"{name}: {problem.en}") from problem


def _shape_for(layer: Layer, shape: BaseGeometry | None, where: str) -> BaseGeometry | None:
    """The shape checked by the one rule all writes follow."""
    if shape is None:
        return None
    try:
        return geometry_from_geojson(shapely.geometry.mapping(shape), layer.geometry, max_vertices=MAX_VERTICES)
    except Refusal as problem:
        raise _bad(where, problem.zh, problem.en) from problem


def _bad(where: str, zh: str, en: str, **facts: Any) -> BadPack:
    return BadPack(f"{where}:{zh}。", f"{where}: {en}.", **facts)
