"""Who lives where: rows of villages and households as sites with people, weak people and their township.

Codes and columns are those of layers/definitions/villages.py and households.py. A number a county has not filled in is
NaN, "unknown", and never counts as nought without being said.
"""

from collections.abc import Sequence
from typing import Final

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from gis.analysis import Bilingual, Column, Listing
from gis.asked import texts

Floats = NDArray[np.float64]

WEAK_KINDS: Final = ("elderly_alone", "disabled", "pregnant", "children", "sick")
"""Columns of weak people of a village; one person may be counted in two of them."""

LIVED_IN: Final = {"villages": ("inhabited",), "households": ("lived_in", "seasonal")}
"""Status codes of layer → somebody lives there. Seasonal households count: nobody knows who is at home tonight."""

TOWNSHIP_UNKNOWN: Final = Bilingual("乡镇不详", "Township unknown")
TOWNSHIP_DIGITS: Final = 9  # of a division code: county 6, township 9, village 12
SITE_COLUMNS: Final = (
    Column("name", "名称", "Name"),
    Column("township", "乡镇", "Township"),
)
PEOPLE_COLUMNS: Final = (
    Column("people", "人口", "People", "人"),
    Column("weak", "弱势人员", "Weak people", "人"),
)


def sites(frame: gpd.GeoDataFrame, layer: str, townships: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Rows with a position as `layer, id, name, township, geometry` (points, lon/lat), and `people, weak` where people
    live: those of another status are left out."""
    shapes = frame.geometry.to_numpy() if len(frame) else np.array([], dtype=object)
    there = ~(shapely.is_missing(shapes) | shapely.is_empty(shapes))
    if layer in LIVED_IN and "status" in frame:
        there &= frame["status"].isin(LIVED_IN[layer]).to_numpy()
    kept = frame[there] if len(frame) else frame
    points = shapely.point_on_surface(shapes[there]) if there.any() else np.array([], dtype=object)
    columns = {
        "layer": np.full(len(kept), layer, dtype=object),
        "id": kept.index.astype(str).to_numpy(dtype=object),
        "name": np.array([n or c for n, c in zip(texts(kept, "name"), texts(kept, "code"), strict=True)], dtype=object),
        "township": township_names(kept, points, townships),
    }
    if layer in LIVED_IN:
        columns |= {"people": _people(kept, layer), "weak": _weak(kept, layer)}
    return gpd.GeoDataFrame(columns, geometry=gpd.GeoSeries(points, crs=4490), crs=4490)


def numbers(frame: pd.DataFrame, column: str) -> Floats:
    """A column as floats; NaN where it is empty or there is no such column."""
    if column not in frame:
        return np.full(len(frame), np.nan)
    return np.asarray(pd.to_numeric(frame[column]).to_numpy(dtype=np.float64, na_value=np.nan))


def _people(frame: pd.DataFrame, layer: str) -> Floats:
    if layer == "households":
        return numbers(frame, "people")
    residents = numbers(frame, "resident_people")
    return np.where(np.isnan(residents), numbers(frame, "registered_people"), residents)


def _weak(frame: pd.DataFrame, layer: str) -> Floats:
    """Not more than the people: one person may be old and sick."""
    if layer == "households":
        return numbers(frame, "weak_people")
    kinds = np.array([numbers(frame, kind) for kind in WEAK_KINDS])
    known = ~np.isnan(kinds).all(axis=0)
    weak = np.where(known, np.nansum(kinds, axis=0), np.nan)
    return np.fmin(weak, np.where(np.isnan(weak), np.nan, _people(frame, layer)))


def township_names(
    frame: pd.DataFrame, points: NDArray[np.object_], townships: gpd.GeoDataFrame
) -> NDArray[np.object_]:
    """By division code, else by position; empty where neither tells."""
    by_code = dict(zip(texts(townships, "code"), texts(townships, "name"), strict=True))
    found = np.array([by_code.get(code[:TOWNSHIP_DIGITS], "") for code in texts(frame, "admin_code")], dtype=object)
    unknown = np.flatnonzero(found == "")
    if len(unknown) and len(townships):
        which, township = shapely.STRtree(townships.geometry.to_numpy()).query(points[unknown], predicate="intersects")
        names = np.array(texts(townships, "name"), dtype=object)
        found[unknown[which[::-1]]] = names[township[::-1]]  # on a common border the first township
    return found


def lonlat_of(rows: gpd.GeoDataFrame) -> Floats:
    """(n, 2) degrees of point rows."""
    return np.asarray(shapely.get_coordinates(rows.geometry.to_numpy()), dtype=np.float64).reshape(-1, 2)


def by_township(rows: pd.DataFrame, sums: Sequence[str], zh: str, en: str, columns: Sequence[Column]) -> Listing:
    """How many rows and how much of some columns each township has: adds up to the rows, those of no township included."""
    grouped = rows.groupby("township", sort=True)
    frame = grouped[list(sums)].sum().assign(count=grouped.size()).reset_index()
    frame["township"] = [name or TOWNSHIP_UNKNOWN for name in frame["township"]]
    told = {column.name: column for column in columns}
    return Listing(
        Bilingual(zh, en),
        frame[["township", "count", *sums]],
        (
            Column("township", "乡镇", "Township"),
            Column("count", "数量", "Count", "个"),
            *(told[name] for name in sums),
        ),
    )


def unknown_people_note(rows: pd.DataFrame) -> list[Bilingual]:
    """Says so when the people of some rows are unknown."""
    unknown = int(rows["people"].isna().sum())
    if not unknown:
        return []
    return [
        Bilingual(
            f"{unknown} 处没有人口数据,合计中按 0 计。请补录。",
            f"For {unknown} places the people are unknown and count as nought in the totals. Please fill them in.",
        )
    ]
