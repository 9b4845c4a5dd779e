"""What drives: the kind of vehicle and the sizes that limits of roads and bridges are compared with."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

Kind = Literal["car", "ambulance", "truck", "fire_engine", "bus", "foot"]

VALHALLA_COSTING: Mapping[Kind, str] = {
    "car": "auto",
    "ambulance": "auto",
    "truck": "truck",
    "fire_engine": "truck",
    "bus": "bus",
    "foot": "pedestrian",
}
"""Which of Valhalla's models a kind is timed by. Rights of way under blue light are not modelled by any of them."""

LIMITS_BY_SIZE: Mapping[str, tuple[str, ...]] = {
    "height_m": ("limit_height_m", "tunnel_height_m"),
    "width_m": ("limit_width_m",),
    "load_t": ("limit_load_t",),
}
"""Size of the vehicle → columns of `roads` and `crossings` it must not exceed."""


@dataclass(frozen=True)
class Vehicle:
    """A kind of vehicle with its sizes; None = unknown, and then no limit of that sort is compared.

    height_m, width_m in m; load_t is the gross weight in t. passes_controls : may drive where a road is 管制
    (controlled), as a vehicle with a pass does; a road that is 中断 (closed) lets nobody through.
    """

    costing: Kind = "car"
    height_m: float | None = None
    width_m: float | None = None
    load_t: float | None = None
    passes_controls: bool = False

    @property
    def is_on_foot(self) -> bool:
        return self.costing == "foot"

    def size(self, name: str) -> float | None:
        """`height_m`, `width_m` or `load_t`; none of them counts for who walks."""
        value: float | None = None if self.is_on_foot else getattr(self, name)
        return value


def limits_of(rows: pd.DataFrame) -> dict[str, NDArray[np.float64]]:
    """The limit columns of `roads` or `crossings` as numbers (m, t), NaN where there is no limit."""
    return {
        column: pd.to_numeric(rows[column]).to_numpy(dtype=np.float64, na_value=np.nan)
        for columns in LIMITS_BY_SIZE.values()
        for column in columns
        if column in rows
    }


def exceeded(limits: Mapping[str, NDArray[np.float64]], vehicle: Vehicle, count: int) -> NDArray[np.bool_]:
    """Which of `count` rows with these limits the vehicle is too tall, wide or heavy for."""
    barred = np.zeros(count, dtype=bool)
    for size, columns in LIMITS_BY_SIZE.items():
        value = vehicle.size(size)
        for column in columns:
            if value is not None and column in limits:
                barred |= value > limits[column]  # NaN, no limit, compares false
    return barred


def barred_by_limits(rows: pd.DataFrame, vehicle: Vehicle) -> NDArray[np.bool_]:
    """Which rows of `roads` or `crossings` the vehicle is too tall, wide or heavy for.

    rows : n rows with any of the limit columns (m, t), empty where there is no limit. Returns (n,). A vehicle exactly at
    the limit may pass, as the sign says.
    """
    return exceeded(limits_of(rows), vehicle, len(rows))
