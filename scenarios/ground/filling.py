"""From a few telling columns to whole rows: what every layer has, who is responsible, and the rest of its required fields.

A landscape module says what it knows (kind, size, people). Everything else a definition requires is filled here by the
field's own type, limits and unit, so a new required field gets a plausible value without anyone editing this file.

Telephone numbers are 0357-55 and six more digits: eight digits behind area code 0357, where local numbers have seven,
so none of them can be dialled. Persons are roles and numbers (监测人0017).
"""

import types
import typing
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray
from pydantic.fields import FieldInfo
from scipy.spatial import cKDTree

from layers.common import Common
from layers.fields import CodeList, Layer, Words, words_of
from layers.registry import LAYERS
from scenarios.ground.lattice import Floats, Ints

SOURCE = "exercise"
Columns = dict[str, Any]

FIRST_SURVEY, LAST_SURVEY = date(2024, 3, 1), date(2025, 9, 30)
VERIFY = (("verified", 0.86), ("pending", 0.12), ("returned", 0.02))
MISSING_DUTY_PHONE = 0.006  # share of rows whose duty phone is missing: the faults a register really has
YES_SHARE = 0.2  # of a yes/no question nobody decided
SENSITIVE = {"households", "mines", "chemical_sites"}
POINT_ACCURACY_M = 10.0

# What a number is likely to be, by unit, when the landscape does not say: (low, high, decimals).
BY_UNIT: Mapping[str, tuple[float, float, int]] = {
    "m": (2, 12, 1),
    "m²": (80, 900, 0),
    "m³": (20, 400, 0),
    "km": (1, 12, 1),
    "km²": (0.5, 8, 2),
    "人": (2, 20, 0),
    "户": (1, 8, 0),
    "min": (5, 20, 0),
    "h": (1, 6, 0),
    "t": (5, 40, 0),
    "万元": (20, 400, 0),
    "°": (15, 60, 0),
    "%": (5, 60, 0),
    "cm": (10, 30, 0),
    "km/h": (20, 60, 0),
    "m³/h": (40, 300, 0),
    "‰": (4, 60, 1),
    "mm": (10, 60, 0),
    "张": (5, 40, 0),
    "个": (1, 6, 0),
    "台": (1, 4, 0),
    "辆": (1, 4, 0),
    "条": (1, 2, 0),
    "万m³": (5, 60, 1),
    "10⁴ m³": (5, 60, 1),
    "hm²": (40, 600, 0),
    "ha": (40, 600, 0),
    "m³/s": (5, 300, 0),
    "万吨/年": (60, 180, 0),
    "1": (1, 9, 0),
}
PLAIN_NUMBER = (1, 10, 0)
DUTY_POSTS: Mapping[str, str] = {
    "geohazards": "村委会主任",
    "households": "网格员",
    "villages": "村支书",
    "mines": "矿长",
    "washeries": "厂长",
    "schools": "校长",
    "hospitals": "院长",
    "care_homes": "院长",
    "reservoirs": "行政责任人",
    "check_dams": "行政责任人",
    "rescue_teams": "队长",
    "depots": "库管员",
    "shelters": "管理员",
    "roads": "养护站长",
    "crossings": "养护站长",
    "fire_zones": "林长",
    "scenic_spots": "景区经理",
    "worksites": "项目经理",
    "chemical_sites": "站长",
}


@dataclass
class Filler:
    """Builds the frames of a ground. One random stream, drawn from in a fixed order."""

    rng: np.random.Generator
    county: str
    metric_epsg: int

    def __post_init__(self) -> None:
        self._number = 0

    def phones(self, count: int) -> NDArray[np.object_]:
        """(count,) numbers that cannot be dialled, all different until a million are used."""
        numbers = (self._number + np.arange(count)) % 1_000_000
        self._number += count
        return np.array([f"0357-55{n:06d}" for n in numbers.tolist()], dtype=object)

    def sheet(
        self, name: str, shapes: NDArray[np.object_], admin_code: NDArray[np.object_], columns: Columns
    ) -> gpd.GeoDataFrame:
        """All rows of one layer. `shapes` in the metric CRS; the frame is lon/lat (EPSG:4490)."""
        layer, count = LAYERS[name], len(shapes)
        given = {"admin_code": admin_code, **self._everywhere(name, count, layer), **columns}
        fields = {**Common.model_fields, **layer.row.model_fields}
        unknown = set(given) - set(fields) - {"status"}
        if unknown:
            raise KeyError(f"{name} has no field {sorted(unknown)}")
        given.setdefault("status", np.full(count, next(iter(layer.status)).value, dtype=object))
        for field_name, info in fields.items():
            words = words_of(info)
            if words.computed is None and field_name not in given:
                given[field_name] = self._value(name, words, info, count, field_name in layer.waives)
        frame = gpd.GeoDataFrame(
            {key: _column(given[key], count) for key in (*fields, "status") if key in given},
            geometry=gpd.GeoSeries(shapes, crs=self.metric_epsg).to_crs(4490).to_numpy(),
            crs=4490,
        )
        self._second_shapes(frame, fields)
        self._as_typed(frame, layer)
        return self._with_faults(frame, layer)

    def _everywhere(self, name: str, count: int, layer: Layer) -> Columns:
        """Columns that every layer has."""
        duty = self._people_named("责任人", count)
        days = self.rng.integers(0, (LAST_SURVEY - FIRST_SURVEY).days, count)
        start = np.datetime64(FIRST_SURVEY)
        called = not set(layer.waives) >= {"duty_person"}
        return {
            "source": SOURCE,
            "surveyed_on": np.array((start + days).astype("datetime64[D]").tolist(), dtype=object),
            "verify": self.rng.choice([kind for kind, _ in VERIFY], count, p=[chance for _, chance in VERIFY]).astype(
                object
            ),
            "secrecy": "sensitive" if name in SENSITIVE else "internal",
            "coord_crs": "cgcs2000",
            "coord_method": "map",
            "coord_accuracy_m": POINT_ACCURACY_M,
            "elevation_m": None,
            "elev_datum": None,
            "photos": None,
            "note": None,
            "village": None,
            "coord_raw": None,
            "duty_person": duty if called else None,
            "duty_post": DUTY_POSTS.get(name, "值班负责人") if called else None,
            "duty_phone": self.phones(count) if called else None,
            "backup_person": self._people_named("副责任人", count) if called else None,
            "backup_phone": self.phones(count) if called else None,
        }

    def _people_named(self, role: str, count: int) -> NDArray[np.object_]:
        numbers = self.rng.integers(1, 1_000, count).tolist()
        return np.array([f"{role}{n:03d}" for n in numbers], dtype=object)

    def _value(self, layer: str, words: Words, info: FieldInfo, count: int, waived: bool) -> Any:
        """A plausible column for one field; empty where it is optional, a reference, or a second shape."""
        default = info.get_default()
        if default is not None and not info.is_required():
            return default.value if isinstance(default, CodeList) else default
        if words.need == "" or waived or words.ref is not None or words.geometry is not None:
            return None
        kind, many = _kind(info)
        if isinstance(kind, type) and issubclass(kind, CodeList):
            return self._codes(kind, count, many)
        if many or kind is str:
            return self._texts(words, info, count, many)
        return self._plain(kind, words, info, count)

    def _codes(self, kind: type[CodeList], count: int, many: bool) -> NDArray[np.object_]:
        """Code lists begin with the usual value; the others follow more and more seldom."""
        values = [member.value for member in kind]
        chance = 0.5 ** np.arange(len(values), dtype=float)
        picked = self.rng.choice(np.array(values, dtype=object), count, p=chance / chance.sum())
        return objects([[value] for value in picked.tolist()]) if many else picked

    def _texts(self, words: Words, info: FieldInfo, count: int, many: bool) -> NDArray[np.object_]:
        if words.restricted and any("0\\d{2,3}" in str(getattr(m, "pattern", "")) for m in info.metadata):
            return self.phones(count)
        named = self._people_named(words.zh.split("(")[0], count)
        return objects([[name] for name in named.tolist()]) if many else named

    def _plain(self, kind: Any, words: Words, info: FieldInfo, count: int) -> Any:
        if kind is bool:
            return self.rng.random(count) < YES_SHARE
        if kind is date:
            start = np.datetime64(FIRST_SURVEY)
            days = start + self.rng.integers(0, 400, count)
            return np.array(days.astype("datetime64[D]").tolist(), dtype=object)
        if kind in (int, float):
            low, high, digits = BY_UNIT.get(words.unit or "", PLAIN_NUMBER)
            limit = min([float(m.le) for m in info.metadata if hasattr(m, "le")], default=np.inf)
            values = np.minimum(self.rng.uniform(low, high, count), limit).round(digits)
            return values.astype(np.int64) if kind is int else values
        if kind is datetime:
            return None
        return objects([dict(words.example or {}) for _ in range(count)]) if kind is dict else None

    def _second_shapes(self, frame: gpd.GeoDataFrame, fields: Mapping[str, FieldInfo]) -> None:
        """Danger zones, routes and the like come in metres; they are kept as geometry columns in lon/lat."""
        for name, info in fields.items():
            kind = words_of(info).geometry
            if kind is None or name not in frame:
                continue
            series = gpd.GeoSeries(frame[name].to_numpy(), crs=self.metric_epsg).to_crs(4490)
            frame[name] = series if kind != "MultiPolygon" else as_multi(series)

    def _as_typed(self, frame: gpd.GeoDataFrame, layer: Layer) -> None:
        if layer.geometry == "MultiPolygon":
            frame.geometry = as_multi(frame.geometry)
        point = shapely.point_on_surface(frame.geometry.to_numpy())
        pairs = zip(shapely.get_x(point).tolist(), shapely.get_y(point).tolist(), strict=True)
        frame["coord_raw"] = [f"{lon:.6f},{lat:.6f}" for lon, lat in pairs]

    def _with_faults(self, frame: gpd.GeoDataFrame, layer: Layer) -> gpd.GeoDataFrame:
        """Some duty phones are missing, and such rows are not verified yet."""
        if "duty_phone" in layer.waives or layer.name == "villages" or len(frame) == 0:
            return frame
        missing = self.rng.random(len(frame)) < MISSING_DUTY_PHONE
        frame.loc[missing, "duty_phone"] = None
        frame.loc[missing, "verify"] = "pending"
        return frame


def objects(values: Sequence[Any]) -> NDArray[np.object_]:
    """(k,) object array of lists or dictionaries, which numpy would otherwise take apart."""
    out = np.empty(len(values), dtype=object)
    for k, value in enumerate(values):
        out[k] = value
    return out


def _column(values: Any, count: int) -> Any:
    """One value for all rows, or one per row."""
    if isinstance(values, np.ndarray | pd.Series) and len(values) == count:
        return np.asarray(values)
    if isinstance(values, list) and len(values) == count:
        return objects(values)
    return objects([values] * count)


def _kind(info: FieldInfo) -> tuple[Any, bool]:
    """The type behind `X | None` and `list[X]`, and whether it is a list."""
    annotation = info.annotation
    if isinstance(annotation, types.UnionType) or typing.get_origin(annotation) is typing.Union:
        annotation = next(part for part in typing.get_args(annotation) if part is not type(None))
    if typing.get_origin(annotation) is list:
        return typing.get_args(annotation)[0], True
    return typing.get_origin(annotation) or annotation, False


def as_multi(shapes: gpd.GeoSeries) -> gpd.GeoSeries:
    """Polygons as MultiPolygons."""
    values = [
        shapely.MultiPolygon([shape]) if isinstance(shape, shapely.Polygon) else shape for shape in shapes.to_numpy()
    ]
    return gpd.GeoSeries(values, index=shapes.index, crs=shapes.crs)


def only(condition: NDArray[np.bool_], value: Any) -> NDArray[np.object_]:
    """(k,) `value` (one, or one per row) where the condition holds, empty elsewhere."""
    out = np.full(len(condition), None, dtype=object)
    out[condition] = value[condition] if isinstance(value, np.ndarray) else value
    return out


def codes(prefix: str, count: int, start: int = 1) -> NDArray[np.object_]:
    """Codes such as 141033-GH-0001."""
    width = max(4, len(str(count + start)))
    return np.array([f"{prefix}{n:0{width}d}" for n in range(start, start + count)], dtype=object)


def points(x: Floats, y: Floats) -> NDArray[np.object_]:
    return np.asarray(shapely.points(x, y), dtype=object)


def nearest(x: Floats, y: Floats, of_x: Floats, of_y: Floats) -> Ints:
    """(k,) index of the nearest of another set of points."""
    return np.asarray(cKDTree(np.column_stack([of_x, of_y])).query(np.column_stack([x, y]))[1])


def link(layers: dict[str, gpd.GeoDataFrame], metric_epsg: int, kept: Collection[str] = ()) -> None:
    """Fill empty references (a shelter, a station, a team) with the code of the nearest row of the layer named.

    `kept`: layers of real rows, which are not touched.
    """
    centre: dict[str, tuple[Floats, Floats]] = {}

    def at(name: str) -> tuple[Floats, Floats]:
        if name not in centre:
            spot = gpd.GeoSeries(shapely.point_on_surface(layers[name].geometry.to_numpy()), crs=4490).to_crs(
                metric_epsg
            )
            centre[name] = spot.x.to_numpy(), spot.y.to_numpy()
        return centre[name]

    for name, frame in layers.items():
        if name in kept:
            continue
        for field_name, info in LAYERS[name].row.model_fields.items():
            words = words_of(info)
            if words.ref is None or words.need == "" or words.ref == name or len(layers.get(words.ref, ())) == 0:
                continue
            if (
                len(frame)
                and field_name in frame.columns
                and bool(frame[field_name].isna().all())
                and not _kind(info)[1]
            ):
                chosen = nearest(*at(name), *at(words.ref))
                frame[field_name] = layers[words.ref]["code"].to_numpy()[chosen]
