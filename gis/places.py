"""Places and areas as analyses take them: a GeoJSON shape, [lon, lat], or a feature of a layer.

    {"type": "Point", "coordinates": [111.1, 36.4]}      [111.1, 36.4]      {"layer": "villages", "id": "17"}
    {"type": "Polygon", "coordinates": …}                {"layer": "risk_zones", "filter": "risk_level = 'high'"}

A feature is not fetched here: `frames_of_*` says which selections an analysis needs, `located` and `areas_of` find the
shapes in what it was given. All in lon, lat (EPSG:4490).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any

import geopandas as gpd
import shapely
from pydantic import BeforeValidator, PlainSerializer, WithJsonSchema
from shapely.geometry.base import BaseGeometry

from gis.analysis import Bilingual, Given, Selection
from gis.asked import nothing_there
from gis.errors import BadCoordinates, BadGeometry, NoAnswer
from gis.geometry import geometry_from_geojson

_FEATURE_SCHEMA = {
    "type": "object",
    "required": ["layer", "id"],
    "properties": {"layer": {"type": "string"}, "id": {"type": "string"}},
}
_POINT_SCHEMA = {
    "type": "object",
    "required": ["type", "coordinates"],
    "properties": {
        "type": {"const": "Point"},
        "coordinates": {"type": "array", "items": {"type": "number"}, "minItems": 2},
    },
}
_PAIR_SCHEMA = {"type": "array", "items": {"type": "number"}, "minItems": 2, "maxItems": 2}
_SELECTION_SCHEMA = {
    "type": "object",
    "required": ["layer"],
    "properties": {
        "layer": {"type": "string"},
        "id": {"type": "string"},
        "ids": {"type": "array", "items": {"type": "string"}},
        "filter": {"type": "string"},
    },
}
_AREA_SCHEMA = {
    "type": "object",
    "required": ["type", "coordinates"],
    "properties": {"type": {"enum": ["Polygon", "MultiPolygon"]}, "coordinates": {"type": "array"}},
}


@dataclass(frozen=True)
class Spot:
    """A place that was pointed at, or a feature that was named: then lon and lat are None until it has been fetched."""

    lon: float | None = None
    lat: float | None = None
    feature: Selection | None = None

    def as_json(self) -> Any:
        if self.feature is not None:
            return {"layer": self.feature.layer, "id": (self.feature.ids or ("",))[0]}
        return {"type": "Point", "coordinates": [self.lon, self.lat]}


@dataclass(frozen=True)
class Located:
    """A place with its position and what to call it; `layer` and `id` where it is a feature."""

    lon: float
    lat: float
    name: str
    layer: str | None = None
    id: str | None = None

    @property
    def point(self) -> shapely.Point:
        return shapely.Point(self.lon, self.lat)


def _spot(value: Any) -> Spot:
    """Raises BadCoordinates or BadGeometry."""
    if isinstance(value, Spot):
        return value
    if isinstance(value, dict) and "layer" in value:
        return Spot(feature=_one_feature(value))
    if isinstance(value, (list, tuple)):
        value = {"type": "Point", "coordinates": list(value)}
    point = geometry_from_geojson(value, "Point", max_vertices=1)
    return Spot(float(point.x), float(point.y))


def _one_feature(value: Mapping[str, Any]) -> Selection:
    unknown = set(value) - {"layer", "id"}
    name = value.get("id")
    if unknown or isinstance(name, bool) or not isinstance(name, (str, int)) or not str(name):
        raise BadCoordinates(
            '地点应为 GeoJSON 点、[经度, 纬度] 或 {"layer": 图层, "id": 编号}。',
            'A place is a GeoJSON Point, [lon, lat] or {"layer": …, "id": …}.',
        )
    return Selection(layer=value["layer"], ids=(str(name)[:64],))


Place = Annotated[
    Spot,
    BeforeValidator(_spot),
    PlainSerializer(Spot.as_json),
    WithJsonSchema({"oneOf": [_POINT_SCHEMA, _PAIR_SCHEMA, _FEATURE_SCHEMA]}),
]
"""The type of a parameter that is one place."""


@dataclass(frozen=True)
class Area:
    """A shape that was drawn, unread until its limits are known, or features of a layer."""

    drawn: Mapping[str, Any] | None = None
    features: Selection | None = None

    def as_json(self) -> Any:
        return self.features.model_dump(exclude_none=True) if self.features is not None else self.drawn


def _area(value: Any) -> Area:
    if isinstance(value, Area):
        return value
    if not isinstance(value, dict):
        raise BadGeometry(
            "区域应为 GeoJSON 面,或图层中的对象。", "An area is a GeoJSON polygon, or features of a layer."
        )
    if "layer" not in value:
        return Area(drawn=value)
    named = dict(value)
    if "id" in named:
        named["ids"] = (str(named.pop("id"))[:64],)
    return Area(features=Selection.model_validate(named))


AreaInput = Annotated[
    Area,
    BeforeValidator(_area),
    PlainSerializer(Area.as_json),
    WithJsonSchema({"oneOf": [_AREA_SCHEMA, _SELECTION_SCHEMA]}),
]
"""The type of a parameter that is an area or features of a layer."""


def _several(value: Any) -> Any:
    """One area, a GeoJSON feature or a FeatureCollection stand for the list of their shapes; a list stays as it is."""
    if not isinstance(value, dict):
        return value
    if value.get("type") == "FeatureCollection" and isinstance(value.get("features"), list):
        return [_shape_of(feature) for feature in value["features"]]
    return [_shape_of(value)]


def _shape_of(value: Any) -> Any:
    return value["geometry"] if isinstance(value, dict) and value.get("type") == "Feature" and "geometry" in value else value


Areas = Annotated[tuple[AreaInput, ...], BeforeValidator(_several)]
"""The type of a parameter that is any number of areas: a list, one alone, or a GeoJSON FeatureCollection."""


# -- what must be fetched ---------------------------------------------------------------------------------------------


def frames_of_places(**spots: Spot | Sequence[Spot]) -> dict[str, Selection]:
    """The selections that places need, by role: `start` for one place, `start 0`, `start 1` … for a list."""
    return {
        role: spot.feature
        for name, given in spots.items()
        for role, spot in _roles(name, given)
        if spot.feature is not None
    }


def frames_of_areas(name: str, areas: Sequence[Area]) -> dict[str, Selection]:
    """The same for areas: `name 0`, `name 1` …"""
    return {f"{name} {number}": area.features for number, area in enumerate(areas) if area.features is not None}


def _roles(name: str, given: Spot | Sequence[Spot]) -> list[tuple[str, Spot]]:
    if isinstance(given, Spot):
        return [(name, given)]
    return [(f"{name} {number}", spot) for number, spot in enumerate(given)]


# -- what was fetched -------------------------------------------------------------------------------------------------


def located(given: Given, role: str, spot: Spot) -> Located:
    """Where a place is. A feature that is a line or an area stands at a point on it. Raises NoAnswer for an unknown id."""
    if spot.feature is None:
        assert spot.lon is not None
        assert spot.lat is not None
        return Located(spot.lon, spot.lat, f"{spot.lon:.5f}, {spot.lat:.5f}")
    frame = given.frames.get(role)
    asked = (spot.feature.ids or ("",))[0]
    if frame is None or len(frame) == 0:
        raise NoAnswer(
            f"图层 {spot.feature.layer} 中没有对象“{asked}”。请核对编号。",
            f"The layer {spot.feature.layer} has no feature “{asked}”. Check its id.",
            layer=spot.feature.layer,
            id=asked,
        )
    shape = frame.geometry.iloc[0]
    if shape is None or shape.is_empty:
        raise NoAnswer(f"对象“{asked}”没有位置。", f"The feature “{asked}” has no position.", id=asked)
    point = shape if shape.geom_type == "Point" else shape.representative_point()
    return Located(float(point.x), float(point.y), name_of(frame, 0), spot.feature.layer, str(frame.index[0]))


def located_all(given: Given, name: str, spots: Sequence[Spot]) -> list[Located]:
    return [located(given, role, spot) for role, spot in _roles(name, spots)]


def name_of(frame: gpd.GeoDataFrame, row: int) -> str:
    """What a row is called: its name, else its code, else its id."""
    return names_of(frame.iloc[[row]])[0]


def names_of(frame: gpd.GeoDataFrame) -> list[str]:
    """The same for every row."""
    blank = [None] * len(frame)
    named, coded = (list(frame[column]) if column in frame else blank for column in ("name", "code"))
    return [
        next((one for one in (name, code) if isinstance(one, str) and one), str(id))
        for name, code, id in zip(named, coded, frame.index, strict=True)
    ]


@dataclass(frozen=True)
class AreaFound:
    """One area in lon/lat, what to call it, and the feature it is, if any."""

    geometry: BaseGeometry
    name: Bilingual
    layer: str | None = None
    id: str | None = None


def areas_of(
    given: Given, name: str, areas: Sequence[Area], *, max_areas: int, max_vertices: int, widen_m: float
) -> list[AreaFound]:
    """The areas, in the order they were named.

    Points and lines of a layer (a bridge, a piece of road) become areas of `widen_m` about them. More than `max_areas`
    areas or `max_vertices` vertices in all are refused. Raises BadGeometry, BadCoordinates, NoAnswer.
    """
    found: list[AreaFound] = []
    vertices = 0
    for number, area in enumerate(areas):
        if area.features is None:
            shape = geometry_from_geojson(area.drawn, "MultiPolygon", max_vertices=max_vertices)
            found.append(AreaFound(shape, Bilingual(f"第{number + 1}个区域", f"area {number + 1}")))
        else:
            found += _areas_of_layer(given, f"{name} {number}", area.features, widen_m)
        if len(found) > max_areas:
            raise BadGeometry(
                f"要避开的区域有 {len(found)} 个,上限 {max_areas}。请合并或筛选。",
                f"There are {len(found)} areas to avoid, {max_areas} are allowed. Merge or filter them.",
                areas=len(found),
                allowed=max_areas,
            )
    vertices = sum(int(shapely.get_num_coordinates(area.geometry)) for area in found)
    if vertices > max_vertices:
        raise BadGeometry(
            f"要避开的区域共有 {vertices} 个顶点,上限 {max_vertices}。请先简化。",
            f"The areas to avoid have {vertices} vertices in all, {max_vertices} are allowed. Simplify them first.",
            vertices=vertices,
            allowed=max_vertices,
        )
    return found


def _areas_of_layer(given: Given, role: str, selection: Selection, widen_m: float) -> list[AreaFound]:
    frame = given.frames.get(role)
    if frame is None or len(frame) == 0:
        raise nothing_there(given, selection)
    shapes = frame.geometry
    thin = shapely.get_dimensions(shapes.to_numpy()) < 2  # noqa: PLR2004
    wide = shapes.to_crs(given.metric_crs).buffer(widen_m).to_crs(shapes.crs) if thin.any() else shapes
    names = names_of(frame)
    return [
        AreaFound(
            wide.iloc[row] if thin[row] else shapes.iloc[row],
            Bilingual(names[row], names[row]),
            selection.layer,
            str(frame.index[row]),
        )
        for row in range(len(frame))
        if shapes.iloc[row] is not None and not shapes.iloc[row].is_empty
    ]
