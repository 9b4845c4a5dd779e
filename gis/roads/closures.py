"""What is closed: areas nobody may enter, and roads and crossings whose state says so.

An area closes the piece of road that meets its interior; touching its border does not. A row of `roads` or `crossings`
closes itself by its status, from `state_from_at` until `state_to_at`.
"""

from dataclasses import dataclass
from datetime import datetime

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from gis.analysis import Bilingual
from gis.roads.vehicle import Vehicle

CLOSED = "closed"
CONTROLLED = "controlled"


@dataclass(frozen=True)
class Closure:
    """A closed area: Polygon or MultiPolygon in lon/lat (EPSG:4490), why, and the feature it comes from, if any."""

    geometry: BaseGeometry
    reason: Bilingual
    layer: str | None = None
    id: str | None = None


def barred_by_state(rows: pd.DataFrame, vehicle: Vehicle, at: datetime | None) -> NDArray[np.bool_]:
    """Which rows of `roads` or `crossings` are closed, or controlled without a pass, at a moment.

    rows : n rows with `status`, and `state_from_at`, `state_to_at` where known. Returns (n,). Without `at` the status alone
    decides, whatever the times say. The state holds from its start up to, not including, its end; without a start it
    has always held, without an end it holds until further notice.
    """
    if "status" not in rows:
        return np.zeros(len(rows), dtype=bool)
    status = rows["status"].to_numpy()
    barred = (status == CLOSED) | ((status == CONTROLLED) & (not vehicle.passes_controls))
    if at is None:
        return np.asarray(barred, dtype=bool)
    moment = pd.Timestamp(at)
    moment = moment.tz_localize("UTC") if moment.tzinfo is None else moment
    begins, ends = _moments(rows, "state_from_at"), _moments(rows, "state_to_at")
    not_yet, over = (moment < begins).to_numpy(), (moment >= ends).to_numpy()  # NaT, unknown, compares false
    return np.asarray(barred & ~not_yet & ~over, dtype=bool)


def _moments(rows: pd.DataFrame, column: str) -> pd.Series:
    if column not in rows:
        return pd.Series(pd.NaT, index=rows.index, dtype="datetime64[us, UTC]")
    return pd.to_datetime(rows[column], utc=True)
