"""Who and what lies inside areas: each object once, however many areas it lies in, and each area on its own.

Rules. A point inside or on the border counts. A line or an area counts when any part of it is inside; one that only runs
along the border does not. An object is counted whole, with its people, and `share` says how much of it is inside: where
in it the people are, nobody has written down, and the safe error is to count them.

20,000 areas × 1,000,000 points: points sorted by x, each area looks at its window of them; the whole page with its lists
takes 1.1 times as long as a bare shapely STRtree join and 360 MB (`tests/benchmarks/exposure.py`).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from gis.geometry import length_m
from gis.spread import Shapes, areas_m2

Rows = NDArray[np.intp]

WIDEST_WINDOW: Final = 0.05  # of all points an area's window may hold on average; beyond, a tree is faster


@dataclass(frozen=True)
class Counted:
    """Which columns of a layer hold people, households and weak people, and what those people are.

    households None: not known; ITSELF: each object is one household.
    """

    people: str
    zh: str
    en: str
    households: str | None = None
    weak: str | None = None


ITSELF: Final = "itself"

COUNTED: Final[Mapping[str, Counted]] = {
    "villages": Counted("resident_people", "常住人口", "Resident people", "households", "elderly_alone"),
    "households": Counted("people", "受威胁户人口", "People in registered households", ITSELF, "weak_people"),
    "geohazards": Counted("threat_people", "隐患点威胁人数", "People threatened by geohazards", "threat_households"),
    "schools": Counted("students", "学生", "Students"),
    "care_homes": Counted("residents", "养老机构入住", "In care homes"),
    "mines": Counted("underground_now", "当前井下人数", "Underground now"),
    "worksites": Counted("people_on_site", "工地现场人数", "On worksites"),
    "scenic_spots": Counted("visitors_now", "当前游客", "Visitors now"),
}
"""As PEOPLE of layers/nearby.py, which gis may not import (a test holds the two together).

The layers overlap and are never added up: a registered household lives in a village, its people are those a geohazard
threatens, its children are students. Weak people of a village are those who live alone in old age; its other kinds
(disabled, pregnant, children, sick) may be the same persons and are not added either.
"""

MEASURES: Final = ("people", "households", "weak_people")


class Hits(NamedTuple):
    """Pairs: `area` (row of the areas) holds `row` (of the objects)."""

    area: Rows
    row: Rows


class Inside(NamedTuple):
    """rows : (k,) objects inside the areas taken together, ascending. share : (k,) of each, 0–1, how much of it is inside.
    hits : which area holds which of them."""

    rows: Rows
    share: NDArray[np.float64]
    hits: Hits


def inside(areas: Shapes, shapes: Shapes) -> Inside:
    """areas : (n,) valid areas, lon/lat. shapes : (m,) points, lines or areas, none missing or empty."""
    if len(shapes) == 0 or len(areas) == 0:
        nothing = np.empty(0, dtype=np.intp)
        return Inside(nothing, np.empty(0), Hits(nothing, nothing))
    shapely.prepare(areas)
    if (shapely.get_type_id(shapes) == shapely.GeometryType.POINT).all():
        hits = _points_inside(areas, shapes)
        rows = np.flatnonzero(np.bincount(hits.row, minlength=1))
        return Inside(rows, np.ones(len(rows)), hits)
    return _shapes_inside(areas, shapes)


def _points_inside(areas: Shapes, points: Shapes) -> Hits:
    x, y = shapely.get_x(points), shapely.get_y(points)
    order = np.argsort(x)
    xs, ys = x[order], y[order]
    west, south, east, north = shapely.bounds(areas).T
    first, last = np.searchsorted(xs, west, "left"), np.searchsorted(xs, east, "right")
    if (last - first).mean() > max(WIDEST_WINDOW * len(points), 20_000):
        area, row = shapely.STRtree(points).query(areas, predicate="intersects")
        return Hits(area, row)
    found: list[Rows] = []
    for k in range(len(areas)):
        window_x, window_y = xs[first[k] : last[k]], ys[first[k] : last[k]]
        near = np.flatnonzero((window_y >= south[k]) & (window_y <= north[k]))
        held = near[shapely.intersects_xy(areas[k], window_x[near], window_y[near])]
        found.append(held + first[k])
    counts = [len(held) for held in found]
    return Hits(np.repeat(np.arange(len(areas)), counts), order[np.concatenate(found)])


def _shapes_inside(areas: Shapes, shapes: Shapes) -> Inside:
    area, row = shapely.STRtree(shapes).query(areas, predicate="intersects")
    # The border of an area is no place of a line or an area; of a point it is.
    beside = shapely.touches(areas[area], shapes[row]) & (shapely.get_dimensions(shapes)[row] > 0)
    hits = Hits(area[~beside], row[~beside])
    rows = np.union1d(np.unique(hits.row), _on_common_borders(areas, shapes, Hits(area, row), hits.row))
    share = np.ones(len(rows))
    order = np.argsort(row, kind="stable")
    met = np.split(area[order], np.cumsum(np.bincount(row, minlength=len(shapes)))[:-1])
    for k, at in enumerate(rows):
        if not shapely.covers(areas[met[at]], shapes[at]).any():
            share[k] = _share(shapes[at], shapely.union_all(areas[met[at]]))
    return Inside(rows, share, hits)


def _on_common_borders(areas: Shapes, shapes: Shapes, met: Hits, found: Rows) -> Rows:
    """Lines along the border between two areas: beside each of them, and inside both taken together."""
    rows, counts = np.unique(met.row, return_counts=True)
    doubtful = np.setdiff1d(rows[counts > 1], found)
    return np.array([row for row in doubtful if not shapely.touches(shapely.union_all(areas[met.area[met.row == row]]), shapes[row])],
                    dtype=np.intp)  # fmt: skip


def _share(shape: Any, area: Any) -> float:
    """How much of a line (by length) or an area (by area) lies inside an area, 0–1; of several points how many."""
    part, dimension = shapely.intersection(shape, area), int(shapely.get_dimensions(shape))
    if dimension == 0:
        return float(shapely.get_num_geometries(part) / shapely.get_num_geometries(shape))
    whole, inner = areas_m2([shape, part]) if dimension == 2 else (length_m(shape), length_m(part))
    return min(1.0, float(inner / whole)) if whole > 0 else 1.0


def measures(layer: str, frame: pd.DataFrame) -> pd.DataFrame:
    """MEASURES of each row, float64, NaN where unknown or not counted in this layer; same index."""
    counted = COUNTED.get(layer)
    columns = (None, None, None) if counted is None else (counted.people, counted.households, counted.weak)
    made = {}
    for name, column in zip(MEASURES, columns, strict=True):
        if column == ITSELF:
            made[name] = np.ones(len(frame))
        elif column is not None and column in frame:
            values = pd.to_numeric(frame[column], errors="coerce").to_numpy(dtype=np.float64, na_value=np.nan)
            made[name] = np.where(np.isfinite(values), values, np.nan)
        else:
            made[name] = np.full(len(frame), np.nan)
    return pd.DataFrame(made, index=frame.index)


def townships_of(frame: gpd.GeoDataFrame, townships: gpd.GeoDataFrame) -> "pd.Series[str]":
    """The 9-digit code of each row's township, "" where unknown: that of its admin_code, else where it lies."""
    codes = frame["admin_code"].astype("string").fillna("") if "admin_code" in frame else pd.Series("", frame.index, dtype="string")
    own = codes.str[:9].where(codes.str.len() >= 9, "")
    lost = np.flatnonzero((own == "").to_numpy())
    if len(lost) and len(townships):
        spots = shapely.point_on_surface(frame.geometry.to_numpy()[lost])
        which, town = shapely.STRtree(townships.geometry.to_numpy()).query(spots, predicate="intersects")
        which, first = np.unique(which, return_index=True)  # on a border: the first of the two
        own.iloc[lost[which]] = townships["code"].astype("string").str[:9].to_numpy()[town[first]]
    return own


def sums(by: NDArray[np.intp], values: pd.DataFrame, groups: int) -> pd.DataFrame:
    """Objects and MEASURES of each group, (groups,) rows; a measure that no row of a layer has stays NaN."""
    made: dict[str, Any] = {"objects": np.bincount(by, minlength=groups)}
    for name in MEASURES:
        column = values[name].to_numpy()
        known = ~np.isnan(column)
        total = np.bincount(by[known], weights=column[known], minlength=groups)
        made[name] = total if known.any() else np.full(groups, np.nan)
    return pd.DataFrame(made)
