"""Is this shape sound? Checked on every write, before anything reaches the database.

GeoJSON comes from strangers, so the order matters: type, then vertex count (cheap, before a shape is built), then
numbers, then rings, then validity. Nothing here recurses into `coordinates`: the depth of each type is known, so a list
nested ten thousand deep is simply a wrong number. Areas and lengths are geodesic on the CGCS2000 ellipsoid.
"""

import math
import re
from collections.abc import Sequence
from itertools import chain
from typing import Any, Literal

import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import Geod
from shapely.geometry.base import BaseGeometry

from gis.errors import BadCoordinates, BadGeometry

# The same words as layers.fields.GeometryKind, which gis may not import.
GeometryKind = Literal["Point", "LineString", "Polygon", "MultiPolygon", "MultiLineString"]
Line = NDArray[np.float64]

CGCS2000_ELLIPSOID = Geod(a=6378137.0, rf=298.257222101)

_ZH = {"Point": "点", "LineString": "线", "Polygon": "面", "MultiPolygon": "多面", "MultiLineString": "多线"}
# How many lists stand around the lists of positions.
_DEPTH = {"Point": 0, "LineString": 1, "MultiLineString": 2, "Polygon": 2, "MultiPolygon": 3}
_PART = {"MultiPolygon": "Polygon", "MultiLineString": "LineString"}
_FEWEST_POSITIONS = {"line": 2, "ring": 4}

_REASONS_ZH = {
    "Self-intersection": "自相交",
    "Ring Self-intersection": "环自相交",
    "Hole lies outside shell": "内环在外环之外",
    "Holes are nested": "内环互相嵌套",
    "Interior is disconnected": "内部被分割",
    "Nested shells": "各部分互相包含",
    "Duplicate Rings": "环重复",
    "Too few points in geometry component": "点数不足",
}
_REASON = re.compile(r"^(?P<reason>[^\[]+)(?:\[(?P<x>\S+) (?P<y>\S+)\])?$")


def geometry_from_geojson(value: Any, kind: GeometryKind, *, max_vertices: int) -> BaseGeometry:
    """The shape of a GeoJSON geometry, fit to be stored as `kind`: lon, lat in degrees, heights dropped.

    A single part becomes a Multi* where `kind` asks for one, and a Multi* of one part becomes single.
    Raises BadGeometry (type, rings, validity, more than `max_vertices`) or BadCoordinates (not numbers, NaN, off the
    globe, axes swapped), in Chinese and English, saying what was found and what to do.
    """
    found, coordinates = _type_and_coordinates(value, kind)
    if found in _PART and kind == _PART[found]:
        if len(coordinates) != 1:
            raise _wrong_type(f"{found} × {len(coordinates)}", kind)
        found, coordinates = kind, _lists(coordinates)[0]
    lines = _lines(coordinates, _DEPTH[found])
    count = sum(len(line) for line in lines)
    if count > max_vertices:
        raise BadGeometry(
            f"图形有 {count} 个顶点,上限 {max_vertices}。请先简化或拆分。",
            f"The shape has {count} vertices, {max_vertices} are allowed. Simplify or split it first.",
            vertices=count,
            allowed=max_vertices,
        )
    if count == 0:
        raise BadGeometry("图形为空,没有坐标。请重新绘制。", "The shape is empty. Draw it again.")
    shape = _built(found, coordinates)
    _refuse_invalid(shape)
    return _promoted(shape, kind)


def _type_and_coordinates(value: Any, kind: GeometryKind) -> tuple[str, Sequence[Any]]:
    if not isinstance(value, dict):
        raise BadGeometry(
            f"图形应为 GeoJSON 对象,收到的是 {type(value).__name__}。",
            f"A GeoJSON object was expected, {type(value).__name__} was found.",
        )
    found = value.get("type")
    if not isinstance(found, str) or (found != kind and _PART.get(kind) != found and _PART.get(found) != kind):
        raise _wrong_type(found, kind)
    coordinates = value.get("coordinates")
    if not isinstance(coordinates, (list, tuple)):
        raise _not_a_list(coordinates)
    return found, coordinates


def _wrong_type(found: object, kind: GeometryKind) -> BadGeometry:
    shown = _brief(found)
    return BadGeometry(
        f"此图层要求{_ZH[kind]}({kind}),收到的是 {_ZH.get(shown, shown)}。",
        f"This layer holds {kind}; {shown} was found.",
        expected=kind,
        found=shown,
    )


def _not_a_list(found: object) -> BadGeometry:
    return BadGeometry(
        f"coordinates 应为坐标数组,收到的是 {type(found).__name__}。",
        f"`coordinates` must be an array, {type(found).__name__} was found.",
    )


def _lists(items: Sequence[Any]) -> Sequence[Any]:
    for item in items:
        if not isinstance(item, (list, tuple)):
            raise _not_a_list(item)
    return items


def _lines(coordinates: Sequence[Any], depth: int) -> Sequence[Any]:
    """The lists of positions: one for a line, one per ring for polygons. A point counts as a line of one position."""
    if depth == 0:
        return [[coordinates]] if coordinates else []
    lines = [coordinates]
    for _ in range(depth - 1):
        lines = list(chain.from_iterable(_lists(lines)))
    return _lists(lines)


def _number(value: Any) -> float:
    # bool is an int in Python and would pass as 0 or 1; an integer of 400 digits overflows.
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise BadCoordinates(
            f"坐标应为数字,收到的是 {_brief(value)}。",
            f"Coordinates must be numbers, {_brief(value)} was found.",
        )
    try:
        return float(value)
    except OverflowError:
        return math.inf


def _positions(line: Sequence[Any]) -> Line:
    """(n, 2) lon, lat. Third and fourth numbers (height, measure) are checked to be numbers and dropped."""
    for position in line:
        if not isinstance(position, (list, tuple)) or not 2 <= len(position) <= 4:
            raise BadCoordinates(
                f"每个坐标应为 [经度, 纬度],收到的是 {_shown(position)}。",
                f"Each position must be [lon, lat], {_shown(position)} was found.",
            )
    numbers = np.array([[_number(x) for x in position][:2] for position in line], dtype=np.float64).reshape(-1, 2)
    _refuse_off_the_globe(numbers)
    return numbers


def _shown(position: Any) -> str:
    return f"{len(position)} 项 / items" if isinstance(position, (list, tuple)) else _brief(position)


def _brief(value: object) -> str:
    """A text, cut short; of anything else the type only, since writing out a list 50 000 deep would end the process."""
    return value[:40] if isinstance(value, str) else type(value).__name__


def _refuse_off_the_globe(lonlat: Line) -> None:
    if not np.isfinite(lonlat).all():
        raise BadCoordinates(
            "坐标含有 NaN 或无穷大。请检查原始数据。", "Coordinates hold NaN or Infinity. Check the source."
        )
    lon, lat = lonlat[:, 0], lonlat[:, 1]
    off = (np.abs(lon) > 180) | (np.abs(lat) > 90)
    if not off.any():
        return
    lon_1, lat_1 = float(lon[off][0]), float(lat[off][0])
    if abs(lon_1) <= 90 and 90 < abs(lat_1) <= 180:
        raise BadCoordinates(
            f"坐标 [{lon_1}, {lat_1}] 的经纬度可能颠倒,应为 [经度, 纬度] = [{lat_1}, {lon_1}]。",
            f"Position [{lon_1}, {lat_1}] looks swapped; the order is [lon, lat] = [{lat_1}, {lon_1}].",
            position=[lon_1, lat_1],
            swapped=True,
        )
    raise BadCoordinates(
        f"坐标 [{lon_1}, {lat_1}] 超出经度 ±180°、纬度 ±90°。若为投影坐标(米),请先选择坐标系。",
        f"Position [{lon_1}, {lat_1}] is off the globe. If these are metres, choose their coordinate system first.",
        position=[lon_1, lat_1],
        swapped=False,
    )


def _line(positions: Sequence[Any]) -> BaseGeometry:
    points = _positions(positions)
    if len(points) < _FEWEST_POSITIONS["line"] or (points == points[0]).all():
        raise BadGeometry(
            "一条线至少需要两个不同的点。请补充顶点。", "A line needs two different points. Add vertices."
        )
    return shapely.LineString(points)


def _ring(positions: Sequence[Any], number: int) -> Line:
    points = _positions(positions)
    if len(points) < _FEWEST_POSITIONS["ring"]:
        raise BadGeometry(
            f"第 {number} 个环只有 {len(points)} 个点,闭合的面至少需要 4 个(首尾相同)。",
            f"Ring {number} has {len(points)} positions; a closed ring needs 4, first and last the same.",
            ring=number,
        )
    if (points[0] != points[-1]).any():
        raise BadGeometry(
            f"第 {number} 个环没有闭合:起点 {points[0].tolist()},终点 {points[-1].tolist()}。请让首尾相同。",
            f"Ring {number} is not closed: it starts at {points[0].tolist()} and ends at {points[-1].tolist()}. "
            "Repeat the first position at the end.",
            ring=number,
        )
    return points


def _polygon(rings: Sequence[Any]) -> BaseGeometry:
    if not rings:
        raise BadGeometry("面没有外环。请重新绘制。", "A polygon has no outer ring. Draw it again.")
    shell, *holes = [_ring(ring, number) for number, ring in enumerate(rings, start=1)]
    return shapely.Polygon(shell, holes)


def _built(found: str, coordinates: Sequence[Any]) -> BaseGeometry:
    if found == "Point":
        return shapely.Point(_positions([coordinates])[0])
    if found == "LineString":
        return _line(coordinates)
    if found == "MultiLineString":
        return shapely.MultiLineString([_line(part) for part in coordinates])
    if found == "Polygon":
        return _polygon(coordinates)
    return shapely.MultiPolygon([_polygon(part) for part in coordinates])


def _refuse_invalid(shape: BaseGeometry) -> None:
    if shape.is_valid:
        return
    said = str(shapely.is_valid_reason(shape))
    match = _REASON.match(said)
    reason, place = said, None
    if match is not None:
        reason = match["reason"].strip()
        place = [float(match["x"]), float(match["y"])] if match["x"] else None
    at_zh, at_en = (f",位置 {place}", f" at {place}") if place else ("", "")
    raise BadGeometry(
        f"图形无效:{_REASONS_ZH.get(reason, reason)}{at_zh}。请在该处修改边线。",
        f"The shape is not valid: {reason}{at_en}. Move its edges apart there.",
        reason=reason,
        place=place,
    )


def _promoted(shape: BaseGeometry, kind: GeometryKind) -> BaseGeometry:
    if shape.geom_type == kind:
        return shape
    return shapely.MultiPolygon([shape]) if kind == "MultiPolygon" else shapely.MultiLineString([shape])


def area_m2(shape: BaseGeometry) -> float:
    """Geodesic area of a lon/lat shape on the CGCS2000 ellipsoid, m². 0 for points and lines; holes are left out."""
    if shape.is_empty or shapely.get_dimensions(shape) < 2:
        return 0.0
    # pyproj signs each ring by its direction: shell and holes must run opposite ways before they are summed.
    area, _ = CGCS2000_ELLIPSOID.geometry_area_perimeter(shapely.orient_polygons(shape))
    return abs(float(area))


def length_m(shape: BaseGeometry) -> float:
    """Geodesic length of a lon/lat line, or perimeter of an area with its holes, m. 0 for points."""
    if shape.is_empty:
        return 0.0
    lines = shape.boundary if shapely.get_dimensions(shape) == 2 else shape
    return sum(float(CGCS2000_ELLIPSOID.geometry_length(part)) for part in shapely.get_parts(lines))
