"""Layers as columnar frames in memory, for analyses: read once per layer version by COPY, then shared.

`read_postgis` needs 12 s for 1,000,000 points; COPY as CSV into pyarrow about 3 s. Only what every signed-in role may read
is in a frame, so one frame serves everybody.
"""

import threading
from collections import OrderedDict
from collections.abc import Mapping
from typing import Any, Final

import geopandas as gpd
import numpy as np
import orjson
import pandas as pd
import pyarrow as pa
import pyarrow.csv as csv
import shapely
from psycopg import Connection

from layers.described import Column
from layers.fields import Layer
from layers.filters import Where
from layers.tables import SRID, open_columns

CRS: Final = f"EPSG:{SRID}"
PER_CELL_BYTES: Final = 16  # of a column, objects and their pointers: only to bound what is kept
PER_SHAPE_BYTES: Final = 120
EVERYTHING: Final = Where("true")
_PLAIN: Final[Mapping[str, pa.DataType]] = {"integer": pa.float64(), "number": pa.float64(), "boolean": pa.bool_()}
_OWN: Final = ("id", "version", "updated_at")


class Snapshots:
    """The newest frame of each layer and county, the least used ones dropped past `limit_bytes`. Safe between threads."""

    def __init__(self, limit_bytes: int) -> None:
        self._limit = limit_bytes
        self._kept: OrderedDict[tuple[str, str], tuple[int, gpd.GeoDataFrame, int]] = OrderedDict()
        self._lock = threading.Lock()

    def whole(self, connection: Connection[Any], layer: Layer, county: str) -> tuple[gpd.GeoDataFrame, int]:
        """All rows of a county, and the layer's version. Callers must not change the frame."""
        version = version_of(connection, layer)
        with self._lock:
            held = self._kept.get((layer.name, county))
            if held is not None and held[0] == version:
                self._kept.move_to_end((layer.name, county))
                return held[1], version
        frame = read(connection, layer, county)
        size = len(frame) * (PER_CELL_BYTES * frame.shape[1] + PER_SHAPE_BYTES)
        with self._lock:
            self._kept[layer.name, county] = (version, frame, size)
            while len(self._kept) > 1 and sum(kept[2] for kept in self._kept.values()) > self._limit:
                self._kept.popitem(last=False)
        return frame, version


def version_of(connection: Connection[Any], layer: Layer) -> int:
    row = connection.execute("select version from app.layer_versions where layer = %s", (layer.name,)).fetchone()
    return int(row[0]) if row else 0


def read(connection: Connection[Any], layer: Layer, county: str, where: Where = EVERYTHING) -> gpd.GeoDataFrame:
    """Rows of a county that a condition keeps, by id.

    The index is the id as text; columns are the layer's open ones, `version` and `updated_at`; the shape is `geometry` in
    lon/lat (EPSG:4490). Numbers are float64 (NaN where unknown), texts str (NaN where empty), moments UTC; lists and small
    objects are Python's (None where empty); second shapes are shapely's (None where there is none). `attrs` has the
    layer's words, `zh` and `en`.
    """
    columns = open_columns(layer)
    listed = ", ".join(_copied(column) for column in columns)
    shape = "st_x(geom) as x, st_y(geom) as y" if layer.geometry == "Point" else "encode(st_asbinary(geom), 'hex') as geom"
    statement = (
        f"copy (select id, {listed}, version, {_iso('updated_at')}, {shape} from layers.{layer.name}"
        f" where admin_code like %(county)s and ({where.sql}) order by id) to stdout (format csv, header)"
    )
    with connection.cursor() as cursor, cursor.copy(statement, {"county": f"{county}%", **where.params}) as copied:
        text = b"".join(bytes(part) for part in copied)
    return _framed(_parsed(text, columns, layer), columns, layer)


def _iso(name: str) -> str:
    return f"""to_char("{name}" at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as "{name}\""""


def _copied(column: Column) -> str:
    name = f'"{column.name}"'
    match column.kind:
        case "geometry":
            return f"encode(st_asbinary({name}), 'hex') as {name}"
        case "array" | "object":
            return f"to_jsonb({name})::text as {name}"
        case "timestamp":
            return _iso(column.name)
        case _:
            return name


def _parsed(text: bytes, columns: tuple[Column, ...], layer: Layer) -> pd.DataFrame:
    types = {column.name: _PLAIN.get(column.kind, pa.string()) for column in columns}
    types |= {"id": pa.string(), "version": pa.int64(), "updated_at": pa.string(), "geom": pa.string()}
    types |= {"x": pa.float64(), "y": pa.float64()} if layer.geometry == "Point" else {}
    convert = csv.ConvertOptions(
        column_types=types, null_values=[""], true_values=["t"], false_values=["f"], strings_can_be_null=True,
        quoted_strings_can_be_null=False,
    )  # fmt: skip
    table = csv.read_csv(pa.py_buffer(text), parse_options=csv.ParseOptions(newlines_in_values=True), convert_options=convert)
    frame: pd.DataFrame = table.to_pandas()
    return frame


def _framed(frame: pd.DataFrame, columns: tuple[Column, ...], layer: Layer) -> gpd.GeoDataFrame:
    for column in columns:
        values = frame[column.name]
        match column.kind:
            case "array" | "object":
                frame[column.name] = pd.Series([orjson.loads(v) if isinstance(v, str) else None for v in values],
                                               index=frame.index, dtype=object)  # fmt: skip
            case "geometry":
                frame[column.name] = pd.Series(_shapes(values), index=frame.index, dtype=object)
            case "timestamp":
                frame[column.name] = pd.to_datetime(values, utc=True, format="ISO8601")
    frame["updated_at"] = pd.to_datetime(frame["updated_at"], utc=True, format="ISO8601")
    if layer.geometry == "Point":
        shapes = shapely.points(frame.pop("x").to_numpy(), frame.pop("y").to_numpy())
    else:
        shapes = _shapes(frame.pop("geom"))
    framed = gpd.GeoDataFrame(frame.set_index("id"), geometry=shapes, crs=CRS)
    framed.attrs = {"zh": layer.zh, "en": layer.en}
    return framed


def _shapes(texts: pd.Series) -> np.ndarray[Any, np.dtype[np.object_]]:
    hexed = np.array([text if isinstance(text, str) else None for text in texts], dtype=object)
    shapes: np.ndarray[Any, np.dtype[np.object_]] = shapely.from_wkb(hexed)
    return shapes
