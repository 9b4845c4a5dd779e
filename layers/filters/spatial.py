"""Spatial predicates of CQL2 → PostGIS.

A literal is turned to the stored CRS (4490, lon/lat) once and the column is left alone, so the GiST index is used:
`"geom" && literal and st_intersects("geom", literal)`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

import shapely
from shapely.geometry import shape
from shapely.geometry.base import BaseGeometry

from layers.errors import BadFilter
from layers.filters.parsing import Node
from layers.filters.terms import Target, Term

MOST_VERTICES: Final = 4_000  # of all literal shapes together; a county outline at 1:50,000 has about 2,000
SRID: Final = 4490

ToLonLat = Callable[[BaseGeometry], BaseGeometry]


@dataclass(frozen=True)
class Predicate:
    """A PostGIS function, whether both boxes must meet, and its name when the arguments change places."""

    function: str
    boxes_meet: bool


PREDICATES: Mapping[str, Predicate] = {
    "s_intersects": Predicate("st_intersects", True),
    "s_equals": Predicate("st_equals", True),
    "s_disjoint": Predicate("st_disjoint", False),
    "s_touches": Predicate("st_touches", True),
    "s_within": Predicate("st_within", True),
    "s_overlaps": Predicate("st_overlaps", True),
    "s_crosses": Predicate("st_crosses", True),
    "s_contains": Predicate("st_contains", True),
}


def as_given(geometry: BaseGeometry) -> BaseGeometry:
    """CRS84 and CGCS2000 lon/lat: the numbers are used as they stand."""
    return geometry


def is_literal(node: Node) -> bool:
    return isinstance(node, dict) and ("bbox" in node or ("type" in node and "op" not in node))


def predicate(target: Target, op: str, args: list[Node], to_lonlat: ToLonLat) -> str:
    """The SQL condition of one spatial operator. Raises BadFilter."""
    if len(args) != 2:
        raise BadFilter(f"{op} 需要两个参数。", f"{op} takes two arguments.", operator=op)
    if all(is_literal(arg) for arg in args):
        raise BadFilter(
            f"{op} 的两个参数中至少一个应为属性(如 geom)。",
            f"One argument of {op} must be a property (such as geom).",
            operator=op,
        )
    collection = next((arg for arg in args if is_literal(arg) and arg.get("type") == "GeometryCollection"), None)
    if collection is not None:
        return _of_collection(target, op, args, collection, to_lonlat)
    first, second = (_term(target, op, arg, to_lonlat) for arg in args)
    known = PREDICATES[op]
    condition = f"{known.function}({first.sql}, {second.sql})"
    return f"({first.sql} && {second.sql} and {condition})" if known.boxes_meet else condition


def _of_collection(target: Target, op: str, args: list[Node], collection: Node, to_lonlat: ToLonLat) -> str:
    """GEOS relates no collections; meeting one is meeting any of its parts."""
    if op not in ("s_intersects", "s_disjoint"):
        raise BadFilter(
            f"{op} 不支持 GEOMETRYCOLLECTION,请改用单一类型的图形。",
            f"{op} cannot use a GEOMETRYCOLLECTION; give shapes of one type.",
            operator=op,
        )
    parts = [[part if arg is collection else arg for arg in args] for part in collection.get("geometries", ())]
    joined = [predicate(target, op, pair, to_lonlat) for pair in parts]
    if not joined:
        raise BadFilter("GEOMETRYCOLLECTION 是空的。", "The GEOMETRYCOLLECTION is empty.")
    return f"({(' or ' if op == 's_intersects' else ' and ').join(joined)})"


def _term(target: Target, op: str, node: Node, to_lonlat: ToLonLat) -> Term:
    if is_literal(node):
        wkb = shapely.to_wkb(lonlat_literal(node, to_lonlat))
        return Term(f"st_geomfromwkb({target.literal(wkb, 'bytea')}, {SRID})", "geometry")
    if isinstance(node, dict) and isinstance(node.get("property"), str):
        term = target.column(node["property"])
        if term.kind == "geometry":
            return term
    raise BadFilter(f"{op} 的参数应为图形属性或图形。", f"The arguments of {op} must be geometries.", operator=op)


def lonlat_literal(node: Node, to_lonlat: ToLonLat = as_given) -> BaseGeometry:
    """A literal shape or box in lon/lat, checked: vertices, validity, on the globe. Raises BadFilter."""
    geometry = _box(node["bbox"]) if "bbox" in node else _shape(node)
    if geometry.is_empty:
        raise BadFilter("筛选图形为空。", "The shape in the filter is empty.")
    if shapely.get_num_coordinates(geometry) > MOST_VERTICES:
        raise BadFilter(
            f"筛选图形的顶点超过 {MOST_VERTICES} 个,请简化。",
            f"The shape in the filter has more than {MOST_VERTICES} vertices; simplify it.",
        )
    geometry = to_lonlat(geometry)
    west, south, east, north = geometry.bounds
    if not (west >= -180 and south >= -90 and east <= 180 and north <= 90):
        raise BadFilter(
            f"筛选图形超出经纬度范围:[{west:g}, {south:g}, {east:g}, {north:g}]。坐标顺序应与 filter-crs 一致。",
            f"The shape in the filter is off the globe: [{west:g}, {south:g}, {east:g}, {north:g}]. "
            "Its axis order must be that of filter-crs.",
        )
    if not geometry.is_valid:
        reason = shapely.is_valid_reason(geometry)
        raise BadFilter(f"筛选图形无效({reason})。", f"The shape in the filter is not valid ({reason}).")
    return geometry


def _shape(node: Node) -> BaseGeometry:
    try:
        return shapely.force_2d(shape(node))
    except (shapely.errors.ShapelyError, ValueError, TypeError, KeyError, IndexError, AttributeError):
        raise BadFilter(
            "筛选图形无法读取,请检查坐标和括号。",
            "The shape in the filter cannot be read; check its coordinates and brackets.",
        ) from None


def _box(numbers: Any) -> BaseGeometry:
    """A box literal; west > east crosses the antimeridian and becomes two boxes."""
    if not isinstance(numbers, list) or len(numbers) not in (4, 6):
        raise BadFilter("BBOX 需要 4 个数(或含高程的 6 个)。", "BBOX takes 4 numbers, or 6 with heights.")
    if not all(isinstance(number, int | float) and not isinstance(number, bool) for number in numbers):
        raise BadFilter("BBOX 只能含数值。", "BBOX takes numbers only.")
    west, south, east, north = numbers if len(numbers) == 4 else (*numbers[:2], *numbers[3:5])
    if south > north:
        raise BadFilter("BBOX 的南界大于北界。", "BBOX has its south above its north.")
    if west <= east:
        return shapely.box(west, south, east, north)
    return shapely.MultiPolygon([shapely.box(west, south, 180, north), shapely.box(-180, south, east, north)])
