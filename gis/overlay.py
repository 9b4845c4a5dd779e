"""Shapes cut by areas: what they share, what is left of either, and from which pair each piece came.

Everything is cut in lon/lat, where edges are straight as they are drawn (see `gis/spread.py`); a common border therefore
fits to the last digit only where both sides have the same vertices, else it leaves slivers, which `mean_width_m` finds.
"""

from typing import Any, Final, Literal, NamedTuple

import numpy as np
import shapely
from numpy.typing import NDArray

from gis.errors import ValueOutOfRange
from gis.geometry import length_m
from gis.spread import Shapes, areas_m2

How = Literal["intersection", "difference", "union", "symmetric_difference"]
NONE: Final = -1


class Pieces(NamedTuple):
    """shapes : (k,) lon/lat, never empty. first, second : (k,) rows the piece belongs to, NONE where it belongs to none; in that order."""

    shapes: Shapes
    first: NDArray[np.int64]
    second: NDArray[np.int64]


def overlaid(first: Shapes, second: Shapes, how: How, most_pairs: int) -> Pieces:
    """first : (n,) shapes of one dimension. second : (m,) areas. Both valid, lon/lat.

    intersection: one piece for each pair that shares more than a border. difference: what of each `first` no `second`
    covers. symmetric_difference: that, and what of each `second` no `first` covers. union: all of these together.
    Lines and points have intersection and difference only. A piece that lies in two areas of `second` is in two rows.
    Raises ValueOutOfRange where more than `most_pairs` pairs meet, or a union of lines or points is asked for.
    """
    dimension = int(shapely.get_dimensions(first).max(initial=0))
    if dimension < 2 and how in ("union", "symmetric_difference"):
        raise ValueOutOfRange("点和线只能求交集或差集。", "Points and lines have an intersection and a difference only.")
    shapely.prepare(first)
    left, right = shapely.STRtree(second).query(first, predicate="intersects")
    if len(left) > most_pairs:
        raise ValueOutOfRange(
            f"相交的对象对有 {len(left)} 个,上限 {most_pairs}。请先筛选。",
            f"{len(left)} pairs meet, {most_pairs} are allowed. Filter first.",
            pairs=len(left), allowed=most_pairs,
        )  # fmt: skip
    found = []
    if how in ("intersection", "union"):
        found.append(_kept(shapely.intersection(first[left], second[right]), left, right, dimension))
    if how in ("difference", "union", "symmetric_difference"):
        found.append(_left_over(first, second, left, right, dimension))
    if how in ("union", "symmetric_difference"):
        rest = _left_over(second, first, right, left, dimension)
        found.append(Pieces(rest.shapes, rest.second, rest.first))
    shapes, of_first, of_second = (np.concatenate(column) for column in zip(*found, strict=True))
    order = np.lexsort((of_second, of_first, of_first == NONE))
    return Pieces(shapes[order], of_first[order], of_second[order])


def _left_over(of: Shapes, by: Shapes, of_row: NDArray[np.int64], by_row: NDArray[np.int64], dimension: int) -> Pieces:
    """Each of `of` without all of `by` it meets."""
    order = np.argsort(of_row, kind="stable")
    rows, starts = np.unique(of_row[order], return_index=True)
    rest = of.copy()
    for row, met in zip(rows, np.split(by_row[order], starts[1:]), strict=True) if len(rows) else ():
        rest[row] = shapely.difference(of[row], shapely.union_all(by[met]))
    return _kept(rest, np.arange(len(of)), np.full(len(of), NONE), dimension)


def _kept(shapes: Any, first: NDArray[np.int64], second: NDArray[np.int64], dimension: int) -> Pieces:
    """What has the dimension that was cut: two areas that touch share a line, which is no area."""
    mixed = shapely.get_type_id(shapes) == shapely.GeometryType.GEOMETRYCOLLECTION
    shapes = np.array(shapes, dtype=object)
    for row in np.flatnonzero(mixed):
        parts = shapely.get_parts(shapes[row])
        shapes[row] = shapely.union_all(parts[shapely.get_dimensions(parts) == dimension])
    sound = (shapely.get_dimensions(shapes) == dimension) & ~shapely.is_empty(shapes)
    return Pieces(shapes[sound], first[sound], second[sound])


def mean_width_m(areas: Shapes) -> NDArray[np.float64]:
    """Twice the area over the perimeter, m: the width of a long strip, half the radius of a disc or more."""
    perimeter = np.array([length_m(area) for area in areas])
    width: NDArray[np.float64] = np.divide(2 * areas_m2(areas), perimeter, out=np.zeros(len(areas)), where=perimeter > 0)
    return width


def overlap_within(shapes: Shapes, sliver_m: float) -> bool:
    """Whether any two areas share ground wider than `sliver_m` metres on average."""
    if shapely.get_dimensions(shapes).max(initial=0) < 2:
        return False
    one, other = shapely.STRtree(shapes).query(shapes, predicate="intersects")
    once = one < other
    touching = shapely.touches(shapes[one[once]], shapes[other[once]])
    shared = shapely.intersection(shapes[one[once][~touching]], shapes[other[once][~touching]])
    return bool((mean_width_m(shared) >= sliver_m).any())
